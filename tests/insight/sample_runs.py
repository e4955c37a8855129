"""Runs as training would leave them, made of random numbers: one of each task."""

from __future__ import annotations

import numpy as np

from pellucid.insight.report.run import Column, LayerLine, Run

SETTINGS = {"layers": "128 relu, dropout 0.2, 64 relu", "optimizer": "Adam",
            "learning_rate": 0.001, "batch_size": 32, "epochs": 200, "weight_decay": 0.0001,
            "loss": "sparse_categorical_crossentropy", "early stopping patience": 15,
            "restore_best_weights": True}
VERSIONS = {"pellucid": "0.1.0", "python": "3.11.2", "numpy": "2.4.0"}
STOPPED = "Validation loss had not improved for 15 epochs"


def history(epochs: int, first: float, last: float, seed: int = 0,
            metric: tuple[str, float, float] = ("accuracy", 0.1, 0.99)) -> dict[str, list[float]]:
    """Curves that fall or rise as real ones do, validation a little worse and noisier."""
    random = np.random.default_rng(seed)
    t = np.arange(epochs)
    fall = np.exp(-t / max(epochs / 7, 1))
    name, low, high = metric
    noise = random.normal(size=(4, epochs))
    loss = last + (first - last) * fall * (1 + 0.03 * noise[0])
    val = last * 2.5 + (first - last) * fall * (1 + 0.05 * noise[1]) + 0.001 * first * t / 10
    value = high + (low - high) * fall * (1 + 0.03 * noise[2])
    val_value = high - 0.03 * abs(high - low) + (low - high) * fall * (1 + 0.06 * noise[3])
    return {"loss": loss.tolist(), name: value.tolist(), "val_loss": val.tolist(),
            f"val_{name}": val_value.tolist()}


def _answers(n: int, k: int, accuracy: float, seed: int) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    y = np.arange(n) % k
    # neighbouring classes resemble each other, so mistakes gather in a few pairs
    wrong = random.random(n) > accuracy
    other = np.where(random.random(n) < 0.6, (y * 7 + 5) % k, random.integers(0, k, n))
    said = np.where(wrong & (other != y), other, y)
    sure = np.where(said == y, 1 - 0.4 * random.random(n) ** 4, 0.5 + 0.49 * random.random(n))
    p = random.random((n, k)) ** 3 * 0.02
    p[np.arange(n), said] = 0
    p *= ((1 - sure) / np.maximum(p.sum(axis=1), 1e-12))[:, None]
    p[np.arange(n), said] = sure
    return y, p.argmax(axis=1), p


def _layers(inputs: int, units: int) -> list[LayerLine]:
    return [LayerLine(name="scaling", kind="Normalization", output_shape=(None, inputs),
                      parameters=2 * inputs + 1),
            LayerLine(name="hidden_1", kind="Dense", output_shape=(None, 128), detail="relu",
                      parameters=(inputs + 1) * 128),
            LayerLine(name="dropout", kind="Dropout", output_shape=(None, 128), detail="0.2",
                      parameters=0),
            LayerLine(name="hidden_2", kind="Dense", output_shape=(None, 64), detail="relu",
                      parameters=129 * 64),
            LayerLine(name="output", kind="Dense", output_shape=(None, units), detail="softmax",
                      parameters=65 * units)]


