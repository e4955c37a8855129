"""Wrong data at a call: layers, losses, metrics and optimizers say it in their own words.

Whatever comes, no bare NumPy or Python error leaves the library. (What Keras computes, such as a
target that broadcasts, may be computed here too.)
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pellucid.core.errors import ArgumentError, KindError, PellucidError, ShapeError
from pellucid.core.variable import Variable
from pellucid.engines.trace import Traced
from tests.arguments.making import CLASSES, make

SPACES: dict[str, tuple[int, ...]] = {"1D": (5, 4), "2D": (5, 5, 4), "3D": (4, 4, 4, 4)}
SERIES, FLAT = np.ones((2, 3, 4)), np.ones((2, 4))
# what layers are called with, where it is not (batch, features)
FITTING: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "TimeDistributed",
                     "Permute"), lambda layer: (SERIES,)),
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum",
                     "Concatenate", "Dot"), lambda layer: ([FLAT, FLAT],)),
    **dict.fromkeys(("Attention", "AdditiveAttention"), lambda layer: ([SERIES, SERIES],)),
    **dict.fromkeys(("MultiHeadAttention", "GroupedQueryAttention"),
                    lambda layer: (SERIES, SERIES)),
    **dict.fromkeys(("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells"),
                    lambda layer: (FLAT, layer.get_initial_state(2))),
    **dict.fromkeys(("Embedding", "ReversibleEmbedding", "CategoryEncoding"),
                    lambda layer: (np.array([[0, 1], [1, 2]]),)),
    **dict.fromkeys(("StringLookup", "TextVectorization", "Hashing"),
                    lambda layer: (np.array(["a", "b"]),)),
    "HashedCrossing": lambda layer: ((np.array(["a"]), np.array([1])),),
    "IntegerLookup": lambda layer: (np.array([1, 2]),),
    "GroupNormalization": lambda layer: (np.ones((2, 64)),),
    "MelSpectrogram": lambda layer: (np.ones((2, 1100)),),
    "STFTSpectrogram": lambda layer: (np.ones((2, 300, 1)),)}
# a base, an entrance, a user's function, and one that must be adapted first
APART = {"Layer", "Wrapper", "InputLayer", "Lambda", "Discretization"}
LAYERS = [name.removeprefix("layers.") for name in CLASSES
          if name.startswith("layers.") and name.removeprefix("layers.") not in APART]

WRONG_INPUTS: dict[str, Any] = {
    "a number": np.float32(1), "a vector": np.ones(3), "seven axes": np.ones((1,) * 7),
    "wide": np.ones((2, 9)), "strings": np.array([["a", "b"], ["c", "d"]]), "a string": "abc",
    "nothing": None, "an object": object(), "a dict": {"a": FLAT}, "an empty list": [],
    "tensors that differ": [FLAT, np.ones((3, 5))], "rows that differ": [[1.0], [1.0, 2.0]],
    "no rows": np.ones((0, 4))}


def fitting(name: str, layer: Any) -> tuple[Any, ...]:
    if name in FITTING:
        return FITTING[name](layer)
    for rank, shape in SPACES.items():
        if rank in name:
            steps = (3,) if name.startswith("ConvLSTM") else ()
            return (np.ones((2, *steps, *shape)),)
    return (FLAT,)


def complaint(call: Callable[[], Any]) -> str | None:
    """What a call says, None if it is done; fails for an error that is not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            call()
        except PellucidError as error:
            said = str(error)
        else:
            return None
    assert "\n" not in said
    return said


@pytest.mark.parametrize("name", LAYERS)
def test_layers_on_wrong_inputs(name: str) -> None:
    for value in WRONG_INPUTS.values():
        for built in (False, True):
            layer = make(f"layers.{name}")
            inputs = fitting(name, layer)
            if built:
                layer(*inputs)
            told = complaint(lambda: layer(value, *inputs[1:]))        # noqa: B023 (called here)
            if isinstance(value, str | dict | None | object) and not hasattr(value, "shape"):
                one = name in ("Identity", "StringLookup", "TextVectorization", "Hashing")
                assert told is not None or one or value == []


