"""Import records: rows of one occasion become one record with many participants; matters stand one to a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from types import MappingProxyType
from typing import Any, TypeVar, get_type_hints

from application.cells import (
    BLANK,
    NO,
    YES,
    Sign,
    and_others,
    choice_of,
    count_of,
    days_of,
    names_in,
    said_above,
    sign_of,
    spellings,
    text_of,
    without_remark,
    words_in,
)
from application.columns import Column, is_column, key_of, record_column, stage_column
from application.importing import (
    Finding,
    Late,
    Plan,
    Rehearsal,
    RowState,
    Severity,
    Source,
    Step,
    heading_of,
    person_at,
    plan_of,
)
from application.kind_words import Meant, details_of, is_readable, kind_meant, value_of
from application.people_named import Hints, NotFound, People, Units
from application.sheets import Cell, Row, Sheet, has_bad_characters, with_headings
from domain import matter, occasion, streams
from domain.attestation import DEFAULT, Policy, attested
from domain.characters import as_compared
from domain.deed import Deed, Known, LinkSame, alike
from domain.fact import (
    Attendance,
    Authorship,
    Capacity,
    Followed,
    Part,
    Reached,
    RecordClass,
    Spoke,
)
from domain.handling import OF_A_LEVEL
from domain.kinds import Details, Shape, Stage, kind_of
from domain.kinds.advice import Proposed, Proposer
from domain.kinds.fields import fields_of
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.member import Person, Standing
from domain.occasion import AmendOccasion, Occasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Reason, Refused, UnitId
from domain.unit import Side, UnitKind
from domain.words import Choice, Level

T = TypeVar("T")


class Repeats(Choice):
    """What to do with somebody of whom the same kind is recorded for the same day under another title."""

    RECORD = "record", "照常登记并提示", "record it and say so"
    SKIP = "skip", "不重复登记", "leave it out"
    LINK = "link", "登记并关联为同一履职", "record it and link the two as one deed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What a sheet leaves out because it stands in the form beside it; a column of the sheet goes before it.

    `kind` is a stored name or a label, `details` are fields of the kind by label or name, in words; a name with that of its kind
    before it, such as `attended.meeting`, is of that kind alone. `headings` say what columns are, counted from 1, whatever
    stands over them.
    """

    kind: str = ""
    on: date | None = None
    title: str = ""
    organiser: UnitId | None = None
    place: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[int, str] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """All of it in one line, empty where nothing was said."""
        if self == Assumed():
            return ""
        on = "" if self.on is None else self.on.isoformat()
        details = [f"{name}={value}" for name, value in sorted(self.details.items())]
        details += [f"{place}:{heading}" for place, heading in sorted(self.headings.items())]
        return "|".join([self.kind, on, self.title, self.organiser or "", self.place, *details])


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What somebody decided about a row after he had seen the preview.

    `person` settles a name, `capacity` records a guest who was no member on that day, or by his name alone one who stands on no
    roster; `leave` is the kind of leave.
    """

    person: PersonId | None = None
    capacity: Capacity | None = None
    leave: str = ""
    skip: bool = False
    repeats: Repeats | None = None


def plan_records(
    sheet: Sheet,
    *,
    known: Known,
    actor: Actor,
    ledger: str,
    assumed: Assumed | None = None,
    choices: Mapping[int, Chosen] | None = None,
    repeats: Repeats = Repeats.RECORD,
    policy: Policy = DEFAULT,
) -> Plan:
    """What a list of records would write, with a finding for each row that needs a look.

    Rows of one kind, day, title and organiser are one occasion; a row that is marked as a member's own declaration is one of
    its own, typed in for him. Where that occasion stands in the ledger with some of these people, the others are added to it.
    Raises `Refused` for a choice about a row that the sheet does not have.
    """
    rows = {row.number for row in sheet.rows}
    strange = sorted(set(choices or {}) - rows)
    if strange:
        some = f"{min(rows)}–{max(rows)}" if rows else "0"
        raise Refused(Reason.NO_SUCH_ROW, about=f"{', '.join(map(str, strange))} ({some})")
    beside = assumed or Assumed()
    sheet = with_headings(sheet, beside.headings)
    source = Source(ledger=ledger, sheet=sheet, beside=beside.told)
    return _Records(source, known, actor, beside, choices or {}, repeats, policy).plan()


@dataclass(unsafe_hash=True)
class _Wrong(Exception):
    """A row cannot be read: which column, and why."""

    column: str
    refused: Refused
    people: tuple[PersonId, ...] = ()
    en: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """One person of one row."""

    row: int
    participant: Participant
    name: str
    silent: bool


@dataclass(slots=True, kw_only=True)
class _Group:
    """Rows of one occasion."""

    meant: Meant
    on: date
    title: str
    organiser: UnitId
    first: Row
    rows: list[int]
    lines: list[_Line]
    body: dict[str, Any]
    details: dict[str, Any]
    guests: dict[str, int]
    declared: PersonId | None = None


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which place of a row holds what, for one kind."""

    body: Mapping[int, tuple[str, Any]]
    details: Mapping[int, tuple[str, Any]]
    stages: Mapping[Stage, Mapping[str, int]]


