"""Worked cases of a rubric, and facts files: who is appraised, on what facts, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Annotated, Any

from pydantic import BeforeValidator

from application.documents.case_result import CaseResult, differing
from application.documents.facts import (
    EXAMPLE,
    SUBJECT,
    FactDoc,
    MemberDoc,
    PeriodDoc,
    UnitDoc,
    Wrong,
    acts_of,
    backwards,
    disordered,
    earlier_of,
    facts_in,
    facts_of,
    names_of,
    offices_of,
    person_of,
    unit_of,
)
from application.documents.source import MOST_FLAWS, Flaw, Source, refuse
from application.documents.words import Codes, Day, Doc, Figure, Text, WhyWord, several
from domain.fact import Fact, SubjectId
from domain.grading import Earlier, Graded, grade, opinions_in
from domain.kinds import KINDS, Shape, Subject, kind_of
from domain.kinds.help import ContributedResources
from domain.member import Person
from domain.nearest import listed, proposal, quoted
from domain.people import UnitId
from domain.period import Period, Span
from domain.rubric import OfficeHeld, Rubric
from domain.scorecard import BlockTotal, Scorecard, points_of
from domain.scoring import score
from domain.selection import UNITS, meant_by, names_unit
from domain.unit import Unit, UnitKind


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


class _OfUnitDoc(UnitDoc):
    """A unit that members are in, with what is on record of it."""

    unit: Text
    facts: list[FactDoc] = []


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
    of_units: list[_OfUnitDoc] = []
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
    """One who is appraised: who, on what facts, after what; of a member also what is on record of his units, and of which kind they are."""

    who: Person | Unit
    facts: list[Fact[Any]]
    offices: tuple[OfficeHeld, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    cards: tuple[Scorecard, ...] = ()
    of_units: list[Fact[Any]] = field(default_factory=list)
    kinds: dict[UnitId, UnitKind] = field(default_factory=dict)

    def card(self, rubric: Rubric, period: Period, today: date) -> Scorecard:
        """What it comes to in a period."""
        return score(
            [*self.facts, *self.of_units],
            rubric,
            self.who,
            period,
            today,
            offices=self.offices,
            kinds=self.kinds,
            members=self.cards,
        )

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
    cards = [each.card(rubric, period, today) for each in appraised]
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
        card = each.card(rubric, then, today)
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
    flaws = [source.flaw((*at, *path), zh, en) for path, zh, en in _misfits(case, rubric)]
    refuse(flaws, [], source)
    period = Period(span=rubric.period, first=case.year.first, last=case.year.last)
    today = case.today or period.last
    differs: list[Flaw] = []
    expected: list[tuple[tuple[str | int, ...], _ExpectDoc]] = []
    if case.members:
        appraised = [
            _member_of(m, m.member, m.facts, (*at, "members", i), period, rubric, source, flaws)
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
            _member_of(case.member, EXAMPLE, case.facts, at, period, rubric, source, flaws)
        ]
    units = {
        u.unit: _unit_of(u, u.unit, u.facts, (*at, "of_units", i), period, rubric, source, flaws)
        for i, u in enumerate(case.of_units)
    }
    refuse(flaws, [], source)
    _give_of_units(appraised, units, rubric)
    if case.expect is not None:
        expected = [(("expect",), case.expect)]
    found = results(appraised, rubric, period, today, _term(case.term))
    for (path, said), result in zip(expected, found, strict=True):
        for where, says, got in _compared(said, result):
            if says != got:
                differs.append(source.flaw((*at, *path, *where), *differing(says, got)))
    return CaseResult(case=case.case, line=source.lines[at], differs=tuple(differs))


def _unknown_in(doc: _ExpectDoc, at: tuple[str | int, ...], rubric: Rubric) -> Iterator[Wrong]:
    """What a case expects of something that its rubric does not have."""
    grades = {} if rubric.grading is None else {g.code: g.zh for g in rubric.grading.grades}
    said: list[tuple[str, Iterable[str], Mapping[str, str], str, str]] = [
        ("lines", doc.lines, {c.code: c.zh for _, c in rubric.clauses}, "条目", "clause"),
        ("blocks", doc.blocks, {b.code: b.zh for b in rubric.blocks}, "部分", "block"),
        ("gates", doc.gates, {g.code: g.zh for g in rubric.gates}, "前提要求", "gate"),
        ("triggers", doc.triggers, {t.code: t.zh for t in rubric.triggers}, "触发条件", "trigger"),
    ]
    for name, codes, known, zh, en in said:
        for code in codes:
            if code not in known:
                near_zh, near_en = proposal(code, known)
                yield (
                    (*at, name, code),
                    f"本办法没有{zh}{quoted(code)}{near_zh}",
                    f"the rubric has no {en} {quoted(code)}{near_en}",
                )
    if doc.grade is not None and doc.grade not in grades:
        zh, en = proposal(doc.grade, grades)
        told = quoted(doc.grade)
        yield (
            (*at, "grade"),
            f"本办法没有等次{told}{zh}",
            f"the rubric has no grade {told}{en}",
        )


def _term(doc: PeriodDoc | None) -> Period | None:
    """The term of the committee, where a document tells it."""
    return None if doc is None else Period(span=Span.TERM, first=doc.first, last=doc.last)


def _misfits(case: RubricCaseDoc, rubric: Rubric) -> Iterator[Wrong]:
    """What of a case does not go together, or not with its rubric."""
    if bool(case.members) == (case.expect is not None):
        yield (
            (),
            "写 expect,或写 members(各有 expect)",
            "needs expect, or members with theirs",
        )
    if case.members and (case.facts or case.unit is not None):
        yield (), "members 各有自己的 facts", "members have facts of their own"
    if (case.unit is not None) is not (rubric.subject is Subject.UNIT):
        yield (
            (),
            "考核单位的办法,例题写 unit;考核委员的写 member",
            "a rubric about units has cases with unit, one about members with member",
        )
    yield from backwards(case.year, ("year",))
    yield from backwards(case.term, ("term",))
    expected = [(("members", i), m.expect) for i, m in enumerate(case.members)]
    for at, expect in (*expected, *([] if case.expect is None else [((), case.expect)])):
        yield from _unknown_in(expect, (*at, "expect"), rubric)
    yield from _ill_told(case.member, ("member",), rubric)
    if case.unit is not None:
        yield from _ill_told(case.unit, ("unit",), rubric)
    for i, member in enumerate(case.members):
        yield from _ill_told(member, ("members", i), rubric)
    if case.of_units and rubric.subject is Subject.UNIT:
        yield (
            ("of_units",),
            "只与考核委员的办法同用,请删去",
            "goes with a rubric about members only; remove it",
        )
    for i, unit in enumerate(case.of_units):
        yield from _ill_told(unit, ("of_units", i), rubric)


def _ill_told(
    doc: MemberDoc | UnitDoc, at: tuple[str | int, ...], rubric: Rubric
) -> Iterator[Wrong]:
    """Days out of order, and grades and triggers of earlier periods that the rubric does not have."""
    for path, zh, en in disordered(doc):
        yield (*at, *path), zh, en
    grades = {} if rubric.grading is None else {g.code: g.zh for g in rubric.grading.grades}
    triggers = {t.code: t.zh for t in rubric.triggers}
    for i, before in enumerate(doc.earlier):
        where = (*at, "earlier", i)
        if before.grade is not None and grades and before.grade not in grades:
            zh, en = proposal(before.grade, grades)
            said = quoted(before.grade)
            yield (
                (*where, "grade"),
                f"本办法没有等次{said}{zh}",
                f"the rubric has no grade {said}{en}",
            )
        for code in before.counted:
            if code not in triggers:
                zh, en = proposal(code, triggers)
                said = quoted(code)
                yield (
                    (*where, "counted", code),
                    f"本办法没有触发条件{said}{zh}",
                    f"the rubric has no trigger {said}{en}",
                )


def _member_of(
    doc: MemberDoc,
    name: str,
    facts: Sequence[FactDoc],
    at: tuple[str | int, ...],
    period: Period,
    rubric: Rubric,
    source: Source,
    flaws: list[Flaw],
    days: Sequence[date] = (),
) -> Appraised:
    person = person_of(doc, name, period, (*(f.on for f in facts), *days))
    return Appraised(
        who=person,
        facts=facts_in(facts, (*at, "facts"), source, SubjectId(f"member/{name}"), flaws),
        offices=offices_of(doc, person),
        earlier=earlier_of(doc, rubric.period),
    )


def _unit_of(
    doc: UnitDoc,
    name: str,
    facts: Sequence[FactDoc],
    at: tuple[str | int, ...],
    period: Period,
    rubric: Rubric,
    source: Source,
    flaws: list[Flaw],
) -> Appraised:
    """A unit with its facts; where they are looked at for its members, those that are not named are called by the unit and their number."""
    subject, members = SubjectId(f"unit/{name}"), rubric.subject is Subject.MEMBER
    found = [
        fact
        for i, f in enumerate(facts)
        for fact in acts_of(
            f,
            f.deed or (f"{name}-{i + 1}" if members else str(i + 1)),
            (*at, "facts", i),
            source,
            subject,
            flaws,
        )
    ]
    return Appraised(
        who=unit_of(doc, name, period), facts=found, earlier=earlier_of(doc, rubric.period)
    )


def _give_of_units(
    appraised: Iterable[Appraised], units: Mapping[str, Appraised], rubric: Rubric
) -> None:
    """Give members what is on record of their units, of the kinds that the rubric counts."""
    kinds = rubric.counted_of_units
    for each in appraised if kinds else ():
        if isinstance(each.who, Person):
            for unit in dict.fromkeys(m.unit for m in each.who.memberships if m.unit in units):
                told = units[unit]
                each.of_units += [fact for fact in told.facts if fact.kind in kinds]
                if isinstance(told.who, Unit):
                    each.kinds[unit] = told.who.profile.kind


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
    amiss = islice(_amiss(doc, rubric, source), MOST_FLAWS)
    flaws = [source.flaw(path, zh, en) for path, zh, en in amiss]
    members: dict[str, Appraised] = {}
    for i, m in enumerate(doc.members):
        days = [f.on for f in doc.facts if m.member in f.member]
        members[m.member] = _member_of(
            m, m.member, m.facts, ("members", i), period, rubric, source, flaws, days
        )
    units: dict[str, Appraised] = {}
    for i, u in enumerate(doc.units):
        told = _unit_of(u, u.unit, u.facts, ("units", i), period, rubric, source, flaws)
        units[u.unit] = replace(told, cards=tuple(_card(m, period) for m in u.of_members))
    names = {m: each.who.profile.name for m, each in members.items()}
    for i, f in enumerate(doc.facts):
        if len(flaws) < MOST_FLAWS:
            flaws += _give(f, i, members, units, names, source)
    refuse(flaws, [], source)
    for u in doc.units:
        for name in u.members:
            units[u.unit].facts.extend(members[name].facts)
    _give_of_units(members.values(), units, rubric)
    appraised = units if rubric.subject is Subject.UNIT else members
    return list(appraised.values()), period, doc.today or period.last, _term(doc.term)


def _amiss(doc: FactsDoc, rubric: Rubric, source: Source) -> Iterator[Wrong]:
    """What of a facts file does not go together, or not with its rubric."""
    yield from backwards(doc.year, ("year",))
    yield from backwards(doc.term, ("term",))
    yield from _twice(doc)
    about, others = ("units", "members") if rubric.subject is Subject.UNIT else ("members", "units")
    if not getattr(doc, about):
        whom, stray = rubric.subject, bool(getattr(doc, others))
        yield (
            (others if stray else about,),
            f"本办法考核{whom.zh},文件中没有{whom.zh}({about})",
            f"the rubric is about {whom.en}s, and the file has no {about}",
        )
    known = {m.member: m.name or "" for m in doc.members}
    for i, m in enumerate(doc.members):
        yield from _ill_told(m, ("members", i), rubric)
        yield from _earlier_amiss(m, ("members", i), doc.year)
    for i, u in enumerate(doc.units):
        yield from _ill_told(u, ("units", i), rubric)
        yield from _earlier_amiss(u, ("units", i), doc.year)
        if rubric.of_kinds and u.kind not in rubric.of_kinds:
            zh, en = proposal("", listed(sorted(rubric.of_kinds)))
            yield (
                ("units", i, "kind"),
                f"本办法不考核{u.kind.zh}{zh}",
                f"the rubric is not about a {u.kind.en}{en}",
            )
        for j, name in enumerate(u.members):
            if name not in known:
                yield ("units", i, "members", j), *_nobody(name, known)
    placed = list(_placed(doc))
    yield from _deeds_twice(placed)
    deeds = {name for p in placed for name in names_of(p.doc, p.name)}
    named = dict.fromkeys((p.name for p in placed if p.doc.deed is not None), "")
    for p in placed:
        same = p.doc.same_as
        if same is not None and (same == p.name or same not in deeds):
            zh, en = proposal(same, {name: "" for name in named if name != p.name})
            said = quoted(same)
            yield (
                (*p.at, "same_as"),
                f"文件中没有另一条叫{said}的履职(deed){zh}",
                f"no other deed of the file is called {said}{en}",
            )
        yield from _in_another_unit(p, rubric, source)
        if doc.today is not None and p.doc.on > doc.today:
            yield (
                (*p.at, "on"),
                "晚于文件写明的 today",
                "is after the day that the file calls today",
            )


def _earlier_amiss(
    doc: MemberDoc | UnitDoc, at: tuple[str | int, ...], period: PeriodDoc
) -> Iterator[Wrong]:
    """Earlier periods that are told twice, or are none."""
    seen: set[date] = set()
    for i, before in enumerate(doc.earlier):
        where = (*at, "earlier", i, "year")
        if before.year.first >= period.first:
            yield where, "不早于本次考核的周期", "is not before the period that is appraised"
        elif before.year.first in seen:
            yield where, "这一周期写了两次", "is given twice"
        seen.add(before.year.first)


def _twice(doc: FactsDoc) -> Iterator[Wrong]:
    """Members and units that cannot be told apart."""
    ids: set[str] = set()
    names: set[str] = set()
    for i, m in enumerate(doc.members):
        if m.member in ids:
            said = quoted(m.member)
            yield ("members", i, "member"), f"委员{said}写了两次", f"member {said} is given twice"
        elif (m.name or m.member) in names:
            said = quoted(m.name or m.member)
            yield (
                ("members", i, "name" if m.name else "member"),
                f"已有委员名叫{said},请加以区别",
                f"another member has the name {said}; tell them apart",
            )
        ids.add(m.member)
        names.add(m.name or m.member)
    units: set[str] = set()
    for i, u in enumerate(doc.units):
        if u.unit in units:
            said = quoted(u.unit)
            yield ("units", i, "unit"), f"单位{said}写了两次", f"unit {said} is given twice"
        units.add(u.unit)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A fact of a file: where it stands, under which name, and whose it is."""

    at: tuple[str | int, ...]
    name: str
    doc: FactDoc
    whose: tuple[str, ...]


