"""The one table of what there is: which command goes to which stream, which module decides on it, which folds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias, cast, get_args

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
    loop,
    matter,
    meeting,
    member,
    occasion,
    pairing,
    posting,
    speaking,
    suggestion,
    support,
    unit,
)
from domain.access import TOLD_WHY, Action, must
from domain.deed import Deed, Known, Likeness
from domain.disputed import Dispute
from domain.entry import Entry
from domain.fact import Fact
from domain.granted import Grant
from domain.people import Actor, Reason, Refused, Warned
from domain.supported import Support
from domain.words import Choice

# The ledger's own beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLedger:
    """Open the ledger of a committee; `zone` is the time zone in which its days are counted."""

    code: str
    committee: str
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOpened:
    """The ledger of a committee was opened."""

    code: str
    committee: str
    zone: str


Command: TypeAlias = (
    OpenLedger
    | member.MemberCommand
    | unit.UnitCommand
    | occasion.OccasionCommand
    | matter.MatterCommand
    | meeting.MeetingCommand
    | posting.PostingCommand
    | invitation.InvitationCommand
    | support.SupportCommand
    | pairing.PairingCommand
    | finding.FindingCommand
    | document.DocumentCommand
    | erasure.ErasureCommand
    | grant.GrantCommand
    | dispute.DisputeCommand
)
Event: TypeAlias = (
    LedgerOpened
    | member.MemberEvent
    | unit.UnitEvent
    | occasion.OccasionEvent
    | matter.MatterEvent
    | meeting.MeetingEvent
    | posting.PostingEvent
    | invitation.InvitationEvent
    | support.SupportEvent
    | pairing.PairingEvent
    | finding.FindingEvent
    | document.DocumentEvent
    | erasure.ErasureEvent
    | grant.GrantEvent
    | dispute.DisputeEvent
)
State: TypeAlias = (
    LedgerOpened
    | member.Person
    | unit.Unit
    | Deed[Any]
    | meeting.Meeting[Any]
    | posting.MonthPosting
    | invitation.Quarter
    | Support
    | pairing.Bound
    | finding.Found
    | document.Document
    | erasure.Erasure
    | Grant
    | Dispute
)


class Root(Choice):
    """What a stream is of: the part of its name before the slash."""

    LEDGER = "ledger", "台账"
    MEMBER = "member", "人员", "person"
    UNIT = "unit", "单位"
    OCCASION = "occasion", "活动"
    MATTER = "matter", "事项"
    MEETING = "meeting", "会议", "meeting"
    POSTING = "posting", "月度晾晒", "month's posting"
    INVITATION = "invitation", "季度受邀", "quarter's invitations"
    SUPPORT = "support", "经费场地", "budget and venues"
    PAIRING = "pairing", "结对"
    FINDING = "finding", "认定"
    RUBRIC = "rubric", "考核办法"
    CHECKLIST = "checklist", "履职清单"
    POLICY = "policy", "双重管理规则"
    RULE = "rule", "规则文件"
    TERMS = "terms", "用语", "words of the committee"
    CALENDAR = "calendar", "节假日安排", "calendar of holidays"
    LOOP = "loop", "闭环流程", "loop"
    FIGURES = "figures", "数据页", "page of figures"
    GRANT = "grant", "授权"
    DISPUTE = "dispute", "核对申请", "query on records"
    ERASURE = "erasure", "个人信息删除", "erasure"

    @property
    def prefix(self) -> str:
        """What the names of its streams start with."""
        return f"{self.value}/"


KEPT_WHOLE = (
    Root.LEDGER,
    Root.MEMBER,
    Root.UNIT,
    Root.MEETING,
    Root.POSTING,
    Root.INVITATION,
    Root.SUPPORT,
    Root.PAIRING,
    Root.RUBRIC,
    Root.CHECKLIST,
    Root.POLICY,
    Root.RULE,
    Root.TERMS,
    Root.CALENDAR,
    Root.LOOP,
    Root.FIGURES,
    Root.ERASURE,
    Root.GRANT,
    Root.DISPUTE,
)
"""What decisions keep in memory whole; other streams are loaded one by one."""


LONGEST_NAME = 200
"""Characters of the name of a stream at the most: also what is not there is remembered for a while."""


def root_of(stream: str) -> Root:
    """What that stream is of."""
    return Root.of(stream.partition("/")[0])


def stream_of(command: Command) -> str:
    """The stream that a command is decided on and appends to."""
    match command:
        case OpenLedger():
            return "ledger/ledger"
        case occasion.RecordOccasion() | occasion.AmendOccasion():
            return occasion.stream_of(command.occasion)
        case (
            matter.RecordMatter()
            | matter.AmendMatter()
            | matter.ReportOutcome()
            | matter.RetractOutcome()
            | handling.BeginCourse()
            | handling.MoveMatter()
            | handling.GiveBack()
            | handling.HandOver()
            | handling.ExtendDeadline()
            | handling.PauseCourse()
            | handling.ResumeCourse()
            | handling.ReopenMatter()
            | handling.MigrateCourse()
            | suggestion.MakeSuggestion()
            | suggestion.AnswerSuggestion()
            | suggestion.CarryOutSuggestion()
            | suggestion.WithdrawSuggestion()
            | inspection.NotifyProblems()
            | inspection.ReportMending()
            | inspection.CheckOffProblem()
            | inspection.ReopenProblem()
            | inspection.PutOffProblem()
            | inspection.WithdrawProblem()
        ):
            return matter.stream_of(command.matter)
        case (
            deed.Withdraw()
            | deed.Supersede()
            | deed.LinkSame()
            | deed.UnlinkSame()
            | deed.LinkLedTo()
            | deed.UnlinkLedTo()
            | deed.Confirm()
            | deed.Return()
            | deed.Uphold()
            | deed.AssignItem()
        ):
            if not command.deed.startswith((Root.OCCASION.prefix, Root.MATTER.prefix)):
                raise Refused(Reason.NO_SUCH_DEED, "/deed", command.deed)
            if len(command.deed) > LONGEST_NAME:
                raise Refused(Reason.NO_SUCH_DEED, "/deed", f"{command.deed[:40]}…")
            return command.deed
        case (
            meeting.PlanMeeting()
            | meeting.AmendMeeting()
            | meeting.MoveMeeting()
            | meeting.CallMeeting()
            | meeting.AskLeave()
            | meeting.DecideLeave()
            | meeting.OpenMeeting()
            | meeting.IssueCode()
            | meeting.CheckIn()
            | meeting.CloseMeeting()
            | meeting.ReopenMeeting()
            | meeting.CancelMeeting()
        ):
            return meeting.stream_of(command.meeting)
        case (
            posting.ReportMonth()
            | posting.SendBackMonth()
            | posting.CheckMonth()
            | posting.PostMonth()
        ):
            return posting.stream_of(command.unit, command.month)
        case invitation.InviteUnits() | invitation.RecordStatement() | invitation.SettlePromise():
            return invitation.stream_of(command.quarter, command.checklist)
        case (
            support.SetBudgetLine()
            | support.RecordExpense()
            | support.TakeBackExpense()
            | support.BookVenue()
            | support.CancelBooking()
        ):
            return support.stream_of(command.unit, command.year)
        case pairing.Pair() | pairing.EndPairing():
            return pairing.stream_of(command.pairing)
        case finding.SetFinding() | finding.RevokeFinding():
            return finding.stream_of(command.finding)
        case document.Publish() | document.Repeal():
            return document.stream_of(command.sort, command.code)
        case (
            erasure.RequestErasure()
            | erasure.ApproveErasure()
            | erasure.CancelErasure()
            | erasure.CarryOutErasure()
        ):
            return erasure.stream_of(command.erasure)
        case (
            dispute.RaiseDispute()
            | dispute.WithdrawDispute()
            | dispute.DecideDispute()
            | dispute.AskReview()
            | dispute.DecideReview()
        ):
            return dispute.stream_of(command.dispute)
        case grant.GrantAccess() | grant.RevokeAccess() | grant.TakeEmergencyAccess():
            return grant.stream_of(command.grant)
        case (
            unit.OpenUnit()
            | unit.DescribeUnit()
            | unit.MoveUnitOn()
            | unit.Appoint()
            | unit.Relieve()
            | unit.CorrectAppointments()
        ):
            return f"unit/{command.unit}"
        case _:
            return f"member/{command.person}"


ACTIONS: Mapping[type[Command], Action] = MappingProxyType(
    {
        OpenLedger: Action.RUN,
        **dict.fromkeys(get_args(member.MemberCommand), Action.KEEP_ROSTER),
        **dict.fromkeys(get_args(unit.UnitCommand), Action.KEEP_ROSTER),
        **dict.fromkeys(get_args(document.DocumentCommand), Action.PUBLISH),
        **dict.fromkeys(get_args(erasure.ErasureCommand), Action.ERASE),
        **dict.fromkeys(get_args(grant.GrantCommand), Action.GRANT),
        **dict.fromkeys(get_args(dispute.DisputeCommand), Action.DISPUTE),
        **dict.fromkeys(get_args(finding.FindingCommand), Action.FIND),
        **dict.fromkeys(get_args(pairing.PairingCommand), Action.RECORD),
        **dict.fromkeys(get_args(occasion.OccasionCommand), Action.RECORD),
        **dict.fromkeys(get_args(matter.MatterCommand), Action.RECORD),
        **dict.fromkeys(get_args(handling.HandlingCommand), Action.HANDLE),
        **dict.fromkeys(get_args(suggestion.SuggestionCommand), Action.HANDLE),
        **dict.fromkeys(get_args(inspection.InspectionCommand), Action.HANDLE),
        **dict.fromkeys(get_args(meeting.MeetingCommand), Action.MEET),
        **dict.fromkeys(get_args(posting.PostingCommand), Action.POST_MONTH),
        **dict.fromkeys(get_args(invitation.InvitationCommand), Action.INVITE_UNITS),
        **dict.fromkeys(get_args(support.SupportCommand), Action.KEEP_SUPPORT),
        posting.ReportMonth: Action.REPORT_MONTH,
        meeting.AskLeave: Action.TAKE_PART,
        meeting.CheckIn: Action.TAKE_PART,
        dispute.DecideDispute: Action.DECIDE_DISPUTE,
        dispute.DecideReview: Action.DECIDE_DISPUTE,
        grant.TakeEmergencyAccess: Action.TAKE_ACCESS,
        matter.ReportOutcome: Action.REPORT_OUTCOME,
        matter.RetractOutcome: Action.REPORT_OUTCOME,
        deed.Confirm: Action.CONFIRM,
        deed.Return: Action.CONFIRM,
        deed.Uphold: Action.UPHOLD,
    }
)
"""What each command does, as the table of who may do what names it."""


def decide(state: State | None, command: Command, actor: Actor, known: Known) -> list[Event]:
    """What follows from a command, given what is so; raises `Refused` where nothing may."""
    if not actor.writes:
        raise Refused(Reason.NOT_ALLOWED)
    action = ACTIONS[type(command)]
    speaking.check(actor, action, known)
    decides, _ = _TABLE[stream_of(command).partition("/")[0]]
    # Whoever may not answer for a line is told whose it is: the decision knows, the table does not.
    told_why = action in TOLD_WHY
    if not told_why:
        must(actor.role, action)
    events = list(decides(state, command, actor, known))
    if told_why:
        must(actor.role, action)
    return events


def _open(state: LedgerOpened | None, command: OpenLedger, actor: Actor) -> list[Event]:
    must(actor.role, Action.RUN)
    if state is not None:
        raise Refused(Reason.ALREADY_RECORDED, "/code", state.code)
    return [LedgerOpened(code=command.code, committee=command.committee, zone=command.zone)]


def _begin(_: LedgerOpened | None, entry: Entry[Any]) -> LedgerOpened:
    return cast("LedgerOpened", entry.event)


def evolve(state: State | None, entry: Entry[Any]) -> State | None:
    """A stream's state after one more entry: the past cannot be refused."""
    _, evolves = _TABLE[entry.stream.partition("/")[0]]
    return evolves(state, entry)


