"""The fixtures of tests/conftest.py do fail a test that leaves something behind."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.house.tree import ROOT

CARELESS = '''
import os
import numpy as np
import pytest
from pellucid.core import settings
from pellucid.core.recording import recording
from pellucid.random.seed import next_seed

def test_floatx():
    settings.set_floatx("float64")

def test_scope():
    recording.scope = "dense"

def test_errors():
    np.seterr(all="ignore")

def test_variable():
    os.environ["PELLUCID_LEFT"] = "1"

def test_folder(tmp_path):
    os.chdir(tmp_path)

def test_picture():
    from matplotlib import pyplot
    pyplot.figure()

def test_draws():
    assert next_seed() == 973249061

def test_draws_again():
    assert next_seed() == 973249061

def test_clean():
    assert settings.floatx() == "float32"
    assert recording.scope == ""
    assert "PELLUCID_LEFT" not in os.environ

@pytest.mark.deep
def test_deep():
    pass
'''


def test_what_is_left_behind_fails(tmp_path):
    (tmp_path / "test_careless.py").write_text(CARELESS)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:randomly",
               "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT),
               "-rE", str(tmp_path / "test_careless.py")]
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("PELLUCID_PROFILE", "PYTEST_XDIST_WORKER")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    for told in ("floatx or epsilon (was ('float32', 1e-07), is ('float64', 1e-07))",
                 "a scope name (was '', is 'dense')", "NumPy's error state", "a PELLUCID variable",
                 "the working folder", "an open figure (was [], is [1])"):
        assert f"left behind {told}" in done.stdout, done.stdout + done.stderr
    assert "9 passed, 1 deselected, 6 errors" in done.stdout
