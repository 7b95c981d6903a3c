"""What a request reads from: the database, the catalogue, the matching service.

One database connection a request, closed at its end. The matching service is built once a process
(it loads the model) and is shared by its threads; a failure is not kept, so that installing a model
needs no restart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from flask import Flask, current_app, g
from matcher.workflow.matching import MatchingService
from sqlite_utils import Database

from matcher.errors import ModelError
from matcher.records import Catalogue
from matcher.store.connection import open_database


@dataclass(slots=True)
class Backend:
    """The matching service of this process, once it could be built."""

    database_path: Path
    models_dir: Path
    service: MatchingService | None = None
    lock: Lock = field(default_factory=Lock)

    def matching(self) -> MatchingService:
        with self.lock:
            if self.service is None:
                self.service = MatchingService(self.database_path, self.models_dir)
            return self.service


def init_app(app: Flask) -> None:
    app.extensions["backend"] = Backend(Path(app.config["DATABASE"]), Path(app.config["MODELS"]))
    app.teardown_appcontext(close_database)


def matching() -> MatchingService:
    """Return the matching service; raises ModelError where no model can be used."""
    backend: Backend = current_app.extensions["backend"]
    return backend.matching()


def database() -> Database:
    """Return this request's connection."""
    if "database" not in g:
        g.database = open_database(Path(current_app.config["DATABASE"]))
    opened: Database = g.database
    return opened


def catalogue() -> Catalogue:
    """Return the catalogue as it stands; works without a model, only slower."""
    if "catalogue" not in g:
        g.catalogue = _read_catalogue()
    read: Catalogue = g.catalogue
    return read


def _read_catalogue() -> Catalogue:
    try:
        return matching().catalogue
    except ModelError:
        from matcher.store.catalogue import read_catalogue

        return read_catalogue(database())


def close_database(error: BaseException | None = None) -> None:
    opened = g.pop("database", None)
    if opened is not None:
        opened.conn.close()