Decides: TypeAlias = Callable[[Any, Any, Actor, Known], Sequence[Event]]
Evolves: TypeAlias = Callable[[Any, Entry[Any]], State | None]


def _alone(decides: Callable[[Any, Any, Actor], Sequence[Event]]) -> Decides:
    """A decision that looks at nothing but its own stream."""
    return lambda state, command, actor, _: decides(state, command, actor)


def _on_person(
    state: member.Person | None, command: member.MemberCommand, actor: Actor, known: Known
) -> Sequence[Event]:
    return member.decide(state, command, actor, known.roster.units)


def _on_unit(
    state: unit.Unit | None, command: unit.UnitCommand, actor: Actor, known: Known
) -> Sequence[Event]:
    return unit.decide(state, command, actor, known.roster.units, known.roster.people)


def _on_occasion(
    state: deed.Deed[Any] | None, command: Command, actor: Actor, known: Known
) -> Sequence[Event]:
    """What is planned as a meeting is recorded by closing it, never beside it."""
    if isinstance(command, occasion.RecordOccasion) and known.has_meeting(command.occasion):
        raise Refused(Reason.ALREADY_RECORDED, "/occasion", command.occasion[:80])
    return occasion.decide(state, command, actor, known)  # type: ignore[arg-type]  # of an occasion


