"""Placements that an administrator fixes by hand, each with a reason that is published."""

from __future__ import annotations

import json
from datetime import datetime

from sqlite_utils import Database

from matcher.allocation.inputs import Lock, from_plain
from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.identity import Actor
from matcher.store.connection import write_transaction
from matcher.store.rounds import (
    Round,
    StoredLock,
    add_lock,
    change_round,
    read_round,
    remove_lock,
)
from matcher.workflow.rounds.lifecycle import SOLVABLE, note, require_administrator


def lock_placement(db: Database, round_id: str, lock: Lock, *, actor: Actor, now: datetime) -> None:
    """Fix a placement by hand, with a reason that is published with the result."""
    with write_transaction(db, f"lock a placement of round {round_id}"):
        found = _lockable(db, round_id, lock, actor)
        stored = StoredLock(0, lock.need_id, lock.provider_id, lock.place_id, lock.reason.strip())
        if not add_lock(db, round_id, stored, actor=actor.actor_id, now=now):
            raise ImpossibleStep("lock", found.state, "already_done")
        change_round(db, found, {"state": found.state})  # a preview that runs now is out of date
        note(db, round_id, "locked", {"key": list(lock.key)}, actor, now, lock.reason.strip())


def _lockable(db: Database, round_id: str, lock: Lock, actor: Actor) -> Round:
    found = read_round(db, round_id)
    require_administrator(actor, "lock", found.state)
    if found.state not in SOLVABLE or found.inputs is None:
        raise ImpossibleStep("lock", found.state, "wrong_state")
    if not lock.reason.strip():
        raise ImpossibleStep("lock", found.state, "missing_reason")
    inputs = from_plain(json.loads(found.inputs))
    if lock.key not in {option.key for option in inputs.options}:
        raise UnknownRecord("option", "/".join(lock.key))
    return found


def unlock_placement(
    db: Database, round_id: str, need_id: str, *, actor: Actor, now: datetime
) -> None:
    """Take away a lock before the result is published; its trace stays."""
    with write_transaction(db, f"unlock a placement of round {round_id}"):
        found = read_round(db, round_id)
        require_administrator(actor, "unlock", found.state)
        if found.state not in SOLVABLE:
            raise ImpossibleStep("unlock", found.state, "wrong_state")
        if not remove_lock(db, round_id, need_id, actor=actor.actor_id, now=now):
            raise UnknownRecord("lock", need_id)
        change_round(db, found, {"state": found.state})
        note(db, round_id, "unlocked", {"need_id": need_id}, actor, now)
