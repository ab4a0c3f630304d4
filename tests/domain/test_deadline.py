"""When something is due: by days, working days, months, a day of the year, the next meeting; with pauses and extensions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendar, Crossed, Holiday, WorkingDays, problems
from domain.deadline import (
    AtMeeting,
    Count,
    Due,
    Extension,
    MeetingDay,
    OnDay,
    OnNamedDay,
    Pause,
    Rule,
    Within,
    due,
    why,
)
from domain.kinds.meetings import Meeting
from domain.words import Label

MAY_DAY = Holiday(zh="劳动节", en="Labour Day", first=date(2026, 5, 1), last=date(2026, 5, 5))
YEAR = Calendar(
    code="cn-2026",
    version="1",
    zh="2026年",
    en="2026",
    since=date(2026, 1, 1),
    year=2026,
    holidays=(MAY_DAY,),
    workdays=(date(2026, 5, 9),),
)
DAYS = WorkingDays.of([YEAR])
ASSIGNED = Label("交办", "assignment")
STANDING = (Meeting.STANDING_COMMITTEE, Meeting.THEMATIC_STANDING_COMMITTEE)


def held(on: date, kind: Meeting = Meeting.STANDING_COMMITTEE, meeting: str = "") -> MeetingDay:
    return MeetingDay(meeting=meeting or on.isoformat(), kind=kind, title=kind.zh, on=on)


def found(
    rule: Rule,
    start: date,
    *,
    meetings: Sequence[MeetingDay] = (),
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> Due:
    return due(rule, start, days=DAYS, meetings=meetings, pauses=pauses, extensions=extensions)


def said(of: Due) -> list[str]:
    return [line.zh for line in why(of, ASSIGNED)]


def pause(since: date, until: date | None) -> Pause:
    return Pause(since=since, until=until, reason="待上级意见", consented_by="提案委")


# Durations


def test_days_are_counted_from_the_day_after_the_start() -> None:
    assert found(Within(number=15), date(2026, 3, 1)).day == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("start", "months", "day"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 6, 10), 3, date(2026, 9, 10)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_a_shorter_month(
    start: date, months: int, day: date
) -> None:
    assert found(Within(number=months, count=Count.MONTHS), start).day == day


def test_working_days_leave_out_holidays_and_take_in_the_weekend_days_that_are_worked() -> None:
    """Given a misassigned matter handed over on 29 April, then five working days end on Saturday 9 May, which is worked."""
    of = found(Within(number=5, count=Count.WORKING_DAYS), date(2026, 4, 29))

    assert of.day == date(2026, 5, 9)
    assert of.crossed == Crossed(holidays=(MAY_DAY,), workdays=(date(2026, 5, 9),))
    assert said(of) == [
        "规则:自交办起 5 个工作日内",
        "起算:交办(2026-04-29)",
        "期间节假日:劳动节",
        "调休上班:2026-05-09",
        "期限:2026-05-09",
    ]


def test_a_year_without_a_calendar_is_told() -> None:
    of = found(Within(number=5, count=Count.WORKING_DAYS), date(2027, 3, 1))

    assert of.day == date(2027, 3, 8)
    assert "2027年节假日安排尚未发布,只除去周末" in said(of)


# Days of the year


@pytest.mark.parametrize(
    ("rule", "start", "day"),
    [
        (OnDay(month=12, day=31), date(2026, 3, 1), date(2026, 12, 31)),
        (OnDay(month=3, day=1), date(2026, 3, 1), date(2027, 3, 1)),
        (OnDay(month=2, day=29, years=1), date(2026, 3, 1), date(2027, 2, 28)),
        (OnDay(month=6, day=30, years=1), date(2026, 1, 1), date(2027, 6, 30)),
    ],
)
def test_a_day_of_the_year_is_the_first_after_the_start_or_in_a_later_year(
    rule: OnDay, start: date, day: date
) -> None:
    assert found(rule, start).day == day


# The day that it names


def test_what_names_its_own_day_is_due_on_it_and_says_so() -> None:
    of = found(OnNamedDay(day=date(2026, 6, 30)), date(2026, 3, 1))
    assert of.day == date(2026, 6, 30)
    assert said(of) == [
        "规则:事项自己写明的时限",
        "起算:交办(2026-03-01)",
        "写明的时限:2026-06-30",
        "期限:2026-06-30",
    ]


def test_what_names_no_day_goes_by_what_holds_otherwise_or_has_none() -> None:
    otherwise = Within(number=3, count=Count.MONTHS)
    of = found(OnNamedDay(otherwise=otherwise), date(2026, 3, 1))
    assert of.day == date(2026, 6, 1)
    assert "没有写明时限" in said(of)
    assert found(OnNamedDay(), date(2026, 3, 1)).day is None


# Meetings


def test_the_next_meeting_of_whatever_of_the_kinds_is_meant() -> None:
    meetings = [
        held(date(2026, 6, 1)),
        held(date(2026, 6, 20), Meeting.CHAIRPERSONS_COUNCIL),
        held(date(2026, 7, 1), Meeting.THEMATIC_STANDING_COMMITTEE),
        held(date(2026, 9, 1)),
    ]
    of = found(AtMeeting(kinds=STANDING), date(2026, 6, 1), meetings=meetings)

    assert (of.day, of.meeting) == (date(2026, 7, 1), meetings[2])


def test_a_meeting_of_the_year_after_is_not_one_of_this_year() -> None:
    meetings = [
        held(date(2026, 9, 1), Meeting.JOINT_MEETING),
        held(date(2027, 1, 20), Meeting.JOINT_MEETING),
    ]
    rule = AtMeeting(kinds=(Meeting.JOINT_MEETING,), years=1)

    assert found(rule, date(2026, 3, 1), meetings=meetings).day == date(2027, 1, 20)


def test_without_a_planned_meeting_there_is_no_day_and_it_says_so() -> None:
    of = found(AtMeeting(kinds=STANDING), date(2026, 6, 1))

    assert of.day is None
    assert said(of)[-1] == "尚未排定这样的会议,排定后即有期限"


def test_what_holds_otherwise_gives_way_once_a_meeting_is_planned() -> None:
    rule = AtMeeting(kinds=STANDING, otherwise=Within(number=3, count=Count.MONTHS))
    start = date(2026, 6, 1)

    assert found(rule, start).day == date(2026, 9, 1)
    assert "尚未排定这样的会议,暂按自交办起 3 个月内" in said(found(rule, start))
    assert found(rule, start, meetings=[held(date(2026, 10, 8))]).day == date(2026, 10, 8)


# Pauses and extensions


def test_a_duration_goes_on_where_it_stopped() -> None:
    of = found(
        Within(number=30), date(2026, 3, 1), pauses=[pause(date(2026, 3, 11), date(2026, 3, 21))]
    )

    assert (of.first, of.day) == (date(2026, 3, 31), date(2026, 4, 10))


def test_working_days_go_on_where_they_stopped() -> None:
    """Ten working days from Monday 2 March end on the 16th; five of them lie in the pause."""
    of = found(
        Within(number=10, count=Count.WORKING_DAYS),
        date(2026, 3, 2),
        pauses=[pause(date(2026, 3, 6), date(2026, 3, 13))],
    )

    assert (of.first, of.day) == (date(2026, 3, 16), date(2026, 3, 23))


def test_nothing_that_was_paused_on_its_last_day_is_overdue_when_it_goes_on() -> None:
    """Ten working days from Monday 2 March end on Monday the 16th, when the pause begins: it ends on a Sunday, or on a working day."""
    for until, day in ((date(2026, 3, 22), date(2026, 3, 23)), (date(2026, 3, 20),) * 2):
        of = found(
            Within(number=10, count=Count.WORKING_DAYS),
            date(2026, 3, 2),
            pauses=[pause(date(2026, 3, 16), until)],
        )

        assert (of.first, of.day) == (date(2026, 3, 16), day)


def test_while_time_stands_still_nothing_is_due() -> None:
    of = found(Within(number=30), date(2026, 3, 1), pauses=[pause(date(2026, 3, 11), None)])

    assert of.day is None
    assert of.paused
    assert said(of)[-1] == "期限:暂停中"


def test_a_pause_that_begins_when_the_day_is_over_moves_nothing() -> None:
    of = found(
        Within(number=30), date(2026, 3, 1), pauses=[pause(date(2026, 4, 1), date(2026, 5, 1))]
    )

    assert (of.day, of.pauses) == (date(2026, 3, 31), ())


def test_after_a_pause_the_next_meeting_is_looked_for_anew() -> None:
    of = found(
        AtMeeting(kinds=STANDING),
        date(2026, 6, 1),
        meetings=[held(date(2026, 7, 1)), held(date(2026, 9, 1))],
        pauses=[pause(date(2026, 6, 20), date(2026, 7, 10))],
    )

    assert (of.first, of.day) == (date(2026, 7, 1), date(2026, 9, 1))


def test_a_pause_that_is_over_before_the_day_of_a_later_year_does_not_put_it_off_by_a_year() -> (
    None
):
    """A fortnight's pause in the spring of the year in which it is due moves neither its day nor its meeting; one that passes them does."""
    on_day = OnDay(month=6, day=30, years=1)
    at_meeting = AtMeeting(kinds=(Meeting.JOINT_MEETING,), years=1)
    meetings = [held(date(year, 6, 20), Meeting.JOINT_MEETING) for year in (2026, 2027, 2028)]
    spring = pause(date(2027, 3, 1), date(2027, 3, 15))
    summer = pause(date(2027, 6, 1), date(2027, 7, 15))

    for rule, days in (
        (on_day, (date(2027, 6, 30), date(2028, 6, 30))),
        (at_meeting, (date(2027, 6, 20), date(2028, 6, 20))),
    ):
        start = date(2026, 3, 1)
        assert [
            found(rule, start, meetings=meetings, pauses=[each]).day for each in (spring, summer)
        ] == [*days]


