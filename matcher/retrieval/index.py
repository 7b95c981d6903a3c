"""The evidence index: everything that is looked up when a need is matched.

Built once a revision of the catalogue (or once a pack), read by many threads. A query is prepared
once and gives one score a unit for each way of comparing; features aggregate these scores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from sys import intern
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.retrieval.collection import Collection, Unit
from matcher.retrieval.dense import LANGUAGES, DenseIndex
from matcher.retrieval.lexical import LexicalIndex, phrase_terms
from matcher.retrieval.topics import TopicSpace
from matcher.text.arrays import Arrays, nested, number, part_of
from matcher.text.briefs import Brief, brief_terms, read_brief
from matcher.text.embedding import SentenceEncoder, VectorCache, encode_cached
from matcher.text.terms import detect_language, ranking_terms

# Beyond the title, the beginning of a text says what it is about; 350 characters of SBIR abstracts
# rank as well as 1,000 and cost a third (docs/evaluation.md).
ENCODED_BODY_CHARACTERS = 350
UNTITLED_CHARACTERS = 80  # the beginning of a text without a title stands in for one
ENCODED_AT_ONCE = 32_768
LONG_EVIDENCE_TERMS = 60  # mean terms a unit from which texts are abstracts rather than titles

Scores = NDArray[np.float32]
Progress = Callable[[int, int], None]


class TermTranslator(Protocol):
    """Whatever translates domain terms; the bilingual lexicon does."""

    def translate(self, text: str) -> dict[str, float]:
        """Return weighted terms in the other language."""
        ...


@dataclass(frozen=True)
class QueryText:
    """A need, prepared for every way of comparing.

    ``year`` is the year in which the need is asked; evidence counts its age from there. ``asked``
    holds the raw vectors of parts that are compared on their own, by their text.
    """

    brief: Brief
    language: str
    terms: Mapping[str, float]
    phrases: Mapping[str, float]
    title_terms: Mapping[str, float]
    pivot_terms: Mapping[str, float]
    vector: Scores
    title_vector: Scores
    known_share: float
    year: int | None = None
    asked: Mapping[str, Scores] = field(default_factory=dict)


@dataclass(frozen=True)
class UnitScores:
    """One score a unit for each way of comparing; arrays of shape (n_units,), at least 0.

    ``is_refined`` says whether topics and meanings rest on whole vectors for all looked at.
    """

    lexical: Scores
    phrase: Scores
    title_lexical: Scores
    pivot: Scores
    topic: Scores
    meaning: Scores
    title_meaning: Scores
    is_refined: bool = True


class EvidenceIndex:
    """All indices over one collection.

    Parameters
    ----------
    collection : Collection
    encoder, cache : sentence encoder and where its vectors are kept
    lexicon : TermTranslator or None
        Translates query terms; None switches the pivot off.
    stored_means : mapping of language to vector
        See ``matcher.retrieval.dense``.
    """

    def __init__(
        self,
        collection: Collection,
        encoder: SentenceEncoder,
        *,
        cache: VectorCache | None = None,
        lexicon: TermTranslator | None = None,
        stored_means: Mapping[str, Scores] | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.collection = collection
        self.encoder = encoder
        self.lexicon = lexicon
        titles, bodies = unit_terms(collection.units)
        self.lexical = LexicalIndex(bodies)
        self.phrases = LexicalIndex(map(phrase_terms, bodies))
        self.titles = LexicalIndex(titles)
        self.topics = TopicSpace(bodies)
        self.mean_terms = float(np.mean([_n_plain(terms) for terms in bodies])) if bodies else 0.0
        del titles, bodies
        means, rows = stored_means or {}, _text_rows(collection.units)
        self.body_meaning, self.title_meaning = (
            DenseIndex(
                _encoded_rows(texts, encoder, cache, progress),
                rows.unit_of,
                rows.languages,
                collection.n_units,
                means,
            )
            for texts in (rows.bodies, rows.titles)
        )
        self.is_fitted = np.ones(collection.n_candidates, dtype=bool)
        self.written_in = _written_in(collection, rows)

    def arrays(self) -> Arrays:
        """Return all that was built, without the texts and without what came later."""
        return {
            "mean_terms": number(self.mean_terms),
            **nested({name: part.arrays() for name, part in self._parts().items()}),
            **nested({"written_in": dict(self.written_in)}),
        }

    @classmethod
    def of_arrays(
        cls,
        arrays: Arrays,
        collection: Collection,
        encoder: SentenceEncoder,
        lexicon: TermTranslator | None,
    ) -> EvidenceIndex:
        """Return the index of this collection that had these arrays."""
        index = cls.__new__(cls)
        index.collection, index.encoder, index.lexicon = collection, encoder, lexicon
        index.lexical, index.phrases, index.titles = (
            LexicalIndex.of_arrays(part_of(arrays, name))
            for name in ("lexical", "phrases", "titles")
        )
        index.topics = TopicSpace.of_arrays(part_of(arrays, "topics"))
        index.body_meaning, index.title_meaning = (
            DenseIndex.of_arrays(part_of(arrays, name), collection.n_units)
            for name in ("body_meaning", "title_meaning")
        )
        index.mean_terms = float(arrays["mean_terms"])
        index.is_fitted = np.ones(collection.n_candidates, dtype=bool)
        index.written_in = part_of(arrays, "written_in")
        return index

    def _parts(self) -> dict[str, LexicalIndex | TopicSpace | DenseIndex]:
        return {
            "lexical": self.lexical,
            "phrases": self.phrases,
            "titles": self.titles,
            "topics": self.topics,
            "body_meaning": self.body_meaning,
            "title_meaning": self.title_meaning,
        }

    def extended(
        self, segment: Collection, encoder: SentenceEncoder, cache: VectorCache | None
    ) -> EvidenceIndex:
        """Return this index with further candidates beside it, comparable score for score.

        Word statistics, topics and language means stay those of this index. A new version of a
        candidate takes the place of the old one among those that scores are standardised over
        (``is_fitted``); other further candidates do not count there and move no score of others.
        """
        title_terms, terms = unit_terms(segment.units)
        longer = EvidenceIndex.__new__(EvidenceIndex)
        longer.collection = self.collection.followed_by(segment)
        longer.encoder, longer.lexicon = self.encoder, self.lexicon
        longer.lexical = self.lexical.followed_by(terms)
        longer.phrases = self.phrases.followed_by([phrase_terms(own) for own in terms])
        longer.titles = self.titles.followed_by(title_terms)
        longer.topics = self.topics.followed_by(terms)
        longer.mean_terms = self.mean_terms
        rows, n_units = _text_rows(segment.units), segment.n_units
        bodies, titles = (encode_cached(t, encoder, cache) for t in (rows.bodies, rows.titles))
        longer.body_meaning = self.body_meaning.followed_by(bodies, rows, n_units)
        longer.title_meaning = self.title_meaning.followed_by(titles, rows, n_units)
        old = self.collection.index_of
        replaces = [name in old and self.is_fitted[old[name]] for name in segment.candidate_ids]
        longer.is_fitted = np.concatenate((self.is_fitted, np.array(replaces, dtype=bool)))
        further = _written_in(segment, rows)
        longer.written_in = {
            language: np.concatenate((mask, further[language]))
            for language, mask in self.written_in.items()
        }
        return longer

    @property
    def regime(self) -> str:
        """``long`` where evidence is abstracts, ``short`` where it is titles and sentences."""
        return "long" if self.mean_terms >= LONG_EVIDENCE_TERMS else "short"

    @property
    def is_exact(self) -> bool:
        """Whether ``score_units`` compares whole meanings; else ``refined`` does, for some."""
        meanings = self.body_meaning.is_exact and self.title_meaning.is_exact
        return meanings and self.topics.vectors.is_exact

    @cached_property
    def latest_year(self) -> int:
        """The year of the newest evidence, 0 where no year is known."""
        return int(self.collection.years.max(initial=0))

    def read_query(
        self,
        title: str,
        text: str,
        *,
        language: str = "",
        year: int | None = None,
        questions: Sequence[str] = (),
    ) -> QueryText:
        """Prepare a need for comparison with every unit.

        Parameters
        ----------
        questions : sequence of str
            Parts of the need that are also compared on their own; encoded in the same pass.
        """
        brief = read_brief(title, text)
        whole = f"{title} {text}"
        terms = brief_terms(brief)
        title_terms = dict.fromkeys(
            ranking_terms(brief.title or brief.lead[:UNTITLED_CHARACTERS]), 1.0
        )
        named = [brief.lead, brief.title or brief.lead, *questions]
        vectors = _encode_distinct([_encoded(part) for part in named], self.encoder)
        return QueryText(
            brief=brief,
            language=language or detect_language(whole),
            terms=terms,
            phrases=_phrase_query(brief),
            title_terms=title_terms,
            pivot_terms=self.lexicon.translate(brief.lead) if self.lexicon is not None else {},
            vector=vectors[0],
            title_vector=vectors[1],
            known_share=self.lexical.known_share(terms),
            year=year,
            asked=dict(zip(named, vectors, strict=True)),
        )

    def score_units(self, query: QueryText) -> UnitScores:
        """Compare a query with every unit in every way."""
        topic = self.topics.vectors.scan(self.topics.vector(query.terms))
        return UnitScores(
            lexical=self.lexical.score(query.terms),
            phrase=self.phrases.score(query.phrases),
            title_lexical=self.titles.score(query.title_terms),
            pivot=self.lexical.score(query.pivot_terms),
            topic=np.clip(topic, 0.0, None).astype(np.float32),
            meaning=self.body_meaning.score(query.vector, query.language),
            title_meaning=self.title_meaning.score(query.title_vector, query.language),
            is_refined=self.is_exact,
        )

    def refined(self, query: QueryText, scores: UnitScores, units: NDArray[np.int64]) -> UnitScores:
        """Compare whole meanings for some units of a large index; a small one did so for all."""
        if scores.is_refined:
            return scores
        body, title, language = self.body_meaning, self.title_meaning, query.language
        topic = scores.topic.copy()
        closeness = self.topics.vectors.take(units) @ self.topics.vector(query.terms)
        topic[units] = np.clip(closeness, 0.0, None)
        return replace(
            scores,
            topic=topic,
            meaning=body.refined(scores.meaning, units, query.vector, language),
            title_meaning=title.refined(scores.title_meaning, units, query.title_vector, language),
            is_refined=True,
        )


def unit_terms(units: Sequence[Unit]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return (title terms, all terms) of each unit, both languages together."""
    found = [_terms_of(unit.texts) for unit in units]
    return [title for title, _ in found], [body for _, body in found]