class _Records:
    def __init__(
        self,
        source: Source,
        known: Known,
        actor: Actor,
        assumed: Assumed,
        choices: Mapping[int, Chosen],
        repeats: Repeats,
        policy: Policy,
    ) -> None:
        self.source, self.sheet, self.known, self.actor = source, source.sheet, known, actor
        self.assumed, self.choices, self.repeats = assumed, choices, repeats
        self.policy = policy
        self.people, self.units = People(known.roster), Units(known.roster)
        self.columns: dict[Column, int] = {}
        self.places: dict[int, str] = {}
        for place, heading in enumerate(self.sheet.columns):
            column = record_column(heading)
            if column is not None and column not in self.columns:
                self.columns[column] = place
            elif heading:
                self.places[place] = heading
        self.findings: list[Finding] = []
        self.rows: dict[int, RowState] = {}
        self.steps: list[Step] = []
        self.used: set[int] = set()
        self.layouts: dict[type[Details], _Layout] = {}
        self.attendance: Counter[Attendance] = Counter()
        self.rehearsal = Rehearsal(known)
        self.year = self.sheet.year or known.today.year
        self.above = said_above(self.sheet)
        self.guessed_year = False
        self.guessed_stage_day: set[str] = set()
        self.guessed_stage_level: set[str] = set()
        self.matters: dict[tuple[Any, ...], int] = {}
        self.named: dict[tuple[Any, ...], list[str]] = {}
        self.like: dict[int, str] = {}

    def plan(self) -> Plan:
        if Column.NAME not in self.columns and Column.AUTHORS not in self.columns:
            self.say(0, Column.NAME.zh, Reason.MISSING)
        groups: dict[tuple[Any, ...], _Group] = {}
        for row in self.sheet.rows:
            self.rows[row.number] = RowState.LEFT_OUT
            if self.chosen(row).skip:
                self.rows[row.number] = RowState.SKIPPED
                continue
            try:
                self.read(row, groups)
            except _Wrong as wrong:
                self.wrong(row.number, wrong)
        for group in groups.values():
            self.plan_occasion(group)
        self.say_of_sheet()
        return plan_of(
            self.source,
            self.findings,
            self.steps,
            self.rows,
            attendance=self.attendance,
            late=self.late(),
            facts=tuple(self.rehearsal.facts()),
            kinds=tuple(kind_of(kind) for kind in self.layouts),
            read=frozenset(place + 1 for place in self.used),
        )

    def late(self) -> Late:
        """The rows that would be recorded too late to count at once, with the units whose confirmation makes them count."""
        rows: set[int] = set()
        homes: dict[UnitId | None, None] = {}
        row_of = {
            (streams.stream_of(step.request.command), person): row
            for step in self.steps
            for person, row in step.row_of.items()
            if row in step.rows
        }
        for fact in self.rehearsal.facts():
            row = row_of.get((fact.deed, PersonId(fact.subject.partition("/")[2])))
            stands = attested(fact, self.policy, self.known.today)
            if row is None or not stands.late or stands.counts:
                continue
            rows.add(row)
            for side, stamp in ((Side.SECTOR, fact.sector), (Side.STUDIO, fact.studio)):
                person = PersonId(fact.subject.partition("/")[2])
                if stamp is None:
                    homes[self.known.roster.home(person, side, fact.on)] = None
        answering = (self.known.roster.answering(each, self.known.today)[0] for each in homes)
        units = [self.known.roster.units.get(unit) for unit in dict.fromkeys(answering)]
        names = tuple(unit.profile.name for unit in units if unit is not None)
        return Late(rows=tuple(sorted(rows)), days=self.policy.late_days, units=names)

    def read(self, row: Row, groups: dict[tuple[Any, ...], _Group]) -> None:
        for place, cell in enumerate(row.cells):
            if has_bad_characters(cell):
                raise _Wrong(self.sheet.columns[place], Refused(Reason.BAD_CHARACTERS))
            if isinstance(cell, str) and cell in _EXCEL_ERRORS:
                raise _Wrong(self.sheet.columns[place], Refused(Reason.MALFORMED, about=cell))
        meant = self.kind(row)
        self.layout(meant.kind)
        if meant.kind.about.shape is Shape.MATTER:
            self.plan_matter(row, meant)
        else:
            self.read_occasion(row, meant, groups)

    # What all records have

    def kind(self, row: Row) -> Meant:
        text = self.text(row, Column.KIND) or self.assumed.kind
        if not text:
            raise self.lacking(Column.KIND)
        return self.checked(self.heading(Column.KIND), lambda: kind_meant(text))

    def day(self, row: Row) -> tuple[date, date | None]:
        cell = self.cell(row, Column.DAY)
        if cell is None:
            on = self.assumed.on or self.above.on
            if on is None:
                raise self.lacking(Column.DAY)
            if on > self.known.today:
                raise _Wrong(
                    self.heading(Column.DAY), Refused(Reason.IN_FUTURE, about=on.isoformat())
                )
            return on, None
        heading = self.heading(Column.DAY)
        days = self.checked(heading, lambda: days_of(cell, self.year))
        self.guessed_year |= days.without_year and self.sheet.year is None
        until = days.until
        last = self.cell(row, Column.LAST_DAY)
        if last is not None:
            heading = self.heading(Column.LAST_DAY)
            until = self.checked(heading, lambda: days_of(last, days.on.year)).on
        if days.on > self.known.today:
            raise _Wrong(heading, Refused(Reason.IN_FUTURE, about=days.on.isoformat()))
        return days.on, until if until != days.on else None

    def title(self, row: Row) -> str:
        title = self.text(row, Column.TITLE) or self.assumed.title
        if not title and Column.TITLE not in self.columns:
            title = _without_day(self.sheet.title)
        if not title:
            raise self.lacking(Column.TITLE)
        return title

    def lacking(self, column: Column, zh: str = "", en: str = "") -> _Wrong:
        """That something required stands neither in the sheet nor beside it."""
        if column not in self.columns:
            zh = f"表中没有此列,导入时也未注明{zh}"
            en = f"is neither a column of the sheet nor was it said beside it{en}"
        return _Wrong(self.heading(column), Refused(Reason.MISSING, about=zh), en=en)

    def organiser(self, row: Row, day: date, shape: Shape) -> UnitId:
        """The unit that a row names, or that was said beside the sheet or above it, or that of whoever imports.

        Matters that nobody organised in particular are the committee's own.
        """
        text = self.text(row, Column.ORGANISER)
        if not text:
            unit = self.assumed.organiser or self.organiser_above(day) or self.actor.unit
            if unit is None and shape is Shape.MATTER:
                unit = self.own_unit(day)
                if unit is None:
                    raise self.lacking(
                        Column.ORGANISER,
                        ",名册中又没有县政协本级的单位(请先设立,或注明组织单位)",
                        ", and no unit of the committee itself is on the roster: open one, or name the organiser",
                    )
            if unit is None:
                raise self.lacking(Column.ORGANISER)
            return unit
        heading = self.heading(Column.ORGANISER)
        unit, meant = self.checked(heading, lambda: self.units.find(text, day))
        if meant:
            self.say(
                row.number,
                heading,
                Reason.NO_SUCH_UNIT,
                f"「{text}」按「{meant}」登记",
                en=f"「{text}」 is recorded as 「{meant}」",
                severity=Severity.WARNING,
            )
        return unit

    def organiser_above(self, day: date) -> UnitId | None:
        """The unit that stands above the table as the organiser, where it is one of the roster."""
        if not self.above.organiser:
            return None
        try:
            return self.units.find(self.above.organiser, day)[0]
        except Refused:
            return None

    def own_unit(self, day: date) -> UnitId | None:
        """The unit of the committee itself: the committee, or the only office that it has."""
        for kind in (UnitKind.COMMITTEE, UnitKind.OFFICE):
            own = [u for u in list(self.known.roster.units.values()) if u.profile.kind is kind]
            own = [unit for unit in own if unit.open_on(day)] or own
            if len(own) == 1:
                return own[0].unit
        return None

    def person(self, row: Row, name: str, day: date, heading: str, *, single: bool) -> Person:
        """The person whom a name under a heading means, or the one that was chosen for this row."""
        chosen = self.chosen(row)
        if chosen.person is not None and (single or self.is_open(name, day)):
            found = self.known.roster.people.get(chosen.person)
            if found is None:
                raise _Wrong(heading, Refused(Reason.NO_SUCH_PERSON, about=chosen.person))
            return found
        name, remark = (name, "") if self.people.named(name) else without_remark(name)
        hints = Hints(
            sector=(self.text(row, Column.SECTOR) if single else "") or remark,
            employer=self.text(row, Column.EMPLOYER) if single else "",
            phone=self.text(row, Column.PHONE) if single else "",
        )
        try:
            person = self.people.find(name, hints, day)
        except NotFound as lost:
            raise _Wrong(heading, Refused(lost.reason, about=lost.about), lost.people) from lost
        if single and not self.people.agrees(person, replace(hints, phone="", employer=""), day):
            sector = self.people.sector_of(person, day)
            self.say(
                row.number,
                self.heading(Column.SECTOR),
                Reason.MALFORMED,
                f"{name} 当日界别为「{sector}」",
                en=f"{name} was of 「{sector}」 on that day",
                severity=Severity.WARNING,
                people=(person.person,),
            )
        return person

    def is_open(self, name: str, day: date) -> bool:
        """Whether a name among several of a row needs the choice that was made for the row."""
        try:
            self.people.find(name, Hints(), day)
        except NotFound:
            return True
        return False

    def names(self, text: str, heading: str) -> list[str]:
        """The names in a cell; refuses one that leaves people unnamed, such as 李娜等3人."""
        told = names_in(text)
        if told and not self.people.named(told[-1]):
            last, how_many = and_others(told[-1])
            names = [name for each in (*told[:-1], last) for name in self.people.parted(each)]
            if how_many is None or how_many > len(names):
                lost = "其余的人" if how_many is None else f"其余{how_many - len(names)}人"
                about = f"「{text[:60]}」只写出{len(names)}人,{lost}没有姓名"
                others = "others" if how_many is None else f"{how_many - len(names)} more"
                raise _Wrong(
                    heading,
                    Refused(Reason.MISSING, about=about),
                    en=f"「{text[:60]}」 names {len(names)} and counts {others} without a name",
                )
            return names
        return [name for each in told for name in self.people.parted(each)]

    def fields(self, row: Row, kind: type[Details], day: date) -> tuple[dict[str, Any], ...]:
        """What the further columns say of the record as a whole, and of its kind."""
        layout = self.layout(kind)
        read: list[dict[str, Any]] = []

        def said(name: str, hint: Any, cell: Cell) -> Any:
            if name in _OTHER_MATTERS:
                return self.other_matter(kind if name == "merged_into" else None, text_of(cell))
            return value_of(hint, cell, self.units, day)

        for places in (layout.body, layout.details):
            values: dict[str, Any] = {}
            for place, (name, hint) in places.items():
                cell = row.cells[place]
                if cell is not None:
                    heading = self.sheet.columns[place]
                    values[name] = self.checked(heading, partial(said, name, hint, cell))
            read.append(values)
        return tuple(read)

    def details(self, meant: Meant, said: Mapping[str, Any], title: str, day: date) -> Details:
        """The details of a kind: from the word for it, from the form, from the columns; the last word wins."""
        values: dict[str, Any] = {}
        told = self.assumed.details
        for each in fields_of(meant.kind):
            names = (f"{kind_of(meant.kind)}.{each.name}", each.label.zh, each.name)
            text = next(filter(None, map(told.get, names)), "")
            if text:
                values[each.name] = self.checked(
                    each.label.zh, partial(value_of, each.type, text, self.units, day)
                )
        try:
            return details_of(meant.kind, {**meant.values, **values, **said}, title)
        except Refused as refused:
            raise _Wrong(refused.field, _without_field(refused)) from refused

    def layout(self, kind: type[Details]) -> _Layout:
        if kind not in self.layouts:
            self.layouts[kind] = self._layout(kind)
        return self.layouts[kind]

    def _layout(self, kind: type[Details]) -> _Layout:
        of_body = _body_fields(kind.about.shape)
        of_kind = {
            key_of(each.label.zh): (each.name, each.type)
            for each in fields_of(kind)
            if is_readable(each.type)
        }
        body: dict[int, tuple[str, Any]] = {}
        details: dict[int, tuple[str, Any]] = {}
        stages: dict[Stage, dict[str, int]] = {}
        for place, heading in enumerate(self.sheet.columns):
            key = key_of(heading)
            stage = stage_column(heading)
            if key in of_kind:
                details[place] = of_kind[key]
            elif record_column(heading) in _READ_BY_THEMSELVES:
                continue
            elif key in of_body:
                body[place] = of_body[key]
            elif stage is not None and kind.about.shape is Shape.MATTER:
                stages.setdefault(stage[0], {}).setdefault(stage[1], place)
            else:
                continue
            self.used.add(place)
        return _Layout(body, details, stages)

    # Occasions

    def read_occasion(self, row: Row, meant: Meant, groups: dict[tuple[Any, ...], _Group]) -> None:
        on, until = self.day(row)
        title = self.title(row)
        organiser = self.organiser(row, on, Shape.OCCASION)
        body, details = self.fields(row, meant.kind, on)
        if until is not None:
            body["until"] = until
        declares = self.declares(row)
        key = (meant.kind, on, key_of(title), organiser, row.number if declares else 0)
        group = groups.get(key)
        if group is None:
            group = _Group(
                meant=meant,
                on=on,
                title=title,
                organiser=organiser,
                first=row,
                rows=[],
                lines=[],
                body={},
                details={},
                guests={},
            )
            groups[key] = group
        group.rows.append(row.number)
        lines, guests = self.participants(row, on)
        if declares:
            group.declared = self.declared(row, [line.participant.person for line in lines])
        group.guests |= dict.fromkeys((*guests, *body.pop("guests", ())), row.number)
        self.merge(group.body, body, row, group)
        self.merge(group.details, details, row, group)
        group.lines.extend(lines)

    def merge(self, into: dict[str, Any], new: Mapping[str, Any], row: Row, group: _Group) -> None:
        """What the first row of an occasion says, holds; a later row that differs is told so."""
        for name, value in new.items():
            if into.setdefault(name, value) != value:
                self.say(
                    row.number,
                    _label(name, group.meant.kind),
                    Reason.MALFORMED,
                    f"与第{group.first.number}行不一致,以第{group.first.number}行为准",
                    en=f"differs from row {group.first.number}, which holds",
                    severity=Severity.WARNING,
                )

    def participants(self, row: Row, on: date) -> tuple[list[_Line], list[str]]:
        """The people of a row, and by their names alone the guests whom no roster has."""
        column = Column.NAME if Column.NAME in self.columns else Column.AUTHORS
        names = self.names(self.text(row, column), self.heading(column))
        if not names:
            raise _Wrong(self.heading(column), Refused(Reason.MISSING))
        sign = self.sign(row)
        chosen = self.chosen(row)
        part, capacity = self.role(row)
        spoke = self.spoke(row)
        halves = self.cell(row, Column.HALF_DAYS)
        half_days = (
            None
            if halves is None
            else self.checked(self.heading(Column.HALF_DAYS), lambda: count_of(halves))
        )
        lines: list[_Line] = []
        guests: list[str] = []
        for name in names:
            single = len(names) == 1
            try:
                person = self.person(row, name, on, self.heading(column), single=single)
            except _Wrong as wrong:
                if wrong.refused.reason is not Reason.NO_SUCH_PERSON or not self.as_guest(row):
                    raise
                guests.append(self.guest(row, name, single=single))
                continue
            as_what = chosen.capacity or capacity or _usual_capacity(person)
            if as_what is Capacity.ATTENDS and not person.member_on(on):
                raise _Wrong(
                    self.heading(column),
                    Refused(Reason.NOT_A_MEMBER_THEN, about=_terms_of(person, on)),
                    (person.person,),
                    en=_terms_in_english(person, on),
                )
            participant = Participant(
                person=person.person,
                capacity=as_what,
                part=part,
                attendance=sign.attendance or Attendance.NOT_RECORDED,
                leave=sign.leave,
                spoke=spoke,
                half_days=half_days,
            )
            lines.append(
                _Line(row.number, participant, person.profile.name, sign.attendance is None)
            )
        if sign.attendance is Attendance.LEAVE and not sign.leave:
            self.say(
                row.number,
                self.heading(Column.LEAVE),
                Reason.MISSING,
                f"{'、'.join(names)} 请假",
                en=f"{', '.join(names)} on leave",
                severity=Severity.WARNING,
            )
        return lines, guests

    def as_guest(self, row: Row) -> bool:
        """Whether it was chosen for a row that whom no roster has was there as a guest; who was away was none."""
        sign = self.sign(row).attendance
        chosen = self.chosen(row).capacity
        was_there = sign is not None and sign.took_part
        return was_there and chosen is not None and chosen is not Capacity.ATTENDS

    def guest(self, row: Row, name: str, *, single: bool) -> str:
        """A guest as a record names him: 姓名(单位)."""
        employer = self.text(row, Column.EMPLOYER) if single else ""
        return f"{name}({employer})" if employer and without_remark(name)[1] == "" else name

    def declares(self, row: Row) -> bool:
        """Whether the sheet says of a row that it is a member's own declaration."""
        text = key_of(self.text(row, Column.DECLARED))
        return text not in NO and text not in BLANK

    def declared(self, row: Row, people: Sequence[PersonId]) -> PersonId:
        """The member whose declaration a row is: it names nobody else."""
        text = key_of(self.text(row, Column.DECLARED))
        heading = self.heading(Column.DECLARED)
        named = self.known.roster.people.get(people[0]) if len(people) == 1 else None
        if named is None:
            raise _Wrong(heading, Refused(Reason.NOT_YOURS_TO_RECORD, about="一人一行"))
        if text not in YES and text != key_of(named.profile.name):
            raise _Wrong(heading, Refused(Reason.MALFORMED, about=text))
        return named.person

    def sign(self, row: Row) -> Sign:
        """The attendance of a row: present where the sheet has no column for it."""
        remark = self.text(row, Column.REMARK)
        sign = Sign(Attendance.PRESENT)
        if Column.ATTENDANCE in self.columns:
            text = self.text(row, Column.ATTENDANCE)
            sign = self.checked(self.heading(Column.ATTENDANCE), lambda: sign_of(text))
            if sign.attendance is None and remark:
                try:
                    sign = sign_of(remark)
                except Refused:
                    sign = Sign(None)
        if sign.attendance is Attendance.LEAVE and not sign.leave:
            leave = self.chosen(row).leave or self.text(row, Column.LEAVE) or remark
            sign = replace(sign, leave=leave)
        return sign

    def role(self, row: Row) -> tuple[Part, Capacity | None]:
        """Role and capacity; people write either in either column."""
        part, capacity = Part.TAKES_PART, None
        for column in (Column.ROLE, Column.CAPACITY):
            text = self.text(row, column)
            if not text or text in BLANK:
                continue
            key = key_of(text)
            if key in spellings(Part) and (column is Column.ROLE or key not in spellings(Capacity)):
                part = choice_of(Part, text)
            elif key in spellings(Capacity):
                capacity = choice_of(Capacity, text)
            else:
                part = self.checked(self.heading(column), partial(choice_of, Part, text))
        return part, capacity

    def spoke(self, row: Row) -> Spoke:
        text = self.text(row, Column.SPOKE)
        key = key_of(text)
        if key in NO or key in BLANK:
            return Spoke.NO
        if key in YES:
            return Spoke.ORALLY
        return self.checked(self.heading(Column.SPOKE), lambda: choice_of(Spoke, text))

    def plan_occasion(self, group: _Group) -> None:
        lines: dict[PersonId, _Line] = {}
        repeated = [
            line
            for line in group.lines
            if lines.setdefault(line.participant.person, line) is not line
        ]
        kept = {line.row for line in lines.values()}
        for line in repeated:
            earlier = lines[line.participant.person]
            self.say(
                line.row,
                self.heading(Column.NAME),
                Reason.SAME_TWICE,
                f"{line.name},见第{earlier.row}行",
                en=f"{line.name}, see row {earlier.row}",
                severity=Severity.WARNING if line.row in kept else Severity.ERROR,
                people=(line.participant.person,),
            )
        if lines and all(line.silent for line in lines.values()):
            self.say(
                group.rows[0],
                self.heading(Column.ATTENDANCE),
                Reason.MISSING,
                f"「{group.title}」没有一人签到",
                en=f"nobody signed in for 「{group.title}」",
                severity=Severity.WARNING,
            )
        else:
            for line in lines.values():
                if line.silent and line.participant.capacity is not Capacity.ATTENDS:
                    self.say_silent(
                        line, "不是应到人员,不登记", "was not expected: nothing is recorded"
                    )
        try:
            details = self.details(group.meant, group.details, group.title, group.on)
        except _Wrong as wrong:
            for row in dict.fromkeys(line.row for line in group.lines):
                self.wrong(row, wrong)
            return
        body = self.occasion_body(group, details, list(lines.values()))
        self.settle(group, body, lines)
        for row in dict.fromkeys(group.guests.values()):
            if self.rows[row] is RowState.LEFT_OUT and row not in {
                each.row for each in self.findings
            }:
                self.say(
                    row,
                    self.heading(Column.NAME),
                    Reason.MISSING,
                    "本次活动没有可登记的委员,嘉宾未登记",
                    en="the occasion has no member to record, and its guests are left out",
                )

    def occasion_body(
        self, group: _Group, details: Details, lines: Sequence[_Line]
    ) -> Occasion[Any]:
        longest = max((line.participant.half_days or 1 for line in lines), default=1)
        expects = Column.ATTENDANCE in self.columns
        said = {"place": self.assumed.place or self.above.place, **group.body}
        return Occasion(
            details=details,
            title=group.title,
            on=group.on,
            organiser=group.organiser,
            half_days=longest,
            guests=tuple(group.guests),
            participants=tuple(line.participant for line in lines if not line.silent),
            expected=tuple(
                line.participant.person
                for line in lines
                if expects and line.participant.capacity is Capacity.ATTENDS
            ),
            **said,
        )

    def settle(self, group: _Group, body: Occasion[Any], lines: Mapping[PersonId, _Line]) -> None:
        """Hold an occasion against what is recorded, drop whom the ledger would refuse, and plan what is left."""
        stream, occasion_id = self.fresh("occasion", group.rows[0], body)
        standing: Deed[Any] | None = None
        other: dict[PersonId, str] = {}
        likeness = dict(zip(occasion.people_of(body), occasion.likenesses(body), strict=True))
        for person, deed_stream in self.alike(body):
            deed: Any = self.known.deed(deed_stream)
            if deed_stream == stream or (deed is not None and _is_same(deed.body, body)):
                standing = deed
                self.already(lines[person], deed_stream, deed)
            elif deed is None or likeness[person] in occasion.likenesses(deed.body):
                # Else it said so once, and has been amended since.
                other[person] = deed_stream
        if standing is not None:
            inside = {p.person for p in standing.body.participants}
            for person in inside & set(lines):
                if self.rows[lines[person].row] is not RowState.ALREADY:
                    self.already(lines[person], standing.stream, standing)
            self.add_to(standing, body, lines, inside)
            self.guests_of(standing, group)
            return
        if body.participants and all(
            self.rows[lines[p.person].row] is RowState.ALREADY for p in body.participants
        ):
            return
        dropped = self.repeated(lines, other)
        body = _without(body, dropped)
        if not body.participants and not body.expected:
            return
        step = self.rehearsed(
            lambda kept: self.source.step(
                RecordOccasion(occasion=occasion_id, body=kept),
                replace(self.actor, acting_for=group.declared),
                tuple(sorted({*_rows(kept, lines), *group.guests.values()})),
                f"record|{stream}",
                row_of=_row_of(lines),
            ),
            body,
        )
        if step is not None:
            self.ready(step, lines)
            self.link(step, stream, other)

    def add_to(
        self,
        standing: Deed[Any],
        body: Occasion[Any],
        lines: Mapping[PersonId, _Line],
        inside: set[PersonId],
    ) -> None:
        """The people of an occasion that stands already are added to it, in one amendment."""
        for person, line in lines.items():
            if line.silent and person in standing.body.expected:
                self.rows[line.row] = RowState.ALREADY
        new = _without(body, inside)
        listed = tuple(p for p in new.expected if p not in standing.body.expected)
        if not new.participants and not listed:
            return
        added = {p.person for p in new.participants} | set(listed)

        def amend(kept: Occasion[Any]) -> Step:
            whole = replace(
                standing.body,
                participants=(*standing.body.participants, *kept.participants),
                expected=tuple(dict.fromkeys((*standing.body.expected, *kept.expected))),
                half_days=max(standing.body.half_days, kept.half_days),
            )
            return self.source.step(
                AmendOccasion(
                    occasion=standing.stream.partition("/")[2],
                    body=whole,
                    reason=f"导入补充人员:{self.sheet.name}",
                ),
                self.actor,
                _rows(kept, lines),
                f"add|{standing.version}",
                row_of=_row_of(lines),
                seen=standing.version,
            )

        step = self.rehearsed(amend, replace(new, expected=listed))
        if step is None:
            return
        self.ready(step, lines)
        for row in sorted({lines[person].row for person in added if person in lines}):
            if self.rows[row] is RowState.READY:
                self.say(
                    row,
                    "",
                    Reason.LIKELY_DUPLICATE,
                    f"补充到已登记的「{standing.body.title}」",
                    en=f"is added to 「{standing.body.title}」, which is recorded",
                    severity=Severity.WARNING,
                    deed=standing.stream,
                )

    def guests_of(self, standing: Deed[Any], group: _Group) -> None:
        """Say of guests whether the record that stands names them; an import adds none to it, for an undo could not take them out."""
        for guest, row in group.guests.items():
            if guest in standing.body.guests:
                if self.rows[row] is RowState.LEFT_OUT:
                    self.rows[row] = RowState.ALREADY
                continue
            self.say(
                row,
                self.heading(Column.NAME),
                Reason.ALREADY_RECORDED,
                f"「{standing.body.title}」已登记,嘉宾 {guest} 请在原记录中补充",
                en=f"「{standing.body.title}」 is recorded: add the guest {guest} to it there",
                severity=Severity.WARNING
                if self.rows[row] is not RowState.LEFT_OUT
                else Severity.ERROR,
                deed=standing.stream,
            )

    def rehearsed(self, make: Callable[[Occasion[Any]], Step], body: Occasion[Any]) -> Step | None:
        """The step as the ledger would take it; whom it refuses is dropped with its reason, and the rest tried again."""
        while body.participants or body.expected:
            step = make(body)
            refused = self.rehearsal.refusal(step.request)
            if refused is None:
                self.steps.append(step)
                return step
            person = person_at(step.request.command, refused.field)
            guilty = () if person is None else (person,)
            rows = [step.row_of[p] for p in guilty if p in step.row_of] or list(step.rows)
            for row in rows:
                heading = heading_of(self.sheet, refused.field, step.request.command)
                self.wrong(row, _Wrong(heading, _without_field(refused), guilty))
            if person is None or person not in step.row_of:
                return None
            body = _without(body, {person})
        return None

    def ready(self, step: Step, lines: Mapping[PersonId, _Line]) -> None:
        for row in step.rows:
            self.rows[row] = RowState.READY
        body: Any = getattr(step.request.command, "body", None)
        for person in body.participants:
            if person.person in lines:
                self.attendance[person.attendance] += 1
        named = [lines[p] for p in body.expected if p in lines]
        signed = any(not line.silent for line in lines.values())
        for line in named:
            if not line.silent or line.row not in step.rows:
                continue
            self.attendance[Attendance.NOT_RECORDED] += 1
            if signed:
                self.say_silent(line, "按“未登记”计", "is counted as not recorded")

    def say_silent(self, line: _Line, zh: str, en: str) -> None:
        """That somebody did not sign in where others did: whether he was absent, the sheet does not say."""
        self.say(
            line.row,
            self.heading(Column.ATTENDANCE),
            Reason.MISSING,
            f"{line.name} 未签到(缺席?),{zh}",
            en=f"{line.name} did not sign in (absent?) and {en}",
            severity=Severity.WARNING,
        )

    def alike(self, body: Occasion[Any]) -> Iterator[tuple[PersonId, str]]:
        """Those of whom the same kind is recorded for that day, in a record that still stands."""
        for participant, likeness in zip(body.participants, occasion.likenesses(body), strict=True):
            stream = alike(self.known, likeness, occasion.likenesses)
            if stream is not None:
                yield participant.person, stream

    def repeated(
        self, lines: Mapping[PersonId, _Line], other: Mapping[PersonId, str]
    ) -> set[PersonId]:
        """Say of whom a like record stands; whoever is to be left out for it."""
        dropped: set[PersonId] = set()
        for person, stream in other.items():
            line = lines[person]
            skip = self.repeats_of(line.row) is Repeats.SKIP
            deed: Any = self.known.deed(stream)
            title = "" if deed is None else f"「{deed.body.title}」"
            self.say(
                line.row,
                self.heading(Column.NAME),
                Reason.LIKELY_DUPLICATE,
                f"{line.name} 当日已有同类记录{title}",
                en=f"{line.name} has a record of this kind on that day {title}".strip(),
                severity=Severity.WARNING,
                deed=stream,
                people=(person,),
            )
            if skip:
                dropped.add(person)
                self.rows[line.row] = RowState.ALREADY
        return dropped

    def link(self, step: Step, stream: str, other: Mapping[PersonId, str]) -> None:
        """Link a new record to the one in which all its people stand already, if that is wished.

        Records are linked whole: where others are in it too, or stand elsewhere, the rows concerned are told so.
        """
        body: Any = getattr(step.request.command, "body", None)
        row_of = {p.person: step.row_of[p.person] for p in body.participants}
        wished = {p: row for p, row in row_of.items() if self.repeats_of(row) is Repeats.LINK}
        asked = {row for person, row in wished.items() if person in other}
        others = {other.get(person) for person in row_of}
        if asked and len(others) == 1 and wished == row_of:
            self.link_as_one(stream, str(others.pop()), tuple(sorted(asked)), step.request.actor)
            return
        for row in sorted(asked):
            self.say(
                row,
                self.heading(Column.NAME),
                Reason.LIKELY_DUPLICATE,
                "未关联:只能整条关联,而本次活动还有他人;此行可改选 skip,不再登记",
                en="is not linked: records are linked whole, and others take part in this one; this row may be skipped (repeats)",
                severity=Severity.WARNING,
            )

    def link_as_one(self, stream: str, other: str, rows: tuple[int, ...], actor: Actor) -> None:
        """Plan the link of a new record; one that the ledger would refuse is told, and the record stays."""
        deed, same_as = stream, other
        recorded = self.known.deed(other)
        if (
            recorded is not None
            and recorded.record is RecordClass.SELF
            and actor.declares_for is None
        ):
            # What the organiser recorded settles what the member has declared.
            deed, same_as = other, stream
        command = LinkSame(deed=deed, same_as=same_as, reason="导入时核对为同一履职")
        step = self.source.step(command, self.actor, rows, f"link|{deed}|{same_as}")
        refused = self.rehearsal.refusal(step.request)
        if refused is None:
            self.steps.append(step)
            return
        for row in rows:
            self.say(
                row,
                "",
                refused.reason,
                f"未关联 {refused.about}".strip(),
                en=f"is not linked {refused.about}".strip(),
                severity=Severity.WARNING,
                deed=same_as,
            )

    def repeats_of(self, row: int) -> Repeats:
        chosen = self.choices.get(row)
        return self.repeats if chosen is None or chosen.repeats is None else chosen.repeats

    def already(self, line: _Line, stream: str, deed: Deed[Any] | None) -> None:
        """Somebody stands in that very record; what the sheet says otherwise is shown, not written."""
        self.rows[line.row] = RowState.ALREADY
        about, en = self.told_already(line.name, deed)
        differs, differs_en = ("", "") if deed is None else _difference(deed.body, line.participant)
        if differs and not line.silent:
            about = f"{about},{differs};如有误请更正原记录"
            en = f"{en}; {differs_en}; amend the record if it is wrong"
        self.say(
            line.row,
            "",
            Reason.ALREADY_DONE,
            about,
            en=en,
            severity=Severity.WARNING if differs and not line.silent else Severity.OK,
            deed=stream,
            people=(line.participant.person,),
        )

    def told_already(self, name: str, deed: Deed[Any] | None) -> tuple[str, str]:
        """When and by whom it was recorded, and whether from this file; in Chinese and in English."""
        if deed is None:
            return f"{name} 已登记", f"{name} is recorded"
        by = self.known.roster.people.get(deed.recorded.by)
        who = deed.recorded.role.zh if by is None else by.profile.name
        who_en = deed.recorded.role.en if by is None else by.profile.name
        day = deed.recorded.day.isoformat()
        here = deed.recorded.cause == self.source.cause
        how, how_en = ("由此文件导入", "imported from this file") if here else ("登记", "recorded")
        return f"{name} 已于 {day} 由 {who} {how}", f"{name} was {how_en} on {day} by {who_en}"

    def fresh(self, root: str, row: int, body: Occasion[Any] | Matter[Any]) -> tuple[str, str]:
        """The stream and id of what a row records. After an undo the same file may be imported again, under a further id."""
        likenesses = (
            occasion.likenesses(body) if isinstance(body, Occasion) else matter.likenesses(body)
        )
        attempt = 0
        deed_id = self.source.id((row,), f"{root}|{attempt}")
        if any(self.known.recorded_as(each) for each in likenesses):
            while (deed := self.known.deed(f"{root}/{deed_id}")) is not None and deed.gone:
                attempt += 1
                deed_id = self.source.id((row,), f"{root}|{attempt}")
        return f"{root}/{deed_id}", deed_id

    # Matters

    def plan_matter(self, row: Row, meant: Meant) -> None:
        on, _ = self.day(row)
        title = self.title(row)
        organiser = self.organiser(row, on, Shape.MATTER)
        said, details = self.fields(row, meant.kind, on)
        authors = self.authors(row, on)
        if meant.kind is Proposed and "form" not in details:
            details["form"] = self.proposer(authors)
        body = Matter(
            details=self.details(meant, details, title, on),
            title=title,
            on=on,
            organiser=organiser,
            authors=authors,
            **said,
        )
        self.refuse_repeated(body)
        outcomes = list(self.outcomes(row, meant.kind, on))
        actor = self.actor
        if self.declares(row):
            actor = replace(actor, acting_for=self.declared(row, matter.people_of(body)))
        stream, matter_id = self.fresh("matter", row.number, body)
        row_of = {a.person: row.number for a in authors if a.person is not None}
        standing = self.standing(body, stream, row)
        if standing is not None:
            matter_id = standing.stream.partition("/")[2]
            self.rows[row.number] = RowState.ALREADY
            about, en = self.told_already(f"「{title}」", standing)
            self.say(
                row.number,
                "",
                Reason.ALREADY_DONE,
                about,
                en=en,
                severity=Severity.OK,
                deed=standing.stream,
            )
            outcomes = list(_not_yet(standing.reached, outcomes))
        elif self.rows[row.number] is RowState.ALREADY:
            return
        # What an undo took back may be reported anew.
        upon = "" if standing is None else f"|{standing.version}"
        steps = [
            self.source.step(
                ReportOutcome(matter=matter_id, outcome=outcome),
                self.actor,
                (row.number,),
                f"outcome|{matter_id}|{outcome.stage}|{outcome.level}|{outcome.on}{upon}",
            )
            for outcome in outcomes
        ]
        if standing is None:
            command = RecordMatter(matter=matter_id, body=body)
            steps.insert(
                0,
                self.source.step(command, actor, (row.number,), f"record|{stream}", row_of=row_of),
            )
        self.append(steps)
        other = self.like.get(row.number)
        if (
            other is not None
            and self.rows[row.number] is RowState.READY
            and self.repeats_of(row.number) is Repeats.LINK
        ):
            self.link_as_one(stream, other, (row.number,), actor)
        if self.rows[row.number] is not RowState.LEFT_OUT:
            for likeness in matter.likenesses(body):
                self.matters[likeness, on] = row.number
            for naming in matter.namings(body):
                self.named.setdefault(naming, []).append(stream)

    def other_matter(self, kind: type[Details] | None, text: str) -> str:
        """The matter that a row names by its number or title, with or without its day, in the ledger or in an earlier row; of a kind or any."""
        named = _parted(text, self.year)
        found = self.called(kind, text, None)
        if not found and named is not None:
            found = self.called(kind, *named)
        if not found:
            raise Refused(Reason.NO_SUCH_DEED, about=f"「{text[:60]}」({_HOW_TO_NAME})")
        if len(found) > 1:
            told = "、".join(
                f"{each.body.title} {each.body.on.isoformat()} {each.body.number}".strip()
                for each in found
            )
            raise Refused(Reason.NAME_ONE, about=f"「{text[:60]}」:{told}")
        return found[0].stream

    def called(self, kind: type[Details] | None, word: str, on: date | None) -> list[Deed[Any]]:
        """The matters that stand with that number, else those with that title, in the brackets of one or not; where a day is named, those of that day."""
        bare = as_compared(word.strip("《》「」"))
        for by in ("number", "title"):
            naming = matter.naming(by, bare, on)
            streams_called = [*self.known.recorded_as(naming), *self.named.get(naming, ())]
            found: list[Deed[Any]] = []
            for stream in dict.fromkeys(streams_called):
                deed: Any = self.rehearsal.deed(stream)
                if deed is None or deed.gone or naming not in matter.namings(deed.body):
                    continue
                if isinstance(deed.body.details, kind or object):
                    found.append(deed)
            if found:
                return found
        return []

    def refuse_repeated(self, body: Matter[Any]) -> None:
        """Refuse a matter that an earlier row holds: same kind, title, first author and day."""
        for likeness in matter.likenesses(body):
            earlier = self.matters.get((likeness, body.on))
            if earlier is not None:
                raise _Wrong(
                    self.heading(Column.TITLE),
                    Refused(Reason.SAME_TWICE, about=f"「{body.title}」,见第{earlier}行"),
                    en=f"「{body.title}」, see row {earlier}",
                )

    def append(self, steps: Sequence[Step]) -> None:
        """Plan the commands of one row if the ledger would take them all; say why on their rows if not."""
        for step in steps:
            refused = self.rehearsal.refusal(step.request)
            if refused is not None:
                heading = heading_of(self.sheet, refused.field, step.request.command)
                for row in step.rows:
                    self.wrong(row, _Wrong(heading, _without_field(refused)))
                return
        self.steps.extend(steps)
        for step in steps:
            self.rows.update(dict.fromkeys(step.rows, RowState.READY))

    def standing(self, body: Matter[Any], stream: str, row: Row) -> Deed[Any] | None:
        """The record of the very matter, if it stands already; says of one that only looks like it."""
        for likeness in matter.likenesses(body):
            found = alike(self.known, likeness, matter.likenesses)
            if found is None:
                continue
            deed: Any = self.known.deed(found)
            if deed is not None and (found == stream or deed.body.on == body.on):
                return deed  # type: ignore[no-any-return]  # a deed of a matter's stream
            self.say(
                row.number,
                self.heading(Column.TITLE),
                Reason.LIKELY_DUPLICATE,
                f"「{body.title}」",
                severity=Severity.WARNING,
                deed=found,
            )
            if self.repeats_of(row.number) is Repeats.SKIP:
                self.rows[row.number] = RowState.ALREADY
            self.like[row.number] = found
        return None

    def authors(self, row: Row, on: date) -> tuple[Author, ...]:
        first = Column.AUTHORS if self.text(row, Column.AUTHORS) else Column.NAME
        if first not in self.columns and Column.AUTHORS in self.columns:
            first = Column.AUTHORS
        names = [
            (name, self.heading(column))
            for column in (first, Column.JOINT_AUTHORS)
            for name in self.names(self.text(row, column), self.heading(column))
        ]
        if not names:
            raise _Wrong(self.heading(first), Refused(Reason.MISSING))
        authors: list[Author] = []
        for place, (name, heading) in enumerate(names):
            role = Authorship.JOINT if place else Authorship.FIRST
            unit = None if self.people.named(name) else self.unit_author(name, on)
            if unit is not None:
                authors.append(Author(unit=unit, role=role))
                continue
            person = self.person(row, name, on, heading, single=len(names) == 1)
            if not person.member_on(on):
                raise _Wrong(
                    heading,
                    Refused(Reason.NOT_A_MEMBER_THEN, about=_terms_of(person, on)),
                    (person.person,),
                    en=_terms_in_english(person, on),
                )
            authors.append(Author(person=person.person, role=role))
        return tuple({author.subject: author for author in reversed(authors)}.values())[::-1]

    def unit_author(self, name: str, on: date) -> UnitId | None:
        try:
            return self.units.find(name, on)[0]
        except Refused:
            return None

    def proposer(self, authors: Sequence[Author]) -> Proposer:
        """In whose name a proposal is, as its authors show."""
        if authors[0].unit is not None:
            return {
                UnitKind.ORGANISATION: Proposer.PARTY,
                UnitKind.SPECIAL_COMMITTEE: Proposer.SPECIAL_COMMITTEE,
            }.get(self.known.roster.units[authors[0].unit].profile.kind, Proposer.SECTOR)
        return Proposer.JOINT if len(authors) > 1 else Proposer.INDIVIDUAL

    def outcomes(self, row: Row, kind: type[Details], on: date) -> Iterator[Reached]:
        """The stages that a row says were reached."""
        for stage, places in self.layout(kind).stages.items():
            mark = row.cells[places["mark"]] if "mark" in places else None
            heading = self.sheet.columns[places.get("mark", next(iter(places.values())))]
            if mark is None and not any(row.cells[p] is not None for p in places.values()):
                continue
            yield from self.checked(
                heading, partial(self.reached, row, kind, stage, places, on, heading)
            )
        text = self.text(row, Column.OUTCOME)
        for word in _outcome_words(text):
            stage = self.checked(self.heading(Column.OUTCOME), partial(choice_of, Stage, word))
            heading = self.heading(Column.OUTCOME)
            yield Reached(
                stage=stage,
                on=self.stage_day(on, heading),
                level=self.stage_level(stage, None, heading),
            )

    def reached(
        self,
        row: Row,
        kind: type[Details],
        stage: Stage,
        places: Mapping[str, int],
        on: date,
        heading: str,
    ) -> list[Reached]:
        """What the columns of one stage say: a tick, a day, levels, or the name of another stage of the kind."""
        cells = {part: row.cells[place] for part, place in places.items()}
        mark = cells.get("mark")
        text = key_of(text_of(mark))
        levels: list[Level | None] = [None]
        day: date | None = None
        if text in NO or (mark is not None and text in BLANK):
            return []
        if isinstance(mark, date):
            day = mark
        elif mark is not None and text not in YES and text not in {"已", key_of(stage.zh)}:
            other = spellings(Stage).get(text)
            if other is not None and other in kind.about.stages:
                stage = other
            else:
                levels = _levels(text)
                if levels == [None]:
                    day = days_of(mark, self.year).on
        if cells.get("level") is not None:
            levels = _levels(key_of(text_of(cells["level"]))) or levels
            if levels == [None]:
                choice_of(Level, cells["level"])
        if cells.get("day") is not None:
            day = days_of(cells["day"], self.year).on
        then = cells.get("followed")
        if then is not None and stage is not Stage.INSTRUCTED:
            raise Refused(Reason.MALFORMED, about=f"{stage.zh}不填,只用于{Stage.INSTRUCTED.zh}")
        followed = None if then is None else choice_of(Followed, then)
        return [
            Reached(
                stage=stage,
                on=self.stage_day(on, heading) if day is None else day,
                level=self.stage_level(stage, level, heading),
                rank=text_of(cells.get("rank")),
                document=text_of(cells.get("number")),
                followed=followed,
            )
            for level in levels
        ]

    def stage_day(self, on: date, heading: str) -> date:
        self.guessed_stage_day.add(heading)
        return on

    def stage_level(self, stage: Stage, level: Level | None, heading: str) -> Level | None:
        """The level of a stage: the county's own, where a sheet names none for a stage that has to have one."""
        if level is None and stage in OF_A_LEVEL:
            self.guessed_stage_level.add(heading)
            return Level.COUNTY
        return level

    # Cells and findings

    def chosen(self, row: Row) -> Chosen:
        return self.choices.get(row.number, _NOTHING_CHOSEN)

    def heading(self, column: Column) -> str:
        """What the sheet calls a column."""
        place = self.columns.get(column)
        return column.zh if place is None else self.sheet.columns[place]

    def cell(self, row: Row, column: Column) -> Cell:
        place = self.columns.get(column)
        return None if place is None else row.cells[place]

    def text(self, row: Row, column: Column) -> str:
        place = self.columns.get(column)
        return "" if place is None else text_of(row.cells[place])

    def checked(self, heading: str, read: Callable[[], T]) -> T:
        """What a cell says; a refusal learns its column."""
        try:
            return read()
        except Refused as refused:
            raise _Wrong(heading, refused) from refused

    def wrong(self, row: int, wrong: _Wrong) -> None:
        self.rows[row] = RowState.LEFT_OUT
        refused = wrong.refused
        self.say(row, wrong.column, refused.reason, refused.about, en=wrong.en, people=wrong.people)

    def say(
        self,
        row: int,
        column: str,
        reason: Reason,
        about: str = "",
        *,
        en: str = "",
        severity: Severity = Severity.ERROR,
        deed: str = "",
        people: tuple[PersonId, ...] = (),
    ) -> None:
        self.findings.append(
            Finding(
                row=row,
                column=column,
                severity=severity,
                reason=reason,
                about=about,
                about_en=en,
                deed=deed,
                people=people,
            )
        )

    def say_of_sheet(self) -> None:
        """What holds for the whole sheet: columns that nothing reads, a year or a day that was assumed."""
        for place, heading in self.places.items():
            # Where no row says of which kind it is, a column that some kind has is not known to be idle.
            if place not in self.used and (self.layouts or not is_column(heading)):
                self.say(
                    0,
                    heading,
                    Reason.UNKNOWN_FIELD,
                    "不登记",
                    en="is not recorded",
                    severity=Severity.WARNING,
                )
        if self.guessed_year:
            self.say(
                0,
                self.heading(Column.DAY),
                Reason.MALFORMED,
                f"日期没有年份,按 {self.year} 年登记",
                en=f"has days without a year, taken to be of {self.year}",
                severity=Severity.WARNING,
            )
        for heading in sorted(self.guessed_stage_day):
            self.say(
                0,
                heading,
                Reason.MISSING,
                "没有日期,按事项日期登记",
                en="has no day; that of the matter is taken",
                severity=Severity.WARNING,
            )
        for heading in sorted(self.guessed_stage_level):
            self.say(
                0, heading, Reason.MISSING, "没有写明层级,按县级登记", severity=Severity.WARNING
            )


