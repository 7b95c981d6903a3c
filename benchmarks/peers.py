"""The lexical stage beside bm25s and SQLite FTS5: the same postings, the same queries, in turn."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence

import bm25s
import numpy as np
from bm25s.tokenization import Tokenized
from numpy.typing import NDArray

from matcher.retrieval.lexical import LexicalIndex

TOP = 200
RAREST = 8

Query = Mapping[str, float]
Search = Callable[[Query], object]


def documents_of(index: LexicalIndex) -> list[NDArray[np.int32]]:
    """Return the distinct terms of each unit, as numbers of the index's vocabulary."""
    starts, units, _ = index.postings
    terms = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    order = np.argsort(units, kind="stable")
    ends = np.cumsum(np.bincount(units, minlength=index.n_units))
    return np.split(terms[order], ends[:-1])


def compare(index: LexicalIndex, queries: Sequence[Query]) -> dict[str, object]:
    """Time every engine on every query, one after another, and the ratios to ours."""
    documents = documents_of(index)
    ours = _ours(index)
    peers = {
        "bm25s": _bm25s(index, documents),
        "fts5_all_terms": _fts5(index, documents, None),
        "fts5_8_rarest": _fts5(index, documents, RAREST),
    }
    for search in (ours, *peers.values()):
        search(queries[0])
    times: dict[str, list[float]] = {"ours": [], **{name: [] for name in peers}}
    for query in queries:
        for name, search in {"ours": ours, **peers}.items():
            start = time.perf_counter()
            search(query)
            times[name].append((time.perf_counter() - start) * 1000)
    own = np.array(times["ours"])
    return {
        "n_units": len(documents),
        "n_queries": len(queries),
        "terms_a_query": float(np.median([len(query) for query in queries])),
        "ms": {name: _spread(np.array(values)) for name, values in times.items()},
        "ratio_to_ours": {name: _spread(np.array(times[name]) / own) for name in peers},
    }


def _spread(values: NDArray[np.float64]) -> dict[str, float]:
    low, middle, high = np.percentile(values, (25, 50, 75))
    return {"p25": float(low), "p50": float(middle), "p75": float(high)}


def _ours(index: LexicalIndex) -> Search:
    def search(query: Query) -> object:
        scores = index.score(query)
        return np.argpartition(-scores, min(TOP, len(scores) - 1))[:TOP]

    return search


def _known(index: LexicalIndex, query: Query) -> dict[str, int]:
    """Return the terms of a query that the index knows, with their numbers."""
    terms = list(query)
    numbers = index.vocabulary.numbers(terms).tolist()
    return {term: n for term, n in zip(terms, numbers, strict=True) if n >= 0}


def _bm25s(index: LexicalIndex, documents: Sequence[NDArray[np.int32]]) -> Search:
    retriever = bm25s.BM25(k1=1.2, b=0.75)
    ids = [document.tolist() for document in documents]
    vocabulary = {str(number): number for number in range(len(index.vocabulary))}
    retriever.index(Tokenized(ids=ids, vocab=vocabulary), show_progress=False)

    def search(query: Query) -> object:
        known = [[str(number) for number in _known(index, query).values()]]
        return retriever.retrieve(known, k=min(TOP, len(documents)), show_progress=False)

    return search


def _fts5(
    index: LexicalIndex, documents: Sequence[NDArray[np.int32]], rarest: int | None
) -> Search:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE unit USING fts5(terms, content='', detail=none)")
    rows = ((i, " ".join(f"t{t}" for t in terms)) for i, terms in enumerate(documents))
    db.executemany("INSERT INTO unit (rowid, terms) VALUES (?, ?)", rows)

    def search(query: Query) -> object:
        numbers = _known(index, query)
        known = sorted(numbers, key=index.weight_of)
        chosen = known if rarest is None else known[-rarest:]
        text = " OR ".join(f"t{numbers[term]}" for term in chosen)
        statement = "SELECT rowid FROM unit WHERE unit MATCH ? ORDER BY bm25(unit) LIMIT ?"
        return db.execute(statement, (text, TOP)).fetchall()

    return search
