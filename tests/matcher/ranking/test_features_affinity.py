"""Unit scores become candidate scores: the best count, more can only help, and order is nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.ranking.features.affinity import newest_age
from matcher.ranking.features.base import DECAY, TOP_UNITS, UNKNOWN_AGE_YEARS, UnitView, view_units
from matcher.retrieval.collection import Unit, build_collection

unit_scores = st.lists(st.tuples(st.integers(0, 3), st.floats(0.0, 50.0, width=32)), max_size=30)


def view_of(owners: list[int], n_candidates: int = 4) -> UnitView:
    n = len(owners)
    return UnitView(np.arange(n), np.array(owners, dtype=np.int64), n_candidates, np.zeros(n))


@settings(max_examples=80)
@given(unit_scores)
def test_sums_take_the_best_eight_with_falling_weights(pairs: list[tuple[int, float]]) -> None:
    pairs = sorted(pairs, key=lambda pair: pair[0])  # a view holds its units by candidate
    owners, scores = [o for o, _ in pairs], np.array([s for _, s in pairs])
    view = view_of(owners)
    for candidate in range(4):
        own = sorted((s for o, s in pairs if o == candidate), reverse=True)[:TOP_UNITS]
        wanted = sum(s * k**-1.5 for k, s in enumerate(own, start=1))
        assert view.decayed_sum(scores)[candidate] == pytest.approx(wanted)
        assert view.best(scores)[candidate] == pytest.approx(max(own, default=0.0))


@settings(max_examples=60)
@given(unit_scores, st.integers(0, 3), st.floats(0.0, 50.0, width=32))
def test_one_more_text_never_lowers_anybody(
    pairs: list[tuple[int, float]], owner: int, score: float
) -> None:
    both = (sorted(p, key=lambda pair: pair[0]) for p in (pairs, [*pairs, (owner, score)]))
    before, after = (
        view_of([o for o, _ in p]).decayed_sum(np.array([s for _, s in p])) for p in both
    )
    assert (after >= before - 1e-9).all()
    others = np.arange(4) != owner
    assert after[others] == pytest.approx(before[others])


def test_weights_fall_so_that_a_long_list_cannot_carry() -> None:
    assert (np.diff(DECAY) < 0).all()
    assert view_of([0] * 100).decayed_sum(np.ones(100))[0] < 2.0


def test_ages_are_years_before_the_need() -> None:
    units = [
        Unit("u", "a", "x", "", year=2020),
        Unit("v", "a", "x", "", year=2030),
        Unit("w", "b", "x", ""),
    ]
    collection = build_collection(units)
    view = view_units(collection, np.array([0, 1]), 2025)
    assert view.ages.tolist() == [5.0, 0.0, UNKNOWN_AGE_YEARS]
    assert newest_age(view) == pytest.approx(np.log1p([0.0, UNKNOWN_AGE_YEARS]))
    assert view_units(collection, np.array([0]), 0).ages.tolist() == [UNKNOWN_AGE_YEARS] * 2


def test_newer_text_weighs_more() -> None:
    view = UnitView(np.arange(3), np.zeros(3, dtype=np.int64), 1, np.array([0.0, 5.0, 50.0]))
    fresh = view.freshness(8.0)
    assert fresh[0] == 1.0
    assert fresh[0] > fresh[1] > fresh[2] > 0.0


def test_what_must_not_be_seen_is_not_looked_at() -> None:
    units = [Unit("u", "a", "x", ""), Unit("v", "a", "x", ""), Unit("w", "b", "x", "")]
    view = view_units(build_collection(units), np.array([0, 1]), 0, np.array([False, True, True]))
    assert view.units.tolist() == [0]
    assert view.best(np.array([3.0])).tolist() == [3.0, 0.0]
    assert np.isfinite(newest_age(view)).all()


def test_only_the_candidates_looked_at_have_rows() -> None:
    units = [Unit(f"u{i}", name, "x", "") for i, name in enumerate("abc")]
    view = view_units(build_collection(units), np.array([0, 2]), 0)
    assert view.units.tolist() == [0, 2]
    assert view.owner.tolist() == [0, 1]
    assert view.n_candidates == 2
