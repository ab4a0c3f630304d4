"""Tables of which all rows of a stream are replaced once an entry says something else of it: which there are, and how their rows are drawn up.

Live reading, catching up and rebuilding go by this list; a new table of that sort is one line of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from domain.deed import Deed
from domain.fact import Fact
from domain.finding import Found
from domain.invitation import Quarter
from domain.meeting import Meeting
from domain.pairing import Bound
from domain.posting import MonthPosting
from domain.supported import Support
from projections import (
    flows,
    inspections,
    instructions,
    invitations,
    links,
    meetings,
    pairings,
    postings,
    suggestions,
    support,
    works,
)
from projections.columns import Row

Drawn = tuple[list[Row], ...]
"""The rows of a stream in each of the tables."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A stream as it stands at one of its versions, with the facts that it yields; `state` is none before its first."""

    ledger: str
    stream: str
    version: int
    state: Any
    facts: Collection[Fact[Any]]

    @property
    def name(self) -> str:
        """What the stream is called within its root."""
        return self.stream.partition("/")[2]


@dataclass(frozen=True, slots=True, eq=False)
class Replaced:
    """Such tables: the column that says whose a row is (the stream where `whole`, else its name), the states that have rows, and their rows.

    `may_change` is asked of the states before and after an entry, where that is cheaper than to draw the rows twice.
    """

    tables: tuple[Table, ...]
    by: str
    of: tuple[type[Any], ...]
    draw: Callable[[Standing], Drawn]
    whole: bool = False
    may_change: Callable[[Any, Any], bool] | None = None

    def key_of(self, standing: Standing) -> str:
        """What stands in the column `by`."""
        return standing.stream if self.whole else standing.name

    def drawn_anew(self, before: Standing, after: Standing) -> Drawn | None:
        """The rows after an entry; none where they are as before."""
        if self.may_change is not None and not self.may_change(before.state, after.state):
            return None
        rows = self.draw(after)
        if before.state is None:
            return rows if any(rows) else None
        return None if rows == self.draw(before) else rows


MEETINGS = Replaced(
    tables=(meetings.meeting_rows,),
    by="meeting",
    of=(Meeting,),
    draw=lambda of: ([meetings.meeting_row(of.ledger, of.version, of.state)],),
)
POSTINGS = Replaced(
    tables=(postings.posting_rows,),
    by="posting",
    of=(MonthPosting,),
    draw=lambda of: ([postings.posting_row(of.ledger, of.version, of.state)],),
)
QUARTERS = Replaced(
    tables=(invitations.quarter_rows,),
    by="invitation",
    of=(Quarter,),
    draw=lambda of: ([invitations.quarter_row(of.ledger, of.version, of.state)],),
)
SUPPORTS = Replaced(
    tables=(support.support_rows,),
    by="support",
    of=(Support,),
    draw=lambda of: ([support.support_row(of.ledger, of.version, of.state)],),
)
REPLACED = (
    MEETINGS,
    POSTINGS,
    QUARTERS,
    SUPPORTS,
    Replaced(
        tables=(suggestions.suggestion_rows,),
        by="matter",
        of=(Deed,),
        draw=lambda of: (suggestions.rows_of(of.ledger, of.name, of.state),),
    ),
    Replaced(
        tables=(inspections.inspection_rows, inspections.problem_rows),
        by="matter",
        of=(Deed,),
        draw=lambda of: inspections.rows_of(of.ledger, of.name, of.state),
    ),
    Replaced(
        tables=(instructions.instruction_rows,),
        by="matter",
        of=(Deed,),
        draw=lambda of: (instructions.rows_of(of.ledger, of.name, of.state),),
    ),
    Replaced(
        tables=(flows.flow_rows, flows.stage_rows),
        by="matter",
        of=(Deed,),
        draw=lambda of: flows.rows_of(of.ledger, of.name, of.state),
        may_change=flows.changes_flow,
    ),
    Replaced(
        tables=(works.work_rows,),
        by="matter",
        of=(Deed,),
        draw=lambda of: (works.rows_of(of.ledger, of.state),),
    ),
    Replaced(
        tables=(works.part_rows,),
        by="stream",
        of=(Deed, Meeting),
        draw=lambda of: (works.parts_of(of.ledger, of.state),),
        whole=True,
    ),
    Replaced(
        tables=(links.link_rows,),
        by="said_by",
        of=(Deed,),
        draw=lambda of: (links.rows_of(of.ledger, of.state),),
        whole=True,
    ),
    Replaced(
        tables=(pairings.pairing_rows,),
        by="pairing",
        of=(Bound,),
        draw=lambda of: ([pairings.pairing_row(of.ledger, of.state)],),
    ),
    Replaced(
        tables=(pairings.visit_rows,),
        by="deed",
        of=(Deed, Found),
        draw=lambda of: (pairings.visits_of(of.ledger, of.stream, of.facts),),
        whole=True,
    ),
)


_OF: dict[type[Any], tuple[Replaced, ...]] = {}


def replaced_of(state: object) -> tuple[Replaced, ...]:
    """Those that have rows of states of this sort."""
    found = _OF.get(type(state))
    if found is None:
        found = _OF[type(state)] = tuple(each for each in REPLACED if isinstance(state, each.of))
    return found
