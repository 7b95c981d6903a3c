"""Measure the match-quality report: ``python -m benchmarks.report``.

Invents a year with 100,000 shown pairs, builds the report of its last month and of the whole year
as the jobs that the site starts (a process of their own each), then reads their pages from what was
kept, as an administrator would. Takes about two minutes; writes ``benchmarks/results/report.json``
and the section of ``docs/performance.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
import numpy as np
from flask.testing import FlaskClient
from sqlite_utils import Database

from benchmarks.performance_page import write_page
from matcher.identity import COMMAND_LINE, Role
from matcher.reports.history.cut import Period
from matcher.simulation.year import Plan
from matcher.store.connection import close_database, open_database
from matcher.store.jobs import add_job, read_job
from matcher.store.migrations import apply_migrations
from matcher.workflow.accounts.passwords import Effort, Passwords
from matcher.workflow.accounts.staff import add_staff
from matcher.workflow.demonstration.history import invent_history
from matcher.workflow.jobs import BUILD_REPORT, KEEP_REPORT
from matcher.workflow.learning.report_selection import Selection, month_of
from web import create_app

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SEED, PAIRS, N_READS = 7, 100_000, 15
MONTH, YEAR = month_of("2026-10"), Period(date(2025, 11, 1), date(2026, 11, 1))
CHEAP = Effort(memory_kib=8, passes=1, lanes=1)
EMAIL, PASSWORD = "measuring@example.invalid", "a long enough pass phrase"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--check", action="store_true", help="write nothing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = measured(Path(folder) / "aiplus.db", given.pairs)
    for name in ("month", "year"):
        part = report[name]
        built = f"built in {part['build_s']:.1f} s ({part['build_processor_s']:.1f} CPU)"
        click.echo(f"{name}: {built}, page p50 {part['page_s']['p50']:.2f} s")
    if not given.check:
        text = json.dumps(report, indent=1, ensure_ascii=False) + "\n"
        (RESULTS / "report.json").write_text(text, "utf-8")
        write_page(RESULTS, ROOT / "docs" / "performance.md")
    return 0


def measured(path: Path, pairs: int) -> dict[str, Any]:
    """Return what was measured on a database of its own."""
    db = open_database(path)
    apply_migrations(db)
    now = datetime.now(UTC)
    made = invent_history(db, Plan(SEED, YEAR.end, pairs), actor=COMMAND_LINE, now=now, anyway=True)
    client = administrator(db, path)
    found = {
        "measured_on": now.date().isoformat(),
        "load_average": os.getloadavg()[0],
        "synthetic": True,
        "n_pairs": made.n_pairs,
        "month": part(db, path, client, KEEP_REPORT, MONTH, "/reports/2026-10-synthetic"),
        "year": part(db, path, client, BUILD_REPORT, YEAR,
                     "/reports/selected?from=2025-11-01&last=2026-10-31"),
    }  # fmt: skip
    close_database(db)
    return found


def part(
    db: Database, path: Path, client: FlaskClient, kind: str, period: Period, address: str
) -> dict[str, Any]:
    """Return how long a report takes as a job, and its page from what was kept."""
    job_id = f"JOB-{kind}"
    given = Selection(period).as_given()
    add_job(db, job_id, kind, given, started_by="benchmark", now=datetime.now(UTC))
    command = [sys.executable, "-m", "matcher.cli", "models", "run", job_id]
    busy, begin = _processor_s(), time.perf_counter()
    subprocess.run([*command, "--database", str(path)], cwd=ROOT, check=True)
    build_s = time.perf_counter() - begin
    job = read_job(db, job_id)
    if job.state != "done":
        raise SystemExit(f"the job ended as {job.state}: {job.problem}")
    page = client.get(address)
    if page.status_code != 200:
        raise SystemExit(f"{address} answered {page.status_code}")
    return {
        "build_s": build_s,
        "build_processor_s": _processor_s() - busy,
        "page_s": _spread(lambda: client.get(address)),
        "csv_s": _spread(lambda: client.get(address.partition("?")[0] + "/all.csv"
                                            + "".join(address.partition("?")[1:]))),
        "page_kib": round(len(page.data) / 1024),
    }  # fmt: skip


def administrator(db: Database, path: Path) -> FlaskClient:
    """Return a client that is signed in as an administrator."""
    values = {"email": EMAIL, "name": "Measuring", "password": PASSWORD, "password_again": PASSWORD}
    add_staff(
        db, Passwords(CHEAP), values, role=Role.ADMINISTRATOR, actor=COMMAND_LINE,
        now=datetime.now(UTC),
    )  # fmt: skip
    environ = {"AIPLUS_DATABASE": str(path), "AIPLUS_SECRET_KEY": "a key for measuring alone"}
    client = create_app(environ, {"PASSWORD_EFFORT": CHEAP}).test_client()
    found = TOKEN.search(client.get("/sign-in").text)
    token = found[1] if found else ""
    data = {"csrf_token": token, "email": EMAIL, "password": PASSWORD}
    if client.post("/sign-in", data=data).status_code != 303:
        raise SystemExit("signing in failed")
    return client


def _spread(read: Callable[[], Any]) -> dict[str, float]:
    times = []
    for _ in range(N_READS):
        begin = time.perf_counter()
        read()
        times.append(time.perf_counter() - begin)
    low, middle, high = np.percentile(times, (0, 50, 100))
    return {"least": float(low), "p50": float(middle), "most": float(high)}


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
