"""The stored samples: one file for each stored name, with the exact bytes as they lie in a log.

A sample is added when a name is added and is never changed: what was stored once can be read for ever.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from application import codec
from application.log import StoredRow
from domain.entry import Envelope
from domain.people import PersonId, Role, UnitId, Via
from domain.streams import Root
from tests import events

FOLDER = Path(__file__).parent / "events"

ENVELOPE = Envelope(
    at=datetime(2025, 6, 10, 4, 30, tzinfo=UTC),
    day=date(2025, 6, 10),
    by=PersonId("clerk"),
    role=Role.CLERK,
    unit=UnitId("south"),
    acting_for=PersonId("li"),
    via=Via.PHONE,
    cause="batch",
    command="c-1",
    on=date(2025, 6, 9),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A stored entry: where it stands and its bytes as text."""

    name: str
    stream: str
    version: int
    body: str

    @property
    def row(self) -> StoredRow:
        """The entry as a log gives it back."""
        return StoredRow(self.version, self.stream, self.version, self.name, self.body.encode())

    @property
    def path(self) -> Path:
        """The file that it is kept in."""
        return FOLDER / f"{self.name}.json"


def kept() -> dict[str, Sample]:
    """All samples that there are, by name of the file."""
    return {
        path.stem: msgspec.json.decode(path.read_bytes(), type=Sample)
        for path in sorted(FOLDER.glob("*.json"))
    }


def made(name: str) -> Sample:
    """The sample of a name as this version would store it: plain values, a salt that follows from the name."""
    root = events.root_of(name)
    cls, _ = events.classes_of(name)
    salt = hashlib.sha256(name.encode()).hexdigest()[:32]
    body = msgspec.json.encode(codec.Stored(ENVELOPE, events.sample_of(name), salt))
    return Sample(
        name=name,
        stream=f"{root.prefix}{'ledger' if root is Root.LEDGER else 'sample'}",
        version=1 if cls is events.ROOTS[root][0] else 2,
        body=body.decode(),
    )


def add_missing() -> list[str]:
    """Write a sample of each name that has none; the others are left as they are. Returns the names added."""
    FOLDER.mkdir(exist_ok=True)
    missing = [name for name in codec.NAMES if name not in kept()]
    for name in missing:
        sample = made(name)
        with sample.path.open("x", encoding="utf-8") as file:
            json.dump(msgspec.to_builtins(sample), file, ensure_ascii=False, indent=1)
            file.write("\n")
    return missing
