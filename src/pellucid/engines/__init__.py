"""Floor 3: a function becomes a Plan (`trace.py`), and an engine runs it (`reference.py`, …)."""
