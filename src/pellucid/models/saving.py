"""Models to ``.keras`` files and back, optimizer state included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pellucid.core.calls import known_by_name
from pellucid.core.custom_objects import custom_object_scope
from pellucid.core.errors import ArgumentError, FileError, advise, user_line
from pellucid.core.revival import misfit_of
from pellucid.core.serialization import Configurable, deserialize, serialize
from pellucid.data.encoder import TableEncoder
from pellucid.files import keras_archive, weights
from pellucid.files.atomic import replacing
from pellucid.layers.operation import KERAS_CLASS, Operation
from pellucid.models.keras_nodes import KerasNode
from pellucid.models.model import Model


@known_by_name
def save_model(model: Any, filepath: Any, overwrite: bool = True, zipped: bool | None = None,
               include_optimizer: bool = True) -> None:
    """Write a model to a ``.keras`` file that Keras 3 opens too.

    Without ``include_optimizer`` the file holds no optimizer state, and training starts anew from
    it. The file is written under a temporary name, synced and renamed: a crash leaves the old file
    whole. A host stage for strings and gaps stands in a member of its own, which Keras ignores;
    ops in the graph that Keras has no class for are named in a PellucidWarning.
    Raises ArgumentError for another suffix or ``zipped=False``, FileError if the file cannot be
    written.

    >>> import tempfile, pellucid
    >>> model = pellucid.Sequential([pellucid.Input((4,)), pellucid.layers.Dense(1)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(model, f"{folder}/model.keras")
    ...     load_model(f"{folder}/model.keras").count_params()
    5
    """
    path = _checked(filepath, ".keras", overwrite)
    if zipped is not None and not zipped:
        raise ArgumentError("a model is saved as one file, which is a zip", got=f"zipped={zipped}",
                            where=user_line(), hint="leave out zipped")
    if not model.has_weights:
        raise ArgumentError("the model has no weights yet, so there is nothing to save",
                            hint="give it an Input, call it on data, or fit it first")
    if foreign := ops_for_pellucid_alone(model):
        advise(
            f"{path.name} opens in pellucid but not in Keras, which has no class for "
            f"{', '.join(foreign)}. Put what the graph computes with them into a layer of your "
            "own that is registered on both sides")
    config = model_config(model)
    for sentence in dict.fromkeys(no_way_back(model, config)):
        advise(f"{path.name} cannot be read back, though its weights can: {sentence}")
    extra = {}
    if model.host_stage is not None:
        extra["host_stage"] = model.host_stage.to_dict()
    optimizer = _built_optimizer(model) if include_optimizer else None
    keras_archive.write(path, keras_archive.Archive(
        config, weights.to_bytes(model, optimizer), extra))


def ops_for_pellucid_alone(model: Any) -> list[str]:
    """The ops in a model's graph that Keras could not read back."""
    return sorted({layer.op for layer in model._flatten_layers()
                   if isinstance(layer, Operation) and layer.op not in KERAS_CLASS
                   and not isinstance(layer, KerasNode)})


def no_way_back(model: Any, config: dict[str, Any]) -> Iterator[str]:
    """Why layers of one's own cannot be made again from the model's config, and how to mend it.

    A layer that another makes in its ``__init__`` need not be: it does not stand in the config.
    """
    ways = (Configurable.from_config.__func__, Model.from_config.__func__)
    own = {(cls.__module__, cls.__name__): cls for cls in map(type, model._flatten_layers())
           if not cls.__module__.startswith("pellucid.")
           and getattr(cls.from_config, "__func__", None) in ways}

    def walk(data: Any) -> Iterator[str]:
        if isinstance(data, dict):
            cls = own.get((str(data.get("module")), str(data.get("class_name"))))
            drawn = cls is None or "input_layers" in data["config"]
            wrong = None if cls is None or drawn else misfit_of(cls, data["config"])
            if wrong is not None:
                yield f"{wrong[0]}. {wrong[1][0].upper()}{wrong[1][1:]}"
        for each in data.values() if isinstance(data, dict) else data:
            if isinstance(each, dict | list | tuple):
                yield from walk(each)

    return walk(config) if own else iter(())


def _built_optimizer(model: Any) -> Any:
    return model.optimizer if model.optimizer is not None and model.optimizer.built else None


def model_config(model: Any) -> dict[str, Any]:
    """The model as data: classes, configs, shapes, and what `compile` was given."""
    config = serialize(model)
    if (build := model.get_build_config()) is not None:
        config["build_config"] = build
    if model.compiled:
        given = dict(model._compile_config)
        given["optimizer"] = model.optimizer
        config["compile_config"] = {key: serialize(each) for key, each in given.items()}
    return config


@known_by_name
def load_model(filepath: Any, custom_objects: dict[str, Any] | None = None, compile: bool = True,
               safe_mode: bool = True) -> Any:
    """Read a model that `save_model`, or Keras 3, wrote; it predicts and trains on as before.

    ``custom_objects`` names own classes that the file uses. Nothing is imported or run because the
    file says so. Raises FileError for a missing or damaged file, ArgumentError for an unknown
    class.

    >>> load_model("nowhere.keras")
    Traceback (most recent call last):
    pellucid.core.errors.FileError: there is no model file 'nowhere.keras'.
    """
    filepath = Path(filepath)
    if filepath.is_dir():                                # the folder of a run
        filepath = filepath / "model.keras"
    path = _checked(filepath, ".keras", overwrite=True)
    archive = keras_archive.read(path)
    with custom_object_scope(custom_objects):
        try:
            model = deserialize(archive.config)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise FileError(f"the config in {str(path)!r} is damaged or of a kind that this "
                            f"version does not know ({type(error).__name__}: {error})") from error
        if not hasattr(model, "_compile_config"):
            raise FileError(f"{str(path)!r} holds no model", got=f"a {type(model).__name__}")
        if compile and archive.config.get("compile_config"):
            _compile(model, archive.config["compile_config"])
    with weights.open_bytes(archive.weights, str(path)) as file:
        weights.load(model, file)
        optimizer = getattr(model, "optimizer", None)
        state = weights.group_in(file, "optimizer")
        if optimizer is not None and state is not None:
            optimizer.build(model.trainable_variables)
            weights.load(optimizer, state)
    if stage := archive.extra.get("host_stage"):
        model.host_stage = TableEncoder.from_dict(stage)
    return model


def _compile(model: Any, config: dict[str, Any]) -> None:
    known = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly",
             "steps_per_execution")
    try:
        given = {key: deserialize(config[key]) for key in known if key in config}
        model.compile(**given)
    except (ArgumentError, TypeError) as error:          # its own compile may take other arguments
        advise(f"the model was loaded but not compiled: {error}")


@known_by_name
def save_weights(model: Any, filepath: Any, overwrite: bool = True,
                 max_shard_size: float | None = None) -> None:
    """Write the weights alone, to a ``.weights.h5`` file in Keras's layout.

    >>> import tempfile, pellucid
    >>> model = pellucid.Sequential([pellucid.Input((4,)), pellucid.layers.Dense(1)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_weights(model, f"{folder}/model.weights.h5")
    """
    path = _checked(filepath, ".weights.h5", overwrite)
    if max_shard_size is not None:
        raise ArgumentError("weights are written to one file", where=user_line(),
                            got=f"max_shard_size={max_shard_size!r}")
    with replacing(path) as file:
        file.write(weights.to_bytes(model))


@known_by_name
def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False,
                 objects_to_skip: Any = None) -> None:
    """Read weights into a model of the same form.

    Layers in ``objects_to_skip`` keep theirs; with ``skip_mismatch`` so do those whose shapes
    differ from the file's. Raises ShapeError for other shapes, FileError for a missing or damaged
    file.

    >>> import tempfile, pellucid
    >>> one, two = (pellucid.Sequential([pellucid.Input((4,)), pellucid.layers.Dense(1)])
    ...             for _ in range(2))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_weights(one, f"{folder}/one.weights.h5")
    ...     load_weights(two, f"{folder}/one.weights.h5")
    >>> bool((one.get_weights()[0] == two.get_weights()[0]).all())
    True
    """
    path = Path(filepath)
    if not path.is_file():
        raise FileError(f"there is no weights file {str(path)!r}")
    if path.suffix == ".keras":
        data = keras_archive.read(path).weights
    else:
        data = _checked(filepath, ".weights.h5", True).read_bytes()
    if not model.has_weights:
        raise ArgumentError("the model has no weights yet",
                            hint="build its layers, or fit it first, before load_weights"
                            if model.only_steps else
                            "give it an Input, or call it on data before load_weights")
    with weights.open_bytes(data, str(path)) as file:
        weights.load(model, file, skip_mismatch, {id(each) for each in objects_to_skip or ()})


def model_from_json(text: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """The model whose `to_json` wrote the text, with new weights.

    >>> import pellucid
    >>> model = pellucid.Sequential([pellucid.Input((4,)), pellucid.layers.Dense(1)])
    >>> model_from_json(model.to_json()).count_params()
    5
    """
    return deserialize(json.loads(text), custom_objects)


def _checked(filepath: Any, suffix: str, overwrite: bool) -> Path:
    path = Path(filepath)
    if not path.name.endswith(suffix):
        raise ArgumentError(f"the file name must end in {suffix}", got=str(filepath))
    if path.exists() and not overwrite:
        raise FileError(f"{str(path)!r} exists already", hint="pass overwrite=True to replace it")
    return path
