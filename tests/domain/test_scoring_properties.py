"""Scoring in rules, over random rubrics that use the whole vocabulary and random accounts under them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from domain.attainable import figures_of
from domain.fact import Attendance, Capacity, Fact, Part, Reached, RecordClass, Spoke
from domain.kinds import KINDS, Stage
from domain.kinds.deliberation import Researched
from domain.kinds.findings import WasGivenFigure, WasMarked
from domain.kinds.help import ContributedResources, Resource
from domain.kinds.meetings import Meeting
from domain.kinds.people import VisitedVillage
from domain.member import Exemption, MemberRole, Person, Profile, RoleHeld, Term
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
    Full,
    Gate,
    Group,
    LateOutcome,
    Mean,
    Measure,
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
    Short,
    Split,
    Start,
    Steps,
    Summed,
    Table,
    Tiers,
    Timing,
    Way,
    Who,
    Within,
)
from domain.rubric_checks import problems
from domain.scorecard import Cut, Scorecard
from domain.scoring import score
from domain.selection import TOOK_PART, Byline, Passed, Selects
from domain.words import Level
from tests.facts import TODAY, YEAR, day, fact, meeting, member, opinion, proposal

PERIOD = Period.year(YEAR)
HALF = Fraction(1, 2)

# Facts

DAYS = st.integers(0, 364).map(lambda n: date(YEAR, 1, 1) + timedelta(days=n))
"""All days of the year but its last one."""

AROUND = st.integers(-60, 480).map(lambda n: date(YEAR, 1, 1) + timedelta(days=n))
"""From the end of the year before to the beginning of the year after."""

STAGES = (Stage.FILED, Stage.MADE_KEY, Stage.INSTRUCTED, Stage.TAKEN_UP)
OF_PROPOSAL = STAGES[:3]
OF_OPINION = STAGES[2:]


def pick(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def seldom(*values: Any) -> st.SearchStrategy[Any]:
    """None as often as all of these together."""
    return st.sampled_from([*[None] * len(values), *values])


@st.composite
def reached(draw: st.DrawFn, stages: tuple[Stage, ...]) -> tuple[Reached, ...]:
    return tuple(
        Reached(
            stage=draw(pick(*stages)),
            on=draw(AROUND),
            level=draw(pick(Level.COUNTY, Level.CITY, Level.PROVINCE)),
            rank=draw(pick("", "县委书记", "副省长")),
        )
        for _ in range(draw(st.integers(0, 3)))
    )


@st.composite
def any_fact(draw: st.DrawFn, kinds: tuple[str, ...] = ()) -> Fact[Any]:
    """A visit, a survey, a meeting in any state, a proposal, an opinion, a gift, a mark or a figure; any record, some linked."""
    kind = draw(pick(*(kinds or PRICED)))
    on: date = draw(DAYS)
    rest: dict[str, Any] = {
        "deed": f"d{draw(st.integers(0, 40))}",
        "on": on,
        "recorded_on": on,
        "record": draw(pick(*[RecordClass.COUNTY] * 4, *RecordClass)),
        "same_as": draw(pick("", "", "", "", "d1", "d2")),
        "work": draw(pick("", "w1", "w2")),
    }
    match kind:
        case "visited_village":
            found = fact(VisitedVillage(), village=draw(pick(None, UnitId("v1"), UnitId("v2"))))
        case "researched":
            found = fact(Researched(), part=draw(pick(Part.LEADS, Part.TAKES_PART)))
        case "attended":
            halves = draw(st.integers(1, 4))
            found = meeting(
                draw(pick(Meeting.FORUM, Meeting.PLENARY_SESSION)),
                state=draw(pick(*[Attendance.PRESENT] * 5, *Attendance)),
                half_days=draw(st.integers(0, halves)),
                of_half_days=halves,
                level=draw(pick(Level.COUNTY, Level.CITY)),
                mandatory=draw(st.booleans()),
                key=draw(st.booleans()),
                spoke=draw(pick(*Spoke)),
                capacity=draw(pick(*[Capacity.ATTENDS] * 3, Capacity.SITS_IN, Capacity.STAFF)),
            )
        case "proposed":
            place = draw(st.integers(1, 3))
            found = replace(
                proposal(place=place, authors=draw(st.integers(place, 4))),
                reached=draw(reached(OF_PROPOSAL)),
                share=draw(pick(None, Decimal("0.3"))),
            )
        case "reported_opinion":
            found = replace(opinion(), reached=draw(reached(OF_OPINION)))
        case "contributed_resources":
            amount = draw(pick(None, 0, 1, 5, 12))
            given_away = None if amount is None else Decimal(amount)
            found = fact(ContributedResources(resource=Resource.MONEY, amount=given_away))
        case "was_marked":
            found = fact(WasMarked(code="peers"), figure=Decimal(draw(pick("0", "60", "87.5"))))
        case _:
            found = fact(WasGivenFigure(code="x"), figure=draw(pick(None, Decimal(3))))
    return replace(found, **rest)


OCCASIONS = ("visited_village", "researched", "attended")
MATTERS = ("proposed", "reported_opinion", "contributed_resources")
PRICED = (*OCCASIONS, *MATTERS, "was_marked", "was_given_figure")
FACTS = st.lists(any_fact(), max_size=10, unique_by=lambda f: f.deed)

# Members


@st.composite
def any_member(draw: st.DrawFn) -> Person:
    """A member for all of the year or for part of it, some exempt for a time, some with a role."""
    since = draw(pick(date(2020, 1, 1), date(2020, 1, 1), day("04-15"), day("07-01")))
    until = draw(pick(None, None, day("09-30")))
    away = draw(pick(None, None, ("02-01", "05-10"), ("01-01", "12-31")))
    return replace(
        member(),
        profile=Profile(name="示例委员", party=draw(st.booleans())),
        terms=(Term(number=1, since=since, until=until, added=since.year == YEAR),),
        roles=draw(pick((), (RoleHeld(role=MemberRole.STANDING_MEMBER, since=day("06-01")),))),
        exemptions=()
        if away is None
        else (Exemption(since=day(away[0]), until=day(away[1]), reason="病假"),),
    )


# Rubrics

GAINS = tuple(Fraction(p) for p in ("1", "7.5", "1/3", "10"))
TAKES = (Fraction(-2), Fraction(-3, 2))
STANDING = Who(holds=frozenset({MemberRole.STANDING_MEMBER}))
WHO = (Who(), Who(), Who(), STANDING, Who(lacks=STANDING.holds), Who(party=True))
CAPS = (Fraction(5), Fraction(7, 3), Fraction(20))
FLOORS = (Fraction(0), Fraction(-3))
STATES = tuple(str(a.value) for a in (Attendance.PRESENT, Attendance.LATE, Attendance.ABSENT))


def priced(
    row: str, *rows: str, first: Fraction, rest: Fraction
) -> tuple[tuple[str, Fraction], ...]:
    return ((row, first), *((r, rest) for r in rows))


@st.composite
def any_table(draw: st.DrawFn, kind: str, prices: tuple[Fraction, ...]) -> Table:
    """A table by one of the axes that this kind has."""
    axes: dict[Axis, tuple[str, ...]] = {Axis.KIND: (kind,)}
    if kind in OCCASIONS:
        axes |= {
            Axis.LEVEL: ("county", "city"),
            Axis.PART: ("leads", "takes_part"),
            Axis.WHOLE: ("true", "false"),
            Axis.CAPACITY: ("attends", "sits_in"),
        }
    if kind == "attended":
        axes |= {
            Axis.STATE: STATES,
            Axis.MANDATORY: ("true", "false"),
            Axis.KEY: ("true",),
            Axis.SPOKE: ("orally", "in_writing"),
            Axis.DETAIL: ("plenary_session",),
        }
    if kind in MATTERS:
        axes[Axis.BYLINE] = ("sole", "first", "joint")
    if kind in {"proposed", "reported_opinion"}:
        stages = OF_PROPOSAL if kind == "proposed" else OF_OPINION
        axes |= {
            Axis.STAGE: tuple(str(s.value) for s in stages),
            Axis.OUTCOME: ("county", "province"),
            Axis.RANK: ("县委书记", "副省长"),
        }
    by = draw(pick(*axes))
    return Table(
        by=by,
        prices=priced(*axes[by], first=draw(pick(*prices)), rest=draw(pick(*prices))),
        detail="meeting" if by is Axis.DETAIL else "",
        adds=by in {Axis.STAGE, Axis.OUTCOME, Axis.RANK} and draw(st.booleans()),
    )


NUMBERS = {
    "contributed_resources": "amount",
    "was_marked": "figure",
    "was_given_figure": "figure",
    "attended": "half_days",
}
"""By kind a number that it has."""


@st.composite
def any_price_of_a_number(
    draw: st.DrawFn, number: str, prices: tuple[Fraction, ...]
) -> Quantity | Tiers:
    price: Fraction = draw(pick(*prices))
    if draw(st.booleans()):
        second: Fraction = draw(pick(*prices))
        return Tiers(of=number, tiers=((Fraction(1), price), (Fraction(5), second)))
    return Quantity(
        of=number,
        points=price,
        every=draw(pick(Fraction(1), Fraction(2))),
        whole=draw(st.booleans()),
        at_most=draw(seldom(Fraction(4))),
    )


@st.composite
def any_price(draw: st.DrawFn, kind: str, prices: tuple[Fraction, ...]) -> Price:
    price: Fraction = draw(pick(*prices))
    if kind in NUMBERS and draw(st.booleans()):
        return draw(any_price_of_a_number(NUMBERS[kind], prices))
    return draw(any_table(kind, prices)) if draw(st.booleans()) else price


@st.composite
def any_measure(draw: st.DrawFn, kind: str, prices: tuple[Fraction, ...]) -> Measure:
    price: Fraction = draw(pick(*prices))
    sorts = [
        "each",
        "each",
        "once",
        "steps",
        "full",
        "mean",
        *(["rate"] if kind in OCCASIONS else []),
        *(["short"] if prices is not GAINS else []),
        *(["sum"] if kind in NUMBERS else []),
    ]
    match draw(pick(*sorts)):
        case "short":
            return Short(points=-abs(price), acts=draw(pick(1, 3)))
        case "each":
            return Each(
                price=draw(any_price(kind, prices)),
                per=draw(
                    pick(
                        *(Per.ACT, Per.ACT, Per.HALF_DAY),
                        *([Per.MISSED_HALF_DAY] if kind in OCCASIONS else []),
                    )
                ),
                from_nth=draw(pick(1, 1, 2)),
            )
        case "once":
            return Once(price=draw(any_price(kind, prices)))
        case "mean":
            return Mean(price=draw(any_price(kind, prices)))
        case "sum":
            # A sum gives or takes, one of the two.
            alike = (
                tuple(p for p in prices if p > 0)
                if price > 0
                else tuple(p for p in prices if p <= 0)
            )
            return Summed(price=draw(any_price_of_a_number(NUMBERS[kind], alike)))
        case "steps":
            return Steps(steps=((draw(pick(1, 2)), price), (3, draw(pick(*prices)))))
        case "full":
            return Full(points=price, acts=draw(pick(1, 3)), partial=draw(st.booleans()))
        case _:
            tiers = ((HALF, price), (Fraction(1), price * 2))
            return Rate(
                points=price,
                per=draw(pick(Per.ACT, Per.HALF_DAY)),
                tiers=draw(pick((), tiers)),
            )


@st.composite
def any_selection(draw: st.DrawFn, kind: str) -> Selects:
    rest: dict[str, Any] = {}
    if kind == "attended":
        absent = frozenset({Attendance.ABSENT, Attendance.LEAVE_REFUSED})
        rest["states"] = draw(pick(TOOK_PART, TOOK_PART, absent, frozenset(Attendance)))
        rest["mandatory"] = draw(seldom(True))
        rest["attended_from"] = draw(pick(None, None, HALF))
    if kind in {"proposed", "reported_opinion"}:
        stages = OF_PROPOSAL if kind == "proposed" else OF_OPINION
        asked = tuple(Passed(stage=s) for s in draw(st.sets(pick(*stages), max_size=2)))
        rest[draw(pick("passed_any", "passed_all", "passed_none"))] = tuple(
            sorted(asked, key=lambda p: p.stage)
        )
    if kind == "proposed":
        rest["bylines"] = draw(pick(frozenset(), frozenset({Byline.SOLE, Byline.JOINT})))
    return Selects(kinds=(kind,), **rest)


ANY_SHARES: tuple[Any, ...] = (
    (),
    ((Byline.SOLE, Fraction(1)), (Byline.JOINT, HALF)),
    ((Byline.FIRST, HALF), (Byline.JOINT, Split.REST)),
    ((Byline.FIRST, Split.EQUAL), (Byline.JOINT, Split.EQUAL)),
    ((Byline.FIRST, Split.RECORDED), (Byline.JOINT, Split.RECORDED)),
)
DISTINCTS = tuple(
    Distinct(by=by) for by in (Apart.WORK, Apart.DEED, Apart.DAY, Apart.MONTH, Apart.VILLAGE)
)


@st.composite
def any_clause(
    draw: st.DrawFn,
    code: str,
    before: tuple[str, ...],
    *,
    kinds: tuple[str, ...] = PRICED,
    prices: tuple[Fraction, ...] = (*GAINS, *TAKES),
) -> Clause:
    """A clause of any measure, price and limit, consistent with the kind that it counts."""
    kind = draw(pick(*kinds))
    measure = draw(any_measure(kind, prices))
    counts = [draw(any_selection(kind)) for _ in range(draw(pick(1, 1, 2)))]
    price = getattr(measure, "price", None)
    if isinstance(price, Table) and price.by is Axis.STATE:
        counts = [
            replace(s, states=frozenset(Attendance.of(row) for row in STATES)) for s in counts
        ]
    if isinstance(price, Table) and price.by in {Axis.OUTCOME, Axis.RANK, Axis.STAGE}:
        stages = OF_PROPOSAL if kind == "proposed" else OF_OPINION
        counts = [replace(counts[0], passed_any=tuple(Passed(stage=s) for s in stages))]
    found = Clause(
        code=code,
        zh=code,
        en=code,
        counts=tuple(counts),
        measure=measure,
        who=draw(pick(*WHO)),
        shares=draw(pick(*ANY_SHARES))
        if kind in MATTERS and not isinstance(measure, Short)
        else (),
        cap=draw(seldom(*CAPS)),
        times=None if isinstance(measure, Mean | Summed | Short) else draw(seldom(1, 3)),
        beyond=draw(pick((), before[:1])),
        distinct=draw(seldom(*DISTINCTS)),
        linked=draw(pick(False, False, True)),
        every=draw(pick(None, None, None, Span.MONTH, Span.QUARTER, Span.HALF)),
        spoiled_by=draw(
            pick(
                (),
                (),
                (),
                (Selects(kinds=("attended",), states=frozenset({Attendance.ABSENT})),),
            )
        ),
    )
    gives = all(p >= 0 for p in figures_of(found))
    if found.times is not None and isinstance(measure, Each) and gives:
        found = replace(found, best=draw(st.booleans()))
    if found.stages:
        # What names a stage in one selection only cannot go by the outcome.
        alone = all(s.stages for s in found.counts) or not any(s.stages for s in found.counts)
        timing = draw(pick(None, None, Timing.ACT, Timing.OUTCOME))
        found = replace(found, timing=timing if alone else Timing.ACT)
    return found


@st.composite
def any_groups(draw: st.DrawFn, blocks: list[Block]) -> tuple[Group, ...]:
    """Up to two groups: of some clauses; of that and what is left, or of the blocks."""
    codes = [c.code for b in blocks for c in b.clauses]
    found: list[Group] = []
    of: list[tuple[str, ...]] = []
    if draw(st.booleans()):
        some = tuple(c for c in codes if draw(st.booleans())) or (codes[0],)
        of.append(some)
        left = tuple(c for c in codes if c not in some)
        second: tuple[str, ...] = draw(pick((), ("g0", *left[:1]), tuple(b.code for b in blocks)))
        of += [second] if second else []
    for i, entries in enumerate(of):
        found.append(
            Group(
                code=f"g{i}",
                zh="合",
                en="g",
                of=entries,
                cap=draw(seldom(Fraction(6), Fraction(15))),
                floor=draw(seldom(*FLOORS)),
                best=draw(seldom(1, 2)),
                within=draw(pick(*Within)),
            )
        )
    return tuple(found)


def gate(code: str, asks: Acts | PointsOf | AttendanceOf, who: Who) -> Gate:
    return Gate(code=code, zh=code, en=code, asks=asks, who=who)


@st.composite
def any_gates(draw: st.DrawFn) -> tuple[Gate, ...]:
    """One of each sort: acts, attendance, points of the first block and of the total."""
    acts = Acts(
        counts=(draw(any_selection(draw(pick(*PRICED)))),),
        at_least=draw(pick(1, 3)),
        at_most=draw(seldom(4)),
        distinct=draw(seldom(*DISTINCTS)),
        every=draw(pick(None, None, Span.QUARTER)),
    )
    attendance = AttendanceOf(
        counts=(draw(any_selection("attended")),),
        at_least=draw(pick(HALF, Fraction(1))),
        per=draw(pick(Per.ACT, Per.HALF_DAY)),
    )
    return (
        gate("acts", acts, draw(pick(*WHO))),
        gate("rate", attendance, draw(pick(*WHO))),
        gate("base", PointsOf(of="p", at_least=Fraction(1)), draw(pick(*WHO))),
        gate("all", PointsOf(at_most=Fraction(12)), Who()),
    )


READINGS = (
    Reading(
        counts=Selects(
            kinds=("attended",),
            states=frozenset(),
            capacities=frozenset(),
            attended_below=HALF,
        ),
        reads=Attendance.ABSENT,
    ),
    Reading(
        counts=Selects(
            kinds=("attended",), states=frozenset({Attendance.LEAVE}), capacities=frozenset()
        ),
        reads=Attendance.NOT_REQUIRED,
    ),
)


@st.composite
def any_rubric(draw: st.DrawFn, *, prices: tuple[Fraction, ...] = (*GAINS, *TAKES)) -> Rubric:
    """Two blocks of up to two clauses each, under all that a document can say."""
    gates = draw(any_gates())
    blocks: list[Block] = []
    before: tuple[str, ...] = ()
    for name in ("p", "q"):
        clauses: list[Clause] = []
        for n in range(draw(st.integers(1, 2))):
            found = draw(any_clause(f"{name}{n}", before, prices=prices))
            clauses.append(replace(found, gates=draw(pick((), (), ("acts",), ("rate",)))))
            before = (*before, f"{name}{n}")
        blocks.append(
            Block(
                code=name,
                zh=name,
                en=name,
                clauses=tuple(clauses),
                starts=draw(
                    pick((), (Start(points=Fraction(8), who=STANDING), Start(points=Fraction(5))))
                ),
                cap=draw(seldom(*CAPS)),
                floor=draw(seldom(*FLOORS)),
                weight=draw(pick(Fraction(1), Fraction(1), Fraction(3, 10), Fraction(2))),
                gates=draw(pick((), ("base",), ("rate",))) if name == "q" else (),
            )
        )
    to = draw(seldom(HALF, Fraction(1, 10)))
    return Rubric(
        code="r",
        version="1",
        zh="办法",
        en="rubric",
        since=date(2020, 1, 1),
        blocks=tuple(blocks),
        groups=draw(any_groups(blocks)),
        gates=gates,
        cap=draw(seldom(Fraction(25))),
        floor=draw(seldom(*FLOORS)),
        rounding=None
        if to is None
        else Rounding(to=to, way=draw(pick(*Way)), at=draw(pick(*RoundedAt))),
        order=draw(pick(None, *Order)),
        late=draw(
            pick(
                None,
                LateOutcome(within_days=31),
                LateOutcome(within_days=31, carry_over=True),
                LateOutcome(timing=Timing.OUTCOME),
                LateOutcome(timing=Timing.OUTCOME, within_days=0),
            )
        ),
        part_year=draw(
            pick(
                None,
                PartYear(acts=Asked.MONTHS),
                PartYear(acts=Asked.MONTHS, total=Asked.MONTHS, exempt_serves=True),
                PartYear(acts=Asked.MONTHS, total=Asked.MONTHS, least_days=15, of=("p",)),
                PartYear(total=Asked.MONTHS),
            )
        ),
        attendance=draw(pick((), READINGS)),
    )


def card(under: Rubric, facts: list[Fact[Any]], of: Person, **rest: Any) -> Scorecard:
    return score(facts, under, of, PERIOD, rest.pop("today", TODAY), **rest)


# What holds of all of them


@given(any_rubric())
def test_the_rubrics_of_these_rules_are_documents_that_could_be_published(under: Rubric) -> None:
    """Except for gates that ask for more points than there are."""
    assert [p for p in problems(under, KINDS) if not p.path.startswith("/gates")] == []


@given(any_rubric(), FACTS, any_member())
def test_lines_add_up(under: Rubric, facts: list[Fact[Any]], of: Person) -> None:
    """To the total and to every block; each line is its worth and what was done to it."""
    found = card(under, facts, of)
    by_block: Counter[str] = Counter()
    for line in found.lines:
        cuts = sum(Fraction(a.amount) for a in line.adjustments)
        assert Fraction(line.worth) + cuts == Fraction(line.points)
        by_block[line.block] += Fraction(line.points)  # type: ignore[assignment]  # sums of any number

    assert sum(by_block.values()) == Fraction(found.total)
    assert {b.block: Fraction(b.points) for b in found.blocks} == {
        b.code: by_block[b.code] for b in under.blocks
    }


@given(any_rubric(), FACTS, any_member(), st.randoms(use_true_random=False))
def test_the_order_of_recording_never_matters(
    under: Rubric, facts: list[Fact[Any]], of: Person, mix: Any
) -> None:
    mixed = list(facts)
    mix.shuffle(mixed)

    assert card(under, facts, of) == card(under, mixed, of)


@given(any_rubric(), FACTS, any_member())
def test_every_fact_has_lines_or_exactly_one_reason(
    under: Rubric, facts: list[Fact[Any]], of: Person
) -> None:
    found = card(under, facts, of)
    with_lines = {line.deed for line in found.lines if line.deed}
    without = [w.deed for w in found.why_not]

    assert with_lines.isdisjoint(without)
    assert len(without) == len(set(without))
    assert with_lines | set(without) == {f.deed for f in facts}


@given(any_rubric(), FACTS, any_member(), DAYS)
def test_a_card_can_always_be_drawn_up_and_is_the_same_twice(
    under: Rubric, facts: list[Fact[Any]], of: Person, today: date
) -> None:
    """No gate, group or floor stands in its way; every clause has its account, every gate its result."""
    found = card(under, facts, of, today=today)

    assert found == card(under, facts, of, today=today)
    assert [a.clause for a in found.accounts] == [c.code for _, c in under.clauses]
    assert [g.gate for g in found.gates] == [g.code for g in under.gates]
    for result in found.gates:
        missing = Fraction(result.got) - Fraction(result.asked)
        assert result.met is (Fraction(result.missing) == 0)
        assert Fraction(result.missing) == max(missing if result.most else -missing, 0)


@given(any_rubric(), FACTS, any_member())
def test_a_brief_card_says_the_same_points(
    under: Rubric, facts: list[Fact[Any]], of: Person
) -> None:
    whole = card(under, facts, of)

    assert card(under, facts, of, brief=True) == replace(
        whole, why_not=(), reachable=(), accounts=()
    )


# Scale


def scaled_price(price: Price, by: Fraction) -> Price:
    match price:
        case Table():
            return replace(price, prices=tuple((row, p * by) for row, p in price.prices))
        case Tiers():
            return replace(price, tiers=tuple((least, p * by) for least, p in price.tiers))
        case Quantity():
            most = None if price.at_most is None else price.at_most * by
            return replace(price, points=price.points * by, at_most=most)
        case _:
            return price * by


def scaled_measure(measure: Measure, by: Fraction) -> Measure:
    match measure:
        case Each() | Once() | Mean():
            return replace(measure, price=scaled_price(measure.price, by))
        case Summed():
            match scaled_price(measure.price, by):
                case Quantity() | Tiers() as price:
                    return Summed(price=price)
                case other:
                    raise AssertionError(other)
        case Steps():
            return replace(measure, steps=tuple((n, p * by) for n, p in measure.steps))
        case Full() | Short():
            return replace(measure, points=measure.points * by)
        case Rate():
            tiers = tuple((least, p * by) for least, p in measure.tiers)
            return replace(measure, points=measure.points * by, tiers=tiers)
        case _:
            raise AssertionError(measure)


def scaled(under: Rubric, by: Fraction) -> Rubric:
    """The same document with all its points so many times as large."""

    def bound(points: Fraction | None) -> Fraction | None:
        return None if points is None else points * by

    def asks(of: Acts | PointsOf | AttendanceOf) -> Acts | PointsOf | AttendanceOf:
        if not isinstance(of, PointsOf):
            return of
        return replace(of, at_least=bound(of.at_least), at_most=bound(of.at_most))

    return replace(
        under,
        version=f"{under.version} x {by}",
        blocks=tuple(
            replace(
                b,
                cap=bound(b.cap),
                floor=bound(b.floor),
                starts=tuple(replace(s, points=s.points * by) for s in b.starts),
                clauses=tuple(
                    replace(c, cap=bound(c.cap), measure=scaled_measure(c.measure, by))
                    for c in b.clauses
                ),
            )
            for b in under.blocks
        ),
        groups=tuple(replace(g, cap=bound(g.cap), floor=bound(g.floor)) for g in under.groups),
        gates=tuple(replace(g, asks=asks(g.asks)) for g in under.gates),
        cap=bound(under.cap),
        floor=bound(under.floor),
        rounding=None
        if under.rounding is None
        else replace(under.rounding, to=under.rounding.to * by),
    )


def unlimited(under: Rubric) -> Rubric:
    """The same document without anything that binds."""
    return replace(
        under,
        cap=None,
        floor=None,
        rounding=None,
        groups=(),
        blocks=tuple(
            replace(
                b,
                cap=None,
                floor=None,
                gates=(),
                clauses=tuple(replace(c, cap=None, gates=()) for c in b.clauses),
            )
            for b in under.blocks
        ),
    )


FACTORS = pick(Fraction(2), Fraction(1, 3), Fraction(10))


@given(any_rubric(), FACTS, any_member(), FACTORS)
def test_all_points_of_a_document_scale_together(
    under: Rubric, facts: list[Fact[Any]], of: Person, by: Fraction
) -> None:
    """Prices, starts, caps, floors, marks that gates ask for and steps of rounding so many times as large give so many times the total."""
    before, after = card(under, facts, of), card(scaled(under, by), facts, of)

    assert Fraction(after.total) == Fraction(before.total) * by
    assert [line.deed for line in after.lines] == [line.deed for line in before.lines]
    assert after.why_not == before.why_not


@given(any_rubric(), FACTS, any_member(), FACTORS)
def test_where_nothing_binds_the_total_goes_with_the_prices(
    under: Rubric, facts: list[Fact[Any]], of: Person, by: Fraction
) -> None:
    """And with what blocks start with."""
    free = unlimited(under)

    assert (
        Fraction(card(scaled(free, by), facts, of).total)
        == Fraction(card(free, facts, of).total) * by
    )


# Caps


@st.composite
def without_takes(draw: st.DrawFn) -> Rubric:
    """A rubric that takes nothing, whose groups hold clauses of one block or all blocks, with no competition among them.

    Where only the best counts, or a cap lies across blocks that count differently, a cap on one thing can leave more of another that counts for more.
    """
    under = draw(any_rubric(prices=GAINS))
    first = tuple(c.code for c in under.blocks[0].clauses)
    within = draw(pick(Within.PERIOD, Within.DEED))
    inner = Group(code="g0", zh="合", en="g", of=first, cap=draw(pick(*CAPS)), within=within)
    outer = Group(code="g1", zh="合", en="g", of=("p", "q"), cap=draw(pick(*CAPS)))
    at_line = under.rounding is not None and under.rounding.at is RoundedAt.LINE
    return replace(
        under,
        groups=draw(pick((), (inner,), (outer,), (inner, outer))),
        rounding=None if at_line else under.rounding,
        part_year=None,
    )


def caps_of(under: Rubric) -> list[Rubric]:
    """The documents that come of taking away one cap of this one."""
    found = [replace(under, cap=None)] if under.cap is not None else []
    found += [
        replace(under, groups=tuple(replace(g, cap=None) if g is one else g for g in under.groups))
        for one in under.groups
        if one.cap is not None
    ]
    for i, block in enumerate(under.blocks):
        parts: list[Block] = [replace(block, cap=None)] if block.cap is not None else []
        for j, clause in enumerate(block.clauses):
            free = [
                *([replace(clause, cap=None)] if clause.cap is not None else []),
                *([replace(clause, times=None)] if clause.times is not None else []),
            ]
            parts += [
                replace(block, clauses=(*block.clauses[:j], one, *block.clauses[j + 1 :]))
                for one in free
            ]
        found += [
            replace(under, blocks=(*under.blocks[:i], part, *under.blocks[i + 1 :]))
            for part in parts
        ]
    return [replace(one, version=f"2.{n}") for n, one in enumerate(found)]


@given(without_takes(), FACTS, any_member(), st.data())
def test_a_cap_never_raises_a_total(
    under: Rubric, facts: list[Fact[Any]], of: Person, data: st.DataObject
) -> None:
    """Taking away a cap, of a clause, its acts, a group, a block or the total, never lowers it where nothing is taken."""
    freed = caps_of(under)
    assume(freed)
    free = data.draw(st.sampled_from(freed))

    assert Fraction(card(under, facts, of).total) <= Fraction(card(free, facts, of).total)


# What is left


def tells_the_next_act(clause: Clause) -> bool:
    """Whether what one more act brings goes by its price alone.

    Not by half days, in parts of the year, by being the last of several that bring something only together, or by standing in for one of a limited number.
    """
    if clause.times is not None and (clause.distinct or isinstance(clause.measure, Once)):
        return False
    match clause.measure:
        case Each(per=Per.HALF_DAY | Per.MISSED_HALF_DAY):
            return False
        case Steps():
            return clause.every is None
        case Full(partial=partial):
            return partial
        case _:
            return True


@st.composite
def one_clause_a_kind(draw: st.DrawFn) -> Rubric:
    """A rubric in which an act fills one clause at most, and brings nothing but its price: without deductions, gates, weights and rounding, at most one block scaled; caps, or of two entries the best."""
    kinds = (("visited_village", "attended"), ("proposed", "contributed_resources"))
    clauses = [
        draw(any_clause(code, (), kinds=of, prices=GAINS).filter(tells_the_next_act))
        for code, of in zip("ab", kinds, strict=True)
    ]
    blocks = tuple(
        Block(
            code=f"of_{c.code}",
            zh="x",
            en="x",
            clauses=(replace(c, timing=None),),
            starts=draw(pick((), (Start(points=Fraction(4)),))),
            cap=draw(seldom(*CAPS)),
        )
        for c in clauses
    )
    together = Group(
        code="g",
        zh="合",
        en="g",
        of=draw(pick(("a", "b"), ("of_a", "of_b"), ("of_a", "b"))),
        cap=draw(seldom(Fraction(6))),
        best=draw(seldom(1)),
    )
    under = Rubric(
        code="r",
        version="1",
        zh="办法",
        en="rubric",
        since=date(2020, 1, 1),
        blocks=blocks,
        groups=draw(pick((), (), (together,))),
        cap=draw(seldom(Fraction(12))),
        part_year=draw(seldom(PartYear(total=Asked.MONTHS, of=("of_a",)))),
    )
    if together.best is None or not under.groups:
        return under
    # Where the best of two blocks counts that are scaled differently, the limits lie across them.
    return replace(
        under,
        cap=None,
        part_year=None,
        groups=(replace(together, cap=None),),
        blocks=tuple(replace(b, cap=None) for b in blocks),
    )


@st.composite
def facts_and_one_more(draw: st.DrawFn) -> tuple[list[Fact[Any]], Fact[Any]]:
    """An account, and an act of the last day of the year that is no second record of anything."""
    kinds = ("visited_village", "attended", "proposed", "contributed_resources")
    found = draw(st.lists(any_fact(kinds), max_size=8, unique_by=lambda f: f.deed))
    last = draw(any_fact(kinds))
    more = replace(
        last,
        deed="more",
        on=TODAY,
        recorded_on=TODAY,
        same_as="",
        record=RecordClass.COUNTY,
        reached=tuple(replace(r, on=TODAY) for r in last.reached),
    )
    return found, more


@given(one_clause_a_kind(), facts_and_one_more(), any_member())
def test_one_more_act_never_brings_more_than_was_said(
    under: Rubric, acts: tuple[list[Fact[Any]], Fact[Any]], of: Person
) -> None:
    """Where what one more act brings is told it brings no more; where nothing is left it brings nothing."""
    facts, more = acts
    before = card(under, facts, of)
    gain = Fraction(card(under, [*facts, more], of).total) - Fraction(before.total)
    clause = next((c.code for _, c in under.clauses if more.kind in c.counts[0].kinds), None)
    left = next((r for r in before.reachable if r.clause == clause), None)

    if left is None:
        assert gain <= 0
    else:
        assert not left.next_act or gain <= Fraction(left.next_act)
        assert not left.left or gain <= Fraction(left.left)


# As of a day


@given(any_rubric(), FACTS, any_member(), pick(0, 31, 120))
def test_what_comes_of_an_act_after_the_last_day_for_it_changes_no_point(
    under: Rubric, facts: list[Fact[Any]], of: Person, days: int
) -> None:
    """A card with later outcomes is the card of those who did not know of them yet; only reasons may say more."""
    timing = Timing.ACT if under.late is None else under.late.timing
    bounded = replace(under, late=LateOutcome(timing=timing, within_days=days))
    ends = PERIOD.last + timedelta(days=days)
    known = [replace(f, reached=tuple(r for r in f.reached if r.on <= ends)) for f in facts]
    found, then = card(bounded, facts, of), card(bounded, known, of)

    told = tuple(
        replace(line, adjustments=tuple(a for a in line.adjustments if a.cut is not Cut.TOO_LATE))
        for line in found.lines
    )

    assert (found.total, told, found.gates) == (then.total, then.lines, then.gates)
    assert [w.deed for w in found.why_not] == [w.deed for w in then.why_not]


@given(any_rubric(), FACTS, any_member())
def test_what_happened_after_the_period_changes_no_point(
    under: Rubric, facts: list[Fact[Any]], of: Person
) -> None:
    """Acts of the next year are told as such, and nothing else differs."""
    later = [
        replace(f, deed=f"next/{f.deed}", same_as="", on=f.on + timedelta(days=400)) for f in facts
    ]
    found, then = card(under, [*facts, *later], of), card(under, facts, of)

    assert replace(found, why_not=()) == replace(then, why_not=())
