"""The little language of ``--layers``: ``"64 relu, dropout 0.2, 32 relu, batchnorm"``.

One item a layer, separated by commas, from the input to the output; the output layer follows from
the task and is not written. A number is a dense layer of so many units with its activation (relu
if none is named), ``dropout`` takes its rate, ``batchnorm`` nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from pellucid.activations import FUNCTIONS
from pellucid.core.errors import ArgumentError, nearest
from pellucid.data.readings import spells_number

KINDS = ("dropout", "batchnorm")
EXAMPLE = 'write it like "64 relu, dropout 0.2, 32 relu"'
MOST_UNITS = 65_536                      # a typing slip such as 640000 would fill the memory


@dataclass(frozen=True)
class Hidden:
    """One hidden layer: ``kind`` is dense, dropout or batchnorm."""

    kind: str
    units: int = 0
    activation: str = ""
    rate: float = 0.0

    def __str__(self) -> str:
        if self.kind == "dense":
            return f"{self.units} {self.activation}"
        return f"dropout {self.rate:g}" if self.kind == "dropout" else self.kind


def read_layers(text: str) -> tuple[Hidden, ...]:
    """The layers that the text describes; an empty text, or "none", means no hidden layer.

    Raises ``ArgumentError`` that names the part which can't be read, and what was probably meant.

    >>> [str(layer) for layer in read_layers("64, dropout .2")]
    ['64 relu', 'dropout 0.2']
    >>> read_layers("64 rleu")
    Traceback (most recent call last):
    pellucid.core.errors.ArgumentError: "rleu" in the layer "64 rleu" is not a known activation. \
Did you mean "relu"?
    """
    if text.strip().lower() in ("", "none"):
        return ()
    return tuple(_layer(part, place) for place, part in enumerate(text.split(","), 1))


def write_layers(layers: tuple[Hidden, ...]) -> str:
    """The text that ``read_layers`` reads back.

    >>> write_layers(read_layers("64 relu,batchnorm"))
    '64 relu, batchnorm'
    """
    return ", ".join(map(str, layers)) or "none"


def _layer(part: str, place: int) -> Hidden:
    words = part.split()
    if not words:
        raise ArgumentError(f"layer {place} is empty", hint=EXAMPLE)
    first, rest = words[0].lower(), words[1:]
    if spells_number(first):
        return _dense(first, rest, part.strip())
    kind = first.replace("_", "").replace("normalization", "norm")
    if kind == "dense" and rest and spells_number(rest[0]):
        return _dense(rest[0], rest[1:], part.strip())
    if kind == "dropout":
        return Hidden("dropout", rate=_rate(rest, part.strip()))
    if kind == "batchnorm":
        if rest:
            raise ArgumentError(f'"batchnorm" takes nothing, but got "{part.strip()}"')
        return Hidden("batchnorm")
    if len(rest) == 1 and spells_number(rest[0]) and first in FUNCTIONS:
        raise ArgumentError(f'the layer "{part.strip()}" has its words the wrong way round',
                            hint=f'write "{rest[0]} {first}"')
    hint = nearest(first, (*KINDS, "dense"))
    raise ArgumentError(f'"{words[0]}" in the layer "{part.strip()}" is neither a number of units '
                        f"nor {' nor '.join(KINDS)}", hint=hint or EXAMPLE)


def _dense(units: str, rest: list[str], part: str) -> Hidden:
    if not units.isdecimal() or not 1 <= int(units) <= MOST_UNITS:
        raise ArgumentError(f'the units of the layer "{part}" must be a whole number from 1 to '
                            f"{MOST_UNITS}", got=units)
    if len(rest) > 1:
        commas = ", ".join((f"{units} {rest[0]}", " ".join(rest[1:])))
        raise ArgumentError(f'the layer "{part}" has too many words',
                            hint=f'is a comma missing, as in "{commas}"?')
    activation = rest[0].lower() if rest else "relu"
    if activation not in FUNCTIONS:
        hint = nearest(activation, FUNCTIONS)
        if spells_number(activation):
            hint = f'is a comma missing, as in "{units}, {activation}"?'
        raise ArgumentError(f'"{rest[0]}" in the layer "{part}" is not a known activation',
                            hint=hint or f"known: {', '.join(FUNCTIONS)}")
    return Hidden("dense", units=int(units), activation=activation)


def _rate(rest: list[str], part: str) -> float:
    if len(rest) != 1 or not spells_number(rest[0]):
        raise ArgumentError(f'"dropout" needs its rate, but got "{part}"',
                            hint='write it like "dropout 0.2"')
    rate = float(rest[0])
    if not 0 <= rate < 1:
        raise ArgumentError(f'the rate of the layer "{part}" must be in [0, 1)', got=rate,
                            hint="0.2 drops every fifth value")
    return rate