@pytest.mark.parametrize("name", LAYERS)
def test_layers_called_with_arguments_they_lack(name: str) -> None:
    layer = make(f"layers.{name}")
    if not hasattr(layer, "usage"):                      # host stages are plain functions
        for args, kwargs in (((), {}), ((FLAT,) * 20, {}), ((FLAT,), {"traning": True})):
            assert complaint(lambda: layer(*args, **kwargs)) is not None       # noqa: B023


@pytest.mark.parametrize(("name", "value", "told"), [
    ("Dense", [FLAT, FLAT], r'Dense "dense"\'s inputs must be a tensor of numbers, but got \[.*'
     "Concatenate or Add make one tensor"),
    ("Dense", None, "inputs must be a tensor of numbers, but got None"),
    ("Dense", "abc", "inputs must be a tensor of numbers, but got 'abc'"),
    ("Dense", [[1.0], [1.0, 2.0]], "rows of equal lengths, but got"),
    ("Conv2D", np.ones((2, 5, 5)), r"form \(batch, height, width, channels\), but got shape "
     r"\(2, 5, 5\), at test_calls.*Add the channels"),
    ("LSTM", FLAT, r"LSTM .*needs 3 axes, but got shape \(2, 4\)"),
    ("Add", FLAT, 'Add "add" needs a list of at least 1 input, but got'),
    ("Add", [FLAT, None], r'Add "add"\'s inputs must be a list of tensors, but got \[<tensor'),
    ("Subtract", [FLAT], "needs a list of exactly two inputs"),
    ("Embedding", np.array([7]), "has rows for the numbers 0 … 4, but got 7"),
    ("MultiHeadAttention", SERIES, "missing a required argument: 'value'")])
def test_what_layers_say(name: str, value: Any, told: str) -> None:
    with pytest.raises(PellucidError, match=told):
        make(f"layers.{name}")(value)


@pytest.mark.parametrize(("name", "mask"), [
    ("LSTM", np.ones((2, 9), bool)), ("Softmax", np.ones((5, 4), bool)),
    ("TimeDistributed", np.ones((3, 3), bool)), ("BatchNormalization", np.ones((2, 9), bool)),
    ("GlobalAveragePooling1D", np.ones((2, 9), bool))])
def test_masks_that_do_not_fit(name: str, mask: Any) -> None:
    layer = make(f"layers.{name}")
    (x,) = (SERIES,) if name == "BatchNormalization" else fitting(name, layer)
    training = {"training": True} if name == "BatchNormalization" else {}
    with pytest.raises(ShapeError, match="mask|shape"):
        layer(x, mask=mask, **training)


# losses and metrics --------------------------------------------------------------------------

OF_NUMBERS = ("SparseCategorical", "Circle", "CategoricalGeneralized", "SparseTopK")
BASES = ("losses.Loss", "losses.FormulaLoss", "metrics.Metric", "metrics.FormulaMetric")
JUDGES = [name for name in CLASSES if name.startswith(("losses.", "metrics."))
          and name not in BASES]
ONES = np.ones((4, 3))
WRONG_PAIRS: dict[str, tuple[Any, Any]] = {
    "columns": (np.ones((4, 2)), ONES), "rows": (np.ones((5, 3)), ONES),
    "strings": (np.array(["a", "b"]), np.ones(2)), "no targets": (None, ONES),
    "strings predicted": (np.ones(2), np.array(["a", "b"])), "nothing predicted": (ONES, None),
    "an object": (object(), ONES), "ranks": (np.ones((4, 3, 2)), np.ones(4)),
    "a dict": ({"a": np.ones(3)}, np.ones(3)), "rows that differ": ([ONES, np.ones((4, 2))], ONES)}
WRONG_WEIGHTS = [np.ones(7), np.ones((4, 3, 2, 2)), "abc", np.array(["a"] * 4), object(),
                 np.ones((4, 7))]
# one number for the whole batch, which any weight multiplies
WHOLE = ("losses.Dice", "losses.Tversky", "losses.CTC")


def pair_for(name: str) -> tuple[Any, ...]:
    if "CTC" in name:
        return np.array([[1, 2, 0], [1, 1, 0]]), np.random.default_rng(0).normal(size=(2, 5, 3))
    if "IoU" in name:
        labels = np.array([0, 1, 1, 0])
        return (np.eye(2)[labels], np.eye(2)[labels]) if "OneHot" in name else (labels, labels)
    if name in ("metrics.Sum", "metrics.Mean"):
        return (ONES,)
    labels = np.array([0, 1, 2, 0])
    return (labels if any(each in name for each in OF_NUMBERS) else np.eye(3)[labels]), ONES / 3


