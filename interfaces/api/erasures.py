"""What was erased, is to be erased, or was not erased after all; asking for it and carrying it out are acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter

from domain.access import Action
from domain.erasure import Erasure
from interfaces.api.door import needs
from interfaces.api.reads import AskedNow, Limit
from interfaces.api.writes import LEDGER


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureView:
    """An erasure: whom or what it is about, on what ground, how far it has come, who asked, who agreed, from when it may be carried out."""

    erasure: str
    subject: str
    basis: str
    reason: str
    step: str
    requested_by: str
    requested_on: date
    approved_by: str | None
    due: date | None
    ended_by: str | None
    ended_on: date | None


def _view(erasure: Erasure) -> ErasureView:
    return ErasureView(
        erasure=erasure.erasure,
        subject=erasure.subject,
        basis=erasure.basis.value,
        reason=erasure.reason,
        step=erasure.step.value,
        requested_by=erasure.requested_by,
        requested_on=erasure.requested_on,
        approved_by=erasure.approved_by,
        due=erasure.due,
        ended_by=erasure.ended_by,
        ended_on=erasure.ended_on,
    )


def router() -> APIRouter:
    """The route of erasures."""
    made = APIRouter(prefix=LEDGER, tags=["erasures"])

    @made.get(
        "/erasures",
        operation_id="list_erasures",
        openapi_extra=needs(Action.SEE_ERASURES),
        summary="个人信息删除办理情况",
    )
    def list_erasures(asked: AskedNow, limit: Limit = 50) -> list[ErasureView]:
        """The erasures, the newest first."""
        return [_view(each) for each in asked.desk.erasures()[:limit]]

    return made
