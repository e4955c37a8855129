"""The computational graph: values flow forwards, gradients flow back, node by node.

First the function J = 3 (a + b c), small enough to be checked by hand: each edge carries its local
derivative, and a node's gradient is the product of those on the way to J, summed over all ways.
Then a network of three units that learns XOR, before and after; and a deep one, whose equal layers
are drawn as one that shows the first and the last. At the end a model whose shapes do not fit.

    python examples/computational_graph.py [picture.svg]
"""

import sys

import numpy as np

import pellucid
from pellucid import Input, Sequential, layers, optimizers, set_random_seed

set_random_seed(2)

# by hand: b c = 6, a + 6 = 11, J = 33; and back: ∂J/∂v2 = 3, ∂J/∂b = 3 · 1 · c = 6
by_hand = pellucid.graph(lambda a, b, c: 3 * (a + b * c), a=5.0, b=3.0, c=2.0)
print(by_hand)
assert [float(by_hand[name].gradient) for name in "abc"] == [3.0, 6.0, 9.0]

# a network on the four rows of XOR
x, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
xor = Sequential([Input((2,), name="x"), layers.Dense(2, "tanh", name="hidden"),
                  layers.Dense(1, "sigmoid", name="out")], name="xor")
xor.compile(optimizers.Adam(0.1), "binary_crossentropy")
before = xor.graph(x, y)
xor.fit(x, y, epochs=200, batch_size=4, verbose=0)
after = xor.graph(x, y)
print(after)
shrunk = np.abs(after["hidden"].gradient).max() / np.abs(before["hidden"].gradient).max()

# sixty layers: what repeats is drawn once
deep = Sequential([Input((8,)), *(layers.Dense(8, "sigmoid", name=f"layer_{i}")
                                  for i in range(60)), layers.Dense(1, name="last")], name="deep")
deep.compile(loss="mse")
folded = deep.graph(np.ones((4, 8)), np.zeros((4, 1)))
print(folded)
vanished = np.abs(folded["layer_0"].gradient).max() / np.abs(folded["layer_59"].gradient).max()

# what does not fit: the part that works, and the edge that does not
wrong = pellucid.graph(lambda: Sequential([
    Input((8, 8, 1), name="image"), layers.Flatten(name="flat"), layers.Conv2D(4, 3, name="window"),
    layers.Dense(1, name="last")]))
print(wrong)
assert wrong["window"].role == "failed"

if len(sys.argv) > 1:
    print("written:", after.save(sys.argv[1]))

print(f"Training XOR shrank the largest gradient at the hidden layer to {shrunk:.1g} of what it "
      f"was; in the sigmoid chain the gradient at layer 0 is {vanished:.0e} of that at layer 59.")
assert shrunk < 0.5
assert vanished < 1e-20
