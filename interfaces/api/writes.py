"""The commands as resources: each act is a line of one table, and a batch takes them all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, get_type_hints

import msgspec
from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from application.handle import Request as Asked
from domain import (
    deed,
    dispute,
    document,
    erasure,
    finding,
    grant,
    handling,
    inspection,
    invitation,
    matter,
    meeting,
    member,
    occasion,
    pairing,
    posting,
    suggestion,
    support,
    unit,
)
from domain.access import Action
from domain.kinds import Shape
from domain.people import Reason, Refused
from domain.streams import ACTIONS, Command
from interfaces import bodies
from interfaces.api.door import (
    Door,
    Receipt,
    acting,
    checked_id,
    command_id_of,
    json_response,
    needs,
    no_parameters,
    receipt,
    receipt_of,
    seen_version,
)
from interfaces.api.problems import Problem, problem_of
from interfaces.forms import TICK, given
from interfaces.ids import id_for

LARGEST_BATCH = 4 * 1024 * 1024
"""Bytes that a batch may have; each of its commands as many as a body."""
LEDGER = "/api/v1/ledgers/{ledger}"
_DIFFERS = frozenset({"differs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One write of the API.

    `told` are the fields of the command that the address tells. `whole` names the field that the body is; without it the
    body holds the command's other fields.
    """

    path: str
    command: Any
    zh: str
    name: str = ""
    method: str = "POST"
    told: Mapping[str, str]
    whole: str = ""

    @property
    def versioned(self) -> bool:
        """Whether it needs `If-Match`."""
        return self.command in bodies.VERSIONED

    @property
    def creates(self) -> bool:
        """Whether it begins a stream."""
        return self.command in bodies.MINTED

    @property
    def operation(self) -> str:
        """The operation id."""
        return self.name or bodies.tag_of(self.command)

    @property
    def without(self) -> frozenset[str]:
        """Fields of the command that are not in the body."""
        minted = bodies.MINTED.get(self.command)
        return frozenset(self.told) | (frozenset() if minted is None else {minted})

    @property
    def parameters(self) -> frozenset[str]:
        """Its query parameters."""
        return _DIFFERS if self.whole and self.command in _RECORDS else frozenset()

    def schema(self) -> Any:
        """What its body is checked by."""
        if self.whole == "body":
            return bodies.body_schema(_SHAPE_OF[self.command])
        if self.whole:
            return get_type_hints(self.command, include_extras=True)[self.whole]
        return bodies.fields_schema(self.command, self.without)


_RECORDS = (occasion.RecordOccasion, matter.RecordMatter)
_SHAPE_OF: Mapping[type[Command], Shape] = {
    occasion.RecordOccasion: Shape.OCCASION,
    matter.RecordMatter: Shape.MATTER,
    pairing.Pair: Shape.PAIRING,
    finding.SetFinding: Shape.FINDING,
}


def _begun(collection: str, command: Any, zh: str, whole: str = "") -> list[Act]:
    """Something new: POST has its id minted here, PUT brings it."""
    tag = bodies.tag_of(command)
    field = bodies.MINTED[command]
    return [
        Act(path=f"/{collection}", command=command, zh=zh, told={}, whole=whole),
        Act(
            path=f"/{collection}/{{id}}",
            command=command,
            zh=f"{zh}(自定编号)",
            name=f"{tag}_as",
            method="PUT",
            told={field: "{id}"},
            whole=whole,
        ),
    ]


