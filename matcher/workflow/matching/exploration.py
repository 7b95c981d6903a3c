"""A little chance in what is shown, so that a place and its quality can be told apart later.

Two kinds of move, at most one a list: the first place and another one change places, or one place
goes to somebody from just below the list. Nobody comes in who failed a hard check: those below the
list passed the same ones. Every pair's propensity is the probability of standing where it stands.

Source
------
Swap interventions: Joachims, Swaminathan & Schnabel 2017, WSDM, doi:10.1145/3018661.3018699.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.ranking.results import Match

N_PLACES = 10  # the places that chance may fill; further down hardly anybody looks
N_BELOW = 10  # how far below the list somebody may come from
SYSTEM, EXPLORATION = "system", "exploration"


@dataclass(frozen=True)
class Explored:
    """A list as it is shown, with where the ranking wanted each capability and how likely it was.

    Attributes
    ----------
    intended, propensities, origins : mappings by capability id
    """

    matches: tuple[Match, ...]
    intended: dict[str, int]
    propensities: dict[str, float]
    origins: dict[str, str]


def seed_of(*facts: object) -> int:
    """Return the seed for one list, the same for the same facts on every machine."""
    text = "\x1f".join(map(str, facts))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")


def explore(
    ranked: Callable[[int], Sequence[Match]], top: int, share: float, seed: int
) -> Explored:
    """Return the first ``top`` candidates with at most one move by chance.

    Parameters
    ----------
    ranked : callable
        Given a number, returns so many best candidates; asked for more only where one comes in.
    share : float
        Expected share of the first ten places that chance fills, at most 0.1.
    seed : int
        Decides every draw.
    """
    random = np.random.default_rng(seed)
    draw, slot, other = random.random(), random.random(), random.random()
    n_places = min(N_PLACES, top)
    comes_in = share * n_places / 2  # lists in which one place goes to somebody from below
    swaps = share * n_places / 4  # lists in which two change places
    if draw < comes_in:
        found = list(ranked(top + N_BELOW))
        return _with_newcomer(found, top, (comes_in, swaps), slot, other)
    found = list(ranked(top))
    n = min(n_places, len(found))
    shown = found[:top]
    if n > 1 and draw < comes_in + swaps:
        place = 1 + int(slot * (n - 1))
        shown[0], shown[place] = shown[place], shown[0]
    return _told(shown, found, n, (comes_in, swaps), 0)


def _with_newcomer(
    found: list[Match], top: int, chances: tuple[float, float], slot: float, other: float
) -> Explored:
    below = found[top:]
    n = min(N_PLACES, top, len(found))
    shown = found[:top]
    if below and n:
        shown[int(slot * n)] = below[int(other * len(below))]
    return _told(shown, found, n, chances, len(below))


def _told(
    shown: list[Match], found: list[Match], n: int, chances: tuple[float, float], n_below: int
) -> Explored:
    """Say of each shown match where it was wanted and how likely it stood where it does."""
    comes_in, swaps = chances
    intended = {match.capability_id: place for place, match in enumerate(found, start=1)}
    propensities, origins = {}, {}
    for place, match in enumerate(shown, start=1):
        wanted = intended[match.capability_id]
        if wanted == place:
            swapped = swaps if place == 1 else swaps / max(n - 1, 1)
            chance = 1.0 if place > n or n < 2 else 1.0 - comes_in / n - swapped
        elif wanted > len(shown):
            chance = comes_in / n / max(n_below, 1)
        else:
            chance = swaps / (n - 1)
        propensities[match.capability_id] = chance
        origins[match.capability_id] = SYSTEM if wanted == place else EXPLORATION
    placed = tuple(replace(match, rank=place) for place, match in enumerate(shown, start=1))
    kept = {match.capability_id: intended[match.capability_id] for match in placed}
    return Explored(placed, kept, propensities, origins)
