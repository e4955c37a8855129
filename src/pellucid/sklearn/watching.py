"""What a multilayer estimator looks at after each epoch: losses, scores, rates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from pellucid.callbacks import Callback
from pellucid.core.errors import advise


class Watch(Callback):
    """Keeps scikit-learn's curves, falls the rate as `learning_rate` says, ends the training.

    It ends when neither the loss has fallen by more than ``tol`` (or, with ``score``, the score on
    rows held out has risen by more) for ``n_iter_no_change`` epochs; with rows held out the weights
    of the best epoch come back.
    """

    def __init__(self, estimator: Any, samples: int, score: Callable[[], float] | None) -> None:
        super().__init__()
        self.estimator, self.samples, self.score = estimator, samples, score
        self.idle, self.stopped, self.best_weights = 0, False, None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        of = self.estimator
        loss = float((logs or {})["loss"])
        of.loss_curve_.append(loss)
        of.loss_, of.n_iter_, of.t_ = loss, of.n_iter_ + 1, of.t_ + self.samples
        self._say(f"Iteration {of.n_iter_}, loss = {loss:.8f}", end="")
        if not np.isfinite(loss):
            self._say("")
            self.stopped = self.model.stop_training = True
            return
        if self.score is None:
            improved = loss < of.best_loss_ - of.tol
            of.best_loss_ = min(of.best_loss_, loss)
        else:
            improved = self._scored(score := self.score(), logs)
            self._say(f", validation score = {score:.6f}", end="")
        self._say("")
        self.idle = 0 if improved else self.idle + 1
        if self.idle > of.n_iter_no_change:
            self._stalled()
        if of.solver == "sgd" and of.learning_rate == "invscaling":
            self.model.optimizer.learning_rate = of.learning_rate_init / (of.t_ + 1) ** of.power_t

    def _scored(self, score: float, logs: Any) -> bool:
        of = self.estimator
        if logs is not None:
            logs["val_score"] = score                    # for the callbacks behind this one
        of.validation_scores_.append(score)
        improved = score > of.best_validation_score_ + of.tol
        if score > of.best_validation_score_ or self.best_weights is None:
            of.best_validation_score_, self.best_weights = score, self.model.get_weights()
        return improved

    def _stalled(self) -> None:
        """An adaptive rate is divided by 5 until it is next to nothing; everything else stops."""
        optimizer = self.model.optimizer
        rate = float(optimizer.learning_rate)
        if self.estimator.solver == "sgd" and self.estimator.learning_rate == "adaptive" and (
                rate > 1e-6):
            optimizer.learning_rate = rate / 5
            self.idle = 0
            self._tell_stalled(f"the rate is now {rate / 5:.6g}")
        else:
            self.stopped = self.model.stop_training = True
            self._tell_stalled("stopped")

    def _tell_stalled(self, then: str) -> None:
        of = self.estimator
        what = "loss has not fallen" if self.score is None else "validation score has not risen"
        self._say(f"The {what} by more than tol={of.tol} for {of.n_iter_no_change} epochs: {then}.")

    def _say(self, text: str, end: str = "\n") -> None:
        if self.estimator.verbose:
            print(text, end=end)

    def concluded(self, epochs: int | None) -> bool:
        """Bring the best weights back, if rows are judged; whether the weights are of use.

        Warns if the training went astray, or would have gone on.
        """
        of = self.estimator
        sound = bool(np.isfinite(of.loss_))
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
            of.best_loss_ = None
            if not sound:
                advise(f"the training diverged in epoch {of.n_iter_}; the weights are of the best "
                       "epoch before", ConvergenceWarning)
        if not self.stopped and epochs is None and of.n_iter_ >= of.max_iter:
            advise(f"after max_iter={of.max_iter} epochs the loss was still falling: raise "
                   "max_iter, or tol", ConvergenceWarning)
        return sound or self.best_weights is not None
