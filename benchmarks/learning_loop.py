"""Measure the learning loop on a year: ``python -m benchmarks.learning_loop [--pairs 100000]``.

Invents a year of so many shown pairs on a database of its own, then does by the real commands what
an administrator's month does: the year's report, a model from the labels, the whole comparison with
the serving model and every baseline. Writes ``benchmarks/results/learning-loop.json``. All figures
are of synthetic history: they say how long it takes, and what the gate said, and nothing about how
good a model is.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matcher.settings import PROJECT

RESULTS = Path(__file__).resolve().parent / "results"
SEED, UNTIL = 7, "2026-11-01"
YEAR = ["--from", "2025-11-01", "--to", UNTIL]
MODEL = "updated-from-a-year"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=100_000, help="about so many shown pairs")
    pairs = parser.parse_args().pairs
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder) / "models"
        shutil.copytree(PROJECT / "models", models)
        environ = {
            **os.environ,
            "AIPLUS_DATABASE": str(Path(folder) / "aiplus.db"),
            "AIPLUS_MODELS": str(models),
        }
        report = measured(environ, pairs)
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=1)
    (RESULTS / "learning-loop.json").write_text(text + "\n", "utf-8")
    for name, step in report["steps"].items():
        print(f"{name}: {step['elapsed_s']} s, {step['processor_s']} s of processor time")
    print(f"passed: {report['passed']}; {report['worse'] or 'nothing is worse'}")
    return 0


def measured(environ: dict[str, str], pairs: int) -> dict[str, Any]:
    """Do every step and return how long it took, with what came out."""
    for command in (["init"], ["load-catalogue"]):
        run([*command, "--quiet"], environ)
    invented = ["--seed", str(SEED), "--pairs", str(pairs), "--until", UNTIL, "--yes", "--json"]
    steps = {}
    history, steps["history"] = timed(["demo", "history", *invented], environ)
    _, steps["report"] = timed(["report", *YEAR, "--snapshot", "--json"], environ)
    _, steps["kept report"] = timed(["report", *YEAR, "--snapshot", "--json"], environ)
    manifest, steps["update"] = timed(["models", "update", "--name", MODEL, "--json"], environ)
    found, steps["compare"] = timed(["models", "compare", MODEL, "--json"], environ)
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "load_average": round(os.getloadavg()[0], 1),
        "synthetic": True,
        "seed": SEED,
        "n_pairs": history["n_pairs"],
        "steps": steps,
        "n_labelled_lists": manifest["n_lists"],
        "test_of_the_update": manifest["test"],
        "passed": found["passed"],
        "worse": [
            {name: row[name] for name in ("check", "against", "queries", "difference")}
            for row in found["rows"]
            if row["verdict"] == "worse"
        ],
    }


def timed(command: list[str], environ: dict[str, str]) -> tuple[dict[str, Any], dict[str, float]]:
    """Run a command that prints JSON; return that and the seconds it took."""
    used, begin = _processor_s(), time.perf_counter()
    said = run(command, environ)
    elapsed = time.perf_counter() - begin
    spent = {"elapsed_s": round(elapsed, 1), "processor_s": round(_processor_s() - used, 1)}
    found: dict[str, Any] = json.loads(said)
    return found, spent


def run(command: list[str], environ: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "matcher.cli", *command],
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
