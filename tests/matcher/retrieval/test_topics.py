"""Topics are the leading singular directions of a collection, and join languages unaided."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from matcher.retrieval.topics import MIN_UNITS, TopicSpace

STEEL = ["strip", "crack", "mill", "scratch"]
FARM = ["pig", "feed", "herd", "fever"]
STEEL_ZH = ["带钢", "裂纹", "轧机", "划伤"]
FARM_ZH = ["生猪", "饲料", "猪群", "发热"]


def documents(n: int = 80, seed: int = 0) -> list[list[str]]:
    """Texts about one of two fields; most are written in both languages."""
    random = np.random.default_rng(seed)
    fields = ((STEEL, STEEL_ZH), (FARM, FARM_ZH))
    found = []
    for i in range(n):
        english, chinese = fields[i % 2]
        at = random.integers(0, 4, 3)
        words = [english[k] for k in at] + [chinese[k] for k in at] + [f"n{i % 9}"]
        found.append(words if i % 5 else words[:3])
    return found


def test_directions_are_orthonormal() -> None:
    space = TopicSpace(documents())
    directions = space._components.astype(np.float64)
    assert space.n_topics >= 4
    assert directions.T @ directions == pytest.approx(np.eye(space.n_topics), abs=1e-4)


def test_directions_are_those_of_a_plain_decomposition() -> None:
    """Against NumPy's SVD of the same weighted rows: the same leading subspace."""
    texts = documents(60)
    space = TopicSpace(texts)
    kept = sorted({t for text in texts for t in text if space._vocabulary.get(t) is not None})
    assert [space._vocabulary.get(term) for term in kept] == list(range(len(kept)))
    rows = np.zeros((len(texts), len(kept)))
    for i, text in enumerate(texts):
        for term, n in Counter(text).items():
            if term in kept:
                n_texts = sum(term in other for other in texts)
                rows[i, kept.index(term)] = (1 + np.log(n)) * np.log(len(texts) / n_texts)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    _, values, right = np.linalg.svd(rows, full_matrices=False)
    n = next(k for k in range(3, len(values)) if values[k - 1] > 1.2 * values[k])
    ours = space._components[:, :n].astype(np.float64)
    assert ours @ ours.T == pytest.approx(right[:n].T @ right[:n], abs=5e-3)


def test_units_have_length_one_or_none() -> None:
    texts = [*documents(), ["a word that no other text holds"], []]
    lengths = np.linalg.norm(TopicSpace(texts).vectors.all(), axis=1)
    assert lengths[:-2] == pytest.approx(np.ones(len(texts) - 2), abs=1e-4)
    assert lengths[-2:].tolist() == [0.0, 0.0]


def test_a_text_in_the_other_language_is_found_without_a_dictionary() -> None:
    texts = [*documents(), STEEL_ZH[:2], FARM_ZH[:2]]
    space = TopicSpace(texts)
    scores = space.vectors.scan(space.vector({"strip": 1.0, "scratch": 1.0}))
    assert scores[-2] > 0.5
    assert scores[-2] > scores[-1] + 0.5


def test_unknown_words_have_no_topic() -> None:
    space = TopicSpace(documents())
    assert not space.vector({"quantum": 1.0}).any()
    assert not space.vector({}).any()


def test_small_collection_has_no_topics() -> None:
    space = TopicSpace(documents(MIN_UNITS - 1))
    assert space.n_topics == 0
    assert space.vectors.shape == (MIN_UNITS - 1, 0)
    assert space.vector({"strip": 1.0}).shape == (0,)
    assert TopicSpace([]).vectors.shape[0] == 0


def test_same_seed_gives_the_same_topics() -> None:
    first, second = TopicSpace(documents(), seed=3), TopicSpace(documents(), seed=3)
    assert np.array_equal(first.vectors.all(), second.vectors.all())


def test_further_units_are_projected_and_move_nobody() -> None:
    texts = documents()
    space = TopicSpace(texts)
    longer = space.followed_by([texts[7], ["unheard"]])
    vectors = longer.vectors.all()
    assert np.array_equal(vectors[: len(texts)], space.vectors.all())
    assert vectors[len(texts)] == pytest.approx(vectors[7], abs=1e-6)
    assert not vectors[-1].any()
