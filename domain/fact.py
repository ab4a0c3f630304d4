"""Facts: what scoring, checklists and statistics see. A fact is one subject's part in one deed, with all that became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Generic, NewType, TypeVar

from domain.kinds import Details
from domain.kinds.about import Stage
from domain.people import PersonId, UnitId
from domain.values import value
from domain.words import Choice, Level, Open

D = TypeVar("D", bound=Details)

SubjectId = NewType("SubjectId", str)
"""Stream of the subject: `member/ID` or `unit/ID`."""


class Capacity(Choice):
    """In which capacity somebody is at an occasion."""

    ATTENDS = "attends", "出席", "attends as member"
    SITS_IN = "sits_in", "列席", "sits in"
    INVITED = "invited", "特邀", "specially invited"
    HIGHER_MEMBER = "higher_member", "上级委员", "guest from a higher committee"
    EXPERT = "expert", "专家"
    PEOPLE = "people", "群众代表", "representative of the people"
    DEPARTMENT = "department", "部门", "department"
    STAFF = "staff", "工作人员"


class Part(Choice):
    """The role at that occasion."""

    LEADS = "leads", "带队"
    PRESIDES = "presides", "主持"
    SHARES = "shares", "主讲(分享)", "speaks or shares"
    WRITES = "writes", "执笔"
    HELPS = "helps", "协助", "helps to host"
    TAKES_PART = "takes_part", "参加"
    HOSTS = "hosts", "组织(承办)", "hosts"


class Attendance(Choice):
    """The attendance state. `not_recorded` is an expected member of whom nothing is said: neither present nor absent."""

    PRESENT = "present", "到会"
    REMOTE = "remote", "线上"
    LATE = "late", "迟到"
    LEFT_EARLY = "left_early", "早退"
    LEAVE = "leave", "请假", "leave granted"
    LEAVE_REFUSED = "leave_refused", "未准假"
    ABSENT = "absent", "缺席"
    NOT_REQUIRED = "not_required", "免于参加"
    NOT_RECORDED = "not_recorded", "未登记"

    @property
    def took_part(self) -> bool:
        """Whether he was there, in the hall or remotely."""
        return self in {
            Attendance.PRESENT,
            Attendance.REMOTE,
            Attendance.LATE,
            Attendance.LEFT_EARLY,
        }


class Spoke(Choice):
    """Whether and how he spoke."""

    NO = "no", "未发言", "did not speak"
    ORALLY = "orally", "口头发言", "spoke"
    IN_WRITING = "in_writing", "书面发言"


class Authorship(Choice):
    """The role of an author."""

    FIRST = "first", "第一", "first author"
    JOINT = "joint", "联名", "joint author"
    WRITER = "writer", "执笔", "wrote it"
    CONTRIBUTOR = "contributor", "参与", "contributed"


class Mode(Choice):
    """Who carried it: one person, a group, or several units together."""

    INDIVIDUAL = "individual", "个人"
    GROUP = "group", "团体"
    JOINT = "joint", "联合"


class Held(Choice):
    """Where it was held."""

    ON_SITE = "on_site", "现场", "on site"
    ONLINE = "online", "线上"
    BOTH = "both", "线上线下", "on site and online"


class TopicSource(Choice):
    """The five sources of topics."""

    PARTY_AND_GOVERNMENT = "party_and_government", "党政点题", "set by Party and government"
    CPPCC = "cppcc", "政协交题", "assigned by the CPPCC"
    SOCIETY = "society", "社会选题", "chosen by society"
    PEOPLE = "people", "群众荐题", "recommended by the people"
    MEMBERS = "members", "委员议题", "raised by members"


class RecordClass(Choice):
    """The class of a record, which decides how the two sides of dual management bear on it."""

    COUNTY = "county", "本级政协登记", "of the committee itself"
    TOWNSHIP = "township", "镇街登记", "organised on the township side"
    SECTOR = "sector", "界别(专委会)登记", "organised on the sector side"
    SELF = "self", "委员自报", "declared by the member"
    GUEST = "guest", "上级委员", "guest from a higher committee"


class Mark(Choice):
    """What one side has said of a line."""

    RECORDED = "recorded", "已记录"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "退回核实", "returned for checking"
    CORRECTED = "corrected", "已更正", "corrected after a return"
    UPHELD = "upheld", "核实维持", "upheld after checking"


@value(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One side's word on one line: by whom, in the name of which unit, when (local day), at which position."""

    mark: Mark
    by: PersonId
    unit: UnitId | None
    on: date
    position: int
    reason: str = ""


