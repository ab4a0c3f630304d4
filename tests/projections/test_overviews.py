"""What the committee looks over: totals by sector and number, members of whom nothing was heard, records by month, and all that happened."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from application import codec
from domain.deed import Confirm, Withdraw
from domain.document import Sort
from domain.fact import Attendance
from domain.occasion import AmendOccasion, Participant
from domain.people import PersonId
from domain.period import Period
from domain.unit import Side
from projections import browse, grades, heat, score_sheets, scorecards, silent
from projections.browse import Sought
from projections.documents import Shelf
from projections.entry_kinds import EntryKind, kind_of_entry
from projections.grades import GradeLine
from projections.paging import Key
from projections.store import Store
from tests.golden.samples import made
from tests.projections.county import (
    CHEN,
    CLERK,
    CONVENOR,
    ECONOMY,
    LI,
    MEDICINE,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    SUN,
    TODAY,
    WANG,
    ZHAO,
    ZHOU,
    County,
    publication,
    read_document,
    visit,
)

YEAR = Period.year(2025)
SHELF = Shelf(read_document)


def fill(county: County) -> None:
    """Two visits in May and June, one of which was amended and one confirmed; another that was withdrawn; one of the north."""
    county.say(OFFICE, publication(Sort.RUBRIC))
    county.visited(CLERK, "v1", visit(LI, WANG, on=date(2025, 5, 20)))
    county.say(CONVENOR, Confirm(deed="occasion/v1", side=Side.SECTOR, people=(LI,)))
    body = visit(LI, on=date(2025, 5, 21))
    county.say(CLERK, AmendOccasion(occasion="v1", body=body, reason="日期有误"))
    absent = Participant(person=CHEN, attendance=Attendance.ABSENT)
    county.visited(CLERK, "v2", visit(LI, absent, on=date(2025, 6, 20)))
    county.visited(CLERK, "v3", visit(WANG, on=date(2025, 6, 21)))
    county.say(CLERK, Withdraw(deed="occasion/v3", reason="误登"))
    county.visited(NORTH_CLERK, "v4", visit(ZHAO, organiser=NORTH, on=date(2025, 6, 22)))


def sheets(store: Store, **more: Any) -> list[tuple[str, PersonId]]:
    """All lines of a sheet, two at a time."""
    found: list[tuple[str, PersonId]] = []
    after: Key | None = None
    with store.reading() as connection:
        while True:
            page = score_sheets.sheet(
                connection,
                "small",
                SHELF,
                period=YEAR,
                today=TODAY,
                rubric="rehearsal",
                after=after,
                limit=2,
                **more,
            )
            found += [(row.sector, PersonId(row.card.member[7:])) for row in page.rows]
            after = page.after
            if after is None:
                return found


def test_totals_stand_by_sector_then_number_and_who_has_no_sector_last(
    store: Store, county: County
) -> None:
    fill(county)
    county.reader(store).catch_up()

    expected = [
        ("界别economy", WANG),
        ("界别economy", LI),
        ("界别economy", ZHAO),
        ("界别medicine", CHEN),
        ("界别medicine", SUN),
        ("", ZHOU),
    ]
    assert sheets(store) == expected
    assert sheets(store, position=county.log.head()) == expected
    assert [who for _, who in sheets(store, unit=SOUTH)] == [WANG, LI, CHEN]
    assert [who for _, who in sheets(store, unit=MEDICINE)] == [CHEN, SUN]


def test_totals_of_a_sheet_are_those_of_the_list_by_name(store: Store, county: County) -> None:
    fill(county)
    county.reader(store).catch_up()

    with store.reading() as connection:
        told: dict[str, Any] = {"period": YEAR, "today": TODAY, "rubric": "rehearsal"}
        sheet = score_sheets.sheet(connection, "small", SHELF, **told)
        lines = scorecards.card_lines(connection, "small", SHELF, **told)
        then = score_sheets.sheet(connection, "small", SHELF, position=county.log.head(), **told)
    totals = {row.card.member: row.card.total for row in sheet.rows}
    assert totals == {row.member: row.total for row in lines.rows}
    assert totals == {row.card.member: row.card.total for row in then.rows}
    assert len(set(totals.values())) > 1


def test_grades_from_cards_that_are_kept_are_those_worked_out_anew(
    store: Store, county: County
) -> None:
    fill(county)
    county.reader(store).catch_up()

    def graded(position: int | None) -> list[GradeLine]:
        with store.reading() as connection:
            return grades.grades(
                connection,
                "small",
                SHELF,
                rubric="rehearsal",
                period=YEAR,
                today=TODAY,
                position=position,
            )

    now, then = graded(None), graded(county.log.head())
    assert [(each.name, each.graded) for each in now] == [(each.name, each.graded) for each in then]
    assert len(now) == 6


def test_whoever_took_part_in_nothing_is_found_with_his_last_day(
    store: Store, county: County
) -> None:
    fill(county)
    county.reader(store).catch_up()

    with store.reading() as connection:

        def quiet(since: date, **more: Any) -> list[tuple[str, date | None]]:
            page = silent.silent(connection, "small", since=since, until=TODAY, **more)
            return [(row.member[7:], row.last) for row in page.rows]

        june = dict(quiet(date(2025, 6, 1)))
        # Absence is no deed, and what was withdrawn or amended away never was.
        assert june == {WANG: None, CHEN: None, SUN: None, ZHOU: None}
        assert dict(quiet(date(2025, 6, 21), unit=ECONOMY)) == {WANG: None, LI: date(2025, 6, 20)}
        first = silent.silent(connection, "small", since=date(2025, 6, 1), until=TODAY, limit=3)
        rest = silent.silent(
            connection, "small", since=date(2025, 6, 1), until=TODAY, limit=3, after=first.after
        )
        assert {row.member[7:] for row in (*first.rows, *rest.rows)} == set(june)
        before = silent.silent(
            connection, "small", since=date(2025, 5, 1), until=TODAY, unit=ECONOMY, position=20
        )
        assert {row.member[7:] for row in before.rows} == {WANG, LI, ZHAO}


def test_records_are_counted_by_recorder_and_month_as_known_then_too(
    store: Store, county: County
) -> None:
    fill(county)
    county.reader(store).catch_up()
    withdrawn = next(e.position for e in county.entries if kind_of_entry(e) is EntryKind.WITHDRAWN)

    with store.reading() as connection:
        now = heat.recorded(connection, "small", YEAR)
        then = heat.recorded(connection, "small", YEAR, position=withdrawn - 1)
        other = heat.recorded(connection, "small", Period.year(2024))
    assert now.by_unit[SOUTH] == (0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0)
    assert now.by_unit[NORTH] == (0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    assert then.by_unit[SOUTH][4:6] == (1, 2)
    assert NORTH not in then.by_unit
    assert other.by_unit == {}
    assert other.alone == (0,) * 12


def test_entries_are_looked_for_by_all_that_can_be_asked(store: Store, county: County) -> None:
    fill(county)
    county.reader(store).catch_up()

    def found(**asked: Any) -> list[int]:
        with store.reading() as connection:
            page = browse.browse(connection, "small", Sought(**asked), county.at, limit=50)
        return [row.entry.position for row in page.rows]

    def told(kind: EntryKind) -> list[int]:
        return [e.position for e in reversed(county.entries) if kind_of_entry(e) is kind]

    assert found() == [e.position for e in reversed(county.entries)]
    for kind in EntryKind:
        assert found(kind=kind) == told(kind)
    assert found(by=NORTH_CLERK.person) == [county.log.head()]
    assert found(person=ZHAO, kind=EntryKind.RECORDED) == [county.log.head()]
    assert set(found(unit=NORTH)) >= {county.log.head()}
    assert found(since=5, until=8) == [8, 7, 6]
    assert not set(found(without=[EntryKind.ROSTER])) & set(told(EntryKind.ROSTER))
    with store.reading() as connection:
        first = browse.browse(connection, "small", Sought(), county.at, position=10, limit=4)
        then = browse.browse(
            connection, "small", Sought(), county.at, position=10, after=first.after, limit=4
        )
    assert [row.entry.position for row in (*first.rows, *then.rows)] == list(range(10, 2, -1))


def test_entries_of_one_batch_are_found_together(store: Store, county: County) -> None:
    fill(county)
    county.reader(store).catch_up()
    causes = [e.envelope.cause for e in county.entries]

    with store.reading() as connection:
        counted = browse.together(connection, "small", {*causes, "nothing"})
        assert browse.together(connection, "small", {""}) == {}
        for cause, number in counted.items():
            page = browse.browse(connection, "small", Sought(cause=cause), county.at, limit=50)
            assert len(page.rows) == number
    assert counted == {each: causes.count(each) for each in causes if each}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("visited_village", EntryKind.RECORDED),
        ("visited_village.amended", EntryKind.AMENDED),
        ("record.superseded", EntryKind.WITHDRAWN),
        ("record.linked", EntryKind.LINKED),
        ("participation.returned", EntryKind.RETURNED),
        ("matter.filed", EntryKind.OUTCOME),
        ("item.assigned", EntryKind.ASSIGNED),
        ("finding.revoked", EntryKind.FOUND),
        ("member.joined", EntryKind.ROSTER),
        ("rubric.published", EntryKind.DOCUMENTS),
        ("access.taken", EntryKind.ACCESS),
        ("ledger.opened", EntryKind.OTHER),
    ],
)
def test_each_entry_is_of_a_kind(name: str, kind: EntryKind) -> None:
    assert kind_of_entry(codec.decode(made(name).row)) is kind
