"""Floor 5: layers, in Keras's names."""

from pellucid.core.exports import not_here
from pellucid.layers.activation import ELU, Activation, LeakyReLU, ReLU, Softmax
from pellucid.layers.activity_regularization import ActivityRegularization
from pellucid.layers.adaptive_pooling import (
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
)
from pellucid.layers.alpha_dropout import AlphaDropout
from pellucid.layers.attention import AdditiveAttention, Attention
from pellucid.layers.base import Layer
from pellucid.layers.batch_normalization import BatchNormalization
from pellucid.layers.bidirectional import Bidirectional
from pellucid.layers.conv_lstm import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from pellucid.layers.convolution import (
    Conv1D,
    Conv2D,
    Conv3D,
    Convolution1D,
    Convolution2D,
    Convolution3D,
)
from pellucid.layers.convolution_transpose import (
    Conv1DTranspose,
    Conv2DTranspose,
    Conv3DTranspose,
    Convolution1DTranspose,
    Convolution2DTranspose,
    Convolution3DTranspose,
)
from pellucid.layers.dense import Dense
from pellucid.layers.depthwise import DepthwiseConv1D, DepthwiseConv2D
from pellucid.layers.dropout import Dropout
from pellucid.layers.einsum_dense import EinsumDense
from pellucid.layers.embedding import Embedding
from pellucid.layers.group_normalization import GroupNormalization
from pellucid.layers.group_query_attention import GroupQueryAttention
from pellucid.layers.gru import GRU, GRUCell
from pellucid.layers.identity import Identity
from pellucid.layers.input_layer import Input, InputLayer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.lambda_layer import Lambda
from pellucid.layers.layer_normalization import LayerNormalization
from pellucid.layers.lstm import LSTM, LSTMCell
from pellucid.layers.margins import (
    Cropping1D,
    Cropping2D,
    Cropping3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
)
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
from pellucid.layers.merging_functions import (
    add,
    average,
    concatenate,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)
from pellucid.layers.multi_head_attention import MultiHeadAttention
from pellucid.layers.noise import GaussianDropout, GaussianNoise
from pellucid.layers.operation import Operation
from pellucid.layers.p_relu import PReLU
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
    Discretization,
    HashedCrossing,
    Hashing,
    IntegerLookup,
    MelSpectrogram,
    Normalization,
    Pipeline,
    Rescaling,
    STFTSpectrogram,
    StringLookup,
    TextVectorization,
)
from pellucid.layers.recurrent import RNN
from pellucid.layers.recurrent_cells import StackedRNNCells
from pellucid.layers.reshaping import Flatten, Permute, RepeatVector, Reshape
from pellucid.layers.reversible_embedding import ReversibleEmbedding
from pellucid.layers.rms_normalization import RMSNormalization
from pellucid.layers.separable import (
    SeparableConv1D,
    SeparableConv2D,
    SeparableConvolution1D,
    SeparableConvolution2D,
)
from pellucid.layers.serialization import deserialize, serialize
from pellucid.layers.simple_rnn import SimpleRNN, SimpleRNNCell
from pellucid.layers.spatial_dropout import SpatialDropout1D, SpatialDropout2D, SpatialDropout3D
from pellucid.layers.spectral_normalization import SpectralNormalization
from pellucid.layers.time_distributed import TimeDistributed
from pellucid.layers.unit_normalization import UnitNormalization
from pellucid.layers.up_sampling import UpSampling1D, UpSampling2D, UpSampling3D
from pellucid.layers.wrapper import Wrapper

__all__ = [
    "ELU", "GRU", "LSTM", "RNN",
    "Activation", "ActivityRegularization",
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D", "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D", "Add", "AdditiveAttention", "AlphaDropout",
    "Attention", "Average", "AveragePooling1D", "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D", "AvgPool2D", "AvgPool3D", "BatchNormalization",
    "Bidirectional", "CategoryEncoding", "Concatenate",
    "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose",
    "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Convolution1D",
    "Convolution1DTranspose", "Convolution2D", "Convolution2DTranspose", "Convolution3D",
    "Convolution3DTranspose", "Cropping1D", "Cropping2D", "Cropping3D", "Dense",
    "DepthwiseConv1D", "DepthwiseConv2D",
    "Discretization",
    "Dot", "Dropout", "EinsumDense", "Embedding", "Flatten", "GRUCell",
    "GaussianDropout", "GaussianNoise", "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D", "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D",
    "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D", "GlobalMaxPooling1D",
    "GlobalMaxPooling2D", "GlobalMaxPooling3D", "GroupNormalization",
    "GroupQueryAttention",
    "HashedCrossing", "Hashing",
    "Identity", "Input", "InputLayer", "InputSpec", "IntegerLookup",
    "LSTMCell", "Lambda", "Layer", "LayerNormalization", "LeakyReLU",
    "Masking", "MaxPool1D", "MaxPool2D", "MaxPool3D", "MaxPooling1D",
    "MaxPooling2D", "MaxPooling3D",
    "Maximum", "MelSpectrogram", "Minimum", "MultiHeadAttention", "Multiply", "Normalization",
    "Operation", "PReLU", "Permute", "Pipeline", "RMSNormalization", "ReLU",
    "RepeatVector", "Rescaling", "Reshape", "ReversibleEmbedding", "STFTSpectrogram",
    "SeparableConv1D",
    "SeparableConv2D", "SeparableConvolution1D", "SeparableConvolution2D", "SimpleRNN",
    "SimpleRNNCell", "Softmax", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
    "SpectralNormalization", "StackedRNNCells", "StringLookup", "Subtract",
    "TextVectorization", "TimeDistributed", "UnitNormalization",
    "UpSampling1D", "UpSampling2D", "UpSampling3D",
    "Wrapper", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D",
    "add", "average", "concatenate", "deserialize", "dot", "maximum", "minimum", "multiply",
    "serialize", "subtract",
]


def __getattr__(name: str) -> object:
    raise not_here("pellucid.layers", name, list(__all__))
