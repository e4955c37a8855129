"""Keras's `keras.utils`: names that code written for Keras expects here."""

from pellucid.callbacks.progbar import Progbar
from pellucid.core.custom_objects import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from pellucid.core.dtypes import standardize as standardize_dtype
from pellucid.core.named_values import Config
from pellucid.core.names import reset_names
from pellucid.core.serialization import deserialize as deserialize_keras_object
from pellucid.core.serialization import serialize as serialize_keras_object
from pellucid.core.settings import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from pellucid.data.batches import pack_x_y_sample_weight, unpack_x_y_sample_weight
from pellucid.data.images import array_to_img, img_to_array
from pellucid.data.parts import split_dataset
from pellucid.data.pydataset import PyDataset
from pellucid.data.sequences import pad_sequences
from pellucid.data.timeseries import timeseries_dataset_from_array
from pellucid.data.to_arrays import normalize, to_categorical
from pellucid.layers.symbolic import get_source_inputs, is_keras_tensor
from pellucid.random import set_random_seed

clear_session = reset_names
CustomObjectScope, Sequence = custom_object_scope, PyDataset          # their older names

__all__ = ["Config", "CustomObjectScope", "Progbar", "PyDataset", "Sequence", "array_to_img",
           "clear_session", "custom_object_scope", "deserialize_keras_object",
           "disable_interactive_logging", "enable_interactive_logging", "get_custom_objects",
           "get_registered_name", "get_registered_object", "get_source_inputs", "img_to_array",
           "is_interactive_logging_enabled", "is_keras_tensor", "normalize",
           "pack_x_y_sample_weight", "pad_sequences", "register_keras_serializable",
           "serialize_keras_object", "set_random_seed", "split_dataset", "standardize_dtype",
           "timeseries_dataset_from_array", "to_categorical", "unpack_x_y_sample_weight"]
