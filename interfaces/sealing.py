"""Sealing while the service runs: who keeps at it, how far it is, and what stopped it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from application import codec, readings
from application.clock import now
from application.log import Log
from application.seal.check import check_ledger
from application.seal.folder import Seals
from application.seal.sealing import Sealer
from application.seal.signing import FileSigner
from application.seal.verify import Bad, Checkpoint, short_code
from domain.people import Reason, Refused
from interfaces.wiring import OF_READINGS, Installation

_log = logging.getLogger("lvzhi")

CHECK_EVERY = 24 * 3600.0
"""Seconds between two checks of a whole ledger against its seals."""
AGAIN_AFTER = 600.0
"""Seconds after which a ledger that stopped is checked again: somebody may have mended it."""
BREATH = 0.002
"""Seconds that a check leaves to others after each batch that it has read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealState:
    """How far a ledger is sealed.

    `entries` are in the ledger, `sealed` under its tree, `unsealed` are those that nobody can vouch for yet, the oldest of them
    `lag_seconds` old; `size`, `root` (hexadecimal) and `code` are those of the newest checkpoint, `cosigners` the names under it
    besides the ledger's own; `first_key` is the key to check everything with. `stopped` says why nothing more is sealed.
    """

    ledger: str
    origin: str
    entries: int
    sealed: int
    unsealed: int
    lag_seconds: float | None
    size: int
    root: str
    code: str
    cosigners: list[str]
    first_key: str
    stopped: str | None


def state_of(log: Log, seals: Seals, signer: FileSigner, stopped: Bad | None) -> SealState:
    """How far a ledger is sealed now; raises `Refused` for seals that are garbled."""
    try:
        found, newest = seals.sealed(), seals.newest()
        key = first_key(seals, signer)
    except Bad as bad:
        raise Refused(Reason.SEALS_DIFFER, about=str(bad)) from bad
    head, sealed = log.head(), 0 if found is None else found[1]
    oldest = log.since(sealed, 1) if sealed < head else []
    return SealState(
        ledger=log.ledger,
        origin="" if found is None else found[0],
        entries=head,
        sealed=sealed,
        unsealed=max(0, head - sealed),
        lag_seconds=_age(codec.envelope_of(oldest[0]).at) if oldest else None,
        size=0 if newest is None else newest.size,
        root="" if newest is None else newest.root.hex(),
        code="" if newest is None else short_code(newest.note.text),
        cosigners=[] if newest is None else cosigners(newest),
        first_key=key,
        stopped=None if stopped is None else str(stopped),
    )


def _age(at: datetime) -> float:
    return round(max(0.0, (now() - at).total_seconds()), 3)


def cosigners(checkpoint: Checkpoint) -> list[str]:
    """Who else has signed, by name; whether it holds is for whoever checks to see."""
    return sorted({each.name for each in checkpoint.note.signatures} - {checkpoint.origin})


def first_key(seals: Seals, signer: FileSigner) -> str:
    """The ledger's first key, from which rotations lead on; empty where there is none yet."""
    if seals.first_key:
        return seals.first_key
    rotations = seals.rotations()
    key = rotations[0].old if rotations else signer.known_key()
    return "" if key is None else str(key)


def names_in(code: str) -> Container[str]:
    """The stored names that entries of that log may have."""
    return readings.NAMES if code.endswith(OF_READINGS) else codec.NAMES


class Stopped(Exception):
    """The service ends."""


class Keeper:
    """Seals the ledgers of an installation for as long as it runs, and checks each once a day."""

    def __init__(self, installation: Installation, every: float) -> None:
        self.installation = installation
        self.every = every
        self.stopped: dict[str, Bad] = {}
        """What stopped the sealing of a ledger; until somebody has looked and a check finds it whole."""
        self._sealed: dict[str, int] = {}
        self._checked: dict[str, float] = {}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sealer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what is under way."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                self.round()
            except Stopped:
                return
            except Exception as error:
                # What is wrong with one ledger, or for a while, keeps none of the others from being sealed.
                _log.warning("the sealer tries again", exc_info=error)
            self._end.wait(self.every)

    def round(self) -> None:
        """Check each ledger that was not checked for a day, or that stopped a while ago, and seal what is new."""
        heads = {**self.installation.heads(), **self.installation.heads_of_readings()}
        for code, head in heads.items():
            if self._end.is_set():
                raise Stopped
            patience = AGAIN_AFTER if code in self.stopped else CHECK_EVERY
            due = monotonic() - self._checked.get(code, -CHECK_EVERY) >= patience
            if due or (code not in self.stopped and self._sealed.get(code, 0) != head):
                self._look_after(code, head, check=due)

    def _look_after(self, code: str, head: int, *, check: bool) -> None:
        seals, signer = self.installation.sealing(code)
        try:
            with self.installation.borrowed_log(code) as log:
                sealer = Sealer(log, seals, signer)
                if check:
                    self._check(code, sealer, signer)
                if code not in self.stopped:
                    sealer.seal(patience=self.every)
                    self._sealed[code] = head
        except Bad as bad:
            self._alarm(code, bad)
        except TimeoutError:
            # Somebody else is sealing it.
            pass
        except Stopped:
            raise
        except Exception as error:
            # A disk that is full, a database that is away: tried again the next time.
            _log.warning("a ledger cannot be sealed now", extra={"ledger": code}, exc_info=error)

    def _check(self, code: str, sealer: Sealer, signer: FileSigner) -> None:
        """Compare the whole ledger with its seals; nothing to compare is not a fault."""
        log, seals = sealer.log, sealer.seals
        sealer.settle()
        first = None
        if seals.sealed() is not None:
            first = check_ledger(
                log, seals, signer, names=names_in(code), progress=self._breathe
            ).first
        # Only an outcome takes the place of the one before.
        self._checked[code] = monotonic()
        if first is None:
            self.stopped.pop(code, None)
        else:
            self._alarm(code, Bad(first.zh, first.en, first.position, first.within))

    def _breathe(self, _done: int, _whole: int) -> None:
        if self._end.wait(BREATH):
            raise Stopped

    def _alarm(self, code: str, bad: Bad) -> None:
        self.stopped[code] = bad
        self._checked[code] = monotonic()
        told = {"ledger": code, "position": bad.position}
        _log.error(
            "停止封存,请核查 / a ledger is sealed no more: verify it", extra=told, exc_info=bad
        )
