"""The matching service: the current catalogue, indexed, with the serving model.

One object a process, shared by its threads. It notices by the database's revision that something
changed, indexes the change beside the snapshot and swaps both at once; a match never waits for a
whole rebuild and never sees half of one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from sqlite_utils import Database

from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher
from matcher.ranking.model import AdditiveModel
from matcher.ranking.quotes import quotable_texts
from matcher.ranking.registry import load_serving_model
from matcher.ranking.results import Exclusion, Match, MatchList
from matcher.ranking.update import affected_capabilities, extended
from matcher.records import Catalogue, Need
from matcher.store.catalogue import catalogue_revision, changes_since, read_catalogue
from matcher.store.connection import close_database, open_database
from matcher.store.vectors import VectorStore
from matcher.text.embedding import MultilingualEncoder, SentenceEncoder
from matcher.text.lexicon import Lexicon

# Beyond this share of changed capabilities a rebuild gives fresher word statistics for its cost.
MAX_DELTA_SHARE = 0.2
WARM_UP = Need(need_id="warm-up", title="质量检测")


def utc_today() -> date:
    """Return today's date in UTC."""
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Snapshot:
    """One revision of the catalogue, ready to be matched."""

    revision: int
    matcher: Matcher

    @property
    def catalogue(self) -> Catalogue:
        """The records of this revision."""
        return self.matcher.index.catalogue


class MatchingService:
    """Answers needs against the catalogue as it stands in the database.

    Parameters
    ----------
    database_path : Path
        The installation's database; only read, but for cached sentence vectors.
    models_dir : Path
        Holds ``serving.txt`` and the model folders.
    encoder : SentenceEncoder, optional
        The default carries its weights inside a package.
    today : callable
        Returns the day against which expiry is checked.

    Raises
    ------
    ModelError
        No model can be loaded.
    StoreError
        The database cannot be read.
    """

    def __init__(
        self,
        database_path: Path,
        models_dir: Path,
        *,
        encoder: SentenceEncoder | None = None,
        today: Callable[[], date] = utc_today,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._path = database_path
        self._today = today
        self._lock = Lock()
        self._model: AdditiveModel = load_serving_model(models_dir)
        self._encoder = encoder or MultilingualEncoder()
        self._lexicon = Lexicon.load()
        self._snapshot = self._built(progress)

    @property
    def catalogue(self) -> Catalogue:
        """The records, as of the database's revision."""
        return self._current().catalogue

    @property
    def model_info(self) -> dict[str, Any]:
        """The serving model's id and manifest."""
        return {"model_id": self._model.model_id, **self._model.manifest}

    @property
    def model(self) -> AdditiveModel:
        """The serving model."""
        return self._model

    def match(self, need: Need, *, top: int = 5) -> MatchList:
        """Return the best providers for a need; see ``Matcher.match``."""
        return self._current().matcher.match(need, today=self._today(), top=top)

    def why_not(self, need: Need, provider_id: str) -> Match | Exclusion | None:
        """Explain a named provider; see ``Matcher.why_not``."""
        return self._current().matcher.why_not(need, provider_id, today=self._today())

    def _current(self) -> Snapshot:
        """Return a snapshot of the database's revision, bringing it up to date if need be."""
        db = open_database(self._path, read_only=True)
        try:
            if catalogue_revision(db) == self._snapshot.revision:
                return self._snapshot
        finally:
            close_database(db)
        with self._lock:
            self._snapshot = self._updated(self._snapshot)
        return self._snapshot

    def _updated(self, old: Snapshot) -> Snapshot:
        db = open_database(self._path)
        try:
            catalogue = read_catalogue(db)
            if catalogue.revision == old.revision:
                return old
            changed = changes_since(db, old.revision)
            affected = affected_capabilities(changed, catalogue)
            rebuilt = any(kind == "scenario" for kind, _ in changed) or (
                len(affected) > MAX_DELTA_SHARE * max(len(catalogue.capabilities), 1)
                and len(affected) > 20
            )
            parts = self._parts(db)
            index = (
                CatalogueIndex(catalogue, parts)
                if rebuilt
                else extended(old.matcher.index, catalogue, affected, parts)
            )
            return Snapshot(catalogue.revision, self._matcher(index, db))
        finally:
            close_database(db)

    def _built(self, progress: Callable[[int, int], None] | None) -> Snapshot:
        db = open_database(self._path)
        try:
            catalogue = read_catalogue(db)
            index = CatalogueIndex(catalogue, self._parts(db), progress=progress)
            return Snapshot(catalogue.revision, self._matcher(index, db))
        finally:
            close_database(db)

    def _parts(self, db: Database) -> IndexParts:
        return IndexParts(
            encoder=self._encoder,
            cache=VectorStore(db, self._encoder.name),
            lexicon=self._lexicon,
            stored_means=self._model.language_means,
        )

    def _matcher(self, index: CatalogueIndex, db: Database) -> Matcher:
        """Give the index what explanations compare, so that no request has to encode it."""
        texts = quotable_texts(index.catalogue, index.catalogue.capabilities.values())
        index.quotes.keep(texts, VectorStore(db, self._encoder.name))
        matcher = Matcher(index.without_cache(), self._model)
        matcher.match(WARM_UP, today=self._today(), top=1)
        return matcher
