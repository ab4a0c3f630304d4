"""Every figure of a page leads to the facts that it counts: as many as it says, as of the same moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import httpx2
import pytest

from domain.people import Role
from tests.interfaces.conftest import Service, visit
from tests.web.committee import LEDGER, Pages, committee

ITEMS = """\
checklist: items
version: 1
zh: 年度清单
en: items
since: 2020-01-01
slots:
  - {slot: 1, zh: 走访村社, en: visit, counts: visited_village}
  - {slot: 2, zh: 写一件提案, en: propose, counts: proposed}
  - {slot: 3, zh: 联系一个村, en: keep touch, linked_by: {kinds: 结对联系, where: {relation: 联系村社}}, counts: visited_household}
cases:
  - case: 走访过
    year: 2024
    facts:
      - {kind: visited_village, on: 2024-03-05}
    expect: {done: 1, left: 2, slots: {1: done}}
"""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, in which the studio recorded three visits, one of them withdrawn, and one of its head alone."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        clerk = service.caller(LEDGER, "wang", Role.CLERK, "south")
        for day in ("2025-05-03", "2025-05-20", "2025-07-02"):
            made = clerk.send("/occasions", visit(on=day, title=f"走访{day}"))
            assert made.status_code == 201, made.text
        gone = clerk.send(
            f"/occasions/{made.json()['id']}/withdrawals", {"reason": "误登"}, If_Match='"1"'
        )
        assert gone.status_code < 300, gone.text
        sector = service.caller(LEDGER, "chen", Role.CLERK, "medicine")
        own = visit(on="2025-08-01", title="界别走访", participants=[{"person": "chen"}])
        assert sector.send("/occasions", {**own, "organiser": "medicine"}).status_code == 201
        secretary = service.caller(LEDGER, "secretary", Role.OFFICE, "county")
        told = {"version": "1", "text": ITEMS, "since": "2020-01-01"}
        answer = secretary.send("/documents/checklist/items/versions", told)
        assert answer.status_code == 200, answer.text
        linked = {
            "details": {"kind": "paired_with", "relation": "village", "counterpart": "village"},
            "title": "联系桃源村",
            "since": "2025-01-01",
            "organiser": "south",
            "person": "li",
            "with_unit": "village",
        }
        answer = secretary.send("/pairings", linked)
        assert answer.status_code == 201, answer.text
        yield service


@pytest.fixture
def office(county: Service) -> Pages:
    """The office's browser."""
    return Pages(county.client, "office")


def follow(office: Pages, address: str) -> httpx2.Response:
    """The page to which a figure leads."""
    answer: httpx2.Response = office.client.get(unescape(address).partition("#")[0])
    assert answer.status_code == 200, address
    return answer


def newest(office: Pages) -> int:
    """The last position."""
    found = re.search(r"截至台账第 (\d+)", office.see("/heat", year=2025).text)
    assert found is not None
    return int(found[1])


def listed(page: str) -> list[str]:
    """The titles of a list of records."""
    return re.findall(r'<td class="first"><a [^>]*>([^<]+)</a>', page)


def links(part: str) -> list[tuple[str, int]]:
    """Numbers that are links, and where they lead."""
    return [(a, int(n)) for a, n in re.findall(r'<a href="([^"]+)">(\d+)</a>', part)]


def test_every_number_of_the_heat_map_lists_as_many_records(office: Pages) -> None:
    page = office.see("/heat", year=2025).text
    table = page.partition("<tbody>")[2].partition("</table>")[0]
    found = links(table)
    # Two months, their sum, the same at the foot.
    assert [number for _, number in found] == [2, 2, 2, 2]
    for address, number in found:
        assert len(listed(follow(office, address).text)) == number, address


def test_a_number_of_the_past_lists_what_was_known_then(office: Pages) -> None:
    # The last two records that were told are a withdrawal, and what the sector recorded.
    then = next(
        each
        for each in range(newest(office), 0, -1)
        if ">3</a>" in office.see("/heat", year=2025, as_of=each).text
    )
    page = office.see("/heat", year=2025, as_of=then).text
    table = page.partition("<tbody>")[2].partition("</table>")[0]
    total = links(table)[-1]
    assert total[1] == 3
    assert f"as_of={then}" in total[0]
    records = follow(office, total[0]).text
    assert len(listed(records)) == 3
    assert "当时所知" in records
    back = re.search(r'href="([^"]+)">回到现在', records)
    assert back is not None
    assert "units=studio" in back[1] and "as_of" not in back[1]
    assert len(listed(follow(office, back[1]).text)) == 2


def test_records_are_narrowed_by_member_organiser_and_sector(office: Pages) -> None:
    assert "界别走访" in listed(office.see("/deeds", person="陈静").text)
    assert "界别走访" not in listed(office.see("/deeds", person="003").text)
    assert listed(office.see("/deeds", organiser="医药卫生界").text) == ["界别走访"]
    assert "界别走访" in listed(office.see("/deeds", members="medicine").text)
    assert "界别走访" not in listed(office.see("/deeds", members="economy").text)
    nobody = office.see("/deeds", person="无此人")
    assert nobody.status_code == 422
    assert 'value="无此人"' in nobody.text
    waiting = office.see("/deeds", state="waiting", as_of="2026-01-01")
    assert waiting.status_code == 422


