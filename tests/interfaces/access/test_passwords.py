"""Passwords, and how many are looked at at once."""

from __future__ import annotations

import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people import Reason, Refused
from interfaces.access.common_passwords import COMMON
from interfaces.access.passwords import LEAST_MEMORY, LONGEST, SHORTEST, Gate, Passwords

PASSWORDS = Passwords()
GOOD = "走访-tao-yuan-42"


def test_a_password_fits_itself_in_either_form_and_nothing_else() -> None:
    composed = "Ångström-éé"
    kept = PASSWORDS.kept(unicodedata.normalize("NFD", composed), "li")

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORDS.fits(kept, composed)
    assert not PASSWORDS.fits(kept, composed + "x")
    assert composed not in kept


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("x" * (SHORTEST - 1), Reason.MALFORMED),
        ("界" * (LONGEST + 1), Reason.MALFORMED),
        ("e\u0301" * (SHORTEST - 1), Reason.MALFORMED),
        ("PASSWORD123", Reason.WEAK_PASSWORD),
        ("woaini1314", Reason.WEAK_PASSWORD),
        ("my-LiMing-2025", Reason.WEAK_PASSWORD),
        ("has\u202econtrols", Reason.BAD_CHARACTERS),
        ("half\ud800character", Reason.BAD_CHARACTERS),
    ],
)
def test_a_weak_password_is_not_set(password: str, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        PASSWORDS.kept(password, "liming")
    assert refused.value.reason is reason
    assert password not in str(refused.value)


@settings(max_examples=5)
@given(st.text(max_size=200))
def test_any_text_may_be_typed_and_fits_nobody(typed: str) -> None:
    assert not PASSWORDS.fits(None, typed)


def test_what_is_kept_in_another_form_fits_nothing() -> None:
    assert not PASSWORDS.fits("no hash", GOOD)


def test_the_list_of_common_passwords_holds_what_could_be_set_otherwise() -> None:
    assert all(SHORTEST <= len(each) <= LONGEST and each == each.casefold() for each in COMMON)


def test_a_hash_is_renewed_when_more_is_asked_of_it() -> None:
    more = Passwords(passes=3)
    kept = PASSWORDS.kept(GOOD, "li")
    renewed = more.renewed(kept, GOOD)

    assert PASSWORDS.renewed(kept, GOOD) is None
    assert renewed is not None and "t=3" in renewed
    assert more.fits(renewed, GOOD)


@pytest.mark.parametrize("weaker", [{"memory": 8}, {"passes": 1}, {"lanes": 0}])
def test_less_than_the_least_is_refused(weaker: dict[str, int]) -> None:
    with pytest.raises(Refused) as refused:
        Passwords(**weaker)  # type: ignore[arg-type]  # of the keywords that are numbers
    assert refused.value.reason is Reason.UNSAFE_SETTING


def test_nobodys_password_is_looked_at_like_anybodys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name costs the same as a wrong password: one look at a hash of the same cost."""
    looked: list[str] = []

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            looked.append(kept.rpartition("$")[0].rpartition("$")[0])
            return True

    passwords = Passwords()
    kept = passwords.kept(GOOD, "li")
    monkeypatch.setattr(passwords, "_hasher", Counting())

    assert passwords.fits(kept, "wrong") and not passwords.fits(None, "wrong")
    assert looked[0] == looked[1]


def test_a_gate_lets_in_so_many_lets_so_many_wait_and_refuses_the_others() -> None:
    gate, go, inside = Gate(2, 1, patience=30), Event(), [Event() for _ in range(3)]

    def enter(place: int) -> None:
        with gate.passed():
            inside[place].set()
            go.wait(30)

    threads = [Thread(target=enter, args=(each,)) for each in range(2)]
    for each in threads:
        each.start()
    assert all(each.wait(30) for each in inside[:2])
    waiting = Thread(target=enter, args=(2,))
    waiting.start()
    while gate._places:
        pass
    with pytest.raises(Refused) as refused, gate.passed():
        pass
    assert refused.value.reason is Reason.BUSY and not inside[2].is_set()
    go.set()
    for each in [*threads, waiting]:
        each.join(30)
    assert inside[2].is_set() and (gate._free, gate._places) == (2, 1)


def test_a_turn_that_does_not_come_is_refused() -> None:
    gate = Gate(1, 1, patience=0)
    with gate.passed(), pytest.raises(Refused) as refused, gate.passed():
        pass
    assert refused.value.reason is Reason.BUSY
    with gate.passed():
        pass


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory that Linux tells")
def test_an_attack_takes_bounded_memory() -> None:
    at_once = 2
    passwords = Passwords(gate=Gate(at_once, 2, patience=0))
    before, done, peaks = _resident(), Event(), [0]

    def watch() -> None:
        while not done.wait(0.001):
            peaks.append(_resident())

    def attack() -> str:
        try:
            return str(passwords.fits(None, GOOD))
        except Refused as refused:
            return refused.reason

    watcher = Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(24) as pool:
        said = {each.result() for each in [pool.submit(attack) for _ in range(48)]}
    done.set()
    watcher.join()

    assert said == {"False", Reason.BUSY.value}
    # Threads take some memory of their own.
    assert max(peaks) - before < (at_once + 1) * LEAST_MEMORY * 1024 + 16 * 2**20
