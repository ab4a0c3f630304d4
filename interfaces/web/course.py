"""A matter's way round its loop on its page: the stages, what happened, and forms for what whoever looks may do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain import handling
from domain.course import LABELS, Course, Move, Standing, Step, Turn, not_told, pending, reached
from domain.deadline import within
from domain.deed import Deed, Known
from domain.document import Sort
from domain.fact import Followed, Reached, in_vain
from domain.kinds import Stage
from domain.kinds.advice import Obstacle, ReplyClass, Satisfaction, Way
from domain.loop import Holder, Loop, LoopStage, Need
from domain.matter import Matter, may_retract
from domain.people import PersonId, UnitId
from domain.roster import Roster
from domain.unit import Unit
from domain.words import Choice, Label, Level
from interfaces.api.asking import Look
from interfaces.sealed import course_for
from interfaces.web import in_name_of, turning
from interfaces.web.acts import BETWEEN
from interfaces.web.choosing import Units
from interfaces.web.fields import Input, Trouble, Widget
from interfaces.web.in_name_of import Authors
from interfaces.web.turning import Turning
from interfaces.web.visiting import Sent, Visitor
from interfaces.web.words import Said
from projections import courses, documents, roster
from projections.courses import CoursePage, DueChange, StageLine, Timing
from projections.deeds import DeedPage

MOVE, GIVE_BACK, HAND_OVER, EXTEND, PAUSE, RESUME, REOPEN, BEGIN, MIGRATE, RETRACT = (
    "move",
    "give-back",
    "hand-over",
    "extend",
    "pause",
    "resume",
    "reopen",
    "begin",
    "migrate",
    "retract",
)
"""What may be done to a matter on its way, as addresses call it."""
_REASON, _CONSENT = turning.REASON, Label("同意人", "with whose consent")
_IN_NAME_OF = Label("代作者登记", "typed in for the author")
_CHOICES: Mapping[Need, type[Choice]] = {
    Need.LEVEL: Level,
    Need.WAY: Way,
    Need.OBSTACLE: Obstacle,
    Need.REPLY_CLASS: ReplyClass,
    Need.SATISFACTION: Satisfaction,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One turn on the way: on which day, what, by whom, what was said besides, and how what is due changed by it."""

    on: date
    said: Said
    by: str = ""
    more: tuple[tuple[Said, str | Said], ...] = ()
    change: DueChange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """All of it; `page` is none where the matter goes round no loop."""

    page: CoursePage | None
    stages: tuple[StageLine, ...]
    beside: tuple[StageLine, ...]
    happened: tuple[Happened, ...]
    forms: tuple[Turning, ...]
    told: Turning | None
    units: Units


def section_of(visitor: Visitor, look: Look, record: DeedPage) -> Section | None:
    """The way of a matter, and what whoever looks may do with it; nothing for other records, and where there is nothing to show or do."""
    deed: Any = record.state
    if not isinstance(deed, Deed) or not isinstance(deed.body, Matter):
        return None
    told = (look.connection, look.ledger)
    key = record.summary.stream.partition("/")[2]
    today = visitor.desk.today()
    units = roster.all_units(*told)
    if deed.course is None:
        forms: tuple[Turning, ...] = ()
        if not record.summary.gone:
            own = (*_begins(visitor, look, deed, units), *_retracts(visitor, deed, units, None))
            forms = turning.on_paper(own, deed.body)
        if not forms:
            return None
        return Section(
            page=None, stages=(), beside=(), happened=(), forms=forms, told=None, units=Units(units)
        )
    found = courses.course(*told, visitor.desk.shelf, key, today=today)
    if found is None:
        return None
    page = course_for(visitor.asker, *told, found)
    time = courses.timing(*told, visitor.desk.shelf)
    loop = time.loops.get((page.course.loop, page.course.version))
    authors = in_name_of.authors_of(visitor, look, [deed], units)
    offered = _Offering(visitor, deed, page, loop, time, authors, today)
    forms = ()
    if not record.summary.gone:
        own = () if loop is None else tuple(offered.forms())
        forms = turning.on_paper((*own, *_retracts(visitor, deed, units, loop)), deed.body)
    return Section(
        page=page,
        stages=tuple(each for each in page.stages if not each.beside),
        beside=tuple(each for each in page.stages if each.beside),
        happened=_happened(visitor, look, page, loop, units),
        forms=forms,
        told=None if record.summary.gone or loop is None else offered.told(),
        units=Units(units),
    )


