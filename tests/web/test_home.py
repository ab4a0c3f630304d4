"""What waits for whoever signs in, and what waits for his unit: the way from a figure to what it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.interfaces.conftest import Service
from tests.web.committee import LEDGER, Pages, committee


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, served."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        yield service


def test_a_unit_sees_its_month_beside_the_month_before(county: Service) -> None:
    page = Pages(county.client, "clerk").see("/").text
    assert re.search(r'<span class="n">\d+</span><span class="what">本月登记', page)
    (before,) = re.findall(
        r'href="([^"]+)"><span class="n">\d+</span><span class="what">上月登记', page
    )
    answer = county.client.get(before.replace("&amp;", "&"))
    assert answer.status_code == 200
    assert f"/ledgers/{LEDGER}/units/south" in page


def test_the_queue_leads_to_how_members_perform(county: Service) -> None:
    pages = Pages(county.client, "head")
    page = pages.see("/waiting").text
    (address,) = re.findall(r'href="([^"]+)#analysis"', page)
    assert 'id="analysis"' in county.client.get(address.replace("&amp;", "&")).text
    assert "天前" not in page
