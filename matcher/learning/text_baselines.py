"""Baselines over text: BM25 of single units, BM25 of whole profiles, sentence vectors.

They are kept plain on purpose: Han pairs and English stems without stop words, title and text
alike, no weights by section. Whatever the model gains over them it must gain by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from matcher.learning.baseline_query import BaselineQuery, Scores
from matcher.retrieval.collection import Collection
from matcher.retrieval.lexical import K1, B, LexicalIndex, inverse_document_frequency
from matcher.text.terms import CHARACTER_PREFIX, ranking_terms

N_BEST = 5
NO_TEXT = -1.0  # below every cosine but the worst


def plain_terms(collection: Collection) -> list[list[str]]:
    """Return the terms of each unit: title and text in every language it is written in."""
    return [
        [term for title, text in unit.texts for term in _terms(f"{title} {text}")]
        for unit in collection.units
    ]


def _terms(text: str) -> list[str]:
    terms = ranking_terms(text, words=False)
    return [term for term in terms if not term.startswith(CHARACTER_PREFIX)]


def visible_units(collection: Collection, query: BaselineQuery) -> NDArray[np.bool_]:
    """Return which units the query may see (n_units,).

    Raises
    ------
    ValueError
        The query's mask is not as long as the units.
    """
    if query.hidden is None:
        return np.ones(collection.n_units, dtype=bool)
    if query.hidden.shape != (collection.n_units,):
        raise ValueError(
            f"{query.query_id} hides units by a mask of shape {query.hidden.shape}, "
            f"expected ({collection.n_units},)"
        )
    return ~query.hidden


def sum_of_best(scores: Scores, collection: Collection, n_best: int = N_BEST) -> Scores:
    """Return the sum of the best unit scores of each candidate.

    Parameters
    ----------
    scores : float32 array (n_units,), at least 0
    n_best : int
        How many units count.

    Source
    ------
    Votes for candidates by their documents: Macdonald & Ounis 2006, CIKM,
    doi:10.1145/1183614.1183671 (CombSUM over the top documents).
    """
    scored = np.flatnonzero(scores > 0)
    owner = collection.candidate_of[scored]
    order = np.lexsort((-scores[scored], owner))
    owner = owner[order]
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner, side="left")
    counted = rank < n_best
    total = np.bincount(
        owner[counted],
        weights=scores[scored][order][counted],
        minlength=collection.n_candidates,
    )
    return total.astype(np.float32)


class Bm25:
    """BM25 of each unit, summed over a candidate's best five.

    Parameters
    ----------
    collection : Collection
    terms : list of list of str, optional
        What ``plain_terms`` returns, when it was computed before.

    Source
    ------
    Robertson & Zaragoza 2009, doi:10.1561/1500000019; k1 = 1.2, b = 0.75.
    """

    name = "bm25"

    def __init__(self, collection: Collection, terms: Sequence[Sequence[str]] | None = None):
        self.collection = collection
        self._index = LexicalIndex(plain_terms(collection) if terms is None else terms)

    def score(self, query: BaselineQuery) -> Scores:
        """Return the sum of the best five unit scores; 0 where no term is shared."""
        scores = self._index.score(_query_terms(query))
        scores[~visible_units(self.collection, query)] = 0.0
        return sum_of_best(scores, self.collection)


class Bm25Profile:
    """BM25 of each candidate's units put together into one text.

    Counts are kept by unit, so that a profile can leave out what a query must not see.

    Source
    ------
    As ``Bm25``; the candidate-centred Model 1 of Balog, Azzopardi & de Rijke 2006, SIGIR,
    doi:10.1145/1148170.1148181.
    """

    name = "bm25_profile"

    def __init__(self, collection: Collection, terms: Sequence[Sequence[str]] | None = None):
        documents = plain_terms(collection) if terms is None else terms
        self.collection = collection
        self._vocabulary: dict[str, int] = {}
        self._counts = self._count(documents)
        self._lengths = np.array([len(document) for document in documents], dtype=np.float64)
        every_unit = np.ones(collection.n_units, dtype=bool)
        every_term = np.arange(len(self._vocabulary))
        _, columns, _ = self._profiles(every_term, every_unit)
        frequency = np.bincount(columns, minlength=len(self._vocabulary)).astype(np.int64)
        self._weights = inverse_document_frequency(frequency, collection.n_candidates)
        self._mean_length = max(float(self._lengths.sum()) / max(collection.n_candidates, 1), 1.0)

    def _count(self, documents: Sequence[Sequence[str]]) -> sp.csc_matrix:
        units: list[int] = []
        columns: list[int] = []
        counts: list[int] = []
        for unit, document in enumerate(documents):
            for term, count in Counter(document).items():
                units.append(unit)
                columns.append(self._vocabulary.setdefault(term, len(self._vocabulary)))
                counts.append(count)
        shape = (len(documents), len(self._vocabulary))
        return sp.csc_matrix((np.array(counts, dtype=np.float64), (units, columns)), shape=shape)

    def score(self, query: BaselineQuery) -> Scores:
        """Return BM25 of the visible profile; 0 where no term is shared."""
        asked = {t: n for t, n in _query_terms(query).items() if t in self._vocabulary}
        columns = np.array([self._vocabulary[term] for term in asked], dtype=np.int64)
        wanted = self._weights[columns] * np.array(list(asked.values()), dtype=np.float64)
        visible = visible_units(self.collection, query)
        owners, asked_at, counts = self._profiles(columns, visible)
        n_candidates, candidate_of = self.collection.n_candidates, self.collection.candidate_of
        lengths = np.bincount(candidate_of, self._lengths * visible, minlength=n_candidates)
        norm = K1 * (1 - B + B * lengths / self._mean_length)
        gains = wanted[asked_at] * counts * (K1 + 1) / (counts + norm[owners])
        return np.bincount(owners, gains, minlength=n_candidates).astype(np.float32)

    def _profiles(
        self, columns: NDArray[np.int64], visible: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return (candidate, position in ``columns``, count) wherever a profile holds a term."""
        postings = self._counts[:, columns]
        position = np.repeat(np.arange(len(columns)), np.diff(postings.indptr))
        seen = visible[postings.indices]
        owners = self.collection.candidate_of[postings.indices[seen]].astype(np.int64)
        position, counts = position[seen], postings.data[seen]
        # Units of one candidate are neighbours, so equal pairs are too.
        is_first = np.ones(len(owners), dtype=bool)
        is_first[1:] = (np.diff(owners) != 0) | (np.diff(position) != 0)
        firsts = np.flatnonzero(is_first)
        total = np.add.reduceat(counts, firsts) if len(firsts) else counts
        return owners[firsts], position[firsts], total


