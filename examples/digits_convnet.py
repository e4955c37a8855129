"""Image recognition: a small convolutional network reads handwritten digits.

    python examples/digits_convnet.py [picture.png]

The 1797 digits of scikit-learn, 8 × 8 pixels. For each of five seeds the rows are shuffled by that
seed, the last fifth is put aside for the test, and the network starts from that seed too. Nothing
is chosen by looking at the test rows: epochs and rate are fixed, and the weights are those after
the last epoch. Beside it, on the same rows: the most frequent digit, and a single softmax layer.
"""

from __future__ import annotations

import sys

import numpy as np

from pellucid import keras
from pellucid.data import load
from pellucid.insight.plots.image_grid import image_grid

SEEDS = range(5)
TEST_SHARE = 0.2
MARGIN_TRIVIAL, MARGIN_LINEAR = 0.85, 0.01      # by which the network must lead, at least


def split(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Training images and digits, test images and digits; pixels from 0 to 1."""
    digits = load("digits")
    order = np.random.default_rng(seed).permutation(digits.rows)
    images = (digits.x / 16).reshape(-1, 8, 8, 1).astype("float32")[order]
    y = digits.y[order]
    test = round(TEST_SHARE * digits.rows) + 1          # at least a fifth
    return images[:-test], y[:-test], images[-test:], y[-test:]


def convolutional() -> keras.Model:
    """Two convolutions that see 5 × 5 pixels together, pooled to half, then two dense layers."""
    layers = keras.layers
    return keras.Sequential([
        keras.Input((8, 8, 1)),
        layers.Conv2D(24, 3, padding="same", activation="relu"),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(96, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax")])


def linear() -> keras.Model:
    """Softmax regression: what can be read off the pixels without a hidden layer."""
    return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(),
                             keras.layers.Dense(10, activation="softmax")])


def accuracy(model: keras.Model, rate: float, epochs: int, seed: int) -> float:
    """The share of test digits that a model reads rightly after so many epochs."""
    x, y, x_test, y_test = split(seed)
    falling = keras.optimizers.schedules.CosineDecay(rate, epochs * -(-len(x) // 32))
    model.compile(keras.optimizers.Adam(falling), "sparse_categorical_crossentropy",
                  metrics=["accuracy"])
    model.fit(x, y, epochs=epochs, batch_size=32, verbose=0)
    return model.evaluate(x_test, y_test, verbose=0)[1]


def most_frequent(seed: int) -> float:
    """The accuracy of always answering the digit that is most frequent in the training rows."""
    _, y, _, y_test = split(seed)
    return float((y_test == np.bincount(y).argmax()).mean())


def measure(seeds: range = SEEDS, epochs: int = 25) -> tuple[dict[str, list[float]], keras.Model]:
    """Test accuracies of each way, one for each seed, and the network of the last seed."""
    found: dict[str, list[float]] = {"most frequent digit": [], "softmax layer": [], "network": []}
    model = convolutional()
    for seed in seeds:
        found["most frequent digit"].append(most_frequent(seed))
        keras.utils.set_random_seed(seed)
        found["softmax layer"].append(accuracy(linear(), 0.03, epochs, seed))
        keras.utils.set_random_seed(seed)
        model = convolutional()
        found["network"].append(accuracy(model, 0.002, epochs, seed))
    return found, model


def main(path: str = "digits_convnet.png") -> None:
    """Train, draw the wrongly read digits first, and say what was seen."""
    found, model = measure()
    _, _, images, y = split(SEEDS[-1])
    said = model.predict(images, verbose=0).argmax(axis=1)
    shown = np.argsort(said == y, kind="stable")[:36]           # the wrong ones come first
    image_grid(images[shown], list(said[shown]), list(y[shown])).savefig(path, dpi=144)

    trivial, straight, network = (float(np.mean(each)) for each in found.values())
    assert network - trivial >= MARGIN_TRIVIAL
    assert network - straight >= MARGIN_LINEAR
    print(f"Of {len(y)} test digits the network reads {network:.2%} rightly (mean of "
          f"{len(found['network'])} seeds, {min(found['network']):.2%} at least), a softmax layer "
          f"{straight:.2%}, the most frequent digit {trivial:.2%}; the picture is {path}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