_NOTHING_CHOSEN = Chosen()
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_READ_BY_THEMSELVES = frozenset(Column) - {Column.PLACE}
_NOT_FROM_A_CELL = frozenset(
    {
        "details",
        "title",
        "on",
        "until",
        "organiser",
        "half_days",
        "participants",
        "expected",
        "authors",
        "evidence",
        "pairing",
        "answers",
    }
)
_OTHER_MATTERS = frozenset({"converted_from", "merged_into"})
"""Fields that name another matter."""
_ALSO_MERGED = ("并入件", "并入提案", "并入事项", "并入编号")
_HOW_TO_NAME = "按编号,或题目加日期填写;同一表中的须排在前面的行;前年及以前登记的在记录页“更正”中选"


@cache
def _body_fields(shape: Shape) -> Mapping[str, tuple[str, Any]]:
    """The fields of a record that a column may hold, by the key of their label."""
    module, body = (occasion, Occasion) if shape is Shape.OCCASION else (matter, Matter)
    hints = get_type_hints(body)
    found = {
        key_of(label.zh): (name, hints[name])
        for name, label in module.LABELS.items()
        if name not in _NOT_FROM_A_CELL and is_readable(hints[name])
    }
    if "place" in hints:
        found |= {key_of(word): ("place", str) for word in ("活动地点", "会议地点")}
    if "merged_into" in hints:
        found |= {key_of(word): ("merged_into", str) for word in _ALSO_MERGED}
    return MappingProxyType(found)


