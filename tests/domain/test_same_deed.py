"""Two records of one deed give one credit, and taken apart again they give back each score exactly as it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from application import packs
from domain.checklist import Checklist, Progress, grid, progress
from domain.deed import Confirm, Known, LinkSame, UnlinkSame, Withdraw
from domain.document import Sort
from domain.fact import Fact, Part, Reached, SubjectId
from domain.kinds import Stage
from domain.kinds.advice import Proposed, ReportedOpinion
from domain.kinds.deliberation import Researched
from domain.kinds.people import Service, VisitedVillage, Volunteered
from domain.matter import Author, Matter, RecordMatter, ReportOutcome, people_of
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId
from domain.period import Period
from domain.rubric import Rubric
from domain.scorecard import Scorecard
from domain.scoring import score
from domain.selection import Why
from domain.unit import Side
from tests.county import (
    CHEN,
    CLERK,
    CONVENOR,
    COUNTY,
    ECONOMY,
    LI,
    MEDICINE,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    TODAY,
    WANG,
    ZHAO,
    Told,
    himself,
)
from tests.refusal import refusal

YEAR = Period.year(2025)
PEOPLE = (WANG, LI, ZHAO, CHEN)
SECTOR_CLERK = Actor(person=PersonId("liaison"), role=Role.CLERK, unit=ECONOMY)
RECORDERS = {SOUTH: CLERK, NORTH: NORTH_CLERK, ECONOMY: SECTOR_CLERK, COUNTY: OFFICE}


def published(sort: Sort, file: str) -> Any:
    """One of the documents that come with the product."""
    return packs.published(sort, files("packs").joinpath(file).read_text(encoding="utf-8"))


MEMBERS_RUBRIC: Rubric = published(Sort.RUBRIC, "rehearsal/rubric.yaml")
TEN_ONES: Checklist = published(Sort.CHECKLIST, "haiyan/ten-ones.yaml")
MONTHS: Checklist = published(Sort.CHECKLIST, "rehearsal/studio-months.yaml")
UNITS_RUBRIC: Rubric = packs.published(  # type: ignore[assignment]  # a rubric
    Sort.RUBRIC,
    """\
