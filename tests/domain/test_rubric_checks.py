"""Checks of rubrics in rules: what keeps one from being used, what it leaves open, what in it may turn out badly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.fact import Attendance, Capacity, Fact, Part, RecordClass, Spoke
from domain.health import Concern, Worry, health, health_of
from domain.kinds import KINDS, Stage, Subject
from domain.kinds.culture import WasCommended
from domain.kinds.findings import WasMarked
from domain.kinds.people import VisitedHousehold, VisitedVillage
from domain.member import MemberRole
from domain.people import UnitId
from domain.period import Period, Span
from domain.rubric import (
    Acts,
    Apart,
    Asked,
    AttendanceOf,
    Axis,
    Block,
    Board,
    Body,
    Clause,
    Combine,
    Distinct,
    Each,
    FromMembers,
    Full,
    Gate,
    Grade,
    Grading,
    Group,
    LateOutcome,
    Mean,
    Measure,
    Once,
    Order,
    PartYear,
    Per,
    Places,
    PointsOf,
    Practice,
    Price,
    Procedure,
    Quantity,
    Ranking,
    Rate,
    Reading,
    RoundedAt,
    Rounding,
    Rubric,
    Run,
    Share,
    Silence,
    Split,
    Start,
    Step,
    Steps,
    Table,
    Take,
    Tiers,
    Ties,
    Timing,
    Topic,
    Trigger,
    Veto,
    Way,
    Who,
    Whose,
    Within,
)
from domain.rubric_checks import not_built, problems
from domain.scorecard import Scorecard
from domain.scoring import score
from domain.selection import Byline, Passed, Selects, Where
from domain.silences import silences
from domain.unit import Unit, UnitKind, UnitProfile
from domain.unpriced import Gap, gaps
from domain.words import Level
from tests.facts import TODAY, YEAR, at, fact, meeting, member, opinion, proposal

PERIOD = Period.year(YEAR)
ONE, TWO, HALF = Fraction(1), Fraction(2), Fraction(1, 2)
STANDING, CHAIR = MemberRole.STANDING_MEMBER, MemberRole.CHAIRPERSON
VISITS = Selects(kinds=("visited_village",))
MEETINGS = Selects(kinds=("attended",))
ABSENCES = replace(MEETINGS, states=frozenset({Attendance.ABSENT}))
PROPOSALS = Selects(kinds=("proposed",))
FILED = replace(PROPOSALS, passed_all=(Passed(stage=Stage.FILED),))
MARKS = Selects(kinds=("was_marked",))
AWARDS = Selects(kinds=("was_commended",))
NOBODY = Who(holds=frozenset({STANDING}), lacks=frozenset({STANDING}))
ONLY_STANDING = Who(holds=frozenset({STANDING}))


def clause(
    measure: Measure | None = None, code: str = "c", *counts: Selects, **rest: Any
) -> Clause:
    return Clause(
        code=code,
        zh=code,
        en=code,
        counts=counts or (VISITS,),
        measure=measure or Each(price=ONE),
        **rest,
    )


def block(*clauses: Clause, code: str = "b", **rest: Any) -> Block:
    return Block(code=code, zh=code, en=code, clauses=clauses, **rest)


def rubric(*parts: Block | Clause, **rest: Any) -> Rubric:
    loose = tuple(p for p in parts if isinstance(p, Clause))
    blocks = tuple(p for p in parts if isinstance(p, Block))
    return Rubric(
        code="r",
        version="1",
        zh="办法",
        en="rubric",
        since=date(2020, 1, 1),
        blocks=(*blocks, *((block(*loose),) if loose or not blocks else ())),
        **rest,
    )


def group(*of: str, code: str = "g", **rest: Any) -> Group:
    return Group(code=code, zh=code, en=code, of=of, **rest)


def gate(asks: Acts | PointsOf | AttendanceOf, code: str = "ask", **rest: Any) -> Gate:
    return Gate(code=code, zh=code, en=code, asks=asks, **rest)


def grade(code: str, at_least: int | None = None, **rest: Any) -> Grade:
    least = None if at_least is None else Fraction(at_least)
    return Grade(code=code, zh=code, en=code, at_least=least, **rest)


def trigger(code: str = "t", **rest: Any) -> Trigger:
    return Trigger(code=code, zh=code, en=code, **({"then": ("remind",)} | rest))


def silence(topic: Topic, *clauses: str) -> Silence:
    return Silence(topic=topic, zh="?", en="?", reading_zh="-", reading_en="-", clauses=clauses)


PLAIN = clause()
SEVERAL = gate(Acts(counts=(VISITS,), at_least=3))
GOOD, FAIR, POOR = grade("good", 90), grade("fair", 60), grade("poor")
GRADED = Grading(grades=(GOOD, FAIR, POOR))
LADDER = (Step(code="remind", zh="提醒", en="reminder"), Step(code="talk", zh="约谈", en="talk"))
UNITS: dict[str, Any] = {"subject": Subject.UNIT}


def paths(of: Rubric | Clause) -> list[str]:
    under = of if isinstance(of, Rubric) else rubric(of)
    found = problems(under, KINDS)
    assert all(p.zh and p.en for p in found)
    return [p.path for p in found]


# Problems


def test_a_rubric_that_fits_the_catalogue_has_no_problems() -> None:
    """Nothing to say of a plain one, nor of one that says everything."""
    everything = rubric(
        block(
            clause(Each(price=ONE), "a", gates=("ask",), distinct=Distinct(by=Apart.VILLAGE)),
            clause(
                Full(points=Fraction(40), acts=4), "f", MEETINGS, spoiled_by=(ABSENCES,), cap=TWO
            ),
            starts=(Start(points=ONE, who=ONLY_STANDING), Start(points=TWO)),
            floor=Fraction(0),
            cap=Fraction(60),
            code="p",
        ),
        block(
            clause(
                Steps(steps=((1, TWO), (3, ONE))), "s", PROPOSALS, shares=((Byline.FIRST, HALF),)
            ),
            clause(Rate(points=TWO, tiers=((HALF, ONE), (ONE, TWO))), "r", MEETINGS),
            clause(Mean(price=Quantity(of="figure", points=ONE)), "m", MARKS, every=Span.QUARTER),
            gates=("enough",),
            weight=HALF,
            code="q",
        ),
        groups=(group("a", "f", cap=Fraction(50)), group("g", "q", code="h", best=1)),
        gates=(SEVERAL, gate(PointsOf(of="p", at_least=TWO), "enough", grades=("good",))),
        cap=Fraction(200),
        floor=Fraction(0),
        rounding=Rounding(to=Fraction(1, 10)),
        order=Order.SHARES_FIRST,
        late=LateOutcome(within_days=90),
        part_year=PartYear(acts=Asked.MONTHS, least_months=3),
        attendance=(Reading(counts=ABSENCES, reads=Attendance.LEAVE),),
        grading=Grading(
            grades=(
                replace(GOOD, places=Places(share=HALF)),
                replace(FAIR, below=Fraction(90)),
                POOR,
            ),
            vetoes=(Veto(code="v", zh="v", en="v", counts=(MARKS,), grade="poor"),),
            boards=(Board(code="all", zh="全体", en="all"),),
            ties=Ties.ALL,
            tie_breaks=("p", "a"),
            not_assessed=(ONLY_STANDING,),
            opinions=(Body(code="x", zh="x", en="x"),),
            combine=Combine.LOWEST,
            ranking=Ranking(zh="公布", en="shown"),
        ),
        triggers=(trigger(grades=frozenset({"poor"}), years=2, run=Run.IN_TERM),),
        ladder=LADDER,
        process=(Procedure(practice=Practice.CUTOFF, zh="截止", en="cut-off", on="12-31"),),
        silences=(silence(Topic.TIES, "a"),),
    )

    assert problems(rubric(PLAIN), KINDS) == []
    assert problems(everything, KINDS) == []


@pytest.mark.parametrize(
    ("selects", "path"),
    [
        (replace(VISITS, kinds=()), "/kinds"),
        (replace(VISITS, kinds=("flew",)), "/kinds/0"),
        (replace(VISITS, where=(Where(name="colour", values=frozenset({"x"})),)), "/where/colour"),
        (
            replace(MEETINGS, where=(Where(name="meeting", values=frozenset({"party"})),)),
            "/where/meeting",
        ),
        (replace(VISITS, passed_all=(Passed(stage=Stage.FILED),)), "/reached/all/0"),
        (replace(VISITS, bylines=frozenset({Byline.SOLE})), "/bylines"),
        (replace(VISITS, first_names=2), "/first_names"),
        (replace(MEETINGS, attended_from=TWO), "/attended/from"),
        (replace(MEETINGS, attended_from=HALF, attended_below=HALF), "/attended/below"),
        (replace(PROPOSALS, states=frozenset({Attendance.ABSENT})), "/states"),
        (replace(PROPOSALS, parts=frozenset({Part.LEADS})), "/parts"),
        (replace(PROPOSALS, spoke=frozenset({Spoke.ORALLY})), "/spoke"),
        (replace(PROPOSALS, mandatory=True), "/mandatory"),
        (replace(PROPOSALS, leaves=frozenset({"病假"})), "/leaves"),
        (replace(FILED, passed_none=FILED.passed_all), "/reached/none"),
        (replace(MEETINGS, records=frozenset({RecordClass.GUEST})), "/records"),
        (replace(MEETINGS, capacities=frozenset({Capacity.HIGHER_MEMBER})), "/capacities"),
        (replace(MEETINGS, evidence=-1), "/evidence"),
    ],
)
def test_a_selection_has_to_fit_the_catalogue(selects: Selects, path: str) -> None:
    """Each problem names its place, wherever something is counted."""
    counted = replace(PLAIN, counts=(selects,))
    spoiled = replace(PLAIN, spoiled_by=(VISITS, selects))
    asked = gate(Acts(counts=(selects,), at_least=1))
    vetoed = Veto(code="v", zh="v", en="v", counts=(selects,), grade="poor")
    led = trigger(counts=(selects,), acts=1)

    assert paths(counted) == [f"/blocks/0/clauses/0/counts/0{path}"]
    assert paths(spoiled) == [f"/blocks/0/clauses/0/spoiled_by/1{path}"]
    assert paths(rubric(PLAIN, gates=(asked,))) == [f"/gates/0/counts/0{path}"]
    assert paths(rubric(PLAIN, grading=replace(GRADED, vetoes=(vetoed,)))) == [
        f"/grading/vetoes/0/counts/0{path}"
    ]
    assert paths(rubric(PLAIN, triggers=(led,), ladder=LADDER)) == [
        f"/triggers/0/when/counts/0{path}"
    ]


def priced(by: Axis, *rows: str, **rest: Any) -> Each:
    return Each(price=Table(by=by, prices=tuple((row, ONE) for row in rows), **rest))


@pytest.mark.parametrize(
    ("of", "path"),
    [
        (replace(PLAIN, counts=()), "/counts"),
        (clause(gates=("x",)), "/gates/0"),
        (clause(beyond=("other",)), "/beyond/0"),
        (clause(cap=Fraction(-1)), "/cap"),
        (clause(times=0), "/times"),
        (clause(who=NOBODY), "/who/lacks"),
        (clause(who=Who(kinds=frozenset({UnitKind.STUDIO}))), "/who/kinds"),
        (clause(whose=Whose.MEMBERS), "/whose"),
        (clause(Each(price=ONE, from_nth=0)), "/from_nth"),
        (clause(Full(points=ONE, acts=0)), "/full/acts"),
        (clause(Steps(steps=())), "/steps"),
        (clause(Steps(steps=((0, ONE),))), "/steps"),
        (clause(Steps(steps=((1, ONE), (1, TWO)))), "/steps"),
        (clause(Steps(steps=((3, ONE), (1, TWO)))), "/steps"),
        (replace(clause(FromMembers(take=Take.MEAN)), counts=()), "/members"),
        (clause(Rate(points=ONE), "c", PROPOSALS), "/rate"),
        (clause(Rate(points=ONE, tiers=((TWO, ONE),)), "c", MEETINGS), "/rate/tiers"),
        (clause(Rate(points=ONE, tiers=((ONE, ONE), (HALF, ONE))), "c", MEETINGS), "/rate/tiers"),
        (clause(None, "c", PROPOSALS, shares=((Byline.SOLE, TWO),)), "/shares/sole"),
        (clause(None, "c", PROPOSALS, shares=((Byline.SOLE, -ONE),)), "/shares/sole"),
        (
            clause(None, "c", PROPOSALS, shares=((Byline.FIRST, ONE), (Byline.JOINT, Split.REST))),
            "/shares/joint",
        ),
        (clause(shares=((Byline.FIRST, HALF),)), "/shares"),
        (clause(distinct=Distinct(by=Apart.DETAIL, detail="colour")), "/distinct/detail"),
        (clause(every=Span.YEAR), "/every"),
        (clause(every=Span.TERM), "/every"),
        (clause(every=Span.TWO_YEARS), "/every"),
        (clause(timing=Timing.OUTCOME), "/timing"),
        (clause(priced(Axis.LEVEL)), "/each/prices"),
        (clause(priced(Axis.LEVEL, "moon")), "/each/prices/moon"),
        (clause(priced(Axis.KEY, "yes")), "/each/prices/yes"),
        (clause(priced(Axis.WHOLE, "half")), "/each/prices/half"),
        (clause(priced(Axis.SPOKE, "loudly")), "/each/prices/loudly"),
        (clause(priced(Axis.KIND, "visited_village", "proposed")), "/each/prices/proposed"),
        (clause(priced(Axis.KIND, "flew")), "/each/prices/flew"),
        (clause(priced(Axis.STAGE, "filed")), "/each/prices/filed"),
        (clause(priced(Axis.STAGE, "settled"), "c", PROPOSALS), "/each/prices/settled"),
        (clause(priced(Axis.OUTCOME, "city"), "c", PROPOSALS), "/each/prices"),
        (clause(priced(Axis.LEVEL, "city", adds=True)), "/each/adds"),
        (clause(priced(Axis.DETAIL, "x", detail="colour")), "/each/prices"),
        (clause(priced(Axis.DETAIL, "party", detail="meeting"), "c", MEETINGS), "/each/prices"),
        (clause(Each(price=Quantity(of="half_days", points=ONE)), "c", PROPOSALS), "/each/of"),
        (clause(Each(price=Quantity(of="figure", points=ONE))), "/each/of"),
        (clause(Each(price=Quantity(of="purpose", points=ONE))), "/each/of"),
        (clause(Each(price=Quantity(of="half_days", points=ONE, every=-ONE))), "/each/every"),
        (clause(Once(price=Tiers(of="colour", tiers=((ONE, ONE),)))), "/once/of"),
        (clause(Once(price=Tiers(of="half_days", tiers=()))), "/once/tiers"),
        (
            clause(Mean(price=Tiers(of="half_days", tiers=((TWO, ONE), (ONE, ONE))))),
            "/mean/tiers",
        ),
    ],
)
def test_a_clause_has_to_make_sense(of: Clause, path: str) -> None:
    """Each problem names its place."""
    assert paths(of) == [f"/blocks/0/clauses/0{path}"]


@pytest.mark.parametrize(
    "of",
    [
        clause(priced(Axis.RANK, "书记"), "c", FILED),
        clause(priced(Axis.KEY, "true", "false")),
        clause(priced(Axis.STAGE, "filed", adds=True), "c", PROPOSALS, timing=Timing.OUTCOME),
        clause(priced(Axis.OUTCOME, "city"), "c", FILED),
        clause(Each(price=Quantity(of="figure", points=ONE)), "c", PROPOSALS, MARKS),
        clause(Each(price=Quantity(of="problems_raised", points=ONE))),
        clause(distinct=Distinct(by=Apart.DETAIL, detail="purpose")),
        clause(
            None,
            "c",
            PROPOSALS,
            shares=(
                (Byline.SOLE, ONE),
                (Byline.FIRST, Split.RECORDED),
                (Byline.JOINT, Split.EQUAL),
            ),
        ),
    ],
)
def test_a_clause_that_makes_sense_is_let_through(of: Clause) -> None:
    assert paths(of) == []


FEE = clause(FromMembers(take=Take.SHARE, reach=ONE))


@pytest.mark.parametrize(
    ("of", "path"),
    [
        (clause(FromMembers(take=Take.MEAN, best=0)), "/members/best"),
        (clause(FromMembers(take=Take.SHARE)), "/members/reach"),
        (clause(FromMembers(take=Take.SUM, reach=ONE)), "/members/reach"),
        (replace(FEE, times=2), "/times"),
        (replace(FEE, every=Span.MONTH), "/every"),
        (replace(FEE, counts=(VISITS,)), "/counts"),
        (clause(who=ONLY_STANDING), "/who/holds"),
        (clause(who=Who(party=False)), "/who/party"),
        (clause(who=Who(kinds=frozenset({UnitKind.SECTOR}))), "/who/kinds"),
    ],
)
def test_a_clause_of_a_rubric_about_units_has_to_make_sense(of: Clause, path: str) -> None:
    """Points from members have nothing that counts; units have no personal traits."""
    counted = of if "counts" in path else replace(of, counts=())
    if not isinstance(of.measure, FromMembers):
        counted = of
    under = rubric(counted, of_kinds=frozenset({UnitKind.STUDIO}), **UNITS)

    assert paths(under) == [f"/blocks/0/clauses/0{path}"]
    assert (
        paths(rubric(replace(FEE, counts=()), clause(None, "d", whose=Whose.MEMBERS), **UNITS))
        == []
    )


@pytest.mark.parametrize(
    ("of", "path"),
    [
        (block(PLAIN, cap=Fraction(-1)), "/cap"),
        (block(PLAIN, cap=ONE, floor=TWO), "/floor"),
        (block(PLAIN, weight=Fraction(0)), "/weight"),
        (block(PLAIN, gates=("x",)), "/gates/0"),
        (block(PLAIN, starts=(Start(points=ONE, who=NOBODY),)), "/starts/0/who/lacks"),
        (block(PLAIN, starts=(Start(points=ONE), Start(points=TWO))), "/starts/1"),
    ],
)
def test_a_block_has_to_make_sense(of: Block, path: str) -> None:
    assert paths(rubric(of)) == [f"/blocks/0{path}"]


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ((group("x"),), ["/groups/0/of/0"]),
        ((group(),), ["/groups/0/of"]),
        ((group("c", cap=Fraction(-1)),), ["/groups/0/cap"]),
        ((group("c", cap=ONE, floor=TWO),), ["/groups/0/floor"]),
        ((group("c", best=0),), ["/groups/0/best"]),
        ((group("c", "c"),), ["/groups/0/of/1"]),
        ((group("b", "c"),), ["/groups/0/of/1"]),
        ((group("c", code="h"), group("h", "c")), ["/groups/1/of/1"]),
        ((group("g"),), ["/groups/0/of"]),
        ((group("h"), group("g", code="h")), ["/groups/0/of"]),
        ((group("c"), group("g", code="h"), group("h", "d", code="i")), []),
    ],
)
def test_a_group_has_to_make_sense(groups: tuple[Group, ...], found: list[str]) -> None:
    """Nothing lies in itself, or twice in one group; several groups may hold one clause."""
    assert paths(rubric(PLAIN, clause(None, "d"), groups=groups)) == found


def test_a_ring_of_groups_is_named() -> None:
    groups = (group("c", "h"), group("i", code="h"), group("g", code="i"))
    (found,) = problems(rubric(PLAIN, groups=groups), KINDS)

    assert "g → h → i → g" in found.zh
    assert "g → h → i → g" in found.en


@pytest.mark.parametrize("turned", [False, True])
def test_groups_lie_only_so_deep_in_one_another(*, turned: bool) -> None:
    """However they are listed, and without end of the search."""
    chain = [group("c", code="g0"), *(group(f"g{i}", code=f"g{i + 1}") for i in range(2000))]
    found = paths(rubric(PLAIN, groups=tuple(reversed(chain) if turned else chain)))

    assert "/groups/1000/of" in found
    assert paths(rubric(PLAIN, groups=tuple(chain[:20]))) == []


@pytest.mark.parametrize(
    ("of", "path"),
    [
        (gate(Acts(counts=(), at_least=1)), "/counts"),
        (gate(Acts(counts=(VISITS,))), "/at_least"),
        (gate(Acts(counts=(VISITS,), at_least=0)), "/at_least"),
        (gate(Acts(counts=(VISITS,), at_least=-1, at_most=3)), ""),
        (gate(Acts(counts=(VISITS,), at_most=-1)), ""),
        (gate(Acts(counts=(VISITS,), at_least=3, at_most=2)), "/at_most"),
        (gate(Acts(counts=(VISITS,), at_least=3, every=Span.YEAR)), "/every"),
        (
            gate(
                Acts(
                    counts=(VISITS,),
                    at_least=3,
                    distinct=Distinct(by=Apart.DETAIL, detail="colour"),
                )
            ),
            "/distinct/detail",
        ),
        (gate(PointsOf(of="x", at_least=ONE)), "/points"),
        (gate(PointsOf(of="c")), "/at_least"),
        (gate(PointsOf(of="c", at_least=TWO, at_most=ONE)), "/at_most"),
        (gate(AttendanceOf(counts=(MEETINGS,), at_least=TWO)), "/at_least"),
        (gate(AttendanceOf(counts=(PROPOSALS,), at_least=HALF)), "/attendance"),
        (gate(AttendanceOf(counts=(), at_least=HALF)), "/attendance"),
        (replace(SEVERAL, who=NOBODY), "/who/lacks"),
        (replace(SEVERAL, grades=("good", "x")), "/grades/1"),
    ],
)
def test_a_gate_has_to_make_sense(of: Gate, path: str) -> None:
    """It refers to what there is, and can be met."""
    assert paths(rubric(PLAIN, grading=GRADED, gates=(of,))) == [f"/gates/0{path}"]


@pytest.mark.parametrize(
    ("of", "least", "met"),
    [
        ("c", 5, True),
        ("c", 6, False),
        ("d", 100, True),
        ("b", 18, True),
        ("b", 19, False),
        ("p", 60, True),
        ("p", 61, False),
        ("g", 8, True),
        ("g", 9, False),
        ("", 78, True),
        ("", 79, False),
    ],
)
def test_a_gate_on_points_can_be_met(of: str, least: int, *, met: bool) -> None:
    """Of a clause 5, of two clauses 8 by their group, of their block 18 with what it starts with, of the other 60, of all 78."""
    under = rubric(
        block(PLAIN_5, clause(None, "d"), starts=(Start(points=Fraction(10)),), cap=Fraction(30)),
        block(
            clause(Once(price=Fraction(40)), "e"),
            clause(Full(points=Fraction(20), acts=2), "f"),
            clause(Each(price=-ONE), "x"),
            code="p",
        ),
        groups=(group("c", "d", cap=Fraction(8)),),
        gates=(gate(PointsOf(of=of, at_least=Fraction(least))),),
        cap=Fraction(80),
    )

    assert paths(under) == ([] if met else ["/gates/0/at_least"])


PLAIN_5 = clause(Each(price=ONE), cap=Fraction(5))


def test_what_presupposes_points_comes_after_them() -> None:
    """A clause asks for acts only; a block for points of what stands before it."""
    of_points = gate(PointsOf(of="b", at_least=ONE))
    of_total = gate(PointsOf(at_least=ONE), "total")
    of_group = gate(PointsOf(of="g", at_least=ONE), "both")
    later = block(clause(None, "d"), code="later")

    def found(first: Block, second: Block) -> list[str]:
        return paths(
            rubric(
                first,
                second,
                gates=(of_points, of_total, of_group),
                groups=(group("b", "later"),),
            )
        )

    assert found(block(replace(PLAIN, gates=("ask",))), later) == ["/blocks/0/clauses/0/gates/0"]
    assert found(block(PLAIN), replace(later, gates=("ask",))) == []
    assert found(block(PLAIN, gates=("ask",)), later) == ["/blocks/0/gates/0"]
    assert found(replace(later, gates=("ask",)), block(PLAIN)) == ["/blocks/0/gates/0"]
    assert found(block(PLAIN), replace(later, gates=("total",))) == ["/blocks/1/gates/0"]
    assert found(block(PLAIN), replace(later, gates=("both",))) == ["/blocks/1/gates/0"]


@pytest.mark.parametrize(
    ("grades", "path"),
    [
        ((), "/grades"),
        ((FAIR, GOOD, POOR), "/grades/1/at_least"),
        ((GOOD, replace(FAIR, at_least=Fraction(90)), POOR), "/grades/1/at_least"),
        ((GOOD, replace(FAIR, below=Fraction(95)), POOR), "/grades/1/below"),
        ((GOOD, replace(FAIR, below=Fraction(85)), POOR), "/grades/1/below"),
        ((GOOD, FAIR, replace(POOR, below=Fraction(50))), "/grades/2/below"),
        ((replace(GOOD, below=Fraction(99)), FAIR, POOR), "/grades/0/below"),
        ((grade("best", 101), FAIR, POOR), "/grades/0/at_least"),
        ((POOR, replace(FAIR, at_least=None)), "/grades/0/at_least"),
        ((replace(POOR, last=Places(number=3)), FAIR), "/grades/0/at_least"),
        ((replace(GOOD, gates=("x",)), POOR), "/grades/0/gates/0"),
        ((replace(GOOD, who=NOBODY), POOR), "/grades/0/who/lacks"),
        ((replace(GOOD, places=Places()), POOR), "/grades/0/places"),
        ((replace(GOOD, places=Places(share=HALF, number=1)), POOR), "/grades/0/places"),
        ((replace(GOOD, places=Places(share=TWO)), POOR), "/grades/0/places/share"),
        ((replace(GOOD, last=Places(number=0)), POOR), "/grades/0/last/number"),
    ],
)
def test_grades_follow_one_another(grades: tuple[Grade, ...], path: str) -> None:
    """Best first, without gap or overlap; only the last takes all the rest."""
    assert paths(rubric(PLAIN, grading=Grading(grades=grades), cap=Fraction(100))) == [
        f"/grading{path}"
    ]


@pytest.mark.parametrize(
    "grades",
    [
        (replace(GOOD, below=Fraction(101)), replace(FAIR, below=Fraction(90)), POOR),
        (grade("first", places=Places(number=10)), POOR),
        (grade("chairs", who=ONLY_STANDING), POOR),
        (grade("gated", gates=("ask",)), POOR),
        (grade("named"), POOR),
        (GOOD, FAIR),
    ],
)
def test_a_grade_without_a_lowest_total_is_kept_from_most(grades: tuple[Grade, ...]) -> None:
    """By places, by whom it is for, by its gates or by a gate that names it."""
    asked = replace(SEVERAL, grades=("named",)) if grades[0].code == "named" else SEVERAL
    under = rubric(PLAIN, grading=Grading(grades=grades), gates=(asked,), cap=Fraction(100))

    assert paths(under) == []


def test_grades_that_overlap_are_named() -> None:
    """优秀90分以上,良好60至95分."""
    over = replace(GRADED, grades=(GOOD, replace(FAIR, below=Fraction(95)), POOR))
    (found,) = problems(rubric(PLAIN, grading=over), KINDS)

    assert ("fair" in found.zh, "good" in found.zh, "90 至 95" in found.zh) == (True, True, True)
    assert "fair and good overlap" in found.en


@pytest.mark.parametrize(
    ("grading", "path"),
    [
        (
            replace(GRADED, vetoes=(Veto(code="v", zh="v", en="v", counts=(MARKS,), grade="x"),)),
            "/vetoes/0/grade",
        ),
        (
            replace(
                GRADED,
                vetoes=(Veto(code="v", zh="v", en="v", counts=(MARKS,), grade="poor", acts=0),),
            ),
            "/vetoes/0/acts",
        ),
        (
            replace(GRADED, vetoes=(Veto(code="v", zh="v", en="v", counts=(), grade="poor"),)),
            "/vetoes/0/counts",
        ),
        (
            replace(GRADED, boards=(Board(code="x", zh="x", en="x", who=NOBODY),)),
            "/boards/0/who/lacks",
        ),
        (replace(GRADED, tie_breaks=("c", "b", "x")), "/tie_breaks/2"),
        (replace(GRADED, not_assessed=(Who(),)), "/not_assessed/0"),
        (replace(GRADED, combine=Combine.LOWEST), "/opinions"),
        (replace(GRADED, ranking=Ranking(zh="x", en="x", at_least=0)), "/ranking/at_least"),
    ],
)
def test_grading_has_to_make_sense(grading: Grading, path: str) -> None:
    assert paths(rubric(PLAIN, grading=grading)) == [f"/grading{path}"]


@pytest.mark.parametrize(
    ("of", "path"),
    [
        (trigger(), "/when"),
        (trigger(grades=frozenset({"x"})), "/when/grades"),
        (trigger(gates=("x",)), "/when/gates/0"),
        (trigger(below=ONE, at_least=ONE), "/when/below"),
        (trigger(counts=(ABSENCES,)), "/when"),
        (trigger(counts=(ABSENCES,), acts=1, fewer_than=2), "/when"),
        (trigger(counts=(ABSENCES,), acts=0), "/when/acts"),
        (trigger(counts=(ABSENCES,), fewer_than=0), "/when/fewer_than"),
        (trigger(below=ONE, acts=1), "/when/counts"),
        (trigger(below=ONE, within=Span.TERM), "/when/counts"),
        (trigger(counts=(ABSENCES,), acts=1, within=Span.YEAR), "/when/within"),
        (trigger(counts=(ABSENCES,), acts=1, within=Span.TERM, years=2), "/when/within"),
        (trigger(below=ONE, years=0), "/years"),
        (trigger(below=ONE, then=()), "/then"),
        (trigger(below=ONE, then=("remind", "x")), "/then/1"),
        (trigger(below=ONE, who=NOBODY), "/who/lacks"),
    ],
)
def test_a_trigger_has_to_make_sense(of: Trigger, path: str) -> None:
    """It names a condition, and steps of the ladder."""
    found = paths(rubric(PLAIN, grading=GRADED, triggers=(of,), ladder=LADDER))

    assert found[0] == f"/triggers/0{path}"
    assert len(found) == 1 or of.within is not None


@pytest.mark.parametrize(
    ("rest", "path"),
    [
        ({"until": date(2019, 1, 1)}, "/until"),
        ({"cap": ONE, "floor": TWO}, "/floor"),
        ({"cap": -ONE}, "/cap"),
        ({"sessions": (date(2024, 2, 1), date(2024, 2, 1))}, "/sessions/1"),
        ({"of_kinds": frozenset({UnitKind.STUDIO})}, "/of_kinds"),
        ({"rounding": Rounding(to=Fraction(0))}, "/rounding/to"),
        ({"late": LateOutcome(within_days=-1)}, "/late/within_days"),
        ({"late": LateOutcome(within_days=10**9)}, "/late/within_days"),
        ({"late": LateOutcome(carry_over=True)}, "/late/carry_over"),
        (
            {"late": LateOutcome(timing=Timing.OUTCOME, within_days=31, carry_over=True)},
            "/late/carry_over",
        ),
        ({"part_year": PartYear(least_months=13)}, "/part_year/least_months"),
        (
            {"attendance": (Reading(counts=PROPOSALS, reads=Attendance.ABSENT),)},
            "/attendance/0/counts",
        ),
        (
            {
                "attendance": (
                    Reading(counts=replace(VISITS, kinds=("flew",)), reads=Attendance.ABSENT),
                )
            },
            "/attendance/0/counts/kinds/0",
        ),
        (
            {"process": (Procedure(practice=Practice.CUTOFF, zh="x", en="x", on="02-30"),)},
            "/process/0/on",
        ),
        (
            {"process": (Procedure(practice=Practice.CUTOFF, zh="x", en="x", on="12.31"),)},
            "/process/0/on",
        ),
        ({"silences": (silence(Topic.TIES, "c", "y"),)}, "/silences/0/clauses/1"),
    ],
)
def test_the_frame_has_to_make_sense(rest: dict[str, Any], path: str) -> None:
    """Days, limits, sessions, rounding, readings, procedures."""
    assert paths(rubric(PLAIN, **rest)) == [path]


VETO = Veto(code="v", zh="v", en="v", counts=(MARKS,), grade="poor")


@pytest.mark.parametrize(
    ("of", "path"),
    [
        (rubric(PLAIN, PLAIN), "/blocks/0/clauses/1/clause"),
        (rubric(clause(None, "b")), "/blocks/0/clauses/0/clause"),
        (rubric(block(PLAIN), block(code="b")), "/blocks/1/block"),
        (rubric(PLAIN, groups=(group("c", code="b"),)), "/groups/0/group"),
        (rubric(PLAIN, gates=(replace(SEVERAL, code="c"),)), "/gates/0/gate"),
        (rubric(clause(None, "")), "/blocks/0/clauses/0/clause"),
        (
            rubric(PLAIN, grading=Grading(grades=(GOOD, replace(POOR, code="good")))),
            "/grading/grades/1/grade",
        ),
        (rubric(PLAIN, grading=replace(GRADED, vetoes=(VETO, VETO))), "/grading/vetoes/1/veto"),
        (
            rubric(
                PLAIN,
                gates=(SEVERAL,),
                grading=replace(GRADED, vetoes=(replace(VETO, code="ask"),)),
            ),
            "/grading/vetoes/0/veto",
        ),
        (
            rubric(PLAIN, gates=(SEVERAL,), ladder=LADDER, triggers=(trigger("ask", below=ONE),)),
            "/triggers/0/trigger",
        ),
        (rubric(PLAIN, ladder=(*LADDER, LADDER[0])), "/ladder/2/step"),
        (
            rubric(
                PLAIN,
                grading=replace(GRADED, boards=(Board(code="x", zh="x", en="x"),) * 2),
            ),
            "/grading/boards/1/board",
        ),
        (
            rubric(
                PLAIN,
                grading=replace(GRADED, opinions=(Body(code="x", zh="x", en="x"),) * 2),
            ),
            "/grading/opinions/1/body",
        ),
    ],
)
def test_codes_are_used_once(of: Rubric, path: str) -> None:
    """Blocks, clauses, groups and gates are called by name in explanations; what is counted by gates, vetoes and triggers is kept by name."""
    assert paths(of) == [path]


@pytest.mark.parametrize(
    ("period", "every", "fits"),
    [
        (Span.HALF, Span.QUARTER, True),
        (Span.HALF, Span.HALF, False),
        (Span.TERM, Span.YEAR, True),
        (Span.TERM, Span.TWO_YEARS, False),
        (Span.TWO_YEARS, Span.YEAR, True),
        (Span.SESSION_YEAR, Span.MONTH, True),
        (Span.SESSION_YEAR, Span.YEAR, False),
    ],
)
def test_a_clause_is_worked_out_for_parts_of_the_period(
    period: Span, every: Span, *, fits: bool
) -> None:
    """Parts that the calendar bounds, shorter than the whole."""
    assert paths(rubric(clause(every=every), period=period)) == (
        [] if fits else ["/blocks/0/clauses/0/every"]
    )


def test_a_session_year_needs_its_sessions() -> None:
    """Nothing else is not built."""
    session_year = rubric(PLAIN, period=Span.SESSION_YEAR)

    assert [p.path for p in not_built(session_year)] == ["/period"]
    assert not_built(replace(session_year, sessions=(date(2024, 1, 8),))) == []
    assert all(not_built(rubric(PLAIN, period=s)) == [] for s in Span if s is not Span.SESSION_YEAR)


# Gaps


def test_kinds_that_nobody_prices_are_listed() -> None:
    """Coverage: every kind that a member can do but the one that is priced, of which those who were not there earn nothing."""
    found = {gap.kind: gap for gap in gaps(rubric(PLAIN), KINDS)}

    assert set(found) == {k for k, kind in KINDS.items() if Subject.MEMBER in kind.about.subjects}
    assert "survey" not in found
    assert found.pop("visited_village") == Gap(
        kind="visited_village",
        states=(Attendance.LEAVE, Attendance.LEAVE_REFUSED, Attendance.ABSENT),
    )
    assert all(gap == Gap(kind=kind, whole=True) for kind, gap in found.items())


def test_works_are_a_gap_where_units_are_appraised() -> None:
    """Its own deeds and those of its members can both count for a unit."""
    found = {gap.kind for gap in gaps(rubric(PLAIN, subject=Subject.UNIT), KINDS)}

    assert found == set(KINDS)


def test_a_kind_of_units_that_a_members_rubric_looks_at_is_not_left_out() -> None:
    """What it asks for, it is told the rest of."""
    looked_at = clause(
        None, "c", Selects(kinds=("case",), passed_all=(Passed(stage=Stage.AGREED),))
    )

    (found,) = [gap for gap in gaps(rubric(looked_at), KINDS) if gap.kind == "case"]

    assert not found.whole
    assert Stage.NOT_AGREED in found.stages
    assert Stage.AGREED not in found.stages


def test_stages_and_choices_that_nobody_prices_are_listed() -> None:
    """What spoils a clause is looked at as well; a kind that is priced whatever its details has no gap there."""
    carried = Selects(
        kinds=("carried_down",), where=(Where(name="message", values=frozenset({"policy"})),)
    )
    some = clause(None, "c", carried, replace(VISITS, states=frozenset()))
    whole = clause(
        None, "d", Selects(kinds=("carried_down",), passed_all=(Passed(stage=Stage.CARRIED),))
    )

    found = {gap.kind: gap for gap in gaps(rubric(some), KINDS) if not gap.whole}
    assert found == {
        "carried_down": Gap(
            kind="carried_down", stages=(Stage.CARRIED,), choices=(("message", "reply"),)
        )
    }
    assert "carried_down" not in {gap.kind for gap in gaps(rubric(some, whole), KINDS)}


def test_rows_that_a_table_does_not_list_are_gaps() -> None:
    """A table prices what it lists: states, words of a detail, stages, kinds."""
    everybody = replace(MEETINGS, states=frozenset(Attendance))
    by_state = clause(priced(Axis.STATE, "present", "absent"), "c", everybody)
    by_detail = clause(priced(Axis.DETAIL, "policy", detail="message"), "c", carried_down())
    by_stage = clause(priced(Axis.STAGE, "carried"), "c", carried_down())
    by_kind = clause(
        priced(Axis.KIND, "proposed"), "c", replace(PROPOSALS, kinds=("proposed", "carried_down"))
    )

    def gap(of: Clause, kind: str) -> Gap:
        return next(g for g in gaps(rubric(of), KINDS) if g.kind == kind)

    assert Attendance.LEAVE in gap(by_state, "attended").states
    assert Attendance.ABSENT not in gap(by_state, "attended").states
    assert gap(by_detail, "carried_down").choices == (("message", "reply"),)
    assert "carried_down" not in {g.kind for g in gaps(rubric(by_stage), KINDS)}
    assert gap(by_kind, "carried_down").whole


def carried_down() -> Selects:
    return Selects(kinds=("carried_down",))


def test_what_gates_vetoes_and_triggers_ask_for_is_no_gap() -> None:
    under = rubric(
        PLAIN,
        gates=(gate(Acts(counts=(MEETINGS,), at_least=1)),),
        attendance=(Reading(counts=Selects(kinds=("studied",)), reads=Attendance.ABSENT),),
        grading=replace(GRADED, vetoes=(VETO,), decided_by=Body(code="x", zh="x", en="x")),
        triggers=(trigger(counts=(PROPOSALS,), acts=1),),
        ladder=LADDER,
    )
    whole = {g.kind for g in gaps(under, KINDS) if g.whole}

    assert whole.isdisjoint({"attended", "studied", "was_marked", "was_graded", "proposed"})


# What is left open


def topics(of: Rubric | Clause) -> set[Topic]:
    under = of if isinstance(of, Rubric) else rubric(of)
    found = silences(under)
    assert all(s.zh and s.en and s.reading_zh and s.reading_en for s in found)
    return {s.topic for s in found}


BY_TWO = clause(None, "c", PROPOSALS, shares=((Byline.FIRST, HALF),))
TAKEN = replace(
    Selects(kinds=("reported_opinion",)),
    passed_all=(Passed(stage=Stage.TAKEN_UP, levels=frozenset({Level.COUNTY})),),
)
TAKEN_HIGHER = replace(
    TAKEN, passed_all=(Passed(stage=Stage.TAKEN_UP, levels=frozenset({Level.CITY})),)
)
AWARD = priced(Axis.DETAIL, "city", "county", detail="commended_level")
PLACED = replace(GRADED, grades=(replace(GOOD, places=Places(share=HALF)), FAIR, POOR))


@pytest.mark.parametrize(
    ("topic", "asked", "answered"),
    [
        (Topic.ROUNDING, rubric(clause(Each(price=HALF))), rubric(PLAIN)),
        (
            Topic.ROUNDING,
            rubric(clause(Full(points=ONE, acts=3))),
            rubric(clause(Full(points=ONE, acts=3)), rounding=Rounding(to=ONE)),
        ),
        (Topic.ROUNDING, rubric(BY_TWO), rubric(replace(BY_TWO, shares=((Byline.FIRST, ONE),)))),
        (Topic.ROUNDING, rubric(block(PLAIN, weight=HALF)), rubric(block(PLAIN, weight=TWO))),
        (Topic.ROUNDING, rubric(PLAIN, cap=HALF), rubric(PLAIN, cap=TWO)),
        (
            Topic.ROUNDING,
            rubric(clause(Each(price=Quantity(of="figure", points=ONE)), "c", MARKS)),
            rubric(clause(Each(price=Quantity(of="figure", points=ONE, whole=True)), "c", MARKS)),
        ),
        (
            Topic.ROUNDING,
            rubric(clause(Each(price=Quantity(of="half_days", points=ONE, every=TWO)))),
            rubric(clause(Each(price=Quantity(of="problems_raised", points=TWO)))),
        ),
        (
            Topic.ROUNDING,
            rubric(PLAIN, part_year=PartYear(total=Asked.MONTHS)),
            rubric(PLAIN, part_year=PartYear()),
        ),
        (
            Topic.TIES,
            rubric(PLAIN, grading=PLACED),
            rubric(PLAIN, grading=replace(PLACED, ties=Ties.BODY)),
        ),
        (
            Topic.QUOTA,
            rubric(PLAIN, grading=PLACED),
            rubric(
                PLAIN,
                grading=replace(
                    PLACED, grades=(replace(GOOD, places=Places(share=HALF, way=Way.UP)), POOR)
                ),
            ),
        ),
        (
            Topic.QUOTA,
            rubric(
                PLAIN,
                grading=replace(GRADED, grades=(GOOD, replace(POOR, last=Places(share=HALF)))),
            ),
            rubric(
                PLAIN, grading=replace(GRADED, grades=(GOOD, replace(POOR, last=Places(number=3))))
            ),
        ),
        (
            Topic.SECOND,
            rubric(clause(Each(price=ONE, from_nth=2), "c", PROPOSALS)),
            rubric(
                clause(
                    Each(price=ONE, from_nth=2),
                    "c",
                    replace(PROPOSALS, bylines=frozenset({Byline.SOLE})),
                )
            ),
        ),
        (
            Topic.SECOND,
            rubric(clause(Steps(steps=((1, ONE),)), "c", PROPOSALS)),
            rubric(clause(Steps(steps=((1, ONE),)))),
        ),
        (
            Topic.ADDS_OR_REPLACES,
            rubric(clause(None, "c", TAKEN), clause(None, "d", TAKEN_HIGHER)),
            rubric(clause(None, "c", TAKEN), clause(None, "d", TAKEN_HIGHER, beyond=("c",))),
        ),
        (
            Topic.ADDS_OR_REPLACES,
            rubric(clause(None, "c", TAKEN), clause(None, "d", TAKEN_HIGHER)),
            rubric(
                clause(None, "c", TAKEN),
                clause(None, "d", TAKEN_HIGHER),
                groups=(group("c", "d", best=1, within=Within.DEED),),
            ),
        ),
        (
            Topic.ADDS_OR_REPLACES,
            rubric(clause(AWARD, "c", AWARDS)),
            rubric(clause(AWARD, "c", AWARDS, distinct=Distinct(by=Apart.WORK))),
        ),
        (
            Topic.ORDER_OF_LIMITS,
            rubric(replace(BY_TWO, cap=TWO)),
            rubric(replace(BY_TWO, cap=TWO), order=Order.CAPS_FIRST),
        ),
        (
            Topic.FLOOR,
            rubric(block(clause(Each(price=-ONE), "c", ABSENCES))),
            rubric(block(clause(Each(price=-ONE), "c", ABSENCES), floor=Fraction(0))),
        ),
        (
            Topic.FLOOR,
            rubric(block(clause(Each(price=-ONE), "c", ABSENCES))),
            rubric(
                block(clause(Each(price=-ONE), "c", ABSENCES)),
                groups=(group("b", floor=Fraction(-5)),),
            ),
        ),
        (
            Topic.LATE_OUTCOME,
            rubric(clause(None, "c", FILED)),
            rubric(clause(None, "c", FILED), late=LateOutcome()),
        ),
        (
            Topic.LATE_OUTCOME,
            rubric(clause(priced(Axis.STAGE, "filed"), "c", PROPOSALS)),
            rubric(clause(None, "c", FILED, timing=Timing.OUTCOME)),
        ),
        (
            Topic.LEAVE,
            rubric(clause(Each(price=-ONE), "c", ABSENCES)),
            rubric(
                clause(Each(price=-ONE), "c", ABSENCES),
                clause(
                    Each(price=-HALF),
                    "d",
                    replace(
                        ABSENCES, states=frozenset({Attendance.LEAVE, Attendance.LEAVE_REFUSED})
                    ),
                ),
            ),
        ),
        (
            Topic.LEAVE,
            rubric(clause(None, "c", MEETINGS, spoiled_by=(ABSENCES,))),
            rubric(clause(None, "c", MEETINGS)),
        ),
        (
            Topic.LEAVE,
            rubric(clause(Rate(points=ONE), "c", MEETINGS)),
            rubric(
                clause(Rate(points=ONE), "c", MEETINGS),
                attendance=(
                    Reading(
                        counts=replace(
                            MEETINGS, states=frozenset({Attendance.LEAVE, Attendance.LEAVE_REFUSED})
                        ),
                        reads=Attendance.NOT_REQUIRED,
                    ),
                ),
            ),
        ),
        (
            Topic.LEAVE,
            rubric(PLAIN, gates=(gate(AttendanceOf(counts=(MEETINGS,), at_least=HALF)),)),
            rubric(PLAIN, gates=(gate(Acts(counts=(MEETINGS,), at_least=1)),)),
        ),
        (Topic.MID_YEAR, rubric(PLAIN), rubric(PLAIN, part_year=PartYear())),
        (Topic.MID_YEAR, rubric(PLAIN), rubric(PLAIN, **UNITS)),
        (Topic.JOINT, rubric(clause(None, "c", PROPOSALS)), rubric(BY_TWO)),
        (
            Topic.JOINT,
            rubric(clause(None, "c", PROPOSALS)),
            rubric(clause(priced(Axis.BYLINE, "sole"), "c", PROPOSALS)),
        ),
        (
            Topic.JOINT,
            rubric(clause(None, "c", PROPOSALS, whose=Whose.MEMBERS), **UNITS),
            rubric(
                clause(None, "c", PROPOSALS, whose=Whose.MEMBERS, distinct=Distinct(by=Apart.DEED)),
                **UNITS,
            ),
        ),
    ],
)
def test_what_a_document_leaves_open_is_asked(
    topic: Topic, asked: Rubric, answered: Rubric
) -> None:
    """Until a field answers it, or a silence of the author's own."""
    assert paths(asked) == paths(answered) == []
    assert topic in topics(asked)
    assert topic not in topics(answered)
    assert topic not in topics(replace(asked, silences=(silence(topic),)))


