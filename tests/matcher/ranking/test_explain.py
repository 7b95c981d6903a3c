"""An explanation is the score itself, in words: nothing rounded, nothing left out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.ranking.explain import (
    CALIBRATION,
    FIELD,
    MAX_EVIDENCE,
    MIN_EVIDENCE_BITS,
    contributions,
    evidence_of,
    total_bits,
    unit_affinity,
)
from matcher.ranking.features import FEATURE_BY_NAME, FEATURE_NAMES, FEATURES
from matcher.ranking.matching import Matcher
from matcher.records import Need
from matcher.retrieval.index import UnitScores

N = len(FEATURES)
bits_strategy = st.lists(st.one_of(st.just(0.0), st.floats(-12.0, 12.0)), min_size=N, max_size=N)


@settings(max_examples=100)
@given(bits_strategy, st.floats(0.0, 30.0), st.floats(-20.0, 9.0))
def test_entries_sum_to_the_calibrated_score(bits: list[float], field: float, total: float) -> None:
    entries = contributions(np.array(bits), np.zeros(N), field, total)
    assert total_bits(entries) == pytest.approx(total, abs=1e-9)
    assert [entry.feature for entry in entries[-2:]] == [FIELD, CALIBRATION]
    spoken = [entry.feature for entry in entries[:-2]]
    assert set(spoken) == {name for name, b in zip(FEATURE_NAMES, bits, strict=True) if b}
    sizes = [abs(entry.bits) for entry in entries[:-2]]
    assert sizes == sorted(sizes, reverse=True)


def test_sentence_follows_the_side_that_a_feature_takes() -> None:
    bits = np.zeros(N)
    bits[0], bits[1] = 0.5, -0.5
    by_name = {e.feature: e for e in contributions(bits, np.ones(N), 0.0, 0.0)}
    first, second = FEATURES[0], FEATURES[1]
    assert by_name[first.name].reason_zh == first.up_zh
    assert by_name[first.name].reason_en == first.up_en
    assert by_name[second.name].reason_zh == second.down_zh
    assert by_name[second.name].reason_en == second.down_en


def test_unknown_value_is_said_to_be_unknown_and_priors_are_marked() -> None:
    values = np.full(N, np.nan)
    values[0] = 1.5
    entries = contributions(np.ones(N), values, 0.0, 0.0)[:-2]
    for entry in entries:
        assert entry.value == (1.5 if entry.feature == FEATURE_NAMES[0] else None)
        assert entry.is_prior == FEATURE_BY_NAME[entry.feature].is_prior


def test_quoted_evidence_is_the_closest_and_never_what_a_provider_says_of_itself(
    matcher: Matcher, case_needs: list[Need]
) -> None:
    index = matcher.index
    for need in case_needs[::10]:
        ranking = matcher.rank(need)
        affinity = unit_affinity(ranking.look_up.scores)
        row = int(ranking.best_rows[0])
        capability = index.capabilities[int(ranking.look_up.pool.candidates[row])]
        found = evidence_of(capability, index.catalogue, index.evidence, affinity)
        assert 1 <= len(found) <= MAX_EVIDENCE
        closeness = [entry.bits for entry in found]
        assert closeness == sorted(closeness, reverse=True)
        assert min(closeness) >= MIN_EVIDENCE_BITS
        own = {capability.capability_id, *capability.case_ids}
        own |= {claim.claim_id for claim in capability.claims}
        for entry in found:
            assert entry.evidence_id in own
            assert entry.kind in {"case", "claim", "capability"}
            assert entry.text
            assert entry.text_en


def test_evidence_says_where_it_comes_from(matcher: Matcher, case_needs: list[Need]) -> None:
    index = matcher.index
    for capability in list(index.capabilities)[::20]:
        everything = np.ones(index.evidence.collection.n_units)
        for entry in evidence_of(capability, index.catalogue, index.evidence, everything):
            if entry.kind == "case":
                case = index.catalogue.cases[entry.evidence_id]
                assert (entry.source, entry.trust, entry.year) == (
                    case.source,
                    case.trust,
                    case.year,
                )
                assert entry.unverified == case.unverified
            if entry.kind == "claim":
                assert entry.case_id in capability.case_ids


@given(st.integers(1, 20), st.floats(0.0, 40.0))
def test_closeness_of_a_unit_lies_between_nothing_and_one(n: int, best: float) -> None:
    lexical = np.linspace(0, best, n).astype(np.float32)
    half, nothing = np.full(n, 0.5, dtype=np.float32), np.zeros(n, dtype=np.float32)
    scores = UnitScores(lexical, nothing, nothing, nothing, half, half, half)
    found = unit_affinity(scores)
    assert found.shape == (n,)
    assert 0.0 <= found.min() <= found.max() <= 1.0
    assert not math.isnan(found.sum())
