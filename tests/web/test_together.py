"""Several matters at one stage moved on in one form: each by itself, with its own refusal beside it; sent twice it is done once."""

from __future__ import annotations

import re
from html import unescape

import pytest

from domain.document import Publish, Sort
from domain.fact import Followed, Reached
from domain.kinds import Stage
from domain.matter import ReportOutcome
from domain.people import Role
from domain.words import Level
from tests.interfaces.conftest import Caller, Service
from tests.web.conftest import Reader, Reading
from tests.web.rounds import CLERK, SINCE, Rounds, days
from tests.web.test_course import state

LOOP = """\
loop: handed
version: 1
zh: 提案交办
en: proposals handed over
since: 2020-01-01
kinds: 提交提案
stages:
  - {stage: submitted_to, zh: 提交, en: submitted to the committee}
  - {stage: filed, zh: 立案, en: put on file, reaches: 立案, movers: office, then: [assigned, closed]}
  - {stage: assigned, zh: 交办, en: assigned, reaches: 交办, movers: office, needs: [承办单位, 文号]}
  - {stage: closed, zh: 办结, en: closed, reaches: 办结, ends: true, movers: [office, holder]}
"""
FILED = "/dues/together?loop=handed&stage=filed&to=assigned"
SENT = (("loop", "handed"), ("stage", "filed"), ("to", "assigned"))


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Rounds:
    """Three proposals on file, and one that is not yet."""
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    told.tell(Publish(sort=Sort.LOOP, code="handed", version="1", text=LOOP, since=SINCE))
    for matter in ("p1", "p2", "p3", "p4"):
        told.proposal(matter, 9)
    for matter in ("p1", "p2", "p3"):
        told.move(matter, "filed", 5)
    return told


@pytest.fixture
def secretary(reading: Reading, county: Rounds) -> Reader:
    return reading("secretary", Role.OFFICE, "county")


def at(county: Rounds, matter: str) -> str:
    course = state(county, matter).course
    assert course is not None
    return course.at


def sent(county: Rounds, *pairs: tuple[str, str], ago: int = 0) -> list[tuple[str, str]]:
    """What the form sends of the three."""
    shared = [
        ("all.on", (county.today - days(ago)).isoformat()),
        ("all.document", "政协办〔2026〕5号"),
    ]
    return [*SENT, *shared, *(("p", each) for each in ("p1", "p2", "p3")), *pairs]


def test_the_form_asks_once_what_holds_for_all_and_of_each_who_handles_it(
    secretary: Reader, county: Rounds
) -> None:
    board = secretary.read("/dues?loop=handed&stage=filed")
    (address,) = re.findall(r'href="/ledgers/[^/]+(/dues/together[^"]+)"', board)
    page = secretary.read(unescape(address))
    assert "请选择办到哪一环节" in page
    (address,) = re.findall(r'href="/ledgers/[^/]+(/dues/together[^"]+to=assigned)"', page)
    page = secretary.read(unescape(address))
    names = re.findall(r'name="((?:all|m-p\d|do)\.[^"]+)"', page)
    assert [each for each in names if each.startswith("all.")] == ["all.on", "all.document"]
    assert [each for each in names if "p1" in each] == ["do.p1", "m-p1.holder", "m-p1.co_holders"]
    assert "do.p4" not in names, "it stands at another stage"
    assert "together" not in secretary.read("/dues?loop=handed"), "a stage has to be chosen first"


def test_all_are_handed_over_in_one_go_and_sent_twice_it_is_done_once(
    secretary: Reader, county: Rounds
) -> None:
    pairs = sent(
        county,
        ("m-p1.holder", "城南工作室"),
        ("m-p2.holder", "县水利局"),
        ("m-p2.co_holders", "县财政局\n城南工作室"),
    )
    answer = secretary.send("/dues/together", *pairs, page=FILED)
    assert answer.status_code == 200
    assert "已办理 2 件。" in answer.text
    assert 'name="do.p3"' in answer.text
    assert 'name="do.p1"' not in answer.text
    assert [at(county, each) for each in ("p1", "p2", "p3", "p4")] == [
        "assigned",
        "assigned",
        "filed",
        "submitted_to",
    ]
    course = state(county, "p2").course
    assert course is not None
    assert course.holder is not None
    assert course.holder.name == "县水利局"
    assert [each.unit or each.name for each in course.co_holders] == ["县财政局", "south"]
    assert course.steps[-1].move is not None
    assert course.steps[-1].move.document == "政协办〔2026〕5号"
    first = state(county, "p1").course
    assert first is not None
    assert first.holder is not None
    assert first.holder.unit == "south"


