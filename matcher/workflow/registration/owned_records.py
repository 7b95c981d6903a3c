"""What capabilities and pilot bases have in common: find one of an organisation, save it, tell it.

Whose a record is is asked with the record, so that somebody else's does not exist for the asker.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import MatcherError, UnknownRecord
from matcher.identity import Actor, Organisation
from matcher.records import Capability
from matcher.schemas.visibility import public_dump
from matcher.store.audit import Change, changed_fields, record_change
from matcher.store.capabilities import save_capability, withdraw_capability
from matcher.store.driver import driver_errors
from matcher.store.history import current_version
from matcher.store.ownership import owner_of
from matcher.store.pilot_bases import save_pilot_base, withdraw_pilot_base
from matcher.store.versions import CLASSES, find_current
from matcher.workflow.registration.materiality import Registered as Owned
from matcher.workflow.registration.materiality import kind_of

KINDS = ("capability", "pilot_base")


class Act(NamedTuple):
    """For which organisation somebody does something, and when."""

    organisation: Organisation
    actor: Actor
    now: datetime


class ProposalRefused(MatcherError):
    """What was asked is not possible now; ``code`` says why, ``context`` with which values."""

    code = "proposal_refused"

    def __init__(self, why: str, **context: Any) -> None:
        super().__init__(f"refused: {why} {context or ''}".rstrip(), why=why, **context)
        self.code = why


def id_of(record: Owned) -> str:
    """Return the id of a record."""
    return record.capability_id if isinstance(record, Capability) else record.pilot_base_id


def find_record(db: Database, kind: str, record_id: str) -> Owned | None:
    """Return the version of a record that stands, or None."""
    with driver_errors(f"read {kind} {record_id}"):
        found: Owned | None = find_current(db, CLASSES[kind], kind, record_id)
    return found


def read_own(db: Database, kind: str, record_id: str, organisation_id: str) -> Owned:
    """Return a record that stands and belongs to an organisation.

    Raises
    ------
    UnknownRecord
        When there is none, or it is somebody else's.
    """
    found = find_record(db, kind, record_id)
    if found is None or not organisation_id or owner_of(db, kind, record_id) != organisation_id:
        raise UnknownRecord(kind, record_id)
    return found


def save_audited(  # noqa: PLR0913 - what, from what, and who does it when and why
    db: Database,
    record: Owned,
    before: Owned | None,
    *,
    action: str,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> int:
    """Store a record and its audit event; return the version. The caller holds the transaction."""
    kind, record_id = kind_of(record), id_of(record)
    if isinstance(record, Capability):
        version = save_capability(db, record, None, actor=actor.actor_id, now=now).version
    else:
        version = save_pilot_base(db, record, actor=actor.actor_id, now=now)
    old = {} if before is None else public_dump(before)
    was, became = changed_fields(old, public_dump(record))
    change = Change(
        action, kind, record_id, before=was, after={**became, "version": version}, reason=reason
    )
    record_change(db, change, actor=actor, now=now)
    return version


def withdraw_audited(
    db: Database, kind: str, record_id: str, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Take a record out of matching and search, with its audit event."""
    version = current_version(db, kind, record_id)
    withdraw = withdraw_capability if kind == "capability" else withdraw_pilot_base
    withdraw(db, record_id, actor=actor.actor_id, now=now)
    before = {"version": version}
    change = Change(f"{kind}.withdrawn", kind, record_id, before=before, reason=reason)
    record_change(db, change, actor=actor, now=now)
