"""What the log holds: enough to find a fault, and nothing that somebody typed in, whatever goes wrong with it."""

from __future__ import annotations

import io
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from application.seal.verify import Bad
from domain.people import Role
from interfaces import logs
from interfaces.app import create_app
from interfaces.sealing import Keeper
from interfaces.settings import read
from interfaces.wiring import Installation
from tests.interfaces.conftest import COUNTY, Caller, granted, visit

CANARIES = ("金丝雀李四", "13812345678", "330102196502031234", "canary-secret")
"""A name, a telephone number, an identity number and a secret that nobody else has."""


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log, written as the product writes it."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    written = io.StringIO()
    logs.install(written)
    yield written
    root.handlers[:] = before
    root.setLevel(level)


def clean(written: io.StringIO) -> str:
    """What was written, having made sure that no canary is in it."""
    text = written.getvalue()
    for canary in CANARIES:
        assert canary not in text, text
        assert ascii(canary)[1:-1] not in text, text
    return text


def raised(*about: object) -> ValueError:
    """An error that quotes what it is about, with a cause that does so, too."""
    try:
        try:
            raise KeyError(*about)
        except KeyError as cause:
            raise ValueError(f"bad row {about}") from cause
    except ValueError as error:
        return error


def test_an_errors_words_are_left_out_and_its_place_is_told(log: io.StringIO) -> None:
    logger = logging.getLogger("lvzhi.test")
    logger.error("failed", exc_info=raised(*CANARIES), extra={"ledger": "haiyan", "position": 7})
    said = clean(log)
    assert "ERROR lvzhi.test failed ledger=haiyan position=7" in said
    assert "error=builtins.ValueError at=" in said
    assert "error=builtins.KeyError" in said
    assert "test_logs.py:" in said
    assert said.count("\n") == 1


def test_what_is_filled_in_and_what_is_not_on_the_list_is_left_out(log: io.StringIO) -> None:
    logger = logging.getLogger("somebody.else")
    logger.warning("cannot take %s from %s", *CANARIES[:2])
    logger.warning("cannot take it", extra={"person": CANARIES[0], "body": CANARIES[2]})
    said = clean(log)
    assert "cannot take %s from %s" in said
    assert "person" not in said


def test_a_line_stays_a_line(log: io.StringIO) -> None:
    logging.getLogger("x").warning(
        "two\nlines\r\x1b[31m", extra={"route": "a\nERROR forged\x1b[0m"}
    )
    said = log.getvalue()
    assert said.count("\n") == 1
    assert "\nERROR" not in said


def test_an_error_that_causes_itself_is_told_once(log: io.StringIO) -> None:
    error = ValueError("x")
    error.__context__ = KeyError("y")
    error.__context__.__context__ = error
    logging.getLogger("x").error("failed", exc_info=error)
    assert log.getvalue().count("error=") == 2


class TestService:
    """Whatever fails while somebody's data are being handled."""

    @pytest.fixture
    def office(self, tmp_path: Path, log: io.StringIO) -> Iterator[Caller]:
        """A service of one ledger that names the canaries wherever it may."""
        installation = Installation(read({"LVZHI_SEAL_EVERY": "off"}, data=str(tmp_path)))
        installation.create("logged", "某县政协")
        with TestClient(create_app(installation), raise_server_exceptions=False) as client:
            granted(installation, "logged", "office", Role.OFFICE, "county")
            token = installation.tokens.mint("office", Role.OFFICE, "county", "logged", days=1)
            made = Caller(client, "logged", token)
            made.send("/commands", COUNTY)
            profile = {"name": CANARIES[0], "standing": "other"}
            admitted = {"command": "admit", "person": "canary", "profile": profile}
            assert "problem" not in made.send("/commands", [admitted]).text
            self.installation = installation
            yield made

    def test_a_fault_of_ours(
        self, office: Caller, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_: Any, **__: Any) -> None:
            raise raised(*CANARIES)

        monkeypatch.setattr("interfaces.api.reads.roster.people", fails)
        answer = office.get("/people", text=CANARIES[0])
        assert answer.status_code == 500
        said = clean(log)
        assert "GET\\x20/api" in said or "'GET /api/v1/ledgers/{ledger}/people'" in said
        assert "error=builtins.ValueError" in said
        for canary in CANARIES:
            assert canary not in answer.text

    def test_a_fault_of_the_database(
        self, office: Caller, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_: Any, **__: Any) -> None:
            raise OperationalError(
                f"SELECT {CANARIES[0]}",
                {"name": CANARIES[1]},
                sqlite3.OperationalError(CANARIES[2]),
            )

        monkeypatch.setattr("interfaces.api.reads.deeds.deeds", fails)
        assert office.get("/deeds", text=CANARIES[0]).status_code == 503
        assert "sqlalchemy.exc.OperationalError" in clean(log)

    def test_what_is_refused(self, office: Caller, log: io.StringIO) -> None:
        office.send("/occasions", visit(title=CANARIES[0], place=CANARIES[1]))
        office.send("/occasions", visit(on=CANARIES[2]))
        office.send("/occasions", f"{{{CANARIES[0]}".encode())
        office.get(f"/people/{CANARIES[1]}")
        office.get("/people", nonsense=CANARIES[0])
        office.client.get(office.url("/people"), headers={"Authorization": f"Bearer {CANARIES[3]}"})
        clean(log)

    def test_a_reader_that_stops(
        self, office: Caller, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = self.installation.desk("logged")

        def fails(*_: Any, **__: Any) -> None:
            raise raised(*CANARIES)

        monkeypatch.setattr(desk.reader, "catch_up", fails)
        office.send("/occasions", visit())
        desk._reading.join(10)  # type: ignore[union-attr]
        assert "a reader has stopped ledger=logged" in clean(log)

    def test_a_sealer_that_stops(self, office: Caller, log: io.StringIO) -> None:
        Keeper(self.installation, 1)._alarm("logged", Bad(CANARIES[0], CANARIES[1], 3))
        assert "a ledger is sealed no more: verify it ledger=logged position=3" in clean(log)
