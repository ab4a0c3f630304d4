"""Rubrics as data: what counts, for whom, how much, up to where, what grade follows; and what a document leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from domain.fact import Attendance, Capacity, Fact, Part, Reached, Spoke
from domain.kinds.about import Stage, Subject
from domain.member import Bond, MemberClass, MemberRole, Person
from domain.people import UnitId
from domain.period import Period, Span
from domain.selection import Byline, Selects
from domain.unit import Office, Unit, UnitKind
from domain.words import Choice, Level

NO_KINDS: Mapping[UnitId, UnitKind] = MappingProxyType({})
"""The kinds of units where no unit is asked about."""

# Who


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHeld:
    """An office that somebody holds in a unit of that kind, from and to (last day included)."""

    office: Office
    of: UnitKind
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """Whose account is drawn up: a member with the offices that he holds in units and the kinds of those that he belongs to, or a unit."""

    person: Person | None = None
    unit: Unit | None = None
    offices: tuple[OfficeHeld, ...] = ()
    kinds: Mapping[UnitId, UnitKind] = field(default_factory=dict)

    def last_day(self, period: Period) -> date:
        """The last day of a period on which he was a member; its last day where nothing is known of that."""
        terms = () if self.person is None else self.person.terms
        ends = [
            period.last if t.until is None else min(t.until, period.last)
            for t in terms
            if t.since <= period.last
        ]
        return max(ends, default=period.last)

    def exempt_on(self, day: date) -> bool:
        """Whether duties are not asked of him on that day."""
        return self.person is not None and self.person.exempt_on(day)

    def belongs(self, kinds: frozenset[UnitKind], day: date) -> bool:
        """Whether he is in a unit on that day, of one of these kinds where any are named."""
        return self.person is not None and any(
            m.on(day) and (not kinds or self.kinds.get(m.unit) in kinds)
            for m in self.person.memberships
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whom a rule is for: those who hold one of the roles or offices, and none of those that they must lack; all else that is named has to hold too.

    `classes` are walks of life, `units` those that he is bound to on the day, `kinds` those of a unit that is appraised. `party` asks for Party members (or for others), `public` for those
    inside (or outside) the public system, `higher` for those who also belong to a committee of a higher level (or not), `added` for those who joined during the term (or not).
    """

    holds: frozenset[MemberRole] = frozenset()
    lacks: frozenset[MemberRole] = frozenset()
    offices: frozenset[Office] = frozenset()
    classes: frozenset[MemberClass] = frozenset()
    units: frozenset[UnitId] = frozenset()
    kinds: frozenset[UnitKind] = frozenset()
    party: bool | None = None
    public: bool | None = None
    higher: bool | None = None
    added: bool | None = None

    def has(self, whom: Assessed, day: date) -> bool:
        """Whether it is for him, or it, on that day."""
        if self is EVERYONE:
            return True
        if whom.unit is not None:
            return self._is_for_unit(whom.unit)
        return whom.person is not None and self._is_for(whom.person, whom.offices, day)

    def _is_for_unit(self, unit: Unit) -> bool:
        asked = Who(units=self.units, kinds=self.kinds)
        return (
            asked == self
            and (not self.units or unit.unit in self.units)
            and (not self.kinds or unit.profile.kind in self.kinds)
        )

    def _is_for(self, person: Person, offices: Iterable[OfficeHeld], day: date) -> bool:
        if self.holds or self.offices:
            held = any(person.holds(role, day) for role in self.holds) or any(
                o.office in self.offices and o.since <= day and (o.until is None or day <= o.until)
                for o in offices
            )
            if not held:
                return False
        if any(person.holds(role, day) for role in self.lacks):
            return False
        about = person.profile
        return (
            not self.kinds
            and (not self.classes or about.member_class in self.classes)
            and (
                not self.units
                or any(m.unit in self.units and m.on(day) for m in person.memberships)
            )
            and (self.party is None or about.party is self.party)
            and (self.public is None or about.in_public_system is self.public)
            and (self.higher is None or bool(about.higher_committees) is self.higher)
            and (
                self.added is None or any(t.added is self.added for t in person.terms if t.on(day))
            )
        )


