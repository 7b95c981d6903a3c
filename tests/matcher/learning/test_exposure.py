"""Concentration and fairness of what is shown, each against another way to work it out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.learning.exposure import (
    gini,
    ndkl,
    permutation_p,
    selection_ratios,
    skew,
    stability_index,
)

AMOUNTS = st.lists(st.floats(0, 1e6), min_size=2, max_size=30).filter(lambda x: sum(x) > 1e-3)


@given(AMOUNTS)
def test_gini_is_the_mean_difference_over_twice_the_mean(amounts: list[float]) -> None:
    x = np.array(amounts)
    by_definition = np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())
    assert gini(amounts) == pytest.approx(by_definition, abs=1e-9)


@given(AMOUNTS, st.randoms(use_true_random=False))
def test_gini_does_not_see_the_order(amounts: list[float], random: object) -> None:
    shuffled = amounts.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert gini(shuffled) == pytest.approx(gini(amounts))


def test_skew_is_zero_where_shares_agree_and_one_sided_where_not() -> None:
    assert skew([2, 1], [4, 2]) == pytest.approx([0, 0])
    assert skew([3, 1], [2, 2]) == pytest.approx([math.log(1.5), math.log(0.5)])


def test_ndkl_hand_worked() -> None:
    eligible = [0.5, 0.5]
    first = math.log(2)  # one group alone
    weights = [1, 1 / math.log2(3)]
    expected = (weights[0] * first + weights[1] * 0.0) / sum(weights)
    assert ndkl([0, 1], eligible) == pytest.approx(expected)
    assert ndkl([0, 1], eligible) < ndkl([0, 0], eligible)
    assert ndkl([], eligible) == 0.0


def test_selection_ratio_below_four_fifths_is_seen() -> None:
    ratios = selection_ratios([50, 30, 0], [100, 100, 0])
    assert ratios[:2].tolist() == [1.0, 0.6]
    assert math.isnan(ratios[2])


def test_stability_index_levels() -> None:
    even = [100] * 10
    assert stability_index(even, even) == 0.0
    moved = [40, 60, 80, 90, 100, 100, 110, 120, 140, 160]
    assert 0.1 < stability_index(even, moved) < 0.25
    assert stability_index(even, [0, 0, 0, 0, 0, 100, 200, 200, 250, 250]) > 0.25
    assert stability_index(even, moved) == pytest.approx(stability_index(moved, even))


def test_permutations_tell_a_put_in_difference_from_chance() -> None:
    random = np.random.default_rng(1)
    labels = random.integers(0, 2, 200)
    unfair, fair = labels + random.normal(0, 1, 200), random.normal(0, 1, 200)

    def gap(values: np.ndarray) -> object:
        return lambda dealt: abs(values[dealt == 1].mean() - values[dealt == 0].mean())

    assert permutation_p(gap(unfair), labels) < 0.01  # type: ignore[arg-type]
    assert permutation_p(gap(fair), labels) > 0.05  # type: ignore[arg-type]


def test_permutation_p_is_even_where_nothing_was_put_in() -> None:
    found = []
    for seed in range(60):
        random = np.random.default_rng(seed)
        labels, values = random.integers(0, 2, 40), random.normal(0, 1, 40)
        found.append(
            permutation_p(
                lambda dealt, v=values: abs(v[dealt == 1].mean() - v[dealt == 0].mean()),  # type: ignore[misc]
                labels,
                n_permutations=99,
                seed=seed,
            )
        )
    assert np.mean(np.array(found) <= 0.1) < 0.25
    assert 0.35 < np.mean(found) < 0.65
