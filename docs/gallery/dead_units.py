"""Inside a network"""
import pellucid as pc
from pellucid.insight import plots, signals

pc.set_random_seed(0)
moons, records = pc.data.load("moons"), {}
for rate in (0.05, 30.0):
    model = pc.Sequential([pc.Input((2,)), pc.layers.Dense(24, "relu", name="hidden"),
                           pc.layers.Dense(1, "sigmoid")])
    model.compile(pc.optimizers.SGD(rate), "binary_crossentropy")
    trace = signals.UnitTrace(moons.x, moons.y, "hidden")
    model.fit(moons.x, moons.y, epochs=12, verbose=0, callbacks=[trace])
    records[f"rate {rate:g}"] = trace.record
figure = plots.dead_units(records)