def test_a_pause_of_no_day_moves_nothing() -> None:
    for rule in (Within(number=30), OnDay(month=3, day=31)):
        on_its_day = pause(date(2026, 3, 31), date(2026, 3, 31))
        of = found(rule, date(2026, 3, 1), pauses=[on_its_day])

        assert (of.day, of.pauses) == (date(2026, 3, 31), ())


def test_the_extension_granted_last_moves_the_day() -> None:
    later = Extension(
        until=date(2026, 4, 30), reason="需现场勘查", consented_by="提案委", on=date(2026, 3, 20)
    )
    of = found(Within(number=30), date(2026, 3, 1), extensions=[later])

    assert (of.first, of.day, of.extension) == (date(2026, 3, 31), date(2026, 4, 30), later)
    assert "延期:2026-03-20经提案委同意延至2026-04-30,需现场勘查" in said(of)


# Working days, against counting one by one

days_of_a_year = st.dates(date(2025, 11, 1), date(2027, 2, 28))


@given(days_of_a_year, st.integers(0, 60))
def test_so_many_working_days_later_is_the_day_that_counting_comes_to(
    start: date, number: int
) -> None:
    day, left = start, number
    while left:
        day += timedelta(days=1)
        off = date(2026, 5, 1) <= day <= date(2026, 5, 5)
        worked = (day.weekday() < 5 and not off) or day == date(2026, 5, 9)
        left -= worked

    assert DAYS.after(start, number) == day
    assert DAYS.between(start, day) == number


