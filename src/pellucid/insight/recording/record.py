"""A recorded run: what every layer and weight did, moment by moment, for pictures and diagnoses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, unknown_name, user_line
from pellucid.insight.recording.measures import LARGEST, SMALLEST
from pellucid.insight.recording.moments import Moment


class Column:
    """An attribute that is one column of the table that its owner holds.

    >>> class Point:
    ...     x = Column("how far to the right")
    ...     def __init__(self, table): self.table = table
    >>> Point(np.array([(1.0,), (2.0,)], [("x", "f8")])).x
    array([1., 2.])
    """

    def __init__(self, doc: str) -> None:
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, owner: Any, kind: Any = None) -> Any:
        return self if owner is None else owner.table[self.name]


@dataclass(frozen=True, eq=False)
class WeightRecord:
    """A weight over the run; each attribute is an array with one entry per moment.

    >>> from pellucid.insight.recording.measures import WEIGHT
    >>> w = WeightRecord("dense/kernel", (3, 2), True, np.zeros(4, WEIGHT), np.ones(4))
    >>> w.norm.shape, w.counts.shape
    ((4,), (4, 48))
    """

    name: str
    shape: tuple[int, ...]
    trainable: bool
    table: np.ndarray
    since: np.ndarray

    norm = Column("‖w‖, the square root of the sum of squares")
    gradient_norm = Column("‖∂L/∂w‖ on the probe")
    step_norm = Column("‖Δw‖ of the step that the optimizer would take on the probe")
    moved = Column("‖Δw‖ of training since the look before, which was ``since`` steps ago")
    distance = Column("‖w - w₀‖, the way from where training began, as the crow flies")
    finite = Column("the share of numbers of w that are finite")
    gradient_finite = Column("the share of numbers of the gradient that are finite")
    gradient_zero = Column("the share of numbers of the gradient that are exactly 0")
    low = Column("the least finite number: where the histogram begins")
    high = Column("the largest finite number: where the histogram ends")
    counts = Column("the histogram between low and high, (moments, bins)")
    sizes = Column("how many numbers of the gradient have which size: `measures.sizes`")

    @property
    def update(self) -> np.ndarray:
        """‖Δw‖ / ‖w‖ of one step: how much of the weight a step changes; NaN while w is 0."""
        return _ratio(self.step_norm, self.norm)

    @property
    def speed(self) -> np.ndarray:
        """‖Δw‖ / ‖w‖ of training since the look before, per step, as the crow flies."""
        return _ratio(self.moved, self.norm * self.since)


@dataclass(frozen=True, eq=False)
class LayerRecord:
    """A layer over the run; each attribute is an array with one entry per moment.

    ``activation`` is the name of its activation, ``weights`` the records of its weights.

    >>> from pellucid.insight.recording.measures import OUTPUT
    >>> layer = LayerRecord("hidden", "Dense", "relu", (4,), np.zeros(3, OUTPUT))
    >>> layer.dead.tolist(), layer.gradient_norm.tolist()
    ([0.0, 0.0, 0.0], [nan, nan, nan])
    """

    name: str
    kind: str
    activation: str | None
    shape: tuple[int, ...]
    table: np.ndarray
    weights: tuple[WeightRecord, ...] = ()

    mean = Column("the mean of the outputs over rows and units")
    std = Column("the standard deviation of the outputs over rows and units")
    zero = Column("the share of outputs that are exactly 0")
    dead = Column("the share of units that are 0 on every row of the probe")
    saturated = Column("the share of outputs at a flat end of the activation, or NaN")
    gradient = Column("the standard deviation of ∂L/∂output")
    finite = Column("the share of outputs that are finite")
    low = Column("the least finite output: where the histogram begins")
    high = Column("the largest finite output: where the histogram ends")
    counts = Column("the histogram between low and high, (moments, bins)")

    @property
    def gradient_norm(self) -> np.ndarray:
        """The length of the gradient of all trainable weights together; NaN where none is known."""
        return self._together("gradient_norm")

    @property
    def norm(self) -> np.ndarray:
        """The length of all trainable weights together."""
        return self._together("norm")

    @property
    def update(self) -> np.ndarray:
        """‖Δw‖ / ‖w‖ of one step, of all trainable weights together."""
        return _ratio(self._together("step_norm"), self.norm)

    @property
    def sizes(self) -> np.ndarray:
        """How many numbers of all weights' gradients have which size: `measures.sizes`."""
        none = np.zeros((len(self.table), LARGEST - SMALLEST), np.uint32)
        return sum((each.sizes for each in self.weights), none)

    def _together(self, name: str) -> np.ndarray:
        norms = [each.table[name] for each in self.weights if each.trainable]
        if not norms:
            return np.full(len(self.table), np.nan)
        return np.hypot.reduce(norms)                    # which does not overflow


