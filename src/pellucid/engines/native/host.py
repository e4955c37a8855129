"""Host calls from C++: the text of a call, and who answers it (docs/decisions/0021)."""

from __future__ import annotations

import ast
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.atoms.host import HOST


def text_of(options: dict[str, Any]) -> str:
    """A call as text that Python can read back.

    >>> text_of({"function": "argsort", "axis": -1})
    "{'function': 'argsort', 'axis': -1}"
    """
    return repr(options)


@functools.lru_cache(maxsize=1024)
def _read(call: str) -> tuple[str, dict[str, Any]]:
    options = ast.literal_eval(call)
    return options.pop("function"), options


def answer(call: str, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
    """Run the function that a call names, from the engine's own arrays into its own.

    What fails keeps no hold of the arrays, which the engine uses again.
    """
    failure: BaseException | None = None
    try:
        function, options = _read(call)
        with np.errstate(all="ignore"):
            results = HOST[function].results(*inputs, **options)
        for out, result in zip(outputs, results, strict=True):
            np.copyto(out, result, casting="no")
    except BaseException as error:
        failure = error.with_traceback(None)
        failure.add_note(f"in the host call {call}")
    if failure is not None:
        results = inputs = outputs = ()
        raise failure
