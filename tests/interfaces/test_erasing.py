"""Erasing a person: by two, after a waiting time; gone from log, rows, answers, exports and logs, also after an older backup was put back; all else stays."""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, insert, select

from application.clock import now
from application.handle import Request
from application.seal.bundle import write_bundle
from application.seal.check import check_ledger
from application.seal.verify import parse_key
from application.vault import ERASED, ErasedList
from domain.member import Admit, Profile, Standing
from domain.people import PersonId, Role
from interfaces import wiring
from interfaces.app import create_app
from interfaces.sealing import first_key
from interfaces.settings import read
from interfaces.wiring import OWNER, Desk, Installation
from projections.columns import METADATA
from projections.roster import person_versions
from projections.store import PostgresStore
from tests.interfaces.conftest import Caller, Service, visit
from tests.interfaces.test_api_refusals import problem

RUBRIC = (files("packs") / "rehearsal" / "rubric.yaml").read_text("utf-8")
EFFECTS = "/documents/rubric/rehearsal/effects?year=2025"
DEARER = (
    RUBRIC.partition("\ncases:")[0]
    .replace("version: 1", "version: 2", 1)
    .replace("    en: base\n", "    en: base\n    starts: 5\n", 1)
)
"""Another version, whose publication moves his total."""
NAME, PHONE, EMPLOYER, WHY, SAID, SPOKE, ASKED = (
    "金丝雀甲",
    "13800001234",
    "金丝雀县医院",
    "金丝雀因病",
    "金丝雀迟到",
    "金丝雀老乡",
    "金丝雀讲座",
)
CANARIES = (NAME, PHONE, EMPLOYER, WHY, SAID, SPOKE, ASKED)
SINCE = "2021-12-01"
OTHERS = ("li", "zhao", "chen")


@dataclass
class Place:
    """A service whose folders the test knows: data that is backed up, and what is kept apart."""

    data: Path
    apart: Path
    database: str | None

    def settings(self) -> Any:
        """As an operator sets it."""
        told = {
            "LVZHI_SEAL_EVERY": "off",
            "LVZHI_ERASED": str(self.apart / "erased"),
            "LVZHI_MASTER_KEY_FILE": str(self.apart / "master.key"),
            "LVZHI_SEAL_KEYS": str(self.apart / "seal-keys"),
        }
        return read(told, data=str(self.data), database=self.database)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    url = None if request.param == "sqlite" else request.getfixturevalue("own_database")
    return Place(tmp_path / "data", tmp_path / "apart", url)


@pytest.fixture
def service(place: Place) -> Iterator[Service]:
    with closing(Installation(place.settings())) as installation:
        client = TestClient(create_app(installation), raise_server_exceptions=False)
        with client:
            yield Service(installation, client)


@pytest.fixture
def office(service: Service) -> Caller:
    """A county in which somebody has left the committee, of whom all sorts of things are said."""
    office = service.ledger()
    for path, body in (
        (
            "/people",
            {
                "profile": {"name": NAME, "phone": PHONE, "employer": EMPLOYER},
                "term": {"number": 10, "since": SINCE},
                "memberships": [
                    {"bond": "sector", "unit": "medicine", "since": SINCE},
                    {"bond": "studio", "unit": "south", "since": SINCE},
                ],
            },
        ),
        ("/people/gone/exemptions", {"since": "2025-02-01", "until": "2025-02-20", "reason": WHY}),
        ("/occasions", visit(participants=[{"person": "gone"}, {"person": "li"}])),
        ("/occasions", visit(on="2025-04-02", title="走访南湾村", participants=[{"person": "li"}])),
        (
            "/matters/voice",
            {
                "details": {"kind": "carried_up", "topic": "修路", "spoken_by": SPOKE},
                "title": "修路",
                "on": "2025-03-05",
                "organiser": "south",
                "authors": [{"person": "li", "role": "first"}],
            },
        ),
        (
            "/findings",
            {
                "details": {"kind": "was_marked", "code": "x", "wording": SAID},
                "on": "2025-03-09",
                "body": "县政协",
                "reason": SAID,
                "person": "gone",
                "figure": "1",
            },
        ),
        (
            "/documents/rubric/rehearsal/versions",
            {"version": "1", "text": RUBRIC, "since": "2025-01-01"},
        ),
        (
            "/documents/rubric/rehearsal/versions",
            {"version": "2", "text": DEARER, "since": "2025-01-01"},
        ),
        ("/people/gone/dismissals", {"on": "2025-12-31", "how": "resigned", "reason": WHY}),
    ):
        named = path in {"/people", "/matters/voice"}
        answer = office.send(
            "/people/gone" if path == "/people" else path, body, method="PUT" if named else "POST"
        )
        assert answer.status_code in {200, 201}, answer.text
    queried(service, office)
    arrive(office, answer)
    return office


