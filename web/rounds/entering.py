"""Statements that the operator enters for parties without an account, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import g, render_template, request, url_for

from matcher.store.round_parties import Party
from matcher.store.rounds import read_round
from matcher.workflow.rounds.statements import (
    LONGEST_SOURCE,
    parties_without_account,
    sheet_of,
    silent_party,
    takes_answers,
)
from web import backend
from web.rounds import words
from web.rounds.own import ANSWERS, MOST_SHOWN, lines_of, title_of

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Silent:
    """A party without an account, as the list shows it."""

    party: Party
    title: str
    about: str
    n_candidates: int
    n_entered: int


def silent_list_page(round_id: str) -> str:
    """Show who takes part and cannot speak for itself, by name, narrowed to what is typed."""
    db, now = backend.database(), datetime.now(UTC)
    found, wish = read_round(db, round_id), request.args.get("q", "").strip()[:100]
    g.own_address = (url_for("round_statements.list_silent", round_id=round_id), [("q", wish)])
    named = [(party, *title_of(party)) for party in parties_without_account(db, round_id)]
    fitting = [one for one in named if wish.lower() in f"{one[1]} {one[2]}".lower()]
    return render_template(
        "pages/rounds/enter_list.html",
        found=found,
        phase=words.phase_of(found, now),
        is_open=takes_answers(found, now),
        wish=wish,
        rows=[silent_of(round_id, *one) for one in fitting[:MOST_LISTED]],
        n_more=max(0, len(fitting) - MOST_LISTED),
        words=words,
    )


def silent_of(round_id: str, party: Party, title: str, about: str) -> Silent:
    sheet = sheet_of(backend.database(), round_id, party)
    return Silent(party, title, about, len(sheet.candidates), len(sheet.entered))


def enter_page(round_id: str, party_id: str, problem: str = "") -> str:
    """Show what one party without an account is known to want."""
    db, now = backend.database(), datetime.now(UTC)
    found, party = read_round(db, round_id), silent_party(db, round_id, party_id)
    address = url_for("round_statements.enter", round_id=round_id)
    g.own_address = (address, [("party", party_id)])
    lines = lines_of(sheet_of(db, round_id, party))
    title, about = title_of(party)
    return render_template(
        "pages/rounds/enter.html",
        found=found,
        phase=words.phase_of(found, now),
        is_open=takes_answers(found, now),
        party=party,
        party_title=title,
        party_about=about,
        lines=lines[:MOST_SHOWN],
        n_more=max(0, len(lines) - MOST_SHOWN),
        answers=ANSWERS,
        longest=LONGEST_SOURCE,
        problem=problem,
        typed=request.form,
        words=words,
    )
