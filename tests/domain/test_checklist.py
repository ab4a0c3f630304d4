"""Checklists in rules: one deed fills one slot, works are counted once, and time alone can miss a cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain import explain
from domain.checklist import (
    CellState,
    Checklist,
    Grid,
    NoEffect,
    Progress,
    Slot,
    SlotState,
    grid,
    officers,
    problems,
    progress,
)
from domain.fact import Fact, RecordClass, SubjectId
from domain.kinds import KINDS, Subject
from domain.kinds.deliberation import JoinedOversight, Oversight, Researched
from domain.kinds.help import DeliveredLivelihoodDeed
from domain.kinds.people import Counterpart, PairedWith, Relation, VisitedVillage
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.selection import Selects, Where, Why
from domain.unit import Appointment, Office, Unit, UnitKind, UnitProfile
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

    assert [(c.person, c.state) for c in drawn.rows[0].cells] == [
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


def test_a_checklist_has_to_fit_the_catalogue() -> None:
    """Numbers once, needs above zero, kinds that exist."""
    odd = checklist(slot(1, "flew"), slot(1, need=0))

    assert [p.path for p in problems(odd, KINDS)] == [
        "/slots/0/counts/0/kinds/0",
        "/slots/1/slot",
        "/slots/1/need",
    ]
