"""A candidate held against the serving model and every baseline, as one document with a verdict.

The same needs for all: those of the catalogue's own cases, each asked without its case, and the
lists that reviewers or outcomes have labelled. The rules are those of ``matcher.learning.gate``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from matcher.learning.adequacy import NOTHING_TRIED, Tried
from matcher.learning.case_baselines import baseline_queries
from matcher.learning.cases import evidence_cases, ranked_cases
from matcher.learning.dataset import RankedQuery
from matcher.learning.gate import (
    CANDIDATE,
    FAIR_BAND,
    SERVING,
    GateRow,
    Measured,
    PropertyOutcome,
    adequacy_row,
    calibration_rows,
    fairness_rows,
    ndcg_values,
    passes,
    property_rows,
    ranking_row,
    rows_json,
)
from matcher.learning.history import HistoryLog
from matcher.learning.systems import ServedModel, Tools
from matcher.learning.update_from_labels import LabelledList
from matcher.learning.updated_model import HISTORY
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher
from matcher.ranking.model import field_bits, log_odds_bits
from matcher.records import Catalogue
from matcher.reports.off_policy_estimate import off_policy_estimate
from matcher.reports.properties import property_report

SEED = 0
HUBS = ("11", "31", "32", "33", "44")  # Beijing, Shanghai, Jiangsu, Zhejiang, Guangdong
LITTLE_EVIDENCE = 1  # cases
Say = Callable[[str], None]


@dataclass(frozen=True)
class ComparisonInput:
    """What two models are compared on.

    Attributes
    ----------
    lists : labelled lists; those that either model learned from are scored out of fold
    n_cases : at most so many cases, spread evenly; 0 for all
    off_topic_needs : needs that nobody answers, for the property tests; None leaves these out
    small_providers : ids of providers whose organisation is small or micro
    log : what was shown and what became of it, for the estimate of acceptance; optional
    tried : pairs that say from what closeness on somebody is worth proposing
    """

    catalogue: Catalogue
    candidate: ServedModel
    serving: ServedModel
    lists: Sequence[LabelledList]
    today: date
    off_topic_needs: Path | None
    n_cases: int = 0
    small_providers: frozenset[str] = frozenset()
    log: HistoryLog | None = None
    tried: Tried = NOTHING_TRIED


def compare_models(given: ComparisonInput, tools: Tools, say: Say) -> dict[str, Any]:
    """Return the comparison as a plain document: rows, verdict, and what it rests on."""
    asked = some_cases(given.catalogue, given.n_cases)
    say("cases")
    queries = {
        name: ranked_cases(asked, _parts(model, tools), progress=tools.progress)[0]
        for name, model in _distinct(given)
    }
    ours, theirs = queries[CANDIDATE], queries.get(SERVING, queries[CANDIDATE])
    measured = _measured(given.candidate, ours, "cases"), _measured(given.serving, theirs, "cases")
    say("baselines")
    rows = _ranking_rows(asked, (ours, measured[0]), (theirs, measured[1]), tools)
    rows += calibration_rows(ours, *_aligned(ours, theirs, *measured), "cases", SEED)
    _, other = _aligned(ours, theirs, *measured)
    groups = provider_groups(given.catalogue, given.small_providers)
    rows += fairness_rows(ours, measured[0].scores, other.scores, groups, SEED)
    rows += history_rows(given)
    if given.off_topic_needs is not None:
        say("property tests")
        rows += property_rows(
            *(_outcomes(given, m, tools) for m in (given.candidate, given.serving))
        )
    document = {
        "candidate": given.candidate.model.model_id,
        "candidate_sha256": given.candidate.model.manifest.get("sha256", ""),
        "serving": given.serving.model.model_id,
        "serving_sha256": given.serving.model.manifest.get("sha256", ""),
        "passed": passes(rows),
        "synthetic": bool(given.candidate.model.manifest.get("synthetic")),
        "n_cases": len(ours),
        "n_lists": len(given.lists),
        "fair_band": list(FAIR_BAND),
        "seed": SEED,
        "made_on": given.today.isoformat(),
        "rows": rows_json(rows),
    }
    if given.log is not None:
        say("off-policy")
        document["off_policy"] = off_policy_estimate(given.log, given.candidate.model)
    return document


def some_cases(catalogue: Catalogue, n: int) -> Catalogue:
    """Return the catalogue with other cases' relation unsaid, so that n of them are asked.

    Nothing that a provider shows is taken away: only which cases count as questions.
    """
    asked = [case.case_id for case in evidence_cases(catalogue)]
    if not n or n >= len(asked):
        return catalogue
    kept = {asked[int(i)] for i in np.linspace(0, len(asked) - 1, n)}
    cases = {
        key: case if key in kept or key not in asked else replace(case, relation="undisclosed")
        for key, case in catalogue.cases.items()
    }
    return replace(catalogue, cases=cases)


def provider_groups(
    catalogue: Catalogue, small_providers: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Return the groups of providers whose exposure is held against who could be shown."""
    n_cases: dict[str, int] = {}
    for case in catalogue.cases.values():
        n_cases[case.provider_id] = n_cases.get(case.provider_id, 0) + 1
    providers = catalogue.providers
    return {
        "small_firms": small_providers,
        "little_evidence": frozenset(p for p in providers if n_cases.get(p, 0) <= LITTLE_EVIDENCE),
        "away_from_hubs": frozenset(
            key for key, p in providers.items() if p.region and p.region[:2] not in HUBS
        ),
    }