def _query_terms(query: BaselineQuery) -> dict[str, float]:
    """Return how often each term stands in title and text."""
    counts = Counter(_terms(f"{query.title} {query.text}"))
    return {term: float(count) for term, count in counts.items()}


class DenseOnly:
    """Cosine of the query's vector with the closest text of each candidate.

    Parameters
    ----------
    collection : Collection
    vectors : float32 array (n_rows, n_dimensions)
        Rows of length one, or zero where a text is empty.
    unit_of : int array (n_rows,), optional
        The unit of each row, for units written in two languages; one row a unit when omitted.
    """

    name = "dense"

    def __init__(
        self,
        collection: Collection,
        vectors: NDArray[np.float32],
        unit_of: NDArray[np.int64] | None = None,
    ) -> None:
        rows = np.arange(collection.n_units) if unit_of is None else unit_of
        if vectors.ndim != 2 or len(vectors) != len(rows):
            raise ValueError(
                f"vectors of shape {vectors.shape}, expected one row for each of {len(rows)} texts"
            )
        self.collection = collection
        self._vectors = vectors
        self._unit_of = rows
        self._is_filled = np.any(vectors != 0, axis=1)

    def score(self, query: BaselineQuery) -> Scores:
        """Return cosines in [-1, 1]; -1 where no text may be seen.

        Raises
        ------
        ValueError
            The query has no vector.
        """
        if query.vector is None:
            raise ValueError(f"{query.query_id} has no vector, which the dense baseline compares")
        used = self._is_filled & visible_units(self.collection, query)[self._unit_of]
        scores = np.full(self.collection.n_candidates, NO_TEXT, dtype=np.float32)
        owners = self.collection.candidate_of[self._unit_of[used]]
        np.maximum.at(scores, owners, (self._vectors @ query.vector)[used].astype(np.float32))
        return scores
