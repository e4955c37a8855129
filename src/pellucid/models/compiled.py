"""What `compile` was given, matched to the outputs: which loss and which metrics judge which."""

from __future__ import annotations

from typing import Any

from pellucid import losses as losses_module
from pellucid import metrics as metrics_module
from pellucid.core import nest
from pellucid.core.errors import ArgumentError, ShapeError, nearest, user_line
from pellucid.core.names import snake_case
from pellucid.core.serialization import BUILT_IN


class OutputLoss:
    """One loss for one output, with its weight and (if several have one) its own mean."""

    def __init__(self, loss: Any, weight: float | None, name: str | None, several: bool) -> None:
        self.loss, self.weight = as_loss(loss), weight
        name = name or (loss if isinstance(loss, str) else self.loss.name)
        self.mean = metrics_module.Mean(name=f"{name}_loss") if several else None


class CompiledLoss:
    """The total loss over all outputs: Σ weight · loss(y_true, y_pred)."""

    def __init__(self, loss: Any, loss_weights: Any, output_names: list[str]) -> None:
        self.given, self.weights, self.names = loss, loss_weights, output_names
        self.parts: list[OutputLoss | None] | None = None
        self.order: list[int] = []

    def build(self, y_pred: Any) -> None:
        """Match losses and outputs, now that the number of outputs is known."""
        if self.parts is not None:
            return
        leaves = nest.flatten(y_pred)
        names = names_of(y_pred, self.names, len(leaves))
        losses = spread(self.given, y_pred, names, "loss", broadcast=True)
        weights = spread(self.weights, y_pred, names, "loss_weights", broadcast=False)
        several = sum(loss is not None for loss in losses) > 1
        self.order = ([sorted(y_pred).index(key) for key in y_pred] if isinstance(y_pred, dict)
                      else list(range(len(leaves))))     # of the logs, as the outputs were given
        self.parts = [None if loss is None else OutputLoss(loss, weight, name, several)
                      for loss, weight, name in zip(losses, weights, names, strict=True)]
        if all(part is None for part in self.parts):
            raise ArgumentError("no output has a loss", where=user_line())

    @property
    def metrics(self) -> list[Any]:
        parts = [self.parts[i] for i in self.order] if self.parts else []
        return [part.mean for part in parts if part is not None and part.mean]

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        self.build(y_pred)
        assert self.parts is not None
        predicted = nest.flatten(y_pred)
        targets = matched(y_true, y_pred, self.names, self.parts)
        given = [None] * len(predicted) if sample_weight is None else (
            matched(sample_weight, y_pred, self.names, self.parts)
            if nest.is_nested(sample_weight) else [sample_weight] * len(predicted))
        total = None
        for part, y, p, w in zip(self.parts, targets, predicted, given, strict=True):
            if part is None:
                continue
            value = part.loss(y, p, sample_weight=w)
            if part.mean is not None:
                part.mean.update_state(value, sample_weight=float(p.shape[0]))
            value = value if part.weight is None else value * part.weight
            total = value if total is None else total + value
        return total


class CompiledMetrics:
    """The metrics of every output, named as in Keras: ``accuracy`` or ``head_accuracy``."""

    def __init__(self, metrics: Any, weighted: Any, output_names: list[str]) -> None:
        self.given, self.weighted, self.names = metrics, weighted, output_names
        self.parts: list[tuple[list[Any], list[Any]]] | None = None
        self._prefixes: list[str] = []                   # of the names in the logs, by output

    def build(self, y_true: Any, y_pred: Any, loss: CompiledLoss | None) -> None:
        """Make the metrics, now that the shapes that "accuracy" depends on are known."""
        if self.parts is not None:
            return
        leaves = nest.flatten(y_pred)
        names = names_of(y_pred, self.names, len(leaves))
        targets = matched(y_true, y_pred, self.names, None)
        several = len(leaves) > 1
        self.parts = []
        for i, (y, p) in enumerate(zip(targets, leaves, strict=True)):
            prefix = f"{names[i]}_" if several and names[i] else ""
            both = []
            for given in (self.given, self.weighted):
                own = spread(given, y_pred, names, "metrics", broadcast=not several, lists=True)[i]
                both.append([made_metric(each, y, p) for each in as_list(own) if each is not None])
            self.parts.append((both[0], both[1]))
            self._prefixes.append(prefix)

    @property
    def prefixes(self) -> dict[int, str]:
        """What goes before each metric's name in the logs, by the metric's id.

        A weighted metric that is also there without weights is called so.
        """
        found: dict[int, str] = {}
        for prefix, (plain, weighted) in zip(self._prefixes, self.parts or (), strict=True):
            names = {each.name for each in plain}
            found |= {id(each): prefix for each in plain}
            found |= {id(each): f"{prefix}weighted_" if each.name in names else prefix
                      for each in weighted}
        return found

    @property
    def metrics(self) -> list[Any]:
        found = [each for pair in self.parts or () for group in pair for each in group]
        if not any(self._prefixes):
            return found
        prefixes = self.prefixes                         # of several outputs by name, as in Keras
        return sorted(found, key=lambda each: prefixes[id(each)] + each.name)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        assert self.parts is not None
        predicted = nest.flatten(y_pred)
        targets = matched(y_true, y_pred, self.names, None)
        given = (matched(sample_weight, y_pred, self.names, None)
                 if nest.is_nested(sample_weight) else [sample_weight] * len(predicted))
        for (plain, weighted), y, p, w in zip(self.parts, targets, predicted, given, strict=True):
            if y is None:
                continue
            for each in plain:
                each.update_state(y, p)
            for each in weighted:
                each.update_state(y, p, sample_weight=w)


