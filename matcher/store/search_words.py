"""Words of the catalogue that are written like those of a query that found nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from sqlite_utils import Database

from matcher.store.connection import read_snapshot
from matcher.store.search_query import MAX_READ
from matcher.text.stopwords import ENGLISH_STOP_WORDS, HAN_STOP_WORDS
from matcher.text.terms import HAN, normalise

LEAST_LIKENESS = 0.7  # of English words: one letter in five may be wrong
LEAST_SHARED = 0.6  # of the characters of a Chinese word
MAX_ASKED = 6
_WORD = re.compile(rf"[{HAN}]{{2,}}|[a-z][a-z-]{{3,}}")


def near_words(db: Database, text: str, *, limit: int = 5) -> list[str]:
    """Return words of titles that are close to words of a text, closest first.

    Returns
    -------
    list of str
        Each finds at least the record whose title holds it; none stands in the text itself.
    """
    asked = list(dict.fromkeys(_words(text[:MAX_READ])))[:MAX_ASKED]
    if not asked:
        return []
    with read_snapshot(db, "look for similar words"):
        rows = db.conn.execute("SELECT title, title_en FROM search_document").fetchall()
    known = dict.fromkeys(word for row in rows for title in row for word in _words(title))
    scored = [
        (likeness, word)
        for word in known
        if word not in asked and (likeness := max(_likeness(word, each) for each in asked)) > 0
    ]
    scored.sort(key=lambda pair: (-pair[0], pair[1]))
    return [word for _, word in scored[:limit]]


def _words(text: str) -> Iterator[str]:
    """Yield the words of a text: Chinese as a dictionary cuts it, English of four letters on."""
    import rjieba  # here: its dictionary takes a tenth of a second to load

    for found in _WORD.finditer(normalise(text)):
        run = found.group()
        pieces = [run] if run.isascii() else rjieba.cut(run)
        stop = ENGLISH_STOP_WORDS if run.isascii() else HAN_STOP_WORDS
        yield from (piece for piece in pieces if len(piece) > 1 and piece not in stop)


def _likeness(word: str, asked: str) -> float:
    """Return how alike two words of one script are, 0 where not enough."""
    if word.isascii() != asked.isascii():
        return 0.0
    if word.isascii():
        if abs(len(word) - len(asked)) > 3:
            return 0.0
        matcher = SequenceMatcher(None, asked, word)
        if matcher.real_quick_ratio() < LEAST_LIKENESS or matcher.quick_ratio() < LEAST_LIKENESS:
            return 0.0
        ratio = matcher.ratio()
        return ratio if ratio >= LEAST_LIKENESS else 0.0
    shared = len(set(word) & set(asked)) / max(len(set(word)), len(set(asked)))
    return shared if shared >= LEAST_SHARED else 0.0
