"""Pages of figures: what a county reports under one name, each figure defined by what it counts and over which days; never typed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

from domain.attestation import DEFAULT, Policy
from domain.fact import (
    Capacity,
    Fact,
    Held,
    Mode,
    Part,
    Spoke,
    TopicSource,
    reached_last,
)
from domain.joint import Together, is_joint, levels_of
from domain.kinds import KINDS, Details, Shape, Subject
from domain.kinds.about import Stage
from domain.kinds.fields import FieldAbout, fields_of
from domain.member import Bond, MemberClass, Person
from domain.nearest import listed, proposal, quoted
from domain.numbers import rounded
from domain.people import UnitId
from domain.period import Period, Span
from domain.rubric import Remark, Silence
from domain.selection import (
    AS_MEMBER,
    TOOK_PART,
    Problem,
    Selects,
    Why,
    amount,
    check_selects,
    in_its_unit,
    is_number,
    meant_by,
    names_unit,
    plain,
    problem,
)
from domain.sifting import root_of, sift
from domain.unit import Life, Office, Platform, StudioKind, Unit, UnitKind
from domain.values import value
from domain.words import Choice, Label, Level

Number = int | Decimal


class Sums(Choice):
    """What a figure sums, where it is not a number that records have."""

    RECORDS = "records", "记录数", "records"
    WORKS = "works", "课题数", "distinct works"
    PEOPLE = "people", "委员人数", "distinct members"
    PERSON_TIMES = "person_times", "人次", "person-times of members"
    UNITS = "units", "单位数", "units that held it or signed it"


REACHED_PEOPLE = "reached_people"
"""The people that an occasion reached: a number of every occasion, whatever its kind."""


class Axis(Choice):
    """What a figure is split by, where it is not a field of the kind."""

    KIND = "kind", "履职类型", "kind"
    MONTH = "month", "月份", "month"
    QUARTER = "quarter", "季度", "quarter"
    HALF = "half", "半年", "half-year"
    CALENDAR_YEAR = "calendar_year", "年份", "calendar year"
    UNIT = "unit", "登记(组织)单位", "unit that it came in through, or that held it"
    HOST = "host", "各承办单位", "each unit that held it"
    HOST_KIND = "host_kind", "承办单位类型", "kind of unit that held it"
    VILLAGE = "village", "村(社区)", "village or community"
    SECTOR = "sector", "界别", "sector"
    STUDIO = "studio", "镇街委员工作室", "township studio"
    CLASS = "class", "委员类别", "class of member"
    MEMBER = "member", "委员", "member"
    CAPACITY = "capacity", "参加身份", "capacity"
    IN_NAME_OF = "in_name_of", "代表界别(党派)", "in whose name"
    LEVEL = "level", "层级", "level"
    MODE = "mode", "履职形式", "individual, group or joint"
    HELD = "held", "举行方式", "on site or online"
    MICRO = "micro", "微活动", "micro activity"
    ACTIVITY = "activity", "所属活动", "named activity"
    TOPIC_SOURCE = "topic_source", "选题来源", "topic source"
    STAGE = "stage", "目前环节", "stage reached last"
    RANK = "rank", "批示领导职务", "rank of the leader who gave an instruction"


class RosterAxis(Choice):
    """What a figure of the roster is split by, where it is not a bond of members."""

    KIND = "kind", "单位类型", "kind of unit"
    TYPE = "type", "工作室类型", "type of studio"
    PLATFORM = "platform", "平台方式", "how it came by its members"
    LIFE = "life", "设立情况", "stage of its life"
    PLACE = "place", "所在镇街(上级单位)", "township or unit that it is in"
    UNIT = "unit", "单位", "unit"
    OFFICE = "office", "任职", "office held"
    CLASS = "class", "委员类别", "class of member"


class Compare(Choice):
    """What a figure is compared with."""

    LAST_YEAR = "last_year", "上年同期", "same time last year"
    START = "start", "期初", "the day before the period"


class Also(Choice):
    """What a page tells beside its figures: it is answered by lists, suggestions and loops, and not counted from records."""

    LISTS = "lists", "清单进度", "progress with lists"
    SUGGESTIONS = "suggestions", "意见建议采纳落实", "what became of suggestions"
    DUE = "due", "待办逾期", "what is due"
    POSTINGS = "postings", "月度晾晒", "months on the wall"


_OF_PEOPLE = frozenset(
    {
        *(Axis.SECTOR, Axis.STUDIO, Axis.CLASS, Axis.MEMBER, Axis.CAPACITY, Axis.IN_NAME_OF),
    }
)
"""Axes along which people lie, and not what was held."""
_CHOICES: Mapping[str, type[Choice]] = {
    Axis.HOST_KIND: UnitKind,
    Axis.CLASS: MemberClass,
    Axis.CAPACITY: Capacity,
    Axis.LEVEL: Level,
    Axis.MODE: Mode,
    Axis.HELD: Held,
    Axis.TOPIC_SOURCE: TopicSource,
    Axis.STAGE: Stage,
    RosterAxis.KIND: UnitKind,
    RosterAxis.TYPE: StudioKind,
    RosterAxis.PLATFORM: Platform,
    RosterAxis.LIFE: Life,
    RosterAxis.OFFICE: Office,
}
_TIMES: Mapping[str, Span] = {
    Axis.MONTH: Span.MONTH,
    Axis.QUARTER: Span.QUARTER,
    Axis.HALF: Span.HALF,
    Axis.CALENDAR_YEAR: Span.YEAR,
}
"""Axes along which days lie, with the spans that are their parts."""
_TICKS = (Label("是", "yes"), Label("否", "no"))
NOT_SAID, REST, SAID = "", "*", Label("已注明", "said")
MOST_PARTS = 100
"""Parts that a figure is split into at the most; what is beyond is shown as the rest."""


@value(frozen=True, slots=True, kw_only=True)
class OfRoster:
    """A figure of the roster as it is on a day: units, those in office in units, or members.

    Of `units` it counts the units of these kinds, of these `lives` where any are named; with `offices` the people who hold
    these in them. Otherwise members, those `bound` by such a bond where one is named.
    """

    units: frozenset[UnitKind] = frozenset()
    lives: frozenset[Life] = frozenset()
    offices: frozenset[Office] = frozenset()
    bound: Bond | None = None

    @property
    def of_members(self) -> bool:
        """Whether it counts members."""
        return not self.units and not self.offices


@value(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a page: what is counted and summed, narrowed (`only`) and split (`by`) how, compared with what.

    `distinct` counts what differs in a field or along an axis, such as enterprises, and not records.

    `part_of` names the figure that this one is contained in and never added to, `month` the month of the year that it is of,
    `quota` how many are meant to be in a year.
    """

    code: str
    zh: str
    en: str
    measure: str = ""
    counts: tuple[Selects, ...] = ()
    roster: OfRoster | None = None
    sums: str = Sums.RECORDS.value
    distinct: str = ""
    only: tuple[tuple[str, frozenset[str]], ...] = ()
    by: str = ""
    month: int | None = None
    part_of: str = ""
    compare: Compare | None = None
    quota: int | None = None
    reading: Remark | None = None

    @property
    def of_people(self) -> bool:
        """Whether it looks at who took part, and not only at what was held."""
        return (
            self.sums in {Sums.PEOPLE, Sums.PERSON_TIMES}
            or bool(self.splits & _OF_PEOPLE)
            or any(_asks_of_people(selects) for selects in self.counts)
        )

    @property
    def splits(self) -> frozenset[str]:
        """What it is split by or narrowed to."""
        return frozenset({self.by, self.distinct, *(name for name, _ in self.only)} - {""})

    @property
    def of_guests(self) -> bool:
        """Whether it counts those who come from a higher committee."""
        return any(Capacity.HIGHER_MEMBER in selects.capacities for selects in self.counts)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that it counts."""
        return frozenset(kind for selects in self.counts for kind in selects.kinds)

    def measured(self) -> str:
        """The Chinese measure word."""
        if self.measure:
            return self.measure
        if self.roster is not None:
            return "个" if self.roster.units and not self.roster.offices else "人"
        if self.distinct:
            return "个"
        match self.sums:
            case Sums.PEOPLE:
                return "人"
            case Sums.PERSON_TIMES:
                return "人次"
            case Sums.UNITS:
                return "个"
            case Sums.RECORDS | Sums.WORKS:
                found = {KINDS[kind].about.measure for kind in self.kinds if kind in KINDS}
                return found.pop() if len(found) == 1 else "次"
            case _:
                return ""

    def over(self, period: Period) -> Period | None:
        """The days that it is of within a period that is asked for; none where they do not lie in it."""
        if self.month is None:
            return period
        if period.first.year != period.last.year:
            return None
        of = Period.around(Span.MONTH, date(period.first.year, self.month, 1))
        return of if period.first <= of.first and of.last <= period.last else None


def _asks_of_people(selects: Selects) -> bool:
    """Whether a selection asks for something that is said of those who took part."""
    return bool(
        (selects.parts and Part.HOSTS not in selects.parts)
        or (selects.spoke and Spoke.NO not in selects.spoke)
        or selects.leaves
        or selects.bylines
        or selects.first_names is not None
        or selects.whole is not None
        or selects.attended_from is not None
        or selects.attended_below is not None
        or selects.capacities != AS_MEMBER
        or selects.states != TOOK_PART
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePage:
    """A page of figures under the county's own name; `also` is what it tells beside them."""

    code: str
    version: str
    zh: str
    en: str
    since: date
    until: date | None = None
    about: Remark | None = None
    source: str = ""
    figures: tuple[Figure, ...]
    also: tuple[Also, ...] = ()
    silences: tuple[Silence, ...] = ()

    def __hash__(self) -> int:
        """By name and version only, which keeps look-ups cheap; equality still compares everything."""
        return hash((self.code, self.version))

    def figure(self, code: str) -> Figure | None:
        """One of its figures."""
        return next((figure for figure in self.figures if figure.code == code), None)