def _placed(doc: FactsDoc) -> Iterator[_Placed]:
    """All facts of a file."""
    own = [
        *(((("members", i), f"member/{m.member}"), m.facts) for i, m in enumerate(doc.members)),
        *(((("units", i), f"unit/{u.unit}"), u.facts) for i, u in enumerate(doc.units)),
    ]
    for (at, subject), facts in own:
        for i, fact in enumerate(facts):
            yield _Placed((*at, "facts", i), fact.deed or str(i + 1), fact, (subject,))
    for i, f in enumerate(doc.facts):
        whose = [f"unit/{f.unit}"] if f.unit is not None else [f"member/{m}" for m in f.member]
        yield _Placed(("facts", i), _name(f, i), f, tuple(whose))


def _deeds_twice(placed: Sequence[_Placed]) -> Iterator[Wrong]:
    """Deeds of one subject that bear one name; only a name that was given can be wrong."""
    seen: set[tuple[str, str]] = set()
    for p in sorted(placed, key=lambda p: p.doc.deed is not None):
        names = {(whose, name) for whose in p.whose for name in names_of(p.doc, p.name)}
        if names & seen:
            said = quoted(p.name)
            yield (
                (*p.at, "deed"),
                f"他已有一条叫{said}的履职,请改用别的名称",
                f"another deed of his is called {said}; choose another name",
            )
        seen |= names


