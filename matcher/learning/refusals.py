"""Does the service say that nobody fits when that is the truth?

A need is asked twice: in the whole catalogue, where somebody is known to fit, and in one out of
which everybody near has been taken, so that nobody left does. A few made-up needs from outside the
catalogue (see ``matcher.reports.properties``) say less: their words betray them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import NotEnoughJudgements
from matcher.learning.cases import CaseQuery, case_queries, evidence_cases
from matcher.learning.evaluation import interval_json
from matcher.learning.split import fold_of
from matcher.learning.systems import Tools
from matcher.ranking.affinity import NeedAffinity
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher
from matcher.ranking.model import AdditiveModel
from matcher.records import Capability, Catalogue, Need, Scenario

CASES = "cases"
N_SHOWN = 5
N_FOLDS = 10
MIN_LEFT = 20  # capabilities: fewer would be no field to choose from
DIVISION_LENGTH = 3  # C26


@dataclass(frozen=True)
class AskedTwice:
    """How near the shown providers come to a need, with everybody there and with nobody near.

    Each value is (as the service judges it, in meaning alone); None where that was not asked.
    """

    kind: str  # cases | scenarios_zh | scenarios_en
    group_id: str
    whole: tuple[float, float] | None
    emptied: tuple[float, float] | None


@dataclass(frozen=True)
class _Near:
    """What makes a capability near a need."""

    divisions: frozenset[str]
    ai_tasks: frozenset[str]
    scenario_id: str
    provider_id: str = ""

    def holds(self, capability: Capability) -> bool:
        return bool(
            capability.provider_id == self.provider_id
            or self.scenario_id in capability.scenario_ids
            or self.divisions & _divisions(capability.industries)
            or self.ai_tasks.intersection(capability.ai_tasks)
        )


def refusal_block(
    catalogue: Catalogue, parts: IndexParts, model: AdditiveModel, tools: Tools
) -> dict[str, Any]:
    """Return the shares of needs that are refused, rightly and wrongly, each with its interval.

    Returns
    -------
    dict
        ``groups``: for each kind of need ``n_whole``, ``n_emptied`` and, for the rule that serves
        and for closeness in meaning alone, the share ``refused`` with nobody near and the share
        ``refused_wrongly`` with everybody there. For the cases the threshold is chosen on the other
        folds of enterprises, for the scenarios on all cases; of needs with somebody near it refuses
        the share that the model states.

    Raises
    ------
    NotEnoughJudgements
        There is no case to ask.
    """
    if not evidence_cases(catalogue):
        raise NotEnoughJudgements(0, 1, "cases whose needs the threshold is chosen on")
    asked = [*_cases(catalogue, parts, model, tools), *_scenarios(catalogue, parts, model)]
    share = model.adequacy.false_refusal_share
    return {
        "false_refusal_share": share,
        "n_shown": N_SHOWN,
        "groups": [
            {"name": kind, **_group([one for one in asked if one.kind == kind], asked, share)}
            for kind in dict.fromkeys(one.kind for one in asked)
        ],
    }


def _cases(
    catalogue: Catalogue, parts: IndexParts, model: AdditiveModel, tools: Tools
) -> Iterator[AskedTwice]:
    scenarios = CatalogueIndex(catalogue, parts).scenarios
    queries = list(case_queries(catalogue))
    for done, query in enumerate(queries):
        index = CatalogueIndex(query.catalogue, parts, scenarios=scenarios)
        near = _near_case(query, catalogue)
        group = query.case.user_enterprise or query.case.case_id
        yield _asked(CASES, group, Matcher(index, model), query.need, near)
        if tools.progress:
            tools.progress(done + 1, len(queries))


def _near_case(query: CaseQuery, catalogue: Catalogue) -> _Near:
    case = query.case
    scenario = catalogue.scenarios.get(case.scenario_id, Scenario("", ""))
    divisions = _divisions((*query.need.industries, *scenario.industries))
    tasks = set(scenario.ai_tasks)
    if not tasks:  # then what the one who did it does in this industry
        own = (c for c in catalogue.capabilities.values() if c.provider_id == case.provider_id)
        tasks.update(*(c.ai_tasks for c in own if divisions & _divisions(c.industries)))
    return _Near(divisions, frozenset(tasks), case.scenario_id, case.provider_id)


def _scenarios(
    catalogue: Catalogue, parts: IndexParts, model: AdditiveModel
) -> Iterator[AskedTwice]:
    matcher = Matcher(CatalogueIndex(catalogue, parts), model)
    served = {i for c in catalogue.capabilities.values() for i in c.scenario_ids}
    for scenario in catalogue.scenarios.values():
        tasks = frozenset(scenario.ai_tasks)
        near = _Near(_divisions(scenario.industries), tasks, scenario.scenario_id)
        for need in _told(scenario):
            kind = f"scenarios_{need.language}"
            found = _asked(kind, scenario.scenario_id, matcher, need, near)
            # Where nobody is known to serve it, nobody says that somebody fits.
            yield found if scenario.scenario_id in served else replace(found, whole=None)


def _told(scenario: Scenario) -> Iterator[Need]:
    for language, title, problem in (
        ("zh", scenario.name, scenario.pain_point),
        ("en", scenario.name_en, scenario.pain_point_en),
    ):
        if title:
            yield Need(
                need_id=f"scenario:{scenario.scenario_id}",
                title=title,
                problem=problem,
                language=language,
                industries=scenario.industries[:1],
            )


def _asked(kind: str, group_id: str, matcher: Matcher, need: Need, near: _Near) -> AskedTwice:
    far = np.array([not near.holds(capability) for capability in matcher.index.capabilities])
    whole = _closeness(matcher, need, None)
    emptied = _closeness(matcher, need, far) if int(far.sum()) >= MIN_LEFT else None
    return AskedTwice(kind, group_id, whole, emptied)


def _closeness(
    matcher: Matcher, need: Need, eligible: NDArray[np.bool_] | None
) -> tuple[float, float]:
    ranking = matcher.rank(need, eligible)
    affinity = NeedAffinity(matcher.index, ranking.look_up)
    rows = ranking.best_rows[:N_SHOWN]
    return affinity.closest(rows), affinity.nearest_meaning(rows)


def _divisions(industries: Sequence[str]) -> frozenset[str]:
    return frozenset(code[:DIVISION_LENGTH] for code in industries)


def _group(own: Sequence[AskedTwice], every: Sequence[AskedTwice], share: float) -> dict[str, Any]:
    cases = [one for one in every if one.kind == CASES]
    whole = [one for one in own if one.whole is not None]
    emptied = [one for one in own if one.emptied is not None]
    return {
        "n_whole": len(whole),
        "n_emptied": len(emptied),
        "systems": [
            {
                "name": name,
                "refused": interval_json(
                    [_value(one.emptied, at) < _threshold(one, cases, at, share) for one in emptied]
                ),
                "refused_wrongly": interval_json(
                    [_value(one.whole, at) < _threshold(one, cases, at, share) for one in whole]
                ),
            }
            for at, name in enumerate(("model", "meaning_alone"))
        ],
    }


def _threshold(one: AskedTwice, cases: Sequence[AskedTwice], at: int, share: float) -> float:
    """Return the closeness under which the share of cases lies, without the fold of this one."""
    fold = fold_of(one.group_id, N_FOLDS)
    others = [
        _value(case.whole, at)
        for case in cases
        if one.kind != CASES or fold_of(case.group_id, N_FOLDS) != fold
    ]
    return float(np.quantile(others, share))


def _value(values: tuple[float, float] | None, at: int) -> float:
    return float("nan") if values is None else values[at]
