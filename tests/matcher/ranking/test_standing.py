"""The quick count says what a whole match says, and reusing what was read changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from matcher.ranking.matching import Matcher
from matcher.ranking.standing import standing
from matcher.records import Need
from tests.factories import make_need

EVERYONE = 1_000
CHANGES: list[dict[str, Any]] = [
    {},
    {"ai_tasks": ("forecasting",)},
    {"process_steps": ()},
    {"industries": ()},
    {"industries": ("Q84",)},
    {"requirements": ()},
    {"min_maturity": 9},
    {"domestic_stack": "required", "deployments": ("edge",)},
    {"region_preference": "must", "region": "320500"},
    {"problem": "", "problem_en": ""},
]


@pytest.mark.parametrize("changes", CHANGES)
def test_counts_are_those_of_a_match(
    matcher: Matcher, today: date, changes: dict[str, Any]
) -> None:
    need = make_need(**changes)
    found = standing(matcher, need, today=today)
    answer = matcher.match(need, today=today, top=EVERYONE)
    assert found.n_eligible == answer.n_eligible == len(answer.matches)
    assert found.n_adequate == sum(match.adequate for match in answer.matches)
    assert found.best_probability == pytest.approx(answer.matches[0].probability, abs=1e-9)


@pytest.mark.parametrize("changes", CHANGES)
def test_reusing_what_was_read_changes_nothing(
    matcher: Matcher, today: date, changes: dict[str, Any]
) -> None:
    before = standing(matcher, make_need(), today=today).ranking.look_up
    need = make_need(**changes)
    fresh = standing(matcher, need, today=today)
    reused = standing(matcher, need, today=today, before=before)
    np.testing.assert_array_equal(fresh.ranking.raw, reused.ranking.raw)
    np.testing.assert_array_equal(fresh.ranking.best_rows, reused.ranking.best_rows)
    assert (fresh.n_adequate, fresh.best_probability) == (
        reused.n_adequate,
        reused.best_probability,
    )


def test_text_that_is_the_same_is_read_once(matcher: Matcher, today: date) -> None:
    before = standing(matcher, make_need(), today=today).ranking.look_up
    same = replace(make_need(), ai_tasks=("anomaly",), min_maturity=3)
    other = replace(make_need(), title="高炉炉温预测")
    reused = standing(matcher, same, today=today, before=before).ranking.look_up
    assert reused.query is before.query
    changed = standing(matcher, other, today=today, before=before).ranking.look_up
    assert changed.query is not before.query


def test_need_that_nobody_may_answer_counts_nobody(matcher: Matcher, today: date) -> None:
    everybody = tuple(matcher.index.catalogue.providers)
    nobody = standing(matcher, make_need(excluded_provider_ids=everybody), today=today)
    assert (nobody.n_eligible, nobody.n_adequate, nobody.best_probability) == (0, 0, None)


def test_off_topic_need_has_fewer_adequate_providers(matcher: Matcher, today: date) -> None:
    wedding = Need("N1", "婚礼跟拍摄影师", "想找一位摄影师拍婚礼全程，三天内出精修照片。")
    steel = standing(matcher, make_need(), today=today)
    assert standing(matcher, wedding, today=today).n_adequate < steel.n_adequate
