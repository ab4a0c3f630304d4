"""Pages of administration: the office keeps the roster by forms, and watches how the ledger stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi.testclient import TestClient

from application.readings import ReadingNoted
from domain.access import Action
from domain.people import Actor, PersonId, Role
from interfaces.access.opening import Access
from interfaces.app import create_app
from interfaces.settings import read
from interfaces.wiring import Installation
from tests.interfaces.conftest import COUNTY, Service, granted, hash_quickly

PASSWORD = "correct horse battery 履职"  # noqa: S105 -- of nobody
LEDGER = "administered"
FORM = re.compile(r'name="form" value="([^"]+)"')
PEOPLE = {"secretary": Role.OFFICE, "watcher": Role.AUDITOR, "li": Role.MEMBER}


class Visitor:
    """Somebody at a browser, who follows forms as they stand on the pages."""

    def __init__(self, client: TestClient, name: str) -> None:
        client.cookies.clear()
        self.client = client
        answer = self.post("/sign-in", form="", name=name, password=PASSWORD)
        assert answer.status_code == 303, answer.text

    def get(self, path: str) -> httpx2.Response:
        answer: httpx2.Response = self.client.get(self._at(path), follow_redirects=False)
        return answer

    def page(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.text

    def post(self, path: str, *, form: str | None = None, **fields: Any) -> httpx2.Response:
        """Send a form; the token is that of a page of this session."""
        token = self.form if form is None else form
        sent = {"form": token, "id": str(uuid4())} | {
            name.replace("__", "."): value for name, value in fields.items()
        }
        answer: httpx2.Response = self.client.post(
            self._at(path),
            data={name: value for name, value in sent.items() if value},
            headers={"Origin": "http://testserver"},
            follow_redirects=False,
        )
        return answer

    @property
    def form(self) -> str:
        found = FORM.search(self.page(""))
        assert found
        return found[1]

    def _at(self, path: str) -> str:
        own = ("/sign-in", "/account", "/new-password")
        return path if path.startswith(own) else f"/ledgers/{LEDGER}{path or '/'}"


@pytest.fixture(scope="module")
def administered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with a county; the secretary, an auditor and a member have accounts."""
    settings = read({"LVZHI_SEAL_EVERY": "off"}, data=str(tmp_path_factory.mktemp("data")))
    with closing(Installation(settings)) as installation:
        hash_quickly(installation)
        installation.create(LEDGER, "海晏县政协")
        with TestClient(create_app(installation), raise_server_exceptions=False) as client:
            service = Service(installation, client)
            office = service.caller(LEDGER, "secretary", Role.OFFICE, "county")
            staff = [
                {
                    "command": "admit",
                    "person": person,
                    "profile": {"name": name, "standing": "staff"},
                }
                for person, name in (("secretary", "周文"), ("watcher", "沈察"))
            ]
            answer = office.send("/commands", [*COUNTY, *staff])
            assert [v for v in answer.json()["verdicts"] if "problem" in v] == []
            installation.desk(LEDGER).reader.catch_up()
            for person, role in PEOPLE.items():
                if role is not Role.MEMBER:
                    granted(installation, LEDGER, person, role, None)
                made = installation.access.accounts.make(person)
                installation.access.accounts.set_password(made.id, PASSWORD)
                installation.access.accounts.link(made.id, LEDGER, PersonId(person))
            yield service


@pytest.fixture
def access(administered: Service) -> Access:
    return administered.installation.access


@pytest.fixture
def office(administered: Service) -> Visitor:
    return Visitor(administered.client, "secretary")


@pytest.fixture
def auditor(administered: Service) -> Visitor:
    return Visitor(administered.client, "watcher")


@pytest.fixture
def li(administered: Service) -> Visitor:
    return Visitor(administered.client, "li")


def wrong_beside(text: str, name: str) -> bool:
    """Whether something is said to be wrong beside that input."""
    return f'id="f-{name.replace(".", "-")}-wrong"' in text


# What there is


