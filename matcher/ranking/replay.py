"""Compute a shown score once more from what was kept of it: feature values, field, model.

The very functions that made the score make it again, so the last digit is the same. Pure: what was
kept and the model are arguments.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from matcher.ranking import explain
from matcher.ranking.features import FEATURE_NAMES
from matcher.ranking.matching import REGIME
from matcher.ranking.model import AdditiveModel, probability
from matcher.ranking.results import BaseMatch, Contribution, Match


class Difference(NamedTuple):
    """One number that came out otherwise than it was kept."""

    what: str  # probability, bits, rank, or which contribution
    kept: float | str | None
    found: float | str | None


class Replayed(NamedTuple):
    """A score as it was kept and as it comes out now."""

    bits: float
    probability: float
    raw: float  # the sum that decides the order
    differences: tuple[Difference, ...]


def replay_score(model: AdditiveModel, match: Match) -> Replayed:
    """Score a kept match once more with its own feature values.

    Parameters
    ----------
    model : AdditiveModel
        The one that made the score.
    match : Match
        As it was shown, with its whole row of features.

    Returns
    -------
    Replayed
        ``differences`` names every number that is not the same to the last digit.
    """
    kept = match.features
    values = np.array([_number(kept.get(name)) for name in FEATURE_NAMES], dtype=np.float64)
    bits = model.contributions(values[None, :], REGIME)
    raw = float(bits.sum(axis=1)[0])
    field = -sum(entry.bits for entry in match.contributions if entry.feature == explain.FIELD)
    entries = explain.contributions(bits[0], values, field, model.total_of(raw, field, REGIME))
    total = explain.total_bits(entries)
    differences = (
        *_differing("bits", match.bits, total),
        *_differing("probability", match.probability, probability(total)),
        *_of_entries(match.contributions, entries),
        *replay_bases(match.bases),
    )
    return Replayed(total, probability(total), raw, differences)


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _differing(what: str, kept: float | None, found: float | None) -> Iterator[Difference]:
    if kept != found:
        yield Difference(what, kept, found)


def _of_entries(
    kept: tuple[Contribution, ...], found: tuple[Contribution, ...]
) -> Iterator[Difference]:
    before, after = _bits(kept), _bits(found)
    for name in dict.fromkeys((*before, *after)):
        yield from _differing(f"contribution {name}", before.get(name), after.get(name))


def _bits(entries: tuple[Contribution, ...]) -> Mapping[str, float]:
    return {entry.feature: entry.bits for entry in entries}


def replay_bases(bases: tuple[BaseMatch, ...]) -> Iterator[Difference]:
    """Check that what was declared for each base still sums to the score it was shown with."""
    for base in bases:
        total = sum(entry.bits for entry in base.contributions)
        name = base.service_id or base.pilot_base_id
        yield from _differing(f"base {name}", base.bits, total)
