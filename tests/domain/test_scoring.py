"""Scoring in rules: lines that add up, reasons for the rest, and nothing that depends on the order of entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import explain, rubric_text
from domain.attestation import Counts, Policy
from domain.fact import Attendance, Capacity, Fact, RecordClass, Spoke
from domain.kinds import Stage
from domain.kinds.advice import DeliveredSpeech, ReportedOpinion
from domain.kinds.culture import WasCommended
from domain.kinds.deliberation import Researched
from domain.kinds.meetings import Meeting
from domain.kinds.people import Counterpart, PairedWith, Relation, VisitedVillage
from domain.member import MemberRole, RoleHeld
from domain.period import Period
from domain.rubric import (
    Apart,
    Axis,
    Block,
    Clause,
    Distinct,
    Each,
    Full,
    Group,
    Measure,
    Once,
    Per,
    Rubric,
    Start,
    Table,
    Who,
)
from domain.scorecard import Cut, Scorecard
from domain.scoring import score
from domain.selection import Byline, Passed, Selects, Where, Why
from domain.words import Level
from tests.facts import TODAY, YEAR, at, day, fact, meeting, member, opinion, proposal

PERIOD = Period.year(YEAR)
VISIT = VisitedVillage()
HALF = Fraction(1, 2)
WORK = Distinct(by=Apart.WORK)


def clause(
    measure: Measure, code: str = "c", kinds: str = "visited_village", **rest: Any
) -> Clause:
    counts = rest.pop("counts", (Selects(kinds=tuple(kinds.split())),))
    return Clause(code=code, zh=code, en=code, counts=counts, measure=measure, **rest)


def block(*clauses: Clause, code: str = "b", **rest: Any) -> Block:
    return Block(code=code, zh=code, en=code, clauses=clauses, **rest)


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
    return score(
        facts, under if isinstance(under, Rubric) else rubric(under), of, PERIOD, today, **rest
    )


def five() -> list[Fact[Any]]:
    return [fact(VISIT, f"0{n}-10") for n in range(1, 6)]


def reasons(of: Scorecard) -> list[Why]:
    return [w.why for w in of.why_not]


# How much


def test_every_act_earns_its_price() -> None:
    """每次计分."""
    assert card(clause(Each(price=Fraction(3, 2))), *five()).total == "7.5"


def test_one_act_or_many_earn_once() -> None:
    """一份或多份只计一次; the others say so."""
    found = card(clause(Once(price=Fraction(10))), *five())

    assert found.total == "10"
    assert reasons(found) == [Why.COUNTED_ONCE] * 4


def test_once_takes_the_best_act() -> None:
    """Of an own and a joint proposal the better one counts, whichever came first."""
    prices = Table(by=Axis.BYLINE, prices=(("sole", Fraction(15)), ("joint", Fraction(5))))
    found = card(
        clause(Once(price=prices), kinds="proposed"),
        proposal("01-10", place=2, authors=3),
        proposal("07-10"),
    )

    assert found.total == "15"


def test_counting_starts_at_the_nth_act_by_day() -> None:
    """从第3件起."""
    found = card(clause(Each(price=Fraction(2), from_nth=3)), *five())

    assert found.total == "6"
    assert [line.nth for line in found.lines] == [3, 4, 5]
    assert reasons(found) == [Why.BEFORE_NTH] * 2


def test_of_one_day_the_lesser_act_is_passed_over() -> None:
    """从第2件起 in the member's favour: the joint proposal of the day is the first, the own one is paid."""
    prices = Table(by=Axis.BYLINE, prices=(("sole", Fraction(8)), ("joint", Fraction(3))))
    found = card(
        clause(Each(price=prices, from_nth=2), kinds="proposed"),
        proposal(deed="matter/a"),
        proposal(deed="matter/b", place=2, authors=2),
    )

    assert found.total == "8"


