"""Filters of pages: what is wrong with one stands beside it, and the page and all other filters stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

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
