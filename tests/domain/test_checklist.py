"""Checklists in rules: one deed fills one slot, works are counted once, and time alone can miss a cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain import explain
from domain.checklist import (
    Beside,
    CellState,
    Checklist,
    Grid,
    NoEffect,
    Planned,
    Posting,
    Progress,
    Slot,
    SlotState,
    grid,
    next_planned,
    not_built,
    officers,
    problems,
    progress,
)
from domain.document import Document, Published, Sort
from domain.fact import Attendance, Capacity, Fact, Part, RecordClass, Spoke, SubjectId
from domain.kinds import KINDS, Details, Subject, kind_of
from domain.kinds.deliberation import JoinedOversight, Oversight, Researched
from domain.kinds.findings import MetStandard
from domain.kinds.help import DeliveredLivelihoodDeed
from domain.kinds.meetings import SharedReading
from domain.kinds.people import Counterpart, PairedWith, Relation, VisitedVillage
from domain.kinds.units import Document as Paper
from domain.kinds.units import SubmittedDocument
from domain.member import Bond, Membership, Person, Profile, Term
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.selection import Selects, Where, Why
from domain.unit import Appointment, Office, StudioKind, Unit, UnitKind, UnitProfile
from tests.facts import TODAY, YEAR, day, fact, opinion, proposal

PERIOD = Period.year(YEAR)
M1 = SubjectId("member/m1")
VISIT = VisitedVillage()
PAIRED = PairedWith(relation=Relation.VILLAGE, counterpart=Counterpart.VILLAGE)
BY_SURVEY = JoinedOversight(form=Oversight.BY_SURVEY)


def slot(number: int, *kinds: str, **rest: Any) -> Slot:
    counts = (Selects(kinds=kinds),) if kinds else ()
    return Slot(number=number, zh=f"第{number}项", en=f"slot {number}", counts=counts, **rest)


def checklist(*slots: Slot) -> Checklist:
    return Checklist(
        code="ones", version="1", zh="清单", en="list", since=date(2020, 1, 1), slots=slots
    )


def found(of: Checklist, *facts: Fact[Any]) -> Progress:
    return progress(facts, of, M1, PERIOD, TODAY)


def states(of: Progress) -> list[SlotState]:
    return [s.state for s in of.slots]


def test_one_deed_fills_one_slot() -> None:
    """Two slots that the same visit fits are not both filled by it."""
    both = found(checklist(slot(1, "visited_village"), slot(2, "visited_village")), fact(VISIT))

    assert (both.done, both.of) == (1, 2)


def test_as_many_slots_as_possible_are_filled() -> None:
    """A deed that fits two slots steps aside for one that fits only the first."""
    ones = checklist(slot(1, "joined_oversight", "researched"), slot(2, "joined_oversight"))
    done = found(ones, fact(BY_SURVEY, "01-10"), fact(Researched(), "02-10"))

    assert done.done == 2


def test_a_deed_that_was_put_in_a_slot_stays_there() -> None:
    """The recorder or the office may move it to another slot it fits."""
    ones = checklist(slot(1, "visited_village"), slot(2, "visited_village"))

    for item in ("2", "ones/2"):
        moved = found(ones, fact(VISIT, item=item, item_reason="以此为准"))
        assert states(moved) == [SlotState.OPEN, SlotState.DONE]
        assert [filled.moved for filled in moved.slots[1].filled] == ["以此为准"]
        assert moved.unmoved == ()


def test_a_line_that_is_not_where_it_was_put_says_why() -> None:
    """The reason given stays in view; what was put in another list is that list's business."""
    ones = checklist(slot(1, "visited_village"), slot(2, "researched"))
    put = {"item_reason": "合适"}
    shown = found(
        ones,
        fact(VISIT, "01-10", item="1", **put),
        fact(VISIT, "02-10", item="ones/1", **put),
        fact(VISIT, "03-10", item="2", **put),
        fact(VISIT, "04-10", item="7", **put),
        fact(VISIT, "05-10", item="1", record=RecordClass.SELF, **put),
        fact(VISIT, "06-10", item="others/1", **put),
    )

    assert [(unmoved.on.month, unmoved.item, unmoved.why) for unmoved in shown.unmoved] == [
        (2, "ones/1", NoEffect.FILLED),
        (3, "2", NoEffect.DOES_NOT_FIT),
        (4, "7", NoEffect.NO_SUCH_SLOT),
        (5, "1", NoEffect.NOT_COUNTED),
    ]
    assert explain.unmoved(shown.unmoved[1]) == explain.Said(
        "3月10日走访村(社区)指定归入“2”未起作用:不符合该项的要求(指定理由:合适)。",
        "10 March, visited a village: put in “2” without effect, it does not fit that item"
        " (the reason given: 合适).",
    )


