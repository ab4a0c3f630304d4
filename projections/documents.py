"""Rubrics, checklists, policies, rule documents, words of the committee, calendars, loops and pages of figures as published, and which of them is in force when."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, select

from domain import attestation
from domain.attestation import Policy
from domain.calendar import Calendar
from domain.checklist import Checklist
from domain.document import Document, Published, Sort, newest_in_force
from domain.figures import FigurePage
from domain.loop import Loop
from domain.people import UnitId
from domain.period import Period
from domain.rubric import Rubric
from domain.rule import RuleDocument
from domain.streams import Root
from domain.terms import OURS, Terms
from projections import bodies
from projections.columns import METADATA, OPEN, Row, Versioned, Word, ledger_column
from projections.roster import known

document_versions = Table(
    "documents",
    METADATA,
    ledger_column(),
    Column("sort", Word, primary_key=True),
    Column("code", Word, primary_key=True),
    Column("from_position", BigInteger, primary_key=True, autoincrement=False),
    Column("to_position", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""Every state of every document, with the texts of all its versions."""

DOCUMENTS = Versioned(document_versions, key=3)

PAPERS = frozenset(Root.of(sort.value) for sort in Sort)
"""What the streams of documents are of."""

Paper = tuple[Sort, str]
"""A document by its sort and code."""

Said = Rubric | Checklist | Policy | RuleDocument | Terms | Calendar | Loop | FigurePage
"""What the text of a document says."""

A = TypeVar("A")
ReadDocument = Callable[[Sort, str], Said]
"""What makes a document out of its published text; the wiring has it from the packs."""


def document_row(ledger: str, position: int, version: int, document: Document) -> Row:
    """A state of a document."""
    return (
        *(ledger, document.sort.value, document.code, position, OPEN),
        *(version, bodies.encode(document)),
    )


class Shelf:
    """Published documents, each text read once. Safe to call from several threads."""

    MOST = 500
    """Texts that are kept."""
    MOST_ANSWERS = 16

    def __init__(self, read: ReadDocument) -> None:
        self._read = read
        self._kept: dict[tuple[Sort, str], Said] = {}
        self._states: dict[bytes, Document] = {}
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._forgotten = 0
        self._lock = Lock()

    def answer(self, asked: Hashable, work_out: Callable[[], A]) -> A:
        """What was answered before to a question whose answer never changes, worked out where it was not; the last few are kept."""
        with self._lock:
            if asked in self._answers:
                self._answers.move_to_end(asked)
                kept: A = self._answers[asked]
                return kept
            forgotten = self._forgotten
        answer = work_out()
        with self._lock:
            # What was worked out from rows that name somebody who was erased meanwhile is not kept.
            if forgotten == self._forgotten:
                self._answers[asked] = answer
                while len(self._answers) > self.MOST_ANSWERS:
                    self._answers.popitem(last=False)
        return answer

    def forget(self) -> None:
        """Let go of all answers: they may name somebody who was erased."""
        with self._lock:
            self._answers.clear()
            self._forgotten += 1

    def rubric(self, published: Published) -> Rubric:
        """The rubric of a published text."""
        found = self._of(published)
        if not isinstance(found, Rubric):
            raise TypeError(f"{published.sort.value}/{published.code} is not a rubric")
        return found

    def checklist(self, published: Published) -> Checklist:
        """The checklist of a published text."""
        found = self._of(published)
        if not isinstance(found, Checklist):
            raise TypeError(f"{published.sort.value}/{published.code} is not a checklist")
        return found

    def asks_of_units(self, document: Document) -> bool:
        """Whether a version of a rubric depends on offices that are held in units, or on the kinds of those that members are in."""
        if document.sort is not Sort.RUBRIC:
            return False
        rubrics = [self.rubric(published) for published in document.versions]
        return any(rubric.names_offices or rubric.names_kinds for rubric in rubrics)

    def policy(self, published: Published | None) -> Policy:
        """The policy of a published text, the default before one is published."""
        if published is None:
            return attestation.DEFAULT
        found = self._of(published)
        if not isinstance(found, Policy):
            raise TypeError(f"{published.sort.value}/{published.code} is not a policy")
        return found

    def rule(self, published: Published) -> RuleDocument:
        """The rule document of a published text."""
        found = self._of(published)
        if not isinstance(found, RuleDocument):
            raise TypeError(f"{published.sort.value}/{published.code} is not a rule document")
        return found

    def terms(self, published: Published | None) -> Terms:
        """The committee's words of a published text, our own before one is published."""
        if published is None:
            return OURS
        found = self._of(published)
        if not isinstance(found, Terms):
            raise TypeError(f"{published.sort.value}/{published.code} holds no words")
        return found

    def calendar(self, published: Published) -> Calendar:
        """The calendar of a published text."""
        found = self._of(published)
        if not isinstance(found, Calendar):
            raise TypeError(f"{published.sort.value}/{published.code} is not a calendar")
        return found

    def loop(self, published: Published) -> Loop:
        """The loop of a published text."""
        found = self._of(published)
        if not isinstance(found, Loop):
            raise TypeError(f"{published.sort.value}/{published.code} is not a loop")
        return found

    def figures(self, published: Published) -> FigurePage:
        """The page of figures of a published text."""
        found = self._of(published)
        if not isinstance(found, FigurePage):
            raise TypeError(f"{published.sort.value}/{published.code} is not a page of figures")
        return found

    def check(self, document: Document) -> None:
        """Read all versions of a document; whatever its text raises is raised."""
        for published in document.versions:
            self._of(published)

    def state(self, body: bytes) -> Document:
        """A document from its stored state."""
        with self._lock:
            found = self._states.get(body)
        if found is None:
            found = bodies.document(body)
            with self._lock:
                if len(self._states) >= self.MOST:
                    self._states.clear()
                self._states[body] = found
        return found

    def _of(self, published: Published) -> Said:
        key = (published.sort, published.text)
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            found = self._read(published.sort, published.text)
            with self._lock:
                if len(self._kept) >= self.MOST:
                    self._kept.clear()
                self._kept[key] = found
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """A document with the version that is in force on the day, none when none is; `version` is the ETag of its stream."""

    sort: Sort
    code: str
    in_force: Published | None
    document: Document
    version: int
    position: int


