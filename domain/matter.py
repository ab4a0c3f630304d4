"""A piece of work with authors that goes through stages: a proposal, an opinion, a carried message, a wish, an article."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar, cast

from domain import deed as deeds
from domain import handling, inspection, numbers, on_paper
from domain import suggestion as suggestions
from domain.access import Action, must
from domain.characters import as_compared
from domain.deed import Deed, DeedCommand, DeedEvent, Known, Likeness
from domain.entry import Entry
from domain.evidence import Evidence
from domain.fact import Authorship, Fact, Mark, Reached, RecordClass, SubjectId, TopicSource
from domain.handling import COUNTYS_STAGES, OF_A_LEVEL, HandlingCommand, HandlingEvent
from domain.inspection import InspectionCommand, InspectionEvent
from domain.kinds import KINDS, About, Details, Shape, Stage, Subject, kind_of
from domain.kinds.advice import spoken_at
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId, Warned
from domain.suggestion import SuggestionCommand, SuggestionEvent
from domain.unit import Side
from domain.values import value
from domain.words import Choice, Label, Level, Open

D = TypeVar("D", bound=Details)


class Sensitivity(Choice):
    """What of it may stand in an ordinary system. Secret papers never do.

    What is internal is open to whoever acts for a unit or the committee, to its authors and to who recorded it. Others see that it is there: what it is called, numbers, days,
    choices, whose it is and who has it in hand, and none of the words said of it (`domain.inside`). What stays on paper is closed likewise, and no word and no file of it is taken in
    (`domain.on_paper`).
    """

    PUBLIC = "public", "公开"
    INTERNAL = "internal", "内部"
    PAPER_ONLY = "paper_only", "不录正文", "on paper only, registered by number"


@value(frozen=True, slots=True, kw_only=True)
class Author:
    """One author in order: a member or a unit. `share` is an agreed share of the credit, between 0 and 1."""

    person: PersonId | None = None
    unit: UnitId | None = None
    role: Authorship = Authorship.JOINT
    share: Decimal | None = None

    @property
    def subject(self) -> SubjectId:
        """The stream of the author."""
        return SubjectId(f"unit/{self.unit}" if self.person is None else f"member/{self.person}")


@value(frozen=True, slots=True, kw_only=True)
class Matter(Generic[D]):
    """What is said of a matter. `on` is the day it was submitted or done; `organiser` the unit that it came in through.

    `figure` is an amount or a count that belongs to it as a whole. `answers`, `converted_from` and `merged_into` name the deeds
    (`matter/ID`, `occasion/ID`) that it came from, that it is another form of, and that it was handled together with.
    """

    details: D
    title: Open[str]
    on: date
    organiser: UnitId
    authors: tuple[Author, ...]
    number: Open[str] = ""
    text: str = ""
    on_paper: Open[str] = ""
    sensitivity: Sensitivity = Sensitivity.PUBLIC
    topic_source: TopicSource | None = None
    level: Level = Level.COUNTY
    key: bool = False
    activity: Open[str] = ""
    plan_item: Open[str] = ""
    work: Open[str] = ""
    answers: Open[str] = ""
    handlers: Open[tuple[str, ...]] = ()
    effect: str = ""
    figure: Decimal | None = None
    evidence: tuple[Evidence, ...] = ()
    converted_from: Open[str] = ""
    merged_into: Open[str] = ""

    @property
    def subjects(self) -> frozenset[SubjectId]:
        """Whose deed it is: its authors."""
        return frozenset(author.subject for author in self.authors)

    @property
    def closed(self) -> bool:
        """Whether what it says is not for everybody: all its texts but those marked open are for who may see inside (`domain.inside`)."""
        return self.sensitivity is not Sensitivity.PUBLIC

    @property
    def stays_on_paper(self) -> bool:
        """Whether it is registered by its number alone."""
        return self.sensitivity is Sensitivity.PAPER_ONLY


LABELS: dict[str, Label] = {
    "title": Label("题目", "title"),
    "on": Label("日期", "day"),
    "organiser": Label("登记单位", "unit it came in through"),
    "authors": Label("作者", "authors"),
    "number": Label("编号", "number"),
    "text": Label("摘要", "abstract"),
    "on_paper": Label("纸质文号", "document number on paper"),
    "sensitivity": Label("公开范围", "sensitivity"),
    "topic_source": Label("选题来源", "topic source"),
    "level": Label("层级", "level"),
    "key": Label("重点", "key"),
    "activity": Label("所属活动", "named activity"),
    "plan_item": Label("计划项目", "plan item"),
    "work": Label("课题编号", "work"),
    "answers": Label("来源记录", "deed it came from"),
    "handlers": Label("承办单位", "handlers"),
    "effect": Label("成效", "effect"),
    "figure": Label("数额", "figure"),
    "evidence": Label("佐证", "evidence"),
    "converted_from": Label("转自", "converted from"),
    "merged_into": Label("并入", "merged into"),
}

# Commands


@value(frozen=True, slots=True, kw_only=True)
class RecordMatter:
    """Record a piece of work. `differs` says that the recorder has looked at a likely duplicate."""

    matter: str
    body: Matter[Any]
    differs: bool = False


@value(frozen=True, slots=True, kw_only=True)
class AmendMatter:
    """Say anew, and in whole, what is said of a matter, with a reason."""

    matter: str
    body: Matter[Any]
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class ReportOutcome:
    """Report a stage that a matter has reached; or what followed from an instruction that it had, by the same day, level, rank and number."""

    matter: str
    outcome: Reached


@value(frozen=True, slots=True, kw_only=True)
class RetractOutcome:
    """Take back a stage that was reported in error, or that was reversed; the latest of that stage and level."""

    matter: str
    stage: Stage
    reason: str
    level: Level | None = None


MatterCommand = (
    RecordMatter
    | AmendMatter
    | ReportOutcome
    | RetractOutcome
    | HandlingCommand
    | SuggestionCommand
    | InspectionCommand
    | DeedCommand
)

# Events


@value(frozen=True, slots=True, kw_only=True)
class MatterRecorded(Generic[D]):
    """A piece of work was done or submitted; stored under the name of its kind."""

    matter: Open[str]
    body: Matter[D]
    record: RecordClass


@value(frozen=True, slots=True, kw_only=True)
class MatterAmended(Generic[D]):
    """What is said of a matter was replaced, in whole; stored as `KIND.amended`.

    `record` is its class where a corrected organiser has changed it, `removed` are those who are no longer authors.
    """

    matter: Open[str]
    body: Matter[D]
    reason: str
    record: RecordClass | None = None
    removed: tuple[PersonId, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class OutcomeReached:
    """A matter reached a stage; stored as `matter.STAGE`."""

    matter: Open[str]
    outcome: Reached


@value(frozen=True, slots=True, kw_only=True)
class OutcomeRetracted:
    """A stage was taken back."""

    matter: Open[str]
    stage: Stage
    level: Level | None
    reason: str


MatterEvent = (
    MatterRecorded[Any]
    | MatterAmended[Any]
    | OutcomeReached
    | OutcomeRetracted
    | HandlingEvent
    | SuggestionEvent
    | InspectionEvent
    | DeedEvent
)


def stream_of(matter: str) -> str:
    """The stream of a matter."""
    return f"matter/{matter}"


def likenesses(body: Matter[Any]) -> list[Likeness]:
    """What makes two matters alike: one kind, one title, one first author."""
    title = "".join(body.title.split())
    return [(type(body.details).__name__, title, a.subject) for a in body.authors[:1]]


def namings(body: Matter[Any]) -> list[Likeness]:
    """What another record may call a matter: its number, and its title, each alone and with its day."""
    return [*_called("number", body.number, body.on), *_called("title", body.title, body.on)]


def _called(by: str, said: str, on: date) -> list[Likeness]:
    word = as_compared(said)
    return [naming(by, word), naming(by, word, on)] if word else []


def naming(by: str, word: str, on: date | None = None) -> Likeness:
    """A name of a matter: its `number` or `title` as it is compared, and its day where that is named too."""
    return (by, word) if on is None else (by, word, on)


def warnings(command: RecordMatter, known: Known) -> list[Warned]:
    """Recorded matters that this one may repeat: worth a look, not a refusal."""
    return [
        Warned(reason=Reason.LIKELY_DUPLICATE, field="/body/title", deed=deed)
        for likeness in likenesses(command.body)
        if (deed := deeds.alike(known, likeness, likenesses, but=stream_of(command.matter)))
    ]


def people_of(body: Matter[Any]) -> tuple[PersonId, ...]:
    """Those whose lines the two sides answer for."""
    return tuple(a.person for a in body.authors if a.person is not None)


def decide(
    deed: Deed[Matter[Any]] | None, command: MatterCommand, actor: Actor, known: Known
) -> list[MatterEvent]:
    """What follows from a command on a matter; no word and no file of one that stays on paper is let in."""
    events = _decided(deed, command, actor, known)
    body = command.body if isinstance(command, RecordMatter | AmendMatter) else None
    if body is None and deed is not None:
        body = deed.body
    if body is not None and body.stays_on_paper:
        on_paper.check(events)
    return events


def _decided(
    deed: Deed[Matter[Any]] | None, command: MatterCommand, actor: Actor, known: Known
) -> list[MatterEvent]:
    match command:
        case RecordMatter(matter=matter, body=body):
            if deed is not None:
                raise Refused(Reason.ALREADY_RECORDED, "/matter", matter)
            _check(body, actor, known)
            _check_sources(body, None, stream_of(matter), known)
            if known.strict and not command.differs:
                for warned in warnings(command, known):
                    raise Refused(warned.reason, warned.field, warned.deed)
            record = deeds.class_of(actor, body.organiser, known.roster)
            return [
                MatterRecorded(matter=matter, body=body, record=record),
                *handling.begun(matter, body.details, body.on, known),
            ]
        case AmendMatter(matter=matter, body=body, reason=reason):
            present = _present(deed, matter)
            deeds.may_change(present, actor, present.body.organiser, known.roster)
            if not reason.strip():
                raise Refused(Reason.REASON_MISSING, "/reason")
            _check(body, actor, known)
            _check_sources(body, present.body, present.stream, known)
            inspection.check_amended(present, body)
            handling.check_amended(present, body.details, known)
            if body == present.body:
                return []
            authors = people_of(body)
            return [
                MatterAmended(
                    matter=matter,
                    body=body,
                    reason=reason,
                    record=deeds.new_class(
                        present, actor, present.body.organiser, body.organiser, known.roster
                    ),
                    removed=tuple(p for p in people_of(present.body) if p not in authors),
                )
            ]
        case ReportOutcome(matter=matter, outcome=outcome):
            return _report(_present(deed, matter), matter, outcome, actor, known)
        case RetractOutcome(matter=matter, stage=stage, level=level, reason=reason):
            present = _present(deed, matter)
            _may_report(present, stage, actor, known, "/stage")
            if not reason.strip():
                raise Refused(Reason.REASON_MISSING, "/reason")
            _check_retracted(present, stage, level, known)
            return [OutcomeRetracted(matter=matter, stage=stage, level=level, reason=reason)]
        case (
            handling.BeginCourse()
            | handling.MoveMatter()
            | handling.GiveBack()
            | handling.HandOver()
            | handling.ExtendDeadline()
            | handling.PauseCourse()
            | handling.ResumeCourse()
            | handling.ReopenMatter()
            | handling.MigrateCourse()
        ):
            return list(handling.decide(_present(deed, command.matter), command, actor, known))
        case (
            suggestions.MakeSuggestion()
            | suggestions.AnswerSuggestion()
            | suggestions.CarryOutSuggestion()
            | suggestions.WithdrawSuggestion()
        ):
            present = _present(deed, command.matter)
            if not present.body.details.about.suggests:
                raise Refused(Reason.STAGE_NOT_OF_KIND, "/matter", present.body.details.about.zh)
            handling.must_be_in_charge(present, actor, known)
            return list(suggestions.decide(present, command, known))
        case (
            inspection.NotifyProblems()
            | inspection.ReportMending()
            | inspection.CheckOffProblem()
            | inspection.ReopenProblem()
            | inspection.PutOffProblem()
            | inspection.WithdrawProblem()
        ):
            present = _present(deed, command.matter)
            return list(inspection.decide(present, command, actor, known))
        case _:
            body = _NOTHING if deed is None else deed.body
            return list(
                deeds.decide(
                    deed,
                    command,
                    actor,
                    known,
                    people=people_of(body),
                    organiser=body.organiser,
                    on=body.on,
                )
            )


_NOTHING: Matter[Any] = Matter(
    details=None, title="", on=date.min, organiser=UnitId(""), authors=()
)


def _present(deed: Deed[Matter[Any]] | None, matter: str) -> Deed[Matter[Any]]:
    if deed is None:
        raise Refused(Reason.NO_SUCH_DEED, "/matter", matter)
    if deed.gone:
        raise Refused(
            Reason.SUPERSEDED if deed.superseded_by else Reason.WITHDRAWN, "/matter", matter
        )
    return deed


def may_retract(deed: Deed[Matter[Any]], outcome: Reached, actor: Actor, known: Known) -> bool:
    """Whether an outcome is his to take back: one that he could report, and that is reached neither in a loop nor by what an inspection found."""
    try:
        _may_report(deed, outcome.stage, actor, known, "/stage")
        _check_retracted(deed, outcome.stage, outcome.level, known)
    except Refused:
        return False
    return True


def _check_retracted(
    deed: Deed[Matter[Any]], stage: Stage, level: Level | None, known: Known
) -> None:
    if not any(r.stage is stage and r.level is level for r in deed.reached):
        raise Refused(Reason.NO_SUCH_OUTCOME, "/stage", stage.zh)
    if handling.reached_in_loop(deed, stage, known):
        raise Refused(Reason.GOES_ROUND_A_LOOP, "/stage", stage.zh)
    inspection.check_stage(deed, stage, "/stage")


def _may_report(
    deed: Deed[Matter[Any]], stage: Stage, actor: Actor, known: Known, field: str
) -> None:
    """Outcomes are reported by those who hold the papers, and by nobody of his own matter.

    These are the county office, a special committee, and the unit that the matter came in through; the last not where the
    papers are the county's.
    """
    must(actor.role, Action.REPORT_OUTCOME)
    if actor.person in people_of(deed.body):
        raise Refused(Reason.OWN_MATTER, "/matter", deed.stream)
    if handling.holds_papers(actor, known.roster.units):
        return
    if stage in COUNTYS_STAGES:
        raise Refused(Reason.NOT_YOURS_TO_RECORD, field, stage.zh)
    deeds.may_record(actor, deed.body.organiser, (), known.roster)


def _report(
    deed: Deed[Matter[Any]], matter: str, outcome: Reached, actor: Actor, known: Known
) -> list[MatterEvent]:
    _may_report(deed, outcome.stage, actor, known, "/outcome/stage")
    about = deed.body.details.about
    if outcome.stage not in about.stages:
        raise Refused(Reason.STAGE_NOT_OF_KIND, "/outcome/stage", f"{about.zh}·{outcome.stage.zh}")
    if outcome.level is None and outcome.stage in OF_A_LEVEL:
        raise Refused(Reason.MISSING, "/outcome/level", outcome.stage.zh)
    if outcome.on > known.today:
        raise Refused(Reason.IN_FUTURE, "/outcome/on", outcome.on.isoformat())
    if outcome.on < deed.body.on:
        raise Refused(Reason.BEFORE_SUBMISSION, "/outcome/on", outcome.on.isoformat())
    if outcome.followed is not None and outcome.stage is not Stage.INSTRUCTED:
        raise Refused(Reason.MALFORMED, "/outcome/followed", outcome.stage.zh)
    same = replace(outcome, position=0, followed_at=0)
    if outcome.followed is not None and (of := _of_instruction(deed.reached, outcome)) is not None:
        said = deed.reached[of].followed is outcome.followed
        return [] if said else [OutcomeReached(matter=matter, outcome=same)]
    if handling.reached_in_loop(deed, outcome.stage, known):
        raise Refused(Reason.GOES_ROUND_A_LOOP, "/outcome/stage", outcome.stage.zh)
    inspection.check_stage(deed, outcome.stage, "/outcome/stage")
    if any(replace(r, position=0, followed_at=0) == same for r in deed.reached):
        return []
    return [OutcomeReached(matter=matter, outcome=same)]


def _of_instruction(reached: tuple[Reached, ...], outcome: Reached) -> int | None:
    """The place of an instruction of which it is said what followed; none where it is a new one."""
    found = [i for i, each in enumerate(reached) if each.same_instruction(outcome)]
    return found[-1] if found else None


def _with_outcome(reached: tuple[Reached, ...], new: Reached) -> tuple[Reached, ...]:
    of = None if new.followed is None else _of_instruction(reached, new)
    if of is None:
        return (*reached, new)
    return (
        *reached[:of],
        replace(reached[of], followed=new.followed, followed_at=0),
        *reached[of + 1 :],
    )


def _check(body: Matter[Any], actor: Actor, known: Known) -> None:
    kind = KINDS[kind_of(type(body.details))]
    if kind.about.shape is not Shape.MATTER:
        raise Refused(Reason.WRONG_TAG, "/body/details/kind", kind_of(kind))
    deeds.check_title(body.title)
    if body.on > known.today:
        raise Refused(Reason.IN_FUTURE, "/body/on", body.on.isoformat())
    if body.stays_on_paper and not body.on_paper.strip():
        raise Refused(Reason.MISSING, "/body/on_paper", Sensitivity.PAPER_ONLY.zh)
    numbers.check(body, "/body")
    numbers.check(body.details, "/body/details")
    deeds.check_unit(body.organiser, body.on, known, "/body/organiser")
    if not body.authors:
        raise Refused(Reason.MISSING, "/body/authors")
    seen: set[SubjectId] = set()
    for i, author in enumerate(body.authors):
        _check_author(author, body.on, kind.about, known, f"/body/authors/{i}")
        if author.subject in seen:
            raise Refused(Reason.SAME_TWICE, f"/body/authors/{i}", author.subject)
        if i and author.role is Authorship.FIRST:
            raise Refused(Reason.MALFORMED, f"/body/authors/{i}/role", author.role.zh)
        seen.add(author.subject)
    if kind.about.by_units and all(author.unit is None for author in body.authors):
        raise Refused(Reason.MISSING, "/body/authors", Subject.UNIT.zh)
    deeds.may_record(actor, body.organiser, (), known.roster)
    if actor.role is Role.MEMBER and body.authors[0].person != actor.person:
        raise Refused(Reason.NOT_YOURS_TO_RECORD, "/body/authors/0")
    if actor.acting_for is not None and people_of(body) != (actor.acting_for,):
        raise Refused(Reason.NOT_YOURS_TO_RECORD, "/body/authors")


def _check_sources(
    body: Matter[Any], before: Matter[Any] | None, stream: str, known: Known
) -> None:
    """The deeds that a matter newly names stand, and are others; what it names already is not looked at again."""
    had = {} if before is None else _sources(before)
    for name, source in _sources(body).items():
        if not source or had.get(name) == source:
            continue
        other = deeds.must_stand(source, stream, known, f"/body/{name}")
        if name in _CAME_FROM:
            deeds.must_not_lead_back(source, stream, known, f"/body/{name}")
        if name == "merged_into":
            handling.must_not_merge_back(other, stream, known, f"/body/{name}")


def _sources(body: Matter[Any]) -> dict[str, str]:
    """The deeds that a matter names, by the field that names them."""
    return {
        "answers": body.answers,
        "converted_from": body.converted_from,
        "merged_into": body.merged_into,
        "details/spoken_at": spoken_at(body.details),
    }


_CAME_FROM = frozenset({"answers", "converted_from"})
"""Fields that name what a matter came from: nothing comes from what came from it."""


def _check_author(author: Author, on: date, about: About, known: Known, field: str) -> None:
    if (author.person is None) == (author.unit is None):
        raise Refused(Reason.MALFORMED, field)
    numbers.check(author, field)
    if author.share is not None and not 0 <= author.share <= 1:
        raise Refused(Reason.MALFORMED, f"{field}/share", str(author.share))
    if author.person is not None:
        if Subject.MEMBER not in about.subjects:
            raise Refused(Reason.SUBJECT_NOT_OF_KIND, field, author.person)
        found = known.roster.people.get(author.person)
        if found is None:
            raise Refused(Reason.NO_SUCH_PERSON, f"{field}/person", author.person)
        if not about.authors_any and not found.member_on(on):
            raise Refused(
                Reason.NOT_A_MEMBER_THEN,
                f"{field}/person",
                f"{found.profile.name} {on.isoformat()}",
            )
    elif author.unit is not None:
        if Subject.UNIT not in about.subjects:
            raise Refused(Reason.SUBJECT_NOT_OF_KIND, field, author.unit)
        deeds.check_unit(author.unit, on, known, f"{field}/unit")


def evolve(deed: Deed[Matter[Any]] | None, entry: Entry[MatterEvent]) -> Deed[Matter[Any]] | None:
    """A matter after one more entry."""
    after = _evolved(deed, entry)
    return None if after is None else inspection.restated(after)


def _evolved(deed: Deed[Matter[Any]] | None, entry: Entry[MatterEvent]) -> Deed[Matter[Any]] | None:
    event = entry.event
    if isinstance(event, MatterRecorded):
        return deeds.begun(entry, event.body, event.record, people_of(event.body))
    if deed is None:
        return None
    match event:
        case MatterAmended(body=body, record=record, removed=removed):
            rewritten = _rewritten(deed.body, body, removed)
            if deed.course is not None:
                named = handling.named_day(body.details)
                deed = replace(deed, course=replace(deed.course, named_day=named))
            return deeds.amended(deed, body, record, rewritten, people_of(deed.body), entry)
        case (
            handling.CourseBegun()
            | handling.CourseMoved()
            | handling.CourseGivenBack()
            | handling.CourseHandedOver()
            | handling.CourseExtended()
            | handling.CoursePaused()
            | handling.CourseResumed()
            | handling.CourseReopened()
            | handling.CourseMigrated()
        ):
            deed = handling.evolve(deed, cast("Entry[HandlingEvent]", entry))
            if isinstance(event, handling.CourseMoved) and event.original and event.reaches:
                return _with_the_original(deed, event.reaches, entry)
            if isinstance(event, handling.CourseGivenBack | handling.CourseReopened):
                return _without_an_original(deed)
            return deed
        case (
            suggestions.SuggestionMade()
            | suggestions.SuggestionAnswered()
            | suggestions.SuggestionCarriedOut()
            | suggestions.SuggestionWithdrawn()
        ):
            return suggestions.evolve(deed, cast("Entry[SuggestionEvent]", entry))
        case (
            inspection.ProblemNotified()
            | inspection.MendingReported()
            | inspection.ProblemCheckedOff()
            | inspection.ProblemReopened()
            | inspection.ProblemPutOff()
            | inspection.ProblemWithdrawn()
        ):
            deed = inspection.evolve(deed, cast("Entry[InspectionEvent]", entry))
            deed = inspection.restated(deed)
            if isinstance(event, inspection.ProblemNotified) and event.original:
                return _with_the_original(deed, Stage.NOTIFIED, entry)
            if isinstance(event, inspection.ProblemWithdrawn):
                return _without_an_original(deed)
            return deed
        case OutcomeReached(outcome=outcome):
            new = replace(outcome, position=entry.position)
            reached = _with_outcome(deed.reached, new)
            deed = replace(deed, reached=reached, version=entry.version)
            return _with_the_original(deed, outcome.stage, entry)
        case OutcomeRetracted(stage=stage, level=level):
            found = [i for i, r in enumerate(deed.reached) if r.stage is stage and r.level is level]
            kept = tuple(r for i, r in enumerate(deed.reached) if i not in found[-1:])
            return _without_an_original(replace(deed, reached=kept, version=entry.version))
        case _:
            return deeds.evolve(deed, cast("Entry[DeedEvent]", entry))


def _with_the_original(
    deed: Deed[Matter[Any]], stage: Stage, entry: Entry[MatterEvent]
) -> Deed[Matter[Any]]:
    """The county's original counts at once, whoever typed the matter in: it confirms the lines of which it has said nothing."""
    if stage not in COUNTYS_STAGES:
        return deed
    silent = [
        person
        for person in people_of(deed.body) or (deeds.WHOLE,)
        if deed.stamps.get(person, deeds.NO_STAMPS).county is None
    ]
    if not silent:
        return deed
    unit = entry.envelope.unit
    return deeds.stamped(deed, entry, Side.COUNTY, silent, Mark.CONFIRMED, unit, stage.zh)


