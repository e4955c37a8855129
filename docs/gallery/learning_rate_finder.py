"""Descent and the loss"""
import pellucid as pc
from pellucid.insight import dynamics, plots

pc.set_random_seed(0)
moons = pc.data.load("moons")
model = pc.Sequential([pc.Input((2,)), pc.layers.Dense(16, "relu"), pc.layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
test = dynamics.find_learning_rate(model, moons.x, moons.y, low=1e-4)
figure = plots.learning_rate_finder(test)
