"""Members' cards where what is on record of their units counts: they follow units, bonds and documents, and nobody else's do."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from domain.document import Publish, Sort
from domain.fact import Fact, Reached, SubjectId
from domain.finding import Finding, RevokeFinding, SetFinding
from domain.kinds import Stage
from domain.kinds.findings import MetStandard
from domain.kinds.units import Check, WasInspected
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.member import Bond, Join, Leave, Membership
from domain.people import PersonId, UnitId
from domain.period import Period
from domain.streams import Command
from domain.unit import DescribeUnit, UnitKind, UnitProfile
from projections import bodies, comparisons, reader, scorecards
from projections.comparisons import Moved, what_if
from projections.documents import Shelf
from projections.foreseen import foreseen, members_concerned
from projections.scorecards import Card
from projections.store import SqliteStore, Store
from tests.projections.county import (
    BEGAN,
    CHEN,
    COUNTY,
    ECONOMY,
    LI,
    MEMBERS,
    NAMES,
    NORTH,
    OFFICE,
    SOUTH,
    SUN,
    TODAY,
    WANG,
    ZHAO,
    ZHOU,
    County,
    of_units,
    publication,
    read_document,
    rows_of,
    visit,
)

YEAR = Period.year(2025)
ON = date(2025, 3, 5)


def met(name: str, unit: UnitId = SOUTH, on: date = ON) -> SetFinding:
    """A standard that a unit met."""
    details = MetStandard(standard="studio", item="有场所")
    body = Finding(details=details, on=on, body="县政协", reason="验收", unit=unit)
    return SetFinding(finding=name, body=body)


def described(kind: UnitKind) -> DescribeUnit:
    return DescribeUnit(unit=SOUTH, profile=UnitProfile(kind=kind, name="城南"), reason="更正")


def totals(
    connection: Connection, year: int = 2025, position: int | None = None
) -> dict[PersonId, str]:
    """Who has something, and how much."""
    told = (connection, "small", Shelf(read_document))
    found = {
        who: scorecards.cards(
            *told,
            who,
            period=Period.year(year),
            today=TODAY,
            rubric="of-units",
            position=position,
        )
        for who in MEMBERS
    }
    return {
        who: c.scorecard.total
        for who, cards in found.items()
        for c in cards
        if c.scorecard.total != "0"
    }


@pytest.fixture
def counted(county: County) -> County:
    """A county in which what studios are built up to counts."""
    county.say(OFFICE, of_units())
    return county


def followed(county: County, store: Store, tmp_path: Path, year: int = 2025) -> dict[PersonId, str]:
    """What the cards that are kept come to, once they are the same as those made anew."""
    county.reader(store).catch_up()
    with closing(SqliteStore(tmp_path / str(county.log.head()), "small")) as alone:
        county.reader(alone).rebuild()
        assert rows_of(store, "small") == rows_of(alone, "small")
    with store.reading() as connection:
        return totals(connection, year)


def test_cards_follow_what_is_set_and_revoked(
    store: Store, counted: County, tmp_path: Path
) -> None:
    """Wang, Li and Chen are in the south."""
    assert followed(counted, store, tmp_path) == {}
    counted.say(OFFICE, met("s1"))
    assert followed(counted, store, tmp_path) == {WANG: "2", LI: "2", CHEN: "2"}
    counted.say(OFFICE, met("n1", NORTH))
    assert followed(counted, store, tmp_path)[ZHAO] == "2"
    counted.say(OFFICE, RevokeFinding(finding="s1", reason="有误"))
    assert followed(counted, store, tmp_path) == {ZHAO: "2", ZHOU: "2"}


def test_cards_follow_those_who_come_and_go(store: Store, counted: County, tmp_path: Path) -> None:
    counted.say(OFFICE, met("s1"))
    followed(counted, store, tmp_path)
    joins = Membership(bond=Bond.STUDIO, unit=SOUTH, since=ON)
    counted.say(
        OFFICE,
        Leave(person=LI, bond=Bond.STUDIO, unit=SOUTH, until=date(2025, 3, 4)),
        Join(person=SUN, membership=joins),
    )

    assert followed(counted, store, tmp_path) == {WANG: "2", SUN: "2", CHEN: "2"}


def test_cards_follow_the_kind_of_a_unit(store: Store, counted: County, tmp_path: Path) -> None:
    """The clause is about studios."""
    counted.say(OFFICE, met("s1"))
    followed(counted, store, tmp_path)
    counted.say(OFFICE, described(UnitKind.LIAISON_ROOM))
    assert followed(counted, store, tmp_path) == {}
    counted.say(OFFICE, described(UnitKind.STUDIO))
    assert followed(counted, store, tmp_path) == {WANG: "2", LI: "2", CHEN: "2"}


def test_an_outcome_of_a_later_year_reaches_those_who_have_left(
    store: Store, county: County, tmp_path: Path
) -> None:
    """The acceptance of last year is passed in this: it counts now, for those who were in the unit then."""
    checked: Matter[Any] = Matter(
        details=WasInspected(check=Check.ACCEPTANCE),
        title="验收",
        on=date(2024, 10, 8),
        organiser=COUNTY,
        authors=(Author(unit=SOUTH),),
    )
    county.say(
        OFFICE,
        of_units(more="late: {timing: 结果当期}"),
        RecordMatter(matter="m1", body=checked),
        Leave(person=LI, bond=Bond.STUDIO, unit=SOUTH, until=date(2024, 12, 31)),
    )
    followed(county, store, tmp_path)
    passed = Reached(stage=Stage.PASSED, on=date(2025, 2, 3))
    county.say(OFFICE, ReportOutcome(matter="m1", outcome=passed))

    assert followed(county, store, tmp_path) == {WANG: "4", LI: "4", CHEN: "4"}
    assert followed(county, store, tmp_path, 2024) == {}


def test_who_joins_later_has_nothing_of_an_earlier_year_before_his_time(
    store: Store, county: County, tmp_path: Path
) -> None:
    """Not even why it does not count: his card of that year is the same whether it was kept or made anew."""
    county.say(
        OFFICE,
        of_units(more="late: {timing: 结果当期}"),
        Join(
            person=SUN,
            membership=Membership(bond=Bond.STUDIO, unit=SOUTH, since=date(2025, 3, 5)),
        ),
    )
    followed(county, store, tmp_path)
    county.say(OFFICE, met("s1", on=date(2024, 5, 6)))

    assert followed(county, store, tmp_path, 2024) == {WANG: "2", LI: "2", CHEN: "2"}
    with store.reading() as connection:
        told = (connection, "small", Shelf(read_document), SUN)
        of = [
            scorecards.cards(*told, period=Period.year(year), today=TODAY, rubric="of-units")
            for year in (2024, 2025)
        ]
    assert [card.scorecard.why_not for (card,) in of] == [(), ()]


def test_a_version_that_begins_later_leaves_earlier_years_alone(
    store: Store, county: County, tmp_path: Path
) -> None:
    """What is said of a unit bears on no card of a year in which no rule counts it, before and after it is published."""
    plain = publication(Sort.RUBRIC, since=BEGAN)
    county.say(OFFICE, plain, of_units(own=True), met("s1", on=date(2024, 5, 6)))
    followed(county, store, tmp_path)
    county.say(OFFICE, of_units("2", date(2025, 1, 1)))
    followed(county, store, tmp_path)
    county.say(OFFICE, met("s2", on=date(2024, 7, 8)))

    assert followed(county, store, tmp_path) == {}
    assert followed(county, store, tmp_path, 2024) == {}
    names = [column.name for column in scorecards.scorecard_rows.columns]
    first, rubric, position = (names.index(n) for n in ("first", "rubric", "position"))
    before = county.log.head()
    county.say(OFFICE, met("s3"))
    followed(county, store, tmp_path)
    anew = [row for row in rows_of(store, "small")["scorecards"] if row[position] > before]
    assert {(row[first], row[rubric]) for row in anew} == {
        (date(2025, 1, 1).toordinal(), "of-units")
    }
    assert len(anew) == 3


def test_nothing_is_asked_where_no_rubric_counts_it(
    county: County, sqlite_store: SqliteStore
) -> None:
    """No query more than for a finding of somebody who has no cards."""
    county.say(OFFICE, publication(Sort.RUBRIC))
    reader = county.reader(sqlite_store)
    reader.catch_up()
    before = rows_of(sqlite_store, "small")["scorecards"]
    asked: list[str] = []

    def noted(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    county.say(OFFICE, met("s1"))
    event.listen(sqlite_store._engine, "before_cursor_execute", noted)
    reader.catch_up()
    event.remove(sqlite_store._engine, "before_cursor_execute", noted)

    assert asked
    assert not [each for each in asked if "bonds" in each or "scorecards" in each]
    assert rows_of(sqlite_store, "small")["scorecards"] == before


def test_of_units_only_what_is_counted_is_read_once(
    store: Store, counted: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much else units hold, live and when all is made anew; also after a rule that counts more."""
    monkeypatch.setattr(reader, "TOGETHER", 2)
    for n in range(3):
        counted.visited(OFFICE, f"v{n}", visit(LI, on=ON, organiser=SOUTH))
    counted.say(OFFICE, met("s0"))
    counted.reader(store).catch_up()
    live = counted.reader(store)
    read: list[Fact[Any]] = []

    def noted(kind: str, body: bytes, of: Any = bodies.fact) -> Fact[Any]:
        read.append(of(kind, body))
        return read[-1]

    def of_units_read() -> list[str]:
        found = sorted(f"{f.deed} {f.kind}" for f in read if f.subject.startswith("unit/"))
        read.clear()
        return found

    monkeypatch.setattr(bodies, "fact", noted)
    counted.say(OFFICE, met("s1"))
    live.catch_up()
    assert of_units_read() == ["finding/s0 met_standard", "finding/s1 met_standard"]
    live.rebuild()
    assert of_units_read() == ["finding/s0 met_standard", "finding/s1 met_standard"]
    text = of_units("2", date(2025, 1, 1)).text.replace("counts: 达到标准", "counts: 走访村(社区)")
    more = Publish(
        sort=Sort.RUBRIC, code="of-units", version="2", since=date(2025, 1, 1), text=text
    )
    counted.say(OFFICE, met("s2"))
    live.catch_up()
    of_units_read()
    counted.say(OFFICE, more)
    live.catch_up()
    assert {f"occasion/v{n} visited_village" for n in range(3)} <= set(of_units_read())
    counted.visited(OFFICE, "v3", visit(LI, on=ON, organiser=SOUTH))
    live.catch_up()
    kept = rows_of(store, "small")
    live.rebuild()
    assert rows_of(store, "small") == kept