def as_loss(given: Any) -> Any:
    """A `Loss` for a name, a function or a `Loss`; the class behind a built-in function."""
    found = losses_module.get(given)
    if isinstance(found, losses_module.Loss):
        return found
    for each in BUILT_IN["keras.losses"].values():
        if vars(each).get("formula") is found:
            return each()
    return losses_module.LossFunctionWrapper(found, name=getattr(found, "__name__", "loss"))


def as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def names_of(y_pred: Any, names: list[str], count: int) -> list[str | None]:
    """What the outputs are called: by the keys of a dict, or by the layers that made them."""
    if isinstance(y_pred, dict):
        return sorted(y_pred)
    return list(names) if len(names) == count else [None] * count


def spread(given: Any, y_pred: Any, names: list[str | None], what: str, *, broadcast: bool,
           lists: bool = False) -> list[Any]:
    """One entry per output of what was given as a dict by name, a list by place, or once."""
    count = len(nest.flatten(y_pred))
    if given is None:
        return [None] * count
    if isinstance(given, dict):
        for key in given:
            if key not in names:
                raise ArgumentError(f"{what} names the output {key!r}, which the model has not",
                                    where=user_line(),
                                    hint=nearest(key, filter(None, names))
                                    or f"its outputs are {names}")
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if count == 1:
            return [given if lists else given[0]]
        if len(given) != count:
            raise ArgumentError(f"{what} must have one entry for each of the {count} outputs",
                                got=f"{len(given)}", where=user_line())
        return list(given)
    if count > 1 and not broadcast:
        raise ArgumentError(f"{what} for {count} outputs must be a list or a dict",
                            got=repr(given), where=user_line())
    return [given] * count


def matched(y_true: Any, y_pred: Any, names: list[str], parts: Any) -> list[Any]:
    """The targets in the order of the outputs; a dict is matched by name."""
    outputs = len(nest.flatten(y_pred))
    if isinstance(y_true, dict):
        order = sorted(y_pred) if isinstance(y_pred, dict) else names
        return [y_true.get(name) for name in order]
    leaves = nest.flatten(y_true)
    if y_true is None:
        return [None] * outputs
    if parts is not None and len(leaves) != outputs:
        used = [part for part in parts if part is not None]
        if len(leaves) == len(used):                     # outputs without a loss need no target
            found = iter(leaves)
            return [None if part is None else next(found) for part in parts]
    if len(leaves) != outputs:
        raise ShapeError(f"the model has {outputs} outputs", got=f"{len(leaves)} targets",
                         where=user_line())
    return leaves


def made_metric(given: Any, y_true: Any, y_pred: Any) -> Any:
    """A metric object, for a string by the shapes of targets and outputs."""
    if isinstance(given, str) and given.lower() in ("accuracy", "acc"):
        made = _by_shapes(y_true, y_pred, given)
    else:
        made = metrics_module.get(given)
        if not isinstance(made, metrics_module.Metric):  # a plain function
            name = snake_case(getattr(made, "__name__", "metric"))
            made = metrics_module.MeanMetricWrapper(made, name=name)
        if isinstance(given, str):                       # the log keeps the name that was given
            made.name = given
    return made


def _by_shapes(y_true: Any, y_pred: Any, name: str) -> Any:
    """Keras's rule: one output is binary, integer targets are sparse, else one-hot."""
    if y_pred.shape[-1] == 1:
        return metrics_module.BinaryAccuracy(name=name)
    if len(y_true.shape) < len(y_pred.shape) or y_true.shape[-1] == 1:
        return metrics_module.SparseCategoricalAccuracy(name=name)
    return metrics_module.CategoricalAccuracy(name=name)
