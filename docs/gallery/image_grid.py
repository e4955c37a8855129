"""What a model answers"""
import pellucid as pc
from pellucid.insight import plots

pc.set_random_seed(0)
digits = pc.data.load("digits")
x, y = digits.x / 16, digits.y
model = pc.Sequential([pc.Input((64,)), pc.layers.Dense(10, "softmax")])
model.compile(pc.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
model.fit(x[:900], y[:900], epochs=10, verbose=0)
said = model.predict(x, verbose=0).argmax(axis=1)
rows = [*range(900, 907), *(said != y).nonzero()[0][-7:]]
figure = plots.image_grid(x[rows].reshape(-1, 8, 8), said[rows], y[rows])