def test_a_silence_of_the_author_answers_for_the_clauses_that_it_names() -> None:
    """The others are asked about; of two that bear on each other it is enough to name one."""
    two = rubric(clause(None, "c", PROPOSALS), clause(None, "d", FILED))
    partly = replace(two, silences=(silence(Topic.JOINT, "c"), silence(Topic.MID_YEAR, "c")))
    adds = rubric(
        clause(None, "c", TAKEN),
        clause(None, "d", TAKEN_HIGHER),
        silences=(silence(Topic.ADDS_OR_REPLACES, "c"),),
    )
    joint = [s for s in silences(partly) if s.topic is Topic.JOINT]

    assert [s.clauses for s in silences(two) if s.topic is Topic.JOINT] == [("c", "d")]
    assert [s.clauses for s in joint] == [("d",)]
    assert Topic.MID_YEAR in topics(partly)
    assert Topic.ADDS_OR_REPLACES not in topics(adds)


def card(under: Rubric | Clause, *facts: Fact[Any], **rest: Any) -> Scorecard:
    of = rubric(under) if isinstance(under, Clause) else under
    return score(facts, of, rest.pop("member", member()), PERIOD, TODAY, **rest)


def visit(on: str = "03-05", **rest: Any) -> Fact[Any]:
    return fact(VisitedVillage(), on, **rest)


