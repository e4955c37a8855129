"""Recurrent layers beside Keras's: lasting states, own cells, stacks, what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import keras as ours
from pellucid import layers
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.layers.recurrent import RNN
from tests.layers.recurrence import MASK, START, X, assert_same, pair_of
from tests.parity.oracle import compile_both, exchanged, keras_marks, real_keras, train_both, twins

pytestmark = keras_marks


def test_a_stateful_layer_goes_on_where_it_ended():
    theirs, mine = pair_of(lambda k: k.LSTM(5, stateful=True, return_state=True), 3, 6, 4)
    theirs.reset_state()
    mine.reset_state()
    for _ in range(3):
        assert_same(theirs(X), mine(X))
    assert_same(theirs.states, mine.states)
    assert len(mine.weights) == 3                    # as in Keras, a kept state is no weight
    assert_same(theirs(X, initial_state=START), mine(X, initial_state=START))
    mine.reset_states()
    assert all((state.numpy() == 0).all() for state in mine.states)
    whole = layers.LSTM(5)
    whole(X)
    whole.set_weights(mine.get_weights())
    mine(X[:, :2]), mine(X[:, 2:5])
    assert_same(whole(X), mine(X[:, 5:])[0], 1e-6)   # three parts are the whole


def stateful(**how: Any) -> Any:
    return ours.Sequential([ours.Input((6, 4), batch_size=3), layers.LSTM(5, stateful=True, **how),
                            layers.Dense(1)])


def test_states_last_in_a_plan_as_step_by_step(tmp_path):
    """(Keras on JAX forgets them in predict and fit; its documentation says what is tested.)"""
    model = stateful()
    eager = [model(X).numpy() for _ in range(3)]
    assert np.abs(eager[0] - eager[1]).max() > 1e-3
    model.layers[0].reset_state()
    for expected in eager:
        assert_same(expected, model.predict(X, batch_size=3, verbose=0), 1e-6)
    model.save(tmp_path / "model.keras")
    again = ours.models.load_model(tmp_path / "model.keras")
    assert_same(eager[0], again(X), 1e-6)            # a file begins with states of 0
    assert_same(eager[0], real_keras().models.load_model(tmp_path / "model.keras")(X))
    with pytest.raises(ShapeError, match=r'LSTM "lstm.*" is stateful and keeps 3 states.*'
                                         "but got a batch of 2.*batches of one size"):
        model(X[:2])


def test_stateful_training_is_the_same_step_by_step_and_as_a_plan():
    runs = []
    for eagerly in (True, False):
        pellucid.set_random_seed(4)
        model = stateful(dropout=0.3, recurrent_dropout=0.2, seed=5)
        model.compile("adam", "mse", run_eagerly=eagerly)
        history = model.fit(X, X[:, 0, :1], batch_size=3, epochs=4, verbose=0, shuffle=False)
        runs.append((history.history["loss"], model.layers[0].states))
        assert all(np.abs(state.numpy()).max() > 0 for state in model.layers[0].states)
    assert np.allclose(runs[0][0], runs[1][0], atol=1e-6)
    assert_same(runs[0][1], runs[1][1], 1e-6)


def test_a_stateful_layer_needs_a_batch_size():
    with pytest.raises(ArgumentError, match="its size must be known.*batch_size="):
        layers.LSTM(3, stateful=True)(ours.Input((6, 4)))


def minimal(k: Any) -> Any:
    """Keras's documented example of an own cell, with a training flag."""
    class Minimal(k.layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = self.state_size = units

        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
            self.recurrent = self.add_weight(shape=(self.units, self.units), name="recurrent")

        def call(self, inputs, states, training=False):
            h = k.ops.matmul(inputs, self.kernel) + k.ops.matmul(states[0], self.recurrent)
            return k.ops.tanh(h) * (2.0 if training else 1.0), [h]

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    return Minimal


@pytest.mark.parametrize("told", [{}, {"mask": MASK}, {"training": True}], ids=str)
@pytest.mark.parametrize("how", [{}, {"return_sequences": True, "go_backwards": True},
                                 {"return_state": True, "unroll": True}], ids=str)
def test_own_cells_and_stacks_of_cells(how, told):
    keras = real_keras()

    def make(k: Any) -> Any:
        library = keras if k is keras.layers else ours
        return k.RNN([k.LSTMCell(3), minimal(library)(4), k.LSTMCell(5)], **how)

    assert_same(*(layer(X, **told) for layer in pair_of(make, 3, 6, 4)))

    def alone(k: Any, **how: Any) -> Any:
        return k.RNN(minimal(keras if k is keras.layers else ours)(4), **how)

    theirs, mine = pair_of(lambda k: alone(k, **how), 3, 6, 4)
    if how.get("unroll") and "mask" in told:         # here Keras repeats the output, in a loop
        theirs, _ = pair_of(lambda k: alone(k, return_state=True), 3, 6, 4)   # the first state
    assert_same(theirs(X, **told), mine(X, **told))


def test_a_stack_of_cells_in_a_file(tmp_path):
    def stack(k: Any) -> Any:
        cells = [k.layers.LSTMCell(3, kernel_regularizer="l2"), k.layers.LSTMCell(2)]
        return k.Sequential([k.Input((6, 4)), k.layers.RNN(cells, return_sequences=True),
                             k.layers.RNN(k.layers.LSTMCell(2), stateful=False),
                             k.layers.Dense(1)])
    pair = twins(stack)
    compile_both(pair, lambda k: {"optimizer": "adam", "loss": "mse"})
    train_both(pair, X, X[:, 0, :1])
    crossed = exchanged(pair, tmp_path)
    assert_same(*(model.predict(X, verbose=0) for model in crossed))
    assert_same(pair[1](X), crossed[1](X), 1e-6)


def test_a_cell_whose_call_is_overridden_is_called():
    class Doubled(layers.LSTMCell):
        def call(self, inputs, states, training=False):
            output, states = super().call(inputs, states, training)
            return output * 2, states

    plain, doubled = layers.RNN(layers.LSTMCell(5)), layers.RNN(Doubled(5))
    plain(X), doubled(X)
    doubled.set_weights(plain.get_weights())
    assert np.allclose(doubled(X).numpy(), 2 * plain(X).numpy(), atol=1e-6)


def test_a_mask_that_is_an_argument_travels_on():
    def twice(k: Any, told: Any) -> Any:
        first, second = k.LSTM(5, return_sequences=True), k.LSTM(5)
        y = second(first(X, mask=told))
        return first, second, y

    keras = real_keras()
    one, two, _ = twice(keras.layers, keras.ops.convert_to_tensor(MASK))
    first, second, _ = twice(layers, MASK)
    first.set_weights(one.get_weights())
    second.set_weights(two.get_weights())
    assert_same(two(one(X, mask=keras.ops.convert_to_tensor(MASK))), second(first(X, mask=MASK)))
    assert getattr(second(first(X, mask=MASK)), "_keras_mask", None) is None


def test_a_cell_by_itself():
    theirs, mine = real_keras().layers.LSTMCell(5), layers.LSTMCell(5)
    theirs(X[:, 0], START)
    mine(X[:, 0], START)
    mine.set_weights(theirs.get_weights())
    (y, states), (z, more) = theirs(X[:, 0], START), mine(X[:, 0], START)
    assert_same([y, *states], [z, *more])
    assert_same(theirs.get_initial_state(2), mine.get_initial_state(2), 0)
    assert (mine.bias.numpy() == [0] * 5 + [1] * 5 + [0] * 10).all()
    assert (layers.LSTM(2, unit_forget_bias=False)(X).numpy()).shape == (3, 2)


@pytest.mark.parametrize("name", ["LSTM", "LSTMCell"])
def test_the_config_is_keras_s(name):
    keras = real_keras()
    how = {"units": 3, "dropout": 0.1, "seed": 4, "kernel_regularizer": "l2",
           "recurrent_constraint": "unit_norm", "activation": "relu", "name": "memory"}
    how |= {"return_state": True, "go_backwards": True} if name == "LSTM" else {}
    theirs = getattr(keras.layers, name)(**how).get_config()
    mine = getattr(layers, name)(**how)
    config = mine.get_config()
    assert set(theirs) - set(config) <= {"activity_regularizer"}
    assert set(config) <= set(theirs)
    plain = {key for key, value in theirs.items() if not isinstance(value, dict)}
    assert {key: config[key] for key in plain & set(config)} == {
        key: theirs[key] for key in plain & set(config)}
    again = type(mine).from_config(config)
    assert again.get_config() == config
    assert type(mine).from_config(theirs).get_config() == config
    assert getattr(keras.layers, name).from_config(config).units == 3


def test_an_lstm_is_an_rnn():
    assert isinstance(layers.LSTM(2), layers.RNN)
    assert issubclass(layers.LSTM, RNN)
    assert not isinstance(layers.Dense(2), layers.RNN)
    assert layers.LSTM(2).cell.name == "lstm_cell"
    built = layers.LSTM(2, name="memory")
    built(X)
    assert [w.path for w in built.weights] == [
        f"memory/lstm_cell/{name}" for name in ("kernel", "recurrent_kernel", "bias")]
    built.trainable = False
    assert not built.trainable_weights
    assert not built.cell.trainable


@pytest.mark.parametrize("make, kind, said", [
    (lambda: layers.LSTM(0), ArgumentError, "LSTM's units must be a whole number at least 1"),
    (lambda: layers.LSTM(2, dropout=1.5), ArgumentError, "dropout must be at least 0 and at most"),
    (lambda: layers.LSTM(2, use_cudnn="yes"), ArgumentError, "use_cudnn must be one of"),
    (lambda: layers.LSTM(2, steps=3), KindError, "no argument 'steps'"),
    (lambda: layers.LSTM(2)(np.ones((3, 4))), ShapeError, "needs 3 axes"),
    (lambda: layers.RNN(layers.Dense(2)), KindError, "needs call.*without state_size"),
    (lambda: layers.StackedRNNCells([layers.Dense(2)]), KindError, "without state_size"),
    (lambda: layers.LSTM(5)(X, initial_state=START[0]), ArgumentError, "2 initial states.*got 1"),
    (lambda: layers.LSTM(5, unroll=True)(ours.Input((None, 4))), ShapeError,
     r"known number of steps, but got shape \(None, None, 4\)"),
])
def test_what_has_no_meaning_is_said(make, kind, said):
    with pytest.raises(kind, match=said):
        make()


def test_a_layer_knows_the_features_it_was_built_for():
    layer = layers.LSTM(2)
    layer(X)
    with pytest.raises(ShapeError, match=r'LSTM "lstm.*" needs 4 features, but got .*\(3, 6, 3\)'):
        layer(X[..., :3])


@pytest.mark.deep
@pytest.mark.parametrize("body", [
    lambda x: layers.LSTM(3, return_sequences=True, go_backwards=True)(x),
    lambda x: layers.LSTM(3, unroll=True, activation="softplus")(layers.Masking()(x)),
    lambda x: layers.LSTM(3, zero_output_for_mask=True, return_sequences=True, dropout=0.3,
                          recurrent_dropout=0.3, seed=1)(layers.Masking()(x)),
    lambda x: layers.RNN([layers.LSTMCell(3), layers.LSTMCell(2)])(x),
], ids=["backwards", "unrolled", "dropout", "stacked"])
@pytest.mark.filterwarnings("ignore:Flatten .* does not pass masks on")
def test_gradients_in_float64(body):
    pellucid.set_random_seed(1)
    x = ours.Input((6, 4))
    model = ours.Model(x, layers.Dense(1)(layers.Flatten()(body(x))))
    model.compile(loss="mse")
    data = np.where(MASK[..., None], X, 0)
    report = pellucid.gradient_check(model, data, np.ones((3, 1)))
    assert report, str(report)
    assert report.error <= 1e-6
