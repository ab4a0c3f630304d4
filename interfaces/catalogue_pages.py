"""The catalogue as pages: docs/kinds.md, docs/events.md and the words in docs/rubrics.md, written from the code by `python -m interfaces.catalogue_pages`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from application import codec
from domain import (
    deed,
    dispute,
    disputed,
    document,
    erasure,
    finding,
    grant,
    handling,
    inside,
    inspection,
    invitation,
    matter,
    meeting,
    member,
    occasion,
    pairing,
    posting,
    streams,
    suggestion,
    support,
    unit,
)
from domain.entry import Envelope
from domain.fact import Attendance, Capacity, Part, RecordClass, Spoke, SubjectId
from domain.kinds import FAMILIES, KINDS, Details, Shape, Stage, catalogue, kind_of
from domain.kinds.fields import FieldAbout, fields_of
from domain.member import Bond, MemberClass, MemberRole
from domain.numbers import ENTERED
from domain.people import PersonId, UnitId
from domain.personal import leaves, private_fields
from domain.rubric import Practice, Split, Topic
from domain.scorecard import Cut
from domain.selection import Byline, Why
from domain.streams import Root
from domain.unit import Office, Side, UnitKind
from domain.words import Choice, Label, Level, Private, Protection, Purpose

HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "meetings": "会议与学习 Meetings and learning",
        "deliberation": "协商、调研、视察与监督 Consultation, survey, inspection, oversight",
        "works": "课题、议事与年度计划 Works: topics, cases, the yearly plan",
        "people": "走访、服务与结对 Visits, service, pairings",
        "advice": "建言与带话 Advice and carrying voices",
        "help": "帮扶与办实事 Help given",
        "culture": "文史、宣传与荣誉 Culture, publicity, honour",
        "units": "单位材料与督查 Documents and inspections of units",
        "county": "县自定 What a county counts besides",
        "findings": "认定 Findings",
    }
)
"""The heading of each family, by the name of its module."""

COMMANDS: Mapping[type[Any], tuple[type[Any], ...]] = MappingProxyType(
    {
        streams.LedgerOpened: (streams.OpenLedger,),
        member.Admitted: (member.Admit,),
        member.Described: (member.Describe,),
        member.Joined: (member.Join,),
        member.Left: (member.Leave,),
        member.RoleGiven: (member.GiveRole,),
        member.RoleEnded: (member.EndRole,),
        member.Exempted: (member.Exempt,),
        member.ExemptionEnded: (member.EndExemption,),
        member.IntervalsCorrected: (member.CorrectIntervals,),
        member.Placed: (member.Place,),
        member.Invited: (member.Invite,),
        member.Dismissed: (member.Dismiss,),
        member.Readmitted: (member.Readmit,),
        unit.UnitOpened: (unit.OpenUnit,),
        unit.UnitDescribed: (unit.DescribeUnit,),
        unit.UnitMovedOn: (unit.MoveUnitOn,),
        unit.Appointed: (unit.Appoint,),
        unit.Relieved: (unit.Relieve,),
        unit.AppointmentsCorrected: (unit.CorrectAppointments,),
        occasion.OccasionHappened: (occasion.RecordOccasion, meeting.CloseMeeting),
        occasion.OccasionAmended: (occasion.AmendOccasion, meeting.CloseMeeting),
        occasion.ParticipantsListed: (
            occasion.RecordOccasion,
            occasion.AmendOccasion,
            meeting.CloseMeeting,
        ),
        matter.MatterRecorded: (matter.RecordMatter,),
        matter.MatterAmended: (matter.AmendMatter,),
        matter.OutcomeReached: (matter.ReportOutcome,),
        matter.OutcomeRetracted: (matter.RetractOutcome,),
        handling.CourseBegun: (matter.RecordMatter, handling.BeginCourse),
        handling.CourseMoved: (handling.MoveMatter,),
        handling.CourseGivenBack: (handling.GiveBack,),
        handling.CourseHandedOver: (handling.HandOver,),
        handling.CourseExtended: (handling.ExtendDeadline,),
        handling.CoursePaused: (handling.PauseCourse,),
        handling.CourseResumed: (handling.ResumeCourse,),
        handling.CourseReopened: (handling.ReopenMatter,),
        handling.CourseMigrated: (handling.MigrateCourse,),
        suggestion.SuggestionMade: (suggestion.MakeSuggestion,),
        suggestion.SuggestionAnswered: (suggestion.AnswerSuggestion,),
        suggestion.SuggestionCarriedOut: (suggestion.CarryOutSuggestion,),
        suggestion.SuggestionWithdrawn: (suggestion.WithdrawSuggestion,),
        inspection.ProblemNotified: (inspection.NotifyProblems,),
        inspection.MendingReported: (inspection.ReportMending,),
        inspection.ProblemCheckedOff: (inspection.CheckOffProblem,),
        inspection.ProblemReopened: (inspection.ReopenProblem,),
        inspection.ProblemPutOff: (inspection.PutOffProblem,),
        inspection.ProblemWithdrawn: (inspection.WithdrawProblem,),
        meeting.MeetingPlanned: (meeting.PlanMeeting,),
        meeting.MeetingAmended: (meeting.AmendMeeting,),
        meeting.PeopleExpected: (
            meeting.PlanMeeting,
            meeting.AmendMeeting,
            meeting.CallMeeting,
        ),
        meeting.PeopleInvited: (meeting.PlanMeeting, meeting.AmendMeeting),
        meeting.MeetingMoved: (meeting.MoveMeeting,),
        meeting.MeetingCalled: (meeting.CallMeeting,),
        meeting.LeaveAsked: (meeting.AskLeave,),
        meeting.LeaveDecided: (meeting.DecideLeave,),
        meeting.MeetingOpened: (meeting.OpenMeeting,),
        meeting.CodeIssued: (meeting.IssueCode,),
        meeting.PersonCheckedIn: (meeting.CheckIn,),
        meeting.MeetingClosed: (meeting.CloseMeeting,),
        meeting.MeetingReopened: (meeting.ReopenMeeting,),
        meeting.MeetingCancelled: (meeting.CancelMeeting,),
        posting.MonthReported: (posting.ReportMonth,),
        posting.MonthSentBack: (posting.SendBackMonth,),
        posting.MonthChecked: (posting.CheckMonth,),
        posting.MonthPosted: (posting.PostMonth,),
        invitation.UnitsInvited: (invitation.InviteUnits,),
        invitation.StatementRecorded: (invitation.RecordStatement,),
        invitation.PromiseSettled: (invitation.SettlePromise,),
        support.BudgetLineSet: (support.SetBudgetLine,),
        support.ExpenseRecorded: (support.RecordExpense,),
        support.ExpenseTakenBack: (support.TakeBackExpense,),
        support.VenueBooked: (support.BookVenue,),
        support.BookingCancelled: (support.CancelBooking,),
        deed.Withdrawn: (deed.Withdraw,),
        deed.Superseded: (deed.Supersede,),
        deed.LinkedSame: (deed.LinkSame,),
        deed.UnlinkedSame: (deed.UnlinkSame,),
        deed.LinkedLedTo: (deed.LinkLedTo,),
        deed.UnlinkedLedTo: (deed.UnlinkLedTo,),
        deed.Confirmed: (deed.Confirm,),
        deed.Returned: (deed.Return,),
        deed.Upheld: (deed.Uphold,),
        deed.ItemAssigned: (deed.AssignItem,),
        pairing.Paired: (pairing.Pair,),
        pairing.PairingEnded: (pairing.EndPairing,),
        finding.FindingSet: (finding.SetFinding,),
        finding.FindingRevoked: (finding.RevokeFinding,),
        document.Published: (document.Publish,),
        document.Repealed: (document.Repeal,),
        grant.AccessGranted: (grant.GrantAccess,),
        grant.AccessRevoked: (grant.RevokeAccess,),
        grant.EmergencyAccessTaken: (grant.TakeEmergencyAccess,),
        dispute.DisputeRaised: (dispute.RaiseDispute,),
        dispute.DisputeWithdrawn: (dispute.WithdrawDispute,),
        dispute.DisputeDecided: (dispute.DecideDispute,),
        dispute.ReviewAsked: (dispute.AskReview,),
        dispute.ReviewDecided: (dispute.DecideReview,),
        erasure.ErasureRequested: (erasure.RequestErasure,),
        erasure.ErasureApproved: (erasure.ApproveErasure,),
        erasure.ErasureCancelled: (erasure.CancelErasure,),
        erasure.ErasureCarriedOut: (erasure.CarryOutErasure,),
    }
)
"""Which commands lead to which events."""

LABELS: Mapping[type[Any], Mapping[str, Label]] = MappingProxyType(
    {
        occasion.Occasion: occasion.LABELS,
        matter.Matter: matter.LABELS,
        pairing.Pairing: pairing.LABELS,
        finding.Finding: finding.LABELS,
        disputed.Claim: disputed.LABELS,
    }
)

_PROMISE = (
    "A name is never reused and never dropped; a changed shape is a new optional field or a new name "
    "beside the old one. What is stored is `{envelope, event, salt}` as JSON."
)
_WRITTEN = "Written by `python -m interfaces.catalogue_pages` from the code; do not edit."


# Kinds


def kinds_page() -> str:
    """The catalogue of kinds, family by family."""
    lines = [
        "# Kinds 履职类型",
        "",
        _WRITTEN,
        "",
        f"{len(KINDS)} kinds in {len(FAMILIES)} families. A kind has one of four shapes: "
        + ", ".join(f"{shape.zh} {shape.value}" for shape in Shape)
        + ". The fields below are a kind's own; those that every record of a shape has are in "
        "[events.md](events.md#bodies-内容). P2 is personal, P3 sensitive: "
        "the API shows it to the county office and to those who recorded it, to others that it is there. "
        f"No number of a record is other than {ENTERED.label.en} ({ENTERED.label.zh}).",
    ]
    for family in FAMILIES:
        name = family.__name__.rpartition(".")[2]
        lines += ["", f"## {HEADINGS.get(name, name)}", "", f"{family.__doc__}"]
        for kind in catalogue((family,)).values():
            lines += ["", *_kind(kind)]
    return "\n".join(lines) + "\n"


def _kind(kind: type[Details]) -> Iterator[str]:
    about = kind.about
    subjects = "、".join(s.zh for s in sorted(about.subjects))
    counted = "按课题计 counted by work" if about.by_work else ""
    anyone = "作者可以不是委员 authors need not be members" if about.authors_any else ""
    yield f"### {about.zh} {about.en} `{kind_of(kind)}`"
    yield ""
    yield f"{kind.__doc__}"
    yield ""
    yield " · ".join(
        part
        for part in (
            f"{about.shape.zh} {about.shape.value}",
            f"计量 {about.measure}",
            f"主体 {subjects}",
            counted,
            anyone,
        )
        if part
    )
    own = fields_of(kind)
    if own:
        yield ""
        yield "| field | 中文 | English | type | 必填 required | choices | protection |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        yield from (_own_field(field) for field in own)
    if about.stages:
        yield ""
        yield "环节 stages: " + "、".join(f"{s.zh} `{s.value}`" for s in about.stages)


def _own_field(field: FieldAbout) -> str:
    return _row(
        f"`{field.name}`",
        field.label.zh,
        field.label.en,
        _type(field.type),
        "是" if field.required else "",
        _choices(field.choices),
        field.protection,
    )


# Events


def events_page() -> str:
    """Every stored name, what it means, which command leads to it, and what it holds."""
    lines = [
        "# Events 事件",
        "",
        _WRITTEN,
        "",
        f"{len(codec.NAMES)} stored names. " + _PROMISE,
        "",
        "## The envelope 信封",
        "",
        *_paragraphs(Envelope),
        *_table(Envelope),
    ]
    for root in Root:
        lines += ["", f"## {root.zh} `{root.prefix}ID`", ""]
        if root in {Root.OCCASION, Root.MATTER}:
            lines += ["What stands under *any deed* below can follow here too.", ""]
        lines += _names([n for n in codec.NAMES if _root_of(n) is root])
    lines += ["", "## Any deed 活动与事项共有 `occasion/ID`, `matter/ID`", ""]
    lines += _names([n for n in codec.NAMES if _root_of(n) is None])
    lines += ["", "## Bodies 内容", "", "What the fields above are made of."]
    for cls in _bodies():
        lines += ["", f"### {cls.__name__}", "", *_paragraphs(cls), *_table(cls)]
    return "\n".join(lines) + "\n"


def _names(names: list[str]) -> Iterator[str]:
    yield "| stored name | meaning | command | fields |"
    yield "| --- | --- | --- | --- |"
    for name in names:
        cls = _class_of(name)
        yield _row(
            f"`{name}`",
            _meaning(name, cls),
            ", ".join(f"`{command.__name__}`" for command in COMMANDS[cls]),
            ", ".join(_event_field(field, cls) for field in fields(cls)),
        )


_SAID_OF_KIND = MappingProxyType(
    {
        "amended": ("更正:", "what is said of it was replaced"),
        "planned": ("计划:", "it was planned"),
        "plan_amended": ("更正计划:", "what was planned was replaced"),
    }
)
"""What the second part of a name says of a kind."""


def _meaning(name: str, cls: type[Any]) -> str:
    """What the name says in both languages; where many names share a class, what sets this one apart."""
    first, _, second = name.partition(".")
    if first in KINDS:
        about = KINDS[first].about
        zh, en = _SAID_OF_KIND.get(second, ("", about.en))
        return f"{zh}{about.zh}. {_sentence(en)}"
    if cls is matter.OutcomeReached:
        stage = Stage.of(second)
        return f"事项环节:{stage.zh}. {_sentence(f'A matter: {stage.en}')}"
    if cls in {document.Published, document.Repealed}:
        return f"{document.Sort.of(first).zh}. {_doc(cls)[0]}"
    return _doc(cls)[0]


def _event_field(field: Field[Any], cls: type[Any]) -> str:
    return f"`{field.name}` {_type(get_type_hints(cls)[field.name])}"


def _class_of(name: str) -> type[Any]:
    stored = codec.NAMES[name]
    found: type[Any] = get_origin(stored) or stored
    return found


_ROOTS: Mapping[Root, tuple[Any, ...]] = MappingProxyType(
    {
        Root.LEDGER: (streams.LedgerOpened,),
        Root.ERASURE: get_args(erasure.ErasureEvent),
        Root.GRANT: get_args(grant.GrantEvent),
        Root.DISPUTE: get_args(dispute.DisputeEvent),
        Root.MEMBER: get_args(member.MemberEvent),
        Root.UNIT: get_args(unit.UnitEvent),
        Root.OCCASION: (
            occasion.OccasionHappened,
            occasion.OccasionAmended,
            occasion.ParticipantsListed,
        ),
        Root.MATTER: (
            matter.MatterRecorded,
            matter.MatterAmended,
            matter.OutcomeReached,
            matter.OutcomeRetracted,
            *get_args(handling.HandlingEvent),
            *get_args(suggestion.SuggestionEvent),
            *get_args(inspection.InspectionEvent),
        ),
        Root.MEETING: (
            meeting.MeetingPlanned,
            meeting.MeetingAmended,
            *(e for e in get_args(meeting.MeetingEvent) if get_origin(e) is None),
        ),
        Root.POSTING: get_args(posting.PostingEvent),
        Root.INVITATION: get_args(invitation.InvitationEvent),
        Root.SUPPORT: get_args(support.SupportEvent),
        Root.PAIRING: (pairing.Paired, pairing.PairingEnded),
        Root.FINDING: (finding.FindingSet, finding.FindingRevoked),
    }
)


def _root_of(name: str) -> Root | None:
    """In which streams a name stands; none for what all deeds share."""
    first = name.partition(".")[0]
    if first in set(document.Sort):
        return Root.of(first)
    cls = _class_of(name)
    return next((root for root, classes in _ROOTS.items() if cls in classes), None)


def _bodies() -> list[type[Any]]:
    """The dataclasses that events are made of, in the order in which they are met."""
    met: list[type[Any]] = []

    def look(hint: Any) -> None:
        origin = get_origin(hint) or hint
        if is_dataclass(origin) and isinstance(origin, type) and origin not in met:
            met.append(origin)
            for each in get_type_hints(origin).values():
                look(each)
        for each in get_args(hint):
            look(each)

    for cls in COMMANDS:
        for hint in get_type_hints(cls).values():
            look(hint)
    return met


def _table(cls: type[Any]) -> Iterator[str]:
    marks = private_fields(cls)
    plain = get_type_hints(cls)
    labels = LABELS.get(cls, {})
    worded = bool(labels)
    heads = ["field", *(["中文", "English"] if worded else []), "type", "必填 required", "choices"]
    yield _row(*heads, "protection")
    yield _row(*("---" for _ in heads), "---")
    for field in fields(cls):
        hint = plain[field.name]
        label = labels.get(field.name, Label("", ""))
        yield _row(
            f"`{field.name}`",
            *([label.zh, label.en] if worded else []),
            _type(hint),
            "是" if field.default is MISSING else "",
            _choices(tuple(_choices_in(hint))),
            marks[field.name].protection if field.name in marks else "",
        )


# What tells of a person


def personal_page() -> str:
    """The register of fields that tell of a person: how well each is kept, what for, and with whom it is erased."""
    lines = [
        "# Personal data 个人信息登记",
        "",
        _WRITTEN,
        "",
        (
            "Every field of an event that tells of a person. It lies in the log sealed by AES-256-GCM under a key that is kept apart; "
            "when the key is destroyed it is gone, and the log is as it was. How that is done: [howto](howto/personal-data.md)."
        ),
        "",
        f"Protection 保护级别: {_choices(tuple(Protection))}.",
        "",
        "| where 所在 | field 字段 | protection | purpose 处理目的 | erased with 随谁删除 |",
        "| --- | --- | --- | --- | --- |",
    ]
    for cls in _told_of():
        for name, mark in private_fields(cls).items():
            purpose = f"{mark.purpose.zh} {mark.purpose.en}"
            lines.append(
                _row(_place(cls), f"`{name}`", mark.protection, purpose, _whose(cls, mark))
            )
    lines += [
        "",
        (
            "Not in the register, because the committee publishes it or a score depends on it: what a record is called, days, places, units, "
            "capacities, kinds of leave, whether somebody is a Party member. What people write into titles, texts of matters, and reasons of "
            "withdrawals, returns and amendments is theirs, and stays: name nobody there; the form has fields for that."
        ),
        "",
        "Persons are otherwise told by an id that says nothing of them. The log holds the hashes of files of evidence; the files lie beside it, under a key of their own: [howto](howto/personal-data.md).",
    ]
    lines += ["", *_of_matters()]
    return "\n".join(lines) + "\n"


def _of_matters() -> Iterator[str]:
    """Which texts of a matter that is not public everybody sees, and which are for who may see inside."""
    yield "## Words of matters that are not public 非公开事项的文字"
    yield ""
    yield (
        "Of a matter that is internal (内部) or on paper only (不录正文) everybody sees the texts of the second column, its days, numbers, choices, units and authors. "
        "All other words of it are for who may see inside (`see_private`); a field that is added is so until it is opened where it stands (`Open`)."
    )
    yield ""
    yield "| where 所在 | open to all 人人可见 | inside only 限内部 |"
    yield "| --- | --- | --- |"
    for cls in _with_words():
        told = inside.text_fields(cls).items()
        apart = [
            "、".join(f"`{name}`" for name, is_open in told if is_open is wanted)
            for wanted in (True, False)
        ]
        yield _row(_place(cls), *apart)


def _with_words() -> list[type[Any]]:
    """The classes in which words of matters stand: of their events, of what these are made of, and kinds."""
    found: dict[type[Any], None] = {}
    waiting = [_class_of(name) for name in codec.NAMES if _class_of(name) in _EVENTS_OF_MATTERS]
    waiting += [kind for kind in KINDS.values() if kind.about.shape is Shape.MATTER]
    while waiting:
        cls = waiting.pop(0)
        if cls in found or cls is Label:
            continue
        found[cls] = None
        hints = get_type_hints(cls)
        held = (leaf for each in fields(cls) for leaf in leaves(hints[each.name]))
        waiting += [leaf for leaf in held if isinstance(leaf, type) and is_dataclass(leaf)]
    return [cls for cls in found if inside.text_fields(cls)]


_EVENTS_OF_MATTERS = frozenset(get_origin(each) or each for each in leaves(matter.MatterEvent))


def _told_of() -> list[type[Any]]:
    """The classes that events are made of and that tell of a person: the roster's, those of all records, kinds."""
    events = dict.fromkeys(_class_of(name) for name in codec.NAMES)
    found = dict.fromkeys([*events, *_bodies(), *KINDS.values()])
    return [cls for cls in found if private_fields(cls)]


