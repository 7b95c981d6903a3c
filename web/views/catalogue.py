"""Browse and search the open catalogue: one list a kind, one page a record."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.records import PilotBase
from web import access, backend
from web.catalogue.related import (
    bases_for,
    capabilities_of,
    cases_of_provider,
    cases_of_scenario,
    providers_of_scenario,
    scenarios_for,
    services_for,
    similar_scenarios,
)
from web.catalogue.results import results_page
from web.i18n import gettext as _
from web.presenters import industry_label, text_of

blueprint = Blueprint("catalogue", __name__)
Record = TypeVar("Record")


@blueprint.get("/scenarios")
@access.public
def list_scenarios() -> ResponseReturnValue:
    return results_page("scenarios")


@blueprint.get("/capabilities")
@access.public
def list_capabilities() -> ResponseReturnValue:
    return results_page("capabilities")


@blueprint.get("/providers")
@access.public
def list_providers() -> ResponseReturnValue:
    return results_page("providers")


@blueprint.get("/bases")
@access.public
def list_bases() -> ResponseReturnValue:
    return results_page("bases")


@blueprint.get("/base-services")
@access.public
def list_services() -> ResponseReturnValue:
    return results_page("services")


@blueprint.get("/cases")
@access.public
def list_cases() -> ResponseReturnValue:
    return results_page("cases")


def found(kind: str, records: dict[str, Record], record_id: str) -> Record:
    try:
        return records[record_id]
    except KeyError as error:
        raise UnknownRecord(kind, record_id) from error


@blueprint.get("/scenarios/<scenario_id>")
@access.public
def show_scenario(scenario_id: str) -> ResponseReturnValue:
    catalogue = backend.catalogue()
    scenario = found("scenario", catalogue.scenarios, scenario_id)
    return render_template(
        "pages/catalogue/scenario.html",
        scenario=scenario,
        catalogue=catalogue,
        industries=[industry_label(code) for code in scenario.industries],
        cases=cases_of_scenario(catalogue, scenario_id),
        providers=providers_of_scenario(catalogue, scenario_id),
        bases=[
            (base, services_for(base, scenario))
            for base in bases_for(catalogue, scenario.industries)
        ],
        sections=sorted({code[:1] for code in scenario.industries}),
        similar=similar_scenarios(catalogue, scenario),
    )


@blueprint.get("/providers/<provider_id>")
@access.public
def show_provider(provider_id: str) -> ResponseReturnValue:
    catalogue = backend.catalogue()
    provider = found("provider", catalogue.providers, provider_id)
    names = {provider.name, provider.name_en} - {text_of(provider, "name"), ""}
    return render_template(
        "pages/catalogue/provider.html",
        provider=provider,
        other_name=next(iter(names), ""),
        catalogue=catalogue,
        capabilities=capabilities_of(catalogue, provider_id),
        cases=cases_of_provider(catalogue, provider_id),
    )


@blueprint.get("/bases/<base_id>")
@access.public
def show_base(base_id: str) -> ResponseReturnValue:
    catalogue = backend.catalogue()
    base = found("pilot base", catalogue.pilot_bases, base_id)
    context: dict[str, Any] = {
        "industries": [industry_label(code) for code in base.industries],
        "partners": list(base.partners),
        "scenarios": scenarios_for(catalogue, base),
        "unpublished": unpublished_of(base),
    }
    return render_template("pages/catalogue/base.html", base=base, catalogue=catalogue, **context)


def unpublished_of(base: PilotBase) -> list[str]:
    """Return what visitors of a base ask for and it has not said."""
    said = {
        _("Size of the computing pool"): bool(base.compute_total),
        _("Slots and waiting time"): bool(base.slots)
        or any(each.free_slots is not None for each in base.services),
        _("Fees and discounts"): any(
            each.price_negotiable or each.price_min_cny is not None for each in base.services
        ),
        _("Application form and documents"): bool(base.required_documents),
    }
    return [term for term, is_there in said.items() if not is_there]


@blueprint.get("/cases/<case_id>")
@access.public
def show_case(case_id: str) -> ResponseReturnValue:
    catalogue = backend.catalogue()
    case = found("case", catalogue.cases, case_id)
    others = cases_of_scenario(catalogue, case.scenario_id) if case.scenario_id else []
    return render_template(
        "pages/catalogue/case.html",
        case=case,
        catalogue=catalogue,
        provider=catalogue.providers.get(case.provider_id),
        scenario=catalogue.scenarios.get(case.scenario_id),
        others=[each for each in others if each.case_id != case_id][:3],
    )


@blueprint.get("/base-services/<service_id>")
@access.public
def show_service(service_id: str) -> ResponseReturnValue:
    """Lead to the service's place on the page of its base, which says what surrounds it."""
    services = {
        service.service_id: service
        for base in backend.catalogue().pilot_bases.values()
        for service in base.services
    }
    base_id = found("base service", services, service_id).pilot_base_id
    return redirect(url_for("catalogue.show_base", base_id=base_id, _anchor=service_id), code=303)
