"""A form of correction sends back all that a record says: what nobody touched stays as it was."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from domain.people import Role
from tests.interfaces.conftest import Caller, proposal, visit
from tests.web.conftest import Reading


class Controls(HTMLParser):
    """What a browser would send of the forms that lead to an address, as they stand."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self._action = action
        self._is_open = False
        self._select = ""
        self._options: list[tuple[str, bool]] = []
        self._area = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a control, or where one begins."""
        told = {name: value or "" for name, value in attrs}
        name = told.get("name", "")
        if tag == "form":
            self._is_open = told.get("action", "").partition("?")[0].endswith(self._action)
        elif not self._is_open or "disabled" in told:
            return
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append((told.get("value", ""), "selected" in told))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "input" and name and told.get("type") != "file":
            if told.get("type") in {"checkbox", "radio"}:
                if "checked" in told:
                    self.pairs.append((name, told.get("value", "on")))
            else:
                self.pairs.append((name, told.get("value", "")))

    def handle_data(self, data: str) -> None:
        """Gather what stands in a text area."""
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        """Note a control that ends."""
        if tag == "form":
            self._is_open = False
        elif tag == "select" and self._select:
            chosen = [value for value, on in self._options if on] or [self._options[0][0]]
            self.pairs += [(self._select, value) for value in chosen]
            self._select = ""
        elif tag == "textarea" and self._area:
            self.pairs.append((self._area, self._text.removeprefix("\n")))
            self._area = ""


MEETING = visit(
    details={
        "kind": "attended",
        "meeting": "thematic_standing_committee",
    },
    title="专题议政性常委会会议",
    place="会议中心",
    half_days=2,
    co_organisers=["medicine"],
    activity="议政月",
    expected=["li", "chen"],
    participants=[
        {
            "person": "li",
            "capacity": "sits_in",
            "attendance": "late",
            "spoke": "orally",
            "half_days": 1,
            "in_name_of": "medicine",
        },
        {
            "person": "chen",
            "part": "leads",
            "attendance": "leave",
            "leave": "病假",
            "granted_by": "办公室",
        },
    ],
)
VISIT = visit(
    participants=[
        {"person": "chen", "part": "leads", "spoke": "orally", "attendance": "late"},
        {"person": "li", "capacity": "sits_in"},
    ]
)
COLLECTIVE = proposal(
    authors=[
        {"unit": "medicine", "role": "first", "share": "0.5"},
        {"person": "li", "role": "writer", "share": "0.3"},
        {"person": "chen", "role": "joint", "share": "0.2"},
    ],
    number="12",
    text="摘要",
)
JOINT = proposal(
    authors=[
        {"person": "zhao", "role": "first"},
        {"person": "li", "role": "joint"},
        {"person": "chen", "role": "joint"},
    ]
)


@pytest.mark.parametrize(
    ("collection", "body"),
    [("occasions", MEETING), ("occasions", VISIT), ("matters", COLLECTIVE), ("matters", JOINT)],
)
def test_what_nobody_touched_stays_as_it_was(
    reading: Reading, office: Caller, collection: str, body: dict[str, Any]
) -> None:
    made = office.send(f"/{collection}", body)
    assert made.status_code == 201, made.text
    path = f"/{collection}/{made.json()['id']}"
    office.get("/deeds", after=made.json()["position"])
    before = office.get(path).json()["body"]
    clerk = reading("zhao", Role.OFFICE, "county")
    page = clerk.read(f"{path}/amend")
    controls = Controls(f"{path}/amend")
    controls.feed(page)
    said = {"title": "另一个题目", "reason": "题目有误"}
    pairs = [(name, said.get(name, value)) for name, value in controls.pairs]
    answer = clerk.post(f"{path}/amend", pairs)
    assert "已更正" in answer.text, answer.text[:3_000]
    after = office.get(path).json()["body"]
    assert after == {**before, "title": "另一个题目"}


def test_units_that_somebody_else_put_among_the_authors_meanwhile_stay(
    reading: Reading, office: Caller
) -> None:
    made = office.send("/matters", COLLECTIVE)
    path = f"/matters/{made.json()['id']}"
    office.get("/deeds", after=made.json()["position"])
    clerk = reading("zhao", Role.OFFICE, "county")
    opened = Controls(f"{path}/amend")
    opened.feed(clerk.read(f"{path}/amend"))

    def sent(controls: Controls, **said: str) -> str:
        pairs = [(name, said.get(name, value)) for name, value in controls.pairs]
        return clerk.post(f"{path}/amend", pairs).text

    assert "已更正" in sent(opened, author_units="医药卫生界\n经济界", reason="补充单位")
    late = sent(opened, title="另一个题目", reason="题目有误", id="another-form")
    assert "已按现在的台账填入:<b>作者中的单位</b>" in late
    again = Controls(f"{path}/amend")
    again.feed(late)
    assert "已更正" in sent(again)
    body = office.get(path).json()["body"]
    assert body["title"] == "另一个题目"
    assert {each["unit"] for each in body["authors"]} >= {"medicine", "economy"}

    late = sent(opened, author_units="", reason="单位有误", id="yet-another-form")
    assert "<td>医药卫生界、经济界</td><td>–</td>" in late


def test_whose_attendance_is_corrected_keeps_no_leave_and_no_half_days_of_before(
    reading: Reading, office: Caller
) -> None:
    made = office.send("/occasions", MEETING)
    path = f"/occasions/{made.json()['id']}"
    office.get("/deeds", after=made.json()["position"])
    clerk = reading("zhao", Role.OFFICE, "county")
    controls = Controls(f"{path}/amend")
    controls.feed(clerk.read(f"{path}/amend"))
    said = {"attendance.li": "absent", "attendance.chen": "present", "reason": "到会情况有误"}
    pairs = [(name, said.get(name, value)) for name, value in controls.pairs]
    assert "已更正" in clerk.post(f"{path}/amend", pairs).text
    people = office.get(path).json()["body"]["participants"]
    told = {
        p["person"]: (p["attendance"], p["leave"], p["granted_by"], p["half_days"]) for p in people
    }
    assert told == {"li": ("absent", "", "", None), "chen": ("present", "", "", None)}
    assert {p["person"]: p["in_name_of"] for p in people} == {"li": "medicine", "chen": None}