def test_several_trips_of_one_work_are_one_survey() -> None:
    """按课题计项; all its records are named."""
    trips = [fact(Researched(), f"0{n}-10", work="w") for n in (1, 2, 3)]
    done = found(checklist(slot(1, "researched", need=2)), *trips)

    assert states(done) == [SlotState.BEGUN]
    assert done.slots[0].left == 1
    assert [f.deeds for f in done.slots[0].filled] == [tuple(t.deed for t in trips)]


def test_a_pairing_links_and_a_visit_while_it_is_in_force_finishes() -> None:
    """联系一个村社."""
    linked_by = Selects(
        kinds=("paired_with",), where=(Where(name="relation", values=frozenset({"village"})),)
    )
    ones = checklist(slot(9, "visited_village", linked_by=(linked_by,)))
    han, li = UnitId("han"), UnitId("li")
    pairing = fact(PAIRED, "03-01", deed="pairing/p1", with_unit=han)

    def after(on: str, **said: Any) -> list[SlotState]:
        return states(found(ones, pairing, fact(VISIT, on, **said)))

    assert states(found(ones, fact(VISIT, "04-01", village=han))) == [SlotState.OPEN]
    assert states(found(ones, pairing)) == [SlotState.LINKED]
    assert after("02-01", village=han) == [SlotState.LINKED]
    assert after("04-01", village=han) == [SlotState.DONE]
    assert after("04-01", pairing="p1") == [SlotState.DONE]
    assert after("04-01", village=han, pairing="p2") == [SlotState.LINKED]
    assert after("04-01", village=li) == [SlotState.LINKED]
    assert after("04-01") == [SlotState.LINKED]


def test_a_slot_that_the_county_has_not_written_is_blank() -> None:
    """It can neither be done nor be left over."""
    blank = found(checklist(slot(1), slot(2, "visited_village")), fact(VISIT))

    assert states(blank) == [SlotState.BLANK, SlotState.DONE]
    assert (blank.done, blank.of) == (1, 1)


def test_what_waits_for_confirmation_fills_nothing_yet() -> None:
    """It is shown as waiting, with the reason."""
    waiting = found(checklist(slot(1, "visited_village")), fact(VISIT, record=RecordClass.SELF))

    assert waiting.done == 0
    assert [w.why for w in waiting.waiting] == [Why.NOT_YET]


def test_what_is_more_than_needed_is_spare() -> None:
    """Second visits are kept in view with the slots that they fit."""
    more = found(checklist(slot(1, "visited_village")), fact(VISIT, "01-10"), fact(VISIT, "02-10"))

    assert [s.fits for s in more.spare] == [(1,)]


@given(
    st.lists(st.sets(st.sampled_from(["1", "2", "3", "4"]), min_size=1), max_size=7),
    st.randoms(use_true_random=False),
)
def test_the_order_of_entry_never_matters(fits: list[set[str]], mix: Any) -> None:
    """And no other assignment would fill more slots."""
    kinds = {"1": "visited_village", "2": "researched", "3": "proposed", "4": "attended"}
    slots = [slot(n, *(kinds[k] for k in sorted(wanted))) for n, wanted in enumerate(fits, 1)]
    facts = [fact(VISIT, "01-10"), fact(VISIT, "01-11"), fact(Researched(), "02-10"), proposal()]
    mixed = list(facts)
    mix.shuffle(mixed)
    done = found(checklist(*slots), *facts)

    assert done == found(checklist(*slots), *mixed)
    assert done.done == most([{kinds[k] for k in wanted} for wanted in fits], facts)


def most(wanted: list[set[str]], facts: list[Fact[Any]]) -> int:
    """The most slots that can be filled, by trying everything."""
    if not wanted:
        return 0
    return max(
        most(wanted[1:], facts),
        *(
            1 + most(wanted[1:], facts[:i] + facts[i + 1 :])
            for i, f in enumerate(facts)
            if f.kind in wanted[0]
        ),
        0,
    )


def test_progress_can_be_stored_and_read_back() -> None:
    """Plain dataclasses."""
    done = found(checklist(slot(1, "visited_village")), fact(VISIT))

    assert msgspec.json.decode(msgspec.json.encode(done), type=Progress) == done


# Periods


@given(
    st.sampled_from([Span.YEAR, Span.HALF, Span.QUARTER, Span.MONTH]), st.dates(day("01-01"), TODAY)
)
def test_a_period_is_filled_by_what_lies_in_it(span: Span, on: date) -> None:
    """月度、季度、半年清单: the parts of a year are drawn up one by one."""
    ones = replace(checklist(slot(1, "visited_village")), period=span)
    visit = replace(fact(VISIT), on=on, recorded_on=on)
    parts = PERIOD.parts(span)
    done = [progress([visit], ones, M1, part, TODAY) for part in parts]

    assert [come.period for come in done if come.done] == [p for p in parts if p.holds(on)]
    assert {come.of for come in done} == {1}
    assert not_built(ones) == []


