"""The model of a run: scaling, hidden layers, an output that fits the task, and its training form.

Numbers are standardised inside the model, so a saved model of numeric columns reads raw values in
Keras too. A regression's targets are standardised for the training only: the loss is then near 1
at the start whatever the unit, which is what rates, decay and Huber's δ are chosen for. The
finished model gets one more layer, the inverse ``Normalization``, that turns the answers back into
the target's units; it shares the trained layers and the optimizer with the network in training.
"""

from __future__ import annotations

import numpy as np

from pellucid import losses, optimizers
from pellucid.core.errors import ArgumentError
from pellucid.data.output_advice import output_advice
from pellucid.data.target import Target
from pellucid.layers import (
    Activation,
    Add,
    BatchNormalization,
    Dense,
    Dropout,
    Input,
    Layer,
    Normalization,
)
from pellucid.metrics import BinaryAccuracy, MeanAbsoluteError, Metric
from pellucid.models import Model
from pellucid.regularizers import L2
from pellucid.schedules import CosineDecay
from pellucid.tabular.config import Config
from pellucid.tabular.defaults import LOSSES
from pellucid.tabular.layers import Hidden, read_layers

OUTPUTS = {task: output_advice(task).activation for task in LOSSES}
INITIAL = {"relu": "he_normal", "leaky_relu": "he_normal", "elu": "he_normal", "selu":
           "lecun_normal"}                                       # the others: Glorot
SPARSE = ("sparse_categorical_crossentropy",)                    # losses that take class numbers


SMOOTHED = {"binary_crossentropy": losses.BinaryCrossentropy,
            "categorical_crossentropy": losses.CategoricalCrossentropy,
            "sparse_categorical_crossentropy": losses.CategoricalCrossentropy}


def build_network(x: np.ndarray, target: Target, config: Config) -> Model:
    """The network in training: raw features in, probabilities or standardised numbers out.

    ``x`` are the training rows, shape (rows, features), which the scaling is adapted to.
    """
    scaling = Normalization(name="scaling")
    scaling.adapt(x)
    inputs = Input((x.shape[1],), name="features")
    scaled = signal = scaling(inputs)
    for layer in (_layer(hidden, config) for hidden in read_layers(config.layers or "")):
        signal = layer(signal)
    outputs = 1 if target.task == "binary" else len(target.class_names)
    if config.skip and signal is not scaled:
        # Both start at zero, so the first answers are the trivial ones and nothing is to unlearn.
        start = {"kernel_initializer": "zeros", "kernel_regularizer": _l2(config)}
        bent = Dense(outputs, name="bent", **start)(signal)
        straight = Dense(outputs, use_bias=False, name="straight", **start)(scaled)
        answer = Activation(config.output, name="output")(Add(name="sum")([bent, straight]))
    else:
        answer = Dense(outputs, activation=config.output, kernel_regularizer=_l2(config),
                       name="output")(signal)
    return Model(inputs, answer, name=target.task)


def compile_network(network: Model, target: Target, config: Config, rows: int) -> None:
    """Give the network its optimizer and its loss."""
    network.compile(optimizer=_optimizer(config, rows), loss=_loss(config),
                    metrics=[_metric(target.task)])


def finished_model(network: Model, target: Target, config: Config) -> Model:
    """The model that is kept: it answers in the target's units; classifiers are finished already.

    It is compiled with the network's own optimizer, so the saved file holds its state too.
    """
    if target.task != "regression":
        return network
    spread = [each if each > 0 else 1.0 for each in target.spread]
    units = Normalization(mean=list(target.centre), variance=[each * each for each in spread],
                          invert=True, name="units")
    model = Model(network.inputs, units(network.outputs[0]), name=target.task)
    model.compile(optimizer=network.optimizer, loss=_loss(config),
                  metrics=["mean_absolute_error"])
    return model


def training_target(target: Target, y: np.ndarray, config: Config) -> np.ndarray:
    """The encoded target in the form that the loss needs.

    Numbers are standardised; class numbers become one-hot rows for any loss but the sparse one.
    """
    if target.task == "regression":
        spread = np.array([each if each > 0 else 1.0 for each in target.spread])
        return ((y - np.array(target.centre)) / spread).astype(np.float32)
    if target.task == "multiclass" and (config.loss not in SPARSE or config.label_smoothing):
        return np.eye(len(target.class_names), dtype=np.float32)[y]
    return y


def _metric(task: str) -> str | Metric:
    """What is watched beside the loss; its name says what it is, for it heads a column."""
    if task == "regression":                        # of standardised targets
        return MeanAbsoluteError(name="absolute_error_in_std")
    # "accuracy" over several columns would be the share of rows whose largest output is right.
    return BinaryAccuracy(name="accuracy") if task == "multilabel" else "accuracy"


def _layer(hidden: Hidden, config: Config) -> Layer:
    if hidden.kind == "dropout":
        return Dropout(hidden.rate)
    if hidden.kind == "batchnorm":
        return BatchNormalization()
    return Dense(hidden.units, activation=hidden.activation, kernel_regularizer=_l2(config),
                 kernel_initializer=INITIAL.get(hidden.activation, "glorot_uniform"))


def _l2(config: Config) -> L2 | None:
    return L2(config.l2) if config.l2 else None


def _loss(config: Config) -> str | losses.Loss:
    if not config.label_smoothing:
        return config.loss or ""
    if config.loss not in SMOOTHED:
        raise ArgumentError("label smoothing needs a crossentropy", got=config.loss,
                            hint="set label_smoothing to 0 or choose another loss")
    return SMOOTHED[config.loss](label_smoothing=config.label_smoothing)


def _optimizer(config: Config, rows: int) -> optimizers.Optimizer:
    steps = -(-rows // (config.batch_size or 32)) * (config.epochs or 1)
    rate = 0.001 if config.rate is None else config.rate
    settings = {"learning_rate": CosineDecay(rate, steps) if config.schedule == "cosine" else rate}
    if config.decay:
        settings["weight_decay"] = config.decay
    return type(optimizers.get(config.optimizer))(**settings)
