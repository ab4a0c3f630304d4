"""What both doors ask and answer of an import: what is said beside the sheet, what is chosen about its rows, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, TypeVar

from application import importing
from application.cells import choice_of
from application.importing import Finding, Outcome, Plan, Severity
from application.kind_words import kind_meant
from application.people_named import People
from application.record_import import Assumed, Chosen, Repeats, plan_records
from application.roster_import import plan_roster
from application.sheets import Sheet, with_headings
from domain.deed import Known
from domain.fact import Capacity
from domain.member import Term
from domain.people import Actor, Reason, Refused
from domain.roster import Roster
from interfaces.called import person_of, unit_of
from interfaces.moments import day_said
from interfaces.wiring import Desk

T = TypeVar("T")

SAID_IN_WORDS = (
    "kind",
    "on",
    "title",
    "organiser",
    "place",
    "detail",
    "column",
    "choose",
    "guest",
    "leave",
    "skip",
    "repeats",
)
"""What may be said beside a list of records: options of the command line and parameters of the API."""
MOST_DIGITS = 9
"""Digits of the number of a row or a column at the most."""
YEARS_OF_A_TERM = 4
"""How long ago a term is taken to have begun, on 1 January, where nobody says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says beside a list of records, in words.

    `detail` holds `FIELD=VALUE`, `column` what a column of the sheet is, `NUMBER=NAME`, counted from 1; `choose`, `guest`, `leave` and `skip` are about rows: `ROW=PERSON`, `ROW` or
    `ROW=CAPACITY`, `ROW=KIND`, `ROW`. `repeats` is `link`, `skip` or `record` for all rows, or `ROW=…` for one. `before` stands
    before the names in a refusal.
    """

    kind: str = ""
    on: str = ""
    title: str = ""
    organiser: str = ""
    place: str = ""
    detail: Sequence[str] = ()
    column: Sequence[str] = ()
    choose: Sequence[str] = ()
    guest: Sequence[str] = ()
    leave: Sequence[str] = ()
    skip: Sequence[str] = ()
    repeats: Sequence[str] = ()
    before: str = ""

    def assumed(self, roster: Roster) -> Assumed:
        """What holds for rows that do not say otherwise; raises `Refused`."""
        if self.kind:
            self._read("kind", lambda: kind_meant(self.kind))
        return Assumed(
            kind=self.kind,
            on=day_said(self.on, f"{self.before}on") if self.on else None,
            title=self.title,
            organiser=unit_of(roster, self.organiser, f"{self.before}organiser")
            if self.organiser
            else None,
            place=self.place,
            details=dict(self._pair("detail", each) for each in self.detail),
            headings=dict(self._heading(each) for each in self.column),
        )

    def choices(self, roster: Roster) -> tuple[Mapping[int, Chosen], Repeats]:
        """What was decided about rows, and about repeats in all other rows; raises `Refused`."""
        found: dict[int, dict[str, Any]] = {}

        def about(name: str, said: str) -> dict[str, Any]:
            return found.setdefault(self._row(name, said), {})

        for each in self.choose:
            row, person = self._pair("choose", each)
            about("choose", row)["person"] = person_of(roster, person, f"{self.before}choose")
        for each in self.guest:
            row, _, capacity = each.partition("=")
            about("guest", row)["capacity"] = (
                self._capacity(capacity) if capacity else Capacity.INVITED
            )
        for each in self.leave:
            row, leave = self._pair("leave", each)
            about("leave", row)["leave"] = leave
        for each in self.skip:
            about("skip", each)["skip"] = True
        all_rows = Repeats.RECORD
        for each in self.repeats:
            row, between, word = each.rpartition("=")
            if between:
                about("repeats", row)["repeats"] = self._repeats(word)
            else:
                all_rows = self._repeats(word)
        return {row: Chosen(**chosen) for row, chosen in found.items()}, all_rows

    def _pair(self, name: str, said: str) -> tuple[str, str]:
        left, between, right = said.partition("=")
        if not (between and left.strip() and right.strip()):
            raise Refused(Reason.MALFORMED, f"{self.before}{name}", f"「{said}」(…=…)")
        return left.strip(), right.strip()

    def _heading(self, said: str) -> tuple[int, str]:
        number, heading = self._pair("column", said)
        return self._row("column", number), heading

    def _row(self, name: str, said: str) -> int:
        if not (said.strip().isdecimal() and len(said) <= MOST_DIGITS):
            raise Refused(Reason.MALFORMED, f"{self.before}{name}", f"「{said}」(行号 row number)")
        return int(said)

    def _repeats(self, word: str) -> Repeats:
        try:
            return Repeats.of(word)
        except KeyError as error:
            told = "、".join(f"{each.value}={each.zh}" for each in Repeats)
            raise Refused(
                Reason.MALFORMED, f"{self.before}repeats", f"「{word}」({told})"
            ) from error

    def _capacity(self, word: str) -> Capacity:
        return self._read("guest", lambda: choice_of(Capacity, word))

    def _read(self, name: str, read: Callable[[], T]) -> T:
        """What a word means; a refusal learns who said it."""
        try:
            return read()
        except Refused as refused:
            raise Refused(refused.reason, f"{self.before}{name}", refused.about) from refused


def records(desk: Desk, known: Known, sheet: Sheet, actor: Actor, said: Said) -> Plan:
    """What a list of records would write."""
    choices, repeats = said.choices(known.roster)
    assumed = said.assumed(known.roster)
    try:
        with_headings(sheet, assumed.headings)
    except Refused as refused:
        raise Refused(refused.reason, f"{said.before}column", refused.about) from refused
    return plan_records(
        sheet,
        known=known,
        actor=actor,
        ledger=desk.code,
        assumed=assumed,
        choices=choices,
        repeats=repeats,
        policy=desk.policy(),
    )


def roster(desk: Desk, known: Known, sheet: Sheet, actor: Actor, term: Term) -> Plan:
    """What a roster would write; the committee itself is opened with it where there is none."""
    return plan_roster(
        sheet,
        known=known,
        actor=actor,
        ledger=desk.code,
        term=term,
        committee=desk.opened.committee,
    )


def term_of(number: int | None, since: date | None, today: date) -> Term:
    """The term of rows that name none."""
    return Term(number=number or 1, since=since or date(today.year - YEARS_OF_A_TERM, 1, 1))


# What came of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """Somebody who may be meant: the id to choose, and what tells him from others."""

    id: str
    described: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """What is to be said of a row, as the sheet numbers it; row 0 is the whole sheet.

    `deed` is the record that it may repeat, `people` those who may be meant.
    """

    row: int
    column: str
    severity: Severity
    reason: Reason
    detail: str
    detail_en: str
    deed: str
    people: tuple[Meant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetView:
    """What was read: which sheet of the file, how, and from where; `others` are its further sheets with a header."""

    name: str
    tab: str
    others: tuple[str, ...]
    encoding: str
    header_row: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateView:
    """Rows that give no points until somebody confirms, because they are recorded more than `days` after the day."""

    rows: tuple[int, ...]
    days: int
    units: tuple[str, ...]
    detail: str
    detail_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """What an import would write, or wrote.

    `rows` tells what becomes of each row by its number: ready, already, left_out, skipped, written. `written`, `again` and
    `refused` count commands: carried out now, carried out by an earlier import of this file, refused when writing. `stopped`
    says that nothing was tried because a row has an error and all or nothing was asked for. `position` is what to wait for.
    """

    committed: bool
    stopped: bool
    sheet: SheetView
    rows: Mapping[str, importing.RowState]
    counts: Mapping[str, int]
    findings: tuple[FindingView, ...]
    late: LateView | None
    written: int
    again: int
    refused: int
    position: int


def view_of(told: Plan | Outcome, known: Known) -> ImportView:
    """An import as both doors tell it."""
    plan = told if isinstance(told, Plan) else told.plan
    outcome = told if isinstance(told, Outcome) else None
    sheet = plan.sheet
    late = plan.late
    return ImportView(
        committed=outcome is not None and not outcome.stopped,
        stopped=outcome is not None and outcome.stopped,
        sheet=SheetView(
            name=sheet.name,
            tab=sheet.tab,
            others=sheet.others,
            encoding=sheet.encoding,
            header_row=sheet.header_row,
            columns=sheet.columns,
        ),
        rows={str(row): state for row, state in told.rows.items()},
        counts={
            each.name: value
            for each in fields(plan.counts)
            if isinstance(value := getattr(plan.counts, each.name), int)
        },
        findings=tuple(_finding(each, known) for each in told.findings),
        late=LateView(
            rows=late.rows, days=late.days, units=late.units, detail=late.zh, detail_en=late.en
        )
        if late.rows
        else None,
        written=0 if outcome is None else outcome.written,
        again=0 if outcome is None else outcome.again,
        refused=0 if outcome is None else outcome.refused,
        position=0 if outcome is None else outcome.position,
    )


def _finding(found: Finding, known: Known) -> FindingView:
    return FindingView(
        row=found.row,
        column=found.column,
        severity=found.severity,
        reason=found.reason,
        detail=found.zh,
        detail_en=found.en,
        deed=found.deed,
        people=tuple(meant(found, known)),
    )


def meant(found: Finding, known: Known) -> Iterator[Meant]:
    """Those who may be meant, of an error about a name."""
    people = People(known.roster) if found.people else None
    for each in found.people:
        person = known.roster.people.get(each)
        if people is not None and person is not None:
            yield Meant(id=each, described=people.described(person, known.today))


def together(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str, str]]:
    """Findings that say the same of several rows as one, with its sentences in Chinese and English."""
    alike: dict[Finding, list[int]] = {}
    for each in findings:
        alike.setdefault(replace(each, row=0), []).append(each.row)
    for found, rows in alike.items():
        told = _rows_told(rows)
        if len(rows) < 2:
            yield (
                replace(found, row=rows[0]),
                replace(found, row=rows[0]).zh,
                replace(found, row=rows[0]).en,
            )
        else:
            subject = found.column or found.about
            yield (
                replace(found, row=rows[0]),
                f"第{told}行{' ' if subject else ':'}{found.zh}",
                f"rows {told}{' ' if subject else ': '}{found.en}",
            )


def _rows_told(rows: Sequence[int]) -> str:
    """Row numbers in few signs: 3–7, 9."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in spans)
