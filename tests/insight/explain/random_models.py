"""Random small models for the explanations' tests: every kind of layer, loss and optimizer."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import Model, Sequential, layers, losses, optimizers

# loss → what its predictions and targets look like
LOSSES = {
    "MeanSquaredError": "number", "MeanAbsoluteError": "number", "Huber": "number",
    "LogCosh": "number", "MeanAbsolutePercentageError": "number", "CosineSimilarity": "number",
    "MeanSquaredLogarithmicError": "positive", "Poisson": "positive",
    "BinaryCrossentropy": "yes", "BinaryFocalCrossentropy": "yes", "Dice": "yes", "Tversky": "yes",
    "CategoricalCrossentropy": "class", "CategoricalFocalCrossentropy": "class",
    "KLDivergence": "class", "CategoricalHinge": "class",
    "SparseCategoricalCrossentropy": "label", "CategoricalGeneralizedCrossEntropy": "label",
    "Circle": "label", "Hinge": "sign", "SquaredHinge": "sign", "PerceptronLoss": "sign",
    "CTC": "sequence"}
OPTIMIZERS = ["SGD", "Adam", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "AdamW", "Ftrl",
              "Lion", "Lamb", "Adafactor", "Muon", "ScheduleFreeAdamW"]
LAST = {"number": None, "positive": "softplus", "yes": "sigmoid", "class": "softmax",
        "label": "softmax", "sign": "tanh", "sequence": None}
ACTIVATIONS = ["sigmoid", "tanh", "relu", "elu", "softplus", "silu", "leaky_relu", "selu",
               "softsign", "gelu", "mish"]
KINDS = ["dense", "conv1d", "conv2d", "batch norm", "simple rnn", "lstm", "gru", "embedding",
         "merged", "dropout", "layer norm", "bidirectional"]
COUNT = 50


def made(seed: int) -> tuple[Any, Any, Any]:
    """Model number ``seed``, compiled, with a batch of inputs and targets."""
    rng = np.random.default_rng(seed)
    kind, optimizer = KINDS[seed % len(KINDS)], OPTIMIZERS[seed % len(OPTIMIZERS)]
    loss = list(LOSSES)[seed % len(LOSSES)]
    form = LOSSES[loss]
    rows = 2 if form == "sequence" or kind in ("batch norm", "merged") else int(rng.integers(1, 3))
    outputs = 3 if form in ("class", "label", "sequence") else int(rng.integers(1, 3))
    activation = str(rng.choice(ACTIVATIONS))
    if form == "sequence":
        body, x = [layers.Dense(2, activation=activation)], rng.normal(size=(rows, 4, 2))
    else:
        body, x = _body(kind, activation, rows, rng)
    last = layers.Dense(outputs, activation=LAST[form], kernel_regularizer=rng.choice(
        [None, "l2", "l1"]))
    shape, dtype = x.shape[1:], "int32" if x.dtype.kind == "i" else None
    if kind == "merged" and form != "sequence":
        inputs = layers.Input(shape)
        one = layers.Dense(2, activation=activation)(inputs)
        other = layers.Dense(2)(inputs)
        merge = [layers.Multiply(), layers.Add(), layers.Concatenate()][seed // 12 % 3]
        model: Any = Model(inputs, last(merge([one, other])))
    else:
        model = Sequential([layers.Input(shape, dtype=dtype), *body, last])
    model.compile(_optimizer(optimizer, seed), getattr(losses, loss)())
    for weight in model.trainable_variables:             # biases too are to move from somewhere
        weight.assign(rng.normal(size=weight.shape) * 0.7)
    return model, x, _targets(form, rows, outputs, rng)


def _optimizer(name: str, seed: int) -> Any:
    more = [{}, {"clipnorm": 0.5}, {"clipvalue": 0.05}, {"global_clipnorm": 0.3},
            {"weight_decay": 0.01}][seed // len(OPTIMIZERS) % 5]
    if name == "SGD":
        more = {**more, "momentum": 0.9, "nesterov": seed % 4 == 0}
    return getattr(optimizers, name)(learning_rate=0.05, **more)


def _body(kind: str, activation: str, rows: int, rng: Any) -> tuple[list[Any], Any]:
    table, steps = rng.normal(size=(rows, 3)), rng.normal(size=(rows, 3, 2))
    hidden = layers.Dense(2, activation=activation)
    return {
        "dense": ([hidden], table),
        "merged": ([], table),
        "conv1d": ([layers.Conv1D(2, 2, activation=activation), layers.Flatten()], steps),
        "conv2d": ([layers.Conv2D(1, 2, activation=activation, padding="same"),
                    layers.MaxPooling2D(2), layers.Flatten()], rng.normal(size=(rows, 4, 2, 1))),
        "batch norm": ([hidden, layers.BatchNormalization()], table),
        "simple rnn": ([layers.SimpleRNN(2)], steps),
        "lstm": ([layers.LSTM(1)], steps),
        "gru": ([layers.GRU(1)], steps),
        "embedding": ([layers.Embedding(4, 2), layers.GlobalAveragePooling1D()],
                      rng.integers(0, 4, size=(rows, 3))),
        "dropout": ([hidden, layers.Dropout(0.4, seed=3)], table),
        "layer norm": ([hidden, layers.LayerNormalization()], table),
        "bidirectional": ([layers.Bidirectional(layers.SimpleRNN(1))], steps)}[kind]


def _targets(form: str, rows: int, outputs: int, rng: Any) -> Any:
    if form == "class":
        return np.eye(outputs)[rng.integers(0, outputs, rows)]
    if form == "label":
        return np.arange(rows) % 2
    if form == "sequence":
        return np.array([[1, 2]] * rows)
    y = rng.normal(size=(rows, outputs))
    return {"number": y, "positive": np.abs(y) + 0.1, "yes": (y > 0) * 1.0,
            "sign": np.where(y > 0, 1.0, -1.0)}[form]
