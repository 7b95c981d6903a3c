"""Block ``ranking``: did those who fit stand above those who do not?

On the lists that were shown, by what came of each pair (3, 2, 1, 0; see ``history_labels``). What
was never shown has no answer and does not count. As shown, the serving order has an advantage: what
stands higher is looked at more. ``expected_acceptance@5`` takes that advantage away.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matcher.errors import NotEnoughJudgements
from matcher.learning.history import Array
from matcher.learning.off_policy import Estimates, places_by_score, reordered_acceptance
from matcher.reports.history.cut import TOP, Cut, Floats, Ints, Truths, of_answers
from matcher.reports.history.figures import Block, Figure, Value, named

MODEL, RULE, TAGS, RANDOM = "model", "six_factor_rule", "tag_overlap", "random"
TEXT, NEWEST = "text_only", "newest_first"
SYSTEMS = (MODEL, RULE, TAGS, TEXT, NEWEST, RANDOM)
# What text only orders by: BM25 of the closest evidence, as it was logged. Who is not written in
# the need's language has no words, yet a meaning: then text only finds nothing in common.
WORDS, MEANING = "lexical_best", "meaning_affinity"
NO_WORDS = -100.0  # below every standardised score
NDCG_AT, RECALL_AT, PRECISION_AT, HIT_AT = (5, 10), (5, 10), 5, 5
RECALL_KEYS = {f"recall@{k}": k for k in RECALL_AT}


def ranking_block(cut: Cut) -> Block:
    """Return how well lists were ordered, beside what baselines would have done with them."""
    rows = cut.settled & np.isfinite(cut.log.pairs["score_rule"])
    orders = system_orders(cut, rows)
    told = {name: lists_told(cut, rows, name) for name in SYSTEMS}
    grades = np.maximum(cut.labels.grade, 0)[rows]
    lists, row = np.unique(cut.log.pairs["list"][rows], return_inverse=True)
    useful = np.bincount(row, grades, len(lists)) > 0
    length = np.bincount(row, minlength=len(lists))
    need = cut.log.lists["need"][lists]
    measured = {name: measures_of(grades, row, place, len(lists)) for name, place in orders.items()}
    figures = []
    for system, found in measured.items():
        for key, values in found.items():
            # Whatever the order, a list finds all that it shows in as many places as it has.
            is_longer = length > RECALL_KEYS.get(key, 0)
            if system != MODEL and not is_longer.any():
                continue
            kept = useful & told[system] & is_longer
            name = named(key, system=system, n_of="lists")
            figures.append(cut.mean_of(name, need[kept], values[kept]))
            if system != MODEL:
                gain = measured[MODEL][key][kept] - values[kept]
                better = named(f"gain_{key}", system=system, n_of="lists")
                figures.append(cut.mean_of(better, need[kept], gain))
    figures += expected_figures(cut)
    notes = ("shown_only", "order_not_known")
    return Block("ranking", tuple(of_answers(cut, figures)), cut.synthetic, notes)


def lists_told(cut: Cut, rows: Truths, system: str) -> Truths:
    """Return for each list of some pairs whether what a system orders by was known of it.

    Text only needs what was logged of the words of every pair, and one that has any. Newest first
    needs the day on which every record was registered, no later than the list, and two different
    days: where all came on one day it says nothing, and chance would be called by its name.

    Returns
    -------
    bool array (n_lists), by ascending row of the list
    """
    lists, row = np.unique(cut.log.pairs["list"][rows], return_inverse=True)
    if system == TEXT:
        has = np.isfinite(logged_feature(cut, WORDS)[rows])
        lacks = ~has & np.isnan(logged_feature(cut, MEANING)[rows])
        n_has, n_lacking = (np.bincount(row, one, len(lists)) for one in (has, lacks))
        return np.asarray((n_has > 0) & (n_lacking == 0), dtype=bool)
    if system == NEWEST:
        since = since_of(cut)[rows]
        lacks = ~(since <= cut.shown_at[rows])  # a day that is not known is never before
        days = days_of(since)
        first, last = np.full(len(lists), days.max(initial=0)), np.zeros(len(lists), np.int64)
        np.minimum.at(first, row, days)
        np.maximum.at(last, row, days)
        return np.asarray((np.bincount(row, lacks, len(lists)) == 0) & (first < last), dtype=bool)
    return np.ones(len(lists), dtype=bool)


def logged_feature(cut: Cut, name: str) -> Floats:
    """Return a feature of every pair as it was logged, NaN where it was not."""
    found = cut.log.features.get(name)
    return np.full(cut.log.n("pairs"), np.nan) if found is None else found


def since_of(cut: Cut) -> Array:
    """Return when the record of every pair was registered."""
    found: Array = cut.log.capabilities["since"][cut.log.pairs["capability"]]
    return found


def system_orders(cut: Cut, rows: Truths) -> dict[str, Ints]:
    """Return for each system the place it gives each of some pairs in its list."""
    pairs = cut.log.pairs
    in_list = pairs["list"][rows]
    scores = {
        # What exploration moved stands where the ranking wanted it.
        MODEL: -pairs["intended"][rows].astype(np.float64),
        RULE: pairs["score_rule"][rows],
        TAGS: pairs["score_tags"][rows],
        # Lists in which one of these is not known do not count; see ``lists_told``.
        TEXT: np.nan_to_num(logged_feature(cut, WORDS)[rows], nan=NO_WORDS),
        NEWEST: days_of(since_of(cut)[rows]).astype(np.float64),
        RANDOM: np.random.default_rng(0).random(int(rows.sum())),
    }
    # A score that ties falls back on chance, never on the serving order.
    noise = np.random.default_rng(1).random(int(rows.sum())) * 1e-9
    return {
        name: places_by_score(in_list, score + (0 if name == MODEL else noise))
        for name, score in scores.items()
    }


def days_of(times: Array) -> Ints:
    """Return days since 1970, 0 where a time is not known."""
    found: Ints = np.where(np.isnat(times), 0, times.astype("M8[D]").astype(np.int64))
    return found


def measures_of(grades: Ints, row: Ints, place: Ints, n_lists: int) -> dict[str, Floats]:
    """Return each measure of each list.

    Parameters
    ----------
    grades, row, place : int arrays (n_pairs), the grade, list and place from 1 of each pair
    """
    width = max(int(place.max(initial=1)), *NDCG_AT)
    ranked = np.zeros((n_lists, width), dtype=np.int64)
    ranked[row, place - 1] = grades
    ideal = -np.sort(-ranked, axis=1)
    n_relevant = (ranked >= 1).sum(axis=1)
    found: dict[str, Floats] = {}
    for k in NDCG_AT:
        best = _gain(ideal, k)
        gain = np.divide(_gain(ranked, k), best, out=_zeros(n_lists), where=best > 0)
        found[f"ndcg@{k}"] = np.asarray(gain, dtype=np.float64)
    hits = ranked >= 1
    first = np.where(hits.any(axis=1), hits.argmax(axis=1) + 1.0, np.inf)
    found["mrr"] = np.asarray(1.0 / first, dtype=np.float64)
    for k in RECALL_AT:
        n_found = hits[:, :k].sum(axis=1)
        found[f"recall@{k}"] = np.divide(
            n_found, n_relevant, out=_zeros(n_lists), where=n_relevant > 0
        )
    found[f"precision@{PRECISION_AT}"] = np.mean(hits[:, :PRECISION_AT], axis=1)
    found[f"hit@{HIT_AT}"] = np.max(hits[:, :HIT_AT], axis=1).astype(np.float64)
    return found


def _zeros(n: int) -> Floats:
    return np.zeros(n, dtype=np.float64)


def _gain(ranked: NDArray[np.int64], k: int) -> Floats:
    top = ranked[:, :k]
    gain: Floats = (np.exp2(top) - 1.0) @ (1.0 / np.log2(np.arange(2, top.shape[1] + 2)))
    return gain


def expected_figures(cut: Cut) -> list[Figure]:
    """Return the acceptance each system's first five would have had, by every estimator.

    How places are looked at is learned from all of history, the figure is about the period. Lists
    in which an order is not known help to learn how places are looked at, and do not count for it.
    """
    so_far = cut.settled_so_far & np.isfinite(cut.log.pairs["score_rule"])
    orders, logged = system_orders(cut, so_far), cut.logged(so_far)
    _, row = np.unique(cut.log.pairs["list"][so_far], return_inverse=True)
    figures = []
    for system in SYSTEMS:
        counted = cut.settled[so_far] & lists_told(cut, so_far, system)[row]
        need = logged.need[counted & (orders[system] <= TOP)]
        empty = cut.about(named("expected_acceptance@5", system=system), need, len(need))
        try:
            found = reordered_acceptance(logged, orders[system], top=TOP, counted=counted)
        except NotEnoughJudgements as error:
            figures.append(replace(empty, facts=why_not(error)))
            continue
        figures += estimates_of(empty, found)
    return figures


def why_not(error: NotEnoughJudgements) -> dict[str, Value]:
    """Return how much there is and how much is needed, as facts of a figure without a number."""
    return {name: value for name, value in error.context.items() if isinstance(value, str | int)}


def estimates_of(empty: Figure, found: Estimates) -> list[Figure]:
    """Return one figure an estimator."""
    return [
        replace(
            empty,
            dimension="estimator",
            group=estimator,
            value=one.value,
            low=one.low,
            high=one.high,
            method="bootstrap over needs, places estimated anew",
            facts={"clipped_share": round(found.clipped_share, 4)},
        )
        for estimator, one in found.by.items()
    ]
