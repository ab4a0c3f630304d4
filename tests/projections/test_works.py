"""The year's boards: items of the plan by their time, tiers against quotas, topics by source, tasks by owner, and what belongs to a work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, event

from domain import numbers
from domain.course import Move
from domain.deed import LinkSame, Withdraw
from domain.document import Publish, Sort
from domain.fact import Reached, TopicSource
from domain.handling import MoveMatter
from domain.kinds import Stage
from domain.kinds.advice import RaisedTopic
from domain.kinds.culture import ContributedHistory, Publication
from domain.kinds.deliberation import Consultation as Form
from domain.kinds.deliberation import (
    Consulted,
    IssuedRecommendation,
    JoinedOversight,
    Tier,
)
from domain.kinds.deliberation import Oversight as OversightForm
from domain.kinds.meetings import Attended, Meeting
from domain.kinds.works import (
    Consultation,
    Oversight,
    PlanItem,
    PlannedFor,
    PlannedWork,
    PrintedVolume,
    Task,
)
from domain.matter import AmendMatter, Author, Matter, RecordMatter, ReportOutcome
from domain.meeting import CancelMeeting, CloseMeeting, PlanMeeting
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import UnitId
from domain.streams import Command
from domain.suggestion import MakeSuggestion
from projections import suggestions, works
from projections.courses import Timeliness
from projections.documents import Shelf
from projections.store import Store
from projections.works import Held, TaskState, TopicState
from tests.projections.county import (
    CLERK,
    COUNTY,
    LI,
    LINKING,
    LINKING_HEAD,
    NORTH,
    OFFICE,
    SOUTH,
    County,
    read_document,
    rows_of,
)
from tests.projections.test_courses import published

TODAY = date(2025, 6, 25)
OF_THE_YEAR = date(2025, 1, 8)


def work(
    name: str,
    details: Any,
    owner: UnitId = LINKING,
    on: date = OF_THE_YEAR,
    **said: Any,
) -> RecordMatter:
    body: Matter[Any] = Matter(
        details=details,
        title=f"事项{name}",
        on=on,
        organiser=COUNTY,
        authors=(Author(unit=owner),),
    )
    return RecordMatter(matter=name, body=replace(body, **said))


def item(name: str, when: PlannedFor | None, tier: Tier = Tier.NONE, **said: Any) -> RecordMatter:
    details = PlanItem(
        item=PlannedWork.CONSULTATION, year=2025, planned_for=when, tier=tier, **said
    )
    return work(name, details)


def reported(name: str, stage: Stage, on: date = date(2025, 4, 1)) -> ReportOutcome:
    return ReportOutcome(matter=name, outcome=Reached(stage=stage, on=on))


def session(name: str, details: Any, on: date = date(2025, 5, 20), **said: Any) -> RecordOccasion:
    body: Occasion[Any] = Occasion(
        details=details,
        title=f"活动{name}",
        on=on,
        organiser=COUNTY,
        participants=(Participant(person=LI),),
    )
    return RecordOccasion(occasion=name, body=replace(body, **said))


def topic(name: str, source: TopicSource | None, **said: Any) -> RecordMatter:
    authors = (Author(person=LI),)
    return work(name, RaisedTopic(), topic_source=source, authors=authors, **said)


@pytest.fixture
def county() -> County:
    county = County().found()
    county.day = TODAY
    return county


@pytest.fixture
def ask(county: County, store: Store) -> Callable[..., Any]:
    """Asks a query of the year's boards, of what is in the ledger by now."""

    def asking(query: Any, *more: Any, **asked: Any) -> Any:
        county.reader(store, today=TODAY).catch_up()
        with store.reading() as connection:
            return query(connection, "small", *more, **asked)

    return asking


# The plan


