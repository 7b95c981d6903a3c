"""Properties of language: twins of a need agree, and no language of a text is preferred."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from scipy.stats import kendalltau, spearmanr

from matcher.learning.bootstrap import bootstrap_mean
from matcher.learning.cases import first_clause
from matcher.ranking.engine import CatalogueIndex
from matcher.ranking.matching import Matcher, Ranking
from matcher.records import Capability, Case, Catalogue, Need
from matcher.reports.property_results import PropertyResult, property_result
from matcher.reports.property_trials import (
    Trials,
    capability_scores,
    provider_order,
    provider_scores,
    ranked,
)

FIRST = 5
BIAS_FIRST = 10
MAX_BIAS = 0.10
BALANCED_COUNTS = range(3, 8)  # of ten, what chance alone gives nine times of ten
ENGLISH = "_en"


def unspoken(trials: Trials) -> Matcher:
    """Return a matcher of the catalogue without the words in which needs of cases are told."""
    speaking = [case for case in trials.catalogue.cases.values() if case.need or case.need_en]
    ids = {case.case_id for case in speaking}
    affected = {
        capability.capability_id
        for capability in trials.catalogue.capabilities.values()
        if ids & set(capability.case_ids)
    }
    silenced = [replace(case, need="", need_en="") for case in speaking]
    return trials.changed(cases=silenced, affected=affected)


def twin_needs(trials: Trials) -> list[tuple[Need, Need]]:
    """Return (Chinese, English) for every case whose need is told in both languages."""
    return [
        (replace(one.need, problem_en="", language="zh"), _english(one.case, one.need))
        for one in trials.cases
        if one.case.need and one.case.need_en
    ]


def _english(case: Case, need: Need) -> Need:
    return replace(need, title=first_clause(case.need_en), problem=case.need_en, language="en")


def language_twins_agree(trials: Trials, silent: Matcher) -> PropertyResult:
    """Check that the two tellings of one need rank providers alike.

    Parameters
    ----------
    silent : Matcher
        As ``unspoken`` returns it.
    """
    outcomes, spearman, kendall, overlap = [], [], [], []
    for chinese, english in twin_needs(trials):
        left, right = ranked(silent, chinese), ranked(silent, english)
        scores, others = provider_scores(silent, left), provider_scores(silent, right)
        pairs = np.array([(scores[i], others[i]) for i in sorted(scores)])
        spearman.append(float(spearmanr(pairs[:, 0], pairs[:, 1]).statistic))
        kendall.append(float(kendalltau(pairs[:, 0], pairs[:, 1]).statistic))
        best, theirs = (provider_order(silent, found)[:FIRST] for found in (left, right))
        overlap.append(len(set(best) & set(theirs)) / FIRST)
        outcomes.append((chinese.need_id, best[0] in theirs and theirs[0] in best))
    interval = bootstrap_mean(spearman)
    figures = {
        "n_asked": len(outcomes),
        "spearman": interval.mean,
        "spearman_low": interval.low,
        "spearman_high": interval.high,
        "kendall": float(np.mean(kendall)),
        "overlap_at_5": float(np.mean(overlap)),
    }
    return property_result("language_twins_agree", outcomes, figures)


def language_bias(trials: Trials) -> PropertyResult:
    """Measure the own-language share of the first ten among offers in either language."""
    pool = Matcher(_balanced_index(trials), trials.matcher.model)
    outcomes: list[tuple[str, bool]] = []
    shares: dict[str, list[float]] = {"zh": [], "en": []}
    for twins in twin_needs(trials):
        for language, need in zip(("zh", "en"), twins, strict=True):
            own = _n_own_language(pool, ranked(pool, need), language)
            shares[language].append(own / BIAS_FIRST)
            outcomes.append((f"{need.need_id} {language}", own in BALANCED_COUNTS))
    figures = {f"bias_{k}": float(np.mean(found)) - 0.5 for k, found in shares.items()}
    figures["bias"] = float(np.mean([*shares["zh"], *shares["en"]])) - 0.5
    return property_result(
        "language_bias", outcomes, figures, passed=abs(figures["bias"]) <= MAX_BIAS
    )


def _n_own_language(pool: Matcher, ranking: Ranking, language: str) -> int:
    scores = capability_scores(pool, ranking)
    best = sorted(scores, key=lambda i: (-scores[i], i))[:BIAS_FIRST]
    return sum(i.endswith(f"/{language}") for i in best)


def _balanced_index(trials: Trials) -> CatalogueIndex:
    """Index every capability twice, in Chinese only and in English only; same scenarios."""
    old = trials.catalogue
    cases = {i: replace(case, need="", need_en="") for i, case in old.cases.items()}
    catalogue = Catalogue(
        scenarios=old.scenarios,
        providers=_both(old.providers.values(), "provider_id"),
        cases=_both(cases.values(), "case_id"),
        capabilities=_both(old.capabilities.values(), "capability_id"),
    )
    return CatalogueIndex(catalogue, trials.parts, scenarios=trials.matcher.index.scenarios)


def _both(records: Any, id_field: str) -> dict[str, Any]:
    twins = (_in_one_language(record, lang) for record in records for lang in ("zh", "en"))
    return {getattr(twin, id_field): twin for twin in twins}


def _in_one_language(record: Any, language: str) -> Any:
    """Return a record with its texts in one language, in the main fields; ids say which."""
    names = {field.name for field in fields(record)}
    changes: dict[str, Any] = {}
    for name in names:
        if name.endswith(ENGLISH):
            if language == "en":
                changes[name.removesuffix(ENGLISH)] = getattr(record, name)
            changes[name] = ""
    for name in names & {"capability_id", "provider_id", "case_id"}:
        changes[name] = f"{getattr(record, name)}/{language}"
    if isinstance(record, Capability):
        changes["case_ids"] = tuple(f"{i}/{language}" for i in record.case_ids)
        changes["claims"] = tuple(
            replace(
                _in_one_language(claim, language),
                case_ids=tuple(f"{i}/{language}" for i in claim.case_ids),
            )
            for claim in record.claims
        )
    return replace(record, **changes)
