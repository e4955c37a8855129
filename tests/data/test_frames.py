"""Whatever is passed as x or y: arrays come out, or one clear message."""

from collections import namedtuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from pellucid.core.errors import DataError, KindError
from pellucid.data.frames import arrays, is_frame, is_nest, is_series, leaves, map_nest, row_count

FRAMES = [pd.DataFrame, pl.DataFrame, pa.table]


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int32", "uint64", "int64", "float16",
                                   "float32", "float64", "longdouble"])
def test_every_real_dtype_passes_unchanged(dtype):
    x = np.array([[0, 1], [1, 1]], dtype=dtype)
    assert arrays(x) is x


def test_lists_of_numbers_are_one_array():
    assert arrays([1, 2, 3]).tolist() == [1, 2, 3]
    assert arrays([[1, 2], [3, 4.5]]).shape == (2, 2)
    assert arrays(((True, False), (False, True))).dtype == bool
    assert arrays([np.float32(1), np.float32(2)]).tolist() == [1, 2]
    assert arrays([1.0, None])[0] == 1
    assert np.isnan(arrays([1.0, None])[1])
    assert np.isnan(arrays([np.nan, 2.0])[0])


def test_nests_are_kept():
    point = namedtuple("point", "a b")
    x = {"p": [np.ones(2), [[1], [2]]], "q": (np.zeros(2),), "r": point([1, 2], np.ones(2)),
         "none": None}
    got = arrays(x)
    assert isinstance(got["p"], list)
    assert isinstance(got["q"], tuple)
    assert isinstance(got["r"], point)
    assert got["p"][1].shape == (2, 1)
    assert got["none"] is None
    assert [name for name, _ in leaves(got)] == ["x['p'][0]", "x['p'][1]", "x['q'][0]",
                                                 "x['r'][0]", "x['r'][1]"]
    assert arrays([pd.DataFrame({"a": [1]}), [2]])[0].shape == (1, 1)
    assert not is_nest([])
    assert is_nest([np.ones(1)])
    assert map_nest(lambda a: a + 1, {"p": [np.zeros(1)], "n": None})["p"][0].tolist() == [1]


@pytest.mark.parametrize("frame", FRAMES)
def test_frames_and_series(frame):
    data = frame({"a": [1, 2, None], "b": [True, False, True], "c": [0.5, 1.5, 2.5]})
    assert is_frame(data)
    assert not is_series(data)
    x = arrays(data)
    assert x.dtype == np.float64
    np.testing.assert_array_equal(x, [[1, 1, 0.5], [2, 0, 1.5], [np.nan, 1, 2.5]])
    assert arrays(frame({"a": [1, 2], "b": [3, 4]})).dtype == np.int64
    series = data["c"]
    assert is_series(series)
    assert arrays(series, "y").shape == (3,)


def test_pandas_nullable_and_object_columns():
    frame = pd.DataFrame({"i": pd.array([1, None], dtype="Int64"),
                          "b": pd.array([True, None], dtype="boolean"),
                          "o": np.array([1, 2.5], dtype=object)})
    np.testing.assert_array_equal(arrays(frame), [[1, 1, 1], [np.nan, np.nan, 2.5]])


def test_other_arrays():
    import jax.numpy as jnp
    from scipy.sparse import csr_matrix

    assert arrays(jnp.ones((2, 1))).shape == (2, 1)
    assert arrays(csr_matrix(np.eye(2))).tolist() == [[1, 0], [0, 1]]
    masked = arrays(np.ma.array([1, 2], mask=[False, True]))
    assert masked[0] == 1
    assert np.isnan(masked[1])


@pytest.mark.parametrize("frame", FRAMES)
def test_text_in_a_frame_names_the_column(frame):
    data = frame({"age": [1, 2], "town": ["Ulm", "Bonn"]})
    with pytest.raises(KindError, match='column "town" of x must hold numbers, but got text '
                                        r"\('Ulm', …\). Encode it first"):
        arrays(data)
    with pytest.raises(KindError, match='"town" of y must hold numbers'):
        arrays(data["town"] if frame is not pa.table else pl.Series("town", ["Ulm"]), "y")


def test_text_may_pass_where_asked():
    assert arrays(np.array(["a", "b"]), text=True).tolist() == ["a", "b"]
    assert arrays(np.array(["a", None], object), text=True).tolist() == ["a", None]
    mixed = arrays(pl.DataFrame({"n": [1, 2], "s": ["a", "b"]}), text=True)
    assert mixed.tolist() == [[1, "a"], [2, "b"]]
    assert arrays(["a", "b"], text=True).shape == (2,)


@pytest.mark.parametrize("x, message", [
    ("digits", r"x must hold numbers, but got text \('digits', …\)"),
    (["a", "b"], r"x must hold numbers, but got text \('a', …\)"),
    (3.5, r"x must have rows, but got a single value, 3.5"),
    (np.array([1, "b"], object), r"x must hold numbers, but got text \('b', …\)"),
    (np.array([1j]), "x must hold real numbers, but got dtype complex128"),
    (np.array(["2020-01-01"], "datetime64[D]"), r"real numbers, but got dtype datetime64"),
    (np.array([{}, {}], object), "x must hold numbers, but got objects of type dict"),
    (object(), "x must hold numbers, but got objects of type object"),
    ({"a": ["x"]}, r"x\['a'\] must hold numbers"),
    ([np.ones(1), ["x"]], r"x\[1\] must hold numbers"),
    (pl.LazyFrame({"a": [1]}), r"x must hold its rows in memory, but got a lazy frame. Call .coll"),
])
def test_what_is_no_array_of_numbers(x, message):
    with pytest.raises(KindError, match=message):
        arrays(x)


def test_faults_of_shape():
    with pytest.raises(DataError, match="the rows of x must all be equally long. Pad the shorter"):
        arrays([[1, 2], [3]])
    with pytest.raises(DataError, match="the columns of x must have different names"):
        arrays(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(DataError, match="x is a frame without columns"):
        arrays(pd.DataFrame())


def test_row_count():
    assert row_count(x={"a": np.ones(3), "b": [np.ones((3, 2))]}, y=None) == 3
    with pytest.raises(DataError, match="x and y must have the same number of rows, but got 3 and"):
        row_count(x=np.ones(3), y=np.ones(4))
    with pytest.raises(DataError, match=r"x\['a'\] and x\['b'\] must .* but got 3 and 2"):
        row_count(x={"a": np.ones(3), "b": np.ones(2)})
    with pytest.raises(DataError, match="x has no rows. At least one is needed"):
        row_count(x=np.ones((0, 2)), y=np.ones(0))
    with pytest.raises(DataError, match="x holds no array"):
        row_count(x={}, y=None)
