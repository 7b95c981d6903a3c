"""How much evidence stands behind a capability, whatever the need.

Evidence volume is how the famous win, so it is its own capped feature and small by declaration.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from matcher.ranking.features.base import Column, Feature
from matcher.records import Capability, Case

MAX_EVIDENCE = 3.0  # more than about three strong cases add nothing
RELATION_WEIGHT = {
    "third_party": 1.0,
    "affiliated": 0.7,
    "self_developed": 0.5,
    "base_model": 0.2,
    "undisclosed": 0.2,
}
TRUST_WEIGHT = {"A": 1.0, "B": 0.9, "C": 0.7, "D": 0.3}
QUANTIFIED_WEIGHT = 1.0
UNQUANTIFIED_WEIGHT = 0.6
VERIFICATION_LEVEL = {"declared": 0.0, "documents": 1.0, "tested": 2.0}
# A record that is a name alone could be anything: chance overlap of a name such as "AI solutions"
# must not lift it above records that say what they do.
SAYS_NOTHING = -20.0

FEATURES = (
    Feature(
        name="evidence_strength",
        summary="Published cases behind the capability, by independence and source, capped.",
        summary_zh="该能力背后已公布的案例，按独立性和来源加权，有上限。",
        label_zh="证据强度",
        label_en="Strength of evidence",
        up_zh="有已公布的落地案例支撑",
        up_en="Published deployments stand behind it",
        down_zh="缺少已公布的落地案例",
        down_en="Few published deployments stand behind it",
        is_relative=False,
    ),
    Feature(
        name="verification_level",
        summary="Whether claims were only declared, checked on paper, or tested by a third party.",
        summary_zh="所述指标仅为声明、经书面核验，还是经第三方测试。",
        label_zh="核验级别",
        label_en="Verification level",
        up_zh="能力声明经过核验",
        up_en="Its claims were verified",
        down_zh="能力声明尚未核验",
        down_en="Its claims were not verified yet",
        is_prior=True,
        is_relative=False,
    ),
    Feature(
        name="completeness",
        summary="Share of the record's main fields that are filled in, -20 for a name alone.",
        summary_zh="主要字段已填写的比例；只有名称时为 -20。",
        label_zh="资料完整度",
        label_en="Completeness of the record",
        up_zh="能力资料的主要项已填写若干",
        up_en="Some of the main fields of the record are filled in",
        down_zh="资料只有名称，没有写明做什么",
        down_en="The record is a name alone and does not say what it does",
        is_prior=True,
        is_relative=False,
    ),
)


def strength_columns(
    capabilities: Sequence[Capability], cases: Mapping[str, Case]
) -> dict[str, Column]:
    """Compute every column of this family; values do not depend on the need."""
    return {
        "evidence_strength": np.array([evidence_strength(c, cases) for c in capabilities]),
        "verification_level": np.array(
            [VERIFICATION_LEVEL.get(c.verification, 0.0) for c in capabilities]
        ),
        "completeness": np.array([completeness(c) for c in capabilities]),
    }


def evidence_strength(capability: Capability, cases: Mapping[str, Case]) -> float:
    """Return log2(1 + weighted number of cases, at most 3), in [0, 2]."""
    total = sum(case_weight(cases[c]) for c in capability.case_ids if c in cases)
    return math.log2(1.0 + min(total, MAX_EVIDENCE))


def case_weight(case: Case) -> float:
    """Return how much one case counts, in [0, 1]."""
    if case.weak:
        return 0.0
    weight = RELATION_WEIGHT.get(case.relation, 0.2) * TRUST_WEIGHT.get(case.trust, 0.5)
    if case.unverified:
        weight *= TRUST_WEIGHT["D"]
    return weight * (QUANTIFIED_WEIGHT if case.quantified else UNQUANTIFIED_WEIGHT)


def completeness(capability: Capability) -> float:
    """Return the share of twelve main fields that are filled, in (0, 1].

    A record that says nothing of what it does gives ``SAYS_NOTHING`` instead, whatever it says of
    terms and prices.
    """
    substance = (
        bool(capability.problem),
        bool(capability.industries),
        bool(capability.process_steps),
        bool(capability.ai_tasks),
        bool(capability.data_modalities),
        bool(capability.claims),
        bool(capability.case_ids),
    )
    if not any((*substance, capability.problem_en, capability.scenario_ids)):
        return SAYS_NOTHING
    filled = (
        *substance,
        capability.maturity is not None,
        bool(capability.deployments),
        capability.price_min_cny is not None,
        capability.delivery_weeks is not None,
        capability.free_slots is not None,
    )
    return sum(filled) / len(filled)
