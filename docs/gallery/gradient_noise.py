"""Descent and the loss"""
import pellucid as pc
from pellucid.insight import dynamics, plots

pc.set_random_seed(0)
moons = pc.data.load("moons")
model = pc.Sequential([pc.Input((2,)), pc.layers.Dense(8, "tanh"), pc.layers.Dense(1, "sigmoid")])
model.compile("sgd", "binary_crossentropy")
noise = dynamics.gradient_noise(model, moons.x, moons.y, draws=60)
figure = plots.gradient_noise(noise)
