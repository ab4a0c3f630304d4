"""Facts in versions: what each deed says of each subject, as known at any position."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.fact import Fact, SubjectId


def facts_of(
    connection: Connection,
    ledger: str,
    subject: SubjectId,
    *,
    first: date | None = None,
    last: date | None = None,
    position: int | None = None,
) -> list[Fact[Any]]:
    """The facts of a member or unit by day, within days (a pairing counts while in force), as known at a position or now."""
    raise NotImplementedError


def facts_of_many(
    connection: Connection,
    ledger: str,
    subjects: tuple[SubjectId, ...],
    *,
    first: date | None = None,
    last: date | None = None,
    position: int | None = None,
) -> dict[SubjectId, list[Fact[Any]]]:
    """The same of several subjects, in one query; a subject without facts is an empty list."""
    raise NotImplementedError
