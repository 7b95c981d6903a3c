"""Which records of the catalogue take no part: those of suspended organisations."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.driver import driver_errors

# As ``Organisation.is_suspended`` says it.
IDLE = (
    "verification = 'suspended' OR (verified_at IS NOT NULL AND verification <> 'verified' "
    "AND verification_reason <> '')"
)


def suspended_records(db: Database) -> frozenset[tuple[str, str]]:
    """Return (kind, id) of the providers and pilot bases of suspended organisations."""
    with driver_errors("read who is suspended"):
        rows = db.conn.execute(
            f"WITH idle AS (SELECT * FROM organisation WHERE {IDLE}) "  # noqa: S608 (a constant)
            "SELECT 'provider', provider_id FROM idle WHERE provider_id IS NOT NULL "
            "UNION SELECT o.kind, o.record_id FROM record_owner AS o "
            "JOIN idle USING (organisation_id) WHERE o.kind = 'pilot_base'"
        ).fetchall()
    return frozenset((kind, record_id) for kind, record_id in rows)
