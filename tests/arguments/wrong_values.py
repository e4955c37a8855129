"""Values that an argument must refuse: from its field where that says enough, else by its name."""

from __future__ import annotations

from typing import Any

from pellucid.core.field import Field
from pellucid.core.kinds import AXES, FUNCTION, LOUDNESS, NUMBERS, SEED, TEXT, TRUTH, VALUES

NAN, INF = float("nan"), float("inf")
OF_KIND: dict[Any, list[Any]] = {
    TRUTH: ["yes", 2.5, [True]], TEXT: [3, ["a"]], AXES: ["x", 1.5, True, []], SEED: ["x", 1.5],
    NUMBERS: ["x", NAN, [1.0, "x"], True], VALUES: ["x", [[1.0], [1.0, 2.0]]],
    LOUDNESS: ["loud", 1.5, None], FUNCTION: [3, "f"]}

SIZES = [0, -1, "3", True, 2.5, (1, 1, 1, 1), (NAN,)]
COUNTS = [-1, "3", True, 2.5, (1, 1, 1, 1, 1)]
INDICES = ["x", 1.5, True, [0.5]]
FLAGS = OF_KIND[TRUTH]
RATES = [-1.0, "0.1", NAN, True, [0.1]]
PATHS = [3, ["a"]]
# what no field says enough about
OF_NAME: dict[str, list[Any]] = {
    **dict.fromkeys(("kernel_size", "pool_size", "output_size", "size", "dilation_rate"), SIZES),
    "strides": SIZES, "cropping": COUNTS, "padding": COUNTS, "output_padding": [-1, "3", True, 2.5],
    "axis": INDICES, "axes": INDICES, "attention_axes": INDICES, "shared_axes": [*INDICES, 0],
    "dims": [(1, 1), (0, 1), "ab", 3], "target_shape": [(-1, -1), (2.5,), "ab", (-2,), 2.5],
    "noise_shape": ["x", (2.5,), (True,)], "target_class_ids": [0, "x", [9], [0.5]],
    **dict.fromkeys(("trainable", "autocast", "use_ema", "append", "double_checkpoint", "sparse",
                     "delete_checkpoint", "invert", "optional", "raise_error", "send_as_json",
                     "ragged", "swap_on_epoch"), FLAGS),
    **dict.fromkeys(("clipnorm", "clipvalue", "global_clipnorm", "weight_decay", "learning_rate"),
                    RATES),
    "ema_momentum": [*RATES, 1.5], "ema_overwrite_frequency": [0, 2.5, "3", True],
    "gradient_accumulation_steps": [-1, 1, 2.5, "3"], "loss_scale_factor": [0, *RATES],
    "name": [3, ["a"]], "dtype": ["flaot32", 3, ["x"]], "reduction": ["smu", 3],
    "activity_regularizer": ["l22", 3], "fn": [3], "schedule": [3, "f"], "function": [3, "f"],
    **dict.fromkeys(("on_epoch_begin", "on_epoch_end", "on_train_begin", "on_train_end",
                     "on_train_batch_begin", "on_train_batch_end"), OF_KIND[FUNCTION]),
    "filename": PATHS, "filepath": [*PATHS, "model.txt"], "backup_dir": PATHS, "log_dir": PATHS,
    "save_freq": ["epcoh", 0, -1, 1.5, True], "update_freq": ["epcoh", 0, 1.5],
    "separator": [3, ";;"], "root": [3, "localhost"], "path": [3], "field": [3], "headers": ["x"],
    "verbose": ["loud", 1.5], "shape": ["x", (2.5,), (-1,), (True,)], "batch_size": [-1, "x"],
    "batch_shape": ["x", (None, 2.5)], "boundaries": ["x", 3, [NAN], [2, 1]],
    "values": ["x", 3, [0.1, "x"]], "alpha": [-1.0, "x", NAN], "layer": [3, "Dense"],
    "backward_layer": [3, "GRU"], "cells": [3, []], "layers": [3, ["x"]],
    "output_shape": [0, "x", (2.5,)], "bias_axes": [3, ""], "arguments": [3, ["x"]],
    "mean": ["x", [1.0, "x"]], "variance": ["x", -1.0], "seed": OF_KIND[SEED],
    "scale": OF_KIND[VALUES], "offset": OF_KIND[VALUES], "lora_rank": [3],
    "renorm_clipping": [3, {"rmx": 1.0}, {"rmax": "x"}, {"dmax": -1.0}],
    "vocabulary": [3, [["a"]]], "ngrams": [0, -1, "x", (0,), 1.5],
    "standardize": ["lowre", 3], "split": ["whitespcae", 3],
    "default_optimizer": [3, "adma"], "optimizer_map": [3, "x"], "exclude_layers": [3, [3]],
    "interpolation": ["naerest", 3],
}
# arguments that may be anything, and why
FREE: dict[str, str] = {
    "mask": "Lambda's: a mask, or a function", "mask_token": "any word", "oov_token": "any word",
    "mask_value": "of Hashing: any word", "weights": "checked by set_weights, with their shapes",
    "idf_weights": "go with tf_idf and a vocabulary: tests/layers/test_preprocessing_text.py",
    "input_length": "no longer of use: a warning says so",
    "input_tensor": "Keras's, of no effect", "embeddings_metadata": "of no effect",
    "profile_batch": "of no effect", "optimizer_map": "MultiOptimizer's",
}


def of_field(field: Field) -> list[Any]:
    """Values that the declaration itself refuses."""
    if field.one_of:
        names = [each for each in field.one_of if isinstance(each, str) and len(each) > 3]
        return [*map(misspelt, names), 3.5, ["x"]]
    if not field.numeric:
        return [each for each in OF_KIND.get(field.kind, []) if each is not None
                or not field.optional]
    wrong = ["3", [1, 2], NAN, True, *([] if field.infinite else [INF, -INF])]
    wrong += [] if field.optional else [None]
    wrong += [1.5 + (field.at_least or 0)] if field.whole else []
    for bound, step in ((field.at_least, -1), (field.at_most, 1)):
        wrong += [] if bound is None else [bound + step]
    return wrong + [bound for bound in (field.above, field.below) if bound is not None]


def misspelt(name: str) -> str:
    """The name with two letters in each other's place, or its last one twice."""
    for i in range(1, len(name) - 1):
        if name[i] != name[i + 1]:
            return name[:i] + name[i + 1] + name[i] + name[i + 2:]
    return name + name[-1]


def wrong_for(cls: type, name: str) -> list[Any]:
    """Values that an argument of a class must refuse."""
    field = getattr(cls, "fields", {}).get(name)
    if field is not None and field.get is not None:
        return ["zzz", 3.5] if "initializer" in name or "constraint" in name else ["zzz"]
    found = of_field(field) if field is not None else []
    return found or OF_NAME.get(name, [])
