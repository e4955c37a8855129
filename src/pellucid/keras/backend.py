"""`keras.backend`: the few names that user code takes from it."""

from pellucid.core.dtypes import is_float, is_whole, result_type
from pellucid.core.dtypes import standardize as standardize_dtype
from pellucid.core.exports import backend
from pellucid.core.names import get_uid
from pellucid.core.names import reset_names as clear_session
from pellucid.core.settings import (
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from pellucid.layers.symbolic import is_keras_tensor

__all__ = ["backend", "clear_session", "epsilon", "floatx", "get_uid", "image_data_format",
           "is_float_dtype", "is_int_dtype", "is_keras_tensor", "result_type", "set_epsilon",
           "set_floatx", "set_image_data_format", "standardize_dtype"]


def is_float_dtype(dtype: object) -> bool:
    """Whether a dtype, in any of its spellings, is a float."""
    return is_float(standardize_dtype(dtype))


def is_int_dtype(dtype: object) -> bool:
    """Whether a dtype, in any of its spellings, is a whole number, with or without sign."""
    return is_whole(standardize_dtype(dtype))