def _on_loop(
    state: document.Document | None,
    command: document.DocumentCommand,
    actor: Actor,
    known: Known,
) -> Sequence[Event]:
    """A loop may go by meetings that there are: one that nobody has ever planned would leave matters without a day."""
    events = document.decide(state, command, actor)
    said = known.loop_in(command.text) if events and isinstance(command, document.Publish) else None
    held = {day.kind for day in known.meeting_days()}
    for i, rule in () if said is None else loop.meetings_asked_for(said):
        if held.isdisjoint(rule.kinds):
            about = "、".join(kind.zh for kind in rule.kinds)
            raise Refused(Reason.NEVER_MEETS, f"/stages/{i}/due/meeting", about)
    return events


_TABLE: Mapping[str, tuple[Decides, Evolves]] = MappingProxyType(
    {
        Root.LEDGER.value: (_alone(_open), _begin),
        Root.MEMBER.value: (_on_person, member.evolve),
        Root.UNIT.value: (_on_unit, unit.evolve),
        Root.OCCASION.value: (_on_occasion, occasion.evolve),
        Root.MATTER.value: (matter.decide, matter.evolve),
        Root.MEETING.value: (meeting.decide, meeting.evolve),
        Root.POSTING.value: (posting.decide, posting.evolve),
        Root.INVITATION.value: (invitation.decide, invitation.evolve),
        Root.SUPPORT.value: (support.decide, support.evolve),
        Root.PAIRING.value: (pairing.decide, pairing.evolve),
        Root.FINDING.value: (finding.decide, finding.evolve),
        Root.RUBRIC.value: (_alone(document.decide), document.evolve),
        Root.CHECKLIST.value: (_alone(document.decide), document.evolve),
        Root.POLICY.value: (_alone(document.decide), document.evolve),
        Root.RULE.value: (_alone(document.decide), document.evolve),
        Root.TERMS.value: (_alone(document.decide), document.evolve),
        Root.CALENDAR.value: (_alone(document.decide), document.evolve),
        Root.LOOP.value: (_on_loop, document.evolve),
        Root.FIGURES.value: (_alone(document.decide), document.evolve),
        Root.ERASURE.value: (erasure.decide, erasure.evolve),
        Root.GRANT.value: (grant.decide, grant.evolve),
        Root.DISPUTE.value: (dispute.decide, dispute.evolve),
    }
)
"""Who decides on and who folds the streams of each root."""


