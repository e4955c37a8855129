"""The few settings that are global in Keras too: the default float type and the fuzz factor."""

from __future__ import annotations

from pellucid.core.errors import unknown_name

_settings: dict[str, str | float] = {"floatx": "float32", "epsilon": 1e-7}


def floatx() -> str:
    """The float type of new weights and of Python floats: ``"float32"`` unless set otherwise.

    >>> floatx()
    'float32'
    """
    return str(_settings["floatx"])


def set_floatx(dtype: str) -> None:
    """Make ``dtype`` (``"float16"``, ``"float32"`` or ``"float64"``) the default float type.

    Raises ArgumentError for any other.

    >>> set_floatx("float64"); floatx()
    'float64'
    >>> set_floatx("float32")
    """
    known = ("float16", "float32", "float64")
    if dtype not in known:
        raise unknown_name("float type", dtype, known)
    _settings["floatx"] = dtype


def epsilon() -> float:
    """The fuzz factor ε that keeps divisions and logarithms finite: 1e-7 unless set otherwise.

    >>> epsilon()
    1e-07
    """
    return float(_settings["epsilon"])


def set_epsilon(value: float) -> None:
    """Make ``value`` the fuzz factor.

    >>> set_epsilon(1e-5); epsilon()
    1e-05
    >>> set_epsilon(1e-7)
    """
    _settings["epsilon"] = float(value)
