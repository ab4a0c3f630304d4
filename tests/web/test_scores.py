"""Totals and grades on pages: in the order of the roster, with reasons, and with places only where a rubric lets them be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from domain.people import Role
from interfaces.web import lists
from tests.interfaces.conftest import Service
from tests.web.committee import LEDGER, RUBRIC, Pages, committee


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


def test_the_roster_stands_by_sector_and_number_or_by_name(office: Pages) -> None:
    def names(**asked: str) -> list[str]:
        page = office.see("/people", **asked).text
        return re.findall(r'<td class="first"><a [^>]*>([^<]+)</a>', page)

    assert names() == ["李明", "陈静", "赵敏"]
    assert names(order="name") == sorted(["李明", "陈静", "赵敏"])
    assert office.see("/people", order="points").status_code == 422


def test_grades_are_offered_where_the_rubric_has_some(scored: Service, office: Pages) -> None:
    assert "等次及理由" in office.see("/scores", rubric="duties", year=2025).text
    plain = RUBRIC.replace("rubric: duties", "rubric: plain").partition("grading:")[0]
    plain = plain.replace(", grades: [优秀]", "")
    told = {"version": "1", "text": plain, "since": "2020-01-01"}
    secretary = scored.caller(LEDGER, "secretary", Role.OFFICE, "county")
    answer = secretary.send("/documents/rubric/plain/versions", told)
    assert answer.status_code == 200, answer.text
    page = office.see("/scores", rubric="plain", year=2025)
    assert page.status_code == 200
    assert "等次及理由" not in page.text


@pytest.mark.parametrize("path", ["/scores?rubric=duties&year=2025", "/heat?year=2025"])
def test_a_printed_page_says_of_what_year_moment_and_rubric_it_is(office: Pages, path: str) -> None:
    page = office.see(path).text
    line = re.search(r'<p class="print-only">([^<]*)</p>', page)
    assert line is not None
    assert "2025年度" in line[1] and "截至 " in line[1] and "台账第 " in line[1]
    if "scores" in path:
        assert "履职考核办法 版本 1" in line[1] and "全部委员" in line[1]
        assert "仅本页" not in line[1]


@pytest.mark.parametrize(
    "path",
    [
        "/scores?rubric=duties&year=2025",
        "/scores?rubric=duties&year=2025&order=name",
    ],
)
def test_a_page_of_a_longer_list_says_on_paper_that_it_is_not_all(
    office: Pages, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_SHOWN", 2)
    first = office.see(path).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    then = office.client.get(following[1].replace("&amp;", "&")).text
    printed = [re.search(r'<p class="print-only">([^<]*)</p>', page) for page in (first, then)]
    assert printed[0] is not None and printed[0][1].endswith(" · 仅本页 2 人,后面还有")
    assert printed[1] is not None and printed[1][1].endswith(" · 仅本页 1 人,前面还有")


def test_stretches_of_totals_say_which_of_their_ends_they_hold(
    office: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "FEWEST", 2)
    page = office.see("/scores", rubric="duties", year=2025).text
    spread = page.partition("得分分布")[2].partition("</section>")[0]
    assert "各段含下限,不含上限" in spread.partition("</h2>")[0]
    assert re.search(r"\d+–\d+", spread)


def test_the_way_back_to_now_stands_once_and_not_on_paper(office: Pages) -> None:
    newest = re.search(r"截至台账第 (\d+)", office.see("/scores", year=2025).text)
    assert newest is not None
    page = office.see("/scores", rubric="duties", year=2025, as_of=newest[1]).text
    assert page.count("回到现在") == 1
    assert re.search(r'<a class="no-print" [^>]*>回到现在</a>', page)


def test_a_member_sees_who_vouched_by_which_clause_and_why_not(office: Pages) -> None:
    page = office.see("/people/li", year=2025).text
    line = page.partition('id="points-duties"')[2].partition("</section>")[0]
    assert "登记: " in line and "已确认" in line
    rule = re.search(r'href="([^"#]+)#(c-visits)"', line)
    assert rule is not None
    rubric = office.client.get(rule[1].replace("&amp;", "&"))
    assert rubric.status_code == 200
    assert 'id="c-visits"' in rubric.text


def test_a_handbook_names_the_organiser_and_the_points(office: Pages) -> None:
    page = office.see("/people/li/handbook", year=2025)
    assert page.status_code == 200
    row = page.text.partition("再访桃源村")[2].partition("</tr>")[0]
    assert "城南工作室" in row
    assert re.search(r'<td class="num"[^>]*>10</td>', row)
    assert '<tfoot class="print-foot">' in page.text


def test_the_rubric_keeps_its_filters_too(office: Pages) -> None:
    assert office.see("/documents/rubric/duties").status_code == 200
    page = office.see("/documents/rubric/duties", health="1", year="abcd")
    assert page.status_code == 422
    assert "abcd" in page.text
