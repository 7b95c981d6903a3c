"""Steps 30-33: more of each shown pair, invented history apart, kept reports, judgements."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0030_shown_pairs(db: Database) -> None:
    """Keep where the ranking wanted a pair, why it stood where it did, and each side's share."""
    db.execute("ALTER TABLE match_pair ADD COLUMN intended_rank INTEGER CHECK (intended_rank >= 1)")
    db.execute("ALTER TABLE match_pair ADD COLUMN origin TEXT NOT NULL DEFAULT ''")
    for side in ("need", "provider"):
        db.execute(
            f"ALTER TABLE match_pair ADD COLUMN probability_{side} REAL "
            f"CHECK (probability_{side} BETWEEN 0 AND 1)"
        )
    db.execute("CREATE INDEX match_list_at ON match_list (created_at)")


@MIGRATIONS()
def m0031_synthetic_history(db: Database) -> None:
    """Keep invented history away from the real one: what is in this table is synthetic."""
    db.execute("""
        CREATE TABLE synthetic_history (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            seed INTEGER NOT NULL,
            n_pairs INTEGER NOT NULL CHECK (n_pairs >= 1),
            starts_on TEXT NOT NULL,
            ends_on TEXT NOT NULL CHECK (ends_on > starts_on),
            made_at TEXT NOT NULL,
            sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
            content BLOB NOT NULL
        ) STRICT""")


@MIGRATIONS()
def m0032_report_snapshots(db: Database) -> None:
    """Keep each month's report as it was: last month's report never changes."""
    db.execute("""
        CREATE TABLE report_snapshot (
            starts_on TEXT NOT NULL,
            ends_on TEXT NOT NULL CHECK (ends_on > starts_on),
            synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
            model_id TEXT NOT NULL,
            made_at TEXT NOT NULL,
            made_by TEXT NOT NULL CHECK (made_by <> ''),
            sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
            document TEXT NOT NULL CHECK (json_valid(document)),
            PRIMARY KEY (starts_on, ends_on, synthetic),
            CHECK (json_extract(document, '$.synthetic') = synthetic)
        ) STRICT""")
    for verb in ("UPDATE", "DELETE"):
        db.execute(f"""
            CREATE TRIGGER report_snapshot_no_{verb.lower()} BEFORE {verb} ON report_snapshot
            BEGIN SELECT RAISE(ABORT, 'a kept report never changes'); END""")


@MIGRATIONS()
def m0033_judgements(db: Database) -> None:
    """Keep how reviewers graded pairs without seeing score or rank."""
    db.execute("""
        CREATE TABLE judgement (
            judgement_id INTEGER PRIMARY KEY,
            need_id TEXT NOT NULL CHECK (need_id <> ''),
            need_version INTEGER CHECK (need_version >= 1),
            capability_id TEXT NOT NULL CHECK (capability_id <> ''),
            capability_version INTEGER CHECK (capability_version >= 1),
            grade INTEGER NOT NULL CHECK (grade BETWEEN 0 AND 3),
            requirement_id TEXT NOT NULL,
            note TEXT NOT NULL,
            drawn_for TEXT NOT NULL CHECK (drawn_for <> ''),
            judged_by TEXT NOT NULL CHECK (judged_by <> ''),
            judged_at TEXT NOT NULL,
            UNIQUE (need_id, capability_id, judged_by)
        ) STRICT""")
    db.execute("CREATE INDEX judgement_at ON judgement (judged_at)")
