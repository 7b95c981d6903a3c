"""Keyword search with facets over the catalogue, in both languages.

The words of the query must all be found, each in its own spelling or in one of the expansions that
the caller's lexicon gives; if no record has them all, records with any of them are listed and the
result says so. User text is never query syntax. Of needs only what everybody may see is searched
(``public_needs``). For scoring a need against capabilities see ``matcher.retrieval``: this is the
search box.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.store.connection import read_snapshot
from matcher.store.search_documents import FACETS
from matcher.store.search_highlights import Mark, Passage, find_marks, find_passages
from matcher.store.search_query import Query, make_query
from matcher.store.search_texts import read_texts

Expand = Callable[[str], Sequence[str]]
Key = tuple[str, str]  # kind, record id

MAX_LIMIT = 200
MAX_VALUES = 100  # of one facet; a page offers fewer, and every value costs
TITLE_WEIGHT, BODY_WEIGHT = 8.0, 1.0
ORDERS = ("relevance", "name", "newest")


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found, with the places to highlight in each of its texts."""

    kind: str
    record_id: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    score: float  # larger is better; 0 without a query
    highlights: Mapping[str, tuple[Mark, ...]]  # "title", "title_en", "summary", "summary_en"
    passages: tuple[Passage, ...] = ()  # other texts of the record that hold words of the query


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of hits, how many there are in all, and how they divide."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]  # facet → value → hits, most frequent first
    is_relaxed: bool = False  # True: no record has all words; these have some
    others: tuple[str, ...] = ()  # words looked for besides the user's own
    offset: int = 0  # of the first hit, which is on the last page where less was found than asked


class _Filter(NamedTuple):
    """A condition on ``search_document AS d`` with its parameters."""

    sql: str
    parameters: tuple[Any, ...]


class _Page(NamedTuple):
    limit: int
    offset: int
    order: str


