"""`Model`: layers that are trained together."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from pellucid.core import nest
from pellucid.core.errors import ArgumentError, NotBuiltError, unknown_name
from pellucid.core.serialization import deserialize, serialize
from pellucid.layers.base import Layer
from pellucid.layers.building import as_shape, naming, serialize_layer, tensors_like
from pellucid.layers.input_layer import InputLayer
from pellucid.layers.operation import Operation
from pellucid.models.doors import Doors
from pellucid.models.elsewhere import ELSEWHERE
from pellucid.models.functional import graph_config, graph_from_config
from pellucid.models.graph import Graph, chain_of
from pellucid.models.host_part import may_fail, words_dtype
from pellucid.models.training import Trainer


class Model(Trainer, Doors, Layer):
    """Layers with training: ``Model(inputs, outputs)``, or a subclass with its own `call`.

    ``Model(inputs=..., outputs=...)`` draws a graph between symbolic tensors; a subclass makes its
    layers in ``__init__`` and uses them in ``call(inputs, training=None)``. Both have `compile`,
    `fit`, `evaluate`, `predict`, `summary` and `save`.

    >>> from pellucid.layers import Dense, Input
    >>> x = Input((4,))
    >>> model = Model(x, Dense(1)(x))
    >>> model.count_params()
    5
    """

    family = "keras"
    elsewhere = ELSEWHERE
    _graph: Graph | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is Model and (len(args) >= 2 or {"inputs", "outputs"} <= set(kwargs)):
            return Functional.__new__(Functional, *args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, inputs: Any = None, outputs: Any = None, name: str | None = None,
                 **kwargs: Any) -> None:
        Layer.__init__(self, name=name, **kwargs)
        Trainer.__init__(self)
        if (inputs is None) != (outputs is None):
            raise ArgumentError("Model needs both inputs and outputs, or neither (in a subclass)")
        if inputs is not None:
            self._graph = Graph(inputs, outputs)
            self._parts = self._graph.layers
            self.built, self.autocast = True, False      # each Input has a dtype of its own

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if self._graph is None:
            raise ArgumentError(f"{self.label} has no call method",
                                hint="write `def call(self, inputs): ...`")
        return self._graph.run(inputs)

    def build(self, input_shape: Any = None) -> None:
        """Build all layers by running `call` on shapes; Keras's `model.build((None, 4))`."""
        if not self.built and input_shape is not None:
            self.built = True
            with naming(self):
                self.compute_output_spec(tensors_like(as_shape(input_shape), self.compute_dtype))

    def _mark_built(self, shapes: dict[str, Any]) -> None:
        """Nothing: a model's `build` says itself whether it could build."""

    def _within(self, own: list[Any]) -> list[Any]:
        drawn = self._graph.layers if self._graph is not None else []
        return [*drawn, *super()._within(own)]

    @property
    def layers(self) -> list[Layer]:
        """The layers in Keras's order: the farthest from the outputs first, or as they were set."""
        return self._shown_layers()

    def _shown_layers(self) -> list[Any]:
        return [each for each in self._sublayers() if not isinstance(each, Operation)]

    @layers.setter
    def layers(self, _: Any) -> None:
        raise ArgumentError("model.layers cannot be set", hint="make a new model instead")

    @property
    def inputs(self) -> list[Any]:
        return nest.flatten(self._need_graph("inputs").inputs)

    @property
    def outputs(self) -> list[Any]:
        return nest.flatten(self._need_graph("outputs").outputs)

    @property
    def input(self) -> Any: return self._need_graph("input").inputs

    @property
    def output(self) -> Any: return self._need_graph("output").outputs

    @property
    def input_shape(self) -> Any:
        return nest.map_structure(lambda each: each.shape, self.input)

    @property
    def output_shape(self) -> Any:
        return nest.map_structure(lambda each: each.shape, self.output)

    @property
    def output_names(self) -> list[str]:
        """The names that losses and metrics of several outputs go by."""
        if self._graph is None:
            return []
        return [each._keras_history[0].name for each in self.outputs]

    @property
    def input_names(self) -> list[str]:
        return [each.name for each in self.inputs]

    def _need_graph(self, what: str) -> Graph:
        if self._graph is None:
            raise NotBuiltError(f"{self.label} has no {what} yet",
                                hint="start it with Input(shape=...), or call it on data first")
        return self._graph

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """A layer by name or by place."""
        if index is not None and -len(self.layers) <= index < len(self.layers):
            return self.layers[index]
        if index is not None:
            raise ArgumentError(f"{self.label} has {len(self.layers)} layers", got=repr(index))
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise unknown_name("layer of this model", name, [each.name for each in self.layers])

    def save(self, filepath: Any, overwrite: bool = True, **options: Any) -> None:
        """Write model, weights and optimizer to a ``.keras`` file; the old file is never harmed.

        ``include_optimizer=False`` leaves the optimizer's state out.
        """
        from pellucid.models.saving import save_model
        save_model(self, filepath, overwrite, **options)

    def save_weights(self, filepath: Any, overwrite: bool = True, **options: Any) -> None:
        """Write the weights alone, to a ``.weights.h5`` file."""
        from pellucid.models.saving import save_weights
        save_weights(self, filepath, overwrite, **options)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False, **options: Any) -> None:
        """Read weights that `save_weights` (or Keras) wrote; ``objects_to_skip`` keep theirs."""
        from pellucid.models.saving import load_weights
        load_weights(self, filepath, skip_mismatch, **options)

    def to_json(self, **kwargs: Any) -> str:
        """The config of the model as JSON; `model_from_json` makes an equal model of it."""
        return json.dumps(serialize(self), **kwargs)

    def get_config(self) -> dict[str, Any]:
        if self._graph is not None and type(self).__init__ is Model.__init__:
            return {"name": self.name, "trainable": self.trainable, **graph_config(self._graph)}
        return super().get_config()

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None, **_: Any) -> Any:
        if "input_layers" in config:
            inputs, outputs = graph_from_config(config, custom_objects)
            return (Model if cls is Functional else cls)(
                inputs=inputs, outputs=outputs, name=config["name"],
                trainable=config.get("trainable", True))
        return super().from_config(config)


