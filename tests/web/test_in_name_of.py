"""What an author said on paper, typed in for him on the pages, so that his proposal can be closed; and where he has left, why it is without his word."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from domain.document import Publish, Sort
from domain.kinds.advice import ReplyClass
from domain.loop import Holder
from domain.member import Dismiss, Exit
from domain.people import Role, UnitId
from tests.interfaces.conftest import Caller, Service
from tests.web.conftest import Reader, Reading
from tests.web.rounds import LI, SINCE, Rounds, days
from tests.web.test_amending import Controls
from tests.web.test_course import forms, state, turn

HAIYAN = files("packs").joinpath("haiyan/proposals.yaml").read_text("utf-8")
P1 = "/matters/p1"
EVALUATED = "move-10"
TOGETHER = "/dues/together?loop=haiyan-proposals&stage=fed_back&to=evaluated"


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Rounds:
    """Three proposals of Li to which the water bureau has replied."""
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    code = "haiyan-proposals"
    told.tell(Publish(sort=Sort.LOOP, code=code, version="1", text=HAIYAN, since=SINCE))
    for matter in ("p1", "p2", "p3"):
        told.proposal(matter, 9)
        told.move(matter, "filed", 8)
        told.move(matter, "assigned", 7, holder=Holder(name="县水利局"))
        told.move(matter, "handled", 6, reply_class=ReplyClass.A)
        told.move(matter, "fed_back", 5)
    return told


@pytest.fixture
def secretary(reading: Reading, county: Rounds) -> Reader:
    return reading("secretary", Role.OFFICE, "county")


def satisfied(county: Rounds, matter: str = "p1") -> dict[str, str]:
    said = state(county, matter).body.details.satisfaction
    return {author: each.value for author, each in said}


def offered(page: str, name: str) -> list[tuple[str, bool]]:
    """The choices of an input, and which of them is chosen."""
    (select,) = re.findall(rf'<select[^>]* name="{re.escape(name)}".*?</select>', page, re.DOTALL)
    found = re.findall(r'<option value="([^"]*)"( selected)?>', select)
    return [(value, bool(chosen)) for value, chosen in found]


def evaluation(county: Rounds, **said: str) -> list[tuple[str, str]]:
    on = county.today.isoformat()
    more = {"on": on, "satisfaction": "mostly_satisfied", **said}
    return [("stage", "evaluated"), *((f"{EVALUATED}.{k}", v) for k, v in more.items())]


def test_the_office_types_in_what_the_author_wrote_and_the_proposal_is_closed(
    county: Rounds, secretary: Reader
) -> None:
    page = secretary.read(P1)
    assert "评价" in forms(page)
    assert offered(page, f"{EVALUATED}.for") == [("li", True)], "there is nobody else"
    assert "由谁登记留有记录" in page
    assert "办结" not in forms(page)

    page = turn(secretary, P1, "move", EVALUATED, *evaluation(county, **{"for": "li"}))

    assert satisfied(county) == {"member/li": "mostly_satisfied"}
    course = state(county, "p1").course
    assert course is not None
    assert (course.steps[-1].by, course.steps[-1].acting_for) == ("secretary", "li")
    assert "代作者登记:</span>李明" in page
    closed = [("stage", "closed"), ("move-11.on", county.today.isoformat())]
    turn(secretary, P1, "move", "move-11", *closed)
    assert "办结" in secretary.read(P1)


def test_an_evaluated_proposal_shows_who_said_what_and_is_corrected_without_losing_it(
    county: Rounds, secretary: Reader
) -> None:
    """Given what an author said of the reply, when the title is corrected on the page, then the form does not ask it and it stays."""
    page = turn(secretary, P1, "move", EVALUATED, *evaluation(county, **{"for": "li"}))
    assert "李明:基本满意" in page
    controls = Controls(f"{P1}/amend")
    controls.feed(secretary.read(f"{P1}/amend"))
    said = {"title": "关于改善乡村医疗条件的提案", "reason": "更正题目"}
    pairs = [(name, said.get(name, value)) for name, value in controls.pairs]
    assert not any("satisfaction" in name for name, _ in pairs)
    assert "已更正" in secretary.post(f"{P1}/amend", pairs).text

    assert state(county, "p1").body.title == said["title"]
    assert satisfied(county) == {"member/li": "mostly_satisfied"}


def test_without_the_name_it_is_refused_as_before(county: Rounds, secretary: Reader) -> None:
    answer = secretary.send(f"{P1}/move", ("act", EVALUATED), *evaluation(county), page=P1)
    assert answer.status_code == 403
    assert satisfied(county) == {}


def test_a_clerk_of_his_studio_may_and_one_of_another_sector_has_no_such_form(
    county: Rounds, reading: Reading
) -> None:
    assert forms(reading("zhao", Role.HEAD, "economy").read(P1)) == []
    clerk = reading("wang", Role.CLERK, "south")
    assert forms(clerk.read(P1)) == ["评价"]
    turn(clerk, P1, "move", EVALUATED, *evaluation(county, **{"for": "li"}))
    assert satisfied(county) == {"member/li": "mostly_satisfied"}


def test_a_name_that_is_not_his_to_use_is_refused_beside_the_input(
    county: Rounds, reading: Reading
) -> None:
    """Given the form of Li's clerk, when he sends another name with it, then the refusal stands at it and what he typed stays."""
    clerk = reading("wang", Role.CLERK, "economy")
    sent = evaluation(county, **{"for": "li", "note": "电话答复"})
    answer = clerk.send(f"{P1}/move", ("act", EVALUATED), *sent, page=P1)
    assert answer.status_code == 403
    assert "不是本单位的委员,不能代其登记" in answer.text
    south = reading("wang", Role.CLERK, "south")
    sent = evaluation(county, **{"for": "zhao zhao"})
    answer = south.send(f"{P1}/move", ("act", EVALUATED), *sent, page=P1)
    assert answer.status_code == 422
    assert f'id="f-{EVALUATED}-for-wrong"' in answer.text


