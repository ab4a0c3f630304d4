"""Kinds of culture, publicity and honour: historical materials, media reports, commendations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from domain.kinds.about import About, Stage, matter, not_negative
from domain.words import Choice, Label, Level


class Contributor(Choice):
    """Who wrote or provided a piece."""

    MEMBER = "member", "委员"
    INVITED = "invited", "特邀撰稿人", "invited contributor"
    OUTSIDE = "outside", "外部作者", "outside author"


class Contribution(Choice):
    """Whether a piece was written or material provided."""

    WROTE = "wrote", "撰写", "wrote it"
    PROVIDED = "provided", "提供", "provided material"


class Publication(Choice):
    """Where a piece appears."""

    ISSUE = "issue", "期刊", "issue of the journal"
    VOLUME = "volume", "专辑", "thematic volume"
    SPECIAL_ISSUE = "special_issue", "特刊"
    NONE = "none", "未刊", "not published"


class Coverage(Choice):
    """How somebody appears in the media."""

    REPORTED_ON = "reported_on", "被报道"
    INTERVIEWED = "interviewed", "接受采访", "was interviewed"
    WROTE = "wrote", "撰稿", "wrote it"


class Ground(Choice):
    """For which side of his work somebody was commended."""

    CPPCC_WORK = "cppcc_work", "政协工作", "CPPCC work"
    OWN_JOB = "own_job", "本职工作", "own job"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributedHistory:
    """Wrote or provided cultural and historical materials, as a member or as an invited writer who need not be one."""

    about: ClassVar[About] = matter(
        "撰写(提供)文史资料",
        "contributed historical materials",
        Stage.SOLICITED,
        Stage.SUBMITTED,
        Stage.REVIEWED,
        Stage.COPY_EDITED,
        Stage.PRINTED,
        Stage.ARCHIVED,
        Stage.INSTRUCTED,
        measure="篇",
        authors_any=True,
    )

    contribution: Annotated[Contribution, Label("撰写或提供", "written or provided")] = (
        Contribution.WROTE
    )
    contributor: Annotated[Contributor, Label("作者类别", "class of the author")] = (
        Contributor.MEMBER
    )
    publication: Annotated[Publication, Label("刊物类型", "kind of publication")] = Publication.NONE
    publication_name: Annotated[str, Label("刊物名称、期号", "publication and issue")] = ""
    characters: Annotated[int, Label("字数", "characters")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class WasCovered:
    """Was reported on in the media, interviewed, or wrote for them."""

    about: ClassVar[About] = matter("媒体宣传报道", "was covered by the media", measure="篇")

    medium: Annotated[str, Label("媒体名称", "medium")]
    medium_level: Annotated[Level, Label("媒体层级", "level of the medium")] = Level.COUNTY
    coverage: Annotated[Coverage, Label("报道形式", "form of coverage")] = Coverage.REPORTED_ON
    address: Annotated[str, Label("报道链接", "link to the report")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WasCommended:
    """Was commended, for work in the committee or in the own job."""

    about: ClassVar[About] = matter("受到表彰", "was commended", measure="次")

    commended_by: Annotated[str, Label("表彰单位", "commended by")]
    commended_level: Annotated[Level, Label("表彰层级", "level of the commendation")] = Level.COUNTY
    honour: Annotated[str, Label("荣誉称号", "honour")] = ""
    reason: Annotated[str, Label("表彰事由", "for what")] = ""
    ground: Annotated[Ground, Label("表彰类别", "for which work")] = Ground.CPPCC_WORK
