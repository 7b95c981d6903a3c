"""The needs and pairs behind a figure, as a page shows them: with links where they can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from matcher.errors import UnknownRecord
from matcher.store.capabilities import read_capability
from matcher.store.needs import read_kept_need
from matcher.workflow.learning.needs_behind import NeedBehind, PairBehind, needs_behind
from matcher.workflow.learning.report_selection import Selection
from web import backend
from web.i18n import gettext as _
from web.presenters import text_of

N_PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record can be read, and what it is called; empty where it cannot."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One need with its place, and its pairs with theirs."""

    need: NeedBehind
    place: Place
    pairs: tuple[tuple[PairBehind, Place], ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """One page of the needs behind a figure."""

    rows: tuple[Row, ...]
    missing: tuple[str, ...]  # ids that history does not know any more
    page: int
    n_pages: int


def page_of(figure: Mapping[str, Any], selection: Selection, page: int, today: date) -> Behind:
    """Return one page of the needs behind a figure, with their pairs."""
    ids = list(figure["needs"])
    n_pages = max(1, -(-len(ids) // N_PER_PAGE))
    page = min(page, n_pages)
    wanted = ids[(page - 1) * N_PER_PAGE : page * N_PER_PAGE]
    found = needs_behind(backend.database(), wanted, selection, today=today) if wanted else []
    known = {one.need_id for one in found}
    return Behind(
        tuple(row_of(one) for one in found),
        tuple(one for one in wanted if one not in known),
        page,
        n_pages,
    )


def row_of(need: NeedBehind) -> Row:
    pairs = tuple((pair, capability_place(pair.capability_id)) for pair in need.pairs)
    return Row(need, need_place(need.need_id), pairs)


def need_place(need_id: str) -> Place:
    try:
        kept = read_kept_need(backend.database(), need_id)
    except UnknownRecord:
        return Place("", "")
    url = url_for("review_needs.show_review", need_id=need_id)
    return Place(text_of(kept.need, "title"), url)


def capability_place(capability_id: str) -> Place:
    try:
        found = read_capability(backend.database(), capability_id)
    except UnknownRecord:
        return Place("", "")
    url = url_for("capabilities.show_capability", capability_id=capability_id)
    return Place(text_of(found, "name"), url)


def came_to_words(word: str) -> str:
    words = {
        "": _("no answer"),
        "one_side": _("one side accepted"),
        "mutual": _("both sides agreed"),
        "talks": _("talks"),
        "pilot": _("pilot"),
        "contracted": _("contract"),
        "declined": _("declined"),
    }
    return words.get(word, word)
