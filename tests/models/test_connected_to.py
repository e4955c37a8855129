"""The column "Connected to" of `summary()`: beside Keras's, and where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from pellucid import keras as ours
from pellucid.core.errors import ArgumentError, KindError
from tests.parity.oracle import live, real_keras


def branches(k: Any) -> Any:
    """Two inputs, a layer and a model that are called twice, ops, several outputs."""
    k.utils.clear_session()
    layers, a, b, inside = k.layers, k.Input((4,), name="a"), k.Input((3,), name="b"), k.Input((4,))
    shared = layers.Dense(4, name="shared")
    total = layers.Add(name="total")([shared(a), shared(layers.Dense(4, name="wide")(b))])
    positive = k.ops.relu(total + 1)
    chain = k.Sequential([k.Input((4,)), layers.Dense(4, name="one"), layers.Dense(2, name="two")],
                         name="chain")
    graph = k.Model(inside, layers.Add(name="around")([layers.Dense(4, name="deep")(inside),
                                                       inside]), name="graph")
    looking = layers.MultiHeadAttention(1, 2, name="looking")(
        layers.Reshape((1, 4), name="query")(total), layers.Reshape((1, 4), name="key")(positive))
    return k.Model([a, b], [chain(positive), looking, graph(graph(total))], name="branches")


def straight(k: Any) -> Any:
    x = k.Input((3,))
    return k.Model(x, k.layers.Dense(1)(k.layers.Dense(2)(x)))


def twice(k: Any) -> Any:
    x, layer = k.Input((3,)), k.layers.Dense(3)
    return k.Model(x, layer(layer(x)))


def squared(k: Any) -> Any:
    x = k.Input((3,))
    return k.Model(x, k.layers.Multiply()([x, x]))


def forked(k: Any) -> Any:
    x = k.Input((3,))
    return k.Model(x, [k.layers.Dense(1)(x), k.layers.Dense(2)(x)])


def on_the_way(k: Any) -> Any:
    x = k.Input((3,))
    y = k.layers.Dense(2)(x)
    return k.Model(x, [y, k.layers.Dense(1)(y)])


def lines_of(model: Any, monkeypatch: Any, **how: Any) -> list[list[str]]:
    """The cells of the table, row by row; the first row holds the names of the columns."""
    told: list[str] = []
    monkeypatch.setenv("COLUMNS", "200")
    model.summary(line_length=190, print_fn=lambda text, **_: told.append(text), **how)
    lines = "\n".join(told).replace("┃", "│").splitlines()
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]


@live
def test_connections_are_those_of_keras(monkeypatch: Any) -> None:
    tables = [lines_of(branches(k), monkeypatch) for k in (real_keras(), ours)]
    assert [table[0][-1] for table in tables] == ["Connected to"] * 2
    theirs, mine = ([(row[0].split(" ")[0], row[-1]) for row in table[1:]] for table in tables)
    assert theirs == mine


@live
@pytest.mark.parametrize("make", [branches, straight, twice, squared, forked, on_the_way])
def test_only_a_model_that_is_no_chain_has_the_column(make: Any, monkeypatch: Any) -> None:
    found = ["Connected to" in lines_of(make(k), monkeypatch)[0] for k in (real_keras(), ours)]
    assert found == [make not in (straight, on_the_way)] * 2


def test_connections_within_a_nested_model(monkeypatch: Any) -> None:
    cells = {row[0].split(" ")[0]: row[-1]
             for row in lines_of(branches(ours), monkeypatch, expand_nested=True)}
    assert cells["deep"] == "input_layer[0][0]"
    assert cells["around"] == "deep[0][0], input_layer[0][0]"
    assert cells["one"] == "-"                           # the order of a chain says it


def test_a_narrow_table_keeps_every_name(monkeypatch: Any) -> None:
    told: list[str] = []
    branches(ours).summary(line_length=60, print_fn=told.append)
    cells = [line.split("│")[-2].strip() for line in told[0].splitlines() if "│" in line]
    assert {"shared[0][0],", "shared[1][0]"} <= set(" ".join(cells).split())


@pytest.mark.parametrize("ends, shown", [
    (("total", "query"), ["total", "add", "relu", "query"]),
    (("query", "total"), ["total", "add", "relu", "query"]), (("ke", "key"), ["key"])])
def test_a_range_of_layers(ends: Any, shown: list[str], monkeypatch: Any) -> None:
    table = lines_of(branches(ours), monkeypatch, layer_range=ends)
    assert [row[0].split(" ")[0] for row in table[1:]] == shown


def test_a_range_that_names_no_layer() -> None:
    with pytest.raises(ArgumentError, match="'totle' is not a known layer.*\"total\""):
        branches(ours).summary(layer_range=("totle", "key"))
    for ends in ("total", ["total"], (0, 3)):
        with pytest.raises(KindError, match="layer_range must be the names of two layers, but got"):
            branches(ours).summary(layer_range=ends)
