"""The pages on which needs, providers and places are chosen for a round: rows, filters, ticks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from matcher.errors import UnknownRecord
from matcher.store.organisations import read_organisation
from matcher.store.rounds import Round
from matcher.workflow.rounds.choosing import (
    USUAL_QUOTA,
    needs_to_choose,
    places_to_choose,
    providers_to_choose,
)
from matcher.workflow.rounds.scope import Scope, Seat, scope_of
from matcher.workflow.working_days import CHINA_TIME
from web import backend
from web.catalogue.paging import page_number
from web.i18n import gettext as _
from web.presenters import industry_label, label, place_of, text_of

NEEDS, PROVIDERS, PLACES = "needs", "providers", "places"
KINDS = (NEEDS, PROVIDERS, PLACES)
PER_PAGE = 40
LARGEST_QUOTA = 999


@dataclass(frozen=True, slots=True)
class Row:
    """One line to tick."""

    party_id: str
    title: str
    about: tuple[str, ...]
    url: tuple[str, dict[str, str]] | None
    groups: frozenset[str]  # values by which the list can be narrowed
    is_chosen: bool
    most: str = ""
    least: str = ""
    n_free: int | None = None


@dataclass(slots=True)
class Wish:
    """How the list is narrowed."""

    words: str = ""
    group: str = ""
    only_chosen: bool = False
    page: int = 1

    def query(self, **changes: Any) -> dict[str, Any]:
        """Return the query that asks for this, without what is usual."""
        given = {"q": self.words, "group": self.group, "chosen": "1" if self.only_chosen else ""}
        found = {**given, "page": self.page if self.page > 1 else "", **changes}
        return {name: value for name, value in found.items() if value not in ("", 1)}


@dataclass(slots=True)
class Choice:
    """One page of the list with what is chosen."""

    kind: str
    rows: list[Row]
    wish: Wish
    n_found: int
    n_all: int
    n_chosen: int
    groups: list[tuple[str, str]]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def n_pages(self) -> int:
        return max(1, -(-self.n_found // PER_PAGE))


def wish_of(args: Mapping[str, str]) -> Wish:
    return Wish(
        args.get("q", "").strip()[:100],
        args.get("group", "").strip()[:40],
        args.get("chosen") == "1",
        page_number(args.get("page")),
    )


def choice_of(found: Round, kind: str, wish: Wish) -> Choice:
    """Return the lines of one kind that a wish leaves, a page of them."""
    if kind not in KINDS:
        raise UnknownRecord("choice", kind)
    scope = scope_of(found)
    rows = {NEEDS: need_rows, PROVIDERS: provider_rows, PLACES: place_rows}[kind](scope)
    fitting = [row for row in rows if fits(row, wish)]
    start = (wish.page - 1) * PER_PAGE
    return Choice(
        kind,
        fitting[start : start + PER_PAGE],
        wish,
        len(fitting),
        len(rows),
        sum(row.is_chosen for row in rows),
        groups_of(kind, rows),
    )


def fits(row: Row, wish: Wish) -> bool:
    text = " ".join((row.party_id, row.title, *row.about)).casefold()
    return (
        (not wish.only_chosen or row.is_chosen)
        and (not wish.group or wish.group in row.groups)
        and all(word in text for word in wish.words.casefold().split())
    )


def groups_of(kind: str, rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Return the values by which the list can be narrowed, with their words."""
    vocabulary = {PROVIDERS: "", PLACES: "base_domain"}.get(kind, "")
    codes = sorted({code for row in rows for code in row.groups})
    if kind == NEEDS:
        return [(code, industry_label(code)) for code in codes]
    if kind == PROVIDERS:
        words = {"free": _("say that they have room"), "unknown": _("have not said")}
        return [(code, words[code]) for code in codes]
    return [(code, label(vocabulary, code)) for code in codes]


def need_rows(scope: Scope) -> list[Row]:
    chosen, db = set(scope.needs), backend.database()
    rows = []
    for kept in needs_to_choose(db):
        need, owner = kept.need, read_organisation(db, kept.organisation_id)
        industries = [industry_label(code) for code in need.industries[:2]]
        size = [label("org_size", owner.size)] if owner.size else []
        visibility = label("need_visibility", kept.status.visibility)
        rows.append(
            Row(
                need.need_id,
                text_of(need, "title"),
                (text_of(owner, "name"), *size, *industries, visibility),
                ("needs.show_need", {"need_id": need.need_id}),
                frozenset(code[0] for code in need.industries),
                need.need_id in chosen,
            )
        )
    return rows


