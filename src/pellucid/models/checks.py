"""What is wrong, or merely unwise, in a model and its data, found before the first step.

`check_labels` raises where no meaning exists; `advice` gives one sentence for each thing that Keras
runs in silence and that is probably not what was meant. The sentences become PellucidWarnings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from pellucid import losses
from pellucid.core import nest
from pellucid.core.errors import ArgumentError, DataError
from pellucid.core.serialization import BUILT_IN
from pellucid.data.sources import ArrayBatches, Batches
from pellucid.models.compiled import matched

SQUASHED = {"sigmoid": "a sigmoid", "softmax": "a softmax"}
SHARES = ("sigmoid", "softmax", "hard_sigmoid", "sparsemax", "sparse_sigmoid")
NUMBERED = (losses.SparseCategoricalCrossentropy, losses.CategoricalGeneralizedCrossEntropy)


def outputs_of(model: Any) -> list[tuple[str, str | None, int]]:
    """(layer, activation, units) of each output of a model whose last layers are known."""
    if getattr(model, "_graph", None) is None:
        return []
    found = []
    for output in model.outputs:
        layer = output._keras_history[0]
        units = output.shape[-1] if output.shape[1:] else 1
        found.append((layer.label, activation_of(layer), units))
    return found


def activation_of(layer: Any) -> str | None:
    """The name of the built-in activation in which a layer ends; None if it may be anything."""
    activation = getattr(layer, "activation", None)
    name = str(getattr(activation, "__name__", ""))
    return name if name and BUILT_IN["functions"].get(name) is activation else None


def pairs(model: Any) -> list[tuple[Any, tuple[str, str | None, int]]]:
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


def advice(model: Any, x: Any, y: Any) -> Iterator[str]:
    """One sentence for each thing that trains but is probably a mistake."""
    for values in nest.flatten(x):
        array = np.asarray(values)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            yield (f"the inputs hold {int((~np.isfinite(array)).sum())} numbers that are NaN or "
                   "infinite, and so the loss will be. Fill the gaps first")
    for label, activation, units in outputs_of(model):
        if activation == "softmax" and units == 1:
            yield (f"{label} puts a softmax on one unit: its output is always 1. "
                   "Use a sigmoid for a yes-no question")
    for loss, (label, activation, units) in pairs(model):
        yield from _fit_of_loss(loss, label, activation, units)
    for loss, target in zip((pair[0] for pair in pairs(model)), targets(model, y), strict=False):
        if isinstance(loss, losses.BinaryCrossentropy) and target is not None:
            labels = np.asarray(target)
            if labels.size and (labels.min() < 0 or labels.max() > 1):
                yield (f"binary crossentropy compares with targets between 0 and 1, but they reach "
                       f"from {labels.min():g} to {labels.max():g}")
    yield from model.optimizer.advice() if model.optimizer is not None else ()


def _fit_of_loss(loss: Any, label: str, activation: str | None, units: int) -> Iterator[str]:
    """Whether the output is what the loss takes it for."""
    entropy = (losses.BinaryCrossentropy, losses.CategoricalCrossentropy,
               losses.SparseCategoricalCrossentropy)
    if not isinstance(loss, entropy):
        return
    name = type(loss).__name__
    binary = isinstance(loss, losses.BinaryCrossentropy)
    if loss.from_logits and activation in SQUASHED:
        yield (f"{name}(from_logits=True) squashes its input itself, but {label} ends in "
               f"{SQUASHED[activation]} already. Leave one of the two out")
    elif not loss.from_logits and binary and activation == "softmax" and units > 1:
        yield (f"{label} ends in a softmax over {units} classes, but {name} takes each unit for a "
               "yes-no answer of its own. Use CategoricalCrossentropy, or a sigmoid")
    elif not loss.from_logits and not binary and activation == "sigmoid":
        yield (f"{label} ends in sigmoids, but {name} takes the outputs for shares that add up "
               "to 1. Use a softmax, or BinaryCrossentropy for labels that may occur together")
    elif not loss.from_logits and activation not in (None, *SHARES):
        yield (f"{name} takes the output of {label} for probabilities, but its activation is "
               f"{activation}. Use {'a sigmoid' if binary else 'a softmax'}, or "
               "from_logits=True")
    if not binary and units == 1:
        yield (f"{name} compares classes, but {label} has a single unit, so nothing can be "
               "learned. Use one unit per class, or BinaryCrossentropy with a sigmoid")


def check_labels(model: Any, source: Batches) -> None:
    """Class numbers must be whole and name an output; raises DataError for the first other."""
    y = source.y if isinstance(source, ArrayBatches) else source.first()[1]
    if y is None and model._compiled_loss is not None and not model.losses:
        raise ArgumentError("the model has a loss, but no targets were given",
                            hint="pass y, or data that yield (x, y)")
    for (loss, (label, _, units)), target in zip(pairs(model), targets(model, y), strict=False):
        if not isinstance(loss, NUMBERED) or target is None:
            continue
        labels = np.asarray(target).reshape(-1)
        wrong = ~((labels >= 0) & (labels < max(units, 1)) & (labels == np.floor(labels)))
        if (ignored := getattr(loss, "ignore_class", None)) is not None:
            wrong &= labels != ignored
        if units > 1 and wrong.any():
            row = int(np.argmax(wrong))
            raise DataError(f"{label} has {units} classes, so labels must be the whole numbers "
                            f"0 to {units - 1}", got=f"{labels[row]:g} in row {row}",
                            hint="number the classes from 0, or give the layer more units"
                            if labels[row] >= units else None)
