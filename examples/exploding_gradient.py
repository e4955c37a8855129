"""Exploding gradients: large weights and a high rate throw the next step farther than the last.

A network of four hidden layers learns the progression of diabetes from weights 1.5 times as wide
as He's: on its way back the gradient grows from layer to layer, and at a rate of 0.03 the weights
are infinite within a few steps. Four remedies, each measured with and without, over five seeds:
clipping the gradient to a norm of 1, a lower rate, batch normalization, and He's own start.

    python examples/exploding_gradient.py [picture.png]
"""

import sys

import numpy as np

from pellucid import Input, Sequential, data, layers, optimizers, set_random_seed
from pellucid.initializers import VarianceScaling
from pellucid.insight.plots.with_and_without import with_and_without
from pellucid.insight.signals import signals

diabetes = data.load("diabetes")
x = (diabetes.x - diabetes.x.mean(axis=0)) / diabetes.x.std(axis=0)
y = (diabetes.y - diabetes.y.mean()) / diabetes.y.std()     # guessing the mean has the error 1
train, test = slice(0, 300), slice(300, None)
SEEDS = range(5)


def run(seed, rate=0.03, clip=None, normalized=False, wider=1.5):
    """The largest gradient of a layer before training, and the test error after 60 epochs."""
    set_random_seed(seed)
    model = Sequential([Input((10,))])
    for _ in range(4):                                  # He's variance is 2 / inputs
        model.add(layers.Dense(32, kernel_initializer=VarianceScaling(2 * wider**2)))
        if normalized:
            model.add(layers.BatchNormalization())
        model.add(layers.Activation("relu"))
    model.add(layers.Dense(1))
    model.compile(optimizers.SGD(rate, global_clipnorm=clip), "mse")
    largest = max(each.gradient_norm for each in signals(model, x[train], y[train]))
    model.fit(x[train], y[train], epochs=60, verbose=0)
    return largest, model.evaluate(x[test], y[test], verbose=0)


RUNS = {"rate 0.03, wide start": {}, "gradient clipped to 1": {"clip": 1.0},
        "rate 0.003": {"rate": 0.003}, "batch normalization": {"normalized": True},
        "He's start": {"wider": 1.0}}
gradient, error = {}, {}
for name, options in RUNS.items():
    gradient[name], error[name] = np.transpose([run(seed, **options) for seed in SEEDS])
    ends = error[name][np.isfinite(error[name])]
    print(f"{name:<22} largest gradient at first {gradient[name].mean():9.3g}; {len(ends)} of "
          f"{len(SEEDS)} end" + (f", test error {ends.mean():.2f}" if len(ends) else ""))

picture = sys.argv[1] if len(sys.argv) > 1 else "exploding_gradient.png"
plain, *remedies = RUNS
with_and_without({plain: error[plain]}, {name: error[name] for name in remedies},
                 "mean squared error on test rows").savefig(picture, dpi=144)

lost = np.sum(~np.isfinite(error[plain]))
print(f"{lost} of {len(SEEDS)} trainings diverge without a remedy; the test error is "
      + ", ".join(f"{np.nanmean(error[name]):.2f} with {name}" for name in remedies)
      + f" (1 is guessing the mean): see {picture}.")
