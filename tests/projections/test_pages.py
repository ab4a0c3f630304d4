"""What the pages answer about a county small enough to check by hand, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from domain import streams
from domain.attestation import DEFAULT, Counts, Policy, SideState, side_state
from domain.checklist import CellState, Grid, NoEffect
from domain.deed import AssignItem, Confirm, LinkSame, Return, Withdraw
from domain.document import Publish, Sort
from domain.fact import Attendance, Fact, Part, Reached, SubjectId
from domain.finding import Finding, SetFinding
from domain.kinds import Stage
from domain.kinds.advice import Proposed, ReportedOpinion
from domain.kinds.findings import MetStandard
from domain.kinds.help import DeliveredLivelihoodDeed
from domain.kinds.people import Service, Volunteered
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.member import Admit, Bond, Describe, Join, Membership, Profile, Standing
from domain.occasion import AmendOccasion, Occasion, Participant
from domain.people import Actor, PersonId, Role, UnitId
from domain.period import Period
from domain.roster import BOND_OF_SIDE
from domain.streams import State
from domain.unit import (
    Appoint,
    Appointment,
    Office,
    OpenUnit,
    Relieve,
    Side,
    Unit,
    UnitKind,
    UnitProfile,
)
from projections import (
    as_of,
    checklists,
    counts,
    deeds,
    documents,
    dual,
    facts,
    flows,
    history,
    roster,
    scorecards,
    waiting,
)
from projections.deeds import DeedState
from projections.documents import Policies, Shelf
from projections.facts import Windows, facts_of_many
from projections.paging import Key, Page, cursor_of, key_of
from projections.store import SqliteStore, Store
from tests.projections.county import (
    AFFAIRS,
    CHEN,
    CLERK,
    CONVENOR,
    COUNTY,
    ECONOMY,
    HOMES,
    LI,
    LINKING,
    MEDICINE,
    MEMBERS,
    NAMES,
    NORTH,
    OFFICE,
    SECTOR_CLERK,
    SOUTH,
    SOUTH_HEAD,
    STAFF,
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

T = TypeVar("T")
YEAR = Period.year(2025)
JUNE = date(2025, 6, 1)


@pytest.fixture
def told(county: County) -> County:
    """Three visits, two of them of one deed, a proposal, and the documents."""
    county.say(OFFICE, *(publication(sort) for sort in Sort))
    county.visited(CLERK, "south", visit(WANG, LI, CHEN, on=date(2025, 6, 20)))
    county.visited(
        SECTOR_CLERK,
        "economy",
        visit(
            Participant(person=LI, part=Part.LEADS),
            ZHAO,
            on=date(2025, 6, 21),
            organiser=ECONOMY,
            title="界别走访",
        ),
    )
    county.visited(OFFICE, "late", visit(SUN, ZHOU, on=date(2025, 3, 1), title="补登走访"))
    body = Matter(
        details=Proposed(),
        title="关于饮水的提案",
        on=date(2025, 2, 10),
        organiser=COUNTY,
        authors=(Author(person=LI), Author(unit=ECONOMY)),
    )
    filed = Reached(stage=Stage.FILED, on=date(2025, 3, 1))
    county.say(
        OFFICE,
        RecordMatter(matter="water", body=body),
        ReportOutcome(matter="water", outcome=filed),
    )
    return county


def read(county: County, store: Store, ask: Callable[[Connection], T]) -> T:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return ask(connection)


def whole(ask: Callable[[Key | None], Page[T]]) -> list[T]:
    """All pages of a list, by its keys as text."""
    page = ask(None)
    rows = list(page.rows)
    while page.after is not None:
        page = ask(key_of(cursor_of(page.after)))
        assert page.rows
        rows += page.rows
    return rows


# Roster


def test_the_roster_of_a_day(store: Store, told: County) -> None:
    told.say(
        OFFICE,
        Join(
            person=LI,
            membership=Membership(bond=Bond.STUDIO, unit=NORTH, since=date(2025, 6, 22)),
        ),
    )

    def studio(connection: Connection, day: date) -> set[str]:
        page = roster.people(connection, "small", day=day, studio=SOUTH)
        return {line.person for line in page.rows}

    assert read(told, store, lambda c: studio(c, date(2025, 6, 21))) == {WANG, LI, CHEN}
    assert read(told, store, lambda c: studio(c, date(2025, 6, 22))) == {WANG, CHEN}


def test_members_whom_nothing_binds_in_a_way(store: Store, told: County) -> None:
    def lacking(bond: Bond) -> list[str]:
        return read(
            told,
            store,
            lambda c: [
                line.person for line in roster.people(c, "small", day=TODAY, without=bond).rows
            ],
        )

    assert lacking(Bond.SECTOR) == [ZHOU]
    assert lacking(Bond.STUDIO) == [SUN]
    assert {*lacking(Bond.BRANCH)} == {*MEMBERS}


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_of_the_roster_neither_skip_nor_double(
    store: Store, told: County, limit: int
) -> None:
    rows = read(
        told,
        store,
        lambda c: whole(
            lambda after: roster.people(c, "small", day=TODAY, after=after, limit=limit)
        ),
    )
    assert [line.name for line in rows] == sorted([*NAMES.values(), *STAFF.values(), "省委员"])


def test_narrowing_the_roster(store: Store, told: County) -> None:
    def asked(**narrowed: object) -> list[str]:
        return read(
            told,
            store,
            lambda c: [
                line.person
                for line in roster.people(c, "small", day=TODAY, **narrowed).rows  # type: ignore[arg-type]
            ],
        )

    assert asked(text="敏") == [LI]
    assert asked(text="002") == [ZHAO]
    assert asked(standing=Standing.GUEST) == ["guest"]
    assert asked(sector=MEDICINE) == [SUN, CHEN]
    assert asked(members_only=True, studio=NORTH) == [ZHOU, ZHAO]
    assert asked(unit=ECONOMY) == [LI, WANG, ZHAO]
    assert asked(text="%") == []


def test_one_person_and_one_unit(store: Store, told: County) -> None:
    found = read(told, store, lambda c: roster.person(c, "small", WANG, day=TODAY))
    assert found is not None
    assert (found.line.sector, found.line.studio, found.version) == (ECONOMY, SOUTH, 1)
    assert [role.value for role in found.line.roles] == ["standing_member"]
    assert read(told, store, lambda c: roster.person(c, "small", PersonId("x"), day=TODAY)) is None
    unit = read(told, store, lambda c: roster.unit(c, "small", NORTH, day=TODAY))
    assert unit is not None
    assert (unit.heads, unit.answering, unit.members) == ((), AFFAIRS, 2)
    sectors = read(told, store, lambda c: roster.units(c, "small", day=TODAY, kind=UnitKind.SECTOR))
    assert {line.unit for line in sectors.rows} == {ECONOMY, MEDICINE}


def test_the_roster_as_it_was_known(store: Store, told: County) -> None:
    before = told.log.head()
    renamed = Profile(name="李敏之", number="001")
    told.say(OFFICE, Describe(person=LI, profile=renamed, reason="更名"))
    then = read(told, store, lambda c: roster.person(c, "small", LI, day=TODAY, position=before))
    now = read(told, store, lambda c: roster.person(c, "small", LI, day=TODAY))
    assert then is not None
    assert now is not None
    assert (then.line.name, now.line.name) == ("李敏", "李敏之")
    assert (then.version, now.version) == (1, 2)


# Deeds


def test_records_newest_first(store: Store, told: County) -> None:
    for limit in (1, 2, 50):
        rows = read(
            told,
            store,
            lambda c, limit=limit: whole(  # type: ignore[misc]
                lambda after: deeds.deeds(c, "small", today=TODAY, after=after, limit=limit)
            ),
        )
        assert [row.stream for row in rows] == [
            "occasion/economy",
            "occasion/south",
            "occasion/late",
            "matter/water",
        ]


def test_narrowing_the_records(store: Store, told: County) -> None:
    told.say(OFFICE, Withdraw(deed="occasion/late", reason="重复"))
    told.say(CONVENOR, Return(deed="occasion/south", side=Side.SECTOR, people=(LI,), reason="?"))

    def asked(**narrowed: object) -> list[str]:
        return read(
            told,
            store,
            lambda c: [
                row.stream.partition("/")[2]
                for row in deeds.deeds(c, "small", today=TODAY, **narrowed).rows  # type: ignore[arg-type]
            ],
        )

    assert asked(kind="proposed") == ["water"]
    assert asked(subject=SubjectId(f"member/{LI}")) == ["economy", "south", "water"]
    assert asked(subject=SubjectId(f"unit/{ECONOMY}")) == ["economy", "water"]
    assert asked(organiser=SOUTH) == ["south"]
    assert asked(recorder=SOUTH) == ["south"]
    south = date(2025, 6, 20)
    for first, last in ((south, south), (south + timedelta(days=1), TODAY)):
        rows = read(
            told,
            store,
            lambda c, first=first, last=last: (
                deeds.deeds(  # type: ignore[misc]
                    c, "small", today=TODAY, recorder=SOUTH, first=first, last=last
                ).rows
            ),
        )
        counted = read(
            told,
            store,
            lambda c, first=first, last=last: deeds.recorded_in(  # type: ignore[misc]
                c, "small", SOUTH, first=first, last=last
            ),
        )
        assert counted == (len(rows), sum(row.lines for row in rows))
    assert asked(sector=MEDICINE) == ["south"]
    assert asked(studio=NORTH) == ["economy"]
    assert asked(first=date(2025, 6, 21)) == ["economy"]
    assert asked(last=date(2025, 6, 20)) == ["south", "water"]
    assert asked(text="饮水") == ["water"]
    assert asked(text="_") == []
    assert asked(state=DeedState.RETURNED) == ["south"]
    assert asked(state=DeedState.WITHDRAWN) == ["late"]
    assert asked(state=DeedState.WAITING) == ["economy", "south"]


def test_records_as_they_were_known(store: Store, told: County) -> None:
    before = told.entries[-1].position
    told.say(OFFICE, Withdraw(deed="occasion/late", reason="重复"))
    body = visit(WANG, LI, on=date(2025, 6, 19), title="走访困难户")
    told.say(CLERK, AmendOccasion(occasion="south", body=body, reason="补录"))
    told.say(CONVENOR, Return(deed="occasion/south", side=Side.SECTOR, people=(LI,), reason="?"))
    after = told.entries[-1].position

    def asked(position: int | None, **narrowed: object) -> list[str]:
        return read(
            told,
            store,
            lambda c: [
                f"{row.on} {row.title}"
                for row in deeds.deeds(c, "small", today=TODAY, position=position, **narrowed).rows  # type: ignore[arg-type]
            ],
        )

    assert asked(before, recorder=SOUTH) == ["2025-06-20 走访韩村"]
    assert asked(after, recorder=SOUTH) == ["2025-06-19 走访困难户"]
    assert asked(after) == asked(None)
    assert len(asked(before)) == len(asked(after)) + 1
    assert len(asked(before, organiser=SOUTH)) == len(asked(after, organiser=SOUTH)) + 1
    member = SubjectId(f"member/{CHEN}")
    assert len(asked(before, subject=member)) == len(asked(after, subject=member)) + 1
    assert asked(before, text="困难户") == asked(before, state=DeedState.RETURNED) == []
    assert asked(after, state=DeedState.RETURNED) == ["2025-06-19 走访困难户"]
    assert asked(before, state=DeedState.LATE) == ["2025-03-01 补登走访"]
    assert asked(before, state=DeedState.WITHDRAWN) == []
    assert asked(after, state=DeedState.WITHDRAWN) == ["2025-03-01 补登走访"]


def test_late_records(store: Store, told: County) -> None:
    page = read(told, store, lambda c: deeds.deeds(c, "small", today=TODAY, state=DeedState.LATE))
    assert [row.stream for row in page.rows] == ["occasion/late"]


def test_a_record_is_late_after_its_last_day_and_where_a_line_was_added_late(
    store: Store, told: County
) -> None:
    told.visited(CLERK, "long", visit(CHEN, on=date(2025, 5, 1), until=date(2025, 6, 20)))
    told.day = date(2025, 8, 1)
    body = visit(WANG, LI, CHEN, ZHAO, on=date(2025, 6, 20), title="走访困难户")
    told.say(CLERK, AmendOccasion(occasion="south", body=body, reason="补录"))

    page = read(told, store, lambda c: deeds.deeds(c, "small", today=TODAY, state=DeedState.LATE))

    assert {row.stream for row in page.rows} == {"occasion/late", "occasion/south"}
    found = unit_record(told, store, SOUTH)
    assert (found.records, found.late) == (3, 2)


def test_one_record_with_its_lines(store: Store, told: County) -> None:
    told.say(CONVENOR, Confirm(deed="occasion/south", side=Side.SECTOR))
    page = read(
        told,
        store,
        lambda c: deeds.deed(c, "small", "occasion/south", today=TODAY, policy=DEFAULT),
    )
    assert page is not None
    lines = {line.subject: line for line in page.lines}
    assert lines[SubjectId("member/li")].attested.sector is SideState.CONFIRMED
    assert lines[SubjectId("member/wang")].attested.sector is SideState.AWAITED
    assert lines[SubjectId("member/wang")].sector.unit == LINKING
    assert lines[SubjectId("member/li")].sector.unit == ECONOMY
    assert lines[SubjectId("member/chen")].sector.unit == LINKING
    assert lines[SubjectId("member/li")].studio.people == ("south-head",)
    assert (page.summary.version, page.summary.lines) == (2, 3)
    assert lines[SubjectId("unit/south")].name.endswith("south")


def test_records_of_one_deed_name_each_other(store: Store, told: County) -> None:
    told.say(OFFICE, LinkSame(deed="occasion/economy", same_as="occasion/south", reason="同一次"))
    for stream, other in (("economy", "south"), ("south", "economy")):
        page = read(
            told,
            store,
            lambda c, s=stream: deeds.deed(  # type: ignore[misc]
                c, "small", f"occasion/{s}", today=TODAY, policy=DEFAULT
            ),
        )
        assert page is not None
        assert [(each.stream, each.on.year) for each in page.same] == [(f"occasion/{other}", 2025)]


def test_a_record_that_is_not_there(store: Store, told: County) -> None:
    assert (
        read(
            told, store, lambda c: deeds.deed(c, "small", "occasion/x", today=TODAY, policy=DEFAULT)
        )
        is None
    )


def test_facts_of_a_subject_then_and_now(store: Store, told: County) -> None:
    before = told.log.head()
    told.say(OFFICE, Withdraw(deed="occasion/south", reason="重复"))
    li = SubjectId("member/li")

    def days(position: int | None) -> list[date]:
        return read(
            told,
            store,
            lambda c: [f.on for f in facts.facts_of(c, "small", li, first=JUNE, position=position)],
        )

    assert days(before) == [date(2025, 6, 20), date(2025, 6, 21)]
    assert days(None) == [date(2025, 6, 21)]


# Waiting


def queue(county: County, store: Store, unit: str, today: date = TODAY) -> dict[str, set[str]]:
    rows = read(
        county,
        store,
        lambda c: whole(
            lambda after: waiting.waiting(
                c,
                "small",
                unit,  # type: ignore[arg-type]
                today=today,
                after=after,
                limit=1,
            )
        ),
    )
    counted = read(
        county,
        store,
        lambda c: waiting.waiting_count(c, "small", unit, today=today),  # type: ignore[arg-type]
    )
    assert (counted.deeds, counted.lines) == (len(rows), sum(len(row.lines) for row in rows))
    for until in {row.deed.recorded_on - timedelta(days=n) for row in rows for n in (0, 1)}:
        old = read(
            county,
            store,
            lambda c, until=until: waiting.waiting_count(  # type: ignore[misc]
                c,
                "small",
                unit,  # type: ignore[arg-type]
                today=today,
                until=until,
            ),
        )
        some = [row for row in rows if row.deed.recorded_on <= until]
        assert (old.deeds, old.lines) == (len(some), sum(len(row.lines) for row in some))
    return {
        row.deed.stream.partition("/")[2]: {
            f"{line.subject.partition('/')[2]} {line.side.value}" for line in row.lines
        }
        for row in rows
    }


def test_each_unit_has_its_own_queue(store: Store, told: County) -> None:
    assert queue(told, store, ECONOMY) == {"south": {"li sector"}}
    assert queue(told, store, SOUTH) == {"economy": {"li studio"}}
    assert queue(told, store, MEDICINE) == {"late": {"sun sector"}}
    # Wang's and Chen's own lines: each is the only head of his sector.
    assert queue(told, store, LINKING) == {"south": {"wang sector", "chen sector"}}
    # North has no head; Zhou has no sector, Sun no studio.
    assert queue(told, store, AFFAIRS) == {
        "economy": {"zhao studio"},
        "late": {"zhou sector", "zhou studio", "sun studio"},
    }


def test_a_queue_ends_with_its_window_and_late_records_do_not(store: Store, told: County) -> None:
    assert queue(told, store, ECONOMY, date(2025, 7, 10)) == {"south": {"li sector"}}
    assert queue(told, store, ECONOMY, date(2025, 7, 11)) == {}
    assert "late" in queue(told, store, AFFAIRS, date(2026, 1, 1))


def test_a_queue_without_a_convenor_lies_with_the_linking_committee(
    store: Store, told: County
) -> None:
    told.say(
        OFFICE, Relieve(unit=ECONOMY, person=WANG, office=Office.HEAD, until=date(2025, 6, 24))
    )
    assert queue(told, store, ECONOMY) == {}
    assert queue(told, store, LINKING) == {"south": {"li sector", "wang sector", "chen sector"}}


def test_a_deed_stays_with_the_unit_of_the_day(store: Store, told: County) -> None:
    moved = Membership(bond=Bond.SECTOR, unit=MEDICINE, since=date(2025, 6, 24))
    told.say(OFFICE, Join(person=LI, membership=moved))
    assert queue(told, store, ECONOMY) == {"south": {"li sector"}}


POLICIES = st.builds(
    Policy,
    late=st.sampled_from(Counts),
    window_days=st.integers(0, 20),
    late_days=st.integers(0, 20),
    closing=st.none() | st.dates(date(2025, 6, 20), date(2025, 8, 1)),
    by_kind=st.dictionaries(st.just("visited_village"), st.sampled_from(Counts)),
)


@given(POLICIES, st.integers(0, 60))
def test_a_side_is_awaited_exactly_until_its_last_day(policy: Policy, days: int) -> None:
    county = County().found()
    county.visited(CLERK, "south", visit(LI, CHEN))
    county.visited(OFFICE, "county", visit(LI, organiser=COUNTY))
    day = county.day + timedelta(days=days)
    for fact in (f for name in ("south", "county") for f in lines_of(county, name)):
        dues = Windows(policy).dues(fact)
        for side, due in zip((Side.SECTOR, Side.STUDIO), dues, strict=True):
            awaited = side_state(fact, side, policy, day) is SideState.AWAITED
            assert (due is not None and due >= day.toordinal()) is awaited


def lines_of(county: County, name: str) -> list[Fact[Any]]:
    state: State | None = None
    for entry in county.entries:
        if entry.stream == f"occasion/{name}":
            state = streams.evolve(state, entry)
    return [fact for fact in streams.facts_of(state) if fact.subject.startswith("member/")]


def test_a_declaration_that_was_returned_and_corrected_waits_again(
    county: County, store: Store
) -> None:
    himself = Actor(person=LI, role=Role.MEMBER)
    county.visited(himself, "own", visit(LI))
    returned = Return(deed="occasion/own", side=Side.STUDIO, people=(LI,), reason="日期有误")
    county.say(SOUTH_HEAD, returned)
    assert queue(county, store, SOUTH) == {}

    body = visit(LI, on=date(2025, 6, 19))
    county.say(himself, AmendOccasion(occasion="own", body=body, reason="更正日期"))
    assert queue(county, store, SOUTH) == {"own": {"li studio"}}

    county.say(SOUTH_HEAD, Confirm(deed="occasion/own", side=Side.STUDIO))
    assert queue(county, store, SOUTH) == {}


# Dual management


def a_unit(connection: Connection, unit: UnitId, position: int | None = None) -> Unit:
    return roster.some_units(connection, "small", (unit,), position=position)[unit]


NO_RULES = Policies()


def unit_record(
    county: County,
    store: Store,
    unit: UnitId,
    *,
    position: int | None = None,
    policies: Policies = NO_RULES,
) -> dual.UnitRecord:
    return read(
        county,
        store,
        lambda c: dual.unit(
            c,
            "small",
            a_unit(c, unit, position),
            first=YEAR.first,
            last=YEAR.last,
            today=TODAY,
            policies=policies,
            position=position,
        ),
    )


def test_the_record_of_a_member(store: Store, told: County) -> None:
    link = LinkSame(deed="occasion/economy", same_as="occasion/south", reason="同一次走访")
    told.say(OFFICE, link)
    found = read(
        told,
        store,
        lambda c: dual.member(
            c, "small", LI, first=YEAR.first, last=YEAR.last, today=TODAY, policies=Policies()
        ),
    )
    assert found is not None
    assert [(link.side, link.unit) for link in found.links] == [
        (Side.SECTOR, ECONOMY),
        (Side.STUDIO, SOUTH),
    ]
    assert (found.deeds, found.counting, found.missing) == (3, 2, ())
    assert dict(found.by_record) == {"county": 1, "sector": 1, "township": 1}
    assert {(side, state): n for side, state, n in found.by_state}[Side.SECTOR, "awaited"] == 1
    (pair,) = found.pairs
    assert {d.field: (d.here, d.there) for d in pair.differences} == {
        "on": ("2025-06-21", "2025-06-20"),
        "part": ("leads", "takes_part"),
    }
    assert (found.only_sector, found.only_township) == ((), ())
    lacking = read(
        told,
        store,
        lambda c: dual.member(
            c, "small", SUN, first=YEAR.first, last=YEAR.last, today=TODAY, policies=Policies()
        ),
    )
    assert lacking is not None
    assert lacking.missing == ((Side.STUDIO, date(2024, 1, 1)),)


def test_the_record_of_a_unit(store: Store, told: County) -> None:
    told.say(CONVENOR, Confirm(deed="occasion/south", side=Side.SECTOR))
    found = unit_record(told, store, ECONOMY)
    assert (found.records, found.days_to_record_median, found.late) == (1, 4, 0)
    assert (found.lines, found.confirmed, found.awaited) == (4, 1, 1)
    assert found.one_side_only == ()
    told.say(CONVENOR, Return(deed="occasion/south", side=Side.SECTOR, people=(LI,), reason="误"))
    body = visit(WANG, LI, CHEN, on=date(2025, 6, 19), title="走访困难户")
    told.say(CLERK, AmendOccasion(occasion="south", body=body, reason="更正日期"))
    answered = unit_record(told, store, ECONOMY)
    assert (answered.returned, answered.being_checked, answered.confirmed) == (1, 0, 0)
    assert answered.corrected == ("occasion/south",)
    for unit, corrected in ((ECONOMY, answered.corrected), (MEDICINE, ())):
        alone = read(
            told,
            store,
            lambda c, u=unit: dual.corrected(  # type: ignore[misc]  # bound now
                c, "small", a_unit(c, u), first=YEAR.first, last=YEAR.last
            ),
        )
        assert alone == corrected
    medicine = unit_record(told, store, MEDICINE)
    assert medicine.one_side_only == (f"member/{SUN}",)


def test_the_record_of_a_unit_as_it_was_known_before(store: Store, told: County) -> None:
    def record(position: int | None = None) -> tuple[int, int, int]:
        found = unit_record(told, store, SOUTH, position=position)
        return found.records, found.late, found.lines

    before, was = told.log.head(), record()
    told.day = date(2025, 8, 1)
    body = visit(WANG, LI, CHEN, ZHAO, on=date(2025, 6, 20), title="走访困难户")
    told.say(CLERK, AmendOccasion(occasion="south", body=body, reason="补录"))
    amended, then = told.log.head(), record()
    told.say(CLERK, Withdraw(deed="occasion/south", reason="重复"))

    assert then != was
    assert then[1] == was[1] + 1
    assert record()[0] == then[0] - 1
    assert (record(before), record(amended)) == (was, then)


def test_a_unit_is_not_asked_of_those_of_whom_nothing_is_said(store: Store, county: County) -> None:
    county.visited(CLERK, "south", visit(LI, expected=(LI, ZHAO)))

    found = unit_record(county, store, ECONOMY)
    assert (found.lines, found.awaited) == (1, 1)
    assert queue(county, store, ECONOMY) == {"south": {"li sector"}}


@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.parametrize("days", [0, 10, 16, 40])
def test_how_sides_stand_is_counted_as_each_line_says(
    store: Store, told: County, days: int, *, changed: bool
) -> None:
    himself = Actor(person=LI, role=Role.MEMBER)
    told.visited(himself, "own", visit(LI))
    told.say(CONVENOR, Return(deed="occasion/south", side=Side.SECTOR, people=(LI,), reason="误"))
    told.say(SOUTH_HEAD, Confirm(deed="occasion/economy", side=Side.STUDIO))
    told.reader(store).catch_up()
    if changed:
        body = visit(WANG, LI, CHEN, on=date(2025, 6, 19), title="走访困难户")
        told.say(CLERK, AmendOccasion(occasion="south", body=body, reason="更正日期"))
        longer = publication(Sort.POLICY).text.replace("window_days: 15", "window_days: 40")
        longer = longer.replace("version: 1", "version: 2")
        since = date(2025, 6, 20)
        told.say(OFFICE, publication(Sort.POLICY, version="2", since=since, text=longer))
        told.reader(store).catch_up()
    today = told.day + timedelta(days=days)
    within: dict[str, Any] = {"first": YEAR.first, "last": YEAR.last}
    with store.reading() as connection:
        rules = documents.policies(connection, "small", Shelf(read_document))
        within |= {"today": today, "policies": rules}
        people = roster.persons(connection, "small")
        facts = facts_of_many(connection, "small", [SubjectId(f"member/{each}") for each in people])
        seen: set[SideState] = set()
        for unit in roster.all_units(connection, "small").values():
            expected = {
                (fact.deed, subject): side_state(fact, unit.side, rules.on(fact.on), today)
                for subject, found in facts.items()
                for fact in found
                if unit.side in BOND_OF_SIDE
                and fact.attendance is not Attendance.NOT_RECORDED
                and people[PersonId(subject[7:])].bound_to(BOND_OF_SIDE[unit.side], fact.on)
                == unit.unit
            }
            for position in (None, told.log.head()):
                lines = dual.answered(connection, "small", unit, position=position, **within)
                assert {(line.deed, line.subject): line.state for line in lines} == expected
                counted = dual.answers(connection, "small", unit, position=position, **within)
                assert counted.states == Counter(expected.values())
                corrected = [each.deed for each in lines if each.state is SideState.CORRECTED]
                assert list(counted.corrected) == list(dict.fromkeys(corrected))
                if position is None:
                    assert counted.waiting == Counter(each.subject for each in lines if each.waits)
            seen.update(expected.values())
    assert {SideState.CONFIRMED, SideState.RECORDED} < seen
    assert (SideState.CORRECTED if changed else SideState.RETURNED) in seen
    assert (SideState.NOT_OBJECTED in seen) is (days > 15)


def test_what_is_late_is_so_by_the_rule_of_its_day_in_the_figure_and_in_the_list(
    store: Store, told: County
) -> None:
    sooner = replace(DEFAULT, late_days=0)
    figures = []
    for since in (date(2024, 1, 1), date(2025, 6, 21), date(2026, 1, 1)):
        rules = Policies((since,), (DEFAULT, sooner))
        figures.append(unit_record(told, store, SOUTH, policies=rules).late)
        listed = read(
            told,
            store,
            lambda c, rules=rules: deeds.deeds(  # type: ignore[misc]  # bound now
                c, "small", today=TODAY, organiser=SOUTH, state=DeedState.LATE, policies=rules
            ),
        )
        assert len(listed.rows) == figures[-1], since
    assert figures[0] > figures[1]


def test_lines_of_a_unit_go_by_the_rule_of_their_day(store: Store, told: County) -> None:
    at_once = replace(DEFAULT, window_days=0, late_days=0, late=Counts.AT_ONCE)
    later, sooner = date(2025, 6, 22), date(2025, 1, 1)
    before, head = unit_record(told, store, SOUTH), told.log.head()
    for since, late in ((later, before.late), (sooner, before.records)):
        rules = Policies((since,), (DEFAULT, at_once))
        assert unit_record(told, store, SOUTH, policies=rules).late == late
        then = unit_record(told, store, SOUTH, policies=rules, position=head)
        assert (then.awaited == 0) is (since == sooner), since


# Documents, scorecards, checklists


def test_documents_and_the_policy_in_force(store: Store, told: County) -> None:
    lines = read(told, store, lambda c: documents.documents(c, "small", day=TODAY))
    assert [(line.sort, line.code) for line in lines] == [
        (Sort.CALENDAR, "cn-2025"),
        (Sort.CHECKLIST, "ten-ones"),
        (Sort.FIGURES, "carried-messages"),
        (Sort.LOOP, "messages"),
        (Sort.POLICY, "rehearsal"),
        (Sort.RUBRIC, "rehearsal"),
        (Sort.RULE, "appraisal-measure"),
        (Sort.TERMS, "district"),
    ]
    shelf = Shelf(read_document)
    before = read(told, store, lambda c: documents.policy(c, "small", shelf, TODAY, position=3))
    assert before is DEFAULT
    assert read(told, store, lambda c: documents.policy(c, "small", shelf, TODAY)).window_days == 15


def rubrics_of(county: County, store: Store, who: PersonId, year: int) -> list[tuple[str, str]]:
    """The code and version of the rubrics that a member's year is drawn up under."""
    return read(
        county,
        store,
        lambda c: [
            (card.rubric.code, card.rubric.version)
            for card in scorecards.cards(
                c, "small", Shelf(read_document), who, period=Period.year(year), today=TODAY
            )
        ],
    )


