"""Pages of what the office keeps: experts by field, a work log, trainings; each figure opens its records."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from domain.people import Role
from projections import experts
from tests.interfaces.conftest import DAY, Caller
from tests.interfaces.test_office import correspondents, instructions, log, support, tank, training
from tests.web.conftest import Reading
from tests.web.test_acts_on_records import shown

__all__ = ["correspondents", "instructions", "log", "support", "tank", "training"]

YEAR = DAY[:4]


def test_each_figure_of_a_field_opens_its_records(reading: Reading, tank: Caller) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    page = office.read(f"/experts?year={YEAR}")
    assert "政协智库" in page and "聘1" in page
    addresses = [
        unescape(each)
        for each in re.findall(r'href="([^"]*/(?:flows/matters|deeds)\?[^"]*)"', page)
    ]
    assert len(addresses) == 6
    for address in addresses:
        assert "咨询" in office.read(address.partition(tank.ledger)[2])
    assert "工程咨询" not in office.read(f"/experts?year={YEAR}&field=法律")
    assert "没有符合条件的专家" in office.read(f"/experts?year={YEAR}&field=外语")
    assert office.get("/experts?year=soon").status_code == 422


def test_a_member_sees_experts_and_not_how_often_another_was_asked(
    reading: Reading, tank: Caller
) -> None:
    text = shown(reading("zhao", Role.MEMBER).read(f"/experts?year={YEAR}"))
    assert text.count("不向您开放") == 2
    assert "等待 " in text and "工程咨询" in text


def test_fields_that_are_not_listed_are_told_of(
    reading: Reading, tank: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    assert "全部咨询" not in office.read(f"/experts?year={YEAR}")
    monkeypatch.setattr(experts, "MOST_FIELDS", 1)
    page = office.read(f"/experts?year={YEAR}")
    (every,) = re.findall(r'href="([^"]*)">全部咨询', page)
    assert "工程咨询" in office.read(unescape(every).partition(tank.ledger)[2])


def test_correspondents_have_a_page_with_the_notice_of_the_year(
    reading: Reading, correspondents: Caller
) -> None:
    page = reading("secretary", Role.OFFICE, "county").read(f"/correspondents?year={YEAR}")
    notice = page.partition('id="notice"')[2]
    assert "停车难" in notice and "采用" in notice
    (address,) = re.findall(r'href="([^"]*/deeds\?[^"]*)"', page)
    office = reading("secretary", Role.OFFICE, "county")
    assert "停车难" in office.read(unescape(address).partition(correspondents.ledger)[2])
    assert "还没有这样的聘任" in office.read("/correspondents?office=contributor")
    assert office.get("/correspondents?office=head").status_code == 422
    other = reading("zhao", Role.MEMBER).read(f"/correspondents?year={YEAR}")
    assert shown(other).count("不向您开放") == 2
    assert "停车难" not in other


def test_requests_that_wait_have_a_page(reading: Reading, tank: Caller) -> None:
    reader = reading("zhao", Role.MEMBER)
    assert "工程咨询" in reader.read("/experts/requests")
    assert "没有等待答复的咨询" in reader.read("/experts/requests?field=法律")


def test_an_expert_is_appointed_with_fields_on_the_form(reading: Reading, tank: Caller) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    office.send(
        "/admin/units/tank/appoint",
        ("appointment.person", "chen"),
        ("appointment.office", "expert"),
        ("appointment.since", DAY),
        ("appointment.expertise", "医疗\n卫生"),
    )
    assert "医疗、卫生" in office.read("/experts")


def test_a_log_is_shown_by_month_with_sums_that_open_their_records(
    reading: Reading, log: Caller
) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    page = office.read(f"/work-log?unit=城南工作室&month={DAY[:7]}")
    assert page.count("王大妈") == 2
    (address,) = {
        unescape(each) for each in re.findall(r'href="([^"]*/deeds\?[^"]*sort=advice[^"]*)"', page)
    } & {unescape(each) for each in re.findall(r'href="([^"]*/deeds\?[^"]*-01-01&[^"]*)"', page)}
    opened = office.read(address.partition(log.ledger)[2])
    assert opened.count("解答w") == 2
    assert office.get("/work-log?month=2025-13").status_code == 422
    assert office.get("/work-log?unit=nowhere").status_code == 422


def test_a_clerk_opens_his_units_log_at_its_newest_month_and_takes_it_as_a_sheet(
    reading: Reading, log: Caller
) -> None:
    clerk = reading("clerk", Role.CLERK, "south")
    page = clerk.read("/work-log")
    assert "解答w1" in page
    (sheet,) = re.findall(r'href="([^"]*/work-log/sheet[^"]*)"', page)
    assert "解答w2" in clerk.read(unescape(sheet).partition(log.ledger)[2])
    assert clerk.get("/work-log/sheet?unit=south").status_code == 422
    assert clerk.get("/work-log?unit=医药卫生界").status_code == 403
    assert reading("li", Role.MEMBER).get("/work-log").status_code == 403


def test_a_training_shows_rates_with_what_they_are_of_and_opens_proposals(
    reading: Reading, training: Caller
) -> None:
    member = reading("chen", Role.MEMBER)
    page = member.read(f"/training?year={YEAR}")
    text = shown(page)
    assert "其中委员 1 ;当日其他委员 2" in text
    assert "1/1 = 100%" in text and "0/1 = 0%" in text and text.count("件数少") == 4
    assert "李明" not in text and "赵敏" not in text
    addresses = [unescape(each) for each in re.findall(r'href="([^"]*/training/t1[^"]*)"', page)]
    opened = [member.read(each.partition(training.ledger)[2]) for each in addresses]
    assert [re.findall(r"提案p\d", each) for each in opened] == [
        ["提案p1"],
        ["提案p1"],
        ["提案p2"],
        ["提案p3"],
    ]
    assert "没有这类培训" in member.read(f"/training?year={YEAR}&study=study_group")
    for asked, field in (("?study=x", "study"), ("/t1?group=zz", ""), ("/t1?when=zz", "")):
        wrong = member.get(f"/training{asked}")
        assert wrong.status_code == 422 and "不能办理" not in wrong.text
        assert f'<div class="is-wrong"><label for="{field}">' in wrong.text or not field
        assert asked.partition("=")[2] in shown(wrong.text)
    assert member.get("/training/nowhere").status_code == 404


def test_budgets_of_a_year_are_open_to_the_office_and_each_unit_to_its_own(
    reading: Reading, support: Caller
) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    page = shown(office.read(f"/support?year={YEAR}"))
    assert "2,000.30 预算(元)" in page and "城南工作室" in page and "医药卫生界" in page
    clerk = reading("clerk", Role.CLERK, "south")
    own = clerk.read(f"/support?year={YEAR}")
    assert "1,919.50" in own and "医药卫生界" not in own
    assert "登记支出" not in clerk.read(f"/units/south/support?year={YEAR}")
    assert clerk.get(f"/units/medicine/support?year={YEAR}").status_code == 403
    assert "没有向您开放的经费" in office.read("/support?year=2001")
    assert office.get("/support?year=soon").status_code == 422


def test_the_office_records_on_the_page_of_a_unit_and_opens_any_unit(
    reading: Reading, support: Caller
) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    here = f"/units/south/support?year={YEAR}"

    def act(path: str, *pairs: tuple[str, str]) -> Any:
        told = [("act", path), ("year", YEAR), *((f"{path}.{k}", v) for k, v in pairs)]
        return office.send(f"/units/south/support/{path}", *told, page=here)

    text = act(
        "spend", ("item", "活动经费"), ("amount", "2000"), ("on", DAY), ("purpose", "租车")
    ).text
    assert "支出已登记" in text and "超支" in text and "-80.50" in text
    answer = act("set", ("item", "活动经费"), ("amount", "3000"))
    assert answer.status_code == 422
    assert "请写明理由" in answer.text and 'value="3000"' in answer.text
    assert "预算已登记" in act("set", ("item", "培训"), ("amount", "1")).text
    assert "支出已撤销" in act("take-back", ("number", "2"), ("reason", "误登")).text
    assert "理由:误登" in office.read(here)
    taken = act("book", ("venue", "三楼会议室"), ("on", DAY), ("half", "morning"), ("purpose", "x"))
    assert taken.status_code == 409 and "城南工作室" in taken.text
    assert "预订已取消" in act("cancel", ("number", "1"), ("reason", "改期")).text
    assert act("cancel", ("number", "one"), ("reason", "x")).status_code == 422
    opened = office.read(f"/support/unit?unit=经济界&year={YEAR}")
    assert "还没有登记预算" in opened
    for asked, said in (("unit=nowhere", "nowhere"), ("unit=", "")):
        page = office.get(f"/support/unit?{asked}&year={YEAR}")
        assert page.status_code == 422 and "不能办理" not in page.text
        (told,) = re.findall(r'<div class="is-wrong"><label for="unit">.*?</div>', page.text)
        assert f'value="{said}"' in told


def test_instructions_from_which_nothing_followed_and_what_did_is_said_on_the_page(
    reading: Reading, instructions: Caller
) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    page = office.read(f"/instructions?year={YEAR}")
    text = shown(page)
    assert "2 件批示" in text and "1 件尚无下文" in text
    assert "县委书记" in text and "批p1号" in text and "督办" in text
    assert "某领导" not in page and "请速办此事" not in page
    address = f"/instructions?year={YEAR}&which=nothing"
    nothing = office.read(address)
    assert "提案p2" in nothing and "提案p1" not in nothing
    position = office.hidden(nothing, "position")
    said = (("position", position), ("followed", "meeting"))
    done = office.send("/instructions", *said, page=address)
    assert "已登记此后情况" in done.text and "专题会议" in shown(done.text)
    assert "没有符合条件的批示" in office.read(address)
    for pairs in (
        (("position", "1"), ("followed", "meeting")),
        (("position", position), ("followed", "soon")),
    ):
        answer = office.send("/instructions", *pairs, page=f"/instructions?year={YEAR}")
        assert answer.status_code == 422
    for wrong in ("which=x", "level=x", "kind=x", "unit=nowhere", "year=x"):
        assert office.get(f"/instructions?{wrong}").status_code in {404, 422}


def test_a_member_sees_instructions_and_says_nothing_of_them(
    reading: Reading, instructions: Caller
) -> None:
    page = reading("zhao", Role.MEMBER).read(f"/instructions?year={YEAR}")
    assert "县委书记" in page and "登记此后情况" not in page and "某领导" not in page


def test_a_wrong_part_of_a_units_year_is_told_on_its_page(
    reading: Reading, support: Caller
) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    page = office.get(f"/units/south/support?year={YEAR}&which=zz")
    assert page.status_code == 422 and "不能办理" not in page.text
    assert '<div class="is-wrong"><label for="which">' in page.text and "zz" in shown(page.text)


def test_what_was_typed_stays_where_the_year_is_refused(reading: Reading, support: Caller) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    told = [("year", "二五"), ("set.item", "设备添置费"), ("set.amount", "360.50")]
    page = office.send("/units/south/support/set", *told, page=f"/units/south/support?year={YEAR}")
    assert page.status_code == 422
    assert '<div class="is-wrong"><label for="year">' in page.text
    assert "设备添置费" in page.text and "360.50" in page.text