def test_once_takes_the_act_that_would_earn_least_elsewhere() -> None:
    """Two acts are worth the same to one clause; the next clause is left with the better one."""
    prices = Table(by=Axis.BYLINE, prices=(("sole", Fraction(5)), ("joint", Fraction(3))))
    found = card(
        rubric(
            clause(Once(price=Fraction(10)), "first", "proposed"),
            clause(Each(price=prices), "more", "proposed", beyond=("first",)),
        ),
        proposal(deed="matter/a"),
        proposal(deed="matter/b", place=2, authors=2),
    )

    assert found.total == "15"


def test_what_another_clause_has_paid_is_not_looked_at_again() -> None:
    """第一件15分,第二件起每件5分."""
    found = card(
        rubric(
            clause(Once(price=Fraction(15)), "first"),
            clause(Each(price=Fraction(5)), "more", beyond=("first",)),
        ),
        *five(),
    )

    assert found.total == "35"
    assert found.why_not == ()


def test_n_acts_earn_the_full_mark_and_more_earn_nothing() -> None:
    """4 x 7.5; the fifth keeps its line at 0."""
    found = card(clause(Full(points=Fraction(30), acts=4)), *five())

    assert found.total == "30"
    assert [line.points for line in found.lines] == ["7.5", "7.5", "7.5", "7.5", "0"]
    assert [a.cut for a in found.lines[4].adjustments] == [Cut.FULL_MARK]


def test_too_few_acts_earn_nothing_where_the_full_mark_is_all_or_nothing() -> None:
    """满6次得分, five are not enough."""
    assert card(clause(Full(points=Fraction(30), acts=6, partial=False)), *five()).total == "0"


def test_thirds_are_exact() -> None:
    """Three acts of a full mark of 100 by three make 100, two make 200/3."""
    full = clause(Full(points=Fraction(100), acts=3))

    assert card(full, *five()[:3]).total == "100"
    assert card(full, *five()[:2]).total == "200/3"


def test_half_days_are_paid_as_attended() -> None:
    """每半天计分."""
    found = card(
        clause(Each(price=HALF, per=Per.HALF_DAY), kinds="attended"),
        meeting(half_days=5, of_half_days=6),
    )

    assert found.total == "2.5"


def test_a_table_prices_the_highest_level_of_an_outcome() -> None:
    """就高不重复: taken up by county and province earns the provincial price."""
    levels = Table(by=Axis.OUTCOME, prices=(("county", Fraction(3)), ("province", Fraction(8))))
    taken = (Passed(stage=Stage.TAKEN_UP),)
    found = card(
        clause(
            Each(price=levels), counts=(Selects(kinds=("reported_opinion",), passed_any=taken),)
        ),
        opinion(
            "03-05",
            at(Stage.TAKEN_UP, level=Level.COUNTY),
            at(Stage.TAKEN_UP, level=Level.PROVINCE),
            at(Stage.TAKEN_UP, level=Level.CITY),
        ),
    )

    assert found.total == "8"


def test_a_table_can_be_read_by_a_detail_of_the_kind() -> None:
    """表彰层级 stands in the details."""
    table = Table(by=Axis.DETAIL, detail="commended_level", prices=(("city", Fraction(6)),))
    found = card(
        clause(Each(price=table), kinds="was_commended"),
        fact(WasCommended(commended_by="市", commended_level=Level.CITY), "03-05"),
        fact(WasCommended(commended_by="县", commended_level=Level.COUNTY), "03-06"),
    )

    assert (found.total, reasons(found)) == ("6", [Why.NOT_LISTED])


# Who


def test_a_clause_for_standing_members_passes_others_over() -> None:
    """按职务."""
    only = clause(Each(price=Fraction(30)), who=Who(holds=frozenset({MemberRole.STANDING_MEMBER})))

    assert card(only, fact(VISIT), member=member(MemberRole.STANDING_MEMBER)).total == "30"
    assert reasons(card(only, fact(VISIT))) == [Why.NOT_ELIGIBLE]


