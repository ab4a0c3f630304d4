"""Kinds of help given: asked for, taken up, finished, with reports of what is still open. Who gives it need not be a member."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, ClassVar

from domain.kinds.about import About, Stage, matter, not_negative
from domain.kinds.advice import Obstacle, Satisfaction
from domain.kinds.people import Service
from domain.people import UnitId
from domain.words import Choice, Label, Open, Personal, Sensitive


class Wisher(Choice):
    """Whose wish it is, by class; never by name."""

    LEFT_BEHIND_CHILD = "left_behind_child", "留守儿童", "left-behind child"
    CHILD_IN_NEED = "child_in_need", "困境儿童", "child in need"
    ELDERLY = "elderly", "老年人", "elderly person"
    DISABLED = "disabled", "残疾人", "disabled person"
    NEEDY = "needy", "困难群众", "person in need"
    OTHER = "other", "其他"


class Whose(Choice):
    """Whose difficulty it is."""

    ENTERPRISE = "enterprise", "企业"
    PROJECT = "project", "项目"
    HOUSEHOLD = "household", "农户(家庭)", "household"
    OTHER = "other", "其他"


class Dispute(Choice):
    """What was mediated."""

    DISPUTE = "dispute", "矛盾纠纷"
    OLD_PETITION = "old_petition", "信访积案", "long-standing petition"


class Resource(Choice):
    """What was given."""

    MONEY = "money", "资金", "money"
    GOODS = "goods", "物资"
    VENUE = "venue", "场地"
    JOBS = "jobs", "就业岗位"
    TRAINING = "training", "培训"
    OTHER = "other", "其他"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredLivelihoodDeed:
    """Did something for people's livelihood."""

    about: ClassVar[About] = matter(
        "办民生实事",
        "delivered a livelihood deed",
        Stage.PLANNED,
        Stage.DONE,
        Stage.CONFIRMED_DONE,
        authors_any=True,
    )

    beneficiaries: Annotated[int, Label("受益人数", "beneficiaries")] = 0
    cost: Annotated[Decimal | None, Label("投入金额(元)", "cost in yuan")] = None
    station: Annotated[UnitId | None, Label("服务站(岗、点)", "station, post or point")] = None

    def __post_init__(self) -> None:
        not_negative(self, "beneficiaries", "cost")


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedWish:
    """Claimed and fulfilled a small wish; the wisher is known by class only."""

    about: ClassVar[About] = matter(
        "认领微心愿",
        "granted a small wish",
        Stage.POSTED,
        Stage.CLAIMED,
        Stage.FULFILLED,
        measure="个",
        authors_any=True,
    )

    wisher: Annotated[Wisher, Label("心愿人类别", "whose wish, by class")]
    cost: Annotated[Decimal | None, Label("投入金额(元)", "cost in yuan")] = None

    def __post_init__(self) -> None:
        not_negative(self, "cost")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedOrder:
    """Took an order that people placed, and served it; how long it took to be taken is told by the days of its stages."""

    about: ClassVar[About] = matter(
        "群众点单我服务",
        "served an order",
        Stage.ORDERED,
        Stage.TAKEN,
        Stage.SERVED,
        Stage.EVALUATED,
        authors_any=True,
    )

    service: Annotated[Service | None, Label("服务类型", "kind of service wanted")] = None
    wanted: Annotated[str, Label("点单内容", "service wanted")] = ""
    station: Annotated[UnitId | None, Label("服务站(岗、点)", "station, post or point")] = None
    satisfaction: Annotated[Satisfaction | None, Label("群众评价", "how it was evaluated")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedDifficulty:
    """Coordinated and solved a difficulty of an enterprise, a project or a household."""

    about: ClassVar[About] = matter(
        "协调解决困难问题",
        "solved a difficulty",
        Stage.RAISED,
        Stage.COORDINATED,
        Stage.SOLVED,
        Stage.CANNOT_FOR_NOW,
        measure="个",
        authors_any=True,
    )

    whose: Annotated[Whose, Label("困难主体", "whose difficulty")]
    whose_name: Annotated[Personal[str], Label("主体名称", "name of the one in difficulty")] = ""
    obstacle: Annotated[Obstacle | None, Label("暂无法处理原因", "why it cannot be handled")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatedDispute:
    """Mediated a dispute or helped to settle an old petition."""

    about: ClassVar[About] = matter(
        "化解矛盾纠纷",
        "mediated a dispute",
        Stage.ACCEPTED,
        Stage.MEDIATED,
        Stage.SETTLED,
        Stage.NOT_SETTLED,
        measure="起",
        authors_any=True,
    )

    dispute: Annotated[Dispute, Label("纠纷类别", "kind of dispute")] = Dispute.DISPUTE
    parties: Annotated[Sensitive[tuple[str, ...]], Label("当事人", "parties")] = ()
    hall: Annotated[UnitId | None, Label("协商议事厅(室)", "deliberation hall or room")] = None
    agreement: Annotated[Sensitive[str], Label("调解结果", "what was agreed")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributedResources:
    """Gave or raised money, goods, a venue, jobs or training."""

    about: ClassVar[About] = matter(
        "捐资捐物、提供资源", "contributed resources", measure="次", authors_any=True
    )

    resource: Annotated[Resource, Label("资源类型", "what was given")]
    amount: Annotated[Decimal | None, Label("数量(金额)", "amount")] = None
    amount_unit: Annotated[Open[str], Label("数量单位", "unit of the amount")] = "元"
    recipient: Annotated[Personal[str], Label("受助对象", "recipient")] = ""
    raised_from_others: Annotated[bool, Label("爱心募捐", "raised from others")] = False

    def __post_init__(self) -> None:
        not_negative(self, "amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotedInvestment:
    """Brought an investment project to the county or helped it on."""

    about: ClassVar[About] = matter(
        "招商引资",
        "promoted an investment",
        Stage.SIGNED,
        Stage.STARTED,
        measure="个",
        authors_any=True,
    )

    project: Annotated[str, Label("项目名称", "project")]
    investor: Annotated[str, Label("投资方", "investor")] = ""
    investment: Annotated[Decimal | None, Label("投资额(万元)", "investment in 10,000 yuan")] = None

    def __post_init__(self) -> None:
        not_negative(self, "investment")
