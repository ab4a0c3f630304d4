"""A member's query on the records (核对申请) as it stands: what he says is wrong, doubled or missing, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.fact import SubjectId
from domain.people import PersonId, Role, UnitId
from domain.words import Choice, Label, Queried


class DisputeSort(Choice):
    """What is the matter with a record, as the member says."""

    WRONG = "wrong", "错", "wrong: a record says something else than was"
    DUPLICATE = "duplicate", "重", "doubled: two records are of one deed"
    MISSING = "missing", "漏", "missing: nothing is recorded of it"


class DisputeStep(Choice):
    """How far a query has come."""

    OPEN = "open", "待办理", "open"
    DECIDED = "decided", "已答复", "decided"
    REVIEW_ASKED = "review_asked", "待复核", "a review was asked for"
    REVIEW_DECIDED = "review_decided", "已复核", "the review was decided"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


class DisputeOutcome(Choice):
    """What was decided."""

    ACCEPTED = "accepted", "采纳"
    PARTLY = "partly", "部分采纳", "accepted in part"
    NOT_ACCEPTED = "not_accepted", "不予采纳", "not accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a member says of the records about him.

    `deed` is the record that is wrong or one of two, `same_as` the other one; `field` says in his words what of it is wrong, `should_be` what is so.
    Of what is missing he tells the kind or says in words what it was, the day, and who organised it.
    """

    person: PersonId
    sort: DisputeSort
    deed: str = ""
    field: Queried[str] = ""
    should_be: Queried[str] = ""
    same_as: str = ""
    kind: str = ""
    what: Queried[str] = ""
    on: date | None = None
    organiser: UnitId | None = None
    organised_by: Queried[str] = ""
    note: Queried[str] = ""

    @property
    def subject(self) -> SubjectId:
        """The stream of the member."""
        return SubjectId(f"member/{self.person}")

    @property
    def named(self) -> tuple[str, ...]:
        """The records that it is about."""
        return tuple(each for each in (self.deed, self.same_as) if each)

    def repeats(self, other: Claim) -> bool:
        """Whether the two ask the same: of one member, of one sort, of one record whichever of two is named first, or of one thing that is missing."""
        if (self.person, self.sort) != (other.person, other.sort):
            return False
        if self.sort is DisputeSort.MISSING:
            return (self.on, self.kind, self.what) == (other.on, other.kind, other.what)
        return self.deed in other.named or other.deed in self.named


LABELS: dict[str, Label] = {
    "person": Label("委员", "member"),
    "sort": Label("类别", "what is the matter"),
    "deed": Label("记录", "record"),
    "field": Label("有误之处", "what is wrong in it"),
    "should_be": Label("应为", "what it should say"),
    "same_as": Label("与之重复的记录", "the record that it repeats"),
    "kind": Label("履职类型", "kind"),
    "what": Label("遗漏的履职", "what is missing"),
    "on": Label("日期", "day"),
    "organiser": Label("组织单位", "unit that organised it"),
    "organised_by": Label("组织者", "who organised it, in words"),
    "note": Label("说明", "note"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision on a query: what was decided and why, and the records that were corrected or added in answer."""

    outcome: DisputeOutcome
    reason: str
    deeds: tuple[str, ...]
    by: PersonId
    role: Role
    on: date
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A query as it stands. `nth` counts those of a ledger and year, `due` is the day by which it is to be answered.

    `apart` are those who had a hand in the records that it is about; `typed_by` who typed in what the member says. None of them decides.
    """

    dispute: str
    claim: Claim
    year: int
    nth: int
    due: date
    apart: tuple[PersonId, ...]
    typed_by: tuple[PersonId, ...]
    raised_by: PersonId
    raised_on: date
    raised_at: int
    step: DisputeStep = DisputeStep.OPEN
    ruling: Ruling | None = None
    review_for: str = ""
    review_on: date | None = None
    review: Ruling | None = None
    withdrawn_for: str = ""
    withdrawn_on: date | None = None

    @property
    def number(self) -> str:
        """Its number as people say it: the year, and which it is of that year."""
        return f"{self.year}-{self.nth}"

    @property
    def person(self) -> PersonId:
        """Whose query it is."""
        return self.claim.person

    @property
    def subject(self) -> SubjectId:
        """The stream of the member."""
        return self.claim.subject

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to answer it."""
        return self.step in {DisputeStep.OPEN, DisputeStep.REVIEW_ASKED}

    @property
    def stands(self) -> Ruling | None:
        """The decision that stands: that of the review, where there was one."""
        return self.review or self.ruling