def test_cosigners_get_their_share_or_nothing() -> None:
    """第一提案人全额、联名一半、其他人不得分; who signs alone shares with nobody unless the clause says so."""
    shared = clause(
        Each(price=Fraction(10)),
        kinds="proposed",
        shares=((Byline.FIRST, Fraction(1)), (Byline.JOINT, HALF)),
    )
    joint = card(shared, proposal(place=2, authors=3))

    assert card(shared, proposal(authors=3)).total == "10"
    assert joint.total == "5"
    assert [(a.cut, a.amount) for a in joint.lines[0].adjustments] == [(Cut.SHARE, "-5")]
    assert card(shared, proposal()).total == "10"
    others = replace(shared, shares=((Byline.SOLE, Fraction(0)), (Byline.JOINT, HALF)))
    assert reasons(card(others, proposal())) == [Why.CO_AUTHOR]
    assert reasons(card(others, proposal(authors=3))) == [Why.CO_AUTHOR]


def test_nothing_is_taken_from_an_exempt_member() -> None:
    """免于履职期间不扣分, and what he did all the same counts."""
    absences = clause(
        Each(price=Fraction(-2)),
        counts=(Selects(kinds=("attended",), states=frozenset({Attendance.ABSENT})),),
    )
    ill = member(exempt=("03-01", "04-01"))
    missed = meeting(state=Attendance.ABSENT)

    assert card(absences, missed).total == "-2"
    assert reasons(card(absences, missed, member=ill)) == [Why.EXEMPT]
    assert card(clause(Each(price=Fraction(1))), fact(VISIT), member=ill).total == "1"


# Limits


def test_a_cap_leaves_a_line_at_nothing() -> None:
    """A line stays when a cap cuts it to nothing; the earliest acts keep their points."""
    found = card(clause(Each(price=Fraction(2)), cap=Fraction(5)), *five())

    assert found.total == "5"
    assert [line.points for line in found.lines] == ["2", "2", "1", "0", "0"]
    assert found.why_not == ()


def test_a_cap_on_acts_pays_the_first_ones() -> None:
    """最多计2次."""
    assert card(clause(Each(price=Fraction(2)), times=2), *five()).total == "4"


def test_clauses_can_share_a_cap() -> None:
    """合并封顶: two clauses of 10 each under 12 together."""
    together = Group(code="s", zh="合", en="s", of=("x", "y"), cap=Fraction(12))
    found = card(
        rubric(
            block(
                clause(Each(price=Fraction(2)), "x"),
                clause(Each(price=Fraction(2)), "y"),
            ),
            groups=(together,),
        ),
        *five(),
    )

    assert found.total == "12"
    assert found.reachable == ()


def test_a_block_that_starts_full_is_taken_from_down_to_its_floor() -> None:
    """满分扣减,扣完为止: the deductions are lines, and the last ones give back what went too far."""
    absences = clause(
        Each(price=Fraction(-2)),
        counts=(Selects(kinds=("attended",), states=frozenset({Attendance.ABSENT})),),
    )
    full = rubric(block(absences, starts=(Start(points=Fraction(5)),), floor=Fraction(0)))
    missed = [meeting(on=f"0{n}-10", state=Attendance.ABSENT) for n in range(1, 5)]
    found = card(full, *missed)

    assert card(full).total == "5"
    assert found.total == "0"
    assert [line.points for line in found.lines] == ["5", "-2", "-2", "-1", "0"]
    assert found.lines[3].adjustments[0].cut is Cut.BLOCK_FLOOR


def test_a_total_has_a_cap_of_its_own() -> None:
    """总分封顶, after the blocks."""
    found = card(rubric(clause(Each(price=Fraction(50))), cap=Fraction(100)), *five())

    assert found.total == "100"
    assert found.lines[-1].adjustments[0].cut is Cut.TOTAL_CAP


