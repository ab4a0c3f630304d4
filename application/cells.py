"""What a cell says: days, names, ticks, counts and words of closed lists, in the ways that people write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TypeVar

from application.columns import key_of, without_brackets
from application.sheets import Cell, Sheet
from domain.fact import Attendance, Capacity, Part, Spoke
from domain.numbers import ENTERED
from domain.people import Reason, Refused
from domain.words import Choice, Level

C = TypeVar("C", bound=Choice)

YES = frozenset(
    ["√", "✓", "✔", "☑", "■", "●", "是", "有", "y", "yes", "true", "1", "对", "已", "v", "需要"]
)
NO = frozenset(["×", "✗", "✘", "☒", "x", "否", "无", "n", "no", "false", "0", "未", "没有", "不是"])
BLANK = frozenset({"", "/", "\\", "-", "--", "—", "——", "无", "暂无"})

EXCEL_BEGINS = date(1899, 12, 30)


def malformed(text: object, hint: str = "") -> Refused:
    """A cell that does not say what its column asks for."""
    shown = str(text)[:40]
    return Refused(Reason.MALFORMED, about=f"「{shown}」({hint})" if hint else f"「{shown}」")


def text_of(cell: Cell) -> str:
    """A cell as text: a whole number without its point, a day as YYYY-MM-DD."""
    match cell:
        case None:
            return ""
        case bool():
            return "√" if cell else "×"
        case date():
            return cell.isoformat()
        case str():
            return cell
        case _:
            return str(cell)


# Days


@dataclass(frozen=True, slots=True)
class Days:
    """A day, or a span with its last day; `without_year` says that the cell itself names no year."""

    on: date
    until: date | None = None
    without_year: bool = False


_S = r"\s*"
_FULL = re.compile(
    rf"(\d{{4}}|\d{{2}}){_S}[年./\-]{_S}(\d{{1,2}}){_S}[月./\-]{_S}(\d{{1,2}}){_S}[日号]?"
)
_MONTH_DAY = re.compile(
    rf"(\d{{1,2}}){_S}月{_S}(\d{{1,2}}){_S}[日号]?|(\d{{1,2}})[./\-](\d{{1,2}})(?![\d./\-])"
)
_DAY = re.compile(rf"(\d{{1,2}}){_S}[日号]?")
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)(?!\d)")
_TO = re.compile(rf"{_S}(?:-|—+|–|~|至|到){_S}")
_TIME = re.compile(
    r"(?:\s|T|\(|,)*(?:(?:星期|周)[一二三四五六日天]|上午|下午|晚上?|全天|中午|\d{1,2}[:]\d{2}(?:[:]\d{2})?(?:\.\d+)?"
    r"|\d{1,2}[时点](?:\d{1,2}分|半)?|Z|\)|-\d{1,2}:\d{2}|\s)*$"
)


def days_of(cell: Cell, year: int | None) -> Days:
    """The day or span that a cell names; `year` completes a day without one. Raises MALFORMED."""
    match cell:
        case bool() | None:
            raise malformed(text_of(cell), "如 2026-03-05")
        case date():
            return Days(cell)
        case int():
            return Days(_numbered(cell))
        case float():
            # 3.1 may be 1 March or 10 March: a day with a time is the only number with a fraction that is sure.
            if 20_000 < cell < 80_000:
                return Days(EXCEL_BEGINS + timedelta(days=int(cell)))
            raise malformed(cell, "如 2026-03-05")
        case str():
            return _written(cell, year)


def _numbered(number: int) -> date:
    if 20_000 < number < 80_000:
        return EXCEL_BEGINS + timedelta(days=number)
    if 19_490_000 < number < 21_000_000:
        return _date(number // 10_000, number // 100 % 100, number % 100, number)
    raise malformed(number, "如 2026-03-05")


@lru_cache(maxsize=20_000)
def _written(text: str, year: int | None) -> Days:
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.isdigit() and len(plain) in {5, 8}:
        return Days(_numbered(int(plain)))
    first, without_year, end = _day_at(plain, 0, year, plain)
    to = _TO.match(plain, end)
    if to is None or _TIME.match(plain, end):
        if not _TIME.match(plain, end):
            raise malformed(text, "如 2026-03-05")
        return Days(first, None, without_year)
    start = to.end()
    if _FULL.match(plain, start) or _MONTH_DAY.match(plain, start) or _COMPACT.match(plain, start):
        last, _, end = _day_at(plain, start, first.year, plain)
    elif (only := _DAY.match(plain, start)) is not None:
        last, end = _date(first.year, first.month, int(only[1]), text), only.end()
    else:
        raise malformed(text, "如 2026-03-05")
    if not _TIME.match(plain, end):
        raise malformed(text, "如 2026-03-05")
    return Days(first, None if last == first else last, without_year)


def _day_at(plain: str, start: int, year: int | None, text: str) -> tuple[date, bool, int]:
    """The day that is written there, whether its year was not, and where it ends."""
    if found := _COMPACT.match(plain, start):
        return _date(int(found[1]), int(found[2]), int(found[3]), text), False, found.end()
    if found := _FULL.match(plain, start):
        in_year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
        return _date(in_year, int(found[2]), int(found[3]), text), False, found.end()
    if (found := _MONTH_DAY.match(plain, start)) and year is not None:
        month, day = (found[1], found[2]) if found[1] else (found[3], found[4])
        return _date(year, int(month), int(day), text), True, found.end()
    raise malformed(text, "如 2026-03-05")


def _date(year: int, month: int, day: int, text: object) -> date:
    if not 1949 <= year <= 2100:
        raise malformed(text, "年份")
    try:
        return date(year, month, day)
    except ValueError:
        raise malformed(text, "没有这一天") from None


_IN_TITLE = re.compile(r"(20\d\d)\s*[年.\-/]\s*(\d{1,2})\s*[月.\-/]\s*(\d{1,2})\s*日?")


def day_in(text: str) -> date | None:
    """A full day that a title names."""
    found = _IN_TITLE.search(unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


# What stands above a table


@dataclass(frozen=True, slots=True)
class Above:
    """What the rows above a table say of all its rows."""

    on: date | None = None
    place: str = ""
    organiser: str = ""


_ABOVE = re.compile(
    r"(?:会议|活动)?(时间|日期|地点|主办单位|组织单位|举办单位)\s*:\s*(\S+(?:\s\S+)*?)"
    r"(?=\s*$|\s{2,}|\s(?:会议|活动)?(?:时间|日期|地点|主持|主办单位|组织单位|举办单位|参加)[^:]{0,6}:)"
)
_OF_THE_FORM = re.compile(r"^\s*(?:填表|填报|制表|打印|统计|上报|报送)")
"""How a remark begins that is about the sheet, not about what it lists."""


def said_above(sheet: Sheet) -> Above:
    """The day, the place and the organiser that stand in the rows above the header; the title goes first."""
    cells = [cell for row in sheet.grid[: sheet.header_row - 1] for cell in row]
    texts = [unicodedata.normalize("NFKC", each) for each in cells if isinstance(each, str)]
    texts = [each for each in texts if not _OF_THE_FORM.match(each)]
    said = {what: value for each in texts for what, value in _ABOVE.findall(each)}
    days = [day_in(each) for each in texts]
    on = next((day for day in days if day is not None), None)
    told = said.get("时间") or said.get("日期")
    if on is None and told and sheet.year is not None:
        try:
            on = days_of(told, sheet.year).on
        except Refused:
            on = None
    units = (said.get(each, "") for each in ("组织单位", "主办单位", "举办单位"))
    return Above(on, said.get("地点", ""), next(filter(None, units), ""))


# Ticks, counts, amounts


def yes_of(cell: Cell) -> bool:
    """A tick or a cross; an empty cell is no. Raises MALFORMED."""
    key = key_of(text_of(cell))
    if key in YES:
        return True
    if key in NO or key in BLANK:
        return False
    raise malformed(text_of(cell), "√ 或 ×")


_COUNT = re.compile(r"(\d[\d,]*)(?:\.0+)?(?:人次|人|个|次|户|条|件|篇|半天|天)?")


def count_of(cell: Cell) -> int:
    """A whole number, also where it came as 17.0 or with a measure word. Raises MALFORMED, also where it is too large."""
    found = _COUNT.fullmatch(key_of(text_of(cell)))
    if found is None or isinstance(cell, bool | date):
        raise malformed(text_of(cell), "整数")
    digits = found[1].replace(",", "")
    if len(digits) > ENTERED.digits:
        raise malformed(text_of(cell), ENTERED.label.zh)
    return int(digits)


def amount_of(cell: Cell) -> Decimal:
    """An amount without its unit. Raises MALFORMED, also where it is too large or too fine."""
    plain = re.sub(r"(万元|元)$", "", key_of(text_of(cell))).replace(",", "")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise malformed(text_of(cell), "数字") from None
    if not amount.is_finite() or isinstance(cell, date):
        raise malformed(text_of(cell), "数字")
    if not ENTERED.hold(amount):
        raise malformed(text_of(cell), ENTERED.label.zh)
    return amount


# Closed lists

_EXTRA: Mapping[type[Choice], Mapping[str, Choice]] = {
    Part: {
        "主持人": Part.PRESIDES,
        "主讲人": Part.SHARES,
        "分享人": Part.SHARES,
        "领读": Part.SHARES,
        "领学": Part.SHARES,
        "授课": Part.SHARES,
        "牵头": Part.LEADS,
        "领队": Part.LEADS,
        "承办": Part.HOSTS,
        "组织者": Part.HOSTS,
        "出席": Part.TAKES_PART,
        "参与": Part.TAKES_PART,
        "成员": Part.TAKES_PART,
        "听众": Part.TAKES_PART,
        "委员": Part.TAKES_PART,
    },
    Capacity: {
        "委员": Capacity.ATTENDS,
        "参加": Capacity.ATTENDS,
        "特邀嘉宾": Capacity.INVITED,
        "嘉宾": Capacity.INVITED,
        "群众": Capacity.PEOPLE,
        "部门代表": Capacity.DEPARTMENT,
    },
    Spoke: {
        "口头": Spoke.ORALLY,
        "发言": Spoke.ORALLY,
        "交流发言": Spoke.ORALLY,
        "书面": Spoke.IN_WRITING,
    },
    Level: {
        "国家": Level.NATION,
        "全国政协": Level.NATION,
        "乡": Level.TOWNSHIP,
        "区": Level.COUNTY,
    },
}


@cache
def spellings(choices: type[C]) -> Mapping[str, C]:
    """The words for each choice: stored value, labels, and the parts of a Chinese label; ambiguous ones are left out."""
    whole: dict[str, C] = {}
    parts: dict[str, set[C]] = {}
    for choice in choices:
        zh = key_of(choice.zh)
        whole.setdefault(key_of(choice.value), choice)
        whole[zh] = choice
        whole.setdefault(key_of(choice.en), choice)
        for part in (without_brackets(zh), *re.split(r"[()、·]", zh)):
            if part:
                parts.setdefault(part, set()).add(choice)
    for part, found in parts.items():
        if len(found) == 1:
            whole.setdefault(part, next(iter(found)))
    for word, extra in _EXTRA.get(choices, {}).items():
        if isinstance(extra, choices):
            whole.setdefault(word, extra)
    return MappingProxyType(whole)


def choice_of(choices: type[C], cell: Cell) -> C:
    """The choice that a cell names. Raises MALFORMED with the words that are allowed."""
    words: Mapping[str, C] = spellings(choices)
    key = key_of(text_of(cell))
    found = words.get(key) or words.get(without_brackets(key))
    if found is None and choices is Level:
        found = words.get(re.sub(r"(政协|级)+(采用|批示|采纳)?$", "", key))
    if found is None:
        raise malformed(text_of(cell), "可填:" + "、".join(c.zh for c in list(choices)[:12]))
    return found


_ATTENDANCE: Mapping[str, Attendance] = {
    **dict.fromkeys(
        [
            "到",
            "已到",
            "出席",
            "参加",
            "已参加",
            "签到",
            "已签到",
            "已签",
            "实到",
            "列席",
            "到场",
            "参会",
            "全程",
            "出勤",
        ],
        Attendance.PRESENT,
    ),
    **dict.fromkeys(["视频", "线上参加", "网上", "远程", "视频参会", "网络"], Attendance.REMOTE),
    **dict.fromkeys(
        ["缺", "未到", "未参加", "旷会", "未出席", "无故缺席", "未签到", "缺勤", "未到会"],
        Attendance.ABSENT,
    ),
    **dict.fromkeys(["中途离场", "提前离会", "中途退场"], Attendance.LEFT_EARLY),
    **dict.fromkeys(["免", "不要求", "不作要求"], Attendance.NOT_REQUIRED),
    **dict.fromkeys(["不准假", "未批假"], Attendance.LEAVE_REFUSED),
}
_LEAVE_ONLY = re.compile(
    r"(?:因公|因病|因事|出差|公出|公假|事假|病假|产假|婚假|丧假|年假|探亲假|学习)"
)


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands in a sign-in column: a state, or none where nothing is said; the kind of leave if it is named."""

    attendance: Attendance | None
    leave: str = ""


