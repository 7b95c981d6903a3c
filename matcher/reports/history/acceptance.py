"""Block ``acceptance``: who is accepted, by place, by probability, by origin, and why not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np

from matcher.errors import NotEnoughJudgements
from matcher.learning.history import SEPARATOR, Array
from matcher.learning.history_labels import has_any
from matcher.learning.off_policy import debiased_acceptance
from matcher.reports.history.cut import TOP, Cut, Truths, groups_of, of_answers, ratio
from matcher.reports.history.figures import Block, Figure, named
from matcher.reports.history.ranking import estimates_of, why_not

BANDS = (0.0, 0.05, 0.1, 0.2, 0.35, 1.0)
DEEPEST = 10


def acceptance_block(cut: Cut) -> Block:
    """Return acceptance by both sides, and the reasons given against it."""
    ordinary = cut.settled & cut.ordinary
    place = cut.log.pairs["position"]
    top = ordinary & (place <= TOP)
    figures = [
        cut.share(named("mutual@5"), cut.mutual, top),
        cut.share(named("need_accepts@5"), cut.in_time("need_accepted_at"), top),
        cut.share(named("mutual"), cut.mutual, ordinary),
    ]
    for k in range(1, DEEPEST + 1):
        figure = cut.share(
            named("mutual", str(k), dimension="rank"), cut.mutual, ordinary & (place == k)
        )
        figures.append(replace(figure, x=float(k)))
    figures += [_falls(cut, ordinary), *_by_band(cut, ordinary), *_by_origin(cut)]
    figures += [*debiased_figures(cut), *_examination(cut), *_reasons(cut)]
    return Block("acceptance", tuple(of_answers(cut, figures)), cut.synthetic, ("explored_apart",))


def _falls(cut: Cut, rows: Truths) -> Figure:
    """Return how much likelier the first two places are accepted than the sixth to tenth.

    About 1 says that the order adds nothing. Part of it is that lower places are looked at less.
    """
    place, need = cut.log.pairs["position"], cut.need
    parts = [rows & (place <= 2), rows & (place >= 6) & (place <= DEEPEST)]
    sums = [
        cut.resampled_sum(
            need[part], np.column_stack((cut.mutual[part].astype(float), np.ones(int(part.sum()))))
        )
        for part in parts
    ]
    empty = cut.about(named("first_over_last"), need[rows], min(int(p.sum()) for p in parts))
    if empty.n < empty.needed or not cut.mutual[parts[1]].any():
        return empty
    ratios = ratio(ratio(*sums[0].T), ratio(*sums[1].T))
    low, high = cut.interval(ratios)
    value = float(cut.mutual[parts[0]].mean() / cut.mutual[parts[1]].mean())
    return replace(empty, value=value, low=low, high=high, method="bootstrap over needs")


def _by_band(cut: Cut, rows: Truths) -> list[Figure]:
    probability, figures = cut.log.pairs["probability"], []
    for low, high in pairwise(BANDS):
        inside = rows & (probability >= low) & (probability < high)
        name = named("mutual", f"{low:.0%}-{high:.0%}", dimension="band")
        figure = cut.share(name, cut.mutual, inside)
        x = float(probability[inside].mean()) if inside.any() else None
        figures.append(replace(figure, x=x))
    return figures


def _by_origin(cut: Cut) -> list[Figure]:
    origin = cut.log.pairs["origin"]
    return [
        cut.share(
            named("mutual", one, dimension="origin"), cut.mutual, cut.settled & (origin == one)
        )
        for one in groups_of(origin[cut.settled])
    ]


def debiased_figures(cut: Cut) -> list[Figure]:
    """Return acceptance if every place were looked at, beside the plain figure.

    How places are looked at is learned from all of history, the figure is about the period.
    """
    so_far, need = cut.settled_so_far, cut.need[cut.settled]
    empty = cut.about(named("acceptance_if_seen"), need, len(need))
    try:
        found = debiased_acceptance(cut.logged(so_far), counted=cut.settled[so_far])
    except NotEnoughJudgements as error:
        return [replace(empty, facts=why_not(error))]
    return estimates_of(empty, found)


def _examination(cut: Cut) -> list[Figure]:
    """Return how likely each place is looked at, from the whole history so far."""
    seen = cut.examination
    if seen is None:
        return []
    drawn = cut.examination_drawn(seen)
    figures = []
    for k, share in enumerate(seen.shares, start=1):
        figure = Figure(
            "looked_at", float(share), seen.n_moved, dimension="rank", group=str(k), x=float(k),
            n_of="moved acceptances", method=seen.method,
        )  # fmt: skip
        low, high = cut.interval(drawn[:, k - 1])
        if k > 1 and low is not None and high is not None:  # the first is 1, for it is the measure
            figure = replace(figure, low=min(low, share), high=max(high, share))
        figures.append(cut.figure(figure))
    return figures


def _reasons(cut: Cut) -> list[Figure]:
    """Return the reasons of each side, the most frequent first, with their running share."""
    figures = []
    for side in ("need", "provider"):
        words = cut.log.pairs[f"declines_{side}"]
        declined = cut.settled & (words != "")
        counts = Counter(
            code for joined in words[declined] for code in str(joined).split(SEPARATOR)
        )
        total, so_far = counts.total(), 0
        for rank, (code, n) in enumerate(counts.most_common(), start=1):
            so_far += n
            figures.append(_reason(cut, declined, words, side, (code, rank, so_far / total)))
    return figures


def _reason(
    cut: Cut, declined: Truths, words: Array, side: str, found: tuple[str, int, float]
) -> Figure:
    code, rank, so_far = found
    need, says = cut.need[declined], has_any(words[declined], (code,))
    name = named("decline_reason", code, dimension=f"reason_{side}", n_of="refusals")
    figure = cut.share_of(name, need, says)
    ids, n_needs = cut.ids(need[says])
    facts = {"running_share": round(so_far, 4)}
    return replace(figure, x=float(rank), needs=ids, n_needs=n_needs, facts=facts)
