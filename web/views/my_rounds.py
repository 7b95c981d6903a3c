"""Allocation rounds for those who take part: statements, one's own result, confirmation."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.identity import Role
from matcher.store.round_parties import list_parties, read_offer
from matcher.workflow.rounds.offers import confirm_offer, give_up
from matcher.workflow.rounds.statements import own_parties, own_rounds, save_statements
from web import access, backend, session
from web.i18n import gettext as _
from web.rounds import words
from web.rounds.own import own_round_page, said_in

blueprint = Blueprint("my_rounds", __name__)
MEMBERS = access.requires(Role.MEMBER, Role.OWNER)
VERIFIED = access.requires(Role.MEMBER, Role.OWNER, verified=True)
ONE = "/my/rounds/<round_id>"
OFFER = f"{ONE}/offers/<int:offer_id>"


@blueprint.get("/my/rounds")
@MEMBERS
def list_own() -> ResponseReturnValue:
    db, now = backend.database(), datetime.now(UTC)
    own = session.own_organisation().organisation_id
    rows = [
        (one, words.phase_of(one, now), list_parties(db, one.round_id, organisation_id=own))
        for one in own_rounds(db, own)
    ]
    return render_template("pages/rounds/own_list.html", rows=rows, words=words)


@blueprint.get(ONE)
@MEMBERS
def show_own(round_id: str) -> ResponseReturnValue:
    return own_round_page(round_id)


@blueprint.post(f"{ONE}/statements")
@VERIFIED
def state(round_id: str) -> ResponseReturnValue:
    """Save what one party says of others, all or nothing."""
    party_id = request.form.get("party_id", "")
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        n_changed = save_statements(
            db, round_id, party_id, said_in(request.form), actor=session.actor(), now=now
        )
    except ImpossibleStep as error:
        return own_round_page(round_id, words.refusal_words(error), party_id), 409
    flash(_("Saved: %(count)s answers changed.", count=n_changed))
    return to_own(round_id)


def own_offer(round_id: str, offer_id: int) -> None:
    """Refuse an offer of another round, and a round in which the reader has no part."""
    own_parties(backend.database(), round_id, session.own_organisation().organisation_id)
    if read_offer(backend.database(), offer_id).round_id != round_id:
        raise UnknownRecord("offer", str(offer_id))


@blueprint.post(f"{OFFER}/confirm")
@VERIFIED
def confirm(round_id: str, offer_id: int) -> ResponseReturnValue:
    own_offer(round_id, offer_id)
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        engagement = confirm_offer(db, offer_id, actor=session.actor(), now=now)
    except ImpossibleStep as error:
        return own_round_page(round_id, words.refusal_words(error), f"offer-{offer_id}"), 409
    flash(_("Confirmed. It goes on here."))
    goal = url_for("engagements.show_engagement", engagement_id=engagement.engagement_id)
    return redirect(goal, code=303)


@blueprint.post(f"{OFFER}/give-up")
@VERIFIED
def give_back(round_id: str, offer_id: int) -> ResponseReturnValue:
    own_offer(round_id, offer_id)
    side, reason = request.form.get("side", ""), request.form.get("reason", "")[:500]
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        give_up(db, offer_id, reason, side=side, actor=session.actor(), now=now)
    except ImpossibleStep as error:
        status = 422 if error.why == "missing_reason" else 409
        return own_round_page(round_id, words.refusal_words(error), f"offer-{offer_id}"), status
    flash(_("Given back. Those who wait are told."))
    return to_own(round_id)


def to_own(round_id: str) -> ResponseReturnValue:
    return redirect(url_for("my_rounds.show_own", round_id=round_id), code=303)
