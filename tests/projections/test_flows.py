"""How matters flow: figures of what came in, how far it came, how it ended and how long it took; by parts; and the matters behind each figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from domain.course import Standing
from domain.deed import LinkSame, UnlinkSame, Withdraw
from domain.fact import Authorship, Reached, RecordClass
from domain.flow import Spread
from domain.handling import ReopenMatter
from domain.kinds.about import Stage
from domain.kinds.advice import CarriedUp, Obstacle, ReportedOpinion, Way
from domain.kinds.help import GrantedWish, Wisher
from domain.loop import Holder
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.meeting import CancelMeeting
from domain.people import UnitId
from domain.unit import OpenUnit, UnitKind, UnitProfile
from domain.words import Level
from projections import flows, roster
from projections.documents import Shelf
from projections.flows import Among, By, FlowLine, Funnel, Parts, Which
from projections.store import Store
from tests.projections.county import (
    BEGAN,
    CLERK,
    COUNTY,
    LI,
    NORTH,
    OFFICE,
    SOUTH,
    County,
    read_document,
    rows_of,
)
from tests.projections.test_courses import message, moved, planned, published, topic

MESSAGES = Among(loop="carried-messages")
WISHES = Among(kind="granted_wish")
WATER = Holder(name="县水利局")
RIVERSIDE = UnitId("riverside")


def wish(name: str, on: date, organiser: UnitId = SOUTH) -> RecordMatter:
    body: Matter[Any] = Matter(
        details=GrantedWish(wisher=Wisher.ELDERLY),
        title=f"微心愿{name}",
        on=on,
        organiser=organiser,
        authors=(Author(person=LI),),
    )
    return RecordMatter(matter=name, body=body)


def came_to(name: str, stage: Stage, on: date, level: Level | None = None) -> ReportOutcome:
    return ReportOutcome(matter=name, outcome=Reached(stage=stage, on=on, level=level))


@pytest.fixture
def county() -> County:
    """Four messages on their loop: closed in time, cannot be handled, set back, just received; three wishes without one, of which one is fulfilled."""
    county = County().found()
    county.day = date(2025, 6, 25)
    county.say(
        OFFICE,
        OpenUnit(
            unit=RIVERSIDE,
            profile=UnitProfile(kind=UnitKind.TOWNSHIP, name="河西镇"),
            since=BEGAN,
        ),
        OpenUnit(
            unit=UnitId("riverside-studio"),
            profile=UnitProfile(kind=UnitKind.STUDIO, name="河西工作室", township=RIVERSIDE),
            since=BEGAN,
        ),
        published("calendars/cn-2025.yaml"),
        published("messages/carried-up.yaml"),
    )
    for name in "abcd":
        said: dict[str, Any] = {"organiser": NORTH} if name == "c" else {}
        county.say(OFFICE, message(name, date(2025, 5, 6), **said))
    county.say(
        OFFICE,
        moved("a", "verified", date(2025, 5, 8), by="王主席"),
        moved("a", "assigned", date(2025, 5, 12), way=Way.BY_TELEPHONE, holder=WATER),
        moved("a", "handled", date(2025, 6, 5)),
        moved("a", "answered", date(2025, 6, 20)),
        moved("a", "closed", date(2025, 6, 20)),
        moved("b", "verified", date(2025, 5, 16), by="王主席"),
        moved("b", "assigned", date(2025, 5, 20), way=Way.BY_DOCUMENT, holder=Holder(unit=NORTH)),
        moved("b", "cannot", date(2025, 6, 1), obstacle=Obstacle.POLICY),
        moved("c", "verified", date(2025, 5, 9), by="王主席"),
        moved("c", "assigned", date(2025, 5, 20), way=Way.BY_TELEPHONE, holder=WATER),
        ReopenMatter(matter="c", stage="verified", on=date(2025, 5, 22), reason="重新核实"),
        wish("w1", date(2025, 5, 1)),
        wish("w2", date(2025, 6, 1)),
        wish("w3", date(2025, 6, 2), UnitId("riverside-studio")),
        came_to("w1", Stage.CLAIMED, date(2025, 5, 4)),
        came_to("w1", Stage.FULFILLED, date(2025, 6, 10)),
        came_to("w2", Stage.CLAIMED, date(2025, 6, 8)),
    )
    return county


def funnel(county: County, store: Store, among: Among) -> Funnel:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return flows.funnel(connection, "small", Shelf(read_document), among)


def parts(county: County, store: Store, among: Among, by: By) -> Parts:
    county.reader(store).catch_up()
    with store.reading() as connection:
        units = roster.all_units(connection, "small")
        return flows.parts(connection, "small", among, by, units)


def behind(
    county: County, store: Store, among: Among, which: Which = flows.ALL, **asked: Any
) -> list[FlowLine]:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return list(flows.matters(connection, "small", among, which, **asked).rows)


def names(lines: list[FlowLine]) -> list[str]:
    return [line.matter for line in lines]


# The funnel


def test_all_that_came_in_is_open_rests_or_is_closed(county: County, store: Store) -> None:
    figures = funnel(county, store, MESSAGES).figures
    assert (figures.entered, figures.open, figures.resting, figures.closed, figures.in_vain) == (
        *(4, 2, 1),
        *(1, 0),
    )
    assert figures.took == Spread(1, 45, 45, 45)


def test_each_stage_counts_whom_it_has_now_with_days_from_the_day_of_the_matter(
    county: County, store: Store
) -> None:
    found = {each.stage: each for each in funnel(county, store, MESSAGES).stages}
    assert list(found)[:4] == ["received", "verified", "discussed", "assigned"]
    # What was assigned and set back is not at that stage any more; it was verified anew 16 days after it came in.
    assert {code: each.reached for code, each in found.items() if each.reached} == {
        "received": 4,
        "verified": 3,
        "assigned": 2,
        "handled": 1,
        "cannot": 1,
        "answered": 1,
        "closed": 1,
    }
    assert found["verified"].took == Spread(3, 10, 16, 16)
    assert found["verified"].name.zh == "核实"
    assert found["discussed"].took is None


def test_what_was_reached_by_its_day_is_in_time(county: County, store: Store) -> None:
    told = funnel(county, store, MESSAGES)
    found = {each.stage: (each.in_time, each.with_day) for each in told.stages if each.with_day}
    # Verified within 5 days: one of three; answered within 5 days of being handled: none.
    assert found == {"verified": (1, 3), "assigned": (2, 2), "handled": (1, 1), "answered": (0, 1)}
    assert (told.figures.in_time, told.figures.with_day) == (4, 7)
    late = Which(stage="verified", in_time=False)
    assert names(behind(county, store, MESSAGES, late)) == ["b", "c"]
    assert names(behind(county, store, MESSAGES, replace(late, in_time=True))) == ["a"]


def test_how_they_ended_is_told_with_the_reason_of_what_rests(county: County, store: Store) -> None:
    ends = [
        (e.standing, e.stage, e.obstacle, e.in_vain, e.number)
        for e in funnel(county, store, MESSAGES).ends
    ]
    assert ends == [
        (Standing.CLOSED, Stage.CLOSED, None, False, 1),
        (Standing.RESTING, Stage.CANNOT_FOR_NOW, Obstacle.POLICY, False, 1),
    ]


def test_a_kind_is_counted_by_its_own_stages_with_a_loop_or_without(
    county: County, store: Store
) -> None:
    wishes = funnel(county, store, WISHES)
    assert [(s.name.zh, s.reached) for s in wishes.stages] == [("认领", 2), ("实现", 1)]
    assert (wishes.figures.open, wishes.figures.closed) == (2, 1)
    assert wishes.stages[0].took == Spread(2, 3, 7, 7)
    carried = funnel(county, store, Among(kind="carried_up"))
    assert [(s.name.zh, s.reached) for s in carried.stages if s.reached == 3] == [("核实", 3)]


def test_only_what_came_in_within_the_days_is_counted(county: County, store: Store) -> None:
    june = Among(kind="granted_wish", since=date(2025, 6, 1), until=date(2025, 6, 1))
    assert funnel(county, store, june).figures.entered == 1
    county.say(OFFICE, Withdraw(deed="matter/w2", reason="登错"))
    assert funnel(county, store, june).figures.entered == 0


def test_two_records_of_one_deed_count_once(county: County, store: Store) -> None:
    county.say(OFFICE, LinkSame(deed="matter/w3", same_as="matter/w2"))
    assert funnel(county, store, WISHES).figures.entered == 2
    county.say(OFFICE, UnlinkSame(deed="matter/w3", reason="两件"))
    assert funnel(county, store, WISHES).figures.entered == 3
    live = rows_of(store, "small")
    county.reader(store).rebuild()
    assert rows_of(store, "small") == live


def test_what_stands_is_counted_once_when_the_record_that_it_was_linked_to_is_withdrawn(
    county: County, store: Store
) -> None:
    for name in ("w2", "w3"):
        county.say(OFFICE, LinkSame(deed=f"matter/{name}", same_as="matter/w1"))
    assert names(behind(county, store, WISHES)) == ["w1"]
    county.say(OFFICE, Withdraw(deed="matter/w1", reason="重复"))
    # Of those that are left the first by its day stands for all of them.
    assert names(behind(county, store, WISHES)) == ["w2"]
    assert funnel(county, store, WISHES).figures.entered == 1
    county.say(OFFICE, Withdraw(deed="matter/w2", reason="重复"))
    assert names(behind(county, store, WISHES)) == ["w3"]


def test_what_came_to_nothing_is_not_closed_with_effect(county: County, store: Store) -> None:
    def opinion(name: str) -> RecordMatter:
        body: Matter[Any] = Matter(
            details=ReportedOpinion(direct_channel=name == "o1"),
            title=f"信息{name}",
            on=date(2025, 5, 1),
            organiser=SOUTH,
            authors=(Author(person=LI, role=Authorship.FIRST),),
        )
        return RecordMatter(matter=name, body=body)

    county.say(OFFICE, opinion("o1"), opinion("o2"))
    for name in ("o1", "o2"):
        county.say(OFFICE, came_to(name, Stage.NOT_TAKEN_UP, date(2025, 5, 3)))
    among = Among(kind="reported_opinion")
    assert funnel(county, store, among).figures.in_vain == 2
    # Another level took one of them up after all.
    county.say(
        OFFICE,
        came_to("o1", Stage.TAKEN_UP, date(2025, 5, 9), Level.CITY),
        came_to("o1", Stage.FED_BACK, date(2025, 5, 11)),
    )
    told = funnel(county, store, among)
    assert (told.figures.closed, told.figures.in_vain) == (1, 1)
    assert [(e.stage, e.in_vain) for e in told.ends] == [
        (Stage.FED_BACK, False),
        (Stage.NOT_TAKEN_UP, True),
    ]
    channels = parts(county, store, among, By.CHANNEL)
    assert [(p.key, p.name.zh, p.figures.closed) for p in channels.rows] == [
        ("yes", "直通车", 1),
        ("no", "非直通车", 0),
    ]


# By parts


def test_taken_apart_by_unit_township_holder_way_and_recorder(county: County, store: Store) -> None:
    by_unit = parts(county, store, MESSAGES, By.ORGANISER).rows
    assert [(p.key, p.figures.entered, p.figures.closed) for p in by_unit] == [
        (NORTH, 1, 0),
        (SOUTH, 3, 1),
    ]
    assert (by_unit[1].figures.in_time, by_unit[1].figures.with_day) == (4, 6)
    towns = parts(county, store, WISHES, By.TOWNSHIP).rows
    assert [(p.name.zh, p.figures.entered) for p in towns] == [("河西镇", 1), ("不属镇街", 2)]
    held = parts(county, store, MESSAGES, By.HOLDER).rows
    assert [(p.key, p.name.zh, p.figures.entered) for p in held] == [
        (f"unit/{NORTH}", "委员工作室north", 1),
        ("县水利局", "县水利局", 2),
        ("", "未定", 1),
    ]
    ways = parts(county, store, Among(kind="carried_up"), By.CHANNEL).rows
    assert [(p.name.zh, p.figures.entered) for p in ways] == [
        ("文件转办", 1),
        ("电话交办", 2),
        ("未填", 1),
    ]
    (townships,) = parts(county, store, MESSAGES, By.RECORD).rows
    assert (townships.name.zh, townships.figures.entered) == ("镇街登记", 4)


def test_units_of_a_township_are_added_up_before_parts_are_left_out(
    county: County, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = [UnitId(f"room{nth}") for nth in range(3)]
    for nth, room in enumerate(rooms):
        profile = UnitProfile(
            kind=UnitKind.LIAISON_ROOM, name=f"河西联络室{nth}", township=RIVERSIDE
        )
        county.say(OFFICE, OpenUnit(unit=room, profile=profile, since=BEGAN))
        county.say(OFFICE, wish(f"of-{room}", date(2025, 6, 3), room))
    monkeypatch.setattr(flows, "MOST_PARTS", 2)
    towns = parts(county, store, WISHES, By.TOWNSHIP)
    assert [(p.name.zh, p.figures.entered) for p in towns.rows] == [("河西镇", 4), ("不属镇街", 2)]
    assert not towns.left_out
    units = parts(county, store, WISHES, By.ORGANISER)
    assert (len(units.rows), units.left_out) == (2, True)
    assert max(p.figures.entered for p in units.rows) == 2
    monkeypatch.setattr(flows, "MOST_PARTS", 1)
    towns = parts(county, store, WISHES, By.TOWNSHIP)
    assert ([p.name.zh for p in towns.rows], towns.left_out) == (["河西镇"], True)


def test_parts_add_up_to_the_whole(county: County, store: Store) -> None:
    whole = funnel(county, store, MESSAGES).figures
    for by in By:
        rows = [p.figures for p in parts(county, store, MESSAGES, by).rows]
        for name in ("entered", "open", "resting", "closed", "in_vain", "in_time", "with_day"):
            assert sum(getattr(each, name) for each in rows) == getattr(whole, name), (by, name)


# The matters behind


@pytest.mark.parametrize(
    ("among", "which", "found"),
    [
        (MESSAGES, Which(), ["a", "b", "c", "d"]),
        (MESSAGES, Which(stage="assigned"), ["a", "b"]),
        (MESSAGES, Which(standing=Standing.RESTING, obstacle=Obstacle.POLICY), ["b"]),
        (MESSAGES, Which(standing=Standing.OPEN, not_reached="verified"), ["d"]),
        (MESSAGES, Which(standing=Standing.CLOSED, in_vain=False), ["a"]),
        (MESSAGES, Which(ended_since=date(2025, 6, 21)), []),
        (replace(MESSAGES, holder="县水利局"), Which(), ["a", "c"]),
        (replace(MESSAGES, organisers=[NORTH]), Which(), ["c"]),
        (replace(MESSAGES, record=RecordClass.SELF), Which(), []),
        (WISHES, Which(stage="claimed", standing=Standing.OPEN), ["w2"]),
    ],
)
def test_each_figure_has_its_matters(
    county: County, store: Store, among: Among, which: Which, found: list[str]
) -> None:
    assert names(behind(county, store, among, which)) == found


def test_a_matter_is_shown_with_how_it_came_in_and_how_it_stands(
    county: County, store: Store
) -> None:
    line, _ = behind(county, store, MESSAGES, Which(stage="assigned"))
    assert (line.title, line.organiser_name, line.holder_name, line.channel.zh) == (
        "群众反映a",
        "委员工作室south",
        "县水利局",
        "电话交办",
    )
    assert (line.standing, line.ended_by, line.ended_on, line.days) == (
        *(Standing.CLOSED, Stage.CLOSED),
        *(date(2025, 6, 20), 45),
    )
    assert (line.stage_on, line.stage_days) == (date(2025, 5, 12), 6)


def test_matters_come_page_by_page(county: County, store: Store) -> None:
    county.reader(store).catch_up()
    seen: list[str] = []
    after = None
    with store.reading() as connection:
        while True:
            page = flows.matters(connection, "small", MESSAGES, after=after, limit=3)
            seen += [line.matter for line in page.rows]
            after = page.after
            if after is None:
                break
    assert seen == ["a", "b", "c", "d"]


# What people ask for


def test_the_board_of_wishes_tells_what_waits_is_taken_and_was_done_of_late(
    county: County, store: Store
) -> None:
    county.reader(store).catch_up()
    with store.reading() as connection:
        found = flows.asked_for(connection, "small", WISHES, today=date(2025, 6, 26))
        later = flows.asked_for(connection, "small", WISHES, today=date(2025, 8, 26))
    assert (found.waiting, found.taken, found.done, found.done_lately) == (1, 1, 1, 1)
    assert (found.to_take, found.to_do) == (Spread(2, 3, 7, 7), Spread(1, 40, 40, 40))
    assert later.done_lately == 0


# One way of making rows, and few questions


def test_live_and_rebuilt_rows_are_the_same(county: County, store: Store) -> None:
    county.say(
        OFFICE,
        published("haiyan/consultation-standing.yaml"),
        topic("t"),
        moved("t", "survey", date(2025, 5, 10)),
        moved("t", "consult", date(2025, 5, 20)),
        moved("t", "assign", date(2025, 5, 22), holder=Holder(unit=NORTH)),
        planned("s15", date(2025, 7, 8)),
        Withdraw(deed="matter/w3", reason="登错"),
        ReopenMatter(matter="a", stage="verified", on=date(2025, 6, 22), reason="重办"),
    )
    county.reader(store, at_a_time=1).catch_up(at_a_time=1)
    live = rows_of(store, "small")
    assert {row[1] for row in live["flows"]} == {*"abcdt", "w1", "w2"}
    assert {row[1] for row in live["kept_terms"]} == {*"abct"}
    county.reader(store).rebuild()
    assert rows_of(store, "small") == live


def test_a_moved_meeting_says_anew_whether_what_it_asked_for_was_in_time(
    county: County, store: Store
) -> None:
    county.say(
        OFFICE,
        published("haiyan/consultation-standing.yaml"),
        planned("s15", date(2025, 6, 10)),
        topic("t"),
        moved("t", "survey", date(2025, 5, 10)),
        moved("t", "consult", date(2025, 5, 20)),
        moved("t", "assign", date(2025, 5, 22), holder=Holder(unit=NORTH)),
        moved("t", "carry_out", date(2025, 6, 20)),
        moved("t", "feedback", date(2025, 6, 24)),
    )
    among = Among(kind="consultation")
    late = funnel(county, store, among).figures
    assert (late.in_time, late.with_day) == (1, 2)
    # Without that meeting three months hold.
    county.say(OFFICE, CancelMeeting(meeting="s15", reason="并入"))
    assert funnel(county, store, among).figures.in_time == 2
    live = rows_of(store, "small")
    county.reader(store).rebuild()
    assert rows_of(store, "small") == live


def test_the_number_of_questions_does_not_grow_with_the_matters(
    county: County, store: Store
) -> None:
    def questions() -> int:
        county.reader(store).catch_up()
        asked: list[str] = []
        with store.reading() as connection:

            def count(_c: Any, _k: Any, statement: str, *_: Any) -> None:
                asked.append(statement)

            event.listen(connection, "before_cursor_execute", count)
            units = roster.all_units(connection, "small")
            flows.funnel(connection, "small", Shelf(read_document), MESSAGES)
            for by in By:
                flows.parts(connection, "small", MESSAGES, by, units)
            flows.matters(connection, "small", MESSAGES, units=units)
            flows.asked_for(connection, "small", WISHES, today=date(2025, 6, 26))
        return len(asked)

    before = questions()
    for n in range(30):
        county.say(
            OFFICE, message(f"more{n}", date(2025, 6, 1)), wish(f"wish{n}", date(2025, 6, 1))
        )
    assert questions() == before


def test_a_message_of_the_county_is_of_no_township(county: County, store: Store) -> None:
    county.say(OFFICE, message("e", date(2025, 6, 3), organiser=COUNTY))
    county.say(CLERK, message("f", date(2025, 6, 3), details=CarriedUp(topic="修路")))
    (all_of_them,) = parts(county, store, Among(kind="carried_up"), By.TOWNSHIP).rows
    assert (all_of_them.key, all_of_them.figures.entered) == ("", 6)