def test_the_office_finds_everything_and_the_auditor_what_is_his(
    office: Visitor, auditor: Visitor, administered: Service
) -> None:
    text = Visitor(administered.client, "secretary").page("/admin")
    for path in ("people", "units", "seal", "health", "readings"):
        assert f"/ledgers/{LEDGER}/admin/{path}" in text
    text = Visitor(administered.client, "watcher").page("/admin")
    assert f"/ledgers/{LEDGER}/admin/seal" in text
    assert f"/ledgers/{LEDGER}/admin/people" not in text


def test_where_no_witness_has_to_sign_the_page_of_the_seal_says_it_in_words(
    office: Visitor, administered: Service
) -> None:
    administered.installation.desk(LEDGER).sealer.seal()
    text = office.page("/admin/seal")
    assert "首个公钥与见证规则" in text
    assert "没有设置见证规则" in text
    assert "quorum" not in text


@pytest.mark.parametrize("path", ["/admin", "/admin/people", "/admin/units", "/admin/health"])
def test_a_member_sees_no_administration(li: Visitor, path: str) -> None:
    assert li.get(path).status_code == 403


def test_an_auditor_changes_no_roster(auditor: Visitor) -> None:
    assert auditor.get("/admin/people/li/describe").status_code == 403
    assert auditor.post("/admin/people/li/join", membership__bond="sector").status_code == 403


def test_how_it_stands_is_told(office: Visitor) -> None:
    text = office.page("/admin/health")
    assert "LVZHI_SEAL_EVERY=off" in text
    assert "怎样核验" in office.page("/admin/seal")


# People