@pytest.mark.parametrize("name", JUDGES)
def test_losses_and_metrics_on_what_does_not_fit(name: str) -> None:
    fit = pair_for(name)
    for pair in WRONG_PAIRS.values():
        told = complaint(lambda: make(name)(*pair[-len(fit):]))        # noqa: B023
        if any(each is None or isinstance(each, dict) or getattr(each, "dtype", 0) in ("<U1", "O")
               for each in pair[-len(fit):]):
            assert told is not None
    for weight in WRONG_WEIGHTS:
        told = complaint(lambda: make(name)(*fit, sample_weight=weight))       # noqa: B023
        assert told is not None or name in WHOLE


@pytest.mark.parametrize("run", [lambda f: f, Traced], ids=["eager", "traced"])
def test_what_losses_and_metrics_say(run: Any) -> None:
    with pytest.raises(ShapeError, match=r"one shape, but got y_true of shape \(4, 2\) and y_pred "
                       r"of shape \(4, 3\), at .*units as y has columns"):
        run(make("losses.MeanSquaredError"))(*WRONG_PAIRS["columns"])
    with pytest.raises(ShapeError, match=r"sample_weight must fit the losses, of shape \(4,\), but "
                       r"got shape \(7,\)"):
        run(make("losses.MeanSquaredError"))(ONES, ONES, np.ones(7))
    with pytest.raises(ShapeError, match=r"\(5, 3\).*\(4, 3\)"):
        run(make("metrics.MeanSquaredError").update_state)(*WRONG_PAIRS["rows"])


# optimizers ----------------------------------------------------------------------------------

OPTIMIZERS = [name for name in CLASSES if name.startswith("optimizers.")
              and name not in ("optimizers.Optimizer", "optimizers.OptimizerMap")]
G = np.ones((3, 2))
STEPS: dict[str, tuple[Callable[[Any, Any], Any], type, str]] = {
    "too few": (lambda o, w: o.apply([G], w), ArgumentError,
                "one gradient for each of 2 variables, but got 1"),
    "too many": (lambda o, w: o.apply([G, w[1], w[1]], w), ArgumentError, "2 variables, but got 3"),
    "another shape": (lambda o, w: o.apply([G.T, np.ones(2)], w), ShapeError,
                      r"a gradient of shape \(3, 2\) for w, but got shape \(2, 3\)"),
    "more axes": (lambda o, w: o.apply([G, G], w), ShapeError,
                  r"a gradient of shape \(2,\) for b, but got shape \(3, 2\)"),
    "strings": (lambda o, w: o.apply([np.array([["a"] * 2] * 3), np.ones(2)], w), KindError,
                "a tensor needs numbers"),
    "no list": (lambda o, w: o.apply(None, w), KindError, "a list of gradients.* but got None"),
    "no pairs": (lambda o, w: o.apply_gradients([np.ones(2)]), KindError,
                 r"pairs of a gradient and a variable, but got array.*zip\(gradients, variables\)"),
    "nothing": (lambda o, w: o.apply_gradients(None), KindError, "pairs .* but got None"),
    "no pair": (lambda o, w: o.apply_gradients([]), ArgumentError, "at least one pair"),
    "swapped": (lambda o, w: o.apply_gradients([(w[1], np.ones(2))]), KindError,
                r"moves variables, but got array.*Pairs are \(gradient, variable\)"),
    "none at all": (lambda o, w: o.apply([None, None], w), ArgumentError,
                    "no gradient reaches any variable")}


@pytest.mark.parametrize("case", STEPS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_on_what_does_not_fit(name: str, case: str) -> None:
    step, kind, told = STEPS[case]
    weights = [Variable(np.ones((3, 2)), name="w"), Variable(np.ones(2), name="b")]
    with pytest.raises(kind, match=told):
        step(make(name), weights)
    assert all(np.array_equal(each, np.ones(each.shape)) for each in weights)


def test_a_gradient_that_broadcasts_moves_all() -> None:
    w = Variable(np.ones(2))
    make("optimizers.SGD", learning_rate=0.5).apply([np.ones(())], [w])
    assert w.numpy().tolist() == [0.5, 0.5]
