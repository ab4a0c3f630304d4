"""In production nothing starts with what others know or can overhear; and no secret is ever in what is said."""

from __future__ import annotations

import logging
import socket
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from domain.people import Reason, Refused, Role
from interfaces import settings
from interfaces.app import create_app
from interfaces.production import is_of_this_machine, refuse_unsafe
from interfaces.refusals import Exit, sentences
from interfaces.serving import serve
from interfaces.wiring import Installation
from tests.interfaces.test_cli import Run, run

__all__ = ["run"]

CANARY = "CanaryOfThirtyTwoBytesOrMore0123"
SAFE_URL = f"postgresql://lv:{CANARY}@db.example/lvzhi?sslmode=verify-full"


def told(**more: str) -> settings.Settings:
    """Settings of production that are safe, with some changed."""
    safe = {
        "LVZHI_PRODUCTION": "1",
        "LVZHI_DATA": "/srv/lvzhi",
        "LVZHI_TOKEN_KEY": CANARY,
        "LVZHI_SEAL_KEYS": "/etc/lvzhi/seal-keys",
        "LVZHI_KEYS": "/var/lib/lvzhi-keys",
        "LVZHI_MASTER_KEY_FILE": "/etc/lvzhi/master.key",
        "LVZHI_ERASED": "/etc/lvzhi/erased",
        "LVZHI_ACCESS": "/var/lib/lvzhi-access",
        "LVZHI_HOSTS": "lvzhi.example",
    }
    return settings.read({**safe, **more})


def unsafe(found: settings.Settings, host: str = "0.0.0.0") -> list[str]:  # noqa: S104 -- listened on by nobody here
    """The settings that are refused, if any."""
    try:
        refuse_unsafe(found, host)
    except Refused as caught:
        refused = caught
    else:
        return []
    each = [refused, *refused.others]
    assert {one.reason for one in each} == {Reason.UNSAFE_SETTING}
    assert all(one.wanted is not None for one in each)
    assert CANARY not in "".join(sentences(refused))
    return [one.field for one in each]


def test_what_is_safe_starts() -> None:
    assert unsafe(told()) == []
    assert unsafe(told(LVZHI_DATABASE_URL=SAFE_URL)) == []
    assert unsafe(told(LVZHI_HOSTS=""), "127.0.0.1") == []


def test_a_key_beside_the_data_is_refused() -> None:
    field = ["LVZHI_TOKEN_KEY_FILE"]
    assert unsafe(told(LVZHI_TOKEN_KEY="")) == field
    for file, found in (("/srv/lvzhi/keys/../key", field), ("/etc/lvzhi/key", [])):
        assert unsafe(told(LVZHI_TOKEN_KEY="", LVZHI_TOKEN_KEY_FILE=file)) == found


def test_keys_of_seals_beside_the_data_are_refused_where_it_seals() -> None:
    assert unsafe(told(LVZHI_SEAL_KEYS="")) == ["LVZHI_SEAL_KEYS"]
    assert unsafe(told(LVZHI_SEAL_KEYS="/srv/lvzhi/a", LVZHI_SEAL_EVERY="off")) == []


@pytest.mark.parametrize("name", ["LVZHI_KEYS", "LVZHI_MASTER_KEY_FILE", "LVZHI_ERASED"])
def test_keys_of_people_beside_the_data_are_refused(name: str) -> None:
    assert unsafe(told(**{name: ""})) == [name]
    assert unsafe(told(**{name: "/srv/lvzhi/a"})) == [name]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"LVZHI_MASTER_KEY_FILE": "/var/lib/lvzhi-keys/master.key"}, "LVZHI_MASTER_KEY_FILE"),
        ({"LVZHI_MASTER_KEY_FILE": "/var/lib/master.key"}, "LVZHI_MASTER_KEY_FILE"),
        ({"LVZHI_ERASED": "/var/lib/lvzhi-keys"}, "LVZHI_ERASED"),
        ({"LVZHI_ERASED": "/var/lib/lvzhi-keys/erased"}, "LVZHI_ERASED"),
        ({"LVZHI_KEYS": "/etc/lvzhi/erased/keys", "LVZHI_MASTER_KEY_FILE": "/etc/m/key"}, "LVZHI_ERASED"),
        ({"LVZHI_READINGS": "/var/lib/lvzhi-keys/readings"}, "LVZHI_KEYS"),
        ({"LVZHI_READINGS": "/etc/lvzhi/erased"}, "LVZHI_ERASED"),
        ({"LVZHI_KEYS": "/etc/lvzhi/seal-keys", "LVZHI_MASTER_KEY_FILE": "/etc/m/key"}, "LVZHI_KEYS"),
        ({"LVZHI_KEYS": "/srv/readings/keys", "LVZHI_READINGS": "/srv/readings"}, "LVZHI_KEYS"),
        ({"LVZHI_SEALS": "/srv/seals", "LVZHI_KEYS": "/srv/seals"}, "LVZHI_KEYS"),
        ({"LVZHI_DATA": "/var/lib/lvzhi-keys/data"}, "LVZHI_KEYS"),
        ({"LVZHI_MASTER_KEY_FILE": "/etc/lvzhi/erased/master.key"}, "LVZHI_MASTER_KEY_FILE"),
        ({"LVZHI_READINGS": "/r", "LVZHI_MASTER_KEY_FILE": "/r/m.key"}, "LVZHI_MASTER_KEY_FILE"),
        ({"LVZHI_ACCESS": ""}, "LVZHI_ACCESS"),
        ({"LVZHI_ACCESS": "/srv/lvzhi/access"}, "LVZHI_ACCESS"),
    ],
)  # fmt: skip
def test_what_is_backed_up_apart_lies_apart(more: dict[str, str], field: str) -> None:
    assert unsafe(told(**more)) == [field]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "lvzhi.example"])  # noqa: S104 -- listened on by nobody here
