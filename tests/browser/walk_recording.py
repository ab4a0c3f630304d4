"""A clerk of a studio records what was done: on a phone, without scripts, without signal, twice, too late."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from application.rehearsal.photos import photo
from domain.deed import Deed
from projections import deeds, history, roster
from tests.browser.conftest import LEDGER, PATIENCE, County, Visit, sign_in, violations

HUMAN = {"tap": 0.9, "scroll": 0.5, "character": 0.28, "look": 1.2}
"""Seconds that somebody takes on a phone for one tap, one flick, one character typed, one look at a page that is new to him."""

KEPT = """(name) => new Promise((done) => { const asked = indexedDB.open("lvzhi"); asked.onsuccess = () => {
    const all = asked.result.transaction(name).objectStore(name).getAll();
    all.onsuccess = () => { asked.result.close(); done(all.result); }; }; })"""
"""What lies in one of the stores of the device."""


def kept(page: Any, name: str, holds: Callable[[list[Any]], bool]) -> list[Any]:
    """What lies in one of the stores of the device, once it is so."""
    until = time.monotonic() + PATIENCE / 1000
    while True:
        found: list[Any] = page.evaluate(KEPT, name)
        if holds(found):
            return found
        assert time.monotonic() < until, found
        page.wait_for_timeout(50)


class Pace:
    """Counts what somebody does and waits as long as he would."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.taps = self.fields = 0
        self.began = page.evaluate("performance.timeOrigin + performance.now()")

    def look(self) -> None:
        """He looks at a page that is new to him."""
        self.page.wait_for_timeout(HUMAN["look"] * 1000)

    def tap(self, selector: str) -> None:
        """He taps something."""
        self.page.wait_for_timeout(HUMAN["tap"] * 1000)
        self.page.locator(selector).first.tap()
        self.taps += 1

    def type(self, selector: str, text: str) -> None:
        """He types something."""
        self.tap(selector)
        self.page.locator(selector).first.press_sequentially(text, delay=HUMAN["character"] * 1000)
        self.fields += 1

    @property
    def seconds(self) -> float:
        """How long it took him."""
        now = self.page.evaluate("performance.timeOrigin + performance.now()")
        return float(now - self.began) / 1000


def found(county: County, text: str) -> list[deeds.DeedSummary]:
    """Records with this in their title."""
    county.caught_up()
    with county.desk.store.reading() as connection:
        told = (connection, LEDGER)
        return list(deeds.deeds(*told, today=county.desk.today(), text=text, limit=100).rows)


def body_of(county: County, stream: str) -> Any:
    """What a record says."""
    with county.desk.store.reading() as connection:
        state = deeds.states(connection, LEDGER, [stream])[stream]
    assert isinstance(state, Deed)
    return state.body


def choose(page: Any, number: int) -> list[str]:
    """Choose the first so many people of the list; their ids."""
    boxes = page.locator("#chosen > li > input[type=checkbox]")
    chosen = [boxes.nth(i).get_attribute("value") for i in range(number)]
    for each in chosen:
        page.locator(f"label[for='p-{each}']").click()
    return chosen


def fill(page: Any, county: County, title: str, people: int = 2) -> list[str]:
    """Fill the form of a visit."""
    page.goto(county.url("/record/visited_village"))
    chosen = choose(page, people)
    page.fill("#f-title", title)
    return chosen


