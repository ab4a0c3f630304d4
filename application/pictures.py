"""Pictures and papers that may be kept: told by their first bytes, read apart by their structure, and without what tells of place and device.

Nothing is decoded here, and nothing of a picture's points is changed. What a picture is made of is on a list; whatever else is in the
file (where it was taken, by whom, with what, remarks, thumbnails, what hangs on after its end) is left out. A PDF is kept as it is.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct, error, pack, unpack_from

from domain.people import Reason, Refused
from domain.words import Choice

MOST_PIXELS = 120_000_000
"""Points of a picture: a small file may claim to be larger than any screen can bear."""
MOST_PARTS = 100_000
"""Segments or chunks that a file is read apart into."""


class MediaType(Choice):
    """What a file is."""

    JPEG = "image/jpeg", "JPEG 图片", "a JPEG picture"
    PNG = "image/png", "PNG 图片", "a PNG picture"
    WEBP = "image/webp", "WebP 图片", "a WebP picture"
    PDF = "application/pdf", "PDF 文件", "a PDF"

    @property
    def ending(self) -> str:
        """How the name of such a file ends."""
        return {"image/jpeg": ".jpg"}.get(self.value, f".{self.value.partition('/')[2]}")


@dataclass(frozen=True, slots=True)
class Clean:
    """A file fit to be kept, and what it is."""

    content: bytes
    media_type: MediaType


class _Broken(Exception):
    """Something is where it cannot be in a file of this sort."""


def media_type_of(content: bytes) -> MediaType | None:
    """What a file is by its first bytes, none where it is nothing that is kept."""
    if content.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if content.startswith(_PNG):
        return MediaType.PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return MediaType.WEBP
    if content.startswith(b"%PDF-"):
        return MediaType.PDF
    return None


def cleaned(content: bytes) -> Clean:
    """The file as it may be kept; refuses what is none of these, what is not whole, and pictures that are too large. Done twice it changes nothing more."""
    media_type = media_type_of(content)
    if media_type is None:
        raise Refused(Reason.NOT_A_PICTURE)
    try:
        return Clean(_CLEANED[media_type](content), media_type)
    except (_Broken, error) as broken:
        raise Refused(Reason.NOT_A_PICTURE, about=media_type.zh) from broken


def _check_size(width: int, height: int) -> None:
    if not 0 < width * height <= MOST_PIXELS:
        raise _Broken


# JPEG

_APP0, _EXIF, _ICC, _ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
_SOI, _EOI, _SOS = b"\xff\xd8", 0xD9, 0xDA
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
"""Tables of codes and of numbers, and how often a scan starts anew."""
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the points of a scan: within them FF is followed by 00 or by the mark of a restart."""
_JFIF = b"JFIF\0"


def _jpeg(content: bytes) -> bytes:
    turned, kept, ended = 1, [], False
    frames = scans = 0
    for marker, payload, scan in _segments(content):
        if marker == _EOI:
            ended = True
            break
        if marker in _FRAMES:
            height, width = unpack_from(">HH", payload, 1)
            _check_size(width, height)
            frames += 1
        elif marker == _EXIF:
            if payload.startswith(b"Exif\0\0"):
                turned = _orientation_in(payload[6:])
            continue
        elif marker == _APP0:
            if not payload.startswith(_JFIF) or len(payload) < 14:
                continue
            # The small picture in it may show what was cut off the large one.
            payload = payload[:12] + b"\0\0"
        elif marker == _SOS:
            if not frames:
                raise _Broken
            scans += 1
        elif not (
            marker in _TABLES
            or (marker == _ICC and payload.startswith(b"ICC_PROFILE\0"))
            or (marker == _ADOBE and payload.startswith(b"Adobe"))
        ):
            continue
        kept.append((marker, _segment(marker, payload) + scan))
    if not (ended and frames == 1 and scans):
        raise _Broken
    if turned != 1:
        # After JFIF, which comes first where there is one.
        at = 1 if kept[0][0] == _APP0 else 0
        kept.insert(at, (_EXIF, _segment(_EXIF, b"Exif\0\0" + _only_orientation(turned))))
    return b"".join((_SOI, *(segment for _, segment in kept), bytes((0xFF, _EOI))))


def _segment(marker: int, payload: bytes) -> bytes:
    return pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """The segments after the first mark, up to the end of the picture, each with the points that follow it if it begins a scan."""
    at = 2
    for _ in range(MOST_PARTS):
        if content[at : at + 1] != b"\xff":
            raise _Broken
        while content[at + 1 : at + 2] == b"\xff":
            at += 1
        (marker,) = unpack_from("B", content, at + 1)
        if marker == _EOI:
            yield marker, b"", b""
            return
        if marker < 0xC0 or 0xD0 <= marker <= 0xD8:
            raise _Broken
        (length,) = unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise _Broken
        payload, at, scan = content[at + 4 : end], end, b""
        if marker == _SOS:
            found = _NEXT_MARKER.search(content, end)
            if found is None:
                raise _Broken
            at = found.start()
            scan = content[end:at]
        yield marker, payload, scan
    raise _Broken


