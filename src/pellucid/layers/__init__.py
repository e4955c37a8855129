"""Floor 5: layers, in Keras's names."""

from pellucid.core.exports import not_here
from pellucid.layers.activation import Activation
from pellucid.layers.base import Layer
from pellucid.layers.batch_normalization import BatchNormalization
from pellucid.layers.dense import Dense
from pellucid.layers.dropout import Dropout
from pellucid.layers.input_layer import Input, InputLayer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.merging import (
    Add,
    Average,
    Concatenate,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from pellucid.layers.operation import Operation
from pellucid.layers.preprocessing import (
    CategoryEncoding,
    IntegerLookup,
    Normalization,
    Rescaling,
    StringLookup,
)
from pellucid.layers.reshaping import Flatten, Permute, RepeatVector, Reshape

__all__ = [
    "Activation", "Add", "Average", "BatchNormalization", "CategoryEncoding", "Concatenate",
    "Dense", "Dropout", "Flatten", "Input", "InputLayer", "InputSpec", "IntegerLookup", "Layer",
    "Maximum", "Minimum", "Multiply", "Normalization", "Operation", "Permute", "RepeatVector",
    "Rescaling", "Reshape", "StringLookup", "Subtract",
]


def __getattr__(name: str) -> object:
    raise not_here("pellucid.layers", name, list(__all__))