def test_a_pairing_links_in_every_month_that_it_is_in_force() -> None:
    linked_by = Selects(kinds=("paired_with",))
    ones = checklist(slot(9, "visited_village", linked_by=(linked_by,)))
    pairing = fact(PAIRED, "02-10", until=day("03-10"))
    by_month = [
        progress([pairing], ones, M1, month, TODAY).slots[0].state
        for month in PERIOD.parts(Span.MONTH)[:4]
    ]

    assert by_month == [SlotState.OPEN, SlotState.LINKED, SlotState.LINKED, SlotState.OPEN]


def test_what_nothing_draws_up_yet_is_said() -> None:
    """Years between plenaries and terms; a time of its own for a slot of a member's list."""

    def places(period: Span, every: Span | None, subject: Subject) -> list[str]:
        ones = checklist(slot(1, "visited_village", every=every))
        return [p.path for p in not_built(replace(ones, period=period, subject=subject))]

    assert places(Span.SESSION_YEAR, None, Subject.MEMBER) == ["/period"]
    assert places(Span.YEAR, Span.TERM, Subject.UNIT) == ["/slots/0/every"]
    assert places(Span.YEAR, Span.MONTH, Subject.MEMBER) == ["/slots/0/every"]
    assert places(Span.MONTH, Span.MONTH, Subject.MEMBER) == []
    assert places(Span.YEAR, Span.MONTH, Subject.UNIT) == []


def test_two_versions_of_a_list_govern_different_years() -> None:
    """The year is drawn up under the version in force on its last day; the year before keeps its own."""
    versions = tuple(
        Published(
            sort=Sort.CHECKLIST,
            code="ones",
            version=version,
            text="清单",
            since=date(since, 1, 1),
            trial_in=None,
        )
        for version, since in (("1", 2023), ("2", 2025))
    )
    document = Document(sort=Sort.CHECKLIST, code="ones", versions=versions)
    found = [document.in_force(Period.year(year).last) for year in range(2022, 2027)]

    assert [None if each is None else each.version for each in found] == [None, "1", "1", "2", "2"]


# What is planned


def planned(details: Details, on: str, **rest: Any) -> Planned:
    kind = kind_of(type(details))
    return Planned(
        **{"deed": f"{kind}-{on}", "kind": kind, "on": day(on), "details": details, **rest}
    )


def names(
    of: Progress | Grid, ones: Checklist, *plan: Planned, today: str = "06-30"
) -> dict[int, str]:
    return {n: each.deed for n, each in next_planned(of, ones, plan, day(today)).items()}


SOON = day("06-30")


@given(
    st.lists(
        st.tuples(
            st.dates(day("01-01"), date(YEAR + 1, 3, 1)),
            st.sampled_from([VISIT, Researched(), BY_SURVEY]),
        )
    ),
    st.sets(st.sampled_from(["visited_village", "researched", "joined_oversight"]), min_size=1),
)
def test_the_earliest_occasion_that_fits_is_named_and_none_that_is_over(
    plan: list[tuple[date, Details]], kinds: set[str]
) -> None:
    ones = checklist(slot(1, *sorted(kinds)))
    occasions = [
        replace(planned(details, "01-01", deed=f"{n:03}"), on=on)
        for n, (on, details) in enumerate(plan)
    ]
    named = next_planned(found(ones), ones, occasions, SOON)
    fitting = [p for p in occasions if p.kind in kinds and SOON <= p.on <= PERIOD.last]

    assert named == ({1: min(fitting, key=lambda p: (p.on, p.deed))} if fitting else {})


def test_nothing_is_named_for_what_is_done_or_blank() -> None:
    ones = checklist(slot(1, "visited_village"), slot(2), slot(3, "visited_village", need=2))
    visits = [fact(VISIT, "01-10"), fact(VISIT, "02-10")]

    assert names(found(ones, *visits), ones, planned(VISIT, "07-10")) == {
        3: "visited_village-07-10"
    }
    assert names(found(ones, *visits, fact(VISIT, "03-10")), ones, planned(VISIT, "07-10")) == {}


def test_an_occasion_of_today_is_still_to_come() -> None:
    ones = checklist(slot(1, "visited_village"))

    assert names(found(ones), ones, planned(VISIT, "06-30")) == {1: "visited_village-06-30"}
    assert names(found(ones), ones, planned(VISIT, "06-29")) == {}


