"""Global settings, in Keras's names (`keras.config`)."""

from pellucid.core.settings import epsilon, floatx, set_epsilon, set_floatx

__all__ = ["epsilon", "floatx", "set_epsilon", "set_floatx"]
