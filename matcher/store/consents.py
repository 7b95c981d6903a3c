"""What the sides of an engagement agreed to, and what they took back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.records.engagement import Consent
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_COLUMNS = (
    "consent_id, engagement_id, side, step, terms_version, given_by, given_at, revoked_by, "
    "revoked_at"
)


def add_consent(db: Database, consent: Consent) -> bool:
    """Store a consent; return False, storing nothing, where the same one stands already."""
    with write_transaction(db, f"store a consent of engagement {consent.engagement_id}"):
        cursor = db.conn.execute(
            "INSERT INTO consent (engagement_id, side, step, terms_version, given_by, given_at, "
            "revoked_by) VALUES (?, ?, ?, ?, ?, ?, '') ON CONFLICT DO NOTHING",
            [
                consent.engagement_id,
                consent.side,
                consent.step,
                consent.terms_version,
                consent.given_by,
                stamp(consent.given_at),
            ],
        )
        return bool(cursor.rowcount)


def revoke_consent(
    db: Database, engagement_id: str, side: str, step: str, *, actor: str, now: datetime
) -> bool:
    """Take back a consent for the future; return whether one stood."""
    with write_transaction(db, f"take back a consent of engagement {engagement_id}"):
        cursor = db.conn.execute(
            "UPDATE consent SET revoked_by = ?, revoked_at = ? "
            "WHERE engagement_id = ? AND side = ? AND step = ? AND revoked_at IS NULL",
            [actor, stamp(now), engagement_id, side, step],
        )
        return bool(cursor.rowcount)


def list_consents(db: Database, engagement_id: str) -> list[Consent]:
    """Return all consents of an engagement, also those taken back, the first one first."""
    with driver_errors("read consents"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM consent WHERE engagement_id = ? "  # noqa: S608
            "ORDER BY consent_id",
            [engagement_id],
        ).fetchall()
    return [_consent(row) for row in rows]


def consents_given_by(db: Database, account_id: str) -> list[Consent]:
    """Return all consents that a person gave, also those taken back since, the last one first."""
    with driver_errors("read the consents of a person"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM consent WHERE given_by = ? "  # noqa: S608
            "ORDER BY consent_id DESC",
            [account_id],
        ).fetchall()
    return [_consent(row) for row in rows]


def standing_consents(db: Database, engagement_id: str) -> frozenset[tuple[str, str]]:
    """Return pairs of side and step that are agreed to now."""
    return frozenset(
        (consent.side, consent.step)
        for consent in list_consents(db, engagement_id)
        if consent.revoked_at is None
    )


def _consent(row: tuple[Any, ...]) -> Consent:
    revoked = None if row[8] is None else datetime.fromisoformat(row[8])
    return Consent(*[*row[:6], datetime.fromisoformat(row[6]), row[7], revoked])
