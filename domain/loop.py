"""Loops as data: the stages that a matter goes through until who raised it has been told, who may move it, what each stage needs, by when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args, get_type_hints

from domain.deadline import SUBMITTED, AtMeeting, OnDay, OnNamedDay, Rule, Within
from domain.kinds import KINDS, Details, Shape, kind_of
from domain.kinds.about import Stage
from domain.kinds.advice import Way
from domain.kinds.works import Consultation, Oversight, Survey
from domain.people import UnitId
from domain.selection import Problem, problem
from domain.unit import UnitKind
from domain.values import value
from domain.words import Choice, Label, Open


class Mover(Choice):
    """Who may move a matter on. The author is who wrote it, also where somebody types in what he says."""

    OFFICE = "office", "政协机关", "office of the committee"
    ORGANISER = "organiser", "登记单位", "unit that it came in through"
    HOLDER = "holder", "承办单位", "unit that holds it"
    AUTHOR = "author", "作者", "author"


class Need(Choice):
    """What has to be said where a matter is moved to a stage."""

    HOLDER = "holder", "承办单位", "who handles it"
    DOCUMENT = "document", "文号", "document number"
    NOTE = "note", "说明", "a note"
    LEVEL = "level", "层级", "level"
    RANK = "rank", "领导职务", "the leader's rank"
    BY = "by", "经办人", "who did it"
    WAY = "way", "办理方式", "way of handling"
    OBSTACLE = "obstacle", "暂无法处理原因", "why it cannot be handled"
    REPLY_CLASS = "reply_class", "办理类别", "class of the reply"
    SATISFACTION = "satisfaction", "提案者评价", "how satisfied the author is"
    INTO = "into", "并入事项", "the matter that it is merged into"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopStage:
    """A stage of a loop. `movers` and `needs` are of moving a matter into it, `due` is by when it has to be reached.

    `then` names where a matter may go from here; where it is empty, to the stage after it. `after` names stages that must have been reached. A
    stage `beside` the way may be reached at any time and does not move the matter; one that `ends` closes it; in one where it `rests` nobody is
    asked for anything until it is taken up again, but to tell whoever raised it. `reaches` is what of it becomes a fact, `asks` the requirement that the stage stands for: what is
    said in reaching it is the evidence.
    """

    code: str
    zh: str
    en: str
    reaches: Stage | None = None
    movers: tuple[Mover | UnitKind, ...] = (Mover.OFFICE, Mover.ORGANISER)
    needs: tuple[Need, ...] = ()
    due: Rule | None = None
    then: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    beside: bool = False
    ends: bool = False
    rests: bool = False
    asks: Label | None = None

    @property
    def label(self) -> Label:
        """What it is called."""
        return Label(self.zh, self.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingBack:
    """A matter that was given to the wrong one may be given back within so long after `out_of` was reached; it goes back to the stage `to`."""

    within: Within
    out_of: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Once a stage of `after` is reached, who raised it has to be told: that is the stage `by`.

    Of several, who was told before the one that was reached last is told again: first that it cannot be handled, then that it was. One
    of them in which the matter rests asks for it only as long as it rests there.
    """

    after: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many of the matters of a loop a year is to have: of all, or of those of which each field of `where` has one of the values; `a_year` is none where that is open."""

    zh: str
    en: str
    a_year: int | None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()


OF_THE_YEAR = frozenset({kind_of(Consultation), kind_of(Survey), kind_of(Oversight)})
"""The kinds that stand on the year's plan, of which a loop can say how many a year is to have."""
TOLD_APART = frozenset({"tier", "form"})
"""The fields by which the year's plan tells them apart."""
MOST_A_YEAR = 1000
"""What no quota of a year is above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A version of a loop, and which matters go round it: those of its kinds of which each field of `where` has one of the values.

    `ways` are the county's names of ways of handling, `quotas` how many of them a year is to have. With `at_once` a matter enters it as it is recorded; otherwise somebody lets it in.
    """

    code: str
    version: str
    zh: str
    en: str
    since: date
    kinds: tuple[str, ...]
    stages: tuple[LoopStage, ...]
    until: date | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    at_once: bool = True
    giving_back: GivingBack | None = None
    telling: Telling | None = None
    ways: tuple[tuple[Way, Label], ...] = ()
    quotas: tuple[Quota, ...] = ()
    source: str = ""

    def takes(self, details: Details) -> bool:
        """Whether a matter of this kind and these fields goes round it."""
        return kind_of(type(details)) in self.kinds and all(
            str(getattr(details, name, "")) in values for name, values in self.where
        )

    def stage(self, code: str) -> LoopStage | None:
        """The stage of that code."""
        return next((s for s in self.stages if s.code == code), None)

    def place(self, code: str) -> int:
        """The place of a stage in order, from 0; of one that is not there, after the last."""
        codes = [s.code for s in self.stages]
        return codes.index(code) if code in codes else len(codes)

    @property
    def first(self) -> LoopStage:
        """Where a matter enters it."""
        return self.stages[0]

    def then(self, code: str) -> tuple[str, ...]:
        """Where a matter may go from a stage."""
        found = self.stage(code)
        if found is None:
            return ()
        if found.then or found.ends:
            return found.then
        for later in self.stages[self.place(code) + 1 :]:
            if not later.beside:
                return (later.code,)
        return ()

    def counted_from(self, stage: LoopStage) -> tuple[str, ...]:
        """From which stages its rule counts: those that it names, or the one before it on the way; `submitted` for the day of submission."""
        if stage.due is not None and stage.due.since:
            return stage.due.since
        before = [s.code for s in self.stages[: self.place(stage.code)] if not s.beside]
        return (before[-1] if before else SUBMITTED,)

    def way_called(self, way: Way) -> Label:
        """What the county calls a way of handling."""
        return dict(self.ways).get(way, Label(way.zh, way.en))

    def called(self, code: str) -> Label:
        """What a stage is called, or the day of submission."""
        if code == SUBMITTED:
            return Label("提交", "submission")
        found = self.stage(code)
        return Label(code, code) if found is None else found.label


