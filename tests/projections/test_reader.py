"""The reader: any batching gives the same tables, nothing is skipped in silence, and nobody waits for nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from application.memory_log import MemoryLog
from domain.attestation import DEFAULT
from domain.deed import (
    AssignItem,
    Confirm,
    LinkLedTo,
    LinkSame,
    Return,
    Supersede,
    UnlinkLedTo,
    UnlinkSame,
    Uphold,
    Withdraw,
)
from domain.dispute import (
    AskReview,
    DecideDispute,
    DecideReview,
    RaiseDispute,
    WithdrawDispute,
)
from domain.disputed import Claim, DisputeOutcome, DisputeSort
from domain.document import Repeal, Sort
from domain.entry import Entry
from domain.fact import Attendance, Authorship, Reached
from domain.finding import Finding, RevokeFinding, SetFinding
from domain.kinds import Details, Stage
from domain.kinds.advice import Proposed
from domain.kinds.findings import MetStandard, Sanction, WasSanctioned, WasVetoed
from domain.kinds.people import Counterpart, PairedWith, Relation
from domain.kinds.units import Check, WasInspected
from domain.matter import Author, Matter, RecordMatter, ReportOutcome, RetractOutcome
from domain.member import Bond, Describe, Dismiss, Exit, Join, Leave, Membership, Profile
from domain.occasion import AmendOccasion, Participant, RecordOccasion
from domain.pairing import EndPairing, Pair, Pairing
from domain.people import Actor, PersonId, Role
from domain.period import Period, Span
from domain.streams import Command
from domain.unit import DescribeUnit, Office, Relieve, Side, UnitKind, UnitProfile
from projections import as_of, bodies, deeds, scorecards
from projections.columns import Row
from projections.documents import DOCUMENTS, Policies, Shelf, policies_of
from projections.facts import FACTS, WindowsByDay
from projections.fold import fold
from projections.reader import OnPoison, Poisoned, Reader
from projections.rows import Rows
from projections.store import TABLES, PostgresStore, SqliteStore, Store, _compiled
from tests.projections.county import (
    CLERK,
    CONVENOR,
    COUNTY,
    ECONOMY,
    LI,
    MEDICINE,
    MEMBERS,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SECTOR_CLERK,
    SOUTH,
    SOUTH_HEAD,
    SUN,
    TODAY,
    WANG,
    ZHAO,
    ZHOU,
    County,
    founding,
    in_order,
    of_units,
    publication,
    read_document,
    rows_of,
    visit,
)

FIRST, LAST = date(2024, 3, 1), date(2025, 6, 20)
DEEDS = tuple(f"occasion/o{n}" for n in range(5))
OF_UNITS_SAYS = ("period: 自然年度", "period: 季度", "late: {timing: 结果当期}")
"""What a rubric that counts what is on record of units says besides: its period, or that outcomes count when they come."""


class Rumour:
    """Says at random what may happen in a county: the same seed says the same, and fewer words are its beginning."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.one_of = self.random.choice

    def day(self) -> date:
        """A day of the time that is recorded."""
        return FIRST + timedelta(days=self.random.randint(0, (LAST - FIRST).days))

    def people(self) -> list[PersonId]:
        """Some members."""
        return self.random.sample(MEMBERS, self.random.randint(1, 4))

    def said(self) -> tuple[Actor, Command]:
        """Something that somebody asks for; it may be refused."""
        topics: list[Callable[[], tuple[Actor, Command]]] = [
            *([self.on_record] * 8),
            *([self.visit] * 3),
            *(self.on_roster, self.on_documents, self.on_others, self.on_others),
            *([self.on_queries] * 2),
            *([self.on_units] * 2),
        ]
        return self.one_of(topics)()

    def visit(self) -> tuple[Actor, Command]:
        """A visit, recorded or corrected."""
        people = [
            Participant(person=who, attendance=self.one_of(list(Attendance)))
            for who in self.people()
        ]
        organiser = self.one_of([SOUTH, NORTH, ECONOMY])
        expected = tuple(self.people()[:2])
        on = self.day()
        until = self.one_of([None, on + timedelta(days=self.random.randint(0, 40))])
        body = visit(*people, on=on, until=until, organiser=organiser, expected=expected)
        name = self.one_of(DEEDS).removeprefix("occasion/")
        if self.one_of([True, False]):
            return OFFICE, AmendOccasion(occasion=name, body=body, reason="更正")
        clerk = {SOUTH: CLERK, NORTH: NORTH_CLERK, ECONOMY: SECTOR_CLERK}[organiser]
        return self.one_of([clerk, OFFICE]), RecordOccasion(occasion=name, body=body)

    def on_record(self) -> tuple[Actor, Command]:
        """A word on a record, by somebody who may be the one to say it."""
        deed, other = self.one_of(DEEDS), self.one_of(DEEDS)
        who = self.one_of([LI, ZHAO])
        head, side = self.one_of([(CONVENOR, Side.SECTOR), (SOUTH_HEAD, Side.STUDIO)])
        return self.one_of(
            [
                (head, Confirm(deed=deed, side=side)),
                (head, Return(deed=deed, side=side, people=(who,), reason="日期有误")),
                (head, LinkSame(deed=deed, same_as=other)),
                (OFFICE, Confirm(deed=deed, side=Side.COUNTY)),
                (OFFICE, Uphold(deed=deed, side=side, people=(who,), reason="属实")),
                (OFFICE, UnlinkSame(deed=deed, reason="不同")),
                (OFFICE, LinkLedTo(deed=deed, source=other, on=LAST)),
                (OFFICE, UnlinkLedTo(deed=deed, source=other, reason="并无关系")),
                (OFFICE, AssignItem(deed=deed, person=who, item="7", reason="合适")),
                (OFFICE, Supersede(deed=deed, by=other, reason="合并"))
                if self.random.random() < 0.1
                else (head, Confirm(deed=deed, side=side, people=(who,))),
                (OFFICE, Withdraw(deed=deed, reason="重复"))
                if self.random.random() < 0.1
                else (head, Confirm(deed=deed, side=side)),
            ]
        )

    def on_roster(self) -> tuple[Actor, Command]:
        """A change of the roster."""
        who, day = self.one_of(MEMBERS), self.day()
        new = Membership(bond=Bond.SECTOR, unit=self.one_of([ECONOMY, MEDICINE]), since=day)
        changes: list[Command] = [
            Join(person=who, membership=new),
            Leave(person=who, bond=Bond.STUDIO, unit=SOUTH, until=day),
            Describe(person=who, profile=Profile(name="改名"), reason="更正"),
            Relieve(unit=ECONOMY, person=WANG, office=Office.HEAD, until=day),
            Dismiss(person=who, on=day, how=Exit.RESIGNED),
        ]
        return OFFICE, self.one_of(changes)

    def on_documents(self) -> tuple[Actor, Command]:
        """A document published, or ended."""
        n, day = self.random.randint(0, 5), self.day()
        policy = publication(Sort.POLICY).text
        shorter = policy.replace("window_days: 15", f"window_days: {5 + n}")
        changes: list[Command] = [
            publication(Sort.RUBRIC, version=str(n), since=day),
            publication(Sort.CHECKLIST, version=str(n), since=day),
            publication(Sort.POLICY, version=str(n), since=day, text=shorter),
            publication(Sort.RULE, version=str(n), since=day),
            of_units(str(n), day, more=self.one_of(OF_UNITS_SAYS)),
            of_units(str(n), day, own=self.one_of([True, False])),
            Repeal(sort=Sort.RUBRIC, code="rehearsal", until=day, reason="废止"),
        ]
        return OFFICE, self.one_of(changes)

    def on_queries(self) -> tuple[Actor, Command]:
        """A member's query on the records, or what is said of it."""
        who, name = self.one_of([LI, ZHAO]), f"q{self.random.randint(0, 3)}"
        himself = Actor(person=who, role=Role.MEMBER)
        deed, other = self.one_of(DEEDS), self.one_of(DEEDS)
        wrong = Claim(
            person=who, sort=DisputeSort.WRONG, deed=deed, field="日期", should_be="早一日"
        )
        twice = Claim(person=who, sort=DisputeSort.DUPLICATE, deed=deed, same_as=other)
        missing = Claim(
            person=who,
            sort=DisputeSort.MISSING,
            what="讲座",
            on=self.day(),
            organised_by="镇里",
        )
        outcome = self.one_of(list(DisputeOutcome))
        panel = Actor(person=PersonId("panel"), role=Role.APPRAISAL)
        second = Actor(person=PersonId("second"), role=Role.APPRAISAL)
        return self.one_of(
            [
                (himself, RaiseDispute(dispute=name, claim=self.one_of([wrong, twice, missing]))),
                (himself, RaiseDispute(dispute=name, claim=missing)),
                (panel, DecideDispute(dispute=name, outcome=outcome, reason="核对")),
                (panel, DecideDispute(dispute=name, outcome=outcome, reason="核对")),
                (himself, AskReview(dispute=name, reason="再核")),
                (second, DecideReview(dispute=name, outcome=outcome, reason="复核")),
                (himself, WithdrawDispute(dispute=name, reason="看错"))
                if self.random.random() < 0.2
                else (panel, DecideDispute(dispute=name, outcome=outcome, reason="核对")),
            ]
        )

    def on_others(self) -> tuple[Actor, Command]:
        """A matter, a pairing or a finding."""
        n, who, day = self.random.randint(0, 1), self.one_of(MEMBERS), self.day()
        proposal = Matter(
            details=Proposed(),
            title="提案",
            on=day,
            organiser=ECONOMY,
            authors=tuple(Author(person=p, role=Authorship.JOINT) for p in self.people()),
        )
        village = PairedWith(
            relation=Relation.VILLAGE, counterpart=Counterpart.VILLAGE, counterpart_name="韩村"
        )
        paired = Pairing(details=village, since=day, organiser=SOUTH, person=who)
        vetoed = WasVetoed(code="违纪")
        found = Finding(details=vetoed, on=day, body="主席会议", reason="认定", person=who)
        changes: list[Command] = [
            RecordMatter(matter=f"m{n}", body=proposal),
            ReportOutcome(matter=f"m{n}", outcome=Reached(stage=Stage.FILED, on=day)),
            RetractOutcome(matter=f"m{n}", stage=Stage.FILED, reason="有误"),
            Pair(pairing=f"p{n}", body=paired),
            EndPairing(pairing=f"p{n}", until=LAST),
            SetFinding(finding=f"f{n}", body=found),
            RevokeFinding(finding=f"f{n}", reason="有误"),
        ]
        return OFFICE, self.one_of(changes)

    def on_units(self) -> tuple[Actor, Command]:
        """Something on record of a unit that members are in, or what kind of unit it is."""
        n, unit, day = self.random.randint(0, 4), self.one_of([SOUTH, NORTH, ECONOMY]), self.day()
        standard = MetStandard(standard="studio", item=f"{n}")
        criticism = WasSanctioned(sanction=Sanction.CIRCULATED_CRITICISM, by="县政协")
        said: list[Details] = [standard, standard, criticism]
        details = self.one_of(said)
        found: Finding[Any] = Finding(
            details=details, on=day, body="县政协", reason="验收", unit=unit
        )
        checked = Matter(
            details=WasInspected(check=Check.ACCEPTANCE),
            title="验收",
            on=day,
            organiser=COUNTY,
            authors=(Author(unit=unit),),
        )
        passed = Reached(stage=Stage.PASSED, on=day + timedelta(days=self.random.randint(0, 400)))
        kind = self.one_of([UnitKind.STUDIO, UnitKind.LIAISON_ROOM])
        changes: list[Command] = [
            *([SetFinding(finding=f"u{n}", body=found)] * 3),
            RevokeFinding(finding=f"u{n}", reason="有误"),
            RecordMatter(matter=f"c{n}", body=checked),
            *([ReportOutcome(matter=f"c{n}", outcome=passed)] * 3),
            RetractOutcome(matter=f"c{n}", stage=Stage.PASSED, reason="有误"),
            DescribeUnit(
                unit=SOUTH, profile=UnitProfile(kind=kind, name="南工作室"), reason="更正"
            ),
        ]
        return OFFICE, self.one_of(changes)

    def on_members_of_units(self) -> tuple[Actor, Command]:
        """Who was in no studio, or in no sector, comes into one, and may go again."""
        who, bond, units = self.one_of(
            [(SUN, Bond.STUDIO, (SOUTH, NORTH)), (ZHOU, Bond.SECTOR, (ECONOMY, MEDICINE))]
        )
        unit, day = self.one_of(units), self.day()
        comes = Join(person=who, membership=Membership(bond=bond, unit=unit, since=day))
        changes: list[Command] = [
            *([comes] * 3),
            Leave(person=who, bond=bond, unit=unit, until=day),
        ]
        return OFFICE, self.one_of(changes)

    def of_units(self) -> tuple[Actor, Command]:
        """What members' cards hang on where their units' records count: those, who is in the units, and the rubric."""
        return self.one_of(
            [
                *([self.on_units] * 4),
                *(self.on_members_of_units, self.on_roster, self.on_documents),
            ]
        )()


