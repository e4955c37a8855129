"""The ops that stand as nodes in a functional model's file, such as Keras writes for masks."""

from __future__ import annotations

from typing import Any

from pellucid.core.names import snake_case
from pellucid.core.serialization import deserialize, serialize
from pellucid.layers.base import Layer
from pellucid.layers.operation import Operation, operation_from_config
from pellucid.models.doors import function_of_ops

OPS_OF_KERAS = "keras.src.ops."


class Index:
    """What stands in the brackets of x[...]: one plain value, though it is a tuple."""

    def __init__(self, parts: list[Any]) -> None:
        self.parts = tuple(parts)

    def keras_config(self) -> list[Any]:
        """As Keras writes it."""
        return [serialize(each) for each in self.parts]


class KerasNode(Operation):
    """An op of Keras that stands in a file: one node that runs the function of `pellucid.ops`.

    It is written back as it was read, so Keras opens what is saved again.

    >>> node = KerasNode({"module": "keras.src.ops.numpy", "class_name": "ExpandDims",
    ...                   "config": {"name": "wider", "axis": -1}})
    >>> node([1.0, 2.0]).shape
    (2, 1)
    """

    family = ""                                          # no class that a file could name

    def __init__(self, data: dict[str, Any]) -> None:
        Layer.__init__(self, name=data["config"]["name"], autocast=False)
        self.data = {key: data.get(key) for key in (
            "module", "class_name", "config", "registered_name")}
        self.op = function_name(data) or ""
        self.options = {key: deserialize(each) for key, each in data["config"].items()
                        if key != "name" and not (key in ("sparse", "ragged") and not each)}
        self.built = True

    def __call__(self, *args: Any, **options: Any) -> Any:
        if self.op == "get_item" and isinstance(args[-1], list):
            args = (*args[:-1], Index(args[-1]))
        return super().__call__(*args, **options)

    def call(self, *args: Any, **options: Any) -> Any:
        args = tuple(each.parts if isinstance(each, Index) else each for each in args)
        return function_of_ops(self.op)(*args, **self.options, **options)

    def keras_config(self) -> dict[str, Any]:
        """What Keras had written."""
        return self.data


def function_name(data: dict[str, Any]) -> str | None:
    """What `pellucid.ops` calls an op of Keras: ExpandDims is expand_dims, IsIn is isin."""
    if not str(data.get("module")).startswith(OPS_OF_KERAS):
        return None
    name = snake_case(str(data["class_name"]))
    return next((each for each in (name, name.replace("_", "")) if function_of_ops(each)), None)


def node_from_config(data: dict[str, Any]) -> Operation | None:
    """The op that an entry of a functional config names, or None if it names something else."""
    found = operation_from_config(data)
    return KerasNode(data) if found is None and function_name(data) else found
