"""Saved searches as pages draw them: what they look for in words, and their news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import format_datetime

from matcher.records import Catalogue
from matcher.store.saved_searches import NewResult, SavedSearch
from web.catalogue.facets import value_label
from web.catalogue.hits import own_text
from web.catalogue.kinds import kind_name, record_url
from web.catalogue.search_choice import Choice
from web.catalogue.search_pages import EVERYTHING, PAGES, SearchPage, search_page
from web.i18n import gettext as _


def search_words(
    page: SearchPage, query: str, facets: Mapping[str, Iterable[str]], catalogue: Catalogue
) -> str:
    """Say in one line what is looked for."""
    chosen = [
        value_label(name, value, catalogue)
        for name, values in facets.items()
        for value in values
        if name != "kind" or not page.kinds
    ]
    said = [_("“%(query)s”", query=query)] if query else []
    return " · ".join([page.heading, *said, *chosen])


def present_saved(saved: SavedSearch, n_news: int, catalogue: Catalogue) -> dict[str, Any]:
    page = search_page(saved.page if saved.page in PAGES else EVERYTHING)
    facets = {name: saved.facets[name] for name in page.facets if name in saved.facets}
    return {
        "id": saved.saved_search_id,
        "name": saved.name,
        "words": search_words(page, saved.query, facets, catalogue),
        "url": Choice(saved.query, facets, "newest").url(page),
        "wants_alerts": saved.wants_alerts,
        "n_news": n_news,
        "created": format_datetime(saved.created_at, "medium"),
    }


def present_news(news: NewResult) -> dict[str, Any]:
    return {
        "url": record_url(news.kind, news.record_id),
        "title": own_text(news.title, news.title_en),
        "kind": kind_name(news.kind),
        "is_new": news.is_new,
    }
