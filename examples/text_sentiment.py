"""Text: SimpleRNN, LSTM and GRU tell praise from blame where the order of the words decides.

    python examples/text_sentiment.py [picture.png]

The reviews are made by a small seeded grammar: "the plot was far from dull but we found the music
hardly pleasant". A clause is turned round by a negation ("not", "hardly", "far from" …). Two
clauses that are joined by "and" agree; of two that contradict each other the one after "but", or
the one that is not behind "although", has the last word. So the same words stand in praise and in
blame. No review of the test occurs among those for training. Beside the networks: the more
frequent answer, and a linear model on the bag of words, which sees the words but not their order.
"""

from __future__ import annotations

import sys

import numpy as np

from pellucid import keras
from pellucid.insight.plots.score_bars import score_bars

GOOD = ("good", "great", "lovely", "moving", "clever", "pleasant", "bright", "funny", "honest",
        "warm")
BAD = ("bad", "awful", "dull", "boring", "clumsy", "weak", "tired", "stale", "silly", "cold")
THINGS = ("plot", "music", "acting", "script", "cast", "ending", "dialogue", "story", "camera",
          "pace")
NEGATIONS = ("not", "never", "hardly", "far from", "anything but")
DEGREES = ("", "", "really", "quite", "very", "rather")
FRAMES = ("the {thing} was {quality}", "we found the {thing} {quality}",
          "the {thing} seemed {quality} to me", "{quality} is what i would call the {thing}")
LENGTH = 20                                     # words of the longest review, and a few to spare
MARGIN_TRIVIAL, MARGIN_BAG = 0.35, 0.2          # by which each network must lead, at least


def clause(random: np.random.Generator, praise: bool) -> str:
    """A clause that praises or blames; three of ten by denying the opposite."""
    denied = random.random() < 0.3
    quality = str(random.choice(GOOD if praise != denied else BAD))
    if degree := random.choice(DEGREES):
        quality = f"{degree} {quality}"
    if denied:
        quality = f"{random.choice(NEGATIONS)} {quality}"
    return str(random.choice(FRAMES)).format(thing=random.choice(THINGS), quality=quality)


def review(random: np.random.Generator, praise: bool) -> str:
    """One clause, two that agree, or two of which grammar says which has the last word."""
    said, other = clause(random, praise), clause(random, not praise)
    forms = (said, f"{said} and {clause(random, praise)}", f"{other} but {said}",
             f"although {other} {said}", f"{said} although {other}")
    return str(random.choice(forms, p=(0.3, 0.25, 0.15, 0.15, 0.15)))


def corpus(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """So many different reviews, and 1 for praise, 0 for blame."""
    random = np.random.default_rng(seed)
    found: dict[str, int] = {}
    while len(found) < rows:
        praise = bool(random.random() < 0.5)
        found[review(random, praise)] = int(praise)
    return np.array(list(found)), np.array(list(found.values()))


def networks() -> dict[str, keras.layers.Layer]:
    """The recurrent layers to compare, with 24 units each."""
    layers = keras.layers
    return {"SimpleRNN": layers.SimpleRNN(24), "LSTM": layers.LSTM(24), "GRU": layers.GRU(24)}


def recurrent(words: int, layer: keras.layers.Layer) -> keras.Model:
    """Word numbers → vectors → the state after the last word → the probability of praise."""
    return keras.Sequential([keras.Input((LENGTH,), dtype="int32"),
                             keras.layers.Embedding(words, 16, mask_zero=True), layer,
                             keras.layers.Dense(1, activation="sigmoid")])


def trained(model: keras.Model, x: np.ndarray, y: np.ndarray, epochs: int) -> keras.Model:
    model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=epochs, batch_size=32, verbose=0)
    return model


def measure(rows: int = 4000, epochs: int = 12, seed: int = 0) -> dict[str, float]:
    """Test accuracy of each way; the last quarter of the reviews is the test."""
    texts, y = corpus(rows, seed)
    cut = rows * 3 // 4
    numbers = keras.layers.TextVectorization(output_sequence_length=LENGTH)
    bag = keras.layers.TextVectorization(output_mode="multi_hot")
    for vectorize in (numbers, bag):
        vectorize.adapt(texts[:cut])
    x, counts = numbers(texts).numpy(), bag(texts).numpy()

    found = {"more frequent answer": max(y[cut:].mean(), 1 - y[cut:].mean())}
    keras.utils.set_random_seed(seed)
    linear = keras.Sequential([keras.Input((counts.shape[1],)),
                               keras.layers.Dense(1, activation="sigmoid")])
    trained(linear, counts[:cut], y[:cut], epochs)
    found["linear, bag of words"] = linear.evaluate(counts[cut:], y[cut:], verbose=0)[1]
    for name, layer in networks().items():
        keras.utils.set_random_seed(seed)
        model = trained(recurrent(numbers.vocabulary_size(), layer), x[:cut], y[:cut], epochs)
        found[name] = model.evaluate(x[cut:], y[cut:], verbose=0)[1]
    return found


def main(path: str = "text_sentiment.png") -> None:
    """Compare, draw, and say what was seen."""
    found = measure()
    scores = {name: [value] for name, value in found.items()}
    names = list(networks())
    score_bars({name: scores.pop(name) for name in names}, scores,
               "share of 1000 new reviews that are judged rightly").savefig(path, dpi=144)

    trivial, bag = found["more frequent answer"], found["linear, bag of words"]
    worst = min(found[name] for name in names)
    assert worst - trivial >= MARGIN_TRIVIAL
    assert worst - bag >= MARGIN_BAG
    told = ", ".join(f"{name} {found[name]:.1%}" for name in names)
    print(f"Of the new reviews {told} are judged rightly; a linear model on the bag of words, "
          f"which does not see their order, gets {bag:.1%}, always the same answer {trivial:.1%}; "
          f"the picture is {path}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
