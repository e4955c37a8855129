"""The figures of each epoch as a row of a CSV file."""

from __future__ import annotations

import csv
import io
import os
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from pellucid.callbacks.base import Callback
from pellucid.core.errors import FileError, KindError, PellucidWarning, user_line
from pellucid.core.field import check
from pellucid.core.kinds import PATH, TRUTH


class CSVLogger(Callback):
    """Write ``epoch`` and the logs, sorted by name, as one row per epoch.

    Each row is written whole and at once, so that a crash loses no epoch that has ended. With
    ``append`` an existing file goes on, else it is replaced. A figure that an epoch lacks is NA.

    Arguments: ``filename``, ``separator`` (one character), ``append``. Raises FileError when
    training begins and the file cannot be written.

    >>> CSVLogger("log.csv").filename
    'log.csv'
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        super().__init__()
        if not isinstance(separator, str) or len(separator) != 1:
            raise KindError("CSVLogger's separator must be one character", got=repr(separator),
                            where=user_line())
        self.filename = os.fspath(check("CSVLogger", "filename", filename, kind=PATH))
        self.sep, self.append = separator, check("CSVLogger", "append", append, kind=TRUTH)
        self.keys: list[str] | None = None
        self.csv_file: Any = None
        self._header: list[str] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.close()
        self.keys, self._header = None, []
        try:
            whole = True
            if self.append and os.path.exists(self.filename):
                self._header, whole = self._look_back()
            self.csv_file = open(self.filename, "a" if self.append else "w",  # noqa: SIM115
                                 newline="", encoding="utf-8")
        except OSError as error:
            raise FileError(f"CSVLogger cannot write {self.filename!r} ({error.strerror})",
                            where=user_line()) from None
        if not whole:                                    # a row that a crash cut short
            self.csv_file.write("\r\n")

    def _look_back(self) -> tuple[list[str], bool]:
        """The header of the existing file, and whether its last line is whole."""
        with open(self.filename, newline="", encoding="utf-8") as file:
            text = file.read()
        header = next(csv.reader(io.StringIO(text), delimiter=self.sep), [])
        return header, not text or text.endswith("\n")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = logs or {}
        if self.keys is None:
            self.keys = _columns(logs)
            self._begin_table(["epoch", *self.keys])
        self._write([epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)])

    def _begin_table(self, header: list[str]) -> None:
        if not self._header:
            self._write(header)
        elif sorted(self._header) == sorted(header):
            self.keys = [each for each in self._header if each != "epoch"]
        else:
            warnings.warn(f"CSVLogger appends columns {', '.join(header)} to {self.filename!r}, "
                          f"which has {', '.join(self._header)}.", PellucidWarning, stacklevel=4)

    def _write(self, row: list[Any]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self.sep).writerow(row)
        self.csv_file.write(text.getvalue())
        self.csv_file.flush()

    def on_train_end(self, logs: Any = None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, if it is open."""
        if self.csv_file is not None and not self.csv_file.closed:
            self.csv_file.close()


def _columns(logs: dict[str, Any]) -> list[str]:
    """The names, sorted; without any val_ figure there is room for those of later epochs."""
    names = sorted(logs)
    held_out = any(name.startswith("val_") for name in names)
    return names if held_out else [*names, *(f"val_{name}" for name in names)]


def _cell(value: Any) -> Any:
    """A figure as Keras writes it; several figures as ``"[1, 2]"``."""
    single = isinstance(value, str) or np.ndim(value) == 0
    if single or not isinstance(value, Iterable):
        return value
    return f'"[{", ".join(map(str, value))}]"'