@pytest.fixture
def kept(store: Store, counted: County) -> tuple[Store, County]:
    """A standard that the south met, read."""
    counted.visited(OFFICE, "v1", visit(LI, on=ON, organiser=COUNTY))
    counted.say(OFFICE, met("s1"))
    counted.reader(store).catch_up()
    return store, counted


def cards(connection: Connection, who: PersonId) -> list[Card]:
    told = (connection, "small", Shelf(read_document), who)
    return scorecards.cards(*told, period=YEAR, today=TODAY, rubric="of-units")


def test_cards_as_they_were_known_then_and_by_whom_they_are(kept: tuple[Store, County]) -> None:
    store, county = kept
    before = county.log.head() - 1
    with store.reading() as connection:
        assert totals(connection, position=before) == {LI: "1"}
        assert totals(connection) == {WANG: "2", LI: "3", CHEN: "2"}
        found = cards(connection, LI)
        names = scorecards.names_in(connection, "small", found)
    assert names == {"unit/south": "委员工作室south"}
    assert {(line.deed, line.subject) for line in found[0].scorecard.lines} == {
        ("occasion/v1", "member/li"),
        ("finding/s1", "unit/south"),
    }


def moved(store: Store, first: int, last: int) -> Sequence[Moved]:
    """Whose cards of the year moved between two positions."""
    with store.reading() as connection:
        page = comparisons.moved_between(
            connection,
            "small",
            Shelf(read_document),
            rubric="of-units",
            period=YEAR,
            today=TODAY,
            first=first,
            last=last,
        )
    return page.rows


