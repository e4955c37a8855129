"""`keras.backend`: the few names that user code takes from it."""

from pellucid.core.dtypes import result_type
from pellucid.core.dtypes import standardize as standardize_dtype
from pellucid.core.names import reset_names as clear_session
from pellucid.core.settings import epsilon, floatx, set_epsilon, set_floatx

__all__ = ["backend", "clear_session", "epsilon", "floatx", "result_type", "set_epsilon",
           "set_floatx", "standardize_dtype"]


def backend() -> str:
    """The name of the engine behind Keras's names here."""
    return "pellucid"
