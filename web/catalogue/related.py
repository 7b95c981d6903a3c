"""What belongs together in the catalogue: by ids, and by industry for bases."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.records import (
    BaseService,
    Capability,
    Case,
    Catalogue,
    PilotBase,
    Provider,
    Scenario,
)
from matcher.text.terms import search_terms


def capabilities_of(catalogue: Catalogue, provider_id: str) -> list[Capability]:
    return [each for each in catalogue.capabilities.values() if each.provider_id == provider_id]


def cases_of_provider(catalogue: Catalogue, provider_id: str) -> list[Case]:
    return newest_first(
        case for case in catalogue.cases.values() if case.provider_id == provider_id
    )


def cases_of_scenario(catalogue: Catalogue, scenario_id: str) -> list[Case]:
    return newest_first(
        case for case in catalogue.cases.values() if case.scenario_id == scenario_id
    )


def cases_of_capability(catalogue: Catalogue, capability: Capability) -> list[Case]:
    named = (catalogue.cases.get(case_id) for case_id in capability.case_ids)
    return newest_first(case for case in named if case is not None)


def newest_first(cases: Iterable[Case]) -> list[Case]:
    return sorted(cases, key=lambda case: (-(case.year or 0), case.case_id))


def providers_of_scenario(
    catalogue: Catalogue, scenario_id: str
) -> list[tuple[Provider, list[Capability], int]]:
    """Return each provider with its capabilities for a scenario and its number of cases there."""
    offered: dict[str, list[Capability]] = {}
    for capability in catalogue.capabilities.values():
        if scenario_id in capability.scenario_ids:
            offered.setdefault(capability.provider_id, []).append(capability)
    n_cases: dict[str, int] = {}
    for case in cases_of_scenario(catalogue, scenario_id):
        n_cases[case.provider_id] = n_cases.get(case.provider_id, 0) + 1
    found = [
        (
            catalogue.providers[provider_id],
            offered.get(provider_id, []),
            n_cases.get(provider_id, 0),
        )
        for provider_id in {**offered, **n_cases}
        if provider_id in catalogue.providers
    ]
    return sorted(found, key=lambda row: (-row[2], -len(row[1]), row[0].provider_id))


def industries_meet(one: Iterable[str], other: Iterable[str]) -> bool:
    """True when a code of one is a code of the other, or lies above or below it in GB/T 4754."""
    others = tuple(other)
    return any(a.startswith(b) or b.startswith(a) for a in one if a for b in others if b)


def bases_for(catalogue: Catalogue, industries: Iterable[str]) -> list[PilotBase]:
    """Return the bases of some industries, those that are about little else first."""
    codes = tuple(industries)
    found = [
        (
            sum(industries_meet(codes, [code]) for code in base.industries) / len(base.industries),
            base,
        )
        for base in catalogue.pilot_bases.values()
        if industries_meet(codes, base.industries)
    ]
    found.sort(key=lambda row: (-row[0], row[1].status != "launched", row[1].pilot_base_id))
    return [base for _, base in found]


def scenarios_for(catalogue: Catalogue, base: PilotBase) -> list[Scenario]:
    return [
        scenario
        for scenario in catalogue.scenarios.values()
        if industries_meet(scenario.industries, base.industries)
    ]


def services_for(base: PilotBase, scenario: Scenario) -> list[BaseService]:
    """Return the services of a base for a scenario's tasks, then those for any task."""
    fitting = [each for each in base.services if set(each.ai_tasks) & set(scenario.ai_tasks)]
    return fitting + [each for each in base.services if not each.ai_tasks]


def similar_scenarios(catalogue: Catalogue, scenario: Scenario, limit: int = 6) -> list[Scenario]:
    """Return the scenarios that share most with one: words of the name, codes, industry."""
    scored = [
        (likeness(scenario, other), other.scenario_id, other)
        for other in catalogue.scenarios.values()
        if other.scenario_id != scenario.scenario_id
    ]
    close = sorted((row for row in scored if row[0] >= 1.0), key=lambda row: (-row[0], row[1]))
    return [other for _, _, other in close[:limit]]


def likeness(one: Scenario, other: Scenario) -> float:
    """Return how much two scenarios share, 0 to 5: a shared set of codes counts 1."""
    pairs = (
        (search_terms(f"{one.name} {one.name_en}"), search_terms(f"{other.name} {other.name_en}")),
        (one.ai_tasks, other.ai_tasks),
        (one.process_steps, other.process_steps),
        (one.data_modalities, other.data_modalities),
    )
    in_industry = 1.0 if industries_meet(one.industries, other.industries) else 0.0
    return in_industry + sum(shared(a, b) for a, b in pairs)


def shared(one: Iterable[str], other: Iterable[str]) -> float:
    """Return the share of all members of two sets that stand in both."""
    left, right = set(one), set(other)
    return len(left & right) / len(left | right) if left and right else 0.0