def test_five_members_are_recorded_within_a_minute_on_a_phone(
    county: County, visit: Visit, today: date, capsys: pytest.CaptureFixture[str]
) -> None:
    page = visit("clerk", phone=True)
    fill(page, county, f"上一次走访 {uuid4().hex[:8]}")
    page.select_option("#f-village", index=1)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    page.goto(county.url("/"))
    pace = Pace(page)
    pace.look()
    pace.tap(".big a:has-text('走访村')")
    page.wait_for_selector("#f-on")
    assert page.input_value("#f-on") == today.isoformat()
    assert page.input_value("#f-village") != ""
    pace.look()
    boxes = page.locator("#chosen > li > input[type=checkbox]")
    chosen = [boxes.nth(i).get_attribute("value") for i in range(5)]
    for each in chosen:
        pace.tap(f"label[for='p-{each}']")
    # The five and what they were there as take no more room than their names, however long these are.
    shut = f"li:has(#p-{chosen[0]})"
    row, name = (page.locator(each).bounding_box() for each in (shut, f"{shut} label"))
    assert row["height"] <= name["height"] + 2
    pace.tap(f"{shut} summary")
    page.select_option(f"select[name='part.{chosen[0]}']", "leads")
    pace.tap(f"{shut} select")
    page.keyboard.press("Escape")
    assert "带队" in page.locator(f"{shut} summary").inner_text()
    pace.type("#f-details-problems_raised", "2")
    pace.tap(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    seconds = pace.seconds
    stream = "occasion/" + page.url.partition("/occasions/")[2].partition("?")[0]
    body = body_of(county, stream)
    assert [p.person for p in body.participants if p.part.value == "leads"] == chosen[:1]
    assert {p.person for p in body.participants} == set(chosen)
    assert body.on == today
    assert body.village is not None
    assert seconds < 60
    assert "位置" in page.locator("[data-sent]").inner_text()
    with capsys.disabled():
        print(f"\nfive members: {pace.taps} taps, {pace.fields} fields, {seconds:.1f} s")


def test_a_message_goes_along_with_the_visit_and_who_spoke_is_not_for_everybody(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True)
    title = f"走访听民声 {uuid4().hex[:8]}"
    fill(page, county, title)
    page.click("details.extra summary:has-text('委员带话')")
    page.fill("[name='message.text']", f"水渠堵了 {title}")
    page.fill("[name='message.details.spoken_by']", "王大爷")
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    (message,) = [each for each in found(county, title[-8:]) if each.kind == "carried_up"]
    clerk_sees = page.goto(county.url(f"/matters/{message.stream[7:]}")).text()
    assert "王大爷" in clerk_sees
    other = visit("member")
    assert "王大爷" not in other.goto(county.url(f"/matters/{message.stream[7:]}")).text()


def test_a_picture_goes_along_and_is_shown(county: County, visit: Visit) -> None:
    page = visit("clerk", phone=True)
    title = f"带照片的走访 {uuid4().hex[:8]}"
    fill(page, county, title)
    picture = {"name": "现场.png", "mimeType": "image/png", "buffer": photo(1)}
    page.set_input_files("#photo-file", picture)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    (record,) = found(county, title)
    (picture_kept,) = body_of(county, record.stream).evidence
    assert picture_kept.name.startswith("现场.")
    assert county.desk.files.holds(picture_kept.sha256)
    address = page.locator(".photos a").get_attribute("href")
    status, kind = page.evaluate(
        "async (to) => { const a = await fetch(to); return [a.status, a.headers.get('content-type')]; }",
        address,
    )
    assert (status, kind.partition("/")[0]) == (200, "image")
    # Pictures further down are fetched when one comes to them.
    shown = page.locator(".photos img")
    shown.scroll_into_view_if_needed()
    assert shown.evaluate(
        "p => p.complete ? p.naturalWidth : new Promise(done => { p.onload = () => done(p.naturalWidth); })"
    )


@pytest.mark.parametrize("scripts", [True, False])
def test_what_a_report_is_merged_into_is_looked_for_on_a_phone_and_chosen(
    county: County, visit: Visit, scripts: bool
) -> None:
    page = visit("clerk", phone=True, java_script_enabled=scripts, bypass_csp=scripts)
    first, title = f"停车难{uuid4().hex[:8]}", f"车位少{uuid4().hex[:8]}"
    for name in (first, title):
        page.goto(county.url("/record/reported_opinion"))
        page.fill("#f-title", name)
        page.locator("#chosen > li > label").first.click()
        if name == title:
            page.click("details.extra > summary:has-text('更多')")
            page.fill("input[name='merged_into.text']", first)
            page.click("#f-merged_into button[name=look]")
            page.wait_for_selector("#f-merged_into input[type=radio]")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            assert page.input_value("#f-title") == title
            assert page.locator("#chosen input:checked").count() == 1
            if scripts:
                assert violations(page) == []
            page.click(f"#f-merged_into label:has-text('{first}')")
        # Enter in a field saves, and looks for nothing.
        page.press("#f-title", "Enter")
        page.wait_for_url("**/matters/**")
    (into,), (record,) = found(county, first), found(county, title)
    assert body_of(county, record.stream).merged_into == into.stream


def test_the_place_of_the_last_visit_does_not_stay_with_another_village(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True)
    page.goto(county.url("/record/visited_village"))
    page.evaluate("document.getElementById('f-place').defaultValue = '老年活动室'")
    assert page.input_value("#f-place") == "老年活动室"
    villages = page.locator("#f-village option")
    page.select_option("#f-village", villages.nth(1).get_attribute("value"))
    page.select_option("#f-village", villages.nth(2).get_attribute("value"))
    assert page.input_value("#f-place") == ""
    page.fill("#f-place", "文化礼堂")
    page.select_option("#f-village", villages.nth(1).get_attribute("value"))
    assert page.input_value("#f-place") == "文化礼堂"


def test_twenty_deeds_without_signal_and_three_tries_each_are_twenty_records(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True, expects=("ERR_INTERNET_DISCONNECTED", "Failed to load"))
    mark = uuid4().hex[:8]
    page.goto(county.url("/record/visited_village"))
    page.context.set_offline(True)
    for i in range(20):
        choose(page, 1)
        page.fill("#f-title", f"无信号 {mark} {i}")
        page.click(".send button.btn-primary")
        page.wait_for_selector(f"[data-waiting='{i + 1}']")
    assert "待上传 20 条" in page.locator("#outbox").inner_text()
    entries = page.evaluate(KEPT, "outbox")
    assert len(entries) == 20
    # Twice each arrives and its answer is lost on the way; the third time it is not.
    lost = {"left": 40}

    def answer_is_lost(route: Any) -> None:
        asked = route.request
        if asked.method != "POST" or not lost["left"]:
            route.continue_()
            return
        lost["left"] -= 1
        there = asked.url.replace("lvzhi.lan", "127.0.0.1")
        headers = {**asked.all_headers(), "host": f"lvzhi.lan:{county.port}"}
        assert route.fetch(url=there, headers=headers).status == 201
        route.abort()

    page.context.route("**/record/**", answer_is_lost)
    page.context.set_offline(False)
    button = page.locator("#outbox button:has-text('现在上传')")
    while lost["left"]:
        button.click()
        page.wait_for_timeout(20)
    button.click()
    page.wait_for_selector("[data-waiting]", state="detached")
    titles = sorted(each.title for each in found(county, mark))
    assert titles == sorted(f"无信号 {mark} {i}" for i in range(20))


def test_what_waits_survives_a_closed_page_and_is_sent_by_two_tabs_once(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True, expects=("ERR_INTERNET_DISCONNECTED",))
    mark = uuid4().hex[:8]
    page.goto(county.url("/record/visited_village"))
    page.context.set_offline(True)
    choose(page, 1)
    page.fill("#f-title", f"关掉再开 {mark}")
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-waiting='1']")
    context = page.context
    page.close()
    context.set_offline(False)
    first, second = context.new_page(), context.new_page()
    first.goto(county.url("/"), wait_until="commit")
    second.goto(county.url("/"), wait_until="commit")
    for each in (first, second):
        each.wait_for_load_state("load")
        each.wait_for_selector("[data-waiting]", state="detached")
    assert len(found(county, mark)) == 1


