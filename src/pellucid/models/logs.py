"""What a step of training or testing tells: a dict of numbers by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.core import nest
from pellucid.core.errors import KindError
from pellucid.core.kinds import shown
from pellucid.core.recording import recording


def step_of(model: Any, kind: str) -> Callable[[Any], Any]:
    """The model's ``train_step`` or its kin; what the first two return is looked at."""
    method = getattr(model, f"{kind}_step")

    def step(data: Any) -> Any:
        told = method(data)
        if recording.trace is not None:                  # penalties of a trace are no numbers,
            model._clear_losses()                        # and model.losses is asked for afterwards
        return told if kind == "predict" else _flat(told, f"{model.label}.{kind}_step")

    return step


def _flat(logs: Any, step: str) -> dict[str, Any]:
    """The logs of a step; those within others stand beside them, as in Keras."""
    if not isinstance(logs, dict):
        raise KindError(f"{step} must return its logs, a dict of numbers by name",
                        got=shown(logs), hint='end it with: return {"loss": loss}')
    found: dict[str, Any] = {}
    for name, value in logs.items():
        if any(each is None or isinstance(each, str) for each in nest.flatten(value)):
            raise KindError(f"{step} must return a dict of numbers by name",
                            got=f"{shown(value)} for {name!r}")
        found.update(_flat(value, step) if isinstance(value, dict) else {name: value})
    return found


def numbers(logs: dict[str, Any]) -> dict[str, Any]:
    """Logs as Python numbers (a metric of several numbers stays an array)."""
    return {name: float(array) if (array := np.asarray(value)).ndim == 0 else array
            for name, value in logs.items()}
