"""Estimates find what was put into an invented year, where the plain figure does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.errors import NotEnoughJudgements
from matcher.learning.off_policy import (
    DR,
    ESTIMATORS,
    IPS,
    NAIVE,
    SNIPS,
    Logged,
    debiased_acceptance,
    places_by_score,
    reordered_acceptance,
)
from matcher.learning.propensity import BY_PLACE, count_cells, estimate_examination
from tests.matcher.invented import invented_year, logged, settled

SEEDS = (1, 2, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_weighted_estimates_recover_the_truth_and_the_plain_figure_does_not(seed: int) -> None:
    log, truth = invented_year(seed)
    rows = settled(log)
    real = float((truth.need_accepts * truth.provider_accepts)[rows].mean())
    found = debiased_acceptance(logged(log, rows)).by
    assert found[NAIVE].high < 0.7 * real
    for name in (IPS, SNIPS, DR):
        assert found[name].low <= real <= found[name].high, name


@pytest.mark.parametrize("seed", SEEDS)
def test_the_acceptance_of_another_order_is_foreseen(seed: int) -> None:
    log, truth = invented_year(seed)
    rows = settled(log)
    wanted = places_by_score(log.pairs["list"][rows], log.pairs["score_rule"][rows])
    accepts = (truth.need_accepts * truth.provider_accepts)[rows]
    real = float((truth.examination[wanted - 1] * accepts)[wanted <= 5].mean())
    found = reordered_acceptance(logged(log, rows), wanted, top=5).by
    assert not found[NAIVE].low <= real <= found[NAIVE].high
    for name in (IPS, SNIPS, DR):
        assert found[name].low <= real <= found[name].high, name


def test_the_logged_order_itself_is_expected_to_do_as_it_did() -> None:
    log, _ = invented_year(1)
    part = logged(log, settled(log))
    order = places_by_score(log.pairs["list"][settled(log)], -part.intended.astype(float))
    found = reordered_acceptance(part, order, top=10).by
    assert found[IPS].value == pytest.approx(found[NAIVE].value, rel=0.03)
    assert found[DR].value == pytest.approx(found[NAIVE].value, rel=0.03)


def test_clipping_lowers_the_weighted_figure_and_the_others_repair_it() -> None:
    log, truth = invented_year(2)
    rows = settled(log)
    real = float((truth.need_accepts * truth.provider_accepts)[rows].mean())
    found = debiased_acceptance(logged(log, rows), clip=2.0)
    assert found.clipped_share > 0.5
    assert found.by[IPS].high < real
    for name in (SNIPS, DR):
        assert found.by[name].low <= real <= found.by[name].high, name


def test_the_order_of_rows_changes_nothing() -> None:
    log, _ = invented_year(1)
    part = logged(log, settled(log))
    order = np.random.default_rng(0).permutation(len(part))
    shuffled = replace(
        part, **{name: getattr(part, name)[order] for name in part.__dataclass_fields__}
    )
    left, right = debiased_acceptance(part), debiased_acceptance(shuffled)
    for name in ESTIMATORS:
        assert left.by[name].value == pytest.approx(right.by[name].value)
        assert left.by[name].low == pytest.approx(right.by[name].low)


def moved_by_chance(examination: np.ndarray, n: int, seed: int) -> Logged:
    """Lists whose places are wholly shuffled, accepted as looked at and convincing."""
    random = np.random.default_rng(seed)
    k = len(examination)
    intended = np.tile(np.arange(1, k + 1), n)
    place = np.concatenate([random.permutation(k) + 1 for _ in range(n)])
    attraction = 0.6 / intended
    accepted = random.random(n * k) < examination[place - 1] * attraction
    need = np.repeat(np.arange(n), k)
    return Logged(need, place, intended, accepted, attraction)


def test_examination_of_any_shape_is_found_where_chance_moved_enough() -> None:
    real = np.array([1.0, 0.9, 0.3, 0.5])  # no power of the place
    part = moved_by_chance(real, 6_000, 5)
    cells = count_cells(part.place, part.intended, np.ones(len(part)), part.accepted.astype(float))
    found = estimate_examination(cells)
    assert found.method == BY_PLACE
    assert found.shares == pytest.approx(real, abs=0.06)
    assert found.at(np.array([1, 4, 9])) == pytest.approx(found.shares[[0, 3, 3]])


def test_without_exploration_nothing_is_estimated() -> None:
    log, _ = invented_year(1)
    still = log.pairs["intended"] == log.pairs["position"]
    with pytest.raises(NotEnoughJudgements, match="chance moved"):
        debiased_acceptance(logged(log, settled(log) & still))


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    real = np.array([1.0, 0.6, 0.4])
    covered = []
    for seed in range(20):
        part = moved_by_chance(real, 300, seed)
        found = debiased_acceptance(part, seed=seed).by[SNIPS]
        covered.append(found.low <= float(part.predicted.mean()) <= found.high)
    assert np.mean(covered) >= 0.8  # of 20, at 95 %: fewer than 16 is one chance in 3,000
