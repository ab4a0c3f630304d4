"""Problems that an inspection found, one by one: notified with a day, reported as mended by the unit, checked off by whoever inspected.

Where problems are listed, the numbers and the stages of the inspection follow from them (`restated`), and nobody says others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, cast

from domain import evidence, numbered, problem
from domain.deed import Deed, Known, with_reason
from domain.entry import Entry
from domain.evidence import Evidence
from domain.fact import Reached
from domain.handling import Units, holds_papers
from domain.kinds.about import Stage, Subject
from domain.kinds.units import WasInspected
from domain.people import Actor, Reason, Refused, Role, UnitId, no_longer_than
from domain.problem import Mending, Problem, ProblemState, Typed
from domain.values import value
from domain.words import Label, Open

MOST = 200
"""Problems of one inspection at the most."""
LONGEST = 2_000
"""Characters of a problem, and of what is said of it, at the most."""
MOST_EVIDENCE = 20
"""Pieces of evidence of one problem at the most."""

# Commands


@value(frozen=True, slots=True, kw_only=True)
class ProblemSaid:
    """A problem that was found: of which unit, where several were inspected; by which item of which standard, where one is named; to be mended by which day, where one was set."""

    text: str
    unit: UnitId | None = None
    checklist: str = ""
    item: int = 0
    mend_by: date | None = None


@value(frozen=True, slots=True, kw_only=True)
class NotifyProblems:
    """List problems that an inspection found and that were notified on a day; each gets the next number."""

    matter: str
    on: date
    problems: tuple[ProblemSaid, ...]


@value(frozen=True, slots=True, kw_only=True)
class ReportMending:
    """Say, for the unit that was inspected, that a problem is mended and how, or that it cannot be for now and why; said anew where that changed.

    `evidence` is added to what bears it out already.
    """

    matter: str
    number: int
    mending: Mending
    on: date
    account: str
    evidence: tuple[Evidence, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class CheckOffProblem:
    """Check off (销号) a problem that the unit has mended."""

    matter: str
    number: int
    on: date


@value(frozen=True, slots=True, kw_only=True)
class ReopenProblem:
    """Send back what was said of a problem, checked off or not, with a reason: it is to be mended again."""

    matter: str
    number: int
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class PutOffProblem:
    """Set another day by which a problem is to be mended, with a reason."""

    matter: str
    number: int
    mend_by: date
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class WithdrawProblem:
    """Take back a problem that was listed in error, with a reason; its number is not given again."""

    matter: str
    number: int
    reason: str


InspectionCommand = (
    NotifyProblems
    | ReportMending
    | CheckOffProblem
    | ReopenProblem
    | PutOffProblem
    | WithdrawProblem
)

# Events


@value(frozen=True, slots=True, kw_only=True)
class ProblemNotified:
    """A problem was found and notified; `called` is the item of the standard as it was called then.

    `original` says that whoever listed it holds the county's papers.
    """

    matter: Open[str]
    number: int
    unit: UnitId
    text: str
    on: date
    mend_by: date | None
    checklist: Open[str]
    item: int
    called: Label | None
    original: bool = False


@value(frozen=True, slots=True, kw_only=True)
class MendingReported:
    """The unit said what became of a problem; `evidence` is all that bears it out since."""

    matter: Open[str]
    number: int
    mending: Mending
    on: date
    account: str
    evidence: tuple[Evidence, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class ProblemCheckedOff:
    """A problem was checked off."""

    matter: Open[str]
    number: int
    on: date


@value(frozen=True, slots=True, kw_only=True)
class ProblemReopened:
    """What was said of a problem was sent back."""

    matter: Open[str]
    number: int
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class ProblemPutOff:
    """A problem may be mended by another day."""

    matter: Open[str]
    number: int
    mend_by: date
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class ProblemWithdrawn:
    """A problem was taken back."""

    matter: Open[str]
    number: int
    reason: str


InspectionEvent = (
    ProblemNotified
    | MendingReported
    | ProblemCheckedOff
    | ProblemReopened
    | ProblemPutOff
    | ProblemWithdrawn
)

# Who may


def units_of(deed: Deed[Any]) -> tuple[UnitId, ...]:
    """The units that were inspected."""
    return tuple(each.unit for each in deed.body.authors if each.unit is not None)


def inspects(deed: Deed[Any], actor: Actor, units: Units) -> bool:
    """Whether he lists problems of an inspection and checks them off: the office, a special committee, or the unit that held it; nobody of his own unit."""
    if actor.role is Role.OFFICE:
        return True
    if actor.role not in {Role.CLERK, Role.HEAD} or actor.unit in units_of(deed):
        return False
    return actor.unit == deed.body.organiser or holds_papers(actor, units)


def mends(deed: Deed[Any], unit: UnitId, actor: Actor, units: Units) -> bool:
    """Whether he says what became of a problem of a unit: its head or clerk, or whoever inspects."""
    own = actor.role in {Role.CLERK, Role.HEAD} and actor.unit == unit
    return own or inspects(deed, actor, units)


# Deciding


def decide(
    deed: Deed[Any], command: InspectionCommand, actor: Actor, known: Known
) -> list[InspectionEvent]:
    """What follows from a command on a matter that stands."""
    if not isinstance(deed.body.details, WasInspected):
        raise Refused(Reason.STAGE_NOT_OF_KIND, "/matter", deed.body.details.about.zh)
    if isinstance(command, ReportMending):
        return _report(deed, command, actor, known)
    if not inspects(deed, actor, known.roster.units):
        raise Refused(Reason.NOT_YOURS_TO_INSPECT, "/matter", deed.body.title)
    if isinstance(command, NotifyProblems):
        return _list(deed, command, actor, known)
    found = _of(deed, command.number)
    match command:
        case CheckOffProblem(matter=matter, number=number, on=on):
            if found.state is ProblemState.CHECKED_OFF and found.checked_off_on == on:
                return []
            if found.state is not ProblemState.REPORTED or found.reported_on is None:
                raise Refused(Reason.NOT_AT_THIS_STEP, "/number", found.state.zh)
            numbered.check_day(on, found.reported_on, known)
            return [ProblemCheckedOff(matter=matter, number=number, on=on)]
        case ReopenProblem(matter=matter, number=number, reason=reason):
            _check_reason(reason)
            if found.mending is None and found.reopened == reason:
                return []
            if found.mending is None:
                raise Refused(Reason.NOT_AT_THIS_STEP, "/number", found.state.zh)
            return [ProblemReopened(matter=matter, number=number, reason=reason)]
        case PutOffProblem(matter=matter, number=number, mend_by=mend_by, reason=reason):
            _check_reason(reason)
            if found.state is ProblemState.CHECKED_OFF:
                raise Refused(Reason.NOT_AT_THIS_STEP, "/number", found.state.zh)
            _check_mend_by(mend_by, found.notified_on, "/mend_by")
            if (mend_by, reason) == (found.mend_by, found.put_off):
                return []
            return [ProblemPutOff(matter=matter, number=number, mend_by=mend_by, reason=reason)]
        case WithdrawProblem(matter=matter, number=number, reason=reason):
            _check_reason(reason)
            return [ProblemWithdrawn(matter=matter, number=number, reason=reason)]


def _list(
    deed: Deed[Any], command: NotifyProblems, actor: Actor, known: Known
) -> list[InspectionEvent]:
    numbered.check_day(command.on, deed.body.on, known)
    original = holds_papers(actor, known.roster.units)
    if not command.problems:
        raise Refused(Reason.MISSING, "/problems")
    had = {
        (each.text, each.unit, each.checklist, each.item, each.notified_on)
        for each in problem.standing(deed.problems)
    }
    events: list[InspectionEvent] = []
    said: set[tuple[object, ...]] = set()
    for i, each in enumerate(command.problems):
        field = f"/problems/{i}"
        numbered.check_text(each.text, LONGEST, f"{field}/text")
        unit = _unit(deed, each, field)
        _check_mend_by(each.mend_by, command.on, f"{field}/mend_by")
        called = _called(deed, each, known, field)
        same = (each.text, unit, each.checklist, each.item, command.on)
        if same in said:
            raise Refused(Reason.SAME_PROBLEM, f"{field}/text", each.text[:40])
        said.add(same)
        if same in had:
            continue
        number = len(deed.problems) + len(events) + 1
        if number > MOST:
            raise Refused(Reason.TOO_MANY, "/problems", f"> {MOST}")
        events.append(
            ProblemNotified(
                matter=command.matter,
                number=number,
                unit=unit,
                text=each.text,
                on=command.on,
                mend_by=each.mend_by,
                checklist=each.checklist,
                item=each.item,
                called=called,
                original=original,
            )
        )
    return events


def _unit(deed: Deed[Any], said: ProblemSaid, field: str) -> UnitId:
    """The unit inspected that a problem is of: named, or the only one."""
    inspected = units_of(deed)
    if said.unit is None and len(inspected) == 1:
        return inspected[0]
    if said.unit is None:
        raise Refused(Reason.NAME_ONE, f"{field}/unit")
    if said.unit not in inspected:
        raise Refused(Reason.NOT_INSPECTED, f"{field}/unit", said.unit)
    return said.unit


def _called(deed: Deed[Any], said: ProblemSaid, known: Known, field: str) -> Label | None:
    """What the item of the standard is called that a problem is about, on the day of the inspection."""
    if not said.checklist and not said.item:
        return None
    found = known.checklist(said.checklist, deed.body.on) if said.checklist else None
    if found is None or found.subject is not Subject.UNIT:
        raise Refused(Reason.NO_SUCH_CHECKLIST, f"{field}/checklist", said.checklist)
    slot = next((each for each in found.slots if each.number == said.item), None)
    if slot is None:
        raise Refused(Reason.NO_SUCH_ITEM, f"{field}/item", str(said.item))
    return Label(f"{found.zh}·{slot.zh}", f"{found.en}: {slot.en}")


def _report(
    deed: Deed[Any], command: ReportMending, actor: Actor, known: Known
) -> list[InspectionEvent]:
    found = _of(deed, command.number)
    if not mends(deed, found.unit, actor, known.roster.units):
        raise Refused(Reason.NOT_YOURS_TO_MEND, "/number", str(command.number))
    numbered.check_text(command.account, LONGEST, "/account")
    borne = evidence.added(found.evidence, command.evidence, MOST_EVIDENCE)
    said = (command.mending, command.on, command.account, borne)
    if said == (found.mending, found.reported_on, found.account, found.evidence):
        return []
    if found.state is ProblemState.CHECKED_OFF:
        raise Refused(Reason.NOT_AT_THIS_STEP, "/number", found.state.zh)
    numbered.check_day(command.on, found.notified_on, known)
    return [
        MendingReported(
            matter=command.matter,
            number=command.number,
            mending=command.mending,
            on=command.on,
            account=command.account,
            evidence=borne,
        )
    ]


def _of(deed: Deed[Any], number: int) -> Problem:
    return numbered.standing(deed.problems, number, Reason.NO_SUCH_PROBLEM)


def _check_reason(reason: str) -> None:
    with_reason(reason)
    no_longer_than(LONGEST, reason, "/reason")


def _check_mend_by(mend_by: date | None, notified_on: date, field: str) -> None:
    if mend_by is not None and mend_by < notified_on:
        raise Refused(Reason.WRONG_ORDER, field, mend_by.isoformat())


# What is said elsewhere of an inspection whose problems are listed

FOLLOWS = frozenset({Stage.NOTIFIED, Stage.MENDED})
"""Stages that follow from the problems, where they are listed."""


def check_amended(deed: Deed[Any], now: Any) -> None:
    """Refuse an amendment that says otherwise than the problems that are listed: other numbers, another kind, without a unit that they are of, moved to a day after one of them was notified."""
    found = problem.standing(deed.problems)
    if not found:
        return
    said, was = now.details, deed.body.details
    if not isinstance(said, WasInspected):
        raise Refused(Reason.PROBLEMS_LISTED, "/body/details/kind")
    for name in ("findings", "findings_mended"):
        if getattr(said, name) != getattr(was, name):
            about = str(getattr(was, name))
            raise Refused(Reason.PROBLEMS_LISTED, f"/body/details/{name}", about)
    missing = {each.unit for each in found}
    missing -= {each.unit for each in now.authors}
    if missing:
        raise Refused(Reason.PROBLEMS_LISTED, "/body/authors", min(missing))
    first = min(each.notified_on for each in found)
    if now.on != deed.body.on and now.on > first:
        raise Refused(
            Reason.AFTER_NOTIFIED, "/body/on", f"{now.on.isoformat()} > {first.isoformat()}"
        )


def check_stage(deed: Deed[Any], stage: Stage, field: str) -> None:
    """Refuse to report, or to take back, a stage that follows from the problems that are listed."""
    if stage in FOLLOWS and problem.standing(deed.problems):
        raise Refused(Reason.PROBLEMS_LISTED, field, stage.zh)


def evolve(deed: Deed[Any], entry: Entry[InspectionEvent]) -> Deed[Any]:
    """An inspection after one more entry about its problems."""
    event = entry.event
    if isinstance(event, ProblemNotified):
        listed = Problem(
            number=event.number,
            unit=event.unit,
            text=event.text,
            notified_on=event.on,
            mend_by=event.mend_by,
            checklist=event.checklist,
            item=event.item,
            called=event.called,
            notified_at=entry.position,
            original=event.original,
        )
        return replace(deed, problems=(*deed.problems, listed), version=entry.version)

    def changed(found: Problem) -> Problem:
        match event:
            case MendingReported(mending=mending, on=on, account=account):
                return replace(
                    found,
                    mending=mending,
                    reported_on=on,
                    account=account,
                    evidence=event.evidence,
                    reopened="",
                )
            case ProblemCheckedOff(on=on):
                return replace(found, checked_off_on=on, checked_at=entry.position)
            case ProblemReopened(reason=reason):
                return replace(
                    found,
                    mending=None,
                    reported_on=None,
                    account="",
                    evidence=(),
                    checked_off_on=None,
                    checked_at=0,
                    reopened=reason,
                )
            case ProblemPutOff(mend_by=mend_by, reason=reason):
                return replace(found, mend_by=mend_by, put_off=reason)
            case _:
                return replace(found, withdrawn=getattr(event, "reason", ""))

    problems = numbered.changed(deed.problems, event.number, changed)
    return replace(deed, problems=problems, version=entry.version)


def restated(deed: Deed[Any]) -> Deed[Any]:
    """An inspection with the numbers and stages that follow from all problems that are listed; as it was typed where none of them stands."""
    if not problem.standing(deed.problems):
        return _as_typed(deed)
    if not isinstance(deed.body.details, WasInspected):
        return deed
    was = deed.body.details
    typed = deed.typed or Typed(
        findings=was.findings,
        findings_mended=was.findings_mended,
        reached=tuple(each for each in deed.reached if each.stage in FOLLOWS),
    )
    details, reached = as_listed(deed, deed.problems)
    return replace(deed, body=replace(deed.body, details=details), reached=reached, typed=typed)


def _as_typed(deed: Deed[Any]) -> Deed[Any]:
    """An inspection with what was typed before problems were listed; as it is where none stood."""
    typed = deed.typed
    if typed is None:
        return deed
    details = replace(
        deed.body.details, findings=typed.findings, findings_mended=typed.findings_mended
    )
    kept = [each for each in deed.reached if each.stage not in FOLLOWS]
    reached = tuple(sorted((*kept, *typed.reached), key=lambda each: each.position))
    return replace(deed, body=replace(deed.body, details=details), reached=reached, typed=None)


def of_unit(deed: Deed[Any], unit: UnitId | None) -> tuple[Any, tuple[Reached, ...]]:
    """The details of an inspection, and the stages that it has reached, as they are for one of the units inspected."""
    listed = bool(problem.standing(deed.problems))
    if not listed or not isinstance(deed.body.details, WasInspected):
        return deed.body.details, deed.reached
    return as_listed(deed, [each for each in deed.problems if each.unit == unit])


def countys(deed: Deed[Any]) -> tuple[Reached, ...]:
    """The stages of a matter without those that follow from problems of which none was listed by whoever holds the county's papers; with what was typed before."""
    stand = problem.standing(deed.problems)
    typed = () if deed.typed is None else deed.typed.reached
    if not stand or any(each.original for each in stand):
        return (*deed.reached, *typed)
    return (*(each for each in deed.reached if each.stage not in FOLLOWS), *typed)


def as_listed(
    deed: Deed[Any], problems: Iterable[Problem]
) -> tuple[WasInspected, tuple[Reached, ...]]:
    """Details and stages by some of the problems: notified on the first day on which one was, mended once all of them are checked off, on the last such day."""
    found = problem.standing(problems)
    off = [each for each in found if each.checked_off_on is not None]
    details = replace(
        cast("WasInspected", deed.body.details), findings=len(found), findings_mended=len(off)
    )
    reached = [each for each in deed.reached if each.stage not in FOLLOWS]
    if found:
        on, position = min((each.notified_on, each.notified_at) for each in found)
        reached.append(Reached(stage=Stage.NOTIFIED, on=on, position=position))
    if found and len(off) == len(found):
        on, position = max((cast("date", e.checked_off_on), e.checked_at) for e in off)
        reached.append(Reached(stage=Stage.MENDED, on=on, position=position))
    reached.sort(key=lambda each: each.position)
    return details, tuple(reached)