EVERYONE = Who()

# How much


class Axis(Choice):
    """What a table of prices is read by. `outcome`, `rank` and `stage` look at what the matter has reached."""

    LEVEL = "level", "活动或表彰的层级", "its level"
    OUTCOME = "outcome", "采用(批示)层级", "the level of its outcome"
    RANK = "rank", "批示领导", "the rank of the leader who instructed"
    STAGE = "stage", "办理环节", "the stage that it has reached"
    STATE = "state", "出勤状态", "attendance state"
    WHOLE = "whole", "是否全程", "whether throughout"
    MANDATORY = "mandatory", "是否必须参加", "whether mandatory"
    KEY = "key", "是否重点", "whether key"
    CAPACITY = "capacity", "参加身份", "capacity"
    SPOKE = "spoke", "发言形式", "how he spoke"
    PART = "part", "活动中的角色", "role at the occasion"
    BYLINE = "byline", "署名方式", "byline"
    KIND = "kind", "履职类型", "kind"
    DETAIL = "detail", "该类型的一个字段", "a detail of the kind"


ROWS: Mapping[Axis, type[Choice]] = {
    Axis.LEVEL: Level,
    Axis.OUTCOME: Level,
    Axis.STAGE: Stage,
    Axis.STATE: Attendance,
    Axis.CAPACITY: Capacity,
    Axis.SPOKE: Spoke,
    Axis.PART: Part,
    Axis.BYLINE: Byline,
}
"""The axes whose rows are words of a closed list."""

TICKS = frozenset({Axis.WHOLE, Axis.MANDATORY, Axis.KEY})
"""The axes whose rows are `true` and `false`."""

OUTCOMES = frozenset({Axis.OUTCOME, Axis.RANK, Axis.STAGE})
"""The axes on which one fact can have several rows: the highest level or the best-paid row counts, or all of them where the table adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A price for each row of an axis; a row that is not listed earns nothing.

    `detail` is the field that is read where the axis is one. Of several rows of one fact that of the highest level is paid, of ranks and stages the best; all of them where `adds`.
    """

    by: Axis
    prices: tuple[tuple[str, Fraction], ...]
    detail: str = ""
    adds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """So many points for every so many of a number: `figure` that was set, `half_days`, or a detail of the kind.

    Only whole steps count where `whole`; `at_most` is the most that one act brings.
    """

    of: str
    points: Fraction
    every: Fraction = Fraction(1)
    whole: bool = False
    at_most: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """A price by the size of a number: that of the highest threshold that it reaches; below the lowest, nothing."""

    of: str
    tiers: tuple[tuple[Fraction, Fraction], ...]


Price = Fraction | Table | Quantity | Tiers


