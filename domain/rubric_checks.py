"""What keeps a rubric from being used, what it leaves open or unpriced, and what in it may turn out badly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, pairwise

from domain.fact import Attendance
from domain.kinds import KINDS, Details, kind_of
from domain.kinds.about import Shape, Stage, Subject
from domain.kinds.culture import WasCommended
from domain.kinds.fields import fields_of
from domain.kinds.findings import WasGraded
from domain.member import MemberRole
from domain.period import Period, Span
from domain.rubric import (
    EVERYONE,
    OUTCOMES,
    ROWS,
    TICKS,
    Acts,
    Apart,
    Asked,
    AttendanceOf,
    Axis,
    Block,
    Clause,
    Combine,
    Distinct,
    Each,
    FromMembers,
    Full,
    Gate,
    Grade,
    Grading,
    Group,
    Mean,
    Once,
    Per,
    Places,
    PointsOf,
    Price,
    Quantity,
    Rate,
    RoundedAt,
    Rubric,
    Silence,
    Split,
    Steps,
    Table,
    Take,
    Tiers,
    Timing,
    Topic,
    Trigger,
    Way,
    Who,
    Whose,
    Within,
    points_text,
)
from domain.scoring import Cut, Doing, Scorecard
from domain.selection import (
    OF_FACT,
    Byline,
    Passed,
    Problem,
    Selects,
    Where,
    check_selects,
    check_where,
    is_number,
    problem,
    words_of,
)
from domain.words import Choice

Kinds = Mapping[str, type[Details]]

# Problems

_DEEPEST = 20
"""How deep groups may lie in one another."""
_LATEST = 3660
"""How many days after a period an outcome may still be waited for."""


@dataclass(slots=True)
class _Check:
    """A rubric under examination: what was found, and what its codes stand for."""

    rubric: Rubric
    kinds: Kinds
    found: list[Problem]
    clauses: Mapping[str, Clause]
    blocks: Mapping[str, int]
    groups: Mapping[str, Group]
    gates: Mapping[str, Gate]
    grades: frozenset[str]

    def say(self, at: str, zh: str, en: str) -> None:
        """Note a problem."""
        self.found.append(problem(at, zh, en))

    def refers(self, at: str, codes: Iterable[str], known: Iterable[str], zh: str, en: str) -> None:
        """Note the codes that stand for nothing."""
        there = frozenset(known)
        for i, code in enumerate(codes):
            if code not in there:
                self.say(
                    f"{at}/{i}",
                    f"没有叫 {code} 的{zh},请改用已有的代号",
                    f"there is no {en} {code}; use a code that the document has",
                )


def problems(rubric: Rubric, kinds: Kinds) -> list[Problem]:
    """All that keeps a rubric from being used with this catalogue.

    What compares a requirement with the points that can be had at all is looked at only where nothing else is wrong.
    """
    check = _Check(
        rubric=rubric,
        kinds=kinds,
        found=[],
        clauses={c.code: c for _, c in rubric.clauses},
        blocks={b.code: i for i, b in enumerate(rubric.blocks)},
        groups={g.code: g for g in rubric.groups},
        gates={g.code: g for g in rubric.gates},
        grades=frozenset(() if rubric.grading is None else (g.code for g in rubric.grading.grades)),
    )
    _check_frame(check)
    _check_codes(check)
    before: set[str] = set()
    for i, block in enumerate(rubric.blocks):
        _check_block(check, f"/blocks/{i}", i, block)
        for j, clause in enumerate(block.clauses):
            _check_clause(check, f"/blocks/{i}/clauses/{j}", clause, before)
            before.add(clause.code)
    _check_groups(check)
    for i, gate in enumerate(rubric.gates):
        _check_gate(check, f"/gates/{i}", gate)
    if rubric.grading is not None:
        _check_grading(check, rubric.grading)
    for i, trigger in enumerate(rubric.triggers):
        _check_trigger(check, f"/triggers/{i}", trigger)
    for i, procedure in enumerate(rubric.process):
        if procedure.on and not _is_day(procedure.on):
            check.say(
                f"/process/{i}/on",
                f"“{procedure.on}”不是一年中的日子,请写 12-31",
                f"“{procedure.on}” is no day of the year; write 12-31",
            )
    for i, silence in enumerate(rubric.silences):
        check.refers(f"/silences/{i}/clauses", silence.clauses, check.clauses, "条目", "clause")
    if not check.found:
        _check_attainable(check)
    return check.found


def not_built(rubric: Rubric) -> list[Problem]:
    """What a rubric says that nothing carries out yet; it is not published, rather than read as something else."""
    if rubric.period is not Span.SESSION_YEAR or rubric.sessions:
        return []
    return [
        problem(
            "/period",
            f"按{Span.SESSION_YEAR.zh}计分须在 sessions 写明各次全会的首日",
            f"a {Span.SESSION_YEAR.en} needs the first days of the plenary sessions in sessions",
        )
    ]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(f"2024-{text}").isoformat() == f"2024-{text}"
    except ValueError:
        return False


# Problems with the frame and the codes


def _check_frame(check: _Check) -> None:
    rubric = check.rubric
    if rubric.until is not None and rubric.until < rubric.since:
        check.say(
            "/until",
            "早于生效日期,请改为生效之后的日子",
            "is before the day it comes into force; name a later day",
        )
    for i, (one, next_one) in enumerate(pairwise(rubric.sessions), start=1):
        if next_one <= one:
            check.say(
                f"/sessions/{i}",
                "各次全会的首日须由早到晚,不得重复",
                "first days of sessions go from early to late, each once",
            )
    if rubric.of_kinds and rubric.subject is Subject.MEMBER:
        check.say(
            "/of_kinds",
            "考核委员的办法不分单位种类,请删去,或写 subject: unit",
            "a rubric about members knows no kinds of unit; remove it or write subject: unit",
        )
    for i, reading in enumerate(rubric.attendance):
        check.found.extend(check_selects(reading.counts, check.kinds, f"/attendance/{i}/counts"))
        _check_occasions(check, f"/attendance/{i}/counts", (reading.counts,))
    _check_limits(check, "", rubric.cap, rubric.floor)
    if rubric.rounding is not None and rubric.rounding.to <= 0:
        check.say(
            "/rounding/to",
            "取舍的单位须大于 0,如 0.1",
            "the step that figures are rounded to lies above 0, such as 0.1",
        )
    late = rubric.late
    if late is not None and late.within_days is not None and not 0 <= late.within_days <= _LATEST:
        check.say(
            "/late/within_days",
            f"应在 0 至 {_LATEST} 天之间",
            f"lies between 0 and {_LATEST} days",
        )
    if rubric.part_year is not None and not 0 <= rubric.part_year.least_months <= 12:
        check.say("/part_year/least_months", "应在 0 至 12 之间", "lies between 0 and 12")


def _check_codes(check: _Check) -> None:
    """Blocks, clauses, groups and gates are called by one name each; so are the lists that stand by themselves."""
    rubric, grading = check.rubric, check.rubric.grading
    named: list[tuple[str, str]] = []
    for i, block in enumerate(rubric.blocks):
        named.append((f"/blocks/{i}/block", block.code))
        named += [(f"/blocks/{i}/clauses/{j}/clause", c.code) for j, c in enumerate(block.clauses)]
    named += [(f"/groups/{i}/group", g.code) for i, g in enumerate(rubric.groups)]
    gates = [(f"/gates/{i}/gate", g.code) for i, g in enumerate(rubric.gates)]
    triggers = [(f"/triggers/{i}/trigger", t.code) for i, t in enumerate(rubric.triggers)]
    vetoes: list[tuple[str, str]] = []
    lists: list[list[tuple[str, str]]] = [[*named, *gates]]
    if grading is not None:
        vetoes = [(f"/grading/vetoes/{i}/veto", v.code) for i, v in enumerate(grading.vetoes)]
        lists += [
            [(f"/grading/grades/{i}/grade", g.code) for i, g in enumerate(grading.grades)],
            [(f"/grading/boards/{i}/board", b.code) for i, b in enumerate(grading.boards)],
            [(f"/grading/opinions/{i}/body", b.code) for i, b in enumerate(grading.opinions)],
        ]
    lists += [
        [*gates, *vetoes, *triggers],
        [(f"/ladder/{i}/step", s.code) for i, s in enumerate(rubric.ladder)],
    ]
    said: set[str] = set()
    for together in lists:
        seen: set[str] = set()
        for at, code in together:
            if at not in said and not code:
                said.add(at)
                check.say(at, "须有代号", "needs a code")
            elif at not in said and code in seen:
                said.add(at)
                check.say(
                    at,
                    f"代号 {code} 重复,请改用别的代号",
                    f"the code {code} is used twice; choose another",
                )
            seen.add(code)


def _check_limits(check: _Check, at: str, cap: Fraction | None, floor: Fraction | None) -> None:
    if cap is not None and cap < 0:
        check.say(f"{at}/cap", "封顶不能是负数", "a cap cannot be negative")
    elif cap is not None and floor is not None and cap < floor:
        check.say(
            f"{at}/floor",
            f"下限 {points_text(floor)} 高于封顶 {points_text(cap)},请改其一",
            f"the floor {points_text(floor)} is above the cap {points_text(cap)}; change one",
        )


def _check_who(check: _Check, at: str, who: Who) -> None:
    """Whether a rule can be for anybody."""
    rubric = check.rubric
    both = [role for role in MemberRole if role in who.holds & who.lacks]
    if both:
        check.say(
            f"{at}/lacks",
            f"既要求担任又要求不担任{'、'.join(r.zh for r in both)},无人符合,请改其一",
            f"asks for {', '.join(r.en for r in both)} and against it; nobody is meant, change one",
        )
    if rubric.subject is Subject.MEMBER and who.kinds:
        check.say(
            f"{at}/kinds",
            "考核委员的办法不能按单位种类限定对象,请删去",
            "a rubric about members cannot ask for kinds of unit; remove them",
        )
    if rubric.subject is not Subject.UNIT:
        return
    for name in ("holds", "lacks", "offices", "classes", "party", "public", "higher", "added"):
        if getattr(who, name) not in {None, frozenset()}:
            check.say(
                f"{at}/{name}",
                "单位没有职务、界属等个人情况,请改用 units 或 kinds",
                "units have no roles or other personal traits; use units or kinds",
            )
    if rubric.of_kinds and who.kinds - rubric.of_kinds:
        check.say(
            f"{at}/kinds",
            "含有本办法 of_kinds 未列的单位种类,请改其一",
            "names kinds of unit that of_kinds does not; change one",
        )


def _check_counts(check: _Check, at: str, counts: Sequence[Selects]) -> None:
    if not counts:
        check.say(at, "没有写明计什么", "does not say what counts")
    for i, selects in enumerate(counts):
        check.found.extend(check_selects(selects, check.kinds, f"{at}/{i}"))


def _check_occasions(check: _Check, at: str, counts: Sequence[Selects]) -> None:
    """Attendance is known of occasions only."""
    for kind in dict.fromkeys(k for s in counts for k in s.kinds):
        details = check.kinds.get(kind)
        if details is not None and details.about.shape is not Shape.OCCASION:
            check.say(
                at,
                f"{details.about.zh}不是会议或活动,没有出勤,请删去",
                f"{kind} is no occasion and has no attendance; remove it",
            )


def _check_distinct(
    check: _Check, at: str, distinct: Distinct | None, counts: Sequence[Selects]
) -> None:
    if distinct is None or distinct.by is not Apart.DETAIL:
        return
    for kind in _known(check.kinds, counts):
        names = [f.name for f in fields_of(check.kinds[kind])]
        if distinct.detail not in names:
            check.say(
                f"{at}/detail",
                f"{check.kinds[kind].about.zh}没有字段 {distinct.detail}(现有:{'、'.join(names) or '无'})",
                f"{kind} has no field {distinct.detail} (it has: {', '.join(names) or 'none'})",
            )


def _check_every(check: _Check, at: str, every: Span | None) -> None:
    """Only a calendar bounds the parts of a period, and they are shorter than it."""
    if every is None:
        return
    months, period = _months(every), _months(check.rubric.period)
    limit = 13 if check.rubric.period is Span.TERM else period or 12
    if months is None or months >= min(limit, 13):
        check.say(
            at,
            f"{every.zh}不是本办法周期({check.rubric.period.zh})之内的自然月、季、半年或年,请改用更短的",
            f"{every.en} is no part of {check.rubric.period.en} that the calendar bounds; use a shorter one",
        )


def _months(span: Span) -> int | None:
    """How many calendar months a span has; none where no calendar bounds it."""
    try:
        return len(Period.around(span, date(2000, 1, 1), 2000).months)
    except ValueError:
        return None


def _known(kinds: Kinds, counts: Iterable[Selects]) -> list[str]:
    """The kinds of the catalogue that are counted, each once."""
    return [k for k in dict.fromkeys(k for s in counts for k in s.kinds) if k in kinds]


# Problems with blocks and clauses


def _check_block(check: _Check, at: str, place: int, block: Block) -> None:
    _check_limits(check, at, block.cap, block.floor)
    if block.weight <= 0:
        check.say(f"{at}/weight", "权重须大于 0", "a weight lies above 0")
    for i, start in enumerate(block.starts):
        _check_who(check, f"{at}/starts/{i}/who", start.who)
        if any(s.who == EVERYONE for s in block.starts[:i]):
            check.say(
                f"{at}/starts/{i}",
                "前面已有适用于所有人的起始分,轮不到它,请调换次序",
                "never has its turn, for one before it is for everyone; change their order",
            )
    check.refers(f"{at}/gates", block.gates, check.gates, "前提要求", "gate")
    for i, code in enumerate(block.gates):
        gate = check.gates.get(code)
        if gate is None or not isinstance(gate.asks, PointsOf):
            continue
        if not gate.asks.of or any(n >= place for n in _blocks_in(check, gate.asks.of)):
            check.say(
                f"{at}/gates/{i}",
                f"前提要求 {code} 看的是总分、本部分或后面部分的得分,此时还没有算出;请把那一部分移到前面",
                f"the gate {code} asks for points that are not worked out yet (of the total, of this block or of a later one); put that block first",
            )
        elif gate.asks.of in check.groups and list(_blocks_in(check, gate.asks.of)):
            check.say(
                f"{at}/gates/{i}",
                f"前提要求 {code} 看的是几个部分的合计,那要等所有部分算完;请改看其中一个部分",
                f"the gate {code} asks for what blocks have in common, which is worked out after all blocks; ask for one of them",
            )


def _blocks_in(check: _Check, code: str, seen: frozenset[str] = frozenset()) -> Iterator[int]:
    """The places of the blocks that a code stands for, itself or in a group."""
    if code in check.blocks:
        yield check.blocks[code]
    elif code in check.groups and code not in seen:
        for one in check.groups[code].of:
            yield from _blocks_in(check, one, seen | {code})


def _check_clause(check: _Check, at: str, clause: Clause, before: set[str]) -> None:
    measure = clause.measure
    _check_who(check, f"{at}/who", clause.who)
    if isinstance(measure, FromMembers):
        _check_from_members(check, at, clause, measure)
    else:
        _check_counts(check, f"{at}/counts", clause.counts)
    for i, selects in enumerate(clause.spoiled_by):
        check.found.extend(check_selects(selects, check.kinds, f"{at}/spoiled_by/{i}"))
    if check.rubric.subject is Subject.MEMBER and (
        clause.whose is Whose.MEMBERS or isinstance(measure, FromMembers)
    ):
        check.say(
            f"{at}/{'members' if isinstance(measure, FromMembers) else 'whose'}",
            "只有考核单位的办法才能计所属委员的,请删去,或写 subject: unit",
            "only a rubric about units counts what their members did; remove it or write subject: unit",
        )
    check.refers(f"{at}/gates", clause.gates, check.gates, "前提要求", "gate")
    for i, code in enumerate(clause.gates):
        gate = check.gates.get(code)
        if gate is not None and isinstance(gate.asks, PointsOf):
            check.say(
                f"{at}/gates/{i}",
                f"条目的前提要求只能看次数或出勤率,{code} 看的是得分;请改用次数,或写在整个部分上",
                f"a clause can presuppose acts or attendance only, and {code} asks for points; ask for acts, or put it on a block",
            )
    for i, code in enumerate(clause.beyond):
        if code not in before:
            check.say(
                f"{at}/beyond/{i}",
                f"前面没有条目 {code},请把它移到前面",
                f"no clause before this one is called {code}; put it first",
            )
    if clause.cap is not None and clause.cap < 0:
        check.say(f"{at}/cap", "封顶不能是负数", "a cap cannot be negative")
    if clause.times is not None and clause.times < 1:
        check.say(f"{at}/times", "至少 1 次", "is at least 1")
    if clause.times is not None and isinstance(measure, Mean):
        check.say(
            f"{at}/times",
            "平均分取自所有评分,不能只计几次,请删去",
            "a mean is of all marks and cannot pay some of them; remove it",
        )
    _check_shares(check, at, clause)
    _check_distinct(check, f"{at}/distinct", clause.distinct, clause.counts)
    _check_every(check, f"{at}/every", clause.every)
    if clause.timing is Timing.OUTCOME and not clause.stages:
        check.say(
            f"{at}/timing",
            "没有写明达到的环节,无从按结果归属;请写明环节,或改为履职当期",
            "asks for no stage, so there is no outcome to go by; name a stage, or use the period of the act",
        )
    _check_measure(check, at, clause)


def _check_from_members(check: _Check, at: str, clause: Clause, measure: FromMembers) -> None:
    if measure.best is not None and measure.best < 1:
        check.say(f"{at}/members/best", "至少 1 人", "is at least 1")
    if (measure.take is Take.SHARE) is (measure.reach is None):
        check.say(
            f"{at}/members/reach",
            "达标委员比例须写明 reach(达到多少分);平均分、合计则不写",
            "a share of members needs the mark that they reach; a mean or a sum has none",
        )
    for name in ("counts", "shares", "beyond", "times", "every", "timing"):
        if getattr(clause, name) not in {None, ()}:
            check.say(
                f"{at}/{name}",
                "取自委员得分的条目用不上,请删去",
                "has no meaning where points come from members' cards; remove it",
            )


def _check_shares(check: _Check, at: str, clause: Clause) -> None:
    for by, share in clause.shares:
        if isinstance(share, Fraction) and not 0 <= share <= 1:
            check.say(f"{at}/shares/{by.value}", "应在 0 与 1 之间", "lies between 0 and 1")
    shares = dict(clause.shares)
    rest = [by for by, share in clause.shares if share is Split.REST]
    if rest and shares.get(Byline.FIRST) == 1:
        check.say(
            f"{at}/shares/{rest[0].value}",
            f"{Byline.FIRST.zh}已得全额,没有余下的可分;请改其一",
            "the first author has all of it and leaves nothing to divide; change one",
        )
    counted = _known(check.kinds, clause.counts)
    if clause.shares and counted and not _has_authors(check.kinds, counted):
        check.say(
            f"{at}/shares", "所计的都没有署名,请删去", "nothing that counts has authors; remove it"
        )


def _has_authors(kinds: Kinds, counted: Iterable[str]) -> bool:
    return any(k in kinds and kinds[k].about.shape is Shape.MATTER for k in counted)


def _check_measure(check: _Check, at: str, clause: Clause) -> None:
    match clause.measure:
        case Each(price=price, from_nth=nth):
            _check_price(check, f"{at}/each", clause, price)
            if nth < 1:
                check.say(f"{at}/from_nth", "应从 1 起", "starts at 1")
        case Once(price=price):
            _check_price(check, f"{at}/once", clause, price)
        case Mean(price=price):
            _check_price(check, f"{at}/mean", clause, price)
        case Full(acts=acts):
            if acts < 1:
                check.say(f"{at}/full/acts", "至少 1 次", "is at least 1")
        case Steps(steps=steps):
            numbers = [nth for nth, _ in steps]
            if not numbers or min(numbers) < 1 or not _ascends(numbers):
                check.say(
                    f"{at}/steps",
                    "须从第几件起写明分值:件数至少为 1,由少到多,不得重复",
                    "says from which act on which price: numbers from 1 on, ascending, each once",
                )
        case Rate(tiers=tiers):
            _check_occasions(check, f"{at}/rate", clause.counts)
            _check_tiers(check, f"{at}/rate/tiers", tiers)
            if any(not 0 <= least <= 1 for least, _ in tiers):
                check.say(
                    f"{at}/rate/tiers",
                    "出勤率应在 0 与 100% 之间",
                    "a rate of attendance lies between 0 and 100%",
                )
        case FromMembers():
            pass


def _ascends(numbers: Sequence[int | Fraction]) -> bool:
    return all(one < next_one for one, next_one in pairwise(numbers))


def _check_tiers(check: _Check, at: str, tiers: Sequence[tuple[Fraction, Fraction]]) -> None:
    if not _ascends([least for least, _ in tiers]):
        check.say(
            at,
            "各档须由低到高,不得重复",
            "tiers go from low to high, each once",
        )


def _check_price(check: _Check, at: str, clause: Clause, price: Price) -> None:
    match price:
        case Table():
            _check_table(check, at, clause, price)
        case Quantity(of=of, every=every):
            _check_number(check, f"{at}/of", clause, of)
            if every <= 0:
                check.say(f"{at}/every", "须大于 0", "lies above 0")
        case Tiers(of=of, tiers=tiers):
            _check_number(check, f"{at}/of", clause, of)
            if not tiers:
                check.say(f"{at}/tiers", "至少写一档", "needs at least one tier")
            _check_tiers(check, f"{at}/tiers", tiers)
        case _:
            pass


_HAS_FIGURE = frozenset({Shape.MATTER, Shape.FINDING})


def _check_number(check: _Check, at: str, clause: Clause, name: str) -> None:
    """Whether every kind that counts has that number."""
    for kind in _known(check.kinds, clause.counts):
        details = check.kinds[kind]
        numbers = [f.name for f in fields_of(details) if is_number(f)]
        if details.about.shape in _HAS_FIGURE:
            numbers.append("figure")
        if details.about.shape is Shape.OCCASION:
            numbers.append("half_days")
        if name not in numbers:
            check.say(
                at,
                f"{details.about.zh}没有数 {name}(可用:{'、'.join(numbers) or '无'})",
                f"{kind} has no number {name} (it has: {', '.join(numbers) or 'none'})",
            )


def _check_table(check: _Check, at: str, clause: Clause, table: Table) -> None:
    counted = _known(check.kinds, clause.counts)
    if not table.prices:
        check.say(f"{at}/prices", "至少写一行分值", "needs at least one row")
    if table.adds and table.by not in OUTCOMES:
        check.say(
            f"{at}/adds",
            f"“{table.by.zh}”每次只有一行,不存在相加,请删去",
            f"one act has only one row of {table.by.en}, so nothing adds; remove it",
        )
    at = f"{at}/prices"
    if table.by is Axis.DETAIL:
        values = frozenset(row for row, _ in table.prices)
        for kind in counted:
            where = Where(name=table.detail, values=values)
            check_where(check.found, at, where, kind, check.kinds[kind])
        return
    if table.by is Axis.OUTCOME and not any(s.stages for s in clause.counts):
        check.say(
            at,
            "按采用层级计分,须在 reached 写明达到的环节",
            "goes by an outcome, but no stage is asked for; name it in reached",
        )
    words = _rows(check, table.by, counted)
    if words is None:
        return
    for row, _ in table.prices:
        if row not in words:
            check.say(
                f"{at}/{row}",
                f"“{table.by.zh}”没有 {row}(可选:{'、'.join(words)})",
                f"{table.by.en} cannot be {row} (one of: {', '.join(words)})",
            )


def _rows(check: _Check, axis: Axis, counted: Sequence[str]) -> list[str] | None:
    """The rows that an axis knows; none where any text is one."""
    if axis is Axis.STAGE:
        stages = [s for k in counted for s in check.kinds[k].about.stages]
        return [str(s.value) for s in dict.fromkeys(stages)]
    if axis in ROWS:
        return [str(c.value) for c in ROWS[axis]]
    if axis in TICKS:
        return ["true", "false"]
    return list(counted) if axis is Axis.KIND else None


# Problems with groups


def _check_groups(check: _Check) -> None:
    rubric = check.rubric
    known = {*check.clauses, *check.blocks, *check.groups}
    leaves = _leaves_of(rubric)
    knots = _knots(check.groups, leaves)
    told: set[frozenset[str]] = set()
    for i, group in enumerate(rubric.groups):
        at = f"/groups/{i}"
        check.refers(f"{at}/of", group.of, known, "部分、条目或组合", "block, clause or group")
        if not group.of:
            check.say(f"{at}/of", "没有写明由什么组成", "does not say what it consists of")
        _check_limits(check, at, group.cap, group.floor)
        if group.best is not None and group.best < 1:
            check.say(f"{at}/best", "至少取 1 项", "is at least 1")
        ring = knots.get(group.code)
        if ring is None:
            _check_apart(check, at, group, leaves)
        elif not ring:
            check.say(
                f"{at}/of",
                f"组合嵌套超过 {_DEEPEST} 层,请合并",
                f"groups lie deeper than {_DEEPEST} in one another; merge some",
            )
        elif frozenset(ring) not in told:
            told.add(frozenset(ring))
            way = " → ".join((*ring, ring[0]))
            check.say(
                f"{at}/of",
                f"组合互相包含({way}),请去掉其中一处",
                f"groups hold one another ({way}); take one out",
            )


def _knots(
    groups: Mapping[str, Group], leaves: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The groups that come down to no clauses, each with the ring that it leads to; with none where it lies too deep."""
    known: dict[str, tuple[str, ...]] = {}
    for start in groups:
        path: list[str] = []
        code: str | None = start
        while code is not None and code not in leaves and code not in known and code not in path:
            path.append(code)
            code = next((c for c in groups[code].of if c in groups and c not in leaves), None)
        ring: tuple[str, ...] = ()
        if code is not None and code in path:
            ring = tuple(path[path.index(code) :])
        elif code is not None:
            ring = known.get(code, ())
        known |= dict.fromkeys(path, ring)
    return known