def queried(service: Service, office: Caller) -> None:
    """What he said was missing, and what he was told."""
    missing = {"person": "gone", "sort": "missing", "what": ASKED, "on": "2025-03-01", "organised_by": ASKED}  # fmt: skip
    raised = office.send("/disputes/q", missing, method="PUT", lvzhi_acting_for="gone")
    assert raised.status_code == 201, raised.text
    panel = service.caller(office.ledger, "panel", Role.APPRAISAL)
    told = panel.send("/disputes/q/decision", {"outcome": "partly", "reason": ASKED})
    assert told.status_code == 200, told.text
    asked = office.send("/disputes/q/withdrawal", {"reason": ASKED}, lvzhi_acting_for="gone")
    assert asked.status_code == 409


def arrive(office: Caller, answer: Any) -> None:
    assert office.get("/summary", after=answer.headers["Lvzhi-Position"]).status_code == 200


def answers(office: Caller) -> dict[str, str]:
    """What the service tells of everybody: rosters, scores, histories, records."""
    paths = ["/people", "/occasions", "/matters", "/findings/x", "/disputes", "/disputes/q"]
    paths.append(EFFECTS)
    for who in (*OTHERS, "gone"):
        paths += [f"/people/{who}{part}" for part in ("", "/history", "/facts")]
        paths += [f"/people/{who}/scorecards?year=2025", f"/people/{who}/progress?year=2025"]
    found = {}
    for path in paths:
        plain, _, query = path.partition("?")
        answer = office.get(plain, **dict([query.split("=")] if query else []))
        found[path] = answer.text
    return found


def another(service: Service, office: Caller) -> Caller:
    return service.caller(office.ledger, "deputy", Role.OFFICE, "county")


def later(monkeypatch: pytest.MonkeyPatch, desk: Desk, days: int) -> None:
    """So many days go by."""

    def then() -> datetime:
        return now() + timedelta(days=days)

    monkeypatch.setattr(desk.writer, "_clock", then)
    monkeypatch.setattr(wiring, "now", then)


def erase(
    monkeypatch: pytest.MonkeyPatch,
    service: Service,
    office: Caller,
    subject: str,
    *,
    key: str,
    days: int,
) -> None:
    asked = {"subject": subject, "basis": "purpose_done", "reason": "已退出,保存期满"}
    assert office.send(f"/erasures/{key}", asked, method="PUT").status_code == 201
    approved = another(service, office).send(f"/erasures/{key}/approval")
    assert approved.status_code == 200, approved.text
    later(monkeypatch, service.installation.desk(office.ledger), days)
    # Answers that are kept for the day are there when it is done.
    answers(office)
    done = office.send(f"/erasures/{key}/execution")
    assert done.status_code == 200, done.text
    arrive(office, done)


def stored(place: Place, ledger: str) -> bytes:
    """All that lies on the disk or in the database, but for what is kept apart."""
    found = b"".join(
        file.read_bytes()
        for file in sorted(place.data.rglob("*"))
        if file.is_file() and file.parent.name != "keys"
    )
    if place.database is not None:
        with psycopg.connect(place.database) as connection:
            tables = connection.execute(
                "SELECT table_schema, table_name FROM information_schema.tables"
                " WHERE table_schema LIKE 'lvzhi%%' OR table_schema LIKE %s",
                [f"%{ledger}%"],
            ).fetchall()
            assert tables
            for schema, table in tables:
                rows = connection.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall()
                for row in rows if ledger in schema else [r for r in rows if ledger in r]:
                    found += b"".join(
                        each if isinstance(each, bytes) else str(each).encode() for each in row
                    )
    return found


