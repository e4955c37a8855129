"""Own classes whose files cannot be read back: said when they are written, and truly when read."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pellucid import keras
from pellucid.core.errors import ArgumentError, PellucidWarning
from tests.parity.oracle import live, real_keras

X = np.ones((2, 3), "float32")
TAKES_TOO_LITTLE = (r"Closed.__init__ takes no name, trainable, dtype\. Let it take \*\*kwargs and "
                    r"pass them on with super\(\).__init__\(\*\*kwargs\), or write a get_config")
GIVES_TOO_LITTLE = (r"Silent.__init__ needs factor, which its get_config\(\) does not give\. Let "
                    r"get_config\(\) return \{\*\*super\(\).get_config\(\), \"factor\": \.\.\.\}")


def classes(k: Any) -> dict[str, Any]:
    """Layers of one's own: the first three can be made again from their config, two cannot."""
    class Open(k.layers.Layer):
        def __init__(self, factor: float, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, x: Any) -> Any:
            return x * self.factor

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "factor": self.factor}

    class Bare(Open):
        def __init__(self, factor: float) -> None:
            super().__init__(factor)

        def get_config(self) -> dict[str, Any]:
            return {"factor": self.factor}

    class Reading(Open):
        def __init__(self, factor: float) -> None:
            super().__init__(factor)

        @classmethod
        def from_config(cls, config: dict[str, Any]) -> Any:
            return cls(config["factor"])

    class Closed(Open):
        def __init__(self, factor: float) -> None:
            super().__init__(factor)

    class Silent(Open):
        def get_config(self) -> dict[str, Any]:
            return {"name": self.name}

    found = {each.__name__: each for each in (Open, Bare, Reading, Closed, Silent)}
    for each in found.values():
        k.saving.register_keras_serializable(package="own_classes")(each)
    return found


def saved(k: Any, layer: Any, path: Path) -> list[str]:
    """What is said as a chain with the layer is written."""
    model = k.Sequential([k.Input((3,)), layer])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model.save(path)
    return [str(each.message) for each in told if issubclass(each.category, PellucidWarning)]


@live
@pytest.mark.parametrize("name", ["Open", "Bare", "Reading", "Closed", "Silent"])
def test_it_is_said_of_those_that_keras_cannot_read_either(name: str, tmp_path: Path) -> None:
    k = real_keras()
    saved(k, classes(k)[name](2.0), tmp_path / "theirs.keras")
    try:
        k.saving.load_model(tmp_path / "theirs.keras")
        readable = True
    except (TypeError, ValueError):
        readable = False
    said = saved(keras, classes(keras)[name](2.0), tmp_path / "mine.keras")
    assert len(said) == (not readable)
    if readable:
        assert np.array_equal(keras.saving.load_model(tmp_path / "mine.keras")(X), 2 * X)


@pytest.mark.parametrize("name, told", [
    ("Closed", TAKES_TOO_LITTLE), ("Silent", GIVES_TOO_LITTLE)])
def test_the_words_of_both(name: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "own.keras"
    model = keras.Sequential([keras.Input((3,)), classes(keras)[name](2.0)])
    with pytest.warns(PellucidWarning, match="own.keras cannot be read back, though its weights "
                      "can: " + told):
        model.save(path)
    with pytest.raises(ArgumentError, match=f"{name} cannot be made again from its config: "
                       + told):
        keras.saving.load_model(path)


def test_a_layer_that_another_makes_is_not_in_the_file(tmp_path: Path) -> None:
    closed = classes(keras)["Closed"]

    @keras.saving.register_keras_serializable(package="own_classes")
    class Holding(keras.Model):
        def __init__(self, factor: float, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.inner = closed(factor)

        def call(self, x: Any) -> Any:
            return self.inner(x)

    model = Holding(3.0)
    model(X)
    model.save(tmp_path / "holding.keras")               # a warning would fail the test
    assert np.array_equal(keras.saving.load_model(tmp_path / "holding.keras")(X), 3 * X)


def test_a_model_of_one_s_own_and_what_it_is_given(tmp_path: Path) -> None:
    made = classes(keras)

    @keras.saving.register_keras_serializable(package="own_classes")
    class Given(keras.layers.Layer):
        def __init__(self, inner: Any, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.inner = inner

        def call(self, x: Any) -> Any:
            return self.inner(x)

    assert saved(keras, Given(made["Open"](2.0)), tmp_path / "open.keras") == []
    (said,) = saved(keras, Given(made["Closed"](2.0)), tmp_path / "closed.keras")
    assert "Closed.__init__ takes no name" in said


def test_a_compile_of_one_s_own_is_not_called_with_other_arguments(tmp_path: Path) -> None:
    @keras.saving.register_keras_serializable(package="own_classes")
    class Own(keras.Model):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.dense = keras.layers.Dense(1)

        def compile(self, rate: float) -> None:
            super().compile(keras.optimizers.SGD(rate), "mse")

        def call(self, x: Any) -> Any:
            return self.dense(x)

    model = Own()
    model.compile(0.1)
    model.fit(X, X[:, :1], verbose=0)
    model.save(tmp_path / "own.keras")
    with pytest.warns(PellucidWarning, match="loaded but not compiled"):
        read = keras.saving.load_model(tmp_path / "own.keras")
    assert np.array_equal(read(X), model(X))


@live
def test_unnamed_weights_are_numbered_as_keras_numbers_them(tmp_path: Path) -> None:
    def two(k: Any) -> Any:
        @k.saving.register_keras_serializable(package="own_classes")
        class Linear(k.layers.Layer):
            def build(self, input_shape: Any) -> None:
                self.w = self.add_weight((input_shape[-1], 2))
                self.b = self.add_weight((2,), initializer="ones")

            def call(self, x: Any) -> Any:
                return x @ self.w + self.b

        k.utils.clear_session()
        return k.Sequential([k.Input((3,)), Linear(), Linear()], name="line")

    theirs, mine = two(real_keras()), two(keras)
    assert [each.name for each in mine.weights] == [each.name for each in theirs.weights]
    assert len({each.path for each in mine.weights}) == 4
    theirs.save(tmp_path / "theirs.keras")
    mine.save(tmp_path / "mine.keras")
    for name in ("theirs", "mine"):
        ours, other = (k.saving.load_model(tmp_path / f"{name}.keras")
                       for k in (keras, real_keras()))
        assert np.allclose(ours.predict(X, verbose=0), other.predict(X, verbose=0), atol=1e-6)
