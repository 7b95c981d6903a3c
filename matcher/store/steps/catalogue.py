"""Steps 1-4: versions of records, stored matches, sentence vectors, the search index."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


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