def test_what_only_taking_part_can_tell_is_not_asked_of_a_plan() -> None:
    """Part, speaking, attendance, evidence; but that it is a key occasion, and what it is about, is known."""
    asks = Selects(
        kinds=("shared_reading",),
        capacities=frozenset({Capacity.ATTENDS}),
        states=frozenset({Attendance.PRESENT}),
        parts=frozenset({Part.SHARES}),
        spoke=frozenset({Spoke.ORALLY}),
        whole=True,
        evidence=1,
        key=True,
        where=(Where(name="book_or_theme", values=frozenset({"党史"})),),
    )
    ones = checklist(replace(slot(5), counts=(asks,)))
    reading = SharedReading(book_or_theme="党史")

    assert names(found(ones), ones, planned(reading, "07-10", key=True)) != {}
    assert names(found(ones), ones, planned(reading, "07-10")) == {}
    assert (
        names(found(ones), ones, planned(SharedReading(book_or_theme="诗"), "07-10", key=True))
        == {}
    )


def test_a_further_session_of_a_work_that_was_counted_fits_nothing() -> None:
    """One work fills one slot, however often one goes."""
    ones = checklist(slot(1, "joined_oversight", need=2), slot(2, "joined_oversight"))
    begun = found(ones, fact(BY_SURVEY, "01-10", work="w"))
    again, other = (planned(BY_SURVEY, on, work=w) for on, w in (("07-10", "w"), ("08-10", "v")))

    assert [f.work for s in begun.slots for f in s.filled] == ["w"]
    assert names(begun, ones, again, other) == dict.fromkeys((1, 2), other.deed)


def test_a_planned_visit_has_to_serve_a_pairing_in_force_where_a_slot_asks_for_one() -> None:
    linked_by = Selects(kinds=("paired_with",))
    ones = checklist(slot(9, "visited_village", linked_by=(linked_by,)))
    linked = found(ones, fact(PAIRED, "03-01", deed="pairing/p1"))
    serving = planned(VISIT, "07-10", pairing="p1")

    assert names(linked, ones, serving) == {9: serving.deed}
    assert names(found(ones), ones, serving) == {}
    assert names(linked, ones, planned(VISIT, "07-10"), planned(VISIT, "07-11", pairing="p2")) == {}


def test_a_planned_occasion_is_said_by_its_day_and_title() -> None:
    assert explain.planned(planned(VISIT, "07-10", title="走访韩村")) == explain.Said(
        "下一次:7月10日“走访韩村”(走访村(社区))。", "Next: 10 July, “走访韩村” (visited a village)."
    )
    assert explain.planned(planned(VISIT, "07-10")) == explain.Said(
        "下一次:7月10日走访村(社区)。", "Next: 10 July, visited a village."
    )


# Grids

UNIT = Unit(
    unit=UnitId("u1"),
    profile=UnitProfile(kind=UnitKind.LIAISON_COMMITTEE, name="联络委"),
    since=date(YEAR, 2, 10),
)
U1 = SubjectId("unit/u1")
MONTHLY = checklist(slot(1, "visited_village", every=Span.MONTH, grace_days=5))


def cells(today: str, *facts: Fact[Any]) -> list[CellState]:
    drawn = grid([replace(f, subject=U1) for f in facts], MONTHLY, UNIT, PERIOD, day(today))
    return [c.state for c in drawn.rows[0].cells]


def test_cells_are_missed_when_their_days_of_grace_are_over() -> None:
    """And none is asked of a month before the unit was set up."""
    assert cells("03-05")[:3] == [CellState.NOT_APPLICABLE, CellState.OPEN, CellState.OPEN]
    assert cells("03-06")[:3] == [CellState.NOT_APPLICABLE, CellState.MISSED, CellState.OPEN]


def test_a_cell_is_done_by_the_day_and_late_by_the_recording() -> None:
    """What was held in the month but recorded long after it is done late."""
    held = fact(VISIT, "03-20")

    assert cells("12-31", held)[2] is CellState.DONE
    assert cells("12-31", replace(held, recorded_on=day("04-06")))[2] is CellState.DONE_LATE


def test_a_grid_says_when_the_next_cell_will_be_missed() -> None:
    """The day after the last day of grace."""
    drawn = grid([], MONTHLY, UNIT, PERIOD, day("03-05"))

    assert drawn.changes_on == day("03-06")
    assert msgspec.json.decode(msgspec.json.encode(drawn), type=Grid) == drawn


def test_a_monthly_list_has_a_cell_for_each_month() -> None:
    """月度清单: every slot is asked twelve times a year, unless it names a longer time."""
    monthly = replace(
        checklist(slot(1, "visited_village"), slot(2, "researched", every=Span.QUARTER)),
        period=Span.MONTH,
    )
    rows = grid([], monthly, UNIT, PERIOD, TODAY).rows

    assert [len(row.cells) for row in rows] == [12, 4]


