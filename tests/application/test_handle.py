"""Carrying out commands: a verdict each, decided on the newest head, spent once, never lost."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application import codec
from application.group_commit import GroupCommit
from application.handle import Done, Request, Verdict, Writer
from application.log import Log, NewRow, Spent
from application.memory_log import MemoryLog
from application.postgres_log import LogPool, PostgresLog, create_ledger
from domain.deed import Confirm, LinkSame, Return, UnlinkSame, Withdraw
from domain.kinds.people import Counterpart, PairedWith, Relation
from domain.member import Admit, Bond, Dismiss, Exit, Membership, Profile, Term
from domain.occasion import AmendOccasion, RecordOccasion
from domain.pairing import Pair, Pairing
from domain.people import Actor, PersonId, Reason, Refused, Role
from domain.streams import OpenLedger
from domain.unit import Appoint, Appointment, Office, OpenUnit, Side, UnitKind, UnitProfile
from tests.county import BEGAN, CLERK, COUNTY, ECONOMY, LI, OFFICE, SOUTH, WANG, ZHAO, visit
from tests.faults import killed


def noon() -> datetime:
    """Noon of 30 June 2025 in the county."""
    return datetime(2025, 6, 30, 4, tzinfo=UTC)


def beginning() -> list[Request]:
    """A county with a sector, a studio and three members."""
    bonds = (
        Membership(bond=Bond.SECTOR, unit=ECONOMY, since=BEGAN),
        Membership(bond=Bond.STUDIO, unit=SOUTH, since=BEGAN),
    )
    commands: list[Any] = [
        OpenLedger(code="t", committee="演练县政协"),
        *(
            OpenUnit(unit=u, profile=UnitProfile(kind=k, name=u), since=BEGAN)
            for u, k in (
                (COUNTY, UnitKind.COMMITTEE),
                (ECONOMY, UnitKind.SECTOR),
                (SOUTH, UnitKind.STUDIO),
            )
        ),
        *(
            Admit(
                person=p,
                profile=Profile(name=p),
                term=Term(number=10, since=BEGAN),
                memberships=bonds,
            )
            for p in (WANG, LI, ZHAO)
        ),
        Appoint(
            unit=ECONOMY,
            appointment=Appointment(person=WANG, office=Office.CONVENOR, since=BEGAN),
        ),
    ]
    return [
        Request(command=c, actor=OFFICE, command_id=f"begin-{i}") for i, c in enumerate(commands)
    ]


def writer_on(log: Log) -> Writer:
    return Writer(log, clock=noon)


@pytest.fixture
def county(any_log: Log) -> Writer:
    """A writer on a ledger in which the county has begun."""
    writer = writer_on(any_log)
    assert all(isinstance(v, Done) for v in writer.write(beginning()))
    return writer


def record(occasion: str, *people: PersonId, title: str = "走访韩村", **asked: Any) -> Request:
    asked.setdefault("command_id", f"id-{occasion}")
    return Request(
        command=RecordOccasion(occasion=occasion, body=visit(*people or (LI,), title=title)),
        actor=asked.pop("actor", CLERK),
        **asked,
    )


def reasons(verdicts: Sequence[Verdict]) -> list[Reason | None]:
    return [v.reason if isinstance(v, Refused) else None for v in verdicts]


def test_a_refused_command_fails_alone(county: Writer) -> None:
    future = Request(
        command=RecordOccasion(occasion="b", body=visit(LI, on=date(2025, 7, 1))),
        actor=CLERK,
        command_id="id-b",
    )

    verdicts = county.write([record("a"), future, record("c", title="走访李村")])

    assert reasons(verdicts) == [None, Reason.IN_FUTURE, None]
    head = county.log.head()
    assert [v.position for v in verdicts if isinstance(v, Done)] == [head - 1, head]


def test_later_commands_of_a_batch_see_what_earlier_ones_did(county: Writer) -> None:
    confirm = Request(
        command=Confirm(deed="occasion/a", side=Side.SECTOR),
        actor=Actor(person=WANG, role=Role.HEAD, unit=ECONOMY),
        command_id="confirm",
    )

    _, confirmed = county.write([record("a"), confirm])

    assert isinstance(confirmed, Done)
    assert (confirmed.version, confirmed.entries) == (2, 1)


def test_a_repeat_returns_the_first_result(county: Writer) -> None:
    first = county.one(record("a"))

    again = county.one(record("a"))

    assert (again.position, again.version, again.again) == (first.position, first.version, True)


def test_a_repeat_within_one_batch_returns_the_first_result(county: Writer) -> None:
    first, again = county.write([record("a"), record("a")])

    assert isinstance(first, Done)
    assert isinstance(again, Done)
    assert (again.position, again.again) == (first.position, True)


def test_a_repeat_after_a_restart_returns_the_first_result(county: Writer) -> None:
    first = county.one(record("a"))

    again = writer_on(county.log).one(record("a"))

    assert (again.position, again.again) == (first.position, True)


def test_a_command_id_cannot_be_spent_on_something_else(county: Writer) -> None:
    county.one(record("a"))

    (refused,) = county.write([record("a", ZHAO, command_id="id-a")])
    (other,) = county.write([record("b", command_id="id-a")])

    assert reasons([refused, other]) == [Reason.COMMAND_ID_REUSED] * 2


def test_another_command_on_a_stream_that_exists_is_refused(county: Writer) -> None:
    county.one(record("a"))

    (refused,) = writer_on(county.log).write([record("a", command_id="another")])

    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (Reason.ALREADY_RECORDED, "/occasion")


def test_a_record_that_was_refused_hides_nothing_of_what_is_there(county: Writer) -> None:
    county.one(record("a"))
    late = writer_on(county.log)
    again = RecordOccasion(occasion="a", body=visit(LI, on=date(2025, 7, 1)))
    confirm = Confirm(deed="occasion/a", side=Side.SECTOR)
    convenor = Actor(person=WANG, role=Role.HEAD, unit=ECONOMY)

    late.write([Request(command=again, actor=CLERK, command_id="again")])
    done = late.one(Request(command=confirm, actor=convenor, command_id="confirm"))

    assert (done.version, done.entries) == (2, 1)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("wrong", [" ", "走访企业"])
def test_a_record_that_is_refused_hides_nothing_from_others_of_the_batch(
    county: Writer, wrong: str, first: bool
) -> None:
    county.write([record("a"), record("b", title="b")])
    command = LinkSame(deed="occasion/b", same_as="occasion/a")
    link = Request(command=command, actor=OFFICE, command_id="link")
    refused = record("a", title=wrong, command_id="again")

    verdicts = writer_on(county.log).write([refused, link] if first else [link, refused])

    assert isinstance(verdicts[first], Done)
    assert isinstance(verdicts[not first], Refused)


def test_an_endless_name_is_of_no_record_and_is_not_remembered(county: Writer) -> None:
    county.one(record("a"))
    endless = "occasion/" + "a" * 200_000
    for deed, same_as in ((endless, "occasion/a"), ("occasion/a", endless)):
        link = LinkSame(deed=deed, same_as=same_as)
        with pytest.raises(Refused) as refused:
            county.one(Request(command=link, actor=OFFICE, command_id=deed[:20]))
        assert refused.value.reason is Reason.NO_SUCH_DEED
    assert endless not in county.opened()._deeds


def test_what_was_changed_meanwhile_is_not_overwritten(county: Writer) -> None:
    county.one(record("a"))
    amend = AmendOccasion(occasion="a", body=visit(LI, ZHAO), reason="补录赵委员")

    county.one(Request(command=amend, actor=CLERK, command_id="m1", seen=1))
    stale = AmendOccasion(occasion="a", body=visit(ZHAO), reason="更正")
    (refused,) = county.write([Request(command=stale, actor=CLERK, command_id="m2", seen=1)])

    assert reasons([refused]) == [Reason.CHANGED_MEANWHILE]


def test_saying_the_same_again_appends_nothing(county: Writer) -> None:
    county.one(record("a"))
    head = county.log.head()
    same = AmendOccasion(occasion="a", body=visit(LI), reason="无改动")

    done = county.one(Request(command=same, actor=CLERK, command_id="m"))

    assert (done.entries, county.log.head()) == (0, head)


def test_a_first_result_is_told_only_to_who_asked_for_it(county: Writer) -> None:
    county.one(record("a"))

    other = Actor(person=PersonId("other"), role=Role.CLERK, unit=SOUTH)
    auditor = Actor(person=CLERK.person, role=Role.AUDITOR)
    verdicts = county.write([record("a", actor=other)])

    assert reasons(verdicts) == [Reason.COMMAND_ID_REUSED]
    assert reasons(county.write([record("a", actor=auditor)])) == [Reason.NOT_ALLOWED]


def test_links_make_no_chain(county: Writer) -> None:
    for name in "abc":
        county.one(record(name, title=name))

    def link(deed: str, same_as: str) -> Request:
        command = LinkSame(deed=f"occasion/{deed}", same_as=f"occasion/{same_as}")
        return Request(command=command, actor=OFFICE, command_id=f"{deed}-{same_as}")

    county.one(link("c", "a"))
    chained = [link("a", "b"), link("b", "c")]
    for writer in (county, writer_on(county.log)):
        assert reasons(writer.write(chained)) == [Reason.LINKED_TO, Reason.ALREADY_DONE]

    undo = UnlinkSame(deed="occasion/c", reason="是两次走访")
    county.one(Request(command=undo, actor=OFFICE, command_id="undo"))
    assert county.one(link("a", "b")).entries == 1


def test_what_changed_nothing_spends_its_command_id_all_the_same(county: Writer) -> None:
    convenor = Actor(person=WANG, role=Role.HEAD, unit=ECONOMY)
    confirm = Confirm(deed="occasion/a", side=Side.SECTOR)
    county.one(record("a"))
    county.one(Request(command=confirm, actor=convenor, command_id="first"))
    county.one(Request(command=confirm, actor=convenor, command_id="again"))
    returned = Return(deed="occasion/a", side=Side.SECTOR, people=(LI,), reason="人员有误")
    county.one(Request(command=returned, actor=convenor, command_id="returned"))
    head = county.log.head()

    retried = county.one(Request(command=confirm, actor=convenor, command_id="again"))
    (other,) = county.write([Request(command=returned, actor=convenor, command_id="again")])

    assert (retried.entries, retried.again, county.log.head()) == (0, True, head)
    assert reasons([other]) == [Reason.COMMAND_ID_REUSED]


def test_a_likely_duplicate_is_warned_of_with_a_link(county: Writer) -> None:
    county.one(record("a"))

    done = county.one(record("b", ZHAO, LI))

    assert [(w.reason, w.field, w.deed) for w in done.warnings] == [
        (Reason.LIKELY_DUPLICATE, "/body/participants/1/person", "occasion/a")
    ]


def test_when_the_newest_of_two_like_records_is_withdrawn_the_older_one_is_warned_of(
    county: Writer,
) -> None:
    county.one(record("a"))
    county.one(record("b"))
    undo = Withdraw(deed="occasion/b", reason="重复登记")
    county.one(Request(command=undo, actor=CLERK, command_id="undo"))

    assert [w.deed for w in county.one(record("c")).warnings] == ["occasion/a"]
    assert [w.deed for w in writer_on(county.log).one(record("d")).warnings] == ["occasion/c"]


def test_a_visit_names_a_pairing_that_there_is(county: Writer) -> None:
    body = replace(visit(LI), pairing="p")
    serves = RecordOccasion(occasion="a", body=body)
    (refused,) = county.write([Request(command=serves, actor=CLERK, command_id="1")])
    assert reasons([refused]) == [Reason.NO_SUCH_PAIRING]

    details = PairedWith(
        relation=Relation.ASSISTANCE, counterpart=Counterpart.HOUSEHOLD, counterpart_name="张家"
    )
    pairing = Pairing(details=details, person=LI, since=BEGAN, organiser=COUNTY)
    pair = Pair(pairing="p", body=pairing)
    county.one(Request(command=pair, actor=OFFICE, command_id="2"))
    assert county.one(Request(command=serves, actor=CLERK, command_id="3")).entries == 1


def test_strictness_refuses_a_likely_duplicate(county: Writer) -> None:
    county.one(record("a"))

    (refused,) = county.write([record("b", strict=True)])

    assert reasons([refused]) == [Reason.LIKELY_DUPLICATE]


def test_likenesses_are_known_after_a_restart(county: Writer) -> None:
    county.one(record("a"))

    done = writer_on(county.log).one(record("b"))

    assert [w.deed for w in done.warnings] == ["occasion/a"]


def test_a_writer_that_was_overtaken_decides_again_on_the_newest_head(county: Writer) -> None:
    other = writer_on(county.log)
    other.one(record("a"))
    leaves = Dismiss(person=LI, on=date(2025, 6, 1), how=Exit.RESIGNED)
    county.one(Request(command=leaves, actor=OFFICE, command_id="leaves"))

    (refused,) = other.write([record("b")])

    assert reasons([refused]) == [Reason.NOT_A_MEMBER_THEN]


def test_two_writers_on_one_ledger_lose_nothing_and_leave_no_gap(county: Writer) -> None:
    writers = [county, writer_on(county.log)]
    before = county.log.head()

    def write(which: int) -> None:
        for n in range(40):
            done = writers[which].one(record(f"{which}-{n}", title=f"{which}-{n}"))
            assert done.entries == 1

    threads = [threading.Thread(target=write, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    positions = [row.position for row in county.log.since(0, 1000)]
    assert positions == list(range(1, before + 81))


def test_recorded_at_never_decreases_with_position(any_log: Log) -> None:
    instants = iter([noon(), noon() - timedelta(hours=1), noon() + timedelta(hours=1)])
    writer = Writer(any_log, clock=lambda: next(instants, noon() + timedelta(hours=2)))
    writer.write(beginning())
    writer.one(record("a"))
    writer.one(record("b"))

    at = [codec.envelope_of(row).at for row in any_log.since(0, 100)]

    assert at == sorted(at)


def test_the_envelope_tells_who_when_why_and_through_which_door(county: Writer) -> None:
    county.one(record("a", cause="import:abc"))

    told = codec.envelope_of(county.log.since(0, 100)[-1])

    assert (told.by, told.role, told.unit, told.via, told.cause, told.command, told.on) == (
        CLERK.person,
        CLERK.role,
        CLERK.unit,
        CLERK.via,
        "import:abc",
        "id-a",
        date(2025, 6, 10),
    )
    assert (told.at, told.day) == (noon(), date(2025, 6, 30))


class LosesReplies(MemoryLog):
    """A log whose answers are lost after the commit, as when a connection is cut."""

    lost = 0

    def append(self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]) -> None:
        super().append(expected_head, rows, spent)
        if self.lost:
            self.lost -= 1
            raise psycopg.OperationalError("the connection was lost")


def test_an_answer_lost_after_the_commit_is_looked_up_and_told_as_success() -> None:
    log = LosesReplies("t")
    writer = writer_on(log)
    writer.write(beginning())
    log.lost = 1

    verdicts = writer.write([record("a"), record("b", title="走访李村")])

    assert reasons(verdicts) == [None, None]
    assert [r.stream for r in log.since(0, 100)][-2:] == ["occasion/a", "occasion/b"]


INSERT = re.compile(b"INSERT INTO|append to")
"""What a client says who appends, with a prepared statement or without one."""


class Cut:
    """A relay to a PostgreSQL server that, once armed, cuts the line just as the server answers an insert."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.armed = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(self.server)
            doomed = threading.Event()
            for one, other in ((client, upstream), (upstream, client)):
                threading.Thread(
                    target=self._relay, args=(one, other, one is upstream, doomed), daemon=True
                ).start()

    def _relay(
        self, one: socket.socket, other: socket.socket, from_server: bool, doomed: threading.Event
    ) -> None:
        with one, other:
            try:
                while told := one.recv(65536):
                    if from_server and doomed.is_set():
                        self.armed.clear()
                        return
                    if not from_server and self.armed.is_set() and INSERT.search(told):
                        doomed.set()
                    other.sendall(told)
            except OSError:
                pass
            finally:
                for end in (one, other):
                    try:
                        end.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        continue