def test_a_plan_is_in_the_order_of_its_times_and_says_what_was_held_and_what_is_late(
    county: County, ask: Callable[..., Any]
) -> None:
    county.say(
        OFFICE,
        item("no-time", None),
        item("june", PlannedFor.JUNE),
        item("late", PlannedFor.FIRST_QUARTER, person_responsible="林主任"),
        item("done", PlannedFor.FEBRUARY),
        item("session", PlannedFor.MARCH),
        reported("late", Stage.OPINIONS_SOUGHT, date(2025, 1, 9)),
        reported("late", Stage.DECIDED, date(2025, 1, 20)),
        reported("done", Stage.DONE, date(2025, 2, 20)),
        session("s", Consulted(form=Form.THEMATIC), plan_item="session"),
    )
    lines = ask(works.plan, year=2025, today=TODAY).rows
    assert [(line.matter, line.held) for line in lines] == [
        ("done", Held.HELD),
        ("late", Held.LATE),
        ("session", Held.HELD),
        ("june", Held.AHEAD),
        ("no-time", Held.AHEAD),
    ]
    late = lines[1]
    assert (late.owner_name, late.person, late.until) == (
        "专门委员会linking",
        "林主任",
        date(2025, 3, 31),
    )
    assert [(s.stage, s.on) for s in late.steps if s.on] == [
        (Stage.OPINIONS_SOUGHT, date(2025, 1, 9)),
        (Stage.DECIDED, date(2025, 1, 20)),
    ]
    assert [(p.stream, p.title) for p in lines[2].parts.latest] == [("occasion/s", "活动s")]
    figures = ask(works.plan_figures, shelf=Shelf(read_document), year=2025, today=TODAY)
    assert [(q.quarter, q.planned, q.held, q.late) for q in figures.quarters] == [
        (0, 1, 0, 0),
        (1, 3, 2, 1),
        (2, 1, 0, 0),
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"held": Held.HELD}, ["done"]),
        ({"held": Held.LATE}, ["late"]),
        ({"held": Held.AHEAD}, ["june"]),
        ({"quarter": 1}, ["done", "late"]),
        ({"item": PlannedWork.SURVEY}, []),
        ({"owner": LINKING}, ["done", "late", "june"]),
        ({"owner": SOUTH}, []),
    ],
)
def test_a_plan_is_narrowed(
    county: County, ask: Callable[..., Any], asked: dict[str, Any], found: list[str]
) -> None:
    county.say(
        OFFICE,
        item("june", PlannedFor.JUNE),
        item("late", PlannedFor.FIRST_QUARTER),
        item("done", PlannedFor.FEBRUARY),
        reported("done", Stage.DONE),
    )
    lines = ask(works.plan, year=2025, today=TODAY, **asked).rows
    assert [line.matter for line in lines] == found
    assert ask(works.plan, year=2024, today=TODAY).rows == ()


def test_a_plan_goes_on_by_pages(county: County, ask: Callable[..., Any]) -> None:
    county.say(OFFICE, *(item(f"i{n}", PlannedFor.JUNE) for n in range(5)))
    first = ask(works.plan, year=2025, today=TODAY, limit=3)
    rest = ask(works.plan, year=2025, today=TODAY, limit=3, after=first.after)
    assert [line.matter for line in (*first.rows, *rest.rows)] == [f"i{n}" for n in range(5)]
    assert rest.after is None


def test_a_meeting_ahead_belongs_to_its_item_until_it_is_held_and_holds_nothing(
    county: County, ask: Callable[..., Any]
) -> None:
    details = Attended(meeting=Meeting.STANDING_COMMITTEE)
    plan: Occasion[Any] = Occasion(
        details=details,
        title="第15次",
        on=date(2025, 6, 20),
        organiser=COUNTY,
        plan_item="a",
        expected=(LI,),
    )
    county.say(
        OFFICE,
        item("a", PlannedFor.FIRST_QUARTER),
        PlanMeeting(meeting="m", body=plan),
        PlanMeeting(meeting="n", body=replace(plan, title="第16次")),
        CancelMeeting(meeting="n", reason="并入"),
    )
    (line,) = ask(works.plan, year=2025, today=TODAY).rows
    assert (line.held, [p.stream for p in line.parts.latest]) == (Held.LATE, ["meeting/m"])
    county.say(OFFICE, CloseMeeting(meeting="m", participants=(Participant(person=LI),)))
    (line,) = ask(works.plan, year=2025, today=TODAY).rows
    assert (line.held, [p.stream for p in line.parts.latest]) == (Held.HELD, ["occasion/m"])


def test_of_many_sessions_of_an_item_the_latest_are_shown_with_their_number(
    county: County, ask: Callable[..., Any]
) -> None:
    days = [date(2025, 5, n) for n in range(1, 9)]
    county.say(
        OFFICE,
        item("a", PlannedFor.JUNE),
        *(
            session(f"s{d.day}", Consulted(form=Form.THEMATIC), d, plan_item="matter/a")
            for d in days
        ),
    )
    (line,) = ask(works.plan, year=2025, today=TODAY).rows
    assert line.parts.number == 8
    assert [p.on.day for p in line.parts.latest] == [8, 7, 6, 5, 4]


