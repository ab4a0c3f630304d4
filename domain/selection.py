"""Selections: which facts a rule means, and why it passes another over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, get_args

from domain.fact import Attendance, Authorship, Capacity, Fact, Mark, Part, RecordClass, Spoke
from domain.kinds import Details
from domain.kinds.about import Shape, Stage
from domain.kinds.fields import FieldAbout, fields_of
from domain.nearest import listed, proposal, quoted
from domain.numbers import reckoned
from domain.unit import Side
from domain.words import Choice, Level


class Why(Choice):
    """Why a fact has no line. Of several clauses that passed it over, the one that came nearest is named (later in this list)."""

    NEVER = "never", "此类记录不计分", "records of this kind are never scored"
    OTHER_PERIOD = "other_period", "不在本考核周期内", "lies outside the period"
    SAME_DEED = (
        "same_deed",
        "与另一记录为同一履职,已由该记录计分",
        "is the same deed as another record",
    )
    SAME_SPEECH = (
        "same_speech",
        "该发言已作为登记的发言材料计分,不再另计",
        "is the speech whose text is registered, and earns nothing besides it",
    )
    NOT_YET = "not_yet", "待确认,暂不计分", "waits for confirmation"
    NOT_MEMBER = "not_member", "当日不是本级委员", "happened while he was not a member"
    NOT_IN_UNIT = "not_in_unit", "当日不在该单位", "happened while he was not in the unit"
    NOT_PRICED = "not_priced", "本办法未列分值", "has no price in this rubric"
    CONDITIONS = "conditions", "不符合条目的条件", "does not meet the conditions of the clause"
    DAY = (
        "day",
        "不在条目规定的日期之内",
        "lies outside the days of the year that the clause is for",
    )
    GUEST = "guest", "上级(特邀)委员及非委员身份参加,不计分", "took part as a guest, never scored"
    CAPACITY = (
        "capacity",
        "以该身份参加的不在条目计分之列",
        "was there in a capacity that the clause does not count",
    )
    STATE = "state", "该出勤状态不得分", "earns nothing in this attendance state"
    READ = (
        "read",
        "按本办法的出勤读法看作另一出勤状态,该状态不得分",
        "is read as another attendance state, which earns nothing",
    )
    PARTLY = (
        "partly",
        "出席的半天数不符合条目要求",
        "was not there for as much of it as is asked for",
    )
    STAGE = (
        "stage",
        "未达到(或已超出)条目所需的办理环节",
        "has not reached the stage that is asked for",
    )
    CONVERTED = (
        "converted",
        "已转为其他形式,不在此重复计分",
        "was converted and is not counted here as well",
    )
    NO_EVIDENCE = "no_evidence", "缺少佐证材料", "lacks evidence"
    UNIT_KIND = (
        "unit_kind",
        "该条目不计这类单位",
        "is of a unit of another kind than the clause counts",
    )
    NOT_ELIGIBLE = "not_eligible", "该条目不适用于本人职务", "is for members in another role"
    CO_AUTHOR = "co_author", "联名(参与)人不计分", "earns nothing for a co-author"
    NOT_LISTED = (
        "not_listed",
        "分值表对所登记的内容没有给分(或没有登记)",
        "the table of prices gives nothing for what is on record (or nothing is)",
    )
    NO_QUANTITY = (
        "no_quantity",
        "没有登记计分所依据的数额,或数额不到计分的起点、单位不符",
        "has no figure on record to go by, or one below what earns something, or in another unit",
    )
    LATE_OUTCOME = (
        "late_outcome",
        "结果在截止之后才有,本期不计",
        "its outcome came after the last day for this period",
    )
    EXEMPT = "exempt", "免于履职期间不扣分", "takes nothing while exempt from duties"
    SAME_WORK = (
        "same_work",
        "与已计的一次同属一个课题(村、对象、日期、月份等),只计一次",
        "agrees with one that has been counted in what acts are told apart by",
    )
    SHARED = (
        "shared",
        "同一事项已作为所在另一单位的计分,只计一次",
        "has been counted as of another of his units, and counts once",
    )
    BEFORE_NTH = "before_nth", "未到起计件数", "comes before the act from which the clause counts"
    COUNTED_ONCE = "counted_once", "该条目只计一次,已计", "is counted once, and has been"


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
    """A stage that a matter has reached, at one of these levels, by a leader of one of these ranks; where none are named, at any."""

    stage: Stage
    levels: frozenset[Level] = frozenset()
    ranks: frozenset[str] = frozenset()

    def by(self, fact: Fact[Any]) -> bool:
        """Whether that fact has passed it."""
        for reached in fact.reached:
            if (
                reached.stage is self.stage
                and (not self.levels or reached.level in self.levels)
                and (not self.ranks or reached.rank in self.ranks)
            ):
                return True
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A detail of the kind: text that has to be one of these, or where none are named none of `unless` (`true` and `false` for ticks), or a number within these bounds."""

    name: str
    values: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    at_least: Fraction | None = None
    at_most: Fraction | None = None

    @property
    def is_range(self) -> bool:
        """Whether it asks for a number."""
        return self.at_least is not None or self.at_most is not None

    def by(self, fact: Fact[Any]) -> bool:
        """Whether that fact says so."""
        value = getattr(fact.details, self.name, None)
        said = value if isinstance(value, str) else plain(value)
        return said in self.values if self.values or not self.unless else said not in self.unless

    def within(self, fact: Fact[Any]) -> bool:
        """Whether that fact gives a number within the bounds."""
        number = amount(fact, self.name)
        return (
            number is not None
            and (self.at_least is None or number >= self.at_least)
            and (self.at_most is None or number <= self.at_most)
        )


