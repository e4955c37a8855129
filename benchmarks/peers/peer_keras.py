"""Keras 3: model.fit on NumPy arrays.  KERAS_BACKEND is set by the runner from the variant's name.

A variant is BACKEND or BACKEND-OPTION: "spe" sets steps_per_execution=32, "nojit" turns XLA off.
"""

from __future__ import annotations

import keras
from keras_names import build, compile_model, inputs_of

VARIANTS = ["jax", "jax-spe", "tensorflow", "tensorflow-spe", "tensorflow-nojit-spe", "torch"]


class Runner:
    """The net on this peer, with its data."""

    def __init__(self, w, variant, x, y):
        keras.utils.set_random_seed(0)
        self.w, self.x, self.y = w, inputs_of(x), y
        options = {}
        if "spe" in variant:
            options["steps_per_execution"] = min(32, w.steps_per_epoch)
        if "nojit" in variant or variant == "torch":
            options["jit_compile"] = False
        self.model = compile_model(w, build(w, keras), keras, **options)

    def fit(self, epochs):
        """Train for some epochs."""
        self.model.fit(self.x, self.y, batch_size=self.w.batch, epochs=epochs, verbose=0)

    def predict(self, x):
        """The outputs, as a NumPy array."""
        if len(x) == 1:
            return self.model.predict_on_batch(x)
        return self.model.predict(inputs_of(x), batch_size=1024, verbose=0)
