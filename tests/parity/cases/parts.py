"""Initializers, regularizers, constraints, schedules, and ten steps of every optimizer."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.cases.inputs import MATRIX, ROW, X, drawn
from tests.parity.judge import Case, Ours, built, constant, is_float, resolve

# a draw of 200 x 100 numbers, told by its spread and shape; other numbers, the same distribution
DRAWN = (200, 100)
QUANTILES = np.linspace(0.1, 0.9, 9)
NORMAL = ("GlorotNormal", "HeNormal", "LecunNormal", "RandomNormal", "TruncatedNormal",
          "VarianceScaling")
UNIFORM = ("GlorotUniform", "HeUniform", "LecunUniform", "RandomUniform")


def statistics(k: Any, name: str, /) -> Any:
    """log σ, and where tenths of the numbers lie, in units of σ."""
    x = np.asarray(resolve(k, name)(seed=3)(DRAWN), "float64")
    return constant([np.log(x.std()), *np.quantile(x, QUANTILES) / x.std()])


def orthogonality(k: Any, name: str, /) -> Any:
    """WᵀW, which is 2² I."""
    w = np.asarray(resolve(k, name)(gain=2.0, seed=3)((5, 3)), "float64")
    return constant(w.T @ w)


INITIALIZERS: dict[str, list[Case]] = {
    "Constant": [built({"value": 0.5}, (2, 3))], "Zeros": [built({}, (2, 3))],
    "Ones": [built({}, (2, 3))], "Identity": [built({"gain": 2.0}, (2, 3))],
    "Orthogonal": [Case(orthogonality, make=lambda k, name: resolve(k, name)(2.0, seed=3),
                        close=1e-5)],
    # Keras takes waves of float64 in float32
    "STFT": [built({"side": side, "window": window, "scaling": scaling, "periodic": side == "imag"},
                   (5, 1, 4), close=1e-6) for side, window, scaling in (
                       ("real", "hann", "density"), ("imag", "hamming", "spectrum"),
                       ("real", "blackman", None), ("imag", None, "density"))],
    # twenty thousand numbers know a quantile to 0.012 σ
    **{name: [Case(statistics, make=lambda k, name: resolve(k, name)(seed=3), close=0.06)]
       for name in (*NORMAL, *UNIFORM)},
}
REGULARIZERS: dict[str, list[Case]] = {
    "L1": [built({"l1": 0.3}, X)], "L2": [built({"l2": 0.3}, X)],
    "L1L2": [built({"l1": 0.1, "l2": 0.2}, X)],
    "OrthogonalRegularizer": [built({"factor": 0.5, "mode": mode}, MATRIX)
                              for mode in ("rows", "columns")],
}
CONSTRAINTS: dict[str, list[Case]] = {
    "MaxNorm": [built({"max_value": 1.0}, X), built({"max_value": 1.0, "axis": 1}, X)],
    "MinMaxNorm": [built({"min_value": 0.5, "max_value": 1.0, "rate": 0.5}, X)],
    "NonNeg": [built({}, X)], "UnitNorm": [built({"axis": 1}, X)],
}


def over_steps(options: dict[str, Any]) -> Case:
    """The rate of a schedule at several steps."""
    def make(k: Any, name: str) -> Any:
        return resolve(k, name)(**options)

    def run(k: Any, name: str, /, *steps: int) -> Any:
        schedule = make(k, name)
        return [schedule(step) for step in steps]

    # Keras counts in float32
    return Case(run, (0, 1, 4, 9, 10, 11, 25, 60), make=make, close=1e-6)


SCHEDULES: dict[str, list[Case]] = {
    "CosineDecay": [over_steps({"initial_learning_rate": 0.1, "decay_steps": 10, "alpha": 0.1}),
                    over_steps({"initial_learning_rate": 0.1, "decay_steps": 10,
                                "warmup_target": 0.5, "warmup_steps": 5})],
    "CosineDecayRestarts": [over_steps({"initial_learning_rate": 0.1, "first_decay_steps": 10,
                                        "m_mul": 0.5, "alpha": 0.1})],
    "ExponentialDecay": [over_steps({"initial_learning_rate": 0.1, "decay_steps": 10,
                                     "decay_rate": 0.5, "staircase": staircase})
                         for staircase in (False, True)],
    "InverseTimeDecay": [over_steps({"initial_learning_rate": 0.1, "decay_steps": 10,
                                     "decay_rate": 0.5, "staircase": staircase})
                         for staircase in (False, True)],
    "PiecewiseConstantDecay": [over_steps({"boundaries": [5, 10], "values": [1.0, 0.5, 0.1]})],
    "PolynomialDecay": [over_steps({"initial_learning_rate": 0.1, "decay_steps": 10,
                                    "power": 2.0, "cycle": cycle}) for cycle in (False, True)],
}

STEPS = 10
GRADIENTS = [[drawn(3, 4, seed=i), drawn(4, seed=i), drawn(1, seed=i)[0]] for i in range(STEPS)]


def stepped(options: Any, close: float = 0.0) -> Case:
    """Ten steps on three weights; the weights and the optimizer's own numbers after them."""
    def make(k: Any, name: str) -> Any:
        return resolve(k, name)(**(options(k) if callable(options) else options))

    def run(k: Any, name: str, /, *start: Any, gradients: Any) -> list[Any]:
        optimizer = make(k, name)
        variables = [k.Variable(x, name=f"w{i}") for i, x in enumerate(start)]
        optimizer.build(variables)
        if k is Ours().k:
            for row in gradients:
                optimizer.apply(row, variables)
            found = [each.value for each in (*variables, *optimizer.variables)]
        else:
            found = jitted(optimizer, variables, gradients)
        return [each for each in found if is_float(each)]

    return Case(run, tuple(constant(each) for each in (np.tile(ROW, (3, 1)) + MATRIX[:, :1],
                                                       ROW, 0.5)),
                {"gradients": [[constant(g) for g in row] for row in GRADIENTS]}, make,
                close=close)


