"""Values that ops flow through: a `Tensor` holds an array, or only its shape while tracing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from pellucid.core import dtypes
from pellucid.core.errors import KindError, TracingError, user_line
from pellucid.core.kinds import as_array
from pellucid.core.showing import Shown

OPS: dict[str, Any] = {}       # every op by name, filled by op.py: Python's operators look here


class Abstract(NamedTuple):
    """A value of which only shape and dtype are known."""

    shape: tuple[int, ...]
    dtype: str

    @property
    def ndim(self) -> int:
        return len(self.shape)


class Operators:
    """Python's operators, spelled in ops, for every kind of value that ops flow through."""

    __slots__ = ()
    __array_priority__ = 1000          # NumPy arrays leave `array + tensor` to the tensor

    def __add__(self, other: Any) -> Any: return _op("add", self, other)
    def __radd__(self, other: Any) -> Any: return _op("add", other, self)
    def __sub__(self, other: Any) -> Any: return _op("subtract", self, other)
    def __rsub__(self, other: Any) -> Any: return _op("subtract", other, self)
    def __mul__(self, other: Any) -> Any: return _op("multiply", self, other)
    def __rmul__(self, other: Any) -> Any: return _op("multiply", other, self)
    def __truediv__(self, other: Any) -> Any: return _op("divide", self, other)
    def __rtruediv__(self, other: Any) -> Any: return _op("divide", other, self)
    def __floordiv__(self, other: Any) -> Any: return _op("floor_divide", self, other)
    def __rfloordiv__(self, other: Any) -> Any: return _op("floor_divide", other, self)
    def __mod__(self, other: Any) -> Any: return _op("mod", self, other)
    def __rmod__(self, other: Any) -> Any: return _op("mod", other, self)
    def __pow__(self, other: Any) -> Any: return _op("power", self, other)
    def __rpow__(self, other: Any) -> Any: return _op("power", other, self)
    def __matmul__(self, other: Any) -> Any: return _op("matmul", self, other)
    def __rmatmul__(self, other: Any) -> Any: return _op("matmul", other, self)
    def __neg__(self) -> Any: return _op("negative", self)
    def __pos__(self) -> Any: return self
    def __abs__(self) -> Any: return _op("abs", self)
    def __invert__(self) -> Any: return _op("logical_not", self)
    def __and__(self, other: Any) -> Any: return _op("logical_and", self, other)
    def __rand__(self, other: Any) -> Any: return _op("logical_and", other, self)
    def __or__(self, other: Any) -> Any: return _op("logical_or", self, other)
    def __ror__(self, other: Any) -> Any: return _op("logical_or", other, self)
    def __eq__(self, other: Any) -> Any: return _op("equal", self, other)
    def __ne__(self, other: Any) -> Any: return _op("not_equal", self, other)
    def __lt__(self, other: Any) -> Any: return _op("less", self, other)
    def __le__(self, other: Any) -> Any: return _op("less_equal", self, other)
    def __gt__(self, other: Any) -> Any: return _op("greater", self, other)
    def __ge__(self, other: Any) -> Any: return _op("greater_equal", self, other)
    def __getitem__(self, index: Any) -> Any: return _op("get_item", self, index=index)
    __hash__ = object.__hash__         # identity, although == compares values


