"""Worked cases of a rubric, and facts files: who is appraised, on what facts, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator

from application.documents.case_result import CaseResult, shown
from application.documents.facts import (
    EXAMPLE,
    FactDoc,
    MemberDoc,
    PeriodDoc,
    UnitDoc,
    acts_of,
    earlier_of,
    facts_of,
    offices_of,
    person_of,
    unit_of,
)
from application.documents.source import Flaw, Source, refuse
from application.documents.words import Codes, Day, Doc, Figure, Text, WhyWord, several
from domain.fact import Fact, SubjectId
from domain.grading import Earlier, Graded, grade, opinions_in
from domain.kinds import KINDS, Shape, Subject
from domain.member import Person
from domain.period import Period, Span
from domain.rubric import OfficeHeld, Rubric
from domain.scoring import BlockTotal, Scorecard, points_of, score
from domain.unit import Unit


class _ExpectDoc(Doc):
    """What a case comes to; what it does not mention is not compared."""

    total: Figure
    lines: dict[str, Figure] = {}
    blocks: dict[str, Figure] = {}
    why_not: dict[str, WhyWord] = {}
    grade: Text | None = None
    gates: dict[str, bool] = {}
    triggers: dict[str, Text | None] = {}


class _WithTotalDoc(Doc):
    """A member of a unit, with what his own card comes to."""

    member: Text
    total: Figure
    blocks: dict[str, Figure] = {}


class _OneDoc(MemberDoc):
    """One of several members of a case."""

    member: Text
    facts: list[FactDoc] = []
    expect: _ExpectDoc


class RubricCaseDoc(Doc):
    """A worked case: one member (or unit) with his facts and what they come to, or several who are graded together."""

    case: Text
    en: Text | None = None
    member: MemberDoc = MemberDoc()
    unit: UnitDoc | None = None
    of_members: list[_WithTotalDoc] = []
    year: PeriodDoc
    term: PeriodDoc | None = None
    today: Day | None = None
    facts: list[FactDoc] = []
    members: list[_OneDoc] = []
    expect: _ExpectDoc | None = None


class _FactOfDoc(FactDoc):
    """A fact of a facts file: of one member, of several together (authors in order), or of a unit."""

    member: Codes = []
    unit: Text | None = None


class _MemberOfDoc(MemberDoc):
    member: Text
    facts: list[FactDoc] = []


class _UnitOfDoc(UnitDoc):
    unit: Text
    members: Codes = []
    of_members: list[_WithTotalDoc] = []
    facts: list[FactDoc] = []


class FactsDoc(Doc):
    """A facts file."""

    year: PeriodDoc
    term: PeriodDoc | None = None
    today: Day | None = None
    members: Annotated[list[_MemberOfDoc], BeforeValidator(several)] = []
    units: Annotated[list[_UnitOfDoc], BeforeValidator(several)] = []
    facts: list[_FactOfDoc] = []


# Who is appraised


@dataclass(slots=True, kw_only=True)
class Appraised:
    """One who is appraised: who, on what facts, after what."""

    who: Person | Unit
    facts: list[Fact[Any]]
    offices: tuple[OfficeHeld, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    cards: tuple[Scorecard, ...] = ()

    @property
    def subject(self) -> SubjectId:
        """His stream."""
        if isinstance(self.who, Unit):
            return SubjectId(f"unit/{self.who.unit}")
        return SubjectId(f"member/{self.who.person}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What it comes to: the card and the grade."""

    card: Scorecard
    graded: Graded


def results(
    appraised: Sequence[Appraised],
    rubric: Rubric,
    period: Period,
    today: date,
    term: Period | None = None,
) -> list[Result]:
    """The cards and grades of all who are appraised together, in their order; `term` is that of the committee, where it is told."""
    cards = [
        score(
            each.facts,
            rubric,
            each.who,
            period,
            today,
            offices=each.offices,
            members=each.cards,
        )
        for each in appraised
    ]
    graded = grade(
        cards,
        rubric,
        {each.subject: each.who for each in appraised},
        earlier={each.subject: _earlier(each, rubric, period, today) for each in appraised},
        opinions={each.subject: opinions_in(each.facts, period) for each in appraised},
        offices={each.subject: each.offices for each in appraised},
        term=term,
    )
    return [Result(card=card, graded=of) for card, of in zip(cards, graded, strict=True)]


