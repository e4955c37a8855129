"""What an optimizer keeps: its counter, its rate, its state for each weight; and its config."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np

from pellucid import initializers
from pellucid.core.custom_objects import custom_object_scope
from pellucid.core.errors import ArgumentError, PellucidWarning, ShapeError, user_line
from pellucid.core.names import inside
from pellucid.core.serialization import Configurable, serialize
from pellucid.core.variable import Variable


class State(Configurable):
    """The variables of an optimizer, in Keras's order: iterations, learning rate, then its state.

    ``state`` maps the letters of `update` to the names of Keras's variables.
    """

    state: ClassVar[dict[str, str]] = {}
    built = False
    use_ema: bool
    gradient_accumulation_steps: int | None
    weight_decay: Any

    def _start(self, name: str) -> None:
        self.name = name
        self._variables: dict[Variable, None] = {}
        self._trainable_variables: list[Variable] = []
        self._indices: dict[Variable, int] = {}
        self._slots: dict[str, list[Any]] = {}
        self._averages: list[Variable] = []
        self._accumulated_gradients: list[Variable] = []
        self._excluded: set[Variable] = set()
        self._excluded_names: re.Pattern[str] | None = None
        self._learning_rate: Any = None
        with inside(name):
            self._iterations = Variable(0, dtype="int", trainable=False, name="iteration")

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Variable) and "_variables" in self.__dict__:
            self._track_variable(value)                  # as in Keras: `self.x = Variable(...)`
        super().__setattr__(name, value)

    def _track_variable(self, variable: Variable) -> None:
        self._variables[variable] = None

    def _untrack_variable(self, variable: Variable) -> None:
        self._variables.pop(variable, None)

    # state of the weights -----------------------------------------------------------------------

    def groups(self) -> Sequence[Sequence[str]]:
        """The letters of `state` that are kept, in blocks: Keras stores block after block."""
        return [tuple(self.state)]

    def initial(self, letter: str) -> Any:
        """The initializer of one piece of state."""
        return "zeros"

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the state for these variables."""
        if self.built:
            return
        self._trainable_variables = list(variables)
        self._indices = {each: i for i, each in enumerate(self._trainable_variables)}
        self.built = True
        if self.use_ema:
            self._averages = self.add_optimizer_variables(self._trainable_variables, "average")
        if self.gradient_accumulation_steps:
            self._accumulated_gradients = self.add_optimizer_variables(
                self._trainable_variables, "gradient_accumulator")
        for group in self.groups():
            lists = self.add_optimizer_variables(
                self._trainable_variables, [self.state[letter] for letter in group],
                [self.initial(letter) for letter in group])
            self._slots.update(zip(group, lists, strict=True))

    def _slots_of(self, variable: Variable) -> dict[str, Variable]:
        """The state of one variable, in the order of `state`."""
        i = self._get_variable_index(variable)
        slots = self._slots
        return {letter: slots[letter][i] for letter in self.state
                if letter in slots and slots[letter][i] is not None}

    def _get_variable_index(self, variable: Variable) -> int:
        return self._indices[variable]

    def add_variable(self, shape: Any, initializer: Any = "zeros", dtype: Any = None,
                     aggregation: str = "none", layout: Any = None,
                     name: str | None = None) -> Variable:
        """A new variable of the optimizer."""
        with inside(self.name):
            variable = Variable(initializers.get(initializer), tuple(shape), dtype,
                                trainable=False, aggregation=aggregation, name=name)
        self._track_variable(variable)
        return variable

    def add_variable_from_reference(self, reference_variable: Variable, name: str | None = None,
                                    initializer: Any = "zeros") -> Variable:
        """A new variable of the shape and dtype of another, named after it."""
        path = reference_variable.path.replace("/", "_")
        return self.add_variable(reference_variable.shape, initializer, reference_variable.dtype,
                                 name=f"{path}_{name or 'var'}")

    def add_optimizer_variables(self, trainable_variables: Sequence[Variable], name: Any,
                                initializer: Any = "zeros") -> Any:
        """Variables like each of those given: one list, or for several names a list for each."""
        if isinstance(name, str):
            return self.add_optimizer_variables(trainable_variables, [name], initializer)[0]
        firsts = list(initializer) if isinstance(initializer, (list, tuple)) else (
            [initializer] * len(name))
        if len(firsts) != len(name):
            raise ArgumentError(f"{len(name)} names need as many initializers", got=len(firsts),
                                where=user_line())
        rows = [[self.add_variable_from_reference(each, label, first)
                 for label, first in zip(name, firsts, strict=True)]
                for each in trainable_variables]
        return tuple([row[i] for row in rows] for i in range(len(name)))

    # weight decay -------------------------------------------------------------------------------

    def exclude_from_weight_decay(self, var_list: Iterable[Variable] | None = None,
                                  var_names: Iterable[str] | None = None) -> None:
        """Leave variables out of the weight decay, by themselves or by a part of their name.

        Raises ArgumentError once the optimizer is built.
        """
        if self.built:
            raise ArgumentError("exclude_from_weight_decay comes before the optimizer is built",
                                where=user_line())
        self._excluded = set(var_list or ())
        self._excluded_names = re.compile("|".join(sorted(var_names))) if var_names else None

    def _decay_of(self, variable: Variable) -> Any:
        """How much of a variable is lost at each step, in terms of the rate; None for nothing."""
        return self.weight_decay

    def _decays(self, variable: Variable) -> bool:
        named = self._excluded_names is not None and self._excluded_names.search(variable.name)
        return variable not in self._excluded and not named

    # writing and reading ------------------------------------------------------------------------

    @property
    def variables(self) -> list[Variable]:
        """Everything that belongs to the optimizer's state, in Keras's order."""
        return list(self._variables)

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give all variables of the optimizer new values, in the order of `variables`."""
        for variable, value in zip(self.variables, weights, strict=True):
            if np.shape(value) != variable.shape:
                raise ShapeError(f"{variable.path} has shape {variable.shape}",
                                 got=f"a value of shape {np.shape(value)}", where=user_line())
            variable.assign(value)

    def save_own_variables(self, store: Any) -> None:
        """Put the variables into a mapping, under "0", "1", …"""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.array

    def load_own_variables(self, store: Any) -> None:
        """Take the variables from such a mapping; one of another length is left alone, aloud."""
        if len(store.keys()) != len(self.variables):
            warnings.warn(
                f"The optimizer {self.name!r} has {len(self.variables)} variables, but "
                f"{len(store.keys())} were saved: its state is not restored.", PellucidWarning,
                stacklevel=2)
            return
        for i, variable in enumerate(self.variables):
            variable.assign(np.asarray(store[str(i)]))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer (without its state)."""
        base = {key: getattr(self, key) for key in (
            "name", "weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "use_ema",
            "ema_momentum", "ema_overwrite_frequency", "loss_scale_factor",
            "gradient_accumulation_steps")}
        foreign = self.plain and type(self).get_config.__module__.startswith("pellucid.")
        own = self._given if foreign else {key: getattr(self, key) for key in self.fields
                                           if key != "learning_rate"}
        return {"name": self.name, "learning_rate": self._rate_as_data(), **base,
                **{key: serialize(value) for key, value in own.items()
                   if key not in base and key != "learning_rate"}}

    def _rate_as_data(self) -> Any:
        rate = self._learning_rate
        return float(rate) if isinstance(rate, Variable) else serialize(rate)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None,
                    **_: Any) -> Any:
        """An optimizer of this class from `get_config`'s data."""
        with custom_object_scope(custom_objects):
            return super().from_config(config)
