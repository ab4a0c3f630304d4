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
        ("李", "李"),
    ],
)
def test_a_family_name_stands_for_the_whole(name: str, shown: str) -> None:
    assert name_shown(name, NameShown.SURNAME) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13812345678", "138****5678"),
        ("电话:13812345678,另19900001111", "电话:138****5678,另199****1111"),
        ("110101199003078518", "110" + "*" * 13 + "18"),
        ("身份证11010119900307851X。", "身份证110" + "*" * 13 + "1X。"),
        ("2025年第12号", "2025年第12号"),
        ("订单138123456789", "订单138123456789"),
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
    if len(hidden) == 1:
        assert all(figures[group] == 0 for group in figures.keys() - hidden)
