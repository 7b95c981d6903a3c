"""What every model is compared with: rankings that nobody had to train.

A baseline scores every candidate of a collection for one query. Those over text are in
``text_baselines``, those over the tags and prices of catalogue records in ``rule_baselines``; all
can be imported from here. Evidence that a query must not see is named in the query and counts
nowhere, except in word frequencies of the whole collection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from matcher.learning.baseline_query import Baseline, BaselineQuery, Scores
from matcher.learning.rule_baselines import SixFactorRule, TagOverlap, six_factors
from matcher.learning.text_baselines import (
    Bm25,
    Bm25Profile,
    DenseOnly,
    plain_terms,
    sum_of_best,
    visible_units,
)
from matcher.retrieval.collection import Collection

__all__ = [
    "Baseline",
    "BaselineQuery",
    "Bm25",
    "Bm25Profile",
    "DenseOnly",
    "Popularity",
    "RandomOrder",
    "ReciprocalRankFusion",
    "Scores",
    "SixFactorRule",
    "TagOverlap",
    "plain_terms",
    "six_factors",
    "sum_of_best",
    "text_baselines",
    "visible_units",
]

FUSION_CONSTANT = 60
DIVISION_LENGTH = 3  # a section's letter and two digits, such as C26


class RandomOrder:
    """Candidates in an order drawn anew for each query, the same in every run.

    Parameters
    ----------
    n_candidates : int
    seed : int
        With the query's id it decides the order, whatever was asked before.
    """

    name = "random"

    def __init__(self, n_candidates: int, seed: int = 0) -> None:
        self.n_candidates = n_candidates
        self.seed = seed

    def score(self, query: BaselineQuery) -> Scores:
        """Return independent uniform numbers in [0, 1)."""
        named = f"{self.seed}\x1f{query.query_id}".encode("utf-8", "surrogatepass")
        random = np.random.default_rng(int.from_bytes(hashlib.sha256(named).digest()[:8], "big"))
        return random.random(self.n_candidates, dtype=np.float32)


class Popularity:
    """Whoever has most evidence first, whatever is asked.

    Parameters
    ----------
    collection : Collection
    unit_industries : sequence of sequence of str, optional
        GB/T codes of each unit. Evidence in the need's own industry division then counts first, and
        all evidence decides among equals.
    """

    def __init__(
        self, collection: Collection, unit_industries: Sequence[Sequence[str]] | None = None
    ) -> None:
        self.name = "popularity" if unit_industries is None else "popularity_in_industry"
        self.collection = collection
        self._has_text = np.array([bool(unit.texts) for unit in collection.units], dtype=bool)
        self._divisions = [
            {code[:DIVISION_LENGTH] for code in codes} for codes in unit_industries or ()
        ]
        if unit_industries is not None and len(unit_industries) != collection.n_units:
            raise ValueError(
                f"industries of {len(unit_industries)} units, expected {collection.n_units}"
            )

    def score(self, query: BaselineQuery) -> Scores:
        """Return the number of units with text that may be seen."""
        counted = self._has_text & visible_units(self.collection, query)
        total = self._count(counted)
        if query.need is None or not self._divisions:
            return total
        wanted = {code[:DIVISION_LENGTH] for code in query.need.industries}
        is_same = np.array([not wanted.isdisjoint(own) for own in self._divisions], dtype=bool)
        below_one = total / (total.max(initial=0) + 1.0)
        return np.asarray(self._count(counted & is_same) + below_one, dtype=np.float32)

    def _count(self, counted: NDArray[np.bool_]) -> Scores:
        owners = self.collection.candidate_of[counted]
        counts = np.bincount(owners, minlength=self.collection.n_candidates)
        return np.asarray(counts, dtype=np.float32)


class ReciprocalRankFusion:
    """Sum of 1 / (60 + rank) over several baselines; tied candidates share their mean rank.

    Source
    ------
    Cormack, Clarke & Büttcher 2009, SIGIR, doi:10.1145/1571941.1572114.
    """

    name = "fusion"

    def __init__(self, parts: Sequence[Baseline], constant: int = FUSION_CONSTANT) -> None:
        if not parts:
            raise ValueError("parts is empty, expected at least one baseline to fuse")
        self.parts = tuple(parts)
        self.constant = constant

    def score(self, query: BaselineQuery) -> Scores:
        """Return the fused scores."""
        ranks = [rankdata(-part.score(query), method="average") for part in self.parts]
        fused: NDArray[np.float64] = np.sum(
            [1.0 / (self.constant + rank) for rank in ranks], axis=0
        )
        return fused.astype(np.float32)


def text_baselines(
    collection: Collection,
    vectors: NDArray[np.float32] | None = None,
    unit_of: NDArray[np.int64] | None = None,
    seed: int = 0,
) -> list[Baseline]:
    """Build every baseline that needs only texts, in the order of the report.

    Parameters
    ----------
    collection : Collection
    vectors : float32 array (n_rows, n_dimensions), optional
        Sentence vectors of the units' texts; without them dense and fusion are left out.
    unit_of : int array (n_rows,), optional
        The unit of each row; one row a unit when omitted.
    """
    terms = plain_terms(collection)
    words = Bm25(collection, terms)
    baselines: list[Baseline] = [
        RandomOrder(collection.n_candidates, seed),
        Popularity(collection),
        words,
        Bm25Profile(collection, terms),
    ]
    if vectors is not None:
        dense = DenseOnly(collection, vectors, unit_of)
        baselines += [dense, ReciprocalRankFusion([words, dense])]
    return baselines
