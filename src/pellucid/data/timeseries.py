"""Windows over a series: what came before as the input, what comes next as the target."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, user_line
from pellucid.data.pydataset import PyDataset
from pellucid.data.split import shuffled
from pellucid.random import next_seed


class SeriesWindows(PyDataset):
    """The windows over a series in batches; see `timeseries_dataset_from_array`.

    >>> windows = SeriesWindows(np.arange(5), None, np.array([0, 1]), np.arange(3), 2)
    >>> windows[0].tolist()
    [[0, 1, 2], [1, 2, 3]]
    """

    def __init__(self, data: np.ndarray, targets: np.ndarray | None, starts: np.ndarray,
                 offsets: np.ndarray, batch_size: int | None) -> None:
        super().__init__()
        self.data, self.targets, self.starts, self.offsets = data, targets, starts, offsets
        self.batch_size = batch_size

    def __len__(self) -> int:
        return -(-len(self.starts) // (self.batch_size or 1))

    def __getitem__(self, index: int) -> Any:
        if not 0 <= index < len(self):
            raise IndexError(index)
        size = self.batch_size
        rows = self.starts[index] if size is None else self.starts[index * size:(index + 1) * size]
        x = self.data[np.add.outer(rows, self.offsets)]
        return x if self.targets is None else (x, self.targets[rows])


def timeseries_dataset_from_array(data: Any, targets: Any, sequence_length: int,
                                  sequence_stride: int = 1, sampling_rate: int = 1,
                                  batch_size: int | None = 128, shuffle: bool = False,
                                  seed: int | None = None, start_index: int | None = None,
                                  end_index: int | None = None, format: str = "tf") -> PyDataset:
    """Windows over a series, in batches, as a `PyDataset` for `fit`.

    Window i holds ``data[i], data[i + r], …``, ``sequence_length`` entries at a distance of r =
    ``sampling_rate``; its target is ``targets[i]``, so shift the targets to look ahead. Windows
    begin every ``sequence_stride`` steps.

    Args:
        data, targets: arrays with time along the first axis; targets may be None.
        sequence_length, sequence_stride, sampling_rate: as above.
        batch_size: windows in a batch; None gives them one by one, without an axis for the batch.
        shuffle: draw the order of the windows once, by ``seed``. (`fit` reorders the batches.)
        start_index, end_index: use only ``data[start_index:end_index]``.
        format: has no effect; Keras gives a ``tf.data`` or Grain data set.

    Raises ArgumentError for numbers that leave no window.

    >>> series = np.arange(10.0)
    >>> ahead = timeseries_dataset_from_array(series[:-2], series[2:], sequence_length=2)
    >>> x, y = ahead[0]
    >>> x[:2].tolist(), y[:2].tolist()
    ([[0.0, 1.0], [1.0, 2.0]], [2.0, 3.0])
    """
    data = np.asarray(data)
    first, last = _span(len(data), start_index, end_index)
    for name, value in (("sampling_rate", sampling_rate), ("sequence_stride", sequence_stride)):
        if not 0 < value < len(data):
            raise ArgumentError(f"{name} must be above 0 and below the {len(data)} steps of the "
                                "data", got=repr(value), where=user_line())
    for name, value in (("sequence_length", sequence_length), ("batch_size", batch_size)):
        if value is not None and value < 1:
            raise ArgumentError(f"{name} must be at least 1", got=repr(value), where=user_line())
    if format not in ("tf", "grain"):
        raise ArgumentError('format must be "tf" or "grain", and has no effect here',
                            got=repr(format), where=user_line())
    count = last - first - (sequence_length - 1) * sampling_rate
    if targets is not None:
        targets = np.asarray(targets)
        count = min(count, len(targets[first:last]))
    if count < 1:
        raise ArgumentError(f"{last - first} steps are too few for a window of {sequence_length} "
                            f"at a distance of {sampling_rate}", where=user_line())
    starts = np.arange(0, count, sequence_stride)
    if shuffle:
        starts = starts[shuffled(len(starts), next_seed() if seed is None else seed)]
    return SeriesWindows(data[first:last], None if targets is None else targets[first:last], starts,
                         np.arange(sequence_length) * sampling_rate, batch_size)


def _span(steps: int, start: int | None, end: int | None) -> tuple[int, int]:
    """The part of the series to use."""
    if start is not None and not 0 <= start < steps:
        raise ArgumentError(f"start_index must be at least 0 and below the {steps} steps of the "
                            "data", got=repr(start), where=user_line())
    if end is not None and not (start or 0) < end < steps:
        raise ArgumentError(f"end_index must be above start_index ({start or 0}) and below the "
                            f"{steps} steps of the data", got=repr(end), where=user_line())
    return start or 0, steps if end is None else end