def _parted(text: str, year: int) -> tuple[str, date] | None:
    """A number or title and the day that stands after it, in brackets or with a space between."""
    bare, remark = without_remark(text)
    if not remark:
        bare, _, remark = text.strip().rpartition(" ")
    bare = bare.strip()
    try:
        return (bare, days_of(remark, year).on) if bare and remark else None
    except Refused:
        return None


def _label(name: str, kind: type[Details]) -> str:
    labels = {field.name: field.label.zh for field in fields_of(kind)}
    if name in labels:
        return labels[name]
    return occasion.LABELS[name].zh if name in occasion.LABELS else name


def _without_day(title: str) -> str:
    """The title above a table as the title of an occasion."""
    text = title
    for ending in ("签到表", "签到册", "签到簿", "考勤表", "登记表", "统计表", "名单"):
        text = text.removesuffix(ending)
    return text.strip().rstrip("(\uff08")


def _is_same(recorded: Any, body: Occasion[Any]) -> bool:
    """Whether a recorded occasion is the one of the sheet: same title, same organiser."""
    return key_of(recorded.title) == key_of(body.title) and recorded.organiser == body.organiser


def _without(body: Occasion[Any], people: set[PersonId]) -> Occasion[Any]:
    return replace(
        body,
        participants=tuple(p for p in body.participants if p.person not in people),
        expected=tuple(p for p in body.expected if p not in people),
    )


