"""Settings that hold everywhere, as in `keras.config`."""

import pytest

from pellucid import config
from pellucid import keras as ours
from pellucid.core.errors import ArgumentError, KindError, PellucidWarning
from pellucid.layers import AveragePooling1D, Conv2D, Dense, Flatten, GlobalMaxPooling2D
from tests.parity.oracle import live, real_keras

# Of Keras's own: other backends, and kernels of theirs.
ELSEWHERE = {"set_backend", "is_nnx_enabled", "enable_flash_attention", "disable_flash_attention",
             "is_flash_attention_enabled"}


@live
@pytest.mark.parametrize("module", ["config", "tree", "backend"])
def test_every_name_of_keras_is_there(module):
    theirs = {name for name in dir(getattr(real_keras(), module)) if not name.startswith("_")}
    assert theirs - ELSEWHERE <= set(dir(getattr(ours, module)))


@pytest.fixture
def channels_first():
    config.set_image_data_format("channels_first")
    yield
    config.set_image_data_format("channels_last")


@pytest.mark.usefixtures("channels_first")
def test_layers_honour_the_data_format():
    assert ours.backend.image_data_format() == "channels_first"
    for layer in (Conv2D(1, 2), AveragePooling1D(2), GlobalMaxPooling2D(), Flatten()):
        assert layer.get_config()["data_format"] == "channels_first"
    assert Conv2D(5, 3).compute_output_shape((1, 2, 8, 8)) == (1, 5, 6, 6)
    assert Conv2D(5, 3, data_format="channels_last").compute_output_shape(
        (1, 8, 8, 2)) == (1, 6, 6, 5)


def test_layers_honour_the_dtype_policy():
    try:
        config.set_dtype_policy("float64")
        assert (Dense(2).dtype, Dense(2, dtype="float32").dtype) == ("float64", "float32")
        config.set_dtype_policy(ours.DTypePolicy("float16"))
        assert Dense(2).compute_dtype == "float16"
    finally:
        config.set_dtype_policy(None)
    assert config.dtype_policy() == ours.DTypePolicy("float32")


@pytest.mark.parametrize(("call", "message"), [
    (lambda: config.set_image_data_format("channel_first"), '[Dd]id you mean "channels_first"'),
    (lambda: config.set_max_epochs(0), "max_epochs must be a whole number at least 1, or None"),
    (lambda: config.set_max_epochs(True), "but got True"),
    (lambda: config.set_max_steps_per_epoch(1.5),
     "max_steps_per_epoch must be a whole number"),
    (lambda: config.set_dtype_policy("mixed_float16"), "one float type per layer"),
    (lambda: config.set_dtype_policy(3), "a DTypePolicy, a name, or None, but got 3")])
def test_bad_settings(call, message):
    with pytest.raises((ArgumentError, KindError), match=message):
        call()


def test_limits_are_told():
    config.set_max_epochs(3)
    config.set_max_steps_per_epoch(2)
    try:
        assert (config.max_epochs(), config.max_steps_per_epoch()) == (3, 2)
    finally:
        config.set_max_epochs(None)
        config.set_max_steps_per_epoch(None)
    assert config.max_epochs() is config.max_steps_per_epoch() is None


def test_switches():
    for name in ("interactive_logging", "traceback_filtering"):
        enabled = getattr(config, f"is_{name}_enabled")
        assert enabled()
        getattr(config, f"disable_{name}")()
        assert not enabled()
        getattr(config, f"enable_{name}")()
        assert enabled()


def test_no_file_is_ever_trusted():
    with pytest.warns(PellucidWarning, match="runs no code out of a file"):
        config.enable_unsafe_deserialization()


def test_names_of_the_backend():
    backend = ours.backend
    assert config.backend() == backend.backend() == "pellucid"
    assert (backend.is_float_dtype("float16"), backend.is_float_dtype(int)) == (True, False)
    assert [backend.is_int_dtype(each) for each in ("uint8", "int", "bool", None)] == [
        True, True, False, False]
    assert [backend.get_uid("dense"), backend.get_uid("dense"), backend.get_uid()] == [1, 2, 1]
