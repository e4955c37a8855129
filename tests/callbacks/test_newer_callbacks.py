"""SwapEMAWeights, RemoteMonitor and ProgbarLogger."""

from __future__ import annotations

import http.server
import json
import threading
import urllib.parse
from typing import Any

import numpy as np
import pytest

from pellucid import callbacks, optimizers
from pellucid.core.errors import ArgumentError, PellucidWarning
from pellucid.layers import Dense, Input
from pellucid.models import Sequential
from tests.parity.oracle import assert_same_weights, compile_both, live, real_keras, twins

X = np.random.default_rng(1).normal(size=(20, 3)).astype("float32")
Y = X[:, :1] * 2 - 1


def model_with(optimizer: Any) -> Any:
    model = Sequential([Input((3,)), Dense(1)])
    model.compile(optimizer, "mse")
    return model


# SwapEMAWeights


@live
@pytest.mark.parametrize("on_epoch", [False, True])
def test_averages_are_judged_as_in_keras(on_epoch):
    pair = twins(lambda k: k.Sequential([k.Input((3,)), k.layers.Dense(1)]))
    compile_both(pair, lambda k: {"optimizer": k.optimizers.SGD(
        0.1, momentum=0.5, use_ema=True, ema_momentum=0.7), "loss": "mse"})
    modules = real_keras().callbacks, callbacks
    logs = [model.fit(X, Y, epochs=3, batch_size=5, shuffle=False, verbose=0,
                      validation_data=(X, Y), callbacks=[module.SwapEMAWeights(on_epoch)]).history
            for model, module in zip(pair, modules, strict=True)]
    for name in ("loss", "val_loss"):
        assert logs[0][name] == pytest.approx(logs[1][name], rel=1e-5)
    assert logs[1]["val_loss"] != pytest.approx(logs[1]["loss"], rel=1e-2)
    assert_same_weights(pair)


def test_weights_are_back_after_evaluate_and_predict():
    model = model_with(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5))
    for _ in range(3):
        model.train_on_batch(X, Y)
    weights, swap = model.get_weights(), callbacks.SwapEMAWeights()
    averages = [each.numpy() for each in model.optimizer._averages]
    judged = model.evaluate(X, Y, verbose=0, callbacks=[swap])
    predicted = model.predict(X, verbose=0, callbacks=[swap])
    for a, b in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    model.set_weights(averages)
    assert judged == pytest.approx(model.evaluate(X, Y, verbose=0))
    np.testing.assert_allclose(predicted, model.predict(X, verbose=0), rtol=1e-6)


@pytest.mark.parametrize("stopped", [False, True])
def test_callbacks_behind_it_meet_the_averages(stopped, tmp_path):
    """The saved weights are those that fit ends with, also where it is stopped early."""
    model = model_with(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5))
    path = str(tmp_path / "last.weights.h5")
    stop = [callbacks.EarlyStopping("loss", min_delta=1e9, patience=1)] * stopped
    model.fit(X, Y, epochs=4, verbose=0, callbacks=[
        *stop, callbacks.SwapEMAWeights(swap_on_epoch=True),
        callbacks.ModelCheckpoint(path, save_weights_only=True)])
    other = model_with("sgd")
    other.load_weights(path)
    for a, b in zip(other.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_only_those_of_several_optimizers_that_keep_averages():
    rest, averaging = optimizers.SGD(0.1), optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)
    model = model_with(optimizers.MultiOptimizer(
        optimizers.OptimizerMap(rest, {".*kernel": averaging})))
    history = model.fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y),
                        callbacks=[callbacks.SwapEMAWeights()]).history
    assert history["val_loss"][1] < history["val_loss"][0]


def test_without_averages_there_is_nothing_to_swap():
    for optimizer in ("sgd", optimizers.MultiOptimizer(
            optimizers.OptimizerMap(optimizers.SGD()))):
        with pytest.raises(ArgumentError, match="SwapEMAWeights needs an optimizer with use_ema"):
            model_with(optimizer).fit(X, Y, verbose=0, callbacks=[callbacks.SwapEMAWeights()])


# RemoteMonitor


@pytest.fixture
def server() -> Any:
    """A server on this machine that keeps what it is told."""
    told: list[tuple[str, str, str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            head = f"{self.headers['Content-Type']} {self.headers['X-Key']}"
            told.append((self.path, head, body))
            self.send_response(404 if "missing" in self.path else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:          # pyright: ignore
            """Not on the console."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}", told
        serving.shutdown()
        thread.join()


@pytest.mark.parametrize("as_json", [False, True])
def test_figures_arrive(as_json, server):
    root, told = server
    monitor = callbacks.RemoteMonitor(root, "/here/", "figures", {"X-Key": "k"}, as_json)
    model_with("sgd").fit(X, Y, epochs=2, verbose=0, callbacks=[monitor])
    monitor.on_epoch_end(2, {"loss": np.float32(0.5), "shares": np.array([1.0, 2.0])})
    assert [place for place, _, _ in told] == ["/here/"] * 3
    kind = "application/json" if as_json else "application/x-www-form-urlencoded"
    assert {head for _, head, _ in told} == {f"{kind} k"}
    texts = [body if as_json else urllib.parse.parse_qs(body)["figures"][0]
             for _, _, body in told]
    assert [json.loads(text)["epoch"] for text in texts] == [0, 1, 2]
    assert json.loads(texts[2]) == {"epoch": 2, "loss": 0.5, "shares": [1.0, 2.0]}


def test_a_server_that_fails_is_a_warning(server):
    root, _ = server
    for address, path in (("http://127.0.0.1:9", "/"), (root, "/missing/")):
        with pytest.warns(PellucidWarning, match="RemoteMonitor could not reach its server at"):
            callbacks.RemoteMonitor(address, path).on_epoch_end(0, {"loss": 1.0})


def test_only_addresses_of_the_web():
    with pytest.raises(ArgumentError, match="root must begin with http:// .* but got file:///x"):
        callbacks.RemoteMonitor("file:///x")


# ProgbarLogger


@pytest.mark.parametrize(("verbose", "lines"), [(0, 0), (2, 2), ("auto", 2)])
def test_the_bar_of_fit_as_a_callback(verbose, lines, capsys):
    model_with("sgd").fit(X, Y, epochs=2, verbose=verbose, callbacks=[callbacks.ProgbarLogger()])
    assert capsys.readouterr().out.count("Epoch") == lines
