"""Versions of records: every state kept, one current, and the revision of what can be matched.

The other modules of the store say which record; this one writes it, bumps the revision and keeps
the search index in step, all inside the caller's write transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from sqlite_utils import Database

from matcher.errors import StoreError, UnknownRecord, shown
from matcher.records import Capability, Case, Need, PilotBase, Provider, Scenario
from matcher.store import search_index
from matcher.store.driver import driver_errors
from matcher.store.search_documents import Surroundings
from matcher.store.serialise import digest_of, from_json, to_json
from matcher.store.suspension import suspended_records

Key = tuple[str, str]  # kind, record id
Record = TypeVar("Record")
AnyRecord = Scenario | Provider | Capability | Case | PilotBase | Need

CLASSES: dict[str, type[Any]] = {
    "scenario": Scenario,
    "provider": Provider,
    "capability": Capability,
    "case": Case,
    "pilot_base": PilotBase,
    "need": Need,
}
# A need is the question, not a part of what it is asked of: its versions change no index and no
# revision. What everybody may find of an open need is put into the search by ``public_needs``.
MATCHABLE_KINDS = tuple(kind for kind in CLASSES if kind != "need")


class Head(NamedTuple):
    """The current state of one record."""

    version: int
    digest: str
    actor: str
    is_removed: bool


class Payload(NamedTuple):
    """A record ready to be stored; made before the write lock is taken."""

    record: AnyRecord
    text: str
    digest: str


def payload_of(record: AnyRecord) -> Payload:
    """Return a record with its canonical text and digest.

    Raises
    ------
    InvalidRecord
        When a value cannot be stored.
    """
    text = to_json(record)
    return Payload(record, text, digest_of(text))


def stamp(now: datetime) -> str:
    """Return a time as the store writes it: UTC, sortable as text."""
    if now.tzinfo is None:
        raise ValueError(f"the time {now!r} has no zone; pass an aware datetime")
    return now.astimezone(UTC).isoformat(timespec="microseconds")


def read_heads(db: Database, kinds: Iterable[str]) -> dict[Key, Head]:
    """Return the head of every record of these kinds, removed ones too."""
    return {
        (kind, record_id): Head(version, digest, actor, bool(is_removed))
        for wanted in kinds
        for kind, record_id, version, digest, actor, is_removed in db.conn.execute(
            "SELECT kind, record_id, version, digest, actor, is_removed FROM record_head "
            "WHERE kind = ?",
            [wanted],
        )
    }


def read_head(db: Database, kind: str, record_id: str) -> Head | None:
    """Return the head of one record, or None when there never was one."""
    row = db.conn.execute(
        "SELECT version, digest, actor, is_removed FROM record_head "
        "WHERE kind = ? AND record_id = ?",
        [kind, record_id],
    ).fetchone()
    return None if row is None else Head(row[0], row[1], row[2], bool(row[3]))


def differs(payload: Payload, head: Head | None) -> bool:
    """Whether storing the payload would make a new version."""
    return head is None or head.is_removed or head.digest != payload.digest


def write_changes(
    db: Database,
    changed: Mapping[Key, Payload],
    removed: Iterable[Key] = (),
    *,
    actor: str,
    now: datetime,
) -> int:
    """Store new versions, close removed records, bump the revision, update the search index.

    The caller holds the write transaction and passes only what really differs.

    Returns
    -------
    int
        The revision of the catalogue after the change.
    """
    at = stamp(now)
    gone = list(removed)
    matchable = {key: item.record for key, item in changed.items() if key[0] != "need"}
    revision = next_revision(db) if matchable or gone else _revision(db)
    for key, payload in changed.items():
        _write_version(db, key, payload, (actor, at, revision))
    for key in gone:
        _close_version(db, key, at)
        db.conn.execute(
            "UPDATE record_head SET is_removed = 1, actor = ?, revision = ? "
            "WHERE kind = ? AND record_id = ?",
            [actor, revision, *key],
        )
    search_index.remove_documents(db, gone)
    search_index.write_documents(
        db, _with_dependants(db, matchable, gone), revision, surroundings(db)
    )
    return revision


def _write_version(db: Database, key: Key, payload: Payload, origin: tuple[str, str, int]) -> None:
    actor, at, revision = origin
    head = read_head(db, *key)
    version = 1 if head is None else head.version + 1
    _close_version(db, key, at)
    db.conn.execute(
        "INSERT INTO record_version (kind, record_id, version, payload, digest, actor, valid_from) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [*key, version, payload.text, payload.digest, actor, at],
    )
    db.conn.execute(
        "INSERT INTO record_head (kind, record_id, version, digest, actor, revision, is_removed) "
        "VALUES (?, ?, ?, ?, ?, ?, 0) ON CONFLICT (kind, record_id) DO UPDATE SET "
        "version = excluded.version, digest = excluded.digest, actor = excluded.actor, "
        "revision = excluded.revision, is_removed = 0",
        [*key, version, payload.digest, actor, revision],
    )


def _close_version(db: Database, key: Key, at: str) -> None:
    db.conn.execute(
        "UPDATE record_version SET valid_to = ? "
        "WHERE kind = ? AND record_id = ? AND valid_to IS NULL",
        [at, *key],
    )


def refresh_documents(db: Database, keys: Iterable[Key]) -> None:
    """Make the search documents of current records anew, dated as their last change.

    For what a document says of others than its record, such as who takes part. The caller holds the
    write transaction.
    """
    around = surroundings(db)
    for kind, record_id in keys:
        row = db.conn.execute(
            "SELECT payload, revision FROM record_current WHERE kind = ? AND record_id = ?",
            [kind, record_id],
        ).fetchone()
        if row is not None:
            record = from_json(CLASSES[kind], row[0])
            search_index.write_documents(db, {(kind, record_id): record}, int(row[1]), around)


def _revision(db: Database) -> int:
    row = db.conn.execute("SELECT revision FROM catalogue_state WHERE id = 1").fetchone()
    return int(row[0])


def next_revision(db: Database) -> int:
    """Count the catalogue's revision up and return it; the caller holds the write transaction."""
    row = db.conn.execute(
        "UPDATE catalogue_state SET revision = revision + 1 WHERE id = 1 RETURNING revision"
    ).fetchone()
    return int(row[0])


