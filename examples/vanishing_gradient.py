"""Vanishing gradients: behind each sigmoid a gradient is multiplied by a slope of at most ¼.

Networks of ten hidden layers learn the digits. Of the gradient at the last layer hardly anything
reaches the first one: the product of ten slopes and ten layers of weights. Three remedies, each
measured with and without: ReLU in place of sigmoid, batch normalization before each sigmoid, and,
for tanh, Glorot's start in place of weights of ±0.01.

    python examples/vanishing_gradient.py [picture.png]
"""

import sys

import numpy as np

from pellucid import Input, Sequential, data, layers, set_random_seed
from pellucid.initializers import GlorotUniform, RandomUniform
from pellucid.insight.plots.gradient_by_depth import gradient_by_depth
from pellucid.insight.signals import signals

digits = data.load("digits")
x, y = digits.x / 16, digits.y
train, test = slice(0, 1200), slice(1200, None)
DEPTH, SEEDS = 10, range(3)


def net(activation, start=GlorotUniform, normalized=False):
    """Ten hidden layers of 32 units, and a softmax."""
    model = Sequential([Input((64,))])
    for _ in range(DEPTH):
        model.add(layers.Dense(32, kernel_initializer=start()))
        if normalized:
            model.add(layers.BatchNormalization())
        model.add(layers.Activation(activation))
    model.add(layers.Dense(10, "softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


NETS = {
    "sigmoid": lambda: net("sigmoid"),
    "ReLU instead": lambda: net("relu"),
    "sigmoid, batch norm": lambda: net("sigmoid", normalized=True),
    "tanh, weights ±0.01": lambda: net("tanh", lambda: RandomUniform(-0.01, 0.01)),
    "tanh, Glorot": lambda: net("tanh"),
}
norms, accuracy = {}, {}
for name, build in NETS.items():
    scores = []
    for seed in SEEDS:
        set_random_seed(seed)
        model = build()
        if seed == 0:
            found = signals(model, x[train][:256], y[train][:256])
            norms[name] = [each.gradient_norm for each in found
                           if isinstance(each.layer, layers.Dense)]
            if name == "sigmoid":                       # σ' = σ (1 - σ)
                slopes = [np.mean(each.output * (1 - each.output)) for each in found
                          if isinstance(each.layer, layers.Activation)]
        model.fit(x[train], y[train], epochs=25, verbose=0)
        scores.append(model.evaluate(x[test], y[test], verbose=0)[1])
    accuracy[name] = np.mean(scores)
    print(f"{name:<21} gradient of layer 1 {norms[name][0]:.1e}, of layer {DEPTH + 1} "
          f"{norms[name][-1]:.1e}; test accuracy {accuracy[name]:.3f}")

picture = sys.argv[1] if len(sys.argv) > 1 else "vanishing_gradient.png"
gradient_by_depth({f"{name}: {accuracy[name]:.0%} right": each
                   for name, each in norms.items()}).savefig(picture, dpi=144)

print(f"The product of the mean slopes of {DEPTH} sigmoids is {np.prod(slopes):.0e}, and the "
      f"gradient at layer 1 is {norms['sigmoid'][0] / norms['sigmoid'][-1]:.0e} of that at the "
      f"output: accuracy {accuracy['sigmoid']:.2f}, but {accuracy['ReLU instead']:.2f} with ReLU "
      f"and {accuracy['sigmoid, batch norm']:.2f} with batch normalization; tanh comes from "
      f"{accuracy['tanh, weights ±0.01']:.2f} to {accuracy['tanh, Glorot']:.2f} by Glorot's start "
      f"(means of {len(SEEDS)} seeds): see {picture}.")
