"""Pictures: one file each, each a pure function from plain data to a matplotlib ``Figure``."""