def test_a_rubric_governs_no_year_after_its_last_day(store: Store, county: County) -> None:
    county.say(OFFICE, replace(publication(Sort.RUBRIC), until=date(2024, 12, 31)))

    assert rubrics_of(county, store, LI, 2024) == [("rehearsal", "1")]
    assert rubrics_of(county, store, LI, 2025) == []


def test_a_trial_governs_those_who_are_bound_to_the_unit_that_tries_it(
    store: Store, county: County
) -> None:
    tried = publication(Sort.RUBRIC, version="2")
    text = tried.text.replace("version: 1", "version: 2")
    county.say(OFFICE, publication(Sort.RUBRIC), replace(tried, text=text, trial_in=ECONOMY))

    assert rubrics_of(county, store, LI, 2025) == [("rehearsal", "2")]
    assert rubrics_of(county, store, CHEN, 2025) == [("rehearsal", "1")]


def totals(county: County, store: Store, who: PersonId, today: date) -> list[str]:
    """What a member's year 2025 comes to, as stored and as derived afresh."""
    county.reader(store, today=today).catch_up()
    county.reader(store, today=today).refresh()
    shelf = Shelf(read_document)
    with store.reading() as connection:
        return [
            card.scorecard.total
            for position in (None, county.log.head())
            for card in scorecards.cards(
                connection, "small", shelf, who, period=YEAR, today=today, position=position
            )
        ]


