"""Measure a start of the site: ``make bench-speed``, or ``python -m benchmarks.start``.

Runs the real ``make run`` on a database of its own, until the health page answers and then until
the first match does, and stops it with an interrupt. The first run makes the database and encodes
every text; the following ones are what a person waits for. Writes
``benchmarks/results/start.json`` and the section of ``docs/performance.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.performance_page import write_page

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
N_RUNS = 9
AT_MOST_S = 300
PAUSE_S = 0.005
FIRST_MATCH = "/matches?example=quality"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=N_RUNS, help="starts after the first one")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "AIPLUS_DATABASE": str(Path(folder) / "aiplus.db")}
        first, *later = [_start(environ) for _ in range(runs + 1)]
    report = {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "load_average": os.getloadavg()[0],
        "first": first,
        "runs": runs,
        "later": {name: _spread([run[name] for run in later]) for name in first},
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "start.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    for name, spread in report["later"].items():
        print(f"{name}: {spread['p50']:.2f} ({spread['least']:.2f}-{spread['most']:.2f})")
    write_page(RESULTS, ROOT / "docs" / "performance.md")
    return 0


def _start(environ: dict[str, str]) -> dict[str, float]:
    """Start the site once; return seconds to each answer, and of processor time in all."""
    port = _free_port()
    busy, begin = _processor_s(), time.perf_counter()
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        process_group=0,  # so that an interrupt reaches all of it, as in a terminal
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process)
        health_s = time.perf_counter() - begin
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{FIRST_MATCH}", timeout=60) as page:
            page.read()
        match_s = time.perf_counter() - begin
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
    return {"health_s": health_s, "match_s": match_s, "processor_s": _processor_s() - busy}


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    begin, pause = time.perf_counter(), selectors.DefaultSelector()
    while time.perf_counter() - begin < AT_MOST_S:
        if process.poll() is not None:
            sys.exit(f"the site ended with {process.returncode}: {process.communicate()[1]!r}")
        try:
            with urllib.request.urlopen(address, timeout=30):  # noqa: S310 - our own address
                return
        except urllib.error.HTTPError:
            raise
        except OSError:
            pause.select(PAUSE_S)
    sys.exit(f"no answer within {AT_MOST_S} s")


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _spread(values: list[float]) -> dict[str, float]:
    low, middle, high = np.percentile(values, (0, 50, 100))
    return {"least": float(low), "p50": float(middle), "most": float(high)}


if __name__ == "__main__":
    raise SystemExit(main())
