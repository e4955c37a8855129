"""Rewrites of a Plan into an equal Plan that runs faster, one to a file, in the order they run.

Every pass takes a Plan and gives a Plan that any engine can run: before ≡ after, on the reference
engine too. The bodies of `scan` and `cond` are Plans and go through the same passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pellucid.core.plan import Plan
from pellucid.engines.passes.convolve import convolve
from pellucid.engines.passes.fold import fold
from pellucid.engines.passes.fuse import fuse
from pellucid.engines.passes.pool import pool
from pellucid.engines.passes.share import share
from pellucid.engines.passes.simplify import simplify

PASSES: tuple[Callable[[Plan], Plan], ...] = (simplify, fold, share, simplify, convolve,
                                             pool, fuse)


def optimized(plan: Plan, passes: Iterable[Callable[[Plan], Plan]] = PASSES) -> Plan:
    """The Plan after all passes, or after those that are given.

    >>> from pellucid.atoms import exp
    >>> from pellucid.engines.trace import trace
    >>> print(len(optimized(trace(lambda x: exp(x) + exp(x), 1.0).plan).steps))
    1
    """
    for each in passes:
        plan = each(plan)
    return plan
