"""What the multilayer classifier and regressor share: how they train, stop, go on and are kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from pellucid import optimizers
from pellucid.core.errors import (
    ArgumentError,
    DataError,
    KindError,
    ShapeError,
    advise,
    user_line,
)
from pellucid.core.field import check
from pellucid.core.kinds import shown
from pellucid.sklearn.arguments import (
    NamedArguments,
    at_least,
    check_kinds,
    known_to_fit,
    one_of,
    row_weights,
    validated,
)
from pellucid.sklearn.judging import enough, held_out, judges
from pellucid.sklearn.minimise import minimise
from pellucid.sklearn.network import (
    build,
    dense_layers,
    optimizer_for,
    penalise,
    repeatable,
    whole_loss,
)
from pellucid.sklearn.watching import Watch

LEAST_GAIN = 2.2e-9      # a share: SciPy's own, with which scikit-learn stops lbfgs as well


class Multilayer(NamedArguments, BaseEstimator):
    """The half that both estimators have in common; the other half says what is learned."""

    _loss_names: ClassVar[Sequence[str]]                          # that `loss` may be
    _reads: ClassVar[dict[str, bool]] = {"multi_output": True}   # how X and y are checked

    solver: Any
    loss: Any
    alpha: Any
    batch_size: Any
    batch_norm: Any
    dropout: Any
    callbacks: Any
    early_stopping: Any
    learning_rate: Any
    learning_rate_init: Any
    max_fun: Any
    max_iter: Any
    progress_bar: Any
    random_state: Any
    shuffle: Any
    tol: Any
    validation_fraction: Any
    warm_start: Any
    best_loss_: Any
    _kept: Any

    # what the halves fill in --------------------------------------------------------------------
    def _targets(self, y: np.ndarray, weight: np.ndarray, fresh: bool = False,
                 classes: Any = None) -> np.ndarray:
        """What the network is to say, (rows, outputs); if fresh, what there is to be said."""
        raise NotImplementedError

    def _weighed(self, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """The weights of rows in training."""
        return weight

    def _loss(self, y: Any, z: Any) -> Any:
        """The loss of each row, from targets (rows, outputs) and the network's last numbers."""
        raise NotImplementedError

    def _score(self, x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
        raise NotImplementedError

    # training -----------------------------------------------------------------------------------
    @known_to_fit
    def fit(self, X: Any, y: Any, sample_weight: Any = None, validation_data: Any = None) -> Self:
        """Learn from rows X and targets y; ``validation_data`` are other rows to judge by.

        They are (X, y) or (X, y, sample_weight); the best epoch is kept, as with early_stopping.
        """
        self._check_arguments()
        fresh = not (self.warm_start and hasattr(self, "coefs_"))
        x, y, weight = self._prepared(X, y, sample_weight, reset=fresh)
        targets = self._targets(y, weight, fresh)
        validation = None if validation_data is None else self._judges(*judges(validation_data))
        self._train(x, targets, self._weighed(y, weight), validation, fresh)
        return self

    def _one_epoch(self, X: Any, y: Any, sample_weight: Any, classes: Any = None) -> Self:
        """`partial_fit` of both."""
        if self.solver == "lbfgs":
            raise ArgumentError("partial_fit needs a solver that goes in steps: adam or sgd",
                                got="lbfgs")
        if self.early_stopping:
            raise ArgumentError("partial_fit sees some rows for one epoch, so early_stopping has "
                                "nothing to judge by", hint="leave early_stopping out")
        self._check_arguments()
        first = not hasattr(self, "coefs_")
        x, y, weight = self._prepared(X, y, sample_weight, reset=first)
        targets = self._targets(y, weight, first, classes)
        self._train(x, targets, self._weighed(y, weight), None, first, epochs=1)
        return self

    def _judges(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Rows to judge by: x, targets, weights."""
        x, y, weight = self._prepared(X, y, sample_weight, reset=False)
        return enough(x, "give more validation_data"), self._targets(y, weight), weight

    def _train(self, x: np.ndarray, y: np.ndarray, weight: np.ndarray, validation: Any,
               fresh: bool, epochs: int | None = None) -> None:
        """Fit the network to rows x, targets y of shape (rows, outputs), and weights."""
        if not fresh and y.shape[1] != self.n_outputs_:
            raise ShapeError(f"y must have {self.n_outputs_} column{'s' * (self.n_outputs_ != 1)}, "
                             "as in the last fit", got=f"{y.shape[1]}", where=user_line())
        x, y, weight = x[weight > 0], y[weight > 0], weight[weight > 0]
        random = check_random_state(self.random_state)
        seed = int(random.randint(np.iinfo(np.int32).max))
        steps = self.solver != "lbfgs"
        if not steps:
            self._stays_the_same(validation)
        if validation is None and self.early_stopping and steps and epochs is None:
            (x, y, weight), validation = held_out((x, y, weight), self.validation_fraction, seed,
                                                  self._strata(y))
        with repeatable(seed):
            if fresh:
                self._begin(x.shape[1], y.shape[1], x.dtype.name)
            else:
                self._restored()
            sound = (self._descend(x, y, weight, validation, epochs) if steps
                     else self._lbfgs(x, y, weight))
        layers = dense_layers(self._network)
        self.coefs_ = [layer.kernel.numpy() for layer in layers]
        self.intercepts_ = [layer.bias.numpy() for layer in layers]
        if not sound or not all(np.isfinite(each).all() for each in self.coefs_ + self.intercepts_):
            raise DataError("the training diverged: its loss, or a weight, is no finite number",
                            hint="try a lower learning_rate_init, or scale the columns of X")

    def _begin(self, features: int, outputs: int, dtype: str) -> None:
        self._network = build(self, features, outputs, dtype)
        if self.solver != "lbfgs":
            self._network.compile(optimizer=optimizer_for(self), loss=self._loss)
        self.n_outputs_ = outputs
        self.n_layers_ = len(dense_layers(self._network)) + 1
        self.n_iter_ = self.t_ = 0
        self.loss_curve_, self.best_loss_, self.loss_ = [], np.inf, np.inf
        self.validation_scores_ = [] if self.early_stopping else None
        self.best_validation_score_ = -np.inf if self.early_stopping else None

    def _descend(self, x: np.ndarray, y: np.ndarray, weight: np.ndarray, validation: Any,
                 epochs: int | None) -> bool:
        """Epochs of steps; whether what they came to is of use."""
        batch = self._batch(len(x))
        self.n_iter_ = 0                                 # of this fit; t_ goes on counting
        penalise(self._network, self.alpha, weight.sum() * batch / len(x))
        score = None
        if validation is not None:
            self.validation_scores_ = self.validation_scores_ or []
            if self.best_validation_score_ is None:
                self.best_validation_score_ = -np.inf
            score = lambda: self._score(*validation)
        watch = Watch(self, len(x), score)
        # Weights of mean 1, so that the loss of a batch of all rows is their weighted mean.
        try:
            self._network.fit(
                x, y, sample_weight=weight / weight.mean(), batch_size=batch,
                shuffle=bool(self.shuffle) and batch < len(x),
                verbose=1 if self.progress_bar else 0,
                epochs=self.max_iter if epochs is None else epochs,
                callbacks=[watch, *(self.callbacks or ())])
        except KeyboardInterrupt:                        # as in scikit-learn, not all is lost
            if self.n_iter_ == 0:
                raise
            advise(f"the training was interrupted after {self.n_iter_} epochs: the estimator is "
                   "what it had become", UserWarning)
        return watch.concluded(epochs)

    def _lbfgs(self, x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> bool:
        """All weights at once, by SciPy's L-BFGS on full gradients; whether they are of use."""
        variables = [each for layer in dense_layers(self._network)
                     for each in (layer.kernel, layer.bias)]
        start = [each.numpy().astype(np.float64) for each in variables]
        data = [np.asarray(each, np.float64) for each in (x, y, weight)]
        found = minimise(whole_loss(self._network, self._loss, self.alpha), start, data, "lbfgs",
                         self.max_iter, self.tol, self.max_fun, least_gain=LEAST_GAIN)
        for variable, value in zip(variables, found.parameters, strict=True):
            variable.assign(value)
        self.n_iter_, self.loss_ = found.iterations, found.value
        self.best_loss_ = min(self.best_loss_, found.value)
        self.loss_curve_.append(found.value)
        return bool(np.isfinite(found.value))

    def _stays_the_same(self, validation: Any) -> None:
        """Raise ArgumentError for what lbfgs, which has no epochs and draws nothing, cannot do."""
        asked = {"dropout": np.any(self.dropout), "batch_norm": self.batch_norm,
                 "callbacks": self.callbacks, "progress_bar": self.progress_bar,
                 "validation_data": validation is not None}
        if names := [name for name, there in asked.items() if there]:
            raise ArgumentError('solver="lbfgs" looks at all rows at once and has no epochs, so it '
                                f"takes no {', '.join(names)}", hint='try solver="adam"')

    def _batch(self, rows: int) -> int:
        if self.batch_size == "auto":
            return min(200, rows)
        at_least(self, "batch_size", 1, whole=True)
        if self.batch_size > rows:
            advise(f"batch_size={self.batch_size} is more than the {rows} rows: all of them are "
                   "one batch", UserWarning)
        return min(int(self.batch_size), rows)

    def _strata(self, y: np.ndarray) -> Any:
        return None

    # using --------------------------------------------------------------------------------------
    def _outputs(self, X: Any) -> np.ndarray:
        check_is_fitted(self, "coefs_")
        x = validated(self, X, dtype=(np.float64, np.float32), reset=False)
        return self._forward(x)

    def _forward(self, x: np.ndarray) -> np.ndarray:
        return self._restored().predict(x.astype(self.coefs_[0].dtype, copy=False), verbose=0,
                                        batch_size=1024)

    def _restored(self) -> Any:
        """The network; after unpickling it is made anew from the weights that were kept."""
        if not hasattr(self, "_network"):
            shapes = [each.shape for each in self.coefs_]
            with repeatable(0):
                self._network = build(self, shapes[0][0], shapes[-1][1], self.coefs_[0].dtype.name)
                if self.solver != "lbfgs":
                    self._network.compile(optimizer=optimizer_for(self), loss=self._loss)
            self._network.set_weights(self._kept["weights"])
            if self.solver != "lbfgs" and self._kept["optimizer"]:
                self._network.optimizer.build(self._network.trainable_variables)
                for variable, value in zip(self._network.optimizer.variables,
                                           self._kept["optimizer"], strict=True):
                    variable.assign(value)
        return self._network

    def __getstate__(self) -> dict[str, Any]:
        """All but the network, whose weights and optimizer's state go along as arrays."""
        kept: Any = super().__getstate__()
        state: dict[str, Any] = dict(kept)
        network = state.pop("_network", None)
        if network is not None:
            optimizer = getattr(network, "optimizer", None)
            state["_kept"] = {"weights": network.get_weights(), "optimizer":
                              [] if optimizer is None else
                              [each.numpy() for each in optimizer.variables]}
        return state

    # arguments ----------------------------------------------------------------------------------
    def _check_arguments(self) -> None:
        check_kinds(self)
        for rate in self.dropout if isinstance(self.dropout, list | tuple) else [self.dropout]:
            check(type(self).__name__, "dropout", rate, at_least=0, at_most=1)
        if isinstance(self.solver, str):
            one_of(self, "solver", ("adam", "sgd", "lbfgs"))
        else:
            check(type(self).__name__, "solver", self.solver, get=optimizers.get)
        one_of(self, "learning_rate", ("constant", "invscaling", "adaptive"))
        if isinstance(self.loss, str):
            one_of(self, "loss", self._loss_names)
        elif not callable(self.loss):
            raise KindError(f"{type(self).__name__}'s loss must be a name, a loss of ours or a "
                            "function", got=shown(self.loss))
        for name in ("alpha", "tol", "power_t"):
            at_least(self, name, 0)
        for name in ("max_iter", "max_fun", "n_iter_no_change"):
            at_least(self, name, 1, whole=getattr(self, name) != math.inf)
        if not callable(self.learning_rate_init):
            at_least(self, "learning_rate_init", 0, above=True)
        elif self.learning_rate != "constant":
            raise ArgumentError('learning_rate_init as a schedule needs learning_rate="constant"',
                                got=repr(self.learning_rate))
        if not 0 < self.validation_fraction < 1:
            raise ArgumentError("validation_fraction must be above 0 and below 1",
                                got=repr(self.validation_fraction))

    def _prepared(self, X: Any, y: Any, sample_weight: Any, reset: bool) -> Any:
        x, y = validated(self, X, y, dtype=(np.float64, np.float32), reset=reset, **self._reads)
        return x, y, row_weights(sample_weight, x)
