"""Every number of an explanation is that of training; every printed formula gives its number."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sympy
from sympy.core.function import AppliedUndef
from sympy.parsing.latex import parse_latex

from pellucid import Sequential, layers, optimizers
from pellucid.core import settings
from pellucid.insight.explain.numbers import latex_of, text_of
from pellucid.insight.explain.text import dotted
from tests.insight.explain.random_models import COUNT, LOSSES, OPTIMIZERS, made

SHORT = (0, 2, 3, 5, 9, 12, 18, 31)    # in the short run
READ = (0, 9, 31)                      # of these, whose formulas are read back there
RIGHT = r"\right)"
UNREAD = {"sign": lambda x: math.copysign(1.0, x) if x else 0.0, "erf": math.erf}


def seeds(short: tuple[int, ...]) -> list[Any]:
    return [pytest.param(seed, marks=[] if seed in short else pytest.mark.deep)
            for seed in range(COUNT)]


KNOWN = {"max": sympy.Max, "min": sympy.Min, "sign": sympy.sign, "abs": sympy.Abs,
         "log1p": lambda x: sympy.log(1 + x), "expm1": lambda x: sympy.exp(x) - 1,
         "arctan": sympy.atan}


@pytest.fixture(autouse=True)
def _in_float64() -> Iterator[None]:
    settings.set_floatx("float64")
    yield
    settings.set_floatx("float32")


def test_every_loss_and_every_optimizer_is_among_the_models():
    from pellucid import losses, optimizers

    def classes(module: Any, base: Any) -> set[str]:
        return {name for name, each in vars(module).items()
                if isinstance(each, type) and issubclass(each, base)}
    bases = {"Loss", "FormulaLoss", "LossFunctionWrapper"}
    assert classes(losses, losses.Loss) - bases == set(LOSSES)
    assert classes(optimizers, optimizers.Optimizer) - {"Optimizer", "MultiOptimizer"} == set(
        OPTIMIZERS)


@pytest.mark.parametrize("seed", seeds(SHORT))
def test_gradients_and_steps_are_those_of_training_and_of_nudging(seed):
    model, x, y = made(seed)
    model.train_on_batch(x, y)                           # so that moments and averages are not 0
    explanation = model.explain(x, y, level="weight")
    new = {alias: each.value for each in explanation.of("update") for alias in each.aliases}
    nudged = [each for each in explanation.of("backward") if each.nudged is not None]
    assert len(nudged) == sum(each.size for each in model.trainable_variables)
    for step in nudged:
        assert step.nudged == pytest.approx(step.value, rel=1e-6, abs=1e-6), step.name
    for step in explanation.of("backward"):
        if step.products:
            total = sum(each.value for each in step.products) + step.rest
            assert total == close(step.value), step.name
    model.train_on_batch(x, y)
    for weight in model.trainable_variables:
        for where in np.ndindex(weight.shape):
            name = f"{weight.path}[{', '.join(map(str, where))}]'"
            assert new[name] == close(weight.numpy()[where]), name


@pytest.mark.parametrize("seed", seeds(READ))
def test_printed_text_and_latex_give_the_printed_results(seed):
    model, x, y = made(seed)
    model.train_on_batch(x, y)
    explanation = model.explain(x, y, level="weight", digits=17)
    terms = [(each.name, each.put_in, each.value) for each in explanation.steps
             if each.put_in is not None]
    terms += [(factor.name, factor.put_in, factor.value) for step in explanation.steps
              for product in step.products for factor in product.factors
              if factor.put_in is not None]
    assert len(terms) > 50
    several = 12 if "ctc" in model.loss.name else 1      # sums of e^(-100000) take a CAS its time
    for name, put_in, value in terms[::several]:
        assert by_text(dotted(text_of(put_in))) == close(value), name
    for name, put_in, value in terms[::len(terms) // 8]:
        readings = by_latex(latex_of(put_in))
        assert any(each == close(value) for each in readings), name


def close(value: float) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def by_text(text: str) -> float:
    """What a printed formula comes to, by sympy."""
    plain = text.replace("²", "**2").replace("·", "*").replace("^", "**")
    return number(sympy.sympify(plain, locals=KNOWN))


def by_latex(text: str) -> list[float]:
    """What a formula in LaTeX comes to; its grammar lets some be read in more than one way."""
    while (call := re.search(r"\\operatorname\{(sign|erf)\}\\left\(", text)) is not None:
        end = closing(text, call.end())                  # functions that the grammar has not
        value = UNREAD[call[1]](by_latex(text[call.end():end])[0])
        text = f"{text[:call.start()]}({value!r}){text[end + len(RIGHT):]}"
    found = parse_latex(text, backend="lark")
    euler = sympy.Symbol("e")
    readings = [each.subs(euler, sympy.E) for each in getattr(found, "children", [found])
                if isinstance(each, sympy.Basic) and not each.free_symbols - {euler}
                and not each.atoms(AppliedUndef)]
    return [number(each) for each in readings]


def number(value: Any) -> float:
    return float(sympy.re(sympy.N(value, 30)))


def closing(text: str, start: int) -> int:
    """Where the ``\\right)`` stands that belongs to a ``\\left(`` before ``start``."""
    depth = 1
    for each in re.finditer(r"\\(left|right)[(|)]", text[start:]):
        depth += 1 if each[1] == "left" else -1
        if depth == 0:
            return start + each.start()
    raise AssertionError(text)


def test_optimizers_within_an_optimizer_are_left_as_they_were():
    fast, slow = optimizers.SGD(0.5, momentum=0.9), optimizers.Adam(0.01)
    model = Sequential([layers.Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)])
    model.compile(optimizers.MultiOptimizer(
        lambda variable: slow if "kernel" in variable.name else fast), "mse")
    x, y = np.ones((2, 2)), np.zeros((2, 1))
    model.train_on_batch(x, y)
    before = [{key: repr(value) for key, value in vars(each).items()} for each in (fast, slow)]
    found = model.explain(x, y)
    assert [{key: repr(value) for key, value in vars(each).items()}
            for each in (fast, slow)] == before
    model.train_on_batch(x, y)
    assert found["w^1_11'"].value == pytest.approx(model.layers[0].kernel.numpy()[0, 0], abs=1e-6)
