"""Ranking measures: against hand-worked values and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score, roc_auc_score

from matcher.learning.metrics import (
    hub_share,
    measure_run,
    measure_scores,
    ndcg_at,
    pair_accuracy,
    precision_at,
)

QRELS = {"q1": {"a": 3, "b": 0, "c": 1}, "q2": {"a": 0, "b": 0}, "q3": {"z": 1}}


@pytest.mark.parametrize("k", [1, 5, 10, 100])
def test_ndcg_equals_scikit_learn_on_untied_scores(k: int) -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        grades = random.integers(0, 4, 30)
        grades[0] = 2
        scores = random.permutation(30).astype(float)
        ranked = grades[np.argsort(-scores)]
        expected = ndcg_score([2.0**grades - 1], [scores], k=k)
        assert ndcg_at(ranked, grades, k) == pytest.approx(expected, abs=1e-12)


def test_pair_accuracy_of_two_grades_is_the_area_under_the_roc_curve() -> None:
    random = np.random.default_rng(4)
    grades, scores = random.integers(0, 2, 200), random.integers(0, 9, 200)
    assert pair_accuracy(grades, scores) == pytest.approx(roc_auc_score(grades, scores))


def test_pair_accuracy_is_undefined_for_equal_grades() -> None:
    assert np.isnan(pair_accuracy([1, 1], [0.2, 0.4]))


def test_queries_without_a_relevant_document_are_skipped() -> None:
    run = {"q1": {"a": 1.0}, "q2": {"a": 1.0}, "q3": {"z": 1.0}}
    assert measure_run(run, QRELS).query_ids == ("q1", "q3")
    assert measure_run(run, QRELS, relevant_from=2).query_ids == ("q1",)
    assert measure_run(run, QRELS, relevant_from=4).query_ids == ()
    assert np.isnan(measure_run(run, QRELS, relevant_from=4).mean("mrr"))


def test_query_that_the_run_lacks_counts_as_nothing_found() -> None:
    measured = measure_run({"q1": {"a": 1.0}}, QRELS)
    assert measured.n_missing == 1
    assert measured.values["mrr"].tolist() == [1.0, 0.0]
    assert measured.mean("recall@10") == pytest.approx((0.5 + 0.0) / 2)


def test_ties_stand_in_ascending_order_of_id() -> None:
    tied = measure_run({"q1": {"c": 1.0, "b": 1.0, "a": 1.0}}, {"q1": {"b": 1}})
    assert tied.mean("mrr") == 0.5
    assert tied.mean("ndcg@5") == pytest.approx(1 / np.log2(3))


def test_unjudged_documents_push_judged_ones_down_except_in_a_pool() -> None:
    run = {"q1": {"new": 9.0, "b": 2.0, "a": 1.0}}
    assert measure_run(run, QRELS).values["mrr"][0] == pytest.approx(1 / 3)
    pooled = measure_run(run, QRELS, pool=True)
    assert pooled.values["mrr"][0] == 0.5
    # c has no score and stands below: 3-0 wrong, 3-1 right, 1-0 wrong
    assert pooled.values["pair_accuracy"][0] == pytest.approx(1 / 3)
    # q3 has one judged document and therefore no pair
    assert np.isnan(pooled.values["pair_accuracy"][1])
    assert pooled.mean("pair_accuracy") == pytest.approx(1 / 3)


def test_all_judged_documents_count_in_the_ideal_and_in_recall() -> None:
    measured = measure_run({"q1": {"a": 1.0}}, {"q1": {"a": 1, "b": 1}})
    assert measured.mean("recall@100") == 0.5
    assert measured.mean("ndcg@10") == pytest.approx(1 / (1 + 1 / np.log2(3)))


def test_precision_counts_empty_places() -> None:
    assert precision_at([1], k=5) == 0.2
    assert measure_run({"q3": {"z": 1.0}}, {"q3": {"z": 1}}).mean("precision@5") == 0.2


scored = st.dictionaries(
    st.sampled_from("abcdefghij"), st.integers(0, 3).map(float), min_size=1, max_size=10
)
graded = st.dictionaries(st.sampled_from("abcdefghijxy"), st.integers(0, 3), min_size=1)


@given(
    st.fixed_dictionaries({"q1": scored, "q2": scored}),
    st.fixed_dictionaries({"q1": graded, "q2": graded, "q3": graded}),
    st.booleans(),
    st.integers(1, 3),
    st.permutations("abcdefghij"),
)
def test_dense_scores_measure_the_same_as_a_run(
    run: dict[str, dict[str, float]],
    qrels: dict[str, dict[str, int]],
    pool: bool,
    relevant_from: int,
    candidates: list[str],
) -> None:
    queries = ["q2", "q1"]
    rows = np.array([[run[q].get(c, -np.inf) for c in candidates] for q in queries])
    by_run = measure_run(run, qrels, pool=pool, relevant_from=relevant_from)
    by_row = measure_scores(
        rows, queries, candidates, qrels, pool=pool, relevant_from=relevant_from
    )
    assert by_row.query_ids == by_run.query_ids
    assert by_row.n_missing == by_run.n_missing
    for name in by_run.values.keys() | by_row.values.keys():
        np.testing.assert_array_equal(by_row.values[name], by_run.values[name])


@pytest.mark.parametrize(
    ("row", "message"),
    [([0.1, np.nan], "1 scores that are not numbers"), ([0.1], r"shape \(1,\), expected \(2,\)")],
)
def test_damaged_scores_are_refused(row: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        measure_scores([np.array(row)], ["q1"], ["a", "b"], QRELS)
    with pytest.raises(ValueError, match="relevant_from is 0"):
        measure_run({}, QRELS, relevant_from=0)


def test_random_order_of_thousands_of_candidates_finds_by_chance() -> None:
    n_queries, n_candidates = 721, 7_178
    random = np.random.default_rng(0)
    scores = random.random((n_queries, n_candidates), dtype=np.float32)
    ids = [f"C{i}" for i in range(n_candidates)]
    queries = [f"Q{i}" for i in range(n_queries)]
    qrels = {q: {ids[i]: 1 for i in random.integers(0, n_candidates, 3)} for q in queries}
    measured = measure_scores(scores, queries, ids, qrels)
    # random order finds 100 of 7,178 by chance
    assert measured.mean("recall@100") == pytest.approx(100 / n_candidates, abs=0.02)


def test_hub_share_counts_only_the_first_places() -> None:
    assert hub_share([["a", "x"], ["a", "x"], ["b", "x"]], k=1) == pytest.approx(2 / 3)
    assert hub_share([], k=5) == 0.0
