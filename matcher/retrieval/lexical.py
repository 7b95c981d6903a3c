"""Exact lexical retrieval: BM25 over units by an inverted index in NumPy.

The index keeps, for each term, the units that hold it and what it adds to their score; a query is
a sum over its terms' postings. No approximation, no I/O. The same class serves words and phrases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.retrieval.counting import TermCounts, count_terms
from matcher.retrieval.vocabulary import Vocabulary
from matcher.text.arrays import Arrays, number

# Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework": k1 in 1.2-2, b in 0.5-0.8.
K1 = 1.2
B = 0.75
MAX_QUERY_TERMS = 256  # the rest of a very long need adds noise and time, not evidence

_HAN_PAIR_LENGTH = 2


Starts = NDArray[np.int32] | NDArray[np.int64]


class Postings(NamedTuple):
    """The units that hold each term, term after term, and what the term adds to them."""

    starts: Starts
    units: NDArray[np.int32]
    gains: NDArray[np.float32]


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
        self.vocabulary = Vocabulary(found.vocabulary)
        lengths = found.lengths.astype(np.float64)
        frequency = np.bincount(found.terms, minlength=len(self.vocabulary))
        self._own_weight: NDArray[np.float64] | None = None
        if statistics is None:
            self.mean_length = max(float(lengths.mean()) if len(lengths) else 0.0, 1.0)
            self.unseen_weight = float(np.log(2.0 * max(self.n_units, 1) + 2.0))
            weight = inverse_document_frequency(frequency, self.n_units)
        else:
            self.mean_length = statistics.mean_length
            self.unseen_weight = statistics.unseen_weight
            self._own_weight = weight = statistics.weights_of(list(found.vocabulary))
        self._keep(found, frequency, weight, K1 * (1 - B + B * lengths / self.mean_length))

    def _keep(
        self,
        found: TermCounts,
        frequency: NDArray[np.int64],
        weight: NDArray[np.float64],
        norm: NDArray[np.float64],
    ) -> None:
        """Keep the postings term by term: the units that hold it, and what it adds to each."""
        order = np.argsort(found.terms, kind="stable")
        units, terms = found.documents[order], found.terms[order]
        counts = found.counts[order].astype(np.float64)
        starts = np.concatenate(([0], np.cumsum(frequency)))
        fits = len(units) < 2**31
        self._starts: Starts = starts.astype(np.int32) if fits else starts.astype(np.int64)
        self._units = units.astype(np.int32)
        gains = weight[terms] * counts * (K1 + 1) / (counts + norm[units])
        self._gains = gains.astype(np.float32)

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
        digests, numbers = self.vocabulary.columns
        return {
            "digests": digests,
            "numbers": numbers,
            "starts": self._starts,
            "units": self._units,
            "gains": self._gains,
            "n_units": number(self._n_indexed),
            "mean_length": number(self.mean_length),
            "unseen_weight": number(self.unseen_weight),
        }

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> LexicalIndex:
        """Return the index that had these arrays."""
        index = cls.__new__(cls)
        index._later, index._later_documents, index._own_weight = None, (), None
        index.n_units = index._n_indexed = int(arrays["n_units"])
        index.vocabulary = Vocabulary.of_arrays(arrays["digests"], arrays["numbers"])
        index.mean_length = float(arrays["mean_length"])
        index.unseen_weight = float(arrays["unseen_weight"])
        index._starts, index._units = arrays["starts"], arrays["units"]
        index._gains = arrays["gains"]
        return index

    @property
    def postings(self) -> Postings:
        """The units of each term and their gains; term ``i`` has those from ``starts[i]`` on."""
        return Postings(self._starts, self._units, self._gains)

    def weight_of(self, term: str) -> float:
        """Return the inverse document frequency of a term, high for one never seen."""
        return float(self.weights_of([term])[0])

    def weights_of(self, terms: Sequence[str]) -> NDArray[np.float64]:
        """Return the inverse document frequency of each term, high for those never seen."""
        columns = self.vocabulary.numbers(terms)
        known = columns >= 0
        weights = np.full(len(terms), self.unseen_weight)
        own = columns[known]
        if self._own_weight is not None:
            weights[known] = self._own_weight[own]
        else:
            frequency = self._starts[own + 1].astype(np.int64) - self._starts[own]
            weights[known] = inverse_document_frequency(frequency, self._n_indexed)
        return weights

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
        scores = self._sums([(column, weight) for _, column, weight in strongest])
        if self._later is None:
            return scores
        kept = {term for term, _, _ in strongest}
        terms = list(query)
        later = self._later.vocabulary.numbers(terms).tolist()
        here = self.vocabulary.numbers(terms).tolist()
        added = [
            (there, query[term])
            for term, there, own in zip(terms, later, here, strict=True)
            if there >= 0 and (term in kept or own < 0)
        ]
        return np.concatenate((scores, self._later._sums(added)))

    def _sums(self, weighted: Sequence[tuple[int, float]]) -> NDArray[np.float32]:
        """Return, for each unit of the postings here, the sum of weighted gains of its terms."""
        sums = np.zeros(self._n_indexed, dtype=np.float32)
        for column, weight in weighted:
            part = slice(self._starts[column], self._starts[column + 1])
            # A term stands once a unit, so no unit is met twice in one addition.
            sums[self._units[part]] += np.float32(weight) * self._gains[part]
        return sums

    def known_share(self, query: Mapping[str, float]) -> float:
        """Return the share of the query's term weight that the index knows, in [0, 1].

        Near 0 when the query is in a language that the collection is not written in: what few
        terms then match are numbers and abbreviations, and say little.
        """
        terms = list(query)
        if not terms:
            return 0.0
        known = self.vocabulary.numbers(terms) >= 0
        if self._later:
            known |= self._later.vocabulary.numbers(terms) >= 0
        masses = self.weights_of(terms) * np.fromiter(query.values(), dtype=np.float64)
        total = float(masses.sum())
        return float(masses[known].sum()) / total if total else 0.0


def inverse_document_frequency(frequency: NDArray[np.int64], n_units: int) -> NDArray[np.float64]:
    """Return the BM25 term weight log(1 + (N - n + 0.5) / (n + 0.5)), always positive."""
    result: NDArray[np.float64] = np.log1p((n_units - frequency + 0.5) / (frequency + 0.5))
    return result


def strongest_terms(
    query: Mapping[str, float], index: LexicalIndex
) -> list[tuple[str, int, float]]:
    """Return the known query terms with number and weight, at most 256, the weightiest first."""
    columns = index.vocabulary.numbers(list(query)).tolist()
    known = [
        (term, column, weight)
        for (term, weight), column in zip(query.items(), columns, strict=True)
        if column >= 0
    ]
    if len(known) > MAX_QUERY_TERMS:
        weight_of = dict(zip(query, index.weights_of(list(query)).tolist(), strict=True))
        known.sort(key=lambda item: (-item[2] * weight_of[item[0]], item[0]))
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
