"""What would change a match, each tried by rescoring, never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from matcher.ranking.features.strength import completeness, evidence_strength
from matcher.ranking.matrix import COLUMN_OF
from matcher.ranking.results import Counterfactual
from matcher.records import Capability, Need

if TYPE_CHECKING:
    from matcher.ranking.matching import Matcher, Ranking

MIN_GAIN_BITS = 0.05
MAX_SHOWN = 3


class _Change(NamedTuple):
    code: str
    text_zh: str
    text_en: str
    values: dict[int, float]


def counterfactuals(
    matcher: Matcher, need: Need, ranking: Ranking, row: int
) -> tuple[Counterfactual, ...]:
    """Return the changes that would raise this candidate most, at most three."""
    capability = matcher.index.capabilities[ranking.look_up.pool.candidates[row]]
    before = matcher.calibrated(ranking, float(ranking.raw[row]))
    found = []
    for change in _changes(matcher, need, ranking, row, capability):
        bits, rank = matcher.rescored(ranking, row, change.values)
        if bits - before >= MIN_GAIN_BITS:
            found.append(Counterfactual(change.code, change.text_zh, change.text_en, bits, rank))
    found.sort(key=lambda c: (-c.bits_after, c.change))
    return tuple(found[:MAX_SHOWN])


def _changes(
    matcher: Matcher, need: Need, ranking: Ranking, row: int, capability: Capability
) -> Iterator[_Change]:
    cases = matcher.index.catalogue.cases
    matrix = ranking.look_up.matrix
    strength = COLUMN_OF["evidence_strength"]
    closest = COLUMN_OF["lexical_best"]
    best_evidence = float(np.nanmax(matrix[:, closest], initial=0.0))
    if matrix[row, closest] < best_evidence:
        with_case = min(2.0, evidence_strength(capability, cases) + 0.5)
        yield _Change(
            "add_close_case",
            "补充一个与该需求同类、来源可查的落地案例",
            "Add a published deployment that answers this very need",
            {closest: best_evidence, strength: max(with_case, float(matrix[row, strength]))},
        )
    if capability.verification != "tested":
        yield _Change(
            "third_party_test",
            "能力声明通过第三方测试",
            "Have the claims tested by a third party",
            {COLUMN_OF["verification_level"]: 2.0},
        )
    if completeness(capability) < 1.0:
        yield _Change(
            "complete_record",
            "补全能力资料（部署方式、价格、周期、名额等）",
            "Complete the record (deployment, price, lead time, slots and so on)",
            {COLUMN_OF["completeness"]: 1.0},
        )
    if need.industries and not capability.industries:
        yield _Change(
            "state_industry",
            "写明适用行业",
            "State the industries it is made for",
            {COLUMN_OF["industry_fit"]: 0.5},
        )
