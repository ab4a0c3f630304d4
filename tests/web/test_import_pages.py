"""The pages of imports: a sheet is dropped, looked at, settled row by row, written, told row by row, and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from application.sheets import read_sheet
from domain.people import PersonId, Role
from interfaces.app import create_app
from interfaces.settings import read
from interfaces.web.importing import LARGEST_SHEET
from interfaces.wiring import Installation
from tests.application.sheet_makers import Value, csv_text, xlsx
from tests.interfaces.conftest import SINCE, Answer, Caller, Service, granted, hash_quickly
from tests.web.committee import RUBRIC

PASSWORD = "zheng-xie-lv-zhi-2026"  # noqa: S105  # of nobody
SIGN_IN: list[Sequence[Value]] = [
    ["2025年3月5日走访桃源村签到表"],
    ["姓名", "界别", "到场", "备注"],
    ["陈静", "医药卫生界", "√", None],
    ["陈静静", None, "√", None],
    ["赵敏", "经济界", "请假", None],
]


@dataclass
class Browser:
    """Somebody in his browser, on one ledger."""

    client: TestClient
    ledger: str

    def url(self, path: str) -> str:
        """The address of a page."""
        return f"/ledgers/{self.ledger}{path}"

    def get(self, path: str) -> Answer:
        """Look at a page."""
        answer: Answer = self.client.get(self.url(path))
        return answer

    def send(self, path: str, files: Any = None, **fields: Any) -> Answer:
        """Send a form of the page of imports."""
        token = hidden(self.get("/imports").text)["form"]
        answer: Answer = self.client.post(
            self.url(path), data={"form": token, **fields}, files=files, follow_redirects=False
        )
        return answer

    def drop(self, content: bytes, name: str = "签到表.xlsx", **fields: Any) -> Answer:
        """Drop a file."""
        return self.send("/imports/preview", {"file": (name, content)}, **fields)

    def again(self, page: Answer, path: str = "/imports/preview", **fields: Any) -> Answer:
        """Send the form of a preview once more, with other things in it."""
        return self.send(path, **{**hidden(page.text), **fields})


def hidden(text: str) -> dict[str, str]:
    """The hidden fields of the last form of a page that has them."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text)
    return {name: unescape(value) for name, value in found}