@st.composite
def logs(draw: st.DrawFn) -> County:
    """A county in which a good deal has happened."""
    rumour = Rumour(draw(st.integers(0, 1_000_000)))
    county = County(day=LAST).found()
    for n in range(draw(st.integers(0, 120))):
        county.try_to(*rumour.said())
        county.day = LAST + timedelta(days=n // 12)
    return county


@st.composite
def logs_of_units(draw: st.DrawFn) -> County:
    """A county whose members have points by their units, in which units are spoken of and members move."""
    rumour = Rumour(draw(st.integers(0, 1_000_000)))
    county = County(day=LAST).found()
    says = draw(st.sampled_from([None, *OF_UNITS_SAYS, OF_UNITS_SAYS[-1]]))
    if says is not None:
        county.say(OFFICE, of_units(more=says))
    for _ in range(draw(st.integers(0, 40))):
        county.try_to(*rumour.one_of([rumour.of_units, rumour.of_units, rumour.visit])())
    # Nothing hides a difference of the cards where at the end nothing but units is spoken of.
    for _ in range(draw(st.integers(0, 12))):
        county.try_to(*rumour.on_units())
    return county


@contextmanager
def fresh_file() -> Iterator[SqliteStore]:
    """A SQLite store that is gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="lvzhi-read-") as folder,
        closing(SqliteStore(Path(folder), "small")) as store,
    ):
        yield store


def read_whole(county: County, store: Store, *, at_a_time: int = 5_000) -> dict[str, list[Row]]:
    county.reader(store, at_a_time=at_a_time).catch_up()
    return rows_of(store, "small")


SLOW = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@settings(SLOW, max_examples=15)
@given(logs(), st.integers(1, 9))
def test_any_batching_gives_identical_tables(county: County, at_a_time: int) -> None:
    with fresh_file() as one, fresh_file() as other:
        whole = read_whole(county, one)
        assert read_whole(county, other, at_a_time=at_a_time) == whole
        county.reader(other).rebuild()
        assert rows_of(other, "small") == whole
    by_hand = folded(county)
    assert by_hand == {name: whole[name] for name in by_hand}


@settings(SLOW, max_examples=40)
@given(logs_of_units(), st.integers(1, 9))
def test_cards_follow_what_is_said_of_units_alike_in_any_batches(
    county: County, at_a_time: int
) -> None:
    """Entry by entry, some at a time, all at once, and made anew."""
    with fresh_file() as one, fresh_file() as other, fresh_file() as some:
        whole = read_whole(county, one)
        assert read_whole(county, other, at_a_time=1) == whole
        assert read_whole(county, some, at_a_time=at_a_time) == whole
        county.reader(other).rebuild()
        assert rows_of(other, "small") == whole


@settings(SLOW, max_examples=4)
@given(logs(), st.integers(1, 9))
def test_both_databases_hold_the_same(
    shared_postgres_store: PostgresStore, county: County, at_a_time: int
) -> None:
    with shared_postgres_store.writing() as writing:
        writing.clear("small")
    with fresh_file() as file:
        whole = read_whole(county, file)
        assert read_whole(county, shared_postgres_store, at_a_time=at_a_time) == whole
        county.reader(shared_postgres_store).rebuild()
        assert rows_of(shared_postgres_store, "small") == whole


def folded(county: County) -> dict[str, list[Row]]:
    """The folded tables, entry by entry and without a database."""
    rows = Rows("small")
    for entry in county.entries:
        rows.apply(fold("small", [entry], rows.load, WindowsByDay(Policies()), TODAY))
    papers = [bodies.document(body) for body in rows.bodies_of(DOCUMENTS)]
    rows.restamp(policies_of(papers, Shelf(read_document)))
    return {table.name: in_order(found) for table, found in rows.tables()}


@settings(SLOW, max_examples=10)
@given(logs(), st.data())
def test_what_was_known_then_is_what_the_first_entries_say(
    county: County, data: st.DataObject
) -> None:
    position = data.draw(st.integers(1, county.log.head()))
    with fresh_file() as whole, fresh_file() as part:
        now = county.reader(whole)
        now.catch_up()
        then = county.reader(part, up_to=position)
        then.catch_up()
        with whole.reading() as late, part.reading() as early:
            assert as_of.roster(late, "small", position) == as_of.roster(early, "small")
            for who in MEMBERS:
                cards = [
                    scorecards.cards(
                        connection,
                        "small",
                        reader.shelf,
                        who,
                        period=Period.year(2025),
                        today=TODAY,
                        position=at,
                    )
                    for connection, reader, at in ((late, now, position), (early, then, None))
                ]
                assert [c.scorecard for c in cards[0]] == [c.scorecard for c in cards[1]]


def with_visits(county: County, count: int = 6) -> County:
    for n in range(count):
        day = date(2025, 6, 1 + n)
        county.visited(CLERK, f"v{n}", visit(LI, WANG, on=day, title=f"走访{n}"))
    return county


def test_two_readers_are_harmless(store: Store, county: County) -> None:
    with_visits(county)
    readers = [county.reader(store, at_a_time=3) for _ in range(2)]
    together = threading.Barrier(2)

    def read(reader: Reader) -> None:
        together.wait()
        reader.catch_up()

    threads = [threading.Thread(target=read, args=(reader,)) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [reader.position for reader in readers] == [county.log.head()] * 2
    with fresh_file() as alone:
        assert rows_of(store, "small") == read_whole(county, alone)


def test_a_reader_that_was_overtaken_goes_on_from_there(store: Store, county: County) -> None:
    behind = county.reader(store)
    county.reader(store).catch_up()
    with_visits(county)
    assert behind.catch_up() == county.log.head()


class Broken(Exception):
    """What an entry that cannot be folded brings about."""


def breaking(county: County, store: Store, position: int, on_poison: OnPoison) -> Reader:
    """A reader to whom the log does not give one entry."""

    def since(after: int, limit: int) -> list[Entry[Any]]:
        entries = county.since(after, limit)
        if any(entry.position == position for entry in entries):
            raise Broken(str(position))
        return entries

    return Reader(
        store,
        "small",
        since,
        today=lambda: TODAY,
        read_document=read_document,
        on_poison=on_poison,
    )


def test_a_poison_entry_stops_the_reader_just_before_it(store: Store, county: County) -> None:
    with_visits(county)
    poison = county.log.head() - 3
    with pytest.raises(Poisoned) as stopped:
        breaking(county, store, poison, OnPoison.STOP).catch_up()
    assert stopped.value.position == poison
    with store.reading() as connection:
        assert as_of.position_now(connection, "small") == poison - 1


def test_a_poison_entry_is_set_aside_and_told(store: Store, county: County) -> None:
    with_visits(county)
    poison = county.log.head() - 3
    reader = breaking(county, store, poison, OnPoison.QUARANTINE)
    assert reader.catch_up() == county.log.head()
    expected = [(poison, "", "Broken", f"Broken: {poison}")]
    with store.reading() as connection:
        assert as_of.quarantined(connection, "small") == expected
    once = rows_of(store, "small")
    assert len(once["entries"]) == county.log.head() - 1
    reader.rebuild()
    assert rows_of(store, "small") == once


def test_a_document_that_cannot_be_read_is_poison_and_not_its_neighbours(
    store: Store, county: County
) -> None:
    county.say(OFFICE, publication(Sort.RUBRIC, text="not a rubric"))
    poison = county.log.head()
    with_visits(county)
    with pytest.raises(Poisoned) as stopped:
        county.reader(store).catch_up()
    assert (stopped.value.position, stopped.value.stream) == (poison, "rubric/rehearsal")
    reader = county.reader(store, on_poison=OnPoison.QUARANTINE)
    assert reader.catch_up() == county.log.head()
    with store.reading() as connection:
        assert [each[0] for each in as_of.quarantined(connection, "small")] == [poison]
    once = rows_of(store, "small")
    reader.rebuild()
    assert rows_of(store, "small") == once


def test_a_document_is_poison_at_its_own_entry_before_there_is_anybody_to_score(
    store: Store,
) -> None:
    county = County()
    county.say(OFFICE, founding()[0], publication(Sort.RUBRIC, text="not a rubric"))
    with pytest.raises(Poisoned) as stopped:
        county.reader(store).catch_up()
    assert stopped.value.position == 2


def test_a_reader_whose_rows_were_made_anew_does_not_go_by_what_it_remembers(
    store: Store, county: County
) -> None:
    with_visits(county)
    county.say(OFFICE, publication(Sort.RUBRIC))
    poison = county.log.head() - 2
    live = county.reader(store)
    breaking(county, store, poison, OnPoison.QUARANTINE).catch_up()
    live.catch_up()
    county.visited(CLERK, "one", visit(LI))
    live.catch_up()
    county.reader(store).rebuild()
    county.visited(CLERK, "two", visit(LI))
    live.catch_up()
    with fresh_file() as alone:
        assert rows_of(store, "small") == read_whole(county, alone)


def test_a_read_model_that_was_emptied_is_read_again(store: Store, county: County) -> None:
    reader = county.reader(store)
    reader.catch_up()
    whole = rows_of(store, "small")
    with store.writing() as writing:
        writing.clear("small")
    county.visited(CLERK, "one", visit(LI))
    reader.catch_up()
    with fresh_file() as alone:
        assert rows_of(store, "small") == read_whole(county, alone) != whole


def test_a_file_of_another_layout_is_made_anew_and_read_again(
    tmp_path: Path, county: County
) -> None:
    with closing(SqliteStore(tmp_path, "small")) as store:
        county.reader(store).catch_up()
        told = rows_of(store, "small")
        with closing(sqlite3.connect(store.file, isolation_level=None)) as raw:
            layout = raw.execute("PRAGMA user_version").fetchone()
            raw.execute("DROP TABLE units")
            raw.execute("PRAGMA user_version = 1")
    with closing(SqliteStore(tmp_path, "small")) as store:
        with closing(sqlite3.connect(store.file)) as raw:
            assert raw.execute("PRAGMA user_version").fetchone() == layout
        assert not any(rows_of(store, "small").values())
        county.reader(store).catch_up()
        assert rows_of(store, "small") == told
    # As it should be, it is left as it is.
    with closing(SqliteStore(tmp_path, "small")) as store:
        assert rows_of(store, "small") == told


def test_what_one_file_was_asked_is_not_put_into_words_again_for_another(
    tmp_path: Path, county: County
) -> None:
    with closing(SqliteStore(tmp_path, "small")) as store:
        county.reader(store).catch_up()
        told = rows_of(store, "small")
        known = set(_compiled)
    assert known
    with closing(SqliteStore(tmp_path / "other", "small")) as other:
        county.reader(other).catch_up()
        assert rows_of(other, "small") == told
        assert set(_compiled) == known


def test_a_gap_in_the_log_stops_the_reader(store: Store, county: County) -> None:
    def since(after: int, limit: int) -> list[Entry[Any]]:
        return [entry for entry in county.since(after, limit) if entry.position != 5]

    reader = Reader(store, "small", since, today=lambda: TODAY, read_document=read_document)
    with pytest.raises(Poisoned) as stopped:
        reader.catch_up()
    assert stopped.value.position == 5


def test_a_rebuild_takes_in_what_is_appended_meanwhile(store: Store, county: County) -> None:
    with_visits(county, 2)
    county.reader(store).catch_up()
    told = iter(range(4))

    def since(after: int, limit: int) -> list[Entry[Any]]:
        entries = county.since(after, min(limit, 10))
        for n in told:
            county.visited(CLERK, f"meanwhile{n}", visit(ZHAO, on=date(2025, 6, 1 + n)))
            break
        return entries

    reader = Reader(store, "small", since, today=lambda: TODAY, read_document=read_document)
    live = county.reader(store)
    assert reader.rebuild() == county.log.head()
    assert live.catch_up() == county.log.head()
    county.visited(CLERK, "after", visit(LI))
    assert live.catch_up() == county.log.head()
    with fresh_file() as alone:
        assert rows_of(store, "small") == read_whole(county, alone)


def test_a_rebuild_mends_rows_that_were_damaged(store: Store, county: County) -> None:
    county.say(OFFICE, *(publication(sort) for sort in Sort))
    with_visits(county)
    reader = county.reader(store)
    reader.catch_up()
    whole = rows_of(store, "small")
    with store.writing() as writing:
        for table in TABLES:
            held = whole[table.name]
            key = [column.name for column in table.primary_key]
            place = [column.name for column in table.columns]
            if table.name not in {"positions", "quarantine"}:
                keys = [tuple(row[place.index(name)] for name in key) for row in held[::2]]
                writing.delete(table, key, keys)
        # A fact that was never there, and a title that was never said.
        strange = next(row for row in whole["facts"] if row[1] == "occasion/v1")
        writing.insert(FACTS.table, [(strange[0], "occasion/v99", *strange[2:])])
        writing.connection.execute(update(deeds.deed_rows).values(title="改"))
    reader.rebuild()
    assert rows_of(store, "small") == whole


def test_a_rebuild_of_one_ledger_leaves_the_others(
    postgres_store: PostgresStore, county: County
) -> None:
    other = County(MemoryLog("other")).found()
    other.reader(postgres_store).catch_up()
    before = rows_of(postgres_store, "other")
    county.reader(postgres_store).rebuild()
    assert rows_of(postgres_store, "other") == before


def test_what_was_written_is_seen_once_it_has_been_waited_for(store: Store, county: County) -> None:
    reader = county.reader(store)
    stop, wake = threading.Event(), threading.Event()
    running = threading.Thread(target=reader.run_forever, args=(stop, wake))
    running.start()
    try:
        for n in range(3):
            (done,) = county.say(CLERK, RecordOccasion(occasion=f"v{n}", body=visit(LI)))
            wake.set()
            assert reader.wait_for(done.position, 10)
            with store.reading() as connection:
                assert deeds.deed(
                    connection, "small", f"occasion/v{n}", today=TODAY, policy=DEFAULT
                )
    finally:
        stop.set()
        wake.set()
        running.join()


def test_tasks_wait_without_threads(store: Store, county: County) -> None:
    reader = county.reader(store)

    async def ten_wait() -> list[bool]:
        waiting = [asyncio.create_task(reader.arrived(county.log.head(), 10)) for _ in range(10)]
        await asyncio.to_thread(reader.catch_up)
        return await asyncio.gather(*waiting)

    assert asyncio.run(ten_wait()) == [True] * 10


def test_waiting_ends_when_another_process_has_read(store: Store, county: County) -> None:
    waits, reads = county.reader(store), county.reader(store)
    reads.catch_up()
    assert waits.wait_for(county.log.head(), 10)
    assert asyncio.run(waits.arrived(county.log.head(), 10))


def test_waiting_for_what_never_comes_ends(store: Store, county: County) -> None:
    reader = county.reader(store)
    assert not reader.wait_for(county.log.head(), 0.01)
    assert not asyncio.run(reader.arrived(county.log.head(), 0.01))


def test_time_alone_changes_derived_rows_when_refreshed(store: Store, county: County) -> None:
    county.say(OFFICE, publication(Sort.RUBRIC), publication(Sort.CHECKLIST))
    with_visits(county)
    county.reader(store).catch_up()
    before = rows_of(store, "small")
    assert county.reader(store).refresh() == 0
    next_year = date(2026, 1, 2)
    assert county.reader(store, today=next_year).refresh() > 0
    with fresh_file() as alone:
        county.reader(alone, today=next_year).catch_up()
        afresh, after = rows_of(alone, "small"), rows_of(store, "small")
    place = [column.name for column in scorecards.scorecard_rows.columns].index("position")
    kept = {row[1:4]: row[place] for row in before["scorecards"]}
    for row in after["scorecards"]:
        assert row[place] == kept.get(row[1:4], county.log.head())
    assert without(after["scorecards"], place) == without(afresh["scorecards"], place)


def test_a_new_version_makes_only_its_own_cards_anew_from_its_first_year_on(
    store: Store, county: County
) -> None:
    county.say(OFFICE, publication(Sort.RUBRIC), publication(Sort.CHECKLIST))
    with_visits(county)
    reader = county.reader(store)
    reader.catch_up()
    before = rows_of(store, "small")
    county.say(OFFICE, publication(Sort.RUBRIC, "2", date(2025, 1, 1)))

    reader.catch_up()

    after = rows_of(store, "small")
    assert after["checklists"] == before["checklists"]
    names = [column.name for column in scorecards.scorecard_rows.columns]
    first, position = names.index("first"), names.index("position")
    this_year = date(2025, 1, 1).toordinal()
    earlier = [row for row in after["scorecards"] if row[first] < this_year]
    assert earlier
    assert earlier == [row for row in before["scorecards"] if row[first] < this_year]
    anew = [row for row in after["scorecards"] if row[first] == this_year]
    assert anew
    assert {row[position] for row in anew} == {county.log.head()}
    with fresh_file() as alone:
        county.reader(alone).rebuild()
        assert rows_of(alone, "small") == after


def repeal(until: date) -> Repeal:
    return Repeal(sort=Sort.RUBRIC, code="rehearsal", until=until, reason="废止")


def same_as_anew(store: Store, county: County) -> None:
    """A reader that has followed has in its tables what one that begins has in its."""
    county.reader(store).catch_up()
    with fresh_file() as alone:
        county.reader(alone).rebuild()
        assert rows_of(store, "small") == rows_of(alone, "small")


def test_a_later_word_on_a_repeal_makes_anew_what_the_earlier_one_ended(
    store: Store, county: County
) -> None:
    county.say(OFFICE, publication(Sort.RUBRIC), repeal(date(2024, 6, 30)))
    county.reader(store).catch_up()
    county.say(OFFICE, repeal(date(2025, 3, 31)))

    same_as_anew(store, county)


def test_a_repeal_that_is_moved_in_one_batch_with_a_policy_makes_all_anew(
    store: Store, county: County
) -> None:
    longer = publication(Sort.POLICY).text.replace("window_days: 15", "window_days: 40")
    county.say(OFFICE, publication(Sort.RUBRIC), repeal(date(2024, 6, 30)))
    county.reader(store).catch_up()
    county.say(OFFICE, publication(Sort.POLICY, text=longer), repeal(date(2025, 3, 31)))

    same_as_anew(store, county)


def test_versions_of_one_rubric_may_ask_about_periods_of_other_lengths(
    store: Store, county: County
) -> None:
    """A month that the year begins with stands beside the year."""
    text = publication(Sort.RUBRIC).text
    by_month = text.replace("period: 自然年度", "period: 月")
    assert by_month != text
    county.say(
        OFFICE,
        publication(Sort.RUBRIC, "m", date(2024, 1, 1), by_month),
        publication(Sort.RUBRIC, "y", date(2025, 5, 1), text),
    )

    reader = county.reader(store)
    reader.catch_up()
    with store.reading() as connection:
        found = scorecards.cards(
            connection, "small", reader.shelf, LI, period=Period.year(2025), today=TODAY
        )
    spans = [card.scorecard.period.span for card in found]
    assert (spans.count(Span.YEAR), spans.count(Span.MONTH)) == (1, 4)
    with fresh_file() as alone:
        county.reader(alone).rebuild()
        assert rows_of(store, "small") == rows_of(alone, "small")


def without(rows: list[Row], place: int) -> list[Row]:
    return [(*row[:place], *row[place + 1 :]) for row in rows]


def test_a_rule_that_begins_later_moves_the_windows_of_its_own_days_only(
    store: Store, county: County
) -> None:
    longer = publication(Sort.POLICY).text.replace("window_days: 15", "window_days: 40")
    county.say(OFFICE, publication(Sort.POLICY, since=date(2025, 6, 3), text=longer))
    with_visits(county, 3)

    county.reader(store).catch_up()
    with store.reading() as connection:
        rows = FACTS.table.c
        asked = select(rows.on, rows.sector_due).where(rows.subject == f"member/{LI}")
        dues = {on.day: due for on, due in connection.execute(asked)}

    recorded = county.day
    assert dues == {
        1: recorded + timedelta(days=15),
        2: recorded + timedelta(days=15),
        3: recorded + timedelta(days=40),
    }
    county.reader(store, today=date(2025, 7, 1)).refresh()
    with fresh_file() as alone:
        county.reader(alone, today=date(2025, 7, 1)).catch_up()
        assert rows_of(store, "small") == rows_of(alone, "small")


def test_a_last_day_that_stands_for_ever_is_read_and_derived_from(sqlite_store: Store) -> None:
    county = County().found()
    ever = Membership(bond=Bond.SECTOR, unit=MEDICINE, since=date(2025, 6, 1), until=date.max)
    county.say(OFFICE, publication(Sort.RUBRIC), Join(person=LI, membership=ever))

    assert county.reader(sqlite_store).catch_up() == county.log.head()


def test_the_planner_is_told_after_many_entries_and_not_after_each(
    store: Store, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[int]()
    monkeypatch.setattr(store, "survey", lambda: told.append(len(county.entries)))
    monkeypatch.setattr("projections.reader.MANY", 5)
    reader = county.reader(store)
    reader.catch_up()
    assert told == [len(county.entries)]
    for n in range(6):
        county.visited(CLERK, f"v{n}", visit(LI, WANG, on=date(2025, 6, 1 + n)))
        reader.catch_up()
    assert told[1:] == [len(county.entries) - 1]
    county.reader(store).rebuild()
    assert told[2:] == [len(county.entries)]


def test_what_was_read_stands_where_the_planner_cannot_be_told(
    store: Store, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> None:
        raise OSError("no room")

    monkeypatch.setattr(store, "survey", failing)
    assert county.reader(store).rebuild() == county.log.head()


def test_the_planner_counts_rows_where_it_is_told_to(
    postgres_store: PostgresStore, county: County
) -> None:
    with_visits(county, 3)
    county.reader(postgres_store).catch_up()
    postgres_store.survey()
    with postgres_store.reading() as connection:
        guessed = connection.exec_driver_sql(
            "SELECT reltuples FROM pg_class WHERE oid = 'lvzhi.facts'::regclass"
        ).scalar_one()
        assert guessed == len(connection.execute(select(FACTS.table.c.deed)).all())
