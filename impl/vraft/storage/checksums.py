"""The checksums that a file may name in its header.

``crc32`` is in every Python; ``crc32c`` is what a new file gets where the package google-crc32c is installed.  A file
that was written with it can be read without that package: slowly, and with the same result.
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Checksum: TypeAlias = "Callable[[bytes, int], int]"
"""``checksum(data, seed)``: 32 bits; ``checksum(b, checksum(a, s))`` is ``checksum(a + b, s)``."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A checksum, the number that stands for it in files, and its name for people."""

    number: int
    name: str
    checksum: Checksum


def crc32c_slow(data: bytes, seed: int = 0) -> int:
    """CRC-32C (Castagnoli) by a table; the twin of google-crc32c.

    >>> hex(crc32c_slow(b"123456789"))
    '0xe3069283'
    """
    crc = seed ^ 0xFFFFFFFF
    table = _TABLE
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def _table() -> tuple[int, ...]:
    polynomial = 0x82F63B78  # Castagnoli's, reflected.
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ (polynomial if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_TABLE = _table()


def _fast_crc32c() -> Checksum | None:
    try:
        extend = importlib.import_module("google_crc32c").extend
    except ImportError:
        return None

    def checksum(data: bytes, seed: int = 0) -> int:
        return int(extend(seed, bytes(data)))

    return checksum


_FAST = _fast_crc32c()

CRC32 = Algorithm(1, "crc32", zlib.crc32)
CRC32C = Algorithm(2, "crc32c", _FAST or crc32c_slow)

ALGORITHMS: Mapping[int, Algorithm] = {algorithm.number: algorithm for algorithm in (CRC32, CRC32C)}
"""By the number in a file's header."""

PREFERRED: Algorithm = CRC32 if _FAST is None else CRC32C
"""What new files are written with."""
