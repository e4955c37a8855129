"""Connectionist temporal classification: labels of a sequence whose places in time are not known.

A. Graves et al., "Connectionist temporal classification" (2006): the net says at each time a label
or "blank"; repeated labels count once, then blanks are taken out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.choices import equal, greater, less, logical_and, maximum, not_equal, where
from pellucid.atoms.control import scan
from pellucid.atoms.elementwise import cast, logaddexp
from pellucid.atoms.host import host_function
from pellucid.atoms.making import full
from pellucid.atoms.ordering import argsort
from pellucid.atoms.reductions import argmax, logsumexp, max, sum
from pellucid.atoms.shaping import broadcast_to, concatenate, expand_dims, moveaxis, reshape, stack
from pellucid.atoms.slicing import take_along_axis
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import Abstract

NEVER = -1e5                         # the logarithm of what cannot happen, still a number


def _floats(logits: Any) -> Any:
    return cast(logits, dtype=dtypes.result_type(logits.dtype, "float32"))


def _log_probabilities(logits: Any) -> Any:
    return logits - logsumexp(logits, axis=-1, keepdims=True)


def _later(alpha: Any, steps: int) -> Any:
    """Every state's number moved ``steps`` states on."""
    never = full((alpha.shape[0], steps), NEVER, alpha.dtype)
    return concatenate([never, alpha[:, :alpha.shape[1] - steps]], axis=1)


@op(judge="keras")
def ctc_loss(target, output, target_length, output_length, mask_index=0):
    """-log of the chance that the net's outputs read as the target labels.

    ``target`` (batch, labels) are class numbers, ``output`` (batch, times, classes) logits; of each
    sequence the first ``target_length`` and ``output_length`` (batch,) count. ``mask_index`` is the
    blank's number. The states are the labels with a blank before, between and behind them, and
    αₜ(s) = pₜ(s) (αₜ₋₁(s) + αₜ₋₁(s - 1) + αₜ₋₁(s - 2)), the last one only between two labels that
    differ; in logarithms. ``→ (batch,)``.

    >>> loss = ctc_loss([[1]], [[[0.0, 0.0], [0.0, 0.0]]], [1], [2])
    >>> round(float(np.exp(-loss.numpy()[0])), 4)
    0.75
    """
    if len(target.shape) != 2 or len(output.shape) != 3:
        raise ShapeError("ctc_loss needs targets (batch, labels) and outputs (batch, times, "
                         "classes)", where=user_line(),
                         got=f"shapes {tuple(target.shape)} and {tuple(output.shape)}")
    (batch, labels), target = target.shape, cast(target, dtype="int32")
    blanks = full((batch, labels), mask_index, "int32")
    states = concatenate([reshape(stack([blanks, target], axis=2), shape=(batch, 2 * labels)),
                          full((batch, 1), mask_index, "int32")], axis=1)
    p = take_along_axis(_log_probabilities(_floats(output)), expand_dims(states, axis=1), axis=2)
    free = not_equal(states[:, 2:], states[:, :-2])
    skips = where(concatenate([full((batch, 2), False, "bool"), free], axis=1), 0.0, NEVER)
    skips = cast(skips, dtype=p.dtype)

    def turn(alpha: Any, row: Any) -> Any:
        t, p = row
        after = logaddexp(logaddexp(alpha, _later(alpha, 1)), _later(alpha, 2) + skips) + p
        return where(expand_dims(less(t, output_length), axis=1), after, alpha), None

    start = np.full((1, 2 * labels + 1), NEVER, p.dtype)
    start[0, 0] = 0
    times = np.arange(output.shape[1], dtype=np.int32)
    alpha, _ = scan(turn, broadcast_to(start, shape=states.shape), (times, moveaxis(p, 1, 0)))
    last = expand_dims(2 * cast(target_length, dtype="int32"), axis=1)
    label = take_along_axis(alpha, maximum(last - 1, 0), axis=1)
    total = logaddexp(take_along_axis(alpha, last, axis=1), where(greater(last, 0), label, NEVER))
    return -total[:, 0]


