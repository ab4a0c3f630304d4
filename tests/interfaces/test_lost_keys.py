"""Keys that are not there: one ledger is not served and says why, the others are; what is lost can be given up."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from domain.people import Reason, Refused, Role
from interfaces.app import create_app
from interfaces.refusals import Exit
from interfaces.settings import read
from interfaces.wiring import Installation
from tests.interfaces.conftest import COUNTY, Caller, Service
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import Run, run

__all__ = ["run"]


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    settings = read({"LVZHI_SEAL_EVERY": "off"}, data=str(folder))
    with (
        closing(Installation(settings)) as installation,
        TestClient(create_app(installation), raise_server_exceptions=False) as client,
    ):
        yield Service(installation, client)


def office(service: Service, ledger: str) -> Caller:
    return service.caller(ledger, "secretary", Role.OFFICE, "county")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two ledgers with people; of the first the key of li is gone, and with it the rows that were made with it."""
    with serving(tmp_path) as service:
        for code in ("haiyan", "pinghu"):
            service.installation.create(code, "某县政协")
            assert office(service, code).send("/commands", COUNTY).status_code == 200
    with closing(sqlite3.connect(tmp_path / "keys" / "haiyan.sqlite")) as keys:
        keys.execute("DELETE FROM keys WHERE subject = 'member/li'")
        keys.commit()
    (tmp_path / "read" / "haiyan.sqlite").unlink()
    (tmp_path / "erased").mkdir(exist_ok=True)
    (tmp_path / "erased" / "haiyan.txt").write_text("2026-01-01 member/somebody\n", "utf-8")
    return tmp_path


def test_a_ledger_whose_keys_are_lost_keeps_no_other_from_being_served(folder: Path) -> None:
    with serving(folder) as service:
        assert office(service, "pinghu").get("/people").status_code == 200
        token = service.installation.tokens.mint(
            "secretary", Role.OFFICE, "county", "haiyan", days=1
        )
        told = problem(Caller(service.client, "haiyan", token).get("/people"), 503, "keys_missing")
        assert "member/li" in told["detail"] and "lvzhi keys lost" in told["detail_en"]
        assert service.client.get("/readyz").status_code == 503
        assert service.client.get("/livez").status_code == 200
        stores = len(service.installation._stores)
        for _ in range(3):
            with pytest.raises(Refused):
                service.installation.desk("haiyan")
        assert len(service.installation._stores) == stores


def test_a_ledger_that_is_not_there_is_not_missed(tmp_path: Path) -> None:
    """Somebody's account may be linked to one that was moved away."""
    with serving(tmp_path) as service:
        assert list(service.installation.opened("gone")) == []
        assert service.client.get("/readyz").status_code == 200


def test_once_it_can_be_opened_a_ledger_is_no_longer_missed(folder: Path) -> None:
    with serving(folder) as service:
        assert service.client.get("/readyz").status_code == 503
        # The list of before names nobody that the ledger tells of: with it gone the ledger opens.
        (folder / "erased" / "haiyan.txt").unlink()
        service.installation.desk("haiyan")
        assert service.installation.serves_all


def test_what_is_written_without_a_key_is_refused_and_says_why(folder: Path) -> None:
    (folder / "erased" / "haiyan.txt").unlink()
    with serving(folder) as service, pytest.raises(Refused) as refused:
        service.installation.desk("haiyan").known()
    assert refused.value.reason is Reason.KEYS_MISSING


def test_a_key_that_is_lost_is_found_and_given_up(folder: Path, run: Run, tmp_path: Path) -> None:
    asked = ("keys", "lost", "--ledger", "haiyan")
    code, output, _ = run(*asked)
    assert (code, output) == (Exit.FAILED, "member/li\n")
    assert run("keys", "lost", "--ledger", "pinghu")[:2] == (0, "")

    code, output, _ = run(*asked, "--give-up")
    assert (code, "1" in output) == (0, True)

    assert run(*asked)[:2] == (0, "")
    with serving(folder) as service:
        people = office(service, "haiyan").get("/people").json()["rows"]
        assert "(已删除)" in {each["name"] for each in people}
        assert service.client.get("/readyz").status_code == 200
