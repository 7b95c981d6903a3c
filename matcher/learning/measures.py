"""Ranking measures of one ranked query, on arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.learning.dataset import RankedQuery
from matcher.learning.ranking_metrics import ndcg_at, recall_at, reciprocal_rank

CUT = 10


def ranked_grades(query: RankedQuery, scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the grades in the order of falling score, ties by candidate id."""
    ids = np.array(query.candidate_ids)
    order = np.lexsort((ids, -scores))
    return query.grades[order]


def query_ndcg(query: RankedQuery, scores: NDArray[np.float64]) -> float:
    """Return nDCG@10, 0 where nothing is relevant."""
    grades = ranked_grades(query, scores)
    return ndcg_at(grades, query.grades, CUT) if (query.grades > 0).any() else 0.0


def query_measures(query: RankedQuery, scores: NDArray[np.float64]) -> dict[str, float]:
    """Return nDCG@10, MRR, recall@10 and recall@100 of one query."""
    grades = ranked_grades(query, scores)
    if not (query.grades > 0).any():
        return {"ndcg@10": 0.0, "mrr": 0.0, "recall@10": 0.0, "recall@100": 0.0}
    return {
        "ndcg@10": ndcg_at(grades, query.grades, CUT),
        "mrr": reciprocal_rank(grades),
        "recall@10": recall_at(grades, query.grades, CUT),
        "recall@100": recall_at(grades, query.grades, 100),
    }
