"""`keras.ops` that networks are made of: windows, normalizations, attention, losses, labels."""

from __future__ import annotations

import numpy as np

from tests.parity.cases.inputs import (
    CHANCES,
    CLASS,
    IMAGE,
    ONE_HOT,
    SCORES,
    SEQUENCE,
    VOLUME,
    YES,
    X,
    drawn,
)
from tests.parity.judge import Case, constant, of

KERNEL, LINE = drawn(2, 3, 2, 3), drawn(2, 3, 2)
FIRST = {"data_format": "channels_first"}
MEAN, SPREAD, SHIFT, SCALE = (drawn(3), drawn(3, low=0.5, high=2.0, seed=1), drawn(3, seed=2),
                              drawn(3, seed=3))
QUERY, KEY, VALUE = drawn(2, 3, 2, 4), drawn(2, 4, 2, 4), drawn(2, 4, 2, 4, seed=1)
OUTPUT, STEPS = drawn(2, 5, 4), np.array([5, 4], "int32")
READ, LENGTHS = np.array([[1, 2], [3, 3]], "int32"), np.array([2, 1], "int32")

CASES: dict[str, list[Case]] = {f"ops.{name}": cases for name, cases in {
    "adaptive_average_pool": [of(IMAGE, (2, 3)), of(SEQUENCE, 2)],
    "adaptive_max_pool": [of(IMAGE, (2, 3)), of(SEQUENCE, 3)],
    "average_pool": [of(IMAGE, 2, strides=2), of(IMAGE, (2, 3), strides=1, padding="same"),
                     of(SEQUENCE, 2, strides=2, padding="same")],
    "max_pool": [of(IMAGE, 2, strides=2), of(IMAGE, (2, 3), strides=1, padding="same"),
                 of(VOLUME, 2, strides=1)],
    "conv": [of(IMAGE, KERNEL), of(IMAGE, KERNEL, strides=2, padding="same"),
             of(IMAGE, KERNEL, dilation_rate=(2, 1)),
             of(IMAGE.transpose(0, 3, 1, 2), KERNEL, **FIRST),
             of(SEQUENCE, drawn(2, 3, 2)), of(IMAGE, drawn(2, 2, 1, 4)),
             of(VOLUME, drawn(2, 2, 1, 2, 1))],
    "conv_transpose": [of(IMAGE, KERNEL.transpose(0, 1, 3, 2), strides=2),
                       of(IMAGE, KERNEL.transpose(0, 1, 3, 2), strides=2, padding="same"),
                       of(SEQUENCE, drawn(3, 2, 3), strides=2)],
    "depthwise_conv": [of(IMAGE, drawn(2, 2, 2, 2)),
                       of(SEQUENCE, drawn(2, 3, 1), padding="same")],
    "separable_conv": [of(IMAGE, drawn(2, 2, 2, 1), drawn(1, 1, 2, 3)),
                       of(SEQUENCE, drawn(2, 3, 2), drawn(1, 6, 2), padding="same")],
    "unfold": [of(IMAGE.transpose(0, 3, 1, 2), 2), of(IMAGE.transpose(0, 3, 1, 2), (2, 3),
                                                      padding=1, stride=2)],
    "fold": [of(drawn(1, 8, 12), (4, 5), 2), of(drawn(1, 4, 6), (4, 6), 2, stride=2)],
    "batch_normalization": [of(X, MEAN, SPREAD, -1), of(X, MEAN, SPREAD, 1, SHIFT, SCALE)],
    # of float64 Keras normalizes in float32
    "layer_normalization": [of(X, close=1e-6), of(X, SHIFT, SCALE, epsilon=1e-3, close=1e-6),
                            of(IMAGE, axis=(1, 2), epsilon=1e-3, close=1e-6)],
    "rms_normalization": [of(X, epsilon=1e-6, close=1e-6),
                          of(X, SCALE, epsilon=1e-3, close=1e-6)],
    "dot_product_attention": [
        of(QUERY, KEY, VALUE), of(QUERY, KEY, VALUE, is_causal=True), of(QUERY, KEY, VALUE,
                                                                         scale=0.3),
        of(QUERY, KEY[:, :, :1], VALUE[:, :, :1]),
        of(QUERY, KEY, VALUE, mask=drawn(2, 1, 3, 4) > -1), of(QUERY, KEY, VALUE,
                                                               bias=drawn(2, 2, 3, 4))],
    "binary_crossentropy": [of(constant(YES), CHANCES),
                            of(constant(YES), SCORES, from_logits=True)],
    "categorical_crossentropy": [of(constant(ONE_HOT), CHANCES),
                                 of(constant(ONE_HOT), SCORES, from_logits=True),
                                 of(constant(ONE_HOT.T), SCORES.T, from_logits=True, axis=0)],
    "sparse_categorical_crossentropy": [of(CLASS, CHANCES), of(CLASS, SCORES, from_logits=True)],
    "ctc_loss": [of(READ, OUTPUT, LENGTHS, STEPS)],
    "ctc_decode": [of(constant(OUTPUT), STEPS)],
}.items()}
