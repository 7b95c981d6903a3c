"""An index from a cache where its content is the same, else built and kept there.

What an index holds follows from the texts, the encoder, the stored language means and the code of
``text`` and ``retrieval`` alone; a digest of all of these is the key. So a kept index is the one
that would be built, number for number, and anything else is never read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from matcher.retrieval.collection import Collection
from matcher.retrieval.index import EvidenceIndex, Progress, Scores
from matcher.text.arrays import ArrayCache, code_digest
from matcher.text.embedding import SentenceEncoder, VectorCache
from matcher.text.lexicon import Lexicon

FORMAT = 1
_END = b"\x1e"  # between fields, where no text has it


@dataclass(frozen=True)
class IndexParts:
    """What an index is built with, besides the texts.

    ``cache`` keeps vectors of texts, ``kept`` whole indices; ``kept`` is asked first, and given
    what had to be built.
    """

    encoder: SentenceEncoder
    cache: VectorCache | None = None
    lexicon: Lexicon | None = None
    stored_means: Mapping[str, Scores] = field(default_factory=dict)
    kept: ArrayCache | None = None


def evidence_index(
    name: str, collection: Collection, parts: IndexParts, progress: Progress | None = None
) -> EvidenceIndex:
    """Return the index of a collection, kept under a name."""
    key = index_key(collection, parts.encoder.name, parts.stored_means) if parts.kept else ""
    arrays = parts.kept.get(name, key) if parts.kept else None
    if arrays is not None:
        return EvidenceIndex.of_arrays(arrays, collection, parts.encoder, parts.lexicon)
    index = EvidenceIndex(
        collection,
        parts.encoder,
        cache=parts.cache,
        lexicon=parts.lexicon,
        stored_means=parts.stored_means,
        progress=progress,
    )
    if parts.kept:
        parts.kept.put(name, key, index.arrays())
    return index


def index_key(collection: Collection, encoder: str, stored_means: Mapping[str, Scores]) -> str:
    """Return the digest of everything that an index follows from."""
    found = hashlib.sha256(f"{FORMAT} {code_digest()} {encoder}".encode())
    for language, mean in sorted(stored_means.items()):
        found.update(language.encode() + np.ascontiguousarray(mean).tobytes())
    found.update(_joined(collection.candidate_ids))
    for u in collection.units:
        named = (u.unit_id, u.candidate_id, u.kind, str(u.year))
        found.update(_joined((*named, u.title, u.text, u.title_en, u.text_en)))
    return found.hexdigest()


def _joined(texts: Iterable[str]) -> bytes:
    return _END.join(text.encode("utf-8", "surrogatepass") for text in texts) + _END + _END