def test_the_next_occasion_of_a_unit_is_one_in_a_cell_that_is_still_open() -> None:
    """Not one in a month that is done, and none for each person."""
    held = replace(fact(VISIT, "06-05"), subject=U1)
    both = replace(
        checklist(
            slot(1, "visited_village", every=Span.MONTH),
            slot(5, "visited_village", each_person=True),
        ),
        subject=Subject.UNIT,
    )
    drawn = grid([held], both, UNIT, PERIOD, day("06-10"), people=(M1,))
    plan = [planned(VISIT, on) for on in ("06-20", "07-20", "08-20")]

    assert names(drawn, both, *plan, today="06-10") == {1: "visited_village-07-20"}


def test_a_cell_that_the_county_has_not_written_is_blank() -> None:
    """It is neither missed nor left over, and time does not change it."""
    blank = replace(checklist(slot(1), slot(2, "visited_village")), subject=Subject.UNIT)
    drawn = grid([], blank, UNIT, PERIOD, date(YEAR + 1, 2, 1))

    assert [c.state for row in drawn.rows for c in row.cells] == [CellState.BLANK, CellState.MISSED]
    assert (drawn.done, drawn.of, drawn.changes_on) == (0, 1, None)
    assert (
        grid([], replace(blank, slots=blank.slots[:1]), UNIT, PERIOD, day("03-01")).changes_on
        is None
    )


def test_what_a_unit_holds_besides_its_list_is_counted() -> None:
    """Its own only, once a deed, within the period."""
    besides = replace(
        MONTHLY,
        besides=(Beside(zh="调研", en="surveys", counts=(Selects(kinds=("researched",)),)),),
    )
    own = replace(fact(Researched(), "06-01"), subject=U1)
    before = replace(own, deed="occasion/x", on=date(YEAR - 1, 6, 1))
    other = replace(own, subject=SubjectId("unit/u2"))

    assert [
        b.acts for b in grid([own, own, before, other], besides, UNIT, PERIOD, TODAY).besides
    ] == [1]


# Standards


def met(item: str, on: date, evidence: int = 1) -> Fact[Any]:
    details = MetStandard(standard="六有", item=item)
    return replace(
        fact(details, deed=f"finding/{item}-{on}"),
        subject=U1,
        on=on,
        recorded_on=on,
        evidence=evidence,
    )


def standards(*items: str, **rest: Any) -> Checklist:
    slots = [
        Slot(
            number=n,
            zh=item,
            en=item,
            counts=(
                Selects(
                    kinds=("met_standard",),
                    where=(
                        Where(name="standard", values=frozenset({"六有"})),
                        Where(name="item", values=frozenset({item})),
                    ),
                    evidence=1,
                ),
            ),
            **{"lasting": True, **rest},
        )
        for n, item in enumerate(items, 1)
    ]
    return replace(checklist(*slots), subject=Subject.UNIT)


def test_a_standard_once_met_stays_met() -> None:
    """What was found in an earlier year counts on, what is found later does not yet; without evidence nothing does."""
    haves = standards("有场所", "有设施", "有制度")
    facts = [
        met("有场所", date(YEAR - 2, 6, 1)),
        met("有设施", date(YEAR + 1, 6, 1)),
        met("有制度", day("06-01"), evidence=0),
    ]
    after = date(YEAR + 2, 2, 1)

    def by_year(year: int) -> list[CellState]:
        drawn = grid(facts, haves, UNIT, Period.year(year), after)
        return [c.state for row in drawn.rows for c in row.cells]

    assert by_year(YEAR) == [CellState.DONE, CellState.MISSED, CellState.MISSED]
    assert by_year(YEAR + 1) == [CellState.DONE, CellState.DONE, CellState.MISSED]


def test_a_standard_that_was_entered_late_was_met_in_time() -> None:
    """The office enters it, not the unit."""
    late = replace(met("有场所", day("06-01")), recorded_on=date(YEAR + 1, 6, 1))

    for lasting, state in ((True, CellState.DONE), (False, CellState.DONE_LATE)):
        drawn = grid([late], standards("有场所", lasting=lasting), UNIT, PERIOD, TODAY)
        assert [c.state for row in drawn.rows for c in row.cells] == [state]


def test_a_standard_that_does_not_last_is_found_anew_every_year() -> None:
    facts = [met("年初有计划", date(YEAR - 1, 3, 1))]
    yearly, lasting = (standards("年初有计划", lasting=each) for each in (False, True))

    assert grid(facts, yearly, UNIT, PERIOD, TODAY).done == 0
    assert grid(facts, lasting, UNIT, PERIOD, TODAY).done == 1


@given(
    st.lists(st.dates(date(2015, 1, 1), date(2030, 12, 31)), max_size=4),
    st.integers(2016, 2029),
)
def test_what_was_met_in_a_year_is_met_in_every_later_one(days: list[date], year: int) -> None:
    haves = standards("有场所")
    unit = replace(UNIT, since=date(2010, 1, 1))
    facts = [met("有场所", on) for on in days]
    now, next_year = (
        grid(facts, haves, unit, Period.year(y), Period.year(y).last).done for y in (year, year + 1)
    )

    assert now == int(any(on.year <= year for on in days))
    assert next_year >= now


