"""Initializers whose width follows from the shape, so that signals keep their size from layer to
layer: Glorot (tanh, sigmoid), He (the ReLU family), LeCun (SELU)."""

from __future__ import annotations

import math
from typing import Any

from pellucid.atoms.random import WEIGHTS
from pellucid.core.fields import field
from pellucid.core.kinds import AXES
from pellucid.initializers.base import SEED, RandomInitializer, count_fans
from pellucid.random import draws

INPUTS: Any = field(None, kind=AXES,
                    help="the axes that count as inputs, if not those of Dense and Conv")
OUTPUTS: Any = field(None, kind=AXES, help="the axes that count as outputs")

# the standard deviation of a standard normal that is truncated at ±2
TRUNCATED = math.sqrt(1 - 4 * math.exp(-2) / (math.sqrt(2 * math.pi) * math.erf(math.sqrt(2))))


class FanScaling(RandomInitializer):
    """The rule that all of these share: Var w = scale / fan."""

    scale: float = 1.0
    mode: str = "fan_in"
    distribution: str = "truncated_normal"
    input_axes: Any = None
    output_axes: Any = None

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        fan_in, fan_out = count_fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        stddev = math.sqrt(self.scale / max(1, fan))
        if self.distribution == "uniform":
            limit = math.sqrt(3) * stddev                    # Var U(-a, a) = a²/3
            return draws.uniform(shape, -limit, limit, dtype, self.seed, stream=WEIGHTS)
        if self.distribution == "untruncated_normal":
            return draws.normal(shape, 0.0, stddev, dtype, self.seed, stream=WEIGHTS)
        return draws.truncated_normal(shape, 0.0, stddev / TRUNCATED, dtype, self.seed,
                                      stream=WEIGHTS)


class VarianceScaling(FanScaling):
    r"""Numbers with :math:`Var\,w = scale / fan`, where fan counts a unit's connections.

    Arguments: ``mode`` ("fan_in": the inputs of a unit, "fan_out": its outputs, "fan_avg": the
    mean of both), ``distribution`` ("truncated_normal", "untruncated_normal", "uniform").

    >>> VarianceScaling(2.0, mode="fan_out", seed=1)((4, 3)).shape
    (4, 3)

    Use: where none of the named ones (Glorot, He, LeCun) suits; all of them are cases of it.
    Pros: signals keep their size whatever the width; scale, fan and distribution can be chosen.
    Cons: three choices where a name would do.
    """

    scale: float = field(1.0, above=0, help="the variance is scale / fan")
    mode: str = field("fan_in", one_of=("fan_in", "fan_out", "fan_avg"),
                      help="the fan: inputs, outputs, or their mean")
    distribution: str = field("truncated_normal", one_of=(
        "truncated_normal", "untruncated_normal", "uniform", "normal"),
        help="\"normal\" is truncated as well")
    seed: Any = SEED
    input_axes: Any = INPUTS
    output_axes: Any = OUTPUTS

    def settle(self) -> None:
        super().settle()
        if self.distribution == "normal":                    # Keras's older name
            self.distribution = "truncated_normal"


class GlorotUniform(FanScaling):
    r"""Glorot's (or Xavier's): :math:`w ∼ U(-a, a)` with :math:`a^2 = 6 / (n_{in} + n_{out})`.

    For tanh and sigmoid: signals keep their size forwards and backwards. Source: X. Glorot,
    Y. Bengio, "Understanding the difficulty of training deep feedforward networks" (2010).

    >>> GlorotUniform(seed=1)((4, 2)).numpy().max() <= 1
    np.True_

    Use: tanh, sigmoid and softmax layers; Keras's default.
    Pros: signals keep their size forwards and gradients backwards, as a compromise of both.
    Cons: half of what a ReLU layer needs: there `HeUniform` is right.
    """

    mode, distribution = "fan_avg", "uniform"
    seed: Any = SEED
    input_axes: Any = INPUTS
    output_axes: Any = OUTPUTS


class GlorotNormal(FanScaling):
    r"""As `GlorotUniform`, from a truncated normal: :math:`Var\,w = 2 / (n_{in} + n_{out})`.

    >>> GlorotNormal(seed=1)((4, 2)).shape
    (4, 2)

    Use: tanh, sigmoid and softmax layers.
    Pros: as `GlorotUniform`; there is no visible difference between both.
    Cons: half of what a ReLU layer needs: there `HeNormal` is right.
    Source: X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward
    networks" (2010).
    """

    mode = "fan_avg"
    seed: Any = SEED
    input_axes: Any = INPUTS
    output_axes: Any = OUTPUTS


class HeUniform(FanScaling):
    r"""He's initializer: :math:`w ∼ U(-a, a),\ a = \sqrt{6 / n_{in}}`.

    For the ReLU family, which passes half of a signal on. Source: K. He et al., "Delving deep into
    rectifiers" (2015).

    >>> HeUniform(seed=1)((4, 2)).shape
    (4, 2)

    Use: layers of the ReLU family.
    Pros: makes good for the half that a ReLU stops, so signals keep their size however deep.
    Cons: too wide for tanh and sigmoid, which saturate.
    """

    scale, distribution = 2.0, "uniform"
    seed: Any = SEED
    input_axes: Any = INPUTS
    output_axes: Any = OUTPUTS


class HeNormal(FanScaling):
    r"""As `HeUniform`, from a truncated normal: :math:`Var\,w = 2 / n_{in}`.

    >>> HeNormal(seed=1)((4, 2)).shape
    (4, 2)

    Use: layers of the ReLU family.
    Pros: makes good for the half that a ReLU stops, so signals keep their size however deep.
    Cons: too wide for tanh and sigmoid, which saturate.
    Source: K. He et al., "Delving deep into rectifiers" (2015).
    """

    scale = 2.0
    seed: Any = SEED
    input_axes: Any = INPUTS
    output_axes: Any = OUTPUTS


class LecunUniform(FanScaling):
    r"""LeCun's initializer: :math:`w ∼ U(-a, a),\ a = \sqrt{3 / n_{in}}`.

    For SELU. Source: Y. LeCun et al., "Efficient backprop" (1998).

    >>> LecunUniform(seed=1)((4, 2)).shape
    (4, 2)

    Use: SELU layers, and linear ones.
    Pros: the variance of a sum stays that of its inputs.
    Cons: looks at the way forwards alone; too small for ReLU.
    """

    distribution = "uniform"
    seed: Any = SEED
    input_axes: Any = INPUTS
    output_axes: Any = OUTPUTS


class LecunNormal(FanScaling):
    r"""As `LecunUniform`, from a truncated normal: :math:`Var\,w = 1 / n_{in}`.

    >>> LecunNormal(seed=1)((4, 2)).shape
    (4, 2)

    Use: SELU layers, which are made for it.
    Pros: with SELU, mean 0 and variance 1 stay from layer to layer.
    Cons: looks at the way forwards alone; too small for ReLU.
    Source: Y. LeCun et al., "Efficient backprop" (1998).
    """

    seed: Any = SEED
    input_axes: Any = INPUTS
    output_axes: Any = OUTPUTS
