"""The small part of LaTeX that formulas here are written in, read and written as plain text.

`parse` gives a row of nodes, tuples of a kind and its parts; `plain` (and `mathml` in mathml.py)
write such a row. `in_latex` spells Greek letters and small digits as LaTeX commands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from pellucid.spaces.terms import tex_letter

TOKEN = re.compile(r"\\(?:text|mathrm|operatorname)\{(?:[^{}\\]|\\.)*\}|\\[A-Za-z]+|\\.|"
                   r"[0-9]+(?:\.[0-9]+)?|[A-Za-z]{3,}|\S", re.DOTALL)
UPRIGHT = re.compile(r"\\(?:text|mathrm|operatorname)\{(.*)\}$", re.DOTALL)
SIGNS = {
    "sum": "∑", "prod": "∏", "cdot": "·", "times": "×", "odot": "⊙", "ast": "∗", "leftarrow": "←",
    "ge": "≥", "geq": "≥", "le": "≤", "leq": "≤", "neq": "≠", "infty": "∞", "pm": "±", "sim": "∼",
    "lVert": "‖", "rVert": "‖", "|": "‖", "lfloor": "⌊", "rfloor": "⌋", "land": "∧", "lor": "∨",
    "lnot": "¬", "bigwedge": "⋀", "bigvee": "⋁", "in": "∈", "dots": "…", "ldots": "…", "#": "#",
    "{": "{", "}": "}", "%": "%", "_": "_", "partial": "∂", "to": "→", "approx": "≈", "bmod": "mod",
    "langle": "⟨", "rangle": "⟩", "cdots": "⋯", "vdots": "⋮"}
SPACES = {"quad": 1.0, "qquad": 2.0, ",": 0.17, ";": 0.28, ":": 0.22, "!": 0.0, " ": 0.25}
WORDS = ("max", "min", "log", "exp", "tanh", "sin", "cos", "sign")
SILENT = ("left", "right")
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
RAISED = str.maketrans("0123456789+-nTi", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵀⁱ")
LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
LOW, HIGH = "₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼ", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵀˣⁱ"
LEVEL = str.maketrans(LOW + HIGH, "0123456789+-ij0123456789+-nTxi")
BINARY = set("+-=<>≥≤≠←→·×⊙∗∼≈∈∧∨±") | {"mod"}
COMMANDS = {"←": r"\leftarrow", "∂": r"\partial", "∼": r"\sim", "→": r"\to", "‖": r"\lVert",
            "…": r"\dots", "≤": r"\leq", "≥": r"\geq", "·": r"\cdot", "∞": r"\infty",
            "±": r"\pm", "∈": r"\in", "≠": r"\neq",
            "⊙": r"\odot", "√": r"\surd", "∑": r"\sum"}

Node = tuple[Any, ...]


def in_latex(formula: str) -> str:
    r"""The formula with Greek letters, signs and small digits as commands.

    >>> in_latex("β₁ m + ηg²")
    '\\beta_{1} m + \\eta g^{2}'
    """
    spelled = _levelled(formula).replace("ŷ", r"\hat{y}").replace("ȳ", r"\bar{y}")
    for sign, command in COMMANDS.items():
        spelled = re.sub(rf"{re.escape(sign)}(?=(\w?))", lambda found, command=command: command + (
            " " if found[1].isalpha() else ""), spelled)
    spelled = re.sub(r"\\(?:text|mathrm|operatorname|begin|end)\{[^{}]*\}|\\[A-Za-z]+|[A-Za-z]{3,}",
                     lambda found: found[0] if found[0][0] == "\\" else
                     rf"\operatorname{{{found[0]}}}", spelled)
    return re.sub(r"[Α-ω](?=(\w?))", _greek, spelled)


def _levelled(formula: str) -> str:
    """Small digits as scripts, and both halves of ``\\frac12`` in braces."""
    formula = re.sub(f"[{LOW}]+", lambda found: f"_{{{found[0].translate(LEVEL)}}}", formula)
    formula = re.sub(f"[{HIGH}]+", lambda found: f"^{{{found[0].translate(LEVEL)}}}", formula)
    return re.sub(r"\\(t?frac)(\d)(\d)", r"\\\1{\2}{\3}", formula)


def _greek(found: re.Match[str]) -> str:
    return tex_letter(found[0]) + (" " if found[1].isalpha() else "")


# reading -----------------------------------------------------------------------------------------

def parse(formula: str) -> list[Node]:
    """The formula as a row of nodes."""
    return _row(iter(TOKEN.findall(_levelled(formula))), "")


def _row(tokens: Iterator[str], end: str) -> list[Node]:
    row: list[Node] = []
    for token in tokens:
        if token == end:
            break
        if token in "^_":
            _attach(row, token, _argument(tokens))
        elif token == "'":
            _attach(row, "^", [("sign", "′")])
        elif (node := _node(token, tokens)) is not None:
            row.append(node)
    return row


def _attach(row: list[Node], where: str, what: list[Node]) -> None:
    """A sub- or superscript joins what stands before it."""
    base: Node = row.pop() if row else ("row", [])
    inner, below, above = base[1:] if base[0] == "script" else (base, [], [])
    row.append(("script", inner, below + what, above) if where == "_"
               else ("script", inner, below, above + what))


def _argument(tokens: Iterator[str]) -> list[Node]:
    token = next(tokens, "")
    if token == "{":
        return _row(tokens, "}")
    node = _node(token, tokens) if token else None
    return [] if node is None else [node]


def _node(token: str, tokens: Iterator[str]) -> Node | None:
    if token == "{":
        return ("row", _row(tokens, "}"))
    if token in ("&", "\\\\"):
        return ("cell",) if token == "&" else ("break",)
    if (upright := UPRIGHT.match(token)) is not None:
        return ("word", re.sub(r"\\(.)", r"\1", upright[1]))
    if token[0] == "\\":
        return _command(token[1:], tokens)
    kind = "word" if len(token) > 2 and token.isalpha() else "letter" if token.isalpha() else "sign"
    return ("number" if token[0].isdigit() else kind, token)


def _command(name: str, tokens: Iterator[str]) -> Node | None:
    if name in ("frac", "tfrac"):
        return ("over", _argument(tokens), _argument(tokens))
    if name == "sqrt":
        return ("root", _argument(tokens))
    if name in ACCENTS:
        letter = _plain_row(_argument(tokens)) + ACCENTS[name]
        return ("letter", unicodedata.normalize("NFC", letter))
    if name == "mathrel":
        return next(iter(_argument(tokens)), None)
    if name == "begin":
        kind = "cases" if _plain_row(_argument(tokens)) == "cases" else "matrix"
        rows = _parted(_row(tokens, r"\end"), "break")
        _argument(tokens)
        return (kind, [_parted(row, "cell") for row in rows])
    if name in SPACES:
        return ("space", SPACES[name])
    if name in SIGNS:
        return ("sign", SIGNS[name])
    if name in SILENT:
        return None
    return ("word", name) if name in WORDS else ("letter", _greek_letter(name))


def _greek_letter(name: str) -> str:
    if name == "ell":
        return "ℓ"
    kind = "CAPITAL" if name[0].isupper() else "SMALL"
    return unicodedata.lookup(f"GREEK {kind} LETTER {name.upper().replace('LAMBDA', 'LAMDA')}")


def _parted(row: Sequence[Node], at: str) -> list[list[Node]]:
    parts: list[list[Node]] = [[]]
    for node in row:
        if node[0] == at:
            parts.append([])
        else:
            parts[-1].append(node)
    return parts


# writing -----------------------------------------------------------------------------------------

def plain(formula: str) -> str:
    r"""A formula in LaTeX as text for people.

    >>> plain(r"y = γ \frac{x - μ}{\sqrt{σ^2 + ε}} + β")
    'y = γ (x - μ) / √(σ² + ε) + β'
    """
    return _plain_row(parse(formula))


def _plain_row(row: Sequence[Node]) -> str:
    text, before = "", ("", "")
    for node in row:
        written = _plain_node(node)
        if node[0] == "sign" and node[1] in BINARY and text and not (
                node[1] in "-±" and _opening(before)):
            written = f" {written} "
        elif text and _apart(before, node):
            written = f" {written}"
        text = text + written
        before = before if node[0] == "space" and node[1] < 1 else node
    wide = re.sub(r" {2,}(?=\S)", lambda gap: "   " if len(gap[0]) > 3 else " ", text)
    return wide.replace("+ =", "+=").strip()


def _opening(node: Node) -> bool:
    """Whether a minus behind this is a sign and no difference."""
    return node[0] == "sign" and (node[1] in BINARY or node[1] in "([,")


def _apart(before: Node, node: Node) -> bool:
    """Whether letters that follow each other are a product, which text parts by a blank."""
    while node[0] == "script":                           # a power of a bracket is a bracket
        node = node[1]
    while before[0] == "script":
        before = before[1]
    named = {"letter", "word", "number", "over", "root"}
    opens = node[0] == "sign" and node[1] in "([{‖∑∏" and before[0] in ("letter", "over", "root")
    closes = before[0] == "sign" and before[1] in ")],∑∏"
    return (before[0] in named and node[0] in named) or (closes and node[0] in named) or (
        opens and node[1] in "∑∏")


def _plain_node(node: Node) -> str:
    kind, *parts = node
    if kind in ("letter", "number", "word", "sign"):
        return parts[0]
    if kind == "space":
        return " " * round(3 * parts[0] - 0.4) if parts[0] >= 1 else ""
    if kind == "row":
        return _plain_row(parts[0])
    if kind == "over":
        return f"{_grouped(parts[0])} / {_grouped(parts[1])}"
    if kind == "root":
        return f"√{_grouped(parts[0])}"
    if kind == "cases":
        rows = (" if ".join(map(_plain_row, row)) for row in parts[0])
        return "{" + "; ".join(each.replace(" if else", " else") for each in rows) + "}"
    if kind == "matrix":
        rows = (", ".join(map(_plain_row, row)) for row in parts[0])
        return "[" + ", ".join(f"[{row}]" for row in rows) + "]"
    inner, below, above = parts
    return _plain_node(inner) + _moved(below, LOWERED, "_") + _moved(above, RAISED, "^")


def _grouped(row: Sequence[Node]) -> str:
    text = _plain_row(row)
    single = len(row) == 1 and row[0][0] in ("root", "script")
    return f"({text})" if re.search(r"[ +\-/·]", text) and not single else text


def _moved(row: Sequence[Node], table: dict[int, int], sign: str) -> str:
    """A sub- or superscript with small letters where there are such."""
    if not row:
        return ""
    text = _plain_row(row)
    if all(node[0] == "letter" for node in row):
        text = text.replace(" ", "")                     # n_in is no product
    if text.startswith("′"):
        return f"′{_moved(row[1:], table, sign)}"
    if all(ord(letter) in table for letter in text):
        return text.translate(table)
    bare = text.isalnum() and all(node[0] != "script" for node in row)      # e^(x²) is not e^x²
    return f"{sign}{text}" if len(text) == 1 or bare else f"{sign}({text})"
