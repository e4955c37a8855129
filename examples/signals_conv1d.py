"""Signals: a Conv1D network tells three kinds of heartbeat from a healthy one.

    python examples/signals_conv1d.py [picture.png]

The signals are made like an electrocardiogram: each beat is a sum of five Gaussian waves (P, Q, R,
S, T; after P. McSharry et al., "A dynamical model for generating synthetic electrocardiogram
signals", 2003), with a pulse, a phase and sizes of its own, a wandering base line and noise. Four
classes: healthy; one early wide beat; turned T waves; one beat left out. What matters can come at
any time, so a window that slides along the signal is the right tool. Beside it: the most frequent
class, and a softmax layer on the raw samples, which has to learn each moment by itself.
"""

from __future__ import annotations

import sys

import numpy as np

from pellucid import keras
from pellucid.insight.plots.signal_examples import signal_examples

RATE, SECONDS = 64, 4                           # samples a second
CLASSES = ("healthy", "early wide beat", "turned T waves", "beat left out")
# centre and width in seconds from the top of the beat, height in millivolts
WAVES = {"P": (-0.17, 0.025, 0.15), "Q": (-0.03, 0.010, -0.12), "R": (0.0, 0.012, 1.0),
         "S": (0.03, 0.012, -0.22), "T": (0.22, 0.045, 0.30)}
WIDE = {"R": (0.0, 0.045, 1.1), "T": (0.26, 0.060, -0.35)}      # from the ventricle: no P wave
MARGIN_TRIVIAL, MARGIN_LINEAR = 0.5, 0.3        # by which the network must lead, at least


def beat(times: np.ndarray, at: float, waves: dict[str, tuple[float, float, float]]) -> np.ndarray:
    """The waves of one beat: Σ height · exp(-(t - centre)² / 2 width²)."""
    return sum((height * np.exp(-(times - at - centre)**2 / (2 * width**2))
                for centre, width, height in waves.values()), np.zeros_like(times))


def heart(random: np.random.Generator, kind: int) -> np.ndarray:
    """One signal of a kind, ``(RATE · SECONDS,)`` millivolts."""
    times = np.arange(RATE * SECONDS) / RATE
    pulse = random.uniform(0.65, 0.95)                          # seconds from beat to beat
    beats = random.uniform(-pulse, 0) + pulse * np.arange(SECONDS / pulse + 3)
    beats += random.normal(0, 0.015, len(beats))
    inside = np.flatnonzero((beats > 0.6) & (beats < SECONDS - 0.9))
    waves = {name: (centre, width, height * random.uniform(0.8, 1.2) * (
        -1 if name == "T" and kind == 2 else 1)) for name, (centre, width, height) in WAVES.items()}
    shapes = [waves] * len(beats)
    if kind == 1:
        early = int(random.choice(inside))
        beats[early] -= 0.3 * pulse
        shapes[early] = WIDE
    elif kind == 3:
        left = int(random.choice(inside))
        beats, shapes = np.delete(beats, left), shapes[1:]
    signal = sum((beat(times, at, each) for at, each in zip(beats, shapes, strict=True)),
                 np.zeros_like(times))
    wander = 0.15 * np.sin(2 * np.pi * (random.uniform(0.15, 0.4) * times + random.random()))
    return signal + wander + random.normal(0, 0.05, len(times))


def signals(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Signals of all classes in turn, ``(rows, steps, 1)``, and their class numbers."""
    random = np.random.default_rng(seed)
    y = np.arange(rows) % len(CLASSES)
    x = np.stack([heart(random, kind) for kind in y])
    return x[..., None].astype("float32"), y


def windows() -> keras.Model:
    """Three Conv1D layers, pooled between; the strongest answer over all times counts."""
    layers = keras.layers
    return keras.Sequential([
        keras.Input((RATE * SECONDS, 1)),
        layers.Conv1D(16, 7, padding="same", activation="relu"), layers.MaxPooling1D(2),
        layers.Conv1D(32, 7, padding="same", activation="relu"), layers.MaxPooling1D(2),
        layers.Conv1D(48, 15, padding="same", activation="relu"), layers.GlobalMaxPooling1D(),
        layers.Dense(len(CLASSES), activation="softmax")])


def linear() -> keras.Model:
    """A weight for each moment and class."""
    return keras.Sequential([keras.Input((RATE * SECONDS, 1)), keras.layers.Flatten(),
                             keras.layers.Dense(len(CLASSES), activation="softmax")])


def measure(rows: int = 1600, epochs: int = 10, seed: int = 0
            ) -> tuple[dict[str, float], keras.Model]:
    """Test accuracy of each way on 600 new signals, and the network."""
    x, y = signals(rows, seed)
    x_test, y_test = signals(600, seed + 1)
    found = {"most frequent class": float(np.bincount(y_test).max() / len(y_test))}
    for name, make in (("softmax layer", linear), ("Conv1D network", windows)):
        keras.utils.set_random_seed(seed)
        model = make()
        model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy",
                      metrics=["accuracy"])
        model.fit(x, y, epochs=epochs, batch_size=32, verbose=0)
        found[name] = model.evaluate(x_test, y_test, verbose=0)[1]
    return found, model


def main(path: str = "signals_conv1d.png") -> None:
    """Train, draw two new signals of each class, wrong ones first, and say what was seen."""
    found, model = measure()
    x, y = signals(200, seed=2)
    said = model.predict(x, verbose=0).argmax(axis=1)
    first = np.argsort(said == y, kind="stable")                # the wrong ones come first
    shown = np.concatenate([first[y[first] == kind][:2] for kind in range(len(CLASSES))])
    signal_examples(x[shown], [CLASSES[k] for k in said[shown]], [CLASSES[k] for k in y[shown]],
                    RATE, unit="millivolts").savefig(path, dpi=144)

    trivial, straight, network = found.values()
    assert network - trivial >= MARGIN_TRIVIAL
    assert network - straight >= MARGIN_LINEAR
    print(f"Of 600 new signals the Conv1D network names {network:.1%} rightly, a softmax layer on "
          f"the samples {straight:.1%}, always the same class {trivial:.1%}; the picture is "
          f"{path}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
