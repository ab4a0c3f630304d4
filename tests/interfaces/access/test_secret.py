"""What opens something, and the keys that seal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people import Reason, Refused
from interfaces.access.secret import (
    Keyring,
    Marks,
    add_key,
    digest,
    drawn,
    keyring_in,
    marks_in,
    same,
)

MARKS = Marks(b"s" * 64)
TEXTS = st.text(st.characters(codec="utf-8"))


def test_what_is_drawn_has_256_bits_and_is_never_drawn_twice() -> None:
    assert len({drawn() for _ in range(100)}) == 100
    assert all(len(drawn()) == 43 for _ in range(10))


@given(st.text())
def test_a_digest_and_a_comparison_take_any_text(text: str) -> None:
    assert same(text, text)
    assert not same(text, text + "x")
    assert digest(text, of="a") != digest(text, of="b")


@given(TEXTS)
def test_what_is_hidden_is_shown_for_its_purpose_alone(text: str) -> None:
    hidden = MARKS.hidden(text, "one")

    assert MARKS.shown(hidden, "one") == text
    assert MARKS.shown(hidden, "other") is None
    assert Marks(b"t" * 64).shown(hidden, "one") is None


@given(st.text())
def test_what_was_not_hidden_here_is_shown_to_nobody(text: str) -> None:
    assert MARKS.shown(text, "one") is None


@given(TEXTS, st.integers(min_value=0), st.integers(1, 255))
def test_a_changed_byte_is_found(text: str, place: int, change: int) -> None:
    ring = Keyring({"a": b"k" * 32})
    name, sealed = ring.seal(text.encode(), "li")
    changed = bytearray(sealed)
    changed[place % len(changed)] ^= change

    assert ring.open(name, sealed, "li") == text.encode()
    with pytest.raises(Refused):
        ring.open(name, bytes(changed), "li")
    with pytest.raises(Refused):
        ring.open(name, sealed, "zhao")


def test_a_new_key_seals_and_old_ones_open(tmp_path: Path) -> None:
    file = tmp_path / "seal.keys"
    old = keyring_in(file)
    name, sealed = old.seal(b"secret", "li")
    new = add_key(file)

    assert new.newest != old.newest == name
    assert new.open(name, sealed, "li") == b"secret"
    assert keyring_in(file).newest == new.newest
    with pytest.raises(Refused) as refused:
        old.open(*new.seal(b"secret", "li"), "li")
    assert refused.value.reason is Reason.WRONG_KEY_FILE
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("lines", [b"", b"x", b"a zz", b"a " + b"00" * 16, b"a b\na " + b"00" * 32])
def test_a_file_of_something_else_is_refused(tmp_path: Path, lines: bytes) -> None:
    file = tmp_path / "seal.keys"
    file.write_bytes(lines)
    file.chmod(0o600)

    with pytest.raises(Refused) as refused:
        keyring_in(file)
    assert refused.value.reason is Reason.WRONG_KEY_FILE


def test_the_secret_of_marks_is_made_once(tmp_path: Path) -> None:
    hidden = marks_in(tmp_path / "marks.key").hidden("text", "one")

    assert marks_in(tmp_path / "marks.key").shown(hidden, "one") == "text"


def test_a_pseudonym_is_the_same_each_time_and_tells_nothing() -> None:
    assert MARKS.pseudonym("canary", "names") == MARKS.pseudonym("canary", "names")
    assert MARKS.pseudonym("canary", "names") != MARKS.pseudonym("canary", "others")
    assert "canary" not in MARKS.pseudonym("canary", "names")
