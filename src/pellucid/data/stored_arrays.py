"""NPZ archives as tables: one-dimensional arrays are columns, others are spread over columns."""

from __future__ import annotations

import math
import zipfile
import zlib
from pathlib import Path

import numpy as np

from pellucid.core.errors import DataError, FileError, PellucidError
from pellucid.data.columns import MISSING
from pellucid.data.table import Table

NAMES = "feature_names"            # an array of this name holds the column names of "x"


def load_npz(path: Path) -> dict[str, np.ndarray]:
    """All arrays of an NPZ file; pickled objects are never loaded.

    Raises FileError for a file that is no NPZ archive or is damaged, DataError for an array of
    Python objects, which only unpickling (running code from the file) could read.
    """
    try:
        with path.open("rb") as file:       # NumPy leaves a damaged file open, so we open it
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise FileError(f"{path.name} is a single .npy array, not an NPZ archive")
            return {name: _member(archive, name, path) for name in archive.files}
    except PellucidError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
        raise FileError(f"{path.name} is not an NPZ archive, or it is damaged",
                        hint="write it with numpy.savez") from None


def _member(archive: np.lib.npyio.NpzFile, name: str, path: Path) -> np.ndarray:
    try:
        return archive[name]
    except ValueError as error:
        if "pickle" not in str(error):
            raise
        raise DataError(f'the array "{name}" of {path.name} holds Python objects, which are never '
                        "unpickled", hint="store numbers, truth values or text") from None


def read_arrays(path: Path) -> Table:
    """An NPZ file as a table.

    A 1-D array is a column of its name; an array of more axes gives one column for each value of a
    row, ``x_0, x_1, …`` (named by the array ``feature_names``, if there is one and it fits). In an
    MNIST-style file the rows of ``x_test`` and ``y_test`` follow those of ``x_train, y_train``.
    """
    arrays = _joined(load_npz(path), path)
    names = arrays.pop(NAMES, None)
    columns: dict[str, np.ndarray] = {}
    for key, array in arrays.items():
        for name, column in _spread(key, array, names if key == "x" else None, path).items():
            if name in columns:
                raise DataError(f'{path.name} has two columns named "{name}"', hint="rename one")
            columns[name] = _column(name, column, path)
    if not columns or not len(next(iter(columns.values()))):
        raise DataError(f"{path.name} holds no rows")
    return Table(columns, path.name)


def _joined(arrays: dict[str, np.ndarray], path: Path) -> dict[str, np.ndarray]:
    """``x_train, y_train, x_test, y_test`` as ``x, y``; other archives as they are."""
    if set(arrays) != {"x_train", "y_train", "x_test", "y_test"}:
        return arrays
    for key in "xy":
        train, test = arrays[f"{key}_train"], arrays[f"{key}_test"]
        if train.shape[1:] != test.shape[1:]:
            raise DataError(f"{key}_train and {key}_test of {path.name} must have rows of one "
                            "shape", got=f"{train.shape} and {test.shape}")
    return {key: np.concatenate([arrays[f"{key}_train"], arrays[f"{key}_test"]]) for key in "xy"}


def _spread(key: str, array: np.ndarray, names: np.ndarray | None,
            path: Path) -> dict[str, np.ndarray]:
    if array.ndim == 0:
        raise DataError(f'the array "{key}" of {path.name} is a single value, not a column')
    if array.ndim == 1:
        return {key: array}
    width = math.prod(array.shape[1:])
    flat = array.reshape(len(array), width)
    if names is not None and names.shape == (width,):
        titles = [str(name) for name in names]
    else:
        titles = [f"{key}_{i}" for i in range(width)]
    return {title: flat[:, i] for i, title in enumerate(titles)}


def _column(name: str, array: np.ndarray, path: Path) -> np.ndarray:
    """int64, float64, bool, or text with None where it is missing."""
    match array.dtype.kind:
        case "b":
            return array
        case "i" | "u" if array.dtype != np.uint64:
            return array.astype(np.int64)
        case "f" | "u":
            return array.astype(np.float64)
        case "U":
            return np.array([None if cell.strip() in MISSING else cell.strip()
                             for cell in array.tolist()], dtype=object)
    raise DataError(f'column "{name}" of {path.name} must hold numbers, truth values or text',
                    got=str(array.dtype))
