"""Settings from the command line, the environment and a file, in that order; what is wrong in them is named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from domain.people import Reason, Refused
from interfaces import settings
from interfaces.settings import IN_FILES, read

ROOT = Path(__file__).parents[2]


def told(tmp_path: Path, text: str, **environment: str) -> settings.Settings:
    """The settings with a file of this text."""
    file = tmp_path / "lvzhi.toml"
    file.write_text(text, "utf-8")
    return read({"LVZHI_CONFIG": str(file), **environment})


def test_a_file_says_what_the_environment_does_not(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        'data = "/d"\nhosts = ["a.example", "b.example"]\nproduction = true\nseal_every = 0.5\nledger = "x"\n',
        LVZHI_LEDGER="y",
    )
    assert (found.data, found.hosts, found.production) == (
        Path("/d"),
        ("a.example", "b.example"),
        True,
    )
    assert (found.seal_every, found.ledger) == (0.5, "y")
    assert found.seals == Path("/d/seals")


def test_an_option_wins_over_both(tmp_path: Path) -> None:
    file = tmp_path / "lvzhi.toml"
    file.write_text('data = "/file"', "utf-8")
    environment = {"LVZHI_CONFIG": str(file), "LVZHI_DATA": "/environment"}
    assert read(environment).data == Path("/environment")
    assert read(environment, data="/option").data == Path("/option")


@pytest.mark.parametrize(
    ("text", "reason", "named"),
    [
        ("host = []", Reason.UNKNOWN_FIELD, "host"),
        ('token_key = "secret"', Reason.UNKNOWN_FIELD, "token_key"),
        ('database_url = "postgresql://u:canary@h/d"', Reason.UNKNOWN_FIELD, "database_url"),
        ("data = ", Reason.MALFORMED, "LVZHI_CONFIG"),
        ("hosts = [1]", Reason.MALFORMED, "hosts"),
        ("hosts = ['a,b']", Reason.MALFORMED, "hosts"),
        ("data = {}", Reason.MALFORMED, "data"),
        ("seal_every = 0.001", Reason.MALFORMED, "LVZHI_SEAL_EVERY"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(
    tmp_path: Path, text: str, reason: Reason, named: str
) -> None:
    with pytest.raises(Refused) as caught:
        told(tmp_path, text)
    assert caught.value.reason is reason
    assert named in caught.value.field
    assert "canary" not in str(caught.value)


def test_the_url_of_a_database_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://u:canary@localhost/d\n", "utf-8")
    secret.chmod(0o600)
    found = told(tmp_path, f'database_url_file = "{secret}"')
    assert found.database == "postgresql://u:canary@localhost/d"
    assert "canary" not in repr(found)
    secret.chmod(0o644)
    with pytest.raises(PermissionError):
        told(tmp_path, f'database_url_file = "{secret}"')


def test_the_page_names_every_setting_that_is_read() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    code = Path(settings.__file__).read_text("utf-8")
    read_names = set(re.findall(r'"(LVZHI_[A-Z_]+)"', code))
    assert set(re.findall(r"`(LVZHI_[A-Z_]+)`", page)) == read_names
    for name in IN_FILES:
        assert f"| `{name}` |" in page
        assert f"LVZHI_{name.upper()}" in read_names


def test_the_example_of_the_page_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    found: Any = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    monkeypatch.setattr(settings, "kept_secret", lambda _: b"postgresql://u:p@localhost/d")
    assert told(tmp_path, found[1]).production
