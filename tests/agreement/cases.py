"""Every op that is registered, with operands drawn from its own samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

import pellucid.activations
import pellucid.losses
import pellucid.ops  # noqa: F401 (the registry is filled by importing)
from pellucid.atoms.samples import Sample, at, uniform
from pellucid.core import dtypes
from pellucid.core.op import Op
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import OPS, convert

# Further ways to call an op than with its defaults.
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "sum": [{"axis": 1}, {"axis": (0, 1), "keepdims": True}, {"axis": -1, "keepdims": True}],
    "max": [{"axis": 0}, {"axis": 1, "keepdims": True}], "min": [{"axis": -1}],
    "prod": [{"axis": 0}], "mean": [{"axis": 0}], "var": [{"axis": -1, "keepdims": True}],
    "std": [{"axis": 0}], "logsumexp": [{"axis": 0}, {"axis": -1, "keepdims": True}],
    "norm": [{"ord": 1, "axis": 0}, {"ord": float("inf")}, {"ord": 3, "axis": 1}],
    "argmax": [{"axis": 0}, {"axis": 1, "keepdims": True}], "argmin": [{"axis": 1}],
    "cumsum": [{"axis": 1}], "flip": [{"axis": 0}, {"axis": (0, 1)}],
    "reshape": [{"shape": (2, -1)}], "transpose": [{"axes": (-1, 0)}],
    "expand_dims": [{"axis": -1}, {"axis": (0, 2)}], "swapaxes": [{"axis1": -1, "axis2": 0}],
    "moveaxis": [{"source": (0, 1), "destination": (1, 0)}],
    "pad": [{"pad_width": 1}, {"pad_width": ((1, 0), (0, 2)), "constant_values": 2}],
    "round": [{"decimals": 1}], "softmax": [{"axis": 0}, {"axis": (0, 1)}],
    "log_softmax": [{"axis": 0}], "sparsemax": [{"axis": 0}], "glu": [{"axis": 0}],
    "relu": [{"negative_slope": 0.1, "max_value": 2.0, "threshold": 0.05}],
    "elu": [{"alpha": 0.5}], "celu": [{"alpha": 2.0}], "gelu": [{"approximate": True}],
    "leaky_relu": [{"negative_slope": 0.01}], "tensordot": [{"axes": 1}, {"axes": ((1,), (0,))}],
    "nanmax": [{"axis": 0}], "nanmin": [{"axis": -1, "keepdims": True}], "nanmean": [{"axis": 0}],
    "nanvar": [{"axis": 0}], "diff": [{"n": 2, "axis": 0}], "running_product": [{"axis": -1}],
    "roll": [{"shift": -1, "axis": 0}, {"shift": (1, 2), "axis": (1, 0)}],
    "ptp": [{"axis": 0, "keepdims": True}],
    "huber": [{"delta": 0.3}], "peak": [{"axis": 0}],
    "diagonal": [{"offset": 1}, {"offset": -2, "axis1": 1, "axis2": 0}], "trace": [{"offset": -1}],
    "diag": [{"k": 1}], "diagflat": [{"k": -1}], "tril": [{"k": 1}], "triu": [{"k": -1}],
    "vander": [{"N": 3, "increasing": True}], "dot_product_attention": [{"is_causal": True}],
    "layer_normalization": [{"axis": 0}, {"axis": (0, 1), "epsilon": 1e-3}, {"rms_scaling": True}],
    "rms_normalization": [{"axis": 0}, {"axis": (0, 1), "epsilon": 1e-3}],
    "normalize": [{"axis": (0, 1)}],
    "conv": [{"strides": 2, "padding": "same"}, {"dilation_rate": (1, 2)}],
    "conv_transpose": [{"strides": 2, "padding": "same"}, {"strides": (3, 1), "dilation_rate": 2},
                       {"strides": 2, "output_padding": 1}],
    "depthwise_conv": [{"strides": 2, "padding": "same"}, {"dilation_rate": (1, 2)}],
    "adaptive_max_pool": [{"output_size": (3, 2)}], "unfold": [{"stride": 2, "padding": (1, 0)}],
    "adaptive_average_pool": [{"output_size": (3, 5)}],
    "depth_to_space": [{"data_format": "channels_first"}],
    "space_to_depth": [{"data_format": "channels_first"}],
    "max_pool": [{"pool_size": (2, 3), "strides": (1, 2), "padding": "same"},
                 {"pool_size": (3, 2), "data_format": "channels_first"}],
    "average_pool": [{"pool_size": (2, 3), "strides": (1, 2), "padding": "same"},
                     {"pool_size": 3, "padding": "same"}],
}
BITS = ("bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift")
# Operands that are not 4 × 4.
SHAPES: dict[str, tuple[tuple[int, ...], ...]] = {
    "windows": ((2, 5, 4, 2),), "overlap_add": ((2, 2, 3, 2, 2, 1),),
    "conv": ((2, 4, 5, 4), (2, 3, 2, 2)), "max_pool": ((2, 4, 4, 2),),
    "average_pool": ((2, 4, 4, 2),),
    "kron": ((2, 3), (3, 2)), "cross": ((4, 3), (4, 3)), "vander": ((4,),), "diagflat": ((2, 2),),
    "dot_product_attention": ((2, 3, 2, 2), (2, 4, 1, 2), (2, 4, 1, 3)),
    "conv_transpose": ((2, 3, 2, 2), (2, 2, 3, 2)), "depthwise_conv": ((2, 4, 5, 2), (2, 3, 2, 2)),
    "separable_conv": ((2, 4, 5, 2), (2, 2, 2, 1), (1, 1, 2, 3)), "unfold": ((2, 2, 4, 3),),
    "adaptive_max_pool": ((2, 4, 5, 2),), "adaptive_average_pool": ((2, 4, 5, 2),),
    "depth_to_space": ((2, 4, 2, 4),), "space_to_depth": ((1, 4, 2, 4),),
}
# Ops without samples of their own: the operands that make sense for them.
UNSAMPLED: dict[str, tuple[tuple[Sample, ...], dict[str, Any]]] = {
    "where": ((at(0.0, 1.0), uniform(-3, 3), uniform(-3, 3)), {}),
    "clip": ((uniform(-3, 3), at(-1.0), at(2.0)), {}),
    "stop_gradient": ((uniform(-3, 3),), {}), "identity": ((uniform(-3, 3),), {}),
    "broadcast_to": ((uniform(-3, 3),), {"shape": (3, 4, 4)}),
    "join": ((uniform(-3, 3), uniform(-3, 3)), {"axis": 1}),
    "strided": ((uniform(-3, 3),), {"spans": ((1, 2, 1), (3, 2, -2))}),
    "place": ((uniform(-3, 3),), {"shape": (6, 9), "spans": ((1, 4, 1), (8, 4, -2))}),
    "take": ((uniform(-3, 3), at(0, 2, 2, 1)), {"axis": 1}),
    "gather": ((uniform(-3, 3), at(0, 2, 2, 1)), {"axis": 0}),
    "scatter_add": ((uniform(-3, 3), at(0, 2, 2, 1)), {"axis": 0, "size": 3}),
    "windows": ((uniform(-3, 3),), {"size": (2, 2), "strides": (1, 2), "dilation": (2, 1)}),
    "overlap_add": ((uniform(-3, 3),), {
        "shape": (2, 5, 5, 1), "size": (2, 2), "strides": (2, 1), "dilation": (1, 2)}),
    "get_item": ((uniform(-3, 3),), {"index": (slice(None, None, -2), [0, 2, 2])}),
    "one_hot": ((at(0, 2, 1),), {"num_classes": 3}),
    "logical_not": ((at(0.0, 1.0, 0.0, 2.0),), {}),
    "logical_and": ((at(0.0, 1.0, 0.0, 2.0), at(0.0, 0.0, 1.0, 1.0)), {}),
    "logical_or": ((at(0.0, 1.0, 0.0, 2.0), at(0.0, 0.0, 1.0, 1.0)), {}),
    **{name: ((at(0, 2, 5, 7), at(3, 1, 0, 5)), {}) for name in BITS},
    "bitwise_not": ((at(0, 2, 5),), {}),
    **{name: ((at(-1.0, 0.5, 2.0),), {}) for name in ("signbit", "isneginf", "isposinf", "isreal")},
    **{name: ((at(-1.0, 0.5, 2.0, 3.0), at(-1.0, 0.5, 2.1, 3.0)), {})
       for name in ("isclose", "allclose")},
    "logical_xor": ((at(0.0, 1.0, 0.0, 2.0), at(0.0, 0.0, 1.0, 1.0)), {}),
    "isnan": ((uniform(-3, 3),), {}), "isinf": ((uniform(-3, 3),), {}),
    "isfinite": ((uniform(-3, 3),), {}), "any": ((at(0.0, 1.0),), {}), "all": ((at(0.0, 1.0),), {}),
    "count_nonzero": ((at(0.0, 1.0, 2.0),), {}),
    "matrix_product": ((uniform(-2, 2), uniform(-2, 2)), {}),
    "contract": ((uniform(-2, 2), uniform(-2, 2)), {"subscripts": "ij,kj->ki"}),
}
# No gradient passes these, and none should; all others must have one.
FLAT = {"sign", "floor", "ceil", "round", "floor_divide", "argmax", "argmin", "equal", "not_equal",
        "less", "less_equal", "greater", "greater_equal", "stop_gradient", "one_hot", "logical_not",
        "logical_and", "logical_or", "isnan", "isinf", "isfinite", "any", "all", "count_nonzero",
        *BITS, "bitwise_not", "signbit", "isneginf", "isposinf", "isreal", "isclose", "allclose",
        "logical_xor", "trunc", "nanargmax", "nanargmin"}
INTEGERS = {*((name, i) for name in BITS for i in (0, 1)), ("bitwise_not", 0),
            ("take", 1), ("gather", 1), ("scatter_add", 1), ("one_hot", 0)}
RANDOM, LOOPS = {"random_uniform", "random_permutation"}, {"scan", "cond", "cast", "while_loop"}


class Case(NamedTuple):
    """An op, where its operands come from, and its options."""

    op: Op
    samples: tuple[Sample, ...]
    options: dict[str, Any]

    def __repr__(self) -> str:
        of = ",".join("at" if each.points else f"{each.low:g}..{each.high:g}"
                      for each in self.samples)
        return f"{self.op.name}({of}{''.join(f',{k}={v}' for k, v in self.options.items())})"

    def operands(self, seed: int, dtype: str = "float64") -> list[np.ndarray]:
        """Arrays of 4 × 4 numbers (or as SHAPES says), or the points of a sample as they are."""
        random = np.random.default_rng(seed)
        times = 2 if self.op.name == "glu" else 1        # glu halves what it is given
        shapes = SHAPES.get(self.op.name, ((4, 4),) * len(self.samples))
        return [_drawn(random, each, len(self.samples) > 1, shape).repeat(times, -1).astype(
                    "int32" if (self.op.name, i) in INTEGERS else dtype)
                for i, (each, shape) in enumerate(zip(self.samples, shapes, strict=True))]

    @property
    def differentiable(self) -> tuple[int, ...]:
        """The operands that a gradient is asked for."""
        skip = {("where", 0), ("clip", 1), ("clip", 2), ("threshold", 1), *INTEGERS}
        return tuple(i for i in range(len(self.samples))
                     if (self.op.name, i) not in skip and not (_is_label(self.op) and i == 0))


def _is_label(op: Op) -> bool:
    return bool(op.operands) and op.operands[0] == "y_true"


def _drawn(random: np.random.Generator, sample: Sample, several: bool,
           shape: tuple[int, ...]) -> np.ndarray:
    if sample.points:
        points = np.array(sample.points)
        return random.permutation(points) if several and points.size == 4 else points
    return random.uniform(sample.low, sample.high, shape)


def _cases() -> Iterator[Case]:
    for op in dict.fromkeys(OPS.values()):
        if op.name in UNSAMPLED:
            samples, options = UNSAMPLED[op.name]
            if op.name == "where":
                samples = (at(0.0, 1.0, 1.0, 0.0), *samples[1:])
            yield Case(op, samples, options)
            continue
        count = len(op.operands or ())
        spread = [each for each in op.samples if not each.points]
        groups = [tuple(op.samples[:count])] if count > 1 else [(each,) for each in op.samples]
        for group in groups if op.samples else ():
            yield Case(op, group, {})
        for options in OPTIONS.get(op.name, ()):
            yield Case(op, tuple(spread[:count]), options)


CASES = list(_cases())
EDGES = [case for case in CASES if len(case.samples) == 1 and case.samples[0].points]
each_case = pytest.mark.parametrize("case", CASES, ids=repr)


def gradients(case: Case, operands: list[np.ndarray], weights: np.ndarray | float,
              directions: list[Any], order: int) -> float:
    """dⁿ/dtⁿ Σ weights · op(x + t d) at t = 0, by tapes within each other."""
    inputs = [convert(each) for each in operands]
    wanted = [x for x, d in zip(inputs, directions, strict=True) if d is not None]
    ways = [d for d in directions if d is not None]
    return _along(lambda: summed(case.op(*inputs, **case.options) * weights), wanted, ways, order)


def _along(function: Any, wanted: list[Any], ways: list[Any], order: int) -> float:
    def slope() -> Any:
        with GradientTape() as tape:
            tape.watch(wanted)
            y = function() if order == 1 else inner()
        found = tape.gradient(y, wanted, unconnected_gradients="zero")
        return sum(summed(g * d) for g, d in zip(found, ways, strict=True))

    def inner() -> Any:
        with GradientTape() as tape:
            tape.watch(wanted)
            y = function()
        found = tape.gradient(y, wanted, unconnected_gradients="zero")
        return sum(summed(g * d) for g, d in zip(found, ways, strict=True))
    return float(slope())


def summed(x: Any) -> Any:
    return OPS["sum"](x)


def is_float(value: Any) -> bool:
    return dtypes.is_float(value.dtype)
