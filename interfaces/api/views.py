"""What reads answer with where a projection's own rows are not yet what a client needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Response
from pydantic import PlainSerializer

from application import codec
from domain import explain
from domain.checklist import BesideCount, Filled, Row, SlotProgress, Unmoved
from domain.comparison import Cause
from domain.explain import Said
from domain.grading import GradeReason, Opinion, TriggerResult
from domain.kinds import KINDS, Shape, Subject, kind_of
from domain.kinds.fields import FieldAbout, fields_of
from domain.people import PersonId, Reason, Role, UnitId, Via
from domain.period import Period
from domain.scorecard import (
    BlockTotal,
    GateResult,
    Line,
    Reach,
    WhyNot,
)
from interfaces import bodies
from interfaces.refusals import ANSWERS
from projections.checklists import MemberList, UnitList
from projections.comparisons import Effect, Moved, Mover, Spread, Tally, WhatIf
from projections.deeds import DeedLine, DeedPage, DeedSummary
from projections.grades import GradeLine
from projections.history import Difference, Happening
from projections.scorecards import Card

T = TypeVar("T")

NO_NAMES: Mapping[str, str] = MappingProxyType({})


class Sheet(Response):
    """A table as a CSV file, in UTF-8."""

    media_type = "text/csv"


def _tagged(value: Any) -> Any:
    """A dataclass as JSON knows it, with the kind said in its details, so that a client can send it back."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    told = {each.name: getattr(value, each.name) for each in fields(value)}
    if "details" in told:
        kind = type(told["details"])
        told["details"] = {"kind": kind_of(kind), **_plain(told["details"])}
    if "body" in told:
        told["body"] = _tagged(told["body"])
    return told


def _plain(details: Any) -> dict[str, Any]:
    return {each.name: getattr(details, each.name) for each in fields(details)}


