"""An op inside a functional model: the node that `x + 1` or `ops.relu(x)` makes of an Input."""

from __future__ import annotations

from typing import Any

from pellucid.core.errors import unknown_name
from pellucid.core.tensor import OPS
from pellucid.layers import symbolic
from pellucid.layers.base import Layer


class Operation(Layer):
    """A layer without weights that applies one op, such as ``add`` or ``get_item``.

    >>> from pellucid.layers import Input
    >>> (Input((3,)) * 2).shape
    (None, 3)
    """

    def __init__(self, op: str, name: str | None = None, **kwargs: Any) -> None:
        if op not in OPS:
            raise unknown_name("op", op, OPS)
        super().__init__(name=name, autocast=False, **kwargs)
        self.op = op
        self.built = True

    def call(self, *args: Any, **options: Any) -> Any:
        return OPS[self.op](*args, **options)


symbolic.OPERATION = Operation