def _without_an_original(deed: Deed[Matter[Any]]) -> Deed[Matter[Any]]:
    """Once the last of the county's outcomes is taken back, what it confirmed by them is not confirmed any more."""
    if any(reached.stage in COUNTYS_STAGES for reached in inspection.countys(deed)):
        return deed
    # What the office confirmed by itself names no outcome as its reason.
    stamps = {
        person: each.with_(Side.COUNTY, None)
        if each.county is not None and each.county.mark is Mark.CONFIRMED and each.county.reason
        else each
        for person, each in deed.stamps.items()
    }
    return replace(deed, stamps={p: each for p, each in stamps.items() if each != deeds.NO_STAMPS})


def _rewritten(
    before: Matter[Any], now: Matter[Any], removed: tuple[PersonId, ...]
) -> deeds.Rewritten:
    """What an amendment has changed; a line is an author at his place."""
    lines = _lines(now)
    return deeds.Rewritten(
        people=tuple(lines),
        lines=deeds.written_anew(_lines(before), lines),
        removed=removed,
        elsewhere=replace(now, authors=before.authors) != before,
        anew=(now.details, now.on) != (before.details, before.on),
    )


def _lines(body: Matter[Any]) -> dict[PersonId, tuple[int, Author]]:
    return {a.person: (place, a) for place, a in enumerate(body.authors) if a.person is not None}