def test_tiers_are_held_against_their_quotas_by_the_day_on_which_a_topic_was_consulted_on(
    county: County, ask: Callable[..., Any]
) -> None:
    county.say(
        OFFICE,
        item("p", PlannedFor.JUNE, Tier.CHAIRPERSONS_COUNCIL),
        work("a", Consultation(tier=Tier.CHAIRPERSONS_COUNCIL)),
        work("b", Consultation(tier=Tier.CHAIRPERSONS_COUNCIL)),
        work("c", Consultation(tier=Tier.OPEN)),
        work("old", Consultation(tier=Tier.STANDING_COMMITTEE), on=date(2024, 11, 1)),
        reported("a", Stage.DISCUSSED, date(2025, 3, 1)),
        reported("c", Stage.DISCUSSED, date(2025, 3, 1)),
        reported("old", Stage.DISCUSSED, date(2025, 2, 1)),
    )
    tiers = ask(works.plan_figures, shelf=Shelf(read_document), year=2025, today=TODAY).tiers
    assert not ask(
        works.plan_figures, shelf=Shelf(read_document), year=2025, today=TODAY
    ).by_documents
    assert [(t.tier.value, t.quota, t.planned, t.topics, t.held, t.left) for t in tiers] == [
        ("1", 1, 0, 0, 0, 1),
        ("2", 2, 0, 0, 1, 1),
        ("6", 6, 1, 2, 1, 5),
        ("X", None, 0, 1, 1, None),
    ]


OTHER_COUNTY = """\
loop: consultations
version: 1
zh: 协商议题办理
en: topics of consultation
since: 2024-01-01
kinds: 协商议题
quotas:
  - {zh: 专题议政性常委会会议, en: Standing Committee, where: {tier: "2"}, a_year: 4}
  - {zh: 主席会议协商, en: Council, where: {tier: "6"}, a_year: 1}
  - {zh: 界别协商, en: of sectors, where: {form: sector_specific}, a_year: 3}
  - {zh: 其他协商, en: others, where: {tier: [X, none], form: [thematic, counterpart]}, a_year: 不限}
stages:
  - {stage: topic, zh: 选题, en: topic chosen, reaches: 主题选定}
  - {stage: done, zh: 办结, en: done, reaches: 办结, ends: true}
"""
OVERSIGHT = """\
loop: oversight
version: 1
zh: 监督议题
en: oversight
since: 2025-01-01
kinds: 监督议题
quotas: {a_year: 2}
stages:
  - {stage: topic, zh: 议题确定, en: topic fixed, reaches: 主题选定}
  - {stage: done, zh: 办结, en: done, reaches: 办结, ends: true}
"""


def written(code: str, text: str, since: date = date(2024, 1, 1), version: str = "1") -> Publish:
    return Publish(sort=Sort.LOOP, code=code, version=version, text=text, since=since)


