"""Recording on a page: what the catalogue has is asked, what is wrong is said beside it, nothing doubles, nothing typed is lost."""

from __future__ import annotations

import html
import re
from uuid import uuid4

import pytest

from domain.kinds import KINDS, Shape
from domain.people import Role
from interfaces.web.fields import is_of_pairs
from interfaces.web.recording import LATER
from tests.interfaces.conftest import SINCE, Caller, Service, visit
from tests.pictures import SECRET, exif, jpeg, segment
from tests.web.conftest import Reader, Reading

VISIT = "/record/visited_village"
DAY = ("on", "2025-03-05")


def recorded(office: Caller, position: int | None = None, **more: str) -> list[str]:
    """The titles of the ledger's records."""
    rows = office.get("/deeds", **more, **({} if position is None else {"after": position})).json()
    return [row["title"] for row in rows["rows"]]


def wrong(text: str, name: str) -> str:
    """What is said to be wrong beside an input."""
    anchor = "f-" + name.replace(".", "-")
    found = re.search(rf'<p class="wrong" id="{re.escape(anchor)}-wrong">(.*?)</p>', text)
    assert found, name
    return html.unescape(found[1])


@pytest.mark.parametrize(
    "kind", [k for k, v in KINDS.items() if v.about.shape is not Shape.FINDING]
)
def test_every_kind_has_a_form_that_asks_what_the_catalogue_says(
    reading: Reading, kind: str
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    text = clerk.read(f"/record/{kind}")
    from domain.kinds.fields import fields_of

    for each in fields_of(KINDS[kind]):
        if is_of_pairs(each.type):
            assert f'name="details.{each.name}"' not in text, "each says it for himself"
            continue
        assert f'name="details.{each.name}"' in text
        assert html.escape(each.label.zh, quote=False) in text


@pytest.mark.parametrize("kind", sorted(LATER))
def test_what_is_known_when_a_matter_was_handled_is_folded(reading: Reading, kind: str) -> None:
    text = reading("zhao", Role.CLERK, "south").read(f"/record/{kind}")
    asked, _, folded = text.partition("<summary>更多")
    for name in LATER[kind]:
        assert f'name="details.{name}"' not in asked
        assert f'name="details.{name}"' in folded


def test_a_visit_is_recorded_with_its_people_and_called_by_what_it_is_and_where(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    answer = clerk.send(
        VISIT, DAY, ("village", "village"), ("p", "li"), ("p", "chen"), ("part.chen", "leads")
    )
    assert answer.status_code == 200
    assert "已登记到台账" in answer.text
    assert "走访村(社区):桃源村" in answer.text
    page = str(answer.url).partition("/occasions/")[2].partition("?")[0]
    body = office.get(f"/occasions/{page}").json()["body"]
    assert {p["person"]: p["part"] for p in body["participants"]} == {
        "li": "takes_part",
        "chen": "leads",
    }
    assert (body["village"], body["organiser"]) == ("village", "south")


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    answer = clerk.send(
        VISIT,
        ("on", "2999-01-01"),
        ("p", "li"),
        ("title", "将来的走访"),
        ("reached_people", "很多"),
        ("details.purpose", "了解"),
    )
    assert answer.status_code == 422
    assert "整数" in wrong(answer.text, "reached_people")
    assert 'value="将来的走访"' in answer.text
    assert ">了解</textarea>" in answer.text
    assert re.search(r'value="li" checked', answer.text)
    again = clerk.send(VISIT, ("on", "2999-01-01"), ("p", "li"))
    assert "不能晚于今天" in wrong(again.text, "on")
    empty = clerk.send("/record/volunteered", ("on", ""), ("p", "li"))
    assert wrong(empty.text, "on").startswith("必填")
    assert wrong(empty.text, "details.service").startswith("必填")
    assert "将来的走访" not in recorded(office)


def test_the_same_form_twice_is_one_record_and_another_text_asks_first(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    key = f"form-{uuid4()}"
    told = [DAY, ("p", "li"), ("id", key)]
    first = clerk.send(VISIT, *told, ("title", "只一条"))
    second = clerk.send(VISIT, *told, ("title", "只一条"))
    assert first.url == second.url
    third = clerk.send(VISIT, *told, ("title", "改了"))
    assert third.status_code == 422
    assert "刚才已经提交过" in third.text
    assert clerk.hidden(third.text, "id") != key
    assert recorded(office).count("只一条") == 1
    assert "改了" not in recorded(office)


def test_people_are_called_by_name_and_namesakes_are_told_apart(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    found = clerk.get("/record/people?others=%E6%9D%8E&kind=visited_village").text
    assert found.count('name="p"') == 2
    answer = clerk.send(VISIT, DAY, ("others", "陈静 李明"))
    assert answer.status_code in {409, 422}
    choices = re.findall(r'name="namesake" id="n-[^"]+" value="([^"]+)"', answer.text)
    assert sorted(choices) == ["li", "other-li"]
    done = clerk.send(VISIT, DAY, ("others", "陈静 李明"), ("namesake", "li"))
    page = str(done.url).partition("/occasions/")[2].partition("?")[0]
    body = office.get(f"/occasions/{page}").json()["body"]
    assert {p["person"] for p in body["participants"]} == {"li", "chen"}
    nobody = clerk.send(VISIT, DAY, ("others", "没这人"))
    assert "名册中没有此人" in nobody.text


def test_whose_term_is_over_is_not_offered(reading: Reading, office: Caller) -> None:
    former = {
        "command": "admit",
        "person": "former",
        "profile": {"name": "谷梦颖"},
        "term": {"number": 9, "since": SINCE, "until": "2025-06-30"},
        "memberships": [{"bond": "studio", "unit": "south", "since": SINCE}],
    }
    told = office.send("/commands", [former]).json()
    assert [v for v in told["verdicts"] if "problem" in v] == []
    office.get("/deeds", after=told["position"])
    clerk = reading("zhao", Role.CLERK, "south")
    form = clerk.read(VISIT)
    assert 'value="li"' in form
    assert 'value="former"' not in form
    # Who was there while he was a member is still called by name.
    assert clerk.send(VISIT, DAY, ("others", "谷梦颖")).status_code == 200


def test_a_script_gets_a_receipt_or_a_problem(reading: Reading) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    json = "application/json"
    done = clerk.send(VISIT, DAY, ("p", "li"), accept=json)
    assert done.status_code == 201
    assert done.json()["receipt"]["position"] > 0
    assert done.json()["page"].startswith(clerk.url("/occasions/"))
    refused = clerk.send(VISIT, ("on", "2999-01-01"), ("p", "li"), accept=json)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["reason"] == "in_future"


@pytest.mark.parametrize(
    ("path", "pairs", "said"),
    [
        (VISIT, [DAY, ("others", "查无此人")], "参加人员:名册中没有此人"),
        (VISIT, [("on", "2999-01-01"), ("p", "li")], "日期:日期不能晚于今天"),
        ("/record/carried_up", [DAY, ("title", "带话"), ("text", "水渠")], "作者:必填"),
        (VISIT, [DAY, ("p", "li"), ("message.details.topic", "交通")], "摘要:必填"),
    ],
)
def test_a_script_is_told_what_is_wrong_as_the_page_says_it(
    reading: Reading, path: str, pairs: list[tuple[str, str]], said: str
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    (shown,) = clerk.send(path, *pairs, accept="application/json").json()["shown"]
    assert shown.startswith(said)
    assert "/" not in shown


def test_a_picture_is_kept_without_what_it_tells_of_place_and_named_once(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    file = ("photo", ("现场.jpg", jpeg(segment(0xE1, b"Exif\0\0" + exif())), "image/jpeg"))
    answer = clerk.send(VISIT, DAY, ("p", "li"), files=[file])
    assert answer.status_code == 200, re.findall(r"<li>.*?</li>", answer.text)[:5]
    (address,) = re.findall(r'<img src="(/ledgers/[^"]+/evidence/[^"]+)"', answer.text)
    picture = clerk.get(html.unescape(address).removeprefix(clerk.url("")))
    assert picture.headers["content-type"] == "image/jpeg"
    assert SECRET not in picture.content
    other = reading("li", Role.MEMBER)
    assert other.get(address.partition("?")[0].removeprefix(other.url(""))).status_code in {
        200,
        403,
    }
    bad = clerk.send(VISIT, DAY, ("p", "li"), files=[("photo", ("a.txt", b"text", "text/plain"))])
    assert bad.status_code == 422
    assert "evidence" not in recorded(office)


def test_a_picture_that_came_with_a_refused_form_need_not_be_sent_again(reading: Reading) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    file = ("photo", ("现场.jpg", jpeg(), "image/jpeg"))
    answer = clerk.send(VISIT, ("on", "2999-01-01"), ("p", "li"), files=[file])
    kept = clerk.hidden(answer.text, "kept_photo")
    assert "已收到:现场.jpg" in answer.text
    done = clerk.send(VISIT, DAY, ("p", "li"), ("kept_photo", kept))
    assert "/evidence/" in done.text


def test_a_file_that_is_not_there_is_named_and_no_broken_picture(
    reading: Reading, sqlite_service: Service, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    files = [
        ("photo", ("现场.jpg", jpeg(), "image/jpeg")),
        ("photo", ("签到.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")),
    ]
    page = clerk.send(VISIT, DAY, ("p", "li"), files=files)
    at = str(page.url.path).removeprefix(clerk.url(""))
    assert page.text.count('<img src="/ledgers/') == 1
    assert re.search(r'<a class="small" href="[^"]+/evidence/[^"]+">签到.pdf</a>', page.text)
    assert "文件不在" not in page.text
    desk = sqlite_service.installation.desk(office.ledger)
    for sha256 in set(re.findall(r"/evidence/([0-9a-f]{64})", page.text)):
        assert desk.files.forget(sha256)
    text = clerk.read(at)
    assert "<img src=" not in text.partition("<main")[2]
    assert "文件不在:现场.jpg" in text
    assert "文件不在:签到.pdf" in text


def test_a_message_of_a_visit_is_recorded_with_it_or_nothing_is(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    lacking = clerk.send(
        VISIT, DAY, ("p", "li"), ("title", "没写内容"), ("message.details.spoken_by", "王大爷")
    )
    assert lacking.status_code == 422
    assert wrong(lacking.text, "message.text").startswith("必填")
    assert "没写内容" not in recorded(office)
    done = clerk.send(
        VISIT,
        DAY,
        ("p", "li"),
        ("p", "chen"),
        ("part.chen", "leads"),
        ("level", "township"),
        ("message.text", "路灯不亮"),
        ("message.details.spoken_by", "王大爷"),
    )
    assert done.status_code == 200
    assert "路灯不亮" in recorded(office)
    (row,) = office.get("/deeds", kind="carried_up").json()["rows"]
    matter = office.get(f"/matters/{row['stream'][7:]}").json()["body"]
    assert [author["person"] for author in matter["authors"]] == ["chen"]
    assert matter["details"]["spoken_by"] == "王大爷"
    assert matter["level"] == "township"
    assert "王大爷" not in reading("li", Role.MEMBER).read(f"/matters/{row['stream'][7:]}")


def test_who_carries_a_message_can_be_chosen_among_those_who_were_there(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    told = [DAY, ("p", "li"), ("p", "chen"), ("part.chen", "leads"), ("message.text", "井盖坏了")]
    other = clerk.send(VISIT, *told, ("message.carried_by", "zhao"))
    assert other.status_code == 422
    beside = other.text.partition('id="f-message-carried_by"')[2].partition("</div>")[0]
    assert 'value="zhao" selected' in beside
    assert "不在此条记录的人员之中" in beside
    assert "井盖坏了" not in recorded(office)
    done = clerk.send(VISIT, *told, ("message.carried_by", "li"))
    (key,) = re.findall(r'href="[^"]*/matters/([^"]+)">井盖坏了', done.text)
    authors = office.get(f"/matters/{key}").json()["body"]["authors"]
    assert [each["person"] for each in authors] == ["li"]


def test_opinions_and_answers_come_of_a_reception_day_whose_sheet_is_printed(
    reading: Reading, office: Caller
) -> None:
    said = visit(
        details={"kind": "received_public", "matters_received": 3, "answered_on_spot": 1},
        title="城南接待日",
        village="village",
        reached_people=5,
        participants=[{"person": "chen"}, {"person": "li", "part": "leads"}],
    )
    assert office.send("/occasions/rd", said, method="PUT").status_code == 201
    clerk = reading("zhao", Role.CLERK, "south")
    day = clerk.read("/occasions/rd")
    for kind in ("carried_up", "reported_opinion", "carried_down"):
        address = f"/record/{kind}?source=occasion/rd"
        assert clerk.url(address) in day
        form = clerk.read(address)
        assert clerk.hidden(form, "answers") == "occasion/rd"
        assert re.findall(r'name="p" id="[^"]+" value="([^"]+)" checked', form) == ["li"]
    done = clerk.send(
        "/record/reported_opinion?source=occasion/rd",
        ("answers", "occasion/rd"),
        ("on", "2025-03-05"),
        ("title", "路口缺红绿灯"),
        ("organiser", "south"),
        ("p", "li"),
        page="/record/reported_opinion?source=occasion/rd",
    )
    assert done.status_code == 200
    sheet = clerk.read("/occasions/rd/reception")
    assert clerk.url("/occasions/rd/reception") in day
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", sheet))
    assert "接待委员:" in text and "李明" in text and "陈静" in text
    assert "接待 5 人次" in text and "接待事项 3" in text and "当场答复 1" in text
    assert "1 路口缺红绿灯 报送社情民意信息" in text
    office.send("/occasions/v", visit(), method="PUT")
    for none in ("none", "v"):
        assert clerk.get(f"/occasions/{none}/reception").status_code == 404


def test_a_message_and_the_visit_that_it_came_from_lead_to_each_other(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    done = clerk.send(
        VISIT,
        DAY,
        ("title", "带话的走访"),
        ("village", "village"),
        ("p", "li"),
        ("p", "chen"),
        ("part.chen", "leads"),
        ("message.text", "桥栏杆松了"),
        ("message.details.reply_wish", "in_person"),
    )
    (address,) = re.findall(r'href="([^"]*/matters/[^"]+)">桥栏杆松了', done.text)
    message = clerk.read(address.removeprefix(clerk.url("")))
    assert "当面" in message
    visited = str(done.url).partition("?")[0].rpartition("/")[2]
    assert re.search(rf'href="[^"]*/occasions/{visited}">[^<]*带话的走访', message)
    more = f"/record/carried_up?source=occasion/{visited}"
    assert more in done.text
    form = clerk.read(more)
    assert clerk.hidden(form, "answers") == f"occasion/{visited}"
    assert re.findall(r'name="p" id="[^"]+" value="([^"]+)" checked', form) == ["chen"]
    again = clerk.send(
        more,
        ("answers", f"occasion/{visited}"),
        ("on", "2025-03-05"),
        ("title", "路灯不亮"),
        ("organiser", "south"),
        ("p", "chen"),
        page=more,
    )
    assert again.status_code == 200
    came = clerk.read(f"/occasions/{visited}").partition('id="ties"')[2].partition("</section>")[0]
    assert re.findall(r'/matters/[^"]+">([^<]+)<', came) == ["桥栏杆松了", "路灯不亮"]
    rows = office.get(f"/occasions/{visited}").json()["came_of"]
    assert [row["title"] for row in rows] == ["桥栏杆松了", "路灯不亮"]
    amend = clerk.read(address.removeprefix(clerk.url("")) + "/amend")
    assert clerk.hidden(amend, "answers") == f"occasion/{visited}"


def test_guests_who_are_on_no_roster_stand_on_the_record_and_not_among_its_lines(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    done = clerk.send(VISIT, DAY, ("p", "li"), ("guests", "何大年(市政协)\n\n 范小雨 "))
    assert done.status_code == 200
    assert "何大年(市政协)、范小雨" in re.sub(r"\s*\n\s*", "", done.text)
    stream = str(done.url).partition("?")[0].rpartition("/")[2]
    record = office.get(f"/occasions/{stream}").json()
    assert record["body"]["guests"] == ["何大年(市政协)", "范小雨"]
    assert {line["subject"] for line in record["lines"]} == {"member/li", "unit/south"}
    amend = clerk.read(f"/occasions/{stream}/amend")
    assert "何大年(市政协)\n范小雨</textarea>" in amend
    # Names of people are not put on a form anew, nor shown to whoever sees none.
    assert "何大年" not in clerk.read(f"{VISIT}?repeat=occasion/{stream}")
    other = reading("other-li", Role.MEMBER).read(f"/occasions/{stream}")
    assert "何大年" not in other
    assert "嘉宾" in other
    twice = clerk.send(VISIT, DAY, ("p", "li"), ("guests", "何大年\n何大年"))
    assert twice.status_code == 422
    assert wrong(twice.text, "guests")


def test_a_correction_of_guests_is_sealed_to_whoever_sees_no_names(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    done = clerk.send(VISIT, DAY, ("p", "li"), ("title", "换嘉宾"), ("guests", "何大年"))
    stream = str(done.url).partition("?")[0].rpartition("/")[2]
    page = f"/occasions/{stream}/amend"
    told = [("version", "1"), ("title", "换嘉宾"), DAY, ("organiser", "south"), ("p", "li")]
    amended = clerk.send(page, *told, ("guests", "范小雨"), ("reason", "记错了"))
    assert "<del>何大年</del>" in amended.text
    other = reading("other-li", Role.MEMBER).read(f"/occasions/{stream}")
    assert "何大年" not in other
    assert "范小雨" not in other


def test_a_name_that_no_roster_has_can_be_made_a_guest(reading: Reading, office: Caller) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    answer = clerk.send(VISIT, DAY, ("p", "li"), ("others", "陈静 何大年"), ("guests", "范小雨"))
    assert answer.status_code == 422
    assert "名册中没有此人" in answer.text
    assert clerk.hidden(answer.text, "as_guest") == "何大年"
    done = clerk.send(
        VISIT,
        DAY,
        ("p", "li"),
        ("others", "陈静 何大年"),
        ("guests", "范小雨"),
        ("as_guest", "何大年"),
    )
    stream = str(done.url).partition("?")[0].rpartition("/")[2]
    body = office.get(f"/occasions/{stream}").json()["body"]
    assert {p["person"] for p in body["participants"]} == {"li", "chen"}
    assert body["guests"] == ["范小雨", "何大年"]
    assert (
        'name="as_guest"'
        not in clerk.send("/record/proposed", DAY, ("title", "提案"), ("others", "何大年")).text
    )


def test_a_member_may_be_at_a_visit_in_another_capacity(reading: Reading, office: Caller) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    form = clerk.read(VISIT)
    (select,) = re.findall(r'<select[^>]* name="capacity.li".*?</select>', form, re.DOTALL)
    assert "特邀" in select
    assert "higher_member" not in select
    done = clerk.send(VISIT, DAY, ("p", "li"), ("capacity.li", "invited"))
    stream = str(done.url).partition("?")[0].rpartition("/")[2]
    (line,) = office.get(f"/occasions/{stream}").json()["body"]["participants"]
    assert line["capacity"] == "invited"
    assert "特邀" in done.text


def test_an_occasion_of_a_township_is_of_its_level(reading: Reading, office: Caller) -> None:
    def level(reader: Reader, path: str = VISIT) -> list[str]:
        form = reader.read(path)
        (select,) = re.findall(r'<select[^>]* name="level".*?</select>', form, re.DOTALL)
        return [str(each) for each in re.findall(r'value="([^"]+)" selected', select)]

    clerk = reading("zhao", Role.CLERK, "south")
    assert level(clerk) == ["township"]
    assert level(clerk, "/record/carried_up") == ["township"]
    assert level(clerk, "/record/proposed") == ["county"]
    assert level(reading("chen", Role.HEAD, "medicine")) == ["county"]
    # A member says first who organised it: its level is that of the organiser.
    member = reading("li", Role.MEMBER)
    assert level(member) == []
    for organiser, found in (("城南工作室", "township"), ("医药卫生界", "county")):
        done = member.send(
            VISIT, DAY, ("title", found), ("organiser", organiser), ("p", "li"), ("level", "")
        )
        stream = str(done.url).partition("?")[0].rpartition("/")[2]
        assert office.get(f"/occasions/{stream}").json()["body"]["level"] == found


def test_all_that_is_wrong_is_said_at_once(reading: Reading) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    for name in ("reached_people", "details.problems_raised"):
        answer = clerk.send(
            VISIT,
            ("on", "2999-01-01"),
            ("others", "没这人 李明 也没有"),
            ("organiser", "没有的单位"),
            (name, "-2"),
        )
        assert answer.status_code in {404, 422}
        assert "不能晚于今天" in wrong(answer.text, "on")
        assert "不小于 0" in wrong(answer.text, name)
        assert wrong(answer.text, "organiser")
        for said in ("没这人", "也没有"):
            assert 'name="as_guest"' in answer.text
            assert f"“{said}”作为嘉宾登记" in answer.text
        assert sorted(re.findall(r'name="namesake" id="n-([^"]+)"', answer.text)) == [
            "li",
            "other-li",
        ]
    both = clerk.send(VISIT, ("on", "2999-01-01"), ("p", "li"), ("half_days", "0"))
    assert "不能晚于今天" in wrong(both.text, "on")
    assert "不小于 1" in wrong(both.text, "half_days")


def test_what_may_not_be_below_nothing_is_said_so(reading: Reading) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    for name in ("reached_people", "details.problems_raised"):
        answer = clerk.send(VISIT, DAY, ("p", "li"), (name, "-2"))
        assert answer.status_code == 422
        assert "不小于 0" in wrong(answer.text, name)
        assert "字段说明" not in answer.text


def test_what_may_not_be_so_large_is_said_so_beside_its_field(reading: Reading) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    answer = clerk.send(VISIT, DAY, ("p", "li"), ("reached_people", "1000000000000"))
    assert answer.status_code == 422
    assert "整数部分不超过 12 位" in wrong(answer.text, "reached_people")
    for said in ("1E+5000", "0.0000001"):
        typed = (("p", "li"), ("details.project", "甲"), ("details.investment", said))
        answer = clerk.send("/record/promoted_investment", ("title", "引资"), DAY, *typed)
        assert answer.status_code == 422
        assert "小数不超过 6 位" in wrong(answer.text, "details.investment")


def test_a_member_declares_for_himself_and_it_waits(reading: Reading) -> None:
    member = reading("li", Role.MEMBER)
    answer = member.send(
        "/record/volunteered",
        DAY,
        ("organiser", "城南工作室"),
        ("p", "li"),
        ("details.service", "free_clinic"),
    )
    assert answer.status_code == 200
    assert "委员自报" in answer.text
    assert "暂不计入" in answer.text


def amended(reader: Reader, stream: str, *pairs: tuple[str, str], version: str) -> str:
    """Correct the place of a record as somebody who saw this version."""
    page = f"/occasions/{stream}/amend"
    told = [("version", version), ("title", "走访桃源村"), DAY, ("organiser", "south")]
    answer = reader.send(page, *told, ("p", "li"), ("p", "chen"), *pairs)
    return answer.text


def test_who_saw_an_older_version_is_shown_both(reading: Reading, office: Caller) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    answer = office.send("/occasions", visit())
    stream, position = answer.json()["id"], answer.json()["position"]
    office.get("/deeds", after=position)
    version = clerk.hidden(clerk.read(f"/occasions/{stream}/amend"), "version")
    first = amended(clerk, stream, ("place", "村委会"), ("reason", "补地点"), version=version)
    assert "已更正" in first
    second = amended(clerk, stream, ("place", "文化礼堂"), ("reason", "更正"), version=version)
    assert "别人刚刚也改了这几项" in second
    assert "村委会" in second
    assert "文化礼堂" in second
    newest = clerk.hidden(second, "version")
    third = amended(clerk, stream, ("place", "文化礼堂"), ("reason", "更正"), version=newest)
    assert "已更正" in third
    without = amended(clerk, stream, ("place", "别处"), version=str(int(newest) + 1))
    assert "请写明理由" in without


def overtaken(text: str) -> dict[str, tuple[str, str]]:
    """What a page says both have changed: what stands, and what was typed."""
    table = text.partition('id="both"')[2].partition("</table>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>", table)
    return {name: (theirs, yours) for name, theirs, yours in rows}


def test_what_another_changed_meanwhile_is_kept_and_only_what_both_changed_is_compared(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    answer = office.send("/occasions", visit())
    stream, position = answer.json()["id"], answer.json()["position"]
    office.get("/deeds", after=position)
    page = f"/occasions/{stream}/amend"
    version = clerk.hidden(clerk.read(page), "version")
    other = (
        ("place", "村委会"),
        ("village", "village"),
        ("part.li", "hosts"),
        ("reached_people", "9"),
    )
    assert "已更正" in amended(clerk, stream, *other, ("reason", "补充"), version=version)
    mine = ("place", "文化礼堂"), ("result", "已办结"), ("part.chen", "takes_part")
    untouched = ("village", ""), ("reached_people", "0")
    late = amended(
        clerk,
        stream,
        *mine,
        *untouched,
        ("organiser", "城南工作室"),
        ("reason", "更正"),
        version=version,
    )
    assert overtaken(late) == {"地点": ("村委会", "文化礼堂")}
    assert 'name="message.text"' not in clerk.read(page) + late
    assert "4 ≠" not in late and "≠" not in late
    assert "请刷新" not in late
    assert "已按现在的台账填入:<b>村(社区)、服务人次、人员</b>" in late
    assert ">已办结</textarea>" in late
    pairs = [
        (name, clerk.hidden(late, name))
        for name in ("version", "on", "title", "place", "organiser", "reached_people")
    ]
    chosen = re.findall(
        r'name="(village|part\.li|part\.chen)".*?<option value="([^"]+)" selected', late, re.DOTALL
    )
    pairs += [*chosen, ("p", "li"), ("p", "chen"), ("result", "已办结"), ("reason", "更正")]
    assert "已更正" in clerk.send(page, *pairs).text
    body = office.get(f"/occasions/{stream}").json()["body"]
    assert (body["place"], body["village"], body["reached_people"]) == ("文化礼堂", "village", 9)
    assert body["result"] == "已办结"
    assert {p["person"]: p["part"] for p in body["participants"]} == {
        "li": "hosts",
        "chen": "takes_part",
    }


def test_of_people_too_only_what_both_changed_is_compared(reading: Reading, office: Caller) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    answer = office.send("/occasions", visit())
    stream, position = answer.json()["id"], answer.json()["position"]
    office.get("/deeds", after=position)
    version = clerk.hidden(clerk.read(f"/occasions/{stream}/amend"), "version")
    amended(clerk, stream, ("part.li", "hosts"), ("reason", "主持"), version=version)
    late = amended(clerk, stream, ("part.li", "leads"), ("reason", "牵头"), version=version)
    assert overtaken(late) == {"李明": ("组织(承办)", "带队")}


def test_a_form_of_no_version_that_there_was_shows_all_that_differs(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    answer = office.send("/occasions", visit())
    office.get("/deeds", after=answer.json()["position"])
    stream = answer.json()["id"]
    late = amended(clerk, stream, ("place", "礼堂"), ("reason", "更正"), version="77")
    assert overtaken(late)["地点"] == ("–", "礼堂")


def test_what_was_recorded_last_is_offered_again(reading: Reading, office: Caller) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    done = clerk.send(VISIT, DAY, ("p", "li"), ("place", "老年活动室"), ("village", "village"))
    stream = str(done.url).partition("/occasions/")[2].partition("?")[0]
    assert f"repeat=occasion/{stream}" in clerk.read("/record")
    again = clerk.read(f"{VISIT}?repeat=occasion/{stream}")
    assert 'value="老年活动室"' in again
    assert re.search(r'value="li" checked', again)
    fresh = clerk.read(VISIT)
    assert 'value="老年活动室"' in fresh
    # A script takes the place out once another village is chosen, but for one that was typed or stands recorded.
    assert "data-fresh" in fresh
    assert "data-fresh" not in clerk.send(VISIT, ("on", "2999-01-01"), ("p", "li")).text
    assert "data-fresh" not in clerk.read(f"/occasions/{stream}/amend")
    assert not re.search(r'value="li" checked', fresh)
    assert office.get(f"/occasions/{stream}").status_code == 200


def test_the_same_deed_from_two_sides_is_offered_to_be_linked_and_the_link_undone(
    reading: Reading, office: Caller
) -> None:
    first = office.send("/occasions", visit(title="工作室的走访"))
    second = office.send("/occasions", visit(title="界别的走访", organiser="medicine"))
    office.get("/deeds", after=second.json()["position"])
    head = reading("chen", Role.HEAD, "medicine")
    path = f"/occasions/{second.json()['id']}"
    page = head.read(path)
    assert "可能是同一次履职" in page
    assert "工作室的走访" in page
    linked = head.send(f"{path}/link", ("same_as", f"occasion/{first.json()['id']}"), page=path)
    assert linked.status_code == 200
    assert "同一履职的其他记录" in linked.text
    assert "可能是同一次履职" not in linked.text
    undone = head.send(f"{path}/unlink", ("reason", "不是同一次"), page=path)
    assert "可能是同一次履职" in undone.text
    assert "可能是同一次履职" not in reading("li", Role.MEMBER).read(path)