def search(  # noqa: PLR0913 (one argument for each thing a search page offers)
    db: Database,
    text: str,
    *,
    kinds: Iterable[str] = (),
    facets: Mapping[str, Iterable[str]] | None = None,
    limit: int = 20,
    offset: int = 0,
    expand: Expand | None = None,
    order: str = "relevance",
) -> SearchResult:
    """Find records by words and facets.

    Parameters
    ----------
    text : str
        What a user typed; without a word in it, everything is listed by name.
    kinds : iterable of str
        Kinds of records to find; empty for all.
    facets : mapping of str to iterable of str, optional
        Chosen values of each facet of ``FACETS``; values of one facet widen, facets narrow.
    limit, offset : int
        Page; at most 200 hits. An offset behind the last hit gives the last page.
    expand : callable, optional
        Gives other words for a word or phrase, such as its translations.
    order : {"relevance", "name", "newest"}
        How hits are ordered; relevance without a word to look for is the name.

    Returns
    -------
    SearchResult
        The count of each facet leaves out that facet's own choice, so that a user sees what
        choosing another value would give.

    Raises
    ------
    ValueError
        When a facet or the order is not known, or the page is out of range.
    """
    chosen = _chosen(kinds, facets or {})
    if not 1 <= limit <= MAX_LIMIT or offset < 0:
        raise ValueError(f"limit {limit}, offset {offset}: expected 1..{MAX_LIMIT} and 0 or more")
    if order not in ORDERS:
        raise ValueError(f"unknown order {order!r}, expected one of {ORDERS}")
    query = make_query(text, expand)
    with read_snapshot(db, "search"):
        match = query.strict
        total = _count(db, match, chosen)
        is_relaxed = total == 0 and query.relaxed != match and _count(db, match, {}) == 0
        if is_relaxed:
            match = query.relaxed
            total = _count(db, match, chosen)
        page = _Page(
            limit, offset if offset < total else (max(0, total - 1) // limit) * limit, order
        )
        hits = _hits(db, _page(db, match, chosen, page), query if match else None)
        counts = _facet_counts(db, match, chosen)
    return SearchResult(
        hits=tuple(hits),
        total=total,
        facets=counts,
        is_relaxed=is_relaxed and total > 0,
        others=query.others,
        offset=page.offset,
    )


def list_keys(
    db: Database, *, kinds: Iterable[str] = (), facets: Mapping[str, Iterable[str]] | None = None
) -> list[Key]:
    """Return (kind, id) of every record that a choice of facets leaves, for other searches."""
    found = _matching("", _chosen(kinds, facets or {}))
    with read_snapshot(db, "list records"):
        rows = db.conn.execute(
            f"SELECT d.kind, d.record_id {found.sql} ORDER BY d.kind, d.record_id",
            found.parameters,
        ).fetchall()
    return [(kind, record_id) for kind, record_id in rows]


def read_hits(db: Database, keys: Sequence[Key], text: str, expand: Expand | None) -> list[Hit]:
    """Return records as hits in the order given, with what a query finds in them marked."""
    query = make_query(text, expand)
    with read_snapshot(db, "read hits"):
        rows = [
            db.conn.execute(
                "SELECT kind, record_id, title, title_en, summary, summary_en, 0.0 "
                "FROM search_document WHERE kind = ? AND record_id = ?",
                list(key),
            ).fetchone()
            for key in keys
        ]
        return _hits(db, [row for row in rows if row is not None], query)


def find_changed(
    db: Database,
    text: str,
    *,
    facets: Mapping[str, Iterable[str]],
    after: int,
    expand: Expand | None = None,
    limit: int = MAX_LIMIT,
) -> list[tuple[str, str, str, str, bool]]:
    """Return what a search finds of the changes after a revision, the latest first.

    Returns
    -------
    list of (kind, record id, title, English title, whether it is new)
        A service of a pilot base counts as changed when its base did. Only records with all words
        are returned: nobody wants to be told of the others.
    """
    found = _matching(make_query(text, expand).strict, _chosen((), facets))
    joined = found.sql.replace(
        "FROM search_document AS d",
        "FROM search_document AS d LEFT JOIN record_head AS h USING (kind, record_id)",
        1,
    )
    # A need is written long before everybody may find it: its document says when that was.
    changed = "CASE d.kind WHEN 'need' THEN d.revision ELSE coalesce(h.revision, d.revision) END"
    is_new = "CASE d.kind WHEN 'need' THEN d.added_revision > ? ELSE coalesce(h.version, 0) = 1 END"
    with read_snapshot(db, "look for changes"):
        rows = db.conn.execute(
            f"SELECT d.kind, d.record_id, d.title, d.title_en, {is_new} "
            f"{joined} {'AND' if ' WHERE ' in joined else 'WHERE'} {changed} > ? "
            f"ORDER BY {changed} DESC, d.kind, d.record_id LIMIT ?",
            [after, *found.parameters, after, limit],
        ).fetchall()
    return [(*row[:4], bool(row[4])) for row in rows]


def _chosen(
    kinds: Iterable[str], facets: Mapping[str, Iterable[str]]
) -> dict[str, tuple[str, ...]]:
    unknown = sorted(set(facets) - set(FACETS))
    if unknown:
        raise ValueError(f"unknown facets {unknown}, expected some of {sorted(FACETS)}")
    chosen = {name: tuple(values)[:MAX_VALUES] for name, values in facets.items()}
    wanted_kinds = tuple(kinds) or chosen.get("kind", ())
    return {name: values for name, values in (chosen | {"kind": wanted_kinds}).items() if values}


def _matching(match: str, chosen: Mapping[str, Sequence[str]]) -> _Filter:
    """Return the FROM and WHERE parts that every statement of one search shares."""
    conditions, parameters = [], []
    source = "search_document AS d"
    if match:
        source += " JOIN search_index ON search_index.rowid = d.document_id"
        conditions.append("search_index MATCH ?")
        parameters.append(match)
    for facet, values in chosen.items():
        marks = ", ".join("?" * len(values))
        conditions.append(
            "d.document_id IN (SELECT document_id FROM search_facet "  # noqa: S608 (only marks)
            f"WHERE facet = ? AND value IN ({marks}))"
        )
        parameters += [facet, *values]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return _Filter(f"FROM {source}{where}", tuple(parameters))


def _count(db: Database, match: str, chosen: Mapping[str, Sequence[str]]) -> int:
    found = _matching(match, chosen)
    row = db.conn.execute(f"SELECT count(*) {found.sql}", found.parameters).fetchone()
    return int(row[0])


def _page(
    db: Database, match: str, chosen: Mapping[str, Sequence[str]], page: _Page
) -> list[tuple[Any, ...]]:
    found = _matching(match, chosen)
    score = f"-bm25(search_index, {TITLE_WEIGHT}, {BODY_WEIGHT})" if match else "0.0"
    by_name = "d.title, d.document_id"
    order = {
        "relevance": "score DESC, d.document_id" if match else by_name,
        "name": by_name,
        "newest": "d.revision DESC, d.document_id",
    }[page.order]
    return db.conn.execute(
        "SELECT d.kind, d.record_id, d.title, d.title_en, d.summary, d.summary_en, "
        f"{score} AS score {found.sql} ORDER BY {order} LIMIT ? OFFSET ?",
        [*found.parameters, page.limit, page.offset],
    ).fetchall()


def _facet_counts(
    db: Database, match: str, chosen: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, int]]:
    counts = _counts_of(db, match, chosen, tuple(name for name in FACETS if name not in chosen))
    for facet in chosen:
        others = {name: values for name, values in chosen.items() if name != facet}
        counts |= _counts_of(db, match, others, (facet,))
    return {name: counts[name] for name in FACETS if name in counts}


def _counts_of(
    db: Database, match: str, chosen: Mapping[str, Sequence[str]], facets: tuple[str, ...]
) -> dict[str, dict[str, int]]:
    found = _matching(match, chosen)
    marks = ", ".join("?" * len(facets))
    rows = db.conn.execute(
        "SELECT f.facet, f.value, count(*) AS n FROM search_facet AS f "  # noqa: S608 (as above)
        f"WHERE f.facet IN ({marks}) AND f.document_id IN (SELECT d.document_id {found.sql}) "
        "GROUP BY f.facet, f.value ORDER BY n DESC, f.value",
        [*facets, *found.parameters],
    )
    counts: dict[str, dict[str, int]] = {}
    for facet, value, n in rows:
        counts.setdefault(facet, {})[value] = n
    return counts


def _hits(db: Database, rows: Iterable[tuple[Any, ...]], query: Query | None) -> list[Hit]:
    """Return rows as hits; with a query, the texts that hold its words are read too."""
    hits = []
    for kind, record_id, title, title_en, summary, summary_en, score in rows:
        texts = {"title": title, "title_en": title_en, "summary": summary, "summary_en": summary_en}
        marks: dict[str, tuple[Mark, ...]] = dict.fromkeys(texts, ())
        passages: tuple[Passage, ...] = ()
        if query is not None:
            marks = {name: find_marks(text, query) for name, text in texts.items()}
            passages = find_passages(read_texts(db, (kind, record_id)), query)
        hits.append(Hit(kind, record_id, score=score, highlights=marks, passages=passages, **texts))
    return hits
