"""Find records close in meaning to a query, whatever its words: the search box's second list.

Sentence vectors of titles and summaries, in both languages, compared without each language's mean.
Where the search by words finds much, nobody asks here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from matcher.retrieval.dense import DenseIndex
from matcher.store.catalogue import catalogue_revision
from matcher.store.connection import close_database, open_database, read_snapshot
from matcher.store.search import SearchResult
from matcher.store.search_texts import Shown, read_shown
from matcher.text.embedding import SentenceEncoder, VectorCache, encode_cached
from matcher.text.terms import detect_language
from matcher.workflow.matching.service import StoredVectors

Key = tuple[str, str]  # kind, record id

SUMMARY_CHARACTERS = 200  # the beginning says what a record is about
# Cosine without language means; docs/search.md says how many right and wrong records lie above it.
LEAST_CLOSENESS = 0.3
LITTLE = 5  # records found by words; with fewer, those close in meaning are shown too
N_CLOSE = 5


def finds_little(result: SearchResult) -> bool:
    """Whether the words found so little that records close in meaning are of use."""
    return result.total < LITTLE or result.is_relaxed


@dataclass(frozen=True)
class MeaningIndex:
    """Vectors of everything that can be found, as of one revision."""

    revision: int
    keys: tuple[Key, ...]
    vectors: DenseIndex

    @classmethod
    def of(
        cls,
        revision: int,
        records: Iterable[Shown],
        encoder: SentenceEncoder,
        cache: VectorCache | None,
        stored_means: Mapping[str, NDArray[np.float32]],
    ) -> MeaningIndex:
        """Encode the records; ``cache`` keeps vectors from one revision to the next."""
        listed = list(records)
        rows = [(i, text) for i, shown in enumerate(listed) for text in texts_of(shown)]
        texts = [text for _, text in rows]
        index = DenseIndex(
            encode_cached(texts, encoder, cache),
            np.array([i for i, _ in rows], dtype=np.int64),
            [detect_language(text) for text in texts],
            len(listed),
            stored_means,
        )
        return cls(revision, tuple(shown.key for shown in listed), index)

    def closest(
        self, vector: NDArray[np.float32], language: str, among: Iterable[Key], limit: int
    ) -> list[tuple[Key, float]]:
        """Return the closest of some records with their cosines, closest first.

        Parameters
        ----------
        vector : float32 array (n_dimensions,)
            Of the query, as the encoder gave it.
        among : iterable of (kind, id)
            Records that may be returned.
        """
        wanted = set(among)
        scores = self.vectors.score(vector, language)
        order = np.argsort(-scores, kind="stable")
        found = ((self.keys[i], float(scores[i])) for i in order if self.keys[i] in wanted)
        close: list[tuple[Key, float]] = []
        for key, score in found:
            if score < LEAST_CLOSENESS or len(close) == limit:
                break
            close.append((key, score))
        return close


def texts_of(shown: Shown) -> list[str]:
    """Return what of a record is encoded: a text a language, its title before its summary."""
    twins = ((shown.title, shown.summary), (shown.title_en, shown.summary_en))
    return [
        f"{title}. {summary[:SUMMARY_CHARACTERS]}" if title and summary else title or summary
        for title, summary in twins
        if title or summary
    ]


class MeaningSearch:
    """The index of one database, built anew when the catalogue has changed.

    Parameters
    ----------
    stored_means : mapping of language to vector
        Means kept with the serving model, so that few records do not skew them.
    """

    def __init__(
        self,
        database_path: Path,
        encoder: SentenceEncoder,
        stored_means: Mapping[str, NDArray[np.float32]],
    ) -> None:
        self._path = database_path
        self._encoder = encoder
        self._cache = StoredVectors(database_path, encoder.name)
        self._means = stored_means
        self._lock = Lock()
        self._index: MeaningIndex | None = None

    def closest(self, text: str, among: Iterable[Key], *, limit: int = 10) -> list[Key]:
        """Return the records among some that come closest in meaning to a text, closest first.

        Raises
        ------
        StoreError
            The database cannot be read.
        """
        vector = encode_cached([text], self._encoder)[0]
        if not vector.any():
            return []
        found = self.index().closest(vector, detect_language(text), among, limit)
        return [key for key, _ in found]

    def index(self) -> MeaningIndex:
        """Return the index of the database's revision."""
        db = open_database(self._path, read_only=True)
        try:
            with self._lock:
                if self._index is None or self._index.revision != catalogue_revision(db):
                    with read_snapshot(db, "read what is shown of records"):
                        revision, records = catalogue_revision(db), read_shown(db)
                    self._index = MeaningIndex.of(
                        revision, records, self._encoder, self._cache, self._means
                    )
                return self._index
        finally:
            close_database(db)
