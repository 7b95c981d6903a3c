"""Baselines over text: each against what it is known to do."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.learning.baselines import (
    BaselineQuery,
    Bm25,
    Bm25Profile,
    DenseOnly,
    Popularity,
    RandomOrder,
    ReciprocalRankFusion,
    Scores,
    plain_terms,
    sum_of_best,
    text_baselines,
)
from matcher.records import Need
from matcher.retrieval.collection import Collection, Unit, build_collection
from matcher.retrieval.lexical import LexicalIndex

UNITS = (
    Unit("u1", "steel", "钢板表面缺陷检测", "Surface defect detection of steel plates"),
    Unit("u2", "steel", "钢卷打包机器人", ""),
    Unit("u3", "steel", "Blast furnace temperature forecast", ""),
    Unit("u4", "port", "集装箱堆场调度", "", title_en="Container yard scheduling"),
    Unit("u5", "farm", "Detection of crop disease by drones", "表面 叶片 缺陷"),
)
QUERY = BaselineQuery("q", "表面缺陷检测", "Detection of surface defects")


@pytest.fixture
def collection() -> Collection:
    return build_collection(UNITS, ["blank", "port", "steel", "farm"])


def hidden(collection: Collection, *unit_ids: str) -> NDArray[np.bool_]:
    return np.array([unit.unit_id in unit_ids for unit in collection.units])


def ranked(collection: Collection, scores: Scores) -> list[str]:
    return [collection.candidate_ids[i] for i in np.argsort(-scores, kind="stable")]


def random_texts(n: int, seed: int) -> list[str]:
    random = np.random.default_rng(seed)
    words = ["检测", "预测", "钢铁", "rail", "crack", "detect", "dose", "yard", "plan", "图像"]
    return [" ".join(random.choice(words, random.integers(1, 12))) for _ in range(n)]


def test_every_text_baseline_scores_every_candidate(collection: Collection) -> None:
    vectors = np.eye(collection.n_units, 8, dtype=np.float32)
    query = BaselineQuery("q", "缺陷检测", "", vector=vectors[1])
    baselines = text_baselines(collection, vectors)
    names = ["random", "popularity", "bm25", "bm25_profile", "dense", "fusion"]
    assert [baseline.name for baseline in baselines] == names
    for baseline in baselines:
        scores = baseline.score(query)
        assert scores.dtype == np.float32
        assert scores.shape == (collection.n_candidates,)
        assert np.isfinite(scores).all()
    assert [b.name for b in text_baselines(collection)] == names[:4]


@pytest.mark.parametrize("kind", [Bm25, Bm25Profile])
def test_words_find_the_candidate_and_the_blank_one_is_last(
    collection: Collection, kind: type[Bm25] | type[Bm25Profile]
) -> None:
    scores = kind(collection).score(QUERY)
    assert ranked(collection, scores)[:2] == ["steel", "farm"]
    assert scores[collection.index_of["blank"]] == 0.0
    assert scores[collection.index_of["port"]] == 0.0


def test_both_languages_of_a_unit_are_searched(collection: Collection) -> None:
    for query in (BaselineQuery("q", "堆场调度", ""), BaselineQuery("q", "yard schedules", "")):
        assert ranked(collection, Bm25(collection).score(query))[0] == "port"


def test_query_without_known_words_scores_nobody(collection: Collection) -> None:
    for query in (BaselineQuery("q", "", ""), BaselineQuery("q", "quantum", "的")):
        assert not Bm25(collection).score(query).any()
        assert not Bm25Profile(collection).score(query).any()


def test_profile_scores_equal_an_index_of_the_joined_texts() -> None:
    texts = random_texts(60, seed=1)
    units = [Unit(f"u{i}", f"c{i % 13}", text, "") for i, text in enumerate(texts)]
    collection = build_collection(units)
    joined: list[list[str]] = [[] for _ in range(collection.n_candidates)]
    for owner, terms in zip(collection.candidate_of, plain_terms(collection), strict=True):
        joined[owner] += terms
    expected = LexicalIndex(joined).score({"检测": 2.0, "crack": 1.0})
    query = BaselineQuery("q", "检测 crack", "检测")
    np.testing.assert_allclose(Bm25Profile(collection).score(query), expected, rtol=1e-5)


def test_sum_of_best_equals_sorting_each_candidate_by_hand() -> None:
    random = np.random.default_rng(2)
    units = [Unit(f"u{i}", f"c{random.integers(0, 9)}", "x", "") for i in range(80)]
    collection = build_collection(units, ["none"])
    scores = np.round(random.random(collection.n_units), 1).astype(np.float32)
    by_hand = [
        sorted(scores[collection.candidate_of == c], reverse=True)[:5]
        for c in range(collection.n_candidates)
    ]
    expected = [sum(best) for best in by_hand]
    np.testing.assert_allclose(sum_of_best(scores, collection), expected, rtol=1e-5)


@pytest.mark.parametrize("kind", [Bm25, Bm25Profile, Popularity])
def test_hidden_units_count_nowhere(
    collection: Collection, kind: type[Bm25] | type[Bm25Profile] | type[Popularity]
) -> None:
    mask = hidden(collection, "u1", "u2", "u3")
    query = BaselineQuery("q", QUERY.title, QUERY.text, hidden=mask)
    assert kind(collection).score(query)[collection.index_of["steel"]] == 0.0
    assert kind(collection).score(query)[collection.index_of["farm"]] > 0.0


def test_hiding_a_unit_leaves_what_the_others_say(collection: Collection) -> None:
    query = BaselineQuery("q", "furnace forecast", "", hidden=hidden(collection, "u1"))
    for baseline in (Bm25(collection), Bm25Profile(collection)):
        assert ranked(collection, baseline.score(query))[0] == "steel"
    with pytest.raises(ValueError, match=r"mask of shape \(2,\), expected \(6,\)"):
        Bm25(collection).score(BaselineQuery("q", "x", "", hidden=np.array([True, False])))


def test_popularity_counts_texts_and_not_the_placeholder_of_a_blank_candidate(
    collection: Collection,
) -> None:
    assert Popularity(collection).score(QUERY).tolist() == [0.0, 1.0, 3.0, 1.0]


def test_popularity_within_the_industry_comes_before_popularity(collection: Collection) -> None:
    industries = {"u1": ["C31"], "u4": ["G54"], "u5": ["A01"]}
    popularity = Popularity(collection, [industries.get(u.unit_id, []) for u in collection.units])
    query = BaselineQuery("q", "", "", need=Need("N1", "调度", industries=("G5432",)))
    assert ranked(collection, popularity.score(query)) == ["port", "steel", "farm", "blank"]
    assert ranked(collection, popularity.score(QUERY))[0] == "steel"
    with pytest.raises(ValueError, match="industries of 1 units, expected 6"):
        Popularity(collection, [["C31"]])


def test_random_order_depends_on_seed_and_query_only() -> None:
    one = RandomOrder(500, seed=1)
    other_query = BaselineQuery("q2", QUERY.title, QUERY.text)
    first = one.score(QUERY)
    assert not np.array_equal(first, one.score(other_query))
    np.testing.assert_array_equal(first, one.score(QUERY))
    np.testing.assert_array_equal(first, RandomOrder(500, seed=1).score(QUERY))
    assert not np.array_equal(first, RandomOrder(500, seed=2).score(QUERY))


def test_dense_takes_the_closest_text_in_either_language(collection: Collection) -> None:
    # one row more than units: u4 is written in two languages
    unit_of = np.array([0, 1, 1, 2, 3, 4, 5])
    vectors = np.zeros((7, 3), dtype=np.float32)
    vectors[1:] = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0], [0.6, 0.8, 0]])
    dense = DenseOnly(collection, vectors, unit_of)
    query = BaselineQuery("q", "", "", vector=np.array([1, 0, 0], dtype=np.float32))
    np.testing.assert_allclose(dense.score(query), [-1.0, 1.0, 0.0, 0.6], atol=1e-6)

    blind = BaselineQuery("q", "", "", query.vector, hidden=hidden(collection, "u4"))
    assert dense.score(blind)[collection.index_of["port"]] == -1.0


def test_dense_refuses_what_it_cannot_compare(collection: Collection) -> None:
    with pytest.raises(ValueError, match="q has no vector"):
        DenseOnly(collection, np.zeros((6, 3), dtype=np.float32)).score(QUERY)
    with pytest.raises(ValueError, match=r"shape \(5, 3\), expected one row for each of 6"):
        DenseOnly(collection, np.zeros((5, 3), dtype=np.float32))


class Fixed:
    name = "fixed"

    def __init__(self, scores: list[float]) -> None:
        self.scores = np.array(scores, dtype=np.float32)

    def score(self, query: BaselineQuery) -> Scores:
        return self.scores


def test_fusion_sums_reciprocal_ranks_and_ties_share_theirs() -> None:
    fused = ReciprocalRankFusion([Fixed([9.0, 5.0, 0.0, 0.0]), Fixed([0.1, 0.9, 0.5, 0.2])])
    expected = [1 / 61 + 1 / 64, 1 / 62 + 1 / 61, 1 / 63.5 + 1 / 62, 1 / 63.5 + 1 / 63]
    np.testing.assert_allclose(fused.score(QUERY), expected, rtol=1e-6)
    with pytest.raises(ValueError, match="parts is empty"):
        ReciprocalRankFusion([])


def test_order_of_the_candidates_changes_no_score() -> None:
    units = [Unit(f"u{i}", f"c{i % 7}", text, "") for i, text in enumerate(random_texts(40, 3))]
    ids = [f"c{i}" for i in range(7)]
    query = BaselineQuery("q", "crack 检测", "plan yard")
    for kind in (Bm25, Bm25Profile, Popularity):
        one, other = build_collection(units, ids), build_collection(units, ids[::-1])
        np.testing.assert_allclose(
            kind(one).score(query), kind(other).score(query)[::-1], rtol=1e-5
        )
