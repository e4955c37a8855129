"""Variables in an HDF5 file, in Keras 3's layout: ``layers/dense/vars/0`` and so on.

Reading trusts nothing: only plain data sets of the expected shape, stored in the file itself, are
read, so that a hostile file can neither fill the memory nor reach other files.

h5py is imported by what opens files or looks into them: a model that is never saved does without.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import FileError, ShapeError
from pellucid.core.names import snake_case
from pellucid.core.variable import Variable

if TYPE_CHECKING:
    import h5py


class Store:
    """The variables of one object in the file: ``store["0"] = array``; ``name`` is an attribute."""

    def __init__(self, group: h5py.Group) -> None:
        self.group = group

    def __setitem__(self, key: str, value: Any) -> None:
        self.group.create_dataset(key, data=np.asarray(value))

    def __getitem__(self, key: str) -> np.ndarray:
        return np.asarray(_plain(self.group, key)[()])

    def __contains__(self, key: str) -> bool:
        return key in self.group

    def keys(self) -> list[str]:
        return list(self.group.keys())

    def shape(self, key: str) -> tuple[int, ...]:
        """The declared shape, known before anything is read."""
        return tuple(_plain(self.group, key).shape)


def _plain(group: h5py.Group, key: str) -> h5py.Dataset:
    """A data set that is stored in this very file, in one piece."""
    import h5py

    if not isinstance(group.get(key, getlink=True), h5py.HardLink):
        raise FileError(f"the weight {group.name}/{key} is missing, or a link to elsewhere")
    found = group[key]
    if not isinstance(found, h5py.Dataset) or found.external or found.is_virtual:
        raise FileError(f"the weight {group.name}/{key} is not stored in the file itself")
    if found.dtype.kind not in "fiub":
        raise FileError(f"the weight {group.name}/{key} must hold numbers", got=str(found.dtype))
    return found


# Attributes that hold no parts of their own, or parts that stand elsewhere in the file.
ELSEWHERE = frozenset({"_chain", "_compile_config", "_given", "_inbound_nodes", "_losses", "_parts",
                       "history", "host_stage", "optimizer"})


def parts(owner: Any) -> Iterator[tuple[str, Any]]:
    """The objects within an object, by the path at which Keras stores them.

    Attributes come in the order of their names, private ones last; ``layers`` of a model counts
    as one of them, and comes first if the model is a graph or a chain.
    """
    names = {name for name in vars(owner) if name not in ELSEWHERE}
    if hasattr(owner, "layers"):
        names.add("layers")
    drawn = getattr(owner, "_graph", None) is not None
    for name in sorted(names, key=lambda name: (not (drawn and name == "layers"),
                                                name.startswith("_"), name)):
        yield from _within(name, getattr(owner, name))


def _within(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(value, "save_own_variables") and not isinstance(value, type):
        yield path, value
    elif isinstance(value, (list, tuple, dict)):
        used: Counter[str] = Counter()
        for each in value.values() if isinstance(value, dict) else value:
            if hasattr(each, "save_own_variables") and not isinstance(each, type):
                yield f"{path}/{_numbered(snake_case(type(each).__name__), used)}", each
            elif isinstance(each, (list, tuple, dict)):
                yield from _within(f"{path}/{_numbered('container', used)}", each)


def _numbered(name: str, used: Counter[str]) -> str:
    used[name] += 1
    return name if used[name] == 1 else f"{name}_{used[name] - 1}"


def save(owner: Any, group: h5py.Group, seen: set[int] | None = None) -> None:
    """Write the variables of an object and of all objects within it."""
    seen = set() if seen is None else seen
    seen.add(id(owner))
    if hasattr(owner, "save_own_variables"):
        store = group.require_group("vars")
        store.attrs["name"] = getattr(owner, "name", "")
        owner.save_own_variables(Store(store))
    for path, each in parts(owner):
        if id(each) not in seen:
            save(each, group.require_group(path), seen)


def load(owner: Any, group: h5py.Group, skip_mismatch: bool = False,
         seen: set[int] | None = None) -> None:
    """Read them back; the shapes are compared before anything is read."""
    seen = set() if seen is None else seen
    seen.add(id(owner))
    if hasattr(owner, "load_own_variables") and (own := _own_variables(owner)) is not None:
        found = group_in(group, "vars")
        if found is not None or own:
            _load_own(owner, own, Store(found) if found is not None else None, skip_mismatch)
    for path, each in parts(owner):
        if id(each) not in seen:
            inner = group_in(group, path)
            if inner is not None:
                load(each, inner, skip_mismatch, seen)
            elif each.variables if hasattr(each, "variables") else False:
                raise FileError(f"the file holds no weights for {path}")


def _own_variables(owner: Any) -> list[Variable] | None:
    return owner._own_in_order() if hasattr(owner, "_own_in_order") else getattr(
        owner, "variables", None)


def _load_own(owner: Any, own: list[Variable], store: Store | None, skip_mismatch: bool) -> None:
    keys = store.keys() if store is not None else []
    label = getattr(owner, "label", getattr(owner, "name", type(owner).__name__))
    try:
        if len(keys) != len(own):
            raise ShapeError(f"{label} has {len(own)} weights", got=f"{len(keys)} in the file")
        for i, variable in enumerate(own):
            if store is not None and store.shape(str(i)) != variable.shape:
                raise ShapeError(f"{label}'s {variable.name} has shape {variable.shape}",
                                 got=f"{store.shape(str(i))} in the file")
    except ShapeError:
        if skip_mismatch:
            return
        raise
    if store is not None:
        owner.load_own_variables(store)


def group_in(group: h5py.Group, path: str) -> h5py.Group | None:
    """A group inside the file, reached without following links to elsewhere."""
    import h5py

    for part in path.split("/"):
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            return None
        found = group[part]
        if not isinstance(found, h5py.Group):
            return None
        group = found
    return group


def to_bytes(owner: Any, optimizer: Any = None) -> bytes:
    """The HDF5 file with an object's variables (and its optimizer's), as bytes."""
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        save(owner, file)
        if optimizer is not None:
            save(optimizer, file.require_group("optimizer"))
    return buffer.getvalue()


def open_bytes(data: bytes, name: str) -> h5py.File:
    """The HDF5 file in some bytes; raises FileError if they are none."""
    import h5py

    try:
        return h5py.File(io.BytesIO(data), "r")
    except OSError as error:
        raise FileError(f"the weights in {name!r} are damaged ({error})") from None