def provider_rows(scope: Scope) -> list[Row]:
    seats, catalogue = scope.seats("provider"), backend.catalogue()
    today = datetime.now(CHINA_TIME).date()
    return [
        _seat_row(
            one.provider.provider_id,
            text_of(one.provider, "name"),
            (
                place_of(one.provider),
                _("capabilities: %(count)s", count=one.n_capabilities),
            ),
            ("catalogue.show_provider", {"provider_id": one.provider.provider_id}),
            "unknown" if one.n_free is None else ("free" if one.n_free else ""),
            seats,
            one.n_free,
        )
        for one in providers_to_choose(catalogue, today)
    ]


def place_rows(scope: Scope) -> list[Row]:
    seats, db = scope.seats("place"), backend.database()
    found = places_to_choose(db, backend.catalogue(), scope, datetime.now(UTC))
    return [
        _seat_row(
            one.place_id,
            text_of(one.base, "name"),
            (
                _(", ").join(text_of(service, "name") for service in one.services[:3])
                or _("services not published"),
                period_words(one.slot),
            ),
            ("catalogue.show_base", {"base_id": one.base.pilot_base_id}),
            one.base.domain,
            seats,
            one.n_free,
        )
        for one in found
    ]


def period_words(slot: Any) -> str:
    if slot is None or (slot.start is None and slot.end is None):
        return _("period not published")
    return _(
        "%(start)s to %(end)s",
        start=slot.start.isoformat() if slot.start else "–",
        end=slot.end.isoformat() if slot.end else "–",
    )


def _seat_row(  # noqa: PLR0913 - what a line shows
    party_id: str,
    title: str,
    about: tuple[str, ...],
    url: tuple[str, dict[str, str]],
    group: str,
    seats: Mapping[str, Seat],
    n_free: int | None,
) -> Row:
    seat = seats.get(party_id)
    usual = USUAL_QUOTA if n_free is None else n_free
    return Row(
        party_id,
        title,
        tuple(text for text in about if text),
        url,
        frozenset({group} - {""}),
        seat is not None,
        str(seat.most if seat else usual),
        str(seat.least if seat else 0),
        n_free,
    )


def chosen_scope(found: Round, kind: str, sent: MultiDict[str, str]) -> tuple[Scope, Choice]:
    """Return the scope after the ticks of a page, and the page with what is wrong with them.

    Only the lines that were shown change: what a filter hides stays as it was chosen.
    """
    choice = choice_of(found, kind, wish_of(request.args))
    shown = [row.party_id for row in choice.rows if row.party_id in sent.getlist("shown")]
    every = sent.get("all", "")
    ticked = set(sent.getlist("ticked"))
    if every:
        ticked = set(shown) if every == "yes" else set()
    scope = scope_of(found)
    if kind == NEEDS:
        kept = [one for one in scope.needs if one not in shown]
        return replace(scope, needs=(*kept, *(one for one in shown if one in ticked))), choice
    name = "provider" if kind == PROVIDERS else "place"
    seats = {k: v for k, v in scope.seats(name).items() if k not in shown}
    choice.rows = [_typed_row(row, sent, ticked) for row in choice.rows]
    for row in choice.rows:
        if row.party_id in shown and row.party_id in ticked:
            problem = quota_problem(row)
            if problem:
                choice.errors[row.party_id] = problem
            else:
                seats[row.party_id] = Seat(row.party_id, int(row.most), int(row.least))
    changed: Sequence[Seat] = tuple(seats.values())
    if kind == PROVIDERS:
        return replace(scope, providers=tuple(changed)), choice
    return replace(scope, places=tuple(changed)), choice


def _typed_row(row: Row, sent: Mapping[str, str], ticked: set[str]) -> Row:
    return replace(
        row,
        is_chosen=row.party_id in ticked,
        most=sent.get(f"most-{row.party_id}", row.most).strip()[:10],
        least=sent.get(f"least-{row.party_id}", row.least).strip()[:10],
    )


def quota_problem(row: Row) -> str:
    """Return what is wrong with a quota that was typed, or nothing."""
    numbers = [row.most, row.least]
    if not all(one.isascii() and one.isdigit() for one in numbers):
        return _("Give whole numbers; what was given: %(given)s.", given=" / ".join(numbers))
    most, least = map(int, numbers)
    if not 1 <= most <= LARGEST_QUOTA:
        return _("At most must be from 1 to %(most)s.", most=LARGEST_QUOTA)
    if least > most:
        return _("At least must not be more than at most.")
    return ""
