"""Adafactor, Ftrl, Lamb, Muon, ScheduleFreeAdamW and MultiOptimizer, step by step as Keras's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours_keras
from pellucid import optimizers
from pellucid.core.errors import ArgumentError, KindError
from pellucid.core.variable import Variable
from pellucid.engines.native.engine import native
from pellucid.engines.trace import Traced
from tests.parity.oracle import live, real_keras

SHAPES = {"layer/kernel": (4, 3), "layer/bias": (3,), "embedding/table": (2, 3), "cube": (2, 2, 3)}
STEPS = 5
RULES: list[tuple[str, dict[str, Any]]] = [
    ("Adafactor", {}),
    ("Adafactor", {"learning_rate": 0.5, "beta_2_decay": -0.5, "epsilon_2": 0.1,
                   "clip_threshold": 0.5, "relative_step": False, "weight_decay": 0.1,
                   "clipvalue": 0.7}),
    ("Adafactor", {"use_ema": True, "ema_momentum": 0.5, "gradient_accumulation_steps": 2}),
    ("Ftrl", {}),
    ("Ftrl", {"learning_rate": 0.5, "learning_rate_power": -0.3, "initial_accumulator_value": 0.5,
              "l1_regularization_strength": 0.3, "l2_regularization_strength": 0.2,
              "l2_shrinkage_regularization_strength": 0.1, "beta": 0.5, "weight_decay": 0.1,
              "clipnorm": 0.6, "use_ema": True, "ema_overwrite_frequency": 2}),
    ("Lamb", {}),
    ("Lamb", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.6, "epsilon": 1e-3,
              "weight_decay": 0.1, "global_clipnorm": 0.6, "use_ema": True}),
    ("Muon", {}),
    ("Muon", {"learning_rate": 0.1, "momentum": 0.5, "nesterov": False, "ns_steps": 3,
              "weight_decay": None, "adam_weight_decay": 0.1, "adam_lr_ratio": 0.5,
              "rms_rate": None, "exclude_embeddings": False, "clipnorm": 2.0, "use_ema": True}),
    ("Muon", {"exclude_layers": ["yer/kern"], "gradient_accumulation_steps": 2}),
    ("ScheduleFreeAdamW", {}),
    ("ScheduleFreeAdamW", {"learning_rate": 0.1, "beta_1": 0.5, "warmup_steps": 3,
                           "weight_decay": 0.1, "clipvalue": 0.5, "use_ema": True}),
]
IDS = [f"{name}-{'-'.join(options) or 'defaults'}" for name, options in RULES]


def start(dtype: str) -> tuple[list[np.ndarray], list[list[np.ndarray]]]:
    """First weights, and the gradients of each step; those of one step are 0."""
    rng = np.random.default_rng(3)
    weights = [rng.normal(size=shape).astype(dtype) for shape in SHAPES.values()]
    rows = [[(rng.normal(size=shape) * 10.0 ** rng.integers(-1, 2)).astype(dtype)
             for shape in SHAPES.values()] for _ in range(STEPS)]
    rows[3] = [np.zeros_like(each) for each in rows[3]]
    return weights, rows


def our_steps(optimizer: Any, dtype: str, traced: bool = False) -> list[np.ndarray]:
    values, rows = start(dtype)
    weights = [Variable(value, dtype=dtype, name=name.rpartition("/")[2])
               for name, value in zip(SHAPES, values, strict=True)]
    for each, path in zip(weights, SHAPES, strict=True):
        each.path = path
    optimizer.build(weights)
    step = (lambda grads: optimizer.apply(grads, weights))
    step = Traced(step, engine=native.name) if traced else step
    for row in rows:
        step(row)
    optimizer.finalize_variable_values(weights)
    return [each.numpy() for each in [*weights, *optimizer.variables]]


def keras_steps(optimizer: Any, dtype: str) -> list[np.ndarray]:
    import jax

    keras = real_keras()
    values, rows = start(dtype)
    weights = []
    for path, value in zip(SHAPES, values, strict=True):
        weights.append(keras.Variable(value, dtype=dtype, name=path.rpartition("/")[2]))
        weights[-1]._path = path
    optimizer.build(weights)
    state = [[each.value for each in some] for some in (weights, optimizer.variables)]
    step = jax.jit(optimizer.stateless_apply)
    for row in rows:
        state = step(state[1], row, state[0])
    for each, value in zip([*weights, *optimizer.variables], [*state[0], *state[1]], strict=True):
        each.assign(value)
    optimizer.finalize_variable_values(weights)
    return [np.asarray(each) for each in [*weights, *optimizer.variables]]


def assert_equal(mine: list[np.ndarray], theirs: list[np.ndarray], tolerance: float) -> None:
    kinds = [[(each.shape, each.dtype if each.dtype.kind == "f" else "int") for each in one]
             for one in (mine, theirs)]              # Keras's whole numbers are int64 with x64
    assert kinds[0] == kinds[1]
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@live
@pytest.mark.parametrize("dtype", [pytest.param("float32", marks=pytest.mark.deep), "float64"])
@pytest.mark.parametrize(("name", "options"), RULES, ids=IDS)
def test_five_steps_equal_keras(name, options, dtype):
    """To 1e-12, but for those whose constants Keras rounds to float32 on the way."""
    loose = {"Adafactor": 1e-6, "Muon": 1e-8}.get(name, 1e-12)
    theirs = keras_steps(getattr(real_keras().optimizers, name)(**options), dtype)
    for traced in (False, True):
        mine = our_steps(getattr(optimizers, name)(**options), dtype, traced)
        assert_equal(mine, theirs, {"float32": 1e-5, "float64": loose}[dtype])


@live
def test_five_steps_in_float32_equal_keras():
    """With the options that use the most of each rule; `--deep` has the others."""
    for name, options in (RULES[1], RULES[4], RULES[6], RULES[8], RULES[11]):
        theirs = keras_steps(getattr(real_keras().optimizers, name)(**options), "float32")
        mine = our_steps(getattr(optimizers, name)(**options), "float32", traced=True)
        assert_equal(mine, theirs, 1e-5)


@live
@pytest.mark.parametrize(("name", "options"), RULES, ids=IDS)
def test_config_equals_keras(name, options):
    mine, theirs = (getattr(module, name)(name="own", **options)
                    for module in (optimizers, real_keras().optimizers))
    assert mine.get_config() == theirs.get_config()
    again = optimizers.deserialize(optimizers.serialize(mine))
    assert type(again) is type(mine)
    assert again.get_config() == mine.get_config()
    assert repr(again)


def selected(module: Any) -> Any:
    """Two optimizers by path, a third for the rest."""
    return module.OptimizerMap(module.SGD(0.1, name="rest"), {
        "layer/.*": module.Adam(0.2, name="first", weight_decay=0.1),
        "cube": module.SGD(0.3, momentum=0.5, name="second", use_ema=True, ema_momentum=0.5)})


@live
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_several_optimizers_equal_keras(dtype):
    options = {"loss_scale_factor": 4.0, "name": "several"}
    theirs = real_keras().optimizers
    made = [module.MultiOptimizer(selected(module), **options) for module in (optimizers, theirs)]
    keras = keras_steps(made[1], dtype)
    for optimizer, traced in ((made[0], False),
                              (optimizers.MultiOptimizer(selected(optimizers), **options), True)):
        assert_equal(our_steps(optimizer, dtype, traced), keras,
                     {"float32": 1e-5, "float64": 1e-12}[dtype])
    assert [each.name for each in made[0].optimizers] == [each.name for each in made[1].optimizers]
    assert made[0].get_config()["name"] == "several"
    again = optimizers.deserialize(optimizers.serialize(made[0]))
    assert [type(each) for each in again.optimizers] == [type(each) for each in made[0].optimizers]
    assert again.get_config() == made[0].get_config()


def network(k: Any) -> Any:
    return k.Sequential([k.Input((5,), dtype="int32"), k.layers.Embedding(7, 4, name="embedding"),
                         k.layers.Flatten(), k.layers.Dense(3, name="hidden"),
                         k.layers.Dense(2, name="answer")])


BOTH_WAYS = {
    "Adafactor": lambda k: k.optimizers.Adafactor(use_ema=True),
    "Ftrl": lambda k: k.optimizers.Ftrl(beta=0.5), "Lamb": lambda k: k.optimizers.Lamb(0.5),
    "Muon": lambda k: k.optimizers.Muon(exclude_layers=["answer"]),
    "ScheduleFreeAdamW": lambda k: k.optimizers.ScheduleFreeAdamW(warmup_steps=7),
    "MultiOptimizer": lambda k: k.optimizers.MultiOptimizer(k.optimizers.OptimizerMap(
        k.optimizers.Lamb(), {".*embeddings": k.optimizers.SGD(0.3, momentum=0.5)})),
}


@live
@pytest.mark.parametrize("name", BOTH_WAYS)
def test_files_go_both_ways(name, tmp_path):
    """Every variable of the optimizer is found in its place on the other side."""
    rng = np.random.default_rng(0)
    for writer, reader in ((real_keras(), ours_keras), (ours_keras, real_keras())):
        model = network(writer)
        model.compile(BOTH_WAYS[name](writer), "mse")
        model.optimizer.build(model.trainable_variables)
        for each in model.optimizer.variables:
            each.assign(np.asarray(rng.uniform(1, 9, each.shape)).astype(str(each.dtype)))
        model.save(tmp_path / "model.keras")
        found = reader.models.load_model(tmp_path / "model.keras")
        assert type(found.optimizer).__name__ == name
        before, after = model.optimizer.variables, found.optimizer.variables
        assert [tuple(each.shape) for each in before] == [tuple(each.shape) for each in after]
        for a, b in zip(before, after, strict=True):
            np.testing.assert_array_equal(np.asarray(a), np.asarray(b))
        mine, theirs = (each.optimizer.get_config() for each in (model, found))
        if name != "MultiOptimizer":                     # whose config holds other configs
            assert mine == theirs


def test_muon_leaves_to_adam_what_is_no_matrix():
    optimizer = optimizers.Muon(exclude_layers=["^head"])
    paths = {"body/kernel": (3, 2), "body/bias": (2,), "Embedding_1/table": (3, 2),
             "head/kernel": (2, 2), "ahead/kernel": (2, 2)}
    variables = []
    for path, shape in paths.items():
        variables.append(Variable(np.ones(shape), name="w"))
        variables[-1].path = path
    assert [optimizer.for_adam(each) for each in variables] == [False, True, True, True, False]
    optimizer.build(variables)
    names = [each.name.rpartition("_")[2] for each in optimizer.variables[2:]]
    assert names == ["momentum", "momentum", "velocity", "momentum", "velocity", "momentum",
                     "velocity", "momentum"]


@pytest.mark.parametrize(("cls", "options", "told"), [
    ("Adafactor", {"clip_threshold": 0.0}, "clip_threshold must be above 0, but got 0.0"),
    ("Adafactor", {"beta_2_decay": 0.8}, "beta_2_decay must be at most 0, but got 0.8"),
    ("Ftrl", {"learning_rate_power": 0.5}, "learning_rate_power must be at most 0"),
    ("Ftrl", {"l1_regularization_strength": -1.0}, "l1_regularization_strength must be at least 0"),
    ("Lamb", {"beta_1": 1.0}, "beta_1 must be at least 0 and below 1, but got 1.0"),
    ("Muon", {"ns_steps": 2.5}, "ns_steps must be a whole number at least 0, but got 2.5"),
    ("Muon", {"rms_rate": -0.1}, "rms_rate must be at least 0, but got -0.1"),
    ("Muon", {"exclude_layers": "head"}, "must be a list of expressions, but got 'head'"),
    ("Muon", {"exclude_layer": []}, 'has no argument .exclude_layer.*"exclude_layers"'),
    ("ScheduleFreeAdamW", {"beta_1": 0.0}, "beta_1 must be above 0 and at most 1, but got 0.0"),
    ("ScheduleFreeAdamW", {"warmup_steps": -1}, "warmup_steps must be a whole number at least 0"),
    ("MultiOptimizer", {"optimizer_map": 3}, "must be an OptimizerMap, or a function .*but got 3"),
    ("OptimizerMap", {"default_optimizer": "sgd"}, "default_optimizer must be an optimizer"),
])
def test_arguments_without_meaning(cls, options, told):
    with pytest.raises((ArgumentError, KindError), match=told):
        getattr(optimizers, cls)(**options)


def test_a_map_knows_paths_before_expressions():
    one, two, rest = (optimizers.SGD(name=name) for name in ("one", "two", "rest"))
    chosen = optimizers.OptimizerMap(rest, {"a/.*": one})
    chosen["a/b"] = two
    assert [chosen[key] for key in ("a/b", "a/c", "b")] == [two, one, rest]
    assert (list(chosen), len(chosen)) == (["a/.*", "a/b"], 2)
    with pytest.raises(ArgumentError, match="holds 'a/b' already"):
        chosen["a/b"] = one
    chosen[".*/c"] = two
    with pytest.raises(ArgumentError, match=r"must fit the variable 'a/c', but got 'a/\.\*' and"):
        chosen["a/c"]
    del chosen["a/b"]
    assert chosen["a/b"] is one
    with pytest.raises(KindError, match="keys are paths"):
        chosen[3] = one                                  # pyright: ignore
    with pytest.raises(KindError, match="must be an optimizer of single variables"):
        chosen["d"] = optimizers.MultiOptimizer(chosen)


def test_several_optimizers_have_no_rate_in_common():
    single = {name: optimizers.SGD(0.5, name=name) for name in "ab"}
    both = optimizers.MultiOptimizer(lambda variable: single[variable.name])
    for use in (lambda: both.learning_rate, lambda: setattr(both, "learning_rate", 0.1)):
        with pytest.raises(AttributeError, match="has no learning_rate of its own"):
            use()
    weights = [Variable(1.0, name=name) for name in "ab"]
    both.apply([np.float32(1.0), np.float32(2.0)], weights)
    assert [float(each) for each in weights] == [0.5, 0.0]
    assert both.optimizers == list(single.values())
    assert [int(each.iterations) for each in (both, *both.optimizers)] == [1, 1, 1]
    assert list(optimizers.MultiOptimizer(optimizers.OptimizerMap(optimizers.SGD(0.0))).advice())
    with pytest.raises(KindError, match="the optimizer of w must be an optimizer"):
        optimizers.MultiOptimizer(lambda variable: None).build([Variable(1.0, name="w")])
    single["a"].learning_rate = 0.25
    both.set_weights([each.numpy() for each in both.variables])
    assert float(single["a"].learning_rate) == 0.25

