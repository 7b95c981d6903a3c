"""The figures of a match-quality report as rows of a CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from web.administration.quality import Json


def csv_rows(report: Json) -> Iterator[list[Any]]:
    """Yield every figure of every system: part, task, system, measure, n, mean and interval."""
    yield ["part", "task", "system", "measure", "n", "mean", "low", "high"]
    parts = [("packs", f"{b['name']} {b['split']}", b) for b in report.get("packs", [])]
    parts += [("learned", block["source"], block) for block in report.get("learned", [])]
    parts += [("cases", task, block) for task, block in case_blocks(report) if block]
    parts += [("twins", task["name"], task) for task in report.get("twins", {}).get("tasks", [])]
    for part, task, block in parts:
        for system in block["systems"]:
            for name, value in system["measures"].items():
                yield [part, task, system["name"], name, *_interval(value)]
    for group in report.get("refusals", {}).get("groups", []):
        for system in group["systems"]:
            for name in ("refused", "refused_wrongly"):
                yield ["refusals", group["name"], system["name"], name, *_interval(system[name])]


def case_blocks(report: Json) -> Iterator[tuple[str, Json | None]]:
    even = report.get("cases_even") or {}
    yield "leave one out", report["cases"]
    yield "evenly", even or None
    yield "evenly taught trees, leave one out", even.get("trees_on_plain")
    yield "strictly", report.get("cases_strict")


def _interval(value: Json) -> list[Any]:
    return [value[name] for name in ("n", "mean", "low", "high")]
