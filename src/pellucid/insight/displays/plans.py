"""A Plan as numbered lines: what comes in, each step with the shape it gives, what goes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.core.plan import Plan, Step
from pellucid.engines.work import peak, work
from pellucid.insight.displays.frame import facts, frame, lines
from pellucid.insight.report.markup import Html, count, number, tag, together
from pellucid.models.summary import readable

SHOWN = 40                              # steps in sight; the rest is folded
LONGEST = 60                            # letters of an option's value


def html(plan: Plan) -> str:
    """For notebooks."""
    done = work(plan)
    other = sum(done.others.values())
    figures = [("inputs", number(len(plan.inputs))), ("outputs", number(len(plan.outputs))),
               ("multiply-adds", number(done.multiply_adds)), ("other operations", number(other)),
               ("memory at most", readable(peak(plan)))]
    return frame("plan", count(len(plan.steps), "step"), facts(figures),
                 _folded(("slot", "", "comes in"), [each[:3] for each in _comes_in(plan)],
                         "cct", "input"),
                 _folded(("slot", "", "step", "whose"), _steps(plan), "cccc", "step"),
                 tag("p", "Goes out: ", tag("span", _slots(plan, plan.outputs), class_="code")))


def rich(plan: Plan) -> Any:
    """For terminals."""
    from rich import box
    from rich.table import Table
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left",
                  title=f"Plan of {count(len(plan.steps), 'step')}",
                  caption=f"return {_slots(plan, plan.outputs)}", caption_justify="left")
    for name in ("slot", "", "step", "whose"):
        table.add_column(name, no_wrap=name in ("slot", ""), overflow="fold")
    for each in [*_comes_in(plan), *_steps(plan)]:
        table.add_row(*map(_plain, each))
    return table


def _plain(words: str) -> Any:
    """Words as they are: brackets are no markup."""
    from rich.text import Text
    return Text(words)


def _comes_in(plan: Plan) -> list[tuple[str, ...]]:
    return [(f"%{slot}", kind(plan, slot), role(plan, slot), "") for slot in named(plan)]


def _steps(plan: Plan) -> list[tuple[str, ...]]:
    return [(", ".join(f"%{slot}" for slot in step.outputs), kind(plan, step.outputs[0]),
             written(plan, step), step.scope) for step in plan.steps]


def named(plan: Plan) -> list[int]:
    """The slots that are filled before the first step: inputs, and constants that are arrays."""
    return [*plan.inputs, *(slot for slot, value in plan.constants.items() if np.ndim(value))]


def role(plan: Plan, slot: int) -> str:
    """What an input is: data, a variable that is read, or one that is changed."""
    if slot in plan.constants:
        return "constant"
    name = plan.names.get(slot, "")
    return f"{name} (changed)" if slot in plan.state else name or "data"


def kind(plan: Plan, slot: int) -> str:
    """Dtype and shape of a slot.

    >>> from pellucid.core.tensor import Abstract
    >>> kind(Plan([Abstract((2, 3), "float32")], (0,), {}, [], (0,)), 0)
    'float32[2, 3]'
    """
    of = plan.types[slot]
    return "number" if of is None else f"{of.dtype}[{', '.join(map(str, of.shape))}]"


def written(plan: Plan, step: Step) -> str:
    """A step as a call: ``matrix_product(%3, %4)``."""
    options = [f"{key}={value!s:.{LONGEST}}" if not isinstance(value, Plan)
               else f"{key}={count(len(value.steps), 'step')}"
               for key, value in step.options.items()]
    return f"{step.op.name}({', '.join([_slots(plan, step.inputs), *options])})"


def _slots(plan: Plan, slots: Sequence[int]) -> str:
    """Slots by number; a constant number stands there itself."""
    known = (plan.constants.get(slot) for slot in slots)
    return ", ".join(f"%{slot}" if value is None or np.ndim(value) else f"{value}"
                     for slot, value in zip(slots, known, strict=True))


def _folded(head: Sequence[str], rows: Sequence[Sequence[object]], kinds: str,
            noun: str) -> Html:
    if not rows:
        return Html("")
    first, rest = rows[:SHOWN], rows[SHOWN:]
    return together([lines(head, first, kinds), tag(
        "details", tag("summary", count(len(rest), f"more {noun}")),
        lines(head, rest, kinds)) if rest else ""])
