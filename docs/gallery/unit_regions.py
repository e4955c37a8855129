"""Lines, planes and regions"""
import pellucid as pc
from pellucid.insight import plots

pc.set_random_seed(3)
moons = pc.data.load("moons")
model = pc.Sequential([pc.Input((2,)), pc.layers.Dense(6, "tanh", name="lines"),
                       pc.layers.Dense(4, "relu", name="bends"), pc.layers.Dense(1, "sigmoid")])
model.compile(pc.optimizers.Adam(0.03), "binary_crossentropy")
model.fit(moons.x, moons.y, epochs=60, verbose=0)
figure = plots.unit_regions(model, moons.x, moons.y, grid_resolution=40)
