"""scikit-learn's estimators on pellucid's engine: its names, its rules, and what its users miss.

They work wherever scikit-learn's do: in pipelines, grid searches, cross validation, with pandas and
polars. scikit-learn itself must be there: ``pip install "pellucid[data]"``.
"""

from pellucid.core.errors import MissingExtra
from pellucid.core.exports import not_here

try:
    import sklearn as _sklearn
except ImportError:
    raise MissingExtra("pellucid.sklearn", "scikit-learn", "data") from None

from pellucid.sklearn.linear import LinearRegression, LinearUnit, LogisticRegression
from pellucid.sklearn.mlp import MLPClassifier, MLPRegressor
from pellucid.sklearn.perceptron import Perceptron

__all__ = ["LinearRegression", "LinearUnit", "LogisticRegression", "MLPClassifier", "MLPRegressor",
           "Perceptron"]


def __getattr__(name: str) -> object:
    raise not_here("pellucid.sklearn", name, list(__all__))
