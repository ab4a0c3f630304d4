"""Pages of grants: the office gives and takes back, whoever is on standby takes a role, everybody sees his own."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.people import Role
from tests.interfaces.conftest import Service
from tests.web.test_administration import LEDGER, Visitor, access, administered, auditor, li, office

__all__ = ["access", "administered", "auditor", "li", "office"]


def granted(office: Visitor, **fields: Any) -> str:
    answer = office.post("/grants/new", **{"since": "2025-01-01", "reason": "新任", **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


def test_access_is_granted_for_a_unit_and_revoked_with_a_reason(
    office: Visitor, administered: Service
) -> None:
    grant = granted(office, person="陈静", role="clerk", unit="城南工作室", until="2099-12-31")
    text = office.page(f"/grants/{grant}?done=new")
    for said in ("陈静", "记录员", "城南工作室", "新任", "周文", "有效"):
        assert said in text, said
    assert "陈静" in office.page("/grants?role=clerk")
    desk = administered.installation.desk(LEDGER)
    assert [each.role for each in desk.grants.of("chen")] == [Role.CLERK]  # type: ignore[arg-type]

    answer = office.post(f"/grants/{grant}/revoke")
    assert answer.status_code == 422 and 'id="f-reason-wrong"' in answer.text
    answer = office.post(f"/grants/{grant}/revoke", reason="调离")
    assert answer.status_code == 303
    assert "调离" in office.page(f"/grants/{grant}")
    assert grant not in office.page("/grants?role=clerk")
    assert grant in office.page("/grants?role=clerk&all=1")


def test_a_grant_that_is_sent_twice_is_one(office: Visitor) -> None:
    sent = {"person": "zhao", "role": "appraisal", "since": "2025-01-01", "reason": "考核"}
    first = office.post("/grants/new", id="one-form-of-a-grant", **sent)
    again = office.post("/grants/new", id="one-form-of-a-grant", **sent)
    assert first.headers["location"] == again.headers["location"]
    assert office.page("/grants?role=appraisal&all=1").count('<td class="first">') == 1


@pytest.mark.parametrize(
    ("fields", "name", "said"),
    [
        ({"person": "chen", "role": "clerk"}, "unit", "必填"),
        ({"person": "secretary", "role": "appraisal"}, "person", "须由另一人办理"),
        ({"person": "watcher", "role": "office"}, "role", "审计"),
        ({"person": "李明", "role": "office"}, "person", "同名"),
        ({"person": "chen", "role": "office", "until": "2020-01-01"}, "until", "早于"),
    ],
)
def test_what_is_wrong_with_a_grant_stands_beside_its_field(
    office: Visitor, fields: dict[str, str], name: str, said: str
) -> None:
    answer = office.post("/grants/new", since="2025-01-01", reason="试", **fields)
    assert answer.status_code in {403, 409, 422}, answer.text
    assert f'id="f-{name}-wrong"' in answer.text and said in answer.text


def test_who_is_on_standby_takes_the_role_with_a_reason(
    administered: Service, office: Visitor
) -> None:
    grant = granted(office, person="li", role="clerk", unit="城南工作室", standby="on")
    li = Visitor(administered.client, "li")
    assert "备用" in li.page("/grants")
    assert f"/grants/{grant}/emergency" in li.page(f"/grants/{grant}")
    answer = li.post(f"/grants/{grant}/emergency", hours="4", reason="急")
    assert answer.status_code == 422 and 'id="f-reason-wrong"' in answer.text
    answer = li.post(f"/grants/{grant}/emergency", hours="4", reason="记录员住院,今日须登记")
    assert answer.status_code == 303, answer.text
    assert "应急启用" in li.page(answer.headers["location"].removeprefix(f"/ledgers/{LEDGER}"))
    assert "记录员 · 城南工作室" in re.sub(r"\s+", " ", li.page("/"))

    office = Visitor(administered.client, "secretary")
    assert "应急启用 1 项" in office.page("/admin")
    assert office.page("/grants").index("应急") < office.page("/grants").index("备用")
    office.post(f"/grants/{grant}/revoke", reason="已恢复")


def test_a_member_sees_his_own_grants_alone(li: Visitor, administered: Service) -> None:
    text = li.page("/grants?person=secretary&all=1")
    assert "周文</a>" not in text
    of_office = administered.installation.desk(LEDGER).grants.of("secretary")[0]  # type: ignore[arg-type]
    assert li.get(f"/grants/{of_office.grant}").status_code == 403
    assert li.get("/grants/new").status_code == 403
    assert li.post("/grants/new", person="li", role="office").status_code == 403
    assert li.get("/grants/no-such-grant").status_code == 404


def test_an_auditor_sees_all_and_changes_none(auditor: Visitor) -> None:
    assert "周文" in auditor.page("/grants")
    assert auditor.get("/grants/new").status_code == 403
