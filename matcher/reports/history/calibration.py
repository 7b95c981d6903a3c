"""Block ``calibration``: do the probabilities that are shown come true?

For each side and for both together, in ten bins of equal size, on pairs that had time to be
answered. An enterprise cannot accept what it does not look at, so pairs further down come true less
often than they say; ``reliability_corrected`` weighs each answer by how likely its place is looked
at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.learning.probability_metrics import (
    N_BINS,
    Z_95,
    brier_split,
    calibration_line,
    wilson_interval,
)
from matcher.reports.history.cut import (
    BASIC,
    WILSON,
    Cut,
    Floats,
    Ints,
    Truths,
    groups_of,
    of_answers,
    ratio,
)
from matcher.reports.history.figures import LEAST, Block, Figure, named

NEED, PROVIDER, JOINT = "need", "provider", "joint"
TARGET_ECE = 0.05


@dataclass(frozen=True)
class Side:
    """The predictions of one side with what happened."""

    name: str
    rows: Truths  # of all pairs: those that the side could answer
    predicted: Floats
    happened: Truths
    is_placed: bool  # whether the place of a pair matters to the answer


def calibration_block(cut: Cut) -> Block:
    """Return how far the probabilities of each side and of both can be believed."""
    figures: list[Figure] = []
    for side in sides_of(cut):
        figures += _figures(cut, side)
        if side.name == JOINT:
            for dimension in ("size", "language"):
                figures += _by(cut, side, dimension)
    notes = ("places_matter",) if cut.examination is None else ("places_corrected",)
    return Block("calibration", tuple(of_answers(cut, figures)), cut.synthetic, notes)


def sides_of(cut: Cut) -> tuple[Side, Side, Side]:
    """Return what each side was expected to do and did; a provider answers what it is asked."""
    pairs = cut.log.pairs
    asked = cut.settled & cut.in_time("need_accepted_at")
    provider = pairs["provider_accepted_at"]
    return (
        _side(NEED, cut.settled, pairs["probability_need"], cut.in_time("need_accepted_at"), True),
        _side(PROVIDER, asked, pairs["probability_provider"], ~np.isnat(provider), False),
        _side(JOINT, cut.settled, pairs["probability"], cut.mutual, True),
    )


def _side(name: str, rows: Truths, predicted: Floats, happened: Truths, is_placed: bool) -> Side:
    known = rows & np.isfinite(predicted)
    return Side(name, known, predicted[known], happened[known], is_placed)


def bins_of(predicted: Floats) -> Ints:
    """Return the bin of each prediction: ten of equal size, equal predictions never apart."""
    first: Ints = np.searchsorted(np.sort(predicted), predicted, side="left").astype(np.int64)
    return first * N_BINS // max(len(predicted), 1)


def _figures(cut: Cut, side: Side) -> list[Figure]:
    need, y = cut.need[side.rows], side.happened.astype(np.float64)
    bins = bins_of(side.predicted)
    figures = [calibration_error(cut, side, "")]
    figures.append(cut.mean_of(_named("brier", side), need, (side.predicted - y) ** 2))
    figures.append(cut.mean_of(_named("mean_predicted", side), need, side.predicted))
    figures.append(cut.mean_of(_named("mean_observed", side), need, y))
    if len(y) < LEAST:
        return figures
    split = brier_split(side.predicted, side.happened)
    for key in ("reliability", "resolution", "uncertainty"):
        empty = cut.about(_named(f"brier_{key}", side), need, len(y))
        figures.append(replace(empty, value=getattr(split, key)))
    return figures + _line(cut, side) + _bins(cut, side, bins)


def _named(key: str, side: Side, group: str = "", dimension: str = "") -> Figure:
    return named(key, group, dimension=dimension, system=side.name)


def calibration_error(cut: Cut, side: Side, dimension: str, group: str = "") -> Figure:
    """Return the expected calibration error of a side, with an interval over needs.

    The bins stay while needs are resampled. Chance alone makes the error larger than 0, the more
    so the fewer pairs there are.
    """
    need, y = cut.need[side.rows], side.happened.astype(np.float64)
    empty = cut.about(_named("ece", side, group, dimension), need, len(y))
    if len(y) < max(empty.needed, LEAST):
        return replace(empty, needed=LEAST)
    bins = bins_of(side.predicted)
    gaps = np.zeros((len(y), N_BINS))
    gaps[np.arange(len(y)), bins] = side.predicted - y
    errors = np.abs(cut.resampled_sum(need, gaps)).sum(axis=1)
    totals = cut.resampled_sum(need, np.ones(len(y)))[:, 0]
    value = float(np.abs(gaps.sum(axis=0)).sum() / len(y))
    low, high = cut.reflected(value, ratio(errors, totals))
    alert = "watch" if value > TARGET_ECE else ""
    return replace(empty, value=value, low=low, high=high, method=BASIC, alert=alert)


def _line(cut: Cut, side: Side) -> list[Figure]:
    """Return slope and intercept of the log-odds, with intervals that respect needs."""
    need, y = cut.need[side.rows], side.happened.astype(np.float64)
    line = calibration_line(side.predicted, side.happened)
    errors = line_errors(side.predicted, y, need, (line.intercept, line.slope))
    figures = []
    for key, value, error in (
        ("intercept", line.intercept, errors[0]),
        ("slope", line.slope, errors[1]),
    ):
        empty = cut.about(_named(f"calibration_{key}", side), need, len(y))
        figures.append(
            cut.figure(
                replace(empty, value=value, low=value - Z_95 * error, high=value + Z_95 * error,
                        method="sandwich over needs")
            )
        )  # fmt: skip
    return figures


def line_errors(predicted: Floats, y: Floats, need: Ints, at: tuple[float, float]) -> Floats:
    """Return the standard errors of intercept and slope, pairs of one need hanging together.

    Source
    ------
    Liang & Zeger 1986, doi:10.1093/biomet/73.1.13 (the sandwich with groups).
    """
    p = np.clip(predicted, 1e-15, 1 - 1e-15)
    design = np.column_stack((np.ones(len(p)), np.log(p / (1 - p))))
    fitted = 1 / (1 + np.exp(-design @ np.asarray(at)))
    if not np.isfinite(fitted).all():
        return np.full(2, np.nan)
    _, row = np.unique(need, return_inverse=True)
    scores = design * (y - fitted)[:, None]
    by_need = np.column_stack([np.bincount(row, column) for column in scores.T])
    bread = np.linalg.pinv(design.T @ (design * (fitted * (1 - fitted))[:, None]))
    errors: Floats = np.sqrt(np.diag(bread @ (by_need.T @ by_need) @ bread))
    return errors


def _bins(cut: Cut, side: Side, bins: Ints) -> list[Figure]:
    """Return the reliability chart: predicted on the axis, observed as value, per bin."""
    need, figures = cut.need[side.rows], []
    seen = _examined(cut, side)
    for number in np.unique(bins):
        inside = bins == number
        n, predicted = int(inside.sum()), float(side.predicted[inside].mean())
        name = _named("reliability", side, str(number + 1), "bin")
        low, high = wilson_interval(int(side.happened[inside].sum()), n)
        empty = replace(cut.about(name, need[inside], n), x=predicted)
        value = float(side.happened[inside].mean())
        is_enough = n >= empty.needed
        figures.append(
            replace(empty, value=value, low=low, high=high, method=WILSON) if is_enough else empty
        )
        if seen is not None:
            weighed = side.happened[inside] / seen[inside]
            corrected = replace(name, key="reliability_corrected")
            figures.append(replace(cut.mean_of(corrected, need[inside], weighed), x=predicted))
    return figures


def _examined(cut: Cut, side: Side) -> Floats | None:
    """Return how likely the place of each pair is looked at; None: unknown or of no matter."""
    if cut.examination is None or not side.is_placed:
        return None
    return cut.examination.at(cut.log.pairs["position"][side.rows])


def _by(cut: Cut, side: Side, dimension: str) -> list[Figure]:
    """Return the calibration error of each group of needs."""
    values = cut.log.needs[dimension][cut.need]
    figures = []
    for group in groups_of(values[side.rows]):
        inside = values[side.rows] == group
        rows = side.rows & (values == group)
        part = Side(side.name, rows, side.predicted[inside], side.happened[inside], True)
        figures.append(calibration_error(cut, part, dimension, group))
    return figures
