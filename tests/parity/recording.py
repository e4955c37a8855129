"""What Keras gave for every case of the suite, kept in small files with the versions it came from.

`./dev parity --record` writes them anew; it takes minutes, as each case is compiled by JAX. The
tests compare ours with what is kept, and a sample of the cases with Keras itself.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.parity.judge import DTYPES, Case, Theirs

FOLDER = Path(__file__).with_name("recorded")
FAMILIES = ("layers", "layers_of_windows", "losses", "metrics", "ops_images", "ops_matrices",
            "ops_networks", "ops_numbers", "ops_shapes", "ops_sums", "parts")
Results = dict[str, dict[str, np.ndarray]]               # "ops.add-0 float32" → label → array


def table(family: str) -> dict[str, list[Case]]:
    """The cases of one file, by name."""
    return importlib.import_module(f"tests.parity.cases.{family}").CASES


def everything() -> dict[str, list[Case]]:
    """All cases, by name."""
    return {name: cases for family in FAMILIES for name, cases in table(family).items()}


def runs(cases: list[Case], name: str) -> Iterator[tuple[str, Case, str]]:
    """(Key, case, dtype) of every comparison under a name."""
    for i, case in enumerate(cases):
        for dtype in DTYPES:
            yield f"{name}-{i} {dtype}", case, dtype


def write(family: str, results: Results, versions: dict[str, str]) -> Path:
    """One file: all numbers in a row of bytes, and a table of where each array stands."""
    rows, data = [], []
    for key, arrays in results.items():
        for label, each in arrays.items():
            rows.append([key, label, str(each.dtype), list(each.shape)])
            data.append(np.ascontiguousarray(each).tobytes())
    index = json.dumps({"recorded_with": versions, "arrays": rows}).encode()
    path = FOLDER / f"{family}.npz"
    np.savez_compressed(path, index=np.frombuffer(index, np.uint8),
                        data=np.frombuffer(b"".join(data), np.uint8))
    return path


def read(family: str) -> tuple[Results, dict[str, str]]:
    """(What Keras gave, with which versions)."""
    with np.load(FOLDER / f"{family}.npz") as file:
        index, data = json.loads(file["index"].tobytes()), file["data"].tobytes()
    results: Results = {}
    place = 0
    for key, label, dtype, shape in index["arrays"]:
        count = int(np.prod(shape, dtype=int))
        each = np.frombuffer(data, dtype, count, place).reshape(shape)
        results.setdefault(key, {})[label] = each
        place += each.nbytes
    return results, index["recorded_with"]


def versions() -> dict[str, str]:
    import jax
    import keras

    return {"keras": keras.__version__, "jax": jax.__version__, "numpy": np.__version__}


def record(families: Any = FAMILIES) -> int:
    """Ask Keras for everything, and write it down."""
    import jax

    np.seterr(all="ignore")
    theirs, size = Theirs(), 0
    for family in families:
        results: Results = {}
        for name, cases in table(family).items():
            for key, case, dtype in runs(cases, name):
                results[key] = case.results(theirs, name, dtype)
        jax.clear_caches()                               # gigabytes of compiled cases
        path = write(family, results, versions())
        size += path.stat().st_size
        print(f"{path.name}: {len(results)} comparisons, {path.stat().st_size / 1e3:.0f} kB",
              flush=True)
    print(f"{size / 1e3:.0f} kB in all", file=sys.stderr)
    return 0
