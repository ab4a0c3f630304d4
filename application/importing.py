"""Imports: what a sheet would write, row by row, before anything is written; then the writing, with a result for each row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from functools import cache
from types import MappingProxyType
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from application.columns import Column, key_of, record_column
from application.handle import Done, Request, Verdict
from application.sheets import Sheet, result_sheet
from domain import matter, occasion, streams
from domain.batch import import_cause
from domain.deed import Deed, Known
from domain.entry import Entry, sealed_in
from domain.fact import Attendance, Fact
from domain.member import Person
from domain.numbers import ENTERED
from domain.people import Actor, PersonId, Reason, Refused, Via
from domain.roster import Roster
from domain.speaking import ACTING_FOR
from domain.streams import Command, State
from domain.unit import Unit
from domain.words import Choice, Label

AT_A_TIME = 256
"""Commands of a plan that are written at a time."""

Write = Callable[[list[Request]], list[Verdict]]
"""Carries out requests in one transaction, with a verdict each: `Writer.write`."""
Progress = Callable[[int, int], None]
"""Is told how many commands are done, and of how many."""


class Severity(Choice):
    """How much a finding matters: an error keeps its row from being written."""

    OK = "ok", "无误"
    WARNING = "warning", "提示"
    ERROR = "error", "错误"


class RowState(Choice):
    """What becomes of a row."""

    READY = "ready", "可登记", "would be written"
    ALREADY = "already", "已登记,未重复登记", "is recorded already"
    LEFT_OUT = "left_out", "未登记", "was not written"
    SKIPPED = "skipped", "按选择跳过", "was skipped as chosen"
    WRITTEN = "written", "已登记", "was written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is to be said of a row: `row` is its Excel number (0: of the whole sheet), `column` the sheet's own heading.

    `about_en` says `about` in English where it is more than names and values. `deed` is the record that a row may repeat,
    `people` those who may be meant.
    """

    row: int
    column: str = ""
    severity: Severity
    reason: Reason
    about: str = ""
    about_en: str = ""
    deed: str = ""
    people: tuple[PersonId, ...] = ()

    @property
    def why(self) -> Choice | Label:
        """What the reason comes to: where the row is written all the same, what it lacks is not required."""
        spare = self.reason is Reason.MISSING and self.severity is Severity.WARNING
        return _SPARE if spare else self.reason

    @property
    def zh(self) -> str:
        """The finding as a Chinese sentence that says what to do."""
        place = f"第{self.row}行" if self.row else ""
        subject = " ".join(part for part in (place, self.column, self.about) if part)
        return f"{subject}:{self.why.zh}" if subject else self.why.zh

    @property
    def en(self) -> str:
        """The finding as an English sentence that says what to do."""
        place = f"row {self.row}" if self.row else ""
        about = self.about_en or _in_english(self.about)
        subject = " ".join(part for part in (place, self.column, about) if part)
        return f"{subject}: {self.why.en}" if subject else self.why.en


_SPARE = Label("如不符请补充", "add it where that is not so")
_PHRASES = MappingProxyType(
    {
        "(是否为 ": "(perhaps ",
        "(可填:": "(one of ",
        "(如 ": "(such as ",
        "(没有这一天)": "(there is no such day)",
        "(年份)": "(the year)",
        "(整数)": "(a whole number)",
        "(数字)": "(a number)",
        f"({ENTERED.label.zh})": f"({ENTERED.label.en})",
        " 或 ": " or ",
    }
)
"""What the readers of cells add to a value, and the same in English."""


