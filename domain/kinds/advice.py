"""Kinds of advice and of carrying voices: proposals, opinion reports, speeches, suggestions, carried messages, answers, topics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from domain.kinds.about import MEMBERS_ONLY, About, Stage, matter, not_negative
from domain.kinds.meetings import Meeting
from domain.people import UnitId
from domain.words import Choice, Label, Open, Personal, Sensitive


class Proposer(Choice):
    """Who puts a proposal forward."""

    INDIVIDUAL = "individual", "个人", "one member"
    JOINT = "joint", "联名", "members jointly"
    SECTOR = "sector", "界别集体", "a sector collectively"
    PARTY = "party", "党派团体", "a party or organisation"
    SPECIAL_COMMITTEE = "special_committee", "专委会"


class Season(Choice):
    """Whether a proposal came during the session or between sessions."""

    IN_SESSION = "in_session", "会议期间"
    BETWEEN_SESSIONS = "between_sessions", "闭会期间"


class ReplyClass(Choice):
    """The class of a reply to a proposal; each county defines the classes, some have three."""

    A = "A", "A类", "class A"
    B = "B", "B类", "class B"
    C = "C", "C类", "class C"
    D = "D", "D类", "class D"


class Satisfaction(Choice):
    """What an author says of the handling."""

    SATISFIED = "satisfied", "满意"
    MOSTLY_SATISFIED = "mostly_satisfied", "基本满意"
    NOT_SATISFIED = "not_satisfied", "不满意"


class Delivery(Choice):
    """How a speech was delivered."""

    SPOKEN = "spoken", "口头发言", "spoken"
    WRITTEN = "written", "书面发言", "in writing"
    PANEL = "panel", "联组发言", "at a panel"


class Way(Choice):
    """How a message is handled; the first two ways are named by the county."""

    FIRST = "first", "方式①", "first way of the county"
    SECOND = "second", "方式②", "second way of the county"
    BY_DOCUMENT = "by_document", "文件转办", "transfer by document"
    BY_TELEPHONE = "by_telephone", "电话交办", "assignment by telephone"


class Obstacle(Choice):
    """Why something cannot be handled for now."""

    BEYOND_REMIT = "beyond_remit", "超出管理范围", "beyond the remit"
    POLICY = "policy", "政策原因", "for reasons of policy"
    OTHER = "other", "其他原因", "other reason"


class ReplyWish(Choice):
    """How somebody wishes to be told what became of what he said."""

    BY_PHONE = "by_phone", "电话", "by telephone"
    IN_PERSON = "in_person", "当面", "in person"
    IN_WRITING = "in_writing", "书面(短信、微信)", "in writing (message, WeChat)"
    THROUGH_MEMBER = "through_member", "由委员转告", "through the member"
    NOT_NEEDED = "not_needed", "不用回复", "need not be told"


class Answerer(Choice):
    """Who a letter is given to, to be answered."""

    MEMBER = "member", "委员"
    EXPERT = "expert", "智库专家", "expert of the think tank"


class Message(Choice):
    """What is carried down to the people."""

    POLICY = "policy", "政策"
    REPLY = "reply", "带话办理回复", "reply to a message carried up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Submitted a proposal, alone, jointly or in the name of a body."""

    about: ClassVar[About] = matter(
        "提交提案",
        "submitted a proposal",
        Stage.TOPIC_CHOSEN,
        Stage.FILED,
        Stage.NOT_FILED,
        Stage.MERGED,
        Stage.CONVERTED_TO_OPINION,
        Stage.MADE_KEY,
        Stage.FORWARDED,
        Stage.ASSIGNED,
        Stage.INSTRUCTED,
        Stage.IN_HAND,
        Stage.HANDLED,
        Stage.SUPERVISED,
        Stage.ADOPTED,
        Stage.PARTLY_ADOPTED,
        Stage.NOT_ADOPTED,
        Stage.REPLIED,
        Stage.FED_BACK,
        Stage.EVALUATED,
        Stage.IMPLEMENTED,
        Stage.PUT_TO_USE,
        Stage.CLOSED,
        Stage.RATED_EXCELLENT,
    )

    form: Annotated[Proposer, Label("提案形式", "form of the proposal")] = Proposer.INDIVIDUAL
    season: Annotated[Season | None, Label("提交时段", "in or between sessions")] = None
    collected_by: Annotated[UnitId | None, Label("征集镇街", "collected by (township)")] = None
    from_meeting: Annotated[str, Label("来源召集人会议", "from which convenors' meeting")] = ""
    reply_class: Annotated[ReplyClass | None, Label("办理类别", "class of the reply")] = None
    supervising_leader: Annotated[str, Label("督办领导", "supervising leader")] = ""
    satisfaction: Annotated[
        Open[tuple[tuple[str, Satisfaction], ...]],
        Label("提案者评价", "satisfaction of each author"),
    ] = ()

    def __post_init__(self) -> None:
        if len({author for author, _ in self.satisfaction}) < len(self.satisfaction):
            raise ValueError("satisfaction")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedOpinion:
    """Sent in a report on social conditions and public sentiment, as a member or as a correspondent who need not be one."""

    about: ClassVar[About] = matter(
        "报送社情民意信息",
        "sent in an opinion report",
        Stage.LEDGERED,
        Stage.MERGED,
        Stage.EDITED,
        Stage.FORWARDED,
        Stage.TAKEN_UP,
        Stage.NOT_TAKEN_UP,
        Stage.INSTRUCTED,
        Stage.ASSIGNED,
        Stage.IN_HAND,
        Stage.HANDLED,
        Stage.SUPERVISED,
        Stage.REPLIED,
        Stage.FED_BACK,
        Stage.ANSWERED,
        Stage.IMPLEMENTED,
        Stage.PUT_TO_USE,
        Stage.CLOSED,
        measure="篇",
        authors_any=True,
    )

    raised_by: Annotated[Personal[str], Label("反映人", "who raised it")] = ""
    by_correspondent: Annotated[
        bool, Label("社情民意信息员报送", "by an opinion correspondent")
    ] = False
    edited_version: Annotated[str, Label("采编稿", "edited version")] = ""
    sent_to: Annotated[tuple[str, ...], Label("报送去向", "sent where")] = ()
    direct_channel: Annotated[bool, Label("直通车", "by the direct channel")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredSpeech:
    """Delivered a speech whose text is registered; the tick of having spoken is the same fact without its text."""

    about: ClassVar[About] = matter(
        "大会发言",
        "delivered a speech",
        Stage.TOPIC_CHOSEN,
        Stage.SURVEYED,
        Stage.DRAFTED,
        Stage.TAKEN_UP,
        Stage.NOT_TAKEN_UP,
        Stage.INSTRUCTED,
        Stage.ASSIGNED,
        Stage.IN_HAND,
        Stage.HANDLED,
        Stage.SUPERVISED,
        Stage.REPLIED,
        Stage.FED_BACK,
        Stage.EVALUATED,
        Stage.IMPLEMENTED,
        Stage.PUT_TO_USE,
        Stage.CLOSED,
        Stage.RATED_EXCELLENT,
        measure="篇",
    )

    delivery: Annotated[Delivery, Label("发言方式", "how delivered")] = Delivery.SPOKEN
    meeting: Annotated[Meeting, Label("会议类型", "kind of meeting")] = Meeting.SPEECH_MEETING
    meeting_name: Annotated[str, Label("会议名称", "name of the meeting")] = ""
    at_key_consultation: Annotated[bool, Label("重点协商发言", "at a key consultation")] = False
    in_name_of: Annotated[
        UnitId | None, Label("代表界别(党派)", "in the name of (sector, party)")
    ] = None
    prior_survey: Annotated[bool, Label("发言前调研", "surveyed beforehand")] = False
    handled_as_proposal: Annotated[bool, Label("参照提案办理", "handled as a proposal")] = False
    spoken_at: Annotated[Open[str], Label("发言所在活动编号", "id of the occasion")] = ""


def spoken_at(details: object) -> str:
    """The stream of the occasion at which a registered speech was delivered; nothing where it is not said, or of other kinds."""
    if isinstance(details, DeliveredSpeech) and details.spoken_at:
        return f"occasion/{details.spoken_at}"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedCppccWork:
    """Suggested how the committee itself could work better."""

    about: ClassVar[About] = matter(
        "提出政协工作建议",
        "made a suggestion on the CPPCC's own work",
        Stage.ADOPTED,
        Stage.PARTLY_ADOPTED,
        Stage.NOT_ADOPTED,
        Stage.REPLIED,
        Stage.ANSWERED,
        Stage.IMPLEMENTED,
        measure="条",
    )

    aspect: Annotated[str, Label("所涉工作", "about which work")] = ""
    answer: Annotated[str, Label("答复内容", "answer")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedUp:
    """Carried a message up from the people; closed needs both: handled, and the person told."""

    about: ClassVar[About] = matter(
        "委员带话·带上来",
        "carried a message up",
        Stage.RECEIVED,
        Stage.VERIFIED,
        Stage.DISCUSSED,
        Stage.ASSIGNED,
        Stage.INSTRUCTED,
        Stage.IN_HAND,
        Stage.HANDLED,
        Stage.CANNOT_FOR_NOW,
        Stage.ANSWERED,
        Stage.CLOSED,
        subjects=MEMBERS_ONLY,
    )

    topic: Annotated[str, Label("带话主题", "topic of the message")] = ""
    spoken_by: Annotated[Sensitive[str], Label("反映群众", "who spoke")] = ""
    contact: Annotated[Sensitive[str], Label("联系方式", "how to reach who spoke")] = ""
    reply_wish: Annotated[
        ReplyWish | None, Label("希望怎样回复", "how who spoke wishes to be told")
    ] = None
    from_village: Annotated[UnitId | None, Label("来自村(社区)", "from which village")] = None
    verified_by: Annotated[str, Label("核实人", "verified by")] = ""
    way: Annotated[Way | None, Label("办理方式", "way of handling")] = None
    obstacle: Annotated[Obstacle | None, Label("暂无法处理原因", "why it cannot be handled")] = None
    answered_by: Annotated[str, Label("回复人", "who told the person")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedDown:
    """Carried policies and answers down to the people; the message that it answers is a link."""

    about: ClassVar[About] = matter(
        "委员带话·带下去", "carried a message down", Stage.CARRIED, subjects=MEMBERS_ONLY
    )

    topic: Annotated[str, Label("带话主题", "topic of the message")]
    message: Annotated[Message, Label("带话类别", "what was carried")] = Message.POLICY
    content_of: Annotated[str, Label("内容提供单位", "whose content")] = ""
    to_village: Annotated[UnitId | None, Label("带到村(社区)", "to which village")] = None
    audience: Annotated[str, Label("带话对象", "audience")] = ""
    people_told: Annotated[int, Label("受众人次", "person-times told")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "people_told")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredLetter:
    """Answered a letter to the members' mailbox, as a member or as an expert; one that nobody was given yet bears the name of the unit that keeps the mailbox."""

    about: ClassVar[About] = matter(
        "委员信箱答复",
        "answered a letter to the mailbox",
        Stage.RECEIVED,
        Stage.ASSIGNED,
        Stage.ANSWERED,
        authors_any=True,
    )

    sender: Annotated[Sensitive[str], Label("来信人", "sender")] = ""
    contact: Annotated[Sensitive[str], Label("联系方式", "how to reach the sender")] = ""
    assigned_to: Annotated[Answerer | None, Label("交办对象", "assigned to")] = None
    answer: Annotated[Personal[str], Label("答复内容", "answer")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredInquiry:
    """Answered an inquiry to the think tank, as a member or not; one that no expert was given yet bears the name of the unit that it came to."""

    about: ClassVar[About] = matter(
        "智库咨询答复",
        "answered an inquiry to the think tank",
        Stage.RECEIVED,
        Stage.ASSIGNED,
        Stage.ANSWERED,
        Stage.ADOPTED,
        Stage.PARTLY_ADOPTED,
        Stage.NOT_ADOPTED,
        authors_any=True,
    )

    asked_by: Annotated[Personal[str], Label("咨询单位(人)", "asked by")] = ""
    expertise: Annotated[Open[str], Label("专业领域", "field of expertise")] = ""
    answer: Annotated[str, Label("答复内容", "answer")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedTopic:
    """Raised a topic for consultation, survey or oversight; who set it is its topic source."""

    about: ClassVar[About] = matter(
        "提出议题",
        "raised a topic",
        Stage.SCREENED,
        Stage.ADOPTED,
        Stage.DECLINED,
        Stage.MERGED,
        measure="个",
    )

    why_declined: Annotated[str, Label("不采用理由", "why it was declined")] = ""