def admitted(office: Visitor, name: str, **more: Any) -> str:
    answer = office.post(
        "/admin/people/new",
        profile__name=name,
        profile__standing="member",
        profile__member_class="other",
        term__number="10",
        term__since="2021-12-01",
        **more,
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


def test_a_member_is_entered_with_sector_and_studio(office: Visitor) -> None:
    person = admitted(office, "何新", sector="医药卫生界", studio="城南工作室")
    text = office.page(f"/admin/people/{person}?done=new")
    for said in ("何新", "医药卫生界", "城南工作室", "第10届", "已保存"):
        assert said in text, said


def test_a_form_that_is_sent_twice_enters_one_person(office: Visitor) -> None:
    sent = {"profile__name": "单一", "profile__standing": "guest", "profile__member_class": "other"}
    first = office.post("/admin/people/new", id="the-same-form-1", **sent)
    again = office.post("/admin/people/new", id="the-same-form-1", **sent)
    assert first.headers["location"] == again.headers["location"]
    assert office.page("/admin/people?text=单一").count('class="title grow"') == 1


def test_what_is_wrong_with_an_entry_stands_beside_its_field(office: Visitor) -> None:
    answer = office.post(
        "/admin/people/new", profile__standing="member", profile__member_class="other"
    )
    assert answer.status_code == 422
    assert wrong_beside(answer.text, "profile.name")
    answer = office.post(
        "/admin/people/new",
        profile__name="无届",
        profile__standing="member",
        profile__member_class="other",
    )
    assert answer.status_code == 422
    assert wrong_beside(answer.text, "term.number")
    assert 'value="无届"' in answer.text


def test_a_unit_that_there_is_not_is_said_beside_its_field(office: Visitor) -> None:
    answer = office.post(
        "/admin/people/chen/join",
        membership__bond="studio",
        membership__unit="没有这家",
        membership__since="2024-01-01",
    )
    assert answer.status_code == 422
    assert wrong_beside(answer.text, "membership.unit")
    assert "没有这个单位" in answer.text


def test_a_bond_a_role_and_an_exemption_begin_and_end(office: Visitor) -> None:
    person = admitted(office, "来去")
    at = f"/admin/people/{person}"
    steps: list[tuple[str, dict[str, str], str]] = [
        ("join", {"membership__bond": "sector", "membership__unit": "经济界", "membership__since": "2022-01-01", "membership__primary": "on"}, "经济界"),
        ("give-role", {"held__role": "standing_member", "held__since": "2022-01-01"}, "常务委员"),
        ("exempt", {"exemption__since": "2022-01-01", "exemption__reason": "休养"}, "休养"),
        ("leave", {"held": "sector|economy", "until": "2025-01-31", "reason": "转入他界"}, "2025年1月31日"),
        ("end-role", {"role": "standing_member", "until": "2025-02-28"}, "2025年2月28日"),
        ("end-exemption", {"until": "2025-03-31"}, "2025年3月31日"),
        ("dismiss", {"on": "2025-04-30", "how": "resigned", "reason": "本人申请"}, "辞去"),
        ("readmit", {"term__number": "11", "term__since": "2026-01-01"}, "第11届"),
    ]  # fmt: skip
    for act, fields, said in steps:
        office.page(f"{at}/{act}")
        answer = office.post(f"{at}/{act}", **fields)
        assert answer.status_code == 303, (act, answer.text)
        assert said in office.page(at), act


def test_somebody_reports_in(office: Visitor, administered: Service) -> None:
    answer = office.post(
        "/admin/units/new",
        profile__kind="township",
        profile__name="城南镇",
        since="2021-12-01",
        life="open",
    )
    assert answer.status_code == 303, answer.text
    township = answer.headers["location"].partition("?")[0].rpartition("/")[2]
    assert "城南镇" in office.page("/admin/people/chen/place")
    answer = office.post(
        "/admin/people/chen/place",
        placement__township=township,
        placement__step="reported",
        placement__on="2025-01-01",
        placement__basis="residence",
    )
    assert answer.status_code == 303, answer.text
    assert "已报到" in office.page("/admin/people/chen")


def test_of_two_who_correct_somebody_the_later_sees_both(office: Visitor) -> None:
    person = admitted(office, "并改")
    at = f"/admin/people/{person}/describe"
    found = re.search(r'name="version" value="(\d+)"', office.page(at))
    assert found
    base = {"version": found[1], "profile__standing": "member", "profile__member_class": "other"}
    first = office.post(at, **base, profile__name="并改", profile__employer="甲厂", reason="核对")
    assert first.status_code == 303, first.text
    later = office.post(at, **base, profile__name="并改", profile__employer="乙厂", reason="核对")
    assert later.status_code == 412
    assert "甲厂" in later.text and "乙厂" in later.text
    version = re.search(r'name="version" value="(\d+)"', later.text)
    assert version
    base["version"] = version[1]
    again = office.post(at, **base, profile__name="并改", profile__employer="乙厂", reason="核对")
    assert again.status_code == 303
    assert "乙厂" in office.page(f"/admin/people/{person}")


def test_what_only_the_other_changed_is_not_undone_by_the_later(office: Visitor) -> None:
    person = admitted(office, "分改", profile__position="副校长")
    at = f"/admin/people/{person}/describe"
    found = re.search(r'name="version" value="(\d+)"', office.page(at))
    assert found
    base = {
        "version": found[1],
        "profile__name": "分改",
        "profile__standing": "member",
        "profile__member_class": "other",
    }
    first = office.post(at, **base, profile__position="院长", reason="任免文件")
    assert first.status_code == 303, first.text
    later = office.post(
        at, **base, profile__position="副校长", profile__employer="乙厂", reason="核对"
    )
    assert later.status_code == 412
    assert 'id="both"' not in later.text
    assert re.search(r"已按现在的台账填入:<b>职务</b>", later.text)
    assert 'name="profile.position" value="院长"' in later.text
    assert 'name="profile.employer" value="乙厂"' in later.text
    assert "理由" not in later.text.partition('class="panel"')[0]


def test_of_a_unit_too_only_what_both_changed_is_compared(office: Visitor) -> None:
    at = "/admin/units/economy/describe"
    found = re.search(r'name="version" value="(\d+)"', office.page(at))
    assert found
    base = {"version": found[1], "profile__kind": "sector", "profile__name": "经济界"}
    first = office.post(at, **base, profile__parent="海晏县政协", profile__short="经", reason="补")
    assert first.status_code == 303, first.text
    later = office.post(at, **base, profile__short="经界", reason="补")
    table = later.text.partition('id="both"')[2].partition("</table>")[0]
    assert re.findall(r'<th scope="row">(.*?)</th>', table) == ["简称"]
    assert 'name="profile.parent" value="海晏县政协"' in later.text


def test_a_correction_needs_a_reason(office: Visitor) -> None:
    found = re.search(r'name="version" value="(\d+)"', office.page("/admin/people/zhao/describe"))
    assert found
    answer = office.post(
        "/admin/people/zhao/describe",
        version=found[1],
        profile__name="赵敏",
        profile__standing="member",
        profile__member_class="other",
    )
    assert answer.status_code == 422
    assert wrong_beside(answer.text, "reason")


# Units


def test_a_unit_is_entered_appointed_to_and_closed(office: Visitor) -> None:
    answer = office.post(
        "/admin/units/new",
        profile__kind="studio",
        profile__name="城北工作室",
        profile__studio_kind="regional",
        since="2022-01-01",
        life="open",
    )
    assert answer.status_code == 303, answer.text
    unit = answer.headers["location"].partition("?")[0].rpartition("/")[2]
    at = f"/admin/units/{unit}"
    assert "没有负责人" in office.page(at)
    steps: list[tuple[str, dict[str, str], str]] = [
        ("appoint", {"appointment__person": "赵敏", "appointment__office": "head", "appointment__since": "2022-02-01"}, "赵敏"),
        ("move-on", {"life": "listed", "on": "2022-03-01"}, "挂牌"),
        ("relieve", {"held": "zhao|head", "until": "2025-06-30"}, "2025年6月30日"),
        ("move-on", {"life": "closed", "on": "2025-12-31"}, "撤销"),
    ]  # fmt: skip
    for act, fields, said in steps:
        office.page(f"{at}/{act}")
        answer = office.post(f"{at}/{act}", **fields)
        assert answer.status_code == 303, (act, answer.text)
        assert said in office.page(at), act


def test_an_appointment_is_put_right_when_its_approval_comes_to_be_known(office: Visitor) -> None:
    made = office.post(
        "/admin/units/new",
        profile__kind="special_committee",
        profile__name="提案委员会",
        since="2022-01-01",
        life="open",
    )
    unit = made.headers["location"].partition("?")[0].rpartition("/")[2]
    at = f"/admin/units/{unit}"
    for person, since in (("zhao", "2022-02-01"), ("li", "2022-03-01")):
        told = {"appointment__person": person, "appointment__since": since}
        office.page(f"{at}/appoint")
        answer = office.post(f"{at}/appoint", **told, appointment__office="deputy")
        assert answer.status_code == 303, answer.text
    # The last stands first on the page, and each leads to its own form.
    links = re.findall(rf'href="[^"]*({at}/appointments/\d)"', office.page(at))
    assert links == [f"{at}/appointments/2", f"{at}/appointments/1"]
    form = office.page(links[1])
    assert 'value="2022-02-01"' in form
    (version,) = re.findall(r'name="version" value="(\d+)"', form)
    (person,) = re.findall(r'name="appointment.person" value="([^"]*)"', form)
    said = {
        "version": version,
        "appointment__person": person,
        "appointment__office": "deputy",
        "appointment__since": "2022-02-01",
        "appointment__approval_document": "县委〔2022〕6号",
    }
    for wrong, field in (
        (said | {"reason": "补登批准"}, "appointment.approved_on"),
        (said | {"appointment__approved_on": "2022-01-20", "reason": " "}, "reason"),
        (
            said | {"appointment__until": "2021-01-01", "reason": "补", "appointment__approved_on": "2022-01-20"},
            "appointment.until",
        ),
    ):  # fmt: skip
        answer = office.post(links[1], **wrong)
        assert answer.status_code == 422
        assert wrong_beside(answer.text, field), field
    whole = said | {"appointment__approved_on": "2022-01-20", "reason": "任用后才收到批复"}
    answer = office.post(links[1], **whole)
    assert answer.status_code == 303, answer.text
    page = office.page(f"{at}?done=correct-appointment")
    assert "已保存:更正任用" in page
    assert "党委批准 2022年1月20日 县委〔2022〕6号" in page

    # Of two who put it right at once the later is told that it stands so no more.
    office.page(links[1])
    late = office.post(links[1], **(whole | {"appointment__approval_document": "县委〔2022〕7号"}))
    assert late.status_code == 422
    assert "县委〔2022〕7号" in late.text
    # Another is called as he is: the form means whom it showed.
    form = office.page(links[0])
    (person,) = re.findall(r'name="appointment.person" value="([^"]*)"', form)
    named = {"appointment__person": person, "appointment__certificate": "聘字1号"}
    kept = office.post(links[0], **named, reason="补登证书")
    assert kept.status_code == 303, kept.text
    assert 'value="聘字1号"' in office.page(links[0])
    gone = office.post(links[0], taken_back="on", reason="误登")
    assert gone.status_code == 303, gone.text
    assert re.findall(rf"{at}/appointments/\d", office.page(at)) == [f"{at}/appointments/1"]
    assert office.get(f"{at}/appointments/2").status_code == 422
    assert office.get(f"{at}/appointments/x").status_code == 422


def test_whoever_has_a_name_of_several_is_not_guessed(office: Visitor) -> None:
    answer = office.post(
        "/admin/units/south/appoint",
        appointment__person="李明",
        appointment__office="staff",
        appointment__since="2025-01-01",
    )
    assert answer.status_code in {409, 422}
    assert wrong_beside(answer.text, "appointment.person")
    assert "同名" in answer.text


# Readings


def test_who_looked_is_told_to_the_auditor_by_name(administered: Service, office: Visitor) -> None:
    office.page("/people/li")
    auditor = Visitor(administered.client, "watcher")
    text = auditor.page("/admin/readings?person=li")
    assert "周文" in text and "查看委员档案" in text
    assert "没有此人" in auditor.get("/admin/readings?person=nobody-at-all").text


def test_what_was_shown_to_the_same_person_in_one_minute_is_one_line(
    administered: Service, office: Visitor
) -> None:
    desk = administered.installation.desk(LEDGER)
    actor = Actor(person=PersonId("secretary"), role=Role.OFFICE)
    seen = ReadingNoted(subject="member/chen", action=Action.SEE_CONTACT, through="test")
    # What is noted at once is of one instant.
    desk.readings.note(actor, [seen, seen, replace(seen, action=Action.SEE_FILE), seen])
    text = office.page("/admin/readings?person=chen")
    rows = text.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    (contact,) = [row for row in rows if "查看联系方式" in row]
    assert "× 3" in contact
    (file,) = [row for row in rows if "查看委员档案" in row]
    assert "×" not in file


def test_what_the_office_sees_of_somebody_to_keep_him_is_noted(
    administered: Service, office: Visitor
) -> None:
    person = admitted(office, "休者", profile__phone="13800000000")
    at = f"/admin/people/{person}"
    office.post(f"{at}/exempt", exemption__since="2025-01-01", exemption__reason="住院")
    assert "13800000000" in office.page(at) and "住院" in office.page(at)
    text = office.page(f"/admin/readings?person={person}")
    assert "查看联系方式" in text and "查看委员档案" in text
    assert "13800000000" not in text


def test_a_member_sees_who_looked_at_him_alone(li: Visitor) -> None:
    assert li.get("/admin/readings").status_code == 200
    assert li.get("/admin/readings?person=zhao").status_code == 403


def test_a_member_sees_by_which_office_his_file_was_looked_at_not_by_whom(
    administered: Service, office: Visitor
) -> None:
    office.page("/people/li")
    own = Visitor(administered.client, "li")
    assert "/admin/readings" in own.page("/people/li")
    text = own.page("/admin/readings")
    rows = text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "政协机关" in rows and "查看委员档案" in rows
    assert "周文" not in rows
