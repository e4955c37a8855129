"""Batches: every source, Keras's rules, and the message for every fault."""

import warnings

import numpy as np
import pandas as pd
import pytest

from pellucid.core.errors import (
    ArgumentError,
    DataError,
    KindError,
    PellucidWarning,
    ShapeError,
)
from pellucid.data.batches import (
    ArrayBatches,
    batches,
    pack_x_y_sample_weight,
    unpack_x_y_sample_weight,
    validation_part,
)
from pellucid.data.weights import class_weights

X, Y = np.arange(20.0).reshape(10, 2), np.arange(10)


def labels(data, epoch=0):
    return [y.tolist() for _, y, _ in data.epoch(epoch)]


def flat(data, epoch):
    return [label for batch in labels(data, epoch) for label in batch]


# --- arrays ---------------------------------------------------------------------------------------

def test_the_last_batch_is_partial_and_order_is_kept():
    data = batches(X, Y, batch_size=4)
    assert (data.steps, data.batch_size) == (3, 4)
    assert labels(data) == labels(data, 1) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert batches(np.ones(65)).steps == 3                          # 32 rows by default
    assert batches(X, Y, steps=3).batch_size == 4                   # ceil(10 / 3)


def test_unshuffled_batches_are_views_and_shapes_stay():
    data = batches(X, Y, batch_size=4)
    x, y, weight = next(data.epoch())
    assert np.shares_memory(x, X)
    assert (x.shape, y.shape, weight) == ((4, 2), (4,), None)
    assert data.first()[1].tolist() == [0, 1, 2, 3]


def test_shuffle_draws_a_new_order_each_epoch_from_the_given_permutation():
    asked = []

    def permutation(n, epoch):
        asked.append((n, epoch))
        return np.roll(np.arange(n), epoch)

    data = batches(X, Y, batch_size=4, shuffle=True, permutation=permutation)
    assert labels(data, 1) == [[9, 0, 1, 2], [3, 4, 5, 6], [7, 8]]
    assert labels(data, 2)[0] == [8, 9, 0, 1]
    assert asked == [(10, 1), (10, 2)]
    for x, y, _ in data.epoch(3):
        np.testing.assert_array_equal(x[:, 0], 2 * y)               # rows stay together


def test_the_default_permutation_is_a_permutation_and_repeats():
    data = batches(X, Y, batch_size=4, shuffle=True)
    first, second = flat(data, 0), flat(data, 1)
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert first == flat(batches(X, Y, batch_size=3, shuffle=True), 0)


def test_shuffle_inside_batches():
    data = batches(X, Y, batch_size=5, shuffle="batch")
    first, second = labels(data, 0)
    assert sorted(first) == [0, 1, 2, 3, 4]
    assert sorted(second) == [5, 6, 7, 8, 9]
    assert first != sorted(first) or second != sorted(second)
    assert labels(data, 0) != labels(data, 1)


def test_nests_frames_and_weights():
    x = {"a": pd.DataFrame({"p": range(10), "q": range(10)}), "b": [[i] for i in range(10)]}
    data = batches(x, [Y, list(range(10))], np.linspace(0, 1, 10), batch_size=8)
    bx, by, bw = list(data.epoch())[1]
    assert bx["a"].tolist() == [[8, 8], [9, 9]]
    assert bx["b"].tolist() == [[8], [9]]
    assert isinstance(by, list)
    assert [part.tolist() for part in by] == [[8, 9], [8, 9]]
    assert [part.shape for part in bw] == [(2,), (2,)]              # one weight for each output


def test_fewer_steps_than_batches_go_on_in_the_next_epoch():
    data = batches(X, Y, batch_size=3, steps=2)
    assert labels(data) == [[0, 1, 2], [3, 4, 5]]
    assert labels(data, 1) == [[6, 7, 8], [9]]
    assert labels(data, 2) == [[0, 1, 2], [3, 4, 5]]


