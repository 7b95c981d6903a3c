"""Where the words of a query stand in a text, and which of a record's texts shows them best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matcher.store.search_query import Query
from matcher.text.terms import token_spans

MAX_PASSAGES = 4
MAX_TEXT = 2_000  # characters of a text that are looked at; a passage is shorter anyway


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to highlight; ``is_other`` where another word stands for the user's own."""

    start: int
    end: int
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of a record in which words of the query were found."""

    text: str
    marks: tuple[Mark, ...]

    @property
    def weight(self) -> int:
        """How much of the query stands in it: Han characters, and two for an English word."""
        found = {self.text[mark.start : mark.end].lower() for mark in self.marks}
        return sum(2 * len(words.split()) if words.isascii() else len(words) for words in found)


def find_marks(text: str, query: Query) -> tuple[Mark, ...]:
    """Return where a query's words stand in a text, in order, overlapping places joined.

    A place that the user's own word covers in part counts as found by that word.
    """
    joined: list[Mark] = []
    for term, start, end in token_spans(text[:MAX_TEXT]):
        mark = _mark(term, start, end, query)
        if mark is None:
            continue
        if joined and _adjoins(text, joined[-1], mark):
            last = joined[-1]
            joined[-1] = Mark(last.start, max(last.end, mark.end), last.is_other and mark.is_other)
        else:
            joined.append(mark)
    return tuple(joined)


def _adjoins(text: str, last: Mark, mark: Mark) -> bool:
    """Whether two places are one: they overlap, or only a blank is between words found alike."""
    if mark.start <= last.end:
        return True
    return text[last.end : mark.start] == " " and last.is_other == mark.is_other


def _mark(term: str, start: int, end: int, query: Query) -> Mark | None:
    if term in query.terms:
        return Mark(start, end)
    if end - start == len(term):  # a pair may hold a character that was searched alone
        for i, character in enumerate(term):
            if character in query.characters:
                return Mark(start + i, start + i + 1)
    return Mark(start, end, is_other=True) if term in query.other_terms else None


def find_passages(texts: Iterable[str], query: Query) -> tuple[Passage, ...]:
    """Return the texts that hold words of the query, those that hold most first."""
    found = [
        Passage(text, marks) for text in dict.fromkeys(texts) if (marks := find_marks(text, query))
    ]
    found.sort(key=lambda passage: -passage.weight)
    return tuple(found[:MAX_PASSAGES])
