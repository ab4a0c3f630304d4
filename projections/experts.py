"""The think tank's experts by field of expertise, and what is asked of them: how many requests, which wait, what was made of the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, case, func, literal, select, tuple_

from domain.course import Standing
from domain.fact import SubjectId
from domain.kinds import Stage, kind_of
from domain.kinds.advice import AnsweredInquiry
from domain.kinds.deliberation import AdvisedProject
from domain.people import PersonId, UnitId
from domain.unit import Appointment, Office
from projections import roster
from projections.appointed import by_name, held_on, theirs, written
from projections.deeds import deed_rows
from projections.facts import fact_versions
from projections.flows import Among, flow_rows, has_reached, joined_stages, number_where, stage_rows
from projections.paging import Key, Page, checked_limit, page_of

INQUIRY, ADVICE = kind_of(AnsweredInquiry), kind_of(AdvisedProject)
MOST_FIELDS = 200
"""Fields of which figures are drawn up at the most."""
MOST_NAMED = 5
"""Experts of a request that a line names at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertLine:
    """Somebody who is appointed an expert: in which unit, from when, under which certificate, for which fields; whether he is a member."""

    person: PersonId
    name: str
    member: bool
    unit: UnitId
    unit_name: str
    expertise: tuple[str, ...]
    since: date
    until: date | None
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLine:
    """A field of expertise: how many experts, and what came of the requests in it. An empty field is none that was said."""

    field: str
    experts: int
    requests: int
    answered: int
    adopted: int
    partly: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A page of experts, and the figures of fields, those that experts have before others; `total` is how many experts fit.

    `more_fields` says that there are more fields than the 200 of which figures are told.
    """

    page: Page[ExpertLine]
    fields: tuple[FieldLine, ...]
    more_fields: bool
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of one expert within some days: requests, those answered, those used at least in part, and projects that he advised on."""

    requests: int = 0
    answered: int = 0
    used: int = 0
    projects: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """A request that is not answered: its field, the experts named, since when it waits; `assigned_on` is none until somebody was given it."""

    matter: str
    title: str
    field: str
    experts: tuple[str, ...]
    on: date
    assigned_on: date | None
    days: int