def test_arrays_that_run_dry_warn_and_begin_anew():
    data = batches(X, Y, batch_size=4, steps=2)
    labels(data)
    with pytest.warns(PellucidWarning, match="x ran out of batches: an epoch of 2 batches was "
                                             "asked for, but there are 3 of 4 rows"):
        assert labels(data, 1) == [[8, 9]]
    assert data.more()
    assert labels(data, 2) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_an_epoch_that_is_cut_short_starts_again():
    data = batches(X, Y, batch_size=4)
    next(data.epoch())
    assert labels(data, 1)[0] == [0, 1, 2, 3]


def test_engines_may_gather_by_themselves():
    data = batches(X, Y, batch_size=4, shuffle=True)
    assert isinstance(data, ArrayBatches)
    assert data.x is X
    np.testing.assert_array_equal(data.order(1)[:4], labels(data, 1)[0])
    assert batches(X).order(0) is None
    assert batches(data) is data


# --- generators and other iterables ---------------------------------------------------------------

def pairs(n, size=2):
    for i in range(n):
        yield np.full((size, 1), i), np.full(size, i)


def test_a_generator_is_used_once():
    data = batches(pairs(3))
    assert data.steps is None
    assert data.first()[1].tolist() == [0, 0]
    assert labels(data) == [[0, 0], [1, 1], [2, 2]]
    with pytest.warns(PellucidWarning, match="x ran out of batches: another epoch was asked for, "
                                             "but none is left. Give fewer steps_per_epoch"):
        assert not data.more()
    assert not data.more()                                          # the warning comes once
    assert labels(data, 1) == []


def test_a_generator_goes_on_from_epoch_to_epoch_until_it_is_dry():
    data = batches(pairs(5), steps=2)
    assert labels(data) == [[0, 0], [1, 1]]
    assert data.more()
    assert labels(data, 1) == [[2, 2], [3, 3]]
    with pytest.warns(PellucidWarning, match="epoch of 2 batches was asked for, but 1 came in "
                                             "epoch 3"):
        assert labels(data, 2) == [[4, 4]]
    assert not data.more()
    with pytest.raises(DataError, match="x has no more batches"):
        data.first()


def test_an_iterable_begins_anew():
    class Loader:
        def __iter__(self):
            return pairs(3)

        def __len__(self):
            return 3

    data = batches(Loader())
    assert data.steps == 3
    assert labels(data) == labels(data, 1) == [[0, 0], [1, 1], [2, 2]]
    next(data.epoch(2))
    assert len(labels(data, 3)) == 3
    data = batches(Loader(), steps=2)
    assert labels(data) == [[0, 0], [1, 1]]
    with pytest.warns(PellucidWarning, match="but 1 came in epoch 2"):
        assert labels(data, 1) == [[2, 2]]
    assert data.more()
    assert labels(data, 2) == [[0, 0], [1, 1]]


def test_forms_of_a_batch():
    forms = [np.ones((2, 1)), (np.ones((2, 1)),), [np.ones((2, 1)), [1, 2]], {"a": np.ones(2)},
             (np.ones((2, 1)), np.ones(2), np.ones(2))]
    got = [tuple(part is not None for part in batches(iter([form])).first()) for form in forms]
    assert got == [(True, False, False), (True, False, False), (True, True, False),
                   (True, False, False), (True, True, True)]


# --- validation_split, class weights --------------------------------------------------------------

def test_validation_is_the_last_part():
    (x, y, w), (x_val, y_val, w_val) = validation_part({"a": X}, list(range(10)), Y, 0.25)
    assert y.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert y_val.tolist() == w_val.tolist() == [7, 8, 9]
    assert x["a"].shape == (7, 2)
    assert x_val["a"].shape == (3, 2)
    assert w.tolist() == y.tolist()


