"""Who was shown what tells of a person is noted before he is shown it, in a log that is sealed like the ledger; and the person gets all of his in a file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from application.readings import NAMES, Reading, ReadingNoted, Readings
from application.seal.check import check_ledger
from application.seal.verify import parse_key
from application.sqlite_log import SqliteLog, create_ledger, ledger_file
from domain.access import Action
from domain.people import Actor, PersonId, Role, UnitId
from interfaces.api import export as module
from interfaces.refusals import Exit
from interfaces.sealing import Keeper, first_key
from interfaces.settings import read
from interfaces.wiring import OF_READINGS, Installation
from tests.interfaces.conftest import Caller, Service, visit
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import Run, county, run

__all__ = ["county", "run"]

CLERK = Actor(person=PersonId("clerk"), role=Role.CLERK, unit=UnitId("south"))
NOTED = ReadingNoted(subject="member/li", action=Action.SEE_FILE, through="list_facts")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    create_ledger(tmp_path, "county")
    with closing(SqliteLog(tmp_path, "county")) as log:
        yield log


def readings_of(caller: Caller, who: str, **asked: Any) -> list[tuple[str, str, str]]:
    answer = caller.get(f"/people/{who}/readings", **asked)
    assert answer.status_code == 200, answer.text
    return [(each["by"], each["action"], each["through"]) for each in answer.json()]


# The log of readings


def test_what_is_noted_is_found_by_subject_and_month_newest_first(log: SqliteLog) -> None:
    instants = [
        datetime(2026, 10, 31, 12, tzinfo=UTC),
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 11, 26, tzinfo=UTC),
    ]
    readings = Readings(lambda: log, clock=iter(instants).__next__)
    other = ReadingNoted(subject="member/li2", action=Action.SEE_FILE, through="x")
    alike = replace(other, subject="member/li~2026-11~x")

    readings.note(CLERK, [NOTED])
    readings.note(CLERK, [other, alike])
    readings.note(CLERK, [NOTED])

    november = readings.of("member/li", instants[1].date(), 10)
    assert [each.envelope.at for each in november] == [instants[2]]
    assert [each.noted for each in november] == [NOTED]
    assert (november[0].envelope.by, november[0].envelope.unit) == (CLERK.person, CLERK.unit)
    assert len(readings.of("member/li", instants[0].date(), 10)) == 1
    assert len(readings.of("member/li2", instants[1].date(), 10)) == 1
    assert readings.of("member/nobody", instants[1].date(), 10) == []


def test_those_who_read_at_once_are_all_noted(log: SqliteLog) -> None:
    readings, others = Readings(lambda: log), Readings(lambda: log)

    def read(which: Readings, who: int) -> None:
        for _ in range(10):
            which.note(
                CLERK, [ReadingNoted(subject=f"member/m{who}", action=Action.SEE_FILE, through="x")]
            )

    threads = [Thread(target=read, args=((readings, others)[i % 2], i)) for i in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert log.head() == 80
    month = datetime.now(UTC).date()
    assert [len(readings.of(f"member/m{i}", month, 100)) for i in range(8)] == [10] * 8


def test_more_may_be_noted_at_once_than_one_transaction_takes(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.readings.MOST_AT_ONCE", 4)

    Readings(lambda: log).note(CLERK, [NOTED] * 11)

    assert log.head() == 11


def test_a_clock_that_is_set_back_does_not_set_back_what_is_noted(log: SqliteLog) -> None:
    late = datetime(2026, 11, 26, tzinfo=UTC)
    readings = Readings(lambda: log, clock=iter([late, late - timedelta(days=1)]).__next__)

    for _ in range(2):
        readings.note(CLERK, [NOTED])

    found: list[Reading] = readings.of("member/li", late.date(), 10)
    assert [each.envelope.at for each in found] == [late, late]


def test_after_a_clock_that_was_wrong_once_readings_lie_in_their_own_month(log: SqliteLog) -> None:
    right = datetime(2026, 11, 26, tzinfo=UTC)
    readings = Readings(lambda: log, clock=iter([right + timedelta(days=900), right]).__next__)

    for _ in range(2):
        readings.note(CLERK, [NOTED])

    (found,) = readings.of("member/li", right.date(), 10)
    assert found.envelope.at == right + timedelta(days=900), "no earlier than what was noted before"


# Over HTTP


def test_a_file_that_somebody_else_opens_is_noted_and_he_sees_by_whom(
    office: Caller, caller: Callable[..., Caller]
) -> None:
    li, clerk = caller("li", Role.MEMBER), caller("clerk", Role.CLERK, "south")

    assert readings_of(li, "li") == []
    assert li.get("/people/li/facts").status_code == 200
    assert readings_of(li, "li") == []
    assert clerk.get("/people/li/scorecards", year=2025).status_code == 200
    assert office.get("/people/li/history").status_code == 200
    caller("zhao", Role.MEMBER).get("/people/li/history")

    assert readings_of(li, "li") == [
        ("secretary", "see_file", "list_history_of_member"),
        ("clerk", "see_file", readings_of(li, "li")[1][2]),
    ]
    assert readings_of(li, "li", limit=1) == readings_of(li, "li")[:1]
    assert readings_of(li, "li", month="2020-01") == []
    for month in ("0000-01", "2026-13", "2026", "x"):
        problem(li.get("/people/li/readings", month=month), 422, "malformed")
    problem(caller("zhao", Role.MEMBER).get("/people/li/readings"), 403, "not_allowed")
    problem(clerk.get("/people/li/readings"), 403, "not_allowed")
    assert len(readings_of(caller("a", Role.AUDITOR), "li")) == 2


def test_what_is_seen_of_a_contact_and_of_a_citizen_is_noted(
    office: Caller, caller: Callable[..., Caller], sqlite_service: Service
) -> None:
    profile = {"name": "李明", "phone": "13812345678"}
    described = office.send(
        "/people/li/amendments", {"profile": profile, "reason": "补电话"}, If_Match="*"
    )
    voice = {
        "details": {"kind": "carried_up", "topic": "修路", "spoken_by": "老乡"},
        "title": "修路",
        "on": "2025-03-05",
        "organiser": "south",
        "authors": [{"person": "li", "role": "first"}],
    }
    clerk = caller("clerk", Role.CLERK, "south")
    sent = clerk.send("/matters/voice", voice, method="PUT")
    assert (described.status_code, sent.status_code) == (200, 201), sent.text
    after = {"after": sent.headers["Lvzhi-Position"]}
    month = datetime.now(UTC).date()
    readings = sqlite_service.installation.desk(office.ledger).readings

    assert "138" in office.get("/people/li", **after).text
    assert "138" not in caller("zhao", Role.MEMBER).get("/people/li").text
    assert [each.noted.action for each in readings.of("member/li", month, 10)] == [
        Action.SEE_CONTACT
    ]
    for who in (clerk, caller("zhao", Role.MEMBER), office):
        assert who.get("/matters/voice").status_code == 200
        assert who.get("/matters/voice/history").status_code == 200
    seen = readings.of("matter/voice", month, 10)
    assert {each.envelope.by for each in seen} == {"secretary"}
    assert {each.noted.through for each in seen} == {"get_matter", "list_history_of_matter"}
    listed = office.get("/matters/voice/readings").json()
    assert {(each["by"], each["action"]) for each in listed} == {("secretary", "see_sensitive")}
    assert office.get("/occasions/voice/readings").json() == []
    for who in (clerk, caller("li", Role.MEMBER), caller("c", Role.CONSUMER)):
        problem(who.get("/matters/voice/readings"), 403, "not_allowed")


def test_a_history_of_a_unit_does_not_tell_how_to_reach_its_people(
    office: Caller, caller: Callable[..., Caller]
) -> None:
    admitted = {
        "profile": {"name": "新委员", "phone": "13812345678"},
        "term": {"number": 10, "since": "2021-12-01"},
        "memberships": [{"bond": "sector", "unit": "medicine", "since": "2021-12-01"}],
    }
    sent = office.send("/people/new", admitted, method="PUT")
    after = {"after": sent.headers["Lvzhi-Position"]}

    for who in (office, caller("a", Role.AUDITOR), caller("c", Role.CONSUMER)):
        told = who.get("/units/medicine/history", **after)
        assert "新委员" in told.text and "13812345678" not in told.text


def test_what_cannot_be_noted_is_not_shown(
    office: Caller, sqlite_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = sqlite_service.installation.desk(office.ledger)

    def broken(*_: Any) -> None:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(desk.readings, "_append", broken)
    problem(office.get("/people/li/facts"), 503, "unavailable")
    monkeypatch.setattr("application.readings.PATIENCE", 0.05)
    monkeypatch.setattr(desk.readings, "_write", lambda: None)
    problem(office.get("/people/li/facts"), 503, "busy")


# Sealed


def test_readings_are_sealed_and_a_change_is_found(office: Caller, sqlite_service: Service) -> None:
    for _ in range(3):
        assert office.get("/people/li/facts").status_code == 200
    installation = sqlite_service.installation
    keeper = Keeper(installation, 60)
    keeper.round()
    code = f"{office.ledger}{OF_READINGS}"
    seals, signer = installation.sealing(code)
    log = installation.desk(office.ledger).readings.log
    key = parse_key(first_key(seals, signer))

    assert code not in keeper.stopped
    report = check_ledger(log, seals, signer, key=key, names=NAMES)
    assert report.holds and report.sealed == 3

    file = ledger_file(installation.settings.readings, office.ledger)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TRIGGER events_not_updated")
        (body,) = connection.execute("SELECT state FROM events WHERE rowid = 2").fetchone()
        changed = body.replace(b"secretary", b"nobody")
        connection.execute("UPDATE events SET state = ? WHERE rowid = 2", (changed,))
        connection.commit()
    found = check_ledger(log, seals, signer, key=key, names=NAMES)
    assert not found.holds and found.first is not None and found.first.position == 2


# The file for him


def test_a_person_gets_all_of_his_in_a_file_with_proofs(
    office: Caller, caller: Callable[..., Caller], sqlite_service: Service
) -> None:
    sent = office.send("/occasions", visit())
    office.get("/people/li/facts", after=sent.headers["Lvzhi-Position"])
    sqlite_service.installation.desk(office.ledger).sealer.seal()
    li = caller("li", Role.MEMBER)

    answer = li.get("/people/li/export")

    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="li.json"'
    told = answer.json()
    assert told["roster"]["person"]["profile"]["name"] == "李明"
    assert [fact["title"] for fact in told["facts"]] == ["走访桃源村"]
    assert "visited_village" in {entry["name"] for entry in told["entries"]}
    assert {entry["position"] for entry in told["entries"]} >= {*map(int, told["receipts"])}
    assert all(proof.startswith("c2sp.org/tlog-proof@v1") for proof in told["receipts"].values())
    assert [each["action"] for each in told["readings"]] == ["see_file"]
    assert {"profile.phone", "exemption.reason"} <= {f["field"] for f in told["register"]}
    problem(caller("zhao", Role.MEMBER).get("/people/li/export"), 403, "not_allowed")
    problem(caller("a", Role.AUDITOR).get("/people/li/export"), 403, "not_allowed")
    problem(office.get("/people/nobody/export"), 404, "no_such_person")
    month = datetime.now(UTC).date()
    readings = sqlite_service.installation.desk(office.ledger).readings
    assert readings.of("member/nobody", month, 10) == []
    pictures, elsewhere = told["left_out"]
    assert "/evidence/SHA256" in pictures
    assert "/people/li/readings?month=" in elsewhere
    assert office.get("/people/li/export").status_code == 200
    assert readings_of(li, "li")[0] == ("secretary", "export_person", "export_person")
    assert json.dumps(told, ensure_ascii=False).count("李明") >= 2


def test_who_takes_a_file_is_noted_on_what_others_said_in_it(
    office: Caller, caller: Callable[..., Caller], sqlite_service: Service
) -> None:
    voice = {
        "details": {"kind": "carried_up", "topic": "修路", "spoken_by": "老乡"},
        "title": "修路",
        "on": "2025-03-05",
        "organiser": "south",
        "authors": [{"person": "li", "role": "first"}],
    }
    sent = caller("clerk", Role.CLERK, "south").send("/matters/said", voice, method="PUT")
    assert sent.status_code == 201, sent.text
    assert "老乡" in office.get("/people/li/export", after=sent.json()["position"]).text
    readings = sqlite_service.installation.desk(office.ledger).readings
    month = datetime.now(UTC).date()
    (noted,) = readings.of("matter/said", month, 10)
    assert (noted.noted.action, noted.noted.through) == (Action.SEE_SENSITIVE, "export_person")


def test_a_file_says_what_it_leaves_out_and_where_that_is(
    office: Caller,
    caller: Callable[..., Caller],
    sqlite_service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readings = sqlite_service.installation.desk(office.ledger).readings
    readings.note(CLERK, [NOTED] * 5)
    monkeypatch.setattr(module, "MOST_READINGS", 3)
    monkeypatch.setattr(module, "MOST", 1)
    li = caller("li", Role.MEMBER)

    told = li.get("/people/li/export").json()

    assert len(told["readings"]) == 3
    month = f"{datetime.now(UTC):%Y-%m}"
    newest, pictures, before, entries = told["left_out"]
    assert month in newest and " 3 " in newest
    assert "/evidence/SHA256" in pictures
    assert "/people/li/readings?month=" in before
    assert "/people/li/history" in entries
    last = told["readings"][-1]["position"]
    rest = li.get("/people/li/readings", month=month, before=last).json()
    assert [each["position"] for each in rest] == [last - 1, last - 2]


@pytest.mark.parametrize(("hour", "month"), [(0, "2026-11"), (17, "2026-11")])
def test_the_month_that_is_meant_is_that_of_utc(
    office: Caller,
    caller: Callable[..., Caller],
    sqlite_service: Service,
    monkeypatch: pytest.MonkeyPatch,
    hour: int,
    month: str,
) -> None:
    """At five in the afternoon of the last day it is another month in the county already; notes lie by that of UTC."""
    at = datetime(2026, 11, 30, hour, tzinfo=UTC)
    readings = sqlite_service.installation.desk(office.ledger).readings
    monkeypatch.setattr(readings, "_clock", lambda: at)
    monkeypatch.setattr("interfaces.api.personal.now", lambda: at)
    readings.note(CLERK, [NOTED])
    li = caller("li", Role.MEMBER)
    assert len(li.get("/people/li/readings").json()) == 1
    assert li.get("/people/li/readings").json() == li.get("/people/li/readings", month=month).json()


# The command line


def test_a_file_of_somebody_is_written_at_the_machine(county: Run, tmp_path: Path) -> None:
    file = tmp_path / "li.json"
    asked = ("export", "li", "--out", str(file))
    assert county("seal", "now")[0] == 0

    code, output, errors = county(*asked)

    assert code == 0, errors
    assert "/people/li/readings?month=" in output
    assert json.loads(file.read_text("utf-8"))["receipts"]
    assert file.stat().st_mode & 0o077 == 0
    assert len(county("readings", "li")[1].splitlines()) == 1
    for checkpoint in (tmp_path / "seals" / "haiyan" / "checkpoints").iterdir():
        checkpoint.write_bytes(b"\xff")
    code, _, errors = county(*asked)
    assert (code, "Traceback" in errors) == (Exit.FAILED, False)
    assert len(county("readings", "li")[1].splitlines()) == 1


def test_who_looked_is_listed_at_the_machine(county: Run, tmp_path: Path) -> None:
    with closing(Installation(read({}, data=str(tmp_path)))) as installation:
        readings = installation.desk("haiyan").readings
        readings.note(CLERK, [NOTED, replace(NOTED, subject="matter/voice")])

    for subject in ("li", "member/li", "matter/voice"):
        code, output, errors = county("readings", subject)
        assert (code, len(output.splitlines())) == (0, 1), errors
        assert "clerk" in output and "see_file" in output
    (told,) = json.loads(county("readings", "matter/voice", "--json")[1])
    assert told["subject"] == "matter/voice"
    assert county("readings", "matter/other")[:2] == (0, "")
    assert county("readings", "谁也不是")[0] == Exit.NOT_FOUND
