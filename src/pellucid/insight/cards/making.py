"""A card is made: what can be computed is computed from the definition, the rest is in its help."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np

from pellucid.core.errors import ShapeError
from pellucid.core.exports import KERAS_VERSION
from pellucid.core.fields import MISSING
from pellucid.insight.cards import cost, entries, formulas, updates
from pellucid.insight.cards.behaviour import Behaviour
from pellucid.insight.cards.knobs import LETTERS
from pellucid.insight.cards.record import Card, Default
from pellucid.insight.cards.shelf import Kind
from pellucid.insight.cards.words import Words, parsed, words_of

SHAPE = (128, 128)                     # of the kernel that initializers are measured on


@functools.cache
def made(kind: Kind, thing: Any) -> Card:
    """The card of one thing."""
    words = words_of(thing)
    computed = _BY_KIND[kind.word](thing, words)
    if not computed.get("formula"):
        computed["formula"] = formulas.told(words)
    computed.setdefault("shapes", words.shapes)
    return Card(name=kind.named(thing), kind=kind.word, summary=words.summary, use=words.use,
                pros=words.pros, cons=words.cons, source=words.source or _keras(kind, thing),
                notes=words.notes, defaults=_defaults(thing, words), **computed)


def _keras(kind: Kind, thing: Any) -> str:
    """Where nobody in particular is the source: whose names and defaults they are."""
    if not thing.__module__.startswith("pellucid."):
        return ""
    family = getattr(thing, "family", f"keras.{kind.module}")
    return f"name and defaults as {family}.{thing.__name__} in Keras {KERAS_VERSION}"


# what each kind computes -------------------------------------------------------------------------

def _activation(function: Any, words: Words) -> dict[str, Any]:
    further = [0.0] * (len(getattr(function, "operands", None) or "x") - 1)
    seen = Behaviour(lambda x: function(x, *further))
    usual, forms = formulas.of_activation(function)
    at = f"; here {', '.join(function.operands[1:])} = 0" if further else ""
    drawn = "standard normal inputs" if seen.pointwise else "rows of two standard normal numbers"
    return {"formula": usual, "forms": forms, "range": seen.range,
            "derivative": formulas.derivative_of(function, seen.pointwise),
            "zero_centred": seen.zero_centred, "saturates": seen.saturates,
            "measured": f"mean output {_rounded(seen.mean)} for {drawn}{at}",
            "cost": cost.per_number(lambda x: function(x, *further))}


def _rounded(value: float) -> str:
    return f"{round(value, 6) + 0.0:.3g}"


def _loss(cls: Any, words: Words) -> dict[str, Any]:
    if not hasattr(cls, "formula"):
        return {}
    usual, slope, forms = entries.of_loss(cls)
    given = {name: each.default for name, each in cls.fields.items()}
    found = {"formula": usual, "derivative": slope, "forms": forms}
    if cls.formula.samples:                              # else labels are no floats
        found["cost"] = cost.per_number(lambda y, p: cls.formula(y, p, **given), operands=2)
    return found


def _optimizer(cls: Any, words: Words) -> dict[str, Any]:
    usual, forms = updates.of_optimizer(cls)
    if not _plain(cls):
        return {"formula": usual}                        # it works through others, which have costs
    state, price = cost.of_optimizer(cls)
    return {"formula": usual, "forms": forms, "state": state, "cost": price}


def _plain(cls: Any) -> bool:
    """Whether an object of a class can be made without arguments."""
    required = [each for each in inspect.signature(cls).parameters.values()
                if each.default is each.empty and each.kind not in (
                    each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    return not required


def _initializer(cls: Any, words: Words) -> dict[str, Any]:
    if not _plain(cls):
        return {}
    with cost.unnoticed():
        fill = cls(**({"seed": 0} if "seed" in cls.fields else {}))
        try:
            w = np.asarray(fill(SHAPE), "float64")
        except ShapeError:                               # made for kernels of one form: its own
            own, (shape, *_), *_ = next(cost.examples(cls))
            w = np.asarray(own(shape), "float64")
    return {"measured": f"mean {w.mean() + 0.0:.2g}, standard deviation {w.std():.3g}, all within "
                        f"[{w.min():.3g}, {w.max():.3g}], for a kernel of shape {w.shape}"}


def _regularizer(cls: Any, words: Words) -> dict[str, Any]:
    usual, slope = entries.of_penalty(cls)
    with cost.unnoticed():
        price = cost.per_number(cls()) if _plain(cls) else ""
    return {"formula": usual, "derivative": slope, "cost": price,
            "forms": entries.steps_with(cls)}


def _constraint(cls: Any, words: Words) -> dict[str, Any]:
    return {"formula": formulas.told(words) or formulas.of_call(cls),
            "cost": cost.per_number(cls()) if _plain(cls) else ""}


def _schedule(cls: Any, words: Words) -> dict[str, Any]:
    usual, forms = formulas.of_schedule(cls)
    return {"formula": usual, "forms": forms}


def _metric(cls: Any, words: Words) -> dict[str, Any]:
    better = {"up": "higher", "down": "lower"}.get(getattr(cls, "_direction", ""), "")
    if parsed(cls.__doc__ or "").math or not hasattr(cls, "formula"):
        return {"better": better}                        # what the class itself states, or nothing
    return {"better": better, "formula": entries.of_loss(cls, "M")[0]}


def _layer(cls: Any, words: Words) -> dict[str, Any]:
    shapes, price = cost.of_layer(cls)
    return {"formula": formulas.told(words) or formulas.of_call(cls), "cost": price,
            "shapes": words.shapes or shapes}


_BY_KIND = {"activation": _activation, "loss": _loss, "optimizer": _optimizer,
            "initializer": _initializer, "regularizer": _regularizer, "constraint": _constraint,
            "schedule": _schedule, "metric": _metric, "layer": _layer}


# defaults ----------------------------------------------------------------------------------------

def _defaults(thing: Any, words: Words) -> tuple[Default, ...]:
    if inspect.isclass(thing):
        return tuple(Default(name, _default(each.default), each.symbol, each.range, each.help)
                     for name, each in getattr(thing, "fields", {}).items() if name != "name")
    body = getattr(thing, "body", thing)
    if not inspect.isfunction(body):
        return ()
    options = list(inspect.signature(body).parameters.items())[1:]
    return tuple(Default(name, _default(each.default), LETTERS.get(name, ""),
                         help=words.arguments.get(name, "")) for name, each in options)


def _default(value: Any) -> str:
    return "" if value is MISSING else repr(value)
