"""Outputs, losses and targets that do not go together: one sentence each, with reason and cure.

Keras trains all of these in silence, and so do we, after one warning. Each rule below names one
wrong pair; `pellucid.output_advice` has the right ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from math import inf
from typing import Any, NamedTuple

import numpy as np

from pellucid import losses
from pellucid.core.serialization import BUILT_IN

BINARY = (losses.BinaryCrossentropy, losses.BinaryFocalCrossentropy)
NUMBERED = (losses.SparseCategoricalCrossentropy, losses.CategoricalGeneralizedCrossEntropy)
IN_ROWS = (losses.CategoricalCrossentropy, losses.CategoricalFocalCrossentropy)
CLASSES = (*IN_ROWS, *NUMBERED)
OVERLAPS = (losses.KLDivergence, losses.Dice, losses.Tversky)
MARGINS = (losses.Hinge, losses.SquaredHinge, losses.PerceptronLoss)
COUNTS = (losses.Poisson, losses.MeanSquaredLogarithmicError)
DISTANCES = (losses.MeanSquaredError, losses.MeanAbsoluteError, losses.Huber, losses.LogCosh,
             losses.MeanAbsolutePercentageError, losses.MeanSquaredLogarithmicError)

SQUASHED = {"sigmoid": "a sigmoid", "softmax": "a softmax"}
SHARES = ("sigmoid", "softmax", "hard_sigmoid", "sparsemax", "sparse_sigmoid")


class Output(NamedTuple):
    """What is known of an output: its layer, the activation in which that ends (None: it may be
    anything), its last axis (0: of any length), and how many axes it has.
    """

    layer: str
    activation: str | None
    units: int
    axes: int


def wrong_pairs(loss: Any, output: Output, target: Any) -> Iterator[str]:
    """A sentence for each reason why this loss cannot do its work on this output and target."""
    found = [rule(loss, output) for rule in OUTPUT_RULES]
    y = None if target is None else np.asarray(target)
    if y is not None and y.size and y.dtype.kind in "biuf" and np.isfinite(y).all():
        found += [rule(loss, output, y) for rule in TARGET_RULES]
    yield from filter(None, found)


@cache
def limits(activation: str) -> tuple[float, float]:
    """The least and the greatest number that an activation can give, found by asking it.

    >>> limits("relu"), limits("tanh")
    ((0.0, inf), (-1.0, 1.0))
    """
    wide = np.array([-1e4, *np.linspace(-20, 20, 4001), 1e4])
    pairs = np.stack(np.meshgrid(wide, [-1e4, -1.0, 1.0, 1e4]), axis=-1)     # for those of an axis
    values = BUILT_IN["functions"][activation](pairs).numpy()
    low, high = float(np.min(values)), float(np.max(values)) + 0.0          # not -0.0
    return -inf if low < -1e3 else low, inf if high > 1e3 else high


def limits_of(output: Output) -> tuple[float, float]:
    """The limits of an output; none where its activation may be anything."""
    return (-inf, inf) if output.activation is None else limits(output.activation)


def is_score(loss: Any) -> bool:
    """Whether the loss squashes its input itself."""
    return bool(getattr(loss, "from_logits", False))


def called(loss: Any) -> str:
    return type(loss).__name__


# a loss and an output ------------------------------------------------------------------------


def constant_output(output: Output) -> str | None:
    """A softmax over one unit, which is wrong under any loss."""
    if output.activation == "softmax" and output.units == 1:
        return (f"{output.layer} puts a softmax on one unit: its output is always 1. "
                "Use a sigmoid for a yes-no question")
    return None


def squashed_twice(loss: Any, output: Output) -> str | None:
    if is_score(loss) and output.activation in SQUASHED:
        return (f"{called(loss)}(from_logits=True) squashes its input itself, but {output.layer} "
                f"ends in {SQUASHED[output.activation]} already. Leave one of the two out")
    return None


def softmax_for_labels(loss: Any, output: Output) -> str | None:
    several = output.activation == "softmax" and output.units > 1
    if isinstance(loss, BINARY) and not is_score(loss) and several:
        return (f"{output.layer} ends in a softmax over {output.units} classes, but {called(loss)} "
                "takes each unit for a yes-no answer of its own. Use CategoricalCrossentropy, or "
                "a sigmoid")
    return None


def sigmoids_for_classes(loss: Any, output: Output) -> str | None:
    if isinstance(loss, CLASSES) and not is_score(loss) and output.activation == "sigmoid":
        return (f"{output.layer} ends in sigmoids, but {called(loss)} takes the outputs for shares "
                "that add up to 1. Use a softmax, or BinaryCrossentropy for labels that may occur "
                "together")
    return None


def no_probabilities(loss: Any, output: Output) -> str | None:
    crossentropy = isinstance(loss, (*BINARY, *CLASSES))
    if crossentropy and not is_score(loss) and output.activation not in (None, *SHARES):
        scores = ", or from_logits=True" if hasattr(loss, "from_logits") else ""
        return (f"{called(loss)} takes the output of {output.layer} for probabilities, but its "
                f"activation is {output.activation}. Use "
                f"{'a sigmoid' if isinstance(loss, BINARY) else 'a softmax'}{scores}")
    low, high = limits_of(output)
    if isinstance(loss, OVERLAPS) and output.activation is not None and not 0 <= low <= high <= 1:
        return (f"{called(loss)} takes the output of {output.layer} for numbers between 0 and 1, "
                f"but its activation is {output.activation}. Use a softmax, or a sigmoid")
    return None


def one_unit_for_classes(loss: Any, output: Output) -> str | None:
    if isinstance(loss, CLASSES) and output.units == 1:
        return (f"{called(loss)} compares classes, but {output.layer} has a single unit, so "
                "nothing can be learned. Use one unit per class, or BinaryCrossentropy with a "
                "sigmoid")
    return None


def one_side_only(loss: Any, output: Output) -> str | None:
    scores = isinstance(loss, BINARY) and is_score(loss) and output.activation not in SQUASHED
    if limits_of(output)[0] >= 0 and (scores or isinstance(loss, MARGINS)):
        answer = "no probability is below ½" if scores else "the side -1 cannot be answered"
        return (f"{called(loss)} reads the answer from the sign of the output, but {output.layer} "
                f"ends in {output.activation}, which is never negative, so {answer}. "
                "Use no activation")
    return None


def logarithm_of_negatives(loss: Any, output: Output) -> str | None:
    known = output.activation is not None
    if isinstance(loss, losses.Poisson) and known and limits_of(output)[0] < 0:
        return (f"Poisson takes the logarithm of the output, but {output.layer} ends in "
                f"{output.activation}, which may be negative: the loss is then NaN. "
                "Use exponential or softplus")
    return None


# a loss and its targets ------------------------------------------------------------------------


def beyond_yes_and_no(loss: Any, output: Output, y: np.ndarray) -> str | None:
    low, high = float(y.min()), float(y.max())
    if not isinstance(loss, BINARY) or (low >= 0 and high <= 1):
        return None
    if ((y == -1) | (y == 1)).all():
        cure = "Number them 0 and 1, as (y + 1) / 2 does, or use Hinge without an activation"
    elif low >= 0 and (y == np.floor(y)).all():
        cure = ("Class numbers go with SparseCategoricalCrossentropy and a unit for each class, "
                "amounts with MeanSquaredError")
    else:
        cure = "Amounts go with MeanSquaredError and no activation"
    return (f"binary crossentropy compares with targets between 0 and 1, but they reach from "
            f"{low:g} to {high:g}. {cure}")


def rows_that_are_no_shares(loss: Any, output: Output, y: np.ndarray) -> str | None:
    """Rows of zeros are left alone: they are how a sample is left out."""
    if not isinstance(loss, IN_ROWS) or output.units == 1 or y.ndim != output.axes:
        return None
    rows = np.moveaxis(y, loss.axis, -1).reshape(-1, y.shape[loss.axis])
    total = rows.sum(axis=1)
    wrong = (rows < 0).any(axis=1) | ((np.abs(total - 1) > 1e-3) & (total != 0))
    if not wrong.any():
        return None
    first = int(np.argmax(wrong))
    shown = " ".join(f"{each:g}" for each in rows[first][:6]) + " …" * (rows.shape[1] > 6)
    return (f"{called(loss)} takes each row of targets for shares that add up to 1, but row "
            f"{first} is {shown}. Labels that may occur together need sigmoids and "
            "BinaryCrossentropy")


def more_than_two_sides(loss: Any, output: Output, y: np.ndarray) -> str | None:
    if not isinstance(loss, MARGINS) or any(
            ((y == no) | (y == 1)).all() for no in (-1, 0)):
        return None
    return (f"{called(loss)} knows two sides, -1 and 1 (or 0 and 1), but the targets reach from "
            f"{float(y.min()):g} to {float(y.max()):g}. Several classes go with CategoricalHinge "
            "or a crossentropy, amounts with MeanSquaredError")


def counts_below_zero(loss: Any, output: Output, y: np.ndarray) -> str | None:
    if isinstance(loss, COUNTS) and y.min() < 0:
        return (f"{called(loss)} is for targets from 0 up, but they reach down to "
                f"{float(y.min()):g}. Use MeanSquaredError or Huber")
    return None


def out_of_reach(loss: Any, output: Output, y: np.ndarray) -> str | None:
    low, high = limits_of(output)
    least, most = float(y.min()), float(y.max())
    slack = 1e-6 * max(1.0, abs(least), abs(most))
    if not isinstance(loss, DISTANCES) or (least >= low - slack and most <= high + slack):
        return None
    given = (f"from {low:.3g} to {high:.3g}" if np.isfinite([low, high]).all()
             else f"from {low:.3g} up" if np.isfinite(low) else f"up to {high:.3g}")
    return (f"{output.layer} ends in {output.activation}, which gives numbers {given}, but the "
            f"targets reach from {least:g} to {most:g}, so {called(loss)} asks for what it cannot "
            "give. Use no activation, or scale the targets")


def columns_against_units(loss: Any, output: Output, y: np.ndarray) -> str | None:
    if not isinstance(loss, DISTANCES) or y.ndim != output.axes or (
            y.shape[-1] in (output.units, 0) or not output.units):
        return None
    columns = f"{y.shape[-1]} column{'s' if y.shape[-1] > 1 else ''}"
    units = f"{output.units} unit{'s' if output.units > 1 else ''}"
    return (f"the targets have {columns} and {output.layer} has {units}, so {called(loss)} "
            "compares all with the same one. Use as many units as there are columns")


OUTPUT_RULES: tuple[Callable[[Any, Output], str | None], ...] = (
    squashed_twice, softmax_for_labels, sigmoids_for_classes, no_probabilities,
    one_unit_for_classes, one_side_only, logarithm_of_negatives)
TARGET_RULES: tuple[Callable[[Any, Output, np.ndarray], str | None], ...] = (
    beyond_yes_and_no, rows_that_are_no_shares, more_than_two_sides, counts_below_zero,
    out_of_reach, columns_against_units)
