"""Browse and search the open catalogue: scenarios, providers, pilot bases, cases."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.store.search import search
from matcher.text.lexicon import Lexicon
from web import access, backend, hx
from web.i18n import gettext as _
from web.listing import N_PER_PAGE, Choice, Kind, present
from web.presenters import industry_label, text_of
from web.related import (
    bases_for,
    capabilities_of,
    cases_of_provider,
    cases_of_scenario,
    providers_of_scenario,
    scenarios_for,
)

blueprint = Blueprint("catalogue", __name__)
Record = TypeVar("Record")


@blueprint.get("/scenarios")
@access.public
def list_scenarios() -> ResponseReturnValue:
    return listing_page(
        Kind(
            endpoint="catalogue.list_scenarios",
            title=_("Scenarios"),
            lead=_("Kinds of problem that AI has been put to, with what they need and measure."),
            search_label=_("Search the scenarios"),
            placeholder=_("For example: surface defects, early warning, pests"),
            kinds=("scenario",),
            facets=("industry", "process_step", "ai_task", "data_modality"),
        )
    )


@blueprint.get("/providers")
@access.public
def list_providers() -> ResponseReturnValue:
    return listing_page(
        Kind(
            endpoint="catalogue.list_providers",
            title=_("Providers"),
            lead=_(
                "Organisations that offer AI capabilities. A search also looks at what they offer."
            ),
            search_label=_("Search the providers and what they offer"),
            placeholder=_("For example: Shenzhen, speech, predictive maintenance"),
            kinds=("provider", "capability"),
            facets=("provider_kind", "region", "process_step", "ai_task"),
        )
    )


@blueprint.get("/bases")
@access.public
def list_bases() -> ResponseReturnValue:
    return listing_page(
        Kind(
            endpoint="catalogue.list_bases",
            title=_("Pilot bases"),
            lead=_(
                "National AI application pilot bases: their field, services and what is published."
            ),
            search_label=_("Search the pilot bases"),
            placeholder=_("For example: electric power, agriculture, compliance"),
            kinds=("pilot_base",),
            facets=("domain", "status", "service", "region"),
        )
    )


@blueprint.get("/cases")
@access.public
def list_cases() -> ResponseReturnValue:
    return listing_page(
        Kind(
            endpoint="catalogue.list_cases",
            title=_("Cases"),
            lead=_("Real deployments with the effect that was published, and by whom."),
            search_label=_("Search the cases"),
            placeholder=_("For example: blast furnace, false alarms, 96%"),
            kinds=("case",),
            facets=("industry", "relation", "trust", "region"),
        )
    )


def listing_page(kind: Kind) -> str:
    choice = Choice.of_request(kind)
    narrowed = choice.query or choice.facets.keys() - {"provider_kind", "region"}
    result = search(
        backend.database(),
        choice.query,
        kinds=kind.kinds if narrowed else kind.kinds[:1],
        facets=choice.facets,
        limit=N_PER_PAGE,
        offset=(choice.page - 1) * N_PER_PAGE,
        expand=Lexicon.load().expand,
    )
    template = "partials/_listing.html" if hx.wants_fragment() else "pages/catalogue/list.html"
    return render_template(template, listing=present(kind, choice, result, backend.catalogue()))


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
        bases=bases_for(catalogue, scenario.industries),
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
    }
    return render_template("pages/catalogue/base.html", base=base, catalogue=catalogue, **context)


@blueprint.get("/cases/<case_id>")
@access.public
def show_case(case_id: str) -> ResponseReturnValue:
    catalogue = backend.catalogue()
    case = found("case", catalogue.cases, case_id)
    return render_template(
        "pages/catalogue/case.html",
        case=case,
        provider=catalogue.providers.get(case.provider_id),
        scenario=catalogue.scenarios.get(case.scenario_id),
    )
