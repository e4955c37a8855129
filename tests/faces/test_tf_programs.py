"""Small programs in the style of TensorFlow's tutorials, run with the import line changed alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PROGRAMS = {
    "gradient of a square": """
x = tf.constant(3.0)
with tf.GradientTape() as g:
    g.watch(x)
    y = x * x
result = float(g.gradient(y, x)) == 6.0
""",
    "second derivative": """
x = tf.Variable(1.0)
with tf.GradientTape() as t2:
    with tf.GradientTape() as t1:
        y = x * x * x
    dy_dx = t1.gradient(y, x)
d2y_dx2 = t2.gradient(dy_dx, x)
result = (dy_dx.numpy(), d2y_dx2.numpy()) == (3.0, 6.0)
""",
    "persistent tape over a dictionary": """
x = tf.constant([1, 3.0])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(x)
    y = x * x
    z = y * y
result = (tape.gradient(z, x).numpy() == [4.0, 108.0]).all() and (
    tape.gradient(y, x).numpy() == [2.0, 6.0]).all()
del tape
""",
    "linear regression from scratch": """
TRUE_W, TRUE_B, NUM = 3.0, 2.0, 201
tf.random.set_seed(0)
x = tf.reshape(tf.range(NUM, dtype=tf.float32), (NUM, 1)) / 50 - 2
noise = tf.random.normal(shape=[NUM, 1])
y = x * TRUE_W + TRUE_B + 0.1 * noise

class MyModel:
    def __init__(self):
        self.w = tf.Variable(5.0)
        self.b = tf.Variable(0.0)

    def __call__(self, x):
        return self.w * x + self.b

def loss(target_y, predicted_y):
    return tf.reduce_mean(tf.square(target_y - predicted_y))

model = MyModel()
for epoch in range(60):
    with tf.GradientTape() as t:
        current_loss = loss(y, model(x))
    dw, db = t.gradient(current_loss, [model.w, model.b])
    model.w.assign_sub(0.1 * dw)
    model.b.assign_sub(0.1 * db)
result = abs(model.w.numpy() - 3) < 0.05 and abs(float(model.b) - 2) < 0.05
""",
    "a loop with an optimizer and a tf.function": """
model = tf.keras.Sequential([
    tf.keras.layers.Dense(8, activation=tf.nn.relu, input_dim=2),
    tf.keras.layers.Dense(1)])
optimizer = tf.keras.optimizers.Adam(learning_rate=0.05)
loss_fn = tf.keras.losses.MeanSquaredError()
x = np.random.default_rng(0).normal(size=(64, 2)).astype("float32")
y = (x[:, :1] * x[:, 1:]).astype("float32")

@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = loss_fn(y, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss

losses = [float(train_step(x, y)) for _ in range(100)]
result = losses[-1] < 0.2 * losses[0] and int(optimizer.iterations) == 100
""",
    "two layers by hand": """
W1 = tf.Variable(tf.random.normal([2, 4], stddev=0.5, seed=1))
b1 = tf.Variable(tf.zeros([4]))
W2 = tf.Variable(tf.random.truncated_normal([4, 1], seed=2))
b2 = tf.Variable(tf.zeros([1]))
X = tf.constant([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
Y = tf.constant([[0.], [1.], [1.], [0.]])
optimizer = tf.optimizers.SGD(0.5, momentum=0.9)
for step in range(500):
    with tf.GradientTape() as tape:
        h = tf.nn.tanh(tf.matmul(X, W1) + b1)
        logits = tf.matmul(h, W2) + b2
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=Y, logits=logits))
    grads = tape.gradient(loss, [W1, b1, W2, b2])
    optimizer.apply_gradients(zip(grads, [W1, b1, W2, b2]))
predicted = tf.cast(tf.math.sigmoid(logits) > 0.5, tf.float32)
result = bool(tf.reduce_all(tf.equal(predicted, Y)))
""",
    "a custom layer": """
class Linear(tf.keras.layers.Layer):
    def __init__(self, units=32):
        super(Linear, self).__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units),
                                 initializer="random_normal", trainable=True)
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return tf.math.sigmoid(tf.matmul(inputs, self.w) + self.b)

linear_layer = Linear(4)
y = linear_layer(tf.ones((2, 2)))
result = y.shape == (2, 4) and len(linear_layer.trainable_weights) == 2
""",
    "a layer made of layers": """
