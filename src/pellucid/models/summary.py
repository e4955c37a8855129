"""The table that `model.summary()` prints."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.callbacks.console_line import say
from pellucid.core import nest
from pellucid.core.errors import KindError, TracingError, unknown_name
from pellucid.core.settings import is_interactive_logging_enabled
from pellucid.layers.input_layer import InputLayer
from pellucid.models.costs import Costs, counted
from pellucid.models.graph import Graph, node_of

NAME, SHAPE, PARAMETERS, SOURCES, TRAINABLE = (
    "Layer (type)", "Output shape", "Param #", "Connected to", "Trainable")
FORWARD, BACKWARD, KEPT = "Mult-adds", "Backward", "Kept"    # for each row
JUSTIFIED: dict[str, Any] = {**dict.fromkeys((PARAMETERS, FORWARD, BACKWARD, KEPT), "right"),
                             TRAINABLE: "center"}


def rows(model: Any, expand: bool = False, depth: int = 0, costs: Costs | None = None,
         path: str = "") -> list[dict[str, str]]:
    """What is told of every layer, by column; of nested layers as well, if asked."""
    found, path = [], path or model.name
    reads = sources(model)
    for layer in model._sublayers():
        if isinstance(layer, InputLayer) and hasattr(model, "_chain"):
            continue                                     # Keras leaves out a chain's Input
        found.append({
            NAME: "  " * depth + f"{layer.name} ({type(layer).__name__})",
            SHAPE: output_shape(layer),
            PARAMETERS: f"{layer.count_params():,}" if layer.built else "not built",
            SOURCES: reads.get(id(layer), "-"), **_costs_of(costs, f"{path}/{layer.name}"),
            TRAINABLE: "yes" if layer.trainable else "no"})
        if expand and layer._sublayers():
            found += rows(layer, expand, depth + 1, costs, f"{path}/{layer.name}")
    return found


def _costs_of(costs: Costs | None, path: str) -> dict[str, str]:
    if costs is None:
        return dict.fromkeys((FORWARD, BACKWARD, KEPT), "?")
    cost = costs.of(path)
    return {FORWARD: f"{cost.forward:,}", BACKWARD: f"{cost.backward:,}",
            KEPT: readable(cost.kept)}


def cost_lines(model: Any, costs: Costs | None, why: str = "") -> list[str]:
    """Multiply-adds and memory of the whole model: for each row, and for training as such."""
    def size(variables: list[Any]) -> int:
        return sum(v.size * np.dtype(v.dtype).itemsize for v in variables)

    lines = [f"Multiply-adds and memory per row: not known, {why}"]
    if costs is not None:
        total = costs.total
        lines = [f"Multiply-adds per row: {total.forward:,} forward, {total.backward:,} backward",
                 f"Memory per row: {readable(costs.answering)} forward, "
                 f"{readable(total.kept)} kept for backward"]
    state = model.optimizer.variables if model.optimizer is not None and model.optimizer.built \
        else []
    parts = {"weights": size(model.weights), "gradients": size(model.trainable_weights),
             "state": size(list(state))}
    told = ", ".join(f"{name} {readable(n)}" for name, n in parts.items() if n)
    return [*lines, f"Training takes {readable(sum(parts.values()))}: {told}"] if told else lines


def is_chain(model: Any) -> bool:
    """Whether each layer reads what the one before it gives, or the model has no graph."""
    graph = getattr(model, "_graph", None)
    if graph is None or hasattr(model, "_chain"):
        return True
    pairs = zip(graph.nodes[:-1], graph.nodes[1:], strict=True)
    return len({id(node.layer) for node in graph.nodes}) == len(graph.nodes) and all(
        len(after.inputs) == 1 and node_of(after.inputs[0]) is before for before, after in pairs)


def sources(model: Any) -> dict[int, str]:
    """What each layer of a drawn graph reads, by its ``id``:
    ``source[call of the source][output of that call]``.
    """
    graph: Graph | None = None if hasattr(model, "_chain") else getattr(model, "_graph", None)
    found: dict[int, str] = {}
    for layer, nodes in (graph.calls() if graph is not None else {}).items():
        places: list[Any] = [each._keras_history for node in nodes for each in node.inputs]
        found[layer] = ", ".join(f"{source.name}[{call}][{i}]" for source, call, i in places) or "-"
    return found


def output_shape(layer: Any) -> str:
    """The shape that a layer gives, as far as it was drawn: ``(None, 3)``."""
    for node in layer._inbound_nodes[-1:]:
        return ", ".join(str(each.shape) for each in node.outputs)
    shapes = layer.get_build_config()
    if layer.built and shapes and "input_shape" in shapes and shapes["input_shape"] is not None:
        with contextlib.suppress(TracingError):              # it may ask for numbers
            found = layer.compute_output_shape(shapes["input_shape"])
            return ", ".join(map(str, [found] if isinstance(found, tuple) else nest.flatten(found)))
    return "?"


def totals(model: Any) -> list[str]:
    """The parameters in all, of which trainable or not, and their size in memory."""
    def line(label: str, variables: list[Any]) -> str:
        size = sum(v.size * np.dtype(v.dtype).itemsize for v in variables)
        return f"{label}: {sum(v.size for v in variables):,} ({readable(size)})"

    lines = [line("Total params", model.weights),
             line("Trainable params", model.trainable_weights),
             line("Non-trainable params", model.non_trainable_weights)]
    if model.optimizer is not None and model.optimizer.built:
        lines.append(line("Optimizer params", list(model.optimizer.variables)))
    return lines


def readable(size: float) -> str:
    """Bytes in the unit that suits them: ``1.50 KB``."""
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} GB"


def columns(model: Any, trainable: bool = False, detail: bool = False) -> list[str]:
    """The columns of the table; with ``detail`` those of the costs."""
    return [NAME, SHAPE, PARAMETERS, *([FORWARD, BACKWARD, KEPT] if detail else []),
            *([] if is_chain(model) else [SOURCES]), *([TRAINABLE] if trainable else [])]


def table(model: Any, shown: list[dict[str, str]], columns: list[str]) -> Any:
    """The table as rich prints it."""
    from rich.table import Table

    made = Table(title=f'Model: "{model.name}"', title_justify="left")
    for each in columns:
        made.add_column(each, justify=JUSTIFIED.get(each, "left"))
    for row in shown:
        made.add_row(*(row[each] for each in columns))
    return made


def print_summary(model: Any, line_length: int | None, print_fn: Callable[[str], Any] | None,
                  expand_nested: bool, show_trainable: bool, layer_range: Any,
                  detail: bool | None = None) -> None:
    """Print the table through rich, or hand its text to ``print_fn``."""
    from rich.console import Console

    if print_fn is None and not is_interactive_logging_enabled():
        print_fn = say
    console = Console(width=line_length) if print_fn is None else Console(
        width=line_length or (88 if is_chain(model) else 108), record=True, file=io.StringIO(),
        color_system=None)
    found, why = counted(model)
    shown = between(rows(model, expand_nested, costs=found), layer_range)
    drawn = table(model, shown, columns(model, show_trainable, detail is not False))
    unbound = console.options.update(max_width=sys.maxsize)
    wide = console.measure(drawn, options=unbound).maximum > console.width
    if detail is False or (detail is None and (wide or found is None)):
        drawn = table(model, shown, columns(model, show_trainable))
    console.print(drawn)
    for line in [*totals(model), *cost_lines(model, found, why)]:
        console.print(line, highlight=False)
    if print_fn is not None:
        print_fn(console.export_text())


def between(shown: list[dict[str, str]], ends: Any) -> list[dict[str, str]]:
    """The rows from one layer to another, in either order; the names may be regular expressions."""
    if ends is None:
        return shown
    if not isinstance(ends, list | tuple) or [type(each) for each in ends] != [str, str]:
        raise KindError("layer_range must be the names of two layers", got=repr(ends))
    names = [row[NAME].strip().split(" ")[0] for row in shown]
    places = []
    for end in ends:
        if not (found := [i for i, name in enumerate(names) if re.match(end, name)]):
            raise unknown_name("layer of this model", end, names)
        places.append((found[0], found[-1]))
    (first, until), (start, last) = places
    return shown[first:last + 1] if first <= last else shown[start:until + 1]
