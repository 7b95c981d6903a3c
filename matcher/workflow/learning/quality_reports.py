"""Make the report on what really happened, and keep each month's for good."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from matcher.errors import ModelError
from matcher.identity import Actor
from matcher.interchange.plain_json import plain
from matcher.learning.history import EVERYTHING, Wanted, make_log
from matcher.ranking.registry import load_model, serving_model_id
from matcher.reports.history.build import ReportOrder, history_report
from matcher.reports.history.cut import Period
from matcher.reports.history.model_record import ModelFacts, facts_of_manifest
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.models import list_changes
from matcher.store.report_snapshots import (
    ReportSnapshot,
    read_snapshot_document,
    save_snapshot,
)
from matcher.workflow.learning.history import read_history
from matcher.workflow.matching.serving import serving_id

Progress = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Tell nobody how far a report is."""


def last_month(today: date) -> Period:
    """Return the last month that is over.

    Examples
    --------
    >>> last_month(date(2026, 11, 22))
    Period(start=datetime.date(2026, 10, 1), end=datetime.date(2026, 11, 1))
    """
    end = today.replace(day=1)
    return Period(end.replace(year=end.year - (end.month == 1), month=end.month - 1 or 12), end)


def make_report(
    db: Database | None,
    period: Period,
    *,
    today: date,
    wanted: Wanted = EVERYTHING,
    models: Mapping[str, ModelFacts] | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Return the report of a period as a plain document; see ``history_report``.

    Parameters
    ----------
    db : Database or None
        None: nothing was shown yet, so every figure says that there is not enough data.
    """
    log = make_log({}, synthetic=False) if db is None else read_history(db, today=today)
    report = history_report(log, ReportOrder(period, wanted, models or {}), progress)
    found: dict[str, Any] = plain(report)
    return found


def model_facts(db: Database | None, models: Path) -> dict[str, ModelFacts]:
    """Return what is on record about the models that served, by id: manifest and promotion."""
    changes = {} if db is None else {one.model_id: one for one in reversed(list_changes(db))}
    serving = _serving(db, models)
    found = {}
    for model_id in dict.fromkeys([*filter(None, [serving]), *changes]):
        facts = ModelFacts(model_id)
        with suppress(ModelError):  # one that was removed keeps its line
            facts = facts_of_manifest(
                {**load_model(models / model_id).manifest, "model_id": model_id}
            )
        change = changes.get(model_id)
        if change is not None:
            facts = replace(
                facts,
                approved_by=", ".join(filter(None, (change.made_by, change.asked_by))),
                approved_at=change.made_at.isoformat(),
                reason=change.reason,
                previous_id=change.previous_id,
            )
        found[model_id] = replace(facts, is_serving=model_id == serving)
    return found


def _serving(db: Database | None, models: Path) -> str:
    """Return the serving model, or nothing: what was shown is reported without one too."""
    with suppress(ModelError):
        return serving_model_id(models) if db is None else serving_id(db, models)
    return ""


def keep_report(db: Database, report: Mapping[str, Any], *, actor: Actor, now: datetime) -> bool:
    """Keep a report as the one of its period; return False where one is kept already.

    Raises
    ------
    ValueError
        The report is of a part of history only; only a whole one may speak for its month.
    """
    if report["filters"]:
        raise ValueError(f"a report filtered by {report['filters']} cannot be kept as the month's")
    period = report["period"]
    snapshot = ReportSnapshot(
        starts_on=date.fromisoformat(period["from"]),
        ends_on=date.fromisoformat(period["to"]),
        synthetic=bool(report["synthetic"]),
        model_id=_shown_models(report),
        made_at=now,
        made_by=actor.actor_id,
    )
    document = json.dumps(report, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    with write_transaction(db, "keep a report"):
        is_new = save_snapshot(db, snapshot, document)
        if is_new:
            after = {**period, "synthetic": snapshot.synthetic}
            change = Change("report.kept", "report", period["from"], after=after)
            record_change(db, change, actor=actor, now=now)
    return is_new


def _shown_models(report: Mapping[str, Any]) -> str:
    figures = report["blocks"]["model_record"]["figures"]
    return ", ".join(f["group"] for f in figures if f["key"] == "lists_of_model" and f["n"])


def kept_report(db: Database, period: Period, *, synthetic: bool) -> dict[str, Any]:
    """Return the report of a period as it was kept.

    Raises
    ------
    UnknownRecord
        None is kept.
    """
    text = read_snapshot_document(db, period.start, period.end, synthetic=synthetic)
    found: dict[str, Any] = json.loads(text)
    return found
