"""What led to what on pages: said from a record's page by choosing another by its title, undone there, told as a story."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.people import Role
from tests.interfaces.conftest import Caller, Service, proposal, visit
from tests.web.conftest import Reader, Reading
from tests.web.test_acts_on_records import shown

CHOSEN = (("way", "before"), ("other", "occasion/v"), ("on", "2025-04-01"), ("note", "会后写成"))


@pytest.fixture
def clerk(office: Caller, sqlite_service: Service, reading: Reading) -> Reader:
    """A clerk who recorded a visit, where the office has a proposal and a speech of another day."""
    profile = {"name": "王干事", "standing": "other"}
    office.send("/commands", [{"command": "admit", "person": "wang", "profile": profile}])
    south = sqlite_service.caller(office.ledger, "wang", Role.CLERK, "south")
    put(south, "/occasions/v", visit(title="走访看到的停车难"))
    put(office, "/matters/p", proposal(title="增设车位的提案", on="2025-04-01"))
    put(office, "/matters/later", proposal(title="年底的提案", on="2025-06-01"))
    return reading("wang", Role.CLERK, "south")


def put(caller: Caller, path: str, body: dict[str, Any]) -> None:
    answer = caller.send(path, body, method="PUT")
    assert answer.status_code == 201, answer.text


def ties(page: str) -> str:
    """The part of a record's page that tells where it came from and what it led to."""
    return page.partition('id="links"')[2].partition("</section>")[0]


def offered(page: str) -> list[str]:
    return re.findall(r'<span class="title">([^<]+)</span>', page)


def test_another_record_is_chosen_and_both_pages_tell_of_the_link(clerk: Reader) -> None:
    assert f"{clerk.url('/matters/p/led')}" in ties(clerk.read("/matters/p"))
    done = clerk.send("/matters/p/led", *CHOSEN)

    assert done.status_code == 200
    assert "已登记促成关系" in done.text
    own, other = ties(done.text), ties(clerk.read("/occasions/v"))
    assert "由何促成" in own and "走访看到的停车难" in own and "会后写成" in own
    assert "促成了" in other and "增设车位的提案" in other
    assert f"{clerk.url('/matters/p/story')}" in own


def test_the_form_sent_twice_says_it_once(clerk: Reader) -> None:
    page = clerk.read("/matters/p/led")
    carried = [(name, clerk.hidden(page, name)) for name in ("form", "id")]
    for _ in range(2):
        assert clerk.post("/matters/p/led", [*carried, *CHOSEN]).status_code == 200
    history = clerk.read("/matters/p").partition("<h2>经过</h2>")[2]
    assert history.count("促成(2025-04-01)") == 1


def test_what_it_led_to_is_said_from_the_earlier_record(clerk: Reader) -> None:
    after = (("way", "after"), ("other", "matter/later"), ("on", "2025-06-01"))
    done = clerk.send("/occasions/v/led", *after, page="/occasions/v/led?way=after")

    assert "促成了" in ties(done.text) and "年底的提案" in ties(done.text)
    assert "由何促成" in ties(clerk.read("/matters/later"))


def test_those_before_it_are_offered_and_any_is_found_by_its_title(clerk: Reader) -> None:
    assert offered(clerk.read("/matters/p/led")) == ["走访看到的停车难"]
    assert offered(clerk.read("/matters/p/led?way=after"))[0] == "年底的提案"
    assert offered(clerk.read("/matters/p/led?text=年底")) == ["年底的提案"]
    nothing = clerk.read("/matters/p/led?text=没有的")
    assert "没有这样的记录" in nothing
    assert clerk.get("/matters/p/led?way=sideways").status_code == 422
    assert clerk.get("/matters/none/led").status_code == 404


