"""The native engine from Python: threads, interrupts, memory, and what happens without it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import threadpoolctl

import pellucid
from pellucid import keras, layers
from pellucid.core.errors import ArgumentError
from pellucid.engines.native.extension import extension
from tests.models.native_and_reference import SMALL, on, python, ran_natively

RNG = np.random.default_rng(0)
X = RNG.normal(size=(640, 64)).astype("float32")
Y = X[:, :3] @ np.ones((3, 1), "float32")


def network(width: int = 256) -> Any:
    """Wide enough to be divided among threads."""
    model = keras.Sequential([keras.Input((64,)), layers.Dense(width, "relu"),
                              layers.BatchNormalization(), layers.Dropout(0.2),
                              layers.Dense(width, "tanh"), layers.Dense(1)])
    model.compile("adam", "mse", deterministic=True)
    return model


def trained() -> tuple[bytes, ...]:
    """The bits of the weights and the losses after some epochs from one seed."""
    pellucid.set_random_seed(7)
    model = network()
    history = model.fit(X, Y, batch_size=256, epochs=2, verbose=0)
    assert ran_natively(model)
    return (*(each.tobytes() for each in model.get_weights()),
            np.array(history.history["loss"]).tobytes())


@pytest.fixture
def engine() -> Iterator[Any]:
    """The extension module; the limit of threads is as before afterwards."""
    with on("native"):
        native: Any = extension()
        before = native.thread_limit()
        yield native
        native.set_thread_limit(before)


# the same bits --------------------------------------------------------------------------------

def test_the_same_bits_on_any_number_of_threads(engine):
    found = []
    for limit in (1, 2, 1, 3):
        engine.set_thread_limit(limit)
        found.append(trained())
    assert len(set(found)) == 1


def test_deterministic_is_no_part_of_files(tmp_path):
    with on("native"):
        model = network(8)
        model.fit(X, Y, verbose=0)
        model.save(tmp_path / "model.keras")
    assert "deterministic" not in model._compile_config
    assert np.array_equal(keras.models.load_model(tmp_path / "model.keras").predict(X, verbose=0),
                          model.predict(X, verbose=0))


# threads --------------------------------------------------------------------------------------

def test_threadpoolctl_sees_and_limits_the_engine(engine):
    def listed() -> list[dict[str, Any]]:
        return [each for each in threadpoolctl.threadpool_info() if each["user_api"] == "pellucid"]

    before = engine.thread_limit()
    assert [each["num_threads"] for each in listed()] == [before]      # and no other `_native`
    for limits in (1, {"pellucid": 1}):
        with threadpoolctl.threadpool_limits(limits):
            assert [each["num_threads"] for each in listed()] == [engine.thread_limit()] == [1]
        assert engine.thread_limit() == before
    with threadpoolctl.threadpool_limits(1, user_api="blas"):
        assert engine.thread_limit() == before


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="counts threads as Linux does")
def test_the_environment_sets_the_number_of_threads():
    code = SMALL + """
X = np.ones((2048, 10), "float32")
model.fit(X, X[:, :1], batch_size=2048, verbose=0)
from pellucid.engines.native.extension import extension
print(extension().thread_limit(), len(os.listdir("/proc/self/task")))
"""
    done = python(code, PELLUCID_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1",
                  PELLUCID_NATIVE="require")
    assert done.stdout.split() == ["1", "1"], done.stderr


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "²"])
def test_a_number_of_threads_that_is_none(text, monkeypatch):
    monkeypatch.setenv("PELLUCID_NUM_THREADS", text)
    with on("native"), pytest.raises(ArgumentError, match="PELLUCID_NUM_THREADS must be a whole"):
        network(8).fit(X, Y, verbose=0)


def test_models_in_several_threads(engine):
    expected, found, wrong = trained_alone(), [], []

    def work() -> None:
        try:
            found.append(trained_alone())
        except Exception as error:
            wrong.append(error)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert not wrong
    assert found == 4 * [expected]


def trained_alone() -> list[bytes]:
    """Training without draws: seeds of other threads would come in between."""
    model = keras.Sequential([keras.Input((64,)), layers.Dense(128, "relu"), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), "mse")
    model.set_weights([np.full(each.shape, 0.01) for each in model.weights])
    model.fit(X, Y, batch_size=256, epochs=3, shuffle=False, verbose=0)
    return [each.tobytes() for each in model.get_weights()]


def test_one_model_asked_by_several_threads(engine):
    model, right = network(), []
    expected = model.predict(X[:32], verbose=0)

    def ask() -> None:
        for _ in range(50):
            right.append(np.array_equal(model.predict(X[:32], verbose=0), expected))

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for each in askers:
        each.start()
    for each in askers:
        each.join()
    assert right == 200 * [True]


def test_weights_assigned_from_another_thread(engine):
    """Which step sees them nobody knows; but no memory is freed that the engine writes to."""
    model, going = network(), [True]
    model.fit(X, Y, verbose=0)
    first = model.get_weights()

    def assign() -> None:
        while going:
            model.set_weights(first)
            model.get_weights()

    other = threading.Thread(target=assign)
    other.start()
    history = model.fit(X, Y, batch_size=64, epochs=20, verbose=0)
    going.clear()
    other.join()
    assert np.isfinite(history.history["loss"]).all()
    assert all(np.isfinite(each).all() for each in model.get_weights())


def test_fork_after_training():
    done = python(SMALL + """
