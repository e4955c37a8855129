"""`keras.preprocessing`: older places of some names of `keras.utils`."""

from pellucid.data.timeseries import timeseries_dataset_from_array
from pellucid.keras.preprocessing import image, sequence

__all__ = ["image", "sequence", "timeseries_dataset_from_array"]
