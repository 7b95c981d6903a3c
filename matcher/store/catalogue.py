"""The catalogue as a whole: load it from files, read it for matching, ask what changed.

What the shipped files hold belongs to the actor ``catalogue``; what anybody registered or edited
belongs to them and survives a reload of the files.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from matcher.records import Catalogue
from matcher.store.connection import read_snapshot, write_transaction
from matcher.store.driver import driver_errors
from matcher.store.serialise import from_json
from matcher.store.suspension import suspended_records
from matcher.store.versions import (
    CLASSES,
    MATCHABLE_KINDS,
    Head,
    Key,
    Payload,
    current_versions,
    differs,
    payload_of,
    read_heads,
    read_record_version,
    refresh_search_index,
    stamp,
    write_changes,
)

__all__ = [
    "CATALOGUE_ACTOR",
    "ImportSummary",
    "catalogue_revision",
    "changes_since",
    "current_versions",
    "last_changed",
    "read_catalogue",
    "read_record_version",
    "replace_catalogue",
]

CATALOGUE_ACTOR = "catalogue"

FIELD_OF_KIND = {
    "scenario": "scenarios",
    "provider": "providers",
    "capability": "capabilities",
    "case": "cases",
    "pilot_base": "pilot_bases",
}


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How many records of each kind a load added, changed, left, removed, or kept as a user's."""

    added: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    unchanged: Mapping[str, int] = field(default_factory=dict)
    removed: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    revision: int = 0

    @property
    def is_change(self) -> bool:
        """Whether the load changed anything."""
        return any(self.added.values()) or any(self.changed.values()) or any(self.removed.values())


def replace_catalogue(
    db: Database, catalogue: Catalogue, *, source: str, now: datetime | None = None
) -> ImportSummary:
    """Make the shipped records in the database those of ``catalogue``; all or nothing.

    Parameters
    ----------
    db : Database
        Open for writing, migrated.
    catalogue : Catalogue
        Validated records; its ``revision`` is not read.
    source : str
        Where it came from, for the log of imports.
    now : datetime, optional
        Aware time written to the versions; the present when not given.

    Returns
    -------
    ImportSummary
        Loading the same catalogue twice changes nothing the second time. A record that a user
        registered or edited is kept, and so is a provider that such a record names.

    Raises
    ------
    InvalidRecord
        When a value cannot be stored; nothing was changed.
    Busy, StoreError
        As ``write_transaction``; nothing was changed.
    """
    at = now or datetime.now(UTC)
    payloads = {
        (kind, record_id): payload_of(record)
        for kind, name in FIELD_OF_KIND.items()
        for record_id, record in getattr(catalogue, name).items()
    }
    with write_transaction(db, "load the catalogue"):
        refresh_search_index(db)
        heads = read_heads(db, MATCHABLE_KINDS)
        fates = _fates(db, payloads, heads)
        changed = {
            key: payloads[key] for key, fate in fates.items() if fate in {"added", "changed"}
        }
        removed = [key for key, fate in fates.items() if fate == "removed"]
        revision = catalogue_revision(db)
        if changed or removed:
            revision = write_changes(db, changed, removed, actor=CATALOGUE_ACTOR, now=at)
        summary = _summary(fates, revision)
        if summary.is_change:
            _log_import(db, source, summary, at)
    return summary


def _fates(
    db: Database, payloads: Mapping[Key, Payload], heads: Mapping[Key, Head]
) -> dict[Key, str]:
    """Decide for every record, given or stored, what the load does to it."""
    fates = {}
    for key, payload in payloads.items():
        head = heads.get(key)
        if head is not None and head.actor != CATALOGUE_ACTOR:  # edited or withdrawn
            fates[key] = "kept"
        elif head is None or head.is_removed:
            fates[key] = "added"
        else:
            fates[key] = "changed" if differs(payload, head) else "unchanged"
    needed = _providers_of_users(db)
    for key, head in heads.items():
        if key in payloads or head.is_removed:
            continue
        is_theirs = head.actor != CATALOGUE_ACTOR or (key[0] == "provider" and key[1] in needed)
        fates[key] = "kept" if is_theirs else "removed"
    return fates


def _providers_of_users(db: Database) -> set[str]:
    rows = db.conn.execute(
        "SELECT DISTINCT json_extract(payload, '$.provider_id') FROM record_current "
        "WHERE kind IN ('capability', 'case') AND actor <> ?",
        [CATALOGUE_ACTOR],
    )
    return {row[0] for row in rows if row[0]}


def _summary(fates: Mapping[Key, str], revision: int) -> ImportSummary:
    counts = Counter((fate, kind) for (kind, _), fate in fates.items())
    return ImportSummary(
        **{
            fate: {kind: counts[fate, kind] for kind in MATCHABLE_KINDS}
            for fate in ("added", "changed", "unchanged", "removed", "kept")
        },
        revision=revision,
    )


def _log_import(db: Database, source: str, summary: ImportSummary, at: datetime) -> None:
    counts = {
        "added": dict(summary.added),
        "changed": dict(summary.changed),
        "removed": dict(summary.removed),
    }
    db.conn.execute(
        "INSERT INTO catalogue_import (revision, source, summary, imported_at) VALUES (?, ?, ?, ?)",
        [summary.revision, source, json.dumps(counts), stamp(at)],
    )


def read_catalogue(db: Database) -> Catalogue:
    """Return everything that can be matched, as it stands, with its revision.

    Raises
    ------
    InvalidRecord
        When a stored record does not fit this code's fields.
    """
    records: dict[str, dict[str, Any]] = {kind: {} for kind in MATCHABLE_KINDS}
    with read_snapshot(db, "read the catalogue"):
        revision, suspended = catalogue_revision(db), suspended_records(db)
        rows = db.conn.execute(
            "SELECT kind, record_id, payload FROM record_current WHERE kind <> 'need' "
            "ORDER BY kind, record_id"
        ).fetchall()
    for kind, record_id, payload in rows:
        records[kind][record_id] = from_json(CLASSES[kind], payload)
    return Catalogue(
        revision=revision,
        suspended=suspended,
        **{name: records[kind] for kind, name in FIELD_OF_KIND.items()},
    )


def catalogue_revision(db: Database) -> int:
    """Return the number that grows with every change of a record that can be matched."""
    with driver_errors("read the catalogue's revision"):
        row = db.conn.execute("SELECT revision FROM catalogue_state WHERE id = 1").fetchone()
    return int(row[0])


def last_changed(db: Database) -> datetime | None:
    """Return when a record that can be matched last changed; nothing where none was ever kept."""
    with driver_errors("read when the catalogue changed"):
        row = db.conn.execute(
            "SELECT max(max(valid_from, coalesce(valid_to, ''))) FROM record_version "
            "WHERE kind <> 'need'"
        ).fetchone()
    return None if row[0] is None else datetime.fromisoformat(row[0])


def changes_since(db: Database, revision: int) -> list[Key]:
    """Return (kind, id) of what was added, changed or removed after a revision, oldest first."""
    with driver_errors("read the catalogue's changes"):
        rows = db.conn.execute(
            "SELECT kind, record_id FROM record_head WHERE revision > ? AND kind <> 'need' "
            "ORDER BY revision, kind, record_id",
            [revision],
        ).fetchall()
    return [(kind, record_id) for kind, record_id in rows]
