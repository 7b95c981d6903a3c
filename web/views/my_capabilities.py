"""A provider's own capabilities: where each stands, what is free, renewing, copying, history."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from matcher.errors import InvalidRecord
from matcher.identity import Side
from matcher.records import Capability
from matcher.schemas import MATCH, load_capability
from matcher.schemas.capability import CapabilitySchema
from matcher.schemas.messages import problem
from matcher.workflow.drafts.keeping import start_draft
from matcher.workflow.registration.capability import renew, state_capacity
from matcher.workflow.registration.evidence_files import FILES
from web import access, backend, session
from web.forms import FormState, FormView
from web.i18n import gettext as _
from web.registration import own_records
from web.registration.capability_form import FLOW, KIND
from web.registration.flow import act_now
from web.registration.pages import first_step
from web.registration.panel import matches_of

blueprint = Blueprint("my_capabilities", __name__)
MINE = "/my/capabilities/<record_id>"
NOT_COPIED = {"valid_to", FILES}  # a file belongs to the record that it was sent for
CAPACITY = ("free_slots", "earliest_start")
as_provider = access.requires(side=Side.PROVIDER)
as_verified = access.requires(side=Side.PROVIDER, verified=True)


@blueprint.get("/my/capabilities")
@as_provider
def list_records() -> ResponseReturnValue:
    return own_records.list_page(FLOW)


@blueprint.get(MINE)
@as_provider
def show_record(record_id: str) -> ResponseReturnValue:
    return capability_page(record_id)


def capability_page(record_id: str, state: FormState | None = None) -> str:
    own = own_records.own_record(KIND, record_id)
    record = own.record if isinstance(own.record, Capability) else None
    form = FormView(CapabilitySchema(), state or FormState(stated(record)))
    return own_records.record_page(
        FLOW,
        record_id,
        capacity=[form.field(name) for name in CAPACITY],
        problems=form.summary(),
        would=matches_of(record) if record else None,
        catalogue=backend.catalogue(),
    )


def stated(record: Capability | None) -> dict[str, Any]:
    if record is None:
        return {}
    return {name: getattr(record, name) for name in CAPACITY}


@blueprint.post(f"{MINE}/capacity")
@as_verified
def change_capacity(record_id: str) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "").strip()[:40] for name in CAPACITY}
    try:
        if not typed["free_slots"]:
            raise InvalidRecord(KIND, {"free_slots": [problem("required")]})
        found = load_capability({"name": "-", **typed}, profile=MATCH)
    except InvalidRecord as error:
        return capability_page(record_id, FormState(typed, dict(error.errors))), 422
    state_capacity(
        backend.writable_database(),
        record_id,
        act_now(),
        free_slots=found.free_slots or 0,
        earliest_start=found.earliest_start,
    )
    flash(_("Saved and live: it is matched with this from now on."))
    return own_records.back_to(FLOW, record_id)


@blueprint.post(f"{MINE}/renew")
@as_verified
def renew_record(record_id: str) -> ResponseReturnValue:
    renew(backend.writable_database(), record_id, act_now())
    flash(_("Renewed for twelve months from today."))
    return own_records.back_to(FLOW, record_id)


@blueprint.post(f"{MINE}/edit")
@as_provider
def edit_record(record_id: str) -> ResponseReturnValue:
    return own_records.edit(FLOW, record_id)


@blueprint.post(f"{MINE}/copy")
@as_provider
def copy_record(record_id: str) -> ResponseReturnValue:
    own = own_records.own_record(KIND, record_id)
    values = own_records.values_to_edit(KIND, own)
    copied = {name: value for name, value in values.items() if name not in NOT_COPIED}
    owner, now = session.signed_in().account_id, datetime.now(UTC)
    draft = start_draft(backend.writable_database(), KIND, owner, copied, now=now)
    flash(_("Copied into a new draft. Give it a name of its own."))
    return redirect(first_step(FLOW, draft), code=303)


@blueprint.post(f"{MINE}/withdraw")
@as_verified
def withdraw_capability(record_id: str) -> ResponseReturnValue:
    return own_records.withdraw(FLOW, record_id)


@blueprint.post(f"{MINE}/take-back")
@as_provider
def take_back(record_id: str) -> ResponseReturnValue:
    return own_records.take_back(FLOW, record_id)


@blueprint.get(f"{MINE}/versions/<int:number>")
@as_provider
def show_version(record_id: str, number: int) -> ResponseReturnValue:
    return own_records.version_page(FLOW, record_id, number)
