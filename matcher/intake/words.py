"""The word lists of ``data/vocabulary/intake_words.csv``: what says nothing, who is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from matcher.text.terms import normalise
from matcher.vocabulary.files import read_vocabulary

KINDS = ("placeholder", "vague", "buzzword", "known", "people")


@cache
def words_of(folder: Path, kind: str) -> frozenset[str]:
    """Return the normalised words of one kind, both languages together."""
    rows = read_vocabulary(folder, "intake_words.csv", ("kind", "zh", "en"))
    named = (row[language] for row in rows if row["kind"] == kind for language in ("zh", "en"))
    return frozenset(normalise(word) for word in named if word)


@cache
def _pattern(folder: Path, kind: str) -> re.Pattern[str]:
    """Return what finds any word of a kind in normalised text; Latin words as whole words."""
    ordered = sorted(words_of(folder, kind), key=lambda word: (-len(word), word))
    return re.compile(
        "|".join(
            rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
            for word in ordered
        )
    )


def find_words(normal: str, folder: Path, kind: str) -> Iterator[re.Match[str]]:
    """Yield the words of a kind in a normalised text, in order, the longest at each place."""
    return _pattern(folder, kind).finditer(normal)


def without_words(normal: str, folder: Path, kind: str) -> str:
    """Return a normalised text without the words of a kind."""
    return _pattern(folder, kind).sub(" ", normal)
