"""Cut the words that are not Han out of a normalised text, as the lexicon compares them.

Not here: Han runs, terms for search or scoring (``terms``). ``lexicon`` and the cue words
of ``intake`` call this.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from matcher.text.spelling import british
from matcher.text.terms import HAN, search_terms

__all__ = ["WORD", "Word", "forms", "last_joined", "words"]

MIN_PLURAL_LENGTH = 3  # "ais" and "gas" are no plurals

WORD = re.compile(rf"[^\W_{HAN}]+(?:['’]s(?![^\W_]))?")
# What may stand between two words of one term: "state-of-charge", "r&d", "vehicle to grid". A full
# stop or a comma ends a term.
_GAP = re.compile(r"[\s\-‐-―/&'’_]{1,3}")


class Word(NamedTuple):
    """One word of a normalised text that is not Han."""

    text: str
    singular: str
    stem: str
    start: int
    end: int


@lru_cache(maxsize=65_536)
def _read(word: str) -> tuple[str, str, str]:
    """Return a normalised word in British spelling, its singular and its stem."""
    word = british(word.removesuffix("'s").removesuffix("’s"))
    singular = word
    if len(word) > MIN_PLURAL_LENGTH and not word.endswith(("ss", "us", "is")):
        singular = f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
    return word, singular, next(iter(search_terms(word)), word)


def words(normal: str) -> list[Word]:
    """Return the words of a normalised text that are not Han, in order."""
    return [Word(*_read(w.group()), w.start(), w.end()) for w in WORD.finditer(normal)]


def forms(found: list[Word]) -> dict[tuple[str, ...], None]:
    """Return how the words are written and the same in the singular; the exact form first."""
    exact, singular = (w.text for w in found), (w.singular for w in found)
    return dict.fromkeys((tuple(exact), tuple(singular)))


def last_joined(normal: str, found: list[Word]) -> list[int]:
    """Return for each word the index of the last word before a full stop, comma or Han."""
    last = list(range(len(found)))
    for i in range(len(found) - 2, -1, -1):
        if _GAP.fullmatch(normal, found[i].end, found[i + 1].start):
            last[i] = last[i + 1]
    return last
