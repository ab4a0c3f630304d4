"""A member's query on pages: what is left out is said beside its field, and what is complete has a number."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.interfaces.conftest import Service
from tests.web.committee import LEDGER, Pages, committee

MISSING = {"sort": "missing", "on": "2025-04-02", "what": "参加界别调研"}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, served."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        yield service


@pytest.fixture
def member(county: Service) -> Pages:
    """The member's browser."""
    return Pages(county.client, "member")


def test_who_organised_what_is_missing_must_be_said_and_is_asked_for(member: Pages) -> None:
    form = member.see("/queries/new", sort="missing").text
    assert re.search(r'<input [^>]*id="organised_by"[^>]* required', form)
    answer = member.send("/queries/new", **MISSING)
    assert answer.status_code == 422
    assert '<a href="#organised_by">组织者</a>' in answer.text
    beside = answer.text.partition('id="organised_by"')[2].partition("</div>")[0]
    assert "必填" in beside


def test_a_complete_query_has_a_number_and_a_day(member: Pages) -> None:
    told = {
        **MISSING,
        "organised_by": "医药卫生界",
        "id": "01a2b3c4-0000-7000-8000-000000000001",
    }
    answer = member.send("/queries/new", **told)
    assert answer.status_code == 303, answer.text
    page = member.client.get(answer.headers["Location"]).text
    assert "已提交,编号" in page and "答复期限" in page
    assert f"/ledgers/{LEDGER}/queries" in page
