"""Every public name explains itself: a docstring, and an example that runs as a doctest."""

from __future__ import annotations

import inspect
import tomllib
import types
from collections.abc import Iterator

import pellucid
from tests.house.tree import ROOT

OWED = tomllib.loads((ROOT / "tests" / "house" / "owed.toml").read_text())["examples"]
FACES = {"pellucid.keras", "pellucid.tf"}       # other names for the same objects


def public(module: types.ModuleType) -> list[str]:
    """The names that a module offers: its `__all__`, or else what it defines itself."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    return [name for name, thing in vars(module).items() if not name.startswith("_")
            and str(getattr(thing, "__module__", "")).startswith(module.__name__)]


def named(thing: object) -> str:
    return f"{thing.__module__}.{getattr(thing, '__qualname__', getattr(thing, '__name__', '?'))}"


def reachable(module: types.ModuleType, depth: int = 2) -> Iterator[object]:
    """Our classes, functions and ops that a user reaches from a module, with their modules."""
    for name in public(module):
        thing = getattr(module, name)
        if inspect.ismodule(thing):
            if depth and thing.__name__.startswith("pellucid") and thing.__name__ not in FACES:
                yield from reachable(thing, depth - 1)
        elif isinstance(thing, type) and issubclass(thing, BaseException):
            continue                                # PellucidError shows how all of them read
        elif callable(thing) and str(getattr(thing, "__module__", "")).startswith("pellucid"):
            yield thing


def everything() -> dict[str, object]:
    return {named(thing): thing for thing in reachable(pellucid)}


def test_the_package_says_what_it_offers():
    assert len(pellucid.__all__) > 20               # lazily loaded, so dir() alone does not know
    assert len(everything()) > 100


def test_every_public_name_has_a_docstring():
    bare = [name for name, thing in everything().items() if not (thing.__doc__ or "").strip()]
    assert not bare, "\n".join(sorted(bare))


def test_every_public_name_has_an_example():
    bare = {name for name, thing in everything().items() if ">>>" not in (thing.__doc__ or "")}
    assert not (new := bare - set(OWED)), "\n".join(sorted(new))
    assert not (done := set(OWED) - bare), f"take these from tests/house/owed.toml: {sorted(done)}"
