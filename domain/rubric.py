"""Rubrics as data: what counts, for whom, how much, up to where; and what a document leaves open, with the reading assumed."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any, Self

from domain.fact import Attendance, Authorship, Capacity, Fact, Part, RecordClass, Spoke
from domain.kinds import Details
from domain.kinds.about import Shape, Stage
from domain.kinds.fields import FieldAbout, fields_of
from domain.member import MemberRole, Person
from domain.words import Choice, Level

# Periods


class Span(Choice):
    """How long a period is."""

    YEAR = "year", "自然年度", "calendar year"
    SESSION_YEAR = "session_year", "会期年度(本次全会至下次全会)", "year from plenary to plenary"
    HALF = "half", "半年", "half-year"
    QUARTER = "quarter", "季度"
    MONTH = "month", "月"
    TERM = "term", "届", "term"


_MONTHS = {Span.YEAR: 12, Span.HALF: 6, Span.QUARTER: 3, Span.MONTH: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days that an account is drawn up for, both ends included."""

    span: Span
    first: date
    last: date

    @classmethod
    def year(cls, year: int) -> Self:
        """A calendar year."""
        return cls(span=Span.YEAR, first=date(year, 1, 1), last=date(year, 12, 31))

    def holds(self, day: date) -> bool:
        """Whether that day lies in it."""
        return self.first <= day <= self.last

    def has(self, fact: Fact[Any]) -> bool:
        """Whether a fact belongs to it: by its day, and a pairing by being in force at any time of it."""
        if fact.details.about.shape is Shape.PAIRING:
            return fact.on <= self.last and (fact.until is None or self.first <= fact.until)
        return self.first <= fact.on <= self.last

    def parts(self, span: Span) -> tuple[Period, ...]:
        """The calendar months, quarters, halves or years that it consists of; itself where it has no such parts."""
        months = _MONTHS.get(span)
        if months is None or span is self.span:
            return (self,)
        found: list[Period] = []
        year, month = self.first.year, (self.first.month - 1) // months * months + 1
        while date(year, month, 1) <= self.last:
            end = month + months - 1
            found.append(
                Period(
                    span=span,
                    first=date(year, month, 1),
                    last=date(year, end, monthrange(year, end)[1]),
                )
            )
            year, month = (year + 1, 1) if end == 12 else (year, end + 1)
        return tuple(found)

    @property
    def zh(self) -> str:
        """How it is called in Chinese."""
        year = f"{self.first.year}年"
        match self.span:
            case Span.YEAR:
                return f"{year}度"
            case Span.HALF:
                return year + ("上半年" if self.first.month == 1 else "下半年")
            case Span.QUARTER:
                return f"{year}第{(self.first.month + 2) // 3}季度"
            case Span.MONTH:
                return f"{year}{self.first.month}月"
            case Span.SESSION_YEAR | Span.TERM:
                return f"{self.first.isoformat()}至{self.last.isoformat()}"

    @property
    def en(self) -> str:
        """How it is called in English."""
        match self.span:
            case Span.YEAR:
                return str(self.first.year)
            case Span.HALF:
                return f"{self.first.year} H{1 if self.first.month == 1 else 2}"
            case Span.QUARTER:
                return f"{self.first.year} Q{(self.first.month + 2) // 3}"
            case Span.MONTH:
                return f"{self.first.year}-{self.first.month:02}"
            case Span.SESSION_YEAR | Span.TERM:
                return f"{self.first.isoformat()} to {self.last.isoformat()}"


# What counts


class Byline(Choice):
    """How a name stands on a piece of work: alone, first of several, with others, as its writer, as a contributor."""

    SOLE = "sole", "独立署名", "alone"
    FIRST = "first", "联名第一人", "first of several"
    JOINT = "joint", "联名其他人", "joint author"
    WRITER = "writer", "执笔人", "writer"
    CONTRIBUTOR = "contributor", "参与人", "contributor"


