"""Compare a published figure with a target: same kind, form and unit, bounds taken seriously.

A bound that points the other way ("at most 99 %" for a target of at least 95 %) or that falls short
("over 90 %" for the same) leaves the question open. Reading figures from texts stands in
``measures``; this holds no words.
"""

from __future__ import annotations

import math

from matcher.ranking.lines.measures import Measure

CLOSE_SHARE = 0.1  # a figure this near to the target, relative to it, reaches it in part
ROUNDING = 1e-9  # relative; equal figures converted from different units
SHARE_UNITS = frozenset({"%", ""})
_OPPOSITE = {">=": "<=", "<=": ">="}


def is_comparable(target: Measure, found: Measure) -> bool:
    """Whether two measures are of one kind, one form and one unit; the subject is not looked at."""
    if target.form != found.form or _scale(target, found) is None:
        return False
    return not target.kinds.isdisjoint(found.kinds) or not (target.kinds or found.kinds)


def _scale(target: Measure, found: Measure) -> float | None:
    """Return the factor from a figure to the unit of a target; a share up to 1 is per cent, too."""
    if found.unit == target.unit:
        return 1.0
    if {found.unit, target.unit} != SHARE_UNITS or not found.kinds:
        return None
    bare, factor = (target, 0.01) if found.unit == "%" else (found, 100.0)
    return factor if 0 <= bare.value <= 1 else None


def compare(target: Measure, found: Measure) -> str | None:
    """Judge a published figure against a target; of a range the worse end counts.

    Returns
    -------
    str or None
        ``met``, ``partly`` (within ``CLOSE_SHARE`` of the target), ``spans`` (one end of a range
        reaches the target, the other does not), ``not_met``, ``open`` (a bound that says nothing
        on this target: "over 90 %" for at least 95 %); ``None`` where nothing can be compared.
    """
    scale = _scale(target, found)
    if scale is None:
        return None
    span = found.span
    ends = (span.low, span.high) if span else (found.value, found.value)
    gaps = [end * scale - target.value for end in ends]
    if not all(map(math.isfinite, gaps)):
        return None
    verdicts = {_verdict(target, found.operator, gap) for gap in gaps}
    if len(verdicts) == 1 and not gaps[0] < 0 < gaps[1]:
        return verdicts.pop()
    if "open" in verdicts:
        return "open"
    is_within = target.operator == "=" and gaps[0] <= 0 <= gaps[1]
    return "spans" if is_within or "met" in verdicts else "not_met"


def _verdict(target: Measure, operator: str, gap: float) -> str:
    """Judge one value, of which only the gap to the target is looked at."""
    is_equal = abs(gap) <= ROUNDING * max(abs(gap + target.value), abs(target.value))
    is_close = abs(gap) <= (CLOSE_SHARE + ROUNDING) * abs(target.value)
    if target.operator == "=":
        return _against_exact(is_equal, is_close, gap, operator)
    points_away = operator == _OPPOSITE[target.operator]
    if is_equal or (gap > 0) == (target.operator == ">="):
        return "open" if points_away else "met"
    if points_away:  # "at most 94 %" is surely under 95 %, and not surely near it
        return "not_met"
    if is_close:
        return "partly"
    return "open" if operator == target.operator else "not_met"


def _against_exact(is_equal: bool, is_close: bool, gap: float, operator: str) -> str:
    if operator not in _OPPOSITE and is_equal:
        return "met"
    contradicts = operator not in _OPPOSITE or (not is_equal and (gap > 0) == (operator == ">="))
    if not contradicts:
        return "open"
    return "partly" if is_close else "not_met"


def is_same_figure(one: Measure, other: Measure) -> bool:
    """Whether two measures have the same value in the same unit."""
    gap = abs(one.value - other.value)
    return one.unit == other.unit and gap <= ROUNDING * max(abs(one.value), abs(other.value))
