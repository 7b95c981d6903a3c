"""Working days: what the State Council announced, and what holds where it has not yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.workflow.working_days import (
    due_after,
    is_working_day,
    last_announced_year,
    working_days_between,
)

HOURS = st.integers(0, 11 * 365 * 24)
DAYS = HOURS.map(lambda hours: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
# 国办发明电〔2025〕7号: the days off and the make-up days of 2026.
OFF_2026 = "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1006 1007"
WORKED_2026 = "0104 0214 0228 0509 0920 1010"


@pytest.mark.parametrize("text", OFF_2026.split())
def test_announced_days_off_are_no_working_days(text: str) -> None:
    assert not is_working_day(date(2026, int(text[:2]), int(text[2:])))


@pytest.mark.parametrize("text", WORKED_2026.split())
def test_make_up_days_are_working_days_though_weekends(text: str) -> None:
    day = date(2026, int(text[:2]), int(text[2:]))
    assert day.weekday() >= 5
    assert is_working_day(day)


def test_a_reply_before_the_spring_festival_is_due_after_it() -> None:
    due = due_after(datetime(2026, 2, 13, 3, tzinfo=UTC), 2)
    # The 14th is a make-up Saturday; the festival runs from the 15th to the 23rd.
    assert due.at == datetime(2026, 2, 24, 10, tzinfo=UTC)
    assert not due.is_provisional


def test_the_day_is_the_day_in_china() -> None:
    late_sunday_in_london = datetime(2026, 11, 22, 17, tzinfo=UTC)  # Monday in Beijing
    assert due_after(late_sunday_in_london, 1).at == datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_beyond_the_announced_years_dates_are_provisional_and_keep_the_festivals_free() -> None:
    assert last_announced_year() >= 2026
    year = last_announced_year() + 1
    due = due_after(datetime(year, 3, 1, tzinfo=UTC), 5)
    assert due.is_provisional
    assert not any(is_working_day(date(year, 10, day)) for day in range(1, 8))
    assert not is_working_day(date(2027, 2, 12))  # the week of the Spring Festival of 2027


@given(start=DAYS, n=st.integers(1, 30))
def test_counting_forward_and_back_agree(start: datetime, n: int) -> None:
    due = due_after(start, n)
    assert working_days_between(start, due.at) == n
    assert due.at > start
    assert is_working_day(due.at.date())


@given(start=DAYS, n=st.integers(1, 20))
def test_one_day_more_is_never_due_earlier(start: datetime, n: int) -> None:
    assert due_after(start, n + 1).at > due_after(start, n).at
    assert due_after(start + timedelta(days=1), n).at >= due_after(start, n).at


def test_nothing_is_due_at_once() -> None:
    with pytest.raises(ValueError, match="at least one"):
        due_after(datetime(2026, 1, 1, tzinfo=UTC), 0)
