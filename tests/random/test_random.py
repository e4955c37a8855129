"""Seeds, generators and draws: reproducible, traced alike, of the right distribution."""

from __future__ import annotations

import random

import numpy as np
import pytest

from pellucid import random as draws
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.core.serialization import deserialize, serialize
from pellucid.core.tensor import convert
from pellucid.engines.trace import Traced


@pytest.fixture(autouse=True)
def _streams():
    before = draws.stream_state(), random.getstate(), np.random.get_state()
    yield
    draws.restore_stream(before[0])
    random.setstate(before[1])
    np.random.set_state(before[2])


CALLS = {
    "uniform": lambda seed: draws.uniform((40,), seed=seed),
    "normal": lambda seed: draws.normal((40,), seed=seed),
    "truncated_normal": lambda seed: draws.truncated_normal((40,), seed=seed),
    "randint": lambda seed: draws.randint((40,), 0, 100, seed=seed),
    "categorical": lambda seed: draws.categorical(np.zeros((4, 30)), 10, seed=seed),
    "dropout": lambda seed: draws.dropout(np.ones(40), 0.5, seed=seed),
    "gamma": lambda seed: draws.gamma((40,), 0.5, seed=seed),
    "beta": lambda seed: draws.beta((40,), 0.5, 2.0, seed=seed),
    "binomial": lambda seed: draws.binomial((40,), 100, 0.4, seed=seed),
    "shuffle": lambda seed: draws.shuffle(np.arange(40), seed=seed),
}


@pytest.mark.parametrize("name", CALLS)
def test_seeds(name):
    """A number draws the same each time, a generator and None something new."""
    call, generator = CALLS[name], draws.SeedGenerator(3)
    assert call(3).tolist() == call(3).tolist() != call(4).tolist()
    assert call(generator).tolist() == call(3).tolist()
    assert call(generator).tolist() != call(3).tolist()
    assert call(None).tolist() != call(None).tolist()


@pytest.mark.parametrize("name", CALLS)
def test_a_plan_draws_what_eager_code_draws(name):
    eager, traced = draws.SeedGenerator(9), draws.SeedGenerator(9)
    step = Traced(lambda: CALLS[name](traced))
    for _ in range(3):
        np.testing.assert_allclose(step(), CALLS[name](eager), rtol=1e-6)
    assert len(step.compiled) == 1
    assert traced.state.tolist() == [9, 3]


def test_draws_without_a_seed_go_on_in_a_plan():
    step = Traced(lambda: draws.uniform((4,)))
    draws.set_random_seed(1)
    first = step().tolist()
    assert step().tolist() != first
    draws.set_random_seed(1)
    assert step().tolist() == first
    draws.set_random_seed(1)
    assert draws.uniform((4,)).tolist() == first


def test_set_random_seed_seeds_all_three():
    def draw():
        return (random.random(), np.random.rand(), draws.next_seed(), draws.normal((2,)).tolist(),
                draws.SeedGenerator().state.tolist())

    draws.set_random_seed(7)
    first = draw()
    draws.set_random_seed(7)
    assert draw() == first
    draws.set_random_seed(8)
    second = draw()
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_stream_can_be_put_back():
    draws.set_random_seed(7)
    draws.normal((2,))
    before = draws.stream_state()
    first = draws.next_seed(), draws.normal((2,)).tolist()
    draws.restore_stream(before)
    assert (draws.next_seed(), draws.normal((2,)).tolist()) == first


def test_seed_generator():
    generator = draws.SeedGenerator(5, name="own")
    assert (generator.state.dtype, generator.state.trainable) == ("uint32", False)
    assert generator.state.path == "own/seed_generator_state"
    assert [generator.next().tolist() for _ in range(2)] == [[5, 0], [5, 1]]
    again = deserialize(serialize(generator))
    assert again.get_config() == {"seed": 5, "name": "own"}
    assert draws.SeedGenerator().get_config()["seed"] is None
    assert draws.SeedGenerator(-1).state.tolist() == [2 ** 32 - 1, 0]


