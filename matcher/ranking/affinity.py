"""How close given texts are to a need: for requirement lines, bases, quotes and adequacy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.engine import CatalogueIndex, LookUp
from matcher.ranking.explain import unit_affinity
from matcher.ranking.requirements import EvidenceText
from matcher.records import Need
from matcher.text.embedding import encode_cached
from matcher.text.terms import detect_language, ranking_terms

Array = NDArray[np.float64]
WORDS_SHARE = 0.5  # words and meaning count the same


class NeedAffinity:
    """Affinities of one need and its parts with texts of the indexed catalogue."""

    def __init__(self, index: CatalogueIndex, need: Need, look_up: LookUp) -> None:
        self._index = index
        self._need = need
        self._look_up = look_up
        self.of_units = unit_affinity(look_up.scores)

    def to(self, texts: Sequence[EvidenceText]) -> Callable[[list[str]], Array]:
        """Return the function from asked texts to their affinity with evidence texts.

        The function returns an array (n_asked, n_texts) in [0, 1].
        """
        pairs = [(text.text, text.text_en) for text in texts]

        def affinity(asked: list[str]) -> Array:
            return self.between(asked, pairs)

        return affinity

    def to_need(self, texts: list[str]) -> Array:
        """Return how near each text is to the need as a whole, (n_texts,) in [0, 1]."""
        asked = self._look_up.query.brief.lead
        nearness: Array = self.between([asked], [(text, "") for text in texts])[0]
        return nearness

    def between(self, asked: Sequence[str], texts: Sequence[tuple[str, str]]) -> Array:
        """Return the mean of shared words and cosine, the closer language twin of each text."""
        result = np.zeros((len(asked), len(texts)))
        for column, twins in enumerate(texts):
            for text in filter(None, twins):
                vector = self._vector(text)
                for row, question in enumerate(asked):
                    cosine = max(0.0, float(self._vector(question) @ vector))
                    closeness = (1 - WORDS_SHARE) * cosine + WORDS_SHARE * _shared(question, text)
                    result[row, column] = max(result[row, column], closeness)
        return result

    def closest(self, rows: NDArray[np.int64]) -> float:
        """Return the absolute closeness of the best unit of any of these candidates, in [0, 1].

        Half the share of the need's weighted words that the unit holds, half the cosine of their
        meanings: unlike the score it does not depend on who else is in the catalogue.
        """
        collection = self._index.evidence.collection
        candidates = self._look_up.pool.candidates[rows]
        units = np.flatnonzero(np.isin(collection.candidate_of, candidates))
        if not len(units):
            return 0.0
        best = units[np.argsort(-self.of_units[units], kind="stable")[:3]]
        scores, terms = self._look_up.scores, self._look_up.query.terms
        meaning = np.maximum(scores.meaning, scores.title_meaning)
        return max(
            WORDS_SHARE * self._index.evidence.lexical.coverage(terms, int(unit))
            + (1 - WORDS_SHARE) * float(meaning[unit])
            for unit in best
        )

    def _vector(self, text: str) -> NDArray[np.float32]:
        index = self._index
        return index.evidence.body_meaning.centre(_encoded(text, index), detect_language(text))


def _encoded(text: str, index: CatalogueIndex) -> NDArray[np.float32]:
    known = index.text_vectors.get(text)
    if known is None:
        known = encode_cached([text], index.parts.encoder, index.parts.cache)[0]
        if len(index.text_vectors) < 20_000:
            index.text_vectors[text] = known
    return known


@lru_cache(maxsize=8_192)
def _term_set(text: str) -> frozenset[str]:
    return frozenset(term for term in ranking_terms(text) if term[1:2] != ":")


def _shared(asked: str, text: str) -> float:
    """Return the share of the asked words that the text holds, in [0, 1]."""
    wanted = _term_set(asked)
    return len(wanted & _term_set(text)) / len(wanted) if wanted else 0.0
