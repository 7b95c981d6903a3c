"""BM25 against an independent dense formula, and a segment that moves nobody."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.retrieval.lexical import MAX_QUERY_TERMS, LexicalIndex, phrase_terms

WORDS = ["crack", "rail", "strip", "pump", "valve", "裂纹", "带钢", "水泵"]
documents_strategy = st.lists(
    st.lists(st.sampled_from(WORDS), max_size=12), min_size=1, max_size=12
)
query_strategy = st.dictionaries(st.sampled_from(WORDS), st.floats(0.1, 4.0), max_size=5)


def bm25(query: dict[str, float], document: list[str], documents: list[list[str]]) -> float:
    """The textbook formula, written out for one document: k1 = 1.2, b = 0.75."""
    mean_length = max(sum(map(len, documents)) / len(documents), 1.0)
    counts = Counter(document)
    total = 0.0
    for term, weight in query.items():
        holding = sum(term in other for other in documents)
        idf = math.log(1.0 + (len(documents) - holding + 0.5) / (holding + 0.5))
        saturation = 1.2 * (1 - 0.75 + 0.75 * len(document) / mean_length)
        if counts[term]:
            total += weight * idf * counts[term] * 2.2 / (counts[term] + saturation)
    return total


@settings(max_examples=80)
@given(documents_strategy, query_strategy)
def test_scores_are_the_textbook_formula(
    documents: list[list[str]], query: dict[str, float]
) -> None:
    scores = LexicalIndex(documents).score(query)
    wanted = [bm25(query, document, documents) for document in documents]
    assert scores == pytest.approx(np.array(wanted), rel=1e-4, abs=1e-5)


@settings(max_examples=60)
@given(documents_strategy, documents_strategy, query_strategy)
def test_further_units_are_scored_by_the_same_statistics_and_move_nobody(
    documents: list[list[str]], added: list[list[str]], query: dict[str, float]
) -> None:
    index = LexicalIndex(documents)
    longer = index.followed_by(added)
    scores = longer.score(query)
    assert np.array_equal(scores[: len(documents)], index.score(query))
    assert longer.n_units == len(documents) + len(added)
    for document, score in zip(added, scores[len(documents) :], strict=True):
        known = [term for term in document if term in index.vocabulary]
        if document in documents and len(known) == len(document):
            assert score == pytest.approx(index.score(query)[documents.index(document)], rel=1e-5)


def test_two_segments_are_as_good_as_one() -> None:
    index = LexicalIndex([["crack", "rail"], ["pump"]])
    query = {"crack": 1.0, "valve": 2.0, "pump": 1.0}
    once = index.followed_by([["valve"], ["crack"]])
    twice = index.followed_by([["valve"]]).followed_by([["crack"]])
    assert np.array_equal(once.score(query), twice.score(query))


def test_nothing_in_common_scores_zero() -> None:
    index = LexicalIndex([["crack"], ["rail"]])
    assert index.score({"pump": 1.0}).tolist() == [0.0, 0.0]
    assert index.score({}).tolist() == [0.0, 0.0]
    assert LexicalIndex([]).score({"pump": 1.0}).shape == (0,)


def test_rare_word_weighs_more_than_a_common_one() -> None:
    index = LexicalIndex([["crack", "steel"], ["steel"], ["steel"], ["pump"]])
    assert index.weight_of("crack") > index.weight_of("steel")
    assert index.weight_of("never seen") > index.weight_of("crack")


def test_only_the_strongest_terms_of_an_endless_need_count() -> None:
    terms = [f"t{i}" for i in range(MAX_QUERY_TERMS + 50)]
    index = LexicalIndex([terms])
    all_equal = dict.fromkeys(terms, 1.0)
    strongest = {**all_equal, terms[-1]: 9.0}
    of_one = float(index.score({terms[0]: 1.0})[0])
    assert index.score(all_equal)[0] == pytest.approx(MAX_QUERY_TERMS * of_one, rel=1e-4)
    assert index.score(strongest)[0] == pytest.approx((MAX_QUERY_TERMS + 8) * of_one, rel=1e-4)


def test_known_share_tells_a_query_in_another_language() -> None:
    index = LexicalIndex([["裂纹", "ai"], ["带钢"]])
    assert index.known_share({"裂纹": 1.0, "带钢": 2.0}) == pytest.approx(1.0)
    assert index.known_share({"crack": 1.0, "rail": 1.0}) == 0.0
    assert 0.0 < index.known_share({"crack": 1.0, "ai": 1.0}) < 0.5
    assert index.known_share({}) == 0.0


def test_phrases_join_neighbours_of_one_kind() -> None:
    assert phrase_terms(["1:裂", "裂纹", "纹检", "w:裂纹检", "检测"]) == ["裂纹检", "纹检测"]
    assert phrase_terms(["surfac", "crack", "裂纹"]) == ["surfac crack"]
    assert phrase_terms(["裂纹", "检测"]) == []
    assert phrase_terms([]) == []