def _rows(body: Occasion[Any], lines: Mapping[PersonId, _Line]) -> tuple[int, ...]:
    people = [p.person for p in body.participants] + list(body.expected)
    return tuple(sorted({lines[p].row for p in people if p in lines}))


def _row_of(lines: Mapping[PersonId, _Line]) -> dict[PersonId, int]:
    return {person: line.row for person, line in lines.items()}


def _difference(recorded: Any, said: Participant) -> tuple[str, str]:
    """Where a sheet says otherwise of somebody than the record in which he stands; in Chinese and in English."""
    for each in recorded.participants:
        if each.person == said.person:
            both = (
                (each.attendance, said.attendance),
                (each.part, said.part),
                (each.spoke, said.spoke),
            )
            differing = [(was, now) for was, now in both if was is not now]
            zh = [f"原登记为「{was.zh}」,本表为「{now.zh}」" for was, now in differing]
            en = [f"recorded as {was.en}, here {now.en}" for was, now in differing]
            return "、".join(zh), ", ".join(en)
    return "", ""


def _usual_capacity(person: Person) -> Capacity:
    match person.profile.standing:
        case Standing.MEMBER:
            return Capacity.ATTENDS
        case Standing.GUEST:
            return Capacity.HIGHER_MEMBER
        case Standing.STAFF:
            return Capacity.STAFF
        case Standing.OTHER:
            return Capacity.PEOPLE


