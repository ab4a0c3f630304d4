"""The reports: what a committee and its units look at together, each on a page of its own; one page leads to all of them."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Response

from domain.access import Action
from interfaces.api.door import needs
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting


@dataclass(frozen=True, slots=True)
class Report:
    """A report: where it is, what it is called, what it answers, and whom it is open to."""

    path: str
    zh: str
    en: str
    answers: tuple[str, str]
    action: Action


REPORTS: tuple[Report, ...] = (
    Report(
        "/dues",
        "待办台账",
        "what is due",
        (
            "哪些事项逾期、临期、已办未告知,在谁手里",
            "what is overdue, due soon or not told, and who has it in hand",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/figures",
        "数据页",
        "pages of figures",
        (
            "各项工作的数字,写明时段和口径,点开看由哪些记录构成,可整句复制",
            "figures of each line of work with their days and what they count, opening what they are made of, ready to be copied",
        ),
        Action.SEE_RECORD,
    ),
)
"""The reports in the order in which they are shown."""


def router() -> APIRouter:
    """The page that leads to every report."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/reports", operation_id="page_reports", openapi_extra=needs(Action.SEE_RECORD))
    def show(visitor: Visiting) -> Response:
        """The reports that are open to whoever looks."""
        open_to = [each for each in REPORTS if visitor.may_ever(each.action.value)]
        return render(visitor, "reports.html", reports=open_to)

    return made
