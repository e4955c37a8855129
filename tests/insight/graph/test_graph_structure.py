"""Which nodes a graph has and how they are joined: merges, shared and nested models, folding."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid
from pellucid import Model, Sequential
from pellucid.core.errors import (
    ArgumentError,
    DataError,
    KindError,
    NotBuiltError,
    PellucidError,
    ShapeError,
    TracingError,
)
from pellucid.layers import (
    GRU,
    Add,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    Layer,
    MaxPooling2D,
    ReLU,
)
from tests.insight.graph.drawn import read, untidy


def joined(drawn):
    """The edges by name."""
    return [(drawn.nodes[each.source].name, drawn.nodes[each.target].name)
            for each in drawn.edges]


def siamese():
    question, answer = Input((4,), name="question"), Input((4,), name="answer")
    encoder = Sequential([Input((4,)), Dense(8, activation="relu", name="inner"),
                          Dense(3, name="code")], name="encoder")
    u, v = encoder(question), encoder(answer)
    return Model([question, answer], [Dense(1, name="score")(Concatenate(name="both")([u, v])),
                                      Dense(2, name="kind")(u * v)], name="siamese")


def test_several_inputs_and_outputs_and_a_shared_model():
    drawn = siamese().graph()
    assert joined(drawn) == [
        ("question", "encoder"), ("answer", "encoder"), ("encoder", "both"), ("encoder", "both"),
        ("both", "score"), ("encoder", "multiply"), ("encoder", "multiply"), ("multiply", "kind")]
    first, second = (each for each in drawn if each.name == "encoder")
    assert first.notes == ("used 2 times: call 1, the same weights",)
    assert second.notes == ("used 2 times: call 2, the same weights",)
    assert (first.parameters, second.parameters) == (67, None)       # counted once
    assert first.detail == "3 layers inside"
    assert drawn.inputs_of(second)[0].name == "answer"


def test_a_nested_model_can_be_opened():
    drawn = siamese().graph(depth=1)
    assert [each.name for each in drawn if each.within == ("encoder",)] == [
        "inner", "code", "inner", "code"]
    assert "encoder" in read(drawn.to_svg()).words        # the word on its frame
    assert "encoder / inner" in str(drawn)
    deeper = Sequential([Input((4,)), Sequential([Input((4,)), Sequential(
        [Input((4,)), Dense(2, name="deep")], name="second")], name="first")])
    assert [each.name for each in deeper.graph()][1:] == ["first"]
    assert [each.name for each in deeper.graph(depth=1)][1:] == ["second"]
    assert deeper.graph(depth=2)["deep"].within == ("first", "second")


class Residual(Model):
    """A subclass with a skip connection, an op of its own and a layer that it never calls."""

    def __init__(self):
        super().__init__(name="residual")
        self.a, self.b = Dense(4, activation="relu", name="a"), Dense(4, name="b")
        self.drop, self.idle = Dropout(0.5, name="drop"), Dense(1, name="idle")

    def call(self, x, training=None):
        h = self.drop(self.a(x))
        return self.b(h) + 2 * h


def test_a_subclass_is_watched_while_it_runs():
    model = Residual()
    with pytest.raises(NotBuiltError, match=r'Residual "residual" does not know the shapes'):
        model.graph()
    drawn = model.graph(np.ones((3, 4)))                 # which gives it its weights
    assert joined(drawn) == [("input", "a"), ("a", "drop"), ("drop", "b"), ("drop", "multiply"),
                             ("b", "add"), ("multiply", "add")]
    assert drawn.notes == ("not called: idle",)
    assert joined(model.graph()) == joined(drawn)
    assert model.graph()["a"].shapes == ((None, 4),)
    assert drawn["a"].shapes == ((3, 4),)


def test_a_dropout_that_does_nothing_is_on_the_way_all_the_same():
    """At prediction it gives back the very tensor that it got; both ways must stay apart."""
    x = Input((3,), name="x")
    h = Dense(3, name="h")(x)
    model = Model(x, Add(name="sum")([h, Dropout(0.5, name="drop")(h)]))
    assert joined(model.graph(np.ones((2, 3)))) == joined(model.graph()) == [
        ("x", "h"), ("h", "drop"), ("h", "sum"), ("drop", "sum")]


def test_masks_are_no_nodes():
    model = Sequential([Input((None,), name="tokens"), Embedding(50, 4, mask_zero=True),
                        Bidirectional(GRU(3)), Dense(1)])
    drawn = model.graph(np.array([[3, 4, 0]]))
    assert [each.kind for each in drawn] == ["input", "Embedding", "Bidirectional", "Dense"]
    assert model.graph()["tokens"].shapes == ((None, None),)
    assert drawn.nodes[2].detail == "GRU of units 3, tanh"


def block(x, filters, i):
    """A residual block, named by number."""
    h = ReLU(name=f"relu{i}")(BatchNormalization(name=f"norm{i}")(
        Conv2D(filters, 3, padding="same", name=f"conv{i}")(x)))
    return Add(name=f"add{i}")([x, Conv2D(filters, 1, name=f"last{i}")(h)])


def residual_network(blocks):
    x = image = Input((8, 8, 4), name="image")
    for i in range(blocks):
        x = block(x, 4, i)
    return Model(image, Dense(10, name="out")(Flatten(name="flat")(x)), name="resnet")


def test_blocks_that_repeat_are_drawn_once():
    model = residual_network(6)
    drawn = model.graph()
    assert [each.name for each in drawn] == ["image", "conv0", "norm0", "relu0", "last0", "add0",
                                             "flat", "out"]
    assert [each.times for each in drawn.repeats] == [6]
    assert drawn["conv0"].label == "conv0"
    folded = next(each for each in drawn if each.name == "conv0")
    assert [each.name for each in folded.copies] == [f"conv{i}" for i in range(1, 6)]
    assert joined(drawn) == [("image", "conv0"), ("conv0", "norm0"), ("norm0", "relu0"),
                             ("relu0", "last0"), ("image", "add0"), ("last0", "add0"),
                             ("add0", "flat"), ("flat", "out")]
    picture = read(drawn.to_svg())
    assert "6 times" in picture.words
    assert "Conv2D × 6" in picture["conv0"].texts
    assert len(model.graph(fold=0)) == len(model.graph(fold=7)) == 33
    assert len(drawn.folded(0)) == 33
    assert drawn["conv5"].parameters == drawn["conv0"].parameters    # by name, folded or not
    assert "  6 times:" in str(drawn)


def test_a_folded_node_shows_the_first_and_the_last():
    model = Sequential([Input((8,)), *(Dense(8, activation="tanh", name=f"d{i}")
                                       for i in range(20)), Dense(1, name="out")])
    model.compile(loss="mse")
    random = np.random.default_rng(0)
    drawn = model.graph(random.normal(size=(9, 8)), random.normal(size=(9, 1)))
    assert [each.label for each in drawn] == [drawn.nodes[0].name, "d0 … d19", "out", "loss"]
    texts = read(drawn.to_svg())["d0"].texts
    assert {"value of d0", "value of d19", "∂L/∂value of d0", "∂L/∂value of d19"} <= set(texts)
    assert drawn["d7"].gradient.shape == (9, 8)


def test_what_differs_is_not_folded():
    model = Sequential([Input((8,)), *(Dense(8, activation="relu" if i % 2 else "tanh")
                                       for i in range(5)), *(Dense(3 + i) for i in range(4))])
    assert len(model.graph()) == 10                      # the pair comes twice only
    assert [each.times for each in model.graph(fold=2).repeats] == [2]


def test_sixty_layers_stand_unfolded_if_that_is_asked_for():
    model = Sequential([Input((16,)), *(Dense(16, activation="relu") for _ in range(60))])
    drawing = model.graph(fold=0).to_svg()
    assert all(drawing.count(f'data-node="{layer.name}"') == 1 for layer in model.layers)


class Pair(Layer):
    """An own layer made of a layer."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = Dense(4, name="inner")

    def call(self, x):
        return self.inner(x) + x


