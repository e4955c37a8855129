"""Floor 6: listeners to `fit`, `evaluate` and `predict`, in Keras's names."""

from pellucid.callbacks.backup_and_restore import BackupAndRestore
from pellucid.callbacks.base import Callback, CallbackList, History
from pellucid.callbacks.csv_logger import CSVLogger
from pellucid.callbacks.early_stopping import EarlyStopping
from pellucid.callbacks.lambda_callback import LambdaCallback
from pellucid.callbacks.learning_rate_scheduler import LearningRateScheduler
from pellucid.callbacks.model_checkpoint import ModelCheckpoint
from pellucid.callbacks.progress import ProgbarLogger, ProgressBar
from pellucid.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from pellucid.callbacks.remote_monitor import RemoteMonitor
from pellucid.callbacks.swap_ema_weights import SwapEMAWeights
from pellucid.callbacks.tensor_board import TensorBoard
from pellucid.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = ["BackupAndRestore", "CSVLogger", "Callback", "CallbackList", "EarlyStopping", "History",
           "LambdaCallback", "LearningRateScheduler", "ModelCheckpoint", "ProgbarLogger",
           "ProgressBar", "ReduceLROnPlateau", "RemoteMonitor", "SwapEMAWeights", "TensorBoard",
           "TerminateOnNaN"]
