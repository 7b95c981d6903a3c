"""Training ships learned weights only where they surely help, and never scores what it saw."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.learning.conditional_logit import ConditionalLogit
from matcher.learning.priors import STRENGTH, learned_mask, prior_weights
from matcher.learning.split import fold_of
from matcher.learning.training import (
    N_FOLDS,
    SEED,
    build_model,
    fit_regime,
    fold_numbers,
    fold_weights,
    named_weights,
    out_of_fold_scores,
    prior_regime,
    tables_of,
)
from matcher.ranking.features import FEATURE_NAMES, FEATURES
from matcher.ranking.model import REGIMES, Adequacy
from tests.matcher.learning.generated import chosen_by, shuffled, true_weights

STRONG = true_weights(topic_focus=1.4, industry_fit=1.6, meaning_affinity=0.5)


def percentile_of_relevant(queries: list, scores: tuple) -> float:
    """Mean share of candidates below the relevant one; chance is one half."""
    shares = []
    for query, found in zip(queries, scores, strict=True):
        own = found[np.argmax(query.grades)]
        shares.append(float((found < own).sum() / (len(found) - 1)))
    return float(np.mean(shares))


@pytest.fixture(scope="module")
def queries() -> list:
    return chosen_by(STRONG, 160, seed=2)


def test_clear_signal_is_learned_and_the_gate_opens(queries: list) -> None:
    found = fit_regime(queries, "catalogue")
    assert found.is_learned
    assert found.gate["low"] > 0
    assert found.gate["n_queries"] == 160
    at = FEATURE_NAMES.index("topic_focus")
    assert found.weights[at] > 2 * prior_weights("catalogue")[at]
    assert percentile_of_relevant(queries, found.out_of_fold) > 0.7


def test_shuffled_labels_score_at_chance_and_the_gate_stays_shut(queries: list) -> None:
    blind = shuffled(queries)
    found = fit_regime(blind, "catalogue")
    assert not found.is_learned
    assert found.weights.tolist() == prior_weights("catalogue").tolist()
    chance = percentile_of_relevant(blind, out_of_fold_scores(blind, "catalogue"))
    assert chance == pytest.approx(0.5, abs=3 * 0.29 / np.sqrt(len(blind)))


def test_every_query_is_scored_by_weights_that_never_saw_its_group(queries: list) -> None:
    folds, weights = fold_numbers(queries), fold_weights(queries, "catalogue")
    scores = out_of_fold_scores(queries, "catalogue")
    for fold in (0, 3):
        training = [q for q, f in zip(queries, folds, strict=True) if f != fold]
        held_out = {q.group_id for q, f in zip(queries, folds, strict=True) if f == fold}
        assert not held_out & {q.group_id for q in training}
        anew = ConditionalLogit(
            prior_weights("catalogue"), STRENGTH["catalogue"], learned_mask("catalogue")
        ).fit(training)
        assert weights[fold] == pytest.approx(anew.coef_, abs=1e-6)
        for query, own, found in zip(queries, folds, scores, strict=True):
            if own == fold:
                assert found == pytest.approx(anew.decision_function(query), abs=1e-5)


def test_groups_stay_together(queries: list) -> None:
    by_group: dict[str, set[int]] = {}
    for query, fold in zip(queries, fold_numbers(queries), strict=True):
        by_group.setdefault(query.group_id, set()).add(fold)
        assert fold == fold_of(query.group_id, N_FOLDS, SEED)
    assert all(len(folds) == 1 for folds in by_group.values())


def test_only_what_may_be_learned_moves(queries: list) -> None:
    weights = fit_regime(queries, "catalogue").weights
    fixed = ~learned_mask("catalogue")
    assert weights[fixed].tolist() == prior_weights("catalogue")[fixed].tolist()
    for feature, weight in zip(FEATURES, weights, strict=True):
        assert weight * feature.direction >= 0, feature.name


def test_tables_are_the_weights_in_bits() -> None:
    weights = prior_weights("long")
    values = np.array([-4.0, 0.0, 0.7, 5.0])
    for name, weight in zip(FEATURE_NAMES, weights, strict=True):
        found = tables_of(weights)[name](values)
        assert found == pytest.approx(values * weight / np.log(2.0)), name


def test_model_has_every_regime_and_says_which_was_learned(queries: list) -> None:
    means = {"zh": np.zeros(4, dtype=np.float32)}
    model, fitted = build_model("synthetic", {"catalogue": queries}, means, Adequacy(0.3, 0.05))
    assert set(model.tables) == set(REGIMES) == set(fitted)
    assert set(model.calibration) == {"catalogue"}
    assert fitted["catalogue"].is_learned
    assert not fitted["long"].is_learned
    assert fitted["long"].gate == {"n_queries": 0}
    row = np.ones((1, len(FEATURE_NAMES)))
    bits = model.contributions(row, "catalogue").sum()
    assert bits == pytest.approx(fitted["catalogue"].weights.sum() / np.log(2.0))


def test_training_twice_gives_the_same_weights(queries: list) -> None:
    one, two = (fit_regime(queries[:60], "catalogue").weights for _ in range(2))
    assert one.tolist() == two.tolist()


def test_regime_without_labels_is_its_prior() -> None:
    found = prior_regime("short")
    assert found.weights.tolist() == prior_weights("short").tolist()
    assert named_weights(found.weights).keys() == set(FEATURE_NAMES)
