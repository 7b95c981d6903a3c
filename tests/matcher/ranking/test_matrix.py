"""Relative features: standardised over the field, blind to order, size and language."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.ranking.matrix import (
    COLUMN_OF,
    EXACT_CANDIDATES,
    SAMPLE_CANDIDATES,
    WORD_FEATURES,
    make_pool,
    standardised,
    text_matrix,
)
from matcher.ranking.model import AdditiveModel
from matcher.retrieval.collection import Unit, build_collection
from matcher.retrieval.index import EvidenceIndex
from tests.matcher.light_encoder import TermEncoder

THINGS = ("crack", "scratch", "dent", "scale", "stain", "burr", "pit", "fold", "seam", "warp")
GOODS = ("strip", "rail", "pipe", "wheel", "blade", "board", "cloth", "glass", "tile", "wire")


def offers(n: int) -> list[Unit]:
    return [
        Unit(
            f"u{i}",
            f"c{i:05}",
            f"{THINGS[i % 10]} detection on {GOODS[(i // 10) % 10]}",
            f"cameras see {THINGS[(i * 7) % 10]} and {THINGS[(i * 3) % 10]} number{i % 97}",
            year=2018 + i % 7,
        )
        for i in range(n)
    ]


def matrix_by_id(units: list[Unit], title: str, text: str = "") -> dict[str, np.ndarray]:
    index = EvidenceIndex(build_collection(units), TermEncoder())
    query = index.read_query(title, text)
    scores = index.score_units(query)
    pool = make_pool(index, scores)
    matrix = text_matrix(index, query, scores, pool)
    ids = index.collection.candidate_ids
    return {ids[i]: row for i, row in zip(pool.candidates, matrix, strict=True)}


@settings(max_examples=80)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_standard_scores_have_mean_zero_and_deviation_one(values: list[float]) -> None:
    column = np.array(values)
    found = standardised(column, np.ones(len(column), dtype=bool))
    assert found.mean() == pytest.approx(0.0, abs=1e-6)
    assert found.std() == pytest.approx(1.0, abs=1e-6) or not found.any()


def test_rounding_noise_is_not_blown_up() -> None:
    column = np.full(50, 3.0) + np.random.default_rng(0).normal(0, 1e-12, 50)
    assert not standardised(column, np.ones(50, dtype=bool)).any()


def test_scores_are_relative_to_the_population_alone() -> None:
    column = np.array([0.0, 2.0, 100.0])
    found = standardised(column, np.array([True, True, False]))
    assert found.tolist() == [-1.0, 1.0, 99.0]
    assert not standardised(column, np.zeros(3, dtype=bool)).any()


def test_small_side_leans_on_the_whole_and_a_large_one_stands_alone() -> None:
    random = np.random.default_rng(1)
    column = np.concatenate([random.normal(0, 1, 5_000), random.normal(10, 3, 5_000)])
    everyone = np.ones(10_000, dtype=bool)
    side = np.arange(10_000) >= 5_000
    alone = standardised(column, everyone, side)[side]
    assert alone.mean() == pytest.approx(0.0, abs=0.05)
    assert alone.std() == pytest.approx(1.0, abs=0.05)
    nobody = np.zeros(10_000, dtype=bool)
    assert standardised(column, everyone, nobody) == pytest.approx(standardised(column, everyone))


def test_order_of_candidates_changes_nothing() -> None:
    units = offers(60)
    forth = matrix_by_id(units, "crack detection on strip", "scale and stain")
    back = matrix_by_id(units[::-1], "crack detection on strip", "scale and stain")
    assert set(forth) == set(back)
    # Topics are found by a random start over the words in the order in which they are met.
    exact = [i for name, i in COLUMN_OF.items() if not name.startswith("topic")]
    for candidate, row in forth.items():
        assert row[exact] == pytest.approx(back[candidate][exact], abs=1e-4, nan_ok=True), candidate


def test_text_columns_are_filled_and_all_others_say_nothing() -> None:
    rows = np.array(list(matrix_by_id(offers(30), "crack detection").values()))
    stated = ~np.isnan(rows).any(axis=0)
    assert [name for name, i in COLUMN_OF.items() if stated[i]] == list(COLUMN_OF)[: stated.sum()]
    assert stated[COLUMN_OF["evidence_age"]]
    assert not stated[COLUMN_OF["industry_fit"]]


def test_hidden_evidence_counts_as_if_it_were_not_there() -> None:
    units = [*offers(30), Unit("secret", "c00003", "crack detection on strip", "crack strip")]
    index = EvidenceIndex(build_collection(units), TermEncoder())
    query = index.read_query("crack detection on strip", "crack strip")
    scores = index.score_units(query)
    pool = make_pool(index, scores)
    hidden = np.array([u.unit_id == "secret" for u in index.collection.units])
    best = COLUMN_OF["lexical_best"]
    seen = text_matrix(index, query, scores, pool)[3, best]
    assert text_matrix(index, query, scores, pool, hidden)[3, best] < seen


def test_pool_is_everybody_who_may_be_ranked() -> None:
    index = EvidenceIndex(build_collection(offers(30)), TermEncoder())
    scores = index.score_units(index.read_query("crack", ""))
    eligible = np.arange(30) % 3 == 0
    pool = make_pool(index, scores, eligible)
    assert pool.candidates.tolist() == np.flatnonzero(eligible).tolist()
    assert pool.n_eligible == 10
    assert make_pool(index, scores, np.zeros(30, dtype=bool)).n_eligible == 0


def test_newcomers_are_ranked_but_move_no_score_of_others() -> None:
    index = EvidenceIndex(build_collection(offers(40)), TermEncoder())
    added = [Unit("n", "new", "crack detection on strip", "crack strip")]
    longer = index.extended(build_collection(added), TermEncoder(), None)
    rows = []
    for one in (index, longer):
        query = one.read_query("crack detection on strip", "crack")
        scores = one.score_units(query)
        rows.append(text_matrix(one, query, scores, make_pool(one, scores)))
    assert len(rows[1]) == 41
    assert rows[1][:40] == pytest.approx(rows[0], abs=1e-5, nan_ok=True)
    assert rows[1][40, COLUMN_OF["lexical_best"]] >= rows[0][:, COLUMN_OF["lexical_best"]].max()


def test_where_nobody_is_left_of_the_build_newcomers_are_the_field() -> None:
    index = EvidenceIndex(build_collection(offers(12)), TermEncoder())
    added = [Unit(f"n{i}", f"new{i}", *(f"{GOODS[i]} {THINGS[i]}", "")) for i in range(6)]
    longer = index.extended(build_collection(added), TermEncoder(), None)
    scores = longer.score_units(longer.read_query("crack detection on strip", ""))
    pool = make_pool(longer, scores, np.arange(18) >= 12)
    assert pool.is_population.all()
    assert len(pool.candidates) == 6


def test_large_collection_is_shortlisted_and_the_best_are_on_the_list() -> None:
    units = offers(EXACT_CANDIDATES + 500)
    units.append(Unit("w", "winner", "leaky gasket", "leaky gasket of a pump"))
    index = EvidenceIndex(build_collection(units), TermEncoder())
    query = index.read_query("leaky gasket", "pump")
    scores = index.score_units(query)
    always = np.array([17])
    pool = make_pool(index, scores, per_channel=50, always=always)
    assert len(pool.candidates) < EXACT_CANDIDATES
    assert pool.is_population.sum() == SAMPLE_CANDIDATES
    assert pool.n_eligible == EXACT_CANDIDATES + 501
    assert index.collection.index_of["winner"] in pool.candidates
    assert 17 in pool.candidates
    matrix = text_matrix(index, query, scores, pool)
    best = pool.candidates[np.argmax(matrix[:, COLUMN_OF["lexical_best"]])]
    assert index.collection.candidate_ids[best] == "winner"


def words_of(n: int, i: int) -> tuple[str, str]:
    """One made-up meaning, said in two languages that share no word."""
    return f"alpha{i} beta{i % n}", f"甲{chr(0x5000 + i)}乙{chr(0x6000 + i % n)}"


def test_word_features_say_nothing_of_who_writes_in_another_language() -> None:
    units = [Unit(f"e{i}", f"en{i}", words_of(7, i)[0], "") for i in range(20)]
    units += [Unit(f"z{i}", f"zh{i}", words_of(7, i)[1], "") for i in range(20)]
    rows = matrix_by_id(units, words_of(7, 3)[1])
    for candidate, row in rows.items():
        unread = {name for name in WORD_FEATURES if np.isnan(row[COLUMN_OF[name]])}
        assert unread == (WORD_FEATURES if candidate.startswith("en") else set()), candidate
        assert not np.isnan(row[COLUMN_OF["meaning_affinity"]])


def test_need_in_a_language_that_nobody_writes_rests_on_meaning() -> None:
    units = [Unit(f"e{i}", f"en{i}", words_of(7, i)[0], "") for i in range(20)]
    rows = np.array(list(matrix_by_id(units, words_of(7, 3)[1]).values()))
    for name in WORD_FEATURES:
        assert not rows[:, COLUMN_OF[name]].any(), name


def test_writer_in_another_language_can_win_by_meaning(serving_model: AdditiveModel) -> None:
    row = np.full((3, len(COLUMN_OF)), 0.0)
    for name in WORD_FEATURES:
        row[:2, COLUMN_OF[name]] = (2.0, -1.0)
        row[2, COLUMN_OF[name]] = np.nan
    for name in ("meaning_affinity", "title_meaning", "lexicon_pivot"):
        row[:, COLUMN_OF[name]] = (2.0, -1.0, 4.0)
    bits = serving_model.contributions(row, "catalogue").sum(axis=1)
    assert bits[2] > bits[0] > bits[1]
