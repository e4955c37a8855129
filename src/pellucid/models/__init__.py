"""Floor 6: models, in Keras's names."""

from pellucid.models.cloning import clone_model
from pellucid.models.model import Functional, Model, Sequential
from pellucid.models.saving import load_model, model_from_json, save_model

__all__ = ["Functional", "Model", "Sequential", "clone_model", "load_model", "model_from_json",
           "save_model"]
