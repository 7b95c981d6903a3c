"""Real cases, one left out at a time: would the service have found who really did it?

What is removed before the query is asked is decided in ``matcher.learning.case_removal``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.learning.case_removal import Remove, without_case
from matcher.learning.dataset import Progress, RankedQuery
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.features import FEATURE_NAMES, TEXT_FEATURE_NAMES
from matcher.ranking.matrix import COLUMN_OF
from matcher.records import Case, Catalogue, Need

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


def case_queries(catalogue: Catalogue, remove: Remove = without_case) -> Iterator[CaseQuery]:
    """Yield every evidence case as a need with the catalogue that is left of it.

    Parameters
    ----------
    remove : callable
        One of ``matcher.learning.case_removal``.
    """
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
    remove: Remove = without_case,
    progress: Progress | None = None,
) -> list[list[RankedQuery]]:
    """Return every evidence case, ranked against the catalogue without it.

    Parameters
    ----------
    tags : sequence of bool
        For each, one list is returned: needs without, or with, the scenario's tags.
    remove : callable
        One of ``matcher.learning.case_removal``.
    """
    queries = list(case_queries(catalogue, remove))
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
