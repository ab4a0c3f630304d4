"""Special tasks and campaigns: each deed once and everybody once, whoever names the call joined the task, what was given is told apart, pages go on where they ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, event

from domain.deed import LinkSame, Withdraw
from domain.fact import Attendance, Capacity, Reached
from domain.kinds import Stage
from domain.kinds.help import ContributedResources, Resource
from domain.kinds.people import Deployment, JoinedSpecialTask, Service, Volunteered
from domain.kinds.works import SpecialTask
from domain.matter import AmendMatter, Author, Matter, RecordMatter, ReportOutcome
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import Actor, PersonId
from projections import campaigns
from projections.campaigns import Campaign, CampaignFigures, Which
from projections.paging import Key, Page
from projections.store import SqliteStore, Store
from tests.projections.county import (
    CHEN,
    CLERK,
    COUNTY,
    LI,
    OFFICE,
    SOUTH,
    SUN,
    TODAY,
    WANG,
    ZHAO,
    County,
    rows_of,
    visit,
)

TASK = "防汛值守"
CALLED_ON = date(2025, 6, 2)
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
T = TypeVar("T")


def which(name: str | None = TASK, campaign: Campaign = Campaign.TASK, **days: date) -> Which:
    return Which(campaign=campaign, name=name, **{"first": FIRST, "last": LAST} | days)


@pytest.fixture
def county() -> County:
    """A county on a day of June."""
    return County(day=TODAY).found()


def called(county: County, name: str = "call", title: str = TASK, **said: Any) -> str:
    """A call by the committee."""
    body: Matter[Any] = Matter(
        details=SpecialTask(called_by="县防汛指挥部", asked_for="每村两人,日夜值守"),
        title=title,
        on=CALLED_ON,
        organiser=COUNTY,
        authors=(Author(unit=COUNTY),),
        **said,
    )
    county.say(OFFICE, RecordMatter(matter=name, body=body))
    return name


def joined(
    county: County,
    name: str,
    *people: PersonId | Participant,
    task: str = TASK,
    on: date = date(2025, 6, 5),
    actor: Actor = CLERK,
    duty: str = "巡堤",
    deployment: Deployment = Deployment.DONE,
    half_days: int = 2,
    **said: Any,
) -> None:
    """A record of some who joined the task."""
    body = Occasion(
        details=JoinedSpecialTask(task=task, duty=duty, deployment=deployment),
        title=f"{task}{name}",
        on=on,
        organiser=SOUTH,
        half_days=half_days,
        participants=tuple(
            p if isinstance(p, Participant) else Participant(person=p) for p in people
        ),
        **said,
    )
    county.say(actor, RecordOccasion(occasion=name, body=body))


def gave(county: County, name: str, *people: PersonId, amount: Decimal | None, **said: Any) -> None:
    """A record of what some gave."""
    resource = said.pop("resource", Resource.MONEY)
    unit = said.pop("amount_unit", "元")
    body: Matter[Any] = Matter(
        details=ContributedResources(
            resource=resource, amount=amount, amount_unit=unit, recipient="张大爷家"
        ),
        title=f"捐助{name}",
        on=date(2025, 6, 7),
        organiser=SOUTH,
        authors=tuple(Author(person=each) for each in people),
        **said,
    )
    county.say(CLERK, RecordMatter(matter=name, body=body))


def seen(county: County, store: Store, look: Callable[[Any], T]) -> T:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return look(connection)


def told(county: County, store: Store, asked: Which) -> CampaignFigures:
    found = seen(county, store, lambda c: campaigns.figures(c, "small", asked))
    assert found is not None
    return found


def all_of(read: Callable[[Key | None], Page[T]]) -> list[T]:
    """All rows, one a page."""
    rows: list[T] = []
    after: Key | None = None
    while True:
        page = read(after)
        rows += page.rows
        if page.after is None:
            return rows
        after = page.after


def test_a_task_has_its_call_its_team_and_its_totals(store: Store, county: County) -> None:
    call = called(county)
    for stage, day in ((Stage.DEPLOYED, 3), (Stage.DONE, 20)):
        reached = Reached(stage=stage, on=date(2025, 6, day))
        county.say(OFFICE, ReportOutcome(matter=call, outcome=reached))
    part = Participant(person=LI, half_days=1)
    joined(county, "a", WANG, part, reached_people=40)
    joined(county, "b", WANG, on=date(2025, 6, 9), deployment=Deployment.DEPLOYED, duty="值夜")
    joined(county, "other", CHEN, task="秋粮抢收")
    found = told(county, store, which())

    line, (told_call,) = found.line, found.calls
    assert (line.records, line.people, line.times, line.half_days) == (2, 2, 3, 5)
    assert (line.reached, line.first, line.last) == (40, date(2025, 6, 5), date(2025, 6, 9))
    assert (told_call.called_by, told_call.asked_for) == ("县防汛指挥部", "每村两人,日夜值守")
    assert (told_call.on, told_call.deployed_on, told_call.done_on) == (
        CALLED_ON,
        date(2025, 6, 3),
        date(2025, 6, 20),
    )
    assert told_call.units and told_call.units[0].endswith("county")
    assert found.deployments == ((Deployment.DEPLOYED, 1), (Deployment.DONE, 1))
    team = seen(county, store, lambda c: campaigns.team(c, "small", which())).rows
    assert [each.duties for each in team] == [("巡堤",), ("值夜", "巡堤")]
    assert [(e.person, e.records, e.half_days, e.first, e.last) for e in team] == [
        (LI, 1, 1, date(2025, 6, 5), date(2025, 6, 5)),
        (WANG, 2, 4, date(2025, 6, 5), date(2025, 6, 9)),
    ]
    report = seen(county, store, lambda c: campaigns.reports(c, "small", which(), person=WANG))
    assert [(e.on.day, e.duty, e.half_days) for e in report.rows] == [
        (5, "巡堤", 2),
        (9, "值夜", 2),
    ]


def test_two_records_of_one_deed_count_once_with_everybody_of_both(
    store: Store, county: County
) -> None:
    joined(county, "a", WANG, LI)
    joined(county, "again", LI, CHEN, Participant(person=WANG, half_days=1), actor=OFFICE)
    joined(county, "wrong", ZHAO, actor=OFFICE)
    county.say(OFFICE, LinkSame(deed="occasion/again", same_as="occasion/a"))
    county.say(OFFICE, Withdraw(deed="occasion/wrong", reason="登记有误"))
    line = told(county, store, which()).line
    assert (line.records, line.people, line.times, line.half_days) == (1, 3, 3, 6)
    county.say(CLERK, Withdraw(deed="occasion/a", reason="登记有误"))
    line = told(county, store, which()).line
    assert (line.records, line.people, line.half_days) == (1, 3, 5)


def test_who_was_away_and_who_only_sat_in_is_not_of_the_team(store: Store, county: County) -> None:
    away = Participant(person=LI, attendance=Attendance.ABSENT)
    guest = Participant(person=SUN, capacity=Capacity.SITS_IN)
    joined(county, "a", WANG, away, guest)
    team = seen(county, store, lambda c: campaigns.team(c, "small", which())).rows
    assert [each.person for each in team] == [WANG]


def test_whoever_names_the_call_joined_that_task_whatever_he_calls_it(
    store: Store, county: County
) -> None:
    call = called(county)
    joined(county, "a", WANG, task="抗洪", work=call)
    joined(county, "b", LI, task=" 防汛值守  ")
    joined(county, "elsewhere", ZHAO, task="抗洪", work="a-survey")
    tasks = seen(county, store, lambda c: campaigns.campaigns(c, "small", which(None))).rows
    assert [(each.name, each.records) for each in tasks] == [(TASK, 2), ("抗洪", 1)]
    assert [each.called_on for each in tasks] == [CALLED_ON, None]
    county.say(OFFICE, Withdraw(deed=f"matter/{call}", reason="登记有误"))
    tasks = seen(county, store, lambda c: campaigns.campaigns(c, "small", which(None))).rows
    assert {each.name: each.records for each in tasks} == {TASK: 1, "抗洪": 2}


def test_a_call_that_nobody_answered_is_told_until_it_is_over(store: Store, county: County) -> None:
    call = called(county)
    later = which(None, first=date(2025, 6, 25), last=LAST)
    (line,) = seen(county, store, lambda c: campaigns.campaigns(c, "small", later)).rows
    assert (line.name, line.records, line.first, line.called_on) == (TASK, 0, None, CALLED_ON)
    over = Reached(stage=Stage.DROPPED, on=date(2025, 6, 24))
    county.say(OFFICE, ReportOutcome(matter=call, outcome=over))
    assert seen(county, store, lambda c: campaigns.campaigns(c, "small", later)).rows == ()
    (still,) = told(county, store, which()).calls
    assert still.dropped_on == date(2025, 6, 24)
    county.say(
        OFFICE,
        AmendMatter(
            matter=call,
            body=Matter(
                details=SpecialTask(),
                title="抗旱",
                on=CALLED_ON,
                organiser=COUNTY,
                authors=(Author(unit=COUNTY),),
            ),
            reason="更正名称",
        ),
    )
    assert seen(county, store, lambda c: campaigns.figures(c, "small", which())) is None


def test_the_totals_are_told_alone_of_whatever_there_is(store: Store, county: County) -> None:
    def line_of(asked: Which) -> campaigns.CampaignLine | None:
        return seen(county, store, lambda c: campaigns.line(c, "small", asked))

    call = called(county, title="抗旱")
    joined(county, "a", WANG, LI, activity="三走进一联系")
    of_campaign = which("三走进一联系", Campaign.ACTIVITY)
    for asked, records in ((which(), 1), (which(" 抗旱 "), 0), (of_campaign, 1)):
        line = line_of(asked)
        assert line is not None and line.records == records
        assert line == told(county, store, asked).line
    county.say(OFFICE, Withdraw(deed=f"matter/{call}", reason="登记有误"))
    earlier = which(first=FIRST, last=CALLED_ON)
    for asked in (which("抗旱"), which(None), which(campaign=Campaign.ACTIVITY), earlier):
        assert line_of(asked) is None


def test_calls_are_of_a_task_alone(store: Store, county: County) -> None:
    called(county, activity=TASK)
    (call,) = seen(county, store, lambda c: campaigns.calls(c, "small", which()))
    assert (call.title, call.called_by) == (TASK, "县防汛指挥部")
    asked = which(campaign=Campaign.ACTIVITY)
    assert seen(county, store, lambda c: campaigns.calls(c, "small", asked)) == ()


def test_what_was_given_is_told_by_sort_and_unit_and_of_whom(store: Store, county: County) -> None:
    call = called(county)
    joined(county, "a", WANG)
    gave(county, "g1", WANG, LI, amount=Decimal("1000.50"), work=call)
    gave(county, "g2", LI, amount=Decimal("0.5"), activity=TASK)
    goods: dict[str, Any] = {"resource": Resource.GOODS, "amount_unit": "件"}
    gave(county, "g3", CHEN, amount=None, activity=TASK, **goods)
    gave(county, "elsewhere", CHEN, amount=Decimal(9), activity="别的")
    found = told(county, store, which())
    assert [(e.resource, e.unit, e.records, e.amount) for e in found.resources] == [
        (Resource.GOODS, "件", 1, Decimal(0)),
        (Resource.MONEY, "元", 2, Decimal(1001)),
    ]
    assert [(e.kind, e.records, e.people, e.times) for e in found.kinds] == [
        ("contributed_resources", 3, 3, 4),
        ("joined_special_task", 1, 1, 1),
    ]
    team = seen(county, store, lambda c: campaigns.team(c, "small", which())).rows
    assert {e.person: (e.records, e.gave) for e in team} == {WANG: (1, 1), LI: (0, 2), CHEN: (0, 1)}
    report = seen(county, store, lambda c: campaigns.reports(c, "small", which(), person=LI))
    assert [(e.amount, e.unit) for e in report.rows] == [
        (Decimal("1000.5"), "元"),
        (Decimal("0.5"), "元"),
    ]


def test_what_was_given_in_a_campaign_makes_no_task_of_it(store: Store, county: County) -> None:
    """Given a gift that names a campaign, then it is of a task once somebody joined one of that name."""

    def tasks() -> list[str]:
        asked = which(None)
        found = seen(county, store, lambda c: campaigns.campaigns(c, "small", asked))
        return [each.name for each in found.rows]

    gave(county, "g", LI, amount=Decimal(5), activity="三走进一联系")
    assert tasks() == []
    joined(county, "j", LI, task="三走进一联系")
    assert tasks() == ["三走进一联系"]


def test_a_named_campaign_is_told_by_kind_and_service(store: Store, county: County) -> None:
    def served(name: str, service: Service, people: tuple[PersonId, ...], reached: int) -> None:
        body = Occasion(
            details=Volunteered(service=service),
            title=name,
            on=date(2025, 5, 6),
            organiser=SOUTH,
            participants=tuple(Participant(person=each) for each in people),
            reached_people=reached,
            activity="三走进一联系",
        )
        county.say(CLERK, RecordOccasion(occasion=name, body=body))

    served("clinic", Service.FREE_CLINIC, (WANG, LI), 60)
    served("law", Service.LEGAL_AID, (LI,), 10)
    served("clinic2", Service.FREE_CLINIC, (SUN,), 5)
    body = visit(CHEN, on=date(2025, 5, 7), activity=" 三走进一联系 ")
    county.visited(CLERK, "v", body)
    asked = which("三走进一联系", Campaign.ACTIVITY)
    found = told(county, store, asked)
    line = found.line
    assert (line.records, line.people, line.times, line.reached) == (4, 4, 5, 75)
    assert [(e.kind, e.records) for e in found.kinds] == [
        ("volunteered", 3),
        ("visited_village", 1),
    ]
    assert [(e.service, e.times, e.reached) for e in found.services] == [
        (Service.FREE_CLINIC, 2, 65),
        (Service.LEGAL_AID, 1, 10),
    ]
    assert found.calls == () and found.deployments == ()
    tasks = seen(county, store, lambda c: campaigns.campaigns(c, "small", which(None)))
    assert tasks.rows == ()


def one_at_a_time(
    connection: Connection, asked: Which, after: Key | None
) -> Page[campaigns.CampaignLine]:
    return campaigns.campaigns(connection, "small", asked, after=after, limit=1)


def test_pages_go_on_where_they_ended(store: Store, county: County) -> None:
    called(county, title="抗旱")
    joined(county, "a", WANG, LI, CHEN)
    joined(county, "b", WANG, on=date(2025, 6, 9))
    joined(county, "c", ZHAO, task="秋粮抢收", on=date(2025, 6, 12), actor=OFFICE)
    county.reader(store).catch_up()
    with store.reading() as c:
        for name, names in (
            (None, ["秋粮抢收", TASK, "抗旱"]),
            (TASK, [TASK]),
        ):
            lines = all_of(partial(one_at_a_time, c, which(name)))
            assert [each.name for each in lines] == names
        team = all_of(lambda after: campaigns.team(c, "small", which(), after=after, limit=1))
        assert [each.person for each in team] == [LI, WANG, CHEN]
        reports = all_of(lambda after: campaigns.reports(c, "small", which(), after=after, limit=1))
        assert [(e.person, e.on.day) for e in reports] == [
            (LI, 5),
            (WANG, 5),
            (WANG, 9),
            (CHEN, 5),
        ]
        records = all_of(lambda after: campaigns.records(c, "small", which(), after=after, limit=1))
        assert [(e.stream, e.people) for e in records] == [("occasion/b", 1), ("occasion/a", 3)]


def test_read_one_by_one_and_all_at_once_the_rows_are_the_same(
    store: Store, county: County
) -> None:
    call = called(county)
    joined(county, "a", WANG, LI)
    joined(county, "again", LI, actor=OFFICE)
    gave(county, "g1", LI, amount=Decimal("3.25"), work=call)
    county.say(OFFICE, LinkSame(deed="occasion/again", same_as="occasion/a"))
    over = Reached(stage=Stage.DONE, on=date(2025, 6, 24))
    county.say(OFFICE, ReportOutcome(matter=call, outcome=over))
    county.say(CLERK, Withdraw(deed="occasion/a", reason="登记有误"))
    county.reader(store).catch_up()
    at_once = rows_of(store, "small")
    assert len(at_once["named"]) == 3 and len(at_once["teams"]) == 2
    with store.writing() as writing:
        writing.clear("small")
    county.reader(store, at_a_time=1).catch_up()
    one_by_one = rows_of(store, "small")
    assert {name: one_by_one[name] for name in ("named", "teams")} == {
        name: at_once[name] for name in ("named", "teams")
    }


def test_no_page_reads_through_all_records_or_asks_once_for_each(
    sqlite_store: SqliteStore, county: County
) -> None:
    call = called(county)
    asked: list[tuple[str, Any]] = []

    def heard(_: object, __: object, statement: str, values: object, *___: object) -> None:
        asked.append((statement, values))

    def all_pages() -> int:
        county.reader(sqlite_store).catch_up()
        asked.clear()
        with sqlite_store.reading() as c:
            event.listen(c, "before_cursor_execute", heard)
            campaigns.campaigns(c, "small", which(None))
            campaigns.line(c, "small", which())
            assert not [said for said, _ in asked if "body" in said], "no record is read for totals"
            campaigns.figures(c, "small", which())
            campaigns.team(c, "small", which())
            campaigns.reports(c, "small", which())
            campaigns.records(c, "small", which())
            event.remove(c, "before_cursor_execute", heard)
            number = len(asked)
            plans = [
                [row.detail for row in c.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values)]
                for said, values in asked
            ]
        tables = ("deeds", "named", "teams")
        read_through = [f"SCAN main.{each}" for each in tables] + [f"SCAN {each}" for each in tables]  # fmt: skip
        for plan in plans:
            assert not [step for step in plan if step.startswith(tuple(read_through))], plan
            steps = " ".join(plan)
            if "people " in steps and "teams " in steps:
                # Who took part is found by a key: not everybody of the roster beside each line of the team.
                assert "(subject=?)" in steps or "person=?" in steps, plan
        return number

    joined(county, "a", WANG, LI)
    gave(county, "g1", LI, amount=Decimal(3), work=call)
    few = all_pages()
    for n, each in enumerate((WANG, LI, CHEN, ZHAO)):
        joined(county, f"more{n}", each, on=date(2025, 6, 6 + n), actor=OFFICE)
        joined(county, f"else{n}", each, task=f"任务{n}", on=date(2025, 6, 6 + n), actor=OFFICE)
        gave(county, f"gift{n}", each, amount=Decimal(n), work=call)
    assert all_pages() == few