def _check_apart(
    check: _Check, at: str, group: Group, leaves: Mapping[str, tuple[str, ...]]
) -> None:
    """Nothing lies in two entries of one group."""
    seen: dict[str, str] = {}
    for k, entry in enumerate(group.of):
        inside = leaves.get(entry, ())
        twice = next((code for code in inside if code in seen), None)
        if twice is not None:
            check.say(
                f"{at}/of/{k}",
                f"{twice} 已在 {seen[twice]} 之中,请去掉一处",
                f"{twice} lies in {seen[twice]} already; take one out",
            )
        seen |= dict.fromkeys(inside, entry)


@lru_cache(maxsize=32)
def _leaves_of(rubric: Rubric) -> Mapping[str, tuple[str, ...]]:
    """The clauses that each clause, block and group comes down to; groups that lead to a ring, or lie too deep, are left out."""
    found: dict[str, tuple[str, ...]] = {c.code: (c.code,) for _, c in rubric.clauses}
    found |= {b.code: tuple(c.code for c in b.clauses) for b in rubric.blocks}
    groups = {g.code: g for g in rubric.groups}
    for _ in range(_DEEPEST):
        found |= {
            code: tuple(dict.fromkeys(leaf for one in g.of for leaf in found.get(one, ())))
            for code, g in groups.items()
            if code not in found and all(one in found or one not in groups for one in g.of)
        }
    return found


