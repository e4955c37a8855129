"""`elastic_transform`: Keras's numbers for the same noise, seeds, files, and what is refused."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid import ops
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.core.tensor import convert
from pellucid.random import SeedGenerator, elastic
from tests.atoms.host_cases import has_gradient, in_every_engine
from tests.parity.oracle import live, real_keras

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.normal(size=(2, 9, 8, 3))
NOISE = RANDOM.normal(size=(2, 9, 8, 2))
HOW: dict[str, Any] = {"alpha": 3.0, "sigma": 1.3, "fill_value": 0.3}


def bent(x: Any, **how: Any) -> Any:
    return ops.image.elastic_transform(x, **{**HOW, **how})


@live
@pytest.mark.deep
@pytest.mark.parametrize("form", ["channels_last", "channels_first"])
def test_the_same_noise_bends_as_in_keras(form, monkeypatch):
    import jax

    x = IMAGES.astype("float32") if form == "channels_last" else IMAGES.transpose(0, 3, 1, 2)
    noise = NOISE.astype(x.dtype)
    drawn = itertools.cycle([noise[..., 0], noise[..., 1]])
    monkeypatch.setattr(jax.random, "normal", lambda *_, **__: jax.numpy.asarray(next(drawn)))
    monkeypatch.setattr(elastic, "normal", lambda *_, **__: convert(noise))
    for mode in ("constant", "nearest", "wrap", "mirror", "reflect"):
        for between in ("bilinear", "nearest"):
            how = {**HOW, "fill_mode": mode, "interpolation": between, "data_format": form}
            theirs = np.asarray(real_keras().ops.image.elastic_transform(x, **how))
            mine = bent(x, **how)
            np.testing.assert_allclose(mine, theirs, atol=2e-5)
            assert mine.dtype == theirs.dtype
            assert abs(mine.numpy() - x).mean() > 0.1


def test_seeds():
    assert (bent(IMAGES, seed=3).numpy() == bent(IMAGES, seed=3).numpy()).all()
    generator = SeedGenerator(3)
    first, then = bent(IMAGES, seed=generator).numpy(), bent(IMAGES, seed=generator).numpy()
    assert (first == bent(IMAGES, seed=3).numpy()).all()
    assert (first != then).any()
    assert (bent(IMAGES).numpy() != bent(IMAGES).numpy()).any()
    assert (first[0] != bent(IMAGES[::-1], seed=3).numpy()[1]).any()     # each image its own


def test_cells_move_down_as_well_as_across():
    """The picture of its own places says where each cell reads; Keras's always says (d, d)."""
    down, across = np.mgrid[:30, :30].astype("float64")
    places = np.stack([down, across], axis=-1)
    moved = bent(places, seed=1, sigma=2.0, fill_mode="nearest").numpy() - places
    inner = moved[8:-8, 8:-8].reshape(-1, 2)
    assert (inner.std(0) > 0.3).all()
    assert abs(np.corrcoef(inner.T)[0, 1]) < 0.7
    neighbours = np.corrcoef(moved[8:-8, 8:-9, 0].ravel(), moved[8:-8, 9:-8, 0].ravel())[0, 1]
    assert neighbours > 0.8                              # they move together


def test_on_every_engine_and_with_gradients():
    in_every_engine(lambda x: bent(x, seed=3), IMAGES)
    has_gradient(lambda x, alpha: bent(x, alpha=alpha, seed=3), IMAGES[:, :5, :4, :1],
                 np.array(1.3))


def test_whole_numbers_stay_whole_and_one_image_one():
    x = RANDOM.integers(0, 255, (9, 8, 3)).astype("uint8")
    assert (bent(x).dtype, bent(x).shape) == ("uint8", x.shape)


def test_in_a_model_and_its_file(tmp_path):
    """Every batch is bent anew; a whole number as seed bends each alike, also from a file."""
    x, data = ours.Input((9, 8, 3)), IMAGES.astype("float32")
    for seed in (None, SeedGenerator(3), 3):
        model = ours.Model(x, bent(x, seed=seed))
        assert model.output_shape == (None, 9, 8, 3)
        with pytest.warns(UserWarning, match="opens in pellucid but not in Keras"):
            model.save(tmp_path / "model.keras")
        again = ours.models.load_model(tmp_path / "model.keras")
        made = [each.predict(data, verbose=0) for each in (model, again, model)]
        alike = [bool((made[0] == each).all()) for each in made[1:]]
        assert alike == {None: [False, False], 3: [True, True]}.get(
            seed if seed is None else 3 if seed == 3 else "generator", [True, False])


@pytest.mark.parametrize("how, error, told", [
    ({"sigma": 0}, ArgumentError, "sigma must be above 0, but got 0"),
    ({"sigma": "5"}, KindError, "sigma must be above 0, but got '5'"),
    ({"alpha": float("nan")}, ArgumentError, "alpha must be a number, but got nan"),
    ({"interpolation": "cubic"}, ArgumentError, "interpolation of elastic_transform must be one"),
    ({"fill_mode": "zeros"}, ArgumentError, "fill_mode of elastic_transform must be one"),
    ({"seed": "x"}, KindError, "seed must be a whole number"),
    ({"data_format": "last"}, ArgumentError, "data_format")])
def test_what_is_refused(how, error, told):
    with pytest.raises(error, match=told):
        bent(IMAGES, **how)
    with pytest.raises(ShapeError, match="an image .3 axes. or a batch"):
        bent(IMAGES[0, 0])
