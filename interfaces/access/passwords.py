"""Passwords: which may be set, how they are kept, and how many are looked at at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from domain.characters import composed, is_forbidden
from domain.people import Reason, Refused
from domain.words import Label
from interfaces.access.common_passwords import COMMON

SHORTEST = 8
LONGEST = 128
_LENGTH = Label(f"{SHORTEST} 至 {LONGEST} 个字符", f"{SHORTEST} to {LONGEST} characters")

AT_ONCE = 4
"""Passwords that a process looks at at once: each takes the memory that its hash asks for."""
WAITING = 16
"""Callers that wait for their turn; more are refused."""
PATIENCE = 3.0
"""Seconds that a caller waits."""

LEAST_MEMORY = 19 * 1024
"""KiB; with two passes this is what OWASP calls the least."""
LEAST_PASSES = 2


class Gate:
    """Lets so many in at once and so many wait; refuses the others, so that an attack takes bounded memory."""

    def __init__(
        self, at_once: int = AT_ONCE, waiting: int = WAITING, patience: float = PATIENCE
    ) -> None:
        self._free = at_once
        self._places = waiting
        self._patience = patience
        self._changed = Condition()

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Within, one of the few; refuses where too many wait or the turn does not come."""
        self._enter()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify()

    def _enter(self) -> None:
        with self._changed:
            if not self._free:
                if not self._places:
                    raise Refused(Reason.BUSY)
                self._places -= 1
                try:
                    came = self._changed.wait_for(lambda: self._free, self._patience)
                finally:
                    self._places += 1
                if not came:
                    raise Refused(Reason.BUSY)
            self._free -= 1


OF_THE_PROCESS = Gate()
"""The gate that everything in a process shares."""


class Passwords:
    """Argon2id. Whether there is such an account makes no difference to what an answer costs."""

    def __init__(
        self,
        *,
        memory: int = LEAST_MEMORY,
        passes: int = LEAST_PASSES,
        lanes: int = 1,
        gate: Gate = OF_THE_PROCESS,
    ) -> None:
        if memory < LEAST_MEMORY or passes < LEAST_PASSES or lanes < 1:
            wanted = Label(
                f"内存不少于 {LEAST_MEMORY} KiB,遍数不少于 {LEAST_PASSES}",
                f"at least {LEAST_MEMORY} KiB and {LEAST_PASSES} passes",
            )
            raise Refused(Reason.UNSAFE_SETTING, about="Argon2id", wanted=wanted)
        self._hasher = PasswordHasher(
            memory_cost=memory, time_cost=passes, parallelism=lanes, type=Type.ID
        )
        self._gate = gate
        self._nobodys = self._hasher.hash("nobody")

    def kept(self, password: str, name: str) -> str:
        """What is kept of a password that somebody of that login name sets; refuses a weak one."""
        password = composed(password)
        if not SHORTEST <= len(password) <= LONGEST:
            raise Refused(Reason.MALFORMED, "/password", wanted=_LENGTH)
        if is_forbidden(password):
            raise Refused(Reason.BAD_CHARACTERS, "/password")
        folded = password.casefold()
        if folded in COMMON or name.casefold() in folded:
            raise Refused(Reason.WEAK_PASSWORD, "/password")
        return self._hashed(password)

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether it is the password of which this is kept; where nothing is kept, as much is done for nobody."""
        password = composed(password)
        if len(password) > LONGEST or is_forbidden(password):
            return False
        with self._gate.passed():
            try:
                self._hasher.verify(kept or self._nobodys, password)
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def renewed(self, kept: str, password: str) -> str | None:
        """What to keep instead, where more is asked of a hash by now than when this was made."""
        if not self._hasher.check_needs_rehash(kept):
            return None
        return self._hashed(composed(password))

    def _hashed(self, password: str) -> str:
        with self._gate.passed():
            return self._hasher.hash(password)