def test_one_absence_can_spoil_a_clause() -> None:
    """全勤才得分."""
    present = Selects(kinds=("attended",))
    absent = Selects(kinds=("attended",), states=frozenset({Attendance.ABSENT}))
    whole = clause(Once(price=Fraction(30)), counts=(present,), spoiled_by=(absent,))
    there, away = meeting(on="03-05"), meeting(on="04-05", state=Attendance.ABSENT)

    assert card(whole, there).total == "30"
    assert card(whole, there, away).total == "0"
    assert card(whole, there, away, member=member(exempt=("04-01", "04-30"))).total == "30"


WHOLE = clause(
    Once(price=Fraction(30)),
    counts=(Selects(kinds=("attended",)),),
    spoiled_by=(
        Selects(kinds=("attended",), states=frozenset({Attendance.ABSENT})),
        Selects(kinds=("attended",), whole=False),
    ),
)


def test_a_record_that_stands_behind_another_spoils_nothing() -> None:
    """One deed, one record: what the other side had wrong does not bear on the clause."""
    stands = meeting(deed="occasion/a")
    behind = meeting(state=Attendance.ABSENT, deed="occasion/b", same_as="occasion/a")

    assert card(WHOLE, stands, behind).total == "30"
    assert card(WHOLE, stands, replace(behind, same_as="")).total == "0"


def test_nothing_spoils_a_clause_before_it_is_for_the_member() -> None:
    """Somebody who sat in and left early in spring, and joined the Standing Committee in June, missed nothing of it."""
    only = replace(WHOLE, who=Who(holds=frozenset({MemberRole.STANDING_MEMBER})))
    since_june = RoleHeld(role=MemberRole.STANDING_MEMBER, since=day("06-01"))
    joined = replace(member(), roles=(since_june,))
    before = meeting(on="03-01", state=Attendance.ABSENT, capacity=Capacity.SITS_IN)
    since = meeting(on="09-01")

    assert card(only, before, since, member=joined).total == "30"
    assert card(only, replace(before, on=day("07-01")), since, member=joined).total == "0"


def test_a_spoiled_clause_can_bring_nothing_more() -> None:
    """Whoever missed it is not told that he could still earn it."""
    missed = meeting(state=Attendance.ABSENT)

    assert [r.clause for r in card(WHOLE).reachable] == ["c"]
    assert card(WHOLE, missed).reachable == ()


def test_half_a_meeting_is_not_the_whole_of_it() -> None:
    """全程才得分: one half day of eight spoils, eight of eight do not."""
    part, whole = (meeting(half_days=n, of_half_days=8) for n in (1, 8))

    assert card(WHOLE, part).total == "0"
    assert card(WHOLE, whole).total == "30"


# Why not


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (meeting(), Why.NOT_PRICED),
        (fact(VISIT, record=RecordClass.GUEST), Why.GUEST),
        (fact(VISIT, capacity=Capacity.EXPERT), Why.GUEST),
        (fact(VISIT, attendance=Attendance.LEAVE), Why.STATE),
        (fact(VISIT, record=RecordClass.SELF), Why.NOT_YET),
        (replace(fact(VISIT), on=date(YEAR - 1, 3, 5)), Why.OTHER_PERIOD),
    ],
)
def test_a_fact_without_points_says_why(one: Fact[Any], why: Why) -> None:
    """Exactly one reason of a closed list."""
    found = card(clause(Each(price=Fraction(1))), one)

    assert (found.lines, reasons(found)) == ((), [why])


def test_the_clause_that_came_nearest_is_named() -> None:
    """A filed proposal by a co-author fails later than one that was not filed."""
    filed = Selects(kinds=("proposed",), passed_all=(Passed(stage=Stage.FILED),))
    first = clause(
        Each(price=Fraction(5)), "filed", counts=(filed,), shares=((Byline.SOLE, Fraction(1)),)
    )

    assert reasons(card(first, proposal())) == [Why.STAGE]
    found = card(first, proposal("03-05", Stage.FILED, place=2, authors=2))
    assert [(w.why, w.clause) for w in found.why_not] == [(Why.CO_AUTHOR, "filed")]


