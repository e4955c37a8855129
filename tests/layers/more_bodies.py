"""A small stack around each layer of the whole catalogue, for the tests that try all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid import keras
from pellucid.keras import layers
from tests.layers.spatial_bodies import SPATIAL, SPATIAL_BASES

SPACES = {1: (3, 2), 2: (3, 2, 2), 3: (3, 2, 2, 1)}


def shaped(x: Any, *shape: int) -> Any:
    """As many numbers as fill a shape, from a dense layer."""
    return layers.Reshape(shape)(layers.Dense(int(np.prod(shape)))(x))


def flat(x: Any) -> Any:
    return layers.Flatten()(x)


def pipeline(x: Any) -> Any:
    return layers.Pipeline([layers.Rescaling(0.5), layers.Dense(4, activation="tanh")])(x)


def intervals(x: Any) -> Any:
    """Nothing to learn through intervals; beside them something is."""
    cut = layers.Discretization([-0.5, 0.0, 0.7], output_mode="count")(x)
    return layers.Concatenate()([layers.Dense(4, activation="tanh")(x), cut])


def categories(x: Any) -> Any:
    """The same for categories."""
    told = layers.CategoryEncoding(2, output_mode="multi_hot")(keras.ops.cast(x > 0, "int32"))
    return layers.Concatenate()([layers.Dense(4, activation="tanh")(x), told])


MORE: dict[str, Callable[[Any], Any]] = {
    **SPATIAL,
    "Pipeline": pipeline,
    "CategoryEncoding": categories,
    "STFTSpectrogram": lambda x: flat(layers.STFTSpectrogram("log", 4, 2)(shaped(x, 8, 1))),
    "MelSpectrogram": lambda x: flat(layers.MelSpectrogram(
        16, 8, sampling_rate=100, num_mel_bins=3)(layers.Dense(20)(x))),
    "Discretization": intervals,
    "LayerNormalization": lambda x: layers.LayerNormalization()(layers.Dense(5)(x)),
    "GroupNormalization": lambda x: layers.GroupNormalization(2)(layers.Dense(6)(x)),
    "RMSNormalization": lambda x: layers.RMSNormalization()(layers.Dense(5)(x)),
    "UnitNormalization": lambda x: layers.UnitNormalization()(layers.Dense(5)(x)),
    "SpectralNormalization": lambda x: layers.SpectralNormalization(
        layers.Dense(5, activation="tanh"), power_iterations=50)(x),
    "GaussianNoise": lambda x: layers.GaussianNoise(0.3, seed=3)(layers.Dense(5)(x)),
    "GaussianDropout": lambda x: layers.GaussianDropout(0.3, seed=3)(layers.Dense(5)(x)),
    "AlphaDropout": lambda x: layers.AlphaDropout(0.3, seed=3)(layers.Dense(5)(x)),
    **{f"SpatialDropout{rank}D": lambda x, rank=rank: flat(
        getattr(layers, f"SpatialDropout{rank}D")(0.4, seed=3)(shaped(x, *SPACES[rank])))
       for rank in (1, 2, 3)},
    "ELU": lambda x: layers.ELU(0.5)(layers.Dense(5)(x)),
    "LeakyReLU": lambda x: layers.LeakyReLU()(layers.Dense(5)(x)),
    "PReLU": lambda x: layers.PReLU(alpha_initializer="ones")(layers.Dense(5)(x)),
    "Softmax": lambda x: layers.Softmax(axis=[1])(layers.Dense(5)(x)),
    "ActivityRegularization": lambda x: layers.ActivityRegularization(0.1, 0.1)(
        layers.Dense(5)(x)),
    "Identity": lambda x: layers.Identity()(layers.Dense(5)(x)),
    "Lambda": lambda x: layers.Lambda(lambda h: keras.ops.tanh(h) * 2)(layers.Dense(5)(x)),
    "EinsumDense": lambda x: flat(layers.EinsumDense("abc,cd->abd", (None, 3), "tanh", "d")(
        shaped(x, 2, 2))),
    "Attention": lambda x: flat(layers.Attention(use_scale=True)(
        [shaped(x, 3, 2), shaped(x, 2, 2)])),
    "AdditiveAttention": lambda x: flat(layers.AdditiveAttention()(
        [shaped(x, 3, 2), shaped(x, 2, 2)])),
    "MultiHeadAttention": lambda x: flat(layers.MultiHeadAttention(2, 3)(
        shaped(x, 3, 4), shaped(x, 2, 4), use_causal_mask=True)),
    **{name: lambda x: flat(layers.GroupQueryAttention(3, 4, 2, use_gate=True)(
        shaped(x, 3, 4), shaped(x, 2, 4)))
       for name in ("GroupQueryAttention", "GroupedQueryAttention")},
    "ReversibleEmbedding": lambda x: flat(layers.ReversibleEmbedding(3, 2)(keras.ops.cast(
        x > 0, "int32"))),
    "SimpleRNN": lambda x: layers.SimpleRNN(3)(layers.Reshape((4, 1))(x)),
    "SimpleRNNCell": lambda x: layers.SimpleRNNCell(3)(x, [layers.Dense(3)(x)])[0],
    "GRU": lambda x: layers.GRU(3)(layers.Reshape((4, 1))(x)),
    "GRUCell": lambda x: layers.GRUCell(3)(x, [layers.Dense(3)(x)])[0],
    "Bidirectional": lambda x: layers.Bidirectional(layers.GRU(2))(layers.Reshape((4, 1))(x)),
    "TimeDistributed": lambda x: flat(layers.TimeDistributed(layers.Dense(2, "tanh"))(
        layers.Reshape((2, 2))(x))),
    **{f"ConvLSTM{rank}D": lambda x, rank=rank: flat(getattr(layers, f"ConvLSTM{rank}D")(
        2, 2, padding="same")(shaped(x, 2, *SPACES[rank]))) for rank in (1, 2, 3)},
}
# bases, and host stages for words
MORE_APART = SPATIAL_BASES | {"SpatialDropout", "Leaky", "HostStage", "Hashing", "HashedCrossing",
                              "TextVectorization", "Attending", "Wrapper", "SimpleRNNFields",
                              "GRUFields", "MemoryCell", "TwoWay", "ConvLSTMFields",
                              "ConvLSTMCell", "ConvLSTM"}