def test_a_document_says_how_many_a_year_is_to_have_tier_by_tier_and_of_oversight(
    county: County, ask: Callable[..., Any]
) -> None:
    council, sector = Tier.CHAIRPERSONS_COUNCIL, Form.SECTOR_SPECIFIC
    county.say(
        OFFICE,
        written("consultations", OTHER_COUNTY),
        written("oversight", OVERSIGHT, since=date(2025, 1, 1)),
        item("p", PlannedFor.JUNE, council),
        work("q", PlanItem(item=PlannedWork.OVERSIGHT, year=2025)),
        work("a", Consultation(tier=council)),
        work("b", Consultation(tier=council, form=sector)),
        work("c", Consultation(tier=Tier.OPEN, form=Form.THEMATIC)),
        work("d", Consultation(tier=Tier.PLENARY)),
        work("o", Oversight(form=OversightForm.SPECIAL)),
        work("o2", Oversight()),
        *(reported(name, Stage.DISCUSSED, date(2025, 3, 1)) for name in "abc"),
        reported("o", Stage.SURVEYED, date(2025, 5, 1)),
    )
    shelf = Shelf(read_document)
    found = ask(works.plan_figures, shelf=shelf, year=2025, today=TODAY)
    assert found.by_documents
    told = [
        (*(t.name.zh, t.loop, t.quota, t.stated), *(t.planned, t.topics, t.held, t.left))
        for t in found.tiers
    ]
    assert told == [
        ("全会分组讨论意见建议", "", None, False, 0, 1, 0, None),
        ("专题议政性常委会会议", "consultations", 4, True, 0, 0, 0, 4),
        ("主席会议协商", "consultations", 1, True, 1, 2, 2, 0),
        ("X次协商活动", "", None, False, 0, 1, 1, None),
        ("界别协商", "consultations", 3, True, None, 1, 1, 2),
        ("其他协商", "consultations", None, True, None, 1, 1, None),
        ("监督议题", "oversight", 2, True, 1, 2, 1, 1),
    ]
    text = OTHER_COUNTY.replace("version: 1", "version: 2").replace(
        "kinds: 协商议题\n", 'kinds: 协商议题\nwhere: {tier: ["2", "6"]}\n'
    )
    county.say(OFFICE, written("consultations", text, since=date(2027, 1, 1), version="2"))
    later = ask(works.plan_figures, shelf=shelf, year=2027, today=TODAY).tiers
    assert [(t.name.zh, t.quota) for t in later if t.tier is not None] == [
        ("专题议政性常委会会议", 4),
        ("主席会议协商", 1),
    ], "a quota that says a tier of its loop again is that tier, and told once"
    # A year is held against what governed it: oversight had no quota yet.
    before = ask(works.plan_figures, shelf=shelf, year=2024, today=TODAY).tiers
    assert [(t.name.zh, t.quota, t.held) for t in before] == [
        ("专题议政性常委会会议", 4, 0),
        ("主席会议协商", 1, 0),
        ("界别协商", 3, 0),
        ("其他协商", None, 0),
    ]
    text = OVERSIGHT.replace("version: 1", "version: 2").replace("a_year: 2", "a_year: 5")
    county.say(OFFICE, written("oversight", text, since=date(2026, 1, 1), version="2"))
    years = [
        ask(works.plan_figures, shelf=shelf, year=year, today=TODAY).tiers[-1].quota
        for year in (2025, 2026)
    ]
    assert years == [2, 5]


def test_the_shipped_loops_say_one_two_six_and_x(county: County, ask: Callable[..., Any]) -> None:
    tiers = ("plenary", "standing", "council", "other")
    county.say(OFFICE, *(published(f"haiyan/consultation-{each}.yaml") for each in tiers))
    county.say(OFFICE, published("haiyan/oversight.yaml"))
    found = ask(works.plan_figures, shelf=Shelf(read_document), year=2025, today=TODAY)
    assert [(t.loop, t.tier, t.quota) for t in found.tiers] == [
        ("haiyan-consultation-1", Tier.PLENARY, 1),
        ("haiyan-consultation-2", Tier.STANDING_COMMITTEE, 2),
        ("haiyan-consultation-6", Tier.CHAIRPERSONS_COUNCIL, 6),
        ("haiyan-consultation-x", Tier.OPEN, None),
        ("haiyan-oversight", None, None),
    ]
    assert all(t.stated for t in found.tiers)


def test_a_months_figures_are_a_part_of_its_years(county: County, ask: Callable[..., Any]) -> None:
    county.say(
        OFFICE,
        work("a", Consultation(form=Form.SECTOR_SPECIFIC)),
        work("b", Consultation(form=Form.SECTOR_SPECIFIC)),
        reported("a", Stage.DISCUSSED, date(2025, 6, 3)),
        reported("b", Stage.DISCUSSED, date(2025, 4, 3)),
        work("r", IssuedRecommendation(), on=date(2025, 6, 5)),
        session("s", Consulted(form=Form.SECTOR_SPECIFIC), date(2025, 6, 3)),
        session("t", Consulted(form=Form.SECTOR_SPECIFIC), date(2025, 4, 3)),
        MakeSuggestion(matter="a", text="增设站点", on=date(2025, 6, 4)),
        MakeSuggestion(matter="b", text="增加班次", on=date(2025, 4, 4)),
    )
    found = ask(works.month_figures, first=date(2025, 6, 1), last=date(2025, 6, 30))
    assert {f.zh: (f.month, f.year) for f in found} == {
        "界别协商议题": (1, 2),
        "协商场次": (1, 2),
        "建议案": (1, 1),
        "调研、视察、监督报告": (0, 0),
        "社情民意信息": (0, 0),
        "意见建议(条)": (1, 2),
    }


