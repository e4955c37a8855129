"""TensorFlow's names for what custom training loops do: clip, mask, combine."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import tf


def test_clip_by_norm():
    assert tf.clip_by_norm([3.0, 4.0], 1.0).numpy() == pytest.approx([0.6, 0.8])
    assert tf.clip_by_norm([0.3, 0.4], 1.0).numpy() == pytest.approx([0.3, 0.4])


def test_clip_by_global_norm():
    """As TensorFlow's documentation says: times clip_norm / max(global norm, clip_norm)."""
    clipped, length = tf.clip_by_global_norm([[3.0], None, [[4.0]]], 2.0)
    assert float(length) == pytest.approx(5.0) == pytest.approx(
        float(tf.global_norm([[3.0], None, [[4.0]]])))
    assert clipped[1] is None
    assert [float(clipped[0][0]), float(clipped[2][0, 0])] == pytest.approx([1.2, 1.6])
    kept, _ = tf.clip_by_global_norm([[3.0], [4.0]], 9.0)
    assert [float(each[0]) for each in kept] == pytest.approx([3.0, 4.0])


def test_masks():
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert tf.boolean_mask(x, [True, False, True]).tolist() == [[1.0, 2.0], [5.0, 6.0]]
    assert tf.boolean_mask(x, x.numpy() > 2.5).tolist() == [3.0, 4.0, 5.0, 6.0]
    assert tf.sequence_mask([1, 3]).tolist() == [[True, False, False], [True] * 3]
    assert tf.sequence_mask([1, 3], 2, dtype=tf.float32).tolist() == [[1.0, 0.0], [1.0, 1.0]]


@pytest.mark.parametrize(("name", "hint"), [("data", "PyDataset"), ("print", "Python's print"),
                                            ("no_such_name", "pellucid.ops")])
def test_what_is_not_there_is_told_with_what_to_take(name, hint):
    with pytest.raises(AttributeError, match=hint):
        getattr(tf, name)


def test_names_that_only_stand_for_others():
    x = np.arange(6.0, dtype="float32").reshape(2, 3)
    np.testing.assert_allclose(tf.einsum("ij,kj->ik", x, x).numpy(), x @ x.T)
    assert tf.sigmoid(0.0) == 0.5
    across, down = tf.meshgrid([1, 2, 3], [4, 5])
    assert across.tolist() == [[1, 2, 3]] * 2
    assert down.tolist() == [[4] * 3, [5] * 3]
    assert tf.clip_by_value([-3.0, 0.5, 3.0], -1, 1).tolist() == [-1.0, 0.5, 1.0]
