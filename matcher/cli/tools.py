"""What training and evaluation take: the encoder, the lexicon, a cache of vectors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.cli.options import note
from matcher.cli.progress import Progress
from matcher.errors import StoreError

if TYPE_CHECKING:
    from matcher.learning.systems import Tools
    from matcher.store.vectors import VectorStore

CACHE_NAME = "vectors.db"


@contextmanager
def learning_tools(database: Path, progress: Progress) -> Iterator[Tools]:
    """Gather what turns texts into an index; vectors are kept in a file beside the database."""
    from matcher.learning.systems import Tools
    from matcher.text.embedding import MultilingualEncoder
    from matcher.text.lexicon import Lexicon

    encoder = MultilingualEncoder()
    with _vector_cache(database.with_name(CACHE_NAME), encoder.name) as cache:
        yield Tools(encoder=encoder, cache=cache, lexicon=Lexicon.load(), progress=progress)


@contextmanager
def _vector_cache(path: Path, encoder: str) -> Iterator[VectorStore | None]:
    """Open the cache of vectors of packs; without one everything works, only slower."""
    from matcher.store.connection import close_database, open_database
    from matcher.store.migrations import apply_migrations
    from matcher.store.vectors import VectorStore

    try:
        db = open_database(path)
        apply_migrations(db)
    except StoreError as error:
        note(f"不使用向量缓存 · without the cache of vectors: {error}")
        yield None
        return
    try:
        yield VectorStore(db, encoder)
    finally:
        close_database(db)
