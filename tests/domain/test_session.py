"""When the last plenary session began: the newest that anybody tells of, by the first in a fixed order, with what others say."""

from __future__ import annotations

from datetime import date

import pytest

from domain.calendar import Calendar, Holiday, Session, WorkingDays, problems
from domain.session import Began, Teller, Told, began
from domain.words import Label

TODAY = date(2026, 6, 1)


def told(by: Teller, on: date, title: str = "全会") -> Told:
    return Told(by=by, on=on, title=Label(title, "plenary"))


def test_nobody_tells_of_any() -> None:
    assert began([], TODAY) is None
    assert began([told(Teller.MEETING, date(2026, 6, 2))], TODAY) is None, "it has not begun"


def test_the_opening_and_the_close_are_of_one_session_which_begins_with_the_first() -> None:
    days = [date(2026, 1, 17), date(2026, 1, 14), date(2025, 1, 13)]
    found = began([told(Teller.MEETING, on) for on in days], TODAY)
    assert found == Began(on=date(2026, 1, 14), told=(told(Teller.MEETING, date(2026, 1, 14)),))


@pytest.mark.parametrize("left_out", range(4))
def test_of_those_that_tell_of_it_the_first_in_order_is_believed(left_out: int) -> None:
    days = {by: date(2026, 1, 12 + i) for i, by in enumerate(Teller)}
    said = [told(by, on) for by, on in reversed(days.items())][: 4 - left_out]
    found = began(said, TODAY)
    assert found is not None
    assert (found.told[0].by, found.on) == (list(Teller)[left_out], date(2026, 1, 12 + left_out))


def test_the_newest_session_is_meant_whoever_tells_of_it() -> None:
    found = began(
        [told(Teller.CALENDAR, date(2025, 1, 14)), told(Teller.RUBRIC, date(2026, 1, 12))], TODAY
    )
    assert found is not None
    assert found.told == (told(Teller.RUBRIC, date(2026, 1, 12)),)


def test_it_says_whose_word_was_taken_and_what_others_say_otherwise() -> None:
    found = began(
        [
            told(Teller.CALENDAR, date(2026, 1, 14), "五次会议"),
            told(Teller.RECORD, date(2026, 1, 14)),
            told(Teller.MEETING, date(2026, 1, 13)),
        ],
        TODAY,
    )
    assert found is not None
    assert found.why.zh == "全会首日2026-01-14,据日历文件(sessions)“五次会议”;会议安排为2026-01-13"
    assert found.why.en == (
        "its first day 2026-01-14, by a calendar document (sessions), plenary;"
        " a meeting that was planned has 2026-01-13"
    )


# In a calendar


def calendar(**said: object) -> Calendar:
    told = {"code": "c", "version": "1", "zh": "全会", "en": "plenaries", "year": 2026}
    return Calendar(**{**told, "since": date(2026, 3, 1), **said})  # type: ignore[arg-type]


FIFTH = Session(zh="五次会议", en="fifth session", first=date(2026, 1, 14))


def test_a_calendar_of_sessions_alone_says_nothing_of_working_days() -> None:
    off = Holiday(zh="劳动节", en="Labour Day", first=date(2026, 5, 1), last=date(2026, 5, 5))
    state = calendar(holidays=(off,), since=date(2026, 1, 1))
    sessions = calendar(sessions=(FIFTH,))
    days = WorkingDays.of([state, sessions])
    assert (days.covers(2026), days.is_working(date(2026, 5, 4))) == (True, False)
    assert not WorkingDays.of([sessions]).covers(2026)
    assert WorkingDays.of([calendar()]).covers(2026), "a year without days off is said so"


def test_sessions_lie_in_the_year_from_early_to_late() -> None:
    other = Session(zh="六次会议", en="sixth session", first=date(2027, 1, 14))
    assert list(problems(calendar(sessions=(FIFTH,)))) == []
    assert [each.path for each in problems(calendar(sessions=(FIFTH, other)))] == ["/sessions/1"]
    assert [each.path for each in problems(calendar(sessions=(FIFTH, FIFTH)))] == ["/sessions/1"]
