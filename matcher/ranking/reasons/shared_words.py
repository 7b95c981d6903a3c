"""The words that a need and one text have in common, as a person reads them.

Scores count terms: pairs of characters, stems, single characters. What is told to a person names
whole words, joined where they stand side by side in both texts, without grammar and numbers. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from math import log
from typing import NamedTuple

from matcher.records import Need
from matcher.retrieval.lexical import LexicalIndex
from matcher.text.stopwords import ENGLISH_STOP_WORDS, HAN_STOP_CHARACTERS, HAN_STOP_WORDS
from matcher.text.terms import HAN, han_words, normalise, ranking_terms, search_terms

MOST_NAMED = 5
# A word in more than one text of ten tells no candidate from another: "system", "data".
COMMON_WEIGHT = log(10.0)
SHORTEST = 2  # letters of a word that says something by itself
LONGEST_HAN = 10  # characters of a name; beyond that a sentence was copied, not a word used
LONGEST_LATIN = 4  # words of a name

_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:[ -][^\W_{HAN}]+)*")
_HAN_RUN = re.compile(f"[{HAN}]+")
_HAN_CHARACTER = re.compile(f"[{HAN}]")


class Held(NamedTuple):
    """A text that is looked into: normalised, and its terms in order between blanks."""

    normal: str
    terms: str

    def has(self, words: Sequence[str]) -> bool:
        """Whether these words stand in it side by side, Latin ones in any form of their stem."""
        if _is_han(words[0]):
            return any(_are_words(self.normal, at, words) for at in _places(self.normal, words))
        return f" {' '.join(search_terms(' '.join(words)))} " in self.terms


class Shared(NamedTuple):
    """What two texts have in common: how many telling words, and the names to be read."""

    n_words: int = 0
    names: tuple[str, ...] = ()


@lru_cache(maxsize=4_096)
def held(text: str) -> Held:
    """Prepare a text of the catalogue for being looked into."""
    return Held(normalise(text), f" {' '.join(search_terms(text))} ")


def _places(normal: str, words: Sequence[str]) -> Iterator[int]:
    """Yield where words stand side by side in a text, whatever words that text is made of."""
    joined = "".join(words)
    at = normal.find(joined)
    while at >= 0:
        yield at
        at = normal.find(joined, at + 1)


def _are_words(normal: str, at: int, words: Sequence[str]) -> bool:
    """Whether characters are words there, too: 质检 is none in 物质检测, 大田 is one in 大田作物.

    Texts are cut into words with mistakes (冷轧带钢 becomes 冷轧带 and 钢), so one edge is enough:
    a word is none only where it is made of the end of one word and the beginning of the next. The
    whole begins or ends with a word of the text.
    """
    edges = _word_edges(normal)
    end = at
    for word in words:
        start, end = end, end + len(word)
        if not {start, end} & edges and not edges.isdisjoint(range(start + 1, end)):
            return False
    return at in edges or end in edges


@lru_cache(maxsize=4_096)
def _word_edges(normal: str) -> frozenset[int]:
    """Return the places in a normalised text at which its Han words begin and end."""
    edges: set[int] = set()
    for run in _HAN_RUN.finditer(normal):
        edges.update(accumulate(map(len, han_words(run.group())), initial=run.start()))
    return frozenset(edges)


def need_texts(need: Need) -> tuple[str, ...]:
    """Return what the need says in its own words, in both languages where it has them."""
    lines = (line.text for line in need.requirements)
    texts = (need.title, need.title_en, need.problem, need.problem_en, need.affected, *lines)
    return tuple(filter(None, texts))


class AskedWords:
    """The words of some texts of a need, with how much each tells in an index.

    Parameters
    ----------
    texts : iterable of str
    index : LexicalIndex
        Says which words are common among the texts of the catalogue.
    has_twins : bool
        Whether the texts say the same in both languages: words then count in one of them, the one
        in which there are more.
    """

    def __init__(
        self, texts: Iterable[str], index: LexicalIndex, *, has_twins: bool = False
    ) -> None:
        self._has_twins = has_twins
        kept = tuple(texts)
        self._written = " 。".join(kept)
        self.runs = [run for text in kept for run in _runs(text)]
        words = sorted({word for run in self.runs for word in run if _speaks(word)})
        self._weights = _weights(words, index)
        self.n_words = self._count(words)
        self.n_known = self._count([word for word in words if _is_known(word, index)])
        few = log(1 + max(index.n_units - 1.5, 0.0) / 2.5)  # in two texts: telling in any index
        level = min(COMMON_WEIGHT, few)
        self._telling = {word for word, weight in self._weights.items() if weight >= level}

    @property
    def n_telling(self) -> int:
        """How many different words tell candidates apart."""
        return self._count(self._telling)

    def shared_with(self, text: Held) -> Shared:
        """Return the telling words that a text holds, named in runs, the most telling first."""
        found: dict[str, float] = {}
        words: set[str] = set()
        for run in self.runs:
            for start, end in _stretches(run, self._telling, text.has):
                told = [word for word in run[start:end] if word in self._telling]
                words.update(told)
                name = _joined(run[start:end])
                found[name] = sum(self._weights[word] for word in told)
        return Shared(self._count(words), self._as_written(_most_telling(found)))

    def named_in(self, text: Held) -> tuple[str, ...]:
        """Return the runs that a text holds whole and that tell something, as names."""
        found = {
            _joined(run): sum(self._weights.get(word, 0.0) for word in run)
            for run in self.runs
            if not self._telling.isdisjoint(run) and text.has(run)
        }
        return self._as_written(_most_telling(found))

    def _count(self, words: Collection[str]) -> int:
        n_han = sum(map(_is_han, words))
        n_latin = len(words) - n_han
        return max(n_han, n_latin) if self._has_twins else n_han + n_latin

    def _as_written(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return names with the capitals that the need has them in: DCS, not dcs."""
        found = (re.search(re.escape(name), self._written, re.IGNORECASE) for name in names)
        return tuple(
            name if match is None else match.group()
            for name, match in zip(names, found, strict=True)
        )


