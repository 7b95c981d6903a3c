"""Steps 46-48: needs that find nobody, open calls for them, and the model's nightly check."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0046_supply_gaps(db: Database) -> None:
    """Keep which need found nobody since when and why; a need has one open entry at most."""
    db.execute("""
        CREATE TABLE supply_gap (
            gap_id TEXT PRIMARY KEY CHECK (gap_id <> ''),
            need_id TEXT NOT NULL CHECK (need_id <> ''),
            organisation_id TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('no_adequate_candidate', 'not_taken_up')),
            industry TEXT NOT NULL,
            task TEXT NOT NULL,
            blocking TEXT NOT NULL CHECK (blocking <> ''),
            budget_cny INTEGER CHECK (budget_cny >= 0),
            match_list_id INTEGER REFERENCES match_list (match_list_id),
            opened_at TEXT NOT NULL,
            closed_at TEXT,
            closed_why TEXT NOT NULL CHECK (
                closed_why IN ('', 'candidate_appeared', 'agreed', 'need_ended')),
            CHECK ((closed_at IS NULL) = (closed_why = ''))
        ) STRICT""")
    db.execute("""
        CREATE UNIQUE INDEX supply_gap_open ON supply_gap (need_id) WHERE closed_at IS NULL""")


@MIGRATIONS()
def m0047_open_calls(db: Database) -> None:
    """Keep open calls, for which needs they stand, who was invited, and who has answered."""
    db.execute("""
        CREATE TABLE open_call (
            call_id TEXT PRIMARY KEY CHECK (call_id <> ''),
            state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'answered', 'closed')),
            title TEXT NOT NULL,
            title_en TEXT NOT NULL,
            text TEXT NOT NULL,
            text_en TEXT NOT NULL,
            industry TEXT NOT NULL,
            task TEXT NOT NULL,
            blocking TEXT NOT NULL,
            n_enterprises INTEGER NOT NULL CHECK (n_enterprises >= 0),
            waiting_budget_cny INTEGER NOT NULL CHECK (waiting_budget_cny >= 0),
            reply_by TEXT,
            contact TEXT NOT NULL,
            synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
            made_by TEXT NOT NULL CHECK (made_by <> ''),
            made_at TEXT NOT NULL,
            published_at TEXT,
            closed_at TEXT,
            closed_reason TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
            CHECK (state NOT IN ('open', 'answered') OR published_at IS NOT NULL)
        ) STRICT""")
    db.execute("""
        CREATE TABLE open_call_need (
            call_id TEXT NOT NULL REFERENCES open_call (call_id),
            need_id TEXT NOT NULL CHECK (need_id <> ''),
            PRIMARY KEY (call_id, need_id)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE open_call_invitation (
            call_id TEXT NOT NULL REFERENCES open_call (call_id),
            provider_id TEXT NOT NULL CHECK (provider_id <> ''),
            capability_id TEXT NOT NULL CHECK (capability_id <> ''),
            place INTEGER NOT NULL CHECK (place >= 1),
            n_told INTEGER NOT NULL CHECK (n_told >= 0),
            invited_at TEXT NOT NULL,
            PRIMARY KEY (call_id, provider_id)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE open_call_answer (
            call_id TEXT NOT NULL REFERENCES open_call (call_id),
            capability_id TEXT NOT NULL CHECK (capability_id <> ''),
            organisation_id TEXT NOT NULL CHECK (organisation_id <> ''),
            note TEXT NOT NULL,
            answered_by TEXT NOT NULL CHECK (answered_by <> ''),
            answered_at TEXT NOT NULL,
            PRIMARY KEY (call_id, capability_id)
        ) STRICT, WITHOUT ROWID""")


@MIGRATIONS()
def m0048_model_checks(db: Database) -> None:
    """Keep what the property tests found about the model that served, night by night."""
    db.execute("""
        CREATE TABLE model_check (
            check_id INTEGER PRIMARY KEY,
            model_id TEXT NOT NULL CHECK (model_id <> ''),
            model_sha256 TEXT NOT NULL CHECK (length(model_sha256) = 64),
            catalogue_revision INTEGER NOT NULL,
            made_at TEXT NOT NULL,
            document TEXT NOT NULL CHECK (json_valid(document))
        ) STRICT""")
    db.execute("CREATE INDEX model_check_of ON model_check (model_id, made_at)")
