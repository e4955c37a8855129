"""The page about two runs: one file a part, a function from ``Comparison`` to HTML or None."""
