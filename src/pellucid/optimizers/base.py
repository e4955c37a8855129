"""What every optimizer does with gradients: clip → decay → update → average → constrain."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Any, ClassVar

from pellucid.atoms import cast, cond, equal, floor_divide, not_equal, where, zeros_like
from pellucid.core.errors import (
    ArgumentError,
    NotBuiltError,
    PellucidWarning,
    user_line,
)
from pellucid.core.field import check
from pellucid.core.kinds import TEXT, TRUTH
from pellucid.core.names import auto_name
from pellucid.core.tensor import convert
from pellucid.core.variable import Variable
from pellucid.optimizers import clipping, pairs
from pellucid.optimizers.rate import LearningRate
from pellucid.optimizers.state import State


class Optimizer(State):
    """Moves weights against their gradients.

    An own optimizer is written in one of two ways. The short one declares its state and says how
    one weight moves; ``t`` is the number of the step from 1, ``rate`` the learning rate:

    >>> class SignDescent(Optimizer):
    ...     def update(self, w, g, *, t, rate):
    ...         return w - rate * sign(g)
    >>> from pellucid.atoms import sign
    >>> w = Variable(1.0)
    >>> SignDescent(learning_rate=0.5).apply([convert(3.0)], [w])
    >>> float(w)
    0.5

    The other is Keras's protocol: ``build(variables)`` and ``update_step(gradient, variable,
    learning_rate)`` with `add_variable_from_reference`, `assign`, `assign_add`, `assign_sub`.

    Arguments: ``weight_decay`` (w loses weight_decay · rate · w at each step), ``clipnorm`` (each
    gradient), ``global_clipnorm`` (all together), ``clipvalue`` (each number), ``use_ema`` (keep a
    moving average of the weights, with ``ema_momentum``, and put it in their place every
    ``ema_overwrite_frequency`` steps), ``loss_scale_factor``, ``gradient_accumulation_steps`` (move
    only every n-th step, by the mean of n gradients), ``name``.
    """

    family = "keras.optimizers"
    learning_rate: Any = LearningRate()
    state: ClassVar[dict[str, str]] = {}

    if TYPE_CHECKING:                    # the keywords that type checkers see on every optimizer
        _: KW_ONLY
        weight_decay: Any = None
        clipnorm: Any = None
        clipvalue: Any = None
        global_clipnorm: Any = None
        use_ema: bool = False
        ema_momentum: Any = 0.99
        ema_overwrite_frequency: Any = None
        loss_scale_factor: Any = None
        gradient_accumulation_steps: Any = None
        name: Any = None

    def __init__(self, learning_rate: Any = None, weight_decay: float | None = None,
                 clipnorm: float | None = None, clipvalue: float | None = None,
                 global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None,
                 gradient_accumulation_steps: int | None = None, name: str | None = None) -> None:
        owner = type(self).__name__
        clips = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        if len(given := [key for key, value in clips.items() if value is not None]) > 1:
            raise ArgumentError(f"{owner} clips gradients in one way only",
                                got=" and ".join(given), where=user_line())
        self._start(check(owner, "name", name, kind=TEXT) or auto_name(owner))
        self.clipnorm = check(owner, "clipnorm", clipnorm, at_least=0)
        self.clipvalue = check(owner, "clipvalue", clipvalue, at_least=0)
        self.global_clipnorm = check(owner, "global_clipnorm", global_clipnorm, at_least=0)
        self.weight_decay = check(owner, "weight_decay", weight_decay, at_least=0)
        self.use_ema = bool(check(owner, "use_ema", use_ema, kind=TRUTH))
        self.ema_momentum = check(owner, "ema_momentum", ema_momentum, at_least=0, at_most=1)
        self.ema_overwrite_frequency = check(
            owner, "ema_overwrite_frequency", ema_overwrite_frequency, at_least=1, whole=True)
        self.loss_scale_factor = check(owner, "loss_scale_factor", loss_scale_factor, above=0)
        self.gradient_accumulation_steps = check(
            owner, "gradient_accumulation_steps", gradient_accumulation_steps or None, at_least=2,
            whole=True)
        if learning_rate is not None or "learning_rate" not in self.fields:
            self.learning_rate = learning_rate

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "learning_rate" in cls.fields and "learning_rate" in vars(cls):
            del cls.learning_rate                        # the default would hide how it is set

    # what an optimizer declares ---------------------------------------------------------------

    def update(self, w: Any, g: Any, *_: Any, **state: Any) -> Any:
        """The new weight (and state, in the order of `state`) from the old one and a gradient."""
        raise ArgumentError(f"{type(self).__name__} has neither update nor update_step",
                            hint="write `def update(self, w, g, *, t, rate): ...`")

    def decayed(self, w: Any, decay: Any, rate: Any) -> Any:
        """The weight without the part that weight decay takes before each step."""
        return w - w * decay * rate

    def prepare(self) -> None:
        """What happens once a step, before any weight moves."""

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Move one variable; Keras's hook, here by way of `update`."""
        dtype, slots = variable.dtype, self._slots_of(variable)
        result = self.update(
            variable.value, convert(gradient, dtype), t=cast(self.iterations + 1, dtype=dtype),
            rate=convert(learning_rate, dtype), **{key: each.value for key, each in slots.items()})
        values = result if isinstance(result, tuple) else (result,)
        for each, value in zip((variable, *slots.values()), values, strict=True):
            each.assign(value)

    # one step -----------------------------------------------------------------------------------

    def apply(self, grads: Sequence[Any], trainable_variables: Any = None) -> None:
        """Move the variables by one step; the first call builds the state.

        A gradient of None leaves its variable as it is, with a warning; if all are None,
        ArgumentError is raised.
        """
        pairs.check_sequence(self.name, grads)
        if not grads:
            return
        variables = self._known(grads, trainable_variables)
        grads, moving = _present(grads, variables)
        if self.loss_scale_factor is not None:
            grads = [g / self.loss_scale_factor for g in grads]
        if self.gradient_accumulation_steps:
            self._accumulate(grads, moving)
        else:
            self._move(grads, moving)
        if self.use_ema:
            self._average()
        for variable in moving:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))
        self._iterations.assign_add(1)

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> Variable:
        """As `apply`, with pairs of gradient and variable."""
        self.apply(*pairs.pairs_of(self.name, grads_and_vars))
        return self._iterations

    def _known(self, grads: Sequence[Any], variables: Any) -> list[Variable]:
        if variables is None and not self.built:
            raise NotBuiltError(f"{self.name} does not know any variables yet", where=user_line(),
                                hint="call optimizer.build(variables) first, or pass them along")
        variables = list(self._trainable_variables if variables is None else variables)
        pairs.check_variables(self.name, variables)
        if not self.built:
            self.build(variables)
        for each in variables:
            if each not in self._indices:
                raise ArgumentError(f"{self.name} was built for other variables", where=user_line(),
                                    got=f"{each.path!r}", hint="make a new optimizer for them")
        if len(grads) != len(variables):
            raise ArgumentError(f"{self.name} needs one gradient for each of {len(variables)} "
                                "variables", got=f"{len(grads)}", where=user_line())
        pairs.check_shapes(self.name, grads, variables)
        return variables

    def _move(self, grads: Sequence[Any], variables: Sequence[Variable]) -> None:
        grads, rate = self._clipped(grads), self.learning_rate
        for w in variables:
            decay = self._decay_of(w)
            if decay is not None and self._decays(w):
                w.assign(self.decayed(w, decay, convert(rate, w.dtype)))
        self.prepare()
        for g, variable in zip(grads, variables, strict=True):
            self.update_step(g, variable, rate)

    def _clipped(self, grads: Sequence[Any]) -> Sequence[Any]:
        if self.clipnorm:
            return [clipping.clip_by_norm(g, self.clipnorm) for g in grads]
        if self.global_clipnorm:
            return clipping.clip_by_global_norm(grads, self.global_clipnorm)
        if self.clipvalue:
            return [clipping.clip_by_value(g, self.clipvalue) for g in grads]
        return grads

    def _accumulate(self, grads: Sequence[Any], variables: Sequence[Variable]) -> None:
        """Add up n gradients; at every n-th step move by their mean."""
        n = self.gradient_accumulation_steps
        sums = [self._accumulated_gradients[self._get_variable_index(v)] for v in variables]

        def move() -> tuple[()]:
            self._move([(g + total) / n for g, total in zip(grads, sums, strict=True)], variables)
            for total in sums:
                total.assign(zeros_like(total))
            return ()

        def add() -> tuple[()]:
            for g, total in zip(grads, sums, strict=True):
                total.assign(total + g)
            return ()

        cond(equal((self._iterations + 1) % n, 0), move, add)

    def _average(self) -> None:
        """a ← μ a + (1 - μ) w, where the first step takes w itself."""
        frequency = self.ema_overwrite_frequency
        for w, average in zip(self._trainable_variables, self._averages, strict=True):
            momentum = self.ema_momentum * cast(not_equal(self.iterations, 0), dtype=w.dtype)
            average.assign(momentum * average + (1 - momentum) * w)
            if frequency:
                due = equal((self.iterations + 1) % frequency, 0)
                w.assign(where(due, average, w))

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """At the end of training: with ``use_ema`` the averages take the weights' place."""
        if self.use_ema:
            for variable, average in zip(var_list, self._averages, strict=True):
                variable.assign(average)

    # the rest of Keras's interface --------------------------------------------------------------

    @property
    def iterations(self) -> Any:
        """The number of steps done so far (of moves, where gradients are accumulated)."""
        if self.gradient_accumulation_steps:
            return floor_divide(self._iterations, self.gradient_accumulation_steps)
        return self._iterations

    def scale_loss(self, loss: Any) -> Any:
        """The loss times ``loss_scale_factor``, which `apply` takes out of the gradients again."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def assign(self, variable: Variable, value: Any) -> None:
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        variable.assign_sub(value)

    def advice(self) -> Iterator[str]:
        """What runs but is probably not meant: sentences for a warning before the first step."""
        name = type(self).__name__
        if isinstance(self._learning_rate, Variable) and float(self._learning_rate) == 0:
            yield f"{name}'s learning_rate is 0, so no weight will move."
        if getattr(self, "epsilon", None) == 0:
            yield (f"{name}'s epsilon is 0: a weight whose gradient is 0 from the start becomes "
                   "NaN (0 / 0); the usual 1e-7 prevents it.")

    def __repr__(self) -> str:
        rate = self._learning_rate                       # 0.1, and not the nearest float32 to it
        rate = float(str(rate.numpy())) if isinstance(rate, Variable) else self._rate_as_data()
        given = {**self._given, **({"learning_rate": rate}
                                   if "learning_rate" in self._given else {})}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in given.items())})"


def _present(grads: Sequence[Any], variables: Sequence[Variable]) -> tuple[list[Any], list[Any]]:
    """The gradients that exist, with their variables; the others are named in a warning."""
    kept = [(convert(g), v) for g, v in zip(grads, variables, strict=True) if g is not None]
    if not kept:
        raise ArgumentError("no gradient reaches any variable", where=user_line(),
                            hint="does the loss depend on the weights, and was it computed inside "
                                 "the tape?")
    if missing := [v.path for g, v in zip(grads, variables, strict=True) if g is None]:
        warnings.warn(f"No gradient reaches {', '.join(missing)}: the loss does not depend on "
                      f"{'it' if len(missing) == 1 else 'them'}.", PellucidWarning, stacklevel=3)
    return [g for g, _ in kept], [v for _, v in kept]
