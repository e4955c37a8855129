"""What `help` shows of an atom: a sentence of our own, and an example that runs."""

from __future__ import annotations

import doctest
import inspect
import sys

import pytest

import pellucid
from pellucid import atoms, ops
from pellucid.core.atom import ATOMS, Atom

PUBLIC = {name: thing for face in (atoms, ops) for name in face.__all__
          if isinstance(thing := getattr(face, name), Atom)}


@pytest.mark.parametrize("name", ATOMS)
def test_an_atom_says_what_it_gives(name):
    row = ATOMS[name]
    assert row.__doc__
    assert row.__doc__.splitlines()[0].strip()
    assert row.__doc__ != row.body.__doc__                       # no words borrowed from NumPy
    assert (row.__name__, row.__module__.startswith("pellucid.")) == (row.name, True)


@pytest.mark.parametrize("row", PUBLIC.values(), ids=PUBLIC)
def test_a_public_atom_has_an_example(row):
    assert ">>>" in row.__doc__


@pytest.mark.parametrize("name", [name for name in ATOMS if ">>>" in ATOMS[name].__doc__])
def test_the_examples_of_atoms_are_right(name):
    """Doctest does not look into ufuncs by itself, so their rows are run here."""
    row = ATOMS[name]
    names = dict(vars(sys.modules[row.__module__]))
    example = doctest.DocTestParser().get_doctest(row.__doc__, names, name, None, None)
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0
    assert example.examples


def test_an_atom_shows_the_operands_that_it_takes():
    assert list(inspect.signature(pellucid.ops.exp).parameters) == ["x"]
    assert list(inspect.signature(pellucid.ops.add).parameters) == ["x1", "x2"]
