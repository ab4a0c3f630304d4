"""The grants of a ledger as they stand, kept in memory and followed: every request asks them."""

from __future__ import annotations

from datetime import date, datetime
from threading import Lock
from types import MappingProxyType
from typing import Any

from application import codec
from application.log import Log
from domain import streams
from domain.granted import Grant, lets
from domain.people import Actor, PersonId
from domain.streams import Root


class Grants:
    """Safe for several threads: who asks sees the grants as they were when somebody last looked again."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._turn = Lock()
        self._position = 0
        self._states: dict[str, Any] = {}
        self._by_person: MappingProxyType[PersonId, tuple[Grant, ...]] = MappingProxyType({})

    @property
    def position(self) -> int:
        """How far it has looked."""
        return self._position

    def look_again(self) -> None:
        """Take in what was granted and revoked since, by whatever process; reads those entries alone."""
        with self._turn:
            head = self._log.head()
            if head <= self._position:
                return
            rows = self._log.streams_like(Root.GRANT.prefix, head, self._position)
            for row in rows:
                state = streams.evolve(self._states.get(row.stream), codec.decode(row))
                self._states[row.stream] = state
            self._position = head
            if rows:
                found: dict[PersonId, tuple[Grant, ...]] = {}
                for each in self._states.values():
                    found[each.person] = (*found.get(each.person, ()), each)
                self._by_person = MappingProxyType(found)

    def lets(self, actor: Actor, at: datetime, day: date) -> bool:
        """Whether somebody may act as he asks to, at an instant of that local day."""
        return lets(self._by_person.get(actor.person, ()), actor, at, day)

    def of(self, person: PersonId) -> tuple[Grant, ...]:
        """All that somebody was ever granted, the oldest first."""
        return self._by_person.get(person, ())

    def all(self) -> list[Grant]:
        """All there were, the newest first."""
        with self._turn:
            return list(reversed(self._states.values()))
