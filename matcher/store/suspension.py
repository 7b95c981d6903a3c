"""Which records of the catalogue take no part: those of suspended organisations."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.driver import driver_errors


def suspended_records(db: Database) -> frozenset[tuple[str, str]]:
    """Return (kind, id) of the providers and pilot bases of suspended organisations."""
    with driver_errors("read who is suspended"):
        rows = db.conn.execute(
            "SELECT 'provider', provider_id FROM organisation "
            "WHERE verification = 'suspended' AND provider_id IS NOT NULL "
            "UNION SELECT o.kind, o.record_id FROM record_owner AS o "
            "JOIN organisation AS g USING (organisation_id) "
            "WHERE g.verification = 'suspended' AND o.kind = 'pilot_base'"
        ).fetchall()
    return frozenset((kind, record_id) for kind, record_id in rows)
