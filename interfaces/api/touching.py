"""Who keeps touch with whom as whoever asks may see it, and which members something is still lacking of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.access import Action, Asker
from domain.kinds import KINDS
from domain.kinds.fields import FieldAbout, fields_of
from domain.kinds.meetings import Study
from domain.kinds.people import Relation
from domain.people import Reason, Refused, UnitId
from domain.period import Period
from domain.words import Label
from interfaces.api.asking import Asking, Look
from interfaces.moments import of_our_time
from interfaces.sealed import pairing_for
from projections import pairings, silent
from projections.paging import Key, Page
from projections.pairings import PairingLine
from projections.silent import Detail, SilentLine


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
    return replace(page, rows=tuple(shown(asked.asker, look, each) for each in page.rows))


def shown(asker: Asker, look: Look, pairing: PairingLine) -> PairingLine:
    """A pairing as this reader may see it; whom others named in it is noted where he is shown it."""
    line, action = pairing_for(asker, pairing)
    if action is not None:
        look.shows(action, f"pairing/{line.pairing}")
    return line


def lacking(
    asked: Asking,
    look: Look,
    kind: str | None,
    relation: Relation | None,
    since: date | None,
    unit: UnitId | None,
    *,
    detail: Detail | None = None,
    after: Key | None,
    limit: int,
) -> Page[SilentLine]:
    """Members who took part in nothing of a kind since a day, or in nothing of it that says this detail; or who keep touch with nobody in this way.

    Where no day is said it is that of `usual_since`.

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
        since=since or usual_since(look.connection, look.ledger, today, detail),
        until=today,
        unit=unit,
        kinds=(kind,),
        detail=detail,
        after=after,
        limit=limit,
    )


def detail_said(kind: str | None, said: str | None, field: str) -> Detail | None:
    """A choice of a kind, as `study:term_rotation` or as `届内轮训`; raises `Refused` for what the kind cannot say, and where no kind is asked for."""
    if not said:
        return None
    if kind is None:
        raise Refused(Reason.MISSING, "kind")
    name, _, value = said.replace("\uff1a", ":").rpartition(":")
    for each in details_of(kind):
        if name in ("", each.name, each.label.zh):
            for choice in each.choices:
                if value in (choice.value, choice.zh):
                    return Detail(each.name, choice.value)
    wanted = [f"{each.name}:{c.value}" for each in details_of(kind) for c in each.choices]
    raise Refused(
        Reason.MALFORMED,
        field,
        said[:80],
        wanted=Label("、".join(wanted[:20]), ", ".join(wanted[:20])) if wanted else None,
    )


def details_of(kind: str) -> list[FieldAbout]:
    """The fields of a kind that hold choices and tell of nobody."""
    return [each for each in fields_of(KINDS[kind]) if each.choices and not each.protection]


def usual_since(connection: Connection, ledger: str, today: date, detail: Detail | None) -> date:
    """From when on something is looked for: what a term asks for once, since the term began; all else since the first of the year."""
    first = date(today.year, 1, 1)
    if detail not in _OF_TERM:
        return first
    return silent.term_began(connection, ledger, today) or first


_OF_TERM = frozenset({Detail("study", Study.TERM_ROTATION.value)})
