"""`Input`: where data enter a functional model."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError
from pellucid.core.field import check
from pellucid.core.kinds import TRUTH, is_number
from pellucid.layers.base import Layer
from pellucid.layers.symbolic import KerasTensor, Node


class InputLayer(Layer):
    """The node at which data enter; made by `Input`.

    >>> InputLayer((4,), name="x").output.shape
    (None, 4)

    Use: the beginning of a model; `Input` makes it.
    Pros: shapes are known at once, so that wrong ones are told early.
    Cons: fixes the shape of a sample, as far as it is given.
    """

    def __init__(self, shape: Any = None, batch_size: int | None = None, dtype: Any = None,
                 sparse: bool | None = None, ragged: bool | None = None, batch_shape: Any = None,
                 input_tensor: Any = None, optional: bool = False, name: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        for key, value in (("sparse", sparse), ("ragged", ragged)):
            if value:
                raise ArgumentError("sparse and ragged inputs are not supported",
                                    got=f"{key}={value!r}", hint="pass dense arrays")
        check("Input", "batch_size", batch_size, whole=True, at_least=0)
        if (shape is None) == (batch_shape is None):
            raise ArgumentError("Input needs either shape or batch_shape",
                                hint="Input(shape=(4,)) for samples of four features")
        self.batch_shape = (_checked_shape(batch_shape, "batch_shape") if shape is None else
                            _checked_shape((batch_size, *_as_tuple(shape)), "shape"))
        self.input_dtype = dtypes.standardize(dtype)
        self.optional, self.built = check("Input", "optional", optional, kind=TRUTH), True
        Node(self, (), {}, [KerasTensor(self.batch_shape, self.input_dtype, name=self.name)])

    def call(self) -> Any:
        raise ArgumentError("an InputLayer is not called; data enter through it")

    @property
    def dtype(self) -> str: return self.input_dtype

    def get_config(self) -> dict[str, Any]:
        return {"batch_shape": self.batch_shape, "dtype": self.input_dtype, "sparse": False,
                "ragged": False, "name": self.name, "optional": self.optional}

    @classmethod
    def from_config(cls, config: dict[str, Any], **_: Any) -> InputLayer:
        return cls(**config)


def _as_tuple(shape: Any) -> tuple[Any, ...]:
    return tuple(shape) if isinstance(shape, list | tuple | np.ndarray) else (shape,)


def _checked_shape(shape: Any, argument: str) -> tuple[int | None, ...]:
    sizes = _as_tuple(shape)
    if any(n is not None and not (is_number(n) and n >= 0 and int(n) == n) for n in sizes):
        raise ArgumentError(f"the sizes in Input's {argument} must be whole numbers or None",
                            got=str(sizes))
    return tuple(None if n is None else int(n) for n in sizes)


def Input(shape: Any = None, batch_size: int | None = None, dtype: Any = None,  # noqa: N802
          sparse: bool | None = None, ragged: bool | None = None, batch_shape: Any = None,
          name: str | None = None, tensor: Any = None, optional: bool = False) -> KerasTensor:
    """The symbolic tensor at which data of a given shape (without the batch) enter.

    >>> Input(shape=(4,)).shape
    (None, 4)
    """
    return InputLayer(shape, batch_size, dtype, sparse, ragged, batch_shape, tensor, optional,
                      name).output
