"""The text of a rubric says everything that a rubric can say; the sentences of an account say why."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

import domain.rubric
from domain import explain, rubric_text
from domain.explain import Said
from domain.fact import Attendance, Capacity, Part, RecordClass, Spoke, SubjectId
from domain.kinds.about import Stage, Subject
from domain.member import Bond, MemberClass, MemberRole
from domain.people import UnitId
from domain.period import Span
from domain.rubric import (
    Acts,
    Apart,
    Asked,
    Assessed,
    AttendanceOf,
    Axis,
    Block,
    Board,
    Body,
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
    LateOutcome,
    Mean,
    Measure,
    OfficeHeld,
    Once,
    Order,
    PartYear,
    Per,
    Places,
    PointsOf,
    Practice,
    Procedure,
    Quantity,
    Ranking,
    Rate,
    Reading,
    Remark,
    RoundedAt,
    Rounding,
    Rubric,
    Run,
    Short,
    Silence,
    Split,
    Start,
    Step,
    Steps,
    Summed,
    Table,
    Take,
    Tiers,
    Ties,
    Timing,
    Topic,
    Trigger,
    Veto,
    Way,
    Who,
    Whose,
    Within,
)
from domain.scorecard import (
    Account,
    Adjustment,
    Cut,
    Doing,
    GateResult,
    Line,
    Points,
    Reach,
    WhyNot,
)
from domain.selection import Byline, Passed, Selects, Where, Why
from domain.unit import Office, Side, UnitKind
from domain.words import Choice, Level

ONE = Fraction(1)
HALF = Fraction(1, 2)
STANDING = Who(holds=frozenset({MemberRole.STANDING_MEMBER}))
PROPOSALS = Selects(kinds=("proposed",))
MEETINGS = Selects(kinds=("attended",))
MARKS = Selects(kinds=("was_marked",))


def clause(measure: Measure, *counts: Selects, code: str = "c", **rest: Any) -> Clause:
    return Clause(
        code=code,
        zh=rest.pop("zh", f"条目{code}"),
        en=rest.pop("en", f"clause {code}"),
        counts=counts or (PROPOSALS,),
        measure=measure,
        **rest,
    )


def rubric(*clauses: Clause, **rest: Any) -> Rubric:
    blocks = rest.pop("blocks", (Block(code="b", zh="提案", en="proposals", clauses=clauses),))
    return Rubric(
        code="r",
        version="1",
        zh="办法",
        en="measure",
        since=date(2024, 1, 1),
        blocks=blocks,
        **rest,
    )


def maximal() -> Rubric:
    """A rubric in which every field says something that it does not say by itself."""
    everyone_else = Who(
        holds=frozenset({MemberRole.CHAIRPERSON, MemberRole.VICE_CHAIRPERSON}),
        lacks=frozenset({MemberRole.SECRETARY_GENERAL, MemberRole.STANDING_MEMBER}),
        offices=frozenset({Office.CONVENOR, Office.LIAISON_OFFICER}),
        classes=frozenset({MemberClass.ENTERPRISE, MemberClass.VILLAGE}),
        units=frozenset({UnitId("medicine"), UnitId("south")}),
        kinds=frozenset({UnitKind.SECTOR, UnitKind.STUDIO}),
        party=True,
        public=False,
        higher=True,
        added=False,
    )
    everything = Selects(
        kinds=("attended", "consulted", "visited_household"),
        where=(
            Where(
                name="meeting",
                values=frozenset({"plenary_session", "forum"}),
                unless=frozenset({"other", "sector_meeting"}),
            ),
            Where(name="prior_survey", values=frozenset({"true"})),
            Where(name="households", at_least=Fraction(3), at_most=Fraction(9)),
        ),
        capacities=frozenset({Capacity.SITS_IN, Capacity.INVITED}),
        states=frozenset({Attendance.LEAVE, Attendance.ABSENT}),
        leaves=frozenset({"病假", "公假"}),
        parts=frozenset({Part.LEADS, Part.PRESIDES}),
        spoke=frozenset({Spoke.ORALLY, Spoke.IN_WRITING}),
        levels=frozenset({Level.COUNTY, Level.PROVINCE}),
        bylines=frozenset({Byline.SOLE, Byline.FIRST}),
        records=frozenset({RecordClass.COUNTY, RecordClass.SELF}),
        attested=frozenset({Side.SECTOR, Side.STUDIO}),
        key=True,
        mandatory=False,
        whole=False,
        attended_from=HALF,
        attended_below=Fraction(2, 3),
        first_names=3,
        since=301,
        until=1220,
        passed_any=(
            Passed(
                stage=Stage.TAKEN_UP,
                levels=frozenset({Level.PROVINCE, Level.NATION}),
                ranks=frozenset({"书记", "主席"}),
            ),
            Passed(stage=Stage.INSTRUCTED),
        ),
        passed_all=(Passed(stage=Stage.FILED), Passed(stage=Stage.MADE_KEY)),
        passed_none=(Passed(stage=Stage.CONVERTED_TO_OPINION), Passed(stage=Stage.MERGED)),
        evidence=2,
    )
    table = Table(by=Axis.BYLINE, prices=(("sole", Fraction(15)), ("joint", Fraction(-5))))
    said = clause(
        Each(price=table, per=Per.HALF_DAY, from_nth=2),
        everything,
        PROPOSALS,
        code="all",
        spoiled_by=(MEETINGS, MARKS),
        gates=("g1", "g2"),
        who=everyone_else,
        whose=Whose.MEMBERS,
        shares=(
            (Byline.FIRST, Fraction(3, 5)),
            (Byline.JOINT, Split.REST),
            (Byline.WRITER, Split.RECORDED),
        ),
        cap=Fraction(20),
        times=3,
        best=True,
        beyond=("detail", "levels"),
        distinct=Distinct(by=Apart.DETAIL, detail="meeting", whole=True),
        linked=True,
        every=Span.QUARTER,
        timing=Timing.OUTCOME,
    )
    detail = Table(
        by=Axis.DETAIL,
        detail="meeting",
        prices=(("plenary_session", Fraction(3)), ("forum", ONE)),
    )
    levels = Table(
        by=Axis.OUTCOME, prices=(("county", Fraction(3)), ("city", Fraction(5))), adds=True
    )
    number = Quantity(
        of="households", points=HALF, every=Fraction(10), whole=True, at_most=Fraction(5)
    )
    tiers = ((Fraction(10), Fraction(2)), (Fraction(20), Fraction(4)))
    members = FromMembers(
        take=Take.SHARE, times=Fraction(20), rubric="own", of="base", best=5, reach=Fraction(60)
    )
    measures: list[tuple[str, Measure, Selects]] = [
        ("detail", Once(price=detail), MEETINGS),
        ("levels", Each(price=levels), PROPOSALS),
        ("number", Each(price=number), Selects(kinds=("visited_household",))),
        ("tiers", Mean(price=Tiers(of="figure", tiers=tiers)), MARKS),
        ("sum", Summed(price=Quantity(of="figure", points=ONE, at_most=Fraction(9))), MARKS),
        ("short", Short(points=-ONE, acts=3), PROPOSALS),
        ("steps", Steps(steps=((1, Fraction(5)), (3, Fraction(2)))), PROPOSALS),
        ("full", Full(points=Fraction(30), acts=4, partial=False), PROPOSALS),
        (
            "rate",
            Rate(
                points=Fraction(20),
                per=Per.HALF_DAY,
                tiers=((Fraction(4, 5), Fraction(15)), (Fraction(9, 10), Fraction(20))),
                weights=((Attendance.LEAVE, HALF), (Attendance.REMOTE, Fraction(3, 4))),
            ),
            MEETINGS,
        ),
        ("members", members, PROPOSALS),
    ]
    return Rubric(
        code="r",
        version="2",
        zh="办法",
        en="measure",
        since=date(2024, 1, 1),
        until=date(2025, 12, 31),
        period=Span.SESSION_YEAR,
        sessions=(date(2024, 1, 10), date(2025, 1, 12)),
        source="公开网页",
        subject=Subject.UNIT,
        of_kinds=frozenset({UnitKind.SECTOR, UnitKind.STUDIO}),
        blocks=(
            Block(
                code="b1",
                zh="甲",
                en="first",
                clauses=(said,),
                starts=(Start(points=Fraction(80), who=STANDING), Start(points=Fraction(60))),
                gates=("g1", "g2"),
                cap=Fraction(100),
                floor=Fraction(-10),
                weight=HALF,
            ),
            Block(
                code="b2",
                zh="乙",
                en="second",
                clauses=(
                    *(clause(how, what, code=code) for code, how, what in measures),
                    clause(
                        Once(price=ONE),
                        MARKS,
                        code="units",
                        whose=Whose.UNIT,
                        of_kinds=frozenset({UnitKind.STUDIO}),
                    ),
                ),
            ),
        ),
        groups=(
            Group(
                code="u",
                zh="合",
                en="together",
                of=("detail", "levels"),
                cap=Fraction(30),
                floor=Fraction(-5),
                best=2,
                within=Within.DEED,
            ),
        ),
        gates=(
            Gate(
                code="g1",
                zh="门槛一",
                en="gate one",
                asks=Acts(
                    counts=(PROPOSALS, MEETINGS),
                    at_least=1,
                    at_most=9,
                    distinct=Distinct(by=Apart.WORK),
                    every=Span.QUARTER,
                ),
                who=STANDING,
                grades=("a", "b"),
            ),
            Gate(
                code="g2",
                zh="门槛二",
                en="gate two",
                asks=PointsOf(of="b1", at_least=ONE, at_most=Fraction(90)),
            ),
            Gate(
                code="g3",
                zh="门槛三",
                en="gate three",
                asks=AttendanceOf(
                    counts=(MEETINGS, PROPOSALS), at_least=Fraction(4, 5), per=Per.HALF_DAY
                ),
            ),
        ),
        cap=Fraction(120),
        floor=Fraction(-20),
        rounding=Rounding(to=HALF, way=Way.DOWN, at=RoundedAt.LINE),
        order=Order.CAPS_FIRST,
        late=LateOutcome(timing=Timing.OUTCOME, within_days=60, carry_over=True),
        part_year=PartYear(
            acts=Asked.MONTHS,
            total=Asked.MONTHS,
            of=("b1", "b2"),
            least_days=15,
            least_months=6,
            vetoes_first=True,
            exempt_serves=True,
            who=STANDING,
        ),
        attendance=(
            Reading(counts=MEETINGS, reads=Attendance.ABSENT),
            Reading(counts=MARKS, reads=Attendance.NOT_REQUIRED),
        ),
        grading=Grading(
            grades=(
                Grade(
                    code="a",
                    zh="优秀",
                    en="excellent",
                    at_least=Fraction(90),
                    below=Fraction(100),
                    gates=("g1", "g2"),
                    who=STANDING,
                    places=Places(share=Fraction(1, 5), way=Way.UP),
                    last=Places(number=3),
                ),
                Grade(code="b", zh="称职", en="competent", at_least=Fraction(60)),
            ),
            vetoes=(
                Veto(code="v", zh="违纪", en="veto", counts=(MARKS, MEETINGS), grade="b", acts=2),
            ),
            boards=(
                Board(code="x", zh="常委榜", en="standing", who=STANDING, by=Bond.SECTOR),
                Board(code="y", zh="其他榜", en="others"),
            ),
            ties=Ties.BODY,
            tie_breaks=("b1", "b2"),
            not_assessed=(STANDING, Who(party=True)),
            opinions=(
                Body(code="o", zh="专委会", en="special committee"),
                Body(code="p", zh="小组", en="group"),
            ),
            combine=Combine.LOWEST,
            decided_by=Body(code="d", zh="主席会议", en="Chairperson's Council"),
            ranking=Ranking(zh="本人可见", en="to himself", at_least=20),
        ),
        triggers=(
            Trigger(
                code="t",
                zh="不合格",
                en="failed",
                then=("remind", "talk"),
                who=STANDING,
                grades=frozenset({"a", "b"}),
                below=Fraction(60),
                at_least=Fraction(10),
                gates=("g1", "g2"),
                counts=(MEETINGS, MARKS),
                acts=3,
                fewer_than=5,
                within=Span.TERM,
                years=2,
                run=Run.IN_TERM,
            ),
        ),
        ladder=(
            Step(code="remind", zh="提醒谈话", en="reminder talk", by="委员工作委"),
            Step(code="talk", zh="约谈", en="serious talk"),
        ),
        process=(
            Procedure(
                practice=Practice.DECLARATION,
                zh="填报履职情况",
                en="members fill in what they did",
                by="委员",
                to=("委员工作委", "专委会"),
                days=5,
                every=Span.QUARTER,
                on="12-31",
            ),
        ),
        silences=(
            Silence(
                topic=Topic.ROUNDING,
                zh="是否取整?",
                en="are figures rounded?",
                reading_zh="不取整",
                reading_en="they are not",
                clauses=("all", "detail"),
            ),
        ),
        settled=frozenset({Topic.LEAVE, Topic.SCOPE}),
        unknown=(Remark(zh="结果运用", en="use of results"),),
    )


def text(of: Rubric) -> tuple[str, str]:
    found = rubric_text.text(of)
    return "\n".join(p.said.zh for p in found), "\n".join(p.said.en for p in found)


# Nothing is forgotten

Change = tuple[str, Any]
"""Where something was changed, and what the whole is then."""


def changes(of: Any, at: str = "", *, row: bool = False) -> Iterator[Change]:
    """The same thing with one thing in it changed or left out, in every way."""
    match of:
        case bool():
            yield at, not of
        case int() | Fraction():
            yield at, of + 1
        case date():
            yield at, of + timedelta(days=1)
        case Choice():
            yield from ((f"{at}={other.value}", other) for other in type(of) if other is not of)
        case str():
            if of:
                yield at, f"{of}x"
        case tuple():
            for i, each in enumerate(of):
                if not row:
                    yield f"{at}/-{i}", (*of[:i], *of[i + 1 :])
                for where, other in changes(each, f"{at}/{i}", row=True):
                    yield where, (*of[:i], other, *of[i + 1 :])
        case frozenset():
            for each in sorted(of):
                yield f"{at}/-{each}", of - {each}
                for where, other in changes(each, f"{at}/{each}"):
                    if other not in of:
                        yield where, (of - {each}) | {other}
        case _:
            for field in fields(of):
                value, here = getattr(of, field.name), f"{at}/{field.name}"
                if field.name == "code" or value is None:
                    continue
                if field.name == "best" and isinstance(of, Clause) and of.times is None:
                    # The best of how many no document leaves open.
                    continue
                if field.default is not MISSING and value != field.default:
                    yield f"{here}/unsaid", replace(of, **{field.name: field.default})
                for where, other in changes(value, here):
                    yield where, replace(of, **{field.name: other})


def test_whatever_is_said_otherwise_or_left_out_changes_the_text() -> None:
    """Each field, each entry of a list, each word of a closed list: in both languages."""
    whole = maximal()
    zh, en = text(whole)
    same: list[str] = []
    for at, other in changes(whole):
        zh_now, en_now = text(other)
        name = at.rsplit("/", 1)[-1]
        if zh_now == zh and name not in {"en", "reading_en"}:
            same.append(f"zh {at}")
        if en_now == en and name not in {"zh", "reading_zh"}:
            same.append(f"en {at}")

    assert same == []


def test_every_word_of_a_closed_list_reads_differently() -> None:
    """No two choices of one field have the same text."""
    whole = maximal()
    texts: dict[str, dict[str, tuple[str, str]]] = {}
    for at, other in changes(whole):
        field, _, word = at.partition("=")
        if word:
            texts.setdefault(field, {})[word] = text(other)

    assert len(texts) > 50
    for field, found in texts.items():
        assert len({zh for zh, _ in found.values()}) == len(found), field
        assert len({en for _, en in found.values()}) == len(found), field


def said(of: Any) -> Iterator[Any]:
    """A value and all that it is made of."""
    yield of
    if isinstance(of, tuple | frozenset):
        for each in of:
            yield from said(each)
    elif is_dataclass(of) and not isinstance(of, type):
        for field in fields(of):
            yield from said(getattr(of, field.name))


def test_the_maximal_rubric_says_everything() -> None:
    """What is added to the language has to be added here, and so to the text."""
    parts = list(said(maximal()))
    spoken = [
        kind
        for kind in vars(domain.rubric).values()
        if inspect.isclass(kind)
        and is_dataclass(kind)
        and kind.__module__ == domain.rubric.__name__
        and kind not in {Assessed, OfficeHeld}
    ]

    assert len(spoken) > 30
    for kind in (*spoken, Selects, Passed, Where):
        found = [part for part in parts if isinstance(part, kind)]
        assert found, kind
        for field in fields(kind):
            if field.default is not MISSING:
                assert any(getattr(f, field.name) != field.default for f in found), field.name


# How a clause reads

PLENARY = Selects(
    kinds=("attended",), where=(Where(name="meeting", values=frozenset({"plenary_session"})),)
)
FILED = Selects(kinds=("proposed",), passed_all=(Passed(stage=Stage.FILED),))
OPINION = Selects(
    kinds=("reported_opinion",),
    passed_any=(
        Passed(stage=Stage.TAKEN_UP, levels=frozenset({Level.PROVINCE, Level.NATION})),
        Passed(stage=Stage.INSTRUCTED, levels=frozenset({Level.COUNTY})),
    ),
)


@pytest.mark.parametrize(
    ("of", "zh", "en"),
    [
        (
            clause(Once(price=Fraction(10)), shares=((Byline.SOLE, ONE), (Byline.FIRST, ONE))),
            "条目c:提交提案的,一件或多件共计10分;按署名分配:独立署名得全部、联名第一人得全部,其余不计。",
            (
                "clause c: submitted a proposal; 10 points once, however many; by byline: alone the whole,"
                " first of several the whole, others nothing."
            ),
        ),
        (
            clause(Each(price=Fraction(5), from_nth=2), FILED, cap=Fraction(20), beyond=("d",)),
            "条目c:提交提案(已立案)的,从第2件起每件计5分;已按“d”计分的不再计;最高计20分。",
            (
                "clause c: submitted a proposal (reached: put on file); from no. 2 on, 5 points per act;"
                " nothing that “d” has paid counts again; at most 20 points in all."
            ),
        ),
        (
            clause(Full(points=Fraction(30), acts=4), Selects(kinds=("researched", "inspected"))),
            "条目c:参加调研或参加视察的,满4次得满分30分,不足的每次计7.5分。",
            (
                "clause c: took part in a survey or took part in an inspection; 4 acts earn the full 30,"
                " fewer 7.5 each."
            ),
        ),
        (
            clause(Each(price=Fraction(10)), OPINION),
            "条目c:报送社情民意信息(已采用(省以上)或批示(县))的,每篇计10分。",
            (
                "clause c: sent in an opinion report (reached: taken up at a level (province or above)"
                " or a leader's written instruction (county)); 10 points per act."
            ),
        ),
        (
            clause(
                Once(price=Fraction(35)),
                PLENARY,
                who=STANDING,
                spoiled_by=(replace(PLENARY, states=frozenset({Attendance.ABSENT})),),
            ),
            (
                "条目c:限常务委员;参加会议(会议类型为全体会议)的,一次或多次共计35分;"
                "有参加会议(会议类型为全体会议,出勤为缺席)情形的,整条不得分。"
            ),
            (
                "clause c: only for: member of the Standing Committee; attended a meeting (kind of"
                " meeting: plenary session); 35 points once, however many; nothing at all after:"
                " attended a meeting (kind of meeting: plenary session, attendance: absent)."
            ),
        ),
        (
            clause(
                Each(
                    price=Table(
                        by=Axis.STATE,
                        prices=(("leave_refused", Fraction(-2)), ("late", Fraction(-1))),
                    )
                ),
                replace(MEETINGS, states=frozenset()),
                cap=Fraction(10),
            ),
            "条目c:参加会议(出勤为任意)的,每次按出勤状态:未准假扣2分、迟到扣1分,未列的不得分;最多扣10分。",
            (
                "clause c: attended a meeting (attendance: any); per act, by attendance state: leave"
                " refused 2 points off, late 1 point off, others nothing; it takes at most 10."
            ),
        ),
        (
            clause(Rate(points=Fraction(20)), MEETINGS),
            "条目c:参加会议的,20分乘以出勤率(按次数)。",
            "clause c: attended a meeting; 20 points times the rate of attendance (in acts).",
        ),
        (
            clause(Mean(price=Quantity(of="figure", points=ONE)), MARKS, cap=Fraction(10)),
            "条目c:评定分数的,取各项得分的平均,按认定的数额计分;最高计10分。",
            (
                "clause c: was given a mark; the mean of all acts: as many points as the figure that"
                " was set; at most 10 points in all."
            ),
        ),
        (
            clause(
                Each(price=HALF), Selects(kinds=("visited_village",)), every=Span.MONTH, times=2
            ),
            "条目c:走访村(社区)的,每月分别计算,每次计0.5分;最多计2次。",
            (
                "clause c: visited a village; worked out for every month by itself, 0.5 points per act;"
                " at most 2 acts."
            ),
        ),
        (
            clause(
                Steps(steps=((1, Fraction(3)), (2, Fraction(2)), (5, ONE))),
                distinct=Distinct(by=Apart.WORK),
                timing=Timing.OUTCOME,
            ),
            (
                "条目c:提交提案的,第1件计3分,第2至4件每件计2分,第5件起每件计1分;"
                "同一课题只计最高的一次;计入结果当期。"
            ),
            (
                "clause c: submitted a proposal; 3 points for no. 1, 2 points each for nos. 2 to 4,"
                " 1 point each from no. 5 on; of each work only the best counts; it belongs to the"
                " period of its outcome."
            ),
        ),
        (
            clause(
                Each(
                    price=Table(
                        by=Axis.LEVEL, prices=(("nation", Fraction(10)), ("province", Fraction(8)))
                    )
                ),
                Selects(kinds=("was_commended",), evidence=1),
            ),
            "条目c:受到表彰(佐证材料不少于1份)的,每次按活动或表彰的层级:全国计10分、省计8分,未列的不得分。",
            (
                "clause c: was commended (at least 1 piece of evidence); per act, by its level: nation 10"
                " points, province 8 points, others nothing."
            ),
        ),
        (
            clause(
                Each(
                    price=Table(
                        by=Axis.STAGE,
                        prices=(("filed", Fraction(10)), ("made_key", Fraction(10))),
                        adds=True,
                    )
                ),
                shares=((Byline.FIRST, HALF), (Byline.JOINT, Split.EQUAL)),
            ),
            (
                "条目c:提交提案的,每件按办理环节:立案计10分、列为重点计10分,未列的不得分,符合几项的相加;"
                "按署名分配:独立署名得全部、联名第一人得50%、联名其他人按全部署名人均分,其余不计。"
            ),
            (
                "clause c: submitted a proposal; per act, by the stage that it has reached: put on file 10"
                " points, made a key matter 10 points, others nothing, those that it has add up; by byline:"
                " alone the whole, first of several 50%, joint author an equal part among all authors,"
                " others nothing."
            ),
        ),
        (
            clause(
                Each(price=Table(by=Axis.RANK, prices=(("书记", Fraction(5)),))),
                Selects(kinds=("reported_opinion",), bylines=frozenset(Byline)),
                gates=("g",),
            ),
            (
                "条目c:报送社情民意信息(署名为独立署名、联名第一人、联名其他人、执笔人或参与人)的,"
                "每篇按批示领导:书记计5分,未列的不得分,符合几项的取高;须达到“g”,否则本条不得分。"
            ),
            (
                "clause c: sent in an opinion report (byline: alone, first of several, joint author, writer"
                " or contributor); per act, by the rank of the leader who instructed: 书记 5 points, others"
                " nothing, the best that it has counts; it pays only where “g” is met."
            ),
        ),
    ],
)
def test_a_clause_reads_as_a_sentence_of_the_measure(of: Clause, zh: str, en: str) -> None:
    assert rubric_text.clause(of, rubric(of)) == Said(zh, en)


def test_several_selections_are_told_apart_from_several_kinds() -> None:
    of = clause(Each(price=ONE), Selects(kinds=("consulted", "researched")), FILED)

    assert rubric_text.clause(of, rubric(of)) == Said(
        "条目c:参加协商或参加调研,或提交提案(已立案)的,每次计1分。",
        "clause c: took part in a consultation or took part in a survey, or submitted a proposal"
        " (reached: put on file); 1 point per act.",
    )


@pytest.mark.parametrize(
    ("measure", "zh", "en"),
    [
        (
            FromMembers(take=Take.MEAN),
            "条目c:取所属委员总分的平均分。",
            "clause c: the mean of the total of its members.",
        ),
        (
            FromMembers(take=Take.SUM, of="base", best=5, times=HALF),
            "条目c:取得分最高的5名所属委员“base”部分得分的合计,乘以0.5。",
            "clause c: the sum of the points of the block “base” of the best 5 of its members, times 0.5.",
        ),
        (
            FromMembers(take=Take.SHARE, times=Fraction(20), reach=Fraction(60)),
            "条目c:20分乘以所属委员中总分达到60分的比例。",
            (
                "clause c: 20 points times the share of those with the total of at least 60 points among"
                " its members."
            ),
        ),
    ],
)
def test_a_units_clause_says_what_it_takes_from_members(
    measure: FromMembers, zh: str, en: str
) -> None:
    of = replace(clause(measure), counts=())
    assert rubric_text.clause(of, rubric(of)) == Said(zh, en)


def lines(of: Rubric) -> list[str]:
    return [p.said.zh for p in rubric_text.text(of)]


def test_a_small_measure_is_printed_whole() -> None:
    """A title, when it is in force, what it goes by, its blocks, and nothing that it does not say."""
    small = rubric(clause(Once(price=Fraction(10)), zh="提交提案"), source="公开网页。")

    assert [(p.depth, p.said) for p in rubric_text.text(small)] == [
        (0, Said("办法", "measure")),
        (
            1,
            Said("第1版(r),自2024年1月1日起施行。", "Version 1 (r), in force from 2024-01-01."),
        ),
        (
            1,
            Said(
                "考核委员,以自然年度为一个周期。", "It appraises members for every calendar year."
            ),
        ),
        (1, Said("来源:公开网页。", "Source: 公开网页.")),
        (1, Said("一、总则", "1 General rules")),
        (
            2,
            Said(
                "1. 除另有写明外,只计以出席、列席或特邀身份实际参加(到会、线上、迟到或早退)的履职。",
                "1.1 Unless a rule says otherwise, an act counts where the subject took part in it"
                " (present, remote, late or left early) in one of these capacities: attends as"
                " member, sits in or specially invited.",
            ),
        ),
        (
            2,
            Said(
                "2. 同一条内的履职按日期先后计数,同日的按对本人有利的次序;超出上限的,从日期靠后的减起。",
                "1.2 Acts under one rule are counted by day, then in the subject's favour; what is over"
                " a limit goes from the latest acts.",
            ),
        ),
        (1, Said("二、提案", "2 Proposals")),
        (
            2,
            Said(
                "1. 提交提案:提交提案的,一件或多件共计10分。",
                "2.1 Clause c: submitted a proposal; 10 points once, however many.",
            ),
        ),
    ]


def test_what_is_left_open_can_be_told_by_whoever_knows_more() -> None:
    asked = Silence(
        topic=Topic.TIES,
        zh="同分怎么办",
        en="what of ties",
        reading_zh="都入选",
        reading_en="all in",
    )
    found = rubric_text.text(rubric(), [asked])

    assert found[-1].said == Said(
        "1. 同分:同分怎么办?暂按:都入选。", "3.1 Ties: what of ties? Read as: all in."
    )


def test_headings_are_numbered_as_in_chinese_documents() -> None:
    blocks = tuple(Block(code=f"b{n}", zh="块", en="block", clauses=()) for n in range(24))
    headings = [z for z in lines(rubric(blocks=blocks)) if z.endswith("、块")]

    assert [headings[i] for i in (0, 8, 9, 18, 19, 23)] == [
        "二、块",
        "十、块",
        "十一、块",
        "二十、块",
        "二十一、块",
        "二十五、块",
    ]


@pytest.mark.parametrize(
    ("way", "zh", "en"),
    [
        (Way.HALF_UP, "总分四舍五入到0.1分。", "the total is rounded half up to steps of 0.1."),
        (
            Way.HALF_EVEN,
            "总分四舍六入五成双到0.1分。",
            "the total is rounded half to even to steps of 0.1.",
        ),
        (Way.DOWN, "总分不满0.1分的零头舍去。", "the total is rounded down to steps of 0.1."),
        (Way.UP, "总分不满0.1分的零头进为0.1分。", "the total is rounded up to steps of 0.1."),
    ],
)
def test_rounding_says_to_which_step_and_which_way(way: Way, zh: str, en: str) -> None:
    found = rubric_text.text(rubric(rounding=Rounding(to=Fraction(1, 10), way=way)))[-1].said

    assert found == Said(f"1. {zh}", f"3.1 {en[0].upper()}{en[1:]}")


@pytest.mark.parametrize(
    ("of", "zh"),
    [
        (
            Trigger(code="t", zh="连年", en="t", then=("s",), below=Fraction(40), years=2),
            "连年:连续2年总分不满40分的,按“s”处理。",
        ),
        (
            Trigger(
                code="t",
                zh="缺席",
                en="t",
                then=("s",),
                counts=(replace(MEETINGS, states=frozenset({Attendance.ABSENT})),),
                acts=3,
            ),
            "缺席:参加会议(出勤为缺席)满3次的,按“s”处理。",
        ),
    ],
)
def test_a_trigger_says_what_leads_to_which_step(of: Trigger, zh: str) -> None:
    assert lines(rubric(triggers=(of,)))[-1] == f"1. {zh}"


def test_periods_that_are_no_years_are_called_periods() -> None:
    of = Trigger(code="t", zh="连续", en="t", then=("s",), below=ONE, years=2)

    assert lines(rubric(period=Span.HALF, triggers=(of,)))[-1] == (
        "1. 连续:连续2个周期总分不满1分的,按“s”处理。"
    )


def test_bounds_and_grades_that_are_not_set_are_not_invented() -> None:
    grading = Grading(grades=(Grade(code="a", zh="优秀", en="excellent", places=Places(number=5)),))

    assert lines(rubric(grading=grading))[-1] == "1. 优秀:不设分数线;不超过5名。"


def test_words_that_nobody_lists_stand_for_themselves() -> None:
    """A row, a value, a kind or a day that the catalogue does not know is printed as it was written."""
    odd = clause(
        Once(price=Table(by=Axis.KIND, prices=(("proposed", ONE), ("sang", ONE)))),
        Selects(
            kinds=("sang",),
            where=(Where(name="tune", values=frozenset({"a"})),),
            whole=True,
            key=False,
            mandatory=True,
        ),
    )
    other = clause(
        Once(price=Table(by=Axis.KEY, prices=(("true", ONE), ("other", ONE)))),
        Selects(
            kinds=("reported_opinion",),
            where=(Where(name="direct_channel", values=frozenset({"true", "false"})),),
        ),
        who=Who(party=False, public=True, higher=False, added=True),
    )
    detail = Table(by=Axis.DETAIL, detail="direct_channel", prices=(("false", ONE), ("x", ONE)))
    third = clause(Once(price=detail), Selects(kinds=("reported_opinion",)))
    under = rubric(odd)

    assert rubric_text.clause(odd, under).zh == (
        "条目c:sang(tune为a,非重点,必须参加,全程参加)的,一次或多次只计一次,取最高的,"
        "按履职类型:提交提案计1分、sang计1分,未列的不得分。"
    )
    assert rubric_text.clause(other, under).zh == (
        "条目c:限不是中共党员,且在体制内,且不是上级政协委员,且届中增补;报送社情民意信息(直通车:是或否)的,"
        "一篇或多篇只计一次,取最高的,按是否重点:是计1分、other计1分,未列的不得分。"
    )
    assert rubric_text.clause(third, under).zh == (
        "条目c:报送社情民意信息的,一篇或多篇只计一次,取最高的,按直通车:否计1分、x计1分,未列的不得分。"
    )


def test_what_is_asked_before_an_occasion_is_told_apart_from_what_follows_it() -> None:
    notice = Procedure(practice=Practice.NOTICE, zh="会议通知。", en="notice", days=7, on="年底")

    assert lines(rubric(process=(notice,)))[-1] == "1. 提前通知:会议通知;提前7天;年底以前。"


def test_part_of_a_period_may_change_nothing() -> None:
    assert lines(rubric(part_year=PartYear()))[-1] == (
        "1. 任职不满一个周期的:满分、缺额和前提所要求的次数不折算;总分不折算;免于履职的月份不算在任。"
    )


def test_people_are_told_apart_by_what_only_one_of_them_counts_for() -> None:
    found = [
        rubric_text.clause(clause(Once(price=ONE), distinct=Distinct(by=by)), rubric()).zh
        for by in (Apart.PERSON, Apart.VILLAGE, Apart.PAIRING, Apart.DAY, Apart.DEED)
    ]

    assert [each.split(";")[1] for each in found] == [
        "每人只计最高的一次。",
        "同一村(社区)只计最高的一次。",
        "同一结对对象只计最高的一次。",
        "同一天只计最高的一次。",
        "同一履职只计最高的一次。",
    ]


@pytest.mark.parametrize(
    ("measure", "gives"),
    [
        (Steps(steps=((1, ONE),)), True),
        (Steps(steps=((1, -ONE),)), False),
        (Rate(points=ONE), True),
        (Full(points=ONE, acts=2), True),
        (FromMembers(take=Take.SUM), True),
        (FromMembers(take=Take.SUM, times=-ONE), False),
        (Each(price=Tiers(of="figure", tiers=((ONE, -ONE),))), False),
        (Each(price=Quantity(of="figure", points=-ONE)), False),
        (Each(price=-ONE), False),
    ],
)
def test_a_cap_says_whether_it_bounds_what_is_given_or_what_is_taken(
    measure: Measure, gives: bool
) -> None:
    found = rubric_text.clause(clause(measure, MARKS, cap=Fraction(9)), rubric()).zh

    assert found.endswith(";最高计9分。" if gives else ";最多扣9分。")


# Why a line is what it is

LI = SubjectId("member/li")
DAY = date(2024, 2, 10)
UNDER = rubric(
    clause(Each(price=Fraction(2)), Selects(kinds=("visited_village",)), code="v"),
    clause(Rate(points=Fraction(20)), MEETINGS, code="rate"),
    replace(clause(FromMembers(take=Take.MEAN), code="team"), counts=()),
    groups=(Group(code="u", zh="合", en="together", of=("v", "rate")),),
    gates=(
        Gate(
            code="g", zh="提案一件", en="one proposal", asks=Acts(counts=(PROPOSALS,), at_least=1)
        ),
        Gate(
            code="q",
            zh="每季走访",
            en="quarterly visits",
            asks=Acts(
                counts=(Selects(kinds=("visited_village",)),), at_least=2, every=Span.QUARTER
            ),
        ),
        Gate(code="p", zh="基础分", en="base", asks=PointsOf(of="b", at_least=Fraction(10))),
        Gate(
            code="a",
            zh="出勤",
            en="attendance",
            asks=AttendanceOf(counts=(MEETINGS,), at_least=Fraction(4, 5)),
        ),
    ),
)


def line(*cuts: tuple[Cut, str, str], points: str = "1", **rest: Any) -> Line:
    said: dict[str, Any] = {
        "deed": "d",
        "kind": "visited_village",
        "block": "b",
        "clause": "v",
        "nth": 1,
    }
    return Line(
        subject=LI,
        on=DAY,
        worth=Points(rest.pop("worth", "2")),
        adjustments=tuple(
            Adjustment(cut=cut, amount=Points(amount), by=by) for cut, amount, by in cuts
        ),
        points=Points(points),
        **(said | rest),
    )


BARE: dict[str, Any] = {"deed": "", "kind": "", "clause": "", "nth": 0}


@pytest.mark.parametrize(
    ("cut", "by", "zh", "en"),
    [
        (Cut.SHARE, "v", "署名分摊-1分", "share of the byline -1"),
        (
            Cut.SPOILED,
            "v",
            "有不符合要求的情形,整项不得分-1分",
            "something else spoils the whole clause -1",
        ),
        (
            Cut.GATE,
            "g",
            "未达到前提要求,不得分(提案一件)-1分",
            "what it presupposes is not met (one proposal) -1",
        ),
        (Cut.TIMES, "v", "次数封顶-1分", "cap on the number of acts -1"),
        (Cut.CAP, "v", "单项封顶-1分", "cap of the clause -1"),
        (Cut.BEST_OF, "u", "就高不重复(合)-1分", "only the best counts (together) -1"),
        (Cut.SHARED_CAP, "u", "合并封顶(合)-1分", "cap shared by several clauses (together) -1"),
        (
            Cut.SHARED_FLOOR,
            "u",
            "合计扣完为止(合)-1分",
            "floor shared by several clauses (together) -1",
        ),
        (Cut.BLOCK_CAP, "b", "分项封顶(提案)-1分", "cap of the block (proposals) -1"),
        (Cut.BLOCK_FLOOR, "b", "扣完为止(提案)-1分", "floor of the block (proposals) -1"),
        (Cut.WEIGHT, "b", "按权重计入(提案)-1分", "weight of the block (proposals) -1"),
        (Cut.TOTAL_CAP, "", "总分封顶-1分", "cap of the total -1"),
        (Cut.TOTAL_FLOOR, "", "总分不低于下限-1分", "floor of the total -1"),
        (Cut.FULL_MARK, "v", "已得满分-1分", "the full mark has been earned -1"),
        (Cut.TOO_FEW, "v", "次数不足-1分", "too few acts for the full mark -1"),
        (Cut.PART_YEAR, "", "按在任月数折算-1分", "scaled to the months served -1"),
        (Cut.ROUNDED, "", "取舍-1分", "rounded -1"),
    ],
)
def test_a_cut_says_what_it_took_and_by_which_rule(cut: Cut, by: str, zh: str, en: str) -> None:
    assert explain.line(line((cut, "-1", by)), UNDER) == Said(
        f"2月10日走访村(社区),按“条目v”计+2分,{zh},实计+1分。",
        f"10 February, visited a village: “clause v” is worth +2; {en}; +1 in all.",
    )


def test_what_comes_after_the_full_mark_says_so_without_a_sum() -> None:
    after = line((Cut.FULL_MARK, "-7.5", "v"), worth="7.5", points="0")
    assert explain.line(after, UNDER) == Said(
        "2月10日走访村(社区),按“条目v”计+7.5分,满分已得,不再加。",
        "10 February, visited a village: “clause v” is worth +7.5; the full mark has been earned, nothing more is given.",
    )


@pytest.mark.parametrize(
    ("of", "zh", "en"),
    [
        (line(worth="60", points="60", **BARE), "提案起始分:+60分", "proposals starts at 60"),
        (
            line((Cut.WEIGHT, "-30", "b"), worth="60", points="30", **BARE),
            "提案起始分:+60分,按权重计入(提案)-30分,实计+30分。",
            "proposals starts at 60; weight of the block (proposals) -30; +30 in all.",
        ),
        (
            line((Cut.ROUNDED, "0.5", ""), worth="0", points="0.5", **BARE),
            "“提案”合计取舍+0.5分。",
            "“proposals”: rounded +0.5.",
        ),
        (
            line(
                (Cut.ROUNDED, "0.5", ""), (Cut.TOTAL_CAP, "-0.5", ""), worth="0", points="0", **BARE
            ),
            "“提案”合计取舍+0.5分,总分封顶-0.5分,实计0分。",
            "“proposals”: rounded +0.5; cap of the total -0.5; 0 in all.",
        ),
        (
            line((Cut.PART_YEAR, "12", ""), worth="0", points="12", **(BARE | {"block": ""})),
            "总分按在任月数折算+12分。",
            "the total: scaled to the months served +12.",
        ),
        (
            line((Cut.ROUNDED, "-0.2", ""), worth="0", points="-0.2", **(BARE | {"block": ""})),
            "总分取舍-0.2分。",
            "the total: rounded -0.2.",
        ),
        (
            line(worth="6", points="6", deed="", kind="", clause="team", nth=2),
            "取一名所属委员的得分,按“条目team”计+6分。",
            "from the score of one of its members: “clause team” is worth +6.",
        ),
    ],
)
def test_a_line_without_a_deed_says_where_it_comes_from(of: Line, zh: str, en: str) -> None:
    assert explain.line(of, UNDER) == Said(zh, en)


def test_a_units_line_names_the_member_where_the_name_may_be_known() -> None:
    of = line((Cut.CAP, "-1", "team"), worth="6", points="5", deed="", kind="", clause="team")

    assert explain.line(of, UNDER, "李明") == Said(
        "取所属委员李明的得分,按“条目team”计+6分,单项封顶-1分,实计+5分。",
        "from the score of 李明: “clause team” is worth +6; cap of the clause -1; +5 in all.",
    )


def test_a_fact_without_a_line_says_why() -> None:
    of = WhyNot(
        deed="d", subject=LI, kind="visited_village", on=DAY, why=Why.LATE_OUTCOME, clause="v"
    )

    assert explain.why_not(of, UNDER) == Said(
        "2月10日走访村(社区)未计分:结果在截止之后才有,本期不计(“条目v”)。",
        "10 February, visited a village: no points, its outcome came after the last day for this"
        " period (“clause v”).",
    )


# What could still come, how a clause stands, whether a gate is met


@pytest.mark.parametrize(
    ("code", "next_act", "left", "zh", "en"),
    [
        ("v", "2", "", "再有一次可得2分,不封顶。", ": one more act brings 2, without a cap."),
        ("v", "2", "3", "再有一次可得2分,还可得3分。", ": one more act brings 2, 3 in all."),
        ("v", "", "3", "按数额计分,最多还可得3分。", " goes by a number, at most 3 more."),
        ("v", "", "", "按数额计分,不封顶。", " goes by a number, without a cap."),
        (
            "rate",
            "",
            "5",
            "按出勤率计分,最多还可得5分。",
            " goes by the rate of attendance, at most 5 more.",
        ),
    ],
)
def test_what_a_clause_could_still_bring(
    code: str, next_act: str, left: str, zh: str, en: str
) -> None:
    of = Reach(block="b", clause=code, next_act=Points(next_act), left=Points(left))

    assert explain.reach(of, UNDER) == Said(f"“条目{code}”{zh}", f"“clause {code}”{en}")


@pytest.mark.parametrize(
    ("of", "zh", "en"),
    [
        (Account(clause="v", doing=Doing.DONE, acts=3), "已计3次", "3 acts counted"),
        (Account(clause="v", doing=Doing.NOT_DONE, acts=0), "未做", "not done"),
        (
            Account(clause="v", doing=Doing.NOT_DONE, acts=0, excused=1),
            "未做,1次免于参加",
            "not done, 1 occasion not asked for",
        ),
        (
            Account(clause="v", doing=Doing.NOT_RECORDED, acts=0, not_recorded=2),
            "2次未登记到会情况",
            "nothing on record of 2 occasions expected",
        ),
        (
            Account(clause="v", doing=Doing.NOT_ELIGIBLE, acts=0),
            "不适用于本人",
            "does not apply to the member",
        ),
        (
            Account(clause="v", doing=Doing.EXEMPT, acts=0),
            "全期免于履职",
            "exempt from duties throughout",
        ),
        (
            Account(clause="rate", doing=Doing.DONE, acts=3, expected=5, not_recorded=1, excused=2),
            "应到5次,实到3次,1次未登记到会情况,2次免于参加",
            "attended 3 of 5 expected, nothing on record of 1 occasion expected, 2 occasions not asked for",
        ),
        (
            Account(clause="team", doing=Doing.DONE, acts=12),
            "取自12名所属委员",
            "taken from 12 members",
        ),
    ],
)
def test_how_a_clause_stands(of: Account, zh: str, en: str) -> None:
    assert explain.account(of, UNDER) == Said(
        f"“条目{of.clause}”:{zh}。", f"“clause {of.clause}”: {en}."
    )


def test_a_unit_is_not_spoken_of_as_a_person() -> None:
    of = Account(clause="v", doing=Doing.NOT_ELIGIBLE, acts=0)

    assert explain.account(of, replace(UNDER, subject=Subject.UNIT)) == Said(
        "“条目v”:不适用于本单位。", "“clause v”: does not apply to the unit."
    )


@pytest.mark.parametrize(
    ("of", "zh", "en"),
    [
        (
            ("g", "2", "1", "0", {}),
            "“提案一件”已达到:要求不少于1件,实有2件。",
            "“one proposal” is met: asks for at least 1 act, has 2 acts.",
        ),
        (
            ("g", "0", "1", "1", {}),
            "“提案一件”未达到:要求不少于1件,实有0件,还差1件。",
            "“one proposal” is not met: asks for at least 1 act, has 0 acts, 1 act missing.",
        ),
        (
            ("g", "3", "2", "1", {"most": True}),
            "“提案一件”未达到:要求不超过2件,实有3件,超出1件。",
            "“one proposal” is not met: asks for at most 2 acts, has 3 acts, 1 act over.",
        ),
        (
            ("q", "1", "2", "1", {}),
            "“每季走访”未达到:要求每季度不少于2次,离要求最远的一段实有1次,还差1次。",
            (
                "“quarterly visits” is not met: asks for at least 2 acts every quarter, the furthest"
                " from it has 1 act, 1 act missing."
            ),
        ),
        (
            ("p", "7.5", "10", "2.5", {}),
            "“基础分”未达到:要求不少于10分,实有7.5分,还差2.5分。",
            "“base” is not met: asks for at least 10 points, has 7.5 points, 2.5 points missing.",
        ),
        (
            ("a", "0.75", "0.8", "0.05", {}),
            "“出勤”未达到:要求不少于80%,实有75%,还差5%。",
            "“attendance” is not met: asks for at least 80%, has 75%, 5% missing.",
        ),
        (
            ("a", "2/3", "0.8", "2/15", {}),
            "“出勤”未达到:要求不少于80%,实有2/3(约66.7%),还差2/15(约13.3%)。",
            (
                "“attendance” is not met: asks for at least 80%, has 2/3 (about 66.7%),"
                " 2/15 (about 13.3%) missing."
            ),
        ),
        (
            ("g", "0", "0", "0", {"for_him": False}),
            "“提案一件”:不适用,视为达到。",
            "“one proposal”: does not apply, taken as met.",
        ),
    ],
)
def test_whether_a_gate_is_met_and_what_is_missing(
    of: tuple[str, str, str, str, dict[str, bool]], zh: str, en: str
) -> None:
    code, got, asked, missing, rest = of
    result = GateResult(
        gate=code,
        met=missing == "0",
        got=Points(got),
        asked=Points(asked),
        missing=Points(missing),
        **rest,
    )

    assert explain.gate(result, UNDER) == Said(zh, en)
