"""A layer of your own, in Keras's protocol: it is traced into the same Plan as the built-in ones.

The layer learns one frequency and one phase for each unit: sin(x W + b).
"""

import numpy as np

from pellucid import keras, ops, set_random_seed


class Sine(keras.layers.Layer):
    """sin(x W + b): waves instead of bends."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[-1], self.units), "random_normal", name="w")
        self.b = self.add_weight((self.units,), "zeros", name="b")

    def call(self, inputs):
        return ops.sin(ops.matmul(inputs, self.w) * 20 + self.b)


set_random_seed(0)
x = np.linspace(-1, 1, 256)[:, None]
y = np.sin(5 * x) + 0.5 * np.sin(11 * x)

model = keras.Sequential([keras.Input((1,)), Sine(32), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), "mse")
before = model.evaluate(x, y, verbose=0)
model.fit(x, y, epochs=150, verbose=0)
after = model.evaluate(x, y, verbose=0)
print(f"mean squared error {before:.3f} before training, {after:.5f} after")
assert after < 0.01
