"""Appeals: filed by an organisation, decided by somebody who had no hand in the matter."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import ImpossibleStep, InvalidRecord, UnknownRecord
from matcher.identity import Role
from matcher.store.appeals import Appeal, list_appeals, read_appeal
from matcher.store.brokering import read_override
from matcher.store.ownership import owner_of
from matcher.vocabulary import options
from matcher.workflow.engagements.appeals import decide_appeal, file_appeal, first_actors
from matcher.workflow.engagements.brokering import reason_for
from matcher.workflow.engagements.parties import is_staff
from web import access, backend, session
from web.engagements.page import shown_engagement
from web.engagements.words import refusal_words
from web.forms import messages
from web.i18n import gettext as _
from web.i18n import language

blueprint = Blueprint("appeals", __name__)


@blueprint.get("/appeals")
@access.requires()
def list_own() -> ResponseReturnValue:
    """List the appeals of the organisation that asks; to staff, all that wait, by due date."""
    staff = is_staff(session.actor())
    organisation = session.current_organisation()
    own = "" if staff or organisation is None else organisation.organisation_id
    found = list_appeals(backend.database(), organisation_id=own, limit=200)
    if not staff and not own:
        found = []
    return render_template(
        "pages/appeals/list.html", appeals=found, is_staff=staff, now=datetime.now(UTC)
    )


@blueprint.get("/appeals/new/<kind>/<object_id>")
@access.requires()
def new_appeal(kind: str, object_id: str) -> ResponseReturnValue:
    return new_page(kind, object_id)


def new_page(kind: str, object_id: str, problem: str = "") -> str:
    about = about_object(kind, object_id)
    g.own_address = (url_for("appeals.new_appeal", kind=kind, object_id=object_id), [])
    typed = request.form.get("text", "")
    return render_template(
        "pages/appeals/new.html",
        kind=kind, object_id=object_id, about=about, typed=typed, problem=problem,
    )  # fmt: skip


def about_object(kind: str, object_id: str) -> str:
    """Return what an appeal is about, as its reader may know it; another's is unknown."""
    own = session.own_organisation().organisation_id
    if kind == "engagement":
        return shown_engagement(object_id).title
    if kind == "override":
        db = backend.database()
        override = read_override(db, object_id)
        if own in parties_of(override.need_id, override.capability_id):
            return reason_for(db, override, own)
    raise UnknownRecord(kind, object_id)


def parties_of(need_id: str, capability_id: str) -> set[str]:
    db = backend.database()
    return {owner_of(db, "need", need_id), owner_of(db, "capability", capability_id)} - {""}


@blueprint.post("/appeals/new/<kind>/<object_id>")
@access.requires()
def file(kind: str, object_id: str) -> ResponseReturnValue:
    about_object(kind, object_id)
    db, text, now = backend.writable_database(), request.form.get("text", ""), datetime.now(UTC)
    try:
        appeal = file_appeal(db, kind, object_id, text, actor=session.actor(), now=now)
    except InvalidRecord as error:
        return new_page(kind, object_id, " ".join(messages(error.errors.get("text")))), 422
    except ImpossibleStep:
        return new_page(kind, object_id, _("Your appeal in this matter waits already.")), 409
    flash(_("Filed. Somebody who had no hand in it decides within ten working days."))
    return redirect(url_for("appeals.show_appeal", appeal_id=appeal.appeal_id), code=303)


@blueprint.get("/appeals/<appeal_id>")
@access.requires()
def show_appeal(appeal_id: str) -> ResponseReturnValue:
    return appeal_page(appeal_id)


def readable_appeal(appeal_id: str) -> Appeal:
    """Return an appeal to its organisation and to staff; to others it is unknown."""
    appeal, actor = read_appeal(backend.database(), appeal_id), session.actor()
    if not is_staff(actor) and appeal.organisation_id != actor.organisation_id:
        raise UnknownRecord("appeal", appeal_id)
    return appeal


def appeal_page(appeal_id: str, problems: dict[str, str] | None = None) -> str:
    appeal, actor = readable_appeal(appeal_id), session.actor()
    g.own_address = (url_for("appeals.show_appeal", appeal_id=appeal_id), [])
    return render_template(
        "pages/appeals/show.html",
        appeal=appeal,
        now=datetime.now(UTC),
        is_staff=is_staff(actor),
        is_involved=actor.actor_id in first_actors(backend.database(), appeal),
        choices=options("appeal_decision", language()),
        problems=problems or {},
        typed=request.form,
    )


@blueprint.post("/appeals/<appeal_id>/decision")
@access.requires(Role.REVIEWER, Role.ADMINISTRATOR)
def decide(appeal_id: str) -> ResponseReturnValue:
    db, now, sent = backend.writable_database(), datetime.now(UTC), request.form
    decision, reason = sent.get("decision", ""), sent.get("reason", "")[:2000]
    try:
        decide_appeal(db, appeal_id, decision, reason, actor=session.actor(), now=now)
    except InvalidRecord as error:
        told = {name: " ".join(messages(found)) for name, found in error.errors.items()}
        return appeal_page(appeal_id, told), 422
    except ImpossibleStep as error:
        return appeal_page(appeal_id, {"decision": refusal_words(error)}), 409
    flash(_("Decided. The organisation is told, with the reason."))
    return redirect(url_for("appeals.show_appeal", appeal_id=appeal_id), code=303)
