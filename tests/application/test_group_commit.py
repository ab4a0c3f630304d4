"""Deciding ahead: while one batch is being stored the next is decided on top of it, and decided again if that was for nothing."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.group_commit import FEW, GroupCommit
from application.handle import Batch, Done, Request, Verdict, Writer
from application.log import Log, NewRow, Spent
from application.memory_log import MemoryLog
from domain import streams
from domain.deed import Confirm
from domain.member import Dismiss, Exit
from domain.occasion import RecordOccasion
from domain.people import Actor, Reason, Refused, Role
from domain.streams import Command
from domain.unit import Side
from tests.application.test_handle import beginning, reasons, record, writer_on
from tests.county import ECONOMY, LI, OFFICE, WANG


class Late:
    """An answer that is there when the test says so; the append happens just before."""

    def __init__(self, append: Callable[[], None], rows: Sequence[NewRow]) -> None:
        self.append = append
        self.rows = rows
        self.released = threading.Event()
        self.there, self.tell = socket.socketpair()

    def release(self) -> None:
        # In this order: whoever waits for the second closes both ends.
        self.tell.send(b"!")
        self.released.set()

    def fileno(self) -> int:
        return self.there.fileno()

    def is_there(self) -> bool:
        return self.released.is_set()

    def take(self) -> None:
        assert self.released.wait(10)
        self.there.close()
        self.tell.close()
        self.append()


class Slow(MemoryLog):
    """A log that answers when it is told to."""

    def __init__(self) -> None:
        super().__init__("t")
        self.slow = False
        self.sent: list[Late] = []
        self.more = threading.Semaphore(0)

    def send(self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]) -> Late:
        late = Late(lambda: self.append(expected_head, rows, spent), rows)
        if not self.slow:
            late.release()
        self.sent.append(late)
        self.more.release()
        return late


@pytest.fixture
def slow() -> Slow:
    """Such a log on which the county has begun."""
    log = Slow()
    writer_on(log).write(beginning())
    log.sent.clear()
    log.more = threading.Semaphore(0)
    log.slow = True
    return log


def two_ahead(
    slow: Slow, writer: Writer, first: list[Request], then: list[Request]
) -> tuple[Batch, Batch]:
    """One batch sent and not answered, another one decided on top of it."""
    under_way, ahead = Batch(writer), Batch(writer)
    under_way.add(first)
    under_way.send()
    assert under_way.fileno() >= 0
    assert not under_way.try_land()
    ahead.add(then)
    slow.slow = False
    return under_way, ahead


def landed(under_way: Batch, ahead: Batch) -> tuple[list[Verdict], list[Verdict]]:
    """The verdicts of both, one after the other."""
    under_way.land()
    ahead.send()
    ahead.land()
    return under_way.verdicts(), ahead.verdicts()


def confirm(occasion: str) -> Request:
    convenor = Actor(person=WANG, role=Role.HEAD, unit=ECONOMY)
    command = Confirm(deed=f"occasion/{occasion}", side=Side.SECTOR, people=(LI,))
    return Request(command=command, actor=convenor, command_id=f"confirm-{occasion}")


def leaves() -> Request:
    command = Dismiss(person=LI, on=date(2025, 6, 1), how=Exit.RESIGNED)
    return Request(command=command, actor=OFFICE, command_id="leaves")


def test_what_is_decided_ahead_sees_what_is_being_stored(slow: Slow) -> None:
    before = slow.head()
    batches = two_ahead(slow, writer_on(slow), [record("a")], [confirm("a"), confirm("b")])
    slow.sent[0].release()

    (first,), (second, third) = landed(*batches)

    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert (first.position, second.position, second.version) == (before + 1, before + 2, 2)
    assert reasons([third]) == [Reason.NO_SUCH_DEED]


def test_what_was_decided_ahead_is_decided_again_when_the_batch_before_was_overtaken(
    slow: Slow,
) -> None:
    batches = two_ahead(slow, writer_on(slow), [record("a", WANG)], [record("b", LI)])
    writer_on(slow).write([leaves()])
    slow.sent[0].release()

    first, second = landed(*batches)

    assert reasons([*first, *second]) == [None, Reason.NOT_A_MEMBER_THEN]


def test_an_answer_lost_after_the_commit_takes_nothing_from_what_was_decided_ahead(
    slow: Slow,
) -> None:
    batches = two_ahead(slow, writer_on(slow), [record("a")], [confirm("a")])
    store = slow.sent[0].append

    def lost() -> None:
        store()
        raise ConnectionError("the line was cut")

    slow.sent[0].append = lost
    slow.sent[0].release()

    first, second = landed(*batches)

    assert reasons([*first, *second]) == [None, None]
    assert [row.stream for row in slow.since(0, 100)][-2:] == ["occasion/a", "occasion/a"]


def test_a_storage_that_fails_fails_one_batch_and_not_the_one_decided_ahead(slow: Slow) -> None:
    batches = two_ahead(slow, writer_on(slow), [record("a")], [record("b")])

    def broken(*_: object) -> None:
        raise ConnectionError("no disk")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(slow, "append", broken)
        slow.sent[0].append = broken
        slow.sent[0].release()
        batches[0].land()
        with pytest.raises(ConnectionError):
            batches[0].verdicts()
    batches[1].send()
    batches[1].land()

    assert reasons(batches[1].verdicts()) == [None]
    assert [row.stream for row in slow.since(0, 100)][-1:] == ["occasion/b"]


def test_a_command_repeated_while_it_is_being_stored_gets_the_same_answer(slow: Slow) -> None:
    batches = two_ahead(slow, writer_on(slow), [record("a")], [record("a"), record("b")])
    slow.sent[0].release()

    (first,), (again, other) = landed(*batches)

    assert isinstance(again, Done)
    assert isinstance(first, Done)
    assert (again.position, again.again) == (first.position, True)
    assert reasons([other]) == [None]


def test_who_writes_in_between_lands_what_is_under_way_first(slow: Slow) -> None:
    writer = writer_on(slow)
    batches = two_ahead(slow, writer, [record("a", WANG)], [record("b", LI)])
    slow.sent[0].release()

    writer.one(leaves())
    first, second = landed(*batches)

    assert reasons([*first, *second]) == [None, Reason.NOT_A_MEMBER_THEN]


def test_a_stream_taken_for_new_in_a_batch_under_way_is_read_when_it_is_asked_for(
    slow: Slow,
) -> None:
    slow.slow = False
    writer_on(slow).write([record("a")])
    slow.slow = True
    writer = writer_on(slow)
    wrong = record("a", command_id="wrong", title=" ")
    batches = two_ahead(slow, writer, [wrong, record("b")], [confirm("a")])
    slow.sent[-1].release()

    first, second = landed(*batches)

    assert reasons([*first, *second]) == [Reason.MISSING, None, None]


def test_tasks_are_decided_while_others_are_being_stored(slow: Slow) -> None:
    async def many() -> list[Done]:
        commit = GroupCommit(writer_on(slow))
        tasks = [
            asyncio.create_task(commit.submit(record(f"g{n}", title=f"{n}"))) for n in range(40)
        ]
        await asyncio.to_thread(slow.more.acquire)
        (first,) = slow.sent
        late = [asyncio.create_task(commit.submit(record("late", title="late")))]
        slow.slow = False
        first.release()
        done = await asyncio.gather(*tasks, *late)
        await asyncio.to_thread(commit.close)
        return done

    before = slow.head()
    done = asyncio.run(many())

    assert sorted(d.position for d in done) == list(range(before + 1, before + 42))
    assert len(slow.sent) > 1


def test_of_many_that_wait_half_are_stored_while_the_others_are_decided(slow: Slow) -> None:
    async def many() -> None:
        commit = GroupCommit(writer_on(slow))
        tasks = [commit.submit(record(f"g{n}", title=f"{n}")) for n in range(64)]
        await asyncio.gather(*tasks)
        await asyncio.to_thread(commit.close)

    before = slow.head()
    slow.slow = False
    asyncio.run(many())

    assert slow.head() == before + 64
    assert [len(late.rows) for late in slow.sent] == [32, 32]


def test_what_comes_after_closing_is_refused_and_what_came_before_is_stored(slow: Slow) -> None:
    slow.slow = False

    async def closing() -> list[Done | BaseException]:
        commit = GroupCommit(writer_on(slow))
        tasks = [asyncio.create_task(commit.submit(record(f"g{n}"))) for n in range(FEW)]
        await asyncio.sleep(0)
        await asyncio.to_thread(commit.close)
        late = asyncio.create_task(commit.submit(record("late")))
        return await asyncio.gather(*tasks, late, return_exceptions=True)

    *stored, late = asyncio.run(closing())

    assert all(isinstance(each, Done) for each in stored)
    assert isinstance(late, Refused)
    assert late.reason is Reason.BUSY


def test_with_no_descriptor_left_what_was_sent_is_waited_for_aside(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(_: int) -> int:
        raise OSError("too many open files")

    async def some() -> list[Done | BaseException]:
        commit = GroupCommit(writer_on(slow))
        tasks = [asyncio.create_task(commit.submit(record("a")))]
        await asyncio.to_thread(slow.more.acquire)
        tasks.append(asyncio.create_task(commit.submit(record("b", title=" "))))
        await asyncio.sleep(0.01)
        slow.slow = False
        slow.sent[0].release()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        done.append(await commit.submit(record("c", title="c")))
        await asyncio.to_thread(commit.close)
        return done

    monkeypatch.setattr("application.group_commit.os.dup", none_left)
    first, wrong, last = asyncio.run(asyncio.wait_for(some(), 10))

    assert isinstance(first, Done)
    assert isinstance(wrong, Refused)
    assert isinstance(last, Done)
    assert last.position == first.position + 1


def test_what_a_loop_that_ended_had_decided_takes_nothing_from_the_next(slow: Slow) -> None:
    commit = GroupCommit(writer_on(slow))

    async def broken_off() -> None:
        kept = [asyncio.create_task(commit.submit(record("a")))]
        await asyncio.to_thread(slow.more.acquire)
        kept.append(asyncio.create_task(commit.submit(record("b", title=" "))))
        await asyncio.sleep(0.01)

    async def begun_again() -> list[Done]:
        done = [await commit.submit(record(f"c{n}", title=f"c{n}")) for n in range(3)]
        await asyncio.to_thread(commit.close)
        return done

    before = slow.head()
    asyncio.run(broken_off())
    slow.slow = False
    slow.sent[0].release()
    done = asyncio.run(asyncio.wait_for(begun_again(), 10))

    assert [each.position for each in done] == [before + 2, before + 3, before + 4]


def test_whoever_waits_when_the_work_is_cancelled_is_told_to_ask_again(slow: Slow) -> None:
    async def cancelled() -> list[Done | BaseException]:
        commit = GroupCommit(writer_on(slow))
        tasks = [asyncio.create_task(commit.submit(record("a")))]
        await asyncio.to_thread(slow.more.acquire)
        tasks.append(asyncio.create_task(commit.submit(record("b", title="b"))))
        await asyncio.sleep(0.01)
        (spell,) = [t for t in asyncio.all_tasks() if t.get_name() == "group commit"]
        spell.cancel()
        told = await asyncio.gather(*tasks, return_exceptions=True)
        slow.slow = False
        slow.sent[0].release()
        told.append(await commit.submit(record("a")))
        await asyncio.to_thread(commit.close)
        return told

    before = slow.head()
    *refused, again = asyncio.run(asyncio.wait_for(cancelled(), 10))

    assert [each.reason for each in refused if isinstance(each, Refused)] == [Reason.BUSY] * 2
    assert isinstance(again, Done)
    assert (again.position, again.again, slow.head()) == (before + 1, True, before + 1)


def test_a_request_on_which_deciding_breaks_fails_alone(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = streams.decide

    def broken(state: object, command: Command, *known: object) -> object:
        if isinstance(command, RecordOccasion) and command.occasion == "broken":
            raise OverflowError("date value out of range")
        return decide(state, command, *known)  # type: ignore[arg-type]

    async def some() -> list[Done | BaseException]:
        commit = GroupCommit(writer_on(slow))
        asked = [commit.submit(record(each, title=each)) for each in ("a", "broken", "b")]
        done = await asyncio.gather(*asked, return_exceptions=True)
        await asyncio.to_thread(commit.close)
        return done

    slow.slow = False
    monkeypatch.setattr(streams, "decide", broken)
    first, wrong, last = asyncio.run(some())

    assert isinstance(wrong, OverflowError)
    assert isinstance(first, Done)
    assert isinstance(last, Done)
    assert [row.stream for row in slow.since(0, 100)][-2:] == ["occasion/a", "occasion/b"]


@dataclass
class Trouble:
    """What happens to the appends, one after the other: nothing, a loss before or after storing, another writer first."""

    log: MemoryLog
    plan: list[int]
    meddler: Writer = field(init=False)
    numbers: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.meddler = writer_on(self.log)

    def append(self, store: Callable[[], None]) -> None:
        what = self.plan.pop() if self.plan else 0
        if what == 1:
            raise ConnectionError("lost before")
        if what == 2:
            plan, self.plan = self.plan, []
            self.meddler.one(record(f"other-{next(self.numbers)}", WANG, title="other"))
            self.plan = plan
        store()
        if what == 3:
            raise ConnectionError("lost after")


class Troubled(MemoryLog):
    """A log on which appends meet trouble."""

    trouble: Trouble | None = None

    def append(self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]) -> None:
        def store() -> None:
            MemoryLog.append(self, expected_head, rows, spent)

        if self.trouble is None:
            store()
        else:
            self.trouble.append(store)


def stored_once(log: Log, numbers: set[int]) -> None:
    """Each of these was recorded once, at positions without gaps."""
    rows = log.since(0, 10_000)
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    visits = [row.stream for row in rows if row.stream.startswith("occasion/r")]
    assert sorted(visits) == sorted(f"occasion/r{n}" for n in numbers)


lists_of_numbers = st.lists(
    st.lists(st.integers(0, 12), min_size=1, max_size=5), min_size=1, max_size=8
)
troubles = st.lists(st.integers(0, 3), max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lists_of_numbers, troubles)
def test_whatever_happens_to_the_appends_each_command_is_carried_out_once(
    lists: list[list[int]], plan: list[int]
) -> None:
    log = Troubled("t")
    writer = writer_on(log)
    writer.write(beginning())
    log.trouble = Trouble(log, plan)
    asked = [[record(f"r{n}", title=f"{n}") for n in numbers] for numbers in lists]

    for _ in range(20):
        try:
            verdicts = [v for each in writer.write_each(asked) for v in each]
            break
        except ConnectionError:
            continue

    assert reasons(verdicts) == [None] * sum(map(len, lists))
    stored_once(log, {n for numbers in lists for n in numbers})
    positions: dict[str, int] = {}
    for verdict in verdicts:
        assert isinstance(verdict, Done)
        assert positions.setdefault(verdict.stream, verdict.position) == verdict.position


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 20), min_size=1, max_size=60), troubles)
def test_tasks_get_their_answers_whatever_happens_to_the_appends(
    numbers: list[int], plan: list[int]
) -> None:
    log = Troubled("t")
    writer = writer_on(log)
    writer.write(beginning())
    log.trouble = Trouble(log, plan)

    async def one(commit: GroupCommit, n: int) -> Done:
        while True:
            try:
                return await commit.submit(record(f"r{n}", title=f"{n}"))
            except ConnectionError:
                continue

    async def many() -> list[Done]:
        commit = GroupCommit(writer)
        done = await asyncio.gather(*(one(commit, n) for n in numbers))
        await asyncio.to_thread(commit.close)
        return done

    done = asyncio.run(many())

    stored_once(log, set(numbers))
    assert len({d.position for d in done}) == len(set(numbers))


def test_lists_written_one_after_another_come_out_as_if_each_were_written_alone(
    any_log: Log,
) -> None:
    writer = writer_on(any_log)
    writer.write(beginning())
    lists = [
        [record("a"), record("b", title="b")],
        [confirm("a"), confirm("nothing"), record("a")],
        [],
        [leaves()],
        [record("c", title="c"), record("b", title="b")],
    ]

    verdicts = list(writer.write_each(lists))

    assert [reasons(each) for each in verdicts] == [
        [None, None],
        [None, Reason.NO_SUCH_DEED, None],
        [],
        [None],
        [Reason.NOT_A_MEMBER_THEN, None],
    ]
