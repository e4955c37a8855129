"""`keras.ops` that make tensors, move their numbers, cut them and put them together."""

from __future__ import annotations

import numpy as np

from tests.parity.cases.inputs import BITS, CUBE, LABELS, MATRIX, OTHER, ROW, WHOLE, X, Y
from tests.parity.judge import Case, constant, of, told

PLACES = np.array([[0, 2], [2, 1]], "int32")


CASES: dict[str, list[Case]] = {f"ops.{name}": cases for name, cases in {
    # made of nothing
    "arange": [of(5), of(1, 9, 2), of(0.5, 2.0, 0.25), of(3, dtype="float32")],
    "array": [of([[1, 2], [3, 4]]), of([0.5, 2.0]), of(X), of(WHOLE, dtype="float32")],
    "bartlett": [of(7)], "blackman": [of(7)], "hamming": [of(7)], "hanning": [of(7)],
    "kaiser": [of(7, 3.5)],
    "convert_to_tensor": [of([[1, 2], [3, 4]]), of([1.0, 2.0]), of(X), of(WHOLE, dtype="float64")],
    "convert_to_numpy": [of(constant(X)), of(WHOLE)],
    "empty": [told(lambda k: k.ops.shape(k.ops.empty((2, 3)))),
              told(lambda k: k.ops.empty((0, 3), dtype="int32"))],
    "empty_like": [told(lambda k, x: k.ops.zeros_like(k.ops.empty_like(x)), WHOLE)],
    "eye": [of(3), of(2, 3, k=1), of(3, dtype="int32")], "identity": [of(3)],
    "full": [of((2, 3), 1.5), of((2,), 3, dtype="int32")],
    "full_like": [of(X, 2.5, slopes=False), of(WHOLE, 7)],
    "geomspace": [of(1.0, 1000.0, 4, close=1e-6)],       # XLA's powers
    "linspace": [of(0.0, 1.0, 5), of(2.0, 8.0, num=4, endpoint=False), of(ROW, OTHER, num=3),
                 of(0.0, 1.0, 3, retstep=True)],
    "logspace": [of(0.0, 2.0, 3, close=1e-5)],           # XLA's powers
    "meshgrid": [of(ROW, X[0]), of(ROW, X[0], indexing="ij")],
    "ones": [of((2, 3)), of(2, dtype="int32")], "ones_like": [of(X, slopes=False), of(WHOLE)],
    "tri": [of(3), of(2, 4, 1)],
    "zeros": [of((2, 3)), of(2, dtype="bool")], "zeros_like": [of(X, slopes=False), of(WHOLE)],
    # what they are like
    "is_tensor": [of(X, slopes=False), of(3)], "ndim": [of(constant(CUBE))],
    "shape": [told(lambda k, x: np.array(k.ops.shape(x)), WHOLE)],
    "size": [of(constant(CUBE))],
    # moved
    "broadcast_to": [of(X[:1], (2, 3))], "copy": [of(X)],
    "diag": [of(ROW), of(MATRIX, k=1)], "diagflat": [of(X, k=-1)],
    "diagonal": [of(CUBE, 0, 1, 2), of(MATRIX, offset=1)],
    "depth_to_space": [of(CUBE[None], 2), of(CUBE[None].transpose(0, 3, 1, 2), 2,
                                             data_format="channels_first")],
    "space_to_depth": [of(np.repeat(CUBE[:, :2], 2, 0)[None], 2)],
    "expand_dims": [of(X, 1), of(X, (0, -1))],
    "flip": [of(CUBE), of(CUBE, axis=(0, 2))], "fliplr": [of(CUBE)], "flipud": [of(CUBE)],
    "get_item": [of(CUBE, (slice(None), 1, slice(None, None, -2))), of(ROW, slice(1, 3))],
    "moveaxis": [of(CUBE, 0, -1), of(CUBE, (0, 2), (1, 0))],
    "pad": [of(X, 1), of(X, ((1, 0), (0, 2)), constant_values=3.0),
            of(CUBE, ((1, 1), (2, 1), (0, 3)), mode="reflect"),
            of(X, ((3, 2), (1, 4)), mode="symmetric"), of(WHOLE, 2, mode="edge")],
    "ravel": [of(CUBE)], "rearrange": [
        of(CUBE, "a b c -> c (b a)"), of(CUBE, "a b (c d) -> (d a) c b", c=2),
        of(CUBE, "a b (c d) -> a (c b) d", d=4)],
    "repeat": [of(X, 2), of(X, 3, axis=0), of(X, np.array([1, 0, 2]), axis=1)],
    "reshape": [of(CUBE, (4, -1)), of(WHOLE, (6,))],
    "roll": [of(CUBE, 5), of(CUBE, (1, -1), axis=(0, 2))],
    "rot90": [of(CUBE), of(CUBE, 3, axes=(2, 1))],
    "squeeze": [of(X[None, :, None]), of(X[None], axis=0)],
    "swapaxes": [of(CUBE, 0, -1)], "transpose": [of(CUBE), of(CUBE, (1, 2, 0))],
    "tile": [of(X, 2), of(X, (2, 1, 3))], "tril": [of(CUBE, k=-1)], "triu": [of(CUBE, k=1)],
    "vander": [of(ROW), of(ROW, N=3, increasing=True)],
    # put together, and cut
    "append": [of(X, Y), of(X, Y, axis=0)], "concatenate": [of([X, Y], axis=1), of([X, WHOLE])],
    "dstack": [of([X, Y])], "hstack": [of([X, Y])], "vstack": [of([X, Y])],
    "stack": [of([X, Y], axis=-1), of([X, WHOLE])],
    "select": [told(lambda k, x, y: k.ops.select([x > 1, x > 0], [y, 2 * x], 0.5), X, Y)],
    "array_split": [of(CUBE, 3, axis=2)], "dsplit": [of(CUBE, 2)], "hsplit": [of(CUBE, 3)],
    "vsplit": [of(CUBE, [1])], "split": [of(CUBE, 2, axis=-1), of(ROW, [1, 3])],
    "unstack": [of(CUBE, axis=1), of(X, 2)],
    # by index
    "multi_hot": [of(PLACES, 4), of(LABELS, 3), of(PLACES, num_classes=3, dtype="int32")],
    "one_hot": [of(LABELS, 3), of(PLACES, 3, axis=1), of(LABELS, 2, dtype="int32")],
    "scatter": [of(PLACES, ROW[:2], (3, 3))],
    "scatter_update": [of(MATRIX, PLACES, ROW[:2]), of(MATRIX, PLACES, ROW[:2], reduction="add")],
    "slice": [of(CUBE, (0, 1, 1), (2, 2, 3))],
    "slice_update": [of(MATRIX, (1, 0), X[:, :2])],
    "take": [of(CUBE, PLACES, axis=1), of(X, np.array([5, 0], "int32"))],
    "take_along_axis": [of(MATRIX, np.array([[0, 2], [1, 1], [2, 0]], "int32"), axis=1),
                        of(X, np.array([1, 5, 0], "int32"), axis=None)],
    "unravel_index": [of(np.array([5, 0, 3], "int32"), (2, 3))],
    "nonzero": [of(BITS), of(constant([0.0, 2.0, 0.0, 1.0]))],
}.items()}
