"""The settings of one run, and ``config.toml``, from which the same run can be made again.

Python reads TOML but doesn't write it. The writer below is ours rather than the ``tomli-w`` of an
extra: a base install must be able to train on a generated set, which writes this file, and two
writers would be two files. It knows the five kinds of value that settings have, no more.
"""

from __future__ import annotations

import dataclasses
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pellucid.core.errors import ArgumentError, FileError, nearest, unknown_name
from pellucid.tabular.task import TASKS
from pellucid.tabular.wording import number

HEADING = """\
# One run of pellucid, every setting resolved. The same run again:
#   pellucid train --config {name}
# An option on the command line goes before the value here.
"""


def _set(section: str, **about: Any) -> Any:
    """A setting: its section in the file, its smallest value, and the option that sets it."""
    default = about.pop("default", None)
    return dataclasses.field(default=default, metadata={"section": section, **about})


@dataclass(frozen=True)
class Config:
    """All settings of a run; None is "not decided yet", and the run decides before it trains.

    Raises ``ArgumentError`` for a value of the wrong kind or out of its range.
    """

    source: str | None = _set("data", kind=str, option="DATA")
    targets: tuple[str, ...] = _set("data", kind=list, default=(), option="--target")
    task: str = _set("data", kind=str, default="auto")
    drop: tuple[str, ...] = _set("data", kind=list, default=())
    text: tuple[str, ...] = _set("data", kind=list, default=())
    test: float = _set("data", kind=float, default=0.25, within=(0.01, 0.9))
    validation: float = _set("data", kind=float, default=0.15, within=(0.01, 0.9))
    seed: int = _set("data", kind=int, default=0, within=(0, 2**31 - 1))
    sha256: str | None = _set("data", kind=str)
    layers: str | None = _set("model", kind=str)
    output: str | None = _set("model", kind=str)
    skip: bool | None = _set("model", kind=bool)
    loss: str | None = _set("training", kind=str)
    optimizer: str | None = _set("training", kind=str)
    rate: float | None = _set("training", kind=float, within=(0.0, 1e6))
    schedule: str | None = _set("training", kind=str, among=("constant", "cosine"))
    l2: float | None = _set("training", kind=float, within=(0.0, 1e6))
    decay: float | None = _set("training", kind=float, within=(0.0, 1e6))
    label_smoothing: float | None = _set("training", kind=float, within=(0.0, 1.0),
                                         option="--label-smoothing")
    epochs: int | None = _set("training", kind=int, within=(1, 1_000_000))
    batch_size: int | None = _set("training", kind=int, within=(1, 2**31 - 1),
                                  option="--batch-size")
    patience: int | None = _set("training", kind=int, within=(1, 1_000_000))

    def __post_init__(self) -> None:
        for each in dataclasses.fields(self):
            value = _checked(each, getattr(self, each.name))
            object.__setattr__(self, each.name, value)
        if self.task not in ("auto", *TASKS):
            raise unknown_name("task", self.task, ("auto", *TASKS))
        both = sorted(set(self.targets) & {*self.drop})
        if both:
            raise ArgumentError(f'column "{both[0]}" is the target, so it cannot be left out',
                                hint="remove it from --drop")

    def changed(self, **settings: Any) -> Config:
        """The same settings but for those given here that are not None."""
        given = {name: value for name, value in settings.items() if value is not None}
        return dataclasses.replace(self, **given)

    def for_other_data(self) -> Config:
        """The same settings but for what follows from the data: task, output, loss, penalties."""
        return dataclasses.replace(self, task="auto", sha256=None, **dict.fromkeys(
            ("output", "loss", "label_smoothing", "l2", "batch_size")))

    def to_toml(self, name: str = "config.toml") -> str:
        """The text of ``config.toml``."""
        sections: dict[str, list[str]] = {}
        for each in dataclasses.fields(self):
            if (value := getattr(self, each.name)) is not None:
                lines = sections.setdefault(each.metadata["section"], [])
                lines.append(f"{each.name} = {_toml(value)}")
        return HEADING.format(name=name) + "".join(
            f"\n[{section}]\n" + "\n".join(lines) + "\n" for section, lines in sections.items())

    @classmethod
    def from_toml(cls, path: Path) -> Config:
        """Read a file that ``to_toml`` wrote, or that a person wrote in its form.

        Raises ``FileError`` for a file that is missing or no TOML, ``ArgumentError`` for a setting
        that doesn't exist.
        """
        try:
            sections = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise FileError(f"there is no file {path}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise FileError(f"{path} is not TOML", got=str(error)) from None
        settings = _settings(sections, path)
        for each in dataclasses.fields(cls):                # a slip here is the file's, no option's
            _checked(each, settings.get(each.name), f"{each.name} in {path.name}")
        if isinstance(source := settings.get("source"), str):
            settings["source"] = _found(source, path)
        return cls(**settings)


def _settings(sections: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The settings of all sections, each of which must exist and stand in its own section."""
    home = {each.name: each.metadata["section"] for each in dataclasses.fields(Config)}
    settings: dict[str, Any] = {}
    for section, values in sections.items():
        if section not in home.values():
            raise ArgumentError(f"{path.name} has a section [{section}], which is not known",
                                hint=nearest(section, home.values())
                                or "the sections are data, model and training")
        for name, value in (values.items() if isinstance(values, dict) else ()):
            if home.get(name) != section:
                hint = f"it belongs to [{home[name]}]" if name in home else nearest(name, home)
                raise ArgumentError(f"{path.name} sets {name} in [{section}], which is not known",
                                    hint=hint)
            settings[name] = value
    return settings


def _found(source: str, config: Path) -> str:
    """The data where they are: as written, else from a folder that the configuration lies in.

    A run folder lies below the folder in which the data were named, and a project may move.
    """
    path = Path(source).expanduser()
    if path.is_absolute() or path.exists() or not (path.suffix or len(path.parts) > 1):
        return source
    places = (folder / path for folder in config.absolute().parents)
    return str(next((place for place in places if place.is_file()), source))


def _checked(setting: dataclasses.Field[Any], value: Any, name: str = "") -> Any:
    """The value in its own kind; whole numbers count as floats, lists become tuples."""
    if value is None:
        return None
    kind = setting.metadata["kind"]
    name = name or setting.metadata.get("option", f"--{setting.name}")
    if kind is list:
        if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
            raise ArgumentError(f"{name} must be a list of column names", got=value)
        return tuple(value)
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        words = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
        raise ArgumentError(f"{name} must be {words[kind]}", got=value)
    if value not in (among := setting.metadata.get("among", (value,))):
        raise unknown_name(setting.name, value, among)
    least, most = setting.metadata.get("within", (value, value))
    if not least <= value <= most:
        raise ArgumentError(f"{name} must be from {number(least)} to {number(most)}", got=value)
    return value


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    # JSON's escapes are TOML's, except that TOML also wants DEL escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
