"""Data on the way in: built-in sets, tables from files, frames, batches, splits.

Names are loaded when they are first used, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pellucid.data.builtin import DataSet, load, names
    from pellucid.data.mnist_files import load_mnist, read_idx
    from pellucid.data.pydataset import PyDataset
    from pellucid.data.tables import Table, read, stream

_HOMES = {"DataSet": "builtin", "load": "builtin", "names": "builtin", "load_mnist": "mnist_files",
          "read_idx": "mnist_files", "PyDataset": "pydataset", "Table": "tables", "read": "tables",
          "stream": "tables"}

__all__ = ["DataSet", "PyDataset", "Table", "load", "load_mnist", "names", "read", "read_idx",
           "stream"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
