"""What a row costs: multiply-adds and memory, against formulas of the textbooks and by hand."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid.keras as keras
from pellucid.core.errors import NotBuiltError
from pellucid.core.plan import Plan
from pellucid.core.tensor import Abstract
from pellucid.engines.trace import trace
from pellucid.engines.work import kept, memory, peak, work
from pellucid.keras import layers
from pellucid.models.costs import Cost, costs

FLOAT = 4                               # bytes


def chain(*inside) -> keras.Sequential:
    return keras.Sequential(list(inside), name="net")


def test_dense_layers_by_hand():
    net = chain(keras.Input((5,)), layers.Dense(4, "tanh", name="a"), layers.Dense(3, name="b"))
    found = costs(net)
    assert found.of("net/a") == Cost(5 * 4, 5 * 4, FLOAT * 4)    # no gradient of the input; y stays
    assert found.of("net/b") == Cost(4 * 3, 2 * 4 * 3, 0)        # a linear output is not needed
    assert found.total == found.of("net") == Cost(32, 44, 16)


def test_layers_whose_names_begin_alike_are_kept_apart():
    net = chain(keras.Input((5,)), layers.Dense(4, name="a"), layers.Dense(3, name="a_1"))
    assert costs(net).of("net/a").forward == 20


@pytest.mark.parametrize(("layer", "shape", "products"), [
    (layers.Conv2D(6, 3), (9, 10, 2), 7 * 8 * 6 * 3 * 3 * 2),
    (layers.Conv2D(6, (3, 2), strides=2, padding="same"), (9, 10, 2), 5 * 5 * 6 * 3 * 2 * 2),
    (layers.Conv1D(4, 5), (12, 3), 8 * 4 * 5 * 3),
    (layers.EinsumDense("abc,cd->abd", (None, 7)), (4, 6), 4 * 6 * 7),
    (layers.SimpleRNN(5), (7, 3), 7 * (3 * 5 + 5 * 5)),
    (layers.LSTM(5), (7, 3), 7 * 4 * (3 * 5 + 5 * 5)),
    (layers.GRU(5), (7, 3), 7 * 3 * (3 * 5 + 5 * 5)),
    (layers.MaxPooling2D(), (4, 4, 1), 0), (layers.BatchNormalization(), (6,), 0)])
def test_multiply_adds_of_a_layer_are_those_of_its_formula(layer, shape, products):
    assert costs(chain(keras.Input(shape), layer)).total.forward == products


def test_the_way_back_is_that_of_a_training_step():
    net = chain(keras.Input((8, 8, 1)), layers.Conv2D(3, 3, activation="relu"), layers.Flatten(),
                layers.Dropout(0.5), layers.Dense(4))
    net.compile("sgd", "mse")
    rows = 2
    step = trace(net.train_step, (np.ones((rows, 8, 8, 1), "float32"), np.ones((rows, 4))))
    total = costs(net).total
    assert work(step.plan).multiply_adds == rows * (total.forward + total.backward)


def test_a_model_inside_a_model_and_several_inputs_and_outputs():
    inner = keras.Sequential([layers.Dense(4, name="deep")], name="inner")
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    net = keras.Model({"a": a, "b": b}, [inner(a), layers.Dense(2, name="own")(inner(b))],
                      name="outer")
    found = costs(net)
    assert found.of("outer/inner/deep").forward == 2 * 3 * 4      # called twice
    assert found.of("outer/own") == Cost(8, 16, 0)


def test_frozen_layers_cost_no_gradient():
    net = chain(keras.Input((5,)), layers.Dense(4, "tanh", name="a"), layers.Dense(3, name="b"))
    net.get_layer("a").trainable = False
    assert costs(net).of("net/a").backward == 0
    assert costs(net).of("net/b").backward == 12                  # that of its weights alone


def test_a_fixed_batch_and_a_subclass():
    fixed = chain(keras.Input(batch_shape=(4, 5)), layers.Dense(2, name="a"))
    assert costs(fixed).of("net/a").forward == 10

    class Own(keras.Model):
        def __init__(self):
            super().__init__(name="own")
            self.inside = layers.Dense(2, name="inside")

        def call(self, inputs):
            return self.inside(inputs)

    own = Own()
    with pytest.raises(NotBuiltError, match="shapes of its inputs are not known"):
        costs(own)
    own(np.ones((3, 5), "float32"))
    assert costs(own).of("own/inside").forward == 10


def test_an_open_length_is_said():
    with pytest.raises(NotBuiltError, match=r"\(None, None, 3\) has no fixed size"):
        costs(chain(keras.Input((None, 3)), layers.LSTM(2)))


def test_counting_changes_nothing():
    net = chain(keras.Input((5,)), layers.Dropout(0.5, seed=1), layers.BatchNormalization(),
                layers.Dense(2, activity_regularizer="l2"))
    net.compile("adam", "mse")
    before = [each.numpy() for each in net.variables]
    costs(net)
    assert all((a == b.numpy()).all() for a, b in zip(before, net.variables, strict=True))
    assert net.losses == []
    assert not net.optimizer.built


def plan_of(function) -> Plan:
    return trace(function, Abstract((10,), "float32")).plan


def test_peak_lets_go_after_the_last_reader():
    assert peak(plan_of(lambda x: keras.ops.exp(keras.ops.sin(keras.ops.cos(x))))) == 2 * 40

    def both(x):
        one, other = keras.ops.exp(x), keras.ops.sin(x)
        return keras.ops.reshape(one, (2, 5)), keras.ops.cos(other)
    assert peak(plan_of(both)) == 3 * 40                          # a view is no memory of its own


def test_kept_sees_through_views():
    plan = plan_of(lambda x: keras.ops.exp(keras.ops.reshape(keras.ops.sin(x), (2, 5))))
    held = kept(plan, later=lambda step: step.op.name == "exp")
    assert [step.op.name for step in held.values()] == ["sin"]
    assert [memory(plan, slot) for slot in held] == [40]


@pytest.mark.parametrize("units", [3, 7])
def test_answering_is_the_most_at_one_time(units):
    net = chain(keras.Input((5,)), layers.Dense(units, use_bias=False),
                layers.Dense(2, use_bias=False))
    assert costs(net).answering == FLOAT * (units + 2)


# the summary ------------------------------------------------------------------------------------

def summary(model: keras.Model, **how) -> str:
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line), **how)
    return "\n".join(lines)


def network() -> keras.Sequential:
    return chain(keras.Input((5,)), layers.Dense(4, "tanh", name="a"), layers.Dense(3, name="b"))


def test_summary_tells_what_a_row_and_training_cost():
    net = network()
    text = summary(net)
    assert "Multiply-adds per row: 32 forward, 44 backward" in text
    assert "Memory per row: 32.00 B forward, 16.00 B kept for backward" in text
    weights = FLOAT * (5 * 4 + 4 + 4 * 3 + 3)
    assert (f"Training takes {2 * weights:.2f} B: weights {weights:.2f} B, gradients "
            f"{weights:.2f} B") in text
    net.compile("adam", "mse")
    net.fit(np.ones((4, 5)), np.ones((4, 3)), verbose=0)
    assert ", state 320.00 B" in summary(net)                     # two moments, count and rate


@pytest.mark.parametrize(("how", "there"), [
    ({}, True), ({"detail": False}, False), ({"detail": True}, True),
    ({"line_length": 60}, False), ({"line_length": 75, "detail": True}, True)])
def test_columns_of_costs_stand_where_there_is_room_or_they_are_asked_for(how, there):
    text = summary(network(), **how)
    assert ("Mult-adds" in text) == there
    row = next(line for line in text.splitlines() if line.startswith("│ a "))
    cells = [cell.strip() for cell in row.split("│")[1:-1]]
    assert cells[2:] == (["24", "20", "20", "16.00 B"] if there else ["24"])


def test_summary_at_80_columns_has_whole_lines():
    net = chain(keras.Input((28, 28, 1)), layers.Conv2D(8, 3), layers.MaxPooling2D(),
                layers.Flatten(), layers.Dense(10))
    lines = summary(net, line_length=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert sum("│" in line for line in lines) == 4                # no row is broken


def test_summary_says_why_costs_are_not_known():
    class Branching(layers.Layer):
        def call(self, inputs):
            return inputs if float(inputs[0, 0]) > 0 else -inputs

    class Own(keras.Model):
        def call(self, inputs):
            raise RuntimeError("shapes alone will not do")

    assert "not known, the shapes of its inputs" in summary(keras.Sequential([layers.Dense(3)]))
    open_length = chain(keras.Input((None, 3)), layers.LSTM(2))
    assert "shape (None, None, 3) has no fixed size" in summary(open_length, line_length=120)
    branching = chain(keras.Input((2,)), Branching())
    assert "not known, " in summary(branching, line_length=120)
    own = Own()
    own.built, own._build_shapes = True, {"input_shape": (None, 2)}
    assert "it cannot be traced (RuntimeError: shapes alone" in summary(own, line_length=120)
    assert "?" in summary(own, detail=True) or not own.layers


def test_layers_of_models_inside_have_rows_of_their_own():
    inner = keras.Sequential([layers.Dense(4, name="deep")], name="inner")
    x = keras.Input((3,), name="x")
    text = summary(keras.Model(x, inner(x), name="outer"), expand_nested=True, line_length=140)
    rows = {line.split("│")[1].strip().split(" ")[0]: line.split("│")[4].strip()
            for line in text.splitlines() if line.startswith("│")}
    assert rows == {"x": "0", "inner": "12", "deep": "12"}
