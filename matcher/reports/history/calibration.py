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
    calibration_line,
    wilson_interval,
)
from matcher.reports.history.brier import brier_parts
from matcher.reports.history.cut import (
    WILSON,
    Cut,
    Floats,
    Ints,
    Truths,
    groups_of,
    of_answers,
    ratio,
)
from matcher.reports.history.figures import LEAST, WATCH, Block, Figure, named
from matcher.reports.history.upward import CROSSED, crossed_distance, interval_pushed_up

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

    def seen(self, cut: Cut) -> Floats | None:
        """Return how likely the place of each pair is looked at; None: unknown or of no matter."""
        if cut.examination is None or not self.is_placed:
            return None
        return cut.examination.at(cut.log.pairs["position"][self.rows])


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
    figures = [calibration_error(cut, side)]
    if side.seen(cut) is not None:
        figures.append(calibration_error(cut, side, corrected=True))
    figures.append(cut.mean_of(_named("brier", side), need, (side.predicted - y) ** 2))
    figures.append(cut.mean_of(_named("mean_predicted", side), need, side.predicted))
    figures.append(cut.mean_of(_named("mean_observed", side), need, y))
    if len(y) < LEAST:
        return figures
    figures += brier_parts(cut, cut.about(_named("brier", side), need, len(y)), need,
                           _by_bin(side, bins))  # fmt: skip
    return figures + _line(cut, side) + _bins(cut, side, bins)


def _by_bin(side: Side, bins: Ints) -> Floats:
    """Return for each pair 1, outcome and prediction in the columns of its bin."""
    inside = np.zeros((len(bins), N_BINS))
    inside[np.arange(len(bins)), bins] = 1.0
    happened, predicted = side.happened[:, None], side.predicted[:, None]
    return np.column_stack((inside, inside * happened, inside * predicted))


def _named(key: str, side: Side, group: str = "", dimension: str = "") -> Figure:
    return named(key, group, dimension=dimension, system=side.name)


def calibration_error(
    cut: Cut, side: Side, dimension: str = "", group: str = "", *, corrected: bool = False
) -> Figure:
    """Return the expected calibration error of a side, with an interval over needs.

    The bins stay while needs are resampled. Corrected, answers are weighed by how likely the place
    of the pair is looked at: what is left is the fault of the probabilities.
    """
    need, y = cut.need[side.rows], side.happened.astype(np.float64)
    seen = side.seen(cut) if corrected else None
    if seen is not None:
        y = y / seen
    name = _named("ece_corrected" if corrected else "ece", side, group, dimension)
    empty = cut.about(name, need, len(y))
    if len(y) < max(empty.needed, LEAST):
        return replace(empty, needed=LEAST)
    gaps = np.zeros((len(y), N_BINS))
    gaps[np.arange(len(y)), bins_of(side.predicted)] = side.predicted - y
    value = float(np.abs(gaps.sum(axis=0)).sum() / len(y))
    low, high = _error_interval(cut, need, gaps, value)
    # What places do to an answer is no fault of the probabilities; judged is what is left.
    is_judged = corrected or side.seen(cut) is None
    alert = WATCH if is_judged and low is not None and low > TARGET_ECE else ""
    return replace(empty, value=value, low=low, high=high, method=CROSSED, alert=alert)


def _error_interval(
    cut: Cut, need: Ints, gaps: Floats, value: float
) -> tuple[float | None, float | None]:
    counted = np.column_stack((gaps, np.ones(len(gaps))))
    sums = cut.resampled_sum(need, counted)
    one, other = cut.halved_sum(need, counted)
    crossed = [
        crossed_distance(first[:, :-1], second[:, :-1], second[:, -1])
        for first, second in ((one, other), (other, one))
    ]
    samples = ratio(np.abs(sums[:, :-1]).sum(axis=1), sums[:, -1])
    return interval_pushed_up(value, samples, np.concatenate(crossed))


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
    seen = side.seen(cut)
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
            corrected = _corrected(cut, replace(name, key="reliability_corrected"), need[inside],
                                   (side.happened[inside], seen[inside]))  # fmt: skip
            figures.append(replace(corrected, x=predicted))
    return figures


def _corrected(cut: Cut, name: Figure, need: Ints, found: tuple[Truths, Floats]) -> Figure:
    """Return the share of a bin that came true, each answer weighed by its place."""
    happened, seen = found
    figure = cut.mean_of(name, need, happened / seen)
    if happened.any() or not figure.is_enough:
        return figure
    # No resample would differ: as many as could have come true unseen, weighed as the others are.
    high = wilson_interval(0, len(happened))[1] * float(np.mean(1 / seen))
    return replace(figure, low=0.0, high=high, method=WILSON)


def _by(cut: Cut, side: Side, dimension: str) -> list[Figure]:
    """Return the calibration error of each group of needs, corrected where that is possible."""
    values = cut.log.needs[dimension][cut.need]
    figures = []
    for group in groups_of(values[side.rows]):
        inside = values[side.rows] == group
        rows = side.rows & (values == group)
        part = Side(side.name, rows, side.predicted[inside], side.happened[inside], True)
        is_known = part.seen(cut) is not None
        figures.append(calibration_error(cut, part, dimension, group, corrected=is_known))
    return figures