class Arraylike(Shown, Operators):
    """What tensors and variables share: a shape, a dtype, and a value that NumPy can read."""

    __slots__ = ()
    value: Any

    @property
    def shape(self) -> tuple[int, ...]: return self.value.shape

    @property
    def dtype(self) -> str:
        dtype = self.value.dtype
        return dtype if isinstance(dtype, str) else dtypes.name_of(dtype)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    def numpy(self) -> np.ndarray:
        """The value as a NumPy array of its own (changing it changes nothing here)."""
        return np.array(_concrete(self))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(_concrete(self), dtype=dtype, copy=copy)

    def item(self) -> Any: return _concrete(self).item()
    def tolist(self) -> Any: return _concrete(self).tolist()
    def __bool__(self) -> bool: return bool(_concrete(self, "Python's `if`, `while` or `and`"))
    def __int__(self) -> int: return int(_concrete(self, "int()").item())
    def __float__(self) -> float: return float(_concrete(self, "float()").item())
    def __index__(self) -> int: return _concrete(self, "an index").item().__index__()

    def __format__(self, form: str) -> str:
        return format(_concrete(self).item(), form) if form and not self.shape else str(self)

    def __len__(self) -> int:
        if not self.shape:
            raise KindError("a tensor with one number has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def get_shape(self) -> tuple[int, ...]: return self.shape

    @property
    def T(self) -> Any:                # noqa: N802 (NumPy's name)
        return _op("transpose", self)


class Tensor(Arraylike):
    """An array that ops can be applied to, and that tapes can differentiate.

    >>> x = Tensor(np.array([1.0, 2.0]))
    >>> (x * x).numpy()
    array([1., 4.])
    """

    __slots__ = ("__weakref__", "_keras_mask", "value")

    def __init__(self, value: np.ndarray | Abstract) -> None:
        self.value = value

    def __repr__(self) -> str:
        if isinstance(self.value, Abstract):
            return f"<tensor: shape={self.shape}, dtype={self.dtype}, being traced>"
        text = np.array2string(self.value, separator=", ", threshold=60)
        return f"<tensor: shape={self.shape}, dtype={self.dtype}, value={text}>"


def _concrete(value: Arraylike, wanted_by: str = "NumPy or Python") -> np.ndarray:
    array = value.value
    while isinstance(array, Tensor):
        array = array.value
    if isinstance(array, Abstract):
        raise TracingError(
            f"{wanted_by} needs the numbers of a tensor of shape {array.shape}, "
            "which are not known while a function is traced into a Plan", where=user_line(),
            hint="use ops.where or ops.cond instead of `if`, and ops instead of NumPy; a model "
                 "runs step by step with compile(run_eagerly=True)")
    return array


def as_operand(value: Any) -> Any:
    """What an op may be given: a tensor, a Python number, or what NumPy makes an array of."""
    if isinstance(value, Tensor) or type(value) in (float, int, bool):
        return value
    if isinstance(value, Arraylike):
        return value.value
    return convert(value)


def convert(value: Any, dtype: Any = None) -> Tensor:
    """A tensor of anything array-like; Python floats take the default float type, ints int32."""
    if isinstance(value, Arraylike):
        tensor = value if isinstance(value, Tensor) else value.value
    elif isinstance(value, (list, tuple)) and any(isinstance(v, Arraylike) for v in value):
        rows = [_op("reshape", t := convert(v), shape=(1, *t.shape)) for v in value]
        tensor = _op("join", *rows, axis=0)
    else:
        plain = not hasattr(value, "dtype") or isinstance(value, (list, tuple))
        array = as_array(value)
        if array.dtype.kind in "OUS" and dtype != "string":
            raise KindError("a tensor needs numbers", got=f"{value!r:.80}", where=user_line())
        if plain and dtype is None and array.dtype.kind in "fi" and not _holds_arrays(value):
            default = dtypes.floatx() if array.dtype.kind == "f" else "int32"
            array = array.astype(dtypes.standardize(dtype or default))
        tensor = Tensor(array)
    if dtype is not None and tensor.dtype != (name := dtypes.standardize(dtype)):
        tensor = _op("cast", tensor, dtype=name)
    return tensor


def with_operators(value: Any) -> Any:
    """The value, if Python's operators work on it (a tensor, a symbol), else a tensor of it."""
    return value if isinstance(value, Operators) else convert(value)


def _holds_arrays(value: Any) -> bool:
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return hasattr(value, "dtype")


def _op(name: str, *args: Any, **options: Any) -> Any:
    return OPS[name](*args, **options)