def test_a_converted_work_is_left_to_its_other_form() -> None:
    """提案转社情民意不重复计分."""
    kept = Selects(kinds=("proposed",), passed_none=(Passed(stage=Stage.CONVERTED_TO_OPINION),))
    found = card(
        clause(Each(price=Fraction(10)), counts=(kept,)),
        proposal("03-05", Stage.CONVERTED_TO_OPINION),
    )

    assert reasons(found) == [Why.CONVERTED]


def test_evidence_speaking_and_details_can_be_asked_for() -> None:
    """凭佐证; 发言; 会议类型."""
    asked = Selects(
        kinds=("attended",),
        where=(Where(name="meeting", values=frozenset({"plenary_session"})),),
        spoke=frozenset({Spoke.ORALLY}),
        evidence=1,
    )
    spoken = meeting(Meeting.PLENARY_SESSION, spoke=Spoke.ORALLY)
    one = clause(Each(price=Fraction(2)), counts=(asked,))

    assert card(one, replace(spoken, evidence=1)).total == "2"
    assert reasons(card(one, spoken)) == [Why.NO_EVIDENCE]
    assert reasons(card(one, meeting(spoke=Spoke.ORALLY, evidence=1))) == [Why.CONDITIONS]


def test_sessions_of_one_work_count_once() -> None:
    """同一课题只计一次."""
    trips = [fact(Researched(), f"0{n}-10", work="w") for n in range(1, 4)]
    found = card(clause(Each(price=Fraction(2)), kinds="researched", distinct=WORK), *trips)

    assert (found.total, reasons(found)) == ("2", [Why.SAME_WORK] * 2)


# One deed, one credit


def test_two_records_of_one_deed_give_one_credit() -> None:
    """Linked records count through the one that stands for both."""
    found = card(
        clause(Each(price=Fraction(2))),
        fact(VISIT, deed="occasion/a", same_as="occasion/b"),
        fact(VISIT, deed="occasion/b"),
    )

    assert found.total == "2"
    assert [(w.deed, w.why) for w in found.why_not] == [("occasion/a", Why.SAME_DEED)]


def test_a_matter_in_another_form_has_one_credit_with_what_it_was_converted_from() -> None:
    """提案转社情民意信息: the report stands behind the proposal."""
    found = card(
        clause(Each(price=Fraction(2)), kinds="proposed reported_opinion"),
        proposal("03-01", Stage.CONVERTED_TO_OPINION, deed="matter/p"),
        fact(ReportedOpinion(), deed="matter/o", same_as="matter/p"),
    )

    assert found.total == "2"
    assert [(w.deed, w.why) for w in found.why_not] == [("matter/o", Why.SAME_DEED)]


SPEECHES = rubric(
    clause(Each(price=Fraction(2)), kinds="attended", code="came"),
    clause(
        Each(price=Fraction(3)),
        "spoke",
        counts=(Selects(kinds=("attended",), spoke=frozenset({Spoke.ORALLY})),),
    ),
    clause(Each(price=Fraction(5)), kinds="delivered_speech", code="speech"),
)


def speech(spoken_at: str = "") -> Fact[Any]:
    return fact(DeliveredSpeech(spoken_at=spoken_at), deed="matter/s", place=1, authors=1)


def spoken(**said: Any) -> Fact[Any]:
    return meeting(Meeting.SPEECH_MEETING, spoke=Spoke.ORALLY, deed="occasion/a", **said)


def test_one_speech_never_becomes_two() -> None:
    """The tick of having spoken is the speech whose text is registered; having come is another matter."""
    assert card(SPEECHES, spoken(), speech()).total == "10"
    found = card(SPEECHES, spoken(), speech("a"))
    assert found.total == "7"
    assert found.why_not == ()
    assert card(SPEECHES, spoken(same_as="occasion/b"), speech("b")).total == "7"


def test_a_tick_that_earns_nothing_more_says_why() -> None:
    only_ticks = rubric(*[c for _, c in SPEECHES.clauses if c.code != "came"])

    found = card(only_ticks, spoken(), speech("a"))

    assert (found.total, reasons(found)) == ("5", [Why.SAME_SPEECH])