def test_what_was_kept_and_is_refused_can_be_mended(
    county: County, visit: Visit, today: date
) -> None:
    page = visit("clerk", phone=True, expects=("ERR_INTERNET_DISCONNECTED", "422"))
    mark = uuid4().hex[:8]
    page.goto(county.url("/record/visited_village"))
    page.context.set_offline(True)
    choose(page, 1)
    page.fill("#f-title", f"要修改 {mark}")
    page.fill("#f-on", (today + timedelta(days=400)).isoformat())
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-waiting='1']")
    page.context.set_offline(False)
    page.wait_for_selector("[data-wrong='1']")
    page.locator("#outbox button:has-text('打开修改')").click()
    page.wait_for_selector(".wrong")
    assert "不能晚于今天" in page.locator("#f-on-wrong").inner_text()
    assert page.input_value("#f-title") == f"要修改 {mark}"
    page.fill("#f-on", today.isoformat())
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    assert len(found(county, mark)) == 1
    page.goto(county.url("/"))
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-wrong]").count() == 0


def test_a_picture_of_what_was_kept_and_has_to_be_mended_goes_along(
    county: County, visit: Visit
) -> None:
    from tests.pictures import jpeg

    page = visit("clerk", phone=True, expects=("ERR_INTERNET_DISCONNECTED", "422"))
    title = f"照片还在 {uuid4().hex[:8]}"
    page.goto(county.url("/record/visited_village"))
    page.context.set_offline(True)
    choose(page, 1)
    page.fill("#f-title", title)
    page.fill("#others", "查无此人")
    picture = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    page.set_input_files("#photo-file", picture)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-waiting='1']")
    page.context.set_offline(False)
    page.wait_for_selector("[data-wrong='1']")
    said = page.locator("#outbox li").inner_text()
    assert "参加人员:名册中没有此人" in said
    assert "/participants" not in said
    page.locator("#outbox button:has-text('打开修改')").click()
    page.wait_for_selector("#photo input[name=kept_photo]", state="attached")
    page.fill("#others", "")
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    (record,) = found(county, title)
    assert [each.name for each in body_of(county, record.stream).evidence] == ["现场.jpg"]


