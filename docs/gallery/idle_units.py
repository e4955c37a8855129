"""Inside a network"""
import pellucid as pc
from pellucid.insight import Recorder, plots

pc.set_random_seed(0)
digits, recorder = pc.data.load("digits"), Recorder()
model = pc.Sequential([pc.Input((64,)), pc.layers.Dense(64, "relu", name="edges"),
                       pc.layers.Dense(32, "tanh", name="strokes"),
                       pc.layers.Dense(10, "softmax", name="digit")])
model.compile(pc.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
model.fit(digits.x / 16, digits.y, epochs=30, verbose=0, callbacks=[recorder])
figure = plots.idle_units(recorder.record)
