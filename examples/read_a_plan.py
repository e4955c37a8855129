"""What a training step does, line by line: forward, loss, gradients, update, all in one Plan."""

import numpy as np

from pellucid import keras, set_random_seed

set_random_seed(0)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
model.train_on_batch(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0.0, 1.0]))

step = next(iter(model.traced_functions["train"].compiled.values()))
print(step.plan)
print(f"{len(step.plan.steps)} steps; the state it reads and changes: "
      f"{[variable.path for variable in step.changed]}")
