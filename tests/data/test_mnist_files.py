"""MNIST-style files: NPZ and IDX, whole and damaged."""

import gzip
import struct

import numpy as np
import pytest

from pellucid.core.errors import DataError, FileError
from pellucid.data.mnist_files import load_mnist, read_idx


def idx(array, code):
    shape = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, code, array.ndim]) + shape + array.astype(array.dtype.newbyteorder(">")
                                                                  ).tobytes()


CODES = {"uint8": 8, "int8": 9, "int16": 0x0B, "int32": 0x0C, "float32": 0x0D, "float64": 0x0E}


@pytest.mark.parametrize("dtype, code", CODES.items())
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_every_type(tmp_path, dtype, code, pack):
    array = np.arange(24, dtype=dtype).reshape(2, 3, 4)
    file = tmp_path / "images"
    file.write_bytes(pack(idx(array, code)))
    got = read_idx(file)
    assert got.dtype == np.dtype(dtype)
    assert got.dtype.isnative
    np.testing.assert_array_equal(got, array)


def test_both_layouts_give_the_same(tmp_path):
    draw = np.random.default_rng(0)
    parts = {"x_train": draw.integers(0, 255, (5, 4, 4), dtype=np.uint8),
             "y_train": draw.integers(0, 9, 5, dtype=np.uint8),
             "x_test": draw.integers(0, 255, (2, 4, 4), dtype=np.uint8),
             "y_test": draw.integers(0, 9, 2, dtype=np.uint8)}
    np.savez_compressed(tmp_path / "mnist.npz", **parts)
    names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz", "t10k-images.idx3-ubyte.gz",
             "t10k-labels-idx1-ubyte"]
    folder = tmp_path / "raw"
    folder.mkdir()
    for name, array in zip(names, parts.values(), strict=True):
        raw = idx(array, 8)
        (folder / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    for place in (tmp_path / "mnist.npz", folder):
        (x, y), (x_test, y_test) = load_mnist(place)
        for got, array in zip((x, y, x_test, y_test), parts.values(), strict=True):
            np.testing.assert_array_equal(got, array)


WHOLE = idx(np.arange(6, dtype=np.uint8).reshape(2, 3), 8)


@pytest.mark.parametrize("raw, message", [
    (b"\x89PNG", "is not an IDX file: it must begin with two zero bytes, but got 89 50 4e 47"),
    (b"\0\0\x08", "is not an IDX file"),
    (b"\0\0\x07\x01\0\0\0\0", "the type code of an IDX file must be one of 0x08, .*, but got 0x07"),
    (b"\0\0\x08\x00", "is an IDX file of no axes"),
    (WHOLE[:9], "ends inside its header: 2 axes need 12 bytes, but got 9"),
    (WHOLE[:-1], r"is truncated: shape \(2, 3\) of uint8 needs 6 bytes, but got 5"),
    (WHOLE + b"x", r"has bytes after its end: shape \(2, 3\) of uint8 needs 6 bytes, but got 7"),
    (gzip.compress(WHOLE, mtime=0)[:-6],
     "is a damaged or truncated gzip file. Copy or download it again"),
    (b"\x1f\x8bnot gzip at all", "is a damaged or truncated gzip file"),
    (b"\0\0\x08\x03" + b"\xff" * 12, r"is truncated: shape \(4294967295, "),
])
def test_damaged_idx(tmp_path, raw, message):
    file = tmp_path / "part"
    file.write_bytes(raw)
    with pytest.raises(FileError, match=message):
        read_idx(file)


def test_missing_parts(tmp_path):
    with pytest.raises(FileError, match="there is no file"):
        load_mnist(tmp_path / "mnist.npz")
    with pytest.raises(FileError, match="must hold the four files train-images, .*no train-images"):
        load_mnist(tmp_path)
    file = tmp_path / "m.npz"
    np.savez(file, x_train=np.ones(2), y_train=np.ones(2))
    with pytest.raises(FileError, match="m.npz must hold the arrays x_train, .*no x_test, y_test"):
        load_mnist(file)
    one = np.ones(1)
    np.savez(file, x_train=np.ones((2, 2)), y_train=np.ones(3), x_test=one, y_test=one)
    with pytest.raises(DataError, match="training part of m.npz must have one label per image, but "
                                        "got 2 images and 3 labels"):
        load_mnist(file)
    np.savez(file, x_train=np.float64(0), y_train=np.ones(3), x_test=np.ones(1), y_test=np.ones(1))
    with pytest.raises(DataError, match='array "x_train" of m.npz must have rows'):
        load_mnist(file)


def test_pickles_are_never_loaded(tmp_path):
    file = tmp_path / "m.npz"
    np.savez(file, x_train=np.array([{}], object), y_train=[1], x_test=[1], y_test=[1])
    with pytest.raises(DataError, match='"x_train" of m.npz holds Python objects'):
        load_mnist(file)
