"""How complete a capability or a pilot base is: 0 to 100, and what is missing.

The score is the sum of a checklist, so every point has its reason; the checklists stand in
``capability_checklist`` and ``base_checklist``. A field that holds placeholder text earns nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.intake.base_checklist import BASE_ITEMS
from matcher.intake.capability_checklist import CAPABILITY_ITEMS
from matcher.intake.checklist import Item, Sight
from matcher.intake.placeholders import Placeholder, find_placeholders
from matcher.intake.quality import QualityCheck
from matcher.records import Capability, PilotBase

PUBLISH_BASE_FROM = 80
ROUNDING = 1e-9  # shares are sums of thirds and the like


@dataclass(frozen=True, slots=True)
class Completeness:
    """The score of a record, the lines that it is the sum of, and text that only stands in."""

    score: int
    checks: tuple[QualityCheck, ...]
    placeholders: tuple[Placeholder, ...]

    @property
    def missing(self) -> tuple[QualityCheck, ...]:
        """The lines that are not fully met, those with the most points to gain first."""
        lines = (line for line in self.checks if not line.is_met)
        return tuple(sorted(lines, key=lambda line: line.earned - line.points))


def capability_completeness(capability: Capability, *, today: date) -> Completeness:
    """Return how complete a capability is; it is shown and gates nothing.

    Examples
    --------
    >>> found = capability_completeness(Capability("C", "V", "名称"), today=date(2026, 11, 1))
    >>> found.score, found.missing[0].code
    (0, 'evidence')
    """
    return _completeness(CAPABILITY_ITEMS, "capability", capability, today)


def base_completeness(base: PilotBase, *, today: date) -> Completeness:
    """Return how complete a pilot base is; see ``is_base_publishable``."""
    return _completeness(BASE_ITEMS, "pilot_base", base, today)


def is_base_publishable(completeness: Completeness) -> bool:
    """Say whether a base may be published: 80 points, and no placeholder text anywhere."""
    return completeness.score >= PUBLISH_BASE_FROM and not completeness.placeholders


def _completeness(items: tuple[Item, ...], kind: str, record: Any, today: date) -> Completeness:
    placeholders = find_placeholders(kind, record)
    sight = Sight(record, today, frozenset(one.path for one in placeholders))
    checks = tuple(_line(item, sight) for item in items)
    return Completeness(sum(line.earned for line in checks), checks, placeholders)


def _line(item: Item, sight: Sight) -> QualityCheck:
    return QualityCheck(
        code=item.code,
        points=item.points,
        earned=math.floor(item.points * item.judge(sight) + ROUNDING),
        label_zh=item.label_zh,
        label_en=item.label_en,
        hint_zh=item.hint_zh,
        hint_en=item.hint_en,
        fields=item.fields,
    )