def _most_telling(weights: Mapping[str, float]) -> tuple[str, ...]:
    """Return names, those with most weight first, without those that are part of another."""
    ordered = sorted(weights, key=lambda name: (-weights[name], name))
    kept = [a for a in ordered if not any(a != b and a in b for b in ordered)]
    return tuple(kept)


def quoted(names: Sequence[str], *, has_twins: bool) -> tuple[str, str]:
    """Return names as a Chinese and as an English sentence have them, at most five each.

    Parameters
    ----------
    has_twins : bool
        Whether the need is written in both languages: each sentence then names its own words.

    Examples
    --------
    >>> quoted(("带钢", "strip", "DCS"), has_twins=True)
    ('“带钢”', '“strip”, “DCS”')
    >>> quoted(("带钢", "DCS"), has_twins=False)
    ('“带钢”“DCS”', '“带钢”, “DCS”')
    """
    han = [name for name in names if _is_han(name)] if has_twins else []
    latin = [name for name in names if not _is_han(name)] if has_twins else []
    zh, en = (own or names for own in (han, latin))
    return (
        "".join(f"“{name}”" for name in zh[:MOST_NAMED]),
        ", ".join(f"“{name}”" for name in en[:MOST_NAMED]),
    )


def _runs(text: str) -> Iterator[list[str]]:
    """Yield words that stand side by side, Han and Latin apart."""
    for found in _RUN.finditer(normalise(text)):
        run = found.group()
        yield han_words(run) if _is_han(run) else re.split("[ -]", run)


def _is_han(word: str) -> bool:
    return _HAN_CHARACTER.match(word) is not None


def _speaks(word: str) -> bool:
    """Whether a word says something by itself: no grammar, no number, no lone character."""
    if len(word) < 2:
        return False
    if _is_han(word):
        return word not in HAN_STOP_WORDS and not HAN_STOP_CHARACTERS.issuperset(word)
    return word not in ENGLISH_STOP_WORDS and not word[0].isdigit()


def _terms(word: str) -> list[str]:
    """Return the pairs or the stem by which an index knows a word."""
    return [term for term in ranking_terms(word, words=False) if not term.startswith("1:")]


def _weights(words: Sequence[str], index: LexicalIndex) -> dict[str, float]:
    """Return how rare each word is; a word is at most as common as its rarest part."""
    of_words = {word: _terms(word) for word in words}
    every = sorted({term for terms in of_words.values() for term in terms})
    weights = dict(zip(every, index.weights_of(every).tolist(), strict=True))
    return {w: max(weights[term] for term in terms) for w, terms in of_words.items() if terms}


def _is_known(word: str, index: LexicalIndex) -> bool:
    terms = _terms(word)
    return bool(terms) and index.known_share(dict.fromkeys(terms, 1.0)) >= 1.0


def _stretches(
    run: Sequence[str], telling: set[str], holds: Callable[[Sequence[str]], bool]
) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a run, from a telling word on, that a text holds as they are."""
    at = 0
    while at < len(run):
        end = at
        if run[at] in telling and holds(run[at : at + 1]):
            end = at + 1
            while end < len(run) and _fits(run[at : end + 1]) and holds(run[at : end + 1]):
                end += 1
            while not _speaks(run[end - 1]):
                end -= 1
            yield at, end
        at = max(end, at + 1)


def _fits(words: Sequence[str]) -> bool:
    if _is_han(words[0]):
        return sum(map(len, words)) <= LONGEST_HAN
    return len(words) <= LONGEST_LATIN


def _joined(words: Sequence[str]) -> str:
    return ("" if _is_han(words[0]) else " ").join(words)
