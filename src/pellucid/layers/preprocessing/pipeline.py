"""Pipeline: layers one after the other, as one layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.core import nest
from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.kinds import shown
from pellucid.layers import calling
from pellucid.layers.base import Layer
from pellucid.layers.building import serialize_layer


class Pipeline(Layer):
    """Apply layers one after the other; a plain layer, where `Sequential` is a model.

    It suits a chain of preprocessing, and may hold host stages such as `TextVectorization`, since
    it hands on whatever comes: arrays, words, nests. ``training`` and masks reach the layers that
    take them; unless told otherwise, they see ``training=True``.

    Arguments: ``layers``. The shape of the output is that of the last layer.

    >>> import numpy as np
    >>> from pellucid.layers import Discretization, Rescaling
    >>> prepare = Pipeline([Rescaling(1 / 255), Discretization([0.25, 0.75])])
    >>> prepare(np.array([[0, 128, 255]])).numpy().tolist()
    [[0, 1, 2]]

    Use: a chain of preprocessing, as one layer.
    Pros: may hold host stages in any place, which a `Sequential` may begin with alone.
    Cons: no model: it is not trained.
    """

    def __init__(self, layers: Sequence[Any], name: str | None = None) -> None:
        super().__init__(name=name)
        if not isinstance(layers, (list, tuple)) or not layers:
            raise ArgumentError("a Pipeline needs a list of layers", got=layers, where=user_line())
        for each in layers:
            if not isinstance(each, Layer):
                raise KindError("a Pipeline is made of layers", where=user_line(),
                                got=f"{shown(each)} (a {type(each).__name__}) among them")
        self._pipeline_layers = list(layers)

    @property
    def layers(self) -> list[Any]:
        """The layers, in their order."""
        return self._pipeline_layers

    def call(self, inputs: Any, training: Any = True, mask: Any = None) -> Any:
        outputs = inputs
        for layer in self._pipeline_layers:
            given: dict[str, Any] = {}
            if calling.takes(type(layer).call, "mask"):
                given["mask"] = mask
            if calling.takes(type(layer).call, "training") and training is not None:
                given["training"] = training
            outputs = layer(outputs, **given)
            mask = nest.map_structure(calling.mask_of, outputs)
        return outputs

    def get_config(self) -> dict[str, Any]:
        return {"layers": [serialize_layer(each) for each in self._pipeline_layers],
                "name": self.name}

    def get_build_config(self) -> None:
        """Nothing: what is built are the layers, and each says so for itself."""
