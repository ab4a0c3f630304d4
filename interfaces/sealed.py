"""Sensitive fields (P3) on reads: who spoke, who quarrelled, what was agreed.

The rule at the doors is simple: the county office sees them, whoever recorded the deed, and the clerks and heads of the unit
that he recorded it for. Everybody else with a token sees that something is there, and not what. How to reach a person (P2) is
seen by himself, the office, and those who act in a unit that he is bound to. The table says both (`domain.access`). The
command line runs on the office's own computer and seals nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import Connection

from domain.access import Action, Asker, Relation
from domain.entry import Entry
from domain.fact import Fact
from domain.kinds import Details
from domain.kinds.fields import fields_of
from domain.member import Profile
from domain.people import Actor, PersonId, UnitId
from projections import deeds
from projections.deeds import DeedPage, DeedSummary
from projections.differences import Difference
from projections.history import Happening
from projections.roster import PersonPage

MASK = "〔保密〕"
"""What stands where something is sealed."""
SENSITIVE = "P3"


def sensitive_fields(kind: type[Details]) -> tuple[str, ...]:
    """The names of a kind's sensitive fields."""
    return _sensitive_fields(kind)


@cache
def _sensitive_fields(kind: type[Details]) -> tuple[str, ...]:
    return tuple(each.name for each in fields_of(kind) if each.protection == SENSITIVE)


def sees(asker: Asker, by: PersonId, unit: UnitId | None) -> bool:
    """Whether sensitive fields that this person recorded, for this unit if for one, are open to the one who asks."""
    actor = asker.actor
    if actor.person == by:
        relation = Relation.OWN
    else:
        its = unit is not None and actor.unit == unit
        relation = Relation.UNIT if its else Relation.OTHER
    return asker.may(Action.SEE_SENSITIVE, relation)


def without_contacts(rows: Iterable[Happening]) -> tuple[Happening, ...]:
    """Entries of a history without how to reach the one that they are about."""
    return tuple(_without_contact(each) for each in rows)


def _without_contact(happening: Happening) -> Happening:
    event = happening.entry.event
    masked, profile = event, getattr(event, "profile", None)
    if isinstance(profile, Profile) and profile.phone:
        masked = replace(event, profile=replace(profile, phone=MASK))
    return replace(
        happening,
        entry=replace(happening.entry, event=masked),
        differences=tuple(
            _sealed_difference(each) if each.field.endswith("/phone") else each
            for each in happening.differences
        ),
    )


def person_for(page: PersonPage, *, contact: bool, file: bool) -> PersonPage:
    """A person as a reader may see him: how to reach him, and why he is exempt, are not for everybody."""
    person = page.person
    if not contact and person.profile.phone:
        person = replace(person, profile=replace(person.profile, phone=MASK))
    if not file:
        exempt = tuple(replace(each, reason=each.reason and MASK) for each in person.exemptions)
        person = replace(person, exemptions=exempt)
    return replace(page, person=person)


def deed_for(asker: Asker, page: DeedPage) -> DeedPage:
    """A record as this reader may see it."""
    if sees(asker, page.summary.recorded_by, page.summary.recorder):
        return page
    state: Any = page.state
    return replace(
        page,
        state=replace(state, body=_sealed_in(state.body)),
        lines=tuple(replace(line, fact=_sealed_in(line.fact)) for line in page.lines),
    )


def shows_sensitive(asker: Asker, value: Any, by: PersonId, unit: UnitId | None) -> bool:
    """Whether he is shown what somebody else recorded that is sensitive."""
    if asker.actor.person == by or not sees(asker, by, unit):
        return False
    details = value.details
    return any(getattr(details, name) for name in sensitive_fields(type(details)))


def facts_for(asker: Asker, found: Iterable[Fact[Any]]) -> list[Fact[Any]]:
    """Facts as this reader may see them."""
    return [
        fact if sees(asker, fact.recorded_by, fact.recorder) else _sealed_in(fact) for fact in found
    ]


def happenings_for(
    asker: Asker, connection: Connection, ledger: str, rows: Iterable[Happening]
) -> tuple[Happening, ...]:
    """Entries of a history as this reader may see them: what he recorded himself, and all of what he began."""
    found = tuple(rows)
    if asker.always(Action.SEE_SENSITIVE):
        return found
    streams = [each.entry.stream for each in found if _sensitive_in(each.entry)]
    known = deeds.summaries(connection, ledger, streams) if streams else {}
    return tuple(_happening_for(asker, each, known) for each in found)


def streams_shown(actor: Actor, rows: Iterable[Happening]) -> Iterator[str]:
    """The records of which these entries, as he is shown them, tell something sensitive that somebody else said."""
    for each in rows:
        names = _sensitive_in(each.entry)
        details = each.entry.event.body.details if names else None
        said = [getattr(details, name) for name in names]
        if each.entry.envelope.by != actor.person and any(v and MASK not in v for v in said):
            yield each.entry.stream


def _happening_for(
    asker: Asker, happening: Happening, known: Mapping[str, DeedSummary]
) -> Happening:
    entry = happening.entry
    names = _sensitive_in(entry)
    if not names or sees(asker, entry.envelope.by, entry.envelope.unit):
        return happening
    deed = known.get(entry.stream)
    if deed is not None and sees(asker, deed.recorded_by, deed.recorder):
        return happening
    event = replace(entry.event, body=_sealed_in(entry.event.body))
    hidden = {f"/body/details/{name}" for name in names}
    return replace(
        happening,
        entry=replace(entry, event=event),
        differences=tuple(
            _sealed_difference(each) if each.field in hidden else each
            for each in happening.differences
        ),
    )


def _sensitive_in(entry: Entry[Any]) -> tuple[str, ...]:
    details = getattr(getattr(entry.event, "body", None), "details", None)
    return () if details is None else sensitive_fields(type(details))


def _sealed_in(value: Any) -> Any:
    """A body or a fact with what is sensitive in its details sealed; what is empty stays so."""
    details = value.details
    hidden = {name: _masked(getattr(details, name)) for name in sensitive_fields(type(details))}
    return replace(value, details=replace(details, **hidden)) if hidden else value


def _masked(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(MASK for _ in value)
    return MASK if value else value


def _sealed_difference(found: Difference) -> Difference:
    old, new = (MASK if said else said for said in (found.old, found.new))
    return replace(found, old=old, new=new, old_en=old, new_en=new)
