"""The register of rule documents, on a day and as known at a position."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.document import Repeal, Sort
from domain.people import UnitId
from domain.rule import Governed
from projections.documents import Shelf
from projections.rules import RuleLine, rules_on
from projections.scorecards import scorecard_rows
from projections.store import Store
from tests.projections.county import (
    OFFICE,
    SOUTH,
    TODAY,
    County,
    publication,
    read_document,
    rows_of,
)

RUBRIC = Governed(Sort.RUBRIC, "rehearsal")
FIRST = publication(Sort.RULE)
SECOND = replace(
    publication(Sort.RULE, version="2", since=date(2025, 1, 1)),
    text=FIRST.text.replace("〔2014〕9号", "〔2024〕9号"),
)


def asked(
    county: County,
    store: Store,
    day: date = TODAY,
    *,
    unit: UnitId | None = None,
    governs: Governed | None = None,
    every: bool = False,
    position: int | None = None,
) -> list[RuleLine]:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return rules_on(
            *(connection, "small", Shelf(read_document), day),
            unit=unit,
            governs=governs,
            every=every,
            position=position,
        )


def numbers(lines: list[RuleLine]) -> list[tuple[str, bool]]:
    return [(line.rule.document.number[4:], line.in_force) for line in lines]


def test_each_day_has_its_rule(store: Store, county: County) -> None:
    county.say(OFFICE, FIRST, SECOND)

    last = date(2024, 12, 31)

    assert numbers(asked(county, store, date(2023, 12, 31))) == []
    assert numbers(asked(county, store, last, governs=RUBRIC)) == [("〔2014〕9号", True)]
    assert numbers(asked(county, store)) == [("〔2024〕9号", True)]
    assert numbers(asked(county, store, governs=Governed(Sort.POLICY, "rehearsal"))) == []
    assert numbers(asked(county, store, last, every=True)) == [
        ("〔2024〕9号", False),
        ("〔2014〕9号", True),
    ]


def test_the_past_is_told_as_it_was_known(store: Store, county: County) -> None:
    (first,) = county.say(OFFICE, FIRST)
    county.say(OFFICE, SECOND, publication(Sort.RUBRIC))
    repeal = Repeal(
        sort=Sort.RULE, code="appraisal-measure", until=date(2025, 3, 31), reason="废止"
    )
    county.say(OFFICE, repeal)

    (then,) = asked(county, store, position=first.position)

    assert (then.rule.document.number, then.rule.until) == ("演练协发〔2014〕9号", None)
    assert then.unpublished == (RUBRIC,)
    assert asked(county, store) == []
    assert [line.unpublished for line in asked(county, store, every=True)] == [(), ()]


def test_a_rule_on_trial_is_told_of_its_unit(store: Store, county: County) -> None:
    county.say(OFFICE, FIRST, replace(SECOND, trial_in=SOUTH))

    assert numbers(asked(county, store)) == [("〔2014〕9号", True)]
    assert numbers(asked(county, store, unit=SOUTH)) == [("〔2024〕9号", True)]


def test_a_rule_document_moves_no_score(store: Store, county: County) -> None:
    """What it governs is derived from the rubric itself: nothing is made anew."""
    county.say(OFFICE, publication(Sort.RUBRIC))
    county.reader(store).catch_up()
    before = rows_of(store, "small")[scorecard_rows.name]

    county.say(OFFICE, FIRST)
    county.reader(store).catch_up()

    assert before
    assert rows_of(store, "small")[scorecard_rows.name] == before
