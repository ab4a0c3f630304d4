"""What a kind says of itself: its shape, its words, what is counted, and the stages that its matters can reach."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from domain.words import Choice


class Shape(Choice):
    """The three shapes that carry all kinds."""

    OCCASION = "occasion", "活动", "something held, with participants"
    MATTER = "matter", "事项", "a piece of work with authors that goes through stages"
    PAIRING = "pairing", "结对", "a dated link between two"
    FINDING = "finding", "认定", "what an authorised body sets with a reason"


class Subject(Choice):
    """Who can be the subject of a fact."""

    MEMBER = "member", "委员"
    UNIT = "unit", "单位"


class Stage(Choice):
    """Everything that can become of a matter, each with a day and, where it has one, a level."""

    TOPIC_CHOSEN = "topic_chosen", "主题选定", "topic chosen"
    SURVEYED = "surveyed", "调研", "surveyed beforehand"
    REPORTED = "reported", "形成报告", "a report was made"
    DRAFTED = "drafted", "撰写", "drafted"
    FILED = "filed", "立案", "put on file"
    NOT_FILED = "not_filed", "不予立案", "not filed"
    MERGED = "merged", "并案"
    CONVERTED_TO_OPINION = (
        "converted_to_opinion",
        "转社情民意信息",
        "converted to an opinion report",
    )
    MADE_KEY = "made_key", "列为重点", "made a key matter"
    RATED_EXCELLENT = "rated_excellent", "评为优秀"
    LEDGERED = "ledgered", "台账登记", "entered in the ledger"
    EDITED = "edited", "采编"
    FORWARDED = "forwarded", "转送(报送上级)", "forwarded to a level"
    TAKEN_UP = "taken_up", "采用", "taken up at a level"
    NOT_TAKEN_UP = "not_taken_up", "未采用"
    ADOPTED = "adopted", "采纳", "adopted (a suggestion)"
    PARTLY_ADOPTED = "partly_adopted", "部分采纳", "adopted in part"
    NOT_ADOPTED = "not_adopted", "不采纳"
    SCREENED = "screened", "筛选"
    DECLINED = "declined", "不采用", "declined as a topic"
    INSTRUCTED = "instructed", "批示", "a leader's written instruction"
    ASSIGNED = "assigned", "交办"
    RECEIVED = "received", "收到"
    VERIFIED = "verified", "核实"
    DISCUSSED = "discussed", "协商"
    AGREED = "agreed", "达成一致"
    NOT_AGREED = "not_agreed", "未达成一致"
    HANDLED = "handled", "办理", "handled"
    DEALT_WITH = "dealt_with", "建言处置", "the advice was dealt with"
    IN_HAND = "in_hand", "正在处理", "being handled"
    CANNOT_FOR_NOW = "cannot_for_now", "暂无法处理", "cannot be handled for now"
    SUPERVISED = "supervised", "督办", "supervised handling"
    REPLIED = "replied", "答复"
    FED_BACK = "fed_back", "反馈"
    ANSWERED = "answered", "回复本人", "the person was told"
    EVALUATED = "evaluated", "评价"
    IMPLEMENTED = "implemented", "落实"
    TRACKED = "tracked", "跟踪", "followed up"
    PUT_TO_USE = "put_to_use", "成果转化", "put to use"
    CLOSED = "closed", "办结"
    CARRIED = "carried", "带下去", "carried to the people"
    DEPLOYED = "deployed", "到岗", "people are at their posts"
    PLANNED = "planned", "列入计划"
    DONE = "done", "完成"
    CONFIRMED_DONE = "confirmed_done", "确认完成", "confirmed as done"
    DROPPED = "dropped", "不再实施", "dropped with a reason"
    POSTED = "posted", "发布", "posted"
    CLAIMED = "claimed", "认领"
    FULFILLED = "fulfilled", "实现"
    ORDERED = "ordered", "点单"
    TAKEN = "taken", "接单", "order taken"
    SERVED = "served", "已服务"
    RAISED = "raised", "提出"
    COORDINATED = "coordinated", "协调"
    SOLVED = "solved", "解决"
    ACCEPTED = "accepted", "受理", "accepted for mediation"
    MEDIATED = "mediated", "调解"
    SETTLED = "settled", "化解"
    NOT_SETTLED = "not_settled", "未化解"
    SIGNED = "signed", "签约"
    STARTED = "started", "开工"
    SOLICITED = "solicited", "征集"
    SUBMITTED = "submitted", "来稿", "manuscript received"
    REVIEWED = "reviewed", "审稿"
    COPY_EDITED = "copy_edited", "编辑", "edited for print"
    PRINTED = "printed", "刊印"
    ARCHIVED = "archived", "归档"
    NOTIFIED = "notified", "通报"
    MENDED = "mended", "整改完成", "what was found was mended"
    PASSED = "passed", "验收通过", "passed the acceptance check"
    OPINIONS_SOUGHT = "opinions_sought", "征求意见"
    DEBATED = "debated", "充分讨论", "discussed in full"
    CONSENSUS_REACHED = "consensus_reached", "凝聚共识"
    APPROVAL_SOUGHT = "approval_sought", "请示报告", "submitted to the Party committee"
    DECIDED = "decided", "会议决定", "decided by a meeting"
    PUBLICISED = "publicised", "对外宣传", "told to the public"


MEMBERS_ONLY = frozenset({Subject.MEMBER})
UNITS_ONLY = frozenset({Subject.UNIT})
EITHER = frozenset(Subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A kind in its own words; `measure` is the Chinese measure word that totals are shown with.

    `by_work` says that distinct works are counted, not sessions: one survey with three trips is one survey. `authors_any` says
    that its authors need not be members, as the people of a township committee need not be; `by_units` that a unit is always
    among them. `suggests` says that its suggestions are answered one by one.
    """

    zh: str
    en: str
    shape: Shape
    measure: str
    subjects: frozenset[Subject] = EITHER
    by_work: bool = False
    authors_any: bool = False
    by_units: bool = False
    stages: tuple[Stage, ...] = ()
    suggests: bool = False