@value(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has a matter in hand: a unit of the committee, or a department by its name."""

    unit: UnitId | None = None
    name: Open[str] = ""


def most_fitting(loops: Iterable[Loop], details: Details) -> Loop | None:
    """The loop that a matter goes round: of several the one that says more of it, then the one that began last."""
    kind = kind_of(type(details))
    found = [each for each in loops if kind in each.kinds and each.takes(details)]
    return max(found, key=lambda each: (len(each.where), each.since, each.code), default=None)


# What is wrong with one


def problems(loop: Loop) -> Iterator[Problem]:
    """What of a loop contradicts itself or the catalogue."""
    yield from _kinds(loop)
    codes = [s.code for s in loop.stages]
    if not codes:
        yield problem("/stages", "没有写任何环节", "holds no stage")
        return
    for i, stage in enumerate(loop.stages):
        yield from _stage(loop, stage, codes, i)
    if loop.stages[0].beside:
        yield problem("/stages/0", "第一个环节不能是并行环节", "the first stage cannot be beside")
    if not any(s.ends for s in loop.stages):
        yield problem("/stages", "没有一个环节是终点", "no stage ends it")
    else:
        yield from _reachable(loop)
    if loop.giving_back is not None:
        for name in ("out_of", "to"):
            code = getattr(loop.giving_back, name)
            if code not in codes:
                yield problem(f"/giving_back/{name}", f"没有环节“{code}”", f"no stage {code!r}")
    if loop.ways and not any("way" in get_type_hints(KINDS[k]) for k in loop.kinds if k in KINDS):
        yield problem("/ways", "此类事项没有办理方式", "has no way of handling")
    yield from _quotas(loop)
    if loop.telling is not None:
        if not loop.telling.after:
            yield problem("/telling/after", "没有写任何环节", "holds no stage")
        told = (("after", loop.telling.after), ("by", (loop.telling.by,)))
        for name, named in told:
            for code in named:
                if code not in codes:
                    yield problem(f"/telling/{name}", f"没有环节“{code}”", f"no stage {code!r}")


def _quotas(loop: Loop) -> Iterator[Problem]:
    """What of a year's quotas cannot be counted on its plan."""
    if not loop.quotas:
        return
    if not OF_THE_YEAR.issuperset(loop.kinds):
        names = "、".join(KINDS[kind].about.zh for kind in sorted(OF_THE_YEAR))
        yield problem(
            "/quotas",
            f"只有{names}可写一年的额度",
            f"goes with kinds of the year's plan only: {', '.join(sorted(OF_THE_YEAR))}",
        )
        return
    for name, _ in loop.where:
        if name not in TOLD_APART:
            yield problem(
                "/quotas",
                f"按{name}区分的流程不能写一年的额度",
                f"does not go with a loop that is told apart by {name}",
            )
    said = [{name: frozenset(values) for name, values in quota.where} for quota in loop.quotas]
    for i, quota in enumerate(loop.quotas):
        at = f"/quotas/{i}"
        if said[i] in said[:i]:
            yield problem(f"{at}/where", "与前面一项额度重复", "is that of a quota before it")
        if quota.a_year is not None and not 1 <= quota.a_year <= MOST_A_YEAR:
            yield problem(
                f"{at}/a_year",
                f"应为 1 至 {MOST_A_YEAR},或写“不限”",
                f"has to be from 1 to {MOST_A_YEAR}, or open",
            )
        for name, values in quota.where:
            if name not in TOLD_APART:
                yield problem(
                    f"{at}/where/{name}",
                    "只能按层次(tier)、形式(form)区分",
                    "has to be tier or form",
                )
            else:
                for kind in loop.kinds:
                    yield from _where(KINDS[kind], name, values, at)


def _kinds(loop: Loop) -> Iterator[Problem]:
    for i, kind in enumerate(loop.kinds):
        found = KINDS.get(kind)
        if found is None:
            yield problem(f"/kinds/{i}", f"没有履职类型“{kind}”", f"no kind {kind!r}")
        elif found.about.shape is not Shape.MATTER:
            yield problem(f"/kinds/{i}", f"“{found.about.zh}”不是事项", f"{kind} is no matter")
        else:
            for name, values in loop.where:
                yield from _where(found, name, values)
    if not loop.kinds:
        yield problem("/kinds", "没有写履职类型", "names no kind")


def _where(
    kind: type[Details], name: str, values: tuple[str, ...], at: str = ""
) -> Iterator[Problem]:
    hint = get_type_hints(kind).get(name)
    if hint is None:
        yield problem(
            f"{at}/where/{name}",
            f"“{kind.about.zh}”没有这个字段",
            f"is no field of {kind_of(kind)}",
        )
        return
    chosen = _choice_in(hint)
    if chosen is None:
        yield problem(f"{at}/where/{name}", "只能按选项字段区分", "has to be a field with choices")
        return
    for value_ in values:
        if value_ not in chosen._value2member_map_:
            yield problem(f"{at}/where/{name}", f"没有选项“{value_}”", f"no choice {value_!r}")


def _choice_in(hint: Any) -> type[Choice] | None:
    return next(
        (h for h in (hint, *get_args(hint)) if isinstance(h, type) and issubclass(h, Choice)), None
    )


def _stage(loop: Loop, stage: LoopStage, codes: list[str], i: int) -> Iterator[Problem]:
    at = f"/stages/{i}"
    if stage.code in codes[:i] or stage.code == SUBMITTED:
        yield problem(f"{at}/code", f"环节代码“{stage.code}”重复", f"code {stage.code!r} is taken")
    if not stage.movers:
        yield problem(f"{at}/movers", "没有写谁可以办理", "names nobody who may move to it")
    for name in ("then", "after"):
        for code in getattr(stage, name):
            if code not in codes:
                yield problem(f"{at}/{name}", f"没有环节“{code}”", f"no stage {code!r}")
    if stage.reaches is not None:
        for kind in loop.kinds:
            about = KINDS[kind].about if kind in KINDS else None
            if (
                about is not None
                and about.shape is Shape.MATTER
                and stage.reaches not in about.stages
            ):
                yield problem(
                    f"{at}/reaches",
                    f"“{about.zh}”没有环节“{stage.reaches.zh}”",
                    f"{kind} has no stage {stage.reaches.value}",
                )
    if stage.due is not None:
        yield from _rule(stage.due, codes, f"{at}/due")
    if isinstance(stage.due, OnNamedDay):
        for kind in loop.kinds:
            if kind in KINDS and NAMED_DAY not in get_type_hints(KINDS[kind]):
                zh = KINDS[kind].about.zh
                yield problem(f"{at}/due", f"“{zh}”没有写时限的字段", f"{kind} names no day")
    if stage.beside and (stage.then or stage.ends or stage.rests):
        yield problem(
            at,
            "并行环节不能改变去向,也不能是终点",
            "a stage beside the way neither leads on nor ends it",
        )


def _rule(rule: Rule, codes: list[str], at: str) -> Iterator[Problem]:
    for code in rule.since:
        if code != SUBMITTED and code not in codes:
            yield problem(f"{at}/since", f"没有环节“{code}”", f"no stage {code!r}")
    match rule:
        case Within(number=number):
            if not 1 <= number <= LONGEST_TERM:
                yield problem(
                    at, f"应为 1 至 {LONGEST_TERM} 的数", f"has to be from 1 to {LONGEST_TERM}"
                )
        case OnDay(month=month, day=day, years=years):
            if not (1 <= month <= 12 and 1 <= day <= 31):
                yield problem(at, "没有这一天", "is no day of a year")
            yield from _years(years, at)
        case AtMeeting(kinds=kinds, years=years, otherwise=otherwise):
            if not kinds:
                yield problem(f"{at}/meeting", "没有写会议类型", "names no kind of meeting")
            yield from _years(years, at)
            if otherwise is not None:
                yield from _rule(otherwise, codes, f"{at}/otherwise")
        case OnNamedDay(otherwise=otherwise):
            if otherwise is not None:
                yield from _rule(otherwise, codes, f"{at}/otherwise")


NAMED_DAY = "due"
"""The field in which a matter of some kinds names the day by which it is to be done."""
LONGEST_TERM = 1_000
"""Days, working days or months of a duration at the most."""


def _years(years: int, at: str) -> Iterator[Problem]:
    if not 0 <= years <= 5:
        yield problem(f"{at}/years", "应为 0 至 5 的数", "has to be from 0 to 5")


def _reachable(loop: Loop) -> Iterator[Problem]:
    """No stage that nothing leads to, and none from which there is no end."""
    on_way = [s.code for s in loop.stages if not s.beside]
    leads: Mapping[str, tuple[str, ...]] = {code: loop.then(code) for code in on_way}
    reached = _closure([loop.first.code], leads)
    ends = {s.code for s in loop.stages if s.ends}
    back = {code: tuple(c for c in on_way if code in leads[c]) for code in on_way}
    can_end = _closure(ends, back)
    for i, stage in enumerate(loop.stages):
        if stage.beside:
            continue
        if stage.code not in reached:
            yield problem(
                f"/stages/{i}",
                f"没有环节通向“{stage.zh}”",
                f"nothing leads to the stage {stage.code!r}",
            )
        elif stage.code not in can_end:
            yield problem(
                f"/stages/{i}",
                f"从“{stage.zh}”走不到终点",
                f"nothing ends it from the stage {stage.code!r}",
            )


def _closure(start: Iterable[str], leads: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting.extend(leads.get(code, ()))
    return found


def meetings_asked_for(loop: Loop) -> Iterator[tuple[int, AtMeeting]]:
    """The rules of a loop that have nothing to go by where no meeting of their kinds is ever held, with the place of their stage."""
    for i, stage in enumerate(loop.stages):
        if isinstance(stage.due, AtMeeting) and stage.due.otherwise is None:
            yield i, stage.due