@pytest.mark.parametrize("y", [Y, Y[:, None], np.eye(10)[Y], Y + 0.4])
def test_class_weights(y):
    data = batches(X, y, batch_size=10, class_weight={0: 5.0, 3: 0.5})
    weight = data.first()[2]
    assert weight.dtype == np.float32
    assert weight.tolist() == [5, 1, 1, 0.5, 1, 1, 1, 1, 1, 1]


def test_sample_weights_in_the_nest_of_y():
    weights = {"p": Y, "q": Y[::-1]}
    data = batches(X, {"p": Y, "q": Y}, weights, batch_size=2)
    assert data.first()[2]["q"].tolist() == [9, 8]


def test_class_weights_for_ready_batches():
    assert batches(pairs(2), class_weight={0: 3.0}).first()[2].tolist() == [3, 3]


@pytest.mark.parametrize("weight", [np.arange(10.0), np.arange(10.0)[:, None]])
def test_class_weights_multiply_sample_weights(weight):
    told = {0: 3.0, 2: 0.5}
    for data in (batches(X, Y, weight, batch_size=10, class_weight=told),
                 batches(iter([(X, Y, weight)]), class_weight=told)):
        found = data.first()[2]
        assert found.shape == weight.shape
        assert found.ravel().tolist() == [0, 1, 1, 3, 4, 5, 6, 7, 8, 9]


# --- the message for every fault ------------------------------------------------------------------

@pytest.mark.parametrize("kind, call, message", [
    (DataError, lambda: batches(X, Y[:9]), "x and y must have the same number of rows, but got 10 "
                                           "and 9"),
    (DataError, lambda: batches(X, Y, Y[:3]), "x and sample_weight must .* but got 10 and 3"),
    (DataError, lambda: batches(X[:0], Y[:0]), "x has no rows. At least one is needed"),
    (DataError, lambda: batches([], []), "x has no rows"),
    (ArgumentError, lambda: batches(None, Y), "x is needed, but got None"),
    (ArgumentError, lambda: batches(X, Y, [Y, Y], class_weight={0: 1.0}),
     "class_weight needs a single sample_weight, but got 2 of them. Give one array"),
    (ArgumentError, lambda: batches(X, Y, batch_size=0), "batch_size must be a whole number, at "
                                                         "least 1, but got 0"),
    (ArgumentError, lambda: batches(X, Y, batch_size=2.5), "batch_size must be .* but got 2.5"),
    (ArgumentError, lambda: batches(X, Y, steps=-1), "steps must be .* but got -1"),
    (ArgumentError, lambda: batches(X, Y, shuffle="rows"), "shuffle must be True, False or"),
    (ArgumentError, lambda: batches(pairs(1), Y), "y must come with the batches of x, since x is a "
                                                  "generator. Leave y out"),
    (ArgumentError, lambda: batches(pairs(1), None, Y), "sample_weight must come with the batches"),
    (DataError, lambda: batches(pairs(0)), "x yields no batch. At least one is needed"),
    (DataError, lambda: batches(iter([(X, Y, Y, Y)])), "a batch must be x, .*but got a tuple of 4"),
    (DataError, lambda: batches(iter([(X, Y[:2])])), "x and y must .* but got 10 and 2"),
    (KindError, lambda: batches("digits"), "x must hold numbers, but got text"),
    (KindError, lambda: batches(7), "x must have rows, but got a single value, 7"),
    (KindError, lambda: batches(X, ["a"] * 10), "y must hold numbers, but got text"),
    (ArgumentError, lambda: batches(X, {"a": Y}, {"b": Y}), "one array per output, nested as y is"),
    (ShapeError, lambda: batches(X, [Y, Y], np.ones((10, 3))),
     r"one sample_weight for several outputs must have shape \(rows,\), but got \(10, 3\)"),
    (ArgumentError, lambda: validation_part(X, Y, None, 1.0), "validation_split must lie between 0 "
                                                              "and 1, but got 1.0"),
    (ArgumentError, lambda: validation_part(pairs(1), None, None, 0.2),
     "validation_split needs arrays, but x is a generator. Give validation_data"),
    (DataError, lambda: validation_part(X[:1], Y[:1], None, 0.2),
     "1 rows are too few for validation_split=0.2"),
    (ArgumentError, lambda: class_weights([Y, Y], {0: 1.0}), "class_weight needs a single y, but "
                                                             "got 2 of them. Use sample_weight"),
    (ArgumentError, lambda: batches(X, class_weight={0: 1.0}), "needs a single y, but got none"),
    (ArgumentError, lambda: class_weights(Y, {"0": 1.0}), "must map class numbers to weights, but "
                                                          "got '0': 1.0"),
    (ArgumentError, lambda: class_weights(Y, {0: "a"}), "must map class numbers to weights"),
    (ArgumentError, lambda: class_weights(Y, [1, 2]), "class_weight must be a dict from class"),
    (ShapeError, lambda: class_weights(np.ones((2, 2, 2)), {0: 1.0}), r"but got \(2, 2, 2\)"),
    (DataError, lambda: class_weights(np.array([0, np.nan]), {0: 1.0}),
     "class_weight needs a class in every row, but row 2 of y is nan"),
])
def test_messages(kind, call, message):
    with pytest.raises(kind, match=message):
        call()


