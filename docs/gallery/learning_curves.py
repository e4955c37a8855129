"""Training"""
import pellucid as pc
from pellucid.insight import plots

pc.set_random_seed(0)
moons = pc.data.load("moons")
model = pc.Sequential([pc.Input((2,)), pc.layers.Dense(32, "relu"), pc.layers.Dense(1, "sigmoid")])
model.compile(pc.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
history = model.fit(moons.x, moons.y, epochs=40, validation_split=0.3, verbose=0).history
figure = plots.learning_curves(history)
