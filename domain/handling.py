"""How a matter goes round its loop: let in, moved on, given back, handed over, extended, paused, reopened; each by who may, with what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

from domain.course import Course, Handover, Move, Standing, Step, Turn, clock, pending, reached
from domain.deadline import Extension, Pause, within
from domain.deed import Deed, Known, must_stand
from domain.entry import Entry
from domain.fact import Reached, SubjectId, in_vain
from domain.kinds import Stage
from domain.loop import NAMED_DAY, Holder, Loop, LoopStage, Mover, Need
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId
from domain.speaking import ACTING_FOR
from domain.unit import Unit, UnitKind
from domain.values import value
from domain.words import Label, Open

# Commands


@value(frozen=True, slots=True, kw_only=True)
class BeginCourse:
    """Let a matter into a loop, in the version in force today."""

    matter: str
    loop: str


@value(frozen=True, slots=True, kw_only=True)
class MoveMatter:
    """Move a matter to a stage of its loop, or reach one that lies beside the way."""

    matter: str
    move: Move


@value(frozen=True, slots=True, kw_only=True)
class GiveBack:
    """Give a matter back that was given to the wrong one (退回), within the days that its loop allows."""

    matter: str
    on: date
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Give a matter to another who handles it, with a reason."""

    matter: str
    on: date
    holder: Holder
    reason: str
    co_holders: tuple[Holder, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class ExtendDeadline:
    """Let a stage be reached later, with a reason and who consented to it."""

    matter: str
    stage: str
    until: date
    reason: str
    consented_by: str


@value(frozen=True, slots=True, kw_only=True)
class PauseCourse:
    """Let the time of a matter stand still from a day on, with a reason and who consented to it."""

    matter: str
    on: date
    reason: str
    consented_by: str


@value(frozen=True, slots=True, kw_only=True)
class ResumeCourse:
    """Let the time of a matter run again from a day on."""

    matter: str
    on: date


@value(frozen=True, slots=True, kw_only=True)
class ReopenMatter:
    """Set a matter back to a stage that it has been at, with a reason: what came after it does not count any more."""

    matter: str
    stage: str
    on: date
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class MigrateCourse:
    """Let a matter go on by another version of its loop, with a reason."""

    matter: str
    version: str
    reason: str


HandlingCommand = (
    BeginCourse
    | MoveMatter
    | GiveBack
    | HandOver
    | ExtendDeadline
    | PauseCourse
    | ResumeCourse
    | ReopenMatter
    | MigrateCourse
)

# Events


@value(frozen=True, slots=True, kw_only=True)
class CourseBegun:
    """A matter entered a loop at its first stage, which is `called` so on that day."""

    matter: Open[str]
    loop: Open[str]
    version: Open[str]
    stage: Open[str]
    called: Label
    on: date
    reaches: Stage | None


@value(frozen=True, slots=True, kw_only=True)
class CourseMoved:
    """A matter reached a stage; `standing` is how it stands since. `original` says that the county's own paper stands behind it."""

    matter: Open[str]
    move: Move
    called: Label
    reaches: Stage | None
    beside: bool
    standing: Standing
    original: bool = False


@value(frozen=True, slots=True, kw_only=True)
class CourseGivenBack:
    """A matter was given back as misassigned to a stage before; the stages of `undone` do not count any more."""

    matter: Open[str]
    stage: Open[str]
    called: Label
    on: date
    reason: str
    undone: Open[tuple[str, ...]]


@value(frozen=True, slots=True, kw_only=True)
class CourseHandedOver:
    """A matter was given to another who handles it."""

    matter: Open[str]
    on: date
    holder: Holder
    co_holders: tuple[Holder, ...]
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class CourseExtended:
    """A stage may be reached later."""

    matter: Open[str]
    stage: Open[str]
    called: Label
    until: date
    reason: str
    consented_by: str


@value(frozen=True, slots=True, kw_only=True)
class CoursePaused:
    """The time of a matter stands still."""

    matter: Open[str]
    on: date
    reason: str
    consented_by: str


@value(frozen=True, slots=True, kw_only=True)
class CourseResumed:
    """The time of a matter runs again."""

    matter: Open[str]
    on: date


@value(frozen=True, slots=True, kw_only=True)
class CourseReopened:
    """A matter was set back to a stage; the stages of `undone` do not count any more."""

    matter: Open[str]
    stage: Open[str]
    called: Label
    on: date
    reason: str
    standing: Standing
    undone: Open[tuple[str, ...]]


@value(frozen=True, slots=True, kw_only=True)
class CourseMigrated:
    """A matter goes on by another version of its loop."""

    matter: Open[str]
    version: Open[str]
    standing: Standing
    reason: str


HandlingEvent = (
    CourseBegun
    | CourseMoved
    | CourseGivenBack
    | CourseHandedOver
    | CourseExtended
    | CoursePaused
    | CourseResumed
    | CourseReopened
    | CourseMigrated
)

COUNTYS_STAGES = frozenset(
    {
        Stage.FILED,
        Stage.NOT_FILED,
        Stage.MERGED,
        Stage.CONVERTED_TO_OPINION,
        Stage.MADE_KEY,
        Stage.RATED_EXCELLENT,
        Stage.FORWARDED,
        Stage.TAKEN_UP,
        Stage.NOT_TAKEN_UP,
        Stage.INSTRUCTED,
        Stage.ADOPTED,
        Stage.PARTLY_ADOPTED,
        Stage.NOT_ADOPTED,
        Stage.SUPERVISED,
        Stage.NOTIFIED,
        Stage.PASSED,
    }
)
"""What only the county can say of a matter, for it holds the papers: reached, the record has the county's original behind it."""
OF_A_LEVEL = frozenset({Stage.TAKEN_UP, Stage.INSTRUCTED, Stage.FORWARDED})
"""Stages that mean nothing without the level at which they were reached."""
_HOLDS_PAPERS = frozenset(
    {
        UnitKind.COMMITTEE,
        UnitKind.SPECIAL_COMMITTEE,
        UnitKind.OFFICE,
        UnitKind.LIAISON_CENTRE,
    }
)


Units: TypeAlias = Mapping[UnitId, Unit]
"""The units of a ledger, by which it is known what somebody acts for."""


def holds_papers(actor: Actor, units: Units) -> bool:
    """Whether what the county says of a matter is his to report: he is of the office, a special committee or the liaison centre."""
    if actor.role is Role.OFFICE:
        return True
    unit = None if actor.unit is None else units.get(actor.unit)
    return unit is not None and unit.profile.kind in _HOLDS_PAPERS


def authors_of(deed: Deed[Any]) -> tuple[PersonId, ...]:
    """The people whose matter it is."""
    return tuple(a.person for a in deed.body.authors if a.person is not None)


def _units_of(deed: Deed[Any]) -> tuple[UnitId, ...]:
    """The units whose matter it is: whoever acts for one is its author in its name."""
    return tuple(a.unit for a in deed.body.authors if a.unit is not None)


def begun(matter: str, details: Any, on: date, known: Known) -> list[HandlingEvent]:
    """What follows for a matter that is being recorded: it enters the loop that takes it at once, where one does."""
    loop = known.loop_for(details, on)
    return [] if loop is None or not loop.at_once else [_begin(matter, loop, on)]


def _begin(matter: str, loop: Loop, on: date) -> CourseBegun:
    first = loop.first
    return CourseBegun(
        matter=matter,
        loop=loop.code,
        version=loop.version,
        stage=first.code,
        called=first.label,
        on=on,
        reaches=first.reaches,
    )


def reached_in_loop(deed: Deed[Any], stage: Stage, known: Known) -> bool:
    """Whether that stage is reached by moving the matter in its loop, not by reporting it."""
    if deed.course is None:
        return False
    loop = known.loop(deed.course.loop, deed.course.version)
    return loop is not None and any(s.reaches is stage for s in loop.stages)


def check_amended(deed: Deed[Any], details: Any, known: Known) -> None:
    """Refuse an amendment that says for the authors how satisfied they are, where their loop has them say it themselves."""
    course, name = deed.course, "satisfaction"
    was, now = getattr(deed.body.details, name, None), getattr(details, name, None)
    loop = None if course is None else known.loop(course.loop, course.version)
    if loop is None or now is None or was == now:
        return
    for stage in loop.stages:
        if Need.SATISFACTION in stage.needs and stage.movers == (Mover.AUTHOR,):
            raise Refused(Reason.GOES_ROUND_A_LOOP, f"/body/details/{name}", stage.zh)


def decide(
    deed: Deed[Any], command: HandlingCommand, actor: Actor, known: Known
) -> list[HandlingEvent]:
    """What follows from a command on a matter that stands."""
    if isinstance(command, BeginCourse):
        return _let_in(deed, command, actor, known)
    course = deed.course
    if course is None:
        raise Refused(Reason.NOT_IN_A_LOOP, "/matter", command.matter)
    loop = known.loop(course.loop, course.version)
    if loop is None:
        raise Refused(Reason.NO_SUCH_LOOP, "/matter", f"{course.loop} {course.version}")
    match command:
        case MoveMatter(move=move):
            return _move(deed, course, loop, move, actor, known)
        case GiveBack():
            return _give_back(deed, course, loop, command, actor, known)
        case HandOver():
            return _hand_over(deed, course, loop, command, actor, known)
        case ExtendDeadline():
            return _extend(deed, course, loop, command, actor, known)
        case PauseCourse(on=on, reason=reason, consented_by=consented_by):
            _must_be_in_charge(deed, course, actor, known)
            _with(reason=reason, consented_by=consented_by)
            _must_not_be_closed(course)
            if course.paused:
                raise Refused(Reason.ALREADY_DONE, "/matter", str(course.pauses[-1].since))
            _day(on, course.pauses[-1].until or on if course.pauses else course.begun_on, known)
            return [
                CoursePaused(matter=command.matter, on=on, reason=reason, consented_by=consented_by)
            ]
        case ResumeCourse(on=on):
            _must_be_in_charge(deed, course, actor, known)
            if not course.paused:
                raise Refused(Reason.NOT_AT_THIS_STEP, "/matter", course.standing.zh)
            _day(on, course.pauses[-1].since, known)
            return [CourseResumed(matter=command.matter, on=on)]
        case ReopenMatter():
            return _reopen(deed, course, loop, command, actor, known)
        case MigrateCourse(version=version, reason=reason):
            _must_be_office(actor)
            _must_be_in_charge(deed, course, actor, known)
            _with(reason=reason)
            new = known.loop(course.loop, version)
            if new is None:
                raise Refused(Reason.NO_SUCH_LOOP, "/version", version[:80])
            standing = by_version(course, loop, new).standing
            if version == course.version:
                return []
            return [
                CourseMigrated(
                    matter=command.matter, version=version, standing=standing, reason=reason
                )
            ]


def may_migrate(deed: Deed[Any], actor: Actor) -> bool:
    """Whether it is his to let a matter go on by another version of its loop: the office's, of nothing that he wrote himself."""
    return _is_office_apart(deed, actor)


def by_version(course: Course, loop: Loop | None, new: Loop) -> Course:
    """How a matter would stand by another version of its loop; refused where that has no such stage as the one at which it stands."""
    here = new.stage(course.at)
    if here is None:
        called = course.at if loop is None else loop.called(course.at).zh
        raise Refused(Reason.NO_SUCH_STAGE, "/version", called, wanted=_names(new))
    return replace(course, version=new.version, standing=_standing(here))


def _let_in(
    deed: Deed[Any], command: BeginCourse, actor: Actor, known: Known
) -> list[HandlingEvent]:
    _must_be_in_charge(deed, None, actor, known)
    if deed.course is not None:
        if deed.course.loop == command.loop:
            return []
        raise Refused(Reason.ALREADY_DONE, "/loop", deed.course.loop)
    loop = known.loop(command.loop, "")
    if loop is None:
        raise Refused(Reason.NO_SUCH_LOOP, "/loop", command.loop[:80])
    if not loop.takes(deed.body.details):
        raise Refused(Reason.LOOP_NOT_OF_KIND, "/loop", loop.zh)
    return [_begin(command.matter, loop, deed.body.on)]


# Moving


def _move(
    deed: Deed[Any], course: Course, loop: Loop, move: Move, actor: Actor, known: Known
) -> list[HandlingEvent]:
    stage = loop.stage(move.stage)
    if stage is None:
        raise Refused(Reason.NO_SUCH_STAGE, "/move/stage", move.stage[:80], wanted=_names(loop))
    *_, last = course.turns
    if last.move == move:
        return []
    _must_not_be_closed(course)
    if not stage.beside:
        if course.paused:
            raise Refused(Reason.TIME_STANDS_STILL, "/matter", str(course.pauses[-1].since))
        if stage.code not in loop.then(course.at):
            raise Refused(
                Reason.STAGE_SKIPPED,
                "/move/stage",
                f"{loop.called(course.at).zh} → {stage.zh}",
                wanted=_names(loop, loop.then(course.at)),
            )
    missing = [code for code in stage.after if not reached(loop, course, code)]
    if missing:
        raise Refused(Reason.STAGE_SKIPPED, "/move/stage", stage.zh, wanted=_names(loop, missing))
    excused = _must_be_mover(deed, course, stage, actor, known)
    countys = stage.reaches in COUNTYS_STAGES
    if countys and not holds_papers(actor, known.roster.units):
        raise Refused(Reason.NOT_YOURS_TO_MOVE, "/move/stage", stage.zh)
    _day(move.on, deed.body.on if stage.beside else course.done[course.at], known, "/move/on")
    _check_said(stage, move, excused=excused)
    _check_merged(deed, stage, move, known)
    _check_followed(deed, stage, move, actor, known)
    _check_holders(move.holder, move.co_holders, move.on, known, "/move")
    return [
        CourseMoved(
            matter=deed.stream.removeprefix("matter/"),
            move=move,
            called=stage.label,
            reaches=stage.reaches,
            beside=stage.beside,
            standing=course.standing if stage.beside else _standing(stage),
            original=countys,
        )
    ]


def _standing(stage: LoopStage) -> Standing:
    if stage.ends:
        return Standing.CLOSED
    return Standing.RESTING if stage.rests else Standing.OPEN


def _check_said(stage: LoopStage, move: Move, *, excused: bool) -> None:
    """All that the stage needs is said; where its authors are excused, why, and not how satisfied they were."""
    needs = dict.fromkeys(stage.needs)
    if excused:
        if move.satisfaction is not None:
            said = move.satisfaction.zh
            raise Refused(Reason.MALFORMED, "/move/satisfaction", said, wanted=_NOT_SAID)
        needs.pop(Need.SATISFACTION, None)
        needs[Need.NOTE] = None
    if stage.reaches in OF_A_LEVEL:
        needs[Need.LEVEL] = None
    for need in needs:
        said = getattr(move, need.value)
        if said is None or (isinstance(said, str) and not said.strip()):
            raise Refused(Reason.MISSING, f"/move/{need.value}", f"{stage.zh}·{need.zh}")


_NOT_SAID = Label(
    "不填:作者均已离任,无人评价;作者离任前书面评价过的,请代其登记",
    "nothing, for the authors are gone; what one of them said on paper before is typed in in his name",
)


def _check_merged(deed: Deed[Any], stage: LoopStage, move: Move, known: Known) -> None:
    """What it is merged into stands, is another matter, and was not itself merged into this one."""
    if not move.into:
        return
    if stage.reaches is not Stage.MERGED or not move.into.startswith("matter/"):
        raise Refused(Reason.MALFORMED, "/move/into", move.into[:80], wanted=_A_MATTER)
    other = must_stand(move.into, deed.stream, known, "/move/into")
    must_not_merge_back(other, deed.stream, known, "/move/into")


def _check_followed(
    deed: Deed[Any], stage: LoopStage, move: Move, actor: Actor, known: Known
) -> None:
    """What followed from an instruction is said by who holds the papers, and where there is one of which it is not said yet."""
    if move.followed is None:
        return
    if not holds_papers(actor, known.roster.units):
        raise Refused(Reason.NOT_YOURS_TO_RECORD, "/move/followed", Stage.INSTRUCTED.zh)
    if stage.reaches is not Stage.INSTRUCTED and in_vain(deed.reached, move.on) is None:
        raise Refused(
            Reason.NO_SUCH_OUTCOME, "/move/followed", Stage.INSTRUCTED.zh, wanted=_AN_INSTRUCTION
        )


_AN_INSTRUCTION = Label(
    "此前有批示且尚未登记此后情况时才填;已登记的,在“批示跟踪”页改",
    "only after an instruction of which nothing is said; what was said is changed on the page of instructions",
)
_A_MATTER = Label(
    "并案的环节填写另一件事项(matter/编号),其他环节不填",
    "another matter (matter/ID) where the stage merges it, else nothing",
)


def must_not_merge_back(other: Deed[Any], own: str, known: Known, field: str) -> None:
    """Refuse to merge a matter into one that was merged into it, by however many steps."""
    seen: set[str] = set()
    far: Deed[Any] | None = other
    while far is not None and far.stream not in seen:
        seen.add(far.stream)
        into: str = getattr(far.body, "merged_into", "")
        if into == own:
            raise Refused(Reason.IN_A_CIRCLE, field, other.stream)
        far = known.deed(into) if into else None


def _check_holders(
    holder: Holder | None, co_holders: Sequence[Holder], on: date, known: Known, at: str
) -> None:
    seen: list[Holder] = []
    given = [] if holder is None else [(f"{at}/holder", holder)]
    for field, each in [*given, *((f"{at}/co_holders/{i}", h) for i, h in enumerate(co_holders))]:
        if (each.unit is None) == (not each.name.strip()):
            raise Refused(Reason.MALFORMED, field, wanted=_ONE_HOLDER)
        if each.unit is not None:
            unit = known.roster.units.get(each.unit)
            if unit is None:
                raise Refused(Reason.NO_SUCH_UNIT, f"{field}/unit", each.unit)
            if not unit.open_on(on):
                raise Refused(Reason.UNIT_CLOSED, f"{field}/unit", unit.profile.name)
        if each in seen:
            raise Refused(Reason.SAME_TWICE, field, each.name or str(each.unit))
        seen.append(each)


_ONE_HOLDER = Label(
    "本系统的单位(unit)或单位名称(name),二者择一", "a unit or a name, one of the two"
)


def may_move(
    deed: Deed[Any],
    course: Course,
    stage: LoopStage,
    actor: Actor,
    units: Units,
    *,
    gone: bool = False,
) -> bool:
    """Whether a matter is his to move to a stage, by who he is and whether its authors are `gone`; how far it has come is another question."""
    standing = _standing_as(deed, course, actor, units)
    if not standing.intersection(stage.movers) and not excuses(deed, stage, actor, gone=gone):
        return False
    return stage.reaches not in COUNTYS_STAGES or holds_papers(actor, units)


def authors_gone(
    deed: Deed[Any], members: Callable[[PersonId], bool], units: Units, day: date
) -> bool:
    """Whether none of its authors can say anything of a matter any more: of the people none is a member on that day, and no unit is open."""
    closed = (each not in units or not units[each].open_on(day) for each in _units_of(deed))
    return all(closed) and not any(map(members, authors_of(deed)))


def excuses(deed: Deed[Any], stage: LoopStage, actor: Actor, *, gone: bool) -> bool:
    """Whether he may reach for authors who are `gone` what only they could have said: the office, with a note, and without saying how satisfied they were."""
    return gone and _is_office_apart(deed, actor) and Mover.AUTHOR in stage.movers


def may_hand_over(
    deed: Deed[Any], course: Course, here: LoopStage | None, actor: Actor, units: Units
) -> bool:
    """Whether a matter is his to give to another who handles it: the office's, or whose who may move it to where it is."""
    if actor.person in authors_of(deed):
        return False
    movers = _movers(deed, course, actor, units)
    return Mover.OFFICE in movers or (here is not None and bool(movers.intersection(here.movers)))


def is_in_charge(deed: Deed[Any], actor: Actor, units: Units) -> bool:
    """Whether he has charge of a matter: the office, the unit that it came in through, or who has it in hand; nobody of his own."""
    if actor.person in authors_of(deed):
        return False
    return bool(_movers(deed, deed.course, actor, units) & _CHARGED)


_OF_THE_OFFICE = frozenset({UnitKind.COMMITTEE, UnitKind.OFFICE})
_CHARGED = frozenset({Mover.OFFICE, Mover.ORGANISER, Mover.HOLDER})


def _must_be_mover(
    deed: Deed[Any], course: Course, stage: LoopStage, actor: Actor, known: Known
) -> bool:
    """Somebody whom the stage lets move a matter to it; of his own matter, only as its author. Tells whether its authors are excused."""
    units = known.roster.units
    if _standing_as(deed, course, actor, units).intersection(stage.movers):
        return False

    def is_member(person: PersonId) -> bool:
        return known.roster.member_on(person, known.today)

    if excuses(deed, stage, actor, gone=authors_gone(deed, is_member, units, known.today)):
        return True
    if Mover.AUTHOR in stage.movers and _had_it(course, actor, units):
        raise Refused(Reason.HANDLED_BY_YOURS, ACTING_FOR, str(actor.acting_for))
    own = actor.person in authors_of(deed)
    raise Refused(
        Reason.OWN_MATTER if own and Mover.AUTHOR not in stage.movers else Reason.NOT_YOURS_TO_MOVE,
        "/move/stage",
        stage.zh,
        wanted=Label("、".join(m.zh for m in stage.movers), ", ".join(m.en for m in stage.movers)),
    )


def _standing_as(
    deed: Deed[Any], course: Course, actor: Actor, units: Units
) -> set[Mover | UnitKind]:
    """As what somebody may move a matter on; his own, only as its author."""
    found = _movers(deed, course, actor, units)
    return found & {Mover.AUTHOR} if actor.person in authors_of(deed) else found


def _movers(
    deed: Deed[Any], course: Course | None, actor: Actor, units: Units
) -> set[Mover | UnitKind]:
    """As what somebody may move a matter: all that he is to it."""
    if actor.declares_for is not None:
        speaks = actor.declares_for in authors_of(deed) and not _had_it(course, actor, units)
        return {Mover.AUTHOR} if speaks else set()
    found: set[Mover | UnitKind] = set()
    holder = None if course is None else course.holder
    if actor.role is Role.OFFICE:
        found.add(Mover.OFFICE)
        if holder is not None and holder.unit is None:
            # A department outside has no account: the office writes down what it says.
            found.add(Mover.HOLDER)
    if actor.role not in {Role.OFFICE, Role.CLERK, Role.HEAD} or actor.unit is None:
        return found
    if actor.unit in _units_of(deed):
        found.add(Mover.AUTHOR)
    unit = units.get(actor.unit)
    if unit is not None:
        found.add(unit.profile.kind)
    if actor.unit in _hosts(deed, units):
        found.add(Mover.ORGANISER)
    if holder is not None and holder.unit == actor.unit:
        found.add(Mover.HOLDER)
    return found


def _had_it(course: Course | None, actor: Actor, units: Units) -> bool:
    """Whether somebody speaks for another of what his own unit has or had in hand: nobody says how satisfied others are with that.

    The committee and its own offices are one: what one of them handled is the office's own, in whichever unit he is or in none.
    """
    if course is None or actor.acting_for in {None, actor.person}:
        return False
    held = {each.unit for each in course.ever_held if each.unit is not None}
    if actor.role is Role.OFFICE:
        return any(
            each == actor.unit or (each in units and units[each].profile.kind in _OF_THE_OFFICE)
            for each in held
        )
    return actor.unit in held


def _hosts(deed: Deed[Any], units: Units) -> set[Any]:
    """The unit that it came in through, and the one above it."""
    organiser = deed.body.organiser
    unit = units.get(organiser)
    return {organiser, *(() if unit is None else (unit.profile.parent,))} - {None}


def must_be_in_charge(deed: Deed[Any], actor: Actor, known: Known) -> None:
    """Refuse whoever has no charge of a matter: who has is the office, the unit that it came in through, or who has it in hand."""
    _must_be_in_charge(deed, deed.course, actor, known)


def _must_be_in_charge(deed: Deed[Any], course: Course | None, actor: Actor, known: Known) -> None:
    """The office, the unit that it came in through, or who has it in hand; nobody in his own matter."""
    if actor.person in authors_of(deed):
        raise Refused(Reason.OWN_MATTER, "/matter", deed.stream)
    if not _movers(deed, course, actor, known.roster.units) & _CHARGED:
        raise Refused(Reason.NOT_YOURS_TO_MOVE, "/matter", deed.body.organiser)


def _is_office(actor: Actor) -> bool:
    """Whether he acts as the office, in nobody's name."""
    return actor.role is Role.OFFICE and actor.acting_for is None


def _is_office_apart(deed: Deed[Any], actor: Actor) -> bool:
    """Whether he acts as the office in a matter that is not his own."""
    return _is_office(actor) and actor.person not in authors_of(deed)


def _must_be_office(actor: Actor) -> None:
    if not _is_office(actor):
        raise Refused(Reason.NOT_ALLOWED)


def _must_not_be_closed(course: Course) -> None:
    if course.standing is Standing.CLOSED:
        raise Refused(Reason.NOT_AT_THIS_STEP, "/matter", course.standing.zh)


def _day(on: date, earliest: date, known: Known, field: str = "/on") -> None:
    if on > known.today:
        raise Refused(Reason.IN_FUTURE, field, on.isoformat())
    if on < earliest:
        raise Refused(
            Reason.TOO_EARLY,
            field,
            on.isoformat(),
            wanted=Label(f"{earliest} 或以后", f"{earliest} or later"),
        )


def _with(**said: str) -> None:
    for name, text in said.items():
        if not text.strip():
            raise Refused(Reason.REASON_MISSING if name == "reason" else Reason.MISSING, f"/{name}")


def _names(loop: Loop, codes: Sequence[str] | None = None) -> Label:
    """Stages by their codes and names, for whoever has to choose one."""
    found = [s for s in loop.stages if codes is None or s.code in codes]
    return Label(
        "、".join(f"{s.zh}({s.code})" for s in found),
        ", ".join(f"{s.en} ({s.code})" for s in found),
    )


# Other turns


def _give_back(
    deed: Deed[Any], course: Course, loop: Loop, command: GiveBack, actor: Actor, known: Known
) -> list[HandlingEvent]:
    _must_be_in_charge(deed, course, actor, known)
    _with(reason=command.reason)
    giving = loop.giving_back
    if giving is None or course.at != giving.out_of:
        raise Refused(Reason.NOT_AT_THIS_STEP, "/matter", loop.called(course.at).zh)
    since = course.done[course.at]
    _day(command.on, since, known)
    last = within(giving.within, since, known.working_days())
    if command.on > last:
        raise Refused(
            Reason.TOO_LATE_TO_GIVE_BACK,
            "/on",
            command.on.isoformat(),
            wanted=Label(f"{last} 或以前", f"{last} or earlier"),
        )
    return [
        CourseGivenBack(
            matter=command.matter,
            stage=giving.to,
            called=loop.called(giving.to),
            on=command.on,
            reason=command.reason,
            undone=_undone(loop, course, giving.to),
        )
    ]


def _undone(loop: Loop, course: Course, stage: str) -> tuple[str, ...]:
    """The reached stages that lie after one to which a matter is set back."""
    here = loop.place(stage)
    return tuple(code for code in course.done if loop.place(code) > here)


def _hand_over(
    deed: Deed[Any], course: Course, loop: Loop, command: HandOver, actor: Actor, known: Known
) -> list[HandlingEvent]:
    _must_not_be_closed(course)
    here = loop.stage(course.at)
    if {actor.person, actor.declares_for} & {*authors_of(deed)}:
        raise Refused(Reason.OWN_MATTER, "/matter", deed.stream)
    if not may_hand_over(deed, course, here, actor, known.roster.units):
        raise Refused(Reason.NOT_YOURS_TO_MOVE, "/matter", deed.body.organiser)
    _with(reason=command.reason)
    _day(command.on, course.holders[-1].on if course.holders else course.begun_on, known)
    _check_holders(command.holder, command.co_holders, command.on, known, "")
    if (command.holder, command.co_holders) == (course.holder, course.co_holders):
        return []
    return [
        CourseHandedOver(
            matter=command.matter,
            on=command.on,
            holder=command.holder,
            co_holders=command.co_holders,
            reason=command.reason,
        )
    ]


def _extend(
    deed: Deed[Any],
    course: Course,
    loop: Loop,
    command: ExtendDeadline,
    actor: Actor,
    known: Known,
) -> list[HandlingEvent]:
    _must_be_in_charge(deed, course, actor, known)
    _with(reason=command.reason, consented_by=command.consented_by)
    stage = next((s for s in pending(loop, course) if s.code == command.stage), None)
    if stage is None:
        raise Refused(
            Reason.NO_SUCH_STAGE,
            "/stage",
            command.stage[:80],
            wanted=_names(loop, [s.code for s in pending(loop, course)]),
        )
    last = course.extensions.get(command.stage, ())
    if last and _said_already(last[-1], command):
        return []
    if course.paused:
        raise Refused(Reason.TIME_STANDS_STILL, "/matter", str(course.pauses[-1].since))
    now = clock(loop, course, stage, days=known.working_days(), meetings=known.meeting_days())
    day = None if now is None else now.due.day
    if command.until <= (day or known.today):
        raise Refused(
            Reason.NOT_LATER,
            "/until",
            command.until.isoformat(),
            wanted=Label(f"晚于 {day or known.today}", f"later than {day or known.today}"),
        )
    return [
        CourseExtended(
            matter=command.matter,
            stage=command.stage,
            called=stage.label,
            until=command.until,
            reason=command.reason,
            consented_by=command.consented_by,
        )
    ]


def _said_already(last: Extension, command: ExtendDeadline) -> bool:
    said = (command.until, command.reason, command.consented_by)
    return said == (last.until, last.reason, last.consented_by)


def _reopen(
    deed: Deed[Any], course: Course, loop: Loop, command: ReopenMatter, actor: Actor, known: Known
) -> list[HandlingEvent]:
    _must_be_in_charge(deed, course, actor, known)
    _with(reason=command.reason)
    stage = loop.stage(command.stage)
    if stage is None or stage.beside or stage.ends:
        raise Refused(
            Reason.NO_SUCH_STAGE,
            "/stage",
            command.stage[:80],
            wanted=_names(loop, [c for c in course.done if _may_go_back(loop, c)]),
        )
    if stage.code not in course.done:
        raise Refused(
            Reason.STAGE_SKIPPED,
            "/stage",
            stage.zh,
            wanted=_names(loop, [c for c in course.done if _may_go_back(loop, c)]),
        )
    if stage.code == course.at:
        raise Refused(Reason.ALREADY_DONE, "/stage", stage.zh)
    _day(command.on, course.done[course.at], known)
    return [
        CourseReopened(
            matter=command.matter,
            stage=stage.code,
            called=stage.label,
            on=command.on,
            reason=command.reason,
            standing=_standing(stage),
            undone=_undone(loop, course, stage.code),
        )
    ]


def _may_go_back(loop: Loop, code: str) -> bool:
    stage = loop.stage(code)
    return stage is not None and not stage.beside and not stage.ends


# Folding


def evolve(deed: Deed[Any], entry: Entry[HandlingEvent]) -> Deed[Any]:
    """A matter after one more turn."""
    event, course = entry.event, deed.course
    if isinstance(event, CourseBegun):
        course = Course(
            loop=event.loop,
            version=event.version,
            at=event.stage,
            standing=Standing.OPEN,
            begun_on=event.on,
            steps=(_step(entry, Turn.BEGUN, event.stage, event.on),),
            done={event.stage: event.on},
            named_day=named_day(deed.body.details),
        )
        deed = _with_outcome(deed, event.reaches, Move(stage=event.stage, on=event.on), entry)
        return replace(deed, course=course, version=entry.version)
    if course is None:
        return replace(deed, version=entry.version)
    match event:
        case CourseMoved(move=move, reaches=reaches):
            deed = _with_followed(deed, reaches, move, entry)
            deed = _with_outcome(deed, reaches, move, entry)
            body = _said_of(deed, move, entry)
            deed = replace(deed, body=body, course=_moved(course, event, entry))
        case CourseGivenBack(stage=stage, on=on, reason=reason, undone=undone):
            course = _set_back(course, undone, stage, on, Standing.OPEN)
            step = _step(entry, Turn.GIVEN_BACK, stage, on, reason=reason)
            holders = (*course.holders, _handover(None, on, entry, reason))
            course = replace(course, steps=(*course.steps, step), holders=holders, co_holders=())
            deed = _without_outcomes(deed, undone, course)
            deed = replace(deed, course=course)
        case CourseHandedOver(on=on, holder=holder, co_holders=co_holders, reason=reason):
            given = _handover(holder, on, entry, reason, co_holders)
            holders = (*course.holders, given)
            deed = replace(deed, course=replace(course, holders=holders, co_holders=co_holders))
        case CourseExtended(stage=stage, until=until, reason=reason, consented_by=consented_by):
            extension = Extension(
                until=until, reason=reason, consented_by=consented_by, on=entry.envelope.day
            )
            before = course.extensions.get(stage, ())
            extensions = {**course.extensions, stage: (*before, extension)}
            deed = replace(deed, course=replace(course, extensions=extensions))
        case CoursePaused(on=on, reason=reason, consented_by=consented_by):
            pause = Pause(since=on, until=None, reason=reason, consented_by=consented_by)
            deed = replace(deed, course=replace(course, pauses=(*course.pauses, pause)))
        case CourseResumed(on=on):
            pauses = (
                *course.pauses[:-1],
                *(replace(pause, until=on) for pause in course.pauses[-1:]),
            )
            deed = replace(deed, course=replace(course, pauses=pauses))
        case CourseReopened(stage=stage, on=on, reason=reason, standing=standing, undone=undone):
            course = _set_back(course, undone, stage, on, standing)
            step = _step(entry, Turn.REOPENED, stage, on, reason=reason)
            course = replace(course, steps=(*course.steps, step), closed_on=None)
            deed = replace(_without_outcomes(deed, undone, course), course=course)
        case CourseMigrated(version=version, standing=standing, reason=reason):
            was, day = course.version, entry.envelope.day
            step = _step(entry, Turn.MIGRATED, course.at, day, reason=reason)
            step = replace(step, version=version, was=was)
            # By the new version it may end where it stands.
            closed_on = course.closed_on or day
            course = replace(
                course,
                version=version,
                standing=standing,
                steps=(*course.steps, step),
                closed_on=closed_on if standing is Standing.CLOSED else None,
            )
            deed = replace(deed, course=course)
    return replace(deed, version=entry.version)


def named_day(details: Any) -> date | None:
    """The day by which a matter says itself that it is to be done."""
    found = getattr(details, NAMED_DAY, None)
    return found if isinstance(found, date) else None


def _step(
    entry: Entry[Any],
    turn: Turn,
    stage: str,
    on: date,
    *,
    move: Move | None = None,
    reason: str = "",
) -> Step:
    return Step(
        turn=turn,
        stage=stage,
        on=on,
        position=entry.position,
        by=entry.envelope.by,
        unit=entry.envelope.unit,
        acting_for=entry.envelope.acting_for,
        move=move,
        reason=reason,
    )


def _handover(
    holder: Holder | None,
    on: date,
    entry: Entry[Any],
    reason: str = "",
    co_holders: tuple[Holder, ...] = (),
) -> Handover:
    return Handover(
        holder=holder, on=on, position=entry.position, reason=reason, co_holders=co_holders
    )


def _moved(course: Course, event: CourseMoved, entry: Entry[Any]) -> Course:
    move = event.move
    step = _step(entry, Turn.MOVED, move.stage, move.on, move=move)
    course = replace(course, steps=(*course.steps, step), done={**course.done, move.stage: move.on})
    if move.holder is not None and move.holder != course.holder:
        course = replace(course, holders=(*course.holders, _handover(move.holder, move.on, entry)))
    if move.holder is not None:
        course = replace(course, co_holders=move.co_holders)
    if event.beside:
        return course
    return replace(
        course,
        at=move.stage,
        standing=event.standing,
        closed_on=move.on if event.standing is Standing.CLOSED else None,
    )


def _set_back(
    course: Course, undone: tuple[str, ...], stage: str, on: date, standing: Standing
) -> Course:
    done = {code: day for code, day in course.done.items() if code not in undone}
    extensions = {code: e for code, e in course.extensions.items() if code not in undone}
    return replace(
        course, at=stage, standing=standing, done={**done, stage: on}, extensions=extensions
    )


def _with_outcome(
    deed: Deed[Any], reaches: Stage | None, move: Move, entry: Entry[Any]
) -> Deed[Any]:
    if reaches is None:
        return deed
    holder = move.holder
    reached = Reached(
        stage=reaches,
        on=move.on,
        level=move.level,
        rank=move.rank,
        by=move.by or ("" if holder is None else holder.name),
        document=move.document,
        note=move.note,
        followed=move.followed if reaches is Stage.INSTRUCTED else None,
        position=entry.position,
    )
    return replace(deed, reached=(*deed.reached, reached))


def _with_followed(
    deed: Deed[Any], reaches: Stage | None, move: Move, entry: Entry[Any]
) -> Deed[Any]:
    """The same with what a move says to have followed from an instruction before."""
    if move.followed is None or reaches is Stage.INSTRUCTED:
        return deed
    of = in_vain(deed.reached, move.on)
    if of is None:
        return deed
    found = list(deed.reached)
    found[of] = replace(found[of], followed=move.followed, followed_at=entry.position)
    return replace(deed, reached=tuple(found))


def _without_outcomes(deed: Deed[Any], undone: tuple[str, ...], course: Course) -> Deed[Any]:
    """The same without what had become of it at stages that were undone."""
    gone = [step for step in course.steps if step.stage in undone]
    positions = {step.position for step in gone}
    stands = (r for r in deed.reached if r.position not in positions)
    # What such a move said to have followed is not known any more.
    left = (
        replace(r, followed=None, followed_at=0) if r.followed_at in positions else r
        for r in stands
    )
    deed = replace(deed, reached=tuple(left))
    into = {step.move.into for step in gone if step.move is not None and step.move.into}
    if getattr(deed.body, "merged_into", "") in into:
        deed = replace(deed, body=replace(deed.body, merged_into=""))
    return deed


def _speaks_as(deed: Deed[Any], entry: Entry[Any]) -> SubjectId:
    """As which author somebody has moved it: as himself, as whom he types it in for, or as the unit that he acts for."""
    told = entry.envelope
    person = told.declares_for or told.by
    if person not in authors_of(deed) and told.unit is not None and told.unit in _units_of(deed):
        return SubjectId(f"unit/{told.unit}")
    return SubjectId(f"member/{person}")


_OF_DETAILS = ("way", "obstacle", "reply_class")
"""What a move says that the record itself has a field for: the newest word of it stands there."""


def _said_of(deed: Deed[Any], move: Move, entry: Entry[Any]) -> Any:
    """The record with what a move says of it."""
    details = deed.body.details
    said = {
        name: new
        for name in _OF_DETAILS
        if (new := getattr(move, name)) is not None and hasattr(details, name)
    }
    if move.satisfaction is not None and hasattr(details, "satisfaction"):
        before = details.satisfaction
        if isinstance(before, tuple):
            author = _speaks_as(deed, entry)
            others = tuple(each for each in before if each[0] != author)
            said["satisfaction"] = (*others, (author, move.satisfaction))
        else:
            # Of an order there is one evaluation, that of the people who placed it.
            said["satisfaction"] = move.satisfaction
    body = replace(deed.body, details=replace(details, **said)) if said else deed.body
    return replace(body, merged_into=move.into) if move.into else body
