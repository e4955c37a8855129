"""Inside a network"""
import pellucid as pc
from pellucid.insight import Recorder, plots

pc.set_random_seed(0)
digits, recorder = pc.data.load("digits"), Recorder()
model = pc.Sequential([pc.Input((64,)),
                       *(pc.layers.Dense(24, "sigmoid", name=f"layer {k}") for k in range(1, 11)),
                       pc.layers.Dense(10, "softmax", name="answer")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(digits.x / 16, digits.y, epochs=30, batch_size=128, verbose=0, callbacks=[recorder])
figure = plots.gradient_flow(recorder.record)
