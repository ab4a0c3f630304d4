"""Which files of evidence records name, or named before they were amended: what nobody ever named need not be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, Table, or_, select

from domain.deed import Deed
from domain.entry import Entry
from domain.evidence import Evidence
from domain.finding import Found
from domain.people import Role
from domain.streams import State
from projections.columns import METADATA, Row, Word, ledger_column
from projections.facts import fact_versions

AT_ONCE = 500
"""Hashes that are asked for by one query."""
LONGEST_HASH = 64
"""Characters of a SHA-256 as it is written."""

named_files = Table(
    "named_files",
    METADATA,
    ledger_column(),
    Column("sha256", Word, primary_key=True),
    Column("stream", Word, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("role", Word, nullable=False),
    Index("named_files_of_stream", "ledger", "stream"),
)
"""Which record began to name which file at which position, by somebody in which role. A row stays when the record is amended or withdrawn: its history names the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """A file that a record names or named."""

    sha256: str
    stream: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """That a record came to name a file: in which role whoever named it acted, and whether no other record had named it before."""

    role: Role
    first: bool


# Rows


def evidence_of(state: State | None) -> tuple[Evidence, ...]:
    """What a record names as its evidence."""
    match state:
        case Deed(body=body) | Found(body=body):
            return tuple(body.evidence)
        case _:
            return ()


def hashes_of(state: State | None) -> set[str]:
    """The hashes of the files that a record names, as its evidence or of a problem that was mended, in small letters; what is longer is that of no file, and no index holds a text of any length."""
    pieces = [*evidence_of(state)]
    if isinstance(state, Deed):
        pieces += (each for problem in state.problems for each in problem.evidence)
    named = (each.sha256.lower() for each in pieces)
    return {sha256 for sha256 in named if 0 < len(sha256) <= LONGEST_HASH}


def named_rows(ledger: str, entry: Entry[Any], before: State | None, after: State) -> list[Row]:
    """The rows of the files that a record did not name before this entry."""
    new = hashes_of(after) - hashes_of(before)
    role = entry.envelope.role.value
    return [(ledger, sha256, entry.stream, entry.position, role) for sha256 in sorted(new)]


# Queries


def named_among(connection: Connection, ledger: str, asked: Sequence[str]) -> set[str]:
    """Which of these any record names or named."""
    rows = named_files.c
    found: set[str] = set()
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        found |= set(
            connection.execute(
                select(rows.sha256).where(rows.ledger == ledger, rows.sha256.in_(some))
            ).scalars()
        )
    return found


def naming(connection: Connection, ledger: str, sha256: str) -> list[str]:
    """The records that name or named this file, in order."""
    rows = named_files.c
    asked = select(rows.stream).where(rows.ledger == ledger, rows.sha256 == sha256)
    return sorted(set(connection.execute(asked).scalars()))


def naming_of(connection: Connection, ledger: str, sha256: str, stream: str) -> Naming | None:
    """How this record came to name this file, the last time that it did."""
    rows = named_files.c
    asked = (
        select(rows.stream, rows.role)
        .where(rows.ledger == ledger, rows.sha256 == sha256)
        .order_by(rows.position)
    )
    found = connection.execute(asked).all()
    roles = [role for each, role in found if each == stream]
    return Naming(role=Role.of(roles[-1]), first=found[0].stream == stream) if roles else None


def named_by(connection: Connection, ledger: str, subject: str) -> list[NamedFile]:
    """The files of a record, or of all records that somebody or a unit has a line in, or had."""
    rows, lines = named_files.c, fact_versions.c
    of_subject = select(lines.deed).where(lines.ledger == ledger, lines.subject == subject)
    asked = (
        select(rows.sha256, rows.stream)
        .distinct()
        .where(
            rows.ledger == ledger,
            or_(rows.stream == subject, rows.stream.in_(of_subject)),
        )
        .order_by(rows.stream, rows.sha256)
    )
    return [NamedFile(sha256=sha, stream=stream) for sha, stream in connection.execute(asked)]
