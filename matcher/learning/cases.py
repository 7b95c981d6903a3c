"""Real cases, one left out at a time: would the service have found who really did it?

The tested case's text, every claim that rests on it and every description written from it are
removed before the query is asked; what the provider says of itself in general stays. Tags of a
capability that was written from the case are taken anew from its remaining cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.learning.dataset import Progress, RankedQuery
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.features import FEATURE_NAMES, TEXT_FEATURE_NAMES
from matcher.ranking.matrix import COLUMN_OF
from matcher.records import Capability, Case, Catalogue, Need

TITLE_CHARACTERS = 40
EVIDENCE_RELATIONS = ("third_party", "affiliated")
# Leaving a case out strips the record of the very provider that is looked for (its tags, newest
# evidence, completeness) and nobody else's, so what a record states would speak against the right
# answer. Only texts are compared here; what records state stays a declared prior.
DISTORTED_FEATURES = tuple(
    name for name in FEATURE_NAMES if name not in TEXT_FEATURE_NAMES or name == "evidence_age"
)


@dataclass(frozen=True)
class CaseQuery:
    """A case asked as a need, with the catalogue as it is without the case."""

    case: Case
    need: Need
    catalogue: Catalogue


def evidence_cases(catalogue: Catalogue) -> list[Case]:
    """Return the cases that are evidence of a match between two parties, by id."""
    return [
        case
        for _, case in sorted(catalogue.cases.items())
        if case.relation in EVIDENCE_RELATIONS
        and case.provider_id in catalogue.providers
        and not case.weak
        and not case.unverified
    ]


def need_of_case(case: Case, catalogue: Catalogue, *, tags: bool = False) -> Need | None:
    """Return the need that the case answered, or None where neither need nor scenario is known.

    Parameters
    ----------
    tags : bool
        Also state the scenario's process steps, AI tasks and kinds of data, as a user who fills in
        the whole form would.
    """
    scenario = catalogue.scenarios.get(case.scenario_id)
    if case.need:
        title, problem = first_clause(case.need), case.need
    elif scenario is not None:
        title, problem = scenario.name, scenario.pain_point
    else:
        return None
    need = Need(
        need_id=f"case:{case.case_id}",
        title=title,
        problem=problem,
        language="zh",
        industries=(case.industry,) if case.industry else (),
    )
    if tags and scenario is not None:
        need = replace(
            need,
            process_steps=scenario.process_steps,
            ai_tasks=scenario.ai_tasks,
            data_modalities=scenario.data_modalities,
        )
    return need


def first_clause(text: str) -> str:
    """Return the beginning of a need that serves as its title, at most 40 characters.

    Examples
    --------
    >>> first_clause("漏检多，退货多")
    '漏检多'
    """
    clause = text
    for mark in "，。；,;":
        clause = clause.split(mark)[0]
    return clause[:TITLE_CHARACTERS]


def without_case(catalogue: Catalogue, case: Case) -> Catalogue:
    """Return the catalogue as it would be had the case never happened."""
    cases = {k: v for k, v in catalogue.cases.items() if k != case.case_id}
    capabilities = {
        key: _without(capability, case.case_id, cases, catalogue)
        for key, capability in catalogue.capabilities.items()
    }
    return replace(catalogue, cases=cases, capabilities=capabilities)


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


def case_queries(catalogue: Catalogue, *, strict: bool = False) -> Iterator[CaseQuery]:
    """Yield every evidence case as a need with its catalogue; see ``strictly_without_case``."""
    remove = strictly_without_case if strict else without_case
    for case in evidence_cases(catalogue):
        need = need_of_case(case, catalogue)
        if need is not None:
            yield CaseQuery(case, need, remove(catalogue, case))


def ranked_case(query: CaseQuery, index: CatalogueIndex, need: Need) -> RankedQuery:
    """Return the feature matrix of a case over providers, each with its best capability.

    The best capability of a provider is the one with the highest plain sum of its relative
    features, so that the choice does not depend on the weights that are being learned.
    """
    view = index.look_up(need)
    relative = np.nan_to_num(view.matrix[:, : COLUMN_OF["evidence_age"]]).sum(axis=1)
    providers = [index.capabilities[i].provider_id for i in view.pool.candidates]
    best: dict[str, int] = {}
    for row, provider in enumerate(providers):
        if provider not in best or relative[row] > relative[best[provider]]:
            best[provider] = row
    ids = sorted(best)
    matrix = view.matrix[[best[provider] for provider in ids]]
    matrix[:, [COLUMN_OF[name] for name in DISTORTED_FEATURES]] = np.nan
    grades = np.array([int(i == query.case.provider_id) for i in ids])
    return RankedQuery(
        query_id=query.case.case_id,
        group_id=query.case.user_enterprise or query.case.case_id,
        candidate_ids=tuple(ids),
        matrix=matrix,
        grades=grades,
        is_population=np.ones(len(ids), dtype=bool),
        n_eligible=len(ids),
        regime="catalogue",
        source="cases",
    )


def ranked_cases(
    catalogue: Catalogue,
    parts: IndexParts,
    *,
    tags: Sequence[bool] = (False,),
    strict: bool = False,
    progress: Progress | None = None,
) -> list[list[RankedQuery]]:
    """Return every evidence case, ranked against the catalogue without it.

    Parameters
    ----------
    tags : sequence of bool
        For each, one list is returned: needs without, or with, the scenario's tags.
    strict : bool
        See ``strictly_without_case``.
    """
    queries = list(case_queries(catalogue, strict=strict))
    ranked: list[list[RankedQuery]] = [[] for _ in tags]
    scenarios = CatalogueIndex(catalogue, parts).scenarios
    for done, query in enumerate(queries):
        index = CatalogueIndex(query.catalogue, parts, scenarios=scenarios)
        for with_tags, found in zip(tags, ranked, strict=True):
            need = need_of_case(query.case, catalogue, tags=with_tags) or query.need
            found.append(ranked_case(query, index, need))
        if progress:
            progress(done + 1, len(queries))
    return ranked
