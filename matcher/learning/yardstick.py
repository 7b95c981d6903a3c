"""The yardstick: a full gradient-boosted ranker on the same features and folds.

It is never served. Its lead over the additive model says what additivity costs; a large lead would
mean that a feature is missing. LightGBM's lambdarank (Burges 2010, MSR-TR-2010-82).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.learning.dataset import RankedQuery
from matcher.learning.priors import prior_weights
from matcher.learning.training import SEED, fold_numbers

PARAMETERS = {
    "objective": "lambdarank",
    "learning_rate": 0.05,
    "num_leaves": 7,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "lambdarank_truncation_level": 20,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
N_TREES = 100
N_STRONGEST = 300
N_SAMPLED = 300


def lambdarank_scores(
    queries: Sequence[RankedQuery],
    also: Sequence[RankedQuery] = (),
    *,
    taught_by: Sequence[RankedQuery] | None = None,
) -> tuple[NDArray[np.float64], ...]:
    """Score every query out of fold by lambdarank.

    Parameters
    ----------
    queries : sequence of RankedQuery
    also : sequence of RankedQuery
        Further queries to learn from, so that the yardstick sees as many labels as the model did;
        those of a fold are left out with it.
    taught_by : sequence of RankedQuery, optional
        Learn from these instead of ``queries``, still without the fold of the scored one.

    Returns
    -------
    tuple of float arrays, one a query, over its candidates

    Raises
    ------
    ModuleNotFoundError
        LightGBM is a development dependency.
    """
    import lightgbm

    folds = fold_numbers(queries)
    known = [*(queries if taught_by is None else taught_by), *also]
    known_folds = fold_numbers(known)
    scores: list[NDArray[np.float64]] = [np.zeros(0)] * len(queries)
    for fold in sorted(set(folds)):
        chosen = [
            q for q, f in zip(known, known_folds, strict=True) if f != fold and q.grades.any()
        ]
        rows = [_rows_to_learn_from(q) for q in chosen]
        data = lightgbm.Dataset(
            np.concatenate([q.matrix[r] for q, r in zip(chosen, rows, strict=True)]),
            label=np.concatenate([q.grades[r] for q, r in zip(chosen, rows, strict=True)]),
            group=[len(r) for r in rows],
        )
        booster = lightgbm.train({**PARAMETERS, "seed": SEED}, data, num_boost_round=N_TREES)
        for i, query in enumerate(queries):
            if folds[i] == fold:
                scores[i] = np.asarray(booster.predict(query.matrix), dtype=np.float64)
    return tuple(scores)


def _rows_to_learn_from(query: RankedQuery) -> NDArray[np.int64]:
    """Return the strongest by the prior, the relevant ones, and a fair sample of the rest.

    Without the sample every weak candidate in the data would be a relevant one, and trees would
    learn that weak means relevant.
    """
    strength = np.nan_to_num(query.matrix) @ prior_weights(query.regime)
    best = np.argsort(-strength, kind="stable")[:N_STRONGEST]
    n_sampled = min(N_SAMPLED, len(strength))
    sampled = np.linspace(0, len(strength) - 1, n_sampled).astype(np.int64)
    return np.unique(np.concatenate((best, sampled, np.flatnonzero(query.grades > 0))))