@pytest.mark.keras
def test_seed_generator_config_equals_keras():
    import keras

    assert serialize(draws.SeedGenerator(3, "s")) == keras.saving.serialize_keras_object(
        keras.random.SeedGenerator(3, "s"))


# distributions (each bound is over five standard errors wide)

N = 200_000


def test_uniform():
    u = draws.uniform((N,), -1.0, 3.0, "float64", seed=1).numpy()
    assert -1 <= u.min() < -0.999 and 2.999 < u.max() < 3  # noqa: PT018
    assert u.mean() == pytest.approx(1, abs=0.02)
    assert u.var() == pytest.approx(16 / 12, rel=0.01)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_normal(dtype):
    z = draws.normal((N,), 1.0, 2.0, dtype, seed=2)
    assert z.dtype == dtype
    z = z.numpy().astype("float64")
    assert np.isfinite(z).all()
    assert (z.mean(), z.std()) == (pytest.approx(1, abs=0.03), pytest.approx(2, rel=0.01))


def test_truncated_normal():
    z = draws.truncated_normal((N,), 1.0, 2.0, "float64", seed=3).numpy()
    assert np.abs(z - 1).max() <= 4
    assert z.std() == pytest.approx(2 * 0.87962566103423978, rel=0.01)


def test_randint():
    k = draws.randint((N,), -2, 3, seed=4)
    assert k.dtype == "int32"
    values, counts = np.unique(k.numpy(), return_counts=True)
    assert values.tolist() == [-2, -1, 0, 1, 2]
    np.testing.assert_allclose(counts / N, 0.2, atol=0.006)


def test_categorical():
    p = np.array([[0.1, 0.2, 0.7], [0.5, 0.5, 0.0]])
    with np.errstate(divide="ignore"):
        k = draws.categorical(np.log(p), 50_000, seed=5).numpy()
    shares = [[(row == i).mean() for i in range(3)] for row in k]
    np.testing.assert_allclose(shares, p, atol=0.012)


def test_dropout():
    x = np.full((N,), 2.0, "float32")
    y = draws.dropout(x, 0.25, seed=6).numpy()
    assert set(np.unique(y)) == {0.0, np.float32(2 / 0.75)}
    assert (y == 0).mean() == pytest.approx(0.25, abs=0.006)
    rows = draws.dropout(np.ones((50, 7)), 0.5, noise_shape=(None, 1), seed=7).numpy()
    assert (rows == rows[:, :1]).all()
    assert 0 < (rows[:, 0] == 0).sum() < 50
    assert draws.dropout(x, 0.0) is not None
    assert draws.dropout(x, 0.0).tolist()[:2] == [2.0, 2.0]
    assert draws.dropout(x, 1.0).numpy().max() == 0


def test_shuffle():
    x = np.arange(60).reshape(3, 20)
    y = draws.shuffle(x, axis=1, seed=8).numpy()
    assert (y != x).any()
    np.testing.assert_array_equal(np.sort(y, axis=1), x)
    assert (np.diff(y, axis=0) == 20).all()          # columns stay together


@pytest.mark.parametrize(("make", "error", "told"), [
    (lambda: draws.uniform((2,), dtype="int32"), ArgumentError, "uniform needs a float dtype"),
    (lambda: draws.randint((2,), 0, 2, "float32"), ArgumentError, "needs an integer dtype"),
    (lambda: draws.categorical(np.zeros(3), 2), ShapeError, "logits of shape"),
    (lambda: draws.normal((2,), seed="a"), KindError, "seed must be a whole number"),
    (lambda: draws.SeedGenerator(1.5), KindError, "SeedGenerator's seed"),
    (lambda: draws.set_random_seed("a"), KindError, "set_random_seed needs a whole number"),
])
def test_messages(make, error, told):
    with pytest.raises(error, match=told):
        make()


def test_shapes_may_be_a_number_and_seeds_a_state():
    assert draws.uniform(3, seed=convert(np.array([1, 2], np.uint32))).shape == (3,)
