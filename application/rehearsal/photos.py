"""Pictures that bear made-up records out: small drawings of hills and houses, each of a number, so that no two records show the same."""

from __future__ import annotations

import hashlib
import zlib
from functools import cache
from random import Random
from struct import pack

WIDTH, HEIGHT = 240, 180
_SKY, _SUN, _FAR, _NEAR, _GROUND, _WALL, _ROOF = range(7)
_PALETTES = (
    "d7e9f7 f6d77a a9c0ae 7d9f83 b9cf93 f1efe8 7a8791",
    "f7e3d0 ee9b5a c3a9a0 96787a b7a77c f4f1ea 6d5a55",
    "dfe4ea fafafa b2bcc4 8793a0 c3cbb2 e6e2d8 59626c",
    "cfe8e4 f9e39a 8fb8a4 5f927c 9fbf7f fbf7ef 9a4b3c",
)
"""Colours of a morning, an evening, a dull day and a clear one."""


@cache
def photo(number: int) -> bytes:
    """The picture of that number, a PNG of less than 1 KB; the same each time, and drawn once: records name it, and the vault keeps it."""
    rng = Random(number)
    colours = bytes.fromhex(rng.choice(_PALETTES).replace(" ", ""))
    sun = rng.randrange(30, WIDTH - 30), rng.randrange(24, 60), rng.randrange(9, 16)
    hills = [
        (rng.randrange(WIDTH), rng.randrange(50, 95), rng.uniform(0.8, 1.9), _FAR),
        (rng.randrange(WIDTH), rng.randrange(50, 95), rng.uniform(0.8, 1.9), _FAR),
        (rng.randrange(WIDTH), rng.randrange(80, 115), rng.uniform(1.4, 2.8), _NEAR),
    ]
    ground = rng.randrange(118, 140)
    houses = [
        (rng.randrange(WIDTH - 50), rng.randrange(28, 50), rng.randrange(16, 30))
        for _ in range(rng.randint(1, 4))
    ]
    rows = bytearray()
    for y in range(HEIGHT):
        row = bytearray([_GROUND if y >= ground else _SKY]) * WIDTH
        if y < ground:
            x, middle, radius = sun
            if abs(y - middle) < radius:
                half = int((radius**2 - (y - middle) ** 2) ** 0.5)
                _fill(row, x - half, x + half, _SUN)
            for x, top, slope, colour in hills:
                if y >= top:
                    _fill(row, x - int((y - top) * slope), x + int((y - top) * slope), colour)
        for left, width, height in houses:
            foot = ground + 14
            if foot - height <= y < foot:
                _fill(row, left, left + width, _WALL)
            elif foot - height - 10 <= y < foot - height:
                inwards = foot - height - y
                _fill(row, left - 4 + inwards, left + width + 4 - inwards, _ROOF)
        rows += b"\0" + row
    head = pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", colours), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def hash_of(number: int) -> str:
    """By what a record names the picture of that number."""
    return hashlib.sha256(photo(number)).hexdigest()


def _fill(row: bytearray, first: int, last: int, colour: int) -> None:
    first, last = max(first, 0), min(last, WIDTH)
    if first < last:
        row[first:last] = bytes([colour]) * (last - first)


def _chunk(name: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))
