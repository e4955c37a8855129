"""The settings that are global in Keras too: float type, fuzz factor, channels, limits, console."""

from __future__ import annotations

from typing import Any

from pellucid.core.errors import ArgumentError, unknown_name, user_line

FLOATS, FORMATS = ("float16", "float32", "float64"), ("channels_first", "channels_last")

_settings: dict[str, Any] = {
    "floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last",
    "max_epochs": None, "max_steps_per_epoch": None, "interactive_logging": True,
    "traceback_filtering": True}


def floatx() -> str:
    """The float type of new weights and of Python floats: ``"float32"`` unless set otherwise.

    >>> floatx()
    'float32'
    """
    return _settings["floatx"]


def set_floatx(dtype: str) -> None:
    """Make ``dtype`` (``"float16"``, ``"float32"`` or ``"float64"``) the default float type.

    Raises ArgumentError for any other.

    >>> set_floatx("float64"); floatx()
    'float64'
    >>> set_floatx("float32")
    """
    if dtype not in FLOATS:
        raise unknown_name("float type", dtype, FLOATS)
    _settings["floatx"] = dtype


def epsilon() -> float:
    """The fuzz factor ε that keeps divisions and logarithms finite: 1e-7 unless set otherwise.

    >>> epsilon()
    1e-07
    """
    return _settings["epsilon"]


def set_epsilon(value: float) -> None:
    """Make ``value`` the fuzz factor.

    >>> set_epsilon(1e-5); epsilon()
    1e-05
    >>> set_epsilon(1e-7)
    """
    _settings["epsilon"] = float(value)


def image_data_format() -> str:
    """Where layers look for the channels unless told: "channels_last" unless set otherwise.

    >>> image_data_format()
    'channels_last'
    """
    return _settings["image_data_format"]


def set_image_data_format(data_format: str) -> None:
    """Make "channels_last" or "channels_first" what new layers take where none is told.

    Raises ArgumentError for any other.

    >>> set_image_data_format("channels_first"); image_data_format()
    'channels_first'
    >>> set_image_data_format("channels_last")
    """
    if data_format not in FORMATS:
        raise unknown_name("data format", data_format, FORMATS)
    _settings["image_data_format"] = data_format


def max_epochs() -> int | None:
    """The most epochs that any `fit` may take, or None: a limit for trying out a script.

    >>> max_epochs() is None
    True
    """
    return _settings["max_epochs"]


def set_max_epochs(max_epochs: int | None) -> None:
    """Let no `fit` take more epochs than this, whatever it asks for; None lifts the limit.

    >>> set_max_epochs(2)
    >>> max_epochs()
    2
    >>> set_max_epochs(None)
    """
    _settings["max_epochs"] = _limit("max_epochs", max_epochs)


def max_steps_per_epoch() -> int | None:
    """The most batches an epoch of `fit`, `evaluate` or `predict` may have, or None.

    >>> max_steps_per_epoch() is None
    True
    """
    return _settings["max_steps_per_epoch"]


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Let no epoch have more batches than this, to try out a script; None lifts the limit.

    >>> set_max_steps_per_epoch(3)
    >>> max_steps_per_epoch()
    3
    >>> set_max_steps_per_epoch(None)
    """
    _settings["max_steps_per_epoch"] = _limit("max_steps_per_epoch", max_steps_per_epoch)


def _limit(name: str, value: int | None) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise ArgumentError(f"{name} must be a whole number at least 1, or None", got=value,
                            where=user_line())
    return value


def is_interactive_logging_enabled() -> bool:
    """Whether progress and remarks are printed (the default) rather than logged.

    >>> is_interactive_logging_enabled()
    True
    """
    return _settings["interactive_logging"]


def enable_interactive_logging() -> None:
    """Print progress and remarks on the console, as is the default.

    >>> enable_interactive_logging()
    """
    _settings["interactive_logging"] = True


def disable_interactive_logging() -> None:
    """Send progress and remarks to Python's logger "pellucid", at level INFO, not to the console.

    >>> disable_interactive_logging(); is_interactive_logging_enabled()
    False
    >>> enable_interactive_logging()
    """
    _settings["interactive_logging"] = False


def is_traceback_filtering_enabled() -> bool:
    """Whether the traceback of a mistake shows your own lines only (the default).

    >>> is_traceback_filtering_enabled()
    True
    """
    return _settings["traceback_filtering"]


def enable_traceback_filtering() -> None:
    """Leave pellucid's own lines out of the traceback when fit, evaluate or predict is misused.

    >>> enable_traceback_filtering()
    """
    _settings["traceback_filtering"] = True


def disable_traceback_filtering() -> None:
    """Show every line of a traceback, those inside pellucid too.

    >>> disable_traceback_filtering(); is_traceback_filtering_enabled()
    False
    >>> enable_traceback_filtering()
    """
    _settings["traceback_filtering"] = False
