"""Windows by name: SciPy's numbers under SciPy's names."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.atoms.signal_windows import ALSO, WINDOWS, as_window, window_of
from pellucid.core.errors import ArgumentError, KindError
from tests.atoms.host_cases import as_keras
from tests.parity.oracle import live


@pytest.mark.parametrize("name", [*WINDOWS, *ALSO, "hann_periodic", "tukey_symmetric"])
def test_windows_are_those_of_scipy(name):
    from scipy.signal import get_window

    for length in (1, 2, 3, 4, 7, 8, 33):
        for periodic in (False, True):
            np.testing.assert_allclose(window_of(name, length, periodic),
                                       get_window(name, length, periodic), atol=1e-14)


def test_no_name_is_forgotten():
    from scipy.signal import get_window

    for name in ("kaiser", "gaussian", "dpss", "chebwin", "general_hamming"):
        with pytest.raises(ValueError, match="must have parameters"):
            get_window(name, 4)
        with pytest.raises(ArgumentError, match=f"'{name}' is not a known window"):
            window_of(name, 4)


def test_windows_as_people_give_them():
    assert as_window(None) is None
    assert as_window(ops.hanning(3)) == [0.0, 1.0, 0.0]
    with pytest.raises(ArgumentError, match='not a known window.*"hann"'):
        as_window("hnan")
    for wrong in (3.0, [[1.0]], ["a"], [float("nan")], True, object()):
        with pytest.raises(KindError, match="the name of a window, its numbers in a row, or None"):
            as_window(wrong)


@live
@pytest.mark.deep
def test_a_window_of_one_number_is_one():
    """It was 0, and so was all that was heard through it."""
    x = np.arange(1.0, 6.0)
    as_keras("stft", x, 1, 1, 4, center=False, tolerance=1e-10)
    assert float(ops.stft(x, 1, 1, 4, center=False)[0][0, 0]) == 2.0
