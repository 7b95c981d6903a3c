"""Latent topics fitted on the collection itself: what its texts are about, beyond shared words.

Latent semantic analysis (Deerwester et al. 1990): tf-idf rows projected on their leading singular
vectors. Units that hold both languages put both vocabularies into one space (Dumais et al. 1997),
so the topics of a bilingual catalogue are bilingual without a dictionary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from matcher.retrieval.counting import count_terms
from matcher.retrieval.rows import Rows
from matcher.text.arrays import Arrays, packed_words, words_of

N_TOPICS = 200
MAX_FITTED_UNITS = 20_000  # a sample fixes the topics; every unit is then projected
MAX_DOCUMENT_SHARE = 0.3  # terms in more units than this say nothing about topics
N_POWER_ITERATIONS = 3
OVERSAMPLING = 10
MIN_UNITS = 8

FloatMatrix = NDArray[np.float32]


class TopicSpace:
    """A projection from weighted terms to unit-length topic vectors.

    Parameters
    ----------
    documents : sequence of sequence of str
        Terms of each unit.
    seed : int
        Of the random start of the decomposition.

    Attributes
    ----------
    vectors : Rows (n_units, n_topics), of length one, or zero where nothing is known
    """

    def __init__(self, documents: Sequence[Sequence[str]], seed: int = 0) -> None:
        found = count_terms(documents)
        n_units = len(documents)
        frequency = np.bincount(found.terms, minlength=len(found.vocabulary))
        limit = max(MAX_DOCUMENT_SHARE * n_units, 3)
        is_kept = (frequency > 1) & (frequency <= limit)
        # In the order of the alphabet, so that topics do not depend on who stands first.
        kept = sorted((t, i) for t, i in found.vocabulary.items() if is_kept[i])
        numbers = np.array([i for _, i in kept], dtype=np.int64)
        column = np.full(len(found.vocabulary), -1, dtype=np.int64)
        column[numbers] = np.arange(len(kept))
        self._column = {term: at for at, (term, _) in enumerate(kept)}
        self._weight = np.log(n_units / frequency[numbers].astype(np.float64))
        held = is_kept[found.terms]
        per_unit = np.bincount(found.documents[held], minlength=n_units)
        matrix = self._weighted(
            np.concatenate(([0], np.cumsum(per_unit))),
            column[found.terms[held]].astype(np.int32),
            found.counts[held].astype(np.float64),
        )
        self._components = _leading_directions(_sample_rows(matrix), seed)
        self.vectors = Rows.of(self._project(matrix))

    @property
    def n_topics(self) -> int:
        """Number of topics, 0 where the collection is too small to have any."""
        return int(self._components.shape[1])

    def vector(self, query: Mapping[str, float]) -> NDArray[np.float32]:
        """Return the topic vector of weighted terms, of length one or zero."""
        vector: NDArray[np.float32] = self._project(self._rows([query]))[0]
        return vector

    def followed_by(self, documents: Sequence[Sequence[str]]) -> TopicSpace:
        """Return this space with the vectors of further units, without refitting."""
        longer = copy(self)
        added = self._project(self._rows([Counter(terms) for terms in documents]))
        longer.vectors = self.vectors.followed_by(added)
        return longer

    def arrays(self) -> Arrays:
        """Return what was built, without the vectors of units that came later."""
        return {
            "words": packed_words(self._column),
            "weight": self._weight,
            "components": self._components,
            **self.vectors.arrays(),
        }

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> TopicSpace:
        """Return the space that had these arrays."""
        space = cls.__new__(cls)
        space._column = {word: i for i, word in enumerate(words_of(arrays["words"]))}
        space._weight, space._components = arrays["weight"], arrays["components"]
        space.vectors = Rows.of_arrays(arrays)
        return space

    def _rows(self, counted: Sequence[Mapping[str, float]]) -> sp.csr_matrix:
        indptr, columns, counts = [0], [], []
        column_of = self._column
        for own in counted:
            known = [(column_of[t], n) for t, n in own.items() if n > 0 and t in column_of]
            columns += [column for column, _ in known]
            counts += [n for _, n in known]
            indptr.append(len(columns))
        return self._weighted(
            np.array(indptr), np.array(columns, dtype=np.int32), np.array(counts, dtype=np.float64)
        )

    def _weighted(
        self, indptr: NDArray[np.int64], at: NDArray[np.int32], counts: NDArray[np.float64]
    ) -> sp.csr_matrix:
        """Return tf-idf rows of length one."""
        damped = np.where(counts >= 1, 1 + np.log(np.maximum(counts, 1.0)), counts)
        values = (damped * self._weight[at]).astype(np.float32)
        matrix = sp.csr_matrix((values, at, indptr), shape=(len(indptr) - 1, len(self._column)))
        norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
        scale = (1 / np.maximum(norms, 1e-9)).astype(np.float32)
        return sp.csr_matrix(sp.diags(scale) @ matrix)

    def _project(self, matrix: sp.csr_matrix) -> FloatMatrix:
        return unit_rows(np.asarray(matrix @ self._components, dtype=np.float32))


def unit_rows(matrix: FloatMatrix) -> FloatMatrix:
    """Scale each row to length one; rows of zeros stay zero."""
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    scaled: FloatMatrix = np.divide(matrix, np.where(norms > 1e-9, norms, 1.0)).astype(np.float32)
    return scaled


def _sample_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    n_units = matrix.shape[0]
    if n_units <= MAX_FITTED_UNITS:
        return matrix
    return matrix[np.linspace(0, n_units - 1, MAX_FITTED_UNITS).astype(int)]


def _leading_directions(matrix: sp.csr_matrix, seed: int) -> FloatMatrix:
    """Return the leading right singular vectors (n_terms, n_topics).

    Source: randomised range finder with power iterations, Halko, Martinsson & Tropp 2011,
    SIAM Review 53(2), algorithms 4.4 and 5.1.
    """
    n_rows, n_terms = matrix.shape
    rank = min(N_TOPICS, n_rows // 2, n_terms // 2)
    if n_rows < MIN_UNITS or rank < 1:
        return np.zeros((n_terms, 0), dtype=np.float32)
    rng = np.random.default_rng(seed)
    start = rng.standard_normal((n_terms, min(rank + OVERSAMPLING, n_rows, n_terms)))
    basis, _ = np.linalg.qr(matrix @ start.astype(np.float32))
    for _ in range(N_POWER_ITERATIONS):
        basis, _ = np.linalg.qr(matrix @ (matrix.T @ basis))
    small = np.asarray((matrix.T @ basis).T, dtype=np.float64)
    # Right singular vectors through the small Gram matrix: far cheaper than an SVD of wide rows.
    values, left = np.linalg.eigh(small @ small.T)
    kept = np.argsort(values)[::-1][:rank]
    scale = np.sqrt(np.maximum(values[kept], 1e-12))
    return np.ascontiguousarray((small.T @ (left[:, kept] / scale)).astype(np.float32))