def _earlier(each: Appraised, rubric: Rubric, period: Period, today: date) -> tuple[Earlier, ...]:
    """Earlier results as given; what triggers count in earlier years is taken from the facts where nothing is given."""
    if not rubric.triggers:
        return each.earlier
    found = {e.period.first: e for e in each.earlier}
    begins = rubric.since.year
    periods = {
        Period.around(period.span, fact.on, begins=begins)
        for fact in each.facts
        if fact.on < period.first and period.span.is_of_calendar
    }
    for then in sorted(periods, key=lambda p: p.first):
        given = found.get(then.first, Earlier(period=then))
        if then.last >= period.first or given.counted:
            continue
        card = score(each.facts, rubric, each.who, then, today, offices=each.offices)
        found[then.first] = replace(given, counted=tuple((c.code, c.acts) for c in card.counted))
    return tuple(found[first] for first in sorted(found))


def _card(doc: _WithTotalDoc, period: Period) -> Scorecard:
    """A member's card as a case gives it."""
    return Scorecard(
        member=SubjectId(f"member/{doc.member}"),
        rubric="",
        version="",
        period=period,
        total=points_of(doc.total),
        blocks=tuple(BlockTotal(block=b, points=points_of(p)) for b, p in doc.blocks.items()),
        lines=(),
        why_not=(),
        reachable=(),
        changes_on=None,
    )


# Worked cases


def scored(case: RubricCaseDoc, place: int, rubric: Rubric, source: Source) -> CaseResult:
    """One worked case under its rubric."""
    at: tuple[str | int, ...] = ("cases", place)
    refuse([source.flaw(at, zh, en) for zh, en in _misfits(case, rubric)], [], source)
    period = Period(span=rubric.period, first=case.year.first, last=case.year.last)
    today = case.today or period.last
    differs: list[Flaw] = []
    expected: list[tuple[tuple[str | int, ...], _ExpectDoc]] = []
    if case.members:
        appraised = [
            _member_of(m, m.member, m.facts, (*at, "members", i, "facts"), period, rubric, source)
            for i, m in enumerate(case.members)
        ]
        expected = [(("members", i, "expect"), m.expect) for i, m in enumerate(case.members)]
    elif case.unit is not None:
        facts = facts_of(case.facts, (*at, "facts"), source, SubjectId(f"unit/{EXAMPLE}"))
        appraised = [
            Appraised(
                who=unit_of(case.unit, EXAMPLE, period),
                facts=facts,
                earlier=earlier_of(case.unit, rubric.period),
                cards=tuple(_card(m, period) for m in case.of_members),
            )
        ]
    else:
        appraised = [
            _member_of(case.member, EXAMPLE, case.facts, (*at, "facts"), period, rubric, source)
        ]
    if case.expect is not None:
        expected = [(("expect",), case.expect)]
    found = results(appraised, rubric, period, today, _term(case.term))
    for (path, said), result in zip(expected, found, strict=True):
        for where, says, got in _compared(said, result):
            if says != got:
                differs.append(
                    source.flaw(
                        (*at, *path, *where),
                        f"写的是 {shown(says)},算得 {shown(got)}",
                        f"says {shown(says)}, comes to {shown(got)}",
                    )
                )
    return CaseResult(case=case.case, line=source.lines[at], differs=tuple(differs))


def _term(doc: PeriodDoc | None) -> Period | None:
    """The term of the committee, where a document tells it."""
    return None if doc is None else Period(span=Span.TERM, first=doc.first, last=doc.last)


def _misfits(case: RubricCaseDoc, rubric: Rubric) -> Iterator[tuple[str, str]]:
    """What of a case does not go together."""
    if bool(case.members) == (case.expect is not None):
        yield "写 expect,或写 members(各有 expect)", "needs expect, or members with theirs"
    if case.members and (case.facts or case.unit is not None):
        yield "members 各有自己的 facts", "members have facts of their own"
    if (case.unit is not None) is not (rubric.subject is Subject.UNIT):
        yield (
            "考核单位的办法,例题写 unit;考核委员的写 member",
            "a rubric about units has cases with unit, one about members with member",
        )


def _member_of(
    doc: MemberDoc,
    name: str,
    facts: Sequence[FactDoc],
    at: tuple[str | int, ...],
    period: Period,
    rubric: Rubric,
    source: Source,
    days: Sequence[date] = (),
) -> Appraised:
    person = person_of(doc, name, period, (*(f.on for f in facts), *days))
    return Appraised(
        who=person,
        facts=facts_of(facts, at, source, SubjectId(f"member/{name}")),
        offices=offices_of(doc, person),
        earlier=earlier_of(doc, rubric.period),
    )