_BYLINES = {
    Authorship.FIRST: Byline.FIRST,
    Authorship.JOINT: Byline.JOINT,
    Authorship.WRITER: Byline.WRITER,
    Authorship.CONTRIBUTOR: Byline.CONTRIBUTOR,
}


_SIGNS = frozenset({Authorship.FIRST, Authorship.JOINT})


def byline(fact: Fact[Any]) -> Byline:
    """How the subject's name stands on it; what has no named authors is his alone.

    A clerk who leaves the roles as they are names joint authors: the only one signs alone, the first of several is first.
    """
    if fact.authorship is None:
        return Byline.SOLE
    if fact.authorship in _SIGNS:
        if fact.authors <= 1:
            return Byline.SOLE
        if fact.place == 1:
            return Byline.FIRST
    return _BYLINES[fact.authorship]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A stage that a matter has reached, at one of these levels; at any level, or none, where no levels are named."""

    stage: Stage
    levels: frozenset[Level] = frozenset()

    def by(self, fact: Fact[Any]) -> bool:
        """Whether that fact has passed it."""
        for reached in fact.reached:
            if reached.stage is self.stage and (not self.levels or reached.level in self.levels):
                return True
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A detail of the kind that has to say one of these, compared as text (`true` and `false` for ticks)."""

    name: str
    values: frozenset[str]

    def by(self, fact: Fact[Any]) -> bool:
        """Whether that fact says so."""
        value = getattr(fact.details, self.name, None)
        return (value if isinstance(value, str) else plain(value)) in self.values


def plain(value: object) -> str:
    """A detail as text: the stored word of a choice, `true` or `false` for a tick, nothing for what is not said."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


TOOK_PART = frozenset(a for a in Attendance if a.took_part)
AS_MEMBER = frozenset({Capacity.ATTENDS, Capacity.SITS_IN, Capacity.INVITED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Selects:
    """Which facts are meant. All that is named has to hold; an empty set asks nothing.

    `whole` asks for all half days, or for less than all. `passed_any`, `passed_all` and `passed_none` look at the stages that a matter has reached. `evidence` is how many pieces of evidence
    it takes, `records` the class of the record: whose it is, by who organised it. Unless said otherwise a fact is meant only where the subject took part, as a member.
    """

    kinds: tuple[str, ...]
    where: tuple[Where, ...] = ()
    capacities: frozenset[Capacity] = AS_MEMBER
    states: frozenset[Attendance] = TOOK_PART
    parts: frozenset[Part] = frozenset()
    spoke: frozenset[Spoke] = frozenset()
    levels: frozenset[Level] = frozenset()
    bylines: frozenset[Byline] = frozenset()
    records: frozenset[RecordClass] = frozenset()
    key: bool | None = None
    mandatory: bool | None = None
    whole: bool | None = None
    passed_any: tuple[Passed, ...] = ()
    passed_all: tuple[Passed, ...] = ()
    passed_none: tuple[Passed, ...] = ()
    evidence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Which members a rule is for, by the roles that they hold on the day: one of `holds`, none of `lacks`."""

    holds: frozenset[MemberRole] = frozenset()
    lacks: frozenset[MemberRole] = frozenset()

    def has(self, member: Person, day: date) -> bool:
        """Whether it is for that member on that day."""
        return (not self.holds or any(member.holds(r, day) for r in self.holds)) and not any(
            member.holds(r, day) for r in self.lacks
        )


EVERYONE = Who()

# How much


class Axis(Choice):
    """What a table of prices is read by. `outcome` is the highest level among the stages that the clause asks for."""

    LEVEL = "level", "活动或表彰的层级", "its level"
    OUTCOME = "outcome", "采用(批示)层级", "the highest level of its outcome"
    STATE = "state", "出勤状态", "attendance state"
    SPOKE = "spoke", "发言形式", "how he spoke"
    PART = "part", "活动中的角色", "role at the occasion"
    BYLINE = "byline", "署名方式", "byline"
    DETAIL = "detail", "该类型的一个字段", "a detail of the kind"


