"""The shipped catalogue as an index, for the measurements that ask it; vectors are kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matcher.interchange.catalogue_files import read_catalogue
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.registry import load_serving_model
from matcher.store.connection import close_database, open_database
from matcher.store.migrations import apply_migrations
from matcher.store.vectors import VectorStore
from matcher.text.embedding import MultilingualEncoder
from matcher.text.lexicon import Lexicon

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def shipped_index() -> Iterator[CatalogueIndex]:
    """Yield the index; texts are encoded once into ``AIPLUS_VECTORS``, else ``var/vectors.db``."""
    path = Path(os.environ.get("AIPLUS_VECTORS", ROOT / "var" / "vectors.db"))
    path.parent.mkdir(exist_ok=True)
    db = open_database(path)
    try:
        apply_migrations(db)
        encoder = MultilingualEncoder()
        parts = IndexParts(
            encoder,
            VectorStore(db, encoder.name),
            Lexicon.load(),
            load_serving_model(ROOT / "models").language_means,
        )
        catalogue = read_catalogue(ROOT / "data" / "catalogue")
        yield CatalogueIndex(catalogue, parts, progress=_progress)
    finally:
        close_database(db)


def _progress(done: int, total: int) -> None:
    print(f"\r  {done}/{total}", end="", file=sys.stderr)