READINGS: dict[Topic, Callable[[], tuple[str, str]]] = {
    Topic.ROUNDING: lambda: (card(clause(Full(points=ONE, acts=3)), visit()).total, "1/3"),
    Topic.SECOND: lambda: (
        card(
            clause(Each(price=ONE, from_nth=2), "c", PROPOSALS),
            proposal("01-05", place=2, authors=3),
            proposal("02-05"),
        ).total,
        "1",
    ),
    Topic.ADDS_OR_REPLACES: lambda: (
        card(
            rubric(clause(None, "c", TAKEN), clause(None, "d", TAKEN_HIGHER)),
            opinion(
                "03-05",
                at(Stage.TAKEN_UP, level=Level.COUNTY),
                at(Stage.TAKEN_UP, level=Level.CITY),
            ),
        ).total,
        "2",
    ),
    Topic.ORDER_OF_LIMITS: lambda: (
        card(
            clause(Each(price=TWO), "c", PROPOSALS, cap=ONE, shares=((Byline.FIRST, HALF),)),
            proposal(authors=2),
        ).total,
        "1",
    ),
    Topic.FLOOR: lambda: (
        card(clause(Each(price=-ONE), "c", ABSENCES), meeting(state=Attendance.ABSENT)).total,
        "-1",
    ),
    Topic.LATE_OUTCOME: lambda: (
        score(
            [replace(proposal(), reached=(replace(at(Stage.FILED), on=date(YEAR + 1, 5, 1)),))],
            rubric(clause(None, "c", FILED)),
            member(),
            PERIOD,
            date(YEAR + 1, 6, 1),
        ).total,
        "1",
    ),
    Topic.LEAVE: lambda: (
        card(
            rubric(
                clause(Each(price=-ONE), "c", ABSENCES),
                clause(Rate(points=Fraction(4)), "d", MEETINGS),
            ),
            meeting(on="03-05"),
            meeting(on="03-06", state=Attendance.LEAVE),
        ).total,
        "2",
    ),
    Topic.JOINT: lambda: (
        card(clause(None, "c", PROPOSALS), proposal(place=2, authors=4)).total,
        "1",
    ),
}


