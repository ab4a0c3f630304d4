"""A member's years on his page, term by term."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.interfaces.conftest import Service
from tests.web.committee import Pages, committee


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, served."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        yield service


def _years(page: str) -> dict[str, list[str]]:
    part = page.partition('id="terms"')[2].partition("</section>")[0]
    rows = re.findall(r'<td class="first"><a [^>]*>(\d{4})</a></td>(.*?)</tr>', part, re.DOTALL)
    return {year: re.findall(r"<b>([^<]*)</b>", row) for year, row in rows}


def test_each_year_of_a_term_stands_with_its_totals_and_leads_there(archived: Service) -> None:
    page = Pages(archived.client, "office").see("/people/li", year=2025).text
    assert "第 10 届" in page
    years = _years(page)
    assert list(years) == sorted(years, reverse=True)
    assert years["2025"] == ["20", "20"]
    assert years["2024"] == ["0", "0"]
    assert "履职考核办法" in page
    assert "/people/li?year=2024" in page


def test_years_as_they_were_known_are_worked_out(archived: Service) -> None:
    office = Pages(archived.client, "office")
    now = office.see("/people/li", year=2025).text
    newest = re.search(r"截至台账第 (\d+)", now)
    assert newest is not None
    then = office.see("/people/li", year=2025, as_of=newest[1]).text
    assert _years(then) == _years(now)


def test_a_member_sees_his_own_years_and_nobody_elses(archived: Service) -> None:
    member = Pages(archived.client, "member")
    assert _years(member.see("/people/li", year=2025).text)["2025"] == ["20", "20"]
    assert _years(member.see("/people/chen", year=2025).text) == {}
