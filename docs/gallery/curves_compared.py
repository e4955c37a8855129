"""Training"""
import pellucid as pc
from pellucid.insight import plots

pc.set_random_seed(0)
moons, runs = pc.data.load("moons"), {}
for units in (1, 8, 256):
    model = pc.Sequential([pc.Input((2,)), pc.layers.Dense(units, "relu"),
                           pc.layers.Dense(1, "sigmoid")])
    model.compile(pc.optimizers.Adam(0.02), "binary_crossentropy")
    runs[f"{units} hidden units"] = model.fit(moons.x, moons.y, epochs=30, validation_split=0.3,
                                              verbose=0).history
figure = plots.curves_compared(runs)
