"""Host calls: the closed table, the way through the native engine, errors and interrupts."""

from __future__ import annotations

import ast
import signal
import threading
import time

import numpy as np
import pytest

from pellucid import keras, ops
from pellucid.atoms.host import HOST, HostFunction, host_function, like
from pellucid.core.errors import KindError, ShapeError
from pellucid.core.tape import GradientTape
from pellucid.engines.native import native
from pellucid.engines.native.extension import extension
from pellucid.engines.native.host import text_of
from pellucid.engines.trace import trace

needs_native = pytest.mark.skipif(extension() is None, reason="the native engine is switched off")


def test_every_row_says_what_it_is():
    for name, row in HOST.items():
        assert row.name == name
        assert row.about.endswith(".")
        assert len(row.about) > 20
        assert row.gradient is None or callable(row.gradient)


def test_a_call_can_be_read_back():
    options = {"function": "argsort", "axis": -1, "names": ("a", None, 2.5, True)}
    assert ast.literal_eval(text_of(options)) == options


@pytest.fixture
def row(monkeypatch):
    """A row of the table for the time of a test."""
    def make(value, kinds=lambda x: like(x), gradient=None) -> HostFunction:
        monkeypatch.setitem(HOST, "trial", HostFunction(
            "trial", value, kinds, gradient, "A trial."))
        return HOST["trial"]
    return make


def on_native(function, *arrays):
    return native.compile(trace(function, *arrays).plan)(arrays)


@needs_native
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32",
                                   "uint64", "int64", "float32", "float64"])
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3, 1)])
def test_arrays_come_and_go_in_every_dtype(row, dtype, shape):
    seen = []

    def value(x):
        seen.append((x.dtype.name, x.shape))
        return np.array(x).T, np.sum(x)

    trial = row(value, lambda x: (like(x, x.shape[::-1]), like(x, ())))
    x = (np.arange(np.prod(shape)) + 3).reshape(shape).astype(dtype)
    turned, total = on_native(lambda x: trial(x), x)
    np.testing.assert_array_equal(turned, x.T, strict=True)
    assert (total.dtype, total) == (np.dtype(dtype), x.sum(dtype=dtype))
    assert seen == [(dtype, shape)]


def test_results_in_another_shape_than_foretold_are_an_error(row):
    trial = row(lambda x: x[:1])
    for run in (lambda: trial(np.ones((2, 3))),
                lambda: on_native(lambda x: trial(x), np.ones((2, 3)))):
        with pytest.raises(ShapeError, match=r"trial foretold the shapes \[\(2, 3\)\], but got "):
            run()


@needs_native
def test_errors_come_out_as_themselves(row):
    def value(x):
        raise ZeroDivisionError("of all things")

    trial = row(value)
    with pytest.raises(ZeroDivisionError, match="of all things") as told:
        on_native(lambda x: trial(x), np.ones(2))
    assert "in the host call {'function': 'trial'}" in told.value.__notes__


@needs_native
def test_a_call_stands_in_a_loop(row):
    trial = row(lambda x: np.array(x[::-1]))
    x = np.arange(4.0)

    def f(x):
        return ops.scan(lambda c, _: (trial(c) + 1, c[0]), x, length=3)

    last, firsts = on_native(f, x)
    assert last.tolist() == [6.0, 5.0, 4.0, 3.0]
    assert firsts.tolist() == [0.0, 4.0, 2.0]


def test_what_has_no_gradient_says_so(row):
    trial = row(lambda x: x)
    x = ops.convert_to_tensor([1.0])
    with GradientTape() as tape:
        tape.watch(x)
        y = trial(x)
    with pytest.raises(KindError, match="no gradient is known for trial.*stop_gradient"):
        tape.gradient(y, x)


class Sorted(keras.layers.Layer):
    def call(self, x):
        return ops.sort(x, axis=-1)


def model_of(layer, **how):
    model = keras.Sequential([keras.layers.Input((6,)), keras.layers.Dense(5), layer,
                              keras.layers.Dense(1)])
    model.compile("sgd", "mse", **how)
    return model


def test_a_layer_with_a_host_call_trains_as_step_by_step():
    random = np.random.default_rng(0)
    x, y = random.normal(size=(40, 6)), random.normal(size=(40, 1))
    fast, slow = model_of(Sorted()), model_of(Sorted(), run_eagerly=True)
    slow.set_weights(fast.get_weights())
    losses = [model.fit(x, y, epochs=3, batch_size=16, shuffle=False, verbose=0).history["loss"]
              for model in (fast, slow)]
    np.testing.assert_allclose(*losses, rtol=1e-5)
    assert losses[0][-1] < losses[0][0]


@needs_native
def test_an_error_in_fit_comes_out_and_the_next_fit_runs(row):
    fails = [False, True]

    def value(x):
        if fails and fails.pop(0):
            raise FloatingPointError("just once")
        return np.array(x)

    trial = row(value, lambda x: like(x), lambda g, y, x: [g[0]])

    class Fails(keras.layers.Layer):
        def call(self, x): return trial(x)

    model = model_of(Fails())
    x, y = np.ones((8, 6)), np.ones((8, 1))
    with pytest.raises(FloatingPointError, match="just once"):
        model.fit(x, y, batch_size=2, epochs=3, verbose=0)
    history = model.fit(x, y, batch_size=2, epochs=3, verbose=0).history["loss"]
    assert history[-1] < history[0]


@needs_native
@pytest.mark.skipif(threading.current_thread() is not threading.main_thread(),
                    reason="signals reach the main thread")
def test_ctrl_c_comes_after_the_step_and_leaves_whole_weights(row):
    calls = []

    def value(x):
        calls.append(len(calls))
        if len(calls) == 5:
            signal.raise_signal(signal.SIGINT)
            time.sleep(0.001)                          # where Python looks for signals
        return np.array(x)

    trial = row(value, lambda x: like(x), lambda g, y, x: [g[0]])

    class Interrupted(keras.layers.Layer):
        def call(self, x): return trial(x)

    model = model_of(Interrupted())
    x, y = np.ones((8, 6), "float32"), np.ones((8, 1), "float32")
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, batch_size=2, epochs=10 ** 6, shuffle=False, verbose=0)
    assert len(calls) >= 6                             # the call that was interrupted, once more
    steps = int(model.optimizer.iterations)
    assert len(calls) == steps + 1
    assert all(np.isfinite(each).all() for each in model.get_weights())
    assert np.isfinite(model.fit(x, y, epochs=1, verbose=0).history["loss"][0])


def test_the_table_is_closed_to_a_name_that_is_taken():
    with pytest.raises(KindError, match="argsort stands in the table already"):
        host_function("argsort", np.sort, like, about="Another one.")
