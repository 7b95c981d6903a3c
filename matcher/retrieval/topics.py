"""Latent topics fitted on the collection itself: what its texts are about, beyond shared words.

Latent semantic analysis (Deerwester et al. 1990): tf-idf rows projected on their leading singular
vectors. Units that hold both languages put both vocabularies into one space (Dumais et al. 1997),
so the topics of a bilingual catalogue are bilingual without a dictionary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.retrieval.counting import count_terms
from matcher.retrieval.rows import Rows
from matcher.retrieval.vocabulary import Vocabulary
from matcher.text.arrays import Arrays, nested, part_of

if TYPE_CHECKING:
    import scipy.sparse as sp

N_TOPICS = 200
MAX_FITTED_UNITS = 20_000  # a sample fixes the topics; every unit is then projected
MAX_DOCUMENT_SHARE = 0.3  # terms in more units than this say nothing about topics
N_POWER_ITERATIONS = 3
OVERSAMPLING = 10
MIN_UNITS = 8

FloatMatrix = NDArray[np.float32]
Cells = tuple[NDArray[np.int64], NDArray[np.int64], FloatMatrix]  # row, column, value


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
        n_terms = len(found.vocabulary)
        frequency = np.bincount(found.terms, minlength=n_terms)
        is_fitted = _is_fitted(n_units)
        fitted = np.bincount(found.terms[is_fitted[found.documents]], minlength=n_terms)
        limit = max(MAX_DOCUMENT_SHARE * n_units, 3)
        is_kept = (fitted > 1) & (frequency <= limit)
        # In the order of the alphabet, so that topics do not depend on who stands first.
        kept = sorted((t, i) for t, i in found.vocabulary.items() if is_kept[i])
        numbers = np.array([i for _, i in kept], dtype=np.int64)
        column = np.full(n_terms, -1, dtype=np.int64)
        column[numbers] = np.arange(len(kept))
        self._vocabulary = Vocabulary(term for term, _ in kept)
        self._weight = np.log(n_units / frequency[numbers].astype(np.float64))
        held = is_kept[found.terms]
        cells = self._weighted(
            found.documents[held], column[found.terms[held]], found.counts[held].astype(np.float64)
        )
        matrix = _sparse(cells, (n_units, len(kept)))
        self._components = _leading_directions(matrix[np.flatnonzero(is_fitted)], seed)
        self.vectors = Rows.of(_projected(matrix, self._components), compact=True)
        if not self.vectors.is_exact:
            self._components = self._components.astype(np.float16)  # a query reads a few rows

    @property
    def n_topics(self) -> int:
        """Number of topics, 0 where the collection is too small to have any."""
        return int(self._components.shape[1])

    def vector(self, query: Mapping[str, float]) -> NDArray[np.float32]:
        """Return the topic vector of weighted terms, of length one or zero."""
        terms = [term for term, weight in query.items() if weight > 0]
        columns = self._vocabulary.numbers(terms)
        known = columns >= 0
        counts = np.array([query[term] for term in terms], dtype=np.float64)[known]
        at = columns[known]
        _, _, values = self._weighted(np.zeros_like(at), at, counts)
        found: FloatMatrix = values @ self._components[at].astype(np.float32, copy=False)
        vector: FloatMatrix = unit_rows(found[None, :])[0]
        return vector

    def followed_by(self, documents: Sequence[Sequence[str]]) -> TopicSpace:
        """Return this space with the vectors of further units, without refitting."""
        longer = copy(self)
        added = [self.vector(Counter(terms)) for terms in documents]
        matrix = np.array(added, dtype=np.float32).reshape(len(added), self.n_topics)
        longer.vectors = self.vectors.followed_by(matrix)
        return longer

    def arrays(self) -> Arrays:
        """Return what was built, without the vectors of units that came later."""
        digests, numbers = self._vocabulary.columns
        return {
            "digests": digests,
            "numbers": numbers,
            "weight": self._weight,
            "components": self._components,
            **nested({"rows": self.vectors.arrays()}),
        }

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> TopicSpace:
        """Return the space that had these arrays."""
        space = cls.__new__(cls)
        space._vocabulary = Vocabulary.of_arrays(arrays["digests"], arrays["numbers"])
        space._weight, space._components = arrays["weight"], arrays["components"]
        space.vectors = Rows.of_arrays(part_of(arrays, "rows"))
        return space

    def _weighted(
        self, rows: NDArray[np.int64], at: NDArray[np.int64], counts: NDArray[np.float64]
    ) -> Cells:
        """Return tf-idf cells, the rows of length one."""
        damped = np.where(counts >= 1, 1 + np.log(np.maximum(counts, 1.0)), counts)
        values = damped * self._weight[at]
        norms = np.sqrt(np.bincount(rows, values**2)) if len(rows) else np.zeros(0)
        return rows, at, (values / np.maximum(norms, 1e-9)[rows]).astype(np.float32)


def _sparse(cells: Cells, shape: tuple[int, int]) -> sp.csr_matrix:
    import scipy.sparse as sp  # here: only a build needs it, and a start reads what was built

    rows, columns, values = cells
    return sp.csr_matrix((values, (rows, columns)), shape=shape)


def _projected(matrix: sp.csr_matrix, components: FloatMatrix) -> FloatMatrix:
    return unit_rows(np.asarray(matrix @ components, dtype=np.float32))


def unit_rows(matrix: FloatMatrix) -> FloatMatrix:
    """Scale each row to length one; rows of zeros stay zero."""
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    scaled: FloatMatrix = np.divide(matrix, np.where(norms > 1e-9, norms, 1.0)).astype(np.float32)
    return scaled


def _is_fitted(n_units: int) -> NDArray[np.bool_]:
    """Say which units fix the topics; a term that fewer than two of them hold has none."""
    is_fitted = np.ones(n_units, dtype=bool)
    if n_units > MAX_FITTED_UNITS:
        is_fitted[:] = False
        is_fitted[np.linspace(0, n_units - 1, MAX_FITTED_UNITS).astype(np.int64)] = True
    return is_fitted


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
