"""Working days in China: weekends, public holidays and the make-up days of each year.

The State Council announces each year's days off, and the Saturdays and Sundays worked for them,
late in the year before; the library ``holidays`` has them once they are announced. For later years
only the holidays that the law fixes are known (moved by the lunar calendar): there no make-up day
counts, and the whole weeks of the Spring Festival and of the National Day are off, so that a date
counted too early is rare. Such a date is ``is_provisional`` and is counted again later.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from typing import NamedTuple

from holidays import HolidayBase, country_holidays

CHINA_TIME = timezone(timedelta(hours=8))  # one zone, no summer time since 1991
CLOSE_OF_DAY = time(18, 0)
FIRST_YEAR = 2019
FESTIVAL_DAYS = 8  # from the eve of the Spring Festival on; announced so since 2025
NATIONAL_DAYS = 7


class Due(NamedTuple):
    """When something is due, and whether the days off until then are announced."""

    at: datetime
    is_provisional: bool


def _calendar(year: int) -> HolidayBase:
    return country_holidays("CN", years=year)


@cache
def last_announced_year() -> int:
    """Return the last year whose days off and make-up days the library knows.

    Every year that was announced since 2020 has make-up days; a year without is not announced.
    """
    year = FIRST_YEAR
    while any(day.year == year + 1 for day in _calendar(year + 1).weekend_workdays):
        year += 1
    return year


@cache
def _days_off(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return the days off of a year and its weekend days that are worked."""
    calendar = _calendar(year)
    off = {day for day in calendar if day.year == year}
    worked = {day for day in calendar.weekend_workdays if day.year == year}
    if year > last_announced_year():
        off |= set(_whole_weeks(off, year))
    return frozenset(off), frozenset(worked)


def _whole_weeks(off: set[date], year: int) -> Iterator[date]:
    eve = min(day for day in off if date(year, 1, 20) <= day <= date(year, 2, 21))
    yield from (eve + timedelta(days=i) for i in range(FESTIVAL_DAYS))
    yield from (date(year, 10, 1 + i) for i in range(NATIONAL_DAYS))


def is_working_day(day: date) -> bool:
    """Whether offices in China work on a day.

    Examples
    --------
    >>> is_working_day(date(2026, 10, 10)), is_working_day(date(2026, 10, 7))
    (True, False)
    """
    off, worked = _days_off(day.year)
    return day in worked or (day.weekday() < 5 and day not in off)


def due_after(start: datetime, n_days: int) -> Due:
    """Return the close of the n-th working day after the day of ``start``.

    Parameters
    ----------
    start : datetime
        Aware; its day is the day in China.
    n_days : int
        At least 1.

    Examples
    --------
    >>> due_after(datetime(2026, 9, 30, 2, 0, tzinfo=UTC), 1).at.isoformat()
    '2026-10-08T10:00:00+00:00'
    """
    if n_days < 1:
        raise ValueError(f"at least one working day, got {n_days}")
    day, left = start.astimezone(CHINA_TIME).date(), n_days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    close = datetime.combine(day, CLOSE_OF_DAY, CHINA_TIME).astimezone(UTC)
    return Due(close, day.year > last_announced_year())


def working_days_between(start: datetime, end: datetime) -> int:
    """Return how many working days lie after the day of ``start``, up to the day of ``end``."""
    day, last = start.astimezone(CHINA_TIME).date(), end.astimezone(CHINA_TIME).date()
    n = 0
    while day < last:
        day += timedelta(days=1)
        n += is_working_day(day)
    return n
