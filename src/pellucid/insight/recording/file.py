"""A record as a file: its arrays as NumPy's .npz, and what they are about as JSON among them."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.core.errors import FileError, user_line
from pellucid.files.atomic import replacing
from pellucid.insight.recording.measures import OUTPUT, WEIGHT
from pellucid.insight.recording.record import Record

FORM = 1                                # of the file; a later one will be told apart by it
ARRAYS = ("epochs", "steps", "since", "learning_rate", "loss", "outputs", "weights", "logged")


def save(record: Record, path: Any) -> None:
    """Write a record; the file is there whole or not at all. See `Record.save`."""
    about = {"form": FORM, "logs": list(record.logs), "layers": list(record.about_layers),
             "weights": list(record.about_weights), "notes": list(record.notes),
             "values": record.values is not None}
    arrays = {name: getattr(record, name) for name in ARRAYS}
    arrays |= {f"log_{k}": column for k, column in enumerate(record.logs.values())}
    arrays |= {f"value_{k}": each for k, each in enumerate(record.values or ())}
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    with replacing(os.fspath(path)) as file:
        np.savez_compressed(file, **arrays)


def load(path: Any) -> Record:
    """Read what `save` wrote. See `Record.load`."""
    if not Path(path).is_file():
        raise FileError(f"there is no record {os.fspath(path)!r}", where=user_line())
    try:
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(arrays.pop("about").tobytes())
        if about["form"] != FORM:
            raise ValueError(f"it is of form {about['form']}, this version reads {FORM}")
        found = Record(
            **{name: arrays[name] for name in ARRAYS},
            logs={name: arrays[f"log_{k}"] for k, name in enumerate(about["logs"])},
            about_layers=about["layers"], about_weights=about["weights"],
            values=[arrays[f"value_{k}"] for k in range(len(about["weights"]))]
            if about["values"] else None, notes=tuple(about["notes"]))
        _check(found)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise FileError(f"{os.fspath(path)!r} is no record of a run, or is damaged ({error})",
                        where=user_line()) from None
    return found


def _check(record: Record) -> None:
    """Raise ValueError unless all parts fit together."""
    moments = len(record.epochs)
    shapes = {"outputs": (moments, len(record.about_layers)),
              "weights": (moments, len(record.about_weights)), "steps": (moments,),
              "since": (moments,), "learning_rate": (moments,), "loss": (moments,)}
    for name, shape in shapes.items():
        if getattr(record, name).shape != shape:
            raise ValueError(f"{name} has shape {getattr(record, name).shape}, not {shape}")
    if record.outputs.dtype != OUTPUT or record.weights.dtype != WEIGHT:
        raise ValueError("its tables have other columns")
    if any(len(column) != len(record.logged) for column in record.logs.values()):
        raise ValueError("its logs differ in length")
