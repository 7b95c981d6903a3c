"""Adjust a round's result by hand before it is published, follow its offers, export it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import ChangedMeanwhile, ImpossibleStep, UnknownRecord
from matcher.identity import Role
from matcher.store.round_parties import read_offer
from matcher.workflow.rounds.locks import lock_placement, unlock_placement
from matcher.workflow.rounds.offers import give_up
from matcher.workflow.rounds.reading import csv_of, export_of
from web import access, backend, session
from web.i18n import gettext as _
from web.rounds import words
from web.rounds.pages import found_round, lock_of, lock_page, result_page

blueprint = Blueprint("round_results", __name__)
ADMINISTRATORS = access.requires(Role.ADMINISTRATOR)
ONE = "/rounds/<round_id>"


@blueprint.get(f"{ONE}/needs/<need_id>/lock")
@ADMINISTRATORS
def choose_lock(round_id: str, need_id: str) -> ResponseReturnValue:
    return lock_page(round_id, need_id)


@blueprint.post(f"{ONE}/needs/<need_id>/lock")
@ADMINISTRATORS
def lock(round_id: str, need_id: str) -> ResponseReturnValue:
    """Fix a placement by hand; the preview is out of date until it is solved again."""
    wanted = lock_of(need_id, request.form.get("option", ""), request.form.get("reason", ""))
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        lock_placement(db, round_id, wanted, actor=session.actor(), now=now)
    except UnknownRecord as error:
        if error.context["kind"] != "option":
            raise
        return lock_page(round_id, need_id, _("Choose one of the placements.")), 422
    except ImpossibleStep as error:
        status = 422 if error.why == "missing_reason" else 409
        return lock_page(round_id, need_id, words.refusal_words(error)), status
    except ChangedMeanwhile:
        return lock_page(round_id, need_id, meanwhile()), 409
    flash(_("Fixed. Solve the round again to see what follows."))
    return to_result(round_id)


@blueprint.post(f"{ONE}/needs/<need_id>/unlock")
@ADMINISTRATORS
def unlock(round_id: str, need_id: str) -> ResponseReturnValue:
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        unlock_placement(db, round_id, need_id, actor=session.actor(), now=now)
    except ImpossibleStep as error:
        return lock_page(round_id, need_id, words.refusal_words(error)), 409
    except ChangedMeanwhile:
        return lock_page(round_id, need_id, meanwhile()), 409
    flash(_("Not fixed any more; its trace stays. Solve the round again to see what follows."))
    return to_result(round_id)


def meanwhile() -> str:
    return _("Somebody else has changed this round meanwhile. Look at it, then try again.")


@blueprint.post(f"{ONE}/offers/<int:offer_id>/give-up")
@ADMINISTRATORS
def take_back(round_id: str, offer_id: int) -> ResponseReturnValue:
    """Give a place back for a party that cannot do so itself; the wait-list moves up."""
    if read_offer(backend.database(), offer_id).round_id != round_id:
        raise UnknownRecord("offer", str(offer_id))
    side, reason = request.form.get("side", ""), request.form.get("reason", "")[:500]
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        moved = give_up(db, offer_id, reason, side=side, actor=session.actor(), now=now)
    except ImpossibleStep as error:
        status = 422 if error.why == "missing_reason" else 409
        return result_page(round_id, words.refusal_words(error), f"offer-{offer_id}"), status
    flash(_("Given back. Moved up from the wait-list: %(count)s.", count=len(moved)))
    return to_result(round_id)


@blueprint.get(f"{ONE}/export.<kind>")
@ADMINISTRATORS
def export(round_id: str, kind: str) -> ResponseReturnValue:
    """Download a result; names that are masked on the site are masked in the file."""
    if kind not in ("json", "csv"):
        raise UnknownRecord("export", kind)
    found = found_round(round_id)
    if found.result is None:
        raise UnknownRecord("result", round_id)
    record = export_of(backend.database(), backend.catalogue(), found)
    if kind == "json":
        text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
        answer = Response(text, content_type="application/json; charset=utf-8")
    else:
        answer = Response("\ufeff" + csv_of(record), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{round_id}.{kind}"'
    return answer


def to_result(round_id: str) -> ResponseReturnValue:
    return redirect(url_for("rounds.show_result", round_id=round_id), code=303)
