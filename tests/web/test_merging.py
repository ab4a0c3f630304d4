"""What is merged into another: chosen by its title from the record's page, its authors named there with shares, set back where it was wrong."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest

from domain.document import Publish, Sort
from domain.fact import Authorship
from domain.kinds.advice import ReportedOpinion
from domain.matter import Author, Matter, RecordMatter
from domain.people import PersonId, Role, UnitId
from projections import deeds
from tests.interfaces.conftest import Caller, Service
from tests.web.conftest import Reader, Reading
from tests.web.rounds import SINCE, Rounds, days
from tests.web.test_stories import offered

LI, ZHAO = PersonId("li"), PersonId("zhao")
PAGE = "/matters/m/merge"


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Rounds:
    """Two reports of one matter by two members, and one of another kind of matter."""
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    text = files("packs").joinpath("haiyan/opinions.yaml").read_text("utf-8")
    told.tell(Publish(sort=Sort.LOOP, code="haiyan-opinions", version="1", text=text, since=SINCE))
    for name, who, title in (("m", LI, "南街停车难"), ("n", ZHAO, "停车位不足")):
        body: Matter[Any] = Matter(
            details=ReportedOpinion(),
            title=title,
            on=told.today - days(9),
            organiser=UnitId("county"),
            authors=(Author(person=who, role=Authorship.FIRST),),
        )
        told.tell(RecordMatter(matter=name, body=body))
    told.proposal("p", 5)
    return told


@pytest.fixture
def office_at(reading: Reading, county: Rounds) -> Reader:
    return reading("secretary", Role.OFFICE, "county")


def body(county: Rounds, matter: str) -> Matter[Any]:
    with county.desk.store.reading() as connection:
        found = deeds.matter_state(connection, county.desk.code, matter)
    assert found is not None
    return found[0].body


def chosen(county: Rounds, other: str = "matter/n") -> tuple[tuple[str, str], ...]:
    return (("other", other), ("on", county.today.isoformat()))


def test_the_other_is_chosen_by_its_title_and_both_pages_tell_of_it(
    county: Rounds, office_at: Reader
) -> None:
    assert office_at.url(PAGE) in office_at.read("/matters/m")
    assert offered(office_at.read(PAGE)) == ["停车位不足"]
    assert offered(office_at.read(f"{PAGE}?text=没有的")) == []

    page = office_at.send(PAGE, *chosen(county)).text
    assert "已并入" in page
    assert body(county, "m").merged_into == "matter/n"
    assert "并入本件的" in office_at.read("/matters/n")
    assert office_at.url(PAGE) not in office_at.read("/matters/m")


def test_who_signs_the_other_and_with_which_share_is_written_down(
    county: Rounds, office_at: Reader
) -> None:
    office_at.send(PAGE, *chosen(county))
    said = (("signs", "member/li"), ("share.member/li", "0.4"), ("share.member/zhao", "0.6"))
    wrong = office_at.send(
        "/matters/m/merged-authors", *said[:1], ("share.member/li", "半"), page=PAGE
    )
    assert wrong.status_code == 422
    assert 'href="#shares"' in wrong.text

    assert office_at.send("/matters/m/merged-authors", *said, page=PAGE).status_code == 200
    assert [(a.person, a.role, a.share) for a in body(county, "n").authors] == [
        (ZHAO, Authorship.FIRST, Decimal("0.6")),
        (LI, Authorship.JOINT, Decimal("0.4")),
    ]
    assert body(county, "m").authors[0] == replace(body(county, "m").authors[0], person=LI)


def test_set_back_it_is_merged_no_longer(county: Rounds, office_at: Reader) -> None:
    office_at.send(PAGE, *chosen(county))
    back = (("reopen.stage", "sent_in"), ("reopen.on", county.today.isoformat()))
    answer = office_at.send(
        "/matters/m/reopen",
        ("act", "reopen"),
        *back,
        ("reopen.reason", "不是一件事"),
        page="/matters/m",
    )
    assert answer.status_code == 200
    assert body(county, "m").merged_into == ""
    assert "已并入" not in office_at.read(PAGE)


def test_what_was_not_chosen_or_is_not_his_to_move_is_told(
    county: Rounds, office_at: Reader, reading: Reading
) -> None:
    nothing = office_at.send(PAGE, *chosen(county)[1:])
    assert nothing.status_code == 422
    assert 'href="#others"' in nothing.text
    assert office_at.send(PAGE, ("other", "matter/none"), *chosen(county)[1:]).status_code == 422
    assert offered(reading("wang", Role.CLERK, "south").read(PAGE)) == []
    assert office_at.get("/matters/none/merge").status_code == 404