class Functional(Model):
    """What ``Model(inputs, outputs)`` makes: a model drawn as a graph.

    >>> from pellucid.layers import Input
    >>> type(Model(x := Input((4,)), x * 2)).__name__
    'Functional'
    """

    family = "keras"

    def keras_config(self) -> dict[str, Any]:
        """Keras writes this one class by where it stands in Keras's own source."""
        return {"module": "keras.src.models.functional", "class_name": "Functional",
                "config": self.get_config(), "registered_name": "Functional"}


class Sequential(Model):
    """Layers one after the other.

    With ``Input(shape=...)`` first (or ``input_shape=``, ``input_dim=`` in the first layer) the
    weights exist at once, else at the first call.

    >>> from pellucid.layers import Dense, Input
    >>> model = Sequential([Input((4,)), Dense(3, activation="relu"), Dense(1)])
    >>> model.count_params()
    19
    """

    family = "keras"

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._chain: list[Layer] = []
        for layer in layers or ():
            self.add(layer, rebuild=False)
        self._draw()

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Append a layer."""
        if hasattr(layer, "_keras_history"):             # of a symbolic tensor, its InputLayer
            layer = layer._keras_history[0]
        if not isinstance(layer, Layer):
            if not callable(layer):
                raise ArgumentError("a Sequential model holds layers", got=type(layer).__name__)
            raise ArgumentError("a Sequential model holds layers", got=f"{layer!r:.60}",
                                hint="instantiate the class, or wrap a function in a layer")
        if any(each.name == layer.name for each in self._chain):
            raise ArgumentError(f"two layers of the model are called {layer.name!r}",
                                hint="give each its own name=")
        if isinstance(layer, InputLayer) and self._chain:
            raise ArgumentError("Input must come first in a Sequential model")
        if not self._chain and layer._early_shape is not None:
            self._chain.append(InputLayer(batch_shape=layer._early_shape))
        self._chain.append(layer)
        if rebuild:
            self._draw(self._graph)

    def pop(self, rebuild: bool = True) -> Layer:
        """Take the last layer away."""
        layer = self._chain.pop()
        self._graph, self.built = None, False
        if rebuild:
            self._draw()
        return layer

    def _draw(self, before: Graph | None = None) -> None:
        """Draw the graph once the shape of the input is known; ``before`` is that of all layers
        but the last, if there is one."""
        self._graph = None
        if len(self._chain) > 1 and isinstance(self._chain[0], InputLayer):
            with contextlib.suppress(*may_fail(self._chain)), naming(self):
                # a layer that branches on values can't be drawn, only be run step by step
                self._graph = chain_of(self._chain, before)
                self.built, self.autocast = True, False
            self._build_shapes = {"input_shape": self._chain[0].batch_shape}
        self.traced_functions.clear()

    def build(self, input_shape: Any = None) -> None:
        """Make the weights for inputs of this shape (batch first)."""
        if self._graph is None and input_shape is not None and self._chain:
            if isinstance(input_shape, dict) or not isinstance(as_shape(input_shape), tuple):
                raise ArgumentError(f"{self.label} takes a single input", got=f"{input_shape}",
                                    hint="use the functional Model for several inputs")
            if not isinstance(self._chain[0], InputLayer):
                self._chain.insert(0, InputLayer(batch_shape=(None, *tuple(input_shape)[1:]),
                                                 dtype=words_dtype(self._chain[0])))
            self._draw()

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if self._graph is not None:
            return self._graph.run(inputs)
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    def _within(self, own: list[Any]) -> list[Any]:
        return self._chain

    def _shown_layers(self) -> list[Any]:
        """The layers, without the Input."""
        return [each for each in self._chain if not isinstance(each, InputLayer)]

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {"name": self.name, "trainable": self.trainable,
                                  "dtype": serialize(self.dtype_policy)}
        config["layers"] = [serialize_layer(each) for each in self._chain]
        if self._graph is not None:
            config["build_input_shape"] = self._chain[0].batch_shape     # pyright: ignore
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None, **_: Any) -> Any:
        model = cls(name=config["name"], trainable=config.get("trainable", True))
        for layer in config["layers"]:
            model.add(deserialize(layer, custom_objects), rebuild=False)
        model._draw()
        if config.get("build_input_shape") and not model.built:
            model.build(as_shape(config["build_input_shape"]))
        return model
