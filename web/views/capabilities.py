"""Register a capability, and see one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.identity import Side
from matcher.records import Capability
from matcher.schemas import load_capability
from matcher.schemas.capability import CapabilitySchema
from matcher.schemas.messages import Problem, problem
from matcher.schemas.provider import ProviderSchema
from matcher.workflow.registration import register_capability
from web import access, backend
from web.forms import FormState, FormView, load_values, messages, read_form
from web.i18n import gettext as _
from web.presenters import industry_label, region_label
from web.related import cases_of_capability
from web.views.matches import by_name

blueprint = Blueprint("capabilities", __name__)
N_CLAIM_LINES = 2
# What a registrant says; ids, checks and grades are not for the one who is checked and graded.
OFFERED_FIELDS = {
    "provider_id",
    *(name for group in CapabilitySchema.groups for name in group.fields),
}
# Names in the form of a new provider's fields → the fields.
PROVIDER_FIELDS = {
    "provider_name": "name",
    "provider_name_en": "name_en",
    "provider_summary": "summary",
    "provider_region": "region",
}


@blueprint.get("/capabilities/new")
@access.requires(side=Side.PROVIDER, verified=True)
def new_capability() -> ResponseReturnValue:
    started = {"provider_id": request.args.get("provider", "")}
    return render_template("pages/capabilities/new.html", **form_context(FormState(started)))


@blueprint.post("/capabilities/new")
@access.requires(side=Side.PROVIDER, verified=True)
def create_capability() -> ResponseReturnValue:
    typed = read_form(CapabilitySchema(), request.form)
    values = {name: typed[name] for name in typed if name in OFFERED_FIELDS}
    values |= provider_values(request.form)
    capability, state = load_values(register, values)
    if capability is None:
        return render_template("pages/capabilities/new.html", **form_context(state)), 422
    flash(_("Saved. It can be found and matched from now on."))
    shown = url_for("capabilities.show_capability", capability_id=capability.capability_id)
    return redirect(shown, code=303)


def register(values: Mapping[str, Any]) -> Capability:
    """Store a capability of a chosen provider or, with its name, of a new one."""
    if not values.get("provider_id") and not values.get("provider_name"):
        raise with_all_problems(values, problem("required"))
    try:
        return register_capability(backend.writable_database(), values, now=datetime.now(UTC))
    except UnknownRecord as error:
        names = {"kind_zh": ProviderSchema.label_zh, "kind_en": ProviderSchema.label_en}
        wrong = problem("unknown_reference", values.get("provider_id"), **names)
        raise with_all_problems(values, wrong) from error


def with_all_problems(values: Mapping[str, Any], of_provider: Problem) -> InvalidRecord:
    """Return what is wrong with the provider together with what is wrong with the rest."""
    errors: dict[str, Any] = {"provider_id": [of_provider]}
    fields = CapabilitySchema().fields
    try:
        load_capability({name: value for name, value in values.items() if name in fields})
    except InvalidRecord as error:
        errors |= error.errors
    return InvalidRecord("capability", errors)


def provider_values(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the fields of a new provider, unless a known one was chosen."""
    if form.get("provider_id", "").strip():
        return {}
    typed = {name: form.get(name, "").strip() for name in PROVIDER_FIELDS}
    return {name: text for name, text in typed.items() if text}


def form_context(state: FormState) -> dict[str, Any]:
    form = FormView(CapabilitySchema(), state)
    provider = FormView(ProviderSchema(), FormState())
    new_provider = [
        replace(
            provider.field(field),
            name=name,
            values=[str(state.values.get(name, ""))],
            errors=messages(state.errors.get(name)),
        )
        for name, field in PROVIDER_FIELDS.items()
    ]
    return {
        "form": form,
        "state": state,
        "groups": CapabilitySchema.groups,
        "claims": form.lines("claims", N_CLAIM_LINES),
        "providers": by_name(backend.catalogue().providers.values()),
        "provider_errors": messages(state.errors.get("provider_id")),
        "new_provider": new_provider,
        "problems": [
            *((field.name, field.label, text) for field in new_provider for text in field.errors),
            *(
                (anchor, _("Provider") if anchor == "provider_id" else label, text)
                for anchor, label, text in form.summary()
                if anchor != "main"
            ),
        ],
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