def test_own_layers_of_layers_can_be_opened():
    model = Sequential([Input((4,)), *(Pair(name=f"pair{i}") for i in range(4))])
    assert [each.times for each in model.graph().repeats] == [4]
    opened = model.graph(depth=1)
    assert [each.name for each in opened][1:] == ["inner", "add"]
    assert "pair0 … pair3, 4 times" in read(opened.to_svg()).words
    assert not untidy(read(model.graph(depth=1, fold=0).to_svg()),
                      [each.name for each in model.graph(depth=1, fold=0)])


# what does not fit --------------------------------------------------------------------------------


def test_a_chain_that_does_not_fit():
    drawn = pellucid.graph(lambda: Sequential([
        Input((8, 8, 3), name="image"), Conv2D(4, 3, name="first"), Flatten(name="flat"),
        MaxPooling2D(name="pool"), Dense(2, name="out")], name="wrong"))
    assert drawn.broken
    assert [(each.name, each.role) for each in drawn] == [
        ("image", "input"), ("first", "layer"), ("flat", "layer"), ("pool", "failed"),
        ("out", "waiting")]
    assert [(each.label, each.target) for each in drawn.edges if each.bad] == [("(None, 144)", 3)]
    picture = read(drawn.to_svg())
    assert 'class="way bad"' in picture.text
    assert "does not fit" in picture["pool"].texts
    assert "but got shape (None, 144)" in " ".join(picture["pool"].texts)
    assert "(None, 144)" in picture.words
    assert "✗ flat" in str(drawn)
    assert drawn.title == 'Sequential "wrong"'


