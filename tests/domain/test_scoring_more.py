"""The whole vocabulary of measures, prices, limits and times: what the page on rubrics says, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from domain.attainable import most_of
from domain.fact import Attendance, Capacity, Fact, Part, Reached, RecordClass, Spoke, SubjectId
from domain.kinds import Stage
from domain.kinds.advice import ReportedOpinion
from domain.kinds.culture import ContributedHistory, WasCommended
from domain.kinds.deliberation import Researched
from domain.kinds.findings import WasGivenFigure, WasMarked
from domain.kinds.help import ContributedResources, Resource
from domain.kinds.people import Counterpart, PairedWith, Relation, VisitedVillage
from domain.member import (
    Bond,
    Exemption,
    MemberClass,
    MemberRole,
    Membership,
    Person,
    Profile,
    RoleHeld,
    Term,
)
from domain.people import UnitId
from domain.period import Period, Span
from domain.rubric import (
    Acts,
    Apart,
    Asked,
    AttendanceOf,
    Axis,
    Block,
    Clause,
    Distinct,
    Each,
    FromMembers,
    Full,
    Gate,
    Group,
    LateOutcome,
    Mean,
    Measure,
    OfficeHeld,
    Once,
    Order,
    PartYear,
    Per,
    PointsOf,
    Price,
    Quantity,
    Rate,
    Reading,
    RoundedAt,
    Rounding,
    Rubric,
    Share,
    Short,
    Split,
    Start,
    Steps,
    Summed,
    Table,
    Take,
    Tiers,
    Timing,
    Way,
    Who,
    Whose,
    Within,
)
from domain.scorecard import (
    Account,
    BlockTotal,
    Cut,
    Doing,
    Points,
    Scorecard,
)
from domain.scoring import score
from domain.selection import Byline, Passed, Selects, Where, Why
from domain.unit import Life, Office, Unit, UnitKind, UnitProfile
from domain.words import Level
from tests.facts import TODAY, YEAR, at, day, fact, meeting, member, opinion, proposal

PERIOD = Period.year(YEAR)
VISIT = VisitedVillage()
HALF = Fraction(1, 2)
MEETINGS = Selects(kinds=("attended",))
ABSENCES = Selects(kinds=("attended",), states=frozenset({Attendance.ABSENT}))
ANY_STATE = Selects(kinds=("attended",), states=frozenset())
FILED = Selects(kinds=("proposed",), passed_all=(Passed(stage=Stage.FILED),))
STANDING = Who(holds=frozenset({MemberRole.STANDING_MEMBER}))


def points(number: int | str) -> Fraction:
    return Fraction(number)


def clause(
    measure: Measure, code: str = "c", kinds: str = "visited_village", **rest: Any
) -> Clause:
    counts = rest.pop("counts", (Selects(kinds=tuple(kinds.split())),))
    return Clause(code=code, zh=code, en=code, counts=counts, measure=measure, **rest)


def each(price: int | str | Price, code: str = "c", **rest: Any) -> Clause:
    """A clause that pays every act."""
    return clause(
        Each(price=price if not isinstance(price, int | str) else points(price)), code, **rest
    )


def block(*clauses: Clause, code: str = "b", **rest: Any) -> Block:
    return Block(code=code, zh=code, en=code, clauses=clauses, **rest)


def group(*of: str, code: str = "g", **rest: Any) -> Group:
    return Group(code=code, zh=code, en=code, of=of, **rest)


def gate(asks: Acts | PointsOf | AttendanceOf, code: str = "gate", **rest: Any) -> Gate:
    return Gate(code=code, zh=code, en=code, asks=asks, **rest)


def rubric(*parts: Block | Clause, **rest: Any) -> Rubric:
    blocks = [p for p in parts if isinstance(p, Block)]
    loose = [p for p in parts if isinstance(p, Clause)]
    return Rubric(
        code="r",
        version="1",
        zh="办法",
        en="rubric",
        since=date(2020, 1, 1),
        blocks=(*blocks, *([block(*loose, code="loose")] if loose else [])),
        **rest,
    )


def card(under: Rubric | Clause, *facts: Fact[Any], **rest: Any) -> Scorecard:
    of = rest.pop("member", member())
    today = rest.pop("today", TODAY)
    period = rest.pop("period", PERIOD)
    return score(
        facts, under if isinstance(under, Rubric) else rubric(under), of, period, today, **rest
    )


def visits(*days: str) -> list[Fact[Any]]:
    return [fact(VISIT, on) for on in days]


def five() -> list[Fact[Any]]:
    return visits(*(f"0{n}-10" for n in range(1, 6)))


def states(*of: Attendance) -> list[Fact[Any]]:
    """Meetings in these states, one a month."""
    return [meeting(on=f"{n:02}-10", state=state) for n, state in enumerate(of, start=1)]


def gift(amount: int | None, on: str = "03-05", **rest: Any) -> Fact[Any]:
    given = None if amount is None else Decimal(amount)
    return fact(ContributedResources(resource=Resource.MONEY, amount=given), on, **rest)


def test_amounts_in_other_units_are_not_added_to_yuan() -> None:
    """Five sacks are not five yuan, whether they are priced one by one, summed or bounded; a clause that names the unit knows it."""
    sacks = replace(gift(5), details=replace(gift(5).details, amount_unit="袋"))
    per_yuan = Quantity(of="amount", points=points(1))
    counts = Selects(kinds=("contributed_resources",))
    bounded = replace(counts, where=(Where(name="amount", at_least=points(1)),))
    named = replace(counts, where=(Where(name="amount_unit", values=frozenset({"袋"})),))

    for under in (
        clause(Each(price=per_yuan), counts=(counts,)),
        clause(Summed(price=per_yuan), counts=(counts,)),
        each(5, counts=(bounded,)),
    ):
        found = card(under, gift(5, deed="yuan"), replace(sacks, deed="sacks"))
        assert found.total == "5"
        assert [(w.deed, w.why) for w in found.why_not] == [("sacks", Why.NO_QUANTITY)]
    assert card(clause(Each(price=per_yuan), counts=(named,)), gift(5), sacks).total == "5"


def mark(figure: str, on: str = "03-05") -> Fact[Any]:
    return fact(WasMarked(code="peers"), on, figure=Decimal(figure))


def joined(since: str, until: str | None = None, **rest: Any) -> Person:
    """A member from a day of the year on."""
    return replace(
        member(),
        terms=(Term(number=1, since=day(since), until=day(until) if until else None, **rest),),
    )


def exempted(*spells: tuple[str, str]) -> Person:
    return replace(
        member(),
        exemptions=tuple(Exemption(since=day(a), until=day(b), reason="病假") for a, b in spells),
    )


def reasons(of: Scorecard) -> list[Why]:
    return [w.why for w in of.why_not]


def earned(of: Scorecard) -> list[str]:
    return [line.points for line in of.lines]


def by_clause(of: Scorecard) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for line in of.lines:
        found[line.clause] = found.get(line.clause, Fraction(0)) + Fraction(line.points)
    return found


def by_block(of: Scorecard) -> dict[str, str]:
    return {b.block: b.points for b in of.blocks}


def account(of: Scorecard, code: str = "c") -> Account:
    return next(a for a in of.accounts if a.clause == code)


def reach(of: Scorecard, code: str = "c") -> tuple[str, str] | None:
    """What one more act brings, and what all of them could."""
    return next(((r.next_act, r.left) for r in of.reachable if r.clause == code), None)


def cuts(of: Scorecard) -> set[Cut]:
    return {a.cut for line in of.lines for a in line.adjustments}


# Steps


def test_acts_earn_by_their_number() -> None:
    """第一件10分,第二、三件各5分,第四件起2分."""
    steps = Steps(steps=((1, points(10)), (2, points(5)), (4, points(2))))
    found = card(clause(steps), *five())

    assert earned(found) == ["10", "5", "5", "2", "2"]
    assert [line.nth for line in found.lines] == [1, 2, 3, 4, 5]


def test_steps_can_begin_after_some_free_acts() -> None:
    """缺席第三次起每次扣1分."""
    steps = Steps(steps=((3, points(-1)),))
    found = card(clause(steps, counts=(ABSENCES,)), *states(*[Attendance.ABSENT] * 5))

    assert found.total == "-3"


def test_what_another_clause_has_paid_is_no_step() -> None:
    """What has a line in an earlier clause is not looked at again, so that the next act is the first here."""
    steps = Steps(steps=((1, points(10)), (2, points(5))))
    found = card(
        rubric(clause(Once(price=points(20)), "first"), clause(steps, "more", beyond=("first",))),
        *five()[:3],
    )

    assert by_clause(found) == {"first": 20, "more": 15}


# Rates


RATE = clause(Rate(points=points(20)), counts=(MEETINGS,))


def test_a_rate_is_what_was_attended_over_what_was_expected() -> None:
    """Leave, refused leave and absence are expected; what was not asked of him, or is not on record, is not."""
    found = card(
        RATE,
        *states(
            Attendance.PRESENT,
            Attendance.LATE,
            Attendance.REMOTE,
            Attendance.LEAVE,
            Attendance.LEAVE_REFUSED,
            Attendance.ABSENT,
            Attendance.NOT_REQUIRED,
            Attendance.NOT_RECORDED,
        ),
    )

    assert found.total == "10"
    assert earned(found) == ["10/3"] * 3
    assert account(found) == Account(
        clause="c", doing=Doing.DONE, acts=3, expected=6, not_recorded=1, excused=1
    )
    assert reasons(found) == [Why.STATE] * 5


def test_a_rate_can_go_by_half_days() -> None:
    """Two of four half days, and a meeting of four that he missed: 2/8."""
    found = card(
        clause(Rate(points=points(20), per=Per.HALF_DAY), counts=(MEETINGS,)),
        meeting(on="03-05", half_days=2, of_half_days=4),
        meeting(on="04-05", state=Attendance.ABSENT, half_days=0, of_half_days=4),
    )

    assert found.total == "5"


@pytest.mark.parametrize(
    ("there", "away", "total"), [(9, 1, "20"), (8, 2, "10"), (3, 2, "10"), (1, 1, "0"), (0, 3, "0")]
)
def test_tiers_of_a_rate_pay_by_the_rate_reached(there: int, away: int, total: str) -> None:
    """90%以上20分,60%以上10分."""
    tiers = ((Fraction(3, 5), points(10)), (Fraction(9, 10), points(20)))
    found = card(
        clause(Rate(points=points(20), tiers=tiers), counts=(MEETINGS,)),
        *states(*[Attendance.PRESENT] * there, *[Attendance.ABSENT] * away),
    )

    assert found.total == total


def test_exempt_days_are_not_expected() -> None:
    facts = states(Attendance.PRESENT, Attendance.ABSENT, Attendance.ABSENT)

    assert card(RATE, *facts).total == "20/3"
    found = card(RATE, *facts, member=exempted(("02-01", "02-29")))
    assert (found.total, account(found).excused) == ("10", 1)


def test_days_outside_the_membership_are_not_expected() -> None:
    facts = states(Attendance.ABSENT, Attendance.ABSENT, Attendance.PRESENT, Attendance.ABSENT)
    found = card(RATE, *facts, member=joined("03-01"))

    assert (found.total, account(found).expected) == ("10", 2)
    assert reasons(found) == [Why.NOT_MEMBER, Why.NOT_MEMBER, Why.STATE]


def test_a_state_that_one_selection_counts_is_attended_once() -> None:
    """公务请假视为出席: it is expected once, not once for each selection."""
    official = Selects(
        kinds=("attended",), states=frozenset({Attendance.LEAVE}), leaves=frozenset({"公务"})
    )
    found = card(
        clause(Rate(points=points(20)), counts=(MEETINGS, official)),
        meeting(on="01-10"),
        meeting(on="02-10", state=Attendance.LEAVE, leave="公务"),
        meeting(on="03-10", state=Attendance.ABSENT),
        meeting(on="04-10", state=Attendance.ABSENT),
    )

    assert found.total == "10"
    assert (account(found).acts, account(found).expected) == (2, 4)


def test_a_rate_of_each_quarter_looks_at_that_quarter() -> None:
    """20 x 1/2 in the first quarter, 20 x 1/1 in the second."""
    found = card(
        replace(RATE, every=Span.QUARTER),
        meeting(on="01-10"),
        meeting(on="02-10", state=Attendance.ABSENT),
        meeting(on="04-10"),
    )

    assert found.total == "30"


# Means, numbers, sizes


def test_marks_of_several_people_are_averaged() -> None:
    """群众评议平均分占10%."""
    tenth = Mean(price=Quantity(of="figure", points=Fraction(1, 10)))
    found = card(
        clause(tenth, kinds="was_marked"), mark("80"), mark("90", "03-06"), mark("100", "03-07")
    )

    assert found.total == "9"


def test_a_mark_of_nothing_is_a_mark() -> None:
    """The mean of 100 and 0 is 50."""
    whole = Mean(price=Quantity(of="figure", points=points(1)))
    found = card(clause(whole, kinds="was_marked"), mark("100"), mark("0", "03-06"))

    assert found.total == "50"


def test_a_mean_keeps_the_share_of_each_byline() -> None:
    """(10 + 10 / 2) / 2."""
    shared = clause(
        Mean(price=points(10)),
        kinds="proposed",
        shares=((Byline.FIRST, Fraction(1)), (Byline.JOINT, HALF)),
    )
    found = card(shared, proposal("03-05", authors=2), proposal("04-05", place=2, authors=2))

    assert found.total == "7.5"


@pytest.mark.parametrize(
    ("price", "amount", "total"),
    [
        (Quantity(of="amount", points=points(2), every=points(10000)), 25000, "5"),
        (Quantity(of="amount", points=points(2), every=points(10000), whole=True), 25000, "4"),
        (Quantity(of="amount", points=points(2), every=points(10000), whole=True), 9999, "0"),
        (
            Quantity(of="amount", points=points(2), every=points(10000), at_most=points(3)),
            25000,
            "3",
        ),
        (
            Quantity(of="amount", points=points(2), every=points(10000), at_most=points(3)),
            10000,
            "2",
        ),
        (Quantity(of="amount", points=Fraction(1, 3)), 10, "10/3"),
        (
            Tiers(of="amount", tiers=((points(1000), points(2)), (points(10000), points(5)))),
            999,
            "0",
        ),
        (
            Tiers(of="amount", tiers=((points(1000), points(2)), (points(10000), points(5)))),
            1000,
            "2",
        ),
        (
            Tiers(of="amount", tiers=((points(1000), points(2)), (points(10000), points(5)))),
            9999,
            "2",
        ),
        (
            Tiers(of="amount", tiers=((points(1000), points(2)), (points(10000), points(5)))),
            10000,
            "5",
        ),
    ],
)
def test_points_by_a_number(price: Price, amount: int, total: str) -> None:
    assert card(each(price, kinds="contributed_resources"), gift(amount)).total == total


@pytest.mark.parametrize("said", ["1E+999999999", "1E-999999999"])
def test_a_number_that_is_not_reckoned_with_earns_nothing(said: str) -> None:
    by_amount = each(Quantity(of="amount", points=points(2)), kinds="contributed_resources")
    large = replace(gift(5), details=replace(gift(5).details, amount=Decimal(said)))
    assert card(by_amount, large).total == "0"


@pytest.mark.parametrize(
    "price",
    [
        Quantity(of="amount", points=points(2)),
        Tiers(of="amount", tiers=((points(1), points(2)),)),
    ],
)
def test_without_a_number_nothing_can_be_worked_out(price: Price) -> None:
    found = card(each(price, kinds="contributed_resources"), gift(None))

    assert (found.total, reasons(found)) == ("0", [Why.NO_QUANTITY])


def test_a_figure_that_was_set_is_taken_as_points() -> None:
    """现场定分; a figure below zero takes."""
    itself = each(Quantity(of="figure", points=points(1)), kinds="was_given_figure")
    figures = [
        fact(WasGivenFigure(code="x"), "03-05", figure=Decimal("3.5")),
        fact(WasGivenFigure(code="x"), "03-06", figure=Decimal(-1)),
    ]

    assert card(itself, *figures).total == "2.5"


def test_half_days_are_a_number_too() -> None:
    price = Quantity(of="half_days", points=HALF, at_most=points(2))

    assert card(each(price, counts=(MEETINGS,)), meeting(half_days=6, of_half_days=6)).total == "2"


# Tables


TWO_LEADERS = opinion(
    "03-05",
    Reached(stage=Stage.INSTRUCTED, on=day("03-05"), rank="县委书记", level=Level.COUNTY),
    Reached(stage=Stage.INSTRUCTED, on=day("03-06"), rank="副省长", level=Level.PROVINCE),
    Reached(stage=Stage.TAKEN_UP, on=day("03-07"), level=Level.CITY),
)
INSTRUCTED = Selects(kinds=("reported_opinion",), passed_any=(Passed(stage=Stage.INSTRUCTED),))
BOTH = Selects(
    kinds=("reported_opinion",),
    passed_any=(Passed(stage=Stage.INSTRUCTED), Passed(stage=Stage.TAKEN_UP)),
)
AT_MEETING = Selects(kinds=("attended",), capacities=frozenset(), states=frozenset())


def table(by: Axis, adds: bool = False, detail: str = "", **rows: int) -> Table:
    return Table(
        by=by, prices=tuple((row, points(p)) for row, p in rows.items()), adds=adds, detail=detail
    )


@pytest.mark.parametrize(
    ("price", "counts", "of", "total"),
    [
        (table(Axis.LEVEL, county=2, city=5), AT_MEETING, meeting(level=Level.CITY), "5"),
        (table(Axis.LEVEL, city=5), AT_MEETING, meeting(level=Level.COUNTY), "0"),
        (table(Axis.OUTCOME, county=3, province=8), INSTRUCTED, TWO_LEADERS, "8"),
        (table(Axis.OUTCOME, county=3, province=8, adds=True), INSTRUCTED, TWO_LEADERS, "11"),
        (table(Axis.OUTCOME, city=4), INSTRUCTED, TWO_LEADERS, "0"),
        (table(Axis.OUTCOME, county=3, city=4, adds=True), BOTH, TWO_LEADERS, "7"),
        (table(Axis.RANK, 县委书记=6, 副省长=4), INSTRUCTED, TWO_LEADERS, "6"),
        (table(Axis.RANK, 县委书记=6, 副省长=4, adds=True), INSTRUCTED, TWO_LEADERS, "10"),
        (table(Axis.RANK, 县长=6), INSTRUCTED, TWO_LEADERS, "0"),
        (table(Axis.STAGE, instructed=9, taken_up=5), BOTH, TWO_LEADERS, "9"),
        (table(Axis.STAGE, instructed=9, taken_up=5, adds=True), BOTH, TWO_LEADERS, "14"),
        (table(Axis.STATE, present=5, late=3), AT_MEETING, meeting(state=Attendance.LATE), "3"),
        (table(Axis.STATE, present=5, absent=-2), AT_MEETING, meeting(state=Attendance.ABSENT), "-2"),
        (table(Axis.WHOLE, true=4, false=1), AT_MEETING, meeting(of_half_days=2), "1"),
        (table(Axis.WHOLE, true=4, false=1), AT_MEETING, meeting(), "4"),
        (table(Axis.MANDATORY, true=4, false=1), AT_MEETING, meeting(mandatory=True), "4"),
        (table(Axis.KEY, true=4, false=1), AT_MEETING, meeting(), "1"),
        (table(Axis.CAPACITY, attends=4, sits_in=1), AT_MEETING, meeting(capacity=Capacity.SITS_IN), "1"),
        (table(Axis.SPOKE, orally=4, in_writing=1), AT_MEETING, meeting(spoke=Spoke.IN_WRITING), "1"),
        (table(Axis.PART, leads=4, writes=1), AT_MEETING, meeting(part=Part.LEADS), "4"),
        (table(Axis.BYLINE, first=4, joint=1), Selects(kinds=("proposed",)), proposal(place=3, authors=3), "1"),
        (table(Axis.KIND, attended=4, proposed=1), Selects(kinds=("attended", "proposed")), proposal(), "1"),
        (
            table(Axis.DETAIL, detail="commended_level", nation=10, province=8),
            Selects(kinds=("was_commended",)),
            fact(WasCommended(commended_by="省", commended_level=Level.PROVINCE)),
            "8",
        ),
    ],
)  # fmt: skip
def test_a_table_is_read_by_its_axis(
    price: Table, counts: Selects, of: Fact[Any], total: str
) -> None:
    assert card(each(price, counts=(counts,)), of).total == total


def test_a_table_can_be_what_is_paid_once() -> None:
    """个人立案15分;联名第一人10分,其他5分;就高."""
    prices = table(Axis.BYLINE, sole=15, first=10, joint=5)
    found = card(
        clause(Once(price=prices), kinds="proposed"),
        proposal("01-10", authors=3),
        proposal("02-10", place=2, authors=3),
    )

    assert (found.total, reasons(found)) == ("10", [Why.COUNTED_ONCE])


# Shares


def shared(*shares: tuple[Byline, Share], price: int = 12, **rest: Any) -> Clause:
    return each(price, kinds="proposed", shares=shares, **rest)


@pytest.mark.parametrize(
    ("authors", "first", "joint"),
    [(2, "6", "6"), (3, "4", "4"), (4, "3", "3")],
)
def test_a_price_can_be_divided_equally(authors: int, first: str, joint: str) -> None:
    equal = shared((Byline.FIRST, Split.EQUAL), (Byline.JOINT, Split.EQUAL))

    assert card(equal, proposal(authors=authors)).total == first
    assert card(equal, proposal(place=2, authors=authors)).total == joint


@pytest.mark.parametrize(
    ("authors", "first", "joint"),
    [(2, "6", "6"), (3, "6", "3"), (4, "6", "2")],
)
def test_what_the_first_leaves_is_divided_among_the_others(
    authors: int, first: str, joint: str
) -> None:
    """第一提案人得一半,其余均摊."""
    rest = shared((Byline.FIRST, HALF), (Byline.JOINT, Split.REST))

    assert card(rest, proposal(authors=authors)).total == first
    assert card(rest, proposal(place=2, authors=authors)).total == joint


@pytest.mark.parametrize(("authors", "joint"), [(2, "12"), (3, "6"), (4, "4")])
def test_a_first_author_who_is_paid_elsewhere_leaves_all_of_it(authors: int, joint: str) -> None:
    """第一提案人12分,联名人均摊12分: two clauses, the second of which the others divide among them."""
    joint_only = Selects(kinds=("proposed",), bylines=frozenset({Byline.JOINT}))
    rest = shared((Byline.JOINT, Split.REST), counts=(joint_only,))

    assert card(rest, proposal(place=2, authors=authors)).total == joint


def test_a_share_can_be_the_one_on_record() -> None:
    """Equal where there is none."""
    recorded = shared((Byline.FIRST, Split.RECORDED), (Byline.JOINT, Split.RECORDED))

    assert card(recorded, proposal(authors=3, share=Decimal("0.5"))).total == "6"
    assert card(recorded, proposal(place=2, authors=3, share=Decimal("0.25"))).total == "3"
    assert card(recorded, proposal(place=2, authors=3)).total == "4"
    fine = proposal(place=2, authors=3, share=Decimal("1E-999999999"))
    assert card(recorded, fine).total == "4"


@pytest.mark.parametrize("split", [Split.EQUAL, Split.REST, Split.RECORDED, HALF])
def test_who_signs_alone_has_the_whole(split: Share) -> None:
    assert card(shared((Byline.FIRST, split)), proposal()).total == "12"


def test_a_byline_that_is_not_listed_gets_nothing() -> None:
    found = card(shared((Byline.FIRST, HALF)), proposal(place=2, authors=2))

    assert (found.total, reasons(found)) == ("0", [Why.CO_AUTHOR])


JOINT_ONES = [proposal(f"0{n}-10", place=2, authors=2) for n in range(1, 5)]


@pytest.mark.parametrize(
    ("order", "total", "lines"),
    [
        (None, "15", ["5", "5", "5", "0"]),
        (Order.SHARES_FIRST, "15", ["5", "5", "5", "0"]),
        (Order.CAPS_FIRST, "7.5", ["5", "2.5", "0", "0"]),
    ],
)
def test_caps_and_shares_have_an_order(order: Order | None, total: str, lines: list[str]) -> None:
    """Four joint pieces of 10 under a cap of 15, half of which is his."""
    half = shared((Byline.JOINT, HALF), price=10, cap=points(15))
    found = card(rubric(half, order=order), *JOINT_ONES)

    assert (found.total, earned(found)) == (total, lines)


def test_caps_first_holds_for_full_marks_and_steps_too() -> None:
    """The full mark of 20 by 2 acts, then half of it; steps of 10 and 4, then half of them."""
    shares: Any = ((Byline.JOINT, HALF),)
    full = clause(Full(points=points(20), acts=2), kinds="proposed", shares=shares)
    steps = clause(
        Steps(steps=((1, points(10)), (2, points(4)))), kinds="proposed", shares=shares, times=3
    )

    assert card(rubric(full, order=Order.CAPS_FIRST), *JOINT_ONES).total == "10"
    assert card(rubric(steps, order=Order.CAPS_FIRST), *JOINT_ONES).total == "9"


# Distinct


@pytest.mark.parametrize(
    ("by", "named"),
    [
        (Apart.VILLAGE, [{"village": "v1"}, {"village": "v1"}, {"village": "v2"}, {}, {}]),
        (Apart.PAIRING, [{"pairing": "p1"}, {"pairing": "p1"}, {"pairing": "p2"}, {}, {}]),
        (Apart.WORK, [{"work": "w1"}, {"work": "w1"}, {"work": "w2"}, {}, {}]),
    ],
)
def test_one_act_of_each_counts_and_what_says_none_stands_for_itself(
    by: Apart, named: list[dict[str, str]]
) -> None:
    """Of two of the same, one; the other says so."""
    facts = [fact(VISIT, f"0{n}-10", **rest) for n, rest in enumerate(named, start=1)]
    found = card(each(2, distinct=Distinct(by=by)), *facts)

    assert (found.total, reasons(found)) == ("8", [Why.SAME_WORK])


def test_the_best_act_of_each_counts() -> None:
    """Of three trips of one survey that in which he led."""
    prices = table(Axis.PART, leads=5, takes_part=1)
    trips = [
        fact(Researched(), "01-10", work="w"),
        fact(Researched(), "02-10", work="w", part=Part.LEADS),
        fact(Researched(), "03-10", work="w"),
    ]
    found = card(each(prices, kinds="researched", distinct=Distinct(by=Apart.WORK)), *trips)

    assert found.total == "5"


def test_acts_of_one_day_can_count_once() -> None:
    one_day = each(2, distinct=Distinct(by=Apart.DAY))
    facts = [fact(VISIT, "03-05", deed="occasion/a"), fact(VISIT, "03-05", deed="occasion/b")]

    assert card(one_day, *facts, *visits("03-06")).total == "4"


def test_records_of_one_deed_can_count_once() -> None:
    """Linked, but once for the deed."""
    one_deed = each(2, linked=True, distinct=Distinct(by=Apart.DEED))
    facts = [
        fact(VISIT, deed="occasion/a", same_as="occasion/b"),
        fact(VISIT, deed="occasion/b"),
    ]

    assert card(one_deed, *facts).total == "2"
    assert card(replace(one_deed, distinct=None), *facts).total == "4"


def test_acts_are_told_apart_by_a_detail() -> None:
    by_level = each(
        3, kinds="was_commended", distinct=Distinct(by=Apart.DETAIL, detail="commended_level")
    )
    facts = [
        fact(WasCommended(commended_by="x", commended_level=level), f"0{n}-10")
        for n, level in enumerate([Level.CITY, Level.CITY, Level.PROVINCE], start=1)
    ]

    assert card(by_level, *facts).total == "6"


# Each part of the period


@pytest.mark.parametrize(
    ("measure", "rest", "by_month", "by_quarter", "by_half"),
    [
        (Once(price=points(10)), {}, "40", "30", "20"),
        (Full(points=points(6), acts=2), {}, "15", "12", "9"),
        (Full(points=points(6), acts=2, partial=False), {}, "6", "6", "6"),
        (Steps(steps=((1, points(5)), (2, points(1)))), {}, "21", "17", "13"),
        (Each(price=points(2)), {"times": 1}, "8", "6", "4"),
        (Each(price=points(2)), {"cap": points(3)}, "9", "7", "5"),
        (Each(price=points(2), from_nth=2), {}, "2", "4", "6"),
        (Mean(price=points(4)), {}, "16", "12", "8"),
    ],
)
def test_a_clause_is_worked_out_for_each_part_by_itself(
    measure: Measure, rest: dict[str, Any], by_month: str, by_quarter: str, by_half: str
) -> None:
    """Two in January, one in February, April and July."""
    facts = visits("01-10", "01-20", "02-10", "04-10", "07-10")
    totals = [
        card(clause(measure, every=span, **rest), *facts).total
        for span in (Span.MONTH, Span.QUARTER, Span.HALF)
    ]

    assert totals == [by_month, by_quarter, by_half]


def test_one_of_each_village_in_each_quarter() -> None:
    quarterly = each(2, every=Span.QUARTER, distinct=Distinct(by=Apart.VILLAGE))
    facts = [fact(VISIT, on, village=UnitId("v")) for on in ("01-10", "03-31", "04-01", "12-31")]

    assert card(quarterly, *facts).total == "6"


def test_an_absence_in_one_quarter_spoils_the_clause_in_all() -> None:
    """What spoils it spoils the whole of it."""
    quarterly = clause(
        Once(price=points(5)), counts=(MEETINGS,), every=Span.QUARTER, spoiled_by=(ABSENCES,)
    )
    facts = [meeting(on="01-10"), meeting(on="04-10")]

    assert card(quarterly, *facts).total == "10"
    away = meeting(on="07-10", state=Attendance.ABSENT)
    assert card(quarterly, *facts, away).total == "0"


# Time


LAST = Period.year(YEAR - 1)
NEXT = Period.year(YEAR + 1)
LATER = date(YEAR + 1, 12, 31)


def filed(on: date, filed_on: date, **rest: Any) -> Fact[Any]:
    """A proposal of one day, put on file on another."""
    stage = Reached(stage=Stage.FILED, on=filed_on)
    return replace(proposal(**rest), on=on, recorded_on=on, reached=(stage,))


def test_an_outcome_belongs_to_the_year_of_the_act_unless_said() -> None:
    """However late it comes."""
    late = filed(day("11-01"), date(YEAR + 1, 6, 1))
    one = each(10, counts=(FILED,))

    assert card(one, late, today=LATER).total == "10"
    assert reasons(card(one, late, today=LATER, period=NEXT)) == [Why.OTHER_PERIOD]


@pytest.mark.parametrize("by_rubric", [True, False])
def test_an_act_of_last_year_can_count_by_its_outcome_of_this_year(by_rubric: bool) -> None:
    """结果当期: in the year of its outcome, and only in it."""
    early = filed(date(YEAR - 1, 11, 1), day("02-01"))
    clause_of = each(10, counts=(FILED,), timing=None if by_rubric else Timing.OUTCOME)
    under = rubric(clause_of, late=LateOutcome(timing=Timing.OUTCOME) if by_rubric else None)
    found = card(under, early)

    assert (found.total, found.lines[0].on, found.why_not) == ("10", day("02-01"), ())
    before = card(under, early, period=LAST)
    assert (before.total, len(before.why_not)) == ("0", 1)


def test_an_act_of_this_year_with_an_outcome_next_year_counts_then() -> None:
    """It has one reason in each year in which it earns nothing: this year that its outcome is not there."""
    late = filed(day("11-01"), date(YEAR + 1, 2, 1))
    under = each(10, counts=(FILED,), timing=Timing.OUTCOME)
    now = card(under, late, today=LATER)

    assert now.total == "0"
    assert reasons(now)[0] in {Why.STAGE, Why.LATE_OUTCOME}
    assert len(now.why_not) == 1
    assert card(under, late, today=LATER, period=NEXT).total == "10"


def test_a_clause_can_go_by_the_act_where_the_rubric_goes_by_the_outcome() -> None:
    late = filed(day("11-01"), date(YEAR + 1, 2, 1))
    under = rubric(
        each(10, counts=(FILED,), timing=Timing.ACT), late=LateOutcome(timing=Timing.OUTCOME)
    )

    assert card(under, late, today=LATER).total == "10"


def test_a_clause_that_asks_for_no_outcome_goes_by_the_act() -> None:
    under = rubric(each(1, kinds="proposed"), late=LateOutcome(timing=Timing.OUTCOME))

    assert card(under, proposal()).total == "1"


def test_two_works_of_different_years_with_outcomes_of_this_one() -> None:
    """The second to be put on file is the second act."""
    steps = Steps(steps=((1, points(10)), (2, points(4))))
    under = clause(steps, counts=(FILED,), timing=Timing.OUTCOME)
    found = card(
        under,
        filed(date(YEAR - 1, 11, 1), day("06-01"), deed="matter/a"),
        filed(day("01-05"), day("02-01"), deed="matter/b"),
    )

    assert [(line.deed, line.points) for line in found.lines] == [
        ("matter/b", "10"),
        ("matter/a", "4"),
    ]


def test_two_records_of_one_deed_have_one_credit_by_their_outcome_too() -> None:
    """A second record earns nothing besides the first, unless the clause says so."""
    under = each(10, counts=(FILED,), timing=Timing.OUTCOME)
    facts = [
        filed(day("01-05"), day("02-01"), deed="matter/a"),
        filed(day("01-05"), day("02-01"), deed="matter/b", same_as="matter/a"),
    ]

    assert card(under, *facts).total == "10"
    assert card(replace(under, linked=True), *facts).total == "20"


def test_an_earlier_record_of_one_deed_does_not_come_into_this_year() -> None:
    """Two records of a deed of last year, with an outcome this year: a clause that goes by the act pays neither."""
    facts = [
        filed(date(YEAR - 1, 11, 1), day("02-01"), deed="matter/a"),
        filed(date(YEAR - 1, 11, 1), day("02-01"), deed="matter/b", same_as="matter/a"),
    ]
    under = rubric(
        each(10, "outcome", counts=(FILED,), timing=Timing.OUTCOME),
        each(1, "act", kinds="proposed", linked=True),
    )

    assert by_clause(card(under, *facts)) == {"outcome": 10}


@pytest.mark.parametrize(
    ("reached", "total", "why"),
    [
        (date(YEAR + 1, 1, 31), "10", []),
        (date(YEAR + 1, 2, 1), "0", [Why.LATE_OUTCOME]),
    ],
)
def test_an_outcome_can_come_too_late(reached: date, total: str, why: list[Why]) -> None:
    """31 days after the end of the year, and no later."""
    under = rubric(each(10, counts=(FILED,)), late=LateOutcome(within_days=31))
    found = card(under, filed(day("11-01"), reached), today=LATER)

    assert (found.total, reasons(found)) == (total, why)


CARRIED = LateOutcome(within_days=31, carry_over=True)


@pytest.mark.parametrize(
    ("reached", "this_year", "next_year"),
    [
        (day("12-01"), ("10", []), ("0", [Why.OTHER_PERIOD])),
        (date(YEAR + 1, 1, 31), ("10", []), ("0", [Why.OTHER_PERIOD])),
        (date(YEAR + 1, 2, 1), ("0", [Why.LATE_OUTCOME]), ("10", [])),
        (date(YEAR + 2, 2, 1), ("0", [Why.LATE_OUTCOME]), ("0", [Why.OTHER_PERIOD])),
    ],
)
def test_an_outcome_that_comes_too_late_can_be_carried_over(
    reached: date, this_year: tuple[str, list[Why]], next_year: tuple[str, list[Why]]
) -> None:
    """次年1月31日前有结果的计入当年,再晚的计入结果当年: in one of the two years, and never in both."""
    under = rubric(each(10, counts=(FILED,)), late=CARRIED)
    act = filed(day("11-01"), reached)
    now = card(under, act, today=LATER)
    then = card(under, act, today=LATER, period=NEXT)

    assert (now.total, reasons(now)) == this_year
    assert (then.total, reasons(then)) == next_year


def test_what_an_act_had_in_its_own_year_is_not_paid_again_with_what_is_carried_over() -> None:
    """Adopted by the county at once, for 2, and by the province in March, for 9: the next year has what that adds."""
    levels = Selects(kinds=("reported_opinion",), passed_any=(Passed(stage=Stage.TAKEN_UP),))
    prices = Table(by=Axis.OUTCOME, prices=(("county", points(2)), ("province", points(9))))
    under = rubric(clause(Each(price=prices), counts=(levels,)), late=CARRIED)
    act = replace(
        fact(ReportedOpinion()),
        on=day("11-01"),
        recorded_on=day("11-01"),
        reached=(
            Reached(stage=Stage.TAKEN_UP, on=day("12-01"), level=Level.COUNTY),
            Reached(stage=Stage.TAKEN_UP, on=date(YEAR + 1, 3, 1), level=Level.PROVINCE),
        ),
    )

    assert card(under, act, today=LATER).total == "2"
    then = card(under, act, today=LATER, period=NEXT)
    assert [(line.on, line.points) for line in then.lines] == [(date(YEAR + 1, 3, 1), "7")]


def test_what_a_clause_asks_no_outcome_of_is_never_carried_over() -> None:
    """A clause for proposals on file or manuscripts: a manuscript counts by its day, whatever becomes of it later."""
    manuscripts = Selects(kinds=("contributed_history",))
    written = replace(
        fact(ContributedHistory()),
        on=day("11-01"),
        recorded_on=day("11-01"),
        reached=(Reached(stage=Stage.PRINTED, on=date(YEAR + 1, 6, 1)),),
    )
    for late in (CARRIED, LateOutcome(timing=Timing.OUTCOME)):
        under = rubric(each(10, counts=(FILED, manuscripts)), late=late)

        assert card(under, written, today=LATER).total == "10"
        assert card(under, written, today=LATER, period=NEXT).total == "0"


def test_what_is_carried_over_stands_beside_clauses_that_go_by_the_outcome() -> None:
    """One act that both kinds of clause pay has its lines, and no reason."""
    under = rubric(
        each(10, "act", counts=(FILED,)),
        each(1, "outcome", counts=(FILED,), timing=Timing.OUTCOME),
        each(3, "more", counts=(FILED,), beyond=("act",)),
        late=CARRIED,
    )
    act = filed(day("11-01"), date(YEAR + 1, 2, 1))
    then = card(under, act, today=LATER, period=NEXT)

    assert by_clause(then) == {"act": 10, "outcome": 1}
    assert then.why_not == ()


def test_the_year_of_an_act_between_plenaries_ends_before_the_next_of_them() -> None:
    """会期年度: 31 days after it an outcome is carried over into the session year in which it comes."""
    sessions = (day("01-20"), date(YEAR + 1, 1, 15))
    under = rubric(
        each(10, counts=(FILED,)), late=CARRIED, period=Span.SESSION_YEAR, sessions=sessions
    )
    year = Period(span=Span.SESSION_YEAR, first=sessions[1], last=date(YEAR + 2, 1, 14))

    for reached, total in ((date(YEAR + 1, 2, 14), "0"), (date(YEAR + 1, 2, 15), "10")):
        act = filed(day("11-01"), reached)
        assert card(under, act, today=LATER, period=year).total == total


def test_an_outcome_within_the_days_after_a_term_belongs_to_that_term_alone() -> None:
    """Plenary sessions of every year do not end the term in which the act lies."""
    sessions = tuple(date(year, 1, 10) for year in range(YEAR - 5, YEAR + 2))
    under = rubric(each(10, counts=(FILED,)), late=CARRIED, period=Span.TERM, sessions=sessions)
    term = Period(span=Span.TERM, first=sessions[0], last=day("01-09"))
    following = Period(span=Span.TERM, first=day("01-10"), last=date(YEAR + 5, 1, 9))

    for reached, then, next_one in ((day("01-20"), "10", "0"), (day("03-01"), "0", "10")):
        act = filed(date(YEAR - 4, 5, 1), reached)
        assert card(under, act, today=LATER, period=term).total == then
        assert card(under, act, today=LATER, period=following).total == next_one


def test_a_quarter_that_a_session_year_cuts_changes_no_card() -> None:
    """What it asks for is never held against anybody, and no day is told on which it would be."""
    of = clause(Short(points=points(-2)), kinds="proposed", every=Span.QUARTER)
    year = Period(span=Span.SESSION_YEAR, first=day("02-20"), last=date(YEAR + 1, 2, 19))
    early, late = (
        card(of, period=year, today=today) for today in (day("12-30"), date(YEAR + 1, 1, 1))
    )

    assert (early.total, early.changes_on) == ("-6", day("12-31"))
    assert (late.total, late.changes_on) == ("-8", None)


def test_a_pairing_of_earlier_years_belongs_to_the_first_part_of_the_period() -> None:
    details = PairedWith(relation=Relation.VILLAGE, counterpart=Counterpart.VILLAGE)
    old = replace(fact(details), on=date(2020, 1, 1))
    found = card(clause(Once(price=points(5)), kinds="paired_with", every=Span.QUARTER), old)

    assert found.total == "5"


# How attendance is read


BELOW_HALF = Reading(counts=replace(ANY_STATE, attended_below=HALF), reads=Attendance.ABSENT)
REFUSED = Reading(
    counts=replace(ANY_STATE, states=frozenset({Attendance.LEAVE_REFUSED})),
    reads=Attendance.ABSENT,
)
OFFICIAL = Reading(
    counts=replace(
        ANY_STATE, states=frozenset({Attendance.LEAVE}), leaves=frozenset({"公务", "病假"})
    ),
    reads=Attendance.NOT_REQUIRED,
)
MISSED = each(-2, "missed", counts=(ABSENCES,))


@pytest.mark.parametrize(
    ("of", "total"),
    [
        (meeting(half_days=1, of_half_days=3), "-2"),
        (meeting(half_days=2, of_half_days=4), "0"),
        (meeting(state=Attendance.LEAVE_REFUSED), "-2"),
        (meeting(state=Attendance.LEAVE), "0"),
        (meeting(state=Attendance.ABSENT), "-2"),
    ],
)
def test_attendance_is_read_before_it_is_counted(of: Fact[Any], total: str) -> None:
    """不足一半、未准假视为缺席."""
    assert card(rubric(MISSED, attendance=(BELOW_HALF, REFUSED, OFFICIAL)), of).total == total


def test_leave_for_listed_reasons_is_not_expected() -> None:
    """公务请假免于参加: neither for the rate nor against it."""
    facts = [
        meeting(on="01-10"),
        meeting(on="02-10", state=Attendance.LEAVE, leave="公务"),
        meeting(on="03-10", state=Attendance.LEAVE, leave="私事"),
    ]
    rate = gate(AttendanceOf(counts=(MEETINGS,), at_least=HALF))
    found = card(rubric(RATE, attendance=(OFFICIAL,), gates=(rate,)), *facts)

    assert (found.total, found.gates[0].got) == ("10", "0.5")
    assert card(RATE, *facts).total == "20/3"


def test_the_first_reading_that_fits_is_taken() -> None:
    present = replace(BELOW_HALF, reads=Attendance.PRESENT)
    short = meeting(half_days=1, of_half_days=3)

    assert card(rubric(MISSED, attendance=(present, BELOW_HALF)), short).total == "0"
    assert card(rubric(MISSED, attendance=(BELOW_HALF, present)), short).total == "-2"


def test_a_reading_holds_for_what_spoils_and_for_gates() -> None:
    """全勤才得分, and half a session is no attendance."""
    whole = clause(Once(price=points(30)), counts=(MEETINGS,), spoiled_by=(ABSENCES,))
    none = gate(Acts(counts=(ABSENCES,), at_most=0))
    facts = [meeting(on="01-10"), meeting(on="02-10", half_days=1, of_half_days=3)]
    found = card(rubric(whole, attendance=(BELOW_HALF,), gates=(none,)), *facts)

    assert card(whole, *facts).total == "30"
    assert (found.total, found.gates[0].met, found.gates[0].missing) == ("0", False, "1")


# Groups


PROPOSED = each(5, "proposed", kinds="proposed")
VISITED = each(2, "visited")


def test_a_group_has_a_ceiling_across_blocks() -> None:
    """The latest acts lose what is too much, in whichever block they are."""
    under = rubric(
        block(VISITED, code="x"),
        block(PROPOSED, code="y"),
        groups=(group("visited", "proposed", cap=points(8)),),
    )
    found = card(under, *visits("01-10", "05-10"), proposal("03-05"))

    assert by_block(found) == {"x": "3", "y": "5"}
    assert cuts(found) == {Cut.SHARED_CAP}


def test_a_group_has_a_floor() -> None:
    """缺席、迟到合计扣完5分为止: the last deductions give back."""
    late = each(
        -2,
        "late",
        counts=(replace(MEETINGS, states=frozenset({Attendance.LATE})),),
    )
    under = rubric(MISSED, late, groups=(group("missed", "late", floor=points(-5)),))
    found = card(
        under, *states(Attendance.ABSENT, Attendance.LATE, Attendance.ABSENT, Attendance.LATE)
    )

    assert found.total == "-5"
    assert sorted(earned(found)) == ["-1", "-2", "-2", "0"]
    assert cuts(found) == {Cut.SHARED_FLOOR}


@pytest.mark.parametrize(
    ("best", "kept"),
    [(1, {"b": 6}), (2, {"b": 6, "c": 4}), (3, {"a": 4, "b": 6, "c": 4}), (4, {"a": 4, "b": 6, "c": 4})],
)  # fmt: skip
def test_only_the_best_entries_of_a_group_count(best: int, kept: dict[str, int]) -> None:
    """The others keep their lines at nothing."""
    under = rubric(
        each(2, "a"),
        each(6, "b", kinds="proposed"),
        each(4, "c", kinds="reported_opinion"),
        groups=(group("c", "b", "a", best=best),),
    )
    found = card(under, *visits("01-10", "02-10"), proposal(), opinion())

    assert len(found.lines) == 4
    assert {code: n for code, n in by_clause(found).items() if n} == kept
    assert found.why_not == ()


def test_of_equal_entries_the_first_named_stays() -> None:
    under = rubric(each(2, "a"), each(2, "b", kinds="proposed"), groups=(group("b", "a", best=1),))

    assert by_clause(card(under, *visits("01-10"), proposal())) == {"a": 0, "b": 2}


HONOURS = rubric(
    each(5, "filed", counts=(FILED,)),
    each(
        8, "key", counts=(Selects(kinds=("proposed",), passed_all=(Passed(stage=Stage.MADE_KEY),)),)
    ),
    groups=(group("filed", "key", best=1, within=Within.DEED),),
)


def test_the_highest_of_each_deed_counts() -> None:
    """同一提案就高: two proposals, each with the best that it has."""
    found = card(
        HONOURS,
        proposal("01-10", Stage.FILED, Stage.MADE_KEY, deed="matter/a"),
        proposal("02-10", Stage.FILED, deed="matter/b"),
        proposal("03-10", Stage.MADE_KEY, deed="matter/c"),
    )

    assert by_clause(found) == {"filed": 5, "key": 16}


def test_over_the_whole_period_only_one_of_them_would_count() -> None:
    whole = replace(HONOURS, groups=(replace(HONOURS.groups[0], within=Within.PERIOD),))
    found = card(
        whole,
        proposal("01-10", Stage.FILED, Stage.MADE_KEY, deed="matter/a"),
        proposal("02-10", Stage.FILED, deed="matter/b"),
    )

    assert by_clause(found) == {"filed": 10, "key": 0}


def test_a_group_can_hold_each_deed_under_a_cap() -> None:
    each_capped = replace(
        HONOURS, groups=(group("filed", "key", cap=points(10), within=Within.DEED),)
    )
    found = card(
        each_capped,
        proposal("01-10", Stage.FILED, Stage.MADE_KEY, deed="matter/a"),
        proposal("02-10", Stage.FILED, Stage.MADE_KEY, deed="matter/b"),
    )

    assert found.total == "20"


def test_a_group_can_hold_each_work_by_itself() -> None:
    """同一课题的调研与提案就高; what belongs to no work stands for itself."""
    under = rubric(
        each(3, "survey", kinds="researched"),
        PROPOSED,
        groups=(group("survey", "proposed", best=1, within=Within.WORK),),
    )
    found = card(
        under,
        fact(Researched(), "01-10", work="w"),
        proposal("02-10", work="w"),
        fact(Researched(), "03-10", work="v"),
        fact(Researched(), "04-10"),
        proposal("05-10"),
    )

    assert by_clause(found) == {"survey": 6, "proposed": 10}


def test_two_records_of_one_deed_are_one_in_a_group() -> None:
    """A linked record is the same deed as the record that stands for it."""
    under = rubric(
        each(3, "report", kinds="reported_opinion", linked=True),
        PROPOSED,
        groups=(group("report", "proposed", best=1, within=Within.DEED),),
    )
    found = card(
        under,
        proposal("01-10", deed="matter/p"),
        opinion("02-10", deed="matter/o", same_as="matter/p"),
    )

    assert by_clause(found) == {"report": 0, "proposed": 5}


def test_groups_lie_in_one_another() -> None:
    """Two kinds of visit under 4, with proposals under 7: 4 + 5 - 2; the inner one comes first, wherever it is written."""
    under = rubric(
        each(3, "a"),
        PROPOSED,
        groups=(
            group("inner", "proposed", code="outer", cap=points(7)),
            group("a", code="inner", cap=points(4)),
        ),
    )
    found = card(under, *visits("01-10", "02-10"), proposal("03-05"))

    assert by_clause(found) == {"a": 4, "proposed": 3}


def test_of_two_groups_the_better_can_be_taken() -> None:
    """(a + b under 5) or c, whichever is more."""
    under = rubric(
        each(3, "a"),
        each(4, "b", kinds="proposed"),
        each(6, "c", kinds="reported_opinion"),
        groups=(
            group("ab", "c", code="either", best=1),
            group("a", "b", code="ab", cap=points(5)),
        ),
    )

    assert by_clause(card(under, *visits("01-10"), proposal(), opinion())) == {
        "a": 0,
        "b": 0,
        "c": 6,
    }
    assert card(under, *visits("01-10"), proposal()).total == "5"


def test_a_group_of_blocks_comes_after_their_limits_and_weights() -> None:
    """Blocks of 10 (half counts) and 8: 5 and 8, under 11 together; or the best of them."""
    blocks = (
        block(PROPOSED, code="x", cap=points(10), weight=HALF),
        block(VISITED, code="y"),
    )
    facts = [
        *(proposal(f"0{n}-05") for n in range(1, 4)),
        *visits(*(f"0{n}-10" for n in range(4, 8))),
    ]
    capped = card(rubric(*blocks, groups=(group("x", "y", cap=points(11)),)), *facts)
    best = card(rubric(*blocks, groups=(group("x", "y", best=1),)), *facts)

    assert by_block(capped) == {"x": "5", "y": "6"}
    assert by_block(best) == {"x": "0", "y": "8"}


def test_a_group_can_hold_a_block_and_a_clause() -> None:
    under = rubric(
        block(VISITED, code="x", starts=(Start(points=points(3)),)),
        block(PROPOSED, code="y"),
        groups=(group("x", "proposed", cap=points(6)),),
    )
    found = card(under, *visits("02-10"), proposal("03-05"))

    assert by_block(found) == {"x": "5", "y": "1"}


# Weights


def test_blocks_are_put_together_by_weight() -> None:
    """30% + 30% + 40% of marks under 100 each."""
    marks = Quantity(of="figure", points=points(1))

    def part(code: str, weight: str) -> Block:
        where = (Where(name="code", values=frozenset({code})),)
        return block(
            each(marks, f"of_{code}", counts=(Selects(kinds=("was_marked",), where=where),)),
            code=code,
            cap=points(100),
            weight=Fraction(weight),
        )

    under = rubric(part("self", "3/10"), part("sector", "3/10"), part("board", "2/5"))
    found = card(
        under,
        fact(WasMarked(code="self"), "12-01", figure=Decimal(110)),
        fact(WasMarked(code="sector"), "12-02", figure=Decimal(80)),
        fact(WasMarked(code="board"), "12-03", figure=Decimal(95)),
    )

    assert by_block(found) == {"self": "30", "sector": "24", "board": "38"}
    assert found.total == "92"
    assert cuts(found) == {Cut.BLOCK_CAP, Cut.WEIGHT}


def test_a_weight_comes_after_the_floor() -> None:
    under = rubric(
        block(MISSED, starts=(Start(points=points(3)),), floor=points(0), weight=points(2))
    )

    assert card(under, *states(Attendance.ABSENT)).total == "2"
    assert card(under, *states(*[Attendance.ABSENT] * 3)).total == "0"


def test_a_block_starts_with_what_is_for_him() -> None:
    """常委120分,其他90分."""
    starts = (Start(points=points(120), who=STANDING), Start(points=points(90)))
    under = rubric(block(VISITED, starts=starts))

    assert card(under).total == "90"
    assert card(under, member=member(MemberRole.STANDING_MEMBER)).total == "120"


# Gates


A_PROPOSAL = gate(Acts(counts=(Selects(kinds=("proposed",)),), at_least=1))


def test_a_clause_pays_nothing_without_what_it_presupposes() -> None:
    """Its lines stay, at nothing; the gate says what is missing."""
    under = rubric(replace(VISITED, gates=("gate",)), gates=(A_PROPOSAL,))
    without = card(under, *visits("01-10"))

    assert (without.total, earned(without), cuts(without)) == ("0", ["0"], {Cut.GATE})
    (result,) = without.gates
    assert (result.met, result.got, result.asked, result.missing) == (False, "0", "1", "1")
    assert card(under, *visits("01-10"), proposal()).total == "2"


def test_a_clause_can_presuppose_attendance() -> None:
    """Four fifths attended; where nothing was expected it is met."""
    rate = gate(AttendanceOf(counts=(MEETINGS,), at_least=Fraction(4, 5)))
    under = rubric(replace(VISITED, gates=("gate",)), gates=(rate,))
    four = states(*[Attendance.PRESENT] * 4)
    away = meeting(on="09-10", state=Attendance.LEAVE)

    assert card(under, *visits("01-11")).total == "2"
    assert card(under, *visits("01-11"), *four, away).total == "2"
    short = card(under, *visits("01-11"), *four[1:], away)
    assert (short.total, short.gates[0].got, short.gates[0].missing) == ("0", "0.75", "0.05")


def test_a_gate_on_attendance_can_go_by_half_days() -> None:
    rate = gate(AttendanceOf(counts=(MEETINGS,), at_least=HALF, per=Per.HALF_DAY))
    under = rubric(VISITED, gates=(rate,))
    long, short = meeting(on="01-10", half_days=1, of_half_days=4), meeting(on="02-10")

    assert card(under, long, short).gates[0].got == "0.4"
    assert card(replace(under, gates=(replace(rate, asks=AttendanceOf(counts=(MEETINGS,), at_least=HALF)),)), long, short).gates[0].met  # fmt: skip


def test_a_meeting_that_was_missed_is_expected_once() -> None:
    """Whichever of the selections of the gate means it."""
    written = Selects(kinds=("attended",), spoke=frozenset())
    rate = gate(AttendanceOf(counts=(MEETINGS, written), at_least=HALF))
    found = card(rubric(VISITED, gates=(rate,)), *states(Attendance.PRESENT, Attendance.ABSENT))

    assert found.gates[0].got == "0.5"


def test_exemption_and_missing_records_are_in_no_rate() -> None:
    rate = gate(AttendanceOf(counts=(MEETINGS,), at_least=Fraction(1)))
    under = rubric(VISITED, gates=(rate,))
    facts = states(
        Attendance.PRESENT, Attendance.ABSENT, Attendance.NOT_RECORDED, Attendance.NOT_REQUIRED
    )

    assert card(under, *facts, member=exempted(("02-01", "02-29"))).gates[0].met
    assert card(under, *facts).gates[0].got == "0.5"


def test_a_gate_can_bound_a_number_from_above() -> None:
    """缺席不超过两次."""
    most = gate(Acts(counts=(ABSENCES,), at_most=2))
    under = rubric(VISITED, gates=(most,))

    assert card(under, *states(*[Attendance.ABSENT] * 2)).gates[0].met
    (result,) = card(under, *states(*[Attendance.ABSENT] * 4)).gates
    assert (result.met, result.most, result.got, result.asked, result.missing) == (
        False,
        True,
        "4",
        "2",
        "2",
    )


def test_a_gate_can_ask_for_something_in_every_quarter() -> None:
    every = gate(
        Acts(counts=(Selects(kinds=("visited_village",)),), at_least=1, every=Span.QUARTER)
    )
    under = rubric(VISITED, gates=(every,))

    assert card(under, *visits("01-10", "04-10", "07-10", "10-10")).gates[0].met
    assert not card(under, *visits("01-10", "02-10", "03-10", "10-10")).gates[0].met


def test_a_gate_can_count_villages() -> None:
    two = gate(
        Acts(
            counts=(Selects(kinds=("visited_village",)),),
            at_least=2,
            distinct=Distinct(by=Apart.VILLAGE),
        )
    )
    facts = [fact(VISIT, f"0{n}-10", village=UnitId("v")) for n in (1, 2, 3)]

    assert card(rubric(VISITED, gates=(two,)), *facts).gates[0].missing == "1"
    assert card(rubric(VISITED, gates=(two,)), *facts, *visits("04-10")).gates[0].met


def test_whom_a_gate_is_not_for_meets_it() -> None:
    only = replace(A_PROPOSAL, who=STANDING)
    under = rubric(replace(VISITED, gates=("gate",)), gates=(only,))
    found = card(under, *visits("01-10"))

    assert (found.total, found.gates[0].met, found.gates[0].for_him) == ("2", True, False)
    assert card(under, *visits("01-10"), member=member(MemberRole.STANDING_MEMBER)).total == "0"


def test_a_gate_is_for_those_who_hold_the_role_on_the_last_day() -> None:
    """A member who joined the Standing Committee in July has proposed in March, and that counts."""
    later = replace(
        member(), roles=(RoleHeld(role=MemberRole.STANDING_MEMBER, since=day("07-01")),)
    )
    (result,) = card(
        rubric(VISITED, gates=(replace(A_PROPOSAL, who=STANDING),)), proposal("03-05"), member=later
    ).gates

    assert (result.for_him, result.got, result.met) == (True, "1", True)


BASE = gate(PointsOf(of="base", at_least=points(6)))
BASE_AND_BONUS = rubric(
    block(VISITED, code="base", cap=points(6)),
    block(PROPOSED, code="bonus", starts=(Start(points=points(1)),), gates=("gate",)),
    gates=(BASE,),
)


def test_a_block_pays_once_an_earlier_one_has_enough_points() -> None:
    """附加分须基础分达到6分: nothing of it counts before, not even what it starts with."""
    two = card(BASE_AND_BONUS, *visits("01-10", "02-10"), proposal())
    three = card(BASE_AND_BONUS, *visits("01-10", "02-10", "04-10"), proposal())

    assert (by_block(two), two.gates[0].missing) == ({"base": "4", "bonus": "0"}, "2")
    assert (by_block(three), three.gates[0].met) == ({"base": "6", "bonus": "6"}, True)


def test_points_of_a_clause_a_group_and_the_total_can_be_asked_for() -> None:
    """After all limits; the total as it is in the end."""
    under = rubric(
        VISITED,
        PROPOSED,
        groups=(group("visited", "proposed", cap=points(8)),),
        gates=(
            gate(PointsOf(of="proposed", at_least=points(5)), "clause"),
            gate(PointsOf(of="g", at_least=points(8)), "group"),
            gate(PointsOf(at_most=points(7)), "total"),
        ),
        cap=points(7),
    )
    found = {g.gate: g for g in card(under, *visits("03-06", "03-07"), proposal("03-05")).gates}

    assert found["clause"].met
    assert found["total"].got == "7"
    assert found["total"].met


def test_several_gates_of_a_clause_all_have_to_be_met() -> None:
    a_report = gate(Acts(counts=(Selects(kinds=("reported_opinion",)),), at_least=1), "report")
    under = rubric(replace(VISITED, gates=("gate", "report")), gates=(A_PROPOSAL, a_report))

    assert card(under, *visits("01-10"), proposal()).total == "0"
    assert card(under, *visits("01-10"), proposal(), opinion()).total == "2"


# Rounding


@pytest.mark.parametrize(
    ("way", "price", "rounded"),
    [
        (Way.HALF_UP, "1.25", "1.3"),
        (Way.HALF_UP, "1.24", "1.2"),
        (Way.HALF_EVEN, "1.25", "1.2"),
        (Way.HALF_EVEN, "1.35", "1.4"),
        (Way.HALF_EVEN, "1.26", "1.3"),
        (Way.DOWN, "1.29", "1.2"),
        (Way.UP, "1.21", "1.3"),
        (Way.UP, "1.2", "1.2"),
        (Way.HALF_UP, "-1.25", "-1.3"),
        (Way.HALF_EVEN, "-1.25", "-1.2"),
        (Way.DOWN, "-1.29", "-1.2"),
        (Way.UP, "-1.21", "-1.3"),
        (Way.HALF_UP, "1/3", "0.3"),
        (Way.UP, "1/3", "0.4"),
    ],
)
@pytest.mark.parametrize("where", list(RoundedAt))
def test_a_figure_is_rounded(where: RoundedAt, way: Way, price: str, rounded: str) -> None:
    """To tenths; below zero as above it."""
    under = rubric(each(price), rounding=Rounding(to=Fraction(1, 10), way=way, at=where))

    assert card(under, *visits("01-10")).total == rounded


@pytest.mark.parametrize(
    ("where", "lines", "total"),
    [
        (RoundedAt.LINE, ["1.3", "1.3", "1.3"], "3.9"),
        (RoundedAt.BLOCK, ["1.25", "1.25", "0", "1.25", "0.05"], "3.8"),
        (RoundedAt.TOTAL, ["1.25", "1.25", "1.25", "0.05"], "3.8"),
    ],
)
def test_lines_blocks_or_the_total_are_rounded(
    where: RoundedAt, lines: list[str], total: str
) -> None:
    """What rounding does to a sum is a line of its own, and only where it does something."""
    under = rubric(
        block(each("1.25", "a"), code="x"),
        block(each("1.25", "b", kinds="proposed"), code="y"),
        rounding=Rounding(to=Fraction(1, 10), at=where),
    )
    found = card(under, *visits("01-10", "02-10"), proposal())

    assert found.total == total
    assert earned(found) == [p for p in lines if p != "0"]
    assert sum(Fraction(line.points) for line in found.lines) == Fraction(found.total)


def test_a_block_is_rounded_after_its_weight() -> None:
    """7 x 1/4 = 1.75, to halves 2."""
    under = rubric(
        block(each(7), weight=Fraction(1, 4)), rounding=Rounding(to=HALF, at=RoundedAt.BLOCK)
    )
    found = card(under, *visits("01-10"))

    assert (found.total, by_block(found)) == ("2", {"b": "2"})
    assert [a.cut for a in found.lines[-1].adjustments] == [Cut.ROUNDED]


def test_lines_are_rounded_before_the_limits_of_their_block() -> None:
    under = rubric(
        block(each("1.25"), cap=Fraction("2.55")), rounding=Rounding(to=Fraction(1, 10), at=RoundedAt.LINE)
    )  # fmt: skip

    assert card(under, *visits("01-10", "02-10")).total == "2.55"


# Part of a period


FULL = clause(Full(points=points(30), acts=4))
SCALED = rubric(FULL, part_year=PartYear(acts=Asked.MONTHS))


@pytest.mark.parametrize(
    ("since", "acts", "total"),
    [
        ("01-31", 1, "7.5"),
        ("07-01", 1, "15"),
        ("07-31", 2, "30"),
        ("08-01", 1, "15"),
        ("10-01", 1, "30"),
        ("12-31", 1, "30"),
    ],
)
def test_fewer_acts_are_asked_for_by_months_served(since: str, acts: int, total: str) -> None:
    """Four for twelve months: two for six or five, one for three; a month counts if he was a member on any day of it."""
    facts = [fact(VISIT, "12-31", deed=f"occasion/{n}") for n in range(acts)]

    assert card(SCALED, *facts, member=joined(since)).total == total


def test_nothing_is_scaled_unless_said() -> None:
    assert card(FULL, *visits("12-10"), member=joined("07-01")).total == "7.5"


def test_months_of_exemption_are_not_served() -> None:
    """All of four months, and parts of two, which count."""
    away = exempted(("03-15", "08-15"))
    found = card(SCALED, *visits("01-10"), member=away)

    assert (found.months, found.total) == (8, "10")
    serves = replace(SCALED, part_year=PartYear(acts=Asked.MONTHS, exempt_serves=True))
    assert card(serves, *visits("01-10"), member=away).total == "7.5"


def test_two_spells_of_exemption_can_fill_a_month() -> None:
    """From 1 to 15 March and from 16 to 31 March he is exempt on all of it."""
    assert card(SCALED, member=exempted(("03-01", "03-15"), ("03-16", "03-31"))).months == 11


def test_who_left_in_mid_year_has_served_until_then() -> None:
    assert card(SCALED, member=joined("01-01", "09-01")).months == 9


def test_gates_ask_for_fewer_acts_too() -> None:
    """Three for a year, two for half of it."""
    three = gate(Acts(counts=(Selects(kinds=("visited_village",)),), at_least=3))
    under = replace(SCALED, gates=(three,))

    assert card(under, *visits("12-10", "12-11"), member=joined("07-01")).gates[0].met
    assert not card(under, *visits("12-10", "12-11")).gates[0].met


@pytest.mark.parametrize(("cap", "total"), [(None, "80"), (100, "80"), (60, "60"), (40, "40")])
def test_a_total_can_be_scaled_to_the_months_served(cap: int | None, total: str) -> None:
    """40 in six months are 80 in twelve, never above the cap; a line says so."""
    under = rubric(
        each(20),
        part_year=PartYear(total=Asked.MONTHS),
        cap=None if cap is None else points(cap),
    )
    found = card(under, *visits("08-10", "09-10"), member=joined("07-01"))

    assert found.total == total
    if total != "40":
        assert [a.cut for a in found.lines[-1].adjustments] == [Cut.PART_YEAR]
        assert found.lines[-1].block == ""
    assert sum(Fraction(line.points) for line in found.lines) == Fraction(found.total)


def test_a_scaled_total_is_rounded_afterwards() -> None:
    """10 x 12 / 7 = 120 / 7, about 17.1."""
    under = rubric(
        each(10),
        part_year=PartYear(total=Asked.MONTHS),
        rounding=Rounding(to=Fraction(1, 10)),
    )

    assert card(under, *visits("12-10"), member=joined("06-01")).total == "17.1"


# Units


STUDIO = Unit(
    unit=UnitId("u1"),
    profile=UnitProfile(kind=UnitKind.STUDIO, name="工作室"),
    since=date(2020, 1, 1),
    life=Life.OPEN,
)


def of_member(name: str, total: str, **blocks: str) -> Scorecard:
    return Scorecard(
        member=SubjectId(f"member/{name}"),
        rubric="m",
        version="1",
        period=PERIOD,
        total=Points(total),
        blocks=tuple(BlockTotal(block=b, points=Points(p)) for b, p in blocks.items()),
        lines=(),
        why_not=(),
        reachable=(),
        changes_on=None,
    )


THREE = (of_member("a", "90", base="50"), of_member("b", "60", base="60"), of_member("c", "30"))


def members(take: Take, **rest: Any) -> Clause:
    code = rest.pop("code", "m")
    limits = {k: rest.pop(k) for k in ("cap", "gates", "who") if k in rest}
    return clause(FromMembers(take=take, **rest), code, counts=(), **limits)


@pytest.mark.parametrize(
    ("of", "total"),
    [
        (members(Take.MEAN, times=Fraction(3, 10)), "18"),
        (members(Take.SUM, times=Fraction(1, 10)), "18"),
        (members(Take.SUM, times=Fraction(1, 10), best=2), "15"),
        (members(Take.MEAN, best=2), "75"),
        (members(Take.MEAN, of="base"), "110/3"),
        (members(Take.SHARE, reach=points(60), times=points(21)), "14"),
        (members(Take.SHARE, reach=points(91), times=points(21)), "0"),
        (members(Take.SUM, cap=points(100)), "100"),
    ],
)
def test_a_unit_has_points_from_its_members(of: Clause, total: str) -> None:
    """90, 60 and 30: a line for each member, who is its subject."""
    found = card(of, member=STUDIO, members=THREE)

    assert found.total == total
    assert {line.subject for line in found.lines} <= {m.member for m in THREE}


def test_a_unit_without_members_has_nothing_from_them() -> None:
    found = card(members(Take.MEAN), member=STUDIO)

    assert (found.total, found.lines) == ("0", ())


def test_what_comes_from_members_presupposes_its_gates_too() -> None:
    under = rubric(members(Take.MEAN, gates=("gate",)), gates=(A_PROPOSAL,))
    found = card(under, member=STUDIO, members=THREE)

    assert (found.total, found.gates[0].met) == ("0", False)


def test_what_comes_from_members_is_for_whom_the_clause_is() -> None:
    """A clause for sectors gives a studio nothing."""
    only = members(Take.MEAN, who=Who(kinds=frozenset({UnitKind.SECTOR})))
    found = card(only, member=STUDIO, members=THREE)

    assert (found.total, account(found, "m").doing) == ("0", Doing.NOT_ELIGIBLE)


def by(subject: str, on: str = "03-05", **rest: Any) -> Fact[Any]:
    return fact(VISIT, on, subject=SubjectId(subject), **rest)


ITS_OWN = by("unit/u1", "01-10", deed="occasion/own")
JOINTLY = [by(f"member/{name}", "02-10", deed="occasion/joint") for name in "ab"]
ALONE = by("member/a", "03-10", deed="occasion/alone")


@pytest.mark.parametrize(
    ("rest", "total"),
    [
        ({}, "2"),
        ({"whose": Whose.MEMBERS}, "6"),
        ({"whose": Whose.MEMBERS, "distinct": Distinct(by=Apart.DEED)}, "4"),
        ({"whose": Whose.MEMBERS, "distinct": Distinct(by=Apart.PERSON)}, "4"),
    ],
)
def test_a_unit_counts_its_own_acts_or_those_of_its_members(
    rest: dict[str, Any], total: str
) -> None:
    """A joint deed once for the deed, or each person once."""
    assert card(each(2, **rest), ITS_OWN, *JOINTLY, ALONE, member=STUDIO).total == total


def test_every_fact_of_a_unit_and_its_members_is_answered_for() -> None:
    found = card(each(2), ITS_OWN, *JOINTLY, ALONE, member=STUDIO)

    assert len(found.why_not) == 3


def test_a_clause_can_be_for_some_units() -> None:
    here = each(2, who=Who(units=frozenset({UnitId("u1")}), kinds=frozenset({UnitKind.STUDIO})))
    there = each(2, who=Who(kinds=frozenset({UnitKind.SECTOR})))

    assert card(here, ITS_OWN, member=STUDIO).total == "2"
    found = card(there, ITS_OWN, member=STUDIO)
    assert reasons(found) == [Why.NOT_ELIGIBLE]


# Who


def person(**rest: Any) -> Person:
    profile = {k: rest.pop(k) for k in list(rest) if k not in {"memberships", "terms", "roles"}}
    return replace(member(), profile=Profile(name="示例委员", **profile), **rest)


IN_SECTOR = Membership(bond=Bond.SECTOR, unit=UnitId("s1"), since=day("02-01"), until=day("04-30"))


@pytest.mark.parametrize(
    ("who", "fits", "not_him"),
    [
        (STANDING, member(MemberRole.STANDING_MEMBER), member()),
        (
            Who(lacks=frozenset({MemberRole.STANDING_MEMBER})),
            member(MemberRole.CHAIRPERSON),
            member(MemberRole.STANDING_MEMBER),
        ),
        (
            Who(classes=frozenset({MemberClass.OFFICE, MemberClass.VILLAGE})),
            person(member_class=MemberClass.VILLAGE),
            person(member_class=MemberClass.ENTERPRISE),
        ),
        (Who(party=True), person(party=True), person()),
        (Who(party=False), person(), person(party=True)),
        (Who(public=True), person(in_public_system=True), person()),
        (Who(public=False), person(), person(in_public_system=True)),
        (Who(higher=True), person(higher_committees=("省政协",)), person()),
        (Who(higher=False), person(), person(higher_committees=("省政协",))),
        (
            Who(added=True),
            person(terms=(Term(number=1, since=date(2022, 5, 1), added=True),)),
            person(),
        ),
        (
            Who(added=False),
            person(),
            person(terms=(Term(number=1, since=date(2022, 5, 1), added=True),)),
        ),
        (
            Who(units=frozenset({UnitId("s1")})),
            person(memberships=(IN_SECTOR,)),
            person(memberships=(replace(IN_SECTOR, until=day("02-28")),)),
        ),
        (
            Who(holds=frozenset({MemberRole.CHAIRPERSON}), party=True),
            replace(member(MemberRole.CHAIRPERSON), profile=Profile(name="x", party=True)),
            member(MemberRole.CHAIRPERSON),
        ),
    ],
)
def test_a_clause_is_for_whom_it_says_on_the_day(who: Who, fits: Person, not_him: Person) -> None:
    """And tells others that it is not for them, never that they have not done it."""
    only = each(2, who=who)

    assert card(only, fact(VISIT), member=fits).total == "2"
    other = card(only, fact(VISIT), member=not_him)
    assert (other.total, reasons(other)) == ("0", [Why.NOT_ELIGIBLE])
    assert account(other).doing is Doing.NOT_ELIGIBLE


def test_an_office_in_a_unit_is_as_good_as_a_role() -> None:
    """召集人或主席, from the day on that he is one."""
    only = each(
        2,
        who=Who(holds=frozenset({MemberRole.CHAIRPERSON}), offices=frozenset({Office.CONVENOR})),
    )
    convenor = (OfficeHeld(office=Office.CONVENOR, of=UnitKind.SECTOR, since=day("03-01")),)
    facts = visits("02-10", "03-10")

    assert card(only, *facts, offices=convenor).total == "2"
    assert card(only, *facts).total == "0"
    assert card(only, *facts, member=member(MemberRole.CHAIRPERSON)).total == "4"
    ended = (replace(convenor[0], until=day("03-09")),)
    assert card(only, *facts, offices=ended).total == "0"


# Accounts


@pytest.mark.parametrize(
    ("facts", "whom", "doing"),
    [
        (states(Attendance.PRESENT), member(), Doing.DONE),
        ([], member(), Doing.NOT_DONE),
        (states(Attendance.ABSENT), member(), Doing.NOT_DONE),
        (states(Attendance.NOT_RECORDED), member(), Doing.NOT_RECORDED),
        (states(Attendance.NOT_RECORDED, Attendance.PRESENT), member(), Doing.DONE),
        ([], exempted(("01-01", "12-31")), Doing.EXEMPT),
        ([], exempted(("01-01", "06-30")), Doing.NOT_DONE),
    ],
)
def test_three_ways_of_having_nothing_are_kept_apart(
    facts: list[Fact[Any]], whom: Person, doing: Doing
) -> None:
    assert account(card(each(1, counts=(MEETINGS,)), *facts, member=whom)).doing is doing


def test_an_account_is_given_of_every_clause() -> None:
    found = card(rubric(VISITED, PROPOSED, each(1, "s", who=STANDING)), *visits("01-10"))

    assert [(a.clause, a.doing, a.acts) for a in found.accounts] == [
        ("visited", Doing.DONE, 1),
        ("proposed", Doing.NOT_DONE, 0),
        ("s", Doing.NOT_ELIGIBLE, 0),
    ]


# What is left


def test_an_open_clause_leaves_everything_open() -> None:
    assert reach(card(each(2), *five())) == ("2", "")


def test_what_is_left_of_steps_is_the_next_step() -> None:
    steps = clause(Steps(steps=((1, points(10)), (2, points(5)))), cap=points(17))

    assert reach(card(steps)) == ("10", "17")
    assert reach(card(steps, *five()[:1])) == ("5", "7")
    assert reach(card(steps, *five()[:2])) == ("2", "2")
    assert reach(card(steps, *five())) is None


def test_steps_begin_anew_in_each_part() -> None:
    """After two acts in January the next step is the first of February."""
    steps = clause(Steps(steps=((1, points(10)), (2, points(5)))), every=Span.MONTH)
    found = reach(card(steps, *visits("01-10", "01-20"), today=day("02-01")))

    assert found is not None
    assert found[0] == "10"


def test_what_is_left_of_a_number_or_a_rate_is_not_said_by_act() -> None:
    number = each(Quantity(of="amount", points=points(2)), kinds="contributed_resources")
    halves = clause(Each(price=points(2), per=Per.HALF_DAY), counts=(MEETINGS,))

    assert reach(card(number, gift(3))) == ("", "")
    assert reach(card(replace(number, cap=points(10)), gift(3))) == ("", "4")
    assert reach(card(RATE, *states(Attendance.PRESENT, Attendance.ABSENT))) == ("", "10")
    assert reach(card(halves)) == ("", "")


def test_what_is_left_of_a_number_with_a_most_is_the_most() -> None:
    number = each(
        Quantity(of="amount", points=points(2), at_most=points(5)), kinds="contributed_resources"
    )

    assert reach(card(number)) == ("5", "")


def test_what_is_left_of_a_full_mark_is_scaled_to_the_months_served() -> None:
    """Two acts are asked of him, 15 each."""
    assert reach(card(SCALED, member=joined("07-01"))) == ("15", "30")
    assert reach(card(SCALED, *visits("12-10"), member=joined("07-01"))) == ("15", "15")


def test_the_act_that_completes_a_full_mark_brings_all_of_it() -> None:
    """All or nothing: three of four bring nothing yet, one more brings 30."""
    whole = clause(Full(points=points(30), acts=4, partial=False))

    assert reach(card(whole, *five()[:3])) == ("30", "30")


def test_what_is_left_is_within_the_limits_of_a_group() -> None:
    under = rubric(VISITED, PROPOSED, groups=(group("visited", "proposed", cap=points(6)),))
    found = card(under, *visits("01-10"))

    assert (reach(found, "visited"), reach(found, "proposed")) == (("2", "4"), ("4", "4"))


def test_who_lies_behind_has_to_catch_up_first() -> None:
    """Of two entries the best counts: 4 against 5; one more visit makes 6, which is 1 more."""
    under = rubric(VISITED, PROPOSED, groups=(group("visited", "proposed", best=1),))
    found = card(under, *visits("01-10", "02-10"), proposal())

    assert reach(found, "proposed") == ("5", "")
    assert reach(found, "visited") == ("1", "")


def test_what_is_left_is_weighted() -> None:
    under = rubric(block(each(4), cap=points(10), weight=HALF))

    assert reach(card(under, *visits("01-10", "02-10"))) == ("1", "1")


def test_a_cap_of_the_total_leaves_points_as_they_count() -> None:
    """An act of 20, half of which counts, brings 10: all that the total has room for."""
    under = rubric(block(each(20), weight=HALF), cap=points(10))

    assert card(under, *visits("01-10")).total == "10"
    assert reach(card(under)) == ("10", "10")


def test_a_cap_on_weighted_blocks_leaves_points_as_they_count() -> None:
    under = rubric(
        block(each(20), code="x", weight=HALF),
        block(PROPOSED, code="y"),
        groups=(group("x", "y", cap=points(10)),),
    )

    assert reach(card(under)) == ("10", "10")
    assert reach(card(under, proposal())) == ("5", "5")


@pytest.mark.parametrize(
    ("of_group", "cap", "left"), [(None, points(7), "3"), (points(6), None, "2")]
)
def test_what_takes_the_place_of_the_best_needs_only_room_for_the_difference(
    of_group: Fraction | None, cap: Fraction | None, left: str
) -> None:
    """Two visits make 4; a proposal of 5 in their place makes 1 more, and there is room for it."""
    best = group("visited", "proposed", best=1, cap=of_group)
    under = rubric(VISITED, PROPOSED, groups=(best,), cap=cap)
    two = visits("01-10", "02-10")

    assert (card(under, *two).total, card(under, *two, proposal()).total) == ("4", "5")
    assert reach(card(under, *two), "proposed") == ("1", left)


def test_nothing_is_left_of_what_is_not_for_him_or_spoiled_or_takes() -> None:
    whole = clause(Once(price=points(30)), counts=(MEETINGS,), spoiled_by=(ABSENCES,))

    assert reach(card(each(2, who=STANDING))) is None
    assert reach(card(whole, *states(Attendance.ABSENT))) is None
    assert reach(card(MISSED), "missed") is None


def test_what_is_left_of_once_is_how_much_better_the_best_could_be() -> None:
    prices = table(Axis.BYLINE, sole=15, joint=5)
    once = clause(Once(price=prices), kinds="proposed")

    assert reach(card(once)) == ("15", "15")
    assert reach(card(once, proposal(place=2, authors=2))) == ("10", "10")
    assert reach(card(once, proposal())) is None


# Why not


def test_nothing_is_taken_from_an_exempt_member_by_any_measure() -> None:
    away = exempted(("03-01", "03-31"))
    absent = meeting(state=Attendance.ABSENT)
    steps = clause(Steps(steps=((1, points(-1)),)), counts=(ABSENCES,))
    prices = each(table(Axis.STATE, present=5, absent=-2), counts=(ANY_STATE,))

    for one in (steps, prices, MISSED):
        assert reasons(card(one, absent, member=away)) == [Why.EXEMPT]


@pytest.mark.parametrize(
    ("of", "counts", "why"),
    [
        (meeting(level=Level.COUNTY), replace(MEETINGS, levels=frozenset({Level.CITY})), Why.CONDITIONS),
        (meeting(), replace(MEETINGS, key=True), Why.CONDITIONS),
        (meeting(), replace(MEETINGS, mandatory=True), Why.CONDITIONS),
        (meeting(of_half_days=3), replace(MEETINGS, attended_from=HALF), Why.PARTLY),
        (meeting(), replace(MEETINGS, records=frozenset({RecordClass.SECTOR})), Why.CONDITIONS),
        (meeting(state=Attendance.LEAVE, leave="私事"), replace(ANY_STATE, leaves=frozenset({"公务"})), Why.CONDITIONS),
        (proposal(place=3, authors=4), Selects(kinds=("proposed",), first_names=2), Why.CO_AUTHOR),
        (gift(500), Selects(kinds=("contributed_resources",), where=(Where(name="amount", at_least=points(1000)),)), Why.CONDITIONS),
        (gift(6000), Selects(kinds=("contributed_resources",), where=(Where(name="amount", at_most=points(5000)),)), Why.CONDITIONS),
        (meeting(record=RecordClass.SELF), MEETINGS, Why.NOT_YET),
        (meeting(record=RecordClass.GUEST), MEETINGS, Why.GUEST),
    ],
)  # fmt: skip
def test_a_fact_without_points_says_why(of: Fact[Any], counts: Selects, why: Why) -> None:
    found = card(each(1, counts=(counts,)), of)

    assert (found.total, reasons(found)) == ("0", [why])


def test_a_work_that_lacks_its_stage_at_the_level_says_so() -> None:
    """采用 at the province or above, and it was the county."""
    high = Passed(stage=Stage.TAKEN_UP, levels=frozenset({Level.PROVINCE, Level.NATION}))
    taken = opinion("03-05", at(Stage.TAKEN_UP, "03-06", Level.COUNTY))
    found = card(each(1, counts=(Selects(kinds=("reported_opinion",), passed_any=(high,)),)), taken)

    assert reasons(found) == [Why.STAGE]


@pytest.mark.parametrize(
    ("price", "rest", "most"),
    [
        (Tiers(of="amount", tiers=((points(1000), points(2)), (points(10000), points(5)))), {}, 5),
        (Quantity(of="amount", points=points(1), at_most=points(6)), {}, 6),
        (Quantity(of="amount", points=points(1)), {}, None),
        (Quantity(of="amount", points=points(1)), {"cap": points(4)}, 4),
        (Quantity(of="amount", points=points(1), at_most=points(6)), {"every": Span.QUARTER}, 24),
        (Quantity(of="amount", points=points(-1)), {}, 0),
    ],
)
def test_what_a_sum_can_come_to(
    price: Tiers | Quantity, rest: dict[str, Any], most: int | None
) -> None:
    """The price of all of it, once for each part of the year that it is worked out for; a number without a limit has no end."""
    of = clause(Summed(price=price), kinds="contributed_resources", **rest)

    assert most_of(rubric(of), of) == most
    if most:
        assert (
            Fraction(
                card(of, *(gift(10**6, f"{m:02}-01", deed=f"{m}") for m in range(1, 13))).total
            )
            == most
        )
