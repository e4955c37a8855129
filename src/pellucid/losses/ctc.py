"""The loss of labels whose places in time are not known."""

from __future__ import annotations

from pellucid.atoms import cast, ctc_loss, full, not_equal, sum
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.op import op
from pellucid.losses.base import FormulaLoss

BLANK = 0


@op(judge="keras")
def ctc(y_true, y_pred):
    """-log of the chance that the outputs read as the labels, wherever they stand (`ops.ctc_loss`).

    ``y_true`` (batch, labels) are class numbers, filled up with 0, the blank; ``y_pred`` (batch,
    times, classes) are logits, all of whose times count. ``→ (batch,)``.

    >>> round(float(ctc([[1]], [[[0.0, 0.0], [0.0, 0.0]]])[0]), 4)
    0.2877
    """
    if len(y_true.shape) != 2 or len(y_pred.shape) != 3:
        raise ShapeError("ctc needs y_true (batch, labels) and y_pred (batch, times, classes)",
                         got=f"shapes {tuple(y_true.shape)} and {tuple(y_pred.shape)}",
                         where=user_line())
    labels = sum(cast(not_equal(y_true, BLANK), dtype="int32"), axis=-1)
    times = full((y_pred.shape[0],), y_pred.shape[1], "int32")
    return ctc_loss(y_true, y_pred, labels, times, mask_index=BLANK)


class CTC(FormulaLoss):
    r"""-log of the chance that the outputs read as the labels: :math:`L = -\log P(y | x)`.

    For speech and handwriting: the labels of a sequence are known, their places are not. The net
    says at each time a class or "blank" (class 0). Arguments: ``reduction``, ``name``, ``dtype``.

    >>> float(CTC()([[1]], [[[0.0, 9.0], [9.0, 0.0]]]).numpy().round(3))
    0.0

    Use: speech and handwriting: the labels of a sequence are known, their places in time are not.
    Pros: no alignment is needed; all alignments are summed at once.
    Cons: outputs at different times are taken as independent; sequences must be longer than their
    labels.
    Source: A. Graves et al., "Connectionist temporal classification" (2006).
    """

    formula = ctc
    usual_name = "ctc"
