"""Reports that are being built: which are due, which run, where each is read when it is done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from matcher.reports.history.cut import Period
from matcher.store.jobs import Job, list_jobs
from matcher.workflow.jobs import KEEP_REPORT, REPORT_KINDS, seems_stopped, start_job
from matcher.workflow.learning.history_demonstrations import is_synthetic
from matcher.workflow.learning.report_selection import (
    Selection,
    months_due,
    selection_of,
)
from web import backend, session
from web.administration.report.selection import (
    filter_words,
    given_of,
    month_place,
    period_words,
)
from web.i18n import gettext as _

MOST_AT_ONCE = 2


def due_months() -> list[Period]:
    return months_due(backend.database(), datetime.now(UTC).date())


def running() -> list[tuple[Job, str]]:
    """Return reports that are being built, with what each is about."""
    now = datetime.now(UTC)
    found = list_jobs(backend.database(), kinds=REPORT_KINDS, limit=20)
    return [(job, what_of(job)) for job in found if not job.is_over and not seems_stopped(job, now)]


def started(kind: str, wanted: Selection) -> ResponseReturnValue:
    """Start to build a report, or lead to the job that is at it already."""
    at_it = [job for job, _what in running()]
    same = [job for job in at_it if (job.kind, job.given) == (kind, wanted.as_given())]
    if not same and len(at_it) >= MOST_AT_ONCE:
        flash(_("Other reports are being built. Try again when one of them is done."))
        return redirect(url_for("quality_reports.list_months"), code=303)
    job_id = same[0].job_id if same else start_job(
        backend.writable_database(),
        kind,
        wanted.as_given(),
        actor=session.actor(),
        now=datetime.now(UTC),
        models=Path(current_app.config["MODELS"]),
    )  # fmt: skip
    return redirect(url_for("quality_reports.show_job", job_id=job_id), code=303)


def goal_of(job: Job) -> str:
    """Return where the report of a job is read once it is built."""
    wanted = selection_of(job.given)
    if job.kind == KEEP_REPORT:
        synthetic = is_synthetic(backend.database())
        place = month_place(wanted.period.start, synthetic=synthetic)
        return url_for("quality_reports.show_report", place=place)
    values: dict[str, Any] = dict(given_of(wanted))
    return url_for("quality_reports.show_selected", **values)


def what_of(job: Job) -> str:
    """Return what a job builds, in words."""
    wanted = selection_of(job.given)
    parts = [words for _name, words in filter_words(wanted.wanted.as_json())]
    return " · ".join([period_words(wanted), *parts])
