"""Trainings and what was filed since: each proposal once, with or without an author who took part, of the years around the day, each figure with its proposals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.deed import LinkSame, Withdraw
from domain.fact import Attendance, Capacity, Reached
from domain.kinds import Stage
from domain.kinds.advice import Proposed, Proposer
from domain.kinds.meetings import Studied, Study
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.member import Dismiss, Exit
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import PersonId, UnitId
from projections import training
from projections.store import Store
from projections.training import Filing, Group
from tests.projections.county import (
    CHEN,
    COUNTY,
    ECONOMY,
    LI,
    OFFICE,
    SOUTH_HEAD,
    SUN,
    TODAY,
    WANG,
    ZHAO,
    ZHOU,
    County,
    rows_of,
)
from tests.projections.test_studios import statements

DAY = date(2025, 3, 10)
YEAR: dict[str, Any] = {"first": date(2025, 1, 1), "last": date(2025, 12, 31)}


def trained(
    county: County,
    name: str,
    *people: Participant,
    on: date = DAY,
    study: Study = Study.PROPOSAL_WRITING,
) -> None:
    body = Occasion(
        details=Studied(study=study),
        title=f"培训{name}",
        on=on,
        organiser=COUNTY,
        participants=people,
    )
    county.say(OFFICE, RecordOccasion(occasion=name, body=body))


def proposed(
    county: County,
    name: str,
    on: date,
    *people: PersonId,
    reached: Stage | None = None,
    unit: UnitId | None = None,
) -> None:
    authors = tuple(Author(person=each) for each in people)
    body = Matter(
        details=Proposed(form=Proposer.SECTOR if unit else Proposer.INDIVIDUAL),
        title=f"提案{name}",
        on=on,
        organiser=COUNTY,
        authors=authors or (Author(unit=unit),),
    )
    county.say(OFFICE, RecordMatter(matter=name, body=body))
    if reached is not None:
        outcome = Reached(stage=reached, on=on + timedelta(days=5))
        county.say(OFFICE, ReportOutcome(matter=name, outcome=outcome))


@pytest.fixture
def county() -> County:
    """Li and Wang took part, with an outsider; Zhao was absent. Sun was a member no more."""
    county = County().found()
    county.say(OFFICE, Dismiss(person=SUN, on=date(2025, 1, 31), how=Exit.RESIGNED))
    trained(
        county,
        "one",
        Participant(person=LI),
        Participant(person=WANG),
        Participant(person=ZHAO, attendance=Attendance.ABSENT, half_days=0),
        Participant(person=SOUTH_HEAD.person, capacity=Capacity.STAFF),
    )
    before, after = date(2025, 1, 10), date(2025, 6, 1)
    proposed(county, "a", before, LI, reached=Stage.FILED)
    proposed(county, "b", before, WANG, reached=Stage.NOT_FILED)
    proposed(county, "c", before, ZHAO, CHEN, reached=Stage.MERGED)
    proposed(county, "d", after, ZHAO, LI, reached=Stage.FILED)
    proposed(county, "e", after, CHEN)
    proposed(county, "f", after, ZHOU, reached=Stage.FILED)
    proposed(county, "day", DAY, LI, reached=Stage.FILED)
    proposed(county, "long-ago", DAY - timedelta(days=366), LI, reached=Stage.FILED)
    proposed(county, "year-ago", DAY - timedelta(days=365), LI)
    proposed(county, "unit", after, unit=ECONOMY, reached=Stage.FILED)
    proposed(county, "gone", after, LI)
    proposed(county, "twice", after, LI)
    county.say(
        OFFICE,
        Withdraw(deed="matter/gone", reason="误登"),
        LinkSame(deed="matter/twice", same_as="matter/d"),
    )
    return county


def looked(county: County, store: Store, ask: Callable[[Connection, str], Any]) -> Any:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return ask(connection, county.log.ledger)


def lines(county: County, store: Store, **more: Any) -> Any:
    asked = {"today": TODAY, **YEAR, **more}
    return looked(county, store, lambda c, of: training.trainings(c, of, **asked))


def filing(submitted: int, filed: int, undecided: int, percent: int | None) -> Filing:
    return Filing(
        submitted=submitted, filed=filed, undecided=undecided, percent=percent, small=True
    )


def test_proposals_stand_once_before_and_after_with_and_without_who_took_part(
    county: County, store: Store
) -> None:
    (line,) = lines(county, store).rows
    assert (line.title, line.study, line.took_part, line.days_after) == (
        *("培训one", Study.PROPOSAL_WRITING, 3),
        (TODAY - DAY).days,
    )
    assert line.trained == Group(members=2, before=filing(3, 1, 1, 33), after=filing(1, 1, 0, 100))
    assert line.others == Group(members=3, before=filing(1, 0, 0, 0), after=filing(2, 1, 1, 50))


def test_a_figure_opens_as_many_proposals(county: County, store: Store) -> None:
    def opened(**more: Any) -> list[str]:
        page = looked(
            county, store, lambda c, of: training.proposals(c, of, "occasion/one", **more)
        )
        return [each.matter for each in page.rows]

    assert opened(trained=True, before=True) == ["year-ago", "a", "b"]
    assert opened(trained=True, before=True, filed=True) == ["a"]
    assert opened(trained=False, before=False, filed=False) == ["e"]
    first = looked(
        county,
        store,
        lambda c, of: training.proposals(
            c, of, "occasion/one", trained=False, before=False, limit=1
        ),
    )
    assert [e.matter for e in first.rows] == ["e"]
    assert opened(trained=False, before=False, after=first.after) == ["f"]


def test_trainings_are_of_a_sort_and_of_a_time_the_newest_first(
    county: County, store: Store
) -> None:
    trained(county, "two", Participant(person=CHEN), on=date(2025, 5, 5))
    trained(county, "rotation", Participant(person=CHEN), study=Study.TERM_ROTATION)
    trained(county, "old", Participant(person=CHEN), on=date(2024, 5, 5))

    def titles(**more: Any) -> list[str]:
        return [line.title for line in lines(county, store, **more).rows]

    assert titles() == ["培训two", "培训rotation", "培训one"]
    assert titles(study=Study.PROPOSAL_WRITING) == ["培训two", "培训one"]
    first = lines(county, store, limit=1)
    assert titles(after=first.after) == ["培训rotation", "培训one"]


def test_where_nobody_submitted_anything_there_is_no_rate(county: County, store: Store) -> None:
    trained(county, "none", on=date(2025, 6, 24), study=Study.OTHER)
    (line,) = lines(county, store, study=Study.OTHER).rows
    assert (line.took_part, line.trained.members, line.others.members) == (0, 0, 5)
    assert line.trained.after == filing(0, 0, 0, None)
    assert not training.filing(10, 5, 0).small and training.filing(9, 5, 0).small


def test_only_a_training_that_stands_is_one(county: County, store: Store) -> None:
    def found(stream: str) -> Any:
        return looked(county, store, lambda c, of: training.training(c, of, stream))

    assert found("occasion/one") == (DAY, "培训one")
    assert found("matter/a") is None
    county.say(OFFICE, Withdraw(deed="occasion/one", reason="误登"))
    assert found("occasion/one") is None


def test_more_trainings_are_asked_for_no_more_often(county: County, store: Store) -> None:
    def count() -> int:
        return int(
            looked(
                county,
                store,
                lambda c, of: statements(c, lambda: training.trainings(c, of, today=TODAY, **YEAR)),
            )
        )

    before = count()
    for name in ("x", "y", "z"):
        trained(county, name, Participant(person=CHEN))
    assert count() == before


def test_what_was_read_live_is_what_a_rebuild_makes(county: County, store: Store) -> None:
    reader = county.reader(store, at_a_time=3)
    reader.catch_up()
    live = rows_of(store, county.log.ledger)
    reader.rebuild()
    assert rows_of(store, county.log.ledger) == live


@pytest.mark.parametrize("withdrawn", [False, True])
def test_who_took_part_by_a_linked_record_took_part(
    county: County, store: Store, withdrawn: bool
) -> None:
    for name in ("two", "three"):
        trained(county, name, Participant(person=LI), Participant(person=ZHAO))
        county.say(OFFICE, LinkSame(deed=f"occasion/{name}", same_as="occasion/one"))
    trained(county, "four", Participant(person=LI), Participant(person=CHEN))
    county.say(OFFICE, LinkSame(deed="occasion/four", same_as="occasion/one"))
    county.say(OFFICE, Withdraw(deed="occasion/three", reason="重复"))
    if withdrawn:
        county.say(OFFICE, Withdraw(deed="occasion/one", reason="重复"))
    (line,) = lines(county, store).rows
    stream = line.stream
    assert (stream == "occasion/one") is not withdrawn
    # Li, Zhao and Chen; by the first record Wang and an outsider too.
    assert (line.took_part, line.trained.members) == ((3, 3) if withdrawn else (5, 4))
    assert line.trained.after == filing(2, 1, 1, 50)
    assert line.others.after == filing(1, 1, 0, 100)
    assert line.trained.before.submitted == (3 if withdrawn else 4)

    def opened(of: str, **more: Any) -> list[str]:
        page = looked(county, store, lambda c, ledger: training.proposals(c, ledger, of, **more))
        return [each.matter for each in page.rows]

    assert opened(stream, trained=True, before=False) == ["d", "e"]
    assert opened("occasion/four", trained=False, before=False) == ["f"]
