"""The built-in data sets, by name.

A new set is one function with the decorator ``@builtin("name")`` in a module imported here.
"""

from __future__ import annotations

from pellucid.data.dataset import DataSet, columns, known, make
from pellucid.data.gates import gate
from pellucid.data.generators import blobs, circles, discs, moons, spirals
from pellucid.data.measured import breast_cancer, diabetes, digits, iris, wine

__all__ = ["DataSet", "blobs", "breast_cancer", "circles", "columns", "diabetes", "digits",
           "discs", "gate", "iris", "load", "moons", "names", "spirals", "wine"]


def load(name: str, seed: int = 0, **sizes: float) -> DataSet:
    """The built-in set of that name.

    Args:
        name: one of ``names()``.
        seed: chooses the numbers of a generated set; measured sets are always the same.
        sizes: what the generator takes besides, such as ``rows`` and ``noise``.

    Raises ArgumentError for an unknown name (the nearest is suggested), MissingExtra for a
    measured set without scikit-learn.

    >>> load("xor").y.tolist(), load("moons", rows=100).x.shape
    ([0, 1, 1, 0], (100, 2))
    >>> load("irsi")
    Traceback (most recent call last):
    pellucid.core.errors.ArgumentError: 'irsi' is not a known data set. Did you mean "iris"?
    """
    return make(name, seed, **sizes)


def names() -> list[str]:
    """The names of all built-in sets, sorted.

    >>> "digits" in names(), "xor" in names()
    (True, True)
    """
    return known()
