"""The audit trail: who changed what, when and why, in a chain of digests.

Each event holds the digest of the one before it, so that changing, removing or inserting a row
later breaks the chain at that place. ``audit_head`` keeps where the chain ends, so that cutting off
its end shows as well. Somebody who can write the file can also compute a whole new chain: against
that, keep the head's digest (``aiplus audit verify`` prints it) in another place from time to time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.identity import Actor
from matcher.store.connection import read_snapshot, write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

GENESIS = "0" * 64
_COLUMNS = (
    "sequence, at, actor, action, object_kind, object_id, before, after, reason, "
    "previous_digest, digest"
)


@dataclass(frozen=True, slots=True)
class Change:
    """What is being done to an object: the facts of one event.

    ``before`` and ``after`` hold only what changed. Secrets and the content of private texts do
    not belong into them: say that they changed, not to what.
    """

    action: str  # such as need.published
    object_kind: str
    object_id: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


class AuditEvent(NamedTuple):
    """One link of the chain, as stored."""

    sequence: int
    at: str
    actor: str
    action: str
    object_kind: str
    object_id: str
    before: str
    after: str
    reason: str
    previous_digest: str
    digest: str


class EventFilter(NamedTuple):
    """What events must be about; an empty text asks for nothing."""

    object_kind: str = ""
    object_id: str = ""
    actor: str = ""
    action: str = ""


ANY_EVENT = EventFilter()


class BrokenLink(NamedTuple):
    """The first place at which the chain does not hold."""

    sequence: int
    why: str


class ChainState(NamedTuple):
    """The result of checking the whole chain."""

    n_events: int
    head_digest: str
    broken: BrokenLink | None


def record_change(db: Database, change: Change, *, actor: Actor, now: datetime) -> int:
    """Add an event to the chain and return its number.

    Call it inside the write transaction that makes the change, so that neither stands without the
    other; outside of one it opens its own.

    Raises
    ------
    Busy, StoreError
        As ``write_transaction``; nothing was added.
    """
    with write_transaction(db, f"record {change.action}"):
        row = db.conn.execute("SELECT sequence, digest FROM audit_head WHERE id = 1").fetchone()
        sequence, previous = int(row[0]) + 1, str(row[1])
        facts = (
            sequence,
            stamp(now),
            actor.actor_id,
            change.action,
            change.object_kind,
            change.object_id,
            _json(change.before),
            _json(change.after),
            change.reason,
            previous,
        )
        digest = digest_of_event(*facts)
        marks = ", ".join("?" * 11)
        db.conn.execute(
            f"INSERT INTO audit_event ({_COLUMNS}) VALUES ({marks})",  # noqa: S608
            [*facts, digest],
        )
        db.conn.execute(
            "UPDATE audit_head SET sequence = ?, digest = ? WHERE id = 1", [sequence, digest]
        )
    return sequence


def digest_of_event(*facts: Any) -> str:
    """Return the SHA-256 over an event's facts (all columns but the digest) as canonical JSON."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the two sides of what differs between two states of an object."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def verify_chain(db: Database) -> ChainState:
    """Recompute every digest and return where the chain first breaks, if it does."""
    with read_snapshot(db, "verify the audit trail"):
        head = db.conn.execute("SELECT sequence, digest FROM audit_head WHERE id = 1").fetchone()
        previous, n_events = GENESIS, 0
        for event in _events_in_order(db):
            n_events += 1
            why = _fault(event, n_events, previous)
            if why:
                return ChainState(n_events, previous, BrokenLink(n_events, why))
            previous = event.digest
    if head is None or int(head[0]) != n_events or head[1] != previous:
        noted = 0 if head is None else int(head[0])
        why = f"the trail ends at event {n_events}, its head says {noted}: its end was changed"
        return ChainState(n_events, previous, BrokenLink(n_events + 1, why))
    return ChainState(n_events, previous, None)


def _fault(event: AuditEvent, expected: int, previous: str) -> str:
    if event.sequence != expected:
        return f"event {expected} is missing; the next one found is {event.sequence}"
    if event.previous_digest != previous:
        return f"event {event.sequence} does not continue the event before it"
    if digest_of_event(*event[:-1]) != event.digest:
        return f"event {event.sequence} was changed after it was recorded"
    return ""


def _events_in_order(db: Database) -> Iterator[AuditEvent]:
    rows = db.conn.execute(f"SELECT {_COLUMNS} FROM audit_event ORDER BY sequence")  # noqa: S608
    for row in rows:
        yield AuditEvent(*row)


def list_events(
    db: Database, wanted: EventFilter = ANY_EVENT, *, limit: int = 50, offset: int = 0
) -> list[AuditEvent]:
    """Return events, the newest first, narrowed to what is given."""
    given = {name: value for name, value in wanted._asdict().items() if value}
    where = " AND ".join(f"{name} = ?" for name in given) or "1"
    with driver_errors("read the audit trail"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM audit_event WHERE {where} "  # noqa: S608 - names from above
            "ORDER BY sequence DESC LIMIT ? OFFSET ?",
            [*given.values(), limit, offset],
        ).fetchall()
    return [AuditEvent(*row) for row in rows]


def count_events(db: Database, wanted: EventFilter = ANY_EVENT) -> int:
    """Return how many events there are about what is asked for."""
    given = {name: value for name, value in wanted._asdict().items() if value}
    where = " AND ".join(f"{name} = ?" for name in given) or "1"
    with driver_errors("count the audit trail"):
        row = db.conn.execute(
            f"SELECT count(*) FROM audit_event WHERE {where}",  # noqa: S608 - names from above
            list(given.values()),
        ).fetchone()
    return int(row[0])


def known_values(db: Database, column: str) -> list[str]:
    """Return the actions, or the kinds of object, that the trail knows."""
    if column not in {"action", "object_kind"}:
        raise ValueError(f"no list is made of {column!r}")
    with driver_errors("read the audit trail"):
        rows = db.conn.execute(
            f"SELECT DISTINCT {column} FROM audit_event ORDER BY 1"  # noqa: S608 - checked above
        ).fetchall()
    return [value for (value,) in rows]


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
