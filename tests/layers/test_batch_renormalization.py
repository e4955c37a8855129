"""BatchNormalization(renorm=True): values, gradients, averages and training, beside Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid.core.errors import PellucidError
from tests.layers.beside_keras import assert_alike, our_gradients, pair_of, their_gradients
from tests.parity.oracle import assert_same_weights, compile_both, exchanged, live, twins

X = np.random.default_rng(0).normal(2, 3, (6, 5, 4))
BOUNDS = {"rmin": 0.5, "rmax": 1.5, "dmax": 0.3}
OPTIONS: list[dict[str, Any]] = [
    {}, {"renorm_clipping": BOUNDS}, {"renorm_clipping": {"dmax": 0.0}},
    {"renorm_clipping": {"rmin": 0.9}, "scale": False, "renorm_momentum": 0.5},
    {"axis": 1, "center": False, "momentum": 0.5}, {"scale": False, "center": False}]


def assert_close(mine: list[Any], theirs: list[Any], within: float = 3e-6) -> None:
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a, np.asarray(b), rtol=1e-6, atol=within)


@live
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_values_gradients_and_averages_are_those_of_keras(options: dict[str, Any]) -> None:
    theirs, mine = pair = pair_of("BatchNormalization", {"renorm": True, **options}, X)
    shares = np.random.default_rng(1).normal(size=X.shape)
    for _ in range(2):                                   # Keras computes in float32
        before = mine.get_weights()
        gradients = our_gradients(mine, X, shares, training=True)
        mine.set_weights(before)
        assert_close(gradients, their_gradients(theirs, X, shares, training=True), 3e-5)
        assert_close([mine(X, training=True)], [theirs(X, training=True)])
        assert_close(mine.get_weights(), theirs.get_weights())
    assert_alike(pair, X, 3e-6, training=False)
    expected, config = theirs.get_config(), mine.get_config()
    for name in ("renorm", "renorm_clipping", "renorm_momentum"):
        assert config[name] == expected[name]
    again = ours.layers.BatchNormalization.from_config(expected).get_config()
    assert again == {**config, "name": expected["name"]}


@live
def test_masked_entries_count_for_nothing() -> None:
    mask = np.arange(30).reshape(6, 5) % 3 > 0
    for options in ({"renorm": True, "renorm_clipping": BOUNDS}, {}):
        theirs, mine = pair_of("BatchNormalization", options, X)
        for known in (mask, np.zeros_like(mask)):        # the last time, nothing counts at all
            a, b = (each(X, training=True, mask=known) for each in (mine, theirs))
            assert_close([a, *mine.get_weights()], [b, *theirs.get_weights()], 1e-5)


@live
def test_training_and_the_file_are_those_of_keras(tmp_path: Any) -> None:
    def build(k: Any) -> Any:
        return k.Sequential([k.Input((4,)), k.layers.Dense(5), k.layers.BatchNormalization(
            renorm=True, renorm_clipping={"rmax": 3.0, "dmax": 5.0}, momentum=0.9),
            k.layers.Dense(1)])

    pair = twins(build)
    compile_both(pair, lambda k: {"optimizer": k.optimizers.SGD(0.01), "loss": "mse"})
    x, y = X[:, 0].astype("float32"), X[:, 1, :1].astype("float32")
    theirs, mine = (each.fit(x, y, batch_size=3, epochs=4, shuffle=False, verbose=0).history
                    for each in pair)
    assert np.allclose(theirs["loss"], mine["loss"], rtol=1e-4)
    assert_same_weights(pair, 1e-4)
    expected = pair[0].predict(x, verbose=0)
    for model in exchanged(pair, tmp_path):
        assert np.allclose(model.predict(x, verbose=0), expected, atol=1e-4)


def test_without_bounds_training_normalizes_as_use_does() -> None:
    """γ (x - mean) / deviation + β, with the averages that were there before the batch."""
    layer = ours.layers.BatchNormalization(renorm=True, dtype="float64")
    for _ in range(3):
        layer(X, training=True)
    mean, deviation = layer.renorm_mean.numpy(), layer.renorm_stddev.numpy()
    assert np.allclose(layer(X, training=True), (X - mean) / deviation, atol=1e-12)


@pytest.mark.parametrize("bounds, told", [
    ({"rmx": 3}, "must be a dict of numbers for rmin, rmax and dmax.*got {'rmx': 3}"),
    ({"rmax": "3"}, "must be a dict of numbers"), (3.0, "must be a dict of numbers.*got 3.0"),
    ({"rmin": 2, "rmax": 1}, "needs rmin up to rmax"), ({"dmax": -1}, "a dmax of at least 0")])
def test_bounds_without_meaning(bounds: Any, told: str) -> None:
    with pytest.raises(PellucidError, match=told):
        ours.layers.BatchNormalization(renorm=True, renorm_clipping=bounds)


@pytest.mark.parametrize("name, value", [("renorm", "yes"), ("renorm_momentum", 1.5)])
def test_wrong_fields(name: str, value: Any) -> None:
    with pytest.raises(PellucidError, match=f"BatchNormalization's {name} must be"):
        ours.layers.BatchNormalization(**{name: value})


@pytest.mark.parametrize("name, what", [("lora_rank", "low-rank adaptation"), (
    "lora_alpha", "low-rank adaptation"), ("quantization_config", "quantization")])
def test_what_is_not_here_is_said(name: str, what: str) -> None:
    for make in (lambda **how: ours.layers.Dense(2, **how),
                 lambda **how: ours.layers.Conv2D(2, 3, **how),
                 lambda **how: ours.layers.EinsumDense("ab,bc->ac", 2, **how)):
        with pytest.raises(PellucidError, match=f"no argument '{name}': there is no {what} in pell"
                           "ucid.*Leave it out"):
            make(**{name: 4})
        make(**{name: None})                             # Keras's default
