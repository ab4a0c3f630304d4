"""A service that owns nothing in its database: with the rights that `lvzhi database prepare` gives it does all its work, and can make nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import sql

from domain.people import PersonId, Reason, Refused, Role
from interfaces.app import create_app
from interfaces.cli import main
from interfaces.refusals import Exit
from interfaces.wiring import Installation
from tests.application.test_logs import a_role, option
from tests.interfaces.conftest import COUNTY, Service, visit
from tests.interfaces.test_account import PASSWORD, Browser
from tests.interfaces.test_erasing import CANARIES, Place, arrive, erase, none_of, stored
from tests.pictures import PDF, jpeg

LEDGER = "haiyan"
LEFT = {"on": "2025-12-31", "how": "resigned", "reason": "调离"}


@pytest.fixture
def database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"lvzhi_role_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
        owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def role(database: str) -> Iterator[str]:
    with a_role(database) as role:
        yield role


@pytest.fixture
def owned(database: str, tmp_path: Path) -> Place:
    """A county in a database, as its owner made it."""
    place = Place(tmp_path / "data", tmp_path / "apart", database)
    with closing(Installation(place.settings())) as installation:
        installation.create(LEDGER, "海晏县政协")
    return place


def prepare(place: Place, role: str) -> int:
    assert place.database is not None
    said = ("database", "prepare", "--for", role, "--data", str(place.data))
    return main([*said, "--database", place.database])


def as_role(place: Place, role: str) -> Place:
    assert place.database is not None
    return replace(place, database=option(place.database, "role", role))


def test_a_service_that_owns_nothing_does_all_its_work(
    owned: Place,
    role: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert prepare(owned, role) == 0
    # The command writes the log in its own way.
    monkeypatch.setattr(logging.getLogger(), "handlers", [caplog.handler])
    place = as_role(owned, role)
    with (
        closing(Installation(place.settings())) as installation,
        TestClient(create_app(installation), raise_server_exceptions=False) as client,
    ):
        service = Service(installation, client)
        office = service.caller(LEDGER, "secretary", Role.OFFICE, "county")
        assert office.send("/commands", COUNTY).status_code == 200
        gone = {"profile": {"name": CANARIES[0]}, "term": {"number": 10, "since": "2021-12-01"}}
        assert office.send("/people/gone", gone, method="PUT").status_code == 201
        assert office.send("/people/gone/dismissals", LEFT, if_match="*").status_code == 200
        told = office.send("/occasions", visit(participants=[{"person": "gone"}]))
        assert told.status_code == 201, told.text
        arrive(office, told)

        account = installation.access.accounts.make("zhao")
        installation.access.accounts.link(account.id, LEDGER, PersonId("zhao"))
        installation.access.accounts.set_password(account.id, PASSWORD)
        assert Browser(client).sign_in("zhao").status_code == 200

        for _ in range(2):
            assert office.send("/files", PDF, key="").status_code == 201
        picture = office.send("/files", jpeg(), key="").json()["sha256"]
        seen = visit(evidence=[{"name": "现场", "sha256": picture}], participants=[])
        named = office.send("/occasions/v1", seen, method="PUT")
        assert named.status_code == 201, named.text
        answer = office.get(f"/occasions/v1/evidence/{picture}", after=named.json()["position"])
        assert answer.content == jpeg()
        desk = installation.desk(LEDGER)
        with monkeypatch.context() as later:
            later.setattr("interfaces.wiring.now", lambda: datetime.now(UTC) + timedelta(days=8))
            assert desk.purge_files() == 1
        assert desk.files.total().count == 1

        erase(monkeypatch, service, office, "member/gone", key="e1", days=8)
        assert installation.desk(LEDGER).sealer.seal() is not None
        none_of(CANARIES, office.get("/people/gone/history").text.encode())
        none_of(CANARIES, stored(owned, LEDGER))
        assert "lvzhi database clean" in caplog.text

    with closing(Installation(place.settings())) as again:
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            again.desk(LEDGER)
        assert "lvzhi database clean" not in caplog.text
    said = ["database", "clean", "--data", str(owned.data), "--database"]
    assert main([*said, str(place.database)]) == Exit.NOT_ALLOWED
    assert main([*said, str(owned.database)]) == 0
    assert "cleaned" in capsys.readouterr().out


@pytest.mark.parametrize(
    "said",
    [
        "CREATE SCHEMA mine",
        "CREATE TABLE lvzhi.mine ()",
        "CREATE TABLE lvzhi_access.mine ()",
        "CREATE TABLE lvzhi_haiyan.mine ()",
        "DELETE FROM lvzhi_haiyan.events",
        "UPDATE lvzhi_haiyan.events SET state = ''",
        "TRUNCATE lvzhi_haiyan.events",
        "DROP TRIGGER append_only ON lvzhi_haiyan.events",
        "UPDATE lvzhi_haiyan.files SET content = ''",
        "TRUNCATE lvzhi_haiyan.files",
        "DELETE FROM lvzhi.heads",
        "UPDATE lvzhi.read_layout SET layout = 0",
        "DROP TABLE lvzhi_access.accounts",
    ],
)
def test_its_role_can_make_and_change_nothing_else(owned: Place, role: str, said: str) -> None:
    assert prepare(owned, role) == 0
    database = as_role(owned, role).database
    assert database is not None
    with psycopg.connect(database) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(said.encode())
    assert refused.value.sqlstate == "42501"


def test_where_tables_are_missing_the_service_says_who_makes_them(owned: Place, role: str) -> None:
    assert owned.database is not None
    with psycopg.connect(owned.database) as owner:
        owner.execute("UPDATE lvzhi.read_layout SET layout = 0")
    place = as_role(owned, role)
    with psycopg.connect(owned.database) as owner:
        owner.execute(f'GRANT USAGE ON SCHEMA lvzhi, lvzhi_haiyan TO "{role}"'.encode())
        owner.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA lvzhi, lvzhi_haiyan TO "{role}"'.encode())  # fmt: skip
    with closing(Installation(place.settings())) as installation:
        with pytest.raises(Refused) as refused:
            installation.desk(LEDGER)
        assert refused.value.reason is Reason.NOT_PREPARED
        assert "lvzhi database prepare" in refused.value.en
    with closing(Installation(owned.settings())) as installation:
        assert installation.desk(LEDGER).head() == 1


def test_a_role_that_there_is_not_is_refused(
    owned: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prepare(owned, "nobody_of_this_name") == Exit.INVALID
    assert "--for nobody_of_this_name" in capsys.readouterr().err
    assert main(["database", "prepare", "--for", "x", "--data", str(owned.data)]) == Exit.INVALID
