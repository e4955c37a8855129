"""A program as words: what native/engine/program.cpp reads.

All words are 64-bit integers; a double is its bits; a list begins with its length. The codes are
those of native/engine/types.hpp and native/loops/loop.hpp, in their order.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

DTYPES = ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64",
          "float32", "float64")
CODES = {name: code for code, name in enumerate(DTYPES)}
BYTES: dict[str, int] = dict(zip(DTYPES, (1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8), strict=True))

LOOP_OPS = (
    "load", "number", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal",
    "logical_not", "logical_and", "logical_or", "where", "maximum", "minimum", "cast", "add",
    "subtract", "multiply", "divide", "negative", "abs", "sign", "square", "sqrt", "power",
    "floor_divide", "mod", "bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift",
    "bitwise_not", "floor", "round", "exp", "expm1", "log", "log1p", "sin", "cos", "arctan", "tanh",
    "erf")
LOOP_CODES = {name: code for code, name in enumerate(LOOP_OPS)}
REDUCES = {name: code for code, name in enumerate(
    ("none", "sum", "max", "min", "prod", "any", "all"))}

ARENA, INPUT, CONSTANT = range(3)


@dataclass
class Buffer:
    """A run of numbers: where it lives, and at which byte."""

    dtype: str
    shape: tuple[int, ...]
    place: int = ARENA
    input: int = -1
    at: int = 0

    @property
    def size(self) -> int:
        """Bytes."""
        total = BYTES[self.dtype]
        for n in self.shape:
            total *= n
        return total


@dataclass
class Instruction:
    """``outputs = op(inputs)`` over buffers, and the words that its kernel reads."""

    op: str
    inputs: list[int]
    outputs: list[int]
    words: list[int] = field(default_factory=list)
    bodies: list[Program] = field(default_factory=list)
    scope: str = ""


@dataclass
class Program:
    """Buffers, instructions over them, and which buffers come in and go out."""

    buffers: list[Buffer]
    inputs: list[int]
    outputs: list[int]
    instructions: list[Instruction]
    arena: int = 0

    def words(self) -> list[int]:
        """The whole program, its bodies included."""
        out = [len(self.buffers)]
        for each in self.buffers:
            out += [CODES[each.dtype], each.place, each.input, each.at, *listed(each.shape)]
        out += [*listed(self.inputs), *listed(self.outputs), self.arena, len(self.instructions)]
        for step in self.instructions:
            out += [*_text(step.op), *listed(step.inputs), *listed(step.outputs),
                    *listed(step.words), len(step.bodies)]
            for body in step.bodies:
                out += body.words()
            out += _text(step.scope)
        return out

    def encoded(self) -> bytes:
        """The words as bytes."""
        return array("q", self.words()).tobytes()


def listed(values: Iterable[int]) -> list[int]:
    """A list as words: its length, then its members."""
    members = [int(each) for each in values]
    return [len(members), *members]


def number(value: float) -> int:
    """A double's bits as a word."""
    return struct.unpack("q", struct.pack("d", value))[0]


def _text(text: str) -> list[int]:
    return listed(text.encode("ascii", "replace"))


def whole(value: int) -> int:
    """An integer as a signed word: unsigned ones of 64 bits keep their bits."""
    return struct.unpack("q", struct.pack("Q", value & (2 ** 64 - 1)))[0]


