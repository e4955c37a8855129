"""Global settings, in Keras's names (`keras.config`)."""

from pellucid.core.exports import backend
from pellucid.core.serialization import enable_unsafe_deserialization
from pellucid.core.settings import (
    disable_interactive_logging,
    disable_traceback_filtering,
    enable_interactive_logging,
    enable_traceback_filtering,
    epsilon,
    floatx,
    image_data_format,
    is_interactive_logging_enabled,
    is_traceback_filtering_enabled,
    max_epochs,
    max_steps_per_epoch,
    set_epsilon,
    set_floatx,
    set_image_data_format,
    set_max_epochs,
    set_max_steps_per_epoch,
)
from pellucid.layers.dtype_policy import dtype_policy, set_dtype_policy

__all__ = ["backend", "disable_interactive_logging", "disable_traceback_filtering",
           "dtype_policy", "enable_interactive_logging", "enable_traceback_filtering",
           "enable_unsafe_deserialization", "epsilon", "floatx", "image_data_format",
           "is_interactive_logging_enabled", "is_traceback_filtering_enabled", "max_epochs",
           "max_steps_per_epoch", "set_dtype_policy", "set_epsilon", "set_floatx",
           "set_image_data_format", "set_max_epochs", "set_max_steps_per_epoch"]
