"""Searches that somebody keeps: save, list, see what is new, rename, silence, remove."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.store.catalogue import catalogue_revision
from matcher.store.connection import read_snapshot
from matcher.store.saved_searches import (
    MAX_NAME,
    TooManySavedSearches,
    change_saved,
    find_saved,
    list_saved,
    mark_seen,
    new_results,
    remove_saved,
    save_search,
)
from matcher.text.lexicon import Lexicon
from web import access, backend, session
from web.catalogue.saved import present_news, present_saved, search_words
from web.catalogue.search_choice import Choice
from web.catalogue.search_pages import PAGES, SearchPage, search_page
from web.i18n import gettext as _

blueprint = Blueprint("searches", __name__)


@blueprint.get("/searches")
@access.requires()
def list_searches() -> ResponseReturnValue:
    db, account = backend.database(), session.signed_in()
    expand = Lexicon.load().expand
    searches = [
        present_saved(each, len(new_results(db, each, expand=expand)), backend.catalogue())
        for each in list_saved(db, account.account_id)
    ]
    return render_template("pages/searches/list.html", searches=searches)


@blueprint.get("/searches/new")
@access.requires()
def new_search() -> ResponseReturnValue:
    page = wanted_page(request.args.get("list", ""))
    return search_form(page, Choice.of(page, request.args))


@blueprint.post("/searches/new")
@access.requires()
def create_search() -> ResponseReturnValue:
    page = wanted_page(request.form.get("list", ""))
    choice, name = Choice.of(page, request.form), request.form.get("name", "").strip()
    if not name:
        return search_form(page, choice, problem=_("Enter a name for this search.")), 422
    try:
        saved = save_search(
            backend.writable_database(),
            session.signed_in().account_id,
            name=name.replace("\0", " "),
            page=page.name,
            query=choice.query,
            facets={"kind": page.kinds, **choice.facets},
            wants_alerts="alerts" in request.form,
            now=datetime.now(UTC),
        )
    except TooManySavedSearches:
        problem = _("You keep as many searches as you can. Remove one first.")
        return search_form(page, choice, problem=problem, name=name), 422
    flash(_("The search “%(name)s” is saved.", name=saved.name))
    return redirect(url_for("searches.list_searches"), code=303)


def wanted_page(name: str) -> SearchPage:
    return search_page(name) if name in PAGES else abort(404)


def search_form(
    page: SearchPage, choice: Choice, *, problem: str = "", name: str | None = None
) -> str:
    words = search_words(page, choice.query, choice.facets, backend.catalogue())
    return render_template(
        "pages/searches/new.html",
        page=page,
        choice=choice.at_page(1),
        arguments=choice.at_page(1).pairs,
        words=words,
        name=(words if name is None and not problem else name or "")[:MAX_NAME],
        problem=problem,
        back_url=choice.url(page),
    )


@blueprint.get("/searches/<int:saved_search_id>")
@access.requires()
def show_search(saved_search_id: int) -> ResponseReturnValue:
    db = backend.database()
    saved = find_saved(db, session.signed_in().account_id, saved_search_id)
    expand = Lexicon.load().expand
    with read_snapshot(db, "read the news of a saved search"):
        # What is marked as seen with this revision is what the page shows, and nothing later.
        news, revision = new_results(db, saved, expand=expand), catalogue_revision(db)
    return render_template(
        "pages/searches/show.html",
        saved=present_saved(saved, len(news), backend.catalogue()),
        news=[present_news(each) for each in news],
        revision=revision,
    )


@blueprint.post("/searches/<int:saved_search_id>/seen")
@access.requires()
def mark_search_seen(saved_search_id: int) -> ResponseReturnValue:
    text = request.form.get("revision", "")
    revision = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    account_id = session.signed_in().account_id
    mark_seen(backend.writable_database(), account_id, saved_search_id, revision)
    return redirect(url_for("searches.list_searches"), code=303)


@blueprint.post("/searches/<int:saved_search_id>/change")
@access.requires()
def change_search(saved_search_id: int) -> ResponseReturnValue:
    saved = change_saved(
        backend.writable_database(),
        session.signed_in().account_id,
        saved_search_id,
        name=request.form.get("name", "").replace("\0", " "),
        wants_alerts="alerts" in request.form,
    )
    flash(_("The search “%(name)s” is saved.", name=saved.name))
    return redirect(url_for("searches.show_search", saved_search_id=saved_search_id), code=303)


@blueprint.post("/searches/<int:saved_search_id>/delete")
@access.requires()
def remove_search(saved_search_id: int) -> ResponseReturnValue:
    account_id = session.signed_in().account_id
    remove_saved(backend.writable_database(), account_id, saved_search_id)
    flash(_("The search was removed."))
    return redirect(url_for("searches.list_searches"), code=303)
