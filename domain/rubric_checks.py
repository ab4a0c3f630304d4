"""What keeps a rubric from being used: every problem with its place and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from domain.attainable import figures_of, known, months_of, most_of_all
from domain.fact import Attendance
from domain.kinds import Details
from domain.kinds.about import Shape, Subject
from domain.kinds.fields import fields_of
from domain.member import MemberRole
from domain.nearest import listed, proposal, quoted
from domain.period import Span
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
    PartYear,
    Per,
    Places,
    PointsOf,
    Price,
    Quantity,
    Rate,
    Rubric,
    Short,
    Split,
    Steps,
    Summed,
    Table,
    Take,
    Tiers,
    Timing,
    Trigger,
    Who,
    Whose,
    points_text,
)
from domain.selection import (
    Byline,
    Problem,
    Selects,
    Where,
    check_selects,
    check_where,
    is_number,
    problem,
)
from domain.words import CODE, is_code

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
        stray = [(i, code) for i, code in enumerate(codes) if code not in there]
        names = _names(there if stray else ())
        for i, code in stray:
            self.unknown(f"{at}/{i}", code, names, zh, en)

    def unknown(self, at: str, code: str, known: Mapping[str, str], zh: str, en: str) -> None:
        """Note a code that stands for nothing."""
        near_zh, near_en = proposal(code, known)
        said = quoted(code)
        self.say(at, f"没有叫{said}的{zh}{near_zh}", f"there is no {en} {said}{near_en}")


def _names(codes: Iterable[str]) -> dict[str, str]:
    """Codes to choose from; a document has no other words for them."""
    return dict.fromkeys(sorted(codes), "")


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
    if late is not None and late.carry_over:
        if late.within_days is None:
            check.say(
                "/late/carry_over",
                "请写明周期结束后多少天以内有的结果仍计入履职当期(within_days),再晚的才结转",
                "say up to how many days after the end of the period an outcome belongs to the period of the act (within_days); what comes later is carried over",
            )
        elif late.timing is Timing.OUTCOME:
            check.say(
                "/late/carry_over",
                "结果计入结果当期的无须结转,请删去,或改 timing: 履职当期",
                "an outcome that belongs to its own period is not carried over; remove it, or write timing: act",
            )
    if rubric.part_year is not None:
        _check_part_year(check, rubric.part_year)


def _check_codes(check: _Check) -> None:
    """Blocks, clauses, groups and gates are called by one name each; so are the lists that stand by themselves."""
    rubric, grading = check.rubric, check.rubric.grading
    if not is_code(rubric.code):
        check.say(
            "/rubric",
            f"代号{quoted(rubric.code)}不能用,应为{CODE.zh}",
            f"{quoted(rubric.code)} cannot be a code, which is {CODE.en}",
        )
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
                    f"代号{quoted(code)}重复,请改用别的代号",
                    f"the code {quoted(code)} is used twice; choose another",
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
    for kind in known(check.kinds, counts):
        names = {f.name: f.label.zh for f in fields_of(check.kinds[kind])}
        if distinct.detail not in names:
            zh, en = proposal(distinct.detail, names)
            check.say(
                f"{at}/detail",
                f"{check.kinds[kind].about.zh}没有字段{quoted(distinct.detail)}{zh}",
                f"{kind} has no field {quoted(distinct.detail)}{en}",
            )


def _check_every(check: _Check, at: str, every: Span | None) -> None:
    """Only a calendar bounds the parts of a period, and they are shorter than it."""
    if every is None:
        return
    months, period = months_of(every), months_of(check.rubric.period)
    limit = 13 if check.rubric.period is Span.TERM else period or 12
    if months is None or months >= min(limit, 13):
        check.say(
            at,
            f"{every.zh}不是本办法周期({check.rubric.period.zh})之内的自然月、季、半年或年,请改用更短的",
            f"{every.en} is no part of {check.rubric.period.en} that the calendar bounds; use a shorter one",
        )


def _check_part_year(check: _Check, rule: PartYear) -> None:
    if not 0 <= rule.least_months <= 12:
        check.say("/part_year/least_months", "应在 0 至 12 之间", "lies between 0 and 12")
    if not 1 <= rule.least_days <= 31:
        check.say("/part_year/least_days", "应在 1 至 31 之间", "lies between 1 and 31")
    check.refers("/part_year/of", rule.of, check.blocks, "部分", "block")
    if rule.of and rule.total is Asked.WHOLE:
        check.say(
            "/part_year/of",
            "没有写 total: 按在任月数折算,用不上,请删去或补写",
            "has no use without total: months; add that or remove it",
        )
    _check_who(check, "/part_year/who", rule.who)


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
        if not gate.asks.of:
            check.say(
                f"{at}/gates/{i}",
                f"前提要求{quoted(code)}看的是总分,而总分要到各部分都算完才有;请改看前面某一部分的得分",
                f"the gate {quoted(code)} asks for the total, which is there when all blocks are worked out; ask for the points of an earlier block",
            )
        elif any(n >= place for n in _blocks_in(check, gate.asks.of)):
            check.say(
                f"{at}/gates/{i}",
                f"前提要求{quoted(code)}看的是本部分或后面部分的得分,此时还没有算出;请把那一部分移到前面",
                f"the gate {quoted(code)} asks for points that are not worked out yet (of this block or of a later one); put that block first",
            )
        elif gate.asks.of in check.groups and list(_blocks_in(check, gate.asks.of)):
            check.say(
                f"{at}/gates/{i}",
                f"前提要求{quoted(code)}看的是几个部分的合计,那要等所有部分算完;请改看其中一个部分",
                f"the gate {quoted(code)} asks for what blocks have in common, which is worked out after all blocks; ask for one of them",
            )


def _blocks_in(check: _Check, code: str, seen: frozenset[str] = frozenset()) -> Iterator[int]:
    """The places of the blocks that a code stands for, itself or in a group."""
    if code in check.blocks:
        yield check.blocks[code]
    elif code in check.groups and code not in seen:
        for one in check.groups[code].of:
            yield from _blocks_in(check, one, seen | {code})


def _check_of_units(check: _Check, at: str, clause: Clause) -> None:
    """What a clause says of the units that members are in."""
    if clause.whose is not Whose.UNIT:
        if clause.of_kinds:
            check.say(
                f"{at}/of_kinds",
                "只与 whose: 所属单位 同用,请删去,或补写",
                "goes with whose: unit only; remove it or add that",
            )
        return
    if check.rubric.subject is Subject.UNIT:
        check.say(
            f"{at}/whose",
            "考核单位的办法不能计所属单位的;本单位的不写 whose,所属委员的写 whose: members",
            "a rubric about units has no unit to look to; leave it out for the unit's own, or write whose: members",
        )
    if isinstance(clause.measure, Rate):
        check.say(
            f"{at}/rate",
            "单位没有出勤,所属单位的不能按出勤率计,请改用 each(每次)等",
            "units have no attendance, so what counts is theirs by no rate; use each or another measure",
        )


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
    _check_of_units(check, at, clause)
    check.refers(f"{at}/gates", clause.gates, check.gates, "前提要求", "gate")
    for i, code in enumerate(clause.gates):
        gate = check.gates.get(code)
        if gate is not None and isinstance(gate.asks, PointsOf):
            check.say(
                f"{at}/gates/{i}",
                f"条目的前提要求只能看次数或出勤率,{quoted(code)}看的是得分;请改用次数,或写在整个部分上",
                f"a clause can presuppose acts or attendance only, and {quoted(code)} asks for points; ask for acts, or put it on a block",
            )
    for i, code in enumerate(clause.beyond):
        if code not in before:
            check.say(
                f"{at}/beyond/{i}",
                f"前面没有条目{quoted(code)},请把它移到前面",
                f"no clause before this one is called {quoted(code)}; put it first",
            )
    if clause.cap is not None and clause.cap < 0:
        check.say(f"{at}/cap", "封顶不能是负数", "a cap cannot be negative")
    if clause.times is not None and clause.times < 1:
        check.say(f"{at}/times", "至少 1 次", "is at least 1")
    if clause.times is not None and isinstance(measure, Mean | Summed):
        check.say(
            f"{at}/times",
            "平均分、累计数取自所有各次,不能只计几次,请删去",
            "a mean or a sum is of all acts and cannot pay some of them; remove it",
        )
    if clause.best and (
        clause.times is None
        or not isinstance(measure, Each)
        or any(p < 0 for p in figures_of(clause))
    ):
        check.say(
            f"{at}/best",
            "取高须写明 times(取几次),只与 each(每次)同用,且不用于扣分",
            "needs times (how many of the best), and goes with each where nothing is taken",
        )
    if check.rubric.timing(clause) is Timing.OUTCOME and clause.stages:
        others = {k for s in clause.counts if not s.stages for k in s.kinds}
        if clause.by_stage is None and clause.staged_kinds & others:
            check.say(
                f"{at}/counts",
                "计入结果当期的条目,同一类型的各项须都写明环节(reached),否则一件会在两期各计一次;请分成两条",
                "of a clause that goes by the outcome all selections of one kind name a stage, or one act would count in two periods; write two clauses",
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
    counted = known(check.kinds, clause.counts)
    if clause.shares and counted and not has_authors(check.kinds, counted):
        check.say(
            f"{at}/shares", "所计的都没有署名,请删去", "nothing that counts has authors; remove it"
        )


def has_authors(kinds: Kinds, counted: Iterable[str]) -> bool:
    """Whether one of these kinds has authors."""
    return any(k in kinds and kinds[k].about.shape is Shape.MATTER for k in counted)


def _check_measure(check: _Check, at: str, clause: Clause) -> None:
    match clause.measure:
        case Each(price=price, per=per, from_nth=nth):
            _check_price(check, f"{at}/each", clause, price)
            if per is Per.MISSED_HALF_DAY:
                _check_occasions(check, f"{at}/per", clause.counts)
            if nth < 1:
                check.say(f"{at}/from_nth", "应从 1 起", "starts at 1")
        case Once(price=price):
            _check_price(check, f"{at}/once", clause, price)
        case Mean(price=price):
            _check_price(check, f"{at}/mean", clause, price)
        case Summed(price=price):
            _check_price(check, f"{at}/sum", clause, price)
            if (
                isinstance(price, Tiers)
                and len({points > 0 for _, points in price.tiers if points}) > 1
            ):
                check.say(
                    f"{at}/sum/tiers",
                    "累计数各档须同为加分或同为扣分,请分写成两条",
                    "the tiers of a sum all give or all take; write two clauses",
                )
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
        case Rate(tiers=tiers, per=per, weights=weights):
            _check_per(check, f"{at}/rate/per", per)
            _check_occasions(check, f"{at}/rate", clause.counts)
            _check_tiers(check, f"{at}/rate/tiers", tiers)
            for state, weight in weights:
                if state in {Attendance.NOT_REQUIRED, Attendance.NOT_RECORDED}:
                    check.say(
                        f"{at}/rate/weights/{state.value}",
                        f"{state.zh}不计入应到,不能按部分计,请删去",
                        f"{state.en} is not expected, and cannot count in part; remove it",
                    )
                if not 0 < weight <= 1:
                    check.say(
                        f"{at}/rate/weights/{state.value}",
                        "应大于 0、不大于 1",
                        "lies above 0 and up to 1",
                    )
                if not all(state in s.states for s in clause.counts):
                    check.say(
                        f"{at}/rate/weights/{state.value}",
                        f"counts 的 states 中没有{state.zh},请补上或删去 states",
                        f"{state.en} is not among the states of counts; add it, or remove states",
                    )
            if any(not 0 <= least <= 1 for least, _ in tiers):
                check.say(
                    f"{at}/rate/tiers",
                    "出勤率应在 0 与 100% 之间",
                    "a rate of attendance lies between 0 and 100%",
                )
        case Short(points=points, acts=acts):
            if points >= 0:
                check.say(
                    f"{at}/short/points",
                    "缺额是扣分,须小于 0;做到才得分的请用 full 或 each",
                    "what is missing takes points: below 0; use full or each for what is given",
                )
            if not 1 <= acts <= _MOST_ASKED:
                check.say(
                    f"{at}/short/acts",
                    f"应在 1 至 {_MOST_ASKED} 次之间",
                    f"lies between 1 and {_MOST_ASKED}",
                )
            for name, said in (("times", clause.times is not None), ("shares", clause.shares)):
                if said:
                    check.say(
                        f"{at}/{name}",
                        "与 short(缺额)同写没有意义,请删去",
                        "means nothing beside short; remove it",
                    )
        case FromMembers():
            pass


def _check_per(check: _Check, at: str, per: Per) -> None:
    if per is Per.MISSED_HALF_DAY:
        check.say(
            at,
            f"出勤率看到会,不能按{per.zh}算,请写 每次(件) 或 每半天",
            "a rate goes by what was attended, in acts or half days",
        )


_MOST_ASKED = 1000
"""Acts of which the lack can be priced."""


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
    for kind in known(check.kinds, clause.counts):
        details = check.kinds[kind]
        numbers = {f.name: f.label.zh for f in fields_of(details) if is_number(f)}
        numbers["acts"] = "次(件)数"
        if details.about.shape in _HAS_FIGURE:
            numbers["figure"] = "评定的数"
        if details.about.shape is Shape.OCCASION:
            numbers["half_days"] = "出席的半天数"
        if name not in numbers:
            zh, en = proposal(name, numbers)
            check.say(
                at,
                f"{details.about.zh}没有数{quoted(name)}{zh}",
                f"{kind} has no number {quoted(name)}{en}",
            )


def _check_table(check: _Check, at: str, clause: Clause, table: Table) -> None:
    counted = known(check.kinds, clause.counts)
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
    if table.by in {Axis.OUTCOME, Axis.RANK} and not any(s.stages for s in clause.counts):
        check.say(
            at,
            "按采用层级(批示领导)计分,须在 reached 写明达到的环节",
            "goes by an outcome, but no stage is asked for; name it in reached",
        )
    words = _rows(check, table.by, counted)
    if words is None:
        return
    for row, _ in table.prices:
        if row not in words:
            zh, en = proposal(row, words)
            check.say(
                f"{at}/{row}",
                f"“{table.by.zh}”没有{quoted(row)}{zh}",
                f"{table.by.en} cannot be {quoted(row)}{en}",
            )


def _rows(check: _Check, axis: Axis, counted: Sequence[str]) -> dict[str, str] | None:
    """The rows that an axis knows, with the Chinese of each; none where any text is one."""
    if axis is Axis.STAGE:
        return listed(s for k in counted for s in check.kinds[k].about.stages)
    if axis in ROWS:
        return listed(ROWS[axis])
    if axis in TICKS:
        return {"true": "是", "false": "否"}
    return {k: check.kinds[k].about.zh for k in counted} if axis is Axis.KIND else None


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
                f"组合互相包含(“{way}”),请去掉其中一处",
                f"groups hold one another (“{way}”); take one out",
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
                f"{quoted(twice)}已在{quoted(seen[twice])}之中,请去掉一处",
                f"{quoted(twice)} lies in {quoted(seen[twice])} already; take one out",
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


def groups_of(rubric: Rubric, code: str) -> list[Group]:
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
                zh, en = "部分、条目或组合", "block, clause or group"
                check.unknown(f"{at}/points", asks.of, _names(known - {""}), zh, en)
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
            _check_per(check, f"{at}/per", asks.per)
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
            check.unknown(f"{at}/grade", veto.grade, _names(check.grades), "等次", "grade")
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
        check.unknown(f"{when}/grades", code, _names(check.grades), "等次", "grade")
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
    most = most_of_all(check.rubric)
    for i, gate in enumerate(check.rubric.gates):
        if isinstance(gate.asks, PointsOf) and gate.asks.at_least is not None:
            bound = most[gate.asks.of]
            if bound is not None and gate.asks.at_least > bound:
                check.say(
                    f"/gates/{i}/at_least",
                    f"最多只能得 {points_text(bound)} 分,无人能达到",
                    f"at most {points_text(bound)} can be had, so that nobody can meet it",
                )
