"""Initializers: moments, bounds, seeds, configs (against real Keras), messages."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid import initializers
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.core.tensor import convert
from pellucid.initializers.base import count_fans
from pellucid.random import SeedGenerator, restore_stream, set_random_seed, stream_state

SHAPE = (800, 1250)                                  # 1e6 draws
IN, OUT = SHAPE

VARIANCES = {
    "glorot_uniform": 2 / (IN + OUT), "glorot_normal": 2 / (IN + OUT),
    "he_uniform": 2 / IN, "he_normal": 2 / IN, "lecun_uniform": 1 / IN, "lecun_normal": 1 / IN,
    "variance_scaling": 1 / IN, "random_normal": 0.05 ** 2, "random_uniform": 0.1 ** 2 / 12,
    "truncated_normal": (0.05 * 0.87962566103423978) ** 2, "orthogonal": 1 / OUT,
}
RANDOM = list(VARIANCES)


@pytest.fixture(autouse=True)
def _stream():
    before = stream_state()
    yield
    restore_stream(before)


def made(name, **options):
    cls = initializers.get(name)
    return type(cls)(**options)


@pytest.mark.parametrize("name", RANDOM)
def test_G2_variance_within_one_percent(name):
    values = made(name, seed=3)(SHAPE).numpy().astype("float64")
    assert values.var() == pytest.approx(VARIANCES[name], rel=0.01)
    assert abs(values.mean()) < 5 * math.sqrt(VARIANCES[name] / values.size)


@pytest.mark.parametrize(("name", "bound"), [
    ("glorot_uniform", math.sqrt(6 / (IN + OUT))), ("he_uniform", math.sqrt(6 / IN)),
    ("lecun_uniform", math.sqrt(3 / IN)), ("random_uniform", 0.05), ("truncated_normal", 0.1),
    ("he_normal", 2 * math.sqrt(2 / IN) / 0.87962566103423978)])
def test_G2_bounds(name, bound):
    values = np.abs(made(name, seed=4)((300, 400) if bound in (0.05, 0.1) else SHAPE).numpy())
    assert values.max() <= bound * (1 + 1e-6)
    assert values.max() > 0.97 * bound


@pytest.mark.parametrize(("mode", "fan", "distribution"), [
    ("fan_in", IN, "untruncated_normal"), ("fan_out", OUT, "normal"),
    ("fan_avg", (IN + OUT) / 2, "uniform")])
def test_G2_variance_scaling(mode, fan, distribution):
    values = initializers.VarianceScaling(3.0, mode, distribution, seed=5)(SHAPE).numpy()
    assert values.var(dtype="float64") == pytest.approx(3 / fan, rel=0.01)


def test_G2_normal_has_the_shape_of_a_bell():
    z = initializers.RandomNormal(stddev=1.0, seed=6)((10 ** 6,)).numpy()
    for limit, share in [(1, 0.682689), (2, 0.954500), (3, 0.997300)]:
        assert (np.abs(z) < limit).mean() == pytest.approx(share, abs=2e-3)
    assert abs((z ** 3).mean()) < 0.02
    assert (z ** 4).mean() == pytest.approx(3, abs=0.05)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (2, 2, 3, 4), (4, 4)])
def test_G2_orthogonal(shape):
    w = initializers.Orthogonal(2.0, seed=7)(shape, "float64").numpy().reshape(-1, shape[-1])
    small = w.T @ w if w.shape[0] >= w.shape[1] else w @ w.T
    np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-12)


def test_constants():
    np.testing.assert_array_equal(initializers.Identity(2.0)((2, 3)), 2 * np.eye(2, 3))
    np.testing.assert_array_equal(initializers.Constant([1.0, 2.0])((2, 2)), [[1, 2], [1, 2]])
    assert initializers.Zeros()((2,), "int32").dtype == "int32"
    assert initializers.Ones()(()).shape == ()


@pytest.mark.parametrize("shape", [(), (3,), (3, 4), (5, 3, 4), (2, 5, 3, 4)])
@pytest.mark.keras
def test_fans_equal_keras(shape):
    from keras.src.initializers.random_initializers import compute_fans

    assert count_fans(shape) == compute_fans(shape)
    if len(shape) > 1:
        assert count_fans(shape, [0], [1]) == compute_fans(shape, [0], [1])


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_dtype_and_finite(name, dtype):
    values = made(name, seed=8)((64, 64), dtype)
    assert values.dtype == dtype
    assert np.isfinite(values.numpy()).all()


# seeds


@pytest.mark.parametrize("name", RANDOM)
def test_one_instance_gives_the_same_values(name):
    for each in (made(name), made(name, seed=1)):
        np.testing.assert_array_equal(each((3, 4)), each((3, 4)))
    assert (made(name)((3, 4)).numpy() != made(name)((3, 4)).numpy()).any()
    np.testing.assert_array_equal(made(name, seed=1)((3, 4)), made(name, seed=1)((3, 4)))


def test_a_generator_gives_new_values_each_time():
    made = initializers.HeNormal(seed=SeedGenerator(5))
    assert (made((3, 4)).numpy() != made((3, 4)).numpy()).all()


def test_set_random_seed_fixes_what_has_no_seed():
    def draw():
        set_random_seed(42)
        return [initializers.HeNormal()((2, 2)).tolist() for _ in range(2)]

    first = draw()
    assert first == draw()
    assert first[0] != first[1]


def test_a_seed_must_be_whole():
    for seed in ("1", 1.5, True):
        with pytest.raises(KindError, match="HeNormal's seed must be a whole number"):
            initializers.HeNormal(seed=seed)


# identifiers and configs


@pytest.mark.keras
@pytest.mark.parametrize("name", ["zeros", "ones", "constant", "identity", *RANDOM])
def test_config_equals_keras(name):
    import keras

    mine, theirs = initializers.get(name), getattr(keras.initializers, name)()
    data = keras.initializers.serialize(theirs)
    again = initializers.deserialize(data)
    if name == "identity":                           # Keras 3.15 forgets the gain
        data["config"] = {"gain": 1.0}
    assert initializers.serialize(mine) == data
    assert type(again) is type(mine)
    assert again.get_config() == mine.get_config()


@pytest.mark.keras
def test_every_name_of_keras_is_known():
    from keras.src.initializers import ALL_OBJECTS_DICT

    for name in set(ALL_OBJECTS_DICT) - {"Initializer", "initializer"}:
        assert type(initializers.get(name)) is type(initializers.get(
            ALL_OBJECTS_DICT[name].__name__)), name


def test_seed_generator_in_a_config():
    config = initializers.serialize(initializers.HeNormal(seed=SeedGenerator(5)))
    again = initializers.deserialize(config)
    assert again.seed.seed == 5
    np.testing.assert_array_equal(
        again((2, 2)), initializers.HeNormal(seed=SeedGenerator(5))((2, 2)))


def test_what_else_may_stand_for_an_initializer():
    def halves(shape, dtype=None):
        return np.full(shape, 0.5, dtype)

    assert initializers.get(None) is None
    assert initializers.get(halves) is halves
    assert isinstance(initializers.get(initializers.Zeros), initializers.Zeros)
    assert initializers.get({"class_name": "he_normal", "config": {"seed": 3}}).seed == 3
    for values in (np.eye(2), convert(np.eye(2))):
        given = initializers.get(values)
        np.testing.assert_array_equal(given((2, 2), "float32"), np.eye(2))
        with pytest.raises(ShapeError, match=r"the initial values have shape \(2, 2\)"):
            given((3, 3))


@pytest.mark.parametrize(("make", "error", "told"), [
    (lambda: initializers.get("glorot_unifrom"), ArgumentError, '"glorot_uniform"'),
    (lambda: initializers.get(3.0), KindError, "an initializer is named by a string"),
    (lambda: initializers.VarianceScaling(0.0), ArgumentError, "scale must be above 0"),
    (lambda: initializers.VarianceScaling(mode="fan"), ArgumentError, "mode must be one of"),
    (lambda: initializers.RandomNormal(stddev=-1.0), ArgumentError, "stddev must be at least 0"),
    (lambda: initializers.Identity()((2, 2, 2)), ShapeError, "Identity fills matrices only"),
    (lambda: initializers.Orthogonal()((2,)), ShapeError, "at least two axes"),
    (lambda: initializers.STFT()((2, 2)), ShapeError, r"kernels of shape \(frame, 1, freq"),
    (lambda: initializers.STFT(window=[1.0, 2.0])((3, 1, 2)), ShapeError, "the 3 numbers of a fr"),
    (lambda: initializers.STFT(window="hnan"), ArgumentError, 'not a known window.*Did .*"hann"'),
    (lambda: initializers.STFT("imaginary"), ArgumentError, "side must be one of 'real', 'imag'"),
    (lambda: initializers.Initializer()((2,)), ArgumentError, "no __call__"),
])
def test_messages(make, error, told):
    with pytest.raises(error, match=told):
        make()


def test_clone_is_equal_and_another():
    one = initializers.HeNormal(seed=4)
    two = one.clone()
    assert one is not two
    np.testing.assert_array_equal(one((2, 2)), two((2, 2)))


def test_older_names_of_keras_are_the_same_classes():
    assert initializers.IdentityInitializer is initializers.Identity
    assert initializers.OrthogonalInitializer is initializers.Orthogonal
    assert isinstance(initializers.get("OrthogonalInitializer"), initializers.Orthogonal)
