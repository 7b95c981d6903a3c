"""The invented year has the rates, biases and the drift that it says it has."""

from __future__ import annotations

from datetime import date

import numpy as np

from matcher.simulation.year import Plan, simulate_year
from tests.matcher.invented import ENDS_ON, invented_year, settled


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    plan = Plan(5, ENDS_ON, 1_500)
    once, again = simulate_year(plan)[0], simulate_year(plan)[0]
    assert once.to_bytes() == again.to_bytes()
    other = simulate_year(Plan(6, ENDS_ON, 1_500))[0]
    assert other.to_bytes() != once.to_bytes()


def test_base_rates_are_those_of_curated_suggestions() -> None:
    log, _ = invented_year()
    rows = settled(log) & (log.pairs["position"] <= 5)
    mutual = ~np.isnat(log.pairs["mutual_at"][rows])
    assert 0.10 < mutual.mean() < 0.25
    needs = len(np.unique(log.pair_need))
    contracted = log.pair_need[~np.isnat(log.pairs["contracted_at"])]
    assert 0.01 < len(np.unique(contracted)) / needs < 0.17
    assert 0.0 < (log.pairs["origin"] == "exploration").mean() < 0.06


def test_the_same_pair_is_accepted_less_often_further_down() -> None:
    log, _ = invented_year()
    pairs, rows = log.pairs, settled(log)
    swapped = rows & (pairs["intended"] == 1)
    accepted = ~np.isnat(pairs["need_accepted_at"])
    first, last = swapped & (pairs["position"] == 1), swapped & (pairs["position"] >= 6)
    assert accepted[last].mean() < 0.6 * accepted[first].mean()


def test_one_famous_provider_takes_far_more_places_than_its_capabilities_explain() -> None:
    log, truth = invented_year()
    famous = log.capabilities["provider_id"] == truth.famous_provider
    assert famous[log.pairs["capability"]].mean() > 5 * famous.mean()


def test_one_feature_drifts_when_it_should() -> None:
    log, truth = invented_year()
    after = log.shown_at >= truth.drift_at
    values = log.features[truth.drift_feature]
    assert values[after].mean() < values[~after].mean() - 0.1
    steady = log.features["ai_task_fit"]
    assert abs(steady[after].mean() - steady[~after].mean()) < 0.1


def test_nothing_happens_before_its_cause_or_after_the_year() -> None:
    log, _ = invented_year()
    pairs = log.pairs
    end = np.datetime64(ENDS_ON.isoformat(), "s")
    chain = ("need_accepted_at", "mutual_at", "revealed_at", "talks_at", "pilot_at")
    before = log.shown_at
    for name in chain:
        has = ~np.isnat(pairs[name])
        assert has.any()
        assert (pairs[name][has] >= before[has]).all()
        assert (pairs[name][has] < end).all()
        before = np.where(has, pairs[name], before)


def test_every_id_says_that_it_is_synthetic() -> None:
    log, _ = simulate_year(Plan(5, date(2026, 7, 1), 1_500))
    for table, column in (("needs", "need_id"), ("capabilities", "provider_id"),
                          ("appeals", "appeal_id"), ("judgements", "reviewer")):  # fmt: skip
        assert np.char.startswith(log.tables[table][column], "SYN-").all()
