"""A model folder is refused whole: damaged, altered, or against what its features declare."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matcher.errors import ModelIncompatible
from matcher.ranking.registry import MANIFEST_FILE, MODEL_FILE, load_model, serving_model_id
from matcher.settings import PROJECT

SHIPPED = PROJECT / "models"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model, to be damaged."""
    return Path(shutil.copytree(SHIPPED / serving_model_id(SHIPPED), tmp_path / "copy"))


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the tables and sign them anew, as another program's training would."""
    content = json.loads((folder / MODEL_FILE).read_text("utf-8"))
    change(content)
    text = json.dumps(content)
    (folder / MODEL_FILE).write_text(text, "utf-8")
    manifest = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
    manifest["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest), "utf-8")


def _reward_a_high_price(content: dict[str, Any]) -> None:
    content["tables"]["catalogue"]["over_budget"]["bits"].reverse()


def _punish_shared_words(content: dict[str, Any]) -> None:
    content["tables"]["long"]["lexical_best"]["bits"] = [1.0, 0.0, -1.0]


def _turn_calibration_over(content: dict[str, Any]) -> None:
    content["calibration"]["catalogue"]["bits"].reverse()


def _forget_a_feature(content: dict[str, Any]) -> None:
    del content["tables"]["catalogue"]["topic_focus"]


def _not_a_number(content: dict[str, Any]) -> None:
    content["tables"]["catalogue"]["topic_focus"]["bits"][0] = float("nan")


@pytest.mark.parametrize(
    "change",
    [
        _reward_a_high_price,
        _punish_shared_words,
        _turn_calibration_over,
        _forget_a_feature,
        _not_a_number,
    ],
)
def test_tables_that_break_a_promise_are_refused(
    folder: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    rewrite(folder, change)
    with pytest.raises(ModelIncompatible, match="does not hold a model"):
        load_model(folder)


def test_a_folder_that_is_only_signed_anew_loads(folder: Path) -> None:
    rewrite(folder, lambda content: None)
    assert load_model(folder).model_id == serving_model_id(SHIPPED)
