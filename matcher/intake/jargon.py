"""Find words that a reader from outside cannot know: undefined abbreviations and buzzwords."""

from __future__ import annotations

import re
from collections.abc import Iterable

from matcher.intake.words import find_words, words_of
from matcher.text.terms import HAN, normalise
from matcher.vocabulary import data_folder

LONGEST_ABBREVIATION = 6
SHOUTING_SHARE = 0.5  # from this share of capitals a text is shouted, and capitals mean nothing

_ABBREVIATION = re.compile(r"(?<![A-Za-z0-9.\-_/])[A-Z][A-Z0-9&]{1,5}s?(?![A-Za-z0-9_])")
_HAS_TWO_CAPITALS = re.compile(r"[A-Z].*[A-Z]")


def find_jargon(text: str, elsewhere: Iterable[str] = ()) -> tuple[str, ...]:
    """Return abbreviations that are nowhere explained, and buzzwords, in order, each once.

    Parameters
    ----------
    text : str
    elsewhere : iterable of str
        Other texts of the same need, in which an abbreviation may be explained.

    Examples
    --------
    >>> find_jargon("用FDC数据赋能，接入MES")
    ('FDC', '赋能')
    >>> find_jargon("用FDC数据检测", ["故障检测与分类（FDC）系统"])
    ()
    """
    explained = " ".join((text, *elsewhere))
    return tuple(dict.fromkeys((*_abbreviations(text, explained), *_buzzwords(text))))


def _abbreviations(text: str, explained: str) -> Iterable[str]:
    if _is_shouted(text):
        return
    known = words_of(data_folder(), "known")
    for found in _ABBREVIATION.findall(text):
        word = found.rstrip("s")
        is_short = _HAS_TWO_CAPITALS.search(word) and len(word) <= LONGEST_ABBREVIATION
        if is_short and normalise(word) not in known and not _is_explained(word, explained):
            yield word


def _is_explained(word: str, text: str) -> bool:
    """Whether the word stands in brackets behind its meaning, or its meaning behind it."""
    name = re.escape(word)
    plural = rf"{name}s?"
    meaning = rf"[A-Za-z{HAN}][^()（）]{{2,}}"
    patterns = (
        rf"[A-Za-z{HAN}]\s?[（(]\s?[^()（）]{{0,40}}\b{plural}\s?[）)]",
        rf"{plural}\s?[（(]\s?{meaning}[）)]",
        rf"{plural}\s?(?:[:：]|即|是指|指的是|,? i\.e\.|stands for|means)\s?{meaning}",
    )
    return any(re.search(pattern, text) for pattern in patterns)


def _is_shouted(text: str) -> bool:
    latin = [c for c in text if c.isascii() and c.isalpha()]
    words = re.findall(r"[A-Za-z]+", text)
    n_capitals = sum(map(str.isupper, latin))
    return len(words) > LONGEST_ABBREVIATION and n_capitals > SHOUTING_SHARE * len(latin)


def _buzzwords(text: str) -> Iterable[str]:
    for found in find_words(normalise(text), data_folder(), "buzzword"):
        yield found.group()
