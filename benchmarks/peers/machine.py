"""What figures were taken on and with."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from pathlib import Path

LIBRARIES = ("numpy", "scipy", "torch", "jax", "keras", "tensorflow", "scikit-learn", "pellucid")
ASKED = """
import importlib.metadata as metadata, json
def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
print(json.dumps({{name: version(name) for name in {names!r}}}))
"""


def machine() -> dict[str, object]:
    """Processor, cores, system and Python."""
    model = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo")
             if line.startswith("model name")]
    return {"processor": model[0] if model else platform.processor(), "cores": os.cpu_count(),
            "system": platform.platform(terse=True), "python": platform.python_version()}


def versions(python: str) -> dict[str, str]:
    """The libraries that an interpreter has, and their versions."""
    names = (*LIBRARIES, "tensorflow-cpu")
    done = subprocess.run([python, "-c", ASKED.format(names=names)], capture_output=True,
                          text=True, check=True)
    found = {name: version for name, version in json.loads(done.stdout).items() if version}
    if "tensorflow-cpu" in found:
        found["tensorflow"] = found.pop("tensorflow-cpu")
    return found


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
