"""The rows on which two runs disagree."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.insight.report.against.verdict import spotted
from pellucid.insight.report.comparison import Answer, Comparison
from pellucid.insight.report.markup import (
    Html,
    aligned,
    count,
    number,
    percent,
    table,
    tag,
    together,
)

SHOWN, MOST = 12, 200                   # rows in sight, and rows in the page at all
COUNTED = "Rows are counted from 0, as in predictions.csv."


def answers(both: Comparison) -> Html | None:
    """What both say of the rows that both were tested on."""
    if not len(both.common[0]):
        return None
    body = _numbers(both) if both.mine.target.task == "regression" else _classes(both)
    return tag("section", tag("h2", "Where their answers differ"), *body)


def _classes(both: Comparison) -> list[Html]:
    right = both.right()
    changed = both.changed()
    what = "answer" if both.mine.target.task == "multilabel" else "row"
    labels = ("both right", f"only {both.names[0]} right", f"only {both.names[1]} right",
              "both wrong")
    facts = tag("dl", *(tag("div", tag("dt", label), tag("dd", number(n)))
                        for label, n in zip(labels, right, strict=True)), class_="facts")
    if not changed:
        return [facts, tag("p", f"Of {count(sum(right), f'same {what}')} none is answered "
                           "differently.", class_="lead")]
    told = tag("p", f"{count(len(changed), what)} of {number(sum(right))} that both were tested on "
               f"{'is' if len(changed) == 1 else 'are'} answered differently: first those that "
               f"{both.names[0]} alone gets wrong, then those that it alone gets right. {COUNTED}",
               class_="told")
    return [facts, told, _folded(both, changed, _class_rows)]


def _class_rows(both: Comparison, found: Sequence[Answer]) -> Html:
    target = both.mine.target
    several = target.task == "multilabel"

    def word(answer: Answer, value: float) -> str:
        if several:
            return "yes" if value else "no"
        return str(target.class_names[int(value)])

    rows = [[each.row, *([target.names[each.column]] if several else []), word(each, each.truth),
             *(_said(word(each, said), p, said == each.truth) for said, p in zip(
                 (each.mine, each.other), both.probability(each), strict=True))]
            for each in found]
    head = ["row", *(["label"] if several else []), "is", *spotted(both)]
    return table(head, rows, kinds="t" * len(head), caption="Rows that are answered differently")


def _said(word: str, p: float, right: bool) -> Html:
    """An answer, how sure it was, and a mark where it is right."""
    return together([tag("b", word) if right else word, " ", tag("small", percent(p)),
                     tag("small", " right" if right else " wrong",
                         class_=None if right else "warning")])


def _numbers(both: Comparison) -> list[Html]:
    changed = both.changed()
    if not changed:
        return [tag("p", "Both answer every common row alike.", class_="lead")]
    truth, mine, other = both.answers
    nearer = int((abs(mine - truth) < abs(other - truth)).sum())
    told = tag("p", f"{both.names[0]} is nearer to the truth in {number(nearer)} of "
               f"{count(truth.size, 'answer')}. Those whose error changed most come first. "
               f"{COUNTED}")
    return [told, _folded(both, changed, _number_rows)]


def _number_rows(both: Comparison, found: Sequence[Answer]) -> Html:
    several = len(both.mine.target.names) > 1
    words = aligned([value for each in found for value in (each.truth, each.mine, each.other)])
    rows = [[each.row, *([both.mine.target.names[each.column]] if several else []),
             *words[3 * i:3 * i + 3]] for i, each in enumerate(found)]
    head = ["row", *(["target"] if several else []), "true", *spotted(both)]
    return table(head, rows, kinds="t" * (1 + several) + "nnn",
                 caption="Rows whose error changed most")


def _folded(both: Comparison, found: Sequence[Answer], draw: object) -> Html:
    """The first rows in sight, more of them folded."""
    more = found[SHOWN:MOST]
    left = len(found) - SHOWN - len(more)
    return together([
        draw(both, found[:SHOWN]),                                       # pyright: ignore
        tag("details", tag("summary", count(len(more), "more row")),
            draw(both, more)) if more else "",                           # pyright: ignore
        tag("p", f"{count(left, 'further row')} not listed.", class_="quiet") if left > 0 else ""])