def _on_deed(root: str, collection: str) -> list[Act]:
    """What may be said of any record."""
    stream = {"deed": f"{root}/{{id}}"}
    on = f"/{collection}/{{id}}"
    acts = [
        Act(path=f"{on}/withdrawals", command=deed.Withdraw, zh="撤回", told=stream),
        Act(path=f"{on}/supersessions", command=deed.Supersede, zh="以另一条取代", told=stream),
        Act(path=f"{on}/links", command=deed.LinkSame, zh="关联同一履职", told=stream),
        Act(path=f"{on}/unlinkings", command=deed.UnlinkSame, zh="取消关联", told=stream),
        Act(path=f"{on}/origins", command=deed.LinkLedTo, zh="登记由何促成", told=stream),
        Act(path=f"{on}/origin-removals", command=deed.UnlinkLedTo, zh="取消促成关系", told=stream),
        Act(path=f"{on}/confirmations", command=deed.Confirm, zh="确认", told=stream),
        Act(path=f"{on}/returns", command=deed.Return, zh="退回核实", told=stream),
        Act(path=f"{on}/upholdings", command=deed.Uphold, zh="核实维持", told=stream),
        Act(path=f"{on}/item-assignments", command=deed.AssignItem, zh="归入清单项目", told=stream),
    ]
    return [replace(act, name=f"{act.operation}_{root}") for act in acts]


_PERSON, _UNIT = {"person": "{id}"}, {"unit": "{id}"}
_OCCASION, _MATTER = {"occasion": "{id}"}, {"matter": "{id}"}
_ERASURE, _DISPUTE = {"erasure": "{id}"}, {"dispute": "{id}"}
_MEETING = {"meeting": "{id}"}
_LIST = {"checklist": "{code}"}
_DOCUMENT = {"sort": "{sort}", "code": "{code}"}

