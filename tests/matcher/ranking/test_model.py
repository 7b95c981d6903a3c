"""The additive model: tables read exactly, sums exact, calibration increasing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.ranking.features import FEATURE_NAMES
from matcher.ranking.model import (
    COLUMN_OF,
    REGIMES,
    STAND_INS,
    AdditiveModel,
    Adequacy,
    Table,
    field_bits,
    log_odds_bits,
    probability,
)

finite = st.floats(-30.0, 30.0)


def table(*points: tuple[float, float]) -> Table:
    knots, bits = zip(*points, strict=True)
    return Table(np.array(knots), np.array(bits))


def model_of(**weights: float) -> AdditiveModel:
    tables = {name: table((-1.0, -w), (0.0, 0.0), (1.0, w)) for name, w in weights.items()}
    return AdditiveModel("synthetic", dict.fromkeys(REGIMES, tables), {}, Adequacy(0.3, 0.05))


def test_table_is_linear_between_knots_and_goes_on_beyond() -> None:
    steep = table((-1.0, -2.0), (0.0, 0.0), (1.0, 1.0), (2.0, 1.5))
    values = np.array([-3.0, -1.0, -0.5, 0.0, 0.25, 1.5, 4.0])
    assert steep(values) == pytest.approx([-6.0, -2.0, -1.0, 0.0, 0.25, 1.25, 2.5])


def test_nothing_stated_gives_no_bits() -> None:
    assert table((0.0, 5.0), (1.0, 6.0))(np.array([np.nan])).tolist() == [0.0]


@settings(max_examples=60)
@given(st.lists(finite, min_size=len(FEATURE_NAMES), max_size=len(FEATURE_NAMES)))
def test_contributions_are_one_table_a_feature(values: list[float]) -> None:
    model = model_of(lexical_best=0.5, industry_fit=2.0, evidence_age=-1.0)
    bits = model.contributions(np.array([values]), "catalogue")[0]
    for name, value, found in zip(FEATURE_NAMES, values, bits, strict=True):
        weight = {"lexical_best": 0.5, "industry_fit": 2.0, "evidence_age": -1.0}.get(name, 0.0)
        assert found == pytest.approx(weight * value, abs=1e-9), name


def test_other_candidates_change_no_contribution(serving_model: AdditiveModel) -> None:
    rows = np.random.default_rng(0).normal(size=(40, len(FEATURE_NAMES)))
    rows[rows > 1.5] = np.nan
    together = serving_model.contributions(rows, "catalogue")
    alone = [serving_model.contributions(row[None, :], "catalogue")[0] for row in rows]
    assert together == pytest.approx(np.array(alone), abs=1e-12)


@pytest.mark.parametrize("regime", REGIMES)
def test_changed_values_give_what_scoring_anew_gives(
    serving_model: AdditiveModel, regime: str
) -> None:
    random = np.random.default_rng(1)
    for _ in range(60):
        row = random.normal(size=len(FEATURE_NAMES))
        row[random.random(len(row)) < 0.2] = np.nan
        before = serving_model.contributions(row[None, :], regime)[0]
        values = {int(i): float(random.normal()) for i in random.integers(0, len(row), 3)}
        changed = row.copy()
        changed[list(values)] = list(values.values())
        wanted = serving_model.contributions(changed[None, :], regime)[0]
        assert serving_model.changed_bits(before, row, values, regime) == pytest.approx(wanted)


def test_meaning_speaks_for_words_that_cannot_be_read() -> None:
    model = model_of(lexical_best=1.0, title_lexical=2.0, meaning_affinity=0.5, title_meaning=0.5)
    row = np.zeros((1, len(FEATURE_NAMES)))
    row[0, [COLUMN_OF[name] for name in STAND_INS]] = np.nan
    row[0, COLUMN_OF["meaning_affinity"]] = 2.0
    row[0, COLUMN_OF["title_meaning"]] = -1.0
    bits = model.contributions(row, "catalogue")[0]
    assert bits[COLUMN_OF["lexical_best"]] == 0.0
    assert bits[COLUMN_OF["meaning_affinity"]] == pytest.approx(2.0 * (0.5 + 0.85))
    assert bits[COLUMN_OF["title_meaning"]] == pytest.approx(-1.0 * (0.5 + 0.85 * 2.0))


def test_contributions_of_nobody_are_empty(serving_model: AdditiveModel) -> None:
    nobody = np.zeros((0, len(FEATURE_NAMES)))
    assert serving_model.contributions(nobody, "catalogue").shape == nobody.shape


@settings(max_examples=80)
@given(st.lists(finite, min_size=1, max_size=30))
def test_field_is_the_sum_of_all_strengths(raw: list[float]) -> None:
    bits = np.array(raw)
    everyone = np.ones(len(bits), dtype=bool)
    wanted = math.log2(sum(2.0**b for b in raw))
    assert field_bits(bits, everyone, len(bits)) == pytest.approx(wanted, abs=1e-9)
    shares = np.exp2(bits - field_bits(bits, everyone, len(bits)))
    assert shares.sum() == pytest.approx(1.0)


def test_unseen_rest_of_a_large_field_counts_like_its_sample() -> None:
    bits = np.array([6.0, 0.0, 0.0, 0.0])
    sampled = np.array([False, True, True, True])
    assert field_bits(bits, sampled, 1_000) == pytest.approx(math.log2(64 + 3 + 996))
    assert field_bits(bits, sampled, 4) == pytest.approx(math.log2(67))


def test_field_of_nobody_has_no_strength() -> None:
    assert field_bits(np.zeros(0), np.zeros(0, dtype=bool), 0) == -math.inf


@settings(max_examples=60)
@given(st.floats(1e-6, 0.999))
def test_log_odds_and_probability_undo_each_other(share: float) -> None:
    bits = float(log_odds_bits(np.array([math.log2(share)]))[0])
    assert probability(bits) == pytest.approx(share, rel=1e-6)


def test_whole_field_is_not_certainty() -> None:
    assert probability(float(log_odds_bits(np.array([0.0]))[0])) < 1.0


@pytest.mark.parametrize("regime", REGIMES)
def test_shipped_calibration_rises_strictly_so_that_no_rank_changes(
    serving_model: AdditiveModel, regime: str
) -> None:
    shares = np.linspace(-25.0, 25.0, 2_000)
    bits = serving_model.calibrated_bits(shares, regime)
    assert (np.diff(bits) > 0).all()
    probabilities = [probability(float(b)) for b in bits]
    assert min(probabilities) > 0.0
    assert max(probabilities) < 1.0


def test_without_a_calibration_the_share_stands() -> None:
    model = model_of()
    assert model.calibrated_bits(np.array([-3.0, 2.0]), "short").tolist() == [-3.0, 2.0]
    extreme = model.calibrated_bits(np.array([-900.0, 900.0]), "short")
    assert probability(float(extreme[0])) > 0.0
    assert probability(float(extreme[1])) < 1.0