def amount(fact: Fact[Any], name: str) -> Fraction | None:
    """A number of a fact: `figure` that was set, `half_days` attended, one for `acts`, or a detail that is a number; none where it has none that is reckoned with."""
    if name == ACTS:
        return _ONE
    value = getattr(fact, name) if name in OF_FACT else getattr(fact.details, name, None)
    return reckoned(value)


UNITS: Mapping[str, tuple[str, str]] = {"amount": ("amount_unit", "元")}
"""Numbers that are told in a unit of their own: the field that names it, and the one that a rule means which names none."""


def in_its_unit(name: str) -> Callable[[Fact[Any]], bool] | None:
    """Whether a fact tells such a number in the unit that is meant where none is named; nothing to ask of other numbers."""
    if name not in UNITS:
        return None
    field, meant = UNITS[name]
    return lambda fact: getattr(fact.details, field, meant) in {meant, ""}


ACTS, _ONE = "acts", Fraction(1)
OF_FACT = frozenset({"figure", "half_days", ACTS})
"""Numbers that any fact can have; all others are details of its kind."""


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

    `leaves` are kinds of leave. `whole` asks for all half days, or for less than all; `attended_from` for at least that part of them, `attended_below` for less. `first_names` asks that the name
    is among so many first ones, `since` and `until` that the day lies between these of the year, both included (1220 is 20 December, 0 asks nothing). `passed_any`, `passed_all` and `passed_none` look at the stages that a matter has reached. `evidence` is how many pieces of evidence it takes, `attested` the sides that have
    to stand behind the record (recorded, confirmed or upheld it), `records` the class of the record: whose it is, by who organised it. Unless said otherwise a fact is meant only where the subject took
    part, as a member.
    """

    kinds: tuple[str, ...]
    where: tuple[Where, ...] = ()
    capacities: frozenset[Capacity] = AS_MEMBER
    states: frozenset[Attendance] = TOOK_PART
    leaves: frozenset[str] = frozenset()
    parts: frozenset[Part] = frozenset()
    spoke: frozenset[Spoke] = frozenset()
    levels: frozenset[Level] = frozenset()
    bylines: frozenset[Byline] = frozenset()
    records: frozenset[RecordClass] = frozenset()
    attested: frozenset[Side] = frozenset()
    key: bool | None = None
    mandatory: bool | None = None
    whole: bool | None = None
    attended_from: Fraction | None = None
    attended_below: Fraction | None = None
    first_names: int | None = None
    since: int = 0
    until: int = 0
    passed_any: tuple[Passed, ...] = ()
    passed_all: tuple[Passed, ...] = ()
    passed_none: tuple[Passed, ...] = ()
    evidence: int = 0

    @property
    def stages(self) -> frozenset[Stage]:
        """The stages that it asks for."""
        return frozenset(p.stage for p in (*self.passed_any, *self.passed_all))


# Tests

Test = tuple[int, Callable[[Fact[Any]], bool]]
RANK = {why: rank for rank, why in enumerate(Why)}
WHYS = tuple(Why)


def conditions_of(selects: Selects, *, of_plain: bool = False) -> Iterable[Test]:
    """What a fact has to pass, from the widest question to the narrowest, each with the reason it fails by.

    `of_plain` leaves out what a fact passes whose subject attended as a member and was present.
    """
    for where in selects.where:
        yield RANK[Why.CONDITIONS], where.within if where.is_range else where.by
        in_unit = None if names_unit(selects) else in_its_unit(where.name)
        if in_unit is not None:
            yield RANK[Why.NO_QUANTITY], in_unit
    for name, wanted in (
        ("part", tuple(selects.parts)),
        ("spoke", tuple(selects.spoke)),
        ("level", tuple(selects.levels)),
        ("record", tuple(selects.records)),
        ("leave", tuple(selects.leaves)),
    ):
        if wanted:
            yield RANK[Why.CONDITIONS], _one_of(name, wanted)
    if selects.since or selects.until:
        since, until = selects.since, selects.until or 1231
        yield RANK[Why.DAY], lambda f: since <= f.on.month * 100 + f.on.day <= until
    for name, said in (("key", selects.key), ("mandatory", selects.mandatory)):
        if said is not None:
            yield RANK[Why.CONDITIONS], _one_of(name, (said,))
    capacities = tuple(selects.capacities)
    if capacities and not (of_plain and Capacity.ATTENDS in capacities):
        others = AS_MEMBER - selects.capacities
        if others:
            yield RANK[Why.CAPACITY], lambda f: f.capacity not in others
        yield RANK[Why.GUEST], lambda f: f.capacity in capacities
    states = tuple(selects.states)
    if states and not (of_plain and Attendance.PRESENT in states):
        yield RANK[Why.STATE], lambda f: f.attendance in states
    # How much of it he attended is part of how he attended: who fails that was expected all the same.
    if selects.whole is not None:
        whole = selects.whole
        yield RANK[Why.PARTLY], lambda f: (f.half_days >= f.of_half_days) is whole
    if selects.attended_from is not None:
        least = selects.attended_from
        yield RANK[Why.PARTLY], lambda f: f.half_days >= least * f.of_half_days
    if selects.attended_below is not None:
        below = selects.attended_below
        yield RANK[Why.PARTLY], lambda f: f.half_days < below * f.of_half_days
    bylines = tuple(selects.bylines)
    if bylines:
        if Byline.SOLE not in bylines:
            # Who signs alone is no co-author that a clause for others passes over.
            yield RANK[Why.CONDITIONS], lambda f: byline(f) is not Byline.SOLE
        yield RANK[Why.CO_AUTHOR], lambda f: byline(f) in bylines
    if selects.first_names is not None:
        names = selects.first_names
        yield RANK[Why.CO_AUTHOR], lambda f: f.place <= names
    for passed in selects.passed_none:
        if passed.stage is Stage.CONVERTED_TO_OPINION:
            yield RANK[Why.CONVERTED], _not_passed(passed)
    for passed in selects.passed_all:
        yield RANK[Why.STAGE], passed.by
    some = selects.passed_any
    if len(some) == 1:
        yield RANK[Why.STAGE], some[0].by
    elif some:
        yield RANK[Why.STAGE], lambda f: any(p.by(f) for p in some)
    for passed in selects.passed_none:
        if passed.stage is not Stage.CONVERTED_TO_OPINION:
            yield RANK[Why.STAGE], _not_passed(passed)
    if selects.evidence:
        pieces = selects.evidence
        yield RANK[Why.NO_EVIDENCE], lambda f: f.evidence >= pieces
    for side in sorted(selects.attested):
        yield RANK[Why.NO_EVIDENCE], _attested_by(side)


_RECORDS_OF = {
    Side.COUNTY: RecordClass.COUNTY,
    Side.STUDIO: RecordClass.TOWNSHIP,
    Side.SECTOR: RecordClass.SECTOR,
}
_STANDS_BEHIND = frozenset({Mark.RECORDED, Mark.CONFIRMED, Mark.CORRECTED, Mark.UPHELD})


def names_unit(selects: Selects) -> bool:
    """Whether a selection says in which unit a number has to be told."""
    units = {field for field, _ in UNITS.values()}
    return any(w.name in units for w in selects.where)


def _attested_by(side: Side) -> Callable[[Fact[Any]], bool]:
    """Whether a side stands behind a record: it recorded, confirmed, corrected or upheld it, or the record is its own."""
    name, own = side.value, _RECORDS_OF[side]

    def attested(fact: Fact[Any]) -> bool:
        stamp = getattr(fact, name)
        if stamp is None:
            return fact.record is own
        return stamp.mark in _STANDS_BEHIND

    return attested


def meant_by(counts: Sequence[Selects]) -> Callable[[Fact[Any]], bool]:
    """Whether a fact is meant by any of these selections."""
    tests: dict[str, list[tuple[Test, ...]]] = {}
    for selects in counts:
        for kind in selects.kinds:
            tests.setdefault(kind, []).append(tuple(conditions_of(selects)))

    def meant(fact: Fact[Any]) -> bool:
        for each in tests.get(fact.kind, ()):
            for _, test in each:
                if not test(fact):
                    break
            else:
                return True
        return False

    return meant


def _one_of(name: str, wanted: tuple[object, ...]) -> Callable[[Fact[Any]], bool]:
    return lambda fact: getattr(fact, name) in wanted


def _not_passed(passed: Passed) -> Callable[[Fact[Any]], bool]:
    return lambda fact: not passed.by(fact)


# Checks


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong with a document: where (a JSON pointer) and what."""

    path: str
    zh: str
    en: str


