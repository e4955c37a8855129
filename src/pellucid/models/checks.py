"""What is wrong, or merely unwise, in a model and its data, found before the first step.

`check_data` raises where no meaning exists; `advice` gives one sentence for each thing that Keras
runs in silence and that is probably not what was meant. The sentences become PellucidWarnings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from pellucid.core import nest
from pellucid.core.errors import ArgumentError, DataError
from pellucid.core.serialization import BUILT_IN
from pellucid.data.sources import ArrayBatches, Batches
from pellucid.models.compiled import matched
from pellucid.models.lookups import check_numbers
from pellucid.models.pairings import NUMBERED, Output, constant_output, wrong_pairs


def outputs_of(model: Any) -> list[Output]:
    """What is known of each output of a model whose last layers are known."""
    if getattr(model, "_graph", None) is None:
        return []
    found = []
    for output in model.outputs:
        layer = output._keras_history[0]
        units = (output.shape[-1] or 0) if output.shape[1:] else 1
        found.append(Output(layer.label, activation_of(layer), units, len(output.shape)))
    return found


def activation_of(layer: Any) -> str | None:
    """The name of the built-in activation in which a layer ends; None if it may be anything."""
    activation = getattr(layer, "activation", None)
    name = str(getattr(activation, "__name__", ""))
    return name if name and BUILT_IN["functions"].get(name) is activation else None


def pairs(model: Any) -> list[tuple[Any, Output]]:
    """Each output's loss beside what is known of the output."""
    compiled = model._compiled_loss
    parts = compiled.parts if compiled is not None and compiled.parts is not None else []
    outputs = outputs_of(model)
    if len(parts) != len(outputs):
        return []
    return [(part.loss, output) for part, output in zip(parts, outputs, strict=True) if part]


def targets(model: Any, y: Any) -> list[Any]:
    """The targets in the order of `pairs`: those of the outputs that have a loss."""
    compiled = model._compiled_loss
    if compiled is None or compiled.parts is None or not pairs(model):
        return []
    found = matched(y, nest.pack(model.output, model.outputs), compiled.names, compiled.parts)
    return [each for each, part in zip(found, compiled.parts, strict=True) if part]


def gaps(x: Any, y: Any, sample_weight: Any, of: str = "") -> Iterator[str]:
    """A sentence for each array with numbers that are none; ``of`` which data they are."""
    for what, given in (("inputs", x), ("targets", y), ("sample weights", sample_weight)):
        for values in nest.flatten(given):
            array = np.asarray(values)
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                yield (f"the {of}{what} hold {int((~np.isfinite(array)).sum())} numbers that are "
                       f"NaN or infinite, and so the {of}loss will be. Fill the gaps first"
                       + (what != "inputs") * ", or leave those rows out")


def advice(model: Any, x: Any, y: Any, sample_weight: Any = None) -> Iterator[str]:
    """One sentence for each thing that trains but is probably a mistake."""
    yield from gaps(x, y, sample_weight)
    yield from filter(None, map(constant_output, outputs_of(model)))
    judged = pairs(model)
    for (loss, output), target in zip(judged, targets(model, y) or [None] * len(judged),
                                      strict=True):
        yield from wrong_pairs(loss, output, target)
    yield from model.optimizer.advice() if model.optimizer is not None else ()


def check_data(model: Any, source: Batches) -> None:
    """Everything that is checked of a source before the first step of training or testing."""
    check_numbers(model, source.x if isinstance(source, ArrayBatches) else source.first()[0])
    check_labels(model, source)


def check_labels(model: Any, source: Batches) -> None:
    """Class numbers must be whole and name an output; raises DataError for the first other."""
    y = source.y if isinstance(source, ArrayBatches) else source.first()[1]
    if y is None and model._compiled_loss is not None and not model.losses:
        raise ArgumentError("the model has a loss, but no targets were given",
                            hint="pass y, or data that yield (x, y)")
    for (loss, output), target in zip(pairs(model), targets(model, y), strict=False):
        if not isinstance(loss, NUMBERED) or target is None:
            continue
        labels = np.asarray(target).reshape(-1)
        wrong = ~((labels >= 0) & (labels < max(output.units, 1)) & (labels == np.floor(labels)))
        if (ignored := getattr(loss, "ignore_class", None)) is not None:
            wrong &= labels != ignored
        if output.units > 1 and wrong.any():
            row = int(np.argmax(wrong))
            most = output.units - 1
            raise DataError(f"{output.layer} has {output.units} classes, so labels must be the "
                            f"whole numbers 0 to {most}", got=f"{labels[row]:g} in row {row}",
                            hint="number the classes from 0, or give the layer more units"
                            if labels[row] > most else None)
