"""Who keeps touch with whom as whoever asks may see it, and which members something is still lacking of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from domain.access import Action
from domain.kinds.people import Relation
from domain.people import Reason, Refused, UnitId
from domain.period import Period
from interfaces.api.asking import Asking, Look
from interfaces.moments import of_our_time
from interfaces.sealed import pairing_for
from projections import pairings, silent
from projections.paging import Key, Page
from projections.pairings import PairingLine
from projections.silent import SilentLine


def kept(
    asked: Asking, look: Look, year: Period, *, after: Key | None, limit: int, **by: Any
) -> Page[PairingLine]:
    """Pairings by what `projections.pairings.pairings` is asked for, with the visits of a year; who is named outside the roster is not for everybody, and noted."""
    page = pairings.pairings(
        look.connection,
        look.ledger,
        day=asked.today,
        first=year.first,
        last=year.last,
        after=after,
        limit=limit,
        **by,
    )
    lines = []
    for each in page.rows:
        line, action = pairing_for(asked.asker, each)
        if action is not None:
            look.shows(action, f"pairing/{line.pairing}")
        lines.append(line)
    return replace(page, rows=tuple(lines))


def lacking(
    asked: Asking,
    look: Look,
    kind: str | None,
    relation: Relation | None,
    since: date | None,
    unit: UnitId | None,
    *,
    after: Key | None,
    limit: int,
) -> Page[SilentLine]:
    """Members who took part in nothing of a kind since a day, the first of the year where none is said; or who keep touch with nobody in this way.

    Raises `Refused` where the unit is not his, none is said by who does not see all, or the day is not of our time.
    """
    if since is not None:
        of_our_time(since, "since")
    if unit is None and not asked.asker.always(Action.SEE_UNIT_FILE):
        raise Refused(Reason.MISSING, "unit")
    if unit is not None:
        asked.must_see_unit(look, unit, Action.SEE_UNIT_FILE)
    today = asked.today
    if kind is None:
        return pairings.unpaired(
            look.connection,
            look.ledger,
            day=today,
            relation=relation,
            unit=unit,
            after=after,
            limit=limit,
        )
    return silent.silent(
        look.connection,
        look.ledger,
        since=since or date(today.year, 1, 1),
        until=today,
        unit=unit,
        kinds=(kind,),
        after=after,
        limit=limit,
    )