ACTS: tuple[Act, ...] = (
    *_begun("occasions", occasion.RecordOccasion, "登记活动", "body"),
    Act(
        path="/occasions/{id}/amendments",
        command=occasion.AmendOccasion,
        zh="更正活动",
        told=_OCCASION,
    ),
    *_on_deed("occasion", "occasions"),
    *_begun("matters", matter.RecordMatter, "登记事项", "body"),
    Act(
        path="/matters/{id}/amendments",
        command=matter.AmendMatter,
        zh="更正事项",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/outcomes",
        command=matter.ReportOutcome,
        zh="登记办理结果",
        told=_MATTER,
        whole="outcome",
    ),
    Act(
        path="/matters/{id}/retractions",
        command=matter.RetractOutcome,
        zh="撤销办理结果",
        told=_MATTER,
    ),
    *_on_deed("matter", "matters"),
    Act(path="/matters/{id}/course", command=handling.BeginCourse, zh="进入流程", told=_MATTER),
    Act(
        path="/matters/{id}/moves",
        command=handling.MoveMatter,
        zh="办理环节",
        told=_MATTER,
        whole="move",
    ),
    Act(path="/matters/{id}/givings-back", command=handling.GiveBack, zh="退回交办", told=_MATTER),
    Act(path="/matters/{id}/handovers", command=handling.HandOver, zh="移交承办", told=_MATTER),
    Act(
        path="/matters/{id}/extensions",
        command=handling.ExtendDeadline,
        zh="延期",
        told=_MATTER,
    ),
    Act(path="/matters/{id}/pauses", command=handling.PauseCourse, zh="暂停计时", told=_MATTER),
    Act(
        path="/matters/{id}/resumptions",
        command=handling.ResumeCourse,
        zh="恢复计时",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/reopenings",
        command=handling.ReopenMatter,
        zh="重新办理",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/migrations",
        command=handling.MigrateCourse,
        zh="改按新版流程",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/suggestions",
        command=suggestion.MakeSuggestion,
        zh="登记意见建议",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/suggestion-answers",
        command=suggestion.AnswerSuggestion,
        zh="答复意见建议",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/suggestion-results",
        command=suggestion.CarryOutSuggestion,
        zh="登记意见建议落实",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/suggestion-withdrawals",
        command=suggestion.WithdrawSuggestion,
        zh="撤回意见建议",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/problems",
        command=inspection.NotifyProblems,
        zh="通报发现问题",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/problem-reports",
        command=inspection.ReportMending,
        zh="登记整改情况",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/problem-checks",
        command=inspection.CheckOffProblem,
        zh="问题销号",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/problem-reopenings",
        command=inspection.ReopenProblem,
        zh="退回重新整改",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/problem-extensions",
        command=inspection.PutOffProblem,
        zh="延长整改期限",
        told=_MATTER,
    ),
    Act(
        path="/matters/{id}/problem-withdrawals",
        command=inspection.WithdrawProblem,
        zh="撤回发现问题",
        told=_MATTER,
    ),
    *_begun("meetings", meeting.PlanMeeting, "计划会议"),
    Act(
        path="/meetings/{id}/amendments",
        command=meeting.AmendMeeting,
        zh="更正会议计划",
        told=_MEETING,
    ),
    Act(path="/meetings/{id}/moves", command=meeting.MoveMeeting, zh="会议改期", told=_MEETING),
    Act(path="/meetings/{id}/calls", command=meeting.CallMeeting, zh="会议通知", told=_MEETING),
    Act(path="/meetings/{id}/leaves", command=meeting.AskLeave, zh="请假", told=_MEETING),
    Act(
        path="/meetings/{id}/leave-decisions",
        command=meeting.DecideLeave,
        zh="批假",
        told=_MEETING,
    ),
    Act(path="/meetings/{id}/openings", command=meeting.OpenMeeting, zh="开始签到", told=_MEETING),
    Act(path="/meetings/{id}/codes", command=meeting.IssueCode, zh="启用签到码", told=_MEETING),
    Act(path="/meetings/{id}/check-ins", command=meeting.CheckIn, zh="签到", told=_MEETING),
    Act(path="/meetings/{id}/closings", command=meeting.CloseMeeting, zh="登记出席", told=_MEETING),
    Act(
        path="/meetings/{id}/reopenings",
        command=meeting.ReopenMeeting,
        zh="重新登记出席",
        told=_MEETING,
    ),
    Act(
        path="/meetings/{id}/cancellations",
        command=meeting.CancelMeeting,
        zh="取消会议",
        told=_MEETING,
    ),
    Act(
        path="/units/{id}/month-reports", command=posting.ReportMonth, zh="自报月度晾晒", told=_UNIT
    ),
    Act(path="/units/{id}/month-returns", command=posting.SendBackMonth, zh="退回补正", told=_UNIT),
    Act(path="/units/{id}/month-checks", command=posting.CheckMonth, zh="核对晾晒", told=_UNIT),
    Act(path="/units/{id}/month-postings", command=posting.PostMonth, zh="发布晾晒", told=_UNIT),
    Act(
        path="/lists/{code}/invitations",
        command=invitation.InviteUnits,
        zh="确定季度受邀名单",
        told=_LIST,
    ),
    Act(
        path="/lists/{code}/statements",
        command=invitation.RecordStatement,
        zh="登记受邀发言",
        told=_LIST,
    ),
    Act(
        path="/lists/{code}/promise-results",
        command=invitation.SettlePromise,
        zh="登记承诺兑现",
        told=_LIST,
    ),
    Act(path="/units/{id}/budget-lines", command=support.SetBudgetLine, zh="登记预算", told=_UNIT),
    Act(path="/units/{id}/expenses", command=support.RecordExpense, zh="登记支出", told=_UNIT),
    Act(
        path="/units/{id}/expense-corrections",
        command=support.TakeBackExpense,
        zh="撤销支出",
        told=_UNIT,
    ),
    Act(path="/units/{id}/bookings", command=support.BookVenue, zh="预订场地", told=_UNIT),
    Act(
        path="/units/{id}/booking-cancellations",
        command=support.CancelBooking,
        zh="取消预订",
        told=_UNIT,
    ),
    *_begun("pairings", pairing.Pair, "结对", "body"),
    Act(
        path="/pairings/{id}/endings",
        command=pairing.EndPairing,
        zh="结束结对",
        told={"pairing": "{id}"},
    ),
    *_begun("findings", finding.SetFinding, "登记认定", "body"),
    Act(
        path="/findings/{id}/revocations",
        command=finding.RevokeFinding,
        zh="撤销认定",
        told={"finding": "{id}"},
    ),
    *_begun("disputes", dispute.RaiseDispute, "提出核对申请", "claim"),
    Act(
        path="/disputes/{id}/withdrawal",
        command=dispute.WithdrawDispute,
        zh="撤回核对申请",
        told=_DISPUTE,
    ),
    Act(
        path="/disputes/{id}/decision",
        command=dispute.DecideDispute,
        zh="答复核对申请",
        told=_DISPUTE,
    ),
    Act(
        path="/disputes/{id}/review",
        command=dispute.AskReview,
        zh="申请复核",
        told=_DISPUTE,
    ),
    Act(
        path="/disputes/{id}/review-decision",
        command=dispute.DecideReview,
        zh="复核",
        told=_DISPUTE,
    ),
    *_begun("people", member.Admit, "登记人员"),
    Act(
        path="/people/{id}/amendments",
        command=member.Describe,
        zh="更正人员信息",
        name="describe_person",
        told=_PERSON,
    ),
    Act(
        path="/people/{id}/memberships",
        command=member.Join,
        zh="编入单位",
        name="join_unit",
        told=_PERSON,
        whole="membership",
    ),
    Act(
        path="/people/{id}/departures",
        command=member.Leave,
        zh="离开单位",
        name="leave_unit",
        told=_PERSON,
    ),
    Act(
        path="/people/{id}/roles",
        command=member.GiveRole,
        zh="任职",
        told=_PERSON,
        whole="held",
    ),
    Act(path="/people/{id}/role-endings", command=member.EndRole, zh="免职", told=_PERSON),
    Act(
        path="/people/{id}/exemptions",
        command=member.Exempt,
        zh="免除履职要求",
        told=_PERSON,
        whole="exemption",
    ),
    Act(
        path="/people/{id}/exemption-endings",
        command=member.EndExemption,
        zh="恢复履职要求",
        told=_PERSON,
    ),
    Act(
        path="/people/{id}/corrections",
        command=member.CorrectIntervals,
        zh="更正任期、编组、任职等起止",
        told=_PERSON,
    ),
    Act(
        path="/people/{id}/placements",
        command=member.Place,
        zh="下沉报到",
        told=_PERSON,
        whole="placement",
    ),
    Act(path="/people/{id}/invitations", command=member.Invite, zh="邀请", told=_PERSON),
    Act(path="/people/{id}/dismissals", command=member.Dismiss, zh="委员退出", told=_PERSON),
    Act(
        path="/people/{id}/readmissions",
        command=member.Readmit,
        zh="续任",
        told=_PERSON,
        whole="term",
    ),
    *_begun("units", unit.OpenUnit, "设立单位"),
    Act(
        path="/units/{id}/amendments",
        command=unit.DescribeUnit,
        zh="更正单位信息",
        told=_UNIT,
    ),
    Act(path="/units/{id}/life", command=unit.MoveUnitOn, zh="单位变更(挂牌、撤销)", told=_UNIT),
    Act(
        path="/units/{id}/appointments",
        command=unit.Appoint,
        zh="任用负责人",
        told=_UNIT,
        whole="appointment",
    ),
    Act(path="/units/{id}/relievings", command=unit.Relieve, zh="免去职务", told=_UNIT),
    Act(
        path="/units/{id}/corrections",
        command=unit.CorrectAppointments,
        zh="更正任用",
        told=_UNIT,
    ),
    *_begun("grants", grant.GrantAccess, "授权"),
    Act(
        path="/grants/{id}/revocation",
        command=grant.RevokeAccess,
        zh="收回授权",
        told={"grant": "{id}"},
    ),
    Act(
        path="/grants/{id}/emergencies",
        command=grant.TakeEmergencyAccess,
        zh="启用应急授权",
        told={"under": "{id}"},
    ),
    *_begun("erasures", erasure.RequestErasure, "申请删除个人信息"),
    Act(
        path="/erasures/{id}/approval",
        command=erasure.ApproveErasure,
        zh="批准删除个人信息",
        told=_ERASURE,
    ),
    Act(
        path="/erasures/{id}/cancellation",
        command=erasure.CancelErasure,
        zh="撤销删除申请",
        told=_ERASURE,
    ),
    Act(
        path="/erasures/{id}/execution",
        command=erasure.CarryOutErasure,
        zh="执行删除",
        told=_ERASURE,
    ),
    Act(
        path="/documents/{sort}/{code}/versions",
        command=document.Publish,
        zh="发布文件",
        name="publish_document",
        told=_DOCUMENT,
    ),
    Act(
        path="/documents/{sort}/{code}/repeals",
        command=document.Repeal,
        zh="废止文件",
        name="repeal_document",
        told=_DOCUMENT,
    ),
)
"""Every act of the API."""


class BatchVerdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one command of a batch: a receipt, or a problem."""

    command_id: str
    receipt: Receipt | None = None
    problem: Problem | None = None


class BatchVerdicts(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each command of a batch, in order; `position` is the last to wait for."""

    position: int
    verdicts: tuple[BatchVerdict, ...]


def router() -> APIRouter:
    """The routes of all acts."""
    made = APIRouter(prefix=LEDGER)
    for act in ACTS:
        made.add_api_route(
            act.path,
            _handler(act),
            methods=[act.method],
            operation_id=act.operation,
            openapi_extra=needs(ACTIONS[act.command]),
            summary=act.zh,
            description=(act.command.__doc__ or "").strip(),
            status_code=201 if act.creates else 200,
            response_class=Response,
            tags=[act.path.split("/")[1]],
        )
    made.add_api_route(
        "/commands",
        _batch_handler(),
        methods=["POST"],
        operation_id="submit_commands",
        openapi_extra=needs(Action.SUBMIT),
        summary="批量提交",
        description=f"At most {bodies.MOST_COMMANDS} commands, a verdict each; a refused one fails alone.",
        response_class=Response,
        tags=["commands"],
    )
    return made


Handler = Callable[[Request], Awaitable[Response]]


def _handler(act: Act) -> Handler:
    if act.command is occasion.RecordOccasion or act.command is matter.RecordMatter:
        return _record_handler(act)
    parameters = act.parameters

    async def handle(request: Request) -> Response:
        door: Door = request.app.state.door
        desk, asker = await door.enter(request)
        actor = acting(request, asker.actor)
        no_parameters(request, parameters)
        command_id = command_id_of(request)
        seen = seen_version(request, required=act.versioned)
        text = bodies.text_of(await door.body(request, desk, asker))
        told = _told(act, request.path_params, desk.code, command_id)
        if act.whole:
            told[act.whole] = _whole(act, text)
            command = _made(act.command, told)
        else:
            command = bodies.command_of(act.command, text, told, act.without)
        try:
            done = await desk.submit(
                Asked(
                    command=command,
                    actor=actor,
                    command_id=command_id,
                    seen=seen,
                    strict=desk.strict,
                )
            )
        except Refused as refused:
            raise _seen_from_outside(act, refused) from refused
        return receipt(desk.code, done, created=act.creates, whole=act.whole)

    return handle


