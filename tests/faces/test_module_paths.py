"""Modules by their paths: `import pellucid.keras.X.Y` wherever Keras has X.Y, or a reason."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from tests.parity import shares
from tests.parity.oracle import live

PROGRAM = """
import pellucid.tf.keras as keras
from pellucid.keras.optimizers.schedules import ExponentialDecay
from pellucid.tf.keras.layers import Dense
from pellucid.tf.keras.optimizers.schedules import CosineDecay
import pellucid.keras, pellucid.layers, pellucid.schedules, pellucid.tf
import pellucid.keras.ops.image, pellucid.keras.ops.numpy
assert keras is pellucid.keras is pellucid.tf.keras
assert Dense is pellucid.layers.Dense is keras.layers.Dense
assert ExponentialDecay is pellucid.schedules.ExponentialDecay
assert CosineDecay is keras.optimizers.schedules.CosineDecay
assert keras.ops.numpy.abs is keras.ops.abs
"""


def test_modules_are_imported_by_their_paths():
    """In a process of its own: what was imported before would hide what is missing."""
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)


@live
def test_every_module_of_keras_is_here_or_has_a_reason():
    paths, missing = shares.submodules(), set(shares.missing_modules())
    assert len(paths) > 60
    assert {"optimizers.schedules", "ops.image", "utils", "layers"} <= set(paths) - missing
    assert missing <= set(shares.reasons().beyond)


@live
@pytest.mark.parametrize("group", ["linalg", "nn", "numpy", "image"])
def test_groups_of_ops_hold_the_names_of_keras(group):
    """Each is the function that `ops` itself has, where Keras has it in both places."""
    ours = importlib.import_module(f"pellucid.ops.{group}")
    names = set(shares.public("keras", f"ops.{group}"))
    here = {name for name in dir(ours) if not name.startswith("_")}
    assert names <= here
    whole = importlib.import_module("pellucid.ops")
    assert all(getattr(ours, name) is getattr(whole, name)
               for name in set(shares.public("keras", "ops")) & names)
