"""What something should have been, in two languages, and what was given instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.words import Label

LONGEST_REPEATED = 40
"""Characters of a value that a refusal repeats; of a longer one it names the place alone."""

DAY = Label("YYYY-MM-DD 的日期", "a day, YYYY-MM-DD")
WHOLE = Label("整数", "a whole number")
NUMBER = Label("数字", "a number")
NOT_NEGATIVE = Label("不小于 0 的数", "0 or more")
TEXT = Label("文本", "text")
TICK = Label("true 或 false", "true or false")
LISTED = Label("列表 [ ]", "a list [ ]")
OBJECT = Label("对象 { }", "an object { }")
JSON = Label("有效的 JSON", "valid JSON")

_FORMS: Mapping[str, Label] = MappingProxyType(
    {
        "int_type": WHOLE,
        "int_parsing": WHOLE,
        "int_parsing_size": WHOLE,
        "int_from_float": WHOLE,
        "string_type": TEXT,
        "bool_type": TICK,
        "bool_parsing": TICK,
        "decimal_type": NUMBER,
        "decimal_parsing": NUMBER,
        "finite_number": NUMBER,
        "date_type": DAY,
        "date_parsing": DAY,
        "date_from_datetime_parsing": DAY,
        "date_from_datetime_inexact": DAY,
        "tuple_type": LISTED,
        "dict_type": OBJECT,
        "dataclass_type": OBJECT,
    }
)


def one_of(values: list[str]) -> Label:
    """One of a closed list."""
    return Label("、".join(values) + " 之一", "one of " + ", ".join(values))


def wanted(error: Mapping[str, Any]) -> Label | None:
    """What pydantic wanted, where there are words for it."""
    told = error.get("ctx", {})
    for sign, name in (("≥", "ge"), ("≤", "le"), (">", "gt"), ("<", "lt")):
        if name in told:
            return Label(f"{sign} {told[name]}", f"{sign} {told[name]}")
    if "max_length" in told:
        most = told["max_length"]
        return Label(f"不超过 {most} 字", f"at most {most} characters")
    if isinstance(told.get("expected"), str):
        return one_of(re.findall(r"'([^']*)'", told["expected"]) or [told["expected"]])
    return _FORMS.get(str(error["type"]))


def given(value: object) -> str:
    """What was given, where it is short and in one line; nothing for what is no plain value."""
    match value:
        case bool():
            said = "true" if value else "false"
        case str() | int() | float():
            said = str(value)
        case _:
            return ""
    return said if len(said) <= LONGEST_REPEATED and said.isprintable() else ""