def _groups_of(rubric: Rubric, code: str) -> list[Group]:
    """The groups that a clause lies in."""
    leaves = _leaves_of(rubric)
    return [g for g in rubric.groups if code in leaves.get(g.code, ())]


# Problems with gates, grades and years


def _check_gate(check: _Check, at: str, gate: Gate) -> None:
    _check_who(check, f"{at}/who", gate.who)
    check.refers(f"{at}/grades", gate.grades, check.grades, "等次", "grade")
    match gate.asks:
        case Acts() as asks:
            _check_counts(check, f"{at}/counts", asks.counts)
            _check_distinct(check, f"{at}/distinct", asks.distinct, asks.counts)
            _check_every(check, f"{at}/every", asks.every)
            if asks.at_most is None and (asks.at_least is None or asks.at_least < 1):
                check.say(
                    f"{at}/at_least",
                    "没有要求什么,请写至少 1 次,或写 at_most(至多)",
                    "asks for nothing; ask for at least 1, or write at_most",
                )
            elif (asks.at_least or 0) < 0 or (asks.at_most or 0) < 0:
                check.say(at, "次数不能是负数", "numbers of acts cannot be negative")
            _check_span(check, at, asks.at_least, asks.at_most)
        case PointsOf() as asks:
            known = {"", *check.clauses, *check.blocks, *check.groups}
            if asks.of not in known:
                check.say(
                    f"{at}/points",
                    f"没有叫 {asks.of} 的部分、条目或组合,请改用已有的代号",
                    f"there is no block, clause or group {asks.of}; use a code that the document has",
                )
            if asks.at_least is None and asks.at_most is None:
                check.say(
                    f"{at}/at_least",
                    "没有要求什么,请写 at_least(至少)或 at_most(至多)",
                    "asks for nothing; write at_least or at_most",
                )
            _check_span(check, at, asks.at_least, asks.at_most)
        case AttendanceOf() as asks:
            _check_counts(check, f"{at}/attendance", asks.counts)
            _check_occasions(check, f"{at}/attendance", asks.counts)
            if not 0 <= asks.at_least <= 1:
                check.say(
                    f"{at}/at_least",
                    "出勤率应在 0 与 100% 之间",
                    "a rate of attendance lies between 0 and 100%",
                )


def _check_span(
    check: _Check, at: str, least: int | Fraction | None, most: int | Fraction | None
) -> None:
    if least is not None and most is not None and most < least:
        check.say(
            f"{at}/at_most",
            "至多少于至少,无人能达到,请改其一",
            "at most is less than at least, which nobody can meet; change one",
        )


def _check_grading(check: _Check, grading: Grading) -> None:
    if not grading.grades:
        check.say("/grading/grades", "至少写一个等次", "needs at least one grade")
    _check_bands(check, grading)
    for i, grade in enumerate(grading.grades):
        at = f"/grading/grades/{i}"
        _check_who(check, f"{at}/who", grade.who)
        check.refers(f"{at}/gates", grade.gates, check.gates, "前提要求", "gate")
        _check_places(check, f"{at}/places", grade.places)
        _check_places(check, f"{at}/last", grade.last)
    for i, veto in enumerate(grading.vetoes):
        at = f"/grading/vetoes/{i}"
        _check_counts(check, f"{at}/counts", veto.counts)
        if veto.grade not in check.grades:
            check.say(
                f"{at}/grade",
                f"没有叫 {veto.grade} 的等次,请改用已有的代号",
                f"there is no grade {veto.grade}; use a code that the document has",
            )
        if veto.acts < 1:
            check.say(f"{at}/acts", "至少 1 次", "is at least 1")
    for i, board in enumerate(grading.boards):
        _check_who(check, f"/grading/boards/{i}/who", board.who)
    for i, who in enumerate(grading.not_assessed):
        _check_who(check, f"/grading/not_assessed/{i}", who)
        if who == EVERYONE:
            check.say(
                f"/grading/not_assessed/{i}",
                "没有写明是谁,会使所有人都不参加考核",
                "names nobody in particular, so that no one would be assessed",
            )
    check.refers(
        "/grading/tie_breaks",
        grading.tie_breaks,
        {*check.blocks, *check.clauses},
        "部分或条目",
        "block or clause",
    )
    if grading.combine is not Combine.REFERENCE and not grading.opinions:
        check.say(
            "/grading/opinions",
            f"按“{grading.combine.zh}”合成,须列明各评定主体",
            f"grades of several bodies are combined ({grading.combine.en}), but none is named; list them",
        )
    if grading.ranking is not None and grading.ranking.at_least < 1:
        check.say("/grading/ranking/at_least", "至少 1 人", "is at least 1")


