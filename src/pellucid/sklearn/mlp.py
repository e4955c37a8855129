"""MLPClassifier and MLPRegressor: scikit-learn's parameters, and those that its users asked for."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.metrics import accuracy_score, r2_score
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import column_or_1d

from pellucid import activations, losses
from pellucid.atoms import exp, mean
from pellucid.core.errors import ArgumentError, KindError, advise, user_line
from pellucid.core.kinds import shown
from pellucid.sklearn.arguments import factors_of_classes, known_to_fit
from pellucid.sklearn.lines import check_stream, classes_of
from pellucid.sklearn.multilayer import Multilayer
from pellucid.sklearn.network import loss_of_rows

SHARED = """
    Args:
        hidden_layer_sizes: units of each hidden layer.
        activation: "identity", "logistic", "tanh", "relu" or any other of ours; a list has one
            for each hidden layer.
        solver: "adam", "sgd", "lbfgs" (SciPy's L-BFGS on all rows at once), or an optimizer of
            ours, of which each fit takes a copy.
        alpha: strength of the L2 penalty.
        batch_size: rows a step; "auto" is min(200, rows).
        learning_rate: of sgd: "constant", "invscaling" or "adaptive".
        learning_rate_init: the rate, or a schedule of ours.
        power_t: exponent of "invscaling".
        max_iter: epochs (for lbfgs, steps) at most.
        shuffle: new order in each epoch; a single batch of all rows is never shuffled.
        random_state: of weights, orders, dropout and rows held out.
        tol, n_iter_no_change: the training ends after so many epochs that improve by less.
        verbose: print the loss of each epoch.
        warm_start: go on from the last fit.
        momentum, nesterovs_momentum: of sgd.
        early_stopping, validation_fraction: judge by rows held out (not with lbfgs); the best
            epoch is kept.
        beta_1, beta_2, epsilon: of adam.
        max_fun: looks at the loss that lbfgs may take, at most.
        loss: a name, any loss of ours, or a function of targets and predictions that gives a
            number for each row.
        dropout: share of each hidden layer left out while training, one or a list.
        batch_norm: normalise each hidden layer before its activation.
        callbacks: of ours, told about each epoch: its "loss" and, where rows are judged, its
            "val_score".
        progress_bar: show one.
"""


class MLPClassifier(ClassifierMixin, Multilayer):
    __doc__ = f"""A network of dense layers for classes, with scikit-learn's names.

    More than one column of 0 and 1 in y is multi-label: each column has its own sigmoid.
{SHARED}        class_weight: None, "balanced" or {{class: weight}}; multiplies sample_weight. For
            one class a row only, and "balanced" for `fit` only.

    >>> from pellucid.data import load
    >>> wine = load("wine")
    >>> unit = MLPClassifier((16,), solver="lbfgs", random_state=0, batch_norm=False)
    >>> bool(unit.fit((wine.x - wine.x.mean(0)) / wine.x.std(0), wine.y).loss_ < 0.1)
    True

    Source: D. Rumelhart, G. Hinton, R. Williams (1986).
    """

    _loss_names = ("log_loss",)
    class_weight: Any

    def __init__(self, hidden_layer_sizes: Any = (100,), activation: Any = "relu", *,
                 solver: Any = "adam", alpha: float = 0.0001, batch_size: Any = "auto",
                 learning_rate: str = "constant", learning_rate_init: Any = 0.001,
                 power_t: float = 0.5, max_iter: int = 200, shuffle: bool = True,
                 random_state: Any = None, tol: float = 1e-4, verbose: bool = False,
                 warm_start: bool = False, momentum: float = 0.9,
                 nesterovs_momentum: bool = True, early_stopping: bool = False,
                 validation_fraction: float = 0.1, beta_1: float = 0.9, beta_2: float = 0.999,
                 epsilon: float = 1e-8, n_iter_no_change: int = 10, max_fun: int = 15000,
                 loss: Any = "log_loss", dropout: Any = 0.0, batch_norm: bool = False,
                 class_weight: Any = None, callbacks: Any = None,
                 progress_bar: bool = False) -> None:
        _keep(self, locals())

    @known_to_fit
    def partial_fit(self, X: Any, y: Any, classes: Any = None,
                    sample_weight: Any = None) -> MLPClassifier:
        """One epoch over some rows; ``classes`` names all of them at the first call."""
        first = not hasattr(self, "coefs_")
        if first or not self._multilabel():
            check_stream(None if first else self.classes_, classes)
        if isinstance(self.class_weight, str):
            raise ArgumentError('class_weight="balanced" needs to see all rows, and partial_fit '
                                "sees some", got=repr(self.class_weight),
                                hint="give the weights as {class: weight}")
        return self._one_epoch(X, y, sample_weight, classes)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities: of each class, (rows, classes); multi-label, of each label."""
        z = self._outputs(X)
        if self.out_activation_ == "softmax":
            return activations.softmax(z).numpy()
        p = activations.sigmoid(z).numpy()
        if self._multilabel():
            return p
        return np.column_stack([1 - p, p]) if len(self.classes_) > 1 else np.ones_like(p)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Logarithms of the probabilities."""
        z = self._outputs(X)
        if self.out_activation_ != "softmax":
            if self._multilabel():
                return activations.log_sigmoid(z).numpy()
            if len(self.classes_) == 1:
                return np.zeros_like(z)
            z = np.column_stack([np.zeros_like(z), z])
        return activations.log_softmax(z).numpy()

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row; multi-label, 0 or 1 for each label."""
        return self._decided(self._outputs(X))

    def _decided(self, z: np.ndarray) -> np.ndarray:
        if self._multilabel():
            return (z > 0).astype(int)
        if len(self.classes_) == 1:
            return np.repeat(self.classes_, len(z))
        return self.classes_[z.argmax(1) if z.shape[1] > 1 else (z[:, 0] > 0).astype(int)]

    def _multilabel(self) -> bool:
        return self._binarizer.y_type_.startswith("multilabel")

    def _name_classes(self, y: np.ndarray) -> None:
        """Learn from targets, or from a list of all classes, what there is to be told apart."""
        if not type_of_target(y).startswith("multilabel") and len(classes_of(y, least=1)) == 1:
            advise(f"y holds one class, {shown(y.tolist()[0])}: every answer will be it")
        self._binarizer = LabelBinarizer().fit(y)
        self.classes_ = self._binarizer.classes_
        softmax = len(self.classes_) > 2 and not self._multilabel()
        self.out_activation_ = "softmax" if softmax else "logistic"

    def _targets(self, y: np.ndarray, weight: np.ndarray, fresh: bool = False,
                 classes: Any = None) -> np.ndarray:
        """0/1 targets, (rows, outputs)."""
        y = column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y
        if fresh:
            one_each = classes is not None and y.ndim == 1
            self._name_classes(np.asarray(classes) if one_each else y[weight > 0])
        if self._multilabel():
            return self._binarizer.transform(y).astype(weight.dtype)
        unknown = np.setdiff1d(y[weight > 0], self.classes_)
        if unknown.size:
            raise ArgumentError(f"y holds {unknown[:3].tolist()}, which the estimator does not "
                                "know", got=f"classes {self.classes_.tolist()}")
        known = np.where(np.isin(y, self.classes_), y, self.classes_[0])
        return self._binarizer.transform(known).astype(weight.dtype)

    def _weighed(self, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """The weights of rows times those of their classes."""
        if self.class_weight is None:
            return weight
        if self._multilabel():
            raise ArgumentError("class_weight is for one class a row, and y has several labels a "
                                "row", got=repr(self.class_weight), hint="try sample_weight")
        counted, y = weight > 0, np.ravel(y)
        factors = factors_of_classes(self, y[counted], weight[counted])
        place = np.minimum(np.searchsorted(self.classes_, y), len(factors) - 1)
        return weight * factors[place].astype(weight.dtype)

    def _strata(self, y: np.ndarray) -> Any:
        return None if self._multilabel() else (y.argmax(1) if y.shape[1] > 1 else y[:, 0])

    def _loss(self, y: Any, z: Any) -> Any:
        softmax = self.out_activation_ == "softmax"
        if not isinstance(self.loss, str):
            return loss_of_rows(self.loss, y, (activations.softmax if softmax
                                               else activations.sigmoid)(z))
        if softmax:
            return losses.categorical_crossentropy(y, z, from_logits=True)
        return losses.binary_crossentropy(y, z, from_logits=True) * z.shape[1]

    def _score(self, x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
        right = self._binarizer.inverse_transform(y)
        return float(accuracy_score(right, self._decided(self._network.predict(
            x, verbose=0, batch_size=1024)), sample_weight=weight))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def _half_square(y: Any, z: Any) -> Any:
    return losses.mean_squared_error(y, z) / 2


def _poisson(y: Any, z: Any) -> Any:
    return mean(exp(z) - y * z, axis=-1)


NUMBERS = {"squared_error": _half_square, "absolute_error": losses.mean_absolute_error,
           "huber": losses.huber, "poisson": _poisson}


class MLPRegressor(RegressorMixin, Multilayer):
    __doc__ = f"""A network of dense layers for numbers, with scikit-learn's names.
{SHARED}
    ``loss`` is "squared_error", "absolute_error", "huber", "poisson" (through an exponential) or a
    loss of ours.

    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 40)[:, None]
    >>> unit = MLPRegressor(hidden_layer_sizes=(16,), activation="tanh", solver="lbfgs",
    ...                     alpha=0.0, random_state=0)
    >>> bool(unit.fit(x, np.sin(3 * x[:, 0])).score(x, np.sin(3 * x[:, 0])) > 0.99)
    True

    Source: D. Rumelhart, G. Hinton, R. Williams (1986).
    """

    _reads: ClassVar[dict[str, bool]] = {"multi_output": True, "y_numeric": True}
    _loss_names = tuple(NUMBERS)

    def __init__(self, loss: Any = "squared_error", hidden_layer_sizes: Any = (100,),
                 activation: Any = "relu", *, solver: Any = "adam", alpha: float = 0.0001,
                 batch_size: Any = "auto", learning_rate: str = "constant",
                 learning_rate_init: Any = 0.001, power_t: float = 0.5, max_iter: int = 200,
                 shuffle: bool = True, random_state: Any = None, tol: float = 1e-4,
                 verbose: bool = False, warm_start: bool = False, momentum: float = 0.9,
                 nesterovs_momentum: bool = True, early_stopping: bool = False,
                 validation_fraction: float = 0.1, beta_1: float = 0.9, beta_2: float = 0.999,
                 epsilon: float = 1e-8, n_iter_no_change: int = 10, max_fun: int = 15000,
                 dropout: Any = 0.0, batch_norm: bool = False, callbacks: Any = None,
                 progress_bar: bool = False) -> None:
        _keep(self, locals())

    @known_to_fit
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLPRegressor:
        """One epoch over some rows."""
        return self._one_epoch(X, y, sample_weight)

    def predict(self, X: Any) -> np.ndarray:
        """The number of each row, (rows,), or several, (rows, outputs)."""
        y = self._linked(self._outputs(X))
        return y[:, 0] if self._single else y

    def _linked(self, z: np.ndarray) -> np.ndarray:
        return np.exp(z) if self.loss == "poisson" else z

    def _targets(self, y: np.ndarray, weight: np.ndarray, fresh: bool = False,
                 classes: Any = None) -> np.ndarray:
        """The numbers, (rows, outputs)."""
        y = column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y
        if fresh:
            self._single = y.ndim == 1
            self.out_activation_ = "exp" if self.loss == "poisson" else "identity"
        if self.loss == "poisson" and np.any(y < 0):
            raise ArgumentError('loss="poisson" needs targets of at least 0', got=f"{y.min()}")
        return (y[:, None] if y.ndim == 1 else y).astype(weight.dtype)

    def _check_arguments(self) -> None:
        if isinstance(self.loss, int | list | tuple | np.ndarray):
            raise KindError("MLPRegressor takes the loss first, as scikit-learn's does",
                            got=repr(self.loss), where=user_line(),
                            hint=f"name the layers: hidden_layer_sizes={self.loss!r}")
        super()._check_arguments()

    def _loss(self, y: Any, z: Any) -> Any:
        return loss_of_rows(NUMBERS[self.loss] if isinstance(self.loss, str) else self.loss, y, z)

    def _score(self, x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
        z = self._network.predict(x, verbose=0, batch_size=1024)
        return float(r2_score(y, self._linked(z), sample_weight=weight))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _keep(estimator: Any, arguments: dict[str, Any]) -> None:
    """Arguments become attributes of the same names, unchanged, as scikit-learn wants it."""
    for name, value in arguments.items():
        if name not in ("self", "__class__"):
            setattr(estimator, name, value)