def test_what_is_typed_half_is_offered_again_until_it_is_sent_or_thrown_away(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True)
    context, title = page.context, f"没写完 {uuid4().hex[:8]}"
    chosen = fill(page, county, title)
    page.click("details.extra summary:has-text('委员带话')")
    page.fill("[name='message.text']", "路灯不亮")
    page.fill("[name='message.details.spoken_by']", "王大爷")
    kept(page, "drafts", lambda found: "路灯不亮" in str(found))
    page.wait_for_timeout(500)
    (draft,) = kept(page, "drafts", bool)
    assert "王大爷" not in str(draft)
    page.close()
    page = context.new_page()
    page.goto(county.url("/record/visited_village"))
    before = page.locator("#f-on").bounding_box()
    page.wait_for_selector("[data-offered='1']")
    assert page.locator("#f-on").bounding_box() == before
    assert page.input_value("#f-title") == ""
    page.click("[data-offered] button:has-text('接着写')")
    assert page.input_value("#f-title") == title
    assert page.input_value("[name='message.text']") == "路灯不亮"
    ticked = page.locator("#chosen input[name=p]:checked")
    assert [each.get_attribute("value") for each in ticked.all()] == chosen
    assert page.locator("[data-counts]").inner_text() == "2"
    # He goes on, and the page is loaded anew: it stands there again.
    page.fill("#f-title", f"{title} 二")
    kept(page, "drafts", lambda found: f"{title} 二" in str(found))
    page.reload()
    page.wait_for_selector("[data-offered]:has-text('已恢复')")
    assert page.input_value("#f-title") == f"{title} 二"
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    assert len(found(county, f"{title} 二")) == 1
    page.goto(county.url("/record/visited_village"))
    kept(page, "drafts", lambda found: not found)
    page.fill("#f-title", "不要的")
    kept(page, "drafts", lambda found: len(found) == 1)
    # Chromium 109 takes a way to the same address for loading it anew.
    page.goto(county.url("/"))
    page.goto(county.url("/record/visited_village"))
    page.on("dialog", lambda asked: asked.accept())
    page.click("[data-offered] button:has-text('不要了')")
    kept(page, "drafts", lambda found: not found)


