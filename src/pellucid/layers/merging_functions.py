"""The merging layers as functions: ``add([a, b])`` for ``Add()([a, b])``.

Further keywords are those of every layer (``name``, ``dtype``, …).
"""

from __future__ import annotations

from typing import Any

from pellucid.layers.merging import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)


def add(inputs: Any, **kwargs: Any) -> Any:
    """The sum of the inputs, as `Add` makes it.

    >>> import numpy as np
    >>> add([np.ones((1, 2)), np.ones((1, 2))]).numpy().tolist()
    [[2.0, 2.0]]
    """
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """The first input minus the second, as `Subtract` makes it.

    >>> import numpy as np
    >>> subtract([np.ones((1, 2)), np.zeros((1, 2))]).numpy().tolist()
    [[1.0, 1.0]]
    """
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """The product of the inputs, number by number, as `Multiply` makes it.

    >>> import numpy as np
    >>> multiply([np.array([[2.0]]), np.array([[3.0]])]).numpy().tolist()
    [[6.0]]
    """
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """The mean of the inputs, as `Average` makes it.

    >>> import numpy as np
    >>> average([np.array([[1.0]]), np.array([[2.0]])]).numpy().tolist()
    [[1.5]]
    """
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """The largest of the inputs, number by number, as `Maximum` makes it.

    >>> import numpy as np
    >>> maximum([np.array([[1.0]]), np.array([[2.0]])]).numpy().tolist()
    [[2.0]]
    """
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """The smallest of the inputs, number by number, as `Minimum` makes it.

    >>> import numpy as np
    >>> minimum([np.array([[1.0]]), np.array([[2.0]])]).numpy().tolist()
    [[1.0]]
    """
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """The inputs one after the other along an axis, as `Concatenate` makes it.

    >>> import numpy as np
    >>> concatenate([np.ones((1, 2)), np.zeros((1, 1))]).numpy().tolist()
    [[1.0, 1.0, 0.0]]
    """
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """The inner product of two inputs, sample by sample, as `Dot` makes it.

    >>> import numpy as np
    >>> dot([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])], axes=1).numpy().tolist()
    [[11.0]]
    """
    return Dot(axes=axes, **kwargs)(inputs)
