"""What is being written and not sent yet: kept on the server, whole as it was typed.

A draft belongs to an account or, until somebody signs in, to a visitor's key; every function asks
for the owner, so that another's draft is as unknown as one that never was. What the values mean is
not known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord, shown
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_COLUMNS = "draft_id, kind, owner, record_id, payload, step, version, created_at, updated_at"


@dataclass(frozen=True, slots=True)
class Draft:
    """A record in the making: its values as typed, by name of field."""

    draft_id: str
    kind: str  # need | capability | pilot_base
    owner: str  # an account id or a visitor's key
    record_id: str  # what it will change; empty for a new record
    values: Mapping[str, Any]
    step: str  # where its writer was last
    version: int
    created_at: datetime
    updated_at: datetime


def add_draft(db: Database, draft: Draft) -> None:
    """Store a new draft; its id must not be stored yet."""
    with write_transaction(db, f"add draft {draft.draft_id}"):
        db.table("draft").insert(
            {
                "draft_id": draft.draft_id,
                "kind": draft.kind,
                "owner": draft.owner,
                "record_id": draft.record_id,
                "payload": _json(draft.values),
                "step": draft.step,
                "version": draft.version,
                "created_at": stamp(draft.created_at),
                "updated_at": stamp(draft.updated_at),
            }
        )


def read_draft(db: Database, kind: str, draft_id: str, owner: str) -> Draft:
    """Return a draft of this owner.

    Raises
    ------
    UnknownRecord
        When there is none with this id, or it is somebody else's.
    """
    with driver_errors("read a draft"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM draft "  # noqa: S608
            "WHERE draft_id = ? AND kind = ? AND owner = ?",
            [draft_id, kind, owner],
        ).fetchone()
    if row is None:
        raise UnknownRecord("draft", draft_id)
    return _draft(row)


def list_drafts(db: Database, kind: str, owner: str, *, limit: int = 50) -> list[Draft]:
    """Return an owner's drafts of a kind, the one written last first."""
    with driver_errors("list drafts"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM draft WHERE owner = ? AND kind = ? "  # noqa: S608
            "ORDER BY updated_at DESC, draft_id LIMIT ?",
            [owner, kind, limit],
        ).fetchall()
    return [_draft(row) for row in rows]


def find_draft_of_record(db: Database, kind: str, record_id: str, owner: str) -> Draft | None:
    """Return the draft in which an owner is changing a record, or None."""
    with driver_errors("read a draft"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM draft WHERE owner = ? AND kind = ? "  # noqa: S608
            "AND record_id = ? AND record_id <> '' ORDER BY updated_at DESC LIMIT 1",
            [owner, kind, record_id],
        ).fetchone()
    return None if row is None else _draft(row)


def write_draft(
    db: Database, draft: Draft, values: Mapping[str, Any], *, step: str, now: datetime
) -> Draft:
    """Store what a draft has become and return it; its version grows by one.

    Raises
    ------
    UnknownRecord
        When the draft was deleted, or changed since it was read: read it inside the same write
        transaction to be sure of it.
    """
    with write_transaction(db, f"write draft {draft.draft_id}"):
        cursor = db.conn.execute(
            "UPDATE draft SET payload = ?, step = ?, version = version + 1, updated_at = ? "
            "WHERE draft_id = ? AND owner = ? AND version = ?",
            [_json(values), step, stamp(now), draft.draft_id, draft.owner, draft.version],
        )
        if cursor.rowcount != 1:
            raise UnknownRecord("draft", draft.draft_id)
        return read_draft(db, draft.kind, draft.draft_id, draft.owner)


def delete_draft(db: Database, draft: Draft) -> None:
    """Delete a draft; one that is gone already is no error."""
    with write_transaction(db, f"delete draft {draft.draft_id}"):
        db.conn.execute(
            "DELETE FROM draft WHERE draft_id = ? AND owner = ?", [draft.draft_id, draft.owner]
        )


def claim_drafts(db: Database, owner: str, new_owner: str) -> int:
    """Hand all drafts of a visitor over to the account that the visitor signed in to."""
    with write_transaction(db, "claim drafts"):
        cursor = db.conn.execute("UPDATE draft SET owner = ? WHERE owner = ?", [new_owner, owner])
        return int(cursor.rowcount)


def delete_old_drafts(db: Database, owner_prefix: str, before: datetime) -> int:
    """Delete drafts whose owner begins with a prefix and that were last written before a time."""
    with write_transaction(db, "delete old drafts"):
        cursor = db.conn.execute(
            "DELETE FROM draft WHERE substr(owner, 1, ?) = ? AND updated_at < ?",
            [len(owner_prefix), owner_prefix, stamp(before)],
        )
        return int(cursor.rowcount)


def _json(values: Mapping[str, Any]) -> str:
    try:
        text = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode("utf-8")
    except (ValueError, TypeError) as error:
        raise InvalidRecord("draft", {"_record": [f"{shown(values)}: {error}"]}) from error
    return text


def _draft(row: tuple[Any, ...]) -> Draft:
    draft_id, kind, owner, record_id, payload, step, version, created_at, updated_at = row
    return Draft(
        draft_id=draft_id,
        kind=kind,
        owner=owner,
        record_id=record_id,
        values=json.loads(payload),
        step=step,
        version=version,
        created_at=datetime.fromisoformat(created_at),
        updated_at=datetime.fromisoformat(updated_at),
    )
