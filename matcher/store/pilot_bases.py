"""Save, read and withdraw one pilot base with its services."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.records import PilotBase
from matcher.store.catalogue import CATALOGUE_ACTOR
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import differs, find_current, payload_of, read_head, write_changes


def save_pilot_base(db: Database, base: PilotBase, *, actor: str, now: datetime) -> int:
    """Store a base; it is searchable and matched when this returns.

    Parameters
    ----------
    actor : str
        Who acts; a reload of the shipped catalogue then leaves the base alone.

    Returns
    -------
    int
        The version; the former one where nothing differs.

    Raises
    ------
    InvalidRecord
        When a value cannot be stored.
    Busy, StoreError
        As ``write_transaction``; nothing was changed.
    """
    _check_actor(actor)
    key = ("pilot_base", base.pilot_base_id)
    payload = payload_of(base)
    with write_transaction(db, f"save pilot base {base.pilot_base_id}"):
        head = read_head(db, *key)
        if head is not None and not differs(payload, head):
            return head.version
        write_changes(db, {key: payload}, actor=actor, now=now)
        return 1 if head is None else head.version + 1


def read_pilot_base(db: Database, pilot_base_id: str) -> PilotBase:
    """Return the current version of a base.

    Raises
    ------
    UnknownRecord
        When there is none with this id, or it was withdrawn.
    """
    with driver_errors(f"read pilot base {pilot_base_id}"):
        found = find_current(db, PilotBase, "pilot_base", pilot_base_id)
    if found is None:
        raise UnknownRecord("pilot_base", pilot_base_id)
    return found


def withdraw_pilot_base(db: Database, pilot_base_id: str, *, actor: str, now: datetime) -> int:
    """Take a base out of matching and search; its versions stay. Return the new revision.

    Raises
    ------
    UnknownRecord
        When there is none with this id, or it was withdrawn before.
    """
    _check_actor(actor)
    key = ("pilot_base", pilot_base_id)
    with write_transaction(db, f"withdraw pilot base {pilot_base_id}"):
        head = read_head(db, *key)
        if head is None or head.is_removed:
            raise UnknownRecord(*key)
        return write_changes(db, {}, [key], actor=actor, now=now)


def _check_actor(actor: str) -> None:
    if not actor or actor == CATALOGUE_ACTOR:
        raise ValueError(f"the actor {actor!r} is reserved or empty; name who acts")
