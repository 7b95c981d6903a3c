"""Register a capability page by page, and see one that is published."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NoReturn

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.identity import Side
from matcher.records.capacity import is_capacity_stale
from matcher.store.attachments import read_attachment
from matcher.store.drafts import list_drafts
from matcher.workflow.drafts.keeping import start_draft
from matcher.workflow.registration.evidence_files import files_by_id
from matcher.workflow.registration.form_steps import STEPS
from web import access, backend, session
from web.catalogue.picking import asked_words
from web.catalogue.related import cases_of_capability
from web.files import as_download
from web.presenters import industry_label, region_label
from web.registration import flow
from web.registration.capability_form import FLOW, KIND
from web.registration.organisation_choice import LISTS, picker
from web.registration.pages import draft_name, first_step
from web.security import LARGEST_UPLOAD_BYTES, accepts_upload

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
    draft = start_draft(backend.writable_database(), KIND, owner, {}, now=datetime.now(UTC))
    return redirect(first_step(FLOW, draft), code=303)


@blueprint.get(f"{DRAFT}/pages/<code>")
@as_provider
def show_step(draft_id: str, code: str) -> ResponseReturnValue:
    return flow.show_step(FLOW, draft_id, code)


@blueprint.post(f"{DRAFT}/pages/<code>")
@as_provider
@accepts_upload(LARGEST_UPLOAD_BYTES)
def write_step(draft_id: str, code: str) -> ResponseReturnValue:
    return flow.write_step(FLOW, draft_id, code)


@blueprint.post(f"{DRAFT}/pages/<code>/panel")
@as_provider
def refresh_panel(draft_id: str, code: str) -> ResponseReturnValue:
    return flow.refresh_panel(FLOW, draft_id, code)


@blueprint.get(f"{DRAFT}/organisations/<name>")
@as_provider
def find_organisations(draft_id: str, name: str) -> str:
    """The part under the search box while somebody types a name into it."""
    draft = flow.own_draft(FLOW, draft_id)
    if name not in LISTS:
        raise UnknownRecord("list", name)
    found = picker(draft_id, name, draft.values, asked_words(request.args, name))
    return render_template("partials/_name_found.html", picker=found)


@blueprint.get(f"{DRAFT}/check")
@as_provider
def show_check(draft_id: str) -> ResponseReturnValue:
    return flow.show_check(FLOW, draft_id)


@blueprint.post(f"{DRAFT}/send")
@access.requires(side=Side.PROVIDER, verified=True)
def send_draft(draft_id: str) -> ResponseReturnValue:
    return flow.send(FLOW, draft_id)


@blueprint.get(f"{DRAFT}/files/<attachment_id>")
@as_provider
def download_draft_file(draft_id: str, attachment_id: str) -> ResponseReturnValue:
    """Give a file of a draft's evidence to its writer."""
    draft = flow.own_draft(FLOW, draft_id)
    files = files_by_id(backend.database(), draft.draft_id, draft.record_id)
    return as_download(files.get(attachment_id) or unknown_file(attachment_id))


def unknown_file(attachment_id: str) -> NoReturn:
    raise UnknownRecord("attachment", attachment_id)


@blueprint.get("/capabilities/<capability_id>/files/<attachment_id>")
@access.requires()
def download_file(capability_id: str, attachment_id: str) -> ResponseReturnValue:
    """Give a file of evidence to staff and to whose it is; parties read it in their engagement."""
    found = read_attachment(backend.database(), KIND, capability_id, attachment_id)
    account = session.signed_in()
    if not account.is_staff and account.organisation_id != found.owner:
        unknown_file(attachment_id)
    return as_download(found)


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
    return render_template(
        "pages/capabilities/show.html",
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