def test_somebody_looked_for_is_still_chosen_in_what_is_offered_again(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True)
    title = f"别处的人 {uuid4().hex[:8]}"
    page.goto(county.url("/record/visited_village"))
    own = {each.get_attribute("value") for each in page.locator("#chosen input[name=p]").all()}
    with county.desk.store.reading() as connection:
        rows = roster.people(connection, LEDGER, day=county.desk.today(), limit=200).rows
    other = next(row for row in rows if row.person not in own)
    page.locator("#others").press_sequentially(other.name)
    page.click(f"#found label[for='p-{other.person}']")
    page.fill("#f-title", title)
    kept(page, "drafts", lambda found: title in str(found))
    page.reload()
    page.wait_for_selector("[data-offered]")
    assert page.locator(f"#chosen li:has(#p-{other.person}) .name").inner_text() == other.name
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    (record,) = found(county, title)
    assert [p.person for p in body_of(county, record.stream).participants] == [other.person]


def test_without_signal_no_page_is_left_and_a_correction_is_not_lost(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True, expects=("ERR_INTERNET_DISCONNECTED",))
    title = f"山里更正 {uuid4().hex[:8]}"
    fill(page, county, title)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    (record,) = found(county, title)
    page.goto(county.url(f"/occasions/{record.stream[9:]}/amend"))
    page.context.set_offline(True)
    page.fill("#f-place", "山上")
    page.fill("#why", "补地点")
    page.click(".tabs a:has-text('首页')")
    page.wait_for_selector("#told:has-text('没有信号')")
    page.click(".send button.btn-primary")
    page.wait_for_selector("#told:has-text('还没有发出')")
    assert page.input_value("#f-place") == "山上"
    page.context.set_offline(False)
    page.reload()
    page.wait_for_selector("[data-offered]:has-text('已恢复')")
    assert (page.input_value("#f-place"), page.input_value("#why")) == ("山上", "补地点")
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-did]")
    assert body_of(county, record.stream).place == "山上"
    kept(page, "drafts", lambda found: not found)


@pytest.mark.parametrize("refuses", ["opening", "room"])
def test_where_the_browser_keeps_nothing_it_says_so_and_the_form_stays(
    county: County, visit: Visit, refuses: str
) -> None:
    page = visit("clerk", phone=True, expects=("ERR_INTERNET_DISCONNECTED",))
    page.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };"
        if refuses == "opening"
        else "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    title = f"存不下 {uuid4().hex[:8]}"
    fill(page, county, title)
    if refuses == "opening":
        page.wait_for_selector("#outbox:has-text('此浏览器不能离线保存')")
    page.context.set_offline(True)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-became]:has-text('没有送到')")
    assert page.input_value("#f-title") == title
    page.context.set_offline(False)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    assert len(found(county, title)) == 1


def test_what_was_sent_later_is_told_with_its_receipt_until_it_was_seen(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True, expects=("ERR_INTERNET_DISCONNECTED",))
    context, title = page.context, f"回执 {uuid4().hex[:8]}"
    fill(page, county, title, people=3)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    fill(page, county, f"{title} 二", people=3)
    context.set_offline(True)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-waiting='1']")
    context.set_offline(False)
    page.wait_for_selector("[data-receipts='1']")
    page.close()
    page = context.new_page()
    page.goto(county.url("/"))
    told = page.locator("[data-receipts='1']").inner_text()
    (record,) = found(county, f"{title} 二")
    assert f"{title} 二 已登记,位置 {record.last_position}" in told
    assert "可能重复" in told
    page.click("[data-receipts] a")
    page.wait_for_selector(".notice.warn:has-text('可能是同一次履职')")
    page.click("#outbox button:has-text('知道了')")
    page.wait_for_selector("[data-receipts]", state="detached")
    page.goto(county.url("/"))
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-receipts]").count() == 0