@pytest.fixture(scope="module")
def pages_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on files, with pages."""
    data = tmp_path_factory.mktemp("pages")
    installation = Installation(read({"LVZHI_SEAL_EVERY": "off"}, data=str(data)))
    hash_quickly(installation)
    with TestClient(create_app(installation), raise_server_exceptions=False) as client:
        yield Service(installation, client)


@pytest.fixture
def county(pages_service: Service) -> Caller:
    """The office of a fresh ledger."""
    return pages_service.ledger()


@pytest.fixture
def browser(pages_service: Service, county: Caller) -> Callable[..., Browser]:
    """Others, signed in."""

    def made(person: str, role: Role, unit: str | None = None) -> Browser:
        installation, ledger = pages_service.installation, county.ledger
        if role is not Role.MEMBER:
            granted(installation, ledger, person, role, unit)
        accounts = installation.access.accounts
        name = f"{person}-{ledger}"
        account = accounts.make(name)
        accounts.set_password(account.id, PASSWORD)
        accounts.link(account.id, ledger, PersonId(person))
        client = TestClient(pages_service.client.app)
        client.headers["origin"] = "http://testserver"
        page = client.get("/sign-in")
        fields = {**hidden(page.text), "name": name, "password": PASSWORD}
        signed = client.post("/sign-in", data=fields, follow_redirects=False)
        assert signed.status_code == 303, signed.text
        return Browser(client, ledger)

    return made


@pytest.fixture
def clerk(browser: Callable[..., Browser]) -> Browser:
    """The clerk of the studio."""
    return browser("clerk", Role.CLERK, "south")


def test_a_sheet_is_looked_at_before_anything_is_written(
    clerk: Browser, pages_service: Service
) -> None:
    desk = pages_service.installation.desk(clerk.ledger)
    before = desk.head()
    page = clerk.drop(xlsx(SIGN_IN), kind="走访村")
    assert (page.status_code, desk.head()) == (200, before), page.text
    assert "表头在第 <b>2</b>" in page.text
    assert re.search(r'<b class="num">第4行</b> <span>陈静静', page.text)
    assert '<option value="chen">陈静 医药卫生界</option>' in page.text
    assert "没有这个字段" in page.text  # 到场 is a column that nothing reads


def test_columns_are_corrected_rows_settled_and_the_batch_is_written(clerk: Browser) -> None:
    content = xlsx(SIGN_IN)
    page = clerk.drop(content)
    settled = {"kind": "visited_village", "column.3": "签到", "skip.4": "1", "leave.5": "病假"}
    page = clerk.again(page, **settled)
    assert "写入后" in page.text
    assert "到会 <b>1</b>" in page.text
    assert "请假 <b>1</b>" in page.text
    figures = re.findall(
        r'<span class="n">(\d+)</span><span class="what">([^<]+)</span>', page.text
    )
    assert figures == [
        ("3", "行"),
        ("2", "可登记"),
        ("0", "需处理"),
        ("0", "已登记"),
        ("1", "不登记"),
    ]
    assert 'name="skip.4" value="1" checked' in page.text
    done = clerk.again(page, "/imports/commit", **settled)
    assert "已写入 <b>1</b>" in done.text, done.text
    assert "按选择跳过" in done.text
    again = clerk.again(page, "/imports/commit", **settled)
    assert "此文件此前已导入" in again.text
    told = clerk.drop(content, kind="visited_village")
    assert "此文件已导入过" in told.text
    listed = clerk.get("/imports")
    assert "2025年3月5日走访桃源村" in listed.text


def test_what_a_column_is_is_remembered_for_the_next_sheet(clerk: Browser) -> None:
    page = clerk.drop(xlsx(SIGN_IN), kind="visited_village")
    clerk.again(page, **{"kind": "visited_village", "column.3": "签到"})
    other = [["2025年4月5日走访桃源村签到表"], *SIGN_IN[1:]]
    page = clerk.drop(xlsx(other), kind="visited_village")
    assert "照上次" in page.text
    assert '<option value="签到" selected>' in page.text


def test_the_result_is_handed_back_as_a_sheet_with_the_same_row_numbers(clerk: Browser) -> None:
    page = clerk.drop(xlsx(SIGN_IN))
    done = clerk.again(page, "/imports/commit", kind="visited_village")
    told = clerk.again(done, "/imports/result")
    assert told.headers["content-disposition"].startswith("attachment")
    grid = read_sheet("a.xlsx", told.content).grid
    assert grid[1][-1] == "结果"
    assert str(grid[3][-1]).startswith("未登记")


def test_with_stop_if_any_row_fails_nothing_is_written(
    clerk: Browser, pages_service: Service
) -> None:
    page = clerk.drop(xlsx(SIGN_IN))
    before = pages_service.installation.desk(clerk.ledger).head()
    done = clerk.again(page, "/imports/commit", kind="visited_village", whole="1")
    assert "整批未写入" in done.text
    assert pages_service.installation.desk(clerk.ledger).head() == before


def test_a_batch_is_taken_back_after_a_look_at_what_goes_and_what_stays(
    clerk: Browser, county: Caller, pages_service: Service
) -> None:
    rows = [
        ["日期", "名称", "姓名"],
        ["2025-03-05", "走访东村", "陈静"],
        ["2025-03-06", "走访西村", "陈静"],
    ]
    page = clerk.drop(xlsx(rows), kind="visited_village")
    done = clerk.again(page, "/imports/commit", kind="visited_village")
    (batch,) = set(re.findall(r"/imports/([0-9a-f]{16})", done.text))
    head = pages_service.caller(county.ledger, "zhao", Role.HEAD, "south")
    deeds = county.get("/deeds").json()["rows"]
    west = next(each["stream"] for each in deeds if each["title"] == "走访西村")
    returned = head.send(
        f"/occasions/{west.partition('/')[2]}/returns",
        {"side": "studio", "people": ["chen"], "reason": "日期不对"},
    )
    county.get("/deeds", after=returned.headers["lvzhi-position"])
    before = pages_service.installation.desk(county.ledger).head()
    look = clerk.send(f"/imports/{batch}/undoing", reason="月份弄错了")
    assert pages_service.installation.desk(county.ledger).head() == before
    assert look.text.index("走访东村") < look.text.index("保留") < look.text.index("走访西村")
    assert re.search(r"赵敏 \d+年\d+月\d+日 已退回核实", look.text)
    undone = clerk.send(f"/imports/{batch}/undoing", reason="月份弄错了", sure="1")
    assert "已撤销 <b>1</b>" in undone.text
    assert "保留 <b>1</b>" in undone.text
    assert "已部分撤销" in clerk.get("/imports").text
    east = next(each["stream"] for each in deeds if each["title"] == "走访东村")
    record = clerk.get(f"/occasions/{east.partition('/')[2]}").text
    assert "撤销导入:月份弄错了" in record
    assert f"/imports/{batch}" in record


def test_no_reason_is_told_beside_its_field(clerk: Browser) -> None:
    page = clerk.drop(xlsx([["日期", "姓名", "名称"], ["2025-03-05", "陈静", "走访"]]))
    done = clerk.again(page, "/imports/commit", kind="visited_village")
    (batch,) = set(re.findall(r"/imports/([0-9a-f]{16})", done.text))
    told = clerk.send(f"/imports/{batch}/undoing", reason=" ")
    assert told.status_code == 422
    assert 'href="#reason"' in told.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"no workbook", "a.xlsx"),
        ("a.csv", b"", "文件是空的"),
        ("a.csv", "一,二\n三,四\n".encode(), "a.csv"),
        ("a.csv", '姓名,名称\n陈静,"没有\n'.encode(), "引号"),
        ("a.csv", b"x" * (LARGEST_SHEET + 1), "2.1 MB(最多 at most 2 MB)"),
    ],
    ids=["no workbook", "empty", "no header", "broken", "too large"],
)
def test_a_bad_file_is_told_beside_the_field(
    clerk: Browser, name: str, content: bytes, said: str
) -> None:
    page = clerk.drop(content, name)
    assert page.status_code in {400, 413, 422}, page.status_code
    assert 'href="#file"' in page.text
    assert "没有读取,请改正以下内容" in page.text
    assert said in page.text


@pytest.mark.parametrize(
    ("field", "value"), [("organiser", "无此单位"), ("on", "昨天"), ("choose.4", "谁也不是")]
)
def test_what_is_said_wrongly_leaves_the_sheet_in_the_form(
    clerk: Browser, field: str, value: str
) -> None:
    page = clerk.drop(xlsx(SIGN_IN), kind="visited_village")
    told = clerk.again(page, **{"kind": "visited_village", field: value})
    assert told.status_code in {404, 422}
    assert 'id="errors"' in told.text
    assert hidden(told.text)["sheet"]


def test_what_was_chosen_of_a_row_stays_chosen_on_the_next_look(clerk: Browser) -> None:
    rows = [
        ["日期", "姓名", "名称"],
        ["2020-03-05", "赵敏", "走访"],
        ["2025-03-05", "陈静静", "走访"],
    ]
    page = clerk.drop(xlsx(rows), kind="visited_village")
    assert '<option value="特邀">按特邀人员登记</option>' in page.text
    assert '<option value="chen">陈静 医药卫生界</option>' in page.text
    chosen = {"kind": "visited_village", "choose.3": "chen", "guest.2": "特邀"}
    page = clerk.again(page, **chosen)
    assert '<option value="特邀" selected>' in page.text
    assert '<option value="chen" selected>' in page.text


def test_who_is_on_no_roster_may_be_a_guest_of_the_record(clerk: Browser, county: Caller) -> None:
    rows = [
        ["日期", "姓名", "名称"],
        ["2025-03-05", "陈静", "走访"],
        ["2025-03-05", "何大年", "走访"],
    ]
    page = clerk.drop(xlsx(rows), kind="visited_village")
    assert 'name="guest.3"' in page.text
    chosen = {"kind": "visited_village", "guest.3": "特邀"}
    page = clerk.again(page, **chosen)
    assert "1 人 · 嘉宾 1" in page.text and "嘉宾 <b>1</b>" in page.text
    done = clerk.again(page, "/imports/commit", **chosen)
    (batch,) = set(re.findall(r"/imports/([0-9a-f]{16})", done.text))
    (stream,) = set(re.findall(r"/occasions/([^\"?]+)", clerk.get(f"/imports/{batch}").text))
    assert county.get(f"/occasions/{stream}").json()["body"]["guests"] == ["何大年"]


def test_a_gbk_list_is_read(clerk: Browser) -> None:
    content = csv_text([["姓名", "日期", "名称"], ["陈静", "2025-03-05", "走访"]]).encode("gbk")
    page = clerk.drop(content, "三月.csv", kind="visited_village")
    assert "格式 <b>GBK</b>" in page.text
    assert "格式 <b>Excel</b>" in clerk.drop(xlsx(SIGN_IN)).text


def test_only_the_office_imports_a_roster_and_it_says_that_it_stays(
    clerk: Browser, browser: Callable[..., Browser]
) -> None:
    content = csv_text([["姓名", "界别"], ["孙立", "经济界"]]).encode()
    assert clerk.drop(content, "名册.csv", what="roster").status_code == 403
    office = browser("secretary", Role.OFFICE, "county")
    page = office.drop(content, "名册.csv", what="roster")
    assert "人员 <b>1</b>" in page.text
    done = office.again(page, "/imports/commit", term="10", since="2021-12-01")
    (batch,) = set(re.findall(r"/imports/([0-9a-f]{16})", done.text))
    assert "名册不能整批撤销" in office.get(f"/imports/{batch}").text


def test_batches_of_others_are_not_shown(clerk: Browser, browser: Callable[..., Browser]) -> None:
    page = clerk.drop(xlsx([["日期", "姓名", "名称"], ["2025-03-05", "陈静", "走访"]]))
    done = clerk.again(page, "/imports/commit", kind="visited_village")
    (batch,) = set(re.findall(r"/imports/([0-9a-f]{16})", done.text))
    other = browser("chen", Role.CLERK, "medicine")
    assert other.get(f"/imports/{batch}").status_code == 403
    assert batch not in other.get("/imports").text
    auditor = browser("other-li", Role.AUDITOR)
    assert batch in auditor.get("/imports").text
    assert auditor.send(f"/imports/{batch}/undoing", reason="x").status_code == 403


def test_the_office_sees_whose_totals_would_move(
    browser: Callable[..., Browser], county: Caller
) -> None:
    text = (Path(__file__).parents[2] / "packs" / "rehearsal" / "rubric.yaml").read_text("utf-8")
    sent = county.send(
        "/documents/rubric/rehearsal/versions",
        {"version": "t", "text": text, "since": "2024-01-01"},
    )
    assert sent.status_code == 200, sent.text
    county.get("/deeds", after=sent.headers["lvzhi-position"])
    rows = [["日期", "姓名", "名称"], ["2025-03-05", "陈静", "走访"]]
    office = browser("secretary", Role.OFFICE, "county")
    page = office.drop(xlsx(rows), kind="visited_village", organiser="城南工作室")
    assert "得分" in page.text


THREE_KINDS: list[Sequence[Value]] = [
    ["日期", "类型", "名称", "姓名"],
    ["2025-03-05", "参加会议", "三月碰头", "陈静"],
    ["2025-03-05", "参加会议", "三月碰头", "赵敏"],
    ["2025-03-06", "参加学习培训", "三月学习", "陈静"],
    ["2025-03-06", "参加学习培训", "三月学习", "赵敏"],
    ["2025-03-07", "参加会议", "又一次碰头", "查无此人"],
]


def test_what_a_kind_needs_and_the_sheet_lacks_is_said_once_and_can_be_said_beside_it(
    clerk: Browser,
) -> None:
    page = clerk.drop(xlsx(THREE_KINDS))
    assert "<b>会议类型</b>(2 行)" in page.text
    assert "<b>学习类型</b>(2 行)" in page.text
    assert "只缺以上内容的行 4" in page.text
    assert page.text.index('name="detail.attended.meeting"') < page.text.index(
        'name="detail.attended.agenda"'
    )
    said = {
        "detail.attended.meeting": "standing_committee_meeting",
        "detail.studied.study": "other",
        "detail.studied.lecturer": "某教授",
        "detail.attended.no_such": "x",
    }
    page = clerk.again(page, **said)
    assert "表中缺" not in page.text
    assert '<option value="standing_committee_meeting" selected>' in page.text
    assert 'value="某教授"' in page.text
    assert "活动 <b>2</b>" in page.text
    done = clerk.again(page, "/imports/commit", **said)
    assert "已写入 <b>2</b>" in done.text, done.text


def test_a_tick_and_several_values_of_one_field_are_said_beside_the_sheet(
    clerk: Browser, county: Caller
) -> None:
    rows = [["日期", "名称", "姓名"], ["2025-03-05", "调研桃源村", "陈静"]]
    said: dict[str, Any] = {
        "kind": "researched",
        "detail.researched.linked": "on",
        "detail.researched.levels": ["province", "city"],
        "detail.researched.places_visited": "东村\n西村",
    }
    page = clerk.again(clerk.drop(xlsx(rows)), **said)
    assert re.search(r'value="province" checked', page.text), page.text
    done = clerk.again(page, "/imports/commit", **said)
    assert "已写入 <b>1</b>" in done.text, done.text
    (deed,) = county.get("/deeds").json()["rows"]
    told = county.get("/occasions/" + deed["stream"].partition("/")[2]).json()["body"]["details"]
    assert (told["linked"], told["levels"]) == (True, ["province", "city"])
    assert told["places_visited"] == ["东村", "西村"]


def test_what_would_be_written_is_listed_with_its_day_place_and_people(clerk: Browser) -> None:
    rows = [
        ["走访桃源村签到表"],
        ["时间:2025年3月5日 地点:桃源村村委会"],
        ["姓名", "签到"],
        ["陈静", "√"],
        ["赵敏", "√"],
    ]
    page = clerk.drop(xlsx(rows), kind="visited_village")
    told = page.text[page.text.index('id="after"') :]
    assert re.search(
        r"<b>2025年3月5日</b> 走访桃源村</span><span[^>]*>2 人</span></div>"
        r"<p[^>]*>走访村\(社区\) · 桃源村村委会 · 城南工作室</p>",
        told,
    ), told[:1500]
    assert "表上写明:2025年3月5日" in page.text
    assert 'placeholder="桃源村村委会"' in page.text
    clerk.again(page, "/imports/commit", kind="visited_village")
    more = clerk.drop(xlsx([*rows, ["李明", "√"]]), kind="visited_village", **{"choose.6": "li"})
    told = more.text[more.text.index('id="after"') :]
    assert re.search(r"走访桃源村</span><span[^>]*>补充 1 人</span>", told), told[:1500]


def test_a_clerk_sees_whose_totals_would_move_among_those_whose_file_is_open_to_him(
    browser: Callable[..., Browser], county: Caller, pages_service: Service
) -> None:
    sent = county.send(
        "/documents/rubric/duties/versions", {"version": "1", "text": RUBRIC, "since": SINCE}
    )
    assert sent.status_code == 200, sent.text
    county.get("/deeds", after=sent.headers["lvzhi-position"])
    desk = pages_service.installation.desk(county.ledger)
    rows: list[Sequence[Value]] = [
        ["日期", "姓名", "名称"],
        [desk.today(), "陈静", "走访"],
        [desk.today(), "赵敏", "走访"],
    ]
    clerk = browser("clerk", Role.CLERK, "medicine")
    page = clerk.drop(xlsx(rows), kind="visited_village")
    told = page.text[page.text.index("得分将变动 1 人") : page.text.index('id="whole"')]
    assert re.search(r"陈静</span><span[^>]*>0 → 10", told), told
    assert "赵敏" not in told
    assert "只试算本单位的委员,共 1 人" in told
    noted = desk.readings.of("member/chen", desk.today(), 10)
    assert [each.envelope.by for each in noted] == ["clerk"]
    assert not desk.readings.of("member/zhao", desk.today(), 10)
    other = browser("li", Role.CLERK, "county")
    assert "得分将变动" not in other.drop(xlsx(rows), kind="visited_village").text


def test_of_which_kind_a_sheet_is_and_what_its_own_columns_are_is_remembered(
    clerk: Browser,
) -> None:
    rows: list[Sequence[Value]] = [
        ["日期", "名称", "会议性质", "姓名"],
        ["2025-03-05", "三月碰头", "主席会议", "陈静"],
    ]
    said = {"kind": "attended", "column.3": "会议类型"}
    page = clerk.again(clerk.drop(xlsx(rows)), **said)
    clerk.again(page, **said)
    other = [rows[0], ["2025-04-05", "四月碰头", "主席会议", "陈静"]]
    page = clerk.drop(xlsx(other))
    assert '<option value="attended" selected>' in page.text
    assert page.text.count("照上次") == 2
    assert '<option value="会议类型" selected>' in page.text
    assert "活动 <b>1</b>" in page.text
    # Under other headings the same word is not taken to be a field of that kind.
    page = clerk.drop(xlsx([["姓名", "会议性质"], ["陈静", "主席会议"]]))
    assert "照上次" not in page.text


def test_what_was_said_when_a_sheet_was_written_is_remembered_too(clerk: Browser) -> None:
    page = clerk.drop(xlsx(SIGN_IN))
    clerk.again(page, "/imports/commit", kind="visited_village", **{"column.3": "签到"})
    other = [["2025年4月5日走访桃源村签到表"], *SIGN_IN[1:]]
    assert clerk.drop(xlsx(other)).text.count("照上次") == 2


def test_columns_of_the_kinds_that_the_sheet_names_itself_are_shown_as_read(clerk: Browser) -> None:
    rows: list[Sequence[Value]] = [
        ["日期", "类型", "名称", "姓名", "培训人次", "立案", "心情"],
        ["2025-03-05", "参加公益志愿活动", "义诊", "陈静", 12, None, "好"],
        ["2025-03-05", "提交提案", "关于校车", "陈静", None, "√", None],
    ]
    page = clerk.drop(xlsx(rows))

    def taken(number: int) -> str:
        found = re.search(rf'name="column.{number}"><option value="">自动:([^<]*)<', page.text)
        return "" if found is None else found[1]

    assert [taken(n) for n in range(1, 8)] == [
        *("日期", "类型", "名称", "姓名", "培训人次", "立案", "不登记")
    ]


def test_who_imported_a_file_before_is_named(
    clerk: Browser, browser: Callable[..., Browser]
) -> None:
    content = xlsx([["日期", "姓名", "名称"], ["2025-03-05", "陈静", "走访"]])
    page = clerk.drop(content, kind="visited_village")
    clerk.again(page, "/imports/commit", kind="visited_village")
    other = browser("zhao", Role.CLERK, "south")
    told = other.drop(content, kind="visited_village").text
    assert re.search(r"此文件已导入过:</b><a[^>]*>[^<]*</a> · clerk · 已登记", told)


def test_what_rows_lack_is_said_once_where_some_have_other_errors_too(clerk: Browser) -> None:
    rows = [["日期", "姓名"], ["2025-03-05", "陈静"], ["昨天", "李明"], ["2025-03-07", "赵敏"]]
    page = clerk.drop(xlsx(rows), kind="visited_village").text
    assert "<b>名称</b>(2 行)" in page
    assert "只缺以上内容的行 2" in page
    settle = page[page.index('id="wrong"') : page.index('id="after"')]
    assert "李明" in settle
    assert "陈静" not in settle


def test_from_a_batch_that_was_stopped_one_goes_back_to_the_preview_with_all_that_was_chosen(
    clerk: Browser, pages_service: Service
) -> None:
    page = clerk.drop(xlsx(SIGN_IN))
    said = {
        "kind": "visited_village",
        "place": "桃源村",
        "all_repeats": "link",
        "column.3": "签到",
        "leave.5": "病假",
        "detail.visited_village.purpose": "走访困难户",
        "whole": "1",
    }
    done = clerk.again(page, "/imports/commit", **said)
    assert "整批未写入" in done.text
    assert "返回预览" in done.text
    start = done.text.index("/imports/preview")
    form = hidden(done.text[start : done.text.index("</form>", start)])
    assert {name: value for name, value in form.items() if name in said} == said
    back = clerk.send("/imports/preview", **form).text
    assert '<option value="visited_village" selected>' in back
    assert '<option value="签到" selected>' in back
    assert 'name="leave.5" value="病假"' in back
    assert ">走访困难户</textarea>" in back
    done = clerk.send("/imports/commit", **{**form, "skip.4": "1"})
    assert "已写入 <b>1</b>" in done.text
    assert "返回预览" not in done.text


@pytest.mark.parametrize("page", ["preview", "commit", "result"])
def test_the_address_of_a_page_that_is_sent_leads_to_the_list(clerk: Browser, page: str) -> None:
    told = clerk.client.get(clerk.url(f"/imports/{page}"), follow_redirects=False)
    assert (told.status_code, told.headers["location"]) == (303, clerk.url("/imports"))


@pytest.mark.parametrize("unit", ["medicine", "economy"])
def test_among_those_of_one_name_those_of_the_own_unit_go_first(
    browser: Callable[..., Browser], county: Caller, unit: str
) -> None:
    bound = {"bond": "sector", "unit": "economy", "since": SINCE}
    profile = {"name": "陈静", "number": "900"}
    who: dict[str, Any] = {
        "profile": profile,
        "term": {"number": 10, "since": SINCE},
        "memberships": [bound],
    }
    sent = county.send("/commands", [{"command": "admit", "person": "chen-2", **who}])
    assert "problem" not in sent.json()["verdicts"][0]
    county.get("/deeds", after=sent.headers["lvzhi-position"])
    clerk = browser("zhao", Role.CLERK, unit)
    page = clerk.drop(
        xlsx([["日期", "姓名", "名称"], ["2025-03-05", "陈静", "走访"]]), kind="visited_village"
    )
    first = re.search(
        r'name="choose.2"><option[^>]*>[^<]*</option><option value="([^"]+)"', page.text
    )
    assert first is not None
    theirs = {"medicine": "chen", "economy": "chen-2"}[unit]
    assert first[1] == theirs
    # Who was chosen stays so, and may still be changed.
    settled = clerk.again(page, **{"kind": "visited_village", "choose.2": "chen-2"}).text
    assert '<option value="chen-2" selected>' in settled and '<option value="chen">' in settled
    told = clerk.send("/record/visited_village", on="2025-03-05", title="走访", others="陈静")
    assert re.findall(r'name="namesake" id="n-[^"]+" value="([^"]+)"', told.text)[0] == theirs


def test_a_file_that_is_imported_again_after_an_undo_stands_again(clerk: Browser) -> None:
    rows = [["日期", "姓名", "名称"], ["2025-03-05", "陈静", "走访东村"]]
    content = xlsx(rows)
    page = clerk.drop(content, kind="visited_village")
    done = clerk.again(page, "/imports/commit", kind="visited_village")
    (batch,) = set(re.findall(r"/imports/([0-9a-f]{16})", done.text))
    clerk.send(f"/imports/{batch}/undoing", reason="月份弄错了", sure="1")
    assert "已撤销" in clerk.get("/imports").text
    assert "已撤销的可以再次登记" in clerk.drop(content, kind="visited_village").text
    clerk.again(page, "/imports/commit", kind="visited_village")
    listed = clerk.get("/imports").text
    assert "已部分撤销" not in listed
    assert re.search(r'data-label="写入">1 条', listed)
    assert "曾撤销 1 条" in listed
    assert re.search(r"再次导入 \d{4}-", listed)
    told = clerk.get(f"/imports/{batch}").text
    assert re.search(r'<span class="stamp s-done">已登记</span>', told)
    assert told.index("再次导入写入的内容") < told.index("撤销经过") < told.index(">写入的内容")
    undone = clerk.send(f"/imports/{batch}/undoing", reason="又弄错了", sure="1").text
    assert "已撤销 <b>1</b>" in undone
    assert "已部分撤销" not in clerk.get("/imports").text