def directory(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    first: date | None = None,
    last: date | None = None,
    field: str | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Directory:
    """The experts in office on a day, by name, of a field where one is named; requests are those of days from `first` to `last`."""
    checked_limit(limit)
    held = held_on(roster.all_units(connection, ledger).values(), (Office.EXPERT,), day)
    fit = [(unit, a) for unit, a in held if field is None or field in (a.expertise or ("",))]
    fields, more_fields = _fields(connection, ledger, [a for _, a in held], field, first, last)
    page = by_name(connection, ledger, fit, day=day, after=after, limit=limit)
    return Directory(
        page=Page(
            rows=tuple(
                ExpertLine(
                    person=each.appointment.person,
                    name=each.name,
                    member=each.member,
                    unit=each.unit.unit,
                    unit_name=each.unit.profile.name,
                    expertise=each.appointment.expertise,
                    since=each.appointment.since,
                    until=each.appointment.until,
                    certificate=each.appointment.certificate,
                )
                for each in page.rows
            ),
            after=page.after,
        ),
        fields=fields,
        more_fields=more_fields,
        total=len(fit),
    )


def _fields(
    connection: Connection,
    ledger: str,
    experts: Sequence[Appointment],
    asked_for: str | None,
    first: date | None,
    last: date | None,
) -> tuple[tuple[FieldLine, ...], bool]:
    """The figures of fields, that which is asked for and those of experts before others, and whether there are more."""
    people: dict[str, set[PersonId]] = {}
    for held in experts:
        for field in held.expertise or ("",):
            people.setdefault(field, set()).add(held.person)

    def place(field: str) -> tuple[bool, bool, bool, str]:
        return (field != asked_for, field not in people, not field, field)

    before = {*sorted(people, key=place)[:MOST_FIELDS], asked_for or ""}
    rows = flow_rows.c
    asked = (
        select(
            rows.channel,
            func.count(),
            number_where(has_reached(Stage.ANSWERED)),
            number_where(has_reached(Stage.ADOPTED)),
            number_where(and_(has_reached(Stage.PARTLY_ADOPTED), ~has_reached(Stage.ADOPTED))),
            number_where(rows.standing == Standing.OPEN.value),
        )
        .where(*Among(kind=INQUIRY, since=first, until=last).within(ledger))
        .group_by(rows.channel)
        .order_by(case((rows.channel.in_(sorted(before)), 0), else_=1), rows.channel)
        .limit(MOST_FIELDS + 1)
    )
    counted = {str(each): tuple(map(int, n)) for each, *n in connection.execute(asked)}
    none = (0, 0, 0, 0, 0)
    fields = sorted(counted.keys() | people.keys(), key=place)
    lines = []
    for field in sorted(fields[:MOST_FIELDS], key=lambda each: (not each, each)):
        requests, answered, adopted, partly, still_open = counted.get(field, none)
        lines.append(
            FieldLine(
                field=field,
                experts=len(people.get(field, ())),
                requests=requests,
                answered=answered,
                adopted=adopted,
                partly=partly,
                open=still_open,
            )
        )
    return tuple(lines), len(fields) > MOST_FIELDS


def asked_of(
    connection: Connection,
    ledger: str,
    people: Sequence[PersonId],
    *,
    first: date | None = None,
    last: date | None = None,
) -> dict[PersonId, Asked]:
    """What was asked of each of these within some days; two records of one request are one."""
    facts = fact_versions.c
    used = (Stage.ADOPTED, Stage.PARTLY_ADOPTED)
    reached = ((Stage.ANSWERED,), used)
    requests = written(connection, ledger, people, INQUIRY, reached, first=first, last=last)
    advised = (
        select(facts.subject, func.count(facts.deed.distinct()))
        .where(*theirs(ledger, people, first, last), facts.kind == ADVICE, facts.done)
        .group_by(facts.subject)
    )
    projects = Counter({subject: int(n) for subject, n in connection.execute(advised)})
    found: dict[PersonId, Asked] = {}
    for person in people:
        number, answered, taken = requests.get(f"member/{person}", (0, 0, 0))
        found[person] = Asked(
            requests=number, answered=answered, used=taken, projects=projects[f"member/{person}"]
        )
    return found


def waiting(
    connection: Connection,
    ledger: str,
    *,
    today: date,
    field: str | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[RequestLine]:
    """The requests that are not answered, those that wait longest first, of a field where one is named."""
    checked_limit(limit)
    rows, stages = flow_rows.c, stage_rows.c
    assigned = and_(joined_stages(), ~stages.of_loop, stages.stage == Stage.ASSIGNED.value)
    asked = (
        select(rows.matter, rows.on, rows.channel, deed_rows.c.title, stages.on.label("assigned"))
        .select_from(
            flow_rows.outerjoin(stage_rows, assigned).join(
                deed_rows,
                and_(
                    deed_rows.c.ledger == rows.ledger,
                    deed_rows.c.stream == literal("matter/") + rows.matter,
                ),
            )
        )
        .where(
            *Among(kind=INQUIRY, channel=field).within(ledger),
            rows.standing == Standing.OPEN.value,
        )
    )
    if after is not None:
        asked = asked.where(tuple_(rows.on, rows.matter) > tuple_(*after))
    asked = asked.order_by(rows.on, rows.matter).limit(limit + 1)
    page = page_of(
        connection.execute(asked).all(), limit, lambda row: (row.on.toordinal(), row.matter)
    )
    who = _experts_of(connection, ledger, [row.matter for row in page.rows])
    return Page(
        rows=tuple(
            RequestLine(
                matter=row.matter,
                title=row.title,
                field=row.channel,
                experts=who.get(row.matter, ()),
                on=row.on,
                assigned_on=row.assigned,
                days=max(0, (today - row.on).days),
            )
            for row in page.rows
        ),
        after=page.after,
    )


def _experts_of(
    connection: Connection, ledger: str, matters: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The names of those whom each of these requests was given to; none of one that only bears the name of a unit."""
    rows = fact_versions.c
    asked = (
        select(rows.deed, rows.subject)
        .where(
            rows.ledger == ledger,
            rows.deed.in_([f"matter/{each}" for each in matters]),
            rows.subject.startswith("member/"),
            roster.known(fact_versions, None),
        )
        .order_by(rows.deed, rows.subject)
    )
    subjects: dict[str, list[SubjectId]] = {}
    for deed, subject in connection.execute(asked):
        subjects.setdefault(deed.removeprefix("matter/"), []).append(SubjectId(subject))
    people = {PersonId(e[7:]) for some in subjects.values() for e in some[:MOST_NAMED]}
    names = roster.names(connection, ledger, people=people)
    return {
        matter: tuple(names.get(each, "") for each in some[:MOST_NAMED])
        for matter, some in subjects.items()
    }