@pytest.mark.parametrize("withdrawn", [False, True])
def test_two_records_of_one_work_are_one_also_when_the_one_that_stood_for_both_is_withdrawn(
    county: County, ask: Callable[..., Any], withdrawn: bool
) -> None:
    tier = Tier.CHAIRPERSONS_COUNCIL
    both = Consultation(form=Form.SECTOR_SPECIFIC, tier=tier)
    county.say(
        OFFICE,
        *(item(name, PlannedFor.JUNE, tier) for name in ("p", "p2")),
        *(topic(name, TopicSource.MEMBERS) for name in ("t", "t2")),
        *(task(name) for name in ("k", "k2")),
        *(work(name, both) for name in ("a", "a2")),
        *(reported(name, Stage.DISCUSSED, date(2025, 6, 3)) for name in ("a", "a2")),
        *(work(name, IssuedRecommendation(), on=date(2025, 6, 5)) for name in ("r", "r2")),
        *(
            MakeSuggestion(matter=name, text="增设站点", on=date(2025, 6, 4))
            for name in ("a", "a2")
        ),
    )
    for name in "ptkar":
        county.say(OFFICE, LinkSame(deed=f"matter/{name}2", same_as=f"matter/{name}"))
        if withdrawn:
            county.say(OFFICE, Withdraw(deed=f"matter/{name}", reason="重复"))
    figures = ask(works.plan_figures, shelf=Shelf(read_document), year=2025, today=TODAY)
    assert [(q.quarter, q.planned) for q in figures.quarters] == [(2, 1)]
    (line,) = [t for t in figures.tiers if t.tier is tier]
    assert (line.planned, line.topics, line.held) == (1, 1, 1)
    month = ask(works.month_figures, first=date(2025, 6, 1), last=date(2025, 6, 30))
    assert {f.zh: (f.month, f.year) for f in month if f.year} == {
        "界别协商议题": (1, 1),
        "建议案": (1, 1),
        "意见建议(条)": (1, 1),
    }
    total, adopted = ask(suggestions.adoption)
    assert (total.made, len(adopted.rows)) == (1, 1)
    assert len(ask(works.plan, year=2025, today=TODAY).rows) == 1
    assert len(ask(works.topics, year=2025).rows) == 1
    assert sum(c.all for c in ask(works.topic_counts, year=2025)) == 1
    assert len(ask(works.tasks, Shelf(read_document), today=TODAY).rows) == 1
    assert [c.open for c in ask(works.task_counts, today=TODAY)] == [1]
    # On its own page a record tells its own suggestions, whatever stands for it.
    assert len(ask(suggestions.suggestions, matter="a2").rows) == 1


# Topics


def test_topics_say_their_source_what_was_decided_and_what_they_became(
    county: County, ask: Callable[..., Any]
) -> None:
    merged = topic("m", TopicSource.PEOPLE).body
    county.say(
        OFFICE,
        topic("a", TopicSource.MEMBERS),
        topic("m", TopicSource.PEOPLE),
        topic("o", None),
        work("c", Consultation(), converted_from="matter/a"),
    )
    county.say(
        OFFICE,
        reported("a", Stage.SCREENED, date(2025, 1, 10)),
        reported("a", Stage.ADOPTED, date(2025, 1, 20)),
        AmendMatter(
            matter="m",
            body=replace(merged, merged_into="matter/a"),
            reason="同类",
        ),
        reported("m", Stage.MERGED, date(2025, 1, 20)),
    )
    adopted, joined, raised = ask(works.topics, year=2025).rows
    assert (adopted.state, adopted.owner_name, adopted.decided_on) == (
        TopicState.ADOPTED,
        "李敏",
        date(2025, 1, 20),
    )
    assert [p.stream for p in adopted.became.latest] == ["matter/c"]
    assert (joined.state, joined.merged_title) == (TopicState.MERGED, "事项a")
    assert (raised.state, raised.source) == (TopicState.RAISED, None)
    counts = ask(works.topic_counts, year=2025)
    assert [(c.source, c.all, c.open, c.adopted, c.merged) for c in counts if c.all] == [
        (TopicSource.PEOPLE, 1, 0, 0, 1),
        (TopicSource.MEMBERS, 1, 0, 1, 0),
        (None, 1, 1, 0, 0),
    ]
    assert len(counts) == 6

    def found(**asked: Any) -> list[str]:
        return [line.matter for line in ask(works.topics, year=2025, **asked).rows]

    assert found(source=TopicSource.PEOPLE) == ["m"]
    assert found(state=TopicState.RAISED) == found(is_open=True) == ["o"]
    assert found(state=TopicState.ADOPTED) == ["a"]


