"""What is due, in order and why, of whom; how a moved meeting moves it; who has not been told; meetings by their days; suggestions counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib.resources import files
from itertools import groupby
from typing import Any

import pytest
from sqlalchemy import event

from application import packs
from domain.course import Move, Standing
from domain.deed import LinkSame, Withdraw
from domain.document import Publish, Sort
from domain.fact import Attendance
from domain.handling import (
    ExtendDeadline,
    GiveBack,
    HandOver,
    MigrateCourse,
    MoveMatter,
    PauseCourse,
    ReopenMatter,
    ResumeCourse,
)
from domain.kinds.advice import CarriedUp, Obstacle, Proposed, Way
from domain.kinds.deliberation import Tier
from domain.kinds.meetings import Attended, Meeting
from domain.kinds.works import Consultation
from domain.loop import Holder
from domain.matter import AmendMatter, Author, Matter, RecordMatter
from domain.meeting import (
    CallMeeting,
    CancelMeeting,
    CheckIn,
    CloseMeeting,
    MeetingStep,
    MoveMeeting,
    OpenMeeting,
    PlanMeeting,
)
from domain.occasion import Occasion
from domain.streams import Command
from domain.suggested import Answer, Tally
from domain.suggestion import (
    AnswerSuggestion,
    CarryOutSuggestion,
    MakeSuggestion,
    WithdrawSuggestion,
)
from projections import courses, going_over, meetings, suggestions
from projections.courses import Counts, CoursePage, DueLine, Timeliness
from projections.documents import Shelf
from projections.paging import MOST
from projections.store import SqliteStore, Store
from projections.suggestions import Apart
from tests.projections.county import (
    CLERK,
    COUNTY,
    LI,
    LINKING,
    NORTH,
    OFFICE,
    SOUTH,
    WANG,
    County,
    read_document,
    rows_of,
)

FIRST = date(2025, 5, 6)
WATER = Holder(name="县水利局")


def published(file: str, version: str = "1", **changed: str) -> Publish:
    text = files("packs").joinpath(file).read_text("utf-8")
    for old, new in changed.items():
        text = text.replace(f"{old}: 1\n", f"{old}: {new}\n")
    sort = packs.sort_of(text)
    return Publish(
        sort=sort,
        code=text.split(f"{sort.value}: ")[1].split("\n")[0],
        version=version,
        text=text,
        since=date(2025, 1, 1),
    )


def message(name: str, on: date = FIRST, **said: Any) -> RecordMatter:
    body: Matter[Any] = Matter(
        details=CarriedUp(topic="饮水"),
        title=f"群众反映{name}",
        on=on,
        organiser=SOUTH,
        authors=(Author(person=LI),),
    )
    return RecordMatter(matter=name, body=replace(body, **said))


def topic(name: str, on: date = FIRST) -> RecordMatter:
    body: Matter[Any] = Matter(
        details=Consultation(tier=Tier.STANDING_COMMITTEE),
        title=f"协商{name}",
        on=on,
        organiser=COUNTY,
        authors=(Author(unit=LINKING),),
    )
    return RecordMatter(matter=name, body=body)


def moved(name: str, stage: str, on: date, **said: Any) -> MoveMatter:
    return MoveMatter(matter=name, move=Move(stage=stage, on=on, **said))


def planned(name: str, on: date, kind: Meeting = Meeting.STANDING_COMMITTEE) -> PlanMeeting:
    body: Occasion[Any] = Occasion(
        details=Attended(meeting=kind),
        title=f"会议{name}",
        on=on,
        organiser=COUNTY,
        expected=(WANG, LI),
    )
    return PlanMeeting(meeting=name, body=body)


@pytest.fixture
def county() -> County:
    """A county with two loops and a calendar; two messages, one handled and not told; a topic that waits for a meeting."""
    county = County().found()
    county.day = date(2025, 6, 25)
    county.say(
        OFFICE,
        published("calendars/cn-2025.yaml"),
        published("messages/carried-up.yaml"),
        published("haiyan/consultation-standing.yaml"),
    )
    county.say(CLERK, message("a"), message("b", on=date(2025, 6, 20)))
    county.say(CLERK, moved("a", "verified", date(2025, 5, 8), by="王主席"))
    county.say(
        OFFICE,
        moved("a", "assigned", date(2025, 5, 12), way=Way.BY_TELEPHONE, holder=WATER),
        moved("a", "handled", date(2025, 6, 24)),
        topic("t"),
        moved("t", "survey", date(2025, 5, 10)),
        moved("t", "consult", date(2025, 5, 20)),
        moved("t", "assign", date(2025, 5, 22), holder=Holder(unit=NORTH)),
    )
    return county


TODAY = date(2025, 6, 26)


def board(county: County, store: Store, **asked: Any) -> list[DueLine]:
    county.reader(store).catch_up()
    with store.reading() as connection:
        page = courses.open_matters(connection, "small", Shelf(read_document), today=TODAY, **asked)
    return list(page.rows)


def way(county: County, store: Store, matter: str) -> CoursePage:
    county.reader(store).catch_up()
    with store.reading() as connection:
        found = courses.course(connection, "small", Shelf(read_document), matter, today=TODAY)
    assert found is not None
    return found


def days(lines: list[DueLine]) -> dict[str, date | None]:
    return {line.matter: line.due for line in lines}


# The board


def test_what_is_due_first_comes_first_with_stage_holder_day_and_why(
    county: County, store: Store
) -> None:
    first, second, third = board(county, store)

    assert (first.matter, first.due, first.timeliness) == (
        "b",
        date(2025, 6, 25),
        Timeliness.OVERDUE,
    )
    assert (second.matter, second.stage_name.zh, second.due_stage_name.zh) == (
        "a",
        "已落实处理",
        "回复",
    )
    assert (second.holder_name, second.not_told, second.days_left) == ("县水利局", True, 3)
    assert [line.zh for line in second.why] == [
        "规则:自已落实处理起 5 天内",
        "起算:已落实处理(2025-06-24)",
        "期限:2025-06-29",
    ]
    assert (third.matter, third.due, third.holder_name) == (
        "t",
        date(2025, 8, 20),
        "委员工作室north",
    )
    assert "尚未排定这样的会议,暂按自协商起 3 个月内" in [line.zh for line in third.why]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"how": Timeliness.OVERDUE}, ["b"]),
        ({"how": Timeliness.SOON}, ["a"]),
        ({"how": Timeliness.LATER}, ["t"]),
        ({"how": Timeliness.NO_DAY}, []),
        ({"not_told": True}, ["a"]),
        ({"loop": "carried-messages"}, ["b", "a"]),
        ({"stage": "received"}, ["b"]),
        ({"kind": "consultation"}, ["t"]),
        ({"unit": COUNTY}, ["t"]),
        ({"unit": SOUTH}, ["b", "a"]),
        ({"holder": f"unit/{NORTH}"}, ["t"]),
        ({"holder": "县水利局"}, ["a"]),
        ({"holder": ""}, ["b"]),
        ({"standing": Standing.RESTING}, []),
        ({"author": LI}, ["b", "a"]),
        ({"author": WANG}, []),
        ({"author": LI, "not_told": True}, ["a"]),
    ],
)
def test_a_board_is_narrowed(
    county: County, store: Store, asked: dict[str, Any], found: list[str]
) -> None:
    assert [line.matter for line in board(county, store, **asked)] == found


def test_whoever_has_something_in_hand_is_known_and_a_sheet_holds_it_all(
    county: County, store: Store
) -> None:
    county.say(CLERK, *(message(f"m{n}", on=date(2025, 6, 20)) for n in range(MOST)))
    county.reader(store).catch_up()
    with store.reading() as connection:
        found = courses.holders(connection, "small")
        assert sorted(found) == sorted([f"unit/{NORTH}", "县水利局"])
        told = (connection, "small", Shelf(read_document))
        whole = [each.matter for each in courses.all_open_matters(*told, today=TODAY)]
        assert len(whole) == len(set(whole)) == MOST + 3
        water = courses.all_open_matters(*told, today=TODAY, holder="县水利局")
        assert [each.matter for each in water] == ["a"]
    county.say(CLERK, moved("a", "answered", date(2025, 6, 25)))
    county.say(CLERK, moved("a", "closed", date(2025, 6, 25)))
    county.reader(store).catch_up()
    with store.reading() as connection:
        assert courses.holders(connection, "small") == (f"unit/{NORTH}",)


def test_pages_neither_skip_nor_double(county: County, store: Store) -> None:
    county.say(CLERK, *(message(f"m{n}", on=date(2025, 6, 20)) for n in range(7)))
    county.reader(store).catch_up()
    seen: list[str] = []
    after = None
    with store.reading() as connection:
        while True:
            page = courses.open_matters(
                connection, "small", Shelf(read_document), today=TODAY, after=after, limit=3
            )
            seen += [line.matter for line in page.rows]
            after = page.after
            if after is None:
                break
    assert sorted(seen) == sorted({"a", "b", "t", *(f"m{n}" for n in range(7))})
    assert len(seen) == len(set(seen))


NARROWED: tuple[dict[str, Any], ...] = (
    {},
    {"how": Timeliness.OVERDUE},
    {"how": Timeliness.SOON},
    {"how": Timeliness.LATER},
    {"how": Timeliness.NO_DAY, "standing": Standing.OPEN},
    {"not_told": True},
    {"standing": Standing.RESTING},
    {"by_holder": True},
    {"loop": "carried-up"},
    {"stage": "assign"},
    {"kind": "carried_up"},
    {"unit": SOUTH},
    {"holder": "县水利局"},
    {"meeting": "s15"},
    {"author": LI},
)


def boards(county: County, store: Store, position: int | None = None) -> list[Any]:
    """The board narrowed in every way, page by page, its figures and who has something in hand."""
    county.reader(store).catch_up()
    found: list[Any] = []
    with store.reading() as connection:
        told, shelf = (connection, "small"), Shelf(read_document)
        for asked in NARROWED:
            lines: list[DueLine] = []
            after = None
            while True:
                page = courses.open_matters(
                    *(*told, shelf), today=TODAY, position=position, after=after, limit=2, **asked
                )
                lines += page.rows
                after = page.after
                if after is None:
                    break
            found.append((asked, lines))
        for whose in ({}, {"unit": SOUTH}, {"meeting": "s15"}, {"author": LI}):
            found.append(
                courses.counts(*told, today=TODAY, **whose)
                if position is None
                else courses.counts_then(*told, shelf, today=TODAY, position=position, **whose)
            )
        found.append(
            courses.holders(*told)
            if position is None
            else courses.holders_then(*told, shelf, position=position)
        )
    return found


def test_as_of_any_entry_a_board_is_what_it_was(county: County, store: Store) -> None:
    were = {county.log.head(): boards(county, store)}
    holiday = replace(published("calendars/cn-2025.yaml"), version="2")
    for actor, command in (
        (OFFICE, planned("s15", date(2025, 8, 20))),
        (CLERK, message("c", on=date(2025, 3, 3))),
        (OFFICE, MoveMeeting(meeting="s15", on=date(2025, 7, 2), reason="提前")),
        (OFFICE, moved("b", "verified", date(2025, 6, 25), by="王")),
        (OFFICE, moved("b", "assigned", date(2025, 6, 25), way=Way.BY_DOCUMENT, holder=WATER)),
        (OFFICE, moved("b", "cannot", date(2025, 6, 25), obstacle=Obstacle.POLICY)),
        (CLERK, Withdraw(deed="matter/c", reason="误登")),
        (CLERK, moved("a", "answered", date(2025, 6, 25))),
        (CLERK, moved("a", "closed", date(2025, 6, 25))),
        (
            OFFICE,
            replace(
                holiday,
                text=holiday.text.replace("version: 1", "version: 2").replace(
                    "to: 2025-06-02", "to: 2025-06-20"
                ),
            ),
        ),
        (OFFICE, CancelMeeting(meeting="s15", reason="取消")),
    ):
        county.say(actor, command)
        were[county.log.head()] = boards(county, store)
    assert len({str(each) for each in were.values()}) >= 9, "most entries change the board"
    for position, board_then in were.items():
        assert boards(county, store, position) == board_then
    county.reader(store).rebuild()
    for position, board_then in were.items():
        assert boards(county, store, position) == board_then


def test_what_was_closed_long_ago_is_not_looked_at(
    sqlite_store: SqliteStore, county: County
) -> None:
    county.reader(sqlite_store).catch_up()
    ran: list[tuple[str, Any]] = []
    with sqlite_store.reading() as connection:

        def note(*run: Any) -> None:
            ran.append((run[2], run[3]))

        event.listen(connection.engine, "before_cursor_execute", note)
        told = (connection, "small", Shelf(read_document))
        courses.counts_then(*told, today=TODAY, position=5)
        event.remove(connection.engine, "before_cursor_execute", note)
        (asked,) = [each for each in ran if "standing IN" in each[0]]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0]}", asked[1]).all()
    assert [row[3] for row in plan if "courses_standing" not in row[3]] == []


def test_the_figures_above_a_board(county: County, store: Store) -> None:
    county.say(OFFICE, moved("b", "verified", date(2025, 6, 25), by="王"))
    county.say(
        OFFICE,
        moved("b", "assigned", date(2025, 6, 25), way=Way.BY_DOCUMENT, holder=WATER),
        moved("b", "cannot", date(2025, 6, 25), obstacle=Obstacle.POLICY),
    )
    county.reader(store).catch_up()
    with store.reading() as connection:
        everything = courses.counts(connection, "small", today=TODAY)
        south = courses.counts(connection, "small", today=TODAY, unit=SOUTH)
    assert everything == Counts(open=2, resting=1, overdue=0, soon=2, no_day=0, not_told=2)
    assert (south.open, south.resting) == (1, 1)


def test_what_is_closed_or_withdrawn_is_due_no_longer(county: County, store: Store) -> None:
    county.say(CLERK, moved("a", "answered", date(2025, 6, 25)))
    county.say(CLERK, moved("a", "closed", date(2025, 6, 25)))
    county.say(CLERK, Withdraw(deed="matter/b", reason="误登"))
    assert days(board(county, store)) == {"t": date(2025, 8, 20)}
    assert way(county, store, "a").line.standing is Standing.CLOSED
    with store.reading() as connection:
        shelf = Shelf(read_document)
        assert courses.course(connection, "small", shelf, "b", today=TODAY) is None


def test_the_way_has_the_version_of_the_matter_whatever_changed_it(
    county: County, store: Store
) -> None:
    """What amends, confirms or links the record moves its version, and leaves its way as it is."""
    before = way(county, store, "a").version
    body = replace(message("a").body, number="2025-7")
    (done,) = county.say(CLERK, AmendMatter(matter="a", body=body, reason="补编号"))
    assert way(county, store, "a").version == done.version == before + 1


# Meetings move what is due


def test_a_meeting_that_is_planned_moved_cancelled_moves_what_is_due_and_the_way_says_how(
    county: County, store: Store
) -> None:
    reader = county.reader(store)
    reader.catch_up()
    (plan,) = county.say(OFFICE, planned("s15", date(2025, 7, 8)))
    assert days(board(county, store, loop="haiyan-consultation-2")) == {"t": date(2025, 7, 8)}
    (move,) = county.say(
        OFFICE, MoveMeeting(meeting="s15", on=date(2025, 7, 22), reason="与县委全会冲突")
    )
    assert days(board(county, store, loop="haiyan-consultation-2")) == {"t": date(2025, 7, 22)}
    (cancel,) = county.say(OFFICE, CancelMeeting(meeting="s15", reason="并入下次"))

    changes = way(county, store, "t").changes
    told = [(c.position, c.meeting, c.before, c.after) for c in changes if c.meeting]
    planned_at = plan.position - 1
    assert told == [
        (planned_at, "s15", date(2025, 8, 20), date(2025, 7, 8)),
        (move.position, "s15", date(2025, 7, 8), date(2025, 7, 22)),
        (cancel.position, "s15", date(2025, 7, 22), date(2025, 8, 20)),
    ]
    moved_on = next(c for c in changes if c.position == move.position)
    assert "会议:会议s15(常委会会议,2025-07-08)" in [line.zh for line in moved_on.why_before]
    assert "会议:会议s15(常委会会议,2025-07-22)" in [line.zh for line in moved_on.why_after]


def test_what_is_due_at_a_meeting_is_asked_for_by_the_meeting_that_decides_its_day(
    county: County, store: Store
) -> None:
    def at(meeting: str) -> list[str]:
        return [line.matter for line in board(county, store, meeting=meeting)]

    county.say(OFFICE, topic("u"), moved("u", "survey", date(2025, 6, 25)))
    county.say(OFFICE, planned("s15", date(2025, 7, 8)), planned("s16", date(2025, 9, 2)))
    (line,) = board(county, store, meeting="s15")
    assert line.for_meeting is not None
    told = (line.matter, line.for_meeting.title, line.for_meeting.on, line.for_meeting.stage)
    assert told == ("t", "会议s15", line.due, "feedback")
    assert at("s16") == []
    with store.reading() as connection:
        found = courses.counts(connection, "small", today=TODAY, meeting="s15")
    assert (found.open, found.soon) == (1, 1)
    county.say(OFFICE, MoveMeeting(meeting="s15", on=date(2025, 10, 8), reason="冲突"))
    assert (at("s15"), at("s16")) == ([], ["t"]), "another comes first now"
    county.say(
        OFFICE,
        ExtendDeadline(
            matter="t",
            stage="feedback",
            until=date(2025, 9, 15),
            reason="需论证",
            consented_by="秘书长",
        ),
    )
    assert at("s16") == [], "the extension decides it"
    county.say(OFFICE, MoveMeeting(meeting="s16", on=date(2025, 9, 20), reason="冲突"))
    assert at("s16") == ["t"], "the meeting is later than the extension"
    pause = PauseCourse(matter="t", on=date(2025, 6, 25), reason="待省里", consented_by="主席")
    county.say(OFFICE, pause)
    assert at("s16") == []
    county.say(OFFICE, ResumeCourse(matter="t", on=date(2025, 6, 25)))
    assert at("s16") == ["t"]
    county.say(OFFICE, CancelMeeting(meeting="s16", reason="并入下次"))
    assert (at("s15"), at("s16")) == (["t"], [])


SOONER = """\
loop: sooner
version: 1
zh: 先答复后通报
en: answered, then reported
since: 2025-01-01
kinds: 提交提案
stages:
  - {stage: entered, zh: 提交, en: entered}
  - {stage: answered, zh: 答复, en: answered, due: {days: 5, since: submitted}}
  - {stage: reported, zh: 通报, en: reported, due: {meeting: 常委会会议, since: submitted}, ends: true}
