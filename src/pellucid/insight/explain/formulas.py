"""The formula of a number: what its op computes, over the nearest numbers that have names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.core.atom import Atom
from pellucid.core.op import Application, Op
from pellucid.core.tensor import OPS, Tensor
from pellucid.insight.explain.cells import SUMS, ZERO, Cells, elementwise
from pellucid.insight.explain.numbers import Known, leaves, number_of
from pellucid.spaces.terms import NeedsValue, Term, term

MOST = 10                              # addends of a sum that are written out; the rest is counted
LONGEST = 400                          # symbols of a formula
FOLDS = {"prod": "multiply", "any": "logical_or", "all": "logical_and"}


class Formulas:
    """Formulas of cells; ``label`` gives the symbol of a cell that has one, else None."""

    def __init__(self, cells: Cells, label: Callable[[int], Known | None], keep: int = ZERO
                 ) -> None:
        self.cells, self.label, self.keep = cells, label, keep   # a cell that is never elided
        self._known: dict[int, Term] = {}
        self._sizes: dict[int, int] = {}                 # of terms, by id, so that none explodes
        self._pointwise: dict[str, bool] = {}

    def of(self, cell: int, own: Sequence[str] = ()) -> Term:
        """The formula of a cell, whose own names are written out and not just repeated."""
        symbol = self.label(cell)
        return self._made(cell) if symbol is None or symbol.name in own else symbol

    def _of(self, cell: int) -> Term:
        """A cell inside a formula: its symbol if it has one."""
        if cell not in self._known:
            symbol = None if cell == ZERO else self.label(cell)
            self._known[cell] = self._made(cell) if symbol is None else symbol
        return self._known[cell]

    def _made(self, cell: int) -> Term:
        if cell == ZERO:
            return Term(value=0.0)
        owner, where = self.cells.place(cell)
        made = self.cells.makers.get(owner)
        if made is None:
            return Term(value=self.cells.value(cell))
        found = self._applied(made, cell, where)
        numbers = all(each.op is None and not each.name for each in leaves(found))
        return Term(value=self.cells.value(cell)) if numbers else found

    def sources(self, cell: int, named: Callable[[int], bool]) -> frozenset[int]:
        """The ids of the named numbers in the formula of a cell, elided ones too."""
        found: set[int] = set()
        waiting, passed = [cell], {ZERO}
        while waiting:
            each = waiting.pop()
            if each in passed:
                continue
            passed.add(each)
            if each != cell and named(each):
                found.add(each)
            else:
                waiting += self._made_of(each)
        return frozenset(found)

    def _made_of(self, cell: int) -> list[int]:
        """The ids that a number was computed from."""
        owner, where = self.cells.place(cell)
        made = self.cells.makers.get(owner)
        if made is None:
            return []
        if elementwise(made) or self.works_by_number(made):
            return self.cells.operands(made, where)
        if not isinstance(made.op, Atom):
            return [int(self.cells.ids(self.cells.inside(made))[where])]
        if made.op.name in SUMS:
            return self.cells.addends(made, cell).tolist()
        if made.op.name == "matrix_product":
            return [int(each) for ids in self.cells.pairs(made, where) for each in ids]
        if made.op.name in ("max", "min", *FOLDS):
            return self.cells.along(made, where).tolist()
        return []

    def _applied(self, made: Application, cell: int, where: tuple[int, ...]) -> Term:
        name = made.op.name
        if elementwise(made) or self.works_by_number(made):
            args = [self._of(each) for each in self.cells.operands(made, where)]
            return self._unless_long(_of_terms(made.op, args, made.options), made.op, cell)
        if not isinstance(made.op, Atom):
            inner = self.cells.inside(made)
            return self.of(int(self.cells.ids(inner)[where]))
        if name in SUMS:
            return self._sum([(int(each),) for each in self.cells.addends(made, cell)])
        if name == "matrix_product":
            row, column = self.cells.pairs(made, where)
            return self._sum(list(zip(map(int, row), map(int, column), strict=True)))
        if name in ("max", "min"):
            return _extreme(name, [self._of(int(e)) for e in self.cells.along(made, where)])
        if name in FOLDS:
            first, *rest = [self._of(int(e)) for e in self.cells.along(made, where)]
            for each in rest:
                first = term(OPS[FOLDS[name]](first, each))
            return first
        return self._short(made.op, cell)

    def _short(self, op: Op, cell: int) -> Known:
        """A number whose formula helps nobody, by the op that made it."""
        return Known(f"{op.name}(…)", rf"\operatorname{{{op.name}}}(\dots)",
                     self.cells.value(cell))

    def _unless_long(self, made: Term, op: Op, cell: int) -> Term:
        """The term itself, or its short name if it is longer than anyone would read."""
        if made.op is None or made.name:
            return made
        size = 1 + sum(self._sizes.get(id(each), 1) for each in made.args)
        self._sizes[id(made)] = size
        return made if size <= LONGEST else self._short(op, cell)

    def works_by_number(self, made: Application) -> bool:
        """Whether an op with a rule of its own takes one number of each operand."""
        shapes, result = [np.shape(each) for each in made.inputs], made.outputs[0].shape
        if isinstance(made.op, Atom) or not all(_stretches(each, result) for each in shapes):
            return False
        key = f"{made.op.name} {made.options}"
        if key not in self._pointwise:
            try:
                one = made.op.body(*[Tensor(np.asarray(0.5))] * len(shapes), **made.options)
                self._pointwise[key] = one.shape == ()
            except (ValueError, TypeError, IndexError):  # it needs an axis, so more than a number
                self._pointwise[key] = False
        return self._pointwise[key]

    def _sum(self, products: list[tuple[int, ...]]) -> Term:
        """Σ of products; of a long one the largest addends, and how many others there are."""
        products = [each for each in products if ZERO not in each]
        shown, left = products, []
        if len(products) > MOST:
            sizes = np.prod(self.cells.array(np.array(products)), axis=-1)
            order = np.argsort(-np.abs(sizes), kind="stable")
            chosen = set(order[:MOST // 2].tolist())
            chosen |= {i for i, each in enumerate(products) if self.keep in each}
            shown = [each for i, each in enumerate(products) if i in chosen]
            left = [size for i, size in enumerate(sizes) if i not in chosen]
        total: Any = term(0)
        for each in shown:
            part = self._of(each[0])
            total = total + (part * self._of(each[1]) if len(each) == 2 else part)
        if left:
            total = total + Known(f"[{len(left)} more]", rf"[{len(left)}\text{{ more}}]",
                                  float(np.sum(left)))
        return term(total)


def _stretches(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    """Whether broadcasting makes one shape of the other."""
    return len(shape) <= len(to) and all(
        a in (1, b) for a, b in zip(reversed(shape), reversed(to), strict=False))


def _of_terms(op: Op, args: list[Term], options: dict[str, Any]) -> Term:
    """The op on terms; a choice whose condition is known takes one branch."""
    if op.name == "where" and all(not each.name for each in leaves(args[0])):
        return args[1 if number_of(args[0]) else 2]
    if op.name == "cast":
        return args[0]
    try:
        return term(op(*args, **options))
    except NeedsValue:
        return Term(op, args, options)


def _extreme(name: str, args: list[Term]) -> Term:
    """The largest (or smallest) of several numbers."""
    if len(args) == 1:
        return args[0]
    slots = ", ".join(f"{{{i}:0}}" for i in range(len(args)))
    body = getattr(np, name)
    many = Op(lambda *xs: body(xs), text=f"{name}({slots})", tex=rf"\{name}({slots})")
    many.name = name
    return Term(many, args)
