"""The page of joint activities: each counted once, credited to each unit and each level, listed one by one."""

from __future__ import annotations

from domain.people import Role
from tests.interfaces.conftest import Caller, visit
from tests.interfaces.test_stories import TOUR
from tests.web.conftest import Reading
from tests.web.test_acts_on_records import shown


def test_a_joint_activity_stands_once_with_its_hosts_and_levels(
    reading: Reading, office: Caller
) -> None:
    for body in (visit(), visit(**TOUR, on="2025-03-06")):
        assert office.send("/occasions", body).status_code == 201
    reader = reading("secretary", Role.OFFICE, "county")
    text = shown(reader.read("/joint?year=2025"))

    assert "2 次活动,每次只计一次" in text and "1 其中:联合" in text
    assert "记入各级(分别记,不相加): 县 2 市 1" in text
    assert "县政协 0 1" in text and "城南工作室 1 1" in text
    assert text.count("市县联合调研") == 1
    assert "城南工作室、" in text
    assert "这一年还没有单位组织的活动" in reader.read("/joint?year=2023")
    assert reader.get("/joint?year=soon").status_code == 422
