"""A table of numbers: how far diabetes will have gone on in a year, from ten measurements.

    python examples/tabular_regression.py [picture.png]

The 442 patients of scikit-learn's diabetes set, in ten parts: each part is predicted by a network
that was trained on the other nine, so every patient is predicted once, by a network that never saw
them. Epochs, width and penalty are fixed beforehand. `output_advice` reads the targets and says
which output and loss fit. Beside it, on the same parts: the mean, and ridge regression. With so
few rows and ten columns that act nearly in a straight line, ridge regression is hard to beat, and
the example says by how much the network falls short of it or gets ahead.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from sklearn.linear_model import Ridge

import pellucid
from pellucid import keras
from pellucid.data import load
from pellucid.insight.plots.predicted_against_true import predicted_against_true

PARTS = 10
MARGIN_MEAN = 20.0              # by which the error must be smaller than the mean's, at least
MARGIN_RIDGE = -1.5             # it may be larger than ridge regression's by so much, at most

Fitted = Callable[[np.ndarray], np.ndarray]


def mean(x: np.ndarray, y: np.ndarray) -> Fitted:
    return lambda new: np.full(len(new), y.mean())


def ridge(x: np.ndarray, y: np.ndarray) -> Fitted:
    """A straight line with a penalty, on standardised columns."""
    centre, spread = x.mean(axis=0), x.std(axis=0)
    fitted = Ridge(alpha=10.0).fit((x - centre) / spread, y)
    return lambda new: fitted.predict((new - centre) / spread)


def network(x: np.ndarray, y: np.ndarray) -> Fitted:
    """Scaled columns, one hidden layer with a penalty, and the output that fits the targets."""
    centre, spread = y.mean(), y.std()
    scaled = (y - centre) / spread
    advice, layers = pellucid.output_advice(scaled), keras.layers
    scaling = layers.Normalization()
    scaling.adapt(x)
    model = keras.Sequential([
        keras.Input((x.shape[1],)), scaling,
        layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(0.02)),
        layers.Dense(advice.units, activation=advice.activation)])
    model.compile(keras.optimizers.Adam(0.003), advice.loss)
    model.fit(x, scaled, epochs=60, batch_size=32, verbose=0)
    return lambda new: model.predict(new, verbose=0)[:, 0] * spread + centre


def predicted(fit: Callable[[np.ndarray, np.ndarray], Fitted], parts: int, seed: int
              ) -> np.ndarray:
    """What is said of each patient by the model that did not see them, in the table's order."""
    data = load("diabetes")
    order = np.random.default_rng(seed).permutation(data.rows)
    said = np.empty(data.rows)
    for i in range(parts):
        held, kept = order[i::parts], np.delete(order, np.s_[i::parts])
        keras.utils.set_random_seed(seed + i)
        said[held] = fit(data.x[kept], data.y[kept])(data.x[held])
    return said


def measure(parts: int = PARTS, seed: int = 0) -> tuple[dict[str, float], np.ndarray]:
    """The root mean squared error of each way, and what the network said."""
    y = load("diabetes").y
    answers = {name: predicted(fit, parts, seed) for name, fit in (
        ("mean", mean), ("ridge regression", ridge), ("network", network))}
    errors = {name: float(np.sqrt(np.mean((y - said) ** 2))) for name, said in answers.items()}
    return errors, answers["network"]


def main(path: str = "tabular_regression.png") -> None:
    """Predict each part by the others, draw what was said against the truth, say what was seen."""
    errors, said = measure()
    predicted_against_true(load("diabetes").y, said, "progression").savefig(path, dpi=144)

    trivial, straight, bent = errors.values()
    assert trivial - bent >= MARGIN_MEAN
    assert straight - bent >= MARGIN_RIDGE
    print(f"The network is {bent:.1f} off in patients that it has not seen (root mean square), "
          f"ridge regression {straight:.1f}, the mean {trivial:.1f}; the picture is {path}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