@lru_cache(maxsize=4_000)
def sign_of(text: str) -> Sign:
    """What a sign-in cell says. Raises MALFORMED."""
    key = key_of(text)
    if key in YES:
        return Sign(Attendance.PRESENT)
    if key in BLANK - {"无"}:
        return Sign(None)
    if key in NO:
        return Sign(Attendance.ABSENT)
    found = _ATTENDANCE.get(key) or spellings(Attendance).get(key)
    if found is not None:
        return Sign(found)
    if "请假" in key or _LEAVE_ONLY.search(key) or key == "假":
        leave = re.sub(r"请假|已|[()、,,:;]|^假$", "", key)
        return Sign(Attendance.LEAVE, leave)
    raise malformed(text, "可填:到会、迟到、早退、请假、缺席、线上")


# Names

_PLAIN_MARKS = str.maketrans("\uff08\uff09\uff0c\uff1b\uff0f\uff5c\uff0a", "(),;/|*")
_BETWEEN = re.compile(r"[、,;/|\\]+|\s{2,}")
_DOTS = re.compile("[\u2022\u30fb\u2027\u2219\u22c5\uff0e.]")


@lru_cache(maxsize=20_000)
def name_key(name: str) -> str:
    """A person's name as it is compared: no spaces, one kind of middle dot."""
    return key_of(_DOTS.sub("\u00b7", name)).rstrip("*\u00b7")


