"""How the committee is organised: who reported in to which township, which villages have nobody, guests from higher committees, who makes up the committees, whom no pairing reaches, three levels of responsibility."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from domain.access import Action
from domain.member import Invitation
from domain.people import PersonId, Reason, Refused, UnitId
from domain.unit import UnitKind
from interfaces.api.asking import Asked, AskedNow, Asking, Cursor, Day, Limit, Look
from interfaces.api.door import needs
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from interfaces.asked import must_be_in_order
from interfaces.moments import of_our_time
from projections import composition, guests, reporting_in, responsibility, unlinked
from projections.composition import COMMITTEES, EXPECTED, CompositionLine, OfficeCount
from projections.guests import GuestLine, Part
from projections.reporting_in import BasisCount, PlaceLine, StepCount, VillageLine
from projections.responsibility import Branch, Driven
from projections.unlinked import Sought, UnlinkedLine

Before: TypeAlias = Annotated[
    date | None,
    Query(
        description="与哪一天比,默认当年1月1日 / a day before it, the first of its year by default"
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A day and the day that it is compared with."""

    before: date
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInView:
    """A page of townships, and the figures of all together; `next` is the cursor to go on from."""

    days: Days
    rows: tuple[PlaceLine, ...]
    steps: tuple[StepCount, ...]
    bases: tuple[BasisCount, ...]
    before: int
    now: int
    nowhere: int
    villages: int
    covered: int
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestView:
    """A guest, and what he took part in where his file is open to whoever asks; none too where he took part in nothing."""

    guest: GuestLine
    part: Part | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestsView:
    """A page of guests, and the figures of all together; `next` is the cursor to go on from."""

    days: Days
    rows: tuple[GuestView, ...]
    total: int
    invited: int
    accepted: int
    declined: int
    took_part: int
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositionView:
    """A page of the table, and the figures of all units together; `next` is the cursor to go on from."""

    rows: tuple[CompositionLine, ...]
    units: int
    people: int
    members: int
    others: int
    unapproved: int
    offices: tuple[OfficeCount, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkedView:
    """A page of whom no pairing reaches, `lacking` of the `of` that there are; `next` is the cursor to go on from."""

    rows: tuple[UnlinkedLine, ...]
    lacking: int
    of: int
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeView:
    """A page of committees with what each drives, what no committee links, and for how many units nobody answers; `next` is the cursor to go on from."""

    rows: tuple[Branch, ...]
    loose: tuple[Driven, ...]
    loose_number: int
    unanswered: int
    next: str | None


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER, tags=["organisation"])

    @made.get(
        "/report-in",
        operation_id="get_report_in",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="下沉报到",
    )
    def get_report_in(
        asked: Asked,
        day: Day = None,
        before: Before = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> ReportInView:
        """Townships by name: steps of reporting in, members on a day beside those of a day before, villages with a member; of all together, the ties too."""
        days = days_of(asked.today, day, before)
        with asked.look() as look:
            found = reporting_in.reported_in(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                day=days.day,
                before=days.before,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        listed = asked.listing(found.page)
        return ReportInView(
            days=days,
            rows=listed.rows,
            steps=found.steps,
            bases=found.bases,
            before=found.before,
            now=found.now,
            nowhere=found.nowhere,
            villages=found.villages,
            covered=found.covered,
            next=listed.next,
        )

    @made.get(
        "/report-in/villages",
        operation_id="list_villages_reported_in",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="村(社区)委员",
    )
    def list_villages(
        asked: Asked,
        day: Day = None,
        township: Annotated[UnitId | None, Query(max_length=100)] = None,
        without: Annotated[
            bool, Query(description="只看没有委员的 / those without a member")
        ] = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[VillageLine]:
        """Villages by township and name with their members, or those that have none."""
        days = days_of(asked.today, day, None)
        with asked.look() as look:
            look.must_be_units(township=township)
            page = reporting_in.villages(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                day=days.day,
                township=township,
                without=without,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/guests",
        operation_id="list_guests",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="应邀上级委员",
    )
    def list_guests(
        asked: Asked,
        day: Day = None,
        before: Before = None,
        step: Annotated[Invitation | None, Query(description="邀请进展 / newest step")] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> GuestsView:
        """Guests from higher committees by name: how far each invitation came by a day, and what each took part in since a day before."""
        days = days_of(asked.today, day, before)
        with asked.look() as look:
            found = guests.guests(
                look.connection,
                look.ledger,
                first=days.before,
                last=days.day,
                step=step,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
            parts = parts_shown(asked, look, found.page.rows, days)
        listed = asked.listing(found.page)
        return GuestsView(
            days=days,
            rows=tuple(GuestView(guest=each, part=parts.get(each.person)) for each in listed.rows),
            total=found.total,
            invited=found.invited,
            accepted=found.accepted,
            declined=found.declined,
            took_part=found.took_part,
            next=listed.next,
        )

    @made.get(
        "/composition",
        operation_id="get_composition",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="组成人员一览",
    )
    def get_composition(
        asked: Asked,
        day: Day = None,
        kind: Annotated[
            UnitKind | None,
            Query(description="单位类型,默认专委会和联络委 / kind, both committees by default"),
        ] = None,
        vacant: Annotated[bool, Query(description="只看有空缺的 / those with a vacancy")] = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> CompositionView:
        """Committees and liaison committees, or units of another kind: leaders with their approval, members and others, vacancies."""
        chosen = days_of(asked.today, day, None).day
        with asked.look() as look:
            found = composition.composition(
                look.connection,
                look.ledger,
                day=chosen,
                kinds=kinds_of(kind),
                vacant=vacant,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        listed = asked.listing(found.page)
        return CompositionView(
            rows=listed.rows,
            units=found.units,
            people=found.people,
            members=found.members,
            others=found.others,
            unapproved=found.unapproved,
            offices=found.offices,
            next=listed.next,
        )

    @made.get(
        "/unlinked",
        operation_id="list_unlinked",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="没有结对的单位和委员",
    )
    def list_unlinked(
        asked: AskedNow,
        of: Annotated[Sought, Query(description="看哪一类 / of which sort")] = Sought.TOWNSHIP,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> UnlinkedView:
        """Townships, studios, standing members … whom no leader or office keeps touch with today, and leaders and offices who keep touch with nobody; to a unit its own."""
        with asked.look() as look:
            found = unlinked.unlinked(
                look.connection,
                look.ledger,
                of,
                day=asked.today,
                only=asked.units_open(look, Action.SEE_UNIT_FILE),
                after=asked.after(cursor),
                limit=limit,
            )
        listed = asked.listing(found.page)
        return UnlinkedView(rows=listed.rows, lacking=found.lacking, of=found.of, next=listed.next)

    @made.get(
        "/responsibility",
        operation_id="get_responsibility",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="三级责任",
    )
    def get_responsibility(
        asked: Asked, day: Day = None, cursor: Cursor = None, limit: Limit = 50
    ) -> TreeView:
        """Special committees by name with the units that each links, and who answers for each; study groups and sectors that none links."""
        chosen = days_of(asked.today, day, None).day
        with asked.look() as look:
            found = responsibility.tree(
                look.connection,
                look.ledger,
                day=chosen,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        listed = asked.listing(found.page)
        return TreeView(
            rows=listed.rows,
            loose=found.loose,
            loose_number=found.loose_number,
            unanswered=found.unanswered,
            next=listed.next,
        )

    return made


def kinds_of(kind: UnitKind | None) -> tuple[UnitKind, ...]:
    """The kinds of units that a table of who makes them up is asked for; refuses one of which there is none."""
    if kind is None:
        return COMMITTEES
    if kind not in EXPECTED:
        raise Refused(Reason.UNIT_NOT_OF_KIND, "kind", kind.zh)
    return (kind,)


def days_of(today: date, day: date | None, before: date | None) -> Days:
    """The two days that are asked for: today, or the day as of which is asked, and the first of its year. Refuses days out of order or not of our time."""
    chosen = of_our_time(day or today, "day")
    first = of_our_time(before or chosen.replace(month=1, day=1), "before")
    must_be_in_order(first, chosen, "day")
    return Days(before=first, day=chosen)


def parts_shown(
    asked: Asking, look: Look, rows: Sequence[GuestLine], days: Days
) -> dict[PersonId, Part | None]:
    """What those guests took part in whose files are open, none where it was nothing; the others are left out."""
    seen = asked.files_shown(look, {each.person for each in rows})
    found = guests.parts_of(
        look.connection,
        look.ledger,
        seen,
        first=days.before,
        last=days.day,
        position=look.position,
    )
    return {person: found.get(person) for person in seen}
