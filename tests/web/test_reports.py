"""The page that leads to every report: to those that are open to whoever looks, and each leads somewhere."""

from __future__ import annotations

import pytest

from domain.access import ever
from domain.people import Role
from interfaces.web.reports import REPORTS
from tests.web.conftest import Reading


@pytest.mark.parametrize(
    ("person", "role", "unit"),
    [("secretary", Role.OFFICE, "county"), ("clerk", Role.CLERK, "south")],
)
def test_reports_are_those_open_to_him_and_each_can_be_opened(
    reading: Reading, person: str, role: Role, unit: str
) -> None:
    reader = reading(person, role, unit)
    page = reader.read("/reports")
    open_to_him = [each for each in REPORTS if ever(role, each.action)]
    assert open_to_him
    for each in REPORTS:
        assert (f'{each.path}">{each.zh}<' in page) is (each in open_to_him)
    for each in open_to_him:
        assert each.zh in reader.read(each.path)
