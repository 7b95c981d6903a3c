"""What is taken out of the catalogue before a real case is asked as a need.

The tested case's text, every claim that rests on it and every description written from it are
removed; what the provider says of itself in general stays. Tags of a capability that was written
from the case are taken anew from its remaining cases.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from matcher.records import Capability, Case, Catalogue

Remove = Callable[[Catalogue, Case], Catalogue]


def without_case(catalogue: Catalogue, case: Case) -> Catalogue:
    """Return the catalogue as it would be had the case never happened."""
    cases = {k: v for k, v in catalogue.cases.items() if k != case.case_id}
    capabilities = {
        key: _without(capability, case.case_id, cases, catalogue)
        for key, capability in catalogue.capabilities.items()
    }
    return replace(catalogue, cases=cases, capabilities=capabilities)


def evenly_without_case(catalogue: Catalogue, case: Case, *, draw: int = 0) -> Catalogue:
    """Return the catalogue without the case and without one case of every other provider.

    Taking only the tested case away marks the right answer: its provider alone has lost something,
    and a flexible ranker learns to look for the loss. Here everybody with a case has lost one, the
    others by a draw that depends on nothing but its number and the ids.
    """
    drawn: dict[str, tuple[str, Case]] = {}
    for other in catalogue.cases.values():
        if other.provider_id in (case.provider_id, ""):
            continue
        lot = hashlib.sha256(f"{draw} {case.case_id} {other.case_id}".encode()).hexdigest()
        if other.provider_id not in drawn or lot < drawn[other.provider_id][0]:
            drawn[other.provider_id] = (lot, other)
    left = without_case(catalogue, case)
    for _, other in drawn.values():
        left = without_case(left, other)
    return left


def strictly_without_case(catalogue: Catalogue, case: Case) -> Catalogue:
    """Return the catalogue without the case and without what its source may have taught.

    Provider descriptions and some capabilities were written from the articles that also report the
    case. Here no provider has a description, and whatever the case's provider declares from the
    same source is blank: a lower bound, as the plain test is an upper one.
    """
    left = without_case(catalogue, case)
    providers = {k: replace(p, summary="", summary_en="") for k, p in left.providers.items()}
    capabilities = {
        key: _blank(c) if c.provider_id == case.provider_id and c.source == case.source else c
        for key, c in left.capabilities.items()
    }
    return replace(left, providers=providers, capabilities=capabilities)


def _blank(capability: Capability) -> Capability:
    return replace(capability, name="", name_en="", problem="", problem_en="", claims=())


def _without(
    capability: Capability, case_id: str, cases: Mapping[str, Case], catalogue: Catalogue
) -> Capability:
    mentioned = {*capability.case_ids, *capability.derived_from_case_ids}
    mentioned.update(c for claim in capability.claims for c in claim.case_ids)
    if case_id not in mentioned:
        return capability
    left = replace(
        capability,
        claims=tuple(claim for claim in capability.claims if case_id not in claim.case_ids),
        case_ids=tuple(c for c in capability.case_ids if c != case_id),
        derived_from_case_ids=tuple(c for c in capability.derived_from_case_ids if c != case_id),
    )
    if case_id not in capability.derived_from_case_ids:
        return left
    remaining = [cases[c] for c in left.case_ids if c in cases]
    scenarios = [
        catalogue.scenarios[c.scenario_id]
        for c in remaining
        if c.scenario_id in catalogue.scenarios
    ]
    return replace(
        left,
        name="",
        name_en="",
        problem="",
        problem_en="",
        maturity=None,
        industries=_distinct(c.industry for c in remaining),
        scenario_ids=_distinct(s.scenario_id for s in scenarios),
        process_steps=_distinct(step for s in scenarios for step in s.process_steps),
        ai_tasks=_distinct(task for s in scenarios for task in s.ai_tasks),
        data_modalities=_distinct(kind for s in scenarios for kind in s.data_modalities),
    )


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
