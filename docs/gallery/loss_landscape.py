"""Descent and the loss"""
import pellucid as pc
from pellucid.insight import dynamics, plots

pc.set_random_seed(1)
moons, weights = pc.data.load("moons"), []
model = pc.Sequential([pc.Input((2,)), pc.layers.Dense(16, "tanh"), pc.layers.Dense(1, "sigmoid")])
model.compile(pc.optimizers.Adam(0.03), "binary_crossentropy")
keep = pc.callbacks.LambdaCallback(
    on_epoch_begin=lambda epoch, logs: weights.append(model.get_weights()))
model.fit(moons.x, moons.y, epochs=40, verbose=0, callbacks=[keep])
found = dynamics.loss_landscape(model, moons.x, moons.y, snapshots=weights)
figure = plots.loss_landscape(found)