def as_sent(section: Section, key: str, sent: Sent, found: Sequence[Trouble]) -> Section:
    """The same with the form of that key as it was sent, and what is wrong beside each of its inputs."""
    return replace(section, forms=turning.as_sent(section.forms, key, sent, found))


# What may be done


def _begins(
    visitor: Visitor, look: Look, deed: Deed[Any], units: Mapping[UnitId, Unit]
) -> Iterator[Turning]:
    """Letting a matter into a loop that takes it."""
    if not _handles(visitor) or not handling.is_in_charge(deed, visitor.actor, units):
        return
    shelf, today = visitor.desk.shelf, visitor.desk.today()
    papers = documents.states(look.connection, look.ledger, shelf)
    fitting = [
        shelf.loop(version)
        for paper in papers
        if paper.sort is Sort.LOOP and (version := paper.in_force(today)) is not None
    ]
    options = tuple(
        turning.Option(e.code, e.zh, e.en) for e in fitting if e.takes(deed.body.details)
    )
    if options:
        asked = turning.one(f"{BEGIN}.loop", Label("流程", "loop"), options)
        said = Label("进入闭环流程", "let into a loop")
        yield Turning(key=BEGIN, path=BEGIN, said=said, inputs=(asked,))


def _retracts(
    visitor: Visitor, deed: Deed[Any], units: Mapping[UnitId, Unit], loop: Loop | None
) -> Iterator[Turning]:
    """Taking back an outcome that was reported by mistake; of one that was reported several times, the last goes first."""
    if not visitor.may_ever("report_outcome"):
        return
    known = Known(
        today=visitor.desk.today(), roster=Roster(units=units), loop=lambda _code, _version: loop
    )
    options = {
        f"{each.stage.value}{BETWEEN}{'' if each.level is None else each.level.value}": each
        for each in deed.reached
        if may_retract(deed, each, visitor.actor, known)
    }
    if options:
        asked = tuple(_outcome_option(value, each) for value, each in options.items())
        yield Turning(
            key=RETRACT,
            path=RETRACT,
            said=Label("撤销登记有误的办理结果", "take back an outcome reported by mistake"),
            inputs=(
                turning.one(f"{RETRACT}.stage", Label("办理结果", "outcome"), asked),
                turning.text(f"{RETRACT}.reason", _REASON),
            ),
        )


def _outcome_option(value: str, reached: Reached) -> turning.Option:
    at = reached.level
    level_zh, level_en = ("", "") if at is None else (f"·{at.zh}", f", {at.en}")
    return turning.Option(
        value,
        f"{reached.stage.zh}{level_zh}({reached.on})",
        f"{reached.stage.en}{level_en} ({reached.on})",
    )


def _handles(visitor: Visitor) -> bool:
    return visitor.may_ever("handle")


