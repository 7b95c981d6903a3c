"""Steps 50 and 51: who takes part in a round, whom they may answer about, what came of it."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS


@MIGRATIONS()
def m0050_round_parties(db: Database) -> None:
    """Keep parties, possible placements and offers apart from the inputs that are frozen whole."""
    db.execute("""
        CREATE TABLE round_party (
            round_id TEXT NOT NULL REFERENCES allocation_round (round_id),
            party_id TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('need', 'provider', 'place')),
            organisation_id TEXT NOT NULL,
            PRIMARY KEY (round_id, party_id)
        ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX round_party_organisation ON round_party (organisation_id, round_id)")
    db.execute("""
        CREATE TABLE round_candidate (
            round_id TEXT NOT NULL REFERENCES allocation_round (round_id),
            need_id TEXT NOT NULL,
            other_id TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('provider', 'place')),
            record_id TEXT NOT NULL,
            score REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
            PRIMARY KEY (round_id, need_id, other_id)
        ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX round_candidate_other ON round_candidate (round_id, other_id)")
    db.execute("""
        CREATE TABLE round_offer (
            offer_id INTEGER PRIMARY KEY,
            round_id TEXT NOT NULL REFERENCES allocation_round (round_id),
            need_id TEXT NOT NULL,
            provider_id TEXT NOT NULL,
            place_id TEXT NOT NULL,
            capability_id TEXT NOT NULL,
            service_id TEXT NOT NULL,
            score REAL NOT NULL,
            origin TEXT NOT NULL CHECK (origin IN ('result', 'wait_list')),
            state TEXT NOT NULL CHECK (state IN ('offered', 'taken_up', 'given_up')),
            engagement_id TEXT NOT NULL,
            made_at TEXT NOT NULL,
            decided_by TEXT NOT NULL,
            decided_at TEXT,
            reason TEXT NOT NULL,
            CHECK ((state = 'taken_up') <= (engagement_id <> '')),
            CHECK ((state = 'offered') = (decided_at IS NULL))
        ) STRICT""")
    db.execute("""
        CREATE UNIQUE INDEX round_offer_standing ON round_offer (round_id, need_id)
        WHERE state <> 'given_up'""")


@MIGRATIONS()
def m0051_who_gave_up(db: Database) -> None:
    """Tell a need that gives its place back from a base or provider that has none any more."""
    db.execute("""
        ALTER TABLE round_offer ADD COLUMN given_up_by TEXT NOT NULL DEFAULT ''
        CHECK (given_up_by IN ('', 'need', 'provider', 'place')
            AND (given_up_by = '' OR state = 'given_up'))""")
