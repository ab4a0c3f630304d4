"""Kinds of going to the people: visits, reception, service, tasks, delegations, pairings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from domain.kinds.about import About, not_negative, occasion, pairing
from domain.people import UnitId
from domain.words import Choice, Label, Level, Personal


class Business(Choice):
    """Whether an enterprise or a project was visited."""

    ENTERPRISE = "enterprise", "企业"
    PROJECT = "project", "项目"


class Service(Choice):
    """What kind of voluntary service was given."""

    POLICY_TALK = "policy_talk", "政策宣讲", "talk on policies"
    FREE_CLINIC = "free_clinic", "医疗义诊", "free clinic"
    TUTORING = "tutoring", "支教帮教", "teaching and tutoring"
    LEGAL_AID = "legal_aid", "法律援助", "legal aid"
    TECHNICAL_GUIDANCE = "technical_guidance", "技术指导", "technical guidance"
    POLICY_ADVICE = "policy_advice", "政策咨询", "advice on policies"
    SKILLS_AND_MEDICINE = (
        "skills_and_medicine",
        "送技送医送药",
        "bringing skills, doctors and medicine",
    )
    COMPANIONSHIP = "companionship", "亲情陪伴", "companionship"
    COUNSELLING = "counselling", "心理疏导", "counselling"
    AID = "aid", "助学助残", "aid to pupils and to the disabled"
    OTHER = "other", "其他"


class Deployment(Choice):
    """How far somebody's part in a special task has come."""

    CALLED = "called", "受命", "called"
    DEPLOYED = "deployed", "到岗", "deployed"
    DONE = "done", "完成"


class Purpose(Choice):
    """What a delegation came for."""

    VISIT = "visit", "参观"
    STUDY = "study", "考察", "study tour"
    INSPECTION = "inspection", "视察"
    SURVEY = "survey", "调研"


class Relation(Choice):
    """What kind of pairing it is."""

    VILLAGE = "village", "联系村社", "contact with a village or community"
    BUSINESS = "business", "联系企业(项目)", "contact with an enterprise or project"
    CONSTITUENTS = "constituents", "联系界别群众", "contact with people of the sector"
    ASSISTANCE = "assistance", "结对帮扶", "paired assistance"
    LEADER_AND_MEMBER = "leader_and_member", "领导联系委员", "leader's contact with members"
    LEADER_AND_TOWNSHIP = (
        "leader_and_township",
        "领导(委室)联系镇街",
        "leader's or office's contact with a township",
    )


