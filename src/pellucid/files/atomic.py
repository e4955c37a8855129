"""Files that are there whole or not at all: a temporary name, a sync, a rename."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from pellucid.core.errors import FileError


@contextlib.contextmanager
def replacing(path: Any, mode: str = "wb", **how: Any) -> Iterator[IO[Any]]:
    """Open a file that takes the name ``path`` only when all of it is on the disk.

    A crash, a full disk or an exception inside the block leaves the old file as it was. Raises
    FileError if the folder does not exist or cannot be written.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileError(f"the folder {str(path.parent)!r} does not exist",
                        hint="make it first, or choose another place")
    if path.is_dir():
        raise FileError(f"{str(path)!r} is a folder, not a file")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(draft, mode, **how) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
        _sync_folder(path.parent)
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{str(path)!r} could not be written ({error.strerror or error})",
                        hint="the old file, if there was one, is unharmed") from error
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last (not every system lets a folder be opened)."""
    with contextlib.suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
