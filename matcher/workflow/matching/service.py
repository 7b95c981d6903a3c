"""The matching service: the current catalogue, indexed, with the serving model.

One object a process, shared by its threads. It notices by the database's revision that something
changed, indexes the change beside the snapshot and swaps both at once. Where much has changed, the
index is built anew in another thread: a match never waits for a whole rebuild and never sees half
of one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import Busy, MatcherError
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher
from matcher.ranking.model import AdditiveModel
from matcher.ranking.quotes import quotable_texts
from matcher.ranking.registry import load_model
from matcher.ranking.results import Exclusion, Match, MatchList
from matcher.ranking.update import affected_capabilities, extended
from matcher.records import Catalogue, Need
from matcher.store.catalogue import catalogue_revision, read_catalogue
from matcher.store.changes import read_changes
from matcher.store.connection import close_database, open_database
from matcher.store.derived import DerivedFiles
from matcher.store.vectors import VectorStore
from matcher.text.embedding import MultilingualEncoder, SentenceEncoder
from matcher.text.lexicon import Lexicon
from matcher.workflow.matching.serving import model_folder, serving_id

if TYPE_CHECKING:
    from sqlite_utils import Database

# Beyond this share of changed capabilities, if they are not few, a rebuild gives fresher word
# statistics for its cost.
MAX_DELTA_SHARE = 0.2
MIN_DELTA = 20
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
        Holds the model folders and ``serving.txt``, which names the model that serves until the
        database records another one.
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
        self._models_dir = models_dir
        self._model = self._recorded_model()
        self._derived = DerivedFiles.beside(database_path)
        self._encoder = encoder or _loading_encoder(self._derived)
        self._lexicon = Lexicon.kept(self._derived)
        self._rebuilding: Thread | None = None
        self._snapshot = self._built(progress)

    @property
    def catalogue(self) -> Catalogue:
        """The records, as of the database's revision."""
        return self.snapshot().catalogue

    @property
    def model_info(self) -> dict[str, Any]:
        """The serving model's id and manifest."""
        model = self.model
        return {"model_id": model.model_id, **model.manifest}

    @property
    def model(self) -> AdditiveModel:
        """The serving model, as the database records it now."""
        return self.snapshot().matcher.model

    @property
    def models_dir(self) -> Path:
        """Where the model folders are."""
        return self._models_dir

    @property
    def encoder(self) -> SentenceEncoder:
        """What turns texts into vectors."""
        return self._encoder

    def today(self) -> date:
        """Return the day against which expiry is checked."""
        return self._today()

    def match(self, need: Need, *, top: int = 5, read_as: Need | None = None) -> MatchList:
        """Return the best providers for a need; see ``Matcher.match``."""
        matcher, today = self.snapshot().matcher, self._today()
        return matcher.match(need, today=today, top=top, read_as=read_as)

    def why_not(
        self, need: Need, provider_id: str, *, read_as: Need | None = None
    ) -> Match | Exclusion | None:
        """Explain a named provider; see ``Matcher.why_not``."""
        matcher, today = self.snapshot().matcher, self._today()
        return matcher.why_not(need, provider_id, today=today, read_as=read_as)

    def snapshot(self) -> Snapshot:
        """Return a snapshot of the database's revision, bringing it up to date if need be."""
        db = open_database(self._path, read_only=True)
        try:
            is_served = serving_id(db, self._models_dir) == self._model.model_id
            if is_served and catalogue_revision(db) == self._snapshot.revision:
                return self._snapshot
        finally:
            close_database(db)
        with self._lock:
            if not is_served:
                self._switch()
            self._snapshot = self._updated(self._snapshot)
        if self._is_worn(self._snapshot):
            self._rebuild_beside()
        return self._snapshot

    def wait_for_rebuild(self, timeout_s: float) -> bool:
        """Wait until no index is being built beside; return whether that was reached in time."""
        with self._lock:
            rebuilding = self._rebuilding
        if rebuilding is not None:
            rebuilding.join(timeout_s)
        return rebuilding is None or not rebuilding.is_alive()

    def _recorded_model(self) -> AdditiveModel:
        db = open_database(self._path, read_only=True)
        try:
            return load_model(model_folder(self._models_dir, serving_id(db, self._models_dir)))
        finally:
            close_database(db)

    def _switch(self) -> None:
        """Take the model that was promoted; the index stays, unless it rests on other means."""
        model, old = self._recorded_model(), self._model
        if model.model_id == old.model_id:  # another thread was faster
            return
        self._model = model
        if _same_means(model, old):
            self._snapshot = replace(
                self._snapshot, matcher=Matcher(self._snapshot.matcher.index, model)
            )
            return
        try:
            self._snapshot = self._built(None)
        except BaseException:
            self._model = old
            raise

    def _is_worn(self, snapshot: Snapshot) -> bool:
        index = snapshot.matcher.index
        n_added = len(index.capabilities) - index.n_built
        return index.delta_share > MAX_DELTA_SHARE and n_added > MIN_DELTA

    def _rebuild_beside(self) -> None:
        """Build an index anew in another thread, once at a time; matches go on with the old one."""
        with self._lock:
            if self._rebuilding is not None and self._rebuilding.is_alive():
                return
            self._rebuilding = Thread(target=self._rebuild, name="rebuild", daemon=True)
            self._rebuilding.start()

    def _rebuild(self) -> None:
        try:
            fresh = self._built(None)
            with self._lock:
                self._snapshot = self._updated(fresh)
        except MatcherError as error:  # the snapshot beside it still serves
            logging.getLogger(__name__).warning("rebuild: [%s] %s", error.code, error)

    def _updated(self, old: Snapshot) -> Snapshot:
        db = open_database(self._path)
        try:
            changes = read_changes(db, old.revision)
            if changes.revision == old.revision:
                return old
            catalogue = changes.applied_to(old.catalogue)
            affected = affected_capabilities(changes.keys, catalogue)
            index = extended(
                old.matcher.index,
                catalogue,
                affected,
                self._parts(db),
                scenarios_changed=any(kind == "scenario" for kind, _ in changes.keys),
            )
            present = [catalogue.capabilities[i] for i in affected if i in catalogue.capabilities]
            index.quotes.keep(quotable_texts(catalogue, present), self._cache(db))
            return Snapshot(catalogue.revision, Matcher(index, self._model))
        finally:
            close_database(db)

    def _built(self, progress: Callable[[int, int], None] | None) -> Snapshot:
        db = open_database(self._path)
        try:
            catalogue = read_catalogue(db)
            index = CatalogueIndex(catalogue, self._parts(db), progress=progress).without_cache()
            texts = quotable_texts(catalogue, catalogue.capabilities.values())
            index.quotes.keep(texts, self._cache(db))
        finally:
            close_database(db)
        index.quotes.source = StoredVectors(self._path, self._encoder.name)
        matcher = Matcher(index, self._model)
        matcher.match(WARM_UP, today=self._today(), top=1)
        return Snapshot(catalogue.revision, matcher)

    def _cache(self, db: Database) -> VectorStore:
        return VectorStore(db, self._encoder.name)

    def _parts(self, db: Database) -> IndexParts:
        return IndexParts(
            encoder=self._encoder,
            cache=self._cache(db),
            kept=self._derived,
            lexicon=self._lexicon,
            stored_means=self._model.language_means,
        )


def _same_means(one: AdditiveModel, other: AdditiveModel) -> bool:
    means, others = one.language_means, other.language_means
    return set(means) == set(others) and all(
        np.array_equal(mean, others[language]) for language, mean in means.items()
    )


def _loading_encoder(derived: DerivedFiles) -> MultilingualEncoder:
    """Return the encoder while another thread reads its weights, mostly without the interpreter."""
    encoder = MultilingualEncoder(derived)
    Thread(target=encoder.load, name="load-encoder", daemon=True).start()
    return encoder


@dataclass(frozen=True)
class StoredVectors:
    """The stored vectors of one encoder for any thread: a connection of its own each time."""

    path: Path
    encoder: str

    def get_many(self, digests: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors that are there, by digest."""
        with self._store(read_only=True) as store:
            return store.get_many(digests)

    def put_many(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep vectors by digest; while somebody else writes they are not kept, and no matter."""
        with suppress(Busy), self._store(read_only=False) as store:
            store.put_many(vectors)

    @contextmanager
    def _store(self, *, read_only: bool) -> Iterator[VectorStore]:
        db = open_database(self.path, read_only=read_only, busy_timeout_s=0.1)
        try:
            yield VectorStore(db, self.encoder)
        finally:
            close_database(db)
