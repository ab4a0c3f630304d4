"""What bears out something that was recorded: papers by their numbers, files by their hashes; the files themselves lie elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.people import Reason, Refused, no_longer_than
from domain.values import value
from domain.words import Label, Open

LONGEST_NAME = 100
"""Characters of the name of a piece of evidence at the most, where it bears out a problem that was mended."""
_HASH = re.compile(r"[0-9a-f]{64}")
_ONE_OF_BOTH = Label(
    "文件的 SHA-256(64 位小写十六进制)或纸质文号,至少一项",
    "the SHA-256 of a file (64 small hexadecimal digits), or the number of a paper",
)


@value(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A paper or picture that bears a record out, by its number or by the SHA-256 of its file."""

    name: str
    sha256: Open[str] = ""
    number: Open[str] = ""


def is_hash(text: str) -> bool:
    """Whether it is a SHA-256 as it is written here: 64 small hexadecimal digits."""
    return _HASH.fullmatch(text) is not None


def added(before: Sequence[Evidence], new: Sequence[Evidence], most: int) -> tuple[Evidence, ...]:
    """What was there and what is new, each file once. Refuses a piece without a name, without file and number, with what is no hash, and more than `most` of them."""
    found = list(before)
    had = {each.sha256 for each in before if each.sha256}
    for i, each in enumerate(new):
        field = f"/evidence/{i}"
        if not each.name.strip():
            raise Refused(Reason.MISSING, f"{field}/name")
        no_longer_than(LONGEST_NAME, each.name, f"{field}/name")
        no_longer_than(LONGEST_NAME, each.number, f"{field}/number")
        if each.sha256 and not is_hash(each.sha256):
            raise Refused(
                Reason.MALFORMED, f"{field}/sha256", each.sha256[:80], wanted=_ONE_OF_BOTH
            )
        if not each.sha256 and not each.number.strip():
            raise Refused(Reason.MISSING, f"{field}/sha256", wanted=_ONE_OF_BOTH)
        if each.sha256 in had or each in found:
            continue
        found.append(each)
        had |= {each.sha256} - {""}
    if len(found) > most:
        raise Refused(Reason.TOO_MANY, "/evidence", f"> {most}")
    return tuple(found)
