"""Turn what a user typed into FTS5 expressions in which nothing of it is syntax."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from matcher.text.stopwords import ENGLISH_STOP_WORDS, HAN_STOP_CHARACTERS, HAN_STOP_WORDS
from matcher.text.terms import HAN, normalise, search_terms

MAX_WORDS = 32  # of a query; nobody narrows by more, and every word costs
MAX_READ = 1_000  # characters of a query that are read
MAX_EXPANSIONS = 8  # of one word or term
MAX_TERM_WORDS = 4  # of a term that the lexicon may know as one

Expand = Callable[[str], Sequence[str]]

_HAN_RUN = re.compile(f"[{HAN}]+")
_PART = re.compile(rf"[{HAN}]+|[^\s{HAN}]*[^\W{HAN}][^\s{HAN}]*")  # a run or a word with a letter


@dataclass(frozen=True, slots=True)
class Query:
    """A search in FTS5's language; empty text where there is nothing to search for."""

    strict: str  # every word
    relaxed: str  # any word
    terms: frozenset[str]  # of the user's own words, for highlighting
    other_terms: frozenset[str]  # of the words that were looked for in their place
    characters: frozenset[str]  # Han characters searched alone
    others: tuple[str, ...] = ()  # those words, such as translations, in order


class _Word(NamedTuple):
    """A word of the query and where it stands in it."""

    text: str
    start: int
    end: int


class _Concept(NamedTuple):
    """Words that must all be found, each in any of its spellings, or one translation of them."""

    words: tuple[tuple[str, list[str]], ...]
    translations: tuple[str, ...]

    def spellings(self) -> list[str]:
        """Return everything that may be found for it."""
        own = [spelling for word, others in self.words for spelling in (word, *others)]
        return [*own, *self.translations]

    def others(self) -> list[str]:
        """Return what is looked for in place of the user's own words."""
        return [*self.translations, *(other for _, others in self.words for other in others)]


def make_query(text: str, expand: Expand | None) -> Query:
    """Return the expressions for a user's text.

    Parameters
    ----------
    expand : callable or None
        Other words for the terms that it finds in a text, such as their translations.
    """
    read = normalise(text[:MAX_READ]).strip()
    concepts = list(_concepts(read, list(islice(_words(read), MAX_WORDS)), expand))
    every = dict.fromkeys(filter(None, map(_one_concept, concepts)))
    spelled = [word for concept in concepts for word in concept.spellings()]
    some = dict.fromkeys(filter(None, map(_phrase, spelled)))
    own = _terms_of(word for concept in concepts for word, _ in concept.words)
    others = dict.fromkeys(other for concept in concepts for other in concept.others())
    return Query(
        strict=" AND ".join(every),
        relaxed=" OR ".join(some),
        terms=own,
        other_terms=_terms_of(others) - own,
        characters=frozenset(word for word in spelled if _is_lone_character(word)),
        others=tuple(others),
    )


def _terms_of(words: Iterable[str]) -> frozenset[str]:
    return frozenset(term for word in words for term in search_terms(word))


def _words(text: str) -> Iterator[_Word]:
    """Yield the words to look for: Han runs as a dictionary cuts them, other words as they are.

    The dictionary only decides what must stand together; the index knows pairs of characters, so a
    word that it cuts wrongly is still found.
    """
    import rjieba  # here: its dictionary takes a tenth of a second to load

    for part in _PART.finditer(text):
        if _HAN_RUN.match(part.group()):
            pieces, stop = rjieba.cut(part.group()), HAN_STOP_WORDS | HAN_STOP_CHARACTERS
        else:
            pieces, stop = [part.group()], frozenset[str]()
        at = part.start()
        words = []
        for piece in pieces:
            words.append(_Word(piece, at, at + len(piece)))
            at += len(piece)
        # Grammar is dropped, unless there is nothing else (somebody may search for 可以).
        yield from [word for word in words if word.text not in stop] or words


def _concepts(text: str, words: list[_Word], expand: Expand | None) -> Iterator[_Concept]:
    """Group words that the lexicon knows as one term, longest first, so that it replaces them all.

    Taken alone, a translation of *maintenance* would do for *predictive maintenance*.
    """
    words = _without_english_grammar(words)
    at = 0
    while at < len(words):
        length, translations = _longest_term(text, words[at : at + MAX_TERM_WORDS], expand)
        parts = [(word.text, _expansions(word.text, expand)) for word in words[at : at + length]]
        yield _Concept(tuple(parts), tuple(translations))
        at += length


def _without_english_grammar(words: list[_Word]) -> list[_Word]:
    return [word for word in words if word.text not in ENGLISH_STOP_WORDS] or words


def _longest_term(text: str, words: list[_Word], expand: Expand | None) -> tuple[int, list[str]]:
    """Return how many of the words make one term of the lexicon, and its translations."""
    for length in range(len(words), 1, -1):
        span = text[words[0].start : words[length - 1].end]
        shorter = text[words[0].start : words[length - 2].end]
        later = text[words[1].start : words[length - 1].end]
        # What neither part gives belongs to the whole.
        parts = {*_expansions(shorter, expand), *_expansions(later, expand)}
        whole = [other for other in _expansions(span, expand) if other not in parts]
        if whole:
            return length, whole
    return 1, []


def _expansions(words: str, expand: Expand | None) -> list[str]:
    if expand is None:
        return []
    return [other for other in islice(expand(words), MAX_EXPANSIONS) if other != words]


def _one_concept(concept: _Concept) -> str:
    every = " AND ".join(filter(None, (_any_of([word, *others]) for word, others in concept.words)))
    if not concept.translations:
        return every
    return " OR ".join([f"({every})", *map(_phrase, concept.translations)]).join("()")


def _any_of(words: Iterable[str]) -> str:
    phrases = list(dict.fromkeys(filter(None, map(_phrase, words))))
    return phrases[0] if len(phrases) == 1 else f"({' OR '.join(phrases)})" if phrases else ""


def _phrase(word: str) -> str:
    """Return a word as one quoted phrase; a lone Han character as the beginning of a pair."""
    terms = search_terms(word)
    if not terms:
        return ""
    quoted = '"' + " ".join(term.replace('"', '""') for term in terms) + '"'
    return f"{quoted} *" if _is_lone_character(word) else quoted


def _is_lone_character(word: str) -> bool:
    return len(word) == 1 and _HAN_RUN.match(word) is not None