def documents(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    sort: Sort | None = None,
    position: int | None = None,
) -> list[DocumentLine]:
    """All documents by sort and code (there are few)."""
    return _documents(connection, ledger, day, sort, None, position)


def document(
    connection: Connection,
    ledger: str,
    sort: Sort,
    code: str,
    *,
    day: date,
    position: int | None = None,
) -> DocumentLine | None:
    """One document with all its versions."""
    found = _documents(connection, ledger, day, sort, code, position)
    return found[0] if found else None


def _documents(
    connection: Connection,
    ledger: str,
    day: date,
    sort: Sort | None,
    code: str | None,
    position: int | None,
) -> list[DocumentLine]:
    rows = document_versions.c
    asked = select(rows.body, rows.version, rows.from_position).where(
        rows.ledger == ledger, known(document_versions, position)
    )
    if sort is not None:
        asked = asked.where(rows.sort == sort.value)
    if code is not None:
        asked = asked.where(rows.code == code)
    lines: list[DocumentLine] = []
    for row in connection.execute(asked.order_by(rows.sort, rows.code)):
        state = bodies.document(row.body)
        lines.append(
            DocumentLine(
                sort=state.sort,
                code=state.code,
                in_force=state.in_force(day),
                document=state,
                version=row.version,
                position=row.from_position,
            )
        )
    return lines


def states(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    position: int | None = None,
    sorts: Collection[Sort] = tuple(Sort),
) -> list[Document]:
    """All documents of these sorts by sort and code, as the shelf knows them."""
    rows = document_versions.c
    asked = (
        select(rows.body)
        .where(
            rows.ledger == ledger,
            known(document_versions, position),
            rows.sort.in_(sorted(sort.value for sort in sorts)),
        )
        .order_by(rows.sort, rows.code)
    )
    return [shelf.state(body) for (body,) in connection.execute(asked)]


def some(connection: Connection, ledger: str, sort: Sort, codes: Sequence[str]) -> list[Document]:
    """These documents of a sort."""
    rows = document_versions.c
    asked = select(rows.body).where(
        rows.ledger == ledger,
        known(document_versions, None),
        rows.sort == sort.value,
        rows.code.in_(codes),
    )
    return [bodies.document(body) for (body,) in connection.execute(asked)]