def test_a_merge_that_does_not_fit():
    left, right = Input((4,), name="left"), Input((3,), name="right")
    with pytest.raises(ShapeError) as caught:
        Add(name="sum")([Dense(5, name="five")(left), Dense(6, name="six")(right)])
    drawn = pellucid.graph(caught.value)
    assert joined(drawn) == [("left", "five"), ("right", "six"), ("five", "sum"), ("six", "sum")]
    assert [each.label for each in drawn.edges if each.bad] == ["(None, 5)", "(None, 6)"]


def test_an_op_that_does_not_fit():
    x = Input((4,), name="x")
    drawn = pellucid.graph(lambda: Model(x, Dense(5, name="five")(x) + Dense(6, name="six")(x)))
    assert [each.role for each in drawn] == ["input", "layer", "layer", "failed"]


class Wrong(Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.a, self.b = Dense(4, name="a"), Dense(5, name="b")

    def call(self, x):
        return self.a(x) * self.b(x)


def test_a_subclass_that_does_not_fit():
    with pytest.raises(ShapeError) as caught:
        Wrong()(np.ones((2, 3)))
    drawn = pellucid.graph(caught.value)
    assert joined(drawn) == [("input", "a"), ("input", "b"), ("a", "multiply"), ("b", "multiply")]
    assert [each.label for each in drawn.edges if each.bad] == ["(2, 4)", "(2, 5)"]


def test_data_that_do_not_fit_the_model():
    model = Sequential([Input((2,), name="x"), Dense(3, name="hidden"), Dense(1, name="out")])
    model.compile(loss="mse")
    for run in (lambda: model.fit(np.ones((4, 5)), np.ones((4, 1)), verbose=0),
                lambda: model.predict(np.ones((4, 5)), verbose=0),
                lambda: model.graph(np.ones((4, 5)))):
        with pytest.raises(ShapeError) as caught:
            run()
        drawn = pellucid.graph(caught.value)
        assert [(each.name, each.role) for each in drawn] == [
            ("x", "input"), ("hidden", "failed"), ("out", "waiting")]
        assert [each.label for each in drawn.edges if each.bad] == ["(4, 5)"]


def test_targets_that_do_not_fit_the_outputs():
    model = Sequential([Input((2,), name="x"), Dense(3, activity_regularizer="l2", name="out")])
    model.compile(loss="mse")
    for run in (lambda: model.graph(np.ones((4, 2)), np.ones((4, 5, 7))),
                lambda: model.fit(np.ones((4, 2)), np.ones((4, 5, 7)), verbose=0)):
        with pytest.raises(ShapeError) as caught:
            run()
        drawn = pellucid.graph(caught.value)
        assert [(each.name, each.role) for each in drawn] == [
            ("x", "input"), ("out", "layer"), ("loss", "failed")]
        assert [each.label for each in drawn.edges if each.bad] == ["(None, 3)"]
        assert "(4, 5, 7)" in drawn["loss"].notes[0]
        assert not model.layers[0]._losses


def test_the_last_error_at_a_prompt(monkeypatch):
    with pytest.raises(ShapeError) as caught:
        Wrong()(np.ones((2, 3)))
    monkeypatch.setattr("sys.last_value", caught.value, raising=False)
    assert pellucid.graph().broken
    monkeypatch.delattr("sys.last_value")
    with pytest.raises(ArgumentError, match="there was no error"):
        pellucid.graph()


def test_errors_without_a_graph():
    with pytest.raises(ArgumentError, match="came through no layer"):
        pellucid.graph(ValueError("of another kind"))
    with pytest.raises(ZeroDivisionError):
        pellucid.graph(lambda: 1 / 0)
    with pytest.raises(KindError, match="must make a model to draw, but got 3"):
        pellucid.graph(lambda: 3)


@pytest.mark.parametrize(("arguments", "kind", "said"), [
    ({"y": np.ones((2, 1))}, ArgumentError, "gradients need x as well as y"),
    ({"x": np.ones((2, 2)), "y": np.ones((2, 1))}, ArgumentError, "need a loss"),
    ({"level": "lyer"}, ArgumentError, 'Did you mean "layer"'),
    ({"fold": 1}, ArgumentError, "at least 2, or 0 for never, but got 1"),
    ({"fold": "x"}, ArgumentError, "but got 'x'"),
    ({"depth": -1}, ArgumentError, "depth must be a whole number at least 0"),
    ({"digits": 0}, ArgumentError, "digits must be a whole number"),
    ({"x": "data"}, KindError, "x and y must be arrays"),
    ({"x": np.ones((2, 7))}, ShapeError, "needs 2 features"),
    ({"x": [np.ones((2, 2)), np.ones((2, 2))]}, PellucidError, "1 input"),
])
def test_bad_arguments(arguments, kind, said):
    model = Sequential([Input((2,)), Dense(1)])
    with pytest.raises(kind, match=said):
        model.graph(**arguments)


def test_targets_of_another_shape():
    model = Sequential([Input((2,)), Dense(1)])
    model.compile(loss="mse")
    with pytest.raises(DataError, match=r"the same number of rows, but got 3 and 2"):
        model.graph(np.ones((3, 2)), np.ones((2, 1)))
    with pytest.raises(ShapeError, match=r"\(3, 4, 7\)"):
        model.graph(np.ones((3, 2)), np.ones((3, 4, 7)))


class Branching(Layer):
    def call(self, x):
        return x if float(x[0, 0]) > 0 else -x


def test_models_that_need_more_to_be_drawn():
    with pytest.raises(NotBuiltError, match=r"start it with Input"):
        Sequential([Dense(3)]).graph()
    branching = Sequential([Input((2,)), Branching()])
    with pytest.raises(TracingError, match=r"cannot be drawn from shapes alone.*model\.graph\(x\)"):
        branching.graph()
    assert len(branching.graph(np.ones((1, 2)))) == 2
    with pytest.raises(ArgumentError, match=r"'hiden' is not a known node.*\"hidden\""):
        Sequential([Input((2,)), Dense(1, name="hidden")]).graph()["hiden"]
