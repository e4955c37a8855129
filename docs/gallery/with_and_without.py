"""Training"""
import pellucid as pc
from pellucid.insight import plots

wine, scores = pc.data.load("wine"), {}
x = (wine.x - wine.x.mean(0)) / wine.x.std(0)
for name, layer in {"plain": [], "dropout 0.5": [pc.layers.Dropout(0.5)],
                    "noise": [pc.layers.GaussianNoise(0.5)]}.items():
    for seed in range(4):
        pc.set_random_seed(seed)
        model = pc.Sequential([pc.Input((13,)), *layer, pc.layers.Dense(3, "softmax")])
        model.compile(pc.optimizers.Adam(0.1), "sparse_categorical_crossentropy")
        model.fit(x[::4], wine.y[::4], epochs=30, verbose=0)
        scores.setdefault(name, []).append(model.evaluate(x, wine.y, verbose=0))
plain = {"plain": scores.pop("plain")}
figure = plots.with_and_without(plain, scores, "loss on all rows")
