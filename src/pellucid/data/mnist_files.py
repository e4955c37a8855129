"""MNIST-style files on the user's disk: NPZ as Keras keeps it, and IDX, plain or gzipped.

An IDX file is: two zero bytes, a code for the type, the number of axes, the length of each axis
as a 4-byte integer, then the values; all big-endian.
Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", 1998.
"""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from pathlib import Path

import numpy as np

from pellucid.core.errors import DataError, FileError
from pellucid.data.paths import existing_file
from pellucid.data.stored_arrays import load_npz

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
PARTS = ("train-images", "train-labels", "t10k-images", "t10k-labels")
KEYS = ("x_train", "y_train", "x_test", "y_test")

Split = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def load_mnist(path: str | os.PathLike[str]) -> Split:
    """``(x_train, y_train), (x_test, y_test)`` from an NPZ file or a folder of four IDX files.

    The folder holds ``train-images*``, ``train-labels*``, ``t10k-images*``, ``t10k-labels*``,
    each plain or ``.gz``. Values keep the dtype of the file (uint8 in MNIST itself).
    Raises FileError for missing or damaged files, DataError where images and labels differ in
    number.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "tiny.npz"
    >>> np.savez(file, x_train=np.zeros((3, 2, 2)), y_train=[0, 1, 0], x_test=np.zeros((1, 2, 2)),
    ...          y_test=[1])
    >>> (x, y), (x_test, y_test) = load_mnist(file)
    >>> x.shape, y_test.tolist()
    ((3, 2, 2), [1])
    """
    place = Path(path).expanduser()
    x, y, x_test, y_test = _from_folder(place) if place.is_dir() else _from_npz(place)
    for part, images, labels in (("training", x, y), ("test", x_test, y_test)):
        if len(images) != len(labels):
            raise DataError(f"the {part} part of {place.name} must have one label per image",
                            got=f"{len(images)} images and {len(labels)} labels")
    return (x, y), (x_test, y_test)


def _from_npz(path: Path) -> list[np.ndarray]:
    stored = load_npz(existing_file(path))
    absent = [key for key in KEYS if key not in stored]
    if absent:
        raise FileError(f"{path.name} must hold the arrays {', '.join(KEYS)}",
                        got=f"no {', '.join(absent)}")
    for key in KEYS:
        if stored[key].ndim == 0:
            raise DataError(f'the array "{key}" of {path.name} must have rows',
                            got="a single value")
    return [stored[key] for key in KEYS]


def _from_folder(folder: Path) -> list[np.ndarray]:
    found = []
    for part in PARTS:
        matches = sorted(each for each in folder.iterdir() if each.name.startswith(part))
        if not matches:
            raise FileError(f"{folder} must hold the four files {', '.join(PARTS)}",
                            got=f"no {part}")
        found.append(read_idx(matches[0]))
    return found


def read_idx(path: str | os.PathLike[str]) -> np.ndarray:
    """The array of an IDX file, plain or gzipped (its content decides, not its name).

    Raises FileError for a wrong magic number, an unknown type code, a truncated file, bytes after
    the end, and a damaged gzip stream.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "labels-idx1-ubyte"
    >>> _ = file.write_bytes(b"\\0\\0\\x08\\x01" + b"\\0\\0\\0\\x03" + bytes([5, 0, 4]))
    >>> read_idx(file)
    array([5, 0, 4], dtype=uint8)
    """
    file = existing_file(path)
    raw = _unpacked(file)
    if len(raw) < 4 or raw[:2] != b"\0\0":
        raise FileError(f"{file.name} is not an IDX file: it must begin with two zero bytes",
                        got=raw[:4].hex(" ") or "nothing")
    code, axes = raw[2], raw[3]
    if code not in TYPES:
        raise FileError(f"the type code of an IDX file must be one of "
                        f"{', '.join(f'0x{each:02x}' for each in TYPES)}",
                        got=f"0x{code:02x}", where=f"in {file.name}")
    if axes == 0:
        raise FileError(f"{file.name} is an IDX file of no axes", hint="it must have at least one")
    start = 4 + 4 * axes
    if len(raw) < start:
        raise FileError(f"{file.name} ends inside its header: {axes} axes need {start} bytes",
                        got=str(len(raw)))
    shape = struct.unpack(f">{axes}I", raw[4:start])
    dtype = np.dtype(TYPES[code])
    _check_size(file, len(raw) - start, shape, dtype)
    values = np.frombuffer(raw, dtype, offset=start).reshape(shape)
    return values.astype(dtype.newbyteorder("="))


def _check_size(file: Path, size: int, shape: tuple[int, ...], dtype: np.dtype) -> None:
    needed = math.prod(shape) * dtype.itemsize
    if size != needed:
        fault = "is truncated" if size < needed else "has bytes after its end"
        raise FileError(f"{file.name} {fault}: shape {shape} of {dtype.newbyteorder('=')} needs "
                        f"{needed} bytes", got=str(size))


def _unpacked(file: Path) -> bytes:
    raw = file.read_bytes()
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    try:
        return gzip.decompress(raw)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise FileError(f"{file.name} is a damaged or truncated gzip file",
                        hint="copy or download it again") from None
