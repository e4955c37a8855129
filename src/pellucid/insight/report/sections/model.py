"""What the model is made of."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.insight.report.markup import Html, number, table, tag
from pellucid.insight.report.run import Run


def model(run: Run) -> Html | None:
    """The table of layers."""
    if not run.layers:
        return None
    rows = [(layer.name, f"{layer.kind} {layer.detail}".strip(), shape(layer.output_shape),
             number(layer.parameters)) for layer in run.layers]
    total = sum(layer.parameters for layer in run.layers)
    return tag("section", tag("h2", "The model"),
               tag("p", f"{number(total)} parameters in {len(run.layers)} layers."),
               table(("layer", "kind", "output shape", "parameters"), rows, kinds="ttnn",
                     caption="The layers of the model"))


def shape(given: Sequence[int | None] | str) -> str:
    """A shape as people write it, the batch left out.

    >>> shape((None, 8, 8)), shape((None, 64)), shape("(None, 10)")
    ('8 × 8', '64', '(None, 10)')
    """
    if isinstance(given, str):
        return given
    return " × ".join("any" if size is None else str(size) for size in given[1:]) or "1"
