"""Measured data, small and famous, as scikit-learn carries them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from pellucid.core.errors import MissingExtra
from pellucid.data.dataset import DataSet, builtin


def _loaded(name: str) -> Any:
    """scikit-learn's own record of a set."""
    if find_spec("sklearn") is None:
        raise MissingExtra(f'the data set "{name}"', "scikit-learn", "data")
    return getattr(import_module("sklearn.datasets"), f"load_{name.replace('-', '_')}")()


def _words(names: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(name) for name in names)


@builtin("digits")
def digits(seed: int = 0) -> DataSet:
    """Handwritten digits as 8 × 8 images, (1797, 64) → (1797,)."""
    data = _loaded("digits")
    return DataSet("digits", data.data.astype(np.float64), data.target.astype(np.int64),
                   _words(data.feature_names), ("digit",), None, "multiclass",
                   "Handwritten digits as 8 by 8 grey images: which digit is it?",
                   "E. Alpaydin, C. Kaynak, UCI Optical Recognition of Handwritten Digits, 1998",
                   image_shape=(8, 8))


@builtin("iris")
def iris(seed: int = 0) -> DataSet:
    """Four lengths of a flower, (150, 4) → (150,)."""
    data = _loaded("iris")
    return DataSet("iris", data.data, data.target.astype(np.int64),
                   _words(data.feature_names), ("species",), _words(data.target_names),
                   "multiclass", "Lengths and widths of iris flowers: which of three species?",
                   "R. A. Fisher, The use of multiple measurements in taxonomic problems, 1936")


@builtin("wine")
def wine(seed: int = 0) -> DataSet:
    """Thirteen chemical measurements of a wine, (178, 13) → (178,)."""
    data = _loaded("wine")
    return DataSet("wine", data.data, data.target.astype(np.int64), _words(data.feature_names),
                   ("cultivar",), _words(data.target_names), "multiclass",
                   "Chemical measurements of Italian wines: which of three cultivars?",
                   "M. Forina et al., PARVUS, UCI Wine, 1991")


@builtin("breast-cancer")
def breast_cancer(seed: int = 0) -> DataSet:
    """Thirty measurements of cell nuclei, (569, 30) → (569,)."""
    data = _loaded("breast-cancer")
    return DataSet("breast-cancer", data.data, data.target.astype(np.int64),
                   _words(data.feature_names), ("diagnosis",), _words(data.target_names),
                   "binary", "Measurements of cell nuclei: is the tumour malignant or benign?",
                   "W. Wolberg, O. Mangasarian, N. Street, UCI Breast Cancer Wisconsin, 1995")


@builtin("diabetes")
def diabetes(seed: int = 0) -> DataSet:
    """Ten measurements of a patient, (442, 10) → (442,)."""
    data = _loaded("diabetes")
    return DataSet("diabetes", data.data, data.target.astype(np.float64),
                   _words(data.feature_names), ("progression",), None, "regression",
                   "Ten measurements of patients: how far has diabetes gone a year later?",
                   "B. Efron et al., Least angle regression, 2004")
