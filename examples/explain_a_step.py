"""A step of training, explained: every number on the way from a row to the new weights.

Two sigmoid units and two outputs, as in many lecture notes. `explain` prints the forward pass, the
loss, each gradient with the factors of the chain rule beside what nudging the weight shows, and the
step. Then it is asked why one gradient is small, and told a result of a calculation by hand.

    python examples/explain_a_step.py [page.html]
"""

import sys

from pellucid import Input, Sequential, layers, ops, optimizers


def half_sum_of_squares(y, p):
    return 0.5 * ops.sum((y - p) ** 2, axis=-1)


model = Sequential([Input((2,)), layers.Dense(2, activation="sigmoid", name="hidden"),
                    layers.Dense(2, activation="sigmoid", name="output")])
model.compile(optimizers.SGD(0.5), half_sum_of_squares)
model.set_weights([[[0.15, 0.25], [0.20, 0.30]], [0.35, 0.35],
                   [[0.40, 0.50], [0.45, 0.55]], [0.60, 0.60]])

x, y = [[0.05, 0.10]], [[0.01, 0.99]]
explanation = model.explain(x, y)
print(explanation, end="\n\n")
print(explanation.why("w^1_11"), end="\n\n")

by_layer = model.explain(x, y, level="layer")
print(*(f"{step.name} = {step.formula}   {step.shapes}" for step in by_layer.of("forward")),
      sep="\n", end="\n\n")

claims = {"L": 0.298371, "∂L/∂w^2_11": 0.08217, "w^2_11'": 0.4411}
print(model.explain(x, y, check=claims).checked)

if len(sys.argv) > 1:
    with open(sys.argv[1], "w", encoding="utf-8") as page:
        page.write(explanation.to_html())
