"""Which report is meant, where it is kept, and how it is built.

A whole month's report is kept for good (``quality_reports``); any other days or a part of history
are built on request and kept until newer ones need the room. Either way a page reads a document and
computes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.identity import Actor
from matcher.learning.history import EVERYTHING, Wanted
from matcher.reports.history.cut import Period
from matcher.store.report_snapshots import ReportSnapshot, list_snapshots
from matcher.store.report_views import ReportView, find_view, save_view
from matcher.store.shown_history import first_shown_on
from matcher.workflow.learning.history_demonstrations import is_synthetic
from matcher.workflow.learning.quality_reports import (
    Progress,
    keep_report,
    kept_report,
    last_month,
    make_report,
    model_facts,
    silent,
)

MOST_MONTHS_AT_ONCE = 12


@dataclass(frozen=True, slots=True)
class Selection:
    """The days and the part of history that a report is about."""

    period: Period
    wanted: Wanted = EVERYTHING

    @property
    def is_month(self) -> bool:
        """Whether it is all of one month, which is kept for good."""
        one_month = self.period == last_month(self.period.end)
        return one_month and self.wanted == EVERYTHING

    def as_given(self) -> dict[str, str]:
        """Return it as a job keeps it."""
        days = {"from": str(self.period.start), "to": str(self.period.end)}
        return days | self.wanted.as_json()


class Found(NamedTuple):
    """A report that was built, when, and whether it is kept for good."""

    document: dict[str, Any]
    made_at: datetime
    is_kept: bool


def selection_of(given: Mapping[str, Any]) -> Selection:
    """Return what a job was asked for.

    Raises
    ------
    InvalidRecord
        A day is missing or no day, or the first is not before the last.
    """
    try:
        start, end = (date.fromisoformat(str(given.get(name))) for name in ("from", "to"))
    except ValueError as error:
        told = f"{error}; expected from and to as YYYY-MM-DD"
        raise InvalidRecord("report", {"period": [told]}) from error
    if start >= end:
        told = f"from {start} to {end}: from must be before to, the day after the last one"
        raise InvalidRecord("report", {"period": [told]})
    names = EVERYTHING.__dataclass_fields__
    wanted = Wanted(**{name: str(given[name]) for name in names if given.get(name)})
    return Selection(Period(start, end), wanted)


def find_report(
    db: Database, selection: Selection, *, synthetic: bool | None = None
) -> Found | None:
    """Return a report that was built before: the kept one of its month, or the last on request.

    Parameters
    ----------
    synthetic : bool or None
        Which one, where both were kept; None asks for what the database holds now.
    """
    wanted = is_synthetic(db) if synthetic is None else synthetic
    kept = find_snapshot(db, selection.period, synthetic=wanted) if selection.is_month else None
    if kept is not None:
        document = kept_report(db, selection.period, synthetic=wanted)
        return Found(document, kept.made_at, is_kept=True)
    found = find_view(db, _view(selection, synthetic=wanted))
    return None if found is None else Found(json.loads(found[0]), found[1], is_kept=False)


def find_snapshot(db: Database, period: Period, *, synthetic: bool) -> ReportSnapshot | None:
    """Return the kept report of a period, or None."""
    wanted = (period.start, period.end, synthetic)
    return next(
        (
            one
            for one in list_snapshots(db)
            if (one.starts_on, one.ends_on, one.synthetic) == wanted
        ),
        None,
    )


def _view(selection: Selection, *, synthetic: bool) -> ReportView:
    period = selection.period
    return ReportView(period.start, period.end, synthetic, selection.wanted.as_json())


def build_view(
    db: Database, models: Path, selection: Selection, *, now: datetime, progress: Progress = silent
) -> dict[str, Any]:
    """Build the report of any days and part of history, keep and return it."""
    made = make_report(
        db,
        selection.period,
        today=now.date(),
        wanted=selection.wanted,
        models=model_facts(db, models),
        progress=progress,
    )
    document = json.dumps(made, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    save_view(db, _view(selection, synthetic=bool(made["synthetic"])), document, now=now)
    return made


def keep_month(
    db: Database,
    models: Path,
    period: Period,
    *,
    actor: Actor,
    now: datetime,
    progress: Progress = silent,
) -> bool:
    """Build and keep a month's report; return False where it is kept already.

    Raises
    ------
    InvalidRecord
        It is not one whole month, or the month is not over.
    """
    if not Selection(period).is_month:
        raise InvalidRecord("report", {"period": [f"{period.start} to {period.end} is no month"]})
    if period.end > now.date():
        told = f"the month ends with {period.end}, which has not come; keep it after that day"
        raise InvalidRecord("report", {"period": [told]})
    if find_snapshot(db, period, synthetic=is_synthetic(db)) is not None:
        return False
    made = make_report(
        db, period, today=now.date(), models=model_facts(db, models), progress=progress
    )
    return keep_report(db, made, actor=actor, now=now)


def month_of(text: str) -> Period:
    """Return the month that is written as ``2026-10``.

    Raises
    ------
    UnknownRecord
        It is no month.

    Examples
    --------
    >>> month_of("2026-12")
    Period(start=datetime.date(2026, 12, 1), end=datetime.date(2027, 1, 1))
    """
    try:
        start = date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise UnknownRecord("month", text) from error
    if f"{start:%Y-%m}" != text or start.year >= date.max.year:
        raise UnknownRecord("month", text)
    end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return Period(start, end)


def months_due(db: Database, today: date) -> list[Period]:
    """Return the months that are over and have no kept report yet, the earliest first.

    The last month, and those missed since the latest kept one; at most a year of them. Where
    nothing was ever shown there is nothing to keep.
    """
    synthetic, month = is_synthetic(db), last_month(today)
    first = first_shown_on(db, really=not synthetic)
    kept = {one.starts_on for one in list_snapshots(db) if one.synthetic == synthetic}
    due: list[Period] = []
    while first is not None and first < month.end and len(due) < MOST_MONTHS_AT_ONCE:
        if month.start in kept:
            break
        due.append(month)
        month = last_month(month.start)
        if not kept:
            break
    return due[::-1]