def publication(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    sort: Sort,
    code: str,
    version: str | None = None,
) -> tuple[Published, int] | None:
    """A version of a document, the newest where none is named, and the position at which it was published; nothing where there is none."""
    rows = document_versions.c
    asked = (
        select(rows.from_position, rows.body)
        .where(rows.ledger == ledger, rows.sort == sort.value, rows.code == code)
        .order_by(rows.from_position)
    )
    first: dict[str, tuple[Published, int]] = {}
    for position, body in connection.execute(asked):
        for each in shelf.state(body).versions:
            first.setdefault(each.version, (each, position))
    return first.get(version if version is not None else next(reversed(first), ""))


def policy(
    connection: Connection, ledger: str, shelf: Shelf, day: date, *, position: int | None = None
) -> Policy:
    """The rule of dual management on that day; the default until one is published."""
    return policy_of(states(connection, ledger, shelf, position=position), shelf, day)


def policies(
    connection: Connection, ledger: str, shelf: Shelf, *, position: int | None = None
) -> Policies:
    """All rules of dual management, and from when each is in force."""
    return policies_of(states(connection, ledger, shelf, position=position), shelf)


def terms(connection: Connection, ledger: str, shelf: Shelf, day: date) -> Terms:
    """The committee's own words on that day, as known now; of several documents, those in force from the latest day."""
    rows = document_versions.c
    asked = select(rows.body).where(
        rows.ledger == ledger,
        known(document_versions, None),
        rows.sort == Sort.TERMS.value,
    )
    found = [shelf.state(body) for (body,) in connection.execute(asked)]
    return shelf.terms(newest_in_force(found, Sort.TERMS, day))


def policy_of(found: Iterable[Document], shelf: Shelf, day: date) -> Policy:
    """The rule of dual management on that day: of several documents, the one in force from the latest day."""
    return shelf.policy(newest_in_force(found, Sort.POLICY, day))


@dataclass(frozen=True, slots=True)
class Policies:
    """The rules of dual management that follow one another: the first until the first of `days`, each other from its day on.

    A line goes by the rule of its day, an account by the rule of the last day of its period: what is published later rewrites neither.
    """

    days: tuple[date, ...] = ()
    rules: tuple[Policy, ...] = (attestation.DEFAULT,)

    def on(self, day: date) -> Policy:
        """The rule on that day."""
        return self.rules[bisect_right(self.days, day)]

    def over(self, period: Period, today: date) -> Policy:
        """The rule that a period is drawn up under: that of its last day, until then that of today."""
        return self.on(min(today, period.last))

    def change_in(self, period: Period, today: date) -> date | None:
        """The first day after today, within the period, on which another rule is in force by time alone."""
        place = bisect_right(self.days, today)
        return next((day for day in self.days[place : place + 1] if day <= period.last), None)


def policies_of(found: Sequence[Document], shelf: Shelf) -> Policies:
    """All rules of dual management, and from when each is in force."""
    papers = [d for d in found if d.sort is Sort.POLICY]
    begins = {v.since for d in papers for v in d.versions}
    begins |= {last + timedelta(days=1) for d in papers for last in d.last_days if last < date.max}
    days: list[date] = []
    rules = [attestation.DEFAULT]
    for day in sorted(begins):
        rule = policy_of(papers, shelf, day)
        if rule != rules[-1]:
            days.append(day)
            rules.append(rule)
    return Policies(tuple(days), tuple(rules))


def governing(document: Document, period: Period, units: Iterable[UnitId] = ()) -> Published | None:
    """The version that a period is drawn up under: the one in force on the last day of it on which any was.

    For those who belong to these units it may be one that is on trial there; of several, the one that began last.
    """
    trying = sorted(document.trial_units.intersection(units))
    days = [period.last, *(day for day in document.last_days if period.holds(day))]
    for day in sorted(days, reverse=True):
        found = document.in_force(day)
        for unit in trying:
            tried = document.in_force(day, unit)
            if tried is not None and (found is None or tried.since >= found.since):
                found = tried
        if found is not None:
            return found
    return None