@dataclass(frozen=True, eq=False)
class Record:
    """What `Recorder` saw of a training: moments, evenly spread, and the logs of every epoch.

    ``epochs``, ``steps``, ``since``, ``learning_rate`` and ``loss`` (on the probe, as a training
    step sees it) have one entry per moment; ``logged`` holds the numbers of all epochs and
    ``logs`` what they logged. `layer` and `weight` give what is known of one, `at` gives a moment;
    ``for moment in record`` replays the run.

    >>> from pellucid.insight.recording import Recorder
    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(4, "tanh", name="hidden"), Dense(1, name="out")])
    >>> model.compile("sgd", "mse")
    >>> x = np.linspace(-1, 1, 8)[:, None]
    >>> recorder = Recorder()
    >>> history = model.fit(x, x ** 2, epochs=5, verbose=0, callbacks=[recorder])
    >>> record = recorder.record
    >>> record
    <Record: 6 moments of epochs 0 to 5, 2 layers, 4 weights>
    >>> record.layers, record.layer("hidden").mean.shape, record.at(3).step
    (('hidden', 'out'), (6,), 3)
    """

    epochs: np.ndarray
    steps: np.ndarray
    since: np.ndarray
    learning_rate: np.ndarray
    loss: np.ndarray
    outputs: np.ndarray                                  # (moments, calls) of OUTPUT
    weights: np.ndarray                                  # (moments, weights) of WEIGHT
    logged: np.ndarray
    logs: dict[str, np.ndarray]
    about_layers: Sequence[dict[str, Any]]               # name, kind, activation, shape, weights
    about_weights: Sequence[dict[str, Any]]              # name, shape, trainable
    values: Sequence[np.ndarray] | None = None           # each weight at each moment, if kept
    notes: tuple[str, ...] = field(default=())           # what could not be recorded, and why

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers, in the order in which they are called."""
        return tuple(each["name"] for each in self.about_layers)

    @property
    def weight_names(self) -> tuple[str, ...]:
        """The names of the weights, in the model's order."""
        return tuple(each["name"] for each in self.about_weights)

    @property
    def nbytes(self) -> int:
        """The bytes that all of its arrays take."""
        arrays = [self.epochs, self.steps, self.since, self.learning_rate, self.loss, self.outputs,
                  self.weights, self.logged, *self.logs.values(), *(self.values or ())]
        return sum(each.nbytes for each in arrays)

    def layer(self, name: str) -> LayerRecord:
        """The layer of that name; raises ArgumentError, with the nearest one, if there is none.

        A layer that is called twice stands there twice: as "shared" and "shared (2)". Layers of
        models inside the model that are called alike carry their model's name: "encoder/dense".
        """
        if name not in self.layers:
            raise unknown_name("layer of this record", name, self.layers)
        k = self.layers.index(name)
        about = self.about_layers[k]
        return LayerRecord(name, about["kind"], about["activation"], tuple(about["shape"]),
                           self.outputs[:, k], tuple(self._weight(i) for i in about["weights"]))

    def weight(self, name: str) -> WeightRecord:
        """The weight of that name; raises ArgumentError, with the nearest one, if there is none."""
        if name not in self.weight_names:
            raise unknown_name("weight of this record", name, self.weight_names)
        return self._weight(self.weight_names.index(name))

    def _weight(self, k: int) -> WeightRecord:
        about = self.about_weights[k]
        return WeightRecord(about["name"], tuple(about["shape"]), about["trainable"],
                            self.weights[:, k], self.since)

    def at(self, epoch: float) -> Moment:
        """The latest moment that was kept when ``epoch`` epochs were done; 0 is before training.

        Its own ``epoch`` says which it is. Raises ArgumentError outside of the run.
        """
        known = isinstance(epoch, (int, float, np.number)) and not isinstance(epoch, bool)
        if not known or not self.epochs[0] <= epoch <= self.epochs[-1]:
            raise ArgumentError(f"this run was recorded from epoch {self.epochs[0]:g} to "
                                f"{self.epochs[-1]:g}", got=epoch, where=user_line())
        return self._moment(int(np.searchsorted(self.epochs, epoch, side="right")) - 1)

    def _moment(self, k: int) -> Moment:
        values = None if self.values is None else [each[k] for each in self.values]
        done = int(np.searchsorted(self.logged, self.epochs[k], side="right")) - 1
        logs = {name: float(column[done]) for name, column in self.logs.items() if done >= 0}
        return Moment(float(self.epochs[k]), int(self.steps[k]), int(self.since[k]),
                      float(self.learning_rate[k]), float(self.loss[k]), self.outputs[k],
                      self.weights[k], values, logs)

    def __len__(self) -> int:
        return len(self.epochs)

    def __iter__(self) -> Iterator[Moment]:
        return map(self._moment, range(len(self)))

    def __repr__(self) -> str:
        return (f"<Record: {len(self)} moments of epochs {self.epochs[0]:g} to "
                f"{self.epochs[-1]:g}, {len(self.layers)} layers, {len(self.weight_names)} "
                f"weights>")

    def save(self, path: Any) -> None:
        """Write the record as one .npz file, which is there whole or not at all; see `load`.

        Raises FileError where it cannot be written.
        """
        from pellucid.insight.recording.file import save
        save(self, path)

    @staticmethod
    def load(path: Any) -> Record:
        """The record that `save` wrote; FileError if there is none, or it is damaged."""
        from pellucid.insight.recording.file import load
        return load(path)


def _ratio(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """one / other, and NaN where that has no meaning."""
    with np.errstate(all="ignore"):
        return np.where(other > 0, one / np.where(other > 0, other, 1), np.nan)
