"""Register a pilot base with its services page by page; claim one of the catalogue."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.identity import Side
from matcher.store.drafts import list_drafts
from matcher.store.ownership import owner_of
from matcher.workflow.drafts.keeping import start_draft
from matcher.workflow.registration.form_steps import STEPS
from matcher.workflow.registration.owned_records import ProposalRefused
from matcher.workflow.registration.pilot_base import claim_base
from web import access, backend, session
from web.i18n import gettext as _
from web.plain_fields import plain_field
from web.registration import flow
from web.registration.base_form import FLOW, KIND
from web.registration.flow import act_now
from web.registration.pages import draft_name, first_step

blueprint = Blueprint("base_services", __name__)
DRAFT = "/bases/drafts/<draft_id>"
as_base = access.requires(side=Side.PILOT_BASE)


@blueprint.get("/bases/new")
@as_base
def new_base() -> ResponseReturnValue:
    drafts = list_drafts(backend.database(), KIND, session.signed_in().account_id)
    return render_template(
        "pages/bases/new.html", drafts=drafts, steps=STEPS[KIND], draft_name=draft_name
    )


@blueprint.post("/bases/new")
@as_base
def create_base() -> ResponseReturnValue:
    owner = session.signed_in().account_id
    draft = start_draft(backend.writable_database(), KIND, owner, {}, now=datetime.now(UTC))
    return redirect(first_step(FLOW, draft), code=303)


@blueprint.get(f"{DRAFT}/pages/<code>")
@as_base
def show_step(draft_id: str, code: str) -> ResponseReturnValue:
    return flow.show_step(FLOW, draft_id, code)


@blueprint.post(f"{DRAFT}/pages/<code>")
@as_base
def write_step(draft_id: str, code: str) -> ResponseReturnValue:
    return flow.write_step(FLOW, draft_id, code)


@blueprint.post(f"{DRAFT}/pages/<code>/panel")
@as_base
def refresh_panel(draft_id: str, code: str) -> ResponseReturnValue:
    return flow.refresh_panel(FLOW, draft_id, code)


@blueprint.get(f"{DRAFT}/check")
@as_base
def show_check(draft_id: str) -> ResponseReturnValue:
    return flow.show_check(FLOW, draft_id)


@blueprint.post(f"{DRAFT}/send")
@access.requires(side=Side.PILOT_BASE, verified=True)
def send_draft(draft_id: str) -> ResponseReturnValue:
    return flow.send(FLOW, draft_id)


@blueprint.post(f"{DRAFT}/discard")
@as_base
def discard_draft(draft_id: str) -> ResponseReturnValue:
    return flow.discard(FLOW, draft_id)


@blueprint.get("/bases/<pilot_base_id>/claim")
@access.requires(side=Side.PILOT_BASE, verified=True)
def show_claim(pilot_base_id: str) -> ResponseReturnValue:
    return claim_page(pilot_base_id)


def claim_page(pilot_base_id: str, typed: str = "", refusal: str = "") -> str:
    base = backend.catalogue().pilot_bases.get(pilot_base_id)
    if base is None:
        raise UnknownRecord("pilot_base", pilot_base_id)
    words = {
        "reason_missing": _("Say in a sentence why the base is yours."),
        "claimed_already": _("It belongs to an organisation, or another one has asked for it."),
    }
    statement = plain_field(
        "statement",
        _("Why is it yours?"),
        kind="lines",
        value=typed,
        hint=_("For example: we are the lead named in the approval of July 2025."),
        errors=[words[refusal]] if refusal else (),
    )
    is_taken = bool(owner_of(backend.database(), KIND, pilot_base_id))
    return render_template(
        "pages/bases/claim.html", base=base, statement=statement, is_taken=is_taken
    )


@blueprint.post("/bases/<pilot_base_id>/claim")
@access.requires(side=Side.PILOT_BASE, verified=True)
def ask_for_base(pilot_base_id: str) -> ResponseReturnValue:
    typed = request.form.get("statement", "")
    try:
        claim_base(backend.writable_database(), pilot_base_id, typed, act_now())
    except ProposalRefused as error:
        return claim_page(pilot_base_id, typed, error.code), 422
    flash(_("Sent. An administrator compares it with the approval and tells you."))
    return redirect(url_for("my_bases.list_records"), code=303)
