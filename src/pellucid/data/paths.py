"""Paths that a person typed: is there a file, has it content, is it of a kind we read?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pellucid.core.errors import FileError, nearest

ARCHIVES = {                       # the first bytes of files that are often renamed by mistake
    b"PK\x03\x04": "a zip archive (or an Excel workbook)",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet file",
    b"\x93NUMPY": "a NumPy .npy file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"%PDF": "a PDF document",
    b"\x89HDF": "an HDF5 file",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word document",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}


def existing_file(path: str | os.PathLike[str]) -> Path:
    """The path of a file that exists and is not empty.

    Raises FileError for a missing file (the nearest name beside it is suggested), a directory, an
    empty file, and a file that may not be read.

    >>> existing_file("no-such-file.csv")
    Traceback (most recent call last):
    pellucid.core.errors.FileError: there is no file no-such-file.csv.
    """
    file = Path(path).expanduser()
    if file.is_dir():
        raise FileError(f"a file is needed, but {file} is a directory",
                        hint="name one file inside it")
    if file.is_symlink() and not file.exists():
        raise FileError(f"{file} is a link to {file.readlink()}, which is not there",
                        hint="make the link anew")
    if not file.exists():
        raise FileError(f"there is no file {file}", hint=_neighbour(file))
    if not os.access(file, os.R_OK):
        raise FileError(f"{file} may not be read", hint="check its permissions")
    if file.is_file() and file.stat().st_size == 0:
        raise FileError(f"{file} is empty", hint="a table needs a header and at least one row")
    return file


def _neighbour(file: Path) -> str | None:
    """The name in the same directory that is closest to the missing one, as a question."""
    try:
        return nearest(file.name, (each.name for each in file.parent.iterdir()))
    except OSError:
        return None


def suffix_of(file: Path, known: Iterable[str]) -> str:
    """The lower-case suffix of a file, which must be one of the known ones.

    >>> suffix_of(Path("Data.CSV"), [".csv", ".tsv"])
    '.csv'
    >>> suffix_of(Path("data.xlsx"), [".csv", ".tsv"])
    Traceback (most recent call last):
    pellucid.core.errors.FileError: a .csv or .tsv file is needed, but got data.xlsx. Save it as CSV.
    """  # noqa: E501 - a message is one line
    known, suffix = list(known), file.suffix.lower()
    if suffix not in known:
        choices = ", ".join(known[:-1]) + " or " + known[-1] if len(known) > 1 else known[0]
        raise FileError(f"a {choices} file is needed", got=file.name,
                        hint="save it as CSV" if ".csv" in known else None)
    return suffix


def kind_of_content(start: bytes) -> str | None:
    """What the first bytes of a file say it is, or None where they tell nothing.

    >>> kind_of_content(b"PAR1...")
    'a Parquet file'
    """
    return next((kind for magic, kind in ARCHIVES.items() if start.startswith(magic)), None)