class Followed(Choice):
    """What followed from a leader's instruction, where it is known."""

    SUPERVISED = "supervised", "列入督办", "listed for supervised handling"
    MEETING = "meeting", "专题会议", "a meeting on it"
    TASK_FORCE = "task_force", "成立专班", "a task force"
    DOCUMENT = "document", "印发文件", "a document"
    OTHER = "other", "其他办理", "handled otherwise"


@value(frozen=True, slots=True, kw_only=True)
class Reached:
    """A stage that a matter has reached; `rank` is the leader's for an instruction, `position` where it was recorded.

    `followed` is for an instruction alone; it may be said later, with the same day, level, rank and number, or as the matter is moved on: `followed_at` is the
    entry of that move.
    """

    stage: Stage
    on: date
    level: Level | None = None
    rank: Open[str] = ""
    by: str = ""
    document: Open[str] = ""
    note: str = ""
    followed: Followed | None = None
    position: int = 0
    followed_at: int = 0

    def same_instruction(self, other: Reached) -> bool:
        """Whether both are one instruction, whatever is said to have followed."""
        mine = (self.stage, self.on, self.level, self.rank, self.document)
        return self.stage is Stage.INSTRUCTED and mine == (
            *(other.stage, other.on, other.level, other.rank, other.document),
        )


def in_vain(reached: Sequence[Reached], on: date) -> int | None:
    """The place of the newest instruction up to a day of which it is not said what followed; none where there is none."""
    found = [
        (each.on, each.position, i)
        for i, each in enumerate(reached)
        if each.stage is Stage.INSTRUCTED and each.followed is None and each.on <= on
    ]
    return max(found)[2] if found else None


def reached_last(reached: Iterable[Reached]) -> Reached | None:
    """The stage that was reached last, by its day and not by when it was told; of one day the one told last."""
    return max(reached, key=lambda r: (r.on, r.position), default=None)


@value(frozen=True, slots=True, kw_only=True)
class Fact(Generic[D]):
    """One subject's part in one deed.

    `deed` is its stream (`occasion/ID`, `matter/ID`, `pairing/ID`, `finding/ID`). `place` among `authors` is 1 for the
    first of a matter and 0 where there are no authors. `half_days` is what this subject attended. `figure` is a figure that
    was set, an amount or a count that a rule may multiply. `same_as` names the deed that stands for this one, `until` the
    last day of something that lasts (open for a pairing in force). `pairing` is the id of the pairing that a visit serves,
    `village` where it went, `with_unit` the unit that a pairing is with, `activity` the named activity that it belongs to,
    `reached_people` the people that it reached in 人次. `item` is the item of a list that the line was put
    in, `item_reason` why. `said_on` is the day on which an amendment said anew what the sides answer for, where one has.
    """

    deed: Open[str]
    subject: SubjectId
    kind: Open[str]
    on: date
    details: D
    until: date | None = None
    title: Open[str] = ""
    position: int = 0
    recorded_on: date
    said_on: date | None = None
    recorded_by: PersonId
    recorder: UnitId | None = None
    record: RecordClass = RecordClass.COUNTY
    organiser: UnitId | None = None
    capacity: Capacity = Capacity.ATTENDS
    part: Part = Part.TAKES_PART
    attendance: Attendance = Attendance.PRESENT
    leave: Open[str] = ""
    spoke: Spoke = Spoke.NO
    in_name_of: UnitId | None = None
    half_days: int = 1
    of_half_days: int = 1
    level: Level = Level.COUNTY
    mandatory: bool = False
    key: bool = False
    micro: bool = False
    mode: Mode | None = None
    held: Held | None = None
    activity: Open[str] = ""
    reached_people: int = 0
    topic_source: TopicSource | None = None
    expected: bool = False
    work: Open[str] = ""
    pairing: Open[str] = ""
    village: UnitId | None = None
    with_unit: UnitId | None = None
    authorship: Authorship | None = None
    place: int = 0
    authors: int = 0
    share: Decimal | None = None
    reached: tuple[Reached, ...] = ()
    figure: Decimal | None = None
    evidence: int = 0
    sector: Stamp | None = None
    studio: Stamp | None = None
    county: Stamp | None = None
    same_as: Open[str] = ""
    item: Open[str] = ""
    item_reason: str = ""

    def has(self, stage: Stage) -> bool:
        """Whether the matter has reached that stage."""
        return any(r.stage is stage for r in self.reached)