@pytest.mark.parametrize("topic", READINGS)
def test_the_reading_of_a_silence_is_what_scoring_does(topic: Topic) -> None:
    """精确值; 联名的算一件; 相加; 先分摊; 可为负; 计入履职当期; 请假计入应到,不算缺席; 各得全额."""
    got, expected = READINGS[topic]()

    assert got == expected


# What may turn out badly


def worries(of: Rubric, *, but: tuple[Worry, ...] = (Worry.NOT_PRICED,)) -> list[Concern]:
    assert paths(of) == []
    found = health(of, KINDS)
    assert all(c.zh and c.en and c.path.startswith("/") for c in found)
    return [c for c in found if c.sort not in but]


def sorts(of: Rubric) -> set[Worry]:
    return {c.sort for c in worries(of)}


def fives(number: int, **rest: Any) -> tuple[Clause, ...]:
    """Clauses of 5 points each, that nothing worries about."""
    kinds = [k for k, d in KINDS.items() if d.about.shape.value == "occasion"]
    return tuple(
        clause(
            Full(points=Fraction(5), acts=5),
            f"f{i}",
            Selects(kinds=(kinds[i],), states=ALL),
            **rest,
        )
        for i in range(number)
    )


ALL = frozenset(Attendance)


def test_nothing_worries_about_a_level_rubric() -> None:
    assert (
        worries(rubric(*fives(8), grading=replace(GRADED, grades=(grade("good", 30), POOR)))) == []
    )


