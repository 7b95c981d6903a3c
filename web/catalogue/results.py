"""Answer a search: the whole page, or for htmx the list and the facets that go with it."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from matcher.errors import ModelError
from matcher.store.search import Hit, SearchResult, list_keys, read_hits
from matcher.text.lexicon import Lexicon
from matcher.workflow.matching.meaning import N_CLOSE
from web import backend, hx
from web.catalogue.listing import present, run, wants_close, ways_out
from web.catalogue.search_choice import Choice
from web.catalogue.search_pages import SearchPage, search_page


def results_page(name: str) -> Response:
    page = search_page(name)
    choice = Choice.of(page, request.args)
    result = run(backend.database(), page, choice)
    close = close_hits(page, choice, result) if wants_close(choice, result) else []
    listing = present(page, choice, result, backend.catalogue(), close)
    if not result.total:
        listing["ways_out"] = ways_out(backend.database(), page, choice, backend.catalogue())
    if hx.wants_fragment():
        part = render_template("partials/_listing.html", listing=listing)
        return hx.hx_response(part, push_url=choice.url(page))
    return make_response(render_template("pages/catalogue/list.html", listing=listing))


def close_hits(page: SearchPage, choice: Choice, result: SearchResult) -> list[Hit]:
    """Return records close in meaning that the words did not find; none without a model."""
    db = backend.database()
    found = {(hit.kind, hit.record_id) for hit in result.hits} if not result.is_relaxed else set()
    among = list_keys(db, kinds=page.kinds, facets=choice.facets)
    try:
        keys = backend.meaning().closest(choice.query, among, limit=N_CLOSE + len(found))
    except ModelError:
        return []
    fresh = [key for key in keys if key not in found][:N_CLOSE]
    return read_hits(db, fresh, choice.query, Lexicon.load().expand)