@op(judge="keras")
def ctc_decode(inputs, sequence_lengths, strategy="greedy", beam_width=100, top_paths=1,
               merge_repeated=True, mask_index=0):
    """The labels that the net's outputs (batch, times, classes) read as, and how likely they are.

    "greedy" takes the largest output at each time; "beam_search" follows the ``beam_width`` most
    likely readings and gives the ``top_paths`` best (a host call). ``(paths, batch, times)``,
    filled up with -1, and scores ``(batch, paths)``: for "greedy" minus the sum of what was taken,
    else the log of the chance. ``merge_repeated`` (greedy only) counts repeated labels once.

    >>> labels, scores = ctc_decode([[[0.0, 5.0], [0.0, 5.0], [5.0, 0.0]]], [3])
    >>> labels.tolist(), scores.tolist()
    ([[[1, -1, -1]]], [[-15.0]])
    """
    if len(inputs.shape) != 3:
        raise ShapeError("ctc_decode needs inputs (batch, times, classes)",
                         got=f"shape {tuple(inputs.shape)}", where=user_line())
    blank = inputs.shape[-1] - 1 if mask_index is None else int(mask_index)
    inputs, lengths = _floats(inputs), cast(sequence_lengths, dtype="int32")
    if strategy == "greedy":
        return _greedy(inputs, expand_dims(lengths, axis=1), merge_repeated, blank)
    if strategy != "beam_search":
        raise ArgumentError('ctc_decode\'s strategy must be "greedy" or "beam_search"',
                            got=repr(strategy), where=user_line())
    return _beams(_log_probabilities(inputs), lengths, width=int(beam_width), best=int(top_paths),
                  blank=blank)


def _greedy(inputs: Any, lengths: Any, merge: bool, blank: int) -> Any:
    times = inputs.shape[1]
    there = less(np.arange(times, dtype=np.int32), lengths)
    labels = where(there, argmax(inputs, axis=-1), blank)
    if merge:
        again = equal(labels[:, 1:], labels[:, :-1])
        again = concatenate([full((labels.shape[0], 1), False, "bool"), again], axis=1)
        heard = logical_and(~again, not_equal(labels, blank))
    else:
        heard = not_equal(labels, blank)
    order = argsort(where(heard, np.arange(times, dtype=np.int32), times), axis=-1)
    labels = take_along_axis(where(heard, labels, -1), order, axis=-1)
    score = sum(where(there, max(inputs, axis=-1), 0), axis=1)
    return expand_dims(labels, axis=0), -expand_dims(score, axis=1)


def _beam_search(p: Any, lengths: Any, *, width: int, best: int, blank: int) -> Any:
    labels = np.full((best, *p.shape[:2]), -1, np.int32)
    scores = np.full((p.shape[0], best), -np.inf, p.dtype)
    for i, (rows, length) in enumerate(zip(p, lengths, strict=True)):
        beams = {(): (-np.inf, 0.0)}                  # reading → chance to end in it, in a blank
        for row in rows[:length]:
            beams = _pruned(_extended(beams, row, blank), width)
        for k, reading in enumerate(list(beams)[:best]):
            labels[k, i, :len(reading)] = reading
            spoken, silent = beams[reading]
            scores[i, k] = np.logaddexp(spoken, silent)
    return labels, scores


def _extended(beams: Any, row: Any, blank: int) -> Any:
    """Every reading with each class said once more."""
    longer: dict[tuple[int, ...], list[float]] = {}

    def add(reading: tuple[int, ...], in_blank: bool, chance: float) -> None:
        entry = longer.setdefault(reading, [-np.inf, -np.inf])
        entry[in_blank] = float(np.logaddexp(entry[in_blank], chance))

    for reading, (spoken, silent) in beams.items():
        either = np.logaddexp(spoken, silent)
        for label, p in enumerate(row):
            if label == blank:
                add(reading, True, either + p)
            elif reading and label == reading[-1]:    # the same label, held or said again
                add(reading, False, spoken + p)
                add((*reading, label), False, silent + p)
            else:
                add((*reading, label), False, either + p)
    return longer


def _pruned(beams: Any, width: int) -> Any:
    """The most likely readings, the best first."""
    ranked = sorted(beams.items(), key=lambda beam: -np.logaddexp(*beam[1]))
    return dict(ranked[:width])


_beams = host_function(
    "ctc_beam_search", _beam_search,
    lambda p, lengths, width, best, blank: (Abstract((best, *p.shape[:2]), "int32"),
                                            Abstract((p.shape[0], best), str(p.dtype))),
    about="The most likely readings of log probabilities (batch, times, classes).")
