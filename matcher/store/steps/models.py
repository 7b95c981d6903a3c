"""Steps 40-42: which model serves, comparisons, jobs, shadow ranks, what reviewers are to judge."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0040_serving_models(db: Database) -> None:
    """Keep which model serves since when and why, and what each comparison of two models found."""
    db.execute("""
        CREATE TABLE model_comparison (
            comparison_id INTEGER PRIMARY KEY,
            candidate_id TEXT NOT NULL CHECK (candidate_id <> ''),
            candidate_sha256 TEXT NOT NULL CHECK (length(candidate_sha256) = 64),
            serving_id TEXT NOT NULL CHECK (serving_id <> ''),
            serving_sha256 TEXT NOT NULL CHECK (length(serving_sha256) = 64),
            passed INTEGER NOT NULL CHECK (passed IN (0, 1)),
            document TEXT NOT NULL CHECK (json_valid(document)),
            made_by TEXT NOT NULL CHECK (made_by <> ''),
            made_at TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX model_comparison_of ON model_comparison (candidate_id, made_at)")
    db.execute("""
        CREATE TABLE serving_change (
            change_id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('promoted', 'rolled_back')),
            model_id TEXT NOT NULL CHECK (model_id <> ''),
            model_sha256 TEXT NOT NULL CHECK (length(model_sha256) = 64),
            previous_id TEXT NOT NULL CHECK (previous_id <> model_id),
            comparison_id INTEGER REFERENCES model_comparison (comparison_id),
            made_by TEXT NOT NULL CHECK (made_by <> ''),
            asked_by TEXT NOT NULL CHECK (asked_by <> made_by),
            reason TEXT NOT NULL CHECK (reason <> ''),
            made_at TEXT NOT NULL
        ) STRICT""")
    # Where a comparison advises against a model, a second administrator has to want it too.
    db.execute("""
        CREATE TABLE promotion_request (
            request_id INTEGER PRIMARY KEY,
            model_id TEXT NOT NULL CHECK (model_id <> ''),
            comparison_id INTEGER NOT NULL REFERENCES model_comparison (comparison_id),
            reason TEXT NOT NULL CHECK (reason <> ''),
            asked_by TEXT NOT NULL CHECK (asked_by <> ''),
            asked_at TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'promoted', 'withdrawn')),
            closed_by TEXT NOT NULL CHECK ((state = 'waiting') = (closed_by = '')),
            closed_at TEXT,
            CHECK (state <> 'promoted' OR closed_by <> asked_by)
        ) STRICT""")
    db.execute("""
        CREATE UNIQUE INDEX promotion_request_waiting ON promotion_request (model_id)
        WHERE state = 'waiting'""")


@MIGRATIONS()
def m0041_jobs_and_shadow(db: Database) -> None:
    """Keep the progress of long work, and how another model would have ranked what was shown."""
    db.execute("""
        CREATE TABLE job (
            job_id TEXT PRIMARY KEY CHECK (job_id <> ''),
            kind TEXT NOT NULL CHECK (kind <> ''),
            given TEXT NOT NULL CHECK (json_valid(given)),
            state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
            n_done INTEGER NOT NULL CHECK (n_done >= 0),
            n_total INTEGER NOT NULL CHECK (n_total >= 0),
            stage TEXT NOT NULL,
            result TEXT NOT NULL CHECK (json_valid(result)),
            problem TEXT NOT NULL,
            started_by TEXT NOT NULL CHECK (started_by <> ''),
            made_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            ended_at TEXT,
            CHECK ((state IN ('done', 'failed')) = (ended_at IS NOT NULL)),
            CHECK ((state = 'failed') = (problem <> ''))
        ) STRICT""")
    db.execute("CREATE INDEX job_made ON job (made_at)")
    db.execute("""
        CREATE TABLE shadow_pair (
            match_list_id INTEGER NOT NULL REFERENCES match_list (match_list_id),
            model_id TEXT NOT NULL CHECK (model_id <> ''),
            rank INTEGER NOT NULL CHECK (rank >= 1),
            capability_id TEXT NOT NULL CHECK (capability_id <> ''),
            provider_id TEXT NOT NULL CHECK (provider_id <> ''),
            bits REAL NOT NULL,
            probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1),
            PRIMARY KEY (match_list_id, model_id, rank)
        ) STRICT, WITHOUT ROWID""")


@MIGRATIONS()
def m0042_judging_samples(db: Database) -> None:
    """Keep what was drawn for reviewers to grade: by which plan, with what chance, and why."""
    db.execute("""
        CREATE TABLE judging_sample (
            sample_id INTEGER PRIMARY KEY,
            seed INTEGER NOT NULL,
            plan TEXT NOT NULL CHECK (json_valid(plan)),
            made_by TEXT NOT NULL CHECK (made_by <> ''),
            made_at TEXT NOT NULL
        ) STRICT""")
    db.execute("""
        CREATE TABLE judging_item (
            sample_id INTEGER NOT NULL REFERENCES judging_sample (sample_id),
            position INTEGER NOT NULL CHECK (position >= 1),
            need_id TEXT NOT NULL CHECK (need_id <> ''),
            capability_id TEXT NOT NULL CHECK (capability_id <> ''),
            drawn_for TEXT NOT NULL CHECK (drawn_for <> ''),
            chance REAL NOT NULL CHECK (chance > 0 AND chance <= 1),
            n_wanted INTEGER NOT NULL CHECK (n_wanted IN (1, 2)),
            features TEXT NOT NULL CHECK (json_valid(features)),
            PRIMARY KEY (sample_id, position),
            UNIQUE (sample_id, need_id, capability_id)
        ) STRICT, WITHOUT ROWID""")