@pytest.mark.parametrize(
    ("sort", "of", "path"),
    [
        (
            Worry.UNREACHABLE_GRADE,
            rubric(*fives(8), grading=replace(GRADED, grades=(grade("good", 41), POOR))),
            "/grading/grades/0/at_least",
        ),
        (
            Worry.CONTRADICTION,
            rubric(
                *fives(8),
                grading=replace(GRADED, grades=(grade("good", 30, gates=("ask", "few")), POOR)),
                gates=(
                    SEVERAL,
                    gate(Acts(counts=(VISITS,), at_most=2), "few", who=ONLY_STANDING),
                ),
            ),
            "/grading/grades/0/gates",
        ),
        (
            Worry.CONTRADICTION,
            rubric(
                *fives(8),
                grading=replace(GRADED, grades=(grade("good", 30), POOR)),
                gates=(gate(PointsOf(at_most=Fraction(29)), grades=("good",)),),
            ),
            "/grading/grades/0/gates",
        ),
        (
            Worry.DOMINATES,
            rubric(*fives(2), clause(Full(points=Fraction(11), acts=10))),
            "/blocks/0/clauses/2",
        ),
        (
            Worry.DOMINATES,
            rubric(
                block(*fives(2), code="p"),
                block(*(replace(c, code=f"x{c.code}") for c in fives(3)), code="q"),
                groups=(),
            ),
            "/blocks/1",
        ),
        (
            Worry.DOMINATES,
            rubric(
                *fives(8),
                clause(Each(price=ONE), "e", PROPOSALS),
                grading=replace(GRADED, grades=(grade("good", 30), POOR)),
            ),
            "/blocks/0/clauses/8",
        ),
        (
            Worry.CLIFF,
            rubric(*fives(8), clause(Once(price=Fraction(21)), "o", PROPOSALS)),
            "/blocks/0/clauses/8",
        ),
        (
            Worry.CLIFF,
            rubric(
                *fives(4), clause(Full(points=Fraction(11), acts=9, partial=False), "o", PROPOSALS)
            ),
            "/blocks/0/clauses/4",
        ),
        (
            Worry.CLIFF,
            rubric(
                *fives(4),
                clause(Full(points=Fraction(11), acts=9), "o", PROPOSALS, gates=("ask",)),
                gates=(SEVERAL,),
            ),
            "/blocks/0/clauses/4",
        ),
        (
            Worry.CLIFF,
            rubric(
                *fives(4),
                clause(Full(points=Fraction(11), acts=9), "o", PROPOSALS, spoiled_by=(ABSENCES,)),
            ),
            "/blocks/0/clauses/4",
        ),
        (
            Worry.CLIFF,
            rubric(
                block(*fives(8), code="p"),
                block(*(replace(c, code=f"x{c.code}") for c in fives(8)), code="q", gates=("ask",)),
                gates=(SEVERAL,),
            ),
            "/blocks/1",
        ),
        (
            Worry.CLIFF,
            rubric(
                *fives(8),
                clause(Once(price=Fraction(3)), "o", PROPOSALS),
                grading=replace(GRADED, grades=(grade("good", 30), grade("fair", 28), POOR)),
            ),
            "/blocks/0/clauses/8",
        ),
        (
            Worry.REPEATABLE,
            rubric(*fives(8), clause(Each(price=ONE), "e", PROPOSALS)),
            "/blocks/0/clauses/8",
        ),
        (
            Worry.REPEATABLE,
            rubric(*fives(8), clause(Steps(steps=((1, TWO), (3, ONE))), "e", PROPOSALS)),
            "/blocks/0/clauses/8",
        ),
        (
            Worry.PAID_TWICE,
            rubric(
                *fives(8),
                clause(Once(price=ONE), "o", PROPOSALS),
                clause(Each(price=ONE), "e", PROPOSALS, cap=TWO),
            ),
            "/blocks/0/clauses/9",
        ),
        (
            Worry.CAP_OUT_OF_REACH,
            rubric(block(*fives(8), cap=Fraction(41))),
            "/blocks/0/cap",
        ),
        (
            Worry.UNEARNABLE,
            rubric(*fives(8), clause(Each(price=ONE), "e", PROPOSALS, cap=Fraction(0))),
            "/blocks/0/clauses/8",
        ),
        (
            Worry.UNEARNABLE,
            rubric(
                *fives(8),
                clause(Full(points=ONE, acts=2), "e", PROPOSALS),
                clause(Once(price=ONE), "o", PROPOSALS, beyond=("e",)),
            ),
            "/blocks/0/clauses/9",
        ),
        (
            Worry.UNEARNABLE,
            rubric(
                *fives(8),
                clause(
                    Once(price=ONE),
                    "e",
                    replace(
                        FILED,
                        passed_all=(),
                        passed_any=FILED.passed_all,
                        passed_none=FILED.passed_all,
                    ),
                ),
            ),
            "/blocks/0/clauses/8",
        ),
        (
            Worry.UNEARNABLE,
            rubric(*fives(8), clause(Once(price=ONE), "e", PROPOSALS, spoiled_by=(PROPOSALS,))),
            "/blocks/0/clauses/8",
        ),
        (
            Worry.UNEARNABLE,
            rubric(
                *fives(3), clause(Once(price=ONE), "e", Selects(kinds=("met_leader",))), **UNITS
            ),
            "/blocks/0/clauses/3",
        ),
    ],
)
def test_what_may_turn_out_badly_is_said(sort: Worry, of: Rubric, path: str) -> None:
    """From the document alone, each with its place."""
    assert path in [c.path for c in worries(of) if c.sort is sort]


