"""Rescoring one changed candidate gives what scoring everybody anew would give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher, Ranking
from matcher.ranking.matrix import COLUMN_OF
from matcher.ranking.registry import load_serving_model
from matcher.settings import PROJECT
from matcher.text.embedding import MultilingualEncoder
from tests.factories import make_capability, make_catalogue, make_need, make_provider

GOODS = ("带钢", "铝材", "玻璃", "纸张", "织物", "线缆", "轮胎", "芯片", "瓷砖", "木板")


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    capabilities = {
        f"CAP-{i:02}": make_capability(
            capability_id=f"CAP-{i:02}",
            provider_id=f"V{i % 7}",
            name=f"{GOODS[i % 10]}表面缺陷识别",
            problem=f"识别{GOODS[i % 10]}与{GOODS[(i * 3) % 10]}的划伤（合成数据）。",
            case_ids=("C900",) if i % 4 == 0 else (),
            claims=(),
            maturity=5 + i % 4,
        )
        for i in range(20)
    }
    providers = {f"V{i}": make_provider(provider_id=f"V{i}", name=f"合成{i}") for i in range(7)}
    catalogue = make_catalogue(capabilities=capabilities, providers=providers)
    index = CatalogueIndex(catalogue, IndexParts(MultilingualEncoder()))
    return Matcher(index, load_serving_model(PROJECT / "models"))


@pytest.fixture(scope="module")
def ranking(matcher: Matcher) -> Ranking:
    return matcher.rank(make_need(min_maturity=7))


def scored_anew(
    matcher: Matcher, ranking: Ranking, row: int, values: dict[int, float]
) -> tuple[float, int]:
    matrix = ranking.look_up.matrix.copy()
    for column, value in values.items():
        matrix[row, column] = value
    changed = matcher.score(replace(ranking.look_up, matrix=matrix))
    provider = changed.providers[row]
    place = [changed.providers[r] for r in changed.best_rows].index(provider)
    best = int(changed.best_rows[place])
    return matcher.calibrated(changed, float(changed.raw[best])), place + 1


@pytest.mark.parametrize("place", [0, 1, 3, 6])
@pytest.mark.parametrize(
    ("feature", "value"),
    [("lexical_best", 4.0), ("lexical_best", -4.0), ("completeness", 1.0), ("maturity_gap", 0.0)],
)
def test_rescoring_one_row_is_scoring_all(
    matcher: Matcher, ranking: Ranking, place: int, feature: str, value: float
) -> None:
    row = int(ranking.best_rows[place])
    values = {COLUMN_OF[feature]: value}
    bits, rank = matcher.rescored(ranking, row, values)
    expected_bits, expected_rank = scored_anew(matcher, ranking, row, values)
    assert bits == pytest.approx(expected_bits, abs=1e-9)
    assert rank == expected_rank


def test_changing_nothing_changes_nothing(matcher: Matcher, ranking: Ranking) -> None:
    row = int(ranking.best_rows[2])
    bits, rank = matcher.rescored(ranking, row, {})
    assert bits == pytest.approx(matcher.calibrated(ranking, float(ranking.raw[row])), abs=1e-9)
    assert rank == 3


def test_best_rows_are_one_a_provider_best_first(ranking: Ranking) -> None:
    best = ranking.best_rows
    assert len(set(ranking.providers[best].tolist())) == len(best) == 7
    assert np.all(np.diff(ranking.raw[best]) <= 0)
    for row in best:
        own = ranking.providers == ranking.providers[row]
        assert ranking.raw[row] == ranking.raw[own].max()
