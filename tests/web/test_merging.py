"""What is merged into another: chosen by its title from the record's page, its authors named there with shares, set back where it was wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from httpx2 import Response

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


# The same, on the form of the record


AMEND = "/matters/m/amend"


def options(text: str) -> list[str]:
    """The records that a form offers to merge into, and whether it is said that there is none of them."""
    return re.findall(r'<input type="radio" name="merged_into" id="[^"]*" value="([^"]*)"', text)


def amending(page: Reader, *said: tuple[str, str]) -> Response:
    text = page.read(AMEND)
    carried = [(name, page.hidden(text, name)) for name in ("form", "id", "version")]
    typed = [("title", "南街停车难"), ("on", days_ago(page)), ("p", "li"), ("organiser", "county")]
    return page.post(AMEND, [*carried, *typed, ("reason", "两件是一件事"), *said])


def days_ago(page: Reader) -> str:
    found = re.search(r'name="on" value="([^"]*)"', page.read(AMEND))
    assert found
    return found[1]


def test_a_form_offers_others_by_their_title_and_keeps_what_was_typed(
    county: Rounds, office_at: Reader
) -> None:
    fresh = office_at.read(AMEND)
    assert options(fresh) == []
    assert 'formaction="#f-merged_into" formnovalidate' in fresh

    looked = amending(
        office_at, ("text", "车位难找"), ("merged_into.text", "停车"), ("look", "merged_into")
    )
    assert looked.status_code == 200
    assert "车位难找" in looked.text
    assert options(looked.text) == ["matter/n", ""]
    assert "停车位不足(" in looked.text
    assert body(county, "m").merged_into == ""

    nothing = amending(office_at, ("merged_into.text", "没有的"), ("look", "merged_into"))
    assert options(nothing.text) == []
    assert "没有名称含“没有的”的记录" in nothing.text


def test_what_was_chosen_on_a_form_is_merged_and_can_be_taken_out_there(
    county: Rounds, office_at: Reader
) -> None:
    said = (("merged_into", "matter/n"), ("merged_into.text", "停车"))
    assert amending(office_at, *said, ("merged_into.found", "停车")).status_code == 200
    assert body(county, "m").merged_into == "matter/n"
    assert "停车位不足(" in office_at.read(AMEND)
    assert options(office_at.read(AMEND)) == ["matter/n", ""]

    assert amending(office_at, ("merged_into", "")).status_code == 200
    assert body(county, "m").merged_into == ""


def test_what_was_looked_for_and_not_chosen_is_asked_for_beside_its_field(
    county: Rounds, office_at: Reader
) -> None:
    answer = amending(office_at, ("merged_into.text", "停车"))
    assert answer.status_code == 400
    assert "请指明其中一个" in answer.text
    assert 'href="#f-merged_into"' in answer.text
    assert options(answer.text) == ["matter/n", ""]
    # What was typed since stands beside what was found before: it was not looked for.
    other = (("merged_into", "matter/n"), ("merged_into.text", "车位"))
    assert amending(office_at, *other, ("merged_into.found", "停车")).status_code == 400
    assert amending(office_at, ("merged_into", "matter/none")).status_code == 422
    assert amending(office_at, ("merged_into", "matter/m")).status_code == 422
    assert body(county, "m").merged_into == ""


def test_a_new_record_names_what_it_is_merged_into(county: Rounds, office_at: Reader) -> None:
    form = "/record/reported_opinion"
    said = (("title", "再说停车"), ("on", county.today.isoformat()), ("p", "li"))
    looked = office_at.send(form, *said, ("merged_into.text", "停车"), ("look", "merged_into"))
    assert sorted(options(looked.text)) == ["", "matter/m", "matter/n"]
    answer = office_at.send(form, *said, ("merged_into", "matter/n"), ("organiser", "county"))
    assert answer.status_code == 200
    made = str(answer.url).partition("/matters/")[2].partition("?")[0]
    assert body(county, made).merged_into == "matter/n"