def test_a_rule_of_a_later_year_does_not_rewrite_the_year_before(
    store: Store, told: County
) -> None:
    before = totals(told, store, CHEN, date(2025, 12, 31))
    stricter = publication(Sort.POLICY).text.replace("镇街登记: 登记即计", "镇街登记: 双方确认后计")
    told.day = date(2025, 12, 30)
    told.say(OFFICE, publication(Sort.POLICY, version="2", since=date(2026, 1, 1), text=stricter))

    assert before == ["7.5", "7.5"]
    assert totals(told, store, CHEN, date(2025, 12, 31)) == before
    assert totals(told, store, CHEN, date(2026, 1, 3)) == before


def test_a_rule_that_begins_within_the_year_governs_the_year_from_then_on(
    store: Store, told: County
) -> None:
    stricter = publication(Sort.POLICY).text.replace("镇街登记: 登记即计", "镇街登记: 双方确认后计")
    told.say(OFFICE, publication(Sort.POLICY, version="2", since=date(2025, 7, 1), text=stricter))

    assert totals(told, store, CHEN, date(2025, 6, 30)) == ["7.5", "7.5"]
    assert totals(told, store, CHEN, date(2025, 7, 1)) == ["0", "0"]


def test_new_closing_weeks_do_not_let_the_silence_of_the_last_ones_mature(
    store: Store, told: County
) -> None:
    silent = publication(Sort.POLICY).text.replace("镇街登记: 登记即计", "镇街登记: 无异议即计")
    told.say(
        OFFICE,
        *(
            publication(
                Sort.POLICY,
                version=str(year),
                since=date(year, 1, 1),
                text=f"{silent}closing: {year}-12-10\n",
            )
            for year in (2025, 2026)
        ),
    )
    told.day = date(2025, 12, 5)
    told.visited(CLERK, "december", visit(CHEN, on=date(2025, 12, 4)))

    assert totals(told, store, CHEN, date(2025, 12, 31)) == ["7.5", "7.5"]
    assert totals(told, store, CHEN, date(2026, 2, 1)) == ["7.5", "7.5"]


