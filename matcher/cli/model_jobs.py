"""A job of the site, done in this process: what it asks for, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.cli.model_work import compare, now, update
from matcher.errors import MatcherError

if TYPE_CHECKING:
    from sqlite_utils import Database

    from matcher.store.jobs import Job
    from matcher.workflow.jobs import JobProgress


def run(db: Database, database: Path, models: Path, job_id: str) -> None:
    """Do a job and write its end; a problem that has words ends it with them.

    Raises
    ------
    UnknownRecord
        There is no such job.
    """
    from matcher.store.jobs import end_job, read_job
    from matcher.workflow.jobs import JobProgress

    job = read_job(db, job_id)
    if job.is_over:
        return
    progress = JobProgress(db, job_id)
    progress.say("start")
    try:
        result = _done(db, database, models, job, progress)
    except MatcherError as error:
        end_job(db, job_id, now=now(), problem=f"[{error.code}] {error}")
        return
    except Exception as error:  # the border of the process: nobody reads its output
        end_job(db, job_id, now=now(), problem=f"{type(error).__name__}: {error}")
        raise
    end_job(db, job_id, now=now(), result=result)


def _done(
    db: Database, database: Path, models: Path, job: Job, progress: JobProgress
) -> dict[str, Any]:
    from matcher.cli import report_jobs, round_jobs
    from matcher.workflow.jobs import COMPARE, REPORT_KINDS, ROUND_KINDS

    if job.kind in REPORT_KINDS:
        return report_jobs.done(db, models, job, progress)
    if job.kind in ROUND_KINDS:
        return round_jobs.done(db, database, models, job, progress)
    model_id = str(job.given["model_id"])
    if job.kind == COMPARE:
        number = compare(
            db,
            database,
            models,
            model_id,
            progress,
            n_cases=int(job.given.get("n_cases", 0)),
            made_by=job.started_by,
            properties=bool(job.given.get("properties", True)),
        )
        return {"model_id": model_id, "comparison_id": number}
    manifest = update(db, models, model_id, told=progress)
    return {"model_id": model_id, "n_lists": manifest["n_lists"], "test": manifest["test"]}