def facts_of(deed: Deed[Matter[Any]]) -> list[Fact[Any]]:
    """One fact per author."""
    if deed.gone:
        return []
    body = deed.body
    kind = kind_of(type(body.details))
    # A matter in another form is the same deed: it has one credit with what it was converted from.
    same_as = deed.same_as or body.converted_from
    nothing, of_units = deeds.NO_STAMPS, deed.of_units(people_of(body))
    facts: list[Fact[Any]] = []
    for place, author in enumerate(body.authors, start=1):
        stamps = of_units if author.person is None else deed.stamps.get(author.person, nothing)
        details, reached = inspection.of_unit(deed, author.unit)
        facts.append(
            Fact(
                deed=deed.stream,
                subject=author.subject,
                kind=kind,
                on=body.on,
                details=details,
                title=body.title,
                position=deed.position,
                recorded_on=deed.recorded_on(author.person),
                said_on=deed.last_said_on(author.person),
                recorded_by=deed.recorded.by,
                recorder=deed.recorded.unit,
                record=deed.record,
                organiser=body.organiser,
                level=body.level,
                activity=body.activity,
                topic_source=body.topic_source,
                key=body.key or any(r.stage is Stage.MADE_KEY for r in reached),
                work=body.work,
                authorship=author.role,
                place=place,
                authors=len(body.authors),
                share=author.share,
                reached=reached,
                figure=body.figure,
                evidence=len(body.evidence),
                sector=stamps.sector,
                studio=stamps.studio,
                county=stamps.county,
                same_as=same_as,
                item="" if author.person is None else deed.items.get(author.person, ""),
                item_reason=""
                if author.person is None
                else deed.item_reasons.get(author.person, ""),
            )
        )
    return facts
