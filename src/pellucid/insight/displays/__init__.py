"""How values show themselves: one file each, with ``html`` for notebooks, ``rich`` for terminals.

`pellucid.core.showing` says which file draws what.
"""