def none_of(canaries: tuple[str, ...], text: bytes) -> None:
    for each in canaries:
        assert each.encode() not in text, each
        assert json.dumps(each)[1:-1].encode() not in text, each


def test_a_person_is_gone_and_all_else_stays(  # what the test needs
    place: Place,
    service: Service,
    office: Caller,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Roots, scores and other people's histories are as they were; what told of him cannot be read anywhere."""
    caplog.set_level(logging.DEBUG)
    desk = service.installation.desk(office.ledger)
    before = answers(office)
    assert all(each in "".join(before.values()) for each in CANARIES)
    assert NAME in before[EFFECTS]
    sealed = desk.sealer.seal()
    assert sealed is not None
    backup = tmp_path / "backup"
    with desk.reader._turn:
        shutil.copytree(place.data, backup)
        before_rows = rows_of(desk)
    with desk.knowing() as known:
        assert known.roster.people[PersonId("gone")].profile.name in CANARIES

    erase(monkeypatch, service, office, "member/gone", key="e1", days=8)
    none_of((NAME,), "".join(answers(office).values()).encode())
    erase(monkeypatch, service, office, "matter/voice", key="e2", days=16)
    with desk.knowing() as known:
        none_of(CANARIES, repr(known.roster.people[PersonId("gone")]).encode())

    after = answers(office)
    for path, told in before.items():
        if "/gone" not in path:
            expected = told
            for each in CANARIES:
                expected = expected.replace(each, ERASED)
            if path == "/people":
                # Listed by name, and he has none.
                rows, others = json.loads(after[path])["rows"], json.loads(expected)["rows"]
                key = lambda row: row["person"]  # noqa: E731
                assert sorted(rows, key=key) == sorted(others, key=key)
            elif path not in {"/matters/voice", EFFECTS}:
                assert _without_links(after[path]) == _without_links(expected), path
    score = "/people/gone/scorecards?year=2025"
    assert [c["total"] for c in json.loads(after[score])] == [
        c["total"] for c in json.loads(before[score])
    ]
    assert json.loads(before[score])
    none_of(CANARIES, "".join(after.values()).encode())
    none_of(CANARIES, stored(place, office.ledger))
    none_of(CANARIES, caplog.text.encode())

    assert desk.seals.checkpoint(sealed.size) == sealed
    again = desk.sealer.seal()
    assert again is not None and again.size > sealed.size
    trusted = parse_key(first_key(desk.seals, desk.signer))
    kept = tmp_path / "kept.txt"
    kept.write_text(str(sealed.note), "utf-8")
    report = check_ledger(desk.log, desk.seals, desk.signer, key=trusted, kept=[kept])
    assert report.holds, report
    bundle = tmp_path / "bundle.zip"
    write_bundle(desk.log, desk.seals, again, bundle)
    with ZipFile(bundle) as opened:
        none_of(CANARIES, b"".join(opened.read(name) for name in opened.namelist()))

    told = json.loads(after["/people/gone/history"])["rows"]
    assert [row["name"] for row in told][:3] == [
        "erasure.carried_out",
        "erasure.approved",
        "erasure.requested",
    ]
    _put_back(place, backup, before_rows, office, tmp_path)


def _without_links(told: str) -> Any:
    """An answer without the addresses of further pages."""
    found = json.loads(told)
    if isinstance(found, dict):
        found.pop("next", None)
    return found


def rows_of(desk: Desk) -> dict[Any, list[Any]]:
    """The rows of the read model of a ledger."""
    with desk.store.reading() as connection:
        return {
            table: [
                dict(row)
                for row in connection.execute(
                    select(table).where(table.c.ledger == desk.code)
                ).mappings()
            ]
            for table in METADATA.sorted_tables
        }


def _put_back(
    place: Place, backup: Path, rows: dict[Any, list[Any]], office: Caller, tmp_path: Path
) -> None:
    """Files of an older backup, keys among them; what is kept apart stays as it is."""
    restored = Place(tmp_path / "restored", place.apart, place.database)
    shutil.copytree(backup, restored.data)
    if place.database is not None:
        store = PostgresStore(place.database)
        with store.writing() as writing:
            for table, found in rows.items():
                writing.connection.execute(delete(table).where(table.c.ledger == office.ledger))
                if found:
                    writing.connection.execute(insert(table), found)
        store.close()
        with pytest.raises(AssertionError):
            none_of(CANARIES, stored(restored, office.ledger))
    with closing(Installation(restored.settings())) as installation:
        client = TestClient(create_app(installation), raise_server_exceptions=False)
        with client:
            service = Service(installation, client)
            again = service.caller(office.ledger, "secretary", Role.OFFICE, "county")
            seen = answers(again)
            assert len(json.loads(seen["/people/li/history"])["rows"]) >= 3
            none_of(CANARIES, "".join(seen.values()).encode())
            assert ERASED in seen["/people/gone"]
        vault = installation.vault(office.ledger)
        vault.fetch(["member/gone", "matter/voice"])
        assert not vault._keys
    none_of(CANARIES, stored(restored, office.ledger))


def test_it_takes_two_and_a_week(
    service: Service, office: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"subject": "member/gone", "basis": "family", "reason": "近亲属申请"}
    assert office.send("/erasures/e1", asked, method="PUT").status_code == 201
    problem(office.send("/erasures/e1/execution"), 409, "not_at_this_step")
    problem(office.send("/erasures/e1/approval"), 403, "needs_another")
    deputy = another(service, office)
    assert deputy.send("/erasures/e1/approval").status_code == 200
    problem(office.send("/erasures/e1/execution"), 409, "still_waiting")
    desk = service.installation.desk(office.ledger)
    later(monkeypatch, desk, 6)
    problem(office.send("/erasures/e1/execution"), 409, "still_waiting")
    assert ErasedList(desk.vault.erased.file).subjects() == frozenset()
    later(monkeypatch, desk, 7)
    assert deputy.send("/erasures/e1/execution").status_code == 200
    (told,) = deputy.get("/erasures").json()
    assert (told["step"], told["requested_by"], told["approved_by"]) == (
        "carried_out",
        "secretary",
        "deputy",
    )
    problem(
        office.send(
            "/people/gone/amendments", {"profile": {"name": NAME}, "reason": "x"}, If_Match="*"
        ),
        409,
        "erased",
    )


def test_what_was_decided_is_carried_through_after_a_crash(
    place: Place, service: Service, office: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision is in the ledger and the key is still there: whoever opens the ledger next destroys it, and so does a retry."""
    asked = {"subject": "member/gone", "basis": "retention_over", "reason": "x"}
    office.send("/erasures/e1", asked, method="PUT")
    another(service, office).send("/erasures/e1/approval")
    desk = service.installation.desk(office.ledger)
    later(monkeypatch, desk, 8)
    with monkeypatch.context() as broken:

        def fails(*_: Any) -> int:
            raise sqlite3.OperationalError("disk full")

        broken.setattr(desk.vault, "destroy", fails)
        problem(office.send("/erasures/e1/execution", key="run"), 503, "unavailable")
    assert desk.vault.number() > 0
    told = office.get("/erasures").json()[0]
    assert told["step"] == "carried_out"

    with closing(Installation(place.settings())) as other:
        found = other.desk(office.ledger)
        found.vault.fetch(["member/gone"])
        assert "member/gone" not in found.vault._keys
        with closing(sqlite3.connect(found.vault.file)) as keys:
            assert not keys.execute("SELECT * FROM keys WHERE subject = 'member/gone'").fetchall()
    again = office.send("/erasures/e1/execution", key="run")
    assert again.status_code == 200 and again.headers["Idempotent-Replayed"] == "true"
    arrive(office, again)
    none_of(CANARIES[:4], office.get("/people/gone").text.encode())


@pytest.mark.parametrize(
    ("subject", "status", "reason"),
    [
        ("member/li", 409, "still_a_member"),
        ("member/nobody", 422, "no_such_person"),
        ("matter/nothing", 422, "no_such_deed"),
        ("pairing/nothing", 422, "no_such_pairing"),
        ("unit/south", 422, "malformed"),
        ("rubric/rehearsal", 422, "malformed"),
    ],
)
def test_what_cannot_be_erased_is_told(
    untouched: Caller, subject: str, status: int, reason: str
) -> None:
    asked = {"subject": subject, "basis": "purpose_done", "reason": "x"}

    answer = untouched.send("/erasures", asked)

    problem(answer, status, reason, pointer="/subject")


def test_an_erasure_that_was_let_be_destroys_nothing(service: Service, office: Caller) -> None:
    asked = {"subject": "member/gone", "basis": "ordered", "reason": "x"}
    office.send("/erasures/e1", asked, method="PUT")
    assert office.send("/erasures/e1/cancellation", {"reason": "撤回"}).status_code == 200
    problem(another(service, office).send("/erasures/e1/approval"), 409, "not_at_this_step")
    assert NAME in office.get("/people/gone").text


def test_others_may_not(service: Service, office: Caller) -> None:
    asked = {"subject": "member/gone", "basis": "ordered", "reason": "x"}
    for role in (Role.CLERK, Role.HEAD, Role.MEMBER, Role.APPRAISAL, Role.AUDITOR, Role.CONSUMER):
        caller = service.caller(office.ledger, "li", role, "south")
        problem(caller.send("/erasures", asked), 403, "not_allowed")
        seen = caller.get("/erasures").status_code
        assert seen == (200 if role is Role.AUDITOR else 403)


def test_an_erasure_whose_answer_was_lost_is_carried_through_by_whoever_follows(
    place: Place, service: Service, office: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry is stored, and whoever stored it was cut off: nobody retries, and the service is not started again."""
    asked = {"subject": "member/gone", "basis": "retention_over", "reason": "x"}
    office.send("/erasures/e1", asked, method="PUT")
    another(service, office).send("/erasures/e1/approval")
    desk = service.installation.desk(office.ledger)
    later(monkeypatch, desk, 8)
    with closing(Installation(place.settings())) as other:
        follower = other.desk(office.ledger)
        assert NAME in follower.known().roster.people[PersonId("gone")].profile.name
        follower.writer.opened()
        with monkeypatch.context() as cut_off:
            cut_off.setattr(desk, "_heed", lambda _: None)
            cut_off.setattr(desk, "follow", lambda: None)
            assert office.send("/erasures/e1/execution").status_code == 200
            assert "member/gone" not in desk.vault.erased.subjects()

            follower.follow()
            follower.settle()

        assert follower.vault.erased.subjects() == {"member/gone"}
        assert follower.writer.opened().roster.people[PersonId("gone")].profile.name == ERASED
        desk.follow()
        desk.settle()
        assert desk.writer.opened().roster.people[PersonId("gone")].profile.name == ERASED


def test_what_somebody_still_reads_is_cleaned_when_he_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without another erasure, and without a new start."""
    monkeypatch.setattr("projections.store.PATIENCE", 0.3)
    place = Place(tmp_path / "data", tmp_path / "apart", None)
    with closing(Installation(place.settings())) as installation:
        desk = installation.create("county", "某县政协")
        gone = Admit(person=PersonId("gone"), profile=Profile(name=NAME, standing=Standing.STAFF))
        desk.one(Request(command=gone, actor=OWNER, command_id="gone"))
        desk.reader.catch_up()
        with desk.store.reading() as reading:
            assert NAME in reading.execute(select(person_versions.c.name)).scalars()
            desk.vault.erased.add("2026-01-01", ["member/gone"])
            desk.apply_erasures()
            assert NAME.encode() in stored(place, "county")
        desk.follow()
        desk.settle()
        none_of((NAME,), stored(place, "county"))
        desk.follow()
        assert not desk._settling.is_alive()
