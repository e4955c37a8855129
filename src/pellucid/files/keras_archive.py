"""The ``.keras`` file: a zip of ``metadata.json``, ``config.json`` and ``model.weights.h5``.

One member more, ``pellucid.json``, holds what Keras does not know (column names, classes); Keras
ignores it.
"""

from __future__ import annotations

import json
import time
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

from pellucid.core.errors import FileError
from pellucid.core.exports import KERAS_VERSION
from pellucid.files.atomic import replacing

LARGEST_TEXT = 64 * 2**20                # no config is larger; a bomb would be
LARGE, LARGEST_SWELL = 2**30, 200        # weights beyond both are refused: they hardly compress


class Archive(NamedTuple):
    """The contents of a ``.keras`` file."""

    config: dict[str, Any]
    weights: bytes
    extra: dict[str, Any]


def write(path: Any, archive: Archive) -> None:
    """Write the file; if one of that name exists, it stays whole until the new one is."""
    metadata = {"keras_version": KERAS_VERSION, "written_by": "pellucid",
                "date_saved": time.strftime("%Y-%m-%d@%H:%M:%S")}
    with replacing(path) as file, zipfile.ZipFile(file, "w") as members:
        members.writestr("metadata.json", json.dumps(metadata))
        members.writestr("config.json", json.dumps(archive.config))
        members.writestr("model.weights.h5", archive.weights)
        if archive.extra:
            members.writestr("pellucid.json", json.dumps(archive.extra))


def read(path: Any) -> Archive:
    """Read the file; raises FileError if it is missing, damaged or something else."""
    path = Path(path)
    if not path.is_file():
        raise FileError(f"there is no model file {str(path)!r}")
    try:
        with zipfile.ZipFile(path) as members:
            names = members.namelist()
            for needed in ("config.json", "model.weights.h5"):
                if needed not in names:
                    raise FileError(f"{str(path)!r} is no .keras file: it lacks {needed}")
            return Archive(_json(members, "config.json", path),
                           _bytes(members, "model.weights.h5", path),
                           _json(members, "pellucid.json", path)
                           if "pellucid.json" in names else {})
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise FileError(f"{str(path)!r} is no .keras file, or it is damaged ({error})") from None


def _json(members: zipfile.ZipFile, name: str, path: Path) -> dict[str, Any]:
    if members.getinfo(name).file_size > LARGEST_TEXT:
        raise FileError(f"{name} in {str(path)!r} is too large to be a config")
    try:
        data = json.loads(members.read(name))
    except (ValueError, RecursionError) as error:
        raise FileError(f"{name} in {str(path)!r} is damaged ({error})") from None
    if not isinstance(data, dict):
        raise FileError(f"{name} in {str(path)!r} must be a JSON object")
    return data


def _bytes(members: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """A member's bytes, if it does not swell out of all proportion (a zip bomb would)."""
    info = members.getinfo(name)
    if info.file_size > max(LARGE, LARGEST_SWELL * info.compress_size):
        raise FileError(f"{name} in {str(path)!r} swells to {info.file_size} bytes: refused")
    return members.read(name)
