"""What a training logged, whatever it is handed over as: the one door of all pictures of curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from pellucid.callbacks import History
from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.kinds import shown
from pellucid.insight.recording.record import Record

Curve: TypeAlias = Sequence[float] | np.ndarray
Logs: TypeAlias = Mapping[str, Curve]
Logged: TypeAlias = Logs | History | Record     # what a person may hand over as logs


def logs_of(logged: Any) -> Logs:
    """The numbers of each epoch, by name: of the `History` that `fit` returns, or of a `Record`.

    A mapping such as ``history.history`` is handed on. Raises KindError for anything else.

    >>> history = History()
    >>> history.on_epoch_end(0, {"loss": 0.5})
    >>> logs_of(history), logs_of({"loss": [0.5]})
    ({'loss': [0.5]}, {'loss': [0.5]})
    """
    found = logged.logs if isinstance(logged, Record) else getattr(logged, "history", logged)
    if hasattr(found, "items") and hasattr(found, "get"):
        return found
    raise KindError("curves are drawn of what fit returns, or of a dict from names to numbers",
                    got=shown(logged), where=user_line(), hint="history = model.fit(…)" if not
                    hasattr(type(logged), "record") else "give it recorder.record")


def logs_of_runs(runs: Any) -> dict[str, Logs]:
    """The logs of several runs by name; KindError, saying how, for a run that has no name.

    >>> logs_of_runs({"a": {"loss": [0.5]}})
    {'a': {'loss': [0.5]}}
    """
    if not isinstance(runs, Mapping):
        raise KindError("several runs are told apart by their names, in a dict", got=shown(runs),
                        where=user_line(), hint='as in {"a": history}')
    return {name: logs_of(each) for name, each in runs.items()}


def check_epoch(best: int | None, logs: Logs) -> None:
    """Raise ArgumentError for a best epoch, counted from 1, that no curve has.

    >>> check_epoch(2, {"loss": [0.5, 0.4]})
    """
    epochs = max(map(len, logs.values()), default=0)
    if best is not None and not 1 <= best <= epochs:
        raise ArgumentError(f"the best epoch is one of 1 to {epochs}", got=best, where=user_line())