def occasion(
    zh: str,
    en: str,
    *,
    measure: str = "次",
    by_work: bool = False,
    subjects: frozenset[Subject] = EITHER,
) -> About:
    """Something held: members take part in it, units hold it."""
    return About(
        zh=zh, en=en, shape=Shape.OCCASION, measure=measure, by_work=by_work, subjects=subjects
    )


def matter(
    zh: str,
    en: str,
    *stages: Stage,
    measure: str = "件",
    subjects: frozenset[Subject] = EITHER,
    authors_any: bool = False,
    by_units: bool = False,
    suggests: bool = False,
) -> About:
    """A piece of work with authors, and the stages that it can reach."""
    return About(
        zh=zh,
        en=en,
        shape=Shape.MATTER,
        measure=measure,
        subjects=subjects,
        authors_any=authors_any,
        by_units=by_units,
        stages=stages,
        suggests=suggests,
    )


def finding(zh: str, en: str, *, measure: str = "项") -> About:
    """What an authorised person or body sets with a reason."""
    return About(zh=zh, en=en, shape=Shape.FINDING, measure=measure)


def pairing(zh: str, en: str, *, measure: str = "个") -> About:
    """A dated link that counts while it is in force."""
    return About(zh=zh, en=en, shape=Shape.PAIRING, measure=measure)


class BelowZero(ValueError):
    """A count or an amount is below zero, or an amount is no number."""


def not_negative(details: object, *names: str) -> None:
    """Refuse counts and amounts below zero, and amounts that are no number; the error names the field."""
    for name in names:
        match getattr(details, name):
            case Decimal() as amount if not amount.is_finite() or amount < 0:
                raise BelowZero(name)
            case int() as count if count < 0:
                raise BelowZero(name)
