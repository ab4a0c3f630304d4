"""Members of higher committees who were invited (省州委员应邀下沉): how far each invitation came, and what they took part in; no figure of members counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, and_, case, func, select

from domain.member import Invitation, Person, Standing
from domain.people import PersonId, UnitId
from domain.words import Level
from projections import bodies, roster
from projections.deeds import deed_rows
from projections.facts import fact_versions
from projections.paging import Key, Page, checked_limit, page_of
from projections.roster import known, person_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a guest took part in within some days: how many records of deeds, each once, and the day of the last."""

    number: int
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestLine:
    """A guest: of which level and committees, the newest step of inviting him and its day, to which unit. None of these where he was not invited yet."""

    person: PersonId
    name: str
    level: Level | None
    committees: tuple[str, ...]
    step: Invitation | None
    on: date | None
    to: UnitId | None
    to_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guests:
    """A page of guests by name, and of all of them how many were ever invited, have accepted or declined last, and took part within the days."""

    page: Page[GuestLine]
    total: int
    invited: int
    accepted: int
    declined: int
    took_part: int


def guests(
    connection: Connection,
    ledger: str,
    *,
    first: date,
    last: date,
    step: Invitation | None = None,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Guests:
    """The guests by name, all or those whose newest step by the `last` day this is."""
    checked_limit(limit)
    rows = person_versions.c
    asked = select(rows.body).where(
        rows.ledger == ledger,
        known(person_versions, position),
        rows.standing == Standing.GUEST.value,
    )
    everybody = [bodies.person(body) for (body,) in connection.execute(asked)]
    everybody.sort(key=lambda each: (each.profile.name, each.person))
    lines = [_line(each, last) for each in everybody]
    fit = [each for each in lines if step in {None, each.step}]
    rest = [each for each in fit if after is None or (each.name, each.person) > tuple(after)]
    page = page_of(rest[: limit + 1], limit, lambda each: (each.name, each.person))
    named = roster.names(connection, ledger, units={e.to for e in page.rows if e.to is not None})
    newest = Counter(each.step for each in lines)
    who = [each.person for each in everybody]
    return Guests(
        page=Page(
            rows=tuple(
                replace(each, to_name=named.get(f"unit/{each.to}", "")) for each in page.rows
            ),
            after=page.after,
        ),
        total=len(lines),
        invited=len(lines) - newest[None],
        accepted=newest[Invitation.ACCEPTED],
        declined=newest[Invitation.DECLINED],
        took_part=len(parts_of(connection, ledger, who, first=first, last=last, position=position)),
    )


def parts_of(
    connection: Connection,
    ledger: str,
    who: Collection[PersonId],
    *,
    first: date,
    last: date,
    position: int | None = None,
) -> dict[PersonId, Part]:
    """What each of these took part in within some days; two records of one deed are one. Who took part in nothing is left out."""
    facts, deeds = fact_versions.c, deed_rows.c
    # Whichever of its records stand, they are known by the one that they name.
    deed = case((deeds.same_as == "", deeds.stream), else_=deeds.same_as)
    asked = (
        select(facts.subject, func.count(deed.distinct()), func.max(facts.on, type_=facts.on.type))
        .join(deed_rows, and_(deeds.ledger == facts.ledger, deeds.stream == facts.deed))
        .where(
            facts.ledger == ledger,
            facts.subject.in_([f"member/{each}" for each in who]),
            known(fact_versions, position),
            facts.until >= first,
            facts.on.between(first, last),
            facts.done,
        )
        .group_by(facts.subject)
    )
    return {
        PersonId(subject.removeprefix("member/")): Part(number=int(number), last=newest)
        for subject, number, newest in connection.execute(asked)
    }


def _line(person: Person, day: date) -> GuestLine:
    said = person.profile
    steps = sorted((each for each in person.invitations if each.on <= day), key=lambda e: e.on)
    newest = steps[-1] if steps else None
    to = next((each.to for each in reversed(steps) if each.to is not None), None)
    return GuestLine(
        person=person.person,
        name=said.name,
        level=said.home_level,
        committees=said.higher_committees,
        step=None if newest is None else newest.step,
        on=None if newest is None else newest.on,
        to=to,
    )
