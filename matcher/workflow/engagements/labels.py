"""What an answer or an outcome teaches: a grade of the match, or a feature that it concerns.

Pure tables. A refusal for budget or timing says nothing against the fit, so it must not teach the
model that the capability does not fit; that is why reasons are typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from matcher.records.pilot import PilotLine

FIT, CAPACITY, TIMING, BUDGET, CONSTRAINT, NOTHING = (
    "fit", "capacity", "timing", "budget", "constraint", "nothing",
)  # fmt: skip

# Reason → what it labels, and the features of the model that it concerns.
TEACHES: dict[str, tuple[str, tuple[str, ...]]] = {
    "capability": (FIT, ()),  # the whole affinity
    "budget": (BUDGET, ("budget",)),
    "timing": (TIMING, ("timing",)),
    "data": (CONSTRAINT, ("data",)),
    "deployment": (CONSTRAINT, ("deployment", "domestic_stack")),
    "region": (CONSTRAINT, ("region",)),
    "certificate": (CONSTRAINT, ("certificate",)),
    "conflict": (NOTHING, ()),
    "supplied": (NOTHING, ()),
    "no_capacity": (CAPACITY, ("free_slots",)),
    "unclear": (NOTHING, ()),
    "other": (NOTHING, ()),
}
# How much an outcome counts: what a broker arranged, or what happened elsewhere, was not decided
# by the match alone.
ORIGIN_WEIGHT = {"broker": 0.5, "invited": 0.5, "round": 0.8}
OFF_PLATFORM_WEIGHT = 0.5


class Grade(NamedTuple):
    """A graded label; ``grade`` is None where an outcome says nothing of the match."""

    grade: int | None  # 0 wrong, 1 weak, 2 fair, 3 right
    weight: float


def labelled_by(codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return what some reasons label, each with the features concerned.

    Examples
    --------
    >>> labelled_by(["budget", "supplied"])
    {'budget': ('budget',)}
    """
    found: dict[str, tuple[str, ...]] = {}
    for code in codes:
        target, features = TEACHES[code]
        if target != NOTHING:
            found[target] = tuple(dict.fromkeys((*found.get(target, ()), *features)))
    return found


def grade_of(
    result: str, *, why_not: Iterable[str] = (), origin: str = "system",
    lines: Iterable[PilotLine] = (),
) -> Grade:  # fmt: skip
    """Return the graded label of an outcome.

    Parameters
    ----------
    result : str
        A code of the vocabulary outcome_result.
    why_not : iterable of str
        Reasons; a result that failed for reasons other than the fit is no label of the fit.
    lines : iterable of PilotLine
        Measured requirements; a failed pilot that met half of its musts was a fair match.

    Examples
    --------
    >>> grade_of("contracted"), grade_of("stopped", why_not=["budget"])
    (Grade(grade=3, weight=1.0), Grade(grade=None, weight=0.0))
    """
    weight = ORIGIN_WEIGHT.get(origin, 1.0)
    if result == "off_platform":
        return Grade(2, weight * OFF_PLATFORM_WEIGHT)
    if result in ("contracted", "pilot_passed"):
        return Grade(3, weight)
    if result == "pilot_failed":
        return Grade(2 if _half_met(lines) else 1, weight)
    blames_fit = FIT in labelled_by(why_not)
    if result in ("stopped", "none_suitable") and blames_fit:
        return Grade(0, weight)
    return Grade(None, 0.0)


def _half_met(lines: Iterable[PilotLine]) -> bool:
    musts = [line for line in lines if line.level == "must" and line.has_result]
    return bool(musts) and 2 * sum(bool(line.met) for line in musts) >= len(musts)


def is_met(operator: str, target: float | None, measured: float | None) -> bool | None:
    """Return whether a measured value meets a target, or None where that cannot be computed.

    Examples
    --------
    >>> is_met(">=", 99.0, 99.2), is_met("<=", 0.5, 0.7), is_met("", None, 1.0)
    (True, False, None)
    """
    if target is None or measured is None:
        return None
    compared = {">=": measured >= target, "<=": measured <= target, "=": measured == target}
    return compared.get(operator)