def test_the_unit_that_handles_it_is_not_offered_the_name(
    county: Rounds, reading: Reading, secretary: Reader
) -> None:
    south = Holder(unit=UnitId("south"))
    county.proposal("p9", 9)
    county.move("p9", "filed", 8)
    county.move("p9", "assigned", 7, holder=south)
    county.move("p9", "handled", 6, reply_class=ReplyClass.A)
    county.move("p9", "fed_back", 5)

    clerk = reading("wang", Role.CLERK, "south")
    assert "评价" not in forms(clerk.read("/matters/p9"))
    sent = evaluation(county, **{"for": "li"})
    answer = clerk.send("/matters/p9/move", ("act", EVALUATED), *sent, page="/matters/p9")
    assert "本单位承办(过)该事项" in answer.text
    assert "评价" in forms(secretary.read("/matters/p9"))


def test_an_author_sees_no_choice_of_names(county: Rounds, reading: Reading) -> None:
    page = reading("li", Role.MEMBER).read(P1)
    assert "评价" in forms(page)
    assert f'name="{EVALUATED}.for"' not in page


def test_several_answers_on_paper_are_typed_in_on_one_form(
    county: Rounds, secretary: Reader
) -> None:
    page = secretary.read(TOGETHER)
    assert offered(page, "m-p1.for") == [("li", True)]
    pairs = [
        ("loop", "haiyan-proposals"),
        ("stage", "fed_back"),
        ("to", "evaluated"),
        ("all.on", county.today.isoformat()),
        *(("p", each) for each in ("p1", "p2", "p3")),
        ("do.p1", "1"),
        ("m-p1.for", "li"),
        ("m-p1.satisfaction", "satisfied"),
        ("do.p2", "1"),
        ("m-p2.satisfaction", "not_satisfied"),
    ]
    answer = secretary.send("/dues/together", *pairs, page=TOGETHER)
    assert "已办理 1 件" in answer.text
    assert answer.status_code == 403
    assert [satisfied(county, each) for each in ("p1", "p2", "p3")] == [
        {"member/li": "satisfied"},
        {},
        {},
    ]


def test_where_the_author_has_left_the_office_says_so_instead_of_his_answer(
    county: Rounds, secretary: Reader, reading: Reading
) -> None:
    """Given an author who resigned without an answer, then the form says what is to be done; with a note the stage is reached, and nothing is said of his satisfaction."""
    left = Dismiss(person=LI, on=county.today - days(1), how=Exit.RESIGNED)
    county.tell(left)
    page = secretary.read(P1)
    assert "作者均已离任" in page
    assert offered(page, f"{EVALUATED}.for") == [("", False), ("li", False)]
    assert offered(page, f"{EVALUATED}.satisfaction")[0] == ("", False)

    bare = evaluation(county, satisfaction="")
    answer = secretary.send(f"{P1}/move", ("act", EVALUATED), *bare, page=P1)
    assert answer.status_code == 422
    assert f'id="f-{EVALUATED}-note-wrong"' in answer.text
    made_up = evaluation(county, note="已离任")
    answer = secretary.send(f"{P1}/move", ("act", EVALUATED), *made_up, page=P1)
    assert f'id="f-{EVALUATED}-satisfaction-wrong"' in answer.text

    turn(secretary, P1, "move", EVALUATED, *evaluation(county, satisfaction="", note="作者已离任"))
    assert satisfied(county) == {}
    assert "办结" in forms(secretary.read(P1))
    page = secretary.read(TOGETHER)
    assert "作者均已离任" in page
    assert 'name="m-p2.note"' in page
