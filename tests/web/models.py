"""A folder with two models, the shipped one and a copy under another id, and a kept comparison."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from matcher.ranking.registry import load_model, save_model, serving_model_id
from matcher.settings import PROJECT
from matcher.store.models import add_comparison
from matcher.workflow.matching.serving import model_digest

NEXT = "next-model"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def two_models(folder: Path, **changes: Any) -> Path:
    """Write both models; ``changes`` go into the copy's manifest."""
    shipped = serving_model_id(PROJECT / "models")
    shutil.copytree(PROJECT / "models" / shipped, folder / shipped)
    (folder / "serving.txt").write_text(f"{shipped}\n", "utf-8")
    copy_model(folder, shipped, **changes)
    return folder


def copy_model(folder: Path, shipped: str, name: str = NEXT, **changes: Any) -> None:
    """Write a copy of a model that gives a little less weight to what the industry says."""
    model = load_model(folder / shipped)
    content = json.loads((folder / shipped / "manifest.json").read_text("utf-8"))
    tables = {r: dict(of) for r, of in model.tables.items()}
    old = tables["catalogue"]["industry_fit"]
    tables["catalogue"]["industry_fit"] = type(old)(old.knots, old.bits * 0.9)
    changed = type(model)(
        name, tables, model.calibration, model.adequacy, model.language_means, model.manifest
    )
    save_model(changed, folder / name, {**content, "parent": shipped, **changes})
    shutil.copyfile(folder / shipped / "folds.json", folder / name / "folds.json")


def keep_comparison(db: Database, models: Path, *, passed: bool, serving: str = "") -> int:
    """Keep a comparison of the copy with the shipped model, as a job would."""
    other = serving or serving_model_id(models)
    row = {
        "check": "ndcg@10",
        "against": "serving",
        "queries": "cases",
        "candidate": 0.41,
        "other": 0.40 if passed else 0.52,
        "difference": 0.01 if passed else -0.11,
        "low": -0.01 if passed else -0.15,
        "high": 0.03 if passed else -0.07,
        "n": 100,
        "verdict": "equal" if passed else "worse",
    }
    few = {**row, "check": "exposure:small_firms", "n": 0, "verdict": "not_enough"}
    few |= dict.fromkeys(("candidate", "other", "difference", "low", "high"))
    held = {**row, "check": "property:renaming_changes_nothing"}
    document = {
        "candidate": NEXT,
        "candidate_sha256": model_digest(models, NEXT),
        "serving": other,
        "serving_sha256": model_digest(models, other),
        "passed": passed,
        "synthetic": False,
        "n_cases": 100,
        "n_lists": 0,
        "fair_band": [0.8, 1.25],
        "seed": 0,
        "made_on": "2026-11-22",
        "rows": [row, {**row, "check": "brier"}, few, held],
    }
    return add_comparison(db, document, made_by="command-line", now=NOW)
