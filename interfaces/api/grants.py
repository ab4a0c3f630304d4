"""Who may act in which role: the grants of a ledger. Granting, revoking and taking a role in an emergency are acts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from application.clock import now
from domain.access import Action
from domain.granted import Grant
from domain.people import Role, UnitId
from interfaces.api.asking import AskedNow, Limit
from interfaces.api.door import needs
from interfaces.api.writes import LEDGER
from interfaces.wiring import Desk

Person: TypeAlias = Annotated[str | None, Query(max_length=100, description="人员 / person")]
OfRole: TypeAlias = Annotated[Role | None, Query(description="身份 / role")]
OfUnit: TypeAlias = Annotated[str | None, Query(max_length=100, description="单位 / unit")]
Standing: TypeAlias = Annotated[bool, Query(description="只列当前有效的 / only those in force now")]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """A grant: for whom, in which role, from when to when, who gave it and why; `stands` says whether it is in force now, `emergency` whether it was taken in one."""

    grant: str
    person: str
    role: Role
    unit: str | None
    since: date
    until: date | None
    standby: bool
    emergency: bool
    stands: bool
    reason: str
    given_by: str
    given_at: datetime
    ends_at: datetime | None
    revoked_by: str | None
    revoked_at: datetime | None
    revoked_for: str


def view_of(each: Grant, his: Iterable[Grant], at: datetime, day: date) -> GrantView:
    """A grant as it is shown, by all that its person was granted."""
    return GrantView(
        grant=each.grant,
        person=each.person,
        role=each.role,
        unit=each.unit,
        since=each.since,
        until=each.until,
        standby=each.standby,
        emergency=bool(each.under),
        stands=each.within(his, at, day),
        reason=each.reason,
        given_by=each.given_by,
        given_at=each.given_at,
        ends_at=each.ends_at,
        revoked_by=each.revoked_by,
        revoked_at=each.revoked_at,
        revoked_for=each.revoked_for,
    )


def grants_of(
    desk: Desk,
    *,
    person: str | None = None,
    role: Role | None = None,
    unit: str | None = None,
    standing: bool = False,
    limit: int,
) -> list[GrantView]:
    """At most so many grants: what was taken in an emergency and is in force comes first, then the newest."""
    desk.grants.look_again()
    at, day = now(), desk.today()
    found = [
        view_of(each, desk.grants.of(each.person), at, day)
        for each in desk.grants.all()
        if (person is None or each.person == person)
        and (role is None or each.role is role)
        and (unit is None or each.unit == UnitId(unit))
        and (not standing or each.within(desk.grants.of(each.person), at, day))
    ]
    found.sort(key=lambda each: not (each.emergency and each.stands))
    return found[:limit]


def router() -> APIRouter:
    """The route of grants."""
    made = APIRouter(prefix=LEDGER, tags=["grants"])

    @made.get(
        "/grants",
        operation_id="list_grants",
        openapi_extra=needs(Action.SEE_GRANTS),
        summary="授权",
    )
    def list_grants(  # filters
        asked: AskedNow,
        person: Person = None,
        role: OfRole = None,
        unit: OfUnit = None,
        standing: Standing = False,
        limit: Limit = 50,
    ) -> list[GrantView]:
        """The grants, those taken in an emergency first, then the newest; who may not see all sees his own."""
        if not asked.asker.always(Action.SEE_GRANTS):
            person = asked.actor.person
        return grants_of(
            asked.desk, person=person, role=role, unit=unit, standing=standing, limit=limit
        )

    return made
