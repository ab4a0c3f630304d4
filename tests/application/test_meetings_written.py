"""Meetings as they are written: closed on two streams at once or not at all, by one clerk of two, read again as they were, sealed where people are named."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from application import codec
from application.handle import Done, Request, Verdict, Writer
from application.log import Log, NewRow, Spent, StoredRow
from application.postgres_log import LogPool, PostgresLog, create_ledger
from application.sqlite_log import SqliteLog
from application.sqlite_log import create_ledger as create_sqlite_ledger
from application.vault import ERASED, PREFIX, ErasedList, KeyFile, MasterKeys, Vault
from domain import streams
from domain.course import Course, Move
from domain.deed import Deed, Withdraw
from domain.document import Publish, Sort
from domain.fact import Attendance
from domain.handling import ExtendDeadline, GiveBack, MoveMatter, PauseCourse, ReopenMatter
from domain.kinds.advice import CarriedUp, Way
from domain.kinds.meetings import Attended, MetLeader
from domain.kinds.meetings import Meeting as MeetingKind
from domain.loop import Holder
from domain.matter import Author, Matter, RecordMatter
from domain.meeting import (
    CallMeeting,
    CancelMeeting,
    CheckIn,
    CloseMeeting,
    Meeting,
    MeetingStep,
    MoveMeeting,
    OpenMeeting,
    PlanMeeting,
    ReopenMeeting,
)
from domain.occasion import AmendOccasion, Occasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Reason, Refused, Role
from domain.streams import Command
from tests.application.test_handle import beginning, noon, writer_on
from tests.county import CLERK, COUNTY, LI, OFFICE, SOUTH, WANG, ZHAO, visit

DEPUTY = replace(OFFICE, person=PersonId("deputy"))
TODAY = date(2025, 6, 30)
GUEST = "赵金丝雀(县农业局)"
RAISED = "反映某村饮水困难"


def asked(command: Command, command_id: str, actor: Actor = OFFICE, **rest: Any) -> Request:
    return Request(command=command, actor=actor, command_id=command_id, **rest)


def body(**said: Any) -> Occasion[Any]:
    """A Standing Committee meeting of today, of three."""
    return Occasion(
        **{
            "details": Attended(meeting=MeetingKind.STANDING_COMMITTEE),
            "title": "九届十二次常委会会议",
            "on": TODAY,
            "organiser": COUNTY,
            "expected": (WANG, LI, ZHAO),
            **said,
        }
    )


def planned(writer: Writer, **said: Any) -> None:
    """The county has begun, and a meeting is planned and called."""
    before = [
        asked(PlanMeeting(meeting="m", body=body(**said)), "plan"),
        asked(CallMeeting(meeting="m", notice="办〔2025〕12号"), "call"),
    ]
    assert all(isinstance(v, Done) for v in writer.write([*beginning(), *before]))


@pytest.fixture
def county(any_log: Log) -> Writer:
    """A writer on a ledger in which a meeting of today is called."""
    writer = writer_on(any_log)
    planned(writer)
    return writer


def reasons(verdicts: Sequence[Verdict]) -> list[Reason | None]:
    return [v.reason if isinstance(v, Refused) else None for v in verdicts]


def meeting_in(writer: Writer) -> Meeting[Any]:
    found = writer.opened().state("meeting/m")
    assert isinstance(found, Meeting)
    return found


def attendance(writer: Writer) -> dict[str, Attendance]:
    """Who was there, as whoever reads the log anew says."""
    deed = writer_on(writer.log).opened().state("occasion/m")
    return {f.subject: f.attendance for f in streams.facts_of(deed) if f.subject[:6] == "member"}


CLOSE = CloseMeeting(meeting="m", others=Attendance.PRESENT)


# One act on two streams


def test_closing_appends_on_two_streams_in_one_transaction(
    county: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[list[str]] = []
    send = county.log.send

    def counted(head: int, rows: Sequence[NewRow], spent: Sequence[Spent]) -> Any:
        sent.append([row.stream for row in rows])
        return send(head, rows, spent)

    monkeypatch.setattr(county.log, "send", counted)
    head = county.log.head()

    done = county.one(asked(CLOSE, "close"))

    assert sent == [["occasion/m", "meeting/m"]]
    rows = county.log.since(head, 10)
    assert [(row.stream, row.version, row.name) for row in rows] == [
        ("occasion/m", 1, "attended"),
        ("meeting/m", done.version, "meeting.closed"),
    ]
    assert {codec.envelope_of(row).command for row in rows} == {"close"}
    assert (done.stream, done.position, done.entries) == ("meeting/m", head + 2, 2)
    spent = county.log.look_up(["close"])["close"]
    assert (spent.first, spent.last) == (head + 1, head + 2)


def test_a_meeting_that_may_not_be_closed_leaves_nothing_on_either_stream(county: Writer) -> None:
    county.one(asked(MoveMeeting(meeting="m", on=TODAY + timedelta(1), reason="改期"), "move"))
    head = county.log.head()

    (refused,) = county.write([asked(CLOSE, "close")])

    assert reasons([refused]) == [Reason.IN_FUTURE]
    assert (county.log.head(), county.log.stream("occasion/m")) == (head, [])


def test_a_repeat_of_closing_is_answered_as_the_first_time(county: Writer) -> None:
    """Within a batch, later, and by another process; and its id is spent on nothing else."""
    first, again = county.write([asked(CLOSE, "close")] * 2)
    head = county.log.head()
    assert isinstance(first, Done)
    assert isinstance(again, Done)

    for writer in (county, writer_on(county.log)):
        later = writer.one(asked(CLOSE, "close"))
        assert later == again == first._replace(again=True)
        other = replace(CLOSE, others=Attendance.ABSENT)
        assert reasons(writer.write([asked(other, "close")])) == [Reason.COMMAND_ID_REUSED]
    assert county.log.head() == head


def test_who_has_seen_another_version_of_the_meeting_does_not_close_it(county: Writer) -> None:
    seen = county.opened().version("meeting/m")
    county.one(asked(OpenMeeting(meeting="m"), "open"))

    (refused,) = county.write([asked(CLOSE, "close", seen=seen)])

    assert reasons([refused]) == [Reason.CHANGED_MEANWHILE]
    done = county.one(asked(CLOSE, "close-again", seen=seen + 1))
    assert done.version == seen + 2
    reopen = ReopenMeeting(meeting="m", reason="签到有误")
    assert reasons(county.write([asked(reopen, "reopen", seen=seen + 1)])) == [
        Reason.CHANGED_MEANWHILE
    ]
    assert county.one(asked(reopen, "reopen-again", seen=done.version)).entries == 1


def test_closed_again_the_same_occasion_says_what_was_wrong(county: Writer) -> None:
    county.one(asked(CLOSE, "close"))
    county.one(asked(ReopenMeeting(meeting="m", reason="签到有误"), "reopen"))
    late = Participant(person=LI, attendance=Attendance.LATE)

    done = county.one(asked(replace(CLOSE, participants=(late,)), "again"))

    assert [row.version for row in county.log.stream("occasion/m")] == [1, 2]
    assert (done.stream, done.entries) == ("meeting/m", 2)
    assert attendance(county)["member/li"] is Attendance.LATE


# Several at once


@pytest.fixture(params=["sqlite", "postgres"])
def logs(
    request: pytest.FixtureRequest, tmp_path: Path, fresh_code: str
) -> Iterator[Callable[[], Log]]:
    """Opens one ledger once more, as another process does."""
    with ExitStack() as stack:

        def opened(log: Any) -> Any:
            stack.callback(log.close)
            return log

        if request.param == "sqlite":
            create_sqlite_ledger(tmp_path, fresh_code)
            yield lambda: opened(SqliteLog(tmp_path, fresh_code))
        else:
            pool: LogPool = request.getfixturevalue("postgres_pool")
            create_ledger(request.getfixturevalue("postgres_url"), fresh_code)
            yield lambda: opened(PostgresLog(pool, fresh_code))


@pytest.mark.parametrize("turn", range(4))
def test_of_two_clerks_who_close_it_at_once_one_does(logs: Callable[[], Log], turn: int) -> None:
    """Through two writers on one ledger; nothing of the one is mixed with the other, nothing is lost or doubled."""
    planned(writer_on(logs()))
    said = {OFFICE: Attendance.PRESENT, DEPUTY: Attendance.ABSENT}
    writers = {actor: writer_on(logs()) for actor in said}
    verdicts: dict[Actor, Verdict] = {}
    ready = threading.Barrier(2)

    def close(actor: Actor) -> None:
        writers[actor].opened()
        request = asked(replace(CLOSE, others=said[actor]), f"{actor.person}-{turn}", actor)
        ready.wait()
        (verdicts[actor],) = writers[actor].write([request])

    threads = [threading.Thread(target=close, args=(actor,)) for actor in said]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (winner,) = (actor for actor, verdict in verdicts.items() if isinstance(verdict, Done))
    (loser,) = said.keys() - {winner}
    assert reasons([verdicts[loser]]) == [Reason.MEETING_CLOSED]
    log = logs()
    assert [len(log.stream(s)) for s in ("occasion/m", "meeting/m")] == [1, 4]
    assert [row.position for row in log.since(0, 1000)] == list(range(1, log.head() + 1))
    assert set(attendance(writers[winner]).values()) == {said[winner]}
    again = writers[loser].write([asked(replace(CLOSE, others=said[loser]), "later", loser)])
    assert reasons(again) == [Reason.MEETING_CLOSED]


def test_who_was_overtaken_decides_again_on_what_the_other_said(logs: Callable[[], Log]) -> None:
    one, other = writer_on(logs()), writer_on(logs())
    planned(one)
    other.opened()
    one.one(asked(OpenMeeting(meeting="m"), "open"))
    one.one(asked(CheckIn(meeting="m", person=LI), "in"))
    one.one(asked(MoveMeeting(meeting="m", on=TODAY - timedelta(1), reason="记错日期"), "move"))

    other.one(asked(replace(CLOSE, others=Attendance.ABSENT), "close", DEPUTY))

    assert attendance(one) == {
        "member/li": Attendance.PRESENT,
        "member/wang": Attendance.ABSENT,
        "member/zhao": Attendance.ABSENT,
    }
    deed = one.write([asked(ReopenMeeting(meeting="m", reason="核对"), "reopen")])
    assert reasons(deed) == [None]
    assert meeting_in(one).body.on == TODAY - timedelta(1)


def test_what_is_planned_as_a_meeting_is_not_recorded_beside_it(logs: Callable[[], Log]) -> None:
    """Whoever records an occasion of that id, be it before he knows of the plan: else nobody could close the meeting."""
    one, other = writer_on(logs()), writer_on(logs())
    one.write(beginning())
    other.opened()
    planned(one)
    beside = RecordOccasion(occasion="m", body=visit(LI))

    for n, writer in enumerate((other, one)):
        assert reasons(writer.write([asked(beside, f"beside-{n}", CLERK)])) == [
            Reason.ALREADY_RECORDED
        ]
    assert one.one(asked(CLOSE, "close")).entries == 2
    plan = asked(PlanMeeting(meeting="v", body=body()), "plan-v")
    assert reasons(
        other.write([asked(RecordOccasion(occasion="v", body=visit(LI)), "v", CLERK), plan])
    ) == [None, Reason.ALREADY_RECORDED]


def test_a_meeting_whose_record_was_taken_back_may_be_cancelled(county: Writer) -> None:
    """It was not held after all: nothing is due at it any more."""
    county.one(asked(CLOSE, "close"))
    cancel = CancelMeeting(meeting="m", reason="未举行,误登")
    county.one(asked(ReopenMeeting(meeting="m", reason="误登"), "reopen"))
    assert reasons(county.write([asked(cancel, "too-early")])) == [Reason.NOT_AT_THIS_STEP]
    county.one(asked(Withdraw(deed="occasion/m", reason="误登"), "withdraw"))

    writers = (writer_on(county.log), county)
    for writer in writers:
        assert reasons(writer.write([asked(CLOSE, "again")])) == [Reason.MEETING_TAKEN_BACK]
    county.one(asked(cancel, "cancel"))

    for writer in (*writers, writer_on(county.log)):
        assert writer.one(asked(cancel, "cancel")).again
        assert meeting_in(writer).step is MeetingStep.CANCELLED
        assert writer.opened().known(TODAY, strict=False).meeting_days() == ()


# People who are named


class Keys:
    """The files in which an installation keeps its keys."""

    def __init__(self, folder: Path, ledger: str) -> None:
        self.folder, self.ledger = folder, ledger

    def vault(self) -> KeyFile:
        """As another process opens them."""
        file = self.folder / "keys" / "county.sqlite"
        return KeyFile(
            file,
            self.ledger,
            MasterKeys(self.folder / "master.key", file.parent),
            ErasedList(self.folder / "erased" / "county.txt"),
        )


@pytest.fixture
def keys(tmp_path: Path, fresh_code: str) -> Keys:
    return Keys(tmp_path / "vault", fresh_code)


def sealed_writer(log: Log, vault: Vault) -> Writer:
    return Writer(log, clock=noon, vault=vault)


def said_in(rows: Sequence[StoredRow], text: str) -> bool:
    return any(text.encode() in row.body for row in rows)


def test_guests_are_sealed_with_the_record_and_read_after_reopening(
    logs: Callable[[], Log], keys: Keys, fresh_code: str
) -> None:
    vault = keys.vault()
    writer = sealed_writer(logs(), vault)
    planned(writer)
    made: list[list[str]] = []
    prepare = vault.prepare

    def counted(subjects: Any) -> None:
        made.append(sorted(subjects))
        prepare(made[-1])

    vault.prepare = counted  # type: ignore[method-assign]  # counts
    close = replace(CLOSE, guests=(GUEST,))

    done = writer.one(asked(close, "close"))

    assert made == [["occasion/m"]], "at once, before anything is sealed, and for the record alone"
    rows = writer.log.since(0, 1000)
    assert not said_in(rows, "金丝雀")
    assert [
        row.stream
        for row in rows
        if PREFIX.encode() in row.body and row.position > done.position - 2
    ] == ["occasion/m"]
    anew = sealed_writer(logs(), keys.vault())
    deed = anew.opened().state("occasion/m")
    assert isinstance(deed, Deed)
    assert deed.body.guests == (GUEST,)
    assert anew.one(asked(close, "close")) == done._replace(again=True)
    spent = anew.log.look_up(["close"])["close"]
    assert spent.digest != codec.Told(close).digest
    more = replace(close, guests=(GUEST, "钱某(县水利局)"))
    assert reasons(anew.write([asked(more, "close")])) == [Reason.COMMAND_ID_REUSED]

    # With the key of the record nothing of the guest is left, neither in it nor in what can be guessed at.
    anew.one(asked(ReopenMeeting(meeting="m", reason="补"), "reopen"))
    gone = keys.vault()
    gone.erased.add("2025-06-30", ["occasion/m"])
    assert gone.destroy(["occasion/m"]) == 1
    deed = sealed_writer(logs(), keys.vault()).opened().state("occasion/m")
    assert isinstance(deed, Deed)
    assert deed.body.guests == (ERASED,)


def test_what_was_raised_with_a_leader_is_sealed_with_the_record(
    logs: Callable[[], Log], keys: Keys
) -> None:
    """A talk is planned, held and closed; what was raised in it is said of what was held."""
    writer = sealed_writer(logs(), keys.vault())
    talk = MetLeader(leader="主席")
    planned(writer, details=talk, title="约访", expected=(LI,))
    writer.one(asked(CLOSE, "close"))
    deed = writer.opened().state("occasion/m")
    assert isinstance(deed, Deed)
    raised = replace(
        deed.body, details=replace(talk, matters_raised=RAISED, follow_up="交水利局办理")
    )

    writer.one(asked(AmendOccasion(occasion="m", body=raised, reason="补记"), "amend"))

    rows = writer.log.since(0, 1000)
    assert not said_in(rows, RAISED)
    assert not said_in(rows, "交水利局办理")
    read = sealed_writer(logs(), keys.vault()).opened().state("occasion/m")
    assert isinstance(read, Deed)
    assert read.body == raised
    other = Keys(keys.folder, "another-ledger").vault()
    (row,) = (row for row in rows if row.stream == "occasion/m" and row.version == 2)
    with pytest.raises(Refused):
        codec.decode(row, other)


def test_a_plan_tells_of_nobody(logs: Callable[[], Log], keys: Keys) -> None:
    """What would be raised is said of what was held; what is refused is neither in the log nor in the book, and its id is not spent."""
    writer = sealed_writer(logs(), keys.vault())
    writer.write(beginning())
    details = MetLeader(leader="主席", matters_raised=RAISED)
    plan = PlanMeeting(meeting="m", body=body(details=details, expected=(LI,)))

    (refused,) = writer.write([asked(plan, "plan")])

    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (
        Reason.UNKNOWN_FIELD,
        "/body/details/matters_raised",
    )
    for each in (writer, sealed_writer(logs(), keys.vault())):
        assert not said_in(each.log.since(0, 1000), RAISED)
        assert each.opened().state("meeting/m") is None
    without = replace(plan, body=body(details=MetLeader(leader="主席"), expected=(LI,)))
    assert isinstance(writer.one(asked(without, "plan")), Done)


# Read anew


def document(sort: Sort, code: str, file: str) -> Publish:
    text = files("packs").joinpath(file).read_text(encoding="utf-8")
    return Publish(sort=sort, code=code, version="1", text=text, since=date(2025, 1, 1))


def test_a_book_that_is_read_anew_decides_the_same(any_log: Log) -> None:
    """Meetings, loops, calendars and where each matter stands are in the entries alone."""
    day = [noon() - timedelta(days=40)]
    writer = Writer(any_log, clock=lambda: day[0])
    message: Matter[Any] = Matter(
        details=CarriedUp(topic="饮水"),
        title="韩村饮水困难",
        on=date(2025, 5, 21),
        organiser=SOUTH,
        authors=(Author(person=LI),),
    )

    def said(command_id: str, command: Command, actor: Actor = OFFICE) -> None:
        assert writer.one(asked(command, command_id, actor)).entries

    writer.write(beginning())
    said("calendar", document(Sort.CALENDAR, "cn-2025", "calendars/cn-2025.yaml"))
    said("loop", document(Sort.LOOP, "messages", "rehearsal/messages.yaml"))
    said("plan", PlanMeeting(meeting="m", body=body()))
    said("later", PlanMeeting(meeting="n", body=body(title="十三次", on=TODAY + timedelta(60))))
    said("record", RecordMatter(matter="w", body=message), CLERK)
    course = writer.opened().state("matter/w")
    assert isinstance(course, Deed)
    assert isinstance(course.course, Course)
    moves = [
        Move(stage="verified", on=date(2025, 5, 21), by="王主席"),
        Move(
            stage="assigned",
            on=date(2025, 5, 21),
            way=Way.BY_DOCUMENT,
            holder=Holder(name="县水利局"),
        ),
    ]
    for n, move in enumerate(moves):
        said(f"move-{n}", MoveMatter(matter="w", move=move))
    day[0] = noon()
    said("open", OpenMeeting(meeting="m"))
    said("in", CheckIn(meeting="m", person=LI))
    said("close", CLOSE)
    said("reopen", ReopenMeeting(meeting="m", reason="核对"))
    said("moved", MoveMeeting(meeting="n", on=TODAY + timedelta(70), reason="改期"))
    said(
        "extend",
        ExtendDeadline(
            matter="w",
            stage="handled",
            until=date(2025, 9, 1),
            reason="需招标",
            consented_by="分管副县长",
        ),
    )

    anew = Writer(any_log, clock=lambda: day[0])

    for stream in ("meeting/m", "meeting/n", "matter/w", "occasion/m"):
        assert anew.opened().look(stream) == writer.opened().look(stream), stream
    known, before = (
        each.opened().known(TODAY, strict=False, now=datetime(2025, 6, 30, 4, tzinfo=UTC))
        for each in (anew, writer)
    )
    assert known.meeting_days() == before.meeting_days() != ()
    assert known.working_days() == before.working_days()
    assert known.working_days().covers(2025)
    assert known.loop("messages", "1") == before.loop("messages", "1") is not None
    assert known.loop_for(CarriedUp(topic="饮水"), TODAY) == known.loop("messages", "")
    member = Actor(person=LI, role=Role.MEMBER)
    again = Move(stage="handled", on=TODAY)
    probes: list[tuple[Command, Actor]] = [
        *(
            (each, actor)
            for actor in (OFFICE, CLERK, member)
            for each in (CLOSE, OpenMeeting(meeting="n"))
        ),
        (CancelMeeting(meeting="m", reason="误"), OFFICE),
        (ReopenMeeting(meeting="m", reason="误"), OFFICE),
        (MoveMatter(matter="w", move=again), OFFICE),
        (MoveMatter(matter="w", move=again), CLERK),
        (MoveMatter(matter="w", move=replace(again, stage="closed")), OFFICE),
        (GiveBack(matter="w", on=TODAY, reason="不属"), OFFICE),
        (GiveBack(matter="w", on=date(2025, 5, 22), reason="不属"), OFFICE),
        (ReopenMatter(matter="w", stage="verified", on=TODAY, reason="误"), OFFICE),
        (PauseCourse(matter="w", on=TODAY, reason="待批", consented_by="主席"), OFFICE),
        (replace(CLOSE, meeting="x"), OFFICE),
    ]
    for command, actor in probes:
        outcomes: list[Any] = []
        for each, what in ((anew, known), (writer, before)):
            state = each.opened().state(streams.stream_of(command))
            try:
                outcomes.append((streams.decide(state, command, actor, what), None))
            except Refused as refused:
                outcomes.append(([], (refused.reason, refused.field, refused.about)))
        assert outcomes[0] == outcomes[1], command
    assert anew.one(asked(CLOSE, "anew")).entries >= 1
