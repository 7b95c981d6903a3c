"""How far probabilities can be believed: Brier, log-loss, calibration error, reliability.

Inputs are predicted probabilities and what happened (0 or 1), as arrays of the same length. Bins
hold equal numbers of predictions; equal predictions never stand in two bins, so that the order of
the input changes nothing. Called by evaluation and reports; nothing here fits a model to serve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matcher.errors import NotEnoughJudgements

Floats = NDArray[np.float64]

N_BINS = 10
SMALLEST_PROBABILITY = 1e-15  # the logarithm of a certain prediction that failed is infinite
Z_95 = 1.959963984540054  # 97.5 % point of the standard normal distribution
_MAX_STEPS = 200
_CONVERGED = 1e-10


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """One bin of a reliability chart, with the 95 % Wilson interval of what was observed."""

    n: int
    predicted: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BrierSplit:
    """Parts of the Brier score: low reliability and high resolution are good."""

    reliability: float
    resolution: float
    uncertainty: float


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """Log-odds observed against log-odds predicted: ideal slope 1, ideal intercept 0."""

    slope: float
    intercept: float


def _checked(predicted: ArrayLike, observed: ArrayLike) -> tuple[Floats, Floats]:
    p = np.asarray(predicted, dtype=np.float64).ravel()
    y = np.asarray(observed, dtype=np.float64).ravel()
    if p.shape != y.shape:
        raise ValueError(f"{len(p)} predictions for {len(y)} outcomes, expected as many")
    if not len(p):
        raise NotEnoughJudgements(0, 1, "predictions with a known outcome")
    if not ((p >= 0) & (p <= 1)).all():  # also finds values that are not numbers
        raise ValueError("predicted holds a value outside [0, 1]")
    if not np.isin(y, (0.0, 1.0)).all():
        raise ValueError("observed holds a value that is neither 0 nor 1")
    return p, y


def brier(predicted: ArrayLike, observed: ArrayLike) -> float:
    """Return the mean squared difference of probability and outcome; 0 is perfect.

    Source
    ------
    Brier 1950, Monthly Weather Review 78:1-3, for one class of two (half of his sum over classes).

    Examples
    --------
    >>> round(brier([0.8, 0.4], [1, 0]), 4)
    0.1
    """
    p, y = _checked(predicted, observed)
    return float(np.mean((p - y) ** 2))


def log_loss(predicted: ArrayLike, observed: ArrayLike) -> float:
    """Return the mean negative natural logarithm of the probability given to what happened.

    Source
    ------
    Good 1952, "Rational Decisions", JRSS B 14:107-114. Probabilities are kept 1e-15 off 0 and 1.

    Examples
    --------
    >>> round(log_loss([0.5, 0.5], [1, 0]), 4)
    0.6931
    """
    p, y = _checked(predicted, observed)
    p = np.clip(p, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    return float(-np.mean(np.where(y == 1, np.log(p), np.log1p(-p))))


def _bin_of(p: Floats, n_bins: int) -> NDArray[np.int64]:
    """Return the bin of each prediction by the rank of the first that equals it."""
    if n_bins < 1:
        raise ValueError(f"n_bins is {n_bins}, expected at least 1")
    first_rank = np.searchsorted(np.sort(p), p, side="left")
    return np.asarray(first_rank * n_bins // len(p), dtype=np.int64)


def reliability_bins(
    predicted: ArrayLike, observed: ArrayLike, n_bins: int = N_BINS
) -> list[ReliabilityBin]:
    """Return bins of equal mass in ascending order of prediction; empty ones are left out.

    Examples
    --------
    >>> bins = reliability_bins([0.1, 0.2, 0.8, 0.8], [0, 1, 1, 1], n_bins=2)
    >>> [(b.n, round(b.predicted, 2), b.observed) for b in bins]
    [(2, 0.15, 0.5), (2, 0.8, 1.0)]
    """
    p, y = _checked(predicted, observed)
    bins = _bin_of(p, n_bins)
    result = []
    for number in np.unique(bins):
        inside = bins == number
        n, n_happened = int(inside.sum()), int(y[inside].sum())
        low, high = wilson_interval(n_happened, n)
        result.append(ReliabilityBin(n, float(p[inside].mean()), n_happened / n, low, high))
    return result


def expected_calibration_error(
    predicted: ArrayLike, observed: ArrayLike, n_bins: int = N_BINS
) -> float:
    """Return the mean distance of predicted and observed over bins of equal mass.

    Source
    ------
    Naeini, Cooper & Hauskrecht 2015, AAAI 29; equal-mass bins after Nixon et al. 2019,
    arXiv:1904.01685.

    Examples
    --------
    Half of the mass is 0.35 off, half 0.2: 0.275.

    >>> round(expected_calibration_error([0.1, 0.2, 0.8, 0.8], [0, 1, 1, 1], n_bins=2), 4)
    0.275
    """
    bins = reliability_bins(predicted, observed, n_bins)
    return sum(b.n * abs(b.predicted - b.observed) for b in bins) / sum(b.n for b in bins)


def brier_split(predicted: ArrayLike, observed: ArrayLike, n_bins: int = N_BINS) -> BrierSplit:
    """Split the Brier score: reliability - resolution + uncertainty.

    The sum equals the score exactly where all predictions of a bin are equal.

    Source
    ------
    Murphy 1973, Journal of Applied Meteorology 12:595-600.

    Examples
    --------
    >>> brier_split([0.25, 0.25, 0.75, 0.75], [0, 0, 1, 1], n_bins=2)
    BrierSplit(reliability=0.0625, resolution=0.25, uncertainty=0.25)
    """
    bins = reliability_bins(predicted, observed, n_bins)
    n = sum(b.n for b in bins)
    rate = sum(b.n * b.observed for b in bins) / n
    return BrierSplit(
        reliability=sum(b.n * (b.predicted - b.observed) ** 2 for b in bins) / n,
        resolution=sum(b.n * (b.observed - rate) ** 2 for b in bins) / n,
        uncertainty=rate * (1 - rate),
    )


def wilson_interval(n_happened: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of a share, by default at 95 %.

    Source
    ------
    Wilson 1927, JASA 22:209-212, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> tuple(round(bound, 4) for bound in wilson_interval(1, 10))
    (0.0179, 0.4042)
    """
    if not 0 <= n_happened <= n or n < 1:
        raise ValueError(f"{n_happened} of {n} is not a share of at least one")
    share, spread = n_happened / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z * np.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    # Rounding would put the bound of a share of 0 or 1 just beside it.
    low = 0.0 if n_happened == 0 else float(centre - half)
    high = 1.0 if n_happened == n else float(centre + half)
    return low, high