LEAVES = Leave(person=CHEN, bond=Bond.STUDIO, unit=SOUTH, until=date(2025, 3, 4))
LEFT_LONG_AGO = Leave(person=CHEN, bond=Bond.STUDIO, unit=SOUTH, until=date(2024, 6, 30))
JOINS = Join(person=SUN, membership=Membership(bond=Bond.STUDIO, unit=SOUTH, since=BEGAN))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([LEAVES], {CHEN: "units"}),
        ([LEFT_LONG_AGO], {CHEN: "units"}),
        ([JOINS], {SUN: "units"}),
        (
            [described(UnitKind.LIAISON_ROOM)],
            dict.fromkeys((WANG, LI, CHEN), "units"),
        ),
        (
            [LEFT_LONG_AGO, RevokeFinding(finding="s1", reason="有误")],
            dict.fromkeys((WANG, LI, CHEN), "withdrawn"),
        ),
        (
            [of_units("2", date(2025, 1, 1), own=True), LEAVES],
            {WANG: "rule", LI: "rule", CHEN: "units"},
        ),
    ],
)
def test_what_moved_by_a_change_of_units_is_told_apart_from_what_became_of_the_record(
    kept: tuple[Store, County], said: list[Command], why: dict[PersonId, str]
) -> None:
    store, county = kept
    before = county.log.head()
    county.say(OFFICE, *said)
    county.reader(store).catch_up()
    there = moved(store, before, county.log.head())
    assert {
        m.member.removeprefix("member/"): [(c.deed, c.because.value) for c in m.causes]
        for m in there
    } == {who: [("finding/s1", because)] for who, because in why.items()}


