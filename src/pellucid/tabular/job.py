"""One run from settings to a judged model; nothing is written here."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from pellucid import optimizers
from pellucid.callbacks import Callback
from pellucid.core.errors import ArgumentError, PellucidWarning
from pellucid.models import Model
from pellucid.random import set_random_seed
from pellucid.tabular.defaults import recipe
from pellucid.tabular.fitting import Course, fit
from pellucid.tabular.layers import read_layers
from pellucid.tabular.network import (
    OUTPUTS,
    SMOOTHED,
    build_network,
    compile_network,
    finished_model,
    training_target,
)
from pellucid.tabular.preparation import Prepared
from pellucid.tabular.scores import baseline_scores, scores


@dataclass(frozen=True)
class Outcome:
    """A trained model and what the test rows say of it.

    ``y`` is the encoded target of the test rows, ``answers`` what the model gives for them;
    ``warnings`` is what the library said of the settings, and was overruled by force.
    """

    prepared: Prepared
    model: Model
    course: Course
    y: np.ndarray
    answers: np.ndarray
    metrics: dict[str, float]
    baseline: dict[str, float]
    warnings: tuple[str, ...] = ()


def resolved(prepared: Prepared) -> Prepared:
    """The same data with every setting decided: given ones stay, defaults fill the rest."""
    task, given = prepared.task.name, prepared.config
    read_layers(given.layers or "")                              # a slip is told before anything
    chosen = recipe(task, len(prepared.rows["train"]), len(prepared.encoder.feature_names),
                    len(prepared.encoder.target.class_names))
    defaults = {"output": OUTPUTS[task], **dataclasses.asdict(chosen)}
    if given.loss not in (None, *SMOOTHED):
        defaults["label_smoothing"] = 0.0
    if given.optimizer not in (None, chosen.optimizer):          # its own usual rate
        defaults["rate"] = float(np.asarray(optimizers.get(given.optimizer).learning_rate))
    missing = {name: value for name, value in defaults.items() if getattr(given, name) is None}
    return dataclasses.replace(prepared, config=given.changed(**missing))


def train(prepared: Prepared, *, force: bool = False,
          callbacks: Sequence[Callback] = ()) -> Outcome:
    """Build, train and judge the model of a run whose settings are decided.

    What is merely unwise (softmax on one unit, a loss that the output doesn't fit) is refused
    unless ``force``. Raises ``ArgumentError`` for that and for a training that diverges.
    """
    config, target = prepared.config, prepared.encoder.target
    set_random_seed(config.seed)
    train_rows, validation, test = map(prepared.part, ("train", "validation", "test"))
    judge = _Judging(force)
    with judge.judging():
        network = build_network(train_rows[0], target, config)
        compile_network(network, target, config, len(train_rows[0]))
        parts = [(x, training_target(target, y, config)) for x, y in (train_rows, validation)]
        course = fit(network, parts[0], parts[1], config, [*callbacks, judge])
    if course.best_epoch is None and not course.interrupted:
        raise ArgumentError("the loss must stay finite", got="NaN from the first epoch on",
                            hint="try a smaller --rate, or --optimizer adam")
    model = finished_model(network, target, config)
    model.host_stage = prepared.encoder
    x, y = test
    answers = np.asarray(model.predict(x, verbose=0))
    return Outcome(prepared, model, course, y, answers, scores(target, y, answers),
                   baseline_scores(target, y), tuple(judge.told))


class _Judging(Callback):
    """Turns the library's warnings about a configuration into refusals until the first step.

    After it the settings have been judged; then, and with ``force``, warnings are written down.
    """

    def __init__(self, force: bool) -> None:
        super().__init__()
        self.force = force
        self.told: list[str] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if batch == 0 and not self.force:
            warnings.simplefilter("always", PellucidWarning)

    @contextmanager
    def judging(self) -> Iterator[None]:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always" if self.force else "error", PellucidWarning)
            try:
                yield
            except PellucidWarning as unwise:
                raise ArgumentError(str(unwise).rstrip("."),
                                    hint="--force trains it all the same") from None
        for each in seen:
            if issubclass(each.category, PellucidWarning):
                self.told.append(str(each.message))
            else:                                       # not ours to keep quiet about
                warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
