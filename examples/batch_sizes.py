"""Batch sizes: one row is stochastic descent, all rows are batch descent, between lie mini-batches.

The same network trains for ten epochs on the same data with batches of 1, 32, 64, 128 and all rows:
the smaller the batch, the more updates an epoch has, and the noisier each of them is. How noisy is
measured at one place: the distance between the gradient of a random batch and that of all rows.
It falls with the root of the batch size.

    python examples/batch_sizes.py [picture.png]
"""

import sys

import numpy as np

from pellucid import Input, Sequential, data, layers, optimizers, set_random_seed
from pellucid.insight.dynamics import gradient_noise
from pellucid.insight.plots.gradient_noise import gradient_noise as noise_picture

moons = data.load("moons", rows=1000)
x, y, n, EPOCHS = moons.x, moons.y, moons.rows, 10


def network():
    set_random_seed(0)
    model = Sequential([Input((2,)), layers.Dense(16, "tanh"), layers.Dense(1, "sigmoid")])
    model.compile(optimizers.SGD(0.1), "binary_crossentropy", metrics=["accuracy"])
    return model


KINDS = {1: "stochastic", 32: "mini-batch", 64: "mini-batch", 128: "mini-batch", n: "batch"}
loss = {}
for size, kind in KINDS.items():
    model = network()
    history = model.fit(x, y, batch_size=size, epochs=EPOCHS, verbose=0).history
    loss[size] = history["loss"][-1]
    updates = int(model.optimizer.iterations) // EPOCHS
    print(f"batch_size={size:<4} {kind:10} {updates:4} updates an epoch, after {EPOCHS} epochs: "
          f"loss {loss[size]:.3f}, accuracy {history['accuracy'][-1]:.3f}")

noise = gradient_noise(network(), x, y, batch_sizes=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, n))
below = noise.batch_sizes <= 64
slope = np.polyfit(np.log(noise.batch_sizes[below]), np.log(noise.noise[below]), 1)[0]
file = sys.argv[1] if len(sys.argv) > 1 else "batch_sizes.png"
noise_picture(noise).savefig(file, dpi=144)
print(f"The noise of the gradient falls from {noise.noise[0]:.3f} for one row to "
      f"{noise.noise[noise.batch_sizes == 64][0]:.3f} for 64 and {noise.noise[-1]:.0e} for all "
      f"{n}, like B to the power {slope:.2f} (theory: -0.5); with {noise.scale:.0f} rows noise and "
      f"gradient are equally long ({file}).")