class Per(Choice):
    """What one price is paid for."""

    ACT = "act", "每次(件)", "act"
    HALF_DAY = "half_day", "每半天", "half-day attended"
    MISSED_HALF_DAY = "missed_half_day", "每缺半天", "half-day missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """Every act earns the price, from the nth on; acts are counted by day, then in the member's favour."""

    price: Price
    per: Per = Per.ACT
    from_nth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Acts earn by their number: from the nth on that price, until the next step."""

    steps: tuple[tuple[int, Fraction], ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Points by attendance: what the member attended over what he was expected at, in acts or half days.

    What was attended in a state of `weights` counts for that part of it: leave as a half, say.
    `tiers` replace the product by a price for each rate reached; below the lowest of them nothing is earned.
    """

    points: Fraction
    per: Per = Per.ACT
    tiers: tuple[tuple[Fraction, Fraction], ...] = ()
    weights: tuple[tuple[Attendance, Fraction], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The mean of the prices of all acts, as of marks that several people gave."""

    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """The price of what a number comes to over all acts, as of what was given in a year; each act has its part of it."""

    price: Quantity | Tiers


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """Points (below nought) for each act fewer than `acts`, once the period, or the part of it that the clause is worked out for, is over."""

    points: Fraction
    acts: int = 1


class Take(Choice):
    """What a unit's score takes from its members' totals."""

    MEAN = "mean", "平均分", "mean"
    SUM = "sum", "合计", "sum"
    SHARE = "share", "达标委员比例", "share of members who reach a mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class FromMembers:
    """Points from the scorecards of a unit's members: their mean or sum times a factor, or a mark times the share of those who reach one.

    `rubric` is the rubric that they are appraised by, where there are several; `of` a block of it, the total where it is empty. `best` takes only so many of the highest.
    """

    take: Take
    times: Fraction = Fraction(1)
    rubric: str = ""
    of: str = ""
    best: int | None = None
    reach: Fraction | None = None


Measure = Each | Steps | Once | Full | Rate | Mean | Summed | Short | FromMembers

# Limits


class Split(Choice):
    """How a price is divided where a share is no fixed part."""

    EQUAL = "equal", "均摊", "divided equally among all authors"
    REST = "rest", "余下均摊", "what is left, divided equally among the others"
    RECORDED = "recorded", "按登记份额", "the share on record"


Share = Fraction | Split


class Apart(Choice):
    """What acts are told apart by: those that agree in it count once."""

    WORK = "work", "课题", "work"
    DEED = "deed", "同一履职", "deed"
    PERSON = "person", "每人", "person"
    VILLAGE = "village", "村(社区)", "village"
    PAIRING = "pairing", "结对对象", "pairing"
    DAY = "day", "同一天", "day"
    MONTH = "month", "月份", "month"
    DETAIL = "detail", "该类型的一个字段", "a detail of the kind"


class Timing(Choice):
    """Which period an act belongs to."""

    ACT = "act", "履职当期", "the period of the act"
    OUTCOME = "outcome", "结果当期", "the period of its outcome"


class Whose(Choice):
    """Whose acts a clause counts: those of the one whose account it is, in a rubric about units those of its members, in one about members those of the units that he is in."""

    OWN = "own", "本单位", "the unit's own"
    MEMBERS = "members", "所属委员", "those of its members"
    UNIT = "unit", "所属单位", "those of the units that he is in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct:
    """Only the best act of each work, village, day ... counts; what says none stands for itself.

    Where something is worked out for each part of the period, `whole` says that it counts once in all of them.
    """

    by: Apart
    detail: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One rule: what counts (any of `counts`), who for, how much, up to where.

    One fact that `spoiled_by` means (an absence, say), on a day on which the clause is for the member, brings the whole of it to nothing, and so does a gate of `gates` that is not met.
    `shares` is the part of the price that each byline gets, others nothing, but who signs alone the whole; none named means that everyone gets it whole. `cap` is the most
    that it can bring (or take, where it takes), `times` the most acts that it pays, the first of them, or the dearest where `best`. What already has a line in one of the clauses of
    `beyond` is not looked at again. `distinct` counts only the best act of each work (village, day ...). `linked` pays a record also when another
    record of the same deed has been paid. `whose: unit` counts what is on record of the units that he was in on its day, of those of `of_kinds` where kinds are named. `every` works the clause out for each month, quarter or half of the period by itself. `timing` is the period that an act belongs to, that of the rubric where it says nothing.
    """

    code: str
    zh: str
    en: str
    counts: tuple[Selects, ...]
    measure: Measure
    spoiled_by: tuple[Selects, ...] = ()
    gates: tuple[str, ...] = ()
    who: Who = EVERYONE
    whose: Whose = Whose.OWN
    of_kinds: frozenset[UnitKind] = frozenset()
    shares: tuple[tuple[Byline, Share], ...] = ()
    cap: Fraction | None = None
    times: int | None = None
    best: bool = False
    beyond: tuple[str, ...] = ()
    distinct: Distinct | None = None
    linked: bool = False
    every: Span | None = None
    timing: Timing | None = None

    @property
    def by_stage(self) -> Table | None:
        """Its table of prices, where that is read by the stage that a matter has reached."""
        price = getattr(self.measure, "price", None)
        return price if isinstance(price, Table) and price.by is Axis.STAGE else None

    @property
    def stages(self) -> frozenset[Stage]:
        """The stages that it asks for or prices: those on which its outcome depends."""
        asked = frozenset(stage for s in self.counts for stage in s.stages)
        priced = () if self.by_stage is None else self.by_stage.prices
        return asked | {Stage.of(row) for row, _ in priced}

    @property
    def staged_kinds(self) -> frozenset[str]:
        """The kinds of which it asks, or prices, what came of them; others belong to the day of the act whatever its timing is."""
        staged = (s for s in self.counts if s.stages or self.by_stage is not None)
        return frozenset(k for s in staged for k in s.kinds)


class Within(Choice):
    """Over what the clauses of a group compete or share their limit."""

    PERIOD = "period", "全期", "the whole period"
    DEED = "deed", "每一履职", "each deed"
    WORK = "work", "每一课题", "each work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What several clauses, blocks or groups have in common: a ceiling, a floor, or that only the best `best` of them count.

    `within` says whether that holds for the period as a whole, or for each deed or work by itself: the highest of several distinctions of one proposal, say.
    """

    code: str
    zh: str
    en: str
    of: tuple[str, ...]
    cap: Fraction | None = None
    floor: Fraction | None = None
    best: int | None = None
    within: Within = Within.PERIOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a block starts with, for whom; the first that fits is taken."""

    points: Fraction
    who: Who = EVERYONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of the total with clauses of its own; it neither rises above `cap` nor falls below `floor`, and then counts `weight` times.

    A gate of `gates` that is not met brings it to nothing.
    """

    code: str
    zh: str
    en: str
    clauses: tuple[Clause, ...]
    starts: tuple[Start, ...] = ()
    gates: tuple[str, ...] = ()
    cap: Fraction | None = None
    floor: Fraction | None = None
    weight: Fraction = Fraction(1)


# What published rules tend to leave open


class Topic(Choice):
    """What published rubrics tend to leave open."""

    ROUNDING = "rounding", "小数取舍"
    TIES = "ties", "同分"
    QUOTA = "quota", "比例名额的取整", "rounding of quotas"
    SECOND = "second", "“第几件”如何数", "how the second is counted"
    ADDS_OR_REPLACES = "adds_or_replaces", "叠加还是取高", "adds or replaces"
    ORDER_OF_LIMITS = "order_of_limits", "封顶与分摊的先后", "order of caps and shares"
    FLOOR = "floor", "扣分的下限", "floor of deductions"
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


class Way(Choice):
    """Which way a figure is rounded."""

    HALF_UP = "half_up", "四舍五入", "half up"
    HALF_EVEN = "half_even", "四舍六入五成双", "half to even"
    DOWN = "down", "舍去", "down"
    UP = "up", "进一", "up"


class RoundedAt(Choice):
    """Which figures are rounded."""

    LINE = "line", "每一笔", "each line"
    BLOCK = "block", "每一部分", "each block"
    TOTAL = "total", "总分", "the total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
    """To which step figures are rounded, which way, and which of them."""

    to: Fraction
    way: Way = Way.HALF_UP
    at: RoundedAt = RoundedAt.TOTAL


class Order(Choice):
    """Whether an author's share is taken before or after the limits of its clause."""

    SHARES_FIRST = "shares_first", "先分摊后封顶", "shares first, then caps"
    CAPS_FIRST = "caps_first", "先封顶后分摊", "caps first, then shares"


@dataclass(frozen=True, slots=True, kw_only=True)
class LateOutcome:
    """To which period an outcome belongs, and how many days after the end of the period one still counts for it (none named: for ever).

    What comes later is lost, or belongs to the period in which it came where `carry_over`.
    """

    timing: Timing = Timing.ACT
    within_days: int | None = None
    carry_over: bool = False


class Asked(Choice):
    """How much is asked of someone who was a member for part of the period only."""

    WHOLE = "whole", "不折算", "the whole"
    MONTHS = "months", "按在任月数折算", "by months served"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartYear:
    """How members are treated who served, or had duties asked of them, for part of the period.

    A calendar month is served in which he was a member on at least `least_days` days (on all of a shorter one); days of exemption count as not served unless `exempt_serves`.
    `acts` scales the numbers of acts that full marks, lacks and gates ask for (rounded up), `total` the total itself (times the months of the period, over those served, within its floor and cap), or each
    of the blocks of `of` by itself, within that of its own, where some are named. Fewer than `least_months` served means no grade, but for one that a veto sets where `vetoes_first`. All of this is for those
    of `who` on their last day in the period.
    """

    acts: Asked = Asked.WHOLE
    total: Asked = Asked.WHOLE
    of: tuple[str, ...] = ()
    least_days: int = 1
    least_months: int = 0
    vetoes_first: bool = False
    exempt_serves: bool = False
    who: Who = EVERYONE

    def is_for(self, whom: Assessed, period: Period) -> bool:
        """Whether it is for somebody, on the last day of the period on which he was a member."""
        return self.who.has(whom, whom.last_day(period))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An attendance that is read as another state: half a session as an absence, leave for a listed reason as not required. The first that fits is taken."""

    counts: Selects
    reads: Attendance


# Grades


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """A gate on a number of acts (or works, villages ... where `distinct`), in the period or in `every` part of it."""

    counts: tuple[Selects, ...]
    at_least: int | None = None
    at_most: int | None = None
    distinct: Distinct | None = None
    every: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsOf:
    """A gate on points: of a clause, a block or a group, of the total where `of` is empty."""

    of: str = ""
    at_least: Fraction | None = None
    at_most: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceOf:
    """A gate on the rate of attendance: attended over expected, in acts or half days. Where nothing was expected it is met."""

    counts: tuple[Selects, ...]
    at_least: Fraction
    per: Per = Per.ACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Something without which a grade cannot be had (those of `grades`; any that names it), or a clause or block that names it pays nothing.

    Whom it is not for meets it.
    """

    code: str
    zh: str
    en: str
    asks: Acts | PointsOf | AttendanceOf
    who: Who = EVERYONE
    grades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """A listed fact that sets the grade whatever the score; `acts` is how many it takes."""

    code: str
    zh: str
    en: str
    counts: tuple[Selects, ...]
    grade: str
    acts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How many can have a grade: a share of those assessed, or a number, on each list by itself.

    `way` is how a share that comes to a fraction is rounded, unsaid where none.
    """

    share: Fraction | None = None
    number: int | None = None
    way: Way | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A grade, best first in the document: the lowest total for it, the gates it asks for, whom it is open to, how many can have it.

    `below` is the upper end of its band, which the grades above imply. `last` gives it to the last so many, whatever else they would get.
    """

    code: str
    zh: str
    en: str
    at_least: Fraction | None = None
    below: Fraction | None = None
    gates: tuple[str, ...] = ()
    who: Who = EVERYONE
    places: Places | None = None
    last: Places | None = None


class Ties(Choice):
    """What becomes of equal totals at a cut."""

    ALL = "all", "同分都入选", "all of them are in"
    NONE = "none", "同分都不入选", "none of them is in"
    BODY = "body", "由审定机构决定", "the deciding body says"


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A list that is kept apart: of those it is for; of each unit of that bond by itself where one is named."""

    code: str
    zh: str
    en: str
    who: Who = EVERYONE
    by: Bond | None = None


class Combine(Choice):
    """How the grades that several bodies give become one."""

    LOWEST = "lowest", "取低", "the lowest"
    HIGHEST = "highest", "取高", "the highest"
    MAJORITY = "majority", "取多数", "that of most; of equal numbers the lower"
    REFERENCE = "reference", "仅供参考", "for reference only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body that gives or decides grades, by the code that a finding names it with."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """That places are shown: to whom, and in lists of at least how many."""

    zh: str
    en: str
    at_least: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """How totals become grades. `not_assessed` are left out of it altogether; `boards` are the lists that places are counted on, one of all where none is named."""

    grades: tuple[Grade, ...]
    vetoes: tuple[Veto, ...] = ()
    boards: tuple[Board, ...] = ()
    ties: Ties | None = None
    tie_breaks: tuple[str, ...] = ()
    not_assessed: tuple[Who, ...] = ()
    opinions: tuple[Body, ...] = ()
    combine: Combine = Combine.REFERENCE
    decided_by: Body | None = None
    ranking: Ranking | None = None


# Years


class Run(Choice):
    """How years have to follow one another."""

    CONSECUTIVE = "consecutive", "连续", "running"
    IN_TERM = "in_term", "届内累计", "in a term"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What leads to a step: in a year (or in each of several, `years`, one after another or in all in a term) all that is named has to hold.

    `grades` is one of these grades, `below` and `at_least` bound the total, `gates` are gates not met. Of `counts` there are at least `acts`, or fewer than `fewer_than`, in the period or in the term
    so far (`within`). `then` are the steps: the first time the first, the second time in a term the second, from then on the last. Acts counted over a term go through them one by one.
    """

    code: str
    zh: str
    en: str
    then: tuple[str, ...]
    who: Who = EVERYONE
    grades: frozenset[str] = frozenset()
    below: Fraction | None = None
    at_least: Fraction | None = None
    gates: tuple[str, ...] = ()
    counts: tuple[Selects, ...] = ()
    acts: int | None = None
    fewer_than: int | None = None
    within: Span | None = None
    years: int = 1
    run: Run = Run.CONSECUTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the ladder from a reminder to the end of a membership, mildest first; `by` is who takes it."""

    code: str
    zh: str
    en: str
    by: str = ""


# Process


class Practice(Choice):
    """What a rule document lays down about how the appraisal is done."""

    ORGANISER_RECORDS = "organiser_records", "谁组织谁记录", "whoever organises, records"
    MEMBER_CONFIRMS = "member_confirms", "委员确认或填报", "members confirm or fill in"
    DECLARATION = "declaration", "定期填报", "declaration at intervals"
    STAGED_LOCK = "staged_lock", "逐项确认锁定", "locked item by item"
    CORRECTION = "correction", "修改须审核", "corrections are reviewed"
    CUTOFF = "cutoff", "截止与进度", "cut-off and schedule"
    LEAVE = "leave", "请假程序", "procedure of leave"
    NOTICE = "notice", "提前通知", "notice of meetings"
    NOTIFY = "notify", "通报、反馈", "who is told"
    PUBLISH = "publish", "公布", "what is published"
    RECONSIDERATION = "reconsideration", "复核申诉", "reconsideration"
    TWO_WAY = "two_way", "双向考核", "assessment both ways"
    SELF_ASSESSMENT = "self_assessment", "自评述职", "self-assessment"
    DUAL_MANAGEMENT = "dual_management", "双重管理", "dual management"
    SEVERAL_COMMITTEES = "several_committees", "跨级委员", "members of several committees"
    TRIAL = "trial", "试行", "trial"
    REWARD = "reward", "结果运用", "use of results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """One thing that is laid down about how the appraisal is done.

    `by` is who does or approves it, `to` whom it goes to, `days` how many days before (notice, leave) or after (others), `every` how often, `on` the day of the year (`12-31`) by which.
    """

    practice: Practice
    zh: str
    en: str
    by: str = ""
    to: tuple[str, ...] = ()
    days: int | None = None
    every: Span | None = None
    on: str = ""


# The document


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """The rules of one committee, in one version, for acts from a day on; whatever is None the document does not say.

    `settled` are topics that it does answer in its own way, so that nothing is asked about them.

    `subject` says whether members or units (of the kinds `of_kinds`, all where none is named) are appraised. `sessions` are the first days of plenary sessions, which bound session years.
    """

    code: str
    version: str
    zh: str
    en: str
    since: date
    until: date | None = None
    period: Span = Span.YEAR
    sessions: tuple[date, ...] = ()
    source: str = ""
    subject: Subject = Subject.MEMBER
    of_kinds: frozenset[UnitKind] = frozenset()
    blocks: tuple[Block, ...]
    groups: tuple[Group, ...] = ()
    gates: tuple[Gate, ...] = ()
    cap: Fraction | None = None
    floor: Fraction | None = None
    rounding: Rounding | None = None
    order: Order | None = None
    late: LateOutcome | None = None
    part_year: PartYear | None = None
    attendance: tuple[Reading, ...] = ()
    grading: Grading | None = None
    triggers: tuple[Trigger, ...] = ()
    ladder: tuple[Step, ...] = ()
    process: tuple[Procedure, ...] = ()
    silences: tuple[Silence, ...] = ()
    settled: frozenset[Topic] = frozenset()
    unknown: tuple[Remark, ...] = ()

    def __hash__(self) -> int:
        """By name and version only, which keeps look-ups cheap; equality still compares everything."""
        return hash((self.code, self.version))

    @property
    def clauses(self) -> Iterator[tuple[Block, Clause]]:
        """All clauses with their blocks, in the order of the document."""
        return ((block, clause) for block in self.blocks for clause in block.clauses)

    @property
    def looks_back(self) -> bool:
        """Whether an outcome can bring points to another period than that of the act."""
        return any(
            c.stages and (self.timing(c) is Timing.OUTCOME or self.carries_over)
            for _, c in self.clauses
        )

    @property
    def carries_over(self) -> bool:
        """Whether an outcome that comes too late for the period of its act belongs to the one in which it came."""
        return self.late is not None and self.late.carry_over

    def late_outcomes(self, fact: Fact[Any], period: Period) -> tuple[Reached, ...]:
        """What came of an earlier act in a period, too late to belong to the period of the act."""
        if period.span.is_of_calendar:
            ends = Period.around(period.span, fact.on, begins=period.first.year).last
        else:
            later = [
                day for day in self.sessions if period.span is Span.SESSION_YEAR and day > fact.on
            ]
            ends = min(later, default=period.first) - timedelta(days=1)
        days = 0 if self.late is None or self.late.within_days is None else self.late.within_days
        ends += timedelta(days=days)
        return tuple(r for r in fact.reached if ends < r.on and period.holds(r.on))

    @property
    def names_offices(self) -> bool:
        """Whether something in it depends on offices that are held in units."""
        whos = [c.who for _, c in self.clauses]
        whos += [s.who for b in self.blocks for s in b.starts]
        whos += [g.who for g in self.gates] + [t.who for t in self.triggers]
        whos += [] if self.part_year is None else [self.part_year.who]
        if self.grading is not None:
            whos += [g.who for g in self.grading.grades] + [b.who for b in self.grading.boards]
            whos += self.grading.not_assessed
        return any(who.offices for who in whos)

    @property
    def counted_of_units(self) -> frozenset[str]:
        """The kinds of record of a member's units that one of its clauses counts, or is spoiled by; none where it asks nothing of them."""
        return _counted_of_units(self)

    @property
    def names_kinds(self) -> bool:
        """Whether something depends on the kind of a unit that a member is in."""
        return any(c.whose is Whose.UNIT and c.of_kinds for _, c in self.clauses)

    @property
    def takes_from_members(self) -> bool:
        """Whether a unit's points come from its members' cards."""
        return any(isinstance(c.measure, FromMembers) for _, c in self.clauses)

    def assesses(self, unit: Unit) -> bool:
        """Whether it is for that unit."""
        return self.subject is Subject.UNIT and (
            not self.of_kinds or unit.profile.kind in self.of_kinds
        )

    def timing(self, clause: Clause) -> Timing:
        """The period that an act belongs to under a clause."""
        if clause.timing is not None:
            return clause.timing
        return Timing.ACT if self.late is None else self.late.timing


@lru_cache(maxsize=512)
def _counted_of_units(rubric: Rubric) -> frozenset[str]:
    if rubric.subject is not Subject.MEMBER:
        return frozenset()
    return frozenset(
        kind
        for _, clause in rubric.clauses
        if clause.whose is Whose.UNIT
        for selects in (*clause.counts, *clause.spoiled_by)
        for kind in selects.kinds
    )


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