import multiprocessing
X = np.ones((2048, 10), "float32")
Y = X[:, :1]
model.fit(X, Y, batch_size=1024, verbose=0)
child = os.fork()
history = model.fit(X, Y, batch_size=1024, epochs=3, verbose=0)
if child == 0:
    os._exit(0 if np.isfinite(history.history["loss"]).all() else 1)
assert os.waitpid(child, 0)[1] == 0

def work(rows):
    return float(model.fit(X[:rows], Y[:rows], verbose=0).history["loss"][0])

with multiprocessing.get_context("fork").Pool(2) as pool:
    assert np.isfinite(pool.map(work, [64, 1024, 2048])).all()
print("fine")
""", PELLUCID_NATIVE="require")
    assert done.stdout == "fine\n", done.stderr


# interrupts and memory ------------------------------------------------------------------------

def test_an_interrupt_ends_training_at_once():
    """Within a slice of 0.05 s and a step; a step that takes longer is finished first."""
    done = python(SMALL + """
X = np.zeros((200_000, 10), "float32")
Y = X[:, :1]
model.fit(X[:64], Y[:64], verbose=0)
sent = []
def interrupt():
    sent.append(time.perf_counter())
    os.kill(os.getpid(), signal.SIGINT)
for event in (None, "on_epoch_end", "on_train_batch_end"):
    heard = [keras.callbacks.LambdaCallback(**{event: lambda n, logs: None})] if event else []
    threading.Timer(0.3, interrupt).start()
    try:
        model.fit(X, Y, epochs=100_000, verbose=0, callbacks=heard)
    except KeyboardInterrupt:
        print(time.perf_counter() - sent[-1])
    assert all(np.isfinite(each).all() for each in model.get_weights())
    assert len(model.fit(X[:64], Y[:64], epochs=2, verbose=0).history["loss"]) == 2
""", PELLUCID_NATIVE="require")
    took = [float(line) for line in done.stdout.split()]
    assert len(took) == 3, done.stderr
    assert max(took) < 1.0, took                         # 0.02 s where nothing else runs
    assert min(took) < 0.2, took


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_a_step_without_enough_memory():
    done = python(SMALL + """
from pellucid.core.errors import RoomError
model = keras.Sequential([keras.Input((10,)), layers.Dense(1000, "relu"), layers.Dense(1)])
model.compile("adam", "mse")
X = np.ones((200_000, 10), "float32")
Y = X[:, :1]
model.fit(X[:64], Y[:64], verbose=0)
before = model.get_weights()
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 200_000_000,) * 2)
for work in (lambda: model.fit(X, Y, batch_size=200_000, verbose=0),
             lambda: model.evaluate(X, Y, batch_size=200_000, verbose=0),
             lambda: model.predict(X, batch_size=200_000, verbose=0)):
    try:
        work()
    except RoomError as error:
        assert isinstance(error, MemoryError)
        print(error)
assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights()))
assert np.isfinite(model.fit(X[:640], Y[:640], verbose=0).history["loss"]).all()
""", PELLUCID_NATIVE="require", OPENBLAS_NUM_THREADS="1")
    said = done.stdout.splitlines()
    assert len(said) == 3, done.stderr
    assert all("a smaller batch_size" in each.lower() for each in said)


def used() -> int:
    """The memory of this process in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux does")
@pytest.mark.skipif("PELLUCID_SANITIZED" in os.environ, reason="a sanitizer keeps what is freed")
def test_memory_does_not_grow(engine):
    model = network()

    def work(times: int) -> None:
        for _ in range(times):
            model.fit(X, Y, batch_size=320, verbose=0, validation_split=0.2)
            model.predict(X[:32], verbose=0)

    work(8)
    before = used()
    work(30)                         # a step works in 1.5 MB, the weights and moments are 1 MB
    assert used() - before < 12e6
