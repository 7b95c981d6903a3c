"""Exact lexical retrieval: BM25 over units by an inverted index in NumPy.

The index keeps, for each term, the units that hold it and what it adds to their score; a query is
a sum over its terms' postings. No approximation, no I/O. The same class serves words and phrases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from matcher.retrieval.counting import count_terms
from matcher.text.arrays import Arrays, number, packed_words, words_of

# Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework": k1 in 1.2-2, b in 0.5-0.8.
K1 = 1.2
B = 0.75
MAX_QUERY_TERMS = 256  # the rest of a very long need adds noise and time, not evidence

_HAN_PAIR_LENGTH = 2


class LexicalIndex:
    """BM25 with corpus statistics frozen at the build, so that an added unit changes no other.

    Parameters
    ----------
    documents : iterable of sequence of str
        The terms of each unit, with repetitions.
    statistics : LexicalIndex, optional
        Take term weights and mean length from this index instead of from ``documents``: the
        index is then a segment beside it and its scores compare with the other's.
    """

    def __init__(
        self, documents: Iterable[Sequence[str]], statistics: LexicalIndex | None = None
    ) -> None:
        self._later: LexicalIndex | None = None
        self._later_documents: tuple[Sequence[str], ...] = ()
        found = count_terms(documents)
        self.n_units = self._n_indexed = len(found.lengths)
        self.vocabulary = found.vocabulary
        units, terms, counts = found.documents, found.terms, found.counts.astype(np.float64)
        lengths = found.lengths.astype(np.float64)
        document_frequency = np.bincount(terms, minlength=len(self.vocabulary))
        if statistics is None:
            self.mean_length = max(float(lengths.mean()) if len(lengths) else 0.0, 1.0)
            self.term_weight = inverse_document_frequency(document_frequency, self.n_units)
            self.unseen_weight = float(np.log(2.0 * max(self.n_units, 1) + 2.0))
        else:
            self.mean_length = statistics.mean_length
            self.unseen_weight = statistics.unseen_weight
            self.term_weight = np.array([statistics.weight_of(term) for term in self.vocabulary])
        norm = K1 * (1 - B + B * lengths / self.mean_length)
        gains = self.term_weight[terms] * counts * (K1 + 1) / (counts + norm[units])
        matrix = sp.csc_matrix(
            (gains.astype(np.float32), (units, terms)), shape=(self.n_units, len(self.vocabulary))
        )
        self._indptr = matrix.indptr
        self._units = matrix.indices.astype(np.int32)
        self._gains = matrix.data

    def followed_by(self, documents: Sequence[Sequence[str]]) -> LexicalIndex:
        """Return an index of these units and further ones, weighted by the statistics of this one.

        The further units are a segment beside these; no unit of this index changes its score.
        """
        longer = copy(self)
        longer._later_documents = (*self._later_documents, *documents)
        longer._later = LexicalIndex(longer._later_documents, statistics=self)
        longer.n_units = self.n_units + len(documents)
        return longer

    def arrays(self) -> Arrays:
        """Return what was built, without segments beside it."""
        return {
            "words": packed_words(self.vocabulary),
            "indptr": self._indptr,
            "units": self._units,
            "gains": self._gains,
            "term_weight": self.term_weight,
            "n_units": number(self._n_indexed),
            "mean_length": number(self.mean_length),
            "unseen_weight": number(self.unseen_weight),
        }

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> LexicalIndex:
        """Return the index that had these arrays."""
        index = cls.__new__(cls)
        index._later, index._later_documents = None, ()
        index.n_units = index._n_indexed = int(arrays["n_units"])
        index.vocabulary = {word: i for i, word in enumerate(words_of(arrays["words"]))}
        index.mean_length = float(arrays["mean_length"])
        index.unseen_weight = float(arrays["unseen_weight"])
        index.term_weight = arrays["term_weight"]
        index._indptr, index._units = arrays["indptr"], arrays["units"]
        index._gains = arrays["gains"]
        return index

    @property
    def postings(self) -> sp.csc_matrix:
        """The gains of the units of the build, (n_units, n_terms)."""
        shape = (self._n_indexed, len(self.vocabulary))
        return sp.csc_matrix((self._gains, self._units, self._indptr), shape=shape)

    def weight_of(self, term: str) -> float:
        """Return the inverse document frequency of a term, high for one never seen."""
        column = self.vocabulary.get(term)
        return self.unseen_weight if column is None else float(self.term_weight[column])

    def score(self, query: Mapping[str, float]) -> NDArray[np.float32]:
        """Score every unit against weighted query terms.

        Parameters
        ----------
        query : mapping of str to float
            Weight of each term, at least 0.

        Returns
        -------
        float32 array (n_units,)
            BM25, at least 0; 0 where no term is shared.
        """
        strongest = strongest_terms(query, self)
        scores = self._sums([(self.vocabulary[term], weight) for term, weight in strongest])
        if self._later is None:
            return scores
        kept, later = dict(strongest), self._later.vocabulary
        own = [(t, w) for t, w in query.items() if t in later]
        added = [(later[t], w) for t, w in own if t in kept or t not in self.vocabulary]
        return np.concatenate((scores, self._later._sums(added)))

    def _sums(self, weighted: Sequence[tuple[int, float]]) -> NDArray[np.float32]:
        """Return, for each unit of the postings here, the sum of weighted gains of its terms."""
        slices = [slice(self._indptr[c], self._indptr[c + 1]) for c, _ in weighted]
        if not slices:
            return np.zeros(self._n_indexed, dtype=np.float32)
        ends = np.cumsum([0, *(part.stop - part.start for part in slices)])
        chosen = sp.csc_matrix(
            (
                np.concatenate([self._gains[part] for part in slices]),
                np.concatenate([self._units[part] for part in slices]),
                ends,
            ),
            shape=(self._n_indexed, len(slices)),
        )
        sums: NDArray[np.float32] = chosen @ np.array([w for _, w in weighted], dtype=np.float32)
        return sums

    def known_share(self, query: Mapping[str, float]) -> float:
        """Return the share of the query's term weight that the index knows, in [0, 1].

        Near 0 when the query is in a language that the collection is not written in: what few
        terms then match are numbers and abbreviations, and say little.
        """
        later = self._later.vocabulary if self._later else {}
        masses = [
            (w * self.weight_of(t), t in self.vocabulary or t in later) for t, w in query.items()
        ]
        total = sum(mass for mass, _ in masses)
        return sum(mass for mass, known in masses if known) / total if total else 0.0


def inverse_document_frequency(frequency: NDArray[np.int64], n_units: int) -> NDArray[np.float64]:
    """Return the BM25 term weight log(1 + (N - n + 0.5) / (n + 0.5)), always positive."""
    result: NDArray[np.float64] = np.log1p((n_units - frequency + 0.5) / (frequency + 0.5))
    return result


def strongest_terms(query: Mapping[str, float], index: LexicalIndex) -> list[tuple[str, float]]:
    """Return the known query terms, at most 256, those that weigh most first."""
    known = [(term, weight) for term, weight in query.items() if term in index.vocabulary]
    if len(known) > MAX_QUERY_TERMS:
        known.sort(key=lambda item: (-item[1] * index.weight_of(item[0]), item[0]))
    return known[:MAX_QUERY_TERMS]


def phrase_terms(terms: Iterable[str]) -> list[str]:
    """Join neighbouring terms to phrases: Han triples, English word pairs.

    Examples
    --------
    >>> phrase_terms(["1:质", "1:检", "表面", "面缺", "缺陷"])
    ['表面缺', '面缺陷']
    >>> phrase_terms(["surfac", "defect", "detect"])
    ['surfac defect', 'defect detect']
    """
    plain = [term for term in terms if term[1:2] != ":"]
    is_ascii = [term.isascii() for term in plain]
    is_pair = [
        len(term) == _HAN_PAIR_LENGTH and not ascii_only
        for term, ascii_only in zip(plain, is_ascii, strict=True)
    ]
    phrases = []
    for i, (first, second) in enumerate(pairwise(plain)):
        if is_pair[i] and is_pair[i + 1]:
            if first[1] == second[0]:
                phrases.append(first + second[1])
        elif is_ascii[i] and is_ascii[i + 1]:
            phrases.append(f"{first} {second}")
    return phrases
