"""The parts of the page: one file each, a function from ``Run`` to HTML (None: nothing to say)."""
