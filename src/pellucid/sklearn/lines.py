"""What estimators made of lines share: the scores w·x + b, and the classes that these name."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from pellucid.core.errors import ArgumentError
from pellucid.sklearn.arguments import validated


def scores(estimator: Any, X: Any) -> np.ndarray:
    """w·x + b of each row and each line, shape (rows, lines)."""
    check_is_fitted(estimator)
    x = validated(estimator, X, dtype=np.float64, reset=False)
    return x @ np.atleast_2d(estimator.coef_).T + estimator.intercept_


def classes_of(y: np.ndarray, least: int = 2) -> np.ndarray:
    """The classes in y, sorted; ArgumentError if they are too few to learn anything."""
    check_classification_targets(y)
    classes = np.unique(y)
    if len(classes) < least:
        raise ArgumentError("a classifier needs at least 2 classes in y",
                            got=f"1 class: {classes[0]}" if len(classes) else "no row that counts")
    return classes


def check_stream(known: np.ndarray | None, classes: Any) -> None:
    """`partial_fit` hears all classes at its first call, and no others later."""
    if known is None and classes is None:
        raise ArgumentError("the first call of partial_fit needs classes, the list of all classes",
                            got="None")
    if known is not None and classes is not None and not np.array_equal(np.unique(classes), known):
        raise ArgumentError("partial_fit goes on with the classes of the first call, "
                            f"{known.tolist()}", got=f"{np.unique(classes).tolist()}",
                            hint="leave classes out")


class LinearClassifier(ClassifierMixin):
    """The half of a classifier that uses its lines: one for two classes, else one a class."""

    _on_line_is_second: ClassVar[bool] = False        # of two classes, the one where w·x + b is 0
    coef_: Any
    intercept_: Any
    classes_: Any

    def decision_function(self, X: Any) -> np.ndarray:
        """w·x + b: (rows,) for two classes, else (rows, classes)."""
        z = scores(self, X)
        return z[:, 0] if z.shape[1] == 1 else z

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row."""
        z = self.decision_function(X)
        if z.ndim > 1:
            return self.classes_[z.argmax(1)]
        return self.classes_[((z >= 0) if self._on_line_is_second else (z > 0)).astype(int)]