def without_remark(name: str) -> tuple[str, str]:
    """A name and what stands in brackets after it."""
    found = re.fullmatch(r"([^(]+)\(([^)]*)\)?", name.translate(_PLAIN_MARKS).strip())
    return (name.strip(), "") if found is None else (found[1].strip(), found[2].strip())


def names_in(text: str) -> list[str]:
    """The names in a cell, parted by 、 and the like; single spaces stay, as in 张 伟, and so does 等3人."""
    outside = re.sub(
        r"\([^)]*\)",
        lambda found: found[0].replace("、", " ").replace(",", " "),
        text.translate(_PLAIN_MARKS),
    )
    return [each.strip() for each in _BETWEEN.split(outside) if each.strip()]


_AND_OTHERS = re.compile(
    r"\s*等\s*(?:共计?|约)?\s*(?:(\d+|[一二两三四五六七八九十]+)\s*|[几数多]+)?(?:[多余])?"
    r"(?:(?:人|名|位)(?:政协)?(?:委员|同志|人员)?)?$"
)
_COUNTED = {"两": 2} | {digit: i for i, digit in enumerate("一二三四五六七八九十", start=1)}


def and_others(name: str) -> tuple[str, int | None]:
    """The last name of a cell without 等, 等人, 等3人 after it, and how many the cell says there are in all.

    0 is no such ending; none is one that does not say how many.
    """
    found = _AND_OTHERS.search(name)
    if found is None:
        return name, 0
    said = found[1]
    if said is None:
        return name[: found.start()], None
    return name[: found.start()], int(said) if said.isdigit() else _COUNTED.get(said)


def words_in(text: str) -> tuple[str, ...]:
    """The words of a cell that holds several."""
    words = (each.strip() for each in re.split("[、,;]", text.translate(_PLAIN_MARKS)))
    return tuple(each for each in words if each)