@lru_cache(maxsize=4_096)
def _terms_of(texts: tuple[tuple[str, str], ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    in_titles: list[str] = []
    in_body: list[str] = []
    for title, text in texts:
        of_title = ranking_terms(title or text[:UNTITLED_CHARACTERS])
        in_titles += of_title
        in_body += [*of_title, *ranking_terms(text)] if title else ranking_terms(text)
    # One object a distinct term: most terms repeat.
    return tuple(map(intern, in_titles)), tuple(map(intern, in_body))


def _n_plain(terms: Sequence[str]) -> int:
    """Count terms without the single characters and words that only Chinese adds."""
    return sum(1 for term in terms if term[1:2] != ":")


def _encoded(text: str) -> str:
    from matcher.text.embedding import encodable

    return encodable(text) or " "


def _encode_distinct(texts: Sequence[str], encoder: SentenceEncoder) -> Scores:
    """Encode texts in one pass, each distinct one once."""
    distinct = list(dict.fromkeys(texts))
    vectors = encoder.encode(distinct)
    row_of = {text: i for i, text in enumerate(distinct)}
    rows: Scores = vectors[[row_of[text] for text in texts]]
    return rows


def _phrase_query(brief: Brief) -> dict[str, float]:
    counts: dict[str, float] = {}
    for part, weight in ((brief.title, 3.0), (brief.objective, 2.0), (brief.body, 1.0)):
        for phrase in phrase_terms(ranking_terms(part, words=False)):
            counts[phrase] = counts.get(phrase, 0.0) + weight
    return {phrase: count**0.5 for phrase, count in counts.items()}


class _Rows(NamedTuple):
    """Every text of some units, one row a text."""

    unit_of: NDArray[np.int64]
    languages: list[str]
    bodies: list[str]
    titles: list[str]


def _written_in(collection: Collection, rows: _Rows) -> dict[str, NDArray[np.bool_]]:
    """Return for each language which candidates have a text in it, (n_candidates,)."""
    names = np.array(rows.languages, dtype=str)
    found = {}
    for language in LANGUAGES:
        mask = np.zeros(collection.n_candidates, dtype=bool)
        mask[collection.candidate_of[rows.unit_of[names == language]]] = True
        found[language] = mask
    return found


def _text_rows(units: Sequence[Unit]) -> _Rows:
    rows = [(i, title, text) for i, unit in enumerate(units) for title, text in unit.texts]
    bodies = [_lead(title, text) for _, title, text in rows]
    return _Rows(
        unit_of=np.array([i for i, _, _ in rows], dtype=np.int64),
        languages=[detect_language(body) for body in bodies],
        bodies=bodies,
        titles=[title or text[:UNTITLED_CHARACTERS] for _, title, text in rows],
    )


def _encoded_rows(
    texts: Sequence[str],
    encoder: SentenceEncoder,
    cache: VectorCache | None,
    progress: Progress | None,
) -> Scores:
    """Encode texts some thousands at a time: single vectors take more room than their matrix."""
    first = encode_cached(texts[:ENCODED_AT_ONCE], encoder, cache, progress)
    if len(texts) <= ENCODED_AT_ONCE:
        return first
    vectors = np.empty((len(texts), first.shape[1]), dtype=np.float32)
    vectors[:ENCODED_AT_ONCE] = first
    for start in range(ENCODED_AT_ONCE, len(texts), ENCODED_AT_ONCE):
        part = slice(start, start + ENCODED_AT_ONCE)
        vectors[part] = encode_cached(texts[part], encoder, cache, progress)
    return vectors


def _lead(title: str, text: str) -> str:
    return f"{title}. {text[:ENCODED_BODY_CHARACTERS]}" if title and text else (title or text)
