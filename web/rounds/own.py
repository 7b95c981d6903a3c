"""The page of a round for one that takes part: its statements, its result, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import g, render_template, request, url_for

from matcher.allocation.inputs import rules_from
from matcher.allocation.results import Unmatched
from matcher.errors import UnknownRecord
from matcher.identity import Account
from matcher.store.needs import read_kept_need
from matcher.store.round_parties import NEED, PROVIDER, Candidate, Offer, Party, list_offers
from matcher.store.rounds import Round, StoredAnswer, read_round
from matcher.workflow.needs.disclosure import as_shown, is_suspended, may_see, sees_all
from matcher.workflow.rounds.lifecycle import PUBLISHED
from matcher.workflow.rounds.offers import place_in_line
from matcher.workflow.rounds.reading import lock_reasons, result_of
from matcher.workflow.rounds.scope import parts_of_place, rules_digest, scope_of
from matcher.workflow.rounds.statements import (
    Sheet,
    n_entered,
    own_parties,
    sheet_of,
    takes_answers,
)
from web import backend, session
from web.i18n import gettext as _
from web.presenters import text_of
from web.rounds import words
from web.rounds.names import Names

MOST_SHOWN = 120
ANSWERS = ("must", "willing", "no")


@dataclass(frozen=True, slots=True)
class Line:
    """One of whom a party may say something."""

    other_id: str
    title: str
    about: str
    url: str
    probability: float | None  # of a match; a place adds no figure of its own
    answer: str
    entered: StoredAnswer | None = None  # by the operator, with its source


@dataclass(frozen=True, slots=True)
class Own:
    """What the page shows of one party of the reader's organisation."""

    party: Party
    title: str
    about: str  # service and period of a place
    lines: list[Line]
    n_more: int
    n_said: int
    offers: list[Offer]
    unmatched: Unmatched | None
    in_line: dict[str, int]

    @property
    def anchor(self) -> str:
        return f"party-{self.party.party_id.replace('/', '-')}"


def own_round_page(round_id: str, problem: str = "", about: str = "") -> str:
    """Show a round to an organisation that takes part in it; for others it does not exist."""
    db, now = backend.database(), datetime.now(UTC)
    parties = own_parties(db, round_id, session.own_organisation().organisation_id)
    found = read_round(db, round_id)
    g.own_address = (url_for("my_rounds.show_own", round_id=round_id), [])
    is_open = takes_answers(found, now)
    shows = "result" if found.state == PUBLISHED else "statements"
    return render_template(
        "pages/rounds/own.html",
        found=found,
        phase=words.phase_of(found, now),
        is_open=is_open,
        shows=shows,
        lock_reasons=lock_reasons(db, found) if shows == "result" else {},
        own=[own_of(found, party, is_open=is_open) for party in parties],
        n_entered=n_entered(db, round_id),
        rules=rules_from(json.loads(found.rules)),
        scope=scope_of(found),
        digest=rules_digest(found),
        names=Names(backend.catalogue(), db),
        problem=problem,
        about=about,
        typed=request.form,
        answers=ANSWERS,
        words=words,
    )


def own_of(found: Round, party: Party, *, is_open: bool) -> Own:
    """Return what the page shows of one party: statements before, its own result after."""
    db = backend.database()
    lines, n_more, n_said = [], 0, 0
    offers: list[Offer] = []
    unmatched, in_line = None, {}
    if found.state == PUBLISHED:
        every = list_offers(db, found.round_id)
        offers = [one for one in every if party.party_id in one.key]
        unmatched = unmatched_of(found, party)
        if party.kind == NEED:
            in_line = place_in_line(db, found, party.party_id)
    else:
        sheet = sheet_of(db, found.round_id, party)
        every_line = list(lines_of(sheet))
        lines, n_more = every_line[:MOST_SHOWN], max(0, len(every_line) - MOST_SHOWN)
        n_said = len(sheet.answers)
    return Own(party, *title_of(party), lines, n_more, n_said, offers, unmatched, in_line)


def unmatched_of(found: Round, party: Party) -> Unmatched | None:
    """Return why a party got nothing, if it got nothing; no other party's reason."""
    result = result_of(found)
    told = (*result.unmatched_needs, *result.idle_providers, *result.idle_places)
    return next((one for one in told if one.party_id == party.party_id), None)


def title_of(party: Party) -> tuple[str, str]:
    """Return what the reader's own party is called, and more of a place."""
    names = Names(backend.catalogue(), backend.database())
    if party.kind == NEED:
        return names.need(party.party_id), ""
    if party.kind == PROVIDER:
        return names.provider(party.party_id), ""
    return names.place(party.party_id), names.place_about(party.party_id)


def lines_of(sheet: Sheet) -> list[Line]:
    names = Names(backend.catalogue(), backend.database())
    lines = (line_of(sheet, one, names) for one in sheet.candidates)
    return [
        replace(line, entered=sheet.entered.get(line.other_id))
        for line in lines
        if line is not None
    ]


def line_of(sheet: Sheet, candidate: Candidate, names: Names) -> Line | None:
    """Return one of whom the party may say something, as it may know of it."""
    other = sheet.other_of(candidate)
    answer = sheet.answers.get(other, "")
    if sheet.party.kind != NEED:
        return need_line(candidate, answer)
    if candidate.kind == PROVIDER:
        url = url_for("capabilities.show_capability", capability_id=candidate.record_id)
        name = names.capability(candidate.record_id)
        return Line(other, names.provider(other), name, url, candidate.score, answer)
    base_id = parts_of_place(other)[0]
    url = url_for("catalogue.show_base", base_id=base_id)
    about = names.place_about(other, candidate.record_id)
    return Line(other, names.place(other), about, url, None, answer)


def need_line(candidate: Candidate, answer: str) -> Line | None:
    """Return a need as the reader may see it; None where it may not know of it now."""
    db, account = backend.database(), session.signed_in()
    try:
        kept = read_kept_need(db, candidate.need_id)
    except UnknownRecord:
        return None
    is_hidden = not sees_all(kept, account) and is_suspended(db, kept)
    own = session.current_organisation()
    if is_hidden or not may_see(kept, account, own.provider_id if own else ""):
        return None
    shown = as_shown(db, kept, account)
    about = text_of(shown, "organisation_name") if shown.organisation_name else _("anonymous")
    url = url_for("needs.show_need", need_id=candidate.need_id)
    probability = candidate.score if candidate.kind == PROVIDER else None
    title = text_of(shown.need, "title")
    return Line(candidate.need_id, title, about, url, probability, answer)


def said_in(sent: Mapping[str, str]) -> dict[str, str]:
    """Return the answers of a form: of whom → what; an empty choice says nothing."""
    prefix = "answer:"
    return {
        name.removeprefix(prefix): text
        for name, text in sent.items()
        if name.startswith(prefix) and text
    }


def offer_names(offer: Offer, account: Account, names: Names) -> dict[str, Any]:
    """Return the parties of an offer as one of them may know them before names are shown."""
    kept = read_kept_need(backend.database(), offer.need_id)
    shown = as_shown(backend.database(), kept, account)
    return {
        "need": text_of(shown.need, "title"),
        "provider": names.provider(offer.provider_id),
        "place": names.place(offer.place_id) if offer.place_id else "",
        "about": names.place_about(offer.place_id, offer.service_id) if offer.place_id else "",
    }
