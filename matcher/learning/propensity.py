"""How likely each place of a list is looked at, from slots that chance moved.

The position-based model: a pair is accepted when its place is looked at and the pair itself
convinces, ``P(accepted) = examination[place] * attraction[pair]``. Where exploration moves a pair
from the place the ranking intended, the pairs of one intended place convince equally often whatever
place they were shown at, so that acceptances by intended and shown place separate the two factors.

Source
------
Joachims, Swaminathan & Schnabel 2017, WSDM, doi:10.1145/3018661.3018699 (swap interventions);
Agarwal et al. 2019, WSDM, doi:10.1145/3289600.3291017 (all interventions at once). The two factors
are fitted by the score equations of a Poisson likelihood, which are those of proportional fitting
(Darroch & Ratcliff 1972, doi:10.1214/aoms/1177692379).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import NotEnoughJudgements

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MIN_MOVED = 30  # acceptances of pairs that chance moved, below which nothing is estimated
MIN_AT_PLACE = 30  # of them at every place, from which each place has a figure of its own
BY_PLACE, POWER_LAW = "by_place", "power_law"
STEEPEST = 3.0
_STEPS = 200
_CONVERGED = 1e-7
_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True)
class Cells:
    """Shown pairs counted by intended and shown place.

    Attributes
    ----------
    shown, accepted : float arrays (n_intended, n_places)
    """

    shown: Floats
    accepted: Floats

    @property
    def moved(self) -> Floats:
        """Acceptances of pairs that stood where the ranking did not want them, by place."""
        off = self.accepted.copy()
        n = min(off.shape)
        off[np.arange(n), np.arange(n)] = 0.0
        found: Floats = off.sum(axis=0)
        return found


@dataclass(frozen=True)
class Examination:
    """Probability that each place is looked at, relative to the first.

    Attributes
    ----------
    shares : float array (n_places), 1 at the first place
    method : ``by_place``, or ``power_law`` where too few pairs were moved for a figure a place
    n_moved : acceptances of moved pairs that the estimate rests on
    """

    shares: Floats
    method: str
    n_moved: int

    def at(self, place: Ints) -> Floats:
        """Return the share of each place; beyond the last known one, that of the last."""
        found: Floats = self.shares[np.minimum(place, len(self.shares)) - 1]
        return found


def count_cells(place: Ints, intended: Ints, shown: Floats, accepted: Floats) -> Cells:
    """Count pairs by intended and shown place.

    Parameters
    ----------
    place, intended : int arrays (n_rows), from 1; pairs that come from below the list share one
        intended place beyond its end
    shown, accepted : float arrays (n_rows)
        How many pairs of each row were shown, and how many of them accepted.
    """
    n_places, n_intended = int(place.max(initial=1)), int(intended.max(initial=1))
    cell = (intended - 1) * n_places + place - 1
    shape, size = (n_intended, n_places), n_intended * n_places
    return Cells(
        np.bincount(cell, shown, size).reshape(shape).astype(np.float64),
        np.bincount(cell, accepted, size).reshape(shape).astype(np.float64),
    )


def estimate_examination(cells: Cells, method: str = "") -> Examination:
    """Return how likely each place is looked at.

    Parameters
    ----------
    method : str
        ``by_place`` or ``power_law``; empty: by place where every place has enough moved pairs.

    Raises
    ------
    NotEnoughJudgements
        Too few pairs were moved by chance: without exploration, place and quality are one.
    """
    n_moved = round(float(cells.moved.sum()))
    if n_moved < MIN_MOVED:
        raise NotEnoughJudgements(n_moved, MIN_MOVED, "acceptances of pairs that chance moved")
    chosen = method or (BY_PLACE if cells.moved.min() >= MIN_AT_PLACE else POWER_LAW)
    shares = _by_place(cells) if chosen == BY_PLACE else _power_law(cells)
    return Examination(shares, chosen, n_moved)


def _by_place(cells: Cells) -> Floats:
    """Fit both factors in turn until they agree with all row and column sums."""
    theta: Floats = np.ones(cells.shown.shape[1])
    at_place, of_intended = cells.accepted.sum(axis=0), cells.accepted.sum(axis=1)
    for _ in range(_STEPS):
        before, attraction = theta, _ratio(of_intended, cells.shown @ theta)
        theta = _ratio(at_place, attraction @ cells.shown)
        theta = theta / theta[0] if theta[0] > 0 else theta
        if np.abs(theta - before).max() < _CONVERGED:
            break
    return np.clip(theta, 1e-3, 1.0)


def _ratio(above: Floats, below: Floats) -> Floats:
    found: Floats = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return found


def _power_law(cells: Cells) -> Floats:
    """Fit ``place ** -steepness`` by the same likelihood, its other factor profiled out."""
    logs = np.log(np.arange(1, cells.shown.shape[1] + 1))
    at_place, of_intended = cells.accepted.sum(axis=0), cells.accepted.sum(axis=1)

    def loss(steepness: float) -> float:
        expected = cells.shown @ np.exp(-steepness * logs)
        used = of_intended > 0
        return float(steepness * at_place @ logs + of_intended[used] @ np.log(expected[used]))

    shares: Floats = np.exp(-_lowest(loss, 0.0, STEEPEST) * logs)
    return shares


def _lowest(loss: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function with one valley is lowest, by golden sections."""
    for _ in range(40):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return (low + high) / 2
