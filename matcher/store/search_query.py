"""Turn what a user typed into FTS5 expressions in which nothing of it is syntax."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from matcher.text.stopwords import ENGLISH_STOP_WORDS, HAN_STOP_CHARACTERS, HAN_STOP_WORDS
from matcher.text.terms import HAN, normalise, search_terms

MAX_WORDS = 32  # of a query; nobody narrows by more, and every word costs
MAX_READ = 1_000  # characters of a query that are read
MAX_EXPANSIONS = 8  # of one word

_HAN_RUN = re.compile(f"([{HAN}]+)")


@dataclass(frozen=True, slots=True)
class Query:
    """A search in FTS5's language; empty text where there is nothing to search for."""

    strict: str  # every word
    relaxed: str  # any word
    terms: frozenset[str]  # for highlighting
    characters: frozenset[str]  # Han characters searched alone


def make_query(text: str, expand: Callable[[str], Sequence[str]] | None) -> Query:
    """Return the expressions for a user's text.

    Parameters
    ----------
    expand : callable or None
        Other words for a word or for the whole text; each must be found whole.
    """
    read = normalise(text[:MAX_READ]).strip()
    words = list(islice(dict.fromkeys(_words(read)), MAX_WORDS))
    others = {word: _expansions(word, expand) for word in words}
    whole = _expansions(read, expand) if len(words) > 1 else []
    alternatives = [_any_of([word, *others[word]]) for word in words]
    every = " AND ".join(filter(None, alternatives))
    strict = " OR ".join(filter(None, [f"({every})" if every else "", *map(_phrase, whole)]))
    relaxed = " OR ".join(filter(None, [*alternatives, *map(_phrase, whole)]))
    spelled = [*words, *whole, *(other for found in others.values() for other in found)]
    return Query(
        strict=strict,
        relaxed=relaxed,
        terms=frozenset(term for word in spelled for term in search_terms(word)),
        characters=frozenset(word for word in words if _is_lone_character(word)),
    )


def _words(text: str) -> Iterator[str]:
    """Yield the words to look for: Han runs as a dictionary cuts them, other words as they are.

    The dictionary only decides what must stand together; the index knows pairs of characters, so a
    word that it cuts wrongly is still found.
    """
    import rjieba  # here: its dictionary takes a tenth of a second to load

    for part in _HAN_RUN.split(text):
        if _HAN_RUN.match(part):
            yield from _without_stop_words(
                rjieba.cut(part), part, HAN_STOP_WORDS | HAN_STOP_CHARACTERS
            )
        else:
            spaced = [word for word in part.split() if search_terms(word)]
            yield from _without_stop_words(spaced, part, ENGLISH_STOP_WORDS)


def _without_stop_words(words: list[str], part: str, stop: frozenset[str]) -> Iterable[str]:
    """Drop grammar, unless there is nothing else (somebody may search for 可以)."""
    return [word for word in words if word not in stop] or words


def _expansions(word: str, expand: Callable[[str], Sequence[str]] | None) -> list[str]:
    if expand is None or not word:
        return []
    return [other for other in islice(expand(word), MAX_EXPANSIONS) if other != word]


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