def test_the_records_of_a_member_are_for_those_who_see_his_file(county: Service) -> None:
    assert Pages(county.client, "member").see("/deeds", person="chen").status_code == 403
    assert Pages(county.client, "member").see("/deeds", person="li").status_code == 200


def test_figures_of_a_unit_list_what_they_count(office: Pages) -> None:
    page = office.see("/units/medicine", year=2025).text
    figures = page.partition('<div class="figures">')[2].partition("</p>")[0]
    found = [
        (address, int(number))
        for address, number in re.findall(r'<a href="([^"]+)"><span class="n">(\d+)', figures)
    ]
    assert len(found) == 4
    records, _, late, _ = found
    assert len(listed(follow(office, records[0]).text)) == records[1] == 1
    assert len(listed(follow(office, late[0]).text)) == late[1]
    said = re.findall(r'<a href="([^"]+/lines[^"]+)">(?:<b>)?(\d+)', figures)
    assert len(said) == 5
    for address, number in said:
        assert len(listed(follow(office, address).text)) == int(number), address


def test_what_others_confirm_is_not_said_to_await_the_unit(county: Service, office: Pages) -> None:
    def awaited(unit: str) -> str:
        page = office.see(f"/units/{unit}", year=2025).text
        figures = page.partition('<div class="figures">')[2].partition("</div>")[0]
        return re.sub(r"<[^>]+>", " ", figures.rpartition("<a ")[2])

    head = county.caller(LEDGER, "chen", Role.HEAD, "medicine")
    rows = head.get("/units/medicine/waiting").json()["rows"]
    waits = sum(len(row["lines"]) for row in rows)
    assert f" {waits} " in awaited("medicine")
    assert "另有" in awaited("medicine") and "由他人确认" in awaited("medicine")
    lines = office.see("/units/medicine/lines", year=2025, which="awaited").text
    assert len(listed(lines)) - lines.count("由他人确认") == waits


def test_totals_and_cells_lead_to_the_points_and_the_item(office: Pages) -> None:
    then = newest(office)
    page = office.see("/scores", rubric="duties", year=2025, as_of=then).text
    assert "得分分布只按现在的台账统计" in page
    total = re.search(r'<td class="num"[^>]*><a href="([^"]+)">', page)
    assert total is not None
    address, _, anchor = total[1].partition("#")
    assert anchor == "points-duties" and f"as_of={then}" in address
    assert f'id="{anchor}"' in follow(office, address).text


def test_a_stretch_of_totals_lists_who_is_in_it(office: Pages) -> None:
    def names(**asked: object) -> list[str]:
        page = office.see("/scores", rubric="duties", year=2025, **asked).text
        return re.findall(r'<td class="first short"><a [^>]*>([^<]+)</a>', page)

    everybody = names()
    low, high = names(below=10), names(least=10)
    assert low and high and sorted(low + high) == sorted(everybody)
    assert names(least=-5) == everybody
    assert office.see("/scores", least="x").status_code == 422


def test_figures_of_dual_management_list_their_records(office: Pages) -> None:
    page = office.see("/people/chen", year=2025).text
    dual = page.partition("双重管理档案")[2].partition("</section>")[0]
    number, counting = re.findall(r'<a href="#deeds"><span class="n">(\d+)</span>', dual)
    rows = dual.partition('id="deeds"')[2].partition("</details>")[0]
    assert rows.count("<li>") == int(number)
    assert len(re.findall(">计入<", rows)) == int(counting)


def test_cells_and_sums_of_a_list_lead_to_the_item(office: Pages) -> None:
    page = office.see("/progress", code="items", year=2025)
    assert page.status_code == 200
    row = page.text.partition(">李明</a>")[2].partition("</tr>")[0]
    cell = re.search(r'<td class="h yes"><a href="([^"]+)#(l-items-1)">', row)
    assert cell is not None
    person = follow(office, cell[1]).text
    assert f'id="{cell[2]}"' in person
    assert re.search(r'<td class="num"><a href="[^"]+#l-items">1/3</a>', row)


def test_progress_stands_by_sector_and_number_and_of_one_unit(office: Pages) -> None:
    def names(**asked: object) -> list[str]:
        page = office.see("/progress", code="items", year=2025, **asked).text
        return re.findall(r'<td class="who"><a [^>]*>([^<]+)</a>', page)

    assert names() == ["李明", "陈静", "赵敏"]
    assert names(as_of=newest(office)) == ["李明", "陈静", "赵敏"]
    assert names(order="name") == sorted(["李明", "陈静", "赵敏"])
    assert names(unit="medicine") == ["李明", "陈静"]
    assert '<td class="who">医药卫生界</td>' in office.see("/progress", code="items").text


def test_what_is_left_says_what_would_fill_it(office: Pages) -> None:
    page = office.see("/people/li", year=2025).text

    def item(number: int) -> str:
        return page.partition(f'id="l-items-{number}"')[2].partition("</li>")[0]

    assert "可由以下记录完成" not in item(1)
    assert "/record/proposed" in item(2) and "提出核对申请" in item(2)
    assert "已联系:联系桃源村" in item(3)
