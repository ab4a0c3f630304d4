"""Pages of studios: the register, standards, documents, coverage; a month reported, sent back, checked and posted; a quarter's invitations; the pack for a new head."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from domain.people import Role
from domain.period import Period, Span
from interfaces.web.asked import LAST_YEAR
from interfaces.web.comparing import last_over
from interfaces.web.home import NEWEST
from projections.postings import month_of
from tests.interfaces.conftest import Caller, Service, visit
from tests.interfaces.test_studios import MONTHS, posted, publish, quarter_before, reported
from tests.web.conftest import Reader, Reading


@pytest.fixture
def month(sqlite_service: Service, office: Caller) -> Period:
    """The month that is over, with one visit; the county's lists are published."""
    today = sqlite_service.installation.desk(office.ledger).today()
    found = month_of(date.fromordinal(month_of(today).first.toordinal() - 1))
    publish(office, MONTHS)
    for file in ("shangluo/five-haves", "shangluo/five-covers", "rehearsal/studio-documents"):
        publish(office, files("packs").joinpath(f"{file}.yaml").read_text("utf-8"))
    assert office.send("/occasions", visit(on=found.last.isoformat())).status_code == 201
    return found


def clerk_of(office: Caller, service: Service) -> Caller:
    return service.caller(office.ledger, "zhao", Role.CLERK, "south")


def at(month: Period) -> str:
    return f"/units/south/month?month={month.first:%Y-%m}"


def sent(month: Period, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("month", f"{month.first:%Y-%m}"), ("list", "months"), *more]


def act(reader: Reader, month: Period, path: str, *more: tuple[str, str]) -> Any:
    return reader.send(f"/units/south/month/{path}", *sent(month, *more), page=at(month))


def alert(page: str) -> str:
    """What is told on top of the page of what is wrong."""
    found = re.search(r'role="alert".*?</div>', page, re.DOTALL)
    assert found is not None
    return found[0]


def beside(page: str, name: str) -> list[str]:
    """What is told beside an input of what is wrong with it."""
    (after,) = re.findall(rf'name="{re.escape(name)}"(.*?)(?:</div>|</td>)', page, re.DOTALL)
    return re.findall(r'<p class="wrong"[^>]*>([^<]*)</p>', after)


def test_the_reports_lead_to_each_page_that_is_open(reading: Reading, month: Period) -> None:
    paths = ("/register", "/standards", "/documents-owed", "/coverage", "/wall", "/compared")
    office = reading("secretary", Role.OFFICE, "county").read("/reports")
    assert [path for path in paths if f'{path}"' in office] == list(paths)
    member = reading("li", Role.MEMBER).read("/reports")
    assert [path for path in paths if f'{path}"' in member] == ["/register", "/wall"]


def test_the_register_counts_by_type_and_is_narrowed(reading: Reading, month: Period) -> None:
    member = reading("li", Role.MEMBER)
    page = member.read("/register")
    assert re.findall(r'<span class="n">(\d+)</span>', page) == ["1", "1"]
    assert "城南工作室" in page
    assert "赵敏" in page
    assert "没有符合条件的单位" in member.read("/register?type=individual")
    assert "没有符合条件的单位" in member.read("/register?platform=reported")
    assert member.get("/register?platform=x").status_code == 422
    assert member.get("/register?kind=x").status_code == 422
    assert member.get("/register?township=x").status_code == 422


def test_cells_of_a_standard_say_in_a_word_how_they_stand(
    reading: Reading, office: Caller, month: Period
) -> None:
    body = {
        "details": {"kind": "met_standard", "standard": "五个有", "item": "有场所"},
        "on": month.first.isoformat(),
        "body": "办公室",
        "reason": "查看",
        "unit": "south",
        "evidence": [{"name": "照片.png", "sha256": "0" * 64}],
    }
    assert office.send("/findings", body).status_code == 201
    page = reading("secretary", Role.OFFICE, "county").read(f"/standards?year={month.first.year}")
    cells = re.findall(r'<td class="h [^"]*">.*?</td>', page)
    assert ["有佐证" in cell for cell in cells] == [True, False, False, False, False]
    assert ["欠缺" in cell for cell in cells] == [False, True, True, True, True]
    assert "1/5" in page
    other = reading("chen", Role.CLERK, "medicine").read("/standards")
    assert "都不向您开放" in other
    assert reading("li", Role.MEMBER).get("/standards").status_code == 403