TWO_PAID = (
    clause(Once(price=ONE), "o", PROPOSALS),
    clause(Each(price=ONE), "e", PROPOSALS, cap=TWO),
)


@pytest.mark.parametrize(
    "of",
    [
        rubric(*fives(8), TWO_PAID[0], replace(TWO_PAID[1], beyond=("o",))),
        rubric(*fives(8), *TWO_PAID, groups=(group("o", "e", cap=TWO),)),
        rubric(*fives(8), TWO_PAID[0], replace(TWO_PAID[1], counts=(FILED,))),
        rubric(
            *fives(8),
            replace(TWO_PAID[0], who=ONLY_STANDING),
            replace(TWO_PAID[1], who=Who(lacks=frozenset({STANDING}))),
        ),
        rubric(
            *fives(8),
            replace(TWO_PAID[0], counts=(replace(PROPOSALS, bylines=frozenset({Byline.SOLE})),)),
            replace(TWO_PAID[1], counts=(replace(PROPOSALS, bylines=frozenset({Byline.JOINT})),)),
        ),
        rubric(
            *fives(8),
            replace(TWO_PAID[0], counts=(replace(PROPOSALS, key=True),)),
            replace(TWO_PAID[1], counts=(replace(PROPOSALS, key=False),)),
        ),
    ],
)
def test_what_cannot_be_paid_twice_is_not_said_to_be(of: Rubric) -> None:
    """beyond, a group, another stage, other people, another byline, key or not."""
    assert sorts(of) == set()


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (VISITS, VISITS, True),
        (replace(MEETINGS, attended_from=HALF), replace(MEETINGS, attended_below=HALF), False),
        (replace(MEETINGS, attended_from=HALF), replace(MEETINGS, attended_below=ONE), True),
        (
            replace(MEETINGS, where=(Where(name="meeting", values=frozenset({"forum"})),)),
            replace(
                MEETINGS, where=(Where(name="meeting", values=frozenset({"plenary_session"})),)
            ),
            False,
        ),
        (
            replace(VISITS, where=(Where(name="problems_raised", at_most=ONE),)),
            replace(VISITS, where=(Where(name="problems_raised", at_least=TWO),)),
            False,
        ),
        (replace(VISITS, mandatory=True), replace(VISITS, mandatory=False), False),
        (
            replace(VISITS, levels=frozenset({Level.CITY})),
            replace(VISITS, levels=frozenset({Level.COUNTY})),
            False,
        ),
    ],
)
def test_selections_that_exclude_each_other_are_not_paid_twice(
    one: Selects, other: Selects, *, meet: bool
) -> None:
    under = rubric(
        *fives(8)[:3], clause(Once(price=ONE), "x", one), clause(Once(price=ONE), "y", other)
    )
    named = [c.clauses for c in worries(under) if c.sort is Worry.PAID_TWICE]

    assert (("x", "y") in named) is meet


