"""The course of a training for TensorBoard to show."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.callbacks.base import Callback
from pellucid.callbacks.event_file import EventFile
from pellucid.core.errors import ArgumentError, FileError, nearest, user_line
from pellucid.core.fields import Declared, field
from pellucid.core.kinds import PATH
from pellucid.layers.embedding import Embedding


class TensorBoard(Declared, Callback):
    """Write figures, weights and the model where ``tensorboard --logdir logs`` finds them.

    Nothing but this package is needed to write; the program that shows them is another matter.
    Under ``log_dir`` the folder ``train`` gets ``epoch_loss`` and all other figures of each epoch
    with the learning rate, ``validation`` those that begin with ``val_``, and what `evaluate` finds
    against the optimizer's steps. ``update_freq`` "batch", or a number, adds ``batch_loss`` every
    so many batches; ``histogram_freq`` the weights of each layer every so many epochs, with
    ``write_images`` as pictures too, from the least (black) to the largest (white);
    ``embeddings_freq`` the vectors of embeddings, as text for the projector.

    Raises ArgumentError for a ``profile_batch`` (use ``fit(profile=True)``) and for a layer in
    ``embeddings_metadata`` that is none, FileError where the folder cannot be written.

    >>> TensorBoard("logs/first", histogram_freq=1).log_dir
    'logs/first'
    """

    log_dir: Any = field("logs", kind=PATH, help="the folder")
    histogram_freq: int = field(0, at_least=0, whole=True, help="every so many epochs, or never")
    write_graph: bool = field(True, help="whether the model's layers are written")
    write_images: bool = field(False, help="whether histograms come with pictures")
    write_steps_per_second: bool = field(False, help="whether speed is a figure")
    update_freq: Any = field("epoch", help='"epoch", "batch", or a number of batches')
    profile_batch: Any = field(0, help="0: `fit(profile=True)` measures here")
    embeddings_freq: int = field(0, at_least=0, whole=True, help="every so many epochs, or never")
    embeddings_metadata: Any = field(None, help="a file of labels, or a dict from layers to files")
    lasting = ("_batches",)

    def settle(self) -> None:
        self.log_dir = os.fspath(self.log_dir)
        self.update_freq = 1 if self.update_freq == "batch" else self.update_freq
        if self.update_freq == "epoch":
            self.unheard = (TensorBoard.on_train_batch_begin, TensorBoard.on_train_batch_end)
        elif not isinstance(self.update_freq, (int, np.integer)) or self.update_freq < 1:
            raise ArgumentError('TensorBoard\'s update_freq must be "epoch", "batch" or a number '
                                "of batches, at least 1", got=self.update_freq, where=user_line())
        if self.profile_batch:
            raise ArgumentError("TensorBoard's profile_batch must be 0", got=self.profile_batch,
                                where=user_line(), hint="fit(profile=True) says where time goes")
        self._batches, self._steps_before = 0, 0
        self._began = self._began_epoch = 0.0
        self._files: dict[str, EventFile] = {}

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        self._batches, self._files = 0, {}               # each training has files of its own

    def _events(self, part: str) -> EventFile:
        """The file of ``train`` or ``validation``; none is made before it is needed."""
        if part not in self._files:
            try:
                self._files[part] = EventFile(Path(self.log_dir) / part)
            except OSError as error:
                raise FileError(f"TensorBoard cannot write to {self.log_dir!r} ({error.strerror})",
                                where=user_line()) from None
        return self._files[part]

    # what training tells -----------------------------------------------------------------------

    def on_train_begin(self, logs: Any = None) -> None:
        if self.embeddings_freq:
            self._describe_embeddings()
        if self.write_graph and self.model._graph is not None:
            self._events("train").model("keras", self.model.to_json())
            self._events("train").flush()

    def on_test_end(self, logs: Any = None) -> None:
        optimizer = self.model.optimizer
        if optimizer is not None:
            self._figures("validation", int(optimizer.iterations), {
                f"evaluation_{name}_vs_iterations": value for name, value in (logs or {}).items()})

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._batches += 1
        if self.update_freq == "epoch" or self._batches % self.update_freq:
            return
        found = {f"batch_{name}": value for name, value in (logs or {}).items()}
        if self.write_steps_per_second:
            found["batch_steps_per_second"] = 1 / max(time.perf_counter() - self._began, 1e-9)
        self._figures("train", self._batches, found)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._began_epoch = time.perf_counter()
        self._steps_before = int(self.model.optimizer.iterations)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = logs or {}
        held_out = {name for name in logs if name.startswith("val_")}
        found = {f"epoch_{name}": logs[name] for name in logs if name not in held_out}
        self._figures("train", epoch, found | dict(self._rates(epoch)))
        self._figures("validation", epoch,
                      {f"epoch_{name.removeprefix('val_')}": logs[name] for name in held_out})
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            for layer in self._embeddings():
                np.savetxt(Path(self.log_dir) / f"{layer.name}.tsv", layer.get_weights()[0],
                           delimiter="\t")

    def _rates(self, epoch: int) -> Iterator[tuple[str, float]]:
        """The learning rates of the optimizer, or of each of several; and the speed."""
        optimizer = self.model.optimizer
        several = getattr(optimizer, "optimizers", None)
        for each in several or [optimizer]:
            suffix = f"_{each.name}" if several else ""
            yield f"epoch_learning_rate{suffix}", float(each.learning_rate)
        if self.write_steps_per_second:
            steps = int(optimizer.iterations) - self._steps_before
            yield "epoch_steps_per_second", steps / max(
                time.perf_counter() - self._began_epoch, 1e-9)

    def _figures(self, part: str, step: int, found: dict[str, Any]) -> None:
        """Each figure under its name; of several in one, each under its number."""
        for name, value in found.items():
            values = np.ravel(np.asarray(value, float))
            for i, each in enumerate(values):
                tag = name if np.ndim(value) == 0 else f"{name}/{i}"
                self._events(part).scalar(tag, float(each), step)
        if part in self._files:
            self._files[part].flush()

    # weights and embeddings --------------------------------------------------------------------

    def _write_weights(self, epoch: int) -> None:
        events = self._events("train")
        for layer in self.model.layers:
            for weight in layer.weights:
                name, values = weight.path.replace(":", "_"), weight.numpy()
                events.histogram(f"{name}/histogram", values, epoch)
                for tag, picture in pictures(values) if self.write_images else ():
                    events.image(f"{name}/image{tag}", picture, epoch)
        events.flush()

    def _embeddings(self) -> list[Any]:
        return [layer for layer in self.model.layers if isinstance(layer, Embedding)]

    def _describe_embeddings(self) -> None:
        """The projector's config: which files hold the vectors, and which their labels."""
        labels, names = self.embeddings_metadata, [each.name for each in self._embeddings()]
        for name in labels if isinstance(labels, dict) else ():
            if name not in names:
                raise ArgumentError("embeddings_metadata must name embedding layers", got=name,
                                    where=user_line(), hint=nearest(name, names)
                                    or f"there are {', '.join(names) or 'none'}")
        lines = []
        for name in names:
            lines += ["embeddings {", f'  tensor_name: "{name}"', f'  tensor_path: "{name}.tsv"']
            path = labels.get(name) if isinstance(labels, dict) else labels
            lines += [*([f'  metadata_path: "{path}"'] if path else []), "}"]
        Path(self.log_dir).mkdir(parents=True, exist_ok=True)
        (Path(self.log_dir) / "projector_config.pbtxt").write_text("\n".join(lines) + "\n")


def pictures(values: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Weights as pictures that are wider than high, with what tells them apart.

    A vector is one row; three axes are as many pictures as the last is long, at most three. What
    has more axes is no picture.

    >>> [(tag, picture.shape) for tag, picture in pictures(np.zeros((4, 2)))]
    [('', (2, 4))]
    """
    x = np.squeeze(values)
    if x.ndim == 1:
        yield "", x[None, :]
    elif x.ndim == 2:
        yield "", x.T if x.shape[0] > x.shape[1] else x
    elif x.ndim == 3:
        for i in range(min(x.shape[2], 3)):
            yield f"/{i}", x[:, :, i]
