"""Inspections of units: problems counted as they are checked off, what is overdue, the bulletin of some days; the same however the log is folded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.deed import LinkSame, Withdraw
from domain.document import Publish, Sort
from domain.evidence import Evidence
from domain.fact import Reached
from domain.finding import Finding, SetFinding
from domain.inspection import (
    CheckOffProblem,
    NotifyProblems,
    ProblemSaid,
    ReportMending,
    WithdrawProblem,
)
from domain.kinds import Stage
from domain.kinds.culture import WasCommended
from domain.kinds.findings import Sanction, WasSanctioned
from domain.kinds.units import Check, WasInspected
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.people import UnitId
from domain.problem import Mending, ProblemState
from domain.words import Given
from projections import evidence, inspections
from projections.courses import Timeliness
from projections.documents import Shelf
from projections.inspections import Asked, Honour, Totals, Waiting, Which
from projections.store import Store
from tests.projections.county import (
    LINKING,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    County,
    read_document,
)

HELD, BY, LATER = date(2025, 5, 12), date(2025, 5, 20), date(2025, 6, 3)
TODAY = date(2025, 6, 4)
MAY = Asked(today=TODAY, since=date(2025, 5, 1), until=date(2025, 5, 31))


def inspected(
    name: str, *units: UnitId, on: date = HELD, by: str = "县政协办公室", **said: Any
) -> RecordMatter:
    body: Matter[Any] = Matter(
        details=WasInspected(inspected_by=by, **said),
        title=f"督查{name}",
        on=on,
        organiser=said.pop("organiser", LINKING),
        authors=tuple(Author(unit=unit) for unit in units),
    )
    return RecordMatter(matter=name, body=body)


def notify(matter: str, unit: UnitId, *texts: str, by: date | None = BY) -> NotifyProblems:
    said = tuple(ProblemSaid(text=text, unit=unit, mend_by=by) for text in texts)
    return NotifyProblems(matter=matter, on=HELD, problems=said)


def mended(matter: str, number: int, on: date = LATER) -> ReportMending:
    done = Mending.MENDED
    return ReportMending(matter=matter, number=number, on=on, mending=done, account="已补齐")


@pytest.fixture
def county() -> County:
    """South has four problems of which one is checked off, one said to be mended, one withdrawn; nothing was found of North; South passed a check before."""
    county = County(day=date(2025, 5, 12)).found()
    county.say(OFFICE, inspected("a", SOUTH, NORTH), inspected("b", SOUTH, findings=2))
    county.say(OFFICE, notify("a", SOUTH, "台账不全", "没有标牌", "没有场所", "误"))
    county.say(OFFICE, WithdrawProblem(matter="a", number=4, reason="误登"))
    county.say(OFFICE, inspected("c", SOUTH, on=date(2025, 4, 1), check=Check.ACCEPTANCE))
    passed = Reached(stage=Stage.PASSED, on=date(2025, 5, 2))
    county.say(OFFICE, ReportOutcome(matter="c", outcome=passed))
    county.day = TODAY
    county.say(OFFICE, mended("a", 1), mended("a", 2))
    county.say(OFFICE, CheckOffProblem(matter="a", number=1, on=TODAY))
    return county


def looked(county: County, store: Store, ask: Callable[[Connection, Shelf], Any]) -> Any:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return ask(connection, Shelf(read_document))


def board(county: County, store: Store, asked: Asked = MAY, **more: Any) -> list[tuple[Any, ...]]:
    found = looked(county, store, lambda c, _: inspections.inspections(c, "small", asked, **more))
    return [(e.matter, e.unit, e.found, e.mended, e.overdue) for e in found.rows]


SOUTHS, NORTHS = ("a", SOUTH, 3, 1, 1), ("a", NORTH, 0, 0, 0)
TYPED, PASSED = ("b", SOUTH, 2, 0, 0), ("c", SOUTH, 0, 0, 0)


def test_the_board_counts_what_is_checked_off_and_what_is_overdue(
    county: County, store: Store
) -> None:
    year = replace(MAY, since=None, until=None)
    assert board(county, store) == [NORTHS, SOUTHS, TYPED]
    assert board(county, store, year) == [NORTHS, SOUTHS, TYPED, PASSED]
    for which, lines in (
        (Which.OPEN, [SOUTHS, TYPED]),
        (Which.OVERDUE, [SOUTHS]),
        (Which.CLEAN, [NORTHS, PASSED]),
        (Which.PASSED, [PASSED]),
        (Which.MENDED, []),
    ):
        assert board(county, store, year, which=which) == lines
    assert board(county, store, replace(year, unit=NORTH)) == [NORTHS]
    assert board(county, store, replace(year, by="办公室", check=Check.ACCEPTANCE)) == [PASSED]
    assert board(county, store, replace(year, by="100%")) == []
    assert board(county, store, replace(year, only={NORTH})) == [NORTHS]
    assert board(county, store, replace(year, only={LINKING})) == [NORTHS, SOUTHS, TYPED, PASSED]
    assert board(county, store, replace(year, only=frozenset())) == []
    total = looked(county, store, lambda c, _: inspections.totals(c, "small", MAY))
    assert total == Totals(
        inspections=3, units=2, found=5, mended=1, reported=1, overdue=1, clean=1
    )


def test_a_day_later_than_its_day_is_overdue_and_not_on_it(county: County, store: Store) -> None:
    assert board(county, store, replace(MAY, today=BY))[1][-1] == 0
    assert board(county, store, replace(MAY, today=date(2025, 5, 21)))[1][-1] == 1


def test_pages_go_on_where_they_ended(county: County, store: Store) -> None:
    def ask(connection: Connection, _: Shelf) -> list[Any]:
        found: list[Any] = []
        after = None
        while True:
            page = inspections.inspections(connection, "small", MAY, after=after, limit=1)
            found += [(e.matter, e.unit) for e in page.rows]
            if (after := page.after) is None:
                return found

    assert looked(county, store, ask) == [("a", NORTH), ("a", SOUTH), ("b", SOUTH)]

    def one_by_one(connection: Connection, _: Shelf) -> list[int]:
        first = inspections.problems(connection, "small", MAY, limit=2)
        rest = inspections.problems(connection, "small", MAY, limit=2, after=first.after)
        assert rest.after is None
        return [each.number for each in (*first.rows, *rest.rows)]

    assert looked(county, store, one_by_one) == [1, 2, 3]


def test_problems_one_by_one(county: County, store: Store) -> None:
    def ask(**more: Any) -> list[tuple[int, ProblemState, bool, bool]]:
        found = looked(
            county, store, lambda c, _: inspections.problems(c, "small", MAY, **more)
        ).rows
        return [(each.number, each.state, each.overdue, each.late) for each in found]

    assert ask() == [
        (1, ProblemState.CHECKED_OFF, False, True),
        (2, ProblemState.REPORTED, False, True),
        (3, ProblemState.NOTIFIED, True, False),
    ]
    assert ask(overdue=True) == [(3, ProblemState.NOTIFIED, True, False)]
    assert ask(state=ProblemState.REPORTED) == [(2, ProblemState.REPORTED, False, True)]


def test_a_problem_names_what_bears_out_that_it_was_mended(county: County, store: Store) -> None:
    pieces = (
        Evidence(name="标牌.jpg", sha256="a" * 64),
        Evidence(name="报告", number="政协办〔2025〕9号"),
    )
    county.say(OFFICE, replace(mended("a", 2), evidence=pieces))

    def ask(connection: Connection, _: Shelf) -> tuple[Any, ...]:
        page = inspections.problems(connection, "small", MAY)
        named = evidence.named_among(connection, "small", ["a" * 64, "b" * 64])
        return [each.evidence for each in page.rows], named

    assert looked(county, store, ask) == ([(), pieces, ()], {"a" * 64})


def test_what_waits_is_in_order_of_its_day_and_goes_on_where_it_ended(
    county: County, store: Store
) -> None:
    """Given a problem that is overdue, two with a later day or none, and one said to be mended, then each stands where it waits."""
    county.say(OFFICE, notify("a", SOUTH, "没有计划", by=date(2025, 7, 1)))
    county.say(OFFICE, notify("a", NORTH, "没有制度", by=None))
    every = replace(MAY, since=None, until=None)

    def ask(connection: Connection, _: Shelf) -> tuple[list[int], ...]:
        told = (connection, "small")
        found: list[int] = []
        after = None
        while True:
            page = inspections.to_mend(*told, every, after=after, limit=1)
            found += [each.number for each in page.rows]
            after = page.after
            if after is None:
                break
        lists = (
            inspections.to_mend(*told, every, dated=True),
            inspections.to_mend(*told, every, how=Timeliness.LATER),
            inspections.to_mend(*told, replace(every, unit=NORTH)),
            inspections.to_mend(*told, replace(every, held=NORTH)),
            inspections.to_mend(*told, replace(every, only={NORTH})),
            inspections.to_check(*told, replace(every, held=LINKING)),
            inspections.to_check(*told, replace(every, unit=NORTH)),
        )
        return (found, *([each.number for each in page.rows] for page in lists))

    assert looked(county, store, ask) == ([3, 5, 6], [3, 5], [5], [6], [], [6], [2], [])
    counted = looked(county, store, lambda c, _: inspections.waiting(c, "small", every))
    assert counted == Waiting(to_mend=3, overdue=1, to_check=1)


def test_the_bulletin_of_some_days(
    county: County, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    honour: Matter[Any] = Matter(
        details=WasCommended(commended_by="县政协", honour="先进工作室"),
        title="表彰",
        on=date(2025, 5, 8),
        organiser=LINKING,
        authors=(Author(unit=NORTH),),
    )
    county.say(OFFICE, RecordMatter(matter="h", body=honour))
    own = replace(honour, organiser=NORTH, title="自己登的")
    county.say(NORTH_CLERK, RecordMatter(matter="own", body=own))
    criticised: Finding[Any] = Finding(
        details=WasSanctioned(sanction=Sanction.CIRCULATED_CRITICISM, by="县政协办公室"),
        on=date(2025, 5, 30),
        body="县政协办公室",
        reason="逾期不改",
        unit=SOUTH,
    )
    county.say(OFFICE, SetFinding(finding="f", body=criticised))

    found = looked(county, store, lambda c, s: inspections.bulletin(c, "small", s, MAY))
    assert [(u.unit, u.inspections, u.found, u.mended, u.overdue) for u in found.units] == [
        (SOUTH, 2, 5, 1, 1),
        (NORTH, 1, 0, 0, 0),
    ]
    assert [each.unit for each in found.clean] == [NORTH]
    assert [(each.number, each.text) for each in found.overdue] == [(3, "没有场所")]
    assert [(each.matter, each.passed_on) for each in found.passed] == [("c", date(2025, 5, 2))]
    assert [each.deed for each in found.commended] == ["matter/h", "matter/own"]
    best = Given("先进工作室", "先进工作室")
    assert (
        Honour(
            unit=NORTH,
            name=found.commended[0].name,
            on=date(2025, 5, 8),
            said=best,
            by="县政协",
            deed="matter/h",
        )
        == found.commended[0]
    )
    assert [each.said.zh for each in found.sanctioned] == ["通报批评"]
    assert found.more == frozenset()

    text = files("packs").joinpath("rehearsal/policy.yaml").read_text("utf-8")
    text = text.replace("镇街登记: 登记即计", "镇街登记: 一方确认后计")
    since = date(2024, 1, 1)
    rule = Publish(sort=Sort.POLICY, code="rehearsal", version="1", text=text, since=since)
    county.say(OFFICE, rule)
    strict = looked(county, store, lambda c, s: inspections.bulletin(c, "small", s, MAY))
    assert [each.deed for each in strict.commended] == ["matter/h"]

    monkeypatch.setattr(inspections, "MOST", 1)
    for name, on in (("uncounted", 1), ("counted", 29)):
        body = replace(own if name == "uncounted" else honour, on=date(2025, 5, on), title=name)
        by = NORTH_CLERK if name == "uncounted" else OFFICE
        county.say(by, RecordMatter(matter=name, body=body))
    for name in "de":
        county.say(OFFICE, inspected(name, SOUTH, on=date(2025, 5, 6), check=Check.ACCEPTANCE))
        passed = Reached(stage=Stage.PASSED, on=date(2025, 5, 7))
        county.say(OFFICE, ReportOutcome(matter=name, outcome=passed))
    few = looked(county, store, lambda c, s: inspections.bulletin(c, "small", s, MAY))
    assert [each.deed for each in few.commended] == ["matter/h"]
    assert len(few.passed) == 1 and {"commended", "passed"} <= few.more
    assert few.sentence.zh.endswith("验收通过3次。") and "3 acceptance" in few.sentence.en
    monkeypatch.undo()

    norths = replace(MAY, only={NORTH})
    less = looked(county, store, lambda c, s: inspections.bulletin(c, "small", s, norths))
    assert ([u.unit for u in less.units], less.overdue, less.sanctioned) == ([NORTH], (), ())
    with pytest.raises(ValueError, match="first and a last day"):
        looked(
            county,
            store,
            lambda c, s: inspections.bulletin(c, "small", s, replace(MAY, since=None)),
        )


def test_what_is_withdrawn_is_not_on_the_board(county: County, store: Store) -> None:
    county.say(OFFICE, Withdraw(deed="matter/a", reason="误登"))
    assert board(county, store) == [TYPED]
    assert looked(county, store, lambda c, _: inspections.problems(c, "small", MAY)).rows == ()


@pytest.mark.parametrize("withdrawn", [False, True])
def test_two_records_of_one_deed_are_one(county: County, store: Store, withdrawn: bool) -> None:
    honour: Matter[Any] = Matter(
        details=WasCommended(commended_by="县政协", honour="先进工作室"),
        title="表彰",
        on=date(2025, 5, 8),
        organiser=LINKING,
        authors=(Author(unit=NORTH),),
    )
    county.say(OFFICE, inspected("a2", SOUTH, NORTH))
    county.say(OFFICE, notify("a2", SOUTH, "台账不全", "没有标牌"))
    county.say(OFFICE, inspected("c2", SOUTH, on=date(2025, 4, 1), check=Check.ACCEPTANCE))
    passed = Reached(stage=Stage.PASSED, on=date(2025, 5, 2))
    county.say(OFFICE, ReportOutcome(matter="c2", outcome=passed))
    for name in ("h", "h2"):
        county.say(OFFICE, RecordMatter(matter=name, body=honour))
    for name in "ach":
        county.say(OFFICE, LinkSame(deed=f"matter/{name}2", same_as=f"matter/{name}"))
        if withdrawn:
            county.say(OFFICE, Withdraw(deed=f"matter/{name}", reason="重复"))
    stands = "2" if withdrawn else ""
    found = 2 if withdrawn else 3

    bulletin = looked(county, store, lambda c, s: inspections.bulletin(c, "small", s, MAY))
    assert (bulletin.totals.inspections, bulletin.totals.found) == (3, found + 2)
    assert [(u.unit, u.inspections) for u in bulletin.units] == [(SOUTH, 2), (NORTH, 1)]
    assert [each.matter for each in bulletin.passed] == [f"c{stands}"]
    assert [each.deed for each in bulletin.commended] == [f"matter/h{stands}"]
    assert [matter for matter, *_ in board(county, store)] == [f"a{stands}"] * 2 + ["b"]
    problems = looked(county, store, lambda c, _: inspections.problems(c, "small", MAY)).rows
    assert [each.matter for each in problems] == [f"a{stands}"] * found


def test_numbers_typed_for_several_units_together_count_once(county: County, store: Store) -> None:
    county.say(OFFICE, inspected("both", SOUTH, NORTH, findings=4, findings_mended=3))
    assert [line[2:4] for line in board(county, store) if line[0] == "both"] == [(4, 3), (4, 3)]
    bulletin = looked(county, store, lambda c, s: inspections.bulletin(c, "small", s, MAY))
    assert (bulletin.totals.inspections, bulletin.totals.found, bulletin.totals.mended) == (5, 9, 4)
    assert "发现问题9个,已整改4个" in bulletin.sentence.zh
    norths = replace(MAY, unit=NORTH)
    total = looked(county, store, lambda c, _: inspections.totals(c, "small", norths))
    assert (total.inspections, total.found, total.mended) == (2, 4, 3)


def test_what_was_typed_is_on_the_board_once_all_that_was_listed_is_taken_back(
    county: County, store: Store
) -> None:
    county.say(OFFICE, notify("b", SOUTH, "误"))
    assert board(county, store)[-1] == ("b", SOUTH, 1, 0, 1)
    county.say(OFFICE, WithdrawProblem(matter="b", number=1, reason="误登"))
    assert board(county, store)[-1] == TYPED
    page = looked(county, store, lambda c, _: inspections.inspections(c, "small", MAY))
    assert not page.rows[-1].listed
