"""Training"""
import pellucid as pc
from pellucid.insight import plots

moons, runs = pc.data.load("moons"), {}
for optimizer in ("sgd", "rmsprop", "adam"):
    pc.set_random_seed(0)
    model = pc.Sequential([pc.Input((2,)), pc.layers.Dense(16, "relu"),
                           pc.layers.Dense(1, "sigmoid")])
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    runs[optimizer] = model.fit(moons.x, moons.y, epochs=30, validation_split=0.3,
                                verbose=0).history
figure = plots.curves_overlaid(runs)