def test_the_same_form_sent_again_changes_nothing(secretary: Reader, county: Rounds) -> None:
    pairs = sent(county, ("m-p1.holder", "县水利局"), ("id", "handed-over-in-may"))
    assert secretary.send("/dues/together", *pairs, page=FILED, follow=False).status_code == 303
    before = county.desk.reader.position
    assert secretary.send("/dues/together", *pairs, page=FILED, follow=False).status_code == 303
    assert county.desk.reader.position == before
    course = state(county, "p1").course
    assert course is not None
    assert [step.stage for step in course.steps].count("assigned") == 1


def test_what_is_wrong_with_one_stands_beside_it_and_the_others_are_moved(
    secretary: Reader, county: Rounds
) -> None:
    pairs = sent(county, ("m-p1.holder", "县水利局"), ("do.p2", "1"))
    answer = secretary.send("/dues/together", *pairs, page=FILED)
    assert answer.status_code == 422
    assert "已办理 1 件;下面标出的没有保存。" in answer.text
    assert at(county, "p1") == "assigned"
    assert at(county, "p2") == "filed"
    beside = answer.text.partition('id="t-p2"')[2].partition("</li>")[0]
    assert 'id="f-m-p2-holder-wrong"' in beside
    assert 'name="do.p2" value="1" checked' in beside
    assert 'class="wrong"' not in answer.text.partition('id="t-p3"')[2].partition("</li>")[0]
    early = secretary.send(
        "/dues/together", *sent(county, ("m-p3.holder", "县水利局"), ago=7), page=FILED
    )
    assert early.status_code == 422
    assert 'class="wrong"' in early.text.partition('id="t-p3"')[2].partition("</li>")[0]
    assert at(county, "p3") == "filed"


def test_where_nothing_is_chosen_it_says_so(secretary: Reader, county: Rounds) -> None:
    answer = secretary.send("/dues/together", *sent(county), page=FILED)
    assert answer.status_code == 422
    assert "没有选择事项" in answer.text


def test_what_followed_from_an_instruction_is_asked_of_each_that_has_one(
    secretary: Reader, county: Rounds
) -> None:
    outcome = Reached(
        stage=Stage.INSTRUCTED, on=county.today - days(3), level=Level.COUNTY, rank="县长"
    )
    county.tell(ReportOutcome(matter="p2", outcome=outcome))
    page = secretary.read(FILED)
    assert re.findall(r'name="(m-p\d\.followed)"', page) == ["m-p2.followed"]
    pairs = (("m-p1.holder", "县水利局"), ("m-p2.holder", "县住建局"))
    early = sent(county, *pairs, ("m-p2.followed", "supervised"), ago=4)
    answer = secretary.send("/dues/together", *early, page=FILED)
    assert answer.status_code == 422
    assert "“批示跟踪”页改" in answer.text
    assert at(county, "p2") == "filed"
    done = sent(county, pairs[1], ("m-p2.followed", "supervised"))
    assert secretary.send("/dues/together", *done, page=FILED).status_code == 200
    assert [each.followed for each in state(county, "p2").reached if each.rank] == [
        Followed.SUPERVISED
    ]


def test_nobody_moves_what_is_not_his(reading: Reading, county: Rounds) -> None:
    clerk = reading(CLERK.person, Role.CLERK, "south")
    assert "这一环节没有由您办理的事项" in clerk.read(FILED)
    pairs = sent(county, ("m-p1.holder", "县水利局"))
    answer = clerk.send("/dues/together", *pairs, page="/record/carried_up")
    assert answer.status_code == 403
    assert at(county, "p1") == "filed"
    assert reading("panel", Role.APPRAISAL).get(FILED).status_code == 403


def test_a_form_without_a_loop_or_a_stage_is_refused(secretary: Reader) -> None:
    assert secretary.get("/dues/together?loop=handed").status_code == 422
    assert secretary.get("/dues/together?stage=filed").status_code == 422
    assert "没有由您办理" in secretary.read("/dues/together?loop=none&stage=x&to=y")
