"""Folds by group: stable, disjoint, complete."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.learning.split import fold_of


def test_fold_of_a_group_never_changes() -> None:
    # Written down once: a change here would move needs between training and held-out data.
    assert [fold_of(f"need-{i}", 5, seed=17) for i in range(10)] == [4, 0, 0, 1, 3, 4, 2, 2, 0, 3]


def test_groups_spread_evenly_and_seeds_differ() -> None:
    folds = [fold_of(f"G{i}", 5) for i in range(5_000)]
    assert min(np.bincount(folds)) > 900
    assert folds != [fold_of(f"G{i}", 5, seed=1) for i in range(5_000)]


def test_no_folds_are_refused() -> None:
    with pytest.raises(ValueError, match="n_folds is 0"):
        fold_of("a", 0)
