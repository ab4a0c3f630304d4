"""Documents that govern: which version is in force on which day, and who may publish."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.document import FOR_ALL, Document, Publish, Published, Repeal, Repealed, Sort
from domain.people import Actor, PersonId, Reason, Role, UnitId
from tests.county import AUDITOR, CLERK, NORTH, OFFICE, SOUTH, Told
from tests.refusal import refusal


def publish(version: str, since: date, text: str = "x", sort: Sort = Sort.RUBRIC) -> Publish:
    return Publish(sort=sort, code="plain", version=version, text=text, since=since)


def repeal(until: date, reason: str = "废止", sort: Sort = Sort.RUBRIC) -> Repeal:
    return Repeal(sort=sort, code="plain", until=until, reason=reason)


def told(*commands: Publish | Repeal) -> Told:
    ledger = Told()
    for command in commands:
        ledger.say(OFFICE, command)
    return ledger


def in_force(ledger: Told, day: date, sort: Sort = Sort.RUBRIC) -> str | None:
    document = ledger.states[f"{sort.value}/plain"]
    assert isinstance(document, Document)
    found = document.in_force(day)
    return None if found is None else found.version


JANUARY, JUNE = date(2024, 1, 1), date(2024, 6, 1)


@pytest.mark.parametrize("sort", list(Sort))
def test_a_document_enters_the_ledger_whole(sort: Sort) -> None:
    trial_in = None if sort in FOR_ALL else SOUTH
    command = replace(publish("1", JANUARY, "全文", sort), trial_in=trial_in, until=JUNE)

    assert Told().say(OFFICE, command) == [
        Published(
            sort=sort,
            code="plain",
            version="1",
            text="全文",
            since=JANUARY,
            trial_in=trial_in,
            until=JUNE,
        )
    ]


@pytest.mark.parametrize("sort", [Sort.POLICY, Sort.TERMS, Sort.FIGURES])
def test_what_both_sides_go_by_is_not_tried_out_in_one_unit(sort: Sort) -> None:
    command = replace(publish("1", JANUARY, sort=sort), trial_in=SOUTH)

    assert refusal(Told(), OFFICE, command) == (Reason.MALFORMED, "/trial_in")


def test_a_version_on_trial_governs_only_in_its_unit() -> None:
    trial = replace(publish("2", JUNE), trial_in=SOUTH)
    ledger = told(publish("1", JANUARY), trial)
    document = ledger.states["rubric/plain"]

    def governs(unit: UnitId | None) -> str | None:
        found = document.in_force(JUNE, unit)
        return None if found is None else found.version

    assert [governs(unit) for unit in (None, NORTH, SOUTH)] == ["1", "1", "2"]


def test_a_trial_ends_with_its_last_day_or_with_the_next_version_for_all() -> None:
    trial = replace(publish("2", JUNE), trial_in=SOUTH, until=date(2025, 5, 31))
    ledger = told(publish("1", JANUARY), trial)
    document = ledger.states["rubric/plain"]
    ledger.say(OFFICE, publish("3", date(2025, 1, 1)))
    followed = ledger.states["rubric/plain"]

    def governs(among: Document, day: date) -> str | None:
        found = among.in_force(day, SOUTH)
        return None if found is None else found.version

    assert [governs(document, day) for day in (date(2025, 5, 31), date(2025, 6, 1))] == ["2", "1"]
    assert [governs(followed, day) for day in (date(2024, 12, 31), date(2025, 1, 1))] == ["2", "3"]


def test_a_version_governs_until_its_own_last_day_and_the_one_before_it_does_not_come_back() -> (
    None
):
    ledger = told(publish("1", JANUARY), replace(publish("2", JUNE), until=date(2024, 12, 31)))

    assert [in_force(ledger, day) for day in (JUNE, date(2024, 12, 31), date(2025, 1, 1))] == [
        "2",
        "2",
        None,
    ]


def test_each_day_has_the_version_that_was_in_force() -> None:
    ledger = told(publish("1", JANUARY), publish("2", JUNE))

    assert [
        in_force(ledger, day)
        for day in (date(2023, 12, 31), JANUARY, date(2024, 5, 31), JUNE, date(2030, 1, 1))
    ] == [None, "1", "1", "2", "2"]


def test_a_version_published_later_for_an_earlier_day_does_not_outlive_the_later_one() -> None:
    ledger = told(publish("2", JUNE), publish("1", JANUARY))

    assert [in_force(ledger, day) for day in (JANUARY, JUNE)] == ["1", "2"]


def test_of_two_versions_from_one_day_the_one_published_last_governs() -> None:
    assert in_force(told(publish("1", JUNE), publish("1a", JUNE)), JUNE) == "1a"


def test_a_repealed_document_governs_until_its_last_day() -> None:
    ledger = told(publish("1", JANUARY), repeal(date(2024, 12, 31)))

    assert in_force(ledger, date(2024, 12, 31)) == "1"
    assert in_force(ledger, date(2025, 1, 1)) is None


def test_a_version_that_begins_after_a_repeal_governs_again() -> None:
    ledger = told(
        publish("1", JANUARY),
        repeal(date(2024, 3, 31)),
        publish("2", JUNE),
        repeal(date(2024, 9, 30)),
    )

    assert [
        in_force(ledger, day)
        for day in (date(2024, 3, 31), date(2024, 4, 1), JUNE, date(2024, 10, 1))
    ] == ["1", None, "2", None]


def test_a_later_word_on_a_repeal_moves_its_last_day() -> None:
    ledger = told(publish("1", JANUARY), repeal(date(2024, 3, 31)), repeal(JUNE))

    assert [in_force(ledger, day) for day in (date(2024, 4, 1), JUNE, date(2024, 6, 2))] == [
        "1",
        "1",
        None,
    ]


def test_publishing_or_repealing_twice_changes_nothing() -> None:
    ledger = told(publish("1", JANUARY), repeal(JUNE))

    assert ledger.say(OFFICE, publish("1", JANUARY)) == []
    assert ledger.say(OFFICE, repeal(JUNE, "再次")) == []
    assert [type(e.event) for e in ledger.entries] == [Published, Repealed]


@pytest.mark.parametrize("other", [publish("1", JUNE), publish("1", JANUARY, "另一文本")])
def test_a_version_is_published_only_once(other: Publish) -> None:
    assert refusal(told(publish("1", JANUARY)), OFFICE, other) == (
        Reason.ALREADY_RECORDED,
        "/version",
    )


def test_what_cannot_be_published_or_repealed_is_refused() -> None:
    assert refusal(Told(), OFFICE, publish("1", JANUARY, " \n")) == (Reason.MISSING, "/text")
    assert refusal(Told(), OFFICE, repeal(JUNE)) == (Reason.NO_SUCH_RUBRIC, "/code")
    assert refusal(Told(), OFFICE, repeal(JUNE, sort=Sort.RULE)) == (Reason.NO_SUCH_RULE, "/code")
    assert refusal(Told(), OFFICE, repeal(JUNE, sort=Sort.TERMS)) == (Reason.NO_SUCH_TERMS, "/code")
    no_page = refusal(Told(), OFFICE, repeal(JUNE, sort=Sort.FIGURES))
    assert no_page == (Reason.NO_SUCH_FIGURES, "/code")
    assert refusal(told(publish("1", JANUARY)), OFFICE, repeal(JUNE, " ")) == (
        Reason.REASON_MISSING,
        "/reason",
    )
    backwards = replace(publish("1", JUNE), until=JANUARY)
    assert refusal(Told(), OFFICE, backwards) == (Reason.WRONG_ORDER, "/until")


@pytest.mark.parametrize(
    "actor", [CLERK, AUDITOR, Actor(person=PersonId("a"), role=Role.APPRAISAL)]
)
def test_only_the_office_publishes(actor: Actor) -> None:
    assert refusal(Told(), actor, publish("1", JANUARY)) == (Reason.NOT_ALLOWED, "")
    assert refusal(Told(), actor, repeal(JUNE)) == (Reason.NOT_ALLOWED, "")


@pytest.mark.parametrize("code", ["../../etc/passwd", "考核办法", "", ".hidden", "a" * 101])
def test_a_code_stands_in_addresses(code: str) -> None:
    command = replace(publish("1", JANUARY), code=code)

    assert refusal(Told(), OFFICE, command) == (Reason.MALFORMED, "/code")


def test_each_sort_has_its_own_documents() -> None:
    ledger = told(publish("1", JANUARY), publish("9", JUNE, sort=Sort.POLICY))

    assert (in_force(ledger, JUNE), in_force(ledger, JUNE, Sort.POLICY)) == ("1", "9")
