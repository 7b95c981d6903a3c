"""Steps 5-6: the audit trail; organisations, accounts and how one signs in."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0005_audit(db: Database) -> None:
    """Who changed what and when, in a chain of digests that shows any later alteration."""
    db.execute("""
        CREATE TABLE audit_event (
            sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
            at TEXT NOT NULL,
            actor TEXT NOT NULL CHECK (actor <> ''),
            action TEXT NOT NULL CHECK (action <> ''),
            object_kind TEXT NOT NULL CHECK (object_kind <> ''),
            object_id TEXT NOT NULL,
            before TEXT NOT NULL CHECK (json_valid(before)),
            after TEXT NOT NULL CHECK (json_valid(after)),
            reason TEXT NOT NULL,
            previous_digest TEXT NOT NULL CHECK (length(previous_digest) = 64),
            digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64)
        ) STRICT""")
    db.execute("CREATE INDEX audit_event_object ON audit_event (object_kind, object_id, sequence)")
    db.execute("CREATE INDEX audit_event_actor ON audit_event (actor, sequence)")
    # Where the chain ends, so that cutting off its last links shows too.
    db.execute("""
        CREATE TABLE audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            sequence INTEGER NOT NULL CHECK (sequence >= 0),
            digest TEXT NOT NULL CHECK (length(digest) = 64)
        ) STRICT""")
    db.execute("INSERT INTO audit_head (id, sequence, digest) VALUES (1, 0, ?)", ["0" * 64])
    for verb in ("UPDATE", "DELETE"):
        db.execute(f"""
            CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON audit_event
            BEGIN SELECT RAISE(ABORT, 'audit events are only ever added'); END""")


@MIGRATIONS()
def m0006_accounts(db: Database) -> None:
    """Organisations and their accounts; failed attempts; links that work once."""
    db.execute("""
        CREATE TABLE organisation (
            organisation_id TEXT PRIMARY KEY CHECK (organisation_id <> ''),
            name TEXT NOT NULL CHECK (name <> ''),
            name_en TEXT NOT NULL,
            credit_code TEXT NOT NULL UNIQUE CHECK (length(credit_code) = 18),
            kind TEXT NOT NULL,
            sides TEXT NOT NULL CHECK (json_valid(sides)),
            size TEXT NOT NULL,
            region TEXT NOT NULL,
            contact_name TEXT NOT NULL,
            contact_post TEXT NOT NULL,
            contact_email TEXT NOT NULL,
            contact_phone TEXT NOT NULL,
            language TEXT NOT NULL,
            verification TEXT NOT NULL
                CHECK (verification IN ('pending', 'verified', 'refused', 'suspended')),
            verification_reason TEXT NOT NULL,
            verified_at TEXT,
            provider_id TEXT UNIQUE,
            consent_version TEXT NOT NULL,
            consent_at TEXT NOT NULL,
            is_demo INTEGER NOT NULL CHECK (is_demo IN (0, 1)),
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX organisation_verification ON organisation (verification, created_at)")
    db.execute("""
        CREATE TABLE account (
            account_id TEXT PRIMARY KEY CHECK (account_id <> ''),
            email TEXT NOT NULL UNIQUE CHECK (email <> '' AND email = lower(email)),
            name TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('member', 'owner', 'reviewer', 'administrator')),
            organisation_id TEXT REFERENCES organisation (organisation_id),
            password_hash TEXT NOT NULL,
            language TEXT NOT NULL,
            is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
            session_epoch INTEGER NOT NULL CHECK (session_epoch >= 1),
            totp_secret TEXT NOT NULL,
            totp_confirmed_at TEXT,
            totp_last_step INTEGER NOT NULL,
            is_demo INTEGER NOT NULL CHECK (is_demo IN (0, 1)),
            created_at TEXT NOT NULL,
            last_sign_in_at TEXT,
            CHECK ((role IN ('member', 'owner')) = (organisation_id IS NOT NULL))
        ) STRICT""")
    db.execute("CREATE INDEX account_organisation ON account (organisation_id)")
    # The address is kept as a keyed digest: enough to count, not enough to know.
    db.execute("""
        CREATE TABLE login_attempt (
            attempt_id INTEGER PRIMARY KEY,
            email TEXT NOT NULL,
            address TEXT NOT NULL,
            succeeded INTEGER NOT NULL CHECK (succeeded IN (0, 1)),
            at TEXT NOT NULL
        ) STRICT""")
    db.execute("CREATE INDEX login_attempt_email ON login_attempt (email, at)")
    db.execute("CREATE INDEX login_attempt_address ON login_attempt (address, at)")
    db.execute("""
        CREATE TABLE one_time_link (
            digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
            purpose TEXT NOT NULL CHECK (purpose IN ('reset', 'invite')),
            account_id TEXT REFERENCES account (account_id),
            organisation_id TEXT REFERENCES organisation (organisation_id),
            email TEXT NOT NULL,
            role TEXT NOT NULL,
            issued_by TEXT NOT NULL,
            issued_at TEXT NOT NULL,
            expires_at TEXT NOT NULL,
            used_at TEXT
        ) STRICT""")
    # What holds for this whole installation, such as that its data are for demonstration.
    db.execute("""
        CREATE TABLE installation (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""")
