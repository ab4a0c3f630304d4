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
        "/register",
        "工作室登记册",
        "register of studios",
        (
            "各类型工作室各有几家,在哪里、谁负责、入驻多少委员、是否验收",
            "how many studios there are of each type, where, who heads them, how many members belong",
        ),
        Action.SEE_ROSTER,
    ),
    Report(
        "/standards",
        "达标验收",
        "standards and acceptance",
        (
            "各单位对照标准清单,哪些有佐证、哪些欠缺、哪次验收,问题是否整改",
            "what of a standard each unit has evidence for, what it lacks, when it was accepted",
        ),
        Action.SEE_UNIT_FILE,
    ),
    Report(
        "/documents-owed",
        "材料报送情况",
        "documents owed",
        (
            "年度计划、半年报告、总结等,哪些单位缺报、迟报",
            "which units are late with plans, reports and summaries, or have not sent them",
        ),
        Action.SEE_UNIT_FILE,
    ),
    Report(
        "/coverage",
        "覆盖情况",
        "coverage",
        (
            "哪些镇街、界别没有工作室,哪些村(社区)没有走访到,哪些委员没有入驻",
            "which townships and sectors have no studio, which villages nobody visited",
        ),
        Action.SEE_TOTALS,
    ),
    Report(
        "/wall",
        "月度晒单",
        "wall of the month",
        (
            "各单位每月自报、核对后晾晒的情况,并排比看,谁迟报、缺报",
            "what units reported of a month and the office posted, side by side; who is late or missing",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/compared",
        "季度首尾受邀",
        "invited of a quarter",
        (
            "季度进度靠前、靠后的单位谁受邀发言、为什么,承诺了什么、是否兑现",
            "which units are invited to speak and why, what they promised and whether it was done",
        ),
        Action.SEE_COMPARED,
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
