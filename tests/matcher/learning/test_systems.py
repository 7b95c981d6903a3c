"""A model beside its folds: honest scores on what it was trained on, and damaged folders."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from matcher.errors import ModelIncompatible
from matcher.learning.dataset import RankedQuery
from matcher.learning.split import fold_of
from matcher.learning.systems import FOLDS_FILE, ServedModel, load_served, query_digest
from matcher.learning.training import N_FOLDS, SEED
from matcher.ranking.features import FEATURE_NAMES
from matcher.ranking.registry import serving_model_id
from matcher.settings import PROJECT

SHIPPED = PROJECT / "models"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model, to be damaged."""
    return Path(shutil.copytree(SHIPPED / serving_model_id(SHIPPED), tmp_path / "copy"))


def asked(query_id: str) -> RankedQuery:
    """A query with one candidate for each feature, which has 1 there and nothing elsewhere."""
    n = len(FEATURE_NAMES)
    ids = tuple(f"D{i}" for i in range(n))
    everyone = np.ones(n, dtype=bool)
    grades = np.zeros(n, dtype=np.int64)
    return RankedQuery(query_id, query_id, ids, np.eye(n), grades, everyone, n, "long", "pack")


def trained_id(served: ServedModel) -> str:
    name = served.model.manifest["packs"][0]
    ids = (f"T{number}" for number in range(10_000))
    return next(i for i in ids if query_digest(name, i) in served.trained_queries)


@pytest.mark.parametrize("folder_of_pack", ["sbir_topic_company_en", "renamed"])
def test_a_training_query_is_scored_by_the_fold_that_never_saw_it(folder_of_pack: str) -> None:
    served = load_served(SHIPPED)
    query = asked(trained_id(served))
    weights = json.loads((SHIPPED / served.model.model_id / FOLDS_FILE).read_text("utf-8"))
    own = weights["weights"]["long"][fold_of(query.query_id, N_FOLDS, SEED)]
    scores = served.score(query, folder_of_pack) * np.log(2.0)
    assert scores == pytest.approx(np.array(own), abs=1e-6)


def test_a_new_query_is_scored_by_all_that_was_learned() -> None:
    served = load_served(SHIPPED)
    query = asked("a query of nobody")
    expected = served.model.contributions(query.matrix, "long").sum(axis=1)
    assert served.score(query, "pack").tolist() == expected.tolist()


def _remove(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.write_text(path.read_text("utf-8")[:100], "utf-8")


def _drop_a_fold(path: Path) -> None:
    content = json.loads(path.read_text("utf-8"))
    content["weights"]["long"].pop()
    path.write_text(json.dumps(content), "utf-8")


def _forget_a_regime(path: Path) -> None:
    content = json.loads(path.read_text("utf-8"))
    del content["weights"]["catalogue"]
    path.write_text(json.dumps(content), "utf-8")


def _change_a_weight(path: Path) -> None:
    content = json.loads(path.read_text("utf-8"))
    content["weights"]["long"][0][0] += 0.001
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


@pytest.mark.parametrize(
    "damage", [_remove, _cut, _drop_a_fold, _forget_a_regime, _change_a_weight]
)
def test_a_learned_model_without_its_folds_is_refused(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    damage(folder / FOLDS_FILE)
    with pytest.raises(ModelIncompatible, match=FOLDS_FILE):
        load_served(folder.parent, folder.name)
