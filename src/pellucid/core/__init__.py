"""Floor 0: the whole way of a gradient, on NumPy alone.

`op.py` (what an op is) → `tensor.py` (values and variables) → `tape.py` (what was done) →
`gradient.py` (the reverse sweep) → `plan.py` (a tape with the values taken out).
"""