def _compared(
    said: _ExpectDoc, result: Result
) -> Iterator[tuple[tuple[str | int, ...], object, object]]:
    """What a case says and what it comes to, one by one."""
    card, graded = result.card, result.graded
    yield ("total",), said.total, Fraction(card.total)
    by_clause: dict[str, Fraction] = {}
    for line in card.lines:
        by_clause[line.clause] = by_clause.get(line.clause, Fraction(0)) + Fraction(line.points)
    if said.lines:
        for clause in dict.fromkeys((*said.lines, *filter(None, by_clause))):
            yield ("lines", clause), said.lines.get(clause), by_clause.get(clause)
    blocks = {b.block: Fraction(b.points) for b in card.blocks}
    for block, points in said.blocks.items():
        yield ("blocks", block), points, blocks.get(block)
    reasons = {w.deed: w.why for w in card.why_not}
    for deed, why in said.why_not.items():
        yield ("why_not", deed), why, reasons.get(deed)
    if "grade" in said.model_fields_set:
        yield ("grade",), said.grade, graded.grade or None
    gates = {g.gate: g.met for g in card.gates}
    for gate, met in said.gates.items():
        yield ("gates", gate), met, gates.get(gate)
    steps = {t.trigger: t.step or None for t in graded.triggers}
    for trigger, step in said.triggers.items():
        yield ("triggers", trigger), step, steps.get(trigger)


# Facts files


def appraised_in(
    doc: FactsDoc, rubric: Rubric, source: Source
) -> tuple[list[Appraised], Period, date, Period | None]:
    """Who is appraised by a facts file, for which period, on which day, in which term. Raises `Unreadable`."""
    period = Period(span=rubric.period, first=doc.year.first, last=doc.year.last)
    flaws: list[Flaw] = []
    members: dict[str, Appraised] = {}
    for i, m in enumerate(doc.members):
        if m.member in members:
            flaws.append(source.flaw(("members", i, "member"), "重复", "is given twice"))
        at = ("members", i, "facts")
        days = [f.on for f in doc.facts if m.member in f.member]
        members[m.member] = _member_of(m, m.member, m.facts, at, period, rubric, source, days)
    units: dict[str, Appraised] = {}
    for i, u in enumerate(doc.units):
        if u.unit in units:
            flaws.append(source.flaw(("units", i, "unit"), "重复", "is given twice"))
        if rubric.of_kinds and u.kind not in rubric.of_kinds:
            zh, en = "本办法不考核这类单位", "the rubric is not about units of this kind"
            flaws.append(source.flaw(("units", i, "kind"), zh, en))
        subject = SubjectId(f"unit/{u.unit}")
        units[u.unit] = Appraised(
            who=unit_of(u, u.unit, period),
            facts=facts_of(u.facts, ("units", i, "facts"), source, subject),
            earlier=earlier_of(u, rubric.period),
            cards=tuple(_card(m, period) for m in u.of_members),
        )
    for i, f in enumerate(doc.facts):
        flaws += _give(f, i, members, units, source)
    for i, u in enumerate(doc.units):
        for j, name in enumerate(u.members):
            if name in members:
                units[u.unit].facts.extend(members[name].facts)
            else:
                flaws.append(
                    source.flaw(
                        ("units", i, "members", j),
                        f"没有委员 {name}",
                        f"no member is called {name}",
                    )
                )
    refuse(flaws, [], source)
    appraised = units if rubric.subject is Subject.UNIT else members
    return list(appraised.values()), period, doc.today or period.last, _term(doc.term)


def _give(
    doc: _FactOfDoc,
    place: int,
    members: Mapping[str, Appraised],
    units: Mapping[str, Appraised],
    source: Source,
) -> list[Flaw]:
    """Give a fact of the file to those whose it is; of several authors each has his place."""
    at: tuple[str | int, ...] = ("facts", place)
    if (not doc.member) == (doc.unit is None):
        return [source.flaw(at, "写 member 或 unit 之一", "needs member or unit")]
    name, flaws = doc.deed or f"facts-{place + 1}", list[Flaw]()
    if doc.unit is not None:
        if doc.unit not in units:
            zh, en = f"没有单位 {doc.unit}", f"no unit is called {doc.unit}"
            return [source.flaw((*at, "unit"), zh, en)]
        subject = SubjectId(f"unit/{doc.unit}")
        units[doc.unit].facts.extend(acts_of(doc, name, at, source, subject, flaws))
        return flaws
    kind = KINDS.get(doc.kind)
    together = kind is not None and kind.about.shape is Shape.MATTER and len(doc.member) > 1
    for nth, member in enumerate(doc.member, start=1):
        if member not in members:
            zh, en = f"没有委员 {member}", f"no member is called {member}"
            flaws.append(source.flaw((*at, "member"), zh, en))
            continue
        authors = max(doc.authors or 0, len(doc.member))
        one = doc.model_copy(update={"place": nth, "authors": authors}) if together else doc
        subject = SubjectId(f"member/{member}")
        members[member].facts.extend(acts_of(one, name, at, source, subject, flaws))
    return flaws
