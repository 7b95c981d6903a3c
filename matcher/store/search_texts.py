"""The texts of a record beyond what its search document shows, read when a hit is to be drawn."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.search_documents import Key, documents_of
from matcher.store.versions import CLASSES, find_current, surroundings


def read_texts(db: Database, key: Key) -> tuple[str, ...]:
    """Return what else a record is found by; nothing for one that is no longer there."""
    owner = _owner(db, key)
    record = find_current(db, CLASSES[owner[0]], *owner) if owner else None
    if owner is None or record is None:
        return ()
    for own_key, document in documents_of(owner, record, surroundings(db)):
        if own_key == key:
            return document.texts
    return ()


def _owner(db: Database, key: Key) -> Key | None:
    """Return the record that holds the document: the pilot base, for one of its services."""
    if key[0] != "base_service":
        return key
    row = db.conn.execute(
        "SELECT f.value FROM search_facet AS f JOIN search_document AS d USING (document_id) "
        "WHERE f.facet = 'base' AND d.kind = ? AND d.record_id = ?",
        list(key),
    ).fetchone()
    return None if row is None else ("pilot_base", str(row[0]))
