"""Block ``human_factor``: are brokers' changes better than the model, and do reviewers agree?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.learning.agreement import MIN_PAIRS, agreement
from matcher.reports.history.cut import BOOTSTRAP, SETTLED, Cut, Floats, Truths, groups_of, ratio
from matcher.reports.history.figures import ACT, LEAST_IN_GROUP, Block, Figure, named

FOR_THE_PAIR = ("pin", "propose")
UPHELD = ("upheld", "partly")


def human_factor_block(cut: Cut) -> Block:
    """Return overrides and their outcome, appeals, and agreement of reviewers."""
    figures = [*_overrides(cut), *_against_model(cut), *_appeals(cut), *_reviewers(cut)]
    return Block("human_factor", tuple(figures), cut.synthetic)


def _overrides(cut: Cut) -> list[Figure]:
    rows = cut.log.tables["overrides"]
    made = cut.within(rows["at"], cut.start, cut.end)
    figures = [cut.count(named("overrides", n_of="overrides"), rows["need"][made])]
    for dimension in ("action", "actor", "reason"):
        for group in groups_of(rows[dimension][made]):
            inside = made & (rows[dimension] == group)
            name = named("overrides", group, dimension=dimension, n_of="overrides")
            figures.append(cut.count(name, rows["need"][inside]))
    return figures


def _against_model(cut: Cut) -> list[Figure]:
    """Return how often pairs that a broker put forward were agreed on, against the model's.

    The model's pairs are weighted to stand at the same places as the broker's.
    """
    rows = cut.log.tables["overrides"]
    old = cut.within(rows["at"], cut.start - SETTLED, cut.end - SETTLED)
    n_offers = cut.log.n("capabilities")
    put_forward = old & np.isin(rows["action"], FOR_THE_PAIR)
    keys = rows["need"][put_forward] * n_offers + rows["capability"][put_forward]
    own = np.isin(cut.need * n_offers + cut.log.pairs["capability"], keys) & cut.settled
    rest = cut.settled & ~own & cut.ordinary
    of_broker = cut.share(named("override_accepted", "brokers", dimension="by"), cut.mutual, own)
    place = cut.log.pairs["position"]
    weight = _like_places(place, own, rest)
    empty = cut.about(named("override_accepted", "model", dimension="by"), cut.need[rest],
                      int(rest.sum()))  # fmt: skip
    empty = replace(empty, needed=LEAST_IN_GROUP)
    if of_broker.value is None or not weight[rest].sum():
        gain = replace(of_broker, key="broker_gain", dimension="", group="", value=None)
        return [of_broker, empty, replace(gain, low=None, high=None)]
    values = cut.mutual[rest].astype(np.float64)
    sums = cut.resampled_sum(cut.need[rest], np.column_stack((values * weight[rest], weight[rest])))
    low, high = cut.interval(ratio(sums[:, 0], sums[:, 1]))
    share = float(values @ weight[rest] / weight[rest].sum())
    model = replace(empty, value=share, low=low, high=high, method=BOOTSTRAP)
    return [of_broker, model, _gain(of_broker, model)]


def _gain(broker: Figure, model: Figure) -> Figure:
    """Return the difference of two shares with an interval from the intervals of both.

    Source
    ------
    Square-and-add: Newcombe 1998, Statistics in Medicine 17:873-890.
    """
    p, low, high = broker.value or 0.0, broker.low or 0.0, broker.high or 0.0
    q, under, over = model.value or 0.0, model.low or 0.0, model.high or 0.0
    return replace(
        broker,
        key="broker_gain",
        dimension="",
        group="",
        value=p - q,
        low=p - q - float(np.hypot(p - low, over - q)),
        high=p - q + float(np.hypot(high - p, q - under)),
        method="square-and-add of both intervals",
    )


def _like_places(place: Floats, own: Truths, rest: Truths) -> Floats:
    """Return weights that give the rest the broker's mix of places."""
    n = int(place.max(initial=1)) + 1
    wanted, there = np.bincount(place[own], minlength=n), np.bincount(place[rest], minlength=n)
    ratio = np.divide(wanted, there, out=np.zeros(n), where=there > 0)
    found: Floats = ratio[place]
    return found


def _appeals(cut: Cut) -> list[Figure]:
    rows = cut.log.tables["appeals"]
    is_open = np.isnat(rows["decided_at"])
    overdue = is_open & (rows["due_at"] < cut.end)
    decided = cut.within(rows["decided_at"], cut.start, cut.end)
    upheld = np.isin(rows["decision"], UPHELD)
    counts = {
        "appeals_filed": cut.within(rows["filed_at"], cut.start, cut.end),
        "appeals_open": is_open,
        "appeals_overdue": overdue,
        "appeals_decided": decided,
        "appeals_upheld": decided & upheld,
    }
    figures = []
    for key, mask in counts.items():
        n = int(mask.sum())
        alert = ACT if key == "appeals_overdue" and n else ""
        figure = replace(named(key, n_of="appeals"), value=float(n), n=n, alert=alert)
        figures.append(cut.figure(figure))
    return figures


def _reviewers(cut: Cut) -> list[Figure]:
    """Return how far two reviewers agree on the same pair, over everything graded so far."""
    rows = cut.log.tables["judgements"]
    key = rows["need"] * cut.log.n("capabilities") + rows["capability"]
    order = np.lexsort((rows["reviewer"], key))
    same = np.flatnonzero(np.diff(key[order]) == 0)
    first, second = order[same], order[same + 1]
    n = len(same)
    empty = cut.about(named("reviewer_agreement", n_of="pairs graded twice"),
                      rows["need"][first], n)  # fmt: skip
    empty = replace(empty, needed=MIN_PAIRS)
    graded = cut.count(named("judgements", n_of="grades"), rows["need"])
    if n < MIN_PAIRS:
        return [graded, empty]
    found = agreement(rows["grade"][first], rows["grade"][second])
    return [
        graded,
        replace(empty, value=found.kappa, low=found.low, high=found.high,
                method="bootstrap over pairs", facts={"same_share": round(found.same_share, 4)}),
    ]  # fmt: skip
