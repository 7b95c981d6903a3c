"""Register a capability, and see one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from matcher.workflow.registration import register_capability

from matcher.errors import UnknownRecord
from matcher.schemas.capability import CapabilitySchema
from web import access, backend
from web.forms import FormState, FormView, load_form, messages
from web.i18n import gettext as _
from web.presenters import industry_label, region_label
from web.related import cases_of_capability
from web.views.matches import by_name

blueprint = Blueprint("capabilities", __name__)
N_CLAIM_LINES = 2


@blueprint.get("/capabilities/new")
@access.requires_write_secret
def new_capability() -> ResponseReturnValue:
    started = {"provider_id": request.args.get("provider", "")}
    return render_template("pages/capabilities/new.html", **form_context(FormState(started)))


@blueprint.post("/capabilities/new")
@access.requires_write_secret
def create_capability() -> ResponseReturnValue:
    capability, state = load_form(
        CapabilitySchema(),
        lambda values: register_capability(backend.database(), values, now=datetime.now(UTC)),
        request.form,
    )
    if capability is None:
        return render_template("pages/capabilities/new.html", **form_context(state)), 422
    flash(_("Saved. It can be found and matched from now on."))
    shown = url_for("capabilities.show_capability", capability_id=capability.capability_id)
    return redirect(shown, code=303)


def form_context(state: FormState) -> dict[str, Any]:
    form = FormView(CapabilitySchema(), state)
    return {
        "form": form,
        "state": state,
        "groups": CapabilitySchema.groups,
        "claims": form.lines("claims", N_CLAIM_LINES),
        "providers": by_name(backend.catalogue().providers.values()),
        "provider_errors": messages(state.errors.get("provider_id")),
    }


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
        regions=[region_label(code) for code in capability.service_regions],
        cases=cases_of_capability(catalogue, capability),
    )
