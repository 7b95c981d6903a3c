"""The invented year as one history log, with the truth it was drawn from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator, default_rng

from matcher.learning.history import Array, HistoryLog, Table, make_log
from matcher.simulation.answers import Truth, answer
from matcher.simulation.aside import invent_aside
from matcher.simulation.showing import (
    FEATURES,
    NEED_INTERCEPT,
    NEED_WEIGHTS,
    PROVIDER_INTERCEPT,
    PROVIDER_WEIGHTS,
    UNSEEN,
    Floats,
    Shown,
    show_lists,
)
from matcher.simulation.world import YEAR_DAYS, Asked, Plan, invent_needs, invent_offers

__all__ = ["Plan", "Truth", "simulate_year"]

# What text only would order by: a noisy reading of the meaning, which teaches nothing of its own.
# It has a stream of chance of its own, so that it changes nothing else of a seed's year.
WORDS, WORDS_STREAM, WORDS_NOISE = "lexical_best", 1, 1.0
# The nearest evidence of a pair as a cosine, on the scale of the shipped model's: the first five
# end in agreement in less than one of twenty below about .28.
CLOSENESS = (0.15, 0.85)
SHOWN_SHARE = 0.9  # of needs that are shown a list at all, about
MODELS = ("synthetic-1", "synthetic-2")
SECOND_MODEL_FROM = 0.5  # of the year
LIST_ORIGINS = ("system", "search", "broker", "invited")
ORIGIN_SHARES = np.array([0.82, 0.1, 0.05, 0.03])
# Averaging over what is not seen pulls a probability towards a half (MacKay 1992, the probit
# approximation of a logistic integral): pi / 8 times the variance.
SOFTENED = float(np.sqrt(1.0 + np.pi / 8.0 * (UNSEEN**2 + 0.5**2)))


def simulate_year(plan: Plan) -> tuple[HistoryLog, Truth]:
    """Return an invented year of about ``plan.n_pairs`` shown pairs, and what it was drawn from.

    The log ends with the year: what would happen later has not happened.
    """
    random = default_rng(plan.seed)
    offers = invent_offers(random, plan)
    asked = invent_needs(random, plan, max(2, round(plan.n_lists / SHOWN_SHARE)))
    shown = show_lists(random, asked, offers)
    shown_at = asked.table["published_at"][shown.need] + np.timedelta64(60, "s")
    answers, truth = answer(random, shown, shown_at, offers.fame)
    lists = _lists(random, plan, asked, shown)
    tables: dict[str, Table] = {
        "needs": _closed(asked.table, shown, answers),
        "capabilities": offers.table,
        "lists": lists,
        "exclusions": _exclusions(shown),
        "pairs": {**_pairs(shown, lists), **answers},
    }
    tables |= invent_aside(random, plan, tables, truth)
    log = make_log(
        tables,
        synthetic=True,
        features={name: shown.features[:, i] for i, name in enumerate(FEATURES)}
        | {WORDS: _words(plan, shown)},
        sources=(f"synthetic seed {plan.seed}",),
    )
    end = np.datetime64(plan.ends_on.isoformat(), "s") - np.timedelta64(1, "s")
    known = log.as_of(end)
    visible = shown_at <= end
    truth = replace(
        truth,
        need_accepts=truth.need_accepts[visible],
        provider_accepts=truth.provider_accepts[visible],
        drift_at=plan.drift_at,
    )
    return known, truth


def _lists(random: Generator, plan: Plan, asked: Asked, shown: Shown) -> Table:
    """Return one list a need; a need that nothing comes close to has a list without pairs."""
    n = len(asked.industry)
    at = asked.table["published_at"] + np.timedelta64(60, "s")
    second = at >= plan.start + np.timedelta64(round(SECOND_MODEL_FROM * YEAR_DAYS), "D")
    drifted = asked.is_drifted
    unknown = np.clip(random.normal(np.where(drifted, 0.14, 0.05), 0.03, n), 0, 1)
    return {
        "list_id": np.char.replace(asked.table["need_id"], "SYN-N", "SYN-L"),
        "need": np.arange(n),
        "at": at,
        "model_id": np.where(second, MODELS[1], MODELS[0]),
        "origin": np.array(LIST_ORIGINS)[random.choice(len(LIST_ORIGINS), n, p=ORIGIN_SHARES)],
        "n_eligible": shown.n_eligible,
        "no_adequate": ~shown.has_list,
        "unknown_terms": unknown,
        "completeness": np.clip(random.normal(0.78, 0.1, n), 0, 1),
    }


def _words(plan: Plan, shown: Shown) -> Floats:
    """Return how many words each shown pair has in common, relative to the others of its list."""
    meaning = shown.features[:, FEATURES.index("meaning_affinity")]
    n = np.maximum(np.bincount(shown.need), 1)
    own = meaning - (np.bincount(shown.need, meaning) / n)[shown.need]
    noise = default_rng([plan.seed, WORDS_STREAM]).normal(0.0, WORDS_NOISE, len(own))
    found: Floats = own / max(float(own.std()), 1e-9) + noise
    return found


def _pairs(shown: Shown, lists: Table) -> dict[str, Array]:
    need_p = _foreseen(shown.features, NEED_WEIGHTS, NEED_INTERCEPT)
    provider_p = _foreseen(shown.features, PROVIDER_WEIGHTS, PROVIDER_INTERCEPT)
    probability = need_p * provider_p
    by_name = {name: shown.features[:, i] for i, name in enumerate(FEATURES)}
    return {
        "list": shown.need,  # one list a need, in the order of the needs
        "capability": shown.capability,
        "position": shown.position,
        "intended": shown.intended,
        "propensity": shown.propensity,
        "origin": np.where(shown.is_explored, "exploration", lists["origin"][shown.need]),
        "bits": np.log2(probability / (1.0 - probability)),
        "probability": probability,
        "probability_need": need_p,
        "probability_provider": provider_p,
        "closeness": CLOSENESS[0] + CLOSENESS[1] * by_name["meaning_affinity"],
        "score_rule": 25 * by_name["industry_fit"] + 30 * by_name["meaning_affinity"]
        + 20 * by_name["evidence_strength"] + 10 * (1 - by_name["over_budget"])
        + 5 * by_name["same_province"],
        "score_tags": (by_name["industry_fit"] + by_name["ai_task_fit"]) / 2,
    }  # fmt: skip


def _foreseen(features: Floats, weights: Floats, intercept: float) -> Floats:
    """Return what a ranking that knows the weights, and nothing unseen, gives as probability."""
    found: Floats = 1.0 / (1.0 + np.exp(-(features @ weights + intercept) / SOFTENED))
    return found


def _exclusions(shown: Shown) -> Table:
    parts = [(need, capability, reason) for reason, (need, capability) in shown.exclusions.items()]
    return {
        "list": np.concatenate([need for need, _, _ in parts]),
        "capability": np.concatenate([capability for _, capability, _ in parts]),
        "reason": np.concatenate([np.full(len(need), reason) for need, _, reason in parts]),
    }


def _closed(needs: Table, shown: Shown, answers: Table) -> Table:
    """Return the needs with their end: a contract, or half a year without one."""
    signed: Array = np.full(len(needs["need_id"]), np.datetime64("NaT", "s"))
    has = ~np.isnat(answers["contracted_at"])
    order = np.argsort(answers["contracted_at"][has])[::-1]
    signed[shown.need[has][order]] = answers["contracted_at"][has][order]
    expires: Array = needs["published_at"] + np.timedelta64(YEAR_DAYS // 2, "D")
    is_done = signed < expires  # NaT is before nothing
    return {
        **needs,
        "closed_at": np.where(is_done, signed, expires),
        "state": np.where(is_done, "done", "expired"),
    }
