"""One period of history, prepared once for all blocks, and the intervals that rest on it.

What is about answers counts pairs that had 28 days to be answered when the period ended: those
shown from 28 days before its beginning to 28 days before its end. What is about showing counts the
pairs that were shown in the period. Nothing after the end of the period is known, so that a report
made later is the same. Intervals resample needs, for the pairs of one need hang together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.errors import NotEnoughJudgements
from matcher.learning.history import (
    EVERYTHING,
    SETTLED_AFTER_DAYS,
    Array,
    HistoryLog,
    Wanted,
)
from matcher.learning.history_labels import Labels, label_pairs
from matcher.learning.off_policy import Logged
from matcher.learning.probability_metrics import wilson_interval
from matcher.learning.propensity import Examination, count_cells, estimate_examination
from matcher.reports.history.figures import LEAST, LEAST_IN_GROUP, MAX_NEEDS, Figure, finite

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Ints = NDArray[np.int64]

N_RESAMPLES, N_SPLITS = 400, 100
TAIL = 0.025
DAY = np.timedelta64(1, "D")
SETTLED = np.timedelta64(SETTLED_AFTER_DAYS, "D")
TOP = 5
BOOTSTRAP, WILSON = "bootstrap over needs", "Wilson"
WIDER = "bootstrap over needs or Wilson, the wider"
FEW = 10  # needs, or events either way, below which resamples alone say too little


@dataclass(frozen=True)
class Period:
    """Days of a report; the last one is excluded."""

    start: date
    end: date

    @property
    def n_days(self) -> int:
        """The length of the period."""
        return (self.end - self.start).days

    @property
    def before(self) -> Period:
        """The period of the same length before; a month's is the month before."""
        if self.start.day == 1 and self.end.day == 1 and self.n_days <= 31:
            month = self.start.month - 1 or 12
            year = self.start.year - (self.start.month == 1)
            return Period(date(year, month, 1), self.start)
        return Period(self.start - (self.end - self.start), self.start)

    @property
    def bounds(self) -> tuple[np.datetime64, np.datetime64]:
        """First moment, and first moment after the end."""
        return (
            np.datetime64(self.start.isoformat(), "s"),
            np.datetime64(self.end.isoformat(), "s"),
        )


