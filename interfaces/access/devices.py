"""Devices from which somebody signed in before: his attempts are counted apart from those of strangers, who cannot lock him out."""

from __future__ import annotations

import secrets

from interfaces.access.secret import Clock, Marks

DAYS = 180
_PURPOSE = "device"


class Devices:
    """Marks for the browser to keep: sealed, for one account, with an end."""

    def __init__(self, marks: Marks, clock: Clock) -> None:
        self._marks = marks
        self._clock = clock

    def mark(self, account: str) -> str:
        """A mark for a device from which that account was signed in to just now."""
        ends_at = int(self._clock()) + DAYS * 86_400
        return self._marks.hidden(f"{account} {secrets.token_hex(8)} {ends_at}", _PURPOSE)

    def known(self, mark: str | None, account: str) -> str | None:
        """What the device is called, where the mark is for that account and good."""
        said = (self._marks.shown(mark or "", _PURPOSE) or "").split()
        if len(said) != 3 or said[0] != account or int(said[2]) <= self._clock():
            return None
        return said[1]
