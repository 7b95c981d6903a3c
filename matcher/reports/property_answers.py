"""Properties of an answer: its sums, its reasons, its constraints, and saying that nobody fits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from matcher.ranking.explain import FIELD
from matcher.ranking.features import FEATURE_BY_NAME
from matcher.ranking.matching import Matcher
from matcher.ranking.matrix import COLUMN_OF
from matcher.ranking.model import probability
from matcher.ranking.results import Match, MatchList
from matcher.records import Capability, Need
from matcher.reports.property_results import PropertyResult, property_result
from matcher.reports.property_trials import (
    CaseNeed,
    Trials,
    capability_at,
    ranked,
    standing,
)

N_PRICED = 25
N_CONSTRAINED = 15
N_EXPLAINED = 15
ROUNDING_BITS = 1e-9
BUDGET_CNY = 1_000_000
PRICES_CNY = (900_000, 1_500_000)


def price_above_budget_lowers(trials: Trials) -> PropertyResult:
    """Check that the best provider scores lower when its price goes above the budget."""

    def score(capability: Capability, need: Need, price: int) -> float:
        priced = replace(capability, price_min_cny=price, price_max_cny=None, price_unit="project")
        matcher = trials.changed(capabilities=[priced])
        return standing(matcher, ranked(matcher, need), capability.provider_id)[0]

    outcomes = []
    for one in trials.some_cases(N_PRICED):
        best = capability_at(trials.matcher, trials.rankings[one.need.need_id], 0)
        need = replace(one.need, budget_max_cny=BUDGET_CNY)
        within, above = (score(best, need, price) for price in PRICES_CNY)
        outcomes.append((one.need.need_id, above < within))
    return property_result("price_above_budget_lowers", outcomes)


def failed_constraint_is_never_shown(trials: Trials) -> PropertyResult:
    """Check that of five that break a constraint none is shown and each has its reason."""
    outcomes = []
    for one in trials.some_cases(N_CONSTRAINED):
        ranking = trials.rankings[one.need.need_id]
        best = [capability_at(trials.matcher, ranking, place) for place in range(5)]
        need, broken = _break_constraints(trials, one.need, best)
        answer = trials.changed(capabilities=broken).match(need, today=trials.today)
        shown = {match.capability_id for match in answer.matches}
        reasons = {e.capability_id: e.reason_zh and e.reason_en for e in answer.excluded}
        outcomes += [
            (f"{need.need_id} {c.capability_id}", c.capability_id not in shown and _has(reasons, c))
            for c in best
        ]
    return property_result("failed_constraint_is_never_shown", outcomes)


def _has(reasons: dict[str, str], capability: Capability) -> bool:
    return bool(reasons.get(capability.capability_id))


def _break_constraints(
    trials: Trials, need: Need, best: Sequence[Capability]
) -> tuple[Need, list[Capability]]:
    """Return a need with constraints and the five capabilities, each breaking another one."""
    expired, unwanted, leaking, foreign, dear = best
    constrained = replace(
        need,
        excluded_provider_ids=(unwanted.provider_id,),
        data_leaves_site="no",
        domestic_stack="required",
        budget_max_cny=BUDGET_CNY,
        budget_is_limit=True,
    )
    changes: list[tuple[Capability, dict[str, Any]]] = [
        (expired, {"valid_to": trials.today - timedelta(days=1)}),
        (leaking, {"data_leaves_site": "yes"}),
        (foreign, {"domestic_stack": "none"}),
        (dear, {"price_min_cny": 2 * BUDGET_CNY, "price_max_cny": None, "price_unit": "project"}),
    ]
    return constrained, [replace(capability, **change) for capability, change in changes]


def off_topic_says_so(trials: Trials) -> PropertyResult:
    """Check that a need outside the catalogue hears that nobody is adequate."""
    outcomes = [
        (need.need_id, trials.matcher.match(need, today=trials.today, top=1).no_adequate_match)
        for need in trials.off_topic
    ]
    return property_result("off_topic_says_so", outcomes, {"n_asked": len(outcomes)})


def real_need_is_answered(trials: Trials, unspoken: Matcher) -> PropertyResult:
    """Check that a real need is not refused, even where no case repeats its wording.

    Parameters
    ----------
    unspoken : Matcher
        Over the catalogue whose cases do not hold the words of their needs.
    """
    outcomes = [
        (one.need.need_id, not _answer(unspoken, one, trials).no_adequate_match)
        for one in trials.some_cases(2 * N_EXPLAINED)
    ]
    return property_result("real_need_is_answered", outcomes)


def _answer(matcher: Matcher, one: CaseNeed, trials: Trials) -> MatchList:
    return matcher.match(one.need, today=trials.today, top=1)


def explanations(trials: Trials) -> list[PropertyResult]:
    """Check that contributions sum to the score, and that the top reason carries some of it."""
    sums, reasons = [], []
    for one in trials.some_cases(N_EXPLAINED):
        for match in trials.matcher.match(one.need, today=trials.today).matches:
            trial = f"{one.need.need_id} {match.provider_id}"
            sums.append((trial, _sums_exactly(trials, one, match)))
            after = _bits_without_top_reason(trials, one, match)
            if after is not None:
                reasons.append((trial, after < match.bits))
    return [
        property_result("contributions_sum_exactly", sums),
        property_result("top_reason_lowers", reasons),
    ]


def _sums_exactly(trials: Trials, one: CaseNeed, match: Match) -> bool:
    """Check the entries against the model's own sum, field and calibration, not only their sum."""
    ranking, row = trials.rankings[one.need.need_id], _row(trials, one, match)
    raw = float(ranking.raw[row])
    features = math.fsum(c.bits for c in match.contributions if c.feature in FEATURE_BY_NAME)
    field = math.fsum(c.bits for c in match.contributions if c.feature == FIELD)
    pairs = (
        (features, raw),
        (field, -ranking.field),
        (match.bits, trials.matcher.calibrated(ranking, raw)),
    )
    return (
        math.fsum(c.bits for c in match.contributions) == match.bits
        and probability(match.bits) == match.probability
        and all(math.isclose(shown, true, abs_tol=ROUNDING_BITS) for shown, true in pairs)
    )


def _row(trials: Trials, one: CaseNeed, match: Match) -> int:
    candidate = trials.matcher.index.evidence.collection.index_of[match.capability_id]
    rows: list[int] = trials.rankings[one.need.need_id].look_up.pool.candidates.tolist()
    return rows.index(candidate)


def _bits_without_top_reason(trials: Trials, one: CaseNeed, match: Match) -> float | None:
    """Return the score without the feature that adds most, None where none adds anything."""
    reasons = [c for c in match.contributions if c.feature in FEATURE_BY_NAME and c.bits > 0]
    if not reasons:
        return None
    top = max(reasons, key=lambda c: c.bits)
    ranking = trials.rankings[one.need.need_id]
    row = _row(trials, one, match)
    # Zero is the average of a relative feature and the neutral value of every other.
    return trials.matcher.rescored(ranking, row, {COLUMN_OF[top.feature]: 0.0})[0]