"""


def test_what_is_due_at_a_meeting_is_found_where_something_else_is_due_before(
    county: County, store: Store
) -> None:
    body: Matter[Any] = Matter(
        details=Proposed(), title="提案", on=FIRST, organiser=COUNTY, authors=(Author(person=LI),)
    )
    county.say(
        OFFICE,
        planned("s15", date(2025, 7, 8)),
        Publish(sort=Sort.LOOP, code="sooner", version="1", text=SOONER, since=date(2025, 1, 1)),
        RecordMatter(matter="p", body=body),
    )
    line = next(each for each in board(county, store, meeting="s15") if each.matter == "p")
    assert (line.due, line.due_stage) == (date(2025, 5, 11), "answered")
    assert line.for_meeting is not None
    assert (line.for_meeting.on, line.for_meeting.stage) == (date(2025, 7, 8), "reported")


def test_what_each_has_in_hand_stands_together_over_pages(county: County, store: Store) -> None:
    for name, on in (("c", date(2025, 6, 19)), ("d", date(2025, 6, 18))):
        county.say(CLERK, message(name, on=on))
    county.say(
        OFFICE, HandOver(matter="d", on=date(2025, 6, 25), holder=Holder(unit=NORTH), reason="x")
    )
    county.reader(store).catch_up()
    whole = [each.matter for each in board(county, store, by_holder=True)]
    holders = [each.holder_name for each in board(county, store, by_holder=True)]
    assert len(whole) == 5
    assert [name for name, _ in groupby(holders)] == list(dict.fromkeys(holders))
    seen: list[str] = []
    after = None
    with store.reading() as connection:
        while True:
            page = courses.open_matters(
                *(connection, "small", Shelf(read_document)),
                today=TODAY,
                by_holder=True,
                after=after,
                limit=2,
            )
            seen += [line.matter for line in page.rows]
            after = page.after
            if after is None:
                break
    assert seen == whole


def test_extensions_pauses_and_a_new_version_of_the_loop_are_told_too(
    county: County, store: Store
) -> None:
    extend = ExtendDeadline(
        matter="t",
        stage="feedback",
        until=date(2025, 9, 30),
        reason="需专家论证",
        consented_by="秘书长",
    )
    county.say(OFFICE, extend)
    assert days(board(county, store, loop="haiyan-consultation-2")) == {"t": date(2025, 9, 30)}
    pause = PauseCourse(matter="t", on=date(2025, 6, 25), reason="待省里", consented_by="主席")
    county.say(OFFICE, pause)
    (line,) = board(county, store, how=Timeliness.NO_DAY)
    assert (line.matter, line.paused) == ("t", True)
    county.say(OFFICE, ResumeCourse(matter="t", on=date(2025, 6, 25)))
    text = files("packs").joinpath("haiyan/consultation-standing.yaml").read_text("utf-8")
    sooner = text.replace("version: 1", "version: 2").replace("{months: 3}", "{months: 2}")
    county.say(
        OFFICE,
        Publish(
            sort=Sort.LOOP,
            code="haiyan-consultation-2",
            version="2",
            text=sooner,
            since=date(2025, 6, 1),
        ),
    )
    assert way(county, store, "t").line.due == date(2025, 9, 30), "it keeps its version"
    county.say(OFFICE, MigrateCourse(matter="t", version="2", reason="新办法"))
    page = way(county, store, "t")
    assert page.line.due == date(2025, 9, 30)
    assert page.course.version == "2"
    assert "延期:2025-06-25经秘书长同意延至2025-09-30,需专家论证" in [w.zh for w in page.line.why]


def test_the_way_shows_who_had_it_and_that_it_was_given_back(county: County, store: Store) -> None:
    county.say(OFFICE, moved("b", "verified", date(2025, 6, 24), by="王"))
    county.say(
        OFFICE, moved("b", "assigned", date(2025, 6, 24), way=Way.BY_TELEPHONE, holder=WATER)
    )
    county.say(OFFICE, GiveBack(matter="b", on=date(2025, 6, 25), reason="属交通局"))
    page = way(county, store, "b")
    assert [h.holder for h in page.course.holders] == [WATER, None]
    assert [(s.code, s.here) for s in page.stages if s.here] == [("verified", True)]
    assert {s.code for s in page.stages if s.may_be_next} == {"discussed", "assigned", "answered"}
    roads = Holder(name="县交通局")
    county.say(OFFICE, HandOver(matter="t", on=date(2025, 6, 25), holder=roads, reason="职责"))
    assert way(county, store, "t").line.holder_name == "县交通局"
    county.say(
        OFFICE, ReopenMatter(matter="t", stage="survey", on=date(2025, 6, 25), reason="重新调研")
    )
    assert way(county, store, "t").line.stage == "survey"


# Meetings


def test_meetings_in_order_of_their_days_and_one_with_its_people(
    county: County, store: Store
) -> None:
    county.say(
        OFFICE,
        planned("late", date(2025, 9, 5), Meeting.THEMATIC_STANDING_COMMITTEE),
        planned("now", date(2025, 6, 25)),
        planned("gone", date(2025, 8, 1)),
        CancelMeeting(meeting="gone", reason="并入"),
        CallMeeting(meeting="now", notice="3号"),
        OpenMeeting(meeting="now"),
        CheckIn(meeting="now", person=LI),
    )
    county.reader(store).catch_up()
    with store.reading() as connection:
        listed = meetings.meetings(connection, "small")
        assert [line.meeting for line in listed.rows] == ["now", "gone", "late"]
        ahead = meetings.meetings(connection, "small", since=date(2025, 7, 1), limit=1)
        assert [line.meeting for line in ahead.rows] == ["gone"]
        rest = meetings.meetings(
            connection, "small", since=date(2025, 7, 1), after=ahead.after, limit=1
        )
        assert [line.meeting for line in rest.rows] == ["late"]
        thematic = meetings.meetings(
            connection, "small", kinds=(Meeting.THEMATIC_STANDING_COMMITTEE,)
        )
        assert [line.meeting for line in thematic.rows] == ["late"]
        called = meetings.meetings(connection, "small", steps=(MeetingStep.OPEN,))
        assert [(m.meeting, m.expected, m.checked_in) for m in called.rows] == [("now", 2, 1)]
        assert [day.meeting for day in meetings.days(connection, "small")] == ["now", "late"]
        page = meetings.meeting(connection, "small", "now")
        assert page is not None
        assert set(page.state.checked_in) == {LI}
        assert meetings.meeting(connection, "small", "none") is None
    county.say(OFFICE, CloseMeeting(meeting="now", others=Attendance.PRESENT))
    county.reader(store).catch_up()
    with store.reading() as connection:
        page = meetings.meeting(connection, "small", "now")
        assert page is not None
        assert page.line.step is MeetingStep.CLOSED


# Suggestions


def test_suggestions_are_counted_by_what_was_answered(county: County, store: Store) -> None:
    made = [MakeSuggestion(matter="t", text=f"建议{n}", on=date(2025, 5, 20)) for n in range(4)]
    county.say(OFFICE, *made)
    for number, answer in ((1, Answer.ADOPTED), (2, Answer.DECLINED)):
        county.say(
            OFFICE,
            AnswerSuggestion(
                matter="t",
                number=number,
                answer=answer,
                on=date(2025, 6, 1),
                answered_by="司法局",
                reason="无权限",
            ),
        )
    county.say(OFFICE, WithdrawSuggestion(matter="t", number=4, reason="重复"))
    county.reader(store).catch_up()
    with store.reading() as connection:
        total, lines = suggestions.adoption(connection, "small", since=date(2025, 1, 1))
        assert total == Tally(made=3, adopted=1, declined=1)
        assert [(each.matter, each.tally) for each in lines.rows] == [("t", total)]
        waiting = suggestions.suggestions(connection, "small", unanswered=True)
        assert [(s.number, s.text) for s in waiting.rows] == [(3, "建议2")]
        none, _ = suggestions.adoption(connection, "small", until=date(2025, 5, 1))
        assert none == Tally()
        first = suggestions.suggestions(connection, "small", limit=1)
        second = suggestions.suggestions(connection, "small", limit=2, after=first.after)
        assert [s.number for s in (*first.rows, *second.rows)] == [1, 2, 3]


def test_as_of_any_entry_suggestions_are_counted_as_they_stood(
    county: County, store: Store
) -> None:
    """Also of two records of one deed: of those, by the one that stood for it then."""

    def tally(position: int | None = None) -> Tally:
        county.reader(store).catch_up()
        with store.reading() as connection:
            return suggestions.tally_of(
                *(connection, "small"),
                since=date(2025, 5, 1),
                until=date(2025, 5, 31),
                position=position,
            )

    def answer(matter: str, number: int, said: Answer) -> AnswerSuggestion:
        told: dict[str, Any] = {"on": date(2025, 6, 1), "answered_by": "司法局", "reason": "无权限"}
        return AnswerSuggestion(matter=matter, number=number, answer=said, **told)

    were = {county.log.head(): tally()}
    commands: tuple[Command, ...] = (
        *(MakeSuggestion(matter="t", text=f"建议{n}", on=date(2025, 5, 20)) for n in range(3)),
        MakeSuggestion(matter="t", text="六月的", on=date(2025, 6, 2)),
        answer("t", 1, Answer.ADOPTED),
        CarryOutSuggestion(matter="t", number=1, on=date(2025, 6, 20)),
        answer("t", 1, Answer.DECLINED),
        WithdrawSuggestion(matter="t", number=3, reason="重复"),
        topic("u"),
        MakeSuggestion(matter="u", text="另一记录", on=date(2025, 5, 20)),
        LinkSame(deed="matter/u", same_as="matter/t", reason="同一议题"),
        Withdraw(deed="matter/t", reason="误登"),
        Withdraw(deed="matter/u", reason="误登"),
    )
    for command in commands:
        county.say(OFFICE, command)
        were[county.log.head()] = tally()
    assert [each.made for each in were.values()] == [0, 1, 2, 3, 3, 3, 3, 3, 2, 2, 3, 2, 1, 0]
    assert {position: tally(position) for position in were} == were
    county.reader(store).rebuild()
    assert {position: tally(position) for position in were} == were


def test_adoption_is_counted_apart_and_comes_page_by_page(county: County, store: Store) -> None:
    council = topic("u", date(2025, 6, 1))
    details = Consultation(tier=Tier.CHAIRPERSONS_COUNCIL)
    county.say(
        OFFICE,
        RecordMatter(matter="u", body=replace(council.body, details=details, organiser=LINKING)),
        *(MakeSuggestion(matter="u", text=f"建议{n}", on=date(2025, 6, 2)) for n in (1, 2)),
        MakeSuggestion(matter="t", text="建议", on=date(2025, 5, 20)),
        AnswerSuggestion(
            matter="u", number=2, answer=Answer.ADOPTED, on=date(2025, 6, 9), answered_by="县民政局"
        ),
        CarryOutSuggestion(matter="u", number=2, on=date(2025, 6, 20)),
    )
    county.reader(store).catch_up()
    one, two = Tally(made=1), Tally(made=2, adopted=1, carried_out=1)
    with store.reading() as connection:
        told = (connection, "small")
        found = {
            apart: [(each.name.zh, each.tally) for each in suggestions.adoption_by(*told, apart)]
            for apart in Apart
        }
        first_total, first = suggestions.adoption(*told, limit=1)
        second_total, second = suggestions.adoption(*told, limit=1, after=first.after)
        done = suggestions.suggestions(*told, carried_out=True)
    assert found == {
        Apart.TIER: [("专题议政性常委会会议", one), ("主席会议专题协商", two)],
        Apart.KIND: [("协商议题", Tally(made=3, adopted=1, carried_out=1))],
        Apart.UNIT: [(f"专门委员会{LINKING}", two), (f"本级政协{COUNTY}", one)],
        Apart.YEAR: [("2025年", Tally(made=3, adopted=1, carried_out=1))],
    }
    assert first_total == second_total == Tally(made=3, adopted=1, carried_out=1)
    assert [(a.matter, a.organiser_name) for a in (*first.rows, *second.rows)] == [
        ("u", f"专门委员会{LINKING}"),
        ("t", f"本级政协{COUNTY}"),
    ]
    assert second.after is None
    assert [(each.matter, each.number) for each in done.rows] == [("u", 2)]


# One way of making rows


def test_live_catching_up_and_rebuilding_come_to_the_same(county: County, store: Store) -> None:
    county.say(OFFICE, planned("s15", date(2025, 7, 8)))
    county.say(OFFICE, MoveMeeting(meeting="s15", on=date(2025, 7, 22), reason="冲突"))
    county.say(OFFICE, MakeSuggestion(matter="t", text="建议", on=date(2025, 5, 20)))
    county.say(CLERK, moved("b", "verified", date(2025, 6, 25), by="王"))
    county.say(OFFICE, planned("s16", date(2025, 7, 1)))
    county.reader(store, at_a_time=1).catch_up(at_a_time=1)
    live = rows_of(store, "small")
    assert len(live["dues"]) == 3
    assert next(row for row in live["dues"] if row[1] == "t")[2] == date(2025, 7, 1).toordinal()
    county.reader(store).rebuild()
    assert rows_of(store, "small") == live


def test_in_one_batch_it_comes_to_the_same(county: County, store: Store) -> None:
    county.say(OFFICE, planned("s15", date(2025, 7, 8)))
    county.say(OFFICE, CancelMeeting(meeting="s15", reason="并入"))
    county.reader(store).catch_up()
    at_once = rows_of(store, "small")
    county.reader(store).rebuild()
    assert rows_of(store, "small") == at_once
    assert {row[1] for row in at_once["dues"]} == {"a", "b", "t"}


def test_a_new_calendar_moves_what_is_due_in_working_days(county: County, store: Store) -> None:
    county.say(OFFICE, moved("b", "verified", date(2025, 6, 24), by="王"))
    assert days(board(county, store, loop="carried-messages"))["b"] == date(2025, 7, 8)
    text = files("packs").joinpath("calendars/cn-2025.yaml").read_text("utf-8")
    flood = "holidays:\n  - {zh: 防汛停工, en: flood, from: 2025-07-01, to: 2025-07-03}\n"
    text = text.replace("version: 1\n", "version: 2\n").replace("holidays:\n", flood)
    county.say(
        OFFICE,
        Publish(
            sort=Sort.CALENDAR,
            code="cn-2025",
            version="2",
            text=text,
            since=date(2025, 6, 1),
        ),
    )
    (line,) = (each for each in board(county, store) if each.matter == "b")
    assert line.due == date(2025, 7, 11)
    assert any("防汛停工" in each.zh for each in line.why)
    live = rows_of(store, "small")
    county.reader(store).rebuild()
    assert rows_of(store, "small") == live


def test_two_readers_in_turns_come_to_the_same(county: County, store: Store) -> None:
    one, other = county.reader(store), county.reader(store)
    one.catch_up()
    county.say(OFFICE, planned("s15", date(2025, 7, 8)))
    other.catch_up()
    county.say(OFFICE, moved("b", "verified", date(2025, 6, 24), by="王"))
    county.say(OFFICE, MoveMeeting(meeting="s15", on=date(2025, 7, 22), reason="冲突"))
    one.catch_up()
    county.say(OFFICE, CancelMeeting(meeting="s15", reason="并入"))
    other.catch_up()
    in_turns = rows_of(store, "small")
    assert (
        next(row for row in in_turns["dues"] if row[1] == "t")[2] == date(2025, 8, 20).toordinal()
    )
    county.reader(store).rebuild()
    assert rows_of(store, "small") == in_turns


def test_what_goes_by_an_older_version_is_counted_listed_and_gone_once_it_went_over(
    county: County, store: Store
) -> None:
    """Given two versions of a loop, then the matters of the first are listed a page at a time on both stores, with what would be due by the second."""
    text = files("packs").joinpath("haiyan/consultation-standing.yaml").read_text("utf-8")
    code = "haiyan-consultation-2"
    publish = Publish(
        sort=Sort.LOOP,
        code=code,
        version="2",
        text=text.replace("version: 1", "version: 2"),
        since=date(2025, 6, 1),
    )

    def looked() -> tuple[list[tuple[str, str, str, int]], list[tuple[str, str, bool]]]:
        county.reader(store).catch_up()
        with store.reading() as connection:
            told, today = (connection, "small", Shelf(read_document)), TODAY
            counted = [
                (b.loop, b.version, b.newest, b.number)
                for b in going_over.behind(*told, today=today)
            ]
            versions = going_over.versions_of(*told, code, None, today=today)
            page = going_over.going_over(*told[:2], versions, OFFICE, today=today, limit=1)
            rows = list(page.rows)
            while page.after is not None:
                page = going_over.going_over(
                    *told[:2], versions, OFFICE, today=today, after=page.after, limit=1
                )
                rows += page.rows
        return counted, [(r.line.matter, r.version, r.refused is None) for r in rows]

    assert looked() == ([], [])
    county.say(OFFICE, publish)
    assert looked() == ([(code, "1", "2", 1)], [("t", "1", True)])
    county.say(OFFICE, MigrateCourse(matter="t", version="2", reason="新办法"))
    assert looked() == ([], [])
