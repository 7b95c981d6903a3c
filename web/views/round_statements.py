"""Statements for parties of a round that have no account, entered by an administrator."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import ImpossibleStep
from matcher.identity import Role
from matcher.workflow.rounds.statements import enter_statements
from web import access, backend, session
from web.i18n import gettext as _
from web.rounds import words
from web.rounds.entering import enter_page, silent_list_page
from web.rounds.own import said_in

blueprint = Blueprint("round_statements", __name__)
ADMINISTRATORS = access.requires(Role.ADMINISTRATOR)
ALL = "/rounds/<round_id>/statements"
ONE = f"{ALL}/enter"


@blueprint.get(ALL)
@ADMINISTRATORS
def list_silent(round_id: str) -> ResponseReturnValue:
    return silent_list_page(round_id)


@blueprint.get(ONE)
@ADMINISTRATORS
def enter(round_id: str) -> ResponseReturnValue:
    return enter_page(round_id, request.args.get("party", ""))


@blueprint.post(ONE)
@ADMINISTRATORS
def save(round_id: str) -> ResponseReturnValue:
    """Keep what a party is known to want, all or nothing, with the source."""
    party_id, source = request.form.get("party_id", ""), request.form.get("source", "")
    db, now = backend.writable_database(), datetime.now(UTC)
    said, actor = said_in(request.form), session.actor()
    try:
        n = enter_statements(db, round_id, party_id, said, source, actor=actor, now=now)
    except ImpossibleStep as error:
        status = 422 if error.why == "missing_reason" else 409
        return enter_page(round_id, party_id, words.refusal_words(error)), status
    flash(_("Saved: %(count)s answers changed.", count=n))
    return redirect(url_for("round_statements.list_silent", round_id=round_id), code=303)