def test_a_found_standard_is_kept_apart_from_what_has_to_happen_in_the_period() -> None:
    """In one list some last and some do not; a lasting one that is half a year old fills each half since."""
    both = standards("有场所", every=Span.HALF)
    mixed = replace(both, slots=(*both.slots, slot(2, "visited_village", every=Span.HALF)))
    visit = replace(fact(VISIT), subject=U1, on=date(YEAR - 1, 12, 30))
    drawn = grid([met("有场所", day("02-20")), visit], mixed, UNIT, PERIOD, TODAY)

    assert [c.state for row in drawn.rows for c in row.cells] == [
        *(CellState.DONE, CellState.DONE),
        *(CellState.MISSED, CellState.OPEN),
    ]
    assert drawn.changes_on == TODAY + timedelta(days=1)


def test_what_lasts_is_asked_of_units_only() -> None:
    """And not of what came in through them, nor of each of their people."""
    haves = standards("有场所")
    wrong = (
        replace(haves, subject=Subject.MEMBER),
        standards("有场所", through=True),
        standards("有场所", each_person=True),
    )

    assert problems(haves, KINDS) == []
    assert [[p.path for p in problems(each, KINDS)] for each in wrong] == [["/slots/0/lasting"]] * 3


def test_what_came_in_through_a_unit_may_count_whoever_signed_it() -> None:
    """民情信息反馈: two members sign one report; it is one deed of the month, and another unit's is none."""
    feedback = replace(
        checklist(slot(1, "reported_opinion", every=Span.MONTH, through=True)), subject=Subject.UNIT
    )
    report = opinion("03-20", organiser=UNIT.unit)
    signed = [report, replace(report, subject=SubjectId("member/m2"))]
    elsewhere = opinion("04-20", organiser=UnitId("u2"))
    (row,) = grid([*signed, elsewhere], feedback, UNIT, PERIOD, TODAY).rows

    assert [n for n, cell in enumerate(row.cells, 1) if cell.state is CellState.DONE] == [3]
    assert row.cells[2].deeds == (report.deed,)
    assert problems(feedback, KINDS) == []
    assert [p.path for p in problems(replace(feedback, subject=Subject.MEMBER), KINDS)] == [
        "/slots/0/through"
    ]


def test_a_row_may_ask_something_of_each_person() -> None:
    """一人一件, member or not."""
    each = checklist(slot(5, "delivered_livelihood_deed", every=Span.YEAR, each_person=True))
    people = (M1, SubjectId("member/m2"))
    drawn = grid([fact(DeliveredLivelihoodDeed())], each, UNIT, PERIOD, day("06-01"), people=people)

    assert [(c.whose, c.state) for c in drawn.rows[0].cells] == [
        (people[0], CellState.DONE),
        (people[1], CellState.OPEN),
    ]
    assert (drawn.done, drawn.of) == (1, 2)


def test_the_people_of_a_unit_are_those_in_its_offices() -> None:
    """主任、副主任、委员, members or not, in office at any time of the period; a correspondent is not of it."""
    until = {"before": date(YEAR - 1, 12, 31), "within": day("03-01")}
    held = [
        Appointment(
            person=PersonId(who), office=office, since=date(2020, 1, 1), until=until.get(who)
        )
        for who, office in (
            ("head", Office.HEAD),
            ("within", Office.COMMITTEE_MEMBER),
            ("before", Office.COMMITTEE_MEMBER),
            ("writer", Office.CORRESPONDENT),
        )
    ]

    assert officers(replace(UNIT, appointments=tuple(held)), PERIOD) == [
        "member/head",
        "member/within",
    ]


def test_a_list_of_units_asks_only_units_of_its_kinds() -> None:
    """五个一 is the liaison committees', 十加一 the rooms' and groups'."""
    group = replace(UNIT, profile=replace(UNIT.profile, kind=UnitKind.TOWNSHIP_GROUP))
    everybody = replace(MONTHLY, subject=Subject.UNIT)
    committees = replace(everybody, of_kinds=frozenset({UnitKind.LIAISON_COMMITTEE}))

    assert [of.asks(unit) for of in (MONTHLY, everybody, committees) for unit in (UNIT, group)] == [
        *(False, False),
        *(True, True),
        *(True, False),
    ]
    assert [p.path for p in problems(replace(committees, subject=Subject.MEMBER), KINDS)] == [
        "/of_kinds"
    ]


