"""Block ``fairness``: are small, new, far or foreign-language providers shown as they could be?

Held against the share of candidates that passed every hard check: whoever cannot be shown is not
missed. What a group has a number for is counted by the places that it was due, not by those that it
got: a group that was due many places and got none is a finding. None of these attributes is a
feature of the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from matcher.learning.exposure import ndkl, selection_ratios, skew
from matcher.learning.probability_metrics import wilson_interval
from matcher.reports.history.chance import chance_figures, deal, with_sureness
from matcher.reports.history.coverage import exposure_of
from matcher.reports.history.cut import (
    BOOTSTRAP,
    DAY,
    TOP,
    WILSON,
    Cut,
    Floats,
    Ints,
    Truths,
    ratio,
)
from matcher.reports.history.figures import LEAST, LEAST_IN_GROUP, Block, Figure, named

NEW_DAYS = 60
OLD, NEW = "old", "new"
DUE = "places due in the first five"
LISTS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Groups:
    """How much each group could be, was, shown and was accepted, per list.

    Attributes
    ----------
    eligible, shown, exposure, accepted : float arrays (n_lists, n_groups)
    need : int array (n_lists)
    """

    names: tuple[str, ...]
    need: Ints
    eligible: Floats
    shown: Floats
    exposure: Floats
    accepted: Floats


def fairness_block(cut: Cut) -> Block:
    """Return exposure, selection and acceptance of groups of providers against what could be."""
    labels = group_labels(cut)
    can = eligible_matrix(cut)
    n_offers = cut.log.n("capabilities")
    offers = cut.log.pairs["capability"][cut.shown]
    exposure = np.bincount(offers, exposure_of(cut)[cut.shown], n_offers).astype(np.float64)
    could = can.sum(axis=0).astype(np.float64)
    names = {
        dimension: tuple(sorted({str(name) for name in of_offer if name}))
        for dimension, of_offer in labels.items()
    }
    several = [dimension for dimension, found in names.items() if len(found) > 1]
    dealt = {one: deal(labels[one], names[one], exposure, could) for one in several}
    chance = chance_figures(cut, dealt)
    figures: list[Figure] = []
    for one in several:
        groups = _groups(cut, labels[one], names[one], can)
        shares = _shares(cut, one, groups)
        figures += with_sureness(shares, dealt[one], chance[one][-1].value)
        figures += [*_order(cut, one, labels[one], groups), *chance[one]]
    notes = ("no_attribute_is_a_feature", "sure_beyond_chance")
    return Block("fairness", tuple(figures), cut.synthetic, notes)


def group_labels(cut: Cut) -> Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.str_]]]:
    """Return for each attribute the group of each capability; empty where not stated."""
    offers = cut.log.capabilities
    is_new = offers["since"] > cut.end - NEW_DAYS * DAY
    return {
        "size": offers["size"],
        "region": offers["region"],
        "language": offers["language"],
        "age": np.where(is_new, NEW, OLD),
    }


def eligible_matrix(cut: Cut) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return which capability could be shown in which list of the period, (n_lists, n_offers)."""
    log, rows = cut.log, np.flatnonzero(cut.lists_shown)
    offers, at = log.capabilities, log.lists["at"][rows]
    can = offers["since"][None, :] <= at[:, None]
    can &= ~(offers["until"][None, :] <= at[:, None])
    number = np.full(log.n("lists"), -1)
    number[rows] = np.arange(len(rows))
    out = log.tables["exclusions"]
    inside = number[out["list"]] >= 0
    can[number[out["list"][inside]], out["capability"][inside]] = False
    return np.asarray(can, dtype=bool)


