"""Figures: what is counted once, what is summed, how it is split, what it is contained in and compared with, and how it is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.fact import Attendance, Capacity, Fact, Mode, Part, Reached, RecordClass, SubjectId
from domain.figure_text import called, meaning, sentence
from domain.figures import (
    MOST_PARTS,
    Around,
    Axis,
    Compare,
    Counted,
    Figure,
    FigurePage,
    FigureValue,
    OfRoster,
    RosterAxis,
    Sums,
    before,
    compared,
    count,
    count_roster,
    day_before,
    narrowed,
    pool,
    problems,
)
from domain.kinds import Stage
from domain.kinds.advice import CarriedUp, DeliveredSpeech, Obstacle, Proposed
from domain.kinds.culture import ContributedHistory, Publication
from domain.kinds.deliberation import Researched
from domain.kinds.help import ContributedResources, Resource
from domain.kinds.meetings import Attended, Meeting
from domain.kinds.people import (
    Counterpart,
    HostedDelegation,
    PairedWith,
    Relation,
    VisitedVillage,
)
from domain.member import Bond, Membership, Person, Profile, Term
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.selection import Passed, Selects
from domain.unit import (
    Appointment,
    Life,
    Office,
    StudioKind,
    Unit,
    UnitKind,
    UnitProfile,
)
from domain.words import Label, Level
from tests.facts import TODAY, YEAR, day, fact

YEAR_OF = Period.year(YEAR)
BEGAN = date(2020, 1, 1)


def unit(name: str, kind: UnitKind, since: date = BEGAN, **said: Any) -> Unit:
    rest = {key: said.pop(key) for key in ("until", "life", "appointments") if key in said}
    return Unit(
        unit=UnitId(name),
        profile=UnitProfile(kind=kind, name=name.upper(), **said),
        since=since,
        **rest,
    )


def person(name: str, sector: str, **said: Any) -> Person:
    return Person(
        person=PersonId(name),
        profile=Profile(name=name.upper()),
        terms=(Term(number=1, since=BEGAN),),
        memberships=(Membership(bond=Bond.SECTOR, unit=UnitId(sector), since=BEGAN),),
        **said,
    )


AROUND = Around(
    people={f"member/{p.person}": p for p in (person("m1", "law"), person("m2", "art"))},
    units={
        u.unit: u
        for u in (
            unit("law", UnitKind.SECTOR),
            unit("art", UnitKind.SECTOR),
            unit("south", UnitKind.STUDIO, studio_kind=StudioKind.REGIONAL),
            unit("north", UnitKind.STUDIO, since=day("06-01"), life=Life.LISTED),
        )
    },
)


def held(deed: str, *who: str, by: tuple[str, ...] = ("south",), **said: Any) -> list[Fact[Any]]:
    """The facts of a visit: of those who took part, and of the units that held it."""
    told: dict[str, Any] = {"details": VisitedVillage(), "organiser": UnitId(by[0])} | said
    details, on = told.pop("details"), told.pop("on", "03-05")
    deed = f"occasion/{deed}"
    return [fact(details, on, deed=deed, subject=SubjectId(f"member/{m}"), **told) for m in who] + [
        fact(details, on, deed=deed, subject=SubjectId(f"unit/{u}"), part=Part.HOSTS, **told)
        for u in by
    ]


def counting(*kinds: str, **said: Any) -> Figure:
    counts = (Selects(kinds=kinds),) if kinds else ()
    told: dict[str, Any] = {"code": "f", "zh": "走访", "en": "visits", "counts": counts}
    return Figure(**(told | said))


def counted(figure: Figure, *facts: list[Fact[Any]], part: str | None = None) -> Counted:
    found = pool([f for some in facts for f in some], YEAR_OF, TODAY)
    return count(figure, found, AROUND, part)


def parts(of: Counted) -> dict[str, Any]:
    return {part.label.zh: part.number for part in of.parts}


VISITS = counting("visited_village")


# What is counted


def test_a_record_counts_once_however_many_took_part_and_held_it() -> None:
    visit = held("a", "m1", "m2", by=("south", "north"))
    assert counted(VISITS, visit).number == 1
    assert counted(replace(VISITS, sums=Sums.PERSON_TIMES.value), visit).number == 2
    assert counted(replace(VISITS, sums=Sums.UNITS.value), visit).number == 2


def test_members_are_counted_once_and_their_times_each() -> None:
    facts = held("a", "m1", "m2"), held("b", "m1", on="04-01")
    assert counted(replace(VISITS, sums=Sums.PEOPLE.value), *facts).number == 2
    assert counted(replace(VISITS, sums=Sums.PERSON_TIMES.value), *facts).number == 3


def test_several_sessions_of_a_work_are_one_work() -> None:
    facts = [held(name, "m1", work="w") for name in "ab"] + [held("c", "m1")]
    assert counted(replace(VISITS, sums=Sums.WORKS.value), *facts).number == 2


def test_one_deed_on_two_records_is_one_and_its_people_are_those_of_both() -> None:
    facts = (
        held("a", "m1", same_as="occasion/b", reached_people=30),
        held("b", "m2", reached_people=20),
    )
    assert counted(VISITS, *facts).number == 1
    assert counted(replace(VISITS, sums=Sums.PERSON_TIMES.value), *facts).number == 2
    # The record that stands tells how many were reached.
    assert counted(replace(VISITS, sums="reached_people"), *facts).number == 20


def test_one_deed_on_records_of_two_units_is_joint_whatever_they_say() -> None:
    facts = (
        held("a", "m1", same_as="occasion/b", mode=Mode.GROUP, by=("north",)),
        held("b", "m2", mode=Mode.INDIVIDUAL),
        held("c", "m1", mode=Mode.GROUP),
        held("d", "m1", same_as="occasion/e", mode=Mode.GROUP),
        held("e", "m1", mode=Mode.GROUP),
    )
    assert parts(counted(replace(VISITS, by="mode"), *facts)) == {"团体": 2, "联合": 1}


@pytest.mark.parametrize(
    "joint",
    [
        {"mode": Mode.JOINT},
        {"mode": Mode.JOINT, "by": ("south", "north")},
        {"mode": Mode.GROUP, "by": ("north",)},
        {"mode": Mode.GROUP, "level": Level.CITY},
        {"mode": Mode.GROUP, "details": Researched(linked=True)},
        {"mode": Mode.GROUP, "details": Researched(levels=(Level.CITY,))},
    ],
)
def test_one_deed_is_joint_if_one_of_its_records_is_or_all_of_them_together(
    joint: dict[str, Any],
) -> None:
    whole: dict[str, Any] = {"details": Researched(), "mode": Mode.GROUP}
    by_mode = counting("researched", by="mode")
    for linked, stands in (whole | joint, whole), (whole, whole | joint):
        facts = held("a", "m1", same_as="occasion/b", **linked), held("b", "m1", **stands)
        assert parts(counted(by_mode, *facts)) == {"联合": 1}


def test_a_matter_that_is_another_form_of_an_activity_names_no_host_of_it() -> None:
    by_mode = counting("visited_village", by="mode")
    proposed = fact(Proposed(), deed="matter/p", same_as="occasion/b", organiser=UnitId("law"))
    visit = held("b", "m1", mode=Mode.GROUP)
    assert parts(counted(by_mode, [proposed], visit)) == {"团体": 1}


def test_what_waits_and_what_lies_outside_the_days_is_not_counted() -> None:
    declared = held("a", "m1", record=RecordClass.SELF)
    before = [replace(f, on=date(YEAR - 1, 12, 31)) for f in held("b", "m1")]
    found = counted(replace(VISITS, sums=Sums.PERSON_TIMES.value), declared, before)
    assert (found.number, found.waiting) == (0, 1)


def test_who_was_absent_took_no_part() -> None:
    visit = held("a", "m1", "m2")
    visit[0] = replace(visit[0], attendance=Attendance.ABSENT)
    assert counted(replace(VISITS, sums=Sums.PEOPLE.value), visit).number == 1


def test_guests_are_counted_where_they_are_asked_for_alone() -> None:
    visit = held("a", "m1", "guest")
    visit[1] = replace(visit[1], capacity=Capacity.HIGHER_MEMBER, record=RecordClass.GUEST)
    times = replace(VISITS, sums=Sums.PERSON_TIMES.value)
    guests = Selects(kinds=("visited_village",), capacities=frozenset({Capacity.HIGHER_MEMBER}))
    assert counted(times, visit).number == 1
    assert counted(replace(times, counts=(guests,)), visit).number == 1
    assert counted(replace(times, counts=(guests,)), held("b", "m1")).number == 0


def test_a_number_is_summed_over_records_in_the_unit_that_is_meant() -> None:
    def given(deed: str, amount: str, measured: str) -> list[Fact[Any]]:
        details = ContributedResources(
            resource=Resource.MONEY, amount=Decimal(amount), amount_unit=measured
        )
        return [fact(details, deed=f"matter/{deed}")]

    money = counting("contributed_resources", sums="amount")
    assert counted(money, given("a", "100.5", "元"), given("b", "3", "箱")).number == Decimal(
        "100.50"
    )


def test_what_differs_in_a_field_is_counted_and_what_says_nothing_is_not() -> None:
    def piece(deed: str, name: str) -> list[Fact[Any]]:
        details = ContributedHistory(publication=Publication.ISSUE, publication_name=name)
        return [fact(details, deed=f"matter/{deed}")]

    issues = counting("contributed_history", distinct="publication_name")
    assert (
        counted(issues, piece("a", "1"), piece("b", "1"), piece("c", "2"), piece("d", "")).number
        == 2
    )


def test_each_of_several_values_is_one_that_differs() -> None:
    places = (("甲村", "乙村"), ("乙村",), ())
    facts = (
        held(f"d{n}", details=Researched(places_visited=some)) for n, some in enumerate(places)
    )
    assert counted(counting("researched", distinct="places_visited"), *facts).number == 2


# How it is split


def test_parts_stand_in_the_order_of_their_words_and_never_of_their_numbers() -> None:
    def message(deed: str, why: Obstacle | None) -> list[Fact[Any]]:
        return [fact(CarriedUp(obstacle=why), deed=f"matter/{deed}")]

    facts = [message(f"p{n}", Obstacle.POLICY) for n in range(3)]
    facts += [message("b", Obstacle.BEYOND_REMIT), message("n", None)]
    found = counted(counting("carried_up", by="obstacle"), *facts)
    assert list(parts(found).items()) == [("超出管理范围", 1), ("政策原因", 3), ("未注明", 1)]
    assert not found.overlaps


def test_a_record_of_several_sectors_lies_in_each_and_is_one_in_all() -> None:
    found = counted(replace(VISITS, by=Axis.SECTOR.value), held("a", "m1", "m2"))
    assert (found.number, found.overlaps, parts(found)) == (1, True, {"ART": 1, "LAW": 1})


def test_each_host_is_credited() -> None:
    found = counted(replace(VISITS, by=Axis.HOST.value), held("a", by=("south", "north")))
    assert (found.number, parts(found)) == (1, {"NORTH": 1, "SOUTH": 1})


def test_the_last_stage_is_where_a_matter_stands() -> None:
    reached = (
        Reached(stage=Stage.FILED, on=day("03-06"), position=2),
        Reached(stage=Stage.ASSIGNED, on=day("03-06"), position=3),
    )
    facts = (
        [fact(Proposed(), deed="matter/a", reached=reached)],
        [fact(Proposed(), deed="matter/b")],
    )
    found = counted(counting("proposed", by=Axis.STAGE.value), *facts)
    assert parts(found) == {"交办": 1, "未注明": 1}


def test_instructions_lie_under_each_leader() -> None:
    reached = tuple(
        Reached(stage=Stage.INSTRUCTED, on=day("03-06"), rank=rank) for rank in ("书记", "县长")
    )
    found = counted(counting("proposed", by=Axis.RANK.value), [fact(Proposed(), reached=reached)])
    assert (found.number, found.overlaps, parts(found)) == (1, True, {"书记": 1, "县长": 1})


def test_a_speech_lies_in_the_name_of_a_sector() -> None:
    speech = fact(DeliveredSpeech(in_name_of=UnitId("law")), deed="matter/a")
    sat_in = fact(
        Attended(meeting=Meeting.STANDING_COMMITTEE), deed="occasion/b", in_name_of=UnitId("art")
    )
    by = counting("delivered_speech", "attended", by=Axis.IN_NAME_OF.value)
    assert parts(counted(by, [speech, sat_in])) == {"ART": 1, "LAW": 1}


def test_beyond_a_hundred_parts_there_is_a_rest() -> None:
    def come(n: int) -> list[Fact[Any]]:
        return held(f"d{n}", details=HostedDelegation(delegation=f"团{n:03}"))

    found = counted(
        counting("hosted_delegation", by="delegation"), *(come(n) for n in range(MOST_PARTS + 3))
    )
    assert len(found.parts) == MOST_PARTS + 1
    assert (found.parts[-1].label.zh, found.parts[-1].number) == ("其余", 3)


def test_it_is_narrowed_by_words_of_an_axis() -> None:
    facts = (
        held("a", mode=Mode.JOINT, activity="三走进"),
        held("b", mode=Mode.GROUP, by=("law",), activity=""),
    )
    for only, number in (
        ({"mode": ["联合"]}, 1),
        ({"host_kind": ["界别", "委员工作室"]}, 2),
        ({"activity": ["已注明"]}, 1),
        ({"micro": ["否"]}, 2),
        ({"mode": ["个人"]}, 0),
    ):
        assert counted(narrowed(VISITS, only), *facts).number == number, only


def test_a_part_alone_is_made_of_its_records() -> None:
    facts = held("a", "m1"), held("b", "m2", on="04-01"), held("c", "m1", on="05-01")
    by_sector = replace(VISITS, by=Axis.SECTOR.value, sums=Sums.PERSON_TIMES.value)
    found = counted(by_sector, *facts, part="unit/law")
    assert (found.number, [line.key for line in found.lines]) == (2, ["occasion/c", "occasion/a"])
    assert [line.key for line in counted(by_sector, *facts).lines] == [
        "occasion/c",
        "occasion/b",
        "occasion/a",
    ]


# The roster


def of_roster(by: str = "", **asked: Any) -> Figure:
    return Figure(code="r", zh="工作室", en="studios", by=by, roster=OfRoster(**asked))


STUDIOS = frozenset({UnitKind.STUDIO})


def test_units_are_counted_as_of_a_day_by_type() -> None:
    found = count_roster(of_roster(RosterAxis.TYPE.value, units=STUDIOS), AROUND, day("06-30"))
    assert (found.number, parts(found)) == (2, {"区域型": 1, "未注明": 1})
    assert count_roster(of_roster(units=STUDIOS), AROUND, day("05-31")).number == 1
    listed = of_roster(units=STUDIOS, lives=frozenset({Life.LISTED}))
    assert [line.title for line in count_roster(listed, AROUND, TODAY).lines] == ["NORTH"]


def test_members_are_counted_by_whom_they_are_bound_to() -> None:
    found = count_roster(of_roster(Bond.SECTOR.value), AROUND, TODAY)
    assert (found.number, parts(found)) == (2, {"ART": 1, "LAW": 1})
    assert count_roster(of_roster(bound=Bond.STUDIO), AROUND, TODAY).number == 0
    assert count_roster(of_roster(), AROUND, date(2019, 1, 1)).number == 0
    (line,) = count_roster(of_roster(Bond.SECTOR.value), AROUND, TODAY, part="unit/art").lines
    assert line.key == "member/m2"


def test_who_holds_two_offices_is_one_of_them() -> None:
    offices = tuple(
        Appointment(person=PersonId("m1"), office=office, since=BEGAN)
        for office in (Office.CONVENOR, Office.LIAISON_OFFICER)
    )
    around = replace(
        AROUND, units={UnitId("law"): unit("law", UnitKind.SECTOR, appointments=offices)}
    )
    asked = of_roster(
        RosterAxis.OFFICE.value,
        units=frozenset({UnitKind.SECTOR}),
        offices=frozenset({Office.CONVENOR, Office.LIAISON_OFFICER}),
    )
    found = count_roster(asked, around, TODAY)
    assert (found.number, found.overlaps) == (1, True)
    assert parts(found) == {"召集人": 1, "联络员": 1}
    assert found.lines[0].title == "M1"


# Periods


def test_a_month_of_the_year_lies_in_its_year_alone() -> None:
    june = replace(VISITS, month=6)
    of = june.over(YEAR_OF)
    assert of is not None
    assert (of.first, of.last) == (day("06-01"), day("06-30"))
    assert june.over(of) == of
    assert june.over(Period.around(Span.MONTH, day("03-05"))) is None


def test_it_is_compared_with_the_year_before_or_the_day_before() -> None:
    visits = replace(VISITS, compare=Compare.LAST_YEAR)
    assert before(VISITS, YEAR_OF, TODAY) is None
    assert before(visits, YEAR_OF, TODAY) == Period.year(YEAR - 1)
    february = Period.around(Span.MONTH, day("02-29"))
    assert before(visits, february, TODAY) == Period.around(Span.MONTH, date(YEAR - 1, 2, 1))
    june = before(replace(visits, month=6), YEAR_OF, TODAY)
    assert june == Period.around(Span.MONTH, date(YEAR - 1, 6, 1))
    start = replace(of_roster(units=STUDIOS), compare=Compare.START)
    assert day_before(start, YEAR_OF, TODAY) == date(YEAR - 1, 12, 31)
    year = replace(start, compare=Compare.LAST_YEAR)
    assert day_before(year, YEAR_OF, day("02-29")) == date(YEAR - 1, 2, 28)
    assert day_before(of_roster(units=STUDIOS), YEAR_OF, TODAY) is None


def test_a_year_that_is_not_over_is_compared_with_as_many_days() -> None:
    so_far = before(replace(VISITS, compare=Compare.LAST_YEAR), YEAR_OF, day("06-25"))
    assert so_far is not None
    assert (so_far.first, so_far.last) == (date(YEAR - 1, 1, 1), date(YEAR - 1, 6, 25))
    assert called(so_far).zh == "2023-01-01至2023-06-25"
    assert called(YEAR_OF).zh == "2024年度"


SEVERAL = Period(span=Span.TERM, first=date(YEAR - 1, 1, 1), last=date(YEAR, 12, 31))


@pytest.mark.parametrize(
    ("by", "in_one_year", "in_several"),
    [
        (
            Axis.MONTH,
            {"1月": 1, "3月": 1},
            {"2023年1月": 1, "2023年11月": 1, "2024年1月": 1, "2024年3月": 1},
        ),
        (
            Axis.QUARTER,
            {"第1季度": 2},
            {"2023年第1季度": 1, "2023年第4季度": 1, "2024年第1季度": 2},
        ),
        (Axis.HALF, {"上半年": 2}, {"2023年上半年": 1, "2023年下半年": 1, "2024年上半年": 2}),
        (Axis.CALENDAR_YEAR, {"2024年度": 2}, {"2023年度": 2, "2024年度": 2}),
    ],
)
def test_a_part_of_a_year_tells_its_year_where_days_of_several_are_asked_for(
    by: Axis, in_one_year: dict[str, int], in_several: dict[str, int]
) -> None:
    visits = [
        *held("a", "m1", on="01-10"),
        *held("b", "m1", on="03-05"),
        *(replace(f, on=date(YEAR - 1, 1, 8)) for f in held("c", "m1")),
        *(replace(f, on=date(YEAR - 1, 11, 8)) for f in held("d", "m1")),
    ]
    split = replace(VISITS, by=by.value)
    assert parts(count(split, pool(visits, YEAR_OF, TODAY), AROUND)) == in_one_year
    told = count(split, pool(visits, SEVERAL, TODAY), AROUND)
    assert parts(told) == in_several
    assert list(parts(told)) == list(in_several), "in the order of the days"
    assert [part.number for part in told.parts] == [
        count(split, pool(visits, SEVERAL, TODAY), AROUND, part.key).number for part in told.parts
    ]
    assert sum(part.number for part in told.parts) == told.number == 4


def test_january_of_two_years_is_two_months_and_a_word_means_either() -> None:
    visits = [
        *held("a", "m1", on="01-10"),
        *(replace(f, on=date(YEAR - 1, 1, 8)) for f in held("b", "m1")),
        *held("c", "m1", on="03-05"),
    ]
    both = pool(visits, SEVERAL, TODAY)
    assert count(replace(VISITS, distinct=Axis.MONTH.value), both, AROUND).number == 3
    for word, number in (("1月", 2), ("January", 2), ("01", 2), ("2024-01", 1), ("2024-02", 0)):
        january = narrowed(VISITS, {Axis.MONTH.value: [word]})
        assert (count(january, both, AROUND).number, wrong(january)) == (number, [])
    (label,) = (
        part.label for part in count(replace(VISITS, by="month"), both, AROUND, None).parts[:1]
    )
    assert label == Label("2023年1月", "January 2023")
    assert meaning(narrowed(VISITS, {"month": ["1月"]})).zh == "走访村(社区);月份:1月"


def test_what_began_before_the_year_that_is_asked_for_tells_its_own() -> None:
    village = PairedWith(relation=Relation.VILLAGE, counterpart=Counterpart.VILLAGE)
    paired = fact(village, "03-05", deed="pairing/a", subject=SubjectId("member/m1"))
    facts = [paired, replace(paired, deed="pairing/b", on=date(YEAR - 2, 5, 1))]
    split = counting("paired_with", by=Axis.MONTH.value)
    assert parts(count(split, pool(facts, YEAR_OF, TODAY), AROUND)) == {"2022年5月": 1, "3月": 1}


def test_years_are_not_compared_part_by_part() -> None:
    now = value(replace(VISITS, by="calendar_year", compare=Compare.LAST_YEAR), 2)
    then = counted(replace(VISITS, by="calendar_year"), held("a", "m1"))
    assert (compared(now, then).before, compared(now, then).parts) == (1, ())


# What is said


def value(figure: Figure = VISITS, number: Any = 12, **said: Any) -> FigureValue:
    return FigureValue(figure=figure, period=YEAR_OF, day=None, number=number, **said)


def test_a_figure_is_said_in_a_sentence_with_its_days() -> None:
    assert sentence(value()).zh == "2024年度走访12次。"
    assert sentence(value()).en == "2024: visits 12."
    june = value(replace(VISITS, month=6), 5, whole=12, whole_of=VISITS)
    assert sentence(replace(june, period=Period.around(Span.MONTH, day("06-01")))).zh == (
        "2024年6月走访5次;已含在走访12次之内。"
    )
    assert sentence(value(replace(VISITS, quota=20))).zh == "2024年度走访12次;应有20次。"


def test_the_share_is_said_where_both_sum_the_same() -> None:
    whole = replace(VISITS, zh="活动")
    assert value(whole=48, whole_of=whole).rate == 25
    assert sentence(value(whole=48, whole_of=whole)).zh.endswith("已含在活动48次之内,占25%。")
    assert value(whole=48, whole_of=replace(whole, sums=Sums.PEOPLE.value)).rate is None
    assert value(whole=0, whole_of=whole).rate is None
    members = Figure(code="m", zh="委员", en="members", roster=OfRoster())
    people = value(replace(VISITS, sums=Sums.PEOPLE.value), whole=24, whole_of=members)
    assert sentence(people).zh == "2024年度走访12人;占委员24人的50%。"


def test_a_multiple_is_said_from_once_and_a_half() -> None:
    compared = replace(VISITS, compare=Compare.LAST_YEAR)
    assert sentence(value(compared, before=5)).zh == "2024年度走访12次;上年同期为5次,为其2.4倍。"
    assert value(compared, before=10).multiple is None
    assert value(compared, before=0).multiple is None


def test_parts_are_said_and_that_they_overlap() -> None:
    found = counted(replace(VISITS, by=Axis.SECTOR.value), held("a", "m1", "m2"))
    told = value(number=found.number, parts=found.parts, overlaps=found.overlaps)
    assert sentence(told).zh == "2024年度走访1次;其中(可重复计)ART1次、LAW1次。"


def test_parts_are_compared_one_by_one() -> None:
    by_place = replace(of_roster(RosterAxis.UNIT.value, units=STUDIOS), compare=Compare.START)
    now = count_roster(by_place, AROUND, TODAY)
    gone = replace(now.parts[0], key="unit/gone", label=Label("GONE", "GONE"))
    then = Counted(number=2, parts=(now.parts[1], gone))
    told = compared(value(by_place, now.number, parts=now.parts), then)
    assert [(p.label.zh, p.number, p.before) for p in told.parts] == [
        ("NORTH", 1, 0),
        ("SOUTH", 1, 1),
        ("GONE", 0, 1),
    ]
    assert sentence(told).zh.endswith("其中NORTH1个(期初0)、SOUTH1个(期初1)、GONE0个(期初1)。")
    assert sentence(told).en.endswith("NORTH 1 (0); SOUTH 1 (1); GONE 0 (1).")


@pytest.mark.parametrize(
    ("figure", "zh", "en"),
    [
        (VISITS, "走访村(社区)", "visited a village"),
        (
            narrowed(replace(VISITS, sums=Sums.PERSON_TIMES.value), {"mode": ["联合"]}),
            "走访村(社区);履职形式:联合;数人次",
            "visited a village; individual, group or joint: joint; summing person-times of members",
        ),
        (
            narrowed(
                replace(VISITS, distinct="purpose"), {"micro": ["是"], "activity": ["已注明"]}
            ),
            "走访村(社区);微活动:是;所属活动:已注明;数不同的走访目的",
            "visited a village; micro activity: yes; named activity: said; summing each purpose once",
        ),
        (
            replace(VISITS, sums="reached_people"),
            "走访村(社区);数服务人次",
            "visited a village; summing people reached",
        ),
        (
            replace(VISITS, sums="problems_raised"),
            "走访村(社区);数反映问题数",
            "visited a village; summing problems raised",
        ),
        (of_roster(), "名册:当日在任的委员", "the roster: members on that day"),
        (
            of_roster(bound=Bond.ROOM),
            "名册:当日编入村(社区)议事室的委员",
            "the roster: members bound to a village deliberation room on that day",
        ),
        (
            of_roster(units=STUDIOS, lives=frozenset({Life.LISTED, Life.EXEMPLARY})),
            "名册:当日的委员工作室(挂牌、示范)",
            "the roster on that day: member studio (listed, exemplary)",
        ),
        (
            of_roster(units=STUDIOS, offices=frozenset({Office.HEAD})),
            "名册:当日的委员工作室的负责人(主任)",
            "the roster on that day: head of: member studio",
        ),
    ],
)
def test_what_a_figure_counts_is_said(figure: Figure, zh: str, en: str) -> None:
    assert (meaning(figure).zh, meaning(figure).en) == (zh, en)


@pytest.mark.parametrize(
    ("figure", "measure"),
    [
        (VISITS, "次"),
        (replace(VISITS, measure="趟"), "趟"),
        (replace(VISITS, sums=Sums.PEOPLE.value), "人"),
        (replace(VISITS, sums=Sums.PERSON_TIMES.value), "人次"),
        (replace(VISITS, sums=Sums.UNITS.value), "个"),
        (replace(VISITS, sums="problems_raised"), ""),
        (counting("hosted_delegation"), "批次"),
        (counting("hosted_delegation", "proposed"), "次"),
        (replace(VISITS, distinct=Axis.VILLAGE.value), "个"),
        (of_roster(units=STUDIOS), "个"),
        (of_roster(), "人"),
    ],
)
def test_a_figure_has_the_measure_word_of_what_it_counts(figure: Figure, measure: str) -> None:
    assert figure.measured() == measure


# What is wrong with a page


def wrong(*figures: Figure, **said: Any) -> list[str]:
    page = FigurePage(code="p", version="1", zh="数据", en="figures", since=BEGAN, figures=figures)
    return [problem.path for problem in problems(replace(page, **said))]


def test_a_sound_page_has_nothing_wrong() -> None:
    filed = Selects(kinds=("proposed",), passed_any=(Passed(stage=Stage.FILED),))
    proposals = counting("proposed", code="all", by="form")
    part = counting("proposed", code="filed", counts=(filed,), part_of="all")
    assert wrong(proposals, part, of_roster(RosterAxis.PLACE.value, units=STUDIOS)) == []


@pytest.mark.parametrize(
    ("figure", "path"),
    [
        (counting(), "/page/0/counts"),
        (replace(VISITS, roster=OfRoster()), "/page/0/counts"),
        (counting("danced"), "/page/0/counts/0/kinds/0"),
        (replace(VISITS, sums="visitors"), "/page/0/sums"),
        (replace(VISITS, sums="purpose"), "/page/0/sums"),
        (replace(VISITS, by="colour"), "/page/0/by"),
        (counting("carried_up", by="spoken_by"), "/page/0/by"),
        (replace(VISITS, distinct="colour"), "/page/0/distinct"),
        (replace(VISITS, distinct="purpose", sums=Sums.PEOPLE.value), "/page/0/distinct"),
        (replace(VISITS, only=(("colour", frozenset({"red"})),)), "/page/0/only/colour"),
        (replace(VISITS, only=(("month", frozenset({"13"})),)), "/page/0/only/month"),
        (replace(VISITS, only=(("month", frozenset({"2024-Q1"})),)), "/page/0/only/month"),
        (replace(VISITS, only=(("level", frozenset({"火星"})),)), "/page/0/only/level"),
        (replace(VISITS, part_of="nothing"), "/page/0/part_of"),
        (replace(VISITS, part_of="f"), "/page/0/part_of"),
        (replace(VISITS, month=13), "/page/0/month"),
        (replace(VISITS, quota=0), "/page/0/quota"),
        (replace(VISITS, compare=Compare.START), "/page/0/compare"),
        (counting("was_sanctioned", sums=Sums.PEOPLE.value), "/page/0/counts/0/kinds"),
        (of_roster(RosterAxis.TYPE.value), "/page/0/by"),
        (of_roster(Bond.SECTOR.value, units=STUDIOS), "/page/0/by"),
        (of_roster(RosterAxis.OFFICE.value, units=STUDIOS), "/page/0/by"),
        (of_roster(offices=frozenset({Office.HEAD})), "/page/0/roster/units"),
        (of_roster(units=STUDIOS, bound=Bond.ROOM), "/page/0/roster/bound"),
        (replace(of_roster(units=STUDIOS), sums=Sums.PEOPLE.value), "/page/0/sums"),
        (replace(of_roster(units=STUDIOS), distinct="title"), "/page/0/distinct"),
        (replace(of_roster(units=STUDIOS), month=6), "/page/0/month"),
    ],
)
def test_what_is_wrong_is_named_where_it_stands(figure: Figure, path: str) -> None:
    assert path in wrong(figure)


def test_codes_are_used_once_and_parts_come_to_no_circle() -> None:
    assert wrong(VISITS, VISITS) == ["/page/1/figure"]
    round_about = (
        replace(VISITS, code="a", part_of="b"),
        replace(VISITS, code="b", part_of="a"),
    )
    assert wrong(*round_about) == ["/page/0/part_of", "/page/1/part_of"]
    assert wrong() == ["/page"]
    assert wrong(VISITS, until=date(2019, 1, 1)) == ["/until"]