# How a picture is to be turned, which a camera writes where it writes the place too

_ORIENTATION, _SHORT = 0x0112, 3


def _orientation_in(tiff: bytes) -> int:
    """How a picture is to be turned, as its EXIF says: 1 to 8, and 1, as it is, where it says nothing that can be read."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (start,) = unpack_from(f"{order}I", tiff, 4)
        (count,) = unpack_from(f"{order}H", tiff, start)
        for at in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, number, turned = unpack_from(f"{order}HHIH", tiff, at)
            if (tag, kind, number) == (_ORIENTATION, _SHORT, 1):
                return int(turned) if 1 <= turned <= 8 else 1
    except error:
        return 1
    return 1


def _only_orientation(turned: int) -> bytes:
    """EXIF that says this and nothing else."""
    return pack(">4sIHHHIHHI", b"MM\0*", 8, 1, _ORIENTATION, _SHORT, 1, turned, 0, 0)


# PNG

_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNK = Struct(">I4s")
_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_OF_COLOURS = frozenset(
    {b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD", b"pHYs"}
)


def _png(content: bytes) -> bytes:
    kept, points = [], False
    for nth, (name, chunk, data) in enumerate(_png_chunks(content)):
        if (name == b"IHDR") is not (nth == 0):
            raise _Broken
        if nth == 0:
            if len(data) != 13:
                raise _Broken
            _check_size(*unpack_from(">II", data))
        points = points or name == b"IDAT"
        if name in _CRITICAL or name in _OF_COLOURS:
            kept.append(chunk)
        elif not name[0] & 0x20:
            # A capital letter says that the picture is not to be shown without it.
            raise _Broken
    if not points:
        raise _Broken
    return b"".join((_PNG, *kept))


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, whole and content of each chunk, up to the last."""
    at = len(_PNG)
    for _ in range(MOST_PARTS):
        length, name = _CHUNK.unpack_from(content, at)
        end = at + 12 + length
        if end > len(content) or not name.isalpha():
            raise _Broken
        data = content[at + 8 : end - 4]
        if unpack_from(">I", content, end - 4) != (zlib.crc32(data, zlib.crc32(name)),):
            raise _Broken
        yield name, content[at:end], data
        if name == b"IEND":
            return
        at = end
    raise _Broken


# WebP

_HAS_EXIF, _HAS_XMP, _MOVES = 0x08, 0x04, 0x02
_POINTS = frozenset({b"VP8 ", b"VP8L"})


def _webp(content: bytes) -> bytes:
    turned, kept = 1, dict[bytes, bytes]()
    for name, data in _webp_chunks(content):
        if name == b"EXIF":
            turned = _orientation_in(data.removeprefix(b"Exif\0\0"))
        elif name in _POINTS or name in {b"VP8X", b"ICCP", b"ALPH"}:
            if name in kept:
                raise _Broken
            kept[name] = data
    names = list(kept)
    if len(_POINTS & kept.keys()) != 1 or b"VP8X" in names[1:]:
        raise _Broken
    if b"VP8X" in kept:
        flags, *rest = unpack_from("<B9B", kept[b"VP8X"])
        width, height = (1 + int.from_bytes(bytes(rest[n : n + 3]), "little") for n in (3, 6))
        _check_size(width, height)
        if flags & _MOVES:
            raise _Broken
        flags &= ~(_HAS_EXIF | _HAS_XMP)
        if turned != 1:
            flags |= _HAS_EXIF
            kept[b"EXIF"] = _only_orientation(turned)
        kept[b"VP8X"] = bytes((flags, *rest))
    _check_webp_points(kept)
    body = b"".join(
        name + pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in kept.items()
    )
    return b"RIFF" + pack("<I", len(body) + 4) + b"WEBP" + body


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    (size,) = unpack_from("<I", content, 4)
    end, at = size + 8, 12
    if end > len(content):
        raise _Broken
    for _ in range(MOST_PARTS):
        if at >= end:
            return
        name, length = unpack_from("<4sI", content, at)
        if at + 8 + length > end:
            raise _Broken
        yield name, content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    raise _Broken


def _check_webp_points(kept: dict[bytes, bytes]) -> None:
    """Refuse points that do not begin as they must, or claim too many."""
    if b"VP8 " in kept:
        begins, width, height = unpack_from("<3x3sHH", kept[b"VP8 "])
        if begins != b"\x9d\x01\x2a":
            raise _Broken
        _check_size(width & 0x3FFF, height & 0x3FFF)
    else:
        begins, sides = unpack_from("<BI", kept[b"VP8L"])
        if begins != 0x2F:
            raise _Broken
        _check_size(1 + (sides & 0x3FFF), 1 + (sides >> 14 & 0x3FFF))


# PDF

_LAST = 1024
"""Bytes within which a PDF says that it ends."""


def _pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-_LAST:]:
        raise _Broken
    return content


_CLEANED = {
    MediaType.JPEG: _jpeg,
    MediaType.PNG: _png,
    MediaType.WEBP: _webp,
    MediaType.PDF: _pdf,
}
