"""Rubrics in rules: whom a rule is for, which stages a clause asks for, how points, periods and bylines are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fact import Authorship
from domain.kinds import Stage, Subject
from domain.kinds.advice import Proposed
from domain.member import (
    Bond,
    MemberClass,
    MemberRole,
    Membership,
    Profile,
    Term,
)
from domain.people import UnitId
from domain.period import Period, Span
from domain.rubric import (
    EVERYONE,
    Assessed,
    Axis,
    Block,
    Clause,
    Each,
    LateOutcome,
    OfficeHeld,
    Rubric,
    Table,
    Timing,
    Who,
    points_text,
)
from domain.selection import Byline, Passed, Selects, byline
from domain.unit import Office, Unit, UnitKind, UnitProfile
from tests.facts import day, fact, member

STANDING = MemberRole.STANDING_MEMBER
FILED = Selects(kinds=("proposed",), passed_all=(Passed(stage=Stage.FILED),))
PLAIN = Clause(code="c", zh="提案", en="c", counts=(FILED,), measure=Each(price=Fraction(1)))


def rubric(*clauses: Clause, subject: Subject = Subject.MEMBER) -> Rubric:
    return Rubric(
        code="r",
        version="1",
        zh="办法",
        en="rubric",
        since=date(2024, 1, 1),
        subject=subject,
        blocks=(Block(code="b", zh="分", en="block", clauses=clauses),),
    )


def unit(kind: UnitKind) -> Unit:
    return Unit(
        unit=UnitId("u"), profile=UnitProfile(name="示例", kind=kind), since=date(2020, 1, 1)
    )


# Who

ABOUT = Profile(
    name="示例委员", member_class=MemberClass.ENTERPRISE, party=True, in_public_system=False
)
BOUND = Membership(unit=UnitId("u"), bond=Bond.SECTOR, since=day("02-01"), until=day("10-31"))
PERSON = replace(
    member(STANDING),
    profile=ABOUT,
    terms=(Term(number=1, since=day("01-01"), added=True),),
    memberships=(BOUND,),
)
HEADS = OfficeHeld(
    office=Office.CONVENOR, of=UnitKind.STUDIO, since=day("03-01"), until=day("06-30")
)


@pytest.mark.parametrize(
    ("who", "has"),
    [
        (EVERYONE, True),
        (Who(), True),
        (Who(holds=frozenset({STANDING})), True),
        (Who(holds=frozenset({MemberRole.CHAIRPERSON})), False),
        (Who(holds=frozenset({MemberRole.CHAIRPERSON}), offices=frozenset({HEADS.office})), True),
        (Who(offices=frozenset({Office.HEAD})), False),
        (Who(lacks=frozenset({STANDING})), False),
        (Who(classes=frozenset({MemberClass.ENTERPRISE})), True),
        (Who(classes=frozenset({MemberClass.OFFICE})), False),
        (Who(units=frozenset({UnitId("u")})), True),
        (Who(units=frozenset({UnitId("v")})), False),
        (Who(kinds=frozenset({UnitKind.STUDIO})), False),
        (Who(party=True), True),
        (Who(party=False), False),
        (Who(public=False), True),
        (Who(public=True), False),
        (Who(higher=False), True),
        (Who(higher=True), False),
        (Who(added=True), True),
        (Who(added=False), False),
        (Who(holds=frozenset({STANDING}), party=False), False),
    ],
)
def test_whom_of_the_members_a_rule_is_for(who: Who, *, has: bool) -> None:
    """One of the roles or offices, none of those to lack, and all else that is named."""
    assert who.has(Assessed(person=PERSON, offices=(HEADS,)), day("05-01")) is has


def test_offices_and_bonds_are_those_of_the_day() -> None:
    """Both ends are included."""
    whom = Assessed(person=PERSON, offices=(HEADS,))
    convenors = Who(offices=frozenset({Office.CONVENOR}))
    bound = Who(units=frozenset({UnitId("u")}))

    assert [convenors.has(whom, day(d)) for d in ("02-29", "03-01", "06-30", "07-01")] == [
        False,
        True,
        True,
        False,
    ]
    assert [bound.has(whom, day(d)) for d in ("01-31", "02-01", "10-31", "11-01")] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("who", "has"),
    [
        (Who(), True),
        (Who(kinds=frozenset({UnitKind.STUDIO})), True),
        (Who(kinds=frozenset({UnitKind.SECTOR})), False),
        (Who(units=frozenset({UnitId("u")})), True),
        (Who(units=frozenset({UnitId("v")})), False),
        (Who(holds=frozenset({STANDING})), False),
        (Who(party=True), False),
    ],
)
def test_whom_of_the_units_a_rule_is_for(who: Who, *, has: bool) -> None:
    """A unit has a kind and a name, and none of the traits of a person."""
    assert who.has(Assessed(unit=unit(UnitKind.STUDIO)), day("05-01")) is has


def test_nobody_in_particular_is_exempt_only_as_a_member() -> None:
    ill = member(exempt=("03-01", "03-31"))

    assert Assessed(person=ill).exempt_on(day("03-15"))
    assert not Assessed(person=ill).exempt_on(day("04-15"))
    assert not Assessed(unit=unit(UnitKind.STUDIO)).exempt_on(day("03-15"))
    assert not Who(party=True).has(Assessed(), day("03-15"))


def test_a_rubric_about_units_says_of_which_kinds() -> None:
    of_units = rubric(PLAIN, subject=Subject.UNIT)
    of_studios = replace(of_units, of_kinds=frozenset({UnitKind.STUDIO}))

    assert of_units.assesses(unit(UnitKind.SECTOR))
    assert of_studios.assesses(unit(UnitKind.STUDIO))
    assert not of_studios.assesses(unit(UnitKind.SECTOR))
    assert not rubric(PLAIN).assesses(unit(UnitKind.STUDIO))


# Clauses


def test_a_clause_depends_on_the_stages_that_it_asks_for_or_prices() -> None:
    """Not on those that it bars."""
    table = Table(by=Axis.STAGE, prices=(("made_key", Fraction(2)),))
    barred = replace(
        FILED, passed_none=(Passed(stage=Stage.MERGED),), passed_any=(Passed(stage=Stage.REPLIED),)
    )

    assert PLAIN.stages == {Stage.FILED}
    assert replace(PLAIN, counts=(barred,)).stages == {Stage.FILED, Stage.REPLIED}
    assert replace(PLAIN, measure=Each(price=table)).stages == {Stage.FILED, Stage.MADE_KEY}
    assert replace(PLAIN, counts=()).stages == frozenset()


def test_the_period_of_an_act_is_said_by_the_clause_or_by_the_rubric() -> None:
    plain = rubric(PLAIN)
    late = replace(plain, late=LateOutcome(timing=Timing.OUTCOME))

    assert plain.timing(PLAIN) is Timing.ACT
    assert late.timing(PLAIN) is Timing.OUTCOME
    assert late.timing(replace(PLAIN, timing=Timing.ACT)) is Timing.ACT


def test_the_clauses_of_a_rubric_come_with_their_blocks() -> None:
    more = replace(PLAIN, code="d")

    assert [(b.code, c.code) for b, c in rubric(PLAIN, more).clauses] == [("b", "c"), ("b", "d")]


# Points, periods, bylines


@given(st.fractions(max_denominator=10_000))
def test_points_are_written_exactly(points: Fraction) -> None:
    """`Fraction` reads back what is written."""
    assert Fraction(points_text(points)) == points


@pytest.mark.parametrize(
    ("points", "text"),
    [("67.5", "67.5"), ("161/3", "161/3"), ("-3/2", "-1.5"), ("1/40", "0.025"), ("20", "20")],
)
def test_points_are_written_as_people_write_them(points: str, text: str) -> None:
    """Decimals where they suffice, a fraction where they do not."""
    assert points_text(Fraction(points)) == text


def test_a_year_has_twelve_months_four_quarters_two_halves() -> None:
    """The parts of a year cover it without gaps."""
    year = Period.year(2024)

    for span, number in ((Span.MONTH, 12), (Span.QUARTER, 4), (Span.HALF, 2), (Span.YEAR, 1)):
        parts = year.parts(span)
        assert len(parts) == number
        assert (parts[0].first, parts[-1].last) == (year.first, year.last)
    assert year.parts(Span.MONTH)[1].last == date(2024, 2, 29)
    assert [q.zh for q in year.parts(Span.QUARTER)][1] == "2024年第2季度"


@pytest.mark.parametrize(
    ("authorship", "place", "authors", "expected"),
    [
        (None, 0, 0, Byline.SOLE),
        (Authorship.FIRST, 1, 1, Byline.SOLE),
        (Authorship.JOINT, 1, 1, Byline.SOLE),
        (Authorship.WRITER, 1, 1, Byline.WRITER),
        (Authorship.FIRST, 1, 3, Byline.FIRST),
        (Authorship.JOINT, 1, 3, Byline.FIRST),
        (Authorship.JOINT, 2, 3, Byline.JOINT),
        (Authorship.CONTRIBUTOR, 1, 3, Byline.CONTRIBUTOR),
    ],
)
def test_how_a_name_stands_on_a_piece_of_work(
    authorship: Authorship | None, place: int, authors: int, expected: Byline
) -> None:
    found = fact(Proposed(), authorship=authorship, place=place, authors=authors)

    assert byline(found) is expected
