"""The command line of how the committee is organised, by what it prints."""

from __future__ import annotations

import csv
import io
import json

from tests.interfaces.conftest import DAY, SINCE
from tests.interfaces.test_cli import Run, county, run
from tests.interfaces.test_cli_loops import told

__all__ = ["county", "run"]


def test_reporting_in_is_printed_by_township_and_by_village(county: Run) -> None:
    placement = {"township": "town", "step": "reported", "on": DAY, "room": "han"}
    for command, said in (
        ("open_unit", {"unit": "town", "profile": {"kind": "township", "name": "东关镇"}, "since": SINCE}),
        ("open_unit", {"unit": "han", "profile": {"kind": "village", "name": "韩村", "parent": "town"}, "since": SINCE}),
        ("place", {"person": "li", "placement": placement}),
    ):  # fmt: skip
        code, _, errors = told(county, command, **said)
        assert code == 0, errors
    days = ("--day", "2025-12-31", "--before", "2025-01-01")
    code, output, errors = county("report-in", *days)
    assert (code, errors) == (0, "")
    assert "东关镇\t0\t1\t1\t0\t0\t0\t1\t0\t0\t1\t1\n" in output
    assert "东关镇\t韩村\t1\t李明\n" in county("report-in", "--villages", *days)[1]
    assert county("report-in", "--without", "--of", "东关镇", *days)[1] == ""
    header, *_ = csv.reader(io.StringIO(county("report-in", "--csv", *days)[1].lstrip("\ufeff")))
    assert header[:4] == ["镇街", "此前委员", "委员", "增减"]
    assert json.loads(county("report-in", "--json", *days)[1])[0]["change"] in {0, 1}
    assert county("report-in", "--day", "2024-01-01", "--before", "2025-01-01")[0] != 0


def test_guests_are_printed_with_their_invitation(county: Run) -> None:
    for command, said in (
        ("admit", {"person": "g1", "profile": {"name": "郑省委", "standing": "guest"}}),
        ("invite", {"person": "g1", "step": "invited", "on": DAY, "to": "south"}),
    ):
        code, _, errors = told(county, command, **said)
        assert code == 0, errors
    line = f"郑省委\t\t\t已邀请\t{DAY}\t城南工作室\t0\t\n"
    assert county("guests", "--day", "2025-12-31")[1] == line
    (found,) = json.loads(county("guests", "--day", "2025-12-31", "--json")[1])
    assert (found["guest"]["step"], found["part"]) == ("invited", None)


def test_the_composition_is_printed_with_approvals_and_vacancies(county: Run) -> None:
    held = {"person": "li", "office": "head", "since": SINCE, "approved_on": "2021-11-20"}
    profile = {"kind": "liaison_committee", "name": "东关联络委"}
    for command, said in (
        ("open_unit", {"unit": "liaison", "profile": profile, "since": SINCE}),
        ("appoint", {"unit": "liaison", "appointment": held}),
    ):
        code, _, errors = told(county, command, **said)
        assert code == 0, errors
    code, output, errors = county("composition", "--vacant")
    assert (code, errors) == (0, "")
    assert output == (
        "东关联络委\t乡镇(街道)政协联络委\t\t李明\t\t\t\t1\t1\t0\t李明 2021-11-20\t副主任\n"
    )
    assert json.loads(county("composition", "--json")[1])[0]["unapproved"] == 0
    assert "城南工作室" in county("composition", "--kind", "委员工作室")[1]
    assert county("composition", "--kind", "村(社区)")[0] != 0


def test_whom_no_pairing_reaches_and_who_answers_are_printed(county: Run) -> None:
    held = {"person": "li", "office": "group_leader", "since": SINCE}
    for command, said in (
        ("open_unit", {"unit": "affairs", "profile": {"kind": "special_committee", "name": "经济委"}, "since": SINCE}),
        ("open_unit", {"unit": "first", "profile": {"kind": "study_group", "name": "第一学习组", "linked_by": "affairs"}, "since": SINCE}),
        ("appoint", {"unit": "first", "appointment": held}),
    ):  # fmt: skip
        code, _, errors = told(county, command, **said)
        assert code == 0, errors
    assert county("unlinked", "委员工作室")[1] == "城南工作室\tsouth\n"
    assert county("unlinked")[1] == ""
    assert json.loads(county("unlinked", "studio", "--json")[1])[0]["subject"] == "unit/south"
    assert county("unlinked", "x")[0] != 0
    lines = county("responsibility")[1].splitlines()
    assert lines[:2] == ["经济委\t\t\t\t无", "经济委\t第一学习组\t学习组\t\t李明"]
    assert any(each.startswith("没有牵头专委会\t经济界\t") for each in lines)
    assert json.loads(county("responsibility", "--json")[1])["loose_number"] == 2
