"""Files of evidence over HTTP and on the command line: kept, named by a record, shown to those who see names there, and taken away."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from application.evidence import LARGEST
from domain.access import Action
from domain.people import PersonId, Reason, Refused, Role
from interfaces import app as module
from interfaces import logs, wiring
from interfaces.api.files import MOST_A_DAY, SentToday
from interfaces.refusals import Exit
from interfaces.settings import read
from interfaces.wiring import UNNAMED_KEPT, Desk, Installation
from tests.interfaces.conftest import Answer, Caller, Service, proposal, visit
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import Run, county, run
from tests.pictures import PDF, SECRET, exif, jpeg, only_turned, png, segment

__all__ = ["county", "run"]

SENT = jpeg(segment(0xE1, b"Exif\0\0" + exif(6)))
LEFT = jpeg(segment(0xE1, b"Exif\0\0" + only_turned(6)))
PICTURE = hashlib.sha256(LEFT).hexdigest()
PAPER = hashlib.sha256(PDF).hexdigest()


def send(who: Caller, content: bytes = SENT, **headers: str) -> Answer:
    return who.send("/files", content, key="", **headers)


def naming(*named: tuple[str, str]) -> dict[str, Any]:
    return {"evidence": [{"name": name, "sha256": sha256} for name, sha256 in named]}


@pytest.fixture
def desk(sqlite_service: Service, office: Caller) -> Desk:
    return sqlite_service.installation.desk(office.ledger)


@pytest.fixture
def position(office: Caller, caller: Callable[..., Caller]) -> int:
    """A visit v1 with a picture and a paper, recorded by the studio's clerk, a matter m1 and a finding f1 with the picture; the position to read them at."""
    clerk = caller("clerk", Role.CLERK, "south")
    assert send(clerk).status_code == 201
    assert send(clerk, PDF).status_code == 201
    finding = {
        "details": {"kind": "was_marked", "code": "public", "wording": "通报"},
        "on": "2025-03-05",
        "body": "主席会议",
        "reason": "通报",
        "person": "li",
        "figure": "3",
    }
    told = [
        clerk.send("/occasions/v1", visit(**naming(("现场 1", PICTURE), ("签到表.pdf", PAPER))), method="PUT"),
        office.send("/matters/m1", proposal(**naming(("附图", PICTURE))), method="PUT"),
        office.send("/findings/f1", {**finding, **naming(("附图", PICTURE))}, method="PUT"),
    ]  # fmt: skip
    assert [each.status_code for each in told] == [201, 201, 201], [each.text for each in told]
    found: int = told[-1].json()["position"]
    return found


# Sending


def test_a_picture_is_kept_without_what_tells_of_the_place(
    caller: Callable[..., Caller], desk: Desk
) -> None:
    clerk = caller("clerk", Role.CLERK, "south")

    first, second = send(clerk), send(clerk)

    for answer in (first, second):
        assert answer.status_code == 201
        assert answer.json() == {
            "sha256": PICTURE,
            "size": len(LEFT),
            "media_type": "image/jpeg",
        }
    kept = desk.files.get(PICTURE)
    assert kept is not None and kept[1] == LEFT
    assert SECRET not in LEFT
    assert desk.files.total().count == 1


def test_what_it_is_says_the_file_and_no_header(caller: Callable[..., Caller]) -> None:
    clerk = caller("clerk", Role.CLERK, "south")
    assert send(clerk, PDF, content_type="image/png").json()["media_type"] == "application/pdf"
    problem(send(clerk, b"<svg/>", content_type="image/jpeg"), 422, "not_a_picture")
    problem(send(clerk, b" "), 422, "not_a_picture")


def test_one_that_is_too_large_is_refused(office: Caller) -> None:
    problem(send(office, PDF + bytes(LARGEST)), 413, "too_large")
    problem(office.send("/files?name=x", SENT, key=""), 400, "unknown_parameter")


@pytest.mark.parametrize(
    ("role", "lets"),
    [
        (Role.OFFICE, True),
        (Role.CLERK, True),
        (Role.MEMBER, True),
        (Role.AUDITOR, False),
        (Role.CONSUMER, False),
    ],
)
def test_who_may_record_may_send_one(
    caller: Callable[..., Caller], desk: Desk, role: Role, lets: bool
) -> None:
    answer = send(caller("zhao", role))
    if lets:
        assert answer.status_code == 201
    else:
        problem(answer, 403, "not_allowed")
    assert desk.files.total().count == int(lets)


