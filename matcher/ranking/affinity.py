"""How close given texts are to a need: for requirement lines, bases, quotes and adequacy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.engine import CatalogueIndex, LookUp
from matcher.ranking.explain import unit_affinity
from matcher.ranking.lines.judging import EvidenceText
from matcher.text.terms import ranking_terms

Array = NDArray[np.float64]
WORDS_SHARE = 0.5  # words and meaning count the same
# A text near in meaning answers a need only if it is near in topic, too: the sentence encoder finds
# somebody near for most needs of industry, whoever has been taken out of the catalogue. The weight
# puts both cosines on one scale: it is about the ratio of the values under which few needs of real
# cases lie. ``matcher.learning.refusals`` measures what it brings.
TOPIC_WEIGHT = 0.75
# Topics are read off the words that the catalogue knows. Below this share, which nearly all needs
# of real cases reach, they are a guess: a need in another language, or from another world.
TELLING_SHARE = 0.4


class NeedAffinity:
    """Affinities of one need and its parts with texts of the indexed catalogue."""

    def __init__(self, index: CatalogueIndex, look_up: LookUp) -> None:
        self._index = index
        self._look_up = look_up
        self.of_units = unit_affinity(look_up.scores)
        self._to_need: dict[tuple[str, ...], Array] = {}

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
        key = tuple(texts)
        if key not in self._to_need:  # every match asks about the same bases
            asked = self._look_up.query.brief.lead
            self._to_need[key] = self.between([asked], [(text, "") for text in texts])[0]
        return self._to_need[key]

    def between(self, asked: Sequence[str], texts: Sequence[tuple[str, str]]) -> Array:
        """Return the mean of shared words and cosine, the closer language twin of each text."""
        result = np.zeros((len(asked), len(texts)))
        places = [(column, text) for column, twins in enumerate(texts) for text in twins if text]
        if not places or not asked:
            return result
        distinct = {text: i for i, text in enumerate(dict.fromkeys(text for _, text in places))}
        cosines = self._asked_vectors(asked) @ self._index.quotes.vectors(list(distinct)).T
        words = _shared_words(asked, list(distinct))
        closeness = (1 - WORDS_SHARE) * np.maximum(cosines, 0.0) + WORDS_SHARE * words
        for column, text in places:
            np.maximum(result[:, column], closeness[:, distinct[text]], out=result[:, column])
        return result

    def closest(self, rows: NDArray[np.int64]) -> float:
        """Return how near the best evidence of these candidates is, in [0, 1].

        The closest unit in meaning, a cosine, as far as the closest in topic bears it out (see
        ``TOPIC_WEIGHT``). Unlike the score it does not depend on who else is in the catalogue.
        Shared words say less here: needs from outside the catalogue share words with somebody,
        too. What share of needs that nobody can answer is refused stands in the model's report.
        """
        topic = self._look_up.scores.topic[self._units(rows)].max(initial=0.0)
        meaning = np.array([self.nearest_meaning(rows)])
        return float(self._borne_out(meaning, np.array([topic], dtype=np.float64))[0])

    def nearest_meaning(self, rows: NDArray[np.int64]) -> float:
        """Return the cosine, in [0, 1], of the unit of these candidates nearest in meaning."""
        return float(self._look_up.scores.meaning[self._units(rows)].max(initial=0.0))

    def _units(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return self._index.evidence.collection.units_of(self._look_up.pool.candidates[rows])

    def closest_each(self, rows: NDArray[np.int64]) -> Array:
        """Return for each of these candidates what ``closest`` returns for it alone."""
        candidates, scores = self._look_up.pool.candidates[rows], self._look_up.scores
        starts = self._index.evidence.collection.starts
        if not len(candidates):
            return np.zeros(0)
        meaning, topic = (
            np.maximum.reduceat(channel, starts)[candidates].astype(np.float64)
            for channel in (scores.meaning, scores.topic)
        )
        return self._borne_out(np.maximum(meaning, 0.0), topic)

    def _borne_out(self, meaning: Array, topic: Array) -> Array:
        if self._look_up.query.known_share < TELLING_SHARE:
            return meaning
        found: Array = np.minimum(meaning, TOPIC_WEIGHT * topic)
        return found

    def _asked_vectors(self, asked: Sequence[str]) -> NDArray[np.float32]:
        """Return the centred vectors of parts of the need; they were encoded with the need."""
        known, quotes = self._look_up.query.asked, self._index.quotes
        if any(text not in known for text in asked):
            return quotes.vectors(asked)
        vectors = quotes.centre(asked, np.array([known[text] for text in asked]))
        vectors[[not text.strip() for text in asked]] = 0.0
        return vectors


@lru_cache(maxsize=16_384)
def _quoted_terms(text: str) -> frozenset[str]:
    """Remember the terms of catalogue texts; those of needs are not kept."""
    return _term_set(text)


def _term_set(text: str) -> frozenset[str]:
    return frozenset(term for term in ranking_terms(text) if term[1:2] != ":")


def _shared_words(asked: Sequence[str], texts: Sequence[str]) -> Array:
    """Return the share of the asked words that each text holds, (n_asked, n_texts) in [0, 1]."""
    held = [_quoted_terms(text) for text in texts]
    wanted = [_term_set(text) for text in asked]
    return np.array(
        [[len(own & terms) / len(own) if own else 0.0 for terms in held] for own in wanted]
    )
