"""Block ``cold_start``: do new records and newcomers fare as the others do?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.learning.history import Array
from matcher.reports.history.cut import TOP, Cut, Truths, of_answers
from matcher.reports.history.fairness import NEW_DAYS
from matcher.reports.history.figures import Block, Figure, named
from matcher.reports.history.ranking import MODEL, measures_of, system_orders

DAY = np.timedelta64(1, "D")
ALL = "all"


def cold_start_block(cut: Cut) -> Block:
    """Return acceptance and order for new capabilities, providers without history, new firms."""
    figures: list[Figure] = []
    rows = cut.settled & cut.ordinary & (cut.log.pairs["position"] <= TOP)
    for group, mask in masks_of(cut).items():
        inside = rows & mask
        figures.append(cut.share(named("mutual@5", group, dimension="history"), cut.mutual, inside))
        if group != ALL:  # all pairs have all places
            figures.append(_share_of_places(cut, group, mask))
    figures += _order(cut)
    return Block("cold_start", tuple(of_answers(cut, figures)), cut.synthetic)


def masks_of(cut: Cut) -> dict[str, Truths]:
    """Return which pairs belong to each kind of newcomer, and to all."""
    log = cut.log
    offer = log.pairs["capability"]
    young = log.capabilities["since"][offer] > cut.shown_at - NEW_DAYS * DAY
    return {
        ALL: np.ones(log.n("pairs"), dtype=bool),
        "new_capability": np.asarray(young, dtype=bool),
        "provider_without_history": without_history(cut),
        "new_enterprise": _is_new_firm(cut)[cut.need],
    }


def _is_new_firm(cut: Cut) -> Truths:
    needs = cut.log.needs
    found: Truths = needs["since"] > needs["published_at"] - NEW_DAYS * DAY
    return found


def without_history(cut: Cut) -> Truths:
    """Return the pairs whose provider had no agreement at all when they were shown."""
    log = cut.known
    names, provider = np.unique(log.capabilities["provider_id"], return_inverse=True)
    mutual = log.pairs["mutual_at"]
    rows = np.flatnonzero(~np.isnat(mutual))
    rows = rows[np.argsort(mutual[rows], kind="stable")[::-1]]
    first: Array = np.full(len(names), np.datetime64("NaT", "s"))
    first[provider[log.pairs["capability"][rows]]] = mutual[rows]
    own = dict(zip(names.tolist(), first, strict=True))
    ids = cut.log.capabilities["provider_id"]
    since = np.array([own[one] for one in ids.tolist()], dtype="M8[s]")
    known: Truths = since[cut.log.pairs["capability"]] < cut.shown_at
    return ~known


def _share_of_places(cut: Cut, group: str, mask: Truths) -> Figure:
    rows = cut.settled & (cut.log.pairs["position"] <= TOP)
    figure = cut.share(named("places_share", group, dimension="history"), mask, rows)
    ids, n_needs = cut.ids(cut.need[rows & mask])  # those it counts, not all it is a share of
    return replace(figure, needs=ids, n_needs=n_needs)


def _order(cut: Cut) -> list[Figure]:
    """Return nDCG@5 of lists of new enterprises against all lists."""
    rows = cut.settled
    place = system_orders(cut, rows)[MODEL]
    lists, row = np.unique(cut.log.pairs["list"][rows], return_inverse=True)
    grades = np.maximum(cut.labels.grade[rows], 0)
    values = measures_of(grades, row, place, len(lists))["ndcg@5"]
    need = cut.log.lists["need"][lists]
    useful = np.bincount(row, grades, len(lists)) > 0
    figures = []
    for group, mask in ((ALL, useful), ("new_enterprise", useful & _is_new_firm(cut)[need])):
        name = named("ndcg@5", group, dimension="history", n_of="lists")
        figures.append(replace(cut.mean_of(name, need[mask], values[mask])))
    return figures