def test_a_stored_card_is_the_card_derived_afresh(store: Store, told: County) -> None:
    shelf = Shelf(read_document)
    for who in MEMBERS:

        def cards(
            connection: Connection, position: int | None, who: PersonId = who
        ) -> list[object]:
            found = scorecards.cards(
                connection, "small", shelf, who, period=YEAR, today=TODAY, position=position
            )
            return [each.scorecard for each in found]

        stored = read(told, store, lambda c: cards(c, None))
        assert stored == read(told, store, lambda c: cards(c, told.log.head()))
        assert len(stored) == 1


def test_a_card_says_by_which_entry_it_was_last_touched(store: Store, told: County) -> None:
    shelf = Shelf(read_document)
    before = told.log.head()
    told.visited(OFFICE, "new", visit(ZHAO, on=date(2025, 6, 1)))

    def position(who: PersonId) -> int:
        (card,) = read(
            told,
            store,
            lambda c: scorecards.cards(c, "small", shelf, who, period=YEAR, today=TODAY),
        )
        return card.position

    assert position(ZHAO) == told.log.head()
    assert position(SUN) < before


def test_a_card_that_time_has_overtaken_is_derived_afresh(store: Store, told: County) -> None:
    shelf = Shelf(read_document)
    told.reader(store).catch_up()
    later = date(2026, 1, 5)
    with store.reading() as connection:
        ask = {"period": YEAR, "rubric": "rehearsal"}
        (card,) = scorecards.cards(connection, "small", shelf, LI, today=later, **ask)  # type: ignore[arg-type]
        page = scorecards.card_lines(connection, "small", shelf, today=later, **ask)  # type: ignore[arg-type]
        totals = {line.member: line.total for line in page.rows}
        assert totals[SubjectId("member/li")] == card.scorecard.total


