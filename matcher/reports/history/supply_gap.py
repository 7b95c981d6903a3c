"""Block ``supply_gap``: which needs find nobody, what stands in the way, how much waits for it.

A need is unmet when its list had 28 days and nobody agreed with it, and it is still open. Unmet
needs are put together by industry, task and the constraint that kept out most candidates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from matcher.learning.history import Array
from matcher.reports.history.cut import SETTLED, Cut, Ints, Truths
from matcher.reports.history.figures import Block, Figure, named

NOBODY = "no_adequate_candidate"  # nothing was kept out, yet nothing comes close enough
NOT_TAKEN_UP = "not_taken_up"  # candidates were shown, and nobody agreed
MAX_CLUSTERS = 20
BLOCKS_FROM = 0.2  # share of all candidates that one check kept out
JOINT = "|"


@dataclass(frozen=True)
class Cluster:
    """Unmet needs that are alike, and what waits for them."""

    industry: str  # the division of GB/T 4754, such as C26
    task: str
    constraint: str
    needs: Ints
    n_enterprises: int
    budget_cny: float  # of those that state one
    n_budgets: int

    @property
    def code(self) -> str:
        """What tells this cluster from the others."""
        return JOINT.join((self.industry, self.task, self.constraint))


def supply_gap_block(cut: Cut) -> Block:
    """Return the unmet needs in clusters, the largest first."""
    unmet = unmet_needs(cut)
    old = _had_time(cut)
    figures = [
        _of_unmet(cut, np.flatnonzero(old), unmet),
        cut.count(named("unmet_needs", n_of="needs"), np.flatnonzero(unmet)),
    ]
    figures += _constraints(cut, unmet)
    for rank, cluster in enumerate(clusters_of(cut, unmet)[:MAX_CLUSTERS], start=1):
        figures.append(_figure(cut, cluster, rank))
    return Block("supply_gap", tuple(figures), cut.synthetic)


def _of_unmet(cut: Cut, old: Ints, unmet: Truths) -> Figure:
    """Return the share of needs that found nobody, with those needs behind it."""
    figure = cut.share_of(named("unmet_share", n_of="needs"), old, unmet[old])
    ids, n_needs = cut.ids(np.flatnonzero(unmet))
    return replace(figure, needs=ids, n_needs=n_needs)


def _had_time(cut: Cut) -> Truths:
    """Needs open at the end of the period that were shown somebody 28 days before, or nobody last.

    A list without an adequate match offers nothing to take up, so the days run from the first one
    that has candidates.
    """
    log = cut.log
    order = np.argsort(log.lists["at"], kind="stable")
    need, at = log.lists["need"][order], log.lists["at"][order]
    nobody = log.lists["no_adequate"][order]
    first: Array = np.full(log.n("needs"), np.datetime64("NaT", "s"))
    first[need[~nobody][::-1]] = at[~nobody][::-1]
    nobody_last: Truths = np.zeros(log.n("needs"), dtype=bool)
    nobody_last[need] = nobody
    is_open = np.isnat(log.needs["closed_at"]) | (log.needs["state"] == "none_suitable")
    found: Truths = is_open & ((first < cut.end - SETTLED) | nobody_last)
    return found


def unmet_needs(cut: Cut) -> Truths:
    """Return which needs had their time and found nobody."""
    met = np.zeros(cut.log.n("needs"), dtype=bool)
    met[cut.need[~np.isnat(cut.log.pairs["mutual_at"])]] = True
    found: Truths = _had_time(cut) & ~met
    return found


def blocking_constraints(cut: Cut) -> Array:
    """Return for each need the hard check that kept out most candidates of its lists.

    It counts as what blocks where it kept out a fifth of all that were looked at. Otherwise it is
    that nobody comes close enough, or that candidates were shown and nobody agreed.
    """
    log = cut.log
    out = log.tables["exclusions"]
    reasons, reason = np.unique(out["reason"], return_inverse=True)
    n_needs = log.n("needs")
    counts = np.zeros((n_needs, len(reasons) + 1))
    np.add.at(counts, (log.lists["need"][out["list"]], reason + 1), 1)
    n_eligible = np.bincount(log.lists["need"], log.lists["n_eligible"], n_needs)
    enough = BLOCKS_FROM * (counts.sum(axis=1) + n_eligible)
    blocks = (counts.max(axis=1) >= enough) & (counts.max(axis=1) > 0)
    has_pairs = np.bincount(cut.need, minlength=n_needs) > 0
    names = np.array(["", *reasons])[counts.argmax(axis=1)]
    found: Array = np.where(blocks, names, np.where(has_pairs, NOT_TAKEN_UP, NOBODY))
    return found


def clusters_of(cut: Cut, unmet: Truths) -> list[Cluster]:
    """Return unmet needs that are alike together, those with most needs first."""
    needs, blocks = cut.log.needs, blocking_constraints(cut)
    rows = np.flatnonzero(unmet)
    keys: dict[tuple[str, str, str], list[int]] = {}
    for row in rows.tolist():
        key = (str(needs["industry"][row])[:3], str(needs["task"][row]), str(blocks[row]))
        keys.setdefault(key, []).append(row)
    found = []
    for key, members in keys.items():
        own = np.array(members)
        budgets = needs["budget_cny"][own]
        stated = np.isfinite(budgets)
        n_firms = len(set(needs["enterprise_id"][own].tolist()))
        found.append(Cluster(*key, own, n_firms, float(budgets[stated].sum()), int(stated.sum())))
    return sorted(found, key=lambda one: (-len(one.needs), -one.budget_cny, one.code))


def _constraints(cut: Cut, unmet: Truths) -> list[Figure]:
    """Return what blocks, the most frequent first, with the share of all unmet needs."""
    rows, blocks = np.flatnonzero(unmet), blocking_constraints(cut)
    names, counts = np.unique(blocks[rows], return_counts=True)
    figures = []
    for name in names[np.argsort(-counts, kind="stable")]:
        inside = blocks[rows] == name
        figure = cut.share_of(
            named("blocked_by", str(name), dimension="constraint", n_of="needs"), rows, inside
        )
        ids, n_needs = cut.ids(rows[inside])
        figures.append(replace(figure, needs=ids, n_needs=n_needs))
    return figures


def _figure(cut: Cut, cluster: Cluster, rank: int) -> Figure:
    figure = cut.count(
        named("cluster", cluster.code, dimension="cluster", n_of="needs"), cluster.needs
    )
    facts: Mapping[str, str | int | float | None] = {
        "industry": cluster.industry,
        "task": cluster.task,
        "constraint": cluster.constraint,
        "n_enterprises": cluster.n_enterprises,
        "waiting_budget_cny": round(cluster.budget_cny),
        "n_budgets_stated": cluster.n_budgets,
    }
    return replace(figure, x=float(rank), facts=facts)