@pytest.fixture
def cut_line(postgres_url: str) -> Iterator[tuple[Cut, str]]:
    """A relay to the test server and the URL that goes through it."""
    told = urlsplit(postgres_url)
    host = parse_qs(told.query).get("host", [""])[0]
    if not host.startswith("/"):
        pytest.fail("this test relays to the unix socket of the embedded server")
    cut = Cut(f"{host}/.s.PGSQL.{told.port or 5432}")
    user = told.username or "postgres"
    yield cut, f"postgresql://{user}@127.0.0.1:{cut.port}{told.path}?sslmode=disable"
    cut.listener.close()


@pytest.mark.parametrize("prepares_after", [0, 2])
def test_a_connection_cut_after_the_commit_is_answered_as_success(
    cut_line: tuple[Cut, str],
    postgres_url: str,
    fresh_code: str,
    monkeypatch: pytest.MonkeyPatch,
    prepares_after: int,
) -> None:
    monkeypatch.setattr("application.postgres_log.APPENDS_BEFORE_PREPARING", prepares_after)
    cut, url = cut_line
    create_ledger(postgres_url, fresh_code)
    for n in range(3):
        with LogPool(url, size=1) as pool:
            writer = writer_on(PostgresLog(pool, fresh_code))
            writer.write(beginning())
            writer.one(record(f"before-{n}", title=f"before {n}"))
            cut.armed.set()
            done = writer.one(record(f"cut-{n}", title=f"{n}"))
            assert (done.stream, done.again) == (f"occasion/cut-{n}", True)
            assert not cut.armed.is_set()
    with closing(PostgresLog(postgres_url, fresh_code)) as log:
        names = [row.stream for row in log.since(0, 100)]

    assert [n for n in names if "cut" in n] == [f"occasion/cut-{n}" for n in range(3)]


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_a_writer_that_is_killed_loses_and_doubles_nothing(
    store: str, tmp_path: Path, postgres_url: str
) -> None:
    """A few times; tests/campaigns kills it more often."""
    killed(store, str(tmp_path) if store == "sqlite" else postgres_url, 4)


