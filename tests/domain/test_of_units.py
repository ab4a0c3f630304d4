"""What is on record of a unit counts for those who were in it on its day, where a rubric says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import explain, rubric_text
from domain.explain import Said
from domain.fact import Fact, Reached, SubjectId
from domain.health import Worry, health
from domain.kinds import KINDS, Stage, Subject
from domain.kinds.culture import WasCommended
from domain.kinds.findings import MetStandard, Sanction, WasMarked, WasSanctioned
from domain.kinds.units import Check, WasInspected
from domain.member import Bond, Membership, Person, Term
from domain.people import UnitId
from domain.period import Period
from domain.rubric import (
    Acts,
    Apart,
    Axis,
    Block,
    Clause,
    Distinct,
    Each,
    Full,
    Gate,
    LateOutcome,
    Mean,
    Measure,
    Once,
    Quantity,
    Rate,
    Rubric,
    Short,
    Steps,
    Summed,
    Table,
    Timing,
    Whose,
)
from domain.rubric_checks import problems
from domain.scorecard import Doing, Scorecard
from domain.scoring import score
from domain.selection import Passed, Selects, Why
from domain.silences import silences
from domain.unit import UnitKind
from domain.unpriced import gaps
from domain.words import Level
from tests.facts import TODAY, YEAR, day, fact, member

SOUTH, NORTH, ECONOMY = UnitId("south"), UnitId("north"), UnitId("economy")
KIND_OF = {SOUTH: UnitKind.STUDIO, NORTH: UnitKind.STUDIO, ECONOMY: UnitKind.SECTOR}
STUDIOS = frozenset({UnitKind.STUDIO})
PERIOD = Period.year(YEAR)
STANDARDS = Selects(kinds=("met_standard",))
SANCTIONS = Selects(kinds=("was_sanctioned",))
COMMENDED = Selects(kinds=("was_commended",))
STANDARD = MetStandard(standard="studio", item="有场所")
CRITICISM = WasSanctioned(sanction=Sanction.CIRCULATED_CRITICISM, by="县政协")
ONE = Fraction(1)


def clause(measure: Measure | int = 2, *counts: Selects, code: str = "c", **rest: Any) -> Clause:
    """A clause about the units of a member, unless it is said whose."""
    return Clause(
        code=code,
        zh=f"条目{code}",
        en=f"clause {code}",
        counts=counts or (STANDARDS,),
        measure=Each(price=Fraction(measure)) if isinstance(measure, int) else measure,
        **{"whose": Whose.UNIT, **rest},
    )


def rubric(*clauses: Clause, **rest: Any) -> Rubric:
    """A rubric with one block."""
    return Rubric(
        code="r",
        version="1",
        zh="办法",
        en="measure",
        since=date(2020, 1, 1),
        blocks=(Block(code="b", zh="部分", en="block", clauses=clauses),),
        **rest,
    )


def bound(unit: UnitId, since: str = "01-01", until: str | None = None) -> Membership:
    """A bond to a unit, of the bond that its kind has."""
    bond = Bond.SECTOR if KIND_OF[unit] is UnitKind.SECTOR else Bond.STUDIO
    return Membership(
        bond=bond, unit=unit, since=day(since), until=None if until is None else day(until)
    )


def of(unit: UnitId, on: str = "03-05", details: Any = STANDARD, **rest: Any) -> Fact[Any]:
    """Something on record of a unit."""
    given: dict[str, Any] = {"subject": SubjectId(f"unit/{unit}"), "deed": f"finding/{unit}-{on}"}
    return fact(details, on, **(given | rest))


def card(
    under: Rubric | Clause,
    *facts: Fact[Any],
    bonds: tuple[Membership, ...] = (bound(SOUTH), bound(ECONOMY)),
    who: Person | None = None,
    period: Period = PERIOD,
    today: date = TODAY,
) -> Scorecard:
    """The card of a member with these bonds."""
    whom = replace(member() if who is None else who, memberships=bonds)
    whole = under if isinstance(under, Rubric) else rubric(under)
    return score(facts, whole, whom, period, today, kinds=KIND_OF)


def why(found: Scorecard) -> dict[str, Why]:
    """By record why it has no line."""
    return {each.deed: each.why for each in found.why_not}


def test_what_his_unit_did_counts_for_a_member() -> None:
    found = card(clause(), of(SOUTH), of(SOUTH, "06-01"))

    assert found.total == "4"
    assert [(line.subject, line.points) for line in found.lines] == [("unit/south", "2")] * 2


def test_it_counts_for_those_who_were_in_it_on_that_day() -> None:
    """First and last day included; before and after it is told why not."""
    days = ("03-31", "04-01", "06-30", "07-01")
    bonds = (bound(SOUTH, "04-01", "06-30"),)
    found = card(clause(), *(of(SOUTH, on) for on in days), bonds=bonds)

    assert [line.on for line in found.lines] == [day("04-01"), day("06-30")]
    assert why(found) == {
        "finding/south-03-31": Why.NOT_IN_UNIT,
        "finding/south-07-01": Why.NOT_IN_UNIT,
    }


def test_only_the_units_of_some_kinds_count_where_kinds_are_named() -> None:
    found = card(clause(of_kinds=STUDIOS), of(SOUTH), of(ECONOMY))

    assert [line.subject for line in found.lines] == ["unit/south"]
    assert why(found) == {"finding/economy-03-05": Why.UNIT_KIND}


def test_what_two_of_his_units_did_together_counts_once() -> None:
    shared = [
        of(unit, details=WasCommended(commended_by="市政协"), deed="matter/1") for unit in KIND_OF
    ]
    bonds = (bound(SOUTH), bound(ECONOMY), bound(NORTH))
    found = card(clause(3, COMMENDED), *shared, bonds=bonds)
    other_order = card(clause(3, COMMENDED), *reversed(shared), bonds=bonds)

    assert (found.total, len(found.lines)) == ("3", 1)
    assert [each.why for each in found.why_not] == [Why.SHARED] * 2
    assert other_order == found


def test_two_clauses_may_each_count_their_unit_of_a_shared_record() -> None:
    """The studio's by one, the sector's by the other."""
    sectors = frozenset({UnitKind.SECTOR})
    under = rubric(
        clause(3, COMMENDED, code="studio", of_kinds=STUDIOS),
        clause(1, COMMENDED, code="sector", of_kinds=sectors),
    )
    told = WasCommended(commended_by="市政协")
    found = card(under, *(of(unit, details=told, deed="matter/1") for unit in (SOUTH, ECONOMY)))

    assert {line.clause: line.subject for line in found.lines} == {
        "studio": "unit/south",
        "sector": "unit/economy",
    }
    assert (found.total, found.why_not) == ("4", ())


def test_his_own_record_is_not_his_units() -> None:
    """Nor the other way round: each clause counts those whose it says."""
    own, theirs = fact(STANDARD, deed="finding/own"), of(SOUTH)
    by_unit = card(clause(2), own, theirs)
    under = rubric(clause(2), clause(5, code="own", whose=Whose.OWN))

    assert [line.deed for line in by_unit.lines] == [theirs.deed]
    assert why(by_unit) == {"finding/own": Why.NOT_PRICED}
    assert {line.clause: line.deed for line in card(under, own, theirs).lines} == {
        "c": theirs.deed,
        "own": "finding/own",
    }


def test_no_record_of_his_stands_behind_one_of_his_units() -> None:
    """The same deed told twice: each account has it by itself."""
    own = fact(STANDARD, deed="finding/own", same_as="finding/south-03-05")
    under = rubric(clause(2), clause(5, code="own", whose=Whose.OWN))

    assert card(under, own, of(SOUTH)).total == "7"


def test_what_a_unit_did_when_he_was_no_member_does_not_count() -> None:
    joined = replace(member(), terms=(Term(number=1, since=day("05-01")),))
    found = card(clause(), of(SOUTH, "03-05"), of(SOUTH, "06-05"), who=joined)

    assert (found.total, why(found)) == ("2", {"finding/south-03-05": Why.NOT_MEMBER})


def test_criticism_of_a_unit_is_taken_from_its_members() -> None:
    """But not while duties are not asked of one."""
    exempt = member(exempt=("05-01", "07-31"))
    facts = [of(SOUTH, on, CRITICISM) for on in ("03-05", "06-05")]

    assert card(clause(-3, SANCTIONS), *facts).total == "-6"
    found = card(clause(-3, SANCTIONS), *facts, who=exempt)
    assert (found.total, why(found)) == ("-3", {"finding/south-06-05": Why.EXEMPT})


def test_an_acceptance_counts_once_it_is_passed() -> None:
    passed = Selects(kinds=("was_inspected",), passed_all=(Passed(stage=Stage.PASSED),))
    check = WasInspected(check=Check.ACCEPTANCE)
    done = (Reached(stage=Stage.PASSED, on=day("09-01")),)

    assert card(clause(4, passed), of(SOUTH, details=check, reached=done)).total == "4"
    found = card(clause(4, passed), of(SOUTH, details=check))
    assert why(found) == {"finding/south-03-05": Why.STAGE}


@pytest.mark.parametrize("until", ["03-05", "12-31"])
def test_an_outcome_counts_in_its_own_period_for_those_who_were_in_the_unit_on_the_day_of_the_act(
    until: str,
) -> None:
    passed = Selects(kinds=("was_inspected",), passed_all=(Passed(stage=Stage.PASSED),))
    check = WasInspected(check=Check.ACCEPTANCE)
    later = date(YEAR + 1, 2, 1)
    told = of(SOUTH, details=check, reached=(Reached(stage=Stage.PASSED, on=later),))
    under = rubric(clause(4, passed), late=LateOutcome(timing=Timing.OUTCOME))
    bonds = (bound(SOUTH, until=until),)
    then = Period.year(YEAR + 1)

    assert card(under, told, bonds=bonds).total == "0"
    assert card(under, told, bonds=bonds, period=then, today=then.last).total == "4"
    assert card(under, told, bonds=(bound(ECONOMY),), period=then, today=then.last).total == "0"


LEVELS = Table(by=Axis.LEVEL, prices=(("city", Fraction(5)), ("county", Fraction(2))))
MARK = Quantity(of="figure", points=ONE / 3)


@pytest.mark.parametrize(
    ("measure", "counts", "total"),
    [
        (Each(price=Fraction(1, 3)), STANDARDS, "1"),
        (Each(price=Fraction(2), from_nth=3), STANDARDS, "2"),
        (Each(price=LEVELS), STANDARDS, "9"),
        (Steps(steps=((1, Fraction(4)), (2, ONE))), STANDARDS, "6"),
        (Once(price=Fraction(7)), STANDARDS, "7"),
        (Full(points=Fraction(10), acts=4), STANDARDS, "7.5"),
        (Mean(price=MARK), Selects(kinds=("was_marked",)), "10/3"),
        (Summed(price=MARK), Selects(kinds=("was_marked",)), "10"),
        (Short(points=-ONE, acts=5), STANDARDS, "-2"),
    ],
)
def test_every_price_is_paid(measure: Measure, counts: Selects, total: str) -> None:
    standards = [
        of(SOUTH, on, level=level)
        for on, level in (("03-05", Level.CITY), ("04-05", Level.COUNTY), ("05-05", Level.COUNTY))
    ]
    marks = [
        of(SOUTH, on, WasMarked(code="m"), deed=f"finding/{on}", figure=10)
        for on in ("01-02", "01-03", "01-04")
    ]

    assert card(clause(measure, counts), *standards, *marks).total == total


def test_limits_hold_and_what_acts_are_told_apart_by() -> None:
    facts = [of(SOUTH, "03-05"), of(SOUTH, "03-06"), of(SOUTH, "04-06")]

    assert card(clause(2, cap=Fraction(3)), *facts).total == "3"
    assert card(clause(2, times=1), *facts).total == "2"
    found = card(clause(2, distinct=Distinct(by=Apart.MONTH)), *facts)
    assert (found.total, [each.why for each in found.why_not]) == ("4", [Why.SAME_WORK])


def test_gates_count_what_is_his_own() -> None:
    two = Gate(code="two", zh="两项", en="two", asks=Acts(counts=(STANDARDS,), at_least=1))
    found = card(rubric(clause(), gates=(two,)), of(SOUTH))

    assert (found.gates[0].met, found.gates[0].got) == (False, "0")
    assert card(rubric(clause(), gates=(two,)), fact(STANDARD)).gates[0].met


@pytest.mark.parametrize(
    ("spoiler", "kinds", "total"),
    [
        (of(SOUTH, details=CRITICISM, deed="finding/x"), frozenset(), "0"),
        (of(ECONOMY, details=CRITICISM, deed="finding/x"), STUDIOS, "2"),
        (of(NORTH, details=CRITICISM, deed="finding/x"), frozenset(), "2"),
        (fact(CRITICISM, deed="finding/x"), frozenset(), "2"),
    ],
)
def test_a_clause_is_spoiled_by_those_whom_it_counts(
    spoiler: Fact[Any], kinds: frozenset[UnitKind], total: str
) -> None:
    """Not by another unit, and not by himself; nor is a clause of his own spoiled by his unit."""
    under = clause(2, spoiled_by=(SANCTIONS,), of_kinds=kinds)
    own = clause(2, code="own", whose=Whose.OWN, spoiled_by=(SANCTIONS,))

    assert card(under, of(SOUTH), spoiler).total == total
    if spoiler.subject.startswith("unit/"):
        assert card(rubric(clause(), own), fact(STANDARD), spoiler).lines[0].points == "2"


def test_what_it_could_still_bring_is_told_to_those_who_are_in_such_a_unit() -> None:
    once = clause(Once(price=Fraction(5)), of_kinds=STUDIOS)
    inside, outside = card(once), card(once, bonds=(bound(ECONOMY),))

    assert [(r.next_act, r.left) for r in inside.reachable] == [("5", "5")]
    assert outside.reachable == ()
    assert [c.accounts[0].doing for c in (inside, outside)] == [Doing.NOT_DONE, Doing.NOT_ELIGIBLE]


def test_a_lack_is_held_against_those_alone_who_are_in_such_a_unit() -> None:
    lack = clause(Short(points=-ONE), of_kinds=STUDIOS)

    assert card(lack).total == "-1"
    assert card(lack, bonds=(bound(ECONOMY),)).total == "0"


def test_a_late_outcome_is_told_on_the_line_of_its_own_account() -> None:
    passed = Selects(kinds=("was_inspected",), passed_all=(Passed(stage=Stage.PASSED),))
    under = rubric(
        clause(1, Selects(kinds=("was_inspected",))),
        clause(4, passed, code="late", whose=Whose.OWN),
        late=LateOutcome(within_days=30),
    )
    told = of(
        SOUTH,
        details=WasInspected(),
        reached=(Reached(stage=Stage.PASSED, on=date(YEAR + 1, 6, 1)),),
    )

    assert [line.adjustments for line in card(under, told).lines] == [()]


UNITS = st.sampled_from(list(KIND_OF))
DAYS = st.dates(date(YEAR - 1, 11, 1), date(YEAR + 1, 2, 28))


@st.composite
def memberships(draw: st.DrawFn) -> Membership:
    since, until = sorted((draw(DAYS), draw(DAYS)))
    return replace(bound(draw(UNITS)), since=since, until=draw(st.sampled_from([until, None])))


@given(
    st.lists(st.tuples(UNITS, DAYS, st.integers(0, 3)), max_size=8),
    st.lists(memberships(), max_size=4),
    st.sampled_from([frozenset[UnitKind](), STUDIOS]),
    st.randoms(use_true_random=False),
)
def test_each_record_of_his_units_on_their_days_counts_once(
    told: list[tuple[UnitId, date, int]],
    bonds: list[Membership],
    kinds: frozenset[UnitKind],
    shuffled: Any,
) -> None:
    """Whatever the order, and every other fact has its reason."""
    facts = [
        replace(of(unit, deed=f"finding/{on}-{n}"), on=on, recorded_on=on)
        for unit, on, n in dict.fromkeys(told)
    ]
    meant = {
        f.deed
        for f in facts
        if PERIOD.holds(f.on)
        for m in bonds
        if f.subject == f"unit/{m.unit}" and m.on(f.on) and (not kinds or KIND_OF[m.unit] in kinds)
    }
    found = card(clause(2, of_kinds=kinds), *facts, bonds=tuple(bonds))
    shuffled.shuffle(facts)

    assert sorted(line.deed for line in found.lines) == sorted(meant)
    assert len(found.lines) + len(found.why_not) == len(facts)
    assert card(clause(2, of_kinds=kinds), *facts, bonds=tuple(bonds)) == found


# What is wrong


def paths(under: Rubric) -> list[str]:
    """Where something is wrong."""
    return [each.path for each in problems(under, KINDS)]


@pytest.mark.parametrize(
    ("of_clause", "subject", "path"),
    [
        (clause(), Subject.UNIT, "/whose"),
        (clause(whose=Whose.MEMBERS), Subject.MEMBER, "/whose"),
        (clause(whose=Whose.OWN, of_kinds=STUDIOS), Subject.MEMBER, "/of_kinds"),
        (clause(Rate(points=ONE), Selects(kinds=("attended",))), Subject.MEMBER, "/rate"),
    ],
)
def test_what_a_clause_says_of_units_has_to_make_sense(
    of_clause: Clause, subject: Subject, path: str
) -> None:
    assert paths(rubric(of_clause, subject=subject)) == [f"/blocks/0/clauses/0{path}"]
    assert paths(rubric(clause(of_kinds=STUDIOS))) == []


def test_whether_it_can_be_earned_goes_by_what_units_do() -> None:
    """A unit's document is handed in by a unit; a study note is a member's."""
    documents, notes = Selects(kinds=("submitted_document",)), Selects(kinds=("wrote_study_note",))

    def worries(counts: Selects) -> set[Worry]:
        return {each.sort for each in health(rubric(clause(2, counts)), KINDS)}

    assert Worry.UNEARNABLE not in worries(documents)
    assert Worry.UNEARNABLE in worries(notes)


def test_what_units_do_is_no_price_of_what_members_do() -> None:
    """A commendation of a unit prices none of his own; of what units alone can do the author is asked what is left."""
    passed = Selects(kinds=("was_inspected",), passed_all=(Passed(stage=Stage.PASSED),))
    by_unit = rubric(clause(2, COMMENDED), clause(2, passed, code="d"))
    found = {gap.kind: gap for gap in gaps(by_unit, KINDS)}

    assert found["was_commended"].whole
    assert found["was_inspected"].stages == (Stage.NOTIFIED, Stage.MENDED)
    own = clause(2, COMMENDED, whose=Whose.OWN)
    assert not any(gap.whole and gap.kind == "was_commended" for gap in gaps(rubric(own), KINDS))
    assert "submitted_document" not in found


SECTORS = frozenset({UnitKind.SECTOR})


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [
        (STUDIOS, SECTORS, False),
        (STUDIOS, STUDIOS, True),
        (frozenset(), STUDIOS, True),
    ],
)
def test_units_of_other_kinds_are_not_paid_twice(
    first: frozenset[UnitKind], second: frozenset[UnitKind], twice: bool
) -> None:
    under = rubric(clause(2, of_kinds=first), clause(3, code="d", of_kinds=second))

    assert (Worry.PAID_TWICE in {c.sort for c in health(under, KINDS)}) is twice


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        (frozenset(), STUDIOS, True),
        (STUDIOS | SECTORS, STUDIOS, True),
        (STUDIOS, SECTORS, False),
        (STUDIOS, frozenset(), False),
        (frozenset(), frozenset(), True),
    ],
)
def test_what_an_earlier_clause_leaves_of_units_of_other_kinds_can_be_earned(
    first: frozenset[UnitKind], second: frozenset[UnitKind], taken: bool
) -> None:
    rest = clause(3, code="d", beyond=("c",), of_kinds=second)
    found = health(rubric(clause(2, of_kinds=first), rest), KINDS)

    assert (("d",) in {c.clauses for c in found if c.sort is Worry.UNEARNABLE}) is taken


def test_nobody_is_asked_what_joint_authors_get_of_what_units_did() -> None:
    joint = Selects(kinds=("proposed",))

    def topics(whose: Whose) -> set[str]:
        found = silences(rubric(clause(2, joint, whose=whose)))
        return {each.topic.value for each in found}

    assert "joint" in topics(Whose.OWN)
    assert "joint" not in topics(Whose.UNIT)


# In words


@pytest.mark.parametrize(
    ("of_clause", "zh", "en"),
    [
        (
            clause(),
            "条目c:当日所属单位达到标准的,每项计2分。",
            "Clause c: the units that he was in on the day: met a standard; 2 points per act.",
        ),
        (
            clause(of_kinds=STUDIOS),
            "条目c:当日所属单位(委员工作室)达到标准的,每项计2分。",
            "Clause c: the units that he was in on the day (member studio): met a standard; 2 points per act.",
        ),
    ],
)
def test_the_rule_in_words(of_clause: Clause, zh: str, en: str) -> None:
    said = rubric_text.clause(of_clause, rubric(of_clause))

    assert (said.zh, said.en[:1].upper() + said.en[1:]) == (zh, en)


def test_a_line_says_of_which_unit_it_is() -> None:
    under = rubric(clause())
    (line,) = card(under, of(SOUTH)).lines

    assert explain.line(line, under, "城南工作室") == Said(
        "3月5日作为城南工作室成员,该单位达到标准,按“条目c”计+2分。",
        "5 March, as a member of 城南工作室, which met a standard: “clause c” is worth +2.",
    )
    assert "作为所属单位的成员" in explain.line(line, under).zh


def test_it_is_said_why_a_record_of_a_unit_earns_nothing() -> None:
    under = rubric(clause(), clause(-1, SANCTIONS, code="less"))
    away = card(under, of(SOUTH), bonds=(bound(SOUTH, "06-01"),)).why_not[0]

    assert explain.why_not(away, under, "城南工作室") == Said(
        "3月5日城南工作室达到标准未计分:当日不在该单位。",
        "5 March, 城南工作室 met a standard: no points, happened while he was not in the unit.",
    )


def test_it_is_said_that_a_unit_may_bring_more() -> None:
    under = rubric(clause(Once(price=Fraction(5))))
    found = card(under)

    assert explain.reach(found.reachable[0], under) == Said(
        "“条目c”所属单位再有一次可得5分,还可得5分。",
        "“clause c”: one more act of his unit brings 5, 5 in all.",
    )
    assert explain.account(found.accounts[0], under).zh == "“条目c”:所属单位尚无记录。"
