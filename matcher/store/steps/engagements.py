"""Steps 20-23: engagements with their steps, clocks, consents and messages; brokers, appeals."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0020_engagements(db: Database) -> None:
    """Keep every handshake, each step of it, and whose answer is waited for."""
    db.execute("""
        CREATE TABLE engagement (
            engagement_id TEXT PRIMARY KEY CHECK (engagement_id <> ''),
            need_id TEXT NOT NULL CHECK (need_id <> ''),
            need_version INTEGER NOT NULL CHECK (need_version >= 1),
            need_organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
            provider_id TEXT NOT NULL CHECK (provider_id <> ''),
            capability_id TEXT NOT NULL CHECK (capability_id <> ''),
            capability_version INTEGER NOT NULL CHECK (capability_version >= 1),
            provider_organisation_id TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('shown', 'need_accepted', 'provider_accepted',
                'mutual', 'revealed', 'talks', 'pilot_applied', 'in_pilot', 'contracted',
                'closed')),
            version INTEGER NOT NULL CHECK (version >= 1),
            origin TEXT NOT NULL,
            match_list_id INTEGER REFERENCES match_list (match_list_id),
            rank INTEGER,
            probability REAL CHECK (probability BETWEEN 0 AND 1),
            pilot_base_id TEXT NOT NULL,
            service_id TEXT NOT NULL,
            base_organisation_id TEXT NOT NULL,
            broker_id TEXT NOT NULL,
            close_cause TEXT NOT NULL CHECK ((state = 'closed') = (close_cause <> '')),
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL
        ) STRICT""")
    # One need and one capability meet once; a closed engagement may be opened again, not doubled.
    db.execute("CREATE UNIQUE INDEX engagement_pair ON engagement (need_id, capability_id)")
    for side in ("need", "provider", "base"):
        db.execute(
            f"CREATE INDEX engagement_{side} ON engagement ({side}_organisation_id, updated_at)"
        )
    db.execute("CREATE INDEX engagement_broker ON engagement (broker_id, updated_at)")
    db.execute("""
        CREATE TABLE engagement_transition (
            engagement_id TEXT NOT NULL REFERENCES engagement (engagement_id),
            sequence INTEGER NOT NULL CHECK (sequence >= 1),
            action TEXT NOT NULL CHECK (action <> ''),
            from_state TEXT NOT NULL,
            to_state TEXT NOT NULL,
            side TEXT NOT NULL,
            actor TEXT NOT NULL CHECK (actor <> ''),
            reason TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (engagement_id, sequence)
        ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX engagement_transition_actor ON engagement_transition (action, at)")
    db.execute("""
        CREATE TABLE clock (
            clock_id INTEGER PRIMARY KEY,
            object_kind TEXT NOT NULL CHECK (object_kind IN ('engagement', 'appeal')),
            object_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            waits_for TEXT NOT NULL CHECK (json_valid(waits_for)),
            started_at TEXT NOT NULL,
            due_at TEXT NOT NULL,
            next_at TEXT NOT NULL,
            n_reminders INTEGER NOT NULL CHECK (n_reminders >= 0),
            is_provisional INTEGER NOT NULL CHECK (is_provisional IN (0, 1)),
            escalated_at TEXT,
            ended_at TEXT,
            ended_by TEXT NOT NULL CHECK (ended_by IN ('', 'answered', 'lapsed', 'superseded')),
            CHECK ((ended_at IS NULL) = (ended_by = ''))
        ) STRICT""")
    # Nothing ever waits for two answers at once.
    db.execute("""
        CREATE UNIQUE INDEX clock_running ON clock (object_kind, object_id)
        WHERE ended_at IS NULL""")
    db.execute("CREATE INDEX clock_next ON clock (next_at) WHERE ended_at IS NULL")
    db.execute("""
        CREATE TABLE decline (
            engagement_id TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            side TEXT NOT NULL,
            codes TEXT NOT NULL CHECK (json_array_length(codes) BETWEEN 1 AND 3),
            note TEXT NOT NULL,
            tell_other INTEGER NOT NULL CHECK (tell_other IN (0, 1)),
            PRIMARY KEY (engagement_id, sequence),
            FOREIGN KEY (engagement_id, sequence)
                REFERENCES engagement_transition (engagement_id, sequence)
        ) STRICT, WITHOUT ROWID""")


@MIGRATIONS()
def m0021_consents_and_messages(db: Database) -> None:
    """Keep what each side agreed to, what they write to each other, and when they meet."""
    db.execute("""
        CREATE TABLE consent (
            consent_id INTEGER PRIMARY KEY,
            engagement_id TEXT NOT NULL REFERENCES engagement (engagement_id),
            side TEXT NOT NULL CHECK (side IN ('need', 'provider')),
            step TEXT NOT NULL CHECK (step IN ('contact', 'confidentiality', 'data', 'contract')),
            terms_version TEXT NOT NULL,
            given_by TEXT NOT NULL,
            given_at TEXT NOT NULL,
            revoked_by TEXT NOT NULL,
            revoked_at TEXT
        ) STRICT""")
    db.execute("""
        CREATE UNIQUE INDEX consent_standing ON consent (engagement_id, side, step)
        WHERE revoked_at IS NULL""")
    db.execute("""
        CREATE TABLE engagement_message (
            message_id INTEGER PRIMARY KEY,
            engagement_id TEXT NOT NULL REFERENCES engagement (engagement_id),
            side TEXT NOT NULL,
            author TEXT NOT NULL,
            text TEXT NOT NULL CHECK (text <> ''),
            sent_at TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX engagement_message_of ON engagement_message (engagement_id, sent_at)")
    db.execute("""
        CREATE TABLE meeting (
            meeting_id TEXT PRIMARY KEY,
            engagement_id TEXT NOT NULL REFERENCES engagement (engagement_id),
            proposed_by TEXT NOT NULL,
            topic TEXT NOT NULL,
            place TEXT NOT NULL,
            minutes INTEGER NOT NULL CHECK (minutes BETWEEN 10 AND 480),
            slots TEXT NOT NULL CHECK (json_array_length(slots) = 3),
            state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'refused', 'cancelled')),
            chosen INTEGER CHECK (chosen BETWEEN 0 AND 2),
            sequence INTEGER NOT NULL CHECK (sequence >= 0),
            created_at TEXT NOT NULL,
            CHECK ((state = 'accepted') <= (chosen IS NOT NULL))
        ) STRICT""")
    db.execute("CREATE INDEX meeting_of ON meeting (engagement_id, created_at)")


@MIGRATIONS()
def m0022_brokers_and_appeals(db: Database) -> None:
    """Keep what a broker changed in a list, who rests, and appeals against decisions."""
    db.execute("""
        CREATE TABLE match_override (
            override_id TEXT PRIMARY KEY,
            need_id TEXT NOT NULL CHECK (need_id <> ''),
            capability_id TEXT NOT NULL CHECK (capability_id <> ''),
            action TEXT NOT NULL CHECK (action IN ('propose', 'pin', 'exclude', 'adjust')),
            value REAL,
            reason TEXT NOT NULL CHECK (reason <> ''),
            made_by TEXT NOT NULL,
            made_at TEXT NOT NULL,
            expires_at TEXT NOT NULL,
            undone_by TEXT NOT NULL,
            undone_at TEXT,
            undo_reason TEXT NOT NULL,
            CHECK ((undone_at IS NULL) = (undone_by = ''))
        ) STRICT""")
    db.execute("CREATE INDEX match_override_need ON match_override (need_id, expires_at)")
    db.execute("""
        CREATE TABLE organisation_rest (
            rest_id INTEGER PRIMARY KEY,
            organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
            n_lapsed INTEGER NOT NULL CHECK (n_lapsed >= 1),
            since TEXT NOT NULL,
            ended_at TEXT,
            ended_by TEXT NOT NULL
        ) STRICT""")
    db.execute("""
        CREATE UNIQUE INDEX organisation_resting ON organisation_rest (organisation_id)
        WHERE ended_at IS NULL""")
    db.execute("""
        CREATE TABLE appeal (
            appeal_id TEXT PRIMARY KEY,
            object_kind TEXT NOT NULL,
            object_id TEXT NOT NULL,
            organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
            filed_by TEXT NOT NULL,
            text TEXT NOT NULL CHECK (text <> ''),
            filed_at TEXT NOT NULL,
            due_at TEXT NOT NULL,
            decision TEXT NOT NULL CHECK (decision IN ('', 'upheld', 'partly', 'dismissed')),
            decision_reason TEXT NOT NULL,
            decided_by TEXT NOT NULL,
            decided_at TEXT,
            CHECK ((decision = '') = (decided_at IS NULL)),
            CHECK (decided_at IS NULL OR (decision_reason <> '' AND decided_by <> filed_by))
        ) STRICT""")
    db.execute("CREATE INDEX appeal_open ON appeal (due_at) WHERE decided_at IS NULL")
    db.execute("""
        CREATE UNIQUE INDEX appeal_once ON appeal (object_kind, object_id, organisation_id)
        WHERE decided_at IS NULL""")
