"""The history of everything on a page: narrowed down, kept in an address, followed along a batch, and shown to whom it may be."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from application.clock import now
from domain.people import Role
from tests.interfaces.conftest import Service, granted, visit
from tests.web.committee import LEDGER, PASSWORD, Pages, committee


@pytest.fixture(scope="module")
def happened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, in which the clerk amended a visit, and somebody appraises."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        clerk = service.caller(LEDGER, "wang", Role.CLERK, "south")
        made = clerk.send("/occasions", visit(on="2025-05-03", title="走访敬老院"))
        assert made.status_code == 201
        amended = {"body": visit(on="2025-05-04", title="走访敬老院"), "reason": "日期有误"}
        answer = clerk.send(f"/occasions/{made.json()['id']}/amendments", amended, If_Match='"1"')
        assert answer.status_code < 300, answer.text
        granted(service.installation, LEDGER, "zhao", Role.APPRAISAL, None)
        account = service.installation.access.accounts.make("appraisal")
        service.installation.access.accounts.set_password(account.id, PASSWORD)
        service.installation.access.accounts.link(account.id, LEDGER, "zhao")  # type: ignore[arg-type]  # an id
        yield service


@pytest.fixture
def office(happened: Service) -> Pages:
    """The office's browser."""
    return Pages(happened.client, "office")


def _positions(page: str) -> list[int]:
    return [int(each) for each in re.findall(r'<span class="soft small">#(\d+)</span>', page)]


def test_everything_stands_newest_first_and_goes_on(office: Pages) -> None:
    page = office.see("/history")
    assert page.status_code == 200
    found = _positions(page.text)
    assert found == sorted(found, reverse=True)
    more = re.search(r'rel="next" href="([^"]+)"', page.text)
    if more is not None:
        following = office.client.get(more[1].replace("&amp;", "&"))
        assert max(_positions(following.text)) < min(found)


def test_what_the_system_did_leads_nowhere(happened: Service, office: Pages) -> None:
    page = office.see("/history", kind="access").text
    assert "· 系统 ·" in page
    for by in set(re.findall(r'href="([^"]*\?by=[^"]*)"', page)):
        assert office.client.get(by).status_code == 200, by


def test_a_change_shows_what_was_there_before(office: Pages) -> None:
    page = office.see("/history", kind="amended").text
    assert len(_positions(page)) == 1
    assert re.search(r"<del>[^<]*2025-05-03[^<]*</del> → <ins>[^<]*2025-05-04", page)


def test_it_is_narrowed_by_whom_what_when_and_who_did_it(office: Pages) -> None:
    recorded = office.see("/history", kind="recorded")
    assert len(_positions(recorded.text)) == 3
    of_clerk = office.see("/history", kind="recorded", by="王干事").text
    assert len(_positions(of_clerk)) == 1
    assert "走访敬老院" in of_clerk
    of_chen = _positions(office.see("/history", kind="recorded", person="陈静").text)
    assert len(of_chen) == 2
    by_number = _positions(office.see("/history", kind="recorded", person="010").text)
    assert by_number == of_chen
    of_unit = office.see("/history", kind="units", unit="经济界").text
    assert len(_positions(of_unit)) == 1
    assert "没有符合条件的条目" in office.see("/history", last="2020-01-01").text
    assert _positions(office.see("/history", first="2020-01-01", kind="recorded").text)


def test_a_batch_is_followed_from_one_of_its_entries(office: Pages) -> None:
    page = office.see("/history", kind="units").text
    link = re.search(r'href="[^"]*\?(cause=[^"]+)">同一批次 (\d+) 条', page)
    assert link is not None
    batch = office.client.get(f"/ledgers/{LEDGER}/history?{link[1]}").text
    assert "只看同一批次的条目" in batch
    found = re.findall(r"#(\d+)<", batch)
    assert len(found) == min(int(link[2]), 30)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("person", "没有这个人"),
        ("person", "李明"),
        ("unit", "没有这个单位"),
        ("by", "没有这个人"),
        ("kind", "castle"),
        ("first", "yesterday"),
        ("last", "2025-02-30"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(office: Pages, name: str, said: str) -> None:
    page = office.see("/history", **{name: said})
    assert page.status_code == 422
    field = page.text.partition(f'for="{name}"')[2].partition("</div>")[0]
    assert 'class="wrong"' in field


def test_grants_are_for_those_who_may_see_them(happened: Service, office: Pages) -> None:
    page = office.see("/history", kind="access").text
    assert _positions(page)
    assert "起长期以" in page and "至以" not in page
    appraisal = Pages(happened.client, "appraisal")
    chosen = {"as": "appraisal", "kind": "access"}
    assert not _positions(appraisal.see("/history", **chosen).text)
    everything = appraisal.see("/history", **{"as": "appraisal"})
    assert everything.status_code == 200
    assert 'value="access"' not in everything.text


@pytest.mark.parametrize("name", ["head", "clerk", "member"])
def test_it_is_for_those_who_see_everybody(happened: Service, name: str) -> None:
    assert Pages(happened.client, name).see("/history").status_code == 403


def test_what_somebody_was_shown_of_another_is_noted(happened: Service, office: Pages) -> None:
    assert office.see("/history", person="li").status_code == 200
    desk = happened.installation.desk(LEDGER)
    month = now().date()
    noted = {each.noted.through for each in desk.readings.of("member/li", month, 50)}
    assert "page_history" in noted