def test_a_speech_that_does_not_count_leaves_the_tick_as_it_is() -> None:
    waiting = replace(speech("a"), record=RecordClass.SELF)

    assert card(SPEECHES, spoken(), waiting).total == "5"


def test_a_linked_record_counts_where_the_other_does_not() -> None:
    """What stands behind a record that is not counted is not lost; of several only one counts."""
    found = card(
        clause(Each(price=Fraction(2))),
        fact(VISIT, deed="occasion/a", same_as="occasion/b"),
        fact(VISIT, deed="occasion/c", same_as="occasion/b"),
        fact(VISIT, deed="occasion/b", record=RecordClass.SELF),
    )

    assert found.total == "2"


def test_records_that_point_at_each_other_give_one_credit() -> None:
    """A ring of links neither loses nor doubles."""
    found = card(
        clause(Each(price=Fraction(2))),
        fact(VISIT, deed="occasion/a", same_as="occasion/b"),
        fact(VISIT, deed="occasion/b", same_as="occasion/a"),
    )

    assert found.total == "2"


def test_a_rubric_may_pay_linked_works_twice() -> None:
    """可重复计分, where the clause says so."""
    found = card(
        clause(Each(price=Fraction(2)), linked=True),
        fact(VISIT, deed="occasion/a", same_as="occasion/b"),
        fact(VISIT, deed="occasion/b"),
    )

    assert found.total == "4"


# Time


def test_a_pairing_counts_in_every_year_that_it_is_in_force() -> None:
    """结对在期."""
    details = PairedWith(relation=Relation.VILLAGE, counterpart=Counterpart.VILLAGE)
    old = replace(fact(details), on=date(2020, 1, 1))
    one = clause(Each(price=Fraction(20)), kinds="paired_with")

    assert card(one, old).total == "20"
    assert reasons(card(one, replace(old, until=date(2023, 12, 31)))) == [Why.OTHER_PERIOD]


def test_a_card_says_when_silence_alone_will_change_it() -> None:
    """无异议即计: the day after the window."""
    policy = Policy(by_class={RecordClass.TOWNSHIP: Counts.UNLESS_OBJECTED})
    visit = fact(VISIT, "03-05", record=RecordClass.TOWNSHIP)
    one = clause(Each(price=Fraction(2)))
    before = card(one, visit, today=day("03-06"), policy=policy)

    assert (before.total, before.changes_on) == ("0", day("03-21"))
    assert card(one, visit, today=day("03-21"), policy=policy).total == "2"


def test_a_card_that_only_shows_another_state_does_not_change() -> None:
    """登记即计: silence changes a word on the page, not the points."""
    visit = fact(VISIT, "03-05", record=RecordClass.TOWNSHIP)

    assert card(clause(Each(price=Fraction(2))), visit, today=day("03-06")).changes_on is None


def test_silence_never_changes_a_card_where_both_sides_have_to_confirm() -> None:
    """双方确认后计: no day is named on which time alone would help."""
    policy = Policy(by_class={RecordClass.TOWNSHIP: Counts.WHEN_BOTH})
    visit = fact(VISIT, "03-05", record=RecordClass.TOWNSHIP)
    waiting = card(clause(Each(price=Fraction(2))), visit, today=day("03-06"), policy=policy)

    assert (waiting.total, waiting.changes_on) == ("0", None)


# What is left


def test_what_can_still_be_reached_is_within_all_limits() -> None:
    """Two more of four activities bring 15; the block leaves room for 10."""
    full = clause(Full(points=Fraction(30), acts=4))
    open_ended = rubric(full)
    tight = rubric(block(full, cap=Fraction(25)))

    (reach,) = card(open_ended, *five()[:2]).reachable
    assert (reach.next_act, reach.left) == ("7.5", "15")
    (reach,) = card(tight, *five()[:2]).reachable
    assert (reach.next_act, reach.left) == ("7.5", "10")


