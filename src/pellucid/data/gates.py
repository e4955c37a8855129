"""Logic gates: the smallest learning problems there are.

One neuron learns AND, OR, NAND and NOR; XOR needs a hidden layer.
Source: M. Minsky, S. Papert, "Perceptrons", 1969.
"""

from __future__ import annotations

import numpy as np

from pellucid.core.errors import unknown_name
from pellucid.data.dataset import DataSet, builtin, check_sizes

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float64)
TRUTH = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0), "nor": (1, 0, 0, 0),
         "xor": (0, 1, 1, 0)}


def gate(name: str, rows: int = 4, noise: float = 0.0, seed: int = 0) -> DataSet:
    """The truth table of a logic gate, (4, 2) → (4,).

    Args:
        name: "and", "or", "nand", "nor" or "xor".
        rows: more than 4 repeat the table.
        noise: standard deviation of a normal blur on the inputs.
        seed: chooses the blur.

    >>> gate("xor").x.tolist(), gate("xor").y.tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    key = str(name).lower()
    if key not in TRUTH:
        raise unknown_name("gate", name, TRUTH)
    check_sizes(seed, rows, 4, noise=noise)
    corner = np.arange(rows) % 4
    blur = noise * np.random.default_rng(seed).standard_normal((rows, 2))
    return DataSet(key, CORNERS[corner] + blur, np.array(TRUTH[key])[corner], ("a", "b"),
                   (f"a {key} b",), None, "binary",
                   f"The truth table of the logic gate {key.upper()}.", "own generator")


def gates() -> list[DataSet]:
    """All five truth tables.

    >>> [each.name for each in gates()]
    ['and', 'or', 'nand', 'nor', 'xor']
    """
    return [gate(name) for name in TRUTH]


def _enter(name: str) -> None:
    @builtin(name)
    def make(rows: int = 4, noise: float = 0.0, seed: int = 0) -> DataSet:
        return gate(name, rows, noise, seed)


for _name in TRUTH:
    _enter(_name)
