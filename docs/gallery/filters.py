"""Inside a network"""
import pellucid as pc
from pellucid.insight import plots

pc.set_random_seed(0)
digits = pc.data.load("digits")
model = pc.Sequential([pc.Input((64,)), pc.layers.Dense(24, "relu", kernel_regularizer="l2"),
                       pc.layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(digits.x / 16, digits.y, epochs=8, verbose=0)
figure = plots.filters(model.layers[0], shape=(8, 8))