def test_a_topic_stands_as_it_was_decided_last_whenever_that_was_told(
    county: County, ask: Callable[..., Any]
) -> None:
    county.say(
        OFFICE,
        topic("a", None),
        reported("a", Stage.ADOPTED, date(2025, 1, 20)),
        # What came before is told afterwards.
        reported("a", Stage.SCREENED, date(2025, 1, 10)),
    )
    (line,) = ask(works.topics, year=2025).rows
    assert (line.state, line.decided_on) == (TopicState.ADOPTED, date(2025, 1, 20))
    assert ask(works.topics, year=2025, is_open=True).rows == ()


def test_figures_that_no_column_holds_stop_nothing(
    county: County, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are from before numbers were bounded."""
    monkeypatch.setattr(numbers, "refused", lambda *_: None)
    huge = 10**30
    details = PlanItem(item=PlannedWork.SURVEY, year=huge, planned_for=PlannedFor.MAY)
    visit = JoinedOversight(form=OversightForm.SPECIAL, problems_found=huge)
    county.say(OFFICE, work("p", details), work("o", Oversight()), session("s", visit, work="o"))
    body: Any = work("o", Oversight()).body
    assert ask(works.work_file, "o", body).problems == 10**9
    assert ask(works.plan, year=2025, today=TODAY).rows == ()


def test_what_was_withdrawn_stands_on_no_board_and_belongs_to_nothing(
    county: County, ask: Callable[..., Any]
) -> None:
    county.say(
        OFFICE,
        topic("a", TopicSource.MEMBERS),
        work("c", Consultation(), converted_from="matter/a"),
        Withdraw(deed="matter/c", reason="登错了"),
    )
    (line,) = ask(works.topics, year=2025).rows
    assert line.became.number == 0
    county.say(OFFICE, Withdraw(deed="matter/a", reason="登错了"))
    assert ask(works.topics, year=2025).rows == ()


# Tasks


def task(name: str, due: date | None = None, person: str = "林主任", **said: Any) -> RecordMatter:
    return work(name, Task(due=due, person_responsible=person), on=date(2025, 3, 3), **said)


def tracked(name: str, note: str, on: date, stage: str = "track") -> MoveMatter:
    return MoveMatter(matter=name, move=Move(stage=stage, on=on, note=note))


@pytest.fixture
def listed(county: County) -> County:
    """Tasks of two owners: one overdue, one due later, one done, one dropped; one names no day."""
    county.say(
        OFFICE,
        published("three-norms/tasks.yaml"),
        work("c", Consultation()),
        task("late", date(2025, 5, 31), answers="matter/c"),
        task("later", date(2025, 9, 30), person="何书记"),
        task("unsaid"),
        task("done", date(2025, 4, 30)),
        task("dropped", date(2025, 4, 30), authors=(Author(unit=NORTH),)),
        tracked("dropped", "政策调整", date(2025, 4, 2)),
        tracked("dropped", "上级已统一部署", date(2025, 4, 20), "dropped"),
        tracked("later", "已选址", date(2025, 4, 10)),
        tracked("later", "已开工", date(2025, 5, 10)),
        tracked("done", "推进中", date(2025, 4, 10)),
    )
    county.say(LINKING_HEAD, tracked("done", "已建成", date(2025, 4, 28), "done"))
    return county


def test_what_is_overdue_of_the_responsibility_list_comes_first_and_its_day_is_explained(
    listed: County, ask: Callable[..., Any]
) -> None:
    lines = ask(works.tasks, Shelf(read_document), today=TODAY).rows
    assert [(line.matter, line.state, line.due, line.timeliness) for line in lines] == [
        ("late", TaskState.OPEN, date(2025, 5, 31), Timeliness.OVERDUE),
        ("unsaid", TaskState.OPEN, date(2025, 6, 3), Timeliness.OVERDUE),
        ("later", TaskState.OPEN, date(2025, 9, 30), Timeliness.LATER),
        ("done", TaskState.DONE, date(2025, 4, 30), Timeliness.NO_DAY),
        ("dropped", TaskState.DROPPED, date(2025, 4, 30), Timeliness.NO_DAY),
    ]
    late, unsaid, later, done, dropped = lines
    assert (late.source, late.source_title, late.days_left) == ("matter/c", "事项c", -25)
    assert [line.zh for line in late.why][2] == "写明的时限:2025-05-31"
    assert "没有写明时限" in [line.zh for line in unsaid.why]
    assert (later.note, later.noted_on, later.stage.zh) == (
        "已开工",
        date(2025, 5, 10),
        "跟踪推进",
    )
    assert (done.ended_on, done.note) == (date(2025, 4, 28), "已建成")
    assert (dropped.ended_on, dropped.note) == (date(2025, 4, 20), "上级已统一部署")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": TaskState.OPEN}, ["late", "unsaid", "later"]),
        ({"state": TaskState.DONE}, ["done"]),
        ({"state": TaskState.DROPPED}, ["dropped"]),
        ({"overdue": True}, ["late", "unsaid"]),
        ({"owner": NORTH}, ["dropped"]),
        ({"person": "何书记"}, ["later"]),
        ({"year": 2024}, []),
        ({"limit": 2}, ["late", "unsaid"]),
    ],
)
def test_the_responsibility_list_is_narrowed(
    listed: County, ask: Callable[..., Any], asked: dict[str, Any], found: list[str]
) -> None:
    lines = ask(works.tasks, Shelf(read_document), today=TODAY, **asked).rows
    assert [line.matter for line in lines] == found


def test_tasks_are_counted_by_owner_and_person(listed: County, ask: Callable[..., Any]) -> None:
    lines = ask(works.task_counts, today=TODAY, year=2025)
    assert [(o.owner_name, o.person, o.open, o.overdue, o.done, o.dropped) for o in lines] == [
        ("专门委员会linking", "何书记", 1, 0, 0, 0),
        ("专门委员会linking", "林主任", 2, 2, 1, 0),
        ("委员工作室north", "林主任", 0, 0, 0, 1),
    ]
    assert ask(works.task_counts, today=TODAY, year=2024) == ()


def test_what_was_dropped_stays_so_whatever_is_said_of_it_later(
    listed: County, ask: Callable[..., Any]
) -> None:
    listed.say(OFFICE, reported("dropped", Stage.PUT_TO_USE, date(2025, 5, 1)))
    lines = ask(works.tasks, Shelf(read_document), today=TODAY, state=TaskState.DROPPED).rows
    assert [(line.matter, line.state) for line in lines] == [("dropped", TaskState.DROPPED)]


def test_where_no_loop_is_published_a_task_is_reported_on_and_its_own_day_stands(
    county: County, ask: Callable[..., Any]
) -> None:
    county.say(OFFICE, task("a", date(2025, 5, 31)), task("b"))
    county.say(OFFICE, reported("b", Stage.DONE))
    a, b = ask(works.tasks, Shelf(read_document), today=TODAY).rows
    assert (a.due, a.timeliness, a.why) == (date(2025, 5, 31), Timeliness.OVERDUE, ())
    assert (b.state, b.ended_on) == (TaskState.DONE, date(2025, 4, 1))


def test_a_task_that_goes_round_no_loop_is_ordered_counted_and_found_by_its_own_day(
    county: County, ask: Callable[..., Any]
) -> None:
    early = date(2025, 3, 31)
    county.say(OFFICE, task("a", date(2025, 9, 30)), task("b"), task("c", date(2025, 5, 31)))
    county.say(OFFICE, task("d", early), reported("d", Stage.DONE), task("e", TODAY))
    county.say(OFFICE, published("three-norms/tasks.yaml"), task("f", date(2025, 6, 1)))

    def found(**asked: Any) -> Any:
        return ask(works.tasks, Shelf(read_document), today=TODAY, **asked)

    order = [*"cfeabd"]
    assert [line.matter for line in found().rows] == order
    # What has ended comes after what is open, however early it was due.
    shown: list[str] = []
    after = None
    for _ in order:
        page = found(limit=1, after=after)
        shown += [line.matter for line in page.rows]
        after = page.after
    assert (shown, after) == (order, None)
    assert [line.matter for line in found(overdue=True).rows] == ["c", "f"]
    (counted,) = ask(works.task_counts, today=TODAY)
    assert (counted.open, counted.overdue, counted.done) == (5, 2, 1)


# The file of a work


def test_the_file_of_a_work_holds_its_sessions_and_what_they_found(
    county: County, ask: Callable[..., Any]
) -> None:
    found = JoinedOversight(form=OversightForm.PROJECT_TRACKING, problems_found=3, suggestions=2)
    county.say(
        OFFICE,
        work("o", Oversight(), work="w1"),
        session("a", found, date(2025, 3, 3), work="w1"),
        session("b", found, date(2025, 4, 3), work="o"),
        session("c", found, date(2025, 4, 3), work="w2"),
        session("d", found, date(2025, 3, 3), work="w1", organiser=SOUTH),
    )
    county.say(OFFICE, LinkSame(deed="occasion/d", same_as="occasion/a"))
    body: Any = work("o", Oversight(), work="w1").body
    file = ask(works.work_file, "o", body)
    assert [line.stream for line in file.parts.rows] == ["occasion/b", "occasion/a"]
    assert (file.number, file.problems, file.suggestions) == (2, 6, 4)
    first = ask(works.work_file, "o", body, limit=1)
    rest = ask(works.work_file, "o", body, limit=1, after=first.parts.after)
    assert [line.stream for line in rest.parts.rows] == ["occasion/a"]
    county.say(OFFICE, Withdraw(deed="occasion/a", reason="重复"))
    file = ask(works.work_file, "o", body)
    assert [line.stream for line in file.parts.rows] == ["occasion/b", "occasion/d"]
    assert (file.number, file.problems, file.suggestions) == (2, 6, 4)


def test_the_file_of_a_volume_holds_the_articles_that_name_it(
    county: County, ask: Callable[..., Any]
) -> None:
    """By the id of its record or by the id that it says its work has; the volume is no part of itself."""
    volume = PrintedVolume(publication=Publication.VOLUME, issue="第3辑", print_run=1500)
    by_li: dict[str, Any] = {"authors": (Author(person=LI),)}
    county.say(
        OFFICE,
        work("v", volume, work="w1"),
        work("street", ContributedHistory(), work="w1", **by_li),
        work("ferry", ContributedHistory(), work="v", **by_li),
        work("other", ContributedHistory(), work="w2", **by_li),
    )
    body: Any = work("v", volume, work="w1").body
    file = ask(works.work_file, "v", body)
    assert sorted(line.stream for line in file.parts.rows) == ["matter/ferry", "matter/street"]
    assert file.number == 2


# All of it


def everything() -> list[Command]:
    return [
        item("p", PlannedFor.JUNE),
        topic("t", TopicSource.MEMBERS),
        work("c2", Consultation(tier=Tier.OPEN), converted_from="matter/t", plan_item="p"),
        session("s", Consulted(form=Form.THEMATIC), plan_item="p", work="c2"),
        reported("c2", Stage.DISCUSSED),
    ]


def test_live_and_rebuilt_come_to_the_same(listed: County, store: Store) -> None:
    listed.reader(store, at_a_time=1).catch_up(at_a_time=1)
    listed.say(OFFICE, *everything())
    listed.say(OFFICE, Withdraw(deed="occasion/s", reason="登错了"))
    listed.say(CLERK, session("n", Consulted(form=Form.THEMATIC), organiser=SOUTH, work="c2"))
    listed.reader(store, at_a_time=1).catch_up(at_a_time=1)
    live = rows_of(store, "small")
    assert len(live["works"]) == 9
    assert {(row[1], row[2], row[3]) for row in live["parts"]} == {
        ("matter/late", "source", "c"),
        ("matter/c2", "source", "t"),
        ("matter/c2", "plan_item", "p"),
        ("occasion/n", "work", "c2"),
    }
    listed.reader(store).rebuild()
    assert rows_of(store, "small") == live


def statements(store: Store, query: Callable[[Connection], Any]) -> int:
    """How many statements a query takes."""
    heard: list[str] = []

    def hear(_: Any, __: Any, statement: str, *___: Any) -> None:
        heard.append(statement)

    with store.reading() as connection:
        event.listen(connection, "before_cursor_execute", hear)
        query(connection)
    return len(heard)


def test_more_rows_take_no_more_statements(listed: County, store: Store) -> None:
    shelf = Shelf(read_document)
    queries: list[Callable[[Connection], Any]] = [
        lambda c: works.plan(c, "small", year=2025, today=TODAY),
        lambda c: works.topics(c, "small", year=2025),
        lambda c: works.tasks(c, "small", shelf, today=TODAY),
        lambda c: works.task_counts(c, "small", today=TODAY),
    ]
    listed.say(OFFICE, *everything())
    listed.reader(store, today=TODAY).catch_up()
    few = [statements(store, query) for query in queries]
    for nth in range(12):
        listed.say(
            OFFICE,
            item(f"p{nth}", PlannedFor.JUNE),
            topic(f"t{nth}", TopicSource.MEMBERS),
            task(f"k{nth}", answers="matter/c"),
            work(f"x{nth}", Consultation(), converted_from=f"matter/t{nth}"),
        )
    listed.reader(store, today=TODAY).catch_up()
    assert [statements(store, query) for query in queries] == few
