"""The encoder is the one the models were trained with, and no text is encoded twice or too long."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.text.embedding import (
    MAX_ENCODED_CHARACTERS,
    MultilingualEncoder,
    encodable,
    encode_cached,
    text_digest,
)
from tests.matcher.light_encoder import WIDTH, DictCache, TermEncoder

CHINESE = "热轧带钢表面裂纹在线检测"
ENGLISH = "Online detection of surface cracks on hot-rolled strip"
UNRELATED = "Help with the homework of primary school pupils"
GOLDEN = (0.0053, -0.0082, -0.0015, -0.0241, -0.0872, 0.0464)


def test_vectors_are_those_that_models_were_trained_with(real_encoder: MultilingualEncoder) -> None:
    vector = real_encoder.encode([CHINESE])[0]
    assert vector.dtype == np.float32
    assert vector.shape == (512,)
    assert vector[:6] == pytest.approx(GOLDEN, abs=2e-4)


def test_twins_of_two_languages_are_close(real_encoder: MultilingualEncoder) -> None:
    chinese, english, other = real_encoder.encode([CHINESE, ENGLISH, UNRELATED])
    assert float(chinese @ english) == pytest.approx(0.785, abs=2e-3)
    assert float(chinese @ other) < 0.3


def test_vectors_have_length_one(real_encoder: MultilingualEncoder) -> None:
    vectors = real_encoder.encode(["a", CHINESE, "¿?", " ", "😀" * 50])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-4)


def test_order_of_texts_changes_no_vector(real_encoder: MultilingualEncoder) -> None:
    texts = [CHINESE, "x", ENGLISH * 5, UNRELATED]
    forth, back = real_encoder.encode(texts), real_encoder.encode(texts[::-1])
    assert forth == pytest.approx(back[::-1], abs=1e-4)


def test_traditional_characters_are_encoded_as_simplified() -> None:
    assert encodable("醫療影像檢測") == encodable("医疗影像检测") == "医疗影像检测"


@pytest.mark.parametrize("length", [999, 1_000, 100_000])
def test_no_more_than_a_thousand_characters_are_encoded(length: int) -> None:
    text = "检" * length
    assert encodable(text) == text[:MAX_ENCODED_CHARACTERS]


def test_long_text_costs_no_more_than_its_beginning(real_encoder: MultilingualEncoder) -> None:
    long, cut = (encode_cached([t], real_encoder)[0] for t in ("检测" * 50_000, "检测" * 500))
    assert long == pytest.approx(cut, abs=1e-5)


def test_each_distinct_text_is_encoded_once() -> None:
    encoder = TermEncoder()
    vectors = encode_cached(["crack", "rail", "crack", "ＣＲＡＣＫ"], encoder)
    assert sorted(encoder.seen) == ["crack", "rail"]
    assert np.array_equal(vectors[0], vectors[2])
    assert np.array_equal(vectors[0], vectors[3])


def test_what_the_cache_holds_is_not_encoded_again() -> None:
    encoder, cache = TermEncoder(), DictCache()
    first = encode_cached(["crack", "rail"], encoder, cache)
    again = encode_cached(["rail", "crack"], encoder, cache)
    assert len(encoder.seen) == 2
    assert np.array_equal(first, again[::-1])
    assert set(cache.kept) == {text_digest("crack"), text_digest("rail")}


def test_empty_texts_have_no_direction_and_are_not_encoded() -> None:
    encoder = TermEncoder()
    vectors = encode_cached(["", "crack", "  \u200b "], encoder)
    assert encoder.seen == ["crack"]
    assert not vectors[[0, 2]].any()
    assert encode_cached([], encoder).shape == (0, WIDTH)
    assert encode_cached(["", " "], encoder).shape == (2, WIDTH)


def test_progress_ends_with_everything_done() -> None:
    told: list[tuple[int, int]] = []
    encode_cached(
        (f"text {i}" for i in range(1_500)), TermEncoder(), None, lambda *n: told.append(n)
    )
    assert told == [(1_024, 1_500), (1_500, 1_500)]


@settings(max_examples=50)
@given(st.lists(st.text(max_size=30), max_size=8))
def test_cached_vectors_are_those_of_the_encoder(texts: list[str]) -> None:
    cache = DictCache()
    for _ in range(2):
        found = encode_cached(texts, TermEncoder(), cache)
        for text, vector in zip(texts, found, strict=True):
            wanted = TermEncoder().encode([encodable(text)])[0] if encodable(text) else vector * 0
            assert vector == pytest.approx(wanted, abs=1e-6)
