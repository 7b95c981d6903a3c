"""What would change a match was tried, not guessed: making the change really does that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from matcher.ranking.counterfactuals import MAX_SHOWN, MIN_GAIN_BITS, counterfactuals
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher, Ranking
from matcher.ranking.matrix import COLUMN_OF
from matcher.ranking.results import Counterfactual
from matcher.ranking.update import extended
from matcher.records import Capability, Need


@pytest.fixture(scope="module")
def asked(case_needs: list[Need]) -> Need:
    return case_needs[5]


@pytest.fixture(scope="module")
def ranking(matcher: Matcher, asked: Need) -> Ranking:
    return matcher.rank(asked)


def capability_of(matcher: Matcher, ranking: Ranking, row: int) -> Capability:
    return matcher.index.capabilities[int(ranking.look_up.pool.candidates[row])]


def test_each_change_raises_the_score_clearly(
    matcher: Matcher, asked: Need, ranking: Ranking
) -> None:
    n_found = 0
    for place in (0, 1, 5, 20, 80, 150):
        row = int(ranking.best_rows[place])
        before = matcher.calibrated(ranking, float(ranking.raw[row]))
        found = counterfactuals(matcher, asked, ranking, row)
        n_found += len(found)
        assert len(found) <= MAX_SHOWN
        for change in found:
            assert change.bits_after >= before + MIN_GAIN_BITS
            assert 1 <= change.rank_after <= place + 1
            assert change.text_zh
            assert change.text_en
        after = [change.bits_after for change in found]
        assert after == sorted(after, reverse=True)
    assert n_found > 6


def made_real(
    matcher: Matcher, parts: IndexParts, need: Need, changed: Capability, today: date
) -> tuple[float, int]:
    """Bits and rank of a provider once its record says so."""
    catalogue = matcher.index.catalogue
    capabilities = {**catalogue.capabilities, changed.capability_id: changed}
    later: CatalogueIndex = extended(
        matcher.index, replace(catalogue, capabilities=capabilities), [changed.capability_id], parts
    )
    match = Matcher(later, matcher.model).why_not(need, changed.provider_id, today=today)
    return match.bits, match.rank  # type: ignore[union-attr]


def promised(
    matcher: Matcher, ranking: Ranking, need: Need, code: str
) -> list[tuple[Capability, Counterfactual]]:
    """Providers with one capability that are told to make this change."""
    offers = [c.provider_id for c in matcher.index.capabilities]
    pairs = []
    for row in ranking.best_rows.tolist():
        capability = capability_of(matcher, ranking, row)
        if offers.count(capability.provider_id) == 1:
            found = counterfactuals(matcher, need, ranking, row)
            pairs += [(capability, change) for change in found if change.change == code]
        if len(pairs) == 3:
            break
    return pairs


def test_passing_a_test_does_what_was_promised(
    matcher: Matcher, ranking: Ranking, asked: Need, parts: IndexParts, today: date
) -> None:
    pairs = promised(matcher, ranking, asked, "third_party_test")
    assert pairs
    for capability, change in pairs:
        tested = replace(capability, verification="tested")
        bits, rank = made_real(matcher, parts, asked, tested, today)
        assert bits == pytest.approx(change.bits_after, abs=1e-3)
        assert rank == change.rank_after


def test_completing_the_record_does_at_least_what_was_promised(
    matcher: Matcher, ranking: Ranking, asked: Need, parts: IndexParts, today: date
) -> None:
    pairs = promised(matcher, ranking, asked, "complete_record")
    assert pairs
    for capability, change in pairs:
        complete = replace(
            capability,
            maturity=capability.maturity or 8,
            deployments=capability.deployments or ("cloud",),
            price_min_cny=capability.price_min_cny or 1,
            delivery_weeks=capability.delivery_weeks or 8,
            free_slots=capability.free_slots or 1,
        )
        bits, rank = made_real(matcher, parts, asked, complete, today)
        if complete.claims and complete.case_ids:
            assert bits == pytest.approx(change.bits_after, abs=1e-3)
            assert rank == change.rank_after


def test_what_is_there_already_is_not_proposed(
    matcher: Matcher, asked: Need, ranking: Ranking
) -> None:
    rows = ranking.best_rows
    closest = max(
        range(len(ranking.raw)), key=lambda r: ranking.look_up.matrix[r, COLUMN_OF["lexical_best"]]
    )
    codes = {c.change for c in counterfactuals(matcher, asked, ranking, closest)}
    assert "add_close_case" not in codes
    for row in rows[:40].tolist():
        capability = capability_of(matcher, ranking, row)
        codes = {c.change for c in counterfactuals(matcher, asked, ranking, row)}
        assert not ("state_industry" in codes and capability.industries)
        assert not ("third_party_test" in codes and capability.verification == "tested")


def test_rescoring_with_the_same_values_changes_nothing(matcher: Matcher, ranking: Ranking) -> None:
    for place in (0, 3, 50):
        row = int(ranking.best_rows[place])
        same = {i: float(v) for i, v in enumerate(ranking.look_up.matrix[row]) if not np.isnan(v)}
        bits, rank = matcher.rescored(ranking, row, same)
        assert bits == pytest.approx(matcher.calibrated(ranking, float(ranking.raw[row])), abs=1e-9)
        assert rank == place + 1
