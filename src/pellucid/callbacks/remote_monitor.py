"""The figures of each epoch to a server."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from pellucid.callbacks.base import Callback
from pellucid.core.errors import ArgumentError, KindError, advise, user_line
from pellucid.core.field import check
from pellucid.core.kinds import TEXT, TRUTH, shown

PATIENCE = 10                            # seconds until a silent server counts as not there


class RemoteMonitor(Callback):
    """Send ``epoch`` and the logs to ``root + path`` by HTTP POST, after each epoch.

    They are sent as JSON in the field ``field`` of a form, or with ``send_as_json`` as JSON alone.
    A server that is not there, or refuses, is a PellucidWarning; training goes on.

    Arguments: ``root``, ``path``, ``field``, ``headers`` (a dict), ``send_as_json``. Raises
    ArgumentError for a root that is no http or https address.

    >>> RemoteMonitor("localhost:9000")
    Traceback (most recent call last):
    pellucid.core.errors.ArgumentError: RemoteMonitor's root must begin with http:// or ...
    """

    def __init__(self, root: str = "http://localhost:9000", path: str = "/publish/epoch/end/",
                 field: str = "data", headers: dict[str, str] | None = None,
                 send_as_json: bool = False) -> None:
        super().__init__()
        if not str(root).startswith(("http://", "https://")):
            raise ArgumentError("RemoteMonitor's root must begin with http:// or https://",
                                got=root, where=user_line())
        if headers is not None and not isinstance(headers, dict):
            raise KindError("RemoteMonitor's headers must be a dict", got=shown(headers),
                            where=user_line())
        self.root, self.headers = root, headers
        self.path = check("RemoteMonitor", "path", path, kind=TEXT)
        self.field = check("RemoteMonitor", "field", field, kind=TEXT)
        self.send_as_json = check("RemoteMonitor", "send_as_json", send_as_json, kind=TRUTH)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        from http.client import HTTPException  # slow to import, and seldom needed
        from urllib import parse, request

        figures = {"epoch": epoch, **{name: _plain(value) for name, value in (logs or {}).items()}}
        text, headers = json.dumps(figures), dict(self.headers or {})
        if self.send_as_json:
            headers.setdefault("Content-Type", "application/json")
        else:
            text = parse.urlencode({self.field: text})
        asked = request.Request(self.root + self.path, text.encode(), headers)
        try:
            with request.urlopen(asked, timeout=PATIENCE):
                pass
        except (OSError, HTTPException) as error:
            advise(f"RemoteMonitor could not reach its server at {self.root} ({error})")


def _plain(value: Any) -> Any:
    """A figure, or several, as Python's own numbers."""
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