@dataclass(frozen=True, slots=True)
class _Offering:
    """What whoever looks may do with a matter on its way; the decision looks once more."""

    visitor: Visitor
    deed: Deed[Any]
    page: CoursePage
    loop: Loop | None
    time: Timing
    authors: Authors
    today: date

    @property
    def units(self) -> Mapping[UnitId, Unit]:
        return self.authors.units

    @property
    def course(self) -> Course:
        return self.page.course

    def _may_move(self, stage: LoopStage) -> bool:
        return self.authors.may_move(self.deed, self.course, stage)

    def _next(self, loop: Loop) -> Iterator[LoopStage]:
        """The stages that it may go to now, and he may move it to, be it in the name of an author."""
        for line in self.page.stages:
            stage = loop.stage(line.code)
            paused = self.course.paused and not line.beside
            again = line.beside and reached(loop, self.course, line.code)
            if stage is None or not line.may_be_next or paused or again:
                continue
            if self._may_move(stage) or self.authors.names(self.deed, self.course, stage):
                yield stage

    def told(self) -> Turning | None:
        """That who raised it has been told, in one tap."""
        loop = self.loop
        if loop is None or loop.telling is None or not not_told(loop, self.course):
            return None
        if not _handles(self.visitor):
            return None
        by = loop.telling.by
        stage = next((each for each in self._next(loop) if each.code == by), None)
        if stage is None or stage.needs or not self._may_move(stage):
            return None
        hidden = (("stage", by), ("told.on", self.today.isoformat()))
        said = Label(f"已{stage.zh}", f"done: {stage.en}")
        return Turning(key="told", path=MOVE, said=said, inputs=(), hidden=hidden, at_once=True)

    def forms(self) -> Iterator[Turning]:
        """A form for each."""
        loop, course, actor = self.loop, self.course, self.visitor.actor
        if loop is None or not _handles(self.visitor):
            return
        for stage in self._next(loop):
            if stage.reaches is Stage.MERGED:
                if not self._may_move(stage):
                    continue
                yield Turning(
                    key="merge", path="merge", said=stage.label, inputs=(), elsewhere=True
                )
                continue
            key = f"{MOVE}-{loop.place(stage.code)}"
            says = says_followed(self.deed, stage, self.visitor, self.units)
            told = (key, self.deed, self.course, stage)
            excused = self.authors.is_excused(self.deed, self.course, stage)
            asked = move_inputs(key, stage, self.today, followed=says, excused=excused)
            yield Turning(
                key=key,
                path=MOVE,
                said=stage.label,
                hint=self.authors.hint(*told[1:]),
                inputs=(*self.authors.input(*told), *asked),
                hidden=(("stage", stage.code),),
            )
        here = loop.stage(course.at)
        is_closed = course.standing is Standing.CLOSED
        if handling.is_in_charge(self.deed, actor, self.units):
            yield from self._in_charge(loop, is_closed)
        if not is_closed and handling.may_migrate(self.deed, actor):
            yield from self._migrates(loop)
        if not is_closed and handling.may_hand_over(self.deed, course, here, actor, self.units):
            yield Turning(
                key=HAND_OVER,
                path=HAND_OVER,
                said=Label("移交其他单位办理", "hand over to another"),
                inputs=(
                    turning.unit(f"{HAND_OVER}.holder", LABELS["holder"]),
                    turning.units(f"{HAND_OVER}.co_holders", LABELS["co_holders"]),
                    turning.day(f"{HAND_OVER}.on", self.today),
                    turning.text(f"{HAND_OVER}.reason", _REASON),
                ),
            )

    def _migrates(self, loop: Loop) -> Iterator[Turning]:
        """Going on by another version of its loop that knows the stage at which it stands, the newest first."""
        course = self.course
        others = [
            each
            for (code, version), each in self.time.loops.items()
            if code == course.loop and version != course.version and each.stage(course.at)
        ]
        others.sort(key=lambda each: each.since, reverse=True)
        if others:
            options = tuple(
                turning.Option(
                    each.version,
                    f"{each.version}版({each.since}起)",
                    f"version {each.version} (since {each.since})",
                )
                for each in others
            )
            now = course.version
            yield Turning(
                key=MIGRATE,
                path=MIGRATE,
                said=Label("改按流程的另一版办理", "go on by another version of its loop"),
                hint=Label(
                    f"现按{now}版办理,仍在{loop.called(course.at).zh};期限按新版重新计算",
                    f"goes by version {now} now, and stays at: {loop.called(course.at).en}; what is due is counted by the new one",
                ),
                inputs=(
                    turning.one(f"{MIGRATE}.version", Label("流程版本", "version"), options),
                    turning.text(f"{MIGRATE}.reason", _REASON),
                ),
            )

    def _in_charge(self, loop: Loop, is_closed: bool) -> Iterator[Turning]:
        course = self.course
        giving = loop.giving_back
        if giving is not None and course.at == giving.out_of:
            last = within(giving.within, course.done[course.at], self.time.days)
            if self.today <= last:
                to = loop.called(giving.to)
                yield Turning(
                    key=GIVE_BACK,
                    path=GIVE_BACK,
                    said=Label("退回交办(交办不当)", "give back as misassigned"),
                    hint=Label(
                        f"退回至“{to.zh}”,最晚 {last}", f"goes back to: {to.en}; until {last}"
                    ),
                    inputs=(
                        turning.day(f"{GIVE_BACK}.on", self.today),
                        turning.text(f"{GIVE_BACK}.reason", _REASON),
                    ),
                )
        yield from self._of_time(loop, is_closed)
        back = [
            stage
            for stage in loop.stages
            if stage.code in course.done
            and stage.code != course.at
            and not stage.beside
            and not stage.ends
        ]
        if back:
            options = tuple(turning.Option(each.code, each.zh, each.en) for each in back)
            yield Turning(
                key=REOPEN,
                path=REOPEN,
                said=Label("退回以前的环节重新办理", "set back to a stage before"),
                inputs=(
                    turning.one(f"{REOPEN}.stage", LABELS["stage"], options),
                    turning.day(f"{REOPEN}.on", self.today),
                    turning.text(f"{REOPEN}.reason", _REASON),
                ),
            )

    def _of_time(self, loop: Loop, is_closed: bool) -> Iterator[Turning]:
        """Letting a stage be reached later, and letting time stand still and run again."""
        if self.course.paused:
            asked = (turning.day(f"{RESUME}.on", self.today),)
            said = Label("恢复计时", "let time run again")
            yield Turning(key=RESUME, path=RESUME, said=said, inputs=asked)
            return
        if is_closed:
            return
        ahead = tuple(turning.Option(e.code, e.zh, e.en) for e in pending(loop, self.course))
        if ahead:
            yield Turning(
                key=EXTEND,
                path=EXTEND,
                said=Label("延长期限", "extend what is due"),
                inputs=(
                    turning.one(f"{EXTEND}.stage", LABELS["stage"], ahead),
                    turning.day(f"{EXTEND}.until", None, Label("延至", "until")),
                    turning.text(f"{EXTEND}.reason", _REASON),
                    turning.text(f"{EXTEND}.consented_by", _CONSENT),
                ),
            )
        yield Turning(
            key=PAUSE,
            path=PAUSE,
            said=Label("暂停计时", "let time stand still"),
            inputs=(
                turning.day(f"{PAUSE}.on", self.today),
                turning.text(f"{PAUSE}.reason", _REASON),
                turning.text(f"{PAUSE}.consented_by", _CONSENT),
            ),
        )


