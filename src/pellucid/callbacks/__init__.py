"""Floor 6: listeners to `fit`, `evaluate` and `predict`, in Keras's names."""

from pellucid.callbacks.base import Callback, CallbackList, History
from pellucid.callbacks.csv_logger import CSVLogger
from pellucid.callbacks.early_stopping import EarlyStopping
from pellucid.callbacks.lambda_callback import LambdaCallback
from pellucid.callbacks.learning_rate_scheduler import LearningRateScheduler
from pellucid.callbacks.model_checkpoint import ModelCheckpoint
from pellucid.callbacks.progress import ProgressBar
from pellucid.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from pellucid.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = ["CSVLogger", "Callback", "CallbackList", "EarlyStopping", "History", "LambdaCallback",
           "LearningRateScheduler", "ModelCheckpoint", "ProgressBar", "ReduceLROnPlateau",
           "TerminateOnNaN"]