def history_rows(given: ComparisonInput) -> list[GateRow]:
    """Compare both models on what was answered, by features and closeness as they were shown."""
    queries = [_query(one) for one in given.lists if one.is_telling]
    scores = [
        [model.score(query, HISTORY) for query in queries]
        for model in (given.candidate, given.serving)
    ]
    values = [ndcg_values(queries, of) for of in scores]
    ours, theirs = (m.model.adequacy.threshold for m in (given.candidate, given.serving))
    return [
        ranking_row(values[0], values[1], SERVING, HISTORY, SEED),
        adequacy_row(given.tried, ours, theirs, HISTORY, SEED),
    ]


def _query(one: LabelledList) -> RankedQuery:
    kept = one.competes
    n = int(kept.sum())
    return RankedQuery(
        query_id=one.list_id,
        group_id=one.group_id,
        candidate_ids=tuple(f"{i:04}" for i in range(n)),
        matrix=one.features[kept],
        grades=np.maximum(one.grades[kept], 0),
        is_population=np.ones(n, dtype=bool),
        n_eligible=n,
        regime="catalogue",
        source=HISTORY,
    )


def _parts(model: ServedModel, tools: Tools) -> IndexParts:
    return IndexParts(tools.encoder, tools.cache, tools.lexicon, model.model.language_means)


def _distinct(given: ComparisonInput) -> list[tuple[str, ServedModel]]:
    """Return the models whose features differ: one index is enough where the means agree."""
    ours, theirs = (m.model.language_means for m in (given.candidate, given.serving))
    same = set(ours) == set(theirs) and all(np.array_equal(ours[k], theirs[k]) for k in ours)
    both = [(CANDIDATE, given.candidate), (SERVING, given.serving)]
    return both[:1] if same else both


def _measured(model: ServedModel, queries: Sequence[RankedQuery], name: str) -> Measured:
    scores = [model.score(query, name) for query in queries]
    chances = []
    for query, raw in zip(queries, scores, strict=True):
        share = log_odds_bits(raw - field_bits(raw, query.is_population, query.n_eligible))
        bits = model.model.calibrated_bits(share, query.regime)
        chances.append(1.0 / (1.0 + np.exp2(-bits)))
    return Measured(scores, chances)


def _aligned(
    ours: Sequence[RankedQuery], theirs: Sequence[RankedQuery], one: Measured, other: Measured
) -> tuple[Measured, Measured]:
    """Return the second model's figures in the order of the first one's candidates."""
    if ours is theirs:
        return one, other
    place = [{c: i for i, c in enumerate(query.candidate_ids)} for query in theirs]
    order = [
        np.array([where[c] for c in query.candidate_ids])
        for query, where in zip(ours, place, strict=True)
    ]
    moved = (
        [values[rows] for values, rows in zip(of, order, strict=True)]
        for of in (other.scores, other.probabilities)
    )
    return one, Measured(*moved)


def _ranking_rows(
    asked: Catalogue,
    ours: tuple[Sequence[RankedQuery], Measured],
    theirs: tuple[Sequence[RankedQuery], Measured],
    tools: Tools,
) -> list[GateRow]:
    candidate = ndcg_values(ours[0], ours[1].scores)
    serving = ndcg_values(theirs[0], theirs[1].scores)
    rows = [ranking_row(candidate, serving, SERVING, "cases", SEED)]
    found = baseline_queries(asked, tools, progress=tools.progress)
    for name, pairs in found.items():
        values = ndcg_values([q for q, _ in pairs], [scores for _, scores in pairs])
        rows.append(ranking_row(candidate, values, name, "cases", SEED))
    return rows


def _outcomes(given: ComparisonInput, model: ServedModel, tools: Tools) -> list[PropertyOutcome]:
    matcher = Matcher(CatalogueIndex(given.catalogue, _parts(model, tools)), model.model)
    asked = some_cases(given.catalogue, given.n_cases)
    needs = given.off_topic_needs
    if needs is None:
        return []
    report = property_report(matcher, asked, needs, given.today, progress=tools.progress)
    return [_outcome(record) for record in report["properties"]]


def _outcome(record: Mapping[str, Any]) -> PropertyOutcome:
    return PropertyOutcome(record["name"], record["n"], record["n_passed"], record["passed"])
