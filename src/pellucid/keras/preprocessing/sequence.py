"""`keras.preprocessing.sequence`: sequences of one length."""

from pellucid.data.sequences import pad_sequences

__all__ = ["pad_sequences"]