def test_tasks_share_a_transaction_and_get_a_verdict_each(county: Writer) -> None:
    async def many() -> list[Done | BaseException]:
        commit = GroupCommit(county)
        requests = [record(f"g{n}", title=f"{n}") for n in range(50)]
        bad = record("bad", PersonId("nobody"))
        answers = await asyncio.gather(
            *(commit.submit(r) for r in [*requests, bad]), return_exceptions=True
        )
        commit.close()
        return answers

    *good, bad = asyncio.run(many())

    assert [d.stream for d in good if isinstance(d, Done)] == [f"occasion/g{n}" for n in range(50)]
    assert isinstance(bad, Refused)
    assert bad.reason is Reason.NO_SUCH_PERSON


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=6)))
def test_however_commands_are_batched_and_repeated_each_is_carried_out_once(
    batches: list[list[tuple[int, int]]],
) -> None:
    log = MemoryLog("t")
    writers = [writer_on(log) for _ in range(3)]
    writers[0].write(beginning())
    asked: set[int] = set()

    for batch in batches:
        for which in {w for _, w in batch}:
            numbers = [n for n, w in batch if w == which]
            asked.update(numbers)
            verdicts = writers[which].write([record(f"r{n}", title=f"{n}") for n in numbers])
            assert reasons(verdicts) == [None] * len(numbers)

    visits = [row.stream for row in log.since(0, 1000) if row.name == "visited_village"]
    assert sorted(visits) == sorted(f"occasion/r{n}" for n in asked)