def test_cards_are_listed_by_name(store: Store, told: County) -> None:
    shelf = Shelf(read_document)
    rows = read(
        told,
        store,
        lambda c: whole(
            lambda after: scorecards.card_lines(
                c,
                "small",
                shelf,
                period=YEAR,
                today=TODAY,
                rubric="rehearsal",
                after=after,
                limit=2,
            )
        ),
    )
    assert [row.name for row in rows] == sorted(NAMES.values())
    listed = read(
        told,
        store,
        lambda c: whole(
            lambda after: checklists.progress_lines(
                c,
                "small",
                shelf,
                period=YEAR,
                today=TODAY,
                code="ten-ones",
                after=after,
                limit=2,
            )
        ),
    )
    assert [row.name for row in listed] == sorted(NAMES.values())
    assert {len(row.slots) for row in listed} == {10}


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_the_lists_of_all_members_are_those_of_each_as_it_was_known(
    store: Store, told: County, limit: int
) -> None:
    shelf = Shelf(read_document)
    for position in (told.log.head(), told.log.head() - 2):
        ask = {"period": YEAR, "today": TODAY, "position": position}
        paged = {**ask, "limit": limit}

        def totals(connection: Connection, paged: dict[str, Any] = paged) -> list[Any]:
            return whole(
                lambda after: scorecards.card_lines(
                    connection, "small", shelf, rubric="rehearsal", after=after, **paged
                )
            )

        def lists(connection: Connection, paged: dict[str, Any] = paged) -> list[Any]:
            return whole(
                lambda after: checklists.progress_lines(
                    connection, "small", shelf, code="ten-ones", after=after, **paged
                )
            )

        def each(connection: Connection, ask: dict[str, Any] = ask) -> dict[str, tuple[Any, int]]:
            found: dict[str, tuple[Any, int]] = {}
            for who in MEMBERS:
                (card,) = scorecards.cards(connection, "small", shelf, who, **ask)
                (come,) = checklists.of_member(connection, "small", shelf, who, **ask)
                found[f"member/{who}"] = (card.scorecard.total, come.progress.done)
            return found

        scored, listed = read(told, store, totals), read(told, store, lists)
        assert [row.name for row in scored] == sorted(NAMES.values())
        assert {
            row.member: (row.total, come.done) for row, come in zip(scored, listed, strict=True)
        } == read(told, store, each)
        assert {row.position for row in (*scored, *listed)} == {position}


