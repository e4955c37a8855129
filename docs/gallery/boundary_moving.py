"""Lines, planes and regions"""
import pellucid as pc
from pellucid.insight import Recorder, plots

pc.set_random_seed(0)
moons, recorder = pc.data.load("moons"), Recorder()
model = pc.Sequential([pc.Input((2,)), pc.layers.Dense(16, "tanh"), pc.layers.Dense(16, "tanh"),
                       pc.layers.Dense(1, "sigmoid")])
model.compile(pc.optimizers.Adam(0.01), "binary_crossentropy")
model.fit(moons.x, moons.y, epochs=30, verbose=0, callbacks=[recorder])
film = plots.BoundaryMoving(recorder.record, model, moons.x, moons.y)    # film.save("moons.gif")
