"""The computational graph: what a model or a function does, box by box, with its numbers.

A model is watched while it runs, on shapes alone or on data; a function of a few numbers step by
step. What repeats is folded, long chains are wrapped, and what does not fit is marked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.kinds import shown
from pellucid.insight.graph.of_error import error_graph
from pellucid.insight.graph.of_function import function_graph
from pellucid.insight.graph.of_model import model_graph
from pellucid.insight.graph.record import ComputationGraph, Edge, Node, Repeat
from pellucid.models.model import Model

__all__ = ["ComputationGraph", "Edge", "Node", "Repeat", "error_graph", "graph", "model_graph"]


def graph(of: Any = None, /, *numbers: Any, **named: Any) -> ComputationGraph:
    """Draw the computational graph of a model, of a function of numbers, or of a mistake.

    ``graph(model, x, y, …)`` is ``model.graph(x, y, …)``. ``graph(f, a=2.0, b=3.0)`` runs a
    function in float64 and shows the value and the gradient of every step; edges carry the local
    derivatives, so that the chain rule can be followed by hand. ``graph(error)`` shows the model
    that raised an error, the part that works, and marked the edge where shapes do not fit;
    ``graph()`` does so for the last error in a notebook or at a prompt, and ``graph(build)`` for
    a function without arguments that makes a model.

    Raises KindError for anything else, ArgumentError if there was no error, or a result does not
    depend on the numbers, ShapeError if the result is not one number.

    >>> print(graph(lambda a, b, c: 3 * (a + b * c), a=5.0, b=3.0, c=2.0)["c"].gradient)
    9.0
    >>> from pellucid.layers import Dense, Flatten, Input, Conv2D
    >>> from pellucid.models import Sequential
    >>> print(graph(lambda: Sequential([Input((5,)), Dense(4, name="a"), Conv2D(2, 3, name="b")])))
    Sequential "sequential": 3 nodes
    ...

    Source: the drawing of S. Linnainmaa (1970), a node for each intermediate result.
    """
    if of is None:
        return error_graph(_last_error())
    if isinstance(of, BaseException):
        return error_graph(of, **named)
    if isinstance(of, Model):
        return model_graph(of, *numbers, **named)
    if not callable(of):
        raise KindError("a graph is drawn of a model, a function or an error", got=shown(of),
                        where=user_line())
    return function_graph(of, numbers, named) if numbers or named else _of_building(of)


def _last_error() -> BaseException:
    error = getattr(sys, "last_value", None)
    if error is None:
        raise ArgumentError("there was no error whose graph could be drawn", where=user_line(),
                            hint="graph(model), or graph(f, a=1.0), or graph(error)")
    return error


def _of_building(build: Callable[[], Any]) -> ComputationGraph:
    """The graph of the model that a function makes, or of where making it fails."""
    try:
        made = build()
    except Exception as error:
        try:
            return error_graph(error)
        except ArgumentError:
            raise error from None
    if not isinstance(made, Model):
        raise KindError("a function without arguments must make a model to draw", got=shown(made),
                        where=user_line(), hint="give a function of numbers its numbers: "
                        "graph(f, a=1.0)")
    return model_graph(made)