def paper(size: int) -> dict[str, Any]:
    """A paper of so many bytes, to be sent."""
    content = b"%PDF-1.4\n" + b"0" * (size - 16) + b"\n%%EOF\n"
    return {"name": "材料.pdf", "mimeType": "application/pdf", "buffer": content}


def test_a_large_paper_arrives_on_a_slow_line_and_shows_that_it_moves(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True)
    title = f"慢线路 {uuid4().hex[:8]}"
    fill(page, county, title)
    page.set_input_files("#photo-file", paper(1_500_000))
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    told = {"offline": False, "latency": 50, "downloadThroughput": 60_000}
    line.send("Network.emulateNetworkConditions", {**told, "uploadThroughput": 60_000})
    page.click(".send button.btn-primary")
    page.wait_for_selector(".send button:has-text('正在上传')")
    page.wait_for_selector("[data-became]:has-text('已存在本机')")
    page.wait_for_selector("[data-sent]", timeout=60_000)
    (record,) = found(county, title)
    assert [each.name for each in body_of(county, record.stream).evidence] == ["材料.pdf"]


def test_what_does_not_arrive_lets_pass_what_was_kept_after_it(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True, expects=("ERR_INTERNET_DISCONNECTED", "ERR_FAILED"))
    mark = uuid4().hex[:8]
    page.goto(county.url("/record/visited_village"))
    page.context.set_offline(True)
    for i, title in enumerate(("卡住的", "后面的")):
        choose(page, 1)
        page.fill("#f-title", f"{title} {mark}")
        page.click(".send button.btn-primary")
        page.wait_for_selector(f"[data-waiting='{i + 1}']")

    def first_is_stuck(route: Any) -> None:
        from urllib.parse import quote_plus

        if quote_plus("卡住的") not in (route.request.post_data or ""):
            route.continue_()

    page.context.route("**/record/**", first_is_stuck)
    page.context.set_offline(False)
    page.wait_for_selector("[data-receipts='1']", timeout=40_000)
    assert [each.title for each in found(county, mark)] == [f"后面的 {mark}"]
    page.context.unroute("**/record/**")
    page.locator("#outbox button:has-text('现在上传')").click()
    page.wait_for_selector("[data-waiting]", state="detached", timeout=40_000)
    assert len(found(county, mark)) == 2


def test_what_is_missing_is_said_before_anything_is_kept(county: County, visit: Visit) -> None:
    from playwright.sync_api import expect

    page = visit("clerk", phone=True, expects=("ERR_INTERNET_DISCONNECTED",))
    mark = uuid4().hex[:8]
    page.goto(county.url("/record/carried_up"))
    page.context.set_offline(True)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-became]:has-text('还没有保存')")
    assert "必填" in page.locator(".field:has(#f-title) .wrong").inner_text()
    assert "至少选一位" in page.locator("#people .wrong").inner_text()
    assert kept(page, "outbox", lambda _: True) == []
    page.context.set_offline(False)
    page.goto(county.url("/record/visited_village"))
    page.fill("#f-title", f"没人 {mark}")
    page.click(".send button.btn-primary")
    page.wait_for_selector("#people .notice.warn:has-text('没有选参加人员')")
    expect(page.locator("#people .notice")).to_be_in_viewport(ratio=1)
    assert found(county, mark) == []
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    assert len(found(county, mark)) == 1


def test_files_that_are_too_large_are_named_beside_the_field_and_the_form_stays(
    county: County, visit: Visit, tmp_path: Path
) -> None:
    page = visit("clerk", phone=True)
    title = f"文件太大 {uuid4().hex[:8]}"
    fill(page, county, title)
    page.set_input_files("#photo-file", [paper(5_500_000)])
    page.wait_for_selector("[data-heavy]:has-text('材料.pdf:5.2 MB,每个文件最多 5 MB')")
    papers = [tmp_path / f"{nth}.pdf" for nth in range(5)]
    for each in papers:
        each.write_bytes(paper(4_500_000)["buffer"])
    page.set_input_files("#photo-file", papers)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-became]:has-text('文件太大')")
    assert "合计 21.5 MB,一次最多 19.8 MB" in page.locator("[data-heavy]").inner_text()
    assert page.input_value("#f-title") == title
    page.set_input_files("#photo-file", paper(1_000))
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    assert len(found(county, title)) == 1


