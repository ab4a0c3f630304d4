"""A new master key on the command line, beside a service that runs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from interfaces.refusals import Exit
from interfaces.settings import read
from interfaces.wiring import Installation
from tests.interfaces.test_cli import Run, county, run
from tests.interfaces.test_lost_keys import office, serving

__all__ = ["county", "run"]

NEW = {"profile": {"name": "金丝雀"}, "term": {"number": 10, "since": "2021-12-01"}}


def test_whom_a_service_admits_beside_a_new_master_key_is_known_afterwards(
    county: Run, tmp_path: Path
) -> None:
    with serving(tmp_path) as service:
        asked = office(service, "haiyan")
        assert asked.send("/people/before", NEW, method="PUT").status_code == 201
        for _ in range(2):
            code, output, _ = county("keys", "rotate", "--forget-old")
            assert (code, "haiyan: " in output) == (0, True)
        assert asked.send("/people/after", NEW, method="PUT").status_code == 201
    assert len((tmp_path / "master.key").read_text().splitlines()) == 1
    (tmp_path / "read" / "haiyan.sqlite").unlink()

    with serving(tmp_path) as service:
        desk = service.installation.desk("haiyan")
        assert desk.reader.wait_for(desk.head(), 10)
        answer = office(service, "haiyan").get("/people")
        assert answer.status_code == 200
        names = {each["person"]: each["name"] for each in answer.json()["rows"]}
    assert {names["before"], names["after"]} == {"金丝雀"}


def test_an_older_master_key_that_something_needs_is_not_forgotten(
    county: Run, tmp_path: Path
) -> None:
    """A file of keys in the folder that is of no ledger here: it has to be moved away first."""
    settings = read({"LVZHI_SEAL_EVERY": "off"}, data=str(tmp_path))
    with closing(Installation(settings)) as installation:
        installation.vault("elsewhere").prepare(["member/p1"])

    code, _, errors = county("keys", "rotate", "--forget-old")

    assert (code, "elsewhere.sqlite: 1" in errors) == (Exit.CONFLICT, True)
    (tmp_path / "keys" / "elsewhere.sqlite").rename(tmp_path / "elsewhere.sqlite")
    assert county("keys", "rotate", "--forget-old")[0] == 0


def test_what_lies_under_a_master_key_that_is_lost_for_good_can_be_given_up(
    county: Run, tmp_path: Path
) -> None:
    (tmp_path / "master.key").unlink()
    asked = ("keys", "lost", "--ledger", "haiyan")
    code, _, errors = county(*asked)
    assert (code, "LVZHI_MASTER_KEY_FILE" in errors) == (Exit.UNAVAILABLE, True)
    assert not (tmp_path / "master.key").exists()

    (tmp_path / "keys" / "haiyan.sqlite").rename(tmp_path / "of-no-use")

    assert "member/li" in county(*asked)[1]
    assert county(*asked, "--give-up")[0] == 0
    assert county(*asked)[:2] == (0, "")
