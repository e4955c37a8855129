"""The perceptron: the oldest unit that learns, its line, its rule, its trace and its limit."""

from pellucid.core.exports import not_here
from pellucid.perceptron.learning import learn, novikoff_bound
from pellucid.perceptron.line import move_line, side
from pellucid.perceptron.separability import NotSeparableWarning, Overlap, separate
from pellucid.perceptron.unit import Learned, Move, mistakes

__all__ = ["Learned", "Move", "NotSeparableWarning", "Overlap", "learn", "mistakes", "move_line",
           "novikoff_bound", "separate", "side"]


def __getattr__(name: str) -> object:
    raise not_here("pellucid.perceptron", name, list(__all__))
