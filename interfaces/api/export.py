"""All that a ledger tells of a person, in one file for him: what is said of him, his facts, every entry, who looked, and what proves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from application.clock import now
from application.readings import Reading
from application.seal.receipts import receipt_of
from domain.access import Action, Asker, Relation
from domain.disputed import Claim
from domain.fact import SubjectId
from domain.member import Exemption, Profile
from domain.people import PersonId, Reason, Refused
from domain.personal import private_fields
from interfaces import sealed
from interfaces.api import views
from interfaces.api.views import HappeningView
from interfaces.wiring import Desk
from projections import facts, history, roster
from projections.history import Happening

AT_A_TIME = 200
"""Entries that are read at a time."""
MOST = 20_000
"""Entries of a history that one file holds."""
MONTHS = 12
"""Months back of which it tells who looked."""
MOST_READINGS = 1_000
"""Readings of one month that it tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKept:
    """A field that tells of a person: how well it is kept, and what for."""

    field: str
    protection: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingView:
    """Somebody was shown what tells of him: when, who in which role for which unit, what he was let do, through which operation; `reason` where he took a file of evidence away."""

    position: int
    at: datetime
    by: str
    role: str
    unit: str | None
    subject: str
    action: str
    through: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonExport:
    """The file. `position` is how far the ledger went, `receipts` the proofs (tlog-proof) of the entries of his own stream that are sealed, by position; `left_out` says what stands elsewhere."""

    ledger: str
    committee: str
    person: str
    made_at: datetime
    position: int
    register: Sequence[FieldKept]
    roster: Any
    facts: Sequence[Any]
    entries: Sequence[HappeningView]
    readings: Sequence[ReadingView]
    receipts: dict[int, str]
    left_out: Sequence[str]


def export_of(
    desk: Desk, asker: Asker, person: PersonId
) -> tuple[PersonExport, list[tuple[str, Action]]]:
    """The file of one person as this reader may see it, and what is to be noted before he does; `Refused` where there is no such person."""
    subject = SubjectId(f"member/{person}")
    with desk.store.reading() as connection:
        page = roster.person(connection, desk.code, person, day=desk.today())
        if page is None:
            raise Refused(Reason.NO_SUCH_PERSON, "id", person)
        relation = Relation.SELF if asker.actor.person == person else Relation.OTHER
        contact = asker.may(Action.SEE_CONTACT, relation)
        file = asker.may(Action.SEE_FILE, relation)
        page = sealed.person_for(page, contact=contact, file=file)
        found, noted = sealed.facts_for(
            asker, connection, desk.code, facts.facts_of(connection, desk.code, subject)
        )
        rows = _entries(desk, connection, subject)
        told, told_noted = sealed.happenings_for(
            asker,
            connection,
            desk.code,
            rows,
            of=subject,
            today=desk.today(),
            contact=contact,
            file=file,
        )
        entries = [views.happening_view(each) for each in sealed.with_his_leave(told, person)]
    readings, left_out = _readings(desk, subject)
    if len(entries) >= MOST:
        left_out.append(f"只含最近 {MOST} 条,其余见 …/people/{person}/history / the newest {MOST} entries, older ones there")  # fmt: skip
    shown = [(subject, Action.EXPORT_PERSON), *noted.items(), *told_noted.items()]
    made = PersonExport(
        ledger=desk.code,
        committee=desk.opened.committee,
        person=person,
        made_at=now(),
        position=desk.head(),
        register=tuple(_register()),
        roster=page,
        facts=found,
        entries=entries,
        readings=readings,
        receipts=dict(_receipts(desk, subject)),
        left_out=left_out,
    )
    return made, list(dict.fromkeys(shown))


def view_of(reading: Reading) -> ReadingView:
    """A reading as it is shown."""
    told, noted = reading.envelope, reading.noted
    return ReadingView(
        position=reading.position,
        at=told.at,
        by=told.by,
        role=told.role.value,
        unit=told.unit,
        subject=noted.subject,
        action=noted.action.value,
        through=noted.through,
        reason=noted.reason,
    )


def _register() -> Iterator[FieldKept]:
    for cls in (Profile, Exemption, Claim):
        for name, mark in private_fields(cls).items():
            yield FieldKept(
                field=f"{cls.__name__.lower()}.{name}",
                protection=mark.protection.value,
                purpose=f"{mark.purpose.zh} / {mark.purpose.en}",
            )


def _entries(desk: Desk, connection: Any, subject: str) -> Iterator[Happening]:
    after, left = None, MOST
    while left > 0:
        page = history.history(
            connection, desk.code, subject, desk.entries_at, after=after, limit=AT_A_TIME
        )
        yield from page.rows
        after, left = page.after, left - len(page.rows)
        if after is None:
            return


def _readings(desk: Desk, subject: str) -> tuple[list[ReadingView], list[str]]:
    """Who looked in the last months, and which readings stand elsewhere."""
    found: list[ReadingView] = []
    left_out: list[str] = []
    months = list(months_before(now().date()))
    elsewhere = f"…/people/{subject.partition('/')[2]}/readings?month=YYYY-MM"
    for month in months:
        some = desk.readings.of(subject, month, MOST_READINGS)
        found += [view_of(each) for each in some]
        if len(some) >= MOST_READINGS:
            left_out.append(f"{month:%Y-%m} 的查阅记录只含最近 {MOST_READINGS} 条,其余见 {elsewhere} / the newest {MOST_READINGS} readings of {month:%Y-%m}")  # fmt: skip
    since = f"{months[-1]:%Y-%m}"
    left_out.append("佐证文件不在此内,见 …/occasions/编号/evidence/SHA256(事项、认定同) / files of evidence are not in here; they are at …/occasions/ID/evidence/SHA256, and so for matters and findings")  # fmt: skip
    left_out.append(f"{since} 以前的查阅记录见 {elsewhere} / readings before {since} there")
    return found, left_out


def months_before(day: date) -> Iterable[date]:
    """The first days of the months up to that day, the newest first."""
    number = day.year * 12 + day.month - 1
    for back in range(MONTHS):
        year, month = divmod(number - back, 12)
        yield date(year, month + 1, 1)


def _receipts(desk: Desk, stream: str) -> Iterator[tuple[int, str]]:
    checkpoint = desk.seals.newest()
    if checkpoint is not None:
        for row in desk.log.stream(stream):
            if row.position <= checkpoint.size:
                receipt = receipt_of(desk.log, desk.seals, checkpoint, row.position)
                yield row.position, str(receipt)
