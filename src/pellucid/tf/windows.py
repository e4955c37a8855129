"""Convolution and pooling under TensorFlow's argument names."""

from __future__ import annotations

from typing import Any

from pellucid import ops
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.tensor import Tensor

FORMATS = {name: "channels_first" if name[1] == "C" else "channels_last"
           for name in ("NWC", "NHWC", "NDHWC", "NCW", "NCHW", "NCDHW")}


def conv1d(input: Any, filters: Any, stride: Any, padding: str, data_format: str = "NWC",
           dilations: Any = None) -> Tensor:
    """Each window of a sequence times the kernel."""
    return _conv(input, filters, stride, padding, data_format, dilations)


def conv2d(input: Any, filters: Any, strides: Any, padding: str, data_format: str = "NHWC",
           dilations: Any = None) -> Tensor:
    """Each window of an image times the kernel."""
    return _conv(input, filters, strides, padding, data_format, dilations)


def max_pool1d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NWC"
               ) -> Tensor:
    """The largest number of each window of a sequence."""
    return _pool(ops.max_pool, input, ksize, strides, padding, data_format)


def max_pool2d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC"
               ) -> Tensor:
    """The largest number of each window of an image."""
    return _pool(ops.max_pool, input, ksize, strides, padding, data_format)


def avg_pool1d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NWC"
               ) -> Tensor:
    """The mean of each window of a sequence."""
    return _pool(ops.average_pool, input, ksize, strides, padding, data_format)


def avg_pool2d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC"
               ) -> Tensor:
    """The mean of each window of an image."""
    return _pool(ops.average_pool, input, ksize, strides, padding, data_format)


def _conv(x: Any, kernel: Any, strides: Any, padding: str, data_format: str, dilations: Any) -> Any:
    return ops.conv(x, kernel, strides=_of_space(strides, data_format), padding=padding,
                    data_format=_order(data_format),
                    dilation_rate=_of_space(1 if dilations is None else dilations, data_format))


def _pool(pool: Any, x: Any, size: Any, strides: Any, padding: str, data_format: str) -> Any:
    return pool(x, pool_size=_of_space(size, data_format), strides=_of_space(strides, data_format),
                padding=padding, data_format=_order(data_format))


def _order(data_format: str) -> str:
    if data_format not in FORMATS:
        raise ArgumentError(f"data_format must be one of {', '.join(FORMATS)}",
                            got=repr(data_format), where=user_line())
    return FORMATS[data_format]


def _of_space(value: Any, data_format: str) -> Any:
    """TensorFlow also takes one number for all axes in a list, or numbers for all axes."""
    if isinstance(value, (list, tuple)):
        if len(value) == 1:
            return value[0]
        if len(value) == len(data_format):
            return tuple(n for n, axis in zip(value, data_format, strict=True) if axis not in "NC")
    return value
