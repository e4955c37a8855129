"""A small stack around each layer that knows masks: a sequence comes in, some steps masked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid import keras
from pellucid.keras import layers

STEPS, WIDTH = 3, 4
CUBES = {1: (WIDTH, 1), 2: (2, 2, 1), 3: (2, 2, 1, 1)}      # a step, for each number of axes


def sequences(rows: int = 6) -> np.ndarray:
    """(rows, steps, 2), where single steps, and in the last row all, are 0: masked."""
    x = np.random.default_rng(3).normal(size=(rows, STEPS, 2))
    x[0, 2] = x[1, 1:] = x[-1] = 0
    return x


WITHOUT_STEPS = {"GlobalAveragePooling1D"}               # as in Keras, the mean of none is NaN


def entered(x: Any) -> Any:
    """The sequence with its mask, behind something to learn."""
    return layers.Dense(WIDTH, activation="tanh")(layers.Masking()(x))


def left(h: Any) -> Any:
    """Three shares for each sample, or for each of its steps."""
    if len(h.shape) > 3:
        h = layers.TimeDistributed(layers.Flatten())(h)
    return layers.Dense(3, activation="softmax")(h)


def alone(make: Callable[[], Any]) -> Callable[[Any], Any]:
    return lambda x: make()(entered(x))


def cubes(shape: tuple[int, ...], make: Callable[[], Any]) -> Callable[[Any], Any]:
    """Each step of the sequence is a line, an image or a volume."""
    return lambda x: make()(layers.TimeDistributed(layers.Reshape(shape))(entered(x)))


def pairs(make: Callable[[], Any]) -> Callable[[Any], Any]:
    def body(x: Any) -> Any:
        h = entered(x)
        return make()([h, layers.Dense(WIDTH)(h)])
    return body


def looking(make: Callable[[], Any]) -> Callable[[Any], Any]:
    def body(x: Any) -> Any:
        h = entered(x)
        return make()(h, layers.Dense(WIDTH)(h))
    return body


def looked_up(make: Callable[[], Any]) -> Callable[[Any], Any]:
    return lambda x: make()(keras.ops.cast(x[..., 0] > 0, "int32"))


def shares(x: Any) -> Any:
    """A softmax over the steps that count."""
    scores = layers.Lambda(lambda h: keras.ops.sum(h, axis=-1), mask=lambda h, mask: mask)(
        entered(x))
    return layers.Softmax()(scores) * 1                  # an op, where masks end unsaid


MASKED: dict[str, Callable[[Any], Any]] = {
    "Activation": alone(lambda: layers.Activation("gelu")),
    "ActivityRegularization": alone(lambda: layers.ActivityRegularization(0.1, 0.1)),
    "AlphaDropout": alone(lambda: layers.AlphaDropout(0.3, seed=3)),
    "BatchNormalization": alone(layers.BatchNormalization),
    "Bidirectional": alone(lambda: layers.Bidirectional(layers.GRU(2, return_sequences=True))),
    "Dense": alone(lambda: layers.Dense(5, activation="tanh", kernel_regularizer="l2")),
    "Dropout": alone(lambda: layers.Dropout(0.4, seed=3)),
    "ELU": alone(lambda: layers.ELU(0.5)),
    "GRU": alone(lambda: layers.GRU(3, return_sequences=True)),
    "GaussianDropout": alone(lambda: layers.GaussianDropout(0.3, seed=3)),
    "GaussianNoise": alone(lambda: layers.GaussianNoise(0.3, seed=3)),
    "GlobalAveragePooling1D": alone(layers.GlobalAveragePooling1D),
    "GroupNormalization": alone(lambda: layers.GroupNormalization(2)),
    "Identity": alone(layers.Identity),
    "LSTM": alone(lambda: layers.LSTM(3)),
    "Lambda": alone(lambda: layers.Lambda(lambda h, mask: h * 2, mask=lambda h, mask: mask)),
    "LayerNormalization": alone(layers.LayerNormalization),
    "LeakyReLU": alone(layers.LeakyReLU),
    "Masking": entered,
    "Normalization": alone(lambda: layers.Normalization(mean=1.0, variance=4.0)),
    "PReLU": alone(lambda: layers.PReLU(alpha_initializer="ones")),
    "Pipeline": alone(lambda: layers.Pipeline([layers.Rescaling(0.5), layers.Dense(4, "tanh")])),
    "RNN": alone(lambda: layers.RNN(layers.LSTMCell(2), return_sequences=True)),
    "ReLU": alone(lambda: layers.ReLU(negative_slope=0.1)),
    "Rescaling": alone(lambda: layers.Rescaling(2.0, offset=1.0)),
    "SimpleRNN": alone(lambda: layers.SimpleRNN(3, go_backwards=True)),
    "Softmax": shares,
    "TimeDistributed": alone(lambda: layers.TimeDistributed(layers.Dense(2, "tanh"))),
    "UnitNormalization": alone(layers.UnitNormalization),
    **{name: pairs(getattr(layers, name)) for name in (
        "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate",
        "Attention", "AdditiveAttention")},
    "Dot": pairs(lambda: layers.Dot(2)),
    "MultiHeadAttention": looking(lambda: layers.MultiHeadAttention(2, 3)),
    **{name: looking(lambda: layers.GroupQueryAttention(3, 4, 2))
       for name in ("GroupQueryAttention", "GroupedQueryAttention")},
    "Embedding": looked_up(lambda: layers.Embedding(3, 4, mask_zero=True)),
    "ReversibleEmbedding": looked_up(lambda: layers.ReversibleEmbedding(3, 4, mask_zero=True)),
    "SpatialDropout1D": alone(lambda: layers.SpatialDropout1D(0.4, seed=3)),
    "SpatialDropout2D": cubes((2, 2), lambda: layers.SpatialDropout2D(0.4, seed=3)),
    "SpatialDropout3D": cubes((2, 2, 1), lambda: layers.SpatialDropout3D(0.4, seed=3)),
    **{f"ConvLSTM{rank}D": cubes(CUBES[rank], lambda rank=rank: getattr(layers, f"ConvLSTM{rank}D")(
        2, 2, padding="same", return_sequences=True)) for rank in (1, 2, 3)},
}
