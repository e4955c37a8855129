"""A dense layer over any axes: which ones, an equation in Einstein's notation says."""

from __future__ import annotations

import copy
import re
from typing import Any, NamedTuple

from pellucid import activations, constraints, initializers, regularizers
from pellucid.atoms import einsum
from pellucid.core.errors import ArgumentError, KindError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.initializers.variance_scaling import FanScaling
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec

FORM = re.compile(r"(\.\.\.)?([A-Za-z]+)(\.\.\.)?,([A-Za-z]+)->(\.\.\.)?([A-Za-z]+)(\.\.\.)?")


class Equation(NamedTuple):
    """``ab...,bc->ac...`` in its parts; the ellipsis stands on one side, or nowhere."""

    inputs: str
    kernel: str
    outputs: str
    left: bool
    right: bool


class Shapes(NamedTuple):
    """What an equation says of an input shape: other shapes, and which axes the kernel sums."""

    kernel: list[int | None]
    bias: list[int | None] | None
    output: list[int | None]
    summed: list[int]
    made: list[int]


class EinsumDense(Layer):
    r"""A dense layer over the axes that an equation names: :math:`y = φ(einsum(x, W) + b)`.

    The equation has the form ``"abc,cd->abd"``: the letters of the input's axes, of W's, and of the
    output's; a letter of input and W that the output leaves out is summed over (see
    `pellucid.ops.einsum`). ``...`` before or behind input and output stands for further axes.
    ``output_shape`` gives the lengths of the output's axes without the batch (and without ``...``);
    None where the input says it.

    ``"ab,bc->ac"`` is `Dense`. Use it where a dense layer makes several axes of one, or one of
    several, as the heads of attention do.

    >>> import numpy as np
    >>> heads = EinsumDense("btm,mnh->btnh", output_shape=(None, 2, 4), bias_axes="nh")
    >>> heads(np.ones((3, 5, 6))).shape, heads.kernel.shape, heads.bias.shape
    ((3, 5, 2, 4), (6, 2, 4), (2, 4))

    Use: dense layers over several axes at once, such as the heads of attention.
    Pros: says by its equation exactly what is mixed with what.
    Cons: a small language to learn; `Dense` is plainer where it is enough.
    """

    equation: str = field(help="the axes of input, W and output, such as ab,bc->ac")
    output_shape: Any = field(help="lengths of the output's axes, without the batch; None: known")
    activation: Any = field(None, get=activations.get, symbol="φ", help="what a unit does with "
                            "its sum")
    bias_axes: Any = field(None, help="letters of the output's axes along which b lies; None: no b")
    kernel_initializer: Any = field("glorot_uniform", get=initializers.get, help="first W")
    bias_initializer: Any = field("zeros", get=initializers.get, help="first b")
    kernel_regularizer: Any = field(None, get=regularizers.get, help="penalty on W")
    bias_regularizer: Any = field(None, get=regularizers.get, help="penalty on b")
    kernel_constraint: Any = field(None, get=constraints.get, help="kept by W after each step")
    bias_constraint: Any = field(None, get=constraints.get, help="kept by b after each step")

    def settle(self) -> None:
        given = self.output_shape
        self.output_shape = tuple(given) if isinstance(given, (list, tuple)) else (given,)
        if not all(n is None or (type(n) is int and n > 0) for n in self.output_shape):
            raise KindError("EinsumDense's output_shape must be a whole number above 0, or a tuple "
                            "of them, None where the input says it", got=given, where=user_line())
        if self.bias_axes is not None and not (isinstance(self.bias_axes, str) and self.bias_axes):
            raise KindError("EinsumDense's bias_axes must be letters of the output, or None",
                            got=self.bias_axes, where=user_line())
        self._parts_of_equation()

    def _parts_of_equation(self) -> Equation:
        """The equation taken apart; raises ArgumentError where it says nothing a layer can do."""
        match = FORM.fullmatch(self.equation) if isinstance(self.equation, str) else None
        before, x, behind, w, left, y, right = match.groups() if match else (None,) * 7
        if not match or (before, behind) != (left, right) or (left and right):
            raise ArgumentError("EinsumDense's equation must have the form x,w->y, with letters "
                                "for the axes and ... on one side of x and y at most",
                                got=f"{self.equation!r}", where=user_line(),
                                hint='"ab,bc->ac" is a dense layer')
        equation = Equation(str(x), str(w), str(y), bool(left), bool(right))
        for letter in {*equation.outputs} - {*equation.inputs, *equation.kernel}:
            self._complain(f"finds the axis {letter!r} of the output in neither input nor kernel")
        for letter in {*equation.kernel} - {*equation.inputs, *equation.outputs}:
            self._complain(f"finds the axis {letter!r} of the kernel in neither input nor output")
        for letter in sorted({*(self.bias_axes or "")} - {*equation.outputs}):
            self._complain(f"has no axis {letter!r} in its output for bias_axes")
        return equation

    def _complain(self, what: str, got: Any = None) -> None:
        raise ArgumentError(f"EinsumDense's equation {self.equation!r} {what}", got=got,
                            where=user_line())

    def shapes(self, input_shape: Any) -> Shapes:
        """The shapes of kernel, bias and output for the shape of an input."""
        x, w, y, left, right = self._parts_of_equation()
        more = len(input_shape) - len(x)                 # axes that ... stands for
        if more < 0 or (more and not (left or right)):
            raise ShapeError(f"{self.label} with the equation {self.equation!r} needs {len(x)} "
                             f"axes{' or more' if left or right else ''}",
                             got=f"shape {tuple(input_shape)}", where=user_line())
        at = more if left else 0                         # where the letters begin
        output = [input_shape[0], *(input_shape[1:more] if left else ()), *self.output_shape,
                  *(() if left else input_shape[len(x):])]
        if len(output) != len(y) + more:
            self._complain(f"gives {len(y)} axes that it names", f"output_shape="
                           f"{self.output_shape} for the input shape {tuple(input_shape)}")
        inside = dict(zip(x, input_shape[at:at + len(x)], strict=True))
        outside = {letter: inside.get(letter) if n is None else n
                   for letter, n in zip(y, output[at:at + len(y)], strict=True)}
        output[at:at + len(y)] = outside.values()
        for letter in sorted({*inside} & {*outside}):
            if inside[letter] not in (None, outside[letter]):
                raise ShapeError(f"{self.label} has output_shape={self.output_shape}, so axis "
                                 f"{letter!r} has length {outside[letter]}", where=user_line(),
                                 got=f"{inside[letter]} in the input shape {tuple(input_shape)}")
        return Shapes([outside[each] if each in outside else inside[each] for each in w],
                      self._bias(y, outside, more if right else 0), output,
                      [i for i, letter in enumerate(w) if letter not in y],
                      [i for i, letter in enumerate(w) if letter in y])

    def _bias(self, y: str, lengths: dict[str, int | None], behind: int) -> list[int | None] | None:
        """b's shape: from its first axis on, with length 1 along the axes on which it is the same.
        """
        if self.bias_axes is None:
            return None
        start = min(y.index(letter) for letter in self.bias_axes)
        return [lengths[letter] if letter in self.bias_axes else 1
                for letter in y[start:]] + [1] * behind

    def build(self, input_shape: Any) -> None:
        shapes = self.shapes(input_shape)
        for name, shape in (("kernel", shapes.kernel), ("bias", shapes.bias or [])):
            if None in shape:
                raise ShapeError(f"{self.label} must know the length of every axis of its {name}",
                                 got=f"{tuple(shape)}", where=user_line(),
                                 hint="give it in output_shape, or in Input(...)")
        first = self.kernel_initializer
        if isinstance(first, FanScaling) and None in (first.input_axes, first.output_axes):
            first = copy.copy(first)
            first.input_axes, first.output_axes = shapes.summed, shapes.made
        self.kernel = self.add_weight(shapes.kernel, first, name="kernel",
                                      regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self.bias = None if shapes.bias is None else self.add_weight(
            shapes.bias, self.bias_initializer, name="bias", regularizer=self.bias_regularizer,
            constraint=self.bias_constraint)
        self.input_spec = InputSpec(ndim=len(input_shape))

    def call(self, inputs: Tensor, training: Any = None) -> Tensor:
        z = einsum(self.equation, inputs, self.kernel)
        return self.activation(z if self.bias is None else z + self.bias)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return tuple(self.shapes(input_shape).output)
