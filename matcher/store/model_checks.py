"""What the property tests found about a model, each time that they were run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


class ModelCheck(NamedTuple):
    """One run of the property tests: of which model, against which state of the catalogue."""

    check_id: int
    model_id: str
    model_sha256: str
    catalogue_revision: int
    made_at: datetime
    document: dict[str, Any]

    @property
    def properties(self) -> list[dict[str, Any]]:
        """The properties, in the order of a report."""
        found: list[dict[str, Any]] = self.document["properties"]
        return found

    @property
    def n_held(self) -> int:
        """How many of them hold."""
        return int(self.document["n_held"])


_COLUMNS = ", ".join(ModelCheck._fields)


def add_check(
    db: Database,
    model: tuple[str, str],
    catalogue_revision: int,
    document: Mapping[str, Any],
    *,
    now: datetime,
) -> int:
    """Keep what was found and return its number.

    Parameters
    ----------
    model : (id, sha256 of its tables)
    document : mapping
        As ``matcher.reports.properties.property_report`` gives it.
    """
    text = json.dumps(dict(document), ensure_ascii=False, allow_nan=False)
    with write_transaction(db, f"keep a check of model {model[0]}"):
        row = db.conn.execute(
            "INSERT INTO model_check (model_id, model_sha256, catalogue_revision, made_at, "
            "document) VALUES (?, ?, ?, ?, ?) RETURNING check_id",
            [*model, catalogue_revision, stamp(now), text],
        ).fetchone()
    return int(row[0])


def list_checks(db: Database, model_id: str, *, limit: int = 10) -> list[ModelCheck]:
    """Return the last checks of a model, the last first."""
    with driver_errors(f"read the checks of model {model_id}"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM model_check WHERE model_id = ? "  # noqa: S608
            "ORDER BY made_at DESC, check_id DESC LIMIT ?",
            [model_id, limit],
        ).fetchall()
    return [_check(row) for row in rows]


def _check(row: tuple[Any, ...]) -> ModelCheck:
    values = dict(zip(ModelCheck._fields, row, strict=True))
    values["made_at"] = datetime.fromisoformat(values["made_at"])
    values["document"] = json.loads(values["document"])
    return ModelCheck(**values)