def _with_dependants(
    db: Database, changed: Mapping[Key, AnyRecord], gone: Iterable[Key]
) -> dict[Key, AnyRecord]:
    """Add what says something of a changed record.

    What shows the name of a provider must be found by its new name, and a provider by what it
    offers now.
    """
    records = dict(changed)
    for kind, provider_id in changed:
        if kind != "provider":
            continue
        for dependant in ("capability", "case"):
            for record_id, record in current_of_provider(db, dependant, provider_id):
                records.setdefault((dependant, record_id), record)
    for provider_id in _providers_of(db, (*changed, *gone)):
        provider = find_current(db, Provider, "provider", provider_id)
        if provider is not None:
            records.setdefault(("provider", provider_id), provider)
    return records


def _providers_of(db: Database, keys: Iterable[Key]) -> list[str]:
    """Return the providers of the capabilities among some records, removed ones too."""
    rows = [
        db.conn.execute(
            "SELECT json_extract(payload, '$.provider_id') FROM record_version "
            "WHERE kind = 'capability' AND record_id = ? ORDER BY version DESC LIMIT 2",
            [record_id],
        ).fetchall()
        for kind, record_id in keys
        if kind == "capability"
    ]
    return list(dict.fromkeys(row[0] for found in rows for row in found if row[0]))


