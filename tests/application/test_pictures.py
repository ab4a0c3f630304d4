"""Pictures and papers that may be kept: by their first bytes, whole, and without what tells of place and device."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.pictures import MediaType, cleaned, media_type_of
from domain.people import Reason, Refused
from tests.pictures import (
    EOI,
    JFIF,
    PDF,
    POINTS,
    SCAN,
    SECRET,
    SIGNATURE,
    SOI,
    TABLE,
    canvas,
    chunk,
    exif,
    frame,
    jpeg,
    only_turned,
    part,
    png,
    segment,
    webp,
)

PLAIN = {
    MediaType.JPEG: jpeg(),
    MediaType.PNG: png(),
    MediaType.WEBP: webp(POINTS),
    MediaType.PDF: PDF,
}
RICH = {
    MediaType.JPEG: jpeg(segment(0xE1, b"Exif\0\0" + exif(6)), segment(0xFE, SECRET)),
    MediaType.PNG: png(chunk(b"gAMA", pack(">I", 45455)), chunk(b"tEXt", b"Comment\0" + SECRET)),
    MediaType.WEBP: webp(canvas(0x0C), POINTS, part(b"EXIF", exif(6)), part(b"XMP ", SECRET)),
    MediaType.PDF: PDF,
}


@pytest.mark.parametrize("media_type", MediaType)
def test_a_plain_file_of_each_sort_is_kept_as_it_is(media_type: MediaType) -> None:
    found = cleaned(PLAIN[media_type])
    assert (found.content, found.media_type) == (PLAIN[media_type], media_type)
    assert media_type_of(PLAIN[media_type]) is media_type


@pytest.mark.parametrize("media_type", MediaType)
def test_what_was_cleaned_is_kept_as_it_is(media_type: MediaType) -> None:
    once = cleaned(RICH[media_type])
    assert SECRET not in once.content
    assert cleaned(once.content) == once


# JPEG


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turned", range(2, 9))
def test_of_exif_how_a_picture_is_turned_is_left(turned: int, order: str) -> None:
    sent = jpeg(segment(0xE1, b"Exif\0\0" + exif(turned, order)))
    left = segment(0xE1, b"Exif\0\0" + only_turned(turned))
    assert cleaned(sent).content == jpeg(left)


@pytest.mark.parametrize(
    "said", [exif(), exif(1), exif(9), exif(6)[:20], b"", b"MM\0*\xff\xff\xff\xff", SECRET]
)
def test_where_exif_says_nothing_of_turning_none_is_left(said: bytes) -> None:
    assert cleaned(jpeg(segment(0xE1, b"Exif\0\0" + said))).content == jpeg()


@pytest.mark.parametrize(
    "more",
    [
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
        segment(0xED, b"Photoshop 3.0\0" + SECRET),
        segment(0xE2, b"MPF\0" + SECRET),
        segment(0xE0, b"JFXX\0" + SECRET),
        segment(0xE5, SECRET),
        segment(0xFE, SECRET),
    ],
)
def test_what_is_no_part_of_the_picture_is_left_out(more: bytes) -> None:
    assert cleaned(jpeg(more)).content == jpeg()


def test_its_colours_are_kept() -> None:
    colours = segment(0xE2, b"ICC_PROFILE\0\1\1x"), segment(0xEE, b"Adobe\0d\0\0\0\0\1")
    assert cleaned(jpeg(*colours)).content == jpeg(*colours)


def test_the_small_picture_beside_it_and_what_hangs_on_is_left_out() -> None:
    thumbnail = segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\1\1" + b"\1\2\3")
    sent = b"".join((SOI, thumbnail, TABLE, frame(), SCAN, EOI, SECRET))
    assert cleaned(sent).content == jpeg()


def test_a_picture_of_several_scans_is_kept_with_all_of_them() -> None:
    table = segment(0xC4, bytes(17))
    # FF before a mark fills up, and says nothing.
    assert cleaned(jpeg(points=SCAN + table + b"\xff" + SCAN)).content == jpeg(
        points=SCAN + table + SCAN
    )


# PNG


def test_chunks_that_are_no_part_of_the_picture_are_left_out() -> None:
    kept = chunk(b"pHYs", pack(">IIB", 1, 1, 0)), chunk(b"tRNS", b"\0\0")
    others = [
        chunk(name, SECRET)
        for name in (b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME", b"acTL", b"prVt")
    ]
    assert cleaned(png(*others, *kept) + SECRET).content == png(*kept)


# WebP


def test_of_a_webp_how_it_is_turned_is_left_and_said_so_at_its_head() -> None:
    colours = part(b"ICCP", b"xyz")
    sent = webp(
        canvas(0x2C), colours, POINTS, part(b"EXIF", b"Exif\0\0" + exif(8)), part(b"ABCD", SECRET)
    )
    left = webp(canvas(0x28), colours, POINTS, part(b"EXIF", only_turned(8)))
    assert cleaned(sent + SECRET).content == left
    assert cleaned(webp(canvas(0x0C), POINTS, part(b"EXIF", exif()))).content == webp(
        canvas(0), POINTS
    )


def test_points_without_loss_are_kept() -> None:
    sent = webp(part(b"VP8L", b"\x2f" + pack("<I", 7 | 7 << 14) + b"abc"))
    assert cleaned(sent).content == sent


# What is refused


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"PK\3\4",
        b" " + PDF,
        PDF.replace(b"%%EOF", b""),
        jpeg()[:-2],
        jpeg()[:-20],
        SOI + TABLE + SCAN + EOI,
        SOI + JFIF + frame() + EOI,
        jpeg(frame()),
        jpeg(b"\xff\xd8"),
        jpeg(b"\xff\x01"),
        jpeg(b"x"),
        jpeg(pack(">BBH", 0xFF, 0xFE, 1)),
        jpeg(width=0),
        jpeg(width=20_000, height=20_000),
        jpeg(b"\xff" * 2 + SCAN),
        png(width=0),
        png(width=2**31 - 1, height=2**31 - 1),
        png()[:-4],
        png()[:-13] + bytes(13),
        SIGNATURE + chunk(b"IEND"),
        SIGNATURE + chunk(b"IHDR", bytes(12)) + chunk(b"IEND"),
        png(chunk(b"IHDR", bytes(13))),
        png(chunk(b"ABCD", b"x")),
        png(chunk(b"a\0cd", b"x")),
        SIGNATURE + chunk(b"IHDR", pack(">II5x", 1, 1)) + chunk(b"IEND"),
        webp(),
        webp(POINTS, POINTS),
        webp(POINTS, canvas(0)),
        webp(canvas(0x02), POINTS),
        webp(canvas(0, 2**24, 2**24), POINTS),
        webp(canvas(0)),
        webp(POINTS)[:-2],
        webp(part(b"VP8 ", bytes(10))),
        webp(part(b"VP8L", bytes(5))),
        webp(part(b"VP8L", b"\x2f")),
        webp(POINTS, b"EXIF\xff\xff\xff\xff"),
    ],
)
def test_what_is_none_of_these_or_not_whole_is_refused(sent: bytes) -> None:
    with pytest.raises(Refused) as refused:
        cleaned(sent)
    assert refused.value.reason is Reason.NOT_A_PICTURE


def test_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("application.pictures.MOST_PARTS", 4)
    for sent in (
        jpeg(*[segment(0xFE, b"")] * 5),
        png(*[chunk(b"tEXt")] * 5),
        webp(POINTS, *[part(b"ABCD", b"")] * 5),
    ):
        with pytest.raises(Refused):
            cleaned(sent)


BEGINNINGS = [b"", b"\xff\xd8\xff", SIGNATURE, b"RIFF\x40\0\0\0WEBP", b"%PDF-"]


@given(st.sampled_from(BEGINNINGS), st.binary(max_size=300))
def test_garbage_is_refused_or_kept_and_breaks_nothing(begins: bytes, rest: bytes) -> None:
    _is_refused_or_stays(begins + rest)


@given(st.sampled_from(MediaType), st.data())
def test_a_damaged_file_is_refused_or_kept_and_breaks_nothing(
    media_type: MediaType, data: st.DataObject
) -> None:
    sent = bytearray(RICH[media_type])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(sent) - 1))
        if data.draw(st.booleans()):
            sent[at] = data.draw(st.integers(0, 255))
        else:
            del sent[at : at + data.draw(st.integers(1, 8))]
        if not sent:
            break
    _is_refused_or_stays(bytes(sent))


def _is_refused_or_stays(sent: bytes) -> None:
    reason: Reason | None = None
    try:
        once = cleaned(sent)
    except Refused as refused:
        reason = refused.reason
    else:
        assert cleaned(once.content) == once
    assert reason in {None, Reason.NOT_A_PICTURE}
