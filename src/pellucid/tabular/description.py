"""A run in plain data: what its columns hold, what its layers are, which settings it had."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import numpy as np

from pellucid.data.readings import as_texts, reader
from pellucid.models import Model
from pellucid.models.summary import output_shape
from pellucid.tabular.config import Config
from pellucid.tabular.job import Outcome
from pellucid.tabular.layers import read_layers, write_layers
from pellucid.tabular.preparation import Prepared

MOST_CELLS = 2_000_000
TOP = 4                                         # of the most frequent words, so many are told


def column_facts(prepared: Prepared) -> list[dict[str, Any]]:
    """One description for each column, over the training rows; the targets come last."""
    training = prepared.source.table.take(prepared.rows["train"])
    target = prepared.encoder.target
    facts = [{"name": code.name, **_facts(training[code.name], code.kind), "kind": code.kind}
             for code in prepared.encoder.codes]
    kind = "number" if target.task == "regression" else "category"
    return facts + [{"name": name, **_facts(training[name], kind), "kind": "target"}
                    for name in target.names]


def _facts(values: np.ndarray, kind: str) -> dict[str, Any]:
    if kind == "left out":
        kind = "category" if values.dtype.kind == "O" else "number"
    if kind == "category":
        words = [word for word in as_texts(values) if word is not None]
        counts = Counter(words)
        return {"missing": len(values) - len(words), "distinct": len(counts),
                "top": tuple(counts.most_common(TOP))}
    name = "the column"
    numbers = reader(kind)(name, values)
    finite = numbers[np.isfinite(numbers)]
    if not finite.size:
        return {"missing": len(values)}
    return {"missing": int(len(values) - finite.size), "mean": float(finite.mean()),
            "std": float(finite.std()), "minimum": float(finite.min()),
            "maximum": float(finite.max())}


def layer_facts(model: Model) -> list[dict[str, Any]]:
    """One description for each layer but the input."""
    return [{"name": layer.name, "kind": type(layer).__name__,
             "output_shape": output_shape(layer), "parameters": int(layer.count_params()),
             "detail": _detail(layer.get_config())}
            for layer in model.layers if type(layer).__name__ != "InputLayer"]


def _detail(config: dict[str, Any]) -> str:
    if config.get("rate") is not None:
        return f"rate {config['rate']:g}"
    activation = config.get("activation")
    return activation if isinstance(activation, str) else ""


def model_words(config: Config) -> list[str]:
    """The network and its training in a line, and in a second what else the loss contains."""
    hidden = read_layers(config.layers or "")
    path = " + straight path" if config.skip and hidden else ""
    parts = [f"l2 {config.l2:g}"] if config.l2 else []
    parts += [f"labels smoothed {config.label_smoothing:g}"] if config.label_smoothing else []
    line = (f"{write_layers(hidden)}{path}, {config.output} output; {config.loss}, "
            f"{config.optimizer} {config.rate:g}")
    return ["; ".join([line, ", ".join(parts)]), loss_words(config)] if parts else [line]


def loss_words(config: Config) -> str:
    """Why the loss of the training is not comparable with a score, in a sentence or none."""
    parts = ["the l2 penalty"] if config.l2 else []
    parts += ["the smoothing of the labels"] if config.label_smoothing else []
    return (f"The loss in training contains {' and '.join(parts)}, so it is larger than the "
            "bare loss of the answers") if parts else ""


def settings(config: Config) -> dict[str, object]:
    """The settings of the model and the training."""
    return {each.name.replace("_", " "): getattr(config, each.name)
            for each in dataclasses.fields(config)
            if each.metadata["section"] in ("model", "training")}


def raw_test_values(outcome: Outcome) -> dict[str, list[object]] | None:
    """The cells of the test rows as they stand in the data, for each column but the target.

    None where there are more cells than a page could make use of.
    """
    prepared = outcome.prepared
    rows = prepared.source.table.take(prepared.rows["test"])
    if rows.rows * len(rows.names) > MOST_CELLS:
        return None
    return {name: rows[name].tolist() for name in rows.names
            if name not in prepared.encoder.target.names}