def test_what_moved_by_a_rule_that_begins_to_count_units_is_told_by_the_rule(
    store: Store, county: County
) -> None:
    county.say(OFFICE, of_units(own=True), met("s1"))
    before = county.log.head()
    county.say(OFFICE, of_units("2", date(2025, 1, 1)))
    county.reader(store).catch_up()
    there = moved(store, before, county.log.head())
    assert {(m.name, c.because.value) for m in there for c in m.causes} == {
        (NAMES[who], "rule") for who in (WANG, LI, CHEN)
    }


def test_what_moved_between_two_positions_names_the_record_of_the_unit(
    kept: tuple[Store, County],
) -> None:
    store, county = kept
    head = county.log.head()
    rows = moved(store, head - 1, head)
    assert [(m.name, m.before, m.after) for m in rows] == [
        ("李敏", "1", "3"),
        ("王强", "0", "2"),
        ("陈静", "0", "2"),
    ]
    assert {(c.deed, c.because.value) for m in rows for c in m.causes} == {
        ("finding/s1", "recorded")
    }


def test_a_draft_over_past_years_counts_what_is_on_record_of_units(
    kept: tuple[Store, County],
) -> None:
    """Beside a rule that counts none of it."""
    store, county = kept
    county.say(OFFICE, publication(Sort.RUBRIC))
    county.reader(store).catch_up()
    shelf = Shelf(read_document)
    draft = read_document(Sort.RUBRIC, of_units().text)
    told = {"years": [2025], "today": TODAY, "against": "rehearsal"}
    with store.reading() as connection:
        found = [
            trial
            for some in comparisons.trials(connection, "small", shelf, draft, **told)  # type: ignore[arg-type]  # a rubric, as asked for
            for trial in some
        ]
        rules = comparisons.rules_over(connection, "small", shelf, "rehearsal")
    after = {trial.person.person: trial.after.total for trial in found}
    assert (after[LI], after[WANG], after[ZHAO]) == ("3", "2", "0")
    moved = what_if(found, draft, rules, "rehearsal").movers  # type: ignore[arg-type]  # the same
    assert {m.name for m in moved} == {NAMES[who] for who in (WANG, CHEN, LI)}