class Counterpart(Choice):
    """What is at the other end of a pairing."""

    VILLAGE = "village", "村", "village"
    COMMUNITY = "community", "社区", "community"
    ENTERPRISE = "enterprise", "企业"
    PROJECT = "project", "项目"
    HOUSEHOLD = "household", "农户(家庭)", "household"
    GROUP_HEAD = "group_head", "村民组长", "head of a villagers' group"
    HOUSEHOLD_HEAD = "household_head", "户主", "head of a household"
    CONSTITUENT = "constituent", "界别群众", "person of the sector"
    MEMBER = "member", "委员"
    STUDIO = "studio", "工作室", "member studio"
    TOWNSHIP = "township", "乡镇(街道)"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitedVillage:
    """Walked through a village or community: met people, heard what is the matter."""

    about: ClassVar[About] = occasion("走访村(社区)", "visited a village")

    purpose: Annotated[str, Label("走访目的", "purpose")] = ""
    problems_raised: Annotated[int, Label("反映问题数", "problems raised")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "problems_raised")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitedEnterprise:
    """Visited an enterprise or a project and helped where it could be helped."""

    about: ClassVar[About] = occasion(
        "走访服务企业(项目)", "visited and served an enterprise or project"
    )

    visited: Annotated[str, Label("企业(项目)名称", "enterprise or project")]
    business: Annotated[Business, Label("走访对象", "what was visited")] = Business.ENTERPRISE
    problems_raised: Annotated[int, Label("反映问题数", "problems raised")] = 0
    service_given: Annotated[str, Label("服务内容", "service given")] = ""

    def __post_init__(self) -> None:
        not_negative(self, "problems_raised")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitedHousehold:
    """Went to farm households and met their heads or the heads of their groups."""

    about: ClassVar[About] = occasion("走访农户(联户)", "visited households")

    households: Annotated[int, Label("走访户数", "households")] = 1
    group_heads: Annotated[int, Label("走访组长人数", "group heads met")] = 0
    household_heads: Annotated[int, Label("走访户长人数", "household heads met")] = 0
    names: Annotated[Personal[tuple[str, ...]], Label("户主(组长)姓名", "names of those met")] = ()
    problems_raised: Annotated[int, Label("反映问题数", "problems raised")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "households", "group_heads", "household_heads", "problems_raised")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitedConstituents:
    """Visited and served people of the sector; those met are the people reached."""

    about: ClassVar[About] = occasion("走访服务界别群众", "visited and served people of the sector")

    sector: Annotated[UnitId | None, Label("走访界别", "sector visited")] = None
    appeals_heard: Annotated[int, Label("收集诉求数", "appeals heard")] = 0
    service_given: Annotated[str, Label("服务内容", "service given")] = ""

    def __post_init__(self) -> None:
        not_negative(self, "appeals_heard")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPublic:
    """Received visitors on a members' reception day; the visitors are the people reached."""

    about: ClassVar[About] = occasion("委员接待日", "received the public")

    matters_received: Annotated[int, Label("接待事项数", "matters received")] = 0
    answered_on_spot: Annotated[int, Label("当场答复数", "answered on the spot")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "matters_received", "answered_on_spot")
        if self.answered_on_spot > self.matters_received:
            raise ValueError("answered_on_spot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteered:
    """Gave voluntary service for the public good; the beneficiaries are the people reached."""

    about: ClassVar[About] = occasion("参加公益志愿活动", "volunteered")

    service: Annotated[Service, Label("服务类型", "kind of service")]
    station: Annotated[UnitId | None, Label("服务站(岗、点)", "station, post or point")] = None
    trained: Annotated[int, Label("培训人次", "person-times trained")] = 0
    households: Annotated[int, Label("受益户数", "households benefited")] = 0
    employed: Annotated[int, Label("带动就业人数", "people employed through it")] = 0
    consultations: Annotated[int, Label("解答咨询次数", "consultations given")] = 0
    problems_solved: Annotated[int, Label("解决问题数", "problems solved")] = 0
    appeals: Annotated[int, Label("反映诉求数", "appeals passed on")] = 0

    def __post_init__(self) -> None:
        not_negative(
            self,
            *("trained", "households", "employed"),
            *("consultations", "problems_solved", "appeals"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedSpecialTask:
    """Took part in a special task under one command, such as epidemic control or relief of firms; the call to it may be named as its work."""

    about: ClassVar[About] = occasion("参加专项任务", "took part in a special task")

    task: Annotated[str, Label("任务名称", "task")]
    deployment: Annotated[Deployment, Label("任务状态", "state of the task")] = Deployment.DONE
    duty: Annotated[str, Label("承担工作", "work done")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedDelegation:
    """Received a delegation: a unit is the host, members may help."""

    about: ClassVar[About] = occasion("接待考察", "hosted a delegation", measure="批次")

    delegation: Annotated[str, Label("来访单位", "delegation")]
    delegation_level: Annotated[Level, Label("来访层级", "level of the delegation")] = Level.COUNTY
    purpose: Annotated[Purpose, Label("来访目的", "purpose")] = Purpose.STUDY
    visitors: Annotated[int, Label("来访人数", "persons in the delegation")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "visitors")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedWith:
    """Is paired with somebody or something for as long as the pairing is in force."""

    about: ClassVar[About] = pairing("结对联系", "is paired with")

    relation: Annotated[Relation, Label("结对类型", "kind of pairing")]
    counterpart: Annotated[Counterpart, Label("对象类别", "what it is paired with")]
    counterpart_name: Annotated[
        Personal[str], Label("对象名称", "name, where not on the roster")
    ] = ""
    basis: Annotated[str, Label("结对依据", "basis")] = ""
