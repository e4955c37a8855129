"""The page about one training: ``Run`` holds what is told, ``write_report`` tells it."""
