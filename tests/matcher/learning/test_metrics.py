"""Ranking measures: against hand-worked values and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score, roc_auc_score

from matcher.learning.metrics import (
    hub_share,
    measure_run,
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


def test_no_grade_below_one_counts_as_relevant() -> None:
    with pytest.raises(ValueError, match="relevant_from is 0"):
        measure_run({}, QRELS, relevant_from=0)


def test_random_order_of_thousands_of_candidates_finds_by_chance() -> None:
    n_queries, n_candidates = 40, 7_178
    random = np.random.default_rng(0)
    scores = random.random((n_queries, n_candidates), dtype=np.float32)
    ids = [f"C{i}" for i in range(n_candidates)]
    queries = [f"Q{i}" for i in range(n_queries)]
    qrels = {q: {ids[i]: 1 for i in random.integers(0, n_candidates, 3)} for q in queries}
    run = {
        q: dict(zip(ids, row.tolist(), strict=True)) for q, row in zip(queries, scores, strict=True)
    }
    measured = measure_run(run, qrels)
    # random order finds 100 of 7,178 by chance
    assert measured.mean("recall@100") == pytest.approx(100 / n_candidates, abs=0.05)


def test_hub_share_counts_only_the_first_places() -> None:
    assert hub_share([["a", "x"], ["a", "x"], ["b", "x"]], k=1) == pytest.approx(2 / 3)
    assert hub_share([], k=5) == 0.0
