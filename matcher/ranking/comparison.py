"""Compare a published figure with a target: same kind, form and unit, bounds taken seriously.

A bound that points the other way ("at most 99 %" for a target of at least 95 %) leaves the question
open. Reading figures from texts stands in ``measures``; this holds no words.
"""

from __future__ import annotations

import math

from matcher.ranking.measures import Measure

CLOSE_SHARE = 0.1  # a figure this near to the target, relative to it, reaches it in part
ROUNDING = 1e-9  # relative; equal figures converted from different units
SHARE_UNITS = frozenset({"%", ""})


def is_comparable(target: Measure, found: Measure) -> bool:
    """Whether two measures are of one kind, one form and one unit; the subject is not looked at."""
    if target.form != found.form or as_unit(found, target.unit) is None:
        return False
    return not target.kinds.isdisjoint(found.kinds) or not (target.kinds or found.kinds)


def as_unit(found: Measure, unit: str) -> float | None:
    """Return the value in another unit, or ``None``; a share up to 1 is also read as per cent."""
    if found.unit == unit:
        return found.value
    if {found.unit, unit} == SHARE_UNITS and found.kinds:
        return found.value * 100 if unit == "%" else found.value / 100
    return None


def compare(target: Measure, found: Measure) -> str | None:
    """Judge a published figure against a target.

    Returns
    -------
    str or None
        ``met``, ``partly`` (within ``CLOSE_SHARE`` of the target), ``not_met``; ``None`` when the
        figure is a bound that leaves the question open.
    """
    value = as_unit(found, target.unit)
    if value is None or not (math.isfinite(value) and math.isfinite(target.value)):
        return None
    gap = value - target.value
    is_equal = abs(gap) <= ROUNDING * max(abs(value), abs(target.value))
    is_close = abs(gap) <= (CLOSE_SHARE + ROUNDING) * abs(target.value)
    falls_short = "partly" if is_close else "not_met"
    if target.operator == "=":
        return _against_exact(is_equal, gap, found.operator, falls_short)
    is_reached = is_equal or (gap > 0) == (target.operator == ">=")
    if not is_reached:
        return falls_short
    points_away = {">=": "<=", "<=": ">="}[target.operator] == found.operator
    return None if points_away else "met"


def _against_exact(is_equal: bool, gap: float, operator: str, falls_short: str) -> str | None:
    if operator == "=":
        return "met" if is_equal else falls_short
    contradicts = not is_equal and (gap > 0) == (operator == ">=")
    return falls_short if contradicts else None


def is_same_figure(one: Measure, other: Measure) -> bool:
    """Whether two measures have the same value in the same unit."""
    gap = abs(one.value - other.value)
    return one.unit == other.unit and gap <= ROUNDING * max(abs(one.value), abs(other.value))
