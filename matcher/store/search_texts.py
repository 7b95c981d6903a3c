"""The texts of records: what the index shows of each, and what else a hit may quote."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlite_utils import Database

from matcher.store.driver import driver_errors
from matcher.store.search_documents import Key, documents_of
from matcher.store.versions import CLASSES, find_current, surroundings


def read_texts(db: Database, key: Key) -> tuple[str, ...]:
    """Return what else a record is found by; nothing for one that is no longer there."""
    if key[0] == "need":  # its record holds more than everybody may see
        return _kept_texts(db, key)
    owner = _owner(db, key)
    record = find_current(db, CLASSES[owner[0]], *owner) if owner else None
    if owner is None or record is None:
        return ()
    for own_key, document in documents_of(owner, record, surroundings(db)):
        if own_key == key:
            return document.texts
    return ()


def _kept_texts(db: Database, key: Key) -> tuple[str, ...]:
    row = db.conn.execute(
        "SELECT texts FROM search_document WHERE kind = ? AND record_id = ?", list(key)
    ).fetchone()
    return () if row is None else tuple(json.loads(row[0]))


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


@dataclass(frozen=True, slots=True)
class Shown:
    """What the search index shows of one record, in both languages."""

    key: Key
    title: str
    title_en: str
    summary: str
    summary_en: str


def read_shown(db: Database) -> list[Shown]:
    """Return the shown texts of every record that can be found, by kind and id."""
    with driver_errors("read what is shown of records"):
        rows = db.conn.execute(
            "SELECT kind, record_id, title, title_en, summary, summary_en FROM search_document "
            "ORDER BY kind, record_id"
        ).fetchall()
    return [Shown((kind, record_id), *texts) for kind, record_id, *texts in rows]
