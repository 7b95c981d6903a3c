"""Meaning is compared exactly, by the closest text of a unit, and not by language."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.retrieval.dense import PRIOR_TEXTS, DenseIndex, centred, language_means

WIDTH = 24


class Texts(NamedTuple):
    unit_of: NDArray[np.int64]
    languages: list[str]


def meanings(n: int, seed: int = 0) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).standard_normal((n, WIDTH))
    return unit_length(rows)


def unit_length(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def in_language(
    rows: NDArray[np.float32], language: str, strength: float = 1.5
) -> NDArray[np.float32]:
    """The same meanings as a text of one language says them: moved in the language's direction."""
    accent = meanings(1, seed=7 if language == "zh" else 8)[0]
    return unit_length(rows + strength * accent)


def test_scores_are_cosines_with_the_closest_text() -> None:
    vectors = meanings(6)
    unit_of = np.array([0, 0, 1, 3, 3, 3])
    index = DenseIndex(vectors, unit_of, ["zh"] * 6, 4, {})
    mean = vectors.mean(axis=0)
    rows = unit_length(vectors - mean)
    query = meanings(1, seed=5)[0]
    cosines = rows @ unit_length((query - mean)[None, :])[0]
    wanted = [max(cosines[:2].max(), 0), max(cosines[2], 0), 0.0, max(cosines[3:].max(), 0)]
    assert index.score(query, "zh") == pytest.approx(np.array(wanted), abs=1e-5)


def test_own_language_is_not_preferred() -> None:
    said = meanings(40)
    vectors = np.concatenate([in_language(said, "zh"), in_language(said, "en")])
    languages = ["zh"] * 40 + ["en"] * 40
    index = DenseIndex(vectors, np.arange(80), languages, 80, {})
    n_own, n_found = 0, 0
    for i in range(40):
        scores = index.score(in_language(said[i : i + 1], "zh")[0], "zh")
        best = np.argsort(-scores)[:10]
        n_own += int((best < 40).sum())
        n_found += int(40 + i in best[:2])
    assert n_own / 400 == pytest.approx(0.5, abs=0.1)
    assert n_found >= 38


def test_without_centring_language_would_win() -> None:
    """What the test above protects from: raw cosines see the language first."""
    said = meanings(40)
    raw = np.concatenate([in_language(said, "zh"), in_language(said, "en")])
    best = np.argsort(-(raw @ raw[0]))[:10]
    assert (best < 40).mean() > 0.8


def test_texts_without_a_vector_score_zero() -> None:
    vectors = np.concatenate([meanings(2), np.zeros((1, WIDTH), dtype=np.float32)])
    index = DenseIndex(vectors, np.arange(3), ["zh", "en", "zh"], 3, {})
    assert index.score(vectors[0], "zh")[2] == 0.0
    assert not index.score(np.zeros(WIDTH, dtype=np.float32), "zh").any()


def test_small_collection_leans_on_the_stored_mean() -> None:
    stored = meanings(1, seed=3)[0]
    vectors = meanings(PRIOR_TEXTS)
    means = language_means(vectors, ["zh"] * PRIOR_TEXTS, {"zh": stored, "en": stored})
    assert means["zh"] == pytest.approx((vectors.mean(axis=0) + stored) / 2, abs=1e-6)
    assert means["en"] == pytest.approx(stored, abs=1e-6)


def test_stored_mean_of_another_encoder_is_ignored() -> None:
    stored = np.ones(3, dtype=np.float32)
    vectors = meanings(4)
    assert language_means(vectors, ["en"] * 4, {"en": stored})["en"] == pytest.approx(
        vectors.mean(axis=0), abs=1e-6
    )


def test_language_without_texts_or_mean_is_left_as_it_is() -> None:
    vectors = meanings(3)
    assert centred(vectors, ["fr"] * 3, {}) == pytest.approx(vectors, abs=1e-6)


def test_further_texts_move_nobody() -> None:
    vectors, added = meanings(5), meanings(3, seed=9)
    index = DenseIndex(vectors, np.arange(5), ["zh"] * 5, 5, {})
    longer = index.followed_by(added, Texts(np.array([0, 0, 1]), ["zh", "en", "zh"]), 2)
    query = meanings(1, seed=4)[0]
    scores = longer.score(query, "zh")
    assert scores.shape == (7,)
    assert scores[:5] == pytest.approx(index.score(query, "zh"), abs=1e-6)
    assert longer.score(added[2], "zh")[6] == pytest.approx(1.0, abs=1e-5)


def test_segment_without_texts_only_counts_its_units() -> None:
    index = DenseIndex(meanings(2), np.arange(2), ["zh"] * 2, 2, {})
    nothing = np.zeros((0, 1), dtype=np.float32)
    longer = index.followed_by(nothing, Texts(np.zeros(0, dtype=np.int64), []), 1)
    assert longer.score(meanings(1)[0], "zh").shape == (3,)
