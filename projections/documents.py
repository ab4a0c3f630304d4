"""Rubrics, checklists and policies as published, and which of them is in force when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from domain.attestation import Policy
from domain.checklist import Checklist
from domain.document import Document, Published, Sort
from domain.rubric import Period, Rubric

ReadDocument = Callable[[Sort, str], "Rubric | Checklist | Policy"]
"""What makes a document out of its published text; the wiring has it from the packs."""


class Shelf:
    """Published documents, each text read once. Safe to call from several threads."""

    def __init__(self, read: ReadDocument) -> None:
        raise NotImplementedError

    def rubric(self, published: Published) -> Rubric:
        """The rubric of a published text."""
        raise NotImplementedError

    def checklist(self, published: Published) -> Checklist:
        """The checklist of a published text."""
        raise NotImplementedError

    def policy(self, published: Published | None) -> Policy:
        """The policy of a published text, the default before one is published."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """A document with the version that is in force on the day, none when none is."""

    sort: Sort
    code: str
    in_force: Published | None
    document: Document
    version: int
    position: int


def documents(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    sort: Sort | None = None,
    position: int | None = None,
) -> list[DocumentLine]:
    """All documents by sort and code (there are few)."""
    raise NotImplementedError


def document(
    connection: Connection,
    ledger: str,
    sort: Sort,
    code: str,
    *,
    day: date,
    position: int | None = None,
) -> DocumentLine | None:
    """One document with all its versions."""
    raise NotImplementedError


def policy(
    connection: Connection, ledger: str, shelf: Shelf, day: date, *, position: int | None = None
) -> Policy:
    """The rule of dual management on that day; the default until one is published."""
    raise NotImplementedError


def governing(document: Document, period: Period) -> Published | None:
    """The version that a period is drawn up under: the one in force on the last day of it on which any was."""
    raise NotImplementedError
