"""Save one provider of the catalogue, and find one by its name."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.records import Provider
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.serialise import from_json
from matcher.store.versions import differs, payload_of, read_head, write_changes


def save_provider(db: Database, provider: Provider, *, actor: str, now: datetime) -> None:
    """Store a provider; saving the same again makes no new version."""
    key = ("provider", provider.provider_id)
    payload = payload_of(provider)
    with write_transaction(db, f"save provider {provider.provider_id}"):
        if differs(payload, read_head(db, *key)):
            write_changes(db, {key: payload}, actor=actor, now=now)


def find_provider_by_name(db: Database, name: str) -> Provider | None:
    """Return the provider with exactly this Chinese name, or None."""
    with driver_errors("find a provider"):
        row = db.conn.execute(
            "SELECT payload FROM record_current WHERE kind = 'provider' "
            "AND json_extract(payload, '$.name') = ? ORDER BY record_id LIMIT 1",
            [name],
        ).fetchone()
    return None if row is None else from_json(Provider, row[0])