def _place(cls: type[Any]) -> str:
    if cls in KINDS.values():
        return f"{cls.about.zh} `{kind_of(cls)}`"
    names = [name for name in codec.NAMES if _class_of(name) is cls]
    return f"`{names[0]}`" if len(names) == 1 else cls.__name__


def _whose(cls: type[Any], mark: Private) -> str:
    if mark.purpose is Purpose.QUERY:
        return "申请人 the member whose query it is"
    if mark.of_subject:
        return "认定对象 the one found of"
    of_roster = cls.__module__ == member.__name__
    return "本人 the person himself" if of_roster else "这条记录 the record"


# Words


_PLAIN: Mapping[Any, str] = MappingProxyType(
    {
        str: "text",
        int: "integer",
        bool: "yes or no",
        Decimal: "decimal",
        date: "day",
        datetime: "instant (UTC)",
        PersonId: "person id",
        UnitId: "unit id",
        SubjectId: "subject",
    }
)


def _type(hint: Any) -> str:
    """A type in words."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, TypeVar):
        return "the kind's own fields"
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " or ".join(_type(each) for each in inner if each is not NoneType)
    if origin is tuple and inner[-1] is Ellipsis:
        return f"several of: {_type(inner[0])}"
    if origin is tuple:
        return " with ".join(_type(each) for each in inner)
    cls: type[Any] = origin or hint
    if issubclass(cls, Choice):
        return "choice"
    return f"[{cls.__name__}](#{cls.__name__.lower()})"


def _choices_in(hint: Any) -> Iterator[Choice]:
    if isinstance(hint, type) and issubclass(hint, Choice):
        yield from hint
    for inner in get_args(hint):
        yield from _choices_in(inner)


def _choices(choices: tuple[Choice, ...]) -> str:
    return "、".join(f"`{choice.value}` {choice.zh}" for choice in choices)


def _doc(cls: type[Any]) -> list[str]:
    """The paragraphs of what a class says of itself."""
    paragraphs = (cls.__doc__ or "").strip().split("\n\n")
    return [" ".join(paragraph.split()) for paragraph in paragraphs]


def _paragraphs(cls: type[Any]) -> Iterator[str]:
    for paragraph in _doc(cls):
        yield paragraph
        yield ""


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


# Words of rubrics

_LISTS: Mapping[str, type[Choice]] = MappingProxyType(
    {
        "Attendance states 出勤状态 (`states`, `state`)": Attendance,
        "Capacities 参加身份 (`capacities`)": Capacity,
        "Roles at an occasion 活动角色 (`parts`)": Part,
        "Speech 发言 (`spoke`)": Spoke,
        "Levels 层级": Level,
        "Bylines 署名 (`bylines`, `shares`)": Byline,
        "Divisions of a price 分摊 (`shares`)": Split,
        "Records 记录 (`records`, `record`)": RecordClass,
        "Sides 两侧 (`attested`)": Side,
        "Roles 职务 (`holds`, `lacks`, `roles`)": MemberRole,
        "Offices in a unit 单位职务 (`offices`)": Office,
        "Walks of life 委员类别 (`classes`, `class`)": MemberClass,
        "Bonds 编入关系 (`by` of a board, `bond`)": Bond,
        "Kinds of unit 单位类型": UnitKind,
        "Practices 程序事项 (`practice`)": Practice,
        "What is left open 未写明的事项 (`about`)": Topic,
        "Reasons why not 不计分的原因 (`why_not`)": Why,
        "What is done to a line 对一笔得分的调整 (`cut`)": Cut,
    }
)
"""The closed lists that documents and answers take their words from."""

WORDS = "## Words\n"
"""Where the written part of docs/rubrics.md ends."""


def rubric_words() -> str:
    """The words that rubrics are written with: kinds with their fields and stages, then the closed lists."""
    lines = [
        "",
        _WRITTEN.replace("the code", "the code from here on"),
        "",
        "**Kinds 履职类型.** Shape O 活动 occasion (has states, capacities, half days), M 事项 matter (has bylines and stages), P 结对 pairing, F 认定 finding (may have a figure).",
        "Fields marked * are required; of a choice its words stand in brackets. What each means: [kinds.md](kinds.md).",
        "",
    ]
    for kind, details in KINDS.items():
        about = details.about
        said = f"- `{kind}` {about.zh} {about.shape.value[0].upper()}"
        own = [_field_in_short(each) for each in fields_of(details)]
        if own:
            said += f"; {', '.join(own)}"
        if about.stages:
            stages = (
                "any" if len(about.stages) == len(Stage) else "、".join(s.zh for s in about.stages)
            )
            said += f"; stages: {stages}"
        lines.append(said)
    lines += ["", f"**Stages 办理环节.** {_choices(tuple(Stage))}"]
    for title, words in _LISTS.items():
        lines += ["", f"**{title}.** {_choices(tuple(words))}"]
    return "\n".join([*lines, ""])


def _field_in_short(field: FieldAbout) -> str:
    """A field of a kind in a few words."""
    named = f"`{field.name}`{'*' if field.required else ''} {field.label.zh}"
    if field.choices:
        return f"{named} [{'、'.join(c.zh for c in field.choices)}]"
    return f"{named} [true, false]" if field.type is bool else named


PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {"kinds.md": kinds_page, "events.md": events_page, "personal-data.md": personal_page}
)
"""The pages by the name of their file."""


def write(folder: Path) -> None:
    """Write all pages into that folder."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")
    rubrics = folder / "rubrics.md"
    if rubrics.exists():
        written = rubrics.read_text(encoding="utf-8").partition(WORDS)[0]
        rubrics.write_text(written + WORDS + rubric_words(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
