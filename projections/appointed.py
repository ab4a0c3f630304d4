"""Who holds an office of writing: correspondents and invited writers by their appointments, what each submitted, and what of it was taken up or printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from domain.kinds import Stage, kind_of
from domain.kinds.advice import ReportedOpinion
from domain.kinds.culture import ContributedHistory
from domain.people import PersonId, UnitId
from domain.unit import Appointment, Office, Unit
from projections import roster
from projections.deeds import deed_rows
from projections.facts import fact_versions
from projections.flows import Among, flow_rows, has_reached, joined_stages, number_where, stage_rows
from projections.paging import Key, Page, checked_limit, page_of

OFFICES = (Office.CORRESPONDENT, Office.MAILBOX_CORRESPONDENT, Office.CONTRIBUTOR)
"""Offices of those who are to write; their holders need not be members."""
OPINION, ARTICLE = kind_of(ReportedOpinion), kind_of(ContributedHistory)
MOST_NOTICED = 200
"""Works that a notice names at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An appointment with the unit that it is in, and its holder's name; whether he is a member."""

    unit: Unit
    appointment: Appointment
    name: str
    member: bool


def held_on(
    units: Iterable[Unit], offices: Sequence[Office], day: date
) -> list[tuple[Unit, Appointment]]:
    """The appointments to some offices that are in force on a day."""
    return [
        (unit, each)
        for unit in units
        for each in unit.appointments
        if each.office in offices and each.on(day)
    ]


