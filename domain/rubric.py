"""Rubrics as data: what counts, for whom, how much, up to where; and what a document leaves open, with the reading assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from domain.fact import Attendance, Part, Spoke
from domain.member import MemberRole, Person
from domain.period import Span
from domain.selection import Byline, Selects
from domain.words import Choice, Level


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
