"""What moved between two moments: each mover with the records that did it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.interfaces.conftest import Service
from tests.web.committee import Pages, committee


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, served."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        yield service


def test_each_mover_stands_with_the_records_that_did_it(moved: Service) -> None:
    office = Pages(moved.client, "office")
    page = office.see("/differences", rubric="duties", year=2025, since="2020-01-01")
    assert page.status_code == 200
    assert re.findall(r'<a class="title"[^>]*>([^<]+)</a>', page.text) == ["李明", "赵敏", "陈静"]
    first = page.text.partition(">李明</a>")[2].partition(">赵敏</a>")[0]
    assert "再访桃源村" in first
    assert "走访桃源村" in first
    assert first.count("新登记") == 2
    assert "0 → 10 (+10)" in first


def test_nothing_moves_where_nothing_is_asked_or_happened(moved: Service) -> None:
    office = Pages(moved.client, "office")
    assert "选一个开始日期" in office.see("/differences").text
    page = office.see("/differences", rubric="duties", year=2023, since="2020-01-01")
    assert page.status_code == 200
    assert "新登记" not in page.text


def test_on_paper_it_says_of_what_year_days_and_rubric_it_is(moved: Service) -> None:
    office = Pages(moved.client, "office")
    for until, said in (("", "现在"), ("2026-01-01", "2026-01-01")):
        page = office.see(
            "/differences", rubric="duties", year=2025, since="2020-01-01", until=until
        )
        line = re.search(r'<p class="print-only">([^<]*)</p>', page.text)
        assert line is not None
        assert line[1].startswith("2025年度 · 截至 ")
        assert line[1].endswith(f" · 履职考核办法 · 从 2020-01-01 到 {said} 的变化")
