"""What the law gives a person: to know who looked at what tells of him, to have all of it in a file, to have it erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query, Response

from application.clock import now
from application.seal.verify import Bad
from domain.access import Action, Relation
from domain.erasure import Erasure
from domain.people import PersonId, Reason, Refused
from interfaces.api import export
from interfaces.api.asking import AskedNow, Limit
from interfaces.api.door import COLLECTIONS, json_response, needs
from interfaces.api.export import PersonExport, ReadingView
from interfaces.api.writes import LEDGER

Month: TypeAlias = Annotated[
    str | None,
    Query(
        pattern=r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])$",
        description="月份,默认本月(UTC) / the month, this one by default",
        examples=["2026-11"],
    ),
]

Before: TypeAlias = Annotated[
    int | None,
    Query(ge=1, le=2**63 - 1, description="只列更早的:上页最后一条的 position / only those before"),
]


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
    """The routes."""
    made = APIRouter(prefix=LEDGER, tags=["personal data"])

    @made.get(
        "/people/{id}/readings",
        operation_id="list_readings",
        openapi_extra=needs(Action.SEE_READINGS),
        summary="谁查阅过本人信息",
    )
    def list_readings(
        asked: AskedNow, id: str, month: Month = None, before: Before = None, limit: Limit = 50
    ) -> list[ReadingView]:
        """Who was shown what tells of somebody in a month, the newest first."""
        _must_be_his(asked, Action.SEE_READINGS, id)
        return _readings(asked, f"member/{id}", month, before, limit)

    for root in ("occasion", "matter", "pairing", "finding"):
        _add_readings_of_record(made, root)

    @made.get(
        "/people/{id}/export",
        operation_id="export_person",
        openapi_extra=needs(Action.EXPORT_PERSON),
        summary="本人全部信息(可携带副本)",
        response_model=PersonExport,
    )
    def export_person(asked: AskedNow, id: str) -> Response:
        """All that the ledger tells of somebody, for him: what is said of him, his facts, every entry, who looked, and proofs."""
        _must_be_his(asked, Action.EXPORT_PERSON, id)
        try:
            found, shown = export.export_of(asked.desk, asked.asker, PersonId(id))
        except Bad as bad:
            raise Refused(Reason.SEALS_DIFFER, about=str(bad)) from bad
        asked.note(shown)
        name = f'attachment; filename="{id}.json"'
        headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
        return json_response(found, headers=headers)

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


def _add_readings_of_record(made: APIRouter, root: str) -> None:
    def list_readings_of_record(
        asked: AskedNow, id: str, month: Month = None, before: Before = None, limit: Limit = 50
    ) -> list[ReadingView]:
        """Who was shown in a month what somebody else had recorded there of citizens, or of why something was found; the newest first."""
        asked.asker.must(Action.SEE_READINGS, Relation.OTHER, "id")
        return _readings(asked, f"{root}/{id}", month, before, limit)

    made.add_api_route(
        f"/{COLLECTIONS[root]}/{{id}}/readings",
        list_readings_of_record,
        operation_id=f"list_readings_of_{root}",
        openapi_extra=needs(Action.SEE_READINGS),
        summary="谁查阅过记录中的个人信息",
    )


def _readings(
    asked: AskedNow, subject: str, month: str | None, before: int | None, limit: int
) -> list[ReadingView]:
    day = date.fromisoformat(f"{month}-01") if month else now().date()
    found = asked.desk.readings.of(subject, day, limit, before)
    return [export.view_of(each) for each in found]


def _must_be_his(asked: AskedNow, action: Action, id: str) -> None:
    """Refuse what is of somebody else to who may see only his own."""
    himself = asked.actor.person == id
    asked.asker.must(action, Relation.SELF if himself else Relation.OTHER, "id")