def test_progress_of_a_member(store: Store, told: County) -> None:
    shelf = Shelf(read_document)
    (found,) = read(
        told,
        store,
        lambda c: checklists.of_member(c, "small", shelf, LI, period=YEAR, today=TODAY),
    )
    afresh = read(
        told,
        store,
        lambda c: checklists.of_member(
            c, "small", shelf, LI, period=YEAR, today=TODAY, position=told.log.head()
        ),
    )
    assert [found.progress] == [each.progress for each in afresh]
    half = Period(span=YEAR.parts(YEAR.span)[0].span, first=YEAR.first, last=YEAR.last)
    assert found.progress.period == half


def test_the_reason_of_whoever_moved_a_line_is_shown_with_it(store: Store, told: County) -> None:
    clinic = Occasion(
        details=Volunteered(service=Service.FREE_CLINIC),
        title="义诊",
        on=JUNE,
        organiser=SOUTH,
        participants=(Participant(person=ZHOU),),
    )
    told.visited(CLERK, "clinic", clinic)
    told.say(
        OFFICE,
        AssignItem(deed="occasion/clinic", person=ZHOU, item="ten-ones/8", reason="属公益活动"),
        AssignItem(deed="occasion/late", person=ZHOU, item="ten-ones/1", reason="归错"),
    )
    (found,) = read(
        told,
        store,
        lambda c: checklists.of_member(
            c, "small", Shelf(read_document), ZHOU, period=YEAR, today=TODAY
        ),
    )

    assert [filled.moved for filled in found.progress.slots[7].filled] == ["属公益活动"]
    assert [(u.deed, u.reason, u.why) for u in found.progress.unmoved] == [
        ("occasion/late", "归错", NoEffect.DOES_NOT_FIT)
    ]


