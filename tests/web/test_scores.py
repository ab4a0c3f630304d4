"""Totals and grades on pages: in the order of the roster, with reasons, and with places only where a rubric lets them be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.interfaces.conftest import Service
from tests.web.committee import Pages, committee


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, served."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        yield service


@pytest.fixture
def office(scored: Service) -> Pages:
    """The office's browser."""
    return Pages(scored.client, "office")


def _names(page: str) -> list[str]:
    return re.findall(r'<td class="first short"><a [^>]*>([^<]+)</a>', page)


def test_totals_stand_by_sector_and_number_or_by_name(office: Pages) -> None:
    page = office.see("/scores", rubric="duties", year=2025)
    assert page.status_code == 200
    assert _names(page.text) == ["李明", "陈静", "赵敏"]
    assert "不排名次" in page.text
    by_name = office.see("/scores", rubric="duties", year=2025, order="name")
    assert _names(by_name.text) == sorted(["李明", "陈静", "赵敏"])


def test_a_filter_leaves_one_unit(office: Pages) -> None:
    by_id = office.see("/scores", rubric="duties", year=2025, unit="economy")
    assert _names(by_id.text) == ["赵敏"]
    by_name = office.see("/scores", rubric="duties", year=2025, unit="医药卫生界")
    assert _names(by_name.text) == ["李明", "陈静"]
    assert office.see("/scores", unit="无此单位").status_code == 404
    assert office.see("/scores", order="points").status_code == 422


def test_totals_as_they_were_known_stand_in_the_same_order(office: Pages) -> None:
    now = office.see("/scores", rubric="duties", year=2025)
    newest = re.search(r"截至台账第 (\d+)", now.text)
    assert newest is not None
    then = office.see("/scores", rubric="duties", year=2025, as_of=newest[1])
    assert _names(then.text) == _names(now.text)


def test_grades_say_why_and_show_no_places_where_the_rubric_lets_none(office: Pages) -> None:
    page = office.see("/scores/duties/grades", year=2025)
    assert page.status_code == 200
    assert "不排名次" in page.text
    assert not re.search(r"第 \d+ 名", page.text)
    assert "“走访两次”未达到" in page.text
    excellent = office.see("/scores/duties/grades", year=2025, grade="优秀")
    assert "李明" in excellent.text
    assert "陈静" not in excellent.text
    assert office.see("/scores/duties/grades", grade="良好").status_code == 422


def test_places_are_shown_where_the_rubric_says_to_whom(office: Pages) -> None:
    page = office.see("/scores/ranked/grades", year=2025)
    assert "全体委员" in page.text
    assert re.findall(r"第 (\d+) 名", page.text) == ["1", "3", "2"]


def test_grades_now_are_those_worked_out_from_what_was_known(office: Pages) -> None:
    now = office.see("/scores/duties/grades", year=2025).text
    newest = re.search(r"截至台账第 (\d+)", now)
    assert newest is not None
    then = office.see("/scores/duties/grades", year=2025, as_of=newest[1]).text
    grades = r'<span class="num">([^<]*)</span> <b class="tag">([^<]*)</b>'
    assert re.findall(grades, now) == re.findall(grades, then) != []


@pytest.mark.parametrize("name", ["head", "clerk", "member"])
@pytest.mark.parametrize("path", ["/scores", "/scores/duties/grades"])
def test_who_may_not_see_all_totals_is_told_so(scored: Service, name: str, path: str) -> None:
    assert Pages(scored.client, name).see(path).status_code == 403
