"""The command line: one file a command, no mathematics."""

import os

FEW_CORES = 4


def main() -> None:
    """Run ``pellucid`` with the arguments of the process."""
    # OpenBLAS's threads wait by spinning. On few cores that are also busy elsewhere they wait for
    # each other: an epoch of 32 000 rows took 10.4 s with two threads and 2.3 s with one (2 cores
    # under load). Set before NumPy is loaded; whoever sets the variable decides.
    if (os.cpu_count() or 1) <= FEW_CORES:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

    from pellucid.cli.app import app

    app()
