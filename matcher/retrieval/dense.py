"""Exact search by meaning: sentence vectors of units, centred per language.

Vectors of one language share a direction that says only which language it is; without taking it
out, same-language texts look alike and sums over evidence degenerate to counting it. The mean of
each language is that of the collection, drawn towards the mean stored with the model where the
collection is small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.retrieval.rows import CHUNK, Rows
from matcher.text.arrays import Arrays, nested, part_of

LANGUAGES = ("zh", "en")
PRIOR_TEXTS = 200  # weight of the stored mean, in texts

Vectors = NDArray[np.float32]


class TextRows(Protocol):
    """Which unit and language each row of vectors belongs to."""

    @property
    def unit_of(self) -> NDArray[np.int64]:
        """The unit of each row."""
        ...

    @property
    def languages(self) -> list[str]:
        """The language of each row."""
        ...


class DenseIndex:
    """Vectors of every text of every unit; a unit scores by its closest text.

    Parameters
    ----------
    vectors : float32 array (n_rows, n_dimensions)
        One row a text, rows of one unit together, in unit order.
    unit_of : int array (n_rows,)
        The unit of each row.
    languages : sequence of str (n_rows,)
        ``zh`` or ``en``.
    n_units : int
    stored_means : mapping of language to vector
        Means kept with the model; may be empty.
    """

    def __init__(
        self,
        vectors: Vectors,
        unit_of: NDArray[np.int64],
        languages: Sequence[str],
        n_units: int,
        stored_means: Mapping[str, Vectors],
    ) -> None:
        self.n_units = n_units
        self.means = language_means(vectors, languages, stored_means)
        self._rows = Rows.of(_centred_in_chunks(vectors, languages, self.means), compact=True)
        self._place(unit_of)

    def _place(self, unit_of: NDArray[np.int64]) -> None:
        self._unit_of = unit_of.astype(np.int32)
        # Rows of one unit are neighbours, so that the closest of each is one ``reduceat``.
        starts = np.flatnonzero(np.diff(self._unit_of, prepend=-1))
        self._starts, self._present = starts, self._unit_of[starts]

    def arrays(self) -> Arrays:
        """Return what was built, without the texts of units that came later."""
        means = nested({"mean": dict(self.means)})
        return {"unit_of": self._unit_of, **means, **nested({"rows": self._rows.arrays()})}

    @classmethod
    def of_arrays(cls, arrays: Arrays, n_units: int) -> DenseIndex:
        """Return the index that had these arrays."""
        index = cls.__new__(cls)
        index.n_units, index.means = n_units, part_of(arrays, "mean")
        index._rows = Rows.of_arrays(part_of(arrays, "rows"))
        index._place(arrays["unit_of"])
        return index

    def followed_by(self, vectors: Vectors, rows: TextRows, n_units: int) -> DenseIndex:
        """Return this index with the texts of further units behind its own, same means."""
        longer = copy(self)
        longer.n_units = self.n_units + n_units
        if len(vectors):
            longer._rows = self._rows.followed_by(centred(vectors, rows.languages, self.means))
            longer._place(np.concatenate((self._unit_of, rows.unit_of + self.n_units)))
        return longer

    @property
    def rows(self) -> tuple[Vectors, NDArray[np.int64]]:
        """The centred vectors, one row a text, and the unit of each."""
        return self._rows.all(), self._unit_of.astype(np.int64)

    @property
    def is_exact(self) -> bool:
        """Whether ``score`` compares whole vectors; else ``refined`` does, for some units."""
        return self._rows.is_exact

    def centre(self, vector: NDArray[np.float32], language: str) -> NDArray[np.float32]:
        """Return a raw text vector without its language's mean, of length one."""
        moved: NDArray[np.float32] = centred(vector[None, :], [language], self.means)[0]
        return moved

    def score(self, vector: NDArray[np.float32], language: str) -> NDArray[np.float32]:
        """Return the cosine of a raw text vector with each unit's closest text, clipped at 0.

        Units without a text score 0.
        """
        if not self._rows.shape[0]:
            return np.zeros(self.n_units, dtype=np.float32)
        cosines = np.clip(self._rows.scan(self.centre(vector, language)), 0.0, None)
        if len(self._starts) == self.n_units == len(cosines):
            return cosines
        scores = np.zeros(self.n_units, dtype=np.float32)
        scores[self._present] = np.maximum.reduceat(cosines, self._starts)
        return scores

    def refined(
        self,
        scores: NDArray[np.float32],
        units: NDArray[np.int64],
        vector: NDArray[np.float32],
        language: str,
    ) -> NDArray[np.float32]:
        """Return scores in which those of some units rest on whole vectors.

        Parameters
        ----------
        scores : float32 array (n_units,)
            As ``score`` gave them; not changed.
        """
        chosen = np.zeros(self.n_units, dtype=bool)
        chosen[units] = True
        rows = np.flatnonzero(chosen[self._unit_of])
        cosines = self._rows.take(rows) @ self.centre(vector, language)
        finer = scores.copy()
        finer[units] = 0.0
        np.maximum.at(finer, self._unit_of[rows], cosines)
        return finer


def _centred_in_chunks(
    vectors: Vectors, languages: Sequence[str], means: Mapping[str, Vectors]
) -> Vectors:
    """Centre many rows without several copies of all of them at once."""
    moved = np.empty(vectors.shape, dtype=np.float32)
    for start in range(0, len(vectors), CHUNK):
        part = slice(start, start + CHUNK)
        moved[part] = centred(vectors[part], languages[part], means)
    return moved


def language_means(
    vectors: Vectors, languages: Sequence[str], stored: Mapping[str, Vectors]
) -> dict[str, Vectors]:
    """Return the mean vector of each language, shrunk towards the stored one."""
    names = np.array(languages)
    width = vectors.shape[1]
    means: dict[str, Vectors] = {}
    for language in LANGUAGES:
        rows = vectors[names == language] if len(names) else vectors[:0]
        prior = stored.get(language)
        total = rows.sum(axis=0, dtype=np.float64)
        weight = float(len(rows))
        if prior is not None and len(prior) == width:
            total = total + PRIOR_TEXTS * prior.astype(np.float64)
            weight += PRIOR_TEXTS
        means[language] = (total / max(weight, 1.0)).astype(np.float32)
    return means


def centred(vectors: Vectors, languages: Sequence[str], means: Mapping[str, Vectors]) -> Vectors:
    """Take out each row's language mean and scale to length one; empty rows stay zero."""
    width = vectors.shape[1]
    zero = np.zeros(width, dtype=np.float32)
    known = {name: mean for name, mean in means.items() if len(mean) == width}
    offsets = np.array([known.get(language, zero) for language in languages], dtype=np.float32)
    filled = np.any(vectors != 0, axis=1, keepdims=True)
    moved = np.where(filled, vectors - offsets.reshape(len(languages), width), 0.0)
    norms = np.linalg.norm(moved, axis=1, keepdims=True)
    result: Vectors = (moved / np.where(norms > 1e-9, norms, 1.0)).astype(np.float32)
    return result