def _in_another_unit(placed: _Placed, rubric: Rubric, source: Source) -> Iterator[Wrong]:
    """An amount that a clause takes for yuan, and that is told in something else; a clause that asks for the unit knows it."""
    field, meant = UNITS["amount"]
    unit = placed.doc.details.get(field, meant)
    if placed.doc.kind != _GIFT or "amount" not in placed.doc.details or unit == meant:
        return
    acts = acts_of(placed.doc, placed.name, placed.at, source, SUBJECT, [])
    for _, clause in rubric.clauses:
        priced = getattr(getattr(clause.measure, "price", None), "of", "") == "amount"
        of_yuan = [
            replace(each, where=tuple(w for w in each.where if w.name != "amount"))
            for each in clause.counts
            if (priced or any(w.name == "amount" for w in each.where)) and not names_unit(each)
        ]
        if any(map(meant_by(of_yuan), acts)):
            yield (
                (*placed.at, "details", field),
                f"条目“{clause.zh}”按金额(元)计,请把{quoted(unit)}折成元;确按别的单位计的,请在条目的 where 中写明 amount_unit",
                f"the clause {quoted(clause.code)} goes by the amount in yuan; convert it, or name amount_unit in the where of the clause",
            )
            return


_GIFT = kind_of(ContributedResources)