def needs_of(stage: LoopStage) -> tuple[Need, ...]:
    """What has to be said where a matter is moved to a stage."""
    of_level = (Need.LEVEL,) if stage.reaches in handling.OF_A_LEVEL else ()
    return tuple(dict.fromkeys((*stage.needs, *of_level)))


def says_followed(
    deed: Deed[Any], stage: LoopStage, visitor: Visitor, units: Mapping[UnitId, Unit]
) -> bool:
    """Whether it may be said what followed from an instruction: from the one that the stage is, or from one before."""
    if not handling.holds_papers(visitor.actor, units):
        return False
    instructed = stage.reaches is Stage.INSTRUCTED
    return instructed or in_vain(deed.reached, visitor.desk.today()) is not None


def move_inputs(
    key: str, stage: LoopStage, today: date, *, followed: bool = False, excused: bool = False
) -> Iterator[Input]:
    """The day, what the stage needs, what followed from an instruction where that may be said, and a note; where its authors are `excused`, not how satisfied they were."""
    yield turning.day(f"{key}.on", today)
    asked = needs_of(stage)
    for need in asked:
        label = LABELS[need.value]
        if need is Need.HOLDER:
            yield turning.unit(f"{key}.holder", label)
            yield turning.units(f"{key}.co_holders", LABELS["co_holders"])
        elif need in _CHOICES:
            required = not (excused and need is Need.SATISFACTION)
            choices = tuple(_CHOICES[need])
            yield turning.one(f"{key}.{need.value}", label, choices, required=required)
        elif need is not Need.NOTE:
            yield turning.text(f"{key}.{need.value}", label)
    if followed:
        asked_of = turning.one(f"{key}.followed", LABELS["followed"], tuple(Followed))
        yield replace(asked_of, required=False)
    yield turning.text(
        f"{key}.note", LABELS["note"], widget=Widget.LONG, required=Need.NOTE in asked
    )


