"""Ranked queries whose truth is known: synthetic, to show that learning finds what is there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.learning.dataset import RankedQuery
from matcher.ranking.features import FEATURE_NAMES


def ranked_query(
    matrix: NDArray[np.float64], relevant: int, name: str = "q", group: str = ""
) -> RankedQuery:
    n = len(matrix)
    return RankedQuery(
        query_id=name,
        group_id=group or name,
        candidate_ids=tuple(f"c{i:03}" for i in range(n)),
        matrix=matrix,
        grades=(np.arange(n) == relevant).astype(np.int64),
        is_population=np.ones(n, dtype=bool),
        n_eligible=n,
        regime="catalogue",
        source="synthetic",
    )


def chosen_by(
    weights: NDArray[np.float64], n_queries: int, *, seed: int = 0, n_candidates: int = 30
) -> list[RankedQuery]:
    """Queries whose relevant candidate was drawn with the odds that these weights give."""
    random = np.random.default_rng(seed)
    queries = []
    for k in range(n_queries):
        matrix = random.normal(size=(n_candidates, len(weights)))
        scores = matrix @ weights
        odds = np.exp(scores - scores.max())
        relevant = int(random.choice(n_candidates, p=odds / odds.sum()))
        queries.append(ranked_query(matrix, relevant, f"q{k}", f"g{k // 2}"))
    return queries


def shuffled(queries: list[RankedQuery], seed: int = 1) -> list[RankedQuery]:
    """The same queries with the relevant candidate drawn blindly."""
    random = np.random.default_rng(seed)
    return [
        ranked_query(q.matrix, int(random.integers(len(q.matrix))), q.query_id, q.group_id)
        for q in queries
    ]


def true_weights(**changes: float) -> NDArray[np.float64]:
    return np.array([changes.get(name, 0.0) for name in FEATURE_NAMES])
