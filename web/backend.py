"""What a request reads from: the database, the catalogue, the matching service.

A request opens its own connection, to read only unless it stores something, and closes it at its
end. The matching service is built once a process (it loads the model) and is shared by its threads;
a failure is not kept, so that installing a model needs no restart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask, current_app, g

from matcher.records import Catalogue
from matcher.store.catalogue import read_catalogue
from matcher.store.connection import open_database
from matcher.workflow.matching.meaning import MeaningSearch
from matcher.workflow.matching.service import MatchingService

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(slots=True)
class Backend:
    """The matching service of this process, once it could be built."""

    database_path: Path
    models_dir: Path
    service: MatchingService | None = None
    meaning_search: MeaningSearch | None = None
    lock: Lock = field(default_factory=Lock)

    def matching(self) -> MatchingService:
        with self.lock:
            if self.service is None:
                self.service = MatchingService(self.database_path, self.models_dir)
            return self.service

    def meaning(self) -> MeaningSearch:
        """Return the search by meaning; it shares encoder and means with the matching service."""
        service = self.matching()
        with self.lock:
            if self.meaning_search is None:
                means = service.model.language_means
                self.meaning_search = MeaningSearch(self.database_path, service.encoder, means)
            return self.meaning_search


def init_app(app: Flask) -> None:
    app.extensions["backend"] = Backend(Path(app.config["DATABASE"]), Path(app.config["MODELS"]))
    app.teardown_appcontext(close_database)


def matching() -> MatchingService:
    """Return the matching service; raises ModelError where no model can be used."""
    backend: Backend = current_app.extensions["backend"]
    return backend.matching()


def meaning() -> MeaningSearch:
    """Return the search by meaning; raises ModelError as ``matching`` does."""
    backend: Backend = current_app.extensions["backend"]
    return backend.meaning()


def database() -> Database:
    """Return this request's connection for reading; it makes no file where there is none."""
    return _connection("database", read_only=True)


def writable_database() -> Database:
    """Return this request's connection for a view that stores something."""
    catalogue()  # refuses a database that is missing or of no use before one is made
    return _connection("writable_database", read_only=False)


def _connection(name: str, *, read_only: bool) -> Database:
    if name not in g:
        setattr(g, name, open_database(Path(current_app.config["DATABASE"]), read_only))
    opened: Database = g.get(name)
    return opened


def catalogue() -> Catalogue:
    """Return the catalogue as it stands, from the matching service where it is built already.

    Browsing neither waits for a model nor needs one.
    """
    if "catalogue" not in g:
        service = current_app.extensions["backend"].service
        g.catalogue = read_catalogue(database()) if service is None else service.catalogue
    read: Catalogue = g.catalogue
    return read


def close_database(error: BaseException | None = None) -> None:
    for name in ("database", "writable_database"):
        opened = g.pop(name, None)
        if opened is not None:
            opened.conn.close()
