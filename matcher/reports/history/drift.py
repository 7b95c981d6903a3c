"""Block ``drift``: does what comes in still look like what the model knows?

Features and probabilities of the period are held against the 180 days before it, by the population
stability index over ten bins of the earlier values. 0.1 is worth watching, 0.25 calls for action.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.learning.exposure import PSI_ACT, PSI_WATCH, stability_index
from matcher.reports.history.cut import DAY, Cut, Floats, Truths, of_answers
from matcher.reports.history.figures import ACT, LEAST, WATCH, Block, Figure, named
from matcher.reports.history.upward import CROSSED, crossed_stability, interval_pushed_up

REFERENCE_DAYS = 180
N_BINS = 10
SCORE = "probability"


def drift_block(cut: Cut) -> Block:
    """Return the stability index of each feature and of the score, and how inputs have changed."""
    before = cut.within(cut.shown_at, cut.start - REFERENCE_DAYS * DAY, cut.start)
    values = {SCORE: cut.log.pairs["probability"], **cut.log.features}
    figures = [_index(cut, name, column, before) for name, column in values.items()]
    lists = cut.lists_shown
    need = cut.log.lists["need"]
    for key in ("unknown_terms", "completeness"):
        column = cut.log.lists[key]
        for group, rows in (("", lists), ("before", _lists_before(cut))):
            known = rows & np.isfinite(column)
            name = named(key, group, dimension="reference" if group else "", n_of="lists")
            figures.append(cut.mean_of(name, need[known], column[known]))
    figures += of_answers(cut, [_label_delay(cut)])
    return Block("drift", tuple(figures), cut.synthetic)


def _lists_before(cut: Cut) -> Truths:
    at = cut.log.lists["at"]
    return cut.within(at, cut.start - REFERENCE_DAYS * DAY, cut.start)


def _index(cut: Cut, name: str, column: Floats, before: Truths) -> Figure:
    """Return the stability index of one column, with an interval over needs."""
    now, then = cut.shown & np.isfinite(column), before & np.isfinite(column)
    is_score = name == SCORE
    title = named("psi_score" if is_score else "psi", "" if is_score else name,
                  dimension="" if is_score else "feature")  # fmt: skip
    empty = replace(cut.about(title, cut.need[now], int(now.sum())), needed=LEAST)
    if now.sum() < LEAST or then.sum() < LEAST:
        return replace(empty, facts={"n_before": int(then.sum())})
    edges = np.unique(np.quantile(column[then], np.arange(1, N_BINS) / N_BINS))
    counts = [_binned(column[rows], edges) for rows in (then, now)]
    value = stability_index(counts[0].sum(axis=0), counts[1].sum(axis=0))
    resampled = [
        cut.resampled_sum(cut.need[rows], one)
        for rows, one in zip((then, now), counts, strict=True)
    ]
    samples = np.array([stability_index(p, q) for p, q in zip(*resampled, strict=True)])
    low, high = interval_pushed_up(value, samples, _crossed(cut, (then, now), counts))
    alert = ACT if value >= PSI_ACT else WATCH if value >= PSI_WATCH else ""
    facts = {
        "mean_before": round(float(column[then].mean()), 4),
        "mean_now": round(float(column[now].mean()), 4),
    }
    return replace(empty, value=value, low=low, high=high, method=CROSSED, alert=alert, facts=facts)


def _crossed(cut: Cut, rows: tuple[Truths, Truths], counts: list[Floats]) -> Floats:
    """Return the index of each split of the needs, changes of one half, ratios of the other."""
    before, now = (
        cut.halved_sum(cut.need[inside], one) for inside, one in zip(rows, counts, strict=True)
    )
    return crossed_stability(before, now)


def _binned(values: Floats, edges: Floats) -> Floats:
    """Return one row a value with a 1 in its bin."""
    rows = np.zeros((len(values), len(edges) + 1))
    rows[np.arange(len(values)), np.searchsorted(edges, values, side="right")] = 1.0
    return rows


def _label_delay(cut: Cut) -> Figure:
    """Return how many days after showing a graded pair got its grade, on average."""
    pairs = cut.log.pairs
    graded = cut.settled & cut.labels.is_graded
    last = np.fmax(
        np.fmax(pairs["need_accepted_at"], pairs["provider_accepted_at"]),
        np.fmax(pairs["need_declined_at"], pairs["provider_declined_at"]),
    )
    known = graded & ~np.isnat(last)
    days = (last - cut.shown_at)[known] / np.timedelta64(1, "s") / 86_400
    return cut.mean_of(named("label_delay"), cut.need[known], np.asarray(days, dtype=np.float64))
