"""What happens inside a network, measured: signals forwards, gradients backwards, unit by unit.

Pictures and diagnoses read these numbers; each file holds one measure, usable on any model.
"""

from pellucid.insight.signals.dead_units import dead_units, share_dead
from pellucid.insight.signals.listening import layers_within, listening
from pellucid.insight.signals.propagation import Propagation, propagation
from pellucid.insight.signals.saturation import saturation
from pellucid.insight.signals.signal import Signal, signals
from pellucid.insight.signals.symmetry import distinct_units
from pellucid.insight.signals.unit_trace import UnitRecord, UnitTrace

__all__ = ["Propagation", "Signal", "UnitRecord", "UnitTrace", "dead_units", "distinct_units",
           "layers_within", "listening", "propagation", "saturation", "share_dead", "signals"]
