"""How long something takes when some are still waiting: Kaplan and Meier, with honest intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matcher.errors import NotEnoughJudgements
from matcher.learning.probability_metrics import Z_95, wilson_interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Waiting:
    """The share that still waits after each time at which something happened.

    Attributes
    ----------
    times : float array (n_times), ascending
    waiting, low, high : float arrays (n_times), the share still waiting with its 95 % interval
    n, n_happened : how many were followed, and for how many the end was seen
    followed : float array (n), ascending, until when each was followed
    """

    times: Floats
    waiting: Floats
    low: Floats
    high: Floats
    n: int
    n_happened: int
    followed: Floats

    def share_done(self, at: float) -> tuple[float, float, float]:
        """Return the share for which it happened by a time, with its interval.

        Before the first end the upper bound is that of none of those who were followed so far.
        """
        before = int(np.searchsorted(self.times, at, side="right"))
        if not before:
            n_left = self.n - int(np.searchsorted(self.followed, at, side="left"))
            return 0.0, *wilson_interval(0, max(n_left, 1))
        i = before - 1
        return (
            float(1 - self.waiting[i]),
            float(1 - self.high[i]),
            float(1 - self.low[i]),
        )

    def quantile(self, share: float) -> tuple[float | None, float | None, float | None]:
        """Return the time by which a share is done, with its interval; None where not reached."""
        left = 1 - share
        curves = (self.waiting, self.low, self.high)
        value, low, high = (_first_below(self.times, curve, left) for curve in curves)
        return value, low, high


def _first_below(times: Floats, curve: Floats, level: float) -> float | None:
    reached = np.flatnonzero(curve <= level + 1e-12)
    return float(times[reached[0]]) if len(reached) else None


def kaplan_meier(durations: ArrayLike, happened: ArrayLike) -> Waiting:
    """Return the share that still waits over time, those not finished yet counted as far as known.

    Parameters
    ----------
    durations : float array (n), at least 0
        Time until it happened, or until it was last known not to have.
    happened : bool array (n)

    Raises
    ------
    NotEnoughJudgements
        Nobody was followed.

    Source
    ------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452; variance of Greenwood 1926; interval on
    the log(-log) scale, Kalbfleisch & Prentice 1980, section 1.4, which stays inside [0, 1].

    Examples
    --------
    Of four, one is done after 1 day, one after 2; one was lost sight of after 1 day.

    >>> found = kaplan_meier([1, 1, 2, 3], [True, False, True, False])
    >>> found.times.tolist(), found.waiting.tolist()
    ([1.0, 2.0], [0.75, 0.375])
    """
    t = np.asarray(durations, dtype=np.float64).ravel()
    done = np.asarray(happened, dtype=bool).ravel()
    if t.shape != done.shape:
        raise ValueError(f"{len(t)} durations for {len(done)} ends, expected as many")
    if not len(t):
        raise NotEnoughJudgements(0, 1, "durations")
    times, n_done = np.unique(t[done], return_counts=True)
    at_risk = len(t) - np.searchsorted(np.sort(t), times, side="left")
    waiting = np.cumprod(1 - n_done / at_risk).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(n_done / (at_risk * (at_risk - n_done)))
        spread = Z_95 * np.sqrt(variance) / np.log(waiting)
        low: Floats = waiting ** np.exp(-spread)
        high: Floats = waiting ** np.exp(spread)
    ended = waiting <= 0  # nobody is left: the interval of the last time before it stands
    for curve, fill in ((low, 0.0), (high, float(high[~ended][-1]) if (~ended).any() else 1.0)):
        curve[ended] = fill
    return Waiting(times, waiting, low, high, len(t), int(done.sum()), np.sort(t))
