"""`./dev parity`: how many of Keras's public names exist here, and why the others do not."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

# Keras's least share of names that must be here, in percent.
BARS = {"activations": 95, "losses": 95, "optimizers": 95, "optimizers.schedules": 95,
        "initializers": 95, "regularizers": 95, "constraints": 95, "metrics": 95,
        "callbacks": 95, "layers": 95, "ops": 85, "ops.image": 85, "ops.linalg": 95,
        "ops.nn": 95, "ops.numpy": 95}
REASONS = Path(__file__).with_name("missing.toml")


class Share(NamedTuple):
    """One namespace: the names that count, and those of them that are not here."""

    namespace: str
    names: list[str]
    missing: list[str]

    @property
    def percent(self) -> float:
        return 100 * (1 - len(self.missing) / len(self.names))

    @property
    def reached(self) -> bool:
        return self.percent >= BARS[self.namespace]


def public(library: str, namespace: str) -> list[str]:
    """The public names of a namespace, its submodules left out."""
    module = importlib.import_module(f"{library}.{namespace}")
    return [name for name in dir(module)
            if not name.startswith("_") and not inspect.ismodule(getattr(module, name))]


class Reasons(NamedTuple):
    """Why names are missing or different, by name; and the names that do not count, by reason.

    ``beyond`` has the reasons for what lies outside of the counted namespaces.
    """

    missing: dict[str, str]
    different: dict[str, str]
    aside: dict[str, list[str]]
    beyond: dict[str, str] = {}  # noqa: RUF012 (a NamedTuple's default)


def reasons(file: Path = REASONS) -> Reasons:
    """What `missing.toml` says."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))
    return Reasons(rows["missing"], rows["different"],
                   {each["reason"]: each["names"] for each in rows["aside"]}, rows["beyond"])


def ours(namespace: str) -> Any:
    """The namespace here; schedules live in a package of their own."""
    package, _, inner = namespace.partition(".")
    module = importlib.import_module(f"pellucid.keras.{package}")
    return getattr(module, inner) if inner else module


def is_here(name: str) -> bool:
    """Whether `layers.Dense` and its kind exist here."""
    namespace, _, last = name.rpartition(".")
    return hasattr(ours(namespace), last)


def shares() -> list[Share]:
    """Every namespace with what it lacks."""
    left_out = {name for names in reasons().aside.values() for name in names}
    found = []
    for namespace in BARS:
        names = [name for name in public("keras", namespace)
                 if f"{namespace}.{name}" not in left_out]
        found.append(Share(namespace, names, [name for name in names
                                              if not is_here(f"{namespace}.{name}")]))
    return found


def missing_beyond() -> Iterator[str]:
    """What is not here of the rest of Keras: modules as a whole, names of those that are here."""
    keras, here = importlib.import_module("keras"), importlib.import_module("pellucid.keras")
    counted = {namespace.partition(".")[0] for namespace in BARS} | {"src"}
    for name in dir(keras):
        if name.startswith("_") or name in counted:
            continue
        theirs = getattr(keras, name)
        if not hasattr(here, name):
            yield name
        elif inspect.ismodule(theirs):
            yield from (f"{name}.{each}" for each in dir(theirs)
                        if not each.startswith("_") and not hasattr(getattr(here, name), each))


def submodules() -> list[str]:
    """Every public module inside Keras, by its path: what `import keras.PATH` takes.

    Read from its folders: to import all of them would turn its backend about.
    """
    folder = Path(str(importlib.import_module("keras").__file__)).parent
    files = (file.relative_to(folder).with_suffix("") for file in folder.rglob("*.py"))
    paths = {".".join(file.parts).removesuffix(".__init__") for file in files}
    return sorted(path for path in paths if not path.startswith(("src.", "_"))
                  and "._" not in path and path != "src")


def missing_modules() -> Iterator[str]:
    """Which of these cannot be imported here; of a package that is not here, itself alone."""
    gone: set[str] = set()
    for path in submodules():
        if path.rpartition(".")[0] in gone:
            gone.add(path)
        elif not can_be_imported(f"pellucid.keras.{path}"):
            gone.add(path)
            yield path


def can_be_imported(path: str) -> bool:
    try:
        importlib.import_module(path)
    except ModuleNotFoundError:
        return False
    return True


def complaints(found: list[Share]) -> Iterator[str]:
    """What is wrong with shares and reasons, a sentence each."""
    missing = {f"{share.namespace}.{name}" for share in found for name in share.missing}
    why, different, aside, beyond = reasons()
    lacking = {name for name in (*missing_beyond(), *missing_modules())
               if not any(name in names for names in aside.values())}
    for share in found:
        if not share.reached:
            yield f"{share.namespace}: {share.percent:.1f} %, but {BARS[share.namespace]} % needed"
    for reasoned, names in ((set(why), missing), (set(beyond), lacking)):
        yield from (f"{name} is missing without a reason" for name in sorted(names - reasoned))
        yield from (f"{name} has a reason, but is not missing" for name in sorted(reasoned - names))
    yield from (f"{name} is called different, but is not here" for name in different
                if not is_here(name))
    for name in sorted(name for names in aside.values() for name in names):
        namespace, _, last = name.rpartition(".")
        if last not in public("keras", namespace):
            yield f"{name} is left aside, but is no name of Keras's"
        elif is_here(name):
            yield f"{name} is left aside, but exists"


def host_calls() -> dict[str, str]:
    """What is asked of NumPy instead of being computed by the engines: name → what it is."""
    importlib.import_module("pellucid.ops")              # the table is filled by importing
    from pellucid.atoms.host import HOST

    return {name: HOST[name].about for name in sorted(HOST)}


def page() -> list[str]:
    """What `./dev parity` prints."""
    why, different, aside, _ = reasons()
    found = shares()
    lines = [f"{'namespace':<22}{'names':>6}{'here':>6}{'share':>9}{'bar':>7}"]
    lines += [f"{share.namespace:<22}{len(share.names):>6}"
              f"{len(share.names) - len(share.missing):>6}{share.percent:>7.1f} %"
              f"{BARS[share.namespace]:>5} %" for share in found]
    lines += ["", "missing:"]
    lines += [f"  {share.namespace}.{name}: {why.get(f'{share.namespace}.{name}', '(no reason)')}"
              for share in found for name in share.missing]
    lines += ["", "different on purpose:", *(f"  {name}: {each}" for name, each in
                                             different.items())]
    lines += ["", "not counted:"]
    lines += [f"  {len(names)} of {names[0].partition('.')[0]}: {reason}"
              for reason, names in aside.items()]
    calls = host_calls()
    lines += ["", f"host calls ({len(calls)}):"]
    lines += [f"  {name:<16}{about}" for name, about in calls.items()]
    return lines + [f"wrong: {each}" for each in complaints(found)]


def calmly() -> None:
    """Let Keras run on JAX, and that on the processor."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("JAX_ENABLE_X64", "1")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")


def main(arguments: list[str]) -> int:
    calmly()
    if arguments == ["--record"]:
        from tests.parity.recording import record

        return record()
    if arguments:
        print(f"./dev parity takes --record or nothing, but got {' '.join(arguments)}",
              file=sys.stderr)
        return 2
    lines = page()
    print("\n".join(lines))
    return int(any(line.startswith("wrong: ") for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
