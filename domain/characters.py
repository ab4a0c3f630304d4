"""The one form in which text is kept, and that in which it is compared, and the characters that no text may hold, whichever door it comes through."""

from __future__ import annotations

import re
import unicodedata

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u206a-\u206f"
    "\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Control characters except tab and line ends, marks and overrides of writing direction, halves of characters, and what
is no character: they make text read otherwise than it is stored."""


def composed(text: str) -> str:
    """Text in Unicode's composed form (NFC), so that what looks the same is the same."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def as_compared(text: str) -> str:
    """Text as it is compared: without spaces, full-width forms and case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def is_forbidden(text: str) -> bool:
    """Whether it holds such a character."""
    return FORBIDDEN.search(text) is not None
