"""Texts as they are compared with names and marks: what spelling can vary is folded away.

Width, case, traditional characters, spaces, punctuation and invisible characters make no
difference. Every folded character knows where it stood, so that what is found can be shown or
masked in the text as it was written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from matcher.text.terms import normalise

BARRIER = "■"  # the mark of a masked passage: never folded away, so that nothing joins across it


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and the place in the original of each of its characters."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the folded characters from start to end (exclusive) stood."""
        return self.places[start], self.places[end - 1] + 1

    def occurrences(self, name: str) -> Iterator[tuple[int, int]]:
        """Yield the places (start, end) of a folded name in the folded text, left to right."""
        at = self.text.find(name)
        while name and at >= 0:
            yield at, at + len(name)
            at = self.text.find(name, at + 1)


@lru_cache(maxsize=65_536)
def _folded_character(character: str) -> str:
    if character == BARRIER:
        return character
    plain = unicodedata.normalize("NFKD", normalise(character))  # an accent may be left out
    return "".join(c for c in plain if c.isalnum() and not unicodedata.combining(c))


def fold(text: str) -> Folded:
    """Return the letters, digits and Han characters of a text in one spelling.

    Examples
    --------
    >>> fold("華 為（深圳）ＬＴＤ.").text
    '华为深圳ltd'
    """
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        folded = _folded_character(character)
        letters.append(folded)
        places.extend([place] * len(folded))
    return Folded("".join(letters), tuple(places))


def same_width(text: str) -> str:
    """Return the text with full-width and other compatible signs made plain, place for place.

    A character that would become several stays as it is, so that places stay the same.

    Examples
    --------
    >>> same_width("ｔｅｌ：１３８００１３８０００")
    'tel:13800138000'
    """
    if text.isascii():
        return text
    return translated(text, lambda character: unicodedata.normalize("NFKC", character))


def translated(text: str, spelled: Callable[[str], str]) -> str:
    """Return a text with each character in another spelling, place for place.

    However long the text, each character is looked up once; one whose spelling is not of one
    character stays as it is.

    Examples
    --------
    >>> translated("Große", str.upper)
    'GROßE'
    """
    others = ((character, spelled(character)) for character in set(text))
    return text.translate({ord(c): other for c, other in others if len(other) == 1})
