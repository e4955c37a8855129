"""Over- and underfitting on measurements of 442 diabetes patients, and four remedies side by side.

Two layers of 64 units learn 200 rows by heart: the error on them falls to nearly 0 while that on
other rows rises again. With a penalty that is far too strong the same network learns too little of
either. Early stopping, dropout, an L2 penalty and batch normalization are each measured with and
without, over five seeds that choose the rows and the first weights.

    python examples/overfitting.py [picture.png]    (bars go to picture_remedies.png)
"""

import sys
from pathlib import Path

import numpy as np

from pellucid import Input, Sequential, callbacks, data, layers, set_random_seed
from pellucid.insight.plots.curves_compared import curves_compared
from pellucid.insight.plots.with_and_without import with_and_without
from pellucid.regularizers import L2

diabetes = data.load("diabetes")
x = (diabetes.x - diabetes.x.mean(axis=0)) / diabetes.x.std(axis=0)
y = (diabetes.y - diabetes.y.mean()) / diabetes.y.std()     # guessing the mean has the error 1
SEEDS = range(5)


def run(seed, penalty=0.0, dropout=0.0, normalized=False, stop=False):
    """The curves of 150 epochs on 200 rows and 120 others, and the error on the 122 left."""
    train, validation, test = np.split(np.random.default_rng(seed).permutation(len(x)), [200, 320])
    set_random_seed(seed)
    model = Sequential([Input((10,))])
    for _ in range(2):
        model.add(layers.Dense(64, kernel_regularizer=L2(penalty) if penalty else None))
        if normalized:
            model.add(layers.BatchNormalization())
        model.add(layers.Activation("relu"))
        if dropout:
            model.add(layers.Dropout(dropout))
    model.add(layers.Dense(1))
    model.compile("adam", "mse", metrics=["mse"])           # the metric leaves the penalty out
    early = callbacks.EarlyStopping("val_mse", mode="min", patience=15, restore_best_weights=True)
    history = model.fit(x[train], y[train], epochs=150, verbose=0,
                        validation_data=(x[validation], y[validation]),
                        callbacks=[early] if stop else None).history
    return history, model.evaluate(x[test], y[test], verbose=0)[1]


RUNS = {"no remedy": {}, "early stopping": {"stop": True}, "dropout 0.5": {"dropout": 0.5},
        "L2 of 0.03": {"penalty": 0.03}, "batch normalization": {"normalized": True},
        "too strong: L2 of 3": {"penalty": 3.0}}
curves, error = {}, {}
for name, options in RUNS.items():
    runs = [run(seed, **options) for seed in SEEDS]
    curves[name], error[name] = runs[0][0], np.array([each for _, each in runs])
    trained = np.mean([history["mse"][-1] for history, _ in runs])
    print(f"{name:<20} error on training rows {trained:.3f}, on test rows {error[name].mean():.3f} "
          f"(from {error[name].min():.3f} to {error[name].max():.3f})")

picture = Path(sys.argv[1] if len(sys.argv) > 1 else "overfitting.png")
curves_compared(curves, "mse").savefig(picture, dpi=144)
plain, *remedies, strong = RUNS
with_and_without({plain: error[plain]}, {name: error[name] for name in remedies},
                 "mean squared error on test rows").savefig(
    picture.with_stem(f"{picture.stem}_remedies"), dpi=144)

best = int(np.argmin(curves[plain]["val_mse"]))
print(f"Without a remedy the validation error is least after epoch {best + 1} "
      f"({curves[plain]['val_mse'][best]:.2f}) and {curves[plain]['val_mse'][-1]:.2f} at the end; "
      f"on test rows the mean of {len(SEEDS)} seeds falls from {error[plain].mean():.2f} to "
      + ", ".join(f"{error[name].mean():.2f} with {name}" for name in remedies)
      + f", and is {error[strong].mean():.2f} with a penalty that is too strong: see {picture}.")
