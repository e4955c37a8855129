"""pellucid: the same lines as Keras, with nothing set.

"batch" differs from "fit" in `predict_1` alone: it calls predict_on_batch, as Keras does there.
"""

from __future__ import annotations

from keras_names import build, compile_model, inputs_of

import pellucid

VARIANTS = ["fit", "batch"]


class Runner:
    """The net on this peer, with its data."""

    def __init__(self, w, variant, x, y):
        pellucid.utils.set_random_seed(0)
        self.w, self.x, self.y, self.variant = w, inputs_of(x), y, variant
        self.model = compile_model(w, build(w, pellucid), pellucid)

    def fit(self, epochs):
        """Train for some epochs."""
        self.model.fit(self.x, self.y, batch_size=self.w.batch, epochs=epochs, verbose=0)

    def predict(self, x):
        """The outputs, as a NumPy array."""
        if self.variant == "batch" and len(x) == 1:
            return self.model.predict_on_batch(x)
        return self.model.predict(inputs_of(x), batch_size=1024, verbose=0)
