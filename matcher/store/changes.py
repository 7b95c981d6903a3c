"""What changed in the catalogue since a revision, with the records as they now stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from matcher.records import Catalogue
from matcher.store.catalogue import FIELD_OF_KIND, catalogue_revision, changes_since
from matcher.store.connection import read_snapshot
from matcher.store.suspension import suspended_records
from matcher.store.versions import CLASSES, Key, find_current


@dataclass(frozen=True)
class Changes:
    """Changed records of the catalogue; ``None`` stands for one that was removed.

    ``suspended`` is who takes no part as it now stands, changed or not.
    """

    revision: int
    records: Mapping[Key, Any]
    suspended: frozenset[Key] = frozenset()

    @property
    def keys(self) -> tuple[Key, ...]:
        """Kind and id of what changed, oldest change first."""
        return tuple(self.records)

    def applied_to(self, catalogue: Catalogue) -> Catalogue:
        """Return a catalogue of an earlier revision with these changes; it is not changed."""
        fields: dict[str, dict[str, Any]] = {}
        for (kind, record_id), record in self.records.items():
            name = FIELD_OF_KIND[kind]
            held = fields.setdefault(name, dict(getattr(catalogue, name)))
            if record is None:
                held.pop(record_id, None)
            else:
                held[record_id] = record
        return replace(catalogue, revision=self.revision, suspended=self.suspended, **fields)


def read_changes(db: Database, revision: int) -> Changes:
    """Return what was added, changed or removed after a revision, in one state of the database.

    Raises
    ------
    InvalidRecord
        When a stored record does not fit this code's fields.
    """
    with read_snapshot(db, "read the catalogue's changes"):
        keys = changes_since(db, revision)
        return Changes(
            revision=catalogue_revision(db),
            records={key: find_current(db, CLASSES[key[0]], *key) for key in keys},
            suspended=suspended_records(db),
        )
