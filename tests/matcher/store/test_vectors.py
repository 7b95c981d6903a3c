"""Sentence vectors: what was put is got, by encoder; a damaged row says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matcher.errors import StoreError
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.vectors import VectorStore
from matcher.text.embedding import VectorCache, text_digest


def some_vectors(n: int) -> dict[str, np.ndarray]:
    rows = np.random.default_rng(7).normal(size=(n, 8)).astype(np.float32)
    return {text_digest(f"text {i}"): row for i, row in enumerate(rows)}


def test_vectors_come_back_exactly_in_another_connection(path: Path, db: StoreDatabase) -> None:
    vectors = some_vectors(3_000)
    VectorStore(db, "e1").put_many(vectors)
    other = open_database(path, read_only=True)
    found = VectorStore(other, "e1").get_many([*vectors, "unknown"])
    assert found.keys() == vectors.keys()
    assert all(np.array_equal(found[key], vectors[key]) for key in vectors)
    assert all(row.dtype == np.float32 for row in found.values())
    close_database(other)


def test_encoders_do_not_see_each_others_vectors(db: StoreDatabase) -> None:
    VectorStore(db, "e1").put_many(some_vectors(2))
    assert VectorStore(db, "e2").get_many(list(some_vectors(2))) == {}
    assert (VectorStore(db, "e1").count(), VectorStore(db, "e2").count()) == (2, 0)


def test_putting_again_replaces(db: StoreDatabase) -> None:
    store = VectorStore(db, "e1")
    store.put_many({"d": np.ones(4, dtype=np.float32)})
    store.put_many({"d": np.zeros(4, dtype=np.float32)})
    assert store.get_many(["d"])["d"].tolist() == [0, 0, 0, 0]
    assert store.count() == 1


def test_half_precision_is_close_and_half_the_size(db: StoreDatabase) -> None:
    vectors = some_vectors(10)
    store = VectorStore(db, "e1", precision="float16")
    store.put_many(vectors)
    found = store.get_many(list(vectors))
    assert all(np.allclose(found[key], vectors[key], atol=2e-3) for key in vectors)
    (size,) = db.conn.execute("SELECT max(length(vector)) FROM sentence_vector").fetchone()
    assert size == 16


@pytest.mark.parametrize("bad", [[np.nan], [np.inf], [], [[1.0, 2.0]], 3.0])
def test_what_is_no_vector_is_refused_and_nothing_is_kept(db: StoreDatabase, bad: object) -> None:
    store = VectorStore(db, "e1")
    good = np.ones(2, dtype=np.float32)
    with pytest.raises(ValueError, match="expected finite numbers"):
        store.put_many({"good": good, "bad": np.array(bad, dtype=np.float32)})
    assert store.count() == 0


def test_nothing_to_do_writes_nothing(path: Path) -> None:
    reader = open_database(path, read_only=True)
    store = VectorStore(reader, "e1")
    store.put_many({})
    assert store.get_many([]) == {}
    close_database(reader)


def test_a_damaged_vector_says_what_to_do(db: StoreDatabase) -> None:
    VectorStore(db, "e1").put_many({"d": np.ones(4, dtype=np.float32)})
    db.conn.execute("UPDATE sentence_vector SET vector = x'010203'")
    db.conn.commit()
    with pytest.raises(StoreError, match="3 bytes"):
        VectorStore(db, "e1").get_many(["d"])


def test_an_encoder_without_a_name_is_refused(db: StoreDatabase) -> None:
    with pytest.raises(ValueError, match="no name"):
        VectorStore(db, "")


def test_it_is_the_cache_that_encoding_asks_for(db: StoreDatabase) -> None:
    cache: VectorCache = VectorStore(db, "e1")
    assert cache.get_many(["d"]) == {}
