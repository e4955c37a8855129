"""Floor 6: models, in Keras's names."""

from pellucid.models.model import Functional, Model, Sequential
from pellucid.models.saving import load_model, save_model

__all__ = ["Functional", "Model", "Sequential", "load_model", "save_model"]
