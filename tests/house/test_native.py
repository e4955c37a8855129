"""What must hold between the readable part, the lowering and the C++ that it is read by."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pellucid.engines.trace  # noqa: F401 (fills the table of atoms)
from pellucid.core.atom import ATOMS
from pellucid.engines.native import encoding, structures
from pellucid.engines.passes import loop, patterns

ROOT = Path(__file__).parents[2]
NATIVE, SOURCE = ROOT / "native", ROOT / "src" / "pellucid"
READABLE = ("core", "atoms", "spaces", "activations", "initializers", "regularizers", "constraints",
            "schedules", "losses", "metrics", "optimizers", "random", "layers")


def enumerators(header: str, name: str) -> list[str]:
    """The names in a C++ enum, in order."""
    text = (NATIVE / header).read_text()
    body = re.search(rf"enum class {name}[^{{]*{{(.*?)}};", text, re.DOTALL)
    assert body is not None
    plain = re.sub(r"//[^\n]*", "", body[1])
    return [each.strip() for each in plain.split(",") if each.strip()]


def test_every_atom_has_a_place_in_the_native_engine() -> None:
    known = loop.ELEMENTWISE | loop.REDUCTIONS | loop.VIEWS | set(structures.WRITERS)
    assert set(ATOMS) <= known
    assert known - set(ATOMS) == made_by_passes() - {"loop"}     # which has a writer of its own


def made_by_passes() -> set[str]:
    """The names of the ops that passes put in the place of several steps."""
    return {value.name for file in (SOURCE / "engines" / "passes").glob("*.py")
            for value in vars(import_module(f"pellucid.engines.passes.{file.stem}")).values()
            if isinstance(value, patterns.Whole)}


def test_elementwise_atoms_are_loop_ops() -> None:
    done_without = {"identity", "stop_gradient"}
    assert set(encoding.LOOP_OPS) == (loop.ELEMENTWISE - done_without) | {"load", "number"}


def test_codes_are_those_of_the_headers() -> None:
    assert enumerators("loops/loop.hpp", "Op") == list(encoding.LOOP_OPS)
    assert enumerators("loops/loop.hpp", "Reduce") == list(encoding.REDUCES)
    short = {"bool": "boolean"} | {f"{kind}{bits}": f"{kind[0]}{bits}" for bits in (8, 16, 32, 64)
                                   for kind in ("uint", "int", "float")}
    assert enumerators("engine/types.hpp", "DType") == [short[each] for each in encoding.DTYPES]


def test_no_engine_is_named_in_the_readable_part() -> None:
    for package in READABLE:
        for file in (SOURCE / package).rglob("*.py"):
            text = file.read_text()
            assert "engines.native" not in text, file
            assert "_native" not in text, file
            assert "PELLUCID_NATIVE" not in text, file


def test_cpp_files_are_short() -> None:
    """As the Python ones: 300 lines, 100 columns."""
    for file in [*NATIVE.rglob("*.cpp"), *NATIVE.rglob("*.hpp")]:
        lines = file.read_text().splitlines()
        assert len(lines) <= 300, f"{file.name}: {len(lines)} lines"
        for number, line in enumerate(lines, start=1):
            assert len(line) <= 100, f"{file.name}:{number}"


def test_only_the_bindings_know_python() -> None:
    for file in [*NATIVE.rglob("*.cpp"), *NATIVE.rglob("*.hpp")]:
        if file.name != "bindings.cpp":
            assert "nanobind" not in file.read_text(), file
            assert "Python.h" not in file.read_text(), file


def test_every_kernel_is_written_by_the_lowering() -> None:
    names = {name for file in NATIVE.rglob("*.cpp")
             for name in re.findall(r'Registered \w+\(\s*"(\w+)"', file.read_text())}
    by_loops = {"join", "place"}                      # copies: their instructions are loops
    assert names - {"loop"} == set(structures.WRITERS) - by_loops
