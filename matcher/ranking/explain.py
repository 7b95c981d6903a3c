"""From bits to words: contributions with their sentences, and the evidence behind a candidate.

The explanation is the model itself: one entry a feature that speaks, then the two steps that turn
the sum into a probability. Nothing is rounded or left out, so the entries sum to the score.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.features import FEATURES
from matcher.ranking.results import Contribution, Evidence
from matcher.records import Capability, Case, Catalogue
from matcher.retrieval.index import EvidenceIndex, UnitScores

FIELD = "field"
CALIBRATION = "calibration"
MAX_EVIDENCE = 4
MIN_EVIDENCE_BITS = 0.05

_FIELD_WORDS = (
    "与其他候选竞争：候选越多、越强，单个候选的概率越低",
    "Competition: the more and the stronger the other candidates, the lower each one's probability",
)
_CALIBRATION_WORDS = (
    "校准：按留出真实案例时文本比对的结果修正，资料字段再按声明的权重调整",
    "Calibration: corrected by how texts fared on real cases; records shift it as declared",
)


def contributions(
    bits: NDArray[np.float64],
    values: NDArray[np.float64],
    field_bits: float,
    total: float,
    said: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[Contribution, ...]:
    """Return one entry a feature that speaks, the strongest first, then field and calibration.

    Parameters
    ----------
    bits, values : arrays (n_features,)
        What each feature adds, and its value (NaN: nothing stated).
    field_bits : float
        See ``matcher.ranking.model.field_bits``.
    total : float
        Calibrated log-odds in bits, which the entries sum to.
    said : mapping of feature to (Chinese, English), optional
        What is said of this candidate in the place of a feature's general sentence.
    """
    told = said or {}
    spoken = [
        _contribution(i, float(bits[i]), float(values[i]), told)
        for i in range(len(FEATURES))
        if bits[i] != 0.0
    ]
    spoken.sort(key=lambda entry: (-abs(entry.bits), entry.feature))
    competition = Contribution(FIELD, -field_bits, None, *_FIELD_WORDS)
    so_far = math.fsum([*(entry.bits for entry in spoken), competition.bits])
    calibration = Contribution(CALIBRATION, total - so_far, None, *_CALIBRATION_WORDS)
    return (*spoken, competition, calibration)


def named_values(values: NDArray[np.float64]) -> dict[str, float | None]:
    """Return every feature value of one candidate by name; what was not stated is None."""
    numbers = map(float, values)
    return {
        feature.name: None if math.isnan(value) else value
        for feature, value in zip(FEATURES, numbers, strict=True)
    }


def _contribution(
    i: int, bits: float, value: float, told: Mapping[str, tuple[str, str]]
) -> Contribution:
    feature = FEATURES[i]
    general = (feature.up_zh, feature.up_en) if bits > 0 else (feature.down_zh, feature.down_en)
    reason_zh, reason_en = told.get(feature.name, general)
    return Contribution(
        feature=feature.name,
        bits=bits,
        value=None if math.isnan(value) else value,
        reason_zh=reason_zh,
        reason_en=reason_en,
        is_prior=feature.is_prior,
    )


def total_bits(entries: tuple[Contribution, ...]) -> float:
    """Return the exact sum of contributions.

    Examples
    --------
    >>> total_bits((Contribution("a", 0.5, None, "", ""), Contribution("b", -0.25, None, "", "")))
    0.25
    """
    return math.fsum(entry.bits for entry in entries)


def unit_affinity(scores: UnitScores) -> NDArray[np.float64]:
    """Return a closeness a unit for choosing what to quote: mean of words, topic and meaning."""
    lexical = scores.lexical / max(float(scores.lexical.max(initial=0.0)), 1e-9)
    return ((lexical + scores.topic + scores.meaning) / 3.0).astype(np.float64)


def evidence_of(
    capability: Capability,
    catalogue: Catalogue,
    index: EvidenceIndex,
    affinity: NDArray[np.float64],
) -> tuple[Evidence, ...]:
    """Return the texts of a capability that are closest to the need, closest first.

    The capability's own description counts as evidence only of what is declared, and says so by
    its kind; what a provider says about itself in general is never quoted.
    """
    collection = index.collection
    candidate = collection.index_of[capability.capability_id]
    units = np.flatnonzero(collection.candidate_of == candidate)
    ordered = sorted(units, key=lambda u: (-affinity[u], collection.units[u].unit_id))
    found = [
        _evidence(collection.units[u].unit_id, float(affinity[u]), capability, catalogue)
        for u in ordered
        if collection.units[u].kind != "provider" and affinity[u] >= MIN_EVIDENCE_BITS
    ]
    return tuple(found[:MAX_EVIDENCE])


def _evidence(
    unit_id: str, closeness: float, capability: Capability, catalogue: Catalogue
) -> Evidence:
    case = catalogue.cases.get(unit_id)
    if case is not None:
        return _case_evidence(case, closeness)
    claims: Mapping[str, object] = {claim.claim_id: claim for claim in capability.claims}
    if unit_id in claims:
        claim = next(claim for claim in capability.claims if claim.claim_id == unit_id)
        source_case = next(
            (catalogue.cases[c] for c in claim.case_ids if c in catalogue.cases), None
        )
        return Evidence(
            evidence_id=unit_id,
            case_id=source_case.case_id if source_case else "",
            kind="claim",
            text=claim.text,
            text_en=claim.text_en,
            source=source_case.source if source_case else capability.source,
            trust=source_case.trust if source_case else capability.trust,
            year=source_case.year if source_case else None,
            unverified=source_case.unverified if source_case else _is_unverified(capability),
            bits=closeness,
        )
    return Evidence(
        evidence_id=unit_id,
        case_id="",
        kind="capability",
        text=capability.problem or capability.name,
        text_en=capability.problem_en or capability.name_en,
        source=capability.source,
        trust=capability.trust,
        year=None,
        unverified=_is_unverified(capability),
        bits=closeness,
    )


def _is_unverified(capability: Capability) -> bool:
    return capability.unverified or capability.is_compiled_without_case


def _case_evidence(case: Case, closeness: float) -> Evidence:
    return Evidence(
        evidence_id=case.case_id,
        case_id=case.case_id,
        kind="case",
        text="；".join(filter(None, (case.what, case.effect))),
        text_en="; ".join(filter(None, (case.what_en, case.effect_en))),
        source=case.source,
        trust=case.trust,
        year=case.year,
        unverified=case.unverified,
        bits=closeness,
    )
