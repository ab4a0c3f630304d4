"""Periods that the calendar bounds: what comes before and after one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.period import Period, Span

SPANS = [span for span in Span if span.is_of_calendar]
DAYS = st.dates(date(1949, 1, 1), date(2100, 12, 31))


@given(st.sampled_from(SPANS), DAYS, st.integers(1949, 2100))
def test_one_follows_another_without_a_gap_and_each_is_of_the_same_length(
    span: Span, day: date, begins: int
) -> None:
    period = Period.around(span, day, begins=begins)
    assert period.before.last + timedelta(days=1) == period.first
    assert period.last + timedelta(days=1) == period.after.first
    assert period.before.after == period == period.after.before
    assert len(period.months) == len(period.before.months) == len(period.after.months)


def test_what_no_calendar_bounds_has_none_before_it() -> None:
    term = Period(span=Span.TERM, first=date(2022, 1, 10), last=date(2026, 12, 31))
    for neighbour in ("before", "after"):
        with pytest.raises(ValueError, match="term"):
            getattr(term, neighbour)
