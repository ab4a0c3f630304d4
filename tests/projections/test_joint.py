"""Joint activities as they are practised: one record, counted once, credited to each studio and each level by the rule of its list."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from sqlalchemy import event

from domain.deed import LinkSame, UnlinkSame, Withdraw
from domain.document import Publish, Sort
from domain.fact import Held, Mode
from domain.kinds.deliberation import Inspected, Researched
from domain.kinds.works import FourLinks, Survey
from domain.matter import Author, Matter, RecordMatter
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.period import Period
from domain.words import Level
from projections import checklists, deeds, joint
from projections.documents import Shelf
from projections.joint import Figures, HostLine
from projections.store import SqliteStore, Store
from tests.projections.county import (
    CLERK,
    COUNTY,
    LI,
    LINKING,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    TODAY,
    ZHAO,
    County,
    read_document,
    rows_of,
)

YEAR = Period.year(2025)
DAY = date(2025, 6, 10)
NAMES = {SOUTH: "委员工作室south", NORTH: "委员工作室north"}


def tour(name: str, *with_: Any, **said: Any) -> RecordOccasion:
    """An inspection of the south studio, held with others."""
    body: Occasion[Any] = Occasion(
        details=Inspected(),
        title=f"视察{name}",
        on=DAY,
        organiser=SOUTH,
        co_organisers=with_,
        mode=Mode.JOINT if with_ else Mode.GROUP,
        participants=(Participant(person=LI), Participant(person=ZHAO)),
    )
    return RecordOccasion(occasion=name, body=replace(body, **said))


def studio_months() -> str:
    """The list of the rehearsal county, asked of studios of every type."""
    text = files("packs").joinpath("rehearsal/studio-months.yaml").read_text("utf-8")
    whole = re.sub(r"^of_types:.*\n", "", text, flags=re.MULTILINE)
    assert whole != text
    return whole


def published(county: County) -> County:
    text = studio_months()
    paper = Publish(
        sort=Sort.CHECKLIST, code="studio-months", version="1", text=text, since=date(2024, 1, 1)
    )
    county.say(OFFICE, paper)
    return county


def cell(store: Store, unit: Any) -> tuple[int, int]:
    """How many cells of the quarterly inspection a studio has filled, of how many."""
    with store.reading() as connection:
        (found,) = checklists.of_unit(
            connection, "small", Shelf(read_document), unit, period=YEAR, today=TODAY
        )
    (row,) = [each for each in found.grid.rows if each.number == 5]
    return row.done, row.of


def figures(store: Store) -> Figures:
    with store.reading() as connection:
        return joint.figures(connection, "small", first=YEAR.first, last=YEAR.last)


def lines(store: Store) -> dict[str, tuple[int, int]]:
    return {line.name: (line.alone, line.joint) for line in figures(store).units}


def test_two_studios_hold_one_activity_one_record_a_cell_of_each_and_one_for_the_county(
    county: County, store: Store
) -> None:
    published(county).say(CLERK, tour("t", NORTH))
    county.reader(store).catch_up()

    assert cell(store, SOUTH) == cell(store, NORTH) == (1, 4)
    with store.reading() as connection:
        page = deeds.deeds(connection, "small", today=TODAY, kind="inspected")
    assert [each.stream for each in page.rows] == ["occasion/t"]
    found = figures(store)
    assert (found.total, found.by_mode[Mode.JOINT]) == (1, 1)
    assert found.units == (
        HostLine(unit=NORTH, name=NAMES[NORTH], alone=0, joint=1),
        HostLine(unit=SOUTH, name=NAMES[SOUTH], alone=0, joint=1),
    )


def test_each_studio_recorded_it_and_linked_as_one_deed_it_is_one_activity_of_both(
    county: County, store: Store
) -> None:
    own = replace(tour("n").body, organiser=NORTH)
    county.say(CLERK, tour("s"))
    county.say(NORTH_CLERK, RecordOccasion(occasion="n", body=own, differs=True))
    county.reader(store).catch_up()
    assert (figures(store).total, figures(store).by_mode[Mode.JOINT]) == (2, 0)

    county.say(OFFICE, LinkSame(deed="occasion/n", same_as="occasion/s"))
    county.reader(store).catch_up()
    assert (figures(store).total, figures(store).by_mode[Mode.JOINT]) == (1, 1)
    assert lines(store) == {NAMES[SOUTH]: (0, 1), NAMES[NORTH]: (0, 1)}

    county.say(OFFICE, UnlinkSame(deed="occasion/n", reason="两次视察"))
    county.reader(store).catch_up()
    assert lines(store) == {NAMES[SOUTH]: (1, 0), NAMES[NORTH]: (1, 0)}


def test_a_joint_activity_of_two_records_is_in_the_list_with_the_hosts_and_levels_of_both(
    county: County, store: Store
) -> None:
    at_north = replace(tour("n").body, organiser=NORTH, level=Level.CITY)
    by_city = replace(tour("c").body, level=Level.CITY, on=date(2025, 6, 12))
    county.say(CLERK, tour("s"), tour("l", on=date(2025, 6, 12)), tour("own", on=date(2025, 6, 11)))
    county.say(NORTH_CLERK, RecordOccasion(occasion="n", body=at_north, differs=True))
    county.say(OFFICE, RecordOccasion(occasion="c", body=by_city, differs=True))
    county.say(NORTH_CLERK, tour("x", SOUTH, organiser=NORTH, on=date(2025, 6, 13)))
    county.reader(store).catch_up()
    before = [each.record.stream for each in listed(store).rows]
    assert (before, figures(store).by_mode[Mode.JOINT]) == (["occasion/x"], 1)

    county.say(
        OFFICE,
        LinkSame(deed="occasion/n", same_as="occasion/s"),
        LinkSame(deed="occasion/c", same_as="occasion/l"),
    )
    county.reader(store).catch_up()
    both = (Level.COUNTY, Level.CITY)
    told = [(e.record.stream, e.mode, e.hosts, e.levels) for e in listed(store).rows]
    assert told == [
        ("occasion/x", Mode.JOINT, (NAMES[NORTH], NAMES[SOUTH]), (Level.COUNTY,)),
        ("occasion/l", Mode.JOINT, (NAMES[SOUTH],), both),
        ("occasion/s", Mode.JOINT, (NAMES[SOUTH], NAMES[NORTH]), both),
    ]
    found = figures(store)
    assert (found.total, found.by_mode[Mode.JOINT]) == (4, 3)
    assert (found.by_level[Level.COUNTY], found.by_level[Level.CITY]) == (4, 2)
    first = listed(store, limit=2)
    rest = listed(store, limit=2, after=first.after)
    assert [e.record.stream for e in (*first.rows, *rest.rows)] == [line[0] for line in told]

    # What was linked stands for itself once the record that it names is withdrawn.
    county.say(CLERK, Withdraw(deed="occasion/s", reason="重复"))
    county.say(NORTH_CLERK, Withdraw(deed="occasion/x", reason="误录"))
    county.reader(store).catch_up()
    assert [each.record.stream for each in listed(store).rows] == ["occasion/l"]
    assert (figures(store).total, figures(store).by_mode[Mode.JOINT]) == (3, 1)


def test_a_record_of_other_days_that_is_linked_says_nothing_of_these(
    county: County, store: Store
) -> None:
    late = replace(tour("n").body, organiser=NORTH, on=date(2026, 1, 1))
    county.day = date(2026, 1, 20)
    county.say(CLERK, tour("s", on=date(2025, 12, 31)))
    county.say(NORTH_CLERK, RecordOccasion(occasion="n", body=late, differs=True))
    county.say(OFFICE, LinkSame(deed="occasion/n", same_as="occasion/s"))
    county.reader(store).catch_up()
    assert (figures(store).total, figures(store).by_mode[Mode.JOINT]) == (1, 0)
    assert listed(store).rows == ()
    with store.reading() as connection:
        next_year = Period.year(2026)
        found = joint.figures(connection, "small", first=next_year.first, last=next_year.last)
    assert found.total == 0


def test_city_and_county_survey_together_each_level_is_credited_and_they_are_never_added(
    county: County, store: Store
) -> None:
    both = Researched(linked=True, levels=(Level.CITY, Level.COUNTY))
    county.say(
        OFFICE,
        tour("t", details=both, organiser=LINKING, level=Level.COUNTY),
        tour("own", details=Researched(), organiser=LINKING, on=date(2025, 6, 11)),
    )
    county.reader(store).catch_up()

    found = figures(store)
    assert found.total == 2
    assert (found.by_level[Level.COUNTY], found.by_level[Level.CITY]) == (2, 1)
    assert (found.units[0].alone, found.units[0].joint) == (1, 1)


def test_totals_are_told_by_mode_by_how_it_was_held_and_of_small_activities(
    county: County, store: Store
) -> None:
    alone = (Participant(person=LI),)
    county.say(
        CLERK,
        tour("a", NORTH, held=Held.BOTH),
        tour("b", mode=Mode.INDIVIDUAL, participants=alone, micro=True, on=date(2025, 6, 11)),
        tour("c", held=Held.ONLINE, on=date(2025, 6, 12)),
    )
    county.reader(store).catch_up()

    found = figures(store)
    assert found.by_mode == {Mode.INDIVIDUAL: 1, Mode.GROUP: 1, Mode.JOINT: 1}
    assert found.by_held == {Held.ON_SITE: 1, Held.ONLINE: 1, Held.BOTH: 1}
    assert found.micro == 1


def test_what_was_withdrawn_or_lies_in_another_year_counts_for_nobody(
    county: County, store: Store
) -> None:
    county.say(CLERK, tour("a", NORTH), tour("b", NORTH, on=date(2024, 6, 10)))
    county.say(CLERK, Withdraw(deed="occasion/a", reason="误录"))
    county.reader(store).catch_up()

    assert figures(store).total == 0
    assert figures(store).units == ()


def listed(store: Store, **asked: Any) -> Any:
    with store.reading() as connection:
        return joint.joint(connection, "small", first=YEAR.first, last=YEAR.last, **asked)


def test_joint_activities_and_shared_works_are_listed_with_hosts_levels_and_the_four_marks(
    county: County, store: Store
) -> None:
    work: Matter[Any] = Matter(
        details=Survey(four_links=tuple(FourLinks), levels=(Level.CITY,)),
        title="市县联动调研水系治理",
        on=date(2025, 5, 1),
        organiser=COUNTY,
        authors=(Author(unit=LINKING),),
        work="w",
    )
    county.say(CLERK, tour("a", NORTH), tour("alone", on=date(2025, 6, 11)))
    county.say(OFFICE, RecordMatter(matter="w", body=work))
    county.reader(store).catch_up()

    page = listed(store)
    assert [each.record.stream for each in page.rows] == ["occasion/a", "matter/w"]
    activity, survey = page.rows
    assert (activity.hosts, activity.levels) == ((NAMES[SOUTH], NAMES[NORTH]), (Level.COUNTY,))
    assert (survey.mode, survey.levels) == (None, (Level.COUNTY, Level.CITY))
    assert [each.zh for each in survey.four_links] == [
        "议题联接",
        "调研联合",
        "协商联动",
        "成果联用",
    ]
    first = listed(store, limit=1)
    assert (*first.rows, *listed(store, after=first.after).rows) == page.rows


@pytest.mark.parametrize("linked", [True, False])
def test_the_rule_of_a_list_says_whether_a_joint_one_fills_its_cell(
    county: County, store: Store, linked: bool
) -> None:
    text = studio_months()
    rule = text.replace(
        "counts: {kinds: 参加视察, parts: 组织(承办)}",
        "counts: {kinds: 参加视察, parts: 组织(承办), where: {linked: false}}",
    )
    # The cases of the list tell the same of both.
    paper = Publish(
        sort=Sort.CHECKLIST, code="studio-months", version="1", text=rule, since=date(2024, 1, 1)
    )
    county.say(OFFICE, paper)
    county.say(CLERK, tour("t", NORTH, details=Inspected(linked=linked)))
    county.reader(store).catch_up()

    assert cell(store, SOUTH) == cell(store, NORTH) == ((0, 4) if linked else (1, 4))
    assert figures(store).total == 1


def test_figures_are_the_same_live_and_made_anew(county: County, store: Store) -> None:
    county.say(CLERK, tour("a", NORTH), tour("b", on=date(2025, 6, 12)))
    reader = county.reader(store, at_a_time=1)
    reader.catch_up(1)
    live, found = rows_of(store, "small")["deeds"], figures(store)
    reader.rebuild()
    assert (rows_of(store, "small")["deeds"], figures(store)) == (live, found)


def test_the_list_is_found_by_the_indexes_of_joint_and_of_linked_records(
    county: County, sqlite_store: SqliteStore
) -> None:
    county.reader(sqlite_store).catch_up()
    asked: list[tuple[str, Any]] = []

    def heard(_: object, __: object, statement: str, values: object, *___: object) -> None:
        asked.append((statement, values))

    with sqlite_store.reading() as connection:
        event.listen(connection, "before_cursor_execute", heard)
        joint.joint(connection, "small", first=YEAR.first, last=YEAR.last)
        event.remove(connection, "before_cursor_execute", heard)
        plans = [
            [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values)]
            for said, values in asked
            if "deeds" in said
        ]
    of_few = ("deeds_joint", "deeds_linked", "deeds_same")
    for plan, index in zip(plans, of_few, strict=True):
        assert index in " ".join(plan)
        assert not [step for step in plan if "deeds_newest" in step or "SCAN main.deeds" in step]
