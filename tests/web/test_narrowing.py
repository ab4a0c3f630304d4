"""Filters of pages: what is wrong with one stands beside it, and the page and all other filters stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from interfaces.api.asking import asking_now
from interfaces.web.router import router
from interfaces.web.visiting import visiting_now
from tests.interfaces.conftest import Service
from tests.web.committee import Pages, committee


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, served."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        yield service


@pytest.fixture
def office(served: Service) -> Pages:
    """The office's browser."""
    return Pages(served.client, "office")


def _beside(page: str, field: str) -> str:
    """What stands beside a field that is wrong."""
    found = re.search(rf'<div class="is-wrong"><label for="{field}">.*?</div>', page, re.DOTALL)
    assert found is not None, field
    return found[0]


@pytest.mark.parametrize(
    "path", ["/scores", "/progress", "/heat", "/differences", "/people/li", "/units/south"]
)
@pytest.mark.parametrize("year", ["abcd", "二五", "2201"])
def test_a_year_that_is_none_is_told_beside_its_field(office: Pages, path: str, year: str) -> None:
    page = office.see(path, year=year)
    assert page.status_code == 422
    assert year in _beside(page.text, "year")
    assert "<h1>不能办理" not in page.text
    assert "请改正上面标出的条件" in page.text


@pytest.mark.parametrize(
    "path",
    ["/scores", "/progress", "/heat", "/people", "/units", "/people/li", "/units/south", "/scores/duties/grades"],
)  # fmt: skip
@pytest.mark.parametrize("day", ["2090-01-01", "昨天"])
def test_a_moment_that_has_not_come_is_told_beside_its_field(
    office: Pages, path: str, day: str
) -> None:
    page = office.see(path, as_of=day)
    assert page.status_code == 422
    assert f'value="{day}"' in _beside(page.text, "as_of")
    assert "请改正上面标出的条件" in page.text
    assert "当时所知。" not in page.text


def test_what_else_was_asked_stays(office: Pages) -> None:
    page = office.see("/scores", year="abcd", rubric="ranked", unit="economy", order="name").text
    assert '<option value="ranked" selected>' in page
    assert '<option value="economy" selected>' in page
    assert '<option value="name" selected>' in page


def test_days_in_the_wrong_order_are_told_beside_the_later(office: Pages) -> None:
    page = office.see("/differences", since="2025-06-30", until="2025-01-01", year=2025)
    assert page.status_code == 422
    assert 'value="2025-01-01"' in _beside(page.text, "until")
    assert 'name="since"' in page.text and 'value="2025-06-30"' in page.text
    ahead = office.see("/differences", since="2090-01-01", year=2025)
    assert 'value="2090-01-01"' in _beside(ahead.text, "since")
    records = office.see("/deeds", first="2025-06-30", last="2025-01-01", text="走访")
    assert records.status_code == 422
    assert 'value="2025-01-01"' in _beside(records.text, "last")
    assert 'value="走访"' in records.text
    unit = office.see("/deeds", unit="无此单位", text="走访")
    assert 'value="无此单位"' in _beside(unit.text, "unit")


def test_years_are_those_in_which_something_was_done(office: Pages) -> None:
    page = office.see("/scores", year=2024).text
    offered = re.search(r'name="year">(.*?)</select>', page, re.DOTALL)
    assert offered is not None
    years = re.findall(r'<option value="(\d+)"', offered[1])
    assert "2025" in years and "2024" in years and years == sorted(years, reverse=True)
    assert re.search(r'<option value="2024" selected>', offered[1])


@pytest.mark.parametrize("field", ["kind", "units", "sort"])
def test_a_choice_of_records_that_is_none_is_told_on_their_page(office: Pages, field: str) -> None:
    page = office.see("/deeds", **{field: "zz", "text": "走访"})
    assert page.status_code == 422
    (told,) = re.findall(r'<div class="is-wrong">.*?</div>', page.text, re.DOTALL)
    assert "zz" in told and 'value="走访"' in page.text
    assert "请改正上面标出的条件" in page.text


LOOK_BACK = {
    "/composition", "/report-in", "/responsibility",
    "/deeds", "/differences", "/documents-owed", "/documents/rubric/{code}", "/dues", "/dues/print", "/figures/{code}", "/figures/{code}/{figure}",
    "/heat", "/history", "/people", "/people/{id}", "/people/{id}/handbook", "/progress", "/register", "/scores",
    "/scores/{rubric}", "/scores/{rubric}/grades", "/standards", "/units", "/units/{id}", "/units/{id}/lines",
}  # fmt: skip
"""The pages that can be asked as of a moment: they read facts, people and documents as of a position of the log."""
MOMENT = "20"
"""A position of the log at which the county is there."""


def _pages() -> Iterator[tuple[str, APIRoute]]:
    """Every page of a ledger, with its path in it."""
    for route in router().routes:
        if (
            isinstance(route, APIRoute)
            and "GET" in (route.methods or ())
            and "{ledger}" in route.path
        ):
            yield route.path.removeprefix("/ledgers/{ledger}"), route


def test_a_page_tells_of_the_past_only_where_it_looks_back(office: Pages) -> None:
    told: set[str] = set()
    for path, route in _pages():
        parts = {"id": "li" if "/people" in path else "south", "code": "duties", "rubric": "duties"}
        if path.startswith("/figures"):
            parts |= {"code": "duty-year", "figure": "none"}
        parts |= {"kind": "visited_village", "position": "1"}
        page = office.see(re.sub(r"\{(\w+)\}", _of(parts), path), as_of=MOMENT).text
        if f"<b>{MOMENT}</b>" in page or f"按 {MOMENT} 当时所知" in page:
            told.add(path)
            assert visiting_now not in _asked_by(route.dependant), path
    assert {"/scores", "/people", "/units/{id}"} <= told <= LOOK_BACK, told - LOOK_BACK


def _asked_by(dependant: Dependant) -> set[object]:
    """What a route depends on, itself or through others."""
    found: set[object] = set()
    for each in dependant.dependencies:
        found |= {each.call} | _asked_by(each)
    return found


def _of(parts: dict[str, str]) -> Callable[[re.Match[str]], str]:
    return lambda found: parts.get(found[1], "none")


def test_a_page_looks_back_only_where_the_service_does(office: Pages) -> None:
    now = {
        each.path.removeprefix("/api/v1/ledgers/{ledger}")
        for each in office.client.app.routes  # type: ignore[attr-defined]  # of FastAPI
        if isinstance(each, APIRoute) and asking_now in _asked_by(each.dependant)
    }
    paths = {path: _asked_by(route.dependant) for path, route in _pages()}
    shared = {path for path in now & set(paths) if visiting_now in paths[path]}
    assert {"/support", "/inspections", "/experts", "/plan", "/units/{id}/month"} <= shared
    # The list of records looks back on its page alone; a record shows all that became of it.
    assert now & LOOK_BACK == {"/deeds"}
