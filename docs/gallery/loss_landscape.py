"""Descent and the loss"""
import pellucid as pc
from pellucid.insight import Recorder, dynamics, plots

pc.set_random_seed(1)
moons, recorder = pc.data.load("moons"), Recorder(weights=True)
model = pc.Sequential([pc.Input((2,)), pc.layers.Dense(16, "tanh"), pc.layers.Dense(1, "sigmoid")])
model.compile(pc.optimizers.Adam(0.03), "binary_crossentropy")
model.fit(moons.x, moons.y, epochs=40, verbose=0, callbacks=[recorder])
found = dynamics.loss_landscape(model, moons.x, moons.y, snapshots=recorder.record)
figure = plots.loss_landscape(found)
