"""Pages in a committee's own words: what we call otherwise is called as it calls it; names and what was typed stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from domain.explain import Said
from domain.people import PersonId, Reason, Role
from domain.terms import Term, Terms
from domain.words import Label, Level
from interfaces.app import create_app
from interfaces.settings import read
from interfaces.web.words import Words
from interfaces.wiring import Installation
from projections import documents
from tests.interfaces.conftest import COUNTY, Service, granted, hash_quickly, visit
from tests.web.test_administration import LEDGER, PASSWORD, Visitor, administered

__all__ = ["administered"]

TEXT = (Path(__file__).parents[2] / "packs" / "terms" / "district.yaml").read_text("utf-8")
TITLE = "走访县里的镇街工作室"
NEXT = {"since": "2030-01-01", "version": "2"}


@pytest.fixture(scope="module")
def a_district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with the ledger of a district that has published its words, and a record of its township's side."""
    settings = read({"LVZHI_SEAL_EVERY": "off"}, data=str(tmp_path_factory.mktemp("data")))
    with closing(Installation(settings)) as installation:
        hash_quickly(installation)
        installation.create(LEDGER, "海晏县政协")
        with TestClient(create_app(installation), raise_server_exceptions=False) as client:
            service = Service(installation, client)
            office = service.caller(LEDGER, "secretary", Role.OFFICE, "county")
            staff = {
                "command": "admit",
                "person": "secretary",
                "profile": {"name": "周文", "standing": "staff"},
            }
            answer = office.send("/commands", [*COUNTY, staff])
            assert [v for v in answer.json()["verdicts"] if "problem" in v] == []
            answer = office.send("/occasions", visit(title=TITLE))
            assert answer.status_code == 201, answer.text
            installation.desk(LEDGER).reader.catch_up()
            granted(installation, LEDGER, "secretary", Role.OFFICE, None)
            made = installation.access.accounts.make("secretary")
            installation.access.accounts.set_password(made.id, PASSWORD)
            installation.access.accounts.link(made.id, LEDGER, PersonId("secretary"))
            yield service


@pytest.fixture
def office(a_district: Service) -> Visitor:
    return Visitor(a_district.client, "secretary")


@pytest.fixture
def renamed(office: Visitor) -> Visitor:
    """The office, once the words are published."""
    answer = office.post(
        "/admin/documents/new", id="the-words-of-a-district", do="publish", text=TEXT
    )
    assert answer.status_code == 303, answer.text
    return office


def record_of(visitor: Visitor) -> str:
    """The page of the one record."""
    found = re.search(rf'href="(/ledgers/{LEDGER}/occasions/[^"?]+)"', visitor.page("/deeds"))
    assert found
    return visitor.page(found[1].removeprefix(f"/ledgers/{LEDGER}"))


def text_of(page: str) -> str:
    """What stands on a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "|", page))


def test_where_none_are_published_pages_speak_our_words(administered: Service) -> None:
    visitor = Visitor(administered.client, "secretary")
    assert "|镇街工作室|" in text_of(visitor.page("/people"))
    assert '<option value="county" selected>县</option>' in visitor.page("/record/visited_village")


def test_pages_call_things_as_the_committee_does_and_names_stay(renamed: Visitor) -> None:
    roster = text_of(renamed.page("/people"))
    assert "|街道联络委|" in roster and "镇街工作室" not in roster
    assert "界别或联络委" in roster
    assert "城南工作室" in roster

    record = text_of(record_of(renamed))
    assert re.search(r"层级\|+区\|", record.replace(" ", ""))
    assert TITLE in record and "城南工作室" in record and "海晏县政协" in text_of(renamed.page(""))


def test_forms_offer_the_committees_words_and_send_ours(renamed: Visitor) -> None:
    form = renamed.page("/record/visited_village")
    assert '<option value="county" selected>区</option>' in form
    assert "城南工作室" in form


def test_english_pages_stay_as_they_are(renamed: Visitor) -> None:
    renamed.client.cookies.set("lvzhi-look", "en.auto.usual")
    roster = text_of(renamed.page("/people"))
    assert "|Township studio|" in roster and "城南工作室" in roster
    assert "街道联络委" not in roster


def test_words_that_do_not_hold_are_named_by_line(office: Visitor) -> None:
    wrong = TEXT.replace("县: 区\n", "县: 市\n")
    answer = office.post("/admin/documents/new", do="publish", text=wrong)
    assert answer.status_code == 422
    assert "“县”和“市”都叫“市”" in answer.text and "/words/县" in answer.text


def test_the_document_says_what_it_is(renamed: Visitor) -> None:
    assert "区政协用语" in renamed.page("/admin/documents")
    page = renamed.page("/documents/terms/district")
    assert "<td>镇街委员工作室</td><td><b>街道联络委</b></td>" in page


def test_words_of_a_later_day_are_not_spoken_yet(renamed: Visitor, a_district: Service) -> None:
    later = TEXT.replace("工作室: 联络委", "工作室: 室组")
    answer = renamed.post(
        "/admin/documents/new", id="words-of-a-later-day", do="publish", text=later, **NEXT
    )
    assert answer.status_code == 303, answer.text
    assert "界别或联络委" in renamed.page("/people")

    desk = a_district.installation.desk(LEDGER)
    with desk.store.reading() as connection:
        then = documents.terms(connection, LEDGER, desk.shelf, date(2030, 1, 1))
    assert then.said("工作室") == "室组"


def test_only_what_is_ours_is_called_otherwise() -> None:
    words = Words(terms=Terms(words=((Term.COUNTY, "区"), (Term.STUDIO, "室组"))))

    assert words("县级", "county") == "区级"
    assert words.said(Level.COUNTY) == "区"
    assert words.said(Label("工作室类型", "kind of studio")) == "室组类型"
    assert words.said(Said("城南县工作室", "x")) == "城南县工作室"
    assert words.as_is("城南县工作室", "x") == "城南县工作室"
    assert words.said(Reason.MISSING) == Reason.MISSING.zh
