"""What is drawn for judging, by a plan and a seed; and whether two reviewers mean the same."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from matcher.errors import NotEnoughJudgements
from matcher.learning.agreement import agreement, doubly_graded, weighted_kappa
from matcher.learning.sampling import (
    DISAGREEMENT,
    SLICE,
    UNSURE,
    Drawable,
    SamplingPlan,
    draw_sample,
)

PLAN = SamplingPlan(size=40, disagreement_share=0.4, unsure_share=0.3, second_share=0.2)


def pairs(n: int = 400) -> list[Drawable]:
    random = np.random.default_rng(1)
    return [
        Drawable(
            f"N{i // 10}", f"C{i}", float(random.random()), float(random.random()), f"S{i % 7}"
        )
        for i in range(n)
    ]


def test_kappa_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    first = random.integers(0, 4, 200)
    second = np.clip(first + random.integers(-1, 2, 200), 0, 3)
    expected = cohen_kappa_score(first, second, weights="quadratic", labels=[0, 1, 2, 3])
    assert weighted_kappa(first, second) == pytest.approx(expected)
    found = agreement(first, second)
    assert found.low < found.kappa < found.high
    assert found.n == 200


def test_two_who_grade_by_chance_do_not_agree() -> None:
    random = np.random.default_rng(3)
    found = agreement(random.integers(0, 4, 400), random.integers(0, 4, 400))
    assert found.low < 0 < found.high


def test_few_pairs_give_no_kappa() -> None:
    with pytest.raises(NotEnoughJudgements):
        agreement([0, 1], [0, 1])


def test_only_pairs_of_two_people_count() -> None:
    given = [("N", "A", "r1", 3), ("N", "A", "r2", 2), ("N", "B", "r1", 1), ("N", "B", "r1", 0)]
    assert doubly_graded(given) == ([3], [2])


def test_plan_is_kept_and_the_same_seed_draws_the_same() -> None:
    drawn = draw_sample(pairs(), PLAN, seed=7)
    assert drawn == draw_sample(pairs(), PLAN, seed=7)
    assert drawn != draw_sample(pairs(), PLAN, seed=8)
    assert Counter(one.drawn_for for one in drawn) == {DISAGREEMENT: 16, UNSURE: 12, SLICE: 12}
    assert len({one.pair.capability_id for one in drawn}) == 40
    assert sum(one.n_wanted == 2 for one in drawn) == 8


def test_each_part_prefers_what_it_is_for() -> None:
    every = pairs()
    drawn = [one for seed in range(20) for one in draw_sample(every, PLAN, seed)]
    for reason, name in ((DISAGREEMENT, "disagreement"), (UNSURE, "unsure")):
        ours = np.mean([getattr(one.pair, name) for one in drawn if one.drawn_for == reason])
        assert ours > np.mean([getattr(pair, name) for pair in every]) + 0.1


def test_stated_chances_are_the_real_ones() -> None:
    every = pairs(60)
    plan = SamplingPlan(size=12, disagreement_share=1.0, unsure_share=0.0, second_share=0.0)
    times: Counter[str] = Counter()
    stated: dict[str, float] = {}
    for seed in range(600):
        for one in draw_sample(every, plan, seed):
            times[one.pair.capability_id] += 1
            stated[one.pair.capability_id] = one.chance
    gaps = [times[name] / 600 - chance for name, chance in stated.items()]
    assert np.abs(gaps).max() < 0.09
    assert sum(stated.values()) == pytest.approx(12, abs=0.5)


def test_small_pool_is_drawn_whole() -> None:
    drawn = draw_sample(pairs(5), PLAN, seed=0)
    assert len(drawn) == 5
    assert all(one.chance <= 1 for one in drawn)
