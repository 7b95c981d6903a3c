"""Search everything at once, and see where things are."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from web import access, backend
from web.catalogue.kinds import KINDS
from web.catalogue.listing import run
from web.catalogue.places import PLACED, present_places
from web.catalogue.results import results_page
from web.catalogue.search_choice import Choice
from web.catalogue.search_pages import EVERYTHING, search_page

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
@access.public
def search_everything() -> ResponseReturnValue:
    return results_page(EVERYTHING)


@blueprint.get("/places")
@blueprint.get("/places/<kind>")
@access.public
def show_places(kind: str = "provider") -> ResponseReturnValue:
    if kind not in PLACED:
        abort(404)
    page = search_page(KINDS[kind].page)
    choice = Choice.of(page, request.args).without("region")
    result = run(backend.database(), page, choice, limit=1)
    counts = result.facets.get("region", {})
    places = present_places(kind, page, choice, counts, result.total)
    return render_template("pages/catalogue/places.html", places=places)
