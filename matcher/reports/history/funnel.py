"""Block ``funnel``: how far pairs get, and how long each step takes.

The funnel follows the pairs whose time to be answered ended in the period. Times count those that
still wait (Kaplan and Meier), so a slow month cannot look fast by its open cases.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.errors import NotEnoughJudgements
from matcher.learning.history import NEVER, Array
from matcher.learning.survival import Waiting, kaplan_meier
from matcher.reports.history.cut import DAY, Cut, Ints, of_answers
from matcher.reports.history.figures import LEAST, Block, Figure, named

STAGES = (
    "shown",
    "interest",
    "mutual_at",
    "revealed_at",
    "talks_at",
    "pilot_at",
    "contracted_at",
)
QUANTILES = {"median": 0.5, "p90": 0.9}
CURVE_DAYS = (1, 3, 7, 14, 28, 60, 90)
# How far back the beginnings reach that are followed: long steps need a long look.
LOOK_BACK_DAYS = {"reply": 60, "mutual": 90, "pilot": 270}
KM = "Kaplan-Meier, log-log Greenwood"


@dataclass(frozen=True)
class Followed:
    """Cases of one kind: when each began, and when it ended or was last seen."""

    need: Ints
    days: Array
    happened: Array


def funnel_block(cut: Cut) -> Block:
    """Return the steps from shown to contract, and the times to reply, to agreement, to pilot."""
    figures = of_answers(cut, _funnel(cut))
    for name, followed in (
        ("reply", replies(cut)),
        ("mutual", agreements(cut)),
        ("pilot", pilots(cut)),
    ):
        figures += _times(cut, name, followed)
    return Block("funnel", tuple(figures), cut.synthetic, ("still_moving",))


def _funnel(cut: Cut) -> list[Figure]:
    pairs = cut.log.pairs
    reached = np.ones(cut.log.n("pairs"), dtype=bool)
    figures, before = [], cut.settled
    talked = cut.settled & ~np.isnat(pairs["talks_at"])
    for stage in STAGES:
        if stage == "interest":
            reached = ~np.isnat(pairs["need_accepted_at"]) | ~np.isnat(
                pairs["provider_accepted_at"]
            )
        elif stage != "shown":
            reached = ~np.isnat(pairs[stage])
        rows = cut.settled & reached
        name = stage.removesuffix("_at")
        figures.append(cut.count(named("reached", name, dimension="stage"), cut.need[rows]))
        if stage == "contracted_at":
            before = talked  # a contract comes from talks, with a pilot or without
        if stage != "shown":
            step = named("step_share", name, dimension="stage")
            figures.append(cut.share(step, reached, before))
        before = rows
    return figures


def replies(cut: Cut) -> Followed:
    """From the first side's interest to the other side's first answer, yes or no."""
    pairs = cut.log.pairs
    first = _first(pairs["need_accepted_at"], pairs["provider_accepted_at"])
    is_need = pairs["need_accepted_at"] == first
    other = np.where(
        is_need,
        _first(pairs["provider_accepted_at"], pairs["provider_declined_at"]),
        _first(pairs["need_accepted_at"], pairs["need_declined_at"]),
    )
    return _followed(cut, "reply", cut.need, (first, other, pairs["closed_at"]))


def agreements(cut: Cut) -> Followed:
    """From a list being shown to the first agreement of its need."""
    log = cut.log
    first: Array = np.full(log.n("lists"), NEVER)
    mutual = log.pairs["mutual_at"]
    has = np.flatnonzero(~np.isnat(mutual))
    order = has[np.argsort(mutual[has], kind="stable")[::-1]]
    first[log.pairs["list"][order]] = mutual[order]  # the last one written is the earliest
    closed = log.needs["closed_at"][log.lists["need"]]
    return _followed(cut, "mutual", log.lists["need"], (log.lists["at"], first, closed))


def pilots(cut: Cut) -> Followed:
    """From agreement to a pilot; a contract without a pilot ends the wait."""
    pairs = cut.log.pairs
    lost = _first(pairs["closed_at"], pairs["contracted_at"])
    return _followed(cut, "pilot", cut.need, (pairs["mutual_at"], pairs["pilot_at"], lost))


def _first(left: Array, right: Array) -> Array:
    """Return the earlier of two times, either of which may not have come."""
    found: Array = np.fmin(left, right)
    return found


def _followed(cut: Cut, name: str, need: Ints, times: tuple[Array, Array, Array]) -> Followed:
    """Return the cases that began late enough to be followed."""
    start, end, lost = times
    since = cut.end - LOOK_BACK_DAYS[name] * DAY
    rows = (start >= since) & (start < cut.end)
    seen_until = np.fmin(np.where(np.isnat(lost), cut.end, lost), cut.end)
    happened = ~np.isnat(end) & (end <= np.where(np.isnat(lost), cut.end, np.fmax(lost, end)))
    until = np.where(happened, end, seen_until)
    days = (until - start)[rows] / np.timedelta64(1, "s") / 86_400
    return Followed(need[rows], np.maximum(days, 0.0), happened[rows])


def _times(cut: Cut, name: str, followed: Followed) -> list[Figure]:
    since = cut.end - LOOK_BACK_DAYS[name] * DAY
    empty = cut.about(named(f"days_to_{name}", n_of="cases"), followed.need, len(followed.days))
    empty = cut.figure(replace(empty, method=KM), since)
    try:
        found = kaplan_meier(followed.days, followed.happened)
    except NotEnoughJudgements:
        return [empty]
    if found.n < LEAST:
        return [empty]
    facts = {"n_happened": found.n_happened, "n_waiting": found.n - found.n_happened}
    figures = []
    for word, share in QUANTILES.items():
        value, low, high = found.quantile(share)
        figure = replace(empty, dimension="quantile", group=word, facts=facts)
        if value is None:  # so many still wait that the time is not known yet
            figure = replace(figure, facts={**facts, "not_reached": share})
        figures.append(replace(figure, value=value, low=low, high=high))
    return figures + _curve(empty, name, found)


def _curve(empty: Figure, name: str, found: Waiting) -> list[Figure]:
    """Return the share done after some days, as far as anybody was followed."""
    figures = []
    for day in CURVE_DAYS:
        if day > LOOK_BACK_DAYS[name]:  # nobody was followed for so long
            break
        value, low, high = found.share_done(day)
        figure = replace(
            empty, key=f"done_to_{name}", dimension="day", group=str(day), x=float(day)
        )
        figures.append(replace(figure, value=value, low=low, high=high, needs=()))
    return figures
