"""The heat map: how much each unit recorded in each month, the number in each cell."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from domain.people import Role
from tests.interfaces.conftest import Service, visit
from tests.web.committee import LEDGER, Pages, committee


@pytest.fixture(scope="module")
def heated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, in which the studio recorded two visits in May, one in July, and another that it withdrew."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        clerk = service.caller(LEDGER, "wang", Role.CLERK, "south")
        for day in ("2025-05-03", "2025-05-20", "2025-07-01", "2025-07-02"):
            made = clerk.send("/occasions", visit(on=day))
            assert made.status_code == 201
        gone = clerk.send(
            f"/occasions/{made.json()['id']}/withdrawals", {"reason": "误登"}, If_Match='"1"'
        )
        assert gone.status_code < 300, gone.text
        yield service


def _row(page: str, name: str) -> str:
    row = page.partition(f">{name}</a>")[2].partition("</tr>")[0]
    return " ".join(re.findall(r">(\d+)<", row))


def test_each_unit_has_a_row_with_its_months(heated: Service) -> None:
    page = Pages(heated.client, "office").see("/heat", year=2025)
    assert page.status_code == 200
    assert _row(page.text, "城南工作室") == "0 0 0 0 2 0 1 0 0 0 0 0 3"
    assert 'class="h h4"' in page.text
    assert 'class="h h2"' in page.text


def test_who_recorded_nothing_stands_there_too(heated: Service) -> None:
    page = Pages(heated.client, "office").see("/heat", year=2025, kind="sector").text
    assert _row(page, "经济界") == " ".join("0" * 13)


def test_it_can_be_seen_as_it_was_known(heated: Service) -> None:
    office = Pages(heated.client, "office")
    newest = re.search(r"截至台账第 (\d+)", office.see("/heat", year=2025).text)
    assert newest is not None
    before = office.see("/heat", year=2025, as_of=int(newest[1]) - 1).text
    assert _row(before, "城南工作室") == "0 0 0 0 2 0 2 0 0 0 0 0 4"


def test_a_kind_of_which_there_is_no_unit_and_one_that_there_is_not(heated: Service) -> None:
    office = Pages(heated.client, "office")
    assert "换一个单位类型" in office.see("/heat", kind="branch").text
    assert office.see("/heat", kind="castle").status_code == 422


@pytest.mark.parametrize("name", ["head", "clerk", "member"])
def test_it_is_for_those_who_see_everybody(heated: Service, name: str) -> None:
    assert Pages(heated.client, name).see("/heat").status_code == 403


@pytest.mark.parametrize("path", ["/scores", "/progress", "/heat", "/differences"])
def test_the_tab_of_scores_is_marked_on_all_its_pages(heated: Service, path: str) -> None:
    page = Pages(heated.client, "office").see(path, year=2025).text
    tab = re.search(r'<a href="[^"]*/scores"([^>]*)>考核得分</a>', page)
    assert tab is not None
    assert 'aria-current="page"' in tab[1]
