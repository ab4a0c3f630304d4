"""Pages of how matters flow: each figure leads to its matters; boards; suggestions entered, answered and counted; the month's ledgers."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from domain.course import Move
from domain.fact import Authorship, Reached
from domain.handling import MoveMatter
from domain.kinds import Details
from domain.kinds.about import Stage
from domain.kinds.advice import Obstacle, ReportedOpinion
from domain.kinds.deliberation import Tier
from domain.kinds.help import GrantedWish, Wisher
from domain.kinds.works import Consultation
from domain.matter import (
    AmendMatter,
    Author,
    Matter,
    RecordMatter,
    ReportOutcome,
    Sensitivity,
)
from domain.people import PersonId, Role, UnitId
from domain.suggested import Answer
from domain.suggestion import (
    AnswerSuggestion,
    CarryOutSuggestion,
    MakeSuggestion,
    WithdrawSuggestion,
)
from interfaces.sealed import MASK
from tests.interfaces.conftest import Caller, Service
from tests.web.conftest import Reader, Reading
from tests.web.rounds import Rounds, days

LI = PersonId("li")


def recorded(told: Rounds, matter: str, ago: int, details: Details, title: str) -> None:
    """A matter that came in so many days ago: a work of a sector, or through the studio."""
    unit = UnitId("medicine") if isinstance(details, Consultation) else None
    person = LI if unit is None else None
    body: Matter[Any] = Matter(
        details=details,
        title=title,
        on=told.today - days(ago),
        organiser=UnitId("south" if unit is None else "county"),
        authors=(Author(person=person, unit=unit, role=Authorship.FIRST),),
    )
    told.tell(RecordMatter(matter=matter, body=body))


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Rounds:
    """Three messages, of which one is handled and one rests; two wishes, one of them fulfilled; an opinion; a consultation with three suggestions."""
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    told.publish_loops()
    for matter, title in (("a", "群众盼修路"), ("b", "群众盼通车"), ("c", "群众盼装灯")):
        told.message(matter, 40, title)
    for matter in ("a", "b"):
        told.move(matter, "verified", 39)
    told.move("a", "in_hand", 38)
    told.move("a", "handled", 2)
    told.move("b", "cannot", 30, obstacle=Obstacle.POLICY)
    for matter in ("w1", "w2"):
        recorded(told, matter, 20, GrantedWish(wisher=Wisher.ELDERLY), f"微心愿{matter}")
    for stage, ago in ((Stage.CLAIMED, 17), (Stage.FULFILLED, 6)):
        reached = Reached(stage=stage, on=told.today - days(ago))
        told.tell(ReportOutcome(matter="w1", outcome=reached))
    recorded(told, "o1", 40, ReportedOpinion(direct_channel=True), "反映停车难的信息")
    recorded(told, "k", 40, Consultation(tier=Tier.STANDING_COMMITTEE), "协商养老服务")
    for n in (1, 2, 3):
        told.tell(MakeSuggestion(matter="k", text=f"建议{n}", on=told.today - days(30)))
    for n, answer, reason in ((1, Answer.ADOPTED, ""), (2, Answer.DECLINED, "政策不允许")):
        on = told.today - days(20)
        said = AnswerSuggestion(
            matter="k", number=n, answer=answer, on=on, answered_by="县民政局", reason=reason
        )
        told.tell(said)
    told.tell(CarryOutSuggestion(matter="k", number=1, on=told.today - days(10)))
    return told


@pytest.fixture
def reader(reading: Reading, county: Rounds) -> Reader:
    """The office at a browser."""
    return reading("secretary", Role.OFFICE, "county")


def links(page: str) -> dict[str, str]:
    """Where figures lead, by what they are called."""
    found = re.findall(
        r'<a href="([^"]+)"><span class="n">(\d+)</span><span class="what">([^<]+)</span>', page
    )
    return {f"{what} {number}": unescape(to) for to, number, what in found}


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="grow title" href="[^"]+">([^<]+)</a>', page)


def cells(page: str, first: str) -> list[str]:
    """The words of the row of a table that begins so."""
    row = next(r for r in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if first in r)
    found = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]


def behind(reader: Reader, address: str) -> list[str]:
    """The titles of the matters to which a figure leads."""
    return titles(reader.read(address.removeprefix(f"/ledgers/{reader.ledger}")))


# Funnels


def test_a_funnel_has_its_figures_and_each_leads_to_its_matters(reader: Reader) -> None:
    page = reader.read("/flows?loop=messages&since=2020-01-01")
    found = links(page)
    assert [each for each in found if not each.startswith("未办成")] == [
        "进入 3",
        "办理中 2",
        "暂缓(暂无法处理) 1",
        "办结 0",
    ]
    assert behind(reader, found["办理中 2"]) == ["群众盼修路", "群众盼装灯"]
    assert behind(reader, found["暂缓(暂无法处理) 1"]) == ["群众盼通车"]
    assert cells(page, ">核实<")[:2] == ["核实", "2 67%"]
    assert cells(page, ">城南工作室<")[:5] == ["城南工作室", "3", "2", "1", "0"]
    assert "暂无法处理 · 政策原因" in page


def test_stages_lead_to_whoever_reached_them_with_the_days(reader: Reader) -> None:
    asked = "/flows/matters?loop=messages&stage=handled&since=2020-01-01"
    page = reader.read(asked)
    assert titles(page) == ["群众盼修路"]
    assert "第 38 天" in page
    assert "没有这样的事项" in reader.read("/flows/matters?kind=carried_up&standing=closed")


@pytest.mark.parametrize(
    ("by", "row"),
    [
        ("organiser", ["城南工作室", "3"]),
        ("township", ["不属镇街", "3"]),
        ("channel", ["未填", "3"]),
        ("record", ["镇街登记", "3"]),
    ],
)
def test_it_is_taken_apart_by_what_is_chosen(reader: Reader, by: str, row: list[str]) -> None:
    page = reader.read(f"/flows?kind=carried_up&by={by}&since=2020-01-01")
    assert cells(page, f">{row[0]}<")[:2] == row


def test_without_a_kind_the_first_that_there_is_is_shown(reader: Reader) -> None:
    assert '<option value="consultation" selected>' in reader.read("/flows")
    assert "这段时间没有这类事项" in reader.read("/flows?kind=proposed")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/flows?kind=proposed&unit=不存在", "没有这个单位"),
        ("/flows?kind=nonsense", "没有这种履职类型"),
        ("/flows?loop=none", "没有这个闭环流程"),
        ("/flows?since=2025-05-01&until=2025-01-01", ""),
        ("/flows/matters?standing=x&kind=proposed", ""),
        ("/flows/matters", "必填"),
        ("/flows/matters?kind=proposed&stage=x", "此类事项没有这个环节"),
        ("/boards?kind=proposed", ""),
        ("/adoption?tier=9", ""),
        ("/flows?kind=zzz&channel=a", "没有这种履职类型"),
        ("/flows/matters?kind=zzz&channel=a", "没有这种履职类型"),
        ("/suggestions?which=x", ""),
        ("/opinion-ledgers?month=13", ""),
    ],
)
def test_what_cannot_be_meant_is_said_and_the_page_stays(
    reader: Reader, path: str, said: str
) -> None:
    answer = reader.get(path)
    assert answer.status_code == 422
    assert said in answer.text
    assert "请改正上面标出的条件" in answer.text


# What people ask for


def test_the_board_of_wishes_has_what_waits_and_what_was_done_of_late(reader: Reader) -> None:
    page = reader.read("/boards?kind=granted_wish")
    assert cells(page, "认领微心愿 <")[1:8] == ["1", "0", "0", "1", "1", "0", "3 / 3 / 3"]
    waiting, done = page.split("近30天办结")[0], page.split("近30天办结")[1]
    assert titles(waiting) == ["微心愿w2"]
    assert titles(done) == ["微心愿w1"]
    assert cells(reader.read("/boards"), "委员带话·带上来 <")[1:4] == ["2", "0", "1"]


# Suggestions


def test_adoption_is_shown_as_made_adopted_declined(reader: Reader, county: Rounds) -> None:
    page = reader.read("/adoption")
    assert cells(page, "专题议政性常委会会议</td>")[1:] == ["3", "1", "0", "1", "1", "1"]
    assert cells(page, ">协商养老服务<") == ["协商养老服务", "3", "1", "0", "1", "1", "1"]
    found = links(page)
    declined = reader.read(found["不采纳 1"].removeprefix(f"/ledgers/{reader.ledger}"))
    assert "建议2" in declined
    assert "政策不允许" in declined
    assert "建议1" not in declined
    year = (county.today - days(30)).year
    assert cells(reader.read("/adoption?by=year"), f">{year}年<")[1:3] == ["3", "1"]
    assert "没有登记过建议" in reader.read("/adoption?kind=survey")


def test_suggestions_are_entered_answered_and_carried_out_on_the_page_of_their_work(
    reader: Reader, county: Rounds
) -> None:
    page = reader.read("/matters/k")
    assert "3. 建议3" in page
    today = county.today.isoformat()
    sent = reader.send(
        "/matters/k/suggest",
        ("suggest.text", "增设日间照料"),
        ("suggest.on", today),
        page="/matters/k",
    )
    assert "已登记建议" in sent.text
    assert "4. 增设日间照料" in sent.text
    key = "answer-suggestion"
    answer = [
        (f"{key}.number", "4"),
        (f"{key}.answer", "partly"),
        (f"{key}.on", today),
        (f"{key}.answered_by", "县民政局"),
    ]
    refused = reader.send(f"/matters/k/{key}", *answer, page="/matters/k")
    assert refused.status_code == 422
    assert f'id="f-{key}-reason-wrong"' in refused.text
    done = reader.send(f"/matters/k/{key}", *answer, (f"{key}.reason", "分两年"), page="/matters/k")
    assert "已登记答复" in done.text
    assert "部分采纳" in done.text
    (to_task,) = re.findall(r'href="([^"]+suggestion=4)"', done.text)
    form = reader.read(unescape(to_task).removeprefix(f"/ledgers/{reader.ledger}"))
    assert 'value="增设日间照料"' in form
    assert re.search(r'name="answers"[^>]* value="matter/k"', form)
    assert re.search(r'name="details.suggestion"[^>]* value="4"', form)
    key = "carry-out-suggestion"
    pairs = ((f"{key}.number", "4"), (f"{key}.on", today), (f"{key}.outcome", "已开工"))
    assert "已开工" in reader.send(f"/matters/k/{key}", *pairs, page="/matters/k").text
    key = "take-back-suggestion"
    back = reader.send(
        f"/matters/k/{key}", (f"{key}.number", "4"), (f"{key}.reason", "登错"), page="/matters/k"
    )
    assert "4. 增设日间照料" not in back.text


def test_a_member_sees_suggestions_and_has_no_forms(reading: Reading, county: Rounds) -> None:
    page = reading("chen", Role.MEMBER).read("/matters/k")
    assert "1. 建议1" in page
    assert "/record/task" not in page
    assert "/record/consulted" in page
    assert "登记一条建议" not in page


CLOSED = (Sensitivity.INTERNAL, Sensitivity.PAPER_ONLY)


@pytest.fixture(params=CLOSED, ids=[each.value for each in CLOSED])
def closed(county: Rounds, request: pytest.FixtureRequest) -> Rounds:
    """The consultation was made internal, or left on paper, after all that was written of its suggestions."""
    body: Matter[Any] = Matter(
        details=Consultation(tier=Tier.STANDING_COMMITTEE),
        title="协商养老服务",
        on=county.today - days(40),
        organiser=UnitId("county"),
        authors=(Author(unit=UnitId("medicine"), role=Authorship.FIRST),),
        text="养老底数不清",
    )
    county.tell(AmendMatter(matter="k", body=body, reason="补摘要"))
    county.tell(CarryOutSuggestion(matter="k", number=1, on=county.today, outcome="建成两处"))
    county.tell(MakeSuggestion(matter="k", text="建议四", on=county.today))
    county.tell(WithdrawSuggestion(matter="k", number=4, reason="登错四"))
    body = replace(body, sensitivity=request.param, on_paper="密〔2025〕1号")
    if request.param is Sensitivity.PAPER_ONLY:
        body = replace(body, text="")
    county.tell(AmendMatter(matter="k", body=body, reason="改为不录正文"))
    return county


WRITTEN = {"建议1", "建议2", "建议3", "政策不允许", "建成两处"}
SINCE_WITHDRAWN = {"建议四", "登错四"}


@pytest.mark.parametrize(
    ("person", "role", "unit", "inside"),
    [
        ("secretary", Role.OFFICE, "county", True),
        ("bian", Role.CLERK, "economy", True),
        ("zhao", Role.MEMBER, None, False),
        ("program", Role.CONSUMER, None, False),
    ],
)
def test_what_was_written_of_suggestions_is_open_where_the_abstract_is(
    sqlite_service: Service,
    office: Caller,
    reading: Reading,
    closed: Rounds,
    person: str,
    role: Role,
    unit: str | None,
    inside: bool,
) -> None:
    caller = sqlite_service.caller(office.ledger, person, role, unit)
    told = {path: caller.get(path) for path in ("/suggestions", "/matters/k/story")}
    if role is not Role.CONSUMER:
        reader = reading(person, role, unit)
        told |= {
            f"page of {path}": reader.get(path)
            for path in ("/suggestions", "/matters/k/story", "/matters/k")
        }
    for path, answer in told.items():
        assert answer.status_code == 200, path
        found = {each for each in WRITTEN if each in answer.text}
        assert found == (WRITTEN if inside else set()), path
        assert (MASK in answer.text) is not inside, path
    history = caller.get("/matters/k/history", limit=100)
    every = WRITTEN | SINCE_WITHDRAWN | {"养老底数不清"}
    found = {each for each in every if each in history.text}
    assert found == (every if inside else set())
    assert len(history.json()["rows"]) == 12


def test_the_form_of_a_task_says_nothing_of_a_suggestion_that_is_not_public(
    reader: Reader, reading: Reading, closed: Rounds
) -> None:
    for each in (reader, reading("zhao", Role.CLERK, "economy")):
        form = each.read("/record/task?of=matter/k&suggestion=1")
        assert "建议1" not in form
        assert re.search(r'name="details.suggestion"[^>]* value="1"', form)


def test_matters_without_suggestions_have_no_such_part(reader: Reader) -> None:
    assert 'id="suggestions"' not in reader.read("/matters/a")


# The month's ledgers


def test_the_ledger_of_a_year_leads_to_months_and_to_the_opinions(
    reader: Reader, county: Rounds
) -> None:
    day = county.today - days(40)
    page = reader.read(f"/opinion-ledgers?year={day.year}")
    assert "城南工作室" in page
    own = reader.read(f"/opinion-ledgers?year={day.year}&month={day.month}&unit=south")
    row = cells(own, f">{day.month}月<")
    assert row[:4] == [f"{day.month}月", "有登记", "1", "1"]
    (address,) = set(re.findall(r'href="([^"]+kind=reported_opinion[^"]+channel=yes[^"]*)"', own))
    assert behind(reader, unescape(address)) == ["反映停车难的信息"]
    assert "还没有开始" in reader.read("/opinion-ledgers?year=2100")


def test_what_is_due_leads_to_the_figures(reader: Reader) -> None:
    page = reader.read("/dues?kind=carried_up")
    for path in ("/boards?kind=carried_up", "/flows?kind=carried_up"):
        assert f'href="{reader.url(path)}"' in page
        assert "委员带话·带上来" in reader.read(path)
    assert "/boards?kind=" not in reader.read("/dues?kind=proposed")


def test_a_move_of_a_matter_shows_in_the_funnel(reader: Reader, county: Rounds) -> None:
    move = Move(stage="answered", on=county.today)
    county.tell(MoveMatter(matter="a", move=move))
    page = reader.read("/flows?loop=messages&since=2020-01-01")
    assert cells(page, ">已落实处理<")[:2] == ["已落实处理", "1 33%"]
