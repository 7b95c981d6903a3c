"""Steps 23-24: pilots with their plans, results and slots; outcomes, ratings, follow-ups."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0023_pilots(db: Database) -> None:
    """Keep applications to bases, the plan of each pilot line by line, and the slots they take."""
    db.execute("""
        CREATE TABLE pilot_application (
            application_id TEXT PRIMARY KEY,
            engagement_id TEXT NOT NULL REFERENCES engagement (engagement_id),
            pilot_base_id TEXT NOT NULL CHECK (pilot_base_id <> ''),
            service_id TEXT NOT NULL,
            base_version INTEGER,
            applied_by TEXT NOT NULL,
            applied_at TEXT NOT NULL,
            decide_by TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'refused', 'withdrawn',
                'lapsed', 'finished', 'stopped')),
            decided_by TEXT NOT NULL,
            decided_at TEXT,
            slot_id TEXT NOT NULL,
            starts_on TEXT,
            ends_on TEXT,
            CHECK (state = 'waiting' OR decided_at IS NOT NULL)
        ) STRICT""")
    db.execute("""
        CREATE UNIQUE INDEX pilot_application_standing ON pilot_application (engagement_id)
        WHERE state IN ('waiting', 'accepted')""")
    db.execute("CREATE INDEX pilot_application_base ON pilot_application (pilot_base_id, state)")
    db.execute("""
        CREATE TABLE pilot_line (
            application_id TEXT NOT NULL REFERENCES pilot_application (application_id),
            requirement_id TEXT NOT NULL CHECK (requirement_id <> ''),
            need_version INTEGER NOT NULL,
            level TEXT NOT NULL,
            text TEXT NOT NULL,
            text_en TEXT NOT NULL,
            metric TEXT NOT NULL,
            operator TEXT NOT NULL,
            target REAL,
            unit TEXT NOT NULL,
            current_value REAL,
            method TEXT NOT NULL,
            tester TEXT NOT NULL CHECK (tester IN ('', 'base', 'enterprise', 'third_party')),
            data TEXT NOT NULL,
            measured REAL,
            met INTEGER CHECK (met IN (0, 1)),
            note TEXT NOT NULL,
            measured_by TEXT NOT NULL,
            measured_at TEXT,
            PRIMARY KEY (application_id, requirement_id),
            CHECK ((met IS NULL) = (measured_at IS NULL))
        ) STRICT, WITHOUT ROWID""")


@MIGRATIONS()
def m0024_outcomes(db: Database) -> None:
    """Keep what came of each engagement, what the parties say of each other, and of it later."""
    db.execute("""
        CREATE TABLE outcome (
            outcome_id TEXT PRIMARY KEY,
            need_id TEXT NOT NULL CHECK (need_id <> ''),
            result TEXT NOT NULL CHECK (result IN ('contracted', 'pilot_passed', 'pilot_failed',
                'paused', 'stopped', 'none_suitable', 'off_platform')),
            engagement_id TEXT REFERENCES engagement (engagement_id),
            value_cny INTEGER CHECK (value_cny >= 0),
            value_band TEXT NOT NULL,
            starts_on TEXT,
            ends_on TEXT,
            why_not TEXT NOT NULL CHECK (json_array_length(why_not) BETWEEN 0 AND 3),
            note TEXT NOT NULL,
            n_sites INTEGER CHECK (n_sites >= 0),
            label_grade INTEGER CHECK (label_grade BETWEEN 0 AND 3),
            label_weight REAL NOT NULL CHECK (label_weight BETWEEN 0 AND 1),
            publish_need TEXT NOT NULL CHECK (publish_need IN ('', 'all', 'anonymous', 'no')),
            publish_provider TEXT NOT NULL
                CHECK (publish_provider IN ('', 'all', 'anonymous', 'no')),
            case_id TEXT NOT NULL,
            recorded_by TEXT NOT NULL,
            recorded_at TEXT NOT NULL,
            CHECK (ends_on IS NULL OR starts_on IS NULL OR starts_on <= ends_on)
        ) STRICT""")
    db.execute("CREATE INDEX outcome_need ON outcome (need_id, recorded_at)")
    # One outcome an engagement; a later one takes its place, the audit trail keeps both.
    db.execute("""
        CREATE UNIQUE INDEX outcome_engagement ON outcome (engagement_id)
        WHERE engagement_id IS NOT NULL""")
    db.execute("""
        CREATE TABLE rating (
            engagement_id TEXT NOT NULL REFERENCES engagement (engagement_id),
            side TEXT NOT NULL CHECK (side IN ('need', 'provider')),
            overall INTEGER NOT NULL CHECK (overall BETWEEN 1 AND 5),
            fit INTEGER NOT NULL CHECK (fit BETWEEN 1 AND 5),
            responsiveness INTEGER NOT NULL CHECK (responsiveness BETWEEN 1 AND 5),
            competence INTEGER NOT NULL CHECK (competence BETWEEN 1 AND 5),
            given_by TEXT NOT NULL,
            given_at TEXT NOT NULL,
            PRIMARY KEY (engagement_id, side)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE follow_up (
            engagement_id TEXT PRIMARY KEY REFERENCES engagement (engagement_id),
            state TEXT NOT NULL,
            maturity_after INTEGER CHECK (maturity_after BETWEEN 0 AND 100),
            n_sites INTEGER CHECK (n_sites >= 0),
            text TEXT NOT NULL,
            given_by TEXT NOT NULL,
            given_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""")
