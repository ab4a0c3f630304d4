"""A convenor looks through what waits for his sector: many at once, one that is wrong, with scripts and without."""

from __future__ import annotations

from typing import Any

import pytest

from application.handle import Request
from domain.fact import Mark
from domain.kinds.people import VisitedVillage
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Role, Via
from interfaces.ids import minted_id
from projections import deeds, documents, roster, waiting
from tests.browser.conftest import LEDGER, County, Visit


def recorded(county: County, number: int) -> list[str]:
    """Visits by members of the convenor's sector, just recorded by the clerk of the studio; their streams."""
    desk = county.desk
    with desk.store.reading() as connection:
        page = roster.people(
            connection, LEDGER, day=desk.today(), unit=county.units["sector"], limit=20
        )
    others = [each.person for each in page.rows if each.person != county.people["head"]][:2]
    clerk = Actor(
        person=county.people["clerk"],
        role=Role.CLERK,
        unit=county.units["studio"],
        via=Via.WEB,
    )
    streams = []
    for _ in range(number):
        key = minted_id()
        body: Occasion[VisitedVillage] = Occasion(
            details=VisitedVillage(purpose="走访"),
            title=f"待确认的走访 {key[-8:]}",
            on=desk.today(),
            organiser=county.units["studio"],
            participants=tuple(Participant(person=PersonId(each)) for each in others),
        )
        command = RecordOccasion(occasion=key, body=body)
        desk.one(Request(command=command, actor=clerk, command_id=key))
        streams.append(f"occasion/{key}")
    county.caught_up()
    return streams


def marks(county: County, stream: str) -> list[Mark | None]:
    """What the sector says of each line of a record."""
    county.caught_up()
    with county.desk.store.reading() as connection:
        policy = documents.policy(connection, LEDGER, county.desk.shelf, county.desk.today())
        page = deeds.deed(connection, LEDGER, stream, today=county.desk.today(), policy=policy)
    assert page is not None
    return [
        None if line.fact.sector is None else line.fact.sector.mark
        for line in page.lines
        if line.subject.startswith("member/")
    ]


@pytest.mark.parametrize("scripts", [True, False])
def test_nine_lines_are_confirmed_in_one_act(county: County, visit: Visit, scripts: bool) -> None:
    streams = recorded(county, 5)
    page = visit("head", phone=True, java_script_enabled=scripts)
    page.goto(county.url("/waiting"))
    ticked = 0
    for stream in streams:
        boxes = page.locator(f"input[name=p][value^='{stream}|']")
        for i in range(boxes.count()):
            if ticked < 9:
                boxes.nth(i).check()
                ticked += 1
    assert ticked == 9
    page.click(".send button.btn-primary")
    page.wait_for_selector(".notice.good")
    assert "9" in page.locator(".notice.good").inner_text()
    said = [mark for stream in streams for mark in marks(county, stream)]
    assert said.count(Mark.CONFIRMED) == 9
    assert said.count(None) == 1


def test_one_that_is_wrong_is_returned_and_the_studio_sees_it_and_upholds_it(
    county: County, visit: Visit
) -> None:
    (stream,) = recorded(county, 1)
    page = visit("head", phone=True)
    page.goto(county.url("/waiting"))
    title = f"待确认的走访 {stream[-8:]}"
    page.click(f"h2 a:has-text('{title}')")
    page.click("summary:has-text('退回核实')")
    page.locator("form[action*='return'] label").first.click()
    page.click("button:has-text('没有参加')")
    page.click("form[action*='return'] button.btn-primary")
    page.wait_for_selector(".notice.good:has-text('已退回核实')")
    assert "/waiting" in page.url
    assert Mark.RETURNED in marks(county, stream)
    clerk = visit("clerk")
    clerk.goto(county.url("/"))
    clerk.click(f"a:has-text('{title}') >> nth=0")
    assert "没有参加" in clerk.content()
    # Nobody says of what he recorded himself that it stands.
    assert clerk.locator("#why-uphold").count() == 0
    office = visit("office")
    office.goto(clerk.url)
    office.click("summary:has-text('维持原记录')")
    office.fill("#why-uphold", "有签到表")
    office.click("form[action*='uphold'] button.btn-primary")
    office.wait_for_selector("[data-did]")
    assert Mark.UPHELD in marks(county, stream)


def test_the_queue_is_by_record_and_by_member_and_his_own_line_is_not_his(
    county: County, visit: Visit
) -> None:
    recorded(county, 1)
    page = visit("head")
    page.goto(county.url("/waiting?by=member"))
    headings = page.locator("section h2").all_inner_texts()
    with county.desk.store.reading() as connection:
        queue = waiting.waiting(
            connection, LEDGER, county.units["sector"], today=county.desk.today(), limit=50
        )
    names = {line.name for deed in queue.rows for line in deed.lines}
    assert names <= set(headings)
    own: Any = f"|{county.people['head']}"
    assert page.locator(f"input[name=p][value$='{own}']").count() == 0


def test_without_choosing_anybody_it_says_so(county: County, visit: Visit) -> None:
    recorded(county, 1)
    page = visit("head", expects=("422",))
    page.goto(county.url("/waiting"))
    page.click(".send button.btn-primary")
    assert "请至少勾选一行" in page.locator("#errors").inner_text()