def jitted(optimizer: Any, variables: list[Any], gradients: Any) -> list[Any]:
    """Keras's steps, compiled once."""
    import jax

    step = jax.jit(optimizer.stateless_apply)
    weights, state = ([each.value for each in some] for some in (variables, optimizer.variables))
    for row in gradients:
        weights, state = step(state, row, weights)
    return [*weights, *state]


def several(k: Any) -> dict[str, Any]:
    rules = k.optimizers
    return {"optimizer_map": rules.OptimizerMap(
        rules.SGD(0.1, name="rest"), {"w1": rules.Adam(0.1, name="first")}), "name": "several"}


OPTIMIZERS: dict[str, list[Case]] = {
    "Adadelta": [stepped({"learning_rate": 0.5})],
    "Adafactor": [stepped({"learning_rate": 0.1}, close=1e-6)],     # with constants in float32
    "Adagrad": [stepped({"learning_rate": 0.1})],
    "Adam": [stepped({"learning_rate": 0.1, "amsgrad": True, "clipnorm": 1.0})],
    "AdamW": [stepped({"learning_rate": 0.1, "weight_decay": 0.1})],
    "Adamax": [stepped({"learning_rate": 0.1})],
    "Ftrl": [stepped({"learning_rate": 0.1, "l1_regularization_strength": 0.1})],
    "Lamb": [stepped({"learning_rate": 0.1, "weight_decay": 0.1})],
    "Lion": [stepped({"learning_rate": 0.1})],
    "MultiOptimizer": [stepped(several)],
    "Muon": [stepped({"learning_rate": 0.1}, close=1e-7)],          # with constants in float32
    "Nadam": [stepped({"learning_rate": 0.1})],
    "RMSprop": [stepped({"learning_rate": 0.1, "momentum": 0.5, "centered": True})],
    "SGD": [stepped({"learning_rate": 0.1, "momentum": 0.9, "nesterov": True, "use_ema": True})],
    "ScheduleFreeAdamW": [stepped({"learning_rate": 0.1, "warmup_steps": 3})],
}

CASES: dict[str, list[Case]] = {f"{namespace}.{name}": cases for namespace, table in (
    ("initializers", INITIALIZERS), ("regularizers", REGULARIZERS), ("constraints", CONSTRAINTS),
    ("optimizers.schedules", SCHEDULES), ("optimizers", OPTIMIZERS))
    for name, cases in table.items()}
