"""Invented years for tests, each made once a run."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from matcher.learning.history import SETTLED_AFTER_DAYS, HistoryLog
from matcher.learning.off_policy import Logged
from matcher.simulation.year import Plan, Truth, simulate_year

ENDS_ON = date(2026, 11, 1)
END = np.datetime64("2026-11-01T00:00:00", "s")


@cache
def invented_year(seed: int = 7, n_pairs: int = 24_000) -> tuple[HistoryLog, Truth]:
    return simulate_year(Plan(seed, ENDS_ON, n_pairs))


def settled(log: HistoryLog) -> NDArray[np.bool_]:
    """Pairs that were shown long enough ago for an answer."""
    found: NDArray[np.bool_] = log.shown_at + np.timedelta64(SETTLED_AFTER_DAYS, "D") < END
    return found


def logged(log: HistoryLog, rows: NDArray[np.bool_]) -> Logged:
    """What the estimators see of an invented year: whether both sides accepted."""
    pairs = log.pairs
    return Logged(
        log.pair_need[rows],
        pairs["position"][rows],
        pairs["intended"][rows],
        ~np.isnat(pairs["mutual_at"][rows]),
        pairs["probability"][rows],
    )
