"""What every layer is: weights, a `build` that makes them, a `call` that uses them."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import constraints, initializers, regularizers
from pellucid.core import dtypes, nest
from pellucid.core.calls import known_by_name
from pellucid.core.errors import ArgumentError, KindError, NotBuiltError, ShapeError, user_line
from pellucid.core.field import check
from pellucid.core.kinds import TRUTH
from pellucid.core.names import auto_name
from pellucid.core.recording import scope
from pellucid.core.serialization import serialize
from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable
from pellucid.layers import calling, input_spec
from pellucid.layers.building import (
    as_shape,
    build_from,
    build_with,
    kept_shapes,
    naming,
    shape_from_keywords,
    shape_of_weight,
    tensors_like,
    told,
)
from pellucid.layers.dtype_policy import policy_of
from pellucid.layers.owner import Owner
from pellucid.layers.symbolic import KerasTensor, apply_symbolically, output_spec


class Layer(Owner):
    """A function with weights: ``build(input_shape)`` makes them, ``call(inputs)`` uses them.

    Own layers follow Keras's protocol: override ``__init__`` (calling ``super().__init__``),
    ``build``, ``call`` and, where needed, ``compute_output_shape`` and ``compute_mask``. They are
    traced into the same Plan as the built-in ones.

    Arguments: ``activity_regularizer`` (a penalty on the output), ``trainable``, ``dtype``,
    ``autocast`` (whether float inputs take the layer's dtype), ``name``.

    >>> class Double(Layer):
    ...     def call(self, x):
    ...         return 2 * x
    >>> Double()(np.array([[1.0, 2.0]])).numpy()
    array([[2., 4.]], dtype=float32)
    """

    family = "keras.layers"
    supports_masking = False

    def __init__(self, *, activity_regularizer: Any = None, trainable: bool = True,
                 dtype: Any = None, autocast: bool = True, name: str | None = None,
                 **kwargs: Any) -> None:
        if name is not None and (not isinstance(name, str) or "/" in name):
            raise ArgumentError("a layer's name must be a string without '/'", got=repr(name))
        owner = type(self).__name__
        check(owner, "trainable", trainable, kind=TRUTH)
        super().__init__(name or auto_name(owner), policy_of(dtype), bool(trainable))
        self.activity_regularizer = check(owner, "activity_regularizer", activity_regularizer,
                                          get=regularizers.get)
        self.autocast = check(owner, "autocast", autocast, kind=TRUTH)
        self._inbound_nodes: list[Any] = []
        self.input_spec: Any = None
        self._build_shapes: Any = None
        self._early_shape = shape_from_keywords(self, kwargs)

    # what a layer declares -----------------------------------------------------------------

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in vars(cls):
            cls.build = told(cls.build)
        if "compute_mask" in vars(cls) and "supports_masking" not in vars(cls):
            cls.supports_masking = True

    @told
    def build(self, input_shape: Any) -> None:
        """Make the weights, now that the shape of the input is known."""

    def _mark_built(self, shapes: dict[str, Any]) -> None:
        """Note that `build` has run for these shapes (arguments of it, by name)."""
        self.built = True
        if self._build_shapes is None and None not in shapes.values() and shapes:
            self._build_shapes = kept_shapes({key: as_shape(each) for key, each in shapes.items()})

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """The output for given inputs."""
        raise ArgumentError(f"{self.label} has no call method",
                            hint="write `def call(self, inputs): ...`")

    @known_by_name
    def add_weight(self, shape: Any = None, initializer: Any = None, dtype: Any = None,
                   trainable: bool = True, autocast: bool = True, regularizer: Any = None,
                   constraint: Any = None, aggregation: str = "none", name: str | None = None
                   ) -> Variable:
        """A new weight of the layer; without initializer Glorot's for floats, zeros for others."""
        shape = shape_of_weight(self, shape)
        dtype = dtypes.standardize(dtype or self.variable_dtype)
        if initializer is None:
            initializer = "glorot_uniform" if dtypes.is_float(dtype) else "zeros"
        with naming(self):
            weight = Variable(initializers.get(initializer), shape, dtype, trainable, autocast,
                              name=name)
        weight.regularizer = regularizers.get(regularizer)
        weight.constraint = constraints.get(constraint)
        self._variables.append(weight)
        return weight

    def add_loss(self, loss: Any) -> None:
        """Add a penalty to what training minimises; call it in `call`."""
        self._losses += [each for each in nest.flatten(loss) if each is not None]

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask of the output: the input's, unless the layer says otherwise."""
        return previous_mask

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """The output's shape for an input shape, found by running `call` on shapes alone."""
        shape = args[0] if args else next(iter(kwargs.values()))
        like = tensors_like(shape, self.compute_dtype)
        return nest.map_structure(lambda each: each.shape, self.compute_output_spec(like))

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs as symbolic tensors, for symbolic inputs."""
        told = {key: value for key, value in kwargs.items() if key != "training"}
        self._build_for(calling.bind(self, args, told))
        outputs = output_spec(lambda *a, **k: self._told(Layer._run(self, *a, **k)), args, kwargs)
        self._clear_losses()                             # they were penalties of shapes only
        return outputs

    def _told(self, outputs: Any) -> Any:
        if outputs is None:
            raise KindError(f"{self.label}.call gave None", where=user_line(),
                            hint="end it with return and the outputs")
        return outputs

    # calling -------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        args = tuple(calling.to_tensors(a, self.compute_dtype, self.autocast) for a in args)
        kwargs = {k: calling.to_tensors(v, self.compute_dtype, self.autocast)
                  for k, v in kwargs.items()}
        if any(isinstance(each, KerasTensor) for each in nest.flatten([args, kwargs])):
            return apply_symbolically(self, args, kwargs)
        return self._run(*args, **kwargs)

    def _run(self, *args: Any, **kwargs: Any) -> Any:
        training = kwargs.pop("training", None)
        has_training = calling.takes(type(self).call, "training")
        named = calling.bind(self, args, kwargs)
        if has_training:                                 # it may have come by position
            training = named.pop("training", training)
        if training is None:
            training = calling.calling.training
        if training is None and has_training:
            default = calling.parameters_of(type(self).call)["training"].default
            training = default if isinstance(default, bool) else None
        calling.check_tensors(self, named)
        self._build_for(named)
        first = next(iter(named.values()), None)
        calling.fill_masks(type(self).call, named)
        given = named.get("mask")
        masks = calling.masks_of(first) if given is None else given
        with calling.call_of(self, training) as outermost, naming(self), scope(self.name):
            if outermost:
                self._clear_losses()
            if has_training:
                named["training"] = training
            outputs = self._invoke(named)
            if self.activity_regularizer is not None:
                for each in nest.flatten(outputs):       # Keras: averaged over the batch
                    self.add_loss(self.activity_regularizer(each) / max([1, *each.shape[:1]]))
        self._carry_masks(first, outputs, masks)
        return outputs

    def _invoke(self, named: dict[str, Any]) -> Any:
        """`call` with its arguments, those without a name (``*args``) first."""
        parameters = calling.parameters_of(type(self).call)
        loose = [name for name, each in parameters.items() if each.kind is each.VAR_POSITIONAL]
        if not loose:
            return self.call(**named)
        before = [named.pop(name) for name in list(parameters)[:list(parameters).index(loose[0])]
                  if name in named]
        return self.call(*before, *named.pop(loose[0], ()), **named)

    def _build_for(self, named: dict[str, Any]) -> None:
        """Check the inputs against the spec and build, if that has not happened yet."""
        first = next(iter(named.values()), None)
        if not self.built:
            self._check_spec(first)
            with naming(self):
                build_from(self, named)
        self._check_spec(first)

    def _check_spec(self, inputs: Any) -> None:
        if self.input_spec is not None:
            input_spec.check(self.input_spec, inputs, self.label, getattr(self, "kernel", None))

    def _carry_masks(self, inputs: Any, outputs: Any, previous: Any) -> None:
        """Give the outputs their masks, but for those that `call` has given one already."""
        none = all(each is None for each in nest.flatten(previous))
        if not self.supports_masking and not none:
            calling.mention_lost_mask(self, outputs)
        if not self.supports_masking or (none and type(self).compute_mask is Layer.compute_mask):
            return
        masks = nest.flatten(self.compute_mask(inputs, previous))
        for output, mask in zip(nest.flatten(outputs), masks, strict=False):
            if isinstance(output, Tensor) and mask is not None and calling.mask_of(output) is None:
                output._keras_mask = mask

    @property
    def input(self) -> Any:
        """The symbolic input of the layer's first call on symbolic tensors."""
        return _single(self._first_call().inputs)

    @property
    def output(self) -> Any:
        """The symbolic output of the layer's first call on symbolic tensors."""
        return _single(self._first_call().outputs)

    def _first_call(self) -> Any:
        if not self._inbound_nodes:
            raise NotBuiltError(f"{self.label} was not called on an Input yet", where=user_line())
        return self._inbound_nodes[0]

    # writing and reading ---------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        config = {"name": self.name, "trainable": self.trainable,
                  "dtype": serialize(self.dtype_policy)}
        config["dtype"]["registered_name"] = None
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = serialize(self.activity_regularizer)
        return {**config, **super().get_config(), "name": self.name}

    def get_build_config(self) -> dict[str, Any] | None:
        return self._build_shapes

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build again from the shapes that `get_build_config` gave."""
        shapes = config.get("input_shape", config.get("shapes_dict"))
        if shapes is None or self.built:
            return
        with naming(self):
            build_with(self, as_shape(shapes) if "shapes_dict" in config
                       else {"input_shape": as_shape(shapes)})

    def save_own_variables(self, store: Any) -> None:
        for i, variable in enumerate(self._own_in_order()):
            store[str(i)] = variable.array

    def load_own_variables(self, store: Any) -> None:
        own = self._own_in_order()
        if len(store.keys()) != len(own):
            raise ShapeError(f"{self.label} has {len(own)} variables",
                             got=f"{len(store.keys())} in the file", hint=None if self.built else
                             "it was never built: its owner's __init__ can say self.….build(shape)")
        for i, variable in enumerate(own):
            variable.assign(np.asarray(store[str(i)]))

    def _own_in_order(self) -> list[Variable]:
        """The variables as Keras stores them: in the order trainable, then others."""
        return self._own_weights()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
