"""Folds by group: stable, disjoint, complete."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import NotEnoughJudgements
from matcher.learning.split import fold_of, partition


def test_fold_of_a_group_never_changes() -> None:
    # Written down once: a change here would move needs between training and held-out data.
    assert [fold_of(f"need-{i}", 5, seed=17) for i in range(10)] == [4, 0, 0, 1, 3, 4, 2, 2, 0, 3]


def test_groups_spread_evenly_and_seeds_differ() -> None:
    folds = [fold_of(f"G{i}", 5) for i in range(5_000)]
    assert min(np.bincount(folds)) > 900
    assert folds != [fold_of(f"G{i}", 5, seed=1) for i in range(5_000)]


@given(st.lists(st.text(max_size=3), min_size=1, max_size=40), st.integers(2, 6))
def test_folds_share_no_group_and_lose_no_row(groups: list[str], n_folds: int) -> None:
    try:
        folds = partition(groups, n_folds)
    except NotEnoughJudgements:
        assert len({fold_of(group, n_folds) for group in groups}) == 1
        return
    held_out = np.concatenate([fold.held_out for fold in folds])
    assert sorted(held_out) == list(range(len(groups)))
    for fold in folds:
        assert {groups[i] for i in fold.train}.isdisjoint(groups[i] for i in fold.held_out)
        assert sorted([*fold.train, *fold.held_out]) == list(range(len(groups)))


def test_added_groups_move_no_other() -> None:
    before = partition(["a", "b", "c", "d", "e"], 2)
    after = partition(["a", "b", "c", "d", "e", "f", "g"], 2)
    for old, new in zip(before, after, strict=True):
        assert set(old.held_out) <= set(new.held_out)


def test_one_group_cannot_be_split() -> None:
    with pytest.raises(NotEnoughJudgements, match="groups to split: 1"):
        partition(["only"] * 9, 5)
    with pytest.raises(ValueError, match="n_folds is 1"):
        partition(["a", "b"], 1)
    with pytest.raises(ValueError, match="n_folds is 0"):
        fold_of("a", 0)