def test_a_refusal_too_is_given_on_what_another_writer_has_recorded(any_log: Log) -> None:
    new = PersonId("new")
    one, other = writer_on(any_log), writer_on(any_log)
    one.write(beginning())
    other.opened()
    admit = Admit(person=new, profile=Profile(name="new"), term=Term(number=10, since=BEGAN))
    one.one(Request(command=admit, actor=OFFICE, command_id="admit"))

    assert other.one(record("a", new)).entries == 1


def test_a_refusal_is_not_kept_from_a_batch_that_took_a_stream_for_new(county: Writer) -> None:
    county.one(record("a"))
    convenor = Actor(person=WANG, role=Role.HEAD, unit=ECONOMY)
    confirm = Request(
        command=Confirm(deed="occasion/a", side=Side.SECTOR, people=(LI,)),
        actor=convenor,
        command_id="confirm",
    )

    verdicts = writer_on(county.log).write([record("a", ZHAO, command_id="again"), confirm])

    assert reasons(verdicts) == [Reason.ALREADY_RECORDED, None]


def test_many_repeats_of_one_command_in_a_batch_get_one_answer(county: Writer) -> None:
    verdicts = county.write([record("a") for _ in range(60)])

    assert reasons(verdicts) == [None] * 60
    assert {v.position for v in verdicts if isinstance(v, Done)} == {county.log.head()}


def test_recorded_at_never_decreases_between_writers_with_different_clocks(any_log: Log) -> None:
    one = Writer(any_log, clock=lambda: noon() + timedelta(hours=1))
    other = writer_on(any_log)
    other.write(beginning())
    one.one(record("a"))
    other.one(record("b"))

    first, second = (codec.envelope_of(row).at for row in any_log.since(any_log.head() - 2, 2))
    assert first <= second


def test_a_record_that_was_amended_to_say_otherwise_is_not_repeated(county: Writer) -> None:
    county.one(record("a", LI))
    amend = AmendOccasion(occasion="a", body=visit(ZHAO), reason="更正")
    county.one(Request(command=amend, actor=CLERK, command_id="amend"))

    assert county.one(record("b", LI, strict=True)).warnings == ()
    assert len(county.one(record("c", ZHAO)).warnings) == 1
