"""Documents that govern: rubrics, checklists, dual-management policy. They enter the ledger whole, as events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from domain.entry import Entry
from domain.people import Actor, Reason, Refused, Role, UnitId
from domain.words import Choice


class Sort(Choice):
    """What a document governs."""

    RUBRIC = "rubric", "考核办法", "appraisal measure"
    CHECKLIST = "checklist", "履职清单", "duty list"
    POLICY = "policy", "双重管理规则", "rule of dual management"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Publish a version of a document: its whole text, in force from a day; `trial_in` limits it to one unit."""

    sort: Sort
    code: str
    version: str
    text: str
    since: date
    trial_in: UnitId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeal:
    """End a document; `until` is its last day."""

    sort: Sort
    code: str
    until: date
    reason: str


DocumentCommand = Publish | Repeal


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A version of a document was published; stored as `SORT.published`."""

    sort: Sort
    code: str
    version: str
    text: str
    since: date
    trial_in: UnitId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repealed:
    """A document was ended."""

    sort: Sort
    code: str
    until: date
    reason: str


DocumentEvent = Published | Repealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All published versions of one document, oldest first; `repealed` are the last days of those that were ended."""

    sort: Sort
    code: str
    versions: tuple[Published, ...]
    repealed: tuple[date, ...] = ()

    def in_force(self, day: date, unit: UnitId | None = None) -> Published | None:
        """The version that governs on that day: the latest published of those in force from the latest day.

        A version on trial governs only in the unit that tries it. A repeal ends what began before or on its last day; a version that begins later governs again.
        """
        found: Published | None = None
        for version in self.versions:
            if version.trial_in not in {None, unit}:
                continue
            if version.since <= day and (found is None or version.since >= found.since):
                found = version
        if found is not None and any(found.since <= last < day for last in self.repealed):
            return None
        return found


def stream_of(sort: Sort, code: str) -> str:
    """The stream of a document."""
    return f"{sort.value}/{code}"


def decide(
    document: Document | None, command: DocumentCommand, actor: Actor
) -> list[DocumentEvent]:
    """What follows from a command on a document; its text was checked at the door that read it."""
    if actor.role is not Role.OFFICE:
        raise Refused(Reason.NOT_ALLOWED, about=command.sort.zh)
    match command:
        case Publish():
            if not command.text.strip():
                raise Refused(Reason.MISSING, "/text")
            if document is not None:
                for published in document.versions:
                    if published.version == command.version:
                        if published.text == command.text and published.since == command.since:
                            return []
                        raise Refused(Reason.ALREADY_RECORDED, "/version", command.version)
            return [
                Published(
                    sort=command.sort,
                    code=command.code,
                    version=command.version,
                    text=command.text,
                    since=command.since,
                    trial_in=command.trial_in,
                )
            ]
        case Repeal(sort=sort, code=code, until=until, reason=reason):
            if document is None:
                raise Refused(Reason.NO_SUCH_RUBRIC, "/code", code)
            if not reason.strip():
                raise Refused(Reason.REASON_MISSING, "/reason")
            if until in document.repealed:
                return []
            return [Repealed(sort=sort, code=code, until=until, reason=reason)]


def evolve(document: Document | None, entry: Entry[DocumentEvent]) -> Document | None:
    """A document after one more entry."""
    match entry.event:
        case Published() as event:
            if document is None:
                return Document(sort=event.sort, code=event.code, versions=(event,))
            return replace(document, versions=(*document.versions, event))
        case Repealed(until=until):
            if document is None:
                return None
            # A later word moves the last day, unless a version has begun in between.
            kept = tuple(
                last for last in document.repealed if any(v.since > last for v in document.versions)
            )
            return replace(document, repealed=(*kept, until))