def facts_of(state: State | None) -> list[Fact[Any]]:
    """The facts that a stream yields as it stands."""
    if isinstance(state, Deed):
        if state.stream.startswith(Root.OCCASION.prefix):
            return occasion.facts_of(state)
        return matter.facts_of(state)
    if isinstance(state, pairing.Bound):
        return pairing.facts_of(state)
    if isinstance(state, finding.Found):
        return finding.facts_of(state)
    return []


def home_of(event: Event, stream: str) -> str:
    """The stream on which an event of a command on this stream lies: of a meeting that is closed, its occasion says who was there."""
    if stream.startswith(Root.MEETING.prefix) and isinstance(
        event,
        occasion.OccasionHappened | occasion.OccasionAmended | occasion.ParticipantsListed,
    ):
        return occasion.stream_of(event.occasion)
    return stream


def elsewhere(command: Command) -> str | None:
    """The other stream that a command looks at, or on which it may append as well."""
    if isinstance(command, meeting.CloseMeeting | meeting.PlanMeeting | meeting.CancelMeeting):
        return occasion.stream_of(command.meeting)
    return None


def kept_with(command: Command) -> str:
    """The stream with which is kept what a command says of a person: who was at a meeting is said on its occasion."""
    if isinstance(command, meeting.CloseMeeting):
        return occasion.stream_of(command.meeting)
    return stream_of(command)