rubric: units
version: 1
zh: 单位考核办法
en: measure for units
since: 2024-01-01
subject: 单位
blocks:
  - block: work
    zh: 工作
    en: work
    clauses:
      - {clause: visits, zh: 走访, en: visits, counts: 走访村(社区), whose: 所属委员, each: 1}
      - {clause: own, zh: 主办, en: hosted, counts: [参加调研, 参加公益志愿活动], each: 2}
      - {clause: advice, zh: 建言, en: advice, counts: [提交提案, 报送社情民意信息], whose: 所属委员, each: 3}
      - {clause: scores, zh: 委员得分, en: members' scores, members: {take: 合计, times: 1}}
""",
)


class Ledger(Told):
    """As the harness, and who is linked to whom is known."""

    def known(self) -> Known:
        linked = {getattr(each, "same_as", "") for each in self.states.values()}
        return replace(super().known(), linked_to=lambda stream: stream in linked)


@dataclass(frozen=True)
class Scores:
    """All that anybody has in the year: cards of members, lists of members, cards and grids of units."""

    cards: dict[PersonId, Scorecard]
    lists: dict[PersonId, Progress]
    units: dict[UnitId, Scorecard]
    grids: dict[UnitId, Any]


def members_of(told: Told, unit: UnitId) -> list[PersonId]:
    return [
        who
        for who in PEOPLE
        if unit in {told.roster.home(who, side, TODAY) for side in (Side.SECTOR, Side.STUDIO)}
    ]


def scores(told: Told, *, without: str = "", today: date = TODAY) -> Scores:
    """What everybody has; `without` leaves out the facts of a record."""
    facts: dict[SubjectId, list[Fact[Any]]] = {}
    for fact in told.every_fact():
        if fact.deed != without:
            facts.setdefault(fact.subject, []).append(fact)

    def of(subject: str) -> list[Fact[Any]]:
        return facts.get(SubjectId(subject), [])

    people, units = told.roster.people, told.roster.units
    cards = {
        who: score(of(f"member/{who}"), MEMBERS_RUBRIC, people[who], YEAR, today) for who in PEOPLE
    }
    bound = {unit: members_of(told, unit) for unit in (ECONOMY, MEDICINE, SOUTH, NORTH)}
    return Scores(
        cards=cards,
        lists={
            who: progress(of(f"member/{who}"), TEN_ONES, SubjectId(f"member/{who}"), YEAR, today)
            for who in PEOPLE
        },
        units={
            unit: score(
                [*of(f"unit/{unit}"), *(f for who in theirs for f in of(f"member/{who}"))],
                UNITS_RUBRIC,
                units[unit],
                YEAR,
                today,
                members=[cards[who] for who in theirs],
            )
            for unit, theirs in bound.items()
        },
        grids={
            unit: grid(of(f"unit/{unit}"), MONTHS, units[unit], YEAR, today)
            for unit in (SOUTH, NORTH)
        },
    )


# Records that anybody may make

SOME = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True)
DETAILS = st.sampled_from([VisitedVillage(), Researched(), Volunteered(service=Service.OTHER)])


@st.composite
def occasions(draw: st.DrawFn) -> tuple[str, RecordOccasion, UnitId]:
    """An activity that a studio, a sector or the county recorded, some with another who held it as well."""
    organiser = draw(st.sampled_from([SOUTH, NORTH, ECONOMY, COUNTY]))
    hosts = st.sampled_from([(), (), (SOUTH,), (ECONOMY,), (NORTH, MEDICINE)])
    body: Occasion[Any] = Occasion(
        details=draw(DETAILS),
        title=draw(st.sampled_from(["走访韩村", "义诊", "界别活动"])),
        on=TODAY - timedelta(days=draw(st.integers(0, 120))),
        organiser=organiser,
        co_organisers=tuple(u for u in draw(hosts) if u != organiser),
        participants=tuple(
            Participant(person=who, part=draw(st.sampled_from([Part.LEADS, Part.TAKES_PART])))
            for who in draw(SOME)
        ),
    )
    return "occasion", RecordOccasion(occasion="", body=body), organiser


@st.composite
def matters(draw: st.DrawFn) -> tuple[str, RecordMatter, UnitId]:
    """A proposal or an opinion by one or several."""
    body: Matter[Any] = Matter(
        details=draw(st.sampled_from([Proposed(), ReportedOpinion()])),
        title="关于饮水的建议",
        on=TODAY - timedelta(days=draw(st.integers(0, 120))),
        organiser=draw(st.sampled_from([SOUTH, ECONOMY, COUNTY])),
        authors=tuple(Author(person=who) for who in draw(SOME)),
    )
    return "matter", RecordMatter(matter="", body=body), body.organiser


RECORDS = st.lists(st.one_of(occasions(), occasions(), matters()), min_size=2, max_size=7)


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[Ledger, list[str]]:
    """A county in which some was recorded, some of it confirmed, filed or declared by the members themselves."""
    told, found = Ledger(), []
    for n, (root, command, organiser) in enumerate(draw(RECORDS)):
        stream = f"{root}/{n}"
        who: tuple[PersonId, ...] = ()
        if isinstance(command, RecordMatter):
            command, who = replace(command, matter=str(n)), people_of(command.body)
        else:
            command = replace(command, occasion=str(n))
        declared = len(who) == 1 and draw(st.integers(0, 3)) == 0
        told.say(himself(who[0]) if declared else RECORDERS[organiser], command)
        found.append(stream)
        if isinstance(command, RecordMatter) and draw(st.booleans()):
            stage = Stage.FILED if isinstance(command.body.details, Proposed) else Stage.EDITED
            outcome = Reached(stage=stage, on=TODAY)
            told.say(OFFICE, ReportOutcome(matter=str(n), outcome=outcome))
        for actor, side in ((CONVENOR, Side.SECTOR), (STUDIO_HEAD, Side.STUDIO)):
            if draw(st.booleans()):
                try:
                    told.say(actor, Confirm(deed=stream, side=side))
                except Refused:
                    continue
    return told, found


def linked(told: Told, deed: str, same_as: str) -> bool:
    """Link them where that may be done."""
    try:
        return bool(told.say(OFFICE, LinkSame(deed=deed, same_as=same_as, reason="同一次")))
    except Refused:
        return False


@given(data=st.data(), county=ledgers(), later=st.sampled_from([0, 0, 40]))
def test_taken_apart_again_each_score_is_exactly_what_it_was(
    data: st.DataObject, county: tuple[Ledger, list[str]], later: int
) -> None:
    """Whatever was recorded by whom, however many are linked, and in whatever order they are taken apart."""
    told, records = county
    today = TODAY + timedelta(days=later)
    before, facts = scores(told, today=today), told.every_fact()
    one = st.sampled_from(records)
    pairs: list[tuple[str, str]] = data.draw(
        st.lists(st.tuples(one, one), min_size=1, max_size=4, unique=True)
    )
    made = [deed for deed, same_as in pairs if linked(told, deed, same_as)]
    assume(made)

    for deed in data.draw(st.permutations([*dict.fromkeys(made)])):
        told.say(OFFICE, UnlinkSame(deed=deed, reason="经核实为两次"))

    assert told.every_fact() == facts
    assert scores(told, today=today) == before


@given(data=st.data(), county=ledgers())
def test_two_records_of_one_deed_are_worth_what_one_of_them_is(
    data: st.DataObject, county: tuple[Ledger, list[str]]
) -> None:
    """To everybody who is in both: the one that was pointed to where it counts, else the other; who is in one alone keeps that."""
    told, records = county
    deed, same_as = data.draw(st.permutations(records))[:2]
    alone, other_alone = scores(told, without=deed), scores(told, without=same_as)
    here, there = told.facts(deed), told.facts(same_as)
    assume(linked(told, deed, same_as))

    both = scores(told)

    for who in PEOPLE:
        subject = f"member/{who}"
        card = both.cards[who]
        counts = [(card.total, card.lines), both.lists[who].done]
        with_target = [(alone.cards[who].total, alone.cards[who].lines), alone.lists[who].done]
        with_other = [
            (other_alone.cards[who].total, other_alone.cards[who].lines),
            other_alone.lists[who].done,
        ]
        if subject in there and subject in here:
            behind = {w.deed for w in card.why_not if w.why is Why.SAME_DEED}
            waits = {w.deed for w in card.why_not if w.why in {Why.NOT_YET, Why.NEVER}}
            assert counts == (with_other if same_as in waits and deed not in waits else with_target)
            assert behind <= {deed}
            assert {deed, same_as} - {line.deed for line in card.lines}
        elif subject in there:
            assert counts == with_target
        elif subject in here:
            assert counts == with_other


def recorded(*, third: UnitId = COUNTY) -> Ledger:
    """One clinic that the studio, the sector and the county recorded, each for himself."""
    told = Ledger()
    for name, organiser in (("studio", SOUTH), ("sector", ECONOMY), ("third", third)):
        body: Occasion[Any] = Occasion(
            details=Volunteered(service=Service.OTHER),
            title="义诊",
            on=date(2025, 6, 10),
            organiser=organiser,
            participants=(Participant(person=LI), Participant(person=WANG)),
        )
        told.say(RECORDERS[organiser], RecordOccasion(occasion=name, body=body))
    return told


def total(told: Told, who: PersonId = LI) -> str:
    return str(scores(told).cards[who].total)


def test_records_of_studio_and_sector_give_one_credit_and_apart_two_again() -> None:
    told = recorded()
    told.say(OFFICE, Withdraw(deed="occasion/third", reason="重复登记"))
    acts = {who: len(card.lines) for who, card in scores(told).cards.items()}
    before = scores(told)

    told.say(SECTOR_CLERK, LinkSame(deed="occasion/sector", same_as="occasion/studio"))
    one = scores(told)
    told.say(CLERK, UnlinkSame(deed="occasion/sector", reason="是两次"))

    for who in (LI, WANG):
        assert len(one.cards[who].lines) < acts[who]
        assert {line.deed for line in one.cards[who].lines if line.deed} == {"occasion/studio"}
    assert (one.cards[CHEN], one.cards[ZHAO]) == (before.cards[CHEN], before.cards[ZHAO])
    # Each of the two that held it has its own share of its own record, whichever stands for the members.
    assert one.units != before.units
    assert scores(told) == before


@pytest.mark.parametrize("first", ["studio", "third"])
def test_links_make_no_chain_and_no_ring(first: str) -> None:
    """Of three records two may point to the third; none points to one that points on, nor away from one that is pointed to."""
    told = recorded()

    def link(deed: str, same_as: str) -> LinkSame:
        return LinkSame(deed=f"occasion/{deed}", same_as=f"occasion/{same_as}")

    other = "third" if first == "studio" else "studio"
    told.say(OFFICE, link("sector", first))

    onwards = link(first, other)
    assert refusal(told, OFFICE, onwards) == (Reason.LINKED_TO, "/deed")
    assert refusal(told, OFFICE, link(first, "sector")) == (Reason.LINKED_TO, "/deed")
    assert refusal(told, OFFICE, link(other, "sector")) == (Reason.ALREADY_DONE, "/same_as")
    told.say(OFFICE, link(other, first))
    assert {line.deed for line in scores(told).cards[LI].lines if line.deed} == {
        f"occasion/{first}"
    }
    told.say(OFFICE, UnlinkSame(deed="occasion/sector", reason="两次"))
    assert refusal(told, OFFICE, onwards) == (Reason.LINKED_TO, "/deed")


def test_a_record_that_stands_for_another_may_be_taken_back_and_the_other_counts_again() -> None:
    told = recorded()
    told.say(OFFICE, Withdraw(deed="occasion/third", reason="重复登记"))
    alone = scores(told, without="occasion/studio").cards[LI]
    told.say(CLERK, LinkSame(deed="occasion/sector", same_as="occasion/studio"))

    told.say(CLERK, Withdraw(deed="occasion/studio", reason="未举办"))

    assert scores(told).cards[LI].lines == alone.lines


def test_what_was_converted_is_one_credit_with_its_source_for_as_long_as_it_says_so() -> None:
    """A proposal that became an opinion report counts once, by what became of the proposal."""
    told = Ledger()
    proposal: Matter[Any] = Matter(
        details=Proposed(),
        title="关于饮水的提案",
        on=date(2025, 3, 1),
        organiser=COUNTY,
        authors=(Author(person=LI),),
    )
    told.say(OFFICE, RecordMatter(matter="p", body=proposal))
    filed = Reached(stage=Stage.FILED, on=date(2025, 3, 20))
    told.say(OFFICE, ReportOutcome(matter="p", outcome=filed))
    before = scores(told)
    opinion = replace(
        proposal, details=ReportedOpinion(), on=date(2025, 4, 1), converted_from="matter/p"
    )

    told.say(OFFICE, RecordMatter(matter="o", body=opinion))

    found = scores(told).cards[LI]
    assert (found.total, found.lines) == (before.cards[LI].total, before.cards[LI].lines)
    assert [(w.deed, w.why) for w in found.why_not if w.deed == "matter/o"] == [
        ("matter/o", Why.SAME_DEED)
    ]


def test_each_unit_that_held_an_activity_has_it_and_its_members_have_it_once() -> None:
    """A joint activity stands in the account of each host; to a member who is bound to two of them it is one."""
    told = Ledger()
    body: Occasion[Any] = Occasion(
        details=VisitedVillage(),
        title="联合走访",
        on=date(2025, 6, 10),
        organiser=SOUTH,
        co_organisers=(ECONOMY,),
        participants=(Participant(person=LI), Participant(person=CHEN)),
    )
    told.say(CLERK, RecordOccasion(occasion="joint", body=body))

    assert set(told.facts("occasion/joint")) == {
        *("member/li", "member/chen"),
        *(f"unit/{SOUTH}", f"unit/{ECONOMY}"),
    }
    lines = {
        unit: [line.deed for line in card.lines if line.clause == "visits"]
        for unit, card in scores(told).units.items()
    }
    assert lines == {
        SOUTH: ["occasion/joint"],
        ECONOMY: ["occasion/joint"],
        MEDICINE: ["occasion/joint"],
        NORTH: [],
    }
