"""Register, read and withdraw one capability, with the provider that offers it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.records import Capability, Provider
from matcher.store.catalogue import CATALOGUE_ACTOR, catalogue_revision
from matcher.store.connection import read_snapshot, write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import (
    Key,
    Payload,
    current_of_provider,
    differs,
    find_current,
    payload_of,
    read_head,
    write_changes,
)


class SavedCapability(NamedTuple):
    """What saving did."""

    version: int  # of the capability
    revision: int  # of the catalogue
    is_change: bool  # False: the same was already stored


def save_capability(
    db: Database,
    capability: Capability,
    provider: Provider | None,
    *,
    actor: str,
    now: datetime,
) -> SavedCapability:
    """Store a capability and its provider at once; it is searchable when this returns.

    Parameters
    ----------
    provider : Provider or None
        None when the provider is stored already and does not change.
    actor : str
        Who registers; a reload of the shipped catalogue leaves their records alone.
    now : datetime
        Aware time.

    Raises
    ------
    UnknownRecord
        When no provider is given and none with this id is stored.
    InvalidRecord
        When a value cannot be stored.
    Busy, StoreError
        As ``write_transaction``; nothing was changed.
    """
    _check_actor(actor)
    if provider is not None and provider.provider_id != capability.provider_id:
        raise ValueError(
            f"the capability is of {capability.provider_id!r}, the provider is "
            f"{provider.provider_id!r}"
        )
    payloads: dict[Key, Payload] = {}
    if provider is not None:
        payloads["provider", provider.provider_id] = payload_of(provider)
    key = ("capability", capability.capability_id)
    payloads[key] = payload_of(capability)
    with write_transaction(db, f"save capability {capability.capability_id}"):
        if provider is None and not _is_current(db, "provider", capability.provider_id):
            raise UnknownRecord("provider", capability.provider_id)
        changed = {
            at: payload for at, payload in payloads.items() if differs(payload, read_head(db, *at))
        }
        revision = catalogue_revision(db)
        if changed:
            revision = write_changes(db, changed, actor=actor, now=now)
        head = read_head(db, *key)
    return SavedCapability(head.version if head else 0, revision, bool(changed))


def read_capability(db: Database, capability_id: str) -> Capability:
    """Return the current version of a capability.

    Raises
    ------
    UnknownRecord
        When there is none with this id, or it was withdrawn.
    """
    with driver_errors(f"read capability {capability_id}"):
        found = find_current(db, Capability, "capability", capability_id)
    if found is None:
        raise UnknownRecord("capability", capability_id)
    return found


def list_capabilities(db: Database, provider_id: str) -> list[Capability]:
    """Return the current capabilities of one provider, by id."""
    with read_snapshot(db, f"read the capabilities of {provider_id}"):
        records = [record for _, record in current_of_provider(db, "capability", provider_id)]
    return [record for record in records if isinstance(record, Capability)]


def withdraw_capability(db: Database, capability_id: str, *, actor: str, now: datetime) -> int:
    """Take a capability out of matching and search; its versions stay for replay.

    Returns
    -------
    int
        The revision of the catalogue after the change.

    Raises
    ------
    UnknownRecord
        When there is none with this id, or it was withdrawn before.
    """
    _check_actor(actor)
    with write_transaction(db, f"withdraw capability {capability_id}"):
        if not _is_current(db, "capability", capability_id):
            raise UnknownRecord("capability", capability_id)
        return write_changes(db, {}, [("capability", capability_id)], actor=actor, now=now)


def _is_current(db: Database, kind: str, record_id: str) -> bool:
    head = read_head(db, kind, record_id)
    return head is not None and not head.is_removed


def _check_actor(actor: str) -> None:
    if not actor or actor == CATALOGUE_ACTOR:
        raise ValueError(f"the actor {actor!r} is reserved or empty; name who acts")
