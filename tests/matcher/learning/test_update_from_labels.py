"""Few labels move a model little, many find the truth, and its folder gives it again."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.errors import ModelIncompatible, NotEnoughJudgements
from matcher.learning.adequacy import tried_pairs
from matcher.learning.label_lists import lists_of_history, lists_of_judgements
from matcher.learning.labels_file import LabelSet, labels_text, read_labels
from matcher.learning.reproduction import reproduce
from matcher.learning.systems import load_served
from matcher.learning.two_sided import all_answers
from matcher.learning.update_from_labels import (
    COLUMN,
    NO_GRADE,
    LabelledList,
    linear_weights,
    most_probable_weights,
    prior_deviation,
    split_by_time,
    update_weights,
)
from matcher.learning.updated_model import HISTORY, UpdateInput, update_model
from matcher.learning.weight_changes import count_labels, standard_errors
from matcher.ranking.features import FEATURE_NAMES, FEATURES
from matcher.ranking.model import Adequacy
from matcher.ranking.registry import load_model, save_model, serving_model_id
from matcher.settings import PROJECT
from matcher.workflow.learning.labels import nameless
from tests.matcher.invented import END, invented_year

NOW = datetime(2026, 11, 22, tzinfo=UTC)
Array = NDArray[np.float64]
DIRECTIONS = np.array([f.direction for f in FEATURES], dtype=float)
PRIOR = DIRECTIONS * 0.3
TRUTH = PRIOR * np.random.default_rng(9).uniform(0.0, 3.0, len(PRIOR))


def labelled(n_lists: int, truth: Array = TRUTH, seed: int = 0) -> list[LabelledList]:
    """Lists of ten of which the one chosen by the true odds was contracted."""
    random = np.random.default_rng(seed)
    found = []
    for k in range(n_lists):
        features = random.normal(size=(10, len(truth)))
        scores = features @ truth
        odds = np.exp(scores - scores.max())
        chosen = int(random.choice(10, p=odds / odds.sum()))
        found.append(
            LabelledList(
                list_id=f"L{k:05}",
                group_id=f"G{k // 3:04}",
                at=f"2026-{1 + k * 10 // n_lists:02}-01T00:00:{k % 60:02}",
                features=features,
                grades=np.where(np.arange(10) == chosen, 3, 0),
                weights=np.ones(10),
            )
        )
    return found


def distance(weights: Array, goal: Array) -> float:
    return float(np.linalg.norm(weights - goal))


def test_few_labels_move_the_weights_little_and_many_recover_the_truth() -> None:
    few, many = (most_probable_weights(labelled(n), PRIOR) for n in (4, 1500))
    assert np.abs((few - PRIOR) / prior_deviation(PRIOR)).max() < 0.8
    assert distance(few, PRIOR) < 0.25 * distance(TRUTH, PRIOR)
    assert distance(many, TRUTH) < 0.35 * distance(PRIOR, TRUTH)
    assert np.corrcoef(many, TRUTH)[0, 1] > 0.97


def test_no_label_moves_nothing() -> None:
    assert most_probable_weights([], PRIOR) == pytest.approx(PRIOR)


def test_no_weight_crosses_its_declared_side() -> None:
    contrary = most_probable_weights(labelled(300, truth=-3 * PRIOR), PRIOR)
    assert (contrary * DIRECTIONS >= 0).all()


def test_shuffled_labels_teach_nothing_that_helps() -> None:
    random = np.random.default_rng(2)
    lists = [replace(one, grades=random.permutation(one.grades)) for one in labelled(400)]
    found = update_weights(lists, PRIOR)
    assert found.test["gain"] is not None
    assert float(found.test["gain"]) < 0.05


def test_update_is_measured_on_the_newest_lists_of_other_enterprises() -> None:
    lists = labelled(200)
    train, test, cut_at = split_by_time(lists)
    assert len(test) == 40
    assert {one.group_id for one in train}.isdisjoint(one.group_id for one in test)
    assert max(one.at for one in train) <= cut_at == min(one.at for one in test)
    found = update_weights(lists, PRIOR)
    assert found.n_test == 40
    assert float(found.test["ndcg_updated"] or 0) > float(found.test["ndcg_parent"] or 1)


def test_refusal_for_budget_moves_the_weight_of_the_budget_and_not_the_fit() -> None:
    random = np.random.default_rng(4)
    lists = []
    for k in range(60):
        features = np.zeros((6, len(FEATURE_NAMES)))
        features[:, COLUMN["industry_fit"]] = random.random(6)
        over = random.random(6) < 0.5
        features[:, COLUMN["over_budget"]] = over
        grades = np.where(over, NO_GRADE, 2)
        about = {"over_budget": over}
        lists.append(LabelledList(f"L{k}", f"G{k}", "2026", features, grades, np.ones(6), about))
    found = most_probable_weights(lists, PRIOR)
    moved = {n for n, i in COLUMN.items() if abs(found[i] - PRIOR[i]) > 0.02}
    assert found[COLUMN["over_budget"]] < PRIOR[COLUMN["over_budget"]] - 0.05
    assert moved == {"over_budget"}


def test_answer_low_in_the_list_counts_more() -> None:
    one = labelled(1)[0]
    low = replace(one, weights=np.full(10, 4.0))
    plain, weighted = (most_probable_weights([x], PRIOR) for x in (one, low))
    assert distance(weighted, PRIOR) > distance(plain, PRIOR)


def test_too_few_telling_lists_are_refused() -> None:
    with pytest.raises(NotEnoughJudgements):
        update_weights(labelled(9), PRIOR)


def test_several_grades_of_a_pair_are_averaged() -> None:
    row: dict[str, float | None] = dict.fromkeys(FEATURE_NAMES, 0.5)
    features: dict[tuple[str, str], dict[str, float | None]] = {
        ("N", "A"): row,
        ("N", "B"): {**row, "industry_fit": None},
    }
    given = [("N", "A", 3, "2026-01-01"), ("N", "A", 2, "2026-01-02"), ("N", "B", 0, "2026-01-03")]
    (found,) = lists_of_judgements(given, features, {"N": "ENT"})
    assert found.grades.tolist() == [3, 0]
    assert np.isnan(found.features[1, COLUMN["industry_fit"]])
    assert found.at == "2026-01-03"
    assert "ENT" not in labels_text(LabelSet([found]))


def test_labels_survive_their_file() -> None:
    kept = invented_labels()
    text = labels_text(kept)
    again = read_labels(text, "test")
    assert labels_text(again) == text
    assert np.array_equal(again.lists[0].features, kept.lists[0].features, equal_nan=True)
    assert again.answers["need"].groups == kept.answers["need"].groups
    assert np.array_equal(again.tried.closeness, kept.tried.closeness)
    assert "SYN-E" not in text  # no id of an enterprise


@cache
def invented_labels() -> LabelSet:
    """All that a small invented year teaches."""
    log, _ = invented_year(7, 6_000)
    return LabelSet(lists_of_history(log), nameless(all_answers(log)), tried_pairs(log, END))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    name = serving_model_id(PROJECT / "models")
    shutil.copytree(PROJECT / "models" / name, tmp_path / name)
    (tmp_path / "serving.txt").write_text(name, "utf-8")
    return tmp_path


def given(lists: list[LabelledList]) -> UpdateInput:
    return UpdateInput(LabelSet(lists), synthetic=True, sources=("tests",))


def test_updated_model_is_reproduced_to_the_fourth_digit(models: Path) -> None:
    parent = serving_model_id(models)
    manifest = update_model(models, parent, "next", given(labelled(60)), now=NOW)
    model = load_model(models / "next")
    assert (manifest["parent"], manifest["n_lists"], manifest["synthetic"]) == (parent, 60, True)
    assert model.manifest["labels_sha256"]
    found = reproduce(models, "next")
    assert found["digits"] >= 4
    kept = model.manifest["regimes"]["catalogue"]["weights"]
    assert linear_weights(model, "catalogue") == pytest.approx(
        [kept[name] for name in FEATURE_NAMES], abs=1e-4
    )


def test_every_value_that_an_invented_year_taught_is_computed_again(models: Path) -> None:
    # The parent's threshold is so far off that outcomes choose another one.
    parent = serving_model_id(models)
    strict = replace(load_model(models / parent), adequacy=Adequacy(0.6, 0.05))
    save_model(strict, models / parent, strict.manifest)
    taught = UpdateInput(invented_labels(), True, ("tests",))
    manifest = update_model(models, parent, "next", taught, now=NOW)
    model = load_model(models / "next")
    assert manifest["adequacy"]["verdict"] == "chosen"
    assert model.adequacy.threshold == manifest["adequacy"]["threshold"] < 0.4
    assert {name for name in model.calibration if name.startswith("side:")} == {
        "side:need", "side:provider", "side:joint",
    }  # fmt: skip
    found = reproduce(models, "next")
    assert found["digits"] == 4
    assert set(found["parts"]) == {"weights", "test", "sides", "adequacy", "folds"}
    assert all(gap is not None and gap <= 1e-4 for gap in found["parts"].values())


def test_value_that_was_not_learned_is_noticed(models: Path) -> None:
    parent = serving_model_id(models)
    update_model(models, parent, "next", given(labelled(30)), now=NOW)
    kept = load_model(models / "next")
    weights = kept.manifest["regimes"]["catalogue"]["weights"]
    weights["industry_fit"] += 0.01
    save_model(replace(kept, adequacy=Adequacy(0.5, 0.05)), models / "next", kept.manifest)
    found = reproduce(models, "next")
    assert found["digits"] < 3
    assert found["parts"]["weights"] == pytest.approx(0.01, abs=1e-4)
    assert found["parts"]["adequacy"] > 0.2
    assert found["parts"]["folds"] < 1e-4
    shutil.rmtree(models / parent)
    assert reproduce(models, "next")["parts"]["folds"] is None


def test_interval_of_a_weight_covers_what_other_enterprises_would_have_taught() -> None:
    fits = np.array([most_probable_weights(labelled(150, seed=s), PRIOR) for s in range(25)])
    lists = labelled(150)
    errors = standard_errors(lists, fits[0], PRIOR)
    spread = fits.std(axis=0, ddof=1)
    free = np.isfinite(errors) & (np.abs(fits).min(axis=0) > 1e-3)
    assert free.sum() >= 15
    assert np.median(errors[free] / spread[free]) == pytest.approx(1.0, abs=0.2)
    assert np.isnan(standard_errors(lists[:20], fits[0], PRIOR)).all()  # fewer than ten groups


def test_labels_are_counted_by_grade_and_origin() -> None:
    counts = count_labels(invented_labels().lists)
    assert set(counts) == {"system", "search", "broker", "invited", "exploration"}
    graded = sum((one.grades != NO_GRADE).sum() for one in invented_labels().lists)
    assert sum(n for of in counts.values() for g, n in of.items() if g.isdigit()) == graded
    assert counts["system"]["other_reason"] > 0


def test_updated_model_scores_its_own_labels_out_of_fold(models: Path) -> None:
    lists = labelled(60)
    update_model(models, serving_model_id(models), "next", given(lists), now=NOW)
    folds = json.loads((models / "next" / "folds.json").read_text("utf-8"))
    served = load_served(models, "next")
    assert len(folds["weights"]["catalogue"]) == 10
    assert len({tuple(row) for row in folds["weights"]["catalogue"]}) == 10
    assert len(served.fold_tables["catalogue"]) == 10
    assert HISTORY == "history"


def test_altered_labels_and_taken_names_are_refused(models: Path) -> None:
    parent = serving_model_id(models)
    update_model(models, parent, "next", given(labelled(20)), now=NOW)
    with pytest.raises(ModelIncompatible, match="already"):
        update_model(models, parent, "next", given(labelled(20)), now=NOW)
    path = models / "next" / "labels.json"
    path.write_text(path.read_text("utf-8").replace("G", "H", 1) + " ", "utf-8")
    with pytest.raises(ModelIncompatible, match="altered"):
        reproduce(models, "next")
    with pytest.raises(ModelIncompatible, match="not made by an update"):
        reproduce(models, parent)