def likenesses(event: Event) -> list[Likeness]:
    """The likenesses by which a later record can be seen to repeat this one, and a matter found by what it is called."""
    if isinstance(event, occasion.OccasionHappened | occasion.OccasionAmended):
        return occasion.likenesses(event.body)
    if isinstance(event, matter.MatterRecorded | matter.MatterAmended):
        return [*matter.likenesses(event.body), *matter.namings(event.body)]
    if isinstance(event, occasion.ParticipantsListed):
        return occasion.listed_likenesses(event)
    return []


def warnings(command: Command, known: Known) -> list[Warned]:
    """What is worth a look about a command that may be carried out."""
    if isinstance(command, occasion.RecordOccasion):
        return occasion.warnings(command, known)
    if isinstance(command, matter.RecordMatter):
        return matter.warnings(command, known)
    return []


def day_of(event: Event) -> Any:
    """The day on which it happened, where the event has one."""
    match event:
        case (
            occasion.OccasionHappened()
            | occasion.OccasionAmended()
            | matter.MatterRecorded()
            | matter.MatterAmended()
            | finding.FindingSet()
        ):
            return event.body.on
        case matter.OutcomeReached():
            return event.outcome.on
        case handling.CourseMoved():
            return event.move.on
        case (
            handling.CourseBegun()
            | handling.CourseGivenBack()
            | handling.CourseHandedOver()
            | handling.CoursePaused()
            | handling.CourseResumed()
            | handling.CourseReopened()
            | suggestion.SuggestionMade()
            | suggestion.SuggestionAnswered()
            | suggestion.SuggestionCarriedOut()
            | inspection.ProblemNotified()
            | inspection.MendingReported()
            | inspection.ProblemCheckedOff()
            | deed.LinkedLedTo()
            | invitation.UnitsInvited()
            | invitation.PromiseSettled()
        ):
            return event.on
        case invitation.StatementRecorded():
            return event.statement.on
        case support.ExpenseRecorded():
            return event.expense.on
        case pairing.Paired():
            return event.body.since
        case _:
            return None
