"""Inside a network"""
import pellucid as pc
from pellucid.insight import plots

pc.set_random_seed(0)
wine = pc.data.load("wine")
x = (wine.x - wine.x.mean(0)) / wine.x.std(0)
model = pc.Sequential([pc.Input((13,)), pc.layers.Dense(8, "tanh"), pc.layers.Dense(3, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, wine.y, epochs=30, verbose=0)
vectors = model.layers[0](x).numpy()
figure = plots.embedding_map(vectors, [wine.class_names[k] for k in wine.y])