def problem(path: str, zh: str, en: str) -> Problem:
    """Something wrong at a place of a document."""
    return Problem(path=path, zh=zh, en=en)


def check_selects(
    selects: Selects, kinds: Mapping[str, type[Details]], at: str = ""
) -> list[Problem]:
    """What in a selection does not fit the catalogue."""
    found: list[Problem] = []
    if not selects.kinds:
        found.append(problem(f"{at}/kinds", "至少写一种履职类型", "names no kind"))
    for i, kind in enumerate(selects.kinds):
        details = kinds.get(kind)
        if details is None:
            zh, en = proposal(kind, {name: each.about.zh for name, each in kinds.items()})
            found.append(
                problem(
                    f"{at}/kinds/{i}",
                    f"类型目录中没有{quoted(kind)}{zh}",
                    f"{quoted(kind)} is not a kind of the catalogue{en}",
                )
            )
            continue
        for where in selects.where:
            check_where(found, f"{at}/where/{where.name}", where, kind, details)
        for name, all_passed in (
            ("any", selects.passed_any),
            ("all", selects.passed_all),
            ("none", selects.passed_none),
        ):
            for j, passed in enumerate(all_passed):
                if passed.stage not in details.about.stages and name != "none":
                    zh, en = proposal(passed.stage.zh, listed(details.about.stages))
                    found.append(
                        problem(
                            f"{at}/reached/{name}/{j}",
                            f"{details.about.zh}没有“{passed.stage.zh}”这个环节{zh}",
                            f"{kind} has no stage {passed.stage.value}{en}",
                        )
                    )
        for name, asked in (
            ("bylines", bool(selects.bylines)),
            ("first_names", selects.first_names is not None),
        ):
            if asked and details.about.shape is not Shape.MATTER:
                found.append(
                    problem(f"{at}/{name}", f"{details.about.zh}没有署名", f"{kind} has no authors")
                )
    found += _unmeetable(selects, kinds, at)
    if selects.first_names is not None and selects.first_names < 1:
        found.append(problem(f"{at}/first_names", "至少为 1", "is at least 1"))
    if selects.since and selects.until and selects.until < selects.since:
        found.append(
            problem(
                f"{at}/days/until",
                "在 from 之前,请改其一",
                "lies before from; change one",
            )
        )
    if selects.evidence < 0:
        found.append(problem(f"{at}/evidence", "不能是负数", "cannot be negative"))
    for name, part in (("from", selects.attended_from), ("below", selects.attended_below)):
        if part is not None and not 0 < part <= 1:
            found.append(
                problem(f"{at}/attended/{name}", "应大于 0、不大于 1", "lies above 0 and up to 1")
            )
    return found


