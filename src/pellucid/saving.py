"""Files and custom objects, in Keras's names (`keras.saving`)."""

from pellucid.core.custom_objects import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from pellucid.core.serialization import deserialize as deserialize_keras_object
from pellucid.core.serialization import serialize as serialize_keras_object
from pellucid.models.saving import load_model, load_weights, save_model, save_weights

CustomObjectScope = custom_object_scope                  # its older name

__all__ = ["CustomObjectScope", "custom_object_scope", "deserialize_keras_object",
           "get_custom_objects", "get_registered_name", "get_registered_object", "load_model",
           "load_weights", "register_keras_serializable", "save_model", "save_weights",
           "serialize_keras_object"]
