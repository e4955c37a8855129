"""Inside a network"""
import numpy as np

from pellucid import losses, ops
from pellucid.insight import plots

z = np.linspace(0, 40, 200)
exact = np.logaddexp(0, z)                              # of the answer 0, in float64
loss = lambda p, **how: losses.BinaryCrossentropy(reduction="none", **how)(np.zeros((200, 1)), p)
errors = {"sigmoid, then the loss": abs(loss(ops.sigmoid(np.float32(z)[:, None])) - exact),
          "from logits": abs(loss(np.float32(z)[:, None], from_logits=True) - exact)}
figure = plots.error_by_logit(z, {"binary crossentropy": errors})