def test_what_was_changed_after_it_was_sent_is_no_longer_told_as_to_be_mended(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True, expects=("422",))
    title = f"改了再存 {uuid4().hex[:8]}"
    fill(page, county, title)
    before = id_of(page)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    fill(page, county, f"{title} 二")
    page.evaluate(
        "id => { document.querySelector('main form input[name=id]').value = id; }", before
    )
    page.click(".send button.btn-primary")
    page.wait_for_selector(".notice.warn:has-text('已经提交过')")
    assert id_of(page) != before
    kept(page, "outbox", lambda found: not found)
    assert [each["id"] for each in kept(page, "drafts", bool)] == [id_of(page)]


def id_of(page: Any) -> str:
    """The id that the form was made with."""
    return str(page.input_value("main form input[name=id]"))


def test_what_was_shown_again_and_is_kept_is_not_there_to_be_kept_twice(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True, expects=("ERR_INTERNET_DISCONNECTED", "422"))
    title = f"改好再存 {uuid4().hex[:8]}"
    fill(page, county, title)
    page.fill("#others", "查无此人")
    page.click(".send button.btn-primary")
    page.wait_for_selector("#errors")
    assert page.locator("[data-wrong]").count() == 0
    page.fill("#others", "")
    page.context.set_offline(True)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-waiting='1']")
    assert page.locator(".send").is_hidden()
    page.context.set_offline(False)
    page.wait_for_selector("[data-receipts='1']")
    assert len(found(county, title)) == 1