# All rubrics, all facts

STATES = st.sampled_from(list(Attendance))
DAYS = st.builds(lambda m, d: f"{m:02}-{d:02}", st.integers(1, 12), st.integers(1, 28))


@st.composite
def any_fact(draw: st.DrawFn) -> Fact[Any]:
    """A visit, a meeting in any state, a proposal in any place, an opinion; any record, some linked."""
    on = draw(DAYS)
    rest: dict[str, Any] = {
        "deed": f"d{draw(st.integers(0, 10**9))}",
        "record": draw(st.sampled_from(list(RecordClass))),
        "same_as": draw(st.sampled_from(["", "", "", "d1"])),
        "work": draw(st.sampled_from(["", "w1", "w2"])),
    }
    match draw(st.integers(0, 3)):
        case 0:
            return fact(VISIT, on, **rest)
        case 1:
            return meeting(on=on, state=draw(STATES), half_days=draw(st.integers(0, 6)), **rest)
        case 2:
            stages = draw(st.lists(st.sampled_from([Stage.FILED, Stage.MADE_KEY]), max_size=2))
            place = draw(st.integers(1, 3))
            return proposal(on, *stages, place=place, authors=draw(st.integers(place, 4)), **rest)
        case _:
            level = draw(st.sampled_from(list(Level)))
            return opinion(on, at(Stage.TAKEN_UP, on, level), **rest)


PRICES = st.sampled_from([Fraction(p) for p in ("1", "7.5", "1/3", "-2", "-1.5", "10")])
KINDS_PRICED = st.sampled_from(["visited_village", "attended", "proposed", "reported_opinion"])


@st.composite
def any_clause(draw: st.DrawFn, code: str, before: tuple[str, ...], *, least: int = -2) -> Clause:
    """A clause of any measure; `least` bounds its price."""
    price = draw(PRICES.filter(lambda p: p >= least))
    table = Table(by=Axis.BYLINE, prices=(("sole", price), ("first", price / 2)))
    measures: list[Measure] = [
        Each(price=price),
        Each(price=price, from_nth=2),
        Each(price=price, per=Per.HALF_DAY),
        Each(price=table),
        Once(price=price),
        Once(price=table),
        Full(points=price, acts=3),
        Full(points=price, acts=3, partial=False),
    ]
    return clause(
        draw(st.sampled_from(measures)),
        code,
        draw(KINDS_PRICED),
        cap=draw(st.sampled_from([None, Fraction(5), Fraction(7, 3)])),
        times=draw(st.sampled_from([None, 1, 3])),
        shares=draw(st.sampled_from([(), ((Byline.SOLE, Fraction(1)), (Byline.JOINT, HALF))])),
        beyond=draw(st.sampled_from([(), before[:1]])),
        distinct=draw(st.sampled_from((None, WORK))),
        linked=draw(st.booleans()),
    )


@st.composite
def any_rubric(draw: st.DrawFn, *, least: int = -2) -> Rubric:
    """Two blocks of up to three clauses under any limits."""
    blocks: list[Block] = []
    before: tuple[str, ...] = ()
    for name in ("p", "q"):
        clauses: list[Clause] = []
        for n in range(draw(st.integers(1, 3))):
            clauses.append(draw(any_clause(f"{name}{n}", before, least=least)))
            before = (*before, f"{name}{n}")
        blocks.append(
            block(
                *clauses,
                code=name,
                starts=draw(st.sampled_from([(), (Start(points=Fraction(10)),)])),
                cap=draw(st.sampled_from([None, Fraction(20)])),
                floor=draw(st.sampled_from([None, Fraction(0)])),
            )
        )
    return rubric(*blocks, cap=draw(st.sampled_from([None, Fraction(25)])))


FACTS = st.lists(any_fact(), max_size=14, unique_by=lambda f: f.deed)