def _check_bands(check: _Check, grading: Grading) -> None:
    """Bands follow one another without gap or overlap, best first.

    A grade without a lower end takes everyone who comes down to it, so that only the last may be without one, unless gates, places or `who` keep others out of it. That the last so many get it keeps nobody out.
    """
    cap = check.rubric.cap
    above: Grade | None = None
    for i, grade in enumerate(grading.grades):
        at, least, below = f"/grading/grades/{i}", grade.at_least, grade.below
        if least is None:
            gated = grade.gates or any(grade.code in g.grades for g in check.rubric.gates)
            open_to_all = not gated and grade.places is None and grade.who == EVERYONE
            if open_to_all and i < len(grading.grades) - 1:
                check.say(
                    f"{at}/at_least",
                    f"“{grade.zh}”没有分数下限,其后的等次无人能得;请写明下限、前提要求或名额",
                    f"{grade.en} has no lowest total, so that nobody can have a grade after it; name one, or gates or places",
                )
        else:
            if cap is not None and least > cap:
                check.say(
                    f"{at}/at_least",
                    f"高于总分封顶 {points_text(cap)},无人能达到",
                    f"is above the cap of the total, {points_text(cap)}; nobody can reach it",
                )
            if above is not None and above.at_least is not None and least >= above.at_least:
                check.say(
                    f"{at}/at_least",
                    f"“{grade.zh}”与“{above.zh}”重叠:等次由高到低排列,下限须低于 {points_text(above.at_least)}",
                    f"{grade.en} and {above.en} overlap: grades go from the best down, so this one begins below {points_text(above.at_least)}",
                )
            if below is not None and below <= least:
                check.say(
                    f"{at}/below",
                    "不高于下限,这一等次没有人能得",
                    "is not above the lowest total, so that nobody can have this grade",
                )
        if below is not None:
            _check_below(check, at, grade, above, below)
        if least is not None:
            above = grade


def _check_below(
    check: _Check, at: str, grade: Grade, above: Grade | None, below: Fraction
) -> None:
    cap = check.rubric.cap
    if above is None or above.at_least is None:
        if cap is None or cap >= below:
            check.say(
                f"{at}/below",
                f"{points_text(below)} 分以上没有等次,请删去上限或补上更高的等次",
                f"no grade is for {points_text(below)} or more; remove it or add a higher grade",
            )
    elif below > above.at_least:
        check.say(
            f"{at}/below",
            f"“{grade.zh}”与“{above.zh}”重叠:{points_text(above.at_least)} 至 {points_text(below)} 分两个等次都算",
            f"{grade.en} and {above.en} overlap: both are for {points_text(above.at_least)} to {points_text(below)}",
        )
    elif below < above.at_least:
        check.say(
            f"{at}/below",
            f"“{grade.zh}”与“{above.zh}”之间有空档:{points_text(below)} 至 {points_text(above.at_least)} 分没有等次",
            f"there is a gap between {grade.en} and {above.en}: no grade is for {points_text(below)} to {points_text(above.at_least)}",
        )


def _check_places(check: _Check, at: str, places: Places | None) -> None:
    if places is None:
        return
    if (places.share is None) is (places.number is None):
        check.say(
            at,
            "share(比例)与 number(人数)写且只写一个",
            "needs exactly one of share and number",
        )
    if places.share is not None and not 0 <= places.share <= 1:
        check.say(f"{at}/share", "应在 0 与 100% 之间", "lies between 0 and 100%")
    if places.number is not None and places.number < 1:
        check.say(f"{at}/number", "至少 1 人", "is at least 1")


def _check_trigger(check: _Check, at: str, trigger: Trigger) -> None:
    when = f"{at}/when"
    _check_who(check, f"{at}/who", trigger.who)
    for code in sorted(trigger.grades - check.grades):
        check.say(
            f"{when}/grades",
            f"没有叫 {code} 的等次,请改用已有的代号",
            f"there is no grade {code}; use a code that the document has",
        )
    check.refers(f"{when}/gates", trigger.gates, check.gates, "前提要求", "gate")
    bounds = trigger.below is not None or trigger.at_least is not None
    if not (trigger.grades or trigger.gates or trigger.counts or bounds):
        check.say(
            when,
            "没有写明条件(等次、分数、未达到的要求或次数)",
            "names no condition (grades, totals, gates or acts)",
        )
    if (
        trigger.below is not None
        and trigger.at_least is not None
        and trigger.below <= trigger.at_least
    ):
        check.say(
            f"{when}/below",
            "不高于 at_least,没有人符合,请改其一",
            "is not above at_least, so that nobody is meant; change one",
        )
    numbers = [n for n in (trigger.acts, trigger.fewer_than) if n is not None]
    if trigger.counts:
        _check_counts(check, f"{when}/counts", trigger.counts)
        if len(numbers) != 1:
            check.say(
                when,
                "counts 须与 acts(至少几次)、fewer_than(少于几次)之一同写",
                "counts goes with exactly one of acts and fewer_than",
            )
    elif numbers or trigger.within is not None:
        check.say(
            f"{when}/counts",
            "写了次数或届内,须写明计什么",
            "gives a number of acts or a term, and has to say what counts",
        )
    if any(n < 1 for n in numbers):
        name = "fewer_than" if trigger.acts is None else "acts"
        check.say(f"{when}/{name}", "至少 1 次", "is at least 1")
    if trigger.within not in {None, Span.TERM}:
        check.say(
            f"{when}/within",
            f"只能写{Span.TERM.zh},或不写(当期)",
            "is a term, or left out for the period",
        )
    elif trigger.within is Span.TERM and (
        trigger.grades or trigger.gates or bounds or trigger.years != 1
    ):
        check.say(
            f"{when}/within",
            "届内累计次数不能与等次、分数、前提要求或年数合用,请分写成两条",
            "acts counted over a term go with no other condition; write two triggers",
        )
    if trigger.years < 1:
        check.say(f"{at}/years", "至少 1 年", "is at least 1")
    if not trigger.then:
        check.say(f"{at}/then", "没有写明随之采取的措施", "does not say which step follows")
    steps = [s.code for s in check.rubric.ladder]
    check.refers(f"{at}/then", trigger.then, steps, "措施(ladder)", "step of the ladder")


def _check_attainable(check: _Check) -> None:
    """Requirements of points that lie above all that can be had."""
    most = _most(check.rubric)
    for i, gate in enumerate(check.rubric.gates):
        if isinstance(gate.asks, PointsOf) and gate.asks.at_least is not None:
            bound = most[gate.asks.of]
            if bound is not None and gate.asks.at_least > bound:
                check.say(
                    f"/gates/{i}/at_least",
                    f"最多只能得 {points_text(bound)} 分,无人能达到",
                    f"at most {points_text(bound)} can be had, so that nobody can meet it",
                )


# What can be had at most


def _most(rubric: Rubric) -> dict[str, Fraction | None]:
    """The most that each clause, group and block, and the total (by the empty code), can come to over a full period; None where nothing bounds it.

    Never less than what scoring can give, but for scaling to months served.
    """
    bounds: dict[str, Fraction | None] = {}
    weights: dict[str, Fraction] = {}
    for block, clause in rubric.clauses:
        bounds[clause.code] = _most_of(rubric, clause)
        weights[clause.code] = block.weight
    for block in rubric.blocks:
        inside = [c.code for c in block.clauses]
        points = _within(block, _add(_best_start(block), _together(rubric, bounds, inside)))
        if rubric.rounding is not None and rubric.rounding.at is RoundedAt.BLOCK:
            points = _rounded_up(points, rubric.rounding.to)
        bounds[block.code] = None if points is None else points * block.weight
    for group in rubric.groups:
        _add_group(rubric, bounds, group)
    total = _together(rubric, bounds, [b.code for b in rubric.blocks])
    rounds = rubric.rounding is not None and rubric.rounding.at is RoundedAt.BLOCK
    if not rounds and all(b.weight == 1 for b in rubric.blocks):
        starts = [max(_best_start(b), Fraction(0)) for b in rubric.blocks]
        flat = _together(rubric, bounds, [c.code for _, c in rubric.clauses])
        total = _least(total, _add(flat, *starts))
    if rubric.floor is not None and total is not None:
        total = max(total, rubric.floor)
    total = _least(total, rubric.cap)
    if rubric.rounding is not None and rubric.rounding.at is RoundedAt.TOTAL:
        total = _rounded_up(total, rubric.rounding.to)
    bounds[""] = total
    # A gate may look at a clause before its block is weighted, or after.
    for code, weight in weights.items():
        bound = bounds[code]
        if weight > 1 and bound is not None:
            bounds[code] = bound * weight
    return bounds


def _add_group(rubric: Rubric, bounds: dict[str, Fraction | None], group: Group) -> Fraction | None:
    """The most that a group comes to; those that lie in it come first."""
    groups = {g.code: g for g in rubric.groups}
    if group.code in bounds:
        return bounds[group.code]
    entries = [
        _add_group(rubric, bounds, groups[one]) if one in groups else bounds[one]
        for one in group.of
    ]
    found: Fraction | None
    if group.within is Within.PERIOD:
        kept = sorted((e for e in entries if e is not None), reverse=True)
        best = len(entries) if group.best is None else group.best
        found = None if None in entries else sum(kept[:best], Fraction(0))
        found = _least(found, group.cap)
        if found is not None and group.floor is not None:
            found = max(found, group.floor)
    else:
        found = _add(*entries)
    heaviest = max((b.weight for b in rubric.blocks), default=Fraction(1))
    bounds[group.code] = None if found is None else found * max(heaviest, Fraction(1))
    return bounds[group.code]


def _together(
    rubric: Rubric, bounds: Mapping[str, Fraction | None], codes: Sequence[str]
) -> Fraction | None:
    """The most that several clauses, or several blocks, come to together, under the caps of the groups that lie among them."""
    left, found = set(codes), Fraction(0)
    groups = [g for g in rubric.groups if g.within is Within.PERIOD and g.cap is not None]
    bound: Fraction | None
    for group in sorted(groups, key=lambda g: -len(g.of)):
        if not set(group.of) <= left:
            continue
        bound = _least(_add(*(bounds[one] for one in group.of)), group.cap)
        if bound is not None:
            left -= set(group.of)
            found += max(bound, group.floor or bound)
    rest = _add(*(bounds[code] for code in left))
    return None if rest is None else found + rest


def _within(block: Block, points: Fraction | None) -> Fraction | None:
    found = _least(points, block.cap)
    if found is not None and block.floor is not None:
        found = max(found, block.floor)
    return found


def _best_start(block: Block) -> Fraction:
    starts = [s.points for s in block.starts]
    if not any(s.who == EVERYONE for s in block.starts):
        starts.append(Fraction(0))
    return max(starts)


