"""Several labels at once: is there a car, a bus, a pedestrian in the street? Each may be.

    python examples/multi_label.py [picture.png]

The targets are rows like [1, 0, 1] (a car and a pedestrian, no bus). The streets are drawn by a
seeded generator, 20 × 20 grey pixels with noise, at random places, sizes and brightness. Three
sigmoids and a binary crossentropy ask three questions of their own. A softmax over the same three
outputs, trained beside it on the same rows, shares 1 out among them, and so cannot say "both".
Beside them: the answer to each question that is right most often.
"""

from __future__ import annotations

import sys
import warnings

import numpy as np

import pellucid
from pellucid import keras
from pellucid.insight.plots.label_bars import label_bars

LABELS = ("car", "bus", "pedestrian")
SIDE = 20
MARGIN = 0.4            # by which the share of wholly right rows must beat the usual answers


def street(random: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    """A picture of a street with what the labels say; things may hide each other."""
    picture = random.normal(0.3, 0.06, (SIDE, SIDE))
    for which in random.permutation(np.flatnonzero(labels)):
        shade = random.uniform(0.6, 1.0)
        left, floor = int(random.integers(0, SIDE - 9)), int(random.integers(12, SIDE - 1))
        if which == 0:                                          # low, with a cabin on top
            picture[floor - 2:floor, left:left + 9] = shade
            picture[floor - 4:floor - 2, left + 2:left + 6] = shade
        elif which == 1:                                        # tall and wide, with windows
            picture[floor - 8:floor, left:left + 9] = shade
            picture[floor - 7:floor - 5, left + 1:left + 8:2] = 0.2
        else:                                                   # narrow, with a head and two legs
            picture[floor - 6:floor - 2, left:left + 3] = shade
            picture[floor - 2:floor, left:left + 3:2] = shade
            picture[floor - 8:floor - 6, left + 1] = shade
    return np.clip(picture + random.normal(0, 0.05, picture.shape), 0, 1)


def streets(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures, ``(rows, 20, 20, 1)``, and rows of labels, ``(rows, 3)``."""
    random = np.random.default_rng(seed)
    y = (random.random((rows, len(LABELS))) < (0.6, 0.35, 0.5)).astype("float32")
    x = np.stack([street(random, labels) for labels in y])
    return x[..., None].astype("float32"), y


def network(activation: str) -> keras.Model:
    """Two convolutions and three outputs."""
    layers = keras.layers
    return keras.Sequential([
        keras.Input((SIDE, SIDE, 1)),
        layers.Conv2D(12, 5, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(24, 5, activation="relu"), layers.GlobalMaxPooling2D(),
        layers.Dense(len(LABELS), activation=activation)])


def answers(activation: str, loss: str, x: np.ndarray, y: np.ndarray, new: np.ndarray,
            epochs: int, seed: int) -> np.ndarray:
    """Which labels a network finds in new pictures: those that it gives more than a half."""
    keras.utils.set_random_seed(seed)
    model = network(activation)
    model.compile(keras.optimizers.Adam(0.003), loss)
    model.fit(x, y, epochs=epochs, batch_size=32, verbose=0)
    return model.predict(new, verbose=0) > 0.5


def measure(rows: int = 2000, epochs: int = 12, seed: int = 0
            ) -> tuple[dict[str, float], np.ndarray, np.ndarray]:
    """The share of 500 new rows of which every label is right; the sigmoids' answers, the truth."""
    (x, y), (new, truth) = streets(rows, seed), streets(500, seed + 1)
    advice = pellucid.output_advice(y)
    usual = y.mean(axis=0) > 0.5
    found = {"usual answers": float((usual == truth).all(axis=1).mean())}
    with warnings.catch_warnings():                 # it warns of this pair before it trains
        warnings.simplefilter("ignore", pellucid.PellucidWarning)
        shared = answers("softmax", "categorical_crossentropy", x, y, new, epochs, seed)
    found["softmax"] = float((shared == truth).all(axis=1).mean())
    said = answers(advice.activation, str(advice.loss), x, y, new, epochs, seed)
    found["sigmoids"] = float((said == truth).all(axis=1).mean())
    return found, said, truth


def main(path: str = "multi_label.png") -> None:
    """Train both, draw what the sigmoids found and missed, and say what was seen."""
    found, said, truth = measure()
    counts = [(said * truth), (~said * truth), (said * (1 - truth))]
    label_bars(*(each.sum(axis=0) for each in counts), LABELS).savefig(path, dpi=144)

    usual, shared, own = found.values()
    assert own - usual >= MARGIN
    print(f"All three labels are right for {own:.1%} of 500 new streets with three sigmoids, for "
          f"{shared:.1%} with a softmax, and for {usual:.1%} when each question gets its usual "
          f"answer; the picture is {path}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
