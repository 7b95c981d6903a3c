"""What everybody may find of needs: put into the search, changed in it, taken out of it.

Which needs everybody may see, and how much of them, is decided in ``matcher.workflow.needs``; what
is given here is shown to anybody.
"""

from __future__ import annotations

import json

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.search_documents import Document, Key, PublicNeed, document_of
from matcher.store.search_index import facet_pairs, insert_document, remove_documents
from matcher.store.versions import next_revision, surroundings

KIND = "need"


def write_public_need(db: Database, shown: PublicNeed) -> bool:
    """Let everybody find a need as it is shown; return whether the search has changed.

    What is found anew or in another way is a change of the catalogue: its revision grows, so that
    those who keep a search hear of it. The same again changes nothing.
    """
    key = (KIND, shown.need.need_id)
    with write_transaction(db, f"put need {key[1]} into the search"):
        document = document_of(shown, surroundings(db))
        if _stored(db, key) == _comparable(key, document):
            return False
        added = _added_revision(db, key)
        remove_documents(db, [key])
        insert_document(db, key, document, next_revision(db), added=added)
    return True


def remove_public_need(db: Database, need_id: str) -> None:
    """Let nobody find a need by searching; one that nobody finds stays so."""
    with write_transaction(db, f"take need {need_id} out of the search"):
        remove_documents(db, [(KIND, need_id)])


def findable_needs(db: Database) -> list[str]:
    """Return the ids of the needs that a search finds."""
    with driver_errors("list the needs that can be found"):
        rows = db.conn.execute(
            "SELECT record_id FROM search_document WHERE kind = ? ORDER BY record_id", [KIND]
        ).fetchall()
    return [need_id for (need_id,) in rows]


def _comparable(key: Key, document: Document) -> tuple[object, ...]:
    shown = (document.title, document.title_en, document.summary, document.summary_en)
    return (*shown, list(document.texts), facet_pairs(key, document))


def _stored(db: Database, key: Key) -> tuple[object, ...] | None:
    row = db.conn.execute(
        "SELECT title, title_en, summary, summary_en, texts, document_id FROM search_document "
        "WHERE kind = ? AND record_id = ?",
        list(key),
    ).fetchone()
    if row is None:
        return None
    pairs = db.conn.execute(
        "SELECT facet, value FROM search_facet WHERE document_id = ?", [row[5]]
    ).fetchall()
    return (*row[:4], json.loads(row[4]), {tuple(pair) for pair in pairs})


def _added_revision(db: Database, key: Key) -> int:
    row = db.conn.execute(
        "SELECT added_revision FROM search_document WHERE kind = ? AND record_id = ?", list(key)
    ).fetchone()
    return 0 if row is None else int(row[0])
