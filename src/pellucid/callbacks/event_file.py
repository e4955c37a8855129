"""The files that TensorBoard reads: figures, histograms, pictures and models, a record each.

An event file is a row of records (length, checksum, bytes, checksum), each of them an ``Event`` in
the wire format of protocol buffers. Both formats are a few lines, so that no library is needed.
Sources: the definitions event.proto and summary.proto of TensorBoard; RFC 3720 for CRC-32C.
"""

from __future__ import annotations

import os
import socket
import struct
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np

BINS = 30                                # of a histogram


class EventFile:
    """One file of events; what was written is on the disk after `flush`. Makes its folder.

    Between two flushes no file is open, so that nothing is left open when a training breaks off.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     events = EventFile(folder)
    ...     events.scalar("loss", 0.5, step=1)
    ...     events.flush()
    ...     len(list(Path(folder).glob("events.out.tfevents.*")))
    1
    """

    count = 0

    def __init__(self, folder: Any) -> None:
        EventFile.count += 1
        Path(folder).mkdir(parents=True, exist_ok=True)
        name = (f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}"
                f".{EventFile.count}.v2")
        self.path = Path(folder) / name
        self._pending: list[bytes] = []
        self._write(_data(3, "brain.Event:2"))
        self.flush()

    def scalar(self, tag: str, value: float, step: int) -> None:
        """One figure at one step."""
        self._summary(tag, _single(2, value), step)

    def histogram(self, tag: str, values: Any, step: int) -> None:
        """How often numbers occur; those that are not finite are left out."""
        x = np.asarray(values, float).ravel()
        x = x[np.isfinite(x)]
        if not x.size:
            return
        counts, edges = np.histogram(x, BINS)
        facts = [x.min(), x.max(), x.size, x.sum(), np.square(x).sum()]
        told = b"".join([*(_double(i, float(fact)) for i, fact in enumerate(facts, start=1)),
                         _data(6, edges[1:].astype("<f8").tobytes()),
                         _data(7, counts.astype("<f8").tobytes())])
        self._summary(tag, _data(5, told), step)

    def image(self, tag: str, values: Any, step: int) -> None:
        """Numbers (rows, columns) in shades of grey: the least is black, the largest white."""
        x = np.asarray(values, float)
        low, high = x.min(), x.max()
        shades = np.round(255 * (x - low) / (high - low if high > low else 1.0)).astype(np.uint8)
        height, width = x.shape
        told = b"".join([_number(1, height), _number(2, width), _number(3, 1),
                         _data(4, png(shades))])
        self._summary(tag, _data(4, told), step)

    def model(self, tag: str, text: str, step: int = 0) -> None:
        """A model's config as JSON, for the tab of graphs."""
        plugin = _data(1, _data(1, "graph_keras_model") + _data(2, "1"))
        tensor = _number(1, 7) + _data(2, b"") + _data(8, text)      # a string without axes
        self._summary(tag, _data(8, tensor) + _data(9, plugin), step)

    def _summary(self, tag: str, value: bytes, step: int) -> None:
        self._write(_number(2, step) + _data(5, _data(1, _data(1, tag) + value)))

    def _write(self, event: bytes) -> None:
        record = _double(1, time.time()) + event
        length = struct.pack("<Q", len(record))
        self._pending += [length, struct.pack("<I", masked(checksum(length))), record,
                          struct.pack("<I", masked(checksum(record)))]

    def flush(self) -> None:
        """Let a reader see all that was written."""
        with open(self.path, "ab") as file:
            file.write(b"".join(self._pending))
        self._pending.clear()


# protocol buffers: each field is a key (its number and form) and a value


def _varint(n: int) -> bytes:
    """A whole number in groups of seven bits, the lowest first; a set top bit says: more."""
    n &= 2 ** 64 - 1
    groups = bytearray()
    while n > 127:
        groups.append(n & 127 | 128)
        n >>= 7
    groups.append(n)
    return bytes(groups)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(int(value))


def _double(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def _single(field: int, value: float) -> bytes:
    return _varint(field << 3 | 5) + np.float32(value).tobytes()


def _data(field: int, value: bytes | str) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(raw)) + raw


# the checksum of records


def _remainders() -> list[int]:
    """What each byte leaves, divided by the polynomial of CRC-32C."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _remainders()


def checksum(data: bytes) -> int:
    """CRC-32C.

    >>> hex(checksum(b"123456789"))
    '0xe3069283'
    """
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def masked(crc: int) -> int:
    """A checksum turned by 15 bits and shifted, so that it may stand among what is summed up."""
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def png(shades: np.ndarray) -> bytes:
    """A picture of bytes (rows, columns) in grey, as a PNG file.

    >>> png(np.zeros((1, 1), np.uint8))[1:4]
    b'PNG'
    """
    def chunk(kind: bytes, data: bytes) -> bytes:
        return b"".join([struct.pack(">I", len(data)), kind, data,
                         struct.pack(">I", zlib.crc32(kind + data))])

    height, width = shades.shape
    rows = b"".join(b"\0" + row.tobytes() for row in shades)
    return b"".join([b"\x89PNG\r\n\x1a\n",
                     chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
                     chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")])
