"""The second list of the search box: close in meaning, of either language, up to date."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.store.capabilities import save_capability
from matcher.store.catalogue import replace_catalogue
from matcher.store.connection import StoreDatabase
from matcher.store.search import SearchResult, list_keys
from matcher.store.search_texts import Shown
from matcher.workflow.matching.meaning import LITTLE, MeaningSearch, finds_little, texts_of
from tests.factories import make_capability, make_catalogue, make_provider
from tests.matcher.store.conftest import NOW, db, path

__all__ = ["db", "path"]  # fixtures of the store's tests

CONCEPTS = (("窑炉", "kiln"), ("语音", "speech"), ("带钢", "strip"))


class ConceptEncoder:
    """Synthetic: a text's direction is which of three concepts it names, in either language."""

    name = "concepts-1"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [
            [float(any(word in text for word in words)) for words in CONCEPTS] for text in texts
        ]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), len(CONCEPTS))
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(norms > 0, norms, 1), dtype=np.float32)


@pytest.fixture
def search(db: StoreDatabase, path: Path) -> MeaningSearch:
    replace_catalogue(db, make_catalogue(), source="synthetic", now=NOW)
    register(db, 2, "窑炉节能", "")
    register(db, 3, "", "Speech for call centres")
    means = {"zh": np.zeros(3, np.float32), "en": np.zeros(3, np.float32)}
    return MeaningSearch(path, ConceptEncoder(), means)


def register(db: StoreDatabase, number: int, name: str, name_en: str) -> None:
    capability = make_capability(
        capability_id=f"CAP-V900-{number}", name=name, name_en=name_en, problem="", problem_en=""
    )
    save_capability(db, capability, make_provider(), actor="user:1", now=NOW)


@pytest.mark.parametrize(("text", "number"), [("kiln", 2), ("窑炉", 2), ("语音", 3), ("speech", 3)])
def test_meaning_crosses_languages(
    db: StoreDatabase, search: MeaningSearch, text: str, number: int
) -> None:
    found = search.closest(text, list_keys(db, kinds=["capability"]))
    assert found[0] == ("capability", f"CAP-V900-{number}")


def test_only_what_the_facets_leave_is_returned(db: StoreDatabase, search: MeaningSearch) -> None:
    assert search.closest("kiln", list_keys(db, kinds=["case"])) == []
    assert search.closest("kiln", []) == []


def test_what_is_registered_is_close_at_once(db: StoreDatabase, search: MeaningSearch) -> None:
    before = search.index().revision
    register(db, 4, "水泥窑炉", "")
    found = search.closest("kiln", list_keys(db, kinds=["capability"]))
    assert ("capability", "CAP-V900-4") in found
    assert search.index().revision > before


@pytest.mark.parametrize("text", ["", "\x00", "nothing of the kind", "🙂"])
def test_text_without_meaning_is_close_to_nothing(
    db: StoreDatabase, search: MeaningSearch, text: str
) -> None:
    assert search.closest(text, list_keys(db)) == []


def test_each_language_of_a_record_is_a_text() -> None:
    assert texts_of(Shown(("case", "C1"), "题", "", "", "Summary")) == ["题", "Summary"]
    assert texts_of(Shown(("case", "C1"), "题", "Title", "文", "Text")) == ["题. 文", "Title. Text"]


def test_second_list_is_wanted_where_words_find_little() -> None:
    assert finds_little(SearchResult((), LITTLE - 1, {}))
    assert finds_little(SearchResult((), 99, {}, is_relaxed=True))
    assert not finds_little(SearchResult((), LITTLE, {}))
