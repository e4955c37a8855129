"""Floor 5: layers, in Keras's names."""

from pellucid.core.exports import not_here
from pellucid.layers.activation import Activation, ReLU
from pellucid.layers.base import Layer
from pellucid.layers.batch_normalization import BatchNormalization
from pellucid.layers.convolution import (
    Conv1D,
    Conv2D,
    Conv3D,
    Convolution1D,
    Convolution2D,
    Convolution3D,
)
from pellucid.layers.dense import Dense
from pellucid.layers.dropout import Dropout
from pellucid.layers.embedding import Embedding
from pellucid.layers.input_layer import Input, InputLayer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.lstm import LSTM, LSTMCell
from pellucid.layers.masking import Masking
from pellucid.layers.merging import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from pellucid.layers.operation import Operation
from pellucid.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    AvgPool1D,
    AvgPool2D,
    AvgPool3D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalAvgPool1D,
    GlobalAvgPool2D,
    GlobalAvgPool3D,
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GlobalMaxPool3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
    MaxPool1D,
    MaxPool2D,
    MaxPool3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from pellucid.layers.preprocessing import (
    CategoryEncoding,
    IntegerLookup,
    Normalization,
    Rescaling,
    StringLookup,
)
from pellucid.layers.recurrent import RNN
from pellucid.layers.recurrent_cells import StackedRNNCells
from pellucid.layers.reshaping import Flatten, Permute, RepeatVector, Reshape

__all__ = [
    "LSTM", "RNN",
    "Activation", "Add", "Average", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
    "AvgPool1D", "AvgPool2D", "AvgPool3D", "BatchNormalization", "CategoryEncoding", "Concatenate",
    "Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D", "Convolution3D", "Dense",
    "Dot", "Dropout", "Embedding", "Flatten", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
    "GlobalAveragePooling3D", "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D",
    "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D", "GlobalMaxPooling1D",
    "GlobalMaxPooling2D", "GlobalMaxPooling3D", "Input", "InputLayer", "InputSpec", "IntegerLookup",
    "LSTMCell", "Layer", "Masking", "MaxPool1D", "MaxPool2D", "MaxPool3D", "MaxPooling1D",
    "MaxPooling2D", "MaxPooling3D",
    "Maximum", "Minimum", "Multiply", "Normalization", "Operation", "Permute", "ReLU",
    "RepeatVector", "Rescaling", "Reshape", "StackedRNNCells", "StringLookup", "Subtract",
]


def __getattr__(name: str) -> object:
    raise not_here("pellucid.layers", name, list(__all__))
