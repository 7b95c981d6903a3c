"""One page of results as a template draws it: hits, facets, chips, pages, and what to do if none.

``search_choice`` reads the address, ``facets`` and ``hits`` draw the parts.
"""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlite_utils import Database

from matcher.records import Catalogue
from matcher.store.search import Hit, SearchResult, search
from matcher.store.search_words import near_words
from matcher.text.lexicon import Lexicon
from matcher.workflow.matching.meaning import finds_little
from web.catalogue.facets import chips, facet_label, present_facets, value_label
from web.catalogue.hits import present_hit
from web.catalogue.kinds import KINDS, counted, kinds_name
from web.catalogue.search_choice import Choice
from web.catalogue.search_pages import EVERYTHING, N_PER_PAGE, SearchPage, search_page
from web.i18n import gettext as _

N_OTHER_WORDS = 6


def run(db: Database, page: SearchPage, choice: Choice, *, limit: int = N_PER_PAGE) -> SearchResult:
    """Search as a page does, in either language."""
    return search(
        db,
        choice.query,
        kinds=page.kinds,
        facets=choice.facets,
        limit=limit,
        offset=choice.offset if limit == N_PER_PAGE else 0,
        expand=Lexicon.load().expand,
        order=choice.order_on(page),
    )


def wants_close(choice: Choice, result: SearchResult) -> bool:
    return bool(choice.query) and choice.page == 1 and finds_little(result)


def present(
    page: SearchPage,
    choice: Choice,
    result: SearchResult,
    catalogue: Catalogue,
    close: list[Hit],
) -> dict[str, Any]:
    """Return what ``pages/catalogue/list.html`` and its parts draw."""
    with_kind = page.name == EVERYTHING
    return {
        "page_name": page.name,
        "heading": page.heading,
        "title": page_title(page, choice, result, catalogue),
        "lead": page.lead,
        "search_label": page.search_label,
        "placeholder": page.placeholder,
        "form_url": url_for(page.endpoint),
        "url": choice.url(page),
        "query": choice.query,
        "order": choice.order,
        "orders": orders(page, choice),
        "kind": next(iter(choice.facets.get("kind", ())), ""),
        "tabs": tabs(page, choice, result) if with_kind else [],
        "elsewhere": [] if with_kind else elsewhere(page, choice, result),
        "chips": chips(page, choice, catalogue),
        "clear_url": Choice(choice.query, order=choice.order).url(page),
        "facets": present_facets(page, choice, result.facets, catalogue),
        "others": result.others[:N_OTHER_WORDS],
        "is_relaxed": result.is_relaxed,
        "total": result.total,
        "hits": [present_hit(hit, catalogue, with_kind=with_kind) for hit in result.hits],
        "close": [present_hit(hit, catalogue, with_kind=with_kind) for hit in close],
        "map_url": map_url(page, choice) if result.total else "",
        "save_url": save_url(page, choice),
        **pagination(page, choice, result),
    }


def page_title(page: SearchPage, choice: Choice, result: SearchResult, catalogue: Catalogue) -> str:
    """Return what is shown in one line: the list, the words, the choices, the page."""
    said = [page.heading]
    if choice.query:
        said.append(_("“%(query)s”", query=choice.query))
    said += [value_label(name, value, catalogue) for name, value in choice.pairs[:3]]
    number = result.offset // N_PER_PAGE + 1
    if number > 1:
        said.append(_("page %(page)s", page=number))
    return " · ".join(said)


def orders(page: SearchPage, choice: Choice) -> list[dict[str, Any]]:
    """Return what a list can be ordered by; without words its usual order comes first."""
    words = {"relevance": _("Best match"), "name": _("Name"), "newest": _("Newest first")}
    other = "name" if page.usual_order == "newest" else "newest"
    without = {"relevance": words[page.usual_order], other: words[other]}
    offered = words if choice.query else without
    return [
        {"value": value, "label": label, "is_chosen": value == choice.order}
        for value, label in offered.items()
    ]


def tabs(page: SearchPage, choice: Choice, result: SearchResult) -> list[dict[str, Any]]:
    """Return one link a kind with its count, and one to all of them."""
    counts = result.facets.get("kind", {})
    chosen = next(iter(choice.facets.get("kind", ())), "")
    every = {"": sum(counts.values()), **{kind: counts.get(kind, 0) for kind in KINDS}}
    return [
        {
            "label": kinds_name(kind) if kind else _("All"),
            "count": count,
            "url": choice.with_only("kind", kind).url(page),
            "is_current": kind == chosen,
        }
        for kind, count in every.items()
    ]


def elsewhere(page: SearchPage, choice: Choice, result: SearchResult) -> list[dict[str, str]]:
    """Return what the same words find in the other lists."""
    if not choice.query or choice.facets:
        return []
    counts = result.facets.get("kind", {})
    found = []
    for kind, count in counts.items():
        if kind in page.kinds or kind not in KINDS:
            continue
        other = search_page(KINDS[kind].page)
        found.append({"label": counted(kind, count), "url": Choice(choice.query).url(other)})
    return found


def map_url(page: SearchPage, choice: Choice) -> str:
    """Return the address of the map of these results, where the records have a place."""
    kinds = page.kinds or choice.facets.get("kind", ())
    if len(kinds) != 1 or kinds[0] not in KINDS or not KINDS[kinds[0]].has_place:
        return ""
    shown = choice.without("region").without("kind").at_page(1)
    arguments = shown.arguments(search_page(KINDS[kinds[0]].page))
    return url_for("search.show_places", kind=kinds[0], **arguments)


def save_url(page: SearchPage, choice: Choice) -> str:
    """Return where the search can be saved, if it looks for anything in particular."""
    if not choice.query and not choice.facets:
        return ""
    arguments = choice.at_page(1).arguments(page)
    return url_for("searches.new_search", list=page.name, **arguments)


def pagination(page: SearchPage, choice: Choice, result: SearchResult) -> dict[str, Any]:
    number = result.offset // N_PER_PAGE + 1
    n_pages = max(1, -(-result.total // N_PER_PAGE))
    return {
        "page": number,
        "n_pages": n_pages,
        "first": result.offset + 1,
        "last": result.offset + len(result.hits),
        "previous_url": choice.at_page(number - 1).url(page) if number > 1 else "",
        "next_url": choice.at_page(number + 1).url(page) if number < n_pages else "",
    }


def ways_out(
    db: Database, page: SearchPage, choice: Choice, catalogue: Catalogue
) -> dict[str, Any]:
    """Return what would find something where nothing was found: less, or other words."""
    lighter = [(facet_label(name), choice.without(name)) for name in choice.facets]
    if choice.query and choice.facets:
        lighter.append((_("the words “%(query)s”", query=choice.query), Choice("", choice.facets)))
    remove = []
    for name, less in lighter:
        total = run(db, page, less, limit=1).total
        if total:
            remove.append({"label": name, "count": total, "url": less.url(page)})
    words = near_words(db, choice.query) if choice.query else []
    return {
        "remove": remove,
        "words": [{"label": word, "url": Choice(word).url(page)} for word in words],
    }