# What a form sent


def said_in(path: str, key: str, sent: Sent, units: Units) -> dict[str, Any]:
    """What a form of a turn says, as JSON has it."""

    def said(*names: str) -> dict[str, str]:
        return {name: value for name in names if (value := sent.one(f"{key}.{name}"))}

    if path != MOVE:
        found: dict[str, Any] = said(
            "on", "until", "stage", "loop", "reason", "consented_by", "version"
        )
        if path == RETRACT and BETWEEN in found.get("stage", ""):
            found["stage"], _, found["level"] = found["stage"].partition(BETWEEN)
            found["level"] = found["level"] or None
        if path == HAND_OVER:
            found |= _holders(key, sent, units)
        if path not in {BEGIN, RESUME}:
            # Where no reason is given it is said that there is none, not that a field is missing.
            found.setdefault("reason", "")
        if path in {EXTEND, PAUSE}:
            found.setdefault("consented_by", "")
        return found
    move: dict[str, Any] = {"stage": sent.one("stage"), **_holders(key, sent, units)}
    move |= said(
        "on", "document", "note", "rank", "by", "followed", *(need.value for need in _CHOICES)
    )
    return {"move": move}


def _holders(key: str, sent: Sent, units: Units) -> dict[str, Any]:
    """Who handles it: a unit of ours where something of that name is one, else a department."""
    found: dict[str, Any] = {}
    if name := sent.one(f"{key}.holder"):
        found["holder"] = _holder(name, units)
    others = [line.strip() for line in sent.one(f"{key}.co_holders").split("\n")]
    if names := [each for each in others if each]:
        found["co_holders"] = [_holder(each, units) for each in names]
    return found


def _holder(name: str, units: Units) -> dict[str, str]:
    for each in units.all.values():
        if name in {each.unit, each.profile.name, each.profile.short}:
            return {"unit": each.unit}
    return {"name": name}


# What happened


def _happened(
    visitor: Visitor,
    look: Look,
    page: CoursePage,
    loop: Loop | None,
    units: Mapping[UnitId, Unit],
) -> tuple[Happened, ...]:
    """Every turn, the first first; a day on which several were taken keeps their order."""
    course = page.course
    people = {who for e in course.steps for who in (e.by, e.acting_for) if who is not None}
    names = roster.names(look.connection, look.ledger, people=people)
    by_position = {each.position: each for each in page.changes}
    found: list[tuple[date, int, Happened]] = []
    for step in course.steps:
        told = _of_step(step, loop, units, names, by_position.pop(step.position, None))
        found.append((step.on, step.position, told))
    own = {step.position for step in course.steps}
    for each in course.holders:
        if each.position in own:
            continue
        said = Label("移交承办", "handed over")
        more = ((LABELS["holder"], _called(each.holder, units)), (_REASON, each.reason))
        change = by_position.pop(each.position, None)
        told = Happened(on=each.on, said=said, more=_filled(more), change=change)
        found.append((each.on, each.position, told))
    for pause in course.pauses:
        more = ((_REASON, pause.reason), (_CONSENT, pause.consented_by))
        said = Label("暂停计时", "time stands still")
        found.append((pause.since, 0, Happened(on=pause.since, said=said, more=_filled(more))))
        if pause.until is not None:
            told = Happened(on=pause.until, said=Label("恢复计时", "time runs again"))
            found.append((pause.until, 0, told))
    for code, extensions in course.extensions.items():
        stage = Label(code, code) if loop is None else loop.called(code)
        for extension in extensions:
            said = Label(
                f"{stage.zh}延期至{extension.until}",
                f"{stage.en}: may be reached until {extension.until}",
            )
            more = ((_REASON, extension.reason), (_CONSENT, extension.consented_by))
            told = Happened(on=extension.on, said=said, more=_filled(more))
            found.append((extension.on, 0, told))
    found += _of_meetings(visitor, by_position)
    return tuple(each for _, _, each in sorted(found, key=lambda e: e[:2]))


