"""A job of the site about reports, done in this process: build a part, or keep a month."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlite_utils import Database

    from matcher.store.jobs import Job
    from matcher.workflow.jobs import JobProgress


def done(db: Database, models: Path, job: Job, progress: JobProgress) -> dict[str, Any]:
    """Do what a job asks for and return what it is about, for the page that shows it."""
    from matcher.identity import Actor
    from matcher.workflow.jobs import KEEP_REPORT, utc_now
    from matcher.workflow.learning.report_selection import build_view, keep_month, selection_of

    selection = selection_of(job.given)
    progress.say("history")
    if job.kind == KEEP_REPORT:
        actor = Actor(job.started_by)
        is_new = keep_month(
            db, models, selection.period, actor=actor, now=utc_now(), progress=progress
        )
        return {**job.given, "kept_now": is_new}
    build_view(db, models, selection, now=utc_now(), progress=progress)
    return dict(job.given)
