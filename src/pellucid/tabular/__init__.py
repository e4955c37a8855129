"""From a table to a trained model: what the command line does, as functions."""
