"""Step 25: allocation rounds with their rules, answers, locks, frozen inputs and results."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0025_rounds(db: Database) -> None:
    """Keep each round whole, so that years later the same inputs give the same result."""
    db.execute("""
        CREATE TABLE allocation_round (
            round_id TEXT PRIMARY KEY,
            title TEXT NOT NULL CHECK (title <> ''),
            title_en TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'frozen', 'preview', 'published',
                'cancelled')),
            version INTEGER NOT NULL CHECK (version >= 1),
            rules TEXT NOT NULL CHECK (json_valid(rules)),
            scope TEXT NOT NULL CHECK (json_valid(scope)),
            seed INTEGER NOT NULL,
            opens_at TEXT NOT NULL,
            closes_at TEXT NOT NULL,
            follows TEXT NOT NULL,
            inputs TEXT CHECK (inputs IS NULL OR json_valid(inputs)),
            inputs_digest TEXT NOT NULL,
            result TEXT CHECK (result IS NULL OR json_valid(result)),
            result_digest TEXT NOT NULL,
            created_by TEXT NOT NULL,
            created_at TEXT NOT NULL,
            published_at TEXT,
            CHECK (opens_at < closes_at),
            CHECK ((inputs IS NULL) = (inputs_digest = '')),
            CHECK ((result IS NULL) = (result_digest = '')),
            CHECK (state NOT IN ('frozen', 'preview', 'published') OR inputs IS NOT NULL),
            CHECK (state NOT IN ('preview', 'published') OR result IS NOT NULL)
        ) STRICT""")
    # What was published or frozen is what was decided by: the file itself refuses a change.
    db.execute("""
        CREATE TRIGGER allocation_round_rules_stand BEFORE UPDATE OF rules, seed, scope
        ON allocation_round WHEN OLD.state <> 'draft'
        BEGIN SELECT RAISE(ABORT, 'the rules of a round stand once they are published'); END""")
    db.execute("""
        CREATE TRIGGER allocation_round_result_stands BEFORE UPDATE OF result, inputs
        ON allocation_round WHEN OLD.state = 'published'
        BEGIN SELECT RAISE(ABORT, 'the result of a round stands once it is published'); END""")
    db.execute("""
        CREATE TABLE round_answer (
            round_id TEXT NOT NULL REFERENCES allocation_round (round_id),
            party_id TEXT NOT NULL,
            other_id TEXT NOT NULL,
            answer TEXT NOT NULL CHECK (answer IN ('must', 'willing', 'no')),
            answered_by TEXT NOT NULL,
            answered_at TEXT NOT NULL,
            PRIMARY KEY (round_id, party_id, other_id)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE round_lock (
            lock_id INTEGER PRIMARY KEY,
            round_id TEXT NOT NULL REFERENCES allocation_round (round_id),
            need_id TEXT NOT NULL,
            provider_id TEXT NOT NULL,
            place_id TEXT NOT NULL,
            reason TEXT NOT NULL CHECK (reason <> ''),
            locked_by TEXT NOT NULL,
            locked_at TEXT NOT NULL,
            removed_by TEXT NOT NULL,
            removed_at TEXT
        ) STRICT""")
    db.execute("""
        CREATE UNIQUE INDEX round_lock_standing ON round_lock (round_id, need_id)
        WHERE removed_at IS NULL""")
