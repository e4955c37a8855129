"""Small pieces with honest names: the sizes and the names that the house allows."""

from __future__ import annotations

import ast
import re

from tests.house.tree import SOURCE, functions, modules, named

FILE, CORE_FILE, FUNCTION = 300, 200, 30
LONGER_FILES: dict[str, str] = {}           # path: why it may be longer than 300 lines
LONGER_FUNCTIONS: dict[str, str] = {}       # "path name": why it may be longer than 30 lines
EMPTY_NAMES = re.compile(r"(^|_)(utils?|helpers?|common|misc)($|_)|Manager", re.IGNORECASE)


def lines_of_code(function: ast.AST, text: list[str]) -> int:
    """Lines of a function's body without its docstring, blank lines and comments."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    block = text[body[0].lineno - 1:body[-1].end_lineno]
    return sum(1 for line in block if line.strip() and not line.strip().startswith("#"))


def test_files_are_short():
    """300 lines a file, 200 in the core: what is longer is two things."""
    long = []
    for file in modules():
        most = CORE_FILE if SOURCE / "core" in file.parents else FILE
        count = len(file.read_text(encoding="utf-8").splitlines())
        if count > most and named(file) not in LONGER_FILES:
            long.append(f"{named(file)}: {count} lines, at most {most}")
    assert not long, "\n".join(long)


def test_functions_are_short():
    """30 lines of code a function."""
    long = []
    for file in modules():
        text = file.read_text(encoding="utf-8").splitlines()
        for place, function in functions(file):
            count = lines_of_code(function, text)
            if count > FUNCTION and f"{named(file)} {function.name}" not in LONGER_FUNCTIONS:
                long.append(f"{place}: {count} lines of code, at most {FUNCTION}")
    assert not long, "\n".join(long)


def test_the_way_of_a_gradient_is_short():
    """Op, atom, tensor, variable, tape and sweep can be read in one sitting."""
    way = [SOURCE / "core" / f"{name}.py"
           for name in ("op", "atom", "tensor", "variable", "tape", "gradient")]
    assert sum(len(file.read_text(encoding="utf-8").splitlines()) for file in way) <= 780


def test_names_say_what_is_inside():
    """No `utils`, `helpers`, `common`, `misc`, `Manager`, but for Keras's own `utils`."""
    empty = []
    for file in modules():
        inside = file.relative_to(SOURCE)
        if any(EMPTY_NAMES.search(part.removesuffix(".py")) for part in inside.parts):
            empty.append(named(file))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and EMPTY_NAMES.search(node.name):
                empty.append(f"{named(file)}:{node.lineno} {node.name}")
    allowed = re.compile(r"^src/pellucid/(keras/|tf/)?utils(\.py|/__init__\.py)$")
    assert not [name for name in empty if not allowed.match(name)]


def test_allowances_are_still_needed():
    """An exception whose reason has gone goes too."""
    there = {named(file) for file in modules()}
    names = {f"{named(file)} {function.name}" for file in modules()
             for _, function in functions(file)}
    assert set(LONGER_FILES) <= there
    assert set(LONGER_FUNCTIONS) <= names
