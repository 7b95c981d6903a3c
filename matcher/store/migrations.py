"""The schema, as a list of steps that are never edited after release.

``apply_migrations`` brings a database up to this code; ``require_current`` refuses one that is
older or newer. The result of all steps is pinned by ``tests/golden/schema.sql``.
"""

from __future__ import annotations

from functools import cache

from sqlite_utils import Database, Migrations

from matcher.errors import SchemaOutOfDate
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors

MIGRATIONS = Migrations("matcher")


@MIGRATIONS()
def m0001_record_versions(db: Database) -> None:
    """Every state that a record ever had, so that a match can be replayed."""
    db.execute("""
        CREATE TABLE record_version (
            kind TEXT NOT NULL CHECK (
                kind IN ('scenario', 'provider', 'capability', 'case', 'pilot_base', 'need')),
            record_id TEXT NOT NULL CHECK (record_id <> ''),
            version INTEGER NOT NULL CHECK (version >= 1),
            payload TEXT NOT NULL CHECK (json_valid(payload)),
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            actor TEXT NOT NULL CHECK (actor <> ''),
            valid_from TEXT NOT NULL,
            valid_to TEXT,
            PRIMARY KEY (kind, record_id, version)
        ) STRICT""")
    # One row a record: which version is current, and in which revision it last changed.
    db.execute("""
        CREATE TABLE record_head (
            kind TEXT NOT NULL,
            record_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            digest TEXT NOT NULL,
            actor TEXT NOT NULL,
            revision INTEGER NOT NULL,
            is_removed INTEGER NOT NULL DEFAULT 0 CHECK (is_removed IN (0, 1)),
            PRIMARY KEY (kind, record_id),
            FOREIGN KEY (kind, record_id, version)
                REFERENCES record_version (kind, record_id, version)
        ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX record_head_revision ON record_head (revision)")
    db.execute("""
        CREATE VIEW record_current AS
        SELECT v.kind, v.record_id, v.version, v.payload, v.digest, v.actor, v.valid_from,
               h.revision
        FROM record_head AS h JOIN record_version AS v USING (kind, record_id, version)
        WHERE h.is_removed = 0""")
    db.execute("""
        CREATE INDEX record_version_provider
        ON record_version (json_extract(payload, '$.provider_id'), kind)
        WHERE valid_to IS NULL AND kind IN ('capability', 'case')""")
    db.execute("""
        CREATE TABLE catalogue_state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            revision INTEGER NOT NULL CHECK (revision >= 0)
        ) STRICT""")
    db.execute("INSERT INTO catalogue_state (id, revision) VALUES (1, 0)")
    db.execute("""
        CREATE TABLE catalogue_import (
            revision INTEGER NOT NULL,
            source TEXT NOT NULL,
            summary TEXT NOT NULL CHECK (json_valid(summary)),
            imported_at TEXT NOT NULL
        ) STRICT""")


@MIGRATIONS()
def m0002_match_lists(db: Database) -> None:
    """Every answer that was shown, with what it rested on."""
    db.execute("""
        CREATE TABLE match_list (
            match_list_id INTEGER PRIMARY KEY,
            need_id TEXT NOT NULL,
            need_version INTEGER,
            need TEXT NOT NULL CHECK (json_valid(need)),
            model_id TEXT NOT NULL,
            catalogue_revision INTEGER NOT NULL,
            no_adequate_match INTEGER NOT NULL CHECK (no_adequate_match IN (0, 1)),
            n_eligible INTEGER NOT NULL,
            excluded TEXT NOT NULL CHECK (json_valid(excluded)),
            bases TEXT NOT NULL CHECK (json_valid(bases)),
            timing_ms TEXT NOT NULL CHECK (json_valid(timing_ms)),
            record_versions TEXT NOT NULL CHECK (json_valid(record_versions)),
            origin TEXT NOT NULL,
            created_at TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX match_list_need ON match_list (need_id, created_at)")
    db.execute("""
        CREATE TABLE match_pair (
            match_list_id INTEGER NOT NULL REFERENCES match_list (match_list_id) ON DELETE CASCADE,
            rank INTEGER NOT NULL CHECK (rank >= 1),
            provider_id TEXT NOT NULL,
            provider_version INTEGER,
            capability_id TEXT NOT NULL,
            capability_version INTEGER,
            bits REAL NOT NULL,
            probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1),
            propensity REAL NOT NULL CHECK (propensity > 0 AND propensity <= 1),
            features TEXT NOT NULL CHECK (json_valid(features)),
            explanation TEXT NOT NULL CHECK (json_valid(explanation)),
            PRIMARY KEY (match_list_id, rank)
        ) STRICT""")
    db.execute("CREATE INDEX match_pair_capability ON match_pair (capability_id)")


@MIGRATIONS()
def m0003_sentence_vectors(db: Database) -> None:
    """Vectors of texts, kept because encoding is the slowest step."""
    db.execute("""
        CREATE TABLE sentence_vector (
            encoder TEXT NOT NULL,
            digest TEXT NOT NULL,
            dtype TEXT NOT NULL CHECK (dtype IN ('float16', 'float32')),
            vector BLOB NOT NULL,
            PRIMARY KEY (encoder, digest)
        ) STRICT""")


@MIGRATIONS()
def m0004_search(db: Database) -> None:
    """Index for the search box: one document a record, both languages in it, and its facets."""
    db.execute("""
        CREATE TABLE search_document (
            document_id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            record_id TEXT NOT NULL,
            title TEXT NOT NULL,
            title_en TEXT NOT NULL,
            summary TEXT NOT NULL,
            summary_en TEXT NOT NULL,
            revision INTEGER NOT NULL,
            UNIQUE (kind, record_id)
        ) STRICT""")
    db.execute("CREATE INDEX search_document_title ON search_document (title, document_id)")
    db.execute("CREATE INDEX search_document_revision ON search_document (revision, document_id)")
    # Terms are made by matcher.text.terms; all that is not ASCII belongs to a term.
    db.execute("""
        CREATE VIRTUAL TABLE search_index
        USING fts5(title, body, tokenize = "ascii tokenchars '.'")""")
    db.execute("""
        CREATE TABLE search_facet (
            facet TEXT NOT NULL,
            value TEXT NOT NULL,
            document_id INTEGER NOT NULL
                REFERENCES search_document (document_id) ON DELETE CASCADE,
            PRIMARY KEY (facet, value, document_id)
        ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX search_facet_document ON search_facet (document_id)")


def pending_migrations(db: Database) -> tuple[str, ...]:
    """Return the names of the steps that this code has and the database lacks."""
    with driver_errors("read the schema version"):
        return tuple(step.name for step in MIGRATIONS.pending(db))


def unknown_migrations(db: Database) -> tuple[str, ...]:
    """Return the names of the steps that the database has and this code does not know."""
    with driver_errors("read the schema version"):
        applied = [step.name for step in MIGRATIONS.applied(db)]
    return tuple(name for name in applied if name not in _known_migrations())


@cache
def _known_migrations() -> frozenset[str]:
    """Return the names of all steps of this code: what an empty database lacks."""
    empty = Database(memory=True, execute_plugins=False)
    try:
        return frozenset(step.name for step in MIGRATIONS.pending(empty))
    finally:
        empty.close()


def apply_migrations(db: Database) -> tuple[str, ...]:
    """Bring the database up to this code, all steps or none; return the steps applied.

    Raises
    ------
    SchemaOutOfDate
        When the database was written by a newer version of this program; it is left as it is.
    """
    _refuse_newer(db)
    if not pending_migrations(db):
        return ()
    with driver_errors("turn on the write-ahead log"):
        # A property of the file that cannot be set inside a transaction; a no-op in memory.
        db.conn.execute("PRAGMA journal_mode = WAL")
    with write_transaction(db, "migrate the database"):
        applied = pending_migrations(db)  # again: another process may have been faster
        MIGRATIONS.apply(db)
    return applied


def require_current(db: Database) -> None:
    """Refuse a database whose schema is not the one of this code.

    Raises
    ------
    SchemaOutOfDate
        Naming the steps that are missing or unknown.
    """
    _refuse_newer(db)
    pending = pending_migrations(db)
    if pending:
        raise SchemaOutOfDate(
            f"the database lacks {', '.join(pending)}; run `aiplus init`", pending=pending
        )


def _refuse_newer(db: Database) -> None:
    unknown = unknown_migrations(db)
    if unknown:
        raise SchemaOutOfDate(
            f"the database was written by a newer version of this program: it has "
            f"{', '.join(unknown)}, unknown here; update the program or restore an older backup",
            unknown=unknown,
        )


def schema_sql(db: Database) -> str:
    """Return the statements that made the schema, sorted by name, for the golden file."""
    with driver_errors("read the schema"):
        rows = db.conn.execute(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
            "AND name NOT LIKE 'search_index_%' ORDER BY type, name"
        ).fetchall()
    return "".join(f"{_outdented(sql)};\n\n" for (sql,) in rows)


def _outdented(sql: str) -> str:
    lines = sql.splitlines()
    return "\n".join(line[8:] if line.startswith(" " * 8) else line for line in lines)