def classes(k: int, n: int = 450, accuracy: float = 0.97, *, name: str = "made-up",
            names: list[str] | None = None, **more) -> Run:
    """A run with ``k`` classes and ``n`` test rows."""
    y, said, p = _answers(n, k, accuracy, k)
    right = float((y == said).mean())
    given = {
        "data_name": name, "rows": 4 * n, "features": 13, "targets": ["species"],
        "task": "binary" if k == 2 else "multiclass",
        "rule": f"species holds {k} different values, so this is a classification",
        "class_names": names or [str(c) for c in range(k)],
        "split": {"train": 3 * n - 3 * n * 15 // 100,
                  "validation": 3 * n * 15 // 100, "test": n},
        "columns": numbers(13), "layers": _layers(13, k), "settings": SETTINGS,
        "history": history(62, 2.3, 0.02), "best_epoch": 47, "stopped": STOPPED,
        "metrics": {"accuracy": right, "loss": 0.0921},
        "baseline": {"accuracy": 1 / k, "loss": float(np.log(k))},
        "baseline_rule": "always guessing the majority class",
        "y_true": y, "y_pred": said, "probabilities": p,
        "row_numbers": np.random.default_rng(1).permutation(4 * n)[:n].tolist(),
        "command": f"pellucid train {name} --target species --seed 7",
        "seconds": 7.43, "seed": 7, "date": "2026-11-21", "versions": VERSIONS,
    }
    return Run(**(given | more))


def numbers(k: int) -> list[Column]:
    """``k`` number columns."""
    random = np.random.default_rng(k)
    return [Column(name=f"measure {i}", kind="number", mean=float(random.normal(10, 4)),
                   std=float(random.uniform(1, 4)), minimum=0.5, maximum=31.25,
                   missing=3 if i == 2 else 0) for i in range(k)]


def digits(n: int = 450) -> Run:
    """Ten classes of 8 × 8 pictures, the way scikit-learn's digits come."""
    random = np.random.default_rng(3)
    blur = np.add.outer(np.abs(np.arange(8) - 3.5), np.abs(np.arange(8) - 3.5))
    values = {f"pixel_{r}_{c}": np.clip(random.normal(16 - 3 * blur[r, c], 4, n), 0, 16).round()
              for r in range(8) for c in range(8)}
    columns = [Column(name=name, kind="number", mean=float(v.mean()), std=float(v.std()),
                      minimum=float(v.min()), maximum=float(v.max()))
               for name, v in values.items()]
    return classes(10, n, 0.976, name="digits", features=64, layers=_layers(64, 10),
                   columns=columns, test_values=values, image_shape=(8, 8), targets=["digit"],
                   rule="The target digit holds 10 different whole numbers, so it is a class",
                   command="pellucid train digits --target digit --seed 7")


def binary(n: int = 143) -> Run:
    """Two classes, tabular, with categories and gaps."""
    columns = [*numbers(6), Column(name="town", kind="category", distinct=24, missing=11,
                                   top=[("Bern", 102), ("Basel", 81), ("Genève", 64)]),
               Column(name="diagnosis", kind="target", distinct=2,
                      top=[("benign", 357), ("malignant", 212)])]
    random = np.random.default_rng(5)
    values = {c.name: random.normal(c.mean or 0, 1.6 * (c.std or 1), n) for c in columns[:6]}
    return classes(2, n, 0.95, name="patients.csv", data_path="data/patients.csv", features=7,
                   names=["benign", "malignant"], targets=["diagnosis"], columns=columns,
                   test_values=values, layers=_layers(7, 1),
                   notes=["14 gaps were filled: numbers with the median, categories with "
                          "'missing'", "2 rows without a diagnosis were left out"],
                   rule="diagnosis holds two different values, so this is a binary "
                        "classification",
                   command="pellucid train data/patients.csv --target diagnosis --seed 7")


def multilabel(n: int = 400, names: tuple[str, ...] = ("rain", "wind", "fog", "thunderstorm",
                                                       "frost", "sun")) -> Run:
    """Several labels a row."""
    random = np.random.default_rng(9)
    often = np.linspace(0.55, 0.06, len(names))
    y = (random.random((n, len(names))) < often).astype(int)
    flip = random.random(y.shape) < 0.09
    p = np.clip(np.where(flip, 1 - y, y) * 0.8 + 0.1 + random.normal(0, 0.05, y.shape), 0, 1)
    return classes(2, n, name="weather.parquet", data_path="weather.parquet", task="multilabel",
                   rule="Several targets, each of zeros and ones, so each row may have many labels",
                   targets=list(names), class_names=names, y_true=y, y_pred=(p > 0.5).astype(int),
                   probabilities=p, layers=_layers(13, len(names)),
                   metrics={"binary_accuracy": float(((p > 0.5) == y).mean()), "auc": 0.941,
                            "loss": 0.2504},
                   baseline={"binary_accuracy": float(1 - y.mean(axis=0).clip(0, .5).mean()),
                             "auc": 0.5, "loss": 0.5733},
                   baseline_rule="always giving each label's more frequent answer",
                   history=history(80, 0.69, 0.2, metric=("binary_accuracy", 0.6, 0.92)),
                   best_epoch=66)


def regression(n: int = 111, targets: tuple[str, ...] = ("progression",)) -> Run:
    """Numbers to be predicted."""
    random = np.random.default_rng(11)
    truth = random.gamma(4, 38, (n, len(targets)))
    said = truth.mean() + 0.6 * (truth - truth.mean()) + random.normal(0, 38, truth.shape)
    if len(targets) == 1:
        truth, said = truth[:, 0], said[:, 0]
    error = said - truth
    columns = [*numbers(10), Column(name=targets[0], kind="target", mean=152.13, std=77.1,
                                    minimum=25, maximum=346)]
    values = {c.name: random.normal(c.mean or 0, 1.5 * (c.std or 1), n) for c in columns[:10]}
    return classes(2, n, name="diabetes", task="regression", targets=list(targets), features=10,
                   rule=f"{targets[0]} holds 214 different numbers, so this is a regression",
                   class_names=(), y_true=truth, y_pred=said, probabilities=None,
                   columns=columns, test_values=values, layers=_layers(10, 1),
                   metrics={"mae": float(np.abs(error).mean()),
                            "rmse": float(np.sqrt((error ** 2).mean())),
                            "r2": float(1 - (error ** 2).mean() / truth.var())},
                   baseline={"mae": float(np.abs(truth - truth.mean()).mean()),
                             "rmse": float(truth.std()), "r2": -0.0031},
                   baseline_rule="always answering the mean",
                   history=history(140, 29000, 2600, metric=("mae", 150, 42)), best_epoch=118)


SAMPLES = {"binary": binary, "three": lambda: classes(
    3, 38, 0.95, name="iris", names=["setosa", "versicolor", "virginica"]), "digits": digits,
    "forty": lambda: classes(40, 1200, 0.91, name="birds.csv", names=[
        f"{a} {b}" for a in ("grey", "red-backed", "little", "great", "common")
        for b in ("wagtail", "shrike", "owl", "tit", "bunting", "warbler", "crake", "gull")]),
    "multilabel": multilabel, "regression": regression,
    "large regression": lambda: regression(6000)}
