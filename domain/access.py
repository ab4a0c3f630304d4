"""Who may do what: one table of roles, actions and how somebody stands to what he asks for. What it does not say is refused.

The table is the outer gate of every door. What a decision then looks at (whose line it is, who recorded it, who answers for it on that
day) is decided where the record is, by the same roles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.people import Actor, Reason, Refused, Role
from domain.words import Choice


class Relation(Choice):
    """How the one who asks stands to what he asks for, the nearest that is true."""

    SELF = "self", "本人", "it is about himself"
    OWN = "own", "本人登记", "he recorded it"
    UNIT = "unit", "本单位", "it is of the unit that he acts in, or of somebody bound to it"
    OTHER = "other", "其他", "none of these"


class Action(Choice):
    """What somebody may be let do; the list is closed, and every route and every command of the command line names one."""

    LOOK_UP = "look_up", "查看目录和说明", "look up the catalogue and the reasons; open to all"
    SIGN_IN = "sign_in", "登录", "sign in, or fetch a token; open to all"
    OWN_ACCOUNT = "own_account", "管理本人账号", "see to one's own account and sessions"
    SEE_ROSTER = "see_roster", "查看名册", "see the roster"
    SEE_CONTACT = "see_contact", "查看联系方式", "see how to reach somebody"
    SEE_RECORD = "see_record", "查看履职记录", "see records"
    SEE_PRIVATE = (
        "see_private",
        "查看记录中的个人信息",
        "see names of citizens in a record, and why something was found",
    )
    SEE_SENSITIVE = "see_sensitive", "查看保密栏目", "see sensitive fields of a record"
    SEE_FILE = "see_file", "查看委员档案", "see a member's facts, points, lists and history"
    SEE_UNIT_FILE = "see_unit_file", "查看单位档案", "see a unit's facts, points, lists and history"
    SEE_WAITING = "see_waiting", "查看待确认", "see what waits for a unit"
    SEE_TOTALS = "see_totals", "查看全体得分", "see everybody's points, grades and progress"
    SEE_DOCUMENT = "see_document", "查看规则文件", "see rubrics, lists and rule documents"
    SEE_SEAL = "see_seal", "查看封存", "see how far the ledger is sealed, and proofs"
    SEE_RECEIPT = "see_receipt", "领取条目回执", "get an entry with all that it says"
    TRY_DRAFT = "try_draft", "试算办法草案", "run a draft over past years"
    RECORD = "record", "登记履职", "record, amend, withdraw and link"
    CONFIRM = "confirm", "确认和退回核实", "confirm, return for checking"
    UPHOLD = "uphold", "核实维持", "answer what was returned"
    REPORT_OUTCOME = "report_outcome", "登记办理结果", "report what became of a matter"
    MEET = "meet", "组织会议", "plan, call, move, open and close meetings"
    TAKE_PART = "take_part", "签到请假", "check in, ask for leave"
    REPORT_MONTH = "report_month", "填报月度晾晒", "report a unit's month"
    POST_MONTH = "post_month", "核对发布晾晒", "check and post units' months"
    INVITE_UNITS = (
        "invite_units",
        "办理季度受邀",
        "decide which units are invited in a quarter, record what they said",
    )
    SEE_COMPARED = (
        "see_compared",
        "查看单位季度比较",
        "see how units compare in a quarter and who is invited",
    )
    KEEP_SUPPORT = (
        "keep_support",
        "维护经费场地",
        "keep units' budgets, expenses and bookings of venues",
    )
    HANDLE = "handle", "办理流转", "move matters through their loops"
    DISPUTE = "dispute", "提出核对申请", "query the records about a member, ask for a review"
    DECIDE_DISPUTE = "decide_dispute", "办理核对申请", "decide on queries and reviews"
    SEE_DISPUTE = "see_dispute", "查看核对申请", "see what members query and what was answered"
    FIND = "find", "登记认定", "set and revoke findings"
    KEEP_ROSTER = "keep_roster", "维护名册和单位", "keep the roster and the units"
    PUBLISH = "publish", "发布规则文件", "publish and repeal documents"
    IMPORT_RECORDS = "import_records", "导入履职记录", "import lists of records"
    IMPORT_ROSTER = "import_roster", "导入名册", "import the roster"
    SEE_IMPORTS = (
        "see_imports",
        "查看导入批次",
        "see what was imported, by whom, and what of it was undone",
    )
    SUBMIT = "submit", "批量提交", "submit commands of several kinds"
    COSIGN = "cosign", "交回见证签名", "add what witnesses signed"
    VERIFY = "verify", "核验台账", "check every entry against its seals"
    COPY = "copy", "导出证据包", "copy the whole ledger with its proofs"
    GRANT = "grant", "授权和收回授权", "grant access and take it back"
    TAKE_ACCESS = (
        "take_access",
        "应急授权",
        "take a role in an emergency, by a standby grant of one's own",
    )
    SEE_GRANTS = "see_grants", "查看授权", "see who was let do what"
    SEE_TO_ACCOUNTS = (
        "see_to_accounts",
        "管理账号",
        "make, disable and reset the accounts of the ledger's people",
    )
    ERASE = (
        "erase",
        "依法删除个人信息",
        "erase what tells of a person, by two and after a waiting time",
    )
    SEE_ERASURES = "see_erasures", "查看删除办理情况", "see what was erased, by whom and why"
    SEE_READINGS = "see_readings", "查看谁查阅过", "see who was shown what tells of somebody"
    EXPORT_PERSON = (
        "export_person",
        "导出本人全部信息",
        "get all that is told of somebody in a file",
    )
    RUN = "run", "运行和维护系统", "run the service, make ledgers, tokens and keys"


_ALL = frozenset(Relation)
_ITS_UNIT = frozenset({Relation.SELF, Relation.OWN, Relation.UNIT})
_OWN = frozenset({Relation.SELF, Relation.OWN})
_HIMSELF = frozenset({Relation.SELF})
_NONE: frozenset[Relation] = frozenset()

_Row = Mapping[Role, frozenset[Relation]]


def _row(
    *,
    office: frozenset[Relation] = _ALL,
    clerk: frozenset[Relation] = _NONE,
    head: frozenset[Relation] = _NONE,
    member: frozenset[Relation] = _NONE,
    appraisal: frozenset[Relation] = _NONE,
    auditor: frozenset[Relation] = _NONE,
    consumer: frozenset[Relation] = _NONE,
) -> _Row:
    return MappingProxyType(
        {
            Role.OFFICE: office,
            Role.CLERK: clerk,
            Role.HEAD: head,
            Role.MEMBER: member,
            Role.APPRAISAL: appraisal,
            Role.AUDITOR: auditor,
            Role.CONSUMER: consumer,
        }
    )


_EVERYBODY = _row(clerk=_ALL, head=_ALL, member=_ALL, appraisal=_ALL, auditor=_ALL, consumer=_ALL)
_WHO_WRITES = _row(clerk=_ALL, head=_ALL, member=_ALL, appraisal=_ALL)

TABLE: Mapping[Action, _Row] = MappingProxyType(
    {
        Action.LOOK_UP: _EVERYBODY,
        Action.SIGN_IN: _EVERYBODY,
        Action.OWN_ACCOUNT: _EVERYBODY,
        Action.SEE_ROSTER: _EVERYBODY,
        Action.SEE_CONTACT: _row(clerk=_ITS_UNIT, head=_ITS_UNIT, member=_HIMSELF),
        Action.SEE_RECORD: _EVERYBODY,
        Action.SEE_PRIVATE: _row(
            clerk=_ALL,
            head=_ALL,
            member=_OWN,
            appraisal=_ALL,
            auditor=_ALL,
            consumer=_OWN,
        ),
        Action.SEE_SENSITIVE: _row(
            clerk=_ITS_UNIT,
            head=_ITS_UNIT,
            member=_OWN,
            appraisal=_OWN,
            auditor=_OWN,
            consumer=_OWN,
        ),
        Action.SEE_FILE: _row(
            clerk=_ITS_UNIT,
            head=_ITS_UNIT,
            member=_HIMSELF,
            appraisal=_ALL,
            auditor=_ALL,
            consumer=_ALL,
        ),
        Action.SEE_UNIT_FILE: _row(
            clerk=_ITS_UNIT,
            head=_ITS_UNIT,
            appraisal=_ALL,
            auditor=_ALL,
            consumer=_ALL,
        ),
        Action.SEE_WAITING: _row(clerk=_ITS_UNIT, head=_ITS_UNIT, appraisal=_ALL, auditor=_ALL),
        Action.SEE_TOTALS: _row(appraisal=_ALL, auditor=_ALL, consumer=_ALL),
        Action.SEE_DOCUMENT: _EVERYBODY,
        Action.SEE_SEAL: _EVERYBODY,
        Action.SEE_RECEIPT: _row(
            clerk=_OWN, head=_OWN, member=_OWN, appraisal=_OWN, auditor=_ALL, consumer=_OWN
        ),
        Action.TRY_DRAFT: _row(appraisal=_ALL, auditor=_ALL),
        Action.RECORD: _row(clerk=_ALL, head=_ALL, member=_ALL),
        Action.CONFIRM: _row(head=_ALL),
        Action.UPHOLD: _row(clerk=_ALL, head=_ALL),
        Action.REPORT_OUTCOME: _row(clerk=_ALL, head=_ALL),
        Action.MEET: _row(clerk=_ALL, head=_ALL),
        Action.TAKE_PART: _row(clerk=_ALL, head=_ALL, member=_HIMSELF),
        Action.REPORT_MONTH: _row(clerk=_ITS_UNIT, head=_ITS_UNIT),
        Action.POST_MONTH: _row(),
        Action.INVITE_UNITS: _row(),
        Action.SEE_COMPARED: _row(head=_ALL),
        Action.KEEP_SUPPORT: _row(),
        Action.HANDLE: _row(clerk=_ALL, head=_ALL, member=_OWN),
        Action.DISPUTE: _row(clerk=_ITS_UNIT, member=_HIMSELF),
        Action.DECIDE_DISPUTE: _row(appraisal=_ALL),
        Action.SEE_DISPUTE: _row(
            clerk=_ITS_UNIT, head=_ITS_UNIT, member=_OWN, appraisal=_ALL, auditor=_ALL
        ),
        Action.FIND: _row(appraisal=_ALL),
        Action.KEEP_ROSTER: _row(),
        Action.PUBLISH: _row(),
        Action.IMPORT_RECORDS: _WHO_WRITES,
        Action.IMPORT_ROSTER: _row(),
        Action.SEE_IMPORTS: _row(
            clerk=_ITS_UNIT, head=_ITS_UNIT, member=_OWN, appraisal=_ALL, auditor=_ALL
        ),
        Action.SUBMIT: _WHO_WRITES,
        Action.COSIGN: _row(),
        Action.VERIFY: _row(auditor=_ALL),
        Action.COPY: _row(auditor=_ALL),
        Action.GRANT: _row(),
        Action.TAKE_ACCESS: _WHO_WRITES,
        Action.SEE_GRANTS: _row(
            clerk=_HIMSELF, head=_HIMSELF, member=_HIMSELF, appraisal=_HIMSELF, auditor=_ALL
        ),
        Action.SEE_TO_ACCOUNTS: _row(),
        Action.ERASE: _row(),
        Action.SEE_ERASURES: _row(auditor=_ALL),
        Action.SEE_READINGS: _row(
            clerk=_HIMSELF, head=_HIMSELF, member=_HIMSELF, appraisal=_HIMSELF, auditor=_ALL
        ),
        Action.EXPORT_PERSON: _row(
            clerk=_HIMSELF, head=_HIMSELF, member=_HIMSELF, appraisal=_HIMSELF, auditor=_HIMSELF
        ),
        Action.RUN: _row(),
    }
)
"""For each action, by which relation each role may do it; the office keeps the ledger and may do all."""

TOLD_WHY = frozenset({Action.CONFIRM, Action.UPHOLD})
"""Where whoever may not is told more by the decision, which knows whose line it is, and is asked first."""

_EVER = MappingProxyType(
    {action: frozenset(role for role, by in row.items() if by) for action, row in TABLE.items()}
)
_ALWAYS = MappingProxyType(
    {
        action: frozenset(role for role, by in row.items() if by == _ALL)
        for action, row in TABLE.items()
    }
)


def may(role: Role, action: Action, relation: Relation) -> bool:
    """Whether somebody in this role may do this to what stands so to him."""
    return relation in TABLE[action][role]


def ever(role: Role, action: Action) -> bool:
    """Whether there is anything to which somebody in this role may do this."""
    return role in _EVER[action]


def always(role: Role, action: Action) -> bool:
    """Whether somebody in this role may do this to whatever there is."""
    return role in _ALWAYS[action]


def must(role: Role, action: Action) -> None:
    """Refuse what is open to nobody in this role."""
    if role not in _EVER[action]:
        raise Refused(Reason.NOT_ALLOWED, about=action.zh)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and `given`, the actions that another system was given of all that its role may; none for somebody himself."""

    actor: Actor
    given: frozenset[Action] | None = None

    def may(self, action: Action, relation: Relation) -> bool:
        """Whether he may do this to what stands so to him."""
        return self._was_given(action) and may(self.actor.role, action, relation)

    def always(self, action: Action) -> bool:
        """Whether he may do this to whatever there is."""
        return self._was_given(action) and always(self.actor.role, action)

    def must(self, action: Action, relation: Relation, field: str = "") -> None:
        """Refuse what is not open to him as he stands to it."""
        if not self.may(action, relation):
            raise Refused(Reason.NOT_ALLOWED, field, action.zh)

    def must_be_given(self, action: Action) -> None:
        """Refuse another system what it was not given, whatever whoever answers for it may do himself."""
        if not self._was_given(action):
            raise Refused(Reason.NOT_ALLOWED, about=action.zh)

    def _was_given(self, action: Action) -> bool:
        return self.given is None or action in self.given