def test_of_two_calendars_of_a_year_the_later_one_holds() -> None:
    newer = Calendar(code="cn-2026-b", version="1", zh="", en="", since=date(2026, 2, 1), year=2026)

    assert WorkingDays.of([newer, YEAR]).is_working(date(2026, 5, 4))


def test_what_contradicts_itself_in_a_calendar_is_told() -> None:
    wrong = Calendar(
        code="c",
        version="1",
        zh="",
        en="",
        since=date(2026, 1, 1),
        year=2026,
        holidays=(
            MAY_DAY,
            Holiday(zh="重", en="again", first=date(2026, 5, 5), last=date(2026, 5, 6)),
            Holiday(zh="反", en="turned", first=date(2026, 6, 2), last=date(2026, 6, 1)),
            Holiday(zh="外", en="outside", first=date(2028, 6, 1), last=date(2028, 6, 2)),
        ),
        workdays=(date(2026, 5, 2), date(2026, 6, 3), date(2026, 6, 6), date(2026, 6, 6)),
    )

    assert [(p.path, p.zh) for p in problems(wrong)] == [
        ("/holidays/1", "与前面的节假日重叠"),
        ("/holidays/2", "结束日期早于开始日期"),
        ("/holidays/3", "不在2026年"),
        ("/workdays/0", "这一天在节假日之中"),
        ("/workdays/1", "这一天本不是周末,无须写明上班"),
        ("/workdays/3", "重复写明"),
    ]
