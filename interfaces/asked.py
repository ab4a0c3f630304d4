"""What a read names must be there: an empty answer is for what is known and has nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from domain.document import NOT_PUBLISHED, Sort
from domain.fact import SubjectId
from domain.people import PersonId, Reason, Refused, UnitId
from domain.rule import GOVERNED, Governed, governed
from domain.words import Label
from projections import documents, meetings, roster

LONGEST_REPEATED = 80
"""Characters of an unknown name that the refusal repeats."""
_GOVERNED = Label(
    "、".join(f"{sort.value}/代码({sort.zh})" for sort in GOVERNED),
    ", ".join(f"{sort.value}/CODE" for sort in GOVERNED),
)


def governed_said(said: str | None, field: str) -> Governed | None:
    """The document that is meant by `rubric/CODE`; refuses what no rule can govern."""
    if said is None:
        return None
    found = governed(said)
    if found is None:
        raise Refused(Reason.MALFORMED, field, said[:LONGEST_REPEATED], wanted=_GOVERNED)
    return found


def must_be_published(
    connection: Connection,
    ledger: str,
    sort: Sort,
    code: str,
    field: str,
    *,
    position: int | None = None,
) -> None:
    """Refuse a code under which nothing of that sort was ever published, in force or not."""
    # The day is only for what is in force, which is not asked here.
    day = date.min
    if documents.document(connection, ledger, sort, code, day=day, position=position) is None:
        raise Refused(NOT_PUBLISHED[sort], field, code[:LONGEST_REPEATED])


def must_be_units(connection: Connection, ledger: str, named: Mapping[str, UnitId | None]) -> None:
    """Refuse the first of these parameters that names no unit."""
    asked = {field: unit for field, unit in named.items() if unit is not None}
    if not asked:
        return
    known = roster.names(connection, ledger, units=asked.values())
    for field, unit in asked.items():
        if f"unit/{unit}" not in known:
            raise Refused(Reason.NO_SUCH_UNIT, field, unit[:LONGEST_REPEATED])


def must_be_meeting(connection: Connection, ledger: str, meeting: str | None, field: str) -> None:
    """Refuse the id of a meeting that there is not."""
    if meeting is not None and not meetings.titles(connection, ledger, [f"meeting/{meeting}"]):
        raise Refused(Reason.NO_SUCH_MEETING, field, meeting[:LONGEST_REPEATED])


def must_be_subject(
    connection: Connection, ledger: str, subject: SubjectId | None, field: str
) -> None:
    """Refuse a subject that is neither a person nor a unit here."""
    if subject is None:
        return
    root, _, key = subject.partition("/")
    if root == "unit":
        must_be_units(connection, ledger, {field: UnitId(key)})
    elif root != "member" or not roster.names(connection, ledger, people=[PersonId(key)]):
        raise Refused(Reason.NO_SUCH_PERSON, field, subject[:LONGEST_REPEATED])


def must_be_in_order(first: date | None, last: date | None, field: str) -> None:
    """Refuse days of which the last comes before the first."""
    if first is not None and last is not None and last < first:
        raise Refused(Reason.WRONG_ORDER, field, last.isoformat())
