"""Organisations: add, read, find, change. Who may do so is decided by the caller."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.identity import Organisation
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_NAMES = tuple(field.name for field in fields(Organisation))
_COLUMNS = ", ".join(_NAMES)
_TIMES = frozenset({"verified_at", "consent_at", "created_at"})
_FLAGS = frozenset({"is_demo", "shares_contact"})
_FIXED = frozenset({"organisation_id", "created_at", "is_demo"})


def add_organisation(db: Database, organisation: Organisation, *, now: datetime) -> None:
    """Store a new organisation; the credit code must not be stored yet (see ``find_by_code``)."""
    values = _row(organisation) | {"created_at": stamp(now), "updated_at": stamp(now)}
    values["consent_at"] = values["consent_at"] or stamp(now)
    with write_transaction(db, f"add organisation {organisation.organisation_id}"):
        db.table("organisation").insert(values)


def read_organisation(db: Database, organisation_id: str) -> Organisation:
    """Return one organisation.

    Raises
    ------
    UnknownRecord
        When there is none with this id.
    """
    found = _one(db, "organisation_id", organisation_id)
    if found is None:
        raise UnknownRecord("organisation", organisation_id)
    return found


def find_by_code(db: Database, credit_code: str) -> Organisation | None:
    """Return the organisation with a unified social credit code, if it is registered."""
    return _one(db, "credit_code", credit_code)


def find_by_provider(db: Database, provider_id: str) -> Organisation | None:
    """Return the organisation that a provider of the catalogue belongs to, if it takes part."""
    return _one(db, "provider_id", provider_id)


def find_named_exactly(db: Database, words: str) -> list[Organisation]:
    """Return organisations with exactly this id, credit code or name, in either language."""
    with driver_errors("find organisations"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM organisation WHERE organisation_id = upper(?1) "  # noqa: S608
            "OR credit_code = upper(?1) OR name = ?1 "
            "OR (name_en <> '' AND lower(name_en) = lower(?1)) "
            "ORDER BY name, organisation_id",
            [words],
        ).fetchall()
    return [_organisation(row) for row in rows]


def find_named_in_public(
    db: Database, words: str, *, states: Collection[str], limit: int
) -> list[Organisation]:
    """Return organisations whose name holds the words and that the service names to everybody.

    Those are the providers and bases of the catalogue, and enterprises with a named need in one of
    the states; that any other organisation is registered here is not for others to list.
    """
    like = "%" + words.replace("^", "^^").replace("%", "^%").replace("_", "^_") + "%"
    marks = ", ".join("?" * len(states))
    with driver_errors("find organisations"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM organisation AS own "  # noqa: S608
            "WHERE verification = 'verified' "
            "AND (name LIKE ? ESCAPE '^' OR name_en LIKE ? ESCAPE '^') "
            "AND (EXISTS (SELECT 1 FROM record_version WHERE kind = 'provider' "
            "AND record_id = own.provider_id AND valid_to IS NULL) "
            "OR EXISTS (SELECT 1 FROM record_owner AS has JOIN record_version AS record "
            "USING (kind, record_id) WHERE has.organisation_id = own.organisation_id "
            "AND kind = 'pilot_base' AND record.valid_to IS NULL) "
            "OR EXISTS (SELECT 1 FROM record_owner AS has JOIN need_status AS need "
            "ON need.need_id = has.record_id WHERE has.organisation_id = own.organisation_id "
            "AND has.kind = 'need' AND need.visibility = 'named' AND need.published_at IS NOT NULL "
            f"AND need.state IN ({marks}))) ORDER BY name, organisation_id LIMIT ?",
            [like, like, *states, limit],
        ).fetchall()
    return [_organisation(row) for row in rows]


def known_organisations(db: Database, organisation_ids: Collection[str]) -> frozenset[str]:
    """Return those of some ids that an organisation has."""
    marks = ", ".join("?" * len(organisation_ids))
    with driver_errors("read which organisations there are"):
        rows = db.conn.execute(
            f"SELECT organisation_id FROM organisation WHERE organisation_id IN ({marks})",  # noqa: S608
            list(organisation_ids),
        ).fetchall()
    return frozenset(organisation_id for (organisation_id,) in rows)


def list_organisations(
    db: Database, *, verification: str = "", limit: int = 50, offset: int = 0
) -> list[Organisation]:
    """Return organisations, those that have waited longest first."""
    with driver_errors("list organisations"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM organisation WHERE ? IN ('', verification) "  # noqa: S608
            "ORDER BY created_at, organisation_id LIMIT ? OFFSET ?",
            [verification, limit, offset],
        ).fetchall()
    return [_organisation(row) for row in rows]


def count_organisations(db: Database, *, verification: str = "") -> int:
    """Return how many organisations there are, all or in one state of verification."""
    with driver_errors("count organisations"):
        row = db.conn.execute(
            "SELECT count(*) FROM organisation WHERE ? IN ('', verification)", [verification]
        ).fetchone()
    return int(row[0])


def update_organisation(
    db: Database, organisation_id: str, changes: Mapping[str, Any], *, now: datetime
) -> Organisation:
    """Change some fields and return the organisation as it now stands.

    Raises
    ------
    UnknownRecord
        When there is none with this id.
    ValueError
        When a field that never changes is named, or one that does not exist.
    """
    wrong = set(changes) - set(_NAMES) | set(changes) & _FIXED
    if wrong:
        raise ValueError(f"these fields of an organisation cannot be changed: {sorted(wrong)}")
    stored = {name: _stored(name, value) for name, value in changes.items()}
    settings = ", ".join(f"{name} = ?" for name in stored)
    with write_transaction(db, f"change organisation {organisation_id}"):
        if stored:
            db.conn.execute(
                f"UPDATE organisation SET {settings}, updated_at = ? "  # noqa: S608
                "WHERE organisation_id = ?",
                [*stored.values(), stamp(now), organisation_id],
            )
        return read_organisation(db, organisation_id)


def _one(db: Database, column: str, value: str) -> Organisation | None:
    with driver_errors("read an organisation"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM organisation WHERE {column} = ?",  # noqa: S608
            [value],
        ).fetchone()
    return None if row is None else _organisation(row)


def _row(organisation: Organisation) -> dict[str, Any]:
    return {name: _stored(name, getattr(organisation, name)) for name in _NAMES}


def _stored(name: str, value: Any) -> Any:
    if name in _TIMES:
        return None if value is None else stamp(value)
    if name == "sides":
        return json.dumps(list(value))
    if name == "provider_id":
        return value or None  # several may have none, none may share one
    if name in _FLAGS:
        return int(value)
    return str(value)


def _organisation(row: tuple[Any, ...]) -> Organisation:
    values = dict(zip(_NAMES, row, strict=True))
    for name in _TIMES:
        values[name] = None if values[name] is None else datetime.fromisoformat(values[name])
    values["sides"] = tuple(json.loads(values["sides"]))
    values["provider_id"] = values["provider_id"] or ""
    for name in _FLAGS:
        values[name] = bool(values[name])
    return Organisation(**values)
