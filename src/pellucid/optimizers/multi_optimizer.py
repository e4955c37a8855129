"""Several optimizers at work on one model, each on variables of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from typing import Any

from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.field import check
from pellucid.core.fields import field
from pellucid.core.kinds import TEXT
from pellucid.core.names import auto_name, inside
from pellucid.core.serialization import Configurable, deserialize, serialize
from pellucid.core.settings import floatx
from pellucid.core.variable import Variable
from pellucid.optimizers.base import Optimizer
from pellucid.optimizers.pairs import check_sequence


class OptimizerMap(Configurable, MutableMapping[str, Any]):
    """Which optimizer moves which variable, by the variable's path.

    A key is a path, or a regular expression that fits a whole path; the path itself goes first.
    What no key fits goes to ``default_optimizer``. Two expressions that fit one path are an error.

    >>> from pellucid.optimizers import SGD, Adam
    >>> which = OptimizerMap(SGD(name="rest"), {"encoder/.*": Adam(name="fast")})
    >>> which["encoder/dense/kernel"].name, which["head/kernel"].name
    ('fast', 'rest')
    """

    family = "keras.optimizers"
    default_optimizer: Any = field(help="moves what no key fits")
    optimizer_map: Any = field(None, help="a dict from paths or expressions to optimizers")

    def settle(self) -> None:
        if not isinstance(self.default_optimizer, Optimizer):
            raise KindError("OptimizerMap's default_optimizer must be an optimizer",
                            got=self.default_optimizer, where=user_line(), hint="as in Adam()")
        if not isinstance(self.optimizer_map, dict | None):
            raise KindError("OptimizerMap's optimizer_map must be a dict", where=user_line(),
                            got=self.optimizer_map, hint='as in {"encoder/.*": Adam()}')
        given, self.optimizer_map = self.optimizer_map or {}, {}
        for key, optimizer in given.items():
            self[key] = optimizer

    def __getitem__(self, key: str) -> Any:
        if key in self.optimizer_map:
            return self.optimizer_map[key]
        fitting = [each for each in self.optimizer_map if re.fullmatch(each, key)]
        if len(fitting) > 1:
            raise ArgumentError(f"one optimizer must fit the variable {key!r}", where=user_line(),
                                got=" and ".join(map(repr, fitting)))
        return self.optimizer_map[fitting[0]] if fitting else self.default_optimizer

    def __setitem__(self, key: str, optimizer: Any) -> None:
        if not isinstance(key, str):
            raise KindError("OptimizerMap's keys are paths or expressions", got=repr(key),
                            where=user_line())
        if key in self.optimizer_map:
            raise ArgumentError(f"OptimizerMap holds {key!r} already", where=user_line(),
                                hint="delete it first")
        self.optimizer_map[key] = single(optimizer, f"OptimizerMap[{key!r}]")

    def __delitem__(self, key: str) -> None:
        del self.optimizer_map[key]

    def __len__(self) -> int:
        return len(self.optimizer_map)

    def __iter__(self) -> Iterator[str]:
        return iter(self.optimizer_map)

    def __call__(self, variable: Any) -> Any:
        return self[variable.path]


def single(optimizer: Any, what: str) -> Any:
    """The optimizer, if it is one and does not itself hand work on to several."""
    if not isinstance(optimizer, Optimizer) or isinstance(optimizer, MultiOptimizer):
        raise KindError(f"{what} must be an optimizer of single variables", where=user_line(),
                        got=f"{optimizer!r:.60}", hint="as in Adam()")
    return optimizer


class MultiOptimizer(Optimizer):
    """Leaves each variable to one of several optimizers: :math:`w ← o_{k(w)}(w, g)`.

    ``optimizer_map`` is an `OptimizerMap`, or a function from a variable to an optimizer (the same
    object for all variables that it is to move). ``loss_scale_factor`` takes the place of those of
    the single optimizers, which stand in ``optimizers`` and keep rates, decay and clipping of their
    own: the whole has no ``learning_rate``.

    >>> from pellucid.core.tensor import convert
    >>> from pellucid.optimizers import SGD
    >>> slow, fast = Variable(1.0, name="slow"), Variable(1.0, name="fast")
    >>> both = MultiOptimizer(OptimizerMap(SGD(0.1), {"fast": SGD(0.5)}))
    >>> both.apply([convert(1.0), convert(1.0)], [slow, fast])
    >>> round(float(slow), 4), round(float(fast), 4)
    (0.9, 0.5)

    Use: parts of a model that should learn in different ways, such as a new head on a trained body.
    Pros: each part has its own rule, rate, decay and clipping.
    Cons: no learning rate of the whole, so callbacks that change it have nothing to change; one map
    more to keep right.
    Source: J. Howard and S. Ruder, "Universal language model fine-tuning" (2018).
    """

    def __init__(self, optimizer_map: Any, loss_scale_factor: float | None = None,
                 name: str | None = None) -> None:
        if not callable(optimizer_map):
            raise KindError("MultiOptimizer's optimizer_map must be an OptimizerMap, or a function "
                            "from a variable to an optimizer", got=repr(optimizer_map),
                            where=user_line())
        owner = type(self).__name__
        self._start(check(owner, "name", name, kind=TEXT) or auto_name(owner))
        with inside(self.name):                          # Keras keeps a rate here that none reads
            self._learning_rate = Variable(0.0, dtype=floatx(), trainable=False,
                                           name="learning_rate")
        self.weight_decay = self.clipnorm = self.clipvalue = self.global_clipnorm = None
        self.use_ema, self.ema_momentum, self.ema_overwrite_frequency = False, 0.99, None
        self.gradient_accumulation_steps = None
        self.optimizer_map = optimizer_map
        self.optimizers: list[Any] = []
        if isinstance(optimizer_map, OptimizerMap):
            for each in (*optimizer_map.values(), optimizer_map.default_optimizer):
                self._take_in(each)
        self.loss_scale_factor = check("MultiOptimizer", "loss_scale_factor", loss_scale_factor,
                                       above=0)

    def _take_in(self, optimizer: Any) -> None:
        if not any(each is optimizer for each in self.optimizers):
            self.optimizers.append(optimizer)

    @property
    def learning_rate(self) -> Any:
        raise AttributeError(f"{type(self).__name__} has no learning_rate of its own: each of its "
                             "optimizers has one")

    @learning_rate.setter
    def learning_rate(self, _: Any) -> None:
        raise AttributeError(f"{type(self).__name__} has no learning_rate of its own: set those of "
                             "its optimizers")

    @property
    def loss_scale_factor(self) -> Any:
        return self._loss_scale_factor

    @loss_scale_factor.setter
    def loss_scale_factor(self, value: Any) -> None:
        self._loss_scale_factor = value
        for each in self.optimizers:
            each.loss_scale_factor = value

    def build(self, variables: Iterable[Variable]) -> None:
        if self.built:
            return
        variables = list(variables)
        self._movers = {each: single(self.optimizer_map(each), f"the optimizer of {each.path}")
                        for each in variables}
        for each in self._movers.values():
            self._take_in(each)
        self.loss_scale_factor = self._loss_scale_factor
        for optimizer, own in self._shares(variables):
            optimizer.build(own)
        super().build(variables)

    def _shares(self, variables: Sequence[Variable]) -> Iterator[tuple[Any, list[Variable]]]:
        """Each optimizer with those of the variables that it moves, if there are any."""
        for optimizer in self.optimizers:
            if own := [each for each in variables if self._movers[each] is optimizer]:
                yield optimizer, own

    @property
    def variables(self) -> list[Variable]:
        """Its own two, then those of each optimizer."""
        return [*self._variables, *(each for one in self.optimizers for each in one.variables)]

    def apply(self, grads: Sequence[Any], trainable_variables: Any = None) -> None:
        check_sequence(self.name, grads)
        if not grads:
            return
        variables = self._known(grads, trainable_variables)
        gradient = dict(zip(variables, grads, strict=True))
        for optimizer, own in self._shares(variables):
            optimizer.apply([gradient[each] for each in own], own)
        self._iterations.assign_add(1)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        for optimizer, own in self._shares(var_list):
            optimizer.finalize_variable_values(own)

    def advice(self) -> Iterator[str]:
        for each in self.optimizers:
            yield from each.advice()

    def get_config(self) -> dict[str, Any]:
        return {"optimizer_map": serialize(self.optimizer_map),
                "loss_scale_factor": self.loss_scale_factor, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None,
                    **_: Any) -> Any:
        chosen = deserialize(config["optimizer_map"], custom_objects)
        return cls(**{**config, "optimizer_map": chosen})
