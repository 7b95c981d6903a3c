"""Block ``coverage``: does every need find somebody, and is everybody shown now and then?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.learning.exposure import gini
from matcher.learning.history import Array
from matcher.learning.probability_metrics import wilson_interval
from matcher.reports.history.cut import DAY, WILSON, Cut, Floats, Ints, Truths
from matcher.reports.history.figures import LEAST, Block, Figure, named
from matcher.reports.history.upward import CROSSED, crossed_gini, interval_pushed_up

ADEQUATE_FROM = 0.05  # probability that both sides accept, from which a candidate counts
ENOUGH_CANDIDATES = 3
LOOK_BACK_DAYS = 90
CROWDED_SHARE = 0.1  # of all places, from which one provider taking them is worth a look
N_RESAMPLES, N_SPLITS = 200, 50


def coverage_block(cut: Cut) -> Block:
    """Return what share of needs has candidates, and how places are spread over capabilities."""
    figures = [*_needs(cut), *_capabilities(cut), *_concentration(cut)]
    return Block("coverage", tuple(figures), cut.synthetic)


def _needs(cut: Cut) -> list[Figure]:
    log = cut.log
    rows = cut.lists_shown
    good = log.pairs["probability"] >= ADEQUATE_FROM
    n_good = np.bincount(log.pairs["list"][good], minlength=log.n("lists"))
    need = log.lists["need"][rows]
    return [
        cut.share_of(
            named("needs_with_candidates", n_of="lists"), need, n_good[rows] >= ENOUGH_CANDIDATES
        ),
        _with_needs(
            cut,
            cut.share_of(
                named("no_adequate_match", n_of="lists"), need, log.lists["no_adequate"][rows]
            ),
            need[log.lists["no_adequate"][rows]],
        ),
        cut.mean_of(
            named("eligible_candidates", n_of="lists"),
            need,
            log.lists["n_eligible"][rows].astype(np.float64),
        ),
    ]


def _with_needs(cut: Cut, figure: Figure, needs: Ints) -> Figure:
    """Return a figure with the needs that it counts, not all that it is a share of."""
    ids, n_needs = cut.ids(needs)
    return replace(figure, needs=ids, n_needs=n_needs)


def active(cut: Cut) -> Truths:
    """Capabilities that can be shown at the end of the period."""
    offers = cut.log.capabilities
    gone = offers["until"] <= cut.end
    found: Truths = (offers["since"] < cut.end) & ~gone
    return found


def _capabilities(cut: Cut) -> list[Figure]:
    since = cut.end - LOOK_BACK_DAYS * DAY
    recent = cut.shown_at >= since
    seen = np.zeros(cut.log.n("capabilities"), dtype=bool)
    seen[cut.log.pairs["capability"][recent]] = True
    can = active(cut)
    n, n_seen = int(can.sum()), int((seen & can).sum())
    empty = replace(
        cut.figure(named("capabilities_shown", n_of="capabilities"), since), n=n, needed=LEAST
    )
    if n < LEAST:
        return [empty]
    low, high = wilson_interval(n_seen, n)
    return [replace(empty, value=n_seen / n, low=low, high=high, method=WILSON)]


def exposure_of(cut: Cut) -> Floats:
    """Return how much attention each shown pair gets: less further down the list.

    Source
    ------
    1 / log2(1 + place), the discount of nDCG, as exposure in Singh & Joachims 2018,
    doi:10.1145/3219819.3220088.
    """
    found: Floats = 1.0 / np.log2(1.0 + cut.log.pairs["position"])
    return found


def _concentration(cut: Cut) -> list[Figure]:
    rows = cut.shown
    offers, need = cut.log.pairs["capability"][rows], cut.need[rows]
    amounts = exposure_of(cut)[rows]
    provider_names, provider = np.unique(cut.log.capabilities["provider_id"], return_inverse=True)
    can = active(cut)
    figures = []
    for key, unit, n_units, kept in (
        ("gini_capabilities", offers, cut.log.n("capabilities"), can),
        ("gini_providers", provider[offers], len(provider_names), np.isin(
            np.arange(len(provider_names)), provider[can])),
    ):  # fmt: skip
        empty = cut.about(named(key), need, len(need))
        if len(need) < LEAST:
            figures.append(empty)
            continue
        value = gini(np.bincount(unit, amounts, n_units)[kept])
        samples, crossed = _resampled_gini(cut, unit, amounts, kept)
        low, high = interval_pushed_up(value, samples, crossed, top=1.0)
        figures.append(replace(empty, value=value, low=low, high=high, method=CROSSED))
    return figures + _most_shown(cut, provider_names[provider[offers]] if len(offers) else offers)


def _resampled_gini(cut: Cut, unit: Ints, amounts: Floats, kept: Truths) -> tuple[Floats, Floats]:
    """Return the Gini coefficient of needs drawn anew, and that of halves crossed."""
    random = np.random.default_rng(0)
    need = cut.need[cut.shown]
    n_needs = cut.log.n("needs")

    def spread(times: Ints | Truths) -> Floats:
        spent: Floats = amounts * times[need]
        found: Floats = np.bincount(unit, spent, len(kept)).astype(np.float64)[kept]
        return found

    samples = [gini(spread(random.poisson(1.0, n_needs))) for _ in range(N_RESAMPLES)]
    crossed = []
    for _ in range(N_SPLITS):
        half = random.random(n_needs) < 0.5
        first, second = spread(half), spread(~half)
        crossed += [crossed_gini(first, second), crossed_gini(second, first)]
    return np.array(samples), np.array(crossed)


def _most_shown(cut: Cut, provider: Array) -> list[Figure]:
    """Return the share of the first five places that the most shown provider takes."""
    top = cut.log.pairs["position"][cut.shown] <= 5
    need = cut.need[cut.shown][top]
    if not len(need):
        return [cut.about(named("most_shown_provider"), need, 0)]
    names, counts = np.unique(provider[top], return_counts=True)
    most = names[counts.argmax()]
    figure = cut.share_of(named("most_shown_provider"), need, provider[top] == most)
    is_much = figure.value is not None and figure.value >= CROWDED_SHARE
    return [replace(figure, facts={"provider": str(most)}, alert="watch" if is_much else "")]