def _record_handler(act: Act) -> Handler:
    """The busiest route: the same as the others, without what a record does not need."""
    shape = _SHAPE_OF[act.command]
    is_occasion = act.command is occasion.RecordOccasion
    read = bodies.body_of

    async def handle(request: Request) -> Response:
        door: Door = request.app.state.door
        desk, asker = await door.enter(request)
        actor = acting(request, asker.actor)
        no_parameters(request, _DIFFERS)
        command_id = command_id_of(request)
        body = read(shape, bodies.text_of(await door.body(request, desk, asker)))
        given = request.path_params.get("id")
        key = id_for(desk.code, command_id) if given is None else checked_id(given, "id")
        differs = _differs(request)
        command: Command
        if is_occasion:
            command = occasion.RecordOccasion(occasion=key, body=body, differs=differs)
        else:
            command = matter.RecordMatter(matter=key, body=body, differs=differs)
        try:
            done = await desk.submit(
                Asked(command=command, actor=actor, command_id=command_id, strict=desk.strict)
            )
        except Refused as refused:
            raise _seen_from_outside(act, refused) from refused
        return receipt(desk.code, done, created=True, whole="body")

    return handle


def _batch_handler() -> Handler:
    async def handle(request: Request) -> Response:
        door: Door = request.app.state.door
        desk, asker = await door.enter(request)
        actor = acting(request, asker.actor)
        no_parameters(request)
        batch_id = command_id_of(request)
        # A long one is looked through aside, so that nobody waits for it.
        sent = await door.body(request, desk, asker, LARGEST_BATCH)
        text = await run_in_threadpool(bodies.text_of, sent)
        asked: list[tuple[str, Asked | Refused]] = []
        for i, raw in enumerate(bodies.batch_of(text)):
            command_id = f"{batch_id}/{i}"
            try:
                if len(raw) > bodies.LARGEST_BODY:
                    raise Refused(Reason.TOO_LARGE, about=f"{len(raw)} > {bodies.LARGEST_BODY}")
                command, command_id, seen = bodies.tagged_command_of(
                    raw, command_id, partial(id_for, desk.code)
                )
                asker.must_be_given(ACTIONS[type(command)])
                field = bodies.MINTED.get(type(command))
                if field is not None:
                    checked_id(getattr(command, field), f"/{field}")
            except Refused as refused:
                asked.append((command_id, refused))
                continue
            one = Asked(
                command=command,
                actor=actor,
                command_id=command_id,
                cause=batch_id,
                seen=seen,
                strict=desk.strict,
            )
            asked.append((command_id, one))
        found = iter(await desk.submit_all([one for _, one in asked if isinstance(one, Asked)]))
        verdicts: list[BatchVerdict] = []
        position = 0
        for command_id, each in asked:
            verdict = next(found) if isinstance(each, Asked) else each
            if isinstance(verdict, Refused):
                problem = problem_of(verdict)
                verdicts.append(BatchVerdict(command_id=command_id, problem=problem))
            else:
                position = max(position, verdict.position)
                told = receipt_of(desk.code, verdict)
                verdicts.append(BatchVerdict(command_id=command_id, receipt=told))
        return json_response(
            BatchVerdicts(position=position, verdicts=tuple(verdicts)),
            headers={"Lvzhi-Position": str(position)},
        )

    return handle