def _of_meetings(
    visitor: Visitor, changes: Mapping[int, DueChange]
) -> Iterator[tuple[date, int, Happened]]:
    """What became due on another day because a meeting was planned, moved or cancelled, or a rule changed."""
    days = {e.position: e.envelope.day for e in visitor.desk.entries_at(sorted(changes))}
    for position, change in changes.items():
        if position not in days:
            continue
        said = Label("期限变动", "what is due changed")
        if change.meeting:
            said = Label(
                f"会议安排变动:{change.meeting_title}",
                f"the meeting changed: {change.meeting_title}",
            )
        yield days[position], position, Happened(on=days[position], said=said, change=change)


def _of_step(
    step: Step,
    loop: Loop | None,
    units: Mapping[UnitId, Unit],
    names: Mapping[str, str],
    change: DueChange | None,
) -> Happened:
    stage = Label(step.stage, step.stage) if loop is None else loop.called(step.stage)
    match step.turn:
        case Turn.BEGUN:
            said = Label(f"进入流程:{stage.zh}", f"entered the loop: {stage.en}")
        case Turn.GIVEN_BACK:
            said = Label(f"退回至{stage.zh}", f"given back to: {stage.en}")
        case Turn.REOPENED:
            said = Label(f"退回至{stage.zh}重新办理", f"set back to: {stage.en}")
        case Turn.MIGRATED:
            said = Label(
                f"改按流程的{step.version}版办理(原按{step.was}版),仍在{stage.zh}",
                f"went over from version {step.was} of its loop to {step.version}, still at: {stage.en}",
            )
        case Turn.MOVED:
            said = stage
    who = names.get(f"member/{PersonId(step.by)}", "")
    if step.unit is not None and step.unit in units:
        who = f"{units[step.unit].profile.name} {who}".strip()
    more: list[tuple[Said, str | Said]] = [*_of_move(step.move, units)]
    if step.acting_for is not None:
        author = names.get(f"member/{step.acting_for}", step.acting_for)
        more.insert(0, (_IN_NAME_OF, author))
    return Happened(
        on=step.on, said=said, by=who, more=_filled((*more, (_REASON, step.reason))), change=change
    )


def _of_move(move: Move | None, units: Mapping[UnitId, Unit]) -> Iterator[tuple[Said, str | Said]]:
    """What was said where it was moved."""
    if move is None:
        return
    yield LABELS["holder"], _called(move.holder, units)
    yield LABELS["co_holders"], "、".join(_called(each, units) for each in move.co_holders)
    for name in ("level", "way", "obstacle", "reply_class", "satisfaction", "followed"):
        value: Choice | None = getattr(move, name)
        if value is not None:
            yield LABELS[name], value
    for name in ("rank", "by", "document", "note"):
        yield LABELS[name], getattr(move, name)


def _called(holder: Holder | None, units: Mapping[UnitId, Unit]) -> str:
    if holder is None:
        return ""
    if holder.unit is None:
        return holder.name
    return units[holder.unit].profile.name if holder.unit in units else str(holder.unit)


def _filled(
    more: Sequence[tuple[Said, str | Said]],
) -> tuple[tuple[Said, str | Said], ...]:
    return tuple(each for each in more if each[1])
