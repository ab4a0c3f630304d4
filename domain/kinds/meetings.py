"""Kinds of meeting and learning: meetings, study, notes, reading, lectures, talks with leaders, fellowship, study tours, duty reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from domain.kinds.about import MEMBERS_ONLY, About, matter, occasion
from domain.people import UnitId
from domain.words import Choice, Label, Personal


class Meeting(Choice):
    """What kind of meeting it is."""

    PLENARY_SESSION = "plenary_session", "全体会议"
    PREPARATORY_MEETING = "preparatory_meeting", "预备会议"
    GROUP_DISCUSSION = "group_discussion", "小组(联组)讨论", "group (joint-group) discussion"
    SPEECH_MEETING = "speech_meeting", "大会发言会", "plenary meeting for speeches"
    STANDING_COMMITTEE = (
        "standing_committee_meeting",
        "常委会会议",
        "Standing Committee meeting",
    )
    THEMATIC_STANDING_COMMITTEE = (
        "thematic_standing_committee",
        "专题议政性常委会会议",
        "thematic Standing Committee meeting",
    )
    CHAIRPERSONS_COUNCIL = "chairpersons_council", "主席会议", "Chairperson's Council"
    SPECIAL_COMMITTEE = "special_committee_meeting", "专委会会议"
    SECTOR = "sector_meeting", "界别会议"
    CONVENORS = "convenors_meeting", "界别召集人会议", "sector convenors' meeting"
    TOWNSHIP_GROUP = "township_group_meeting", "室组(活动组)会议", "township room and group meeting"
    JOINT_MEETING = "joint_meeting", "联席会议"
    BRIEFING = "briefing", "情况通报会"
    FORUM = "forum", "座谈会"
    SEMINAR = "seminar", "研讨会"
    DEPARTMENT = "department_meeting", "应邀参加的部门会议", "department's meeting, by invitation"
    OTHER = "other", "其他会议", "other meeting"


class Study(Choice):
    """What kind of study or training it is."""

    ALL_MEMBERS = "all_members", "全体委员学习", "study of all members"
    TERM_ROTATION = "term_rotation", "届内轮训", "rotation training within the term"
    SECTOR_TOPIC = "sector_topic", "界别专题培训", "thematic training of a sector"
    PROPOSAL_WRITING = "proposal_writing", "提案写作培训", "training in writing proposals"
    CORRESPONDENTS = "correspondents", "信息员培训", "training of opinion correspondents"
    STUDY_GROUP = "study_group", "学习组", "study group"
    OTHER = "other", "其他学习", "other study"


class Note(Choice):
    """Whether study was set down as notes or as an essay."""

    NOTEBOOK = "notebook", "学习笔记"
    ESSAY = "essay", "心得体会"


class Programme(Choice):
    """Under which reading programme a book is shared."""

    LECTURE_HALL = "lecture_hall", "委员讲堂", "members' lecture programme"
    READING_ROOM = "reading_room", "委员书屋", "members' reading room"
    READING_CPPCC = "reading_cppcc", "书香政协", "reading CPPCC"
    OTHER = "other", "其他"


class Talk(Choice):
    """Which of the four kinds of talk a leader held."""

    GROUP = "group", "集体", "with a group"
    INDIVIDUAL = "individual", "个别", "with one member"
    TOPIC = "topic", "课题", "on a topic"
    PUBLIC_CONCERNS = "public_concerns", "民情", "on people's conditions"


class Hearer(Choice):
    """Before whom somebody reports on the year's duties."""

    SECTOR = "sector", "界别"
    SPECIAL_COMMITTEE = "special_committee", "专委会"
    TOWNSHIP = "township_committee", "镇街"
    STANDING_COMMITTEE = "standing_committee", "常委会", "Standing Committee"
    OTHER = "other", "其他"


class Reporting(Choice):
    """How a report on duties is given."""

    SPOKEN = "spoken", "口头"
    WRITTEN = "written", "书面"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """Attended a meeting, as member or sitting in."""

    about: ClassVar[About] = occasion("参加会议", "attended a meeting")

    meeting: Annotated[Meeting, Label("会议类型", "kind of meeting")]
    in_name_of: Annotated[
        UnitId | None, Label("代表界别(党派)", "in the name of (sector, party)")
    ] = None
    agenda: Annotated[str, Label("会议议题", "agenda")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Studied:
    """Took part in study or training; a lecturer has the role of speaker, half days tell the whole from a part."""

    about: ClassVar[About] = occasion("参加学习培训", "took part in study or training")

    study: Annotated[Study, Label("学习类型", "kind of study")]
    theme: Annotated[str, Label("学习内容", "what was studied")] = ""
    lecturer: Annotated[str, Label("授课人", "lecturer")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WroteStudyNote:
    """Wrote down what was learnt, in a notebook or as an essay."""

    about: ClassVar[About] = matter(
        "学习笔记、心得体会", "wrote a study note", measure="篇", subjects=MEMBERS_ONLY
    )

    form: Annotated[Note, Label("笔记或心得", "notes or essay")]
    theme: Annotated[str, Label("学习主题", "theme of the study")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedReading:
    """Met over a book or a theme: who shared has that role, the others listened."""

    about: ClassVar[About] = occasion("读书分享", "shared a book")

    book_or_theme: Annotated[str, Label("书目或主题", "book or theme")]
    programme: Annotated[Programme, Label("分享平台", "reading programme")] = Programme.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Lectured:
    """Gave a lecture to an audience; the listeners are the people reached."""

    about: ClassVar[About] = occasion("宣讲授课", "gave a lecture")

    topic: Annotated[str, Label("宣讲主题", "topic of the lecture")]
    audience: Annotated[str, Label("宣讲对象", "audience")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetLeader:
    """Was met by a leader of the committee for a scheduled talk; never a reminder talk."""

    about: ClassVar[About] = occasion(
        "接受约访", "was met by a leader for a scheduled talk", subjects=MEMBERS_ONLY
    )

    leader: Annotated[str, Label("约访领导", "leader")]
    talk: Annotated[Talk, Label("约访形式", "kind of talk")] = Talk.INDIVIDUAL
    matters_raised: Annotated[Personal[str], Label("反映事项", "matters raised")] = ""
    follow_up: Annotated[Personal[str], Label("后续办理", "follow-up")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedFellowship:
    """Took part in an activity of unity and fellowship."""

    about: ClassVar[About] = occasion(
        "参加团结联谊活动", "took part in a unity and fellowship activity"
    )

    with_whom: Annotated[str, Label("联谊对象", "with whom")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TookStudyTour:
    """Went elsewhere to see and learn; where to is the place of the occasion."""

    about: ClassVar[About] = occasion("外出考察学习", "went on a study tour")

    theme: Annotated[str, Label("考察主题", "theme of the tour")] = ""
    report_title: Annotated[str, Label("考察报告", "report of the tour")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedOnDuties:
    """Reported on the duties of the year: members who are named, or the unit that holds it where nobody is."""

    about: ClassVar[About] = occasion("年度述职", "reported on the year's duties")

    to_whom: Annotated[Hearer, Label("述职对象", "reported to whom")]
    form: Annotated[Reporting, Label("述职方式", "spoken or written")] = Reporting.SPOKEN
