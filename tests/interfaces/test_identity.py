"""Tokens, their key, and the settings that hold neither in the open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from domain.people import Reason, Refused, Role
from interfaces import settings
from interfaces.identity import Tokens, key_in

KEY = b"k" * 32


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_a_token_says_who_its_bearer_is() -> None:
    tokens = Tokens(KEY)
    grant = tokens.grant(tokens.mint("wang", Role.HEAD, "south", "haiyan", days=1))
    assert (grant.actor.person, grant.actor.role, grant.actor.unit) == ("wang", Role.HEAD, "south")
    assert grant.opens("haiyan")
    assert not grant.opens("another")


def test_a_token_ends_though_it_was_verified_before() -> None:
    clock = Clock()
    tokens = Tokens(KEY, clock=clock)
    token = tokens.mint("wang", Role.OFFICE, None, "*", days=1)
    assert tokens.grant(token).opens("any")
    clock.now += 86_400
    with pytest.raises(Refused) as refused:
        tokens.grant(token)
    assert refused.value.reason is Reason.NOT_SIGNED_IN


def test_every_changed_letter_breaks_a_token() -> None:
    tokens = Tokens(KEY)
    token = tokens.mint("wang", Role.OFFICE, None, "*", days=1)
    for i in range(len(token)):
        changed = f"{token[:i]}{'A' if token[i] != 'A' else 'B'}{token[i + 1 :]}"
        with pytest.raises(Refused):
            tokens.grant(changed)


def test_what_is_sealed_for_one_purpose_is_good_for_no_other() -> None:
    tokens = Tokens(KEY)
    sealed = tokens.sealed("a.cursor", "list_people")
    assert tokens.unsealed(sealed, "list_people") == "a.cursor"
    for other, purpose in (
        (sealed, "list_deeds"),
        (f"x{sealed}", "list_people"),
        ("", "list_people"),
    ):
        with pytest.raises(ValueError, match=purpose):
            tokens.unsealed(other, purpose)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        Tokens(b"short")


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "data" / "token.key"
    key = key_in(file)
    assert key_in(file) == key
    assert len(key) >= 32
    assert [each.name for each in file.parent.iterdir()] == ["token.key"]
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
        file.chmod(0o644)
        with pytest.raises(PermissionError):
            key_in(file)


def test_options_win_over_the_environment(tmp_path: Path) -> None:
    environment = {
        "LVZHI_DATA": "/elsewhere",
        "LVZHI_LEDGER": "one",
        "LVZHI_DATABASE_URL": "postgresql://user:secret@host/db",
        "LVZHI_TOKEN_KEY": "another secret of more than thirty-two bytes",
        "LVZHI_STRICT": "true",
    }
    found = settings.read(environment, data=str(tmp_path), ledger="two")
    assert (found.data, found.ledger, found.strict) == (tmp_path, "two", True)
    assert found.token_key_file == tmp_path / "token.key"
    assert "secret" not in repr(found)


def test_data_lies_where_the_platform_keeps_it() -> None:
    assert settings.default_folder({"XDG_DATA_HOME": "/x"}, "linux") == Path("/x/lvzhi")
    assert settings.default_folder({}, "linux").parts[-3:] == (".local", "share", "lvzhi")
    assert settings.default_folder({"LOCALAPPDATA": "/a"}, "win32") == Path("/a/lvzhi")
    assert "Library" in settings.default_folder({}, "darwin").parts
