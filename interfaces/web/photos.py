"""Pictures and papers that come with a form: kept before all else, and carried on by their hashes, so that they need not be sent again with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from application.evidence import LARGEST
from domain.people import Reason, Refused
from interfaces import bodies
from interfaces.api.files import SentToday
from interfaces.bodies import LARGEST_BODY
from interfaces.web.visiting import MOST_FILES, Sent, Visitor

PHOTO, KEPT_PHOTO = "photo", "kept_photo"
LARGEST_FORM = 4 * LARGEST
"""Bytes of a form with the pictures in it."""
UPLOADS = {"largest": LARGEST, "whole": LARGEST_FORM - LARGEST_BODY, "most": MOST_FILES}
"""What a page says of what may be sent: bytes of a file, bytes of all, how many."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture or a paper that was sent with a form and is kept already."""

    sha256: str
    name: str

    @property
    def told(self) -> str:
        """The same as the form carries it on."""
        return f"{self.sha256} {self.name}"

    @property
    def as_evidence(self) -> dict[str, str]:
        """The same as a command names it."""
        return {"name": self.name, "sha256": self.sha256}


def must_fit(sent: Sent) -> None:
    """Refuse more text than a record may hold: a form is larger for its pictures alone."""
    if sum(len(value) for _, value in sent.pairs) > LARGEST_BODY:
        raise Refused(Reason.TOO_LARGE, about=f"> {LARGEST_BODY}")


def with_photos_kept(visitor: Visitor, sent: Sent) -> Sent:
    """The form with its files kept and named by their hashes."""
    pairs = list(sent.pairs)
    for nth, file in enumerate(sent.files.get(PHOTO, ()), start=1):
        today: SentToday = visitor.request.app.state.sent_today
        today.count(visitor.ledger, visitor.actor.person, visitor.desk.today())
        try:
            kept = visitor.desk.files.put(file.content)
        except Refused as refused:
            raise replace(refused, field="/evidence") from refused
        name = bodies.check_text(file.name[-60:].strip(), "photo") or f"照片{nth}"
        pairs.append((KEPT_PHOTO, f"{kept.sha256} {name}"))
    return Sent(tuple(pairs))


def photos_told(told: Sequence[str]) -> tuple[Photo, ...]:
    """The files that a form carries on, each once."""
    found = (each.partition(" ") for each in dict.fromkeys(told))
    return tuple(Photo(sha256, name) for sha256, _, name in found)


def photos_in(sent: Sent) -> tuple[Photo, ...]:
    """The files that were sent with a form, now or before."""
    return photos_told(sent.all(KEPT_PHOTO))


def held(visitor: Visitor, hashes: Iterable[str]) -> frozenset[str]:
    """Which of the files of these hashes are kept: one may have been forgotten, or never have come."""
    try:
        return visitor.desk.files.held(each.lower() for each in hashes)
    except Refused as refused:
        if refused.reason is not Reason.NOT_PREPARED:
            raise
        return frozenset()