def _groups(
    cut: Cut,
    of_offer: np.ndarray[tuple[int, ...], np.dtype[np.str_]],
    names: tuple[str, ...],
    can: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
) -> Groups:
    log, rows = cut.log, np.flatnonzero(cut.lists_shown)
    member = (of_offer[:, None] == np.array(names)[None, :]).astype(np.float64)
    number = np.full(log.n("lists"), -1)
    number[rows] = np.arange(len(rows))
    pairs = cut.shown & (log.pairs["position"] <= 2 * TOP)
    of_list, group = number[log.pairs["list"]], member[log.pairs["capability"]]

    def sums(weight: Floats, inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
        found = np.zeros((len(rows), len(names)))
        np.add.at(found, of_list[inside], group[inside] * weight[inside, None])
        return found

    return Groups(
        names,
        log.lists["need"][rows],
        can @ member,
        sums(np.ones(len(cut.need)), pairs & (log.pairs["position"] <= TOP)),
        sums(exposure_of(cut), pairs),
        sums((~np.isnat(log.pairs["mutual_at"])).astype(np.float64), pairs),
    )


def _shares(cut: Cut, dimension: str, groups: Groups) -> list[Figure]:
    """Return for each group its shares and ratios, with intervals over needs."""
    totals = {
        name: getattr(groups, name).sum(axis=0)
        for name in ("eligible", "shown", "exposure", "accepted")
    }
    drawn = {name: cut.resampled_sum(groups.need, getattr(groups, name)) for name in totals}
    due = ratio(totals["eligible"], totals["eligible"].sum()) * totals["shown"].sum()
    is_due = due >= LEAST_IN_GROUP
    figures = []
    for i, group in enumerate(groups.names):
        involved = groups.need[(groups.shown[:, i] > 0)]
        empty = cut.about(named("", group, dimension=dimension), involved,
                          int(np.nan_to_num(due[i])))  # fmt: skip
        empty = replace(empty, n_of=DUE, needed=LEAST_IN_GROUP)
        found = [*_values(totals, drawn, i), *_rates(totals, drawn, i, is_due)]
        for key, value, samples in found:
            figure = replace(empty, key=key)
            if key == "acceptance_share":
                n = int(totals["accepted"].sum())
                figure = replace(figure, n=n, n_of="pairs", needed=LEAST)
            if figure.n >= figure.needed and totals["shown"].sum() >= LEAST:
                figure = _with_value(cut, figure, value, samples)
            figures.append(cut.figure(figure))
    return _none_or_all(figures, int(totals["shown"].sum()))


def _with_value(cut: Cut, figure: Figure, value: float, samples: Floats) -> Figure:
    if not np.isfinite(value):
        return figure
    low, high = cut.interval(samples)
    is_highest = figure.key == "selection_ratio" and low == high == 1.0  # held against itself
    if low is None or high is None or is_highest:
        return replace(figure, value=value)
    return replace(
        figure, value=value, low=min(low, value), high=max(high, value), method=BOOTSTRAP
    )


def _values(
    totals: dict[str, Floats], drawn: dict[str, Floats], i: int
) -> list[tuple[str, float, Floats]]:
    """Return each share of a group and its exposure ratio, with their resamples."""

    def share(name: str) -> tuple[float, Floats]:
        whole, sums = totals[name], drawn[name]
        return float(ratio(whole[i], whole.sum())), ratio(sums[:, i], sums.sum(axis=1))

    eligible, exposure = share("eligible"), share("exposure")
    # A group that could never be shown has no ratio: not a number, never an error.
    of_exposure = exposure[0] / eligible[0] if eligible[0] else float("nan")
    return [
        ("eligible_share", *eligible),
        ("exposure_share", *exposure),
        ("acceptance_share", *share("accepted")),
        ("exposure_ratio", of_exposure, ratio(exposure[1], eligible[1])),
    ]


def _rates(
    totals: dict[str, Floats], drawn: dict[str, Floats], i: int, is_due: Truths
) -> list[tuple[str, float, Floats]]:
    """Return selection rate against the highest of the groups that were due enough, and skew."""
    of_highest = selection_ratios(np.where(is_due, totals["shown"], 0.0), totals["eligible"])
    rates = ratio(drawn["shown"], drawn["eligible"])
    best = int(np.argmax(np.nan_to_num(of_highest)))
    shown, eligible = (
        ratio(drawn[name][:, i], drawn[name].sum(axis=1)) for name in ("shown", "eligible")
    )
    skews = skew(totals["shown"], totals["eligible"])
    with np.errstate(divide="ignore"):
        of_skew: Floats = np.log(ratio(shown, eligible))
    return [
        ("selection_ratio", float(of_highest[i]), ratio(rates[:, i], rates[:, best])),
        ("skew@5", float(skews[i]), of_skew),
    ]


def _none_or_all(figures: list[Figure], n_places: int) -> list[Figure]:
    """Give a share of nothing, or of all, the interval that so many places leave.

    No resample of a group that got no place has one, so that resamples would call that certain.
    """
    could = {one.group: one.value for one in figures if one.key == "eligible_share"}
    found = []
    for one in figures:
        if one.value == 0.0 and one.key != "eligible_share":
            n = one.n if one.key == "acceptance_share" else n_places
            high = wilson_interval(0, n)[1]
            if one.key.endswith("_ratio"):  # the highest rate is above the mean, so this is wide
                high /= could[one.group] or 1.0
            one = replace(one, low=0.0, high=high, method=WILSON)
        elif one.value == 1.0 and one.key.endswith("_share"):
            n = one.n if one.key == "acceptance_share" else n_places
            one = replace(one, low=wilson_interval(n, n)[0], high=1.0, method=WILSON)
        found.append(one)
    return found


def _order(
    cut: Cut,
    dimension: str,
    of_offer: np.ndarray[tuple[int, ...], np.dtype[np.str_]],
    groups: Groups,
) -> list[Figure]:
    """Return how far the beginnings of lists are from the eligible shares."""
    order = np.lexsort((cut.log.pairs["position"], cut.log.pairs["list"]))
    order = order[cut.shown[order] & (cut.log.pairs["position"][order] <= 2 * TOP)]
    number = np.searchsorted(np.array(groups.names), of_offer[cut.log.pairs["capability"][order]])
    known = of_offer[cut.log.pairs["capability"][order]] != ""
    lists = cut.log.pairs["list"][order]
    starts = np.flatnonzero(np.diff(lists, prepend=-1))
    eligible = groups.eligible.sum(axis=0)
    parts = [part[keep] for part, keep in zip(np.split(number, starts[1:]),
             np.split(known, starts[1:]), strict=True)]  # fmt: skip
    values = np.array([ndkl(part, eligible) for part in parts[:LISTS_AT_ONCE]], dtype=np.float64)
    need = cut.log.lists["need"][lists[starts]][:LISTS_AT_ONCE] if len(order) else groups.need[:0]
    return [cut.mean_of(named("ndkl", dimension=dimension, n_of="lists"), need, values)]