def _in_english(about: str) -> str:
    """A value and a hint, with the hint in English; names and values stay as the sheet has them."""
    for zh, en in _PHRASES.items():
        about = about.replace(zh, en)
    return about


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A request and the rows that it comes from; `row_of` tells the row of each person in it."""

    request: Request
    rows: tuple[int, ...]
    row_of: Mapping[PersonId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The figures of a preview. `sure` are rows about which there is nothing to say."""

    rows: int = 0
    sure: int = 0
    same_name: int = 0
    not_on_roster: int = 0
    not_member_then: int = 0
    already: int = 0
    leave_without_kind: int = 0
    errors: int = 0
    warnings: int = 0
    occasions: int = 0
    matters: int = 0
    outcomes: int = 0
    people: int = 0
    units: int = 0
    commands: int = 0
    attendance: Mapping[Attendance, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Rows that wait for a confirmation because they are recorded long after the day, and who may give it.

    `days` is how many days are in time, `units` the names of the sectors and studios of those concerned.
    """

    rows: tuple[int, ...] = ()
    days: int = 0
    units: tuple[str, ...] = ()

    @property
    def zh(self) -> str:
        """The same as a Chinese sentence."""
        who = _some(self.units, "、", "等{}个单位")
        return (
            f"{len(self.rows)} 行登记时距履职已超过 {self.days} 天,须经确认才计分;"
            f"可由 {who} 的负责人或政协机关确认(登记人本人除外)"
        )

    @property
    def en(self) -> str:
        """The same as an English sentence."""
        who = _some(self.units, ", ", " and others ({} units)")
        return (
            f"{len(self.rows)} rows are recorded more than {self.days} days after the deed and give no points until confirmed; "
            f"the heads of {who} or the office of the committee may confirm (not who records them)"
        )


def _some(names: Sequence[str], between: str, count: str) -> str:
    """The first names, and how many there are where there are more."""
    return between.join(names[:3]) + (count.format(len(names)) if len(names) > 3 else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a sheet would write. `steps` are the commands in order, `rows` what becomes of each row, `facts` what the records come to.

    `kinds` are those that its rows are of, `read` the columns that some row is read by beside those that all records have.
    """

    sheet: Sheet
    cause: str
    findings: tuple[Finding, ...]
    steps: tuple[Step, ...]
    rows: Mapping[int, RowState]
    counts: Counts
    late: Late = field(default_factory=Late)
    facts: tuple[Fact[Any], ...] = ()
    kinds: tuple[str, ...] = ()
    read: frozenset[int] = frozenset()

    @property
    def sound(self) -> bool:
        """Whether no row has an error."""
        return not any(each.severity is Severity.ERROR for each in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a plan. `written` counts commands that were carried out now, `again` those that had been before.

    `stopped` says that nothing was tried because a row had an error and all or nothing was asked for. `position` is the last
    position to wait for, 0 where nothing was written.
    """

    plan: Plan
    findings: tuple[Finding, ...]
    rows: Mapping[int, RowState]
    written: int = 0
    again: int = 0
    refused: int = 0
    entries: int = 0
    position: int = 0
    stopped: bool = False

    @property
    def imported_before(self) -> bool:
        """Whether all of it had been imported before, so that nothing changed."""
        counts = self.plan.counts
        return not self.written and not self.refused and bool(self.again or counts.already)

    def count(self, state: RowState) -> int:
        """How many rows ended that way."""
        return sum(each is state for each in self.rows.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Mints the ids of one sheet for one ledger: the same file gives the same ids for ever.

    `beside` is what was said beside the sheet: a sheet said to be of another day is another import.
    """

    ledger: str
    sheet: Sheet
    beside: str = ""

    @property
    def batch(self) -> str:
        """The name of the batch: the same file is the same batch."""
        return self.sheet.digest[:16]

    @property
    def cause(self) -> str:
        """What its entries name as their cause."""
        return import_cause(self.batch)

    def id(self, rows: Iterable[int], what: str) -> str:
        """The id of what comes of these rows."""
        told = ",".join(map(str, rows))
        beside = f"|{self.beside}" if self.beside else ""
        return str(
            uuid5(
                _within(self.ledger),
                f"{self.sheet.digest}|{self.sheet.tab}|{told}|{what}{beside}",
            )
        )

    def step(
        self,
        command: Command,
        actor: Actor,
        rows: tuple[int, ...],
        what: str,
        *,
        row_of: Mapping[PersonId, int] | None = None,
        seen: int | None = None,
    ) -> Step:
        """A command of these rows as a request with its id."""
        request = Request(
            command=command,
            actor=replace(actor, via=Via.IMPORT),
            command_id=self.id(rows, f"command|{what}"),
            cause=self.cause,
            seen=seen,
        )
        return Step(request=request, rows=rows, row_of=row_of or {})


@cache
def _within(ledger: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"lvzhi:{ledger}")


class Rehearsal:
    """Decides commands one after another as the ledger would, and keeps nothing but what later ones need."""

    def __init__(self, known: Known) -> None:
        # A likely repeat is shown in the preview, so that whoever commits has looked: it never blocks an import.
        self._people = dict(known.roster.people)
        self._units = dict(known.roster.units)
        roster = Roster(people=self._people, units=self._units)
        self._known = replace(known, roster=roster, strict=False, deed=self.deed)
        self._recorded = known.deed
        self._states: dict[str, tuple[State | None, int]] = {}

    def refusal(self, request: Request) -> Refused | None:
        """Why the ledger would refuse this request, if it would."""
        try:
            stream = streams.stream_of(request.command)
            state, version = self._state(stream, request.command)
            events = streams.decide(state, request.command, request.actor, self._known)
        except Refused as refused:
            return refused
        at = datetime.combine(self._known.today, time(), UTC)
        for event in events:
            version += 1
            envelope = sealed_in(
                request.actor, at=at, day=self._known.today, on=None, command="", cause=""
            )
            state = streams.evolve(
                state,
                Entry(
                    position=version, stream=stream, version=version, event=event, envelope=envelope
                ),
            )
        self._states[stream] = (state, version)
        if isinstance(state, Person):
            self._people[state.person] = state
        elif isinstance(state, Unit):
            self._units[state.unit] = state
        return None

    def facts(self) -> Iterator[Fact[Any]]:
        """What the deeds that were decided here come to."""
        for state, _ in self._states.values():
            yield from streams.facts_of(state)

    def deed(self, stream: str) -> Deed[Any] | None:
        """A deed as the earlier commands leave it."""
        state, _ = self._states.get(stream, (None, 0))
        return state if isinstance(state, Deed) else self._recorded(stream)

    def _state(self, stream: str, command: Command) -> tuple[State | None, int]:
        if stream in self._states:
            return self._states[stream]
        if isinstance(command, occasion.RecordOccasion | matter.RecordMatter):
            return None, 0
        if stream.startswith((streams.Root.OCCASION.prefix, streams.Root.MATTER.prefix)):
            deed: Any = self._recorded(stream)
            return (None, 0) if deed is None else (deed, deed.version)
        return None, 0


def plan_of(
    source: Source,
    findings: Sequence[Finding],
    steps: Sequence[Step],
    rows: Mapping[int, RowState],
    *,
    attendance: Mapping[Attendance, int] | None = None,
    late: Late | None = None,
    facts: tuple[Fact[Any], ...] = (),
    kinds: tuple[str, ...] = (),
    read: frozenset[int] = frozenset(),
) -> Plan:
    """A plan with its figures; findings are put in order of rows."""
    ordered = sorted(findings, key=lambda each: (each.row, each.severity is not Severity.ERROR))
    spoken_of = {each.row for each in ordered}
    reasons: dict[Reason, set[int]] = {}
    for each in ordered:
        if each.severity is Severity.ERROR:
            reasons.setdefault(each.reason, set()).add(each.row)
    sorts = Counter(type(step.request.command).__name__ for step in steps)
    counts = Counts(
        rows=len(rows),
        sure=sum(s is RowState.READY and row not in spoken_of for row, s in rows.items()),
        same_name=len(reasons.get(Reason.AMBIGUOUS_NAME, ())),
        not_on_roster=len(reasons.get(Reason.NO_SUCH_PERSON, ())),
        not_member_then=len(reasons.get(Reason.NOT_A_MEMBER_THEN, ())),
        already=sum(state is RowState.ALREADY for state in rows.values()),
        leave_without_kind=sum(
            each.reason is Reason.MISSING and record_column(each.column) is Column.LEAVE
            for each in ordered
        ),
        errors=len({each.row for each in ordered if each.severity is Severity.ERROR}),
        warnings=len({each.row for each in ordered if each.severity is Severity.WARNING}),
        occasions=sorts["RecordOccasion"],
        matters=sorts["RecordMatter"],
        outcomes=sorts["ReportOutcome"],
        people=sorts["Admit"],
        units=sorts["OpenUnit"],
        commands=len(steps),
        attendance=MappingProxyType(dict(attendance or {})),
    )
    return Plan(
        sheet=source.sheet,
        cause=source.cause,
        findings=tuple(ordered),
        steps=tuple(steps),
        rows=MappingProxyType(dict(rows)),
        counts=counts,
        late=late or Late(),
        facts=facts,
        kinds=kinds,
        read=read,
    )


def _unwatched(_: int, __: int) -> None:
    """Nobody watches."""


def commit(
    plan: Plan, write: Write, progress: Progress = _unwatched, *, all_or_nothing: bool = False
) -> Outcome:
    """Write what a plan says; rows with errors stay out, each with its reason.

    With `all_or_nothing` a plan with any error writes nothing, and all commands go in one call of `write`; let that call be
    atomic where a change between preview and commit must not leave a part behind. What was written is always said.
    """
    if all_or_nothing and not plan.sound:
        rows = {
            row: RowState.LEFT_OUT if state is RowState.READY else state
            for row, state in plan.rows.items()
        }
        return Outcome(plan=plan, findings=plan.findings, rows=MappingProxyType(rows), stopped=True)
    told = _Told(plan)
    size = max(1, len(plan.steps)) if all_or_nothing else AT_A_TIME
    progress(0, len(plan.steps))
    for start in range(0, len(plan.steps), size):
        steps = plan.steps[start : start + size]
        for step, verdict in zip(steps, write([s.request for s in steps]), strict=True):
            told.take(step, verdict)
        progress(start + len(steps), len(plan.steps))
    return told.outcome()


class _Told:
    """The verdicts on the steps of a plan, brought back to its rows."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.findings = list(plan.findings)
        self.rows = dict(plan.rows)
        self.lost: set[int] = set()
        self.warned = {(each.row, each.deed) for each in plan.findings}
        self.written = self.again = self.refused = self.entries = self.position = 0

    def take(self, step: Step, verdict: Verdict) -> None:
        if isinstance(verdict, Refused):
            self.refused += 1
            self._refuse(step, verdict)
            return
        self.position = max(self.position, verdict.position if verdict.entries else 0)
        if verdict.again or not verdict.entries:
            self.again += 1
        else:
            self.written += 1
            self.entries += verdict.entries
        for row in step.rows:
            if row not in self.lost and self.rows.get(row) is not RowState.WRITTEN:
                already = verdict.again or not verdict.entries
                self.rows[row] = RowState.ALREADY if already else RowState.WRITTEN
        self._warn(step, verdict)

    def _refuse(self, step: Step, refused: Refused) -> None:
        """The row that is at fault says why; the other rows of the same record say which row that is."""
        guilty = row_at_fault(step, refused)
        for row in step.rows:
            self.rows[row] = RowState.LEFT_OUT
            if row in self.lost:
                continue
            finding = finding_of(self.plan.sheet, step, refused, row)
            if guilty and row != guilty:
                finding = replace(
                    finding,
                    about=f"见第{guilty}行 {finding.about}".strip(),
                    about_en=f"see row {guilty} {finding.about}".strip(),
                )
            self.findings.append(finding)
        self.lost.update(step.rows)

    def _warn(self, step: Step, done: Done) -> None:
        for warned in done.warnings:
            row = _row_at(step, warned.field) or next(iter(step.rows), 0)
            if any((each, warned.deed) in self.warned for each in step.rows):
                continue
            self.warned.add((row, warned.deed))
            self.findings.append(
                Finding(row=row, severity=Severity.WARNING, reason=warned.reason, deed=warned.deed)
            )

    def outcome(self) -> Outcome:
        return Outcome(
            plan=self.plan,
            findings=tuple(sorted(self.findings, key=lambda each: each.row)),
            rows=MappingProxyType(self.rows),
            written=self.written,
            again=self.again,
            refused=self.refused,
            entries=self.entries,
            position=self.position,
        )


def finding_of(sheet: Sheet, step: Step, refused: Refused, row: int) -> Finding:
    """A refusal of the ledger as a finding on a row."""
    return Finding(
        row=row,
        column=heading_of(sheet, refused.field, step.request.command),
        severity=Severity.ERROR,
        reason=refused.reason,
        about=refused.about,
    )


def row_at_fault(step: Step, refused: Refused) -> int:
    """The row of the person whom a refusal points at; 0 where it is about the record as a whole."""
    return _row_at(step, refused.field)


_AT_PERSON = re.compile(r"/body/(participants|expected|authors)/(\d+)")


def _row_at(step: Step, pointer: str) -> int:
    person = person_at(step.request.command, pointer)
    return 0 if person is None else step.row_of.get(person, 0)


def person_at(command: Command, pointer: str) -> PersonId | None:
    """The person that a pointer into a record names."""
    found = _AT_PERSON.match(pointer)
    if found is None:
        return None
    body: Any = getattr(command, "body", None)
    named = getattr(body, found[1], ())
    place = int(found[2])
    if place >= len(named):
        return None
    each: Any = named[place]
    return PersonId(each) if isinstance(each, str) else each.person


_COLUMNS: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {
        "participants": (Column.NAME, Column.AUTHORS),
        "expected": (Column.NAME, Column.AUTHORS),
        "authors": (Column.AUTHORS, Column.NAME),
        "on": (Column.DAY,),
        "until": (Column.LAST_DAY, Column.DAY),
        "title": (Column.TITLE,),
        "organiser": (Column.ORGANISER,),
        "place": (Column.PLACE,),
        ACTING_FOR: (Column.DECLARED,),
    }
)
"""The columns that hold a field of a record, the likeliest first."""


def heading_of(sheet: Sheet, pointer: str, command: Command) -> str:
    """What a sheet calls the field of a record that a refusal points at."""
    is_matter = isinstance(command, matter.RecordMatter | matter.AmendMatter)
    labels = matter.LABELS if is_matter else occasion.LABELS
    part = next((each for each in pointer.split("/") if each in {*_COLUMNS, *labels}), "")
    wanted = _COLUMNS.get(part, ())
    for column in wanted:
        for heading in sheet.columns:
            if record_column(heading) is column:
                return heading
    if wanted[:1] == (Column.NAME,):
        return Column.NAME.zh
    if part not in labels:
        return wanted[0].zh if wanted else ""
    zh = labels[part].zh
    return next((each for each in sheet.columns if key_of(each) == key_of(zh)), zh)


def results_of(told: Plan | Outcome) -> dict[int, str]:
    """What to write beside each row: what became of it, and why or with which remark."""
    late = frozenset((told if isinstance(told, Plan) else told.plan).late.rows)
    by_row: dict[int, list[Finding]] = {}
    for each in told.findings:
        by_row.setdefault(each.row, []).append(each)
    results: dict[int, str] = {}
    for row, state in told.rows.items():
        remarks = [
            " ".join(part for part in (each.column, each.about, each.why.zh) if part)
            for each in by_row.get(row, ())
        ]
        if row in late and state in {RowState.READY, RowState.WRITTEN}:
            remarks.append("逾期登记,待确认后计分")
        results[row] = ";".join([state.zh, *dict.fromkeys(remarks)])
    return results


def result_file(told: Plan | Outcome) -> bytes:
    """The sheet as it was sent, with a column 结果, as xlsx."""
    sheet = told.sheet if isinstance(told, Plan) else told.plan.sheet
    return result_sheet(sheet, results_of(told))