ROWS: Mapping[Axis, type[Choice]] = {
    Axis.LEVEL: Level,
    Axis.OUTCOME: Level,
    Axis.STATE: Attendance,
    Axis.SPOKE: Spoke,
    Axis.PART: Part,
    Axis.BYLINE: Byline,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A price for each row of an axis; a row that is not listed earns nothing. `detail` is the field that is read where the axis is one."""

    by: Axis
    prices: tuple[tuple[str, Fraction], ...]
    detail: str = ""


Price = Fraction | Table


class Per(Choice):
    """What one price is paid for."""

    ACT = "act", "每次(件)", "act"
    HALF_DAY = "half_day", "每半天", "half-day attended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """Every act earns the price, from the nth on; acts are counted by day, then in the member's favour."""

    price: Price
    per: Per = Per.ACT
    from_nth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """One act or many earn the price once: that of the best act."""

    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """So many acts earn the full mark; fewer earn their part of it, or nothing unless `partial`."""

    points: Fraction
    acts: int
    partial: bool = True


Measure = Each | Once | Full

# The document


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One rule: what counts (any of `counts`), who for, how much, up to where.

    One fact that `spoiled_by` means (an absence, say), on a day on which the clause is for the member, brings the whole of it to nothing.
    `shares` is the part of the price that each byline gets, others nothing; none named means that everyone gets it whole. `cap` is the most
    that it can bring (or take, where it takes), `times` the most acts that it pays. What already has a line in one of the clauses of
    `beyond` is not looked at again. `by_work` pays a work once, however many sessions it had. `linked` pays a record also when another
    record of the same deed has been paid.
    """

    code: str
    zh: str
    en: str
    counts: tuple[Selects, ...]
    measure: Measure
    spoiled_by: tuple[Selects, ...] = ()
    who: Who = EVERYONE
    shares: tuple[tuple[Byline, Fraction], ...] = ()
    cap: Fraction | None = None
    times: int | None = None
    beyond: tuple[str, ...] = ()
    by_work: bool = False
    linked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCap:
    """A ceiling that several clauses of a block have in common."""

    code: str
    zh: str
    en: str
    clauses: tuple[str, ...]
    points: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a block starts with, for whom; the first that fits is taken."""

    points: Fraction
    who: Who = EVERYONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of the total with clauses of its own; it neither rises above `cap` nor falls below `floor`."""

    code: str
    zh: str
    en: str
    clauses: tuple[Clause, ...]
    starts: tuple[Start, ...] = ()
    shared: tuple[SharedCap, ...] = ()
    cap: Fraction | None = None
    floor: Fraction | None = None


class Topic(Choice):
    """What published rubrics tend to leave open."""

    ROUNDING = "rounding", "小数取舍"
    TIES = "ties", "同分"
    SECOND = "second", "“第几件”如何数", "how the second is counted"
    ADDS_OR_REPLACES = "adds_or_replaces", "叠加还是取高", "adds or replaces"
    ORDER_OF_LIMITS = "order_of_limits", "封顶与分摊的先后", "order of caps and shares"
    LATE_OUTCOME = "late_outcome", "结果跨年归属", "year of a late outcome"
    LEAVE = "leave", "请假、未准假如何看待", "leave and refused leave"
    MID_YEAR = "mid_year", "年中增补或离任", "members who join or leave in mid-year"
    JOINT = "joint", "联名、合作的计分", "joint work"
    PENDING = "pending", "结果未定期间", "while an outcome is pending"
    SCOPE = "scope", "适用范围", "what is meant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Something that the document leaves open: the question, and the reading that is assumed until the author answers."""

    topic: Topic
    zh: str
    en: str
    reading_zh: str
    reading_en: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something said of the document in two languages, such as a part of it that is not known."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """The rules of one committee, in one version, for acts from a day on."""

    code: str
    version: str
    zh: str
    en: str
    since: date
    until: date | None = None
    period: Span = Span.YEAR
    source: str = ""
    blocks: tuple[Block, ...]
    cap: Fraction | None = None
    floor: Fraction | None = None
    silences: tuple[Silence, ...] = ()
    unknown: tuple[Remark, ...] = ()

    def __hash__(self) -> int:
        """By name and version only, which keeps look-ups cheap; equality still compares everything."""
        return hash((self.code, self.version))

    @property
    def clauses(self) -> Iterator[tuple[Block, Clause]]:
        """All clauses with their blocks, in the order of the document."""
        return ((block, clause) for block in self.blocks for clause in block.clauses)


# Checks


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong with a document: where (a JSON pointer) and what."""

    path: str
    zh: str
    en: str


def problems(rubric: Rubric, kinds: Mapping[str, type[Details]]) -> list[Problem]:
    """All that keeps a rubric from being used with this catalogue, in the order of the document."""
    found: list[Problem] = []
    if rubric.until is not None and rubric.until < rubric.since:
        found.append(_problem("/until", "早于生效日期", "is before the day it comes into force"))
    named = [b.code for b in rubric.blocks] + [s.code for b in rubric.blocks for s in b.shared]
    _unique(found, "/blocks", named + [c.code for _, c in rubric.clauses])
    _bounds(found, "", rubric.cap, rubric.floor)
    seen: set[str] = set()
    for i, block in enumerate(rubric.blocks):
        at = f"/blocks/{i}"
        _bounds(found, at, block.cap, block.floor)
        for j, clause in enumerate(block.clauses):
            _check_clause(found, f"{at}/clauses/{j}", clause, kinds, seen)
            seen.add(clause.code)
        own = {c.code for c in block.clauses}
        for j, shared in enumerate(block.shared):
            for k, code in enumerate(shared.clauses):
                if code not in own:
                    found.append(
                        _problem(
                            f"{at}/shared/{j}/clauses/{k}",
                            f"本部分没有条目 {code}",
                            f"this block has no clause {code}",
                        )
                    )
    codes = {c.code for _, c in rubric.clauses}
    for i, silence in enumerate(rubric.silences):
        for k, code in enumerate(silence.clauses):
            if code not in codes:
                found.append(
                    _problem(
                        f"/silences/{i}/clauses/{k}",
                        f"没有条目 {code}",
                        f"there is no clause {code}",
                    )
                )
    return found


def not_built(rubric: Rubric) -> list[Problem]:
    """What a rubric says that nothing carries out yet; it is not published, rather than read as something else."""
    if rubric.period is Span.YEAR:
        return []
    return [
        _problem(
            "/period",
            f"目前只能按{Span.YEAR.zh}计分,尚不能按{rubric.period.zh}计分",
            f"scores are drawn up by {Span.YEAR.en} only; {rubric.period.en} is not possible yet",
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What of one kind no clause looks at: all of it, or these attendance states, stages and choices of a detail."""

    kind: str
    whole: bool = False
    states: tuple[Attendance, ...] = ()
    stages: tuple[Stage, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()


_SAYS_NOTHING = frozenset({Attendance.NOT_REQUIRED, Attendance.NOT_RECORDED})


def gaps(rubric: Rubric, kinds: Mapping[str, type[Details]]) -> list[Gap]:
    """What of the catalogue nobody has priced, kind by kind: a question to the author, never a mistake."""
    by_kind: dict[str, list[Selects]] = {}
    for _, clause in rubric.clauses:
        for selects in (*clause.counts, *clause.spoiled_by):
            for kind in selects.kinds:
                by_kind.setdefault(kind, []).append(selects)
    found = [
        _gap(kind, details, by_kind[kind]) if kind in by_kind else Gap(kind=kind, whole=True)
        for kind, details in kinds.items()
    ]
    return [gap for gap in found if gap != Gap(kind=gap.kind)]


def _gap(kind: str, details: type[Details], selected: list[Selects]) -> Gap:
    about = details.about
    states = {state for s in selected for state in s.states or Attendance}
    stages = {p.stage for s in selected for p in (*s.passed_any, *s.passed_all, *s.passed_none)}
    asked = {w.name for w in selected[0].where}.intersection(
        *({w.name for w in s.where} for s in selected)
    )
    named = {(w.name, value) for s in selected for w in s.where for value in w.values}
    return Gap(
        kind=kind,
        states=tuple(a for a in Attendance if a not in states | _SAYS_NOTHING)
        if about.shape is Shape.OCCASION
        else (),
        stages=tuple(stage for stage in about.stages if stage not in stages),
        choices=tuple(
            (field.name, word)
            for field in fields_of(details)
            if field.name in asked
            for word in _words_of(field)
            if (field.name, word) not in named
        ),
    )


def check_selects(
    selects: Selects, kinds: Mapping[str, type[Details]], at: str = ""
) -> list[Problem]:
    """What in a selection does not fit the catalogue."""
    found: list[Problem] = []
    if not selects.kinds:
        found.append(_problem(f"{at}/kinds", "至少写一种履职类型", "names no kind"))
    for i, kind in enumerate(selects.kinds):
        details = kinds.get(kind)
        if details is None:
            found.append(
                _problem(
                    f"{at}/kinds/{i}",
                    f"类型目录中没有 {kind}",
                    f"{kind} is not a kind of the catalogue",
                )
            )
            continue
        for where in selects.where:
            _check_where(found, f"{at}/where/{where.name}", where, kind, details)
        for name, all_passed in (
            ("any", selects.passed_any),
            ("all", selects.passed_all),
            ("none", selects.passed_none),
        ):
            for j, passed in enumerate(all_passed):
                if passed.stage not in details.about.stages and name != "none":
                    found.append(
                        _problem(
                            f"{at}/reached/{name}/{j}",
                            f"{details.about.zh}没有“{passed.stage.zh}”这个环节",
                            f"{kind} has no stage {passed.stage.value}",
                        )
                    )
        if selects.bylines and details.about.shape is not Shape.MATTER:
            found.append(
                _problem(f"{at}/bylines", f"{details.about.zh}没有署名", f"{kind} has no authors")
            )
    return found


def _check_where(
    found: list[Problem], at: str, where: Where, kind: str, details: type[Details]
) -> None:
    by_name = {f.name: f for f in fields_of(details)}
    named = by_name.get(where.name)
    if named is None:
        found.append(
            _problem(
                at,
                f"{details.about.zh}没有字段 {where.name}(现有:{'、'.join(by_name) or '无'})",
                f"{kind} has no field {where.name} (it has: {', '.join(by_name) or 'none'})",
            )
        )
        return
    allowed = _words_of(named)
    for value in sorted(where.values):
        if allowed and value not in allowed:
            found.append(
                _problem(
                    at,
                    f"{where.name} 不能是 {value}(可选:{'、'.join(allowed)})",
                    f"{where.name} cannot be {value} (one of: {', '.join(allowed)})",
                )
            )


def _words_of(named: FieldAbout) -> tuple[str, ...]:
    """The words that a detail can have, where they form a closed list."""
    if named.choices and not named.many:
        return tuple(str(c.value) for c in named.choices)
    return ("true", "false") if named.type is bool else ()


def _check_clause(
    found: list[Problem],
    at: str,
    clause: Clause,
    kinds: Mapping[str, type[Details]],
    before: set[str],
) -> None:
    if not clause.counts:
        found.append(_problem(f"{at}/counts", "没有写明计什么", "does not say what counts"))
    for i, selects in enumerate(clause.counts):
        found.extend(check_selects(selects, kinds, f"{at}/counts/{i}"))
    for i, selects in enumerate(clause.spoiled_by):
        found.extend(check_selects(selects, kinds, f"{at}/spoiled_by/{i}"))
    for i, code in enumerate(clause.beyond):
        if code not in before:
            found.append(
                _problem(
                    f"{at}/beyond/{i}",
                    f"前面没有条目 {code}",
                    f"no clause before this one is called {code}",
                )
            )
    if isinstance(clause.measure, Each | Once) and isinstance(clause.measure.price, Table):
        _check_table(found, at, clause, clause.measure.price, kinds)
    match clause.measure:
        case Each(from_nth=nth) if nth < 1:
            found.append(_problem(f"{at}/from_nth", "应从 1 起", "starts at 1"))
        case Full(acts=acts) if acts < 1:
            found.append(_problem(f"{at}/full/acts", "至少 1 次", "is at least 1"))
        case _:
            pass
    if clause.cap is not None and clause.cap < 0:
        found.append(_problem(f"{at}/cap", "不能是负数", "cannot be negative"))
    if clause.times is not None and clause.times < 1:
        found.append(_problem(f"{at}/times", "至少 1 次", "is at least 1"))
    for b, share in clause.shares:
        if not 0 <= share <= 1:
            found.append(
                _problem(f"{at}/shares/{b.value}", "应在 0 与 1 之间", "lies between 0 and 1")
            )


def _check_table(
    found: list[Problem],
    at: str,
    clause: Clause,
    table: Table,
    kinds: Mapping[str, type[Details]],
) -> None:
    at = f"{at}/{'each' if isinstance(clause.measure, Each) else 'once'}/prices"
    if table.by is Axis.DETAIL:
        values = frozenset(row for row, _ in table.prices)
        for kind in (k for s in clause.counts for k in s.kinds if k in kinds):
            _check_where(found, at, Where(name=table.detail, values=values), kind, kinds[kind])
        return
    if table.by is Axis.OUTCOME and not any(s.passed_any or s.passed_all for s in clause.counts):
        found.append(
            _problem(
                at,
                "按采用层级计分,须写明达到的环节",
                "goes by an outcome, but no stage is asked for",
            )
        )
    words = [str(c.value) for c in ROWS[table.by]]
    for row, _ in table.prices:
        if row not in words:
            found.append(
                _problem(
                    f"{at}/{row}",
                    f"“{table.by.zh}”没有 {row}(可选:{'、'.join(words)})",
                    f"{table.by.en} cannot be {row} (one of: {', '.join(words)})",
                )
            )


def _bounds(found: list[Problem], at: str, cap: Fraction | None, floor: Fraction | None) -> None:
    if cap is not None and floor is not None and cap < floor:
        found.append(_problem(f"{at}/floor", "高于封顶", "is above the cap"))


def _unique(found: list[Problem], at: str, codes: list[str]) -> None:
    for code in sorted({c for c in codes if codes.count(c) > 1}):
        found.append(_problem(at, f"代号 {code} 重复", f"the code {code} is used twice"))


def _problem(path: str, zh: str, en: str) -> Problem:
    return Problem(path=path, zh=zh, en=en)


def points_text(points: Fraction) -> str:
    """Exact text of points: `67.5` where decimals suffice, `161/3` where they do not; `Fraction` reads it back."""
    below = points.denominator
    places = 0
    while below % 10 == 0:
        below, places = below // 10, places + 1
    for prime in (2, 5):
        while below % prime == 0:
            below, places = below // prime, places + 1
    if below != 1:
        return f"{points.numerator}/{points.denominator}"
    if places == 0:
        return str(points.numerator)
    scaled = str(abs(points.numerator) * 10**places // points.denominator).rjust(places + 1, "0")
    text = f"{scaled[:-places]}.{scaled[-places:]}".rstrip("0").rstrip(".")
    return f"-{text}" if points < 0 else text
