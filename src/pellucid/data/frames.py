"""Whatever a person passes as x or y becomes NumPy arrays; nests of dict, list and tuple stay.

A *leaf* is an array, a frame, a series, or a list of plain numbers; a list or tuple that holds
arrays, frames or dicts is a nest (several inputs), as in Keras. NaN passes: models may train on it.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pellucid.core.errors import DataError, KindError

Nest = Any                  # an array, or a dict, list or tuple of nests; None stays None
NUMERIC = "biuf"            # the kinds of dtype that hold real numbers

# never a frame: who passes these does not wait for narwhals, which loads half as long as NumPy
# does and is therefore imported inside the functions that need it
PLAIN = (np.ndarray, list, tuple, dict, str, bytes, int, float, Iterator, type(None))


def is_frame(x: object) -> bool:
    """Whether x is a data frame: pandas, polars, pyarrow, or another that narwhals knows.

    >>> import polars
    >>> is_frame(polars.DataFrame({"a": [1]})), is_frame(np.ones((2, 2)))
    (True, False)
    """
    if isinstance(x, PLAIN):
        return False
    from narwhals.dependencies import is_into_dataframe

    return is_into_dataframe(x)


def is_series(x: object) -> bool:
    """Whether x is a single column of such a frame."""
    if isinstance(x, PLAIN):
        return False
    from narwhals.dependencies import is_into_series

    return is_into_series(x)


def arrays(x: Nest, name: str = "x", *, text: bool = False) -> Nest:
    """x as NumPy arrays of numbers, in the same nest.

    Args:
        x: an array of any real dtype, nested lists of numbers, a frame or a series, anything with
            ``__array__``, or a dict, list or tuple of these. None stays None.
        name: what to call it in messages.
        text: let strings through, for models that begin with a string lookup.

    Shapes: a frame gives (rows, columns), a series (rows,). Numbers keep their dtype; float64 is
    cast later, by the model. Raises KindError, naming the column, where text or objects stand in
    place of numbers.

    >>> arrays({"a": [[1, 2], [3, 4]], "b": np.zeros(2, "float16")})
    {'a': array([[1, 2],
           [3, 4]]), 'b': array([0., 0.], dtype=float16)}
    >>> arrays([np.ones(2), np.ones(2)])                            # two inputs
    [array([1., 1.]), array([1., 1.])]
    >>> arrays([["red"], ["blue"]])
    Traceback (most recent call last):
    pellucid.core.errors.KindError: x must hold numbers, but got text ('red', …). Encode it first.
    """
    if x is None:
        return None
    if isinstance(x, dict):
        return {key: arrays(each, f"{name}[{key!r}]", text=text) for key, each in x.items()}
    if isinstance(x, list | tuple) and is_nest(x):
        parts = [arrays(each, f"{name}[{i}]", text=text) for i, each in enumerate(x)]
        return _as(x, parts)
    return _leaf(x, name, text)


def is_nest(x: object) -> bool:
    """Whether x is several inputs: a dict, or a list or tuple that is not just numbers or text."""
    if isinstance(x, dict):
        return True
    return isinstance(x, list | tuple) and len(x) > 0 and not all(map(_plain, x))


def _plain(x: object) -> bool:
    """Whether x is a number or text, or a list of such: part of one array."""
    if isinstance(x, list | tuple):
        return all(map(_plain, x))
    return x is None or isinstance(x, numbers.Number | str | bytes | np.generic)


def _as(like: list | tuple, parts: list) -> list | tuple:
    """The parts in a nest of the same type; a named tuple takes them one by one."""
    if isinstance(like, tuple) and hasattr(like, "_fields"):
        return type(like)(*parts)
    return type(like)(parts)


def map_nest(f: Callable[..., Any], nest: Nest, *others: Nest) -> Nest:
    """f applied to every array of a nest (and to those at the same place in the others).

    >>> map_nest(lambda a, b: a + b, {"p": 1, "q": (2, 3)}, {"p": 10, "q": (20, 30)})
    {'p': 11, 'q': (22, 33)}
    """
    if nest is None:
        return None
    if isinstance(nest, dict):
        return {key: map_nest(f, each, *(other[key] for other in others))
                for key, each in nest.items()}
    if isinstance(nest, list | tuple):
        return _as(nest, [map_nest(f, *parts) for parts in zip(nest, *others, strict=True)])
    return f(nest, *others)


def leaves(nest: Nest, name: str = "x") -> Iterator[tuple[str, np.ndarray]]:
    """Every array of a nest with the name of its place.

    >>> [name for name, _ in leaves({"a": 1, "b": [2, 3]})]
    ["x['a']", "x['b'][0]", "x['b'][1]"]
    """
    if isinstance(nest, dict):
        for key, each in nest.items():
            yield from leaves(each, f"{name}[{key!r}]")
    elif isinstance(nest, list | tuple):
        for i, each in enumerate(nest):
            yield from leaves(each, f"{name}[{i}]")
    elif nest is not None:
        yield name, nest


def row_count(**named: Nest) -> int:
    """The number of rows that all arrays share.

    Raises DataError, naming both lengths, where two differ, and where there are no rows.

    >>> row_count(x=np.ones((3, 2)), y=np.ones(4))
    Traceback (most recent call last):
    pellucid.core.errors.DataError: x and y must have the same number of rows, but got 3 and 4.
    """
    sizes = [(where, len(array)) for name, nest in named.items() for where, array in
             leaves(nest, name)]
    if not sizes:
        raise DataError(f"{next(iter(named), 'x')} holds no array")
    first, rows = sizes[0]
    for where, size in sizes:
        if size != rows:
            raise DataError(f"{first} and {where} must have the same number of rows",
                            got=f"{rows} and {size}")
    if rows == 0:
        raise DataError(f"{first} has no rows", hint="at least one is needed")
    return rows


def _leaf(x: Any, name: str, text: bool) -> np.ndarray:
    if is_frame(x):
        return _frame(x, name, text)
    if is_series(x):
        return _series(x, name, text)
    array = _checked(_array(x, name), name, text)
    if array.ndim == 0:
        raise KindError(f"{name} must have rows", got=f"a single value, {array.item()!r}")
    return array


def _series(x: Any, name: str, text: bool) -> np.ndarray:
    import narwhals as nw

    column: nw.Series[Any] = nw.from_native(x, series_only=True)
    place = f'"{column.name}" of {name}' if column.name else name
    return _checked(column.to_numpy(), place, text)


def _array(x: Any, name: str) -> np.ndarray:
    if isinstance(x, np.ma.MaskedArray):           # a masked value is a missing one
        return np.ma.filled(x.astype(np.float64), np.nan)
    if hasattr(x, "collect_schema"):               # a lazy frame: its rows are not there yet
        raise KindError(f"{name} must hold its rows in memory, but got a lazy frame",
                        hint="call .collect() on it")
    if hasattr(x, "tocsr"):                        # SciPy's sparse matrices
        x = x.toarray()
    try:
        return np.asarray(x)
    except ValueError:
        raise DataError(f"the rows of {name} must all be equally long",
                        hint="pad the shorter ones, or pass one array per input") from None


def _frame(x: Any, name: str, text: bool) -> np.ndarray:
    import narwhals as nw

    try:
        frame: nw.DataFrame[Any] = nw.from_native(x, eager_only=True)
    except nw.exceptions.DuplicateError:
        raise DataError(f"the columns of {name} must have different names") from None
    columns = [_checked(column.to_numpy(), f'column "{column.name}" of {name}', text)
               for column in frame.iter_columns()]
    if not columns:
        raise DataError(f"{name} is a frame without columns")
    if len({column.dtype.kind in NUMERIC for column in columns}) > 1:
        columns = [column.astype(object) for column in columns]
    return np.stack(columns, axis=1)


def _checked(array: np.ndarray, name: str, text: bool) -> np.ndarray:
    """The array if it holds real numbers (or text, where that is allowed)."""
    kind = array.dtype.kind
    if kind in NUMERIC:
        return array
    if kind == "O":
        return _from_objects(array, name, text)
    if kind in "US" and text:
        return array
    if kind in "US":
        first = repr(array.flat[0].item()) if array.size else "''"
        raise KindError(f"{name} must hold numbers", got=f"text ({first}, …)",
                        hint="encode it first")
    raise KindError(f"{name} must hold real numbers", got=f"dtype {array.dtype}")


def _from_objects(array: np.ndarray, name: str, text: bool) -> np.ndarray:
    """Python objects: numbers and gaps become float64, truth values without gaps stay bool."""
    known = [each for each in array.flat if not is_gap(each)]
    if known and all(isinstance(each, bool | np.bool_) for each in known):
        return array.astype(bool) if len(known) == array.size else _floats(array)
    wrong = next((each for each in known if not isinstance(each, numbers.Real | np.bool_)), None)
    if wrong is None:
        return _floats(array)
    if isinstance(wrong, str):
        if text:
            return array
        raise KindError(f"{name} must hold numbers", got=f"text ({wrong!r}, …)",
                        hint="encode it first")
    raise KindError(f"{name} must hold numbers",
                    got=f"objects of type {type(wrong).__name__}",
                    hint="are the rows of different lengths?"
                    if isinstance(wrong, list | tuple | np.ndarray) else None)


def is_gap(each: object) -> bool:
    """None, or pandas's NA (which alone is neither equal nor unequal to itself)."""
    return each is None or type(each).__name__ in ("NAType", "NaTType")


def _floats(array: np.ndarray) -> np.ndarray:
    flat = [np.nan if is_gap(each) else float(each) for each in array.flat]
    return np.array(flat, dtype=np.float64).reshape(array.shape)
