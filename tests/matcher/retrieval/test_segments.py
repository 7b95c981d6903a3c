"""What comes after a build stands beside it: nothing moves, and what was added is found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from matcher.retrieval.lexical import LexicalIndex
from matcher.retrieval.rows import EXACT_ROWS, CompactBlock, PlainBlock, Rows

WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=6)
DOCUMENTS = st.lists(WORDS, min_size=1, max_size=8)
QUERY = st.dictionaries(st.sampled_from("abcdefghxy"), st.floats(0.5, 3.0), min_size=1)


def unit_vectors(n: int, seed: int = 0, width: int = 64) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).standard_normal((n, width)).astype(np.float32)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS, QUERY)
def test_added_units_leave_the_scores_of_others(
    first: list[list[str]],
    second: list[list[str]],
    third: list[list[str]],
    query: dict[str, float],
) -> None:
    index = LexicalIndex(first)
    longer = index.followed_by(second).followed_by(third)
    scores = longer.score(query)
    assert scores.shape == (longer.n_units,) == (len(first) + len(second) + len(third),)
    np.testing.assert_array_equal(scores[: len(first)], index.score(query))


@given(DOCUMENTS, st.integers(0, 7), QUERY)
def test_added_twin_scores_as_its_original(
    documents: list[list[str]], at: int, query: dict[str, float]
) -> None:
    index = LexicalIndex(documents)
    twin = at % len(documents)
    longer = index.followed_by([documents[twin]])
    scores = longer.score(query)
    assert scores[-1] == pytest.approx(scores[twin], rel=1e-6)


def test_added_words_are_known() -> None:
    longer = LexicalIndex([["a", "b"]]).followed_by([["sonar"]])
    assert longer.known_share({"sonar": 1.0}) == 1.0
    assert longer.score({"sonar": 1.0}).tolist()[0] == 0.0
    assert longer.score({"sonar": 1.0}).tolist()[1] > 0.0


def test_rows_in_two_blocks_are_rows_in_one() -> None:
    vectors = unit_vectors(40)
    whole = Rows.of(vectors)
    parts = Rows.of(vectors[:25]).followed_by(vectors[25:30]).followed_by(vectors[30:])
    query = vectors[7]
    chosen = np.array([39, 0, 25, 24, 30, 7])
    assert parts.shape == whole.shape == (40, 64)
    np.testing.assert_allclose(parts.scan(query), whole.scan(query), atol=1e-6)
    np.testing.assert_array_equal(parts.take(chosen), vectors[chosen])
    np.testing.assert_array_equal(parts.all(), vectors)


def test_compact_rows_stay_close_to_the_rows() -> None:
    vectors, query = unit_vectors(2_000, width=256), unit_vectors(1, seed=1, width=256)[0]
    compact, plain = CompactBlock(vectors), PlainBlock(vectors)
    everyone = np.arange(2_000)
    error = np.abs(compact.take(everyone) @ query - plain.scan(query))
    assert error.max() < 0.005
    assert len(compact) == 2_000


def test_scan_of_compact_rows_finds_the_closest() -> None:
    centres = unit_vectors(50, seed=2, width=256)
    noise = unit_vectors(5_000, seed=3, width=256)
    vectors = centres[np.arange(5_000) % 50] + noise * 0.7
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    query = vectors[123]
    exact = set(np.argsort(-(vectors @ query))[:50].tolist())
    scanned = set(np.argsort(-CompactBlock(vectors).scan(query))[:300].tolist())
    assert len(exact & scanned) >= 48


def test_only_very_many_rows_are_compact() -> None:
    many = np.zeros((EXACT_ROWS + 1, 4), dtype=np.float32)
    assert not Rows.of(many, compact=True).is_exact
    assert Rows.of(many).is_exact
    assert Rows.of(many[:-1], compact=True).is_exact
