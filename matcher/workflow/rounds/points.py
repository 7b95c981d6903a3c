"""How a base orders those who want a place: points by its own published rules of priority.

The first line of a base's rules counts most: of n lines the first weighs n, the last 1. A base that
has published no rule orders by how well the need fits it. A rule in free words only, which nothing
can compute, gives nobody points; the page of the round says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from matcher import vocabulary
from matcher.records import Need, PilotBase

SMALL = frozenset({"small", "micro"})
SOON_DAYS = 90
COMPUTED = frozenset({"region", "size", "sector", "urgency", "first_come"})


class Applicant(NamedTuple):
    """What the rules of a base look at."""

    need: Need
    size: str  # of the enterprise, vocabulary org_size
    place_in_line: float  # 1 for the need that came first, towards 0 for the last


def priority_points(base: PilotBase, applicant: Applicant, *, fit: float, today: date) -> float:
    """Return the points of a need at a base, in [0, 1].

    Parameters
    ----------
    fit : float
        How well the base suits the need, in [0, 1]; decides where no rule is published.
    """
    rules = [rule for rule in base.priority_rules if rule.kind in COMPUTED]
    if not rules:
        return fit
    weights = range(len(rules), 0, -1)
    earned = sum(
        weight * RULES[rule.kind](base, applicant, today)
        for weight, rule in zip(weights, rules, strict=True)
    )
    return round(earned / sum(weights), 6)


def _region(base: PilotBase, applicant: Applicant, today: date) -> float:
    own = applicant.need.region
    return float(bool(own and base.region) and own[:2] == base.region[:2])


def _size(base: PilotBase, applicant: Applicant, today: date) -> float:
    return float(applicant.size in SMALL)


def _sector(base: PilotBase, applicant: Applicant, today: date) -> float:
    covered = set(base.industries)
    return float(any(covered & {code, *_ancestors(code)} for code in applicant.need.industries))


def _ancestors(code: str) -> tuple[str, ...]:
    return vocabulary.industry_ancestors(code) if vocabulary.is_industry(code) else ()


def _urgency(base: PilotBase, applicant: Applicant, today: date) -> float:
    start = applicant.need.start_by
    if start is None:
        return 0.0
    return max(0.0, 1.0 - max(0, (start - today).days) / SOON_DAYS)


def _first_come(base: PilotBase, applicant: Applicant, today: date) -> float:
    return applicant.place_in_line


RULES: dict[str, Callable[[PilotBase, Applicant, date], float]] = {
    "region": _region,
    "size": _size,
    "sector": _sector,
    "urgency": _urgency,
    "first_come": _first_come,
}