LIAISON = UnitId("liaison")


@pytest.fixture
def five_ones(told: County) -> County:
    """The same with a township liaison committee, and the list for it."""
    text = files("packs").joinpath("three-norms/five-ones.yaml").read_text(encoding="utf-8")
    told.say(
        OFFICE,
        Publish(sort=Sort.CHECKLIST, code="five-ones", version="1", text=text, since=YEAR.first),
        OpenUnit(
            unit=LIAISON,
            profile=UnitProfile(kind=UnitKind.LIAISON_COMMITTEE, name="南镇联络委"),
            since=YEAR.first,
        ),
    )
    return told


def grids(county: County, store: Store, unit: UnitId) -> list[Grid]:
    return read(
        county,
        store,
        lambda c: [
            found.grid
            for found in checklists.of_unit(
                c, "small", Shelf(read_document), unit, period=YEAR, today=TODAY
            )
        ],
    )


def test_what_studios_cover_is_told_with_the_gaps_by_name(store: Store, told: County) -> None:
    """Townships and sectors by what is placed there, members by their bonds, studios by what was found of each."""
    text = files("packs").joinpath("shangluo/five-covers.yaml").read_text(encoding="utf-8")
    east, west = UnitId("east"), UnitId("west")
    told.say(
        OFFICE,
        Publish(sort=Sort.CHECKLIST, code="five-covers", version="1", text=text, since=YEAR.first),
        *(
            OpenUnit(
                unit=unit,
                profile=UnitProfile(kind=UnitKind.TOWNSHIP, name=name),
                since=YEAR.first,
            )
            for unit, name in ((east, "东镇"), (west, "西镇"))
        ),
        OpenUnit(
            unit=UnitId("east-studio"),
            profile=UnitProfile(kind=UnitKind.STUDIO, name="东镇工作室", township=east),
            since=date(2025, 3, 1),
        ),
        SetFinding(
            finding="online",
            body=Finding(
                details=MetStandard(standard="五全", item="上线"),
                unit=UnitId("east-studio"),
                on=date(2025, 4, 1),
                body="办公室",
                reason="已上线",
            ),
        ),
    )

    (found,) = grids(told, store, COUNTY)

    gaps = [
        {c.whose for c in row.cells if c.state is not CellState.DONE and c.whose is not None}
        for row in found.rows
    ]
    assert gaps[0] == {"unit/west"}
    assert gaps[1] == {f"unit/{ECONOMY}", f"unit/{MEDICINE}"}
    unbound = {who for who, (_, studio) in HOMES.items() if studio is None}
    assert gaps[2] == {f"member/{who}" for who in unbound}
    assert "unit/east-studio" not in gaps[3]
    assert f"unit/{SOUTH}" in gaps[3]
    assert [row.of for row in found.rows] == [len(row.cells) for row in found.rows]


def test_the_grid_of_a_unit(store: Store, five_ones: County) -> None:
    (found,) = grids(five_ones, store, LIAISON)

    assert found.subject == "unit/liaison"
    assert [len(row.cells) for row in found.rows] == [12, 4, 2, 1, 0]


def test_each_person_of_the_committee_is_asked_for_a_livelihood_deed_member_or_not(
    store: Store, five_ones: County
) -> None:
    teacher, deputy = PersonId("teacher"), PersonId("deputy-secretary")
    deed = Matter(
        details=DeliveredLivelihoodDeed(),
        title="修桥",
        on=date(2025, 6, 10),
        organiser=LIAISON,
        authors=(Author(person=teacher),),
    )
    five_ones.say(
        OFFICE,
        *(
            Admit(person=person, profile=Profile(name=name, standing=Standing.OTHER))
            for person, name in ((teacher, "钱老师"), (deputy, "镇党委副书记"))
        ),
        *(
            Appoint(
                unit=LIAISON,
                appointment=Appointment(person=who, office=office, since=YEAR.first),
            )
            for who, office in (
                (teacher, Office.COMMITTEE_MEMBER),
                (deputy, Office.HEAD),
            )
        ),
        Join(person=SUN, membership=Membership(bond=Bond.STUDIO, unit=LIAISON, since=YEAR.first)),
        RecordMatter(matter="bridge", body=deed),
        ReportOutcome(matter="bridge", outcome=Reached(stage=Stage.DONE, on=date(2025, 6, 12))),
    )
    (found,) = grids(five_ones, store, LIAISON)

    assert [(cell.whose, cell.state) for cell in found.rows[4].cells] == [
        ("member/deputy-secretary", CellState.OPEN),
        ("member/sun", CellState.OPEN),
        ("member/teacher", CellState.DONE),
    ]


def test_a_report_that_came_in_through_the_committee_fills_its_month(
    store: Store, five_ones: County
) -> None:
    report = Matter(
        details=ReportedOpinion(),
        title="关于公交的信息",
        on=date(2025, 6, 10),
        organiser=LIAISON,
        authors=(Author(person=LI), Author(person=CHEN)),
    )
    five_ones.say(
        OFFICE,
        RecordMatter(matter="bus", body=report),
        ReportOutcome(matter="bus", outcome=Reached(stage=Stage.LEDGERED, on=date(2025, 6, 11))),
        ReportOutcome(matter="bus", outcome=Reached(stage=Stage.FED_BACK, on=date(2025, 6, 12))),
    )
    before = five_ones.log.head()
    (now,) = grids(five_ones, store, LIAISON)
    five_ones.say(OFFICE, Withdraw(deed="matter/bus", reason="重复"))
    (after,) = grids(five_ones, store, LIAISON)
    (then,) = read(
        five_ones,
        store,
        lambda c: checklists.of_unit(
            c, "small", Shelf(read_document), LIAISON, period=YEAR, today=TODAY, position=before
        ),
    )

    assert [found.rows[0].cells[5].deeds for found in (now, after, then.grid)] == [
        ("matter/bus",),
        (),
        ("matter/bus",),
    ]


