"""The card of an updated model says what it learned from, what changed, and stays what it was."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from matcher.learning.adequacy import tried_pairs
from matcher.learning.label_lists import lists_of_history
from matcher.learning.labels_file import LabelSet
from matcher.learning.two_sided import all_answers
from matcher.learning.updated_model import UpdateInput, update_model
from matcher.ranking.registry import load_model, serving_model_id
from matcher.reports.model_card import CARD_FILE, model_card, read_card
from matcher.reports.updated_card import KEPT, updated_card, write_card
from matcher.settings import PROJECT
from matcher.workflow.learning.labels import nameless
from tests.matcher.invented import END, invented_year

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROW = {
    "check": "ndcg@10", "against": "serving", "queries": "cases", "candidate": 0.4, "other": 0.5,
    "difference": -0.1, "low": -0.2, "high": -0.05, "n": 100, "verdict": "worse",
}  # fmt: skip
COMPARISON = {"serving": "old", "made_on": "2026-11-23", "passed": False, "rows": [ROW]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that a small invented year moved."""
    models = tmp_path_factory.mktemp("models")
    parent = serving_model_id(PROJECT / "models")
    shutil.copytree(PROJECT / "models" / parent, models / parent)
    update_model(models, parent, "next", taught(), now=NOW)
    return models / "next"


@cache
def taught() -> UpdateInput:
    log, _ = invented_year(7, 2_000)
    labels = LabelSet(lists_of_history(log), nameless(all_answers(log)), tried_pairs(log, END))
    return UpdateInput(labels, log.synthetic, log.sources)


def manifest_of(folder: Path, **changes: Any) -> dict[str, Any]:
    return {**load_model(folder).manifest, **changes}


def test_card_says_what_it_learned_from_and_what_changed(folder: Path) -> None:
    manifest = manifest_of(folder)
    card = updated_card(manifest)
    assert "合成 · SYNTHETIC" in card
    assert "synthetic seed 7" in card
    assert f"{manifest['n_lists']} labelled lists" in card
    for counts in manifest["labels"].values():
        assert f"| {counts.get('3', 0)} | {counts.get('2', 0)} | {counts.get('1', 0)} |" in card
    moved = [one for one in manifest["changes"] if one["change"]]
    assert moved
    for one in moved:
        assert f"| {one['parent']:.3f} | {one['updated']:.3f} | {one['change']:+.3f} [" in card
    assert f"gain {manifest['test']['gain']:+.3f} [" in card
    why_zh, why_en = KEPT[manifest["adequacy"]["verdict"]]
    assert why_zh in card
    assert f"the parent's: {why_en}" in card
    assert "Not compared yet" in card
    assert "What its figures do not mean" in card


def test_card_of_real_labels_bears_no_mark(folder: Path) -> None:
    assert "SYNTHETIC" not in updated_card(manifest_of(folder, synthetic=False))


def test_card_says_how_the_comparison_ended(folder: Path) -> None:
    card = updated_card(manifest_of(folder), COMPARISON)
    assert "something is worse: advised against" in card
    assert (
        "| `ndcg@10` | `serving` | `cases` | 0.400 | 0.500 | -0.100 [-0.200, -0.050] | 100 |"
        in card
    )
    passed = updated_card(manifest_of(folder), COMPARISON | {"passed": True, "rows": []})
    assert "one administrator may promote it" in passed


def test_threshold_that_outcomes_chose_stands_in_the_card_with_its_interval(folder: Path) -> None:
    found = manifest_of(folder)["adequacy"] | {
        "verdict": "chosen", "threshold": 0.31, "estimate": 0.31, "low": 0.3, "high": 0.33,
        "refused_share": 0.021,
    }  # fmt: skip
    card = updated_card(manifest_of(folder, adequacy=found))
    before = f"{found['parent']:.3f}"
    assert f"from a closeness of 0.310 [0.300, 0.330], before {before}" in card
    assert "2.1% of the lists" in card


def test_digest_of_the_card_is_in_the_manifest_and_an_altered_card_is_noticed(
    folder: Path,
) -> None:
    before = (folder / "model.json").read_bytes()
    text = write_card(folder)
    found = read_card(folder)
    assert found is not None
    assert (found.text, found.is_whole) == (text, True)
    assert len(json.loads((folder / "manifest.json").read_text("utf-8"))["card_sha256"]) == 64
    (folder / CARD_FILE).write_text(text.replace("SYNTHETIC", "REAL"), "utf-8")
    altered = read_card(folder)
    assert altered is not None
    assert not altered.is_whole
    assert "2026-11-23" in write_card(folder, COMPARISON)
    again = read_card(folder)
    assert again is not None
    assert again.is_whole
    assert (folder / "model.json").read_bytes() == before


def test_model_that_is_updated_once_more_does_not_inherit_the_card(folder: Path) -> None:
    write_card(folder)
    manifest = update_model(folder.parent, "next", "third", taught(), now=NOW)
    assert "card_sha256" not in manifest
    assert read_card(folder.parent / "third") is None


def test_shipped_card_is_what_its_report_gives() -> None:
    shipped = PROJECT / "models" / serving_model_id(PROJECT / "models")
    report = json.loads((shipped / "report.json").read_text("utf-8"))
    found = read_card(shipped)
    assert found is not None
    assert found.is_whole
    assert found.text == model_card(report)
