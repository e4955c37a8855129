"""Hyper-parameters chosen by measuring: Optuna searches layers, units, rate, dropout, L2 and more.

    python examples/tune_with_optuna.py [picture.png]

Each of the trials below trains a network on 500 handwritten digits and is judged on 400 others;
Optuna's sampler proposes the next trial from what it has seen. Rows that neither has seen then tell
what the search was worth. The search is not ours, on purpose: `pip install optuna`.
"""

import sys

import numpy as np
import optuna

from pellucid import keras, set_random_seed
from pellucid.data import load
from pellucid.insight.plots.trials import trials

TRIALS, SEEDS = 30, 3
FIRST_GUESS = {"layers": 1, "units": 32, "batch size": 32, "epochs": 20, "rate": 0.001,
               "dropout": 0.0, "L2": 0.0}

digits = load("digits")
order = np.random.default_rng(0).permutation(digits.rows)
x, y = digits.x[order] / 16, digits.y[order]
train, check, test = slice(0, 500), slice(500, 900), slice(900, None)


def trained(chosen, seed=0):
    """A network of these hyper-parameters after training."""
    set_random_seed(seed)
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(chosen["layers"]):
        model.add(keras.layers.Dense(chosen["units"], "relu",
                                     kernel_regularizer=keras.regularizers.L2(chosen["L2"])))
        model.add(keras.layers.Dropout(chosen["dropout"]))
    model.add(keras.layers.Dense(10, "softmax"))
    model.compile(keras.optimizers.Adam(chosen["rate"]), "sparse_categorical_crossentropy",
                  metrics=["accuracy"])
    model.fit(x[train], y[train], batch_size=chosen["batch size"], epochs=chosen["epochs"],
              verbose=0)
    return model


def accuracy(model, rows):
    return model.evaluate(x[rows], y[rows], verbose=0)[1]


def objective(trial):
    chosen = {"layers": trial.suggest_int("layers", 1, 3),
              "units": trial.suggest_int("units", 8, 128, log=True),
              "batch size": trial.suggest_categorical("batch size", [16, 32, 64]),
              "epochs": trial.suggest_int("epochs", 5, 40),
              "rate": trial.suggest_float("rate", 1e-4, 1e-1, log=True),
              "dropout": trial.suggest_float("dropout", 0.0, 0.5),
              "L2": trial.suggest_float("L2", 1e-6, 1e-2, log=True)}
    return accuracy(trained(chosen), check)


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=0))
study.optimize(objective, n_trials=TRIALS)

before, after = (np.mean([accuracy(trained(chosen, seed), test) for seed in range(SEEDS)])
                 for chosen in (FIRST_GUESS, study.best_params))
for name, value in study.best_params.items():
    print(f"{name:10} {value:.3g}   (first guess {FIRST_GUESS[name]:.3g})")

picture = sys.argv[1] if len(sys.argv) > 1 else "tune_with_optuna.png"
values = {name: [trial.params[name] for trial in study.trials] for name in FIRST_GUESS}
trials([trial.value for trial in study.trials], values, name="accuracy",
       width=900).savefig(picture, dpi=144)
print(f"{TRIALS} trials raised the accuracy on {len(y[test])} unseen digits from {before:.4f} "
      f"(first guess) to {after:.4f}, means of {SEEDS} seeds; on the rows that chose, the best "
      f"trial had {study.best_value:.4f}. Picture: {picture}")
assert after > before
