"""Grades: bands, gates, vetoes, places, the last ones, bodies, and what follows over the years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fact import SubjectId
from domain.grading import Because, Earlier, Graded, Opinion, TriggerResult, grade, opinions_in
from domain.kinds.findings import WasGraded
from domain.member import Bond, MemberRole, Membership, Person, RoleHeld, Term
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.rubric import (
    Acts,
    Block,
    Board,
    Body,
    Combine,
    Gate,
    Grade,
    Grading,
    PartYear,
    Places,
    Ranking,
    Rubric,
    Run,
    Step,
    Ties,
    Trigger,
    Veto,
    Way,
    Who,
)
from domain.scorecard import (
    BlockTotal,
    Counted,
    GateResult,
    Line,
    Points,
    Scorecard,
    points_of,
)
from domain.selection import Selects
from domain.unit import Life, Unit, UnitKind, UnitProfile
from tests.facts import YEAR, day, fact, member

PERIOD = Period.year(YEAR)
ANY = (Selects(kinds=("attended",)),)
STANDING = Who(holds=frozenset({MemberRole.STANDING_MEMBER}))
CHAIR = Who(holds=frozenset({MemberRole.CHAIRPERSON}))


def points(number: int | str) -> Fraction:
    return Fraction(number)


# Documents


def band(code: str, at_least: int | None = None, **rest: Any) -> Grade:
    least = None if at_least is None else points(at_least)
    return Grade(code=code, zh=code, en=code, at_least=least, **rest)


EXCELLENT, GOOD, POOR = band("A", 85), band("B", 60), band("C")
BANDS = (EXCELLENT, GOOD, POOR)


def rubric(*grades: Grade, **rest: Any) -> Rubric:
    """A document with these grades; what is no field of a rubric is one of its grading."""
    of_rubric = {
        name: rest.pop(name) for name in ("gates", "triggers", "part_year") if name in rest
    }
    return Rubric(
        code="r",
        version="1",
        zh="办法",
        en="rubric",
        since=date(2020, 1, 1),
        blocks=(Block(code="b", zh="b", en="b", clauses=()),),
        grading=Grading(grades=grades or BANDS, **rest),
        ladder=tuple(Step(code=c, zh=c, en=c) for c in ("talk", "warn", "resign")),
        **of_rubric,
    )


def gate(code: str, *grades: str) -> Gate:
    return Gate(code=code, zh=code, en=code, asks=Acts(counts=ANY, at_least=1), grades=grades)


def veto(code: str, of: str, acts: int = 1) -> Veto:
    return Veto(code=code, zh=code, en=code, counts=ANY, grade=of, acts=acts)


def body(code: str) -> Body:
    return Body(code=code, zh=code, en=code)


def board(code: str, who: Who | None = None, by: Bond | None = None) -> Board:
    return Board(code=code, zh=code, en=code, who=who or Who(), by=by)


# Accounts


def gate_result(code: str, *, met: bool) -> GateResult:
    one, none = Points("1"), Points("0")
    return GateResult(
        gate=code, met=met, got=one if met else none, asked=one, missing=none if met else one
    )


def card(
    name: str,
    total: int | str,
    *,
    missed: Sequence[str] = (),
    met: Sequence[str] = (),
    counted: Mapping[str, int] | None = None,
    months: int = 12,
    period: Period = PERIOD,
    clauses: Mapping[str, int] | None = None,
    **blocks: int,
) -> Scorecard:
    """A scorecard that came to that: gates missed and met, what vetoes and triggers count, blocks and clauses."""
    subject = SubjectId(f"member/{name}")
    return Scorecard(
        member=subject,
        rubric="r",
        version="1",
        period=period,
        total=points_of(points(total)),
        blocks=tuple(BlockTotal(block=b, points=Points(str(p))) for b, p in blocks.items()),
        lines=tuple(
            Line("", subject, "", period.last, "b", c, 1, Points(str(p)), (), Points(str(p)))
            for c, p in (clauses or {}).items()
        ),
        why_not=(),
        reachable=(),
        changes_on=None,
        gates=(
            *(gate_result(code, met=False) for code in missed),
            *(gate_result(code, met=True) for code in met),
        ),
        counted=tuple(Counted(code=c, acts=n) for c, n in (counted or {}).items()),
        months=months,
    )


def person(name: str, *roles: MemberRole, **rest: Any) -> Person:
    return replace(member(*roles), person=PersonId(name), **rest)


def graded(under: Rubric, *cards: Scorecard, **rest: Any) -> list[Graded]:
    """What they come to together; whoever is not described is a plain member."""
    people: dict[SubjectId, Person | Unit] = {
        c.member: person(c.member.removeprefix("member/")) for c in cards
    }
    people |= {SubjectId(f"member/{p.person}"): p for p in rest.pop("people", ())}
    return grade(cards, under, people, **rest)


def grades(under: Rubric, *cards: Scorecard, **rest: Any) -> list[str]:
    return [g.grade for g in graded(under, *cards, **rest)]


def totals(**of: int) -> list[Scorecard]:
    return [card(name, total) for name, total in of.items()]


def because(of: Graded) -> list[Because]:
    return [r.because for r in of.reasons]


# Bands


@pytest.mark.parametrize(
    ("total", "code"),
    [("100", "A"), ("85", "A"), ("84.9", "B"), ("60", "B"), ("179/3", "C"), ("0", "C"), ("-5", "C")],
)  # fmt: skip
def test_the_best_grade_whose_lowest_total_he_reaches(total: str, code: str) -> None:
    (found,) = graded(rubric(), card("a", total))

    assert (found.grade, found.by_score) == (code, code)
    assert because(found) == [Because.BAND]


def test_a_pass_mark_is_two_grades() -> None:
    under = rubric(band("pass", 60), band("fail"))

    assert grades(under, *totals(a=60, b=59)) == ["pass", "fail"]


def test_below_all_bands_there_is_no_grade() -> None:
    (found,) = graded(rubric(EXCELLENT, GOOD), card("a", 59))

    assert (found.grade, found.by_score, found.reasons) == ("", "", ())


def test_a_rubric_without_grades_grades_nobody() -> None:
    (found,) = graded(replace(rubric(), grading=None), card("a", 90))

    assert (found.grade, found.total, found.place) == ("", "90", None)


# Gates and eligibility


@pytest.mark.parametrize(
    "under",
    [
        rubric(gates=(gate("g", "A"),)),
        rubric(replace(EXCELLENT, gates=("g",)), GOOD, POOR, gates=(gate("g"),)),
    ],
)
def test_a_grade_is_not_had_without_its_gates(under: Rubric) -> None:
    """The gate names the grade, or the grade the gate."""
    (without,) = graded(under, card("a", 90, missed=["g"]))
    (with_it,) = graded(under, card("a", 90, met=["g"]))

    assert (without.grade, without.by_score, with_it.grade) == ("B", "A", "A")
    assert [(r.because, r.grade, r.by) for r in without.reasons] == [(Because.GATE, "A", "g")]


def test_a_gate_of_several_grades_leads_to_the_first_that_does_not_ask_for_it() -> None:
    under = rubric(gates=(gate("g", "A", "B"),))

    assert grades(under, card("a", 90, missed=["g"])) == ["C"]


def test_a_missed_gate_of_another_grade_takes_nothing() -> None:
    under = rubric(gates=(gate("g", "A"),))

    assert grades(under, card("a", 70, missed=["g"])) == ["B"]


def test_a_grade_may_not_be_open_to_him() -> None:
    """主席不评优秀."""
    under = rubric(replace(EXCELLENT, who=Who(lacks=CHAIR.holds)), GOOD, POOR)
    found = graded(under, *totals(a=90, b=90), people=[person("a", MemberRole.CHAIRPERSON)])

    assert [f.grade for f in found] == ["B", "A"]
    assert because(found[0]) == [Because.NOT_ELIGIBLE]


def test_who_is_not_assessed_has_no_grade_and_takes_no_place() -> None:
    """Of two assessed, half may be excellent."""
    under = rubric(
        replace(EXCELLENT, places=Places(share=Fraction(1, 2))), GOOD, POOR, not_assessed=(CHAIR,)
    )
    found = graded(under, *totals(a=99, b=95, c=90), people=[person("a", MemberRole.CHAIRPERSON)])

    assert [f.grade for f in found] == ["", "A", "B"]
    assert because(found[0]) == [Because.NOT_ASSESSED]


@pytest.mark.parametrize(("months", "code"), [(5, ""), (6, "A"), (12, "A")])
def test_too_few_months_are_no_grade(months: int, code: str) -> None:
    under = rubric(part_year=PartYear(least_months=6))
    (found,) = graded(under, card("a", 90, months=months))

    assert found.grade == code
    assert because(found) == [Because.BAND if code else Because.TOO_SHORT]


# Vetoes


@pytest.mark.parametrize(
    ("counted", "code"),
    [
        ({}, "A"),
        ({"mild": 1}, "B"),
        ({"grave": 1}, "C"),
        ({"mild": 1, "grave": 2}, "C"),
        ({"often": 2}, "A"),
        ({"often": 3}, "C"),
    ],
)
def test_a_veto_sets_its_grade_and_the_worst_of_several(counted: dict[str, int], code: str) -> None:
    under = rubric(vetoes=(veto("mild", "B"), veto("grave", "C"), veto("often", "C", acts=3)))
    (found,) = graded(under, card("a", 90, counted=counted))

    assert (found.grade, found.by_score) == (code, "A")
    assert (Because.VETO in because(found)) is (code != "A")


def test_a_veto_frees_a_place() -> None:
    under = rubric(
        replace(EXCELLENT, places=Places(number=1)), GOOD, POOR, vetoes=(veto("v", "C"),)
    )

    assert grades(under, card("a", 99, counted={"v": 1}), card("b", 90)) == ["C", "A"]


# Places


def test_places_by_number_go_to_the_highest() -> None:
    """The others go on to the next grade that they may have."""
    under = rubric(replace(EXCELLENT, places=Places(number=2)), GOOD, POOR)
    found = graded(under, *totals(a=90, b=99, c=95, d=70))

    assert [f.grade for f in found] == ["B", "A", "A", "B"]
    assert because(found[0]) == [Because.PLACES]


def test_who_is_over_the_places_of_two_grades_goes_on_twice() -> None:
    under = rubric(
        replace(EXCELLENT, places=Places(number=1)),
        replace(GOOD, places=Places(number=1)),
        POOR,
    )

    assert grades(under, *totals(a=99, b=95, c=90, d=70)) == ["A", "B", "C", "C"]


def test_who_is_over_the_places_skips_grades_whose_gates_he_misses() -> None:
    under = rubric(replace(EXCELLENT, places=Places(number=1)), GOOD, POOR, gates=(gate("g", "B"),))

    assert grades(under, card("a", 99), card("b", 95, missed=["g"])) == ["A", "C"]


def test_a_gate_missed_leaves_a_place_to_the_next() -> None:
    under = rubric(replace(EXCELLENT, places=Places(number=1)), GOOD, POOR, gates=(gate("g", "A"),))

    assert grades(under, card("a", 99, missed=["g"]), card("b", 95)) == ["B", "A"]


@pytest.mark.parametrize(
    ("way", "of", "excellent"),
    [
        (Way.DOWN, 8, 1),  # 1.6
        (Way.UP, 8, 2),
        (Way.HALF_UP, 8, 2),
        (Way.HALF_EVEN, 8, 2),
        (None, 8, 1),
        (Way.UP, 6, 2),  # 1.2
        (Way.HALF_UP, 6, 1),
        (Way.UP, 5, 1),  # 1
        (Way.DOWN, 5, 1),
        (Way.DOWN, 4, 0),  # 0.8
    ],
)
def test_a_share_of_places_is_rounded(way: Way | None, of: int, excellent: int) -> None:
    """A fifth of all who are assessed; down where nothing is said."""
    under = rubric(replace(EXCELLENT, places=Places(share=Fraction(1, 5), way=way)), GOOD, POOR)
    found = grades(under, *(card(f"m{n}", 85 + n) for n in range(of)))

    assert found.count("A") == excellent


@pytest.mark.parametrize(
    ("way", "of", "excellent"),
    [(Way.HALF_UP, 2, 1), (Way.HALF_EVEN, 2, 0), (Way.HALF_UP, 6, 2), (Way.HALF_EVEN, 6, 2)],
)
def test_half_a_place_is_rounded(way: Way, of: int, excellent: int) -> None:
    """0.5 and 1.5 of a quarter."""
    under = rubric(replace(EXCELLENT, places=Places(share=Fraction(1, 4), way=way)), GOOD, POOR)

    assert grades(under, *(card(f"m{n}", 85 + n) for n in range(of))).count("A") == excellent


def test_a_share_is_of_all_who_are_assessed_not_of_those_in_the_band() -> None:
    under = rubric(replace(EXCELLENT, places=Places(share=Fraction(1, 2))), GOOD, POOR)

    assert grades(under, *totals(a=99, b=95, c=50, d=40)) == ["A", "A", "C", "C"]


@pytest.mark.parametrize(
    ("ties", "found", "tied"),
    [
        (None, ["A", "A", "A", "B"], False),
        (Ties.ALL, ["A", "A", "A", "B"], False),
        (Ties.NONE, ["A", "B", "B", "B"], False),
        (Ties.BODY, ["A", "B", "B", "B"], True),
    ],
)
def test_a_tie_at_the_cut(ties: Ties | None, found: list[str], tied: bool) -> None:
    """Two places, and the second and third are equal."""
    under = rubric(replace(EXCELLENT, places=Places(number=2)), GOOD, POOR, ties=ties)
    result = graded(under, *totals(a=99, b=95, c=95, d=90))

    assert [g.grade for g in result] == found
    assert [g.tied for g in result] == [False, tied, tied, False]


def test_a_tie_within_the_places_is_none() -> None:
    under = rubric(replace(EXCELLENT, places=Places(number=2)), GOOD, POOR, ties=Ties.NONE)

    assert grades(under, *totals(a=95, b=95, c=90)) == ["A", "A", "B"]


def test_the_body_breaks_a_tie() -> None:
    under = rubric(
        replace(EXCELLENT, places=Places(number=1)),
        GOOD,
        POOR,
        ties=Ties.BODY,
        decided_by=body("council"),
    )
    said = {SubjectId("member/a"): [Opinion(by="council", grade="A", on=day("12-31"))]}
    a, b = graded(under, *totals(a=95, b=95), opinions=said)

    assert (a.grade, a.tied, a.waits_for) == ("A", False, "")
    assert (b.grade, b.tied, b.waits_for) == ("B", True, "council")


def test_blocks_and_clauses_break_ties_in_their_order() -> None:
    under = rubric(
        replace(EXCELLENT, places=Places(number=1)),
        GOOD,
        POOR,
        ties=Ties.NONE,
        tie_breaks=("bonus", "proposals"),
    )

    assert grades(under, card("a", 95, bonus=3), card("b", 95, bonus=5)) == ["B", "A"]
    by_clause = (
        card("a", 95, bonus=5, clauses={"proposals": 9}),
        card("b", 95, bonus=5, clauses={"proposals": 4}),
    )
    assert grades(under, *by_clause) == ["A", "B"]
    assert grades(under, card("a", 95, bonus=5), card("b", 95, bonus=5)) == ["B", "B"]


# Boards


def test_places_are_counted_on_each_board_by_itself() -> None:
    """常委与委员分列; who is on no board is on the common one."""
    under = rubric(
        replace(EXCELLENT, places=Places(number=1)),
        GOOD,
        POOR,
        boards=(board("standing", STANDING), board("others", Who(lacks=STANDING.holds))),
    )
    found = graded(
        under,
        *totals(a=99, b=98, c=97, d=96),
        people=[person(n, MemberRole.STANDING_MEMBER) for n in "ab"],
    )

    assert [(f.board, f.grade) for f in found] == [
        ("standing", "A"),
        ("standing", "B"),
        ("others", "A"),
        ("others", "B"),
    ]


def test_the_first_board_that_is_for_him_is_his() -> None:
    under = rubric(boards=(board("standing", STANDING), board("all")))
    found = graded(under, *totals(a=99, b=98), people=[person("a", MemberRole.STANDING_MEMBER)])

    assert [f.board for f in found] == ["standing", "all"]


def bound(name: str, unit: str, bond: Bond = Bond.COMMITTEE) -> Person:
    return person(
        name, memberships=(Membership(bond=bond, unit=UnitId(unit), since=date(2020, 1, 1)),)
    )


def test_a_board_by_a_bond_is_one_for_each_unit() -> None:
    """各专委会: one place in each."""
    under = rubric(
        replace(EXCELLENT, places=Places(number=1)),
        GOOD,
        POOR,
        boards=(board("by", by=Bond.COMMITTEE),),
    )
    found = graded(
        under,
        *totals(a=99, b=98, c=97, d=96),
        people=[
            bound("a", "c1"),
            bound("b", "c1"),
            bound("c", "c2"),
            bound("d", "c2", Bond.SECTOR),
        ],
    )

    assert [f.grade for f in found] == ["A", "B", "A", "A"]
    assert len({f.board for f in found}) == 3
    assert found[0].board == found[1].board


def test_units_are_graded_too() -> None:
    def unit(code: str, kind: UnitKind) -> Unit:
        profile = UnitProfile(kind=kind, name=code)
        return Unit(unit=UnitId(code), profile=profile, since=date(2020, 1, 1), life=Life.OPEN)

    under = rubric(
        replace(EXCELLENT, places=Places(number=1)),
        GOOD,
        POOR,
        boards=(
            board("studios", Who(kinds=frozenset({UnitKind.STUDIO}))),
            board("sectors", Who(kinds=frozenset({UnitKind.SECTOR}))),
        ),
    )
    of = [("u1", UnitKind.STUDIO), ("u2", UnitKind.STUDIO), ("u3", UnitKind.SECTOR)]
    cards = [
        replace(card(code, total), member=SubjectId(f"unit/{code}"))
        for (code, _), total in zip(of, (90, 95, 86), strict=True)
    ]
    people: dict[SubjectId, Person | Unit] = {
        SubjectId(f"unit/{code}"): unit(code, kind) for code, kind in of
    }

    assert [g.grade for g in grade(cards, under, people)] == ["B", "A", "A"]


# The last ones


def test_the_last_so_many_get_their_grade_whatever_else_they_would() -> None:
    under = rubric(EXCELLENT, GOOD, replace(POOR, last=Places(number=2)))
    found = graded(under, *totals(a=99, b=95, c=90, d=88))

    assert [f.grade for f in found] == ["A", "A", "C", "C"]
    assert because(found[2]) == [Because.LAST]


def test_a_worse_grade_stays() -> None:
    """The last two are at best B; who has C keeps it."""
    under = rubric(EXCELLENT, replace(GOOD, last=Places(number=2)), POOR)

    assert grades(under, *totals(a=99, b=95, c=50)) == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("way", "last"), [(Way.DOWN, 1), (Way.UP, 2), (Way.HALF_UP, 2), (Way.HALF_EVEN, 2), (None, 1)]
)
def test_the_last_can_be_a_share(way: Way | None, last: int) -> None:
    """A fifth of eight: 1.6."""
    under = rubric(EXCELLENT, GOOD, replace(POOR, last=Places(share=Fraction(1, 5), way=way)))

    assert grades(under, *(card(f"m{n}", 90 + n) for n in range(8))).count("C") == last


@pytest.mark.parametrize(
    ("ties", "found", "tied"),
    [
        (None, ["A", "C", "C"], False),
        (Ties.ALL, ["A", "C", "C"], False),
        (Ties.NONE, ["A", "A", "A"], False),
        (Ties.BODY, ["A", "A", "A"], True),
    ],
)
def test_a_tie_among_the_last(ties: Ties | None, found: list[str], tied: bool) -> None:
    """One is last, and two are equal."""
    under = rubric(EXCELLENT, GOOD, replace(POOR, last=Places(number=1)), ties=ties)
    result = graded(under, *totals(a=99, b=95, c=95))

    assert [g.grade for g in result] == found
    assert [g.tied for g in result] == [False, tied, tied]


def test_there_are_last_ones_on_each_board() -> None:
    under = rubric(
        EXCELLENT,
        GOOD,
        replace(POOR, last=Places(number=1)),
        boards=(board("standing", STANDING), board("others")),
    )
    found = grades(
        under,
        *totals(a=99, b=98, c=97, d=96),
        people=[person(n, MemberRole.STANDING_MEMBER) for n in "ab"],
    )

    assert found == ["A", "C", "A", "C"]


def test_more_last_ones_than_there_are() -> None:
    under = rubric(EXCELLENT, GOOD, replace(POOR, last=Places(number=5)))

    assert grades(under, *totals(a=99, b=98)) == ["C", "C"]


# Bodies


def opinions(name: str = "a", on: str = "12-20", **given_by: str) -> dict[SubjectId, list[Opinion]]:
    return {
        SubjectId(f"member/{name}"): [
            Opinion(by=by, grade=of, on=day(on)) for by, of in given_by.items()
        ]
    }


THREE = (body("one"), body("two"), body("three"))


@pytest.mark.parametrize(
    ("combine", "given_by", "code"),
    [
        (Combine.REFERENCE, {"one": "C", "two": "C"}, "A"),
        (Combine.LOWEST, {"one": "A", "two": "C"}, "C"),
        (Combine.HIGHEST, {"one": "B", "two": "C"}, "B"),
        (Combine.MAJORITY, {"one": "B", "two": "C", "three": "B"}, "B"),
        (Combine.MAJORITY, {"one": "B", "two": "C"}, "C"),
        (Combine.MAJORITY, {"one": "A", "two": "B", "three": "C"}, "C"),
        (Combine.LOWEST, {}, "A"),
        (Combine.LOWEST, {"stranger": "C"}, "A"),
        (Combine.LOWEST, {"one": "D"}, "A"),
        (Combine.LOWEST, {"one": "B"}, "B"),
    ],
)
def test_opinions_are_combined(combine: Combine, given_by: dict[str, str], code: str) -> None:
    """Those of the bodies that the rubric names, in its own grades; of equal numbers the lower."""
    (found,) = graded(
        rubric(opinions=THREE, combine=combine), card("a", 90), opinions=opinions(**given_by)
    )

    assert (found.grade, found.by_score) == (code, "A")
    assert len(found.opinions) == len(given_by)


def test_opinions_decide_instead_of_the_total() -> None:
    """Upwards too, but not above gates that are not met, nor against a veto."""
    under = rubric(
        opinions=THREE,
        combine=Combine.HIGHEST,
        gates=(gate("g", "A"),),
        vetoes=(veto("v", "C"),),
    )
    said = opinions(one="A")

    assert grades(under, card("a", 10), opinions=said) == ["A"]
    assert grades(under, card("a", 10, missed=["g"]), opinions=said) == ["B"]
    assert grades(under, card("a", 90, counted={"v": 1}), opinions=said) == ["C"]


def test_of_several_opinions_of_a_body_the_last_counts() -> None:
    said = opinions(on="06-30", one="C")
    said[SubjectId("member/a")].insert(0, Opinion(by="one", grade="B", on=day("12-30")))
    (found,) = graded(rubric(opinions=THREE, combine=Combine.LOWEST), card("a", 90), opinions=said)

    assert (found.grade, [o.grade for o in found.opinions]) == ("B", ["B"])


def test_a_grade_waits_for_the_body_that_decides() -> None:
    under = rubric(decided_by=body("council"))
    (before,) = graded(under, card("a", 90))
    (after,) = graded(under, card("a", 90), opinions=opinions(council="B"))

    assert (before.grade, before.waits_for) == ("A", "council")
    assert (after.grade, after.waits_for, after.by_score) == ("B", "", "A")
    assert because(after) == [Because.DECIDED]


def test_nobody_waits_who_is_not_assessed() -> None:
    under = rubric(decided_by=body("council"), part_year=PartYear(least_months=6))
    (found,) = graded(under, card("a", 90, months=3), opinions=opinions(council="B"))

    assert (found.grade, found.waits_for) == ("", "")


def test_opinions_are_found_among_facts() -> None:
    """By day, those of the period."""
    facts = [
        fact(WasGraded(by="one", grade="B"), "12-20", deed="finding/1"),
        fact(WasGraded(by="two", grade="A"), "06-20", deed="finding/2"),
        replace(fact(WasGraded(by="one", grade="C"), "12-20"), on=date(YEAR + 1, 1, 5)),
    ]

    assert [(o.by, o.grade, o.deed) for o in opinions_in(facts, PERIOD)] == [
        ("two", "A", "finding/2"),
        ("one", "B", "finding/1"),
    ]


# Places that are shown


def test_places_are_shown_only_where_the_rubric_says_so() -> None:
    assert [g.place for g in graded(rubric(), *totals(a=90, b=80))] == [None, None]


def test_equal_totals_have_one_place() -> None:
    under = rubric(ranking=Ranking(zh="内部", en="office", at_least=4))

    assert [g.place for g in graded(under, *totals(a=80, b=90, c=80, d=70))] == [2, 1, 2, 4]
    assert [g.place for g in graded(under, *totals(a=80, b=90, c=80))] == [None] * 3


def test_a_place_is_that_on_his_board_among_those_assessed() -> None:
    under = rubric(
        ranking=Ranking(zh="内部", en="office", at_least=2),
        boards=(board("standing", STANDING), board("others")),
        not_assessed=(CHAIR,),
    )
    found = graded(
        under,
        *totals(a=99, b=98, c=97, d=96),
        people=[
            person("a", MemberRole.CHAIRPERSON),
            person("b", MemberRole.STANDING_MEMBER),
        ],
    )

    assert [g.place for g in found] == [None, None, 1, 2]


# Years


def trigger(code: str = "t", *then: str, **rest: Any) -> Trigger:
    return Trigger(code=code, zh=code, en=code, then=then or ("talk", "warn", "resign"), **rest)


def before(year: int, **rest: Any) -> Earlier:
    return Earlier(period=Period.year(year), **rest)


def fired(
    of: Trigger,
    now: Scorecard,
    *earlier: Earlier,
    whom: Person | None = None,
    gates: tuple[Gate, ...] = (),
) -> TriggerResult | None:
    """How the trigger stands after these years and this card."""
    (found,) = graded(
        rubric(triggers=(of,), gates=gates),
        now,
        people=[whom] if whom else [],
        earlier={now.member: earlier},
    )
    return found.triggers[0] if found.triggers else None


def stands(of: TriggerResult | None) -> tuple[bool, str, bool]:
    """Whether it has fired, the step, and whether one more would fire it."""
    assert of is not None
    return of.fired, of.step, of.near


LOW = trigger(grades=frozenset({"C"}))
TWICE = trigger(below=points(40), years=2)
THRICE = trigger(grades=frozenset({"C"}), years=3, run=Run.IN_TERM)
POORLY = card("a", 30)


@pytest.mark.parametrize(
    ("earlier", "step"),
    [
        ([], "talk"),
        ([before(2023, grade="C")], "warn"),
        ([before(2022, grade="C"), before(2023, grade="B")], "warn"),
        ([before(2021, grade="C"), before(2022, grade="C"), before(2023, grade="C")], "resign"),
        ([before(2023, grade="B")], "talk"),
        ([before(2023)], "talk"),
    ],
)
def test_each_time_in_a_term_leads_to_the_next_step(earlier: list[Earlier], step: str) -> None:
    """From the last on to the last; of what is not known nothing is assumed."""
    assert stands(fired(LOW, POORLY, *earlier)) == (True, step, False)


def test_later_times_lead_to_the_last_step() -> None:
    two = replace(LOW, then=("talk", "resign"))
    earlier = [before(y, grade="C") for y in (2021, 2022, 2023)]

    assert stands(fired(two, POORLY, *earlier)) == (True, "resign", False)


def test_another_term_begins_anew() -> None:
    """What was in the term before counts no more."""
    whom = person("a", terms=(Term(number=2, since=date(2023, 1, 1)),))
    earlier = [before(2021, grade="C"), before(2022, grade="C")]

    assert stands(fired(LOW, POORLY, *earlier, whom=whom)) == (True, "talk", False)


def test_what_does_not_hold_does_not_fire() -> None:
    assert stands(fired(LOW, card("a", 90), before(2023, grade="C"))) == (False, "", False)


@pytest.mark.parametrize(
    ("earlier", "standing"),
    [
        ([before(2023, total=Points("39.9"))], (True, "talk", False)),
        ([before(2023, total=Points("40"))], (False, "", True)),
        ([], (False, "", True)),
        ([before(2023)], (False, "", True)),
        ([before(2022, total=Points("30"))], (False, "", True)),
        (
            [before(2022, total=Points("30")), before(2023, total=Points("30"))],
            (True, "warn", False),
        ),
        (
            [before(2021, total=Points("30")), before(2022, total=Points("30"))],
            (False, "", True),
        ),
    ],
)
def test_years_have_to_follow_one_another(
    earlier: list[Earlier], standing: tuple[bool, str, bool]
) -> None:
    """Two years running; a gap breaks the run, and each further year of it is a further time."""
    assert stands(fired(TWICE, POORLY, *earlier)) == standing


def test_a_run_that_ended_in_this_year_is_over() -> None:
    assert stands(fired(TWICE, card("a", 90), before(2023, total=Points("30")))) == (
        False,
        "",
        False,
    )


@pytest.mark.parametrize(
    ("years", "standing"),
    [
        ([2021, 2023], (True, "talk", False)),
        ([2020, 2021, 2023], (True, "warn", False)),
        ([2021], (False, "", True)),
        ([], (False, "", False)),
    ],
)
def test_years_can_be_counted_over_a_term(
    years: list[int], standing: tuple[bool, str, bool]
) -> None:
    """Three in the term, in whatever order."""
    assert stands(fired(THRICE, POORLY, *(before(y, grade="C") for y in years))) == standing


def test_years_before_the_term_do_not_count() -> None:
    whom = person("a", terms=(Term(number=2, since=date(2022, 1, 1)),))
    earlier = [before(y, grade="C") for y in (2020, 2021, 2023)]

    assert stands(fired(THRICE, POORLY, *earlier, whom=whom)) == (False, "", True)


def test_one_more_year_in_the_term_is_near_in_a_good_year_too() -> None:
    earlier = [before(y, grade="C") for y in (2022, 2023)]

    assert stands(fired(THRICE, card("a", 90), *earlier)) == (False, "", True)


ABSENT = trigger(counts=ANY, acts=1, within=Span.TERM)
PAIRS = trigger(counts=ANY, acts=2, within=Span.TERM)
FEW = trigger(counts=ANY, fewer_than=3, within=Span.TERM)


def with_acts(acts: int) -> Scorecard:
    return card("a", 90, counted={"t": acts})


def acts_in(year: int, acts: int) -> Earlier:
    return before(year, counted=(("t", acts),))


@pytest.mark.parametrize(
    ("earlier", "now", "standing"),
    [
        ([], 0, (False, "", True)),
        ([], 1, (True, "talk", False)),
        ([], 2, (True, "warn", False)),
        ([1], 1, (True, "warn", False)),
        ([1, 1], 1, (True, "resign", False)),
        ([1, 1, 1], 2, (True, "resign", False)),
    ],
)
def test_acts_of_a_term_go_one_step_on_each_time(
    earlier: list[int], now: int, standing: tuple[bool, str, bool]
) -> None:
    years = [acts_in(YEAR - len(earlier) + n, acts) for n, acts in enumerate(earlier)]

    assert stands(fired(ABSENT, with_acts(now), *years)) == standing


def test_what_has_fired_before_does_not_fire_again_without_an_act() -> None:
    found = fired(ABSENT, with_acts(0), acts_in(2023, 1))

    assert found is not None
    assert (found.fired, found.step, found.got) == (False, "", 1)


@pytest.mark.parametrize(
    ("earlier", "now", "standing"),
    [
        (0, 1, (False, "", True)),
        (1, 1, (True, "talk", False)),
        (0, 2, (True, "talk", False)),
        (2, 2, (True, "warn", False)),
        (3, 1, (True, "warn", False)),
    ],
)
def test_so_many_acts_of_a_term_are_one_time(
    earlier: int, now: int, standing: tuple[bool, str, bool]
) -> None:
    """Each second act."""
    assert stands(fired(PAIRS, with_acts(now), acts_in(2023, earlier))) == standing


def test_half_way_to_the_next_time_nothing_fires_again() -> None:
    """Two acts last year have led to a talk; the third is one short of the second time."""
    assert stands(fired(PAIRS, with_acts(1), acts_in(2023, 2))) == (False, "", True)


def test_acts_before_the_term_do_not_count() -> None:
    whom = person("a", terms=(Term(number=2, since=date(2023, 1, 1)),))

    assert stands(fired(PAIRS, with_acts(1), acts_in(2022, 5), whom=whom)) == (False, "", True)


@pytest.mark.parametrize(
    ("until", "now", "standing"),
    [
        (date(YEAR, 12, 31), 0, (True, "talk", False)),
        (date(YEAR, 6, 30), 0, (True, "talk", False)),
        (date(YEAR, 12, 31), 1, (False, "", False)),
        (date(YEAR + 1, 12, 31), 0, (False, "", True)),
        (None, 0, (False, "", True)),
        (None, 1, (False, "", False)),
    ],
)
def test_too_few_acts_are_told_when_the_term_is_over(
    until: date | None, now: int, standing: tuple[bool, str, bool]
) -> None:
    """Two in the year before, and three are asked for."""
    whom = person("a", terms=(Term(number=1, since=date(2020, 1, 1), until=until),))

    assert stands(fired(FEW, with_acts(now), acts_in(2023, 2), whom=whom)) == standing


@pytest.mark.parametrize(("acts", "fires"), [(0, True), (1, True), (2, False)])
def test_too_few_acts_in_a_period(acts: int, fires: bool) -> None:
    yearly = trigger(counts=ANY, fewer_than=2)
    found = fired(yearly, with_acts(acts))

    assert found is not None
    assert found.fired is fires


def test_acts_in_each_of_two_years() -> None:
    """Absent twice a year, two years running."""
    often = trigger(counts=ANY, acts=2, years=2)

    assert stands(fired(often, with_acts(2), acts_in(2023, 3))) == (True, "talk", False)
    assert stands(fired(often, with_acts(2), acts_in(2023, 1))) == (False, "", True)


def test_a_gate_that_is_not_met_can_lead_to_a_step() -> None:
    """One of them is enough; gates that the trigger does not name are nothing to it."""
    of = trigger(gates=("g", "h"))
    gates = (gate("g"), gate("h"), gate("i"))

    assert stands(fired(of, card("a", 90, missed=["h"], met=["g"]), gates=gates))[0]
    assert not stands(fired(of, card("a", 90, missed=["i"], met=["g", "h"]), gates=gates))[0]


def test_all_that_is_named_has_to_hold() -> None:
    both = trigger(grades=frozenset({"C"}), below=points(40))

    assert stands(fired(both, card("a", 39)))[0]
    assert not stands(fired(both, card("a", 40)))[0]


def test_a_high_total_can_lead_to_something_too() -> None:
    praise = trigger("t", "talk", at_least=points(95))

    assert [stands(fired(praise, card("a", n)))[0] for n in (94, 95)] == [False, True]


def test_a_trigger_is_for_whom_it_says() -> None:
    only = replace(LOW, who=STANDING)

    assert fired(only, POORLY) is None
    found = fired(only, POORLY, whom=person("a", MemberRole.STANDING_MEMBER))
    assert stands(found) == (True, "talk", False)


def test_a_trigger_looks_at_the_final_grade() -> None:
    """By his total he would be excellent; the last one gets C."""
    under = rubric(EXCELLENT, GOOD, replace(POOR, last=Places(number=1)), triggers=(LOW,))
    a, b = graded(under, *totals(a=99, b=90))

    assert [t.fired for t in (*a.triggers, *b.triggers)] == [False, True]


# All of them


NAMES = "abcdefgh"


@st.composite
def any_grading(draw: st.DrawFn, *, ties: tuple[Ties | None, ...] = (None, *Ties)) -> Rubric:
    def places() -> Places | None:
        return draw(
            st.sampled_from(
                [
                    None,
                    Places(number=draw(st.integers(1, 3))),
                    Places(share=Fraction(draw(st.integers(0, 5)), 5), way=draw(WAYS)),
                ]
            )
        )

    return rubric(
        replace(EXCELLENT, places=places(), who=draw(ELIGIBLE)),
        replace(GOOD, places=places(), last=places()),
        replace(POOR, last=places()),
        ties=draw(st.sampled_from(ties)),
        tie_breaks=draw(st.sampled_from([(), ("bonus",)])),
        gates=(gate("g", "A"),),
        vetoes=(veto("v", "C"),),
        boards=draw(st.sampled_from([(), (board("standing", STANDING), board("others"))])),
        opinions=THREE,
        combine=draw(st.sampled_from(list(Combine))),
        ranking=Ranking(zh="内部", en="office", at_least=1),
        not_assessed=draw(st.sampled_from([(), (CHAIR,)])),
        triggers=(LOW,),
    )


WAYS = st.sampled_from([None, *Way])
ELIGIBLE = st.sampled_from([Who(), Who(lacks=STANDING.holds)])
ROLES = st.sampled_from([(), (MemberRole.STANDING_MEMBER,), (MemberRole.CHAIRPERSON,)])


@st.composite
def any_cards(draw: st.DrawFn) -> tuple[list[Scorecard], list[Person]]:
    cards = [
        card(
            name,
            draw(st.sampled_from([30, 60, 70, 85, 90, 95])),
            missed=draw(st.sampled_from([[], [], ["g"]])),
            counted=draw(st.sampled_from([{}, {}, {}, {"v": 1}])),
            bonus=draw(st.integers(0, 2)),
        )
        for name in NAMES[: draw(st.integers(1, len(NAMES)))]
    ]
    return cards, [person(n, *draw(ROLES)) for n in NAMES]


OPINIONS = st.dictionaries(
    st.sampled_from([SubjectId(f"member/{n}") for n in NAMES]),
    st.lists(
        st.builds(
            Opinion,
            by=st.sampled_from(["one", "two"]),
            grade=st.sampled_from(["A", "B", "C"]),
            on=st.just(day("12-20")),
            deed=st.sampled_from(["1", "2", "3"]),
        ),
        max_size=2,
        unique_by=lambda o: o.deed,
    ),
    max_size=4,
)


@given(any_grading(), any_cards(), OPINIONS, st.randoms(use_true_random=False))
def test_the_order_of_cards_never_matters(
    under: Rubric,
    accounts: tuple[list[Scorecard], list[Person]],
    said: dict[SubjectId, list[Opinion]],
    mix: Any,
) -> None:
    cards, people = accounts
    mixed = list(cards)
    mix.shuffle(mixed)
    one = graded(under, *cards, people=people, opinions=said)
    other = graded(under, *mixed, people=people, opinions=said)

    assert {g.member: g for g in one} == {g.member: g for g in other}


@given(any_grading(ties=(None, Ties.ALL)), any_cards())
def test_a_better_total_never_gives_a_worse_grade(
    under: Rubric, accounts: tuple[list[Scorecard], list[Person]]
) -> None:
    """Among those on one board who meet the same gates and hold the same roles, where equal totals share their fate."""
    cards, people = accounts
    roles = {p.person: tuple(r.role for r in p.roles) for p in people}
    found = graded(under, *cards, people=people)
    codes = [g.code for g in BANDS]
    alike = [
        (c, g, (g.board, [r.met for r in c.gates], c.counted, roles[_name(c)]))
        for c, g in zip(cards, found, strict=True)
        if g.grade
    ]
    for one, graded_one, group in alike:
        for other, graded_other, same in alike:
            if group == same and _rank(under, one) >= _rank(under, other):
                assert codes.index(graded_one.grade) <= codes.index(graded_other.grade)


def _name(of: Scorecard) -> PersonId:
    return PersonId(of.member.removeprefix("member/"))


def _rank(under: Rubric, of: Scorecard) -> tuple[Fraction, ...]:
    """The total, then what breaks ties."""
    breaks = () if under.grading is None else under.grading.tie_breaks
    return (Fraction(of.total), *(Fraction(b.points) for b in of.blocks if b.block in breaks))


@given(any_grading(ties=(Ties.NONE, Ties.BODY)), any_cards())
def test_no_more_are_excellent_than_there_are_places(
    under: Rubric, accounts: tuple[list[Scorecard], list[Person]]
) -> None:
    """Where ties are not let in."""
    cards, people = accounts
    found = graded(under, *cards, people=people)
    assert under.grading is not None
    of = under.grading.grades[0].places
    if of is not None and of.number is not None:
        for name in {g.board for g in found}:
            assert sum(g.grade == "A" for g in found if g.board == name) <= of.number


def test_a_role_is_that_of_the_last_day() -> None:
    """Boards and grades go by the last day of the period."""
    whom = person(
        "a",
        roles=(
            RoleHeld(role=MemberRole.STANDING_MEMBER, since=date(2020, 1, 1), until=day("06-30")),
        ),
    )
    under = rubric(boards=(board("standing", STANDING), board("others")))

    assert graded(under, card("a", 90), people=[whom])[0].board == "others"
