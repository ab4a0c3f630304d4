"""What a public notice says of people: no more than the rule lets it."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.masking import (
    NEVER_PUBLIC,
    SMALLEST_GROUP,
    NameShown,
    PublicPerson,
    for_notice,
    name_shown,
    without_numbers,
    without_small_groups,
)
from domain.member import Profile

WHO = Profile(
    name="欧阳明",
    sex="男",
    employer="县医院(电话13812345678)",
    position="医师",
    phone="13812345678",
    number="A001",
)


def test_a_notice_says_what_is_on_its_list_and_no_telephone_number() -> None:
    shown = for_notice(WHO, NameShown.WHOLE)

    assert shown == PublicPerson(
        name="欧阳明", employer="县医院(电话138****5678)", position="医师", number="A001"
    )
    assert for_notice(WHO, NameShown.HIDDEN, employer=False) == PublicPerson(
        name="", employer="", position="", number="A001"
    )
    assert {"phone"} == NEVER_PUBLIC
    assert NEVER_PUBLIC.isdisjoint(each.name for each in fields(PublicPerson))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张某"),
        ("张建国", "张某某"),
        ("欧阳明", "欧阳某"),
        ("欧阳", "欧某"),
        ("", ""),
        ("李", "某"),
        ("买买提·艾力", "买某某"),
        ("阿依古丽", "阿某某某"),
        ("古丽米热·阿卜杜", "古某某"),
        ("John Smith", "J某某"),
        ("Li", "L某某"),
    ],
)
def test_a_family_name_stands_for_the_whole(name: str, shown: str) -> None:
    assert name_shown(name, NameShown.SURNAME) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13812345678", "138****5678"),
        ("电话:13812345678,另19900001111", "电话:138****5678,另199****1111"),
        ("110101199003078518", "110" + "*" * 12 + "18"),
        ("身份证11010119900307851X。", "身份证110" + "*" * 12 + "1X。"),
        ("2025年第12号", "2025年第12号"),
        ("订单138123456789", "订单138123456789"),
        ("+8613812345678", "+86138****5678"),
        ("+86 138 1234 5678", "+86 138****5678"),
        ("0086-13812345678", "0086-138****5678"),
        ("138-1234-5678", "138****5678"),
        ("１３８１２３４５６７８", "１３８****５６７８"),
        ("0376-1234567", "0376-****4567"),
        ("(0376)12345678", "(0376)****5678"),
        ("010 6512 3456转2", "010 ****3456转2"),
        ("110101900307851", "110" + "*" * 12 + "51"),
        ("110101 19900307 8518", "110" + "*" * 12 + "18"),
        ("6222 0212 3456 7890 123", "622" + "*" * 12 + "23"),
        ("6222021234567890123", "622" + "*" * 12 + "23"),
        ("13812345678 13912345678", "138****5678 139****5678"),
        ("20260315", "20260315"),
        ("2026-03-15至2026-04-01", "2026-03-15至2026-04-01"),
        ("20260315 20260401", "20260315 20260401"),
        ("捐资12345678元", "捐资12345678元"),
        ("政协〔2026〕12号", "政协〔2026〕12号"),
        ("服务热线400-123-4567", "服务热线400-123-4567"),
    ],
)
def test_numbers_lose_their_middle(text: str, shown: str) -> None:
    assert without_numbers(text) == shown


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=8))
def test_no_small_group_is_told_nor_can_be_worked_out_from_the_total(
    figures: dict[str, int],
) -> None:
    shown = without_small_groups(figures)

    hidden = {group for group, number in shown.items() if number is None}
    small = {group for group, number in figures.items() if 0 < number < SMALLEST_GROUP}
    assert small <= hidden
    assert all(shown[group] == figures[group] for group in figures.keys() - hidden)
    if hidden and any(figures[group] for group in figures.keys() - hidden):
        # Something is told, and so the total may be: what the hidden ones come to tells of nobody.
        assert len(hidden) >= 2
        assert sum(figures[group] for group in hidden) >= SMALLEST_GROUP


@pytest.mark.parametrize(
    ("figures", "shown"),
    [
        ({"a": 1, "b": 1, "c": 50}, {"a": None, "b": None, "c": None}),
        ({"a": 1, "b": 1, "c": 7, "d": 50}, {"a": None, "b": None, "c": None, "d": 50}),
        ({"a": 4, "b": 50}, {"a": None, "b": None}),
        ({"a": 4, "b": 6, "c": 5, "d": 0}, {"a": None, "b": 6, "c": None, "d": 0}),
        ({"a": 5, "b": 6}, {"a": 5, "b": 6}),
        ({}, {}),
    ],
)
def test_groups_that_would_give_a_small_one_away_are_not_told(
    figures: dict[str, int], shown: dict[str, int | None]
) -> None:
    assert without_small_groups(figures) == shown


@given(st.text(alphabet="0123456789 -()+年月日号元", max_size=40))
def test_no_number_of_somebody_is_left(text: str) -> None:
    """Whatever stands around it; and what was hidden once is hidden for good."""
    shown = without_numbers(f"{text};13812345678。{text}")
    assert "13812345678" not in shown
    assert without_numbers(shown) == shown


@given(st.text(max_size=12))
def test_a_family_name_is_never_the_whole(name: str) -> None:
    assert not name or name_shown(name, NameShown.SURNAME) != name or set(name) <= {"某"}