def test_what_a_publication_did_counts_it_too(kept: tuple[Store, County]) -> None:
    store, county = kept
    more = of_units("2", date(2025, 1, 1))
    dearer = Publish(
        sort=more.sort,
        code=more.code,
        version="2",
        since=more.since,
        text=more.text.replace("each: 2}", "each: 5}"),
    )
    county.say(OFFICE, dearer)
    county.reader(store).catch_up()
    with store.reading() as connection:
        found = comparisons.effects_of(
            connection, "small", Shelf(read_document), "of-units", "2", today=TODAY
        )
    assert [(e.year, e.moved, e.change) for e in found.years] == [(2025, 3, "9")]


def test_what_a_record_gives_members_of_its_unit(kept: tuple[Store, County]) -> None:
    """By the unit, or by their own part in it."""
    store, _ = kept
    asked = [(SubjectId(f"member/{who}"), "finding/s1", 2025) for who in MEMBERS]
    asked.append((SubjectId("member/li"), "occasion/v1", 2025))
    told = ("small", Shelf(read_document), asked, TODAY)
    with store.reading() as connection:
        by_units = scorecards.earned(connection, *told, by_units=True)
        by_himself = scorecards.earned(connection, *told)
    assert {who: [e.points for e in of] for (who, _), of in by_units.items()} == {
        f"member/{who}": ["2"] for who in (WANG, LI, CHEN)
    }
    assert {(who, deed) for who, deed in by_himself} == {("member/li", "occasion/v1")}


def facts_to_come(*units: UnitId, on: date = ON) -> list[Fact[Any]]:
    return [
        Fact(
            deed=f"finding/{unit}-new",
            subject=SubjectId(f"unit/{unit}"),
            kind="met_standard",
            on=on,
            details=MetStandard(standard="studio", item="新"),
            recorded_on=on,
            recorded_by=OFFICE.person,
        )
        for unit in units
    ]


def test_it_is_foreseen_whom_a_record_of_a_unit_would_move(kept: tuple[Store, County]) -> None:
    """Of everybody who is in it on its day, or of some; of a sector's nobody."""
    store, county = kept
    leaves = Leave(person=CHEN, bond=Bond.STUDIO, unit=SOUTH, until=date(2025, 3, 31))
    county.say(OFFICE, leaves)
    county.reader(store).catch_up()
    told = ("small", Shelf(read_document))
    later = facts_to_come(SOUTH, on=date(2025, 5, 6))
    with store.reading() as connection:
        found = foreseen(connection, *told, later, today=TODAY)
        some = foreseen(connection, *told, later, today=TODAY, whose={SubjectId("member/li")})
        none = foreseen(connection, *told, facts_to_come(ECONOMY), today=TODAY)
        concerned = members_concerned(connection, *told, later)
    assert [(m.name, m.before, m.after) for m in found.moved] == [
        ("李敏", "3", "5"),
        ("王强", "2", "4"),
    ]
    assert [m.name for m in some.moved] == ["李敏"]
    assert none.moved == ()
    assert set(concerned) == {"member/li", "member/wang"}


def test_what_time_alone_changes_leaves_what_units_bring(
    store: Store, counted: County, tmp_path: Path
) -> None:
    """Who is in the unit until the end of the year has it in the next as well, and the same by whichever way his cards are made."""
    later = date(2026, 1, 2)
    counted.say(
        OFFICE, met("s1"), Leave(person=LI, bond=Bond.STUDIO, unit=SOUTH, until=date(2025, 12, 31))
    )
    counted.reader(store).catch_up()
    reader = counted.reader(store, today=later)
    reader.catch_up()
    assert reader.refresh() > 0
    with closing(SqliteStore(tmp_path / "alone", "small")) as alone:
        counted.reader(alone, today=later).rebuild()
        kept, anew = rows_of(store, "small"), rows_of(alone, "small")
    columns = [column.name for column in scorecards.scorecard_rows.columns]
    total, body = columns.index("total"), columns.index("body")
    told = [[(r[:4], r[total], r[body]) for r in rows["scorecards"]] for rows in (kept, anew)]
    assert told[0] == told[1]
    assert sum(t == "2" for _, t, _ in told[0]) == 3