def calibration_line(predicted: ArrayLike, observed: ArrayLike) -> CalibrationLine:
    """Fit the observed log-odds as intercept + slope * predicted log-odds.

    A slope below 1 says that probabilities are too extreme, above 1 too timid.

    Returns
    -------
    CalibrationLine
        NaN where the fit does not exist: one outcome only, one prediction only, or outcomes that
        one threshold tells apart without overlap.

    Source
    ------
    Cox 1958, Biometrika 45:562-565. Maximum likelihood by Newton's method with halved steps.

    Examples
    --------
    A quarter of the first four and three quarters of the others happened, as was predicted.

    >>> line = calibration_line([0.25] * 4 + [0.75] * 4, [0, 0, 0, 1, 1, 1, 1, 0])
    >>> round(line.slope, 6), round(abs(line.intercept), 6)
    (1.0, 0.0)
    """
    p, y = _checked(predicted, observed)
    p = np.clip(p, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    x = np.log(p) - np.log1p(-p)
    if not _overlaps(x[y == 0], x[y == 1]):
        return CalibrationLine(float("nan"), float("nan"))
    design = np.column_stack((np.ones_like(x), x))
    weights: Floats = np.zeros(2)
    for _ in range(_MAX_STEPS):
        fitted = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (y - fitted)
        curvature = design.T @ (design * (fitted * (1 - fitted))[:, None])
        step = np.linalg.solve(curvature, gradient).astype(np.float64)
        weights = weights + _damped(step, weights, design, y)
        if float(gradient @ step) < _CONVERGED:
            break
    return CalibrationLine(slope=float(weights[1]), intercept=float(weights[0]))


def _overlaps(negatives: Floats, positives: Floats) -> bool:
    """Whether the likelihood has a finite maximum: neither class lies wholly on one side."""
    if not len(negatives) or not len(positives):
        return False
    return bool(negatives.max() > positives.min() and positives.max() > negatives.min())


def _damped(step: Floats, weights: Floats, design: Floats, y: Floats) -> Floats:
    """Halve a step until the likelihood does not fall."""

    def loss(at: Floats) -> float:
        odds = design @ at
        return float(np.sum(np.logaddexp(0, odds) - y * odds))

    before = loss(weights)
    for _ in range(30):
        if loss(weights + step) <= before:
            return step
        step = step / 2
    return np.zeros_like(step)
