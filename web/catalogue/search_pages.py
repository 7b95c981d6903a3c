"""The searches that the site offers: one a kind of record, one over everything."""

from __future__ import annotations

from dataclasses import dataclass

from web.i18n import gettext as _

N_PER_PAGE = 20
EVERYTHING = "search"


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One list of the catalogue: what it holds, how it can be narrowed, and its words."""

    name: str
    endpoint: str
    kinds: tuple[str, ...]
    facets: tuple[str, ...]
    heading: str
    lead: str
    search_label: str
    placeholder: str
    usual_order: str = "name"  # of a list that nobody has looked for words in


# Page → endpoint, kinds, facets in the order in which the page and its address show them.
_SHAPES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    EVERYTHING: (
        "search.search_everything",
        (),
        ("kind", "industry", "region", "process_step", "ai_task", "data_modality", "maturity",
         "deployment", "verification", "domain"),
    ),
    "needs": (
        "needs.list_needs",
        ("need",),
        ("industry", "process_step", "ai_task", "region", "data_modality", "deployment",
         "domestic_stack", "needs_base", "validation_type", "certificate"),
    ),
    "scenarios": (
        "catalogue.list_scenarios",
        ("scenario",),
        ("industry", "process_step", "ai_task", "sector", "data_modality"),
    ),
    "capabilities": (
        "catalogue.list_capabilities",
        ("capability",),
        ("industry", "process_step", "ai_task", "maturity", "region", "data_modality",
         "deployment", "verification", "certificate", "scenario"),
    ),
    "providers": (
        "catalogue.list_providers",
        ("provider",),
        ("provider_kind", "region", "industry", "process_step", "ai_task", "data_modality"),
    ),
    "bases": (
        "catalogue.list_bases",
        ("pilot_base",),
        ("domain", "status", "service", "direction", "region", "validation_type", "level",
         "industry"),
    ),
    "services": (
        "catalogue.list_services",
        ("base_service",),
        ("service", "domain", "validation_type", "direction", "region", "maturity", "mode",
         "ai_task", "base"),
    ),
    "cases": (
        "catalogue.list_cases",
        ("case",),
        ("industry", "relation", "region", "trust", "scenario"),
    ),
}  # fmt: skip
PAGES = tuple(_SHAPES)


def search_page(name: str) -> SearchPage:
    """Return a page by its name, in the language of the request."""
    endpoint, kinds, facets = _SHAPES[name]
    usual = "newest" if name == "needs" else "name"
    return SearchPage(name, endpoint, kinds, facets, *_words()[name], usual_order=usual)


def _words() -> dict[str, tuple[str, str, str, str]]:
    """Return heading, lead, label of the search box and an example for it, for each page."""
    return {
        EVERYTHING: (
            _("Search"),
            _("Needs, scenarios, capabilities, providers, cases, bases and services at once."),
            _("Search everything"),
            _("For example: 表面缺陷, predictive maintenance, electric power"),
        ),
        "needs": (
            _("Open needs"),
            _(
                "What enterprises are looking for now. Anonymous needs show no name until both "
                "sides agree."
            ),
            _("Search the open needs"),
            _("For example: cracks, early warning, scheduling"),
        ),
        "scenarios": (
            _("Scenarios"),
            _("Kinds of problem that AI has been put to, with what they need and measure."),
            _("Search the scenarios"),
            _("For example: surface defects, early warning, pests"),
        ),
        "capabilities": (
            _("Capabilities"),
            _("What providers offer, one entry a capability, with the evidence that it rests on."),
            _("Search the capabilities"),
            _("For example: blast furnace, speech, crop monitoring"),
        ),
        "providers": (
            _("Providers"),
            _("Organisations that offer AI capabilities. They are found by what they offer, too."),
            _("Search the providers and what they offer"),
            _("For example: Shenzhen, speech, predictive maintenance"),
        ),
        "bases": (
            _("Pilot bases"),
            _(
                "National AI application pilot bases: their field, services and what is published. "
                "Planned ones and those known by name only are marked: nobody can apply to them "
                "yet."
            ),
            _("Search the pilot bases"),
            _("For example: electric power, agriculture, compliance"),
        ),
        "services": (
            _("Base services"),
            _("What the pilot bases do for a pilot: tests, data, computing power, advice."),
            _("Search the base services"),
            _("For example: testing, data sets, computing power"),
        ),
        "cases": (
            _("Cases"),
            _("Real deployments with the effect that was published, and by whom."),
            _("Search the cases"),
            _("For example: blast furnace, false alarms, 96%"),
        ),
    }
