"""PyDataset: order, workers, hooks, and Keras's own instances."""

import threading

import numpy as np
import pytest

from pellucid.core.errors import ArgumentError, DataError, PellucidWarning
from pellucid.data.batches import batches
from pellucid.data.pydataset import PyDataset


class Numbers(PyDataset):
    """Batch i holds the number i."""

    def __init__(self, length=4, **arguments):
        super().__init__(**arguments)
        self.length = length
        self.log = []

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        return np.full((2, 1), index), np.full(2, index)

    def on_epoch_begin(self):
        self.log.append("begin")

    def on_epoch_end(self):
        self.log.append("end")


class Endless(PyDataset):
    num_batches = None

    def __getitem__(self, index):
        return np.full((2, 1), index), np.full(2, index)


def labels(data, epoch=0):
    return [int(y[0]) for _, y, _ in data.epoch(epoch)]


def test_epochs_and_hooks():
    dataset = Numbers()
    data = batches(dataset)
    assert data.steps == 4
    assert data.batch_size is None
    assert data.first()[1].tolist() == [0, 0]
    assert labels(data) == labels(data, 1) == [0, 1, 2, 3]
    assert dataset.log == ["begin", "end"] * 2


def test_the_end_of_an_epoch_is_told_even_when_it_is_cut_short():
    dataset = Numbers()
    walk = batches(dataset).epoch()
    next(walk)
    walk.close()
    assert dataset.log == ["begin", "end"]
    assert labels(batches(dataset), 1) == [0, 1, 2, 3]


def test_shuffle_moves_whole_batches():
    data = batches(Numbers(9), shuffle=True)
    assert sorted(labels(data)) == list(range(9))
    assert labels(data) != labels(data, 1)


def test_steps_go_on_and_warn_at_the_end():
    data = batches(Numbers(3), steps=2)
    assert labels(data) == [0, 1]
    with pytest.warns(PellucidWarning, match="epoch of 2 batches was asked for, but there are 3"):
        assert labels(data, 1) == [2]
    assert labels(data, 2) == [0, 1]


def test_endless():
    data = batches(Endless(), steps=3)
    assert labels(data) == [0, 1, 2]
    assert labels(data, 1) == [3, 4, 5]
    with pytest.raises(ArgumentError, match="Endless has no end, so an epoch needs steps"):
        batches(Endless())


# JAX, where another test has loaded it, warns of every fork; these workers never touch it
@pytest.mark.filterwarnings(r"ignore:os\.fork\(\) was called:RuntimeWarning")
@pytest.mark.parametrize("processes", [False, pytest.param(True, marks=pytest.mark.deep)])
def test_workers_keep_the_order(processes):
    before = threading.active_count()
    data = batches(Numbers(12, workers=3, use_multiprocessing=processes, max_queue_size=4))
    assert labels(data) == labels(data, 1) == list(range(12))
    walk = data.epoch(2)
    next(walk)
    walk.close()
    assert threading.active_count() == before                       # nobody is left working


def test_workers_go_on_over_epochs():
    data = batches(Endless(workers=2, max_queue_size=3), steps=4)
    assert labels(data) == [0, 1, 2, 3]
    assert labels(data, 1) == [4, 5, 6, 7]
    data.close()


def test_a_fault_in_a_worker_is_told():
    class Faulty(Numbers):
        def __getitem__(self, index):
            if index == 2:
                raise KeyError("row 7")
            return super().__getitem__(index)

    data = batches(Faulty(workers=2))
    with pytest.raises(KeyError, match="row 7"):
        labels(data)


def test_a_class_that_forgets_super_and_one_of_another_family():
    class Forgetful(PyDataset):
        def __init__(self):
            pass

        def __len__(self):
            return 2

        def __getitem__(self, index):
            return (np.ones((1, 1)), np.full(1, index))

    class Sequence:
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return (np.ones((1, 1)), np.full(1, index))

    assert labels(batches(Forgetful())) == labels(batches(Sequence())) == [0, 1]


@pytest.mark.keras
def test_the_dataset_of_keras():
    import keras

    class Theirs(keras.utils.PyDataset):
        def __len__(self):
            return 5

        def __getitem__(self, index):
            return np.ones((1, 1)), np.full(1, index)

    assert labels(batches(Theirs())) == list(range(5))
    assert labels(batches(Theirs(workers=2))) == list(range(5))


def test_messages():
    with pytest.raises(ArgumentError, match="workers must be a whole number, at least 0, but got"):
        PyDataset(workers=-1)
    with pytest.raises(DataError, match="Numbers has no batches: its length is 0"):
        batches(Numbers(0))
    with pytest.raises(NotImplementedError, match=r"PyDataset must define __getitem__"):
        PyDataset()[0]
    with pytest.raises(NotImplementedError, match=r"PyDataset must define __len__"):
        list(PyDataset())
    with pytest.raises(ArgumentError, match="y must come with the batches of x, since x is a Numb"):
        batches(Numbers(), np.ones(3))
    with pytest.warns(PellucidWarning, match="batch_size=2 has no effect: x is a Numbers"):
        batches(Numbers(), batch_size=2)