def test_others_may_ask_only_by_names_that_are_listed(host: str) -> None:
    assert unsafe(told(LVZHI_HOSTS=""), host) == ["LVZHI_HOSTS"]


def test_addresses_of_the_machine_itself() -> None:
    mine = ["127.0.0.1", "127.9.9.9", "::1", "localhost", "", "/run/postgresql"]
    assert all(map(is_of_this_machine, mine))
    assert not any(map(is_of_this_machine, ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example"]))  # noqa: S104 -- as above


@pytest.mark.parametrize(
    ("url", "times"),
    [
        ("postgresql://lv:postgres@127.0.0.1/x", 1),
        ("postgresql://lv:lvzhi@127.0.0.1/x", 1),
        ("postgresql://lv:%6cvzhi@127.0.0.1/x", 1),
        ("postgresql://lv:@127.0.0.1/x", 1),
        ("postgresql://lv@127.0.0.1/x", 1),
        ("postgresql://somebody:somebody@127.0.0.1/x", 1),
        ("postgresql://lv@127.0.0.1/x?password=lvzhi", 1),
        ("postgresql://lv@/x", 0),
        ("postgresql://lv@/x?host=/run/postgresql", 0),
        ("postgresql://lv@127.0.0.1/x?passfile=/etc/lvzhi/pgpass", 0),
        (f"postgresql://lv:{CANARY}@127.0.0.1/x", 0),
        (f"postgresql://lv:{CANARY}@[::1]:5433/x", 0),
        (f"postgresql://lv:{CANARY}@localhost/x", 0),
        (f"postgresql://lv:{CANARY}@db.example/x", 1),
        (f"postgresql://lv:{CANARY}@db.example/x?sslmode=prefer", 1),
        (f"postgresql://lv:{CANARY}@db.example/x?sslmode=disable", 1),
        (f"postgresql://lv:{CANARY}@db.example/x?sslmode=require", 0),
        (f"postgresql://lv:{CANARY}@127.0.0.1,db.example/x", 1),
        (f"postgresql://lv:{CANARY}@127.0.0.1/x?hostaddr=10.0.0.1", 1),
        ("postgresql://lv:lvzhi@db.example/x", 2),
    ],
)
def test_a_database_has_a_password_of_its_own_and_is_not_overheard(url: str, times: int) -> None:
    assert unsafe(told(LVZHI_DATABASE_URL=url)) == [settings.DATABASE] * times


def test_all_that_is_unsafe_is_told_at_once_and_only_in_production() -> None:
    more = {
        "LVZHI_TOKEN_KEY": "",
        "LVZHI_HOSTS": "",
        "LVZHI_DATABASE_URL": "postgresql://lv:lvzhi@db.example/x",
    }
    assert len(unsafe(told(**more))) == 4
    assert unsafe(told(**more, LVZHI_PRODUCTION="0")) == []


def test_the_service_does_not_start_with_what_is_unsafe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setenv("LVZHI_PRODUCTION", "1")
    installation = Installation(settings.read({"LVZHI_PRODUCTION": "1"}, data=str(tmp_path)))
    with pytest.raises(Refused):
        serve(installation, "127.0.0.1", 0)
    assert run("ledger", "create", "haiyan")[0] == 0
    code, _, errors = run("serve", "--port", "0")
    assert code == Exit.USAGE
    assert "LVZHI_TOKEN_KEY_FILE" in errors
    assert "应为 LVZHI_TOKEN_KEY" in errors


# Secrets

BROKEN_URLS = [
    f"postgresql://lv:{CANARY}%zz@h/x",
    f"postgresql://lv:a@{CANARY}@h/x",
    f"postgresql://lv:a/{CANARY}@h/x",
    f"postgresql://lv:{CANARY}/b@h/x",
    f"postgresql://h/x?nonsense={CANARY}",
    f"postgresql://h:{CANARY}/x",
    f"mysql://lv:{CANARY}@h/x",
    CANARY,
]
ODD_URLS = [f"postgresql://lv:a{sign}{CANARY}@127.0.0.1:1/x" for sign in "?#[:"]
"""The driver takes these as they were meant."""


@pytest.mark.parametrize("url", BROKEN_URLS)
def test_a_url_that_is_wrong_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(Refused) as caught:
        settings.read({"LVZHI_DATABASE_URL": url})
    assert caught.value.field == settings.DATABASE
    said = f"{caught.value}{caught.value!r}{caught.value.__cause__!r}{''.join(sentences(caught.value))}"
    assert CANARY not in said


@pytest.mark.parametrize("url", BROKEN_URLS + ODD_URLS)
def test_the_command_line_repeats_no_url(url: str, run: Run) -> None:
    code, output, errors = run("--database", url, "members")
    assert code != 0
    assert CANARY not in output + errors
    assert "Traceback" not in errors


def test_settings_do_not_show_their_secrets() -> None:
    found = told(LVZHI_DATABASE_URL=SAFE_URL)
    assert CANARY not in f"{found}{found!r}{[found]}"
    assert "lvzhi.example" in repr(found)


def test_a_key_that_is_too_short_is_refused_without_being_repeated() -> None:
    with pytest.raises(Refused) as caught:
        settings.read({"LVZHI_TOKEN_KEY": CANARY[:31]})
    assert caught.value.field == "LVZHI_TOKEN_KEY"
    assert "Canary" not in f"{caught.value!r}{caught.value}"


def test_what_a_library_says_is_told_without_secrets() -> None:
    found = told(LVZHI_DATABASE_URL="postgresql://lv:s%40cret9@h/x?sslmode=verify-full")
    for said in ("s@cret9", "s%40cret9", "cret9", CANARY, str(found.database)):
        assert found.without_secrets(f"no {said} here") == f"no {settings.HIDDEN} here"
    assert found.without_secrets("connection refused") == "connection refused"


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def test_a_database_that_is_not_there_is_told_without_its_password(run: Run) -> None:
    url = f"postgresql://lv:{CANARY}@127.0.0.1:{closed_port()}/x?connect_timeout=2"
    code, output, errors = run("--database", url, "members")
    assert code == Exit.UNAVAILABLE
    assert "127.0.0.1" in errors
    assert CANARY not in output + errors


def test_the_service_says_nothing_of_its_secrets_either(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://lv:{CANARY}@127.0.0.1:{closed_port()}/x?connect_timeout=2"
    environment = {"LVZHI_DATABASE_URL": url, "LVZHI_TOKEN_KEY": CANARY}
    installation = Installation(settings.read(environment, data=str(tmp_path)))
    # It does not start without its database; here it is lost afterwards.
    monkeypatch.setattr(Installation, "keep_reading", lambda _: None)
    token: dict[str, Any] = {
        "Authorization": f"Bearer {installation.tokens.mint('li', Role.OFFICE, None, '*', days=1)}"
    }
    with (
        caplog.at_level(logging.DEBUG),
        TestClient(create_app(installation), raise_server_exceptions=False) as client,
    ):
        answer = client.get("/api/v1/ledgers/haiyan/people", headers=token)
    assert answer.status_code == 503
    assert CANARY not in answer.text + caplog.text
    assert token["Authorization"][7:] not in answer.text + caplog.text


def test_the_example_of_the_page_starts(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "configuration.md"
    example = page.read_text("utf-8").partition("```toml\n")[2].partition("```")[0]
    secret = tmp_path / "url"
    secret.write_text(SAFE_URL)
    secret.chmod(0o600)
    file = tmp_path / "lvzhi.toml"
    file.write_text(example.replace("/run/credentials/lvzhi.service/database-url", str(secret)))
    assert unsafe(settings.read({"LVZHI_CONFIG": str(file)})) == []
