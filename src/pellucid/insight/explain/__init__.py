"""Explanations: a step of training derived number by number, from the definitions that train."""

from pellucid.insight.explain.explaining import explain
from pellucid.insight.explain.step import Explanation, Factor, Product, Step

__all__ = ["Explanation", "Factor", "Product", "Step", "explain"]
