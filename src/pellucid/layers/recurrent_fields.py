"""The hyper-parameters of recurrent layers and cells, each declared once.

A class names those that it has in the order of its arguments, which is Keras's. Where Keras writes
an argument into no config, neither do we.
"""

from __future__ import annotations

from typing import Any

from pellucid import activations, constraints, initializers, regularizers
from pellucid.core import kinds
from pellucid.core.fields import field

# of a cell
UNITS: Any = field(at_least=1, whole=True, help="length of the state and of the output")
MEMORY_ACTIVATION: Any = field("tanh", get=activations.get, symbol="φ", help="of what is taken in "
                               "and of what is given out")
RECURRENT_ACTIVATION: Any = field("sigmoid", get=activations.get, symbol="σ", help="of the gates")
USE_BIAS: Any = field(True, help="whether b is added")
KERNEL_INITIALIZER: Any = field("glorot_uniform", get=initializers.get, help="first W")
RECURRENT_INITIALIZER: Any = field("orthogonal", get=initializers.get, help="first U")
BIAS_INITIALIZER: Any = field("zeros", get=initializers.get, help="first b")
UNIT_FORGET_BIAS: Any = field(True, help="whether the forget gate's b begins at 1")
KERNEL_REGULARIZER: Any = field(None, get=regularizers.get, help="penalty on W")
RECURRENT_REGULARIZER: Any = field(None, get=regularizers.get, help="penalty on U")
BIAS_REGULARIZER: Any = field(None, get=regularizers.get, help="penalty on b")
KERNEL_CONSTRAINT: Any = field(None, get=constraints.get, help="kept by W after each step")
RECURRENT_CONSTRAINT: Any = field(None, get=constraints.get, help="kept by U after each step")
BIAS_CONSTRAINT: Any = field(None, get=constraints.get, help="kept by b after each step")
DROPOUT: Any = field(0.0, at_least=0, at_most=1, help="share of inputs left out, the same at all "
                     "steps")
RECURRENT_DROPOUT: Any = field(0.0, at_least=0, at_most=1, help="share of the last output left "
                               "out, the same at all steps")
RESET_AFTER: Any = field(True, help="whether r comes after the product with U, or before it")
SEED: Any = field(None, kind=kinds.SEED, help="a whole number makes dropout repeatable")
IMPLEMENTATION: Any = field(2, one_of=(1, 2), written=False, help="1 draws a dropout mask for each "
                            "gate")

# of the walk along a sequence
RETURN_SEQUENCES: Any = field(False, help="give the output of every step, not of the last")
RETURN_STATE: Any = field(False, help="give the states after the last step as well")
GO_BACKWARDS: Any = field(False, help="walk from the last step to the first")
STATEFUL: Any = field(False, help="begin where the last call ended (until reset_state())")
UNROLL: Any = field(False, help="write all steps out instead of looping over them")
ZERO_OUTPUT_FOR_MASK: Any = field(False, help="give 0 at masked steps, not the last output")
USE_CUDNN: Any = field("auto", one_of=("auto", True, False), written=False, help="kept for Keras: "
                       "engines choose their own kernels")