def test_a_list_of_studios_may_ask_those_of_a_type() -> None:
    listed = replace(
        checklist(slot(1, "visited_village")),
        subject=Subject.UNIT,
        of_kinds=frozenset({UnitKind.STUDIO}),
        of_types=frozenset({StudioKind.REGIONAL}),
    )
    assert problems(listed, KINDS) == []
    types = (StudioKind.REGIONAL, StudioKind.SECTORAL, None)
    studios = [
        replace(UNIT, profile=UnitProfile(kind=UnitKind.STUDIO, name="工作室", studio_kind=each))
        for each in types
    ]
    assert [listed.asks(each) for each in studios] == [True, False, False]
    anywhere = replace(listed, of_kinds=frozenset())
    assert [p.path for p in problems(anywhere, KINDS)] == ["/of_types"]


def test_whether_he_is_in_a_branch_is_asked_of_party_members_alone() -> None:
    def of(name: str, *bonds: Bond, party: bool) -> Person:
        return Person(
            person=PersonId(name),
            profile=Profile(name=name, party=party),
            terms=(Term(number=1, since=date(2020, 1, 1)),),
            memberships=tuple(
                Membership(bond=bond, unit=UnitId("b"), since=date(2020, 1, 1)) for bond in bonds
            ),
        )

    people = (
        of("in", Bond.BRANCH, party=True),
        of("out", Bond.COMMITTEE, party=True),
        of("other", party=False),
    )
    asked = replace(
        checklist(slot(1, bound=Bond.BRANCH, party=True), slot(2, bound=Bond.BRANCH)),
        subject=Subject.UNIT,
    )
    rows = grid([], asked, UNIT, PERIOD, TODAY, members=people).rows

    assert [{c.whose for c in row.cells} for row in rows] == [
        {"member/in", "member/out"},
        {"member/in", "member/out", "member/other"},
    ]
    assert [(row.done, row.of) for row in rows] == [(1, 2), (1, 3)]
    assert problems(asked, KINDS) == []
    alone = replace(checklist(slot(1, "shared_reading", party=True)), subject=Subject.UNIT)
    assert [p.path for p in problems(alone, KINDS)] == ["/slots/0/party"]


def test_a_checklist_has_to_fit_the_catalogue() -> None:
    """Numbers once, needs above zero, kinds that exist."""
    odd = checklist(slot(1, "flew"), slot(1, need=0))

    assert [p.path for p in problems(odd, KINDS)] == [
        "/slots/0/counts/0/kinds/0",
        "/slots/1/slot",
        "/slots/1/need",
    ]


def owed(**said: Any) -> Checklist:
    return replace(checklist(slot(1, "submitted_document", **said)), subject=Subject.UNIT)


def handed_in(on: date, due: date | None = None) -> Fact[Any]:
    made = SubmittedDocument(document=Paper.HALF_YEAR_REPORT, due=due)
    return replace(fact(made), subject=SubjectId(f"unit/{UNIT.unit}"), on=on, recorded_on=on)


def cells_of(of: Checklist, *facts: Fact[Any], today: date) -> list[CellState]:
    return [c.state for row in grid(facts, of, UNIT, PERIOD, today).rows for c in row.cells]


def test_a_document_fills_the_cell_that_was_due_when_it_says_and_is_late_by_the_day_it_came() -> (
    None
):
    """A report on the first half comes in the second; one without a day is of the half in which it came."""
    halves = owed(every=Span.HALF, grace_days=10)
    later = date(YEAR + 1, 3, 1)
    first = date(YEAR, 7, 10)
    second = date(YEAR + 1, 1, 10)

    def states_of(*facts: Fact[Any]) -> list[CellState]:
        return cells_of(halves, *facts, today=later)

    assert states_of(handed_in(date(YEAR, 7, 9), first)) == [CellState.DONE, CellState.MISSED]
    assert states_of(handed_in(date(YEAR, 8, 9), first)) == [CellState.DONE_LATE, CellState.MISSED]
    assert states_of(handed_in(date(YEAR + 1, 2, 9), second)) == [
        CellState.MISSED,
        CellState.DONE_LATE,
    ]
    assert states_of(handed_in(date(YEAR, 7, 9))) == [CellState.MISSED, CellState.DONE]
    # What was due half a year before is of the year before.
    assert states_of(handed_in(date(YEAR, 2, 9), date(YEAR, 1, 10))) == [CellState.MISSED] * 2


def test_what_is_asked_once_a_year_may_be_due_before_its_end() -> None:
    plan = owed(by=(2, 30))
    due = date(YEAR, 2, 29)

    assert cells_of(plan, today=due) == [CellState.OPEN]
    assert cells_of(plan, today=due + timedelta(days=1)) == [CellState.MISSED]
    assert cells_of(plan, handed_in(due), today=TODAY) == [CellState.DONE]
    assert [p.path for p in problems(owed(by=(2, 1), every=Span.MONTH), KINDS)] == ["/slots/0/by"]


