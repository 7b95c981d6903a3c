"""How well a ranking is judged to be: one value a query, so that intervals can follow.

Queries without a relevant document are skipped. Documents are ranked by falling score; equal scores
stand in ascending order of document id, whatever order they came in. The formulas are in
``ranking_metrics`` and ``probability_metrics`` and can be imported from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matcher.learning.probability_metrics import (
    BrierSplit,
    CalibrationLine,
    ReliabilityBin,
    brier,
    brier_split,
    calibration_line,
    expected_calibration_error,
    log_loss,
    reliability_bins,
    wilson_interval,
)
from matcher.learning.ranking_metrics import (
    hit_at,
    hub_share,
    ndcg_at,
    pair_accuracy,
    precision_at,
    rank_by_score,
    recall_at,
    reciprocal_rank,
)

__all__ = [
    "BrierSplit",
    "CalibrationLine",
    "RankingMetrics",
    "ReliabilityBin",
    "brier",
    "brier_split",
    "calibration_line",
    "expected_calibration_error",
    "hit_at",
    "hub_share",
    "log_loss",
    "measure_run",
    "ndcg_at",
    "pair_accuracy",
    "precision_at",
    "rank_by_score",
    "recall_at",
    "reciprocal_rank",
    "reliability_bins",
    "wilson_interval",
]

Qrels = Mapping[str, Mapping[str, int]]
Floats = NDArray[np.float64]

NDCG_CUTOFFS = (5, 10)
RECALL_CUTOFFS = (5, 10, 50, 100)
PRECISION_CUTOFFS = (5,)
HIT_CUTOFFS = (5, 10)


@dataclass(frozen=True, slots=True)
class RankingMetrics:
    """Values of each measure for each query that has a relevant document.

    Attributes
    ----------
    query_ids : tuple of str, length n_queries, in the order of the judgements
    values : dict of measure to float64 array (n_queries,), NaN where a query does not define it
    n_missing : int, queries that the run says nothing about; they count as nothing found
    """

    query_ids: tuple[str, ...]
    values: dict[str, Floats]
    n_missing: int = 0

    def mean(self, measure: str) -> float:
        """Return the mean over the queries that define the measure; NaN where none does."""
        values = self.values[measure]
        defined = values[~np.isnan(values)]
        return float(defined.mean()) if len(defined) else float("nan")


def measure_run(
    run: Mapping[str, Mapping[str, float]],
    qrels: Qrels,
    *,
    relevant_from: int = 1,
    pool: bool = False,
) -> RankingMetrics:
    """Measure a run against judgements, one value a query.

    Parameters
    ----------
    run : mapping of query id to mapping of document id to score
        Higher is better; documents that are not in it are not ranked.
    qrels : mapping of query id to mapping of document id to grade
    relevant_from : int
        Lowest grade that counts as relevant, except in nDCG, which weighs every grade.
    pool : bool
        Rank only the judged documents; one without a score stands below the lowest score.

    Examples
    --------
    >>> measured = measure_run({"q": {"a": 2.0, "b": 1.0}}, {"q": {"b": 1}})
    >>> measured.mean("mrr"), measured.mean("recall@10")
    (0.5, 1.0)
    """
    queries = _judged_queries(qrels, relevant_from)
    rows = []
    for query in queries:
        scores, judged = run.get(query, {}), qrels[query]
        if pool:
            rows.append(_pool_row(scores, judged, relevant_from))
        else:
            ranked = [judged.get(document, 0) for document in rank_by_score(scores)]
            rows.append(_row(ranked, judged, relevant_from))
    return _as_metrics(queries, rows, sum(query not in run for query in queries))


def _pool_row(
    scores: Mapping[str, float], judged: Mapping[str, int], relevant_from: int
) -> dict[str, float]:
    """Measure the judged documents alone; those without a score come last and tie."""
    pooled = {document: scores.get(document, -np.inf) for document in judged}
    row = _row([judged[document] for document in rank_by_score(pooled)], judged, relevant_from)
    row["pair_accuracy"] = pair_accuracy(list(judged.values()), list(pooled.values()))
    return row


def _row(ranked: ArrayLike, judged: Mapping[str, int], relevant_from: int) -> dict[str, float]:
    grades = np.asarray(ranked, dtype=np.int64)
    known = np.fromiter(judged.values(), dtype=np.int64, count=len(judged))
    row = {f"ndcg@{k}": ndcg_at(grades, known, k) for k in NDCG_CUTOFFS}
    row["mrr"] = reciprocal_rank(grades, relevant_from)
    row |= {f"recall@{k}": recall_at(grades, known, k, relevant_from) for k in RECALL_CUTOFFS}
    row |= {f"precision@{k}": precision_at(grades, k, relevant_from) for k in PRECISION_CUTOFFS}
    row |= {f"hit@{k}": hit_at(grades, k, relevant_from) for k in HIT_CUTOFFS}
    return row


def _judged_queries(qrels: Qrels, relevant_from: int) -> list[str]:
    if relevant_from < 1:
        raise ValueError(f"relevant_from is {relevant_from}, expected at least 1")
    return [q for q, judged in qrels.items() if max(judged.values(), default=0) >= relevant_from]


def _as_metrics(
    queries: Sequence[str], rows: Sequence[Mapping[str, float]], n_missing: int
) -> RankingMetrics:
    names = rows[0] if rows else _row([], {}, 1)
    values = {name: np.array([row[name] for row in rows], dtype=np.float64) for name in names}
    return RankingMetrics(tuple(queries), values, n_missing)
