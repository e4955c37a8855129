"""Recommendation: embeddings of users and films, their dot product, and a bias for each.

    python examples/recommender.py [picture.png]

The ratings are made: each film belongs to one of four genres and each user likes some genres more
than others, but the network is told neither. It sees (user, film, stars), for 12 % of all pairs.
A fifth of these is put aside for the test. Beside it: the mean of all ratings, and the mean of the
user plus that of the film. The picture is a map of the films by what was learned about them.
"""

from __future__ import annotations

import sys

import numpy as np

from pellucid import keras
from pellucid.insight.plots.embedding_map import embedding_map

GENRES = ("comedy", "crime", "romance", "space")
USERS, FILMS, SHARE = 400, 250, 0.12
MARGIN_MEAN, MARGIN_MEANS = 0.45, 0.25          # stars by which the error must be smaller, at least


def ratings(seed: int, users: int = USERS) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """User, film and stars of each rating, 1 to 5; and the genre of each film, to look at later."""
    random = np.random.default_rng(seed)
    genre = random.integers(0, len(GENRES), FILMS)
    directions = np.linalg.qr(random.normal(size=(len(GENRES), len(GENRES))))[0]
    film = directions[genre] + random.normal(0, 0.25, (FILMS, len(GENRES)))
    taste = random.normal(0, 0.9, (users, len(GENRES)))
    liking = (3.4 + random.normal(0, 0.4, (users, 1)) + random.normal(0, 0.5, FILMS)
              + taste @ film.T + random.normal(0, 0.4, (users, FILMS)))
    user, seen = np.nonzero(random.random((users, FILMS)) < SHARE)
    stars = np.clip(np.round(liking[user, seen]), 1, 5).astype("float32")
    order = random.permutation(len(user))
    return user[order], seen[order], stars[order], genre


def factors(users: int, mean: float, width: int = 4) -> keras.Model:
    """mean + bias of the user + bias of the film + dot product of their embeddings."""
    layers = keras.layers
    penalty = keras.regularizers.L2(2e-5)
    user, film = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")

    def table(rows: int, columns: int, name: str) -> keras.layers.Layer:
        return layers.Embedding(rows, columns, embeddings_regularizer=penalty, name=name)

    tastes = layers.Dot(axes=1)([table(users, width, "taste")(user),
                                 table(FILMS, width, "style")(film)])
    total = layers.Add()([tastes, table(users, 1, "kindness")(user),
                          table(FILMS, 1, "quality")(film)])
    return keras.Model([user, film], layers.Rescaling(1.0, offset=mean)(total))


def error(stars: np.ndarray, said: np.ndarray) -> float:
    """The root of the mean squared error, in stars."""
    return float(np.sqrt(np.mean((stars - said) ** 2)))


def means(user: np.ndarray, film: np.ndarray, stars: np.ndarray, users: int
          ) -> tuple[np.ndarray, np.ndarray]:
    """How far each film, then each user, is from the mean; five ratings of the mean are added."""
    def centre(which: np.ndarray, rest: np.ndarray, count: int) -> np.ndarray:
        return np.bincount(which, rest, count) / (np.bincount(which, minlength=count) + 5)
    of_film = centre(film, stars - stars.mean(), FILMS)
    return centre(user, stars - stars.mean() - of_film[film], users), of_film


def measure(users: int = USERS, epochs: int = 20, seed: int = 0
            ) -> tuple[dict[str, float], np.ndarray, np.ndarray]:
    """Test errors of each way; the films' embeddings and their genres."""
    user, film, stars, genre = ratings(seed, users)
    cut = len(user) * 4 // 5
    train, test = slice(None, cut), slice(cut, None)
    mean = float(stars[train].mean())
    of_user, of_film = means(user[train], film[train], stars[train], users)
    found = {"mean of all": error(stars[test], np.float64(mean)),
             "means of user and film": error(
                 stars[test], mean + of_user[user[test]] + of_film[film[test]])}
    keras.utils.set_random_seed(seed)
    model = factors(users, mean)
    model.compile(keras.optimizers.Adam(0.005), "mse")
    model.fit([user[train], film[train]], stars[train], epochs=epochs, batch_size=64, verbose=0)
    said = np.clip(model.predict([user[test], film[test]], verbose=0)[:, 0], 1, 5)
    found["embeddings"] = error(stars[test], said)
    return found, model.get_layer("style").get_weights()[0], genre


def nearest_of_a_kind(vectors: np.ndarray, genre: np.ndarray) -> float:
    """The share of films whose nearest film, by the angle between them, has the same genre."""
    directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    near = directions @ directions.T - 2 * np.eye(len(vectors))
    return float((genre[near.argmax(axis=1)] == genre).mean())


def main(path: str = "recommender.png") -> None:
    """Train, map the films, and say what was seen."""
    found, vectors, genre = measure()
    embedding_map(vectors, [GENRES[each] for each in genre]).savefig(path, dpi=144)

    mean, both, network = found.values()
    assert mean - network >= MARGIN_MEAN
    assert both - network >= MARGIN_MEANS
    print(f"The network is {network:.2f} stars off in new ratings (root mean square), the means of "
          f"user and film {both:.2f}, the mean of all {mean:.2f}; it was told no genre, yet for "
          f"{nearest_of_a_kind(vectors, genre):.0%} of the films the nearest one is of the same; "
          f"the picture is {path}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