def _unmeetable(selects: Selects, kinds: Mapping[str, type[Details]], at: str) -> Iterable[Problem]:
    """What no fact can ever meet, so that the selection means nothing."""
    only_held = (
        ("states", selects.states and Attendance.PRESENT not in selects.states),
        ("parts", selects.parts and Part.TAKES_PART not in selects.parts),
        ("spoke", selects.spoke and Spoke.NO not in selects.spoke),
        ("capacities", selects.capacities and Capacity.ATTENDS not in selects.capacities),
        ("leaves", selects.leaves),
        ("mandatory", selects.mandatory),
        ("whole", selects.whole is False),
    )
    known = [kinds[kind].about for kind in selects.kinds if kind in kinds]
    if known and all(about.shape is not Shape.OCCASION for about in known):
        for name, asked in only_held:
            if asked:
                zh = "、".join(about.zh for about in known)
                yield problem(
                    f"{at}/{name}",
                    f"{zh}不是会议或活动,没有出勤、身份和角色,按此写法永远不会计到,请删去",
                    f"{', '.join(selects.kinds)}: no occasion, without attendance, capacity or role, so that none is ever meant; remove it",
                )
    both = [
        p.stage.zh
        for p in selects.passed_all
        for no in selects.passed_none
        if p.stage is no.stage and not (no.levels or no.ranks)
    ]
    if both:
        yield problem(
            f"{at}/reached/none",
            f"既要求已{'、'.join(both)}又要求未{'、'.join(both)},永远不会计到,请改其一",
            "asks for a stage and against it, so that nothing is ever meant; change one",
        )
    low, high = selects.attended_from, selects.attended_below
    if low is not None and high is not None and low >= high:
        yield problem(
            f"{at}/attended/below",
            "不大于 from,永远不会计到,请改其一",
            "is not above from, so that nothing is ever meant; change one",
        )
    if selects.records == {RecordClass.GUEST} or selects.capacities == {Capacity.HIGHER_MEMBER}:
        yield problem(
            f"{at}/{'records' if selects.records else 'capacities'}",
            "上级委员的参加从不计分,请改用别的",
            "members of a higher committee are never scored here; ask for something else",
        )


