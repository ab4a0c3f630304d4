"""Documents that govern: rubrics, checklists, dual-management policy, rule documents, a committee's own words. They enter the ledger whole, as events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from domain.access import Action, must
from domain.entry import Entry
from domain.people import Actor, Reason, Refused, UnitId
from domain.words import CODE, Choice, is_code


class Sort(Choice):
    """What a document governs."""

    RUBRIC = "rubric", "考核办法", "appraisal measure"
    CHECKLIST = "checklist", "履职清单", "duty list"
    POLICY = "policy", "双重管理规则", "rule of dual management"
    RULE = "rule", "规则文件", "rule document"
    TERMS = "terms", "用语", "words of the committee"
    CALENDAR = "calendar", "节假日安排", "calendar of holidays"
    LOOP = "loop", "闭环流程", "loop"
    FIGURES = "figures", "数据页", "page of figures"


NOT_PUBLISHED: Mapping[Sort, Reason] = MappingProxyType(
    {
        Sort.RUBRIC: Reason.NO_SUCH_RUBRIC,
        Sort.CHECKLIST: Reason.NO_SUCH_CHECKLIST,
        Sort.POLICY: Reason.NO_SUCH_POLICY,
        Sort.RULE: Reason.NO_SUCH_RULE,
        Sort.TERMS: Reason.NO_SUCH_TERMS,
        Sort.CALENDAR: Reason.NO_SUCH_CALENDAR,
        Sort.LOOP: Reason.NO_SUCH_LOOP,
        Sort.FIGURES: Reason.NO_SUCH_FIGURES,
    }
)
"""What is said of a document that nobody has published."""


FOR_ALL = frozenset({Sort.POLICY, Sort.TERMS, Sort.CALENDAR, Sort.LOOP, Sort.FIGURES})
"""What is not tried out in one unit: two sides of one line would go by two rules, call it by two words, hand a matter on by two ways, or one figure would be two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Publish a version of a document: its whole text, in force from a day.

    `until` is its last day where it says one; `trial_in` limits it to one unit.
    """

    sort: Sort
    code: str
    version: str
    text: str
    since: date
    trial_in: UnitId | None = None
    until: date | None = None


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
    until: date | None = None


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

        A version on trial governs only in the unit that tries it, until it ends or a version for all begins after it. A version for all
        replaces those before it for good: when its own last day is over, none of them comes back. A repeal ends what began before or on
        its last day; a version that begins later governs again.
        """
        found = self._begun(day, None)
        if found is not None and self._has_ended(found, day):
            found = None
        tried = None if unit is None else self._begun(day, unit)
        if tried is None or self._has_ended(tried, day):
            return found
        return tried if found is None or tried.since >= found.since else found

    @property
    def newest(self) -> Published | None:
        """The version for all that begins last, whether it has begun or not; nothing where that one was repealed."""
        found = max(
            (v for v in self.versions if v.trial_in is None), key=lambda v: v.since, default=None
        )
        if found is None or any(last >= found.since for last in self.repealed):
            return None
        return found

    @property
    def trial_units(self) -> frozenset[UnitId]:
        """The units in which a version of it is, or was, on trial."""
        return frozenset(v.trial_in for v in self.versions if v.trial_in is not None)

    @property
    def last_days(self) -> tuple[date, ...]:
        """The days after which a version of it no longer governs: its own last days, and those of repeals."""
        return (*(v.until for v in self.versions if v.until is not None), *self.repealed)

    def _begun(self, day: date, trial_in: UnitId | None) -> Published | None:
        """The version for all, or on trial in a unit, that began last by that day."""
        found: Published | None = None
        for version in self.versions:
            if (
                version.trial_in == trial_in
                and version.since <= day
                and (found is None or version.since >= found.since)
            ):
                found = version
        return found

    def _has_ended(self, version: Published, day: date) -> bool:
        """Whether its last day, or that of a repeal, is over by that day."""
        return (version.until is not None and version.until < day) or any(
            version.since <= last < day for last in self.repealed
        )


def newest_in_force(documents: Iterable[Document], sort: Sort, day: date) -> Published | None:
    """The version for all that governs on that day, of the documents of a sort: of several, the one in force from the latest day."""
    found = [p for d in documents if d.sort is sort and (p := d.in_force(day)) is not None]
    return max(found, key=lambda p: (p.since, p.code), default=None)


def stream_of(sort: Sort, code: str) -> str:
    """The stream of a document."""
    return f"{sort.value}/{code}"


def decide(
    document: Document | None, command: DocumentCommand, actor: Actor
) -> list[DocumentEvent]:
    """What follows from a command on a document; its text was checked at the door that read it."""
    must(actor.role, Action.PUBLISH)
    match command:
        case Publish():
            if document is None and not is_code(command.code):
                raise Refused(Reason.MALFORMED, "/code", command.code[:80], wanted=CODE)
            if not command.text.strip():
                raise Refused(Reason.MISSING, "/text")
            if command.until is not None and command.until < command.since:
                raise Refused(Reason.WRONG_ORDER, "/until", command.until.isoformat())
            if command.trial_in is not None and command.sort in FOR_ALL:
                raise Refused(Reason.MALFORMED, "/trial_in", command.sort.zh)
            if document is not None:
                for published in document.versions:
                    if published.version == command.version:
                        if published == _published(command):
                            return []
                        raise Refused(Reason.ALREADY_RECORDED, "/version", command.version)
            return [_published(command)]
        case Repeal(sort=sort, code=code, until=until, reason=reason):
            if document is None:
                raise Refused(NOT_PUBLISHED[sort], "/code", code)
            if not reason.strip():
                raise Refused(Reason.REASON_MISSING, "/reason")
            if until in document.repealed:
                return []
            return [Repealed(sort=sort, code=code, until=until, reason=reason)]


def _published(command: Publish) -> Published:
    return Published(
        sort=command.sort,
        code=command.code,
        version=command.version,
        text=command.text,
        since=command.since,
        trial_in=command.trial_in,
        until=command.until,
    )


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
