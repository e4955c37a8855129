"""Layers with weights or without: dense, attention, normalization, recurrence, merging, shapes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.parity.cases.inputs import CUBE, IMAGE, LABELS, MASK, SEQUENCE, VOLUME, X, Y, drawn
from tests.parity.judge import Case, constant, of, told
from tests.parity.layer_case import over

TOKENS = np.array([[1, 2, 0], [3, 0, 4]], "int32")
ONCE = {"training": False}
QUERY, VALUE = drawn(2, 3, 4), drawn(2, 5, 4)
FRAMES = {1: drawn(1, 2, 4, 2), 2: drawn(1, 2, 3, 4, 2), 3: drawn(1, 2, 3, 3, 2, 1)}
SOUND = drawn(2, 20, 2)
FLAT = {1: SEQUENCE, 2: IMAGE, 3: VOLUME}
NOISE = ("AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise")
MERGING = ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")
REST = {"kernel_regularizer": "l2", "bias_constraint": "non_neg"}


def recurrent(name: str) -> list[Case]:
    # Keras takes tanh of float64 in float32, and then cannot carry it from step to step
    plain = {"units": 2, **({"activation": "sigmoid"} if name == "SimpleRNN" else {})}
    all_steps = {**plain, "return_sequences": True}
    return [over(plain, SEQUENCE), over({**all_steps, "go_backwards": True}, SEQUENCE),
            over({**all_steps, "return_state": True}, SEQUENCE, mask=MASK),
            over({**plain, "unroll": True, "use_bias": False}, SEQUENCE, mask=MASK)]


def cells(k: Any) -> dict[str, Any]:
    return {"cells": [k.layers.GRUCell(2), k.layers.LSTMCell(3)]}


PLAIN: dict[str, list[Case]] = {
    "Dense": [over({"units": 2, "activation": "tanh", **REST}, X), over({"units": 2}, CUBE)],
    "EinsumDense": [over({"equation": "abc,cd->abd", "output_shape": (None, 2),
                          "bias_axes": "d"}, CUBE)],
    "Embedding": [over({"input_dim": 5, "output_dim": 3}, TOKENS)],
    "ReversibleEmbedding": [over({"input_dim": 5, "output_dim": 3}, TOKENS)],
    "Identity": [over({}, X)], "Lambda": [over({"function": lambda x: x * 2.0 + 1.0}, X,
                                               config=False)],
    "Masking": [over({"mask_value": 0.0}, SEQUENCE)],
    "Activation": [over({"activation": "softplus"}, X)],
    "ActivityRegularization": [over({"l1": 0.1, "l2": 0.2}, X)],
    "ELU": [over({"alpha": 0.5}, X)], "LeakyReLU": [over({"negative_slope": 0.1}, X)],
    "PReLU": [over({}, X), over({"shared_axes": [1]}, CUBE)],
    "ReLU": [over({"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}, X)],
    "Softmax": [over({}, X), over({"axis": 1}, CUBE), over({}, constant(CUBE[:, :2, :]),
                                                          mask=MASK[:, None])],
    # attention
    "AdditiveAttention": [over({}, [QUERY, VALUE]), over({"use_scale": False}, [QUERY, VALUE])],
    "Attention": [over({"use_scale": True}, [QUERY, VALUE]),
                  over({"score_mode": "concat"}, [QUERY, VALUE], use_causal_mask=True),
                  over({}, [QUERY, VALUE], mask=[np.ones((2, 3), bool), np.tri(2, 5, 2) > 0])],
    "MultiHeadAttention": [over({"num_heads": 2, "key_dim": 3}, QUERY, VALUE),
                           over({"num_heads": 1, "key_dim": 2, "output_shape": 3}, QUERY, QUERY,
                                use_causal_mask=True)],
    "GroupQueryAttention": [over({"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2},
                                 QUERY, VALUE)],
    # normalization
    "BatchNormalization": [over({"momentum": 0.8}, X, training=True), over({}, IMAGE, **ONCE)],
    "GroupNormalization": [over({"groups": 2}, IMAGE)],
    "LayerNormalization": [over({}, X), over({"axis": [1, 2], "center": False}, CUBE)],
    "RMSNormalization": [over({}, X)], "UnitNormalization": [over({"axis": 1}, CUBE)],
    "SpectralNormalization": [over(lambda k: {"layer": k.layers.Dense(2)}, X, training=True)],
    # recurrence
    **{name: recurrent(name) for name in ("GRU", "LSTM", "SimpleRNN")},
    "GRUCell": [over({"units": 2}, X, [constant(Y[:, :2])])],
    "LSTMCell": [over({"units": 2}, X, [constant(Y[:, :2]), constant(X[:, :2])])],
    "SimpleRNNCell": [over({"units": 2}, X, [constant(Y[:, :2])])],
    "RNN": [over(lambda k: {"cell": k.layers.LSTMCell(2), "return_sequences": True}, SEQUENCE)],
    "StackedRNNCells": [over(cells, X, [constant(Y[:, :2]), [constant(X), constant(Y)]])],
    "Bidirectional": [over(lambda k, mode=mode: {"layer": k.layers.GRU(2, return_sequences=True),
                                                 "merge_mode": mode}, SEQUENCE)
                      for mode in ("concat", "sum")],
    "TimeDistributed": [over(lambda k: {"layer": k.layers.Dense(2)}, SEQUENCE)],
    **{f"ConvLSTM{n}D": [over({"filters": 2, "kernel_size": 2, "return_sequences": n == 2},
                              FRAMES[n])] for n in (1, 2, 3)},
    # noise is none when nothing is trained
    **{name: [over({("stddev" if name == "GaussianNoise" else "rate"): 0.3}, X, **ONCE)]
       for name in NOISE},
    **{f"SpatialDropout{n}D": [over({"rate": 0.3}, FLAT[n], **ONCE)] for n in (1, 2, 3)},
    # merging
    **{name: [over({}, [X, Y])] for name in MERGING},
    "Dot": [over({"axes": 1}, [X, Y]), over({"axes": (2, 1), "normalize": True}, [CUBE,
                                                                               QUERY[:, [0, 1, 2,
                                                                                         0]]])],
    # shapes
    "Flatten": [over({}, CUBE), over({"data_format": "channels_first"}, CUBE)],
    "Permute": [over({"dims": (2, 1)}, CUBE)], "RepeatVector": [over({"n": 3}, X)],
    "Reshape": [over({"target_shape": (2, -1)}, CUBE)],
    "UpSampling1D": [over({"size": 2}, SEQUENCE)],
    "UpSampling2D": [over({"size": (2, 1)}, IMAGE), over({"interpolation": "bilinear"}, IMAGE)],
    "UpSampling3D": [over({"size": (1, 2, 1)}, VOLUME)],
    "Cropping1D": [over({"cropping": (1, 2)}, SEQUENCE)],
    "Cropping2D": [over({"cropping": ((1, 0), (2, 1))}, IMAGE)],
    "Cropping3D": [over({"cropping": ((1, 0), (1, 1), (0, 1))}, VOLUME)],
    "ZeroPadding1D": [over({"padding": (1, 2)}, SEQUENCE)],
    "ZeroPadding2D": [over({"padding": ((1, 0), (2, 1))}, IMAGE)],
    "ZeroPadding3D": [over({"padding": 1}, VOLUME)],
    # preprocessing of numbers
    "CategoryEncoding": [over({"num_tokens": 4, "output_mode": mode}, LABELS[:, None])
                         for mode in ("one_hot", "multi_hot")],
    "Discretization": [over({"bin_boundaries": [-1.0, 0.0, 1.0]}, constant(X))],
    "Normalization": [over({"mean": [0.5, -1.0, 0.0], "variance": [1.0, 2.0, 0.5]}, X)],
    "Pipeline": [over(lambda k: {"layers": [k.layers.Rescaling(0.5), k.layers.Rescaling(2.0, 1.0)]},
                      X)],
    "STFTSpectrogram": [
        over({"mode": mode, "frame_length": 8, "frame_step": 3}, SOUND, close=1e-6)
        for mode in ("log", "magnitude", "psd", "real", "imag", "angle", "stft")] + [
        over({"mode": "psd", "frame_length": 7, "fft_length": 16, "padding": "same",
              "data_format": form, "expand_dims": image}, x) for form, x, image in (
                  ("channels_last", SOUND, True),
                  ("channels_first", SOUND.transpose(0, 2, 1).copy(), False))],
    # Keras takes the bands in float32, and the slope of a logarithm magnifies what that leaves out
    "MelSpectrogram": [
        over({"fft_length": 16, "sequence_stride": 8, "num_mel_bins": 3, "sampling_rate": 100,
              **how}, drawn(2, 40), close=1e-4)
        for how in ({}, {"mag_exp": 1.5, "power_to_db": False, "window": None},
                    {"sequence_length": 12, "window": "hamming", "top_db": 9.0, "min_freq": 5.0,
                     "max_freq": 45.0, "ref_power": 0.3})],
    "Rescaling": [over({"scale": 0.5, "offset": 1.0}, X)],
    # what is no layer
    **{name.lower(): [of([X, Y])] for name in MERGING},
    "dot": [of([X, Y], axes=1)],
    "Input": [told(lambda k: np.array(k.layers.Input((3, 2), batch_size=4).shape))],
    "InputLayer": [told(lambda k: np.array(k.layers.InputLayer((3, 2), batch_size=4).batch_shape))],
}
# of float64 Keras takes tanh, means and normalizations in float32 on the way
NARROW = {"AdditiveAttention", "Attention", "MultiHeadAttention", "GroupQueryAttention",
          "BatchNormalization", "GroupNormalization", "LayerNormalization", "RMSNormalization",
          "GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "SimpleRNNCell", "StackedRNNCells",
          "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"}
CASES: dict[str, list[Case]] = {
    f"layers.{name}": [replace(each, close=2e-6) for each in cases] if name in NARROW else cases
    for name, cases in PLAIN.items()}
