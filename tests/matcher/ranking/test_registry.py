"""A model folder is loaded as it was saved, or refused with what is wrong and what to do."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.errors import ModelIncompatible, ModelMissing
from matcher.ranking.features import FEATURE_NAMES
from matcher.ranking.model import REGIMES, AdditiveModel
from matcher.ranking.registry import (
    MANIFEST_FILE,
    MODEL_FILE,
    SERVING_FILE,
    load_model,
    load_serving_model,
    save_model,
    serving_model_id,
)
from matcher.settings import PROJECT


@pytest.fixture
def folder(tmp_path: Path, serving_model: AdditiveModel) -> Path:
    save_model(serving_model, tmp_path / "copy", {"seed": 0})
    return tmp_path / "copy"


def rewrite(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")


def reseal(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the model and its digest, as somebody would who writes a model by hand."""
    rewrite(folder / MODEL_FILE, change)
    digest = hashlib.sha256((folder / MODEL_FILE).read_bytes()).hexdigest()
    rewrite(folder / MANIFEST_FILE, lambda manifest: manifest.update(sha256=digest))


def test_model_comes_back_as_it_was_saved(folder: Path, serving_model: AdditiveModel) -> None:
    loaded = load_model(folder)
    rows = np.random.default_rng(0).normal(size=(20, len(FEATURE_NAMES)))
    for regime in REGIMES:
        ours = serving_model.contributions(rows, regime)
        assert loaded.contributions(rows, regime) == pytest.approx(ours, abs=1e-5)
        share = np.linspace(-9.0, 3.0, 7)
        assert loaded.calibrated_bits(share, regime) == pytest.approx(
            serving_model.calibrated_bits(share, regime), abs=1e-5
        )
    assert loaded.adequacy == serving_model.adequacy
    assert loaded.manifest["seed"] == 0
    for language, mean in serving_model.language_means.items():
        assert loaded.language_means[language] == pytest.approx(mean, abs=1e-4)


def test_saving_what_was_loaded_writes_the_same_bytes(folder: Path) -> None:
    again = folder.parent / "again"
    save_model(load_model(folder), again, {"seed": 0})
    assert (again / MODEL_FILE).read_bytes() == (folder / MODEL_FILE).read_bytes()
    assert (again / MANIFEST_FILE).read_bytes() == (folder / MANIFEST_FILE).read_bytes()


def test_model_files_are_plain_json() -> None:
    folder = PROJECT / "models" / serving_model_id(PROJECT / "models")
    for path in sorted(folder.iterdir()):
        assert path.suffix in {".json", ".md"}, path.name


@pytest.mark.parametrize("name", [MODEL_FILE, MANIFEST_FILE])
def test_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelMissing, match=name):
        load_model(folder)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="nowhere"):
        load_model(tmp_path / "nowhere")


@pytest.mark.parametrize("name", [MODEL_FILE, MANIFEST_FILE])
@pytest.mark.parametrize("content", ["", "{", "\x00\x01", "[" * 5_000, "nul", "[]", '"text"'])
def test_damaged_file_is_refused(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, "utf-8")
    with pytest.raises(ModelIncompatible, match=name):
        load_model(folder)


def test_file_that_is_not_text_is_refused(folder: Path) -> None:
    (folder / MODEL_FILE).write_bytes(b"\xff\xfe\x80")
    with pytest.raises(ModelIncompatible, match="restore"):
        load_model(folder)


def test_altered_weight_is_noticed(folder: Path) -> None:
    def lift(content: dict[str, Any]) -> None:
        content["tables"]["catalogue"]["lexical_best"]["bits"][-1] += 5.0

    rewrite(folder / MODEL_FILE, lift)
    with pytest.raises(ModelIncompatible, match="altered"):
        load_model(folder)


def test_model_for_other_features_is_refused_with_the_difference(folder: Path) -> None:
    names = [name for name in FEATURE_NAMES if name != "topic_focus"]
    rewrite(folder / MANIFEST_FILE, lambda m: m.update(features=[*names, "charm"]))
    with pytest.raises(ModelIncompatible, match=r"missing \['topic_focus'\], unknown \['charm'\]"):
        load_model(folder)


def test_features_in_another_order_are_refused(folder: Path) -> None:
    rewrite(folder / MANIFEST_FILE, lambda m: m.update(features=list(FEATURE_NAMES)[::-1]))
    with pytest.raises(ModelIncompatible, match="another order"):
        load_model(folder)


@pytest.mark.parametrize("seen", [None, 0, 2, "1"])
def test_other_format_is_refused(folder: Path, seen: object) -> None:
    rewrite(folder / MANIFEST_FILE, lambda m: m.update(format=seen))
    with pytest.raises(ModelIncompatible, match="format"):
        load_model(folder)


BROKEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "regime gone": lambda c: c["tables"].pop("long"),
    "knots fall": lambda c: c["tables"]["long"]["lexical_best"]["knots"].reverse(),
    "one knot": lambda c: c["tables"]["long"].update(topic_focus={"knots": [0.0], "bits": [0.0]}),
    "fewer bits": lambda c: c["tables"]["long"]["topic_focus"]["bits"].pop(),
    "no number": lambda c: c["tables"]["long"]["topic_focus"]["bits"].__setitem__(0, math_nan()),
    "text": lambda c: c["tables"]["long"].update(topic_focus="steep"),
    "tables a list": lambda c: c.update(tables=[]),
    "no adequacy": lambda c: c.pop("adequacy"),
    "adequacy text": lambda c: c["adequacy"].update(threshold="high"),
    "means a number": lambda c: c.update(language_means=3),
}


def math_nan() -> float:
    return float("nan")


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_content_that_is_no_model_is_refused(
    folder: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    reseal(folder, change)
    with pytest.raises(ModelIncompatible, match="does not hold a model"):
        load_model(folder)


def test_serving_file_names_the_model_that_serves(folder: Path, tmp_path: Path) -> None:
    (tmp_path / SERVING_FILE).write_text(" copy\n", "utf-8")
    assert serving_model_id(tmp_path) == "copy"
    assert load_serving_model(tmp_path).adequacy == load_model(folder).adequacy


@pytest.mark.parametrize("content", ["", "\n", "../secrets", "a/b", ".", ".."])
def test_serving_file_that_names_no_folder_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / SERVING_FILE).write_text(content, "utf-8")
    with pytest.raises(ModelMissing, match="names no model folder"):
        serving_model_id(tmp_path)


def test_missing_serving_file_says_what_it_is_for(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="must name the folder"):
        serving_model_id(tmp_path)


def test_serving_a_folder_that_is_gone_is_said(folder: Path, tmp_path: Path) -> None:
    (tmp_path / SERVING_FILE).write_text("copy", "utf-8")
    shutil.rmtree(folder)
    with pytest.raises(ModelMissing):
        load_serving_model(tmp_path)
