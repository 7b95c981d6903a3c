"""Block ``fairness``: are small, new, far or foreign-language providers shown as they could be?

Held against the share of candidates that passed every hard check: whoever cannot be shown is not
missed. None of these attributes is a feature of the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from matcher.learning.exposure import FOUR_FIFTHS, ndkl, permutation_p, selection_ratios, skew
from matcher.reports.history.coverage import exposure_of
from matcher.reports.history.cut import BOOTSTRAP, DAY, TOP, Cut, Floats, Ints
from matcher.reports.history.figures import LEAST, LEAST_IN_GROUP, Block, Figure, named

NEW_DAYS = 60
OLD, NEW = "old", "new"
EVEN = (0.8, 1.25)  # exposure ratio of small firms that is promised
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
    figures: list[Figure] = []
    labels = group_labels(cut)
    can = eligible_matrix(cut)
    for dimension, of_offer in labels.items():
        names = tuple(sorted({str(name) for name in of_offer if name}))
        if len(names) < 2:
            continue
        groups = _groups(cut, of_offer, names, can)
        figures += _shares(cut, dimension, groups)
        figures += _order(cut, dimension, of_offer, groups)
    return Block("fairness", tuple(figures), cut.synthetic, ("no_attribute_is_a_feature",))


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
    resampled = {name: cut.resampled_sum(groups.need, getattr(groups, name)) for name in totals}
    ratio = selection_ratios(totals["shown"], totals["eligible"])
    ratios = _ratios(resampled["shown"], resampled["eligible"])
    skews = skew(totals["shown"], totals["eligible"])
    n_shown = totals["shown"]
    figures = []
    for i, group in enumerate(groups.names):
        n = int(n_shown[i])
        involved = groups.need[(groups.shown[:, i] > 0)]
        empty = replace(
            cut.about(named("", group, dimension=dimension), involved, n),
            n_of="places in the first five",
            needed=LEAST_IN_GROUP,
        )
        is_enough = totals["eligible"][i] >= LEAST_IN_GROUP and n_shown.sum() >= LEAST
        values = _values(totals, resampled, i)
        values["selection_ratio"] = (float(ratio[i]), ratios[:, i])
        values["skew@5"] = (float(skews[i]), np.array([]))
        for key, (value, samples) in values.items():
            figure = replace(empty, key=key)
            if is_enough and np.isfinite(value):
                low, high = cut.interval(samples)
                figure = replace(figure, value=value, low=low, high=high, method=BOOTSTRAP)
            figures.append(_flagged(cut.figure(figure)))
    return figures


def _values(
    totals: dict[str, Floats], resampled: dict[str, Floats], i: int
) -> dict[str, tuple[float, Floats]]:
    """Return each share of a group and its exposure ratio, with their resamples."""

    def share(name: str) -> tuple[float, Floats]:
        total, sums = totals[name], resampled[name]
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(total[i] / total.sum()), sums[:, i] / sums.sum(axis=1)

    eligible, exposure = share("eligible"), share("exposure")
    with np.errstate(divide="ignore", invalid="ignore"):
        # A group that could never be shown has no ratio: not a number, never an error.
        ratio = np.divide(exposure[0], eligible[0]), exposure[1] / eligible[1]
    return {
        "eligible_share": eligible,
        "exposure_share": exposure,
        "acceptance_share": share("accepted"),
        "exposure_ratio": (float(ratio[0]), ratio[1]),
    }


def _ratios(selected: Floats, eligible: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = selected / eligible
        highest = np.where(np.isfinite(rates), rates, 0.0).max(axis=1, keepdims=True)
        found: Floats = rates / highest
    return found


def _flagged(figure: Figure) -> Figure:
    """Mark a ratio that is below what is promised, surely so where its whole interval is."""
    least = {"selection_ratio": FOUR_FIFTHS, "exposure_ratio": EVEN[0]}.get(figure.key)
    if least is None or figure.value is None or figure.value >= least:
        return figure
    is_sure = figure.high is not None and figure.high < least
    return replace(figure, alert="act" if is_sure else "watch")


def _order(
    cut: Cut,
    dimension: str,
    of_offer: np.ndarray[tuple[int, ...], np.dtype[np.str_]],
    groups: Groups,
) -> list[Figure]:
    """Return how far lists are from the eligible shares, and whether chance alone does that."""
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
    figures = [cut.mean_of(named("ndkl", dimension=dimension, n_of="lists"), need, values)]
    return [*figures, _by_chance(cut, dimension, of_offer, groups)]


def _by_chance(
    cut: Cut,
    dimension: str,
    of_offer: np.ndarray[tuple[int, ...], np.dtype[np.str_]],
    groups: Groups,
) -> Figure:
    """Return how often attributes dealt at random among capabilities look as uneven.

    Capabilities keep their exposure and how often they could be shown; only their group is dealt.
    """
    n_offers = len(of_offer)
    offers = cut.log.pairs["capability"][cut.shown]
    exposure = np.bincount(offers, exposure_of(cut)[cut.shown], n_offers)
    could = eligible_matrix(cut).sum(axis=0).astype(np.float64)
    labels = np.searchsorted(np.array(["", *groups.names]), of_offer)
    n_groups = len(groups.names) + 1

    def unevenness(dealt: Ints) -> float:
        shown, able = (np.bincount(dealt, x, n_groups)[1:] for x in (exposure, could))
        if not shown.sum() or not able.sum():
            return 0.0
        return float(np.abs(shown / shown.sum() - able / able.sum()).sum() / 2)

    empty = replace(
        cut.about(named("permutation_p", dimension=dimension), cut.need[cut.shown], len(offers)),
        facts={"unevenness": round(unevenness(labels), 4)},
    )
    if len(offers) < LEAST:
        return empty
    return replace(empty, value=permutation_p(unevenness, labels), method="permutation of groups")
