"""Steps 7-8: whose a record is, needs on their way, drafts, proposals, questions, attachments."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0007_needs(db: Database) -> None:
    """Whose a record is, and how far a need is: its states, each with its date."""
    db.execute("""
        CREATE TABLE record_owner (
            kind TEXT NOT NULL CHECK (kind IN ('need', 'capability', 'pilot_base')),
            record_id TEXT NOT NULL,
            organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
            created_by TEXT NOT NULL,
            created_at TEXT NOT NULL,
            PRIMARY KEY (kind, record_id)
        ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX record_owner_organisation ON record_owner (organisation_id, kind)")
    db.execute("""
        CREATE TABLE need_status (
            need_id TEXT PRIMARY KEY,
            state TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'open', 'matching',
                'in_pilot', 'done', 'none_suitable', 'withdrawn', 'expired')),
            visibility TEXT NOT NULL CHECK (visibility IN ('named', 'anonymous', 'invited')),
            quality_score INTEGER CHECK (quality_score BETWEEN 0 AND 100),
            override_by TEXT NOT NULL,
            override_reason TEXT NOT NULL,
            copied_from TEXT NOT NULL,
            published_at TEXT,
            reply_by TEXT,
            expires_at TEXT,
            reminded_at TEXT,
            updated_at TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX need_status_state ON need_status (state, expires_at)")
    db.execute("""
        CREATE TABLE need_transition (
            need_id TEXT NOT NULL REFERENCES need_status (need_id),
            sequence INTEGER NOT NULL CHECK (sequence >= 1),
            from_state TEXT NOT NULL,
            to_state TEXT NOT NULL,
            actor TEXT NOT NULL,
            reason TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (need_id, sequence)
        ) STRICT, WITHOUT ROWID""")


@MIGRATIONS()
def m0008_drafts_and_proposals(db: Database) -> None:
    """Keep what is being written, what waits for a decision, questions and attachments."""
    # An owner is an account, or a visitor who has not signed in yet (a random key of the session).
    db.execute("""
        CREATE TABLE draft (
            draft_id TEXT PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('need', 'capability', 'pilot_base')),
            owner TEXT NOT NULL CHECK (owner <> ''),
            record_id TEXT NOT NULL,
            payload TEXT NOT NULL CHECK (json_valid(payload)),
            step TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version >= 1),
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX draft_owner ON draft (owner, updated_at)")
    db.execute("""
        CREATE TABLE proposal (
            proposal_id TEXT PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('need', 'capability', 'pilot_base')),
            record_id TEXT NOT NULL,
            organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
            payload TEXT NOT NULL CHECK (json_valid(payload)),
            base_version INTEGER,
            note TEXT NOT NULL,
            proposed_by TEXT NOT NULL,
            proposed_at TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'refused', 'withdrawn')),
            decided_by TEXT NOT NULL,
            decided_at TEXT,
            reason TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX proposal_state ON proposal (state, proposed_at)")
    # One proposal waits for one record: a later one takes the place of the earlier.
    db.execute("""
        CREATE UNIQUE INDEX proposal_pending ON proposal (kind, record_id)
        WHERE state = 'pending'""")
    db.execute("""
        CREATE TABLE question (
            question_id TEXT PRIMARY KEY,
            need_id TEXT NOT NULL,
            asked_by TEXT NOT NULL,
            organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
            text TEXT NOT NULL CHECK (text <> ''),
            asked_at TEXT NOT NULL,
            answer TEXT NOT NULL,
            answered_by TEXT NOT NULL,
            answered_at TEXT,
            hidden_by TEXT NOT NULL,
            hidden_reason TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX question_need ON question (need_id, asked_at)")
    db.execute("""
        CREATE TABLE attachment (
            attachment_id TEXT PRIMARY KEY,
            owner TEXT NOT NULL,
            object_kind TEXT NOT NULL,
            object_id TEXT NOT NULL,
            file_name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            n_bytes INTEGER NOT NULL CHECK (n_bytes >= 1),
            sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
            content BLOB NOT NULL,
            uploaded_by TEXT NOT NULL,
            uploaded_at TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX attachment_object ON attachment (object_kind, object_id)")
