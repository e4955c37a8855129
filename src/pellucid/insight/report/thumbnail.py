"""A row of data that is a picture, as a small grey PNG inside the page."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

from pellucid.insight.report.markup import Html, escaped


def thumbnail(pixels: np.ndarray, low: float, high: float, *, alt: str) -> Html:
    """An ``<img>`` of ``pixels`` (height, width): ``low`` is white, ``high`` is black.

    >>> thumbnail(np.eye(2), 0.0, 1.0, alt="row 3")[:36]
    '<img class="pixels" alt="row 3" src='
    """
    grey = np.clip(255 * (high - pixels) / ((high - low) or 1.0), 0, 255)
    data = base64.b64encode(png(np.nan_to_num(grey, nan=255.0).astype(np.uint8))).decode()
    return Html(f'<img class="pixels" alt="{escaped(alt)}" src="data:image/png;base64,{data}">')


def png(pixels: np.ndarray) -> bytes:
    """Bytes of grey, (height, width), or of red, green, blue and opacity, (height, width, 4), as a
    PNG file (ISO/IEC 15948)."""
    height, width = pixels.shape[:2]
    flat = pixels.reshape(height, -1)
    lines = np.hstack([np.zeros((height, 1), np.uint8), flat]).tobytes()    # 0: no line filter
    kind = 0 if pixels.ndim == 2 else 6
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, body) for kind, body in
        ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
