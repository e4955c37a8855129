"""Keras's `keras.utils`: names that code written for Keras expects here."""

from pellucid.core.custom_objects import (
    custom_object_scope,
    get_custom_objects,
    register_keras_serializable,
)
from pellucid.core.custom_objects import custom_object_scope as CustomObjectScope  # noqa: N812
from pellucid.core.names import reset_names
from pellucid.core.serialization import deserialize as deserialize_keras_object
from pellucid.core.serialization import serialize as serialize_keras_object
from pellucid.data.pydataset import PyDataset
from pellucid.data.to_arrays import normalize, to_categorical
from pellucid.random import set_random_seed

clear_session = reset_names

__all__ = ["CustomObjectScope", "PyDataset", "clear_session", "custom_object_scope",
           "deserialize_keras_object", "get_custom_objects", "normalize",
           "register_keras_serializable", "serialize_keras_object", "set_random_seed",
           "to_categorical"]
