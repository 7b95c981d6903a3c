"""Save one provider of the catalogue, find one by its name, withdraw one that was entered here."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.records import Provider
from matcher.store.catalogue import CATALOGUE_ACTOR
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


def was_entered_here(db: Database, provider_id: str) -> bool:
    """Whether a provider came with an organisation, and not with a catalogue that was loaded."""
    with driver_errors(f"read where provider {provider_id} is from"):
        row = db.conn.execute(
            "SELECT actor FROM record_version WHERE kind = 'provider' AND record_id = ? "
            "ORDER BY version LIMIT 1",
            [provider_id],
        ).fetchone()
    return row is not None and row[0] != CATALOGUE_ACTOR


def withdraw_provider(db: Database, provider_id: str, *, actor: str, now: datetime) -> bool:
    """Take a provider out of the catalogue; its versions stay. False where it was before."""
    with write_transaction(db, f"withdraw provider {provider_id}"):
        head = read_head(db, "provider", provider_id)
        if head is None or head.is_removed:
            return False
        write_changes(db, {}, [("provider", provider_id)], actor=actor, now=now)
    return True
