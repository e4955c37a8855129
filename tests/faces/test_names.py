"""The faces re-export: every name of the issue exists, and means the same thing everywhere."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import pellucid
from pellucid import keras, ops, tf

NAMES = {
    "keras": """Sequential Model Input Variable activations initializers regularizers losses
        metrics optimizers callbacks layers models utils ops random saving backend config""",
    "keras.layers": """Layer Input InputLayer Dense Activation Dropout BatchNormalization Flatten
        Reshape Normalization StringLookup CategoryEncoding Concatenate Add""",
    "keras.losses": """Loss MeanSquaredError MeanAbsoluteError Huber BinaryCrossentropy
        CategoricalCrossentropy SparseCategoricalCrossentropy Hinge mean_squared_error huber get
        binary_crossentropy""",
    "keras.optimizers": "Optimizer SGD RMSprop Adagrad Adam AdamW schedules get",
    "keras.initializers": """Zeros Ones Constant RandomNormal RandomUniform TruncatedNormal
        GlorotUniform GlorotNormal HeNormal HeUniform LecunNormal Orthogonal VarianceScaling""",
    "keras.regularizers": "Regularizer L1 L2 L1L2",
    "keras.metrics": """Metric Mean Accuracy BinaryAccuracy CategoricalAccuracy Precision Recall
        SparseCategoricalAccuracy AUC MeanSquaredError MeanAbsoluteError RootMeanSquaredError
        R2Score""",
    "keras.callbacks": """Callback History EarlyStopping ModelCheckpoint ReduceLROnPlateau
        TerminateOnNaN CSVLogger LearningRateScheduler LambdaCallback""",
    "keras.utils": "set_random_seed to_categorical PyDataset clear_session normalize",
    "keras.models": "Sequential Model load_model save_model clone_model model_from_json",
    "keras.saving": "load_model save_model register_keras_serializable custom_object_scope",
    "keras.ops": "relu matmul sum mean softmax where concatenate convert_to_tensor cast sigmoid",
    "keras.random": "normal uniform gamma beta binomial SeedGenerator",
    "keras.dtype_policies": "DTypePolicy FloatDTypePolicy get serialize deserialize",
    "keras.mixed_precision": """DTypePolicy Policy dtype_policy global_policy set_dtype_policy
        set_global_policy""",
    "tf": """keras GradientTape Variable constant matmul math nn random reduce_sum reduce_mean
        function float32 cast zeros ones Tensor square newaxis""",
    "tf.math": "sigmoid exp log square reduce_sum tanh", "tf.nn": "softmax relu sigmoid",
    "tf.random": "normal uniform set_seed", "tf.keras.layers": "Dense",
}


@pytest.mark.parametrize("place", NAMES)
def test_every_name_is_there(place):
    found = pellucid
    for part in place.split("."):
        found = getattr(found, part)
    missing = [name for name in NAMES[place].split() if not hasattr(found, name)]
    assert not missing


def test_policies_in_their_older_places():
    policy = keras.dtype_policies.get("float64")
    assert keras.dtype_policies.deserialize(keras.dtype_policies.serialize(policy)) == policy
    with pytest.raises(ValueError, match="one float type per layer, but got mixed_float16"):
        keras.mixed_precision.set_global_policy("mixed_float16")
    assert keras.mixed_precision.global_policy() == keras.dtype_policies.get("float32")
    assert keras.version() == keras.__version__


def test_faces_hold_the_same_objects():
    from pellucid.keras.layers import Dense
    from pellucid.layers import Dense as Ours
    assert Dense is Ours is tf.keras.layers.Dense is keras.layers.Dense
    assert tf.keras is keras
    assert keras.ops.relu is ops.relu is tf.nn.relu
    assert keras.optimizers.schedules.ExponentialDecay is (
        pellucid.schedules.ExponentialDecay)
    assert tf.GradientTape is pellucid.GradientTape


def test_names_that_are_not_there():
    for module in (pellucid, keras, tf):
        with pytest.raises(AttributeError, match="has no 'no_such_name'"):
            _ = module.no_such_name
    with pytest.raises(AttributeError, match='did you mean "layers"'):
        _ = pellucid.layrs
    assert {"layers", "Model"} <= set(dir(keras))
    assert importlib.import_module("pellucid.keras.layers").Dense


def test_faces_are_loaded_only_when_used():
    told = ("import sys, pellucid; from pellucid import keras, tf; "
            "print([m for m in ('h5py', 'rich', 'matplotlib', 'sklearn', 'pandas', 'polars', "
            "'typer', 'pellucid.models') if m in sys.modules])")
    out = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_small_functions_of_the_faces():
    import numpy as np
    assert keras.utils.to_categorical([0, 2, 1]).tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert keras.utils.to_categorical([[1], [0]], num_classes=3).shape == (2, 3)
    with pytest.raises(ValueError, match="whole numbers from 0 to 1, but got 0 to 2"):
        keras.utils.to_categorical([0, 2], num_classes=2)
    assert np.allclose(keras.utils.normalize([[3.0, 4.0], [0.0, 0.0]]), [[0.6, 0.8], [0, 0]])
    assert keras.backend.backend() == "pellucid"
    assert keras.backend.epsilon() == 1e-7
    assert ops.convert_to_numpy(ops.convert_to_tensor([1.0])).tolist() == [1.0]
    assert ops.is_tensor(ops.ones(2))
    assert not ops.is_tensor(np.ones(2))
    assert (ops.shape(np.ones((2, 3))), ops.ndim(ops.ones((2, 3))), ops.size(ops.ones((2, 3)))) == (
        (2, 3), 2, 6)
    assert float(tf.nn.l2_loss([3.0, 4.0])) == 12.5
    assert tf.nn.softmax_cross_entropy_with_logits([[0.0, 1.0]], [[0.0, 0.0]]).numpy() == (
        pytest.approx(np.log(2)))
    assert tf.nn.sparse_softmax_cross_entropy_with_logits([1], [[0.0, 0.0]]).numpy() == (
        pytest.approx(np.log(2)))
    assert sorted(tf.random.shuffle([3, 1, 2], seed=1).numpy().tolist()) == [1, 2, 3]
    assert tf.random.uniform([2]).shape == (2,)
    assert tf.identity(tf.constant(2.0)).numpy() == 2.0