def _nobody(name: str, known: Mapping[str, str]) -> tuple[str, str]:
    zh, en = proposal(name, known)
    return f"没有委员{quoted(name)}{zh}", f"no member is called {quoted(name)}{en}"


def _name(doc: _FactOfDoc, place: int) -> str:
    """What a fact at the top of a file is called."""
    return doc.deed or f"facts-{place + 1}"


def _give(
    doc: _FactOfDoc,
    place: int,
    members: Mapping[str, Appraised],
    units: Mapping[str, Appraised],
    names: Mapping[str, str],
    source: Source,
) -> list[Flaw]:
    """Give a fact of the file to those whose it is; of several authors each has his place."""
    at: tuple[str | int, ...] = ("facts", place)
    if (not doc.member) == (doc.unit is None):
        return [source.flaw(at, "写 member 或 unit 之一", "needs member or unit")]
    name, flaws = _name(doc, place), list[Flaw]()
    if doc.unit is not None:
        if doc.unit not in units:
            zh, en = proposal(doc.unit, dict.fromkeys(units, ""))
            said = quoted(doc.unit)
            return [
                source.flaw((*at, "unit"), f"没有单位{said}{zh}", f"no unit is called {said}{en}")
            ]
        subject = SubjectId(f"unit/{doc.unit}")
        units[doc.unit].facts.extend(acts_of(doc, name, at, source, subject, flaws))
        return flaws
    kind = KINDS.get(doc.kind)
    together = kind is not None and kind.about.shape is Shape.MATTER and len(doc.member) > 1
    for nth, member in enumerate(doc.member, start=1):
        if member not in members:
            zh, en = _nobody(member, names)
            flaws.append(source.flaw((*at, "member", nth - 1), zh, en))
            continue
        if member in doc.member[: nth - 1]:
            zh, en = f"委员{quoted(member)}写了两次", f"member {quoted(member)} is given twice"
            flaws.append(source.flaw((*at, "member", nth - 1), zh, en))
        authors = max(doc.authors or 0, len(doc.member))
        one = doc.model_copy(update={"place": nth, "authors": authors}) if together else doc
        subject = SubjectId(f"member/{member}")
        members[member].facts.extend(acts_of(one, name, at, source, subject, flaws))
    return flaws
