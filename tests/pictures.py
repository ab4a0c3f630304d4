"""Small files of each sort that is kept, made by hand, with what tells of place and device in them."""

from __future__ import annotations

import zlib
from struct import pack

SECRET = b"N 36 53.7, taken with X"
"""What may be in none of them afterwards."""


def exif(turned: int | None = None, order: str = ">") -> bytes:
    """EXIF with a secret, and how the picture is to be turned if that is told."""
    begins = b"MM\0*" if order == ">" else b"II*\0"
    make = pack(f"{order}HHII", 0x010F, 2, len(SECRET), 64)
    turn = b"" if turned is None else pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0)
    count = 1 if turned is None else 2
    head = begins + pack(f"{order}IH", 8, count) + make + turn + bytes(4)
    return head.ljust(64, b"\0") + SECRET


def only_turned(turned: int) -> bytes:
    """What is left of EXIF."""
    return pack(">4sIHHHIHHI", b"MM\0*", 8, 1, 0x0112, 3, 1, turned, 0, 0)


# JPEG


def segment(marker: int, payload: bytes) -> bytes:
    return pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


SOI, EOI = b"\xff\xd8", b"\xff\xd9"
JFIF = segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0")
TABLE = segment(0xDB, bytes(65))


def frame(width: int = 8, height: int = 8) -> bytes:
    return segment(0xC0, pack(">BHHB3x", 8, height, width, 1))


SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"


def jpeg(*more: bytes, points: bytes = SCAN, width: int = 8, height: int = 8) -> bytes:
    """A JPEG with further segments after its first."""
    return b"".join((SOI, JFIF, *more, TABLE, frame(width, height), points, EOI))


# PNG

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))


def png(*more: bytes, width: int = 1, height: int = 1) -> bytes:
    """A PNG of one grey point with further chunks before its points."""
    head = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"".join(
        (SIGNATURE, head, *more, chunk(b"IDAT", zlib.compress(b"\0\x80")), chunk(b"IEND"))
    )


# WebP


def part(name: bytes, data: bytes) -> bytes:
    return name + pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


POINTS = part(b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a" + pack("<HH", 8, 8) + bytes(5))


def canvas(flags: int, width: int = 8, height: int = 8) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return part(b"VP8X", bytes((flags, 0, 0, 0)) + sides)


def webp(*parts: bytes) -> bytes:
    """A WebP of these parts."""
    body = b"".join(parts)
    return b"RIFF" + pack("<I", len(body) + 4) + b"WEBP" + body


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
