"""One layer at every step of a sequence, each step for itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.atoms import moveaxis, scan, sum
from pellucid.core import nest
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers import calling
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.wrapper import Wrapper


class TimeDistributed(Wrapper):
    """Apply a layer to every step of a sequence: the same weights at each, and no step sees others.

    Shapes: ``(batch, steps, ...)`` → ``(batch, steps, *what the layer makes of (batch, ...))``,
    such as `Conv2D` on every frame of a film. `Dense` alone needs no such wrapper: it works on the
    last axis whatever stands before.

    The steps are taken one after the other: a layer that draws at random draws anew at each, one
    with moving averages moves them at each. Call arguments: ``training``, and ``mask`` ``(batch,
    steps, ...)``, of which the layer is given its step if it knows masks.

    >>> import numpy as np
    >>> from pellucid.layers import Conv2D
    >>> TimeDistributed(Conv2D(4, 3))(np.ones((2, 5, 8, 8, 1))).shape
    (2, 5, 6, 6, 4)

    Use: one layer on every step of a sequence, such as a `Conv2D` on every frame.
    Pros: the same weights at every step.
    Cons: one step after the other; `Dense` needs no such wrapper.
    """

    layer: Any = field(help="what is applied to each step")
    supports_masking = True

    def settle(self) -> None:
        super().settle()
        self.input_spec = InputSpec(min_ndim=3)

    def build(self, input_shape: Any) -> None:
        super().build((input_shape[0], *input_shape[2:]))

    def call(self, inputs: Tensor, training: bool | None = None, mask: Any = None) -> Any:
        rows = [inputs]
        if mask is not None:
            self._check_mask(inputs, mask)
            rows += [mask]
        takes = [name for name in ("training", "mask")
                 if calling.takes(type(self.layer).call, name)]

        def turn(carry: Any, row: Any) -> Any:
            all_told = {"training": training, "mask": row[1] if len(row) == 2 else None}
            told = {name: all_told[name] for name in takes}
            return carry, with_penalties(self.layer, lambda: self.layer.call(row[0], **told))

        _, (outputs, penalties) = scan(turn, [], [moveaxis(each, 1, 0) for each in rows])
        self.add_loss([sum(each) for each in penalties])
        outputs = nest.map_structure(lambda y: moveaxis(y, 0, 1), outputs)
        if mask is not None:                             # also one that came as an argument
            for each in nest.flatten(outputs):
                each._keras_mask = mask
        return outputs

    def _check_mask(self, inputs: Tensor, mask: Any) -> None:
        if tuple(mask.shape[:2]) != tuple(inputs.shape[:2]):
            raise ShapeError(f"{self.label} needs a mask that begins with {inputs.shape[:2]}, as "
                             "its input does (batch, steps)", got=f"shape {tuple(mask.shape)}",
                             where=user_line())


def with_penalties(layer: Any, call: Callable[[], Any]) -> tuple[Any, list[Any]]:
    """What a call gives, and the penalties that it added to the layer, taken out of it again."""
    inside = layer._flatten_layers()
    before = [len(each._losses) for each in inside]
    outputs, added = call(), []
    for each, n in zip(inside, before, strict=True):
        added += each._losses[n:]
        del each._losses[n:]
    return outputs, added
