"""A training loop written by hand: the tape gives the gradients, the optimizer moves the weights.

The data lie on y = 3x + 2 with a little noise; 200 steps of gradient descent find the line.
"""

from pellucid import set_random_seed, tf

set_random_seed(0)
x = tf.random.normal((100, 1))
y = 3 * x + 2 + 0.1 * tf.random.normal((100, 1))

w, b = tf.Variable([[0.0]], name="w"), tf.Variable([0.0], name="b")
optimizer = tf.keras.optimizers.SGD(learning_rate=0.1)

for step in range(200):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - (tf.matmul(x, w) + b)))
    gradients = tape.gradient(loss, [w, b])
    optimizer.apply_gradients(zip(gradients, [w, b], strict=True))
    if step % 50 == 0:
        print(f"step {step:3}: loss {float(loss):.4f}")

print(f"found y = {w.numpy().item():.2f} x + {b.numpy().item():.2f}")
assert abs(w.numpy().item() - 3) < 0.05
assert abs(b.numpy().item() - 2) < 0.05
