"""Find needs of the same organisation that say nearly the same, before one more is published.

Texts are compared by their word pairs, so order, punctuation, width, traditional characters and
small edits hardly matter. It is a notice, not a refusal: whoever writes decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from matcher.records import Need
from matcher.text.terms import normalise, ranking_terms, token_spans

# Measured by ``python -m benchmarks.duplicates`` on the 293 shipped scenarios in both languages: of
# 85,556 pairs of different scenarios 2 reach it (the nearest has 0.59); of 7,032 perturbed copies
# (reordered, without punctuation, traditional or in capitals, a tenth of the words lost, a sentence
# added, all of it at once) every one does, the farthest with 0.67. Lower than the gap allows, for
# people reword more than a program does.
NEAR_FROM = 0.5
TITLE_COUNTS = 2  # how often the title is counted beside the text
MAX_SHARED_WORDS = 8

Terms = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class NearNeed:
    """An earlier need that is nearly the same."""

    need_id: str
    similarity: float  # in [0, 1]
    shared_words: tuple[str, ...]  # what both say, as the new need writes it, in its order


def find_near(need: Need, others: Iterable[tuple[str, Need]]) -> tuple[NearNeed, ...]:
    """Return the needs that say nearly the same, the nearest first.

    Parameters
    ----------
    need : Need
        As it is now, also a draft.
    others : iterable of (id, Need)
        Those of the same organisation; one with the id of ``need`` itself is passed over.
    """
    found = []
    for need_id, other in others:
        if need_id == need.need_id:
            continue
        nearness = similarity(need, other)
        if nearness >= NEAR_FROM:
            found.append(NearNeed(need_id, round(nearness, 4), shared_words(need, other)))
    return tuple(sorted(found, key=lambda near: (-near.similarity, near.need_id)))


def similarity(left: Need, right: Need) -> float:
    """Return how nearly two needs say the same, in [0, 1], whichever is first.

    The cosine of their terms in the language in which they are closer; 0 where they have no
    language in common.
    """
    pairs = (
        (text_similarity(a_title, a_text, b_title, b_text))
        for a_title, a_text in _twins(left)
        for b_title, b_text in _twins(right)
    )
    return max(pairs, default=0.0)


def text_similarity(title: str, text: str, other_title: str, other_text: str) -> float:
    """Return the cosine of the terms of two titled texts, in [0, 1].

    Examples
    --------
    >>> text_similarity("带钢裂纹检测", "漏检多，退货多", "帶鋼裂紋檢測", "退货多。漏检多")
    1.0
    """
    return _cosine(_terms(title, text), _terms(other_title, other_text))


def shared_words(need: Need, other: Need) -> tuple[str, ...]:
    """Return the longest words and phrases that both needs hold, in the order of the first."""
    words: dict[str, None] = {}
    theirs = [normalise(f"{title} {text}") for title, text in _twins(other)]
    known = {term for title, text in _twins(other) for term in _terms(title, text)}
    for title, text in _twins(need):
        for phrase in (*_phrases(title, known), *_phrases(text, known)):
            if any(normalise(phrase) in one for one in theirs):
                words[phrase] = None
    longest = sorted(words, key=lambda word: -len(word))[:MAX_SHARED_WORDS]
    return tuple(word for word in words if word in longest)


def _twins(need: Need) -> list[tuple[str, str]]:
    """Return (title, text) in each language that the need has; lines and users belong to it."""
    lines = [line.text for line in need.requirements]
    own = (need.title, "。".join([need.problem, need.affected, *lines]))
    twin = (need.title_en, need.problem_en)
    return [(title, text) for title, text in (own, twin) if (title + text).strip("。 ")]


@lru_cache(maxsize=4_096)
def _terms(title: str, text: str) -> Terms:
    """Return the square roots of how often each term stands there; single characters left out."""
    counts: Counter[str] = Counter()
    for part, times in ((title, TITLE_COUNTS), (text, 1)):
        for term in ranking_terms(part, words=False):
            if term[1:2] != ":":
                counts[term] += times
    return {term: sqrt(count) for term, count in counts.items()}


def _cosine(left: Terms, right: Terms) -> float:
    shared = sum(weight * right[term] for term, weight in left.items() if term in right)
    norms = sqrt(sum(w * w for w in left.values()) * sum(w * w for w in right.values()))
    return min(1.0, round(shared / norms, 12)) if norms else 0.0


def _phrases(text: str, known: set[str]) -> Iterable[str]:
    """Yield the runs of a text that consist of terms known to the other need."""
    start = end = -1
    for term, left, right in token_spans(text):
        if term not in known:
            continue
        if start >= 0 and not text[end:left].strip():
            end = max(end, right)
            continue
        if start >= 0:
            yield text[start:end]
        start, end = left, right
    if start >= 0:
        yield text[start:end]