class MLPBlock(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.linear_1 = tf.keras.layers.Dense(32)
        self.linear_2 = tf.keras.layers.Dense(1)

    def call(self, inputs):
        x = self.linear_1(inputs)
        x = tf.nn.relu(x)
        return self.linear_2(x)

mlp = MLPBlock()
y = mlp(tf.ones(shape=(3, 64)))
result = len(mlp.weights) == 4 and len(mlp.trainable_weights) == 4
""",
    "the quickstart": """
rng = np.random.default_rng(0)
y_train = rng.integers(0, 3, 90)
x_train = rng.normal(size=(90, 4, 4)) + 2 * rng.normal(size=(3, 4, 4))[y_train]
model = tf.keras.models.Sequential([
    tf.keras.layers.Flatten(input_shape=(4, 4)),
    tf.keras.layers.Dense(16, activation="relu"),
    tf.keras.layers.Dropout(0.2),
    tf.keras.layers.Dense(3)])
predictions = model(x_train[:1]).numpy()
tf.nn.softmax(predictions).numpy()
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
loss_fn(y_train[:1], predictions).numpy()
model.compile(optimizer="adam", loss=loss_fn, metrics=["accuracy"])
model.fit(x_train, y_train, epochs=20, batch_size=8, verbose=0)
probability_model = tf.keras.Sequential([model, tf.keras.layers.Activation("softmax")])
result = model.evaluate(x_train, y_train, verbose=0)[1] > 0.9 and (
    probability_model(x_train[:5]).shape == (5, 3))
""",
    "a subclassed model with metrics": """
class MyModel(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.d1 = tf.keras.layers.Dense(8, activation="relu")
        self.d2 = tf.keras.layers.Dense(2)

    def call(self, x):
        return self.d2(self.d1(x))

x = np.random.default_rng(1).normal(size=(40, 3)).astype("float32")
y = (x[:, 0] > 0).astype("int64")
model = MyModel()
loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam(0.05)
train_loss = tf.keras.metrics.Mean(name="train_loss")
train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")

@tf.function
def train_step(images, labels):
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = loss_object(labels, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_loss(loss)
    train_accuracy(labels, predictions)

for epoch in range(30):
    train_loss.reset_state()
    train_accuracy.reset_state()
    for i in range(0, 40, 10):
        train_step(x[i:i + 10], y[i:i + 10])
result = train_accuracy.result().numpy() > 0.9 and f"{train_loss.result():0.2f}" < "0.40"
""",
    "XOR with input_dim": """
tf.random.set_seed(2)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
y = np.array([[0], [1], [1], [0]], "float32")
model = tf.keras.Sequential()
model.add(tf.keras.layers.Dense(8, input_dim=2, activation="tanh"))
model.add(tf.keras.layers.Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=tf.keras.optimizers.Adam(learning_rate=0.1),
              metrics=["accuracy"])
model.fit(X, y, epochs=100, verbose=0)
result = model.predict(X, verbose=0).round().astype(int).tolist() == [[0], [1], [1], [0]]
""",
    "shapes and reductions": """
a = tf.constant([[1, 2], [3, 4]])
b = tf.ones([2, 2], dtype=tf.int32)
assert tf.add(a, b).numpy().tolist() == [[2, 3], [4, 5]]
c = tf.constant([[4.0, 5.0], [10.0, 1.0]])
assert float(tf.reduce_max(c)) == 10.0 and tf.math.argmax(c).numpy().tolist() == [1, 0]
assert tf.shape(c).numpy().tolist() == [2, 2] and int(tf.rank(c)) == 2
t = tf.transpose(tf.reshape(tf.range(6), [2, 3]))
assert tf.concat([t, t], axis=1).shape == (3, 4) and tf.stack([t, t]).shape == (2, 3, 2)
assert tf.expand_dims(t, 0).shape == (1, 3, 2) and tf.squeeze(tf.expand_dims(t, 0)).shape == (3, 2)
assert tf.one_hot([0, 2], depth=3).numpy().tolist() == [[1, 0, 0], [0, 0, 1]]
assert tf.clip_by_value(c, 2.0, 6.0).numpy().tolist() == [[4, 5], [6, 2]]
assert tf.where(c > 4, c, 0.0).numpy().tolist() == [[0, 5], [10, 0]]
assert tf.cast(c, tf.int32).dtype == tf.int32
assert tf.random.uniform([3], maxval=5, dtype=tf.int32, seed=1).dtype == "int32"
assert tf.gather(c, [1]).numpy().tolist() == [[10, 1]] and tf.pow(c, 2.0)[0, 0] == 16
assert tf.convert_to_tensor([1, 2]).dtype == tf.int32 and tf.fill([2], 7).numpy().tolist() == [7, 7]
assert tf.zeros_like(c).numpy().sum() == 0 and tf.eye(2).numpy().trace() == 2
assert tf.constant(2.0, shape=(2, 2)).shape == (2, 2)
assert tf.nest.flatten({"a": [1, 2]}) == [1, 2] and tf.linalg.matmul(c, c).shape == (2, 2)
first, rest = tf.split(t, [1, 1], axis=1)
assert first.shape == (3, 1) and len(tf.split(t, 3)) == 3
assert tf.transpose(t, perm=[1, 0]).shape == (2, 3) and tf.tile(t, [2, 1]).shape == (6, 2)
assert tf.pad(t, [[1, 0], [0, 0]]).shape == (4, 2) and t[:, tf.newaxis].shape == (3, 1, 2)
assert tf.cumsum([1, 2, 3]).numpy().tolist() == [1, 3, 6] and int(tf.argmin([3, 1])) == 1
result = [each.numpy().tolist() for each in tf.unstack(a)] == [[1, 2], [3, 4]]
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name):
    namespace: dict[str, Any] = {"np": np}
    exec("from pellucid import tf\n" + PROGRAMS[name], namespace)
    assert namespace["result"]
