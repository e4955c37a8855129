"""What the model is made of."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.insight.report.markup import Html, count, number, table, tag, together
from pellucid.insight.report.run import Run


def model(run: Run) -> Html | None:
    """The table of layers."""
    if not run.layers:
        return None
    rows = [(together([layer.name, tag("small", f"{layer.kind} {layer.detail}".strip(),
                                       class_="below")]), shape(layer.output_shape),
             number(layer.parameters)) for layer in run.layers]
    total = sum(layer.parameters for layer in run.layers)
    return tag("section", tag("h2", "The model"),
               tag("p", f"{count(total, 'parameter')} in {count(len(run.layers), 'layer')}."),
               table(("layer", "output shape", "parameters"), rows, kinds="tnn",
                     caption="The layers of the model"))


def shape(given: Sequence[int | None] | str) -> str:
    """A shape as people write it, the batch left out.

    >>> shape((None, 8, 8)), shape((None, 64)), shape("(None, 10)")
    ('8 × 8', '64', '(None, 10)')
    """
    if isinstance(given, str):
        return given
    return " × ".join("any" if size is None else str(size) for size in given[1:]) or "1"
