"""The serving model: additive, monotone, exact. Tables in, bits out; no I/O, no learning.

The score of a candidate is one number a feature, read from a table, and their sum. A table is
piecewise linear and never falls against its feature's declared direction. The sum is turned into a
share of the field (a softmax over all eligible candidates: the conditional logit of McFadden 1974)
and then calibrated; both steps are reported as contributions, so that all contributions of a match
sum to the log-odds of the probability that is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.features import FEATURE_NAMES

# Who is not written in the need's language has no word features: what reads across languages speaks
# in their place, under its own name. Word features agree with each other only in part, so their sum
# spreads less than one of them with all their weight: measured on the catalogue with each offer in
# either language, the need's own language takes .47 to .51 of the first ten with this share.
STAND_INS = {
    "lexical_best": "meaning_affinity",
    "lexical_recent": "meaning_affinity",
    "phrase_affinity": "lexicon_pivot",
    "topic_recent": "meaning_affinity",
    "topic_focus": "meaning_affinity",
    "title_lexical": "title_meaning",
}
STAND_IN_SHARE = 0.85
COLUMN_OF = {name: i for i, name in enumerate(FEATURE_NAMES)}
_WORD_COLUMNS = [COLUMN_OF[name] for name in STAND_INS]
REGIMES = ("short", "long", "catalogue")
HINGED = 3  # knots of a table of two lines, as training writes them
MAX_PROBABILITY_BITS = 9.97  # 0.999: nothing here is ever certain

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """A piecewise linear function: bits at knots, lines between, the last slopes beyond."""

    knots: Array
    bits: Array

    def __call__(self, values: Array) -> Array:
        """Look values up; NaN (nothing stated) gives 0 bits."""
        if len(self.knots) == HINGED:
            beside = values - self.knots[1]
            low, high = self._end_slopes
            bits = self.bits[1] + beside * np.where(beside < 0, low, high)
            return np.where(np.isnan(values), 0.0, bits)
        inside = np.interp(values, self.knots, self.bits)
        low_slope, high_slope = self._end_slopes
        below = np.minimum(values - self.knots[0], 0.0) * low_slope
        above = np.maximum(values - self.knots[-1], 0.0) * high_slope
        result: Array = np.where(np.isnan(values), 0.0, inside + below + above)
        return result

    @cached_property
    def _end_slopes(self) -> tuple[float, float]:
        slopes = np.diff(self.bits) / np.diff(self.knots)
        return float(slopes[0]), float(slopes[-1])


@dataclass(frozen=True)
class Adequacy:
    """From what closeness on evidence is near a need.

    Asked of each candidate alone it decides its flag and who counts in a heading; asked of the best
    evidence of the first five together it decides ``no_adequate_match``, for which ``threshold``
    was chosen so that ``false_refusal_share`` of real needs would be refused. Closeness is absolute
    (see ``matcher.ranking.affinity``); the probability is a share of the field.
    """

    threshold: float
    false_refusal_share: float


@dataclass(frozen=True)
class AdditiveModel:
    """Tables by regime and feature, calibration, language means, and the record of how it came."""

    model_id: str
    tables: Mapping[str, Mapping[str, Table]]
    calibration: Mapping[str, Table]
    adequacy: Adequacy
    language_means: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    manifest: Mapping[str, Any] = field(default_factory=dict)

    def contributions(self, matrix: Array, regime: str) -> Array:
        """Return bits a candidate and feature, (n_candidates, n_features)."""
        tables = self.tables[regime]
        bits = np.zeros((len(matrix), len(FEATURE_NAMES)))
        for i, name in enumerate(FEATURE_NAMES):
            if name in tables:
                bits[:, i] = tables[name](matrix[:, i])
        for name, other in STAND_INS.items():
            silent = np.isnan(matrix[:, COLUMN_OF[name]])
            if name in tables and silent.any():
                values = matrix[silent, COLUMN_OF[other]]
                bits[silent, COLUMN_OF[other]] += STAND_IN_SHARE * tables[name](values)
        return bits

    def changed_bits(
        self, bits: Array, row: Array, values: Mapping[int, float], regime: str
    ) -> Array:
        """Return the contributions of one candidate with other values of some features.

        Parameters
        ----------
        bits : array (n_features,)
            As ``contributions`` gave them for ``row``; not changed.
        row : array (n_features,)
        values : mapping of column to value
        """
        if np.isnan(row[_WORD_COLUMNS]).any():  # what stands in for words depends on both
            other = row.copy()
            other[list(values)] = list(values.values())
            result: Array = self.contributions(other[None, :], regime)[0]
            return result
        tables, changed = self.tables[regime], bits.copy()
        for column, value in values.items():
            if FEATURE_NAMES[column] in tables:
                changed[column] = tables[FEATURE_NAMES[column]](np.array([value]))[0]
        return changed

    def calibrated_bits(self, share_bits: Array, regime: str) -> Array:
        """Return the log-odds, in bits, of the calibrated probability."""
        table = self.calibration.get(regime)
        bits = share_bits if table is None else table(share_bits)
        result: Array = np.clip(bits, -40.0, MAX_PROBABILITY_BITS)
        return result

    def total_of(self, raw: float, field: float, regime: str) -> float:
        """Return the calibrated log-odds, in bits, of a candidate in a field of this strength."""
        share = log_odds_bits(np.array([raw - field]))
        return float(self.calibrated_bits(share, regime)[0])


def field_bits(raw_bits: Array, is_typical: NDArray[np.bool_], n_eligible: int) -> float:
    """Return log2 of the sum of 2 ** raw over the whole field: how strong the competition is.

    Parameters
    ----------
    raw_bits : array (n_looked_at,)
    is_typical : which of them are a fair sample of those that were not looked at
    n_eligible : size of the whole field
    """
    if not len(raw_bits):
        return -math.inf
    top = float(raw_bits.max(initial=0.0))
    powers = np.exp2(raw_bits - top)
    n_looked_at = len(raw_bits)
    unseen = max(n_eligible - n_looked_at, 0)
    sampled = powers[is_typical]
    # The mean, not the middle: the sum over the field must not jump where not all are looked at.
    typical = float(sampled.mean()) if len(sampled) else 0.0
    return top + float(np.log2(powers.sum() + unseen * typical))


def log_odds_bits(share_bits: Array) -> Array:
    """Turn log2 of a share into log2 of its odds; shares of one are capped."""
    share = np.minimum(np.exp2(share_bits), 1.0 - 1e-9)
    result: Array = np.log2(share / (1.0 - share))
    return result


def probability(bits: float) -> float:
    """Return the probability whose log-odds are ``bits``.

    Examples
    --------
    >>> probability(0.0), probability(1.0)
    (0.5, 0.6666666666666666)
    """
    return float(1.0 / (1.0 + 2.0**-bits))
