"""Members' queries on the records: what is to be answered, what one says, and what it changed. Raising and deciding are acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from domain.access import Action
from domain.disputed import Claim, Ruling
from domain.people import PersonId, Reason, Refused, Role, UnitId
from interfaces.api.asking import Asked, Asking, Cursor, Limit, Look
from interfaces.api.door import needs
from interfaces.api.reads import person_there
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from projections import disputes
from projections.disputes import DisputeEffect, DisputeLine

Open: TypeAlias = Annotated[
    bool, Query(description="只列待办理、待复核的 / only those that are to be answered")
]
Overdue: TypeAlias = Annotated[bool, Query(description="只列超期的 / only those overdue")]
Member: TypeAlias = Annotated[
    PersonId | None, Query(max_length=100, description="委员 / whose queries")
]
OfDeed: TypeAlias = Annotated[
    str | None,
    Query(max_length=200, description="记录,如 occasion/… / the record that they are about"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """A query whole. `apart` may not decide on it: the member, who typed for him, who had a hand in the record. `effect` is what it changed of his totals."""

    summary: DisputeLine
    claim: Claim
    raised_by: PersonId
    apart: tuple[PersonId, ...]
    decision: Ruling | None
    review_for: str
    review_on: date | None
    review: Ruling | None
    withdrawn_for: str
    withdrawn_on: date | None
    effect: tuple[DisputeEffect, ...]


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER, tags=["disputes"])

    @made.get(
        "/disputes",
        operation_id="list_disputes",
        openapi_extra=needs(Action.SEE_DISPUTE),
        summary="核对申请",
    )
    def list_disputes(
        asked: Asked,
        open: Open = False,
        overdue: Overdue = False,
        member: Member = None,
        deed: OfDeed = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[DisputeLine]:
        """Queries, the newest first; of open ones what is due first first. Who may not see all sees his own, or those of his unit's members."""
        with asked.look() as look:
            person, bound_to = seen_by(asked, look, member)
            page = disputes.disputes(
                look.connection,
                look.ledger,
                today=asked.today,
                only_open=open,
                overdue=overdue,
                person=person,
                deed=deed,
                bound_to=bound_to,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
            if member is not None and not page.rows:
                person_there(asked, look, member)
        return asked.listing(page)

    @made.get(
        "/people/{id}/disputes",
        operation_id="list_disputes_of_person",
        openapi_extra=needs(Action.SEE_DISPUTE),
        summary="委员的核对申请",
    )
    def list_disputes_of_person(
        asked: Asked, id: str, cursor: Cursor = None, limit: Limit = 50
    ) -> Listing[DisputeLine]:
        """What a member has queried, the newest first."""
        person = PersonId(id)
        with asked.look() as look:
            must_see_queries_of(asked, look, person, "id")
            page = disputes.of_member(
                look.connection,
                look.ledger,
                person,
                today=asked.today,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
            if not page.rows:
                person_there(asked, look, id)
        return asked.listing(page)

    @made.get(
        "/disputes/{id}",
        operation_id="get_dispute",
        openapi_extra=needs(Action.SEE_DISPUTE),
        summary="核对申请详情",
    )
    def get_dispute(asked: Asked, id: str) -> DisputeView:
        """One query: what the member says, what was answered and why, and his totals before it and at the decision."""
        with asked.look() as look:
            page = asked.must_see_dispute(look, id)
            state = page.state
            effect: list[DisputeEffect] = []
            if asked.may_see_person(look, state.person, Action.SEE_FILE):
                effect = disputes.effects_of(
                    look.connection, look.ledger, asked.desk.shelf, state, today=asked.today
                )
        asked.tag(page.line.version)
        return DisputeView(
            summary=page.line,
            claim=state.claim,
            raised_by=state.raised_by,
            apart=tuple(dict.fromkeys((state.person, *state.typed_by, *state.apart))),
            decision=state.ruling,
            review_for=state.review_for,
            review_on=state.review_on,
            review=state.review,
            withdrawn_for=state.withdrawn_for,
            withdrawn_on=state.withdrawn_on,
            effect=tuple(effect),
        )

    return made


def seen_by(
    asked: Asking, look: Look, member: PersonId | None
) -> tuple[PersonId | None, tuple[UnitId, date] | None]:
    """Whose queries a list is narrowed to for the one who asks: to one member's, or to those of his unit's members today."""
    actor = asked.actor
    if asked.asker.always(Action.SEE_DISPUTE):
        return member, None
    if member is not None or actor.role is Role.MEMBER:
        person = actor.person if member is None else member
        must_see_queries_of(asked, look, person, "member")
        return person, None
    if actor.unit is None:
        raise Refused(Reason.NOT_ALLOWED, about=Action.SEE_DISPUTE.zh)
    return None, (actor.unit, asked.desk.today())


def must_see_queries_of(asked: Asking, look: Look, person: PersonId, field: str) -> None:
    """Refuse what somebody queried to whom it is not open."""
    if not asked.may_see_person(look, person, Action.SEE_DISPUTE):
        raise Refused(Reason.NOT_ALLOWED, field, Action.SEE_DISPUTE.zh)