def test_a_list_for_liaison_committees_asks_nothing_of_other_units(
    store: Store, five_ones: County
) -> None:
    assert [grids(five_ones, store, unit) for unit in (COUNTY, ECONOMY, AFFAIRS, SOUTH)] == [[]] * 4


# History, time, counts


def test_the_history_of_a_record_says_what_changed(store: Store, told: County) -> None:
    body = visit(WANG, LI, on=date(2025, 6, 19), title="走访韩村")
    told.say(CLERK, AmendOccasion(occasion="south", body=body, reason="日期有误"))
    page = read(told, store, lambda c: history.history(c, "small", "occasion/south", told.at))
    amended, recorded = page.rows
    assert recorded.differences == ()
    assert recorded.said.zh.startswith("委员工作室south组织走访")
    assert "王强、李敏、陈静" in recorded.said.zh
    assert "日期有误" in amended.said.zh
    told_apart = {d.field: (d.old, d.new) for d in amended.differences}
    assert told_apart.pop("/body/on") == ("2025-06-20", "2025-06-19")
    assert told_apart == {"/body/participants/chen": ("出席、参加、到会", "")}


def test_a_link_is_told_by_the_titles_of_both_records(store: Store, told: County) -> None:
    told.say(OFFICE, LinkSame(deed="occasion/economy", same_as="occasion/south", reason="同一次"))
    for stream in ("occasion/economy", "occasion/south"):
        page = read(told, store, lambda c, s=stream: history.history(c, "small", s, told.at))  # type: ignore[misc]
        linked = page.rows[0].said.zh
        assert linked.endswith("为同一履职,理由:同一次。")
        assert "occasion/" not in linked


def test_the_history_of_a_member_lists_what_touched_him(store: Store, told: County) -> None:
    told.say(CONVENOR, Confirm(deed="occasion/south", side=Side.SECTOR, people=(LI,)))
    for limit in (1, 3, 50):
        rows = read(
            told,
            store,
            lambda c, limit=limit: whole(  # type: ignore[misc]
                lambda after: history.history(
                    c, "small", "member/li", told.at, after=after, limit=limit
                )
            ),
        )
        names = [type(row.entry.event).__name__ for row in rows]
        assert names == [
            "Confirmed",
            "OutcomeReached",
            "MatterRecorded",
            "OccasionHappened",
            "OccasionHappened",
            "Admitted",
        ]
    chen = read(told, store, lambda c: history.history(c, "small", "member/chen", told.at))
    assert "Confirmed" not in {type(row.entry.event).__name__ for row in chen.rows}


def test_every_entry_has_a_sentence_in_two_languages(store: Store, told: County) -> None:
    for stream in {entry.stream for entry in told.entries}:
        page = read(told, store, lambda c, s=stream: history.history(c, "small", s, told.at))  # type: ignore[misc]
        for row in page.rows:
            assert row.said.zh.endswith("。")
            assert row.said.en.endswith(".")


def test_instants_and_days_become_positions(store: Store, county: County) -> None:
    county.day = date(2025, 6, 26)
    founded = county.log.head()
    county.visited(CLERK, "a", visit(LI))
    county.day = date(2025, 6, 28)
    county.visited(CLERK, "b", visit(ZHAO))

    def on(day: date) -> int:
        return read(county, store, lambda c: as_of.position_on(c, "small", day))

    assert [on(date(2025, 6, 24 + n)) for n in range(6)] == [
        0,
        founded,
        founded + 1,
        founded + 1,
        founded + 2,
        founded + 2,
    ]
    instant = datetime(2025, 6, 26, 2, tzinfo=UTC)
    assert read(county, store, lambda c: as_of.position_at(c, "small", instant)) == founded + 1
    before = instant - timedelta(microseconds=1)
    assert read(county, store, lambda c: as_of.position_at(c, "small", before)) == founded


def test_counts(store: Store, told: County) -> None:
    found = read(told, store, lambda c: counts.counts(c, "small", today=TODAY))
    assert (found.committee, found.members, found.units, found.deeds) == ("小县政协", 6, 7, 4)
    assert (found.without_sector, found.without_studio) == (1, 1)
    assert (found.rubrics, found.checklists, found.returned) == (1, 1, 0)
    assert found.position == told.log.head()


@pytest.mark.parametrize("cursor", ["!", "e30", "WzEuNV0", "////"])
def test_what_is_not_a_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        key_of(cursor)


def test_what_each_side_recorded_of_the_members_of_a_unit(store: Store, told: County) -> None:
    def seen(unit: UnitId, side: Side) -> dict[str, tuple[int, int, int]]:
        lines = read(
            told,
            store,
            lambda c: dual.seen(
                c, "small", unit, side=side, day=TODAY, first=YEAR.first, last=YEAR.last
            ),
        )
        return {each.member: (each.township, each.sector, each.others) for each in lines}

    economy = seen(ECONOMY, Side.SECTOR)
    assert economy[f"member/{LI}"] == (1, 1, 1)
    assert seen(MEDICINE, Side.SECTOR)[f"member/{SUN}"] == (1, 0, 0)
    assert seen(ECONOMY, Side.COUNTY) == {}


def test_what_few_rows_have_is_found_by_the_index_of_them(store: Store, told: County) -> None:
    asked: list[tuple[str, Any]] = []

    def heard(_: object, __: object, statement: str, values: object, *___: object) -> None:
        asked.append((statement, values))

    told.reader(store).catch_up()
    with store.reading() as connection:
        event.listen(connection, "before_cursor_execute", heard)
        counts.attention(connection, "small", today=TODAY)
        counts.returned_to(connection, "small", SOUTH)
        deeds.deeds(connection, "small", today=TODAY, state=DeedState.RETURNED)
        deeds.linked_to(connection, "small", ["occasion/south"])
        deeds.deed(connection, "small", "occasion/south", today=TODAY, policy=DEFAULT)
        flows.kinds_in(connection, "small")
        event.remove(connection, "before_cursor_execute", heard)
        found = dict[str, int]()
        for index, asks in (
            ("deeds_in_question", "in_question"),
            ("deeds_same", "same_as != ''"),
            ("deeds_answering", "answers != ''"),
        ):
            for statement, values in asked:
                if asks in statement.partition("WHERE")[2]:
                    found[index] = found.get(index, 0) + 1
                    if isinstance(store, SqliteStore):
                        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                        assert index in " ".join(row.detail for row in plan), statement
    assert found == {"deeds_in_question": 3, "deeds_same": 3, "deeds_answering": 1}
