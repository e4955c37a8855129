"""The table that `model.summary()` prints."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.callbacks.console_line import say
from pellucid.core import nest
from pellucid.core.settings import is_interactive_logging_enabled
from pellucid.layers.input_layer import InputLayer


def rows(model: Any, expand: bool = False, depth: int = 0) -> list[tuple[str, str, str, str]]:
    """(layer, output shape, parameters, trainable) of every layer, nested ones if asked."""
    found = []
    for layer in model._sublayers():
        if isinstance(layer, InputLayer) and hasattr(model, "_chain"):
            continue                                     # Keras leaves out a chain's Input
        name = "  " * depth + f"{layer.name} ({type(layer).__name__})"
        count = f"{layer.count_params():,}" if layer.built else "not built"
        found.append((name, output_shape(layer), count, "yes" if layer.trainable else "no"))
        if expand and layer._sublayers():
            found += rows(layer, expand, depth + 1)
    return found


def output_shape(layer: Any) -> str:
    """The shape that a layer gives, as far as it was drawn: ``(None, 3)``."""
    for node in layer._inbound_nodes[-1:]:
        return ", ".join(str(each.shape) for each in node.outputs)
    shapes = layer.get_build_config()
    if layer.built and shapes and "input_shape" in shapes and shapes["input_shape"] is not None:
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


def print_summary(model: Any, line_length: int | None, print_fn: Callable[[str], Any] | None,
                  expand_nested: bool, show_trainable: bool, layer_range: Any) -> None:
    """Print the table through rich, or hand its text to ``print_fn``."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f'Model: "{model.name}"', title_justify="left")
    table.add_column("Layer (type)")
    table.add_column("Output shape")
    table.add_column("Param #", justify="right")
    if show_trainable:
        table.add_column("Trainable", justify="center")
    if print_fn is None and not is_interactive_logging_enabled():
        print_fn = say
    shown = rows(model, expand_nested)
    if layer_range is not None:
        names = [row[0].strip().split(" ")[0] for row in shown]
        first, last = names.index(layer_range[0]), names.index(layer_range[1])
        shown = shown[first:last + 1]
    for row in shown:
        table.add_row(*(row if show_trainable else row[:3]))
    console = Console(width=line_length) if print_fn is None else Console(
        width=line_length or 88, record=True, file=io.StringIO(), color_system=None)
    console.print(table)
    for line in totals(model):
        console.print(line, highlight=False)
    if print_fn is not None:
        print_fn(console.export_text())
