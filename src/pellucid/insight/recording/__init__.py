"""A run, recorded: what happens in every layer while `fit` trains, in bounded memory.

`Recorder` is the callback, `Record` what it leaves; the pictures of `pellucid.insight.plots` draw
it.
"""

from pellucid.insight.recording.moments import Moment
from pellucid.insight.recording.record import LayerRecord, Record, WeightRecord
from pellucid.insight.recording.recorder import Recorder

__all__ = ["LayerRecord", "Moment", "Record", "Recorder", "WeightRecord"]