def _most_of(rubric: Rubric, clause: Clause) -> Fraction | None:
    """The most that a clause can bring by itself."""
    found = _most_of_part(rubric, clause)
    if isinstance(clause.measure, FromMembers):
        return _least(found, clause.cap)
    found = _least(found, clause.cap)
    if clause.every is not None and found:
        whole, part = _months(rubric.period), _months(clause.every)
        found = None if whole is None or part is None else found * (-(-whole // part))
    rounding = rubric.rounding
    rounds = rounding is not None and rounding.at is RoundedAt.LINE
    if rounding is not None and rounds and rounding.way is not Way.DOWN and found:
        # Each line may be rounded up, however many there are.
        return None if _leaves_steps(rubric, clause, rounding.to) else found
    return found


def _most_of_part(rubric: Rubric, clause: Clause) -> Fraction | None:
    measure, nothing = clause.measure, Fraction(0)
    match measure:
        case FromMembers(take=take, times=times):
            if times <= 0 and take is Take.SHARE:
                return nothing
            return times if take is Take.SHARE else None
        case Rate(points=points, tiers=tiers):
            return max(nothing, *(p for _, p in tiers)) if tiers else max(nothing, points)
        case Full(points=points, acts=acts):
            scales = rubric.part_year is not None and rubric.part_year.acts is Asked.MONTHS
            if clause.times is not None and clause.times < acts and not scales:
                points = points * clause.times / acts
            return max(nothing, points) * _largest_share(clause)
        case Steps(steps=steps):
            return _most_of_steps(steps, clause)
        case Once(price=price) | Mean(price=price):
            best = _dearest(price)
            return None if best is None else max(nothing, best) * _largest_share(clause)
        case Each(price=price, per=per):
            best = _dearest(price)
            if best is not None and best <= 0:
                return nothing
            if best is None or per is Per.HALF_DAY or clause.times is None:
                return None
            return best * clause.times * _largest_share(clause)


def _most_of_steps(steps: Sequence[tuple[int, Fraction]], clause: Clause) -> Fraction | None:
    """What acts by their number can bring: without end where the last price is positive."""
    bounds: list[Fraction] = []
    if steps[-1][1] <= 0:
        ends = [nth for nth, _ in steps[1:]]
        between = zip(steps, ends, strict=False)
        bounds.append(
            sum((max(p, Fraction(0)) * (end - nth) for (nth, p), end in between), Fraction(0))
        )
    if clause.times is not None:
        bounds.append(max(Fraction(0), *(p for _, p in steps)) * clause.times)
    return min(bounds) * _largest_share(clause) if bounds else None


def _dearest(price: Price) -> Fraction | None:
    """The best price of one act; None where a number without limit says so."""
    match price:
        case Fraction():
            return price
        case Table(by=by, prices=rows, adds=adds):
            if adds and by in OUTCOMES:
                return sum((p for _, p in rows if p > 0), Fraction(0))
            return max(p for _, p in rows)
        case Tiers(tiers=tiers):
            return max(p for _, p in tiers)
        case Quantity(of=of, points=points, at_most=most):
            if points <= 0 and of != "figure":
                return Fraction(0)
            return most


def _largest_share(clause: Clause) -> Fraction:
    """The largest part of a price that anybody gets."""
    shares = dict(clause.shares)
    fixed = [s for s in shares.values() if isinstance(s, Fraction)]
    if Byline.SOLE in shares and len(fixed) == len(shares):
        return max(fixed)
    return Fraction(1)


def _add(*bounds: Fraction | None) -> Fraction | None:
    found = Fraction(0)
    for bound in bounds:
        if bound is None:
            return None
        found += bound
    return found


def _least(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return other if one is None else one if other is None else min(one, other)


def _rounded_up(points: Fraction | None, to: Fraction) -> Fraction | None:
    return None if points is None else -(-points // to) * to


def _figures(clause: Clause) -> list[Fraction]:
    """All prices of a clause that stand in the document."""
    match clause.measure:
        case Full(points=points):
            return [points]
        case Steps(steps=steps):
            return [p for _, p in steps]
        case Rate(points=points, tiers=tiers):
            return [p for _, p in tiers] or [points]
        case FromMembers(times=times):
            return [times]
        case Each(price=price) | Once(price=price) | Mean(price=price):
            match price:
                case Table(prices=rows):
                    return [p for _, p in rows]
                case Tiers(tiers=tiers):
                    return [p for _, p in tiers]
                case Quantity(points=points):
                    return [points]
                case _:
                    return [price]


def _leaves_steps(rubric: Rubric, clause: Clause, to: Fraction) -> bool:
    """Whether one of its lines can come to something else than whole steps of that size."""
    figures = [*_figures(clause), *([] if clause.cap is None else [clause.cap])]
    for _, share in clause.shares:
        if isinstance(share, Split):
            return True
        figures += [f * share for f in _figures(clause)]
    measure = clause.measure
    match measure:
        case Mean() | Rate() | FromMembers():
            return True
        case Full(points=points, acts=acts):
            if rubric.part_year is not None and rubric.part_year.acts is Asked.MONTHS:
                return True
            figures.append(points / acts)
        case Each(price=Quantity() as price) | Once(price=Quantity() as price):
            if price.at_most is not None:
                figures.append(price.at_most)
            if not price.whole:
                if price.of != "half_days" and not _are_whole(clause, price.of):
                    return True
                figures.append(price.points / price.every)
        case _:
            pass
    return any(f % to for f in figures)


def _are_whole(clause: Clause, name: str) -> bool:
    """Whether a detail is a whole number in all kinds that count."""
    if name in OF_FACT:
        return False
    found = [
        f.type for k in _known(KINDS, clause.counts) for f in fields_of(KINDS[k]) if f.name == name
    ]
    return bool(found) and all(t is int for t in found)


# What nobody looks at


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What of one kind nothing in the rubric looks at: all of it, or these attendance states, stages and choices of a detail."""

    kind: str
    whole: bool = False
    states: tuple[Attendance, ...] = ()
    stages: tuple[Stage, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()


_SAYS_NOTHING = frozenset({Attendance.NOT_REQUIRED, Attendance.NOT_RECORDED})


def gaps(rubric: Rubric, kinds: Kinds) -> list[Gap]:
    """What of the catalogue nobody has priced or asked for, kind by kind: a question to the author, never a mistake."""
    by_kind: dict[str, list[Selects]] = {}
    for selects in _looked_at(rubric):
        for kind in selects.kinds:
            by_kind.setdefault(kind, []).append(selects)
    found = [
        _gap(kind, details, by_kind[kind]) if kind in by_kind else Gap(kind=kind, whole=True)
        for kind, details in kinds.items()
    ]
    return [gap for gap in found if gap != Gap(kind=gap.kind)]


def _looked_at(rubric: Rubric) -> Iterator[Selects]:
    """Every selection of a rubric; what a table does not list is not looked at."""
    for _, clause in rubric.clauses:
        yield from (_as_priced(clause, s) for s in clause.counts)
        yield from clause.spoiled_by
    for gate in rubric.gates:
        if isinstance(gate.asks, Acts | AttendanceOf):
            yield from gate.asks.counts
    yield from (r.counts for r in rubric.attendance)
    for trigger in rubric.triggers:
        yield from trigger.counts
    if rubric.grading is not None:
        for veto in rubric.grading.vetoes:
            yield from veto.counts
        if rubric.grading.opinions or rubric.grading.decided_by is not None:
            yield Selects(kinds=(kind_of(WasGraded),))


def _as_priced(clause: Clause, selects: Selects) -> Selects:
    """A selection narrowed to the rows of the table that prices it."""
    price = getattr(clause.measure, "price", None)
    if not isinstance(price, Table):
        return selects
    rows = frozenset(row for row, _ in price.prices)
    match price.by:
        case Axis.STATE:
            kept = {a for a in selects.states or Attendance if a in rows}
            return replace(selects, states=frozenset(kept))
        case Axis.DETAIL:
            return replace(selects, where=(*selects.where, Where(name=price.detail, values=rows)))
        case Axis.STAGE:
            stages = tuple(Passed(stage=s) for s in Stage if s in rows)
            return replace(selects, passed_any=(*selects.passed_any, *stages))
        case Axis.KIND:
            return replace(selects, kinds=tuple(k for k in selects.kinds if k in rows))
        case _:
            return selects


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
            for word in words_of(field)
            if (field.name, word) not in named
        ),
    )


# What is left open


def silences(rubric: Rubric, kinds: Kinds = KINDS) -> tuple[Silence, ...]:
    """What a document leaves open and answers neither by a field nor by a silence of its own, each with what scoring and grading then do.

    A silence that the author wrote answers its topic for the clauses that it names, and everywhere if it names none.
    """
    asked = (
        *_about_figures(rubric),
        *_about_places(rubric),
        *_about_counting(rubric, kinds),
        *_about_limits(rubric),
        *_about_outcomes(rubric),
        *_about_attendance(rubric),
        *_about_members(rubric, kinds),
    )
    return tuple(left for one in asked if (left := _left_open(rubric, one)) is not None)


def _left_open(rubric: Rubric, silence: Silence) -> Silence | None:
    """What the author's own silences leave of one."""
    own = [s for s in rubric.silences if s.topic is silence.topic]
    if any(not s.clauses for s in own):
        return None
    if not silence.clauses:
        return silence
    answered = {code for s in own for code in s.clauses}
    rest = tuple(code for code in silence.clauses if code not in answered)
    return replace(silence, clauses=rest) if rest else None


def _about_figures(rubric: Rubric) -> Iterator[Silence]:
    if rubric.rounding is not None:
        return
    one = Fraction(1)
    parts = tuple(
        clause.code
        for block, clause in rubric.clauses
        if _leaves_steps(rubric, clause, one) or block.weight.denominator != 1
    )
    scales = rubric.part_year is not None and rubric.part_year.total is Asked.MONTHS
    others = [p for b in rubric.blocks for p in (b.cap, b.floor, *(s.points for s in b.starts))]
    others += [p for g in rubric.groups for p in (g.cap, g.floor)]
    others += [rubric.cap, rubric.floor]
    if parts or scales or any(p is not None and p % 1 for p in others):
        yield Silence(
            topic=Topic.ROUNDING,
            zh="得分会出现小数,如何取舍?",
            en="points can come to fractions: are they rounded?",
            reading_zh="不取舍,按精确值累计",
            reading_en="they are not; everything is added up exactly",
            clauses=parts,
        )


def _about_places(rubric: Rubric) -> Iterator[Silence]:
    grading = rubric.grading
    if grading is None:
        return
    places = [p for g in grading.grades for p in (g.places, g.last) if p is not None]
    if places and grading.ties is None:
        yield Silence(
            topic=Topic.TIES,
            zh="名额线(末位线)上同分的如何处理?",
            en="what becomes of equal totals at the cut of the places, or of the last?",
            reading_zh="同分的都入选,名额随之增加;末位同分的都算末位",
            reading_en="all of them are in, and the places grow; of the last, all are among them",
        )
    if any(p.share is not None and p.way is None for p in places):
        yield Silence(
            topic=Topic.QUOTA,
            zh="按比例算出的名额不是整数,如何取整?",
            en="how is a share of places rounded that comes to a fraction?",
            reading_zh="舍去小数,只取整数部分",
            reading_en="it is rounded down",
        )


def _about_counting(rubric: Rubric, kinds: Kinds) -> Iterator[Silence]:
    nth = tuple(
        c.code
        for _, c in rubric.clauses
        if (
            isinstance(c.measure, Steps) or (isinstance(c.measure, Each) and c.measure.from_nth > 1)
        )
        and _open_to_joint(c, kinds)
    )
    if nth:
        yield Silence(
            topic=Topic.SECOND,
            zh="数“第几件”时,联名的算不算一件?",
            en="do joint works count when it is said which act is the second?",
            reading_zh="只要能在本条目得分,联名的也算一件",
            reading_en="yes, wherever they earn something under the clause",
            clauses=nth,
        )
    adds = _adding(rubric)
    if adds:
        yield Silence(
            topic=Topic.ADDS_OR_REPLACES,
            zh="同一件事达到几个层级,各层级的得分是相加还是取高?",
            en="where one work reaches several levels, do their points add or does the highest count?",
            reading_zh="各计各的,相加",
            reading_en="each earns its own, and they add",
            clauses=adds,
        )


def _open_to_joint(clause: Clause, kinds: Kinds) -> bool:
    """Whether works with several authors can count, whatever the byline."""
    return any(
        not s.bylines and s.first_names is None and _has_authors(kinds, s.kinds)
        for s in clause.counts
    )


def _adding(rubric: Rubric) -> tuple[str, ...]:
    """Clauses that pay one work at several levels, none of which says that the highest replaces the others."""
    clauses = [c for _, c in rubric.clauses]
    found: set[str] = set()
    own = [s for s in rubric.silences if s.topic is Topic.ADDS_OR_REPLACES]
    answered = {code for s in own for code in s.clauses}
    for one, other in combinations(clauses, 2):
        if answered & {one.code, other.code}:
            continue
        if any(
            set(a.kinds) & set(b.kinds) and _at_other_levels(a, b)
            for a in one.counts
            for b in other.counts
        ) and not _settled(rubric, one, other):
            found |= {one.code, other.code}
    commended = kind_of(WasCommended)
    for clause in clauses:
        measure = clause.measure
        if (
            isinstance(measure, Each)
            and isinstance(measure.price, Table)
            and measure.price.by in {Axis.DETAIL, Axis.LEVEL}
            and any(commended in s.kinds for s in clause.counts)
            and clause.distinct is None
            and clause.times != 1
            and not any(g.best is not None for g in _groups_of(rubric, clause.code))
        ):
            found.add(clause.code)
    return tuple(c.code for c in clauses if c.code in found)


def _at_other_levels(one: Selects, other: Selects) -> bool:
    """Whether two selections ask for the same stage at different levels."""
    asked = [{p.stage: p.levels for p in (*s.passed_any, *s.passed_all)} for s in (one, other)]
    return any(
        stage in asked[1] and asked[1][stage] != levels for stage, levels in asked[0].items()
    )


def _settled(rubric: Rubric, one: Clause, other: Clause) -> bool:
    """Whether the document says how two clauses bear on each other."""
    return (
        one.code in other.beyond
        or other.code in one.beyond
        or any(
            g.best is not None and g in _groups_of(rubric, other.code)
            for g in _groups_of(rubric, one.code)
        )
    )


def _about_limits(rubric: Rubric) -> Iterator[Silence]:
    both = tuple(
        c.code
        for _, c in rubric.clauses
        if c.cap is not None
        and any(not isinstance(share, Fraction) or 0 < share < 1 for _, share in c.shares)
    )
    if both and rubric.order is None:
        yield Silence(
            topic=Topic.ORDER_OF_LIMITS,
            zh="先按署名分摊,还是先封顶?",
            en="is the share of a byline taken before the cap or after it?",
            reading_zh="先分摊后封顶",
            reading_en="shares first, then the cap",
            clauses=both,
        )
    taking = tuple(
        clause.code
        for block, clause in rubric.clauses
        if block.floor is None
        and _takes(clause)
        and not any(
            g.floor is not None and g.within is Within.PERIOD
            for g in _groups_of(rubric, clause.code)
        )
    )
    if taking:
        yield Silence(
            topic=Topic.FLOOR,
            zh="扣分扣到什么为止?",
            en="how far down do deductions go?",
            reading_zh="没有下限,该部分可以为负,并从其他部分的得分中扣",
            reading_en="there is no floor: the block may fall below zero, and takes from the others",
            clauses=taking,
        )


def _takes(clause: Clause) -> bool:
    """Whether something is taken by it."""
    return any(p < 0 for p in _figures(clause))


def _about_outcomes(rubric: Rubric) -> Iterator[Silence]:
    staged = tuple(c.code for _, c in rubric.clauses if c.stages and c.timing is None)
    if staged and rubric.late is None:
        yield Silence(
            topic=Topic.LATE_OUTCOME,
            zh="下一周期才有的结果(立案、采用、批示等)计入哪一周期?",
            en="which period does an outcome belong to that comes in the next one?",
            reading_zh="计入履职当期,当期得分随之补记,没有期限",
            reading_en="that of the act, whose points rise with it, however late it comes",
            clauses=staged,
        )


_LEAVES = (Attendance.LEAVE, Attendance.LEAVE_REFUSED)


def _about_attendance(rubric: Rubric) -> Iterator[Silence]:
    said: dict[str, set[Attendance]] = {}
    for selects in _looked_at(rubric):
        for kind in selects.kinds:
            said.setdefault(kind, set()).update(selects.states or Attendance)
    read = {
        (kind, state)
        for r in rubric.attendance
        for kind in r.counts.kinds
        for state in r.counts.states or Attendance
    }
    codes: list[str] = []
    unsaid: set[Attendance] = set()
    rates: list[str] = []
    unread: set[Attendance] = set()
    for _, clause in rubric.clauses:
        priced = [*(_as_priced(clause, s) for s in clause.counts), *clause.spoiled_by]
        asked = [(s, k) for s in priced for k in s.kinds]
        if isinstance(clause.measure, Rate):
            missed = {
                a for s, k in asked for a in _LEAVES if a not in s.states and (k, a) not in read
            }
            unread |= missed
            rates += [clause.code] if missed else []
            continue
        open_ones = {
            a
            for s, k in asked
            if Attendance.ABSENT in s.states
            for a in _LEAVES
            if a not in said.get(k, set())
        }
        unsaid |= open_ones
        codes += [clause.code] if open_ones else []
    for gate in rubric.gates:
        if isinstance(gate.asks, AttendanceOf):
            unread |= {
                a
                for s in gate.asks.counts
                for k in s.kinds
                for a in _LEAVES
                if a not in s.states and (k, a) not in read
            }
    if codes:
        zh, en = _named(unsaid)
        yield Silence(
            topic=Topic.LEAVE,
            zh=f"{zh}算不算缺席?",
            en=f"is it an absence where the state is {en}?",
            reading_zh="不算缺席,不扣分也不影响得分",
            reading_en="no: it takes and spoils nothing",
            clauses=tuple(codes),
        )
    if unread:
        zh, en = _named(unread)
        yield Silence(
            topic=Topic.LEAVE,
            zh=f"算出勤率时,{zh}如何看待?",
            en=f"how does a rate of attendance see the state {en}?",
            reading_zh="计入应到,不计实到",
            reading_en="as expected and not attended",
            clauses=tuple(rates),
        )


def _named(states: set[Attendance]) -> tuple[str, str]:
    kept = [a for a in Attendance if a in states]
    return "、".join(a.zh for a in kept), " or ".join(a.en for a in kept)


def _about_members(rubric: Rubric, kinds: Kinds) -> Iterator[Silence]:
    if rubric.part_year is None and rubric.subject is Subject.MEMBER:
        yield Silence(
            topic=Topic.MID_YEAR,
            zh="年中增补、离任或免于履职一段时间的,如何计分?",
            en="how are members scored who join, leave or are exempt in mid-year?",
            reading_zh="什么都不折算;任职以外的履职不计",
            reading_en="nothing is scaled; what lies outside the membership does not count",
        )
    whole = tuple(
        c.code
        for _, c in rubric.clauses
        if _open_to_joint(c, kinds)
        and not c.shares
        and not _is_by(c, Axis.BYLINE)
        and not (
            c.whose is Whose.MEMBERS
            and c.distinct is not None
            and c.distinct.by in {Apart.WORK, Apart.DEED}
        )
    )
    if whole:
        yield Silence(
            topic=Topic.JOINT,
            zh="几人联名或合作的,各得多少?",
            en="what does each author of a joint work get?",
            reading_zh="每位署名人各得全额",
            reading_en="each of them gets the whole",
            clauses=whole,
        )


def _is_by(clause: Clause, axis: Axis) -> bool:
    price = getattr(clause.measure, "price", None)
    return isinstance(price, Table) and price.by is axis


# What may turn out badly

DOMINANT = Fraction(1, 2)
"""The part of all points above which one clause or block dominates."""
CLIFF = Fraction(1, 3)
"""The part of all points above which one act makes too much of a difference."""
NEARLY_ALL = Fraction(95, 100)
"""The part of members from which on something is said of everybody."""


class Worry(Choice):
    """What may turn out badly with a rubric."""

    UNREACHABLE_GRADE = "unreachable_grade", "等次够不着", "a grade that nobody can reach"
    CONTRADICTION = "contradiction", "前提要求互相矛盾", "gates that contradict one another"
    DOMINATES = "dominates", "一项独大", "one part dominates"
    CLIFF = "cliff", "一次定输赢", "one act decides too much"
    REPEATABLE = "repeatable", "可以无限重复", "can be repeated without end"
    PAID_TWICE = "paid_twice", "一事两计", "one act is paid twice"
    NOT_PRICED = "not_priced", "没有分值", "without a price"
    CAP_OUT_OF_REACH = "cap_out_of_reach", "封顶够不着", "a cap that cannot be reached"
    UNEARNABLE = "unearnable", "无人能得", "nobody can earn it"
    NOBODY_EARNED = "nobody_earned", "无人得分", "nobody earned it"
    EVERYBODY_EARNED = "everybody_earned", "人人得分", "everybody earned it"
    MOST_OF_POINTS = "most_of_points", "占得分大半", "makes most of the points"
    EMPTY_BAND = "empty_band", "等次无人", "a grade that nobody has"
    CAP_BINDS = "cap_binds", "人人封顶", "a cap that binds nearly everyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something of a rubric that an author may want to think about: where, what sort, why, and the clauses concerned."""

    path: str
    sort: Worry
    zh: str
    en: str
    clauses: tuple[str, ...] = ()


@dataclass(slots=True)
class _Look:
    """A rubric under observation, fit for use: what can be had of its parts, and what was found."""

    rubric: Rubric
    kinds: Kinds
    most: Mapping[str, Fraction | None]
    places: Mapping[str, tuple[str, Block, Clause]]
    found: list[Concern]

    def say(self, at: str, sort: Worry, zh: str, en: str, *clauses: str) -> None:
        """Note a concern."""
        self.found.append(Concern(path=at, sort=sort, zh=zh, en=en, clauses=clauses))

    def brings(self, code: str) -> Fraction | None:
        """What a clause can bring within the limits of its block, groups and the total."""
        _, block, clause = self.places[code]
        bound = _least(_most_of(self.rubric, clause), block.cap)
        for group in _groups_of(self.rubric, code):
            if group.within is Within.PERIOD and group.floor is None:
                bound = _least(bound, group.cap)
        bound = None if bound is None else bound * block.weight
        return _least(bound, self.rubric.cap)

    @property
    def all(self) -> Fraction | None:
        """All that can be had; where that has no end, what the best grade takes."""
        total = self.most[""]
        return self.top if total is None else total

    @property
    def top(self) -> Fraction | None:
        """What the best grade takes."""
        grading = self.rubric.grading
        return None if grading is None or not grading.grades else grading.grades[0].at_least


def health(
    rubric: Rubric,
    kinds: Kinds,
    *,
    dominant: Fraction = DOMINANT,
    cliff: Fraction = CLIFF,
) -> list[Concern]:
    """What in a rubric without problems may turn out badly, from the document alone."""
    look = _Look(
        rubric=rubric,
        kinds=kinds,
        most=_most(rubric),
        places={
            clause.code: (f"/blocks/{i}/clauses/{j}", block, clause)
            for i, block in enumerate(rubric.blocks)
            for j, clause in enumerate(block.clauses)
        },
        found=[],
    )
    _see_grades(look)
    _see_heads(look, dominant)
    _see_cliffs(look, cliff)
    _see_loops(look)
    _see_gaps(look)
    _see_caps(look)
    _see_unearnable(look)
    return look.found


def _see_grades(look: _Look) -> None:
    rubric = look.rubric
    if rubric.grading is None:
        return
    total = look.most[""]
    for i, grade in enumerate(rubric.grading.grades):
        at = f"/grading/grades/{i}"
        if grade.at_least is not None and total is not None and grade.at_least > total:
            look.say(
                f"{at}/at_least",
                Worry.UNREACHABLE_GRADE,
                f"“{grade.zh}”要 {points_text(grade.at_least)} 分,全部得满只有 {points_text(total)} 分",
                f"{grade.en} takes {points_text(grade.at_least)}, and all that can be had is {points_text(total)}",
            )
        gates = [g for g in rubric.gates if g.code in grade.gates or grade.code in g.grades]
        for one, other in combinations(gates, 2):
            if _contradict(one, other):
                look.say(
                    f"{at}/gates",
                    Worry.CONTRADICTION,
                    f"“{grade.zh}”的要求“{one.zh}”与“{other.zh}”不能同时达到",
                    f"of the gates of {grade.en}, “{one.en}” and “{other.en}” cannot both be met",
                )
        for gate in gates:
            asks = gate.asks
            if (
                isinstance(asks, PointsOf)
                and not asks.of
                and asks.at_most is not None
                and grade.at_least is not None
                and asks.at_most < grade.at_least
            ):
                look.say(
                    f"{at}/gates",
                    Worry.CONTRADICTION,
                    f"“{grade.zh}”要 {points_text(grade.at_least)} 分,“{gate.zh}”却要求总分不超过 {points_text(asks.at_most)} 分",
                    f"{grade.en} takes {points_text(grade.at_least)}, and “{gate.en}” a total of at most {points_text(asks.at_most)}",
                )


def _contradict(one: Gate, other: Gate) -> bool:
    """Whether two gates ask the same number to be high and low, of people that both are for."""
    if one.who != other.who and EVERYONE not in (one.who, other.who):
        return False
    a, b = one.asks, other.asks
    if isinstance(a, AttendanceOf) or isinstance(b, AttendanceOf):
        return False
    if isinstance(a, Acts):
        same = isinstance(b, Acts) and (
            replace(a, at_least=None, at_most=None) == replace(b, at_least=None, at_most=None)
        )
    else:
        same = isinstance(b, PointsOf) and a.of == b.of
    return same and any(
        high.at_least is not None and low.at_most is not None and high.at_least > low.at_most
        for high, low in ((a, b), (b, a))
    )


def _see_heads(look: _Look, dominant: Fraction) -> None:
    rubric, total, top = look.rubric, look.most[""], look.top

    def dominates(points: Fraction | None) -> bool:
        if points is None:
            return total is not None or top is not None
        return (total is not None and points > total * dominant) or (
            top is not None and points >= top > 0
        )

    for i, block in enumerate(rubric.blocks):
        alone = [c for c in block.clauses if dominates(look.brings(c.code))]
        if len(look.places) > 1:
            for clause in alone:
                _say_head(look, look.places[clause.code][0], clause, look.brings(clause.code))
        if not alone and len(rubric.blocks) > 1 and dominates(look.most[block.code]):
            _say_head(look, f"/blocks/{i}", block, look.most[block.code])


def _say_head(look: _Look, at: str, of: Clause | Block, points: Fraction | None) -> None:
    zh, en = ("没有上限", "without end") if points is None else _figure(points)
    total, top = look.most[""], look.top
    if total is not None:
        against = f"总共可得 {points_text(total)} 分", f"{points_text(total)} can be had in all"
    else:
        least = Fraction(0) if top is None else top
        against = (
            f"最高等次只要 {points_text(least)} 分",
            f"the best grade takes {points_text(least)}",
        )
    codes = [of.code] if isinstance(of, Clause) else [c.code for c in of.clauses]
    look.say(
        at,
        Worry.DOMINATES,
        f"“{of.zh}”一项就可得{zh},{against[0]}",
        f"“{of.en}” alone can bring points {en}; {against[1]}"
        if points is None
        else f"“{of.en}” alone can bring {en}; {against[1]}",
        *codes,
    )


def _figure(points: Fraction) -> tuple[str, str]:
    return f" {points_text(points)} 分", points_text(points)


def _see_cliffs(look: _Look, cliff: Fraction) -> None:
    every = look.all
    if not every or every < 0:
        return
    for code, (at, block, clause) in look.places.items():
        act = _one_act(clause)
        worth = None if act is None else _least(act * block.weight, look.brings(code))
        if worth is not None and worth > every * cliff:
            at_once = isinstance(clause.measure, Full) and not clause.measure.partial
            look.say(
                at,
                Worry.CLIFF,
                f"“{clause.zh}”{'差一次就一分不得,一次' if at_once else '一次'}相差 {points_text(worth)} 分",
                f"“{clause.en}”: one act makes a difference of {points_text(worth)}",
                code,
            )
        _see_bands(look, at, clause, worth)
        decided = [g for g in look.rubric.gates if g.code in clause.gates]
        if clause.spoiled_by or any(isinstance(g.asks, Acts) for g in decided):
            _say_cliff(look, at, clause, look.brings(code), every * cliff)
    for i, block in enumerate(look.rubric.blocks):
        decided = [g for g in look.rubric.gates if g.code in block.gates]
        if any(isinstance(g.asks, Acts) for g in decided):
            _say_cliff(look, f"/blocks/{i}", block, look.most[block.code], every * cliff)


def _say_cliff(
    look: _Look, at: str, of: Clause | Block, points: Fraction | None, limit: Fraction
) -> None:
    """One act more or less brings a whole clause or block to nothing."""
    if points is not None and points <= limit:
        return
    zh, en = ("没有上限的分", "points without end") if points is None else _figure(points)
    codes = [of.code] if isinstance(of, Clause) else [c.code for c in of.clauses]
    look.say(
        at,
        Worry.CLIFF,
        f"差一次,“{of.zh}”整项不得分,相差{zh}",
        f"one act less, or one too many, and “{of.en}” brings nothing: a difference of {en}",
        *codes,
    )


def _see_bands(look: _Look, at: str, clause: Clause, worth: Fraction | None) -> None:
    """One act that leaps over a whole band."""
    grading = look.rubric.grading
    if grading is None or worth is None:
        return
    bands = [g for g in grading.grades if g.at_least is not None]
    for above, grade in pairwise(bands):
        width = (above.at_least or Fraction(0)) - (grade.at_least or Fraction(0))
        if worth >= width > 0:
            look.say(
                at,
                Worry.CLIFF,
                f"“{clause.zh}”一次 {points_text(worth)} 分,能越过整个“{grade.zh}”({points_text(width)} 分)",
                f"“{clause.en}”: one act of {points_text(worth)} leaps over the whole of {grade.en} ({points_text(width)})",
                clause.code,
            )
            return


def _one_act(clause: Clause) -> Fraction | None:
    """What one act can move; None where a rate or a number without limit says so."""
    match clause.measure:
        case Each(price=price) | Once(price=price) | Mean(price=price):
            return _dearest(price)
        case Steps(steps=steps):
            return max(p for _, p in steps)
        case Full(points=points, acts=acts, partial=partial):
            return points / acts if partial else points
        case Rate() | FromMembers():
            return None


_AT_WILL = frozenset({Shape.OCCASION, Shape.MATTER})


def _see_loops(look: _Look) -> None:
    for code, (at, _, clause) in look.places.items():
        best = _dearest(clause.measure.price) if isinstance(clause.measure, Each) else None
        pays = isinstance(clause.measure, Each) and (best is None or best > 0) and _pays(clause)
        endless = isinstance(clause.measure, Steps) and clause.measure.steps[-1][1] > 0
        if (
            (pays or endless)
            and look.brings(code) is None
            and clause.distinct is None
            and any(_at_will(look.kinds, s) for s in clause.counts)
        ):
            look.say(
                at,
                Worry.REPEATABLE,
                f"“{clause.zh}”每次计分,没有封顶,多做(多报)即多得",
                f"“{clause.en}” pays every act without a cap, so that repeating brings ever more",
                code,
            )
    clauses = [(c, at, b.code) for at, b, c in look.places.values()]
    for (one, _, _), (other, at, _) in combinations(clauses, 2):
        kind = next(
            (
                k
                for a in one.counts
                for b in other.counts
                if a.stages == b.stages and not _at_other_levels(a, b) and _overlap(a, b)
                for k in a.kinds
                if k in b.kinds and k in look.kinds
            ),
            None,
        )
        if (
            kind is not None
            and _pays(one)
            and _pays(other)
            and _for_the_same(one.who, other.who)
            and one.whose is other.whose
            and not _settled(look.rubric, one, other)
            and not _share_a_group(look.rubric, one, other)
        ):
            look.say(
                at,
                Worry.PAID_TWICE,
                f"同一次{look.kinds[kind].about.zh}在“{one.zh}”与“{other.zh}”都计分",
                f"one and the same act ({look.kinds[kind].about.en}) is paid by “{one.en}” and by “{other.en}”",
                one.code,
                other.code,
            )


def _at_will(kinds: Kinds, selects: Selects) -> bool:
    """Whether anybody can do it again and again: it asks for nothing that others decide."""
    return (
        not selects.stages
        and not selects.mandatory
        and any(k in kinds and kinds[k].about.shape in _AT_WILL for k in selects.kinds)
    )


def _pays(clause: Clause) -> bool:
    return any(p > 0 for p in _figures(clause))


def _share_a_group(rubric: Rubric, one: Clause, other: Clause) -> bool:
    return any(g in _groups_of(rubric, other.code) for g in _groups_of(rubric, one.code))


def _for_the_same(one: Who, other: Who) -> bool:
    """Whether somebody can be meant by both, as far as roles, classes and ticks tell."""
    if one.holds and not one.offices and one.holds <= other.lacks:
        return False
    if other.holds and not other.offices and other.holds <= one.lacks:
        return False
    for name in ("classes", "kinds"):
        if not _meet(getattr(one, name), getattr(other, name)):
            return False
    return all(
        None in (getattr(one, name), getattr(other, name))
        or getattr(one, name) is getattr(other, name)
        for name in ("party", "public", "higher", "added")
    )


def _meet(one: frozenset[object], other: frozenset[object]) -> bool:
    """Whether two lists of what is asked have something in common; an empty one asks nothing."""
    return not one or not other or bool(one & other)


def _overlap(one: Selects, other: Selects) -> bool:
    """Whether one fact can be meant by both, as far as their words tell."""
    for name in (
        "capacities",
        "states",
        "leaves",
        "parts",
        "spoke",
        "levels",
        "bylines",
        "records",
    ):
        if not _meet(getattr(one, name), getattr(other, name)):
            return False
    for name in ("key", "mandatory", "whole"):
        asked = {getattr(one, name), getattr(other, name)}
        if asked == {True, False}:
            return False
    for a, b in ((one, other), (other, one)):
        low, high = a.attended_from, b.attended_below
        if low is not None and high is not None and low >= high:
            return False
        if any(not p.levels and not p.ranks and p.stage in b.stages for p in a.passed_none):
            return False
    theirs = {w.name: w for w in other.where}
    return all(w.name not in theirs or _both(w, theirs[w.name]) for w in one.where)


def _both(one: Where, other: Where) -> bool:
    """Whether one detail can say what both ask."""
    for a, b in ((one, other), (other, one)):
        if a.at_least is not None and b.at_most is not None and a.at_least > b.at_most:
            return False
    return one.is_range or other.is_range or bool(one.values & other.values)


def _see_gaps(look: _Look) -> None:
    found = gaps(look.rubric, look.kinds)
    whole = [look.kinds[g.kind].about for g in found if g.whole]
    if whole:
        look.say(
            "/blocks",
            Worry.NOT_PRICED,
            f"办法没有提到:{'、'.join(a.zh for a in whole)}",
            f"the rubric does not speak of: {'; '.join(a.en for a in whole)}",
        )
    by_states: dict[tuple[Attendance, ...], list[str]] = {}
    for gap in found:
        if gap.states:
            by_states.setdefault(gap.states, []).append(gap.kind)
    for states, named in by_states.items():
        abouts = [look.kinds[kind].about for kind in named]
        clauses = [
            code
            for code, (_, _, clause) in look.places.items()
            if any(kind in s.kinds for s in clause.counts for kind in named)
        ]
        look.say(
            "/blocks",
            Worry.NOT_PRICED,
            f"{'、'.join(a.zh for a in states)}没有规定({'、'.join(a.zh for a in abouts)})",
            f"nothing is said about {', '.join(a.en for a in states)} ({'; '.join(a.en for a in abouts)})",
            *clauses,
        )


def _see_caps(look: _Look) -> None:
    bounds = {code: _most_of(look.rubric, c) for code, (_, _, c) in look.places.items()}
    for i, block in enumerate(look.rubric.blocks):
        inside = [c.code for c in block.clauses]
        points = _add(_best_start(block), _together(look.rubric, bounds, inside))
        if block.cap is not None and points is not None and points < block.cap:
            look.say(
                f"/blocks/{i}/cap",
                Worry.CAP_OUT_OF_REACH,
                f"“{block.zh}”封顶 {points_text(block.cap)} 分,各条目得满只有 {points_text(points)} 分",
                f"the cap of “{block.en}” is {points_text(block.cap)}, and all of its clauses come to {points_text(points)}",
                *inside,
            )


def _see_unearnable(look: _Look) -> None:
    for code, (at, _, clause) in look.places.items():
        if isinstance(clause.measure, FromMembers) or (_takes(clause) and not _pays(clause)):
            continue
        why = _why_unearnable(look, clause)
        if why is not None:
            look.say(
                at,
                Worry.UNEARNABLE,
                f"“{clause.zh}”无人能得分:{why[0]}",
                f"nobody can earn “{clause.en}”: {why[1]}",
                code,
            )


def _why_unearnable(look: _Look, clause: Clause) -> tuple[str, str] | None:
    if look.brings(clause.code) == 0:
        return "分值或封顶为 0", "its prices or caps are 0"
    unit = look.rubric.subject is Subject.UNIT and clause.whose is Whose.OWN
    subject = Subject.UNIT if unit else Subject.MEMBER
    if not any(
        k in look.kinds and subject in look.kinds[k].about.subjects
        for s in clause.counts
        for k in s.kinds
    ):
        return (
            f"所计的都不能是{subject.zh}的履职",
            f"nothing of what counts can be done by a {subject.en}",
        )
    if clause.counts and all(_is_void(s) for s in clause.counts):
        return "既要求达到又要求未达到同一环节", "it asks for a stage and against it"
    if clause.counts and all(s in clause.spoiled_by for s in clause.counts):
        return "所计的正是使它作废的", "what counts is what spoils it"
    for code in clause.beyond:
        if _takes_all(look.places[code][2], clause):
            first = look.places[code][2]
            return f"全部已由“{first.zh}”计了", f"“{first.en}” has taken all of it before"
    return None


def _is_void(selects: Selects) -> bool:
    barred = {p.stage for p in selects.passed_none if not p.levels and not p.ranks}
    return any(p.stage in barred for p in selects.passed_all) or (
        bool(selects.passed_any) and all(p.stage in barred for p in selects.passed_any)
    )


def _takes_all(first: Clause, clause: Clause) -> bool:
    """Whether everything that counts for a clause has a line in one before it."""
    measure = first.measure
    match measure:
        case Full(points=points):
            every = points > 0
        case Each(price=Fraction() as price, per=Per.ACT, from_nth=1):
            every = price > 0
        case _:
            every = False
    return (
        every
        and first.who in (EVERYONE, clause.who)
        and first.whose is clause.whose
        and not first.shares
        and first.distinct is None
        and first.timing is clause.timing
        and (first.linked or not clause.linked)
        and first.every is None
        and all(s in first.counts for s in clause.counts)
    )


# What came of it


def health_of(
    rubric: Rubric,
    cards: Sequence[Scorecard],
    *,
    dominant: Fraction = DOMINANT,
    nearly_all: Fraction = NEARLY_ALL,
) -> list[Concern]:
    """What the scorecards of a past period under a rubric say about it; of no cards, nothing."""
    found: list[Concern] = []
    if not cards:
        return found
    earned = [_earned(card) for card in cards]
    everything = sum((p for points in earned for p in points.values() if p > 0), Fraction(0))
    several = sum(1 for _ in rubric.clauses) > 1
    for i, block in enumerate(rubric.blocks):
        for j, clause in enumerate(block.clauses):
            found += _of_clause(
                f"/blocks/{i}/clauses/{j}", clause, cards, earned, nearly_all=nearly_all
            )
            own = sum(
                (max(p.get(clause.code, Fraction(0)), Fraction(0)) for p in earned), Fraction(0)
            )
            if several and own > everything * dominant:
                percent = round(own / everything * 100)
                found.append(
                    Concern(
                        path=f"/blocks/{i}/clauses/{j}",
                        sort=Worry.MOST_OF_POINTS,
                        zh=f"全部得分的 {percent}% 来自“{clause.zh}”",
                        en=f"{percent}% of all points come from “{clause.en}”",
                        clauses=(clause.code,),
                    )
                )
    return [*found, *_empty_bands(rubric, cards)]


def _earned(card: Scorecard) -> dict[str, Fraction]:
    """What each clause brought (or took) on a card."""
    found: dict[str, Fraction] = {}
    for line in card.lines:
        if line.clause:
            found[line.clause] = found.get(line.clause, Fraction(0)) + Fraction(line.points)
    return found


_NOT_HIS = frozenset({Doing.NOT_ELIGIBLE, Doing.EXEMPT})
_CAPS = frozenset({Cut.CAP, Cut.TIMES})


def _of_clause(
    at: str,
    clause: Clause,
    cards: Sequence[Scorecard],
    earned: Sequence[Mapping[str, Fraction]],
    *,
    nearly_all: Fraction,
) -> Iterator[Concern]:
    code = clause.code
    theirs = [
        points.get(code, Fraction(0))
        for card, points in zip(cards, earned, strict=True)
        if not any(a.clause == code and a.doing in _NOT_HIS for a in card.accounts)
    ]
    have = sum(points > 0 for points in theirs)
    if theirs and _pays(clause) and not have:
        yield Concern(
            path=at,
            sort=Worry.NOBODY_EARNED,
            zh=f"“{clause.zh}”适用于 {len(theirs)} 个对象,无人得分",
            en=f"“{clause.en}” was for {len(theirs)}, and nobody earned it",
            clauses=(code,),
        )
    elif have and have >= len(theirs) * nearly_all:
        yield Concern(
            path=at,
            sort=Worry.EVERYBODY_EARNED,
            zh=f"“{clause.zh}”{len(theirs)} 个对象中有 {have} 个得分,分不出高低",
            en=f"“{clause.en}” was earned by {have} of {len(theirs)} and tells nobody apart",
            clauses=(code,),
        )
    lined = [[x for x in card.lines if x.clause == code] for card in cards]
    lined = [lines for lines in lined if lines]
    bound = sum(
        any(a.cut in _CAPS and a.by == code for x in lines for a in x.adjustments)
        for lines in lined
    )
    if bound and bound >= len(lined) * nearly_all:
        yield Concern(
            path=at,
            sort=Worry.CAP_BINDS,
            zh=f"“{clause.zh}”有计分的 {len(lined)} 个对象中有 {bound} 个已封顶",
            en=f"the cap of “{clause.en}” binds {bound} of the {len(lined)} who have it",
            clauses=(code,),
        )


def _empty_bands(rubric: Rubric, cards: Sequence[Scorecard]) -> Iterator[Concern]:
    """Bands in which no total lies; gates, places and bodies are left out of account."""
    grades = () if rubric.grading is None else rubric.grading.grades
    bands = [(i, g) for i, g in enumerate(grades) if g.at_least is not None or i == len(grades) - 1]
    reached = {
        next(
            (i for i, g in bands if g.at_least is None or Fraction(card.total) >= g.at_least),
            len(grades),
        )
        for card in cards
    }
    for i, grade in bands:
        if i not in reached:
            yield Concern(
                path=f"/grading/grades/{i}",
                sort=Worry.EMPTY_BAND,
                zh=f"没有人的总分落在“{grade.zh}”",
                en=f"nobody's total lies in the band of {grade.en}",
            )
