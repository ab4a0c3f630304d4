"""Which keys of a ledger's people are not there although they were never destroyed: lost, or made after the backup that was put back."""

from __future__ import annotations

from application import codec
from application.log import Log
from application.vault import AT_ONCE, PREFIX, KeyFile
from domain import personal

ENTRIES_AT_ONCE = 2_000
"""Entries that are read at a time."""


def lost_keys(log: Log, vault: KeyFile) -> list[str]:
    """Whom the ledger tells of under a key that is not there, in order; reads the whole ledger once."""
    found: dict[str, None] = {}
    position = 0
    while rows := log.since(position, ENTRIES_AT_ONCE):
        for row in rows:
            for whose, _, text in personal.texts(codec.decode(row).event, row.stream):
                if text.startswith(PREFIX):
                    found[whose] = None
        position = rows[-1].position
    subjects = list(found)
    lost: list[str] = []
    for start in range(0, len(subjects), AT_ONCE):
        some = subjects[start : start + AT_ONCE]
        vault.fetch(some)
        lost += [each for each in some if not vault.has([each])]
    return sorted(lost)
