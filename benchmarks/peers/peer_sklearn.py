"""scikit-learn's MLPClassifier and MLPRegressor: dense nets with one activation.

MLPRegressor's loss is half the squared error summed over outputs, which Adam trains alike.
"""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

VARIANTS = ["fit"]
warnings.filterwarnings("ignore")


class Runner:
    """The net on this peer, with its data."""

    def __init__(self, w, variant, x, y):
        sizes = w.dense_sizes()
        if not sizes:
            raise NotImplementedError("dense layers only")
        self.w, self.x = w, x
        self.y = y if w.loss == "mse" else y.ravel().astype(int)
        made = MLPRegressor if w.loss == "mse" else MLPClassifier
        self.model = made(
            hidden_layer_sizes=[u for _, u, _ in sizes[:-1]], activation=sizes[0][2],
            solver=w.optimizer, alpha=0, batch_size=w.batch, learning_rate_init=w.lr,
            momentum=w.momentum, nesterovs_momentum=False, tol=0, n_iter_no_change=10**9,
            epsilon=1e-7, random_state=0, warm_start=True)
        if w.predict:
            self.model.set_params(max_iter=1).fit(x[:1000], self.y[:1000])

    def fit(self, epochs):
        """Train for some epochs."""
        self.model.set_params(max_iter=epochs).fit(self.x, self.y)

    def predict(self, x):
        """The outputs, as a NumPy array; logits of a classifier, up to a constant."""
        if self.w.loss == "mse":
            return self.model.predict(x)
        p = self.model.predict_proba(x)
        if self.w.predict:
            return p
        p = np.maximum(p, 1e-30)
        return np.log(p[:, 1:] / p[:, :1]) if self.w.loss == "bce" else np.log(p)
