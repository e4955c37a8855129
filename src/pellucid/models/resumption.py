"""All that the rest of a training depends on, to a file and back."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.core.errors import FileError, KindError, advise
from pellucid.core.variable import Variable
from pellucid.files.atomic import replacing
from pellucid.layers.tracking import unique
from pellucid.random.seed import restore_stream, stream_state


class Resuming:
    """The part of a model that can be put aside in the middle of `fit` and taken up again."""

    resumption: dict[str, Any] | None = None             # where the running `fit` has begun
    _order: Any = None                                   # that of the rows, in the running `fit`

    def save_progress(self, path: Any, progress: dict[str, Any]) -> None:
        """Write variables, random generators and what else is told (numbers, text, arrays).

        The file is there whole or not at all.
        """
        arrays: dict[str, np.ndarray] = {}

        def stored(variables: list[Variable]) -> list[Any]:
            return [_written(np.asarray(each.array), arrays) for each in variables]

        record = {"model": stored(self._lasting()), "optimizer": stored(self._of_optimizer()),
                  "metrics": [stored(each) for each in self._of_metrics()],
                  "stream": list(stream_state()), "stopped": bool(self.stop_training),
                  "seed": getattr(self._order, "seed", None),
                  "progress": _written(progress, arrays)}
        text = np.frombuffer(json.dumps(record).encode(), np.uint8)
        with replacing(path) as file:
            np.savez(file, record=text, **arrays)        # pyright: ignore

    def restore_progress(self, path: Any, figures: bool = False) -> dict[str, Any]:
        """Read what `save_progress` wrote; with ``figures`` the metrics' state too.

        Gives back what was told to it, with the seed of the order of the rows as ``seed``. Raises
        FileError for a damaged file, or one of another model; then nothing has changed.
        """
        record, arrays = _read(path)
        assigned = [*self._pairs(record, arrays, "model", self._lasting(), path),
                    *self._pairs(record, arrays, "optimizer", self._of_optimizer(), path)]
        if figures:
            assigned += self._of_figures(record, arrays)
        for variable, value in assigned:
            variable.assign(value)
        seed, given, shared = record["stream"]
        restore_stream((seed, given, None if shared is None else tuple(shared)))
        self.stop_training = record["stopped"]
        return {**_taken(record["progress"], arrays), "seed": record["seed"]}

    def _lasting(self) -> list[Variable]:
        """Weights and generators, without what metrics count in an epoch."""
        counted = {id(each) for metric in self._of_metrics() for each in metric}
        return [each for each in unique(self.variables) if id(each) not in counted]  # pyright: ignore

    def _of_optimizer(self) -> list[Variable]:
        return self.optimizer.variables                  # pyright: ignore

    def _of_metrics(self) -> list[list[Variable]]:
        return [each.variables for each in self.metrics]                 # pyright: ignore

    def _pairs(self, record: Any, arrays: Any, part: str, variables: list[Variable], path: Any
               ) -> list[tuple[Variable, Any]]:
        values = [_taken(each, arrays) for each in record[part]]
        if [(v.shape, v.dtype) for v in values] != [
                (v.shape, np.dtype(v.dtype)) for v in variables]:
            raise FileError(f"the backup {str(path)!r} is of another {part}",
                            hint="delete it, or choose another folder")
        return list(zip(variables, values, strict=True))

    def _of_figures(self, record: Any, arrays: Any) -> list[tuple[Variable, Any]]:
        """What the metrics had counted; one that makes its variables late begins anew, aloud."""
        found: list[tuple[Variable, Any]] = []
        for metric, stored in zip(self.metrics, record["metrics"], strict=True):    # pyright: ignore
            values = [_taken(each, arrays) for each in stored]
            if len(values) != len(metric.variables):
                advise(f"the metric {metric.name!r} counts this epoch from the middle")
                continue
            found += zip(metric.variables, values, strict=True)
        return found


def _read(path: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        record = json.loads(arrays.pop("record").tobytes())
        _taken(record["progress"], arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise FileError(f"the backup {str(path)!r} is damaged ({error})") from None
    return record, arrays


def _written(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """A value as JSON; arrays are put aside under a number."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        arrays[name := f"a{len(arrays)}"] = value
        return {"array": name}
    if isinstance(value, dict):
        return {"dict": [[key, _written(each, arrays)] for key, each in value.items()]}
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [_written(each, arrays) for each in value]}
    raise KindError("a backup holds numbers, text, arrays, and lists and dicts of them",
                    got=f"{value!r:.60}", hint="name nothing else in `lasting`")


_MADE: dict[str, Callable[[Any], Any]] = {"dict": dict, "list": list, "tuple": tuple}


def _taken(data: Any, arrays: dict[str, np.ndarray]) -> Any:
    """The value that `_written` wrote."""
    if not isinstance(data, dict):
        return data
    (kind, inside), = data.items()
    if kind == "array":
        return arrays[inside]
    if kind == "dict":
        return {key: _taken(each, arrays) for key, each in inside}
    return _MADE[kind](_taken(each, arrays) for each in inside)
