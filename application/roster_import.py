"""Import a roster: open the units that do not exist yet, and admit people with their bonds and roles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from application.cells import (
    choice_of,
    count_of,
    days_of,
    name_key,
    text_of,
    without_remark,
    words_in,
    yes_of,
)
from application.columns import Column, key_of, roster_column
from application.importing import (
    Finding,
    Plan,
    Rehearsal,
    RowState,
    Severity,
    Source,
    Step,
    plan_of,
)
from application.people_named import Hints, People
from application.sheets import Cell, Row, Sheet, has_bad_characters
from domain.deed import Known
from domain.member import (
    Admit,
    Bond,
    MemberClass,
    MemberRole,
    Membership,
    Person,
    Profile,
    RoleHeld,
    Standing,
    Term,
)
from domain.people import Actor, PersonId, Reason, Refused, UnitId
from domain.unit import OpenUnit, UnitKind, UnitProfile

T = TypeVar("T")

BONDS: tuple[tuple[Column, Bond, UnitKind], ...] = (
    (Column.SECTOR, Bond.SECTOR, UnitKind.SECTOR),
    (Column.COMMITTEE, Bond.COMMITTEE, UnitKind.SPECIAL_COMMITTEE),
    (Column.GROUP, Bond.GROUP, UnitKind.COMPOSITE_GROUP),
    (Column.TOWNSHIP, Bond.TOWNSHIP, UnitKind.TOWNSHIP),
    (Column.STUDIO, Bond.STUDIO, UnitKind.STUDIO),
)
"""Columns that bind a member to a unit, and the kind of unit that is opened where there is none of that name."""

PARTIES = ("民革", "民盟", "民建", "民进", "农工党", "致公党", "九三学社", "台盟", "工商联")
NO_PARTY = frozenset({"", "无", "群众", "无党派", "无党派人士", "普通群众", "共青团员"})
ROLES = {
    "常委": MemberRole.STANDING_MEMBER,
    "政协常委": MemberRole.STANDING_MEMBER,
    **{role.zh: role for role in MemberRole},
}


def plan_roster(
    sheet: Sheet, *, known: Known, actor: Actor, ledger: str, term: Term, committee: str = ""
) -> Plan:
    """What a roster would write. `term` is the term that rows belong to unless they say otherwise.

    Somebody of the same name, and of nothing that differs, is on the roster already and is left alone. Where `committee` is
    named and no unit is the committee itself, one is opened under that name: it holds the matters that no other unit organises.
    """
    source = Source(ledger=ledger, sheet=sheet)
    return _Roster(sheet, known, actor, source, term, committee).plan()


@dataclass(frozen=True, slots=True)
class _Bound:
    bond: Bond
    kind: UnitKind
    unit: str


class _Roster:
    def __init__(
        self,
        sheet: Sheet,
        known: Known,
        actor: Actor,
        source: Source,
        term: Term,
        committee: str,
    ) -> None:
        self.committee = committee
        self.sheet, self.known, self.actor, self.source, self.term = (
            sheet,
            known,
            actor,
            source,
            term,
        )
        self.people = People(known.roster)
        self.columns: dict[Column, int] = {}
        for place, heading in enumerate(sheet.columns):
            column = roster_column(heading)
            if column is not None:
                self.columns.setdefault(column, place)
        self.findings: list[Finding] = []
        self.rows: dict[int, RowState] = {}
        self.units = {
            (unit.profile.kind, key_of(unit.profile.name)): unit.unit
            for unit in list(known.roster.units.values())
        }
        self.opened: dict[tuple[UnitKind, str], tuple[UnitId, str, int]] = {}
        self.seen: dict[tuple[str, ...], int] = {}

    def plan(self) -> Plan:
        if Column.NAME not in self.columns:
            self.say(0, self.heading(Column.NAME), Reason.MISSING, "")
            return plan_of(self.source, self.findings, (), {})
        for heading in self.sheet.columns:
            if heading and roster_column(heading) is None:
                self.say(
                    0,
                    heading,
                    Reason.UNKNOWN_FIELD,
                    "不登记",
                    en="is not recorded",
                    severity=Severity.WARNING,
                )
        admitted: list[Step] = []
        for row in self.sheet.rows:
            self.rows[row.number] = RowState.LEFT_OUT
            command = self.read(row)
            if command is not None:
                admitted.append(self.source.step(command, self.actor, (row.number,), "admit"))
        earliest = min(
            [self.term.since]
            + [
                s.request.command.term.since
                for s in admitted
                if isinstance(s.request.command, Admit) and s.request.command.term
            ]
        )
        opening = [*self.own_unit(earliest)]
        opening += [
            self.source.step(
                OpenUnit(unit=unit, profile=UnitProfile(kind=kind, name=name), since=earliest),
                self.actor,
                (row,),
                f"open|{kind}|{name}",
            )
            for (kind, _), (unit, name, row) in self.opened.items()
        ]
        return plan_of(self.source, self.findings, self.rehearsed(opening + admitted), self.rows)

    def own_unit(self, since: date) -> Iterator[Step]:
        """The committee itself, to be opened if there is none."""
        if self.committee and not any(kind is UnitKind.COMMITTEE for kind, _ in self.units):
            unit = UnitId(self.source.id((), "unit|committee"))
            profile = UnitProfile(kind=UnitKind.COMMITTEE, name=self.committee)
            command = OpenUnit(unit=unit, profile=profile, since=since)
            yield self.source.step(command, self.actor, (), "open|committee")

    def rehearsed(self, steps: list[Step]) -> list[Step]:
        """The steps that the ledger would carry out; the rows of the others get its reason."""
        rehearsal = Rehearsal(self.known)
        sound: list[Step] = []
        for step in steps:
            refused = rehearsal.refusal(step.request)
            if refused is None:
                sound.append(step)
                if isinstance(step.request.command, Admit):
                    self.rows[step.rows[0]] = RowState.READY
            elif refused.reason is Reason.NOT_ALLOWED:
                self.rows.update(dict.fromkeys(self.rows, RowState.LEFT_OUT))
                self.say(0, "", refused.reason, refused.about)
                return []
            else:
                row = step.rows[0] if step.rows else 0
                self.say(row, _column_at_fault(step, refused), refused.reason, refused.about)
        return sound

    def read(self, row: Row) -> Admit | None:
        """The command of a row, or nothing where it has an error or the person is known."""
        if any(map(has_bad_characters, row.cells)):
            place = next(i for i, cell in enumerate(row.cells) if has_bad_characters(cell))
            self.say(row.number, self.sheet.columns[place], Reason.BAD_CHARACTERS, "")
            return None
        name, remark = without_remark(self.text(row, Column.NAME))
        if re.fullmatch(r"[\u3400-\u9fff\s]+", name):
            name = "".join(name.split())
        if not name:
            self.say(row.number, self.heading(Column.NAME), Reason.MISSING, "")
            return None
        before = len(self.findings)
        try:
            command = self.command(row, name, remark)
        except _Wrong as wrong:
            self.say(
                row.number, self.heading(wrong.column), wrong.refused.reason, wrong.refused.about
            )
            return None
        if self.is_known(row, command) or self.is_repeated(row, command):
            return None
        return command if not self.errors_since(before) else None

    def command(self, row: Row, name: str, remark: str) -> Admit:
        standing = self.standing(row)
        term = self.term_of(row) if standing is Standing.MEMBER else None
        since = self.term.since if term is None else term.since
        roles, position = self.roles(row, since)
        party = key_of(self.text(row, Column.PARTY))
        profile = Profile(
            name=name,
            sex=self.sex(row) or (remark if remark in {"男", "女"} else ""),
            standing=standing,
            member_class=self.member_class(row),
            in_public_system=self.in_public_system(row),
            party=party in {"中共", "中共党员", "党员", "中国共产党", "预备党员", "中共预备党员"},
            employer=self.text(row, Column.EMPLOYER),
            position=position,
            nominator=self.text(row, Column.NOMINATOR),
            phone=self.text(row, Column.PHONE).replace(" ", "").replace("-", ""),
            number=self.text(row, Column.MEMBER_NUMBER),
        )
        bonds = tuple(
            self.membership(each, row.number, since, primary=primary)
            for each, primary in self.bonds(row)
        )
        return Admit(
            person=PersonId(self.source.id((row.number,), "person")),
            profile=profile,
            term=term,
            memberships=bonds if standing is Standing.MEMBER else (),
            roles=roles,
        )

    def bonds(self, row: Row) -> Iterator[tuple[_Bound, bool]]:
        """The units that a row names; the first of a column is the primary one.

        Where there is no studio the township answers for its side of dual management.
        """
        bound: set[tuple[Bond, str]] = set()
        primary: set[Bond] = set()
        township = ""
        for column, bond, kind in BONDS:
            for name in _units_in(self.text(row, column)):
                if column is Column.TOWNSHIP and "工作室" in name:
                    bond, kind = Bond.STUDIO, UnitKind.STUDIO
                elif column is Column.STUDIO and not re.search("室|站|家", name):
                    kind = UnitKind.TOWNSHIP
                if column is Column.TOWNSHIP and not township:
                    township = name
                if (bond, name) not in bound:
                    yield _Bound(bond, kind, name), bond not in primary
                    bound.add((bond, name))
                    primary.add(bond)
        party = key_of(self.text(row, Column.PARTY))
        name = next((each for each in PARTIES if each in party), "")
        if name:
            yield _Bound(Bond.ORGANISATION, UnitKind.ORGANISATION, name), True
        if township and Bond.STUDIO not in primary:
            yield _Bound(Bond.STUDIO, UnitKind.TOWNSHIP, township), True

    def membership(self, bound: _Bound, row: int, since: date, *, primary: bool) -> Membership:
        """The bond to a unit: since the member joined, or since the unit was set up where that came later."""
        unit = self.unit(bound, row)
        there = self.known.roster.units.get(unit)
        first = since if there is None else max(since, there.since)
        return Membership(bond=bound.bond, unit=unit, since=first, primary=primary)

    def unit(self, bound: _Bound, row: int) -> UnitId:
        """The unit of that kind and name, to be opened if there is none."""
        key = (bound.kind, key_of(bound.unit))
        if key in self.units:
            return self.units[key]
        if key not in self.opened:
            unit = UnitId(self.source.id((), f"unit|{bound.kind}|{key[1]}"))
            self.opened[key] = (unit, bound.unit, row)
        return self.opened[key][0]

    def is_known(self, row: Row, command: Admit) -> bool:
        """Whether he is on the roster; says so, and in what the sheet differs."""
        profile = command.profile
        hints = Hints(
            sector=self.text(row, Column.SECTOR), employer=profile.employer, phone=profile.phone
        )
        found = [
            person
            for person in self.people.named(profile.name)
            if self.people.agrees(person, hints, self.known.today)
            or person.person == command.person
            or (profile.phone and person.profile.phone == profile.phone)
        ]
        if not found:
            for other in self.people.named(profile.name):
                self.say(
                    row.number,
                    self.heading(Column.NAME),
                    Reason.LIKELY_DUPLICATE,
                    f"名册中有同名的 {self.people.described(other, self.known.today)}",
                    en=f"shares his name with {self.people.described(other, self.known.today)}",
                    severity=Severity.WARNING,
                    people=(other.person,),
                )
            return False
        self.rows[row.number] = RowState.ALREADY
        differs = "、".join(_differences(found[0], profile))
        described = self.people.described(found[0], self.known.today)
        about, en = f"名册中已有 {described}", f"on the roster as {described}"
        self.say(
            row.number,
            self.heading(Column.NAME),
            Reason.ALREADY_DONE,
            f"{about},不同之处:{differs}" if differs else about,
            en=f"{en}, which differs in {differs}" if differs else en,
            severity=Severity.WARNING if differs else Severity.OK,
            people=(found[0].person,),
        )
        return True

    def is_repeated(self, row: Row, command: Admit) -> bool:
        """Whether an earlier row names the same person; namesakes are told apart by sector, employer or phone."""
        profile = command.profile
        marks = (
            name_key(profile.name),
            key_of(self.text(row, Column.SECTOR)),
            key_of(profile.employer),
            profile.phone,
        )
        if marks in self.seen:
            self.say(
                row.number,
                self.heading(Column.NAME),
                Reason.SAME_TWICE,
                f"{profile.name},见第{self.seen[marks]}行",
                en=f"{profile.name}, see row {self.seen[marks]}",
            )
            return True
        self.seen[marks] = row.number
        return False

    # Cells

    def heading(self, column: Column) -> str:
        """What the sheet calls a column."""
        place = self.columns.get(column)
        return column.zh if place is None else self.sheet.columns[place]

    def cell(self, row: Row, column: Column) -> Cell:
        place = self.columns.get(column)
        return None if place is None else row.cells[place]

    def text(self, row: Row, column: Column) -> str:
        return text_of(self.cell(row, column))

    def sex(self, row: Row) -> str:
        text = self.text(row, Column.SEX)
        if text not in {"", "男", "女"}:
            raise _Wrong(Column.SEX, Refused(Reason.MALFORMED, about=f"「{text}」(男 或 女)"))
        return text

    def standing(self, row: Row) -> Standing:
        text = self.text(row, Column.STANDING)
        guest = "上级委员" in self.text(row, Column.MEMBER_CLASS)
        if guest or re.search("上级|特邀|省政协|市政协", text):
            return Standing.GUEST
        if not text or text.endswith("委员"):
            return Standing.MEMBER
        return self.checked(Column.STANDING, lambda: choice_of(Standing, text))

    def member_class(self, row: Row) -> MemberClass:
        text = self.text(row, Column.MEMBER_CLASS)
        if not text or "上级委员" in text:
            return MemberClass.OTHER
        short = text.removesuffix("界").removesuffix("类")
        return self.checked(
            Column.MEMBER_CLASS,
            lambda: (
                choice_of(MemberClass, text if "委员" in text else f"{short}委员")
                if short != "其他"
                else MemberClass.OTHER
            ),
        )

    def in_public_system(self, row: Row) -> bool:
        text = key_of(self.text(row, Column.SYSTEM))
        if text in {"体制内", "内", "体制内委员"}:
            return True
        if text in {"体制外", "外", "体制外委员"}:
            return False
        return self.checked(Column.SYSTEM, lambda: yes_of(text))

    def roles(self, row: Row, since: date) -> tuple[tuple[RoleHeld, ...], str]:
        """Roles in the committee, and the position outside it."""
        text = self.text(row, Column.COMMITTEE_ROLE)
        position = self.text(row, Column.POSITION)
        held = [ROLES[each] for each in _units_in(text) if each in ROLES]
        if text and not held and text not in {"委员", "政协委员"}:
            ticked = self.checked(Column.COMMITTEE_ROLE, lambda: yes_of(text))
            held = [MemberRole.STANDING_MEMBER] if ticked else []
        if position in ROLES and ROLES[position] not in held:
            held.append(ROLES[position])
            position = ""
        return tuple(RoleHeld(role=role, since=since) for role in dict.fromkeys(held)), position

    def term_of(self, row: Row) -> Term:
        term = self.term
        year = self.sheet.year or self.known.today.year
        since, until = self.cell(row, Column.SINCE), self.cell(row, Column.UNTIL)
        number, added = self.cell(row, Column.TERM), self.cell(row, Column.ADDED)
        if since is not None:
            on = self.checked(Column.SINCE, lambda: _day(since, year))
            term = replace(term, since=on)
        if until is not None:
            last = self.checked(Column.UNTIL, lambda: _day(until, year))
            if last < term.since:
                raise _Wrong(Column.UNTIL, Refused(Reason.WRONG_ORDER, about=last.isoformat()))
            term = replace(term, until=last)
        if number is not None:
            term = replace(term, number=self.checked(Column.TERM, lambda: _term_number(number)))
        if added is not None:
            term = replace(
                term,
                added=self.checked(Column.ADDED, lambda: text_of(added) == "增补" or yes_of(added)),
            )
        return term

    def checked(self, column: Column, read: Callable[[], T]) -> T:
        """What a cell says; a refusal learns its column."""
        try:
            return read()
        except Refused as refused:
            raise _Wrong(column, refused) from refused

    def say(
        self,
        row: int,
        column: str,
        reason: Reason,
        about: str,
        *,
        en: str = "",
        severity: Severity = Severity.ERROR,
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
                people=people,
            )
        )

    def errors_since(self, before: int) -> bool:
        return any(each.severity is Severity.ERROR for each in self.findings[before:])


@dataclass(unsafe_hash=True)
class _Wrong(Exception):
    column: Column
    refused: Refused


def _column_at_fault(step: Step, refused: Refused) -> str:
    """The column whose unit a refusal points at; empty where it is about the row as a whole."""
    command, found = step.request.command, re.match(r"/memberships/(\d+)/", refused.field)
    if found is None or not isinstance(command, Admit):
        return ""
    bond = command.memberships[int(found[1])].bond
    return next((column.zh for column, of, _ in BONDS if of is bond), "")


def _units_in(text: str) -> list[str]:
    return [name.strip() for word in words_in(text) for name in word.split("/") if name.strip()]


def _day(cell: Cell, year: int) -> date:
    if isinstance(cell, str) and (
        found := re.fullmatch(r"(\d{4})\s*[年./\-]\s*(\d{1,2})月?", cell)
    ):
        return days_of(f"{found[1]}-{found[2]}-1", year).on
    return days_of(cell, year).on


_CHINESE_DIGITS = {digit: i for i, digit in enumerate("零一二三四五六七八九十")}


def _term_number(cell: Cell) -> int:
    """A term's number, also as 第十届 or 第十五届."""
    text = re.sub(r"[第届]", "", text_of(cell))
    found = re.fullmatch(r"([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)", text)
    if not text or found is None:
        return count_of(text)
    tens, ten, ones = found.groups()
    if not ten:
        return _CHINESE_DIGITS[tens or ones]
    return 10 * _CHINESE_DIGITS.get(tens, 1) + _CHINESE_DIGITS.get(ones, 0)


def _differences(person: Person, new: Profile) -> Iterator[str]:
    """What a sheet says otherwise than the roster, field by field."""
    old = person.profile
    for zh, before, now in (
        ("工作单位", old.employer, new.employer),
        ("职务", old.position, new.position),
        ("手机", old.phone, new.phone),
        ("推荐单位", old.nominator, new.nominator),
    ):
        if now and now != before:
            yield zh