@pytest.mark.parametrize(
    ("changed", "anchor", "said"),
    [
        ({"other": ""}, "others", "必填"),
        ({"other": "matter/none"}, "others", "没有这条履职记录"),
        ({"other": "matter/p"}, "others", "就是这条记录本身"),
        ({"on": ""}, "on", "必填"),
        ({"on": "some day"}, "on", "填写有误"),
        ({"on": "2099-01-01"}, "on", "日期不能晚于今天"),
        ({"on": "2025-01-01"}, "on", "早于前一环节"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    clerk: Reader, changed: dict[str, str], anchor: str, said: str
) -> None:
    sent = dict(CHOSEN) | changed
    page = clerk.send("/matters/p/led", *sent.items())

    assert page.status_code == 422
    assert f'<a href="#{anchor}">' in page.text
    assert re.search(rf'<p class="wrong">{said}', page.text)
    assert 'value="会后写成"' in page.text
    assert "matter/none" not in shown(page.text)


def test_a_link_is_undone_with_a_reason_from_either_page(clerk: Reader) -> None:
    clerk.send("/matters/p/led", *CHOSEN)
    no_reason = (("source", "occasion/v"), ("reason", ""))
    page = clerk.send("/matters/p/unlink-led", *no_reason, page="/matters/p")
    assert page.status_code == 422
    assert '<a href="#why-unlink-led">理由</a>' in page.text

    from_the_other = (("source", "occasion/v"), ("reason", "并无关系"), ("back", "occasion/v"))
    done = clerk.send("/matters/p/unlink-led", *from_the_other, page="/occasions/v")
    assert str(done.url).partition("?")[0].endswith("/occasions/v")
    assert "已取消促成关系" in done.text
    assert "增设车位的提案" not in ties(done.text)


def test_who_may_record_neither_is_offered_no_undoing_and_is_refused(
    clerk: Reader, reading: Reading
) -> None:
    clerk.send("/matters/p/led", *CHOSEN)
    other = reading("zhao", Role.HEAD, "economy")
    page = other.read("/matters/p")
    assert "由何促成" in ties(page) and "unlink-led" not in page
    said = (("source", "occasion/v"), ("reason", "x"))
    refused = other.send("/matters/p/unlink-led", *said, page="/matters/p/led")
    assert refused.status_code == 403
    auditor = reading("someone", Role.AUDITOR)
    assert '/led"' not in ties(auditor.read("/matters/p"))
    assert auditor.get("/matters/p/led").status_code == 403


def test_a_withdrawn_record_still_names_what_it_came_from(clerk: Reader, office: Caller) -> None:
    put(office, "/matters/m", proposal(title="由走访而来", on="2025-04-02", answers="occasion/v"))
    page = clerk.read("/matters/m")
    assert "来源记录" in ties(page)
    assert page.partition('id="links"')[0].count("走访看到的停车难") == 0

    gone = office.send("/matters/m/withdrawals", {"reason": "误录"}, if_match="*")
    assert gone.status_code == 200, gone.text
    page = clerk.read("/matters/m")
    assert "来源记录</span><br>走访看到的停车难" in page
    assert "occasion/v<" not in page


# Stories


def test_the_story_of_a_record_tells_both_ends_in_order_of_days(clerk: Reader) -> None:
    clerk.send("/matters/p/led", *CHOSEN)
    for path in ("/matters/p/story", "/occasions/v/story"):
        text = shown(clerk.read(path))
        assert text.index("2025年3月5日 走访看到的停车难") < text.index(
            "2025年4月1日 增设车位的提案"
        )
        assert "← 由此促成: 走访看到的停车难 会后写成" in text
    alone = clerk.read("/matters/later/story")
    assert "还没有登记它由何而来" in alone
    assert clerk.get("/matters/none/story").status_code == 404


def test_the_stories_of_a_member_and_of_a_unit_for_who_may_see_their_files(
    clerk: Reader, reading: Reading
) -> None:
    clerk.send("/matters/p/led", *CHOSEN)
    himself = reading("li", Role.MEMBER)
    assert clerk.url("/people/li/story") in himself.read("/people/li?year=2025")
    for reader, path in (
        (himself, "/people/li/story?year=2025"),
        (clerk, "/people/li/story?year=2025"),
        (clerk, "/units/south/story?year=2025"),
    ):
        text = shown(reader.read(path))
        assert "走访看到的停车难 等 2 条" in text
        assert "增设车位的提案" in text
    assert clerk.url("/units/south/story") in clerk.read("/units/south?year=2025")
    assert "还没有可以串起来的履职" in clerk.read("/people/li/story?year=2024")
    assert clerk.get("/people/li/story?year=x").status_code == 422
    assert clerk.get("/people/nobody/story").status_code in (403, 404)
    assert reading("zhao", Role.MEMBER).get("/people/li/story").status_code == 403
    assert himself.get("/units/south/story").status_code == 403


def test_all_that_led_to_something_is_listed_and_narrowed_by_days(clerk: Reader) -> None:
    assert "还没有登记促成关系" in clerk.read("/stories")
    clerk.send("/matters/p/led", *CHOSEN)
    text = shown(clerk.read("/stories"))
    assert "走访看到的停车难" in text and "→ 增设车位的提案" in text
    assert "增设车位的提案" not in clerk.read("/stories?until=2025-03-31")
    wrong = clerk.get("/stories?since=2025-05-01&until=2025-04-01")
    assert wrong.status_code == 422
    assert clerk.get("/stories?since=soon").status_code == 422
