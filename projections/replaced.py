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
    campaigns,
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
    turnouts,
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

    `may_change` is asked of the states before and after entries that came together, where that is cheaper than to draw the rows twice; where they are others after every entry (`always`), they are drawn once.
    """

    tables: tuple[Table, ...]
    by: str
    of: tuple[type[Any], ...]
    draw: Callable[[Standing], Drawn]
    whole: bool = False
    always: bool = False
    may_change: Callable[[Any, Any], bool] | None = None

    def key_of(self, standing: Standing) -> str:
        """What stands in the column `by`."""
        return standing.stream if self.whole else standing.name

    def drawn_anew(self, before: Standing, after: Standing) -> Drawn | None:
        """The rows after entries that came together; none where they are as before."""
        if self.may_change is not None and not self.may_change(before.state, after.state):
            return None
        rows = self.draw(after)
        if self.always:
            return rows
        if before.state is None:
            return rows if any(rows) else None
        return None if rows == self.draw(before) else rows


def _stored_whole(
    table: Table, by: str, of: type[Any], row: Callable[[str, int, Any], Row]
) -> Replaced:
    """A table whose one row of a stream holds its state and version, and so is another after every entry."""
    return Replaced(
        tables=(table,),
        by=by,
        of=(of,),
        draw=lambda to: ([row(to.ledger, to.version, to.state)],),
        always=True,
    )


MEETINGS = _stored_whole(meetings.meeting_rows, "meeting", Meeting, meetings.meeting_row)
POSTINGS = _stored_whole(postings.posting_rows, "posting", MonthPosting, postings.posting_row)
QUARTERS = _stored_whole(invitations.quarter_rows, "invitation", Quarter, invitations.quarter_row)
SUPPORTS = _stored_whole(support.support_rows, "support", Support, support.support_row)
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
        tables=(turnouts.turnout_rows,),
        by="stream",
        of=(Deed,),
        draw=lambda of: (turnouts.rows_of(of.ledger, of.state),),
        whole=True,
        may_change=turnouts.changes_turnout,
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
        tables=(campaigns.named_rows, campaigns.team_rows),
        by="stream",
        of=(Deed,),
        draw=lambda of: campaigns.rows_of(of.ledger, of.state, of.facts),
        whole=True,
        may_change=campaigns.changes_names,
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
