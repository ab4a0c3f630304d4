"""One of each command, said by somebody who may say it in the small county."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.checklist import Checklist, Posting, Slot
from domain.course import Move
from domain.deadline import Within
from domain.deed import (
    AssignItem,
    Confirm,
    LinkLedTo,
    LinkSame,
    Return,
    Supersede,
    UnlinkLedTo,
    UnlinkSame,
    Uphold,
    Withdraw,
)
from domain.dispute import (
    AskReview,
    DecideDispute,
    DecideReview,
    RaiseDispute,
    WithdrawDispute,
)
from domain.disputed import Claim, DisputeOutcome, DisputeSort
from domain.document import Publish, Repeal, Sort
from domain.erasure import (
    WAITING_DAYS,
    ApproveErasure,
    Basis,
    CancelErasure,
    CarryOutErasure,
    RequestErasure,
)
from domain.fact import Reached
from domain.finding import Finding, RevokeFinding, SetFinding
from domain.grant import GrantAccess, RevokeAccess, TakeEmergencyAccess
from domain.handling import (
    BeginCourse,
    ExtendDeadline,
    GiveBack,
    HandOver,
    MigrateCourse,
    MoveMatter,
    PauseCourse,
    ReopenMatter,
    ResumeCourse,
)
from domain.inspection import (
    CheckOffProblem,
    NotifyProblems,
    ProblemSaid,
    PutOffProblem,
    ReopenProblem,
    ReportMending,
    WithdrawProblem,
)
from domain.invitation import (
    End,
    Invited,
    InviteUnits,
    Kept,
    Pledge,
    RecordStatement,
    SettlePromise,
)
from domain.kinds import Stage
from domain.kinds.about import Subject
from domain.kinds.advice import Proposed
from domain.kinds.deliberation import IssuedRecommendation
from domain.kinds.findings import WasMarked
from domain.kinds.meetings import Attended
from domain.kinds.meetings import Meeting as MeetingKind
from domain.kinds.people import Counterpart, PairedWith, Relation
from domain.kinds.units import WasInspected
from domain.loop import GivingBack, Holder, Loop, LoopStage
from domain.matter import (
    AmendMatter,
    Author,
    Matter,
    RecordMatter,
    ReportOutcome,
    RetractOutcome,
)
from domain.meeting import (
    AmendMeeting,
    AskLeave,
    CallMeeting,
    CancelMeeting,
    CheckIn,
    CloseMeeting,
    DecideLeave,
    InvitedPerson,
    IssueCode,
    MoveMeeting,
    OpenMeeting,
    PlanMeeting,
    ReopenMeeting,
    digest_of,
)
from domain.member import (
    Admit,
    Bond,
    CorrectIntervals,
    Describe,
    Dismiss,
    EndExemption,
    EndRole,
    Exempt,
    Exemption,
    Exit,
    GiveRole,
    Intervals,
    Invitation,
    Invite,
    Join,
    Leave,
    MemberRole,
    Membership,
    Place,
    Placement,
    Profile,
    Readmit,
    ReportIn,
    RoleHeld,
    Standing,
    Term,
)
from domain.occasion import AmendOccasion, Occasion, RecordOccasion
from domain.pairing import EndPairing, Pair, Pairing
from domain.people import Actor, PersonId, Role, UnitId
from domain.period import Span
from domain.posting import CheckMonth, ItemSaid, PostMonth, ReportMonth, SendBackMonth
from domain.problem import Mending
from domain.selection import Selects
from domain.streams import (
    Command,
    Event,
    OpenLedger,
)
from domain.suggested import Answer
from domain.suggestion import (
    AnswerSuggestion,
    CarryOutSuggestion,
    MakeSuggestion,
    WithdrawSuggestion,
)
from domain.support import (
    BookVenue,
    CancelBooking,
    RecordExpense,
    SetBudgetLine,
    TakeBackExpense,
)
from domain.supported import HalfDay
from domain.unit import (
    Appoint,
    Appointment,
    CorrectAppointments,
    DescribeUnit,
    Life,
    MoveUnitOn,
    Office,
    OpenUnit,
    Relieve,
    Side,
    UnitKind,
    UnitProfile,
)
from tests.county import (
    APPRAISER,
    BEGAN,
    CLERK,
    CONVENOR,
    COUNTY,
    ECONOMY,
    LI,
    LINKING,
    NORTH,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    TODAY,
    WANG,
    ZHAO,
    Told,
    himself,
    visit,
)

DAY = date(2025, 6, 10)
_STAGES = (
    LoopStage(code="raised", zh="提出", en="raised"),
    LoopStage(code="assigned", zh="交办", en="assigned"),
    LoopStage(code="replied", zh="答复", en="replied", due=Within(number=30), ends=True),
)
WAYS = [
    Loop(
        code="way",
        version=version,
        zh="提案",
        en="proposal",
        since=date(2025, 1, 1),
        kinds=("proposed",),
        stages=_STAGES,
        at_once=False,
        giving_back=GivingBack(within=Within(number=30), out_of="assigned", to="raised"),
    )
    for version in ("2", "1")
]
"""A loop in two versions; the first is the newer one, so that it is the other one that is in force."""
MARCH, APRIL, WINTER = date(2025, 3, 1), date(2025, 4, 1), date(2025, 1, 1)
MONTHS = Checklist(
    code="months",
    version="1",
    zh="月度清单",
    en="monthly list",
    since=date(2020, 1, 1),
    subject=Subject.UNIT,
    of_kinds=frozenset({UnitKind.STUDIO}),
    slots=(
        Slot(
            number=1,
            zh="走访",
            en="visits",
            counts=(Selects(kinds=("visited_village",)),),
            every=Span.MONTH,
        ),
    ),
    posting=Posting(within_days=5, invites=1),
)
"""A list on which studios report each month, and by which one of either end is invited."""
INSPECTION: Matter[Any] = Matter(
    details=WasInspected(inspected_by="县政协办公室"),
    title="督查南片工作室",
    on=DAY,
    organiser=COUNTY,
    authors=(Author(unit=SOUTH),),
)
RECOMMENDATION: Matter[Any] = Matter(
    details=IssuedRecommendation(),
    title="统一执法",
    on=DAY,
    organiser=COUNTY,
    authors=(Author(unit=LINKING),),
)
WATER, ROADS = Holder(name="水利局"), Holder(name="交通局")
SITTING: Occasion[Any] = Occasion(
    details=Attended(meeting=MeetingKind.BRIEFING), title="情况通报会", on=DAY, organiser=COUNTY
)
PROFILE = UnitProfile(kind=UnitKind.STUDIO, name="东街")
PROPOSAL: Matter[Any] = Matter(
    details=Proposed(), title="修路", on=DAY, organiser=COUNTY, authors=(Author(person=LI),)
)
PAIRING: Pairing[Any] = Pairing(
    details=PairedWith(
        relation=Relation.VILLAGE, counterpart=Counterpart.VILLAGE, counterpart_name="韩村"
    ),
    since=DAY,
    organiser=SOUTH,
    person=LI,
)
FINDING: Finding[Any] = Finding(
    details=WasMarked(code="peer"), on=DAY, body="考核组", reason="互评", person=LI
)
WRONG = Claim(
    person=LI,
    sort=DisputeSort.WRONG,
    deed="occasion/v",
    field="日期",
    should_be="6月9日",
)
MARK, DONG = PersonId("mark"), UnitId("dong")

# One of each command, said by somebody who may. Those of a stream stand in an order in which they follow.
SAID: list[tuple[Actor, Command, str]] = [
    (OFFICE, OpenLedger(code="hanxian", committee="韩县政协"), "ledger/ledger"),
    (
        OFFICE,
        Admit(person=MARK, profile=Profile(name="马"), term=Term(number=1, since=BEGAN)),
        "member/mark",
    ),
    (OFFICE, Describe(person=MARK, profile=Profile(name="马克"), reason="更正"), "member/mark"),
    (
        OFFICE,
        Join(person=MARK, membership=Membership(bond=Bond.SECTOR, unit=ECONOMY, since=BEGAN)),
        "member/mark",
    ),
    (OFFICE, Leave(person=MARK, bond=Bond.SECTOR, unit=ECONOMY, until=DAY), "member/mark"),
    (
        OFFICE,
        GiveRole(person=MARK, held=RoleHeld(role=MemberRole.CHAIRPERSON, since=BEGAN)),
        "member/mark",
    ),
    (OFFICE, EndRole(person=MARK, role=MemberRole.CHAIRPERSON, until=DAY), "member/mark"),
    (
        OFFICE,
        Exempt(person=MARK, exemption=Exemption(since=BEGAN, until=None, reason="病")),
        "member/mark",
    ),
    (OFFICE, EndExemption(person=MARK, until=DAY), "member/mark"),
    (
        OFFICE,
        CorrectIntervals(
            person=MARK,
            wrong=Intervals(roles=(RoleHeld(role=MemberRole.CHAIRPERSON, since=BEGAN, until=DAY),)),
            right=Intervals(
                roles=(RoleHeld(role=MemberRole.VICE_CHAIRPERSON, since=BEGAN, until=DAY),)
            ),
            reason="误登",
        ),
        "member/mark",
    ),
    (
        OFFICE,
        Place(person=MARK, placement=Placement(township=NORTH, step=ReportIn.CHOSE, on=BEGAN)),
        "member/mark",
    ),
    (OFFICE, Dismiss(person=MARK, on=DAY, how=Exit.RESIGNED), "member/mark"),
    (OFFICE, OpenUnit(unit=DONG, profile=PROFILE, since=BEGAN), "unit/dong"),
    (
        OFFICE,
        DescribeUnit(
            unit=DONG, profile=UnitProfile(kind=UnitKind.STUDIO, name="东城"), reason="更名"
        ),
        "unit/dong",
    ),
    (OFFICE, MoveUnitOn(unit=DONG, life=Life.LISTED, on=DAY), "unit/dong"),
    (
        OFFICE,
        Appoint(unit=DONG, appointment=Appointment(person=MARK, office=Office.HEAD, since=BEGAN)),
        "unit/dong",
    ),
    (OFFICE, Relieve(unit=DONG, person=MARK, office=Office.HEAD, until=DAY), "unit/dong"),
    (
        OFFICE,
        CorrectAppointments(
            unit=DONG,
            wrong=(Appointment(person=MARK, office=Office.HEAD, since=BEGAN, until=DAY),),
            right=(Appointment(person=MARK, office=Office.DEPUTY, since=BEGAN, until=DAY),),
            reason="误登",
        ),
        "unit/dong",
    ),
    (CLERK, RecordOccasion(occasion="v", body=visit(LI, ZHAO)), "occasion/v"),
    (CLERK, RecordOccasion(occasion="w", body=visit(LI)), "occasion/w"),
    (CLERK, AmendOccasion(occasion="v", body=visit(LI), reason="误"), "occasion/v"),
    (CONVENOR, Confirm(deed="occasion/v", side=Side.SECTOR), "occasion/v"),
    (
        CONVENOR,
        Return(deed="occasion/v", side=Side.SECTOR, people=(LI,), reason="未到"),
        "occasion/v",
    ),
    (himself(LI), RaiseDispute(dispute="d", claim=WRONG), "dispute/d"),
    (
        APPRAISER,
        DecideDispute(dispute="d", outcome=DisputeOutcome.NOT_ACCEPTED, reason="签到为10日"),
        "dispute/d",
    ),
    (himself(LI), AskReview(dispute="d", reason="签到表有误"), "dispute/d"),
    (
        OFFICE,
        DecideReview(
            dispute="d",
            outcome=DisputeOutcome.ACCEPTED,
            reason="照片为9日",
            deeds=("occasion/v",),
        ),
        "dispute/d",
    ),
    (himself(LI), RaiseDispute(dispute="d2", claim=WRONG), "dispute/d2"),
    (himself(LI), WithdrawDispute(dispute="d2", reason="已更正"), "dispute/d2"),
    (CLERK, LinkSame(deed="occasion/v", same_as="occasion/w"), "occasion/v"),
    (CLERK, UnlinkSame(deed="occasion/v", reason="两次"), "occasion/v"),
    (
        CLERK,
        LinkLedTo(deed="occasion/w", source="occasion/v", on=date(2025, 6, 10), note="走访带出"),
        "occasion/w",
    ),
    (
        CLERK,
        UnlinkLedTo(deed="occasion/w", source="occasion/v", reason="并无关系"),
        "occasion/w",
    ),
    (
        CLERK,
        AssignItem(deed="occasion/v", person=LI, item="service", reason="归入"),
        "occasion/v",
    ),
    (OFFICE, RecordMatter(matter="p", body=PROPOSAL), "matter/p"),
    (
        OFFICE,
        AmendMatter(
            matter="p",
            body=Matter(
                details=Proposed(),
                title="修桥",
                on=DAY,
                organiser=COUNTY,
                authors=(Author(person=LI),),
            ),
            reason="误",
        ),
        "matter/p",
    ),
    (
        OFFICE,
        ReportOutcome(matter="p", outcome=Reached(stage=Stage.FILED, on=DAY)),
        "matter/p",
    ),
    (OFFICE, BeginCourse(matter="p", loop="way"), "matter/p"),
    (
        OFFICE,
        MoveMatter(matter="p", move=Move(stage="assigned", on=DAY, holder=WATER)),
        "matter/p",
    ),
    (OFFICE, HandOver(matter="p", on=DAY, holder=ROADS, reason="职责"), "matter/p"),
    (
        OFFICE,
        ExtendDeadline(
            matter="p", stage="replied", until=date(2025, 9, 1), reason="勘查", consented_by="主席"
        ),
        "matter/p",
    ),
    (OFFICE, MigrateCourse(matter="p", version="2", reason="新办法"), "matter/p"),
    (OFFICE, PlanMeeting(meeting="k", body=SITTING), "meeting/k"),
    (
        OFFICE,
        AmendMeeting(
            meeting="k",
            body=replace(SITTING, place="礼堂"),
            reason="定场地",
            invited=(InvitedPerson(person=WANG),),
        ),
        "meeting/k",
    ),
    (OFFICE, MoveMeeting(meeting="k", on=date(2025, 6, 12), reason="冲突"), "meeting/k"),
    (OFFICE, CallMeeting(meeting="k", expected=(LI, ZHAO), notice="3号"), "meeting/k"),
    (himself(LI), AskLeave(meeting="k", person=LI, leave="公假"), "meeting/k"),
    (OFFICE, DecideLeave(meeting="k", person=LI, granted=True, by="主席"), "meeting/k"),
    (OFFICE, OpenMeeting(meeting="k"), "meeting/k"),
    (OFFICE, CheckIn(meeting="k", person=ZHAO), "meeting/k"),
    (OFFICE, PlanMeeting(meeting="c", body=SITTING), "meeting/c"),
    (OFFICE, CancelMeeting(meeting="c", reason="并入"), "meeting/c"),
    (OFFICE, RecordMatter(matter="r", body=RECOMMENDATION), "matter/r"),
    (OFFICE, MakeSuggestion(matter="r", text="统一执法", on=DAY, by=(LI,)), "matter/r"),
    (
        OFFICE,
        AnswerSuggestion(
            matter="r", number=1, answer=Answer.ADOPTED, on=DAY, answered_by="县司法局"
        ),
        "matter/r",
    ),
    (OFFICE, CarryOutSuggestion(matter="r", number=1, on=DAY, outcome="机制"), "matter/r"),
    (OFFICE, RecordMatter(matter="z", body=INSPECTION), "matter/z"),
    (
        OFFICE,
        NotifyProblems(matter="z", on=DAY, problems=(ProblemSaid(text="台账不全", mend_by=DAY),)),
        "matter/z",
    ),
    (
        STUDIO_HEAD,
        ReportMending(
            matter="z", number=1, mending=Mending.MENDED, on=DAY, account="补齐三个月台账"
        ),
        "matter/z",
    ),
    (OFFICE, CheckOffProblem(matter="z", number=1, on=DAY), "matter/z"),
    (OFFICE, ReopenProblem(matter="z", number=1, reason="缺5月"), "matter/z"),
    (
        OFFICE,
        PutOffProblem(matter="z", number=1, mend_by=date(2025, 6, 30), reason="换人"),
        "matter/z",
    ),
    (
        STUDIO_HEAD,
        ReportMonth(
            unit=SOUTH, month=MARCH, checklist="months", items=(ItemSaid(number=1, words="两次"),)
        ),
        "posting/2025-03.south",
    ),
    (OFFICE, CheckMonth(unit=SOUTH, month=MARCH, remark="属实"), "posting/2025-03.south"),
    (OFFICE, PostMonth(unit=SOUTH, month=MARCH), "posting/2025-03.south"),
    (
        OFFICE,
        InviteUnits(
            quarter=WINTER,
            checklist="months",
            on=DAY,
            invited=(Invited(unit=SOUTH, end=End.FIRST, reason="各项均完成"),),
        ),
        "invitation/2025-01.months",
    ),
    (
        OFFICE,
        RecordStatement(
            quarter=WINTER,
            checklist="months",
            unit=SOUTH,
            on=DAY,
            text="谈了体会",
            speaker=ZHAO,
            promises=(Pledge(text="每月接待两次", due=TODAY),),
        ),
        "invitation/2025-01.months",
    ),
    (
        OFFICE,
        SettlePromise(
            quarter=WINTER, checklist="months", unit=SOUTH, number=1, kept=Kept.DONE, on=TODAY
        ),
        "invitation/2025-01.months",
    ),
    (
        OFFICE,
        SetBudgetLine(unit=SOUTH, year=2025, item="活动经费", amount=Decimal(2000)),
        "support/2025.south",
    ),
    (
        OFFICE,
        BookVenue(
            unit=SOUTH,
            year=2025,
            venue="三楼会议室",
            on=TODAY,
            half=HalfDay.MORNING,
            purpose="界别会议",
        ),
        "support/2025.south",
    ),
    (CLERK, Pair(pairing="a", body=PAIRING), "pairing/a"),
    (CLERK, EndPairing(pairing="a", until=TODAY), "pairing/a"),
    (OFFICE, SetFinding(finding="f", body=FINDING), "finding/f"),
    (OFFICE, RevokeFinding(finding="f", reason="误"), "finding/f"),
    (
        OFFICE,
        Publish(sort=Sort.POLICY, code="plain", version="1", text="x", since=DAY),
        "policy/plain",
    ),
    (
        OFFICE,
        Repeal(sort=Sort.POLICY, code="plain", until=TODAY, reason="废止"),
        "policy/plain",
    ),
    (
        OFFICE,
        RequestErasure(erasure="e", subject="matter/p", basis=Basis.PURPOSE_DONE, reason="已办结"),
        "erasure/e",
    ),
    (replace(OFFICE, person=PersonId("deputy")), ApproveErasure(erasure="e"), "erasure/e"),
    (
        OFFICE,
        GrantAccess(grant="g", person=ZHAO, role=Role.CLERK, unit=SOUTH, since=DAY, reason="新任"),
        "grant/g",
    ),
    (
        OFFICE,
        GrantAccess(grant="s", person=LI, role=Role.OFFICE, since=DAY, standby=True, reason="值班"),
        "grant/s",
    ),
    (OFFICE, RevokeAccess(grant="g", reason="调离"), "grant/g"),
]

# Those that, said a second time, are a new act or no longer possible.
NOT_TWICE: list[tuple[Actor, Command, str]] = [
    (
        STUDIO_HEAD,
        Uphold(deed="occasion/v", side=Side.SECTOR, people=(LI,), reason="属实"),
        "occasion/v",
    ),
    (
        OFFICE,
        RetractOutcome(matter="p", stage=Stage.FILED, reason="误"),
        "matter/p",
    ),
    (OFFICE, GiveBack(matter="p", on=DAY, reason="职责"), "matter/p"),
    (OFFICE, PauseCourse(matter="p", on=DAY, reason="等批复", consented_by="主席"), "matter/p"),
    (OFFICE, ResumeCourse(matter="p", on=TODAY), "matter/p"),
    (
        OFFICE,
        MoveMatter(matter="p", move=Move(stage="assigned", on=TODAY, holder=ROADS)),
        "matter/p",
    ),
    (
        OFFICE,
        RecordExpense(
            unit=SOUTH,
            year=2025,
            item="活动经费",
            amount=Decimal("80.50"),
            on=DAY,
            purpose="打印材料",
        ),
        "support/2025.south",
    ),
    (
        OFFICE,
        TakeBackExpense(unit=SOUTH, year=2025, number=1, reason="重复登记"),
        "support/2025.south",
    ),
    (OFFICE, CancelBooking(unit=SOUTH, year=2025, number=1, reason="改期"), "support/2025.south"),
    (OFFICE, ReopenMatter(matter="p", stage="raised", on=TODAY, reason="重办"), "matter/p"),
    (
        OFFICE,
        IssueCode(
            meeting="k",
            digest=digest_of("k", "A"),
            until=datetime(2025, 6, 12, 1, tzinfo=UTC),
        ),
        "meeting/k",
    ),
    (
        STUDIO_HEAD,
        ReportMonth(unit=SOUTH, month=APRIL, checklist="months"),
        "posting/2025-04.south",
    ),
    (OFFICE, SendBackMonth(unit=SOUTH, month=APRIL, reason="漏一项"), "posting/2025-04.south"),
    (OFFICE, CloseMeeting(meeting="k"), "meeting/k"),
    (OFFICE, WithdrawSuggestion(matter="r", number=1, reason="误登"), "matter/r"),
    (OFFICE, WithdrawProblem(matter="z", number=1, reason="误登"), "matter/z"),
    (OFFICE, ReopenMeeting(meeting="k", reason="核对"), "meeting/k"),
    (CLERK, Supersede(deed="occasion/w", by="occasion/v", reason="补全"), "occasion/w"),
    (CLERK, Withdraw(deed="occasion/v", reason="误"), "occasion/v"),
    (
        OFFICE,
        Admit(person=PersonId("gu"), profile=Profile(name="顾", standing=Standing.GUEST)),
        "member/gu",
    ),
    (OFFICE, Invite(person=PersonId("gu"), step=Invitation.INVITED, on=DAY), "member/gu"),
    (OFFICE, Readmit(person=MARK, term=Term(number=2, since=TODAY)), "member/mark"),
    (
        himself(LI),
        TakeEmergencyAccess(grant="t", under="s", hours=2, reason="系统恢复演练"),
        "grant/t",
    ),
    (OFFICE, CarryOutErasure(erasure="e"), "erasure/e"),
    (
        OFFICE,
        RequestErasure(erasure="e2", subject="matter/p", basis=Basis.FAMILY, reason="近亲属申请"),
        "erasure/e2",
    ),
    (OFFICE, CancelErasure(erasure="e2", reason="撤回"), "erasure/e2"),
]


def county() -> Told:
    """A county in which each of them may be said."""
    return Told(loops=WAYS, lists=[MONTHS])


def say(told: Told, actor: Actor, command: Command) -> list[Event]:
    """Have it said, once the time has come for it."""
    if isinstance(command, CarryOutErasure):
        told.today += timedelta(days=WAITING_DAYS)
    return told.say(actor, command)