class Cut:
    """The history of one period; see the module.

    Parameters
    ----------
    log : HistoryLog
        All history, also from before the period and after it.
    period : Period
    wanted : Wanted
        Which needs, lists and origins.
    """

    def __init__(self, log: HistoryLog, period: Period, wanted: Wanted = EVERYTHING) -> None:
        self.period = period
        self.start, self.end = period.bounds
        self.known = log.as_of(self.end - np.timedelta64(1, "s"))
        self.log = self.known.only(wanted)
        self.synthetic = log.synthetic
        self.shown_at: Array = self.log.shown_at
        self.need: Ints = self.log.pair_need

    @cached_property
    def shown(self) -> Truths:
        """Pairs that were shown in the period."""
        return self.within(self.shown_at, self.start, self.end)

    @cached_property
    def settled(self) -> Truths:
        """Pairs whose time to be answered ended in the period."""
        return self.within(self.shown_at, self.start - SETTLED, self.end - SETTLED)

    @cached_property
    def lists_shown(self) -> Truths:
        """Lists that were shown in the period."""
        return self.within(self.log.lists["at"], self.start, self.end)

    @cached_property
    def lists_settled(self) -> Truths:
        """Lists whose time to be answered ended in the period."""
        return self.within(self.log.lists["at"], self.start - SETTLED, self.end - SETTLED)

    @staticmethod
    def within(at: Array, start: np.datetime64, end: np.datetime64) -> Truths:
        """Return which times lie in a stretch of time; none that is not known does."""
        found: Truths = (at >= start) & (at < end)
        return found

    @cached_property
    def labels(self) -> Labels:
        """The grade of each pair."""
        return label_pairs(self.log)

    def in_time(self, step: str) -> Truths:
        """Return which pairs took a step within 28 days of being shown."""
        found: Truths = self.log.pairs[step] < self.shown_at + SETTLED
        return found

    @cached_property
    def mutual(self) -> Truths:
        """Pairs that both sides accepted in time."""
        return self.in_time("mutual_at")

    @cached_property
    def ordinary(self) -> Truths:
        """Pairs that stand where the ranking wanted them."""
        found: Truths = self.log.pairs["origin"] != "exploration"
        return found

    @cached_property
    def examination(self) -> Examination | None:
        """How likely each place is looked at, from the whole history so far; None: not known."""
        counts, taken = self._looked_and_taken
        if not counts.any():
            return None
        pairs = self.known.pairs
        try:
            return estimate_examination(
                count_cells(pairs["position"], pairs["intended"], counts, taken)
            )
        except NotEnoughJudgements:
            return None

    def examination_drawn(self, seen: Examination) -> Floats:
        """Return how likely each place is looked at in history with its needs drawn anew.

        Returns
        -------
        float array (n_drawn, n_places)
        """
        counts, taken = self._looked_and_taken
        pairs, need = self.known.pairs, self.known.pair_need
        random, found = np.random.default_rng(2), []
        for _ in range(N_SPLITS):
            times = random.poisson(1.0, self.known.n("needs"))[need]
            cells = count_cells(pairs["position"], pairs["intended"], counts * times, taken * times)
            try:
                found.append(estimate_examination(cells, seen.method).shares)
            except NotEnoughJudgements:  # so few were moved that a resample has too few
                continue
        return np.array(found).reshape(-1, len(seen.shares))

    @cached_property
    def _looked_and_taken(self) -> tuple[Floats, Floats]:
        """Pairs of all history that had time to be answered, and which the enterprise wanted."""
        settled_at: Array = self.known.shown_at + SETTLED
        old: Truths = np.asarray(settled_at < self.end, dtype=bool)
        wanted = np.asarray(self.known.pairs["need_accepted_at"] < settled_at, dtype=bool)
        return old.astype(np.float64), (old & wanted).astype(np.float64)

    def logged(self, rows: Truths) -> Logged:
        """Return what the estimators see of some pairs: whether both sides accepted."""
        pairs = self.log.pairs
        predicted = np.nan_to_num(pairs["probability"][rows])
        return Logged(
            self.need[rows], pairs["position"][rows], pairs["intended"][rows],
            self.mutual[rows], predicted,
        )  # fmt: skip

    @cached_property
    def _resampled(self) -> Floats:
        """How often each need counts in each resample, (n_resamples, n_needs)."""
        random = np.random.default_rng(0)
        n = self.log.n("needs")
        times = random.poisson(1.0, (N_RESAMPLES, n))
        return times.astype(np.float32)

    def ids(self, needs: Ints) -> tuple[tuple[str, ...], int]:
        """Return the ids of needs, each once, cut, and how many there are."""
        rows = np.flatnonzero(np.bincount(needs, minlength=1))  # faster than ``np.unique``
        return tuple(self.log.needs["need_id"][rows[:MAX_NEEDS]].tolist()), len(rows)

    @cached_property
    def _halves(self) -> Floats:
        """Which needs are in the first half of each split at random, (n_splits, n_needs)."""
        random = np.random.default_rng(1)
        return (random.random((N_SPLITS, self.log.n("needs"))) < 0.5).astype(np.float32)

    def resampled_sum(self, need: Ints, values: Floats) -> Floats:
        """Return the sum of values in each resample; ``values`` may have columns."""
        return self._sums(self._resampled, need, values)

    def halved_sum(self, need: Ints, values: Floats) -> tuple[Floats, Floats]:
        """Return the sum of values in both halves of each split of the needs at random."""
        first = self._sums(self._halves, need, values)
        second: Floats = values.sum(axis=0) - first
        return first, second

    def _sums(self, times: Floats, need: Ints, values: Floats) -> Floats:
        columns = values[:, None] if values.ndim == 1 else values
        n = self.log.n("needs")
        sums = np.column_stack([np.bincount(need, column, n) for column in columns.T]).astype(
            np.float32
        )
        used = np.flatnonzero(np.bincount(need, minlength=n))
        # A copy of the columns in use pays only where they are few.
        few = len(used) < n // 4
        found: Floats = (times[:, used] @ sums[used] if few else times @ sums).astype(np.float64)
        return found

    @cached_property
    def settled_so_far(self) -> Truths:
        """Pairs that had time to be answered before the period ended, also in earlier ones."""
        return np.asarray(self.shown_at < self.end - SETTLED, dtype=bool)

    def interval(self, resampled: Floats) -> tuple[float | None, float | None]:
        """Return the 95 % percentile interval of a figure's resamples."""
        known = resampled[np.isfinite(resampled)]
        if not len(known):
            return None, None
        low, high = np.quantile(known, (TAIL, 1 - TAIL))
        return float(low), float(high)

    def share(self, name: Figure, happened: Truths, rows: Truths) -> Figure:
        """Return the share of some pairs for which something happened."""
        return self.share_of(name, self.need[rows], happened[rows])

    def share_of(self, name: Figure, need: Ints, happened: Truths) -> Figure:
        """Return a share, with its interval over needs.

        Parameters
        ----------
        name : Figure
            What it is called, without a number; see ``named``.
        """
        figure = self.mean_of(name, need, happened.astype(np.float64))
        if figure.value is None or figure.low is None or figure.high is None:
            return figure
        n, n_happened = len(happened), int(happened.sum())
        if min(n_happened, n - n_happened, figure.n_needs) >= FEW:
            return figure
        # Where hardly any resample differs, resamples make believe that much is known.
        low, high = wilson_interval(n_happened, n)
        method = WILSON if n_happened in (0, n) else WIDER
        return replace(figure, low=min(low, figure.low), high=max(high, figure.high), method=method)

    def mean_of(self, name: Figure, need: Ints, values: Floats) -> Figure:
        """Return the mean of values, each of some need, with its interval over needs."""
        n = len(values)
        empty = self.about(name, need, n)
        if n < empty.needed:
            return empty
        value = float(values.mean())
        # What is resampled is the distance from the mean, which keeps every digit.
        sums = self.resampled_sum(need, np.column_stack((values - value, np.ones(n))))
        means = value + ratio(sums[:, 0], sums[:, 1])
        least, most = float(values.min()), float(values.max())
        near = 1e-6 * (most - least)  # sums are rounded to seven digits: that is no distance
        means = np.where(means < least + near, least, np.where(means > most - near, most, means))
        low, high = self.interval(means)
        return replace(empty, value=value, low=low, high=high, method=BOOTSTRAP)

    def about(self, name: Figure, need: Ints, n: int) -> Figure:
        """Return a figure without a number: its days, how many it rests on, and the needs."""
        ids, n_needs = self.ids(need)
        needed = LEAST_IN_GROUP if name.group else LEAST
        return self.figure(replace(name, n=n, needed=needed, needs=ids, n_needs=n_needs))

    def count(self, name: Figure, need: Ints) -> Figure:
        """Return how many there are: a count has no interval and is always known."""
        figure = self.about(name, need, len(need))
        return replace(figure, value=float(len(need)), needed=0)

    def figure(self, figure: Figure, since: np.datetime64 | None = None) -> Figure:
        """Return a figure with the days it is about."""
        start = self.start if since is None else since
        return replace(
            figure,
            start=str(start.astype("M8[D]")),
            end=str(self.end.astype("M8[D]")),
            value=finite(figure.value),
            low=finite(figure.low),
            high=finite(figure.high),
        )


def ratio(above: Floats, below: Floats) -> Floats:
    """Return a quotient that is not a number where nothing stands below the line."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = above / below
    return found


def of_answers(cut: Cut, figures: Sequence[Figure]) -> list[Figure]:
    """Return figures about answers with the days on which their pairs were shown."""
    start, end = (str((t - SETTLED).astype("M8[D]")) for t in (cut.start, cut.end))
    return [replace(figure, start=start, end=end) for figure in figures]


def groups_of(values: Array, least_first: bool = False) -> list[str]:
    """Return the values that occur, the most frequent first, what is not stated left out."""
    names, counts = np.unique(values, return_counts=True)
    order = np.lexsort((names, counts if least_first else -counts))
    return [str(name) for name in names[order] if name]
