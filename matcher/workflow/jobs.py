"""Long work beside the site: a row in the database, and a process of its own that does it.

The process writes its progress into the row. A thread of the one who started it waits for its end,
so that a process that dies without a word leaves a job that failed, not one that runs for ever.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from sqlite_utils import Database

from matcher.errors import StoreError
from matcher.identity import Actor
from matcher.store.connection import close_database, open_database, write_transaction
from matcher.store.jobs import Job, add_job, end_job, last_job_about, update_job
from matcher.workflow.new_ids import new_id

COMPARE, UPDATE = "models.compare", "models.update"
KINDS = (COMPARE, UPDATE)
BUILD_REPORT, KEEP_REPORT = "reports.build", "reports.keep"
REPORT_KINDS = (BUILD_REPORT, KEEP_REPORT)
OPEN_ROUND, SOLVE_ROUND = "rounds.open", "rounds.solve"
ROUND_KINDS = (OPEN_ROUND, SOLVE_ROUND)
SILENT_AFTER = timedelta(minutes=15)
DIED = "the process ended without saying why; look at the log of the service"


def utc_now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)


def start_job(  # noqa: PLR0913 - what is to be done, by whom, when, with what
    db: Database,
    kind: str,
    given: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    models: Path,
    one_per: str = "",
) -> str:
    """Start long work in a process of its own and return the job's id.

    The database is a file: another process has to open it.

    Parameters
    ----------
    one_per : str
        A name in ``given``: while work of the same room with the same value there goes on, that
        job's id is returned and nothing is started, as after a second click.
    """
    if kind not in KINDS + REPORT_KINDS + ROUND_KINDS:
        raise ValueError(f"{kind!r} is no kind of job")
    path = getattr(db, "path", None)
    if path is None:
        raise StoreError("a job needs a database file that another process can open", reason="path")
    job_id = new_id("JOB")
    with write_transaction(db, f"start job {kind}"):
        going_on = _going_on(db, kind, given, one_per, now) if one_per else None
        if going_on is not None:
            return going_on.job_id
        add_job(db, job_id, kind, given, started_by=actor.actor_id, now=now)
    command = [sys.executable, "-m", "matcher.cli", "models", "run", job_id]
    process = subprocess.Popen(
        [*command, "--database", str(path), "--models", str(models)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    Thread(target=_see_off, args=(process, path, job_id), daemon=True).start()
    return job_id


def _going_on(
    db: Database, kind: str, given: Mapping[str, Any], name: str, now: datetime
) -> Job | None:
    """Return the job that does such work already; one whose process has died ends here."""
    job = last_job_about(db, f"{kind.partition('.')[0]}.", name, str(given[name]))
    if job is None or job.is_over:
        return None
    if seems_stopped(job, now):
        end_job(db, job.job_id, now=now, problem=DIED)
        return None
    return job


def _see_off(process: subprocess.Popen[bytes], path: Path, job_id: str) -> None:
    process.wait()
    try:
        db = open_database(path)
    except StoreError:
        return
    try:
        end_job(db, job_id, now=utc_now(), problem=DIED)  # changes nothing where it ended well
    finally:
        close_database(db)


def seems_stopped(job: Job, now: datetime) -> bool:
    """Whether a job has said nothing for so long that its process must have died."""
    return not job.is_over and now - job.updated_at > SILENT_AFTER


class JobProgress:
    """Writes stage and progress of a job, at most once a hundredth; ``say`` begins a stage.

    Parameters
    ----------
    clock : callable
        Returns the time.
    """

    def __init__(self, db: Database, job_id: str, clock: Callable[[], datetime] = utc_now) -> None:
        self._db, self._job_id, self._clock = db, job_id, clock
        self._stage, self._last = "", (-1, -1)

    def __call__(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` are finished."""
        if (done * 100 // max(total, 1), total) != self._last:
            self._last = (done * 100 // max(total, 1), total)
            self._write(done, total)

    def say(self, stage: str) -> None:
        """Begin a stage and name it."""
        self._stage, self._last = stage, (-1, -1)
        self._write(0, 0)

    def _write(self, done: int, total: int) -> None:
        update_job(
            self._db,
            self._job_id,
            n_done=done,
            n_total=total,
            stage=self._stage,
            now=self._clock(),
        )
