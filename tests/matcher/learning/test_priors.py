"""What is assumed before any outcome: signs as declared, small, and named as priors."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.learning.priors import LEARNED, STRENGTH, learned_mask, prior_weights
from matcher.ranking.features import FEATURE_BY_NAME, FEATURE_NAMES, FEATURES, TEXT_FEATURE_NAMES
from matcher.ranking.model import REGIMES


@pytest.mark.parametrize("regime", REGIMES)
def test_every_feature_has_a_weight_of_its_declared_sign(regime: str) -> None:
    weights = prior_weights(regime)
    assert weights.shape == (len(FEATURES),)
    for feature, weight in zip(FEATURES, weights, strict=True):
        assert weight * feature.direction > 0, feature.name
        assert abs(weight) <= 1.0, feature.name


@pytest.mark.parametrize("regime", REGIMES)
def test_what_labels_may_move_is_not_called_a_prior(regime: str) -> None:
    assert set(LEARNED[regime]) <= set(FEATURE_NAMES)
    assert not any(FEATURE_BY_NAME[name].is_prior for name in LEARNED[regime])
    mask = learned_mask(regime)
    assert {n for n, free in zip(FEATURE_NAMES, mask, strict=True) if free} == set(LEARNED[regime])
    assert STRENGTH[regime] > 0


@pytest.mark.parametrize("regime", ["short", "long"])
def test_packs_teach_only_about_texts(regime: str) -> None:
    assert set(LEARNED[regime]) <= set(TEXT_FEATURE_NAMES)


def test_long_texts_start_as_a_uniform_fusion() -> None:
    text = [n for n in TEXT_FEATURE_NAMES if n != "evidence_age"]
    weights = dict(zip(FEATURE_NAMES, prior_weights("long"), strict=True))
    assert len({round(weights[name], 9) for name in text}) == 1


def test_short_texts_weigh_as_much_in_all_as_long_ones() -> None:
    """So that one scale of the whole score serves both."""
    text = [FEATURE_NAMES.index(n) for n in TEXT_FEATURE_NAMES if n != "evidence_age"]
    short, long = (float(prior_weights(regime)[text].sum()) for regime in ("short", "long"))
    assert short == pytest.approx(long, rel=0.35)
    assert np.isfinite([short, long]).all()