Tagged = Annotated[Any, PlainSerializer(_tagged)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T]):
    """One page; `next` is the cursor to go on from, none on the last page."""

    rows: tuple[T, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerView:
    """A ledger that the token opens."""

    code: str
    committee: str
    zone: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedView:
    """One record whole; `body` has the shape in which it was sent and can be sent back in an amendment."""

    summary: DeedSummary
    body: Tagged
    superseded_by: str
    lines: tuple[DeedLine, ...]
    same: tuple[DeedSummary, ...]
    came_of: tuple[DeedSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained(Generic[T]):
    """A figure with the sentence that explains it."""

    of: T
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A member's scorecard, or a unit's: its lines add up to `total`, and each says why; so does each fact without points."""

    member: str
    rubric: str
    title: str
    version: str
    period: Period
    total: str
    blocks: tuple[BlockTotal, ...]
    lines: tuple[Explained[Line], ...]
    why_not: tuple[Explained[WhyNot], ...]
    reachable: tuple[Explained[Reach], ...]
    changes_on: date | None
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeView:
    """The grade of a member or a unit for a period, and why it is so.

    `gates` are those that are not met, `triggers` those that have fired, `near` those that one more would fire. `place` is told where the rubric lets places be shown.
    """

    member: str
    name: str
    rubric: str
    version: str
    period: Period
    total: str
    grade: str
    by_score: str
    waits_for: str
    tied: bool
    board: str
    place: int | None
    reasons: tuple[Explained[GradeReason], ...]
    opinions: tuple[Opinion, ...]
    gates: tuple[Explained[GateResult], ...]
    triggers: tuple[Explained[TriggerResult], ...]
    near: tuple[Explained[TriggerResult], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedView:
    """A member whose card of a period is another at the later of two moments, and why, record by record; totals are empty where there was no card."""

    member: str
    name: str
    period: Period
    before: str
    after: str
    version_before: str
    version_after: str
    causes: tuple[Explained[Cause], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectsView:
    """What the publication of a version did to members' cards, year by year, and a page of those whose totals of one `year` moved."""

    rubric: str
    version: str
    position: int
    years: tuple[Effect, ...]
    year: int
    movers: Listing[MovedView]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfView:
    """What a draft would have done: `movers` are the first of `movers_in_all`, the largest change first.

    `without_before` periods of members had nothing to compare with: they are no movers.
    """

    rubric: str
    version: str
    against: str
    without_before: int
    spreads: tuple[Spread, ...]
    clauses: tuple[Tally, ...]
    movers: tuple[Mover, ...]
    movers_in_all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """How far a member has come with a list: `done` of `of` slots, each with its words.

    `besides` stand above the slots; `unmoved` was put in one of them without effect, and says why.
    """

    checklist: str
    title: str
    title_en: str
    version: str
    sample: bool
    subject: str
    period: Period
    done: int
    of: int
    slots: tuple[Explained[SlotProgress], ...]
    spare: tuple[Filled, ...]
    waiting: tuple[WhyNot, ...]
    besides: tuple[Explained[BesideCount], ...]
    unmoved: tuple[Explained[Unmoved], ...]
    changes_on: date | None
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GridView:
    """A unit's list over the parts of a period: `done` of `of` cells."""

    checklist: str
    title: str
    title_en: str
    version: str
    subject: str
    period: Period
    done: int
    of: int
    rows: tuple[Explained[Row], ...]
    changes_on: date | None
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HappeningView:
    """One entry of a history."""

    position: int
    stream: str
    version: int
    name: str
    at: datetime
    day: date
    on: date | None
    by: PersonId
    role: Role
    unit: UnitId | None
    acting_for: PersonId | None
    via: Via
    cause: str
    event: Tagged
    zh: str
    en: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """One choice of a closed list."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One field of a kind; `protection` is P2 or P3 where it tells of a person."""

    name: str
    zh: str
    en: str
    required: bool
    many: bool
    protection: str
    choices: tuple[ChoiceView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindView:
    """A kind of the catalogue."""

    kind: str
    zh: str
    en: str
    shape: Shape
    measure: str
    subjects: tuple[Subject, ...]
    by_work: bool
    authors_any: bool
    stages: tuple[ChoiceView, ...]
    fields: tuple[FieldView, ...]
    schema: Tagged


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """A reason of the closed list, and the HTTP status that it comes with as a rule."""

    reason: str
    zh: str
    en: str
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the service is."""

    status: str


def reason_view(reason: Reason) -> ReasonView:
    """A reason as the API explains it."""
    return ReasonView(reason=reason.value, zh=reason.zh, en=reason.en, status=ANSWERS[reason][0])


def deed_view(page: DeedPage) -> DeedView:
    """One record as the API shows it."""
    return DeedView(
        summary=page.summary,
        body=page.state.body,
        superseded_by=getattr(page.state, "superseded_by", ""),
        lines=page.lines,
        same=page.same,
        came_of=page.came_of,
    )


def card_view(card: Card, names: Mapping[str, str] = NO_NAMES) -> CardView:
    """A scorecard with its sentences; `names` are those of the members from whose scores a unit has points, and of a member's units."""
    found, rubric = card.scorecard, card.rubric
    return CardView(
        member=found.member,
        rubric=found.rubric,
        title=rubric.zh,
        version=found.version,
        period=found.period,
        total=found.total,
        blocks=found.blocks,
        lines=tuple(
            _explained(each, explain.line(each, rubric, names.get(each.subject, "")))
            for each in found.lines
        ),
        why_not=tuple(
            _explained(each, explain.why_not(each, rubric, names.get(each.subject, "")))
            for each in found.why_not
        ),
        reachable=tuple(_explained(each, explain.reach(each, rubric)) for each in found.reachable),
        changes_on=found.changes_on,
        position=card.position,
    )


def grade_view(line: GradeLine) -> GradeView:
    """A grade with its sentences."""
    card, graded, rubric = line.scorecard, line.graded, line.rubric
    return GradeView(
        member=graded.member,
        name=line.name,
        rubric=rubric.code,
        version=rubric.version,
        period=card.period,
        total=graded.total,
        grade=graded.grade,
        by_score=graded.by_score,
        waits_for=graded.waits_for,
        tied=graded.tied,
        board=graded.board,
        place=graded.place,
        reasons=tuple(
            _explained(each, explain.grade_reason(each, rubric)) for each in graded.reasons
        ),
        opinions=graded.opinions,
        gates=tuple(
            _explained(each, explain.gate(each, rubric)) for each in card.gates if not each.met
        ),
        triggers=tuple(
            _explained(each, explain.trigger(each, rubric))
            for each in graded.triggers
            if each.fired
        ),
        near=tuple(
            _explained(each, explain.trigger(each, rubric)) for each in graded.triggers if each.near
        ),
    )


def moved_view(moved: Moved) -> MovedView:
    """A card that moved, with the words of its causes."""
    return MovedView(
        member=moved.member,
        name=moved.name,
        period=moved.period,
        before=moved.before,
        after=moved.after,
        version_before=moved.version_before,
        version_after=moved.version_after,
        causes=tuple(
            Explained(of=each, zh=each.because.zh, en=each.because.en) for each in moved.causes
        ),
    )


def what_if_view(found: WhatIf, limit: int) -> WhatIfView:
    """What a draft would have done, with so many movers at most."""
    return WhatIfView(
        rubric=found.rubric,
        version=found.version,
        against=found.against,
        without_before=found.without_before,
        spreads=found.spreads,
        clauses=found.clauses,
        movers=found.movers[:limit],
        movers_in_all=len(found.movers),
    )


def _explained(of: T, said: Said) -> Explained[T]:
    return Explained(of=of, zh=said.zh, en=said.en)


def progress_view(found: MemberList) -> ProgressView:
    """A member's list as the API shows it."""
    progress, checklist = found.progress, found.checklist
    words = {slot.number: slot for slot in checklist.slots}
    return ProgressView(
        checklist=progress.checklist,
        title=checklist.zh,
        title_en=checklist.en,
        version=progress.version,
        sample=checklist.sample,
        subject=progress.subject,
        period=progress.period,
        done=progress.done,
        of=progress.of,
        slots=tuple(
            Explained(of=slot, zh=words[slot.number].zh, en=words[slot.number].en)
            for slot in progress.slots
        ),
        spare=progress.spare,
        waiting=progress.waiting,
        besides=tuple(
            Explained(of=beside, zh=said.zh, en=said.en)
            for beside, said in zip(progress.besides, checklist.besides, strict=True)
        ),
        unmoved=tuple(_explained(each, explain.unmoved(each)) for each in progress.unmoved),
        changes_on=progress.changes_on,
        position=found.position,
    )


def grid_view(found: UnitList) -> GridView:
    """A unit's list as the API shows it."""
    grid, checklist = found.grid, found.checklist
    words = {slot.number: slot for slot in checklist.slots}
    return GridView(
        checklist=grid.checklist,
        title=checklist.zh,
        title_en=checklist.en,
        version=grid.version,
        subject=grid.subject,
        period=grid.period,
        done=grid.done,
        of=grid.of,
        rows=tuple(
            Explained(of=row, zh=words[row.number].zh, en=words[row.number].en) for row in grid.rows
        ),
        changes_on=grid.changes_on,
        position=found.position,
    )


def happening_view(happening: Happening) -> HappeningView:
    """An entry as the API shows it."""
    entry, envelope = happening.entry, happening.entry.envelope
    return HappeningView(
        position=entry.position,
        stream=entry.stream,
        version=entry.version,
        name=codec.name_of(entry.event),
        at=envelope.at,
        day=envelope.day,
        on=envelope.on,
        by=envelope.by,
        role=envelope.role,
        unit=envelope.unit,
        acting_for=envelope.acting_for,
        via=envelope.via,
        cause=envelope.cause,
        event=entry.event,
        zh=happening.said.zh,
        en=happening.said.en,
        differences=happening.differences,
    )


def kind_view(kind: str) -> KindView:
    """A kind with its fields, choices and JSON schema."""
    details = KINDS[kind]
    about = details.about
    return KindView(
        kind=kind,
        zh=about.zh,
        en=about.en,
        shape=about.shape,
        measure=about.measure,
        subjects=tuple(sorted(about.subjects)),
        by_work=about.by_work,
        authors_any=about.authors_any,
        stages=tuple(_choice(stage) for stage in about.stages),
        fields=tuple(_field(each) for each in fields_of(details)),
        schema=bodies.json_schema_of(kind),
    )


def _choice(choice: Any) -> ChoiceView:
    return ChoiceView(value=choice.value, zh=choice.zh, en=choice.en)


def _field(about: FieldAbout) -> FieldView:
    return FieldView(
        name=about.name,
        zh=about.label.zh,
        en=about.label.en,
        required=about.required,
        many=about.many,
        protection=about.protection,
        choices=tuple(_choice(choice) for choice in about.choices),
    )