def _told(act: Act, path: Mapping[str, str], ledger: str, command_id: str) -> dict[str, Any]:
    """The fields that the address tells, or that are minted."""
    told: dict[str, Any] = {}
    for field, template in act.told.items():
        name = template.partition("{")[2].rstrip("}")
        said = checked_id(path[name], name)
        told[field] = template.replace(f"{{{name}}}", said)
        if field == "sort":
            try:
                told[field] = document.Sort.of(said)
            except KeyError as error:
                raise Refused(Reason.NO_SUCH_PAGE, about=said) from error
    if act.creates:
        told.setdefault(bodies.MINTED[act.command], id_for(ledger, command_id))
    return told


@cache
def _whole_adapter(command: Any, whole: str) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(command, include_extras=True)[whole])


def _whole(act: Act, text: str) -> Any:
    if act.whole == "body":
        return bodies.body_of(_SHAPE_OF[act.command], text)
    try:
        return _whole_adapter(act.command, act.whole).validate_json(
            text, strict=True, extra="forbid"
        )
    except ValidationError as error:
        raise bodies.refused_by(error) from error


def _made(command: type[Command], fields: dict[str, Any]) -> Command:
    make: Callable[..., Command] = command
    return make(**fields)


def _differs(request: Request) -> bool:
    if not request.scope["query_string"]:
        return False
    match request.query_params.get("differs"):
        case None | "false":
            return False
        case "true":
            return True
        case _:
            said = given(request.query_params["differs"])
            raise Refused(Reason.MALFORMED, "differs", said, wanted=TICK)


def _seen_from_outside(act: Act, refused: Refused) -> Refused:
    """The same with pointers into the body as it was sent; what the address tells has no pointer."""

    def outside(field: str) -> str:
        if field.lstrip("/") in act.without:
            return ""
        return field.removeprefix(f"/{act.whole}") if act.whole else field

    others = tuple(replace(each, field=outside(each.field)) for each in refused.others)
    return replace(refused, field=outside(refused.field), others=others)