@given(any_rubric(), FACTS)
def test_lines_add_up_to_the_total(under: Rubric, facts: list[Fact[Any]]) -> None:
    """Of every block, and of the whole; each line is its worth and what was done to it."""
    found = card(under, *facts)

    assert sum(Fraction(line.points) for line in found.lines) == Fraction(found.total)
    assert sum(Fraction(b.points) for b in found.blocks) == Fraction(found.total)
    for line in found.lines:
        cuts = sum(Fraction(a.amount) for a in line.adjustments)
        assert Fraction(line.worth) + cuts == Fraction(line.points)


@given(any_rubric(), FACTS, st.randoms(use_true_random=False))
def test_the_order_of_entry_never_matters(under: Rubric, facts: list[Fact[Any]], mix: Any) -> None:
    """The same facts in another order give the same card, line by line."""
    mixed = list(facts)
    mix.shuffle(mixed)

    assert card(under, *facts) == card(under, *mixed)


@given(any_rubric(), st.lists(any_fact(), max_size=8), st.permutations(range(8)))
def test_ids_never_matter(under: Rubric, facts: list[Fact[Any]], names: list[int]) -> None:
    """Deeds by other names, unlinked, give the same total."""
    plain = [replace(f, same_as="", work="") for f in facts]
    first = [replace(f, deed=f"a{i}") for i, f in enumerate(plain)]
    other = [replace(f, deed=f"a{names[i]}") for i, f in enumerate(plain)]

    assert card(under, *first).total == card(under, *other).total


@given(any_rubric(), FACTS)
def test_every_fact_has_lines_or_exactly_one_reason(under: Rubric, facts: list[Fact[Any]]) -> None:
    """Nothing vanishes and nothing is said twice."""
    found = card(under, *facts)
    with_lines = {line.deed for line in found.lines if line.deed}
    without = [w.deed for w in found.why_not]

    assert with_lines.isdisjoint(without)
    assert len(without) == len(set(without))
    assert with_lines | set(without) == {f.deed for f in facts}


@given(any_rubric(least=0), FACTS)
def test_a_cap_never_raises_a_total(under: Rubric, facts: list[Fact[Any]]) -> None:
    """Taking all caps away from a rubric without deductions never lowers a card."""
    free = replace(
        under,
        cap=None,
        blocks=tuple(
            replace(b, cap=None, clauses=tuple(replace(c, cap=None, times=None) for c in b.clauses))
            for b in under.blocks
        ),
    )

    assert Fraction(card(under, *facts).total) <= Fraction(card(free, *facts).total)


@given(any_rubric(), FACTS)
def test_every_line_and_reason_can_be_said_in_both_languages(
    under: Rubric, facts: list[Fact[Any]]
) -> None:
    """Sentences are written from lines and from nothing else."""
    found = card(under, *facts)
    said = [explain.line(line, under) for line in found.lines]
    said += [explain.why_not(w, under) for w in found.why_not]
    said += [explain.reach(r, under) for r in found.reachable]
    said += [rubric_text.clause(c, under) for _, c in under.clauses]

    assert all(s.zh.endswith("分") or s.zh.endswith("。") for s in said)
    assert all(s.en for s in said)


@given(any_rubric(), FACTS)
def test_a_card_can_be_stored_and_read_back(under: Rubric, facts: list[Fact[Any]]) -> None:
    """Plain dataclasses of text, days and closed lists."""
    found = card(under, *facts)

    assert msgspec.json.decode(msgspec.json.encode(found), type=Scorecard) == found


def test_a_capped_line_reads_as_a_sentence() -> None:
    """The web, the CLI and the API say the same words."""
    capped = rubric(clause(Each(price=Fraction(2)), cap=Fraction(3)))
    line = card(capped, *five()[:2]).lines[1]

    assert explain.line(line, capped) == explain.Said(
        "2月10日走访村(社区),按“c”(第2次)计+2分,单项封顶-1分,实计+1分。",
        "10 February, visited a village: “c” (no. 2) is worth +2; cap of the clause -1; +1 in all.",
    )