def test_documents_that_are_missing_are_told_with_their_days(
    reading: Reading, month: Period
) -> None:
    year = month.first.year - 1
    clerk = reading("zhao", Role.CLERK, "south")
    page = clerk.read(f"/documents-owed?year={year}&which=missing")
    assert page.count("缺报</span>") == 8
    assert f"{year}年2月10日" in page
    assert "没有这样的材料" in clerk.read(f"/documents-owed?year={year}&which=late")
    assert clerk.get("/documents-owed?which=x").status_code == 422


def test_activities_without_a_scheme_are_named_where_a_list_asks_for_schemes(
    reading: Reading, month: Period, office: Caller
) -> None:
    asked = f"/documents-owed?year={month.first.year}&which=missing"
    clerk = reading("zhao", Role.CLERK, "south")
    assert "次活动没有" not in clerk.read(asked)
    text = files("packs").joinpath("shangluo/activity-schemes.yaml").read_text("utf-8")
    asks = text.replace("[参加协商, 参加调研, 参加视察]", "走访村(社区)").split(
        "cases:", maxsplit=1
    )
    publish(office, asks[0])
    page = clerk.read(asked)
    assert "1 次活动没有" in page
    assert re.search(r'<a href="[^"]*/occasions/[^"]*">[^<–]+</a></li>', page)
    scheme = {
        "kind": "submitted_document",
        "document": "activity_scheme",
        "due": month.last.isoformat(),
    }
    told = {
        "details": scheme,
        "title": "走访方案",
        "on": month.last.isoformat(),
        "organiser": "south",
        "authors": [{"unit": "south"}],
    }
    assert office.send("/matters", told).status_code == 201
    assert "次活动没有" not in clerk.read(asked)


def test_who_is_not_covered_is_named(reading: Reading, month: Period) -> None:
    page = reading("secretary", Role.OFFICE, "county").read("/coverage")
    assert "界别全覆盖" in page
    assert "医药卫生界" in page
    assert "桃源村" in page
    assert reading("zhao", Role.CLERK, "south").get("/coverage").status_code == 403


