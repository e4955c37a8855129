"""What not to start from, and the measured reason: symmetry, vanishing, saturation.

Networks of four hidden layers of 32 units learn the digits from seven starts. From zeros, ones or
any constant all units of a layer get the same gradient and stay one unit, 32 times. From numbers
of ±0.01 hardly any gradient reaches the first layer; from numbers of ±3 most units sit at the flat
ends of tanh. Glorot's start (for tanh) and He's (for ReLU) avoid all three.

    python examples/initialisation.py [picture.png]
"""

import sys

import numpy as np

from pellucid import Input, Sequential, data, layers, optimizers, set_random_seed
from pellucid.initializers import Constant, GlorotUniform, HeUniform, Ones, RandomUniform, Zeros
from pellucid.insight.plots.curves_compared import curves_compared
from pellucid.insight.signals import distinct_units, saturation, signals

digits = data.load("digits")
x, y = digits.x / 16, digits.y
train, test = slice(0, 1000), slice(1000, None)
SEEDS = range(3)


def run(start, activation, seed):
    """What is measured before and after 30 epochs, and the curves."""
    set_random_seed(seed)
    model = Sequential([Input((64,))])
    for k in range(4):
        model.add(layers.Dense(32, activation, kernel_initializer=start(), name=f"hidden_{k}"))
    model.add(layers.Dense(10, "softmax", kernel_initializer=start()))
    model.compile(optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    first, *others, _ = signals(model, x[train], y[train])
    history = model.fit(x[train], y[train], validation_data=(x[test], y[test]), epochs=30,
                        verbose=0).history
    measured = {"units": distinct_units(model.get_layer("hidden_1").kernel),
                "gradient": first.gradient_norm,
                "saturated": np.mean([saturation(each.output) for each in others]),
                "accuracy": history["val_accuracy"][-1]}
    return measured, history


STARTS = {                                              # the start, the activation, what it shows
    "zeros": (Zeros, "tanh", "units"), "ones": (Ones, "tanh", "units"),
    "constant 0.05": (lambda: Constant(0.05), "tanh", "units"),
    "±0.01": (lambda: RandomUniform(-0.01, 0.01), "tanh", "gradient"),
    "±3": (lambda: RandomUniform(-3.0, 3.0), "tanh", "saturated"),
    "Glorot, tanh": (GlorotUniform, "tanh", "accuracy"),
    "He, ReLU": (HeUniform, "relu", "accuracy"),
}
TOLD = {"units": "distinct units: {:.0f} of 32", "gradient": "gradient {:.0e} at layer 1",
        "saturated": "{:.0%} of outputs saturated", "accuracy": "accuracy {:.2f}"}
seen, curves, notes = {}, {}, {}
for name, (start, activation, reason) in STARTS.items():
    measured, histories = zip(*(run(start, activation, seed) for seed in SEEDS), strict=True)
    seen[name] = {key: np.mean([each[key] for each in measured]) for key in TOLD}
    curves[name], notes[name] = histories[0], TOLD[reason].format(seen[name][reason])
    ends = TOLD if activation == "tanh" else TOLD.keys() - {"saturated"}     # a ReLU has none
    print(f"{name:<14}" + "; ".join(TOLD[key].format(seen[name][key]) for key in TOLD
                                    if key in ends))

picture = sys.argv[1] if len(sys.argv) > 1 else "initialisation.png"
curves_compared(curves, "accuracy", mode="max", notes=notes).savefig(picture, dpi=144)

accuracy = {name: each["accuracy"] for name, each in seen.items()}
print("; ".join(f"from {name} {notes[name]}" for name in ("ones", "±0.01", "±3"))
      + f": accuracies of {accuracy['ones']:.2f}, {accuracy['±0.01']:.2f} and {accuracy['±3']:.2f};"
      f" Glorot's start with tanh ends at {accuracy['Glorot, tanh']:.2f}, He's with ReLU at "
      f"{accuracy['He, ReLU']:.2f} (means of {len(SEEDS)} seeds): see {picture}.")
