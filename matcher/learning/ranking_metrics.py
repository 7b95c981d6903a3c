"""Formulas over one ranked list of graded documents, and over many top lists.

``metrics`` applies them to whole runs and says how ties and missing documents are treated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Grades = NDArray[np.int64]


def ndcg_at(ranked: ArrayLike, judged: ArrayLike, k: int) -> float:
    """Return normalised discounted cumulative gain with the gain 2 ** grade - 1.

    Parameters
    ----------
    ranked : int array
        Grades in ranked order; 0 where not judged.
    judged : int array
        Grades of all judged documents of the query, ranked or not, in any order.
    k : int
        Ranks that count.

    Source
    ------
    Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418; exponential gain of Burges et al. 2005,
    doi:10.1145/1102351.1102363. Discount log2(rank + 1).

    Examples
    --------
    Grades 0, 3, 1 against the ideal 3, 1: (7 / log2 3 + 1 / 2) / (7 + 1 / log2 3).

    >>> round(ndcg_at([0, 3, 1], [3, 1, 0], 10), 4)
    0.6443
    """
    ideal = _discounted_gain(np.sort(np.asarray(judged, dtype=np.int64))[::-1], k)
    return _discounted_gain(np.asarray(ranked, dtype=np.int64), k) / ideal if ideal else 0.0


def _discounted_gain(grades: Grades, k: int) -> float:
    top = grades[:k]
    gains = np.exp2(top.astype(np.float64)) - 1.0
    return float(gains @ (1.0 / np.log2(np.arange(2, len(top) + 2))))


def reciprocal_rank(ranked: ArrayLike, relevant_from: int = 1) -> float:
    """Return one over the rank of the first relevant document, 0 where none is ranked.

    Source
    ------
    Voorhees 1999, "The TREC-8 Question Answering Track Report".

    Examples
    --------
    >>> reciprocal_rank([0, 1, 3]), reciprocal_rank([0, 1, 3], relevant_from=2)
    (0.5, 0.3333333333333333)
    """
    hits = np.flatnonzero(np.asarray(ranked) >= relevant_from)
    return 1.0 / (int(hits[0]) + 1) if len(hits) else 0.0


def recall_at(ranked: ArrayLike, judged: ArrayLike, k: int, relevant_from: int = 1) -> float:
    """Return the share of all relevant documents that stand among the first k.

    Source
    ------
    Manning, Raghavan & Schütze 2008, "Introduction to Information Retrieval", section 8.3.

    Examples
    --------
    >>> recall_at([1, 0, 1, 1], [1, 1, 1, 1], k=3)
    0.5
    """
    n_relevant = int((np.asarray(judged) >= relevant_from).sum())
    n_found = int((np.asarray(ranked)[:k] >= relevant_from).sum())
    return n_found / n_relevant if n_relevant else 0.0


def precision_at(ranked: ArrayLike, k: int, relevant_from: int = 1) -> float:
    """Return the relevant among the first k as a share of k, even where fewer are ranked.

    Source
    ------
    Manning, Raghavan & Schütze 2008, "Introduction to Information Retrieval", section 8.4.

    Examples
    --------
    >>> precision_at([1, 0, 2, 0, 0, 1], k=5)
    0.4
    """
    return int((np.asarray(ranked)[:k] >= relevant_from).sum()) / k


def hit_at(ranked: ArrayLike, k: int, relevant_from: int = 1) -> float:
    """Return 1 where any of the first k is relevant, else 0; the mean is the hit rate.

    Source
    ------
    Deshpande & Karypis 2004, doi:10.1145/963770.963776.

    Examples
    --------
    >>> hit_at([0, 0, 1], k=2), hit_at([0, 0, 1], k=3)
    (0.0, 1.0)
    """
    return float((np.asarray(ranked)[:k] >= relevant_from).any())


def pair_accuracy(grades: ArrayLike, scores: ArrayLike) -> float:
    """Return the share of differently graded pairs in the right order, ties counting half.

    Returns
    -------
    float
        In [0, 1]; NaN where all grades are equal.

    Source
    ------
    Somers' concordance; for two grades the area under the ROC curve (Hanley & McNeil 1982,
    doi:10.1148/radiology.143.1.7063747).

    Examples
    --------
    Of 3-1, 3-0 and 1-0, the first is right, the second tied, the third wrong.

    >>> pair_accuracy([3, 1, 0], [0.9, 0.5, 0.9])
    0.5
    """
    grade, score = np.asarray(grades), np.asarray(scores, dtype=np.float64)
    is_better = grade[:, None] > grade[None, :]
    n_pairs = int(is_better.sum())
    if not n_pairs:
        return float("nan")
    above = (score[:, None] > score[None, :])[is_better].sum()
    tied = (score[:, None] == score[None, :])[is_better].sum()
    return float(above + 0.5 * tied) / n_pairs


def rank_by_score(scores: Mapping[str, float]) -> list[str]:
    """Return document ids by falling score, ties by ascending id.

    Examples
    --------
    >>> rank_by_score({"b": 1.0, "a": 1.0, "c": 2.0})
    ['c', 'a', 'b']
    """
    return sorted(scores, key=lambda document: (-scores[document], document))


def hub_share(top_lists: Iterable[Sequence[str]], k: int = 5) -> float:
    """Return the share of all top-k places that the single most frequent candidate takes.

    Returns
    -------
    float
        In [0, 1]; 1 / k is the most that one candidate can take when every list is full. 0 without
        lists.

    Source
    ------
    Hubness: Radovanović, Nanopoulos & Ivanović 2010, JMLR 11:2487-2531.

    Examples
    --------
    >>> hub_share([["a", "b"], ["a", "c"], ["d", "a"], ["b", "c"]], k=2)
    0.375
    """
    counts = Counter(candidate for top in top_lists for candidate in top[:k])
    return max(counts.values(), default=0) / max(counts.total(), 1)
