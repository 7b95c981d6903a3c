"""How good a need is as a need: 0 to 100, with reasons and hints, also for a half-filled draft.

The score is the sum of the checklist of ``checks``, so every point has its reason. It says whether
a provider can understand and answer the need, and nothing about whether one will.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from matcher.intake.checks import CHECKS, Check
from matcher.records import Need

# What a reviewer may override with a logged reason; the weights are chosen so that without problem
# and users no other answers reach it.
PUBLISH_FROM = 60


@dataclass(frozen=True, slots=True)
class QualityCheck:
    """One line of the checklist as this need fares."""

    code: str
    points: int
    earned: int
    label_zh: str
    label_en: str
    hint_zh: str
    hint_en: str
    fields: tuple[str, ...]  # names of form fields that the hint is about
    found: tuple[str, ...] = ()  # words of the need that the line is about, such as jargon

    @property
    def is_met(self) -> bool:
        """Whether all points are earned."""
        return self.earned == self.points


@dataclass(frozen=True, slots=True)
class NeedQuality:
    """The score of a need and the lines that it is the sum of, in the order of the checklist."""

    score: int
    checks: tuple[QualityCheck, ...]

    @property
    def is_publishable(self) -> bool:
        """Whether the score suffices to be published without a reviewer's override."""
        return self.score >= PUBLISH_FROM

    @property
    def missing(self) -> tuple[QualityCheck, ...]:
        """The lines that are not fully met, those with the most points to gain first."""
        lines = (line for line in self.checks if not line.is_met)
        return tuple(sorted(lines, key=lambda line: line.earned - line.points))


def score_need(need: Need) -> NeedQuality:
    """Return the quality of a need or draft; empty fields are simply not earned yet.

    Examples
    --------
    >>> quality = score_need(Need("N1", "热轧带钢表面裂纹检测"))
    >>> quality.score, quality.is_publishable, quality.missing[0].code
    (6, False, 'problem')
    """
    checks = tuple(_line(check, need) for check in CHECKS)
    return NeedQuality(sum(line.earned for line in checks), checks)


def _line(check: Check, need: Need) -> QualityCheck:
    verdict = check.judge(need)
    return QualityCheck(
        code=check.code,
        points=check.points,
        earned=math.floor(check.points * verdict.share),
        label_zh=check.label_zh,
        label_en=check.label_en,
        hint_zh=check.hint_zh,
        hint_en=check.hint_en,
        fields=check.fields,
        found=verdict.found,
    )