def by_name(
    connection: Connection,
    ledger: str,
    held: Iterable[tuple[Unit, Appointment]],
    *,
    day: date,
    after: Key | None,
    limit: int,
) -> Page[Held]:
    """Appointments by the names of their holders, a page at a time."""
    found = list(held)
    names = roster.names(connection, ledger, people={a.person for _, a in found})

    def key(each: tuple[Unit, Appointment]) -> Key:
        unit, a = each
        told = names.get(f"member/{a.person}", "")
        return (told, a.person, unit.unit, a.since.toordinal(), a.office.value)

    found.sort(key=key)
    rest = [each for each in found if after is None or key(each) > tuple(after)]
    page = page_of(rest[: limit + 1], limit, key)
    members = roster.members_among(connection, ledger, [a.person for _, a in page.rows], day=day)
    return Page(
        rows=tuple(
            Held(
                unit=unit,
                appointment=a,
                name=names.get(f"member/{a.person}", ""),
                member=a.person in members,
            )
            for unit, a in page.rows
        ),
        after=page.after,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterLine:
    """Somebody who is appointed to write: as what, in which unit, from when, under which certificate; whether he is a member."""

    person: PersonId
    name: str
    member: bool
    office: Office
    unit: UnitId
    unit_name: str
    since: date
    until: date | None
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What one submitted within some days: opinion reports, those taken up, those instructed on; articles, those printed. Works, alone or with others."""

    opinions: int = 0
    taken_up: int = 0
    instructed: int = 0
    articles: int = 0
    printed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """A work that was taken up or printed: when first, and the name of one of its authors who is appointed to write."""

    matter: str
    kind: str
    title: str
    on: date
    stage: Stage
    reached_on: date
    person: PersonId


def writers(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    office: Office | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> tuple[Page[WriterLine], int]:
    """Those who are appointed to write on a day, by name, to one office or all of them; and how many there are."""
    checked_limit(limit)
    offices = [each for each in OFFICES if office in (None, each)]
    held = held_on(roster.all_units(connection, ledger).values(), offices, day)
    page = by_name(connection, ledger, held, day=day, after=after, limit=limit)
    rows = tuple(
        WriterLine(
            person=each.appointment.person,
            name=each.name,
            member=each.member,
            office=each.appointment.office,
            unit=each.unit.unit,
            unit_name=each.unit.profile.name,
            since=each.appointment.since,
            until=each.appointment.until,
            certificate=each.appointment.certificate,
        )
        for each in page.rows
    )
    return Page(rows=rows, after=page.after), len(held)


_MATTERS = fact_versions.join(
    flow_rows,
    and_(
        flow_rows.c.ledger == fact_versions.c.ledger,
        flow_rows.c.matter == func.substr(fact_versions.c.deed, len("matter/") + 1),
    ),
)
"""What somebody is an author of, with how it stands."""


def theirs(
    ledger: str, people: Sequence[PersonId], first: date | None, last: date | None
) -> list[ColumnElement[bool]]:
    """The facts of these people of days from `first` to `last`, as they stand."""
    facts = fact_versions.c
    found: list[ColumnElement[bool]] = [
        facts.ledger == ledger,
        facts.subject.in_([f"member/{each}" for each in people]),
        roster.known(fact_versions, None),
    ]
    if first is not None:
        found.append(facts.on >= first)
    if last is not None:
        found.append(facts.on <= last)
    return found


def written(
    connection: Connection,
    ledger: str,
    people: Sequence[PersonId],
    kind: str,
    reached: Sequence[tuple[Stage, ...]],
    *,
    first: date | None,
    last: date | None,
) -> dict[str, tuple[int, ...]]:
    """By subject: how many matters of a kind each is an author of, and how many of them have reached one of some stages; two records of one count once."""
    facts = fact_versions.c
    asked = (
        select(
            facts.subject,
            func.count(),
            *(number_where(has_reached(*stages)) for stages in reached),
        )
        .select_from(_MATTERS)
        .where(
            *theirs(ledger, people, first, last),
            *Among(kind=kind).within(ledger),
            facts.kind == kind,
            facts.nth == 0,
        )
        .group_by(facts.subject)
    )
    return {subject: tuple(map(int, n)) for subject, *n in connection.execute(asked)}


def output_of(
    connection: Connection,
    ledger: str,
    people: Sequence[PersonId],
    *,
    first: date | None = None,
    last: date | None = None,
) -> dict[PersonId, Output]:
    """What each of these submitted within some days, and what came of it since."""
    within: dict[str, Any] = {"first": first, "last": last}
    taken = ((Stage.TAKEN_UP,), (Stage.INSTRUCTED,))
    opinions = written(connection, ledger, people, OPINION, taken, **within)
    articles = written(connection, ledger, people, ARTICLE, ((Stage.PRINTED,),), **within)
    found: dict[PersonId, Output] = {}
    for person in people:
        sent, taken_up, instructed = opinions.get(f"member/{person}", (0, 0, 0))
        offered, printed = articles.get(f"member/{person}", (0, 0))
        found[person] = Output(
            opinions=sent,
            taken_up=taken_up,
            instructed=instructed,
            articles=offered,
            printed=printed,
        )
    return found


def notice(
    connection: Connection,
    ledger: str,
    people: Sequence[PersonId],
    *,
    first: date | None = None,
    last: date | None = None,
) -> tuple[list[Noticed], bool]:
    """The works of these that were taken up or printed, by their days, at most so many; and whether there are more."""
    facts, rows, stages = fact_versions.c, flow_rows.c, stage_rows.c
    asked = (
        select(
            *(rows.matter, rows.kind, rows.on, facts.subject, deed_rows.c.title, stages.stage),
            func.min(stages.on).label("reached"),
        )
        .select_from(
            _MATTERS.join(stage_rows, joined_stages()).join(
                deed_rows,
                and_(deed_rows.c.ledger == facts.ledger, deed_rows.c.stream == facts.deed),
            )
        )
        .where(
            *theirs(ledger, people, first, last),
            *Among().within(ledger),
            rows.kind.in_((OPINION, ARTICLE)),
            facts.nth == 0,
            ~stages.of_loop,
            stages.stage.in_((Stage.TAKEN_UP.value, Stage.PRINTED.value)),
        )
        .group_by(rows.matter, rows.kind, rows.on, facts.subject, deed_rows.c.title, stages.stage)
        .order_by(rows.on, rows.matter, facts.subject)
        .limit(MOST_NOTICED + 1)
    )
    found = [
        Noticed(
            matter=row.matter,
            kind=row.kind,
            title=row.title,
            on=row.on,
            stage=Stage.of(row.stage),
            reached_on=row.reached,
            person=PersonId(row.subject.removeprefix("member/")),
        )
        for row in connection.execute(asked)
    ]
    return found[:MOST_NOTICED], len(found) > MOST_NOTICED