def test_one_person_sends_so_many_a_day(
    caller: Callable[..., Caller], sqlite_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interfaces.api.files.MOST_A_DAY", 2)
    one, other = (caller(who, Role.CLERK, "south") for who in ("one", "other"))
    assert [send(one).status_code for _ in range(2)] == [201, 201]
    problem(send(one), 429, "too_many_today")
    assert send(other).status_code == 201
    assert send(sqlite_service.ledger()).status_code == 201


def test_on_the_next_day_he_may_send_again() -> None:
    today, li = SentToday(), PersonId("li")
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    for _ in range(MOST_A_DAY):
        today.count("a", li, monday)
    with pytest.raises(Refused) as refused:
        today.count("a", li, monday)
    assert refused.value.reason is Reason.TOO_MANY_TODAY
    today.count("b", li, monday)
    today.count("a", li, tuesday)


# Showing


def test_a_file_is_shown_where_a_record_names_it(office: Caller, position: int) -> None:
    for path in ("/occasions/v1", "/matters/m1", "/findings/f1"):
        answer = office.get(f"{path}/evidence/{PICTURE}", after=position)
        assert (answer.status_code, answer.content) == (200, LEFT), path
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["content-disposition"].startswith("inline; filename=")


def test_a_paper_is_for_saving_under_the_name_that_the_record_gives_it(
    office: Caller, position: int
) -> None:
    answer = office.get(f"/occasions/v1/evidence/{PAPER}", after=position)
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    said = answer.headers["content-disposition"]
    assert said.startswith(f'attachment; filename="{PAPER[:12]}.pdf"; ')
    assert unquote(said.partition("filename*=UTF-8''")[2]) == "签到表.pdf"


@pytest.mark.parametrize(
    ("named", "called"),
    [
        ("现场", "现场.png"),
        ("a.png", "a.png"),
        ("../../etc/passwd", "_.._etc_passwd.png"),
        ('x"; filename=y.exe', 'x"; filename=y.exe.png'),
        (" .. ", f"{hashlib.sha256(png()).hexdigest()[:12]}.png"),
        ("长" * 300, f"{'长' * 100}.png"),
    ],
)
def test_whatever_a_record_calls_it_the_name_is_harmless(
    office: Caller, named: str, called: str
) -> None:
    sha256 = send(office, png()).json()["sha256"]
    told = office.send("/occasions/v9", visit(**naming((named, sha256))), method="PUT")
    assert told.status_code == 201, told.text
    answer = office.get(f"/occasions/v9/evidence/{sha256}", after=told.json()["position"])
    plain, _, said = answer.headers["content-disposition"].partition("filename*=UTF-8''")
    assert plain == f'inline; filename="{sha256[:12]}.png"; '
    assert unquote(said) == called
    assert not set(said) & set(' ";/\\\r\n')


def test_a_file_that_the_record_does_not_name_is_not_there(
    office: Caller, position: int, desk: Desk
) -> None:
    other = send(office, png()).json()["sha256"]
    for sha256 in (other, "0" * 64, PICTURE.upper(), "x", f"{PICTURE[:63]}g"):
        answer = office.get(f"/occasions/v1/evidence/{sha256}", after=position)
        problem(answer, 404, "no_such_file", parameter="sha256")
    problem(office.get(f"/matters/m1/evidence/{PAPER}"), 404, "no_such_file")
    problem(office.get(f"/matters/v1/evidence/{PICTURE}"), 404, "no_such_deed", parameter="id")
    problem(office.get(f"/findings/v1/evidence/{PICTURE}"), 404, "no_such_finding")
    problem(office.get(f"/pairings/v1/evidence/{PICTURE}"), 404, "no_such_page")

    amended = {"body": visit(), "reason": "更正"}
    told = office.send("/occasions/v1/amendments", amended, if_match="*").json()["position"]
    gone = office.get(f"/occasions/v1/evidence/{PICTURE}", after=told)
    problem(gone, 404, "no_such_file")


def test_a_record_may_name_what_is_not_kept_here(office: Caller) -> None:
    elsewhere = "1" * 64
    told = office.send("/occasions/v1", visit(**naming(("纸质件", elsewhere))), method="PUT")
    assert told.status_code == 201
    path = f"/occasions/v1/evidence/{elsewhere}"
    problem(office.get(path, after=told.json()["position"]), 404, "no_such_file")


@pytest.mark.parametrize(
    ("person", "role", "unit", "visited", "found"),
    [
        ("secretary", Role.OFFICE, "county", True, True),
        ("clerk", Role.CLERK, "south", True, True),
        ("bian", Role.CLERK, "north", True, True),
        ("sun", Role.HEAD, "medicine", True, True),
        ("panel", Role.APPRAISAL, None, True, True),
        ("someone", Role.AUDITOR, None, True, True),
        ("li", Role.MEMBER, None, True, True),
        ("chen", Role.MEMBER, None, True, False),
        ("zhao", Role.MEMBER, None, False, False),
        ("program", Role.CONSUMER, None, False, False),
    ],
)
def test_it_is_shown_to_those_who_see_names_of_citizens_in_the_record(
    caller: Callable[..., Caller],
    position: int,
    person: str,
    role: Role,
    unit: str | None,
    visited: bool,
    found: bool,
) -> None:
    who = caller(person, role, unit)
    for path, lets in ((f"/occasions/v1/evidence/{PICTURE}", visited), (f"/findings/f1/evidence/{PICTURE}", found)):  # fmt: skip
        answer = who.get(path, after=position)
        if lets:
            assert (answer.status_code, answer.content) == (200, LEFT)
        else:
            problem(answer, 403, "not_allowed", parameter="sha256")


def declared(who: Caller, key: str, sha256: str) -> int:
    """A member's declaration that names a file; the position to read it at."""
    body = visit(participants=[{"person": "zhao"}], **naming(("照片", sha256)))
    told = who.send(f"/occasions/{key}", body, method="PUT")
    assert told.status_code == 201, told.text
    position: int = told.json()["position"]
    return position


def test_who_names_a_hash_that_he_read_elsewhere_does_not_see_the_file_for_that(
    office: Caller, caller: Callable[..., Caller], position: int
) -> None:
    zhao = caller("zhao", Role.MEMBER)
    read = zhao.get("/occasions/v1", after=position).json()["body"]["evidence"][0]["sha256"]
    told = declared(zhao, "own", read)
    problem(zhao.get(f"/occasions/own/evidence/{read}", after=told), 403, "not_allowed")
    assert office.get(f"/occasions/own/evidence/{read}").content == LEFT


def test_a_member_sees_what_he_sent_and_what_a_clerk_names_in_a_record_with_him(
    caller: Callable[..., Caller], position: int
) -> None:
    zhao, clerk = caller("zhao", Role.MEMBER), caller("clerk", Role.CLERK, "south")
    sha256 = send(zhao, png()).json()["sha256"]
    told = declared(zhao, "own", sha256)
    assert zhao.get(f"/occasions/own/evidence/{sha256}", after=told).content == png()
    told = declared(clerk, "with", PICTURE)
    assert zhao.get(f"/occasions/with/evidence/{PICTURE}", after=told).content == LEFT


def test_that_it_was_shown_to_who_neither_recorded_it_nor_took_part_is_noted(
    caller: Callable[..., Caller], position: int, desk: Desk
) -> None:
    for person, role, unit in (
        ("clerk", Role.CLERK, "south"),
        ("li", Role.MEMBER, None),
        ("zhao", Role.MEMBER, None),
        ("someone", Role.AUDITOR, None),
    ):
        caller(person, role, unit).get(f"/occasions/v1/evidence/{PICTURE}", after=position)
    caller("someone", Role.AUDITOR).get(f"/occasions/v1/evidence/{'0' * 64}")
    seen = desk.readings.of("occasion/v1", datetime.now(UTC).date(), 10)
    told = [(each.envelope.by, each.noted.action, each.noted.through) for each in seen]
    assert told == [("someone", Action.SEE_PRIVATE, "get_evidence_of_occasion")]


def test_a_key_of_another_system_sees_it_where_it_was_given_to_see_names(
    sqlite_service: Service, office: Caller, position: int
) -> None:
    keys = sqlite_service.installation.access.keys
    for given, lets in (
        ((Action.SEE_RECORD,), False),
        ((Action.SEE_RECORD, Action.SEE_PRIVATE), True),
        ((Action.SEE_PRIVATE,), False),
    ):
        made = keys.make("报表", office.ledger, PersonId("secretary"), given, days=1)
        acting = {"Lvzhi-Role": "office", "Lvzhi-Unit": "county"}
        system = Caller(office.client, office.ledger, made.secret, acting)
        answer = system.get(f"/occasions/v1/evidence/{PICTURE}", after=position)
        assert (answer.status_code == 200) is lets, given
        problem(send(system), 403, "not_allowed")


# Purging


def at_day(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    later = datetime.now(UTC) + timedelta(days=days)
    monkeypatch.setattr(wiring, "now", lambda: later)


def test_what_no_record_names_within_a_week_is_taken_away(
    office: Caller, desk: Desk, position: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    unnamed = send(office, png()).json()["sha256"]
    assert desk.reader.wait_for(position, 10)
    assert desk.purge_files() == 0
    at_day(monkeypatch, UNNAMED_KEPT.days - 0.1)
    assert desk.purge_files() == 0
    at_day(monkeypatch, UNNAMED_KEPT.days + 0.1)
    assert desk.purge_files() == 1
    assert [desk.files.holds(each) for each in (unnamed, PICTURE, PAPER)] == [False, True, True]
    assert desk.purge_files() == 0


def test_what_a_record_named_once_is_kept(
    office: Caller, desk: Desk, position: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    amended = {"body": visit(), "reason": "更正"}
    office.send("/occasions/v1/amendments", amended, if_match="*")
    told = office.send("/occasions/v1/withdrawals", {"reason": "误登"}, if_match="*")
    assert told.status_code == 200, told.text
    assert desk.reader.wait_for(told.json()["position"], 10)
    at_day(monkeypatch, 100)
    assert desk.purge_files() == 0
    assert desk.files.holds(PAPER)


def test_while_rows_are_behind_the_log_nothing_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Installation(read({}, data=str(tmp_path)))) as installation:
        desk = installation.create("haiyan", "海晏县政协")
        desk.files.put(png())
        at_day(monkeypatch, 8)
        assert desk.purge_files() == 0
        desk.reader.catch_up()
        assert desk.purge_files() == 1


def test_a_ledger_that_cannot_be_tidied_keeps_no_other_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Installation(read({}, data=str(tmp_path)))) as installation:
        broken, other = (installation.create(code, "县政协") for code in ("a", "b"))
        for desk in (broken, other):
            desk.files.put(png())
            desk.reader.catch_up()
        at_day(monkeypatch, 8)
        monkeypatch.setattr(broken, "files", None)
        with caplog.at_level(logging.INFO, "lvzhi"):
            installation.purge_files()
    assert other.files.total().count == 0
    lines = [logs.Told().format(each) for each in caplog.records]
    assert any("cannot be tidied now ledger=a" in line for line in lines)
    assert any("taken away ledger=b count=1" in line for line in lines)


def test_the_service_tidies_them_every_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    purged: list[str] = []
    monkeypatch.setattr(module, "PURGED_EVERY", 0)
    installation = Installation(read({"LVZHI_SEAL_EVERY": "off"}, data=str(tmp_path)))
    monkeypatch.setattr(installation, "purge_access", lambda: 1 / 0)
    monkeypatch.setattr(installation, "purge_files", lambda: purged.append("files"))
    with TestClient(module.create_app(installation)) as client:
        for _ in range(200):
            client.get("/livez")
            if purged:
                break
    assert purged


# The command line


@pytest.fixture
def kept(county: Run, tmp_path: Path) -> Iterator[Desk]:
    """A county of which a visit with li names the picture; the paper is named by none."""
    with closing(Installation(replace(read({}, data=str(tmp_path)), seal_every=None))) as here:
        desk = here.only()
        desk.files.put(SENT)
        desk.files.put(PDF)
        said = ("--evidence", f"现场:sha256={PICTURE}", "--participants", "陈静")
        where = ("--title", "走访", "--on", "2025-03-05", "--organiser", "城南工作室")
        assert county("record", "visited_village", *where, *said)[0] == 0
        yield desk


def test_how_many_there_are_is_told(county: Run, kept: Desk) -> None:
    code, output, _ = county("files", "list")
    assert (code, output) == (0, f"2 个文件,{len(LEFT) + len(PDF)} 字节 / files, bytes\n")
    told = json.loads(county("files", "list", "--json")[1])
    assert told == {"count": 2, "size": len(LEFT) + len(PDF)}


def test_the_files_of_somebody_are_listed(county: Run, kept: Desk) -> None:
    code, output, _ = county("files", "list", "--of", "陈静")
    (line,) = output.splitlines()
    sha256, stream = line.split()
    assert (code, sha256, stream[:9]) == (0, PICTURE, "occasion/")
    (told,) = json.loads(county("files", "list", "--of", stream, "--json")[1])
    assert told == {"sha256": PICTURE, "stream": stream}
    assert county("files", "list", "--of", "赵敏")[1] == ""


def test_a_file_is_taken_away_and_it_is_noted_by_whom_and_why(county: Run, kept: Desk) -> None:
    code, output, _ = county("files", "forget", PICTURE, "--reason", "群众要求", "--by", "赵敏")
    assert code == 0
    assert "forgotten" in output and "still names it" in output
    assert not kept.files.holds(PICTURE)
    (seen,) = kept.readings.of(f"file/{PICTURE}", datetime.now(UTC).date(), 10)
    assert (seen.envelope.by, seen.noted.action, seen.noted.reason) == (
        "zhao",
        Action.ERASE,
        "群众要求",
    )
    assert "群众要求" in county("readings", f"file/{PICTURE}")[1]
    assert county("files", "forget", PICTURE, "--reason", "再删")[0] == Exit.NOT_FOUND
    assert county("files", "forget", "x", "--reason", "再删")[0] == Exit.INVALID
    assert county("files", "forget", PAPER, "--reason", " ")[0] == Exit.INVALID
    assert kept.files.holds(PAPER)


def test_what_cannot_be_noted_is_not_done(
    county: Run, kept: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("application.readings.Readings.note", fails)
    assert county("files", "forget", PICTURE, "--reason", "群众要求")[0] == Exit.UNAVAILABLE
    assert kept.files.holds(PICTURE)
