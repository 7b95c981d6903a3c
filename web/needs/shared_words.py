"""The words that a quoted text shares with a need, marked where they stand."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from matcher.records import Need
from matcher.store.search_highlights import find_marks
from matcher.store.search_query import Query
from matcher.text.lexicon import Lexicon
from matcher.text.terms import detect_language, ranking_terms
from web.catalogue.hits import in_its_language


def with_shared_words(text: str, need: Need) -> Markup:
    """Return a quoted text, its language named, with what the need says too marked.

    In a text of the other language the words for the need's domain terms are marked.
    """
    code = detect_language(text)
    return in_its_language(text, find_marks(text, _query(_asked(need, code), code)))


def _asked(need: Need, code: str) -> str:
    """Return what the need says, in this language where it has a twin."""
    if code == "en" and need.title_en:
        lines = [line.text_en or line.text for line in need.requirements]
        return " ".join((need.title_en, need.problem_en or need.problem, *lines))
    return " ".join((need.title, need.problem, *(line.text for line in need.requirements)))


@lru_cache(maxsize=64)
def _query(asked: str, language: str) -> Query:
    own, other = frozenset[str](), frozenset[str]()
    if language == detect_language(asked):
        own = _terms(asked)
    else:
        other = _terms(" . ".join(Lexicon.load().expand(asked)))
    return Query("", "", terms=own, other_terms=other, characters=frozenset())


def _terms(text: str) -> frozenset[str]:
    """Return pairs of Han characters and stems, without stop words, single characters, numbers."""
    found = ranking_terms(text, words=False)
    return frozenset(t for t in found if len(t) > 1 and t[1] != ":" and not t.isdigit())


def init_app(app: Flask) -> None:
    app.jinja_env.globals["with_shared_words"] = with_shared_words