def test_a_clerk_reports_words_and_the_office_sends_back_checks_and_posts(
    reading: Reading, month: Period
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    office = reading("secretary", Role.OFFICE, "county")
    assert "1/1" in clerk.read(at(month))
    assert "还没有晾晒" in office.read(f"/wall?month={month.first:%Y-%m}")
    answer = act(clerk, month, "report", ("words.1", "走访了桃源村"), ("note", ""))
    assert "已自报" in answer.text
    assert "发布晾晒" not in office.read(at(month))
    act(office, month, "send-back", ("act", "send-back"), ("send-back.reason", "请写明户数"))
    assert "请写明户数" in clerk.read(at(month))
    act(clerk, month, "report", ("words.1", "走访了桃源村五户"))
    act(office, month, "check", ("act", "check"), ("check.remark", "属实"))
    answer = act(office, month, "post", ("act", "post"))
    assert "已晾晒" in answer.text
    wall = reading("li", Role.MEMBER).read(f"/wall?month={month.first:%Y-%m}")
    assert "走访了桃源村五户" in wall
    assert "1/1" in wall


def test_the_office_acts_on_a_report_on_the_page_of_its_own_list(
    reading: Reading, office: Caller, month: Period
) -> None:
    publish(office, MONTHS.replace("checklist: months", "checklist: others"))
    clerk = reading("zhao", Role.CLERK, "south")
    act(clerk, month, "report", ("words.1", "走访"))
    clerk.send(
        "/units/south/month/report",
        *[(name, "others" if name == "list" else value) for name, value in sent(month)],
        page=at(month),
    )
    page = reading("secretary", Role.OFFICE, "county")
    shown = {code: page.read(f"{at(month)}&list={code}") for code in ("months", "others")}
    assert {code: "对照记录核对" in text for code, text in shown.items()} == {
        "months": False,
        "others": True,
    }
    assert "已自报" in shown["months"]


def test_what_is_wrong_with_a_report_stands_beside_its_field(
    reading: Reading, office: Caller, sqlite_service: Service, month: Period
) -> None:
    posted(office, clerk_of(office, sqlite_service), month)
    clerk = reading("zhao", Role.CLERK, "south")
    answer = act(clerk, month, "report", ("words.1", "改了"))
    assert answer.status_code == 422
    assert (beside(answer.text, "reason"), beside(answer.text, "words.1")) == (["请写明理由"], [])
    assert ">改了</textarea>" in answer.text
    answer = act(clerk, month, "report", ("words.1", "改" * 1_001), ("reason", "补登"))
    assert answer.status_code == 413
    (wrong,) = beside(answer.text, "words.1")
    assert wrong in alert(answer.text)
    boss = reading("secretary", Role.OFFICE, "county")
    act(clerk, month, "report", ("words.1", "改了"), ("reason", "补登"))
    answer = act(boss, month, "send-back", ("act", "send-back"), ("send-back.reason", " "))
    assert answer.status_code == 422
    assert beside(answer.text, "send-back.reason") == ["请写明理由"]
    assert "请写明理由" in alert(answer.text)


def test_a_refusal_is_seen_where_the_form_is_gone(
    reading: Reading, office: Caller, sqlite_service: Service, month: Period
) -> None:
    posted(office, clerk_of(office, sqlite_service), month)
    boss, clerk = reading("secretary", Role.OFFICE, "county"), reading("zhao", Role.CLERK, "south")
    for path in ("check", "send-back"):
        answer = act(boss, month, path, ("act", path), (f"{path}.reason", "漏报"))
        assert answer.status_code == 409
        assert "当前环节不能这样办理" in alert(answer.text)
    later = ("month", f"{date(LAST_YEAR, 1, 1):%Y-%m}")
    answer = clerk.send("/units/south/month/report", later, ("list", "months"), page=at(month))
    assert answer.status_code == 422
    assert "日期不能晚于今天" in alert(answer.text)
    unknown = [("quarter", "2025-Q1"), ("list", "none"), ("act", "state-x"), ("unit", "south")]
    for path in ("invite", "state", "settle"):
        answer = boss.send(f"/compared/{path}", *unknown, page="/compared")
        assert answer.status_code == 422
        assert "必填" in alert(answer.text)


def test_a_report_sent_twice_is_one(
    reading: Reading, office: Caller, sqlite_service: Service, month: Period
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    page = clerk.read(at(month))
    pairs = [
        ("form", clerk.hidden(page, "form")),
        ("id", "the-same-form-sent-twice"),
        *sent(month, ("words.1", "一次")),
    ]
    for _ in range(2):
        assert clerk.post("/units/south/month/report", pairs).status_code == 200
    assert clerk.read(at(month)).count("次自报 <span") == 1


def test_what_a_form_sends_changes_nothing_else_in_the_address_that_follows(
    reading: Reading, office: Caller, sqlite_service: Service, month: Period
) -> None:
    clerk = clerk_of(office, sqlite_service)
    assert clerk.send("/units/south/month-reports", reported(month)).status_code == 200
    boss = reading("secretary", Role.OFFICE, "county")
    told = [
        ("month", f"{month.first:%Y-%m}"),
        ("list", "months&did=post#x"),
        ("act", "check"),
    ]
    answer = boss.send("/units/south/month/check", *told, page=at(month), follow=False)
    query = urlsplit(answer.headers["location"]).query
    assert parse_qsl(query) == [*told[:2], ("did", "check")]


def test_a_clerk_is_told_at_home_what_months_are_due_and_what_was_sent_back(
    reading: Reading, office: Caller, sqlite_service: Service, month: Period
) -> None:
    clerk = clerk_of(office, sqlite_service)
    reader = reading("zhao", Role.CLERK, "south")
    today = sqlite_service.installation.desk(office.ledger).today()
    days = (date.fromordinal(month.last.toordinal() + 5) - today).days

    def part(said: str) -> list[str]:
        """The rows of a part of the page, in words."""
        found = reader.read("/").partition(f"<h2>{said}</h2>")[2].partition("</section>")[0]
        return [" ".join(re.sub(r"<[^>]+>", " ", e).split()) for e in found.split("<li>")[1:]]

    due, back = "月度晾晒:待自报", "月度晾晒:退回补正"
    first, second, *_, last = part(due)
    assert len(part(due)) == NEWEST
    assert first.startswith(month.zh)
    assert (
        "今天到期" if days == 0 else f"还有 {days} 天" if days > 0 else f"已逾期 {-days} 天"
    ) in first
    assert "已逾期" in second
    assert last.endswith("近一年共 12 个月未自报")
    assert "s-overdue" in reader.read("/")

    assert clerk.send("/units/south/month-reports", reported(month)).status_code == 200
    assert part(due)[-1].endswith("近一年共 11 个月未自报")
    assert part(back) == []
    sent_back = {"month": month.first.isoformat(), "reason": "请写明户数"}
    assert office.send("/units/south/month-returns", sent_back).status_code == 200
    assert part(back) == [f"{month.zh} 请写明户数"]
    posted(office, clerk, month)
    assert part(back) == []
    assert not part(due)[0].startswith(month.zh)
    for person, role, unit in (("chen", Role.CLERK, "medicine"), ("li", Role.MEMBER, None)):
        assert "月度晾晒" not in reading(person, role, unit).read("/")


def test_a_unit_sees_its_own_month_and_no_other(reading: Reading, month: Period) -> None:
    other = reading("chen", Role.CLERK, "medicine")
    assert other.get(at(month)).status_code == 403
    assert other.get("/units/south/handover").status_code == 403
    assert "/units/south/month" not in other.read(f"/wall?month={month.first:%Y-%m}")
    assert reading("li", Role.MEMBER).get(at(month)).status_code == 403
    head = reading("zhao", Role.HEAD, "south")
    assert ">自报</button>" in head.read(at(month))
    assert "没有要求" in reading("secretary", Role.OFFICE, "county").read("/wall?month=2019-01")


def test_the_office_invites_records_and_settles_and_heads_look_on(
    reading: Reading, month: Period
) -> None:
    quarter = quarter_before(month)
    told = quarter.code
    page = f"/compared?quarter={told}"
    on = date.fromordinal(quarter.last.toordinal() + 1).isoformat()
    base = [("quarter", told), ("list", "months")]
    office = reading("secretary", Role.OFFICE, "county")
    assert "城南工作室" in office.read(page)
    answer = office.send(
        "/compared/invite",
        *base,
        ("on", on),
        ("end.south", "last"),
        ("reason.south", ""),
        page=page,
    )
    assert answer.status_code == 422
    assert beside(answer.text, "reason.south") == ["请写明理由"]
    assert "城南工作室 理由" in alert(answer.text)
    inviting = [*base, ("on", on), ("end.south", "last"), ("reason.south", "走访少")]
    assert "走访少" in office.send("/compared/invite", *inviting, page=page).text
    key = "state-south"
    speaking = [
        *base,
        ("act", key),
        ("unit", "south"),
        (f"{key}.on", on),
        (f"{key}.text", "下季度补上"),
        (f"{key}.speaker", "赵敏"),
        (f"{key}.pledge1", "每月走访两次"),
        (f"{key}.due1", on),
    ]
    for day in ("", date.fromordinal(quarter.last.toordinal()).isoformat()):
        second = [(f"{key}.pledge3", "另一项"), (f"{key}.due3", day)]
        answer = office.send("/compared/state", *speaking, *second, page=page)
        assert answer.status_code == 422
        (wrong,) = beside(answer.text, f"{key}.due3")
        assert f"承诺3完成期限</a>: {wrong}" in alert(answer.text)
        assert beside(answer.text, f"{key}.due1") == []
    answer = office.send(
        "/compared/state", *base, ("act", "state-medicine"), ("unit", "medicine"), page=page
    )
    assert answer.status_code == 422
    assert "必填" in alert(answer.text)
    assert "每月走访两次" in office.send("/compared/state", *speaking, page=page).text
    head = reading("zhao", Role.HEAD, "south")
    seen = head.read(page)
    assert "已到期未登记" in seen
    assert "确定受邀名单" not in seen
    assert "每月走访两次" in head.read("/units/south/handover")
    pack = reading("zhao", Role.CLERK, "south").read("/units/south/handover")
    assert "承诺" not in pack
    key = "settle-south-1"
    settling = [
        *base,
        ("act", key),
        ("unit", "south"),
        ("number", "1"),
        (f"{key}.kept", "not_done"),
        (f"{key}.on", on),
    ]
    answer = office.send("/compared/settle", *settling, page=page)
    assert answer.status_code == 422
    assert beside(answer.text, f"{key}.outcome") == ["请写明理由"]
    settled = office.send("/compared/settle", *settling, (f"{key}.outcome", "防汛"), page=page)
    assert "未兑现" in settled.text
    for person, role in (("li", Role.MEMBER), ("panel", Role.APPRAISAL)):
        assert reading(person, role).get(page).status_code == 403


@pytest.mark.parametrize(
    ("today", "told"),
    [("2026-11-28", "2026-Q3"), ("2026-12-31", "2026-Q3"), ("2027-01-01", "2026-Q4")],
)
def test_what_was_reported_of_a_quarter_that_lasts_does_not_make_the_page_begin_with_it(
    today: str, told: str
) -> None:
    assert last_over(date(2026, 10, 1), date.fromisoformat(today)).code == told


def test_who_is_invited_is_decided_of_a_quarter_that_is_over(
    reading: Reading, office: Caller, sqlite_service: Service, month: Period
) -> None:
    today = sqlite_service.installation.desk(office.ledger).today()
    lasting = Period.around(Span.QUARTER, today)
    boss, decide = reading("secretary", Role.OFFICE, "county"), "确定受邀名单</button>"
    begins = boss.read("/compared")
    assert f'name="quarter" value="{quarter_before(lasting).code}"' in begins
    assert decide in begins
    page = boss.read(f"/compared?quarter={lasting.code}")
    assert "本季度还没有结束" in page
    assert decide not in page and "end.south" not in page


def test_a_county_that_compares_no_units_says_so(reading: Reading, office: Caller) -> None:
    publish(office, MONTHS.replace(", invites: 1", ""))
    boss = reading("secretary", Role.OFFICE, "county")
    assert "没有对单位作季度比较" in boss.read("/compared")
    assert boss.get("/compared?quarter=2025-5").status_code == 422
    assert boss.get("/compared?quarter=9999-Q4").status_code == 422
    assert boss.get("/wall?month=9999-12").status_code == 422
    assert boss.get("/wall?month=0001-01").status_code == 422


def test_a_pack_is_one_page_that_tells_all_that_is_open(
    reading: Reading, office: Caller, sqlite_service: Service, month: Period
) -> None:
    clerk = clerk_of(office, sqlite_service)
    assert clerk.send("/units/south/month-reports", reported(month)).status_code == 200
    page = reading("zhao", Role.CLERK, "south").read("/units/south/handover")
    for said in ("赵敏", "未晾晒的月份", "应报未报的材料", "监交人"):
        assert said in page
    assert "/units/south/handover" in reading("zhao", Role.CLERK, "south").read("/units/south")


@pytest.mark.parametrize(
    ("path", "asked", "field"),
    [
        ("/wall", "list=zz", "list"),
        ("/compared", "list=zz", "list"),
        ("/units/south/month", "list=zz", "list"),
        ("/units/south/month", "month=zz", "month"),
    ],
)
def test_a_list_or_month_that_is_none_is_told_beside_its_field(
    reading: Reading, month: Period, path: str, asked: str, field: str
) -> None:
    page = reading("secretary", Role.OFFICE, "county").get(f"{path}?{asked}")
    assert page.status_code == 422 and "不能办理" not in page.text
    (told,) = re.findall(rf'<div class="is-wrong"><label for="{field}">.*?</div>', page.text)
    assert "zz" in told
    for claim in ("没有要求本单位", "没有对单位作季度比较", "没有要求单位每月晾晒"):
        assert claim not in page.text


def test_a_reason_is_proposed_in_the_language_of_whoever_decides(
    reading: Reading, month: Period
) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    page = f"/compared?quarter={quarter_before(month).code}"

    def proposed() -> str:
        tags: list[str] = re.findall(r'<input[^>]*name="reason.south"[^>]*>', office.read(page))
        return tags[0]

    assert "位" in proposed()
    office.cookies["lvzhi-look"] = "en.auto.usual"
    assert "place 1" in proposed() and "位" not in proposed()
