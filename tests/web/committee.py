"""A county whose committee looks at its pages: two sectors, a studio, a rubric with grades, and what happened in 2025."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
from fastapi.testclient import TestClient

from domain.people import PersonId, Role
from interfaces.app import create_app
from interfaces.settings import read
from interfaces.wiring import Installation
from tests.interfaces.conftest import COUNTY, SINCE, Caller, Service, granted, hash_quickly, visit

LEDGER = "committee"
PASSWORD = "correct horse battery 履职"  # noqa: S105 -- of nobody
HERE = "http://testserver"

RUBRIC = """\
rubric: duties
version: 1
zh: 履职考核办法
en: appraisal of duties
since: 2020-01-01
blocks:
  - block: base
    zh: 基础分
    en: base
    clauses:
      - {clause: visits, zh: 走访村社, en: village visits, counts: 走访村(社区), each: 10}
gates:
  - {gate: twice, zh: 走访两次, en: two visits, counts: 走访村(社区), at_least: 2, grades: [优秀]}
grading:
  grades:
    - {grade: 优秀, en: excellent, at_least: 10}
    - {grade: 称职, en: competent, at_least: 5}
    - {grade: 不称职, en: not competent}
ladder:
  - {step: 约谈, en: a talk}
triggers:
  - {trigger: talk, zh: 连续两年不称职, en: twice not competent, when: {grades: 不称职}, years: 2, then: 约谈}
cases:
  - case: 一次走访十分
    year: 2022
    facts:
      - {kind: 走访村(社区), on: 2022-03-01}
    expect: {total: 10}
"""
RANKED = RUBRIC.replace("rubric: duties", "rubric: ranked").replace(
    "ladder:", "  ranking: {zh: 全体委员, en: all members, at_least: 2}\nladder:"
)
UNITS = """\
rubric: studios
version: 1
zh: 工作室考核办法
en: measure for studios
since: 2020-01-01
subject: 单位
of_kinds: 委员工作室
blocks:
  - block: base
    zh: 基础分
    en: base
    clauses:
      - {clause: members, zh: 委员得分, en: members' scores, members: {take: 合计, times: 1}}
"""


class Pages:
    """Somebody's browser on the pages of the ledger."""

    def __init__(self, client: TestClient, name: str) -> None:
        self.client = client
        self.client.cookies.clear()
        answer = self._post("/sign-in", {"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text

    def see(self, path: str, **asked: Any) -> httpx2.Response:
        """A page."""
        answer: httpx2.Response = self.client.get(
            f"/ledgers/{LEDGER}{path}", params=asked or None, follow_redirects=False
        )
        return answer

    def send(self, path: str, **fields: str | list[str]) -> httpx2.Response:
        """A form of a page, with the token of this session."""
        page = self.client.get(f"/ledgers/{LEDGER}/people").text
        token = re.search(r'<meta name="lvzhi-form" content="([^"]+)"', page)
        assert token is not None
        return self._post(f"/ledgers/{LEDGER}{path}", {"form": token[1], **fields})

    def _post(self, path: str, fields: Mapping[str, str | list[str]]) -> httpx2.Response:
        answer: httpx2.Response = self.client.post(
            path,
            data=dict(fields),
            headers={"Origin": HERE, "Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
        )
        return answer


@contextmanager
def committee(folder: Path) -> Iterator[Service]:
    """The service, with an account for each role: its name is the role's."""
    settings = read({"LVZHI_SEAL_EVERY": "off"}, data=str(folder))
    with closing(Installation(settings)) as installation:
        hash_quickly(installation)
        installation.create(LEDGER, "海晏县政协")
        with TestClient(create_app(installation), raise_server_exceptions=False) as client:
            service = Service(installation, client)
            office = service.caller(LEDGER, "secretary", Role.OFFICE, "county")
            _fill(office, service.caller(LEDGER, "zhao", Role.HEAD, "south"))
            for name, person, role, unit in (
                ("office", "secretary", Role.OFFICE, "county"),
                ("head", "chen", Role.HEAD, "medicine"),
                ("clerk", "wang", Role.CLERK, "south"),
                ("member", "li", Role.MEMBER, None),
            ):
                if role is not Role.MEMBER:
                    granted(installation, LEDGER, person, role, unit)
                account = installation.access.accounts.make(name)
                installation.access.accounts.set_password(account.id, PASSWORD)
                installation.access.accounts.link(account.id, LEDGER, PersonId(person))
            yield service


def _fill(office: Caller, head: Caller) -> None:
    numbers = {"li": "003", "zhao": "2", "chen": "010"}
    county: list[dict[str, Any]] = [
        {**each, "profile": {**each["profile"], "number": numbers[each["person"]]}}
        if each.get("person") in numbers and "profile" in each
        else each
        for each in COUNTY
    ]
    staff = {"name": "王干事", "standing": "other"}
    secretary = {"name": "周秘书", "standing": "other"}
    _sent(
        office,
        [
            *county,
            {"command": "admit", "person": "wang", "profile": staff},
            {"command": "admit", "person": "secretary", "profile": secretary},
        ],
    )
    for text in (RUBRIC, RANKED, UNITS):
        code = text.partition("\n")[0].partition(": ")[2]
        told = {"version": "1", "text": text, "since": SINCE}
        answer = office.send(f"/documents/rubric/{code}/versions", told)
        assert answer.status_code == 200, answer.text
    for body in (
        visit(),
        visit(on="2025-06-10", participants=[{"person": "li"}], title="再访桃源村"),
    ):
        made = office.send("/occasions", body)
        assert made.status_code == 201, made.text
        # What is recorded so late earns nothing before a side has confirmed it.
        people = [each["person"] for each in body["participants"]]
        said = {"side": "studio", "people": people}
        answer = head.send(f"/occasions/{made.json()['id']}/confirmations", said)
        assert answer.status_code < 300, answer.text


def _sent(office: Caller, commands: Sequence[Mapping[str, Any]]) -> None:
    answer = office.send("/commands", list(commands))
    problems = [v for v in answer.json()["verdicts"] if "problem" in v]
    assert problems == []