def current_of_provider(
    db: Database, kind: str, provider_id: str
) -> Iterator[tuple[str, AnyRecord]]:
    """Yield the current capabilities or cases of one provider, by id."""
    rows = db.conn.execute(
        # Without statistics the planner takes the primary key and reads every record of the kind.
        "SELECT record_id, payload FROM record_version INDEXED BY record_version_provider "
        "WHERE json_extract(payload, '$.provider_id') = ? AND kind = ? AND valid_to IS NULL "
        "AND kind IN ('capability', 'case') ORDER BY record_id",
        [provider_id, kind],
    ).fetchall()
    for record_id, payload in rows:
        yield record_id, from_json(CLASSES[kind], payload)


def surroundings(db: Database) -> Surroundings:
    """Return a look-up of providers and what they offer that reads each at most once."""
    known: dict[str, Provider | None] = {}
    offered: dict[str, list[Capability]] = {}

    def find_provider(provider_id: str) -> Provider | None:
        if provider_id not in known:
            known[provider_id] = find_current(db, Provider, "provider", provider_id)
        return known[provider_id]

    def capabilities_of(provider_id: str) -> list[Capability]:
        if provider_id not in offered:
            found = current_of_provider(db, "capability", provider_id)
            offered[provider_id] = [item for _, item in found if isinstance(item, Capability)]
        return offered[provider_id]

    return Surroundings(find_provider, capabilities_of, suspended_records(db))


def refresh_search_index(db: Database) -> bool:
    """Make the search documents anew if an older program made them; return whether it was done.

    The caller holds the write transaction.
    """
    if search_index.is_index_current(db):
        return False
    rows = db.conn.execute(
        "SELECT kind, record_id, payload, revision FROM record_current WHERE kind <> 'need'"
    ).fetchall()
    records = {
        (kind, record_id): (from_json(CLASSES[kind], payload), int(revision))
        for kind, record_id, payload, revision in rows
    }
    search_index.rewrite_index(db, records, surroundings(db))
    return True


def find_current(db: Database, cls: type[Record], kind: str, record_id: str) -> Record | None:
    """Return the current version of a record, or None."""
    row = db.conn.execute(
        "SELECT payload FROM record_current WHERE kind = ? AND record_id = ?", [kind, record_id]
    ).fetchone()
    return None if row is None else from_json(cls, row[0])


def read_record_version(db: Database, kind: str, record_id: str, version: int) -> AnyRecord:
    """Return a record as it stood in one of its versions.

    Raises
    ------
    UnknownRecord
        When the record or the version never existed.
    """
    with driver_errors(f"read {kind} {record_id}"):
        row = db.conn.execute(
            "SELECT payload FROM record_version WHERE kind = ? AND record_id = ? AND version = ?",
            [kind, record_id, version],
        ).fetchone()
    if row is None:
        raise UnknownRecord(kind, f"{record_id} (version {version})")
    record: AnyRecord = from_json(CLASSES[kind], row[0])
    return record


def read_version_payload(db: Database, kind: str, record_id: str, version: int) -> dict[str, Any]:
    """Return what a version of a record says, as it was stored, whatever fields records have now.

    Raises
    ------
    UnknownRecord
        When the record or the version never existed.
    StoreError
        When the stored text is not the one whose digest was kept.
    """
    with driver_errors(f"read {kind} {record_id}"):
        row = db.conn.execute(
            "SELECT payload, digest FROM record_version "
            "WHERE kind = ? AND record_id = ? AND version = ?",
            [kind, record_id, version],
        ).fetchone()
    if row is None:
        raise UnknownRecord(kind, f"{record_id} (version {version})")
    if digest_of(row[0]) != row[1]:
        raise StoreError(
            f"version {version} of {kind} {shown(record_id)} was altered after it was stored: its "
            f"digest is {digest_of(row[0])[:12]}…, {row[1][:12]}… was kept; restore a backup",
            reason="altered",
        )
    found: dict[str, Any] = json.loads(row[0])
    return found


def current_versions(db: Database, keys: Iterable[Key]) -> dict[Key, int]:
    """Return the current version number of each record; removed or unknown ones are left out."""
    found = {}
    with driver_errors("read record versions"):
        for key in keys:
            head = read_head(db, *key)
            if head is not None and not head.is_removed:
                found[key] = head.version
    return found
