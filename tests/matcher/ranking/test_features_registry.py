"""Every feature says what it is, which way it may move a score, and what users are told."""

from __future__ import annotations

import re

import numpy as np
import pytest

from matcher.learning.priors import prior_weights
from matcher.ranking.features import FEATURE_NAMES, FEATURES, TEXT_FEATURE_NAMES, Feature
from matcher.ranking.matrix import COLUMN_OF, WORD_FEATURES
from matcher.ranking.model import REGIMES, STAND_INS, AdditiveModel

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("feature", FEATURES, ids=FEATURE_NAMES)
def test_feature_has_its_words_in_both_languages(feature: Feature) -> None:
    assert feature.summary.endswith(".")
    for text in (feature.label_zh, feature.up_zh, feature.down_zh):
        assert HAN.search(text)
    for text in (feature.label_en, feature.up_en, feature.down_en, feature.summary):
        assert text
        assert not HAN.search(text)
    assert feature.up_zh != feature.down_zh
    assert feature.up_en != feature.down_en
    assert feature.direction in (-1, 1)


def test_no_two_features_say_the_same() -> None:
    for name in ("name", "label_zh", "label_en", "up_zh", "up_en", "down_zh", "down_en"):
        said = [getattr(feature, name) for feature in FEATURES]
        assert len(set(said)) == len(said), name


def test_columns_are_numbered_in_the_order_of_the_registry() -> None:
    assert [COLUMN_OF[name] for name in FEATURE_NAMES] == list(range(len(FEATURES)))
    assert FEATURE_NAMES[: len(TEXT_FEATURE_NAMES)] == TEXT_FEATURE_NAMES


@pytest.mark.parametrize("regime", REGIMES)
def test_every_shipped_table_never_moves_against_its_declared_direction(
    serving_model: AdditiveModel, regime: str
) -> None:
    tables = serving_model.tables[regime]
    assert set(tables) == set(FEATURE_NAMES)
    values = np.linspace(-60.0, 60.0, 400)
    for feature in FEATURES:
        steps = np.diff(tables[feature.name](values)) * feature.direction
        assert steps.min() >= -1e-9, feature.name


@pytest.mark.parametrize("regime", REGIMES)
def test_nothing_stated_adds_nothing(serving_model: AdditiveModel, regime: str) -> None:
    unstated = np.full((2, len(FEATURES)), np.nan)
    assert not serving_model.contributions(unstated, regime).any()


@pytest.mark.parametrize("regime", REGIMES)
def test_declared_priors_have_the_declared_sign(regime: str) -> None:
    for feature, weight in zip(FEATURES, prior_weights(regime), strict=True):
        assert weight * feature.direction > 0, feature.name


def test_what_stands_in_for_words_reads_across_languages() -> None:
    assert set(STAND_INS) == WORD_FEATURES
    assert not set(STAND_INS.values()) & WORD_FEATURES
    assert set(STAND_INS.values()) <= set(TEXT_FEATURE_NAMES)