def test_repeating_is_no_worry_where_something_ends_it() -> None:
    """A cap, distinct works, a stage that others decide, a cap of block, group or total."""
    endless = clause(Each(price=ONE), "e", PROPOSALS)

    assert Worry.REPEATABLE in sorts(rubric(*fives(8), endless))
    for of in (
        rubric(*fives(8), replace(endless, cap=TWO)),
        rubric(*fives(8), replace(endless, times=2)),
        rubric(*fives(8), replace(endless, distinct=Distinct(by=Apart.WORK))),
        rubric(*fives(8), replace(endless, counts=(FILED,))),
        rubric(*fives(8), replace(endless, counts=(MARKS,))),
        rubric(*fives(8), replace(endless, measure=Each(price=-ONE))),
        rubric(block(*fives(8), endless, cap=TWO)),
        rubric(*fives(8), endless, groups=(group("e", cap=TWO),)),
        rubric(*fives(8), endless, cap=TWO),
    ):
        assert Worry.REPEATABLE not in sorts(of)


def test_kinds_and_states_without_a_price_are_told_together() -> None:
    """One concern for all kinds that are not spoken of, one for each set of states."""
    found = [c for c in health(rubric(PLAIN), KINDS) if c.sort is Worry.NOT_PRICED]

    assert len(found) == 2
    assert KINDS["proposed"].about.zh in found[0].zh
    assert Attendance.ABSENT.zh in found[1].zh
    assert found[1].clauses == ("c",)


def test_how_much_is_too_much_can_be_set() -> None:
    under = rubric(*fives(3), clause(Once(price=Fraction(4)), "o", PROPOSALS))
    tight = {c.sort for c in health(under, KINDS, dominant=Fraction(1, 4), cliff=Fraction(1, 5))}

    assert sorts(under) == set()
    assert tight >= {Worry.DOMINATES, Worry.CLIFF}


# What came of it

EVERYONES = clause(Each(price=ONE), "all", cap=ONE)
SCORED = rubric(
    EVERYONES,
    clause(Each(price=Fraction(10)), "big", PROPOSALS),
    clause(Once(price=ONE), "none", Selects(kinds=("lectured",))),
    clause(
        Once(price=ONE), "chairs", Selects(kinds=("studied",)), who=Who(holds=frozenset({CHAIR}))
    ),
    clause(Each(price=-ONE), "away", ABSENCES),
    grading=Grading(grades=(grade("good", 90), grade("fair", 10), POOR)),
)


def concerns() -> list[Concern]:
    cards = [
        card(SCORED, visit("03-05"), visit("03-06"), *([proposal()] if n < 5 else []))
        for n in range(20)
    ]
    found = health_of(SCORED, cards)
    assert all(c.zh and c.en for c in found)
    return found


@pytest.mark.parametrize(
    ("sort", "path", "clauses"),
    [
        (Worry.NOBODY_EARNED, "/blocks/0/clauses/2", ("none",)),
        (Worry.EVERYBODY_EARNED, "/blocks/0/clauses/0", ("all",)),
        (Worry.CAP_BINDS, "/blocks/0/clauses/0", ("all",)),
        (Worry.MOST_OF_POINTS, "/blocks/0/clauses/1", ("big",)),
        (Worry.EMPTY_BAND, "/grading/grades/0", ()),
    ],
)
def test_the_cards_of_a_period_tell_of_the_rubric(
    sort: Worry, path: str, clauses: tuple[str, ...]
) -> None:
    """Twenty members: all of them visited twice, five made a proposal, nobody lectured; nothing more is said."""
    assert [(c.path, c.clauses) for c in concerns() if c.sort is sort] == [(path, clauses)]
    assert len(concerns()) == 5


def test_of_no_cards_nothing_is_said() -> None:
    assert health_of(SCORED, []) == []


# All rubrics, all facts

NUMBERS = st.sampled_from([Fraction(n) for n in ("0", "1", "2", "7.5", "1/3", "10", "-1", "-1.5")])
LEVELS = st.sampled_from(list(Level))
KINDS_USED = (
    "visited_village",
    "attended",
    "proposed",
    "reported_opinion",
    "was_marked",
    "visited_household",
)


@st.composite
def any_fact(draw: st.DrawFn) -> Fact[Any]:
    """A visit, a meeting in any state, a matter with any authors and outcomes, a mark with or without a figure."""
    on = f"{draw(st.integers(1, 12)):02}-{draw(st.integers(1, 28)):02}"
    rest: dict[str, Any] = {
        "deed": f"d{draw(st.integers(0, 10**9))}",
        "record": draw(st.sampled_from([*RecordClass, *[RecordClass.COUNTY] * 8])),
        "same_as": draw(st.sampled_from(["", "", "", "d1"])),
        "work": draw(st.sampled_from(["", "w1", "w2"])),
        "village": draw(st.sampled_from([None, UnitId("v1"), UnitId("v2")])),
    }
    figure = draw(st.sampled_from([None, 0, 3, 12]))
    place = draw(st.integers(1, 3))
    authors = draw(st.integers(place, 4))
    stages = [
        at(stage, on, draw(LEVELS))
        for stage in draw(st.lists(st.sampled_from([Stage.FILED, Stage.TAKEN_UP]), max_size=2))
    ]
    match draw(st.sampled_from(KINDS_USED)):
        case "visited_village":
            return fact(VisitedVillage(problems_raised=draw(st.integers(0, 9))), on, **rest)
        case "visited_household":
            return fact(VisitedHousehold(households=draw(st.integers(0, 9))), on, **rest)
        case "attended":
            halves = draw(st.integers(0, 4))
            state = draw(st.sampled_from(list(Attendance)))
            capacity = draw(st.sampled_from(list(Capacity)))
            return meeting(
                on=on, state=state, capacity=capacity, half_days=halves, of_half_days=4, **rest
            )
        case "proposed":
            return proposal(on, *stages, place=place, authors=authors, figure=figure, **rest)
        case "reported_opinion":
            return opinion(on, *stages, figure=figure, **rest)
        case _:
            return fact(WasMarked(code="x"), on, figure=figure, **rest)


@st.composite
def any_selection(draw: st.DrawFn) -> Selects:
    kind = draw(st.sampled_from(KINDS_USED))
    matter = kind in {"proposed", "reported_opinion"}
    states = [Selects(kinds=()).states, frozenset[Attendance]()]
    if kind in {"visited_village", "attended", "visited_household"}:
        states.append(frozenset({Attendance.ABSENT}))
    stage = Stage.FILED if kind == "proposed" else Stage.TAKEN_UP
    passed = Passed(stage=stage, levels=frozenset(draw(st.sets(LEVELS, max_size=2))))
    return Selects(
        kinds=(kind,),
        states=draw(st.sampled_from(states)),
        whole=draw(st.sampled_from([None, None, True, *([False] if len(states) > 2 else [])])),
        bylines=frozenset(draw(st.sets(st.sampled_from(list(Byline)), max_size=3)))
        if matter
        else frozenset(),
        first_names=draw(st.sampled_from([None, 1, 2])) if matter else None,
        passed_any=draw(st.sampled_from([(), (passed,)])) if matter else (),
        passed_none=draw(st.sampled_from([(), (passed,)])) if matter else (),
        evidence=draw(st.sampled_from([0, 0, 0, 1])),
    )


@st.composite
def any_price(draw: st.DrawFn, number: str) -> Price:
    rows = {
        Axis.LEVEL: ("county", "city"),
        Axis.STATE: ("present", "absent", "leave"),
        Axis.WHOLE: ("true", "false"),
        Axis.KEY: ("false",),
        Axis.BYLINE: ("sole", "first", "joint"),
        Axis.RANK: ("", "书记"),
        Axis.CAPACITY: ("attends", "expert"),
        Axis.OUTCOME: ("county", "province"),
    }
    axis = draw(st.sampled_from(list(rows)))
    table = Table(
        by=axis,
        prices=tuple((row, draw(NUMBERS)) for row in rows[axis]),
        adds=draw(st.booleans()) and axis in {Axis.OUTCOME, Axis.RANK},
    )
    prices: list[Price] = [
        draw(NUMBERS),
        table,
        Quantity(
            of=number,
            points=draw(NUMBERS),
            every=draw(st.sampled_from([ONE, Fraction(3), HALF])),
            whole=draw(st.booleans()),
            at_most=draw(st.sampled_from([None, Fraction(4)])),
        ),
        Tiers(of=number, tiers=((ONE, draw(NUMBERS)), (Fraction(4), draw(NUMBERS)))),
    ]
    return draw(st.sampled_from(prices))


SHARES: list[tuple[tuple[Byline, Share], ...]] = [
    (),
    ((Byline.SOLE, ONE), (Byline.FIRST, HALF), (Byline.JOINT, Split.REST)),
    ((Byline.FIRST, HALF),),
    ((Byline.FIRST, Split.EQUAL), (Byline.JOINT, Split.EQUAL)),
    ((Byline.SOLE, HALF), (Byline.JOINT, HALF)),
    ((Byline.FIRST, Split.RECORDED), (Byline.WRITER, Split.RECORDED)),
]


