"""An op inside a functional model: the node that `x + 1` or `ops.relu(x)` makes of an Input."""

from __future__ import annotations

from typing import Any

from pellucid.core.errors import unknown_name
from pellucid.core.names import snake_case
from pellucid.core.serialization import deserialize, serialize
from pellucid.core.tensor import OPS
from pellucid.layers import symbolic
from pellucid.layers.base import Layer

# Keras's classes for ops, by module; an op that is not here can be read by pellucid alone.
IN_KERAS = {
    "keras.src.ops.numpy": {
        "Absolute": "abs", "Add": "add", "Cos": "cos", "Cross": "cross", "Diag": "diag",
        "Diagflat": "diagflat", "Diagonal": "diagonal", "Divide": "divide", "Einsum": "contract",
        "Equal": "equal", "FullLike": "filled_like", "Inner": "inner", "Kron": "kron",
        "Trace": "trace", "Tril": "tril", "Triu": "triu", "Vander": "vander", "Vdot": "vdot",
        "Exp": "exp", "Expm1": "expm1", "Floor": "floor", "Greater": "greater",
        "GreaterEqual": "greater_equal", "Less": "less", "LessEqual": "less_equal", "Log": "log",
        "Log1p": "log1p", "Matmul": "matmul", "Max": "max", "Maximum": "maximum", "Mean": "mean",
        "Min": "min", "Minimum": "minimum", "Multiply": "multiply", "Negative": "negative",
        "NotEqual": "not_equal", "Power": "power", "Prod": "prod",
        "Repeat": "repeated", "Round": "round",
        "Sign": "sign", "Sin": "sin", "Sqrt": "sqrt", "Square": "square", "Subtract": "subtract",
        "Sum": "sum", "Tanh": "tanh", "TrueDivide": "divide", "Where": "where"},
    "keras.src.ops.core": {"ConvertToTensor": "identity"},
    "keras.src.ops.nn": {"AdaptiveAveragePool": "adaptive_average_pool",
                         "AdaptiveMaxPool": "adaptive_max_pool", "AveragePool": "average_pool",
                         "Conv": "conv", "ConvTranspose": "conv_transpose",
                         "DepthToSpace": "depth_to_space", "DepthwiseConv": "depthwise_conv",
                         "MaxPool": "max_pool", "SeparableConv": "separable_conv",
                         "SpaceToDepth": "space_to_depth", "Unfold": "unfold",
                         "Elu": "elu", "Relu": "relu", "Sigmoid": "sigmoid", "Silu": "silu",
                         "Softmax": "softmax", "Softplus": "softplus"},
}
KERAS_CLASS = {op: (module, name) for module, names in IN_KERAS.items()
               for name, op in names.items() if name != "TrueDivide"}


class Operation(Layer):
    """A layer without weights that applies one op, such as ``add`` or ``get_item``.

    >>> from pellucid.layers import Input
    >>> (Input((3,)) * 2).shape
    (None, 3)
    """

    def __init__(self, op: str, options: dict[str, Any] | None = None, name: str | None = None,
                 **kwargs: Any) -> None:
        if op not in OPS:
            raise unknown_name("op", op, OPS)
        super().__init__(name=name or symbolic.auto_name(op), autocast=False, **kwargs)
        self.op, self.options = op, options or {}
        self.built = True

    def call(self, *args: Any, **options: Any) -> Any:
        return OPS[self.op](*args, **self.options, **options)

    def _carry_masks(self, inputs: Any, outputs: Any, previous: Any) -> None:
        """Nothing: as in Keras, ops give no masks, and nobody expects them to."""

    def keras_config(self) -> dict[str, Any]:
        """The op as Keras writes it, where Keras has a class for it."""
        if self.op not in KERAS_CLASS:
            config = {"op": self.op, "options": _written(self.options), "name": self.name}
            return {"module": self.family, "class_name": "Operation", "config": config,
                    "registered_name": None}
        module, name = KERAS_CLASS[self.op]
        return {"module": module, "class_name": name, "registered_name": name,
                "config": {"name": self.name, **serialize(self.options)}}


    @classmethod
    def from_config(cls, config: dict[str, Any], **_: Any) -> Any:
        return cls(config["op"], _read(config["options"]), name=config["name"])


def _written(value: Any) -> Any:
    """An option as data; an index may hold slices, `...` and tuples."""
    if isinstance(value, dict):
        return {key: _written(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return {"tuple": [_written(each) for each in value]}
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    return {"ellipsis": True} if value is ... else serialize(value)


def _read(data: Any) -> Any:
    """The option that `_written` wrote."""
    match data:
        case {"tuple": parts}:
            return tuple(map(_read, parts))
        case {"slice": [start, stop, step]}:
            return slice(start, stop, step)
        case {"ellipsis": True}:
            return ...
        case dict() if "class_name" not in data:
            return {key: _read(each) for key, each in data.items()}
    return deserialize(data)


def operation_from_config(data: dict[str, Any]) -> Operation | None:
    """The op that a piece of Keras's config names, or None if it names something else."""
    known = IN_KERAS.get(str(data.get("module")), {})
    if data.get("class_name") not in known:
        return None
    given = {key: value for key, value in data["config"].items() if value is not None}
    name, _ = given.pop("name", None), given.pop("dtype", None)
    return Operation(known[data["class_name"]], deserialize(given), name=name)


def _apply(op: Any, args: Any, options: dict[str, Any]) -> Any:
    """An op on symbolic tensors: options that are plain values belong to the node."""
    tensors = {key: each for key, each in options.items()
               if isinstance(each, symbolic.KerasTensor)}
    plain = {key: each for key, each in options.items() if key not in tensors}
    return Operation(op.name, plain, name=symbolic.auto_name(snake_case(op.name)))(
        *args, **tensors)


symbolic.OPERATION = _apply
