"""Two recurrent layers on one sequence: one from the front, one from the back."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from pellucid.atoms import cast, concatenate, flip
from pellucid.core import nest
from pellucid.core.custom_objects import custom_object_scope
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.fields import field
from pellucid.core.serialization import serialize
from pellucid.core.tensor import Tensor
from pellucid.layers import calling
from pellucid.layers.base import Layer
from pellucid.layers.recurrent import check_steps
from pellucid.layers.wrapper import build_inside, check_layer

MERGES = {
    "sum": lambda y, z: y + z,
    "mul": lambda y, z: y * z,
    "ave": lambda y, z: (y + z) / 2,
    "concat": lambda y, z: concatenate([y, z], axis=-1),
}
ALIKE = ("stateful", "return_sequences", "return_state")     # what both layers must agree on


class TwoWay(Layer):
    """What a `Bidirectional` may be told besides its fields; it does not stand in its config."""

    def __init__(self, *, weights: Any = None, activity_regularizer: Any = None,
                 trainable: bool = True, dtype: Any = None, autocast: bool = True,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=activity_regularizer, trainable=trainable,
                         dtype=dtype, autocast=autocast, name=name, **kwargs)
        self._first = weights


class Bidirectional(TwoWay):
    r"""Walk a sequence in both directions, so that each step sees what is before and behind it.

    With y the outputs of ``layer`` and z those of its mirror image, which reads from the last step
    to the first, the output is :math:`y + z`, :math:`y \odot z`, :math:`(y + z) / 2`, both side by
    side ("concat"), or (None) both apart. For sequences that are there as a whole, such as
    sentences to be classified; not for forecasts, where nothing is known of what comes.

    Shapes: as of ``layer``, with twice the features for "concat"; with ``return_state`` the states
    of ``layer`` follow, then those of the mirror image, and ``initial_state`` has them in the same
    order. Both layers are new ones after the config of ``layer``; ``backward_layer``, if given, is
    taken as it is. At masked steps of ``return_sequences`` the output is 0. ``weights=[...]`` are
    first weights, those of ``layer`` first.

    >>> import numpy as np
    >>> from pellucid.layers import LSTM
    >>> Bidirectional(LSTM(4, return_sequences=True))(np.ones((2, 5, 3))).shape
    (2, 5, 8)

    Use: sequences that are there as a whole, such as sentences to classify.
    Pros: each step knows what is before and behind it.
    Cons: twice the weights and the work; not for forecasts, nor for what arrives step by step.
    Source: M. Schuster and K. Paliwal, "Bidirectional recurrent neural networks" (1997).
    """

    layer: Any = field(help="a recurrent layer, such as LSTM(32)")
    merge_mode: str | None = field("concat", one_of=(*MERGES, None), help="how the outputs of both "
                                   "directions become one; None gives both")
    backward_layer: Any = field(None, help="the layer for the way back, if it is to be another one")
    supports_masking = True

    def settle(self) -> None:
        owner, layer, backward = type(self).__name__, self.layer, self.backward_layer
        check_layer(layer, "layer", owner)
        if missing := [name for name in ("go_backwards", *ALIKE) if not hasattr(layer, name)]:
            raise ArgumentError(f"{owner} needs a recurrent layer", where=user_line(),
                                got=f"{layer.label} without {', '.join(missing)}")
        if backward is not None:
            check_layer(backward, "backward_layer", owner)
        del self.layer, self.backward_layer              # the weights come in the order set here
        self.forward_layer = renewed(layer, "forward")
        self.backward_layer = backward or renewed(layer, "backward", go_backwards=True)
        self._check_directions(owner)
        for each in (self.forward_layer, self.backward_layer):
            if getattr(each, "zero_output_for_mask", None) is not None:
                each.zero_output_for_mask = layer.return_sequences
            if hasattr(layer, "use_cudnn"):              # which stands in no config
                each.use_cudnn = layer.use_cudnn
        self.stateful, self.return_state = layer.stateful, layer.return_state
        self.return_sequences = layer.return_sequences
        self.input_spec = self.forward_layer.input_spec

    def _check_directions(self, owner: str) -> None:
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ArgumentError(f"{owner}'s layer and backward_layer must walk in different "
                                "directions", got=f"go_backwards={forward.go_backwards} in both",
                                where=user_line())
        for name in ALIKE:
            one, other = getattr(forward, name), getattr(backward, name, None)
            if one != other:
                raise ArgumentError(f"{owner}'s layer and backward_layer must have the same {name}",
                                    got=f"{one} and {other}", where=user_line())

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        for each in (self.forward_layer, self.backward_layer):
            build_inside(each, tuple(sequences_shape))
        if self._first is not None:
            self.set_weights(self._first)
            self._first = None

    def get_build_config(self) -> Any:
        return self.forward_layer.get_build_config() if self.stateful else (
            super().get_build_config())

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        for each in (self.forward_layer, self.backward_layer):
            if hasattr(each, "unroll"):
                check_steps(each, args[0] if args else kwargs["sequences"])
        return super().compute_output_spec(*args, **kwargs)

    def call(self, sequences: Tensor, initial_state: Any = None, mask: Any = None,
             training: bool | None = None) -> Any:
        starts: Any = (None, None)
        if initial_state is not None:
            half = len(initial_state) // 2
            starts = initial_state[:half], initial_state[half:]
        (y, *states), (z, *more) = (
            self._walked(*each, sequences, {"mask": mask, "training": training})
            for each in zip((self.forward_layer, self.backward_layer), starts, strict=True))
        y, z = (cast(each, dtype=self.compute_dtype) for each in (y, z))
        if self.return_sequences:
            z = flip(z, axis=1)
        merged = (y, z) if self.merge_mode is None else (MERGES[self.merge_mode](y, z),)
        if mask is not None and self.return_sequences:   # also one that came as an argument
            for each in merged:
                each._keras_mask = nest.flatten(mask)[0]
        outputs: Any = (*merged, *states, *more)
        return outputs if len(outputs) > 1 else outputs[0]

    def _walked(self, layer: Any, start: Any, sequences: Tensor, told: dict[str, Any]) -> Any:
        """The output of one direction, then its states if they are asked for."""
        takes = calling.parameters_of(type(layer).call)
        told = {name: value for name, value in told.items() if name in takes}
        if start is not None:
            told["initial_state"] = start
        outputs = layer(sequences, **told)
        return outputs if self.return_state else (outputs,)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask of the input, if all steps are given out; states have none."""
        mask = nest.flatten(previous_mask)[0] if self.return_sequences else None
        return (mask, mask) if self.merge_mode is None else mask

    @property
    def states(self) -> Any:
        """The kept states of both directions; None unless the layer is stateful and built."""
        forward, backward = self.forward_layer.states, self.backward_layer.states
        return (*forward, *backward) if forward and backward else None

    def reset_state(self) -> None:
        """Put the kept states of both directions back to 0."""
        if not self.stateful:
            raise ArgumentError(f"{self.label} keeps no state that could be reset",
                                where=user_line(), hint="make its layer with stateful=True")
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """Another name of `reset_state`."""
        self.reset_state()

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "layer": serialize(self.forward_layer)}


def renewed(layer: Any, prefix: str, **changes: Any) -> Any:
    """A layer with the config of another one and a name of its own, without weights."""
    name = f"{prefix}_{layer.name.removeprefix(f'{prefix}_')}"
    with custom_object_scope(strangers(layer)):
        return type(layer).from_config({**layer.get_config(), "name": name, **changes})


def strangers(layer: Any) -> dict[str, Any]:
    """The classes and functions by name that a layer's config may tell of and no table knows."""
    held = [each for part in layer._flatten_layers() for each in (part, *vars(part).values())]
    kinds = [each if isinstance(each, FunctionType) else type(each) for each in held]
    return {each.__name__: each for each in kinds
            if not str(each.__module__).startswith(("pellucid.", "builtins"))}
