"""A table of classes: is a tumour malignant, from thirty measurements of its cells?

    python examples/tabular_classification.py [picture.png]

The 569 rows of scikit-learn's breast cancer set, in ten parts: each part is answered by a network
that was trained on the other nine. Epochs, width and dropout are fixed beforehand. `output_advice`
reads the targets and says which output and loss fit. Beside it, on the same parts: the more
frequent class, and the one measurement that tells the classes apart best by a threshold.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

import pellucid
from pellucid import keras
from pellucid.data import load
from pellucid.insight.plots.confusion_matrix import confusion_counts

PARTS = 10
MARGIN_TRIVIAL, MARGIN_ONE = 0.3, 0.03          # by which the network must lead, at least

Fitted = Callable[[np.ndarray], np.ndarray]


def more_frequent(x: np.ndarray, y: np.ndarray) -> Fitted:
    return lambda new: np.full(len(new), np.bincount(y).argmax())


def one_measurement(x: np.ndarray, y: np.ndarray) -> Fitted:
    """A threshold on a single column: the column and the place that are right most often."""
    best, found = 0.0, (0, 0.0, 0)
    for column in range(x.shape[1]):
        order = np.argsort(x[:, column])
        values, ones = x[order, column], y[order]
        below = np.cumsum(ones == 0) + ones.sum() - np.cumsum(ones)     # 0 up to here, then 1
        for rights, side in ((below, 1), (len(y) - below, 0)):
            if (share := rights.max() / len(y)) > best:
                best, found = share, (column, values[rights.argmax()], side)
    column, border, above = found
    return lambda new: np.where(new[:, column] > border, above, 1 - above)


def network(x: np.ndarray, y: np.ndarray) -> Fitted:
    """Scaled columns, one hidden layer with dropout, and the output that fits the targets."""
    advice, layers = pellucid.output_advice(y), keras.layers
    scaling = layers.Normalization()
    scaling.adapt(x)
    model = keras.Sequential([
        keras.Input((x.shape[1],)), scaling, layers.Dense(32, activation="relu"),
        layers.Dropout(0.3), layers.Dense(advice.units, activation=advice.activation)])
    model.compile(keras.optimizers.Adam(0.003), advice.loss)
    model.fit(x, y, epochs=30, batch_size=32, verbose=0)
    return lambda new: (model.predict(new, verbose=0)[:, 0] > 0.5).astype(int)


def answered(fit: Callable[[np.ndarray, np.ndarray], Fitted], parts: int, seed: int
             ) -> np.ndarray:
    """The class given to each row by the model that did not see it, in the table's order."""
    data = load("breast-cancer")
    order = np.random.default_rng(seed).permutation(data.rows)
    said = np.empty(data.rows, int)
    for i in range(parts):
        held, kept = order[i::parts], np.delete(order, np.s_[i::parts])
        keras.utils.set_random_seed(seed + i)
        said[held] = fit(data.x[kept], data.y[kept])(data.x[held])
    return said


def measure(parts: int = PARTS, seed: int = 0) -> tuple[dict[str, float], np.ndarray]:
    """The share of right answers of each way, and the network's counts by true and given class."""
    y = load("breast-cancer").y
    answers = {name: answered(fit, parts, seed) for name, fit in (
        ("more frequent class", more_frequent), ("one measurement", one_measurement),
        ("network", network))}
    counts = np.zeros((2, 2), int)
    np.add.at(counts, (y, answers["network"]), 1)
    return {name: float((said == y).mean()) for name, said in answers.items()}, counts


def main(path: str = "tabular_classification.png") -> None:
    """Answer each part by the others, draw which class was taken for which, say what was seen."""
    shares, counts = measure()
    names = load("breast-cancer").class_names or ()
    confusion_counts(counts, names).savefig(path, dpi=144)

    trivial, one, full = shares.values()
    assert full - trivial >= MARGIN_TRIVIAL
    assert full - one >= MARGIN_ONE
    missed = counts[names.index("malignant"), names.index("benign")]
    print(f"The network names {full:.1%} of {counts.sum()} tumours rightly that it has not seen "
          f"(it takes {missed} malignant ones for benign), the best single measurement {one:.1%}, "
          f"always the same class {trivial:.1%}; the picture is {path}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
