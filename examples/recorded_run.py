"""One recorded run: what happened in every layer while a network learned to read digits.

`Recorder` sends the same 256 rows through the network before training and after each epoch and
keeps what it sees, without changing a bit of the training. Any picture can be drawn from the record
afterwards, any moment of it be asked for, and its weights be put back into the model.

    python examples/recorded_run.py [picture.png [animation.gif]]
"""

import sys

from pellucid import Input, Sequential, data, layers, optimizers, set_random_seed
from pellucid.insight import Recorder
from pellucid.insight.plots.histograms_moving import HistogramsMoving
from pellucid.insight.plots.update_ratios import update_ratios

digits = data.load("digits")
x, y = digits.x / 16, digits.y

set_random_seed(0)
model = Sequential([Input((64,)), layers.Dense(64, "relu", name="edges"),
                    layers.Dense(32, "tanh", name="strokes"),
                    layers.Dense(10, "softmax", name="digit")])
model.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
recorder = Recorder()
model.fit(x, y, epochs=40, validation_split=0.2, verbose=0, callbacks=[recorder])

record = recorder.record
edges, strokes = record.layer("edges"), record.layer("strokes")
print(record)
print("epoch    loss   a step changes  gradient  dead in  saturated in")
print("                edges by        of edges  edges    strokes")
for epoch in (0, 1, 5, 20, 40):
    k = record.epochs.tolist().index(epoch)
    print(f"{epoch:>5}{record.loss[k]:>8.4f}   {edges.update[k]:<14.5f}"
          f"{edges.gradient_norm[k]:>10.4f}{edges.dead[k]:>9.0%}{strokes.saturated[k]:>14.0%}")

after = model.evaluate(x, y, verbose=0)
model.set_weights(record.at(5).values)                     # as it was after five epochs
then = model.evaluate(x, y, verbose=0)
model.set_weights(record.at(40).values)
print(f"with the weights of epoch 5 the network is right on {then[1]:.1%} of all rows, with those "
      f"of epoch 40 on {after[1]:.1%}")

picture = sys.argv[1] if len(sys.argv) > 1 else "recorded_run.png"
update_ratios(record).savefig(picture, dpi=144)
if len(sys.argv) > 2:
    HistogramsMoving(record).save(sys.argv[2])

print(f"At first a step changed the weights of the first layer by {edges.update[0]:.1%} of their "
      f"size, at the end by {edges.update[-1]:.2%}; {edges.dead[-1]:.0%} of its units had died and "
      f"{strokes.saturated[-1]:.0%} of the tanh layer's outputs were saturated: see {picture}.")