def _terms_of(person: Person, on: date) -> str:
    """When he was a member, so that the day can be checked."""
    spans = [
        f"{t.since.isoformat()} 至 {'今' if t.until is None else t.until.isoformat()}"
        for t in person.terms
    ]
    told = "、".join(spans) or person.profile.standing.zh
    return f"{person.profile.name} {on.isoformat()}(委员任期:{told})"


def _terms_in_english(person: Person, on: date) -> str:
    """The same in English."""
    spans = [
        f"{t.since.isoformat()} to {'now' if t.until is None else t.until.isoformat()}"
        for t in person.terms
    ]
    told = ", ".join(spans) or person.profile.standing.en
    return f"{person.profile.name} {on.isoformat()} (member: {told})"


def _not_yet(reached: Sequence[Reached], outcomes: Sequence[Reached]) -> Iterator[Reached]:
    """What a sheet tells that a record does not: other stages, and what followed from an instruction that it has."""
    had = {(r.stage, r.level, r.on): r for r in reached}
    for each in outcomes:
        stands = had.get((each.stage, each.level, each.on))
        if stands is None:
            yield each
        elif each.followed not in (None, stands.followed):
            yield replace(each, rank=stands.rank, document=stands.document)


def _levels(text: str) -> list[Level | None]:
    """The levels that a cell names: 市、省 are two."""
    found: list[Level | None] = []
    for word in _outcome_words(text):
        try:
            found.append(choice_of(Level, word))
        except Refused:
            return [None]
    return found or [None]


def _outcome_words(text: str) -> list[str]:
    return [word for word in words_in(text) if word not in BLANK]


def _without_field(refused: Refused) -> Refused:
    """A refusal whose pointer has become a column."""
    return Refused(refused.reason, "", refused.about)
