"""Register a capability page by page, and see one that is published."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.identity import Side
from matcher.intake.capacity import is_capacity_stale
from matcher.store.drafts import list_drafts
from matcher.store.organisations import find_by_provider
from matcher.workflow.registration.drafts import begin
from matcher.workflow.registration.form_steps import STEPS
from web import access, backend, session
from web.catalogue.related import cases_of_capability
from web.presenters import industry_label, region_label
from web.registration import flow
from web.registration.capability_form import FLOW, KIND
from web.registration.pages import draft_name, first_step

blueprint = Blueprint("capabilities", __name__)
DRAFT = "/capabilities/drafts/<draft_id>"
as_provider = access.requires(side=Side.PROVIDER)


@blueprint.get("/capabilities/new")
@as_provider
def new_capability() -> ResponseReturnValue:
    drafts = list_drafts(backend.database(), KIND, session.signed_in().account_id)
    return render_template(
        "pages/capabilities/new.html", drafts=drafts, steps=STEPS[KIND], draft_name=draft_name
    )


@blueprint.post("/capabilities/new")
@as_provider
def create_capability() -> ResponseReturnValue:
    owner = session.signed_in().account_id
    draft = begin(backend.writable_database(), KIND, owner, {}, now=datetime.now(UTC))
    return redirect(first_step(FLOW, draft), code=303)


@blueprint.get(f"{DRAFT}/pages/<code>")
@as_provider
def show_step(draft_id: str, code: str) -> ResponseReturnValue:
    return flow.show_step(FLOW, draft_id, code)


@blueprint.post(f"{DRAFT}/pages/<code>")
@as_provider
def write_step(draft_id: str, code: str) -> ResponseReturnValue:
    return flow.write_step(FLOW, draft_id, code)


@blueprint.post(f"{DRAFT}/pages/<code>/panel")
@as_provider
def refresh_panel(draft_id: str, code: str) -> ResponseReturnValue:
    return flow.refresh_panel(FLOW, draft_id, code)


@blueprint.get(f"{DRAFT}/check")
@as_provider
def show_check(draft_id: str) -> ResponseReturnValue:
    return flow.show_check(FLOW, draft_id)


@blueprint.post(f"{DRAFT}/send")
@access.requires(side=Side.PROVIDER, verified=True)
def send_draft(draft_id: str) -> ResponseReturnValue:
    return flow.send(FLOW, draft_id)


@blueprint.post(f"{DRAFT}/discard")
@as_provider
def discard_draft(draft_id: str) -> ResponseReturnValue:
    return flow.discard(FLOW, draft_id)


@blueprint.get("/capabilities/<capability_id>")
@access.public
def show_capability(capability_id: str) -> ResponseReturnValue:
    catalogue = backend.catalogue()
    capability = catalogue.capabilities.get(capability_id)
    if capability is None:
        raise UnknownRecord("capability", capability_id)
    owner = find_by_provider(backend.database(), capability.provider_id)
    return render_template(
        "pages/capabilities/show.html",
        is_demo=owner is not None and owner.is_demo,
        capability=capability,
        catalogue=catalogue,
        provider=catalogue.providers.get(capability.provider_id),
        industries=[industry_label(code) for code in capability.industries],
        excluded=[industry_label(code) for code in capability.excluded_industries],
        wanted=[industry_label(code) for code in capability.wanted_industries],
        regions=[region_label(code) for code in capability.service_regions],
        cases=cases_of_capability(catalogue, capability),
        evidence={one.evidence_id: one for one in capability.evidence},
        is_stale=is_capacity_stale(capability, datetime.now(UTC).date()),
        today=datetime.now(UTC).date(),
    )
