"""In whose name somebody types in over HTTP: only for those of his unit, and never how satisfied they are with what his own unit handled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from domain.people import Role
from domain.speaking import ACTING_FOR
from tests.interfaces.conftest import Answer, Caller, Service, proposal
from tests.interfaces.test_api_meetings import moved, plan, problem
from tests.interfaces.test_api_writes import reason

LOOP = """loop: proposals
version: 1
zh: 提案办理
en: proposals
since: 2023-01-01
kinds: 提交提案
stages:
  - {stage: raised, zh: 提交, en: raised}
  - {stage: assigned, zh: 交办, en: assigned, reaches: 交办, movers: office, needs: 承办单位}
  - {stage: evaluated, zh: 评价, en: evaluated, reaches: 评价, movers: author, needs: 提案者评价, after: assigned, beside: true}
  - {stage: closed, zh: 办结, en: closed, reaches: 办结, movers: office, after: evaluated, ends: true}
"""
NOT_SATISFIED = {"satisfaction": "not_satisfied"}
UNBOUND = (403, "not_yours_to_speak_for", ACTING_FOR)


@pytest.fixture
def today(sqlite_service: Service, office: Caller) -> date:
    """The ledger's day."""
    return sqlite_service.installation.desk(office.ledger).today()


@pytest.fixture
def north(office: Caller, caller: Callable[..., Caller]) -> Caller:
    """The clerk of a studio to which no member is bound."""
    opened = {"unit": "north", "profile": {"kind": "studio", "name": "城北工作室"}}
    sent = [{"command": "open_unit", **opened, "since": "2022-01-01"}]
    assert office.send("/commands", sent).is_success
    return caller("north-clerk", Role.CLERK, "north")


@pytest.fixture
def matter(office: Caller, today: date) -> str:
    """A proposal of li that the studio in the south handles, with which he is satisfied."""
    published = {"version": "1", "text": LOOP, "since": "2023-01-01"}
    assert office.send("/documents/loop/proposals/versions", published).status_code == 200
    key = str(office.send("/matters", proposal(on=today.isoformat())).json()["id"])
    assert moved(office, key, "assigned", holder={"unit": "south"}).is_success
    return key


def evaluated(who: Caller, matter: str, today: date, **header: str) -> Answer:
    body = {"stage": "evaluated", "on": today.isoformat(), **NOT_SATISFIED}
    return who.send(f"/matters/{matter}/moves", body, **header)


def satisfaction(office: Caller, matter: str) -> Any:
    return office.get(f"/matters/{matter}").json()["body"]["details"]["satisfaction"]


def test_a_clerk_of_another_township_rates_no_reply_in_an_authors_name(
    office: Caller, caller: Callable[..., Caller], north: Caller, matter: str, today: date
) -> None:
    li = caller("li", Role.MEMBER)
    assert moved(li, matter, "evaluated", satisfaction="satisfied").is_success
    before = satisfaction(office, matter)
    assert before == [["member/li", "satisfied"]]

    answer = evaluated(north, matter, today, lvzhi_acting_for="li")
    assert problem(answer) == UNBOUND
    assert "不是本单位的委员" in answer.json()["title"]
    assert "is not bound to your unit" in answer.json()["title_en"]
    assert satisfaction(office, matter) == before


def test_nor_does_the_unit_that_handled_it_but_his_sector_and_the_office(
    office: Caller, caller: Callable[..., Caller], matter: str, today: date
) -> None:
    south = caller("clerk", Role.CLERK, "south")
    answer = evaluated(south, matter, today, lvzhi_acting_for="li")
    assert problem(answer) == (403, "handled_by_yours", ACTING_FOR)
    assert satisfaction(office, matter) in (None, [])

    convenor = caller("chen", Role.HEAD, "medicine")
    assert evaluated(convenor, matter, today, lvzhi_acting_for="li").is_success
    assert satisfaction(office, matter) == [["member/li", "not_satisfied"]]
    body = {"stage": "evaluated", "on": today.isoformat(), "satisfaction": "satisfied"}
    assert office.send(f"/matters/{matter}/moves", body, lvzhi_acting_for="li").is_success
    assert moved(office, matter, "closed", on=today.isoformat()).is_success
    history = office.get(f"/matters/{matter}/history").json()["rows"]
    typed = {(each["by"], each["acting_for"]) for each in history if each["acting_for"]}
    assert typed == {("chen", "li"), ("secretary", "li")}


def test_the_head_of_a_sector_asks_leave_for_its_members_alone(
    office: Caller, caller: Callable[..., Caller], today: date
) -> None:
    """The meeting is the county's: neither for whom he is not bound to, nor in his own name."""
    planned = office.send("/meetings", plan(today + timedelta(days=7)))
    path = f"/meetings/{planned.json()['id']}/leaves"
    convenor = caller("chen", Role.HEAD, "medicine")

    body = {"person": "zhao", "leave": "病假"}
    assert reason(convenor.send(path, body)) == (403, "not_yours_to_record")
    assert problem(convenor.send(path, body, lvzhi_acting_for="zhao")) == UNBOUND
    own = {"person": "li", "leave": "病假"}
    assert convenor.send(path, own, lvzhi_acting_for="li").is_success


def test_an_author_who_moves_his_own_is_told_who_does(
    office: Caller, caller: Callable[..., Caller], matter: str, today: date
) -> None:
    on, li = today.isoformat(), caller("li", Role.MEMBER)
    assert moved(li, matter, "evaluated", on=on, satisfaction="satisfied").is_success
    answer = moved(li, matter, "closed", on=on)
    assert problem(answer) == (403, "own_matter", "/stage")
    assert "政协机关" in answer.json()["title"]
    assert moved(office, matter, "closed", on=on).is_success


def test_several_commands_in_one_name_are_each_looked_at(
    office: Caller, north: Caller, matter: str, today: date
) -> None:
    move = {"stage": "evaluated", "on": today.isoformat(), **NOT_SATISFIED}
    sent = [{"command": "move_matter", "matter": matter, "move": move}]
    (verdict,) = north.send("/commands", sent, lvzhi_acting_for="li").json()["verdicts"]
    assert verdict["problem"]["reason"] == "not_yours_to_speak_for"
    assert verdict["problem"]["errors"][0]["header"] == ACTING_FOR
