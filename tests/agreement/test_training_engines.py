"""Training on the native engine: the reference engine's weights, to twelve digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pellucid
import pellucid.optimizers
from pellucid import keras
from pellucid.core import names, settings
from pellucid.core.serialization import BUILT_IN
from pellucid.engines.native import NativePlan
from pellucid.engines.native.extension import extension
from pellucid.keras import layers
from tests.catalogue.test_b_gradient_check import BODIES, ONE_HOT, X

pytestmark = pytest.mark.skipif(extension() is None, reason="the native engine is switched off")

LOSSES = sorted(set(BUILT_IN["keras.losses"]) - {
    "Loss", "FormulaLoss", "LossFunctionWrapper", "CTC"})      # CTC wants sequences: tests/atoms
OF_CLASSES = ("SparseCategoricalCrossentropy", "Circle", "CategoricalGeneralizedCrossEntropy")
# those that hand on to others are tried in tests/optimizers
OPTIMIZERS = sorted(set(BUILT_IN["keras.optimizers"]) - {
    "Optimizer", "MultiOptimizer", "OptimizerMap"})


@pytest.fixture(autouse=True)
def _float64():
    settings.set_floatx("float64")
    yield
    settings.set_floatx("float32")


def stack(body: Callable[[Any], Any], activation: str | None = "softmax") -> Callable[[], Any]:
    """A model with a layer of every kind that the body has."""
    def make() -> Any:
        x = keras.Input((4,))
        return keras.Model(x, layers.Dense(3, activation=activation)(body(x)))
    return make


def trained(choice: str, make: Callable[[], Any], how: dict[str, Callable[[], Any]], y: Any,
            fit: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, dict[str, Any]]:
    """A model trained on the engine that PELLUCID_NATIVE chooses, and its history."""
    with monkeypatch.context() as patch:
        patch.setenv("PELLUCID_NATIVE", choice)
        names.reset_names()
        pellucid.set_random_seed(3)
        model = make()
        model.compile(**{name: each() for name, each in how.items()})
        history = model.fit(X, y, verbose=0, **fit).history
        steps = [each.run for traced in model.traced_functions.values()
                 for each in traced.compiled.values()]
        assert steps
        assert all(isinstance(run, NativePlan) is (choice == "require") for run in steps)
    return model, history


def assert_alike(make: Callable[[], Any], y: Any, monkeypatch: pytest.MonkeyPatch,
                 metrics: list[str] | None = None, **how: Callable[[], Any]) -> None:
    """Weights, state and losses after one step, and after several of unequal size."""
    for fit in ({"batch_size": 6, "epochs": 1}, {"batch_size": 4, "epochs": 3}):
        (ours, logs), (theirs, wanted) = (
            trained(choice, make, {**how, "metrics": lambda: metrics}, y, fit, monkeypatch)
            for choice in ("require", "off"))
        for a, b in zip([*ours.variables, *ours.optimizer.variables],
                        [*theirs.variables, *theirs.optimizer.variables], strict=True):
            limit = 1e-12 * max(1.0, np.abs(b.array).max(initial=0)) * (b.dtype != "float32")
            np.testing.assert_allclose(a.array, b.array, rtol=1e-6 if b.dtype == "float32" else 0,
                                       atol=limit, err_msg=b.path)
        assert logs.keys() == wanted.keys()
        for name in logs:                          # metrics add up in float32 whatever the floatx
            np.testing.assert_allclose(logs[name], wanted[name], rtol=1e-6, err_msg=name)


def sgd() -> Any:
    return keras.optimizers.SGD(0.1, momentum=0.9)


@pytest.mark.parametrize("name", BODIES)
def test_every_layer(name, monkeypatch):
    assert_alike(stack(BODIES[name]), ONE_HOT, monkeypatch, optimizer=sgd,
                 loss=lambda: "categorical_crossentropy", metrics=["accuracy"])


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss(name, monkeypatch):
    signed = "Hinge" in name or "Perceptron" in name
    activation = "tanh" if signed else "sigmoid" if "Binary" in name else "softmax"
    y = ONE_HOT.argmax(1) if name in OF_CLASSES else ONE_HOT
    assert_alike(stack(BODIES["Dense"], activation), y, monkeypatch, optimizer=sgd,
                 loss=BUILT_IN["keras.losses"][name])


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("options", [
    {}, {"weight_decay": 0.01, "clipnorm": 0.5}, {"use_ema": True, "clipvalue": 0.1},
    {"global_clipnorm": 0.5, "gradient_accumulation_steps": 2}], ids=str)
def test_every_optimizer(name, options, monkeypatch):
    assert_alike(stack(BODIES["Dense"]), ONE_HOT, monkeypatch, loss=lambda: "mean_squared_error",
                 optimizer=lambda: BUILT_IN["keras.optimizers"][name](0.01, **options))


@pytest.mark.parametrize("jit", ["on", "off"])
def test_interpreted_and_generated_loops_train_alike(jit, monkeypatch):
    monkeypatch.setenv("PELLUCID_JIT", jit)
    for name in ("BatchNormalization", "LSTM", "Conv2D", "Dropout"):
        assert_alike(stack(BODIES[name]), ONE_HOT, monkeypatch, loss=lambda: "mean_squared_error",
                     optimizer=lambda: keras.optimizers.SGD(0.1, nesterov=True, momentum=0.5))


PARTS = [(part, name) for part in ("regularizers", "constraints")
         for name in sorted(set(BUILT_IN[f"keras.{part}"]) - {"Regularizer", "Constraint"})]
SCHEDULES = {"CosineDecay": (0.1, 5), "CosineDecayRestarts": (0.1, 2),
             "ExponentialDecay": (0.1, 2, 0.5), "InverseTimeDecay": (0.1, 2, 0.5),
             "PiecewiseConstantDecay": ([2, 4], [0.1, 0.05, 0.01]), "PolynomialDecay": (0.1, 5)}


@pytest.mark.parametrize(("part", "name"), PARTS)
def test_every_regularizer_and_constraint(part, name, monkeypatch):
    def body(x: Any) -> Any:
        given = {f"kernel_{part[:-1]}": BUILT_IN[f"keras.{part}"][name]()}
        return layers.Dense(5, activation="tanh", **given)(x)

    assert_alike(stack(body), ONE_HOT, monkeypatch, optimizer=sgd,
                 loss=lambda: "mean_squared_error")


@pytest.mark.parametrize("name", sorted(
    set(BUILT_IN["keras.optimizers.schedules"]) - {"LearningRateSchedule"}))
def test_every_schedule(name, monkeypatch):
    schedule = BUILT_IN["keras.optimizers.schedules"][name]
    assert_alike(stack(BODIES["Dense"]), ONE_HOT, monkeypatch, loss=lambda: "mean_squared_error",
                 optimizer=lambda: keras.optimizers.SGD(schedule(*SCHEDULES[name])))