def test_without_scripts_it_is_recorded_and_a_double_click_records_once(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", java_script_enabled=False)
    title = f"没有脚本 {uuid4().hex[:8]}"
    fill(page, county, title)
    page.locator(".send button.btn-primary").dblclick(no_wait_after=True)
    page.wait_for_url("**/occasions/**")
    assert "已登记到台账" in page.content()
    assert len(found(county, title)) == 1


def test_going_back_gives_a_fresh_form_and_records_nothing(county: County, visit: Visit) -> None:
    page = visit("clerk", java_script_enabled=False)
    title = f"后退 {uuid4().hex[:8]}"
    fill(page, county, title)
    before = page.input_value("main form input[name='id']")
    page.click(".send button.btn-primary")
    page.wait_for_url("**/occasions/**")
    page.go_back()
    assert page.input_value("main form input[name='id']") != before
    page.go_forward()
    assert len(found(county, title)) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_going_back_ticks_nobody_else(county: County, visit: Visit, scripts: bool) -> None:
    # Whoever was there stands first the next time: a browser that ticks by place would tick others.
    page = visit("clerk", java_script_enabled=scripts)
    page.goto(county.url("/record/visited_village"))
    boxes = page.locator("#chosen > li > input[type=checkbox]")
    for nth in (5, 6, 7):
        page.locator(f"label[for='p-{boxes.nth(nth).get_attribute('value')}']").click()
    page.fill("#f-title", f"后退不错人 {uuid4().hex[:8]}")
    page.click(".send button.btn-primary")
    page.wait_for_url("**/occasions/**")
    page.go_back()
    page.wait_for_selector("#f-title")
    assert page.locator("#chosen input:checked").count() == 0
    assert page.locator("[data-counts]").inner_text() == "0"
    assert page.input_value("#f-title") == ""


@pytest.mark.parametrize("scripts", [True, False])
def test_a_session_that_ends_in_mid_form_loses_nothing(
    county: County, visit: Visit, scripts: bool
) -> None:
    page = visit("clerk", java_script_enabled=scripts, expects=("401",))
    title = f"会话过期 {uuid4().hex[:8]}"
    fill(page, county, title)
    account = county.installation.access.accounts.named("walk-clerk")
    county.installation.access.sessions.revoke_all(account.id)
    page.click(".send button.btn-primary")
    if scripts:
        # It is kept on the device and sent once he is back.
        page.wait_for_selector("[data-waiting='1']")
        sign_in(county, page, "clerk")
        page.wait_for_selector("[data-waiting]", state="detached")
        page.wait_for_load_state("networkidle")
    else:
        assert "刚才填写的内容还在" in page.content()
        page.fill("#name", "walk-clerk")
        page.fill("#password", county.passwords["clerk"])
        page.click("main form button.btn-primary")
        page.click("button:has-text('继续保存')")
        page.wait_for_url("**/occasions/**")
    assert len(found(county, title)) == 1


def test_somebody_else_changed_it_meanwhile_both_versions_are_shown(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", expects=("409", "412"))
    title = f"两人同改 {uuid4().hex[:8]}"
    fill(page, county, title)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    (record,) = found(county, title)
    address = county.url(f"/occasions/{record.stream[9:]}/amend")
    page.goto(address)
    other = visit("office")
    other.goto(address)
    other.fill("#f-place", "村委会")
    other.fill("#why", "补地点")
    other.click(".send button.btn-primary")
    other.wait_for_selector("[data-did]")
    page.fill("#f-place", "文化礼堂")
    page.fill("#why", "更正地点")
    page.click(".send button.btn-primary")
    shown = page.locator("section[aria-labelledby='both']").inner_text()
    assert "村委会" in shown
    assert "文化礼堂" in shown
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-did]")
    assert body_of(county, record.stream).place == "文化礼堂"


def test_a_wrong_tap_is_withdrawn_with_a_reason_and_a_likely_double_is_shown(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True)
    title = f"可能重复 {uuid4().hex[:8]}"
    fill(page, county, title, people=3)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    fill(page, county, f"{title} 二", people=3)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    assert "可能重复" in page.locator(".notice.warn").inner_text()
    second = "occasion/" + page.url.partition("/occasions/")[2].partition("?")[0]
    page.click("summary:has-text('撤回这条记录')")
    page.click("button:has-text('重复登记')")
    page.click("form[action*='withdraw'] button.btn-primary")
    page.wait_for_selector(".tag.red:has-text('已撤回')")
    with county.desk.store.reading() as connection:
        rows = history.history(connection, LEDGER, second, county.desk.entries_at).rows
    assert "重复登记" in rows[0].said.zh


def test_what_waits_is_not_sent_in_the_name_of_who_signs_in_after_him(
    county: County, visit: Visit
) -> None:
    page = visit("clerk", phone=True, expects=("ERR_INTERNET_DISCONNECTED", "403"))
    mark = uuid4().hex[:8]
    fill(page, county, f"已上传 {mark}")
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-sent]")
    page.goto(county.url("/record/visited_village"))
    page.context.set_offline(True)
    choose(page, 1)
    page.fill("#f-title", f"别人的 {mark}")
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-waiting='1']")
    page.context.set_offline(False)
    page.wait_for_selector("[data-waiting]", state="detached")
    assert len(found(county, mark)) == 2
    # His page stays open while somebody else signs in at the same browser.
    page.goto(county.url("/record/visited_village"))
    other = page.context.new_page()
    sign_in(county, other, "head")
    choose(page, 1)
    page.fill("#f-title", f"第三条 {mark}")
    page.click(".send button.btn-primary")
    page.wait_for_selector("[data-waiting='1']")
    page.locator("#outbox button:has-text('现在上传')").click()
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-waiting='1']").count() == 1
    other.goto(county.url("/"))
    other.wait_for_load_state("networkidle")
    assert "别人登录时存的" in other.locator("#outbox").inner_text()
    assert len(found(county, mark)) == 2
    sign_in(county, page, "clerk")
    page.wait_for_selector("[data-waiting]", state="detached")
    page.wait_for_load_state("networkidle")
    assert len(found(county, mark)) == 3
