"""`tf.keras` is Keras's face itself: `import pellucid.tf.keras as keras` gives `pellucid.keras`."""

import sys

from pellucid import keras

sys.modules[__name__] = keras
