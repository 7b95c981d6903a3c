"""Block ``base_use``: slots of pilot bases offered and used, and how long their answers take."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.learning.history import Array
from matcher.learning.survival import kaplan_meier
from matcher.reports.history.cut import Cut, groups_of
from matcher.reports.history.figures import LEAST, Block, Figure, named
from matcher.reports.history.funnel import KM, QUANTILES

LOOK_BACK_DAYS = 180
USED = ("accepted", "finished", "stopped")
APPLICATIONS = "applications"
DAY = np.timedelta64(1, "D")


def base_use_block(cut: Cut) -> Block:
    """Return slots offered, used, waiting and refused, fit of validation, and days to decide."""
    figures = [*_slots(cut), *_answers(cut), *_days(cut), *_by_base(cut)]
    return Block("base_use", tuple(figures), cut.synthetic)


def _slots(cut: Cut) -> list[Figure]:
    slots = cut.log.tables["slots"]
    overlaps = (slots["at"] < cut.end) & ~(slots["until"] <= cut.start)
    offered = float(slots["n_slots"][overlaps].sum())
    n = int(overlaps.sum())
    figure = named("slots_offered", n_of="periods")
    return [cut.figure(replace(figure, value=offered, n=n))]


def _in_period(cut: Cut, column: str) -> Array:
    return cut.within(cut.log.tables[APPLICATIONS][column], cut.start, cut.end)


def _answers(cut: Cut) -> list[Figure]:
    rows = cut.log.tables[APPLICATIONS]
    need, state = rows["need"], rows["state"]
    decided, applied = _in_period(cut, "decided_at"), _in_period(cut, "applied_at")
    used = np.isin(state, USED)
    figures = [
        cut.count(named("applications", n_of=APPLICATIONS), need[applied]),
        cut.count(named("slots_used", n_of=APPLICATIONS), need[decided & used]),
        cut.count(named("slots_refused", n_of=APPLICATIONS), need[decided & (state == "refused")]),
        cut.count(named("slots_waiting", n_of=APPLICATIONS), need[np.isnat(rows["decided_at"])]),
        cut.share_of(named("accepted_share", n_of=APPLICATIONS), need[decided], used[decided]),
    ]
    asked = applied & rows["asked_type"]
    fits = cut.share_of(
        named("validation_fits", n_of=APPLICATIONS), need[asked], rows["fits_type"][asked]
    )
    return [*figures, fits]


def _days(cut: Cut) -> list[Figure]:
    """Return how long a base takes to decide, applications that still wait counted."""
    rows = cut.log.tables[APPLICATIONS]
    since = cut.end - LOOK_BACK_DAYS * DAY
    recent = cut.within(rows["applied_at"], since, cut.end)
    until = np.where(np.isnat(rows["decided_at"]), cut.end, rows["decided_at"])
    days = ((until - rows["applied_at"]) / np.timedelta64(1, "s") / 86_400)[recent]
    empty = cut.about(named("days_to_decide", n_of=APPLICATIONS), rows["need"][recent], len(days))
    empty = cut.figure(replace(empty, method=KM), since)
    if len(days) < LEAST:
        return [empty]
    found = kaplan_meier(np.maximum(days, 0), ~np.isnat(rows["decided_at"][recent]))
    figures = []
    for word, share in QUANTILES.items():
        value, low, high = found.quantile(share)
        figure = replace(empty, dimension="quantile", group=word)
        figures.append(replace(figure, value=value, low=low, high=high))
    return figures


def _by_base(cut: Cut) -> list[Figure]:
    rows = cut.log.tables[APPLICATIONS]
    decided = _in_period(cut, "decided_at")
    used = np.isin(rows["state"], USED)
    figures = []
    for base in groups_of(rows["base_id"][decided]):
        inside = decided & (rows["base_id"] == base)
        name = named("accepted_share", base, dimension="base", n_of=APPLICATIONS)
        figures.append(cut.share_of(name, rows["need"][inside], used[inside]))
    return figures
