"""`tf.linalg`: names only."""

from pellucid.atoms import eye, matmul, norm, tensordot
from pellucid.tf.arguments import transpose

__all__ = ["eye", "matmul", "norm", "tensordot", "transpose"]
