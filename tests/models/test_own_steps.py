"""Models whose `train_step` says all that they do, as in Keras's guides to GANs and VAEs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid.core.errors import ArgumentError, KindError, PellucidError
from pellucid.tf import GradientTape
from tests.parity.oracle import live, real_keras

X = np.random.default_rng(3).normal(size=(24, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


class Line(ours.Model):
    """One Dense, trained by hand; ``told`` is what its `train_step` returns."""

    def __init__(self, told: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.told, self.dense = told, ours.layers.Dense(1)
        self.error = ours.metrics.Mean(name="error")

    def train_step(self, data: Any) -> Any:
        x, y = data
        with GradientTape() as tape:
            loss = ours.ops.mean((self.dense(x) - y) ** 2)
        weights = self.dense.trainable_weights
        gradients = tape.gradient(loss, weights)
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        self.error.update_state(loss)
        return {"error": self.error.result()} if self.told is None else self.told(loss)

    def test_step(self, data: Any) -> Any:
        x, y = data
        self.error.update_state(ours.ops.mean((self.dense(x) - y) ** 2))
        return {"error": self.error.result()}


def fitted(model: Any, **how: Any) -> Any:
    model.compile("sgd", **how)
    return model.fit(X, Y, batch_size=8, epochs=4, shuffle=False, verbose=0).history


@live
@pytest.mark.parametrize("eagerly", [False, True])
def test_a_model_without_call_trains_as_keras_trains_the_same_line(eagerly: bool) -> None:
    keras = real_keras()
    theirs = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    mine = Line()
    mine.dense.build((None, 3))
    mine.set_weights(theirs.get_weights())
    theirs.compile("sgd", "mse")
    expected = theirs.fit(X, Y, batch_size=8, epochs=4, shuffle=False, verbose=0).history["loss"]
    assert np.allclose(fitted(mine, run_eagerly=eagerly)["error"], expected, rtol=1e-5)
    for a, b in zip(theirs.get_weights(), mine.get_weights(), strict=True):
        assert np.allclose(a, b, atol=1e-6)
    assert np.isclose(mine.evaluate(X, Y, verbose=0), theirs.evaluate(X, Y, verbose=0), rtol=1e-5)


@pytest.mark.parametrize("eagerly", [False, True])
def test_layers_that_are_not_built_are_built_by_the_step(eagerly: bool) -> None:
    model = Line()
    errors = fitted(model, run_eagerly=eagerly)["error"]
    assert errors[-1] < errors[0]
    assert model.built
    assert [each.shape for each in model.weights] == [(3, 1), (1,)]
    assert int(model.optimizer.iterations) == 4 * 3      # the building counts for nothing


def test_judging_comes_before_training() -> None:
    model = Line()
    model.compile("adam")
    first = model.evaluate(X, Y, verbose=0)
    assert np.isclose(model.train_on_batch(X, Y), first, rtol=1e-5)


def test_two_optimizers_of_its_own() -> None:
    """The form of the guide to GANs: two networks, each with an optimizer, and no loss."""
    class Pair(ours.Model):
        def __init__(self) -> None:
            super().__init__()
            self.maker = ours.Sequential([ours.Input((2,)), ours.layers.Dense(3)])
            self.judge = ours.Sequential([ours.Input((3,)), ours.layers.Dense(1)])

        def compile(self, judge: Any, maker: Any) -> None:
            super().compile()
            self.judging, self.making = judge, maker
            self.mean = ours.metrics.Mean(name="judge_loss")

        def train_step(self, real: Any) -> Any:
            noise = ours.random.normal((real.shape[0], 2))
            for weights, optimizer, sign in (
                    (self.judge.trainable_weights, self.judging, 1.0),
                    (self.maker.trainable_weights, self.making, -1.0)):
                with GradientTape() as tape:
                    loss = sign * ours.ops.mean(
                        self.judge(self.maker(noise)) - self.judge(real))
                optimizer.apply_gradients(
                    zip(tape.gradient(loss, weights), weights, strict=True))
            self.mean.update_state(loss)
            return {"judge_loss": self.mean.result()}

    pair = Pair()
    pair.compile(ours.optimizers.SGD(0.01), ours.optimizers.Adam(0.01))
    before = pair.get_weights()
    history = pair.fit(X, epochs=2, verbose=0).history
    assert list(history) == ["judge_loss"]
    assert np.isfinite(history["judge_loss"]).all()
    assert int(pair.judging.iterations) == int(pair.making.iterations) == 2
    moved = [not np.array_equal(a, b) for a, b in zip(before, pair.get_weights(), strict=True)]
    assert moved == [True, True, True, False]           # a bias before a difference has no slope


def test_its_weights_go_to_a_file_and_back(tmp_path: Path) -> None:
    one, two = Line(), Line()
    fitted(one)
    one.save_weights(tmp_path / "line.weights.h5")
    with pytest.raises(ArgumentError, match="no weights yet. Build its layers, or fit it first"):
        two.load_weights(tmp_path / "line.weights.h5")
    two.dense.build((None, 3))
    two.load_weights(tmp_path / "line.weights.h5")
    assert all(map(np.array_equal, one.get_weights(), two.get_weights()))


def test_its_summary_tells_its_layers() -> None:
    model, lines = Line(), []
    fitted(model)
    model.summary(print_fn=lines.append)
    assert "Dense" in lines[0]
    assert "Total params: 4" in lines[0]


def test_what_needs_call_says_so() -> None:
    model = Line(name="line")
    fitted(model)
    for act in (lambda: model.predict(X, verbose=0), lambda: model(X)):
        with pytest.raises(ArgumentError, match='Line "line" has no call method. Write `def call'):
            act()


@pytest.mark.parametrize("eagerly", [False, True])
@pytest.mark.parametrize("told, got", [
    (lambda loss: (), r"got \(\)"), (lambda loss: loss, "got <tensor"),
    (lambda loss: {"error": None}, "got None for 'error'"),
    (lambda loss: {"error": [loss, None]}, "None] for 'error'"),
    (lambda loss: {"error": "small"}, "got 'small' for 'error'")])
def test_a_step_returns_a_dict_of_numbers(told: Any, got: str, eagerly: bool) -> None:
    with pytest.raises(KindError, match=r'"line".train_step must return .*a dict .*' + got):
        fitted(Line(told, name="line"), run_eagerly=eagerly)


def test_a_step_that_returns_nothing_at_all() -> None:
    class Silent(Line):
        def train_step(self, data: Any) -> Any:
            super().train_step(data)

        def call(self, x: Any) -> Any:
            return self.dense(x)

    with pytest.raises(KindError, match="must return .*got None. End it with: return {"):
        fitted(Silent())


@pytest.mark.parametrize("eagerly", [False, True])
def test_a_step_may_tell_nothing(eagerly: bool) -> None:
    model = Line(lambda loss: {})
    model.dense.build((None, 3))
    before = model.get_weights()
    assert fitted(model, run_eagerly=eagerly) == {}
    assert not np.array_equal(before[0], model.get_weights()[0])


def test_dicts_within_the_logs_stand_beside_the_others_as_in_keras() -> None:
    logs = fitted(Line(lambda loss: {"inner": {"error": loss}, "three": 3.0}))
    assert list(logs) == ["error", "three"]
    assert logs["three"] == [3.0] * 4


@pytest.mark.parametrize("eagerly", [False, True])
def test_a_tape_that_has_seen_no_weights(eagerly: bool) -> None:
    class Unseen(Line):
        def train_step(self, data: Any) -> Any:
            x, y = data
            loss = ours.ops.mean((self.dense(x) - y) ** 2)
            with GradientTape() as tape:
                pass
            gradients = tape.gradient(loss, self.trainable_weights)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
            return {"loss": loss}

    with pytest.raises(PellucidError, match="no gradient reaches any variable.*inside the tape"):
        fitted(Unseen(), run_eagerly=eagerly)