@st.composite
def any_clause(draw: st.DrawFn, code: str, *, units: bool = False) -> Clause:
    """A clause of any measure under any limits."""
    selects = draw(any_selection())
    kind = selects.kinds[0]
    occasion = kind in {"visited_village", "attended", "visited_household"}
    price = draw(any_price("half_days" if occasion else "figure"))
    acts = draw(st.integers(1, 4))
    tiers = draw(st.sampled_from([(), ((HALF, draw(NUMBERS)), (ONE, draw(NUMBERS)))]))
    measures: list[Measure] = [
        Each(
            price=price,
            per=draw(st.sampled_from([Per.ACT, Per.HALF_DAY])),
            from_nth=draw(st.sampled_from([1, 1, 2])),
        ),
        Once(price=price),
        Mean(price=price),
        Steps(steps=((1, draw(NUMBERS)), (2, draw(NUMBERS)), (4, draw(NUMBERS)))),
        Full(points=draw(NUMBERS), acts=acts, partial=draw(st.booleans())),
    ]
    if occasion:
        per = draw(st.sampled_from([Per.ACT, Per.HALF_DAY]))
        measures.append(Rate(points=draw(NUMBERS), per=per, tiers=tiers))
    if units and draw(st.booleans()):
        take = draw(st.sampled_from(list(Take)))
        return Clause(
            code=code,
            zh=code,
            en=code,
            counts=(),
            measure=FromMembers(
                take=take,
                times=draw(NUMBERS),
                of=draw(st.sampled_from(["", "a", "x"])),
                best=draw(st.sampled_from([None, 1])),
                reach=ONE if take is Take.SHARE else None,
            ),
            cap=draw(st.sampled_from([None, Fraction(5)])),
        )
    return clause(
        draw(st.sampled_from(measures)),
        code,
        selects,
        spoiled_by=draw(st.sampled_from([(), (), (ABSENCES,)])),
        gates=draw(st.sampled_from([(), (), ("acts",), ("rate",)])),
        who=draw(st.sampled_from([Who(), Who(), ONLY_STANDING])) if not units else Who(),
        whose=draw(st.sampled_from([Whose.OWN, Whose.MEMBERS])) if units else Whose.OWN,
        shares=() if occasion or kind == "was_marked" else draw(st.sampled_from(SHARES)),
        cap=draw(st.sampled_from([None, Fraction(5), Fraction(7, 3), Fraction(0)])),
        times=draw(st.sampled_from([None, 1, 3])),
        beyond=draw(st.sampled_from([(), (), ("a0",)])) if code != "a0" else (),
        distinct=draw(
            st.sampled_from([None, *(Distinct(by=a) for a in Apart if a is not Apart.DETAIL)])
        ),
        linked=draw(st.booleans()),
        every=draw(st.sampled_from([None, None, Span.QUARTER])),
        timing=draw(st.sampled_from([None, Timing.ACT]))
        if not selects.stages
        else draw(st.sampled_from([None, *Timing])),
    )


APART: list[tuple[str, ...]] = [("a0", "a1"), ("a0", "b1"), ("a", "b0"), ("a", "b"), ("b1",)]
"""Entries of a group that have no clause in common."""


@st.composite
def any_group(draw: st.DrawFn, code: str, entries: list[tuple[str, ...]]) -> Group:
    return group(
        *draw(st.sampled_from(entries)),
        code=code,
        cap=draw(st.sampled_from([None, Fraction(6)])),
        floor=draw(st.sampled_from([None, None, Fraction(-2)])),
        best=draw(st.sampled_from([None, 1, 2])),
        within=draw(st.sampled_from(list(Within))),
    )


@st.composite
def any_rubric(draw: st.DrawFn, *, units: bool = False) -> Rubric:
    """Two blocks of two clauses, two groups, gates, rounding, readings and all that a document can say."""
    blocks = tuple(
        block(
            draw(any_clause(f"{name}0", units=units)),
            draw(any_clause(f"{name}1", units=units)),
            code=name,
            starts=draw(st.sampled_from([(), (Start(points=Fraction(10)),)])),
            gates=draw(st.sampled_from([(), ("acts",), ("points",)])) if name == "b" else (),
            cap=draw(st.sampled_from([None, Fraction(20)])),
            floor=draw(st.sampled_from([None, Fraction(0)])),
            weight=draw(st.sampled_from([ONE, ONE, HALF, Fraction(3, 2)])),
        )
        for name in ("a", "b")
    )
    return rubric(
        *blocks,
        groups=(draw(any_group("g", APART)), draw(any_group("h", [*APART, ("g",)]))),
        gates=(
            gate(
                Acts(
                    counts=(draw(any_selection()),),
                    at_least=draw(st.integers(1, 3)),
                    at_most=draw(st.sampled_from([None, 4])),
                    every=draw(st.sampled_from([None, Span.HALF])),
                    distinct=draw(st.sampled_from([None, Distinct(by=Apart.DAY)])),
                ),
                "acts",
            ),
            gate(
                AttendanceOf(
                    counts=(MEETINGS,),
                    at_least=HALF,
                    per=draw(st.sampled_from([Per.ACT, Per.HALF_DAY])),
                ),
                "rate",
            ),
            gate(
                PointsOf(of=draw(st.sampled_from(["a", "a0", "b1"])), at_least=draw(NUMBERS)),
                "points",
            ),
            gate(
                PointsOf(of=draw(st.sampled_from(["", "g", "h", "b"])), at_most=draw(NUMBERS)),
                "most",
            ),
        ),
        cap=draw(st.sampled_from([None, Fraction(25)])),
        floor=draw(st.sampled_from([None, Fraction(0)])),
        rounding=draw(
            st.sampled_from(
                [None, *(Rounding(to=HALF, way=way, at=a) for way in Way for a in RoundedAt)]
            )
        ),
        order=draw(st.sampled_from([None, *Order])),
        late=draw(
            st.sampled_from([None, LateOutcome(timing=Timing.OUTCOME), LateOutcome(within_days=9)])
        ),
        part_year=draw(st.sampled_from([None, PartYear(acts=Asked.MONTHS, total=Asked.MONTHS)])),
        attendance=draw(
            st.sampled_from([(), (Reading(counts=ABSENCES, reads=Attendance.NOT_REQUIRED),)])
        ),
        grading=draw(
            st.sampled_from(
                [None, Grading(grades=(replace(GOOD, at_least=TWO), POOR), vetoes=(VETO,))]
            )
        ),
        triggers=(trigger(counts=(ABSENCES,), acts=2),),
        ladder=LADDER,
        **({"subject": Subject.UNIT} if units else {}),
    )


FACTS = st.lists(any_fact(), max_size=12, unique_by=lambda f: f.deed)
MEMBERS = st.sampled_from(
    [
        member(),
        member(STANDING),
        member(exempt=("01-01", "05-20")),
        member(exempt=("01-01", "12-31")),
    ]
)


@given(any_rubric(), FACTS, MEMBERS)
def test_a_rubric_without_problems_can_be_used(
    under: Rubric, facts: list[Fact[Any]], of: Any
) -> None:
    """It is scored on any facts, and all that can be said of it can be said; no whole year brings more than can be had."""
    assume(not problems(under, KINDS))
    found = card(under, *facts, member=of)
    highest = [
        c for c in health(replace(under, grading=None), KINDS) if c.sort is Worry.UNREACHABLE_GRADE
    ]

    assert sum(Fraction(line.points) for line in found.lines) == Fraction(found.total)
    assert highest == []
    assert {s.topic for s in silences(under)} <= set(Topic)
    assert all(c.zh for c in (*health(under, KINDS), *health_of(under, [found])))


@given(any_rubric(), FACTS)
def test_nobody_has_more_than_can_be_had(under: Rubric, facts: list[Fact[Any]]) -> None:
    """A band just below somebody's total is never said to be out of reach, nor a gate that he meets."""
    assume(not problems(under, KINDS))
    found = card(under, *facts)
    total = Fraction(found.total)
    band = replace(GRADED, grades=(replace(GOOD, at_least=total), POOR))
    asked = gate(PointsOf(at_least=total), "asked")
    if under.cap is not None and total > under.cap:
        return
    reached = replace(under, grading=band, gates=(*under.gates, asked))

    assert [p.path for p in problems(reached, KINDS)] == []
    assert Worry.UNREACHABLE_GRADE not in {c.sort for c in health(reached, KINDS)}


UNIT = Unit(
    unit=UnitId("u"), profile=UnitProfile(kind=UnitKind.STUDIO, name="示例"), since=date(2020, 1, 1)
)


@given(any_rubric(units=True), any_rubric(), FACTS)
def test_a_rubric_about_units_can_be_used(
    under: Rubric, of_members: Rubric, facts: list[Fact[Any]]
) -> None:
    """From the unit's own facts, those of its members and their cards."""
    assume(not problems(under, KINDS) and not problems(of_members, KINDS))
    cards = [card(of_members, *facts), card(of_members, member=member(STANDING))]
    found = card(under, *facts, member=UNIT, members=cards)

    assert sum(Fraction(line.points) for line in found.lines) == Fraction(found.total)
    assert {s.topic for s in silences(under)} <= set(Topic)
    assert all(c.zh for c in (*health(under, KINDS), *health_of(under, [found])))


def test_an_award_table_pays_each_award() -> None:
    """The reading of awards at several levels."""
    awards = [
        fact(WasCommended(commended_by="x", commended_level=level), on)
        for level, on in ((Level.CITY, "03-05"), (Level.COUNTY, "03-06"))
    ]

    assert card(clause(AWARD, "c", AWARDS), *awards).total == "2"


def test_a_mean_is_of_all_marks() -> None:
    """It cannot be paid for some of them."""
    marks = Quantity(of="figure", points=ONE)
    of = clause(Mean(price=marks), "c", MARKS, times=1)

    assert paths(rubric(of)) == ["/blocks/0/clauses/0/times"]


def test_a_block_does_not_presuppose_what_blocks_have_in_common() -> None:
    """That is worked out after all blocks."""
    under = rubric(
        block(PLAIN_5, code="a"),
        block(clause(Once(price=ONE), "d"), code="b", gates=("gate",)),
        groups=(group("a", cap=Fraction(5)),),
        gates=(gate(PointsOf(of="g", at_least=ONE)),),
    )

    assert paths(under) == ["/blocks/1/gates/0"]
