"""A pilot base's own pages: where it stands, its slots, what waits, its history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue

from matcher.errors import InvalidRecord
from matcher.identity import Side
from matcher.records import PilotBase
from matcher.records.capacity import free_in_period
from matcher.schemas.pilot_base import PilotBaseSchema
from matcher.workflow.registration.pilot_base import state_slots
from web import access, backend
from web.forms import FormState, FormView
from web.i18n import gettext as _
from web.registration import own_records
from web.registration.base_form import FLOW, KIND
from web.registration.flow import act_now
from web.registration.pages import summary_rows

blueprint = Blueprint("my_bases", __name__)
MINE = "/my/bases/<record_id>"
COUNTED = ("total", "taken", "held")
as_base = access.requires(side=Side.PILOT_BASE)
as_verified = access.requires(side=Side.PILOT_BASE, verified=True)


@blueprint.get("/my/bases")
@as_base
def list_records() -> ResponseReturnValue:
    return own_records.list_page(FLOW)


@blueprint.get(MINE)
@as_base
def show_record(record_id: str) -> ResponseReturnValue:
    return base_page(record_id)


def base_page(record_id: str, state: FormState | None = None) -> str:
    own = own_records.own_record(KIND, record_id)
    record = own.record if isinstance(own.record, PilotBase) else None
    form = FormView(PilotBaseSchema(), state or FormState())
    return own_records.record_page(
        FLOW,
        record_id,
        slots=slot_rows(record, state),
        problems=summary_rows(form),
    )


def slot_rows(record: PilotBase | None, state: FormState | None) -> list[dict[str, Any]]:
    """Return the periods of a base, those that are over closed, with what was typed."""
    if record is None:
        return []
    services = {service.service_id: service for service in record.services}
    today, rows = own_records.today(), []
    for index, slot in enumerate(record.slots):
        typed = state.values.get(slot.slot_id, {}) if state else {}
        rows.append(
            {
                "slot": slot,
                "index": index,
                "service": services.get(slot.service_id),
                "is_over": slot.end is not None and slot.end < today,
                "free": free_in_period(slot),
                "values": {name: typed.get(name, getattr(slot, name)) for name in COUNTED},
            }
        )
    return rows


@blueprint.post(f"{MINE}/slots")
@as_verified
def change_slots(record_id: str) -> ResponseReturnValue:
    """Store how many places are taken and held; it goes live at once."""
    own = own_records.own_record(KIND, record_id)
    slots = own.record.slots if isinstance(own.record, PilotBase) else ()
    typed = {
        slot.slot_id: {
            name: request.form.get(f"slots-{index}-{name}", "").strip()[:20] for name in COUNTED
        }
        for index, slot in enumerate(slots)
        if f"slots-{index}-total" in request.form
    }
    try:
        state_slots(backend.writable_database(), record_id, typed, act_now())
    except InvalidRecord as error:
        return base_page(record_id, FormState(dict(typed), dict(error.errors))), 422
    flash(_("Saved and live: applicants see these places from now on."))
    return own_records.back_to(FLOW, record_id)


@blueprint.post(f"{MINE}/edit")
@as_base
def edit_record(record_id: str) -> ResponseReturnValue:
    return own_records.edit(FLOW, record_id)


@blueprint.post(f"{MINE}/withdraw")
@as_verified
def withdraw_base(record_id: str) -> ResponseReturnValue:
    return own_records.withdraw(FLOW, record_id)


@blueprint.post(f"{MINE}/take-back")
@as_base
def take_back(record_id: str) -> ResponseReturnValue:
    return own_records.take_back(FLOW, record_id)


@blueprint.get(f"{MINE}/versions/<int:number>")
@as_base
def show_version(record_id: str, number: int) -> ResponseReturnValue:
    return own_records.version_page(FLOW, record_id, number)