def test_batch_size_without_effect():
    with pytest.warns(PellucidWarning, match="batch_size=4 has no effect: x is a generator"):
        batches(pairs(1), batch_size=4)


# --- Keras itself ---------------------------------------------------------------------------------

@pytest.mark.keras
@pytest.mark.parametrize("arguments", [
    {}, {"batch_size": 3}, {"steps": 4}, {"batch_size": 4, "steps": 2},
    {"class_weight": {1: 2.0, 7: 0.25}}, {"batch_size": 10},
])
def test_batches_are_those_of_keras(arguments):
    from keras.src.trainers.epoch_iterator import EpochIterator

    theirs = EpochIterator(X.astype("float32"), Y, steps_per_epoch=arguments.get("steps"),
                           **{k: v for k, v in arguments.items() if k != "steps"})
    ours = batches(X, Y, **arguments)
    for epoch in range(3):
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("always")
            expected = [data[0] for _, _, data in theirs.enumerate_epoch()]
            got = list(ours.epoch(epoch))
        assert len(got) == len(expected)
        for mine, batch in zip(got, expected, strict=True):
            for part, other in zip(mine, (*batch, None)[:3], strict=True):
                assert (part is None) == (other is None)
                if part is not None:
                    assert part.shape == other.shape
                    np.testing.assert_allclose(part, other)


@pytest.mark.keras
@pytest.mark.parametrize("share", [0.1, 0.15, 0.25, 0.5, 0.99])
def test_the_validation_part_is_that_of_keras(share):
    from keras.src.trainers.data_adapters.array_slicing import train_validation_split

    if int(10 * (1 - share)) == 0:
        with pytest.raises(DataError, match="too few"):
            validation_part(X, Y, None, share)
        return
    (x, y, _), (x_val, y_val, _) = train_validation_split((X, Y, None), share)
    mine, other = validation_part(X, Y, None, share)
    for got, expected in zip((*mine[:2], *other[:2]), (x, y, x_val, y_val), strict=True):
        np.testing.assert_array_equal(got, expected)


@pytest.mark.keras
def test_packing_is_that_of_keras():
    import keras

    for parts in [(1,), (1, 2), (1, 2, 3), ([1],), ((1, 2),), (1, None, None), ([1], 2, None)]:
        assert pack_x_y_sample_weight(*parts) == keras.utils.pack_x_y_sample_weight(*parts)
    for data in [1, (1,), (1, 2), [1, 2], (1, 2, 3), {"a": 1}]:
        assert unpack_x_y_sample_weight(data) == keras.utils.unpack_x_y_sample_weight(data)
