"""Keep the search index in step with the records, in the transaction that changes them.

The index is made from the records alone. When a newer program makes its documents in another way,
``refresh_index`` writes all of them anew; their revisions stay, so nothing looks changed. Only
needs are not made from records here, which hold more than everybody may see: ``public_needs`` gives
what may be found, and that is kept beside them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from sqlite_utils import Database

from matcher.store.search_documents import Document, Key, Surroundings, documents_of
from matcher.text.terms import HAN, normalise, search_terms

# Counted up whenever search_documents makes other documents of the same records.
MAPPING = 5

_HAN_RUN = re.compile(f"[{HAN}]{{2,}}")


def index_text(texts: Iterable[str]) -> str:
    """Return the terms of texts, with the last character of every Han run.

    A query of one character is looked up as the beginning of a pair; only a run's last character
    begins none.
    """
    terms: list[str] = []
    for text in filter(None, texts):
        terms += search_terms(text)
        terms += [run[-1] for run in _HAN_RUN.findall(normalise(text))]
    return " ".join(terms)


def write_documents(
    db: Database, records: Mapping[Key, object], revision: int, around: Surroundings
) -> None:
    """Put records into the search index in place of what stood there for them."""
    remove_documents(db, records)
    for key, record in records.items():
        for own_key, document in documents_of(key, record, around):
            insert_document(db, own_key, document, revision)


def insert_document(
    db: Database, key: Key, document: Document, revision: int, *, added: int = 0
) -> None:
    """Put one document into the index, where none stands for its key.

    Parameters
    ----------
    added : int
        The revision in which it first could be found, where that is an earlier one.
    """
    shown = (document.title, document.title_en, document.summary, document.summary_en)
    kept = json.dumps(document.texts, ensure_ascii=False) if key[0] == "need" else "[]"
    row = db.conn.execute(
        "INSERT INTO search_document (kind, record_id, title, title_en, summary, summary_en, "
        "revision, added_revision, texts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING document_id",
        [*key, *shown, revision, added or revision, kept],
    ).fetchone()
    db.conn.execute(
        "INSERT INTO search_index (rowid, title, body) VALUES (?, ?, ?)",
        [
            row[0],
            index_text([document.title, document.title_en, key[1]]),
            index_text([document.summary, document.summary_en, *document.texts]),
        ],
    )
    db.conn.executemany(
        "INSERT INTO search_facet (facet, value, document_id) VALUES (?, ?, ?)",
        [(name, value, row[0]) for name, value in sorted(facet_pairs(key, document))],
    )


def facet_pairs(key: Key, document: Document) -> set[tuple[str, str]]:
    """Return the (facet, value) pairs under which a document is counted."""
    facets = {"kind": [key[0]], **document.facets}
    return {(name, value) for name, values in facets.items() for value in values if value}


def remove_documents(db: Database, keys: Iterable[Key]) -> None:
    """Take records and their parts out of the index; those not in it are passed over."""
    for kind, record_id in keys:
        rows = db.conn.execute(
            "SELECT document_id FROM search_document WHERE kind = ? AND record_id = ?",
            [kind, record_id],
        ).fetchall()
        if kind == "pilot_base":
            rows += db.conn.execute(
                "SELECT document_id FROM search_facet WHERE facet = 'base' AND value = ?",
                [record_id],
            ).fetchall()
        for row in rows:
            db.conn.execute("DELETE FROM search_index WHERE rowid = ?", [row[0]])
            db.conn.execute("DELETE FROM search_document WHERE document_id = ?", [row[0]])


def is_index_current(db: Database) -> bool:
    """Whether the documents were made in the way of this program."""
    row = db.conn.execute("SELECT mapping FROM search_state WHERE id = 1").fetchone()
    return row is not None and int(row[0]) == MAPPING


def rewrite_index(
    db: Database, records: Mapping[Key, tuple[object, int]], around: Surroundings
) -> None:
    """Make every document of these records anew from (record, revision) pairs.

    The caller holds the lock. Needs stay as they are: ``public_needs`` has what stands of them.
    """
    others = "SELECT document_id FROM search_document WHERE kind <> 'need'"
    db.conn.execute(f"DELETE FROM search_index WHERE rowid IN ({others})")  # noqa: S608
    db.conn.execute("DELETE FROM search_document WHERE kind <> 'need'")
    for key, (record, revision) in records.items():
        for own_key, document in documents_of(key, record, around):
            insert_document(db, own_key, document, revision)
    db.conn.execute("UPDATE search_state SET mapping = ? WHERE id = 1", [MAPPING])
