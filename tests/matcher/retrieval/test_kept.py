"""A kept index is the one that would be built, number for number, or it is not used."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from matcher.retrieval.collection import Unit, build_collection
from matcher.retrieval.index import EvidenceIndex, UnitScores
from matcher.retrieval.kept import IndexParts, evidence_index, index_key
from matcher.retrieval.rows import EXACT_ROWS, CompactBlock, Rows
from matcher.text.arrays import Arrays
from matcher.text.lexicon import Lexicon
from tests.matcher.light_encoder import TermEncoder

QUERY = ("带钢表面裂纹", "在线识别带钢裂纹，漏检率低于 1%")
WORDS = ("带钢", "裂纹", "高炉", "预测", "pump", "crack", "vision", "strip")


class Shelf:
    """A cache in memory that counts."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Arrays] = {}
        self.n_given = 0

    def get(self, name: str, key: str) -> Arrays | None:
        found = self.kept.get((name, key))
        self.n_given += found is not None
        return found

    def put(self, name: str, key: str, arrays: Arrays) -> None:
        self.kept[name, key] = {n: a.copy() for n, a in arrays.items()}


def units() -> list[Unit]:
    return [
        Unit(
            f"u{i}",
            f"c{i % 7}",
            WORDS[i % 8] + WORDS[(i * 3) % 8],
            " ".join(WORDS[(i * k) % 8] for k in range(1, 5)),
            *(("", "") if i % 3 else ("Strip crack", f"{WORDS[4 + i % 4]} found on line")),
            year=2000 + i if i % 4 else 0,
        )
        for i in range(30)
    ]


def kept_index(shelf: Shelf, collection_units: list[Unit]) -> EvidenceIndex:
    lexicon = Lexicon.of([("裂纹", "crack"), ("带钢", "strip")])
    collection = build_collection(collection_units)
    return evidence_index("test", collection, IndexParts(TermEncoder(), None, lexicon, {}, shelf))


def assert_same_scores(one: EvidenceIndex, other: EvidenceIndex) -> None:
    queries = [index.read_query(*QUERY) for index in (one, other)]
    assert queries[0].known_share == queries[1].known_share
    scores = [i.score_units(q) for i, q in zip((one, other), queries, strict=True)]
    for field in fields(UnitScores):
        first, second = (getattr(found, field.name) for found in scores)
        np.testing.assert_array_equal(first, second, err_msg=field.name, strict=True)


def test_kept_index_scores_as_the_built_one_also_when_it_grows() -> None:
    shelf = Shelf()
    built, kept = kept_index(shelf, units()), kept_index(shelf, units())
    assert shelf.n_given == 1
    assert_same_scores(built, kept)
    assert (built.regime, built.mean_terms) == (kept.regime, kept.mean_terms)
    added = build_collection([Unit("new", "c99", "声呐裂纹", "sonar for cracks")])
    longer = [index.extended(added, TermEncoder(), None) for index in (built, kept)]
    assert_same_scores(*longer)
    np.testing.assert_array_equal(longer[0].is_fitted, longer[1].is_fitted)
    assert {n: m.tolist() for n, m in longer[0].written_in.items()} == {
        n: m.tolist() for n, m in longer[1].written_in.items()
    }


def test_any_difference_in_what_an_index_follows_from_is_another_key() -> None:
    shelf = Shelf()
    kept_index(shelf, units())
    for name, value in (("text", "另"), ("title_en", "x"), ("year", 1999), ("unit_id", "v")):
        changed = [replace(units()[0], **{name: value}), *units()[1:]]
        kept_index(shelf, changed)
    assert shelf.n_given == 0
    assert len(shelf.kept) == 5
    collection = build_collection(units())
    keys = {
        index_key(collection, "one", {}),
        index_key(collection, "two", {}),
        index_key(collection, "one", {"zh": np.ones(3, dtype=np.float32)}),
        index_key(collection, "one", {"en": np.ones(3, dtype=np.float32)}),
    }
    assert len(keys) == 4


def test_rows_in_eight_bits_come_back_as_they_were() -> None:
    vectors = np.random.default_rng(0).standard_normal((EXACT_ROWS + 5, 16)).astype(np.float32)
    rows = Rows.of(vectors, compact=True)
    again = Rows.of_arrays(rows.arrays())
    assert not again.is_exact
    assert "vectors" not in CompactBlock(vectors).arrays()
    np.testing.assert_array_equal(rows.scan(vectors[7]), again.scan(vectors[7]))
    at = np.arange(0, len(vectors), 999)
    np.testing.assert_array_equal(rows.take(at), again.take(at))


def test_kept_lexicon_is_the_one_of_the_file() -> None:
    shelf = Shelf()
    read, kept = Lexicon.kept(shelf), Lexicon.kept(shelf)
    assert shelf.n_given == 1
    assert kept == read == Lexicon.load()
