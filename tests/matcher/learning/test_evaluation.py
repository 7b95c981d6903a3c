"""Figures that must not flatter: calibration is measured on what it was not fitted on."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.errors import NotEnoughJudgements
from matcher.learning.dataset import RankedQuery
from matcher.learning.evaluation import shown_calibration
from matcher.learning.split import fold_of
from matcher.learning.training import N_FOLDS, SEED

N_CANDIDATES = 10
BY_FOLD = {
    fold: [f"Q{i}" for i in range(1_000) if fold_of(f"Q{i}", N_FOLDS, SEED) == fold][:30]
    for fold in (0, 1)
}


def query(query_id: str, *, all_match: bool) -> RankedQuery:
    ids = tuple(f"P{i}" for i in range(N_CANDIDATES))
    grades = np.full(N_CANDIDATES, int(all_match))
    everyone = np.ones(N_CANDIDATES, dtype=bool)
    matrix = np.zeros((N_CANDIDATES, 0))
    return RankedQuery(
        query_id, query_id, ids, matrix, grades, everyone, N_CANDIDATES, "catalogue", "cases"
    )


def test_calibration_of_a_fold_never_sees_its_outcomes() -> None:
    """One fold always matches, the other never: only their own outcomes could tell them apart."""
    queries = [query(i, all_match=True) for i in BY_FOLD[0]]
    queries += [query(i, all_match=False) for i in BY_FOLD[1]]
    scores = [np.linspace(1.0, 2.0, N_CANDIDATES)] * len(queries)
    found = shown_calibration(queries, scores)
    assert found["n"] == len(queries) * N_CANDIDATES
    assert found["brier"] > 0.9
    assert found["brier_constant"] == pytest.approx(0.25)


def test_one_fold_alone_is_too_little_to_measure_calibration() -> None:
    queries = [query(i, all_match=True) for i in BY_FOLD[0]]
    with pytest.raises(NotEnoughJudgements, match="other folds"):
        shown_calibration(queries, [np.ones(N_CANDIDATES)] * len(queries))