def test_each_activity_that_the_unit_organised_needs_its_document_by_its_day() -> None:
    schemes = owed(every=Span.HALF, before=(Selects(kinds=("visited_village",)),))
    assert problems(schemes, KINDS) == []

    def held(name: str, on: date, by: str = UNIT.unit) -> Fact[Any]:
        told = replace(fact(VisitedVillage()), deed=f"occasion/{name}", on=on, recorded_on=on)
        return replace(told, subject=SubjectId(f"unit/{UNIT.unit}"), organiser=UnitId(by))

    march, april = date(YEAR, 3, 8), date(YEAR, 4, 2)

    def cell(*facts: Fact[Any], today: date = date(YEAR, 7, 1)) -> tuple[CellState, int, list[str]]:
        (row,) = grid(facts, schemes, UNIT, PERIOD, today).rows
        first = row.cells[0]
        return (
            first.state,
            len(first.deeds),
            [each.removeprefix("occasion/") for each in first.lacking],
        )

    both = held("a", march), held("b", april)
    assert cell(*both) == (CellState.MISSED, 0, ["a", "b"])
    # One that names no day is of the first activity after it came.
    assert cell(*both, handed_in(date(YEAR, 3, 1))) == (CellState.MISSED, 1, ["b"])
    assert cell(*both, handed_in(date(YEAR, 3, 9))) == (CellState.MISSED, 1, ["a"])
    assert cell(*both, handed_in(date(YEAR, 3, 1), april)) == (CellState.MISSED, 1, ["a"])
    in_time = handed_in(march, march), handed_in(date(YEAR - 1, 12, 20), april)
    assert cell(*both, *in_time) == (CellState.DONE, 2, [])
    assert cell(*both, *in_time, today=april) == (CellState.OPEN, 2, [])
    late = handed_in(date(YEAR, 3, 9), march), handed_in(april)
    assert cell(*both, *late) == (CellState.DONE_LATE, 2, [])
    # What others organised asks for none here; nor does a half-year without any.
    assert cell(held("c", march, by="other")) == (CellState.NOT_APPLICABLE, 0, [])
    assert cell(*both, handed_in(date(YEAR - 1, 12, 20))) == (CellState.MISSED, 0, ["a", "b"])


def test_no_document_of_activities_is_awaited_while_the_unit_is_not_there() -> None:
    schemes = owed(every=Span.QUARTER, before=(Selects(kinds=("visited_village",)),))
    there = replace(UNIT, since=day("04-01"), until=day("06-30"))
    gone = CellState.NOT_APPLICABLE

    def states_of(unit: Unit, today: str, *facts: Fact[Any]) -> list[CellState]:
        (row,) = grid(facts, schemes, unit, PERIOD, day(today)).rows
        return [cell.state for cell in row.cells]

    assert states_of(there, "03-31") == [gone, CellState.OPEN, gone, gone]
    assert states_of(there, "06-30") == [gone, CellState.OPEN, gone, gone]
    assert states_of(there, "07-01") == [gone] * 4
    a_day_more = replace(there, since=day("03-31"), until=day("07-01"))
    assert states_of(a_day_more, "03-31") == [CellState.OPEN] * 3 + [gone]
    # What it held all the same needs its document.
    held = replace(
        fact(VISIT, "08-05"), subject=SubjectId(f"unit/{UNIT.unit}"), organiser=UNIT.unit
    )
    assert states_of(there, "09-01", held)[2] is CellState.MISSED
    assert states_of(there, "09-01", held, handed_in(day("08-05")))[2] is CellState.DONE


def test_activities_that_need_a_document_go_with_documents_of_units() -> None:
    acts = (Selects(kinds=("visited_village",)),)
    wrong = [
        owed(before=acts, need=2),
        owed(before=acts, each_person=True),
        owed(before=acts, grace_days=5),
        replace(checklist(slot(1, "visited_village", before=acts)), subject=Subject.UNIT),
        replace(owed(before=acts), subject=Subject.MEMBER),
    ]
    assert [[p.path for p in problems(each, KINDS)] for each in wrong] == [["/slots/0/before"]] * 5
    unknown = owed(before=(Selects(kinds=("flew",)),))
    assert [p.path for p in problems(unknown, KINDS)] == ["/slots/0/before/0/kinds/0"]


def test_only_a_list_of_units_that_asks_every_month_is_reported_on_and_posted() -> None:
    monthly = replace(MONTHLY, subject=Subject.UNIT, posting=Posting())

    assert problems(monthly, KINDS) == []
    assert [s.number for s in monthly.monthly] == [s.number for s in monthly.slots]
    each = checklist(slot(1, "visited_village", every=Span.MONTH, each_person=True))
    of_people = replace(each, subject=Subject.UNIT, posting=Posting())
    assert [p.path for p in problems(of_people, KINDS)] == ["/slots/0"]
    yearly = replace(owed(), posting=Posting(within_days=40, invites=-1))
    assert [p.path for p in problems(yearly, KINDS)] == [
        "/posting",
        "/posting/within_days",
        "/posting/invites",
    ]