# Counting


@value(frozen=True, slots=True, kw_only=True)
class FigurePart:
    """A part of a figure: a stored word, `unit/ID`, `member/ID` or text, what it is called, how much of the figure it is, and was `before`."""

    key: str
    label: Label
    number: Number
    before: Number | None = None


@value(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """A record, a unit or somebody that a figure is made of."""

    key: str
    on: date | None
    kind: str
    title: str
    organiser: UnitId | None = None


@value(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a figure comes to: its number, its parts in their order, and what it is made of, newest first.

    `overlaps` says that something lies in several parts, which are then not to be added; `waiting` is how many records more
    are not in it because they wait for confirmation.
    """

    number: Number
    parts: tuple[FigurePart, ...] = ()
    lines: tuple[FigureLine, ...] = ()
    overlaps: bool = False
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a figure looks at beside facts: people and units as known, and what all are called, by `member/ID` and `unit/ID`."""

    people: Mapping[str, Person]
    units: Mapping[UnitId, Unit]

    def name(self, key: str) -> str:
        """What a member or a unit is called; empty where it is on no roster."""
        root, _, unit_id = key.partition("/")
        if root == "member":
            person = self.people.get(key)
            return "" if person is None else person.profile.name
        unit = self.units.get(UnitId(unit_id))
        return "" if unit is None else unit.profile.name

    def kind(self, key: str) -> str:
        """The kind of a unit, by its key."""
        unit = self.units.get(UnitId(key.removeprefix("unit/")))
        return NOT_SAID if unit is None else unit.profile.kind.value

    def home(self, subject: str, bond: Bond, day: date) -> str:
        """The unit to which a subject is bound by such a bond on a day, by its key; a sector's own deeds are its own."""
        person = self.people.get(subject)
        if person is not None:
            found = person.bound_to(bond, day)
            return "" if found is None else f"unit/{found}"
        unit = self.units.get(UnitId(subject.removeprefix("unit/")))
        is_own = unit is not None and unit.profile.kind.value == bond.value
        return subject if is_own else ""


@dataclass(frozen=True, slots=True)
class Pool:
    """The facts of a period that count, by kind, those that wait for confirmation, and the record that stands for each that is one of several of one deed."""

    period: Period
    by_kind: Mapping[str, Sequence[Fact[Any]]]
    waiting: Mapping[str, Sequence[Fact[Any]]]
    roots: Mapping[str, str]

    def root(self, deed: str) -> str:
        """The record that stands for a deed."""
        return self.roots.get(deed, deed)


def pool(facts: Iterable[Fact[Any]], period: Period, today: date, policy: Policy = DEFAULT) -> Pool:
    """What of these facts counts in a period: one record of each deed of everybody, nothing that waits; guests are kept."""
    within = [fact for fact in facts if period.has(fact)]
    same = {fact.deed: fact.same_as for fact in within if fact.same_as}
    several = {*same, *same.values()}
    # Of one deed on several records each subject's own lines are one; all others are sifted in one go.
    groups: dict[str, list[Fact[Any]]] = {}
    for fact in within:
        groups.setdefault(fact.subject if fact.deed in several else "", []).append(fact)
    by_kind: dict[str, list[Fact[Any]]] = {}
    waiting: dict[str, list[Fact[Any]]] = {}
    for own in groups.values():
        sifted = sift(own, period, today, policy)
        for fact in sifted.counted:
            by_kind.setdefault(fact.kind, []).append(fact)
        for fact, why in sifted.left_out:
            if why is Why.GUEST:
                by_kind.setdefault(fact.kind, []).append(fact)
            elif why is Why.NOT_YET:
                waiting.setdefault(fact.kind, []).append(fact)
    roots = {deed: root_of(deed, same)[0] for deed in same}
    joint = _joint(within, roots)
    return Pool(period, _in_their_form(by_kind, joint), _in_their_form(waiting, joint), roots)


def _joint(facts: Iterable[Fact[Any]], roots: Mapping[str, str]) -> frozenset[str]:
    """The activities on several records that are joint by what all of these say (`domain.joint`), by each of their records.

    What is joint by one record alone, such as one of several hosts, its facts say by their form.
    """
    of: dict[str, tuple[set[str], Together]] = {}
    several = {*roots, *roots.values()}
    for fact in facts:
        if fact.deed in several and fact.mode is not None:
            deeds, together = of.setdefault(roots.get(fact.deed, fact.deed), (set(), Together()))
            deeds.add(fact.deed)
            together.said_joint |= is_joint(fact)
            together.hosts |= set() if fact.organiser is None else {fact.organiser}
            together.levels.update(levels_of(fact))
    return frozenset(deed for deeds, together in of.values() if together.joint for deed in deeds)


def _in_their_form(
    by_kind: Mapping[str, Sequence[Fact[Any]]], joint: frozenset[str]
) -> Mapping[str, Sequence[Fact[Any]]]:
    """The same facts, those of joint deeds as joint."""
    if not joint:
        return by_kind
    return {
        kind: [
            replace(f, mode=Mode.JOINT) if f.deed in joint and f.mode is not None else f
            for f in facts
        ]
        for kind, facts in by_kind.items()
    }


_Thing = tuple[str, ...]


def count(
    figure: Figure, of: Pool, around: Around, part: str | None = None, *, opened: bool = True
) -> Counted:
    """What a figure of facts comes to, or a part of it alone; what it is made of where it is `opened`."""
    meant = _meant(figure, around)
    year = of.period.only_year
    key_of = _key_of(figure, figure.by, around, year) if figure.by else None
    distinct = _key_of(figure, figure.distinct, around, year) if figure.distinct else None
    numbers: dict[_Thing, int | Fraction] = {}
    told_by: dict[_Thing, Fact[Any]] = {}
    keys: dict[_Thing, set[str]] = {}
    lines: dict[str, Fact[Any]] = {}
    things_of: dict[str, set[_Thing]] = {}
    for fact in meant(of.by_kind):
        root = of.root(fact.deed)
        things = _things(figure, fact, root) if distinct is None else [(k,) for k in distinct(fact)]
        number = _number(figure, fact)
        for thing in things:
            if thing == (NOT_SAID,) or number is None:
                continue
            other = told_by.get(thing)
            if other is None or _stands_before(fact, other, root):
                told_by[thing], numbers[thing] = fact, number
            keys.setdefault(thing, set()).update(key_of(fact) if key_of else ())
            seen = lines.get(root)
            if seen is None or _stands_before(fact, seen, root):
                lines[root] = fact
            things_of.setdefault(root, set()).add(thing)
    by_key: dict[str, list[_Thing]] = {}
    overlaps = False
    for thing, found in keys.items():
        # What is not said of one of several people says nothing of a record of which it is said.
        said = (found - {NOT_SAID}) or {NOT_SAID}
        overlaps = overlaps or len(said) > 1
        for key in said:
            by_key.setdefault(key, []).append(thing)
    if part is not None:
        inside = set(by_key.get(part, ()))
        lines = {root: fact for root, fact in lines.items() if things_of[root] & inside}
        numbers = {thing: number for thing, number in numbers.items() if thing in inside}
    return Counted(
        number=_plain(sum(numbers.values())),
        parts=()
        if key_of is None or part is not None
        else tuple(
            _parts(
                {key: {t: numbers[t] for t in things} for key, things in by_key.items()},
                lambda key: label_of(figure, key, around),
                _order(figure),
            )
        ),
        lines=tuple(map(_line, sorted(lines.values(), key=lambda f: (f.on, f.deed), reverse=True)))
        if opened
        else (),
        overlaps=overlaps and part is None,
        waiting=len({of.root(fact.deed) for fact in meant(of.waiting)} - lines.keys()),
    )


def _line(fact: Fact[Any]) -> FigureLine:
    return FigureLine(
        key=fact.deed, on=fact.on, kind=fact.kind, title=fact.title, organiser=fact.organiser
    )


def _meant(
    figure: Figure, around: Around
) -> Callable[[Mapping[str, Sequence[Fact[Any]]]], Iterator[Fact[Any]]]:
    """Which of some facts a figure means."""
    test = meant_by(figure.counts)
    narrows = [
        (
            _of_any_year(_TIMES[name])
            if name in _TIMES
            else _key_of(figure, name, around, year=None),
            words,
        )
        for name, words in figure.only
    ]
    of_hosts = {kind for kind in figure.kinds if reads_hosts_alone(figure, kind)}
    in_unit = None
    if not any(names_unit(selects) for selects in figure.counts):
        in_unit = in_its_unit(figure.sums)

    def meant(by_kind: Mapping[str, Sequence[Fact[Any]]]) -> Iterator[Fact[Any]]:
        for kind in sorted(figure.kinds):
            for fact in by_kind.get(kind, ()):
                if kind in of_hosts and not fact.subject.startswith("unit/"):
                    continue
                if not test(fact) or (in_unit is not None and not in_unit(fact)):
                    continue
                if all(_within(key(fact), words) for key, words in narrows):
                    yield fact

    return meant


def _within(keys: Iterable[str], words: frozenset[str]) -> bool:
    """Whether one of these is among some words, or is said at all where that alone is asked."""
    return any(key in words or (key != NOT_SAID and SAID.en in words) for key in keys)


def _things(figure: Figure, fact: Fact[Any], root: str) -> Sequence[_Thing]:
    """What a fact is counted as, if anything: facts of one thing are one."""
    match figure.sums:
        case Sums.WORKS:
            return [(fact.kind, fact.work) if fact.work else (root,)]
        case Sums.PEOPLE:
            return [(fact.subject,)] if fact.subject.startswith("member/") else ()
        case Sums.PERSON_TIMES:
            return [(root, fact.subject)] if fact.subject.startswith("member/") else ()
        case Sums.UNITS:
            return [(_host(fact),)]
        case _:
            return [(root,)]


def _host(fact: Fact[Any]) -> str:
    """The unit that held or signed it, or that it came in through."""
    return fact.subject if fact.subject.startswith("unit/") else f"unit/{fact.organiser or ''}"


def _stands_before(fact: Fact[Any], other: Fact[Any], root: str) -> bool:
    """Whether a fact tells of a deed rather than another of it: the record that stands, else the first."""
    return (fact.deed != root, fact.on, fact.deed, fact.place, fact.subject) < (
        *(other.deed != root, other.on, other.deed, other.place),
        other.subject,
    )


def _number(figure: Figure, fact: Fact[Any]) -> int | Fraction | None:
    if figure.sums in Sums._value2member_map_:
        return 1
    if figure.sums == REACHED_PEOPLE:
        return fact.reached_people
    return amount(fact, figure.sums)


def _plain(number: int | Fraction) -> Number:
    if isinstance(number, int) or number.denominator == 1:
        return int(number)
    return rounded(number, 2)


def _parts(
    by_key: Mapping[str, Mapping[Any, int | Fraction]],
    label: Callable[[str], Label],
    order: Callable[[str, Label], tuple[Any, ...]],
) -> Iterator[FigurePart]:
    """The parts in the order of their words, never of their numbers; what is beyond a page is the rest."""
    named = {key: label(key) for key in by_key}
    told = sorted(by_key, key=lambda key: (key == NOT_SAID, *order(key, named[key])))
    for key in told[:MOST_PARTS]:
        number = _plain(sum(by_key[key].values()))
        yield FigurePart(key=key, label=named[key], number=number)
    if len(told) > MOST_PARTS:
        rest: dict[Any, int | Fraction] = {}
        for key in told[MOST_PARTS:]:
            rest |= by_key[key]
        yield FigurePart(
            key=REST,
            label=Label("其余", "the rest"),
            number=_plain(sum(rest.values())),
        )


# Axes


def _key_of(
    figure: Figure, name: str, around: Around, year: int | None
) -> Callable[[Fact[Any]], tuple[str, ...]]:
    """In which parts of an axis a fact lies; months and quarters of any other year than this one tell theirs."""
    if name in _TIMES:
        return _by_time(_TIMES[name], year)
    match name:
        case Axis.KIND:
            return lambda f: (f.kind,)
        case Axis.UNIT:
            return lambda f: (f"unit/{f.organiser}" if f.organiser else NOT_SAID,)
        case Axis.HOST:
            return lambda f: (_host(f),)
        case Axis.HOST_KIND:
            return lambda f: (around.kind(_host(f)),)
        case Axis.VILLAGE:
            return lambda f: (f"unit/{f.village}" if f.village else NOT_SAID,)
        case Axis.SECTOR:
            return lambda f: (around.home(f.subject, Bond.SECTOR, f.on),)
        case Axis.STUDIO:
            return lambda f: (around.home(f.subject, Bond.STUDIO, f.on),)
        case Axis.CLASS:
            return lambda f: (_class_of(around.people.get(f.subject)),)
        case Axis.MEMBER:
            return lambda f: (f.subject if f.subject.startswith("member/") else NOT_SAID,)
        case Axis.IN_NAME_OF:
            return _in_name_of
        case Axis.STAGE:
            return lambda f: (
                NOT_SAID if (newest := reached_last(f.reached)) is None else newest.stage.value,
            )
        case Axis.RANK:
            return lambda f: tuple(
                {r.rank for r in f.reached if r.stage is Stage.INSTRUCTED} or {NOT_SAID}
            )
        case Axis.CAPACITY | Axis.LEVEL | Axis.MODE | Axis.HELD | Axis.MICRO | Axis.ACTIVITY:
            return lambda f: (plain(getattr(f, name)),)
        case Axis.TOPIC_SOURCE:
            return lambda f: (plain(f.topic_source),)
        case _:
            return _by_field(figure, name)


def _by_time(span: Span, year: int | None) -> Callable[[Fact[Any]], tuple[str, ...]]:
    """The span that a fact's day lies in, as `Period.code` writes it, without the year that is asked for alone."""
    codes: dict[tuple[int, int], str] = {}

    def of_day(fact: Fact[Any]) -> tuple[str, ...]:
        month = fact.on.year, fact.on.month
        code = codes.get(month)
        if code is None:
            code = Period.around(span, fact.on).code
            code = codes[month] = _without_year(code) if fact.on.year == year else code
        return (code,)

    return of_day


def _of_any_year(span: Span) -> Callable[[Fact[Any]], tuple[str, ...]]:
    """The span that a fact's day lies in, without its year and with it: a word may mean either."""

    def of_day(fact: Fact[Any]) -> tuple[str, ...]:
        code = Period.around(span, fact.on).code
        return _without_year(code), code

    return of_day


def _without_year(code: str) -> str:
    """A month, quarter or half as it is written within its year; a year is written as it is."""
    return code.rpartition("-")[2]


def _by_field(figure: Figure, name: str) -> Callable[[Fact[Any]], tuple[str, ...]]:
    units = _names_units(figure, name)

    def of_field(fact: Fact[Any]) -> tuple[str, ...]:
        said = getattr(fact.details, name, None)
        found = [plain(each) for each in (said if isinstance(said, tuple) else (said,))]
        return tuple(f"unit/{each}" if units and each else each for each in found) or (NOT_SAID,)

    return of_field


def _in_name_of(fact: Fact[Any]) -> tuple[str, ...]:
    unit = fact.in_name_of or getattr(fact.details, "in_name_of", None)
    return (f"unit/{unit}" if unit else NOT_SAID,)


def _class_of(person: Person | None) -> str:
    return NOT_SAID if person is None else person.profile.member_class.value


def field_of(figure: Figure, name: str) -> FieldAbout | None:
    """A field that the kinds of a figure have."""
    for kind in sorted(figure.kinds):
        for about in fields_of(KINDS[kind]) if kind in KINDS else ():
            if about.name == name:
                return about
    return None


def _names_units(figure: Figure, name: str) -> bool:
    about = field_of(figure, name)
    return about is not None and UnitId in {about.type, *get_args(about.type)}


def choices_of(figure: Figure, name: str) -> tuple[Choice, ...]:
    """The words of an axis, in their order, where they form a closed list."""
    closed = _CHOICES.get(name)
    if closed is not None:
        return tuple(closed)
    if figure.roster is None and name not in Axis._value2member_map_:
        about = field_of(figure, name)
        return () if about is None else about.choices
    return ()


def label_of(figure: Figure, key: str, around: Around) -> Label:
    """What a part of a figure is called."""
    if key == NOT_SAID:
        return Label("未注明", "not said")
    if key.startswith(("unit/", "member/")):
        name = around.name(key)
        return Label(name or "未注明", name or "not said")
    if figure.by == Axis.KIND and figure.roster is None:
        return Label(KINDS[key].about.zh, KINDS[key].about.en)
    if figure.roster is None and figure.by in _TIMES:
        return _called_by_time(key)
    if key in {"true", "false"}:
        return _TICKS[key == "false"]
    for choice in choices_of(figure, figure.by):
        if choice.value == key:
            return Label(choice.zh, choice.en)
    return Label(key, key)


def times_of(name: str) -> list[tuple[str, Label]]:
    """The months, quarters or halves of any year as words write them, with what they are called; none along another axis."""
    span = _TIMES.get(name)
    if span is None or span is Span.YEAR:
        return []
    codes = [_without_year(part.code) for part in Period.year(2000).parts(span)]
    return [(code, _called_by_time(code)) for code in codes]


def _called_by_time(key: str) -> Label:
    """What a part is called that is a month, quarter, half or year; it tells its year where its key does."""
    own = Period.coded(key)
    span = Period.coded(f"2000-{key}") if own is None else own
    if span is None:
        return Label(key, key)
    month = span.first.strftime("%B")
    if own is None:
        en = month if span.span is Span.MONTH else key
        return Label(span.zh.removeprefix("2000年"), en)
    return Label(own.zh, f"{month} {own.first.year}" if own.span is Span.MONTH else own.en)


def _order(figure: Figure) -> Callable[[str, Label], tuple[Any, ...]]:
    places = {str(c.value): i for i, c in enumerate(choices_of(figure, figure.by))}
    places |= {"true": 0, "false": 1}
    if figure.roster is None and figure.by in _TIMES:
        # What tells its year lies before the one year that is asked for.
        return lambda key, _: (-len(key), key)
    return lambda key, label: (places.get(key, len(places)), label.zh, key)


# The roster


def count_roster(figure: Figure, around: Around, day: date, part: str | None = None) -> Counted:
    """What a figure of the roster comes to on a day, or a part of it alone."""
    asked = figure.roster or OfRoster()
    found: dict[str, tuple[FigureLine, set[str]]] = {}
    for line, axis in _on_roster(asked, figure.by, around, day):
        found.setdefault(line.key, (line, set()))[1].add(axis)
    by_key: dict[str, dict[str, int | Fraction]] = {}
    for key, (_, keys) in found.items():
        for each in keys:
            by_key.setdefault(each, {})[key] = 1
    if part is not None:
        found = {key: told for key, told in found.items() if part in told[1]}
    lines = sorted((line for line, _ in found.values()), key=lambda each: (each.title, each.key))
    return Counted(
        number=len(found),
        parts=tuple(_parts(by_key, lambda key: label_of(figure, key, around), _order(figure)))
        if figure.by and part is None
        else (),
        lines=tuple(lines),
        overlaps=part is None and any(len(keys) > 1 for _, keys in found.values()),
    )


def _on_roster(
    asked: OfRoster, by: str, around: Around, day: date
) -> Iterator[tuple[FigureLine, str]]:
    """Who or what there is on a day, with the part in which it lies."""
    if asked.of_members:
        for key, person in around.people.items():
            if person.member_on(day) and (
                asked.bound is None or person.bound_to(asked.bound, day) is not None
            ):
                line = FigureLine(key=key, on=None, kind="", title=person.profile.name)
                yield line, _of_person(person, by, day)
    for unit in around.units.values():
        if not unit.open_on(day) or unit.profile.kind not in asked.units:
            continue
        if asked.lives and unit.life not in asked.lives:
            continue
        if not asked.offices:
            name = unit.profile.name
            line = FigureLine(key=f"unit/{unit.unit}", on=unit.since, kind="", title=name)
            yield line, _of_unit(unit, by)
        for held in unit.appointments:
            if held.office in asked.offices and held.on(day):
                who = f"member/{held.person}"
                line = FigureLine(key=who, on=None, kind="", title=around.name(who))
                is_office = by == RosterAxis.OFFICE
                yield line, held.office.value if is_office else _of_unit(unit, by)


def _of_unit(unit: Unit, by: str) -> str:
    profile = unit.profile
    match by:
        case RosterAxis.KIND:
            return profile.kind.value
        case RosterAxis.TYPE:
            return plain(profile.studio_kind)
        case RosterAxis.PLATFORM:
            return plain(profile.platform)
        case RosterAxis.LIFE:
            return unit.life.value
        case RosterAxis.PLACE:
            place = profile.township or profile.parent
            return f"unit/{place}" if place else NOT_SAID
        case RosterAxis.UNIT:
            return f"unit/{unit.unit}"
        case _:
            return NOT_SAID


def _of_person(person: Person, by: str, day: date) -> str:
    if by == RosterAxis.CLASS:
        return person.profile.member_class.value
    if by in Bond._value2member_map_:
        unit = person.bound_to(Bond.of(by), day)
        return f"unit/{unit}" if unit else NOT_SAID
    return NOT_SAID


# What is said of it


@value(frozen=True, slots=True, kw_only=True)
class FigureValue:
    """A figure with what it comes to: over which days, or of the roster on which day.

    `before` is what it is compared with, over `before_period` or on `before_day`, `whole` what the figure comes to that it is a
    part of. `overlaps` says that something lies in several of its parts, `waiting` how many records more wait for confirmation.
    """

    figure: Figure
    period: Period
    day: date | None
    number: Number
    parts: tuple[FigurePart, ...] = ()
    overlaps: bool = False
    waiting: int = 0
    before: Number | None = None
    before_period: Period | None = None
    before_day: date | None = None
    whole: Number | None = None
    whole_of: Figure | None = None

    @property
    def rate(self) -> int | None:
        """How many of a hundred of the whole it is, where both sum the same over the same days."""
        whole = self.whole_of
        if whole is None or not self.whole or whole.month != self.figure.month:
            return None
        if _of_what(whole) != _of_what(self.figure):
            return None
        return round(100 * self.number / self.whole)

    @property
    def multiple(self) -> Decimal | None:
        """How many times what it is compared with it is, where that is once and a half or more."""
        if not self.before or self.number < Fraction(3, 2) * Fraction(self.before):
            return None
        return rounded(Fraction(self.number) / Fraction(self.before), 1)

    @property
    def quota(self) -> int | None:
        """How many there are meant to be, where a whole year is asked for."""
        return self.figure.quota if self.period.span is Span.YEAR else None


def before(figure: Figure, period: Period, today: date) -> Period | None:
    """The days that a figure of facts is compared with; of a period that is not over, as many of the year before; of days that no calendar bounds, none."""
    of = figure.over(period)
    if of is None or figure.compare is not Compare.LAST_YEAR or not of.span.is_of_calendar:
        return None
    whole = Period.around(of.span, _year_before(of.first))
    return (
        replace(whole, last=_year_before(today)) if of.holds(today) and today < of.last else whole
    )


def compared(now: FigureValue, then: Counted) -> FigureValue:
    """A figure beside what it is compared with, part by part; what has no part of it any more comes last."""
    if now.figure.by == Axis.CALENDAR_YEAR:
        # Each year is a part of its own: there is none to stand beside it.
        return replace(now, before=then.number)
    was = {part.key: part for part in then.parts}
    parts = [
        replace(part, before=was.pop(part.key).number if part.key in was else 0)
        for part in now.parts
    ]
    parts += [replace(part, number=0, before=part.number) for part in was.values()]
    return replace(now, before=then.number, parts=tuple(parts))


def day_before(figure: Figure, period: Period, day: date) -> date | None:
    """The day that a figure of the roster is compared with."""
    match figure.compare:
        case Compare.LAST_YEAR:
            return _year_before(day)
        case Compare.START:
            return period.first - timedelta(days=1)
        case None:
            return None


def _year_before(day: date) -> date:
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year - 1, day=last)


def _of_what(figure: Figure) -> str:
    """What a figure counts one by one: people and units are the same on the roster and in what they did."""
    if figure.roster is not None:
        by_unit = figure.roster.units and not figure.roster.offices
        return Sums.UNITS.value if by_unit else Sums.PEOPLE.value
    return figure.distinct or figure.sums


# Checks


def problems(page: FigurePage, kinds: Mapping[str, type[Details]] = KINDS) -> list[Problem]:
    """All that keeps a page from being drawn up with this catalogue, in the order of the document."""
    found: list[Problem] = []
    if page.until is not None and page.until < page.since:
        found.append(problem("/until", "早于生效日期", "is before the day it comes into force"))
    if not page.figures:
        found.append(problem("/page", "至少写一项数据", "names no figure"))
    codes = [figure.code for figure in page.figures]
    for i, figure in enumerate(page.figures):
        at = f"/page/{i}"
        if codes.index(figure.code) < i:
            found.append(
                problem(
                    f"{at}/figure",
                    f"代码“{figure.code}”重复",
                    f"the code {figure.code!r} is used twice",
                )
            )
        found += _of_source(figure, kinds, at)
        if figure.part_of and figure.part_of not in codes:
            zh, en = proposal(figure.part_of, {f.code: f.zh for f in page.figures})
            found.append(
                problem(
                    f"{at}/part_of",
                    f"没有{quoted(figure.part_of)}这项数据{zh}",
                    f"there is no figure {quoted(figure.part_of)}{en}",
                )
            )
        elif figure.part_of and _is_in_itself(page, figure):
            found.append(
                problem(f"{at}/part_of", "绕回了自己,请改", "comes back to itself; change it")
            )
        if figure.month is not None and not 1 <= figure.month <= 12:
            found.append(problem(f"{at}/month", "应为 1 至 12", "has to be from 1 to 12"))
        if figure.quota is not None and figure.quota < 1:
            found.append(problem(f"{at}/quota", "至少为 1", "is at least 1"))
    return found


def _is_in_itself(page: FigurePage, figure: Figure) -> bool:
    seen = {figure.code}
    of: Figure | None = figure
    while of is not None and of.part_of:
        if of.part_of in seen:
            return True
        seen.add(of.part_of)
        of = page.figure(of.part_of)
    return False


def _of_source(figure: Figure, kinds: Mapping[str, type[Details]], at: str) -> Iterator[Problem]:
    if bool(figure.counts) is (figure.roster is not None):
        yield problem(
            f"{at}/counts",
            "counts(数哪些履职)与 roster(数名册)应写且只写一个",
            "has to say one of counts and roster",
        )
        return
    if figure.roster is not None:
        yield from _of_roster(figure, figure.roster, at)
        return
    for j, selects in enumerate(figure.counts):
        # Who comes from a higher committee is never scored, but is counted here.
        yield from (
            each
            for each in check_selects(selects, kinds, f"{at}/counts/{j}")
            if not each.path.endswith(("/capacities", "/records"))
            or selects.capacities != {Capacity.HIGHER_MEMBER}
        )
        for kind in selects.kinds:
            about = kinds[kind].about if kind in kinds else None
            if about is not None and about.shape is Shape.FINDING and figure.of_people:
                yield problem(
                    f"{at}/counts/{j}/kinds",
                    f"{about.zh}是对人的认定,不列入数据页",
                    f"{kind} is found of people, and no figure of a page",
                )
    if not figure.kinds <= kinds.keys():
        return
    if figure.sums not in Sums._value2member_map_ and figure.sums != REACHED_PEOPLE:
        yield from _of_sum(figure, kinds, at)
    if figure.distinct and figure.sums != Sums.RECORDS:
        yield problem(
            f"{at}/distinct", "不与 sums 同用,请删去其一", "goes without sums; remove one"
        )
    for name, where in (
        (figure.by, f"{at}/by"),
        (figure.distinct, f"{at}/distinct"),
        *((n, f"{at}/only/{n}") for n, _ in figure.only),
    ):
        if name and name not in Axis._value2member_map_:
            yield from _of_axis(figure, name, kinds, where)
    yield from _of_words(figure, at)
    if figure.compare is Compare.START:
        yield problem(
            f"{at}/compare", "只有名册数据可与期初比", "goes with a figure of the roster only"
        )


def _of_sum(figure: Figure, kinds: Mapping[str, type[Details]], at: str) -> Iterator[Problem]:
    for kind in sorted(figure.kinds):
        by_name = {f.name: f for f in fields_of(kinds[kind])}
        about = by_name.get(figure.sums)
        if about is None or not is_number(about):
            numbers = {f.name: f.label.zh for f in by_name.values() if is_number(f)}
            zh, en = proposal(figure.sums, numbers | listed(Sums))
            yield problem(
                f"{at}/sums",
                f"{kinds[kind].about.zh}没有数额字段{quoted(figure.sums)}{zh}",
                f"{kind} has no number {quoted(figure.sums)}{en}",
            )


def _of_axis(
    figure: Figure, name: str, kinds: Mapping[str, type[Details]], at: str
) -> Iterator[Problem]:
    for kind in sorted(figure.kinds):
        by_name = {f.name: f for f in fields_of(kinds[kind])}
        about = by_name.get(name)
        if about is None:
            zh, en = proposal(name, {n: f.label.zh for n, f in by_name.items()} | listed(Axis))
            yield problem(
                at,
                f"{kinds[kind].about.zh}没有字段{quoted(name)}{zh}",
                f"{kind} has no field {quoted(name)}{en}",
            )
        elif about.protection:
            yield problem(
                at,
                f"{about.label.zh}({name})是个人信息,不能用来分项",
                f"{name} tells of a person, and no figure is split by it",
            )


def _of_words(figure: Figure, at: str) -> Iterator[Problem]:
    """Words that a figure is narrowed to and that its axis has not: nothing would ever be counted."""
    for name, words in figure.only:
        known = {str(c.value): c.zh for c in choices_of(figure, name)}
        known |= {code: label.zh for code, label in times_of(name)}
        for word in sorted(words - known.keys() - {SAID.en}) if known else ():
            part = Period.coded(word) if name in _TIMES else None
            if part is None or part.span is not _TIMES[name]:
                zh, en = proposal(word, known)
                yield problem(
                    f"{at}/only/{name}",
                    f"没有{quoted(word)}这个选项{zh}",
                    f"has no {quoted(word)}{en}",
                )


def _of_roster(figure: Figure, asked: OfRoster, at: str) -> Iterator[Problem]:
    if asked.offices and not asked.units:
        yield problem(f"{at}/roster/units", "写明是哪类单位的任职", "names no kind of unit")
    if asked.bound is not None and not asked.of_members:
        yield problem(f"{at}/roster/bound", "只用于委员", "goes with members only")
    for name, said in (
        ("only", figure.only),
        ("distinct", figure.distinct),
        ("sums", figure.sums != Sums.RECORDS),
    ):
        if said:
            yield problem(f"{at}/{name}", "不用于名册数据", "does not go with the roster")
    if figure.month is not None:
        yield problem(f"{at}/month", "名册数据以日为准", "the roster is told of a day")
    if figure.by:
        of_units = {str(a.value) for a in RosterAxis} - {RosterAxis.CLASS.value}
        of_members = {str(b.value) for b in Bond} | {RosterAxis.CLASS.value}
        known = of_members if asked.of_members else of_units
        if not asked.offices:
            known = known - {RosterAxis.OFFICE.value}
        if figure.by not in known:
            zh, en = proposal(figure.by, dict.fromkeys(known, ""))
            yield problem(
                f"{at}/by",
                f"名册数据不能按{quoted(figure.by)}分{zh}",
                f"the roster is not split by {quoted(figure.by)}{en}",
            )


def reads_hosts_alone(figure: Figure, kind: str) -> bool:
    """Whether the lines of units tell all of a kind that a figure asks of: what was held, by whom, whoever took part."""
    about = KINDS[kind].about
    if about.shape is Shape.FINDING:
        return True
    return not figure.of_people and about.shape is Shape.OCCASION and Subject.UNIT in about.subjects


def narrowed(figure: Figure, only: Mapping[str, Iterable[str]]) -> Figure:
    """The same narrowed to these words, which may be written in Chinese."""
    return replace(
        figure,
        only=tuple(
            (name, frozenset(_stored(figure, name, said) for said in words))
            for name, words in only.items()
        ),
    )


def _stored(figure: Figure, name: str, said: str) -> str:
    if said in {SAID.zh, SAID.en}:
        return SAID.en
    if said in {tick.zh for tick in _TICKS}:
        return "true" if said == _TICKS[0].zh else "false"
    for choice in choices_of(figure, name):
        if choice.zh == said:
            return str(choice.value)
    for code, label in times_of(name):
        if said in {label.zh, label.en}:
            return code
    return said