def check_where(
    found: list[Problem], at: str, where: Where, kind: str, details: type[Details]
) -> None:
    """Whether a kind has this detail, and whether it can say these words."""
    by_name = {f.name: f for f in fields_of(details)}
    named = by_name.get(where.name)
    if named is None:
        zh, en = proposal(where.name, {name: f.label.zh for name, f in by_name.items()})
        found.append(
            problem(
                at,
                f"{details.about.zh}没有字段{quoted(where.name)}{zh}",
                f"{kind} has no field {quoted(where.name)}{en}",
            )
        )
        return
    if named.protection:
        found.append(
            problem(
                at,
                f"{named.label.zh}({where.name})是个人信息,依法删除后得分不得改变,不能作为条件",
                f"{where.name} tells of a person: no score may change when it is erased, so no rule may ask for it",
            )
        )
        return
    if where.is_range:
        if not is_number(named):
            found.append(
                problem(at, f"{named.label.zh}({where.name})不是数", f"{where.name} is no number")
            )
        elif (
            where.at_least is not None
            and where.at_most is not None
            and where.at_most < where.at_least
        ):
            found.append(problem(at, "下限高于上限", "the lower bound is above the upper"))
        return
    if bool(where.values) is bool(where.unless):
        found.append(
            problem(
                at,
                "写明是哪几个词,或写 not(不是哪几个词),二者只写一种",
                "says either which words it may be, or which not (not)",
            )
        )
    zh_of = listed(named.choices)
    allowed = {word: zh_of.get(word, "") for word in words_of(named)}
    for value in sorted(where.values | where.unless):
        if allowed and value not in allowed:
            zh, en = proposal(value, allowed)
            found.append(
                problem(
                    at,
                    f"{named.label.zh}({where.name})不能是{quoted(value)}{zh}",
                    f"{where.name} cannot be {quoted(value)}{en}",
                )
            )


def is_number(named: FieldAbout) -> bool:
    """Whether a detail is a number."""
    return not named.many and bool({int, Decimal} & {named.type, *get_args(named.type)})


def words_of(named: FieldAbout) -> tuple[str, ...]:
    """The words that a detail can have, where they form a closed list."""
    if named.choices and not named.many:
        return tuple(str(c.value) for c in named.choices)
    return ("true", "false") if named.type is bool else ()
